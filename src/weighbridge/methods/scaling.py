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
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.methods.requirements import (
    flattened,
    require_bounds,
    require_ratio_scale,
    require_sign,
    word_among,
)

__all__ = ["NORMALIZATIONS", "Scaled", "additive_values", "normalized", "scale_matrix"]

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
    cost = signs < 0
    if normalization == "minmax":
        low, high = values.min(axis=0), values.max(axis=0)
        return _ratio(np.where(cost, high - values, values - low), high - low)
    if normalization == "vector":
        # Dividing by the largest value first keeps the squares from overflowing.
        relative = _ratio(values, np.abs(values).max(axis=0))
        return _ratio(relative, np.sqrt((relative**2).sum(axis=0)))
    if normalization == "max":
        return _ratio(values, values.max(axis=0))
    if normalization == "sum":
        shares = np.where(cost, 1.0 / np.where(cost, values, 1.0), values)
        return _ratio(shares, shares.sum(axis=0))
    return values.copy()


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Divide columns; a column whose denominator is 0 becomes 0 and so contributes nothing."""
    empty = denominator == 0
    ratio: Floats = np.where(empty, 0.0, numerator / np.where(empty, 1.0, denominator))
    return ratio


def scale_matrix(matrix: DecisionMatrix, normalization: str) -> Scaled:
    """Check that a normalization is meaningful for a matrix, and apply it.

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
    what = f"normalization {normalization!r}"
    if normalization == "bounds":
        worst, best = require_bounds(matrix, what)
        values = (matrix.filled() - worst) / (best - worst)
        one = np.ones(worst.size)
        return Scaled(normalization, values, one, np.zeros(worst.size), one)
    if normalization in _RATIO:
        require_ratio_scale(matrix, what)
    values = flattened(matrix.filled())
    signs = matrix.signs
    if normalization in ("sum", "max"):
        require_sign(matrix, values, what, zero_allowed=True)
    if normalization == "sum":
        require_sign(matrix, values, what + " of a cost", zero_allowed=False, columns=signs < 0)
    orientation = np.ones(signs.size) if normalization in _ORIENTED else signs
    return Scaled(normalization, normalized(values, signs, normalization), orientation)


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
