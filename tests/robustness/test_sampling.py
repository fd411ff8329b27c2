"""Weights drawn at random have the distributions they are named for."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.robustness.sampling import (
    ROUND,
    dirichlet_rounds,
    lognormal_rounds,
    ordered,
    square_root,
    uniform,
    uniform_rounds,
)


def many(rounds: object, count: int = 40) -> np.ndarray:
    """Return the draws of some rounds together."""
    return np.concatenate(list(itertools.islice(rounds, count)))


def test_uniform_weights_sum_to_one_and_are_positive() -> None:
    """Every draw is a set of weights."""
    weights = uniform(np.random.default_rng(0), 500, 4)
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-14)
    assert (weights > 0).all()


def test_uniform_weights_are_spread_evenly() -> None:
    """On the simplex of m weights P(w > t) = (1 − t)^(m − 1), so each weight is a beta number."""
    from scipy import stats

    weights = uniform(np.random.default_rng(1), 20_000, 4)
    for column in weights.T:
        assert stats.kstest(column, stats.beta(1, 3).cdf).pvalue > 1e-3


def test_uniform_numbers_divided_by_their_sum_would_not_do() -> None:
    """The test above can tell the wrong sampler from the right one."""
    from scipy import stats

    numbers = np.random.default_rng(1).random((20_000, 4))
    wrong = numbers / numbers.sum(axis=1, keepdims=True)
    assert stats.kstest(wrong[:, 0], stats.beta(1, 3).cdf).pvalue < 1e-6


def test_rounds_are_as_long_as_said() -> None:
    """A round is what the stop rule counts in."""
    assert next(uniform_rounds(np.random.default_rng(0), 3)).shape == (ROUND, 3)


def test_ordered_weights_have_the_rank_order_centroid() -> None:
    """The mean of ordered weights is Σ_{k ≥ j} 1/(n k): .520833 .270833 .145833 .0625 for four."""
    weights = ordered(uniform(np.random.default_rng(2), 200_000, 4), np.arange(4))
    np.testing.assert_allclose(weights.mean(axis=0), [0.520833, 0.270833, 0.145833, 0.0625], atol=2e-3)


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(5)), st.integers(2, 5), st.integers(0, 1000))
def test_ordered_weights_keep_their_order(order: list[int], length: int, seed: int) -> None:
    """The first column named has the largest weight; columns not named keep theirs."""
    columns = np.array(order[:length])
    before = uniform(np.random.default_rng(seed), 50, 5)
    after = ordered(before, columns)
    assert (np.diff(after[:, columns], axis=1) <= 0).all()
    others = np.array(order[length:], dtype=int)
    np.testing.assert_array_equal(after[:, others], before[:, others])
    np.testing.assert_array_equal(np.sort(after, axis=1), np.sort(before, axis=1))


def test_dirichlet_weights_scatter_as_their_concentration_says() -> None:
    """Mean w and variance w(1 − w)/(c + 1)."""
    centre = np.array([0.5, 0.3, 0.2])
    weights = many(dirichlet_rounds(np.random.default_rng(3), centre, 20.0))
    np.testing.assert_allclose(weights.mean(axis=0), centre, atol=3e-3)
    np.testing.assert_allclose(weights.var(axis=0), centre * (1 - centre) / 21, rtol=0.05)


@pytest.mark.parametrize("concentration", [1e-3, 1.0, 1e6])
def test_dirichlet_weights_are_finite_at_any_concentration(concentration: float) -> None:
    """Tiny and huge concentrations give weights, not NaN, and a zero weight stays zero."""
    weights = next(dirichlet_rounds(np.random.default_rng(0), np.array([0.9, 0.1, 0.0]), concentration))
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-12)
    assert (weights[:, 2] == 0).all()


def test_lognormal_weights_have_the_covariance_given() -> None:
    """Differences of logarithms have the variances that the covariance says."""
    centre = np.array([0.5, 0.3, 0.2])
    covariance = np.array([[0.04, 0.01, 0.0], [0.01, 0.09, -0.02], [0.0, -0.02, 0.05]])
    logs = np.log(many(lognormal_rounds(np.random.default_rng(4), centre, covariance)))
    expected = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    difference = logs[:, 0] - logs[:, 1]
    assert difference.var() == pytest.approx(expected, rel=0.03)
    assert difference.mean() == pytest.approx(np.log(0.5 / 0.3), abs=0.01)


def test_lognormal_weights_of_zero_stay_zero() -> None:
    """A criterion without weight gets none, whatever its row of the covariance says."""
    covariance = np.diag([0.1, np.nan, 0.1])
    weights = next(lognormal_rounds(np.random.default_rng(0), np.array([0.6, 0.0, 0.4]), covariance))
    assert (weights[:, 1] == 0).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-12)


def test_no_scatter_gives_todays_weights() -> None:
    """With a covariance of zero every draw is the centre."""
    centre = np.array([0.6, 0.4])
    weights = next(lognormal_rounds(np.random.default_rng(0), centre, np.zeros((2, 2))))
    np.testing.assert_allclose(weights, np.tile(centre, (ROUND, 1)), rtol=1e-14)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 6))
def test_square_root_squares_back(seed: int, size: int, rank: int) -> None:
    """The root times itself is the covariance, of full rank or not, and it is symmetric."""
    factor = np.random.default_rng(seed).normal(size=(size, rank))
    covariance = factor @ factor.T
    root = square_root(covariance)
    np.testing.assert_allclose(root @ root, covariance, atol=1e-10)
    np.testing.assert_allclose(root, root.T, atol=1e-12)


def test_square_root_forgives_rounding() -> None:
    """An eigenvalue just below zero counts as zero."""
    np.testing.assert_array_equal(square_root(np.array([[-1e-18]])), [[0.0]])
