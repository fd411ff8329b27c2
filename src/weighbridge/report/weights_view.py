"""The criteria and their weights: nominal beside effective, the ticket of each, and what the panel said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from weighbridge.report.drawing import Drawing
from weighbridge.report.figures import spread_figure
from weighbridge.report.numbers import plain
from weighbridge.report.palette import category
from weighbridge.report.tickets import Ticket, consensus_words, consistency_words, ticket
from weighbridge.report.words import criterion_titles, node_titles, range_words, source_titles

if TYPE_CHECKING:
    from weighbridge.core.tree import ValueTree
    from weighbridge.elicitation.hierarchy import NodeReport, TreeWeights
    from weighbridge.study.check import Finding
    from weighbridge.study.decision import Decision

__all__ = ["CriterionView", "NodeView", "TreeView", "criteria_views", "tree_views"]

WEIGHTING_WORDS = {
    "judged": "judged by the panel",
    "trust": "the sources' trust shares",
    "equal": "equal",
    "given": "stated in the study",
}


@dataclass(frozen=True, slots=True)
class CriterionView:
    """One criterion: what it is, what it weighs, and why.

    Attributes
    ----------
    warnings
        Findings about it, such as a constant or near-duplicate column.
    departures
        What the study changed in the library's definition, in words.
    """

    name: str
    title: str
    colour: str
    nominal: float
    effective: float
    how: str
    range: str
    preference: str
    missing: str
    outside: str
    definition: str
    citation: str
    departures: tuple[str, ...]
    warnings: tuple[Finding, ...]
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class NodeView:
    """One node of a tree as the panel judged it."""

    name: str
    title: str
    weighting: str
    reason: str
    children: tuple[tuple[str, float, float | None, float | None], ...]
    consistency: str
    consensus: str
    experts: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]
    figure: Drawing | None


@dataclass(frozen=True, slots=True)
class TreeView:
    """One tree: its name for people and its nodes, parents first."""

    title: str
    nodes: tuple[NodeView, ...]


def criteria_views(decision: Decision) -> tuple[CriterionView, ...]:
    """Return the criteria in the value tree's order."""
    effective = decision.ranking.effective_weights
    return tuple(
        _criterion(decision, name, title, category(number), float(effective[name]))
        for number, (name, title) in enumerate(criterion_titles(decision).items())
    )


def _criterion(decision: Decision, name: str, title: str, colour: str, effective: float) -> CriterionView:
    plan, criterion = decision.plans[name], decision.matrix.criteria[name]
    departures = tuple(
        f"{key}: {_stated(getattr(criterion, key))} instead of {_stated(before)}"
        for key, (before, _) in plan.departures.items()
    )
    if departures and plan.reason:
        departures = (*departures, f"because {plan.reason}")
    return CriterionView(
        name=name,
        title=title,
        colour=colour,
        nominal=decision.weights[name],
        effective=effective,
        how=plan.how,
        range=range_words(criterion),
        preference=str(criterion.preference) if criterion.preference is not None else "usual (none declared)",
        missing=criterion.missing,
        outside=criterion.outside,
        definition=criterion.definition,
        citation=criterion.citation,
        departures=departures,
        warnings=tuple(finding for finding in decision.findings if finding.subject == name),
        ticket=ticket(decision, decision.weights.explain(name)),
    )


def _stated(value: Any) -> str:
    return "nothing stated" if value is None or value == "" else plain(value)


def tree_views(decision: Decision) -> tuple[TreeView, ...]:
    """Return what the panel said: at the value tree, at the indicators, and of the sources themselves."""
    study = decision.study
    views = [_tree("The criteria", study.tree, decision.tree)]
    if study.trust_tree is not None and decision.indicators is not None:
        views.append(_tree("How the sources' reliability is rated", study.trust_tree, decision.indicators))
    if decision.sources is not None:
        titles = source_titles(decision)
        nodes = tuple(
            _node(report, "The sources, compared directly", "", titles) for report in decision.sources.nodes.values()
        )
        views.append(TreeView("The sources themselves", nodes))
    return tuple(views)


def _tree(title: str, tree: ValueTree, weights: TreeWeights) -> TreeView:
    titles = node_titles(tree)
    reasons = {node.name: node.reason for node in tree.groups}
    nodes = tuple(
        _node(report, titles.get(name, name), reasons.get(name, ""), titles) for name, report in weights.nodes.items()
    )
    return TreeView(title, nodes)


def _node(report: NodeReport, title: str, reason: str, titles: Mapping[str, str]) -> NodeView:
    children = tuple(
        (
            titles.get(child, child),
            weight,
            None if report.llsm is None else report.llsm[child],
            None if report.eigenvector is None else report.eigenvector[child],
        )
        for child, weight in report.weights.items()
    )
    experts = tuple((name, consistency_words(one)) for name, one in report.expert_consistency.items())
    figure = spread_figure(report.priorities, report.weights, titles) if len(report.priorities) > 1 else None
    return NodeView(
        name=report.node,
        title=title,
        weighting=_weighting(report),
        reason=reason,
        children=children,
        consistency=consistency_words(report.consistency),
        consensus=consensus_words(report.consensus),
        experts=experts,
        remarks=_remarks(report),
        figure=figure,
    )


def _weighting(report: NodeReport) -> str:
    if report.weighting == "judged" and report.comparisons is None:
        return "the only one here, nothing to judge"
    return WEIGHTING_WORDS.get(report.weighting, report.weighting)


def _remarks(report: NodeReport) -> tuple[str, ...]:
    remarks = []
    if report.answers:
        remarks.append(f"{report.answers} answer{'' if report.answers == 1 else 's'}")
    if report.skipped:
        remarks.append(f"{report.skipped} asked and skipped")
    remarks += [f"{name} answered nothing here and contributes nothing" for name in report.missing]
    remarks += [f"{name}'s own answers leave items unlinked and count in the group only" for name in report.unlinked]
    return tuple(remarks)
