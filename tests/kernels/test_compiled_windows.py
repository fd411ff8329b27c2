"""The compiled counts and slopes: numpy's to the bit, and the same when the interpreter runs them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from tests.kernels.brute import adversarial_columns, hard_columns, plain

from weighbridge.kernels import compiled_windows, windows
from weighbridge.kernels.fixed_point import fixed_point

THRESHOLDS = st.sampled_from([0.0, 5e-324, 1e-6, 0.1, 0.3, 1.0, 1e6, 1e150])


@given(adversarial_columns(), THRESHOLDS, THRESHOLDS)
def test_sums_are_numpys(values: list[float], one: float, other: float) -> None:
    """Steps and slopes agree in every bit."""
    column = np.sort(np.array(values) + 0.0)
    q, p = sorted([one, other])
    assert_array_equal(compiled_windows.sum_steps(column, q, p), windows.sum_steps(column, q, p))
    if q < p:
        assert_array_equal(compiled_windows.sum_linear(column, q, p), windows.sum_linear(column, q, p))


@pytest.mark.parametrize("kind", ["normal", "one decimal", "heavy tail", "constant"])
@pytest.mark.parametrize("n", [1, 2, 5, 64])
def test_the_interpreter_finds_the_same(kind: str, n: int) -> None:
    """Each kernel's source is run as it stands, at sizes where four values at a time do and do not fit."""
    column, q, p = np.sort(hard_columns(64)[kind][:n]), 0.3, 1.0
    unit = fixed_point(p - q, n)
    assert_array_equal(plain(compiled_windows.count_one)(column, p), windows.sum_steps(column, p, p))
    assert_array_equal(plain(compiled_windows.count_two)(column, q, p), windows.sum_steps(column, q, p))
    sums = plain(compiled_windows.prefix_sums)(column, unit.first, unit.second)
    assert_array_equal(sums.T, windows._prefix_sums(column, unit))
    found = plain(compiled_windows.slopes)(column, q, p, sums, unit.first, unit.second, unit.width)
    assert_array_equal(found, windows.sum_linear(column, q, p))


@pytest.mark.parametrize("n", [1, 3, 4, 9])
def test_pointers_stop_at_the_first_that_is_near_or_far(n: int) -> None:
    """From any start, four at a time or one by one at the end."""
    values = np.arange(float(n))
    for x in values:
        for start in range(n):
            near = next((k for k in range(start, n) if not x - values[k] > 1.5), n)
            far = next((k for k in range(start, n) if values[k] - x > 1.5), n)
            assert plain(compiled_windows.first_near)(values, x, start, 1.5) == near
            assert plain(compiled_windows.first_far)(values, x, start, 1.5) == far
