"""The passes of `weighbridge.kernels.fused` over a block of rows, compiled: the same roundings in the same order."""

from __future__ import annotations

import numpy as np

from weighbridge.core.arrays import Booleans, Floats
from weighbridge.kernels.engine import compiled

__all__ = ["add_columns", "add_squares"]

_ROWS = 1024
"""Rows whose running sums stay in the first cache while the columns go by."""


@compiled
def add_squares(block: Floats, steps: Floats, inverse: Booleans, plus: Floats, minus: Floats) -> None:
    """Add to `plus` and `minus`, shape (r,), the squared differences of the mapped rows to two points.

    `steps`, shape (5, m), holds shift, scale, factor and the two points; `block` has shape (r, m).
    """
    for start in range(0, block.shape[0], _ROWS):
        stop = min(start + _ROWS, block.shape[0])
        # Slices, so that the inner loops count from 0: only then are they compiled to vector instructions.
        near, away = plus[start:stop], minus[start:stop]
        for j in range(block.shape[1]):
            column = block[start:stop, j]
            shift, scale, factor, first, second = steps[:, j]
            if inverse[j]:
                for i in range(column.size):
                    mapped = 1.0 / column[i] / scale * factor
                    near[i] += (mapped - first) * (mapped - first)
                    away[i] += (mapped - second) * (mapped - second)
            else:
                for i in range(column.size):
                    mapped = (column[i] - shift) / scale * factor
                    near[i] += (mapped - first) * (mapped - first)
                    away[i] += (mapped - second) * (mapped - second)


@compiled
def add_columns(block: Floats, steps: Floats, inverse: Booleans, total: Floats, absolute: bool) -> None:
    """Add to `total`, shape (r,), the mapped columns, or their sizes.

    `steps`, shape (4, m), holds shift, scale, factor and offset; `block` has shape (r, m).
    """
    for start in range(0, block.shape[0], _ROWS):
        stop = min(start + _ROWS, block.shape[0])
        sums = total[start:stop]
        for j in range(block.shape[1]):
            column = block[start:stop, j]
            shift, scale, factor, offset = steps[:, j]
            for i in range(column.size):
                first = 1.0 / column[i] if inverse[j] else column[i] - shift
                mapped = first / scale * factor + offset
                sums[i] += np.abs(mapped) if absolute else mapped
