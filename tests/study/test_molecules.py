"""The molecule table and how rows of other tables are matched to it, function by function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weighbridge.study.loading import Loading, OpenTable
from weighbridge.study.molecules import MOLECULE_COLUMNS, AlignedTable, align, read_molecules, row_names
from weighbridge.study.schema import Molecules, Table
from weighbridge.study.tables import tabulate

Reading = Callable[..., Loading]

MAIN = Molecules(file="m.csv", id="id", smiles="smiles")
TEXT = "schema: 1\nmolecules: {file: m.csv, id: code}\n"
R_NICOTINE, S_NICOTINE, NICOTINE = "CN1CCC[C@@H]1c1cccnc1", "CN1CCC[C@H]1c1cccnc1", "CN1CCCC1c1cccnc1"


def told(loading: Loading) -> list[str]:
    """Return the faults noted so far, as text."""
    return [str(fault) for fault in loading.faults]


def notices(loading: Loading) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the notices by kind."""
    return {notice.kind: (notice.text, notice.details) for notice in loading.notices}


def molecules(reading: Reading, content: str, **spec: Any) -> tuple[pd.DataFrame | None, Loading]:
    """Read a molecule table."""
    loading = reading({"m.csv": content}, TEXT)
    found = read_molecules(loading, Molecules(file="m.csv", **spec))
    return (found[0] if found else None), loading


def opened(loading: Loading, *rows: str, word: str = "row") -> OpenTable:
    """Return an open table of comma-separated rows, the header first."""
    numbered = [(number, row.split(",")) for number, row in enumerate(rows, start=1)]
    table = tabulate("t.csv", numbered)
    return OpenTable(type(table)("t.csv", table.frame, word), ("sources", "s", "predictions"), loading)


def matched(
    reading: Reading, ids: list[str], *rows: str, match: Any = "id", smiles: list[str] | None = None, **spec: Any
) -> tuple[tuple[int | None, ...] | None, Loading]:
    """Return the row of every molecule in a table, and what was noted."""
    loading = reading(text=TEXT)
    main = opened(loading, "id,smiles", *(f"{one},{two}" for one, two in zip(ids, smiles or ids, strict=True)))
    frame = pd.DataFrame({"inchikey": None, "key": [f"id:{one}" for one in ids]}, index=ids, dtype=object)
    if smiles:
        from weighbridge.study.structures import read_structures

        frame = read_structures(loading, len(ids), main.table.column("smiles"), None, ids)
        frame.index = pd.Index(ids)
    table = opened(loading, *rows)
    aligned = align(loading, table, Table(file="t.csv", **spec), MAIN, match, frame)
    return (aligned.positions if aligned else None), loading


def test_every_molecule_table_has_the_same_first_columns(reading: Reading) -> None:
    """Empty ones where the table has nothing, then the table's further ones as cells: a missing one is None."""
    frame, loading = molecules(reading, "id,cost\nA,5\nB,NA\n", id="id")
    assert told(loading) == []
    assert frame is not None
    assert list(frame.columns) == [*MOLECULE_COLUMNS, "cost"]
    assert frame["key"].tolist() == ["id:A", "id:B"]
    assert frame["cost"].tolist() == ["5", None]
    assert frame[["smiles", "inchikey", "name", "series"]].isna().all(axis=None)


def test_names_and_series_are_words(reading: Reading) -> None:
    """From the columns the study names; an empty cell is None."""
    frame, _ = molecules(reading, "id,who,what\nA,one,\nB,,acids\n", id="id", name="who", series="what")
    assert frame is not None
    assert frame["name"].tolist() == ["one", None]
    assert frame["series"].tolist() == [None, "acids"]
    assert {"who", "what"} <= set(frame.columns)


def test_the_id_column_may_have_any_name(reading: Reading) -> None:
    """It becomes the index, called id."""
    frame, _ = molecules(reading, "code,x\n007,1\n", id="code")
    assert frame is not None
    assert (frame.index.name, list(frame.index)) == ("id", ["007"])
    assert "code" not in frame.columns


def test_a_table_s_own_column_called_key_is_not_taken_for_ours(reading: Reading) -> None:
    """The key of a row is computed, whatever a column of that name says."""
    frame, _ = molecules(reading, "id,key\nA,mine\n", id="id")
    assert frame is not None
    assert frame["key"].tolist() == ["id:A"]


def test_an_unknown_column_is_told_for_each_part_of_the_table(reading: Reading) -> None:
    """All of them at once; a wrong id column leaves no molecules."""
    frame, loading = molecules(reading, "id,x\nA,1\n", id="id", name="nam", series="serie", smiles="smi")
    assert frame is not None
    assert [one.split(": ")[0].rsplit(".", 1)[1] for one in told(loading)] == ["smiles", "name", "series"]
    frame, loading = molecules(reading, "id,x\nA,1\n", id="di")
    assert frame is None
    assert told(loading)[0].startswith("study.yaml, line 2, $.molecules.id: 'm.csv' has no such column; found 'di'")


def test_every_repeated_id_is_told_with_its_first_row(reading: Reading) -> None:
    """Three rows of one id are two faults, each naming the first."""
    _, loading = molecules(reading, "id\nA\nB\nA\nA\n", id="id")
    assert told(loading) == [
        "m.csv, row 4, column 'id': the id stands twice; found 'A'; expected unique ids. It stands in row 2 too",
        "m.csv, row 5, column 'id': the id stands twice; found 'A'; expected unique ids. It stands in row 2 too",
    ]


def test_ids_that_differ_in_case_are_different(reading: Reading) -> None:
    """Nothing is folded in silence."""
    frame, loading = molecules(reading, "id\nm1\nM1\n", id="id")
    assert frame is not None
    assert (list(frame.index), told(loading)) == (["m1", "M1"], [])


def test_a_molecule_without_an_id_is_told(reading: Reading) -> None:
    """With its row; the others keep theirs."""
    frame, loading = molecules(reading, "id,x\nA,1\n,2\n", id="id")
    assert frame is not None
    assert list(frame.index) == ["A", ""]
    assert told(loading) == [
        "m.csv, row 3, column 'id': the molecule has no id; found an empty cell; expected a unique id"
    ]


def test_one_structure_under_three_ids_is_one_line(reading: Reading) -> None:
    """Connectivity alone does not count: stereoisomers are different molecules."""
    rows = ["A,CCO", "B,OCC", "C,C(O)C", f"D,{R_NICOTINE}", f"E,{S_NICOTINE}"]
    _, loading = molecules(reading, "id,smiles\n" + "\n".join(rows) + "\n", id="id", smiles="smiles")
    assert notices(loading)["same-structure"] == (
        "1 structures stand under more than one id; they are ranked as different molecules",
        ("A = B = C (LFQSCWFLJHTTHZ-UHFFFAOYSA-N)",),
    )


def test_rows_find_their_molecule_by_id_in_any_order(reading: Reading) -> None:
    """For every molecule the position of its row; None where it has none."""
    found, loading = matched(reading, ["A", "B", "C"], "id,x", "C,1", "A,2")
    assert found == (1, None, 0)
    assert (told(loading), notices(loading)) == ([], {})


def test_a_table_may_call_its_id_column_otherwise(reading: Reading) -> None:
    """Only then does the fault of a missing column stand at that key."""
    found, _ = matched(reading, ["A"], "code,x", "A,1", id="code")
    assert found == (0,)
    found, loading = matched(reading, ["A"], "code,x", "A,1")
    assert found is None
    assert "$.sources.s.predictions: 't.csv' has no such column; found 'id'" in told(loading)[0]
    _, loading = matched(reading, ["A"], "code,x", "A,1", id="kode")
    assert "$.sources.s.predictions.id: 't.csv' has no such column; found 'kode'" in told(loading)[0]


def test_rows_without_an_id_and_of_other_molecules_are_told(reading: Reading) -> None:
    """They are counted and listed, and not used."""
    found, loading = matched(reading, ["A"], "id,x", "Z,1", ",2", "A,3")
    assert found == (2,)
    assert notices(loading)["unmatched"] == (
        "2 of 3 rows of t.csv belong to no molecule of the study and are not used",
        ("row 2: Z", "row 3: empty"),
    )


def test_two_rows_of_one_id_are_refused_and_the_first_kept(reading: Reading) -> None:
    """The message names both rows."""
    found, loading = matched(reading, ["A"], "id,x", "A,1", "B,2", "A,3")
    assert found == (0,)
    assert told(loading) == [
        "t.csv, row 4: two rows belong to one molecule; found 'A'; expected one row a molecule. "
        "It stands in row 2 too; keep one of them"
    ]


def test_one_row_serves_two_ids_of_one_structure(reading: Reading) -> None:
    """Two batches of one compound have one prediction."""
    found, loading = matched(reading, ["A", "B"], "smiles,x", "OCC,1", match="structure", smiles=["CCO", "CCO"])
    assert found == (0, 0)
    assert told(loading) == []


def test_a_table_known_by_inchikeys_is_matched_without_structures(reading: Reading) -> None:
    """A whole key matches exactly, a first block by connectivity."""
    rows = ["k,x", "LFQSCWFLJHTTHZ-UHFFFAOYSA-N,1", "QUSNBJAOOMFDIB,2"]
    found, loading = matched(reading, ["A", "B"], *rows, match="structure", smiles=["CCO", "CCN"], inchikey="k")
    assert found == (0, 1)
    assert notices(loading)["connectivity"][1] == ("row 3: B",)


def test_an_unmatched_row_is_shown_by_what_it_is_known_by(reading: Reading) -> None:
    """A row with an InChIKey and no SMILES was shown as empty."""
    rows = ["k,x", "LFQSCWFLJHTTHZ-UHFFFAOYSA-N,1", "RZVAJINKPMORJF-UHFFFAOYSA-N,2", "BSYNRYMUTXBXSQ,3", ",4"]
    _, loading = matched(reading, ["A"], *rows, match="structure", smiles=["CCO"], inchikey="k")
    assert notices(loading)["unmatched"][1] == (
        "row 3: RZVAJINKPMORJF-UHFFFAOYSA-N",
        "row 4: BSYNRYMUTXBXSQ",
        "row 5: empty",
    )


def test_stereoisomers_find_their_own_rows(reading: Reading) -> None:
    """The whole key comes first, so that neither takes the other's."""
    found, loading = matched(
        reading,
        ["R", "S"],
        "smiles,x",
        f"{S_NICOTINE},1",
        f"{R_NICOTINE},2",
        match="structure",
        smiles=[R_NICOTINE, S_NICOTINE],
    )
    assert found == (1, 0)
    assert "connectivity" not in notices(loading)


def test_two_loose_rows_of_one_molecule_are_refused(reading: Reading) -> None:
    """Both stereoisomers in a table and a flat molecule in the study: nobody may choose."""
    rows = ["smiles,x", f"{S_NICOTINE},1", f"{R_NICOTINE},2"]
    _, loading = matched(reading, ["A"], *rows, match="structure", smiles=[NICOTINE])
    assert told(loading) == [
        "t.csv, row 3: two rows belong to one molecule; found 'SNICXCGAKADSCV'; expected one row a molecule. "
        "It stands in row 2 too; keep one of them"
    ]


def test_a_table_that_names_neither_ids_nor_structures_is_told(reading: Reading) -> None:
    """By the column the molecule table would have, and how to mend it."""
    found, loading = matched(reading, ["A"], "x,y", "1,2", match="structure", smiles=["CCO"])
    assert found is None
    (message,) = told(loading)
    assert "rows are matched by structure, and 't.csv' has no column 'smiles'" in message
    assert message.endswith("with one of 'x', 'y'. Name the column with structures, or match by id")


def test_the_names_of_rows_are_ids_or_structures(reading: Reading) -> None:
    """One of the two, as the study matches."""
    loading = reading(text=TEXT)
    table = opened(loading, "id,smiles", "A,CCO")
    ids, structures = row_names(loading, table, Table(file="t.csv"), MAIN, "id")
    assert (ids, structures) == (["A"], None)
    ids, structures = row_names(loading, table, Table(file="t.csv"), MAIN, "structure")
    assert ids is None
    assert structures is not None
    assert structures["key"].tolist() == ["LFQSCWFLJHTTHZ"]


def test_columns_are_picked_in_the_molecules_order(reading: Reading) -> None:
    """With the rows they come from; row 0 stands for no row."""
    loading = reading(text=TEXT)
    aligned = AlignedTable(opened(loading, "id,x", "C,1", "A,2", word="entry"), (1, None, 0))
    column = aligned.column("x")
    assert column is not None
    assert (list(column.cells), list(column.rows)) == (["2", None, "1"], [3, 0, 2])
    assert column.place(0) == "entry 3, column 'x'"
    assert aligned.column("y", "score") is None
    assert len(told(loading)) == 1


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from("ABCDEF"), max_size=8), st.permutations("ABCD"))
def test_a_row_is_used_by_its_molecule_or_told(reading: Reading, rows: list[str], ids: list[str]) -> None:
    """Every row is a molecule's, a repetition (a fault) or nobody's (a notice): none is lost."""
    found, loading = matched(reading, ids, "id,x", "F,0", *(f"{row},1" for row in rows))
    assert found is not None
    used = [at for at in found if at is not None]
    every = ["F", *rows]
    assert [every[at] for at in used] == [name for name in ids if name in every]
    lost = len(notices(loading)["unmatched"][1])
    assert len(set(used)) + lost == len(every)
    assert len(told(loading)) == sum(every.count(name) - 1 for name in ids if name in every)


@pytest.mark.parametrize("match", ["id", "structure"])
def test_a_molecule_has_at_most_one_row(reading: Reading, match: str) -> None:
    """A table of exactly the molecules gives each its own."""
    smiles = ["CCO", "CCN", NICOTINE]
    rows = [f"{name},{one}" for name, one in zip("ABC", smiles, strict=True)]
    found, loading = matched(reading, ["A", "B", "C"], "id,smiles", *rows, match=match, smiles=smiles)
    assert found == (0, 1, 2)
    assert (told(loading), notices(loading)) == ([], {})


def test_a_flat_row_that_could_be_either_isomer_is_refused(reading: Reading) -> None:
    """Both are named, and neither is given the row."""
    smiles = [R_NICOTINE, S_NICOTINE]
    found, loading = matched(reading, ["R", "S"], "smiles,x", f"{NICOTINE},1", match="structure", smiles=smiles)
    assert found == (None, None)
    assert told(loading) == [
        "t.csv, row 2: the structure could be any of several molecules; found R, S; expected one molecule. "
        "Write its stereo centres out, or match by id"
    ]


def test_a_flat_row_beside_an_exact_one_belongs_to_the_isomer_left(reading: Reading) -> None:
    """With one isomer matched exactly, connectivity names exactly one molecule more; the notice says so."""
    rows = ["smiles,x", f"{R_NICOTINE},1", f"{NICOTINE},2"]
    found, loading = matched(reading, ["R", "S"], *rows, match="structure", smiles=[R_NICOTINE, S_NICOTINE])
    assert found == (0, 1)
    assert notices(loading)["connectivity"][1] == ("row 3: S",)


def test_many_repeated_rows_are_counted(reading: Reading) -> None:
    """Twenty are listed and the others counted, exactly."""
    _, loading = matched(reading, ["A"], "id,x", *["A,1"] * 31)
    assert len(told(loading)) == 21
    assert told(loading)[-1] == "t.csv: 10 more rows belong to a molecule that has a row"
