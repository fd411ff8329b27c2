"""A criterion: what the ranking looks at, and how a difference on it is felt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from weighbridge.core.arrays import is_finite
from weighbridge.errors import Fault, Faults, InputError

__all__ = ["PREFERENCE_PARAMETERS", "Criterion", "Preference"]

Direction = Literal["gain", "cost"]
Scale = Literal["ratio", "interval", "ordinal"]
OutsideRule = Literal["refuse", "clip", "extend"]
MissingRule = Literal["refuse", "worst", "neutral", "interval"]

DIRECTIONS: Final = ("gain", "cost")
SCALES: Final = ("ratio", "interval", "ordinal")
OUTSIDE_RULES: Final = ("refuse", "clip", "extend")
MISSING_RULES: Final = ("refuse", "worst", "neutral", "interval")

PREFERENCE_PARAMETERS: Final[dict[str, tuple[str, ...]]] = {
    "usual": (),
    "u-shape": ("q",),
    "v-shape": ("p",),
    "level": ("q", "p"),
    "linear": ("q", "p"),
    "gaussian": ("s",),
}
"""The six preference functions of Brans and Vincke (1985) and the thresholds each one takes."""


@dataclass(frozen=True, slots=True)
class Preference:
    """How strongly a difference d on one criterion is preferred, P(d) in [0, 1].

    Thresholds are in the criterion's own unit. P(d) = 0 for d ≤ 0 always, and

    ========== ======================================================
    function   P(d) for d > 0
    ========== ======================================================
    usual      1
    u-shape    1 if d > q, else 0
    v-shape    min(d / p, 1)
    level      0 if d ≤ q, ½ if q < d ≤ p, 1 if d > p
    linear     0 if d ≤ q, (d − q)/(p − q) if q < d ≤ p, 1 if d > p
    gaussian   1 − exp(−d² / 2s²)
    ========== ======================================================

    ``linear`` with q = p is the u-shape it tends to.

    References
    ----------
    Brans, J. P. and Vincke, P. (1985). A preference ranking organisation method.
    Management Science 31(6), 647–656, table 1.
    """

    function: str = "usual"
    q: float | None = None
    p: float | None = None
    s: float | None = None

    def __post_init__(self) -> None:
        faults = Faults()
        name: object = self.function
        wanted = PREFERENCE_PARAMETERS.get(name) if isinstance(name, str) else None
        if wanted is None:
            allowed = "one of " + _words(PREFERENCE_PARAMETERS)
            raise InputError(Fault("unknown preference function", found=repr(self.function), expected=allowed))
        for threshold in ("q", "p", "s"):
            self._check_threshold(threshold, threshold in wanted, faults)
        faults.raise_if_any()
        if self.q is not None and self.p is not None and self.q > self.p:
            faults.add(
                f"preference {self.function!r}: q is larger than p",
                found=f"q={self.q:g}, p={self.p:g}",
                expected="q ≤ p",
            )
        faults.raise_if_any()

    def _check_threshold(self, name: str, wanted: bool, faults: Faults) -> None:
        value = getattr(self, name)
        what = f"preference {self.function!r}"
        if not wanted:
            if value is not None:
                faults.add(f"{what} takes no {name}", found=f"{name}={value!r}", expected=f"no {name}")
            return
        if value is None:
            faults.add(f"{what} needs {name}", expected=f"a number in the criterion's unit for {name}")
        elif not is_finite(value):
            faults.add(f"{what}: {name} is not a finite number", found=repr(value))
        elif value < 0 or (value == 0 and name == "s") or (value == 0 and name == "p" and self.function == "v-shape"):
            bound = "≥ 0" if name == "q" or self.function in ("level", "linear") else "> 0"
            faults.add(f"{what}: {name} is too small", found=f"{value:g}", expected=f"{name} {bound}")

    def parameters(self) -> dict[str, float]:
        """Return the thresholds this function uses, by name."""
        return {name: getattr(self, name) for name in PREFERENCE_PARAMETERS[self.function]}

    def __str__(self) -> str:
        inside = ", ".join(f"{name} = {value:g}" for name, value in self.parameters().items())
        return f"{self.function} ({inside})" if inside else self.function


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One column of a decision matrix and what its numbers mean.

    Attributes
    ----------
    direction
        ``gain``: more is better; ``cost``: less is better.
    unit
        The unit of the values, ``pIC50`` or ``%``; empty for a pure number.
    worst, best
        The declared range: the values that would count as worst and best imaginable in this
        decision. For a cost, worst > best.
    preference
        How differences are felt (PROMETHEE); None means ``usual``.
    scale
        ``ratio`` (a true zero), ``interval`` (pIC50, logP, °C: the zero is arbitrary) or
        ``ordinal``; None is undeclared.
    outside
        What happens to a value outside the declared range: ``refuse`` (an error), ``clip`` (it
        counts as the bound) or ``extend`` (it counts as it is).
    missing
        What happens to a missing value: ``refuse``, ``worst``, ``neutral`` or ``interval``.
    title, definition, question, citation
        Words for people: the report and the elicitation screens show them.

    Raises
    ------
    InputError
        If the direction, scale or a rule is unknown, worst equals best, or they contradict the
        direction.
    """

    direction: Direction
    unit: str = ""
    worst: float | None = None
    best: float | None = None
    preference: Preference | None = None
    scale: Scale | None = None
    outside: OutsideRule = "refuse"
    missing: MissingRule = "refuse"
    title: str = ""
    definition: str = ""
    question: str = ""
    citation: str = ""

    def __post_init__(self) -> None:
        faults = Faults()
        _check_word(faults, "direction", self.direction, DIRECTIONS)
        _check_word(faults, "outside", self.outside, OUTSIDE_RULES)
        _check_word(faults, "missing", self.missing, MISSING_RULES)
        if self.scale is not None:
            _check_word(faults, "scale", self.scale, SCALES)
        self._check_range(faults)
        faults.raise_if_any()

    def _check_range(self, faults: Faults) -> None:
        worst, best = self.worst, self.best
        if worst is None and best is None:
            return
        if worst is None or best is None:
            faults.add("only one end of the declared range is given", expected="both worst and best, or neither")
            return
        if not (is_finite(worst) and is_finite(best)):
            found = f"worst={worst!r}, best={best!r}"
            faults.add("the declared range is not two finite numbers", found=found)
        elif worst == best:
            faults.add(
                "worst equals best, so the criterion cannot tell molecules apart",
                found=f"worst = best = {worst:g}",
                expected="two different values",
            )
        elif self.direction in DIRECTIONS and (best > worst) != (self.direction == "gain"):
            expected = "best > worst" if self.direction == "gain" else "worst > best"
            faults.add(
                f"the declared range contradicts the direction {self.direction!r}",
                found=f"worst={worst:g}, best={best:g}",
                expected=expected,
            )

    @property
    def bounded(self) -> bool:
        """Whether the criterion declares its range."""
        return self.worst is not None

    @property
    def sign(self) -> int:
        """+1 for a gain, −1 for a cost."""
        return 1 if self.direction == "gain" else -1


def _check_word(faults: Faults, name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        faults.add(f"unknown {name}", found=repr(value), expected="one of " + _words(allowed))


def _words(words: Iterable[str]) -> str:
    return ", ".join(repr(word) for word in words)
