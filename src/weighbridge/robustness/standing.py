"""Who stands where today: the starting point of every question about what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats, Integers
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import ROUNDING, TIE_TOLERANCE, competition_ranks
from weighbridge.core.weights import Weights
from weighbridge.errors import Fault, InputError
from weighbridge.methods.requirements import require_magnitude, require_matrix
from weighbridge.robustness.forms import Form, LinearForm

__all__ = ["Levels", "WeightsLike", "checked_top", "levels", "rounding_of", "row_of", "shares_of", "tolerance_of"]

_FOLD: Final = 64

WeightsLike: TypeAlias = "Mapping[str, float] | pd.Series[Any] | Weights"
"""What a caller may give as weights."""


class Levels(NamedTuple):
    """Molecules in groups, the best group first.

    Attributes
    ----------
    rows
        Shape (n,): row numbers, group after group.
    starts
        Shape (groups,): where each group begins in `rows`.
    """

    rows: Integers
    starts: Integers


def shares_of(matrix: DecisionMatrix, weights: WeightsLike) -> Floats:
    """Return the weights in column order, summing to 1; refuse tables too large to compute with."""
    require_matrix(matrix)
    given = weights if isinstance(weights, Weights) else Weights(weights)
    shares = given.array(matrix.names)
    require_magnitude(matrix)
    return shares


def checked_top(top: object) -> int:
    """Return the number of first places, refusing what is no whole number of at least 1."""
    if isinstance(top, bool) or not isinstance(top, Integral) or int(top) < 1:
        raise InputError(Fault("top is no number of places", found=repr(top), expected="a whole number ≥ 1"))
    return int(top)


def row_of(matrix: DecisionMatrix, alternative: object) -> int:
    """Return the row number of a molecule, by its label."""
    require_matrix(matrix)
    known = matrix.labels
    try:
        found = known.get_loc(alternative)
    except (KeyError, TypeError, pd.errors.InvalidIndexError) as error:
        some = ", ".join(repr(label) for label in known[:5])
        expected = f"one of {some}{' …' if len(known) > 5 else ''}"
        raise InputError(Fault("no such molecule", found=repr(alternative), expected=expected)) from error
    assert isinstance(found, int)
    return found


def rounding_of(form: Form, weights: Floats) -> float:
    """Return how far apart two scores may be by rounding alone.

    For a linear form 2⁻⁴⁸ of the largest sum Σ_j w_j max_i |v_ij|, as net flows and signed values can
    cancel; for TOPSIS 2⁻⁴⁸, the closeness being at most 1.
    """
    if not isinstance(form, LinearForm):
        return ROUNDING
    return ROUNDING * float(weights @ _largest(form.values))


def _largest(values: Floats) -> Floats:
    """Return the largest absolute value of each column."""
    n, m = values.shape
    if not values.flags.c_contiguous or n < _FOLD:
        plain: Floats = np.maximum(np.abs(values.max(axis=0)), np.abs(values.min(axis=0)))
        return plain
    # Rows laid side by side, so that a long vector is compared at a time.
    wide = values[: n - n % _FOLD].reshape(-1, _FOLD * m)
    folded = np.maximum(wide.max(axis=0), -wide.min(axis=0)).reshape(_FOLD, m)
    rest = values[n - n % _FOLD :]
    largest: Floats = np.concatenate((folded, np.abs(rest))).max(axis=0)
    return largest


def tolerance_of(scores: Floats, rounding: float) -> float:
    """Return the difference up to which `competition_ranks` takes neighbours for equal."""
    return max(TIE_TOLERANCE * float(scores.max() - scores.min()), rounding)


def levels(scores: Floats, rounding: float, top: int | None = None) -> Levels:
    """Group molecules by where they stand.

    Parameters
    ----------
    scores
        Shape (n,), more is better.
    rounding
        See `rounding_of`.
    top
        Two groups: those with a competition rank of at most `top`, so a tie at the cut is inside,
        and the rest, each in row order. None: one group a rank.

    Returns
    -------
    levels
        One group only where all are in the top, or all are tied.
    """
    if top is not None:
        inside = _within_top(scores, rounding, top)
        ahead, behind = np.flatnonzero(inside), np.flatnonzero(~inside)
        starts = [0, ahead.size] if behind.size else [0]
        return Levels(np.concatenate((ahead, behind)).astype(np.int64, copy=False), np.array(starts, dtype=np.int64))
    ranks = competition_ranks(scores, rounding=rounding)
    rows = np.argsort(ranks, kind="stable").astype(np.int64)
    ordered = ranks[rows]
    return Levels(rows, np.flatnonzero(np.diff(ordered, prepend=0)).astype(np.int64))


def _within_top(scores: Floats, rounding: float, top: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    n = scores.size
    if top >= n:
        return np.ones(n, dtype=np.bool_)
    last = np.partition(scores, n - top)[n - top]
    inside: np.ndarray[Any, np.dtype[np.bool_]] = scores >= last
    # Only where somebody stands just behind the last place does the chain of ties have to be followed.
    if np.count_nonzero(scores >= last - tolerance_of(scores, rounding)) > np.count_nonzero(inside):
        inside = competition_ranks(scores, rounding=rounding) <= top
    return inside
