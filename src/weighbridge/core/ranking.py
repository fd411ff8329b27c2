"""Results, typed by what they are: a complete ranking, a partial order, a chosen set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats, Integers
from weighbridge.errors import Fault, InputError

__all__ = ["ROUNDING", "ChosenSet", "PartialOrder", "Ranking", "competition_ranks"]

TIE_TOLERANCE: Final = 1e-12
"""Scores closer than this share of the score range are equal, chained along the sorted scores."""

ROUNDING: Final = 2.0**-48
"""Scores closer than this share of the numbers added up to them, 16 units in the last place, differ by rounding."""


def competition_ranks(scores: Floats, *, higher_is_better: bool = True, rounding: float = 0.0) -> Integers:
    """Rank scores, 1 the best; equal scores share the best rank of their group.

    Parameters
    ----------
    scores
        Shape (n,), finite.
    higher_is_better
        The orientation of the scores.
    rounding
        The rounding error of the scores; 0 for numbers that were not computed.

    Returns
    -------
    ranks
        Shape (n,). Scores are equal when neighbours in sorted order differ by at most
        `TIE_TOLERANCE` × (max − min), or by at most `rounding`: where all scores are equal their
        range itself is rounding. Equality is chained, so a run of near-equal scores is one group.
        This is the "competition" or "1224" rule.
    """
    if scores.size == 0:
        return np.empty(0, dtype=np.int64)
    # Equal scores share a rank, so the order among them does not matter and the fastest sort will do.
    order = np.argsort(scores)
    if higher_is_better:
        order = order[::-1]
    ordered = scores[order]
    limit = max(TIE_TOLERANCE * abs(ordered[0] - ordered[-1]), rounding)
    places = np.arange(1, scores.size + 1)
    places[1:][np.abs(np.diff(ordered)) <= limit] = 1
    ranks = np.empty(scores.size, dtype=np.int64)
    ranks[order] = np.maximum.accumulate(places)
    return ranks


@dataclass(frozen=True, eq=False, repr=False)
class Ranking:
    """A complete ranking: every molecule has a score and a rank, ties are ties.

    Attributes
    ----------
    method
        The method's name in `weighbridge.methods()`.
    labels, criteria
        Names of the rows and columns of the decision matrix.
    scores_array
        Shape (n,), in row order, never rounded.
    higher_is_better
        The orientation of the scores.
    parameters
        Everything that was chosen: normalization, v, preference functions.
    notes
        What a careful reader should know: normalised weights, clipped values, reversal risk.
    details
        Intermediate arrays by name, as the method documents them.
    contribute
        Returns the contributions of the given row numbers, shape (rows, m), which add up to the
        score minus the base; called only when contributions are asked for.
    base
        What the score would be with nothing contributed, by row number; 0 for most methods.
    deviate, deviate_limit
        Like `contribute`, measured from the average molecule instead of the anti-ideal, and for how
        many molecules that can be afforded; for effective weights. None where the two differ by a
        constant only.
    magnitude
        The size of the numbers that are added up to the scores, where they can cancel (net flows):
        it says how large the rounding error of a score near 0 is.
    """

    method: str
    labels: pd.Index[Any]
    criteria: tuple[str, ...]
    scores_array: Floats
    higher_is_better: bool
    contribute: Callable[[Integers], Floats]
    base: Callable[[Integers], Floats] | None = None
    deviate: Callable[[Integers], Floats] | None = None
    deviate_limit: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    details: Mapping[str, Floats] = field(default_factory=dict)
    magnitude: float = 0.0

    @property
    def rounding(self) -> float:
        """Scores no further apart than this differ by rounding only, and are tied."""
        scores = self.scores_array
        return ROUNDING * max(self.magnitude, float(scores.max(initial=0.0)), -float(scores.min(initial=0.0)))

    @cached_property
    def scores(self) -> pd.Series[float]:
        """The scores in row order."""
        return pd.Series(self.scores_array, index=self.labels, name="score")

    @cached_property
    def ranks(self) -> pd.Series[int]:
        """Competition ranks in row order, 1 the best."""
        ranks = competition_ranks(self.scores_array, higher_is_better=self.higher_is_better, rounding=self.rounding)
        return pd.Series(ranks, index=self.labels, name="rank")

    @cached_property
    def ties(self) -> pd.Series[bool]:
        """Whether a molecule shares its rank with another, in row order."""
        return self.ranks.duplicated(keep=False).rename("tied")

    @cached_property
    def contributions(self) -> pd.DataFrame:
        """What each criterion adds to each molecule's score; rows sum to the score less `base`."""
        return self.contributions_of(np.arange(len(self.labels)))

    def contributions_of(self, rows: Integers | list[int]) -> pd.DataFrame:
        """Return the contributions of some rows only, by row number."""
        numbers = np.asarray(rows, dtype=np.int64)
        return pd.DataFrame(self.contribute(numbers), index=self.labels[numbers], columns=list(self.criteria))

    def base_of(self, rows: Integers | list[int]) -> pd.Series[float]:
        """Return the score each of some rows would have with nothing contributed."""
        numbers = np.asarray(rows, dtype=np.int64)
        values = np.zeros(numbers.size) if self.base is None else self.base(numbers)
        return pd.Series(values, index=self.labels[numbers], name="base")

    @cached_property
    def effective_weights(self) -> pd.Series[float]:
        """What share of the ranking's spread each criterion really causes; sums to 1.

        Cov(contribution, score) / Var(score), with contributions measured from the average molecule
        (`deviate`): a constant criterion then contributes nothing and gets exactly 0. Over all
        molecules, or `deviate_limit` of them spread evenly from the first to the last. All zero
        where every molecule has the same score: then nothing causes anything.
        """
        values = (self.deviate or self.contribute)(self._spread_rows())
        explained = values.sum(axis=1)
        size = max(self.magnitude, *(float(np.abs(part).max(initial=0.0)) for part in (explained, self.scores_array)))
        shares = np.zeros(values.shape[1])
        if size > 0:
            # Everything relative to what is added up: the unit of the scores neither silences them nor overflows.
            centred = explained / size - (explained / size).mean()
            variance = float(centred @ centred)
            if variance > TIE_TOLERANCE**2 * explained.size:
                shares = (values / size - (values / size).mean(axis=0)).T @ centred / variance
        return pd.Series(shares, index=list(self.criteria), name="effective weight")

    def _spread_rows(self) -> Integers:
        """Return the rows over which effective weights are taken."""
        total = len(self.labels)
        if self.deviate_limit is None or total <= self.deviate_limit:
            return np.arange(total)
        places = np.unique(np.linspace(0, total - 1, self.deviate_limit).round().astype(np.int64))
        return self.order[places]

    @cached_property
    def order(self) -> Integers:
        """Row numbers from best to worst; tied rows keep the matrix's order."""
        total = len(self.labels)
        # Rank and row in one number: all are different, so the fastest sort keeps tied rows in their order.
        numbers = np.sort(self.ranks.to_numpy() * total + np.arange(total))
        numbers %= max(total, 1)
        return numbers

    def to_frame(self) -> pd.DataFrame:
        """Return score, rank and tied in row order."""
        return pd.concat([self.scores, self.ranks, self.ties], axis=1)

    def __repr__(self) -> str:
        n, m = len(self.labels), len(self.criteria)
        first = f", first {self.labels[int(self.order[0])]!r}" if n else ""
        return f"{type(self).__name__}({self.method!r}: {n} molecules × {m} criteria{first})"

    def _repr_html_(self) -> str:
        frame = self.to_frame().iloc[self.order[:20]]
        more = f"<p>… and {len(self.labels) - 20} more</p>" if len(self.labels) > 20 else ""
        return f"<p>{self.method}</p>{frame.to_html()}{more}"


@dataclass(frozen=True, eq=False, repr=False)
class PrometheeRanking(Ranking):
    """A PROMETHEE II ranking: the score is the net flow.

    Attributes
    ----------
    sides
        Returns the positive and the negative flow, shape (n,) each; called only when one of them is
        asked for.
    by_criterion
        Returns the net flow on each criterion alone, shape (n, m).
    """

    sides: Callable[[], tuple[Floats, Floats]] = field(kw_only=True)
    by_criterion: Callable[[], Floats] = field(kw_only=True)

    @cached_property
    def positive_flow(self) -> pd.Series[float]:
        """How far each molecule outranks the others, in [0, 1]."""
        return pd.Series(self._both_sides[0], index=self.labels, name="positive flow")

    @cached_property
    def negative_flow(self) -> pd.Series[float]:
        """How far each molecule is outranked by the others, in [0, 1]."""
        return pd.Series(self._both_sides[1], index=self.labels, name="negative flow")

    @property
    def net_flow(self) -> pd.Series[float]:
        """Positive less negative flow, in [−1, 1]; the score."""
        return self.scores.rename("net flow")

    @cached_property
    def criterion_flows(self) -> pd.DataFrame:
        """Net flow on each criterion alone, molecules × criteria, before weighting."""
        return pd.DataFrame(self.by_criterion(), index=self.labels, columns=list(self.criteria))

    @cached_property
    def _both_sides(self) -> tuple[Floats, Floats]:
        return self.sides()


@dataclass(frozen=True, eq=False, repr=False)
class PartialOrder:
    """A PROMETHEE I partial order: molecules may be incomparable, so there are no ranks.

    Attributes
    ----------
    positive_flow, negative_flow
        In row order.
    """

    method: str
    labels: pd.Index[Any]
    positive_flow: pd.Series[float]
    negative_flow: pd.Series[float]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @cached_property
    def relation(self) -> pd.DataFrame:
        """Square frame of ``P+`` (row preferred), ``P-`` (column preferred), ``I``, ``R`` (incomparable).

        a is preferred to b when φ⁺(a) ≥ φ⁺(b) and φ⁻(a) ≤ φ⁻(b), one of them strictly; indifferent
        when both are equal; incomparable otherwise. Flows closer than `TIE_TOLERANCE` of their
        range or than `ROUNDING` (they lie in [0, 1]), chained, are equal.
        """
        positive = competition_ranks(np.asarray(self.positive_flow, dtype=np.float64), rounding=ROUNDING)
        negative = competition_ranks(
            np.asarray(self.negative_flow, dtype=np.float64), higher_is_better=False, rounding=ROUNDING
        )
        better = np.sign(positive[None, :] - positive[:, None]), np.sign(negative[None, :] - negative[:, None])
        words = np.full(better[0].shape, "R", dtype=object)
        total = better[0] + better[1]
        agree = better[0] * better[1] >= 0
        words[agree & (total > 0)] = "P+"
        words[agree & (total < 0)] = "P-"
        words[agree & (total == 0)] = "I"
        return pd.DataFrame(words, index=self.labels, columns=self.labels)

    @cached_property
    def incomparable(self) -> tuple[tuple[Any, Any], ...]:
        """Every unordered pair of molecules that cannot be compared."""
        words = self.relation.to_numpy()
        rows, columns = np.nonzero(np.triu(words == "R", 1))
        return tuple((self.labels[int(i)], self.labels[int(j)]) for i, j in zip(rows, columns, strict=True))

    def to_frame(self) -> pd.DataFrame:
        """Return both flows in row order."""
        return pd.concat([self.positive_flow, self.negative_flow], axis=1)

    def __repr__(self) -> str:
        return (
            f"PartialOrder({self.method!r}: {len(self.labels)} molecules, {len(self.incomparable)} incomparable pairs)"
        )

    def __getattr__(self, name: str) -> Any:
        if name in ("ranks", "scores", "ties"):
            raise InputError(
                Fault(
                    f"PROMETHEE I gives a partial order and has no {name}",
                    mend="Use method='promethee-ii' for a complete ranking",
                )
            )
        raise AttributeError(name)


@dataclass(frozen=True, slots=True)
class ChosenSet:
    """The molecules chosen from a ranking, and those passed over by a named rule.

    Attributes
    ----------
    chosen
        Labels from best to worst.
    passed_over
        Label to reason, for molecules that the rank would have chosen and a cap left out.
    tied_at_cut
        Labels that are equal at the last place: the cut between them is not the method's.
    rule
        How a tie at the cut was broken; empty where nothing had to be.
    """

    chosen: tuple[Any, ...]
    passed_over: Mapping[Any, str] = field(default_factory=dict)
    tied_at_cut: tuple[Any, ...] = ()
    rule: str = ""

    def __len__(self) -> int:
        return len(self.chosen)

    def __contains__(self, label: object) -> bool:
        return label in self.chosen
