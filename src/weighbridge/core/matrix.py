"""The decision matrix: molecules × criteria, with the criteria's metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from weighbridge import limits
from weighbridge.core.arrays import Booleans, Floats, column_extent
from weighbridge.core.cells import check_finite, missing_cells, read_bounds, read_numbers
from weighbridge.core.criterion import Criterion
from weighbridge.errors import Faults

__all__ = ["DecisionMatrix"]

ROUNDING: Final = 1e-9
"""A value may stick out of its own interval by this share of the largest of the three, from rounding."""


class DecisionMatrix:
    """Molecules × criteria as float64, checked once so that every method can rely on it.

    Parameters
    ----------
    frame
        One row a molecule (unique index), one column a criterion, numbers or missing.
    criteria
        Column name to `Criterion`; exactly the frame's columns.
    low, high
        Frames of the same shape (or with some of its columns) with the bounds of values that are
        only known as an interval: censored measurements (``< 5``), conditions not recorded. A cell
        whose bounds are finite and whose value is missing enters by its middle and is no missing
        value.

    Attributes
    ----------
    values
        (n, m) float64, column-major, read-only: as given, values outside the declared range treated
        by the criterion's `outside` rule, intervals by their middle, missing values NaN.
    low, high
        (n, m) float64, read-only: equal to `values` where the value is known exactly, and the very
        array `values` where every value is. A missing value under the rule ``interval`` spans the
        declared range.
    missing
        (n, m) bool, read-only: no value and no interval.
    lowest, highest
        (m,) the ends of each column of `values`, missing ones left out; NaN where all are missing.
    notes
        What was clipped, extended or filled, and how often.

    Raises
    ------
    InputError
        One message with every fault: no rows, no columns, duplicate labels, text, infinities,
        intervals that contradict themselves or their value, missing values where the rule is
        ``refuse``, values or intervals outside the declared range.
    """

    __slots__ = ("criteria", "high", "highest", "labels", "low", "lowest", "missing", "notes", "values")

    def __init__(
        self,
        frame: pd.DataFrame,
        criteria: Mapping[str, Criterion],
        *,
        low: pd.DataFrame | None = None,
        high: pd.DataFrame | None = None,
    ) -> None:
        faults = Faults()
        _check_shape(frame, criteria, faults)
        faults.raise_if_any()
        self.criteria: dict[str, Criterion] = {str(name): criteria[name] for name in frame.columns}
        self.labels: pd.Index[Any] = frame.index
        values = read_numbers(frame, faults)
        lower, upper = read_bounds(frame, values, low, "low", faults), read_bounds(frame, values, high, "high", faults)
        extent = column_extent(values)
        check_finite(frame, values, extent, faults)
        faults.raise_if_any()
        cells = _Cells(values, lower, upper, *extent)
        if not cells.exact:
            _check_intervals(frame, values, lower, upper, faults)
            faults.raise_if_any()
            cells.take_middles()
        self.missing: Booleans = missing_cells(cells.values)
        self.notes: tuple[str, ...] = _apply_rules(self, cells, faults)
        faults.raise_if_any()
        self.values: Floats = _frozen(cells.values)
        self.low: Floats = _frozen(cells.closed(cells.low))
        self.high: Floats = _frozen(cells.closed(cells.high))
        self.lowest: Floats = _frozen(cells.lowest)
        self.highest: Floats = _frozen(cells.highest)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the criteria, in column order."""
        return tuple(self.criteria)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of molecules and of criteria."""
        return len(self.labels), len(self.criteria)

    @property
    def signs(self) -> Floats:
        """(m,) +1 for a gain, −1 for a cost."""
        return np.array([criterion.sign for criterion in self.criteria.values()], dtype=np.float64)

    @property
    def complete(self) -> bool:
        """Whether no value is missing."""
        return 0 in self.missing.strides or not self.missing.any()

    def filled(self, *, neutral_as_nan: bool = False) -> Floats:
        """Return the values with every missing one filled by its criterion's rule.

        ``worst`` takes the declared worst; ``neutral`` and ``interval`` the middle of the declared
        range. With `neutral_as_nan` neutral values stay NaN, for PROMETHEE, which treats them as
        indifferent. Where nothing is missing the result is `values` itself, which cannot be written.
        """
        if self.complete:
            return self.values
        values = self.values.copy(order="F")
        faults = Faults()
        for j, (name, criterion) in enumerate(self.criteria.items()):
            gaps = self.missing[:, j]
            if not gaps.any() or (neutral_as_nan and criterion.missing == "neutral"):
                continue
            if criterion.worst is None or criterion.best is None:
                faults.add(
                    f"criterion {name!r} fills missing values by the rule {criterion.missing!r} and declares no range",
                    expected="worst and best",
                )
                continue
            middle = (criterion.worst + criterion.best) / 2
            values[gaps, j] = criterion.worst if criterion.missing == "worst" else middle
        faults.raise_if_any()
        return values

    def to_frame(self) -> pd.DataFrame:
        """Return the values with their labels."""
        return pd.DataFrame(self.values, index=self.labels, columns=list(self.criteria))

    def take(self, rows: npt.ArrayLike) -> DecisionMatrix:
        """Return the matrix of some rows only, by row number or mask."""
        chosen = np.asarray(rows)
        index = self.labels[chosen]
        columns = list(self.criteria)
        values = pd.DataFrame(self.values[chosen], index=index, columns=columns)
        if self.low is self.values:
            return DecisionMatrix(values, self.criteria)
        # A missing value stays missing: the bounds that the rule ``interval`` gave it are given anew.
        blank = self.missing[chosen]
        low = pd.DataFrame(np.where(blank, np.nan, self.low[chosen]), index=index, columns=columns)
        high = pd.DataFrame(np.where(blank, np.nan, self.high[chosen]), index=index, columns=columns)
        return DecisionMatrix(values, self.criteria, low=low, high=high)

    def __repr__(self) -> str:
        return f"DecisionMatrix({self.shape[0]} molecules × {self.shape[1]} criteria: {', '.join(self.criteria)})"

    def _repr_html_(self) -> str:
        return str(self.to_frame().head(20).to_html())


@dataclass
class _Cells:
    """The arrays of a matrix while it is made; `low` and `high` are `values` itself without intervals."""

    values: Floats
    low: Floats
    high: Floats
    lowest: Floats
    highest: Floats

    @property
    def exact(self) -> bool:
        """Whether no interval is known."""
        return self.low is self.values and self.high is self.values

    def take_middles(self) -> None:
        """Let intervals without a value enter by their middle."""
        between = np.isnan(self.values) & np.isfinite(self.low) & np.isfinite(self.high)
        self.values = self.values.copy(order="F")
        self.values[between] = self.low[between] / 2 + self.high[between] / 2
        self.lowest, self.highest = column_extent(self.values)

    def span(self, rows: Booleans, j: int, floor: float, ceiling: float) -> None:
        """Give some rows of a column an interval."""
        if self.exact:
            self.low, self.high = self.values.copy(order="F"), self.values.copy(order="F")
        self.low[rows, j], self.high[rows, j] = floor, ceiling

    def clip(self, j: int, floor: float, ceiling: float) -> None:
        """Bring a column inside a range."""
        for array in (self.values,) if self.exact else (self.values, self.low, self.high):
            array[:, j] = np.clip(array[:, j], floor, ceiling)
        self.lowest[j], self.highest[j] = np.clip([self.lowest[j], self.highest[j]], floor, ceiling)

    def outside(self, j: int, floor: float, ceiling: float) -> Booleans | None:
        """Return which rows reach beyond a range, or None where no row does."""
        # The ends of the column answer for all of it, so that most columns are not read again.
        if self.exact and not (self.lowest[j] < floor or self.highest[j] > ceiling):
            return None
        with np.errstate(invalid="ignore"):
            out: Booleans = (self.low[:, j] < floor) | (self.high[:, j] > ceiling)
        return out if out.any() else None

    def closed(self, ends: Floats) -> Floats:
        """Return ends of intervals, or the value where no end is known."""
        return ends if ends is self.values else np.where(np.isnan(ends), self.values, ends)


def _check_shape(frame: pd.DataFrame, criteria: Mapping[str, Criterion], faults: Faults) -> None:
    if frame.shape[1] == 0:
        faults.add("the decision matrix has no criteria", expected="at least one column")
    if frame.shape[0] == 0:
        faults.add("there are no molecules to rank", expected="at least one row")
    repeated = frame.index[:0] if frame.index.is_unique else frame.index[frame.index.duplicated()].unique()
    for label in repeated[: limits.FAULTS_SHOWN]:
        faults.add("a molecule occurs twice", found=repr(label), expected="unique ids")
    if repeated.size > limits.FAULTS_SHOWN:
        faults.add(f"and {repeated.size - limits.FAULTS_SHOWN} more molecules that occur twice")
    for name in frame.columns[frame.columns.duplicated()].unique():
        faults.add("a column occurs twice", found=repr(name), expected="unique names")
    for name in frame.columns:
        if name not in criteria:
            faults.add("a column has no criterion", found=repr(name), expected=f"one of {list(criteria)}")
    for name in criteria:
        if name not in frame.columns:
            faults.add(
                "a criterion has no column", found=repr(name), expected=f"one of {[str(c) for c in frame.columns]}"
            )


def _check_intervals(frame: pd.DataFrame, values: Floats, low: Floats, high: Floats, faults: Faults) -> None:
    """Refuse intervals with one end, or with ends and value out of order beyond rounding."""
    one_end = np.isnan(low) != np.isnan(high)
    middle = np.where(np.isnan(values), low, values)
    with np.errstate(invalid="ignore"):
        slack = ROUNDING * np.maximum(np.abs(middle), np.maximum(np.abs(low), np.abs(high)))
        crossed = (low > middle + slack) | (middle > high + slack)
    rows, columns = np.nonzero(one_end | crossed)
    for i, j in list(zip(rows.tolist(), columns.tolist(), strict=True))[: limits.FAULTS_SHOWN]:
        faults.add(
            "an interval has one end only" if one_end[i, j] else "an interval contradicts itself or its value",
            place=f"row {frame.index[i]!r}, column {frame.columns[j]!r}",
            found=f"low {low[i, j]:g}, value {values[i, j]:g}, high {high[i, j]:g}",
            expected="low ≤ value ≤ high",
        )
    if rows.size > limits.FAULTS_SHOWN:
        faults.add(f"and {rows.size - limits.FAULTS_SHOWN} more intervals like these")


def _apply_rules(matrix: DecisionMatrix, cells: _Cells, faults: Faults) -> tuple[str, ...]:
    """Apply each criterion's rules for missing and outside values, in place; return notes."""
    notes: list[str] = []
    complete = matrix.complete
    for j, (name, criterion) in enumerate(matrix.criteria.items()):
        gaps = matrix.missing[:, j]
        if not complete and gaps.any():
            if criterion.missing == "refuse":
                _report_rows(faults, matrix, gaps, name, "a value is missing", _HOW_TO_FILL)
            else:
                notes.append(f"{name}: {int(gaps.sum())} missing values filled by the rule {criterion.missing!r}")
                if criterion.missing == "interval" and criterion.worst is not None and criterion.best is not None:
                    cells.span(gaps, j, *sorted((criterion.worst, criterion.best)))
        if criterion.worst is not None and criterion.best is not None:
            _apply_outside(matrix, cells, j, faults, notes)
    return tuple(notes)


_HOW_TO_FILL = "Give the value, or choose a missing-data rule for the criterion: worst, neutral or interval"


def _apply_outside(matrix: DecisionMatrix, cells: _Cells, j: int, faults: Faults, notes: list[str]) -> None:
    name, criterion = list(matrix.criteria.items())[j]
    assert criterion.worst is not None
    assert criterion.best is not None
    floor, ceiling = sorted((criterion.worst, criterion.best))
    out = cells.outside(j, floor, ceiling)
    if out is None:
        return
    if criterion.outside == "clip":
        notes.append(f"{name}: {int(out.sum())} values outside {floor:g} to {ceiling:g} count as the bound")
        cells.clip(j, floor, ceiling)
    elif criterion.outside == "extend":
        notes.append(f"{name}: {int(out.sum())} values outside {floor:g} to {ceiling:g} count as they are")
    else:
        what = f"a value is outside the declared range {floor:g} to {ceiling:g}"
        ends = cells.low[:, j], cells.high[:, j]
        _report_rows(faults, matrix, out, name, what, "Widen the range, or declare outside: clip or extend", ends)


def _report_rows(
    faults: Faults,
    matrix: DecisionMatrix,
    rows: Booleans,
    name: str,
    what: str,
    mend: str,
    bounds: tuple[Floats, Floats] | None = None,
) -> None:
    numbers = np.flatnonzero(rows)
    for i in numbers[: limits.FAULTS_SHOWN]:
        found = "" if bounds is None else _interval(bounds[0][i], bounds[1][i])
        faults.add(what, place=f"row {matrix.labels[i]!r}, column {name!r}", found=found, mend=mend)
    if numbers.size > limits.FAULTS_SHOWN:
        faults.add(f"{name}: {what}, in {numbers.size - limits.FAULTS_SHOWN} more rows")


def _interval(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _frozen(array: Floats) -> Floats:
    array.flags.writeable = False
    return array
