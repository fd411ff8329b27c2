"""Judgements read as sentences; panels are unambiguous."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.core.judgement import SCALE_MAXIMUM, Expert, Judgement, Panel
from weighbridge.errors import InputError

PANEL = Panel((Expert("Ada", "chemist"), Expert("Bo", weight=2.0)))


def test_a_panel_keeps_the_order_of_the_study() -> None:
    """Iterating and counting give the experts as they were listed."""
    assert [expert.name for expert in PANEL] == ["Ada", "Bo"]
    assert len(PANEL) == 2
    assert PANEL.find("Bo").weight == 2.0


def test_an_expert_weighs_one_unless_the_study_signs_otherwise() -> None:
    """Without a stated weight everybody counts the same."""
    assert Expert("Ada").weight == 1.0


@pytest.mark.parametrize(
    ("panel", "words"),
    [
        (PANEL, "no such expert in the panel; found 'Cy'; expected one of 'Ada', 'Bo'"),
        (Panel(()), "no such expert in the panel; found 'Cy'; expected one of nobody"),
    ],
)
def test_an_unknown_expert_is_refused_with_the_known_ones(panel: Panel, words: str) -> None:
    """A wrong name is answered with the names there are."""
    with pytest.raises(InputError) as caught:
        panel.find("Cy")
    assert str(caught.value) == words


def test_every_fault_of_a_panel_is_told_at_once() -> None:
    """Doubled names and impossible weights come in one message, each name once."""
    with pytest.raises(InputError) as caught:
        Panel((Expert("Ada", weight=-1), Expert("Ada"), Expert("Ada"), Expert("Bo", weight=math.nan)))
    assert str(caught.value) == (
        "3 faults:\n"
        "  - an expert occurs twice in the panel; found 'Ada'; expected unique names\n"
        "  - expert 'Ada': an expert's weight is not a positive number; found -1\n"
        "  - expert 'Bo': an expert's weight is not a positive number; found nan"
    )


def test_a_panel_that_weighs_nothing_is_refused() -> None:
    """One expert may be silenced, not all of them."""
    assert len(Panel((Expert("Ada", weight=0.0), Expert("Bo")))) == 2
    with pytest.raises(InputError) as caught:
        Panel((Expert("Ada", weight=0.0), Expert("Bo", weight=0.0)))
    assert str(caught.value) == "all experts weigh nothing; expected at least one positive weight"


@given(st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=6))
def test_a_panel_is_accepted_exactly_when_names_are_unique(names: list[str]) -> None:
    """Whatever the names, only a repetition is refused."""
    experts = tuple(Expert(name) for name in names)
    if len(set(names)) == len(names):
        assert [expert.name for expert in Panel(experts)] == names
    else:
        with pytest.raises(InputError):
            Panel(experts)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3.0, "Ada: potency 3 × safety"),
        (1.0, "Ada: potency 1 × safety"),
        (1 / 3, "Ada: safety 3 × potency"),
        (0.4, "Ada: safety 2.5 × potency"),
        (None, "Ada: potency against safety: skipped"),
    ],
)
def test_a_judgement_reads_as_a_sentence(value: float | None, words: str) -> None:
    """The heavier one stands first, so that no reader meets a fraction; a skipped answer says so."""
    assert str(Judgement("Ada", "goal", "potency", "safety", value)) == words


def test_the_scale_is_that_of_saaty() -> None:
    """The fundamental scale ends at 9 (Saaty 1977)."""
    assert SCALE_MAXIMUM == 9.0
