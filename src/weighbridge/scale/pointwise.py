"""TOPSIS and the weighted sum over a library: a few numbers a criterion, then every row by itself.

With declared bounds those numbers are known before any row is read. The other normalizations take
them from the data: lowest and highest values in one pass, sums in a second one. The scores are
computed by the kernels that `weighbridge.methods` uses, from the same numbers, so they are the same to
the last bit; sums are exact here, where those in memory may differ in their last bit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np

from weighbridge.core.arrays import Booleans, Floats, column_extent
from weighbridge.kernels.fused import ColumnMaps, additive_scores, closeness, identity_maps
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.protocols import Model, Stage
from weighbridge.scale.sums import GridTotal, grid_total

__all__ = ["AdditiveModel", "DistanceModel", "Extent", "ExtentStage", "TotalsStage", "start_pointwise"]

CONSTANT_TOLERANCE: Final = 1e-12
"""As in `weighbridge.methods.requirements`: a range of this share of the largest value is rounding."""

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
        return _model(self.plan, _fitted(self.plan, summary), summary)


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
        return _model(self.plan, _fitted(self.plan, self.extent, totals), self.extent)

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
    return _model(plan, _fitted(plan, declared), declared)


def _fitted(plan: ScoringPlan, extent: Extent, totals: Floats | None = None) -> ColumnMaps:
    """Return the normalization as maps, more being better or not as `weighbridge.methods.scaling` has it."""
    low, high, cost = extent.low, extent.high, plan.signs < 0
    maps = identity_maps(low.size)
    if plan.normalization == "bounds":
        worst, best = plan.declared()
        return replace(maps, shift=worst, scale=best - worst)
    if plan.normalization == "minmax":
        maps = _over(replace(maps, shift=np.where(cost, high, low)), np.where(cost, low - high, high - low))
    elif plan.normalization == "vector":
        assert totals is not None
        maps = _over(maps, *_norms(np.maximum(np.abs(low), np.abs(high)), np.sqrt(totals)))
    elif plan.normalization == "max":
        maps = _over(maps, high)
    elif plan.normalization == "sum":
        assert totals is not None
        maps = _over(replace(maps, inverse=cost), totals)
    return _levelled(maps, plan.normalization, extent)


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


def _norms(peak: Floats, relative: Floats) -> tuple[Floats, Floats]:
    norms = peak * relative
    fits = np.isfinite(norms) & (norms >= np.finfo(np.float64).tiny)
    return np.where(fits, norms, peak), np.where(fits | (peak == 0), 1.0, 1.0 / np.where(fits, 1.0, relative))


def _levelled(maps: ColumnMaps, normalization: str, extent: Extent) -> ColumnMaps:
    """Let every near-constant column be its lowest value throughout."""
    low, n = extent.low, max(extent.rows, 1)
    constant: Booleans = extent.high - low <= CONSTANT_TOLERANCE * np.maximum(np.abs(low), np.abs(extent.high))
    if not constant.any():
        return maps
    share = {"minmax": 0.0, "vector": 1 / np.sqrt(n), "max": 1.0, "sum": 1 / n}
    level = np.sign(low) * share[normalization] if normalization in share else low
    return ColumnMaps(
        shift=np.where(constant, 0.0, maps.shift),
        scale=np.where(constant, 1.0, maps.scale),
        factor=np.where(constant, 0.0, maps.factor),
        offset=np.where(constant, level, maps.offset),
        inverse=maps.inverse & ~constant,
    )


def _model(plan: ScoringPlan, maps: ColumnMaps, extent: Extent) -> Model:
    ends = maps.apply(np.stack([extent.low, extent.high]))
    oriented = plan.normalization in ("bounds", "minmax", "sum")
    down = np.zeros(ends.shape[1], dtype=np.bool_) if oriented else plan.signs < 0
    if plan.method == "topsis":
        weighted = maps.weighted(plan.weights)
        return DistanceModel(weighted, *_ideals(plan, ends, down))
    return AdditiveModel(_upward(maps, ends, down, plan.normalization).weighted(plan.weights))


def _ideals(plan: ScoringPlan, ends: Floats, down: Booleans) -> tuple[Floats, Floats]:
    """Return ideal and anti-ideal in the weighted space; see `weighbridge.methods.topsis.topsis_ideals`."""
    high, low = ends.max(axis=0), ends.min(axis=0)
    if plan.normalization == "bounds":
        return np.maximum(1.0, high) * plan.weights, np.minimum(0.0, low) * plan.weights
    return np.where(down, low, high) * plan.weights, np.where(down, high, low) * plan.weights


def _upward(maps: ColumnMaps, ends: Floats, down: Booleans, normalization: str) -> ColumnMaps:
    """Return the maps to values of which more is better; see `weighbridge.methods.scaling.additive_values`."""
    if normalization == "none":
        turned = np.where(down, -1.0, 1.0)
        return replace(maps, factor=maps.factor * turned, offset=maps.offset * turned)
    down = down & (ends != 0).any(axis=0)
    turned = np.where(down, -1.0, 1.0)
    return replace(maps, factor=maps.factor * turned, offset=np.where(down, 1.0 - maps.offset, maps.offset))
