"""The decision matrix: molecules × criteria, with the criteria's metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from weighbridge import limits
from weighbridge.core.arrays import Booleans, Floats
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
        (n, m) float64, read-only: as given, values outside the declared range treated by the
        criterion's `outside` rule, intervals by their middle, missing values NaN.
    low, high
        (n, m) float64, read-only: equal to `values` where the value is known exactly. A missing
        value under the rule ``interval`` spans the declared range.
    missing
        (n, m) bool: no value and no interval.
    notes
        What was clipped, extended or filled, and how often.

    Raises
    ------
    InputError
        One message with every fault: no rows, no columns, duplicate labels, text, infinities,
        intervals that contradict themselves or their value, missing values where the rule is
        ``refuse``, values or intervals outside the declared range.
    """

    __slots__ = ("criteria", "high", "labels", "low", "missing", "notes", "values")

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
        values = _numbers(frame, faults)
        lower, upper = _bounds(frame, values, low, "low", faults), _bounds(frame, values, high, "high", faults)
        _check_finite(frame, values, faults)
        faults.raise_if_any()
        _check_intervals(frame, values, lower, upper, faults)
        faults.raise_if_any()
        between = np.isnan(values) & np.isfinite(lower) & np.isfinite(upper)
        values = np.where(between, lower / 2 + upper / 2, values)
        self.missing: Booleans = np.isnan(values)
        self.notes: tuple[str, ...] = _apply_rules(self, values, lower, upper, faults)
        faults.raise_if_any()
        self.values: Floats = _frozen(values)
        self.low: Floats = _frozen(np.where(np.isnan(lower), values, lower))
        self.high: Floats = _frozen(np.where(np.isnan(upper), values, upper))
        self.missing.flags.writeable = False

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

    def filled(self, *, neutral_as_nan: bool = False) -> Floats:
        """Return the values with every missing one filled by its criterion's rule.

        ``worst`` takes the declared worst; ``neutral`` and ``interval`` the middle of the declared
        range. With `neutral_as_nan` neutral values stay NaN, for PROMETHEE, which treats them as
        indifferent.
        """
        values = self.values.copy()
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
        # A missing value stays missing: the bounds that the rule ``interval`` gave it are given anew.
        blank = self.missing[chosen]
        low = pd.DataFrame(np.where(blank, np.nan, self.low[chosen]), index=index, columns=columns)
        high = pd.DataFrame(np.where(blank, np.nan, self.high[chosen]), index=index, columns=columns)
        return DecisionMatrix(
            pd.DataFrame(self.values[chosen], index=index, columns=columns), self.criteria, low=low, high=high
        )

    def __repr__(self) -> str:
        return f"DecisionMatrix({self.shape[0]} molecules × {self.shape[1]} criteria: {', '.join(self.criteria)})"

    def _repr_html_(self) -> str:
        return str(self.to_frame().head(20).to_html())


def _check_shape(frame: pd.DataFrame, criteria: Mapping[str, Criterion], faults: Faults) -> None:
    if frame.shape[1] == 0:
        faults.add("the decision matrix has no criteria", expected="at least one column")
    if frame.shape[0] == 0:
        faults.add("there are no molecules to rank", expected="at least one row")
    repeated = frame.index[frame.index.duplicated()].unique()
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


def _numbers(frame: pd.DataFrame, faults: Faults, what: str = "") -> Floats:
    """Convert to float64 column by column; all but real numbers are faults, missing is NaN."""
    values = np.full(frame.shape, np.nan)
    for j, name in enumerate(frame.columns):
        column = frame.iloc[:, j]
        place = f"{what}column {name!r}"
        if pd.api.types.is_bool_dtype(column):
            faults.add("a column holds true and false", place=place, expected="numbers", mend="Write 1 and 0")
        elif getattr(column.dtype, "kind", "O") in "cmM":
            faults.add("a column holds no real numbers", place=place, found=str(column.dtype), expected="numbers")
        else:
            values[:, j] = _column_numbers(column, name, faults, what)
    return values


def _column_numbers(column: pd.Series[Any], name: object, faults: Faults, what: str) -> Floats:
    numbers = pd.to_numeric(column, errors="coerce")
    # to_numeric reads a lone True among objects as 1
    wrong = (numbers.isna() & column.notna()).to_numpy() | column.map(_is_bool).to_numpy(dtype=bool)
    rows = np.flatnonzero(wrong)
    for i in rows[: limits.FAULTS_SHOWN]:
        place = f"{what}row {column.index[i]!r}, column {name!r}"
        faults.add("not a number", place=place, found=repr(column.iloc[i]), expected="a number")
    if rows.size > limits.FAULTS_SHOWN:
        more = rows.size - limits.FAULTS_SHOWN
        faults.add(f"and {more} more values that are not numbers", place=f"{what}column {name!r}")
    return numbers.to_numpy(dtype=np.float64, na_value=np.nan)


def _is_bool(cell: object) -> bool:
    return isinstance(cell, (bool, np.bool_))


def _bounds(frame: pd.DataFrame, values: Floats, bounds: pd.DataFrame | None, what: str, faults: Faults) -> Floats:
    """Return the given bounds where there are any, elsewhere the values themselves."""
    found = values.copy()
    if bounds is None:
        return found
    if not bounds.index.equals(frame.index):
        faults.add(f"the rows of {what!r} are not the molecules of the matrix", expected="the same index")
        return found
    for name in bounds.columns[~bounds.columns.isin(frame.columns)]:
        faults.add(f"a column of {what!r} is no column of the matrix", found=repr(name))
    shared = [name for name in frame.columns if name in bounds.columns]
    numbers = _numbers(bounds[shared], faults, f"{what}, ")
    for name, given in zip(shared, numbers.T, strict=True):
        j = frame.columns.get_loc(name)
        found[:, j] = np.where(np.isnan(given), found[:, j], given)
        if np.isinf(given).any():
            expected = "a declared range that closes it"
            faults.add("an interval has no end", place=f"{what}, column {name!r}", expected=expected)
    return found


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


def _check_finite(frame: pd.DataFrame, values: Floats, faults: Faults) -> None:
    rows, columns = np.nonzero(np.isinf(values))
    for i, j in list(zip(rows.tolist(), columns.tolist(), strict=True))[: limits.FAULTS_SHOWN]:
        faults.add(
            "not a finite number",
            place=f"row {frame.index[i]!r}, column {frame.columns[j]!r}",
            found=str(values[i, j]),
            expected="a finite number",
        )
    if rows.size > limits.FAULTS_SHOWN:
        faults.add(f"and {rows.size - limits.FAULTS_SHOWN} more values that are not finite")


def _apply_rules(matrix: DecisionMatrix, values: Floats, low: Floats, high: Floats, faults: Faults) -> tuple[str, ...]:
    """Apply each criterion's rules for missing and outside values, in place; return notes."""
    notes: list[str] = []
    for j, (name, criterion) in enumerate(matrix.criteria.items()):
        gaps = matrix.missing[:, j]
        if gaps.any():
            if criterion.missing == "refuse":
                _report_rows(faults, matrix, gaps, name, "a value is missing", _HOW_TO_FILL)
            else:
                notes.append(f"{name}: {int(gaps.sum())} missing values filled by the rule {criterion.missing!r}")
                if criterion.missing == "interval" and criterion.worst is not None and criterion.best is not None:
                    low[gaps, j] = min(criterion.worst, criterion.best)
                    high[gaps, j] = max(criterion.worst, criterion.best)
        if criterion.worst is not None and criterion.best is not None:
            _apply_outside(matrix, values, (low, high), j, name, faults, notes)
    return tuple(notes)


_HOW_TO_FILL = "Give the value, or choose a missing-data rule for the criterion: worst, neutral or interval"


def _apply_outside(
    matrix: DecisionMatrix,
    values: Floats,
    bounds: tuple[Floats, Floats],
    j: int,
    name: str,
    faults: Faults,
    notes: list[str],
) -> None:
    criterion = matrix.criteria[name]
    assert criterion.worst is not None
    assert criterion.best is not None
    floor, ceiling = min(criterion.worst, criterion.best), max(criterion.worst, criterion.best)
    low, high = bounds[0][:, j], bounds[1][:, j]
    with np.errstate(invalid="ignore"):
        out = (low < floor) | (high > ceiling)
    if not out.any():
        return
    if criterion.outside == "clip":
        notes.append(f"{name}: {int(out.sum())} values outside {floor:g} to {ceiling:g} count as the bound")
        for array in (values, *bounds):
            array[:, j] = np.clip(array[:, j], floor, ceiling)
    elif criterion.outside == "extend":
        notes.append(f"{name}: {int(out.sum())} values outside {floor:g} to {ceiling:g} count as they are")
    else:
        what = f"a value is outside the declared range {floor:g} to {ceiling:g}"
        _report_rows(
            faults, matrix, out, name, what, "Widen the range, or declare outside: clip or extend", (low, high)
        )


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
