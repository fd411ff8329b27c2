"""The answer in plain words, for every kind of study a team may bring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from weighbridge.core.ranking import ChosenSet
from weighbridge.report.answer import NAMED_AT_MOST, answer
from weighbridge.report.numbers import percent, significant
from weighbridge.study.check import Finding
from weighbridge.study.decision import Decision, Exclusion
from weighbridge.study.study import Study

Variant = Callable[[str], Decision]
HARD = "\u00a0"


def said(decision: Decision, start: str) -> str:
    """Return the one sentence that begins so."""
    (found,) = [sentence for sentence in answer(decision).sentences if sentence.startswith(start)]
    return found


def with_findings(decision: Decision, *severities: Any) -> Decision:
    """Return the decision with findings of these severities."""
    return replace(decision, findings=tuple(Finding(one, "rule", "cost", "text") for one in severities))


def with_excluded(decision: Decision, *gates: str) -> Decision:
    """Return the decision with one molecule excluded by each gate."""
    return replace(decision, excluded=tuple(Exclusion(f"X{k}", gate, "1", "why") for k, gate in enumerate(gates)))


@pytest.mark.parametrize(
    ("name", "headline"),
    [
        ("one source", "3 of 8 molecules were chosen, by TOPSIS on 3 criteria."),
        ("one criterion", "3 of 8 molecules were chosen, by TOPSIS on 1 criterion."),
        ("one molecule", "1 of 1 molecule was chosen, by TOPSIS on 4 criteria."),
        ("promethee", "3 of 8 molecules were chosen, by PROMETHEE II on 4 criteria."),
        ("vikor", "3 of 8 molecules were chosen, by VIKOR on 4 criteria."),
        ("tied", "2 of 8 molecules were chosen, by TOPSIS on 4 criteria."),
        ("two gates", "3 of 5 molecules were chosen, by TOPSIS on 4 criteria."),
    ],
)
def test_the_headline_counts_molecules_and_criteria(variant: Variant, name: str, headline: str) -> None:
    """Singular and plural fit, and excluded molecules are not counted among the ranked."""
    assert answer(variant(name)).headline == headline


def test_nobody_chosen_is_said(decision: Decision) -> None:
    """An empty choice is a number like any other, and has no cut."""
    found = answer(replace(decision, chosen=ChosenSet(())))
    assert found.headline.startswith("0 of 7 molecules were chosen")
    assert found.chosen == ()
    assert not any(sentence.startswith("At the cut") for sentence in found.sentences)


def test_the_chosen_are_those_of_the_decision(decision: Decision) -> None:
    """Id, name and rank of each, from best to worst."""
    found = answer(decision).chosen
    assert [one.label for one in found] == list(decision.chosen.chosen)
    assert [one.rank for one in found] == [int(decision.ranking.ranks[label]) for label in decision.chosen.chosen]
    assert [one.name for one in found] == [decision.study.molecules.loc[one.label, "name"] for one in found]


def test_molecules_without_a_name_have_none(variant: Variant) -> None:
    """A missing name is empty, never nan or the id twice."""
    assert {one.name for one in answer(variant("no structures")).chosen} == {""}


def test_the_lead_is_the_difference_of_the_first_two_scores(decision: Decision) -> None:
    """Leader, score, lead and its share of the spread are the ranking's numbers."""
    scores = decision.ranking.scores.sort_values(ascending=False)
    gap = scores.iloc[0] - scores.iloc[1]
    share = gap / np.ptp(scores.to_numpy())
    assert answer(decision).sentences[0] == (
        f"{scores.index[0]} comes first with a score of {significant(scores.iloc[0])}, "
        f"{significant(gap, 2)} ahead of {scores.index[1]}, {percent(share)} of the whole spread of scores."
    )


def test_a_score_that_is_better_when_less_says_so(variant: Variant) -> None:
    """VIKOR's best score is the smallest: the lead is positive and the direction is told."""
    sentence = answer(variant("vikor")).sentences[0]
    assert sentence.startswith("M4 comes first with a score of 0 (less is better), 0.14 ahead of M3")
    assert "less is better" not in answer(variant("promethee")).sentences[0]


def test_one_molecule_stands_beside_nothing(variant: Variant) -> None:
    """There is no lead, no cut, no driver and no agreement of methods to speak of."""
    found = answer(variant("one molecule")).sentences
    assert found[0] == "There is one molecule only: nothing stands beside it."
    assert len(found) == 2
    assert found[1].startswith("Trust in the sources")


def test_the_gap_at_the_cut_is_to_the_next_molecule(variant: Variant) -> None:
    """The last chosen and the best of the others, with the difference of their scores."""
    decision = variant("alone")
    order = [decision.ranking.labels[row] for row in decision.ranking.order]
    gap = decision.ranking.scores[order[2]] - decision.ranking.scores[order[3]]
    assert said(decision, "At the cut") == (
        f"At the cut, the last chosen ({order[2]}) is {significant(gap, 2)} ahead of the next ({order[3]})."
    )


def test_who_was_passed_over_is_not_the_next(variant: Variant) -> None:
    """Under a cap the next molecule is one that could have been chosen."""
    decision = variant("capped")
    assert said(decision, "At the cut").endswith("ahead of the next (M2).")
    assert "4 were passed over by a rule: M1, M5, M6 and M8." in answer(decision).sentences


def test_nothing_is_next_when_all_are_chosen(decision: Decision) -> None:
    """Where everybody is in there is no cut."""
    everybody = tuple(decision.ranking.labels[decision.ranking.order])
    found = answer(replace(decision, chosen=ChosenSet(everybody)))
    assert found.headline.startswith("7 of 7")
    assert not any(sentence.startswith("At the cut") for sentence in found.sentences)


def test_a_tie_at_the_cut_is_left_to_people(variant: Variant) -> None:
    """Who is tied is named, and no gap is claimed where there is none."""
    found = answer(variant("tied")).sentences
    wanted = "M1 and M5 are tied at the cut; no rule says which of them is chosen: that is for people to decide."
    assert wanted in found
    assert not any(sentence.startswith("At the cut") for sentence in found)


def test_a_rule_that_broke_the_tie_is_named(variant: Variant) -> None:
    """The rule's own words follow the names."""
    chosen = ChosenSet(("M4", "M3", "M1"), {}, ("M1", "M5"), "a tie at the cut was broken by the order of the rows")
    found = answer(replace(variant("tied"), chosen=chosen)).sentences
    assert "M1 and M5 are tied at the cut; a tie at the cut was broken by the order of the rows." in found


@pytest.mark.parametrize(
    ("gates", "words"),
    [
        (["a"], "1 was not ranked: excluded by the gate “a”."),
        (["a", "a"], "2 were not ranked: excluded by the gate “a”."),
        (["a", "b", "a"], "3 were not ranked: 2 excluded by the gate “a” and 1 excluded by the gate “b”."),
    ],
)
def test_excluded_molecules_are_counted_by_gate(decision: Decision, gates: list[str], words: str) -> None:
    """One gate or several, one molecule or many: the sentence is one a person would write."""
    assert words in answer(with_excluded(decision, *gates)).sentences


def test_no_gate_no_word(variant: Variant) -> None:
    """Where nothing was excluded, nothing is said of it."""
    assert not any("not ranked" in sentence for sentence in answer(variant("alone")).sentences)


def test_trust_shares_are_those_used(variant: Variant) -> None:
    """Each source's title and share, with how they were found."""
    decision = variant("alone")
    shares = [
        f"{title} {percent(decision.trust.used[name])}"
        for name, title in (("public", "Public labels"), ("internal", "Own measurements"))
    ]
    assert said(decision, "Trust") == (f"Trust in the sources (as their indicators rate them): {' and '.join(shares)}.")


@pytest.mark.parametrize(
    ("rule", "words"),
    [("judged", "as the experts judged them"), ("blend", "a blend of judged and rated"), ("other", "other")],
)
def test_each_rule_of_trust_has_its_words(decision: Decision, rule: str, words: str) -> None:
    """The rule is said as people say it."""
    found = replace(decision, trust=replace(decision.trust, rule=rule))
    assert said(found, "Trust").startswith(f"Trust in the sources ({words}):")


def test_one_source_has_no_shares_to_compare(variant: Variant) -> None:
    """A single source's 100 % is no news."""
    assert not any(sentence.startswith("Trust") for sentence in answer(variant("one source")).sentences)


def test_the_heaviest_criterion_stands_beside_the_strongest(variant: Variant) -> None:
    """One sentence where they are the same, two halves where they differ; both numbers are the decision's."""
    for name in ("alone", "tied"):
        decision = variant(name)
        effective = decision.ranking.effective_weights
        heaviest = max(decision.weights, key=lambda key: decision.weights[key])
        strongest = str(effective.idxmax())
        sentence = said(decision, "The panel gives most weight to")
        assert f"to {heaviest} ({percent(decision.weights[heaviest])})" in sentence
        assert f"({percent(effective[strongest])} of the spread)." in sentence
        assert ("it also moves the ranking most" in sentence) == (heaviest == strongest)
        assert (f"what moves the ranking most is {strongest}" in sentence) == (heaviest != strongest)


def test_a_study_without_a_panel_names_no_panel(variant: Variant) -> None:
    """Weights that stand in the study are not put into experts' mouths."""
    words = " ".join(answer(variant("no panel")).sentences)
    assert "The panel" not in words
    assert said(variant("no panel"), "The study gives most weight to")


def test_equal_heaviest_weights_are_named_together(variant: Variant) -> None:
    """Of four equal weights none is called the heaviest."""
    from weighbridge.core.weights import Weights

    decision = variant("no panel")
    names = decision.matrix.names
    tree = replace(decision.tree, leaves=Weights(dict.fromkeys(names, 1.0)))
    sentence = said(replace(decision, tree=tree), "The study gives")
    assert f"most weight to public_score, internal_score, solubility and cost (25{HARD}% each);" in sentence


def test_one_criterion_needs_no_sentence_about_weights(variant: Variant) -> None:
    """All the weight on the only criterion is no news."""
    assert not any("most weight" in sentence for sentence in answer(variant("one criterion")).sentences)


def test_overlaps_are_those_of_the_agreement(variant: Variant) -> None:
    """Each method's share is that of the comparison, and the sentence says a share of what."""
    decision = variant("promethee")
    assert decision.agreement is not None
    overlap = decision.agreement.top_overlap.loc["promethee-ii"]
    assert said(decision, "Overlap") == (
        "Overlap of the first 3 with other methods, as a share of all in the first 3 of either: "
        f"TOPSIS {percent(overlap['topsis'])} and VIKOR {percent(overlap['vikor'])}."
    )


def test_no_comparison_no_overlap(variant: Variant) -> None:
    """A study that compares no methods claims no agreement."""
    assert not any(sentence.startswith("Overlap") for sentence in answer(variant("alone")).sentences)


def test_refused_methods_have_no_overlap(variant: Variant) -> None:
    """Only methods that ranked are listed."""
    sentence = said(variant("refused"), "Overlap")
    assert "Borda" in sentence
    assert "PROMETHEE" not in sentence


@pytest.mark.parametrize(
    ("severities", "words"),
    [
        (["warning"], "1 warning deserves a second look before deciding."),
        (["warning", "note", "warning"], "2 warnings deserve a second look before deciding."),
    ],
)
def test_warnings_are_counted_and_notes_are_not(decision: Decision, severities: list[str], words: str) -> None:
    """Only warnings stand in the answer."""
    assert answer(with_findings(decision, *severities)).sentences[-1] == words


def test_notes_alone_say_nothing(decision: Decision) -> None:
    """A study with notes only has no warning sentence."""
    assert not any("second look" in sentence for sentence in answer(with_findings(decision, "note")).sentences)


def test_many_names_are_cut_and_counted(decision: Decision) -> None:
    """Ten names at most, then how many more."""
    many = tuple(f"X{number}" for number in range(NAMED_AT_MOST + 3))
    found = answer(replace(decision, chosen=ChosenSet(("M4",), {}, many, "a rule"))).sentences
    sentence = next(one for one in found if "tied at the cut" in one)
    assert f"X{NAMED_AT_MOST - 1} and 3 more are tied" in sentence
    assert f"X{NAMED_AT_MOST}," not in sentence


def test_every_sentence_is_a_sentence(variant: Variant) -> None:
    """In every kind of study each begins with a capital or a number and ends with one full stop."""
    from tests.report.conftest import STUDIES

    for name in STUDIES:
        found = answer(variant(name))
        for sentence in (found.headline, *found.sentences):
            assert sentence[0].isupper() or sentence[0].isdigit(), sentence
            assert sentence.endswith("."), sentence
            assert not sentence.endswith(".."), sentence
            for wrong in ("  ", "None", "nan", "inf ", " ,", "()", "-0"):
                assert wrong not in sentence, sentence


def test_hostile_text_stays_text_in_the_section(decision: Decision, section: Callable[..., Any]) -> None:
    """Labels, names, gates and the question are escaped where they are shown."""
    evil = "<script>alert(1)</script>"
    study: Study = decision.study
    file = study.file.model_copy(update={"question": evil})
    molecules = study.molecules.assign(name=evil)
    hostile = replace(with_excluded(decision, evil), study=replace(study, file=file, molecules=molecules))
    tree = section("answer", study=file, answer=answer(hostile), excluded=hostile.excluded)
    assert list(tree.iter("script")) == []
    assert "".join(tree.itertext()).count(evil) >= 4
