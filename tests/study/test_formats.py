"""Workbooks, Parquet and SDF files: what their cells become, and how damaged ones are refused."""

from __future__ import annotations

import datetime as dt
import decimal
import gc
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.chart import BarChart
from pyarrow import parquet

from weighbridge import limits
from weighbridge.errors import InputError
from weighbridge.study.formats import read_parquet, read_sdf, read_workbook

ETHANOL = "\n  test\n\n  3  2  0  0  0  0  0  0  0  0999 V2000\n"
ETHANOL += "".join(f"    0.0000    0.0000    0.0000 {symbol}   0  0  0  0  0\n" for symbol in "CCO")
ETHANOL += "  1  2  1  0\n  2  3  1  0\nM  END\n"
NOTHING = "\n  test\n\n  0  0  0  0  0  0  0  0  0  0999 V2000\nM  END\n"
BROKEN = "bad\n\n\nnot a table of atoms\nM  END\n"
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.decimals(-999, 999, places=3).map(float),
    st.sampled_from(["a", "µ", "1,5"]),
)


def refusal(read: Callable[[], object]) -> list[str]:
    """Return the messages a file is refused with."""
    with pytest.raises(InputError) as caught:
        read()
    return [str(fault) for fault in caught.value.faults]


def rows_of(table: Any) -> list[list[Any]]:
    """Return a table's cells by row."""
    return [list(row) for row in table.frame.to_numpy()]


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """Write a workbook with the given sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def entry(block: str = ETHANOL, title: str = "", **properties: str) -> str:
    """Return an entry of an SDF file."""
    lines = "".join(f"> <{key}>\n{value}\n\n" for key, value in properties.items())
    return title + block + lines + "$$$$\n"


def sdf(path: Path, content: str | bytes) -> Path:
    """Write an SDF file."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def test_the_first_sheet_is_read_unless_one_is_named(tmp_path: Path) -> None:
    """Sheets are found by their exact title."""
    path = workbook(tmp_path / "a.xlsx", {"one": [["id"], ["A"]], "Two": [["id"], ["B"]]})
    assert rows_of(read_workbook(path, "a.xlsx", None)) == [["A"]]
    assert rows_of(read_workbook(path, "a.xlsx", "Two")) == [["B"]]
    assert refusal(lambda: read_workbook(path, "a.xlsx", "two")) == [
        "a.xlsx: the workbook has no such sheet; found 'two'; expected one of 'one', 'Two'"
    ]


def test_of_a_formula_the_computed_value_is_read(tmp_path: Path) -> None:
    """A formula that no program has computed yet is a missing cell, never its text."""
    path = workbook(tmp_path / "a.xlsx", {"data": [["id", "x"], ["A", "=1+1"], ["B", 3]]})
    assert rows_of(read_workbook(path, "a.xlsx", None)) == [["A", None], ["B", 3]]


def test_rows_keep_the_numbers_the_spreadsheet_shows(tmp_path: Path) -> None:
    """Blank rows before, between and after are counted and not kept."""
    sheet: list[list[object]] = [[], ["id", "x"], [], ["A", 1], [None, None], ["B", 2], []]
    table = read_workbook(workbook(tmp_path / "a.xlsx", {"data": sheet}), "a.xlsx", None)
    assert table.rows == [4, 6]
    assert table.column("x").place(1) == "row 6, column 'x'"


def test_a_fault_of_a_header_below_blank_rows_stands_in_its_row(tmp_path: Path) -> None:
    """The row told is the one a user sees in the spreadsheet."""
    path = workbook(tmp_path / "a.xlsx", {"data": [[], [], ["id", "id"], ["A", 1]]})
    assert refusal(lambda: read_workbook(path, "a.xlsx", None)) == [
        "a.xlsx, row 3: a column name occurs twice; found 'id'; expected unique names"
    ]


def test_column_names_may_be_numbers(tmp_path: Path) -> None:
    """A year over a column is its name as text."""
    path = workbook(tmp_path / "a.xlsx", {"data": [["id", 2025, " x "], ["A", 1, 2]]})
    assert read_workbook(path, "a.xlsx", None).columns == ["id", "2025", "x"]


def test_an_empty_sheet_is_an_empty_table(tmp_path: Path) -> None:
    """And a sheet with a header alone has no rows."""
    path = workbook(tmp_path / "a.xlsx", {"data": [], "head": [["id"]]})
    assert refusal(lambda: read_workbook(path, "a.xlsx", None)) == [
        "a.xlsx: the table is empty; expected a header and at least one row"
    ]
    assert refusal(lambda: read_workbook(path, "a.xlsx", "head")) == [
        "a.xlsx: the table has a header and no rows; expected at least one row"
    ]


def test_a_chart_is_no_sheet(tmp_path: Path) -> None:
    """The first sheet with cells is read, though a chart stands before it; alone it is no table."""
    book = openpyxl.Workbook()
    data = book.worksheets[0]
    data.append(["id"])
    data.append(["A"])
    book.create_chartsheet("chart", 0).add_chart(BarChart())
    book.save(tmp_path / "a.xlsx")
    assert rows_of(read_workbook(tmp_path / "a.xlsx", "a.xlsx", None)) == [["A"]]
    assert refusal(lambda: read_workbook(tmp_path / "a.xlsx", "a.xlsx", "chart")) == [
        "a.xlsx: the workbook has no such sheet; found 'chart'; expected one of 'Sheet'"
    ]
    book.remove(data)
    book.save(tmp_path / "b.xlsx")
    assert refusal(lambda: read_workbook(tmp_path / "b.xlsx", "b.xlsx", None)) == [
        "b.xlsx: the workbook has no such sheet; expected a sheet with cells"
    ]


def test_wrongly_stored_dimensions_hide_no_rows(tmp_path: Path) -> None:
    """Some programs write the size of a sheet wrongly; its cells are counted instead."""
    path = workbook(tmp_path / "a.xlsx", {"data": [["id", "x"], ["A", 1], ["B", 2]]})
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = next(name for name in parts if name.endswith("sheet1.xml"))
    parts[sheet] = parts[sheet].replace(b'ref="A1:B3"', b'ref="A1:A1"')
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert rows_of(read_workbook(path, "a.xlsx", None)) == [["A", 1], ["B", 2]]


def test_dates_and_times_become_text(tmp_path: Path) -> None:
    """They are neither numbers nor guessed at."""
    row = ["A", dt.date(2026, 3, 1), dt.time(12, 30)]
    path = workbook(tmp_path / "a.xlsx", {"data": [["id", "day", "time"], row]})
    assert rows_of(read_workbook(path, "a.xlsx", None)) == [["A", "2026-03-01 00:00:00", "12:30:00"]]


def test_what_openpyxl_warns_of_is_no_matter(tmp_path: Path) -> None:
    """Styles and extensions are not read, and nobody is bothered with them."""
    path = workbook(tmp_path / "a.xlsx", {"data": [["id"], ["A"]]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert rows_of(read_workbook(path, "a.xlsx", None)) == [["A"]]


def test_a_workbook_that_unpacks_to_too_much_says_how_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sum of the archive's sizes is shown beside the limit."""
    path = workbook(tmp_path / "a.xlsx", {"data": [["id"], ["A"]]})
    with ZipFile(path) as archive:
        size = sum(one.file_size for one in archive.infolist())
    monkeypatch.setattr(limits, "WORKBOOK_UNPACKED_BYTES", size - 1)
    assert refusal(lambda: read_workbook(path, "a.xlsx", None)) == [
        f"a.xlsx: the workbook unpacks to too much; found {size:,} bytes; expected at most {size - 1:,}"
    ]
    monkeypatch.setattr(limits, "WORKBOOK_UNPACKED_BYTES", size)
    assert rows_of(read_workbook(path, "a.xlsx", None)) == [["A"]]


def test_a_workbook_with_a_damaged_sheet_is_refused(tmp_path: Path) -> None:
    """Broken XML inside a whole archive is told as a damaged workbook."""
    path = workbook(tmp_path / "a.xlsx", {"data": [["id"], ["A"]]})
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = next(name for name in parts if name.endswith("sheet1.xml"))
    with ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, b"<worksheet><sheetData><row" if name == sheet else content)
    (told,) = refusal(lambda: read_workbook(path, "a.xlsx", None))
    assert told.startswith("a.xlsx: this is not an xlsx workbook; found ")
    assert told.endswith(". Save it again as .xlsx")


def test_a_damaged_workbook_is_closed_again(tmp_path: Path) -> None:
    """A file left open could not be replaced on Windows; the warning of an open file is an error here."""
    path = tmp_path / "a.xlsx"
    with ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "x")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert refusal(lambda: read_workbook(path, "a.xlsx", None))
        gc.collect()
    path.rename(tmp_path / "b.xlsx")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_cells_of_a_workbook_are_read_back(tmp_path: Path, rows: list[tuple[Any, Any]]) -> None:
    """Numbers, truth values and words come back as what they were, in their rows."""
    whole = [[f"M{at}", *row] for at, row in enumerate(rows)]
    path = workbook(tmp_path / "a.xlsx", {"data": [["id", "x", "y"], *whole]})
    assert rows_of(read_workbook(path, "a.xlsx", None)) == whole


def test_parquet_types_become_plain_cells(tmp_path: Path) -> None:
    """Numbers stay numbers; what a cell cannot hold (a date, a decimal) becomes text."""
    table = pa.table(
        {
            "id": ["A", " B "],
            "whole": pa.array([1, None], pa.int16()),
            "part": pa.array([0.5, None], pa.float64()),
            "mark": [True, None],
            "day": [dt.date(2026, 3, 1), None],
            "exact": [decimal.Decimal("1.50"), None],
            "word": pa.array(["NA", "x"]).dictionary_encode(),
        }
    )
    parquet.write_table(table, tmp_path / "a.parquet")
    found = rows_of(read_parquet(tmp_path / "a.parquet", "a.parquet"))
    assert found == [
        ["A", 1, 0.5, True, "2026-03-01", "1.50", None],
        ["B", None, None, None, None, None, "x"],
    ]


def test_row_numbers_of_parquet_count_a_header(tmp_path: Path) -> None:
    """As if the table were opened in a spreadsheet, empty rows and all."""
    parquet.write_table(pa.table({"id": ["A", None, "C"], "x": [1, None, 3]}), tmp_path / "a.parquet")
    assert read_parquet(tmp_path / "a.parquet", "a.parquet").rows == [2, 4]


def test_parquet_faults_are_those_of_every_table(tmp_path: Path) -> None:
    """Repeated names and missing rows are told in the same words."""
    twice = pa.Table.from_arrays([pa.array(["A"]), pa.array(["B"])], names=["id", "id"])
    parquet.write_table(twice, tmp_path / "a.parquet")
    assert refusal(lambda: read_parquet(tmp_path / "a.parquet", "a.parquet")) == [
        "a.parquet, row 1: a column name occurs twice; found 'id'; expected unique names"
    ]
    parquet.write_table(pa.table({"id": pa.array([], pa.string())}), tmp_path / "b.parquet")
    assert refusal(lambda: read_parquet(tmp_path / "b.parquet", "b.parquet")) == [
        "b.parquet: the table has a header and no rows; expected at least one row"
    ]


def test_the_index_pandas_writes_is_a_column_only_with_a_name(tmp_path: Path) -> None:
    """A range is not stored as a column, a named index is."""
    pd.DataFrame({"x": [1]}).to_parquet(tmp_path / "a.parquet")
    assert read_parquet(tmp_path / "a.parquet", "a.parquet").columns == ["x"]
    pd.DataFrame({"x": [1]}, index=pd.Index(["A"], name="id")).to_parquet(tmp_path / "b.parquet")
    assert read_parquet(tmp_path / "b.parquet", "b.parquet").columns == ["x", "id"]


def test_a_date_without_a_calendar_day_is_refused(tmp_path: Path) -> None:
    """A number of days beyond the year 9999 gave a traceback."""
    parquet.write_table(pa.table({"day": pa.array([10**8], pa.int32()).cast(pa.date32())}), tmp_path / "a.parquet")
    (told,) = refusal(lambda: read_parquet(tmp_path / "a.parquet", "a.parquet"))
    assert told.startswith("a.parquet: this is not a Parquet file; found ")


def test_a_truncated_parquet_file_is_refused(tmp_path: Path) -> None:
    """Half a download is no table."""
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"id": ["A"] * 100}), path)
    path.write_bytes(path.read_bytes()[:-20])
    (told,) = refusal(lambda: read_parquet(path, "a.parquet"))
    assert told.startswith("a.parquet: this is not a Parquet file; found ")
    assert len(told) < 300


def test_an_entry_s_properties_are_its_cells(tmp_path: Path) -> None:
    """Columns come in the order in which they are first met; what an entry has not is missing."""
    content = entry(title="one", a="1", b=" x ") + entry(title="two", c="NA", a="2")
    table = read_sdf(sdf(tmp_path / "a.sdf", content), "a.sdf")
    assert table.columns == ["title", "a", "b", "smiles", "c"]
    assert rows_of(table) == [["one", "1", "x", "CCO", None], ["two", "2", None, "CCO", None]]
    assert (table.row_word, table.rows) == ("entry", [1, 2])


def test_blanks_around_a_property_s_name_are_dropped(tmp_path: Path) -> None:
    """As around the name of any column."""
    table = read_sdf(sdf(tmp_path / "a.sdf", entry(**{" pIC50 ": "5"})), "a.sdf")
    assert table.columns == ["title", "pIC50", "smiles"]


def test_the_structure_takes_the_place_of_a_property_called_smiles(tmp_path: Path) -> None:
    """The structure is what is drawn; a property `title` comes before the title line."""
    table = read_sdf(sdf(tmp_path / "a.sdf", entry(title="line", smiles="XX", title_="t")), "a.sdf")
    assert table.column("smiles").cells == ["CCO"]
    content = entry(title="line").replace("$$$$", "> <title>\nproperty\n\n$$$$")
    assert read_sdf(sdf(tmp_path / "b.sdf", content), "b.sdf").column("title").cells == ["property"]


def test_an_entry_without_atoms_has_no_structure(tmp_path: Path) -> None:
    """Its cell is missing, as an empty one is everywhere, and not an empty text."""
    table = read_sdf(sdf(tmp_path / "a.sdf", entry(NOTHING, a="1")), "a.sdf")
    assert table.column("smiles").cells == [None]


def test_empty_lines_at_the_end_are_no_entry(tmp_path: Path) -> None:
    """Many programs end an SDF file with one; it is not a broken molecule."""
    table = read_sdf(sdf(tmp_path / "a.sdf", entry(a="1") + "\n\n  \n"), "a.sdf")
    assert table.rows == [1]


def test_line_ends_of_windows_and_a_missing_last_one_are_read(tmp_path: Path) -> None:
    """Neither belongs to the cells."""
    content = entry(a="1") + entry(a="2").removesuffix("\n")
    table = read_sdf(sdf(tmp_path / "a.sdf", content.replace("\n", "\r\n")), "a.sdf")
    assert table.column("a").cells == ["1", "2"]


def test_every_broken_entry_is_told_with_its_number(tmp_path: Path) -> None:
    """All of them at once; the whole ones are not used without them."""
    content = entry(BROKEN) + entry() + entry(BROKEN)
    assert refusal(lambda: read_sdf(sdf(tmp_path / "a.sdf", content), "a.sdf")) == [
        "a.sdf, entry 1: the entry has no readable structure",
        "a.sdf, entry 3: the entry has no readable structure",
    ]


@pytest.mark.parametrize("where", ["value", "name", "title"])
def test_entries_that_are_not_utf_8_are_told(tmp_path: Path, where: str) -> None:
    """A Latin-1 letter in a property, its name or the title gave a traceback."""
    words = {"title": "x", "name": "y", "value": "z"} | {where: "Caf\u00e9"}
    content = entry(title=words["title"], **{words["name"]: words["value"]}).encode("latin-1")
    assert refusal(lambda: read_sdf(sdf(tmp_path / "a.sdf", entry().encode() + content), "a.sdf")) == [
        "a.sdf, entry 2: the entry is not UTF-8 text; found byte 0xe9; expected UTF-8. "
        "Save it again with the encoding UTF-8"
    ]


def test_utf_8_in_properties_is_read(tmp_path: Path) -> None:
    """A micro sign is a letter like any other."""
    assert read_sdf(sdf(tmp_path / "a.sdf", entry(unit="µM")), "a.sdf").column("unit").cells == ["µM"]


@pytest.mark.parametrize("content", ["", "\n", "  \n\n"])
def test_a_file_of_white_space_has_no_entries(tmp_path: Path, content: str) -> None:
    """It is told as empty and not as a broken entry."""
    assert refusal(lambda: read_sdf(sdf(tmp_path / "a.sdf", content), "a.sdf")) == [
        "a.sdf: the SDF file has no entries"
    ]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_no_bytes_at_all_give_a_traceback(tmp_path: Path, content: bytes) -> None:
    """Whatever the suffix promises, damaged content is a fault of the input."""
    for read in (read_sdf, read_parquet, lambda path, name: read_workbook(path, name, None)):
        assert refusal(lambda read=read: read(sdf(tmp_path / "a.bin", content), "a.bin"))  # type: ignore[misc]
