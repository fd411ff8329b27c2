"""The sums of `weighbridge.kernels.windows`, compiled: pointers that only move on."""

from __future__ import annotations

import math

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.kernels.engine import compiled
from weighbridge.kernels.fixed_point import DIRECT, PERIOD, REST, fixed_point

__all__ = ["sum_linear", "sum_steps"]


def sum_steps(values: Floats, q: float, p: float) -> tuple[Floats, Floats]:
    """Do what `windows.sum_steps` does, with the same result."""
    return count_one(values, p) if p == q else count_two(values, q, p)


def sum_linear(values: Floats, q: float, p: float) -> tuple[Floats, Floats]:
    """Do what `windows.sum_linear` does."""
    unit = fixed_point(p - q, values.size)
    sums = prefix_sums(values, unit.first, unit.second)
    return slopes(values, q, p, sums, unit.first, unit.second, unit.width)


@compiled
def first_near(values: Floats, x: float, k: int, t: float) -> int:
    """Return the first index from k whose value is not more than t below x.

    Four values at a time are compared without a branch, which costs less than branches no processor
    can foresee.
    """
    last = values.size - 4
    while k <= last:
        step = (
            int(x - values[k] > t)
            + int(x - values[k + 1] > t)
            + int(x - values[k + 2] > t)
            + int(x - values[k + 3] > t)
        )
        k += step
        if step < 4:
            return k
    while k < values.size and x - values[k] > t:
        k += 1
    return k


@compiled
def first_far(values: Floats, x: float, k: int, t: float) -> int:
    """Return the first index from k whose value is more than t above x."""
    last = values.size - 4
    while k <= last:
        step = (
            int(values[k] - x <= t)
            + int(values[k + 1] - x <= t)
            + int(values[k + 2] - x <= t)
            + int(values[k + 3] - x <= t)
        )
        k += step
        if step < 4:
            return k
    while k < values.size and values[k] - x <= t:
        k += 1
    return k


@compiled
def count_one(values: Floats, t: float) -> tuple[Floats, Floats]:
    """Return how many values are more than t below and above each."""
    n = values.size
    positive, negative = np.empty(n), np.empty(n)
    near, far = 0, 0
    for i in range(n):
        near = first_near(values, values[i], near, t)
        far = first_far(values, values[i], far, t)
        positive[i] = near
        negative[i] = n - far
    return positive, negative


@compiled
def count_two(values: Floats, q: float, p: float) -> tuple[Floats, Floats]:
    """Return half of how many values are more than q, and half of how many more than p, below and above each."""
    n = values.size
    positive, negative = np.empty(n), np.empty(n)
    near, nearer, far, farther = 0, 0, 0, 0
    for i in range(n):
        near = first_near(values, values[i], near, p)
        nearer = first_near(values, values[i], nearer, q)
        far = first_far(values, values[i], far, q)
        farther = first_far(values, values[i], farther, p)
        positive[i] = 0.5 * (near + nearer)
        negative[i] = 0.5 * (2 * n - far - farther)
    return positive, negative


@compiled
def units(value: float, first: float, second: float) -> tuple[np.int64, np.int64]:
    """Return the whole units of one value, modulo 2^64, and the rest; see `fixed_point.split`."""
    scaled = value * first * second
    if abs(scaled) >= DIRECT:
        scaled = scaled - PERIOD * np.rint(scaled / PERIOD) if math.isfinite(scaled) else 0.0
        if scaled == PERIOD / 2:
            scaled = -scaled
    whole = np.int64(scaled)
    return whole, np.int64((scaled - whole) * REST)


@compiled
def prefix_sums(values: Floats, first: float, second: float) -> Integers:
    """Return the sums of the first 0, 1, … n values, whole units beside the rest."""
    sums = np.empty((values.size + 1, 2), np.int64)
    total, tail = np.int64(0), np.int64(0)
    for i in range(values.size):
        sums[i, 0], sums[i, 1] = total, tail
        one, part = units(values[i], first, second)
        total += one
        tail += part
    sums[values.size, 0], sums[values.size, 1] = total, tail
    return sums


@compiled
def slopes(
    values: Floats, q: float, p: float, sums: Integers, first: float, second: float, width: float
) -> tuple[Floats, Floats]:
    """Return the counts beyond p and the sloping parts between q and p, below and above each value."""
    n = values.size
    positive, negative = np.empty(n), np.empty(n)
    shift, trifle = units(q, first, second)
    near, nearer, far, farther = 0, 0, 0, 0
    for i in range(n):
        near = first_near(values, values[i], near, p)
        nearer = first_near(values, values[i], nearer, q)
        far = first_far(values, values[i], far, q)
        farther = first_far(values, values[i], farther, p)
        one, part = sums[i + 1, 0] - sums[i, 0], sums[i + 1, 1] - sums[i, 1]
        total = (nearer - near) * (one - shift) - (sums[nearer, 0] - sums[near, 0])
        tail = (nearer - near) * (part - trifle) - (sums[nearer, 1] - sums[near, 1])
        positive[i] = near + (total + tail / REST) / width
        total = (sums[farther, 0] - sums[far, 0]) - (farther - far) * (one + shift)
        tail = (sums[farther, 1] - sums[far, 1]) - (farther - far) * (part + trifle)
        negative[i] = (n - farther) + (total + tail / REST) / width
    return positive, negative
