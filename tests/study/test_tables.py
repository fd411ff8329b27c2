"""Tables as they stand in the file, in every format, with the file's own row numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge import limits
from weighbridge.errors import InputError
from weighbridge.study import formats
from weighbridge.study.tables import clean_cell, did_you_mean, read_table, tabulate


def refusal(read: Callable[[], object]) -> str:
    """Return the message a table is refused with."""
    with pytest.raises(InputError) as caught:
        read()
    return str(caught.value)


def write_workbook(path: Path, rows: list[list[object]], title: str = "data") -> Path:
    """Write a workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def test_csv_cells_stay_as_they_are(tmp_path: Path) -> None:
    """Nothing is guessed: only an empty cell and NA are missing."""
    path = tmp_path / "a.csv"
    path.write_text("id, x ,y\n 01 ,nan,\nNA,-,1e3\n")
    table = read_table(path)
    assert table.columns == ["id", "x", "y"]
    assert table.frame.to_numpy().tolist() == [["01", "nan", None], [None, "-", "1e3"]]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    """The header is row 1, and blank rows count though they are skipped."""
    path = tmp_path / "a.csv"
    path.write_text('id,x\nA,"two\nlines"\n,\n\nB,2\n')
    table = read_table(path)
    assert table.rows == [2, 5]
    assert table.column("x").place(1) == "row 5, column 'x'"
    assert table.column("x").cells == ["two\nlines", "2"]


def test_columns_without_a_name_are_left_out(tmp_path: Path) -> None:
    """The index that pandas writes is no column of the study."""
    path = tmp_path / "a.csv"
    pd.DataFrame({"id": ["A"], "x": [1]}).to_csv(path)
    assert read_table(path).columns == ["id", "x"]


def test_tabs_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    """A TSV with CRLF and a byte order mark is an ordinary table."""
    path = tmp_path / "a.tsv"
    path.write_bytes(b"\xef\xbb\xbfid\tx\r\nA\t1,5\r\n")
    assert read_table(path).frame.to_numpy().tolist() == [["A", "1,5"]]


def test_a_table_separated_by_commas_is_no_tsv(tmp_path: Path) -> None:
    """The message says what should stand between the columns."""
    path = tmp_path / "a.tsv"
    path.write_text("id,x\nA,1\n")
    assert refusal(lambda: read_table(path)) == (
        "a.tsv, row 1: the columns are not separated by tabs; found 'id,x'. "
        "Save the table with tabs between the columns"
    )


def test_a_header_without_any_name_is_refused(tmp_path: Path) -> None:
    """A table whose columns have no names cannot be used."""
    path = tmp_path / "a.csv"
    path.write_text(",\n1,2\n")
    assert refusal(lambda: read_table(path)) == "a.csv, row 1: the header names no column"


def test_a_cell_that_never_ends_is_refused(tmp_path: Path) -> None:
    """An open quote before a long text is told as such."""
    path = tmp_path / "a.csv"
    path.write_text('id\n"' + "x" * 200_000)
    assert refusal(lambda: read_table(path)) == "a.csv, row 2: a cell is too long; perhaps its quotes do not close"


def test_ragged_rows_are_listed_up_to_a_limit(tmp_path: Path) -> None:
    """Hundreds of wrong rows are counted, not listed."""
    path = tmp_path / "a.csv"
    path.write_text("id,x\n" + "A\n" * 25)
    assert refusal(lambda: read_table(path)).endswith("a.csv: 5 more rows have a wrong number of cells")


def test_an_unknown_column_names_the_known_ones() -> None:
    """The close one is offered."""
    table = tabulate("a.csv", [(1, ["id", "pIC50"]), (2, ["A", "5"])])
    assert refusal(lambda: table.column("pic50 ")) == (
        "a.csv: there is no such column; found 'pic50 '; expected one of 'id', 'pIC50'. Did you mean 'pIC50'?"
    )


def test_no_word_is_offered_where_none_is_close() -> None:
    """A wild guess would help nobody."""
    assert did_you_mean("xyz", ["alpha", "beta"]) == ""


def test_workbooks_keep_numbers_as_numbers(tmp_path: Path) -> None:
    """Cells keep their types; dates become text, empty rows are skipped."""
    day = dt.datetime(2026, 3, 1)  # noqa: DTZ001 - a workbook knows no zones
    path = write_workbook(tmp_path / "a.xlsx", [["id", "x", "y"], [7, 1.5, True], [], ["B", None, day]])
    table = read_table(path)
    assert table.rows == [2, 4]
    assert table.frame.to_numpy().tolist() == [[7, 1.5, True], ["B", None, "2026-03-01 00:00:00"]]


def test_a_sheet_is_found_by_name_and_a_wrong_name_lists_them(tmp_path: Path) -> None:
    """The first sheet is read unless one is named."""
    path = write_workbook(tmp_path / "a.xlsx", [["id"], ["A"]])
    assert read_table(path, sheet="data").rows == [2]
    assert refusal(lambda: read_table(path, sheet="dta")) == (
        "a.xlsx: the workbook has no such sheet; found 'dta'; expected one of 'data'"
    )


def test_only_a_workbook_has_sheets(tmp_path: Path) -> None:
    """A sheet of a CSV file is a misunderstanding."""
    path = tmp_path / "a.csv"
    path.write_text("id\nA\n")
    assert refusal(lambda: read_table(path, sheet="x")) == (
        "a.csv: only a workbook has sheets; found sheet 'x'; expected no sheet"
    )


def test_a_cell_beyond_the_header_is_a_fault_in_a_workbook(tmp_path: Path) -> None:
    """A value without a column name cannot be used and is not dropped."""
    path = write_workbook(tmp_path / "a.xlsx", [["id", "x"], ["A"], ["B", 1, "stray"]])
    assert refusal(lambda: read_table(path)).startswith("a.xlsx, row 3: the row does not fit the header; found 3 cells")


@pytest.mark.parametrize("content", [b"not a zip", b"PK\x03\x04broken", b""])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    """A damaged workbook gives a message, not a traceback."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert refusal(lambda: read_table(path)).startswith("a.xlsx: this is not an xlsx workbook; found ")


def test_a_zip_without_a_workbook_in_it_is_refused(tmp_path: Path) -> None:
    """The suffix alone makes no workbook."""
    path = tmp_path / "a.xlsx"
    with ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert refusal(lambda: read_table(path)).startswith("a.xlsx: this is not an xlsx workbook")


def test_a_workbook_that_unpacks_to_too_much_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sizes in the archive's index are summed before anything is unpacked."""
    path = write_workbook(tmp_path / "a.xlsx", [["id"], ["A"]])
    monkeypatch.setattr(limits, "WORKBOOK_UNPACKED_BYTES", 100)
    assert refusal(lambda: read_table(path)).startswith("a.xlsx: the workbook unpacks to too much; found ")


def test_parquet_is_read_with_its_types(tmp_path: Path) -> None:
    """Nulls are missing and rows count a header."""
    path = tmp_path / "a.parquet"
    pd.DataFrame({"id": ["A", "B"], "x": [1.5, None]}).to_parquet(path)
    table = read_table(path)
    assert table.rows == [2, 3]
    assert table.frame.to_numpy().tolist() == [["A", 1.5], ["B", None]]


def test_what_is_no_parquet_file_is_refused(tmp_path: Path) -> None:
    """A text file with that suffix gives a message."""
    path = tmp_path / "a.parquet"
    path.write_text("id,x")
    assert refusal(lambda: read_table(path)).startswith("a.parquet: this is not a Parquet file; found ")


@pytest.mark.parametrize(
    ("suffix", "message"),
    [
        ("parquet", "a.parquet: pyarrow is not installed, and Parquet needs it. pip install 'weighbridge[parquet]'"),
        ("sdf", "a.sdf: RDKit is not installed, and SDF needs it. pip install 'weighbridge[chem]'"),
    ],
)
def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, message: str) -> None:
    """Formats that need more than the base installation say what to install."""
    path = tmp_path / f"a.{suffix}"
    path.touch()
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    assert refusal(lambda: read_table(path)) == message


def write_sdf(path: Path, smiles: list[str], broken: bool = False) -> Path:
    """Write an SDF file with one property; a broken entry stands second."""
    from rdkit import Chem

    blocks = []
    for number, text in enumerate(smiles):
        block = Chem.MolToMolBlock(Chem.MolFromSmiles(text)).split("\n", 1)[1]
        blocks.append(f"name {number}\n{block}> <pIC50>\n{number + 5}\n\n$$$$\n")
    if broken:
        blocks.insert(1, "bad\n\n\nnot a table of atoms\nM  END\n$$$$\n")
    path.write_text("".join(blocks))
    return path


def test_sdf_properties_become_columns(tmp_path: Path) -> None:
    """The structure becomes the column smiles, the title line the column title."""
    table = read_table(write_sdf(tmp_path / "a.sdf", ["CCO", "c1ccccc1"]))
    assert table.columns == ["title", "pIC50", "smiles"]
    assert table.frame.to_numpy().tolist() == [["name 0", "5", "CCO"], ["name 1", "6", "c1ccccc1"]]
    assert table.column("pIC50").place(1) == "entry 2, column 'pIC50'"


def test_unreadable_sdf_entries_are_told_by_number(tmp_path: Path) -> None:
    """A broken entry is a fault and never skipped."""
    path = write_sdf(tmp_path / "a.sdf", ["CCO", "CCN"], broken=True)
    assert refusal(lambda: read_table(path)).startswith("a.sdf, entry 2: the entry has no readable structure")


def test_an_empty_sdf_file_is_refused(tmp_path: Path) -> None:
    """No entries, no table."""
    path = tmp_path / "a.sdf"
    path.write_text("")
    assert refusal(lambda: read_table(path)).startswith("a.sdf")


def test_a_huge_table_is_refused_before_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size is looked at first, for text and for binary formats."""
    monkeypatch.setattr(limits, "TABLE_BYTES", 10)
    path = write_workbook(tmp_path / "a.xlsx", [["id"], ["A"]])
    assert "the file is too large" in refusal(lambda: read_table(path))


@given(
    st.lists(
        st.lists(st.sampled_from(["", "NA", "x", "1", "a,b", 'q"q', "l\nl", "µ"]), min_size=2, max_size=2), min_size=1
    )
)
def test_what_csv_writes_is_read_back(rows: list[list[str]]) -> None:
    """Quoting is undone, and nothing but empty cells and NA is lost."""
    import csv
    import io
    import tempfile

    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["a", "b"], *rows])
    kept = [[clean_cell(cell) for cell in row] for row in rows if any(cell not in ("", "NA") for cell in row)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_text(stream.getvalue(), encoding="utf-8", newline="")
        if kept:
            assert read_table(path).frame.to_numpy().tolist() == kept
        else:
            assert "no rows" in refusal(lambda: read_table(path))


@pytest.mark.parametrize("suffix", [".CSV", ".Tsv", ".csv"])
def test_the_case_of_a_suffix_does_not_matter(tmp_path: Path, suffix: str) -> None:
    """Windows programs write capitals."""
    path = tmp_path / f"a{suffix}"
    path.write_text("id\nA\n")
    assert read_table(path).column("id").cells == ["A"]


@pytest.mark.parametrize(
    ("name", "suffix", "mend"),
    [
        ("a.xls", ".xls", ". Save the workbook as .xlsx"),
        ("a.ods", ".ods", ". Save the workbook as .xlsx"),
        ("a.xlsm", ".xlsm", ". Save the workbook as .xlsx"),
        ("a.txt", ".txt", ""),
        ("a", "", ""),
        ("a.csv.gz", ".gz", ""),
    ],
)
def test_what_is_no_kind_of_table_is_told_by_its_suffix(tmp_path: Path, name: str, suffix: str, mend: str) -> None:
    """Whether the file is there or not: its name alone is wrong."""
    assert refusal(lambda: read_table(tmp_path / name)) == (
        f"{name}: this is not a kind of table; found the suffix {suffix!r}; "
        f"expected .csv, .tsv, .parquet, .xlsx or .sdf{mend}"
    )


@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet", "xlsx", "sdf"])
def test_missing_files_and_folders_are_told_in_the_same_words(tmp_path: Path, suffix: str) -> None:
    """Whatever library would have opened them."""
    assert refusal(lambda: read_table(tmp_path / f"a.{suffix}")) == (
        f"a.{suffix}: there is no such file. Check the name and the folder"
    )
    (tmp_path / f"b.{suffix}").mkdir()
    assert refusal(lambda: read_table(tmp_path / f"b.{suffix}", name="data/b")) == (
        "data/b: the file cannot be read; found Is a directory"
    )


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_size_of_a_table_is_told_beside_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    """At the limit a file is read, above it refused."""
    path = tmp_path / f"a.{suffix}"
    path.write_text("id\n" + "A" * 2000)
    monkeypatch.setattr(limits, "TABLE_BYTES", 2002)
    assert refusal(lambda: read_table(path)) == (
        f"a.{suffix}: the file is too large; found 2,003 bytes; expected at most 2,002"
    )
    monkeypatch.setattr(limits, "TABLE_BYTES", 2003)
    if suffix == "csv":
        assert read_table(path).rows == [2]


def test_a_text_table_has_as_many_cells_in_every_row(tmp_path: Path) -> None:
    """A shorter row is a fault in a text file; so is one with a separator too many, though nothing follows it."""
    path = tmp_path / "a.csv"
    path.write_text("id,x\nA\nB,1,\nC,2\n,,,\n")
    assert refusal(lambda: read_table(path)) == (
        "2 faults:\n"
        "  - a.csv, row 2: the row does not fit the header; found 1 cell; expected 2 cells\n"
        "  - a.csv, row 3: the row does not fit the header; found 3 cells; expected 2 cells. "
        "Put a cell that holds the separator into double quotes"
    )


def test_a_shorter_row_of_other_tables_has_missing_cells() -> None:
    """A workbook does not store empty cells at the end of a row; empty ones beyond the header are none."""
    table = tabulate("a.xlsx", [(1, ["id", "x", "y"]), (2, ["A"]), (3, ["B", 1, None, None, " "])])
    assert table.frame.to_numpy().tolist() == [["A", None, None], ["B", 1, None]]


def test_every_repeated_column_is_told_once() -> None:
    """However often it stands there; columns without a name may repeat."""
    told = refusal(lambda: tabulate("a.csv", [(4, ["x", "y", "x", " x ", "y", "", ""]), (5, ["A"] * 7)]))
    assert told.splitlines()[1:] == [
        "  - a.csv, row 4: a column name occurs twice; found 'x'; expected unique names",
        "  - a.csv, row 4: a column name occurs twice; found 'y'; expected unique names",
    ]


def test_the_row_of_a_header_is_the_file_s(tmp_path: Path) -> None:
    """Below two blank lines the header is row 3, and row 1 was told."""
    path = tmp_path / "a.csv"
    path.write_text("\n\nid;x\nA;1\n")
    assert refusal(lambda: read_table(path)).startswith("a.csv, row 3: the columns are not separated by commas")


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("pic50", ["pIC50"], "pIC50"),
        ("PIC50", ["pIC50", "pic50"], "pIC50"),
        ("solubilty", ["solubility", "stability"], "solubility"),
        ("", ["a"], ""),
        ("a", [], ""),
    ],
)
def test_the_closest_word_is_offered_whatever_its_case(word: str, known: list[str], meant: str) -> None:
    """Of words that differ in case only, the first."""
    assert did_you_mean(word, known) == (f"Did you mean {meant!r}?" if meant else "")


@given(st.one_of(st.text(max_size=8), st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False)))
def test_cleaning_a_cell_twice_changes_nothing(cell: object) -> None:
    """Texts lose their blanks once; numbers and truth values are never touched."""
    clean = clean_cell(cell)
    assert clean_cell(clean) == clean
    assert clean is cell or isinstance(cell, str)
