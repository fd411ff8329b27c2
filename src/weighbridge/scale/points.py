"""Net flows against weighted points: what a preference function adds up to over a counted column.

A point stands for the `counts` values of a cell, at their mean. The sum at y of G(y − x), where
G(d) = P(d) − P(−d), is then exact for a cell on which G is a straight line, and close for a narrow
one; `weighbridge.scale.flow_bounds` says how close.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from weighbridge.core.arrays import Booleans, Floats, Integers
from weighbridge.kernels.fixed_point import REST, FixedPoint, fixed_point, split
from weighbridge.kernels.series import BOXES_APART, OWN_TERMS, SCALES, TERMS, box_scale, transfers

__all__ = ["Points", "beyond", "box_terms", "from_other_boxes", "gaussian_sums", "linear_sums", "reach", "running"]


@dataclass(frozen=True, eq=False)
class Points:
    """Points on a line that stand for many values.

    Attributes
    ----------
    bases, offsets
        Shape (c,), ascending in their sum: where the values begin, and how far above their mean is.
        Kept apart, because the sum would round away small offsets of large values.
    counts
        Shape (c,): how many values each stands for.
    """

    bases: Floats
    offsets: Floats
    counts: Integers

    @property
    def means(self) -> Floats:
        """Shape (c,): where the points are, ascending.

        A sum that is rounded up would lie above the next point where values crowd below that one.
        """
        means = self.bases + self.offsets
        result: Floats = np.minimum.accumulate(means[::-1])[::-1]
        return result

    @property
    def total(self) -> int:
        """How many values all points stand for."""
        return int(self.counts.sum())


def running(counts: Integers) -> Integers:
    """Return the sums of the first 0, 1, … counts, shape (c + 1,)."""
    sums = np.zeros(counts.size + 1, dtype=np.int64)
    np.cumsum(counts, out=sums[1:])
    return sums


def reach(points: Floats, targets: Floats, t: float) -> Integers:
    """Return for each target y how many of the ascending points x have fl(y − x) > t.

    Parameters
    ----------
    points, targets
        Shapes (c,) and (y,).
    t
        The threshold; may be negative.

    Returns
    -------
    count
        Shape (y,): exactly as the pairwise predicate has it, which only grows with y and falls with x.
    """
    found: Integers = np.searchsorted(points, targets - t)
    if not points.size:
        return found
    wrong = np.flatnonzero(
        ((found > 0) & ~_further(targets, points, found - 1, t))
        | ((found < points.size) & _further(targets, points, found, t))
    )
    if wrong.size:
        found[wrong] = _bisect(points, targets[wrong], t)
    return found


def _further(targets: Floats, points: Floats, places: Integers, t: float) -> Booleans:
    result: Booleans = targets - points[np.clip(places, 0, points.size - 1)] > t
    return result


def _bisect(points: Floats, targets: Floats, t: float) -> Integers:
    low = np.zeros(targets.size, dtype=np.int64)
    high = np.full(targets.size, points.size)
    while (unsettled := low < high).any():
        middle = (low + high) // 2
        far = _further(targets, points, middle, t)
        low = np.where(unsettled & far, middle + 1, low)
        high = np.where(unsettled & ~far, middle, high)
    return low


def linear_sums(points: Points, targets: Floats, q: float, p: float) -> Floats:
    """Return Σ_k counts_k G(y − mean_k) for the linear function, 0 ≤ q < p; v-shape is q = 0.

    Parameters
    ----------
    points
        The points.
    targets
        Shape (y,).
    q, p
        Thresholds.

    Returns
    -------
    sums
        Shape (y,). Whole units are added modulo 2^64 and so without rounding, as
        `weighbridge.kernels.fixed_point` explains: the error is of a few units in the last place.
    """
    means, counts = points.means, running(points.counts)
    unit = fixed_point(p - q, points.total)
    prefix = _weighted_prefix(points, unit)
    (whole, rest), (q_whole, q_rest) = split(targets, unit), split(np.array([q]), unit)
    total = np.zeros(targets.size)
    for sign in (1, -1):
        # Above the target, a point's own view: y − x < −t, that is not y − x ≥ −t.
        near, far = (reach(means, targets, t) if sign > 0 else beyond(means, targets, t) for t in (q, p))
        first, last = (far, near) if sign > 0 else (near, far)
        count = counts[last] - counts[first]
        units = sign * (count * (whole - sign * q_whole) - (prefix[0][last] - prefix[0][first]))
        rests = sign * (count * (rest - sign * q_rest) - (prefix[1][last] - prefix[1][first]))
        full = counts[far] if sign > 0 else counts[-1] - counts[far]
        total += sign * (full + (units + rests / REST) / unit.width)
    return total


def beyond(points: Floats, targets: Floats, t: float) -> Integers:
    """Return for each target y how many of the ascending points x do not have fl(x − y) > t."""
    mirrored = reach(-points[::-1], -targets[::-1], t)[::-1]
    result: Integers = points.size - mirrored
    return result


def _weighted_prefix(points: Points, unit: FixedPoint) -> tuple[Integers, Integers]:
    """Return running sums of counts × mean, whole units modulo 2^64 and rests."""
    bases, offsets = split(points.bases, unit), split(points.offsets * points.counts, unit)
    units, rests = (running(points.counts * base + offset) for base, offset in zip(bases, offsets, strict=True))
    return units, rests


def gaussian_sums(points: Points, targets: Floats, s: float) -> Floats:
    """Return Σ_k counts_k G(y − mean_k) for the Gaussian function with inflection point s.

    Parameters
    ----------
    points
        The points.
    targets
        Shape (y,), ascending.
    s
        Above 0.

    Returns
    -------
    sums
        Shape (y,); by the series of `weighbridge.kernels.series`, so the error is below 10⁻¹⁴ a value
        plus the rounding of the running sums.
    """
    means, counts = points.means, running(points.counts)
    below = np.searchsorted(means, targets)
    above = np.searchsorted(means, targets, side="right")
    result: Floats = (counts[below] + counts[above] - counts[-1]) - _Series(points, s).differences(targets)
    return result


class _Series:
    """Weighted points in boxes, summed up by box."""

    def __init__(self, points: Points, s: float) -> None:
        self.first, self.second, self.width = box_scale(s)
        scaled = self._scaled(points.means)
        near = np.abs(scaled) < BOXES_APART
        self.means, self.scaled = points.means[near], scaled[near]
        ids = np.floor(self.scaled)
        self.starts = np.flatnonzero(np.concatenate(([True], ids[1:] != ids[:-1]))) if ids.size else np.zeros(0, int)
        self.ids = ids[self.starts]
        self.psi = box_terms((self.scaled - ids) - 0.5, self.width) * points.counts[near]
        self.totals = np.add.reduceat(self.psi, self.starts, axis=1).T if self.ids.size else np.zeros((0, TERMS))

    def _scaled(self, values: Floats) -> Floats:
        with np.errstate(over="ignore", under="ignore"):
            scaled: Floats = values * self.first * self.second
        return scaled

    def differences(self, targets: Floats) -> Floats:
        """Return Σ exp over the points below each target less that over the points above it."""
        result = np.zeros(targets.size)
        if not self.ids.size:
            return result
        scaled = self._scaled(targets)
        near = np.flatnonzero(np.abs(scaled) < BOXES_APART)
        scaled = scaled[near]
        ids = np.floor(scaled)
        boxes, places = np.unique(ids, return_inverse=True)
        psi = box_terms((scaled - ids) - 0.5, self.width)
        result[near] = np.einsum(
            "kn,nk->n", psi, from_other_boxes(self.ids, self.totals, boxes, self.width)[places]
        ) + self._own(targets[near], ids, psi)
        return result

    def _own(self, targets: Floats, ids: Floats, psi: Floats) -> Floats:
        """Return the difference within each target's own box, from sums that run through the box."""
        box = np.minimum(np.searchsorted(self.ids, ids), self.ids.size - 1)
        ends = np.append(self.starts[1:], self.scaled.size)
        inside = self.ids[box] == ids
        start, end = self.starts[box], np.where(inside, ends[box], self.starts[box])
        # Compared as they are: scaled values may be so small that different ones are equal.
        lower = np.clip(np.searchsorted(self.means, targets), start, end)
        upper = np.clip(np.searchsorted(self.means, targets, side="right"), start, end)
        own = np.zeros(targets.size)
        for k in range(OWN_TERMS):
            prefix: Floats = np.concatenate(([0.0], np.cumsum(self.psi[k])))
            own += psi[k] * ((prefix[lower] - prefix[start]) - (prefix[end] - prefix[upper]))
        return own


def box_terms(places: Floats, width: float) -> Floats:
    """Return ψ_k, shape (TERMS, c), of places from −½ to ½ of a box of so many s."""
    inside = places * width
    psi = np.empty((TERMS, inside.size))
    psi[0] = np.exp(inside**2 / -2.0)
    for k in range(1, TERMS):
        np.multiply(psi[k - 1], inside * SCALES[k], out=psi[k])
    return psi


def from_other_boxes(ids: Floats, totals: Floats, boxes: Floats, width: float) -> Floats:
    """Return what other boxes add to each target box: those below it less those above it.

    Parameters
    ----------
    ids, totals
        Shapes (b,), ascending, and (b, TERMS): the sums of ψ over each box.
    boxes
        Shape (y,): which boxes the targets are in.
    width
        Of a box, in units of s.

    Returns
    -------
    coefficients
        Shape (y, TERMS), of ψ at a target.
    """
    found = np.zeros((boxes.size, TERMS))
    turn = (-1.0) ** np.add.outer(np.arange(TERMS), np.arange(TERMS))
    for distance, matrix in enumerate(transfers(width), start=1):
        for sign, kernel in ((1, matrix), (-1, turn * matrix)):
            places = np.minimum(np.searchsorted(ids, boxes - sign * distance), ids.size - 1)
            hit = ids[places] == boxes - sign * distance
            found[hit] += sign * (totals[places[hit]] @ kernel.T)
    return found
