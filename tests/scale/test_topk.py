"""The rows that may be among the best k: all of them, whatever the order, and ties shown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.core.ranking import ROUNDING, competition_ranks
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


def settled(scores: np.ndarray, k: int, parts: int = 3, seed: int = 0) -> tuple[list[int], list[int]]:
    """Return rows and ranks of the best k of exact scores, from parts merged in random order."""
    best, ranks = settle(collect(scores, k, 0.0, parts, seed))
    return best.rows.tolist(), ranks.tolist()


awkward = st.one_of(
    st.integers(-4, 4).map(lambda i: i / 4),
    st.sampled_from([0.0, -0.0, 5e-324, -5e-324, 1e-20, 2e-20, 0.1 + 0.2, 0.3, 1 - 2.0**-53]),
    st.floats(-1, 1, allow_nan=False),
)


@settings(max_examples=50, deadline=None)
@given(scores=st.lists(awkward, min_size=1, max_size=40), k=st.integers(1, 45), parts=st.integers(1, 6))
def test_ranks_are_those_in_memory(scores: list[float], k: int, parts: int) -> None:
    """The best k with their ranks are the rows that `competition_ranks` puts up to k, with the rounding of a rank."""
    array = np.array(scores)
    wanted = competition_ranks(array, rounding=ROUNDING * float(np.abs(array).max()))
    rows, ranks = settled(array, k, parts)
    assert sorted(rows) == np.flatnonzero(wanted <= k).tolist()
    assert ranks == wanted[rows].tolist()


@pytest.mark.parametrize("unit", [1e-300, 1e-30, 1e-15, 1e-6, 1.0, 1e6, 1e100])
def test_small_scores_are_told_apart(unit: float) -> None:
    """The unit of exact scores makes no ties and unmakes none."""
    scores = np.array([3.0, 1.0, 2.0, 2.0, -5.0]) * unit
    assert settled(scores, 2) == ([0, 2, 3], [1, 2, 2])
    assert settled(scores, 4) == ([0, 2, 3, 1], [1, 2, 2, 4])


def test_net_flows_tie_by_what_cancels_in_them() -> None:
    """Scores with an error are sums of numbers up to 1, so that differences of their rounding are ties."""
    scores = np.array([1e-15, 0.0, -1e-15])
    flows = best_rows(1, 1e-9, scores, np.arange(3), scores[:, None])
    assert settle(flows, scores)[1].tolist() == [1, 1, 1]
    exact = best_rows(1, 0.0, scores, np.arange(3), scores[:, None])
    assert settle(exact)[1].tolist() == [1]
    assert settle(exact, magnitude=1.0)[1].tolist() == [1, 1, 1]


@pytest.mark.parametrize("n", [1, 2, 7])
@pytest.mark.parametrize("value", [0.0, -0.0, 0.5, -1.0, 5e-324])
def test_all_alike_are_all_first(n: int, value: float) -> None:
    """Where every score is the same every row is in the top of any size, at rank 1."""
    for k in (1, n, n + 5):
        assert settled(np.full(n, value), k, parts=min(n, 3)) == (list(range(n)), [1] * n)


@pytest.mark.parametrize("k", [5, 6, 1000])
def test_no_more_rows_than_there_are(k: int) -> None:
    """With k at or above the number of rows all of them come, and nothing has a threshold until there are k."""
    scores = np.array([0.1, 0.5, 0.3, 0.9, 0.7])
    top = collect(scores, k, 0.0, 2, 1)
    assert top.rows.tolist() == [3, 4, 1, 2, 0]
    assert (top.threshold == -np.inf) == (k > 5)
    assert top.complete


def test_order_of_merging_changes_no_byte() -> None:
    """Scores, rows and values come out the same from every tree of merges, also where rows had to be left out."""
    rng = np.random.default_rng(4)
    scores = rng.integers(0, 9, 200) / 8
    for kept in (6, 20, 1000):
        wanted = collect(scores, 5, 0.05, 1, 0, kept=kept)
        for seed in range(12):
            top = collect(scores, 5, 0.05, 1 + seed, seed, kept=kept)
            assert top.rows.tobytes() == wanted.rows.tobytes()
            assert top.scores.tobytes() == wanted.scores.tobytes()
            assert top.values.tobytes() == wanted.values.tobytes()
            assert (top.low, top.high, top.lost, top.complete) == (
                wanted.low,
                wanted.high,
                wanted.lost,
                wanted.complete,
            )


def test_merging_is_associative_and_commutative() -> None:
    """(a + b) + c, a + (b + c) and c + (b + a) hold the same rows."""
    rng = np.random.default_rng(5)
    a, b, c = (
        best_rows(3, 0.1, rng.integers(0, 6, 10) / 5, np.arange(10) + shift, rng.normal(size=(10, 2)))
        for shift in (0, 10, 20)
    )
    trees = [merge_top(merge_top(a, b), c), merge_top(a, merge_top(b, c)), merge_top(c, merge_top(b, a))]
    for tree in trees[1:]:
        assert tree.rows.tolist() == trees[0].rows.tolist()
        assert tree.values.tobytes() == trees[0].values.tobytes()


def test_at_least_k_rows_are_kept() -> None:
    """A cap on the rows kept below k does not make the top smaller."""
    scores = np.arange(10.0)
    assert collect(scores, 6, 0.0, 2, 0, kept=2).rows.tolist() == [9, 8, 7, 6, 5, 4]


def test_a_bound_above_the_range_keeps_every_row() -> None:
    """Scores that say nothing leave all rows to the recount, which then decides."""
    exact = np.array([0.4, 0.1, 0.9, 0.9])
    top = collect(np.zeros(4), 1, 2.0, 2, 3)
    assert sorted(top.rows.tolist()) == [0, 1, 2, 3]
    best, ranks = settle(top, exact[top.rows])
    assert (best.rows.tolist(), ranks.tolist(), best.scores.tolist()) == ([2, 3], [1, 1], [0.9, 0.9])


def test_a_row_at_exactly_twice_the_bound_is_kept() -> None:
    """The k-th may be too high and another too low by the whole bound, and then they are tied."""
    bound = 0.125
    top = collect(np.array([0.75, 0.5, 0.25]), 1, bound, 1, 0)
    assert top.rows.tolist() == [0, 1]
    best, _ = settle(top, np.array([0.625, 0.625]))
    assert best.rows.tolist() == [0, 1]


def test_settled_values_follow_their_rows() -> None:
    """After a recount has changed the order, every row still has its own values."""
    scores = np.array([0.5, 0.4, 0.3])
    top = best_rows(3, 0.2, scores, np.array([7, 8, 9]), np.array([[70.0], [80.0], [90.0]]))
    best, ranks = settle(top, np.array([0.31, 0.45, 0.38]))
    assert best.rows.tolist() == [8, 9, 7]
    assert best.values[:, 0].tolist() == [80.0, 90.0, 70.0]
    assert best.scores.tolist() == [0.45, 0.38, 0.31]
    assert ranks.tolist() == [1, 2, 3]
