"""Counts of places: shared by ties, the same however draws are cut, with their Monte Carlo error."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.robustness.counting import Finder, first_places
from weighbridge.robustness.forms import LinearForm
from weighbridge.robustness.tally import Tally, half_width


def tally_of(values: np.ndarray, weights: np.ndarray, places: int, cut: int = 10**6) -> Tally:
    """Count draws in pieces of some length."""
    form = LinearForm(values)
    tally = Tally(len(values), values.shape[1], places)
    for start in range(0, len(weights), cut):
        part = weights[start : start + cut]
        tally.add(first_places(Finder(form, places, len(weights))(part), places), part)
    return tally


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 12), st.booleans())
def test_every_place_is_taken_once_a_draw(seed: int, n: int, places: int, coarse: bool) -> None:
    """Columns sum to the number of draws, ties or not, up to the number of molecules."""
    generator = np.random.default_rng(seed)
    values = generator.integers(0, 3, (n, 3)) / 2 if coarse else generator.random((n, 3))
    tally = tally_of(values, generator.dirichlet(np.ones(3), 30), min(places, n))
    np.testing.assert_allclose(tally.counts.sum(axis=0), 30, atol=1e-6)
    assert (tally.counts >= 0).all()
    if places >= n:
        np.testing.assert_allclose(tally.counts.sum(axis=1), 30, atol=1e-6)
    assert tally.top_counts(places).sum() == pytest.approx(30 * min(places, n), abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40))
def test_cutting_the_draws_changes_no_bit(seed: int, cut: int) -> None:
    """Counts and central weights are the same bytes in one piece and in many."""
    generator = np.random.default_rng(seed)
    values, weights = generator.integers(0, 4, (9, 3)) / 3, generator.dirichlet(np.ones(3), 50)
    whole, pieces = tally_of(values, weights, 4), tally_of(values, weights, 4, cut)
    assert whole.counts.tobytes() == pieces.counts.tobytes()
    assert whole.central_weights.tobytes() == pieces.central_weights.tobytes()
    assert whole.molecules.tolist() == pieces.molecules.tolist()


def test_tied_molecules_share_their_places() -> None:
    """Three molecules tied at the first place have a third of each of the first three places."""
    tally = tally_of(np.array([[1.0], [1.0], [1.0], [0.0]]), np.ones((2, 1)), 4)
    np.testing.assert_allclose(tally.counts[:3, :3], 2 / 3)
    np.testing.assert_array_equal(tally.counts[3], [0, 0, 0, 2])


def test_a_tie_across_the_last_place_shares_what_is_left() -> None:
    """Two molecules tied at places two and three have half of the second place each."""
    tally = tally_of(np.array([[1.0], [0.5], [0.5]]), np.ones((1, 1)), 2)
    np.testing.assert_allclose(tally.top_counts(2), [1, 0.5, 0.5])


def test_only_molecules_that_take_a_place_have_a_row() -> None:
    """Memory grows with those who matter."""
    values = np.array([[1.0, 0.0], [0.4, 0.4], [0.0, 1.0], [0.1, 0.1]])
    tally = tally_of(values, np.random.default_rng(0).dirichlet(np.ones(2), 100), 1)
    assert tally.molecules.tolist() == [0, 2]


def test_central_weights_are_the_mean_of_the_weights_that_win() -> None:
    """Of the molecules in the table those that were never first have none."""
    weights = np.array([[0.8, 0.2], [0.6, 0.4], [0.3, 0.7]])
    tally = tally_of(np.array([[1.0, 0.0], [0.0, 1.0], [0.1, 0.1]]), weights, 3)
    np.testing.assert_allclose(tally.central_weights[:2], [[0.7, 0.3], [0.3, 0.7]])
    assert np.isnan(tally.central_weights[2]).all()


def test_nothing_counted_has_no_rows() -> None:
    """Before the first draw the tables are empty."""
    tally = Tally(5, 2, 3)
    assert tally.counts.shape == (0, 3)
    assert tally.central_weights.shape == (0, 2)


def test_half_widths_are_wilsons() -> None:
    """The interval for 8 of 10 is 0.4902 to 0.9433, computed by hand from the formula."""
    assert half_width(np.array([0.8]), 10)[0] == pytest.approx((0.94332 - 0.49016) / 2, abs=1e-4)


def test_never_is_not_certain() -> None:
    """A molecule that was never among the first may still have a small probability to be."""
    widths = half_width(np.array([0.0, 1.0]), 1_000)
    assert widths[0] == widths[1]
    assert 0.001 < widths[0] < 0.002


def test_half_widths_shrink_with_the_root_of_the_draws() -> None:
    """A hundred times the draws give a tenth of the error."""
    few, many = (half_width(np.array([0.5]), count)[0] for count in (10_000, 1_000_000))
    assert few / many == pytest.approx(10, rel=1e-3)
    assert few == pytest.approx(0.0098, rel=1e-3)


def test_the_error_is_the_largest_of_first_and_first_k() -> None:
    """Even where everybody is among the first k, the first place has its error."""
    weights = np.random.default_rng(0).dirichlet(np.ones(2), 400)
    tally = tally_of(np.eye(2), weights, 2)
    assert tally.error(2) == pytest.approx(half_width(tally.counts[:, 0] / 400, 400).max())
