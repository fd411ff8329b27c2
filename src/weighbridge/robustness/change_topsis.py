"""Near weights under which a molecule is high enough in TOPSIS.

A rival is no longer ahead where ρ_a ≥ ρ_i, ρ = D⁻²/(D⁻² + D⁺²) being a ratio of two linear functions of the
squared weights: these conditions are not convex. With two criteria the weights lie on a line, each rival
is ahead on at most two open intervals between the roots of a quadratic, and the nearest uncovered point
is exact. With more criteria a local method is used: from several starts, linear programmes on the
linearised conditions within a trust region (sequential linear programming, Fletcher and Sainz de la Maza
1989, Mathematical Programming 43, 235–256), every step checked by scoring all molecules. What it finds
are weights that do; that there are none nearer is not proved.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.core.ranking import ROUNDING
from weighbridge.robustness.forms import RatioForm

__all__ = ["near_weights", "nearest_of_two"]

SAMPLES: Final = 400
STARTS: Final = 6
STEPS: Final = 40
RIVALS: Final = 48
PENALTY: Final = 100.0
LEVEL: Final = ROUNDING / 4
"""Closeness may be lower than a rival's by this share of the highest: a ranking calls four times that level."""


class _Problem(NamedTuple):
    """One molecule against its rivals, today's weights and how many may stay ahead."""

    form: RatioForm
    row: int
    weights: Floats
    allowed: int

    def leads(self, weights: Floats) -> Floats:
        """Return ρ_a − ρ_i, shape (n,); 0 for the molecule itself."""
        standing = _standing(self.form, weights)
        result: Floats = standing[self.row] - standing
        return result

    def shortfall(self, weights: Floats) -> float:
        """Return by how much the first rival too many is ahead; 0 where there is none."""
        leads = self.leads(weights)
        return max(0.0, -float(np.partition(leads, self.allowed)[self.allowed]))

    def solved_by(self, weights: Floats) -> bool:
        """Return whether few enough are ahead by the closeness itself, as the ranking has it.

        A difference in ρ can be 10⁶ times as large in closeness, near 0 and 1.
        """
        scores = self.form.scores(weights)
        return int(np.count_nonzero(scores > scores[self.row] + LEVEL * scores.max())) <= self.allowed

    def distance(self, weights: Floats) -> float:
        """Return the sum of absolute changes from today's weights."""
        return float(np.abs(weights - self.weights).sum())


def _standing(form: RatioForm, weights: Floats) -> Floats:
    squares = (weights / weights.max()) ** 2
    near = form.near @ squares
    total = near + form.far @ squares
    nowhere = total == 0
    result: Floats = np.where(nowhere, 0.5, near / np.where(nowhere, 1.0, total))
    return result


def near_weights(form: RatioForm, row: int, weights: Floats, allowed: int) -> Floats | None:
    """Find near weights that leave at most some rivals ahead, for three criteria or more.

    Parameters
    ----------
    form
        Squared differences to anti-ideal and ideal.
    row
        The molecule.
    weights
        Shape (m,): today's, summing to 1.
    allowed
        How many rivals may stay ahead.

    Returns
    -------
    weights
        Shape (m,): feasible to rounding of the closeness; None where none were found.
    """
    problem = _Problem(form, row, weights, allowed)
    starts = _starts(problem)
    found = [_settled(problem, _descend(problem, start), start) for start in starts]
    first = _descend(problem, weights)
    reached = [one for one in (*found, first) if problem.solved_by(one)]
    return min(reached, key=problem.distance) if reached else None


def _starts(problem: _Problem) -> list[Floats]:
    """Return feasible weights, the nearest first, drawn towards today's as far as they stay feasible."""
    m = problem.weights.size
    random = np.random.default_rng(0)
    spread = random.dirichlet(np.full(m, 0.5), SAMPLES)
    around = random.dirichlet(1.0 + 20.0 * problem.weights, SAMPLES // 4)
    corners = 0.999 * np.eye(m) + 0.001 / m
    feasible = [one for one in (*np.eye(m), *corners, *spread, *around) if problem.shortfall(one) == 0.0]
    feasible.sort(key=problem.distance)
    drawn = [_drawn(problem, one, problem.weights) for one in feasible[: 4 * STARTS]]
    return sorted(drawn, key=problem.distance)[:STARTS]


def _drawn(problem: _Problem, feasible: Floats, towards: Floats, halvings: int = 30) -> Floats:
    """Return the last feasible weights found by halving the way from feasible ones to others."""
    low, high = 0.0, 1.0
    for _ in range(halvings):
        middle = (low + high) / 2
        if problem.shortfall(feasible + middle * (towards - feasible)) == 0.0:
            low = middle
        else:
            high = middle
    return feasible + low * (towards - feasible)


def _settled(problem: _Problem, found: Floats, feasible: Floats) -> Floats:
    """Return what was found, moved back towards feasible weights where it misses by rounding."""
    if problem.solved_by(found):
        return found
    settled = _drawn(problem, feasible, found, halvings=60)
    return settled if problem.distance(settled) < problem.distance(feasible) else feasible


def _descend(problem: _Problem, start: Floats) -> Floats:
    """Go down in distance + penalty × shortfall, by linear programmes within a trust region."""
    point, radius = start, 0.1
    merit = problem.distance(point) + PENALTY * problem.shortfall(point)
    for _ in range(STEPS):
        trial = _step(problem, point, radius)
        value = problem.distance(trial) + PENALTY * problem.shortfall(trial)
        if value < merit - 1e-15:
            point, merit, radius = trial, value, min(2.0 * radius, 0.5)
        else:
            radius /= 8.0
        if radius < 1e-12:
            break
    return point


def _step(problem: _Problem, point: Floats, radius: float) -> Floats:
    """Solve the linearised problem around a point; a shortfall is paid for, so that there is a solution."""
    from scipy.optimize import linprog

    form, m = problem.form, point.size
    leads = problem.leads(point)
    leads[problem.row] = np.inf
    hardest = leads.argsort(kind="stable")[problem.allowed : problem.allowed + RIVALS]
    hardest = hardest[np.isfinite(leads[hardest])]
    slopes = _slopes(form, point, np.array([problem.row])) - _slopes(form, point, hardest)
    ones = np.ones(m)
    # Variables: the new weights, their distances from today's, the shortfall.
    eye, nothing = np.eye(m), np.zeros((m, 1))
    upper = np.vstack(
        (
            np.hstack((-slopes, np.zeros((hardest.size, m)), -np.ones((hardest.size, 1)))),
            np.hstack((eye, -eye, nothing)),
            np.hstack((-eye, -eye, nothing)),
        )
    )
    limits = np.concatenate((leads[hardest] - slopes @ point, problem.weights, -problem.weights))
    result = linprog(
        np.concatenate((np.zeros(m), ones, [PENALTY])),
        A_ub=upper,
        b_ub=limits,
        A_eq=np.concatenate((ones, np.zeros(m + 1)))[None],
        b_eq=[1.0],
        bounds=[(max(0.0, x - radius), min(1.0, x + radius)) for x in point.tolist()]
        + [(0.0, None)] * m
        + [(0.0, None)],
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    if result.x is None:
        return point
    moved = np.maximum(result.x[:m], 0.0)
    shares: Floats = moved / moved.sum()
    return shares


def _slopes(form: RatioForm, weights: Floats, rows: Integers) -> Floats:
    """Return the derivatives of ρ by the weights, shape (rows, m)."""
    near, far = form.near[rows], form.far[rows]
    squares = weights**2
    total = (near + far) @ squares
    safe = np.where(total > 0, total, 1.0)
    standing = np.where(total > 0, (near @ squares) / safe, 0.5)
    slopes: Floats = 2.0 * weights * (near * (1.0 - standing)[:, None] - far * standing[:, None]) / safe[:, None]
    return slopes


def nearest_of_two(form: RatioForm, row: int, weights: Floats, allowed: int) -> Floats | None:
    """Find the nearest weights of two criteria, exactly; None where there are none.

    Parameters and result as for `near_weights`, with m = 2.
    """
    others = np.delete(np.arange(form.shape[0]), row)
    near, far = form.near, form.far
    # h(μ) = a μ² + 2 b μ + c with μ = (w₁/w₂)²: positive where the molecule is ahead of the rival.
    a = near[row, 0] * far[others, 0] - near[others, 0] * far[row, 0]
    c = near[row, 1] * far[others, 1] - near[others, 1] * far[row, 1]
    b = 0.5 * (
        near[row, 0] * far[others, 1]
        + near[row, 1] * far[others, 0]
        - near[others, 0] * far[row, 1]
        - near[others, 1] * far[row, 0]
    )
    starts, ends = _behind(a, b, c)
    today = float(weights[0])
    points = np.concatenate(([today, 0.0, 1.0], starts, ends))
    ahead = np.searchsorted(np.sort(starts), points, side="left") - np.searchsorted(np.sort(ends), points, side="right")
    possible = points[(ahead <= allowed) & (points >= 0.0) & (points <= 1.0)]
    if possible.size == 0:
        return None
    best = float(possible[np.abs(possible - today).argmin()])
    return np.array([best, 1.0 - best])


def _behind(a: Floats, b: Floats, c: Floats) -> tuple[Floats, Floats]:
    """Return the open intervals of w₁ on which a μ² + 2 b μ + c < 0, as starts and ends."""
    root = np.sqrt(np.maximum(b * b - a * c, 0.0))
    # The stable pair of roots: q = −(b + sign(b) √…), μ = q/a and c/q.
    q = -(b + np.where(b >= 0, root, -root))
    with np.errstate(divide="ignore", invalid="ignore"):
        roots = np.stack((q / a, c / q))
    real = (b * b > a * c) & np.isfinite(roots) & (roots > 0)
    weights = np.sqrt(np.where(real, roots, 0.0))
    cuts = np.sort(np.where(real, weights / (1.0 + weights), 0.0), axis=0)
    edges = np.vstack((np.full(a.size, -0.0), cuts, np.ones(a.size)))
    # Bad up to and including an end of the line lasts beyond it.
    starts, ends = [], []
    for low, high in pairwise(edges):
        middle = (low + high) / 2
        x, y = middle**2, (1.0 - middle) ** 2
        bad = (high > low) & (a * x * x + 2.0 * b * x * y + c * y * y < 0)
        starts.append(np.where((low == 0) & (c < 0), -1.0, low)[bad])
        ends.append(np.where((high == 1) & (a < 0), 2.0, high)[bad])
    return np.concatenate(starts), np.concatenate(ends)
