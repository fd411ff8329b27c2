"""PROMETHEE II over a library in two passes: survey, count, and a table of the net flow by criterion.

The tables are a few hundred kilobytes a criterion whatever the number of molecules, and each says
how far it may be off. See `weighbridge.scale.flow_bounds` for the bound, and `weighbridge.scale.recount` for
the exact flows of the best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.scale.cells import Cells, Knots, count_cells, merge_cells
from weighbridge.scale.flow_bounds import FlowColumn, flow_column
from weighbridge.scale.knots import choose_knots
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.survey import DISTINCT, Distinct, Survey, merge_surveys, oriented, survey

__all__ = ["CountStage", "FlowModel", "FlowTable", "SurveyStage"]

Counts: TypeAlias = tuple[Cells | None, ...]
"""By column; None where the survey has counted the column already, or there is nothing to count."""


@dataclass(frozen=True, eq=False)
class FlowTable:
    """The net flow on one criterion: knots, and the flow on and between them."""

    knots: Knots
    flow: FlowColumn

    def net(self, column: Floats) -> Floats:
        """Return the net flow, shape (rows,), of values of which more is better; 0 where missing.

        A value beyond the first or last knot, which no counted value is, gets the flow there.
        """
        missing = np.isnan(column)
        some = bool(missing.any())
        values = np.where(missing, self.knots.values[0], column) if some else column
        flow = self.knots.read(values, self.flow.at, self.flow.start, self.flow.rise)
        if some:
            flow[missing] = 0.0
        return flow


@dataclass(frozen=True, eq=False)
class FlowModel:
    """PROMETHEE II by tables.

    Attributes
    ----------
    plan
        The plan.
    tables
        By column; None where no molecule has a value: everything is indifferent.
    rows
        How many molecules there are.
    """

    plan: ScoringPlan
    tables: tuple[FlowTable | None, ...]
    rows: int

    @property
    def bounds(self) -> Floats:
        """Shape (m,): the largest error of the net flow by criterion."""
        return np.array([0.0 if table is None else table.flow.bound for table in self.tables])

    @property
    def bound(self) -> float:
        """The largest error of a score: Σ_j weight_j × bound_j."""
        return float(np.nextafter(self.plan.weights @ self.bounds, np.inf)) if self.rows > 1 else 0.0

    def score(self, values: Floats) -> Floats:
        """Return the net flows Φ, shape (rows,)."""
        total = np.zeros(len(values))
        for j, (table, weight, sign) in enumerate(zip(self.tables, self.plan.weights, self.plan.signs, strict=True)):
            if table is not None and weight > 0:
                total += table.net(oriented(values[:, j], sign)) * weight
        return total


@dataclass(frozen=True, eq=False)
class SurveyStage:
    """The pass that surveys the columns."""

    plan: ScoringPlan
    title: str = "survey of the columns"

    @property
    def _distinct(self) -> int:
        return min(DISTINCT, self.plan.bins)

    def summarise(self, values: Floats) -> Survey:
        """Survey a batch of shape (rows, m)."""
        return survey(values, self.plan.signs, sample=self.plan.bins, distinct=self._distinct)

    def merge(self, one: Survey, other: Survey) -> Survey:
        """Return the survey of both."""
        return merge_surveys(one, other, sample=self.plan.bins, distinct=self._distinct)

    def finish(self, summary: Survey) -> CountStage | FlowModel:
        """Return the pass that counts, or the model where every column has few distinct values."""
        knots = tuple(self._knots(summary, j) for j in range(len(summary.distinct)))
        stage = CountStage(self.plan, summary.rows, knots, summary.distinct)
        return stage if any(stage.open) else stage.finish((None,) * len(knots))

    def _knots(self, summary: Survey, j: int) -> Knots | None:
        distinct = summary.distinct[j]
        if not summary.present[j]:
            return None
        if distinct is not None:
            return Knots.of(distinct.values)
        column = summary.sample[:, j]
        ends = float(summary.low[j]), float(summary.high[j])
        function = self.plan.preferences[j]
        return Knots.of(choose_knots(column[~np.isnan(column)], *ends, function, self.plan.bins))


@dataclass(frozen=True, eq=False)
class CountStage:
    """The pass that counts values between the knots."""

    plan: ScoringPlan
    rows: int
    knots: tuple[Knots | None, ...]
    distinct: tuple[Distinct | None, ...]
    title: str = "counts between the knots"

    @property
    def open(self) -> tuple[bool, ...]:
        """By column: whether it is still to be counted."""
        return tuple(d is None and k is not None for d, k in zip(self.distinct, self.knots, strict=True))

    def summarise(self, values: Floats) -> Counts:
        """Count a batch of shape (rows, m)."""
        return tuple(
            _count(oriented(values[:, j], self.plan.signs[j]), knots) if knots is not None and wanted else None
            for j, (knots, wanted) in enumerate(zip(self.knots, self.open, strict=True))
        )

    def merge(self, one: Counts, other: Counts) -> Counts:
        """Return the counts of both."""
        return tuple(None if a is None or b is None else merge_cells(a, b) for a, b in zip(one, other, strict=True))

    def finish(self, summary: Counts) -> FlowModel:
        """Return the model."""
        tables: list[FlowTable | None] = []
        for knots, distinct, counted, function in zip(
            self.knots, self.distinct, summary, self.plan.preferences, strict=True
        ):
            if knots is None:
                tables.append(None)
                continue
            cells = counted if distinct is None else _whole(distinct)
            assert cells is not None
            tables.append(FlowTable(knots, flow_column(knots.values, cells, function, self.rows)))
        return FlowModel(self.plan, tuple(tables), self.rows)


def _count(column: Floats, knots: Knots) -> Cells:
    missing = np.isnan(column)
    return count_cells(column[~missing] if missing.any() else column, knots)


def _whole(distinct: Distinct) -> Cells:
    """Return the cells of a column that was counted value by value."""
    nothing = np.zeros_like(distinct.counts)
    return Cells(distinct.counts, nothing, nothing)
