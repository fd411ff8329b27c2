"""How alike rankings and weights are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from weighbridge.core.arrays import Floats
from weighbridge.core.ranking import Ranking
from weighbridge.errors import Fault, InputError
from weighbridge.methods.ranks import places_of

__all__ = [
    "Concordance",
    "RankCorrelation",
    "RankingComparison",
    "WeightsSimilarity",
    "compare_rankings",
    "kendall_w",
    "rank_correlation",
    "weights_similarity",
]

PAIRWISE: Final = 1000
"""Up to this many molecules pairs are compared one by one."""

Ranks: TypeAlias = "Ranking | Sequence[float] | npt.NDArray[Any] | pd.Series[Any]"


@dataclass(frozen=True, slots=True)
class RankCorrelation:
    """Coefficients between two rankings of n molecules; None where one is undefined.

    Attributes
    ----------
    spearman
        Pearson correlation of the ranks, ties at their average place.
    kendall_tau_a, kendall_tau_b, kendall_tau_c
        (C − D) over all pairs; over √(pairs not tied in x · pairs not tied in y); Stuart's, over
        n²(k − 1)/2k with k the smaller number of distinct ranks.
    goodman_kruskal_gamma
        (C − D)/(C + D).
    weighted_spearman
        r_w = 1 − 6 Σ (x − y)² ((n − x + 1) + (n − y + 1)) / (n⁴ + n³ − n² − n) (Pinto da Costa and
        Soares 2005): disagreement at the top counts more.
    ws
        WS = 1 − Σ 2^−x |x − y| / max(|x − 1|, |x − n|) (Sałabun and Urbaniak 2020), with x the
        reference ranking: it is not symmetric.
    ws_reversed
        WS with y as the reference.
    """

    spearman: float | None
    kendall_tau_a: float | None
    kendall_tau_b: float | None
    kendall_tau_c: float | None
    goodman_kruskal_gamma: float | None
    weighted_spearman: float | None
    ws: float | None
    ws_reversed: float | None


def rank_correlation(x: Ranks, y: Ranks) -> RankCorrelation:
    """Compare two rankings of the same molecules.

    Parameters
    ----------
    x, y
        `Ranking` objects, or ranks (1 the best) in the same order; two Series or rankings are
        matched by label. Rankings enter with ties at their average place. Plain ranks are taken as
        they are by r_w and WS, and only their order matters to the others.

    Returns
    -------
    correlation
        All coefficients; one molecule, or a ranking in which all are tied, leaves those undefined
        that divide by its spread.

    Raises
    ------
    InputError
        Different lengths or labels, no molecules, ranks that are not finite.

    References
    ----------
    Kendall, M. G. (1945), Biometrika 33(3), 239–251. Stuart, A. (1953), Biometrika 40(1), 105–110.
    Pinto da Costa, J. and Soares, C. (2005), Australian & New Zealand Journal of Statistics 47(4),
    515–529. Sałabun, W. and Urbaniak, K. (2020), ICCS 2020, LNCS 12138, 632–645.
    """
    first, second = _pair(x, y)
    concordant, discordant = _concordance(first, second)
    pairs = first.size * (first.size - 1) / 2
    untied_x, untied_y = pairs - _tied_pairs(first), pairs - _tied_pairs(second)
    fewest = min(np.unique(first).size, np.unique(second).size)
    lead = concordant - discordant
    return RankCorrelation(
        spearman=_pearson(_places(first), _places(second)),
        kendall_tau_a=_divided(lead, pairs),
        kendall_tau_b=_divided(lead, float(np.sqrt(untied_x) * np.sqrt(untied_y))),
        kendall_tau_c=_divided(lead * 2.0 * fewest, first.size**2 * (fewest - 1.0)),
        goodman_kruskal_gamma=_divided(lead, concordant + discordant),
        weighted_spearman=_weighted_spearman(first, second),
        ws=_ws(first, second),
        ws_reversed=_ws(second, first),
    )


def _pair(x: Ranks, y: Ranks) -> tuple[Floats, Floats]:
    left, right = _labelled(x), _labelled(y)
    if left.size != right.size or left.size == 0:
        raise InputError(
            Fault(
                "two rankings are not of the same molecules",
                found=f"{left.size} and {right.size} ranks",
                expected="two rankings of the same length, of at least one molecule",
            )
        )
    if isinstance(x, (Ranking, pd.Series)) and isinstance(y, (Ranking, pd.Series)):
        if left.index.has_duplicates or right.index.has_duplicates or not right.index.isin(left.index).all():
            raise InputError(Fault("two rankings are not of the same molecules", expected="the same unique labels"))
        right = right.reindex(left.index)
    first, second = left.to_numpy(dtype=np.float64), right.to_numpy(dtype=np.float64)
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise InputError(Fault("a rank is missing or infinite", expected="a rank a molecule"))
    return first, second


def _labelled(ranks: Ranks) -> pd.Series[Any]:
    if isinstance(ranks, Ranking):
        return pd.Series(places_of(ranks), index=ranks.labels)
    series = ranks if isinstance(ranks, pd.Series) else pd.Series(np.asarray(ranks).ravel())
    try:
        return series.astype(np.float64)
    except (TypeError, ValueError):
        raise InputError(Fault("ranks are not numbers", expected="numbers")) from None


def _places(values: Floats) -> Floats:
    """Return average places of exact values."""
    _, inverse, count = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(count)
    places: Floats = (ends - (count - 1) / 2.0)[inverse]
    return places


def _divided(numerator: float, denominator: float) -> float | None:
    return None if denominator == 0 else float(numerator / denominator)


def _pearson(x: Floats, y: Floats) -> float | None:
    first, second = x - x.mean(), y - y.mean()
    spread = float(np.sqrt(first @ first) * np.sqrt(second @ second))
    share = _divided(float(first @ second), spread)
    return None if share is None else min(max(share, -1.0), 1.0)  # rounding may leave 1 + 2e-16


def _tied_pairs(values: Floats) -> float:
    count = np.unique(values, return_counts=True)[1].astype(np.float64)
    return float((count * (count - 1) / 2).sum())


def _concordance(x: Floats, y: Floats) -> tuple[float, float]:
    """Return the number of concordant and of discordant pairs."""
    if x.size > PAIRWISE:
        return _sorted_concordance(x, y)
    above, over = x[:, None] > x, y[:, None] > y
    return float(np.count_nonzero(above & over)), float(np.count_nonzero(above & over.T))


def _sorted_concordance(x: Floats, y: Floats) -> tuple[float, float]:
    """Return the same in n log n steps, from scipy's tau-b and the tied pairs.

    All counts are whole numbers; tau-b is right to some 1e-15, so up to 10⁷ molecules rounding gives
    the pairs exactly, and above within some hundred of 5 · 10¹³.
    """
    from scipy.stats import kendalltau

    pairs = x.size * (x.size - 1) / 2
    tied_x, tied_y = _tied_pairs(x), _tied_pairs(y)
    both = np.unique(np.column_stack((x, y)), axis=0, return_counts=True)[1].astype(np.float64)
    untied = pairs - tied_x - tied_y + float((both * (both - 1) / 2).sum())
    spread = float(np.sqrt(pairs - tied_x) * np.sqrt(pairs - tied_y))
    lead = round(float(kendalltau(x, y).statistic) * spread) if spread else 0
    return (untied + lead) / 2, (untied - lead) / 2


def _weighted_spearman(x: Floats, y: Floats) -> float | None:
    n = float(x.size)
    numerator = 6.0 * float(((x - y) ** 2 * ((n - x + 1) + (n - y + 1))).sum())
    share = _divided(numerator, n**4 + n**3 - n**2 - n)
    return None if share is None else 1.0 - share


def _ws(reference: Floats, other: Floats) -> float | None:
    farthest = np.maximum(np.abs(reference - 1), np.abs(reference - reference.size))
    if not farthest.all():
        return None
    return 1.0 - float((2.0**-reference * np.abs(reference - other) / farthest).sum())


@dataclass(frozen=True, slots=True)
class RankingComparison:
    """Square frames over named rankings; NaN-free: an undefined coefficient is None.

    Attributes
    ----------
    kendall_tau_b, weighted_spearman
        Symmetric.
    ws
        Rows are the reference.
    top_overlap
        Share of the first k of both rankings (ties at the k-th place included) that is common:
        |A ∩ B| / |A ∪ B|.
    k
        The k of the overlap.
    """

    kendall_tau_b: pd.DataFrame
    weighted_spearman: pd.DataFrame
    ws: pd.DataFrame
    top_overlap: pd.DataFrame
    k: int


def compare_rankings(rankings: Mapping[str, Ranking], k: int) -> RankingComparison:
    """Compare every pair of rankings of the same molecules.

    Parameters
    ----------
    rankings
        Name to ranking.
    k
        How many of the first to compare for the overlap, at least 1.

    Returns
    -------
    comparison
        Four square frames, rows and columns in the order of the mapping.
    """
    if isinstance(k, bool) or not isinstance(k, int) or k < 1:
        raise InputError(Fault("k is not a number of molecules", found=repr(k), expected="a whole number ≥ 1"))
    if not rankings:
        raise InputError(Fault("there are no rankings to compare", expected="at least one"))
    names = list(rankings)
    cells = {(a, b): rank_correlation(rankings[a], rankings[b]) for a in names for b in names}
    tops = {name: set(ranking.labels[ranking.ranks.to_numpy() <= k]) for name, ranking in rankings.items()}

    def frame(what: str) -> pd.DataFrame:
        table = [[getattr(cells[a, b], what) for b in names] for a in names]
        return pd.DataFrame(table, index=names, columns=names, dtype=object)

    overlap = [[len(tops[a] & tops[b]) / len(tops[a] | tops[b]) for b in names] for a in names]
    return RankingComparison(
        kendall_tau_b=frame("kendall_tau_b"),
        weighted_spearman=frame("weighted_spearman"),
        ws=frame("ws"),
        top_overlap=pd.DataFrame(overlap, index=names, columns=names),
        k=k,
    )


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's W of several judges; None where it is undefined.

    Attributes
    ----------
    w, w_uncorrected
        With and without the correction for ties, 0 (none) to 1 (full agreement).
    chi2, p_value
        Friedman's statistic judges × (n − 1) × W with n − 1 degrees of freedom, and its p-value.
    mean_spearman
        Mean Spearman correlation of all pairs of judges.
    """

    w: float | None
    w_uncorrected: float | None
    chi2: float | None
    p_value: float | None
    mean_spearman: float | None


def kendall_w(rankings: Mapping[str, Ranks] | Sequence[Ranks] | npt.NDArray[Any]) -> Concordance:
    """Return the concordance of several rankings of the same molecules.

    W = 12 S / (k²(n³ − n) − k Σ T) with S the sum of squared deviations of the rank sums, k judges,
    n molecules and T = Σ (t³ − t) over each judge's groups of ties.

    Parameters
    ----------
    rankings
        At least two judges: rankings, or ranks in the same order (rows of an array).

    References
    ----------
    Kendall, M. G. and Babington Smith, B. (1939). The problem of m rankings. Annals of Mathematical
    Statistics 10(3), 275–287.
    """
    judges = list(rankings.values()) if isinstance(rankings, Mapping) else list(rankings)
    if len(judges) < 2:
        raise InputError(Fault("concordance needs at least two rankings", found=str(len(judges)), expected="≥ 2"))
    table = np.stack([_places(_pair(judges[0], judge)[1]) for judge in judges])
    k, n = table.shape
    sums = table.sum(axis=0)
    deviation = float(((sums - sums.mean()) ** 2).sum())
    full = float(k**2 * (n**3 - n))
    ties = sum(float((count**3 - count).sum()) for count in (np.unique(r, return_counts=True)[1] for r in table))
    w = _divided(12.0 * deviation, full - k * ties)
    pairs = [_pearson(table[i], table[j]) for i in range(k) for j in range(i + 1, k)]
    known = [value for value in pairs if value is not None]
    chi2 = None if w is None else k * (n - 1) * w
    return Concordance(
        w=w,
        w_uncorrected=_divided(12.0 * deviation, full),
        chi2=chi2,
        p_value=None if chi2 is None else _chi2_tail(chi2, n - 1),
        mean_spearman=float(np.mean(known)) if len(known) == len(pairs) else None,
    )


def _chi2_tail(statistic: float, degrees: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(degrees, statistic))


@dataclass(frozen=True, slots=True)
class WeightsSimilarity:
    """How alike two weight vectors are, 0 to 1.

    Attributes
    ----------
    wsc
        1 − Σ|a − b| / (2 (1 − min a)), a the reference: 0 where all weight moved to the least
        important criterion. None where the reference is a single criterion.
    wsc2
        1 − Σ|a − b| / 2, symmetric.
    """

    wsc: float | None
    wsc2: float


def weights_similarity(reference: Mapping[str, float] | Ranks, other: Mapping[str, float] | Ranks) -> WeightsSimilarity:
    """Compare two weight vectors, each normalised to sum to 1.

    pymcdm 1.4.0 writes the first formula as ``/ 2 * (1 − min)``; by the definition the product is
    the denominator.

    References
    ----------
    Shekhovtsov, A. (2023). Evaluating the performance of subjective weighting methods for
    multi-criteria decision-making using a novel weights similarity coefficient. Procedia Computer
    Science 225, 4785–4794.
    """
    from weighbridge.core.weights import Weights

    first, second = Weights(_by_name(reference)), Weights(_by_name(other))
    names = tuple(first)
    a, b = first.array(names), second.array(names)
    distance = float(np.abs(a - b).sum())
    share = _divided(distance, 2.0 * (1.0 - float(a.min())))
    return WeightsSimilarity(wsc=None if share is None else 1.0 - share, wsc2=1.0 - distance / 2.0)


def _by_name(weights: Mapping[str, float] | Ranks) -> Mapping[str, float] | pd.Series[Any]:
    if isinstance(weights, (Mapping, pd.Series)):
        return weights
    if isinstance(weights, Ranking):
        raise InputError(Fault("a ranking is no weight vector", expected="weights by name or in order"))
    return {str(k): value for k, value in enumerate(weights)}
