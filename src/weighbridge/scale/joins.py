"""The sources' prediction tables joined to the main table by molecule id, out of core."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from weighbridge.errors import Faults
from weighbridge.scale.layout import Layout, inspect
from weighbridge.scale.library import Library, LibraryTable, Reading
from weighbridge.scale.tables import connected, identifier, repeated_ids, scan, text

__all__ = ["ID_COLUMN", "check_ids_match", "join", "joined_table"]

ID_COLUMN: Final = "id"
"""Name of the id column in a joined file."""


def joined_table(library: Library, file: Path) -> LibraryTable:
    """Return the one table that a library becomes: columns are numbered, readings stay as they are."""
    readings = {
        name: Reading(f"c{number}", reading.factor, reading.offset, reading.log10)
        for number, (name, reading) in enumerate(_all_readings(library))
    }
    return LibraryTable(file, ID_COLUMN, readings, library.main.title)


def join(library: Library, file: Path, *, memory_mb: int, threads: int) -> LibraryTable:
    """Join every further table to the main one and write the result in the main table's row order.

    Parameters
    ----------
    library
        The tables. A molecule that a further table lacks has nulls there; predictions of molecules
        that the main table lacks are left out.
    file
        The Parquet file to write; its folder takes what DuckDB spills.
    memory_mb, threads
        What DuckDB may use.

    Returns
    -------
    table
        The joined file as a table of its own.

    Raises
    ------
    InputError
        If an id occurs twice in a table, ids are text in one table and numbers in another, or the
        memory or the disk does not suffice.
    """
    layouts = [inspect(library.main), *(inspect(table, may_be_empty=True) for table in library.further)]
    check_ids_match(layouts)
    with connected(file.parent, memory_mb, threads) as connection:
        for layout in layouts:
            repeated_ids(connection, layout).raise_if_any()
        connection.execute(f"COPY ({_query(library, layouts[0])}) TO {text(str(file))} (FORMAT parquet)")
    return joined_table(library, file)


def check_ids_match(layouts: list[Layout]) -> None:
    """Refuse to join text to numbers: '007' and 7 would meet, or never would.

    Raises
    ------
    InputError
        Naming each table whose ids are of another kind than the main table's.
    """
    main = layouts[0]
    faults = Faults()
    for layout in layouts[1:]:
        if _kind(layout) != _kind(main):
            faults.add("ids are of another kind than in the main table", file=layout.table.title,
                       place=f"column {layout.table.id!r}", found=_kind(layout),
                       expected=f"{_kind(main)}, as in {main.table.title}")  # fmt: skip
    faults.raise_if_any()


def _kind(layout: Layout) -> str:
    import pyarrow.types as kinds

    return "whole numbers" if kinds.is_integer(layout.types[layout.table.id]) else "text"


def _all_readings(library: Library) -> list[tuple[str, Reading]]:
    return [(name, reading) for table in library.tables for name, reading in table.readings.items()]


def _query(library: Library, main: Layout) -> str:
    """Return the SQL of the join. Every name is quoted; nothing else comes from outside."""
    columns = [f"m.{identifier(library.main.id)} AS {identifier(ID_COLUMN)}"]
    numbered = iter(range(len(library.criteria)))
    for t, table in enumerate(library.tables):
        alias = "m" if t == 0 else f"t{t}"
        columns += [f"{alias}.{identifier(reading.column)} AS c{next(numbered)}" for reading in table.readings.values()]
    joins = "".join(
        f" LEFT JOIN {scan(table.files)} AS t{t} ON m.{identifier(library.main.id)} = t{t}.{identifier(table.id)}"
        for t, table in enumerate(library.further, start=1)
    )
    return f"SELECT {', '.join(columns)} FROM ({_numbered(main)}) AS m{joins} ORDER BY m.{identifier(_ROW)}"  # noqa: S608


_ROW: Final = "row number of weighbridge"


def _numbered(main: Layout) -> str:
    """Return the SQL of the main table with the number of each row in all of its files."""
    names = ", ".join(identifier(column) for column in main.table.columns)
    starts: dict[Path, int] = {}
    for piece in main.pieces:
        starts.setdefault(piece.file, piece.first_row)
    return " UNION ALL ".join(
        f"SELECT {names}, {start} + file_row_number AS {identifier(_ROW)} "  # noqa: S608 - quoted names
        f"FROM {scan([file], ', file_row_number = true')}"
        for file, start in starts.items()
    )
