"""Unknowns and uncertain values fixed at either end, against deciding anew with the condition recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.builders import JUDGEMENTS, MOLECULES
from tests.study.robust.conftest import BLEND, DIRECT, decide

from weighbridge.robustness.rescoring import Rescorer, rescorer
from weighbridge.robustness.variations import Variation
from weighbridge.study.decision import Decision
from weighbridge.study.robust.ends import CellEffect, UnknownEffect, cell_effects, unknown_effects
from weighbridge.study.robust.unknowns import Unknown, share_model
from weighbridge.study.study import Study


def ready_of(decision: Decision) -> Rescorer:
    """Return the decision's matrix and method, ready to be scored again."""
    return rescorer(decision.matrix, decision.ranking.method, **decision.study.file.ranking.parameters)


def effects_of(decision: Decision, top: int = 3) -> dict[str, UnknownEffect]:
    """Return unknown → effect."""
    found = unknown_effects(decision, share_model(decision), ready_of(decision), top)
    return {one.unknown.name: one for one in found}


def first(decision: Decision, top: int = 3) -> set[Any]:
    """Return the labels of the first k."""
    ranks = decision.ranking.ranks
    return set(ranks.index[ranks <= top])


def is_what(end: Variation | None, before: Decision, after: Decision) -> None:
    """Assert that a variation is the step from one decision to another."""
    assert end is not None
    assert set(end.entering) == first(after) - first(before)
    assert set(end.leaving) == first(before) - first(after)
    assert set(end.first) == set(after.ranking.ranks.index[after.ranking.ranks == 1])


@pytest.mark.parametrize(("condition", "recorded"), [("ph", 7.4), ("temperature", 37.0)])
@pytest.mark.parametrize("method", ["topsis", "promethee-ii", "weighted-sum"])
def test_the_high_end_is_deciding_with_the_condition_recorded_alike(
    condition: str, recorded: float, method: str, tmp_path: Path
) -> None:
    """Fixing a condition at its high end ranks as a study that records the decision's own value."""
    changes: dict[str, Any] = {"ranking.method": method}
    before = decide(tmp_path / "before", changes)
    after = decide(tmp_path / "after", {**changes, f"sources.public.context.{condition}": recorded})
    effect = effects_of(before)[condition]
    assert effect.shares[1] == pytest.approx(after.trust.used["public"], abs=1e-14)
    is_what(effect.high, before, after)


@pytest.mark.parametrize(("condition", "recorded"), [("ph", 1.0), ("temperature", 400.0)])
def test_the_low_end_is_deciding_with_the_condition_far_off(condition: str, recorded: float, tmp_path: Path) -> None:
    """Fixing a condition at its low end ranks as a study that records a value nothing like the decision's."""
    files = {"judgements.csv": JUDGEMENTS + DIRECT}
    before = decide(tmp_path / "before", BLEND, files)
    after = decide(tmp_path / "after", {**BLEND, f"sources.public.context.{condition}": recorded}, files)
    effect = effects_of(before)[condition]
    assert effect.shares[0] == pytest.approx(after.trust.used["public"], abs=1e-14)
    is_what(effect.low, before, after)


def test_an_unknown_of_the_indicators_own_is_fixed_too(tmp_path: Path) -> None:
    """An indicator that nobody tells is fixed at 0 and at 1, as a card that states it would."""
    changes = {"trust.tree": ["context_match", "z_prime"]}
    files = {"judgements.csv": JUDGEMENTS.replace("n_molecules", "z_prime")}
    public = {"sources.public.card": {"z_prime": {"value": 0.5, "from": "paper"}}}
    before = decide(tmp_path / "before", {**changes, **public}, files)
    best = {"sources.internal.card": {"z_prime": {"value": 1.0, "from": "protocol"}}}
    after = decide(tmp_path / "after", {**changes, **public, **best}, files)
    effect = effects_of(before)["z_prime"]
    assert effect.unknown.source == "internal"
    assert effect.shares[1] == pytest.approx(after.trust.used["internal"], abs=1e-14)
    is_what(effect.high, before, after)


def test_a_criterion_of_single_molecules_moves_with_its_unknown(nearby: Decision, tmp_path: Path) -> None:
    """An unknown temperature moves the share of its source and the molecules' own criterion together."""
    changes = {
        "criteria.context_nearby": {"use": "context_match", "source": "public"},
        "criteria.temperature_nearby": {"use": "temperature", "source": "public"},
        "tree.practical.children": ["solubility", "cost", "context_nearby", "temperature_nearby"],
        "tree.practical.weights": "equal",
        "sources.public.context.temperature": 37.0,
    }
    lines = [line for line in JUDGEMENTS.splitlines() if ",practical,solubility," not in line]
    after = decide(tmp_path / "after", changes, {"judgements.csv": "\n".join(lines) + "\n"})
    effect = effects_of(nearby)["temperature"]
    assert effect.guarantee == "checked"
    assert effect.shares[1] == pytest.approx(after.trust.used["public"], abs=1e-14)
    is_what(effect.high, nearby, after)
    scores = nearby.ranking.scores
    assert not np.allclose(scores, after.ranking.scores)


def test_in_the_middle_nothing_changes(decided: Decision) -> None:
    """The grid's middle is the decision itself, so nothing can differ there."""
    for effect in effects_of(decided, top=8).values():
        assert not effect.could_change


@pytest.mark.parametrize(
    ("method", "guarantee"),
    [("promethee-ii", "exact"), ("weighted-sum", "exact"), ("topsis", "checked"), ("vikor", "checked")],
)
def test_what_is_guaranteed_between_the_ends_is_said(method: str, guarantee: str, tmp_path: Path) -> None:
    """Linear scores along a straight line are settled by their ends; others are looked at between them."""
    for effect in effects_of(decide(tmp_path / "study", {"ranking.method": method})).values():
        assert effect.guarantee == guarantee


def test_two_trust_groups_are_no_straight_line(tmp_path: Path) -> None:
    """Where a source's share enters two groups the weights bend, and the ends are not called exact."""
    near = {"near": {"weights": "trust", "children": ["public_near", "internal_near"]}}
    changes = {
        "ranking.method": "weighted-sum",
        "criteria.public_near": {"use": "context_match", "source": "public"},
        "criteria.internal_near": {"use": "context_match", "source": "internal"},
        "tree.practical": {
            "title": "Practical",
            "weights": "equal",
            "children": ["solubility", "cost", near],
        },
    }
    lines = [line for line in JUDGEMENTS.splitlines() if ",practical,solubility," not in line]
    decision = decide(tmp_path / "study", changes, {"judgements.csv": "\n".join(lines) + "\n"})
    assert {one.guarantee for one in effects_of(decision).values()} == {"checked"}


def test_linear_scores_change_nowhere_between_unchanged_ends(tmp_path: Path) -> None:
    """On a fine grid no place of an interval gives a set that neither end nor today gives."""
    decision = decide(tmp_path / "study", {"ranking.method": "promethee-ii"})
    for effect in effects_of(decision).values():
        assert effect.between == ()


def test_judged_trust_makes_every_condition_harmless(tmp_path: Path) -> None:
    """Where the judged shares are used, no unknown moves anything, and the share is the same at both ends."""
    changes = {"trust.use": "judged"}
    decision = decide(tmp_path / "study", changes, {"judgements.csv": JUDGEMENTS + DIRECT})
    for effect in effects_of(decision).values():
        assert effect.shares[0] == pytest.approx(effect.shares[1], abs=1e-15)
        assert not effect.could_change


def test_an_end_at_which_every_source_scores_nothing_is_told(tmp_path: Path) -> None:
    """If the only thing that is rated at all is the unknown itself, its low end has no shares."""
    changes = {
        "trust.tree": ["temperature"],
        "sources.internal.context.temperature": 400.0,
        "panel": [{"name": "Ada"}],
    }
    lines = [line for line in JUDGEMENTS.splitlines() if not line.startswith(("Ben,", "Cem,"))]
    table = "\n".join(line for line in lines if ",trust," not in line) + "\n"
    decision = decide(tmp_path / "study", changes, {"judgements.csv": table})
    effect = effects_of(decision)["temperature"]
    assert effect.low is None
    assert effect.high is not None
    assert effect.refused == "every source would be rated 0"
    assert effect.missed == ("low",)


def test_an_end_without_ranking_leaves_no_guarantee(tmp_path: Path) -> None:
    """Where an end has no ranking, what holds at the other says nothing for certain of the places between."""
    changes = {
        "ranking.method": "weighted-sum",
        "trust.tree": ["temperature"],
        "sources.internal.context.temperature": 400.0,
        "panel": [{"name": "Ada"}],
    }
    lines = [
        line for line in JUDGEMENTS.splitlines() if not line.startswith(("Ben,", "Cem,")) and ",trust," not in line
    ]
    effect = effects_of(decide(tmp_path / "study", changes, {"judgements.csv": "\n".join(lines) + "\n"}))["temperature"]
    assert effect.refused
    assert effect.guarantee == "checked"


def test_moves_and_changes_follow_the_ends() -> None:
    """An unknown could change the choice by an end, or only between its ends."""
    unknown = Unknown("s", "ph", "pH", True, (), (), "")
    still = Variation("low", ("A",), False, (), (), 1.0, 1.0, 1.0, 1.0)
    moved = Variation("high", ("A",), False, ("B", "C"), ("D",), 0.5, 0.9, 0.9, 0.9)
    assert not UnknownEffect(unknown, (0.1, 0.2), still, still, (), "exact").could_change
    by_end = UnknownEffect(unknown, (0.1, 0.2), still, moved, (), "exact")
    assert by_end.could_change
    assert by_end.moves == 2
    assert UnknownEffect(unknown, (0.1, 0.2), still, still, ("E",), "checked").could_change
    assert UnknownEffect(unknown, (0.1, 0.2), None, None, (), "checked").moves == 0


def cells_of(decision: Decision, top: int = 3, limit: int = 200) -> tuple[tuple[CellEffect, ...], int]:
    """Return the effects of the uncertain values."""
    return cell_effects(decision, ready_of(decision), top, limit)


@pytest.mark.parametrize("method", ["topsis", "promethee-ii", "vikor"])
def test_a_censored_value_at_its_ends_is_deciding_with_that_value(method: str, tmp_path: Path) -> None:
    """Fixing a censored value at either end ranks as a study whose table holds that value."""
    changes = {"ranking.method": method}
    table = MOLECULES.replace("caffeine,xanthines,150", "caffeine,xanthines,<150")
    before = decide(tmp_path / "before", changes, {"molecules.csv": table})
    (effect,), untried = cells_of(before)
    assert untried == 0
    assert (effect.molecule, effect.criterion, effect.ends) == ("M4", "solubility", (0.0, 150.0))
    for name, end, value in (("low", effect.low, "0"), ("high", effect.high, "150")):
        fixed = MOLECULES.replace("caffeine,xanthines,150", f"caffeine,xanthines,{value}")
        is_what(end, before, decide(tmp_path / name, changes, {"molecules.csv": fixed}))


def test_a_value_missing_under_the_rule_interval_spans_the_range(load: Callable[..., Study]) -> None:
    """A missing value is tried at both ends of its criterion's declared range."""
    table = MOLECULES.replace("caffeine,xanthines,150", "caffeine,xanthines,")
    decision = load({"criteria.solubility.missing": "interval"}, {"molecules.csv": table}).decide()
    (effect,), _ = cells_of(decision)
    assert effect.ends == (0.0, 200.0)


def test_only_leading_molecules_are_tried_and_the_rest_counted(load: Callable[..., Study]) -> None:
    """Values of molecules beyond 2 k are not tried, and over the limit the others are counted."""
    lines = MOLECULES.splitlines()
    cut = [line.split(",") for line in lines[1:]]
    table = "\n".join([lines[0], *(",".join([*row[:4], f"<{row[4]}", row[5]]) for row in cut)]) + "\n"
    decision = load(None, {"molecules.csv": table}).decide()
    effects, untried = cells_of(decision, top=2)
    assert (len(effects), untried) == (4, 0)
    ranks = decision.ranking.ranks
    assert [int(ranks[one.molecule]) for one in effects] == sorted(int(ranks[one.molecule]) for one in effects)
    few, left = cells_of(decision, top=2, limit=3)
    assert (few, left) == (few[:3], 1)
    assert [one.molecule for one in few] == [one.molecule for one in effects[:3]]


def test_a_better_end_never_lowers_the_molecule(load: Callable[..., Study]) -> None:
    """A molecule does not leave the first k at its better end, nor enter at its worse one."""
    table = MOLECULES.replace("aspirin,acids,120", "aspirin,acids,<120").replace(
        "naproxen,acids,30", "naproxen,acids,>30"
    )
    for effect in cells_of(load(None, {"molecules.csv": table}).decide())[0]:
        assert effect.molecule not in effect.high.leaving
        assert effect.molecule not in effect.low.entering
        assert effect.could_change == (effect.low.top_changed or effect.high.top_changed)
