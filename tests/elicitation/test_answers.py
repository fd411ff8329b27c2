"""Single answers: what they say, which cannot be used, and how several pool into one edge."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.elicitation.answers import (
    LARGEST_RATIO,
    RECIPROCAL_TOLERANCE,
    Answer,
    answers_from_mapping,
    check_labels,
    checked_answers,
    pooled,
)
from weighbridge.errors import Faults

LABELS = ("speed", "price", "safety")
RATIOS = st.sampled_from([1 / 9, 1 / 5, 1 / 3, 1.0, 2.0, 3.0, 7.0, 9.0])
PAIRS = st.sampled_from(list(itertools.permutations(LABELS, 2)))
ANSWERS = st.lists(
    st.builds(
        lambda pair, value, weight: Answer(*pair, value, weight=weight), PAIRS, RATIOS, st.sampled_from([0.5, 1.0, 3.0])
    ),
    min_size=1,
    max_size=12,
)


def told(faults: Faults) -> list[str]:
    return [str(fault) for fault in faults]


def checked(*answers: Answer, labels: tuple[str, ...] = LABELS) -> tuple[tuple[Answer, ...], list[str]]:
    """Return the usable answers and what was wrong with the others."""
    faults = Faults()
    return checked_answers(labels, answers, faults), told(faults)


# --- what an answer says ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3.0, "3 × speed over price"),
        (1 / 3, "3 × price over speed"),
        (1.0, "speed and price equally"),
        (1.0 + 1e-12, "speed and price equally"),
        (2.5, "2.5 × speed over price"),
        (0.3333, "3 × price over speed"),
        (1 / 7, "7 × price over speed"),
    ],
)
def test_an_answer_is_read_with_a_figure_of_at_least_one(value: float, words: str) -> None:
    """People read "5 × a over b", never "0.2 × b over a"."""
    assert str(Answer("speed", "price", value)) == words


def test_an_answer_of_one_person_leaves_a_short_line() -> None:
    """Without expert, reason, place and range the line holds the answer and nothing made up."""
    line = Answer("speed", "price", 5.0).provenance()
    assert (line.label, line.value, line.how) == ("5 × speed over price", 5.0, "answer")
    assert line.parts == ()
    assert dict(line.facts) == {
        "a": "speed",
        "b": "price",
        "value": 5.0,
        "expert": "",
        "reason": "",
        "place": "",
        "round": 1,
        "weight": 1.0,
    }


def test_an_answer_with_everything_tells_everything_in_order() -> None:
    """Who, why, what was said before and where it stands, separated by semicolons."""
    answer = Answer(
        "speed",
        "price",
        0.2,
        weight=0.25,
        expert="Ada",
        reason="the budget is fixed",
        place="j.csv, row 7",
        low=1 / 7,
        high=1 / 3,
        round=3,
        earlier=("3 × speed over price (round 1)", "skipped (round 2)"),
    )
    line = answer.provenance()
    assert line.label == "5 × price over speed"
    assert line.how == (
        "answer of Ada; because the budget is fixed; "
        "changed from 3 × speed over price (round 1), skipped (round 2); j.csv, row 7"
    )
    assert line.facts["low"] == 1 / 7
    assert line.facts["high"] == 1 / 3
    assert line.facts["round"] == 3
    assert line.facts["weight"] == 0.25
    assert line.facts["earlier"] == ["3 × speed over price (round 1)", "skipped (round 2)"]


@pytest.mark.parametrize(("low", "high"), [(2.0, None), (None, 7.0)])
def test_half_a_hesitation_range_stays_half(low: float | None, high: float | None) -> None:
    """The end that was not given is None in the facts, not the answer itself."""
    facts = Answer("speed", "price", 5.0, low=low, high=high).provenance().facts
    assert (facts["low"], facts["high"]) == (low, high)


# --- labels -------------------------------------------------------------------------------------------------


def test_labels_become_texts_in_their_order() -> None:
    """Numbers and numpy texts are labels too."""
    faults = Faults()
    assert check_labels(["b", 2, np.str_("a")], faults) == ("b", "2", "a")
    assert told(faults) == []


def test_no_labels_are_nothing_to_compare() -> None:
    """An empty list is told as such, and as nothing else."""
    faults = Faults()
    assert check_labels([], faults) == ()
    assert told(faults) == ["there is nothing to compare; found no labels; expected at least one label"]


def test_every_repeated_label_is_named_once_and_in_order() -> None:
    """Three copies of one label are one fault; 1 and "1" are the same label."""
    faults = Faults()
    check_labels(["z", "a", "z", "a", "z", 1, "1"], faults)
    assert told(faults) == [f"a label occurs twice; found {name!r}; expected unique labels" for name in ("1", "a", "z")]


def test_an_empty_label_is_found_by_its_number() -> None:
    """Its number counts from 1, as people do."""
    faults = Faults()
    check_labels(["a", "b", ""], faults)
    assert told(faults) == ["label 3: a label is empty"]


# --- answers from a mapping ---------------------------------------------------------------------------------


def test_a_mapping_gives_its_answers_in_order_and_none_is_unanswered() -> None:
    """Labels become texts, numbers floats; a None is left out without a fault."""
    faults = Faults()
    found = answers_from_mapping({("a", "b"): 3, ("b", "c"): None, (1, "c"): np.float32(0.5)}, faults)
    assert found == [Answer("a", "b", 3.0), Answer("1", "c", 0.5)]
    assert all(type(answer.value) is float for answer in found)
    assert told(faults) == []


@pytest.mark.parametrize("pair", ["ab", ("a",), ("a", "b", "c"), frozenset(("a", "b")), 7])
def test_a_key_that_is_no_pair_is_named(pair: Any) -> None:
    """A text of two letters is no pair of labels either."""
    faults = Faults()
    assert answers_from_mapping({pair: 3.0, ("a", "b"): 2.0}, faults) == [Answer("a", "b", 2.0)]
    assert told(faults) == [f"a comparison is not a pair of labels; found {pair!r}; expected a tuple (a, b)"]


@pytest.mark.parametrize("value", ["3", True, False, 1 + 0j, [3], np.bool_(True)])
def test_a_value_that_is_no_number_is_named_with_its_pair(value: Any) -> None:
    """Texts, truth values, complex numbers and lists are refused, never converted."""
    faults = Faults()
    assert answers_from_mapping({("a", "b"): value}, faults) == []
    assert told(faults) == [f"'a' against 'b': an answer is not a number; found {value!r}; expected a ratio > 0"]


# --- which answers can be used ------------------------------------------------------------------------------


def test_usable_answers_come_back_unchanged_in_order() -> None:
    """Checking neither sorts nor turns answers round."""
    answers = (Answer("safety", "price", 2.0), Answer("speed", "price", 1 / 3))
    assert checked(*answers) == (answers, [])


def test_an_unknown_label_is_named_with_the_known_ones() -> None:
    """Both sides of an answer can be unknown; the place is the answer's own where it has one."""
    kept, said = checked(Answer("spede", "cost", 3.0, place="row 2"))
    assert kept == ()
    expected = "expected one of ['speed', 'price', 'safety']"
    assert said == [
        f"row 2: a comparison names an unknown label; found {name!r}; {expected}" for name in ("spede", "cost")
    ]


def test_an_unknown_label_compared_with_itself_is_named_once() -> None:
    """The label is unknown and compared with itself: two faults, not three."""
    _, said = checked(Answer("x", "x", 1.0))
    assert said == [
        "'x' against 'x': a comparison names an unknown label; found 'x'; expected one of ['speed', 'price', 'safety']",
        "'x' against 'x': something is compared with itself; found 'x'",
    ]


@pytest.mark.parametrize("value", [0.0, -3.0, math.nan, math.inf, -math.inf])
def test_what_is_not_positive_and_finite_is_refused_with_advice(value: float) -> None:
    """0, negative numbers, NaN and infinities are told how the reverse and the unanswered are written."""
    kept, said = checked(Answer("speed", "price", value))
    assert kept == ()
    assert said == [
        f"'speed' against 'price': an answer is not a positive number; found {value}; expected a ratio > 0. "
        "Give 1/3 where the second matters 3 times as much; leave the pair out where it is unanswered"
    ]


@pytest.mark.parametrize("value", [LARGEST_RATIO * 1.01, 1 / (LARGEST_RATIO * 1.01), 1e300, 5e-324])
def test_ratios_beyond_meaning_are_refused(value: float) -> None:
    """A slip of the pen such as 1e300 would otherwise decide every weight."""
    kept, said = checked(Answer("speed", "price", value))
    assert kept == ()
    assert said == [
        f"'speed' against 'price': an answer is beyond any meaningful ratio; found {value:g}; "
        "expected between 1e-12 and 1e+12"
    ]


@pytest.mark.parametrize("value", [LARGEST_RATIO, 1 / LARGEST_RATIO])
def test_the_largest_ratio_itself_is_usable(value: float) -> None:
    """The limits belong to the range."""
    assert checked(Answer("speed", "price", value))[1] == []


def test_one_bad_answer_does_not_hide_the_others() -> None:
    """Good answers are kept, and every bad one is told."""
    kept, said = checked(Answer("speed", "price", 3.0), Answer("speed", "speed", 1.0), Answer("price", "safety", -1.0))
    assert [answer.value for answer in kept] == [3.0]
    assert len(said) == 2


# --- repeats ------------------------------------------------------------------------------------------------


def test_a_reciprocal_repeat_is_one_answer_at_the_geometric_mean() -> None:
    """3 one way and 0.3333 back: √(3 / 0.3333), under the first answer's name."""
    kept, said = checked(
        Answer("speed", "price", 3.0, reason="first"), Answer("price", "speed", 0.3333, reason="again")
    )
    assert said == []
    (answer,) = kept
    assert (answer.a, answer.b, answer.reason) == ("speed", "price", "first")
    assert answer.value == pytest.approx(math.sqrt(3.0 / 0.3333))


@pytest.mark.parametrize(("factor", "accepted"), [(1 + RECIPROCAL_TOLERANCE, True), (1.002, False), (0.99, False)])
def test_repeats_agree_within_a_thousandth(factor: float, accepted: bool) -> None:
    """The tolerance is that of printed reciprocals, itself included; beyond it is a contradiction."""
    kept, said = checked(Answer("speed", "price", 3.0 * factor), Answer("price", "speed", 1 / 3.0))
    assert len(kept) == 1
    assert (said == []) is accepted


def test_a_contradiction_names_both_places_and_both_answers() -> None:
    """The wrong way round is the commonest slip, and both rows are needed to find it."""
    kept, said = checked(
        Answer("speed", "price", 3.0, expert="Ada", place="row 2"),
        Answer("price", "speed", 3.0, expert="Ada", place="row 9"),
    )
    assert [answer.value for answer in kept] == [3.0]
    assert said == [
        "row 2 and row 9: two answers contradict each other; "
        "found ('speed', 'price') = 3 and ('price', 'speed') = 3; expected the second to be the reciprocal of the first"
    ]


def test_a_contradiction_the_same_way_round_expects_one_answer() -> None:
    """Without places of their own the pair itself is the place, once."""
    _, said = checked(Answer("speed", "price", 3.0), Answer("speed", "price", 5.0))
    assert said == [
        "'speed' against 'price': two answers contradict each other; "
        "found ('speed', 'price') = 3 and ('speed', 'price') = 5; expected one answer"
    ]


def test_experts_may_contradict_each_other() -> None:
    """That two people disagree is what a panel is for."""
    kept, said = checked(Answer("speed", "price", 3.0, expert="Ada"), Answer("speed", "price", 1 / 5, expert="Ben"))
    assert (len(kept), said) == (2, [])


def test_three_repeats_merge_one_after_another() -> None:
    """The third is compared with the mean of the first two."""
    kept, said = checked(*(Answer("speed", "price", value) for value in (3.0, 3.0, 3.0015)))
    assert said == []
    assert kept[0].value == pytest.approx(math.sqrt(3.0 * 3.0015))


# --- pooling ------------------------------------------------------------------------------------------------


def test_pooling_by_hand() -> None:
    """Weights 1 and 3 on log 2 and log 8, one of them told backward: (log 2 + 3 log 8) / 4 = 2.5 log 2."""
    edges = pooled(LABELS, [Answer("speed", "price", 2.0, weight=1.0), Answer("price", "speed", 1 / 8, weight=3.0)])
    assert (edges.first.tolist(), edges.second.tolist()) == ([0], [1])
    assert edges.logs.tolist() == pytest.approx([2.5 * math.log(2.0)])
    assert edges.weights.tolist() == [4.0]


def test_pooled_pairs_are_sorted_by_the_labels_order() -> None:
    """Pairs come lower number first, in rising order, however they were told."""
    edges = pooled(
        LABELS, [Answer("safety", "price", 4.0), Answer("safety", "speed", 5.0), Answer("price", "speed", 2.0)]
    )
    assert list(zip(edges.first.tolist(), edges.second.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 2)]
    assert np.exp(edges.logs) == pytest.approx([1 / 2, 1 / 5, 1 / 4])


def test_no_answers_pool_to_no_edges() -> None:
    """Nothing said gives empty arrays of the right shapes over all labels."""
    edges = pooled(LABELS, [])
    assert [array.shape for array in (edges.first, edges.second, edges.logs, edges.weights)] == [(0,)] * 4


@given(ANSWERS)
def test_pooling_equals_a_plain_loop(answers: list[Answer]) -> None:
    """Each pair's log is the weighted mean of its answers' logs, and its weight their sum."""
    edges = pooled(LABELS, answers)
    for i, j, log, weight in zip(edges.first, edges.second, edges.logs, edges.weights, strict=True):
        pair = (LABELS[i], LABELS[j])
        logs = [
            (one.weight, math.log(one.value) * (1 if (one.a, one.b) == pair else -1))
            for one in answers
            if {one.a, one.b} == set(pair)
        ]
        assert weight == pytest.approx(sum(w for w, _ in logs))
        assert log == pytest.approx(sum(w * x for w, x in logs) / sum(w for w, _ in logs), abs=1e-12)
    assert len(edges.first) == len({frozenset((one.a, one.b)) for one in answers})


@given(ANSWERS, st.randoms(use_true_random=False))
def test_pooling_does_not_depend_on_the_order_or_the_side(answers: list[Answer], random: Any) -> None:
    """Shuffled answers, each told the other way round, pool to the same edges."""
    turned = [Answer(one.b, one.a, 1 / one.value, weight=one.weight) for one in answers]
    random.shuffle(turned)
    first, second = pooled(LABELS, answers), pooled(LABELS, turned)
    assert (first.first.tolist(), first.second.tolist()) == (second.first.tolist(), second.second.tolist())
    np.testing.assert_allclose(first.logs, second.logs, rtol=0, atol=1e-12)
    np.testing.assert_allclose(first.weights, second.weights)


@given(ANSWERS, st.permutations(LABELS))
def test_pooling_under_other_numbers_is_the_same_comparison(answers: list[Answer], order: list[str]) -> None:
    """Renumbering the labels permutes the edges, and turns those whose sides change places."""

    def named(labels: tuple[str, ...]) -> dict[tuple[str, str], float]:
        edges = pooled(labels, answers)
        found = {}
        for i, j, log in zip(edges.first, edges.second, edges.logs, strict=True):
            found |= {(labels[i], labels[j]): float(log), (labels[j], labels[i]): -float(log)}
        return found

    assert named(tuple(order)) == pytest.approx(named(LABELS), abs=1e-12)


@given(ANSWERS, st.sampled_from([0.25, 2.0, 100.0]))
def test_the_unit_of_the_weights_does_not_matter(answers: list[Answer], unit: float) -> None:
    """Multiplying every expert's weight by one number leaves the pooled ratios where they are."""
    scaled = [Answer(one.a, one.b, one.value, weight=one.weight * unit) for one in answers]
    first, second = pooled(LABELS, answers), pooled(LABELS, scaled)
    np.testing.assert_allclose(second.logs, first.logs, atol=1e-12)
    np.testing.assert_allclose(second.weights, first.weights * unit)
