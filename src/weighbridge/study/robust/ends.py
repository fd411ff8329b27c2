"""Which unknown could change the choice: each fixed at either end of its interval, all else as decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from weighbridge.core.arrays import Booleans, Floats, Integers
from weighbridge.core.tree import TRUST
from weighbridge.robustness.forms import LinearForm
from weighbridge.robustness.rescoring import Rescorer
from weighbridge.robustness.variations import Variation, variation
from weighbridge.study.robust.columns import moved_columns
from weighbridge.study.robust.draws import blended, leaf_products, trust_locals
from weighbridge.study.robust.unknowns import ShareModel, Unknown

if TYPE_CHECKING:
    from weighbridge.study.decision import Decision

__all__ = ["CellEffect", "Guarantee", "UnknownEffect", "cell_effects", "unknown_effects"]

Guarantee = Literal["exact", "checked"]
"""Whether what holds at both ends must hold between them, or was looked at in some places."""

PLACES: Final = 11
"""Where an unknown is looked at, ends and middle included."""

CELLS: Final = 200
"""The most uncertain values that are tried one by one."""


@dataclass(frozen=True, slots=True)
class UnknownEffect:
    """What an unknown could do to the first k.

    Attributes
    ----------
    unknown
        What is not known.
    shares
        The trust share of its source with the unknown at its low and at its high end.
    low, high
        The ranking at either end beside the decision's; None, with `refused`, where there is none.
    between
        Molecules that enter or leave the first k only somewhere between the ends.
    guarantee
        ``exact``: scores are linear in weights that move along a straight line, so an order of two
        molecules that holds at both ends holds everywhere between. ``checked``: the ends and nine
        points between were looked at, so far as they have a ranking.
    refused
        Why an end has no ranking; what the rest of the interval does is told all the same.
    """

    unknown: Unknown
    shares: tuple[float, float]
    low: Variation | None
    high: Variation | None
    between: tuple[Any, ...]
    guarantee: Guarantee
    refused: str = ""

    @property
    def could_change(self) -> bool:
        """Whether any place in the interval that could be tried gives another set of the first k."""
        ends = any(end is not None and end.top_changed for end in (self.low, self.high))
        return ends or bool(self.between)

    @property
    def missed(self) -> tuple[str, ...]:
        """Which ends have no ranking: ``low``, ``high``."""
        return tuple(name for name, end in (("low", self.low), ("high", self.high)) if self.refused and end is None)

    @property
    def moves(self) -> int:
        """How many molecules enter at the end where most do."""
        return max((len(end.entering) for end in (self.low, self.high) if end is not None), default=0)


@dataclass(frozen=True, slots=True)
class CellEffect:
    """What one uncertain value could do: a missing or censored one, or one that rests on unknowns.

    Attributes
    ----------
    molecule, criterion
        Whose value.
    ends
        Its low and high end, in the criterion's unit.
    low, high
        The ranking with the value at either end.
    """

    molecule: Any
    criterion: str
    ends: tuple[float, float]
    low: Variation
    high: Variation

    @property
    def could_change(self) -> bool:
        """Whether either end gives another set of the first k."""
        return self.low.top_changed or self.high.top_changed


@dataclass(frozen=True, eq=False)
class _Before:
    """The decision's ranking, ready for comparison."""

    ready: Rescorer
    weights: Floats
    ranks: Integers
    top: int

    def against(self, name: str, scores: Floats, weights: Floats) -> Variation:
        after = self.ready.ranks(scores, weights)
        return variation(name, self.ready.matrix.labels, self.ranks, after, self.top)

    def top_set(self, scores: Floats, weights: Floats) -> frozenset[Any]:
        labels = self.ready.matrix.labels
        return frozenset(labels[self.ready.ranks(scores, weights) <= self.top])


def unknown_effects(decision: Decision, model: ShareModel, ready: Rescorer, top: int) -> tuple[UnknownEffect, ...]:
    """Fix each unknown at the ends of its interval and rank again.

    Parameters
    ----------
    decision, model
        The decision and its `share_model`.
    ready
        The decision's matrix and method.
    top
        The k of the first k.

    Returns
    -------
    effects
        In the order of the model's unknowns. A trust share is monotone in each of its unknowns, so
        the ends are its extremes. That carries over to the order of two molecules where the method is
        linear in the weights (PROMETHEE II, additive) and one group of the tree holds the source's
        share; elsewhere nine points between the ends are looked at as well.
    """
    weights = decision.weights.array(decision.matrix.names)
    before = _Before(ready, weights, ready.ranks(ready.whole.scores(weights), weights), top)
    return tuple(_effect(decision, model, before, number) for number in range(len(model.unknowns)))


def _effect(decision: Decision, model: ShareModel, before: _Before, number: int) -> UnknownEffect:
    unknown = model.unknowns[number]
    grid = np.linspace(0.0, 1.0, PLACES)
    weights, shares = _weights_at(decision, model, number, grid)
    columns = moved_columns(decision, unknown, before.ready.table, grid)
    rated = ~np.isnan(weights).any(axis=1)
    ranked = {place: _scores(before.ready, weights[place], columns, place) for place in np.flatnonzero(rated).tolist()}
    last = PLACES - 1
    low = before.against("low", ranked[0], weights[0]) if 0 in ranked else None
    high = before.against("high", ranked[last], weights[last]) if last in ranked else None
    now = before.top_set(before.ready.whole.scores(before.weights), before.weights)
    at_ends = {label for end in (low, high) if end is not None for label in (*end.entering, *end.leaving)}
    inside: set[Any] = set()
    for place, scores in ranked.items():
        inside |= now ^ before.top_set(scores, weights[place])
    labels = before.ready.matrix.labels
    straight = _is_straight(decision, unknown, before.ready)
    return UnknownEffect(
        unknown=unknown,
        shares=(float(shares[0]), float(shares[-1])),
        low=low,
        high=high,
        between=tuple(label for label in labels if label in inside - at_ends),
        guarantee="exact" if straight and rated.all() and not columns else "checked",
        refused="" if rated.all() else "every source would be rated 0",
    )


def _scores(ready: Rescorer, weights: Floats, columns: Mapping[int, Floats], place: int) -> Floats:
    """Return the scores with the weights, and with the columns that move, of one place in the interval."""
    if not columns:
        return ready.whole.scores(weights)
    table = ready.table.copy()
    for column, values in columns.items():
        table[:, column] = values[place]
    return ready.of(table).scores(weights)


def _weights_at(decision: Decision, model: ShareModel, number: int, grid: Floats) -> tuple[Floats, Floats]:
    """Return the criteria's weights (places, m) and the source's trust share with one unknown along its interval."""
    places = np.repeat(model.middle, len(grid), axis=0)
    places[:, number] = grid
    rating = decision.trust.rated
    weights = np.zeros(0) if rating is None else rating.weights.array(list(model.indicators))
    rated = model.shares(places, np.repeat(weights[None, :], len(grid), axis=0))
    judged = decision.trust.judged
    names = list(decision.study.sources)
    said = None if judged is None else np.repeat(judged.array(names)[None, :], len(grid), axis=0)
    single = decision.trust.rule == "single"
    shares = np.ones((len(grid), 1)) if single else blended(said, rated, decision.trust.lam)
    local = {
        name: np.repeat(one.array(list(one))[None, :], len(grid), axis=0) for name, one in decision.tree.local.items()
    }
    local.update(trust_locals(decision.study, shares))
    leaves = leaf_products(decision.study.tree, local)
    order = [decision.study.tree.leaves.index(name) for name in decision.matrix.names]
    return leaves[:, order], shares[:, names.index(model.unknowns[number].source)]


def _is_straight(decision: Decision, unknown: Unknown, ready: Rescorer) -> bool:
    """Whether the order of two molecules cannot change and change back along the unknown's interval.

    With one group of the tree that holds the share, all weights are affine in the local share of the
    source in it, whatever λ is: the shares of the other sources keep their proportions.
    """
    if not isinstance(ready.whole, LinearForm):
        return False
    holding = 0
    for node in decision.study.tree.groups:
        if node.weighting == TRUST and len(node.children) > 1:
            sources = [decision.study.file.criteria[child.name].source for child in node.children]
            holding += unknown.source in sources
    return holding <= 1


def cell_effects(
    decision: Decision, ready: Rescorer, top: int, limit: int = CELLS
) -> tuple[tuple[CellEffect, ...], int]:
    """Fix each uncertain value of the leading molecules at either end and rank again.

    Parameters
    ----------
    decision, ready, top
        As for `unknown_effects`.
    limit
        The most values that are tried, those of the best-ranked molecules first.

    Returns
    -------
    effects, untried
        One effect a value of the matrix that is an interval (censored, missing under the rule
        ``interval``, resting on conditions not recorded) among the first 2 k molecules, and how many
        more there are. The molecule's own place is monotone in its own value for TOPSIS under
        declared bounds, the additive methods and PROMETHEE II, so its ends are what it could do at most.
    """
    matrix = decision.matrix
    weights = decision.weights.array(matrix.names)
    before = _Before(ready, weights, ready.ranks(ready.whole.scores(weights), weights), top)
    cells = _uncertain_cells(matrix.low, matrix.high, before.ranks, 2 * top)
    return tuple(_cell(before, row, column) for row, column in cells[:limit]), max(len(cells) - limit, 0)


def _uncertain_cells(low: Floats, high: Floats, ranks: Integers, leading: int) -> list[tuple[int, int]]:
    with np.errstate(invalid="ignore"):
        open_cells: Booleans = (low < high) & (ranks <= leading)[:, None]
    rows, columns = np.nonzero(open_cells)
    order = np.lexsort((columns, rows, ranks[rows]))
    return [(int(rows[i]), int(columns[i])) for i in order]


def _cell(before: _Before, row: int, column: int) -> CellEffect:
    matrix = before.ready.matrix
    found = []
    ends = float(matrix.low[row, column]), float(matrix.high[row, column])
    for name, value in zip(("low", "high"), ends, strict=True):
        values = before.ready.table[row].copy()
        values[column] = value
        scores = before.ready.replaced(row, values).scores(before.weights)
        found.append(before.against(name, scores, before.weights))
    return CellEffect(matrix.labels[row], matrix.names[column], ends, found[0], found[1])
