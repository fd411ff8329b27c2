"""Figures of robustness: who stays among the first, and how far each weight can move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from weighbridge.report.drawing import Drawing, draw, label_rows, percent_axis, shortened
from weighbridge.report.numbers import percent
from weighbridge.report.palette import ACCENT, INK, LINE, PAPER
from weighbridge.robustness.share_words import share_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["CAUSE_WORDS", "intervals_figure", "share_percent", "standing_figure"]

ROW_INCHES: Final = 0.24

LABEL: Final = 26
"""Letters of a molecule's id and name beside its bar."""

BEYOND: Final = 1.02
"""The axis of shares ends here, so that a marker at every draw is whole."""

SURE: Final = 0.99
"""Two digits of a share above this may round to certainty."""

CAUSE_WORDS: Final = {"all": "all that is uncertain", "weights": "weights alone", "scores": "scores alone"}
"""What is drawn, in words."""

_LOOKS: Final = {"weights": ("s", "#d9700b"), "scores": ("^", "#0a7f73")}
_ALT_ROWS: Final = 8


def share_percent(share: float) -> str:
    """Write a share of draws as a number wherever two digits do; 100 % only where it is every draw."""
    return share_words(share) if share > SURE else percent(share)


def standing_figure(shares: pd.DataFrame, top: int) -> Drawing:
    """Draw in what share of the draws each molecule is among the first.

    Parameters
    ----------
    shares
        Molecules (index: what they are called, best first) × ``all`` and, where drawn, ``weights`` and
        ``scores``: shares in [0, 1].
    top
        How many first places there are.
    """

    def paint(axes: Axes) -> None:
        places = np.arange(len(shares), dtype=np.float64)
        axes.barh(
            places, shares["all"], height=0.72, color="#9db8d2", edgecolor=PAPER, lw=0.4, label=CAUSE_WORDS["all"]
        )
        for cause, (marker, colour) in _LOOKS.items():
            if cause in shares:
                axes.plot(
                    shares[cause], places, marker, color=colour, markersize=5, mec=PAPER, mew=0.6, ls="none",
                    label=CAUSE_WORDS[cause], clip_on=False, zorder=3,
                )  # fmt: skip
        axes.axvline(0.5, color=LINE, lw=0.9)
        label_rows(axes, [shortened(name, LABEL) for name in shares.index])
        axes.set_xlim(0, BEYOND)
        percent_axis(axes)
        axes.set_xlabel(f"share of draws among the first {top}")

    words = "; ".join(f"{name} {share_percent(share)}" for name, share in shares["all"].head(_ALT_ROWS).items())
    more = f"; and {len(shares) - _ALT_ROWS} more" if len(shares) > _ALT_ROWS else ""
    return draw(
        0.95 + ROW_INCHES * len(shares),
        f"Bars of the share of draws in which each of {len(shares)} molecules is among the first {top}: {words}{more}.",
        f"How often each molecule at the cut is among the first {top} when weights and scores move.",
        paint,
        legend={"ncols": 3 if len(shares.columns) < 3 else 2, "handlelength": 1.2, "columnspacing": 1.2},
    )


def intervals_figure(intervals: pd.DataFrame, titles: Mapping[str, str]) -> Drawing:
    """Draw how far each weight can move alone before the set of the first changes.

    Parameters
    ----------
    intervals
        Criteria × ``weight``, ``low``, ``high``: shares in [0, 1], low ≤ weight ≤ high.
    titles
        Criterion name → words for people.
    """
    names = [str(name) for name in intervals.index]

    def paint(axes: Axes) -> None:
        places = np.arange(len(names), dtype=np.float64)
        axes.hlines(places, 0, 1, color=LINE, lw=1.0)
        axes.hlines(
            places, intervals["low"], intervals["high"], color=ACCENT, lw=6.5, alpha=0.55, label="nothing changes"
        )
        axes.plot(intervals["weight"], places, "|", color=INK, markersize=14, mew=2.0, ls="none", label="weight today")
        label_rows(axes, [shortened(titles.get(name, name), 24) for name in names])
        axes.set_xlim(0, 1)
        percent_axis(axes)
        axes.set_xlabel("weight, the others keeping their proportions")

    words = "; ".join(
        f"{titles.get(name, name)} {percent(row['low'])} to {percent(row['high'])}, today {percent(row['weight'])}"
        for name, (_, row) in zip(names, intervals.iterrows(), strict=True)
    )
    return draw(
        0.95 + 0.3 * len(names),
        f"Ranges of weights: {words}.",
        "How far each weight can move alone before another molecule comes in.",
        paint,
        legend={"ncols": 2, "handlelength": 1.6},
    )
