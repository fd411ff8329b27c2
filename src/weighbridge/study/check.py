"""Lints: what is allowed in a study and still deserves a second look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from weighbridge.core.tree import JUDGED, TRUST, ValueTree
from weighbridge.errors import Faults
from weighbridge.study.columns import Column
from weighbridge.study.units import same_unit

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


_SPREAD: Final = "The declared range may not fit the values' spread; see the ranges used"
_AGAINST: Final = "Molecules that are good here are bad on what weighs more; it pulls against the ranking"


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
    from weighbridge.study.together import check_cards

    faults = Faults()
    faults.collect(check_cards, study)
    decision = faults.collect(decide, study)
    faults.raise_if_any()
    assert decision is not None
    return decision


def lint(decision: Decision, columns: Mapping[str, Column]) -> tuple[Finding, ...]:
    """Return all findings on a decision, warnings first."""
    findings = [
        *_constant(decision),
        *_near_duplicates(decision),
        *_same_predictions(decision),
        *_units(decision),
        *_choice(decision),
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


def _same_predictions(decision: Decision) -> Iterator[Finding]:
    """Name scores of different sources that are the same numbers, so one model under two names."""
    scores = [name for name, plan in decision.plans.items() if plan.kind == "score"]
    frame = decision.matrix.to_frame()
    if len(frame) < 2:
        return
    for first, second in combinations(scores, 2):
        apart = decision.plans[first].source != decision.plans[second].source
        if apart and frame[first].nunique() > 1 and frame[first].equals(frame[second]):
            text = f"every molecule has the same value as in {second!r}: one model counts twice"
            yield Finding("warning", "same predictions", first, text, "Give each source its own model's predictions")


def _units(decision: Decision) -> Iterator[Finding]:
    """Name sources whose values the decision's threshold cannot be held against."""
    wanted = decision.study.setting.threshold_unit
    for name, source in decision.study.sources.items():
        if wanted and source.value_unit and not same_unit(wanted, source.value_unit):
            text = f"its values are in {source.value_unit!r}, the decision's threshold is in {wanted!r}"
            yield Finding("note", "units that disagree", name, text, "State the threshold in the unit of the values")


def _choice(decision: Decision) -> Iterator[Finding]:
    k, passed = decision.study.file.choose.k, len(decision.matrix.labels)
    if k > passed:
        text = f"{k} are to be chosen and {passed} passed the gates: all of them are"
        yield Finding("warning", "fewer molecules than chosen", "choose", text, "Loosen a gate, or choose fewer")


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
            mend = _AGAINST if effective[name] < 0 else _SPREAD
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
