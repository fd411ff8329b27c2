"""How numbers are written for people: few digits, a true minus, never an exponent where avoidable."""

from __future__ import annotations

import math
from typing import Any, Final

__all__ = ["exact", "known", "percent", "plain", "signed", "significant", "spread_share"]

MINUS: Final = "−"
PER_CENT: Final = "\u00a0%"
_NOTHING: Final = 0.0005
"""Effective weights below this share are practically nothing; their exact figure says no more."""
_SMALLEST: Final = 1e-4
_LARGEST: Final = 1e7


def known(value: Any) -> bool:
    """Return whether there is a finite number to write."""
    return value is not None and not isinstance(value, str) and math.isfinite(float(value))


def significant(value: Any, digits: int = 3) -> str:
    """Write a number with so many significant digits; ``not known`` where there is none.

    Whole numbers keep all their digits; others are padded, because a trailing zero is a digit that is known.
    """
    if not known(value):
        return "not known"
    number = float(value)
    if number == 0:
        return "0"
    if not _SMALLEST <= abs(number) < _LARGEST:
        return f"{number:.{digits - 1}e}".replace("-", MINUS)
    places = max(0, digits - 1 - math.floor(math.log10(abs(number))))
    text = f"{number:.{places}f}"
    if "." in text and number == round(number):
        text = text.partition(".")[0]
    return text.replace("-", MINUS)


def percent(value: Any, digits: int = 2) -> str:
    """Write a share as a percentage with so many significant digits (at least the whole per cent)."""
    if not known(value):
        return "not known"
    number = float(value) * 100
    if number == 0:
        return f"0{PER_CENT}"
    if abs(number) < _SMALLEST / 2:
        return f"under 0.0001{PER_CENT}" if number > 0 else f"above {MINUS}0.0001{PER_CENT}"
    places = max(0, digits - 1 - math.floor(math.log10(abs(number))))
    return f"{number:.{min(places, 4)}f}{PER_CENT}".replace("-", MINUS)


def spread_share(value: Any) -> str:
    """Write an effective weight: a percentage, and in words that it is practically nothing."""
    return f"≈ 0{PER_CENT}" if known(value) and 0 < abs(float(value)) < _NOTHING else percent(value)


def signed(value: Any, digits: int = 3) -> str:
    """Write a number with its sign; zero has none."""
    text = significant(value, digits)
    return f"+{text}" if known(value) and float(value) > 0 else text


def plain(value: Any) -> str:
    """Write a condition's or a parameter's value: numbers as stated, text as it is, None in words."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "not recorded"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, int):
        return str(value).replace("-", MINUS)
    return f"{value:.10g}".replace("-", MINUS)


def exact(value: Any) -> str:
    """Write a number so that reading it gives the same number again."""
    return repr(float(value))
