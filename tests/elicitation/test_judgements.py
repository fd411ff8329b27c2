"""Judgement files against tree and panel: what is usable by node, the latest round, every fault with its place."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.core.judgement import Expert, Judgement, Panel
from weighbridge.core.tree import Node, ValueTree
from weighbridge.elicitation.answers import Answer
from weighbridge.elicitation.judgements import NodeAnswers, is_on_scale, require_every_expert, sort_judgements
from weighbridge.errors import Faults, InputError

TREE = ValueTree(
    Node(
        "goal",
        children=(
            Node("evidence", weighting="trust", children=(Node("public"), Node("own"))),
            Node("properties", children=(Node("solubility"), Node("clearance"), Node("toxicity"))),
            Node("fixed", weighting="given", given={"x": 1.0}, children=(Node("x"), Node("y"))),
        ),
    )
)
PANEL = Panel((Expert("Ada"), Expert("Ben")))
GOOD = Judgement("Ada", "properties", "solubility", "clearance", 3.0, reason="oral", place="j.csv, row 2")


def sort(*judgements: Judgement) -> tuple[dict[str, NodeAnswers], list[str]]:
    """Return what is usable by node, and the faults as texts."""
    faults = Faults()
    return sort_judgements(TREE, judgements, PANEL, faults), [str(fault) for fault in faults]


# --- the scale ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [1 / 9, 0.1111, 0.111, 1 / 7, 0.143, 1.0, 4.5, 9.0, 9.009])
def test_values_of_the_scale_and_their_printed_reciprocals_are_on_it(value: float) -> None:
    """0.111 is how tables print 1/9."""
    assert is_on_scale(value)


@pytest.mark.parametrize("value", [0.11, 0.1, 0.0, -3.0, 9.02, 10.0, float("inf")])
def test_values_beyond_the_scale_are_off_it(value: float) -> None:
    """0.11 rounds to no reciprocal of 9 at three digits, and 9.02 is no 9."""
    assert not is_on_scale(value)


@given(st.floats(0.01, 100.0), st.sampled_from([3.0, 5.0, 9.0]))
def test_the_scale_is_symmetric_in_ratio(value: float, maximum: float) -> None:
    """A ratio well inside or outside is so from both sides."""
    if abs(max(value, 1 / value) / maximum - 1) > 0.01:
        assert is_on_scale(value, maximum) == is_on_scale(1 / value, maximum) == (max(value, 1 / value) < maximum)


# --- the panel ----------------------------------------------------------------------------------------------


def test_every_silent_expert_is_named_at_once() -> None:
    """A panel in the record must be the people who judged."""
    panel = Panel((Expert("Ada"), Expert("Ben"), Expert("Cy")))
    with pytest.raises(InputError) as caught:
        require_every_expert([GOOD], panel)
    assert [str(fault) for fault in caught.value.faults] == [
        f"an expert of the panel has given no judgement; found {name!r}. "
        "Add the judgements, or take the expert off the panel"
        for name in ("Ben", "Cy")
    ]


def test_a_skipped_question_counts_as_heard() -> None:
    """Whoever was asked and skipped took part."""
    require_every_expert([GOOD, replace(GOOD, expert="Ben", value=None)], PANEL)


def test_an_empty_panel_is_silent_about_nobody() -> None:
    """Nobody on the panel is nobody silent; that nobody can judge is found elsewhere."""
    require_every_expert([], Panel(()))


# --- what is usable -----------------------------------------------------------------------------------------


def test_answers_are_sorted_by_node_and_expert() -> None:
    """Each answer keeps its reason, place, range and round, and stands under its node and expert."""
    other = Judgement("Ben", "goal", "evidence", "properties", 1 / 5, low=1 / 7, high=1 / 3, round=2)
    found, said = sort(GOOD, other)
    assert said == []
    assert found["properties"].by_expert == {
        "Ada": [Answer("solubility", "clearance", 3.0, expert="Ada", reason="oral", place="j.csv, row 2")]
    }
    (answer,) = found["goal"].by_expert["Ben"]
    assert (answer.value, answer.low, answer.high, answer.round) == (1 / 5, 1 / 7, 1 / 3, 2)
    assert answer.place == "'Ben' at 'goal', 'evidence' against 'properties'"
    assert found["goal"].skipped == []


def test_a_skipped_question_is_no_answer_and_is_kept_apart() -> None:
    """Skipping is on record and gives no number."""
    skipped = replace(GOOD, value=None)
    found, said = sort(skipped)
    assert said == []
    assert found["properties"] == NodeAnswers({}, [skipped])


def test_no_judgements_give_no_nodes() -> None:
    """A node that nobody judged does not appear."""
    assert sort() == ({}, [])


# --- rounds -------------------------------------------------------------------------------------------------


def test_the_latest_round_counts_pair_by_pair() -> None:
    """A pair judged again changes; a pair left alone stays; earlier words stay on record, oldest first."""
    alone = Judgement("Ada", "properties", "clearance", "toxicity", 2.0)
    found, said = sort(replace(GOOD, round=3, value=1 / 5), alone, replace(GOOD, round=2, value=None), GOOD)
    assert said == []
    answers = {frozenset((one.a, one.b)): one for one in found["properties"].by_expert["Ada"]}
    changed = answers[frozenset(("solubility", "clearance"))]
    assert (changed.value, changed.round) == (1 / 5, 3)
    assert changed.earlier == ("3 × solubility over clearance (round 1)", "skipped (round 2)")
    assert answers[frozenset(("clearance", "toxicity"))].earlier == ()
    assert found["properties"].skipped == []


def test_rounds_need_not_be_consecutive_and_the_pair_may_be_turned_round() -> None:
    """Round 7 beats round 1 though the pair stands the other way round."""
    found, _ = sort(GOOD, Judgement("Ada", "properties", "clearance", "solubility", 2.0, round=7))
    (answer,) = found["properties"].by_expert["Ada"]
    assert (answer.a, answer.b, answer.value) == ("clearance", "solubility", 2.0)
    assert answer.earlier == ("3 × solubility over clearance (round 1)",)


def test_skipping_last_withdraws_what_was_said() -> None:
    """The latest word is "I cannot say", so there is no answer."""
    found, said = sort(GOOD, replace(GOOD, value=None, round=2))
    assert said == []
    assert found["properties"].by_expert == {}
    assert [one.round for one in found["properties"].skipped] == [2]


def test_one_experts_round_does_not_touch_anothers() -> None:
    """Ben's second round leaves Ada's first standing."""
    found, _ = sort(GOOD, replace(GOOD, expert="Ben", round=2, value=5.0))
    assert {name: [one.value for one in answers] for name, answers in found["properties"].by_expert.items()} == {
        "Ada": [3.0],
        "Ben": [5.0],
    }


def test_a_consistent_repeat_in_one_round_is_one_answer() -> None:
    """3 and, the other way round, 0.333 are one answer."""
    found, said = sort(GOOD, Judgement("Ada", "properties", "clearance", "solubility", 0.333))
    assert said == []
    (answer,) = found["properties"].by_expert["Ada"]
    assert answer.value == pytest.approx((3.0 / 0.333) ** 0.5)


def test_a_contradiction_in_an_earlier_round_is_told_though_a_later_one_counts() -> None:
    """A file that contradicts itself is wrong whether or not the row still counts."""
    wrong = replace(GOOD, value=5.0, place="j.csv, row 3")
    found, said = sort(GOOD, wrong, replace(GOOD, value=2.0, round=2))
    assert [one.value for one in found["properties"].by_expert["Ada"]] == [2.0]
    assert len(said) == 1
    assert said[0].startswith("j.csv, row 2 and j.csv, row 3: two answers contradict each other")


def test_answered_and_skipped_in_one_round_is_told_with_both() -> None:
    """One person cannot both answer and skip; both rows are named."""
    found, said = sort(GOOD, replace(GOOD, value=None, place="j.csv, row 4"))
    assert found["properties"] == NodeAnswers()
    assert said == [
        "j.csv, row 2 and j.csv, row 4: one pair is both answered and skipped in the same round; "
        "found Ada: solubility 3 × clearance, Ada: solubility against clearance: skipped"
    ]


# --- faults -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"node": "propertys"},
            "a judgement is about an unknown node; found 'propertys'; expected one of ['goal', 'properties']",
        ),
        (
            {"node": "solubility"},
            "a judgement is about a criterion, which has nothing below it; found 'solubility'",
        ),
        (
            {"node": "evidence"},
            "a judgement is about a node that is not judged; found 'evidence', whose weighting is 'trust'. "
            "Declare its weighting 'judged', or leave the judgement out",
        ),
        (
            {"node": "fixed"},
            "a judgement is about a node that is not judged; found 'fixed', whose weighting is 'given'. "
            "Declare its weighting 'judged', or leave the judgement out",
        ),
        (
            {"expert": "Eve"},
            "a judgement is by nobody of the panel; found 'Eve'; expected one of ['Ada', 'Ben']",
        ),
        (
            {"a": "public"},
            "a judgement names something that is not below 'properties'; found 'public'; "
            "expected one of ['solubility', 'clearance', 'toxicity']",
        ),
        ({"b": "solubility"}, "something is compared with itself; found 'solubility'"),
        ({"value": 10.0}, "a value is off the scale; found 10; expected between 1/9 and 9"),
        ({"value": float("nan")}, "a value is off the scale; found nan; expected between 1/9 and 9"),
        ({"value": 0.0}, "a value is off the scale; found 0; expected between 1/9 and 9"),
        ({"low": 0.01}, "a value is off the scale; found 0.01; expected between 1/9 and 9"),
        ({"high": 12.0}, "a value is off the scale; found 12; expected between 1/9 and 9"),
        (
            {"low": 4.0, "high": 5.0},
            "a value is outside its hesitation range; found 3.0 with range 4.0 to 5.0; expected low ≤ value ≤ high",
        ),
        (
            {"high": 2.0},
            "a value is outside its hesitation range; found 3.0 with range None to 2.0; expected low ≤ value ≤ high",
        ),
    ],
)
def test_what_cannot_be_used_is_told_with_its_place(change: dict[str, Any], message: str) -> None:
    """Each fault names its row, what was found, what was expected, and gives no answer."""
    found, said = sort(replace(GOOD, **change))
    assert said == [f"j.csv, row 2: {message}"]
    assert found == {}


def test_one_row_can_have_several_faults() -> None:
    """Unknown node and unknown expert are told together."""
    _, said = sort(replace(GOOD, node="nowhere", expert="Eve"))
    assert [text.split("; ")[0] for text in said] == [
        "j.csv, row 2: a judgement is about an unknown node",
        "j.csv, row 2: a judgement is by nobody of the panel",
    ]


def test_a_range_off_the_scale_is_not_also_told_to_be_disordered() -> None:
    """The order of the range is looked at only where its numbers can be used."""
    _, said = sort(replace(GOOD, low=20.0, high=30.0))
    assert [text.split("; ")[1] for text in said] == ["found 20", "found 30"]


def test_bad_rows_leave_the_good_ones_usable() -> None:
    """All faults of a file come in one run, beside everything that could be read."""
    found, said = sort(replace(GOOD, node="nowhere"), GOOD, replace(GOOD, expert="Eve"))
    assert len(said) == 2
    assert [one.value for one in found["properties"].by_expert["Ada"]] == [3.0]


def test_equal_ends_of_a_range_are_a_range() -> None:
    """Low = value = high says "exactly so"."""
    found, said = sort(replace(GOOD, low=3.0, high=3.0))
    assert said == []
    assert found["properties"].by_expert["Ada"][0].high == 3.0


def judgement(expert: str, pair: tuple[str, str], value: float | None, number: int) -> Judgement:
    return Judgement(expert, "properties", *pair, value, round=number)


EACH_ONCE = st.lists(
    st.builds(
        judgement,
        st.sampled_from(["Ada", "Ben"]),
        st.sampled_from(list(itertools.combinations(["solubility", "clearance", "toxicity"], 2))),
        st.one_of(st.none(), st.sampled_from([1 / 9, 1 / 2, 1.0, 4.0, 9.0])),
        st.integers(1, 3),
    ),
    max_size=12,
    unique_by=lambda one: (one.expert, one.a, one.b, one.round),
)


@given(EACH_ONCE, st.randoms(use_true_random=False))
def test_the_latest_word_on_each_pair_against_a_plain_loop(judgements: list[Judgement], random: Any) -> None:
    """In whatever order rows stand, each expert's last word on each pair is what counts."""
    shuffled = list(judgements)
    random.shuffle(shuffled)
    found, said = sort(*shuffled)
    assert said == []
    last: dict[tuple[str, str, str], Judgement] = {}
    for one in sorted(judgements, key=lambda one: one.round):
        last[(one.expert, one.a, one.b)] = one
    here = found.get("properties", NodeAnswers())
    answered = {(name, one.a, one.b): one.value for name, answers in here.by_expert.items() for one in answers}
    assert answered == {key: one.value for key, one in last.items() if one.value is not None}
    assert {(one.expert, one.a, one.b) for one in here.skipped} == {
        key for key, one in last.items() if one.value is None
    }
