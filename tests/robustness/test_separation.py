"""Winning probabilities and the groups of molecules that cannot be told apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.robustness.separation import (
    OverlapGroup,
    groups_words,
    overlap_groups,
    win_counts,
    winning_probabilities,
)


def chances(upper: list[list[float]]) -> np.ndarray:
    """Return a table of winning probabilities from its upper triangle, row by row."""
    n = len(upper) + 1
    table = np.zeros((n, n))
    for i, row in enumerate(upper):
        table[i, i + 1 :] = row
        table[i + 1 :, i] = 1 - np.array(row)
    return table


def spans(groups: tuple[OverlapGroup, ...]) -> list[tuple[int, int]]:
    """Return first and last place of each group."""
    return [(group.first, group.last) for group in groups]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 30))
def test_wins_are_counted_pair_by_pair(seed: int, t: int, draws: int) -> None:
    """Every pair of every draw is compared, equal scores won by neither."""
    scores = np.random.default_rng(seed).integers(0, 4, (draws, t)) / 3
    expected = [[sum(row[i] > row[j] + 1e-12 for row in scores) for j in range(t)] for i in range(t)]
    assert win_counts(scores, np.full(draws, 1e-12)).tolist() == expected


def test_scores_within_the_tolerance_are_equal() -> None:
    """Rounding wins nothing."""
    assert win_counts(np.array([[0.5 + 1e-15, 0.5]]), np.array([1e-12])).tolist() == [[0, 0], [0, 0]]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_probabilities_of_a_pair_sum_to_one(seed: int, t: int) -> None:
    """A tie counts half for each, and nobody wins against itself."""
    scores = np.random.default_rng(seed).integers(0, 3, (20, t)).astype(float)
    found = winning_probabilities(win_counts(scores, np.zeros(20)), 20)
    np.testing.assert_allclose((found + found.T)[~np.eye(t, dtype=bool)], 1)
    np.testing.assert_array_equal(np.diag(found), 0)


def test_a_tie_in_every_draw_is_even() -> None:
    """Two equal molecules win half each."""
    np.testing.assert_allclose(winning_probabilities(np.zeros((2, 2), dtype=np.int64), 7), [[0, 0.5], [0.5, 0]])


def test_clear_winners_stand_apart() -> None:
    """Where every pair is told apart, every group has one molecule."""
    groups = overlap_groups(chances([[0.95, 0.99], [0.9]]), ["x", "y", "z"])
    assert spans(groups) == [(1, 1), (2, 2), (3, 3)]
    assert [str(group) for group in groups] == [f"rank {i} is grouped with no other" for i in (1, 2, 3)]
    assert groups[0].closest == 0.5


def test_molecules_that_nobody_can_tell_apart_are_one_group() -> None:
    """The second and third overlap, the first and the last do not."""
    groups = overlap_groups(chances([[0.95, 0.97, 1.0], [0.7, 0.99], [0.96]]), list("wxyz"))
    assert spans(groups) == [(1, 1), (2, 3), (4, 4)]
    assert str(groups[1]) == "ranks 2–3 cannot be told apart"
    assert groups[1].labels == ("x", "y")
    assert groups[1].closest == pytest.approx(0.7)


def test_a_chain_of_neighbours_is_no_group() -> None:
    """First and third are told apart, so they are not in one group although both overlap with the second."""
    assert spans(overlap_groups(chances([[0.6, 0.95], [0.6]]), list("xyz"))) == [(1, 2), (3, 3)]


def test_the_later_molecule_may_be_the_winner() -> None:
    """Today's order may be against the odds; being told apart has no direction."""
    assert spans(overlap_groups(chances([[0.05]]), ["x", "y"])) == [(1, 1), (2, 2)]


def test_the_level_is_the_callers() -> None:
    """A stricter level puts more molecules together."""
    table = chances([[0.92]])
    assert spans(overlap_groups(table, ["x", "y"])) == [(1, 1), (2, 2)]
    assert spans(overlap_groups(table, ["x", "y"], level=0.95)) == [(1, 2)]


def test_one_molecule_is_one_group() -> None:
    """There is nobody to be told apart from."""
    assert spans(overlap_groups(np.zeros((1, 1)), ["x"])) == [(1, 1)]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 8))
def test_groups_cut_the_ranking_and_hold_their_promise(seed: int, t: int) -> None:
    """Groups follow each other without gaps, hold no pair that is told apart, and cannot be extended."""
    generator = np.random.default_rng(seed)
    table = chances([list(generator.uniform(0.3, 1, t - 1 - i)) for i in range(t - 1)])
    groups = overlap_groups(table, list(range(t)))
    clear = np.maximum(table, table.T)
    assert [label for group in groups for label in group.labels] == list(range(t))
    for group in groups:
        inside = [clear[i, j] for i in group.labels for j in group.labels if i != j]
        assert all(value < 0.9 for value in inside)
        if group.last < t:
            assert max(clear[i, group.last] for i in group.labels) >= 0.9


def test_groups_in_words_claim_nothing_of_their_neighbours() -> None:
    """Two groups of whom the last and the first are close say that they need not stand apart."""
    groups = overlap_groups(chances([[0.6, 0.95, 0.97], [0.6, 0.7], [0.6]]), list("wxyz"))
    assert spans(groups) == [(1, 2), (3, 4)]  # x and y, on either side of the boundary, are close
    assert groups_words(groups) == (
        "ranks 1–2 cannot be told apart; ranks 3–4 cannot be told apart "
        "(neighbouring groups need not stand apart from each other)"
    )
    assert groups_words(groups[:1]) == "ranks 1–2 cannot be told apart"


def test_a_single_molecule_may_be_close_to_the_group_before() -> None:
    """The third is apart from the first and not from the second, so it is not said to stand apart."""
    groups = overlap_groups(chances([[0.6, 0.95], [0.6]]), list("xyz"))
    assert str(groups[1]) == "rank 3 is grouped with no other"


def test_where_nobody_shares_a_group_all_neighbours_are_told_apart() -> None:
    """Only then is every neighbour said to be clear of the next."""
    groups = overlap_groups(chances([[0.95, 0.99], [0.9]]), ["x", "y", "z"])
    assert groups_words(groups) == "every neighbour in the ranking can be told apart"
