"""Pieces of a table to blocks of float64 values and ids, with every fault named by its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from weighbridge import limits
from weighbridge.core.arrays import Floats, Integers
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.scale.layout import Layout, Piece
from weighbridge.scale.library import Reading

__all__ = ["Block", "column_values", "read_blocks", "read_ids"]

_BUFFER_BYTES: Final = 1 << 20
"""Column chunks are read through buffers of this size when whole ones would not fit the memory."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a table.

    Attributes
    ----------
    first_row
        Number of its first row in the whole table, from 0.
    ids
        Arrow array of the ids, or None where they were not asked for.
    values
        Shape (rows, m), Fortran order: converted values, missing ones NaN.
    """

    first_row: int
    ids: Any
    values: Floats


def read_blocks(
    layout: Layout, piece: Piece, names: Sequence[str], block_rows: int, *, ids: bool = False, buffered: bool = False
) -> Iterator[Block]:
    """Read a piece in blocks.

    Parameters
    ----------
    layout
        The table.
    piece
        One of its pieces.
    names
        Criteria, in the order of the columns of the blocks.
    block_rows
        The most rows a block has.
    ids
        Whether the ids are read too.
    buffered
        Read column chunks in small portions instead of whole: slower, for row groups that are large.

    Raises
    ------
    InputError
        Naming file, row group and column where the data are damaged, an id is missing, or a number
        cannot be converted.
    """
    readings = [layout.table.readings[name] for name in names]
    columns = list(dict.fromkeys([*([layout.table.id] if ids else []), *(reading.column for reading in readings)]))
    first = piece.first_row
    for batch in _batches(piece, columns, block_rows, buffered=buffered):
        values = np.empty((batch.num_rows, len(names)), order="F")
        for j, reading in enumerate(readings):
            values[:, j] = column_values(batch.column(reading.column), reading, f"{piece.file}", first)
        yield Block(first, _checked_ids(layout, piece, batch, first) if ids else None, values)
        first += batch.num_rows


def read_ids(layout: Layout, piece: Piece, block_rows: int) -> Iterator[Any]:
    """Read the ids of a piece alone, as Arrow arrays of at most `block_rows`."""
    for block in read_blocks(layout, piece, (), block_rows, ids=True):
        yield block.ids


def _batches(piece: Piece, columns: list[str], rows: int, *, buffered: bool) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(piece.file, buffer_size=_BUFFER_BYTES if buffered else 0) as file:
            _check_unchanged(file, piece)
            for groups in _together(file, piece, rows):
                yield from file.iter_batches(rows, row_groups=groups, columns=columns, use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise _damage(piece, columns, error) from error


def _check_unchanged(file: Any, piece: Piece) -> None:
    """Refuse a file that was written anew since its footer was read: rows would be left out in silence."""
    there = [file.metadata.row_group(group).num_rows for group in piece.groups if group < file.num_row_groups]
    if sum(there) != piece.rows:
        what = "the file changed while it was read"
        raise InputError(Fault(what, str(piece.file), found=f"{sum(there)} rows", expected=f"{piece.rows}"))


def _together(file: Any, piece: Piece, rows: int) -> Iterator[list[int]]:
    """Yield row groups to read at once: a reader keeps what it has read of all of them."""
    groups: list[int] = []
    count = 0
    for group in piece.groups:
        groups.append(group)
        count += file.metadata.row_group(group).num_rows
        if count >= rows:
            yield groups
            groups, count = [], 0
    if groups:
        yield groups


def _damage(piece: Piece, columns: list[str], error: BaseException) -> InputError:
    """Find the row group and the column that cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for group in piece.groups:
        for column in columns:
            try:
                with pq.ParquetFile(piece.file) as file:
                    for _ in file.iter_batches(1 << 16, row_groups=[group], columns=[column], use_threads=False):
                        pass
            except (OSError, pa.ArrowException) as found:
                place = f"row group {group}, column {column!r}"
                return _unreadable(piece, place, found)
    return _unreadable(piece, f"row groups {piece.groups[0]} to {piece.groups[-1]}", error)


def _unreadable(piece: Piece, place: str, error: BaseException) -> InputError:
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    mend = "Write or copy the file again"
    return InputError(Fault("the data are damaged or cut off", str(piece.file), place, reason, mend=mend))


def column_values(column: Any, reading: Reading, file: str, rows: Integers | int) -> Floats:
    """Return an Arrow column as float64, converted, missing values NaN.

    Parameters
    ----------
    column
        Arrow array of numbers.
    reading
        How they become values.
    file, rows
        Where it stands, for messages: the row numbers from 0, or the first of consecutive ones.

    Raises
    ------
    InputError
        Naming row and column where a whole number is too large for float64, or where the logarithm
        is taken of a number that is not above 0.
    """
    numbers = _numbers(column, reading.column, file)
    if reading.log10:
        wrong = np.flatnonzero(numbers <= 0)
        if wrong.size:
            places = (rows + wrong) if isinstance(rows, int) else rows[wrong]
            raise InputError(_not_positive(numbers[wrong], places + 1, reading, file))
    return reading.values(numbers)


def _numbers(column: Any, name: str, file: str) -> Floats:
    import pyarrow as pa

    if pa.types.is_float16(column.type) or not pa.types.is_floating(column.type):
        try:
            column = column.cast(pa.float64())
        except pa.ArrowInvalid as error:
            what = "a whole number is too large to be exact"
            raise InputError(Fault(what, file, f"column {name!r}", str(error), "numbers up to 2⁵³")) from error
    numbers: Floats = column.to_numpy(zero_copy_only=False)
    return numbers.astype(np.float64, copy=False)


def _not_positive(numbers: Floats, rows: Integers, reading: Reading, file: str) -> list[Fault]:
    what, shown = "the logarithm is taken of a number that is not above 0", limits.FAULTS_SHOWN
    faults = [
        Fault(what, file, f"row {row}, column {reading.column!r}", f"{number:g}", "a concentration above 0")
        for row, number in zip(rows[:shown].tolist(), numbers[:shown].tolist(), strict=True)
    ]
    if rows.size > shown:
        more = f"and {rows.size - shown} more numbers that are not above 0"
        faults.append(Fault(more, file, f"column {reading.column!r}"))
    return faults


def _checked_ids(layout: Layout, piece: Piece, batch: Any, first_row: int) -> Any:
    import pyarrow as pa

    ids = batch.column(layout.table.id)
    if pa.types.is_dictionary(ids.type):
        ids = ids.dictionary_decode()
    if ids.null_count:
        rows = np.flatnonzero(ids.is_null().to_numpy(zero_copy_only=False))
        faults = Faults()
        for i in rows[: limits.FAULTS_SHOWN].tolist():
            place = f"row {first_row + i + 1}, column {layout.table.id!r}"
            faults.add("an id is missing", file=str(piece.file), place=place, expected="an id a molecule")
        if rows.size > limits.FAULTS_SHOWN:
            faults.add(f"and {rows.size - limits.FAULTS_SHOWN} more rows without an id", file=str(piece.file))
        faults.raise_if_any()
    return ids
