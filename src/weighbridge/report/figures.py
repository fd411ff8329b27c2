"""The report's figures. Each takes plain tables, so that what it shows can be checked without a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats
from weighbridge.report.drawing import Drawing, draw, label_rows, percent_axis, shortened
from weighbridge.report.numbers import known, percent, significant, spread_share
from weighbridge.report.palette import ACCENT, INK, LINE, MUTED, PAPER, category, contrast, shade

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "agreement_figure",
    "contributions_figure",
    "scores_figure",
    "spread_figure",
    "trust_figure",
    "weights_figure",
]

ROW_INCHES: Final = 0.24
LEGEND_LETTERS: Final = 24
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "h")


def contributions_figure(contributions: pd.DataFrame, base: pd.Series[float], titles: Mapping[str, str]) -> Drawing:
    """Draw stacked bars: what each criterion adds to each molecule's score.

    Parameters
    ----------
    contributions
        Molecules × criteria, best molecule first.
    base
        The score with nothing contributed, where the bars begin.
    titles
        Criterion name → words for people.
    """
    values = contributions.to_numpy(dtype=np.float64)
    columns = 2 if all(len(title) <= LEGEND_LETTERS for title in titles.values()) else 1
    height = 0.9 + ROW_INCHES * len(values) + 0.19 * np.ceil((len(titles) + 1) / columns)

    def paint(axes: Axes) -> None:
        up, down = base.to_numpy(dtype=np.float64).copy(), base.to_numpy(dtype=np.float64).copy()
        places = np.arange(len(values))
        for number, name in enumerate(contributions.columns):
            part = values[:, number]
            start = np.where(part >= 0, up, down)
            label = shortened(titles.get(str(name), str(name)), 56)
            axes.barh(
                places, part, left=start, height=0.74, color=category(number), edgecolor=PAPER, lw=0.4, label=label
            )
            up, down = up + np.maximum(part, 0), down + np.minimum(part, 0)
        scores = base.to_numpy(dtype=np.float64) + values.sum(axis=1)
        axes.plot(scores, places, "|", color=INK, markersize=9, mew=1.6, label="score")
        label_rows(axes, [shortened(label, 18) for label in contributions.index])
        axes.set_xlabel("score")

    strongest = contributions.abs().mean().sort_values(ascending=False, kind="stable")
    words = ", ".join(
        f"{titles.get(str(name), str(name))} {significant(value, 2)}" for name, value in strongest.items()
    )
    alt = f"Stacked bars of {len(values)} molecules, best first. Mean absolute contribution: {words}."
    return draw(
        height,
        alt,
        "What each criterion adds to the score; the mark is the score.",
        paint,
        legend={"ncols": columns, "handlelength": 1.1, "columnspacing": 1.2},
    )


def weights_figure(nominal: pd.Series[float], effective: pd.Series[float], titles: Mapping[str, str]) -> Drawing:
    """Draw nominal weights and, beneath each, the share of the ranking's spread it causes."""
    names = list(nominal.index)

    def paint(axes: Axes) -> None:
        places = np.arange(len(names), dtype=np.float64)
        axes.barh(places - 0.19, nominal, height=0.36, color=ACCENT, label="nominal: the stated weight")
        style: dict[str, Any] = {"facecolor": "#f0c9a0", "edgecolor": "#a8540a", "hatch": "////", "lw": 0.8}
        axes.barh(places + 0.19, effective[names], height=0.36, label="effective: what moves the ranking", **style)
        for offset, series, words in ((-0.19, nominal, percent), (0.19, effective, spread_share)):
            for place, name in zip(places, names, strict=True):
                value = float(series[name])
                axes.annotate(
                    words(value),
                    (max(value, 0.0), place + offset),
                    xytext=(3, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=7.5,
                )
        label_rows(axes, [shortened(titles.get(name, name), 24) for name in names])
        axes.margins(x=0.16)
        axes.axvline(0, color=MUTED, lw=0.8)
        percent_axis(axes)

    pairs = "; ".join(
        f"{titles.get(name, name)} {percent(nominal[name])} nominal, {spread_share(effective[name])} effective"
        for name in names
    )
    caption = "Nominal weight beside effective weight (share of the ranking's spread a criterion causes)."
    return draw(
        0.9 + 0.42 * len(names), f"Bars of weights: {pairs}.", caption, paint, legend={"ncols": 1, "handlelength": 1.4}
    )


def trust_figure(shares: pd.DataFrame, titles: Mapping[str, str]) -> Drawing:
    """Draw the sources' shares in every reading: dots, with the interval of the rated one.

    Parameters
    ----------
    shares
        As `weighbridge.evidence.trust.Trust.shares` returns them, with ``bridged`` where measured.
    """
    readings = [name for name in ("judged", "rated", "bridged", "used") if name in shares.columns]
    looks = {"judged": ("s", "#d9700b"), "rated": ("o", "#0b4f8a"), "bridged": ("^", "#0a7f73"), "used": ("D", INK)}
    names = [str(name) for name in shares.index]

    def paint(axes: Axes) -> None:
        places = np.arange(len(names), dtype=np.float64)
        steps = np.linspace(-0.27, 0.27, len(readings)) if len(readings) > 1 else [0.0]
        for step, reading in zip(steps, readings, strict=True):
            marker, colour = looks[reading]
            values = shares[reading].to_numpy(dtype=np.float64)
            if f"{reading} low" in shares.columns:
                low, high = shares[f"{reading} low"], shares[f"{reading} high"]
                axes.hlines(places + step, low, high, color=colour, lw=2.2, alpha=0.45)
            axes.plot(values, places + step, marker, color=colour, markersize=6.5, mec=PAPER, mew=0.8, label=reading)
        for border in places[:-1] + 0.5:
            axes.axhline(border, color=LINE, lw=0.6)
        label_rows(axes, [shortened(titles.get(name, name), 22) for name in names])
        axes.set_xlim(0, 1)
        percent_axis(axes)

    words = "; ".join(
        f"{titles.get(name, name)}: "
        + ", ".join(f"{reading} {percent(shares.loc[name, reading])}" for reading in readings)
        for name in names
    )
    caption = "Trust shares in every reading; the line is the rated share's interval, wide where much is not known."
    return draw(
        0.85 + 0.62 * len(names),
        f"Dots of trust shares. {words}.",
        caption,
        paint,
        legend={"ncols": 4, "handletextpad": 0.2, "columnspacing": 1.2},
    )


def scores_figure(scores: Floats, cut: float | None, chosen: int) -> Drawing:
    """Draw the distribution of the scores and the score of the last molecule chosen."""

    def paint(axes: Axes) -> None:
        spread = float(np.ptp(scores))
        bins = np.histogram_bin_edges(scores, bins=min(30, max(5, len(scores) // 4))) if spread > 0 else 1
        counts, edges = np.histogram(scores, bins=bins)
        axes.bar(edges[:-1], counts, width=np.diff(edges), align="edge", color="#9db8d2", edgecolor=PAPER, lw=0.6)
        if cut is not None:
            axes.axvline(cut, color="#a8540a", lw=1.6, ls=(0, (4, 2)))
            axes.annotate(
                f"last chosen: {significant(cut)}",
                (cut, 1.0),
                xycoords=("data", "axes fraction"),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                color="#7a3c05",
            )
        axes.set_xlabel("score")
        axes.set_ylabel("molecules")
        locator: Any = axes.yaxis.get_major_locator()
        locator.set_params(integer=True)

    where = "" if cut is None else f" The last of the {chosen} chosen has {significant(cut)}."
    span = f"{significant(scores.min())} to {significant(scores.max())}"
    alt = f"Histogram of {len(scores)} scores from {span}, median {significant(float(np.median(scores)))}.{where}"
    return draw(2.3, alt, "How the scores spread, and where the cut lies.", paint)


def agreement_figure(kendall: pd.DataFrame) -> Drawing:
    """Draw Kendall's τ-b between the methods' rankings as a heat map with its numbers."""
    names = [shortened(name, 20) for name in kendall.index]
    values = kendall.to_numpy(dtype=np.float64, na_value=np.nan)

    def paint(axes: Axes) -> None:
        for i in range(len(names)):
            for j in range(len(names)):
                fill = shade(0.85 * max(float(np.nan_to_num(values[i, j])), 0.0))
                axes.fill(
                    [j - 0.5, j + 0.5, j + 0.5, j - 0.5], [i - 0.5, i - 0.5, i + 0.5, i + 0.5], color=fill, ec=PAPER
                )
                ink = INK if contrast(fill, INK) >= contrast(fill, PAPER) else PAPER
                axes.text(j, i, _coefficient(values[i, j]), ha="center", va="center", color=ink)
        axes.set_xlim(-0.5, len(names) - 0.5)
        label_rows(axes, names)
        axes.set_xticks(range(len(names)), names, rotation=35, ha="right")
        axes.tick_params(axis="x", length=0)
        axes.grid(visible=False)
        for side in axes.spines.values():
            side.set_visible(False)

    pairs = [
        f"{names[i]} and {names[j]} {_coefficient(values[i, j])}"
        for i in range(len(names))
        for j in range(i + 1, len(names))
    ]
    alt = f"Heat map of Kendall's tau between methods: {'; '.join(pairs)}."
    return draw(1.3 + 0.34 * len(names), alt, "Kendall's τ-b between the rankings: 1 is the same order.", paint)


def spread_figure(priorities: pd.DataFrame, combined: Mapping[str, float], titles: Mapping[str, str]) -> Drawing:
    """Draw every expert's own priorities at one node beside the group's.

    Parameters
    ----------
    priorities
        Experts × children, rows sum to 1.
    combined
        The weights that are used, by child.
    """
    children: Sequence[str] = [str(name) for name in priorities.columns]
    experts = [str(name) for name in priorities.index]

    def paint(axes: Axes) -> None:
        places = np.arange(len(children), dtype=np.float64)
        group = [combined[child] for child in children]
        axes.vlines(group, places - 0.32, places + 0.32, color=INK, lw=2.2, label="used")
        steps = np.linspace(-0.2, 0.2, len(experts)) if len(experts) > 1 else [0.0]
        for number, (step, expert) in enumerate(zip(steps, experts, strict=True)):
            axes.plot(
                priorities.iloc[number],
                places + step,
                MARKERS[number % len(MARKERS)],
                color=category(number),
                markersize=6,
                mec=PAPER,
                mew=0.7,
                label=shortened(expert, 24),
            )
        label_rows(axes, [shortened(titles.get(child, child), 24) for child in children])
        axes.set_xlim(left=0)
        percent_axis(axes)

    words = "; ".join(
        f"{titles.get(child, child)} {percent(priorities[child].min())} to {percent(priorities[child].max())}"
        for child in children
    )
    alt = f"Dots of {len(experts)} experts' own priorities: {words}."
    height = 0.9 + 0.36 * len(children) + 0.18 * ((len(experts) + 2) // 2)
    return draw(
        height,
        alt,
        "Each expert's own priorities; the bar is the weight that is used.",
        paint,
        legend={"ncols": 2, "handletextpad": 0.3, "columnspacing": 1.2},
    )


def _coefficient(value: float) -> str:
    """Write a coefficient with two places; a dash where it is undefined."""
    return f"{value:.2f}".replace("-", "−") if known(value) else "–"
