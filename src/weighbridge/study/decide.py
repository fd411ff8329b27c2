"""The pipeline: from a loaded study to a decision.

sources ─> trust shares ─┐
judgements ─> tree ──────┴─> weights ─┐
tables ─> columns ─> gates ─> matrix ─┴─> ranking ─> choice, comparison, findings
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import ChosenSet, PartialOrder, Ranking
from weighbridge.core.tree import TRUST
from weighbridge.core.weights import Weights
from weighbridge.elicitation.hierarchy import weigh_tree
from weighbridge.elicitation.judgements import require_every_expert
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.evidence.library import load_library
from weighbridge.evidence.trust import LAMBDAS, Trust, blend
from weighbridge.methods.compare import compare_rankings
from weighbridge.methods.registry import rank
from weighbridge.methods.select import choose
from weighbridge.study.columns import Column
from weighbridge.study.criteria import PlannedCriterion, plan_criteria, read_column
from weighbridge.study.decision import Decision, Exclusion
from weighbridge.study.gates import apply_gates
from weighbridge.study.trust import SOURCES_NODE, judgements_at, trust_definitions, weigh_sources

if TYPE_CHECKING:
    from weighbridge.study.study import Study

__all__ = ["check_judgements", "decide", "series_of"]

Progress = Callable[[str], None]


def decide(study: Study, *, progress: Progress | None = None) -> Decision:
    """Weigh the sources, weigh the criteria, rank the molecules and choose.

    Parameters
    ----------
    study
        A loaded study.
    progress
        Called with a few words before each longer step.

    Raises
    ------
    InputError
        With every fault that only several parts of the study together can show.
    """
    from weighbridge.study.check import lint

    say = progress or _silent
    library = trust_definitions(study, load_library())
    plans = plan_criteria(study, library)
    check_judgements(study)
    say("reading the sources' indicators")
    indicators, sources_tree, trust = weigh_sources(study, library)
    tree = weigh_tree(
        study.tree,
        judgements_at(study.judgements, study.tree),
        study.panel,
        given_local=_local(study, plans, trust.used),
    )
    say("reading the molecules' criteria")
    columns = {name: read_column(study, plan) for name, plan in plans.items()}
    excluded = apply_gates(study, columns)
    matrix = build_matrix(study, plans, columns, excluded)
    say("ranking")
    ranking = _complete(rank(matrix, tree.leaves, study.file.ranking.method, **study.file.ranking.parameters))
    others, refused, partial = _compare(study, matrix, tree.leaves, ranking)
    decision = Decision(
        study=study,
        plans=plans,
        matrix=matrix,
        tree=tree,
        indicators=indicators,
        sources=sources_tree,
        trust=trust,
        ranking=ranking,
        partial=partial,
        others=others,
        refused=refused,
        agreement=compare_rankings({ranking.method: ranking, **others}, k=study.file.choose.k) if others else None,
        blends=_blends(study, plans, trust, matrix),
        chosen=_choose(study, ranking),
        excluded=excluded,
        findings=(),
    )
    say("checking what came out")
    return replace(decision, findings=lint(decision, columns))


def _silent(words: str) -> None:
    """Show nothing, where nobody watches."""


def check_judgements(study: Study) -> None:
    """Refuse judgements at nodes no tree has, and experts who judged nothing.

    Raises
    ------
    InputError
        With every such fault.
    """
    faults = Faults()
    nodes = [node.name for tree in (study.tree, study.trust_tree) if tree is not None for node in tree.groups]
    nodes.append(SOURCES_NODE)
    for judgement in study.judgements:
        if judgement.node not in nodes:
            found, expected = repr(judgement.node), f"one of {nodes}"
            faults.add("a judgement at an unknown node", file=judgement.place, found=found, expected=expected)
    try:
        require_every_expert(study.judgements, study.panel)
    except InputError as error:
        where = {"file": study.document.file, "place": study.document.place(("panel",))}
        faults.extend(InputError([replace(fault, **where) for fault in error.faults]))
    faults.raise_if_any()


def _local(study: Study, plans: Mapping[str, PlannedCriterion], shares: Weights) -> dict[str, Weights]:
    """Give every group that is weighted by trust its children's shares, normalised within it."""
    local = {}
    for node in study.tree.groups:
        if node.weighting == TRUST:
            sources = {child.name: plans[child.name].source for child in node.children}
            lines = {child: shares.explain(source) for child, source in sources.items()}
            local[node.name] = Weights({child: shares[source] for child, source in sources.items()}, provenance=lines)
    return local


def build_matrix(
    study: Study,
    plans: Mapping[str, PlannedCriterion],
    columns: Mapping[str, Column],
    excluded: tuple[Exclusion, ...],
) -> DecisionMatrix:
    """Return the decision matrix of the molecules that passed every gate, in the tree's order."""
    out = {exclusion.molecule for exclusion in excluded}
    kept = [molecule for molecule in study.molecules.index if molecule not in out]
    names = study.tree.leaves
    value, low, high = (
        pd.DataFrame({name: getattr(columns[name], part) for name in names}).loc[kept]
        for part in ("value", "low", "high")
    )
    return DecisionMatrix(value, {name: plans[name].criterion for name in names}, low=low, high=high)


def _complete(result: Ranking | PartialOrder) -> Ranking:
    if isinstance(result, PartialOrder):
        mend = "Use promethee-ii: the partial order is shown beside it"
        raise InputError(Fault("a choice needs a complete ranking", found=result.method, mend=mend))
    return result


def _compare(
    study: Study, matrix: DecisionMatrix, weights: Weights, ranking: Ranking
) -> tuple[dict[str, Ranking], dict[str, str], PartialOrder | None]:
    """Rank by the other methods; one that cannot be used is named with its reason."""
    others: dict[str, Ranking] = {}
    refused: dict[str, str] = {}
    for method in study.file.ranking.compare:
        if method == ranking.method:
            continue
        try:
            others[method] = _complete(rank(matrix, weights, method))
        except InputError as error:
            refused[method] = str(error)
    wants_partial = ranking.method == "promethee-ii" or "promethee-ii" in others
    partial: Any = rank(matrix, weights, "promethee-i") if wants_partial else None
    return others, refused, partial


def _blends(
    study: Study, plans: Mapping[str, PlannedCriterion], trust: Trust, matrix: DecisionMatrix
) -> dict[float, Ranking]:
    """Rank under λ = 0, ½ and 1, where sources are both judged and rated."""
    if trust.judged is None or trust.rated is None or not _local(study, plans, trust.used):
        return {}
    rankings = {}
    for lam in LAMBDAS:
        local = _local(study, plans, blend(trust.judged, trust.rated.shares, lam))
        weights = weigh_tree(
            study.tree, judgements_at(study.judgements, study.tree), study.panel, given_local=local
        ).leaves
        rankings[lam] = _complete(rank(matrix, weights, study.file.ranking.method, **study.file.ranking.parameters))
    return rankings


def _choose(study: Study, ranking: Ranking) -> ChosenSet:
    spec = study.file.choose
    groups = None
    if spec.cap is not None:
        groups = series_of(study).reindex(ranking.labels)
    return choose(ranking, spec.k, groups=groups, cap=spec.cap, tie_rule=spec.tie_rule)


def series_of(study: Study) -> pd.Series[Any]:
    """Return the chemical series of every molecule: the scaffold or the study's column.

    A molecule without one is a series of its own.
    """
    if study.file.choose.series == "column":
        if study.file.molecules.series is None:
            mend = "Name the column under molecules.series, or use series: scaffold"
            place = study.document.place(("choose",))
            raise InputError(
                Fault("the cap is by series and no column names it", study.document.file, place, mend=mend)
            )
        return study.molecules["series"]
    from weighbridge.evidence.chemistry import scaffold

    smiles = study.molecules["smiles"]
    return smiles.map(lambda text: scaffold(text) or None, na_action="ignore")
