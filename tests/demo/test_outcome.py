from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.demo.outcome import baseline_scores, expected_hits, judge_choice, read_outcome
from weighbridge.demo.prepare import HELD_OUT

IDS = list("abcdef")
MEASURED = pd.Series([0.9, 0.4, 0.3, 0.2, -1.0, 0.31], index=IDS)


def series(values) -> pd.Series:
    return pd.Series(values, index=IDS, dtype=float)


@settings(max_examples=25, deadline=None)
@given(scores=st.lists(st.integers(0, 3), min_size=6, max_size=6), k=st.integers(1, 6), seed=st.integers(0, 50))
def test_ties_at_the_cut_count_as_their_mean(scores, k, seed):
    """Expected hits equal the mean over every way to break ties, enumerated."""
    hit = pd.Series(np.random.default_rng(seed).integers(0, 2, 6).astype(bool), index=IDS)
    values = series(scores)
    hits, numbers = hit.tolist(), list(scores)
    # a stable sort of every permutation breaks ties in every way, each equally often
    orders = (sorted(order, key=lambda row: -numbers[row]) for order in permutations(range(6)))
    counts = [sum(hits[row] for row in order[:k]) for order in orders]
    assert expected_hits(values, hit, k) == pytest.approx(np.mean(counts))


def test_the_plain_average_is_of_ranks():
    """The average rule orders by the mean of the two rank positions, ties sharing theirs."""
    public, internal = series([0.9, 0.8, 0.8, 0.1, 0.2, 0.3]), series([0, 3, 1, 2, -1, -2])
    average = baseline_scores({"public": public, "internal": internal})["plain average of ranks"]
    assert average.tolist() == [-(1 + 4) / 2, -(2.5 + 1) / 2, -(2.5 + 3) / 2, -(6 + 2) / 2, -(5 + 5) / 2, -(4 + 6) / 2]


def test_a_hit_is_above_the_threshold_and_not_at_it():
    """0.3 itself is no hit, 0.31 is."""
    found = judge_choice(["c", "f"], series(range(6)), {"one": series(range(6))}, MEASURED)
    assert found.rules[0].hits == 1


def test_every_rule_chooses_from_the_same_molecules():
    """Molecules that failed a gate are nobody's choice, and chance is k times the share of hits."""
    ranked = series([5, 4, 3, 2, 1, 0]).drop("a")
    predictions = {"public": series([9, 0, 0, 0, 0, 8]), "internal": series([9, 8, 0, 0, 0, 0])}
    found = judge_choice(["b", "c"], ranked, predictions, MEASURED)
    table = found.to_frame()
    assert (found.k, found.ranked) == (2, 5)
    assert list(table.index) == [
        "weighbridge", "public model alone", "internal model alone", "plain average of ranks", "chance",
    ]  # fmt: skip
    assert table.loc["chance", "hits"] == pytest.approx(2 * 2 / 5)
    assert table.loc["internal model alone", "hits"] == pytest.approx(1 + 1 / 4)  # b, then f is one of four tied
    assert table["share"].tolist() == pytest.approx((table["hits"] / 2).tolist())
    assert np.isnan(table.loc["chance", "spearman"])


def test_a_perfect_order_has_correlation_one():
    """The rank correlation is 1 for the true order and −1 for its reverse."""
    found = judge_choice(["a"], MEASURED * 3, {"public": -MEASURED}, MEASURED)
    assert found.rules[0].spearman == pytest.approx(1.0)
    assert found.rules[1].spearman == pytest.approx(-1.0)


def test_the_outcome_is_read_by_id(tmp_path):
    """Held-out values come back by molecule id."""
    (tmp_path / HELD_OUT).parent.mkdir()
    (tmp_path / HELD_OUT).write_text("id,logBB\nB3DB-0002,0.5\nB3DB-0001,-1\n")
    assert read_outcome(tmp_path).to_dict() == {"B3DB-0002": 0.5, "B3DB-0001": -1.0}


def test_expected_hits_by_hand():
    """Scores 3 2 2 2 1 0, places for 2: the first for sure, then one of three of which two are hits: 0 + 2/3."""
    hit = pd.Series([False, True, True, False, True, True], index=IDS)
    assert expected_hits(series([3, 2, 2, 2, 1, 0]), hit, 2) == pytest.approx(2 / 3)
    assert expected_hits(series([3, 2, 2, 2, 1, 0]), hit, 4) == 2
    assert expected_hits(series([0] * 6), hit, 3) == pytest.approx(3 * 4 / 6)
    assert expected_hits(series(range(6)), hit, 6) == 4


@given(scores=st.lists(st.integers(-3, 3), min_size=6, max_size=6), k=st.integers(1, 6))
def test_expected_hits_depend_on_the_order_of_scores_alone(scores, k):
    """Another unit or origin of the scores, or another order of the rows, expects the same hits."""
    hit = MEASURED > 0.3
    plain = expected_hits(series(scores), hit, k)
    assert expected_hits(series(scores) * 7 - 2, hit, k) == plain
    assert expected_hits(series(scores)[::-1], hit, k) == pytest.approx(plain)
    misses = expected_hits(series(scores), ~hit, k)
    assert plain + misses == pytest.approx(k)


def test_the_average_of_one_model_is_that_model():
    """With a single source both rules order alike and expect the same hits."""
    scores = baseline_scores({"public": series([3, 1, 2, 0, 5, 4])})
    assert list(scores) == ["public model alone", "plain average of ranks"]
    assert scores["plain average of ranks"].rank().tolist() == scores["public model alone"].rank().tolist()


def test_the_table_has_a_line_for_every_rule():
    """Hits, share of k and correlation as numbers, chance without a correlation."""
    found = judge_choice(["a", "f"], MEASURED, {"public": MEASURED}, MEASURED, name="ours").to_frame()
    assert list(found.columns) == ["hits", "share", "spearman"]
    assert found.index.name == "rule"
    assert found.index[0] == "ours"
    assert found.loc["ours"].tolist() == pytest.approx([2, 1, 1])
    assert found.dtypes.map(str).unique().tolist() == ["float64"]
