"""The criteria and the panel: what each weighs, why, and what was said at every node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from weighbridge.core.matrix import DecisionMatrix
from weighbridge.report.numbers import percent
from weighbridge.report.palette import category
from weighbridge.report.weights_view import NodeView, criteria_views, tree_views
from weighbridge.study.decision import Decision

Variant = Callable[[str], Decision]
Section = Callable[..., Any]


def nodes(decision: Decision) -> dict[str, NodeView]:
    """Return every node of every tree by its name."""
    return {node.name: node for tree in tree_views(decision) for node in tree.nodes}


def with_plan(decision: Decision, name: str, **changes: Any) -> Decision:
    """Return the decision with one criterion's plan changed."""
    return replace(decision, plans={**decision.plans, name: replace(decision.plans[name], **changes)})


@pytest.mark.parametrize("name", ["alone", "promethee", "one source", "no panel", "one molecule"])
def test_weights_are_the_apis(variant: Variant, name: str) -> None:
    """Nominal and effective weight of each criterion, in the matrix's order; the nominal ones sum to 1."""
    decision = variant(name)
    views = criteria_views(decision)
    assert [one.name for one in views] == list(decision.matrix.names)
    for one in views:
        assert one.nominal == decision.weights[one.name]
        assert one.effective == decision.ranking.effective_weights[one.name]
        assert one.ticket.value == one.nominal
    assert sum(one.nominal for one in views) == pytest.approx(1)


def test_effective_weights_sum_to_one_or_are_all_nothing(variant: Variant) -> None:
    """Where molecules differ all the spread is accounted for; one molecule has no spread."""
    assert sum(one.effective for one in criteria_views(variant("promethee"))) == pytest.approx(1)
    assert [one.effective for one in criteria_views(variant("one molecule"))] == [0.0] * 4


def test_a_criterion_says_what_it_is(decision: Decision) -> None:
    """Direction, range, unit, preference and rules as the study declares them."""
    cost = next(one for one in criteria_views(decision) if one.name == "cost")
    assert cost.range == "less is better, from 30 (worst) to 0 (best) EUR"
    assert cost.preference == "v-shape (p = 10)"
    assert (cost.missing, cost.outside) == ("refuse", "refuse")
    assert cost.how == "column 'cost' of the molecule table"
    assert cost.departures == ()


def test_a_criterion_without_a_preference_is_usual(decision: Decision) -> None:
    """None declared is said, with the function that holds then."""
    criteria = dict(decision.matrix.criteria)
    criteria["cost"] = replace(criteria["cost"], preference=None)
    bare = replace(decision, matrix=DecisionMatrix(decision.matrix.to_frame(), criteria))
    assert next(one for one in criteria_views(bare) if one.name == "cost").preference == "usual (none declared)"


def test_departures_from_the_library_are_read_as_words(decision: Decision) -> None:
    """What is changed, from what, to what, and the reason; numbers without needless zeros."""
    changed = with_plan(decision, "internal_score", reason="our assay starts at 4")
    view = next(one for one in criteria_views(changed) if one.name == "internal_score")
    assert view.departures == ("worst: 4 instead of 5", "because our assay starts at 4")


def test_what_the_library_does_not_state_is_not_called_none(decision: Decision) -> None:
    """A range the library leaves to the study replaces nothing."""
    changed = with_plan(decision, "internal_score", departures={"worst": (None, 4.0), "unit": ("", "pIC50")})
    view = next(one for one in criteria_views(changed) if one.name == "internal_score")
    assert view.departures == ("worst: 4 instead of nothing stated", "unit: pIC50 instead of nothing stated")


def test_a_changed_preference_is_the_function_in_force(decision: Decision) -> None:
    """A preference function is named as on every other face, not as the file's model."""
    before = decision.matrix.criteria["cost"].preference
    changed = with_plan(decision, "internal_score", departures={"preference": (before, object())})
    view = next(one for one in criteria_views(changed) if one.name == "internal_score")
    assert view.departures == ("preference: linear (q = 0.3, p = 1) instead of v-shape (p = 10)",)


def test_findings_stand_at_the_criterion_they_are_about(variant: Variant) -> None:
    """All of them, in their order, and at no other criterion."""
    decision = variant("tied")
    for view in criteria_views(decision):
        assert view.warnings == tuple(one for one in decision.findings if one.subject == view.name)
    assert any(view.warnings for view in criteria_views(decision))


def test_colours_are_those_of_the_bars(decision: Decision) -> None:
    """Each criterion keeps the colour of its number."""
    assert [one.colour for one in criteria_views(decision)] == [category(number) for number in range(4)]


def test_a_node_lists_its_children_with_both_methods(decision: Decision) -> None:
    """Used, least squares and eigenvector weights of each child are the report's."""
    report = decision.tree.nodes["goal"]
    assert report.llsm is not None
    assert report.eigenvector is not None
    children = nodes(decision)["goal"].children
    assert [child[0] for child in children] == ["Evidence", "Practical"]
    assert [child[1] for child in children] == list(report.weights.values())
    assert [child[2] for child in children] == list(report.llsm.values())
    assert [child[3] for child in children] == list(report.eigenvector.values())


def test_weights_nobody_judged_have_no_methods(variant: Variant) -> None:
    """Trust shares, equal and stated weights have a dash where a judgement would stand."""
    found = nodes(variant("no panel"))
    for name in ("evidence", "practical", "all"):
        assert [child[2:] for child in found[name].children] == [(None, None)] * 2
        assert (found[name].consistency, found[name].consensus, found[name].figure) == ("", "", None)


def test_each_way_of_weighting_is_said(variant: Variant) -> None:
    """Judged, stated, equal and trust each have their words, with the study's reason."""
    found = nodes(variant("no panel"))
    assert (found["all"].weighting, found["all"].reason) == ("stated in the study", "half each")
    assert (found["practical"].weighting, found["practical"].reason) == ("equal", "nobody asked")
    assert found["evidence"].weighting == "the sources' trust shares"
    assert nodes(variant("alone"))["practical"].weighting == "judged by the panel"


def test_an_only_child_was_judged_by_nobody(variant: Variant) -> None:
    """Where there is one item there is nothing to compare, and no panel is named."""
    goal = nodes(variant("no panel"))["goal"]
    assert goal.weighting == "the only one here, nothing to judge"
    assert goal.children == (("all", 1.0, None, None),)


def test_consistency_of_the_group_and_of_each_expert_is_said(decision: Decision) -> None:
    """A pair cannot contradict itself; each expert who answered has a line."""
    goal = nodes(decision)["goal"]
    assert goal.consistency.startswith("Two items: a single pair cannot contradict itself")
    assert [name for name, _ in goal.experts] == ["Ada", "Ben", "Cem"]
    assert goal.consensus.endswith("agreement, not accuracy.")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"answers": 1}, ("1 answer",)),
        ({"answers": 3}, ("3 answers",)),
        ({"answers": 0}, ()),
        ({"answers": 2, "skipped": 1}, ("2 answers", "1 asked and skipped")),
        ({"answers": 0, "missing": ("Ada",)}, ("Ada answered nothing here and contributes nothing",)),
        (
            {"answers": 0, "unlinked": ("Ben",)},
            ("Ben's own answers leave items unlinked and count in the group only",),
        ),
    ],
)
def test_remarks_count_answers_and_name_the_silent(
    decision: Decision, changes: dict[str, Any], words: tuple[str, ...]
) -> None:
    """One answer is in the singular, none is not mentioned."""
    report = replace(decision.tree.nodes["practical"], **{"skipped": 0, "missing": (), "unlinked": (), **changes})
    tree = replace(decision.tree, nodes={**decision.tree.nodes, "practical": report})
    assert nodes(replace(decision, tree=tree))["practical"].remarks == words


def test_one_expert_has_no_spread_to_draw(decision: Decision) -> None:
    """A figure of a single dot is left out."""
    report = decision.tree.nodes["practical"]
    one = replace(report, priorities=report.priorities.iloc[:1])
    tree = replace(decision.tree, nodes={**decision.tree.nodes, "practical": one})
    assert nodes(replace(decision, tree=tree))["practical"].figure is None
    assert nodes(decision)["practical"].figure is not None


def test_trees_that_are_not_there_are_not_shown(variant: Variant, decision: Decision) -> None:
    """One source without indicators has the value tree only; all three come in their order."""
    assert [tree.title for tree in tree_views(variant("one source"))] == ["The criteria"]
    assert [tree.title for tree in tree_views(variant("alone"))] == [
        "The criteria",
        "How the sources' reliability is rated",
    ]
    assert tree_views(decision)[-1].nodes[0].title == "The sources, compared directly"
    assert [child[0] for child in tree_views(decision)[-1].nodes[0].children] == ["Public labels", "Own measurements"]


def test_a_study_without_a_panel_says_that_nobody_sits_on_one(variant: Variant, section: Section) -> None:
    """The section has a sentence instead of an empty table, and dashes where nobody judged."""
    decision = variant("no panel")
    tree = section("panel", panel=decision.study.file.panel, trees=tree_views(decision))
    words = " ".join("".join(tree.itertext()).split())
    assert "Nobody sits on a panel: the weights are stated in the study." in words
    assert "judged by the panel" not in words
    assert "–" in words


def test_percentages_on_the_page_are_exact_behind_the_rounding(decision: Decision, section: Section) -> None:
    """The table's numbers are the API's, and a negative share keeps a true minus."""
    effective = decision.ranking.effective_weights
    views = criteria_views(decision)
    tree = section("weights", panel=("Ada",), criteria=views, figures={"weights": nodes(decision)["goal"].figure})
    table = next(tree.iter("tbody"))
    values = [float(node.get("value")) for node in table.iter("data")]
    assert values == [number for one in views for number in (decision.weights[one.name], float(effective[one.name]))]
    shown = ["".join(node.itertext()) for node in table.iter("data")]
    assert shown == [percent(value) for value in values]


def test_words_of_experts_and_study_are_text(decision: Decision, section: Section) -> None:
    """Titles, definitions and reasons are escaped."""
    evil = "<form action=//x>"
    hostile = with_plan(decision, "cost", how=evil, departures={"title": (evil, evil)}, reason=evil)
    tree = section(
        "weights", panel=("Ada",), criteria=criteria_views(hostile), figures={"weights": nodes(decision)["goal"].figure}
    )
    assert list(tree.iter("form")) == []
    assert "".join(tree.itertext()).count(evil) >= 3


def test_nominal_weights_are_nobody_s_answers_where_nobody_was_asked(variant: Variant, section: Section) -> None:
    """The words above the table name the panel only where there is one."""
    for name, words in (("no panel", "what the study states."), ("alone", "what the panel’s answers give.")):
        decision = variant(name)
        figure = nodes(variant("alone"))["goal"].figure
        panel = decision.study.file.panel
        tree = section("weights", panel=panel, criteria=criteria_views(decision), figures={"weights": figure})
        assert f"The nominal weight is {words}" in " ".join("".join(tree.itertext()).split())
