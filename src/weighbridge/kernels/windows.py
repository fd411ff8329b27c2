"""Sums of the five preference functions that are made of straight lines, in numpy.

For a sorted column the x_j that lie more than t below x_i are the first ones, and their number only
grows with i: b_i = #{j: fl(x_i − x_j) > t}. From b and its mirror image e_j = #{i: not fl(x_i − x_j) > t}
follow the sums over all pairs,

======== ===============================================================
level    Σ_j P(x_i − x_j) = ½ b_i(q) + ½ b_i(p)
linear   b_i(p) + Σ_{q < x_i − x_j ≤ p} (x_i − x_j − q) / (p − q)
======== ===============================================================

usual, u-shape and v-shape are special cases. Whether a pair counts is decided by the difference
exactly as a computer finds it, so decimal data at a threshold fall where brute force has them.

References
----------
Calders, T. and Van Assche, D. (2018). PROMETHEE is not quadratic: an O(qn log(n)) algorithm.
Omega 76, 63–69: sort, then slide a window. The arithmetic here is our own.
"""

from __future__ import annotations

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.kernels.fixed_point import REST, FixedPoint, fixed_point, split
from weighbridge.kernels.sorting import BLOCK

__all__ = ["reaches", "sum_linear", "sum_steps"]


def sum_steps(values: Floats, q: float, p: float) -> tuple[Floats, Floats]:
    """Return Σ_j P(x_i − x_j) and Σ_j P(x_j − x_i) where P is ½ above q and 1 above p.

    Parameters
    ----------
    values
        Shape (n,), ascending.
    q, p
        Thresholds, 0 ≤ q ≤ p; equal ones make the u-shape.

    Returns
    -------
    positive, negative
        Shape (n,), exact.
    """
    n = values.size
    below, above = reaches(values, q)
    if p == q:
        return below.astype(np.float64), (n - above).astype(np.float64)
    further, beyond = reaches(values, p)
    return (below + further).astype(np.float64) / 2, (2 * n - above - beyond).astype(np.float64) / 2


def sum_linear(values: Floats, q: float, p: float) -> tuple[Floats, Floats]:
    """Return Σ_j P(x_i − x_j) and Σ_j P(x_j − x_i) where P rises from 0 at q to 1 at p > q.

    Shapes as in `sum_steps`. The relative error is a few units in the last place, times p/(p − q)
    where the thresholds nearly coincide: a difference x_i − x_j between them is itself rounded.
    """
    n = values.size
    near, far = reaches(values, q), reaches(values, p)
    unit = fixed_point(p - q, n)
    sums = _prefix_sums(values, unit)
    positive, negative = np.empty(n), np.empty(n)
    for start in range(0, n, BLOCK):
        part = slice(start, start + BLOCK)
        ramp = _Ramp(values[part], q, unit)
        positive[part] = far[0][part] + ramp.sum(far[0][part], near[0][part], sums, 1)
        negative[part] = (n - far[1][part]) + ramp.sum(near[1][part], far[1][part], sums, -1)
    return positive, negative


class _Ramp:
    """The sloping part of some rows, of the pairs below them (sign +1) or above (sign −1)."""

    __slots__ = ("parts", "shift", "width")

    def __init__(self, values: Floats, q: float, unit: FixedPoint) -> None:
        self.parts = split(values, unit)
        self.shift = split(np.array([q]), unit)
        self.width = unit.width

    def sum(self, first: Integers, last: Integers, sums: tuple[Integers, Integers], sign: int) -> Floats:
        """Return Σ (±(x_i − x_j) − q) / (p − q) over first_i ≤ j < last_i."""
        count = last - first
        (whole, rest), (q_whole, q_rest) = self.parts, self.shift
        # Every index is in range; saying so makes taking twice as fast.
        total = count * (whole - sign * q_whole) - (sums[0].take(last, mode="clip") - sums[0].take(first, mode="clip"))
        tail = count * (rest - sign * q_rest) - (sums[1].take(last, mode="clip") - sums[1].take(first, mode="clip"))
        result: Floats = (total + tail / REST) / (sign * self.width)
        return result


def _prefix_sums(values: Floats, unit: FixedPoint) -> tuple[Integers, Integers]:
    """Return the sums of the first 0, 1, … n values, whole units and rest."""
    whole, rest = np.zeros(values.size + 1, dtype=np.int64), np.zeros(values.size + 1, dtype=np.int64)
    for start in range(0, values.size, BLOCK):
        part = slice(start + 1, start + 1 + BLOCK)
        whole[part], rest[part] = split(values[start : start + BLOCK], unit)
    np.cumsum(whole, out=whole)
    np.cumsum(rest, out=rest)
    return whole, rest


def reaches(values: Floats, t: float) -> tuple[Integers, Integers]:
    """Return b_i = #{j: fl(x_i − x_j) > t} and e_j = #{i: not fl(x_i − x_j) > t}, both of shape (n,)."""
    n = values.size
    below = _tie_starts(values) if t == 0 else _below(values, t)
    above = np.cumsum(np.bincount(below, minlength=n)[:n])
    return below, above


def _tie_starts(values: Floats) -> Integers:
    """Return where each value's group of ties begins: differences above 0 are what is before."""
    starts = np.arange(values.size)
    starts[1:][values[1:] == values[:-1]] = 0
    np.maximum.accumulate(starts, out=starts)
    return starts


def _below(values: Floats, t: float) -> Integers:
    """Return b for t > 0, by looking x_i − t up block by block and mending what rounding misplaced."""
    n = values.size
    below = np.empty(n, dtype=np.int64)
    low = 0
    for start in range(0, n, BLOCK):
        x = values[start : start + BLOCK]
        high = _bisect(values, x[-1:], np.array([low]), np.array([start + x.size]), t)[0]
        window = values[low : high + 1]
        found = np.minimum(np.searchsorted(window, x - t), window.size - 1)
        early, late = x - window.take(found, mode="clip") > t, ~(x - window.take(found - 1, mode="clip") > t)
        wrong = np.flatnonzero(early | (late & (found > 0)))
        found += low
        if wrong.size:
            found[wrong] = _bisect(values, x[wrong], np.full(wrong.size, low), np.full(wrong.size, high), t)
        below[start : start + x.size] = found
        low = int(high)
    return below


def _bisect(values: Floats, x: Floats, low: Integers, high: Integers, t: float) -> Integers:
    """Return the first index from low, at most high, where not fl(x − values) > t; that holds at high if n > high."""
    low, high = low.copy(), high.copy()
    while (open_ := low < high).any():
        middle = (low + high) // 2
        far = x - values[np.minimum(middle, values.size - 1)] > t
        low, high = np.where(open_ & far, middle + 1, low), np.where(open_ & ~far, middle, high)
    return low
