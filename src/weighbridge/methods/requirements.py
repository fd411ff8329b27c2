"""What a method needs of the table, checked before anything is computed."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Final, TypeAlias

import numpy as np

from weighbridge import limits
from weighbridge.core.arrays import Booleans, Floats, places_where
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.errors import ConventionWarning, Fault, Faults, InputError

__all__ = [
    "Point",
    "flattened",
    "near_constant",
    "near_constant_ends",
    "number_between",
    "point_of",
    "require_bounds",
    "require_inside_bounds",
    "require_magnitude",
    "require_matrix",
    "require_ratio_scale",
    "require_sign",
    "word_among",
]

Point: TypeAlias = Sequence[float] | Mapping[str, float] | Floats

LARGEST: Final = 1e150
"""The largest absolute value that is computed with; squares of larger ones overflow."""

CONSTANT_TOLERANCE: Final = 1e-12
"""A column whose range is at most this share of its largest absolute value is constant."""


def near_constant(values: Floats) -> Booleans:
    """Return which columns hold one value, up to rounding.

    Parameters
    ----------
    values
        Shape (n, m).

    Returns
    -------
    constant
        Shape (m,): max − min ≤ 1e-12 × max |x|. Methods that divide by a column's range or take
        its best as the ideal are discontinuous there: one unit in the last place would decide
        between the worst and the best score.
    """
    return near_constant_ends(values.min(axis=0), values.max(axis=0))


def near_constant_ends(low: Floats, high: Floats) -> Booleans:
    """Return the same as `near_constant` from the columns' lowest and highest values, each of shape (m,)."""
    peak = np.maximum(np.abs(low), np.abs(high))
    constant: Booleans = high - low <= CONSTANT_TOLERANCE * peak
    return constant


def flattened(values: Floats) -> Floats:
    """Return the values with every near-constant column replaced by its first value."""
    result = values.copy(order="K")
    constant = near_constant(values)
    result[:, constant] = values[0, constant]
    return result


def require_bounds(matrix: DecisionMatrix, what: str, names: Iterable[str] | None = None) -> tuple[Floats, Floats]:
    """Return the declared worst and best, each of shape (m,); an error names every criterion without."""
    faults = Faults()
    wanted = matrix.names if names is None else names
    for name in wanted:
        if not matrix.criteria[name].bounded:
            faults.add(
                f"{what} needs the declared range of every criterion",
                place=f"criterion {name!r}",
                expected="worst and best",
                mend="Declare them, or choose another normalization or method",
            )
    faults.raise_if_any()
    criteria = [matrix.criteria[name] for name in wanted]
    worst = np.array([criterion.worst for criterion in criteria], dtype=np.float64)
    best = np.array([criterion.best for criterion in criteria], dtype=np.float64)
    return worst, best


def require_magnitude(matrix: DecisionMatrix) -> None:
    """Refuse values whose squares or differences would overflow and so silently become 0 or NaN."""
    faults = Faults()
    for j, (name, criterion) in enumerate(matrix.criteria.items()):
        ends = [end for end in (criterion.worst, criterion.best) if end is not None]
        known = [float(end) for end in (matrix.lowest[j], matrix.highest[j]) if not np.isnan(end)]
        largest = max(map(abs, (*known, *ends)), default=0.0)
        if largest > LARGEST:
            faults.add(
                "values are too large to compute with",
                place=f"column {name!r}",
                found=f"{largest:g}",
                expected=f"absolute values up to {LARGEST:g}",
                mend="Choose a larger unit",
            )
    faults.raise_if_any()


def require_ratio_scale(matrix: DecisionMatrix, what: str, names: Iterable[str] | None = None) -> None:
    """Refuse criteria without a true zero, warn where the scale is not declared.

    A ratio such as x / norm depends on where zero is, so on an interval scale (pIC50, logP, °C) the
    ranking would change with the choice of unit and origin; an ordinal scale has no zero at all.
    """
    faults = Faults()
    undeclared = []
    for name in matrix.names if names is None else names:
        scale = matrix.criteria[name].scale
        if scale is None:
            undeclared.append(name)
        elif scale != "ratio":
            faults.add(
                f"{what} divides values by one another, and the zero of this criterion is arbitrary",
                place=f"criterion {name!r}",
                found=f"scale={scale!r}",
                expected="scale='ratio'",
                mend="Use normalization='bounds' or 'minmax', or a method that takes differences only",
            )
    faults.raise_if_any()
    if undeclared:
        warnings.warn(
            f"{what} is only meaningful on ratio scales, and these criteria declare none: {', '.join(undeclared)}",
            ConventionWarning,
            stacklevel=2,
        )


def require_sign(
    matrix: DecisionMatrix, values: Floats, what: str, *, zero_allowed: bool, columns: Booleans | None = None
) -> None:
    """Refuse negative values (and zeros unless allowed), naming each row and column.

    Parameters
    ----------
    matrix
        Gives the labels.
    values
        Shape (n, m).
    what
        The method or normalization, as the message should name it.
    zero_allowed
        Whether 0 is fine.
    columns
        Shape (m,), the columns to look at; all by default.
    """
    lowest = values.min(axis=0)
    suspect = lowest < 0 if zero_allowed else lowest <= 0
    if columns is not None:
        suspect = suspect & columns
    faults = Faults()
    places, total = places_where(
        np.flatnonzero(suspect),
        lambda j: values[:, j] < 0 if zero_allowed else values[:, j] <= 0,
        limits.FAULTS_SHOWN,
    )
    bound = "a number ≥ 0" if zero_allowed else "a number > 0"
    for i, j in places:
        faults.add(
            f"{what} is not defined for this value",
            place=f"row {matrix.labels[i]!r}, column {matrix.names[j]!r}",
            found=f"{values[i, j]:g}",
            expected=bound,
        )
    if total > limits.FAULTS_SHOWN:
        faults.add(f"and {total - limits.FAULTS_SHOWN} more such values")
    faults.raise_if_any()


def require_inside_bounds(matrix: DecisionMatrix, values: Floats, what: str, columns: Booleans) -> None:
    """Refuse values outside the declared range, which `outside: extend` lets into the matrix."""
    faults = Faults()
    for j in np.flatnonzero(columns):
        criterion = matrix.criteria[matrix.names[j]]
        assert criterion.worst is not None
        assert criterion.best is not None
        floor, ceiling = min(criterion.worst, criterion.best), max(criterion.worst, criterion.best)
        out = (values[:, j] < floor) | (values[:, j] > ceiling)
        for i in np.flatnonzero(out)[: limits.FAULTS_SHOWN]:
            faults.add(
                f"{what} is not defined outside the declared range",
                place=f"row {matrix.labels[int(i)]!r}, column {matrix.names[j]!r}",
                found=f"{values[i, j]:g}",
                expected=f"{floor:g} to {ceiling:g}",
                mend="Widen the range, or declare outside: clip",
            )
    faults.raise_if_any()


def number_between(value: object, name: str, low: float, high: float) -> float:
    """Return a parameter as a float, refusing what is no number in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, Real) or not low <= float(value) <= high:
        raise InputError(Fault(f"{name} is out of range", found=repr(value), expected=f"a number {low:g} to {high:g}"))
    return float(value)


def word_among(value: object, name: str, allowed: Iterable[str]) -> str:
    """Return a parameter that must be one of some words."""
    words = tuple(allowed)
    if not isinstance(value, str) or value not in words:
        raise InputError(
            Fault(f"unknown {name}", found=repr(value), expected="one of " + ", ".join(repr(w) for w in words))
        )
    return value


def point_of(matrix: DecisionMatrix, point: Point, name: str) -> Floats:
    """Return a point given by criterion or in column order as an array of shape (m,)."""
    if isinstance(point, Mapping):
        missing = [criterion for criterion in matrix.names if criterion not in point]
        if missing:
            raise InputError(Fault(f"{name} lacks criteria", found=str(missing), expected=str(list(matrix.names))))
        unknown = [str(criterion) for criterion in point if criterion not in matrix.names]
        if unknown:
            expected = str(list(matrix.names))
            raise InputError(Fault(f"{name} names unknown criteria", found=str(unknown), expected=expected))
        point = [point[criterion] for criterion in matrix.names]
    try:
        values = np.asarray(point, dtype=np.float64)
    except (TypeError, ValueError):
        values = np.empty(0)
    if values.shape != (len(matrix.names),) or not np.isfinite(values).all():
        expected = f"{len(matrix.names)} finite numbers, one a criterion"
        raise InputError(Fault(f"{name} is not a point", found=repr(point), expected=expected))
    return values


def require_matrix(matrix: object) -> None:
    """Refuse a plain table, which says nothing of directions and ranges."""
    if not isinstance(matrix, DecisionMatrix):
        mend = "Make one of a frame: DecisionMatrix(frame, {column: Criterion(...)})"
        raise InputError(
            Fault("this is no decision matrix", found=type(matrix).__name__, expected="a DecisionMatrix", mend=mend)
        )
