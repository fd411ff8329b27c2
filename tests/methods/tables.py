"""Small decision matrices for the tests of the ranking methods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

import weighbridge as wb


def table(
    values: Any,
    signs: Sequence[int] | None = None,
    *,
    scale: str | None = "ratio",
    bounds: tuple[float, float] | Sequence[tuple[float, float]] | None = None,
    preference: wb.Preference | None = None,
    **rules: Any,
) -> wb.DecisionMatrix:
    """Build a matrix with rows A1, A2, … and columns c0, c1, …; bounds are (low, high)."""
    array = np.atleast_2d(np.asarray(values, dtype=float))
    n, m = array.shape
    directions = ["gain" if sign > 0 else "cost" for sign in (signs if signs is not None else [1] * m)]
    criteria = {}
    for j, direction in enumerate(directions):
        ends: dict[str, float] = {}
        if bounds is not None:
            low, high = bounds if isinstance(bounds[0], (int, float)) else bounds[j]
            ends = {"worst": low, "best": high} if direction == "gain" else {"worst": high, "best": low}
        criteria[f"c{j}"] = wb.Criterion(direction=direction, scale=scale, preference=preference, **ends, **rules)
    frame = pd.DataFrame(array, index=[f"A{i + 1}" for i in range(n)], columns=list(criteria))
    return wb.DecisionMatrix(frame, criteria)


def weigh(matrix: wb.DecisionMatrix, weights: Sequence[float] | None = None) -> dict[str, float]:
    """Return weights by name, equal by default."""
    numbers = [1.0] * len(matrix.names) if weights is None else list(weights)
    return dict(zip(matrix.names, numbers, strict=True))


def ranked(matrix: wb.DecisionMatrix, method: str, weights: Sequence[float] | None = None, **parameters: Any) -> Any:
    """Rank by weights in column order."""
    return wb.rank(matrix, weigh(matrix, weights), method=method, **parameters)


def sample(seed: int, n: int, m: int, low: float = 1.0, high: float = 9.0) -> tuple[Any, Any, Any]:
    """Return random values, signs with at least one gain and one cost, and weights summing to 1."""
    generator = np.random.default_rng(seed)
    signs = np.where(np.arange(m) % 3 == 1, -1, 1)
    weights = generator.dirichlet(np.ones(m))
    return generator.uniform(low, high, (n, m)), signs, weights


@st.composite
def problems(draw: Any, *, least_rows: int = 2, most_rows: int = 7, most_criteria: int = 4) -> tuple[Any, Any, Any]:
    """Draw values on a quarter grid in [1, 16], signs and positive weights: ties are common."""
    n = draw(st.integers(least_rows, most_rows))
    m = draw(st.integers(1, most_criteria))
    cells = draw(st.lists(st.integers(4, 64), min_size=n * m, max_size=n * m))
    signs = draw(st.lists(st.sampled_from([1, -1]), min_size=m, max_size=m))
    weights = draw(st.lists(st.integers(1, 8), min_size=m, max_size=m))
    values = np.array(cells, dtype=float).reshape(n, m) / 4
    return values, np.array(signs), np.array(weights, dtype=float) / sum(weights)


def pairs(n: int) -> Iterator[tuple[int, int]]:
    """Yield all ordered pairs of different rows."""
    return ((i, k) for i in range(n) for k in range(n) if i != k)
