"""Scores that are not certain: what is known about each, and draws of the whole table.

Each criterion has random numbers of its own, so that what is said about one does not change the
draws of another, and two methods are compared on the same draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import pandas as pd

from weighbridge import limits
from weighbridge.core.arrays import Floats, Integers, is_finite
from weighbridge.core.criterion import Criterion
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.errors import Fault, Faults, InputError

__all__ = ["Distribution", "ScoreDraws", "ScoreStream", "normal", "score_draws", "uniform_between"]

LARGEST: Final = 1e150
"""As for the matrix's own values: squares of larger numbers overflow."""

Amount: TypeAlias = "float | pd.Series[Any] | Floats"


@dataclass(frozen=True, eq=False)
class Distribution:
    """How the scores of one criterion scatter, each molecule by itself.

    Attributes
    ----------
    kind
        ``normal`` (independent errors) or ``uniform``.
    first, second
        normal: standard deviation and mean (None: the matrix's value); uniform: low and high. Each
        a number, a Series by molecule or an array in row order, in the criterion's unit.
    """

    kind: Literal["normal", "uniform"]
    first: Amount
    second: Amount | None


def normal(sd: Amount, mean: Amount | None = None) -> Distribution:
    """Return normal errors of a standard deviation around the matrix's values, or around a mean of their own."""
    return Distribution("normal", sd, mean)


def uniform_between(low: Amount, high: Amount) -> Distribution:
    """Return scores that lie anywhere between two ends."""
    return Distribution("uniform", low, high)


@dataclass(frozen=True, eq=False)
class Cells:
    """The uncertain scores of one criterion: value = start + width × a standard number.

    Attributes
    ----------
    column
        Column number.
    kind
        ``normal`` or ``uniform`` on [0, 1).
    rows, start, width
        Shape (cells,).
    """

    column: int
    kind: Literal["normal", "uniform"]
    rows: Integers
    start: Floats
    width: Floats


@dataclass(frozen=True, eq=False)
class ScoreDraws:
    """Everything needed to draw tables of scores, again and again the same.

    Attributes
    ----------
    base
        Shape (n, m): the certain scores.
    cells
        The uncertain ones.
    given
        Tables drawn elsewhere, shape (S, n, m), instead of cells.
    floor, ceiling
        Shape (m,): drawn values beyond count as the bound; infinite where they count as they are.
    names
        Of the criteria.
    """

    base: Floats
    cells: tuple[Cells, ...]
    given: Floats | None
    floor: Floats
    ceiling: Floats
    names: tuple[str, ...]

    @property
    def limit(self) -> int | None:
        """The most tables there are; None where they are endless."""
        return None if self.given is None else len(self.given)

    def start(self, seed: int) -> ScoreStream:
        """Return the stream of tables that belongs to a seed, from its beginning."""
        return ScoreStream(self, seed)


@dataclass(eq=False)
class ScoreStream:
    """Tables of scores one after the other; counts the values that were moved to a bound."""

    draws: ScoreDraws
    seed: int
    drawn: int = 0
    clipped: Floats = field(init=False)
    cells: Floats = field(init=False)

    def __post_init__(self) -> None:
        m = self.draws.base.shape[1]
        self.clipped, self.cells = np.zeros(m), np.zeros(m)
        self._generators = [
            np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(1, part.column, part.kind == "normal")))
            for part in self.draws.cells
        ]

    def take(self, count: int) -> Floats:
        """Return the next tables, shape (count, n, m); the same ones whether taken together or one by one."""
        n, m = self.draws.base.shape
        # Criterion by criterion, each in one piece: that is how scores are drawn and normalized.
        columns = np.empty((m, count, n))
        columns[:] = self.draws.base.T[:, None, :]
        if self.draws.given is not None:
            for column in range(m):
                given = self.draws.given[self.drawn : self.drawn + count, :, column]
                columns[column] = self._within(column, given)
        for part, generator in zip(self.draws.cells, self._generators, strict=True):
            shape = (count, part.rows.size)
            numbers = generator.standard_normal(shape) if part.kind == "normal" else generator.random(shape)
            numbers *= part.width
            numbers += part.start
            rows = slice(None) if part.rows.size == n else part.rows
            columns[part.column][:, rows] = self._within(part.column, numbers)
        self.drawn += count
        return np.moveaxis(columns, 0, -1)

    def _within(self, column: int, numbers: Floats) -> Floats:
        floor, ceiling = self.draws.floor[column], self.draws.ceiling[column]
        self.cells[column] += numbers.size
        if floor == -np.inf:
            return numbers
        inside = np.clip(numbers, floor, ceiling)
        self.clipped[column] += np.count_nonzero(inside != numbers)
        return inside

    def notes(self) -> list[str]:
        """Return what was moved to a bound, one sentence a criterion."""
        return [
            f"{name}: {int(count):,} of {int(total):,} drawn values beyond the declared range "
            f"{low:g} to {high:g} count as the bound ({count / total:.1%})"
            for name, count, total, low, high in zip(
                self.draws.names, self.clipped, self.cells, self.draws.floor, self.draws.ceiling, strict=True
            )
            if count
        ]


def score_draws(
    matrix: DecisionMatrix, uncertainty: Mapping[str, Any] | Floats | None, *, neutral_as_nan: bool
) -> tuple[ScoreDraws | None, list[str]]:
    """Return how to draw the scores, None where all are certain, and what a reader should know.

    Parameters
    ----------
    matrix
        Scores known as an interval (censored, or missing under the rule ``interval``) are always
        drawn evenly between its ends.
    uncertainty
        By criterion: a standard deviation (a number, a Series by molecule or an array in row
        order), a pair (low, high) or a `Distribution`. Or tables drawn elsewhere, shape (S, n, m).
    neutral_as_nan
        Whether missing values that count as indifferent stay NaN (PROMETHEE).

    Raises
    ------
    InputError
        Unknown criteria, negative or missing standard deviations, intervals out of order, by place.
    """
    base = matrix.filled(neutral_as_nan=neutral_as_nan)
    floor, ceiling = _range_ends(matrix)
    given: Floats | None = None
    cells: list[Cells] = []
    notes: list[str] = []
    if isinstance(uncertainty, np.ndarray):
        given = _checked_tables(matrix, uncertainty)
        notes.append(f"scores: {len(given):,} tables as given")
    else:
        cells, notes = _all_cells(matrix, base, uncertainty or {})
    if given is None and not cells:
        return None, notes
    return ScoreDraws(base, tuple(cells), given, floor, ceiling, matrix.names), notes


def _all_cells(matrix: DecisionMatrix, base: Floats, uncertainty: Mapping[str, Any]) -> tuple[list[Cells], list[str]]:
    faults, cells, notes = Faults(), [], []
    given: object = uncertainty
    if not isinstance(given, Mapping):
        expected = "a mapping of criteria, or tables of shape (draws, molecules, criteria)"
        raise InputError(Fault("uncertainty has no criteria", found=repr(uncertainty), expected=expected))
    for name in uncertainty:
        if name not in matrix.criteria:
            expected = f"one of {list(matrix.names)}"
            faults.add("no such criterion", place="uncertainty", found=repr(name), expected=expected)
    for column, name in enumerate(matrix.names):
        ranged = matrix.high[:, column] > matrix.low[:, column]
        if ranged.any():
            rows = np.flatnonzero(ranged)
            low, high = matrix.low[rows, column], matrix.high[rows, column]
            cells.append(Cells(column, "uniform", rows, low, high - low))
            notes.append(f"{name}: {rows.size} scores known as an interval are drawn evenly between its ends")
        if name in uncertainty:
            drawn = np.flatnonzero(~ranged & ~matrix.missing[:, column])
            found = _stated_cells(matrix, column, uncertainty[name], (base, drawn), faults)
            cells += [] if found is None else [found]
    faults.raise_if_any()
    return cells, notes


def _stated_cells(
    matrix: DecisionMatrix, column: int, stated: Any, scores: tuple[Floats, Integers], faults: Faults
) -> Cells | None:
    """Return the cells of one criterion as stated; None, with the faults noted, where that is wrong."""
    name, (base, rows) = matrix.names[column], scores
    known = _distribution(stated, name, faults)
    if known is None or rows.size == 0:
        return None
    labels = ("standard deviation", "mean") if known.kind == "normal" else ("low", "high")
    before = len(faults)
    first = _amounts(matrix, known.first, f"{labels[0]} of {name!r}", rows, faults)
    second = base[:, column] if known.second is None else None
    if second is None:
        second = _amounts(matrix, known.second, f"{labels[1]} of {name!r}", rows, faults)
    if len(faults) > before:
        return None
    width = first[rows] if known.kind == "normal" else second[rows] - first[rows]
    start = second[rows] if known.kind == "normal" else first[rows]
    what = "a standard deviation is negative" if known.kind == "normal" else "an interval is not in order"
    for place in np.flatnonzero(width < 0)[: limits.FAULTS_SHOWN]:
        found = f"{width[place]:g}" if known.kind == "normal" else f"{first[rows][place]:g} to {second[rows][place]:g}"
        faults.add(what, place=f"row {matrix.labels[rows[place]]!r}, uncertainty of {name!r}", found=found)
    return Cells(column, known.kind, rows, start, width)


def _distribution(stated: Any, name: str, faults: Faults) -> Distribution | None:
    if isinstance(stated, Distribution):
        return stated
    if isinstance(stated, (tuple, list)):
        if len(stated) == 2:
            return uniform_between(*stated)
        found, expected = f"{len(stated)} values", "a pair (low, high), or a Series of standard deviations"
        faults.add("an interval is not two values", place=f"uncertainty of {name!r}", found=found, expected=expected)
        return None
    return normal(stated)


def _amounts(matrix: DecisionMatrix, given: Any, what: str, rows: Integers, faults: Faults) -> Floats:
    """Return numbers in row order; faults by row where those needed are missing, infinite or no numbers."""
    numbers = np.full(len(matrix.labels), np.nan)
    if isinstance(given, pd.Series):
        unknown = given.index.difference(matrix.labels)
        if given.index.has_duplicates or len(unknown):
            found = repr(list(given.index[given.index.duplicated()]) or list(unknown))
            faults.add("a Series does not fit the molecules", place=what, found=found, expected="one row a molecule")
            return numbers
        numbers = pd.to_numeric(given.reindex(matrix.labels), errors="coerce").to_numpy(dtype=np.float64)
    elif isinstance(given, np.ndarray) and given.shape == numbers.shape and given.dtype.kind in "iuf":
        numbers = given.astype(np.float64)
    elif is_finite(given):
        numbers[:] = float(given)
    else:
        expected = "a finite number, a Series by molecule, or an array in row order"
        faults.add("an uncertainty is not a number", place=what, found=repr(given), expected=expected)
        return numbers
    for row in rows[~np.isfinite(numbers[rows])][: limits.FAULTS_SHOWN]:
        place, found = f"row {matrix.labels[row]!r}, {what}", f"{numbers[row]}"
        faults.add("an uncertainty is missing or not finite", place=place, found=found, expected="a finite number")
    for row in rows[np.abs(numbers[rows]) > LARGEST][: limits.FAULTS_SHOWN]:
        place, expected = f"row {matrix.labels[row]!r}, {what}", f"absolute values up to {LARGEST:g}"
        faults.add(
            "an uncertainty is too large to compute with", place=place, found=f"{numbers[row]}", expected=expected
        )
    return numbers


def _checked_tables(matrix: DecisionMatrix, tables: Any) -> Floats:
    n, m = matrix.shape
    if tables.dtype.kind not in "iuf" or tables.ndim != 3 or tables.shape[1:] != (n, m) or not len(tables):
        found, expected = f"{tables.dtype} of shape {tables.shape}", f"numbers of shape (draws, {n}, {m})"
        raise InputError(Fault("drawn scores do not fit the matrix", found=found, expected=expected))
    wrong = np.argwhere(~np.isfinite(tables))
    if len(wrong):
        draw, row, column = wrong[0]
        place = f"draw {draw + 1}, row {matrix.labels[row]!r}, column {matrix.names[column]!r}"
        raise InputError(Fault("a drawn score is not finite", place=place, found=f"{tables[draw, row, column]}"))
    if np.abs(tables).max() > LARGEST:
        expected = f"absolute values up to {LARGEST:g}"
        raise InputError(Fault("drawn scores are too large to compute with", expected=expected))
    return np.asarray(tables, dtype=np.float64)


def _range_ends(matrix: DecisionMatrix) -> tuple[Floats, Floats]:
    """Return by criterion where drawn values are clipped: at the declared range, unless it may be extended."""

    def ends(criterion: Criterion) -> tuple[float, float]:
        if criterion.worst is None or criterion.best is None or criterion.outside == "extend":
            return -np.inf, np.inf
        return min(criterion.worst, criterion.best), max(criterion.worst, criterion.best)

    pairs = np.array([ends(criterion) for criterion in matrix.criteria.values()], dtype=np.float64)
    return pairs[:, 0], pairs[:, 1]
