"""Weights of the criteria as they might have been: other answers of the panel, other unknown conditions.

Every judged node of the trees is drawn on its own: ln w ~ N(ln ŵ, C), C the covariance of the
logarithms of the node's local weights, then normalised. The unknowns are drawn uniformly over their
intervals. From both follow the rated and the judged shares, their blend, and the leaf weights, the
product of the local weights on the path: array operations over all draws at once.

Each node and each unknown has a stream of random numbers of its own, named after it, so that two
calculations with the same seed differ by what is compared and not by chance.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats
from weighbridge.core.tree import TRUST
from weighbridge.elicitation.hierarchy import NodeReport, TreeWeights
from weighbridge.errors import Fault, InputError
from weighbridge.robustness.sampling import square_root
from weighbridge.study.robust.unknowns import ShareModel, share_model

if TYPE_CHECKING:
    from weighbridge.core.tree import ValueTree
    from weighbridge.study.decision import Decision
    from weighbridge.study.study import Study

__all__ = ["WeightDraws", "blended", "draw_weights", "leaf_products", "trust_locals"]


@dataclass(frozen=True, eq=False, repr=False)
class WeightDraws:
    """Draws of the criteria's weights.

    Attributes
    ----------
    names
        The criteria, in the decision matrix's order.
    array
        Shape (S, m), rows sum to 1.
    shares
        Shape (S, sources): the sources' trust shares in each draw, in the study's order.
    sources
        Names of the sources.
    basis
        Node → what its scatter rests on, for the nodes that are drawn.
    fixed
        Nodes that are held: stated or equal weights, which nobody estimated.
    unknowns
        The unknowns behind the rated shares that are drawn, ``pH of public``.
    seed
        The seed.
    """

    names: tuple[str, ...]
    array: Floats
    shares: Floats
    sources: tuple[str, ...]
    basis: Mapping[str, str]
    fixed: tuple[str, ...]
    unknowns: tuple[str, ...]
    seed: int

    @property
    def varies(self) -> bool:
        """Whether any weight differs from draw to draw."""
        return bool(self.basis or self.unknowns) and bool(np.ptp(self.array, axis=0).max(initial=0.0) > 0)

    def to_frame(self) -> pd.DataFrame:
        """Return the draws, one row each, one column a criterion."""
        return pd.DataFrame(self.array, columns=list(self.names))

    def spread(self) -> pd.DataFrame:
        """Return criteria × (mean, sd, low, high): the middle 90 % of the draws between low and high."""
        low, high = np.quantile(self.array, [0.05, 0.95], axis=0)
        table = {"mean": self.array.mean(axis=0), "sd": self.array.std(axis=0), "low": low, "high": high}
        return pd.DataFrame(table, index=list(self.names))

    def __repr__(self) -> str:
        return f"WeightDraws({len(self.array)} draws of {len(self.names)} weights, seed {self.seed})"


def draw_weights(
    decision: Decision, samples: int = 10_000, seed: int = 0, *, panel: bool = True, unknowns: bool = True
) -> WeightDraws:
    """Draw weights from the panel's own scatter and from what is not known of the sources.

    Parameters
    ----------
    decision
        Whose trees, trust shares and blend are used.
    samples
        How many, at least 1.
    seed
        The same seed gives the same bytes.
    panel, unknowns
        What is drawn; what is not keeps the decision's value.

    Raises
    ------
    InputError
        If `samples` or `seed` is no such number.
    """
    _check(samples, seed)
    tree = _locals(decision.tree, samples, seed if panel else None)
    model = share_model(decision)
    shares = _shares(decision, model, samples, seed, panel=panel, unknowns=unknowns)
    tree.update(trust_locals(decision.study, shares))
    leaves = leaf_products(decision.study.tree, tree)
    order = [decision.study.tree.leaves.index(name) for name in decision.matrix.names]
    array = leaves[:, order]
    array /= array.sum(axis=1, keepdims=True)
    drawn = _drawn_nodes(decision) if panel else {}
    unknown = [one for one in model.unknowns if one.indicators] if unknowns and decision.trust.lam > 0 else []
    return WeightDraws(
        names=decision.matrix.names,
        array=array,
        shares=shares,
        sources=tuple(decision.study.sources),
        basis={name: report.covariance_basis for name, report in drawn.items()},
        fixed=tuple(name for name in _reports(decision) if name not in drawn),
        unknowns=tuple(f"{one.title} of {one.source}" for one in unknown),
        seed=seed,
    )


def _check(samples: object, seed: object) -> None:
    for name, value, least in (("samples", samples, 1), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise InputError(
                Fault(f"{name} is not such a number", found=repr(value), expected=f"a whole number ≥ {least}")
            )


def _reports(decision: Decision) -> dict[str, NodeReport]:
    """Return every node whose local weights enter, of all three trees; trust nodes follow the shares."""
    lam = decision.trust.lam
    trees = [decision.tree, decision.indicators if lam > 0 else None, decision.sources if lam < 1 else None]
    found = {name: report for tree in trees if tree is not None for name, report in tree.nodes.items()}
    return {name: report for name, report in found.items() if report.weighting != TRUST and len(report.weights) > 1}


def _drawn_nodes(decision: Decision) -> dict[str, NodeReport]:
    return {name: report for name, report in _reports(decision).items() if report.covariance is not None}


def _locals(tree: TreeWeights, samples: int, seed: int | None) -> dict[str, Floats]:
    """Return node → (S, children) local weights; as they are where there is no seed or no covariance."""
    return {name: _local(report, samples, seed) for name, report in tree.nodes.items() if report.weighting != TRUST}


def _local(report: NodeReport, samples: int, seed: int | None) -> Floats:
    weights = report.weights.array(list(report.weights))
    if seed is None or report.covariance is None:
        return np.repeat(weights[None, :], samples, axis=0)
    normal = _stream(seed, f"node {report.node}").standard_normal((samples, len(weights)))
    # einsum and not a matrix product: its sums do not depend on the number of threads.
    logs = np.log(weights) + np.einsum("sk,kj->sj", normal, square_root(report.covariance))
    return _normalised(np.exp(logs - logs.max(axis=1, keepdims=True)))


def _stream(seed: int, name: str) -> np.random.Generator:
    """Return the random numbers that belong to a name, independent of those of other names."""
    return np.random.default_rng(np.random.SeedSequence([int(seed), zlib.crc32(name.encode("utf-8"))]))


def _normalised(values: Floats) -> Floats:
    result: Floats = values / values.sum(axis=1, keepdims=True)
    return result


def _shares(decision: Decision, model: ShareModel, samples: int, seed: int, *, panel: bool, unknowns: bool) -> Floats:
    """Return (S, sources): the blend of judged and rated shares in every draw."""
    own = seed if panel else None
    names = tuple(decision.study.sources)
    judged = rated = None
    if decision.sources is not None:
        (name,) = decision.sources.nodes
        judged = _local(decision.sources.nodes[name], samples, own)
    if decision.indicators is not None and decision.trust.rated is not None:
        weights = leaf_products(decision.study.trust_tree, _locals(decision.indicators, samples, own))
        places = _places(model, samples, seed) if unknowns else np.repeat(model.middle, samples, axis=0)
        rated = model.shares(places, weights)
    if decision.trust.rule == "single":
        return np.ones((samples, len(names)))
    return blended(judged, rated, decision.trust.lam)


def _places(model: ShareModel, samples: int, seed: int) -> Floats:
    """Return (S, unknowns) uniform on (0, 1]: never 0, where every source might score nothing."""
    columns = [1.0 - _stream(seed, f"unknown {one.source}/{one.name}").random(samples) for one in model.unknowns]
    return np.array(columns, dtype=np.float64).reshape(len(columns), samples).T


def blended(judged: Floats | None, rated: Floats | None, lam: float) -> Floats:
    """Return judged^(1−λ) · rated^λ, normalised, for shares of shape (S, sources).

    A reading that λ leaves no part (0: rated, 1: judged) may be None.
    """
    if lam == 0 or rated is None:
        assert judged is not None
        return _normalised(judged)
    if lam == 1 or judged is None:
        return _normalised(rated)
    return _normalised(judged ** (1 - lam) * rated**lam)


def trust_locals(study: Study, shares: Floats) -> dict[str, Floats]:
    """Return node → (S, children) for every group weighted by trust: its sources' shares, normalised within it.

    Where the sources of a group have no share at all the row is NaN.
    """
    sources = list(study.sources)
    found: dict[str, Floats] = {}
    for node in study.tree.groups:
        if node.weighting == TRUST:
            columns = [sources.index(study.file.criteria[child.name].source or "") for child in node.children]
            given = shares[:, columns]
            total = given.sum(axis=1, keepdims=True)
            found[node.name] = np.where(total > 0, given / np.where(total > 0, total, 1.0), np.nan)
    return found


def leaf_products(tree: ValueTree | None, local: Mapping[str, Floats]) -> Floats:
    """Return (S, leaves) in the tree's order: the product of the local weights on each path.

    Parameters
    ----------
    tree
        The value tree.
    local
        Group node → (S, children), in the order of the children.
    """
    assert tree is not None
    columns: dict[str, Any] = {tree.root.name: 1.0}
    for node in tree.groups:  # parents come first
        for position, child in enumerate(node.children):
            columns[child.name] = columns[node.name] * local[node.name][:, position]
    return np.column_stack([columns[name] for name in tree.leaves])
