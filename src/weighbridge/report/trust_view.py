"""The trust layer on the page: every reading side by side, and what λ would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from weighbridge.report.drawing import Drawing
from weighbridge.report.figures import trust_figure
from weighbridge.report.rows import shown_labels
from weighbridge.report.tickets import Ticket, ticket
from weighbridge.report.words import source_titles

if TYPE_CHECKING:
    from weighbridge.study.decision import Decision

__all__ = ["BlendView", "TrustRow", "TrustView", "trust_view"]

BLEND_ROWS = 25
RULES = {
    "judged": "The shares the experts gave by comparing the sources directly are used.",
    "rated": "The shares that follow from the sources' indicators and the panel's weights of them are used.",
    "blend": "A blend of the judged and the rated shares is used: share ∝ judged^(1−λ) · rated^λ.",
    "single": "There is one source only, so it has all the trust.",
}


@dataclass(frozen=True, slots=True)
class TrustRow:
    """One source's shares; None where a reading is not given."""

    source: str
    title: str
    judged: float | None
    rated: float | None
    rated_low: float | None
    rated_high: float | None
    bridged: float | None
    used: float
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class BlendView:
    """What λ would change.

    Attributes
    ----------
    lambdas
        The blends shown.
    shares
        (source, its share under each λ).
    ranks
        (molecule, its rank under each λ), the best molecules of the study's ranking.
    kept
        For each λ how many of the chosen are still among the first k.
    """

    lambdas: tuple[float, ...]
    shares: tuple[tuple[str, tuple[float, ...]], ...]
    ranks: tuple[tuple[str, tuple[int, ...]], ...]
    kept: tuple[int, ...]
    chosen: int


@dataclass(frozen=True, slots=True)
class TrustView:
    """The trust section."""

    rule: str
    words: str
    lam: float
    reason: str
    rows: tuple[TrustRow, ...]
    figure: Drawing | None
    blends: BlendView | None


def trust_view(decision: Decision) -> TrustView:
    """Return the sources' shares in every reading."""
    trust, titles = decision.trust, source_titles(decision)
    shares = trust.shares()
    if trust.bridged is not None:
        shares["bridged"] = trust.bridged.to_series()
    rows = tuple(_row(decision, name, titles.get(name, name)) for name in trust.used)
    return TrustView(
        trust.rule,
        RULES.get(trust.rule, trust.rule),
        trust.lam,
        trust.reason,
        rows,
        trust_figure(shares, titles) if len(shares) > 1 else None,
        _blends(decision) if decision.blends else None,
    )


def _row(decision: Decision, name: str, title: str) -> TrustRow:
    trust, rated = decision.trust, decision.trust.rated
    return TrustRow(
        source=name,
        title=title,
        judged=None if trust.judged is None else trust.judged[name],
        rated=None if rated is None else rated.shares[name],
        rated_low=None if rated is None else float(rated.shares_low[name]),
        rated_high=None if rated is None else float(rated.shares_high[name]),
        bridged=None if trust.bridged is None else trust.bridged[name],
        used=trust.used[name],
        ticket=ticket(decision, trust.used.explain(name)),
    )


def _blends(decision: Decision) -> BlendView:
    lambdas = tuple(decision.blends)
    titles, shares = source_titles(decision), decision.trust.blends()
    k = len(decision.chosen)
    rankings = [decision.blends[lam] for lam in lambdas]
    kept = tuple(sum(int(ranking.ranks[label]) <= k for label in decision.chosen.chosen) for ranking in rankings)
    return BlendView(
        lambdas,
        tuple((titles.get(name, name), tuple(shares[lam][name] for lam in lambdas)) for name in decision.trust.used),
        tuple(
            (str(label), tuple(int(ranking.ranks[label]) for ranking in rankings))
            for label in shown_labels(decision, BLEND_ROWS)
        ),
        kept,
        k,
    )
