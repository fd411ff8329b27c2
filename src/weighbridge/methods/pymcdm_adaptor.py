"""The only module that imports pymcdm: checks first, then calls, then guards.

Each call builds a fresh object (PROMETHEE objects of pymcdm work once, others keep state), with its
validation off: that is a Python loop over rows, and it advises deleting the best molecule. Criteria
of weight 0 are left out, because some definitions let them move the score (x⁰ = 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from weighbridge.core.arrays import Booleans, Floats
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import Ranking
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.methods.peers import PEERS, Peer
from weighbridge.methods.requirements import (
    flattened,
    near_constant,
    number_between,
    point_of,
    require_bounds,
    require_inside_bounds,
    require_ratio_scale,
    require_sign,
)
from weighbridge.methods.spec import REVERSAL_NOTE, MethodSpec
from weighbridge.methods.within import anti_ideal, rank_within_table

__all__ = ["peer_specs", "rank_peer"]


@dataclass(frozen=True, eq=False)
class _Call:
    """Everything a call of pymcdm needs but the table."""

    peer: Peer
    weights: Floats
    signs: Floats
    bounds: Floats | None
    point: Floats | None
    keywords: dict[str, Any]

    def kept(self, values: Floats) -> Booleans:
        """Return which columns enter: those with weight, less those the definition divides by 0 on."""
        kept = self.weights > 0
        if self.peer.zero_columns:
            kept = kept & (values != 0).any(axis=0)
        if self.peer.constant_columns:
            kept = kept & ~near_constant(values)
        return kept

    def tied(self, values: Floats, kept: Booleans) -> float | None:
        """Return the score all molecules share where the definition gives 0/0."""
        if not kept.any():
            return 0.0 if self.peer.tie is None else self.peer.tie
        if self.peer.tie is not None and near_constant(values[:, kept]).all():
            return self.peer.tie
        return None

    def score(self, values: Floats) -> Floats:
        """Return the n scores of a table of shape (n, m)."""
        steady = values if self.peer.bounds else flattened(values)
        kept = self.kept(steady)
        tie = self.tied(steady, kept)
        if tie is not None:
            return np.full(len(values), tie)
        return np.asarray(self.run(steady, kept, verbose=False), dtype=np.float64)

    def details(self, values: Floats) -> dict[str, Floats]:
        """Return the intermediate arrays that the peer names."""
        kept = self.kept(values)
        if not self.peer.details or self.tied(values, kept) is not None:
            return {}
        tables = self.run(values, kept, verbose=True).results
        return {
            name: np.asarray(tables[number].data, dtype=np.float64).ravel()
            for name, number in self.peer.details.items()
        }

    def run(self, values: Floats, kept: Booleans, *, verbose: bool) -> Any:
        """Call pymcdm on the columns that enter."""
        import pymcdm.methods

        table, weights, types = values[:, kept], self.weights[kept], self.signs[kept].astype(np.int64)
        arguments = dict(self.keywords)
        if self.peer.bounds == "rows":
            assert self.bounds is not None
            arguments["bounds"] = self.bounds[kept]
        elif self.peer.bounds == "ideals":
            assert self.bounds is not None
            arguments["anti_ideal"], arguments["ideal"] = self.bounds[kept].T
        if self.point is not None:
            arguments[self.peer.point] = self.point[kept]
        if self.peer.name == "moora":
            # pymcdm refuses tables without a cost, which the definition allows: add one of weight 0.
            table = np.column_stack((table, np.ones(len(table))))
            weights, types = np.append(weights, 0.0), np.append(types, -1)
        method = getattr(pymcdm.methods, self.peer.attribute)(**arguments)
        return method(table, weights, types, validation=False, verbose=verbose)


def rank_peer(peer: Peer, matrix: DecisionMatrix, weights: Floats, **parameters: Any) -> Ranking:
    """Rank by a method of pymcdm.

    Parameters
    ----------
    peer
        Which one, from `weighbridge.methods.peers.PEERS`.
    matrix
        The decision matrix.
    weights
        Shape (m,), summing to 1.
    **parameters
        Those of the peer.

    Returns
    -------
    ranking
        Contributions are Shapley values against the anti-ideal (or the mean, where the peer says
        so), each coalition scored within the whole table.

    Raises
    ------
    InputError
        Values for which the method is undefined, before pymcdm is called.
    """
    chosen = {
        name: number_between(parameters.get(name, p.default), name, p.low, p.high)
        for name, p in peer.parameters.items()
    }
    weighted = weights > 0
    values = _checked(peer, matrix, weighted)
    _check_parameters(peer, chosen)
    bounds = _bounds(peer, matrix, weighted)
    point = _point(peer, matrix, parameters.get(peer.point), bounds)
    keywords = {peer.parameters[name].keyword: value for name, value in chosen.items()}
    call = _Call(peer, weights, matrix.signs, bounds, point, keywords)
    _check_defined(call, matrix, values)
    return rank_within_table(
        matrix,
        values,
        call.score,
        method=peer.name,
        higher_is_better=peer.higher_is_better,
        point=_reference(peer, matrix, values),
        parameters=chosen if point is None else {**chosen, peer.point: point.tolist()},
        notes=_notes(peer, matrix, weighted),
        details=call.details(values),
    )


def peer_specs() -> tuple[MethodSpec, ...]:
    """Return the registry's entries for all methods that come through pymcdm."""
    return tuple(
        MethodSpec(
            peer.name,
            peer.title,
            partial(rank_peer, peer),
            peer.citation,
            higher_is_better=peer.higher_is_better,
            needs=_needs(peer),
            parameters=_parameters(peer),
            remark=peer.remark,
        )
        for peer in PEERS
    )


def _parameters(peer: Peer) -> dict[str, str]:
    words = {name: f"{p.meaning}; default {p.default:g}" for name, p in peer.parameters.items()}
    if peer.point:
        words[peer.point] = "expected solution point inside the declared ranges; default the declared best"
    return words


def _needs(peer: Peer) -> tuple[str, ...]:
    needs = []
    if peer.bounds:
        needs.append("declared ranges")
    if peer.sign != "any":
        needs.append("values > 0" if peer.sign == "positive" else "values ≥ 0")
    if peer.ratio:
        needs.append("ratio scales")
    if peer.most_rows:
        needs.append(f"at most {peer.most_rows} molecules")
    return tuple(needs)


def _checked(peer: Peer, matrix: DecisionMatrix, weighted: Booleans) -> Floats:
    """Return the filled values after every check that needs only them."""
    n = matrix.shape[0]
    if peer.most_rows is not None and n > peer.most_rows:
        raise InputError(
            Fault(f"{peer.title} is not offered for so many molecules", found=str(n), expected=f"≤ {peer.most_rows}")
        )
    names = [name for name, used in zip(matrix.names, weighted, strict=True) if used]
    if peer.ratio:
        require_ratio_scale(matrix, peer.title, names)
    values = matrix.filled()
    if not peer.bounds:
        values = flattened(values)
    if peer.sign != "any":
        require_sign(matrix, values, peer.title, zero_allowed=peer.sign == "nonnegative", columns=weighted)
    if peer.inside:
        require_bounds(matrix, peer.title, names)
        require_inside_bounds(matrix, values, peer.title, weighted)
    return values


def _check_parameters(peer: Peer, chosen: dict[str, float]) -> None:
    if peer.name == "rafsi" and chosen["n1"] >= chosen["n2k"]:
        raise InputError(
            Fault(
                "n1 is not smaller than n2k", found=f"n1={chosen['n1']:g}, n2k={chosen['n2k']:g}", expected="n1 < n2k"
            )
        )


def _check_defined(call: _Call, matrix: DecisionMatrix, values: Floats) -> None:
    """Refuse a molecule that is worst on every criterion where the definition divides by its score."""
    kept = call.kept(values)
    if call.peer.name != "cocoso" or call.tied(values, kept) is not None:
        return
    worst = np.where(matrix.signs > 0, values.min(axis=0), values.max(axis=0))
    faults = Faults()
    for i in np.flatnonzero((values == worst)[:, kept].all(axis=1)):
        faults.add(
            "CoCoSo divides by the lowest score, and this molecule is worst on every criterion, so it is 0",
            place=f"row {matrix.labels[int(i)]!r}",
            mend="Choose another method",
        )
    faults.raise_if_any()


def _bounds(peer: Peer, matrix: DecisionMatrix, weighted: Booleans) -> Floats | None:
    """Return [min, max] by criterion, shape (m, 2); criteria without weight need none."""
    if not peer.bounds:
        return None
    names = [name for name, used in zip(matrix.names, weighted, strict=True) if used]
    worst, best = require_bounds(matrix, peer.title, names)
    bounds = np.tile([0.0, 1.0], (weighted.size, 1))
    bounds[weighted] = np.column_stack((np.minimum(worst, best), np.maximum(worst, best)))
    return bounds


def _point(peer: Peer, matrix: DecisionMatrix, given: Any, bounds: Floats | None) -> Floats | None:
    """Return the expected solution point, refusing one outside the declared ranges."""
    if given is None or bounds is None:
        return None
    point = point_of(matrix, given, peer.point)
    faults = Faults()
    for j in np.flatnonzero((point < bounds[:, 0]) | (point > bounds[:, 1])):
        faults.add(
            f"{peer.point} lies outside the declared range",
            place=f"criterion {matrix.names[int(j)]!r}",
            found=f"{point[j]:g}",
            expected=f"{bounds[j, 0]:g} to {bounds[j, 1]:g}",
        )
    faults.raise_if_any()
    return point


def _reference(peer: Peer, matrix: DecisionMatrix, values: Floats) -> Floats:
    if peer.reference == "mean":
        mean: Floats = values.mean(axis=0)
        return mean
    return anti_ideal(matrix, values, positive=peer.sign != "any")


def _notes(peer: Peer, matrix: DecisionMatrix, weighted: Booleans) -> tuple[str, ...]:
    notes = [] if peer.bounds else [f"{peer.name}: {REVERSAL_NOTE}"]
    if peer.remark:
        notes.append(f"{peer.name}: {peer.remark}")
    idle = [name for name, used in zip(matrix.names, weighted, strict=True) if not used]
    if idle:
        notes.append(f"{peer.name}: criteria of weight 0 are left out: {', '.join(idle)}")
    return tuple(notes)
