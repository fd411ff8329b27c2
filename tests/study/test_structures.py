"""Structures of a table's rows: which cell they come from, what is kept, and what is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weighbridge.canonical import content_key
from weighbridge.evidence import chemistry
from weighbridge.study import structures
from weighbridge.study.loading import Loading
from weighbridge.study.structures import CACHE_FOLDER, read_structures
from weighbridge.study.tables import Cell, CellColumn

Reading = Callable[..., Loading]

ASPIRIN = ["CC(=O)Oc1ccccc1C(=O)O", "BSYNRYMUTXBXSQ-UHFFFAOYSA-N", "BSYNRYMUTXBXSQ"]
EXPECTED_KEY = "expected 27 characters such as RZVAJINKPMORJF-UHFFFAOYSA-N, or the first 14"
FORMS = [["CCO", "LFQSCWFLJHTTHZ-UHFFFAOYSA-N"], ["CCN", "QUSNBJAOOMFDIB-UHFFFAOYSA-N"]]


def column(*cells: Cell, name: str = "smiles", word: str = "row") -> CellColumn:
    """Return a column of a table, the first cell in row 2."""
    return CellColumn("t.csv", name, range(2, len(cells) + 2), cells, word)


def rows(loading: Loading, smiles: CellColumn | None, inchikey: CellColumn | None = None, **more: Any) -> list[Any]:
    """Return smiles, inchikey and key of every row."""
    column_ = smiles or inchikey
    count = len(column_.cells) if column_ else len(more["ids"])
    frame = read_structures(loading, count, smiles, inchikey, more.pop("ids", None), **more)
    assert list(frame.columns) == ["smiles", "inchikey", "key"]
    return [list(row) for row in frame.to_numpy()]


def told(loading: Loading) -> list[str]:
    """Return the faults noted so far, as text."""
    return [str(fault) for fault in loading.faults]


def test_a_structure_is_read_from_its_smiles(reading: Reading) -> None:
    """However it is written, with its salt or without, it is one structure."""
    loading = reading()
    found = rows(loading, column("OC(=O)c1ccccc1OC(C)=O", "CC(=O)Oc1ccccc1C(=O)[O-].[Na+]"))
    assert found == [ASPIRIN, ASPIRIN]
    assert told(loading) == []


def test_where_the_smiles_is_empty_the_inchikey_stands_in(reading: Reading) -> None:
    """A whole key gives both, a first block the connectivity alone."""
    keys = column(None, "RZVAJINKPMORJF-UHFFFAOYSA-N", "RZVAJINKPMORJF", name="k")
    assert rows(reading(), column(ASPIRIN[0], None, None), keys) == [
        ASPIRIN,
        [None, "RZVAJINKPMORJF-UHFFFAOYSA-N", "RZVAJINKPMORJF"],
        [None, None, "RZVAJINKPMORJF"],
    ]


def test_the_structure_comes_before_the_stated_key(reading: Reading) -> None:
    """What is drawn is computed; a key beside it is not needed."""
    keys = column("RZVAJINKPMORJF-UHFFFAOYSA-N", name="k")
    assert rows(reading(), column(ASPIRIN[0]), keys) == [ASPIRIN]


def test_where_there_is_neither_the_id_is_the_key(reading: Reading) -> None:
    """Marked as such, so that no id passes for a structure; a row without an id has no key."""
    found = rows(reading(), column(ASPIRIN[0], None, None), ids=["A", "B", None])
    assert [row[2] for row in found] == ["BSYNRYMUTXBXSQ", "id:B", None]


def test_ids_alone_are_keys(reading: Reading) -> None:
    """A table without structures has rows known by their ids."""
    assert rows(reading(), None, ids=["A", "B"]) == [[None, None, "id:A"], [None, None, "id:B"]]


def test_a_table_that_knows_nothing_has_rows_without_keys(reading: Reading) -> None:
    """As many as it has."""
    frame = read_structures(reading(), 3, None, None, None)
    assert frame.shape == (3, 3)
    assert frame.isna().all(axis=None)


@pytest.mark.parametrize(
    "word",
    [
        "rzvajinkpmorjf-uhfffaoysa-n",
        "RZVAJINKPMORJ",
        "RZVAJINKPMORJFF",
        "RZVAJINKPMORJF-",
        "RZVAJINKPMORJF-UHFFFAOYSA",
        "InChIKey=RZVAJINKPMORJF-UHFFFAOYSA-N",
        "RZVAJINKPMORJF-UHFFFAOYSA-N\nX",
        "RZVAJINKPM0RJF",
        "aspirin",
    ],
)
def test_what_is_no_inchikey_is_told(reading: Reading, word: str) -> None:
    """Neither lower case nor a lost letter is repaired in silence."""
    loading = reading()
    assert rows(loading, None, column("BSYNRYMUTXBXSQ", word, name="k"))[1] == [None, None, None]
    assert told(loading) == [f"t.csv, row 3, column 'k': this is not an InChIKey; found {word!r}; {EXPECTED_KEY}"]


def test_unreadable_structures_are_faults_with_their_rows(reading: Reading) -> None:
    """With the reason; the other rows are read all the same."""
    loading = reading()
    found = rows(loading, column("c1cccc1", ASPIRIN[0], "x"))
    assert [row[2] for row in found] == [None, "BSYNRYMUTXBXSQ", None]
    assert [one.split(";")[0] for one in told(loading)] == [
        "t.csv, row 2, column 'smiles': the structure cannot be read",
        "t.csv, row 4, column 'smiles': the structure cannot be read",
    ]


def test_unreadable_structures_of_records_are_a_notice(reading: Reading) -> None:
    """One notice for the table, with the rows; an SDF file counts entries."""
    loading = reading()
    rows(loading, column("c1cccc1", "CCO", word="entry"), lenient=True)
    assert told(loading) == []
    (notice,) = loading.notices
    assert notice.kind == "unreadable-structure"
    assert notice.text == "1 of 2 structures of t.csv cannot be read; the rows count without"
    assert notice.details == ("entry 2: 'c1cccc1'",)


def test_readable_structures_are_no_notice(reading: Reading) -> None:
    """Nothing is said where nothing is amiss."""
    loading = reading()
    rows(loading, column("CCO", None), lenient=True)
    assert (loading.notices, told(loading)) == ([], [])


def test_one_unreadable_text_in_many_rows_is_told_for_each(reading: Reading) -> None:
    """It is worked on once and told as often as it stands there, up to the limit."""
    loading = reading()
    rows(loading, column(*["c1cccc1"] * 23))
    assert len(told(loading)) == 21
    assert told(loading)[-1] == "t.csv, column 'smiles': 3 more cells of this column are wrong"


def test_each_different_text_is_worked_on_once(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand records of one compound cost one standardisation."""
    worked: list[list[str]] = []
    real = chemistry.standardise_many

    def count(smiles: list[str], progress: Any = None) -> Any:
        worked.append(list(smiles))
        return real(smiles, progress)

    monkeypatch.setattr(chemistry, "standardise_many", count)
    rows(reading(), column("CCO", "CCN", "CCO", None, "CCO"))
    assert worked == [["CCO", "CCN"]]


def test_progress_names_the_table(reading: Reading) -> None:
    """And ends with all of the different texts."""
    steps: list[tuple[str, int, int]] = []
    rows(reading(progress=lambda *step: steps.append(step)), column("CCO", "CCN", "CCO"))
    assert steps[-1] == ("structures of t.csv", 2, 2)


def test_without_rdkit_the_texts_stay_as_they_are(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unchecked, which is told; keys come from what the table states, or from the ids."""
    monkeypatch.setattr(chemistry, "have_rdkit", lambda: False)
    loading = reading()
    keys = column("LFQSCWFLJHTTHZ-UHFFFAOYSA-N", None, name="k")
    found = rows(loading, column("OCC", "not a smiles"), keys, ids=["A", "B"])
    assert found == [["OCC", "LFQSCWFLJHTTHZ-UHFFFAOYSA-N", "LFQSCWFLJHTTHZ"], ["not a smiles", None, "id:B"]]
    assert [notice.kind for notice in loading.notices] == ["unchecked-structures"]


def test_a_short_list_is_not_kept(reading: Reading, tmp_path: Path) -> None:
    """Writing a file safely costs more than a few structures."""
    rows(reading(), column("CCO"))
    assert not (tmp_path / CACHE_FOLDER).exists()


def test_nothing_is_kept_where_nothing_may_be(
    reading: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller can say that a folder is not to be touched."""
    monkeypatch.setattr(structures, "_CACHE_FROM", 1)
    rows(reading(cache=False), column("CCO"))
    assert not (tmp_path / ".weighbridge").exists()


def test_a_list_has_a_file_of_its_own(reading: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another list, or another order, is another file; the same one is found again."""
    monkeypatch.setattr(structures, "_CACHE_FROM", 1)
    for cells in (["CCO", "CCN"], ["CCN", "CCO"], ["CCO", "CCN"], ["CCO", None, "CCN", "CCO"]):
        rows(reading(), column(*cells))
    assert len(list((tmp_path / CACHE_FOLDER).iterdir())) == 2


def test_unreadable_structures_are_kept_with_their_reason(
    reading: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second reading tells the same faults in the same words."""
    monkeypatch.setattr(structures, "_CACHE_FROM", 1)
    first, second = reading(), reading()
    found = rows(first, column("c1cccc1", "CCO"))
    monkeypatch.setattr(chemistry, "standardise_many", None)
    assert rows(second, column("c1cccc1", "CCO")) == found
    assert told(second) == told(first)


@pytest.mark.parametrize(
    "content",
    [
        b'{"forms": 5, "key": "x"}',
        b'{"forms": null, "key": "x"}',
        b'{"forms": [NaN], "key": "x"}',
        b"\xff\xfe",
        b"null",
        b"[" * 100_000,
        json.dumps({"forms": FORMS[:1], "key": content_key(FORMS[:1])}).encode(),
        json.dumps({"forms": FORMS, "key": content_key(FORMS[::-1])}).encode(),
    ],
)
def test_a_cache_that_is_not_as_it_was_written_is_made_again(
    reading: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    """Numbers in the place of lists, wrong lengths and other people's bytes gave tracebacks or wrong structures."""
    monkeypatch.setattr(structures, "_CACHE_FROM", 1)
    expected = rows(reading(), column("CCO", "CCN"))
    (path,) = (tmp_path / CACHE_FOLDER).iterdir()
    path.write_bytes(content)
    assert rows(reading(), column("CCO", "CCN")) == expected
    stored = json.loads(path.read_bytes())
    assert stored["key"] == content_key(stored["forms"])


def test_without_known_versions_nothing_is_kept(
    reading: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Results of an unknown program could not be told from those of another."""

    def unknown(name: str) -> str:
        raise structures.PackageNotFoundError(name)

    monkeypatch.setattr(structures, "_CACHE_FROM", 1)
    monkeypatch.setattr(structures, "version", unknown)
    assert rows(reading(), column("CCO"))[0][2] == "LFQSCWFLJHTTHZ"
    assert not (tmp_path / ".weighbridge").exists()


def test_another_version_of_rdkit_is_another_file(
    reading: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an older program made is not taken for what this one would make."""
    monkeypatch.setattr(structures, "_CACHE_FROM", 1)
    rows(reading(), column("CCO"))
    monkeypatch.setattr(structures, "version", lambda name: "0.0.0")
    rows(reading(), column("CCO"))
    assert len(list((tmp_path / CACHE_FOLDER).iterdir())) == 2


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["CCO", "OCC", "CCN", "c1ccccc1", None]), min_size=1, max_size=8))
def test_equal_structures_have_equal_keys(reading: Reading, cells: list[Cell]) -> None:
    """Ethanol written either way is one compound, and rows do not influence each other."""
    alone = {cell: rows(reading(), column(cell))[0] for cell in set(cells)}
    assert rows(reading(), column(*cells)) == [alone[cell] for cell in cells]
    if {"CCO", "OCC"} <= set(cells):
        assert alone["CCO"] == alone["OCC"]
