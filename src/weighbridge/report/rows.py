"""The ranking as the page shows it: one row a molecule with its contributions as a small bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from weighbridge.report.numbers import signed, significant
from weighbridge.report.palette import category
from weighbridge.report.structures import StructurePicture, draw_structures
from weighbridge.report.words import criterion_titles, molecule_name

if TYPE_CHECKING:
    from weighbridge.study.decision import Decision

__all__ = ["Place", "RankingRow", "RankingTable", "Segment", "ranking_table", "shown_labels"]

AFTER_THE_CUT: Final = 10
SHOWN_AT_MOST: Final = 200
FOLDED_AT_MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Segment:
    """One criterion's piece of a contribution bar; positions are per cent of the bar's width."""

    criterion: str
    title: str
    colour: str
    left: float
    width: float
    contribution: float


@dataclass(frozen=True, slots=True)
class RankingRow:
    """One molecule, whole.

    Attributes
    ----------
    values
        (title, value as text, missing or interval remark) of every criterion.
    bar
        What the contribution bar shows, in words.
    """

    label: str
    name: str
    series: str
    rank: int
    tied: bool
    score: float
    chosen: bool
    passed_over: str
    tied_at_cut: bool
    base: float
    segments: tuple[Segment, ...]
    bar: str
    values: tuple[tuple[str, str], ...]
    picture: StructurePicture
    cut_below: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One molecule, briefly: the rest of the table."""

    rank: int
    tied: bool
    label: str
    name: str
    score: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class RankingTable:
    """The rows shown whole, the rest in brief, and how many are in neither."""

    rows: tuple[RankingRow, ...]
    rest: tuple[Place, ...]
    left_off: int
    legend: tuple[tuple[str, str], ...]
    with_structures: bool
    with_base: bool


def ranking_table(decision: Decision) -> RankingTable:
    """Return the ranking: the chosen and ten more whole, the rest in brief."""
    order = decision.ranking.order
    shown = min(len(order), SHOWN_AT_MOST, _last_chosen(decision) + AFTER_THE_CUT)
    rows = _rows(decision, order[:shown])
    rest = tuple(_place(decision, int(row)) for row in order[shown : shown + FOLDED_AT_MOST])
    titles = criterion_titles(decision)
    legend = tuple((title, category(number)) for number, title in enumerate(titles.values()))
    return RankingTable(
        rows,
        rest,
        len(order) - shown - len(rest),
        legend,
        any(row.picture.uri for row in rows),
        any(row.base for row in rows),
    )


def shown_labels(decision: Decision, most: int) -> list[Any]:
    """Return the labels of the best molecules, at most so many and no more than are shown whole."""
    shown = min(len(decision.ranking.order), most, _last_chosen(decision) + AFTER_THE_CUT)
    return [decision.ranking.labels[int(row)] for row in decision.ranking.order[:shown]]


def _last_chosen(decision: Decision) -> int:
    """Return how many of the ranking's rows it takes to see all chosen."""
    labels = decision.ranking.labels[decision.ranking.order]
    places = [place for place, label in enumerate(labels, 1) if label in decision.chosen]
    return max(places, default=0)


def _rows(decision: Decision, numbers: Any) -> tuple[RankingRow, ...]:
    ranking = decision.ranking
    contributions = ranking.contributions_of(numbers)
    base = ranking.base_of(numbers)
    values = contributions.to_numpy(dtype=np.float64)
    tops = base.to_numpy() + np.maximum(values, 0).sum(axis=1)
    bottoms = base.to_numpy() + np.minimum(values, 0).sum(axis=1)
    low, high = min(0.0, float(bottoms.min(initial=0.0))), float(tops.max(initial=0.0))
    scale = 100.0 / (high - low) if high > low else 0.0
    pictures = draw_structures(decision.study.molecules, list(ranking.labels[numbers]))
    last = _last_chosen(decision)
    return tuple(
        _row(decision, int(row), values[k], float(base.iloc[k]), (low, scale), pictures, k + 1 == last)
        for k, row in enumerate(numbers)
    )


def _row(
    decision: Decision,
    row: int,
    contributions: Any,
    base: float,
    scale: tuple[float, float],
    pictures: dict[Any, StructurePicture],
    cut_below: bool,
) -> RankingRow:
    ranking, molecules = decision.ranking, decision.study.molecules
    label = ranking.labels[row]
    segments = _segments(criterion_titles(decision), contributions, base, scale)
    parts = ", ".join(f"{segment.title} {signed(segment.contribution)}" for segment in segments)
    return RankingRow(
        label=str(label),
        name=molecule_name(molecules, label),
        series=_series(molecules, label),
        rank=int(ranking.ranks.iloc[row]),
        tied=bool(ranking.ties.iloc[row]),
        score=float(ranking.scores_array[row]),
        chosen=label in decision.chosen,
        passed_over=decision.chosen.passed_over.get(label, ""),
        tied_at_cut=label in decision.chosen.tied_at_cut,
        base=base,
        segments=segments,
        bar=f"Contributions: {parts}" + (f"; base {significant(base)}" if base else ""),
        values=_values(decision, row),
        picture=pictures[label],
        cut_below=cut_below,
    )


def _segments(
    titles: dict[str, str], contributions: Any, base: float, scale: tuple[float, float]
) -> tuple[Segment, ...]:
    low, factor = scale
    up = down = base
    segments = []
    for number, ((name, title), part) in enumerate(zip(titles.items(), contributions, strict=True)):
        value = float(part)
        start = up if value >= 0 else down + value
        segments.append(Segment(name, title, category(number), (start - low) * factor, abs(value) * factor, value))
        up, down = up + max(value, 0.0), down + min(value, 0.0)
    return tuple(segments)


def _values(decision: Decision, row: int) -> tuple[tuple[str, str], ...]:
    matrix = decision.matrix
    cells = []
    for j, (name, title) in enumerate(criterion_titles(decision).items()):
        criterion = matrix.criteria[name]
        value, low, high = matrix.values[row, j], matrix.low[row, j], matrix.high[row, j]
        unit = f" {criterion.unit}" if criterion.unit else ""
        if matrix.missing[row, j]:
            text = f"missing (rule: {criterion.missing})"
        elif low != high:
            text = f"{significant(low)} to {significant(high)}{unit}"
        else:
            text = f"{significant(value)}{unit}"
        cells.append((title, text))
    return tuple(cells)


def _series(molecules: pd.DataFrame, label: Any) -> str:
    series = molecules.loc[label, "series"] if "series" in molecules.columns else None
    return "" if series is None or pd.isna(series) else str(series)


def _place(decision: Decision, row: int) -> Place:
    ranking = decision.ranking
    label = ranking.labels[row]
    name = molecule_name(decision.study.molecules, label)
    rank, tied = int(ranking.ranks.iloc[row]), bool(ranking.ties.iloc[row])
    return Place(rank, tied, str(label), name, float(ranking.scores_array[row]), label in decision.chosen)
