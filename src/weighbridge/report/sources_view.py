"""Source cards: what each source is, what its indicators say, and how its parts differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weighbridge.report.numbers import plain
from weighbridge.report.words import reading_words

if TYPE_CHECKING:
    from weighbridge.evidence.library import LibraryCriterion
    from weighbridge.evidence.reading import Reading
    from weighbridge.evidence.source import Source
    from weighbridge.evidence.trust import PartRating, Rating
    from weighbridge.study.decision import Decision

__all__ = ["IndicatorRow", "PartsTable", "SourceCard", "source_cards"]


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One indicator's reading of a source, with its definition from the library."""

    key: str
    title: str
    reading: str
    exact: bool
    known: bool
    n: int
    utility: float
    utility_low: float
    utility_high: float
    weight: float
    note: str
    definition: str
    formula: str
    citation: str
    range: str


@dataclass(frozen=True, slots=True)
class PartsTable:
    """The parts of a pooled source, each with its own readings.

    Attributes
    ----------
    head
        Titles of the indicators.
    rows
        (part, records, score, low, high, cells); a cell is (words, whether it is the whole source's).
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, int, float, float, float, tuple[tuple[str, bool], ...]], ...]


@dataclass(frozen=True, slots=True)
class SourceCard:
    """One source."""

    name: str
    title: str
    kind: str
    unit: str
    about: str
    licence: str
    share: float
    counts: tuple[tuple[str, int], ...]
    indicators: tuple[IndicatorRow, ...]
    parts: PartsTable | None
    score: float | None


def source_cards(decision: Decision, library: Mapping[str, LibraryCriterion]) -> tuple[SourceCard, ...]:
    """Return a card for each source, in the study's order.

    Parameters
    ----------
    library
        Indicator id → definition, with what the study changes.
    """
    return tuple(_card(decision, library, name, source) for name, source in decision.study.sources.items())


def _card(decision: Decision, library: Mapping[str, LibraryCriterion], name: str, source: Source) -> SourceCard:
    stated, rated = decision.study.file.sources.get(name), decision.trust.rated
    parts = None if rated is None else rated.parts.get(name)
    return SourceCard(
        name=name,
        title=source.title or name,
        kind=source.kind,
        unit=source.unit,
        about="" if stated is None else stated.about,
        licence="" if stated is None else stated.licence,
        share=decision.trust.used[name],
        counts=_counts(source),
        indicators=() if rated is None else tuple(_indicator(rated, library, name, key) for key in rated.weights),
        parts=None if parts is None or rated is None else _parts(rated, parts, library),
        score=None if rated is None else float(rated.score[name]),
    )


def _counts(source: Source) -> tuple[tuple[str, int], ...]:
    records = source.records
    counts = (
        ("molecules predicted", 0 if source.predictions is None else int(source.predictions["score"].notna().sum())),
        ("training records", 0 if records is None else len(records)),
        ("parts", 0 if records is None else len(records.part_names)),
        ("molecules in validation", 0 if source.validation is None else len(source.validation)),
        ("bridging pairs", 0 if source.bridging is None else len(source.bridging)),
    )
    return tuple((words, count) for words, count in counts if count)


def _indicator(rated: Rating, library: Mapping[str, LibraryCriterion], source: str, key: str) -> IndicatorRow:
    reading, definition = rated.readings[source][key], library[key]
    return IndicatorRow(
        key=key,
        title=definition.title,
        reading=reading_words(reading, definition.unit),
        exact=reading.exact,
        known=reading.known,
        n=reading.n,
        utility=float(rated.utilities[key][source]),
        utility_low=float(rated.utilities_low[key][source]),
        utility_high=float(rated.utilities_high[key][source]),
        weight=rated.weights[key],
        note=reading.note,
        definition=definition.definition,
        formula=definition.formula,
        citation=definition.citation,
        range=_range(definition),
    )


def _range(definition: LibraryCriterion) -> str:
    if definition.worst is None or definition.best is None:
        return "no declared range"
    unit = f" {definition.unit}" if definition.unit else ""
    return f"{plain(definition.worst)}{unit} counts 0, {plain(definition.best)}{unit} counts 1 ({definition.shape})"


def _parts(rated: Rating, parts: PartRating, library: Mapping[str, LibraryCriterion]) -> PartsTable:
    keys = list(rated.weights)
    rows = tuple(
        (
            str(part),
            int(parts.records[part]),
            float(parts.score[part]),
            float(parts.low[part]),
            float(parts.high[part]),
            tuple(_cell(parts.readings[str(part)][key], bool(parts.borrowed.loc[part, key])) for key in keys),
        )
        for part in parts.score.index
    )
    return PartsTable(tuple(library[key].title for key in keys), rows)


def _cell(reading: Reading, borrowed: bool) -> tuple[str, bool]:
    if borrowed:
        return "as the whole source", True
    return (reading_words(reading) if reading.known else "not known"), False
