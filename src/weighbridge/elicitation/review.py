"""Which answers to look at again, and what the others imply instead.

With ε the residual of the log-least-squares fit and h the leverage of an answer (its weight times
the effective resistance between its items), the value implied by *all other* answers is
a · exp(−ε / (1 − h)): the deletion residual of linear regression, exact and without refitting.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.elicitation.priorities import Edges, effective_resistances, log_least_squares, residuals

__all__ = ["Cycle", "Doubt", "OrderViolation", "Review", "ratio_in_words", "review"]

DOUBT_FACTOR = 2.0
"""An answer is doubted where it and the value implied by the others differ by this factor."""

_BRIDGE = 1e-9
_TIE = 1e-9

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Doubt:
    """One answer and what the others say instead.

    Attributes
    ----------
    pair
        The two items, in the set's label order.
    given
        The answer: how many times the first matters as much as the second.
    implied
        The value that all other answers imply together.
    factor
        How far the two are apart, ≥ 1.
    suggested
        `implied` on the fundamental scale: the nearest of 1/9 … 9.
    gci_after
        The geometric consistency index if the answer were `suggested`.
    tied
        Other pairs with the same factor: one of these is off, and the answers cannot say which.
    """

    pair: Pair
    given: float
    implied: float
    factor: float
    suggested: float
    gci_after: float
    tied: tuple[Pair, ...] = ()

    def __str__(self) -> str:
        a, b = self.pair
        text = f"you said {ratio_in_words(a, b, self.given)}; the other answers imply "
        text += f"{ratio_in_words(a, b, self.implied)} (×{self.factor:.1f} apart)"
        if self.tied:
            text += "; one of these is off: " + ", ".join(f"{p}–{q}" for p, q in ((a, b), *self.tied))
        return text


@dataclass(frozen=True, slots=True)
class Cycle:
    """Edges whose order runs in a circle, whatever their sizes."""

    labels: tuple[str, ...]
    words: str

    def __str__(self) -> str:
        return self.words

    def __iter__(self) -> Iterator[str]:
        return iter(self.labels)


@dataclass(frozen=True, slots=True)
class OrderViolation:
    """An answer that prefers the first item although its weight is not larger.

    The condition of order preservation: a_ij > 1 ⇒ w_i > w_j (Bana e Costa and Vansnick 2008).
    """

    pair: Pair
    given: float
    ratio: float

    def __str__(self) -> str:
        a, b = self.pair
        return f"{ratio_in_words(a, b, self.given)}, yet the weights say {ratio_in_words(a, b, self.ratio)}"


@dataclass(frozen=True, slots=True)
class Review:
    """What deserves a second look. Iterating yields the doubts, worst first.

    Attributes
    ----------
    doubts
        Edges at least `threshold` away from what the others imply, worst first.
    checked
        All answers that can be checked, worst first, doubted or not.
    bridges
        Edges that are the only link between two parts: nothing can check them.
    cycles
        Circular orders.
    order_violations
        Edges whose order the log-least-squares weights reverse.
    threshold
        The factor from which an answer is doubted.
    """

    doubts: tuple[Doubt, ...]
    checked: tuple[Doubt, ...]
    bridges: tuple[Pair, ...]
    cycles: tuple[Cycle, ...]
    order_violations: tuple[OrderViolation, ...]
    threshold: float

    def __iter__(self) -> Iterator[Doubt]:
        return iter(self.doubts)

    def __len__(self) -> int:
        return len(self.doubts)

    def __getitem__(self, position: int) -> Doubt:
        return self.doubts[position]

    def __str__(self) -> str:
        lines = [str(cycle) for cycle in self.cycles] + [str(doubt) for doubt in self.doubts]
        lines += [f"{a}–{b} is the only link, it cannot be cross-checked" for a, b in self.bridges]
        return "\n".join(lines) or "the answers fit together; nothing to look at again"


def ratio_in_words(a: str, b: str, value: float) -> str:
    """Return "5 × a over b", turned round so that the figure is at least 1."""
    if math.isclose(value, 1.0, rel_tol=1e-9):
        return f"{a} and {b} equally"
    return f"{value:.4g} × {a} over {b}" if value > 1 else f"{1 / value:.4g} × {b} over {a}"


def snapped(value: float, maximum: float = 9.0) -> float:
    """Return the value of the fundamental scale 1/maximum … maximum that is nearest in ratio."""
    magnitude = max(value, 1.0 / value)
    low = min(math.floor(magnitude), int(maximum))
    steps = (float(low), float(min(low + 1, int(maximum))))
    nearest = min(steps, key=lambda step: abs(math.log(magnitude / step)))
    return nearest if value >= 1 else 1.0 / nearest


def review(labels: Sequence[str], answers: Edges, threshold: float = DOUBT_FACTOR) -> Review:
    """Return what deserves a second look in answers that link all items.

    Doubts are triggered on the deletion factor exp(|ε|/(1 − h)) and not on studentised residuals,
    which can never exceed √dof and so stay silent on small sets.
    """
    logs = log_least_squares(answers)
    checked, bridges = _checked(labels, answers, logs)
    return Review(
        doubts=tuple(doubt for doubt in checked if doubt.factor >= threshold),
        checked=checked,
        bridges=bridges,
        cycles=_cycles(labels, answers),
        order_violations=_order_violations(labels, answers, logs),
        threshold=threshold,
    )


def _checked(labels: Sequence[str], answers: Edges, logs: Floats) -> tuple[tuple[Doubt, ...], tuple[Pair, ...]]:
    errors = residuals(answers, logs)
    resistances = effective_resistances(answers)
    slack = 1.0 - answers.weights * resistances[answers.first, answers.second]
    pairs = [(labels[i], labels[j]) for i, j in zip(answers.first, answers.second, strict=True)]
    bridges = tuple(pair for pair, free in zip(pairs, slack, strict=True) if free <= _BRIDGE)
    edges = [e for e in range(len(answers)) if slack[e] > _BRIDGE]
    moves = {e: float(-errors[e] / slack[e]) for e in edges}
    # rounding first keeps tied answers in label order whatever the last bit of their factors
    edges.sort(key=lambda e: (-round(abs(moves[e]), 9), e))
    doubts = []
    for e in edges:
        tied = [pairs[o] for o in edges if o != e and moves[e] != 0 and abs(abs(moves[o]) - abs(moves[e])) <= _TIE]
        given = math.exp(answers.logs[e])
        implied = math.exp(answers.logs[e] + moves[e])
        suggested = snapped(implied)
        after = _gci_after(answers, errors, slack, e, math.log(suggested) - float(answers.logs[e]))
        doubts.append(Doubt(pairs[e], given, implied, math.exp(abs(moves[e])), suggested, after, tuple(tied)))
    return tuple(doubts), bridges


def _gci_after(answers: Edges, errors: Floats, slack: Floats, edge: int, change: float) -> float:
    """Return the GCI after one answer moved by `change` on the log scale, without refitting."""
    c = float(answers.weights[edge])
    squares = float(np.sum(answers.weights * errors**2))
    squares += 2 * change * c * float(errors[edge]) + change**2 * c * float(slack[edge])
    return max(squares, 0.0) / (len(answers) - answers.n + 1)


def _order_violations(labels: Sequence[str], answers: Edges, logs: Floats) -> tuple[OrderViolation, ...]:
    found = []
    for i, j, y in zip(answers.first, answers.second, answers.logs, strict=True):
        difference = float(logs[i] - logs[j])
        if abs(y) > _TIE and difference * math.copysign(1.0, y) <= _TIE:
            a, b = (i, j) if y > 0 else (j, i)
            ratio = math.exp(difference if y > 0 else -difference)
            found.append(OrderViolation((labels[a], labels[b]), math.exp(abs(y)), ratio))
    return tuple(found)


def _cycles(labels: Sequence[str], answers: Edges) -> tuple[Cycle, ...]:
    """Return, for every strict preference that lies on a circle, the shortest circle through it."""
    above: dict[int, dict[int, bool]] = {item: {} for item in range(answers.n)}
    for i, j, y in zip(answers.first.tolist(), answers.second.tolist(), answers.logs.tolist(), strict=True):
        if y > -_TIE:
            above[i][j] = y > _TIE
        if y < _TIE:
            above[j][i] = y < -_TIE
    found: dict[frozenset[int], Cycle] = {}
    for top, below in above.items():
        for item, strict in below.items():
            path = _shortest_path(above, item, top) if strict else None
            if path and frozenset(path) not in found:
                found[frozenset(path)] = _cycle(labels, above, path)
    return tuple(sorted(found.values(), key=lambda cycle: len(cycle.labels)))


def _shortest_path(above: dict[int, dict[int, bool]], start: int, goal: int) -> list[int] | None:
    came: dict[int, int] = {start: start}
    queue = deque([start])
    while queue:
        item = queue.popleft()
        if item == goal:
            path = [item]
            while came[path[-1]] != path[-1]:
                path.append(came[path[-1]])
            return path[::-1]
        for following in above[item]:
            if following not in came:
                came[following] = item
                queue.append(following)
    return None


def _cycle(labels: Sequence[str], above: dict[int, dict[int, bool]], path: list[int]) -> Cycle:
    start = path.index(min(path))
    ring = path[start:] + path[:start]
    steps = []
    for item, following in zip(ring, ring[1:] + ring[:1], strict=True):
        relation = "over" if above[item][following] else "equal to"
        steps.append(f"{labels[item]} {relation} {labels[following]}")
    return Cycle(tuple(labels[item] for item in ring), ", ".join(steps[:-1]) + f", yet {steps[-1]}")
