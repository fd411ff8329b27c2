"""What a table's Parquet footers say: rows, schema, and the pieces it is worked on in.

Pieces are runs of whole row groups. They depend on the files alone, never on threads or memory, so
that everything that goes by pieces (order, resuming) is the same however the work is done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from weighbridge.errors import Fault, Faults, InputError
from weighbridge.scale.library import LibraryTable

__all__ = ["PIECE_ROWS", "Layout", "Piece", "inspect", "require_package"]

PIECE_ROWS: Final = 1 << 20
"""A piece takes whole row groups until it has as many rows as this."""


def require_package(name: str, extra: str) -> None:
    """Refuse work for which an optional package is missing.

    Raises
    ------
    InputError
        With the command that installs it.
    """
    if find_spec(name) is None:
        raise InputError(
            Fault(f"this needs the package {name!r}", mend=f"Install it: pip install 'weighbridge[{extra}]'")
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of row groups of one file.

    Attributes
    ----------
    number
        Its place among the pieces of the table.
    file
        The file.
    groups
        Numbers of the row groups.
    first_row, rows
        Where it starts in the whole table, and how many rows it has.
    packed_bytes
        The largest compressed size of one of its row groups in the columns that are read.
    """

    number: int
    file: Path
    groups: tuple[int, ...]
    first_row: int
    rows: int
    packed_bytes: int


@dataclass(frozen=True)
class Layout:
    """A table as its footers describe it.

    Attributes
    ----------
    table
        The table.
    pieces
        All its rows, in order.
    types
        Column to Arrow type, of the columns that are read.
    key
        JSON value that changes when a file does: size, time of change and hash of the footer.
    """

    table: LibraryTable
    pieces: tuple[Piece, ...]
    types: dict[str, Any]
    key: list[dict[str, Any]]

    @property
    def rows(self) -> int:
        """Number of rows of all files."""
        return sum(piece.rows for piece in self.pieces)

    def place(self, row: int) -> str:
        """Return file and row of a row number of the whole table; rows of a file count from 1."""
        starts: dict[Path, int] = {}
        for piece in self.pieces:
            starts.setdefault(piece.file, piece.first_row)
        file = next(file for file, start in reversed(starts.items()) if start <= row)
        return f"{file.name}, row {row - starts[file] + 1}"


def inspect(table: LibraryTable, *, may_be_empty: bool = False) -> Layout:
    """Read the footers of a table's files.

    Raises
    ------
    InputError
        With every file that is missing, truncated or no Parquet, every column that is missing, of
        a type that holds no numbers (or no ids), or of another type than in the first file; and a
        table without rows, unless it `may_be_empty`.
    """
    require_package("pyarrow", "scale")
    faults = Faults()
    footers = [(file, faults.collect(_footer, file)) for file in table.files]
    faults.raise_if_any()
    types: dict[str, Any] = {}
    pieces: list[Piece] = []
    for file, footer in footers:
        assert footer is not None
        _check_schema(table, file, footer.schema.to_arrow_schema(), types, faults)
    faults.raise_if_any()
    for file, footer in footers:
        pieces.extend(_pieces(table, file, footer, pieces))
    if not pieces and not may_be_empty:
        raise InputError(Fault("there are no molecules to rank", file=table.title, expected="at least one row"))
    return Layout(table, tuple(pieces), types, [_file_key(file) for file in table.files])


def _footer(file: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_metadata(file)
    except FileNotFoundError as error:
        raise InputError(Fault("there is no such file", file=str(file), expected="a Parquet file")) from error
    except (OSError, pa.ArrowException) as error:
        raise InputError(
            Fault(
                "the file is not Parquet, or is cut off", file=str(file), found=_first_line(error),
                mend="Write or copy the file again",
            )
        ) from error  # fmt: skip


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _check_schema(table: LibraryTable, file: Path, schema: Any, types: dict[str, Any], faults: Faults) -> None:
    """Note what is wrong with a file's schema; the first file's types are the ones to keep to."""
    for column in table.columns:
        place = f"column {column!r}"
        count = schema.names.count(column)
        if count != 1:
            what = "a column is missing" if count == 0 else "a column occurs twice"
            faults.add(what, file=str(file), place=place, expected=f"one of {sorted(set(schema.names))[:20]}")
            continue
        found = schema.field(column).type
        if column not in types:
            types[column] = found
            _check_type(table, file, column, found, faults)
        elif found != types[column]:
            faults.add("the schema changes between the files of a table", file=str(file), place=place,
                       found=str(found), expected=f"{types[column]}, as in {table.files[0]}",
                       mend="Write all files with one schema")  # fmt: skip


def _check_type(table: LibraryTable, file: Path, column: str, found: Any, faults: Faults) -> None:
    import pyarrow.types as kinds

    if column == table.id:
        plain = found.value_type if kinds.is_dictionary(found) else found
        if not (kinds.is_string(plain) or kinds.is_large_string(plain) or kinds.is_integer(plain)):
            faults.add("the id column holds no ids", file=str(file), place=f"column {column!r}",
                       found=str(found), expected="text or whole numbers")  # fmt: skip
    if any(reading.column == column for reading in table.readings.values()) and not (
        kinds.is_floating(found) or kinds.is_integer(found) or kinds.is_decimal(found)
    ):
        mend = "Write 1 and 0" if kinds.is_boolean(found) else ""
        faults.add("a column holds no numbers", file=str(file), place=f"column {column!r}",
                   found=str(found), expected="numbers", mend=mend)  # fmt: skip


def _pieces(table: LibraryTable, file: Path, footer: Any, before: Iterable[Piece]) -> list[Piece]:
    """Gather a file's row groups to pieces of at least `PIECE_ROWS` rows; its last one may be smaller."""
    earlier = list(before)
    number = len(earlier)
    first = earlier[-1].first_row + earlier[-1].rows if earlier else 0
    wanted = [j for j in range(footer.num_columns) if footer.schema.column(j).path in table.columns]
    found: list[Piece] = []
    groups: list[int] = []
    rows = packed = 0
    for group in range(footer.num_row_groups):
        described = footer.row_group(group)
        groups.append(group)
        rows += described.num_rows
        packed = max(packed, sum(described.column(j).total_compressed_size for j in wanted))
        if rows >= PIECE_ROWS or (group == footer.num_row_groups - 1 and rows):
            found.append(Piece(number + len(found), file, tuple(groups), first, rows, packed))
            first, groups, rows, packed = first + rows, [], 0, 0
    return found


def _file_key(file: Path) -> dict[str, Any]:
    """Return what tells a file from an older one of the same name, without reading all of it."""
    state = file.stat()
    with file.open("rb") as stream:
        stream.seek(-8, 2)
        length = int.from_bytes(stream.read(4), "little")
        stream.seek(-8 - length, 2)
        footer = hashlib.sha256(stream.read(length)).hexdigest()
    return {"name": file.name, "size": state.st_size, "changed": state.st_mtime_ns, "footer": footer}
