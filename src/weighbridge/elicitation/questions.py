"""Which pair to ask next: the one that teaches most."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np

from weighbridge.elicitation.priorities import Edges, effective_resistances

__all__ = ["next_pair", "question_budget", "question_plan"]


def next_pair(answers: Edges) -> tuple[int, int] | None:
    """Return the unanswered pair with the largest effective resistance, None when complete.

    An answer on a pair of resistance R multiplies the determinant of the information by 1 + R, so
    the largest R is the D-optimal next question. Items that nothing links yet are infinitely far
    apart, so they are joined first. Ties (within 1e-9) go to the pair whose items were asked about
    least, then to the first in item order: the first answers form a path and then a ring, the best
    short questionnaires known.

    References
    ----------
    Szádoczki, Zs., Bozóki, S. and Tekile, H. A. (2022). Filling in pattern designs for incomplete
    pairwise comparison matrices. Omega 107, 102557.
    """
    resistances = effective_resistances(answers)
    asked = np.bincount(np.concatenate([answers.first, answers.second]), minlength=answers.n)
    answered = set(zip(answers.first.tolist(), answers.second.tolist(), strict=True))
    best: tuple[int, int] | None = None
    best_key = (-math.inf, -math.inf)
    for i, j in combinations(range(answers.n), 2):
        if (i, j) in answered:
            continue
        resistance = float(resistances[i, j])
        key = (round(resistance, 9) if math.isfinite(resistance) else math.inf, -float(asked[i] + asked[j]))
        if key > best_key:
            best, best_key = (i, j), key
    return best


def question_budget(n: int) -> int:
    """Return how many pairs to ask of n items: all up to five items, about 2n above."""
    pairs = n * (n - 1) // 2
    return pairs if n <= 5 else min(pairs, 2 * n)


def question_plan(n: int, budget: int | None = None) -> tuple[tuple[int, int], ...]:
    """Return the pairs to ask about n items, in the order of what they teach.

    Parameters
    ----------
    n
        Number of items.
    budget
        How many pairs at most; `question_budget` where None.
    """
    wanted = question_budget(n) if budget is None else min(budget, n * (n - 1) // 2)
    plan: list[tuple[int, int]] = []
    while len(plan) < wanted:
        pairs = np.array(plan, dtype=np.int64).reshape(-1, 2)
        ones = np.ones(len(plan))
        pair = next_pair(Edges(pairs[:, 0], pairs[:, 1], ones * 0, ones, n))
        assert pair is not None  # fewer than all pairs are planned
        plan.append(pair)
    return tuple(plan)
