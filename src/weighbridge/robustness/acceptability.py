"""Acceptability analysis: how often each molecule takes each place when weights and scores move.

References
----------
Lahdelma, R., Hokkanen, J. and Salminen, P. (1998). SMAA: stochastic multiobjective acceptability
analysis. European Journal of Operational Research 106(1), 137–143.
Lahdelma, R. and Salminen, P. (2001). SMAA-2: stochastic multicriteria acceptability analysis for
group decision making. Operations Research 49(3), 444–454: rank acceptability indices, central
weight vectors (section 3) and confidence factors.
Tervonen, T. and Lahdelma, R. (2007). Implementing stochastic multicriteria acceptability analysis.
European Journal of Operational Research 178(2), 500–513.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any, Final

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats, Integers, is_finite
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import ROUNDING, competition_ranks
from weighbridge.core.weights import Weights
from weighbridge.errors import Faults
from weighbridge.methods.requirements import require_magnitude, require_matrix
from weighbridge.robustness.acceptability_result import Acceptability
from weighbridge.robustness.forms import Form, LinearForm, scorer
from weighbridge.robustness.separation import overlap_groups, winning_probabilities
from weighbridge.robustness.simulation import (
    Plan,
    Progress,
    Simulation,
    confidence_factors,
    simulate,
)
from weighbridge.robustness.uncertainty import score_draws
from weighbridge.robustness.weight_models import WeightModel
from weighbridge.robustness.weight_models import weight_model as model_of

__all__ = ["DEFAULT_TOLERANCE", "WHOLE_TABLE", "acceptability"]

DEFAULT_TOLERANCE: Final = 0.01
"""Sampling stops when every probability is known to a point, up or down, with 95 % confidence."""

WHOLE_TABLE: Final = 100
"""Up to this many molecules every place of every molecule is counted, and every pair compared."""


def acceptability(
    matrix: DecisionMatrix,
    weights: Weights | Mapping[str, float] | pd.Series[Any] | None,
    method: str = "topsis",
    samples: int = 10_000,
    seed: int = 0,
    weight_model: WeightModel | str | Floats | Sequence[Sequence[float]] | None = None,
    uncertainty: Mapping[str, Any] | Floats | None = None,
    top: int = 10,
    *,
    tolerance: float | None = DEFAULT_TOLERANCE,
    progress: Progress | None = None,
    **parameters: Any,
) -> Acceptability:
    """Draw weights and uncertain scores many times and count who takes which place.

    Parameters
    ----------
    matrix
        The decision matrix. Scores known as an interval (censored, or missing under the rule
        ``interval``) are always drawn evenly between its ends.
    weights
        Today's weights; they set today's order. None: equal weights, with a note.
    method
        ``topsis``, ``promethee-ii``, ``weighted-sum`` or ``weighted-product``.
    samples
        The most draws.
    seed
        A whole number ≥ 0. Weights and scores have streams of their own, and every criterion, so
        two methods, or two settings of the uncertainty, are compared on the same draws.
    weight_model
        None: the panel's own scatter where the weights come from answers, else no information. Or
        ``"panel"``, ``"uniform"``, ``"dirichlet"``, a model made by `dirichlet`, `ordinal`,
        `intervals` or `linear` of `weighbridge.robustness.weight_models`, or weights drawn elsewhere, shape (S, m).
    uncertainty
        By criterion a standard deviation (number, Series by molecule or array in row order), a pair
        (low, high), or `normal(…)` or `uniform_between(…)` of `weighbridge.robustness.uncertainty`;
        or tables of scores drawn elsewhere, shape (S, n, m). Drawn values beyond the declared range
        count as its bound, and a note says how many, unless the criterion says ``outside: extend``.
    top
        k. More than there are molecules counts as all of them, with a note.
    tolerance
        Sampling stops, looked at every 1,000 draws, when the 95 % half width of every probability
        to be the first, and among the first k, is at most this; None makes all draws.
    progress
        Called with what is done, how many draws are done, and the most there will be.
    **parameters
        What the method takes, such as ``normalization``.

    Returns
    -------
    acceptability
        The same bytes for the same input and seed, whatever the blocks and threads.

    Raises
    ------
    InputError
        For parameters out of range, uncertainty or a weight model that does not fit the criteria,
        constraints that contradict each other, and what the method itself refuses.
    """
    _check(samples, seed, top, tolerance)
    require_matrix(matrix)
    require_magnitude(matrix)
    bound = scorer(matrix, method, **parameters)
    given = None if weights is None else weights if isinstance(weights, Weights) else Weights(weights)
    model = model_of(weight_model, given)
    bound_model = model.bind(matrix.names, given)
    draws, score_notes = score_draws(matrix, uncertainty, neutral_as_nan=method == "promethee-ii")
    n = len(matrix.labels)
    ranks = _today(
        bound.form, np.full(len(matrix.names), 1 / len(matrix.names)) if given is None else given.array(matrix.names)
    )
    whole, k = n <= WHOLE_TABLE, min(top, n)
    order = np.argsort(ranks, kind="stable")
    limits = [samples, bound_model.limit, None if draws is None else draws.limit]
    plan = Plan(
        scorer=bound,
        model=bound_model,
        draws=draws,
        top=k,
        places=n if whole else k,
        samples=min(limit for limit in limits if limit is not None),
        tolerance=tolerance,
        seed=int(seed),
        watched=order if whole else order[: min(k, WHOLE_TABLE)],
        progress=progress,
    )
    found = simulate(plan)
    head = (*matrix.notes, *_weight_notes(given), bound_model.note, *score_notes)
    notes = (*head, *found.notes, *_sampling_notes(plan, found, asked=(samples, top)))
    return _result(plan, found, ranks, model, notes)


def _check(samples: Any, seed: Any, top: Any, tolerance: Any) -> None:
    faults = Faults()
    for name, value, least in (("samples", samples, 1), ("seed", seed, 0), ("top", top, 1)):
        if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
            expected = f"a whole number from {least}"
            faults.add(f"{name} is not in its range", place=name, found=repr(value), expected=expected)
    if tolerance is not None and (not is_finite(tolerance) or not 0 < tolerance < 1):
        expected = "a share between 0 and 1, or None for all draws"
        faults.add("tolerance is not in its range", place="tolerance", found=repr(tolerance), expected=expected)
    faults.raise_if_any()


def _today(form: Form, weights: Floats) -> Integers:
    """Return today's ranks, ties as a ranking has them."""
    scores = form.scores(weights)
    size = np.abs(form.values).max(axis=0) @ weights if isinstance(form, LinearForm) else scores.max()
    return competition_ranks(scores, rounding=ROUNDING * float(size))


def _weight_notes(weights: Weights | None) -> tuple[str, ...]:
    if weights is None:
        return ("no weights were given, so today's order is that of equal weights",)
    return (weights.note,) if weights.note else ()


def _sampling_notes(plan: Plan, found: Simulation, asked: tuple[int, int]) -> list[str]:
    samples, top = asked
    notes = []
    if top > plan.top:
        notes.append(f"the first {top} of {plan.top} molecules are all of them")
    if plan.samples < samples:
        notes.append(f"{plan.samples:,} draws are given, so not more are made, where {samples:,} were permitted")
    error, drawn = found.tally.error(plan.top), found.tally.samples
    text = (
        f"Monte Carlo error: every probability to be the first, and among the first {plan.top}, is known to "
        f"± {100 * error:.2g} points (95\u00a0%, {drawn:,} draws)"
    )
    if found.converged is False and plan.tolerance is not None:
        text += f", short of the ± {100 * plan.tolerance:.2g} asked for; more samples would bring it"
    return [*notes, text]


def _result(
    plan: Plan, found: Simulation, ranks: Integers, model: WeightModel, notes: tuple[str, ...]
) -> Acceptability:
    matrix, tally = plan.scorer.matrix, found.tally
    labels, rows, samples = matrix.labels, tally.molecules, tally.samples
    shown, watched = labels[rows], labels[plan.watched]
    places = pd.RangeIndex(1, plan.places + 1, name="rank")
    top = np.zeros(len(labels))
    top[rows] = np.minimum(tally.top_counts(plan.top) / samples, 1.0)
    pairwise = winning_probabilities(found.wins, samples)
    return Acceptability(
        method=plan.scorer.method,
        parameters=plan.scorer.parameters,
        top=plan.top,
        ranks=pd.Series(ranks, index=labels, name="rank"),
        rank_acceptability=pd.DataFrame(tally.counts / samples, index=shown, columns=places),
        top_probability=pd.Series(top, index=labels, name=f"among the first {plan.top}"),
        central_weights=pd.DataFrame(tally.central_weights, index=shown, columns=list(matrix.names)),
        confidence=pd.Series(confidence_factors(plan, tally), index=shown, name="confidence"),
        pairwise=pd.DataFrame(pairwise, index=watched, columns=watched),
        groups=overlap_groups(pairwise, list(watched)),
        samples=samples,
        monte_carlo_error=tally.error(plan.top),
        converged=found.converged,
        tolerance=plan.tolerance,
        seed=plan.seed,
        weight_model=model.name,
        weight_parameters=model.parameters,
        uncertain=plan.draws is not None,
        notes=notes,
    )
