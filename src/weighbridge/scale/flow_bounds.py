"""A table of the net flow on one criterion, from counted cells, with the largest error it can have.

Three facts carry the bounds. The net flow N(y) = Σ_j G(y − x_j)/(n − 1) only grows with y, in exact
arithmetic and as computed, because each step of computing P(fl(y − x)) is monotone. A value of a cell
lies between its ends, so G(y − x) lies between G at the two ends. And the mean of a cell is known.

*Steps* (usual, u-shape, level). Values that surely count and values that may count give a lower and
an upper limit of N at every knot and right beside it; between two knots N lies between the limits.

*Linear* (v-shape, linear). A cell on which G is straight contributes exactly what its mean says. One
with a kink, of count c and width w, errs by at most c·min(w/4(p − q), 1): the gap of Jensen's
inequality for a hinge of slope 1/(p − q) is at most w/4 times that slope. Between two knots h apart
the slope of N changes by the mass that passes a kink, over p − q; a curve whose slope varies by V
stays within hV/4 of its chord.

*Gaussian*. |G''| ≤ 1/s², so a cell errs by at most half of that times its variance, which is at most
(mean − low)(high − mean) (Bhatia and Davis); between knots N stays within h²/8 · |N''| of its chord.
Beyond 9 s the function is constant to 3·10⁻¹⁸.

A chord is also never further from N than N rises between the two knots.

References
----------
Bhatia, R. and Davis, C. (2000). A better bound on the variance. American Mathematical Monthly 107(4),
353–357.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.core.criterion import Preference
from weighbridge.scale.cells import PLACE_BITS, Cells
from weighbridge.scale.points import Points, beyond, gaussian_sums, linear_sums, reach, running

__all__ = ["FlowColumn", "flow_column", "thresholds"]

FAR: Final = 9.0
"""Beyond this many s the Gaussian function is constant to 3·10⁻¹⁸."""

PLACE_ERROR: Final = 2.0**-PLACE_BITS
"""The mean of a cell is known to this share of its width: 2^−31 from counting, the rest rounding."""

WIDEST: Final = 1e100
"""A cell that is wider than this many thresholds is this many wide: finite, so that nothing times it is nothing."""

ROUNDING: Final = 2.0**-46
"""Of a net flow, as computed here and pair by pair: some divisions, one interpolation, a sum over criteria."""


@dataclass(frozen=True, eq=False)
class FlowColumn:
    """The net flow on one criterion as a function of the value, more being better.

    Attributes
    ----------
    at
        Shape (K,): on each knot.
    start, rise
        Shape (K,): right above each knot, and how much more it is right below the next one.
    bound
        The largest error over all values that were counted.
    """

    at: Floats
    start: Floats
    rise: Floats
    bound: float


def thresholds(function: Preference) -> tuple[float, float] | None:
    """Return q and p of a function made of steps or of straight lines; None for the Gaussian one."""
    if function.function == "gaussian":
        return None
    q = function.q or 0.0
    return q, function.p if function.p is not None else q


def flow_column(knots: Floats, cells: Cells, function: Preference, rows: int) -> FlowColumn:
    """Return the table of the net flow.

    Parameters
    ----------
    knots
        Shape (K,), ascending; the first and last are the lowest and highest value.
    cells
        How the values fall on and between them.
    function
        The preference function.
    rows
        All molecules, those without a value included: they are indifferent to every other.
    """
    if rows < 2:
        zero = np.zeros(knots.size)
        return FlowColumn(zero, zero, zero, 0.0)
    ends = thresholds(function)
    if ends is None:
        assert function.s is not None
        return _gaussian(_Counted.of(knots, cells), function.s, rows)
    q, p = ends
    if function.function in ("linear", "v-shape") and q < p:
        return _linear(_Counted.of(knots, cells), q, p, rows)
    return _steps(knots, cells, (q, p), rows)


def _steps(knots: Floats, cells: Cells, ends: tuple[float, float], rows: int) -> FlowColumn:
    limits = _StepLimits(knots, cells)
    above = np.nextafter(knots, np.inf)
    before = np.append(np.nextafter(knots[1:], -np.inf), knots[-1])
    lower, upper = (np.stack(pair) for pair in zip(*(limits.net(y, ends) for y in (knots, above, before)), strict=True))
    middle = (lower + upper) / 2 / (rows - 1)
    lower, upper = lower / (rows - 1), upper / (rows - 1)
    # Between two knots N lies between the lower limit right above one and the upper limit right below the next.
    between = np.maximum(upper[2] - middle[1], middle[2] - lower[1])
    bound = _largest(upper[0] - middle[0], cells.at), _largest(between, cells.within)
    return FlowColumn(middle[0], middle[1], middle[2] - middle[1], max(bound) + ROUNDING)


def _largest(errors: Floats, counts: Integers) -> float:
    """Return the largest error where there are any values."""
    return float(errors[counts > 0].max(initial=0.0))


class _StepLimits:
    """How many values lie further than a threshold below or above a target, at least and at most."""

    def __init__(self, knots: Floats, cells: Cells) -> None:
        self.knots = knots
        self.low = np.nextafter(knots[:-1], np.inf)
        self.high = np.nextafter(knots[1:], -np.inf)
        self.at, self.within = running(cells.at), running(cells.within[:-1])

    def net(self, targets: Floats, ends: tuple[float, float]) -> tuple[Floats, Floats]:
        """Return the lower and the upper limit of Σ G at the targets, shape (y,) each."""
        lower, upper = np.zeros(targets.size), np.zeros(targets.size)
        for t in ends:
            below, above = self._below(targets, t), self._above(targets, t)
            lower += 0.5 * (below[0] - above[1])
            upper += 0.5 * (below[1] - above[0])
        return lower, upper

    def _below(self, targets: Floats, t: float) -> tuple[Integers, Integers]:
        surely = self.at[reach(self.knots, targets, t)]
        # The highest value a cell can hold decides whether all of it counts, the lowest whether any does.
        return (
            surely + self.within[reach(self.high, targets, t)],
            surely + self.within[reach(self.low, targets, t)],
        )

    def _above(self, targets: Floats, t: float) -> tuple[Integers, Integers]:
        surely = self.at[-1] - self.at[beyond(self.knots, targets, t)]
        return (
            surely + self.within[-1] - self.within[beyond(self.low, targets, t)],
            surely + self.within[-1] - self.within[beyond(self.high, targets, t)],
        )


@dataclass(frozen=True, eq=False)
class _Counted:
    """Cells as points: the knots with values, and the means of the intervals with values, in order."""

    knots: Floats
    cells: Cells
    widths: Floats
    masses: Integers
    points: Points

    @classmethod
    def of(cls, knots: Floats, cells: Cells) -> _Counted:
        widths = np.append(np.diff(knots), 0.0)
        share = cells.places / (np.maximum(cells.within, 1) * 2.0**PLACE_BITS)
        offsets = np.stack([np.zeros(knots.size), np.minimum(share, 1.0) * widths], axis=1).ravel()
        counts = np.stack([cells.at, cells.within], axis=1).ravel()
        some = counts > 0
        points = Points(np.repeat(knots, 2)[some], offsets[some], counts[some])
        return cls(knots, cells, widths, running(cells.at + cells.within), points)

    def mass(self, low: Floats, high: Floats) -> Integers:
        """Return at most how many values lie in the closed intervals [low, high]; shapes (y,)."""
        first = np.searchsorted(self.knots, np.nextafter(low, -np.inf), side="right") - 1
        last = np.searchsorted(self.knots, np.nextafter(high, np.inf), side="right")
        result: Integers = self.masses[last] - self.masses[np.maximum(first, 0)]
        return result

    def interpolated(self, at: Floats, errors: Floats, bends: Floats, extra: float) -> FlowColumn:
        """Return the table that is read along chords.

        Parameters
        ----------
        at, errors
            Shape (K,): the net flow at the knots and its error.
        bends
            Shape (K − 1,): how far N may be from its chord.
        extra
            What every value may err besides.
        """
        rise = np.diff(at)
        ends = np.maximum(errors[:-1], errors[1:])
        between = ends + np.minimum(bends, np.abs(rise) + ends)
        bound = max(_largest(errors, self.cells.at), _largest(between, self.cells.within[:-1]))
        return FlowColumn(at, at, np.append(rise, 0.0), bound + extra)


def _linear(counted: _Counted, q: float, p: float, rows: int) -> FlowColumn:
    knots, cells = counted.knots, counted.cells
    at = linear_sums(counted.points, knots, q, p) / (rows - 1)
    kinks = (-p, p) if q == 0 else (-p, -q, q, p)
    # Where the ends of a cell are rounded, a kink beside it may be in it.
    hinge = cells.within * np.minimum(_measured(counted.widths / 4 + 2 * np.spacing(np.abs(knots)), p - q), 1.0)
    errors, bends = np.zeros(knots.size), np.zeros(knots.size - 1)
    for kink in kinks:
        place = knots + kink
        cell = np.searchsorted(knots, place, side="right") - 1
        near = [np.clip(cell + step, 0, knots.size - 1) for step in (-1, 0, 1)]
        hit = [_holds(counted, places, place) for places in near]
        errors += sum((np.where(inside, hinge[places], 0.0) for places, inside in zip(near, hit, strict=True)))
        bends += counted.mass(place[:-1], place[1:])
    relative = _measured(counted.widths, p - q)
    widest = float((cells.within * np.minimum(relative * PLACE_ERROR, 1.0)).sum()) / (rows - 1)
    bends *= relative[:-1] / 4 / (rows - 1)
    # Differences near p are themselves rounded, pair by pair as here.
    rounding = ROUNDING * max(1.0, p / (p - q))
    return counted.interpolated(at, errors / (rows - 1), bends, widest + rounding)


def _measured(widths: Floats, threshold: float) -> Floats:
    """Return widths in units of a threshold, at most `WIDEST`."""
    with np.errstate(over="ignore"):
        return np.minimum(widths / threshold, WIDEST)


def _holds(counted: _Counted, cells: Integers, places: Floats) -> Floats:
    """Return whether places are in the closed cells, a rounding error wider on both sides."""
    low = counted.knots[cells]
    high = low + counted.widths[cells]
    margin = 2 * np.spacing(np.maximum(np.abs(places), np.abs(low) + counted.widths[cells]))
    result: Floats = (places >= low - margin) & (places <= high + margin)
    return result


def _gaussian(counted: _Counted, s: float, rows: int) -> FlowColumn:
    knots, cells = counted.knots, counted.cells
    at = gaussian_sums(counted.points, knots, s) / (rows - 1)
    share = np.minimum(cells.places / (np.maximum(cells.within, 1) * 2.0**PLACE_BITS), 1.0)
    relative = _measured(counted.widths, s)
    variance = share * (1 - share) * relative * relative
    blur = cells.within * np.minimum(variance / 2 + relative * PLACE_ERROR, 2.0)
    sums = np.concatenate(([0.0], np.cumsum(blur)))
    first = np.maximum(np.searchsorted(knots, knots - FAR * s, side="right") - 2, 0)
    last = np.minimum(np.searchsorted(knots, knots + FAR * s) + 1, knots.size)
    errors = (sums[last] - sums[first]) / (rows - 1)
    bends = counted.mass(knots[:-1] - FAR * s, knots[1:] + FAR * s) * relative[:-1] ** 2 / 8 / (rows - 1)
    # Running sums over the points round once at each.
    rounding = 2e-13 + counted.points.counts.size * 2.0**-52
    return counted.interpolated(at, errors, bends, rounding)
