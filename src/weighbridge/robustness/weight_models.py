"""What is known about the weights: the panel's own scatter, today's weights, an order, intervals, or nothing.

References
----------
Lahdelma, R., Hokkanen, J. and Salminen, P. (1998). SMAA: stochastic multiobjective acceptability
analysis. European Journal of Operational Research 106(1), 137–143.
Lahdelma, R. and Salminen, P. (2001). SMAA-2: stochastic multicriteria acceptability analysis for
group decision making. Operations Research 49(3), 444–454, section 4: ordinal and interval
information on the weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np

from weighbridge.core.arrays import Floats, is_finite
from weighbridge.core.weights import Weights
from weighbridge.elicitation.uncertainty import DEFAULT_SIGMA, normalized_covariance
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.robustness.polytope import (
    acceptance,
    conflict,
    hit_and_run_rounds,
    polytope,
    rejection_rounds,
    step_counts,
    texts,
)
from weighbridge.robustness.sampling import ROUND, dirichlet_rounds, lognormal_rounds, ordered, uniform_rounds

__all__ = [
    "DEFAULT_CONCENTRATION",
    "BoundModel",
    "WeightModel",
    "default_model",
    "dirichlet",
    "given_draws",
    "intervals",
    "linear",
    "ordinal",
    "panel",
    "uniform",
    "weight_model",
]

DEFAULT_CONCENTRATION: Final = 50.0
"""A weight of 20 % scatters with a standard deviation of 5.6 points around today's."""

LEAST_ACCEPTANCE: Final = 0.01
"""Constraints that at least this share of all weights meets are sampled by rejection, which is exact."""

ROUNDED: Final = 1e-4
"""Given weights that sum to 1 within this were rounded when they were written down."""

Draws: TypeAlias = Callable[[np.random.Generator], Iterator[Floats]]
Constraint: TypeAlias = tuple[Mapping[str, float], float]


@dataclass(frozen=True, eq=False)
class BoundModel:
    """A weight model bound to the criteria and today's weights of one decision.

    Attributes
    ----------
    draws
        Given a generator, yields rounds of normalised weights, shape (ROUND, m).
    note
        How it samples, one sentence.
    limit
        The most draws it has; None where it is endless.
    """

    draws: Draws
    note: str
    limit: int | None = None


@dataclass(frozen=True, eq=False)
class WeightModel:
    """What is known about the weights.

    Attributes
    ----------
    name
        ``panel``, ``uniform``, ``dirichlet``, ``ordinal``, ``intervals``, ``linear`` or ``draws``.
    parameters
        What it was made with, for the record.
    bind
        Given the criteria and today's weights in their order (or None), the sampler.
    """

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    bind: Callable[[tuple[str, ...], Weights | None], BoundModel] = field(kw_only=True, repr=False)

    def __str__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in self.parameters.items())
        return f"{self.name}({inside})" if inside else self.name


def uniform() -> WeightModel:
    """Return no information: every set of weights is as likely as any other (Lahdelma et al. 1998)."""

    def bind(names: tuple[str, ...], _: Weights | None) -> BoundModel:
        note = "weights: no information, spread evenly over all that sum to 1"
        return BoundModel(lambda generator: uniform_rounds(generator, len(names)), note)

    return WeightModel("uniform", bind=bind)


def panel() -> WeightModel:
    """Return the scatter of the panel's own answers: normal logarithms with the covariance of the weights.

    Where the answers leave no degree of freedom and so no covariance, every logarithm scatters by
    the stated default of σ = 0.35. A weight of zero stays zero.

    Raises
    ------
    InputError
        When bound to weights that were stated and not estimated from answers.
    """

    def bind(names: tuple[str, ...], weights: Weights | None) -> BoundModel:
        today = _today(weights, "panel")
        covariance, basis = _panel_covariance(names, today)
        note = f"weights: the panel's own scatter, {basis}" + _zero_note(names, today)
        centre = today.array(names)
        return BoundModel(lambda generator: lognormal_rounds(generator, centre, covariance), note)

    return WeightModel("panel", bind=bind)


def _panel_covariance(names: tuple[str, ...], weights: Weights) -> tuple[Floats, str]:
    if weights.covariance is not None:
        places = [list(weights).index(name) for name in names]
        freedom = weights.degrees_of_freedom
        degrees = f" with {freedom} degree{'s' if freedom != 1 else ''} of freedom"
        basis = "covariance of the logarithms" + ("" if freedom is None else degrees)
        return np.asarray(weights.covariance, dtype=np.float64)[np.ix_(places, places)], basis
    if weights.degrees_of_freedom is None:
        raise InputError(
            Fault(
                "the weights were stated and carry no scatter of a panel",
                expected="weights estimated from comparisons for the weight model 'panel'",
                mend="Choose dirichlet(concentration), or 'uniform' for no information",
            )
        )
    basis = f"no answer to spare, so the stated default of σ = {DEFAULT_SIGMA} on the log scale"
    return normalized_covariance(DEFAULT_SIGMA**2 * np.eye(len(names)), weights.array(names)), basis


def dirichlet(concentration: float = DEFAULT_CONCENTRATION) -> WeightModel:
    """Return a Dirichlet distribution around today's weights.

    Parameters
    ----------
    concentration
        c > 0; a weight w scatters with variance w(1 − w)/(c + 1). A weight of zero stays zero.
    """
    if not is_finite(concentration) or concentration <= 0:
        fault = Fault("the concentration is too small", found=repr(concentration), expected="a finite number > 0")
        raise InputError(fault)

    def bind(names: tuple[str, ...], weights: Weights | None) -> BoundModel:
        today = _today(weights, "dirichlet")
        centre = today.array(names)
        note = f"weights: Dirichlet around today's with concentration {concentration:g}" + _zero_note(names, today)
        return BoundModel(lambda generator: dirichlet_rounds(generator, centre, concentration), note)

    return WeightModel("dirichlet", {"concentration": float(concentration)}, bind=bind)


def ordinal(order: Sequence[str]) -> WeightModel:
    """Return an order of importance: even over w[order[0]] ≥ w[order[1]] ≥ … (Lahdelma and Salminen 2001).

    Parameters
    ----------
    order
        Names of criteria, most important first. Those left out are bound by nothing.
    """

    def bind(names: tuple[str, ...], _: Weights | None) -> BoundModel:
        faults = Faults()
        _check_names(order, names, "order", faults)
        if len(set(order)) < len(order):
            faults.add("a criterion stands twice in the order", found=repr(list(order)), expected="unique names")
        faults.raise_if_any()
        columns = np.array([names.index(name) for name in order], dtype=np.int64)

        def draws(generator: np.random.Generator) -> Iterator[Floats]:
            return (ordered(weights, columns) for weights in uniform_rounds(generator, len(names)))

        return BoundModel(draws, "weights: only their order is known: " + " ≥ ".join(order))

    return WeightModel("ordinal", {"order": list(order)}, bind=bind)


def intervals(bounds: Mapping[str, tuple[float, float]]) -> WeightModel:
    """Return a lower and an upper bound a weight: even over the weights between them.

    Parameters
    ----------
    bounds
        Name of a criterion to (low, high), shares of the total between 0 and 1. Criteria left out
        are bound by nothing.
    """

    def bind(names: tuple[str, ...], _: Weights | None) -> BoundModel:
        faults = Faults()
        _check_names(bounds, names, "intervals", faults)
        for name, pair in bounds.items():
            _check_interval(name, pair, faults)
        faults.raise_if_any()
        constraints: list[Constraint] = []
        for name, (low, high) in bounds.items():
            constraints += [({name: 1.0}, float(low)), ({name: -1.0}, -float(high))]
        return _constrained(names, constraints, "between the stated bounds")

    return WeightModel("intervals", dict(bounds), bind=bind)


def _check_interval(name: str, pair: Any, faults: Faults) -> None:
    place, expected = f"weight of {name!r}", "0 ≤ low ≤ high ≤ 1"
    if not isinstance(pair, Sequence) or len(pair) != 2 or not all(is_finite(end) for end in pair):
        faults.add("an interval is not two numbers", place=place, found=repr(pair), expected=expected)
    elif not 0 <= pair[0] <= pair[1] <= 1:
        faults.add("an interval of weights is not in order", place=place, found=repr(pair), expected=expected)


def linear(constraints: Sequence[Constraint]) -> WeightModel:
    """Return linear constraints: even over the weights with Σ_j coefficient_j w_j ≥ bound for each.

    Parameters
    ----------
    constraints
        Pairs of coefficients by name and bound: ``[({"potency": 1, "cost": -2}, 0)]`` says that
        potency weighs at least twice as much as cost.
    """
    listed = list(constraints)

    def bind(names: tuple[str, ...], _: Weights | None) -> BoundModel:
        faults = Faults()
        for number, pair in enumerate(listed):
            _check_constraint(number, pair, names, faults)
        faults.raise_if_any()
        return _constrained(names, listed, "within the stated constraints")

    return WeightModel("linear", {"constraints": listed}, bind=bind)


def _check_constraint(number: int, pair: Any, names: tuple[str, ...], faults: Faults) -> None:
    place, expected = f"constraint {number + 1}", "a pair ({name: coefficient, …}, bound)"
    if not isinstance(pair, Sequence) or len(pair) != 2 or not isinstance(pair[0], Mapping):
        faults.add("not a linear constraint", place=place, found=repr(pair), expected=expected)
        return
    _check_names(pair[0], names, place, faults)
    if not all(is_finite(number) for number in (*pair[0].values(), pair[1])):
        faults.add("a coefficient or bound is not a finite number", place=place, found=repr(pair), expected=expected)


def _constrained(names: tuple[str, ...], constraints: Sequence[Constraint], what: str) -> BoundModel:
    """Bind linear constraints: by rejection where enough weights fit, else by hit-and-run."""
    rows = np.array([[part.get(name, 0.0) for name in names] for part, _ in constraints]).reshape(-1, len(names))
    bounds = np.array([bound for _, bound in constraints], dtype=np.float64)
    words = texts(rows, bounds, names)
    # A constraint means the same in any unit; the solver takes coefficients of 10⁻⁹ for nothing.
    size = np.abs(rows).max(axis=1, initial=0.0)
    unit = np.where(size > 0, size, 1.0)
    rows, bounds = rows / unit[:, None], bounds / unit
    shape = polytope(rows, bounds)
    if shape is None:
        raise InputError(
            Fault(
                "no weights meet these constraints together",
                found="; ".join(words[number] for number in conflict(rows, bounds)),
                expected="constraints that some weights ≥ 0 with sum 1 meet",
            )
        )
    # The same few draws decide between the two samplers in every run.
    share = acceptance(np.random.default_rng(0), shape)
    if share >= LEAST_ACCEPTANCE:
        note = f"weights: spread evenly {what}, by rejection ({share:.0%} of all weights fit)"
        return BoundModel(lambda generator: rejection_rounds(generator, shape), note)
    burn_in, thinning = step_counts(shape.basis.shape[1])
    note = (
        f"weights: spread evenly {what}, by hit-and-run ({ROUND:,} chains side by side from the Chebyshev centre, "
        f"{burn_in:,} steps of burn-in, {thinning:,} between draws)"
    )
    return BoundModel(lambda generator: hit_and_run_rounds(generator, shape), note)


def given_draws(array: Any) -> WeightModel:
    """Return weights drawn elsewhere.

    Parameters
    ----------
    array
        Shape (S, m), in the matrix's column order, non-negative. Rows that sum to 1 within 1e-4, as
        rounded ones do, are taken as they are; the others are normalised, and the note says so.
    """

    def bind(names: tuple[str, ...], _: Weights | None) -> BoundModel:
        weights, changed = _checked_draws(array, names)

        def draws(_: np.random.Generator) -> Iterator[Floats]:
            return (weights[start : start + ROUND] for start in range(0, len(weights), ROUND))

        note = f"weights: {len(weights):,} draws as given" + (f", {changed:,} of them normalised" if changed else "")
        return BoundModel(draws, note, limit=len(weights))

    return WeightModel("draws", {"count": len(array) if getattr(array, "ndim", 1) else 0}, bind=bind)


def _checked_draws(array: Any, names: tuple[str, ...]) -> tuple[Floats, int]:
    expected = f"numbers of shape (draws, {len(names)})"
    try:
        weights = np.asarray(array)
    except ValueError as error:
        fault = Fault("drawn weights do not fit the criteria", found="rows of different lengths", expected=expected)
        raise InputError(fault) from error
    if weights.dtype.kind not in "iuf" or weights.ndim != 2 or weights.shape[1] != len(names) or not len(weights):
        found = f"{weights.dtype} of shape {weights.shape}"
        raise InputError(Fault("drawn weights do not fit the criteria", found=found, expected=expected))
    weights = weights.astype(np.float64)
    wrong = ~np.isfinite(weights).all(axis=1) | (weights < 0).any(axis=1) | (weights.max(axis=1) <= 0)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(
            Fault(
                f"{int(wrong.sum())} drawn weight vectors are no weights",
                place=f"draw {row + 1}",
                found=repr(weights[row].tolist()),
                expected="finite numbers ≥ 0, not all zero",
            )
        )
    off = np.abs(weights.sum(axis=1) - 1.0) > ROUNDED
    weights[off] /= weights[off].max(axis=1, keepdims=True)
    weights[off] /= weights[off].sum(axis=1, keepdims=True)
    return weights, int(off.sum())


_BY_NAME: Final[Mapping[str, Callable[[], WeightModel]]] = {"panel": panel, "uniform": uniform, "dirichlet": dirichlet}


def default_model(weights: Weights | None) -> WeightModel:
    """Return the panel's own scatter where the weights come from answers, else no information."""
    estimated = weights is not None and (weights.covariance is not None or weights.degrees_of_freedom is not None)
    return panel() if estimated else uniform()


def weight_model(given: WeightModel | str | Any | None, weights: Weights | None) -> WeightModel:
    """Return the model meant by a value: itself, a name, an array of draws, or None for the default.

    Raises
    ------
    InputError
        For an unknown name.
    """
    if given is None:
        return default_model(weights)
    if isinstance(given, WeightModel):
        return given
    if isinstance(given, str):
        if given in _BY_NAME:
            return _BY_NAME[given]()
        expected = f"one of {sorted(_BY_NAME)}, or a model such as ordinal([…]), intervals({{…}}) or linear([…])"
        raise InputError(Fault("unknown weight model", found=repr(given), expected=expected))
    if isinstance(given, (np.ndarray, Sequence)):
        return given_draws(given)
    raise InputError(Fault("not a weight model", found=repr(given), expected=f"one of {sorted(_BY_NAME)}, or a model"))


def _today(weights: Weights | None, model: str) -> Weights:
    if weights is None:
        raise InputError(Fault(f"the weight model {model!r} needs today's weights", expected="weights by criterion"))
    return weights


def _zero_note(names: tuple[str, ...], weights: Weights) -> str:
    zero = [name for name in names if weights[name] == 0]
    return f"; a weight of zero stays zero: {', '.join(zero)}" if zero else ""


def _check_names(found: Sequence[str] | Mapping[str, Any], names: tuple[str, ...], place: str, faults: Faults) -> None:
    for name in found:
        if name not in names:
            faults.add("no such criterion", place=place, found=repr(name), expected=f"one of {list(names)}")
