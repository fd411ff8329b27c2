"""What is gathered while a study is read: faults, notices, the files' hashes, the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from weighbridge.canonical import file_key
from weighbridge.documents import Document, Path_
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.study.paths import inside
from weighbridge.study.sample import read_rows_of, read_spread
from weighbridge.study.schema import Molecules, Predictions, Table
from weighbridge.study.tables import CellColumn, RawTable, read_table
from weighbridge.study.units import Conversion, UnitMismatchError, conversion

__all__ = ["Loading", "Notice", "OpenTable", "Progress"]

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done and how many there are."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the input that a reader should know and that is not wrong.

    Attributes
    ----------
    kind
        ``unmatched``, ``inconclusive``, ``same-structure``, ``no-prediction``, ``connectivity``,
        ``unreadable-structure`` or ``unchecked-structures``.
    text
        One sentence.
    details
        The rows, molecules or words it is about.
    """

    kind: str
    text: str
    details: tuple[str, ...] = ()


@dataclass(eq=False)
class Loading:
    """One reading of a study: where it is and what has been found so far.

    With a `sample` the tables that have one row a molecule are too large to read: so many molecules
    stand for all of them, and every such table is read for those alone.
    """

    folder: Path
    document: Document
    progress: Progress | None = None
    cache: bool = True
    sample: int | None = None
    faults: Faults = field(default_factory=Faults)
    notices: list[Notice] = field(default_factory=list)
    inputs: dict[str, str] = field(default_factory=dict)
    _tables: dict[tuple[str, str | None], RawTable | None] = field(default_factory=dict)
    _sampled: tuple[str, list[str]] = ("", [])

    def fault(self, path: Path_, what: str, *, found: str = "", expected: str = "", mend: str = "") -> None:
        """Note a fault of study.yaml."""
        place = self.document.place(path)
        self.faults.add(what, file=self.document.file, place=place, found=found, expected=expected, mend=mend)

    def at(self, path: Path_, error: InputError) -> None:
        """Note the faults of an error, placed in study.yaml where they say nothing of a file."""
        file, place = self.document.file, self.document.place(path)
        placed = [one if one.file else replace(one, file=file, place=place) for one in error.faults]
        self.faults.extend(InputError(placed))

    def notice(self, kind: str, text: str, details: tuple[str, ...] = ()) -> None:
        """Note something a reader should know."""
        self.notices.append(Notice(kind, text, details))

    def path(self, name: str, path: Path_) -> Path | None:
        """Return the path of a file the study names and keep its hash; None where it is faulty."""
        try:
            found = inside(self.folder, name, file=self.document.file, place=self.document.place(path))
        except InputError as error:
            self.faults.extend(error)
            return None
        if found.exists() and not found.is_file() and not found.is_dir():  # a pipe would be waited for, for ever
            what, expected = "the file cannot be read", "a plain file"
            self.faults.add(what, file=name, found="a pipe or a device", expected=expected)
            return None
        if name not in self.inputs and found.is_file():
            try:
                self.inputs[name] = file_key(found)
            except OSError as error:
                reason = error.strerror or str(error)
                self.faults.extend(InputError(Fault("the file cannot be read", name, found=reason)))
                return None
        return found

    def table(self, spec: Table, path: Path_) -> OpenTable | None:
        """Read a table the study names, once; None where it is faulty."""
        key = (spec.file, spec.sheet)
        if key not in self._tables:
            self._tables[key] = None
            found = self.path(spec.file, (*path, "file"))
            try:
                if found is not None:
                    self._tables[key] = self._read(found, spec)
            except InputError as error:
                self.faults.extend(error)
        table = self._tables[key]
        return None if table is None else OpenTable(table, path, self)

    def _read(self, path: Path, spec: Table) -> RawTable:
        # Records, validation and bridging say what a model learned from; they are read whole.
        if self.sample is None or type(spec) not in (Molecules, Predictions, Table):
            return read_table(path, name=spec.file, sheet=spec.sheet)
        if not isinstance(spec, Molecules):
            main, ids = self._sampled
            return read_rows_of(path, spec.file, spec.id or main, ids)
        table = read_spread(path, spec.file, self.sample)
        ids = [str(cell) for cell in table.frame[spec.id] if cell is not None] if spec.id in table.columns else []
        self._sampled = (spec.id, ids)
        return table


@dataclass(frozen=True, eq=False)
class OpenTable:
    """A table with the place of study.yaml that names it and its columns."""

    table: RawTable
    path: Path_
    loading: Loading

    @property
    def name(self) -> str:
        """The file's name."""
        return self.table.name

    def __len__(self) -> int:
        return len(self.table.frame)

    def column(self, name: str | None, *key: str) -> CellColumn | None:
        """Return a column, None where none is asked for or there is none (which is noted)."""
        if name is None:
            return None
        if name in self.table.frame.columns:
            return self.table.column(name)
        document = self.loading.document
        place = document.place((*self.path, *key))
        fault = self.table.no_such_column(name, file=document.file, place=place)
        self.loading.faults.extend(InputError(fault))
        return None

    def conversion(self, unit: str, to: str, *key: str) -> Conversion:
        """Return the conversion between two units; a mismatch is noted."""
        try:
            return conversion(unit, to)
        except UnitMismatchError as error:
            mend = "State both units; concentrations convert to p-values, % to fraction"
            self.loading.fault(
                (*self.path, *key),
                f"unit mismatch: {error}",
                found=repr(unit) if unit else "no unit",
                expected=f"{to!r}, or a unit that converts to it",
                mend=mend,
            )
            return Conversion()
