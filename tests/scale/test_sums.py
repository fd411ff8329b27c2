"""Sums on a grid: independent of order and cut, and as good as the exact sum."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.scale import sums as module
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


@settings(max_examples=50, deadline=None)
@given(
    parts=st.lists(st.lists(finite, max_size=8), min_size=3, max_size=3),
)
def test_addition_is_associative_and_commutative(parts: list[list[float]]) -> None:
    """Three parts, empty ones among them, add up the same in every order."""
    a, b, c = (grid_total(np.array(part, dtype=float), 1e6) for part in parts)
    assert (a + b) + c == a + (b + c) == (c + b) + a


@pytest.mark.parametrize("exponent", [-1074, -1022, -500, -1, 0, 1, 499])
def test_powers_of_two_add_up_exactly(exponent: int) -> None:
    """Sums of one power of two are whole multiples of it, from the smallest denormal on."""
    unit = math.ldexp(1.0, exponent)
    assert float(grid_total(np.full(7, unit), unit)) == 7 * unit
    assert float(grid_total(np.full(7, -unit), unit)) == -7 * unit


@pytest.mark.parametrize("largest", [1.0, 2.0, 3.0, 1e6, 0.7])
def test_the_grid_is_fine_enough_for_its_largest_value(largest: float) -> None:
    """The largest number itself, and its neighbour, are summed without error."""
    for value in (largest, float(np.nextafter(largest, 0))):
        assert float(grid_total(np.array([value]), largest)) == value


def test_runs_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """A column summed in runs of any length has the same total."""
    values = np.random.default_rng(2).normal(size=1_000)
    whole = grid_total(values, 5.0)
    for run in (1, 3, 999, 1_000, 10_000):
        monkeypatch.setattr(module, "LARGEST_RUN", run)
        assert grid_total(values, 5.0) == whole


def test_zeros_of_both_signs_are_nothing() -> None:
    """Zeros add nothing and leave no sign."""
    total = float(grid_total(np.array([-0.0, 0.0, -0.0]), 1.0))
    assert total == 0.0
    assert math.copysign(1.0, total) == 1.0


def test_many_small_numbers_beside_a_large_one_count() -> None:
    """What floating point sums would swallow one by one is kept."""
    values = np.append(1.0, np.full(2**13, 2.0**-64))
    assert sum(values.tolist()) == 1.0
    assert float(grid_total(values, 1.0)) == 1.0 + 2.0**-51


def test_the_given_values_are_left_as_they_are() -> None:
    """Summing writes to no array of the caller's."""
    values = np.array([0.1, 0.2, -0.7])
    before = values.tobytes()
    grid_total(values, 1.0)
    assert values.tobytes() == before
