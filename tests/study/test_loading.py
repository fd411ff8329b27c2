"""What is gathered while a study is read: faults at their place, notices, hashes, tables read once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from weighbridge.errors import Fault, InputError
from weighbridge.study import loading as loading_module
from weighbridge.study.loading import Loading, Notice
from weighbridge.study.schema import Table
from weighbridge.study.units import Conversion, conversion

Reading = Callable[..., Loading]

TEXT = """\
schema: 1
molecules:
  file: m.csv
  id: code
sources:
  public:
    predictions:
      file: p.csv
      score: {column: ic50, unit: nM}
"""
TABLE = "code,ic50\nA,5\nB,7\n"
MOLECULES = Table(file="m.csv")


def told(loading: Loading) -> list[str]:
    """Return the faults noted so far, as text."""
    return [str(fault) for fault in loading.faults]


def test_a_reading_begins_with_nothing(reading: Reading) -> None:
    """Two readings share neither faults nor notices nor hashes."""
    first, second = reading(text=TEXT), reading(text=TEXT)
    first.fault(("schema",), "wrong")
    first.notice("unmatched", "one row")
    first.inputs["x"] = "y"
    assert (len(second.faults), second.notices, second.inputs) == (0, [], {})
    assert (second.cache, second.progress) == (True, None)


def test_a_fault_stands_at_its_line(reading: Reading) -> None:
    """With all its parts, in the file that names the place."""
    loading = reading(text=TEXT)
    loading.fault(("molecules", "id"), "no such column", found="'code'", expected="'id'", mend="Rename it")
    assert told(loading) == [
        "study.yaml, line 4, $.molecules.id: no such column; found 'code'; expected 'id'. Rename it"
    ]


def test_a_fault_at_a_key_that_is_not_there_stands_at_the_nearest_line(reading: Reading) -> None:
    """A missing key has no line of its own; what should hold it has."""
    loading = reading(text=TEXT)
    loading.fault(("sources", "public", "records", "file"), "wrong")
    assert told(loading) == ["study.yaml, line 7, $.sources.public.records.file: wrong"]


def test_faults_without_a_file_are_placed_and_others_left_alone(reading: Reading) -> None:
    """An error from the core knows no file; one from a table knows better than study.yaml."""
    loading = reading(text=TEXT)
    loading.at(("molecules",), InputError([Fault("twice"), Fault("wrong", "m.csv", "row 3")]))
    assert told(loading) == ["study.yaml, line 3, $.molecules: twice", "m.csv, row 3: wrong"]


def test_notices_are_kept_in_their_order(reading: Reading) -> None:
    """Kind, sentence and details."""
    loading = reading()
    loading.notice("unmatched", "two rows", ("row 2", "row 3"))
    loading.notice("inconclusive", "one label")
    assert loading.notices == [Notice("unmatched", "two rows", ("row 2", "row 3")), Notice("inconclusive", "one label")]


def test_a_path_brings_its_file_s_hash(reading: Reading, tmp_path: Path) -> None:
    """SHA-256 of the bytes, under the name the study uses."""
    loading = reading({"data/m.csv": TABLE}, TEXT)
    assert loading.path("data/m.csv", ("molecules", "file")) == tmp_path / "data" / "m.csv"
    assert loading.inputs == {"data/m.csv": hashlib.sha256(TABLE.encode()).hexdigest()}


def test_a_file_is_hashed_once(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large table that several parts name is read through once for its hash."""
    count: list[Path] = []
    real = loading_module.file_key
    monkeypatch.setattr(loading_module, "file_key", lambda path: (count.append(path), real(path))[1])
    loading = reading({"m.csv": TABLE}, TEXT)
    loading.path("m.csv", ("molecules", "file"))
    loading.path("m.csv", ("molecules", "file"))
    assert len(count) == 1


def test_a_missing_file_has_a_path_and_no_hash(reading: Reading, tmp_path: Path) -> None:
    """Its reader says that it is missing; a folder is no file either."""
    loading = reading(text=TEXT)
    (tmp_path / "folder.csv").mkdir()
    assert loading.path("m.csv", ("molecules", "file")) == tmp_path / "m.csv"
    assert loading.path("folder.csv", ("molecules", "file")) == tmp_path / "folder.csv"
    assert (loading.inputs, told(loading)) == ({}, [])


def test_a_path_that_leads_outside_is_noted_at_its_line(reading: Reading) -> None:
    """And gives no path."""
    loading = reading(text=TEXT)
    assert loading.path("../m.csv", ("molecules", "file")) is None
    assert told(loading) == [
        "study.yaml, line 3, $.molecules.file: paths must stay inside the study's folder; found '../m.csv'; "
        "expected a file beside or below study.yaml, such as 'data/public.csv'"
    ]


def test_a_file_that_cannot_be_hashed_is_noted(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk error is a fault with the system's reason, not a traceback."""

    def fail(path: Path) -> str:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(loading_module, "file_key", fail)
    loading = reading({"m.csv": TABLE}, TEXT)
    assert loading.path("m.csv", ("molecules", "file")) is None
    assert told(loading) == ["m.csv: the file cannot be read; found Input/output error"]
    monkeypatch.setattr(loading_module, "file_key", lambda path: (_ for _ in ()).throw(OSError("no reason")))
    loading.path("m.csv", ("molecules", "file"))
    assert told(loading)[1] == "m.csv: the file cannot be read; found no reason"


def test_a_table_is_read_once_however_often_it_is_named(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same cells serve every part that names the file."""
    loading = reading({"m.csv": TABLE}, TEXT)
    first = loading.table(MOLECULES, ("molecules",))
    monkeypatch.setattr(loading_module, "read_table", None)
    second = loading.table(Table(file="m.csv", id="code"), ("sources", "public", "predictions"))
    assert first is not None
    assert second is not None
    assert first.table is second.table
    assert second.path == ("sources", "public", "predictions")


def test_two_sheets_of_one_workbook_are_two_tables(reading: Reading, tmp_path: Path) -> None:
    """File and sheet together name a table; the file is hashed under its one name."""
    import openpyxl

    book = openpyxl.Workbook()
    for title in ("one", "two"):
        sheet = book.create_sheet(title)
        sheet.append(["code"])
        sheet.append([title])
    book.save(tmp_path / "m.xlsx")
    loading = reading(text=TEXT)
    cells = []
    for sheet_name in ("one", "two"):
        table = loading.table(Table(file="m.xlsx", sheet=sheet_name), ("molecules",))
        assert table is not None
        cells.append(table.table.column("code").cells)
    assert cells == [["one"], ["two"]]
    assert list(loading.inputs) == ["m.xlsx"]


def test_a_faulty_table_is_told_once(reading: Reading) -> None:
    """Ten parts that name a broken file give one fault, not ten."""
    loading = reading({"m.csv": "code,code\nA,1\n"}, TEXT)
    assert [loading.table(MOLECULES, ("molecules",)) for _ in range(3)] == [None] * 3
    assert told(loading) == ["m.csv, row 1: a column name occurs twice; found 'code'; expected unique names"]


def test_a_missing_table_is_told_once(reading: Reading) -> None:
    """By the name the study uses."""
    loading = reading(text=TEXT)
    assert loading.table(MOLECULES, ("molecules",)) is None
    assert loading.table(MOLECULES, ("sources", "public", "predictions")) is None
    assert told(loading) == ["m.csv: there is no such file. Check the name and the folder"]


def test_a_table_outside_is_told_at_the_line_of_its_file(reading: Reading) -> None:
    """The place ends in the key `file`."""
    loading = reading(text=TEXT)
    assert loading.table(Table(file="/etc/passwd"), ("molecules",)) is None
    assert told(loading)[0].startswith("study.yaml, line 3, $.molecules.file: paths must stay inside")


def test_an_open_table_knows_its_name_and_length(reading: Reading) -> None:
    """As many as it has rows."""
    table = reading({"m.csv": TABLE}, TEXT).table(MOLECULES, ("molecules",))
    assert table is not None
    assert (table.name, len(table)) == ("m.csv", 2)


def test_a_column_nobody_asks_for_is_none_without_a_fault(reading: Reading) -> None:
    """Optional keys of study.yaml are passed on as they are."""
    loading = reading({"m.csv": TABLE}, TEXT)
    table = loading.table(MOLECULES, ("molecules",))
    assert table is not None
    assert table.column(None, "name") is None
    assert told(loading) == []


def test_a_column_that_is_there_is_found(reading: Reading) -> None:
    """Cells with the file's own row numbers."""
    table = reading({"m.csv": TABLE}, TEXT).table(MOLECULES, ("molecules",))
    assert table is not None
    column = table.column("ic50", "score")
    assert column is not None
    assert (list(column.cells), list(column.rows)) == (["5", "7"], [2, 3])


def test_a_column_that_is_not_there_is_told_where_it_is_asked_for(reading: Reading) -> None:
    """The line is that of study.yaml; the message names table and columns."""
    loading = reading({"m.csv": TABLE}, TEXT)
    table = loading.table(MOLECULES, ("molecules",))
    assert table is not None
    assert table.column("kode", "id") is None
    assert told(loading) == [
        "study.yaml, line 4, $.molecules.id: 'm.csv' has no such column; found 'kode'; "
        "expected one of 'code', 'ic50'. Did you mean 'code'?"
    ]


def test_a_conversion_is_that_of_the_units(reading: Reading) -> None:
    """Where it exists, nothing is noted."""
    loading = reading({"m.csv": TABLE}, TEXT)
    table = loading.table(MOLECULES, ("molecules",))
    assert table is not None
    assert table.conversion("nM", "pIC50", "score") == conversion("nM", "pIC50")
    assert told(loading) == []


@pytest.mark.parametrize(
    ("unit", "what", "found"),
    [
        ("ug/mL", "'ug/mL' cannot be converted to 'pIC50'", "'ug/mL'"),
        ("", "the unit the column is written in is not stated", "no unit"),
    ],
)
def test_units_that_do_not_convert_are_noted_and_reading_goes_on(
    reading: Reading, unit: str, what: str, found: str
) -> None:
    """The numbers stay as they are, so that further faults of the column are found too."""
    loading = reading({"p.csv": TABLE}, TEXT)
    table = loading.table(Table(file="p.csv"), ("sources", "public", "predictions"))
    assert table is not None
    assert table.conversion(unit, "pIC50", "score") == Conversion()
    assert told(loading) == [
        f"study.yaml, line 9, $.sources.public.predictions.score: unit mismatch: {what}; found {found}; "
        "expected 'pIC50', or a unit that converts to it. "
        "State both units; concentrations convert to p-values, % to fraction"
    ]


def test_a_pipe_is_not_waited_for(reading: Reading, tmp_path: Path) -> None:
    """Opening one would never return; it is told and not read."""
    os.mkfifo(tmp_path / "m.csv")
    loading = reading(text=TEXT)
    assert loading.table(MOLECULES, ("molecules",)) is None
    assert told(loading) == ["m.csv: the file cannot be read; found a pipe or a device; expected a plain file"]
