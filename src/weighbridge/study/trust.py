"""The trust layer of a study: its sources weighed by the panel and by their indicators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from weighbridge.core.judgement import Judgement
from weighbridge.core.tree import Node, ValueTree
from weighbridge.core.weights import Provenance, Weights
from weighbridge.elicitation.hierarchy import TreeWeights, weigh_tree
from weighbridge.errors import Faults, InputError
from weighbridge.evidence.indicators.registry import read_part, read_source
from weighbridge.evidence.library import LibraryCriterion
from weighbridge.evidence.trust import Rating, Trust, combine_readings, rate
from weighbridge.study.tables import did_you_mean
from weighbridge.study.trees import SOURCES

if TYPE_CHECKING:
    from weighbridge.study.schema import CriterionFile
    from weighbridge.study.study import Study

__all__ = [
    "SOURCES_NODE",
    "judgements_at",
    "tree_of_sources",
    "trust_definitions",
    "weigh_reliability",
    "weigh_sources",
]

SOURCES_NODE: Final = SOURCES
"""The node of judgement files at which experts compare the sources directly."""

_CHANGEABLE: Final = ("worst", "best", "title", "definition", "question", "reason")
"""What a study may change of an indicator; how it is computed is the library's."""


def judgements_at(judgements: Iterable[Judgement], tree: ValueTree) -> list[Judgement]:
    """Return the judgements at the nodes of one tree."""
    nodes = {node.name for node in tree.groups}
    return [judgement for judgement in judgements if judgement.node in nodes]


def weigh_sources(
    study: Study, library: Mapping[str, LibraryCriterion]
) -> tuple[TreeWeights | None, TreeWeights | None, Trust]:
    """Return the weights of the indicators, the direct comparison of the sources, and the trust shares."""
    indicators, sources = weigh_reliability(study)
    rating = None if indicators is None else _rate(study, indicators.leaves, library)
    judged = None if sources is None else _renamed(sources.leaves)
    spec = study.file.trust
    try:
        trust = combine_readings(study.sources, spec.use, spec.lambda_, spec.reason, judged, rating)
    except InputError as error:
        where = {"file": study.document.file, "place": study.document.place(("trust",))}
        raise InputError([replace(fault, **where) for fault in error.faults]) from error
    return indicators, sources, trust


def weigh_reliability(study: Study) -> tuple[TreeWeights | None, TreeWeights | None]:
    """Return what the panel says of the indicators and, directly, of the sources; None where it was not asked.

    Raises
    ------
    InputError
        With the faults of both.
    """
    faults = Faults()
    indicators = sources = None
    if study.trust_tree is not None:
        said = judgements_at(study.judgements, study.trust_tree)
        indicators = faults.collect(weigh_tree, study.trust_tree, said, study.panel)
    direct = [judgement for judgement in study.judgements if judgement.node == SOURCES_NODE]
    if direct and len(study.sources) > 1:
        sources = faults.collect(weigh_tree, tree_of_sources(study), direct, study.panel)
    faults.raise_if_any()
    return indicators, sources


def tree_of_sources(study: Study) -> ValueTree:
    """Return the tree in which experts compare the sources directly."""
    children = tuple(Node(name, source.title) for name, source in study.sources.items())
    return ValueTree(Node(SOURCES_NODE, "the sources", children))


def _renamed(leaves: Weights) -> Weights:
    """Say 'judged share' where the tree says 'weight'."""
    how = "the experts compared the sources directly"
    lines = {
        name: Provenance(f"judged share of {name}", value, how, (leaves.explain(name),))
        for name, value in leaves.items()
    }
    return Weights(
        dict(leaves), provenance=lines, covariance=leaves.covariance, degrees_of_freedom=leaves.degrees_of_freedom
    )


def _rate(study: Study, weights: Weights, library: Mapping[str, LibraryCriterion]) -> Rating:
    setting = study.setting
    return rate(
        study.sources,
        weights,
        {key: library[key] for key in weights},
        lambda key, source: read_source(key, source, setting),
        lambda key, source, part: read_part(key, source, part, setting),
    )


def trust_definitions(study: Study, library: Mapping[str, LibraryCriterion]) -> dict[str, LibraryCriterion]:
    """Return the library with what the study changes in the reliability indicators' ranges.

    Raises
    ------
    InputError
        If the study changes an indicator the library does not have, or more of it than its range and
        words, if a range contradicts the definition, or if an indicator of the tree has no range.
    """
    faults = Faults()
    changed = dict(library)
    for key, spec in study.file.trust.indicators.items():
        where = {"file": study.document.file, "place": study.document.place(("trust", "indicators", key))}
        if key not in library:
            faults.add("unknown indicator", found=repr(key), mend=did_you_mean(key, library), **where)
            continue
        fixed = sorted(spec.model_fields_set - set(_CHANGEABLE))
        if fixed:
            what = f"the study cannot change this of the indicator {key!r}"
            faults.add(what, found=", ".join(fixed), expected="one of " + ", ".join(_CHANGEABLE), **where)
        try:
            changed[key] = _changed(library[key], spec)
        except InputError as error:
            faults.extend(InputError([replace(fault, **where) for fault in error.faults]))
    for key in study.trust_tree.leaves if study.trust_tree is not None else ():
        if key in changed and changed[key].worst is None:
            place = study.document.place(("trust", "tree"))
            expected = f"worst and best under trust.indicators.{key}"
            faults.add(f"indicator {key!r} has no range", file=study.document.file, place=place, expected=expected)
    faults.raise_if_any()
    return changed


def _changed(definition: LibraryCriterion, spec: CriterionFile) -> LibraryCriterion:
    """Return an indicator's definition with the range and the words the study gives."""
    words = spec.model_dump(include={"title", "definition", "question"}, exclude_none=True)
    worst = definition.worst if spec.worst is None else spec.worst
    best = definition.best if spec.best is None else spec.best
    ranged = definition if worst is None or best is None else definition.with_range(worst, best)
    return replace(ranged, **words)
