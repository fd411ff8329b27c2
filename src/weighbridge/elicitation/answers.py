"""Single pairwise answers: what they say, whether they can be used, and how they pool."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, Final

import numpy as np

from weighbridge.core.weights import Provenance
from weighbridge.elicitation.priorities import Edges
from weighbridge.elicitation.review import ratio_in_words
from weighbridge.errors import Faults

__all__ = [
    "LARGEST_RATIO",
    "RECIPROCAL_TOLERANCE",
    "Answer",
    "answers_from_mapping",
    "check_labels",
    "checked_answers",
    "pooled",
]

RECIPROCAL_TOLERANCE: Final = 1e-3
"""How far a_ij · a_ji may be from 1: published tables print 0.3333 for 1/3 and 0.111 for 1/9."""

LARGEST_RATIO: Final = 1e12
"""No two things are compared beyond this ratio; a larger figure is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: `a` matters `value` times as much as `b`.

    Attributes
    ----------
    value
        The ratio, positive; 1 is "equally".
    weight
        Relative weight in a joint fit: the expert's share of the panel, 1 for a single person.
    expert
        Who answered; empty where there is only one person.
    reason, place
        Why, and where the answer was read.
    low, high
        The hesitation range, where given.
    round
        The round of elicitation.
    earlier
        What the same expert said in earlier rounds, oldest first.
    """

    a: str
    b: str
    value: float
    weight: float = 1.0
    expert: str = ""
    reason: str = ""
    place: str = ""
    low: float | None = None
    high: float | None = None
    round: int = 1
    earlier: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ratio_in_words(self.a, self.b, self.value)

    def provenance(self) -> Provenance:
        """Return the answer as the last line of a provenance tree."""
        how = "; ".join(
            part
            for part in (
                f"answer of {self.expert}" if self.expert else "answer",
                f"because {self.reason}" if self.reason else "",
                f"changed from {', '.join(self.earlier)}" if self.earlier else "",
                self.place,
            )
            if part
        )
        facts: dict[str, Any] = {"a": self.a, "b": self.b, "value": self.value, "expert": self.expert}
        facts |= {"reason": self.reason, "place": self.place, "round": self.round, "weight": self.weight}
        if self.low is not None or self.high is not None:
            facts |= {"low": self.low, "high": self.high}
        if self.earlier:
            facts["earlier"] = list(self.earlier)
        return Provenance(str(self), self.value, how, facts=facts)


def check_labels(labels: Sequence[str], faults: Faults) -> tuple[str, ...]:
    """Return the labels as texts, noting none, empty and repeated ones as faults."""
    names = tuple(str(label) for label in labels)
    if not names:
        faults.add("there is nothing to compare", found="no labels", expected="at least one label")
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.add("a label occurs twice", found=repr(name), expected="unique labels")
    if "" in names:
        faults.add("a label is empty", place=f"label {names.index('') + 1}")
    return names


def answers_from_mapping(answers: Mapping[Any, Any], faults: Faults) -> list[Answer]:
    """Return the answers of ``{(a, b): value}``; None is unanswered."""
    found = []
    for pair, value in answers.items():
        if not isinstance(pair, tuple) or len(pair) != 2:
            faults.add("a comparison is not a pair of labels", found=repr(pair), expected="a tuple (a, b)")
            continue
        a, b = (str(label) for label in pair)
        if value is None:
            continue
        number = _number(value)
        if number is not None:
            found.append(Answer(a, b, number))
        else:
            faults.add(
                "an answer is not a number", place=f"{a!r} against {b!r}", found=repr(value), expected="a ratio > 0"
            )
    return found


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    return float(value)


def _place(answer: Answer) -> str:
    return answer.place or f"{answer.a!r} against {answer.b!r}"


def _usable(labels: tuple[str, ...], answer: Answer, faults: Faults) -> bool:
    before = len(faults)
    for label in dict.fromkeys((answer.a, answer.b)):
        if label not in labels:
            faults.add(
                "a comparison names an unknown label",
                place=_place(answer),
                found=repr(label),
                expected=f"one of {list(labels)}",
            )
    if answer.a == answer.b:
        faults.add("something is compared with itself", place=_place(answer), found=repr(answer.a))
    value = answer.value
    if not math.isfinite(value) or value <= 0:
        faults.add(
            "an answer is not a positive number",
            place=_place(answer),
            found=f"{value}",
            expected="a ratio > 0",
            mend="Give 1/3 where the second matters 3 times as much; leave the pair out where it is unanswered",
        )
    elif not 1 / LARGEST_RATIO <= value <= LARGEST_RATIO:
        faults.add(
            "an answer is beyond any meaningful ratio",
            place=_place(answer),
            found=f"{value:g}",
            expected=f"between {1 / LARGEST_RATIO:g} and {LARGEST_RATIO:g}",
        )
    return len(faults) == before


def checked_answers(labels: tuple[str, ...], answers: Iterable[Answer], faults: Faults) -> tuple[Answer, ...]:
    """Return the usable answers, noting the others as faults.

    A pair that the same expert answers twice is accepted where both say the same within
    `RECIPROCAL_TOLERANCE` (3 and then 1/3 the other way round); their geometric mean is used.
    """
    merged: dict[tuple[str, frozenset[str]], Answer] = {}
    for answer in answers:
        if not _usable(labels, answer, faults):
            continue
        key = (answer.expert, frozenset((answer.a, answer.b)))
        first = merged.setdefault(key, answer)
        if first is not answer:
            again = answer.value if answer.a == first.a else 1.0 / answer.value
            if abs(first.value / again - 1.0) <= RECIPROCAL_TOLERANCE * (1 + 1e-9):
                merged[key] = replace(first, value=math.sqrt(first.value * again))
            else:
                faults.add(
                    "two answers contradict each other",
                    place=" and ".join(dict.fromkeys((_place(first), _place(answer)))),
                    found=f"({first.a!r}, {first.b!r}) = {first.value:g} and "
                    f"({answer.a!r}, {answer.b!r}) = {answer.value:g}",
                    expected="the second to be the reciprocal of the first" if answer.a != first.a else "one answer",
                )
    return tuple(merged.values())


def pooled(labels: tuple[str, ...], answers: Sequence[Answer]) -> Edges:
    """Return the answers as arrays, one a pair: the weighted mean of the logarithms, and the weights' sum."""
    position = {label: index for index, label in enumerate(labels)}
    sums: dict[tuple[int, int], list[float]] = {}
    for answer in answers:
        i, j = position[answer.a], position[answer.b]
        log = math.log(answer.value) if i < j else -math.log(answer.value)
        total = sums.setdefault((min(i, j), max(i, j)), [0.0, 0.0])
        total[0] += answer.weight
        total[1] += answer.weight * log
    ordered = sorted(sums)
    pairs = np.array(ordered, dtype=np.int64).reshape(-1, 2)
    weights = np.array([sums[pair][0] for pair in ordered], dtype=np.float64)
    logs = np.array([sums[pair][1] / sums[pair][0] for pair in ordered], dtype=np.float64)
    return Edges(pairs[:, 0], pairs[:, 1], logs, weights, len(labels))
