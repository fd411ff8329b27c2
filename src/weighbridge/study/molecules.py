"""The molecules of a study, and how rows of other tables find theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from weighbridge import limits
from weighbridge.errors import Faults
from weighbridge.study.cells import ColumnFaults, texts
from weighbridge.study.loading import Loading, OpenTable
from weighbridge.study.schema import Molecules, Table
from weighbridge.study.structures import read_structures
from weighbridge.study.tables import CellColumn

__all__ = ["MOLECULE_COLUMNS", "AlignedTable", "align", "read_molecules", "row_names"]

MOLECULE_COLUMNS = ("smiles", "inchikey", "key", "name", "series")
"""Columns every table of molecules has; None where unknown."""


def read_molecules(loading: Loading, spec: Molecules) -> tuple[pd.DataFrame, OpenTable] | None:
    """Read the molecule table.

    Returns
    -------
    tuple or None
        The molecules (index: ids; columns `MOLECULE_COLUMNS` and the table's further ones, as
        cells) and the table itself; None where the table is too faulty to go on.
    """
    table = loading.table(spec, ("molecules",))
    id_column = table.column(spec.id, "id") if table else None
    if table is None or id_column is None:
        return None
    ids = _unique_ids(id_column, loading.faults)
    smiles = table.column(spec.smiles, "smiles")
    frame = read_structures(loading, len(table), smiles, table.column(spec.inchikey, "inchikey"), ids)
    for key in ("name", "series"):
        column = table.column(getattr(spec, key), key)
        frame[key] = pd.Series(texts(column) if column else [None] * len(table), dtype=object)
    for name in table.table.columns:
        if name not in frame.columns and name != spec.id:
            frame[name] = pd.Series(list(table.table.frame[name]), dtype=object)  # a missing cell stays None
    frame.index = pd.Index(ids, name="id", dtype=object)
    _notice_same_structures(loading, frame)
    return frame, table


def _unique_ids(column: CellColumn, faults: Faults) -> list[str]:
    ids = texts(column)
    first: dict[str, int] = {}
    with ColumnFaults(faults, column) as noted:
        for position, name in enumerate(ids):
            if name is None:
                noted.add(position, "the molecule has no id", "an empty cell", "a unique id")
            elif name in first:
                earlier = f"{column.row_word} {column.rows[first[name]]}"
                noted.add(position, "the id stands twice", repr(name), "unique ids", f"It stands in {earlier} too")
            else:
                first[name] = position
    return [name or "" for name in ids]


def _notice_same_structures(loading: Loading, molecules: pd.DataFrame) -> None:
    groups: dict[str, list[str]] = {}
    for name, inchikey in molecules["inchikey"].items():
        if inchikey is not None:
            groups.setdefault(inchikey, []).append(str(name))
    same = [f"{' = '.join(names)} ({inchikey})" for inchikey, names in groups.items() if len(names) > 1]
    if same:
        text = f"{len(same)} structures stand under more than one id; they are ranked as different molecules"
        loading.notice("same-structure", text, tuple(same))


@dataclass(frozen=True, eq=False)
class AlignedTable:
    """A table whose rows have found their molecules.

    Attributes
    ----------
    table
        The table as read.
    positions
        For every molecule of the study the position of its row in the table; None where it has none.
    """

    table: OpenTable
    positions: tuple[int | None, ...]

    def column(self, name: str, *key: str) -> CellColumn | None:
        """Return a column in the molecules' order, missing where a molecule has no row.

        None where the table has no such column, which is noted.
        """
        column = self.table.column(name, *key)
        return None if column is None else self.pick(column)

    def pick(self, column: CellColumn) -> CellColumn:
        """Return a column's cells in the molecules' order; row 0 stands for no row."""
        cells = [None if at is None else column.cells[at] for at in self.positions]
        rows = [0 if at is None else column.rows[at] for at in self.positions]
        return CellColumn(column.file, column.name, rows, cells, column.row_word)


def row_names(
    loading: Loading, table: OpenTable, spec: Table, main: Molecules, match: Literal["id", "structure"]
) -> tuple[list[str | None] | None, pd.DataFrame | None]:
    """Return a table's ids (matching by id) or structures (matching by structure).

    Where the table does not say which column, the molecule table's name for it is taken.
    """
    if match == "id":
        column = table.column(spec.id or main.id, *(("id",) if spec.id else ()))
        return (None if column is None else texts(column)), None
    wanted = spec.smiles or (None if spec.inchikey else main.smiles or "smiles")
    if wanted is not None and not spec.smiles and wanted not in table.table.frame.columns:
        _fault_no_structures(loading, table, wanted)
        return None, None
    smiles = table.column(wanted, *(("smiles",) if spec.smiles else ()))
    inchikey = table.column(spec.inchikey, "inchikey")
    if smiles is None and inchikey is None:
        return None, None
    return None, read_structures(loading, len(table), smiles, inchikey, None)


def _fault_no_structures(loading: Loading, table: OpenTable, wanted: str) -> None:
    """Say where structures were looked for, as nobody wrote that column's name here."""
    loading.fault(
        table.path,
        f"rows are matched by structure, and {table.name!r} has no column {wanted!r} of the molecule table's name",
        expected="smiles: or inchikey: with one of " + ", ".join(repr(name) for name in table.table.columns),
        mend="Name the column with structures, or match by id",
    )


def align(
    loading: Loading,
    table: OpenTable,
    spec: Table,
    main: Molecules,
    match: Literal["id", "structure"],
    molecules: pd.DataFrame,
) -> AlignedTable | None:
    """Find the row of every molecule in a table with one row a molecule.

    Matching by structure takes the full InChIKey first, then, for molecules still without a row,
    the first block (the connectivity) where it names exactly one molecule and one row; such a match
    is a notice. Two rows for one molecule, and a row that could belong to several, are faults. Rows
    of no molecule are a notice.

    Returns
    -------
    AlignedTable or None
        None where the table names neither ids nor structures (noted).
    """
    ids, structures = row_names(loading, table, spec, main, match)
    if ids is not None:
        found = _by_word(loading, table, ids, [str(name) for name in molecules.index])
        matched = set(found.values())
    elif structures is not None:
        found = _by_structure(loading, table, structures, molecules)
        matched = set(found.values())
    else:
        return None
    _notice_unmatched(loading, table, matched, ids, structures)
    return AlignedTable(table, tuple(found.get(position) for position in range(len(molecules))))


def _by_word(
    loading: Loading, table: OpenTable, row_words: Sequence[str | None], molecule_words: Sequence[str | None]
) -> dict[int, int]:
    """Return molecule position → row position where the words are equal; several rows are faults."""
    wanted: dict[str, list[int]] = {}
    for position, word in enumerate(molecule_words):
        if word is not None:
            wanted.setdefault(word, []).append(position)
    found: dict[int, int] = {}
    twice: list[tuple[int, int, str]] = []
    for row, word in enumerate(row_words):
        for position in wanted.get(word, []) if word is not None else []:
            if position in found:
                twice.append((row, found[position], str(word)))
            else:
                found[position] = row
    for row, earlier, word in twice[: limits.FAULTS_SHOWN]:
        _fault_twice(loading, table, row, earlier, word)
    if len(twice) > limits.FAULTS_SHOWN:
        more = len(twice) - limits.FAULTS_SHOWN
        loading.faults.add(f"{more} more rows belong to a molecule that has a row", file=table.name)
    return found


def _fault_twice(loading: Loading, table: OpenTable, row: int, earlier: int, word: str) -> None:
    rows, row_word = table.table.rows, table.table.row_word
    mend = f"It stands in {row_word} {rows[earlier]} too; keep one of them"
    place = f"{row_word} {rows[row]}"
    what = "two rows belong to one molecule"
    loading.faults.add(what, file=table.name, place=place, found=repr(word), expected="one row a molecule", mend=mend)


def _by_structure(loading: Loading, table: OpenTable, rows: pd.DataFrame, molecules: pd.DataFrame) -> dict[int, int]:
    found = _by_word(loading, table, list(rows["inchikey"]), list(molecules["inchikey"]))
    taken = set(found.values())
    left_rows = [key if row not in taken else None for row, key in enumerate(rows["key"])]
    left = [key if at not in found and "id:" not in str(key) else None for at, key in enumerate(molecules["key"])]
    several = Counter(key for key in left if key is not None)
    loose: list[str] = []
    for row, key in enumerate(left_rows):
        if key is None or key not in several:
            continue
        if several[key] > 1:
            names = [str(molecules.index[at]) for at, other in enumerate(left) if other == key]
            _fault_ambiguous(loading, table, row, names)
            left_rows[row] = None
        else:
            loose.append(f"{table.table.row_word} {table.table.rows[row]}: {molecules.index[left.index(key)]}")
    unique = [key if key is None or several[key] == 1 else None for key in left]
    if loose:
        text = f"{len(loose)} rows of {table.name} match their molecule by connectivity only; stereo or isotopes differ"
        loading.notice("connectivity", text, tuple(loose))
    return {**found, **_by_word(loading, table, left_rows, unique)}


def _fault_ambiguous(loading: Loading, table: OpenTable, row: int, names: list[str]) -> None:
    loading.faults.add(
        "the structure could be any of several molecules",
        file=table.name,
        place=f"{table.table.row_word} {table.table.rows[row]}",
        found=", ".join(names),
        expected="one molecule",
        mend="Write its stereo centres out, or match by id",
    )


def _shown(structures: pd.DataFrame) -> list[str | None]:
    """Return what a reader knows each row by: its structure, or the InChIKey that stands for it."""
    known = structures["smiles"].where(structures["smiles"].notna(), structures["inchikey"])
    known = known.where(known.notna(), structures["key"])
    return [None if word is None else str(word) for word in known]


def _notice_unmatched(
    loading: Loading,
    table: OpenTable,
    matched: set[int],
    ids: Sequence[str | None] | None,
    structures: pd.DataFrame | None,
) -> None:
    words = ids if ids is not None else [] if structures is None else _shown(structures)
    row_word, rows = table.table.row_word, table.table.rows
    lost = [f"{row_word} {rows[row]}: {word or 'empty'}" for row, word in enumerate(words) if row not in matched]
    if lost:
        text = f"{len(lost)} of {len(words)} rows of {table.name} belong to no molecule of the study and are not used"
        loading.notice("unmatched", text, tuple(lost))
