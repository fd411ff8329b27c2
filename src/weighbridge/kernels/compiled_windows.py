"""The sums of `weighbridge.kernels.windows`, compiled: pointers that only move on."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from weighbridge.core.arrays import Floats, Integers
from weighbridge.kernels.engine import compiled
from weighbridge.kernels.fixed_point import DIRECT, PERIOD, fixed_point

__all__ = ["sum_linear", "sum_steps"]

Places: TypeAlias = npt.NDArray[np.int32]


def sum_steps(values: Floats, q: float, p: float) -> tuple[Floats, Floats]:
    """Do what `windows.sum_steps` does, with the same result."""
    below, above, further, beyond = reaches(values, q, p)
    return step_sums(below, above, further, beyond)


def sum_linear(values: Floats, q: float, p: float) -> tuple[Floats, Floats]:
    """Do what `windows.sum_linear` does."""
    unit = fixed_point(p - q, values.size)
    whole, rest = prefix_sums(values, unit.first, unit.second)
    below, above, further, beyond = reaches(values, q, p)
    return ramp_sums(values, q, below, above, further, beyond, whole, rest, unit.first, unit.second, unit.width)


@compiled
def reaches(values: Floats, q: float, p: float) -> tuple[Places, Places, Places, Places]:
    """Return b and e of `windows.reaches` for two thresholds; those of equal thresholds are the same arrays.

    Steps without a branch cost less than branches that no processor can foresee, and two independent
    chains of them keep a core busy where one alone would wait.
    """
    n = values.size
    below, above = np.empty(n, np.int32), np.empty(n, np.int32)
    if q == p:
        i, k = 0, 0
        while i < n:
            below[i], above[k] = k, i
            far = 1 if values[i] - values[k] > p else 0
            k += far
            i += 1 - far
        above[k:] = n
        return below, above, below, above
    further, beyond = np.empty(n, np.int32), np.empty(n, np.int32)
    # q moves its lower end at least as far as p, so it is through last.
    i, k, j, l = 0, 0, 0, 0  # noqa: E741
    while i < n and j < n:
        below[i], above[k] = k, i
        further[j], beyond[l] = l, j
        far = 1 if values[i] - values[k] > q else 0
        gone = 1 if values[j] - values[l] > p else 0
        k += far
        i += 1 - far
        l += gone  # noqa: E741
        j += 1 - gone
    while i < n:
        below[i], above[k] = k, i
        far = 1 if values[i] - values[k] > q else 0
        k += far
        i += 1 - far
    above[k:] = n
    beyond[l:] = n
    return below, above, further, beyond


@compiled
def step_sums(below: Places, above: Places, further: Places, beyond: Places) -> tuple[Floats, Floats]:
    """Return the halves of the two counts, below and above."""
    n = below.size
    positive, negative = np.empty(n), np.empty(n)
    for i in range(n):
        positive[i] = 0.5 * (np.int64(below[i]) + further[i])
        negative[i] = 0.5 * (2 * n - np.int64(above[i]) - beyond[i])
    return positive, negative


@compiled
def units(value: float, first: float, second: float) -> tuple[np.int64, float]:
    """Return the whole units of one value, modulo 2^64, and the rest; see `fixed_point.split`."""
    scaled = value * first * second
    if abs(scaled) >= DIRECT:
        scaled = scaled - PERIOD * np.rint(scaled / PERIOD) if math.isfinite(scaled) else 0.0
        if scaled == PERIOD / 2:
            scaled = -scaled
    whole = np.rint(scaled)
    return np.int64(whole), scaled - whole


@compiled
def prefix_sums(values: Floats, first: float, second: float) -> tuple[Integers, Floats]:
    """Return the sums of the first 0, 1, … n values, whole units and rest."""
    whole, rest = np.empty(values.size + 1, np.int64), np.empty(values.size + 1)
    total, tail = np.int64(0), 0.0
    for i in range(values.size):
        whole[i], rest[i] = total, tail
        one, part = units(values[i], first, second)
        total += one
        tail += part
    whole[values.size], rest[values.size] = total, tail
    return whole, rest


@compiled
def ramp_sums(
    values: Floats,
    q: float,
    below: Places,
    above: Places,
    further: Places,
    beyond: Places,
    whole: Integers,
    rest: Floats,
    first: float,
    second: float,
    width: float,
) -> tuple[Floats, Floats]:
    """Return the counts beyond p and the sloping parts between q and p, below and above."""
    n = values.size
    positive, negative = np.empty(n), np.empty(n)
    shift, trifle = units(q, first, second)
    for i in range(n):
        one, part = units(values[i], first, second)
        a, b, c, d = further[i], below[i], above[i], beyond[i]
        total = (b - a) * (one - shift) - (whole[b] - whole[a])
        tail = (b - a) * (part - trifle) - (rest[b] - rest[a])
        positive[i] = a + (total + tail) / width
        total = (whole[d] - whole[c]) - (d - c) * (one + shift)
        tail = (rest[d] - rest[c]) - (d - c) * (part + trifle)
        negative[i] = (n - d) + (total + tail) / width
    return positive, negative
