"""Results in the terminal: functions from results to rich renderables. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from weighbridge.report.environment import readable
from weighbridge.report.numbers import known, percent, significant, spread_share
from weighbridge.report.words import criterion_titles, method_title, molecule_name, range_words, source_titles

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import RenderableType
    from rich.table import Table

    from weighbridge.core.weights import Provenance
    from weighbridge.evidence.library import LibraryCriterion
    from weighbridge.methods.spec import MethodSpec
    from weighbridge.scale.local import LibraryResult
    from weighbridge.study.check import Finding
    from weighbridge.study.decision import Decision
    from weighbridge.study.explain import Explanation
    from weighbridge.study.loading import Notice
    from weighbridge.study.triage import Triage

__all__ = [
    "criteria",
    "criterion",
    "excluded",
    "explanation",
    "findings",
    "hits",
    "library",
    "methods",
    "notices",
    "ranking",
    "trust",
    "weights",
]

MORE_THAN_CHOSEN = 10
LIBRARY_ROWS = 20

_WORDS_TO_COPY = ("id", "molecule")
"""Columns whose words people copy: never broken over lines."""


def ranking(decision: Decision, top: int | None = None) -> RenderableType:
    """Return the first `top` molecules; by default the chosen and ten more."""
    result, molecules = decision.ranking, decision.study.molecules
    count = len(decision.chosen) + MORE_THAN_CHOSEN if top is None else top
    rows = [int(row) for row in result.order[:count]]
    table = _table(
        f"{decision.study.file.title}: {method_title(result.method)}",
        ("rank", "right"),
        ("", "left"),
        ("molecule", "left"),
        ("name", "left"),
        ("score", "right"),
    )
    for row in rows:
        label = result.labels[row]
        mark = "chosen" if label in decision.chosen else "passed over" if label in decision.chosen.passed_over else ""
        rank = f"{int(result.ranks.iloc[row])}{' tied' if bool(result.ties.iloc[row]) else ''}"
        score = significant(result.scores_array[row], 4)
        table.add_row(rank, mark, _safe(label), _safe(molecule_name(molecules, label)), score)
    left = len(result.order) - len(rows)
    table.caption = f"{left} more; --top shows them" if left else None
    return table


def library(triage: Triage, result: LibraryResult) -> list[RenderableType]:
    """Return the first molecules of a library, and what a reader should know."""
    columns = (("rank", "right"), ("molecule", "left"), ("score", "right"), ("", "left"))
    table = _table(f"{triage.study.title}: {method_title(triage.scoring.method)}", *columns)
    for rank, label, score, tied in result.top.head(LIBRARY_ROWS).itertuples(index=False, name=None):
        table.add_row(str(rank), _safe(label), significant(score, 4), "tied" if tied else "")
    notes = [f"the first {len(result.top):,} of {result.rows:,} molecules", *triage.notes, *result.notes]
    if len(result.top) > LIBRARY_ROWS:
        notes.insert(1, f"{len(result.top) - LIBRARY_ROWS:,} more of them stand in {result.top_output.name}")
    if result.bound > 0:
        notes.append(f"below these, scores are exact to ± {significant(result.bound, 2)}; these are exact")
    return [table, *(_safe(f"Note: {note}.") for note in notes)]


def excluded(decision: Decision) -> list[RenderableType]:
    """Return the molecules that failed a gate, with what was found and why; nothing where none did."""
    if not decision.excluded:
        return []
    table = _table("Excluded by gates", ("molecule", "left"), ("gate", "left"), ("found", "left"), ("reason", "left"))
    for one in decision.excluded:
        table.add_row(_safe(one.molecule), _safe(one.gate), _safe(one.found), _safe(one.reason))
    return [table]


def weights(decision: Decision) -> RenderableType:
    """Return nominal and effective weights side by side."""
    table = _table(
        "Weights", ("criterion", "left"), ("nominal", "right"), ("effective", "right"), ("what it is", "left")
    )
    effective = decision.ranking.effective_weights
    for name, title in criterion_titles(decision).items():
        nominal = percent(decision.weights[name])
        table.add_row(_safe(title), nominal, spread_share(effective[name]), _safe(decision.plans[name].how))
    return table


def trust(decision: Decision) -> RenderableType:
    """Return the sources' shares in every reading."""
    shares, titles = decision.trust.shares(), source_titles(decision)
    columns = [(str(name), "right") for name in shares.columns]
    rule = decision.trust.rule
    table = _table(f"Trust in the sources ({rule})", ("source", "left"), *columns)
    for source, row in zip(shares.index, shares.to_numpy(dtype=float), strict=True):
        table.add_row(_safe(titles.get(str(source), str(source))), *(percent(value) for value in row))
    return table


def explanation(answer: Explanation) -> RenderableType:
    """Return an explanation: its sentences, its table, and the tree behind a weight."""
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = [Text(readable(sentence)) for sentence in answer.sentences]
    if len(answer.table):
        frame = _without_exact_intervals(answer.table)
        columns = [(str(name), "left" if name == "unit" else "right") for name in frame.columns]
        table = _table("", (str(frame.index.name or ""), "left"), *columns)
        for label, row in zip(frame.index, frame.itertuples(index=False), strict=True):
            table.add_row(_safe(label), *(_cell(value) for value in row))
        parts.append(table)
    if answer.provenance is not None:
        parts.append(_tree(answer.provenance))
    return Group(*parts)


def _without_exact_intervals(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out the interval's columns where every value is known exactly."""
    if {"low", "high"} <= set(frame.columns) and frame["low"].equals(frame["high"]):
        return frame.drop(columns=["low", "high"])
    return frame


def _tree(line: Provenance) -> RenderableType:
    from rich.tree import Tree

    tree = Tree(_line(line))
    _grow(tree, line)
    return tree


def _grow(tree: Any, line: Provenance) -> None:
    for part in line.parts:
        _grow(tree.add(_line(part)), part)


def _line(line: Provenance) -> RenderableType:
    from rich.text import Text

    text = Text(readable(line.label))
    if line.value is not None:
        text.append(f" {significant(line.value)}", style="bold")
    if line.how:
        text.append(f"  {readable(line.how)}", style="dim")
    return text


def findings(found: Iterable[Finding]) -> RenderableType:
    """Return what the lints say, warnings first, or that they say nothing."""
    from rich.text import Text

    items = list(found)
    if not items:
        return Text("No findings.")
    table = _table("Findings", ("", "left"), ("about", "left"), ("what", "left"), ("what can be done", "left"))
    for one in items:
        table.add_row(one.severity, _safe(one.subject), _safe(one.text), _safe(one.mend))
    return table


def notices(noted: Iterable[Notice]) -> RenderableType:
    """Return what was noticed about the data, with the first few details."""
    from rich.text import Text

    items = list(noted)
    if not items:
        return Text("The data held nothing to notice.")
    table = _table("Notices", ("kind", "left"), ("what", "left"), ("for example", "left"))
    for one in items:
        more = f" … {len(one.details) - 3} more" if len(one.details) > 3 else ""
        table.add_row(_safe(one.kind), _safe(one.text), _safe("; ".join(one.details[:3]) + more))
    return table


def criteria(found: Iterable[LibraryCriterion]) -> RenderableType:
    """Return the criteria library as a table."""
    table = _table(
        "Criteria library", ("id", "left"), ("group", "left"), ("layers", "left"), ("what", "left"), ("range", "left")
    )
    for one in found:
        span = "set by the study" if one.worst is None else f"{one.worst:g} to {one.best:g} {one.unit}".strip()
        table.add_row(one.id, one.group, ", ".join(one.layers), one.title, span)
    return table


def criterion(one: LibraryCriterion) -> RenderableType:
    """Return one criterion of the library, whole."""
    table = _table(f"{one.title} ({one.id})", ("", "left"), ("", "left"))
    rows = {
        "group": one.group,
        "layers": ", ".join(one.layers),
        "scope": one.scope,
        "definition": one.definition,
        "formula": one.formula,
        "range": range_words(one.criterion()),
        "needs": ", ".join(one.needs),
        "question": one.question,
        "preference": "usual" if one.preference is None else str(one.preference),
        "source": one.citation,
    }
    for name, text in rows.items():
        table.add_row(name, _safe(text))
    return table


def methods(found: Mapping[str, MethodSpec]) -> RenderableType:
    """Return the ranking methods as a table."""
    table = _table(
        "Ranking methods",
        ("name", "left"),
        ("title", "left"),
        ("returns", "left"),
        ("needs", "left"),
        ("source", "left"),
    )
    for name, spec in found.items():
        table.add_row(name, spec.title, spec.returns, _safe("; ".join(spec.needs)), _safe(spec.citation))
    return table


def hits(result: Any) -> RenderableType:
    """Return how many of the demo's chosen molecules were right, beside simpler rules.

    Parameters
    ----------
    result
        With an `outcome` that has `k`, `threshold` and `rules` (each with `rule`, `hits`,
        `spearman`).
    """
    outcome = result.outcome
    title = f"Of the {outcome.k} chosen, how many have logBB > {outcome.threshold:g}"
    table = _table(title, ("rule", "left"), ("hits", "right"), ("share", "right"), ("Spearman, all ranked", "right"))
    for one in outcome.rules:
        spearman = significant(one.spearman, 2) if known(one.spearman) else "–"
        table.add_row(_safe(one.rule), f"{one.hits:.3g}", percent(one.hits / outcome.k), spearman)
    return table


def _table(title: str, *columns: tuple[str, str]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(readable(title)) if title else None, title_justify="left", box=box.SIMPLE_HEAD)
    for name, justify in columns:
        number = justify == "right"
        whole = number or name in _WORDS_TO_COPY
        table.add_column(Text(readable(name)), justify="right" if number else "left", no_wrap=whole, overflow="fold")
    return table


def _safe(value: object) -> RenderableType:
    """Return user text that is shown as it is: no markup, no control characters."""
    from rich.text import Text

    return Text(readable(str(value)))


def _cell(value: Any) -> RenderableType:
    return significant(value, 4) if isinstance(value, float) else _safe(value)
