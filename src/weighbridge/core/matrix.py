"""The decision matrix: molecules × criteria, with the criteria's metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from weighbridge import limits
from weighbridge.core.arrays import Booleans, Floats
from weighbridge.core.criterion import Criterion
from weighbridge.errors import Fault, Faults, InputError

__all__ = ["DecisionMatrix"]


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
        missing values where the rule is ``refuse``, values outside the declared range.
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
        lower, upper = _bounds(frame, values, low, faults), _bounds(frame, values, high, faults)
        _check_finite(frame, values, faults)
        faults.raise_if_any()
        between = np.isnan(values) & np.isfinite(lower) & np.isfinite(upper)
        values = np.where(between, (lower + upper) / 2, values)
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
        low = pd.DataFrame(self.low[chosen], index=index, columns=columns)
        high = pd.DataFrame(self.high[chosen], index=index, columns=columns)
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
    for label in frame.index[frame.index.duplicated()].unique()[: limits.FAULTS_SHOWN]:
        faults.add("a molecule occurs twice", found=repr(label), expected="unique ids")
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


def _numbers(frame: pd.DataFrame, faults: Faults) -> Floats:
    """Convert to float64 column by column; text and booleans are faults, missing is NaN."""
    values = np.full(frame.shape, np.nan)
    for j, name in enumerate(frame.columns):
        column = frame.iloc[:, j]
        if pd.api.types.is_bool_dtype(column):
            faults.add(
                "a column holds true and false", place=f"column {name!r}", expected="numbers", mend="Write 1 and 0"
            )
            continue
        numbers = pd.to_numeric(column, errors="coerce")
        wrong = numbers.isna() & column.notna()
        for label in frame.index[wrong][: limits.FAULTS_SHOWN]:
            faults.add(
                "not a number", place=f"row {label!r}, column {name!r}", found=repr(column[label]), expected="a number"
            )
        values[:, j] = numbers.to_numpy(dtype=np.float64, na_value=np.nan)
    return values


def _bounds(frame: pd.DataFrame, values: Floats, bounds: pd.DataFrame | None, faults: Faults) -> Floats:
    if bounds is None:
        return values.copy()
    found = values.copy()
    for j, name in enumerate(frame.columns):
        if name in bounds.columns:
            given = bounds[name].reindex(frame.index).to_numpy(dtype=np.float64, na_value=np.nan)
            found[:, j] = np.where(np.isnan(given), found[:, j], given)
    if np.isinf(found).any():
        faults.add("an interval has no end", expected="a declared range that closes it")
    return found


def _check_finite(frame: pd.DataFrame, values: Floats, faults: Faults) -> None:
    rows, columns = np.nonzero(np.isinf(values))
    for i, j in zip(rows[: limits.FAULTS_SHOWN], columns[: limits.FAULTS_SHOWN], strict=True):
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
    with np.errstate(invalid="ignore"):
        out = (values[:, j] < floor) | (values[:, j] > ceiling)
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
            faults, matrix, out, name, what, "Widen the range, or declare outside: clip or extend", values[:, j]
        )


def _report_rows(
    faults: Faults,
    matrix: DecisionMatrix,
    rows: Booleans,
    name: str,
    what: str,
    mend: str,
    values: Floats | None = None,
) -> None:
    numbers = np.flatnonzero(rows)
    for i in numbers[: limits.FAULTS_SHOWN]:
        found = "" if values is None else f"{values[i]:g}"
        faults.add(what, place=f"row {matrix.labels[i]!r}, column {name!r}", found=found, mend=mend)
    if numbers.size > limits.FAULTS_SHOWN:
        faults.add(f"{name}: {what}, in {numbers.size - limits.FAULTS_SHOWN} more rows")


def _frozen(array: Floats) -> Floats:
    array.flags.writeable = False
    return array


def require_finite(values: Floats, what: str) -> None:
    """Refuse an array that is not all finite, for callers that take plain arrays."""
    if not np.isfinite(values).all():
        raise InputError(Fault(f"{what} holds NaN or infinities", expected="finite numbers"))
