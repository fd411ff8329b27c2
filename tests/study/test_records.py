"""Training records and bridging pairs, read from their tables without the rest of a study."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weighbridge.evidence.source import RECORD_FIELDS, Records, Source
from weighbridge.study.loading import Loading
from weighbridge.study.records import read_bridging, read_records
from weighbridge.study.schema import Bridging, Molecules, RecordsTable

Reading = Callable[..., Loading]

TEXT = "schema: 1\nsources:\n  s:\n    records:\n      file: r.csv\n      se: se\nbridging:\n  file: b.csv\n"
MAIN = Molecules(file="m.csv")


def told(loading: Loading) -> list[str]:
    """Return the faults noted so far, as text."""
    return [str(fault) for fault in loading.faults]


def read(reading: Reading, content: str, **spec: Any) -> tuple[Records, Loading]:
    """Read records, however faulty."""
    loading = reading({"r.csv": content}, TEXT)
    records = read_records(loading, "s", RecordsTable(file="r.csv", **spec), MAIN)
    assert records is not None
    return records, loading


def source(name: str, *parts: str) -> Source:
    """Return a source with one record for each part."""
    records = Records(pd.DataFrame(index=range(len(parts))), tuple((part,) for part in parts)) if parts else None
    return Source(name, name, "continuous", "pIC50", records=records)


def pairs(reading: Reading, content: str, *sources: Source, **spec: Any) -> tuple[dict[str, pd.DataFrame], Loading]:
    """Read bridging pairs."""
    loading = reading({"b.csv": content}, TEXT)
    known = {one.name: one for one in sources}
    return read_bridging(loading, Bridging(file="b.csv", **{"y": "y", **spec}), MAIN, known), loading


def test_a_table_of_anything_has_every_field(reading: Reading) -> None:
    """Missing where the table has none, and none of them counts as recorded."""
    records, loading = read(reading, "x\n1\n2\n")
    assert list(records.frame.columns) == list(RECORD_FIELDS)
    assert len(records) == 2
    assert records.frame.isna().all(axis=None)
    assert records.recorded == frozenset()
    assert (records.parts, len(records.conditions)) == (((), ()), 0)
    assert told(loading) == []


def test_a_missing_table_has_no_records(reading: Reading) -> None:
    """It is told as every missing table is."""
    loading = reading(text=TEXT)
    assert read_records(loading, "s", RecordsTable(file="r.csv"), MAIN) is None
    assert told(loading) == ["r.csv: there is no such file. Check the name and the folder"]


def test_a_column_called_as_the_molecules_ids_names_the_compounds(reading: Reading) -> None:
    """Unless the table says otherwise; ids of no molecule are keys all the same."""
    assert read(reading, "id,x\nZ9,1\n")[0].frame["key"].tolist() == ["id:Z9"]
    assert read(reading, "id,who\nZ9,Y8\n", id="who")[0].frame["key"].tolist() == ["id:Y8"]
    assert read(reading, "id,k\nZ9,LFQSCWFLJHTTHZ\n", inchikey="k")[0].frame["key"].tolist() == ["LFQSCWFLJHTTHZ"]


def test_what_is_recorded_is_what_stands_there(reading: Reading) -> None:
    """A column of structures that is empty throughout tells nothing."""
    records, _ = read(reading, "smiles,k,x\n,LFQSCWFLJHTTHZ,1\n,,2\n", smiles="smiles", inchikey="k")
    assert records.recorded == {"key"}
    records, _ = read(reading, "smiles\nCCO\nnot a smiles\n", smiles="smiles")
    assert records.recorded == {"smiles", "inchikey", "key"}


def test_inconclusive_labels_are_outcomes_without_a_label(reading: Reading) -> None:
    """They are counted in a notice, and worded alike in the outcomes."""
    records, loading = read(reading, "l\nActive\nEquivocal\n0\n\nambiguous\nx\n".replace("x\n", ""), label="l")
    assert records.frame["label"].tolist()[0] == 1
    assert records.frame["outcome"].tolist() == ["Active", "inconclusive", "0", "inconclusive"]
    assert [notice.text for notice in loading.notices] == ["2 of 4 records of 's' are inconclusive and carry no label"]
    assert {"label", "outcome"} <= records.recorded


def test_outcomes_of_their_own_column_stay_as_worded(reading: Reading) -> None:
    """The label's words do not overwrite them."""
    records, _ = read(reading, "l,o\n1,strong\ninconclusive,unclear\n", label="l", outcome="o")
    assert records.frame["outcome"].tolist() == ["strong", "unclear"]
    assert np.array_equal(records.frame["label"].astype(float), [1, np.nan], equal_nan=True)


def test_labels_that_are_clear_leave_no_outcomes(reading: Reading) -> None:
    """Nothing is recorded that the table does not have."""
    records, loading = read(reading, "l\nyes\nno\n", label="l")
    assert records.frame["label"].tolist() == [1, 0]
    assert "outcome" not in records.recorded
    assert loading.notices == []


def test_labels_in_the_table_s_own_words(reading: Reading) -> None:
    """Case does not matter; the usual words mean nothing then."""
    records, loading = read(reading, "l\nBBB+\nbbb-\n1\n", label="l", positive=("BBB+",), negative=("BBB-",))
    assert records.frame["label"].tolist()[:2] == [1, 0]
    assert told(loading) == [
        "r.csv, row 4, column 'l': unknown label; found '1'; expected one of 'BBB+', 'BBB-', 'inconclusive'. "
        "List the words under positive and negative in study.yaml"
    ]


def test_values_keep_bounds_and_relations(reading: Reading) -> None:
    """Relations are recorded where any cell states one."""
    records, _ = read(reading, "v\n5\n<6\n~7\n", value="v")
    assert records.frame["value"].tolist() == [5, 6, 7]
    assert records.frame["low"].tolist() == [5, -math.inf, 7]
    assert records.frame["relation"].tolist() == ["=", "<", "~"]
    records, _ = read(reading, "v\n5\n6\n", value="v")
    assert records.frame["relation"].isna().all()
    assert "relation" not in records.recorded


def test_a_column_of_relations_is_recorded_even_where_it_is_empty(reading: Reading) -> None:
    """The table has one; that it says nothing is what it says."""
    records, _ = read(reading, "v,r\n5,\n6,\n", value="v", relation="r")
    assert "relation" in records.recorded
    assert records.frame["relation"].tolist() == [None, None]


def test_thresholds_without_values_are_numbers_as_written(reading: Reading) -> None:
    """There is no unit to convert from; a censored one is its limit."""
    records, _ = read(reading, "t,c\n10,5\n>20,\n", threshold="t", counter="c")
    assert records.frame["threshold"].tolist() == [10, 20]
    assert np.array_equal(records.frame["counter"], [5, np.nan], equal_nan=True)


def test_a_standard_error_needs_the_log_scale(reading: Reading) -> None:
    """Per cent have one (a factor), concentrations have none; told where it is asked for."""
    value = {"column": "v", "unit": "nM", "to": "pIC50"}
    _, loading = read(reading, "v,se\n5,1\n", value=value, se="se")
    assert told(loading) == [
        "study.yaml, line 6, $.sources.s.records.se: a standard error of a concentration has no p-value. "
        "Give the values on the log scale with their standard errors"
    ]
    _, loading = read(reading, "v,se\n5,1\n", value={"column": "v", "unit": "pIC50"}, se="se")
    assert told(loading) == []


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("se", ["0", "12.5"], ["-0.01"]),
        ("confidence", ["0", "9"], ["-1", "9.5"]),
        ("purity", ["0", "1"], ["1.01", "98"]),
        ("year", ["1800", "2200"], ["1799", "26"]),
    ],
)
def test_the_ends_of_every_scale_belong_to_it(reading: Reading, field: str, good: list[str], bad: list[str]) -> None:
    """An empty cell is missing and no fault; every number beyond an end is one."""
    records, loading = read(reading, "x,id\n" + "".join(f"{cell},A\n" for cell in [*good, ""]), **{field: "x"})
    assert told(loading) == []
    assert records.frame[field].tolist()[:2] == [float(cell) for cell in good]
    assert math.isnan(records.frame[field].tolist()[2])
    _, loading = read(reading, "x\n" + "".join(f"{cell}\n" for cell in bad), **{field: "x"})
    assert len(told(loading)) == len(bad)


def test_words_stay_words(reading: Reading) -> None:
    """Curators and runs are texts, even where they look like numbers; any remark is a mark of doubt."""
    records, _ = read(reading, "c,r,f\nExpert,7,\n,R1,see text\n", curated_by="c", run="r", flag="f")
    assert records.frame["curated_by"].tolist() == ["Expert", None]
    assert records.frame["run"].tolist() == ["7", "R1"]
    assert records.frame["flag"].tolist() == [False, True]


@pytest.mark.parametrize(
    ("cell", "separator", "parts"),
    [
        ("A", None, ("A",)),
        ("A|B", None, ("A|B",)),
        ("A|B", "|", ("A", "B")),
        ("B|A|B", "|", ("B", "A")),
        ("|A||", "|", ("A",)),
        (" A | B ", "|", ("A", "B")),
        ("A.B", ".", ("A", "B")),
        ("A; B", "; ", ("A", "B")),
        ("|", "|", ()),
        ("", "|", ()),
    ],
)
def test_cells_are_taken_apart_at_the_separator(
    reading: Reading, cell: str, separator: str | None, parts: tuple[str, ...]
) -> None:
    """Literally, each piece once, in the cell's order; without a separator a cell is one piece."""
    records, _ = read(reading, f"p,id\n{cell},X\n", part="p", document="p", separator=separator)
    assert records.parts == (parts,)
    assert records.frame["document"].tolist() == ["|".join(parts) or None]


def test_conditions_of_records_are_numbers_words_or_not_recorded(reading: Reading) -> None:
    """Only those that a column tells; an unknown column is told at its key."""
    records, loading = read(
        reading, "p,q\n7.4,HEK\nNot Recorded,\n", conditions={"ph": "p", "cell_line": "q", "salt": "s"}
    )
    assert list(records.conditions.columns) == ["ph", "cell_line"]
    assert records.conditions["ph"].tolist() == [7.4, None]
    assert records.conditions["cell_line"].tolist() == ["HEK", None]
    assert "$.sources.s.records.conditions.salt: 'r.csv' has no such column; found 's'" in told(loading)[0]


def test_every_unknown_column_is_told(reading: Reading) -> None:
    """One fault a key, and the rest of the table is read."""
    keys = ["label", "outcome", "threshold", "counter", "se", "purity", "flag", "document", "part", "run"]
    records, loading = read(reading, "x,v\n1,5\n", value="v", **dict.fromkeys(keys, "zzz"))
    assert sorted(one.split(": ")[0].rsplit(".", 1)[1] for one in told(loading)) == sorted(keys)
    assert records.frame["value"].tolist() == [5]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from("ABC"), max_size=4), min_size=1, max_size=6))
def test_the_records_of_a_part_are_those_that_name_it(reading: Reading, cells: list[list[str]]) -> None:
    """Taken apart and put together again, no record is lost or doubled."""
    content = "p,id\n" + "".join(f"{'|'.join(cell)},X\n" for cell in cells)
    records, _ = read(reading, content, part="p", separator="|")
    for part in "ABC":
        assert records.rows_of(part) == [row for row, cell in enumerate(cells) if part in cell]
    assert set(records.part_names) == {part for cell in cells for part in cell}


def test_pairs_of_a_part_go_to_the_source_that_has_it(reading: Reading) -> None:
    """A source's own name comes before a part's."""
    content = "id,s,y\nX,one,5\nY,P,6\nZ,two,7\n"
    found, loading = pairs(reading, content, source("one"), source("two", "P", "one"), source="s", label=None, x="y")
    assert told(loading) == []
    assert found["one"]["key"].tolist() == ["id:X"]
    assert found["two"]["part"].tolist() == ["P", None]
    assert found["two"]["y"].tolist() == [6, 7]


def test_a_part_of_two_sources_belongs_to_neither(reading: Reading) -> None:
    """The pair went to the source that came last, without a word."""
    found, loading = pairs(
        reading, "id,s,y\nX,P,5\nY,Q,6\n", source("one", "P"), source("two", "P", "Q"), source="s", x="y"
    )
    assert told(loading) == [
        "b.csv, row 2, column 's': the part belongs to several sources; found 'P'; expected one of 'one', 'two'"
    ]
    assert list(found) == ["two"]


def test_a_pair_without_a_source_is_an_empty_cell(reading: Reading) -> None:
    """The message showed Python's None."""
    _, loading = pairs(reading, "id,s,y\nX,,5\n", source("one", "P"), source="s", x="y")
    assert told(loading) == [
        "b.csv, row 2, column 's': unknown source; found an empty cell; expected a source or a part: 'one', 'P'"
    ]


def test_a_long_list_of_sources_and_parts_is_cut(reading: Reading) -> None:
    """Ten names help; two hundred assays do not."""
    parts = [f"P{number:03}" for number in range(200)]
    _, loading = pairs(reading, "id,s,y\nX,zzz,5\n", source("one", *parts), source="s", x="y")
    (message,) = told(loading)
    assert message.endswith("expected a source or a part: 'one', " + ", ".join(f"'P{n:03}'" for n in range(9)))


def test_pairs_without_parts_have_no_such_column(reading: Reading) -> None:
    """Rows are numbered anew within a source."""
    content = "id,s,y,x\nX,one,5,1\nY,two,6,2\nZ,one,7,3\n"
    found, _ = pairs(reading, content, source("one"), source("two"), source="s", x="x")
    assert list(found["one"].columns) == ["key", "x", "y"]
    assert found["one"].index.tolist() == [0, 1]
    assert found["one"]["x"].tolist() == [1, 3]


def test_pairs_of_a_missing_table_are_none(reading: Reading) -> None:
    """And the fault is told."""
    loading = reading(text=TEXT)
    assert read_bridging(loading, Bridging(file="b.csv", y="y"), MAIN, {}) == {}
    assert told(loading) == ["b.csv: there is no such file. Check the name and the folder"]


def test_wrong_numbers_of_pairs_are_told_with_their_rows(reading: Reading) -> None:
    """Of either side; documents are kept as words."""
    _, loading = pairs(reading, "id,x,y\nX,a,5\nY,1,b\n", source("one"), of="one", x="x")
    assert [one.split(";")[0] for one in told(loading)] == [
        "b.csv, row 2, column 'x': not a number",
        "b.csv, row 3, column 'y': not a number",
    ]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            {"of": "onne", "x": "x"},
            "$.bridging.of: unknown source; found 'onne'; expected one of 'one', 'two'. Did you mean 'one'?",
        ),
        (
            {"x": "x"},
            "$.bridging: bridging pairs without a source; expected source: a column, or of: one of 'one', 'two'",
        ),
        ({"of": "one"}, "$.bridging: bridging pairs without the source's side; expected label or x"),
    ],
)
def test_pairs_that_say_too_little_are_told_in_study_yaml(reading: Reading, spec: dict[str, Any], message: str) -> None:
    """Once for the table and not once a row."""
    _, loading = pairs(reading, "id,x,y\nX,1,5\nY,2,6\n", source("one"), source("two"), **spec)
    (found,) = told(loading)
    assert found.startswith("study.yaml, line 8, ")
    assert found.endswith(message)


def test_pairs_keep_labels_and_documents(reading: Reading) -> None:
    """An inconclusive label is missing; papers are words, of either side."""
    content = "id,l,y,d,e\nX,active,5,P1,P2\nY,inconclusive,6,,7\n"
    found, loading = pairs(reading, content, source("one"), of="one", label="l", document="d", document_y="e")
    assert told(loading) == []
    frame = found["one"]
    assert np.array_equal(frame["label"], [1, np.nan], equal_nan=True)
    assert frame["document"].tolist() == ["P1", None]
    assert frame["document_y"].tolist() == ["P2", "7"]
