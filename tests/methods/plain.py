"""The straightforward formulas, with temporaries of the table's size: what the fused ones must agree with."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

import weighbridge as wb
from weighbridge.methods.requirements import near_constant

ORIENTED = ("bounds", "minmax", "sum")


def ratio(numerator: Any, denominator: Any) -> Any:
    """Divide columns; over 0 they are 0."""
    empty = denominator == 0
    return np.where(empty, 0.0, numerator / np.where(empty, 1.0, denominator))


def plain_normalized(values: Any, signs: Any, name: str) -> Any:
    """Normalize by the table of formulas."""
    cost = signs < 0
    if name == "minmax":
        low, high = values.min(axis=0), values.max(axis=0)
        return ratio(np.where(cost, high - values, values - low), high - low)
    if name == "vector":
        relative = ratio(values, np.abs(values).max(axis=0))
        return ratio(relative, np.sqrt((relative**2).sum(axis=0)))
    if name == "max":
        return ratio(values, values.max(axis=0))
    if name == "sum":
        shares = np.where(cost, 1.0 / np.where(cost, values, 1.0), values)
        return ratio(shares, shares.sum(axis=0))
    return values.copy()


def plain_scaled(matrix: wb.DecisionMatrix, name: str) -> Any:
    """Return the normalized table and the orientation of its columns."""
    values, signs = np.array(matrix.filled()), matrix.signs
    if name == "bounds":
        worst = np.array([c.worst for c in matrix.criteria.values()])
        best = np.array([c.best for c in matrix.criteria.values()])
        return (values - worst) / (best - worst), np.ones(signs.size)
    constant = near_constant(values)
    values[:, constant] = values[0, constant]
    return plain_normalized(values, signs, name), np.ones(signs.size) if name in ORIENTED else signs


def plain_topsis(matrix: wb.DecisionMatrix, weights: Any, name: str) -> Any:
    """Return the closeness."""
    scaled, orientation = plain_scaled(matrix, name)
    weighted = scaled * weights
    high, low = weighted.max(axis=0), weighted.min(axis=0)
    if name == "bounds":
        ideal, anti = np.maximum(weights, high), np.minimum(0, low)
    else:
        ideal, anti = np.where(orientation > 0, high, low), np.where(orientation > 0, low, high)
    largest = max(float(np.abs(weighted - point).max()) for point in (ideal, anti))
    unit = 2.0 ** math.frexp(largest)[1] if largest > 0 else 1.0
    plus = np.sqrt((((weighted - ideal) / unit) ** 2).sum(axis=1))
    minus = np.sqrt((((weighted - anti) / unit) ** 2).sum(axis=1))
    total = plus + minus
    return np.where(total == 0, 0.5, minus / np.where(total == 0, 1.0, total))


def plain_additive(matrix: wb.DecisionMatrix, name: str) -> Any:
    """Return the normalized values of which more is better."""
    scaled, orientation = plain_scaled(matrix, name)
    flipped = -scaled if name == "none" else np.where((scaled == 0).all(axis=0), 0.0, 1.0 - scaled)
    return np.where(orientation < 0, flipped, scaled)


POSITIVE = st.one_of(
    st.sampled_from([1.0, 2.0, 2.0, 5e-324, 1e-310, 2.5e-308, 1e6, 1e6 + 1e-6, 1e6 + 1e-3, 1e12]),
    st.floats(1e-3, 1e3),
    st.floats(0, 60).map(math.exp),
)
"""Positive numbers with ties, denormals, large offsets and heavy tails."""


@st.composite
def positive_tables(draw: Any) -> tuple[Any, Any, Any]:
    """Draw values, signs and weights; the values are defined under every normalization."""
    n, m = draw(st.integers(1, 9)), draw(st.integers(1, 4))
    values = np.array(draw(st.lists(POSITIVE, min_size=n * m, max_size=n * m))).reshape(n, m)
    signs = np.array(draw(st.lists(st.sampled_from([1, -1]), min_size=m, max_size=m)))
    weights = np.array(draw(st.lists(st.integers(1, 8), min_size=m, max_size=m)), dtype=float)
    return values, signs, weights / weights.sum()
