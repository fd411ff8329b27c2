"""Explanations say why, in words and numbers that add up."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from weighbridge.errors import InputError
from weighbridge.study.study import Study

Load = Callable[..., Study]


def test_a_molecules_contributions_add_up_to_its_score(load: Load) -> None:
    """The table's contributions sum to the score of the ranking."""
    decision = load().decide()
    for molecule in decision.matrix.labels:
        table = decision.explain(molecule).table
        assert table["contribution"].sum() == pytest.approx(decision.ranking.scores[molecule], abs=1e-12)


def test_the_words_say_the_rank_and_whether_it_is_chosen(load: Load) -> None:
    """The first sentence has the rank, the second the choice."""
    decision = load().decide()
    first = decision.chosen.chosen[0]
    words = decision.explain(first).sentences
    assert words[0].startswith(f"{first} is 1st of 8 by topsis, with a score of ")
    assert words[1] == "It is among the 3 chosen."
    last = decision.to_frame().index[-1]
    assert decision.explain(last).sentences[1] == "It is not among the chosen."


def test_a_molecule_is_compared_with_the_first(load: Load) -> None:
    """The difference of contributions to the leader's sums to the difference of scores."""
    decision = load().decide()
    first, other = decision.to_frame().index[[0, 4]]
    gap = decision.explain(other).table["against the first"].sum()
    assert gap == pytest.approx(decision.ranking.scores[other] - decision.ranking.scores[first], abs=1e-12)
    assert "against the first" not in decision.explain(first).table


def test_a_molecule_may_be_called_by_its_name(load: Load) -> None:
    """People say caffeine, not M4."""
    assert load().decide().explain("caffeine").subject == "M4"


def test_an_excluded_molecule_is_explained_by_its_gate(load: Load) -> None:
    """Who asks about an excluded molecule hears which gate, what was found and why it stands."""
    gates = [{"name": "affordable", "column": "cost", "at_most": 15, "reason": "The budget is fixed."}]
    explanation = load({"gates": gates}).decide().explain("M7")
    assert explanation.sentences == ("M7 was not ranked: it failed the gate 'affordable' (20). The budget is fixed.",)


def test_a_molecule_passed_over_by_the_cap_is_told_so(load: Load) -> None:
    """The cap's reason is repeated in the explanation."""
    decision = load({"choose": {"k": 4, "cap": 1, "series": "column", "tie_rule": "order"}}).decide()
    passed = next(iter(decision.chosen.passed_over))
    assert decision.explain(passed).sentences[1].startswith("It was passed over: ")


def test_a_criterion_is_explained_down_to_its_judgements(load: Load) -> None:
    """The provenance reaches single answers with their reasons."""
    explanation = load().decide().explain("solubility")
    assert explanation.kind == "criterion"
    assert "cost is small" in str(explanation.provenance)
    assert explanation.sentences[1].startswith("It weighs ")


def test_an_explanation_is_json_ready(load: Load) -> None:
    """to_dict has no NaN and no numpy values."""
    decision = load().decide()
    for name in ("M3", "public_score"):
        text = json.dumps(decision.explain(name).to_dict(), allow_nan=False)
        assert json.loads(text)["subject"] == name


def test_an_explanation_shows_itself_in_a_notebook_escaped(load: Load) -> None:
    """The HTML form carries the words and no markup of theirs."""
    gates = [{"name": "<b>x</b>", "column": "cost", "at_most": 15, "reason": "r"}]
    html = load({"gates": gates}).decide().explain("M7")._repr_html_()
    assert "<b>x</b>" not in html
    assert "&lt;b&gt;" in html


def test_an_unknown_name_is_refused_with_the_closest(load: Load) -> None:
    """A typing error is met with a proposal."""
    with pytest.raises(InputError) as caught:
        load().decide().explain("solubilty")
    assert str(caught.value) == (
        "neither a molecule nor a criterion of the study; found 'solubilty'; expected the id or name of a "
        "molecule, or one of the criteria 'public_score', 'internal_score', 'solubility', 'cost'. "
        "Did you mean 'solubility'?"
    )


@pytest.mark.parametrize(
    ("rank", "word"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (21, "21st")]
)
def test_ranks_are_written_as_people_write_them(rank: int, word: str) -> None:
    """Ordinals follow English, the teens included."""
    from weighbridge.study.explain import _ordinal

    assert _ordinal(rank) == word


def test_an_explanation_names_the_molecules_it_is_about(load: Load) -> None:
    """A molecule comes with its contributions, a criterion with every ranked molecule, an excluded one alone."""
    gates = [{"name": "affordable", "column": "cost", "at_most": 15, "reason": "r"}]
    decision = load({"gates": gates}).decide()
    one = decision.explain("M4").molecules
    assert list(one.index) == ["M4"]
    parts = [f"contribution of {name}" for name in decision.matrix.names]
    assert one[parts].sum(axis=1)["M4"] == pytest.approx(one["score"]["M4"], abs=1e-12)
    every = decision.explain("cost").molecules
    assert list(every.index) == list(decision.to_frame().index)
    assert list(every["rank"]) == sorted(every["rank"])
    assert decision.explain("M7").molecules["gate"].to_dict() == {"M7": "affordable"}


def test_what_the_library_leaves_open_is_declared_and_not_changed(load: Load) -> None:
    """A range the study has to give is no departure from None."""
    sentences = load().decide().explain("internal_score").sentences
    assert not any("None" in sentence for sentence in sentences)
