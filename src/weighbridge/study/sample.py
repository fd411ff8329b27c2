"""A few rows of tables too large to read: enough molecules to weigh a study's sources by.

The trust shares and the criteria's weights do not depend on how many molecules are ranked. Where the
molecules are a library, a study is therefore read with a sample of them, spread evenly over the
molecule table, and the rows of the same molecules in the other tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from weighbridge.errors import Fault, InputError
from weighbridge.study.tables import RawTable, tabulate

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

__all__ = ["SAMPLE_SIZE", "read_rows_of", "read_spread"]

SAMPLE_SIZE: Final = 1_000
"""Molecules by which the sources of a library's study are weighed."""

_BATCH: Final = 131_072
"""Rows held at a time while a table is looked through."""


def read_spread(path: Path, name: str, count: int) -> RawTable:
    """Read so many rows of a Parquet table, spread evenly from the first to the last.

    Parameters
    ----------
    path, name
        The file, and how messages call it.
    count
        How many rows; all of them where the table has no more.

    Returns
    -------
    table
        Its rows carry the numbers they have in the file, a header counting as row 1. The same table
        and count give the same rows.

    Raises
    ------
    InputError
        If the file is no Parquet file or pyarrow is missing, besides the faults of `tabulate`.
    """
    file = _open(path, name)
    total = file.metadata.num_rows
    wanted = range(total) if count >= total else [round(i * (total - 1) / max(count - 1, 1)) for i in range(count)]
    groups = _groups(file)
    rows: list[tuple[int, list[Any]]] = [(1, list(file.schema_arrow.names))]
    try:
        for number, (start, stop) in enumerate(groups):
            inside = [row - start for row in wanted if start <= row < stop]
            if inside:
                picked = file.read_row_group(number).take(inside)
                rows.extend(_numbered(picked, [start + row for row in inside]))
    except _arrow_errors() as error:
        raise InputError(_not_parquet(name, error)) from error
    return tabulate(name, rows)


def read_rows_of(path: Path, name: str, id_column: str, ids: Sequence[str]) -> RawTable:
    """Read the rows of some molecules from a Parquet table, looking through it once.

    Parameters
    ----------
    path, name
        The file, and how messages call it.
    id_column
        The column with the molecules' ids. Where the table has none of that name, no row is read,
        and whoever asks for the column says so.
    ids
        The molecules, their ids as text.

    Returns
    -------
    table
        As from `read_spread`, in the file's order.

    Raises
    ------
    InputError
        If the file is no Parquet file or pyarrow is missing, besides the faults of `tabulate`.
    """
    import pyarrow as pa
    from pyarrow import compute

    file = _open(path, name)
    rows: list[tuple[int, list[Any]]] = [(1, list(file.schema_arrow.names))]
    wanted = pa.array(list(ids), type=pa.string())
    start = 0
    try:
        for batch in file.iter_batches(_BATCH) if id_column in file.schema_arrow.names else ():
            texts = compute.utf8_trim_whitespace(batch.column(id_column).cast(pa.string()))
            inside = compute.indices_nonzero(compute.is_in(texts, value_set=wanted)).to_pylist()
            if inside:
                rows.extend(_numbered(pa.Table.from_batches([batch]).take(inside), [start + row for row in inside]))
            start += batch.num_rows
    except _arrow_errors() as error:
        raise InputError(_not_parquet(name, error)) from error
    if len(rows) == 1:
        return RawTable(name, pd.DataFrame(columns=rows[0][1], dtype=object))
    return tabulate(name, rows)


def _open(path: Path, name: str) -> ParquetFile:
    if path.suffix.lower() != ".parquet":
        what, found = "a library is read from Parquet", f"the suffix {path.suffix!r}"
        mend = "Save the table as Parquet, or rank it in memory: --engine memory"
        raise InputError(Fault(what, name, "", found, ".parquet", mend))
    if find_spec("pyarrow") is None:
        what = "pyarrow is not installed, and Parquet needs it"
        raise InputError(Fault(what, name, mend="pip install 'weighbridge[scale]'"))
    from pyarrow import parquet

    if not path.exists():
        raise InputError(Fault("there is no such file", name, mend="Check the name and the folder"))
    try:
        return parquet.ParquetFile(path)
    except _arrow_errors() as error:
        raise InputError(_not_parquet(name, error)) from error


def _groups(file: ParquetFile) -> list[tuple[int, int]]:
    """Return the first row of each row group, and the row after its last."""
    starts = [0]
    for number in range(file.metadata.num_row_groups):
        starts.append(starts[-1] + file.metadata.row_group(number).num_rows)
    return list(pairwise(starts))


def _numbered(table: Any, rows: Sequence[int]) -> Iterator[tuple[int, list[Any]]]:
    columns = [column.to_pylist() for column in table.columns]
    for row, cells in zip(rows, zip(*columns, strict=True), strict=True):
        yield row + 2, list(cells)


def _arrow_errors() -> tuple[type[Exception], ...]:
    from pyarrow import ArrowException

    return (ArrowException, OSError, ValueError, OverflowError)


def _not_parquet(name: str, error: Exception) -> Fault:
    return Fault("this is not a Parquet file", name, found=str(error)[:200])
