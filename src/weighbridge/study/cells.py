"""Columns of cells read as what they should hold: numbers, measured values, labels, words.

Every function notes the cells it cannot read in a `Faults`, each with its row, and goes on, so that
a user hears of all of them at once. A missing cell is NaN among numbers and None among words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

import numpy as np

from weighbridge import limits
from weighbridge.core.arrays import Floats
from weighbridge.errors import Faults
from weighbridge.study.tables import Cell, CellColumn
from weighbridge.study.units import Conversion

__all__ = [
    "ColumnFaults",
    "Measured",
    "condition_of",
    "converted",
    "flags",
    "labels",
    "measured",
    "numbers",
    "parse_number",
    "probabilities",
    "show",
    "text_of",
    "texts",
    "within",
]

NOT_RECORDED_WORD: Final = "not recorded"
INCONCLUSIVE_WORDS: Final = frozenset({"inconclusive", "ambiguous", "equivocal", "indeterminate"})
"""Labels that are neither 1 nor 0; they count as inconclusive, never as missing by mistake."""
POSITIVE_WORDS: Final = ("1", "1.0", "active", "positive", "true", "yes")
NEGATIVE_WORDS: Final = ("0", "0.0", "inactive", "negative", "false", "no")

_NUMBER: Final = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")
_RELATION: Final = re.compile(r"(<=|>=|=<|=>|<|>|=|~|≤|≥|≈)\s*(.*)\Z", re.DOTALL)
_RELATIONS: Final = {"≤": "<=", "=<": "<=", "≥": ">=", "=>": ">=", "≈": "~"}
_KNOWN_RELATIONS: Final = ("=", "<", ">", "<=", ">=", "~")
_EXPECTED_NUMBER: Final = "a number, or an empty cell where it is missing"


class ColumnFaults:
    """Notes one column's faults; past `limits.FAULTS_SHOWN` they are only counted."""

    def __init__(self, faults: Faults, column: CellColumn) -> None:
        self._faults = faults
        self._column = column
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._count > limits.FAULTS_SHOWN:
            more = self._count - limits.FAULTS_SHOWN
            place = f"column {self._column.name!r}"
            self._faults.add(f"{more} more cells of this column are wrong", file=self._column.file, place=place)

    def add(self, position: int, what: str, found: str = "", expected: str = "", mend: str = "") -> None:
        """Note that the cell at a position is wrong."""
        self._count += 1
        if self._count <= limits.FAULTS_SHOWN:
            column = self._column
            place = column.place(position)
            self._faults.add(what, file=column.file, place=place, found=found, expected=expected, mend=mend)


class CellError(ValueError):
    """A cell that cannot be read: what is wrong and how to mend it."""

    def __init__(self, what: str, mend: str = "", expected: str = _EXPECTED_NUMBER) -> None:
        super().__init__(what)
        self.what, self.mend, self.expected = what, mend, expected


def show(cell: Cell) -> str:
    """Return a cell as a message shows it."""
    text = repr(cell) if isinstance(cell, str) else str(cell).upper() if isinstance(cell, bool) else str(cell)
    return text if len(text) <= 80 else text[:77] + "…'"


def text_of(cell: Cell) -> str | None:
    """Return a cell as text: a whole number without its point, a truth value in lower case."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def texts(column: CellColumn) -> list[str | None]:
    """Return a column as texts, None where missing."""
    return [text_of(cell) for cell in column.cells]


def parse_number(cell: Cell) -> float:
    """Return a cell as a number, NaN where missing.

    Raises
    ------
    CellError
        If it is not one: text, a decimal comma, ``nan``, an infinity.
    """
    if cell is None:
        return math.nan
    if isinstance(cell, bool):
        raise CellError("not a number")
    if isinstance(cell, str):
        if not _NUMBER.match(cell):
            raise _why_no_number(cell)
        cell = float(cell)
    if not math.isfinite(cell):
        raise CellError("not a finite number")
    return float(cell)


def _why_no_number(text: str) -> CellError:
    if re.fullmatch(r"[-+]?(nan|inf|infinity|#n/a|#num!|#div/0!)", text, re.IGNORECASE):
        return CellError("not a finite number", "Leave the cell empty if the value is missing")
    if re.fullmatch(r"[-+]?[0-9]{1,3}([,.' ][0-9]{3})*,[0-9]+|[-+]?[0-9]+,[0-9]+", text):
        return CellError("not a number", "Write a point before the decimals and nothing between thousands")
    if re.fullmatch(r"[-+]?[0-9]{1,3}([,' ][0-9]{3})+(\.[0-9]+)?", text):
        return CellError("not a number", "Write a point before the decimals and nothing between thousands")
    if text.endswith("%") and _NUMBER.match(text[:-1].strip()):
        return CellError("not a number", "Write the number alone and state the unit % in study.yaml")
    return CellError("not a number")


def numbers(column: CellColumn, faults: Faults) -> Floats:
    """Return a column as numbers, NaN where missing (or faulty, which is noted).

    Returns
    -------
    numpy.ndarray
        Shape (rows,).
    """
    found = np.full(len(column.cells), np.nan)
    with ColumnFaults(faults, column) as noted:
        for position, cell in enumerate(column.cells):
            try:
                found[position] = parse_number(cell)
            except CellError as error:
                noted.add(position, error.what, show(cell), error.expected, error.mend)
    return found


def within(column: CellColumn, values: Floats, faults: Faults, low: float, high: float, what: str, mend: str) -> None:
    """Note every number outside [low, high]."""
    with ColumnFaults(faults, column) as noted, np.errstate(invalid="ignore"):
        for position in np.flatnonzero((values < low) | (values > high)):
            expected = f"between {low:g} and {high:g}"
            noted.add(int(position), what, show(column.cells[int(position)]), expected, mend)


def probabilities(column: CellColumn, values: Floats, faults: Faults) -> None:
    """Note every probability outside [0, 1]."""
    mend = "State the unit of the column in study.yaml if it holds no probabilities"
    within(column, values, faults, 0.0, 1.0, "a probability is outside [0, 1]", mend)


@dataclass(frozen=True, eq=False)
class Measured:
    """Measured values, censored ones with their bounds; all of shape (rows,).

    Attributes
    ----------
    value
        The value, or the limit of a censored one; NaN where missing.
    relation
        ``=``, ``<``, ``>``, ``<=``, ``>=`` or ``~``; None where not recorded.
    low, high
        Bounds: both the value where it is exact (or only approximate, ``~``), −inf or inf on the
        open side of a censored one, NaN where missing.
    """

    value: Floats
    relation: tuple[str | None, ...]
    low: Floats
    high: Floats

    @property
    def related(self) -> bool:
        """Whether any value states its relation."""
        return any(relation is not None for relation in self.relation)

    @property
    def censored(self) -> bool:
        """Whether any value is only a bound."""
        return bool(np.isinf(self.low).any() or np.isinf(self.high).any())


def measured(column: CellColumn, faults: Faults, relation: CellColumn | None = None) -> Measured:
    """Read values that may be censored: ``<5``, ``>= 10``, ``~7``, or a column of relations.

    Where no column of relations is given and some cells state one, the plain numbers are ``=``;
    where no cell does, relations are not recorded.
    """
    value = np.full(len(column.cells), np.nan)
    words: list[str | None] = [None] * len(column.cells)
    with ColumnFaults(faults, column) as noted:
        for position, cell in enumerate(column.cells):
            words[position], bare = split_relation(cell)
            try:
                value[position] = parse_number(bare)
            except CellError as error:
                noted.add(position, error.what, show(cell), error.expected, error.mend)
    if relation is not None:
        words = _stated_relations(relation, words, faults)
    elif any(words):
        words = [word or ("=" if np.isfinite(number) else None) for word, number in zip(words, value, strict=True)]
    return bounded(value, words)


def split_relation(cell: Cell) -> tuple[str | None, Cell]:
    """Return the relation a cell begins with (None without one) and the rest of the cell."""
    match = _RELATION.match(cell) if isinstance(cell, str) else None
    if match is None:
        return None, cell
    return _RELATIONS.get(match[1], match[1]), match[2]


def _stated_relations(column: CellColumn, in_cell: Sequence[str | None], faults: Faults) -> list[str | None]:
    found: list[str | None] = []
    with ColumnFaults(faults, column) as noted:
        for position, word in enumerate(texts(column)):
            plain = None if word is None else word.strip("'\" ")
            plain = _RELATIONS.get(plain, plain) if plain else None
            if plain is not None and plain not in _KNOWN_RELATIONS:
                noted.add(position, "unknown relation", repr(word), "one of " + ", ".join(_KNOWN_RELATIONS))
                plain = None
            own = in_cell[position]
            if plain and own and plain != own:
                noted.add(position, "the relation contradicts the one in the value's cell", repr(plain), repr(own))
            found.append(plain or own)
    return found


def bounded(value: Floats, relation: Sequence[str | None]) -> Measured:
    """Return values with the bounds their relations mean."""
    words = np.array([word or "" for word in relation], dtype=object)
    known = np.isfinite(value)
    low = np.where(known & np.isin(words, ["<", "<="]), -np.inf, value)
    high = np.where(known & np.isin(words, [">", ">="]), np.inf, value)
    return Measured(value, tuple(relation), low, high)


def converted(column: CellColumn, found: Measured, how: Conversion, faults: Faults) -> Measured:
    """Return measured values in another unit; concentrations that are not positive are noted."""
    if how.kind == "p":
        with ColumnFaults(faults, column) as noted, np.errstate(invalid="ignore"):
            for position in np.flatnonzero(found.value <= 0):
                shown = show(column.cells[int(position)])
                noted.add(int(position), "a concentration is not positive", shown, "a number above 0")
    low, high = how.bounds(found.low, found.high)
    return Measured(how.values(found.value), tuple(how.relation(word) for word in found.relation), low, high)


def labels(
    column: CellColumn, faults: Faults, positive: Sequence[str] = (), negative: Sequence[str] = ()
) -> tuple[Floats, list[int]]:
    """Read labels as 1 and 0.

    Parameters
    ----------
    column
        The cells; case does not matter.
    faults
        Where words that mean neither are noted.
    positive, negative
        Words that mean 1 and 0; 1/0, active/inactive, positive/negative, true/false, yes/no where
        both are empty.

    Returns
    -------
    numpy.ndarray
        Shape (rows,); NaN where missing or inconclusive.
    list of int
        Positions of the inconclusive ones.
    """
    yes, no = (positive, negative) if positive or negative else (POSITIVE_WORDS, NEGATIVE_WORDS)
    meaning = {**dict.fromkeys(map(str.lower, no), 0.0), **dict.fromkeys(map(str.lower, yes), 1.0)}
    found = np.full(len(column.cells), np.nan)
    inconclusive: list[int] = []
    expected = ", ".join(repr(word) for word in (*yes, *no, "inconclusive") if not word.endswith(".0"))
    with ColumnFaults(faults, column) as noted:
        for position, word in enumerate(texts(column)):
            plain = None if word is None else word.lower()
            if plain in meaning:
                found[position] = meaning[plain]
            elif plain in INCONCLUSIVE_WORDS:
                inconclusive.append(position)
            elif plain is not None:
                mend = "List the words under positive and negative in study.yaml"
                noted.add(position, "unknown label", show(column.cells[position]), f"one of {expected}", mend)
    return found, inconclusive


def flags(column: CellColumn) -> list[bool]:
    """Read marks of doubt: no mark where empty or ``0``, ``false``, ``no``; a mark for any other text."""
    return [word is not None and word.lower() not in NEGATIVE_WORDS for word in texts(column)]


def condition_of(cell: Cell) -> str | float | None:
    """Return an experimental condition: a number, a word, or None for *not recorded*."""
    text = text_of(cell)
    if text is None or text.lower() in {NOT_RECORDED_WORD, "null", ""}:
        return None
    return float(text) if _NUMBER.match(text) and math.isfinite(float(text)) else text
