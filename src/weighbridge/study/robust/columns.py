"""Criteria of single molecules that rest on what is not known of a source, and how they follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.evidence.indicators.matching import condition_match, context_match, wanted_conditions
from weighbridge.evidence.indicators.pooling import nearest_mean
from weighbridge.evidence.indicators.view import View
from weighbridge.study.robust.unknowns import COMPOSITE, Unknown

if TYPE_CHECKING:
    from weighbridge.study.decision import Decision

__all__ = ["moved_columns"]


def moved_columns(decision: Decision, unknown: Unknown, table: Floats, places: Floats) -> dict[int, Floats]:
    """Return the columns of the decision matrix that an unknown moves, along its interval.

    Parameters
    ----------
    decision, unknown
        The decision, and what is not known.
    table
        Shape (n, m): the values as the method takes them.
    places
        Shape (p,) in [0, 1]: where in its interval the unknown lies.

    Returns
    -------
    columns
        Column number → (p, n) values. A molecule's value rests on its nearest training records of
        the source; where they do not tell a condition, the value is an interval, and all molecules
        move along theirs together.
    """
    matrix = decision.matrix
    found: dict[int, Floats] = {}
    for column, name in enumerate(matrix.names):
        if name not in unknown.criteria:
            continue
        low, high = matrix.low[:, column], matrix.high[:, column]
        with np.errstate(invalid="ignore"):
            width = np.where((low < high) & ~matrix.missing[:, column], high - low, 0.0)
        if decision.plans[name].library_id == COMPOSITE and unknown.name != COMPOSITE:
            width *= _part_of_composite(decision, unknown)
        if (width > 0).any():
            found[column] = table[:, column] + (places[:, None] - 0.5) * width
    return found


def _part_of_composite(decision: Decision, unknown: Unknown) -> Floats:
    """Return (n,) which part of the interval of the mean match one condition causes, 0 where none is told."""
    study = decision.study
    view = View(study.sources[unknown.source], study.setting)
    own = nearest_mean(condition_match(view, unknown.name), view)
    whole = nearest_mean(context_match(view), view)
    rows = study.molecules.index.get_indexer(decision.matrix.labels)
    width = (own.high - own.low)[rows] / len(wanted_conditions(study.setting))
    total = (whole.high - whole.low)[rows]
    with np.errstate(invalid="ignore"):
        share: Floats = np.where(total > 0, width / np.where(total > 0, total, 1.0), 0.0)
    return share
