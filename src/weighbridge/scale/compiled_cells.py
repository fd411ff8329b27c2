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
def _below(x: float, table: Floats, place: float, first: Places) -> int:
    """Return the last knot ≤ x, by its bucket, a few steps and then by halving."""
    last = len(table) - 1
    i: int = first[int(min(max(place, 0.0), first.size - 1.0))]
    for _ in range(_STEPS):
        if i >= last or x < table[i + 1, 0]:
            return i
        i += 1
    high = last
    while i < high:
        middle = (i + high + 1) // 2
        if x >= table[middle, 0]:
            i = middle
        else:
            high = middle - 1
    return i


@compiled
def read(column: Floats, table: Floats, at: Floats, low: float, scale: float, first: Places) -> Floats:
    """Return what a table says at each value: see `weighbridge.scale.cells.Knots.read`.

    `table` has shape (K, 4): knot, width, start and rise stand together, in one line of the cache.
    """
    result = np.empty(column.size)
    for r in range(column.size):
        x = column[r]
        i = _below(x, table, (x - low) * scale, first)
        if x == table[i, 0]:
            result[r] = at[i]
        else:
            place = min(max((x - table[i, 0]) / table[i, 1], 0.0), 1.0)
            result[r] = place * table[i, 3] + table[i, 2]
    return result
