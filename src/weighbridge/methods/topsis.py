"""TOPSIS: near the ideal, far from the anti-ideal.

References
----------
Hwang, C.-L. and Yoon, K. (1981). Multiple Attribute Decision Making. Springer, pp. 128–140.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from weighbridge.core.arrays import Floats, column_extent
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import Ranking
from weighbridge.kernels.fused import ColumnMaps, closeness, column_means, distances, identity_maps
from weighbridge.methods.contributions import sampled_note, shapley_of_topsis
from weighbridge.methods.on_demand import OnDemand
from weighbridge.methods.requirements import Point, point_of
from weighbridge.methods.scaling import FittedScale, Scaled, fit_scale
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
    unit = _unit(np.stack(column_extent(weighted)), ideal, anti_ideal)
    measure = _Measure(identity_maps(ideal.size).measured_in(unit), ideal / unit, anti_ideal / unit, unit)
    return measure.closeness(weighted), *measure.distances(weighted)


def _unit(weighted: Floats, ideal: Floats, anti_ideal: Floats) -> float:
    """Return the power of two nearest to the largest difference: measured by it no square under- or overflows."""
    largest = max(float(np.abs(weighted - point).max(initial=0.0)) for point in (ideal, anti_ideal))
    return 2.0 ** math.frexp(largest)[1] if 0 < largest < math.inf else 1.0


@dataclass(frozen=True, eq=False)
class _Measure:
    """What turns a row into its closeness: the weighted normalization and both points, in a common unit.

    The unit is a power of two, so that measuring by it rounds nothing.
    """

    maps: ColumnMaps
    ideal: Floats
    anti_ideal: Floats
    unit: float

    def closeness(self, values: Floats) -> Floats:
        """Return the closeness of rows of the table, shape (n,)."""
        return closeness(values, self.maps, self.ideal, self.anti_ideal)

    def distances(self, values: Floats) -> tuple[Floats, Floats]:
        """Return D⁺ and D⁻, each of shape (n,)."""
        plus, minus = distances(values, self.maps, self.ideal, self.anti_ideal)
        return self.unit * plus, self.unit * minus

    def squares(self, values: Floats) -> tuple[Floats, Floats]:
        """Return the squared differences to anti-ideal and ideal by criterion, each of shape (r, m)."""
        mapped = self.maps.apply(values)
        return (mapped - self.anti_ideal) ** 2, (mapped - self.ideal) ** 2

    def contributions(self, values: Floats, mapped_point: Floats) -> Floats:
        """Return Shapley values against a point in the mapped space, shape (r, m)."""
        absent = (mapped_point - self.anti_ideal) ** 2, (mapped_point - self.ideal) ** 2
        return shapley_of_topsis(*self.squares(values), *absent)


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
        Scores are the closeness. Details: ``d_plus``, ``d_minus`` of shape (n,), computed when they
        are asked for; ``ideal``, ``anti_ideal`` of shape (m,). Contributions are Shapley values
        against the anti-ideal.

    Raises
    ------
    InputError
        Where the normalization is not meaningful for the matrix, or a point is incomplete.
    """
    values = matrix.filled()
    fitted = fit_scale(matrix, values, normalization)
    measure = _measure(
        fitted, weights, _own_point(matrix, ideal, "ideal"), _own_point(matrix, anti_ideal, "anti_ideal")
    )
    degenerate = bool(np.all(measure.ideal == measure.anti_ideal))
    mean = cache(lambda: column_means(values, measure.maps))
    return Ranking(
        method="topsis",
        labels=matrix.labels,
        criteria=matrix.names,
        scores_array=measure.closeness(values),
        higher_is_better=True,
        contribute=lambda rows: measure.contributions(values[rows], measure.anti_ideal),
        deviate=lambda rows: measure.contributions(values[rows], mean()),
        base=(lambda rows: np.full(rows.size, 0.5)) if degenerate else None,
        parameters={"normalization": normalization},
        notes=_notes(fitted, degenerate=degenerate, m=len(matrix.names)),
        details=OnDemand(
            {"ideal": measure.ideal * measure.unit, "anti_ideal": measure.anti_ideal * measure.unit},
            ("d_plus", "d_minus"),
            lambda: dict(zip(("d_plus", "d_minus"), measure.distances(values), strict=True)),
        ),
    )


def _own_point(matrix: DecisionMatrix, point: Point | None, name: str) -> Floats | None:
    return None if point is None else point_of(matrix, point, name)


def _measure(fitted: FittedScale, weights: Floats, ideal: Floats | None, anti_ideal: Floats | None) -> _Measure:
    """Return the measure with points of one's own, or where they are None with those of the normalization."""
    maps = fitted.maps.weighted(weights)
    ends = maps.apply(fitted.extent)
    best, worst = topsis_ideals(_extremes(fitted, ends, weights), np.ones(weights.size))
    unit = _unit(ends, best if ideal is None else ideal, worst if anti_ideal is None else anti_ideal)
    # The points are found again in the unit, by the very steps that rows go through: the best row meets them exactly.
    maps = maps.measured_in(unit)
    best, worst = topsis_ideals(_extremes(fitted, maps.apply(fitted.extent), weights / unit), np.ones(weights.size))
    best = best if ideal is None else ideal / unit
    return _Measure(maps, best, worst if anti_ideal is None else anti_ideal / unit, unit)


def _extremes(fitted: FittedScale, ends: Floats, weights: Floats) -> Scaled:
    """Return the weighted normalized table cut down to its extremes, which are all that ideals depend on."""
    if fitted.worst is None or fitted.best is None:
        return Scaled(fitted.normalization, ends, fitted.orientation)
    return Scaled(fitted.normalization, ends, fitted.orientation, fitted.worst * weights, fitted.best * weights)


def _notes(fitted: FittedScale, *, degenerate: bool, m: int) -> tuple[str, ...]:
    name = fitted.normalization
    notes = [] if name == "bounds" else [f"topsis with normalization {name!r}: {REVERSAL_NOTE}"]
    if name == "bounds" and ((fitted.ends < 0) | (fitted.ends > 1)).any():
        notes.append("topsis: values beyond the declared range move the ideal and so bring a rank-reversal risk")
    if degenerate:
        notes.append("ideal and anti-ideal are the same point: no criterion tells the molecules apart, closeness is ½")
    return (*notes, *sampled_note(m))
