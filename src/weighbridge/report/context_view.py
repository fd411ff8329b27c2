"""The context comparison: every condition of the decision against every source and part."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from weighbridge.evidence.context import (
    Comparison,
    compare,
    compare_contexts,
    context_value,
    decision_value,
    recorded_value,
)
from weighbridge.report.numbers import percent, plain, significant

if TYPE_CHECKING:
    from weighbridge.evidence.source import Condition, Setting, Source
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
    left_off
        (source title, how many of its parts have no column), for sources with more than are shown.
    """

    head: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str, tuple[ContextCell, ...]], ...]
    left_off: tuple[tuple[str, int], ...] = ()


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
    counts = [(source.title or source.name, len(_parts(source))) for source in decision.study.sources.values()]
    left_off = tuple((title, count - PARTS_SHOWN) for title, count in counts if count > PARTS_SHOWN)
    return ContextTable(tuple((source.title or source.name, part) for source, part in columns), rows, left_off)


def _columns(source: Source) -> Iterator[tuple[Source, str]]:
    """Yield the whole source, then the first of its parts."""
    yield source, ""
    for part in _parts(source)[:PARTS_SHOWN]:
        yield source, part


def _parts(source: Source) -> list[str]:
    """Return the parts with a context of their own, then those whose records state conditions."""
    parts = dict.fromkeys(source.part_contexts)
    if source.records is not None and _record_conditions(source):
        parts.update(dict.fromkeys(source.records.part_names))
    return list(parts)


def _compared(source: Source, part: str, setting: Setting) -> tuple[Comparison, ...]:
    return compare_contexts(source.context_of(part) if part else source.context, setting)


def _record_conditions(source: Source) -> tuple[str, ...]:
    return () if source.records is None else tuple(str(name) for name in source.records.conditions.columns)


def _cell(name: str, setting: Setting, column: tuple[Source, str], found: Mapping[str, Comparison]) -> ContextCell:
    source, part = column
    if name in _record_conditions(source):
        return _of_records(name, setting, source, part)
    stated = found.get(name)
    if stated is None:
        stated = compare(name, None, decision_value(name, setting))
    score = (
        significant(stated.low, 2) if stated.exact else f"{significant(stated.low, 2)} to {significant(stated.high, 2)}"
    )
    return ContextCell(stated.status, plain(stated.source_value), score, stated.note)


def _of_records(name: str, setting: Setting, source: Source, part: str) -> ContextCell:
    """Summarise a condition that the records state one by one."""
    counts = _counts(name, source, part)
    total = sum(counts.values())
    if not total:
        return ContextCell(UNRECORDED, "no records")
    wanted, similarities = decision_value(name, setting), setting.similarities.get(name)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    compared = [(compare(name, value, wanted, similarities), count) for value, count in ordered]
    states = list(dict.fromkeys(one.status for one, _ in compared))
    shares = ", ".join(f"{status} in {percent(_share(compared, status))}" for status in states)
    known = [(value, count) for value, count in ordered if value is not None]
    words = [f"{plain(value)} ({percent(count / total)})" for value, count in known[:VALUES_SHOWN]]
    more = len(known) - VALUES_SHOWN
    if more > 0:
        words.append(f"{more} other value{'' if more == 1 else 's'}")
    if None in counts:
        words.append(f"not recorded ({percent(counts[None] / total)})")
    state = states[0] if len(states) == 1 else MIXED
    return ContextCell(state, ", ".join(words), "", f"{_records(round(total))}: {shares}")


def _counts(name: str, source: Source, part: str) -> dict[Condition, float]:
    """Count the records that state each value; a silent one takes its parts' value, else the source's.

    As the indicators read it: a record that belongs to several parts counts for each a share.
    """
    assert source.records is not None
    records = source.records.of_part(part) if part else source.records
    owners = ((part,),) * len(records) if part else records.parts or ((),) * len(records)
    own = [recorded_value(value) for value in records.conditions[name]] if len(records) else []
    counts: defaultdict[Condition, float] = defaultdict(float)
    for (value, several), number in Counter(zip(own, owners, strict=True)).items():
        contexts = [source.context_of(one) for one in several] or [source.context]
        values = [context_value(name, context) for context in contexts] if value is None else [value]
        for one in values:
            counts[one] += number / len(values)
    return dict(counts)


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count} records"


def _share(compared: list[tuple[Comparison, float]], status: str) -> float:
    return sum(count for one, count in compared if one.status == status) / sum(count for _, count in compared)
