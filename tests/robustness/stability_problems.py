"""Problems and slow, plain answers that the tests on stability and smallest changes share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import weighbridge as wb
from weighbridge.robustness.forms import Form, LinearForm, RatioForm


def matrix_of(values: Any, **common: Any) -> wb.DecisionMatrix:
    """Return a matrix of gains between 0 and 1, molecules A1, A2 and so on, criteria c0, c1 and so on."""
    table = np.asarray(values, dtype=float)
    settings = {"worst": 0.0, "best": 1.0, "preference": wb.Preference("linear", q=0.05, p=0.4)} | common
    criteria = {f"c{j}": wb.Criterion(direction="gain", **settings) for j in range(table.shape[1])}
    index = [f"A{i + 1}" for i in range(len(table))]
    return wb.DecisionMatrix(pd.DataFrame(table, columns=list(criteria), index=index), criteria)


def named(weights: Any) -> dict[str, float]:
    """Return weights by criterion."""
    return {f"c{j}": float(weight) for j, weight in enumerate(weights)}


def forms_of(values: np.ndarray) -> tuple[Form, Form]:
    """Return a linear and a TOPSIS form of values between 0 and 1."""
    return LinearForm(values), RatioForm(values**2, (1 - values) ** 2)


def moved(weights: np.ndarray, k: int, t: float) -> np.ndarray:
    """Return the weights with one at t and the others in their proportions."""
    others = np.delete(weights, k)
    shares = others / others.sum() if others.sum() > 0 else np.full(others.size, 1 / others.size)
    return np.insert(shares * (1 - t), k, t)


def holds(form: Form, weights: np.ndarray, k: int, t: float, top: int | None, slack: float = 1e-12) -> bool:
    """Return whether no strict lead of today, across the cut or anywhere, is lost at t; pair by pair."""
    before, after = form.scores(weights), form.scores(moved(weights, k, t))
    order = np.sort(before)[::-1]
    for a in range(before.size):
        for b in range(before.size):
            strict = before[a] > before[b] + 1e-11
            across = top is None or (before[a] >= order[min(top, order.size) - 1] - 1e-11 > before[b])
            if strict and across and after[a] < after[b] - slack:
                return False
    return True
