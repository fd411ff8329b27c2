"""How things of a decision are called on every face: molecules, methods, criteria, sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from weighbridge.report.numbers import known, plain, significant

if TYPE_CHECKING:
    from weighbridge.core.criterion import Criterion
    from weighbridge.core.tree import ValueTree
    from weighbridge.evidence.reading import Reading
    from weighbridge.study.decision import Decision

__all__ = [
    "criterion_title",
    "criterion_titles",
    "joined",
    "method_title",
    "molecule_name",
    "node_titles",
    "range_words",
    "reading_words",
    "source_titles",
]


def joined(words: Sequence[object], last: str = "and") -> str:
    """Join words as a sentence does: ``a, b and c``."""
    texts = [str(word) for word in words]
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} {last} {texts[-1]}"


def method_title(name: str) -> str:
    """Return the name people know a ranking method by."""
    from weighbridge.methods.registry import methods

    spec = methods().get(name)
    return spec.title if spec is not None else name


def molecule_name(molecules: pd.DataFrame, label: Any) -> str:
    """Return a molecule's name where it has one other than its id, else an empty text."""
    if "name" not in molecules.columns or label not in molecules.index:
        return ""
    name = molecules.loc[label, "name"]
    return str(name) if isinstance(name, str) and name and name != str(label) else ""


def criterion_title(decision: Decision, name: str) -> str:
    """Return a criterion's title for people: the one the study gives it, else its name.

    The library's own title is not used: two sources' scores would share it.
    """
    stated = decision.study.file.criteria.get(name)
    return (stated.title if stated is not None else "") or name


def criterion_titles(decision: Decision) -> dict[str, str]:
    """Return criterion name → title, in the matrix's order."""
    return {name: criterion_title(decision, name) for name in decision.matrix.names}


def node_titles(tree: ValueTree | None) -> dict[str, str]:
    """Return node name → title for a whole tree; empty without a tree."""
    return {} if tree is None else {node.name: node.label for node in tree.root.walk()}


def source_titles(decision: Decision) -> dict[str, str]:
    """Return source name → title."""
    return {name: source.title or name for name, source in decision.study.sources.items()}


def range_words(criterion: Criterion) -> str:
    """Say what is better and between which values: ``more is better, from 5 (worst) to 9 (best) pIC50``."""
    more = "more is better" if criterion.direction == "gain" else "less is better"
    unit = f" {criterion.unit}" if criterion.unit else ""
    if criterion.worst is None or criterion.best is None:
        return f"{more}; no declared range{f', in{unit}' if unit else ''}"
    return f"{more}, from {plain(criterion.worst)} (worst) to {plain(criterion.best)} (best){unit}"


def reading_words(reading: Reading, unit: str = "") -> str:
    """Write a reading: its value, its interval, or why nothing is known."""
    if not reading.known:
        return f"not known: {reading.unknown}" if reading.unknown else "not known"
    tail = f" {unit}" if unit else ""
    if reading.exact or not (known(reading.low) and known(reading.high)):
        return f"{significant(reading.value)}{tail}"
    return f"{significant(reading.low)} to {significant(reading.high)}{tail}"
