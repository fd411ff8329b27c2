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


_NONE: Final = np.empty(0, dtype=np.int64)


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

    def at(self, t: float) -> Floats:
        """Return the scores at t."""
        first, second = self.factors(t)
        return first * self.base + second * self.own

    def take(self, places: Integers) -> Line:
        """Return the lines of some molecules."""
        return self._replace(base=self.base[places], own=self.own[places])


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
            line, today = _line(form, weights, scores, k), float(weights[k])
            find = _end_of_order if top is None else _end_of_set
            low, high = (find(line, scores, standing, (today, end), tolerance) for end in (0.0, 1.0))
            yield low, high


def _line(form: LinearForm, weights: Floats, scores: Floats, k: int) -> Line:
    own, weight = np.ascontiguousarray(form.values[:, k]), float(weights[k])
    if weight <= 0.5:
        return Line(scores, own, 1.0 / (1.0 - weight), weight / (1.0 - weight))
    # Taking a large weight out of the score again would leave little but rounding.
    return Line(form.values @ other_shares(weights, k), own, 1.0, 0.0)


def other_shares(weights: Floats, k: int) -> Floats:
    """Return the proportions of the other weights, 0 for k itself; equal ones where all are 0."""
    others = weights.copy()
    others[k] = 0.0
    if not others.any():
        others[:] = 1.0
        others[k] = 0.0
    shares: Floats = others / others.sum()
    return shares


def _newton(line: Line, least: Callable[[float], Lead], today: float, start: End, tolerance: float) -> End:
    """Walk from outside towards today's weight until nobody is overtaken any more."""
    reached, allowed = start, tolerance
    while reached.at != today:
        worst = least(reached.at)
        if worst.gap >= -allowed:
            break
        pair = line.take(np.array([worst.passed, worst.comer]))
        before, after = (float(scores[0] - scores[1]) for scores in (pair.at(today), pair.at(reached.at)))
        at = reached.at + (today - reached.at) * (after / (after - before)) if after < 0 < before else reached.at
        if abs(at - today) >= abs(reached.at - today):
            break
        reached, allowed = End(at, worst.comer, worst.passed), 0.0
    return reached


def _end_of_set(line: Line, scores: Floats, standing: Levels, way: tuple[float, float], tolerance: float) -> End:
    """Find where the set ahead of the cut is first broken into, on the way from today to 0 or 1."""
    today, end = way
    front = standing.rows[: standing.starts[1]]
    race = _Race(line, scores, front, tolerance)
    return _newton(line, race.least, today, End(end), tolerance)


class _Race:
    """The least lead of some rows over all others, asked for ever closer to today's weight.

    A line is nowhere on a way above the higher of its ends. So after every step only those stay in the
    race who are, there or today, ahead of where the last of the front is at its lowest.
    """

    def __init__(self, line: Line, scores: Floats, front: Integers, slack: float) -> None:
        self._front, self._front_line, self._front_today = front, line.take(front), scores[front]
        self._line, self._today, self._slack = line, scores, slack
        self._rows: Integers | None = None
        self._steps = 0

    def least(self, t: float) -> Lead:
        """Return the least lead at t, which must not be further from today than before."""
        front = self._front_line.at(t)
        last = int(front.argmin())
        self._steps += 1
        if self._steps > 1:  # at 0 or 1 the floor is too low to leave many out
            self._narrow(t, float(min(front[last], self._front_today.min())) - self._slack)
        best, place = self._best(t)
        comer = place if self._rows is None else int(self._rows[place])
        return Lead(float(front[last]) - best, comer, int(self._front[last]))

    def _best(self, t: float) -> tuple[float, int]:
        """Return the highest score at t of those in the race, and its place."""
        best, place = -np.inf, -1
        hidden = self._front if self._rows is None else _NONE
        edges = np.searchsorted(hidden, np.arange(0, self._today.size + _BLOCK, _BLOCK))
        for number, start in enumerate(range(0, self._today.size, _BLOCK)):
            scores = self._scores(t, start)
            scores[hidden[edges[number] : edges[number + 1]] - start] = -np.inf
            if (highest := scores.max()) > best:
                best, place = float(highest), start + int(scores.argmax())
        return best, place

    def _narrow(self, t: float, floor: float) -> None:
        """Keep only those ahead of the floor at t or today."""
        kept = []
        for start in range(0, self._today.size, _BLOCK):
            scores = self._scores(t, start)
            np.maximum(scores, self._today[start : start + _BLOCK], out=scores)
            kept.append(np.flatnonzero(scores > floor) + start)
        places = np.concatenate(kept) if kept else _NONE
        if self._rows is None:
            places = places[~np.isin(places, self._front)]
        self._rows = places if self._rows is None else self._rows[places]
        self._line, self._today = self._line.take(places), self._today[places]

    def _scores(self, t: float, start: int) -> Floats:
        block = slice(start, start + _BLOCK)
        first, second = self._line.factors(t)
        scores = self._line.base[block] * first
        scores += self._line.own[block] * second
        return scores


def _end_of_order(line: Line, scores: Floats, standing: Levels, way: tuple[float, float], tolerance: float) -> End:
    """Find where neighbours first swap, on the way from today to 0 or 1.

    Only neighbours can swap first. Those next to each other in today's order bound the end; where
    molecules tie today any of a group may be the one to meet the next group, so Newton goes on from there.
    """
    today, end = way
    rows, starts = standing
    ordered, now = line.take(rows), scores[rows]
    behind = starts[1:]
    lead = now[behind - 1] - now[behind]
    at_end = ordered.at(end)
    after = at_end[behind - 1] - at_end[behind]
    swapping = np.flatnonzero(after < -tolerance)
    nearest = End(end)
    if swapping.size:
        share = lead[swapping] / (lead[swapping] - after[swapping])
        first = int(share.argmin())
        place = int(behind[swapping[first]])
        nearest = End(today + (end - today) * float(share[first]), place, place - 1)
    if starts.size < rows.size:
        allowed = 0.0 if nearest.comer >= 0 else tolerance
        nearest = _newton(ordered, _lead_of_groups(ordered, starts), today, nearest, allowed)
    return End(nearest.at, int(rows[nearest.comer]), int(rows[nearest.passed])) if nearest.comer >= 0 else nearest


def _lead_of_groups(line: Line, starts: Integers) -> Callable[[float], Lead]:
    """Return the least lead of any group over the next, for places in today's order."""

    def least(t: float) -> Lead:
        scores = line.at(t)
        lowest, highest = np.minimum.reduceat(scores, starts), np.maximum.reduceat(scores, starts)
        leads = lowest[:-1] - highest[1:]
        group = int(leads.argmin())
        ends = (*starts[group : group + 3].tolist(), scores.size)
        passed = ends[0] + int(scores[ends[0] : ends[1]].argmin())
        return Lead(float(leads[group]), ends[1] + int(scores[ends[1] : ends[2]].argmax()), passed)

    return least
