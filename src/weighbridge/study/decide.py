"""The pipeline: from a loaded study to a decision.

sources ─> trust shares ─┐
judgements ─> tree ──────┴─> weights ─┐
tables ─> columns ─> gates ─> matrix ─┴─> ranking ─> choice, comparison, findings
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import ChosenSet, PartialOrder, Ranking
from weighbridge.core.weights import Weights
from weighbridge.elicitation.hierarchy import TreeWeights, weigh_tree
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.evidence.library import load_library
from weighbridge.evidence.trust import LAMBDAS, Trust, blend
from weighbridge.methods.compare import compare_rankings
from weighbridge.methods.registry import rank
from weighbridge.methods.select import choose
from weighbridge.study.criteria import plan_criteria
from weighbridge.study.decision import Decision
from weighbridge.study.gates import apply_gates
from weighbridge.study.together import (
    build_matrix,
    check_judgements,
    check_ranking,
    place_at,
    read_columns,
    trust_weights,
    weigh_panel,
)
from weighbridge.study.trust import judgements_at, trust_definitions, weigh_sources

if TYPE_CHECKING:
    from weighbridge.study.study import Study

__all__ = ["decide", "series_of"]

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
    faults = Faults()
    definitions = faults.collect(trust_definitions, study, load_library())
    library = definitions or load_library()
    plans = plan_criteria(study, library, faults)
    faults.collect(check_ranking, study)
    faults.collect(check_judgements, study)
    before = len(faults)
    faults.collect(weigh_panel, study)
    say("reading the sources' indicators")
    weighed = faults.collect(weigh_sources, study, library) if definitions and len(faults) == before else None
    say("reading the molecules' criteria")
    columns = read_columns(study, plans, faults)
    excluded = faults.collect(apply_gates, study, columns)
    matrix = None if excluded is None else faults.collect(build_matrix, study, plans, columns, excluded)
    faults.raise_if_any()
    assert weighed is not None
    assert excluded is not None
    assert matrix is not None
    indicators, sources_tree, trust = weighed
    tree = weigh_criteria(study, trust.used)
    say("ranking")
    ranking = _rank(study, matrix, tree.leaves)
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
        blends=_blends(study, trust, matrix),
        chosen=_choose(study, ranking),
        excluded=excluded,
        findings=(),
    )
    say("checking what came out")
    return replace(decision, findings=lint(decision, columns))


def _silent(words: str) -> None:
    """Show nothing, where nobody watches."""


def weigh_criteria(study: Study, shares: Weights) -> TreeWeights:
    """Return the value tree's weights under the given trust shares."""
    judgements = judgements_at(study.judgements, study.tree)
    return weigh_tree(study.tree, judgements, study.panel, given_local=trust_weights(study, shares))


def _rank(study: Study, matrix: DecisionMatrix, weights: Weights) -> Ranking:
    """Rank by the study's method; what it refuses stands at ``ranking`` in study.yaml."""
    spec = study.file.ranking
    try:
        return _complete(rank(matrix, weights, spec.method, **spec.parameters))
    except InputError as error:
        raise place_at(study, ("ranking",), error) from error


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


def _blends(study: Study, trust: Trust, matrix: DecisionMatrix) -> dict[float, Ranking]:
    """Rank under λ = 0, ½ and 1, where sources are both judged and rated."""
    if trust.judged is None or trust.rated is None or not trust_weights(study, trust.used):
        return {}
    return {
        lam: _rank(study, matrix, weigh_criteria(study, blend(trust.judged, trust.rated.shares, lam)).leaves)
        for lam in LAMBDAS
    }


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
        return study.molecules["series"]
    from weighbridge.evidence.chemistry import scaffold

    smiles = study.molecules["smiles"]
    return smiles.map(lambda text: scaffold(text) or None, na_action="ignore")
