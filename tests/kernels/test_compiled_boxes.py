"""The compiled Gaussian sums: numpy's to rounding, and the same when the interpreter runs them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from tests.kernels.brute import adversarial_columns, hard_columns, plain

from weighbridge.kernels import boxes, compiled_boxes
from weighbridge.kernels.series import BOXES_APART, OWN_TERMS, TERMS, box_scale, transfers


@given(adversarial_columns(), st.sampled_from([5e-324, 1e-300, 1e-6, 0.1, 1.0, 1e6, 1e150, 1e308]))
def test_sums_are_numpys(values: list[float], s: float) -> None:
    """To rounding, at every size of s."""
    column = np.sort(np.array(values) + 0.0)
    found, expected = compiled_boxes.sum_gaussian(column, s), boxes.sum_gaussian(column, s)
    assert_allclose(np.array(found), np.array(expected), rtol=0, atol=1e-14 * column.size)


@pytest.mark.parametrize("s", [0.002, 0.3, 1.0, 50.0])
@pytest.mark.parametrize("kind", hard_columns(2))
def test_the_reference_columns_agree(kind: str, s: float) -> None:
    """Boxes larger than a run, and more boxes than are kept at a time."""
    column = np.sort(hard_columns(2_000)[kind])
    found, expected = compiled_boxes.sum_gaussian(column, s), boxes.sum_gaussian(column, s)
    assert_allclose(np.array(found), np.array(expected), rtol=0, atol=1e-14 * column.size)


@pytest.mark.parametrize("kind", ["normal", "two values", "outlier"])
def test_the_interpreter_finds_the_same(kind: str) -> None:
    """The sweep's source is run as it stands; the kernels it calls are run so below."""
    column = np.sort(hard_columns(150)[kind])
    first, second, width = box_scale(0.4)
    upwards = transfers(width).transpose(0, 2, 1).copy()
    turn = (-1.0) ** np.add.outer(np.arange(TERMS), np.arange(TERMS))
    given_ = column, first, second, width, upwards, upwards * turn
    assert_allclose(
        plain(compiled_boxes.sweep)(*given_), np.array(compiled_boxes.sum_gaussian(column, 0.4)), atol=1e-12, rtol=0
    )


@pytest.mark.parametrize("count", [1, 63, 64, 65, 600])
def test_one_box_alone_is_valued_by_its_running_sums(count: int) -> None:
    """Less than a lane, a lane and a value, more than a run: against the exponential of all pairs."""
    column = np.sort(np.random.default_rng(count).uniform(0.0, 0.25, count))
    scale = (4.0, 1.0, 0.5)
    low, high, total = np.zeros(count), np.zeros(count), np.zeros(TERMS)
    plain(compiled_boxes.add_box)(column, 0, count, scale, total)
    plain(compiled_boxes.value_box)(column, 0, count, scale, np.zeros(TERMS), total, low, high)
    pairs = np.exp(-(((column[:, None] - column) * 2.0) ** 2) / 2)
    assert_allclose(low, np.tril(pairs, -1).sum(axis=1), rtol=0, atol=1e-15 * count**1.5)
    assert_allclose(high, np.triu(pairs).sum(axis=1), rtol=0, atol=1e-15 * count**1.5)


def test_places_and_bells_of_a_short_lane() -> None:
    """Behind the last value both are 0."""
    v, bell = np.empty(compiled_boxes.LANES), np.empty(compiled_boxes.LANES)
    plain(compiled_boxes.place)(np.array([2.0, 2.25, 2.5]), 0, 3, (1.0, 1.0, 0.5), v, bell)
    assert v[:3].tolist() == [-0.25, -0.125, 0.0]
    assert_allclose(bell[:3], np.exp(-(v[:3] ** 2) / 2), rtol=2.3e-16)
    assert not v[3:].any()
    assert not bell[3:].any()


def test_carrying_keeps_what_rounding_drops() -> None:
    """A million times 0.1 beside 1e16, which plain addition loses."""
    total, error, part = np.array([1e16]), np.zeros(1), np.zeros(1)
    for _ in range(1000):
        part[0] = 0.1
        plain(compiled_boxes.carry)(total, error, part)
    assert part[0] == 0.0
    assert error[0] == pytest.approx(100.0, rel=1e-13)
    part[0] = 4e16
    plain(compiled_boxes.carry)(total, error, part)
    assert total[0] == 5e16


def test_the_steps_of_a_lane_are_their_formulas() -> None:
    """Polynomials, powers, running sums, and a matrix times a vector."""
    lanes = compiled_boxes.LANES
    rng = np.random.default_rng(0)
    v, bell = rng.uniform(-0.25, 0.25, lanes), rng.uniform(0.9, 1.0, lanes)
    lower, upper = rng.normal(size=TERMS), rng.normal(size=TERMS)
    low, high = np.empty(lanes), np.empty(lanes)
    plain(compiled_boxes.polynomials)(v, lower, upper, low, high)
    assert_allclose(low, np.polynomial.Polynomial(lower)(v), rtol=1e-14)
    assert_allclose(high, np.polynomial.Polynomial(upper)(v), rtol=1e-14)
    sums, series = np.zeros((TERMS, lanes)), np.empty((OWN_TERMS, lanes))
    plain(compiled_boxes.powers)(v, bell, sums, series)
    assert_allclose(sums, bell * v ** np.arange(TERMS)[:, None], rtol=1e-14)
    assert_allclose(series[4], sums[4] / 24, rtol=1e-14)
    running, own = np.zeros(OWN_TERMS), np.empty(lanes)
    plain(compiled_boxes.own_sums)(lanes, v, bell, series, running, own)
    assert_allclose(running, series.sum(axis=1), rtol=1e-13)
    assert own[0] == 0.0
    assert own[1] == pytest.approx(bell[0] * bell[1] * np.exp(v[0] * v[1]), rel=1e-15)
    matrix, result = rng.normal(size=(TERMS, TERMS)), np.ones(TERMS)
    plain(compiled_boxes.act)(matrix, lower, result)
    assert_allclose(result, 1 + lower @ matrix, rtol=1e-13)


def test_edges_and_ties_are_settled() -> None:
    """Where a box ends, which values are too large for one, and what ties share."""
    assert plain(compiled_boxes.box_end)(np.array([0.1, 0.9, 1.0]), 0, 3, 1.0, 1.0) == 2
    far = np.array([-4 * BOXES_APART, 0.0, 1.0, 4 * BOXES_APART])
    assert plain(compiled_boxes.close_values)(far, 1.0, 1.0) == (1, 3)
    positive, negative = np.array([0.5, 0.25, 9.0]), np.array([2.5, 9.0, 1.25])
    plain(compiled_boxes.settle)(np.array([1.0, 2.0, 2.0]), positive, negative)
    assert_array_equal(positive, [0.0, 0.75, 0.75])
    assert_array_equal(negative, [0.5, 0.0, 0.0])
