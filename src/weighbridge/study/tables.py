"""Tables as they stand in the file: cells untouched, with the file's own row numbers.

Nothing is guessed. In every format an empty cell and the word ``NA`` are missing; every other text
stays text, so that ``nan``, ``inf`` or ``-`` in a column of numbers is a fault with its row and
never silently missing. White space around texts and column names is dropped. Columns without a
name (pandas writes its index as one) cannot be asked for and are left out; empty rows are skipped.

Row numbers count as a spreadsheet shows them: the header is row 1. Entries of an SDF file count
from 1.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pandas as pd

from weighbridge import limits
from weighbridge.documents import read_text
from weighbridge.errors import Fault, Faults, InputError

__all__ = ["Cell", "CellColumn", "RawTable", "clean_cell", "closest", "did_you_mean", "read_table", "tabulate"]

Cell = str | int | float | bool | None
"""A cell as the file has it; None is missing."""

MISSING_WORDS: Final = frozenset({"", "NA"})
"""Texts that mean *missing*, everywhere."""

SUFFIXES: Final = (".csv", ".tsv", ".parquet", ".xlsx", ".sdf")


@dataclass(frozen=True, eq=False)
class CellColumn:
    """One column of a table: its cells with their row numbers.

    Attributes
    ----------
    file, name
        The table's file and the column's name.
    rows, cells
        Row numbers as the file counts them, and the cells; equally long.
    row_word
        ``row``, or ``entry`` for SDF.
    """

    file: str
    name: str
    rows: Sequence[int]
    cells: Sequence[Cell]
    row_word: str = "row"

    def place(self, position: int) -> str:
        """Return ``row 7, column 'pIC50'`` for the cell at a position."""
        return f"{self.row_word} {self.rows[position]}, column {self.name!r}"


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table as read: `frame` holds the cells (object columns), its index the row numbers."""

    name: str
    frame: pd.DataFrame
    row_word: str = "row"

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in the file's order."""
        return list(self.frame.columns)

    @property
    def rows(self) -> list[int]:
        """Row numbers as the file counts them."""
        return [int(row) for row in self.frame.index]

    def column(self, name: str) -> CellColumn:
        """Return a column's cells.

        Raises
        ------
        InputError
            If there is no such column.
        """
        if name not in self.frame.columns:
            raise InputError(self.no_such_column(name))
        return CellColumn(self.name, name, self.rows, list(self.frame[name]), self.row_word)

    def no_such_column(self, name: str, *, file: str = "", place: str = "") -> Fault:
        """Return the fault for a column the table does not have."""
        what = f"{self.name!r} has no such column" if file else "there is no such column"
        expected = "one of " + ", ".join(repr(column) for column in self.columns)
        return Fault(what, file or self.name, place, repr(name), expected, did_you_mean(name, self.columns))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``Did you mean 'pIC50'?``, or nothing where no known word is close."""
    meant = closest(word, known)
    return f"Did you mean {meant!r}?" if meant else ""


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, whatever its case; nothing where none is close."""
    by_lower = {name.lower(): name for name in reversed(list(known))}
    close = get_close_matches(word.lower(), by_lower, 1, 0.6)
    return by_lower[close[0]] if close else ""


def read_table(path: Path, *, name: str | None = None, sheet: str | None = None) -> RawTable:
    """Read a CSV, TSV, Parquet, xlsx or SDF file, by its suffix.

    Parameters
    ----------
    path
        The file.
    name
        How messages call it; the file's name unless given.
    sheet
        The sheet of a workbook; the first unless given.

    Raises
    ------
    InputError
        With every fault found: a missing or unreadable file, a wrong encoding or suffix, no rows,
        repeated column names, rows of a wrong length, unreadable structures.
    """
    from weighbridge.study import formats

    name = name or path.name
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        mend = "Save the workbook as .xlsx" if suffix in {".xls", ".ods", ".xlsm"} else ""
        expected = ", ".join(SUFFIXES[:-1]) + f" or {SUFFIXES[-1]}"
        raise InputError(Fault("this is not a kind of table", name, "", f"the suffix {path.suffix!r}", expected, mend))
    _check_sheet(name, suffix, sheet)
    if suffix in {".csv", ".tsv"}:
        return _read_text_table(path, name, "," if suffix == ".csv" else "\t")
    check_file(path, name)
    if suffix == ".xlsx":
        return formats.read_workbook(path, name, sheet)
    return formats.read_parquet(path, name) if suffix == ".parquet" else formats.read_sdf(path, name)


def _check_sheet(name: str, suffix: str, sheet: str | None) -> None:
    if sheet is not None and suffix != ".xlsx":
        raise InputError(Fault("only a workbook has sheets", name, "", f"sheet {sheet!r}", "no sheet"))


def check_file(path: Path, name: str) -> None:
    """Refuse a missing, unreadable or huge file before a library opens it."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            stream.read(1)
    except FileNotFoundError as error:
        raise InputError(Fault("there is no such file", name, mend="Check the name and the folder")) from error
    except OSError as error:
        raise InputError(Fault("the file cannot be read", name, found=error.strerror or str(error))) from error
    if size > limits.TABLE_BYTES:
        raise InputError(Fault("the file is too large", name, "", f"{size:,} bytes", f"at most {limits.TABLE_BYTES:,}"))


def _read_text_table(path: Path, name: str, delimiter: str) -> RawTable:
    text = read_text(path, name=name, limit=limits.TABLE_BYTES)
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return tabulate(name, _numbered(rows, name), ragged=True, delimiter=delimiter)


def _numbered(rows: Any, name: str) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        for number, cells in enumerate(rows, start=1):
            if cells:
                yield number, cells
    except csv.Error as error:
        what = "the quotes of a cell do not close, or something follows them"
        if "field larger" in str(error):
            what = "a cell is too long; perhaps its quotes do not close"
        raise InputError(Fault(what, name, f"row {number + 1}")) from error


def clean_cell(value: Any) -> Cell:
    """Return a cell without white space around it, None where it is missing."""
    if isinstance(value, str):
        value = value.strip()
        return None if value in MISSING_WORDS else value
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


def tabulate(
    name: str, rows: Iterable[tuple[int, Sequence[Any]]], *, ragged: bool = False, delimiter: str = ""
) -> RawTable:
    """Turn numbered rows of cells, the header first, into a table.

    Parameters
    ----------
    name
        How messages call the table.
    rows
        (row number, cells) in the file's order.
    ragged
        Whether a row shorter than the header is a fault (text files) or means missing cells.
    delimiter
        The delimiter the file should have, for the message when it has another.

    Raises
    ------
    InputError
        If there is no header or no row, a column name occurs twice, or rows have a wrong length.
    """
    iterator = iter(rows)
    first = next(iterator, None)
    if first is None:
        raise InputError(Fault("the table is empty", name, expected="a header and at least one row"))
    header = [_column_name(cell) for cell in first[1]]
    faults = Faults()
    _check_header(faults, name, first[0], header, delimiter)
    faults.raise_if_any()
    kept, numbers = _body(faults, name, header, iterator, ragged=ragged)
    faults.raise_if_any()
    if not numbers:
        raise InputError(Fault("the table has a header and no rows", name, expected="at least one row"))
    columns = {title: [row[index] for row in kept] for index, title in enumerate(header) if title}
    return RawTable(name, pd.DataFrame(columns, index=numbers, dtype=object))


def _column_name(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _check_header(faults: Faults, name: str, row: int, header: list[str], delimiter: str) -> None:
    place = f"row {row}"
    for title in sorted({title for title in header if title and header.count(title) > 1}):
        faults.add("a column name occurs twice", file=name, place=place, found=repr(title), expected="unique names")
    if not any(header):
        faults.add("the header names no column", file=name, place=place)
    other = {",": ";", "\t": ","}.get(delimiter)
    if other and len(header) == 1 and other in header[0]:
        word = {",": "commas", "\t": "tabs"}[delimiter]
        faults.add(
            f"the columns are not separated by {word}",
            file=name,
            place=place,
            found=repr(header[0][:60]),
            mend=f"Save the table with {word} between the columns",
        )


def _body(
    faults: Faults, name: str, header: list[str], rows: Iterator[tuple[int, Sequence[Any]]], *, ragged: bool
) -> tuple[list[list[Cell]], list[int]]:
    """Return the rows of cells, each as long as the header, and their numbers."""
    kept: list[list[Cell]] = []
    numbers: list[int] = []
    wrong = 0
    for number, raw in rows:
        cells = [clean_cell(value) for value in raw]
        if all(cell is None for cell in cells):
            continue
        surplus = any(cell is not None for cell in cells[len(header) :])
        if surplus or (ragged and len(cells) != len(header)):
            wrong += 1
            _note_length(faults, name, number, len(cells), len(header), wrong)
            continue
        kept.append(cells[: len(header)] + [None] * (len(header) - len(cells)))
        numbers.append(number)
    if wrong > limits.FAULTS_SHOWN:
        faults.add(f"{wrong - limits.FAULTS_SHOWN} more rows have a wrong number of cells", file=name)
    return kept, numbers


def _note_length(faults: Faults, name: str, row: int, found: int, expected: int, count: int) -> None:
    if count <= limits.FAULTS_SHOWN:
        faults.add(
            "the row does not fit the header",
            file=name,
            place=f"row {row}",
            found=f"{found} cell{'' if found == 1 else 's'}",
            expected=f"{expected} cells",
            mend="Put a cell that holds the separator into double quotes" if found > expected else "",
        )
