"""Weights spread evenly over the part of the simplex that linear constraints leave.

Rejection where at least one weight vector in a hundred fits, which is exact; else hit-and-run.

References
----------
Smith, R. L. (1984). Efficient Monte Carlo procedures for generating points uniformly distributed
over bounded regions. Operations Research 32(6), 1296–1308.
Tervonen, T., van Valkenhoef, G., Baştürk, N. and Postmus, D. (2013). Hit-and-run enables efficient
weight generation for simulation-based multiple criteria decision analysis. European Journal of
Operational Research 224(3), 552–559: burn-in and thinning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from weighbridge.core.arrays import Booleans, Floats
from weighbridge.robustness.sampling import ROUND, square_root, uniform

__all__ = [
    "Polytope",
    "acceptance",
    "conflict",
    "hit_and_run_rounds",
    "polytope",
    "rejection_rounds",
    "step_counts",
    "texts",
]

FLAT: Final = 1e-9
"""A part of the simplex no wider than this is flat: its constraints hold with equality."""

PILOT: Final = 4_096
"""Draws that estimate how many weight vectors fit."""


@dataclass(frozen=True, eq=False)
class Polytope:
    """Weights w = centre + basis z with rows · w ≥ bounds.

    Attributes
    ----------
    rows, bounds
        Shapes (r, m) and (r,): every inequality, non-negative weights among them.
    centre
        Shape (m,): the Chebyshev centre, furthest from every side.
    basis
        Shape (m, d), orthonormal: the directions in which weights can move; d = 0 for one point.
    """

    rows: Floats
    bounds: Floats
    centre: Floats
    basis: Floats


def polytope(rows: Floats, bounds: Floats) -> Polytope | None:
    """Return what the constraints rows · w ≥ bounds leave of the simplex, None where that is nothing.

    Parameters
    ----------
    rows
        Shape (c, m).
    bounds
        Shape (c,).
    """
    m = rows.shape[1]
    sides, limits = np.vstack([np.eye(m), rows]), np.concatenate([np.zeros(m), bounds])
    equal, total = np.ones((1, m)), np.ones(1)
    while True:
        basis = _null_space(equal)
        widths = np.linalg.norm(sides @ basis, axis=1)
        found = _solve(sides, limits, equal, total, widths)
        if found is None:
            return None
        centre, radius = found
        free = widths > FLAT
        if radius > FLAT or not free.any():
            return Polytope(sides, limits, centre, basis)
        tight = np.array([free[i] and _slack(sides, limits, equal, total, i) <= FLAT for i in range(len(sides))])
        if not tight.any():
            return Polytope(sides, limits, centre, basis[:, :0])
        equal, total = np.vstack([equal, sides[tight]]), np.concatenate([total, limits[tight]])


def _null_space(rows: Floats) -> Floats:
    """Return an orthonormal basis of the directions along which the rows do not change, shape (m, d)."""
    _, sizes, vectors = np.linalg.svd(rows)
    rank = int((sizes > FLAT).sum())
    return np.asarray(vectors[rank:].T, dtype=np.float64)


def _solve(sides: Floats, limits: Floats, equal: Floats, total: Floats, widths: Floats) -> tuple[Floats, float] | None:
    """Return the Chebyshev centre and its distance to the nearest side, by a linear programme."""
    from scipy.optimize import linprog

    m = sides.shape[1]
    result = linprog(
        np.r_[np.zeros(m), -1.0],
        A_ub=np.hstack([-sides, widths[:, None]]),
        b_ub=-limits,
        A_eq=np.hstack([equal, np.zeros((len(equal), 1))]),
        b_eq=total,
        bounds=[(0.0, 1.0)] * m + [(0.0, 1.0)],
        method="highs",
    )
    if result.status != 0 or result.x is None:
        return None
    return np.asarray(result.x[:m], dtype=np.float64), float(result.x[m])


def _slack(sides: Floats, limits: Floats, equal: Floats, total: Floats, side: int) -> float:
    """Return by how much one inequality can be exceeded."""
    from scipy.optimize import linprog

    result = linprog(-sides[side], A_ub=-sides, b_ub=-limits, A_eq=equal, b_eq=total, bounds=(0.0, 1.0), method="highs")
    return 0.0 if result.fun is None else -float(result.fun) - float(limits[side])


def conflict(rows: Floats, bounds: Floats) -> list[int]:
    """Return constraints that cannot hold together, each of them needed for that.

    The deletion filter: a constraint without which the rest still contradicts itself is left out.
    """
    kept: list[int] = list(range(len(rows)))
    for number in range(len(rows)):
        others = [one for one in kept if one != number]
        if polytope(rows[others], bounds[others]) is None:
            kept = others
    return kept


def acceptance(generator: np.random.Generator, shape: Polytope) -> float:
    """Return the share of evenly spread weight vectors that fit, from `PILOT` draws."""
    weights = uniform(generator, PILOT, shape.rows.shape[1])
    return float(_inside(weights, shape).mean())


def _inside(weights: Floats, shape: Polytope) -> Booleans:
    values = np.einsum("sj,rj->sr", weights, shape.rows)
    return np.asarray((values >= shape.bounds).all(axis=1))


def rejection_rounds(generator: np.random.Generator, shape: Polytope) -> Iterator[Floats]:
    """Yield rounds of evenly spread weights that fit, shape (ROUND, m); the others are thrown away."""
    while True:
        fitting: list[Floats] = []
        while sum(map(len, fitting)) < ROUND:
            weights = uniform(generator, PILOT, shape.rows.shape[1])
            fitting.append(weights[_inside(weights, shape)])
        yield np.concatenate(fitting)[:ROUND]


def step_counts(dimensions: int) -> tuple[int, int]:
    """Return the steps of burn-in, 10 d² (at least 200), and between kept draws, 2 d² (at least 20)."""
    return max(200, 10 * dimensions**2), max(20, 2 * dimensions**2)


def hit_and_run_rounds(generator: np.random.Generator, shape: Polytope) -> Iterator[Floats]:
    """Yield rounds of weights from `ROUND` chains side by side, shape (ROUND, m).

    Every chain starts at the Chebyshev centre, moves along random directions to an even point of the
    chord, and gives one draw a round. Halfway through the burn-in the directions take the shape of
    the cloud so far, so that a thin polytope mixes as fast as a round one.
    """
    dimensions = shape.basis.shape[1]
    if dimensions == 0:
        while True:
            yield np.repeat(shape.centre[None, :], ROUND, axis=0)
    sides = shape.rows @ shape.basis
    slack = shape.rows @ shape.centre - shape.bounds
    moving = np.linalg.norm(sides, axis=1) > FLAT
    sides, slack = sides[moving], slack[moving]
    burn_in, thinning = step_counts(dimensions)
    places = np.zeros((ROUND, dimensions))
    places = _steps(generator, places, sides, slack, np.eye(dimensions), burn_in // 2)
    spread = square_root(np.atleast_2d(np.cov(places, rowvar=False)))
    steps = burn_in - burn_in // 2
    while True:
        places = _steps(generator, places, sides, slack, spread, steps)
        weights = np.maximum(shape.centre + np.einsum("sd,jd->sj", places, shape.basis), 0.0)
        yield weights / weights.sum(axis=1, keepdims=True)
        steps = thinning


def _steps(
    generator: np.random.Generator, places: Floats, sides: Floats, slack: Floats, spread: Floats, steps: int
) -> Floats:
    """Move every chain so many times; sides · z + slack ≥ 0 holds before and after."""
    for _ in range(steps):
        directions = np.einsum("sd,de->se", generator.standard_normal(places.shape), spread)
        room = np.maximum(np.einsum("sd,rd->sr", places, sides) + slack, 0.0)
        rates = np.einsum("sd,rd->sr", directions, sides)
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = room / -rates
        ahead = np.where(rates < 0, reach, np.inf).min(axis=1)
        behind = np.where(rates > 0, reach, -np.inf).max(axis=1)
        along = behind + (ahead - behind) * generator.random(len(places))
        places = places + along[:, None] * directions
    return places


def texts(rows: Floats, bounds: Floats, names: Sequence[str]) -> list[str]:
    """Return each constraint in words: ``potency − 2 × cost ≥ 0``."""
    return [f"{_sum(row, names)} ≥ {bound:g}" for row, bound in zip(rows, bounds, strict=True)]


def _sum(row: Floats, names: Sequence[str]) -> str:
    text = ""
    for coefficient, name in zip(row, names, strict=True):
        if coefficient == 0:
            continue
        size = "" if abs(coefficient) == 1 else f"{abs(coefficient):g} × "
        joint = (" − " if coefficient < 0 else " + ") if text else ("−" if coefficient < 0 else "")
        text += f"{joint}{size}{name}"
    return text or "0"
