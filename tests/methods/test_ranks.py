"""Borda over criteria; Borda and Copeland over rankings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import rankdata
from tests.methods.tables import pairs, ranked, sample, table

import weighbridge as wb
from weighbridge.errors import InputError
from weighbridge.methods.ranks import average_ranks, copeland_scores


def test_average_ranks_equal_scipy() -> None:
    """Ties share the average of their places, in both directions."""
    scores = np.array([0.5, 0.5, 0.1, 0.9, 0.1])
    assert_array_equal(average_ranks(scores), rankdata(-scores))
    assert_array_equal(average_ranks(scores, higher_is_better=False), rankdata(scores))


@pytest.mark.parametrize("seed", range(4))
def test_borda_counts_the_weight_of_beaten_molecules(seed: int) -> None:
    """A double loop over pairs gives the same points, a tie counting half."""
    values, signs, weights = sample(seed, 7, 3, 1, 4)
    values = np.round(values)
    expected = np.zeros(7)
    for i, k in pairs(7):
        difference = (values[i] - values[k]) * signs
        expected[i] += (weights * ((difference > 0) + 0.5 * (difference == 0))).sum()
    ranking = ranked(table(values, signs), "borda", weights)
    assert_allclose(ranking.scores_array, expected, rtol=0, atol=1e-12)
    assert_allclose(ranking.contributions.sum(axis=1), expected, rtol=0, atol=1e-12)


def test_borda_is_an_affine_image_of_promethee_usual() -> None:
    """φ = 2 · points/(n − 1) − 1, so both rank alike."""
    values, signs, weights = sample(5, 9, 4)
    points = ranked(table(values, signs), "borda", weights).scores_array
    flows = ranked(table(values, signs), "promethee-ii", weights).scores_array
    assert_allclose(2 * points / 8 - 1, flows, rtol=0, atol=1e-12)


RANKINGS = [[1, 2, 3, 4], [2, 1, 3, 4], [4, 3, 1, 2]]


def test_rankings_may_come_as_lists_frames_series_or_rankings() -> None:
    """The same ranks give the same result in every form."""
    frame = pd.DataFrame(np.array(RANKINGS).T, columns=["x", "y", "z"])
    by_name = {name: frame[name] for name in frame}
    expected = wb.aggregate_ranks(RANKINGS).scores_array
    assert_array_equal(wb.aggregate_ranks(frame).scores_array, expected)
    assert_array_equal(wb.aggregate_ranks(by_name).scores_array, expected)
    shuffled = {**by_name, "y": by_name["y"].iloc[::-1]}
    assert_array_equal(wb.aggregate_ranks(shuffled).scores_array, expected)


def test_ranking_objects_enter_with_ties_at_their_average_place() -> None:
    """A tie for the first place of two is 1.5 each, and labels are kept."""
    matrix = table([[5, 1], [5, 2], [1, 3]])
    a = ranked(matrix, "weighted-sum", [1, 0], normalization="none")
    b = ranked(matrix, "vikor", [0, 1])
    combined = wb.aggregate_ranks({"sum": a, "vikor": b})
    assert combined.details["rank_sum"].tolist() == [4.5, 3.5, 4.0]
    assert list(combined.scores.index) == ["A1", "A2", "A3"]
    assert combined.criteria == ("sum", "vikor")


@pytest.mark.parametrize("method", ["borda", "copeland"])
def test_contributions_of_each_ranking_add_up(method: str) -> None:
    """Also for Copeland, by Shapley values over the rankings."""
    combined = wb.aggregate_ranks(RANKINGS, method)
    assert_allclose(combined.contributions.sum(axis=1), combined.scores, rtol=0, atol=1e-12)


def test_weights_let_one_ranking_count_more() -> None:
    """With all weight on the third ranking the result is the third ranking."""
    weights = {"ranking 1": 0, "ranking 2": 0, "ranking 3": 2}
    for method in ("borda", "copeland"):
        assert wb.aggregate_ranks(RANKINGS, method, weights=weights).ranks.tolist() == RANKINGS[2]


def test_copeland_counts_majorities_and_splits_as_zero() -> None:
    """A Condorcet cycle leaves everyone at 0; an even split is no win."""
    cycle = [[1, 2, 3], [3, 1, 2], [2, 3, 1]]
    assert wb.aggregate_ranks(cycle, "copeland").scores_array.tolist() == [0, 0, 0]
    assert wb.aggregate_ranks([[1, 2], [2, 1]], "copeland").ties.all()


def test_copeland_needs_more_than_a_rounding_error_of_weight() -> None:
    """0.1 + 0.2 against 0.3 is a split."""
    ranks = np.array([[1, 1, 2], [2, 2, 1]], dtype=float)
    assert copeland_scores(ranks, np.array([0.1, 0.2, 0.3])).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("rankings", "words"),
    [
        ([], "no rankings"),
        ([[1, 2], [1, 2, 3]], "other molecules"),
        ([[1, np.nan]], "missing"),
        ([["a", "b"]], "not numbers"),
        ([pd.Series([1, 2], index=["x", "x"])], "twice"),
        ([pd.Series([1, 2], index=["x", "y"]), pd.Series([1, 2], index=["x", "z"])], "other molecules"),
    ],
)
def test_rankings_that_do_not_fit_are_refused(rankings: list, words: str) -> None:
    """Different molecules, gaps, text and duplicates each have their message."""
    with pytest.raises(InputError, match=words):
        wb.aggregate_ranks(rankings)


def test_a_partial_order_cannot_be_aggregated() -> None:
    """It has no ranks, and the error says what to use instead."""
    with pytest.raises(InputError, match="PROMETHEE II"):
        wb.aggregate_ranks([ranked(table([[1], [2]]), "promethee-i")])


def test_unknown_aggregation_is_refused() -> None:
    """The names are listed."""
    with pytest.raises(InputError, match="'borda', 'copeland'"):
        wb.aggregate_ranks(RANKINGS, "kemeny")
