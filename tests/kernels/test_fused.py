"""Fused scores: the plain formula, any way of cutting the work, exact ends, adversarial numbers, memory."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from weighbridge.core.arrays import Floats
from weighbridge.kernels import fused
from weighbridge.kernels.fused import (
    ColumnMaps,
    additive_scores,
    closeness,
    column_means,
    column_totals,
    distances,
    identity_maps,
    largest_additive_size,
)

# --- the previous straightforward formulas, kept as the oracle ------------------------------------


def plain_map(values: Floats, maps: ColumnMaps) -> Floats:
    """Map the whole table at once."""
    with np.errstate(divide="ignore"):
        start = np.where(maps.inverse, 1.0 / np.where(maps.inverse, values, 1.0), values - maps.shift)
    return start / maps.scale * maps.factor + maps.offset


def plain_topsis(weighted: Floats, ideal: Floats, anti_ideal: Floats) -> Floats:
    """Return the closeness by temporaries of the table's size."""
    largest = max(float(np.abs(weighted - point).max(initial=0.0)) for point in (ideal, anti_ideal))
    unit = 2.0 ** math.frexp(largest)[1] if largest > 0 else 1.0
    d_plus = np.sqrt((((weighted - ideal) / unit) ** 2).sum(axis=1))
    d_minus = np.sqrt((((weighted - anti_ideal) / unit) ** 2).sum(axis=1))
    total = d_plus + d_minus
    return np.where(total == 0, 0.5, d_minus / np.where(total == 0, 1.0, total))


def sample_maps(seed: int, m: int) -> ColumnMaps:
    """Return maps with every kind of step, over positive values."""
    rng = np.random.default_rng(seed)
    inverse = np.arange(m) % 4 == 3
    return ColumnMaps(
        shift=np.where(np.arange(m) % 3 == 0, 0.0, rng.uniform(0, 2, m)),
        scale=np.where(np.arange(m) % 3 == 1, 1.0, rng.uniform(0.5, 4, m) * rng.choice([-1, 1], m)),
        factor=rng.dirichlet(np.ones(m)),
        offset=np.where(np.arange(m) % 2 == 0, 0.0, rng.uniform(-1, 1, m)),
        inverse=inverse,
    )


def sample(seed: int, n: int, m: int) -> tuple[Floats, ColumnMaps, Floats, Floats]:
    """Return a table, maps and the ends of its mapped columns."""
    values = np.asfortranarray(np.random.default_rng(seed).uniform(1, 9, (n, m)))
    maps = sample_maps(seed, m)
    mapped = maps.apply(values)
    return values, maps, mapped.max(axis=0), mapped.min(axis=0)


NASTY = st.one_of(
    st.sampled_from([0.0, -0.0, 5e-324, -5e-324, 2.2e-308, 1e-300, 1e6, 1e6 + 1e-6, -1e6, 1.0, 1e100, -1e100]),
    st.floats(-1e6, 1e6),
    st.floats(-1, 1).map(lambda x: math.copysign(math.expm1(min(abs(x) * 60, 60)), x)),
)
"""Ties, denormals, zeros of both signs, large offsets and heavy tails."""


@st.composite
def tables(draw: Any) -> Floats:
    """Draw a small table of nasty numbers."""
    n, m = draw(st.integers(1, 9)), draw(st.integers(1, 4))
    return np.array(draw(st.lists(NASTY, min_size=n * m, max_size=n * m))).reshape(n, m, order="F")


# --- maps -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("order", ["C", "F"])
def test_maps_are_the_plain_formula(seed: int, order: Any) -> None:
    """Column by column or all at once, in either memory layout, the same bits; the result is column-major."""
    values, maps, *_ = sample(seed, 30, 7)
    mapped = maps.apply(np.array(values, order=order))
    assert_array_equal(mapped, plain_map(values, maps))
    assert mapped.flags.f_contiguous


@given(tables())
def test_identity_maps_change_nothing(values: Floats) -> None:
    """Every number comes back, only −0 becomes 0."""
    mapped = identity_maps(values.shape[1]).apply(values)
    assert_array_equal(mapped, values)
    assert not np.signbit(mapped[mapped == 0]).any()


def test_weighted_maps_multiply_what_comes_out() -> None:
    """Weights reach the offset as well."""
    values, maps, *_ = sample(1, 20, 6)
    weights = np.arange(1.0, 7.0)
    assert_allclose(maps.weighted(weights).apply(values), maps.apply(values) * weights, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("exponent", [-1, 0, 3, 499])
def test_a_unit_rounds_nothing(exponent: int) -> None:
    """Measured in a power of two the numbers keep all their digits."""
    values, maps, *_ = sample(2, 20, 6)
    assert_array_equal(maps.measured_in(2.0**exponent).apply(values), maps.apply(values) / 2.0**exponent)


def test_a_tiny_weight_measured_in_a_tiny_unit_is_an_ordinary_number() -> None:
    """Weights of 1e-310 with differences of 1e-310 come out near 1."""
    maps = identity_maps(1).weighted(np.array([2.0**-1030]))
    assert maps.measured_in(2.0**-1030).apply(np.array([[3.0]])).tolist() == [[3.0]]


def test_a_unit_as_small_as_numbers_get_is_shared_by_scale_and_factor() -> None:
    """Neither the scale underflows nor the factor overflows."""
    measured = identity_maps(2).weighted(np.array([0.5, 1.0])).measured_in(2.0**-1072)
    assert_array_equal(measured.apply(np.array([[4e-323, 2e-323]])), [[1.0, 1.0]])


# --- closeness ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("order", ["C", "F"])
def test_closeness_is_the_plain_formula(seed: int, order: Any) -> None:
    """The fused pass differs from the formula by rounding only."""
    values, maps, ideal, anti = sample(seed, 200, 3 + seed)
    found = closeness(np.array(values, order=order), maps, ideal, anti)
    assert_allclose(found, plain_topsis(plain_map(values, maps), ideal, anti), rtol=0, atol=4e-16 * (3 + seed))


@given(tables())
def test_nasty_numbers_give_the_plain_formula(values: Floats) -> None:
    """Ties, denormals, signed zeros, offsets and heavy tails: never NaN, the oracle's closeness."""
    ideal, anti = values.max(axis=0), values.min(axis=0)
    largest = float((ideal - anti).max())
    unit = 2.0 ** math.frexp(largest)[1] if largest > 0 else 1.0
    maps = identity_maps(ideal.size).measured_in(unit)
    found = closeness(values, maps, ideal / unit, anti / unit)
    assert_allclose(found, plain_topsis(values, ideal, anti), rtol=0, atol=1e-15)


@given(tables())
def test_the_ends_are_exact(values: Floats) -> None:
    """At the ideal exactly 1, at the anti-ideal exactly 0, ½ where both are one point."""
    ends = np.asfortranarray(np.stack([values.max(axis=0), values.min(axis=0)]))
    largest = float(np.ptp(ends, axis=0).max())
    unit = 2.0 ** math.frexp(largest)[1] if largest > 0 else 1.0
    maps = identity_maps(ends.shape[1]).measured_in(unit)
    found = closeness(ends, maps, ends[0] / unit, ends[1] / unit)
    assert found.tolist() == ([1.0, 0.0] if largest > 0 else [0.5, 0.5])


@given(tables(), st.randoms(use_true_random=False))
def test_rows_are_scored_by_themselves(values: Floats, random: Any) -> None:
    """Shuffled rows get shuffled scores, bit for bit, and equal rows equal scores."""
    rows = list(range(len(values)))
    random.shuffle(rows)
    maps = identity_maps(values.shape[1])
    ideal, anti = values.max(axis=0), values.min(axis=0)
    assert closeness(values[rows], maps, ideal, anti).tobytes() == closeness(values, maps, ideal, anti)[rows].tobytes()


def test_a_difference_is_squared_and_not_expanded() -> None:
    """Next to an ideal at 10⁶ a distance of 10⁻⁹ is still seen exactly, where the expanded square would cancel."""
    step = 2.0**-30
    values = np.array([[1e6, 1e6], [1e6 - step, 1e6], [1e6 - 2 * step, 1e6]])
    plus, _ = distances(values, identity_maps(2), np.array([1e6, 1e6]), np.zeros(2))
    assert plus.tolist() == [0.0, step, 2 * step]


def test_distances_are_what_closeness_compares() -> None:
    """D⁻/(D⁺ + D⁻) by hand equals the fused closeness, bit for bit."""
    values, maps, ideal, anti = sample(3, 500, 5)
    plus, minus = distances(values, maps, ideal, anti)
    assert_array_equal(minus / (plus + minus), closeness(values, maps, ideal, anti))


def test_offsets_move_the_points_and_not_the_distances() -> None:
    """A column that is constant through its factor of 0 lies at its offset."""
    maps = ColumnMaps(np.zeros(2), np.ones(2), np.array([1.0, 0.0]), np.array([0.0, 0.7]), np.zeros(2, dtype=bool))
    values = np.array([[3.0, 8.0], [0.0, 9.0]])
    plus, minus = distances(values, maps, np.array([3.0, 1.7]), np.array([0.0, 0.7]))
    assert_allclose(plus, [1.0, math.sqrt(10)])
    assert minus.tolist() == [3.0, 0.0]


# --- additive scores ------------------------------------------------------------------------------


@given(tables())
def test_additive_scores_are_the_sum_in_column_order(values: Floats) -> None:
    """Exactly the loop over criteria, and right to rounding of what is added."""
    found = additive_scores(values, identity_maps(values.shape[1]))
    for row, score in zip(values.tolist(), found.tolist(), strict=True):
        total = 0.0
        for value in row:
            total += value
        assert score == total
        assert abs(Fraction(score) - sum(map(Fraction, row))) <= 4 * Fraction(2) ** -53 * sum(
            map(abs, map(Fraction, row))
        )


@pytest.mark.parametrize("seed", range(4))
def test_additive_scores_sum_the_maps(seed: int) -> None:
    """Shift, scale, factor, offset and inverse all reach the sum."""
    values, maps, *_ = sample(seed, 100, 9)
    assert_allclose(additive_scores(values, maps), plain_map(values, maps).sum(axis=1), rtol=0, atol=1e-14)


def test_the_largest_size_counts_numbers_without_their_sign() -> None:
    """What cancels in the score does not cancel in its size; the last, shorter block counts too."""
    values = np.zeros((fused.BLOCK_ROWS + 2, 2))
    values[0], values[-1] = (3.0, -2.0), (4.0, -4.0)
    assert largest_additive_size(values, identity_maps(2)) == 8.0
    assert largest_additive_size(values[:-1], identity_maps(2)) == 5.0


# --- the way the work is cut ----------------------------------------------------------------------


@pytest.mark.parametrize("block_rows", [1, 7, 64, 1000, 100_000])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_blocks_and_threads_change_no_byte(block_rows: int, threads: int) -> None:
    """Closeness, distances and sums are the same bytes however the rows are cut."""
    values, maps, ideal, anti = sample(4, 1003, 6)
    cut = {"block_rows": block_rows, "threads": threads}
    assert closeness(values, maps, ideal, anti, **cut).tobytes() == closeness(values, maps, ideal, anti).tobytes()
    assert additive_scores(values, maps, **cut).tobytes() == additive_scores(values, maps).tobytes()
    for one, other in zip(
        distances(values, maps, ideal, anti, **cut), distances(values, maps, ideal, anti), strict=True
    ):
        assert one.tobytes() == other.tobytes()


def test_a_large_table_takes_every_thread_and_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit the threads are those of the machine, with the result of one."""
    values, maps, ideal, anti = sample(5, 500, 4)
    alone = closeness(values, maps, ideal, anti)
    asked: list[int] = []
    monkeypatch.setattr(fused, "LARGE_ROWS", 400)
    monkeypatch.setattr(fused, "thread_count", lambda: asked.append(3) or 3)
    assert closeness(values, maps, ideal, anti, block_rows=50).tobytes() == alone.tobytes()
    assert asked == [3]


def test_overflow_warns_on_no_thread() -> None:
    """An infinite square is for the caller to refuse, not for a warning from a thread that nobody reads."""
    values = np.full((10, 1), 1e200)
    for threads in (1, 2):
        found = closeness(values, identity_maps(1), np.zeros(1), np.ones(1), block_rows=3, threads=threads)
        assert np.isnan(found).all()


def test_read_only_tables_are_fine() -> None:
    """The matrix's own array cannot be written, and nothing tries to."""
    values, maps, ideal, anti = sample(6, 50, 3)
    before = values.copy()
    values.flags.writeable = False
    closeness(values, maps, ideal, anti)
    additive_scores(values, maps)
    assert_array_equal(values, before)


# --- totals of columns ----------------------------------------------------------------------------


def test_totals_over_blocks_are_exact_where_blocks_are() -> None:
    """Whole numbers that cancel over blocks are added up without error."""
    n = 3 * fused.BLOCK_ROWS + 5
    values = np.zeros((n, 2))
    values[0, 0], values[fused.BLOCK_ROWS, 0], values[-1, 0] = 1e300, 1.0, -1e300
    values[:, 1] = 0.5
    assert column_totals(values, lambda column, j: column).tolist() == [1.0, n / 2]


def test_totals_transform_each_column_by_its_number() -> None:
    """The function gets the column and which one it is."""
    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert column_totals(values, lambda column, j: column**2 if j else column).tolist() == [4.0, 20.0]


def test_totals_that_overflow_are_infinite_and_raise_nothing() -> None:
    """Callers check for infinite scales."""
    n = fused.BLOCK_ROWS + 1
    values = np.zeros((n, 1))
    values[0, 0] = values[-1, 0] = 1.7e308
    with np.errstate(over="ignore"):
        assert column_totals(values, lambda column, j: column).tolist() == [math.inf]


@pytest.mark.parametrize("seed", range(3))
def test_means_are_those_of_the_mapped_columns(seed: int) -> None:
    """The average molecule in the mapped space, offset included."""
    values, maps, *_ = sample(seed, 400, 8)
    assert_allclose(column_means(values, maps), plain_map(values, maps).mean(axis=0), rtol=0, atol=1e-14)
