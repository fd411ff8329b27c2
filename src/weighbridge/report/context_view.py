"""The context comparison: every condition of the decision against every source and part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from weighbridge.evidence.context import Comparison, compare, compare_contexts, decision_value, recorded_value
from weighbridge.report.numbers import percent, plain, significant

if TYPE_CHECKING:
    from weighbridge.evidence.source import Records, Setting, Source
    from weighbridge.study.decision import Decision

__all__ = ["MARKS", "ContextCell", "ContextTable", "context_table"]

MATCH, DIFFERS, UNRECORDED, MIXED = "match", "differs", "not recorded", "mixed"
MARKS: Final = {MATCH: "✓", DIFFERS: "≠", UNRECORDED: "?", MIXED: "≈"}
"""A mark for each state, so that none is told by colour alone."""

VALUES_SHOWN: Final = 3
PARTS_SHOWN: Final = 30


@dataclass(frozen=True, slots=True)
class ContextCell:
    """One condition of one source or part.

    Attributes
    ----------
    state
        ``match``, ``differs``, ``not recorded`` or, over records that state it one by one, ``mixed``.
    words
        The recorded value.
    score
        How well it matches, 0 to 1, or the interval; empty over records.
    note
        The rule behind the score.
    """

    state: str
    words: str
    score: str = ""
    note: str = ""

    @property
    def mark(self) -> str:
        """The sign that stands before the state."""
        return MARKS[self.state]


@dataclass(frozen=True, slots=True)
class ContextTable:
    """Conditions × settings.

    Attributes
    ----------
    head
        (source title, part or empty) of each column.
    rows
        (condition, the decision's value, cells).
    """

    head: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str, tuple[ContextCell, ...]], ...]


def context_table(decision: Decision) -> ContextTable:
    """Compare all conditions that the decision or a source states."""
    setting = decision.study.setting
    columns = [column for source in decision.study.sources.values() for column in _columns(source)]
    compared = [{one.condition: one for one in _compared(source, part, setting)} for source, part in columns]
    names = dict.fromkeys(name for one in compared for name in one)
    names.update(dict.fromkeys(name for source, _ in columns for name in _record_conditions(source)))
    rows = tuple(
        (
            name.replace("_", " "),
            plain(decision_value(name, setting)),
            tuple(_cell(name, setting, column, found) for column, found in zip(columns, compared, strict=True)),
        )
        for name in names
    )
    return ContextTable(tuple((source.title or source.name, part) for source, part in columns), rows)


def _columns(source: Source) -> Iterator[tuple[Source, str]]:
    """Yield the whole source, then its parts: those with a context of their own, else those of the records."""
    yield source, ""
    parts = dict.fromkeys(source.part_contexts)
    if source.records is not None and _record_conditions(source):
        parts.update(dict.fromkeys(source.records.part_names))
    for part in list(parts)[:PARTS_SHOWN]:
        yield source, part


def _compared(source: Source, part: str, setting: Setting) -> tuple[Comparison, ...]:
    return compare_contexts(source.context_of(part) if part else source.context, setting)


def _record_conditions(source: Source) -> tuple[str, ...]:
    return () if source.records is None else tuple(str(name) for name in source.records.conditions.columns)


def _cell(name: str, setting: Setting, column: tuple[Source, str], found: Mapping[str, Comparison]) -> ContextCell:
    source, part = column
    stated = found.get(name)
    if (stated is None or stated.source_value is None) and name in _record_conditions(source):
        assert source.records is not None
        return _of_records(name, setting, source.records.of_part(part) if part else source.records)
    if stated is None:
        stated = compare(name, None, decision_value(name, setting))
    score = (
        significant(stated.low, 2) if stated.exact else f"{significant(stated.low, 2)} to {significant(stated.high, 2)}"
    )
    return ContextCell(stated.status, plain(stated.source_value), score, stated.note)


def _of_records(name: str, setting: Setting, records: Records) -> ContextCell:
    """Summarise a condition that the records state one by one."""
    values = records.conditions[name].map(recorded_value) if len(records) else pd.Series(dtype=object)
    if not len(values):
        return ContextCell(UNRECORDED, "no records")
    wanted, similarities = decision_value(name, setting), setting.similarities.get(name)
    counts = Counter(None if pd.isna(value) else value for value in values)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    compared = [(compare(name, value, wanted, similarities), count) for value, count in ordered]
    states = list(dict.fromkeys(one.status for one, _ in compared))
    shares = ", ".join(f"{status} in {percent(_share(compared, status))}" for status in states)
    known = [(value, count) for value, count in ordered if value is not None]
    words = [f"{plain(value)} ({percent(count / len(values))})" for value, count in known[:VALUES_SHOWN]]
    if len(known) > VALUES_SHOWN:
        words.append(f"{len(known) - VALUES_SHOWN} other values")
    if counts[None]:
        words.append(f"not recorded ({percent(counts[None] / len(values))})")
    return ContextCell(
        states[0] if len(states) == 1 else MIXED, ", ".join(words), "", f"{len(values)} records: {shares}"
    )


def _share(compared: list[tuple[Comparison, int]], status: str) -> float:
    return sum(count for one, count in compared if one.status == status) / sum(count for _, count in compared)
