"""The loops of `weighbridge.scale.cells` over whole columns, compiled; the same numbers."""

from __future__ import annotations

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.kernels.engine import compiled

__all__ = ["count", "find"]


@compiled
def _below(x: float, values: Floats, low: float, scale: float, first: Integers) -> int:
    """Return the last knot ≤ x, by its bucket, a few steps and then by halving."""
    last = values.size - 1
    place = (x - low) * scale
    i: int = first[int(min(max(place, 0.0), first.size - 1.0))]
    for _ in range(8):
        if i >= last or x < values[i + 1]:
            return i
        i += 1
    high = last
    while i < high:
        middle = (i + high + 1) // 2
        if x >= values[middle]:
            i = middle
        else:
            high = middle - 1
    return i


@compiled
def find(column: Floats, values: Floats, low: float, scale: float, first: Integers) -> Integers:
    """Return the last knot ≤ each value."""
    found = np.empty(column.size, np.int64)
    for r in range(column.size):
        found[r] = _below(column[r], values, low, scale, first)
    return found


@compiled
def count(
    column: Floats, values: Floats, widths: Floats, low: float, scale: float, first: Integers
) -> tuple[Integers, Integers, Integers]:
    """Count values on knots and between them, and add up their places."""
    at = np.zeros(values.size, np.int64)
    within = np.zeros(values.size, np.int64)
    places = np.zeros(values.size, np.int64)
    for r in range(column.size):
        x = column[r]
        i = _below(x, values, low, scale, first)
        if x == values[i]:
            at[i] += 1
        else:
            within[i] += 1
            place = min(max((x - values[i]) / widths[i], 0.0), 1.0)
            places[i] += np.int64(np.rint(place * 1073741824.0))
    return at, within, places
