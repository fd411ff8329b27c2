"""Where the value of a molecule on a criterion stands: the table it was read from, the molecule, the column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from weighbridge.scale.layout import Layout
from weighbridge.scale.library import Library

__all__ = ["Place", "id_at", "places_of"]

Place = Callable[[int, str], str]
"""Row number of the library (from 0) and criterion to a place in words."""


def places_of(library: Library, main: Layout) -> Place:
    """Return what says where a value stands, as a user has to look for it.

    Parameters
    ----------
    library
        Which criterion is read from which table and column.
    main
        The main table, whose rows are numbered.

    Returns
    -------
    place
        For a column of the main table its file, row and molecule; for another table, which is in an
        order of its own, the table and the molecule.
    """
    tables = {name: table for table in library.tables for name in table.readings}

    def place(row: int, criterion: str) -> str:
        table = tables[criterion]
        column = table.readings[criterion].column
        molecule = f"molecule {id_at(main, row)!r}"
        where = f"{main.place(row)}, {molecule}" if table is library.main else f"{table.title}, {molecule}"
        alias = "" if column == criterion else f" (criterion {criterion!r})"
        return f"{where}, column {column!r}{alias}"

    return place


def id_at(layout: Layout, row: int) -> Any:
    """Return the id of a row of a table, by its number from 0."""
    import pyarrow.parquet as pq

    piece = next(piece for piece in layout.pieces if piece.first_row <= row < piece.first_row + piece.rows)
    name = layout.table.id
    first = piece.first_row
    with pq.ParquetFile(piece.file) as stored:
        for group in piece.groups:
            rows = stored.metadata.row_group(group).num_rows
            if row < first + rows:
                return stored.read_row_group(group, columns=[name])[name][row - first].as_py()
            first += rows
    raise AssertionError("a piece has fewer rows than it says")
