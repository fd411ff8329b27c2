"""How far one weight can move under a linear method, exactly.

With the weight t on criterion k and the others in their proportions, a molecule's score is the line
(1 − t) A + t v_k, A being its score on the other criteria alone. The least lead of a group of molecules
over the next, f(t) = min − max, is therefore concave and piecewise linear: from either end of [0, 1]
the crossing of the worst pair with its own lead today bounds the interval from outside, and repeating
it (Newton's method on f) reaches the end of the interval in a few steps of O(n) each.

References
----------
Mareschal, B. (1988). Weight stability intervals in multicriteria decision aid. European Journal of
Operational Research 33(1), 54–64. There every pair is compared; the intervals are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.robustness.forms import LinearForm
from weighbridge.robustness.standing import Levels, levels, rounding_of, tolerance_of

__all__ = ["End", "linear_ends", "other_shares"]

_BLOCK: Final = 16_384
"""Molecules scored at a time: they stay in a core's cache."""


class End(NamedTuple):
    """One end of a stability interval.

    Attributes
    ----------
    at
        The weight.
    comer, passed
        Row numbers of the molecule that draws level there and of the one it overtakes; −1 where
        nobody does up to 0 or 1.
    """

    at: float
    comer: int = -1
    passed: int = -1


class Lead(NamedTuple):
    """The least lead of a group over the next: the difference, and the pair's places."""

    gap: float
    comer: int
    passed: int


class Line(NamedTuple):
    """Scores along one weight: score(t) = (1 − t) scale × base + (t − (1 − t) shift) × own.

    With base the whole score, scale = 1/(1 − w_k) and shift = w_k/(1 − w_k); with base the score on the
    other criteria, scale = 1 and shift = 0.
    """

    base: Floats
    own: Floats
    scale: float
    shift: float

    def factors(self, t: float) -> tuple[float, float]:
        """Return what `base` and `own` are multiplied by at t."""
        return (1.0 - t) * self.scale, t - (1.0 - t) * self.shift

    def lead(self, t: float, ahead: int, behind: int) -> float:
        """Return by how much one place leads another at t."""
        first, second = self.factors(t)
        return float(first * (self.base[ahead] - self.base[behind]) + second * (self.own[ahead] - self.own[behind]))


def linear_ends(form: LinearForm, weights: Floats, top: int | None) -> Iterator[tuple[End, End]]:
    """Yield both ends of every criterion's stability interval.

    Parameters
    ----------
    form
        Scores that are linear in the weights, more is better.
    weights
        Shape (m,), summing to 1.
    top
        The set of the first `top` is to hold; None: the whole order.

    Yields
    ------
    low, high
        One pair of ends a criterion, in column order.
    """
    scores = form.values @ weights
    rounding = rounding_of(form, weights)
    tolerance = tolerance_of(scores, rounding)
    standing = levels(scores, rounding, top)
    for k in range(weights.size):
        if weights.size == 1:
            yield End(1.0), End(1.0)
        elif standing.starts.size < 2:
            yield End(0.0), End(1.0)
        else:
            yield _ends(_line(form, weights, scores, k), float(weights[k]), standing, tolerance)


def _line(form: LinearForm, weights: Floats, scores: Floats, k: int) -> Line:
    own, weight = np.ascontiguousarray(form.values[:, k]), float(weights[k])
    if weight <= 0.5:
        return Line(scores, own, 1.0 / (1.0 - weight), weight / (1.0 - weight))
    # Taking a large weight out of the score again would leave little but rounding.
    others = other_shares(weights, k)
    return Line(form.values @ others, own, 1.0, 0.0)


def other_shares(weights: Floats, k: int) -> Floats:
    """Return the proportions of the other weights, 0 for k itself; equal ones where all are 0."""
    others = weights.copy()
    others[k] = 0.0
    if not others.any():
        others[:] = 1.0
        others[k] = 0.0
    return others / others.sum()


def _ends(line: Line, today: float, standing: Levels, tolerance: float) -> tuple[End, End]:
    """Find both ends on one line."""
    rows, starts = standing
    if starts.size == 2:
        ahead, behind = rows[: starts[1]], rows[starts[1] :]
        least = _lead_of_set(line, ahead, int(behind[0]))
        places = np.arange(rows.size)
    else:
        line = line._replace(base=line.base[rows], own=line.own[rows])
        least = _lead_of_order(line, starts)
        places = rows
    ends = [_newton(line, least, today, end, tolerance) for end in (0.0, 1.0)]
    low, high = (End(end.at, int(places[end.comer]), int(places[end.passed])) if end.comer >= 0 else end for end in ends)
    return low, high


def _newton(line: Line, least: Callable[[float], Lead], today: float, end: float, tolerance: float) -> End:
    """Walk from an end towards today's weight until nobody is overtaken any more."""
    reached = End(end)
    allowed = tolerance
    while reached.at != today:
        worst = least(reached.at)
        if worst.gap >= -allowed:
            break
        before = line.lead(today, worst.passed, worst.comer)
        after = line.lead(reached.at, worst.passed, worst.comer)
        if after >= 0:
            break
        at = reached.at + (today - reached.at) * (after / (after - before))
        if abs(at - today) >= abs(reached.at - today):
            break
        reached, allowed = End(at, worst.comer, worst.passed), 0.0
    return reached


def _lead_of_set(line: Line, ahead: Integers, stand_in: int) -> Callable[[float], Lead]:
    """Return the least lead of some rows over all others, as a function of the weight."""
    base, own = line.base.copy(), line.own.copy()
    # Those ahead give their places to one of the others, so that no step has to leave them out.
    base[ahead], own[ahead] = base[stand_in], own[stand_in]
    front_base, front_own = line.base[ahead], line.own[ahead]
    work = np.empty((2, _BLOCK))
    taken = set(ahead.tolist())

    def least(t: float) -> Lead:
        first, second = line.factors(t)
        front = first * front_base + second * front_own
        last = int(front.argmin())
        best, comer = -np.inf, -1
        for start in range(0, base.size, _BLOCK):
            piece = base[start : start + _BLOCK]
            one, two = work[0, : piece.size], work[1, : piece.size]
            np.multiply(piece, first, out=one)
            np.multiply(own[start : start + _BLOCK], second, out=two)
            one += two
            if (highest := one.max()) > best:
                best, comer = float(highest), start + int(one.argmax())
        return Lead(float(front[last]) - best, stand_in if comer in taken else comer, int(ahead[last]))

    return least


def _lead_of_order(line: Line, starts: Integers) -> Callable[[float], Lead]:
    """Return the least lead of any group over the next, for places in today's order."""

    def least(t: float) -> Lead:
        first, second = line.factors(t)
        scores = first * line.base + second * line.own
        lowest, highest = np.minimum.reduceat(scores, starts), np.maximum.reduceat(scores, starts)
        leads = lowest[:-1] - highest[1:]
        group = int(leads.argmin())
        ends = (*starts[group : group + 3].tolist(), scores.size)
        passed = ends[0] + int(scores[ends[0] : ends[1]].argmin())
        return Lead(float(leads[group]), ends[1] + int(scores[ends[1] : ends[2]].argmax()), passed)

    return least
