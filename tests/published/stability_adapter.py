"""Answers the reference cases on weight stability and weight sensitivity through the public interface."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from tests.published.ranking_adapter import matrix_of, weights_of

from weighbridge.robustness.critical import critical_changes
from weighbridge.robustness.forms import scorer
from weighbridge.robustness.stability import stability_intervals

Inputs = dict[str, Any]

METHODS: Final = {"weighted_sum": "weighted-sum", "promethee2": "promethee-ii", "topsis": "topsis"}


def solve_stability(method: str, inputs: Inputs) -> Inputs:
    """Answer ``weight_stability`` and ``weight_sensitivity``."""
    return solve_intervals(inputs) if method == "weight_stability" else solve_sensitivity(inputs)


def solve_intervals(inputs: Inputs) -> Inputs:
    """Stability of the best and of the whole order; where the first weight changes the best, and to whom."""
    matrix, name = matrix_of(inputs), METHODS[inputs["method"]]
    weights = weights_of(inputs, matrix)
    chosen = {} if name == "promethee-ii" else {"normalization": inputs.get("normalization") or "none"}
    best = stability_intervals(matrix, weights, name, **chosen)
    whole = stability_intervals(matrix, weights, name, order=True, **chosen)
    form = scorer(matrix, name, **chosen).form
    found: Inputs = {
        "score": form.scores(weights.array(matrix.names)),
        "top_stability": [[one.low, one.high] for one in best.values()],
        "ranking_stability": [[one.low, one.high] for one in whole.values()],
    }
    today, first = weights[matrix.names[0]], best[matrix.names[0]]
    crossings = [
        end for end, who in ((first.low, first.overtaker_low), (first.high, first.overtaker_high)) if who is not None
    ]
    if crossings:
        crossing = min(crossings, key=lambda end: abs(end - today))
        others = weights.array(matrix.names)[1:]
        scores = [
            form.scores(np.concatenate(([t], others / others.sum() * (1 - t))))
            for t in (crossing + 1e-6, crossing - 1e-6)
        ]
        found["crossing"] = crossings[0] if len(crossings) == 1 else crossings
        found["best_for_w1_above"], found["best_for_w1_below"] = (int(one.argmax()) for one in scores)
    return found


def solve_sensitivity(inputs: Inputs) -> Inputs:
    """Critical changes of each weight for each pair; pairs in the order of the ranking, all numbers from 0."""
    matrix = matrix_of(inputs)
    weights = weights_of(inputs, matrix)
    normalization = inputs.get("normalization") or "none"
    changes = critical_changes(
        matrix, weights, METHODS[inputs.get("method") or "weighted_sum"], normalization=normalization
    )
    row = {label: i for i, label in enumerate(matrix.labels)}
    column = {name: k for k, name in enumerate(matrix.names)}
    table = [
        [row[one.ahead], row[one.behind], column[one.criterion], *(_defined(x) for x in (one.absolute, one.percent))]
        for one in changes.to_frame().itertuples()
    ]
    scores = dict(zip(changes.labels, changes.scores, strict=True))
    critical = changes.percent_any_critical, changes.percent_top_critical
    return {
        "delta_table_i_j_k_abs_pct": table,
        "percent_any_critical": None if critical[0] is None else column[critical[0]],
        "percent_top_critical": None if critical[1] is None else column[critical[1]],
        "score": [scores[label] for label in matrix.labels],
    }


def _defined(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
