"""AHP problems as plain data, solved over the public API: the shape in which published cases are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import weighbridge as wb
from weighbridge.core.judgement import Panel
from weighbridge.core.tree import Node, ValueTree
from weighbridge.elicitation.consistency import random_index_value
from weighbridge.elicitation.group import aggregate_priorities
from weighbridge.elicitation.hierarchy import weigh_tree

TABLES = {
    "saaty1980": "saaty-1980",
    "saaty2005_ANP": "saaty-2005",
    "donegan_dodd1991": "donegan-dodd",
    "aguaron_moreno2003": "aguaron-moreno",
    "alonso_lamata2006": "alonso-lamata",
    "alonso_lamata2006_linear_fit": "alonso-lamata-linear",
}


def solve_ahp(method: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers of one published problem, by the names its source gives them."""
    if method not in SOLVERS:
        raise NotImplementedError(method)
    return SOLVERS[method](inputs)


def _labels(n: int, given: Sequence[str] | None = None) -> list[str]:
    return [str(label) for label in given] if given else [f"item {k}" for k in range(n)]


def _comparisons(matrix: Any, labels: Sequence[str] | None = None) -> wb.Comparisons:
    return wb.Comparisons.from_matrix(_labels(len(matrix), labels), matrix)


def _weights(comparisons: wb.Comparisons, method: str) -> list[float]:
    return list(comparisons.priorities(method).values())


def _ratios(comparisons: wb.Comparisons) -> dict[str, float | None]:
    """Return the consistency ratio by every table that goes as far as this set."""
    ratios = {}
    for name, table in TABLES.items():
        try:
            ratios[name] = comparisons.consistency(table).ratio
        except wb.InputError:
            continue
    return ratios


def _solve_weights(inputs: Mapping[str, Any]) -> dict[str, Any]:
    labels = inputs.get("labels")
    comparisons = _comparisons(inputs["matrix"], labels)
    consistency = comparisons.consistency()
    eigenvector, geometric = (_weights(comparisons, method) for method in ("eigenvector", "llsm"))
    names: Sequence[Any] = labels or range(len(eigenvector))
    ratios = _ratios(comparisons)
    return {
        "weights_eigenvector": eigenvector,
        "weights_geometric_mean": geometric,
        "lambda_max": consistency.lambda_max,
        "CI": consistency.index,
        "CR": ratios,
        "GCI": consistency.gci,
        "koczkodaj": comparisons.koczkodaj(),
        "acceptable_at_0.10": {name: ratio <= 0.10 for name, ratio in ratios.items() if ratio is not None},
        "best_by_eigenvector": names[int(np.argmax(eigenvector))],
        "best_by_geometric_mean": names[int(np.argmax(geometric))],
    }


def _solve_consistency(inputs: Mapping[str, Any]) -> dict[str, Any]:
    comparisons = _comparisons(inputs["matrix"])
    consistency = comparisons.consistency()
    return {
        "lambda_max": consistency.lambda_max,
        "GCI": consistency.gci,
        "koczkodaj": comparisons.koczkodaj(),
        "congruence": comparisons.congruence(),
        "dissonance": comparisons.dissonance(),
    }


def _solve_incomplete(inputs: Mapping[str, Any]) -> dict[str, Any]:
    comparisons = _comparisons(inputs["matrix"], inputs.get("labels"))
    consistency = comparisons.consistency()
    n = len(comparisons.labels)
    completed = comparisons.completed()
    unanswered = np.argwhere(np.triu(np.isnan(comparisons.matrix)))
    return {
        "weights_llsm": _weights(comparisons, "llsm"),
        "weights_eigenvector_optimal_completion": _weights(comparisons, "eigenvector"),
        "lambda_max": consistency.lambda_max,
        "CI": consistency.index,
        # the sources divide by the index of complete matrices, which the library's own ratio refuses to do
        "CR_donegan_dodd1991": consistency.index / random_index_value(n, "donegan-dodd"),
        "CR_saaty1980_full_RI": consistency.index / random_index_value(n, "saaty-1980"),
    } | {f"missing_entry_{i}_{j}": float(completed[i, j]) for i, j in unanswered}


def _solve_group(inputs: Mapping[str, Any]) -> dict[str, Any]:
    matrices = inputs["matrices"]
    experts = [_comparisons(matrix, inputs.get("criteria")) for matrix in matrices]
    shares = inputs.get("expert_weights")
    group = wb.combine(experts, shares)
    own = [expert.priorities("eigenvector") for expert in experts]
    agreement = wb.consensus(own, scale_maximum=inputs.get("scale_max_M") or 9)
    return {
        "AIJ_matrix": group.matrix,
        "AIJ_weights_eigenvector": _weights(group, "eigenvector"),
        "AIJ_weights_geometric_mean": _weights(group, "llsm"),
        "AIJ_CR_saaty1980": group.consistency("saaty-1980").ratio,
        "AIP_weights_arithmetic": list(aggregate_priorities(own, shares, "arithmetic").values()),
        "AIP_weights_geometric_normalised": list(aggregate_priorities(own, shares, "geometric").values()),
        "individual_weights_eigenvector": [list(weights.values()) for weights in own],
        "individual_CR_saaty1980": [expert.consistency("saaty-1980").ratio for expert in experts],
        "consensus": {
            "H_alpha": agreement.h_alpha,
            "H_beta": agreement.h_beta,
            "H_gamma": agreement.h_gamma,
            "D_beta": agreement.d_beta,
            "S": agreement.s,
            "S_star": agreement.index,
        },
    }


def _solve_validation(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Raise where every matrix is refused; otherwise return what was accepted."""
    accepted: dict[str, Any] = {}
    refusals: list[wb.InputError] = []
    for name, matrix in inputs["matrices"].items():
        try:
            accepted[name] = _weights(_comparisons(matrix), "llsm")
        except wb.InputError as error:
            refusals.append(error)
    if not accepted:
        raise wb.InputError([fault for error in refusals for fault in error.faults])
    return accepted


@dataclass
class Hierarchy:
    """Groups of a tree by name: the children's names and the matrix that compares them."""

    groups: dict[str, tuple[list[str], Any]] = field(default_factory=dict)
    root: str = "goal"

    def node(self, name: str, method: str) -> Node:
        if name not in self.groups:
            return Node(name)
        children, matrix = self.groups[name]
        given = dict(zip(children, _local(children, matrix, method), strict=True))
        return Node(name, children=tuple(self.node(c, method) for c in children), weighting="given", given=given)

    def leaves(self, method: str) -> wb.Weights:
        return weigh_tree(ValueTree(self.node(self.root, method)), [], Panel(())).leaves


def _local(children: Sequence[str], matrix: Any, method: str) -> list[float]:
    """Return local weights from a matrix, or from stated weights in a list or mapping."""
    if isinstance(matrix, Mapping):
        matrix = [matrix[child] for child in children]
    if matrix and not isinstance(matrix[0], Sequence):
        return [float(weight) for weight in matrix]
    return _weights(_comparisons(matrix, children), method)


def _is_names(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(one, str) for one in value)


def _is_table(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and not _is_names(value)


def _stated(value: Any) -> float | None:
    """Return the weight that a child states for itself, if it does."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("weight", "local_weight", "priority") if key in value), None)
    return float(value) if isinstance(value, (int, float)) else None


def _below(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a group's children by name: listed, named, or as a mapping."""
    children = value.get("children", next((part for part in value.values() if _is_names(part)), None))
    if isinstance(children, Mapping):
        return dict(children)
    if children is not None:
        return {str(c["name"]) if isinstance(c, Mapping) else str(c): c for c in children}
    nested = {name: part for name, part in value.items() if isinstance(part, Mapping)}
    return nested or {name: part for name, part in value.items() if _stated(part) is not None}


def _read_group(hierarchy: Hierarchy, name: str, value: Any) -> None:
    """Read one group: children with a matrix, with weights of their own, or a bare matrix."""
    if _is_table(value):
        hierarchy.groups[name] = ([f"{name} {k + 1}" for k in range(len(value))], value)
    if not isinstance(value, Mapping):
        return
    table = next((part for part in value.values() if _is_table(part) and part and _is_table(part[0])), None)
    if table is None and all(_stated(part) is not None for part in value.values()):
        below = dict(value)
    else:
        below = _below(value)
    weights = [_stated(part) for part in below.values()]
    if table is not None:
        hierarchy.groups[name] = (list(below) or [f"{name} {k + 1}" for k in range(len(table))], table)
    elif below and all(weight is not None for weight in weights):
        hierarchy.groups[name] = (list(below), weights)
    for child, part in below.items():
        if isinstance(part, Mapping):
            inner = {key: one for key, one in part.items() if key not in ("weight", "local_weight", "priority")}
            if inner:
                _read_group(hierarchy, child, inner)


def _read_top(inputs: Mapping[str, Any]) -> tuple[list[str], Any] | None:
    if "criteria_matrix" in inputs:
        return _labels(len(inputs["criteria_matrix"]), inputs.get("criteria")), inputs["criteria_matrix"]
    if "goal_matrix" in inputs:
        names = inputs.get("goal_children", inputs.get("criteria"))
        return _labels(len(inputs["goal_matrix"]), names), inputs["goal_matrix"]
    return None


def _read_hierarchy(inputs: Mapping[str, Any]) -> Hierarchy:
    hierarchy = Hierarchy()
    top = _read_top(inputs)
    if top is not None:
        hierarchy.groups["goal"] = top
    tree = inputs.get("tree", {})
    for name, value in {**inputs.get("subcriteria", {}), **tree}.items():
        matrix = inputs.get("leaf_matrices", {}).get(name)
        if _is_names(value) and matrix is not None:
            hierarchy.groups[name] = (list(value), matrix)
    for name, value in inputs.get("subcriteria", {}).items():
        _read_group(hierarchy, name, value)
    if {"children", "matrix", "name"} & set(tree) or any(_stated(part) is not None for part in tree.values()):
        _read_group(hierarchy, "goal", tree)
    else:
        for name, value in tree.items():
            _read_group(hierarchy, name, value)
    below = {child for children, _ in hierarchy.groups.values() for child in children}
    hierarchy.root = next((name for name in hierarchy.groups if name not in below), "goal")
    if "alternatives" not in inputs:
        for name, matrix in inputs.get("leaf_matrices", {}).items():
            if name not in hierarchy.groups:
                _read_group(hierarchy, name, matrix)
    return hierarchy


def _alternatives_by_leaf(inputs: Mapping[str, Any], leaves: Sequence[str], method: str) -> dict[str, list[float]]:
    matrices: Any = {**inputs.get("leaf_matrices", {})}
    given = inputs.get("alternative_matrices", {})
    matrices |= given if isinstance(given, Mapping) else dict(zip(leaves, given, strict=True))
    local = {name: _weights(_comparisons(m, inputs.get("alternatives")), method) for name, m in matrices.items()}
    for name, scores in inputs.get("leaf_scores", {}).items():
        if inputs.get("score_normalisation", "sum") != "sum":
            raise NotImplementedError(inputs["score_normalisation"])
        values = [scores[a] for a in inputs["alternatives"]] if isinstance(scores, Mapping) else scores
        local[name] = list(wb.Weights(dict(zip(_labels(len(values)), values, strict=True))).values())
    return local


def _synthesis(inputs: Mapping[str, Any], hierarchy: Hierarchy, method: str) -> list[float]:
    """Return the alternatives' global weights, distributive: Σ over leaves of weight × local share."""
    leaves = hierarchy.leaves(method)
    local = _alternatives_by_leaf(inputs, list(leaves), method)
    return [float(total) for total in np.array(list(leaves.values())) @ np.array([local[leaf] for leaf in leaves])]


def _solve_hierarchy(inputs: Mapping[str, Any]) -> dict[str, Any]:
    named = next((scores for scores in inputs.get("leaf_scores", {}).values() if isinstance(scores, Mapping)), None)
    if named is not None and "alternatives" not in inputs:
        inputs = {**inputs, "alternatives": list(named)}
    hierarchy = _read_hierarchy(inputs)
    leaves = hierarchy.leaves("eigenvector")
    groups = {
        name: dict(zip(children, _local(children, matrix, "eigenvector"), strict=True))
        for name, (children, matrix) in hierarchy.groups.items()
    }
    found: dict[str, Any] = {
        "criteria_weights": list(groups[hierarchy.root].values()),
        "leaf_global_weights": dict(leaves),
        "leaf_weights": dict(leaves),
        "local_weights": groups,
    }
    names, matrix = hierarchy.groups[hierarchy.root]
    if _is_table(matrix[0]):
        top = _comparisons(matrix, names).consistency("saaty-2005")
        found |= {"criteria_CR_saaty2005_ANP": top.ratio, "goal_lambda_max": top.lambda_max}
    compared: dict[str, Any] = {**inputs.get("leaf_matrices", {})}
    if isinstance(inputs.get("alternative_matrices"), Mapping):
        compared |= inputs["alternative_matrices"]
    found["leaf_CR_saaty1980"] = {n: _comparisons(m).consistency("saaty-1980").ratio for n, m in compared.items()}
    for name, matrix in compared.items():
        found[f"{name.lower()}_CR_saaty2005_ANP"] = _comparisons(matrix).consistency("saaty-2005").ratio
    if "alternatives" in inputs:
        local = _alternatives_by_leaf(inputs, list(leaves), "eigenvector")
        found["local_weights"] = local
        found["leaf_weights"] = dict(leaves) | {n: w for n, w in local.items() if n in inputs.get("leaf_matrices", {})}
        found["global_weights"] = _synthesis(inputs, hierarchy, "eigenvector")
        found["global_weights_geometric_mean_all_levels"] = _synthesis(inputs, hierarchy, "llsm")
    elif "leaf_matrices" in inputs:
        own = {name: list(groups[name].values()) for name in inputs["leaf_matrices"]}
        found["leaf_weights"] = own | found["leaf_weights"]
        found["leaf_global_weights"] |= {name: [leaves[c] for c in groups[name] if c in leaves] for name in own}
    return found


SOLVERS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "ahp.weights": _solve_weights,
    "ahp.consistency": _solve_consistency,
    "ahp.incomplete": _solve_incomplete,
    "ahp.group": _solve_group,
    "ahp.hierarchy": _solve_hierarchy,
    "ahp.validation": _solve_validation,
}
