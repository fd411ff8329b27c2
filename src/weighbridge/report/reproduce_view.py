"""Conventions in force, and how to get the same page again."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

from weighbridge.report.numbers import plain
from weighbridge.report.words import criterion_titles, method_title

if TYPE_CHECKING:
    from weighbridge.study.decision import Decision

__all__ = ["Convention", "ReproduceView", "conventions", "reproduce_view", "versions"]

PACKAGES: Final = ("weighbridge", "numpy", "scipy", "pandas", "matplotlib", "jinja2", "pymcdm", "rdkit")


@dataclass(frozen=True, slots=True)
class Convention:
    """One convention: what it is about and what holds here."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class ReproduceView:
    """What it takes to make the same page again."""

    commands: tuple[str, ...]
    versions: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]
    key: str


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that make the numbers."""
    found = {"Python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def reproduce_view(decision: Decision) -> ReproduceView:
    """Return the commands, versions and hashes behind the page."""
    study = decision.study
    commands = ("weighbridge check .", "weighbridge rank .", "weighbridge report .")
    return ReproduceView(commands, tuple(versions().items()), tuple(sorted(study.inputs.items())), study.key)


def conventions(decision: Decision) -> tuple[Convention, ...]:
    """Return the conventions this decision was made under."""
    ranking, criteria = decision.ranking, decision.matrix.criteria
    found = [Convention("Method", method_title(ranking.method))]
    found += [Convention(f"Parameter {name}", _parameter(value)) for name, value in ranking.parameters.items()]
    found += [Convention("Note", note) for note in dict.fromkeys((*decision.matrix.notes, *ranking.notes))]
    found += [
        Convention("Weights", "They sum to 1; a criterion's weight is the product of the local weights on its path."),
        Convention(
            "Effective weight",
            "Cov(contribution, score) / Var(score): the share of the ranking's spread a criterion causes; "
            "they sum to 1.",
        ),
        Convention(
            "Ranks",
            "1 is best; equal scores share the best rank of their group and are marked as tied. "
            "Scores closer than 1e-12 of the score range are equal; scores are never rounded before ranking.",
        ),
        Convention("Tie at the cut", _tie_rule(decision)),
        Convention("Missing values", _missing(decision)),
        Convention(
            "Outside the range",
            "; ".join(f"{title}: {criteria[name].outside}" for name, title in criterion_titles(decision).items()),
        ),
        Convention(
            "Local weights",
            "Weighted log least squares of the experts' answers; the principal eigenvector stands beside it. "
            "An expert contributes only where he or she answered.",
        ),
        Convention(
            "Intervals",
            "What is not recorded is an interval, never a guess; it enters the point value by its middle.",
        ),
    ]
    return tuple(found)


def _parameter(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {plain(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(plain(item) for item in value)
    return plain(value)


def _tie_rule(decision: Decision) -> str:
    rule = decision.study.file.choose.tie_rule
    words = {
        "order": "broken by the order of the rows",
        "include": "all that are tied are chosen",
        "exclude": "none that are tied is chosen",
    }
    return words[rule] if rule is not None else "shown and left to people: no rule breaks it"


def _missing(decision: Decision) -> str:
    rules = {
        "refuse": "refused",
        "worst": "count as the declared worst",
        "neutral": "neither help nor harm",
        "interval": "span the declared range",
    }
    matrix = decision.matrix
    words = [
        f"{title}: {rules[matrix.criteria[name].missing]} ({int(matrix.missing[:, j].sum())} missing)"
        for j, (name, title) in enumerate(criterion_titles(decision).items())
    ]
    return "; ".join(words)
