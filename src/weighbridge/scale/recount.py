"""The exact net flows of a few candidates, in one more pass over the library.

For each candidate and criterion the values that count in full are counted, and those on a slope are
added up, in whole numbers: so the result is the same however the library was cut. A batch is sorted
column by column, and each candidate is looked up in it.

========  =========================================================================================
steps     exact
linear    sums in units so small that they are exact modulo 2^64 (`weighbridge.kernels.fixed_point`)
gaussian  the terms of `weighbridge.kernels.series`, each rounded to 2^−(62 − bits of n) and added exactly
========  =========================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from weighbridge.core.arrays import Booleans, Floats, Integers
from weighbridge.core.criterion import Preference
from weighbridge.kernels.fixed_point import REST, fixed_point, split
from weighbridge.kernels.series import BOXES_APART, OWN_TERMS, REACH, TERMS, box_scale
from weighbridge.scale.flow_bounds import thresholds
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.points import beyond, box_terms, from_other_boxes, reach
from weighbridge.scale.survey import oriented

__all__ = ["RecountStage", "recount"]

Sums: TypeAlias = tuple[Integers, ...]
"""Whole numbers that add up, of one criterion."""

BATCH_ROWS: Final = 2**18
"""Rows sorted at a time."""


def recount(plan: ScoringPlan, rows: int, candidates: Floats) -> RecountStage:
    """Return the pass that finds the exact scores of candidates.

    Parameters
    ----------
    plan
        The plan, of PROMETHEE II.
    rows
        How many molecules the library has.
    candidates
        Shape (c, m), as they were scored.
    """
    missing = np.isnan(candidates)
    counters = tuple(
        _counter(function, oriented(np.where(missing[:, j], 0.0, candidates[:, j]), plan.signs[j]), rows)
        for j, function in enumerate(plan.preferences)
    )
    return RecountStage(plan, rows, counters, missing)


def _counter(function: Preference, targets: Floats, rows: int) -> _Steps | _Ramps | _Bells:
    ends = thresholds(function)
    if ends is None:
        assert function.s is not None
        return _Bells.of(targets, function.s, rows)
    q, p = ends
    if function.function in ("linear", "v-shape") and q < p:
        return _Ramps(targets, q, p, rows)
    return _Steps(targets, (q, p))


@dataclass(frozen=True, eq=False)
class RecountStage:
    """One pass over the library for the exact scores of some molecules."""

    plan: ScoringPlan
    rows: int
    counters: tuple[_Steps | _Ramps | _Bells, ...]
    missing: Booleans
    title: str = "exact scores of the best"

    def summarise(self, values: Floats) -> tuple[Sums, ...]:
        """Return the sums over a batch of shape (rows, m), by criterion."""
        found: tuple[Sums, ...] | None = None
        for start in range(0, max(len(values), 1), BATCH_ROWS):
            part = self._summarise(values[start : start + BATCH_ROWS])
            found = part if found is None else self.merge(found, part)
        assert found is not None
        return found

    def _summarise(self, values: Floats) -> tuple[Sums, ...]:
        sums = []
        for j, counter in enumerate(self.counters):
            column = oriented(values[:, j], self.plan.signs[j])
            sums.append(counter.sums(np.sort(column[~np.isnan(column)])))
        return tuple(sums)

    def merge(self, one: tuple[Sums, ...], other: tuple[Sums, ...]) -> tuple[Sums, ...]:
        """Return the sums over both; whole units of a slope are added modulo 2^64."""
        return tuple(tuple(a + b for a, b in zip(x, y, strict=True)) for x, y in zip(one, other, strict=True))

    def flows(self, summary: tuple[Sums, ...]) -> Floats:
        """Return the net flows by criterion, shape (c, m)."""
        nets = [counter.net(sums) for counter, sums in zip(self.counters, summary, strict=True)]
        # A missing value is indifferent to every other.
        return np.where(self.missing, 0.0, np.stack(nets, axis=1) / max(self.rows - 1, 1))

    def finish(self, summary: tuple[Sums, ...]) -> Floats:
        """Return the exact scores of the candidates, shape (c,)."""
        total = np.zeros(len(self.missing))
        for column, weight in zip(self.flows(summary).T, self.plan.weights, strict=True):
            total += column * weight
        return total


@dataclass(frozen=True, eq=False)
class _Steps:
    """Usual, u-shape and level: how many values are further than the thresholds below and above."""

    targets: Floats
    ends: tuple[float, float]

    def sums(self, column: Floats) -> Sums:
        """Return twice the sum of G over a sorted column, by candidate."""
        total = np.zeros(self.targets.size, dtype=np.int64)
        for t in self.ends:
            total += reach(column, self.targets, t) - (column.size - beyond(column, self.targets, t))
        return (total,)

    def net(self, sums: Sums) -> Floats:
        """Return the sums of G."""
        result: Floats = sums[0] / 2
        return result


@dataclass(frozen=True, eq=False)
class _Ramps:
    """V-shape and linear: values beyond p count in full, those between q and p on the slope."""

    targets: Floats
    q: float
    p: float
    rows: int

    def sums(self, column: Floats) -> Sums:
        """Return, by candidate: values beyond, and on the slope their whole units and the rest of them."""
        unit = fixed_point(self.p - self.q, self.rows)
        parts = [np.concatenate(([0], np.cumsum(part))) for part in split(column, unit)]
        target, shift = split(self.targets, unit), split(np.array([self.q]), unit)
        near, far = reach(column, self.targets, self.q), reach(column, self.targets, self.p)
        after, past = beyond(column, self.targets, self.q), beyond(column, self.targets, self.p)
        full = far - (column.size - past)
        slopes = []
        for x, y, q in zip(parts, target, shift, strict=True):
            below = (near - far) * (y - q) - (x[near] - x[far])
            above = (x[past] - x[after]) - (past - after) * (y + q)
            slopes.append(below - above)
        return full, *slopes

    def net(self, sums: Sums) -> Floats:
        """Return the sums of G."""
        full, units, rests = sums
        result: Floats = full + (units + rests / REST) / fixed_point(self.p - self.q, self.rows).width
        return result


@dataclass(frozen=True, eq=False)
class _Bells:
    """Gaussian: terms of the series, by box and, in a candidate's own box, on both sides of it.

    Attributes
    ----------
    targets
        Shape (c,).
    s
        The inflection point.
    bits
        Terms are rounded to 2^−bits.
    boxes
        Shape (b,): the boxes that any candidate hears of, ascending.
    """

    targets: Floats
    s: float
    bits: int
    boxes: Floats

    @classmethod
    def of(cls, targets: Floats, s: float, rows: int) -> _Bells:
        """Find the boxes."""
        own = np.unique(np.floor(_scaled(targets, s)))
        own = own[np.abs(own) < BOXES_APART]
        apart = np.arange(-np.ceil(REACH / box_scale(s)[2]), np.ceil(REACH / box_scale(s)[2]) + 1)
        return cls(targets, s, min(52, 62 - rows.bit_length()), np.unique(np.add.outer(own, apart)))

    def sums(self, column: Floats) -> Sums:
        """Return values below less above, terms by box (b·TERMS), and terms below less above in the own box."""
        scaled = _scaled(column, self.s)
        ids = np.floor(scaled)
        left, right = np.searchsorted(ids, self.boxes), np.searchsorted(ids, self.boxes, side="right")
        below, above = np.searchsorted(column, self.targets), np.searchsorted(column, self.targets, side="right")
        own = np.searchsorted(self.boxes, np.floor(_scaled(self.targets, self.s)))
        own = np.minimum(own, max(self.boxes.size - 1, 0))
        boxes = np.zeros((TERMS, self.boxes.size), dtype=np.int64)
        sides = np.zeros((TERMS, self.targets.size), dtype=np.int64)
        # Values further away may have no place in a box; they are in none that is asked for.
        near = np.abs(scaled) < BOXES_APART
        places = np.where(near, scaled, 0.5) - np.where(near, ids, 0.0) - 0.5
        psi = box_terms(places, box_scale(self.s)[2]) if self.boxes.size else np.zeros((0, 0))
        for k, terms in enumerate(psi):
            sums = np.concatenate(([0], np.cumsum(np.rint(np.ldexp(terms, self.bits)).astype(np.int64))))
            boxes[k] = sums[right] - sums[left]
            if k < OWN_TERMS:
                low, high = np.maximum(below, left[own]), np.minimum(above, right[own])
                sides[k] = (sums[low] - sums[left[own]]) - (sums[right[own]] - sums[np.maximum(high, left[own])])
        return below - (column.size - above), boxes, sides

    def net(self, sums: Sums) -> Floats:
        """Return the sums of G."""
        signs, boxes, sides = sums
        near = np.flatnonzero(np.abs(_scaled(self.targets, self.s)) < BOXES_APART)
        result = signs.astype(np.float64)
        if not near.size:
            return result
        scaled = _scaled(self.targets[near], self.s)
        ids = np.floor(scaled)
        own, places = np.unique(ids, return_inverse=True)
        width = box_scale(self.s)[2]
        psi = box_terms((scaled - ids) - 0.5, width)
        others = from_other_boxes(self.boxes, np.ldexp(boxes.T.astype(np.float64), -self.bits), own, width)
        result[near] -= np.einsum("kn,nk->n", psi, others[places])
        result[near] -= np.einsum("kn,kn->n", psi, np.ldexp(sides[:, near].astype(np.float64), -self.bits))
        return result


def _scaled(values: Floats, s: float) -> Floats:
    first, second, _ = box_scale(s)
    with np.errstate(over="ignore", under="ignore"):
        scaled: Floats = values * first * second
    return scaled
