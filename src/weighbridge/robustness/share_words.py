"""Shares in words for people: few digits, and never rounded to certainty."""

from __future__ import annotations

import math
from typing import Final

__all__ = ["PER_CENT", "number_words", "percent_words", "share_words"]

PER_CENT: Final = "\u00a0%"
"""A no-break space, so that a line never ends between a number and its sign."""

_NEARLY: Final = 0.995
"""From here on a share that is not 1 would be written as 100 %; from its counterpart down as 0 %."""


def percent_words(share: float) -> str:
    """Write a share in whole per cent, for levels that are stated and not measured."""
    return f"{share * 100:.0f}{PER_CENT}"


def share_words(share: float) -> str:
    """Write a share of draws with two significant digits; never 100 % or 0 % where it is not."""
    if share in (0.0, 1.0):
        return percent_words(share)
    if share >= _NEARLY:
        return f"more than 99{PER_CENT}"
    return f"less than 1{PER_CENT}" if share < 1 - _NEARLY else f"{number_words(share * 100)}{PER_CENT}"


def number_words(value: float) -> str:
    """Write a number with two significant digits, at most one decimal."""
    if value and abs(value) < 0.05:
        return "less than 0.1"
    places = max(0, 1 - math.floor(math.log10(abs(value)))) if value else 0
    return f"{value:.{min(places, 1)}f}"
