"""TOPSIS and the weighted sum over a library: a few numbers a criterion, then every row by itself.

With declared bounds those numbers are known before any row is read. The other normalizations take
them from the data: lowest and highest values in one pass, sums in a second one. The scores are
computed by the kernels that `weighbridge.methods` uses, from the same numbers, so they are the same to
the last bit; sums are exact here, where those in memory may differ in their last bit, and a column
that is constant up to rounding is its lowest value here, where it is its first in memory.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from weighbridge.core.arrays import Floats, column_extent
from weighbridge.kernels.fused import ColumnMaps, additive_scores, closeness, identity_maps
from weighbridge.methods.scaling import FittedScale, Scaled, additive_maps, fit_columns, level_columns
from weighbridge.methods.topsis import topsis_ideals
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.protocols import Model, Stage
from weighbridge.scale.sums import GridTotal, grid_total

__all__ = ["AdditiveModel", "DistanceModel", "Extent", "ExtentStage", "TotalsStage", "start_pointwise"]

Totals: TypeAlias = tuple[GridTotal, ...]


@dataclass(frozen=True, eq=False)
class DistanceModel:
    """TOPSIS closeness.

    Attributes
    ----------
    maps, ideal, anti_ideal
        As `weighbridge.kernels.fused.closeness` takes them.
    """

    maps: ColumnMaps
    ideal: Floats
    anti_ideal: Floats
    bound: float = 0.0

    def score(self, values: Floats) -> Floats:
        """Return the closeness, shape (rows,)."""
        return closeness(values, self.maps, self.ideal, self.anti_ideal, threads=1)


@dataclass(frozen=True, eq=False)
class AdditiveModel:
    """The weighted sum of normalized values, through its weighted maps."""

    maps: ColumnMaps
    bound: float = 0.0

    def score(self, values: Floats) -> Floats:
        """Return the weighted sums, shape (rows,)."""
        return additive_scores(values, self.maps, threads=1)


@dataclass(frozen=True, eq=False)
class Extent:
    """Lowest and highest value of each column, shape (m,) each, and the number of rows."""

    rows: int
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class ExtentStage:
    """The pass that finds lowest and highest values."""

    plan: ScoringPlan
    title: str = "lowest and highest values"

    def summarise(self, values: Floats) -> Extent:
        """Return the extent of a batch of shape (rows, m)."""
        low, high = column_extent(values)
        return Extent(len(values), low + 0.0, high + 0.0)

    def merge(self, one: Extent, other: Extent) -> Extent:
        """Return the extent of both; a batch without rows has NaN for its ends, which give way."""
        return Extent(one.rows + other.rows, np.fmin(one.low, other.low), np.fmax(one.high, other.high))

    def finish(self, summary: Extent) -> Stage | Model:
        """Return the pass that sums where the normalization needs sums, else the model."""
        if self.plan.normalization in ("vector", "sum"):
            return TotalsStage(self.plan, summary)
        return _model(self.plan, _fitted(self.plan, summary))


@dataclass(frozen=True, eq=False)
class TotalsStage:
    """The pass that adds up what ``vector`` and ``sum`` divide by."""

    plan: ScoringPlan
    extent: Extent
    title: str = "sums of the columns"

    def summarise(self, values: Floats) -> Totals:
        """Return Σ (x/peak)² under ``vector``, Σ x (of a cost Σ 1/x) under ``sum``, by column."""
        return tuple(self._total(values[:, j], j) for j in range(values.shape[1]))

    def merge(self, one: Totals, other: Totals) -> Totals:
        """Return the sums of both."""
        return tuple(a + b for a, b in zip(one, other, strict=True))

    def finish(self, summary: Totals) -> Model:
        """Return the model."""
        totals = np.array([float(total) for total in summary])
        return _model(self.plan, _fitted(self.plan, self.extent, totals))

    def _total(self, column: Floats, j: int) -> GridTotal:
        low, high = float(self.extent.low[j]), float(self.extent.high[j])
        if self.plan.normalization == "vector":
            peak = max(abs(low), abs(high)) or 1.0
            return grid_total((column / peak) ** 2, 1.0)
        if self.plan.signs[j] > 0:
            return grid_total(column, max(abs(low), abs(high)))
        return grid_total(1.0 / column, 1.0 / low)


def start_pointwise(plan: ScoringPlan) -> Stage | Model:
    """Return the first pass of TOPSIS or the weighted sum, or the model where none is needed.

    Under ``bounds`` TOPSIS needs the extent only where a criterion lets values outside its declared
    range count as they are: these move the ideal.
    """
    extends = any(criterion.outside == "extend" for criterion in plan.criteria.values())
    if plan.normalization != "bounds" or (plan.method == "topsis" and extends):
        return ExtentStage(plan)
    worst, best = plan.declared()
    declared = Extent(0, np.fmin(worst, best), np.fmax(worst, best))
    return _model(plan, _fitted(plan, declared))


def _fitted(plan: ScoringPlan, extent: Extent, totals: Floats | None = None) -> FittedScale:
    """Return the normalization as `weighbridge.methods.scaling.fit_scale` fits it to a table."""
    ends, m = np.stack([extent.low, extent.high]), len(plan.names)
    if plan.normalization == "bounds":
        worst, best = plan.declared()
        maps = replace(identity_maps(m), shift=worst, scale=best - worst)
        return FittedScale(plan.normalization, maps, ends, np.ones(m), np.zeros(m), np.ones(m))
    if totals is None:
        maps = fit_columns(np.empty((0, m)), plan.signs, plan.normalization, ends)
    else:
        maps = _divided(plan, np.abs(ends).max(axis=0), totals)
    oriented = plan.normalization in ("minmax", "sum")
    orientation = np.ones(m) if oriented else plan.signs
    # The lowest value stands for a near-constant column: which row is first depends on how the library is cut.
    maps = level_columns(maps, plan.normalization, ends, extent.low, max(extent.rows, 1))
    return FittedScale(plan.normalization, maps, ends, orientation)


def _divided(plan: ScoringPlan, peak: Floats, totals: Floats) -> ColumnMaps:
    """Return the maps that divide by the length or the sum of each column; an empty one becomes 0."""
    maps, empty = identity_maps(peak.size), totals == 0
    filled = np.where(empty, 1.0, totals)
    if plan.normalization == "sum":
        return replace(maps, scale=filled, factor=np.where(empty, 0.0, 1.0), inverse=(plan.signs < 0) & ~empty)
    relative = np.sqrt(filled)
    norms = peak * relative
    fits = np.isfinite(norms) & (norms >= np.finfo(np.float64).tiny)
    # A length that is no normal number is divided by in two steps.
    scale, factor = np.where(fits, norms, peak), np.where(fits, 1.0, 1.0 / relative)
    return replace(maps, scale=np.where(empty, 1.0, scale), factor=np.where(empty, 0.0, factor))


def _model(plan: ScoringPlan, fitted: FittedScale) -> Model:
    if plan.method != "topsis":
        return AdditiveModel(additive_maps(fitted).weighted(plan.weights))
    maps = fitted.maps.weighted(plan.weights)
    ends = maps.apply(fitted.extent)
    points = _ideals(fitted, ends, plan.weights)
    largest = max(float(np.abs(ends - point).max(initial=0.0)) for point in points)
    unit = 2.0 ** math.frexp(largest)[1] if 0 < largest < math.inf else 1.0
    # As in memory: measured in the largest difference no square under- or overflows.
    maps = maps.measured_in(unit)
    return DistanceModel(maps, *_ideals(fitted, maps.apply(fitted.extent), plan.weights / unit))


def _ideals(fitted: FittedScale, ends: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return ideal and anti-ideal; of a table they depend on its extremes only."""
    extremes = Scaled(fitted.normalization, ends, fitted.orientation)
    if fitted.worst is not None and fitted.best is not None:
        extremes = replace(extremes, worst=fitted.worst * weights, best=fitted.best * weights)
    return topsis_ideals(extremes, np.ones(weights.size))
