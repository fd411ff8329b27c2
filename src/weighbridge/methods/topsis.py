"""TOPSIS: near the ideal, far from the anti-ideal.

References
----------
Hwang, C.-L. and Yoon, K. (1981). Multiple Attribute Decision Making. Springer, pp. 128–140.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import Ranking
from weighbridge.methods.contributions import sampled_note, shapley_of_topsis
from weighbridge.methods.requirements import Point, point_of
from weighbridge.methods.scaling import Scaled, scale_matrix
from weighbridge.methods.spec import REVERSAL_NOTE

__all__ = ["rank_topsis", "topsis", "topsis_ideals"]


def topsis(weighted: Floats, ideal: Floats, anti_ideal: Floats) -> tuple[Floats, Floats, Floats]:
    """Return closeness and the Euclidean distances to ideal and anti-ideal.

    Parameters
    ----------
    weighted
        Shape (n, m): normalized values times weights.
    ideal, anti_ideal
        Shape (m,), in the same space.

    Returns
    -------
    closeness
        Shape (n,): D⁻/(D⁺ + D⁻) in [0, 1]; exactly 1 at the ideal and 0 at the anti-ideal; 0.5
        where both are the same point, because then nothing tells molecules apart.
    d_plus, d_minus
        Shape (n,): D⁺ = ‖v − ideal‖, D⁻ = ‖v − anti-ideal‖.
    """
    unit = _unit(weighted, ideal, anti_ideal)
    d_plus = unit * np.sqrt((((weighted - ideal) / unit) ** 2).sum(axis=1))
    d_minus = unit * np.sqrt((((weighted - anti_ideal) / unit) ** 2).sum(axis=1))
    total = d_plus + d_minus
    nowhere = total == 0
    closeness: Floats = np.where(nowhere, 0.5, d_minus / np.where(nowhere, 1.0, total))
    return closeness, d_plus, d_minus


def _unit(weighted: Floats, ideal: Floats, anti_ideal: Floats) -> float:
    """Return the power of two nearest to the largest difference: measured by it no square under- or overflows."""
    largest = max(float(np.abs(weighted - point).max(initial=0.0)) for point in (ideal, anti_ideal))
    return 2.0 ** math.frexp(largest)[1] if 0 < largest < math.inf else 1.0


def topsis_ideals(scaled: Scaled, weights: Floats) -> tuple[Floats, Floats]:
    """Return ideal and anti-ideal, each of shape (m,), in the weighted normalized space.

    Under ``bounds`` they are the declared best and worst, moved out to values that lie beyond them
    (which `outside: extend` lets in): measured from the declared best, a better value would be
    further from the ideal. Otherwise they are the best and worst value of each column, best being
    the lowest for a cost that kept its direction.
    """
    if scaled.best is not None and scaled.worst is not None:
        best = np.maximum(scaled.best, scaled.values.max(axis=0))
        return best * weights, np.minimum(scaled.worst, scaled.values.min(axis=0)) * weights
    weighted = scaled.values * weights
    high, low = weighted.max(axis=0), weighted.min(axis=0)
    up = scaled.orientation > 0
    return np.where(up, high, low), np.where(up, low, high)


def rank_topsis(
    matrix: DecisionMatrix,
    weights: Floats,
    *,
    normalization: str = "bounds",
    ideal: Point | None = None,
    anti_ideal: Point | None = None,
) -> Ranking:
    """Rank by TOPSIS.

    Parameters
    ----------
    matrix
        The decision matrix.
    weights
        Shape (m,), summing to 1.
    normalization
        ``bounds`` (default): ideal and anti-ideal are the declared bounds, so that no molecule added
        or removed can reverse two others. ``vector`` (Hwang and Yoon), ``minmax``, ``sum``, ``max``
        and ``none`` take them from the data.
    ideal, anti_ideal
        A point of your own in the weighted normalized space, by criterion or in column order.

    Returns
    -------
    ranking
        Scores are the closeness. Details: ``d_plus``, ``d_minus`` of shape (n,), ``ideal``,
        ``anti_ideal`` of shape (m,). Contributions are Shapley values against the anti-ideal.

    Raises
    ------
    InputError
        Where the normalization is not meaningful for the matrix, or a point is incomplete.
    """
    scaled = scale_matrix(matrix, normalization)
    best, worst = topsis_ideals(scaled, weights)
    best = best if ideal is None else point_of(matrix, ideal, "ideal")
    worst = worst if anti_ideal is None else point_of(matrix, anti_ideal, "anti_ideal")
    weighted = scaled.values * weights
    closeness, d_plus, d_minus = topsis(weighted, best, worst)
    degenerate = bool(np.all(best == worst))
    unit = _unit(weighted, best, worst)

    def squared(difference: Floats) -> Floats:
        result: Floats = (difference / unit) ** 2
        return result

    def measured_from(point: Floats) -> Callable[[Integers], Floats]:
        absent = squared(point - worst), squared(point - best)
        return lambda rows: shapley_of_topsis(squared(weighted[rows] - worst), squared(weighted[rows] - best), *absent)

    return Ranking(
        method="topsis",
        labels=matrix.labels,
        criteria=matrix.names,
        scores_array=closeness,
        higher_is_better=True,
        contribute=measured_from(worst),
        deviate=measured_from(weighted.mean(axis=0)),
        base=(lambda rows: np.full(rows.size, 0.5)) if degenerate else None,
        parameters={"normalization": normalization},
        notes=_notes(scaled, degenerate=degenerate, m=len(matrix.names)),
        details={"d_plus": d_plus, "d_minus": d_minus, "ideal": best, "anti_ideal": worst},
    )


def _notes(scaled: Scaled, *, degenerate: bool, m: int) -> tuple[str, ...]:
    name = scaled.normalization
    notes = [] if name == "bounds" else [f"topsis with normalization {name!r}: {REVERSAL_NOTE}"]
    if name == "bounds" and ((scaled.values < 0) | (scaled.values > 1)).any():
        notes.append("topsis: values beyond the declared range move the ideal and so bring a rank-reversal risk")
    if degenerate:
        notes.append("ideal and anti-ideal are the same point: no criterion tells the molecules apart, closeness is ½")
    return (*notes, *sampled_note(m))
