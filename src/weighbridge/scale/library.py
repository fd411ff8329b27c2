"""A library: Parquet tables that may be larger than memory, and which column is which criterion.

A library is a main table with one row a molecule, and further tables, such as the predictions of
each source's model, that are joined to it by molecule id. Nothing is read here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from weighbridge.core.arrays import Floats, is_finite
from weighbridge.errors import Fault, Faults, InputError

__all__ = ["Library", "LibraryTable", "Reading"]


@dataclass(frozen=True, slots=True)
class Reading:
    """How the numbers of a column become values of a criterion.

    Attributes
    ----------
    column
        The column's name in the Parquet file.
    factor, offset, log10
        value = offset + factor · x, or offset + factor · log₁₀(x): pIC50 = 9 − log₁₀(IC50 / nM) is
        ``factor=-1, offset=9, log10=True``; per cent to fractions is ``factor=0.01``.
    """

    column: str
    factor: float = 1.0
    offset: float = 0.0
    log10: bool = False

    def __post_init__(self) -> None:
        faults = Faults()
        if not self.column:
            faults.add("a criterion is read from a column without a name", expected="a column's name")
        if not (is_finite(self.factor) and is_finite(self.offset)) or self.factor == 0:
            found = f"factor={self.factor!r}, offset={self.offset!r}"
            faults.add(
                "a conversion is not two finite numbers with a factor other than 0",
                place=f"column {self.column!r}", found=found,
            )  # fmt: skip
        faults.raise_if_any()

    @property
    def plain(self) -> bool:
        """Whether the numbers are taken as they stand."""
        return self.factor == 1 and self.offset == 0 and not self.log10

    def values(self, numbers: Floats) -> Floats:
        """Return the converted numbers; with `log10` the numbers are above 0 or NaN."""
        if self.plain:
            return numbers
        scaled = self.factor * (np.log10(numbers) if self.log10 else numbers)
        return scaled if self.offset == 0 else self.offset + scaled

    def to_dict(self) -> dict[str, Any]:
        """Return the reading as a JSON value, for content keys and records."""
        return {"column": self.column, "factor": self.factor, "offset": self.offset, "log10": self.log10}


@dataclass(frozen=True)
class LibraryTable:
    """One table: its Parquet files, its id column and the criteria it holds.

    Attributes
    ----------
    files
        Parquet files of the same schema; the rows count in this order.
    id
        Name of the column with the molecules' ids: text or whole numbers.
    readings
        Criterion to `Reading`.
    title
        What messages call the table; its first file's name by default.
    """

    files: tuple[Path, ...]
    id: str
    readings: Mapping[str, Reading] = field(default_factory=dict)
    title: str = ""

    def __init__(
        self,
        files: Path | str | Iterable[Path | str],
        id: str,  # noqa: A002 - it is what the column is called everywhere
        readings: Mapping[str, Reading | str] | None = None,
        title: str = "",
    ) -> None:
        paths = (Path(files),) if isinstance(files, (str, Path)) else tuple(Path(file) for file in files)
        if not paths:
            raise InputError(Fault("a library table has no files", place=title, expected="one or many Parquet files"))
        if not id:
            raise InputError(Fault("a library table has no id column", file=str(paths[0]), expected="a column's name"))
        if len(set(paths)) < len(paths):
            raise InputError(Fault("a file is named twice", place=title, found=", ".join(map(str, paths))))
        named = {
            name: Reading(reading) if isinstance(reading, str) else reading
            for name, reading in (readings or {}).items()
        }
        object.__setattr__(self, "files", paths)
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "readings", MappingProxyType(named))
        object.__setattr__(self, "title", title or paths[0].name)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read, without repeats: the id first."""
        return tuple(dict.fromkeys((self.id, *(reading.column for reading in self.readings.values()))))

    def __reduce__(self) -> tuple[Any, ...]:
        return LibraryTable, (self.files, self.id, dict(self.readings), self.title)


@dataclass(frozen=True)
class Library:
    """Where the columns of a decision matrix too large for memory come from.

    Attributes
    ----------
    main
        The table that says which molecules there are, and in which order.
    further
        Tables joined to it by molecule id. A molecule that such a table lacks has missing values
        there, which the criteria's missing-data rules decide about.

    Raises
    ------
    InputError
        If a criterion is read from two tables, or there is none.
    """

    main: LibraryTable
    further: tuple[LibraryTable, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "further", tuple(self.further))
        faults = Faults()
        seen: dict[str, str] = {}
        for table in self.tables:
            for name in table.readings:
                if name in seen:
                    faults.add("a criterion is read from two tables", place=f"criterion {name!r}",
                               found=f"{seen[name]!r} and {table.title!r}", expected="one")  # fmt: skip
                seen[name] = table.title
        if not seen:
            faults.add("a library has no criteria", file=self.main.title, expected="at least one column to read")
        faults.raise_if_any()

    @property
    def tables(self) -> tuple[LibraryTable, ...]:
        """The main table and the further ones."""
        return (self.main, *self.further)

    @property
    def criteria(self) -> tuple[str, ...]:
        """Every criterion that some table holds."""
        return tuple(name for table in self.tables for name in table.readings)

    def require(self, names: Iterable[str]) -> None:
        """Refuse a plan whose criteria are not all in the library.

        Raises
        ------
        InputError
            Naming each criterion without a column.
        """
        known = set(self.criteria)
        faults = Faults()
        for name in names:
            if name not in known:
                faults.add("a criterion has no column in the library", found=repr(name),
                           expected=f"one of {sorted(known)}")  # fmt: skip
        faults.raise_if_any()

    def only(self, names: Iterable[str]) -> Library:
        """Return the library with these criteria alone; tables that hold none of them drop out."""
        wanted = set(names)

        def narrowed(table: LibraryTable) -> LibraryTable:
            readings = {name: reading for name, reading in table.readings.items() if name in wanted}
            return LibraryTable(table.files, table.id, readings, table.title)

        further = tuple(narrowed(table) for table in self.further)
        return Library(narrowed(self.main), tuple(table for table in further if table.readings))
