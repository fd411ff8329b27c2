"""The sums of `weighbridge.kernels.boxes`, compiled: one sweep over the values with the boxes within reach."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.kernels.engine import compiled
from weighbridge.kernels.series import BOXES_APART, OWN_TERMS, SCALES, TERMS, box_scale, transfers

__all__ = ["sum_gaussian"]

RING: Final = 128
"""Boxes kept at a time: those within reach on either side are 71 at most."""

RUN: Final = 512
"""Values added up before the sum is carried over with its rounding error."""

FACTORIALS: Final[Floats] = np.multiply.accumulate(SCALES)
"""1/√k!"""


def sum_gaussian(values: Floats, s: float) -> tuple[Floats, Floats]:
    """Do what `boxes.sum_gaussian` does."""
    first, second, width = box_scale(s)
    return sweep(values, first, second, width, transfers(width))


@compiled
def bell(v: float) -> float:
    """Return exp(−v²/2) for |v| ≤ ¼ to the last place, by its series."""
    w = v * v * -0.5
    total = 1.0
    for k in range(9, 0, -1):
        total = 1.0 + total * w / k
    return total


@compiled
def carry(total: Floats, error: Floats, part: Floats) -> None:
    """Add `part` to `total` keeping the rounding error aside (Neumaier), and clear it."""
    for k in range(part.size):
        big, small = total[k], part[k]
        if abs(big) < abs(small):
            big, small = small, big
        added = big + small
        error[k] += (big - added) + small
        total[k] = added
        part[k] = 0.0


@compiled
def add_box(values: Floats, start: int, stop: int, first: float, second: float, width: float, result: Floats) -> None:
    """Set Σ ψ_k over the values of a box."""
    total, error, part = result, np.zeros(TERMS), np.zeros(TERMS)
    total[:] = 0.0
    middle = math.floor(values[start] * first * second)
    for head in range(start, stop, RUN):
        for i in range(head, min(head + RUN, stop)):
            v = ((values[i] * first * second - middle) - 0.5) * width
            psi = bell(v)
            part[0] += psi
            for k in range(1, TERMS):
                psi *= v
                part[k] += psi
        carry(total, error, part)
    for k in range(TERMS):
        total[k] = (total[k] + error[k]) * FACTORIALS[k]


@compiled
def act(matrix: Floats, source: Floats, turned: bool, result: Floats) -> None:
    """Add to a box's coefficients what another box does to it."""
    for b in range(TERMS):
        total = 0.0
        for a in range(TERMS):
            total += matrix[b, a] * source[a]
        result[b] += total


@compiled
def value_box(
    values: Floats,
    start: int,
    stop: int,
    first: float,
    second: float,
    width: float,
    below: Floats,
    above: Floats,
    n: int,
    positive: Floats,
    negative: Floats,
) -> None:
    """Set the result of the values of a box, given what acts on it from below and, with its own, from above."""
    middle = math.floor(values[start] * first * second)
    passed, error, part = np.zeros(TERMS), np.zeros(TERMS), np.zeros(TERMS)
    lower, upper = np.empty(TERMS), np.empty(TERMS)
    psi = np.empty(TERMS)
    i = start
    while i < stop:
        carry(passed, error, part)
        for k in range(TERMS):
            done = (passed[k] + error[k]) * FACTORIALS[k]
            lower[k] = (below[k] + done) * FACTORIALS[k]
            upper[k] = (above[k] - done) * FACTORIALS[k]
        head = i
        while i < stop and i < head + RUN:
            v = ((values[i] * first * second - middle) - 0.5) * width
            end = i + 1
            while end < stop and values[end] == values[i]:
                end += 1
            psi[0] = bell(v)
            for k in range(1, TERMS):
                psi[k] = psi[k - 1] * v
            own, low, high = 0.0, 0.0, 0.0
            for k in range(OWN_TERMS):
                own += psi[k] * part[k] * FACTORIALS[k] * FACTORIALS[k]
            for k in range(TERMS):
                low += psi[k] * lower[k]
                high += psi[k] * upper[k]
            same = end - i
            # Where there is no other value the sums leave rounding; the counts bound them.
            plus = min(max(i - (low + own), 0.0), float(i))
            minus = min(max((n - end) - (high - own - same), 0.0), float(n - end))
            for k in range(TERMS):
                part[k] += same * psi[k]
            for j in range(i, end):
                positive[j] = plus
                negative[j] = minus
            i = end


@compiled
def sweep(values: Floats, first: float, second: float, width: float, matrices: Floats) -> tuple[Floats, Floats]:
    """Return the sums of the preferences below and above each value."""
    n = values.size
    reach = len(matrices)
    positive, negative = np.empty(n), np.empty(n)
    ids, starts, sums = np.empty(RING), np.empty(RING + 1, np.int64), np.empty((RING, TERMS))
    below, above = np.empty(TERMS), np.empty(TERMS)
    turned = matrices.copy()
    for b in range(TERMS):
        for a in range(TERMS):
            if (a + b) % 2:
                turned[:, b, a] *= -1.0
    i = 0
    while i < n and values[i] * first * second < -BOXES_APART:
        i += 1
    last = n
    while last > i and values[last - 1] * first * second > BOXES_APART:
        last -= 1
    isolated(values, 0, i, positive, negative)
    isolated(values, last, n, positive, negative)
    head, tail, box = 0, 0, 0
    while True:
        # Boxes up to the last within reach of this one.
        while i < last and (box == head or math.floor(values[i] * first * second) - ids[box % RING] <= reach):
            slot = head % RING
            ids[slot] = math.floor(values[i] * first * second)
            starts[slot] = i
            while i < last and math.floor(values[i] * first * second) == ids[slot]:
                i += 1
            starts[(head + 1) % RING] = i
            add_box(values, starts[slot], i, first, second, width, sums[slot])
            head += 1
        if box == head:
            break
        here = box % RING
        while ids[here] - ids[tail % RING] > reach:
            tail += 1
        below[:] = 0.0
        above[:] = sums[here]
        for other in range(tail, box):
            act(matrices[int(ids[here] - ids[other % RING]) - 1], sums[other % RING], False, below)
        for other in range(box + 1, head):
            act(turned[int(ids[other % RING] - ids[here]) - 1], sums[other % RING], True, above)
        stop = starts[(box + 1) % RING]
        value_box(values, starts[here], stop, first, second, width, below, above, n, positive, negative)
        box += 1
    return positive, negative


@compiled
def isolated(values: Floats, start: int, stop: int, positive: Floats, negative: Floats) -> None:
    """Set the counts for values so large that they are equal or further apart than the reach."""
    n = values.size
    i = start
    while i < stop:
        end = i + 1
        while end < stop and values[end] == values[i]:
            end += 1
        for j in range(i, end):
            positive[j] = i
            negative[j] = n - end
        i = end
