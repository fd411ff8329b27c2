"""The report: one self-contained HTML file without scripts, the same bytes for the same input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from weighbridge.files import write_text
from weighbridge.report.answer import answer
from weighbridge.report.context_view import context_table
from weighbridge.report.drawing import Drawing
from weighbridge.report.environment import make_environment
from weighbridge.report.figures import contributions_figure, scores_figure, weights_figure
from weighbridge.report.methods_view import methods_view
from weighbridge.report.reproduce_view import conventions, reproduce_view
from weighbridge.report.robustness_view import robustness_view
from weighbridge.report.rows import ranking_table, shown_labels
from weighbridge.report.sources_view import source_cards
from weighbridge.report.trust_view import trust_view
from weighbridge.report.weights_view import criteria_views, tree_views
from weighbridge.report.words import criterion_titles, source_titles

if TYPE_CHECKING:
    from weighbridge.study.decision import Decision
    from weighbridge.study.robust.value import Robustness

__all__ = ["TEMPLATE", "render", "write_report"]

TEMPLATE: Final = "report/page.html.j2"
BARS_SHOWN: Final = 20

Progress = Callable[[str], None]


def write_report(
    decision: Decision,
    path: str | Path,
    *,
    robustness: Robustness | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write the report of a decision: one HTML file that needs no network and no script.

    Parameters
    ----------
    decision
        What `Study.decide` returned.
    path
        The file to write; it is written whole or not at all.
    robustness
        What `Decision.robustness` returned, for the section on how firmly the choice stands; without
        it the report has none.
    progress
        Called with a few words before each longer step.

    Returns
    -------
    Path
        The file written.
    """
    return write_text(Path(path), render(decision, robustness=robustness, progress=progress))


def render(decision: Decision, *, robustness: Robustness | None = None, progress: Progress | None = None) -> str:
    """Return the report as HTML; the same decision and robustness give the same text."""
    if progress is not None:
        progress("drawing the figures and writing the page")
    return make_environment().get_template(TEMPLATE).render(_context(decision, robustness))


def _context(decision: Decision, robustness: Robustness | None) -> dict[str, Any]:
    from weighbridge.evidence.library import load_library
    from weighbridge.study.trust import trust_definitions

    library = trust_definitions(decision.study, load_library())
    return {
        "study": decision.study.file,
        "panel": decision.study.file.panel,
        "answer": answer(decision),
        "ranking": ranking_table(decision),
        "figures": _figures(decision),
        "criteria": criteria_views(decision),
        "trees": tree_views(decision),
        "trust": trust_view(decision),
        "cards": source_cards(decision, library),
        "context": context_table(decision),
        "methods": methods_view(decision),
        "robustness": None if robustness is None else robustness_view(robustness),
        "excluded": decision.excluded,
        "notices": decision.study.notices,
        "findings": decision.findings,
        "titles": {**source_titles(decision), **criterion_titles(decision)},
        "conventions": conventions(decision),
        "reproduce": reproduce_view(decision),
    }


def _figures(decision: Decision) -> dict[str, Drawing]:
    ranking, titles = decision.ranking, criterion_titles(decision)
    labels = shown_labels(decision, BARS_SHOWN)
    rows = ranking.labels.get_indexer(pd.Index(labels))
    chosen = decision.chosen.chosen
    cut = float(ranking.scores[chosen[-1]]) if chosen else None
    nominal = decision.weights.to_series()[list(titles)]
    return {
        "contributions": contributions_figure(ranking.contributions_of(rows), ranking.base_of(rows), titles),
        "weights": weights_figure(nominal, ranking.effective_weights[list(titles)], titles),
        "scores": scores_figure(ranking.scores_array, cut, len(chosen)),
    }
