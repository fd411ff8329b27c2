"""The criteria's weights if an expert or a source were left out, or the answers meant other ratios."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from weighbridge.core.judgement import Judgement, Panel
from weighbridge.core.tree import Node
from weighbridge.core.weights import Weights
from weighbridge.elicitation.hierarchy import weigh_tree
from weighbridge.elicitation.scales import LINEAR, SCALES, tree_under_scale
from weighbridge.errors import Fault, InputError
from weighbridge.study.robust.draws import blended
from weighbridge.study.robust.unknowns import ShareModel, share_model
from weighbridge.study.together import trust_weights
from weighbridge.study.trust import judgements_at, tree_of_sources, weigh_reliability

if TYPE_CHECKING:
    from weighbridge.study.decision import Decision

__all__ = [
    "Refusals",
    "reason_of",
    "under_scales",
    "used_shares",
    "weights_of_panel",
    "without_experts",
    "without_sources",
]

Refusals = dict[str, str]
"""What cannot be left out, and why."""


def without_experts(decision: Decision) -> tuple[dict[str, Weights], Refusals]:
    """Return the weights without each expert: everything is weighed again from the others' judgements.

    Returns
    -------
    weights
        Expert → weights of the criteria.
    refused
        Experts without whom the study cannot be weighed, and why: a panel of one, or a node that
        nobody else has judged.
    """
    study = decision.study
    names = [expert.name for expert in study.panel]
    if len(names) == 1:
        return {}, {names[0]: "the panel is one person: without this expert nobody has judged"}
    model = share_model(decision)
    found: dict[str, Weights] = {}
    refused: Refusals = {}
    for name in names:
        try:
            panel = Panel(tuple(expert for expert in study.panel if expert.name != name))
            said = [judgement for judgement in study.judgements if judgement.expert != name]
            found[name] = weights_of_panel(decision, panel, said, model)
        except InputError as error:
            refused[name] = reason_of(error)
    return found, refused


def reason_of(error: InputError) -> str:
    """Return why something cannot be done, in one line."""
    return "; ".join(f"{fault.what}{f' ({fault.place})' if fault.place else ''}" for fault in error.faults)


def weights_of_panel(decision: Decision, panel: Panel, judgements: Sequence[Judgement], model: ShareModel) -> Weights:
    """Return the weights that another panel or other answers would give the same study.

    Parameters
    ----------
    decision
        Whose trees, readings and blend are used; unknowns enter by their middle.
    panel, judgements
        Who judged, and what.
    model
        The decision's `share_model`.

    Raises
    ------
    InputError
        Where a node is left without answers, or its children unlinked.
    """
    study = replace(decision.study, panel=panel, judgements=tuple(judgements))
    indicators, sources = (None if tree is None else tree.leaves for tree in weigh_reliability(study))
    shares = Weights(used_shares(decision, indicators, sources, model))
    said = judgements_at(study.judgements, study.tree)
    return weigh_tree(study.tree, said, panel, given_local=trust_weights(study, shares)).leaves


def used_shares(
    decision: Decision, indicators: Weights | None, sources: Weights | None, model: ShareModel
) -> dict[str, float]:
    """Return the trust shares that follow from other weights of the indicators and of the sources.

    Raises
    ------
    InputError
        If nobody has compared the sources directly and the decision needs it.
    """
    names = list(decision.study.sources)
    if decision.trust.rule == "single":
        return {names[0]: 1.0}
    lam = decision.trust.lam
    if lam < 1 and sources is None:
        raise InputError(Fault("nobody else has compared the sources directly", place="node 'sources'"))
    judged = None if sources is None else sources.array(names)[None, :]
    rated = None
    if indicators is not None and model.indicators:
        rated = model.shares(model.middle, indicators.array(list(model.indicators))[None, :])
    shares = blended(judged, rated, lam)[0]
    if np.isnan(shares).any():
        raise InputError(Fault("every source is rated 0"))
    return dict(zip(names, shares.tolist(), strict=True))


def under_scales(decision: Decision) -> tuple[dict[str, Weights], Refusals]:
    """Return the weights that the panel's answers give under each other judgement scale.

    All three trees are weighed again: the criteria, the indicators of reliability, and the sources
    compared directly.

    Returns
    -------
    weights, refused
        Scale → weights, and the scales that have no ratio for some answer.
    """
    model = share_model(decision)
    found: dict[str, Weights] = {}
    refused: Refusals = {}
    for scale in SCALES:
        if scale == LINEAR:
            continue
        try:
            found[scale] = _under(decision, model, scale)
        except InputError as error:
            refused[scale] = reason_of(error)
    return found, refused


def _under(decision: Decision, model: ShareModel, scale: str) -> Weights:
    study = decision.study
    indicators = sources = None
    if decision.indicators is not None and study.trust_tree is not None:
        indicators = tree_under_scale(study.trust_tree, decision.indicators, scale)
    if decision.sources is not None:
        sources = tree_under_scale(tree_of_sources(study), decision.sources, scale)
    local = trust_weights(study, Weights(used_shares(decision, indicators, sources, model)))
    nodes = {
        name: replace(report, weights=local[name]) if name in local else report
        for name, report in decision.tree.nodes.items()
    }
    return tree_under_scale(study.tree, replace(decision.tree, nodes=nodes), scale)


def without_sources(decision: Decision) -> tuple[dict[str, Weights], Refusals]:
    """Return the weights without each source: its trust share is 0, and its criteria are out.

    The weight of what is out goes to its siblings in the value tree in proportion, as if the source
    had never been in the study; a group that is left empty gives its weight to its own siblings.
    """
    found: dict[str, Weights] = {}
    refused: Refusals = {}
    for source in decision.study.sources:
        out = {name for name, plan in decision.plans.items() if plan.source == source}
        weights = _without(decision, lambda name, out=out: name not in out)  # type: ignore[misc]
        if weights is None:
            refused[source] = "every criterion with a weight comes from this source"
        else:
            found[source] = weights
    return found, refused


def _without(decision: Decision, keeps: Callable[[str], bool]) -> Weights | None:
    """Return the leaf weights with some criteria out; None where nothing is left."""
    weights = dict.fromkeys(decision.matrix.names, 0.0)
    root = decision.study.tree.root
    if not _spread(root, 1.0, decision.tree.local, keeps, weights):
        return None
    return Weights(weights)


def _spread(
    node: Node, share: float, local: Mapping[str, Weights], keeps: Callable[[str], bool], weights: dict[str, float]
) -> bool:
    """Hand a node's weight down to what is left below it; False where nothing is."""
    if node.is_leaf:
        weights[node.name] = share
        return keeps(node.name)
    left = {child.name: local[node.name][child.name] for child in node.children if _has(child, local, keeps)}
    total = sum(left.values())
    if total <= 0:
        return False
    for child in node.children:
        if child.name in left:
            _spread(child, share * left[child.name] / total, local, keeps, weights)
    return True


def _has(node: Node, local: Mapping[str, Weights], keeps: Callable[[str], bool]) -> bool:
    """Return whether a criterion with a weight is left in a node."""
    if node.is_leaf:
        return keeps(node.name)
    return any(local[node.name][child.name] > 0 and _has(child, local, keeps) for child in node.children)
