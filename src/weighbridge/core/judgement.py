"""Judgements and the people who make them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from weighbridge.errors import Fault, Faults, InputError

__all__ = ["Expert", "Judgement", "Panel"]

SCALE_MAXIMUM = 9.0
"""Saaty's fundamental scale ends at 9; an answer lies between 1/9 and 9."""


@dataclass(frozen=True, slots=True)
class Expert:
    """A member of the panel; `weight` is relative, 1 for everybody unless the study signs otherwise."""

    name: str
    role: str = ""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Panel:
    """The experts who judge, in the study's order.

    Raises
    ------
    InputError
        If a name occurs twice, or a weight is negative, not finite, or all are zero.
    """

    experts: tuple[Expert, ...]

    def __post_init__(self) -> None:
        faults = Faults()
        names = [expert.name for expert in self.experts]
        for name in sorted({name for name in names if names.count(name) > 1}):
            faults.add("an expert occurs twice in the panel", found=repr(name), expected="unique names")
        for expert in self.experts:
            if not math.isfinite(expert.weight) or expert.weight < 0:
                faults.add(
                    "an expert's weight is not a positive number",
                    place=f"expert {expert.name!r}",
                    found=f"{expert.weight!r}",
                )
        if self.experts and not faults and sum(expert.weight for expert in self.experts) == 0:
            faults.add("all experts weigh nothing", expected="at least one positive weight")
        faults.raise_if_any()

    def __iter__(self) -> Iterator[Expert]:
        return iter(self.experts)

    def __len__(self) -> int:
        return len(self.experts)

    def find(self, name: str) -> Expert:
        """Return the expert of a name."""
        for expert in self.experts:
            if expert.name == name:
                return expert
        known = ", ".join(repr(expert.name) for expert in self.experts) or "nobody"
        raise InputError(Fault("no such expert in the panel", found=repr(name), expected=f"one of {known}"))


@dataclass(frozen=True, slots=True)
class Judgement:
    """One pairwise answer: at `node`, `a` matters `value` times as much as `b`.

    Attributes
    ----------
    value
        Between 1/9 and 9 on the fundamental scale; 1 is "equally"; None is "asked and skipped".
    low, high
        The hesitation range around the value, where the expert gave one.
    reason
        Why, in the expert's words.
    round
        The round of elicitation, 1 for the first.
    place
        Where the judgement was read, ``judgements.csv, row 7``.
    """

    expert: str
    node: str
    a: str
    b: str
    value: float | None
    reason: str = ""
    low: float | None = None
    high: float | None = None
    round: int = 1
    place: str = ""

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.expert}: {self.a} against {self.b}: skipped"
        if self.value >= 1:
            return f"{self.expert}: {self.a} {self.value:g} × {self.b}"
        return f"{self.expert}: {self.b} {1 / self.value:g} × {self.a}"
