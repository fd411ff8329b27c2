"""What is not known of the sources: conditions and indicators that are intervals, and how shares follow them.

A source's rated score is Σ_k v_k u_k, with u_k the mean over its parts. An unknown moves every u_k it
belongs to along its interval: u_k = low_k + Σ_q t_q · width_qk with t_q in [0, 1], ½ for the value the
decision is made with. One unknown moves all parts of a source together: if nobody wrote the pH down,
the parts' own luck does not average out. So the shares' extremes are those that the trust layer shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.evidence.indicators.matching import CONDITIONS, condition_widths
from weighbridge.evidence.indicators.view import NotToldError, View
from weighbridge.evidence.library import LibraryCriterion, load_library
from weighbridge.evidence.trust import Rating, utility_span
from weighbridge.study.trust import trust_definitions

if TYPE_CHECKING:
    from weighbridge.evidence.reading import Reading
    from weighbridge.study.decision import Decision

__all__ = ["COMPOSITE", "ShareModel", "Unknown", "share_model"]

COMPOSITE: Final = "context_match"
"""The indicator that is the mean of several conditions; its interval is taken apart into theirs."""

_MIDDLE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that is not known of a source, and known to lie in an interval.

    Attributes
    ----------
    source
        The source's name.
    name, title
        A condition (``ph``) or the id of an indicator; and how people call it.
    is_condition
        Whether it is an experimental condition.
    indicators, criteria
        The reliability indicators and the criteria of single molecules it moves.
    why
        What is not known, in words: "120 of 300 records do not tell how well the pH matches".
    """

    source: str
    name: str
    title: str
    is_condition: bool
    indicators: tuple[str, ...]
    criteria: tuple[str, ...]
    why: str


@dataclass(frozen=True, eq=False)
class ShareModel:
    """The sources' rated shares as a function of the unknowns and of the indicators' weights.

    Attributes
    ----------
    sources, indicators
        Names, in the order of the arrays.
    low
        Shape (sources, indicators): utilities with every unknown at its low end.
    unknowns
        What is not known.
    widths
        Shape (unknowns, indicators): how far each unknown moves the utilities of its source.
    owner
        Shape (unknowns,): the row of its source.
    """

    sources: tuple[str, ...]
    indicators: tuple[str, ...]
    low: Floats
    unknowns: tuple[Unknown, ...]
    widths: Floats
    owner: tuple[int, ...]

    def scores(self, places: Floats, weights: Floats) -> Floats:
        """Return the sources' scores, shape (S, sources).

        Parameters
        ----------
        places
            Shape (S, unknowns) in [0, 1]: where in its interval each unknown lies.
        weights
            Shape (S, indicators): the indicators' weights.
        """
        scores: Floats = np.einsum("sk,rk->sr", weights, self.low)
        for number, row in enumerate(self.owner):
            scores[:, row] += places[:, number] * np.einsum("sk,k->s", weights, self.widths[number])
        return scores

    def shares(self, places: Floats, weights: Floats) -> Floats:
        """Return the rated shares, shape (S, sources); NaN where every source scores 0."""
        scores = self.scores(places, weights)
        total = scores.sum(axis=1, keepdims=True)
        shares: Floats = np.where(total > 0, scores / np.where(total > 0, total, 1.0), np.nan)
        return shares

    @property
    def middle(self) -> Floats:
        """Shape (1, unknowns): every unknown in the middle of its interval, as the decision has it."""
        return np.full((1, len(self.unknowns)), _MIDDLE)


@dataclass
class _Gathered:
    """An unknown while its source's indicators are gone through."""

    widths: dict[str, float] = field(default_factory=dict)
    why: str = ""


def share_model(decision: Decision) -> ShareModel:
    """Return what is not known of the sources, and how the rated shares depend on it.

    Without rated sources there are no indicators, and only those unknowns on which a criterion of
    single molecules rests (`Unknown.criteria`). An interval of the composite `context_match` belongs
    to several conditions: it is divided among them in proportion to what each of them leaves open,
    which is exact where the utility is linear over the interval, as the library's is.
    """
    rating = decision.trust.rated
    definitions = trust_definitions(decision.study, load_library())
    indicators = () if rating is None else tuple(rating.weights)
    sources = tuple(decision.study.sources)
    low = np.zeros((len(sources), len(indicators)))
    unknowns: list[Unknown] = []
    widths: list[list[float]] = []
    owner: list[int] = []
    for row, source in enumerate(sources):
        found: dict[str, _Gathered] = {}
        for column, key in enumerate(indicators):
            assert rating is not None
            low[row, column] = _gather(decision, rating, source, key, definitions[key], found)
        moved = _moved_criteria(decision, source, found)
        for name, one in found.items():
            unknowns.append(_named(source, name, one, moved.get(name, []), definitions))
            widths.append([one.widths.get(key, 0.0) for key in indicators])
            owner.append(row)
    table = np.array(widths, dtype=np.float64).reshape(len(unknowns), len(indicators))
    return ShareModel(sources, indicators, low, tuple(unknowns), table, tuple(owner))


def _moved_criteria(decision: Decision, source: str, found: dict[str, _Gathered]) -> dict[str, list[str]]:
    """Return unknown → criteria of single molecules that rest on it; unknowns met here first are added."""
    matrix = decision.matrix
    moved: dict[str, list[str]] = {}
    for column, criterion in enumerate(matrix.names):
        plan = decision.plans[criterion]
        if plan.kind != "indicator" or plan.source != source or plan.library_id not in (*CONDITIONS, COMPOSITE):
            continue
        with np.errstate(invalid="ignore"):
            open_rows = (matrix.low[:, column] < matrix.high[:, column]) & ~matrix.missing[:, column]
        causes = _causes(decision, source, plan.library_id, None) if open_rows.any() else {}
        for name in causes:
            why = f"{int(open_rows.sum()):,} molecules have neighbours that do not tell it"
            found.setdefault(name, _Gathered(why=why))
            moved.setdefault(name, []).append(criterion)
    return moved


def _named(
    source: str, name: str, found: _Gathered, criteria: list[str], definitions: Mapping[str, LibraryCriterion]
) -> Unknown:
    title = definitions[name].title if name in definitions else name.replace("_", " ")
    is_condition = name in CONDITIONS or name not in definitions
    return Unknown(source, name, title, is_condition, tuple(found.widths), tuple(criteria), found.why)


def _gather(
    decision: Decision,
    rating: Rating,
    source: str,
    key: str,
    definition: LibraryCriterion,
    found: dict[str, _Gathered],
) -> float:
    """Return the low end of a source's utility; what its interval is due to is added to `found`."""
    bottom, whole = 0.0, rating.readings[source][key]
    for part, share, reading in _rows(rating, source, key):
        low, _, high = utility_span(reading, definition)
        bottom += share * low
        if high <= low:
            continue
        for name, fraction in _causes(decision, source, key, part).items():
            one = found.setdefault(name, _Gathered())
            one.widths[key] = one.widths.get(key, 0.0) + share * (high - low) * fraction
            one.why = one.why or whole.unknown or whole.note or reading.unknown or reading.note
    return bottom


def _rows(rating: Rating, source: str, key: str) -> list[tuple[str | None, float, Reading]]:
    """Return what a source's utility is the mean of: part (None for the whole), its share, the reading taken."""
    whole = rating.readings[source][key]
    parts = rating.parts.get(source)
    if parts is None:
        return [(None, 1.0, whole)]
    total = float(parts.records.sum())
    rows = []
    for part in parts.records.index:
        borrowed = bool(parts.borrowed.loc[part, key])
        reading = whole if borrowed else parts.readings[part][key]
        rows.append((None if borrowed else str(part), float(parts.records[part]) / total, reading))
    return rows


def _causes(decision: Decision, source: str, key: str, part: str | None) -> dict[str, float]:
    """Return which unknowns an indicator's interval is due to, with their fractions of it."""
    if key != COMPOSITE:
        return {key: 1.0}
    try:
        widths = condition_widths(View(decision.study.sources[source], decision.study.setting, part))
    except NotToldError:
        return {key: 1.0}
    total = sum(widths.values())
    return {name: width / total for name, width in widths.items()} if total > 0 else {key: 1.0}
