"""Near weights under TOPSIS against fine grids: exact for two criteria, checked upper bounds for more."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.robustness.change_topsis import near_weights, nearest_of_two
from weighbridge.robustness.forms import RatioForm

LINE = np.column_stack((np.linspace(0, 1, 4001), 1 - np.linspace(0, 1, 4001)))
TRIANGLE = np.array([(i, j, 60 - i - j) for i in range(61) for j in range(61 - i)]) / 60


def form_of(values: np.ndarray) -> RatioForm:
    """Return TOPSIS with the ideal at 1 and the anti-ideal at 0."""
    return RatioForm(values**2, (1 - values) ** 2)


def least_on(grid: np.ndarray, form: RatioForm, weights: np.ndarray, allowed: int) -> float:
    """Return the least distance on a grid to weights that leave few ahead of the first row."""
    scores = form.scores(grid)
    feasible = (scores > scores[:, [0]]).sum(axis=1) <= allowed
    return float(np.abs(grid - weights).sum(axis=1)[feasible].min(initial=np.inf))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 12), st.integers(0, 2))
def test_two_criteria_are_exact(seed: int, n: int, allowed: int) -> None:
    """Nowhere worse than a fine grid, better by no more than its mesh, and level to rounding."""
    rng = np.random.default_rng(seed)
    form, weights = form_of(rng.random((n, 2))), rng.dirichlet(np.ones(2))
    found = nearest_of_two(form, 0, weights, allowed)
    least = least_on(LINE, form, weights, allowed)
    if found is None:
        assert least == np.inf
        return
    scores = form.scores(found)
    assert (scores > scores[0] + 1e-12).sum() <= allowed
    distance = float(np.abs(found - weights).sum())
    assert distance <= least + 1e-12
    assert distance >= least - 2.1 / 4000 or least == np.inf


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 8), st.integers(0, 1))
def test_three_criteria_are_no_worse_than_a_grid(seed: int, n: int, allowed: int) -> None:
    """The weights found do, and lie within a mesh of the nearest on a grid, or nearer."""
    rng = np.random.default_rng(seed)
    form, weights = form_of(rng.random((n, 3))), rng.dirichlet(np.ones(3))
    found = near_weights(form, 0, weights, allowed)
    least = least_on(TRIANGLE, form, weights, allowed)
    if found is None:
        assert least == np.inf
        return
    scores = form.scores(found)
    assert (scores > scores[0] + 1e-12).sum() <= allowed
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1, abs=1e-12)
    assert np.abs(found - weights).sum() <= least + 1e-9


def test_a_molecule_that_is_behind_everywhere_finds_nothing() -> None:
    """No weights make up for a rival that is better on every criterion."""
    values = np.array([[0.2, 0.3, 0.1], [0.5, 0.6, 0.4]])
    assert near_weights(form_of(values), 0, np.full(3, 1 / 3), 0) is None
    assert nearest_of_two(form_of(values[:, :2]), 0, np.full(2, 0.5), 0) is None


def test_a_mirrored_pair_meets_in_the_middle() -> None:
    """(0.2, 0.8) is level with (0.8, 0.2) at equal weights."""
    found = nearest_of_two(form_of(np.array([[0.2, 0.8], [0.8, 0.2]])), 0, np.array([0.7, 0.3]), 0)
    np.testing.assert_allclose(found, [0.5, 0.5], atol=1e-14)


def test_the_same_question_has_the_same_answer() -> None:
    """The starts are seeded."""
    rng = np.random.default_rng(4)
    form, weights = form_of(rng.random((10, 4))), rng.dirichlet(np.ones(4))
    one, two = (near_weights(form, 0, weights, 2) for _ in range(2))
    assert (one is None) == (two is None)
    if one is not None:
        assert one.tolist() == two.tolist()
