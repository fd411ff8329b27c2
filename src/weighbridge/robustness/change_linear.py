"""The nearest weights under which a molecule is high enough, for methods that are linear in the weights.

For first place a linear programme: least Σ (d⁺ + d⁻) with w' = w + d⁺ − d⁻ ≥ 0, Σ d⁺ = Σ d⁻ and no rival
ahead, Σ_j w'_j (v_aj − v_ij) ≥ 0. For a place among the first k, up to k − 1 rivals may stay ahead, each
marked by a binary variable. Rivals enter only once a solution lets them ahead, so that of many thousands
a few dozen are ever in the programme. Solved by HiGHS through scipy; the solution is then moved onto its
own active constraints, which takes it from the solver's 1e-7 to rounding.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from weighbridge.core.arrays import Floats, Integers

__all__ = ["Nearest", "nearest_weights", "obstacles"]

AT_ONCE: Final = 32
"""Rivals added to the programme at a time."""

SLACK: Final = 1e-9
"""A lead above −1e-9 of its largest term is none before the solution is polished."""

NODES: Final = 20_000
"""Nodes of the branch and bound after which its best solution is taken as an upper bound."""


SECOND_OPINION: Final = (True, False)
"""With presolve, and where that finds nothing without: HiGHS calls some problems with tiny terms infeasible."""


class Nearest(NamedTuple):
    """The nearest weights, None where no weights do; `exact` is False for an upper bound.

    `rows` are the rivals that entered the programme.
    """

    weights: Floats | None
    exact: bool
    rows: Integers


def nearest_weights(leads: Floats, weights: Floats, allowed: int) -> Nearest:
    """Find the weights with the least sum of absolute changes that leave few rivals ahead.

    Parameters
    ----------
    leads
        Shape (rivals, m): the molecule's value less the rival's, on each criterion.
    weights
        Shape (m,): today's, summing to 1.
    allowed
        How many rivals may stay ahead.

    Returns
    -------
    nearest
        A rival that draws level is not ahead.
    """
    scale = np.abs(leads).max(axis=1, initial=0.0)
    # Who is nowhere better can never be ahead.
    dangerous = np.flatnonzero((leads < 0).any(axis=1))
    scaled = leads[dangerous] / scale[dangerous, None]
    if allowed == 0:
        found = _without_rivals(scaled, weights)
        return found._replace(rows=dangerous[found.rows])
    return _with_some_ahead(scaled, weights, allowed)._replace(rows=dangerous)


def _without_rivals(leads: Floats, weights: Floats) -> Nearest:
    rows = _worst(leads @ weights, np.empty(0, dtype=np.int64))
    while True:
        found = _programme(leads[rows], weights)
        if found is None:
            return Nearest(None, True, rows)
        found = _polished(leads[rows], weights, found)
        more = _worst(leads @ found, rows)
        if more.size == rows.size:
            return Nearest(found, True, rows)
        rows = more


def _worst(scores: Floats, rows: Integers) -> Integers:
    """Return the rows with those added that are furthest ahead."""
    ahead = np.flatnonzero(scores < -SLACK)
    ahead = ahead[~np.isin(ahead, rows)]
    chosen = ahead[scores[ahead].argsort(kind="stable")[:AT_ONCE]]
    return np.concatenate((rows, chosen))


def _programme(leads: Floats, weights: Floats) -> Floats | None:
    from scipy.optimize import linprog

    m = weights.size
    for presolve in SECOND_OPINION:
        result = linprog(
            np.ones(2 * m),
            A_ub=np.hstack((-leads, leads)),
            b_ub=leads @ weights,
            A_eq=np.repeat([[1.0, -1.0]], m, axis=1).reshape(1, -1),
            b_eq=[0.0],
            bounds=[(0.0, 1.0)] * m + [(0.0, float(weight)) for weight in weights],
            method="highs",
            options={
                "presolve": presolve,
                "primal_feasibility_tolerance": 1e-10,
                "dual_feasibility_tolerance": 1e-10,
            },
        )
        if result.status == 0 and result.x is not None:
            return _moved(weights, result.x)
    return None


def _moved(weights: Floats, changes: Floats) -> Floats:
    m = weights.size
    moved = np.maximum(weights + changes[:m] - changes[m : 2 * m], 0.0)
    result: Floats = moved / moved.sum()
    return result


def _polished(leads: Floats, weights: Floats, found: Floats) -> Floats:
    """Move a solution onto the constraints that it nearly meets with equality."""
    one = np.eye(weights.size)
    zero, still = found < 1e-8, np.abs(found - weights) < 1e-8
    level = np.abs(leads @ found) < 1e-8
    table = np.vstack((np.ones((1, weights.size)), one[zero], one[still & ~zero], leads[level]))
    wanted = np.concatenate(([1.0], np.zeros(int(zero.sum())), weights[still & ~zero], np.zeros(int(level.sum()))))
    moved = found.copy()
    for _ in range(2):
        moved += np.linalg.lstsq(table, wanted - table @ moved, rcond=None)[0]
    moved[zero] = 0.0
    better = moved.min() >= 0 and (leads @ moved).min(initial=0.0) >= min((leads @ found).min(initial=0.0), -1e-14)
    return moved if better else found


def _with_some_ahead(leads: Floats, weights: Floats, allowed: int) -> Nearest:
    rows = _worst(leads @ weights, np.empty(0, dtype=np.int64))
    exact = True
    while True:
        marked, finished = _mixed_programme(leads[rows], weights, allowed)
        exact &= finished
        if marked is None:
            return Nearest(None, finished, rows)
        found = _without_rivals(leads[rows[~marked]], weights).weights
        if found is None:  # the marks meant less than the solver's tolerance
            return Nearest(None, False, rows)
        scores = leads @ found
        if np.count_nonzero(scores < -SLACK) <= allowed:
            return Nearest(found, exact, rows)
        rows = _worst(scores, rows)


def _mixed_programme(
    leads: Floats, weights: Floats, allowed: int
) -> tuple[np.ndarray[tuple[int], np.dtype[np.bool_]] | None, bool]:
    """Return which rivals stay ahead at the optimum, None where there is no solution; and whether it was reached."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    m, n = weights.size, leads.shape[0]
    largest = -leads.min(axis=1)  # the furthest any weights can put the rival ahead
    table = np.vstack(
        (
            np.hstack((leads, -leads, np.diag(largest))),
            np.concatenate((np.ones(m), -np.ones(m), np.zeros(n)))[None],
            np.concatenate((np.zeros(2 * m), np.ones(n)))[None],
        )
    )
    low = np.concatenate((-(leads @ weights), [0.0, 0.0]))
    high = np.concatenate((np.full(n, np.inf), [0.0, float(allowed)]))
    for presolve in SECOND_OPINION:
        result = milp(
            np.concatenate((np.ones(2 * m), np.zeros(n))),
            integrality=np.concatenate((np.zeros(2 * m), np.ones(n))),
            bounds=Bounds(np.zeros(2 * m + n), np.concatenate((np.ones(m), weights, np.ones(n)))),
            constraints=LinearConstraint(table, low, high),
            options={"node_limit": NODES, "mip_rel_gap": 0.0, "presolve": presolve},
        )
        if result.x is not None:
            return result.x[2 * m :] > 0.5, result.status == 0
    return None, result.status == 2


def obstacles(leads: Floats) -> Integers:
    """Return rivals of whom at least one is ahead whatever the weights, where there are no weights for first place.

    The dual of max δ with Σ_j w_j lead_ij ≥ δ is a mixture of rivals that is better on every criterion;
    its members are returned, as rows of `leads`. Farkas' lemma: none are needed beside them.
    """
    from scipy.optimize import linprog

    n, m = leads.shape
    scaled = leads / np.abs(leads).max(axis=1, keepdims=True)
    result = linprog(
        np.concatenate((np.zeros(m), [-1.0])),
        A_ub=np.hstack((-scaled, np.ones((n, 1)))),
        b_ub=np.zeros(n),
        A_eq=np.concatenate((np.ones(m), [0.0]))[None],
        b_eq=[1.0],
        bounds=[(0.0, 1.0)] * m + [(None, None)],
        method="highs",
    )
    return np.flatnonzero(np.abs(result.ineqlin.marginals) > 1e-9).astype(np.int64)
