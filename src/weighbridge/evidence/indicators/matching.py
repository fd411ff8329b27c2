"""Match of the experimental conditions, record by record."""

from __future__ import annotations

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.evidence.context import CONDITIONS, Comparison, compare, decision_value
from weighbridge.evidence.indicators.view import LABEL_CUTOFFS, NotToldError, RecordQuality, View
from weighbridge.evidence.source import Condition, Setting

__all__ = ["CONDITIONS", "condition_match", "condition_widths", "context_match", "wanted_conditions"]


def condition_match(view: View, condition: str) -> RecordQuality:
    """Return how well each record's value of a condition matches the decision's."""
    low, high = _scores(view, condition)
    words = "pH" if condition == "ph" else condition.replace("_", " ")
    if decision_value(condition, view.setting) is None:
        return _quality(low, high, f"cannot be compared: the decision does not record the {words}")
    return _quality(low, high, f"do not tell how well the {words} matches")


def _quality(low: Floats, high: Floats, unknown: str) -> RecordQuality:
    exact = np.where(low == high, low, np.nan)
    return RecordQuality(exact, low, high, np.ones(len(low), dtype=bool), unknown, bounded=True)


def _scores(view: View, condition: str) -> tuple[Floats, Floats]:
    """Return the lowest and highest score of each record, the mean over its parts."""
    wanted = decision_value(condition, view.setting)
    similarities = view.setting.similarities.get(condition)
    known: dict[tuple[Condition, ...], tuple[float, float]] = {}
    rows = view.condition_rows(condition)
    for values in set(rows):
        known[values] = _mean([compare(condition, value, wanted, similarities) for value in values])
    scores = np.array([known[values] for values in rows], dtype=np.float64)
    return scores[:, 0], scores[:, 1]


def _mean(comparisons: list[Comparison]) -> tuple[float, float]:
    lows = [comparison.low for comparison in comparisons]
    highs = [comparison.high for comparison in comparisons]
    return sum(lows) / len(lows), sum(highs) / len(highs)


def context_match(view: View) -> RecordQuality:
    """Return the mean match of each record over the conditions the decision records."""
    scores = np.array([_scores(view, name) for name in wanted_conditions(view.setting)])
    low, high = scores.mean(axis=0)
    return _quality(low, high, "leave a condition unrecorded or unplaced")


def condition_widths(view: View) -> dict[str, float]:
    """Return how much of the interval of `context_match` each condition causes, for those that cause some.

    The interval is a mean over conditions of means over records, so the widths of the conditions add
    up to it.

    Raises
    ------
    NotToldError
        If the decision records no conditions, or no record belongs to the part.
    """
    if not view.experiments:
        raise NotToldError(f"no record belongs to the part {view.part!r}")
    wanted = wanted_conditions(view.setting)
    widths = {}
    for name in wanted:
        low, high = _scores(view, name)
        widths[name] = float((high - low).mean()) / len(wanted)
    return {name: width for name, width in widths.items() if width > 0}


def wanted_conditions(setting: Setting) -> list[str]:
    """Return the conditions the decision records, the label's cut-off aside.

    Raises
    ------
    NotToldError
        If it records none.
    """
    names = dict.fromkeys("age" if name == "year" else name for name in setting.context.conditions)
    if setting.year is not None:
        names |= {"age": None}
    wanted = [name for name in names if name not in LABEL_CUTOFFS and decision_value(name, setting) is not None]
    if not wanted:
        raise NotToldError("the decision records no conditions")
    return wanted
