"""Ranks as the only information: Borda and Copeland, over criteria or over rankings.

References
----------
Borda, J.-C. de (1781). Mémoire sur les élections au scrutin. Histoire de l'Académie Royale des
Sciences.
Copeland, A. H. (1951). A reasonable social welfare function. University of Michigan seminar.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Booleans, Floats, Integers
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import PartialOrder, Ranking, competition_ranks
from weighbridge.core.weights import Weights
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.methods.contributions import sampled_note, shapley
from weighbridge.methods.requirements import word_among
from weighbridge.methods.spec import REVERSAL_NOTE

__all__ = ["AGGREGATIONS", "aggregate_ranks", "average_ranks", "copeland_scores", "places_of", "rank_borda"]

AGGREGATIONS: Final = ("borda", "copeland")


def average_ranks(scores: Floats, *, higher_is_better: bool = True) -> Floats:
    """Return ranks, 1 the best, in which tied scores share the average of their places.

    Ties follow the rule of `weighbridge.core.ranking.competition_ranks`.
    """
    return _averaged(competition_ranks(scores, higher_is_better=higher_is_better))


def places_of(ranking: Ranking) -> Floats:
    """Return the ranks of a ranking, tied molecules at the average of their places, shape (n,)."""
    return _averaged(np.asarray(ranking.ranks, dtype=np.int64))


def _averaged(competition: Integers) -> Floats:
    _, inverse, count = np.unique(competition, return_inverse=True, return_counts=True)
    ranks: Floats = competition + (count[inverse] - 1) / 2.0
    return ranks


def rank_borda(matrix: DecisionMatrix, weights: Floats) -> Ranking:
    """Rank by weighted Borda points.

    Parameters
    ----------
    matrix
        The decision matrix; only the order on each criterion is used.
    weights
        Shape (m,), summing to 1.

    Returns
    -------
    ranking
        Score Σ_j w_j (n − r_ij), r the rank on the criterion with ties at their average place: the
        weighted number of molecules beaten, a tie counting half; from 0 to n − 1. Contributions are
        the terms of the sum.
    """
    values = matrix.filled()
    n, m = values.shape
    ranks = np.column_stack([average_ranks(values[:, j], higher_is_better=matrix.signs[j] > 0) for j in range(m)])
    points = (n - ranks) * weights
    return Ranking(
        method="borda",
        labels=matrix.labels,
        criteria=matrix.names,
        scores_array=points.sum(axis=1),
        higher_is_better=True,
        contribute=lambda rows: points[rows],
        notes=(f"borda: {REVERSAL_NOTE.partition(';')[0]}",),
        details={"rank_sum": (ranks * weights).sum(axis=1)},
    )


def aggregate_ranks(
    rankings: Mapping[str, Any] | Sequence[Any] | pd.DataFrame,
    method: str = "borda",
    *,
    weights: Mapping[str, float] | None = None,
) -> Ranking:
    """Combine several rankings of the same molecules into one.

    Parameters
    ----------
    rankings
        By name, in a list, or as a frame with one column a ranking: `Ranking` objects, or ranks
        (1 the best) as Series or plain sequences. Ranks are taken as they are given; a `Ranking`
        enters with ties at their average place.
    method
        ``borda``: score Σ_k w_k (n − r_ik). ``copeland``: for each pair the side preferred by more
        weight wins; score = wins − losses, a split counts 0.
    weights
        One non-negative number a ranking; equal by default.

    Returns
    -------
    ranking
        Its criteria are the rankings' names. Details: ``rank_sum``, the plain sum of the ranks.
        Contributions: the terms of the sum (Borda), Shapley values over the rankings (Copeland).

    Raises
    ------
    InputError
        No ranking, different molecules, ranks that are not finite, a partial order.
    """
    word_among(method, "aggregation", AGGREGATIONS)
    names, labels, ranks = _collected(rankings)
    given = Weights(dict.fromkeys(names, 1.0 / len(names))) if weights is None else Weights(weights)
    shares = given.array(names)
    notes = (given.note,) if given.note else ()
    if method == "borda":
        points = (len(labels) - ranks) * shares
        scores = points.sum(axis=1)

        def contribute(rows: Integers) -> Floats:
            return points[rows]
    else:
        scores = copeland_scores(ranks, shares)

        def contribute(rows: Integers) -> Floats:
            def value(mask: Booleans) -> Floats:
                return copeland_scores(ranks[:, mask], shares[mask])[rows]

            return shapley(value, len(names))

    return Ranking(
        method=method,
        labels=labels,
        criteria=names,
        scores_array=scores,
        higher_is_better=True,
        contribute=contribute,
        parameters={"weights": dict(zip(names, shares.tolist(), strict=True))},
        notes=(*notes, *sampled_note(len(names))) if method == "copeland" else notes,
        details={"rank_sum": ranks.sum(axis=1)},
    )


def copeland_scores(ranks: Floats, shares: Floats) -> Floats:
    """Return pairwise majority wins less losses, shape (n,).

    Parameters
    ----------
    ranks
        Shape (n, rankings), 1 the best.
    shares
        Shape (rankings,). A majority smaller than 1e-12 of the weight is a split.
    """
    scores = np.zeros(len(ranks))
    for i, own in enumerate(ranks):
        margin = (np.sign(ranks - own) * shares).sum(axis=1)
        scores[i] = np.sign(np.where(np.abs(margin) <= 1e-12, 0.0, margin)).sum()
    return scores


def _collected(
    rankings: Mapping[str, Any] | Sequence[Any] | pd.DataFrame,
) -> tuple[tuple[str, ...], pd.Index[Any], Floats]:
    """Return names, labels and ranks of shape (n, rankings)."""
    items = _named(rankings)
    if not items:
        raise InputError(Fault("there are no rankings to combine", expected="at least one"))
    columns = {name: _series(name, value) for name, value in items.items()}
    labels = next(iter(columns.values())).index
    faults = Faults()
    for name, column in columns.items():
        if len(column) != len(labels) or not column.index.isin(labels).all():
            faults.add(
                "a ranking is of other molecules", place=f"ranking {name!r}", found=f"{len(column)} molecules",
                expected=f"the {len(labels)} molecules of the first",
            )  # fmt: skip
        elif not np.isfinite(column.to_numpy(dtype=np.float64)).all():
            faults.add("a rank is missing or infinite", place=f"ranking {name!r}", expected="a rank a molecule")
    faults.raise_if_any()
    ranks: Floats = np.column_stack([column.reindex(labels).to_numpy(dtype=np.float64) for column in columns.values()])
    return tuple(columns), labels, ranks


def _named(rankings: Mapping[str, Any] | Sequence[Any] | pd.DataFrame) -> dict[str, Any]:
    if isinstance(rankings, pd.DataFrame):
        return {str(name): rankings[name] for name in rankings.columns}
    if isinstance(rankings, Mapping):
        return {str(name): value for name, value in rankings.items()}
    return {f"ranking {k}": value for k, value in enumerate(rankings, start=1)}


def _series(name: str, value: Any) -> pd.Series[float]:
    if isinstance(value, Ranking):
        return pd.Series(places_of(value), index=value.labels)
    if isinstance(value, PartialOrder):
        raise InputError(Fault("a partial order has no ranks", place=f"ranking {name!r}", mend="Use PROMETHEE II"))
    series: pd.Series[float] = value if isinstance(value, pd.Series) else pd.Series(list(value))
    if series.index.has_duplicates:
        raise InputError(Fault("a molecule occurs twice", place=f"ranking {name!r}", expected="unique labels"))
    try:
        return series.astype(np.float64)
    except (TypeError, ValueError):
        raise InputError(Fault("ranks are not numbers", place=f"ranking {name!r}", expected="numbers")) from None
