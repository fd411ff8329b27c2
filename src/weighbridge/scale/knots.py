"""Where the knots of a flow table stand: dense where values are, and where the flow bends.

A bound is small where little mass lies between two knots, and where little mass is a threshold away
from the gap between them: quantiles of a sample, as they are and shifted by every threshold, take
care of both whatever the tails. Smooth functions gain with the square of the distance of the knots,
so a half of theirs is spread evenly: over the whole range, and over the middle of it.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.core.criterion import Preference

__all__ = ["choose_knots"]

_MIDDLE: Final = (0.001, 0.999)
"""The quantiles that the middle of a range lies between, before it is widened by its half on both sides."""


def choose_knots(sample: Floats, low: float, high: float, function: Preference, bins: int) -> Floats:
    """Return the knots for one column.

    Parameters
    ----------
    sample
        Shape (k,): sampled values, more being better; may be empty.
    low, high
        The lowest and the highest value of the column.
    function
        The preference function.
    bins
        How many knots, about; fewer where they coincide.

    Returns
    -------
    knots
        Shape (K,), ascending, from low to high.
    """
    ordered = np.sort(sample)
    if not ordered.size:
        ordered = np.array([low, high])
    stepped = function.function in ("usual", "u-shape", "level")
    even = bins // 8 if stepped else bins // 2
    parts = [np.array([low, high]), _even(ordered, low, high, even)]
    moves = _moves(function)
    share = (bins - even) // (len(moves) + 1)
    for move in moves:
        # The values themselves count twice: every flow is made of them.
        shifted = _quantiles(ordered, 2 * share if move == 0 else share) + move
        parts.append(shifted[(shifted > low) & (shifted < high)])
    knots: Floats = np.unique(np.concatenate(parts)) + 0.0
    return knots


def _moves(function: Preference) -> list[float]:
    """Return by how much the flow at y hears of the values at y − move."""
    if function.function == "gaussian":
        assert function.s is not None
        distances = [function.s, 2 * function.s, 3 * function.s]
    else:
        distances = list(function.parameters().values())
    return sorted({0.0, *distances, *(-distance for distance in distances)})


def _even(ordered: Floats, low: float, high: float, count: int) -> Floats:
    first, last = np.quantile(ordered, _MIDDLE)
    half = (last - first) / 2
    middle = max(low, float(first - half)), min(high, float(last + half))
    spread = [np.linspace(*ends, max(2, count // 2)) for ends in ((low, high), middle)]
    knots = np.concatenate(spread)
    return knots[(knots > low) & (knots < high)]


def _quantiles(ordered: Floats, count: int) -> Floats:
    """Return values of the sample, evenly by their place in it."""
    places = np.linspace(0, ordered.size - 1, min(max(count, 1), ordered.size)).round().astype(np.int64)
    return ordered[places]
