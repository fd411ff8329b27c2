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

LANES: Final = 64
"""Values worked on side by side."""

RUN: Final = 512
"""Values added up before the sum is carried over with its rounding error."""

ROOTS: Final[Floats] = np.multiply.accumulate(SCALES)
"""1/√k!"""

BELL: Final = (
    -1.0 / 2,
    1.0 / 8,
    -1.0 / 48,
    1.0 / 384,
    -1.0 / 3840,
    1.0 / 46_080,
    -1.0 / 645_120,
)
"""exp(−v²/2) = 1 + Σ_k BELL[k − 1] v^2k; what is left out is below 10⁻¹⁶ for |v| ≤ ¼."""


def sum_gaussian(values: Floats, s: float) -> tuple[Floats, Floats]:
    """Do what `boxes.sum_gaussian` does."""
    first, second, width = box_scale(s)
    upwards = transfers(width)
    turn = (-1.0) ** np.add.outer(np.arange(TERMS), np.arange(TERMS))
    # Sources first, so that the innermost loop runs over the target's terms.
    upwards, downwards = upwards.transpose(0, 2, 1).copy(), (upwards * turn).transpose(0, 2, 1).copy()
    return sweep(values, first, second, width, upwards, downwards)


@compiled
def place(values: Floats, start: int, count: int, scale: tuple[float, float, float], v: Floats, bell: Floats) -> None:
    """Set v and exp(−v²/2) of up to `LANES` values of one box; behind the last both are 0."""
    first, second, width = scale
    middle = math.floor(values[start] * first * second)
    for lane in range(count):
        v[lane] = ((values[start + lane] * first * second - middle) - 0.5) * width
    for lane in range(count, LANES):
        v[lane] = 0.0
    for lane in range(LANES):
        w = v[lane] * v[lane]
        series = BELL[5] + w * BELL[6]
        series = BELL[4] + w * series
        series = BELL[3] + w * series
        series = BELL[2] + w * series
        series = BELL[1] + w * series
        series = BELL[0] + w * series
        bell[lane] = 1.0 + w * series
    for lane in range(count, LANES):
        bell[lane] = 0.0


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
def add_box(values: Floats, start: int, stop: int, scale: tuple[float, float, float], result: Floats) -> None:
    """Set Σ ψ_k over the values of a box."""
    total, error, part = np.zeros(TERMS), np.zeros(TERMS), np.zeros(TERMS)
    sums, v, psi = np.zeros((TERMS, LANES)), np.empty(LANES), np.empty(LANES)
    for head in range(start, stop, RUN):
        end = min(head + RUN, stop)
        for i in range(head, end, LANES):
            place(values, i, min(LANES, end - i), scale, v, psi)
            for lane in range(LANES):
                sums[0, lane] += psi[lane]
            for k in range(1, TERMS):
                for lane in range(LANES):
                    psi[lane] *= v[lane]
                    sums[k, lane] += psi[lane]
        for k in range(TERMS):
            for lane in range(LANES):
                part[k] += sums[k, lane]
                sums[k, lane] = 0.0
        carry(total, error, part)
    for k in range(TERMS):
        result[k] = (total[k] + error[k]) * ROOTS[k]


@compiled
def act(matrix: Floats, source: Floats, result: Floats) -> None:
    """Add to a box's coefficients what another box does to it."""
    for a in range(TERMS):
        one = source[a]
        for b in range(TERMS):
            result[b] += matrix[a, b] * one


@compiled
def polynomials(v: Floats, lower: Floats, upper: Floats, low: Floats, high: Floats) -> None:
    """Set Σ_k lower_k v^k and Σ_k upper_k v^k."""
    for lane in range(LANES):
        low[lane], high[lane] = lower[TERMS - 1], upper[TERMS - 1]
    for k in range(TERMS - 2, -1, -1):
        down, up = lower[k], upper[k]
        for lane in range(LANES):
            low[lane] = low[lane] * v[lane] + down
            high[lane] = high[lane] * v[lane] + up


@compiled
def powers(v: Floats, bell: Floats, sums: Floats, series: Floats) -> None:
    """Add exp(−v²/2) v^k to the sums lane by lane, and set the first terms over k!."""
    psi = bell.copy()
    for k in range(TERMS):
        for lane in range(LANES):
            sums[k, lane] += psi[lane]
        if k < OWN_TERMS:
            root = ROOTS[k] * ROOTS[k]
            for lane in range(LANES):
                series[k, lane] = psi[lane] * root
        for lane in range(LANES):
            psi[lane] *= v[lane]


@compiled
def own_sums(count: int, v: Floats, bell: Floats, series: Floats, running: Floats, own: Floats) -> None:
    """Set Σ exp over the values before each one since the sums began to run, and let them run on.

    The nine sums are held in registers, one name each.
    """
    a, b, c, d, e = running[0], running[1], running[2], running[3], running[4]
    f, g, h, i = running[5], running[6], running[7], running[8]
    for lane in range(count):
        x = v[lane]
        own[lane] = bell[lane] * (a + x * (b + x * (c + x * (d + x * (e + x * (f + x * (g + x * (h + x * i))))))))
        a += series[0, lane]
        b += series[1, lane]
        c += series[2, lane]
        d += series[3, lane]
        e += series[4, lane]
        f += series[5, lane]
        g += series[6, lane]
        h += series[7, lane]
        i += series[8, lane]
    running[0], running[1], running[2], running[3], running[4] = a, b, c, d, e
    running[5], running[6], running[7], running[8] = f, g, h, i


@compiled
def value_box(
    values: Floats,
    start: int,
    stop: int,
    scale: tuple[float, float, float],
    below: Floats,
    above: Floats,
    positive: Floats,
    negative: Floats,
) -> None:
    """Set the result of the values of a box, given what acts on it from below and, with its own, from above."""
    total, error, part = np.zeros(TERMS), np.zeros(TERMS), np.zeros(TERMS)
    lower, upper = np.empty(TERMS), np.empty(TERMS)
    sums, running = np.zeros((TERMS, LANES)), np.zeros(OWN_TERMS)
    v, bell, low, high, own = np.empty(LANES), np.empty(LANES), np.empty(LANES), np.empty(LANES), np.empty(LANES)
    series = np.empty((OWN_TERMS, LANES))
    for i in range(start, stop, LANES):
        if (i - start) % RUN == 0:
            for k in range(TERMS):
                for lane in range(LANES):
                    part[k] += sums[k, lane]
                    sums[k, lane] = 0.0
            carry(total, error, part)
            running[:] = 0.0
            for k in range(TERMS):
                done = (total[k] + error[k]) * ROOTS[k]
                lower[k] = (below[k] + done) * ROOTS[k]
                upper[k] = (above[k] - done) * ROOTS[k]
        count = min(LANES, stop - i)
        place(values, i, count, scale, v, bell)
        polynomials(v, lower, upper, low, high)
        powers(v, bell, sums, series)
        own_sums(count, v, bell, series, running, own)
        for lane in range(count):
            positive[i + lane] = low[lane] * bell[lane] + own[lane]
            negative[i + lane] = high[lane] * bell[lane] - own[lane]


@compiled
def sweep(
    values: Floats, first: float, second: float, width: float, upwards: Floats, downwards: Floats
) -> tuple[Floats, Floats]:
    """Return the sums of the preferences below and above each value."""
    n, reach, scale = values.size, len(upwards), (first, second, width)
    positive, negative = np.zeros(n), np.zeros(n)
    ids, starts, sums = np.empty(RING), np.empty(RING + 1, np.int64), np.empty((RING, TERMS))
    below, above = np.empty(TERMS), np.empty(TERMS)
    start, stop = close_values(values, first, second)
    head, tail, box, i = 0, 0, 0, start
    while True:
        # Boxes up to the last within reach of this one.
        while i < stop and (box == head or math.floor(values[i] * first * second) - ids[box % RING] <= reach):
            slot = head % RING
            ids[slot] = math.floor(values[i] * first * second)
            starts[slot] = i
            i = box_end(values, i, stop, first, second)
            add_box(values, starts[slot], i, scale, sums[slot])
            head += 1
            starts[head % RING] = i
        if box == head:
            break
        here = box % RING
        while ids[here] - ids[tail % RING] > reach:
            tail += 1
        below[:] = 0.0
        above[:] = sums[here]
        for other in range(tail, box):
            act(upwards[int(ids[here] - ids[other % RING]) - 1], sums[other % RING], below)
        for other in range(box + 1, head):
            act(downwards[int(ids[other % RING] - ids[here]) - 1], sums[other % RING], above)
        box += 1
        value_box(values, starts[here], starts[box % RING], scale, below, above, positive, negative)
    settle(values, positive, negative)
    return positive, negative


@compiled
def box_end(values: Floats, i: int, stop: int, first: float, second: float) -> int:
    """Return where the box ends that begins at i."""
    box = math.floor(values[i] * first * second)
    while i < stop and math.floor(values[i] * first * second) == box:
        i += 1
    return i


@compiled
def close_values(values: Floats, first: float, second: float) -> tuple[int, int]:
    """Return the range of values that are not so large that they are equal or out of each other's reach."""
    start, stop = 0, values.size
    while start < stop and values[start] * first * second < -BOXES_APART:
        start += 1
    while stop > start and values[stop - 1] * first * second > BOXES_APART:
        stop -= 1
    return start, stop


@compiled
def settle(values: Floats, positive: Floats, negative: Floats) -> None:
    """Turn sums of exp(−d²/2s²), over those before and over the others with itself, into sums of preferences.

    Equal values share the sums of the first among them. Where there is no other value the sums leave
    rounding; the counts bound them.
    """
    n = values.size
    i = 0
    while i < n:
        end = i + 1
        while end < n and values[end] == values[i]:
            end += 1
        plus = min(max(i - positive[i], 0.0), float(i))
        minus = min(max((n - end) - (negative[i] - (end - i)), 0.0), float(n - end))
        for j in range(i, end):
            positive[j] = plus
            negative[j] = minus
        i = end
