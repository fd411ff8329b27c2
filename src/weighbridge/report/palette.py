"""The colours of the report: dark ink on white, and fills that colour-blind readers can tell apart.

Every fill has at least 3 : 1 contrast against white and neighbours differ in lightness as well as
hue (WCAG 2.2, 1.4.11); no colour carries a meaning that is not also written.
"""

from __future__ import annotations

from typing import Final

__all__ = ["CATEGORIES", "INK", "LINE", "MUTED", "PAPER", "category", "contrast", "shade"]

PAPER: Final = "#ffffff"
INK: Final = "#17202b"
MUTED: Final = "#4b5768"
LINE: Final = "#c9d1da"
ACCENT: Final = "#0b4f8a"

CATEGORIES: Final = (
    "#0b4f8a",
    "#d9700b",
    "#0a7f73",
    "#6a2c1a",
    "#3f93cf",
    "#a3440a",
    "#5f6b7a",
    "#223044",
    "#e0598b",
    "#8f6a3a",
    "#3a2d86",
    "#c8385a",
)
"""Fills of the criteria, in the value tree's order."""


def category(number: int) -> str:
    """Return the fill of the n-th category; they repeat after twelve."""
    return CATEGORIES[number % len(CATEGORIES)]


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def shade(value: float) -> str:
    """Return a tint between white (0) and the accent (1), for heat maps."""
    share = min(max(value, 0.0), 1.0)
    ends = [(int(PAPER[at : at + 2], 16), int(ACCENT[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in ends)
