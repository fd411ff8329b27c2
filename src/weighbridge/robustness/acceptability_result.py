"""What an acceptability analysis found, as tables and as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from weighbridge.robustness.separation import OverlapGroup, groups_words
from weighbridge.robustness.share_words import PER_CENT, share_words

__all__ = ["Acceptability"]


@dataclass(frozen=True, eq=False, repr=False)
class Acceptability:
    """How the ranking holds when weights and scores move.

    Series and frames by molecule are in the matrix's row order. Tied molecules share the places
    they take, as if ties were broken at random, so every place is taken exactly once a draw.

    Attributes
    ----------
    method, parameters
        The ranking method and what was chosen.
    top
        k.
    ranks
        Today's ranks, 1 the best.
    rank_acceptability
        Molecules × places 1 … : share of the draws in which the molecule takes the place. All
        molecules and places up to 100 molecules; above, the first k places, and the molecules that
        ever take one of them.
    top_probability
        Probability to be among the first k; 0 for a molecule that never was. Sums to k.
    central_weights
        Of the molecules of `rank_acceptability`: mean of the weights under which the molecule is
        first; a row of NaN where it never was.
    confidence
        Of the same molecules: how often the molecule is first when the weights are its central
        weights and the scores are still drawn; NaN where it never was first, and with uncertain
        scores beyond the 25,000 / n molecules (at least 10) that are most often first.
    pairwise
        P(row scores higher than column) among the first molecules of today's ranking, in its order:
        all up to 100 molecules, else the first k, at most 100. Equal scores count half; 0 on the diagonal.
    groups
        Those molecules cut into groups that cannot be told apart, in rank order.
    entropy
        Of the first place, in bits: −Σ b log₂ b. 0 where the choice is certain.
    samples
        Draws made.
    monte_carlo_error
        The largest 95 % half width among the probabilities to be the first and among the first k.
    converged
        Whether that reached the tolerance asked for; None where none was asked for.
    tolerance, seed
        As asked for.
    weight_model, weight_parameters
        The weight model's name and what it was made with.
    uncertain
        Whether scores were drawn, too.
    notes
        What a careful reader should know.
    """

    method: str
    parameters: Mapping[str, Any]
    top: int
    ranks: pd.Series[int]
    rank_acceptability: pd.DataFrame
    top_probability: pd.Series[float]
    central_weights: pd.DataFrame
    confidence: pd.Series[float]
    pairwise: pd.DataFrame
    groups: tuple[OverlapGroup, ...]
    samples: int
    monte_carlo_error: float
    converged: bool | None
    tolerance: float | None
    seed: int
    weight_model: str
    weight_parameters: Mapping[str, Any]
    uncertain: bool
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def entropy(self) -> float:
        """Entropy of the first place in bits."""
        first = self.rank_acceptability[1].to_numpy()
        taken = first[first > 0]
        return float(max(-(taken * np.log2(taken)).sum(), 0.0))

    def to_frame(self) -> pd.DataFrame:
        """Return today's rank, the shares of first and of the first k, and the confidence, in today's order."""
        names = ["rank", "first", f"among the first {self.top}", "confidence"]
        columns = [self.ranks, self.rank_acceptability[1], self.top_probability, self.confidence]
        frame = pd.concat([column.rename(name) for column, name in zip(columns, names, strict=True)], axis=1)
        frame = frame.loc[self.ranks.index].fillna({"first": 0.0})
        return frame.sort_values("rank", kind="stable")

    @property
    def sentences(self) -> tuple[str, ...]:
        """The result in words: who is first how often, how sure that is, and what cannot be told apart."""
        first = self.rank_acceptability[1]
        best, share = first.idxmax(), float(first.max())
        error = f"± {100 * self.monte_carlo_error:.2g} points, {self.samples:,} draws"
        which = " of any weights" if self.weight_model == "uniform" else ""
        return (
            f"{best} is first in {share_words(share)} of the draws{which} ({error})",
            f"of the molecules, {int((self.top_probability > 0).sum()):,} are among the first {self.top} in some draw",
            groups_words(self.groups),
        )

    def __repr__(self) -> str:
        n, error = len(self.ranks), 100 * self.monte_carlo_error
        return (
            f"Acceptability({self.method!r}: {n} molecules, first {self.top}, weights {self.weight_model}, "
            f"{self.samples:,} draws, ± {error:.2g} points)"
        )

    def _repr_html_(self) -> str:
        from html import escape

        frame = self.to_frame().head(20)
        shares = [name for name in frame.columns if name != "rank"]
        table = frame.to_html(formatters=dict.fromkeys(shares, _cell), na_rep="–")
        more = f"<p>… and {len(self.ranks) - 20} more</p>" if len(self.ranks) > 20 else ""
        return f"<p>{escape('. '.join(self.sentences))}.</p>{table}{more}"


def _cell(share: Any) -> str:
    """Write a share to a tenth of a per cent; never 100 % or 0 % where it is not."""
    if share >= 0.9995 and share != 1:
        return f"> 99.9{PER_CENT}"
    return f"< 0.1{PER_CENT}" if 0 < share < 0.0005 else f"{share * 100:.1f}{PER_CENT}"
