"""Ranks, ties, partial orders and what causes a ranking's spread."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from weighbridge.core.arrays import Floats
from weighbridge.core.ranking import (
    TIE_TOLERANCE,
    ChosenSet,
    PartialOrder,
    PrometheeRanking,
    Ranking,
    competition_ranks,
)
from weighbridge.errors import InputError

whole = st.lists(st.integers(-20, 20), min_size=1, max_size=12)
reals = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12)


def brute_ranks(scores: list[float]) -> list[int]:
    """Rank by the definition: chain sorted neighbours into groups, rank 1 + how many are in better groups."""
    tolerance = TIE_TOLERANCE * (max(scores) - min(scores))
    ordered = sorted(scores, reverse=True)
    group = {ordered[0]: 0}
    for above, below in itertools.pairwise(ordered):
        group[below] = group[above] + (above - below > tolerance)
    return [1 + sum(group[other] < group[score] for other in scores) for score in scores]


# --- competition ranks ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "ranks"),
    [
        ([], []),
        ([3.0], [1]),
        ([1.0, 3.0, 2.0], [3, 1, 2]),
        ([2.0, 3.0, 2.0, 1.0], [2, 1, 2, 4]),
        ([5.0, 5.0, 5.0], [1, 1, 1]),
    ],
)
def test_equal_scores_share_the_best_rank(scores: list[float], ranks: list[int]) -> None:
    """The rule is 1224: after a shared rank the next one is left out."""
    assert competition_ranks(np.array(scores)).tolist() == ranks


def test_lower_scores_can_be_better() -> None:
    """The other orientation ranks the smallest first."""
    assert competition_ranks(np.array([1.0, 3.0, 1.0]), higher_is_better=False).tolist() == [1, 3, 1]


@given(whole)
def test_ranks_are_those_of_scipy(scores: list[int]) -> None:
    """Scores that are clearly apart or equal get scipy's ``min`` ranks."""
    values = np.array(scores, dtype=np.float64)
    np.testing.assert_array_equal(competition_ranks(values), stats.rankdata(-values, method="min"))


@given(reals)
def test_ranks_are_those_of_the_definition(scores: list[float]) -> None:
    """A brute-force reading of the definition gives the same ranks."""
    assert competition_ranks(np.array(scores)).tolist() == brute_ranks(scores)


@given(st.lists(st.integers(0, 30), min_size=2, max_size=10))
def test_near_equal_scores_are_chained(steps: list[int]) -> None:
    """Scores in steps of 0.4 tolerances tie along the chain, though its ends are far apart."""
    scores = [1.0, 0.0, *(0.5 + 0.4 * TIE_TOLERANCE * step for step in steps)]
    assert competition_ranks(np.array(scores)).tolist() == brute_ranks(scores)


def test_a_chain_ties_its_ends_and_a_gap_breaks_it() -> None:
    """Neighbours within the tolerance of the range tie; one gap above it starts a new rank."""
    step = 0.9 * TIE_TOLERANCE
    chain = [1.0, 0.5, 0.5 - step, 0.5 - 2 * step, 0.0]
    assert competition_ranks(np.array(chain)).tolist() == [1, 2, 2, 2, 5]
    broken = [1.0, 0.5, 0.5 - 2 * step, 0.0]
    assert competition_ranks(np.array(broken)).tolist() == [1, 2, 3, 4]


def test_the_tolerance_belongs_to_the_range() -> None:
    """The same gap is a difference in a narrow field and a tie in a wide one."""
    narrow, wide = [0.0, 1e-13, 2e-13], [0.0, 1e-13, 1.0]
    assert competition_ranks(np.array(narrow)).tolist() == [3, 2, 1]
    assert competition_ranks(np.array(wide)).tolist() == [2, 2, 1]


@given(whole, st.randoms(use_true_random=False))
def test_permuting_the_scores_permutes_the_ranks(scores: list[int], random: Any) -> None:
    """The order of the rows has no influence."""
    values = np.array(scores, dtype=np.float64)
    order = np.array(random.sample(range(len(scores)), len(scores)))
    np.testing.assert_array_equal(competition_ranks(values[order]), competition_ranks(values)[order])


@given(whole, st.sampled_from([lambda x: 3 * x - 7, lambda x: x**3, lambda x: np.exp(x / 10), np.arctan]))
def test_increasing_transforms_leave_the_ranks(scores: list[int], transform: Any) -> None:
    """Only the order of the scores counts."""
    values = np.array(scores, dtype=np.float64)
    np.testing.assert_array_equal(competition_ranks(transform(values)), competition_ranks(values))


@given(whole)
def test_turning_scores_and_orientation_leaves_the_ranks(scores: list[int]) -> None:
    """Ranking −x with low as best is ranking x with high as best."""
    values = np.array(scores, dtype=np.float64)
    np.testing.assert_array_equal(competition_ranks(-values, higher_is_better=False), competition_ranks(values))


@given(reals)
def test_ranks_are_whole_start_at_one_and_count_the_better(scores: list[float]) -> None:
    """Somebody is first, and a rank is one more than the number of strictly better ranks."""
    ranks = competition_ranks(np.array(scores))
    assert ranks.min() == 1
    assert [int((ranks < rank).sum()) + 1 for rank in ranks] == ranks.tolist()


# --- a complete ranking ---------------------------------------------------------------------------


def ranking(contributions: Floats, **fields: Any) -> Ranking:
    """Return a ranking whose score is the sum of the given contributions."""
    labels = pd.Index([f"M-{i}" for i in range(len(contributions))])
    names = tuple(f"c{j}" for j in range(contributions.shape[1]))
    scores = contributions.sum(axis=1)
    return Ranking("weighted-sum", labels, names, scores, True, lambda rows: contributions[rows], **fields)


EXAMPLE = ranking(np.array([[0.2, 0.1], [0.5, 0.4], [0.3, 0.0], [0.0, 0.0]]))
tables = st.integers(2, 8).flatmap(
    lambda n: st.lists(st.lists(st.floats(-10, 10), min_size=3, max_size=3), min_size=n, max_size=n)
)


def test_a_ranking_shows_scores_ranks_and_ties_in_row_order() -> None:
    """The frame has the matrix's rows; the tied pair is marked."""
    expected = pd.DataFrame(
        {
            "score": [0.2 + 0.1, 0.9, 0.3, 0.0],
            "rank": [2, 1, 2, 4],
            "tied": [True, False, True, False],
        },
        index=["M-0", "M-1", "M-2", "M-3"],
    )
    pd.testing.assert_frame_equal(EXAMPLE.to_frame(), expected)


def test_order_runs_from_best_to_worst_and_keeps_ties_in_place() -> None:
    """Tied rows keep the matrix's order, so the same input gives the same table."""
    assert EXAMPLE.order.tolist() == [1, 0, 2, 3]
    alternating = ranking(np.tile([[0.0], [1.0]], (50, 1)))
    assert alternating.order.tolist() == [*range(1, 100, 2), *range(0, 100, 2)]


def test_contributions_are_asked_for_by_row() -> None:
    """All rows, or those asked for in the order asked, with their labels."""
    assert EXAMPLE.contributions.shape == (4, 2)
    some = EXAMPLE.contributions_of([3, 1])
    assert some.index.tolist() == ["M-3", "M-1"]
    assert some.loc["M-1"].to_dict() == {"c0": 0.5, "c1": 0.4}


def test_contributions_are_not_computed_until_asked_for() -> None:
    """Scores and ranks of a large library cost no contributions."""

    def never(rows: Any) -> Floats:
        raise AssertionError("contributions were computed")

    lazy = Ranking("topsis", pd.Index(["A", "B"]), ("c",), np.array([0.1, 0.2]), True, never)
    assert lazy.to_frame()["rank"].tolist() == [2, 1]
    with pytest.raises(AssertionError, match="contributions were computed"):
        _ = lazy.contributions


def test_the_base_is_zero_unless_the_method_has_one() -> None:
    """Contributions add up to score less base."""
    assert EXAMPLE.base_of([0, 2]).tolist() == [0.0, 0.0]
    based = ranking(np.ones((3, 1)), base=lambda rows: rows * 10.0)
    pd.testing.assert_series_equal(based.base_of([2, 1]), pd.Series([20.0, 10.0], index=["M-2", "M-1"], name="base"))


def test_a_notebook_shows_the_best_twenty_and_counts_the_rest() -> None:
    """A long ranking stays readable."""
    html = ranking(np.arange(30.0)[:, None])._repr_html_()
    assert html.count("<tr") == 21
    assert "… and 10 more" in html
    assert "more" not in EXAMPLE._repr_html_()


# --- effective weights ----------------------------------------------------------------------------


def test_effective_weights_are_covariance_over_variance() -> None:
    """Cov(contribution, score) / Var(score), by numpy's own covariance."""
    table = np.random.default_rng(1).normal(size=(40, 3))
    covariance = np.cov(np.column_stack([table, table.sum(axis=1)]).T)
    np.testing.assert_allclose(ranking(table).effective_weights, covariance[:3, 3] / covariance[3, 3])


@given(tables)
def test_effective_weights_sum_to_one(table: list[list[float]]) -> None:
    """The shares of the spread add up to all of it, or are all zero where nothing is spread."""
    weights = ranking(np.array(table)).effective_weights
    scores = np.array(table).sum(axis=1)
    if np.ptp(scores) > 1e-6:
        assert weights.sum() == pytest.approx(1.0, abs=1e-6)
    else:
        assert weights.sum() == pytest.approx(1.0, abs=1e-3) or (weights == 0.0).all()


def test_a_constant_criterion_causes_nothing() -> None:
    """However large its contribution, the same for every molecule moves no rank."""
    table = np.column_stack([np.full(5, 0.9), np.arange(5.0)])
    assert ranking(table).effective_weights.tolist() == pytest.approx([0.0, 1.0])


def test_equal_scores_are_caused_by_nothing() -> None:
    """Where all scores are equal every effective weight is 0 and not 0/0."""
    table = np.array([[0.1, 0.3], [0.3, 0.1], [0.2, 0.2]])
    assert ranking(table).effective_weights.tolist() == [0.0, 0.0]
    assert ranking(np.array([[0.1, 0.3]])).effective_weights.tolist() == [0.0, 0.0]


def test_a_narrow_field_is_not_taken_for_equal() -> None:
    """A spread of a billionth is small and still a spread."""
    table = np.column_stack([0.5 + 1e-9 * np.arange(4.0), np.full(4, 0.25)])
    assert ranking(table).effective_weights.tolist() == pytest.approx([1.0, 0.0], abs=1e-5)


@given(tables, st.permutations(range(3)))
def test_effective_weights_go_with_their_criteria(table: list[list[float]], order: list[int]) -> None:
    """Permuting the columns permutes the effective weights."""
    values = np.array(table)
    if np.ptp(values.sum(axis=1)) < 1e-3:
        return
    before, after = ranking(values).effective_weights, ranking(values[:, order]).effective_weights
    np.testing.assert_allclose(after.to_numpy(), before.to_numpy()[order], rtol=1e-6, atol=1e-6)


# --- PROMETHEE ------------------------------------------------------------------------------------


def test_a_promethee_ranking_names_its_flows() -> None:
    """Net flow is the score; positive, negative and criterion flows come on demand, both sides at once."""
    positive, negative = np.array([0.6, 0.2]), np.array([0.1, 0.5])
    asked = []
    result = PrometheeRanking(
        "promethee-ii",
        pd.Index(["A", "B"]),
        ("x", "y"),
        positive - negative,
        True,
        lambda rows: np.zeros((len(rows), 2)),
        sides=lambda: asked.append("sides") or (positive, negative),
        by_criterion=lambda: np.array([[0.5, 0.5], [-0.5, -0.3]]),
    )
    assert asked == []
    pd.testing.assert_series_equal(result.net_flow, (result.positive_flow - result.negative_flow).rename("net flow"))
    assert asked == ["sides"]
    expected = pd.DataFrame({"x": [0.5, -0.5], "y": [0.5, -0.3]}, index=["A", "B"])
    pd.testing.assert_frame_equal(result.criterion_flows, expected)


def partial(positive: list[float], negative: list[float]) -> PartialOrder:
    """Return a partial order of molecules numbered from 0."""
    index = pd.RangeIndex(len(positive))
    return PartialOrder(
        "promethee-i", index, pd.Series(positive, name="positive flow"), pd.Series(negative, name="negative flow")
    )


def brute_word(a: tuple[float, float], b: tuple[float, float]) -> str:
    """Relate two molecules by the definition of PROMETHEE I (Brans and Vincke 1985)."""
    if a == b:
        return "I"
    if a[0] >= b[0] and a[1] <= b[1]:
        return "P+"
    if a[0] <= b[0] and a[1] >= b[1]:
        return "P-"
    return "R"


flows = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=8)


@given(flows)
def test_the_relation_is_that_of_the_definition(pairs: list[tuple[int, int]]) -> None:
    """Every pair is related as the definition says."""
    words = partial([float(a) for a, _ in pairs], [float(b) for _, b in pairs]).relation.to_numpy()
    for (i, a), (j, b) in itertools.product(enumerate(pairs), repeat=2):
        assert words[i, j] == brute_word(a, b)


@given(flows)
def test_the_relation_turns_with_the_pair(pairs: list[tuple[int, int]]) -> None:
    """P+ and P− are each other's mirror, I and R their own, and everything is indifferent to itself."""
    words = partial([float(a) for a, _ in pairs], [float(b) for _, b in pairs]).relation.to_numpy()
    mirror = {"P+": "P-", "P-": "P+", "I": "I", "R": "R"}
    assert [[mirror[word] for word in row] for row in words.T] == words.tolist()
    assert set(np.diag(words)) == {"I"}


@given(flows)
def test_every_incomparable_pair_is_listed_once(pairs: list[tuple[int, int]]) -> None:
    """The list holds exactly the unordered pairs with the word R."""
    order = partial([float(a) for a, _ in pairs], [float(b) for _, b in pairs])
    expected = [(i, j) for i, j in itertools.combinations(range(len(pairs)), 2) if order.relation.iloc[i, j] == "R"]
    assert list(order.incomparable) == expected


def test_flows_equal_but_for_rounding_are_equal() -> None:
    """0.1 + 0.2 is 0.3: a rounding error makes nobody preferred."""
    assert partial([0.1 + 0.2, 0.3, 0.9], [0.4, 0.4, 0.1]).relation.iloc[0, 1] == "I"


@pytest.mark.parametrize("name", ["ranks", "scores", "ties"])
def test_a_partial_order_has_no_ranks(name: str) -> None:
    """Asking for what only a complete ranking has is answered with where to get it."""
    with pytest.raises(InputError) as caught:
        getattr(partial([0.5], [0.5]), name)
    assert str(caught.value) == (
        f"PROMETHEE I gives a partial order and has no {name}. Use method='promethee-ii' for a complete ranking"
    )


def test_a_partial_order_is_otherwise_an_ordinary_object() -> None:
    """Unknown names are attribute errors, copies work, and the frame holds both flows."""
    order = partial([0.5, 0.1], [0.2, 0.3])
    assert not hasattr(order, "colour")
    assert copy.copy(order).method == "promethee-i"
    assert order.to_frame().columns.tolist() == ["positive flow", "negative flow"]


# --- a chosen set ---------------------------------------------------------------------------------


def test_a_chosen_set_counts_and_contains_its_molecules() -> None:
    """What was passed over is not chosen."""
    chosen = ChosenSet(("M-1", "M-2"), passed_over={"M-3": "series cap"})
    assert len(chosen) == 2
    assert "M-1" in chosen
    assert "M-3" not in chosen
    assert (chosen.tied_at_cut, chosen.rule) == ((), "")


# --- large tables ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["ties", "floats", "chains"])
@pytest.mark.parametrize("higher", [True, False])
def test_many_scores_rank_as_by_counting(kind: str, higher: bool) -> None:
    """A hundred thousand scores get the ranks of scipy's competition ranking over their tie groups."""
    rng = np.random.default_rng(1)
    scores = {
        "ties": rng.integers(-50, 50, 100_000).astype(float),
        "floats": rng.standard_normal(100_000),
        "chains": rng.integers(0, 200, 100_000) + rng.integers(0, 3, 100_000) * 1e-11,
    }[kind]
    groups = np.round(scores) if kind == "chains" else scores
    expected = stats.rankdata(-groups if higher else groups, method="min")
    np.testing.assert_array_equal(competition_ranks(scores, higher_is_better=higher), expected)


@given(
    st.lists(st.sampled_from([0.0, -0.0, 5e-324, -5e-324, 1.0, 1.0 + 2**-52, -8e307, 8e307]), min_size=1, max_size=12)
)
def test_ranks_of_extreme_scores_follow_the_definition(scores: list[float]) -> None:
    """Signed zeros are equal, denormals tie beside huge numbers."""
    assert competition_ranks(np.array(scores)).tolist() == brute_ranks(scores)
