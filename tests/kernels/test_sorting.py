"""Sorting with the row carried along: against numpy, on columns whose values agree in their leading bits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from tests.kernels.brute import adversarial_columns, hard_columns

from weighbridge.kernels import sorting
from weighbridge.kernels.sorting import sort_rows

ENGINES = [pytest.param(False, id="numpy"), pytest.param(True, id="numba")]


def check(column: np.ndarray, fast: bool) -> None:
    """Assert that the values are sorted, and that each one's row is its own."""
    rows, values = sort_rows(column, fast=fast)
    assert_array_equal(values, np.sort(column))
    assert_array_equal(column[rows], values)
    assert_array_equal(np.sort(rows), np.arange(column.size))


@pytest.mark.parametrize("fast", ENGINES)
@settings(max_examples=100)
@given(adversarial_columns())
def test_any_column_is_sorted_with_its_rows(fast: bool, values: list[float]) -> None:
    """Denormals, infinite-like tails, offsets and ties."""
    check(np.array(values) + 0.0, fast)


@pytest.mark.parametrize("fast", ENGINES)
@settings(max_examples=60)
@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=40))
def test_any_doubles_are_sorted_with_their_rows(fast: bool, values: list[float]) -> None:
    """Every double but NaN has its place, infinities at the ends."""
    check(np.array(values) + 0.0, fast)


@pytest.mark.parametrize("fast", ENGINES)
@pytest.mark.parametrize("kind", hard_columns(2))
def test_the_reference_columns_are_sorted_in_blocks(kind: str, fast: bool) -> None:
    """More rows than a block."""
    check(hard_columns(sorting.BLOCK + 100)[kind], fast)


@pytest.mark.parametrize("fast", ENGINES)
def test_runs_that_agree_in_their_leading_bits_are_put_in_order(fast: bool) -> None:
    """Neighbouring doubles beside values of every size: the packed keys cannot tell the neighbours apart."""
    rng = np.random.default_rng(0)
    close = [1.0 + 2.0**-52 * rng.permutation(3_000), -5.0 - 2.0**-50 * rng.permutation(2_000)]
    column = np.concatenate([*close, rng.normal(size=500) * 1e300, rng.normal(size=500) * 1e-300])
    check(rng.permutation(column), fast)
    check(rng.permutation(np.concatenate([close[0], np.full(300, 1.0), [-1e308, 1e308]])), fast)


def test_both_engines_order_ties_alike() -> None:
    """By row number, as they were packed."""
    column = np.random.default_rng(1).integers(0, 4, 300).astype(float)
    assert_array_equal(sort_rows(column)[0], sort_rows(column, fast=True)[0])
    assert_array_equal(sort_rows(column)[0], np.argsort(column, kind="stable"))
