"""How much several experts' priorities agree: Goepel's consensus indicator.

Agreement, not accuracy: identical ignorance scores 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from weighbridge.core.arrays import Floats, is_finite
from weighbridge.errors import Faults, InputError

__all__ = ["WORDS", "Consensus", "consensus"]

WORDS: Final = ((0.875, "very high"), (0.75, "high"), (0.625, "moderate"), (0.5, "low"), (-math.inf, "very low"))
"""Lower bounds of the word scale 50/62.5/75/87.5 % (Goepel, bpmsg.com 2022, from 140 nodes of 35 projects)."""

_STEP = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Consensus:
    """How much the experts agree, in Shannon entropies (nats) of their priorities.

    Attributes
    ----------
    index
        S* = (1/D_β − cor)/(1 − cor), 1 where all priorities are equal, 0 where they differ as
        much as the judgement scale allows; beyond that scale it turns negative.
    s
        Relative homogeneity S = (1/D_β − 1/n)/(1 − 1/n), without a scale's limit.
    h_alpha, h_beta, h_gamma
        Mean entropy within experts, between experts (γ − α), and of the mean priorities.
    d_beta
        exp(H_β): effective number of different opinions.
    experts, criteria
        Their names.
    leave_one_out
        S* without each expert; empty for fewer than three experts.
    similarity
        S* of each pair of experts.
    scale_maximum
        Largest ratio the judgement scale allows, M.
    """

    index: float
    s: float
    h_alpha: float
    h_beta: float
    h_gamma: float
    d_beta: float
    experts: tuple[str, ...]
    criteria: tuple[str, ...]
    leave_one_out: Mapping[str, float]
    similarity: pd.DataFrame
    scale_maximum: float

    @property
    def word(self) -> str:
        """The index in words: very low, low, moderate, high or very high."""
        return next(word for bound, word in WORDS if self.index >= bound)

    def __str__(self) -> str:
        return f"{self.word} agreement (S* {self.index:.0%} among {len(self.experts)}); agreement is not accuracy"


def consensus(
    priorities: npt.ArrayLike | pd.DataFrame | Sequence[Mapping[str, float]] | Mapping[str, Mapping[str, float]],
    scale_maximum: float = 9.0,
) -> Consensus:
    """Return how much the experts' priorities agree.

    Parameters
    ----------
    priorities
        Experts × criteria: an array, a DataFrame, a sequence of `Weights`, or a mapping of experts
        to `Weights`. Rows are normalised to sum to 1.
    scale_maximum
        Largest ratio M of the judgement scale; 9 for the fundamental scale.

    Raises
    ------
    InputError
        If there is no expert or no criterion, a value is negative, NaN or infinite, a row is all
        zero, or the experts' criteria differ.

    References
    ----------
    Goepel, K. D. (2013). Implementing the analytic hierarchy process as a standard method for
    multi-criteria decision making in corporate enterprises. Proc. ISAHP, Kuala Lumpur; with
    H_γ,max = ln n as in the later AHP-OS. cor = exp(H_α,min)/n and H_α,min the entropy of one
    criterion M times as important as all others.
    """
    experts, criteria, table = _as_table(priorities)
    if not is_finite(scale_maximum) or scale_maximum <= 1:
        raise InputError("the scale's maximum must be larger than 1")
    h_alpha, h_gamma = _entropies(table)
    h_beta = _beta(table)
    n = len(criteria)
    others = {
        expert: _index(np.delete(table, row, axis=0), scale_maximum)
        for row, expert in enumerate(experts)
        if len(experts) > 2
    }
    pairs = [[_index(table[[i, j]], scale_maximum) for j in range(len(experts))] for i in range(len(experts))]
    return Consensus(
        index=_index(table, scale_maximum),
        s=_rescaled(h_beta, 1.0 / n),
        h_alpha=h_alpha,
        h_beta=h_beta,
        h_gamma=h_gamma,
        d_beta=math.exp(h_beta),
        experts=experts,
        criteria=criteria,
        leave_one_out=others,
        similarity=pd.DataFrame(pairs, index=list(experts), columns=list(experts)),
        scale_maximum=float(scale_maximum),
    )


def scale_correction(n: int, scale_maximum: float) -> float:
    """Return cor = exp(H_α,min)/n: the least 1/D_β that n criteria on a scale to M can show."""
    top = scale_maximum / (n + scale_maximum - 1)
    rest = 1.0 / (n + scale_maximum - 1)
    return math.exp(-top * math.log(top) - (n - 1) * rest * math.log(rest)) / n


def _index(table: Floats, scale_maximum: float) -> float:
    return _rescaled(_beta(table), scale_correction(table.shape[1], scale_maximum))


def _rescaled(h_beta: float, least: float) -> float:
    if h_beta == 0.0:  # also a single criterion, where the scale leaves no room to differ
        return 1.0
    return (math.exp(-h_beta) - least) / (1.0 - least)


def _entropy(shares: Floats) -> Floats:
    logs = np.log(np.where(shares > 0, shares, 1.0))
    return np.asarray(-np.sum(shares * logs, axis=-1), dtype=np.float64)


def _entropies(table: Floats) -> tuple[float, float]:
    return float(_entropy(table).mean()), float(_entropy(table.mean(axis=0)))


def _beta(table: Floats) -> float:
    """Return H_β = H_γ − H_α, exactly 0 where the rows are equal to rounding."""
    if float(np.ptp(table, axis=0).max()) <= _STEP:
        return 0.0
    h_alpha, h_gamma = _entropies(table)
    return max(h_gamma - h_alpha, 0.0)


def _as_table(
    priorities: npt.ArrayLike | pd.DataFrame | Sequence[Mapping[str, float]] | Mapping[str, Mapping[str, float]],
) -> tuple[tuple[str, ...], tuple[str, ...], Floats]:
    try:
        experts, criteria, table = _labelled(priorities)
    except InputError:
        raise
    except (TypeError, ValueError) as error:
        raise InputError("the priorities are not numbers in equally long rows") from error
    faults = Faults()
    if table.ndim != 2 or 0 in table.shape:
        shape = " × ".join(str(side) for side in table.shape)
        faults.add("the priorities are not a table", found=shape, expected="experts × criteria")
        faults.raise_if_any()
    experts = experts or tuple(f"expert {row}" for row in range(1, table.shape[0] + 1))
    criteria = criteria or tuple(f"criterion {column}" for column in range(1, table.shape[1] + 1))
    for expert, row in zip(experts, table, strict=True):
        if not np.isfinite(row).all() or (row < 0).any() or not row.any():
            faults.add("an expert's priorities are not weights", place=expert, found=str(row.tolist()))
    faults.raise_if_any()
    return experts, criteria, table / table.sum(axis=1, keepdims=True)


def _labelled(
    priorities: npt.ArrayLike | pd.DataFrame | Sequence[Mapping[str, float]] | Mapping[str, Mapping[str, float]],
) -> tuple[tuple[str, ...], tuple[str, ...], Floats]:
    if isinstance(priorities, pd.DataFrame):
        experts = tuple(str(name) for name in priorities.index)
        return experts, tuple(str(name) for name in priorities.columns), priorities.to_numpy(dtype=np.float64)
    if isinstance(priorities, Mapping):
        names = tuple(str(name) for name in priorities)
        criteria, table = _from_mappings(names, list(priorities.values()))
        return names, criteria, table
    if isinstance(priorities, Sequence) and priorities and all(isinstance(one, Mapping) for one in priorities):
        names = tuple(f"expert {position}" for position in range(1, len(priorities) + 1))
        criteria, table = _from_mappings(names, [one for one in priorities if isinstance(one, Mapping)])
        return names, criteria, table
    return (), (), np.array(priorities, dtype=np.float64)


def _from_mappings(experts: tuple[str, ...], rows: Sequence[Mapping[str, float]]) -> tuple[tuple[str, ...], Floats]:
    if not rows:
        return (), np.empty((0, 0))
    criteria = tuple(str(name) for name in rows[0])
    faults = Faults()
    for expert, row in zip(experts, rows, strict=True):
        if set(row) != set(rows[0]):
            faults.add("the experts weighed different criteria", place=expert, found=str(list(row)))
    faults.raise_if_any()
    return criteria, np.array([[float(row[name]) for name in rows[0]] for row in rows], dtype=np.float64)
