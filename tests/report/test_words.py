"""Molecules, criteria, readings and answers are called by words people understand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from weighbridge.core.criterion import Criterion
from weighbridge.core.ranking import ChosenSet, Ranking
from weighbridge.evidence.reading import Reading
from weighbridge.report.answer import answer
from weighbridge.report.words import joined, method_title, molecule_name, range_words, reading_words
from weighbridge.study.decision import Decision


def with_scores(decision: Decision, scores: list[float], chosen: ChosenSet) -> Decision:
    """Return the decision with other scores and another choice."""
    labels = decision.ranking.labels
    array = np.array(scores)
    parts = np.tile(array[:, None] / 4, (1, 4))
    ranking = Ranking(
        "topsis", labels, decision.ranking.criteria, array, higher_is_better=True, contribute=lambda rows: parts[rows]
    )
    return replace(decision, ranking=ranking, chosen=chosen)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", 3], "a, b and 3")],
)
def test_words_are_joined_as_a_sentence_does(words: list[Any], sentence: str) -> None:
    """Commas between, and 'and' before the last."""
    assert joined(words) == sentence


def test_names_are_shown_only_where_they_say_more_than_the_id() -> None:
    """A missing name, or one that repeats the id, is empty."""
    molecules = pd.DataFrame({"name": ["aspirin", None, "M3"]}, index=["M1", "M2", "M3"])
    assert [molecule_name(molecules, label) for label in (*molecules.index, "M9")] == ["aspirin", "", "", ""]
    assert molecule_name(pd.DataFrame(index=["M1"]), "M1") == ""


def test_ranges_say_the_direction() -> None:
    """A cost runs down, a criterion without a range says so."""
    assert range_words(Criterion(direction="cost", unit="EUR", worst=30, best=0.5)) == (
        "less is better, from 30 (worst) to 0.5 (best) EUR"
    )
    assert range_words(Criterion(direction="gain")) == "more is better; no declared range"


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (Reading(7.25, n=3), "7.25 µM"),
        (Reading.between(0.5, 0.9), "0.500 to 0.900 µM"),
        (Reading.missing("no record states a pH"), "not known: no record states a pH"),
    ],
)
def test_readings_are_values_intervals_or_reasons(reading: Reading, words: str) -> None:
    """What is not known says why."""
    assert reading_words(reading, "µM") == words


def test_methods_have_their_usual_names() -> None:
    """An unknown method keeps its own name."""
    assert method_title("promethee-ii") == "PROMETHEE II"
    assert method_title("mine") == "mine"


def test_the_answer_tells_the_lead_and_the_cut(decision: Decision) -> None:
    """How far the first is ahead and how far the last chosen is ahead of the next are the API's numbers."""
    scores = [0.9, 0.8, 0.5, 0.4, 0.3, 0.2, 0.1]
    labels = list(decision.ranking.labels)
    found = answer(with_scores(decision, scores, ChosenSet(tuple(labels[:2]))))
    assert found.headline == "2 of 7 molecules were chosen, by TOPSIS on 4 criteria."
    assert found.sentences[0].startswith(f"{labels[0]} comes first with a score of 0.900, 0.10 ahead of {labels[1]}")
    assert found.sentences[1] == f"At the cut, the last chosen ({labels[1]}) is 0.30 ahead of the next ({labels[2]})."


def test_a_tie_at_the_cut_is_said_and_left_to_people(decision: Decision) -> None:
    """Tied molecules are named, and no gap at the cut is claimed."""
    scores = [0.9, 0.9, 0.5, 0.5, 0.3, 0.2, 0.1]
    labels = list(decision.ranking.labels)
    chosen = ChosenSet(tuple(labels[:2]), tied_at_cut=tuple(labels[2:4]))
    found = answer(with_scores(decision, scores, chosen))
    assert found.sentences[0] == f"{labels[0]} and {labels[1]} share the first place with a score of 0.900."
    assert found.sentences[1].startswith(f"{labels[2]} and {labels[3]} are tied at the cut; no rule says")


def test_equal_scores_claim_no_lead(decision: Decision) -> None:
    """Where all are equal nobody leads and no criterion moves anything."""
    found = answer(with_scores(decision, [0.5] * 7, ChosenSet(())))
    assert "share the first place" in found.sentences[0]
    assert not any("moves the ranking" in sentence for sentence in found.sentences)


def test_passed_over_molecules_are_counted(decision: Decision) -> None:
    """A cap that left somebody out is part of the answer."""
    labels = list(decision.ranking.labels)
    chosen = ChosenSet((labels[0],), passed_over={labels[1]: "series is full"})
    found = answer(with_scores(decision, [0.9, 0.8, 0.5, 0.4, 0.3, 0.2, 0.1], chosen))
    assert f"1 was passed over by a rule: {labels[1]}." in found.sentences


def test_the_answer_names_gate_trust_and_overlap(decision: Decision) -> None:
    """Exclusions, trust shares, weights and other methods are each one sentence."""
    words = " ".join(answer(decision).sentences)
    assert "1 was not ranked: excluded by the gate “not too dear”." in words
    assert "Trust in the sources (a blend of judged and rated): Public labels 33\u00a0% and Own" in words
    assert (
        "Overlap of the first 3 with other methods, as a share of all in the first 3 of either: PROMETHEE II" in words
    )
