"""Lints: what is allowed in a study and still deserves a second look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from weighbridge.core.tree import JUDGED, TRUST, ValueTree
from weighbridge.errors import Faults
from weighbridge.evidence.indicators.registry import card_conflicts
from weighbridge.study.columns import Column

if TYPE_CHECKING:
    from weighbridge.study.decision import Decision
    from weighbridge.study.study import Study

__all__ = ["Finding", "check", "lint"]

Severity = Literal["warning", "note"]

NEAR_DUPLICATE: Final = 0.8
"""|Spearman| above which two criteria say nearly the same."""

SIBLINGS: Final = 7
"""More children than this under one node ask for a sub-level."""

_GROUP_OR_DROP: Final = "Put both under one group, or drop one"

EFFECTIVE_GAP: Final = 0.10
"""Difference of nominal and effective weight that is worth a note; twice as much is a warning."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that deserves a second look.

    Attributes
    ----------
    severity
        ``warning`` or ``note``.
    rule
        The lint that found it.
    subject
        The criterion, node or source it is about.
    text, mend
        What was found and what can be done.
    """

    severity: Severity
    rule: str
    subject: str
    text: str
    mend: str = ""


def check(study: Study) -> Decision:
    """Run the whole study and return the decision with its findings.

    Raises
    ------
    InputError
        With every fault: those of the tables, of the card against the data, of the weights.
    """
    from weighbridge.study.decide import decide

    faults = Faults()
    for name, source in study.sources.items():
        for indicator in card_conflicts(source, study.setting):
            place = study.document.place(("sources", name, "card", indicator))
            mend = "Take it off the card: it is computed from the records"
            faults.add("the card states what the data can tell", file=study.document.file, place=place, mend=mend)
    faults.raise_if_any()
    return decide(study)


def lint(decision: Decision, columns: Mapping[str, Column]) -> tuple[Finding, ...]:
    """Return all findings on a decision, warnings first."""
    findings = [
        *_constant(decision),
        *_near_duplicates(decision),
        *_ranges(decision),
        *_siblings(decision),
        *_effective(decision),
        *_unknown_indicators(decision),
        *_constant_indicators(decision),
        *_notes(decision, columns),
    ]
    return tuple(sorted(findings, key=lambda finding: finding.severity != "warning"))


def _constant(decision: Decision) -> Iterator[Finding]:
    values = decision.matrix.filled()
    for j, name in enumerate(decision.matrix.names):
        if np.ptp(values[:, j]) == 0 and len(values) > 1:
            text = (
                f"all molecules have the same value {values[0, j]:g}: the criterion moves no rank, whatever it weighs"
            )
            mend = "Leave it out, or use it in the trust layer if it belongs to a source"
            yield Finding("warning", "constant criterion", name, text, mend)


def _near_duplicates(decision: Decision) -> Iterator[Finding]:
    frame = pd.DataFrame(decision.matrix.filled(), columns=list(decision.matrix.names))
    varying = frame.loc[:, frame.nunique() > 1]
    if varying.shape[1] < 2:
        return
    rho = varying.corr(method="spearman").to_numpy()
    names = list(varying.columns)
    for i, j in zip(*np.triu_indices(len(names), 1), strict=True):
        if abs(rho[i, j]) > NEAR_DUPLICATE:
            yield _duplicate(decision, names[i], names[j], float(rho[i, j]))


def _duplicate(decision: Decision, first: str, second: str, rho: float) -> Finding:
    """Name a near-duplicate pair; two sources that agree share one group's weight and count once."""
    text = f"Spearman correlation {rho:+.2f} with {second!r}"
    paths = [decision.study.tree.path(name)[:-1] for name in (first, second)]
    if paths[0] == paths[1] and paths[0][-1].weighting == TRUST:
        return Finding("note", "near-duplicate criteria", first, f"{text}: the two sources agree", "")
    text += ": the two say nearly the same, and it counts twice"
    mend = "Drop one, or see that their group weighs no more than one" if paths[0] == paths[1] else _GROUP_OR_DROP
    return Finding("warning", "near-duplicate criteria", first, text, mend)


def _ranges(decision: Decision) -> Iterator[Finding]:
    for name, plan in decision.plans.items():
        if not plan.criterion.bounded:
            mend = "Declare the values that would be worst and best imaginable in this decision"
            yield Finding("warning", "no declared range", name, "the criterion has no worst and best", mend)
        if plan.criterion.preference is None:
            text = "no preference function: any difference, however small, counts fully in PROMETHEE"
            yield Finding("note", "no preference function", name, text, "Declare thresholds in the criterion's unit")


def _trees(decision: Decision) -> Iterator[ValueTree]:
    yield decision.study.tree
    if decision.study.trust_tree is not None:
        yield decision.study.trust_tree


def _siblings(decision: Decision) -> Iterator[Finding]:
    for tree in _trees(decision):
        for node in tree.groups:
            if node.weighting == JUDGED and len(node.children) > SIBLINGS:
                text = f"{len(node.children)} siblings: more than {SIBLINGS} are hard to compare in pairs"
                yield Finding("warning", "many siblings", node.name, text, "Group them under a level of their own")


def _effective(decision: Decision) -> Iterator[Finding]:
    effective = decision.ranking.effective_weights
    for name, nominal in decision.weights.items():
        gap = float(effective[name]) - nominal
        if abs(gap) > EFFECTIVE_GAP and effective.any():
            text = f"nominal weight {nominal:.0%}, effective weight {effective[name]:.0%}"
            mend = "The declared range may not fit the values' spread; see the ranges used"
            severity: Severity = "warning" if abs(gap) > 2 * EFFECTIVE_GAP else "note"
            yield Finding(severity, "effective against nominal weight", name, text, mend)


def _unknown_indicators(decision: Decision) -> Iterator[Finding]:
    rated = decision.trust.rated
    if rated is None:
        return
    for source, readings in rated.readings.items():
        for key, reading in readings.items():
            if not reading.known:
                text = f"{key} is not known for {source}: {reading.unknown}; it enters as the interval 0 to 1"
                yield Finding("note", "unknown indicator", source, text)


def _constant_indicators(decision: Decision) -> Iterator[Finding]:
    rated = decision.trust.rated
    if rated is None or len(rated.utilities) < 2:
        return
    for key in rated.utilities:
        spread = rated.utilities[key].to_numpy()
        if np.ptp(spread) == 0:
            text = f"all sources have the same utility {spread[0]:.2f}: the indicator tells them apart by nothing"
            yield Finding("note", "constant indicator", str(key), text)


def _notes(decision: Decision, columns: Mapping[str, Column]) -> Iterator[Finding]:
    for name, column in columns.items():
        if column.note:
            yield Finding("note", "how it was read", name, column.note)
    for text in dict.fromkeys((*decision.matrix.notes, *decision.ranking.notes)):
        yield Finding("note", "convention", decision.ranking.method, text)
