"""The rows that may be among the best k: all of them, whatever the order, and ties shown."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.scale.topk import TopRows, best_rows, merge_top, settle


def collect(scores: np.ndarray, k: int, bound: float, parts: int, seed: int, kept: int = 100_000) -> TopRows:
    """Collect scores in batches merged in random order; a row's only value is its score."""
    rng = np.random.default_rng(seed)
    batches = np.array_split(rng.permutation(scores.size), parts)
    tops = [best_rows(k, bound, scores[rows], rows, scores[rows, None], kept=kept) for rows in batches]
    top = tops[0]
    for other in tops[1:]:
        top = merge_top(other, top)
    return top


coarse = st.lists(st.integers(0, 12).map(lambda i: i / 8), min_size=1, max_size=60)


@settings(max_examples=100, deadline=None)
@given(scores=coarse, k=st.integers(1, 70), parts=st.integers(1, 7), seed=st.integers(0, 99), steps=st.integers(0, 3))
def test_keeps_exactly_the_rows_within_twice_the_bound(
    scores: list[float], k: int, parts: int, seed: int, steps: int
) -> None:
    """A row is kept if and only if it is within 2 × bound of the k-th score, in any order of merging."""
    array, bound = np.array(scores), steps / 16
    top = collect(array, k, bound, parts, seed)
    kth = np.sort(array)[::-1][k - 1] if k <= array.size else -np.inf
    assert sorted(top.rows.tolist()) == np.flatnonzero(array >= kth - 2 * bound - 1e-9).tolist()
    assert top.complete
    assert (top.low, top.high) == (array.min(), array.max())
    order = np.lexsort((top.rows, -top.scores))
    assert order.tolist() == list(range(top.rows.size))
    assert (top.values[:, 0] == top.scores).all()


@settings(max_examples=60, deadline=None)
@given(scores=coarse, k=st.integers(1, 5), seed=st.integers(0, 99), noise=st.integers(0, 99))
def test_the_exact_best_are_among_the_candidates(scores: list[float], k: int, seed: int, noise: int) -> None:
    """With errors up to the bound the exact best k with their ties are always kept, and settled by exact scores."""
    exact = np.array(scores)
    bound = 0.3
    wrong = exact + np.random.default_rng(noise).uniform(-bound, bound, exact.size)
    best, ranks = settle(collect(wrong, k, bound, 3, seed), None)
    top = collect(wrong, k, bound, 3, seed)
    best, ranks = settle(top, exact[top.rows])
    kth = np.sort(exact)[::-1][min(k, exact.size) - 1]
    assert sorted(best.rows.tolist()) == np.flatnonzero(exact >= kth).tolist()
    assert ranks.tolist() == [1 + int((exact > exact[row]).sum()) for row in best.rows]


def test_too_many_ties_keep_the_first_rows_and_say_so() -> None:
    """Where more rows tie than may be kept, the first of the library are kept and the result is not complete."""
    scores = np.array([1.0, *[0.5] * 50])
    for seed in range(5):
        top = collect(scores, 3, 0.0, 4, seed, kept=10)
        assert not top.complete
        assert top.rows.tolist() == list(range(10))
        assert not settle(top)[0].complete


def test_rows_dropped_for_space_that_later_fall_behind_do_no_harm() -> None:
    """Rows left out of a full batch do not count once better ones have come."""
    low = best_rows(2, 0.0, np.full(20, 0.1), np.arange(20), np.zeros((20, 1)), kept=5)
    high = best_rows(2, 0.0, np.array([0.8, 0.9]), np.array([20, 21]), np.zeros((2, 1)), kept=5)
    assert not low.complete
    merged = merge_top(low, high)
    assert merged.complete
    assert merged.rows.tolist() == [21, 20]


def test_an_empty_batch_adds_nothing() -> None:
    """A batch without rows leaves the best as they are."""
    some = best_rows(2, 0.1, np.array([0.3, 0.2, 0.9]), np.arange(3), np.zeros((3, 2)))
    none = best_rows(2, 0.1, np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros((0, 2)))
    merged = merge_top(none, some)
    assert merged.rows.tolist() == some.rows.tolist()
    assert merged.threshold == some.threshold
    assert settle(none)[1].size == 0


def test_rounding_makes_no_ranks() -> None:
    """Scores that differ by rounding of the range are tied, as `wb.rank` ties them."""
    scores = np.array([0.5, 0.5 + 1e-13, 0.7, -0.9])
    best, ranks = settle(best_rows(2, 0.0, scores, np.arange(4), scores[:, None]))
    assert best.rows.tolist() == [2, 1, 0]
    assert ranks.tolist() == [1, 2, 2]
