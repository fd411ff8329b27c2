"""Tables that are not plain text: workbooks, Parquet and SDF."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import pandas as pd

from weighbridge import limits
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.study.tables import Cell, RawTable, clean_cell, tabulate

__all__ = ["read_parquet", "read_sdf", "read_workbook"]

STRUCTURE_COLUMN = "smiles"
"""The column an SDF entry's structure is read into; it takes the place of a property of that name."""
TITLE_COLUMN = "title"
"""The column an SDF entry's title line is read into, unless a property has that name."""


def read_workbook(path: Path, name: str, sheet: str | None) -> RawTable:
    """Read a sheet of an xlsx workbook; of a formula the value Excel last computed is read.

    Raises
    ------
    InputError
        If it is no workbook, unpacks to more than `limits.WORKBOOK_UNPACKED_BYTES`, or has no such
        sheet, besides the faults of `tabulate`.
    """
    from openpyxl import load_workbook

    _check_unpacked(path, name)
    try:
        # openpyxl warns of styles and extensions that no cell needs, and leaves a damaged file open
        with warnings.catch_warnings(), path.open("rb") as stream:
            warnings.simplefilter("ignore")
            book = load_workbook(stream, read_only=True, data_only=True)
            try:
                return tabulate(name, _sheet_rows(book, name, sheet))
            finally:
                book.close()
    except InputError:
        raise
    except Exception as error:
        raise InputError(_not_a_workbook(name, error)) from error


def _check_unpacked(path: Path, name: str) -> None:
    try:
        with ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (BadZipFile, OSError, ValueError) as error:
        raise InputError(_not_a_workbook(name, error)) from error
    if size > limits.WORKBOOK_UNPACKED_BYTES:
        expected = f"at most {limits.WORKBOOK_UNPACKED_BYTES:,}"
        raise InputError(Fault("the workbook unpacks to too much", name, "", f"{size:,} bytes", expected))


def _not_a_workbook(name: str, error: Exception) -> Fault:
    return Fault("this is not an xlsx workbook", name, found=str(error)[:200], mend="Save it again as .xlsx")


def _sheet_rows(book: Any, name: str, sheet: str | None) -> Iterator[tuple[int, list[Any]]]:
    titles = [worksheet.title for worksheet in book.worksheets]
    if not titles or (sheet is not None and sheet not in titles):
        expected = "one of " + ", ".join(repr(title) for title in titles) if titles else "a sheet with cells"
        raise InputError(Fault("the workbook has no such sheet", name, "", repr(sheet) if sheet else "", expected))
    worksheet = book.worksheets[titles.index(sheet) if sheet is not None else 0]
    worksheet.reset_dimensions()  # the stored ones may be wrong, and a wrong one hides rows
    for number, cells in enumerate(worksheet.iter_rows(values_only=True), start=1):
        if any(cell is not None for cell in cells):
            yield number, list(cells)


def read_parquet(path: Path, name: str) -> RawTable:
    """Read a Parquet file; row numbers count a header as row 1, as if it were a spreadsheet.

    Raises
    ------
    InputError
        If pyarrow is missing or the file cannot be read, besides the faults of `tabulate`.
    """
    if find_spec("pyarrow") is None:
        what = "pyarrow is not installed, and Parquet needs it"
        raise InputError(Fault(what, name, mend="pip install 'weighbridge[parquet]'"))
    from pyarrow import ArrowException, parquet

    try:
        content = parquet.ParquetFile(path).read()  # one file, and never a folder of partitions
        columns = [column.to_pylist() for column in content.columns]
    except (ArrowException, OSError, ValueError, OverflowError) as error:  # a date may have no calendar day
        raise InputError(Fault("this is not a Parquet file", name, found=str(error)[:200])) from error
    rows: list[tuple[int, list[Any]]] = [(1, list(content.column_names))]
    rows.extend((number, list(cells)) for number, cells in enumerate(zip(*columns, strict=True), start=2))
    return tabulate(name, rows)


def read_sdf(path: Path, name: str) -> RawTable:
    """Read an SDF file: properties become columns, the structure the column ``smiles``.

    Raises
    ------
    InputError
        If RDKit is missing, the file has no entries, or entries cannot be read (each with its number).
    """
    if find_spec("rdkit") is None:
        raise InputError(
            Fault("RDKit is not installed, and SDF needs it", name, mend="pip install 'weighbridge[chem]'")
        )
    from rdkit import Chem, rdBase

    faults = Faults()
    entries: list[dict[str, Cell]] = []
    content = path.read_bytes().rstrip()  # RDKit takes empty lines at the end for an entry
    with rdBase.BlockLogs():
        supplier: Any = Chem.ForwardSDMolSupplier(BytesIO(content + b"\n" if content else b""))
        for number, molecule in enumerate(supplier, start=1):
            place = f"entry {number}"
            if molecule is None:
                faults.add("the entry has no readable structure", file=name, place=place)
                continue
            try:
                entries.append(_entry(Chem, molecule))
            except UnicodeDecodeError as error:
                found = f"byte 0x{error.object[error.start]:02x}"
                _fault_encoding(faults, name, place, found)
    faults.raise_if_any()
    if not entries:
        raise InputError(Fault("the SDF file has no entries", name))
    frame = pd.DataFrame(entries, index=range(1, len(entries) + 1), dtype=object)
    return RawTable(name, frame.where(frame.notna(), other=None), "entry")


def _fault_encoding(faults: Faults, name: str, place: str, found: str) -> None:
    mend = "Save it again with the encoding UTF-8"
    faults.add("the entry is not UTF-8 text", file=name, place=place, found=found, expected="UTF-8", mend=mend)


def _entry(chem: Any, molecule: Any) -> dict[str, Cell]:
    properties = {key.strip(): clean_cell(molecule.GetProp(key)) for key in molecule.GetPropNames()}
    title = molecule.GetProp("_Name") if molecule.HasProp("_Name") else ""
    return {TITLE_COLUMN: clean_cell(title), **properties, STRUCTURE_COLUMN: clean_cell(chem.MolToSmiles(molecule))}
