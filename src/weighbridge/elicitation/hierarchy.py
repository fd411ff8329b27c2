"""The value tree's weights: judgements at every node, multiplied down to the criteria."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats
from weighbridge.core.judgement import Judgement, Panel
from weighbridge.core.tree import EQUAL, GIVEN, JUDGED, TRUST, Node, ValueTree
from weighbridge.core.weights import Provenance, Weights
from weighbridge.elicitation.comparisons import METHODS, Comparisons
from weighbridge.elicitation.consensus import Consensus, consensus
from weighbridge.elicitation.consistency import Consistency
from weighbridge.elicitation.group import combine
from weighbridge.elicitation.judgements import NodeAnswers, sort_judgements
from weighbridge.elicitation.uncertainty import leaf_covariance, local_covariance, normalized_covariance
from weighbridge.errors import Fault, Faults, InputError

__all__ = ["NodeReport", "TreeWeights", "weigh_tree"]


@dataclass(frozen=True, slots=True, eq=False)
class NodeReport:
    """What the panel said at one node of the tree.

    Attributes
    ----------
    node, weighting
        The node's name and where its local weights come from.
    weights
        The local weights of the children that are used.
    llsm, eigenvector
        The local weights by both methods; None where the node is not judged.
    comparisons
        The group's answers; None where nobody needs to judge.
    by_expert
        Each expert's own answers.
    priorities
        Experts × children: each expert's own priorities by the chosen method, for the experts
        whose own answers link all children.
    consistency, expert_consistency
        Of the group's answers and of each expert's (where they link all children).
    consensus
        Agreement between the experts' priorities; None with fewer than two.
    answers, skipped
        How many pairs were answered, and asked but skipped, over all experts.
    missing
        Experts of the panel who answered nothing here: they contribute nothing.
    unlinked
        Experts whose own answers leave children unlinked: they count in the group only.
    covariance
        Approximate covariance of the logarithms of `weights`; None where nothing was estimated.
    covariance_basis
        What it rests on, in words.
    degrees_of_freedom
        Answers of the group beyond a spanning tree.
    """

    node: str
    weighting: str
    weights: Weights
    llsm: Weights | None
    eigenvector: Weights | None
    comparisons: Comparisons | None
    by_expert: Mapping[str, Comparisons]
    priorities: pd.DataFrame
    consistency: Consistency | None
    expert_consistency: Mapping[str, Consistency]
    consensus: Consensus | None
    answers: int
    skipped: int
    missing: tuple[str, ...]
    unlinked: tuple[str, ...]
    covariance: Floats | None
    covariance_basis: str
    degrees_of_freedom: int | None


@dataclass(frozen=True, slots=True, eq=False)
class TreeWeights:
    """Weights of a whole value tree.

    Attributes
    ----------
    leaves
        Weights of the criteria: the product of the local weights on the path from the root, with
        the provenance down to every single judgement. Their covariance is that of the logarithms,
        composed of the nodes' (taken as independent); None where no node was estimated.
    local
        Local weights of the children, by group node.
    nodes
        A report for each group node.
    """

    leaves: Weights
    local: Mapping[str, Weights]
    nodes: Mapping[str, NodeReport]


def weigh_tree(
    tree: ValueTree,
    judgements: Sequence[Judgement],
    panel: Panel,
    *,
    given_local: Mapping[str, Weights] | None = None,
    method: str = "llsm",
) -> TreeWeights:
    """Return the weights of a value tree from a panel's judgements.

    Parameters
    ----------
    tree
        The value tree. Nodes weighted ``judged`` take their local weights from the judgements at
        that node, combined over the experts by weighted log least squares; a node with one child
        needs none. ``equal`` and ``given`` are as they say.
    judgements
        Single pairwise answers about children of judged nodes; the latest round counts, pair by
        pair; a value of None is a skipped question.
    panel
        The experts and their weights.
    given_local
        Local weights by node name for the nodes weighted ``trust``: the sources' trust shares by
        child name.
    method
        ``llsm`` or ``eigenvector``; the report holds both.

    Raises
    ------
    InputError
        With all faults of all nodes at once: judgements that cannot be used (see
        `sort_judgements`), an empty panel, judged nodes without any answer or whose children the
        panel's answers leave unlinked, and missing or misfitting given weights. An expert who is
        silent in this tree may speak in another: `require_every_expert` looks at all judgements.
    """
    if method not in METHODS:
        raise InputError(Fault("no such prioritisation method", found=repr(method), expected=f"one of {list(METHODS)}"))
    faults = Faults()
    answers = sort_judgements(tree, judgements, panel, faults)
    _check_panel(tree, panel, faults)
    shares = given_local or {}
    _check_given_names(tree, shares, faults)
    reports: dict[str, NodeReport] = {}
    for node in tree.groups:
        try:
            if node.weighting == JUDGED and len(node.children) > 1:
                reports[node.name] = _judged(node, answers.get(node.name, NodeAnswers()), panel, method)
            else:
                reports[node.name] = _stated(node, shares)
        except InputError as error:
            faults.extend(error)
    faults.raise_if_any()
    return TreeWeights(
        leaves=_leaf_weights(tree, reports),
        local={name: report.weights for name, report in reports.items()},
        nodes=reports,
    )


def _check_panel(tree: ValueTree, panel: Panel, faults: Faults) -> None:
    to_judge = any(node.weighting == JUDGED and len(node.children) > 1 for node in tree.groups)
    if to_judge and not len(panel):
        faults.add("nodes are to be judged, but the panel is empty", expected="at least one expert")


def _check_given_names(tree: ValueTree, shares: Mapping[str, Weights], faults: Faults) -> None:
    wanted = [node.name for node in tree.groups if node.weighting == TRUST]
    for name in shares:
        if name not in wanted:
            faults.add("given local weights belong to no trust node", found=repr(name), expected=f"one of {wanted}")


def _judged(node: Node, here: NodeAnswers, panel: Panel, method: str) -> NodeReport:
    children = [child.name for child in node.children]
    by_expert = {e.name: Comparisons(children, here.by_expert[e.name]) for e in panel if e.name in here.by_expert}
    group = _group(node, by_expert, panel)
    linked = {name: one for name, one in by_expert.items() if len(one.unlinked) == 1}
    own = {name: one.priorities(method) for name, one in linked.items()}
    both = {name: group.priorities(name) for name in METHODS}
    missing = tuple(expert.name for expert in panel if expert.name not in by_expert)
    experts = [expert for expert in panel if expert.name in own and expert.weight > 0]
    covariance, basis = local_covariance(
        both[method].array(children),
        both["llsm"],
        group,
        np.array([own[expert.name].array(children) for expert in experts]),
        np.array([expert.weight for expert in experts]),
    )
    return NodeReport(
        node=node.name,
        weighting=node.weighting,
        weights=_with_remarks(both[method], here, missing, covariance, both["llsm"].degrees_of_freedom),
        llsm=both["llsm"],
        eigenvector=both["eigenvector"],
        comparisons=group,
        by_expert=by_expert,
        priorities=pd.DataFrame(
            [weights.array(children) for weights in own.values()], index=list(own), columns=children, dtype=float
        ),
        consistency=group.consistency(),
        expert_consistency={name: one.consistency() for name, one in linked.items()},
        consensus=consensus(own) if len(own) > 1 else None,
        answers=sum(len(one.answers) for one in by_expert.values()),
        skipped=len(here.skipped),
        missing=missing,
        unlinked=tuple(name for name in by_expert if name not in linked),
        covariance=covariance,
        covariance_basis=basis,
        degrees_of_freedom=both["llsm"].degrees_of_freedom,
    )


def _group(node: Node, by_expert: Mapping[str, Comparisons], panel: Panel) -> Comparisons:
    weights = {expert.name: expert.weight for expert in panel}
    place = f"node {node.name!r}"
    if not any(weights[name] > 0 for name in by_expert):
        raise InputError(
            Fault(
                "nobody with a weight has judged a node that is to be judged",
                place=place,
                expected=f"answers that link {[child.name for child in node.children]}",
                mend="Add judgements, or declare the node's weighting 'equal' or 'given' with a reason",
            )
        )
    group = combine(list(by_expert.values()), [weights[name] for name in by_expert])
    if len(group.unlinked) > 1:
        raise InputError(
            Fault(
                "the panel's answers leave children unlinked",
                place=place,
                found=" | ".join(", ".join(part) for part in group.unlinked),
                expected="a chain of answers between any two children",
                mend=f"Ask at least one expert for {len(group.unlinked) - 1} more comparison(s) between the parts",
            )
        )
    return group


def _with_remarks(
    weights: Weights, here: NodeAnswers, missing: tuple[str, ...], covariance: Floats | None, freedom: int | None
) -> Weights:
    remarks = [Provenance(str(judgement), None, judgement.place) for judgement in here.skipped]
    remarks += [Provenance(f"{name}: no answer here, contributes nothing", None) for name in missing]
    provenance = {}
    for name in weights:
        line = weights.explain(name)
        provenance[name] = Provenance(line.label, line.value, line.how, (*line.parts, *remarks), line.facts)
    return Weights(dict(weights), provenance=provenance, covariance=covariance, degrees_of_freedom=freedom)


def _stated(node: Node, shares: Mapping[str, Weights]) -> NodeReport:
    weights = _stated_weights(node, shares)
    covariance = weights.covariance
    if covariance is not None:
        covariance = normalized_covariance(covariance, weights.array([child.name for child in node.children]))
    return NodeReport(
        node=node.name,
        weighting=node.weighting,
        weights=weights,
        llsm=None,
        eigenvector=None,
        comparisons=None,
        by_expert={},
        priorities=pd.DataFrame(columns=[child.name for child in node.children], dtype=float),
        consistency=None,
        expert_consistency={},
        consensus=None,
        answers=0,
        skipped=0,
        missing=(),
        unlinked=(),
        covariance=covariance,
        covariance_basis="of the trust shares" if covariance is not None else "none: stated, not estimated",
        degrees_of_freedom=weights.degrees_of_freedom,
    )


def _stated_weights(node: Node, shares: Mapping[str, Weights]) -> Weights:
    children = [child.name for child in node.children]
    place = f"node {node.name!r}"
    because = f": {node.reason}" if node.reason else ""
    if node.weighting == TRUST:
        if node.name not in shares:
            raise InputError(Fault("the trust shares of a node are missing", place=place, expected=str(children)))
        return _ordered(shares[node.name], children, place)
    if node.weighting == GIVEN:
        if not node.given:
            raise InputError(
                Fault("a node's weights are to be given, but are not", place=place, expected=str(children))
            )
        given = _ordered(node.given, children, place)
        note = f" ({given.note})" if given.note else ""
        return _explained(given, f"stated in the study{note}{because}")
    if node.weighting == EQUAL:
        return _explained(Weights(dict.fromkeys(children, 1.0 / len(children))), f"equal weights{because}")
    if node.weighting == JUDGED:
        return _explained(Weights({children[0]: 1.0}), "the only one here, nothing to judge")
    raise InputError(
        Fault(
            "no such weighting",
            place=place,
            found=repr(node.weighting),
            expected=f"one of {[JUDGED, TRUST, EQUAL, GIVEN]}",
        )
    )


def _ordered(given: Mapping[str, float], children: list[str], place: str) -> Weights:
    """Return the weights of exactly the children, in their order."""
    try:
        weights = given if isinstance(given, Weights) else Weights(given)
        weights.array(children)
    except InputError as error:
        raise InputError(
            [replace(fault, place=", ".join(filter(None, (place, fault.place)))) for fault in error.faults]
        ) from None
    if list(weights) == children:
        return weights
    order = [list(weights).index(child) for child in children]
    covariance = None if weights.covariance is None else weights.covariance[np.ix_(order, order)]
    ordered = Weights(
        {child: weights[child] for child in children},
        provenance={child: weights.explain(child) for child in children},
        covariance=covariance,
        degrees_of_freedom=weights.degrees_of_freedom,
    )
    ordered.note = weights.note
    return ordered


def _explained(weights: Weights, how: str) -> Weights:
    lines = {name: Provenance(f"weight of {name}", value, how) for name, value in weights.items()}
    explained = Weights(dict(weights), provenance=lines)
    explained.note = weights.note
    return explained


def _leaf_weights(tree: ValueTree, reports: Mapping[str, NodeReport]) -> Weights:
    values: dict[str, float] = {}
    provenance: dict[str, Provenance] = {}
    for leaf in tree.leaves:
        path = tree.path(leaf)
        shares = [_share(above, below, reports[above.name]) for above, below in pairwise(path)]
        values[leaf] = math.prod(share.value for share in shares if share.value is not None)
        provenance[leaf] = Provenance(
            f"weight of {path[-1].label}",
            values[leaf],
            "product of the shares on the path " + " → ".join(node.label for node in path),
            tuple(shares),
            {"path": [node.name for node in path]},
        )
    estimated = [report for report in reports.values() if report.covariance is not None]
    freedom = [report.degrees_of_freedom for report in estimated if report.degrees_of_freedom is not None]
    covariances = {report.node: report.covariance for report in estimated if report.covariance is not None}
    return Weights(
        values,
        provenance=provenance,
        covariance=leaf_covariance(tree, covariances),
        degrees_of_freedom=sum(freedom) if freedom else None,
    )


def _share(above: Node, below: Node, report: NodeReport) -> Provenance:
    line = report.weights.explain(below.name)
    facts = {**line.facts, "node": above.name, "child": below.name, "weighting": above.weighting}
    if report.consistency is not None and report.consistency.factor is not None:
        facts["factor"] = report.consistency.factor
    label = f"share of {below.label} in {above.label}"
    return Provenance(label, report.weights[below.name], line.how, line.parts, facts)
