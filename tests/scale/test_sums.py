"""Sums on a grid: independent of order and cut, and as good as the exact sum."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.scale.sums import GridTotal, grid_total

finite = st.floats(-1e6, 1e6, allow_nan=False)


@settings(max_examples=100, deadline=None)
@given(values=st.lists(finite, min_size=1, max_size=50), seed=st.integers(0, 99), cut=st.integers(0, 50))
def test_order_and_cut_do_not_matter(values: list[float], seed: int, cut: int) -> None:
    """Any order and any two parts give the same whole number."""
    array = np.array(values)
    whole = grid_total(array, 1e6)
    mixed = np.random.default_rng(seed).permutation(array)
    assert grid_total(mixed[:cut], 1e6) + grid_total(mixed[cut:], 1e6) == whole


@settings(max_examples=100, deadline=None)
@given(values=st.lists(finite, min_size=1, max_size=50))
def test_is_the_exact_sum_up_to_the_grid(values: list[float]) -> None:
    """The sum differs from the correctly rounded one by at most a grid step a value and one rounding."""
    exact = math.fsum(values)
    found = float(grid_total(np.array(values), 1e6))
    assert abs(found - exact) <= len(values) * 2.0**-73 * 2**20 + math.ulp(exact)


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e150])
def test_any_magnitude(scale: float) -> None:
    """Tiny and huge numbers are added as well as those of size 1."""
    values = np.random.default_rng(0).uniform(0, 1, 10_000) * scale
    assert float(grid_total(values, scale)) == pytest.approx(math.fsum(values), rel=1e-15)


def test_cancellation_leaves_nothing_behind() -> None:
    """Numbers that cancel leave the small one between them."""
    assert float(grid_total(np.array([1e6, 2.0**-40, -1e6]), 1e6)) == 2.0**-40
    assert float(grid_total(np.zeros(5), 0.0)) == 0.0
    assert float(grid_total(np.zeros(0), 3.0)) == 0.0


def test_large_grids_are_read_back() -> None:
    """A grid step above 1 reads back as the whole number it counts."""
    assert float(GridTotal(3, 80)) == 3 * 2.0**8
