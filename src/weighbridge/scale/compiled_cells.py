"""The lookups of `weighbridge.scale.cells` over whole columns, compiled; the same numbers."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from weighbridge.core.arrays import Floats
from weighbridge.kernels.engine import compiled

__all__ = ["read"]

Places: TypeAlias = npt.NDArray[np.int32]

_STEPS = 4


@compiled
def _below(x: float, values: Floats, place: float, first: Places) -> int:
    """Return the last knot ≤ x, by its bucket, a few steps and then by halving."""
    last = values.size - 1
    i: int = first[int(min(max(place, 0.0), first.size - 1.0))]
    for _ in range(_STEPS):
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
def read(
    column: Floats,
    values: Floats,
    widths: Floats,
    buckets: tuple[float, float],
    first: Places,
    table: tuple[Floats, Floats, Floats],
) -> Floats:
    """Return what a table says at each value: see `weighbridge.scale.cells.Knots.read`."""
    low, scale = buckets
    at, start, rise = table
    result = np.empty(column.size)
    for r in range(column.size):
        x = column[r]
        i = _below(x, values, (x - low) * scale, first)
        if x == values[i]:
            result[r] = at[i]
        else:
            place = min(max((x - values[i]) / widths[i], 0.0), 1.0)
            result[r] = place * rise[i] + start[i]
    return result
