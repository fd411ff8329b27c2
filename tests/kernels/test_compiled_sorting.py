"""The compiled passes of sorting, run by the interpreter as well."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal
from tests.kernels.brute import hard_columns, plain

from weighbridge.kernels import compiled_sorting, sorting


def test_packing_is_numpys() -> None:
    """Bit for bit, by the compiler and by the interpreter."""
    column = hard_columns(60)["normal"]
    low, high = sorting._key_range(column)
    shift = max(0, (high - low).bit_length() - 58)
    expected = sorting._pack(column, low, shift, 6)
    assert_array_equal(compiled_sorting.pack(column, low, shift, 6), expected)
    near = 1.0 + np.arange(60) * 2.0**-52
    low, _ = sorting._key_range(near)
    assert_array_equal(plain(compiled_sorting.pack)(near, low, 0, 6), sorting._pack(near, low, 0, 6))


def test_gathering_takes_rows_and_values_from_the_packed_keys() -> None:
    """The low bits are the row, whatever stands above them."""
    column = np.array([5.0, 7.0, 9.0])
    packed = np.array([2, 4 + 1, 8 + 0], dtype=np.uint64)
    for kernel in (compiled_sorting.gather, plain(compiled_sorting.gather)):
        rows, values = kernel(column, packed, 2)
        assert rows.tolist() == [2, 1, 0]
        assert values.tolist() == [9.0, 7.0, 5.0]


def test_differences_are_put_back_in_row_order() -> None:
    """(positive − negative) / pairs at each one's row."""
    rows, positive, negative = np.array([2, 0, 1]), np.array([1.0, 2.0, 3.0]), np.array([3.0, 1.0, 1.0])
    for kernel in (compiled_sorting.put_difference, plain(compiled_sorting.put_difference)):
        result = np.zeros(3)
        kernel(rows, positive, negative, 2, result)
        assert result.tolist() == [0.5, 1.0, -1.0]
