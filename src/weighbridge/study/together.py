"""Faults that only several parts of a study together can show, noted all at once.

`weigh_panel`, `check_judgements`, `check_ranking` and `build_matrix` are steps of the pipeline.
`examine` takes those of them that a study with other faults can bear, so that one run of ``check``
tells as much as it can without blaming one fault twice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.tree import TRUST
from weighbridge.core.weights import Provenance, Weights
from weighbridge.documents import Path_
from weighbridge.elicitation.hierarchy import weigh_tree
from weighbridge.elicitation.judgements import require_every_expert, sort_judgements
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.evidence.indicators.registry import card_conflicts
from weighbridge.evidence.library import load_library
from weighbridge.methods.registry import methods
from weighbridge.study.columns import Column
from weighbridge.study.criteria import PlannedCriterion, plan_criteria, read_column
from weighbridge.study.gates import apply_gates
from weighbridge.study.tables import did_you_mean
from weighbridge.study.trust import SOURCES_NODE, judgements_at, tree_of_sources, trust_definitions, weigh_reliability

if TYPE_CHECKING:
    from weighbridge.study.decision import Exclusion
    from weighbridge.study.study import Study

__all__ = [
    "build_matrix",
    "check_cards",
    "check_judgements",
    "check_ranking",
    "examine",
    "place_at",
    "read_columns",
    "trust_weights",
    "weigh_panel",
]


def examine(study: Study, faults: Faults, *, judged: bool, molecules: bool) -> None:
    """Note what more is wrong with a study that has faults already.

    Parameters
    ----------
    study
        The study as far as it could be read.
    faults
        Where faults are noted.
    judged
        Whether trees, panel and judgements are whole; if not, what is missing there says nothing.
    molecules
        Whether the molecule table is whole.
    """
    library = load_library()
    definitions = faults.collect(trust_definitions, study, library)
    plans = plan_criteria(study, definitions or library, faults)
    faults.collect(check_ranking, study)
    faults.collect(check_cards, study)
    if judged:
        faults.collect(check_judgements, study)
        faults.collect(weigh_panel, study)
    else:
        faults.collect(_check_answers, study)
    if not molecules:
        return
    readable = {name: plan for name, plan in plans.items() if name in study.criterion_cells}
    columns = read_columns(study, readable, faults)
    excluded = faults.collect(apply_gates, study, columns)
    if excluded is not None and not columns.keys().isdisjoint(study.tree.leaves):
        faults.collect(build_matrix, study, plans, columns, excluded)


def read_columns(study: Study, plans: Mapping[str, PlannedCriterion], faults: Faults) -> dict[str, Column]:
    """Return the columns that can be read; what is wrong with the others is noted."""
    read = {name: faults.collect(read_column, study, plan) for name, plan in plans.items()}
    return {name: column for name, column in read.items() if column is not None}


def check_cards(study: Study) -> None:
    """Refuse indicators on a source's card that its records can tell.

    Raises
    ------
    InputError
        With every such indicator.
    """
    faults = Faults()
    for name, source in study.sources.items():
        for indicator in card_conflicts(source, study.setting):
            mend = "Take it off the card: it is computed from the records"
            path = ("sources", name, "card", indicator)
            _note(study, faults, path, "the card states what the data can tell", mend=mend)
    faults.raise_if_any()


def check_judgements(study: Study) -> None:
    """Refuse judgements at nodes no tree has, by nobody, and experts who judged nothing.

    Raises
    ------
    InputError
        With every such fault.
    """
    file, place = study.document.file, study.document.place(("panel",))
    if study.judgements and not len(study.panel):
        found = ", ".join(sorted({repr(judgement.expert) for judgement in study.judgements}))
        mend = "Name the experts under panel"
        raise InputError(Fault("there are judgements and the panel is empty", file, place, found, "", mend))
    faults = Faults()
    nodes = [node.name for tree in (study.tree, study.trust_tree) if tree is not None for node in tree.groups]
    nodes.append(SOURCES_NODE)
    for judgement in study.judgements:
        if judgement.node not in nodes:
            found, expected = repr(judgement.node), f"one of {nodes}"
            mend = did_you_mean(judgement.node, nodes)
            faults.add(
                "a judgement at an unknown node", file=judgement.place, found=found, expected=expected, mend=mend
            )
    try:
        require_every_expert(study.judgements, study.panel)
    except InputError as error:
        faults.extend(InputError([replace(fault, file=file, place=place) for fault in error.faults]))
    faults.raise_if_any()


def _check_nodes(study: Study, faults: Faults) -> None:
    nodes = [node.name for tree in (study.tree, study.trust_tree) if tree is not None for node in tree.groups]
    nodes.append(SOURCES_NODE)
    for judgement in study.judgements:
        if judgement.node not in nodes:
            found, expected = repr(judgement.node), f"one of {nodes}"
            mend = did_you_mean(judgement.node, nodes)
            faults.add(
                "a judgement at an unknown node", file=judgement.place, found=found, expected=expected, mend=mend
            )


def _check_answers(study: Study) -> None:
    """Refuse single answers that cannot be used, where it is not known whether others are lacking."""
    faults = Faults()
    _check_nodes(study, faults)
    for tree in (study.tree, study.trust_tree, tree_of_sources(study)):
        if tree is not None and len(study.panel):
            sort_judgements(tree, judgements_at(study.judgements, tree), study.panel, faults)
    faults.raise_if_any()


def weigh_panel(study: Study) -> None:
    """Refuse answers that do not weigh the trees, whatever trust shares come out.

    Raises
    ------
    InputError
        With the faults of every tree.
    """
    if study.judgements and not len(study.panel):
        return  # told by `check_judgements`
    faults = Faults()
    faults.collect(weigh_reliability, study)
    even = dict.fromkeys(study.sources, 1.0)
    faults.collect(
        weigh_tree,
        study.tree,
        judgements_at(study.judgements, study.tree),
        study.panel,
        given_local=trust_weights(study, Weights(even)),
    )
    if faults:
        raise _placed_answers(study, InputError(list(faults)))


def _placed_answers(study: Study, error: InputError) -> InputError:
    """Say in which files the answers stand, where a fault names a node alone."""
    files = ", ".join(study.file.judgements) or study.document.file
    return InputError(
        [
            replace(fault, file=files)
            if not fault.file and not fault.place.startswith(tuple(study.file.judgements))
            else fault
            for fault in error.faults
        ]
    )


def trust_weights(study: Study, shares: Weights) -> dict[str, Weights]:
    """Give every group that is weighted by trust its children's shares, normalised within it."""
    local = {}
    for node in study.tree.groups:
        if node.weighting == TRUST:
            sources = {child.name: study.file.criteria[child.name].source or "" for child in node.children}
            given = {child: shares[source] for child, source in sources.items()}
            total = math.fsum(given.values())
            lines = {child: _within(shares.explain(source), total) for child, source in sources.items()}
            local[node.name] = Weights(
                given,
                provenance=lines,
                covariance=_covariance_of(shares, list(sources.values())),
                degrees_of_freedom=shares.degrees_of_freedom,
            )
    return local


def _covariance_of(shares: Weights, sources: list[str]) -> Floats | None:
    """Return the shares' covariance for some of the sources, in their order."""
    if shares.covariance is None:
        return None
    order = [list(shares).index(source) for source in sources]
    return shares.covariance[np.ix_(order, order)]


def _within(share: Provenance, total: float) -> Provenance:
    """Explain a share within a group whose sources do not have all the trust: one more step, a division."""
    if share.value is None or total == 0 or math.isclose(total, 1.0, rel_tol=1e-9):
        return share
    how = f"{share.value:.3g} of the {total:.3g} that the sources here have together"
    return Provenance(f"{share.label} among the sources here", share.value / total, how, (share,))


def check_ranking(study: Study) -> None:
    """Refuse methods and parameters there are none of, and a choice that cannot be made.

    Raises
    ------
    InputError
        With every such fault.
    """
    faults = Faults()
    spec, known = study.file.ranking, methods()
    named: list[tuple[Path_, str]] = [(("ranking", "method"), spec.method)]
    named += [(("ranking", "compare", number), method) for number, method in enumerate(spec.compare)]
    for path, method in named:
        if method not in known:
            mend = did_you_mean(method, known) or "See `weighbridge methods`"
            _note(study, faults, path, "unknown ranking method", repr(method), mend=mend)
    if spec.method in known:
        _check_method(study, faults)
    k, count = study.file.choose.k, len(study.molecules)
    if k > count > 0:  # a molecule table that cannot be read is a fault of its own
        what = "more molecules are to be chosen than there are"
        _note(study, faults, ("choose",), what, str(k), f"at most {count}")
    by_column = study.file.choose.cap is not None and study.file.choose.series == "column"
    if by_column and study.file.molecules.series is None:
        mend = "Name the column under molecules.series, or use series: scaffold"
        _note(study, faults, ("choose",), "the cap is by series and no column names it", mend=mend)
    faults.raise_if_any()


def _check_method(study: Study, faults: Faults) -> None:
    spec = study.file.ranking
    method = methods()[spec.method]
    if method.returns == "partial order":
        mend = "Use promethee-ii: the partial order is shown beside it"
        what = "a choice needs a complete ranking"
        _note(study, faults, ("ranking", "method"), what, repr(spec.method), mend=mend)
    for name in spec.parameters:
        if name not in method.parameters:
            what = f"the method {spec.method!r} takes no such parameter"
            expected = "one of " + ", ".join(map(repr, method.parameters)) if method.parameters else "no parameters"
            mend = did_you_mean(name, method.parameters)
            _note(study, faults, ("ranking", "parameters", name), what, repr(name), expected, mend)


def _note(
    study: Study, faults: Faults, path: Path_, what: str, found: str = "", expected: str = "", mend: str = ""
) -> None:
    file, place = study.document.file, study.document.place(path)
    faults.add(what, file=file, place=place, found=found, expected=expected, mend=mend)


def place_at(study: Study, path: Path_, error: InputError) -> InputError:
    """Place the faults of an error in study.yaml where they say nothing of a file."""
    file, place = study.document.file, study.document.place(path)
    return InputError(
        [
            one if one.file else replace(one, file=file, place=", ".join(part for part in (place, one.place) if part))
            for one in error.faults
        ]
    )


def build_matrix(
    study: Study,
    plans: Mapping[str, PlannedCriterion],
    columns: Mapping[str, Column],
    excluded: tuple[Exclusion, ...],
) -> DecisionMatrix:
    """Return the decision matrix of the molecules that passed every gate, in the tree's order.

    A criterion without a column is left out: where that is so, the study has faults that are told.

    Raises
    ------
    InputError
        With every value that is missing or outside its criterion's range, in its file and row.
    """
    out = {exclusion.molecule for exclusion in excluded}
    kept = [molecule for molecule in study.molecules.index if molecule not in out]
    names = [name for name in study.tree.leaves if name in columns]
    value, low, high = (
        pd.DataFrame({name: getattr(columns[name], part) for name in names}).loc[kept]
        for part in ("value", "low", "high")
    )
    try:
        return DecisionMatrix(value, {name: plans[name].criterion for name in names}, low=low, high=high)
    except InputError as error:
        raise place_at(study, ("criteria",), _in_tables(study, plans, error)) from error


def _in_tables(study: Study, plans: Mapping[str, PlannedCriterion], error: InputError) -> InputError:
    """Place faults of the matrix in the tables its values come from."""
    spots: dict[str, tuple[str, str]] = {}
    for name, plan in plans.items():
        for position, molecule in enumerate(study.molecules.index):
            spots[f"row {molecule!r}, column {name!r}"] = _spot(study, plan, position, molecule)
    return InputError(
        [
            replace(fault, file=spots[fault.place][0], place=spots[fault.place][1]) if fault.place in spots else fault
            for fault in error.faults
        ]
    )


def _spot(study: Study, plan: PlannedCriterion, position: int, molecule: Any) -> tuple[str, str]:
    """Return the file and the place a criterion's value for a molecule comes from."""
    cells = study.criterion_cells.get(plan.name)
    if cells is not None and cells.rows[position]:
        return cells.file, f"{cells.place(position)}, molecule {molecule!r}"
    if cells is not None:
        return cells.file, f"column {cells.name!r}, molecule {molecule!r}"
    if plan.kind == "score":
        predictions = study.file.sources[plan.source].predictions
        return predictions.file, f"column {predictions.score.column!r}, molecule {molecule!r}"
    return study.document.file, f"{study.document.place(('criteria', plan.name))}, molecule {molecule!r}"
