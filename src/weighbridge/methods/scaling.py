"""Normalizations: columns in their own units made comparable.

=========== ============================== ============================== =========================
name        gain                           cost                           needs
=========== ============================== ============================== =========================
``bounds``  (x − worst)/(best − worst)     the same, worst > best         declared ranges
``minmax``  (x − min)/(max − min)          (max − x)/(max − min)          –
``vector``  x / √Σx²                       x / √Σx²                       a ratio scale
``max``     x / max                        x / max                        a ratio scale, values ≥ 0
``sum``     x / Σx                         (1/x) / Σ(1/x)                 a ratio scale, gains ≥ 0,
                                                                          costs > 0
``none``    x                              x                              –
=========== ============================== ============================== =========================

For ``vector``, ``max`` and ``none`` a cost stays in its natural direction: TOPSIS swaps ideal and
anti-ideal (Hwang and Yoon 1981), additive methods take 1 − x/norm, and −x for ``none``. A constant
column is 0 under ``minmax`` and a column of zeros is 0 under ``vector``, ``max`` and ``sum``: it
contributes nothing, where other libraries return NaN or ones. All of these but ``bounds`` and
``none`` take their scale from the molecules in the table.

A normalization is fitted first: a few numbers a criterion, from one pass over the table at most.
Scores then need no normalized copy of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from weighbridge.core.arrays import Booleans, Floats, column_extent
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.kernels.fused import ColumnMaps, column_totals, identity_maps
from weighbridge.methods.requirements import (
    near_constant_ends,
    require_bounds,
    require_ratio_scale,
    require_sign,
    word_among,
)

__all__ = [
    "NORMALIZATIONS",
    "FittedScale",
    "Scaled",
    "additive_maps",
    "additive_values",
    "fit_columns",
    "fit_scale",
    "level_columns",
    "normalized",
    "scale_matrix",
]

NORMALIZATIONS: Final = ("bounds", "vector", "minmax", "sum", "max", "none")
_RATIO: Final = ("vector", "sum", "max")
_ORIENTED: Final = ("bounds", "minmax", "sum")


@dataclass(frozen=True, eq=False)
class Scaled:
    """A normalized table.

    Attributes
    ----------
    normalization
        Its name.
    values
        Shape (n, m).
    orientation
        Shape (m,): +1 where a higher normalized value is better, −1 where a lower one is.
    worst, best
        Shape (m,): the normalized declared range under ``bounds`` (0 and 1), else None.
    """

    normalization: str
    values: Floats
    orientation: Floats
    worst: Floats | None = None
    best: Floats | None = None


@dataclass(frozen=True, eq=False)
class FittedScale:
    """A normalization fitted to a table: everything that is needed to normalize any of its rows.

    Attributes
    ----------
    normalization
        Its name.
    maps
        What it does to each column.
    extent
        Shape (2, m): the lowest and highest value of each column, before normalization.
    orientation, worst, best
        As in `Scaled`.
    """

    normalization: str
    maps: ColumnMaps
    extent: Floats
    orientation: Floats
    worst: Floats | None = None
    best: Floats | None = None

    @property
    def ends(self) -> Floats:
        """Shape (2, m): the normalized lowest and highest value of each column."""
        return self.maps.apply(self.extent)


def normalized(values: Floats, signs: Floats, normalization: str) -> Floats:
    """Normalize columns by a rule that takes its scale from the data.

    Parameters
    ----------
    values
        Shape (n, m), finite, already fit for the rule.
    signs
        Shape (m,): +1 gain, −1 cost.
    normalization
        ``minmax``, ``vector``, ``max``, ``sum`` or ``none``, as the table above defines them.

    Returns
    -------
    normalized
        Shape (n, m).
    """
    return fit_columns(values, signs, normalization, np.stack(column_extent(values))).apply(values)


def fit_columns(values: Floats, signs: Floats, normalization: str, extent: Floats) -> ColumnMaps:
    """Return what a rule that takes its scale from the data does to each column.

    Parameters
    ----------
    values, signs, normalization
        As in `normalized`.
    extent
        Shape (2, m): lowest and highest value of each column.
    """
    low, high = extent
    cost = signs < 0
    maps = identity_maps(signs.size)
    if normalization == "minmax":
        return _over(replace(maps, shift=np.where(cost, high, low)), np.where(cost, low - high, high - low))
    if normalization == "vector":
        return _over(maps, *_norms(values, np.maximum(np.abs(low), np.abs(high))))
    if normalization == "max":
        return _over(maps, high)
    if normalization == "sum":
        totals = column_totals(values, lambda column, j: 1.0 / column if cost[j] else column)
        return _over(replace(maps, inverse=cost), totals)
    return maps


def _norms(values: Floats, peak: Floats) -> tuple[Floats, Floats]:
    """Return what columns are divided by and then multiplied with to have length 1, each of shape (m,)."""
    divisor = np.where(peak == 0, 1.0, peak)
    # Dividing by the largest value first keeps the squares from overflowing.
    relative = np.sqrt(column_totals(values, lambda column, j: (column / divisor[j]) ** 2))
    norms = peak * relative
    fits = np.isfinite(norms) & (norms >= np.finfo(np.float64).tiny)
    apart = ~fits & (peak > 0)
    return np.where(fits, norms, peak), np.where(apart, 1.0 / np.where(apart, relative, 1.0), 1.0)


def _over(maps: ColumnMaps, denominator: Floats, factor: Floats | None = None) -> ColumnMaps:
    """Divide columns; a column whose denominator is 0 becomes 0 and so contributes nothing."""
    empty = denominator == 0
    factor = np.ones(denominator.size) if factor is None else factor
    return replace(
        maps,
        scale=np.where(empty, 1.0, denominator),
        factor=np.where(empty, 0.0, factor),
        inverse=maps.inverse & ~empty,
    )


def fit_scale(matrix: DecisionMatrix, values: Floats, normalization: str) -> FittedScale:
    """Check that a normalization is meaningful for a matrix, and fit it.

    Parameters
    ----------
    matrix
        The decision matrix.
    values
        Its values with every missing one filled, shape (n, m).
    normalization
        One of `NORMALIZATIONS`.

    Raises
    ------
    InputError
        Unknown name; a criterion without declared range under ``bounds``; an interval or ordinal
        criterion under ``vector``, ``sum`` or ``max``; values for which the rule is undefined.

    Warns
    -----
    ConventionWarning
        Where a ratio rule meets a criterion that declares no scale.
    """
    word_among(normalization, "normalization", NORMALIZATIONS)
    known = values is matrix.values
    extent = np.stack((matrix.lowest, matrix.highest) if known else column_extent(values))
    what = f"normalization {normalization!r}"
    if normalization == "bounds":
        worst, best = require_bounds(matrix, what)
        maps = replace(identity_maps(worst.size), shift=worst, scale=best - worst)
        one = np.ones(worst.size)
        return FittedScale(normalization, maps, extent, one, np.zeros(worst.size), one)
    if normalization in _RATIO:
        require_ratio_scale(matrix, what)
    signs = matrix.signs
    if normalization in ("sum", "max"):
        require_sign(matrix, values, what, zero_allowed=True)
    if normalization == "sum":
        require_sign(matrix, values, what + " of a cost", zero_allowed=False, columns=signs < 0)
    maps = fit_columns(values, signs, normalization, extent)
    maps = level_columns(maps, normalization, extent, values[0], len(values))
    orientation = np.ones(signs.size) if normalization in _ORIENTED else signs
    return FittedScale(normalization, maps, extent, orientation)


def level_columns(maps: ColumnMaps, normalization: str, extent: Floats, standing: Floats, rows: int) -> ColumnMaps:
    """Let every near-constant column be one value throughout, as `flattened` would make it.

    Parameters
    ----------
    maps, normalization
        The fitted maps, and the normalization they are of.
    extent
        Shape (2, m): lowest and highest value of each column.
    standing
        Shape (m,): the value that stands for each near-constant column.
    rows
        How many rows the table has.
    """
    constant = near_constant_ends(*extent)
    if not constant.any():
        return maps
    share = {"minmax": 0.0, "vector": 1 / np.sqrt(rows), "max": 1.0, "sum": 1 / rows}
    level = np.sign(standing) * share[normalization] if normalization in share else standing
    return ColumnMaps(
        shift=np.where(constant, 0.0, maps.shift),
        scale=np.where(constant, 1.0, maps.scale),
        factor=np.where(constant, 0.0, maps.factor),
        offset=np.where(constant, level, maps.offset),
        inverse=maps.inverse & ~constant,
    )


def scale_matrix(matrix: DecisionMatrix, normalization: str) -> Scaled:
    """Check that a normalization is meaningful for a matrix, and apply it; see `fit_scale`."""
    values = matrix.filled()
    fitted = fit_scale(matrix, values, normalization)
    return Scaled(normalization, fitted.maps.apply(values), fitted.orientation, fitted.worst, fitted.best)


def additive_maps(fitted: FittedScale) -> ColumnMaps:
    """Return the maps to normalized values of which more is better; see `additive_values`."""
    maps, down = fitted.maps, fitted.orientation < 0
    if fitted.normalization == "none":
        return replace(maps, factor=_flip(maps.factor, down), offset=_flip(maps.offset, down))
    down = down & (fitted.ends != 0).any(axis=0)
    return replace(maps, factor=_flip(maps.factor, down), offset=np.where(down, 1.0 - maps.offset, maps.offset))


def _flip(numbers: Floats, down: Booleans) -> Floats:
    flipped: Floats = np.where(down, -numbers, numbers)
    return flipped


def additive_values(scaled: Scaled) -> Floats:
    """Return normalized values of which more is better, shape (n, m).

    Costs that kept their direction become 1 − x/norm under ``vector`` and ``max``, −x under
    ``none``; a column of zeros stays 0.
    """
    values = scaled.values
    down = scaled.orientation < 0
    flipped = -values if scaled.normalization == "none" else np.where((values == 0).all(axis=0), 0.0, 1.0 - values)
    result: Floats = np.where(down, flipped, values)
    return result
