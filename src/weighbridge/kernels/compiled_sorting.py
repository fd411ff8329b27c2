"""The passes of `weighbridge.kernels.sorting` over whole columns, compiled."""

from __future__ import annotations

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.kernels.engine import compiled
from weighbridge.kernels.sorting import Packed

__all__ = ["gather", "pack", "put_difference"]


@compiled
def pack(column: Floats, low: int, shift: int, bits: int) -> Packed:
    """Return the leading bits of (key − low) above the row number; see `sorting`."""
    keys = column.view(np.int64)
    packed = np.empty(keys.size, np.uint64)
    for i in range(keys.size):
        key = keys[i] ^ ((keys[i] >> 63) & 0x7FFFFFFFFFFFFFFF)
        packed[i] = ((np.uint64(key) - np.uint64(low)) >> np.uint64(shift)) << np.uint64(bits) | np.uint64(i)
    return packed


@compiled
def gather(column: Floats, packed: Packed, bits: int) -> tuple[Integers, Floats]:
    """Return the row numbers in the order of the packed keys, and the values there."""
    mask = (np.uint64(1) << np.uint64(bits)) - np.uint64(1)
    rows = np.empty(packed.size, np.int64)
    values = np.empty(packed.size, np.float64)
    for i in range(packed.size):
        row = packed[i] & mask
        rows[i] = row
        values[i] = column[row]
    return rows, values


@compiled
def put_difference(rows: Integers, positive: Floats, negative: Floats, pairs: int, result: Floats) -> None:
    """Set ``result[rows] = (positive − negative) / pairs``."""
    for i in range(rows.size):
        result[np.uint64(rows[i])] = (positive[i] - negative[i]) / pairs
