"""What would bring the next molecules in, in words: other weights, or one other score."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any, Final

from weighbridge.report.numbers import percent, significant
from weighbridge.report.words import criterion_titles, joined

if TYPE_CHECKING:
    from weighbridge.core.criterion import Criterion
    from weighbridge.robustness.change import SmallestChange
    from weighbridge.robustness.score_change import ScoreChange, ScoreChanges
    from weighbridge.study.robust.value import Robustness

__all__ = ["ChangeRow", "ScoreRow", "change_rows", "named", "score_rows"]

NAMED: Final = 6
"""Molecules, or criteria, named in a cell before the rest is counted."""

MOVED: Final = 3
"""Weights named that move most."""

UNMOVED: Final = 1e-6
"""A weight that changes by no more than this has not moved."""

ROUNDED: Final = 0.1
"""Rounding adds no more than this part of the change to the score that is needed."""

MOST_DIGITS: Final = 13
"""So many digits tell any two scores apart that are worth telling apart."""

WRITTEN_OUT: Final = (1e-4, 1e7)
"""Scores between these are written without an exponent, as the report's other numbers are."""

MINUS: Final = "−"


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """The least change of the weights that brings a molecule in.

    Attributes
    ----------
    label, rank
        The molecule and its rank today.
    moved
        Share of the weight that moves from some criteria to others, half of Σ |w' − w|; None where no
        weights do, or none were found.
    said
        The same in words: ``at most`` where a smaller change may exist.
    moves
        Which weights move most; or what is known of why none do.
    """

    label: str
    rank: int
    moved: float | None
    said: str
    moves: str


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """What one score of a molecule would have to be, criterion by criterion."""

    label: str
    rank: int
    scores: str


def named(labels: Iterable[Any], last: str = "and") -> str:
    """Name a few, and count the rest; `last` stands before the last of them."""
    names = [str(label) for label in labels]
    more = len(names) - NAMED
    return joined([*names[:NAMED], f"{more} more"] if more > 0 else names, last)


def change_rows(found: Robustness) -> tuple[ChangeRow, ...]:
    """Return the smallest changes of the weights, by rank."""
    ranks = found.decision.ranking.ranks
    return tuple(
        ChangeRow(str(label), int(ranks[label]), *(_barred(one) if one.weights is None else _moving(found, one)))
        for label, one in found.changes.items()
    )


def _barred(change: SmallestChange) -> tuple[None, str, str]:
    """Say that no weights do where that is proved, and else that none were found."""
    if not change.exact:
        return None, "none found", "no weights were found that bring it in; there may be some"
    if not change.obstacles:
        return None, "none", "no weights bring it in"
    several = len(change.obstacles) > 1
    whom = named(change.obstacles)
    ahead = f"one of {whom} is" if several and change.top == 1 else f"{whom} {'are' if several else 'is'}"
    missing = change.top - len(change.obstacles) if change.top > 1 else 0
    others = f", and at least {missing} of the others each time" if missing > 0 else ""
    return None, "none", f"no weights bring it in: {ahead} ahead whatever they are{others}"


def _moving(found: Robustness, change: SmallestChange) -> tuple[float, str, str]:
    titles, now, new = criterion_titles(found.decision), change.today, change.weights
    assert new is not None
    steps = {name: abs(new[name] - now[name]) for name in titles}
    moved = sorted((name for name in titles if steps[name] > UNMOVED), key=lambda name: -steps[name])
    words = [f"{titles[name]} {percent(now[name], 3)} to {percent(new[name], 3)}" for name in moved[:MOVED]]
    share = change.distance / 2
    return share, f"{'' if change.exact else 'at most '}{percent(share)}", "; ".join(words)


def score_rows(found: Robustness) -> tuple[ScoreRow, ...]:
    """Return by molecule the single scores that would bring it in, the least of its criterion's range first."""
    ranks = found.decision.ranking.ranks
    return tuple(
        ScoreRow(str(label), int(ranks[label]), _scores(found, one)) for label, one in found.score_changes.items()
    )


def _scores(found: Robustness, changes: ScoreChanges) -> str:
    titles, criteria = criterion_titles(found.decision), found.decision.matrix.criteria
    able = sorted(
        (name for name, one in changes.items() if one.needed is not None),
        key=lambda name: _part_of_range(changes[name], criteria[name]),
    )
    words = [f"{titles[name]} {_score(changes[name], criteria[name])}" for name in able[:NAMED]]
    if len(able) > NAMED:
        more = len(able) - NAMED
        words.append(f"or {more} more criteri{'on' if more == 1 else 'a'}")
    never = [titles[name] for name in changes if name not in able]
    if not able:
        return "no single score was found that would do" if not changes.monotone else "no single score would do"
    if never:
        words.append(f"no {'value' if changes.monotone else 'value found'} of {named(never, 'or')} would do")
    return "; ".join(words)


def _part_of_range(one: ScoreChange, criterion: Criterion) -> float:
    """Return how far a score must move as a part of its criterion's declared range; last where that is not known."""
    if one.change is None or criterion.worst is None or criterion.best is None:
        return float("inf")
    return abs(one.change / (criterion.best - criterion.worst))


def _score(one: ScoreChange, criterion: Criterion) -> str:
    """Write today's score and the one needed with as many digits as tell them apart, never short of the one needed."""
    assert one.needed is not None
    unit = f" {criterion.unit}" if criterion.unit else ""
    slack = math.inf if one.change is None else ROUNDED * abs(one.change)
    now, needed = significant(one.current), ""
    for digits in range(3, MOST_DIGITS):
        now, needed = significant(one.current, digits), _beyond(one.needed, digits, criterion)
        if _inside(needed, criterion) and abs(_read(needed) - one.needed) <= slack:
            break
    return f"{now} to {needed}{unit}"


def _beyond(value: float, digits: int, criterion: Criterion) -> str:
    """Write a score with so many digits, rounded towards the better."""
    number = Decimal(repr(value))
    if number == 0:
        return "0"
    step = Decimal(1).scaleb(number.adjusted() - digits + 1)
    better = ROUND_CEILING if criterion.sign > 0 else ROUND_FLOOR
    if not WRITTEN_OUT[0] <= abs(value) < WRITTEN_OUT[1]:
        return f"{float(number.quantize(step, rounding=better)):.{digits - 1}e}".replace("-", MINUS)
    text = f"{number.quantize(min(step, Decimal(1)), rounding=better):f}"
    text = text.rstrip("0").rstrip(".") if "." in text and float(text).is_integer() else text
    return text.replace("-", MINUS)


def _inside(text: str, criterion: Criterion) -> bool:
    """Whether a rounded score is within the declared range."""
    if criterion.best is None:
        return True
    return (float(criterion.best) - _read(text)) * criterion.sign >= 0


def _read(text: str) -> float:
    return float(text.replace(MINUS, "-"))
