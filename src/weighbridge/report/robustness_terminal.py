"""Robustness in the terminal: from the report's view of it to rich renderables. Nothing is computed here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weighbridge.report.environment import readable
from weighbridge.report.numbers import percent

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from weighbridge.report.robustness_view import EffectRow, RobustnessView, VariedTable

__all__ = ["robustness"]


def robustness(view: RobustnessView) -> list[RenderableType]:
    """Return the sentences, then the tables behind them; a table without rows is left out."""
    tables = [
        _molecules(view),
        _weights(view),
        _changes(view),
        _scores(view),
        _effects("What is not known of the sources", view.unknowns),
        _effects("Uncertain values that could change it", view.cells),
        _varied(view.varied),
        _sensitivity(view),
        _refused(view),
    ]
    sentences = [_text(f"• {sentence}") for sentence in view.sentences]
    return [*sentences, *(table for table in tables if table.row_count), *(_text(line) for line in _notes(view))]


def _molecules(view: RobustnessView) -> Table:
    """Return the molecules around the cut with their shares of draws among the first k."""
    causes = [(f"first {view.top}: {words}", "right") for words in view.causes]
    table = _table("At the cut", ("rank", "right"), ("molecule", "left"), ("name", "left"), ("today", "left"), *causes)
    for row in view.molecules:
        table.add_row(str(row.rank), _text(row.label), _text(row.name), "in" if row.first else "", *row.said)
    return table


def _weights(view: RobustnessView) -> Table:
    columns = (("criterion", "left"), ("weight", "right"), ("from", "right"), ("to", "right"))
    table = _table("How far each weight can move alone", *columns, ("below", "left"), ("above", "left"))
    for row in view.weights:
        numbers = [percent(share, 3) for share in (row.weight, row.low, row.high)]
        table.add_row(_text(row.title), *numbers, _text(row.at_low), _text(row.at_high))
    return table


def _changes(view: RobustnessView) -> Table:
    columns = (("rank", "right"), ("molecule", "left"), ("weight moved", "right"), ("weights", "left"))
    table = _table(f"The smallest change of the weights that brings a molecule into the first {view.top}", *columns)
    for row in view.changes:
        table.add_row(str(row.rank), _text(row.label), row.said, _text(row.moves))
    return table


def _scores(view: RobustnessView) -> Table:
    columns = (("rank", "right"), ("molecule", "left"), ("from today's score to", "left"))
    table = _table(f"The single score that would bring a molecule into the first {view.top}", *columns)
    for row in view.score_changes:
        table.add_row(str(row.rank), _text(row.label), _text(row.scores))
    return table


def _effects(title: str, rows: tuple[EffectRow, ...]) -> Table:
    table = _table(title, ("what", "left"), ("could change it", "left"), ("how", "left"))
    for row in rows:
        table.add_row(_text(row.what), row.verdict, _text(row.effect))
    return table


def _varied(varied: tuple[VariedTable, ...]) -> Table:
    """Return one row a kind of variant: how many there are, and which of them change the first k."""
    columns = (("variants", "right"), ("another first", "right"), ("another set", "right"), ("which", "left"))
    table = _table("Leaving out and counting otherwise", ("", "left"), *columns)
    for one in varied:
        changing = [name for name, _, moved, _, _ in one.rows if moved]
        first = sum(changed for _, changed, _, _, _ in one.rows)
        counts = [str(count) for count in (len(one.rows), first, len(changing))]
        table.add_row(_text(one.title), *counts, _text(_some(changing)))
    return table


def _sensitivity(view: RobustnessView) -> Table:
    columns = (("rank", "right"), ("molecule", "left"), ("inputs that explain most", "left"))
    table = _table("What explains the ranks at the cut (total Sobol indices)", *columns)
    for row in view.sensitivity:
        table.add_row(str(row.rank), _text(row.label), _text(row.inputs))
    return table


def _some(names: list[str], shown: int = 4) -> str:
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more


def _refused(view: RobustnessView) -> Table:
    """Return what was not computed, and what could not be left out, with the reasons."""
    table = _table("Not computed", ("", "left"), ("reason", "left"))
    for part, reason in view.refused:
        table.add_row(_text(part), _text(reason))
    for one in view.varied:
        if one.title != "Other methods and normalizations":  # two thirds of them never suit a study
            for name, reason in one.refused:
                table.add_row(_text(f"{one.head}: {name}"), _text(reason))
    return table


def _notes(view: RobustnessView) -> list[str]:
    lines = [f"Rank reversal: {sentence}" for sentence in view.reversal[:1]]
    if view.cells_untried:
        lines.append(f"{view.cells_untried} more uncertain values were not tried one by one.")
    lines += [f"Sensitivity: {note}." for note in view.sensitivity_notes]
    return [*lines, *([view.draws] if view.draws else [])]


def _table(title: str, *columns: tuple[str, str]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=_text(title), title_justify="left", box=box.SIMPLE_HEAD)
    for name, justify in columns:
        number = justify == "right"
        table.add_column(
            _text(name), justify="right" if number else "left", no_wrap=name == "molecule", overflow="fold"
        )
    return table


def _text(value: object) -> Text:
    """Return user text that is shown as it is: no markup, no control characters."""
    from rich.text import Text

    return Text(readable(str(value)))
