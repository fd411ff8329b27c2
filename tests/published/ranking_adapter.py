"""Answers the reference cases on ranking through the public interface of weighbridge.

``solve_ranking(method, inputs)`` takes a case's method name and inputs (types +1 gain, −1 cost) and
returns the figures it asks for; `NotImplementedError` for any other method.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

import weighbridge as wb
from weighbridge.core.criterion import PREFERENCE_PARAMETERS
from weighbridge.methods.compare import kendall_w, weights_similarity
from weighbridge.methods.objective import entropies
from weighbridge.methods.promethee import preference_indices
from weighbridge.methods.vikor import compromise

Inputs = dict[str, Any]
PREFERENCES = {"ushape": "u-shape", "vshape": "v-shape"}


def preference_of(case: Inputs) -> wb.Preference:
    """Translate a case's preference function; thresholds that it does not have are left out."""
    name = PREFERENCES.get(case["function"], case["function"])
    return wb.Preference(name, **{key: case[key] for key in PREFERENCE_PARAMETERS[name] if case.get(key) is not None})


def matrix_of(inputs: Inputs) -> wb.DecisionMatrix:
    """Build the decision matrix of a case; all its scales are taken as ratio scales."""
    values = np.array(inputs["matrix"], dtype=float)
    names = [f"c{j}" for j in range(values.shape[1])]
    types = inputs.get("types") or [1] * len(names)
    preferences = inputs.get("preference") or [None] * len(names)
    bounds = inputs.get("bounds") or [None] * len(names)
    criteria = {}
    for name, sign, preference, bound in zip(names, types, preferences, bounds, strict=True):
        ends = {} if bound is None else dict(zip(("worst", "best"), bound[::sign], strict=True))
        criteria[name] = wb.Criterion(
            direction="gain" if sign > 0 else "cost",
            scale="ratio",
            preference=None if preference is None else preference_of(preference),
            **ends,
        )
    frame = pd.DataFrame(values, columns=names, index=[f"A{i + 1}" for i in range(len(values))])
    return wb.DecisionMatrix(frame, criteria)


def ranked(inputs: Inputs, method: str, **parameters: Any) -> Any:
    """Rank a case's matrix by its weights."""
    matrix = matrix_of(inputs)
    return wb.rank(matrix, weights_of(inputs, matrix), method=method, **parameters)


def weights_of(inputs: Inputs, matrix: wb.DecisionMatrix) -> wb.Weights:
    """Return a case's weights by criterion, equal ones where it gives none."""
    given = inputs.get("weights") or [1.0 / len(matrix.names)] * len(matrix.names)
    return wb.Weights(dict(zip(matrix.names, given, strict=True)))


def solve_topsis(inputs: Inputs) -> Inputs:
    """TOPSIS; a case's own ideals are in the weighted normalized space."""
    points = {"ideal": inputs.get("pis"), "anti_ideal": inputs.get("nis")}
    ranking = ranked(inputs, "topsis", normalization=inputs.get("normalization") or "vector", **points)
    return {
        "closeness": ranking.scores_array,
        "ranks": ranking.ranks.to_numpy(),
        "d_plus": ranking.details["d_plus"],
        "d_minus": ranking.details["d_minus"],
        "pis": ranking.details["ideal"],
        "nis": ranking.details["anti_ideal"],
    }


def solve_promethee(inputs: Inputs) -> Inputs:
    """PROMETHEE I and II; a problem is one preference function on every criterion."""
    if "problems" in inputs:
        shared = {key: value for key, value in inputs.items() if key != "problems"}
        m = len(shared["matrix"][0]) if "matrix" in shared else 0
        return {
            name: solve_promethee({**shared, "preference": [problem] * m, **_own_table(problem)})
            for name, problem in inputs["problems"].items()
        }
    ranking, partial = ranked(inputs, "promethee-ii"), ranked(inputs, "promethee-i")
    matrix = matrix_of(inputs)
    shares = weights_of(inputs, matrix).array(matrix.names)
    return {
        "phi": ranking.net_flow.to_numpy(),
        "phi_plus": ranking.positive_flow.to_numpy(),
        "phi_minus": ranking.negative_flow.to_numpy(),
        "unicriterion_net_flows": ranking.criterion_flows.to_numpy(),
        "ranks_promethee2": ranking.ranks.to_numpy(),
        "relation_promethee1": partial.relation.to_numpy().tolist(),
        "pi": preference_indices(matrix, shares),
    }


def _own_table(problem: Inputs) -> Inputs:
    return {key: problem[key] for key in ("matrix", "types", "weights") if key in problem}


def each_problem(solve: Callable[[Inputs], Inputs]) -> Callable[[Inputs], Inputs]:
    """Let a solver answer a case of several named problems."""

    def solve_all(inputs: Inputs) -> Inputs:
        if "problems" not in inputs:
            return solve(inputs)
        shared = {key: value for key, value in inputs.items() if key != "problems"}
        return {name: solve({**shared, **problem}) for name, problem in inputs["problems"].items()}

    return solve_all


def solve_vikor(inputs: Inputs) -> Inputs:
    """VIKOR with its compromise set by row number."""
    ranking = ranked(inputs, "vikor", v=0.5 if inputs.get("v") is None else inputs["v"])
    found = compromise(ranking)
    return {
        "S": ranking.details["S"],
        "R": ranking.details["R"],
        "Q": ranking.scores_array,
        "acceptable_advantage": found.acceptable_advantage,
        "acceptable_stability": found.acceptable_stability,
        "compromise_set": sorted(int(label[1:]) - 1 for label in found.labels),
    }


def solve_copras(inputs: Inputs) -> Inputs:
    """COPRAS."""
    ranking = ranked(inputs, "copras")
    details = {key: ranking.details[key] for key in ("S_plus", "S_minus", "Q")}
    return {**details, "U": ranking.scores_array, "ranks": ranking.ranks.to_numpy()}


def solve_spotis(inputs: Inputs) -> Inputs:
    """SPOTIS; with an expected solution point both distances."""
    ideal = ranked(inputs, "spotis")
    own = ranked(inputs, "spotis", esp=inputs["esp"]) if inputs.get("esp") is not None else ideal
    return {
        "distance": own.scores_array,
        "distance_esp": own.scores_array,
        "distance_isp": ideal.scores_array,
        "ranks": own.ranks.to_numpy(),
        "ranks_isp": ideal.ranks.to_numpy(),
    }


def score_of(method: str, key: str, details: tuple[str, ...] = (), **renamed: str) -> Callable[[Inputs], Inputs]:
    """Return a solver for a method with one score, parameters renamed from the case's."""

    def solve(inputs: Inputs) -> Inputs:
        parameters = {own: inputs[case] for own, case in renamed.items() if inputs.get(case) is not None}
        ranking = ranked(inputs, method, **parameters)
        found = {name: ranking.details[name] for name in details}
        return {key: ranking.scores_array, "ranks": ranking.ranks.to_numpy(), **found}

    return solve


def solve_weighted_sum(inputs: Inputs) -> Inputs:
    """Weighted sum under the case's normalization."""
    normalization = (inputs.get("normalization") or "none").split()[0]
    ranking = ranked(inputs, "weighted-sum", normalization=normalization)
    return {"score": ranking.scores_array, "ranks": ranking.ranks.to_numpy()}


def solve_sum_and_product(inputs: Inputs) -> Inputs:
    """Weighted sum and product of raw values, and the product of shares of the column sum."""
    product = ranked(inputs, "weighted-product")
    scaled = ranked(inputs, "weighted-product", normalization="sum").scores_array
    scores = product.scores_array
    ratios = {
        f"wpm_ratio_A{i + 1}_A{j + 1}": scores[i] / scores[j]
        for i in range(len(scores))
        for j in range(i + 1, len(scores))
    }
    return {
        "wsm_raw": ranked(inputs, "weighted-sum", normalization="none").scores_array,
        "wpm_product": scores,
        "wpm_log10_of_sum_scaled": np.log10(scaled),
        "ranks_wpm": product.ranks.to_numpy(),
        **ratios,
    }


def solve_rank_correlation(inputs: Inputs) -> Inputs:
    """Coefficients between two rankings; x is the reference of WS."""
    found = wb.rank_correlation(inputs["x"], inputs["y"])
    return {
        "spearman": found.spearman,
        "weighted_spearman_rw": found.weighted_spearman,
        "WS": found.ws,
        "WS_xy": found.ws,
        "WS_yx": found.ws_reversed,
        "tau_a": found.kendall_tau_a,
        "tau_b": found.kendall_tau_b,
        "tau_c": found.kendall_tau_c,
    }


def solve_rank_aggregation(inputs: Inputs) -> Inputs:
    """Rank sums and Copeland scores."""
    return {
        "borda_rank_sum": wb.aggregate_ranks(inputs["rankings"], "borda").details["rank_sum"],
        "copeland_wins_minus_losses": wb.aggregate_ranks(inputs["rankings"], "copeland").scores_array,
    }


def solve_kendall_w(inputs: Inputs) -> Inputs:
    """Kendall's W."""
    found = kendall_w(inputs["rankings"])
    return {
        "W_tie_corrected": found.w,
        "W_uncorrected": found.w_uncorrected,
        "friedman_chi2": found.chi2,
        "mean_pairwise_spearman": found.mean_spearman,
        "p_value": found.p_value,
    }


def solve_weights(method: str) -> Callable[[Inputs], Inputs]:
    """Return a solver for objective weights."""

    def solve(inputs: Inputs) -> Inputs:
        matrix = matrix_of(inputs)
        weights = wb.objective_weights(matrix, method).array(matrix.names)
        extra = {"entropy": entropies(matrix.values)} if method == "entropy" else {}
        return {"weights": weights, **extra}

    return solve


def solve_weights_similarity(inputs: Inputs) -> Inputs:
    """Similarity of two weight vectors."""
    found = weights_similarity(inputs["reference"], inputs["other"])
    return {"WSC": found.wsc, "WSC2": found.wsc2}


SOLVERS: dict[str, Callable[[Inputs], Inputs]] = {
    "topsis": solve_topsis,
    "promethee": solve_promethee,
    "vikor": each_problem(solve_vikor),
    "copras": each_problem(solve_copras),
    "edas": score_of("edas", "AS", ("SP", "SN")),
    "marcos": score_of("marcos", "f", ("K_minus", "K_plus")),
    "aras": score_of("aras", "K"),
    "mabac": score_of("mabac", "score"),
    "cocoso": score_of("cocoso", "K", balance="lambda"),
    "spotis": solve_spotis,
    "weighted_sum": solve_weighted_sum,
    "weighted_sum_product": solve_sum_and_product,
    "rank_correlation": solve_rank_correlation,
    "rank_aggregation": solve_rank_aggregation,
    "kendall_w": solve_kendall_w,
    "weights.critic": solve_weights("critic"),
    "weights.entropy": solve_weights("entropy"),
    "weights.merec": solve_weights("merec"),
    "weights.similarity": solve_weights_similarity,
}


def solve_ranking(method: str, inputs: Inputs) -> Inputs:
    """Answer one reference case."""
    if method not in SOLVERS:
        raise NotImplementedError(method)
    return SOLVERS[method](inputs)
