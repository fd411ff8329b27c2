"""Weights within linear constraints: what is left, in words, and evenly sampled."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.robustness.polytope import (
    Polytope,
    acceptance,
    conflict,
    hit_and_run_rounds,
    polytope,
    rejection_rounds,
    step_counts,
    texts,
)
from weighbridge.robustness.sampling import ROUND, uniform


def shape_of(rows: list[list[float]], bounds: list[float]) -> Polytope:
    """Return a polytope that is there."""
    found = polytope(np.array(rows, dtype=float).reshape(len(bounds), -1), np.array(bounds, dtype=float))
    assert found is not None
    return found


def test_no_constraints_leave_the_simplex() -> None:
    """The Chebyshev centre of the whole simplex is equal weights, and there are m − 1 directions."""
    found = polytope(np.empty((0, 4)), np.empty(0))
    assert found is not None
    np.testing.assert_allclose(found.centre, 0.25, atol=1e-9)
    assert found.basis.shape == (4, 3)
    np.testing.assert_allclose(found.basis.sum(axis=0), 0, atol=1e-12)


def test_contradictions_leave_nothing() -> None:
    """Two weights of more than a half cannot be."""
    assert polytope(np.array([[1.0, 0, 0], [0, 1.0, 0]]), np.array([0.6, 0.6])) is None


def test_a_weight_that_is_fixed_takes_a_direction_away() -> None:
    """0.4 ≤ w ≤ 0.4 leaves a line of three weights."""
    found = shape_of([[1, 0, 0], [-1, 0, 0]], [0.4, -0.4])
    assert found.basis.shape == (3, 1)
    assert found.centre[0] == pytest.approx(0.4)


def test_fixed_weights_leave_a_point() -> None:
    """Two fixed weights fix the third."""
    found = shape_of([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]], [0.4, -0.4, 0.25, -0.25])
    assert found.basis.shape == (3, 0)
    weights = next(hit_and_run_rounds(np.random.default_rng(0), found))
    np.testing.assert_allclose(weights, np.tile([0.4, 0.25, 0.35], (ROUND, 1)), atol=1e-9)


def test_conflict_names_only_what_contradicts() -> None:
    """A constraint that has nothing to do with the contradiction is not blamed."""
    rows = np.array([[1.0, 0, 0], [0, 0, 1.0], [0, 1.0, 0]])
    assert conflict(rows, np.array([0.6, 0.1, 0.5])) == [0, 2]


def test_a_constraint_may_contradict_the_simplex_alone() -> None:
    """A weight above 1 contradicts by itself."""
    assert conflict(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.2, 1.2])) == [1]


def test_texts_read_like_formulas() -> None:
    """Constraints are told as people write them."""
    rows = np.array([[1.0, -2.0, 0.0], [-1.0, 0.0, 1.5], [0.0, 0.0, 0.0]])
    found = texts(rows, np.array([0.0, 0.25, 0.0]), ["potency", "cost", "hERG"])
    assert found == ["potency − 2 × cost ≥ 0", "−potency + 1.5 × hERG ≥ 0.25", "0 ≥ 0"]


def test_acceptance_is_the_share_of_the_simplex() -> None:
    """An order of three weights leaves a sixth."""
    found = shape_of([[1, -1, 0], [0, 1, -1]], [0, 0])
    assert acceptance(np.random.default_rng(0), found) == pytest.approx(1 / 6, abs=0.02)


RATIOS = ([[-1, 0, 1], [1, -2, 0]], [0, 0])
"""w3 ≥ w1 ≥ 2 w2: the triangle of (1/2, 0, 1/2), (0, 0, 1) and (2/5, 1/5, 2/5)."""

CORNERS = [
    (Fraction(1, 2), Fraction(0), Fraction(1, 2)),
    (Fraction(0), Fraction(0), Fraction(1)),
    (Fraction(2, 5), Fraction(1, 5), Fraction(2, 5)),
]


@pytest.mark.parametrize("sampler", [rejection_rounds, hit_and_run_rounds])
def test_both_samplers_find_the_centroid_and_the_halves(sampler: object) -> None:
    """The mean of even draws from a triangle is that of its corners, and a median cuts it in half."""
    found = shape_of(*RATIOS)
    weights = np.concatenate(list(itertools.islice(sampler(np.random.default_rng(5), found), 20)))
    centroid = [float(sum(corner[j] for corner in CORNERS) / 3) for j in range(3)]
    np.testing.assert_allclose(weights.mean(axis=0), centroid, atol=5e-3)
    # The line from the corner (0, 0, 1) to the middle of the opposite side: w2 = (1/10)/(9/20) w1.
    assert np.mean(weights[:, 1] * 9 < weights[:, 0] * 2) == pytest.approx(0.5, abs=0.02)


def test_hit_and_run_is_even_in_many_directions() -> None:
    """Over the whole simplex of six weights hit-and-run gives the beta numbers that exact draws give."""
    from scipy import stats

    found = polytope(np.empty((0, 6)), np.empty(0))
    assert found is not None
    weights = np.concatenate(list(itertools.islice(hit_and_run_rounds(np.random.default_rng(6), found), 8)))
    for column in weights.T:
        assert stats.kstest(column, stats.beta(1, 5).cdf).pvalue > 1e-4


def test_hit_and_run_finds_its_way_in_a_thin_region() -> None:
    """A sliver a thousand times longer than wide is filled from end to end."""
    found = shape_of([[1, -1, 0, 0], [-1, 1, 0, 0]], [0.0, -1e-3])
    weights = np.concatenate(list(itertools.islice(hit_and_run_rounds(np.random.default_rng(7), found), 5)))
    gap = weights[:, 0] - weights[:, 1]
    assert gap.mean() == pytest.approx(5e-4, rel=0.05)
    # Along the sliver 2 w_a, w_c and w_d share the whole evenly: each weighs a third in the mean.
    assert (weights[:, 0] + weights[:, 1]).mean() == pytest.approx(1 / 3, abs=0.02)
    assert weights[:, 2].mean() == pytest.approx(1 / 3, abs=0.02)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 5))
def test_every_draw_meets_every_constraint(seed: int, m: int) -> None:
    """Whatever is asked, as long as today's weights meet it, so do all draws."""
    generator = np.random.default_rng(seed)
    today, rows = uniform(generator, 1, m)[0], generator.normal(size=(3, m))
    bounds = rows @ today - 0.05
    found = polytope(rows, bounds)
    assert found is not None
    weights = next(hit_and_run_rounds(generator, found))
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-12)
    assert (weights @ rows.T >= bounds - 1e-9).all()


def test_rejection_gives_full_rounds_that_fit() -> None:
    """However few draws fit, a round is whole."""
    found = shape_of([[1.0, 0.0, 0.0]], [0.8])
    weights = next(rejection_rounds(np.random.default_rng(0), found))
    assert weights.shape == (ROUND, 3)
    assert (weights[:, 0] >= 0.8).all()


def test_step_counts_grow_with_the_square() -> None:
    """Burn-in 10 d² and thinning 2 d², with a least number for few directions."""
    assert step_counts(1) == (200, 20)
    assert step_counts(11) == (1210, 242)
