"""What other methods make of the same matrix and weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from weighbridge.report.drawing import Drawing
from weighbridge.report.figures import agreement_figure
from weighbridge.report.rows import shown_labels
from weighbridge.report.words import method_title

if TYPE_CHECKING:
    from weighbridge.core.ranking import PartialOrder, Ranking
    from weighbridge.study.decision import Decision

__all__ = ["MethodRow", "MethodsView", "PartialView", "methods_view"]

RANK_ROWS = 50
PAIRS_SHOWN = 20
LEADERS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class MethodRow:
    """One other method beside the study's; None where a coefficient is undefined."""

    name: str
    title: str
    kendall: float | None
    weighted_spearman: float | None
    ws: float | None
    overlap: float
    first: str


@dataclass(frozen=True, slots=True)
class PartialView:
    """PROMETHEE I: which molecules cannot be compared.

    Attributes
    ----------
    pairs, total
        Number of incomparable pairs among the molecules shown whole, and how many pairs those are.
    examples
        Some of them, the best-ranked first.
    """

    pairs: int
    total: int
    molecules: int
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MethodsView:
    """The method comparison."""

    own: str
    rows: tuple[MethodRow, ...]
    k: int
    refused: tuple[tuple[str, str], ...]
    figure: Drawing | None
    head: tuple[str, ...]
    ranks: tuple[tuple[str, tuple[int, ...]], ...]
    partial: PartialView | None


def methods_view(decision: Decision) -> MethodsView:
    """Return how far the methods agree, and what each makes of the best molecules."""
    own, agreement = decision.ranking.method, decision.agreement
    rankings = {own: decision.ranking, **decision.others}
    labels = shown_labels(decision, RANK_ROWS)
    return MethodsView(
        own=method_title(own),
        rows=tuple(_row(decision, name) for name in decision.others) if agreement is not None else (),
        k=0 if agreement is None else agreement.k,
        refused=tuple((method_title(name), reason) for name, reason in decision.refused.items()),
        figure=None if agreement is None else _figure(agreement.kendall_tau_b),
        head=tuple(method_title(name) for name in rankings),
        ranks=tuple((str(label), tuple(int(one.ranks[label]) for one in rankings.values())) for label in labels),
        partial=None if decision.partial is None else _partial(decision.partial, labels),
    )


def _row(decision: Decision, name: str) -> MethodRow:
    agreement, own, other = decision.agreement, decision.ranking.method, decision.others[name]
    assert agreement is not None
    return MethodRow(
        name,
        method_title(name),
        agreement.kendall_tau_b[name][own],
        agreement.weighted_spearman[name][own],
        agreement.ws[name][own],
        float(agreement.top_overlap[name][own]),
        _first(other),
    )


def _first(ranking: Ranking) -> str:
    """Name whoever has the first place; of many the first few."""
    leaders = [str(label) for label in ranking.labels[ranking.ranks.to_numpy() == 1]]
    more = len(leaders) - LEADERS_SHOWN
    return ", ".join(leaders[:LEADERS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _figure(kendall: pd.DataFrame) -> Drawing:
    titles = [method_title(str(name)) for name in kendall.index]
    return agreement_figure(pd.DataFrame(kendall.to_numpy(), index=titles, columns=titles))


def _partial(partial: PartialOrder, labels: list[Any]) -> PartialView:
    relation = partial.relation.loc[labels, labels].to_numpy()
    pairs = [
        (str(a), str(b)) for i, a in enumerate(labels) for j, b in enumerate(labels) if i < j and relation[i, j] == "R"
    ]
    count = len(labels)
    return PartialView(len(pairs), count * (count - 1) // 2, count, tuple(pairs[:PAIRS_SHOWN]))
