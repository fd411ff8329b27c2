"""Which input explains the variance of a molecule's rank.

Everything uncertain moves at once: the weights and the molecule's own scores. Sobol's first-order index
of an input is the share of the output's variance that goes if the input becomes known; its total index
is the share that stays if everything else becomes known, and so counts what it does together with
others.

References
----------
Saltelli, A., Annoni, P., Azzini, I., Campolongo, F., Ratto, M. and Tarantola, S. (2010). Variance based
sensitivity analysis of model output. Computer Physics Communications 181(2), 259–270.
Sobol', I. M. (2001). Global sensitivity indices for nonlinear mathematical models and their Monte Carlo
estimates. Mathematics and Computers in Simulation 55, 271–280.
Herman, J. and Usher, W. (2017). SALib. Journal of Open Source Software 2(9), 97.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import ROUNDING, TIE_TOLERANCE
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.robustness.forms import Form, LinearForm, RatioForm
from weighbridge.robustness.rescoring import GivenWeights, Rescorer, Scores, as_weights, rescorer
from weighbridge.robustness.sobol_inputs import Input, group_names, inputs_of, weight_spreads
from weighbridge.robustness.uncertainty import score_draws

__all__ = ["GlobalSensitivity", "global_sensitivity", "sobol_indices"]

OUTPUTS: Final = ("rank", "score")

COLUMNS: Final = ("molecule", "output", "input", "first_order", "first_order_error", "total", "total_error")

_CELLS: Final = 2_000_000
"""Scores held at a time."""


@dataclass(frozen=True, eq=False, repr=False)
class GlobalSensitivity:
    """Sobol indices of one or more molecules' rank and score.

    Attributes
    ----------
    indices
        One row an output and input, with the columns ``molecule``, ``output`` (``rank`` or
        ``score``), ``input``, ``first_order``, ``first_order_error``, ``total``, ``total_error``. The
        errors are half widths of 95 % bootstrap intervals. An estimate may lie outside [0, 1] by its
        error. An output that does not move has indices of 0.
    variances
        Molecule and output to the variance that is explained.
    samples, evaluations
        Sobol points, and how often the molecules were scored: samples × (inputs + 2) a molecule.
    method
        The ranking method.
    notes
        What was assumed.
    """

    indices: pd.DataFrame
    variances: Mapping[tuple[Any, str], float]
    samples: int
    evaluations: int
    method: str
    notes: tuple[str, ...] = field(default=())

    def of(self, molecule: object, output: str = "rank") -> pd.DataFrame:
        """Return one molecule's indices by input, largest total first."""
        chosen = self.indices[(self.indices["molecule"] == molecule) & (self.indices["output"] == output)]
        if chosen.empty:
            known = [f"{label!r} {what}" for label, what in self.variances]
            raise InputError(Fault("no such output", found=f"{molecule!r} {output}", expected=f"one of {known}"))
        ordered = chosen.sort_values("total", ascending=False, kind="stable")
        return ordered.drop(columns=["molecule", "output"]).set_index("input")

    def to_frame(self) -> pd.DataFrame:
        """Return the indices, one row an output and input."""
        return self.indices.copy()

    def __repr__(self) -> str:
        molecules = len({label for label, _ in self.variances})
        inputs = len(self.indices) // max(len(self.variances), 1)
        return f"GlobalSensitivity({self.method!r}: {molecules} molecules, {inputs} inputs, {self.samples} samples)"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.indices.to_html()}"


def global_sensitivity(
    matrix: DecisionMatrix,
    weights: GivenWeights,
    molecules: object,
    method: str = "topsis",
    *,
    samples: int = 1024,
    seed: int = 0,
    sigma: float | None = None,
    uncertainty: Mapping[str, Any] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    **parameters: Any,
) -> GlobalSensitivity:
    """Return which input explains the variance of a molecule's rank and score.

    Parameters
    ----------
    matrix
        The decision matrix.
    weights
        Today's weights. Each positive weight is an input: its logarithm is normal around today's
        with the standard deviation that the covariance of the weights holds, where there is none
        `DEFAULT_SIGMA` of `weighbridge.robustness.sobol_inputs`; then the weights are normalised.
        Sobol's indices are defined for independent inputs, so only the diagonal of the covariance
        is used.
    molecules
        A label or a list of labels.
    method, **parameters
        Any method that gives a complete ranking; TOPSIS, PROMETHEE II and the additive ones are fast.
    samples
        Sobol points, a power of 2.
    seed
        Of the scrambling and of the bootstrap.
    sigma
        Standard deviation of every weight's logarithm instead; 0 holds the weights fixed.
    uncertainty
        By criterion, in its unit: a standard deviation (a number, a Series by molecule or an array
        in row order), a pair (low, high) or a `Distribution`. Values drawn beyond the declared range
        count as the bound, except where the criterion says ``outside: extend``. A score that the
        matrix itself holds as an interval is always an input. The other molecules' scores stay.
    groups
        Group name to criteria: their weights and scores count as one input.

    Returns
    -------
    sensitivity
        Indices of the competition rank (1 the best) and of the score (turned so that more is better).

    Raises
    ------
    InputError
        Where SALib is not installed, a molecule or criterion is unknown, `samples` is no power of 2,
        a spread is no number, nothing is uncertain, and what the method refuses.
    """
    _require_salib()
    _check_samples(samples)
    given = as_weights(weights)
    shares = given.array(matrix.names)
    ready = rescorer(matrix, method, **parameters)
    rows = _rows(matrix, molecules)
    spreads, basis = weight_spreads(given, matrix, sigma)
    if isinstance(uncertainty, np.ndarray):
        raise InputError(Fault("Sobol's indices need distributions and no drawn tables", mend="Name them by criterion"))
    draws, _ = score_draws(matrix, uncertainty, neutral_as_nan=method == "promethee-ii")
    tables: list[pd.DataFrame] = []
    variances: dict[tuple[Any, str], float] = {}
    notes: dict[str, None] = {basis: None}
    evaluations = 0
    for label, row in rows.items():
        inputs = inputs_of(matrix, shares, spreads, draws, row)
        names = group_names(inputs, matrix, groups or {})
        quantiles = _quantiles(names, samples, seed)
        evaluations += len(quantiles)
        outputs = _evaluate(ready, shares, inputs, quantiles, row)
        rounding = max(ready.rounding(shares), ROUNDING * float(np.abs(outputs[1]).max()))
        for output, drawn in zip(OUTPUTS, outputs, strict=True):
            # What moves by rounding only does not move.
            moves = bool(np.ptp(drawn) > rounding)
            table = sobol_indices(names, drawn if moves else np.zeros_like(drawn), seed)
            tables.append(table.assign(molecule=pd.Series([label] * len(table), dtype=object), output=output))
            variances[label, output] = float(drawn.var()) if moves else 0.0
            if not moves:
                notes[f"the {output} of {label!r} does not move, so its indices are 0"] = None
    indices = pd.concat(tables, ignore_index=True)
    return GlobalSensitivity(indices[list(COLUMNS)], variances, samples, evaluations, method, tuple(notes))


def sobol_indices(names: Sequence[str], values: Floats, seed: int = 0) -> pd.DataFrame:
    """Return first-order and total indices of one output, with their errors.

    Parameters
    ----------
    names
        The input of each column of the sample; equal names make a group.
    values
        Shape (samples × (inputs + 2),): the output over the sample of `SALib.sample.sobol`.
    seed
        Of the bootstrap.

    Returns
    -------
    indices
        One row an input: ``input``, ``first_order``, ``first_order_error``, ``total``,
        ``total_error``; zeros for an output that does not move.
    """
    from SALib.analyze import sobol

    columns = {"S1": "first_order", "S1_conf": "first_order_error", "ST": "total", "ST_conf": "total_error"}
    unique = list(dict.fromkeys(names))
    if np.ptp(values) == 0:
        return pd.DataFrame({"input": unique, **dict.fromkeys(columns.values(), 0.0)})
    with warnings.catch_warnings():
        # A resample in which a rarely moving rank stands still has an index of 0, and SALib says so.
        warnings.simplefilter("ignore", UserWarning)
        # SALib takes a seed of 0 for none.
        found = sobol.analyze(_problem(unique), values, calc_second_order=False, seed=seed + 1)
    return pd.DataFrame(
        {"input": unique, **{ours: np.asarray(found[theirs], dtype=np.float64) for theirs, ours in columns.items()}}
    )


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _quantiles(names: Sequence[str], samples: int, seed: int) -> Floats:
    """Return Saltelli's sample in the unit cube, shape (samples × (groups + 2), inputs)."""
    from SALib.sample import sobol

    numbered = _problem([f"{name} {number}" for number, name in enumerate(names)])
    groups = len(set(names))
    if 1 < groups < len(names):
        numbered["groups"] = list(names)
    drawn = np.asarray(sobol.sample(numbered, samples, calc_second_order=False, scramble=True, seed=seed), np.float64)
    if groups == 1 < len(names):
        # SALib ignores a single group. With every input taken from the second sample, that is the second sample.
        blocks = drawn.reshape(samples, len(names) + 2, len(names))
        drawn = blocks[:, [0, -1, -1]].reshape(-1, len(names))
    return drawn


def _require_salib() -> None:
    try:
        import SALib.sample.sobol  # noqa: F401
    except ImportError:
        mend = "pip install 'weighbridge[robustness]'"
        raise InputError(Fault("global sensitivity needs SALib, which is not installed", mend=mend)) from None


def _check_samples(samples: object) -> None:
    whole = isinstance(samples, (int, np.integer)) and not isinstance(samples, bool)
    if not whole or samples < 2 or samples & (samples - 1):  # type: ignore[operator]
        mend = "Sobol's points are even only in powers of 2"
        raise InputError(
            Fault("samples is no power of 2", found=repr(samples), expected="512, 1024, 2048, …", mend=mend)
        )


def _rows(matrix: DecisionMatrix, molecules: object) -> dict[Any, int]:
    """Return the row number of each wanted label."""
    position = {label: number for number, label in enumerate(matrix.labels)}
    single = isinstance(molecules, (str, bytes, tuple)) or not isinstance(molecules, (Sequence, pd.Index, np.ndarray))
    wanted = [molecules] if single else list(molecules)  # type: ignore[call-overload]
    faults = Faults()
    for label in wanted:
        if label not in position:
            faults.add("no such molecule", found=repr(label), expected=f"one of {list(position)[:5]}, …")
    if not wanted:
        faults.add("there is no molecule to explain", expected="at least one label")
    faults.raise_if_any()
    return {label: position[label] for label in wanted}


def _evaluate(
    ready: Rescorer, shares: Floats, inputs: Sequence[Input], quantiles: Floats, row: int
) -> tuple[Floats, Floats]:
    """Return the molecule's rank and score in every sample, each of shape (samples,)."""
    logs = np.log(np.where(shares > 0, shares, 1.0))
    weights = np.tile(logs, (len(quantiles), 1))
    values = np.tile(ready.table[row], (len(quantiles), 1))
    for one, column in zip(inputs, quantiles.T, strict=True):
        (weights if one.is_weight else values)[:, one.column] = one.draw(column)
    weights = np.where(shares > 0, np.exp(weights - weights.max(axis=1, keepdims=True)), 0.0)
    weights /= weights.sum(axis=1, keepdims=True)
    moving = any(not one.is_weight for one in inputs)
    if ready.bound is not None and not moving:
        return _in_blocks(ready.bound.form, weights, row, None)
    if ready.bound is not None and ready.alone(np.vstack((ready.table, values))):
        return _in_blocks(ready.bound.form, weights, row, _own(ready.of(values), weights))
    ranks, scores = np.empty(len(quantiles)), np.empty(len(quantiles))
    for i in range(len(quantiles)):
        changed = ready.replaced(row, values[i]) if moving else ready.whole
        every = changed.scores(weights[i])
        ranks[i], scores[i] = _places(every[None, :], every[row : row + 1])[0], every[row]
    return ranks, scores


def _in_blocks(form: Form, weights: Floats, row: int, own: Floats | None) -> tuple[Floats, Floats]:
    """Rank one molecule under every set of weights; `own` are its scores where they move by themselves."""
    ranks, scores = np.empty(len(weights)), np.empty(len(weights))
    step = max(1, _CELLS // form.shape[0])
    for start in range(0, len(weights), step):
        part = slice(start, start + step)
        every = form.scores(weights[part])
        if own is not None:
            every[:, row] = own[part]
        ranks[part], scores[part] = _places(every, every[:, row]), every[:, row]
    return ranks, scores


def _own(form: Scores, weights: Floats) -> Floats:
    """Return the score of each row under the weights of the same row."""
    if isinstance(form, LinearForm):
        total: Floats = (form.values * weights).sum(axis=1)
        return total
    assert isinstance(form, RatioForm)
    near, far = (np.sqrt((weights**2 * squares).sum(axis=1)) for squares in (form.near, form.far))
    whole = near + far
    closeness: Floats = np.where(whole == 0, 0.5, near / np.where(whole == 0, 1.0, whole))
    return closeness


def _places(scores: Floats, own: Floats) -> Floats:
    """Return the competition rank of an own score in each of some score vectors, shape (samples, n)."""
    tolerance = TIE_TOLERANCE * np.ptp(scores, axis=1)
    better: Floats = 1.0 + (scores > (own + tolerance)[:, None]).sum(axis=1)
    return better
