"""Choosing the first k: ties shown, caps named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.methods.tables import ranked, table

from weighbridge.errors import InputError
from weighbridge.methods.select import TIE_RULES, choose


def by_score(*scores: float):
    """Rank molecules A1, A2, … by given scores."""
    return ranked(table([[score] for score in scores]), "weighted-sum", normalization="none")


def test_the_first_k_come_best_first() -> None:
    """Without ties or caps nothing else is said."""
    chosen = choose(by_score(1, 9, 5, 7), 2)
    assert chosen.chosen == ("A2", "A4")
    assert chosen.tied_at_cut == ()
    assert chosen.rule == ""
    assert "A2" in chosen
    assert len(chosen) == 2


def test_k_beyond_the_table_takes_all() -> None:
    """There is no cut, so no tie at it."""
    assert choose(by_score(1, 1, 1), 5).chosen == ("A1", "A2", "A3")
    assert choose(by_score(1), 1).chosen == ("A1",)


def test_a_tie_at_the_cut_is_left_to_the_person() -> None:
    """Those clearly in are chosen, the tied ones listed and undecided."""
    chosen = choose(by_score(9, 5, 5, 5, 1), 3)
    assert chosen.chosen == ("A1",)
    assert chosen.tied_at_cut == ("A2", "A3", "A4")
    assert chosen.rule == ""


def test_a_tie_that_fits_is_no_tie_at_the_cut() -> None:
    """Two tied for the last two places are both in."""
    chosen = choose(by_score(9, 5, 5, 1), 3)
    assert chosen.chosen == ("A1", "A2", "A3")
    assert chosen.tied_at_cut == ()


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("order", ("A1", "A2", "A3")), ("include", ("A1", "A2", "A3", "A4")), ("exclude", ("A1",))],
)
def test_a_named_rule_fills_the_set_and_still_shows_the_tie(rule: str, expected: tuple[str, ...]) -> None:
    """The rule is written into the result."""
    chosen = choose(by_score(9, 5, 5, 5, 1), 3, tie_rule=rule)
    assert chosen.chosen == expected
    assert chosen.tied_at_cut == ("A2", "A3", "A4")
    assert chosen.rule == TIE_RULES[rule]


def test_near_equal_scores_tie_at_the_cut() -> None:
    """0.1 + 0.2 and 0.3 are equal, as in the ranks."""
    assert choose(by_score(0.3, 0.1 + 0.2, 0.9), 2).tied_at_cut == ("A1", "A2")


SERIES = {"A1": "x", "A2": "x", "A3": "x", "A4": "y"}


def test_a_cap_passes_over_a_full_series_and_says_who_filled_it() -> None:
    """The reason names the series and its members."""
    chosen = choose(by_score(9, 8, 7, 6, 5), 3, groups=SERIES, cap=2)
    assert chosen.chosen == ("A1", "A2", "A4")
    assert chosen.passed_over == {"A3": "series 'x' is full (2): A1, A2"}


@pytest.mark.parametrize("missing", [np.nan, None])
def test_a_molecule_without_series_is_its_own(missing: object) -> None:
    """Missing groups never fill one another, in a Series or by absence."""
    groups = pd.Series({"A1": missing, "A2": missing, "A3": "x"}, dtype=object)
    assert choose(by_score(9, 8, 7), 3, groups=groups, cap=1).chosen == ("A1", "A2", "A3")


def test_nobody_is_passed_over_once_the_set_is_full() -> None:
    """Molecules that the rank would not have chosen are not mentioned."""
    assert choose(by_score(9, 8, 7, 6, 5), 2, groups=SERIES, cap=2).passed_over == {}


def test_a_cap_can_leave_places_empty() -> None:
    """Fewer than k are chosen where every series is full."""
    chosen = choose(by_score(9, 8, 7), 3, groups=dict.fromkeys(["A1", "A2", "A3"], "x"), cap=1)
    assert chosen.chosen == ("A1",)
    assert set(chosen.passed_over) == {"A2", "A3"}


def test_a_tie_for_the_last_seat_of_a_series_is_shown_too() -> None:
    """Two equal molecules of one series and one seat: the person decides, or a rule does."""
    ranking = by_score(9, 9, 5)
    open_ = choose(ranking, 3, groups=SERIES, cap=1)
    assert open_.chosen == ()
    assert open_.tied_at_cut == ("A1", "A2")
    ruled = choose(ranking, 2, groups={"A1": "x", "A2": "x"}, cap=1, tie_rule="order")
    assert ruled.chosen == ("A1", "A3")
    assert ruled.tied_at_cut == ("A1", "A2")
    assert ruled.passed_over == {"A2": "series 'x' is full (1): A1"}
    assert ruled.rule == TIE_RULES["order"]


def test_include_keeps_the_cap() -> None:
    """All tied come in as far as their series have room."""
    chosen = choose(by_score(9, 9, 9, 9), 2, groups=SERIES, cap=1, tie_rule="include")
    assert chosen.chosen == ("A1", "A4")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"k": 0}, "k is not a number"),
        ({"k": True}, "k is not a number"),
        ({"k": 1.5}, "k is not a number"),
        ({"k": 1, "cap": 0, "groups": SERIES}, "cap is not a number"),
        ({"k": 1, "cap": 1}, "needs the series"),
        ({"k": 1, "tie_rule": "random"}, "'order', 'include', 'exclude'"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments: dict, words: str) -> None:
    """Each with its message."""
    with pytest.raises(InputError, match=words):
        choose(by_score(1, 2), **arguments)


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=9),
    st.integers(1, 10),
    st.sampled_from([None, "order", "include", "exclude"]),
    st.one_of(st.none(), st.integers(1, 3)),
)
@settings(max_examples=100, deadline=None)
def test_no_one_is_chosen_before_a_better_one_without_a_reason(scores: list, k: int, rule: str | None, cap) -> None:
    """Whoever scores strictly more than a chosen one is chosen, passed over or in the shown tie."""
    ranking = by_score(*map(float, scores))
    groups = {label: int(label[1:]) % 3 for label in ranking.labels}
    chosen = choose(ranking, k, groups=groups if cap else None, cap=cap, tie_rule=rule)
    accounted = set(chosen.chosen) | set(chosen.passed_over) | set(chosen.tied_at_cut)
    if chosen.chosen:
        last = min(ranking.scores[label] for label in chosen.chosen)
        assert all(label in accounted for label in ranking.labels if ranking.scores[label] > last)
    if rule != "include":
        assert len(chosen) <= k
    if cap:
        assert max(pd.Series([groups[c] for c in chosen.chosen], dtype=float).value_counts(), default=0) <= cap
    assert len(set(chosen.chosen)) == len(chosen.chosen)
