"""How uncertain weights from judgements are: covariances of their logarithms, node by node and composed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.core.tree import ValueTree
from weighbridge.core.weights import Weights
from weighbridge.elicitation.answers import pooled
from weighbridge.elicitation.comparisons import Comparisons
from weighbridge.elicitation.priorities import laplacian_inverse

__all__ = ["DEFAULT_SIGMA", "between_experts", "leaf_covariance", "local_covariance", "normalized_covariance"]

DEFAULT_SIGMA: Final = 0.35
"""Standard deviation of a single answer's logarithm, where no answer and no second expert can show it."""


def normalized_covariance(covariance: Floats, weights: Floats) -> Floats:
    """Return the covariance of ln(w / Σw) from that of ln w, to first order.

    With J = I − 1 wᵀ, the derivative of ln w_i − ln Σ w: J C Jᵀ.
    """
    centre = np.eye(len(weights)) - weights[None, :]
    return np.asarray(centre @ covariance @ centre.T, dtype=np.float64)


def between_experts(priorities: Floats, expert_weights: Floats) -> Floats:
    """Return the covariance of the weighted mean of the experts' centred log priorities.

    Parameters
    ----------
    priorities
        Experts × items, positive, at least two experts.
    expert_weights
        Relative weights α, shape (experts,).

    Returns
    -------
    K/(K − 1) Σ_k α_k² d_k d_kᵀ with d_k the deviation from the weighted mean; for equal weights
    the sample covariance divided by K.
    """
    shares = expert_weights / expert_weights.sum()
    logs = np.log(priorities)
    logs -= logs.mean(axis=1, keepdims=True)
    deviations = (logs - shares @ logs) * shares[:, None]
    count = len(priorities)
    return np.asarray(count / (count - 1) * deviations.T @ deviations, dtype=np.float64)


def local_covariance(
    weights: Floats, fitted: Weights, group: Comparisons, priorities: Floats, expert_weights: Floats
) -> tuple[Floats, str]:
    """Return the covariance of the logarithms of a node's local weights, and what it rests on.

    In this order: the answers' own disagreement (GCI · L⁺) where degrees of freedom are left; the
    spread between at least two experts; a stated default of σ = 0.35 an answer.

    Parameters
    ----------
    weights
        The local weights used, shape (n,).
    fitted
        The group's log-least-squares weights.
    group
        The group's answers.
    priorities, expert_weights
        The experts' own priorities (experts × n, possibly no rows) and weights.
    """
    if fitted.covariance is not None:
        freedom = fitted.degrees_of_freedom
        return normalized_covariance(fitted.covariance, weights), f"the answers (GCI · L⁺, {freedom} to spare)"
    if len(priorities) > 1:
        spread = between_experts(priorities, expert_weights)
        return normalized_covariance(spread, weights), f"the spread between {len(priorities)} experts"
    inverse = laplacian_inverse(pooled(group.labels, group.answers))
    return normalized_covariance(DEFAULT_SIGMA**2 * inverse, weights), f"a stated default of σ = {DEFAULT_SIGMA}"


def leaf_covariance(tree: ValueTree, covariances: Mapping[str, Floats]) -> Floats | None:
    """Return the covariance of the logarithms of the leaf weights, None without any node's.

    ln w(leaf) is the sum of the logarithms of the local weights on its path; the nodes' judgements
    are taken as independent, so every node adds its block to the leaves below its children.

    Parameters
    ----------
    tree
        The value tree.
    covariances
        By node name: covariance of the logarithms of the normalised local weights, in the order of
        the children. Nodes left out count as exact.
    """
    if not covariances:
        return None
    leaves = tree.leaves
    total = np.zeros((len(leaves), len(leaves)))
    for name, covariance in covariances.items():
        below = [{one.name for one in child.walk()} for child in tree.find(name).children]
        member = np.array([[float(leaf in names) for names in below] for leaf in leaves])
        total += member @ covariance @ member.T
    return total
