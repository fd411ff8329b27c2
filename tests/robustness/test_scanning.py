"""The pass that numba compiles, as plain Python: it finds what it says, whatever it starts from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.robustness.counting import closeness
from weighbridge.robustness.scanning import first_pool, scan, scanner


def expected(scores: np.ndarray, k: int, slack: float) -> set[tuple[int, int]]:
    """Return draws and molecules within a slack of the k-th best, by sorting."""
    kth = np.sort(scores, axis=1)[:, -k]
    return set(zip(*(part.tolist() for part in np.nonzero(scores >= kth[:, None] - slack)), strict=True))


def pairs(draws: np.ndarray, molecules: np.ndarray) -> set[tuple[int, int]]:
    """Return what was found."""
    return set(zip(draws.tolist(), molecules.tolist(), strict=True))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 200), st.integers(1, 12), st.booleans())
def test_scores_near_the_kth_are_found(seed: int, n: int, k: int, coarse: bool) -> None:
    """All scores within the slack, ties and infinities apart, and no others."""
    k = min(k, n)
    generator = np.random.default_rng(seed)
    scores = generator.integers(0, 5, (3, n)).astype(float) if coarse else generator.normal(size=(3, n))
    draws, molecules, keys = scan(scores, scores, k, np.full(3, 1e-6), False, first_pool(k, n))
    assert pairs(draws, molecules) == expected(scores, k, 1e-6)
    np.testing.assert_array_equal(keys, scores[draws, molecules])
    assert (np.diff(draws) >= 0).all()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 150), st.integers(1, 12))
def test_ratios_near_the_kth_are_found(seed: int, n: int, k: int) -> None:
    """For TOPSIS the same with two tables, of which the lower one may hold zeros."""
    k = min(k, n)
    generator = np.random.default_rng(seed)
    above, below = generator.random((3, n)) + 0.01, generator.random((3, n)) * (generator.random((3, n)) > 0.05)
    with np.errstate(divide="ignore", over="ignore"):
        scores = closeness(above / below)
        draws, molecules, keys = scan(above, below, k, np.full(3, 1e-6), True, first_pool(k, n))
        np.testing.assert_allclose(closeness(keys), scores[draws, molecules], rtol=1e-12)
    assert pairs(draws, molecules) == expected(scores, k, 1e-6)


def test_a_molecule_at_the_anti_ideal_is_a_candidate_of_last_resort() -> None:
    """A closeness of zero is a score like any other."""
    above, below = np.array([[0.0, 0.0, 1.0]]), np.array([[1.0, 2.0, 1.0]])
    draws, molecules, _ = scan(above, below, 3, np.full(1, 1e-9), True, first_pool(3, 3))
    assert pairs(draws, molecules) == {(0, 0), (0, 1), (0, 2)}


@pytest.mark.parametrize("pool", [[0, 1, 2], [97, 98, 99], [5, 50, 95, 20, 30]])
def test_the_pool_changes_nothing(pool: list[int]) -> None:
    """Where the search starts has no influence on what is found."""
    scores = np.random.default_rng(0).random((4, 100))
    draws, molecules, _ = scan(scores, scores, 3, np.full(4, 1e-9), False, np.array(pool))
    assert pairs(draws, molecules) == expected(scores, 3, 1e-9)


def test_the_pool_learns_and_keeps_different_molecules() -> None:
    """Molecules that were among the first replace the oldest, none twice."""
    scores = np.random.default_rng(0).random((40, 500))
    pool = first_pool(3, 500)
    _, molecules, _ = scan(scores, scores, 3, np.full(40, 1e-9), False, pool)
    assert len(set(pool.tolist())) == pool.size
    assert molecules[-1] in pool


def test_many_ties_grow_the_list() -> None:
    """When everybody is within the slack, everybody is found."""
    scores = np.ones((3, 900))
    draws, molecules, _ = scan(scores, scores, 1, np.full(3, 1e-9), False, first_pool(1, 900))
    assert draws.size == 2_700
    assert np.bincount(molecules).tolist() == [3] * 900


def test_the_compiled_pass_is_the_same() -> None:
    """Machine code and Python give the same arrays."""
    generator = np.random.default_rng(1)
    above, below = generator.random((5, 300)), generator.random((5, 300))
    for ratio in (False, True):
        plain = scan(above, below, 10, np.full(5, 1e-9), ratio, first_pool(10, 300))
        fast = scanner()(above, below, 10, np.full(5, 1e-9), ratio, first_pool(10, 300))
        for one, other in zip(plain, fast, strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_first_pool_has_enough_molecules() -> None:
    """At least k, where there are as many, and no molecule twice."""
    assert first_pool(3, 100).tolist() == list(range(12))
    assert first_pool(3, 5).tolist() == [0, 1, 2, 3, 4]
