"""Answers the reference cases on acceptability analysis through the public interface of weighbridge.

``solve_smaa(method, inputs)`` takes a case's method name and inputs and returns the figures it asks
for; `NotImplementedError` for any other method.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import weighbridge as wb
from weighbridge.robustness.acceptability import acceptability
from weighbridge.robustness.uncertainty import normal, uniform_between
from weighbridge.robustness.weight_models import WeightModel, given_draws, intervals, linear, ordinal, uniform

Inputs = dict[str, Any]
SAMPLES = 200_000


def flat(table: Any, alternatives: list[Any] | None, criteria: list[Any] | None) -> list[list[Any]]:
    """Return a case's distributions as rows of cells, whether it gives them as lists or by name."""
    if not isinstance(table, dict):
        return [list(row.values()) if isinstance(row, dict) else row for row in table]
    rows = [table[name] for name in alternatives or table]
    return [[row[name] for name in criteria or row] if isinstance(row, dict) else row for row in rows]


def ends(cell: Inputs) -> tuple[float, float]:
    """Return the ends between which a score is expected: mean ± 1.96 sd, or the interval."""
    if cell["type"] == "normal":
        mean, sd = (cell.get(key, cell.get(other)) for key, other in (("mean", "mu"), ("sd", "sigma")))
        return mean - 1.96 * sd, mean + 1.96 * sd
    return cell["low"], cell["high"]


def scales_of(inputs: Inputs, cells: list[list[Inputs]], names: list[str]) -> list[tuple[float, float]]:
    """Return the scale of each criterion: as stated, or the hull of what its scores are expected to be."""
    stated = inputs.get("scales") or {}
    hulls = [
        (min(ends(cell)[0] for cell in column), max(ends(cell)[1] for cell in column))
        for column in zip(*cells, strict=True)
    ]
    return [tuple(stated.get(name, hull)) for name, hull in zip(names, hulls, strict=True)]


def table_of(values: Any, criteria: list[wb.Criterion], names: list[str]) -> wb.DecisionMatrix:
    """Build a decision matrix."""
    frame = pd.DataFrame(np.array(values, dtype=float), columns=names)
    return wb.DecisionMatrix(frame, dict(zip(names, criteria, strict=True)))


def partial(m: int) -> list[wb.Criterion]:
    """Return criteria whose values are partial values already; they may lie anywhere."""
    return [wb.Criterion(direction="gain", worst=0.0, best=1.0, outside="extend") for _ in range(m)]


def uncertain(inputs: Inputs) -> tuple[wb.DecisionMatrix, Inputs]:
    """Return the matrix of means and what scatters around them; nothing is clipped."""
    cells = flat(inputs["distributions"], inputs.get("alternatives"), inputs.get("criteria"))
    names = [str(name) for name in inputs.get("criteria") or range(len(cells[0]))]
    if inputs["value_function"].startswith("identity"):
        criteria = partial(len(names))
    else:
        signs = inputs.get("types") or [1] * len(names)
        criteria = [
            wb.Criterion(
                direction="gain" if sign > 0 else "cost",
                worst=low if sign > 0 else high,
                best=high if sign > 0 else low,
                outside="extend",
            )
            for sign, (low, high) in zip(signs, scales_of(inputs, cells, names), strict=True)
        ]
    pairs = np.array([[ends(cell) for cell in row] for row in cells], dtype=float)
    low, high = pairs[..., 0], pairs[..., 1]
    spread = {
        name: normal((high - low)[:, j] / 3.92)
        if cells[0][j]["type"] == "normal"
        else uniform_between(low[:, j], high[:, j])
        for j, name in enumerate(names)
    }
    return table_of((low + high) / 2, criteria, names), spread


def model_of(inputs: Inputs, names: tuple[str, ...]) -> WeightModel:
    """Return the weight model of a case; fixed weights are one draw again and again."""
    if inputs.get("weights"):
        return given_draws(np.repeat([inputs["weights"]], SAMPLES, axis=0))
    information = inputs["weight_information"]
    kind = information["type"]
    if kind == "none":
        return uniform()
    if kind == "ordinal":
        order = information.get("order") or information.get("ranking") or range(len(names))
        return ordinal([name if name in names else names[int(name)] for name in order])
    if kind == "interval":
        given = information.get("intervals") or list(zip(information["low"], information["high"], strict=True))
        pairs = given.items() if isinstance(given, dict) else zip(names, given, strict=True)
        return intervals({str(name): tuple(pair) for name, pair in pairs if pair is not None})
    return linear([(dict(zip(names, line["coef"], strict=True)), line["ge"]) for line in information["constraints"]])


def answer(found: wb.DecisionMatrix, model: WeightModel, spread: Any, samples: int = SAMPLES) -> Inputs:
    """Return every figure of an analysis, in row order; undefined central weights are None."""
    result = acceptability(
        found, None, "weighted-sum", samples, weight_model=model, uncertainty=spread, tolerance=None, top=1
    )
    central = result.central_weights.to_numpy()
    return {
        "rank_acceptability": result.rank_acceptability.to_numpy(),
        "central_weights": [None if np.isnan(row).any() else row for row in central],
        "confidence_factors": result.confidence.to_numpy(),
        "pairwise_winning": result.pairwise.loc[found.labels, found.labels].to_numpy(),
        "ranking_entropy_bits": result.entropy,
    }


def solve_smaa(method: str, inputs: Inputs) -> Inputs:
    """Return the answers to one case."""
    if method == "smaa2.samples":
        tables = np.array(inputs["measurement_draws"], dtype=float)
        names = [str(name) for name in inputs["criteria"]]
        matrix = table_of(tables.mean(axis=0), partial(len(names)), names)
        return answer(matrix, given_draws(np.array(inputs["weight_draws"])), tables, samples=len(tables))
    if method != "smaa2":
        raise NotImplementedError(method)
    if "partial_values" in inputs:
        values = np.array(inputs["partial_values"], dtype=float)
        names = [str(name) for name in inputs.get("criteria") or range(values.shape[1])]
        matrix, spread = table_of(values, partial(len(names)), names), None
    else:
        matrix, spread = uncertain(inputs)
    return answer(matrix, model_of(inputs, matrix.names), spread)
