"""Several experts' answers become one: joint fit of judgements, or means of priorities."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from weighbridge.core.arrays import is_finite
from weighbridge.core.weights import Provenance, Weights
from weighbridge.elicitation.answers import Answer
from weighbridge.elicitation.comparisons import Comparisons
from weighbridge.errors import Fault, Faults, InputError

__all__ = ["aggregate_priorities", "combine", "expert_shares"]

MEANS = ("arithmetic", "geometric")


def expert_shares(count: int, expert_weights: Sequence[float] | None) -> tuple[float, ...]:
    """Return the experts' shares, summing to 1; equal where no weights are given.

    Raises
    ------
    InputError
        If there are no experts, their number does not fit, or a weight is negative or not finite,
        or all are zero.
    """
    if count == 0:
        raise InputError(Fault("there is nothing to combine", expected="at least one expert"))
    if expert_weights is None:
        return (1.0 / count,) * count
    faults = Faults()
    weights = list(expert_weights)
    if len(weights) != count:
        faults.add("the number of expert weights does not fit", found=f"{len(weights)}", expected=f"{count}")
    for position, weight in enumerate(weights, 1):
        if not is_finite(weight) or weight < 0:
            faults.add("an expert's weight is not a number ≥ 0", place=f"expert {position}", found=f"{weight}")
    if not faults and sum(weights) == 0:
        faults.add("all experts weigh nothing", expected="at least one positive weight")
    faults.raise_if_any()
    total = math.fsum(weights)
    return tuple(float(weight / total) for weight in weights)


def combine(comparisons: Sequence[Comparisons], expert_weights: Sequence[float] | None = None) -> Comparisons:
    """Return the group's comparisons: all answers, each weighted by its expert's share.

    The group's priorities minimise Σ_k α_k Σ_e (y_ke − (u_i − u_j))² over the answers that were
    given: an expert contributes only where he or she answered. For complete sets this equals the
    weighted geometric mean of the judgements (AIJ) and, by log least squares, the weighted
    geometric mean of the priorities (AIP).

    Parameters
    ----------
    comparisons
        One a person, about the same labels (in any order; the first one's order is kept).
    expert_weights
        Relative weights of the persons, ≥ 0; equal where None. Answers of weight 0 are left out.

    Raises
    ------
    InputError
        If there are no comparisons, their labels differ, or the weights are unusable.

    References
    ----------
    Aczél, J. and Saaty, T. L. (1983). Procedures for synthesizing ratio judgements. Journal of
    Mathematical Psychology 27, 93–102. Forman, E. and Peniwati, K. (1998). Aggregating individual
    judgments and priorities with the AHP. European Journal of Operational Research 108, 165–169.
    """
    shares = expert_shares(len(comparisons), expert_weights)
    labels = comparisons[0].labels
    faults = Faults()
    for position, one in enumerate(comparisons, 1):
        if set(one.labels) != set(labels):
            faults.add(
                "the experts compared different things",
                place=f"expert {position}",
                found=str(list(one.labels)),
                expected=str(list(labels)),
            )
    faults.raise_if_any()
    answers = [
        _shared(answer, share, position)
        for position, (one, share) in enumerate(zip(comparisons, shares, strict=True), 1)
        if share > 0
        for answer in one.answers
    ]
    return Comparisons(labels, answers)


def _shared(answer: Answer, share: float, position: int) -> Answer:
    return replace(answer, weight=answer.weight * share, expert=answer.expert or f"expert {position}")


def aggregate_priorities(
    priorities: Sequence[Mapping[str, float]], weights: Sequence[float] | None = None, mean: str = "geometric"
) -> Weights:
    """Return the weighted mean of several persons' priorities (AIP), normalised to sum to 1.

    Parameters
    ----------
    priorities
        One mapping (or `Weights`) a person, over the same names.
    weights
        Relative weights of the persons, ≥ 0; equal where None.
    mean
        ``geometric``: w_i ∝ Π_k w_ki^α_k. ``arithmetic``: w_i = Σ_k α_k w_ki.

    Raises
    ------
    InputError
        If the mean is unknown, the names differ, or a geometric mean meets a zero.
    """
    if mean not in MEANS:
        raise InputError(Fault("no such mean", found=repr(mean), expected=f"one of {list(MEANS)}"))
    shares = np.array(expert_shares(len(priorities), weights))
    names = [str(name) for name in priorities[0]]
    table = np.array([Weights(dict(one)).array(names) for one in priorities])
    if mean == "geometric":
        if (table == 0).any():
            raise InputError(
                Fault("a geometric mean cannot take a weight of zero", mend="Use the arithmetic mean, or leave it out")
            )
        logs = shares @ np.log(table)
        values = np.exp(logs - logs.max())
    else:
        values = shares @ table
    values /= values.sum()
    how = f"{mean} mean of {len(priorities)} persons' priorities"
    provenance = {
        name: Provenance(
            f"weight of {name}",
            float(value),
            how,
            tuple(
                Provenance(f"person {k}", float(row[column]), f"share of the panel {share:.3g}")
                for k, (row, share) in enumerate(zip(table, shares, strict=True), 1)
            ),
        )
        for column, (name, value) in enumerate(zip(names, values, strict=True))
    }
    return Weights(dict(zip(names, values.tolist(), strict=True)), provenance=provenance)
