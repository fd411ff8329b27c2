"""Everything together: which parts there are, what they rest on, and that they are the same each time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.builders import JUDGEMENTS, LEFT_OUT
from tests.study.robust.conftest import DIRECT, decide

import weighbridge as wb
from weighbridge.errors import InputError
from weighbridge.robustness.acceptability import acceptability
from weighbridge.robustness.change import smallest_change
from weighbridge.robustness.stability import stability_intervals
from weighbridge.study.decision import Decision
from weighbridge.study.robust.draws import draw_weights
from weighbridge.study.robust.gather import BELOW, robustness, standing
from weighbridge.study.robust.uncertain import certain, score_uncertainty
from weighbridge.study.robust.value import PARTS, VARIED, Robustness
from weighbridge.study.study import Study

QUICK = [part for part in PARTS if part != "sensitivity"]


@pytest.fixture(scope="module")
def found(decided: Decision) -> Robustness:
    """Return the small study's robustness, computed once."""
    return decided.robustness(samples=1_500, seed=4, parts=QUICK)


def test_five_lines_of_python_are_enough(small: Study) -> None:
    """From a study to the shares of draws in which each molecule is among the first k."""
    decision = small.decide()
    shares = decision.acceptability(samples=500).top_probability
    assert shares.sum() == pytest.approx(3)
    assert decision.stability_intervals()["cost"].low >= 0
    assert decision.smallest_change("M8").distance > 0


def test_every_part_is_there_or_says_why(found: Robustness) -> None:
    """Of everything asked for nothing is missing; what was not asked for says so."""
    assert dict(found.refused) == {"sensitivity": "not asked for"}
    assert set(found.varied) == set(VARIED)
    assert set(found.acceptability) == {"all", "weights", "scores"}
    assert found.intervals is not None
    assert found.reversal is not None
    assert len(found.changes) == BELOW
    assert len(found.unknowns) == 3
    assert len(found.sentences) == 3
    assert all(sentence.endswith(".") for sentence in found.sentences)


def test_the_draws_are_the_decisions_own(decided: Decision, found: Robustness) -> None:
    """The shares are those of `acceptability` with the decision's draws and its scores' uncertainty."""
    again = acceptability(
        decided.matrix,
        decided.weights,
        "topsis",
        1_500,
        4,
        draw_weights(decided, 1_500, 4).array,
        score_uncertainty(decided).stated,
        3,
    )
    pd.testing.assert_series_equal(found.acceptability["all"].top_probability, again.top_probability)
    assert found.top_probability is found.acceptability["all"].top_probability


def test_the_weights_alone_leave_the_scores_where_they_are(decided: Decision, found: Robustness) -> None:
    """One cause is drawn while the other is held at what the decision takes."""
    draws = draw_weights(decided, 1_500, 4).array
    alone = acceptability(
        certain(decided.matrix, neutral_as_nan=False), decided.weights, "topsis", 1_500, 4, draws, top=3
    )
    pd.testing.assert_series_equal(found.acceptability["weights"].top_probability, alone.top_probability)
    assert not found.acceptability["weights"].uncertain
    central = found.acceptability["scores"].central_weights.dropna()
    assert central.to_numpy() == pytest.approx(
        np.repeat(decided.weights.array(decided.matrix.names)[None, :], len(central), axis=0), abs=1e-12
    )


def test_the_intervals_and_changes_are_those_of_the_functions(decided: Decision, found: Robustness) -> None:
    """Method, k and weights of the decision are passed on."""
    direct = stability_intervals(decided.matrix, decided.weights, "topsis", 3)
    assert found.intervals is not None
    assert dict(found.intervals) == dict(direct)
    label = next(iter(found.changes))
    change = smallest_change(decided.matrix, decided.weights, label, "topsis", 3)
    assert found.changes[label].distance == pytest.approx(change.distance, abs=1e-9)
    ranks = decided.ranking.ranks
    assert [int(ranks[one]) for one in found.changes] == [4, 5, 6, 7, 8]


def test_the_score_that_would_do_really_does(decided: Decision, found: Robustness) -> None:
    """With the needed score in its place a molecule just below the cut is among the first three, and not with less."""
    changes = next(iter(found.score_changes.values()))
    direct = decided.smallest_score_change(changes.alternative)
    assert {name: one.needed for name, one in changes.items()} == {name: one.needed for name, one in direct.items()}
    for name, one in changes.items():
        if one.needed is None or one.change is None:
            continue
        for share, inside in ((1.0, True), (0.98, False)):
            frame = decided.matrix.to_frame()
            assert one.current is not None
            frame.loc[changes.alternative, name] = one.current + share * one.change
            ranks = wb.rank(wb.DecisionMatrix(frame, decided.matrix.criteria), decided.weights, "topsis").ranks
            assert (ranks[changes.alternative] <= 3) == inside


def test_two_runs_give_the_same_bytes(decided: Decision, found: Robustness) -> None:
    """The same seed gives the same JSON; another seed other shares."""
    parts = [part for part in QUICK if part not in ("changes", "methods")]
    runs = [decided.robustness(samples=400, seed=4, parts=parts).to_dict() for _ in range(2)]
    texts = [json.dumps(one, ensure_ascii=False, allow_nan=False) for one in runs]
    assert texts[0] == texts[1]
    other = decided.robustness(samples=400, seed=5, parts=["acceptability"])
    assert not found.acceptability["all"].top_probability.equals(other.acceptability["all"].top_probability)


def test_variants_have_the_names_of_what_was_left_out(decided: Decision, found: Robustness) -> None:
    """Experts, sources, criteria and molecules are each left out by name."""
    names = {part: [one.name for one in found.varied[part].variants] for part in VARIED}
    assert names["experts"] == ["Ada", "Ben", "Cem"]
    assert names["sources"] == ["public", "internal"]
    assert names["criteria"] == list(decided.matrix.names)
    assert names["molecules"] == list(decided.matrix.labels)
    assert "geometric" in names["scales"]
    assert "promethee-ii" in names["methods"]


def test_a_left_out_expert_ranks_as_a_study_without(found: Robustness, tmp_path: Path) -> None:
    """Who enters and leaves without Ben is what deciding without Ben gives."""
    lines = [line for line in JUDGEMENTS.splitlines() if not line.startswith("Ben,")]
    panel = [{"name": "Ada"}, {"name": "Cem"}]
    anew = decide(tmp_path / "study", {"panel": panel}, {"judgements.csv": "\n".join(lines) + "\n"})
    variant = found.varied["experts"]["Ben"]
    after = set(anew.chosen.chosen)
    before = set(found.decision.chosen.chosen)
    assert set(variant.entering) == after - before
    assert set(variant.leaving) == before - after


@pytest.mark.parametrize("method", ["promethee-ii", "weighted-sum"])
def test_other_methods_with_a_form_have_every_part(method: str, tmp_path: Path) -> None:
    """PROMETHEE II and the additive methods are treated as TOPSIS is."""
    decision = decide(tmp_path / "study", {"ranking.method": method})
    result = decision.robustness(samples=200, parts=["acceptability", "intervals", "unknowns", "reversal"])
    assert set(result.refused) == {
        "changes",
        "experts",
        "sources",
        "criteria",
        "molecules",
        "scales",
        "methods",
        "sensitivity",
    }
    assert result.acceptability["all"].method == method
    assert {one.guarantee for one in result.unknowns} == {"exact"}


def test_a_method_without_a_form_keeps_what_needs_ranks_only(tmp_path: Path) -> None:
    """For VIKOR draws, intervals and changes are refused with a clear message; the rest is there."""
    decision = decide(tmp_path / "study", {"ranking.method": "vikor", "ranking.parameters": {"v": 0.4}})
    result = decision.robustness(samples=100, parts=QUICK)
    assert set(result.refused) == {"acceptability", "intervals", "changes", "methods", "sensitivity"}
    assert "are not known for the method 'vikor'" in result.refused["acceptability"]
    assert "parameters of its own (v)" in result.refused["methods"]
    assert len(result.varied["criteria"]) == 4
    assert len(result.unknowns) == 3
    assert result.sentences[0].startswith("How sure the choice is was not computed: ")
    with pytest.raises(InputError, match="not known for the method 'vikor'"):
        decision.acceptability()
    with pytest.raises(InputError, match="not known for the method 'vikor'"):
        decision.stability_intervals()
    with pytest.raises(InputError, match="not known for the method 'vikor'"):
        decision.smallest_change("M1")
    with pytest.raises(InputError, match="not known for the method 'vikor'"):
        decision.smallest_score_change("M1")


def test_the_methods_parameters_are_passed_on(load: Callable[..., Study]) -> None:
    """A normalization that the study states is the one whose robustness is told."""
    study = load({"ranking.method": "weighted-sum", "ranking.parameters": {"normalization": "minmax"}})
    decision = study.decide()
    assert dict(decision.acceptability(samples=50).parameters) == {"normalization": "minmax"}
    direct = stability_intervals(decision.matrix, decision.weights, "weighted-sum", 3, normalization="minmax")
    assert dict(decision.stability_intervals()) == dict(direct)
    assert dict(decision.acceptability(samples=50, method="promethee-ii").parameters) == {}


def test_options_take_the_place_of_the_defaults(decided: Decision) -> None:
    """k, weight model and uncertainty can be given."""
    result = decided.acceptability(samples=64, top=1, weight_model="uniform", uncertainty={"cost": 1.0})
    assert (result.top, result.weight_model) == (1, "uniform")
    assert decided.stability_intervals(top=1).top == 1
    assert decided.smallest_change("M8", top=7).distance <= decided.smallest_change("M8", top=1).distance


def test_nothing_uncertain_is_said(tmp_path: Path) -> None:
    """A study with stated weights and exact scores has nothing to draw, and the sentence says so."""
    table = "id,pIC50\n" + "".join(f"M{i},6.{i}\n" for i in range(1, 9))
    changes = {
        "sources.internal.predictions.sd": LEFT_OUT,
        "panel": LEFT_OUT,
        "judgements": LEFT_OUT,
        "trust": LEFT_OUT,
        "sources.public": LEFT_OUT,
        "criteria.public_score": LEFT_OUT,
        "tree": {"all": {"weights": "equal", "children": ["internal_score", "solubility", "cost"]}},
    }
    decision = decide(tmp_path / "study", changes, {"internal.csv": table})
    result = decision.robustness(samples=50, parts=["acceptability", "experts", "unknowns"])
    assert "nothing can be drawn" in result.refused["acceptability"]
    assert len(result.varied["experts"]) == 0
    assert result.unknowns == ()


def test_a_choice_under_a_cap_is_called_the_first_of_the_ranking(tmp_path: Path) -> None:
    """Where the cap passes a molecule over, the chosen are not the first k, and that is recorded."""
    decision = decide(tmp_path / "study", {"choose.cap": 1})
    who = standing(decision)
    assert set(who.first) != set(decision.chosen.chosen)
    assert not who.are_chosen
    assert len(who.first) == 3


def test_progress_is_told_part_by_part(decided: Decision) -> None:
    """Each part is announced with how many there are, and draws tell their own progress."""
    told: list[tuple[str, int, int]] = []
    decided.robustness(samples=100, parts=["acceptability", "criteria"], progress=lambda *words: told.append(words))
    assert ("drawing weights and scores", 0, 2) in told
    assert ("leaving out each criterion", 1, 2) in told
    assert any(words.startswith("drawing the weights alone") for words, _, _ in told)
    assert told[-1][1:] == (2, 2)


@pytest.mark.parametrize("parts", [["acceptance"], "acceptability"])
def test_an_unknown_part_is_refused(decided: Decision, parts: Any) -> None:
    """Parts are a list of known names."""
    with pytest.raises(InputError, match="no such part of robustness"):
        robustness(decided, parts=parts)


def test_numbers_out_of_range_are_refused(decided: Decision) -> None:
    """Draws below 1 and negative seeds are mistakes, not parts that are missing."""
    with pytest.raises(InputError, match="samples"):
        decided.robustness(samples=0)
    with pytest.raises(InputError, match="seed"):
        decided.robustness(seed=-2)


def test_the_sensitivity_is_of_the_molecules_at_the_cut(decided: Decision) -> None:
    """Two molecules above and two below the cut are asked for."""
    result = decided.robustness(samples=50, parts=["sensitivity"])
    assert result.sensitivity is not None
    order = [decided.ranking.labels[int(row)] for row in decided.ranking.order]
    assert list(dict.fromkeys(result.sensitivity.to_frame()["molecule"])) == order[1:5]
    assert result.draws is not None
    assert len(result.draws.unknowns) == 3
    (note,) = [note for note in result.to_dict()["sensitivity_notes"] if note.startswith("not among the inputs")]
    assert all(unknown in note for unknown in result.draws.unknowns)


def test_without_unknowns_the_sensitivity_leaves_nothing_out(tmp_path: Path) -> None:
    """Where the judged shares are used, no unknown moves a weight, and no note speaks of one."""
    decision = decide(tmp_path / "study", {"trust.use": "judged"}, {"judgements.csv": JUDGEMENTS + DIRECT})
    result = decision.robustness(samples=50, parts=["sensitivity"])
    assert result.sensitivity is not None
    assert not any("not among the inputs" in note for note in result.sensitivity.notes)


def test_the_public_package_knows_the_study_layer(small: Study) -> None:
    """The value is reached from `weighbridge.Study` without further imports."""
    assert isinstance(wb.Study.load(small.folder).decide().robustness(samples=20, parts=[]), Robustness)
