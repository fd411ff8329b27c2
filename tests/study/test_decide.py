"""The pipeline from a loaded study to a decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.builders import JUDGEMENTS, LEFT_OUT

import weighbridge as wb
from weighbridge.errors import InputError
from weighbridge.study.study import Study

Load = Callable[..., Study]


def test_the_ranking_is_the_public_apis_own(load: Load) -> None:
    """The pipeline adds nothing to what `rank` gives for the same matrix and weights."""
    decision = load().decide()
    again = wb.rank(decision.matrix, decision.weights, method="topsis")
    assert np.array_equal(decision.ranking.scores, again.scores)


def test_the_evidence_groups_weight_is_split_by_trust(load: Load) -> None:
    """A score weighs the group's weight times its source's trust share."""
    decision = load().decide()
    evidence = decision.tree.local["goal"]["evidence"]
    for source in ("public", "internal"):
        assert decision.weights[f"{source}_score"] == pytest.approx(evidence * decision.trust.used[source])


def test_weights_sum_to_one_and_cover_the_tree(load: Load) -> None:
    """Every criterion of the tree has a weight."""
    decision = load().decide()
    assert sum(decision.weights.values()) == pytest.approx(1)
    assert tuple(decision.weights) == load().tree.leaves


def test_the_chosen_are_the_first_k(load: Load) -> None:
    """Without a cap the choice is the top of the ranking."""
    decision = load().decide()
    order = decision.ranking.ranks.sort_values(kind="stable").index
    assert decision.chosen.chosen == tuple(order[:3])


def test_a_cap_passes_over_the_third_of_a_series(load: Load) -> None:
    """With one molecule a series, the second acid is passed over with its reason."""
    decision = load({"choose": {"k": 4, "cap": 1, "series": "column", "tie_rule": "order"}}).decide()
    series = decision.study.molecules["series"].loc[list(decision.chosen.chosen)]
    assert series.is_unique
    assert decision.chosen.passed_over


def test_a_cap_by_scaffold_uses_the_structures(load: Load) -> None:
    """Aspirin and salicylic acid share the benzene scaffold."""
    decision = load({"choose": {"k": 8, "cap": 1, "series": "scaffold", "tie_rule": "order"}}).decide()
    assert len({"M1", "M2", "M3", "M8"} & set(decision.chosen.chosen)) == 1


def test_a_cap_by_column_needs_the_column(load: Load) -> None:
    """A cap by series without a series column is refused where it stands."""
    with pytest.raises(InputError, match="the cap is by series and no column names it"):
        load({"choose": {"k": 3, "cap": 1, "series": "column"}, "molecules.series": LEFT_OUT}).decide()


DIRECT = JUDGEMENTS + "Ada,sources,public,internal,1/3,\nBen,sources,public,internal,1,\n"


def test_judged_shares_come_from_the_direct_comparison(load: Load) -> None:
    """Two experts who say 1/3 and 1 mean the ratio 1/√3."""
    decision = load({"trust": {"use": "judged", "reason": "r"}}, {"judgements.csv": _without_trust(DIRECT)}).decide()
    assert decision.trust.used["public"] / decision.trust.used["internal"] == pytest.approx(3**-0.5)
    assert decision.trust.rated is None


def _without_trust(text: str) -> str:
    return "".join(line + "\n" for line in text.splitlines() if ",trust," not in line)


def test_a_blend_lies_between_its_readings_and_shows_its_ends(load: Load) -> None:
    """λ = ½ is the geometric mean; the ranks for λ = 0, ½ and 1 are kept."""
    decision = load(
        {"trust.use": "blend", "trust.lambda": 0.5, "trust.reason": "r"}, {"judgements.csv": DIRECT}
    ).decide()
    shares = decision.trust.shares()
    ratio = shares.loc["public"] / shares.loc["internal"]
    assert ratio["used"] == pytest.approx(np.sqrt(ratio["judged"] * ratio["rated"]))
    assert list(decision.blends) == [0.0, 0.5, 1.0]
    assert np.allclose(decision.blends[0.5].scores, decision.ranking.scores, rtol=0, atol=1e-12)


def test_a_reading_the_study_does_not_give_is_refused(load: Load) -> None:
    """A blend without direct judgements says what to add, and where."""
    with pytest.raises(InputError) as caught:
        load({"trust.use": "blend"}).decide()
    message = str(caught.value)
    assert "trust uses 'blend' and the study gives no judged shares" in message
    assert "Add judgements at the node 'sources'" in message
    assert "$.trust" in message


def test_a_single_source_gets_the_whole_share(load: Load) -> None:
    """With one source there is nothing to weigh."""
    changes = {
        "sources.public": LEFT_OUT,
        "criteria.public_score": LEFT_OUT,
        "tree.evidence.children": ["internal_score"],
    }
    decision = load(changes).decide()
    assert decision.trust.rule == "single"
    assert dict(decision.trust.used) == {"internal": 1.0}


def test_a_judgement_at_an_unknown_node_is_named_with_its_row(load: Load) -> None:
    """The message says which file and row, and which nodes there are."""
    with pytest.raises(InputError) as caught:
        load(None, {"judgements.csv": JUDGEMENTS + "Ada,gaol,evidence,practical,3,\n"}).decide()
    message = str(caught.value)
    assert "judgements.csv, row 11: a judgement at an unknown node; found 'gaol'" in message
    assert "'goal'" in message


def test_an_expert_without_judgements_is_a_fault(load: Load) -> None:
    """Everybody on the panel must have judged something."""
    study = load({"panel": [{"name": name} for name in ("Ada", "Ben", "Cem", "Dora")]})
    with pytest.raises(InputError, match="an expert of the panel has given no judgement; found 'Dora'"):
        study.decide()


def test_an_expert_may_judge_one_tree_only(load: Load) -> None:
    """Roles answer different nodes: somebody who judged only the trust tree is heard there."""
    text = "".join(
        line + "\n" for line in JUDGEMENTS.splitlines() if not line.startswith(("Cem,goal", "Cem,practical"))
    )
    decision = load(None, {"judgements.csv": text}).decide()
    assert decision.indicators is not None
    assert "Cem" in decision.indicators.nodes["trust"].by_expert
    assert "Cem" not in decision.tree.nodes["goal"].by_expert


def test_other_methods_stand_beside_the_ranking(load: Load) -> None:
    """Each comparison method ranks the same molecules, and PROMETHEE brings its partial order."""
    decision = load({"ranking.compare": ["promethee-ii", "borda", "weighted-sum"]}).decide()
    assert set(decision.others) == {"promethee-ii", "borda", "weighted-sum"}
    assert decision.partial is not None
    assert decision.agreement is not None
    assert list(decision.agreement.kendall_tau_b.index) == ["topsis", "promethee-ii", "borda", "weighted-sum"]


def test_a_method_that_cannot_be_used_is_named_with_its_reason(load: Load) -> None:
    """A comparison method that refuses its input does not stop the decision."""
    changes = {"ranking.compare": ["spotis"], "criteria.cost.worst": LEFT_OUT, "criteria.cost.best": LEFT_OUT}
    decision = load({**changes, "ranking.method": "promethee-ii"}).decide()
    assert "worst and best" in decision.refused["spotis"]


def test_a_partial_order_cannot_choose(load: Load) -> None:
    """PROMETHEE I as the study's own method is refused with the way out."""
    with pytest.raises(InputError, match="Use promethee-ii: the partial order is shown beside it"):
        load({"ranking.method": "promethee-i"}).decide()


def test_an_unknown_method_is_refused_with_the_closest(load: Load) -> None:
    """A misspelt method is named."""
    with pytest.raises(InputError, match="topsis"):
        load({"ranking.method": "topsi"}).decide()


@pytest.mark.parametrize("rule", ["worst", "neutral", "interval"])
def test_missing_scores_follow_their_rule(load: Load, rule: str) -> None:
    """A molecule without a prediction enters by the rule of the criterion."""
    files = {"public.csv": "id,probability\nM1,0.8\nM2,0.3\nM3,0.6\nM4,0.9\nM5,0.5\nM6,0.7\nM7,0.2\n"}
    decision = load({"criteria.public_score.missing": rule}, files).decide()
    value = decision.matrix.filled()[decision.matrix.labels.get_loc("M8"), decision.matrix.names.index("public_score")]
    assert value == (0.0 if rule == "worst" else 0.5)
    assert np.isfinite(decision.ranking.scores).all()


def test_one_molecule_is_ranked_first(load: Load) -> None:
    """A study of a single molecule has a ranking of one."""
    files = {"molecules.csv": "id,solubility,cost\nM1,120,10\n"}
    changes: dict[str, Any] = {"molecules": {"file": "molecules.csv", "id": "id"}, "choose": {"k": 1}}
    decision = load(changes, files).decide()
    assert decision.chosen.chosen == ("M1",)
    assert list(decision.ranking.ranks) == [1]


def test_progress_is_told_what_happens(load: Load) -> None:
    """Longer steps announce themselves."""
    heard: list[str] = []
    load().decide(progress=heard.append)
    assert heard == [
        "reading the sources' indicators",
        "reading the molecules' criteria",
        "ranking",
        "checking what came out",
    ]


def test_the_same_study_gives_the_same_decision(load: Load) -> None:
    """Two runs agree bit for bit."""
    first, second = load().decide(), load().decide()
    pd.testing.assert_frame_equal(first.to_frame(), second.to_frame(), check_exact=True)
    assert str(first.weights.explain("public_score")) == str(second.weights.explain("public_score"))


def test_the_frame_has_the_ranking_first_and_the_numbers_behind_it(load: Load) -> None:
    """to_frame is sorted by rank and carries names, series and every criterion."""
    frame = load().decide().to_frame()
    assert frame["rank"].is_monotonic_increasing
    assert list(frame.columns[:4]) == ["rank", "score", "tied", "chosen"]
    assert {"name", "series", "public_score", "cost"} <= set(frame.columns)


def test_a_study_may_change_an_indicators_range(load: Load) -> None:
    """Where ten molecules are plenty, the utilities of the number of molecules are higher."""
    default = load().decide().trust.rated
    modest = load({"trust.indicators": {"n_molecules": {"worst": 1, "best": 10}}}).decide().trust.rated
    assert default is not None
    assert modest is not None
    assert (modest.utilities["n_molecules"] > default.utilities["n_molecules"]).all()


def test_an_unknown_indicator_change_is_refused(load: Load) -> None:
    """trust.indicators names indicators of the library."""
    with pytest.raises(InputError, match="unknown indicator; found 'n_molecule'"):
        load({"trust.indicators": {"n_molecule": {"worst": 1, "best": 10}}}).decide()


def test_every_leaf_is_explained_down_to_single_judgements(load: Load) -> None:
    """The provenance of a score names experts, answers, reasons and rows, in both layers."""
    text = str(load().decide().weights.explain("public_score"))
    for word in ("Ada", "Ben", "Cem", "the biology decides", "judgements.csv, row 2", "context_match"):
        assert word in text
