"""A column in ascending order, with the row each value came from.

Sorting values alone is much faster than sorting row numbers by them, so the order of the values and
the row number are packed into one 64-bit integer and sorted together. The bits that the row number
takes away from the value are missed only where two values agree in all the others; such runs are put
in order afterwards.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from weighbridge.core.arrays import Floats, Integers

__all__ = ["BLOCK", "sort_rows"]

Packed: TypeAlias = npt.NDArray[np.uint64]

BLOCK: Final = 16_384
"""Rows worked on at a time: the temporaries of one block stay in a core's cache."""

_MAGNITUDE: Final = np.int64(2**63 - 1)


def sort_rows(column: Floats, *, fast: bool = False) -> tuple[Integers, Floats]:
    """Return the row numbers in ascending order of a column, and the sorted values.

    Parameters
    ----------
    column
        Shape (n,), contiguous, n ≥ 1; neither NaN nor −0.0, which have no place in the order of
        numbers.
    fast
        Whether numba packs and gathers; the result is the same.

    Returns
    -------
    rows, values
        Shape (n,) each: ``values == column[rows]``, ascending. Equal values come in an order that
        depends on nothing but the column.
    """
    bits = max(1, (column.size - 1).bit_length())
    low, high = _key_range(column)
    shift = max(0, (high - low).bit_length() - (64 - bits))
    if fast:
        from weighbridge.kernels.compiled_sorting import gather, pack

        packed = pack(column, low, shift, bits)
        packed.sort()
        rows, values = gather(column, packed, bits)
    else:
        packed = _pack(column, low, shift, bits)
        packed.sort()
        rows = (packed & np.uint64((1 << bits) - 1)).view(np.int64)
        values = column.take(rows, mode="clip")
    if shift:
        _repair(packed, bits, rows, values)
    return rows, values


def _key_range(column: Floats) -> tuple[int, int]:
    """Return the keys of the smallest and the largest value."""
    low, high = _keys(np.array([column.min(), column.max()]))
    return int(low), int(high)


def _keys(values: Floats) -> Integers:
    """Return integers in the order of the values: the bits, with those below the sign of negatives turned over."""
    bits = values.view(np.int64)
    keys: Integers = bits ^ ((bits >> 63) & _MAGNITUDE)
    return keys


def _pack(column: Floats, low: int, shift: int, bits: int) -> Packed:
    """Return the leading bits of (key − low) above the row number."""
    packed = np.empty(column.size, dtype=np.uint64)
    base = np.uint64(low % 2**64)
    for start in range(0, column.size, BLOCK):
        part = packed[start : start + BLOCK]
        np.subtract(_keys(column[start : start + BLOCK]).view(np.uint64), base, out=part)
        part >>= np.uint64(shift)
        part <<= np.uint64(bits)
        part |= np.arange(start, start + part.size, dtype=np.uint64)
    return packed


def _repair(packed: Packed, bits: int, rows: Integers, values: Floats) -> None:
    """Put runs of values that agree in their leading bits into order, in place."""
    descents = np.flatnonzero(values[1:] < values[:-1])
    if not descents.size:
        return
    heads = np.unique(packed[descents] >> np.uint64(bits))
    starts = np.searchsorted(packed, heads << np.uint64(bits))
    # The last row number of the run, so that the largest head cannot overflow.
    ends = np.searchsorted(packed, (heads << np.uint64(bits)) | np.uint64((1 << bits) - 1), side="right")
    lengths = ends - starts
    runs = np.repeat(np.arange(heads.size), lengths)
    places = np.arange(lengths.sum()) + np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    order = places[np.lexsort((values[places], runs))]
    rows[places], values[places] = rows[order], values[order]
