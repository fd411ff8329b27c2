"""Weights without an expert or a source, and under other judgement scales, against deciding anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.builders import JUDGEMENTS, LEFT_OUT, STUDY
from tests.study.robust.conftest import BLEND, DIRECT, decide

from weighbridge.elicitation.scales import SCALES, scale_value
from weighbridge.errors import Fault, InputError
from weighbridge.study.decision import Decision
from weighbridge.study.robust.reweighing import reason_of, under_scales, without_experts, without_sources
from weighbridge.study.study import Study


def without(expert: str, table: str) -> str:
    """Return a judgement table without the lines of an expert."""
    return "\n".join(line for line in table.splitlines() if not line.startswith(f"{expert},")) + "\n"


def panel_without(expert: str) -> list[dict[str, Any]]:
    """Return the panel of the small study without an expert."""
    return [dict(one) for one in STUDY["panel"] if one["name"] != expert]


def is_same(found: Any, expected: Decision) -> None:
    """Assert that weights are those of another decision."""
    assert dict(found) == pytest.approx(dict(expected.weights), abs=1e-14)


@pytest.mark.parametrize("expert", ["Ada", "Ben", "Cem"])
def test_leaving_an_expert_out_is_deciding_without_the_expert(expert: str, decided: Decision, tmp_path: Path) -> None:
    """The weights without an expert are those of a study that never heard the expert; so is the ranking."""
    found, refused = without_experts(decided)
    anew = decide(tmp_path / "study", {"panel": panel_without(expert)}, {"judgements.csv": without(expert, JUDGEMENTS)})
    assert refused == {}
    is_same(found[expert], anew)


@pytest.mark.parametrize("expert", ["Ada", "Ben", "Cem"])
def test_an_expert_counts_in_the_judged_shares_too(expert: str, blended: Decision, tmp_path: Path) -> None:
    """Where trust is blended, an expert's direct comparison of the sources is left out as well."""
    table = JUDGEMENTS + DIRECT
    changes = {**BLEND, "panel": panel_without(expert)}
    anew = decide(tmp_path / "study", changes, {"judgements.csv": without(expert, table)})
    is_same(without_experts(blended)[0][expert], anew)


def test_a_panel_of_one_is_said_not_crashed(tmp_path: Path) -> None:
    """Nobody can be left out of a panel of one, and the reason is a sentence."""
    table = "\n".join(line for line in JUDGEMENTS.splitlines() if not line.startswith(("Ben,", "Cem,"))) + "\n"
    decision = decide(tmp_path / "study", {"panel": [{"name": "Ada"}]}, {"judgements.csv": table})
    found, refused = without_experts(decision)
    assert found == {}
    assert refused == {"Ada": "the panel is one person: without this expert nobody has judged"}


def test_an_expert_who_alone_judged_a_node_cannot_be_left_out(load: Callable[..., Study]) -> None:
    """The node that nobody else has judged is named."""
    keep = [line for line in JUDGEMENTS.splitlines() if not line.startswith(("Ben,practical", "Cem,practical"))]
    decision = load(None, {"judgements.csv": "\n".join(keep) + "\n"}).decide()
    found, refused = without_experts(decision)
    assert set(found) == {"Ben", "Cem"}
    assert "'practical'" in refused["Ada"]


def test_an_expert_who_alone_compared_the_sources_cannot_be_left_out(tmp_path: Path) -> None:
    """Where judged shares are used, the only one who judged the sources is needed."""
    table = JUDGEMENTS + "Ada,sources,public,internal,1/3,own data\n"
    decision = decide(tmp_path / "study", BLEND, {"judgements.csv": table})
    found, refused = without_experts(decision)
    assert set(found) == {"Ben", "Cem"}
    assert refused["Ada"] == "nobody else has compared the sources directly (node 'sources')"


def test_an_expert_who_weighs_everything_cannot_be_left_out(tmp_path: Path) -> None:
    """If the others weigh nothing the reason is told."""
    panel = [
        {"name": "Ada"},
        {"name": "Ben", "weight": 0, "reason": "listens"},
        {"name": "Cem", "weight": 0, "reason": "listens"},
    ]
    decision = decide(tmp_path / "study", {"panel": panel})
    found, refused = without_experts(decision)
    assert set(found) == {"Ben", "Cem"}
    assert "weigh nothing" in refused["Ada"]


def test_an_expert_who_weighs_nothing_changes_nothing(tmp_path: Path) -> None:
    """Leaving out an expert of weight 0 leaves the weights as they are."""
    panel = [{"name": "Ada"}, {"name": "Ben"}, {"name": "Cem", "weight": 0, "reason": "listens"}]
    decision = decide(tmp_path / "study", {"panel": panel})
    is_same(without_experts(decision)[0]["Cem"], decision)


def test_leaving_a_source_out_gives_its_weight_to_its_siblings(decided: Decision) -> None:
    """The trust share of the source is 0 and the others have all of the group's weight."""
    found, refused = without_sources(decided)
    weights = found["public"]
    group = decided.weights["public_score"] + decided.weights["internal_score"]
    assert refused == {}
    assert weights["public_score"] == 0
    assert weights["internal_score"] == pytest.approx(group, abs=1e-15)
    assert weights["cost"] == pytest.approx(decided.weights["cost"], abs=1e-15)


def test_leaving_a_source_out_is_a_study_without_it(nearby: Decision, tmp_path: Path) -> None:
    """The weights are those of a study that has neither the source nor its criteria."""
    lines = [line for line in JUDGEMENTS.splitlines() if ",trust," not in line and ",practical,solubility," not in line]
    changes = {
        "sources.public": LEFT_OUT,
        "criteria.public_score": LEFT_OUT,
        "trust": LEFT_OUT,
        "tree.evidence.children": ["internal_score"],
        "tree.practical.weights": "equal",
    }
    anew = decide(tmp_path / "study", changes, {"judgements.csv": "\n".join(lines) + "\n"})
    weights = without_sources(nearby)[0]["public"]
    assert {name: value for name, value in weights.items() if value > 0} == pytest.approx(dict(anew.weights), abs=1e-14)


def test_a_group_that_is_left_empty_gives_its_weight_away(tmp_path: Path) -> None:
    """Where a group holds nothing but the source's criteria, its siblings take its weight in proportion."""
    changes = {
        "criteria.near": {"use": "context_match", "source": "public"},
        "criteria.heat": {"use": "temperature", "source": "public"},
        "tree.records": {"title": "Records", "weights": "equal", "children": ["near", "heat"]},
    }
    more = "".join(f"{name},goal,{a},records,2,\n" for name in ("Ada", "Ben", "Cem") for a in ("evidence", "practical"))
    decision = decide(tmp_path / "study", changes, {"judgements.csv": JUDGEMENTS + more})
    weights = without_sources(decision)[0]["public"]
    local = decision.tree.local["goal"]
    assert weights["near"] == weights["heat"] == 0
    assert weights["internal_score"] == pytest.approx(local["evidence"] / (local["evidence"] + local["practical"]))
    assert sum(weights.values()) == pytest.approx(1)


def test_a_source_behind_everything_cannot_be_left_out(tmp_path: Path) -> None:
    """Where every criterion comes from one source, leaving it out leaves nothing to rank by."""
    changes = {
        "criteria.solubility": LEFT_OUT,
        "criteria.cost": LEFT_OUT,
        "criteria.public_score": LEFT_OUT,
        "sources.public": LEFT_OUT,
        "criteria.doubt": {"use": "ensemble_sd", "source": "internal", "unit": "pIC50"},
        "tree": {"evidence": {"weights": "equal", "children": ["internal_score", "doubt"]}},
        "trust": LEFT_OUT,
        "panel": LEFT_OUT,
        "judgements": LEFT_OUT,
    }
    decision = decide(tmp_path / "study", changes)
    assert without_sources(decision) == ({}, {"internal": "every criterion with a weight comes from this source"})


@pytest.mark.parametrize("scale", ["root-square", "logarithmic", "balanced"])
def test_another_scale_is_the_translated_answers(scale: str, blended: Decision, tmp_path: Path) -> None:
    """Weights under a scale are those of a study whose judgement files hold the translated answers."""
    lines = (JUDGEMENTS + DIRECT).splitlines()
    table = "\n".join([lines[0], *(translated(line, scale) for line in lines[1:])]) + "\n"
    anew = decide(tmp_path / "study", BLEND, {"judgements.csv": table})
    found, refused = under_scales(blended)
    assert refused == {}
    assert dict(found[scale]) == pytest.approx(dict(anew.weights), rel=1e-6)


def translated(line: str, scale: str) -> str:
    """Return a line of a judgement file with its answer on another scale (every node has two children)."""
    expert, node, a, b, value, reason = line.split(",")
    number = eval(value, {}, {})
    return f"{expert},{node},{a},{b},{scale_value(number, scale, 2):.15g},{reason}"


def test_every_scale_but_the_one_in_use_is_tried(decided: Decision) -> None:
    """The sweep holds each scale other than the linear one that the decision is made with."""
    found, refused = under_scales(decided)
    assert set(found) | set(refused) == set(SCALES) - {"linear"}


def test_a_reason_is_one_line() -> None:
    """Several faults become one line with their places."""
    error = InputError([Fault("first", place="node 'a'"), Fault("second")])
    assert reason_of(error) == "first (node 'a'); second"
