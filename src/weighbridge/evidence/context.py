"""How well a source's experimental conditions match the decision's, condition by condition.

Not recorded on either side is an interval, never a guess, and so is a difference between names
that no rule can place. The scores between different values are defaults without literature; a study
states its own through `Setting.similarities`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from weighbridge.evidence import kinship
from weighbridge.evidence.kinship import normal
from weighbridge.evidence.source import NOT_RECORDED, Condition, Context, Setting

__all__ = ["CONDITIONS", "Comparison", "compare", "compare_contexts", "decision_value", "recorded_value"]

CONDITIONS: Final = (
    "species",
    "cell_line",
    "target_variant",
    "assay_format",
    "readout",
    "temperature",
    "ph",
    "incubation",
    "buffer",
    "age",
)
"""Conditions with a criterion of their own."""

Status = Literal["match", "differs", "not recorded"]
Similarities = Mapping[tuple[str, str], float]
Judged = tuple[float, float, str]
"""Lowest and highest score, and a note."""

_HOURS: Final = {
    "s": 1 / 3600,
    "sec": 1 / 3600,
    "min": 1 / 60,
    "h": 1.0,
    "hr": 1.0,
    "hour": 1.0,
    "d": 24.0,
    "day": 24.0,
}
_QUANTITY: Final = re.compile(r"\s*(?:ph\s*)?([-+]?\d+(?:\.\d+)?)\s*(?:°\s*)?([a-z]*)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One condition of a source beside the decision's.

    Attributes
    ----------
    condition
        Its name.
    source_value, decision_value
        What is recorded; None is not recorded.
    status
        ``match``, ``differs`` or ``not recorded`` (on either side).
    low, high
        The score, 0 to 1: equal where it is known.
    note
        The rule that gave it, in words.
    """

    condition: str
    source_value: Condition
    decision_value: Condition
    status: Status
    low: float
    high: float
    note: str = ""

    @property
    def score(self) -> float:
        """The middle of the score's interval."""
        return (self.low + self.high) / 2

    @property
    def exact(self) -> bool:
        """Whether the score is known without an interval."""
        return self.low == self.high


def recorded_value(value: object) -> Condition:
    """Return a condition's value as recorded: None for missing, empty and 'not recorded'."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, str):
        text = value.strip()
        return None if text.casefold() in ("", NOT_RECORDED, "nan") else text
    if isinstance(value, (int, float)) or hasattr(value, "__float__"):
        return float(value)
    return str(value)


def decision_value(condition: str, setting: Setting) -> Condition:
    """Return the decision's value of a condition; for ``age`` its year."""
    found = recorded_value(setting.context.get(condition))
    if condition != "age" or found is not None:
        return found
    year = recorded_value(setting.context.get("year"))
    return float(setting.year) if setting.year is not None else year


def compare(
    condition: str, source_value: Condition, wanted: Condition, similarities: Similarities | None = None
) -> Comparison:
    """Compare one condition of a source with the decision's.

    Parameters
    ----------
    condition
        Its name: one of `CONDITIONS` has a rule of its own. Any other compares words (1 equal,
        else 0) or numbers (1 − |a − b| / max(|a|, |b|), not below 0).
    source_value, wanted
        The source's and the decision's value.
    similarities
        Scores the study states for pairs of different values, in either order.
    """
    mine, theirs = recorded_value(source_value), recorded_value(wanted)
    if mine is None or theirs is None:
        return Comparison(condition, mine, theirs, "not recorded", 0.0, 1.0, _silent(mine, theirs))
    low, high, note = _judge(condition, mine, theirs, similarities or {})
    status: Status = "match" if low == high == 1.0 else "differs"
    return Comparison(condition, mine, theirs, status, low, high, note)


def _silent(mine: Condition, theirs: Condition) -> str:
    if mine is None and theirs is None:
        return "neither side records it"
    return "the source does not record it" if mine is None else "the decision does not record it"


def compare_contexts(context: Context, setting: Setting) -> tuple[Comparison, ...]:
    """Compare every condition that the decision or the source names, the decision's first.

    The year (``age``) is compared where the setting has one.
    """
    names = dict.fromkeys([*setting.context.conditions, *context.conditions])
    if setting.year is not None and "year" in context.conditions:
        names = dict.fromkeys("age" if name == "year" else name for name in names)
    return tuple(
        compare(name, context_value(name, context), decision_value(name, setting), setting.similarities.get(name))
        for name in names
    )


def context_value(condition: str, context: Context) -> Condition:
    """Return a context's value of a condition; the year for ``age``."""
    found = recorded_value(context.get(condition))
    return recorded_value(context.get("year")) if condition == "age" and found is None else found


def _judge(condition: str, mine: Condition, theirs: Condition, similarities: Similarities) -> Judged:
    assert mine is not None
    assert theirs is not None
    stated = _stated(mine, theirs, similarities)
    if stated is not None:
        return stated, stated, "stated by the study"
    rule = _RULES.get(condition)
    if rule is not None:
        return rule(mine, theirs)
    return _same(mine, theirs) or _other(mine, theirs)


def _stated(mine: Condition, theirs: Condition, similarities: Similarities) -> float | None:
    pair = {normal(_text(mine)), normal(_text(theirs))}
    for values, score in similarities.items():
        if len(pair) == 2 and {normal(str(value)) for value in values} == pair:
            return float(score)
    return None


def _text(value: Condition) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _same(mine: Condition, theirs: Condition) -> Judged | None:
    if isinstance(mine, float) and isinstance(theirs, float):
        return (1.0, 1.0, "the same") if mine == theirs else None
    return (1.0, 1.0, "the same") if normal(_text(mine)) == normal(_text(theirs)) else None


def _exactly(score: float, note: str) -> Judged:
    return score, score, note


def _other(mine: Condition, theirs: Condition) -> Judged:
    if isinstance(mine, float) and isinstance(theirs, float):
        score = max(0.0, 1.0 - abs(mine - theirs) / max(abs(mine), abs(theirs)))
        return _exactly(score, f"relative difference {1 - score:.2g}")
    return _exactly(0.0, "other words")


def _species(mine: Condition, theirs: Condition) -> Judged:
    first, second = kinship.species(_text(mine)), kinship.species(_text(theirs))
    if same := _same(mine, theirs):
        return same
    if first is None or second is None:
        return 0.0, 0.7, "not in the table of species: state a similarity in the study"
    if first == second:
        return _exactly(1.0, f"both {first.name}")
    if first.order == second.order:
        return _exactly(0.7, f"same order, {first.order}")
    if first.class_ == second.class_:
        return _exactly(0.4, f"same class, {first.class_}")
    return _exactly(0.0, "another class")


def _cell_line(mine: Condition, theirs: Condition) -> Judged:
    if same := _same(mine, theirs):
        return same
    cells = [not _is_cell_free(value) for value in (mine, theirs)]
    if not all(cells):
        return _exactly(0.1, "cells against none") if any(cells) else _exactly(1.0, "both without cells")
    first, second = kinship.cell_line(_text(mine)), kinship.cell_line(_text(theirs))
    if first is None or second is None:
        return 0.1, 0.8, "not in the table of cell lines: state a similarity in the study"
    return _exactly(*_kin(first, second))


def _is_cell_free(value: Condition) -> bool:
    text = normal(_text(value))
    return text in ("none", "nocells") or "cellfree" in text


def _kin(first: kinship.CellLine, second: kinship.CellLine) -> tuple[float, str]:
    families = [(line.name, *line.ancestors) for line in (first, second)]
    if first.name == second.name:
        return 1.0, f"both {first.name}"
    if second.name in first.ancestors[:1] or first.name in second.ancestors[:1]:
        return 0.8, "parent and child"
    if set(families[0]) & set(families[1]):
        return 0.6, "siblings: made from one line"
    if first.species == second.species:
        same_tissue = first.tissue == second.tissue
        return (0.4, "same species and tissue") if same_tissue else (0.2, "same species")
    return 0.1, "another species"


_MUTANT: Final = re.compile(r"\b[A-Z]\d{1,4}[A-Z]\b|mutant|mutation|deletion|insertion", re.IGNORECASE)
_WILD: Final = re.compile(r"\b(wild[\s-]?type|wt)\b", re.IGNORECASE)


def _target_variant(mine: Condition, theirs: Condition) -> Judged:
    if same := _same(mine, theirs):
        return same
    texts = [_text(mine), _text(theirs)]
    mutant = [bool(_MUTANT.search(text)) for text in texts]
    wild = [bool(_WILD.search(text)) and not is_mutant for text, is_mutant in zip(texts, mutant, strict=True)]
    if any(mutant) and any(wild):
        return _exactly(0.3, "mutant against wild type")
    if all(mutant):
        return _exactly(0.0, "different mutants")
    heads = [normal(text.split("/")[0]) for text in texts]
    if heads[0] == heads[1]:
        return _exactly(0.7, "same isoform, another construct")
    return 0.0, 0.7, "the rules cannot place it: state a similarity in the study"


def _assay_format(mine: Condition, theirs: Condition) -> Judged:
    if same := _same(mine, theirs):
        return same
    first, second = kinship.format_path(_text(mine)), kinship.format_path(_text(theirs))
    if first is None or second is None:
        return 0.0, 0.5, "not a format of the BioAssay Ontology that is known here"
    if first == second:
        return _exactly(1.0, f"both {first[-1]}")
    if first[0] == second[0]:
        return _exactly(0.5, f"both {first[0]}")
    return _exactly(0.0, f"{first[0]} against {second[0]}")


def _readout(mine: Condition, theirs: Condition) -> Judged:
    if same := _same(mine, theirs):
        return same
    (first, how), (second, how_else) = _endpoint(mine), _endpoint(theirs)
    if first != second:
        return _exactly(0.0, "another endpoint")
    if not how or not how_else:
        return 0.5, 1.0, "same endpoint; the detection is not recorded on both sides"
    return _exactly(0.5, "same endpoint, another detection")


def _endpoint(value: Condition) -> tuple[str, str]:
    endpoint, _, detection = _text(value).partition("/")
    return normal(endpoint), normal(detection)


def _by_number(score: Callable[[float, float], float], unit: str, scale: Mapping[str, float]) -> Callable[..., Judged]:
    """Return a rule that compares two quantities, or says that one is not a number."""

    def rule(mine: Condition, theirs: Condition) -> Judged:
        first, second = _quantity(mine, scale), _quantity(theirs, scale)
        if first is None or second is None:
            return _same(mine, theirs) or (0.0, 1.0, "not a number on both sides")
        return _exactly(score(first, second), f"{first:g} against {second:g} {unit}".strip())

    return rule


def _quantity(value: Condition, scale: Mapping[str, float]) -> float | None:
    if isinstance(value, float):
        return value
    match = _QUANTITY.fullmatch(_text(value))
    if match is None:
        return None
    unit = match[2].casefold()
    factor = scale.get(unit, scale.get(unit.removesuffix("s")) if len(unit) > 1 else None)
    return None if factor is None else float(match[1]) * factor


def _near_temperature(first: float, second: float) -> float:
    return math.exp(-(((first - second) / 10.0) ** 2))


def _near_ph(first: float, second: float) -> float:
    return math.exp(-(((first - second) / 0.5) ** 2))


def _near_time(first: float, second: float) -> float:
    if first <= 0 or second <= 0:
        return 1.0 if first == second else 0.0
    return math.exp(-abs(math.log2(first / second)))


def _near_year(first: float, second: float) -> float:
    return min(1.0, max(0.0, 1.0 - (second - first) / 20.0))


_RULES: Final[dict[str, Callable[[Condition, Condition], Judged]]] = {
    "species": _species,
    "cell_line": _cell_line,
    "target_variant": _target_variant,
    "assay_format": _assay_format,
    "readout": _readout,
    "temperature": _by_number(_near_temperature, "°C", {"": 1.0, "c": 1.0}),
    "ph": _by_number(_near_ph, "", {"": 1.0}),
    "incubation": _by_number(_near_time, "h", {"": 1.0, **_HOURS}),
    "age": _by_number(_near_year, "", {"": 1.0}),
}
