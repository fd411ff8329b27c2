"""Tables that tests of the acceptability analysis share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import weighbridge as wb


def table(values: Any, *, outside: str = "refuse", **fields: Any) -> wb.DecisionMatrix:
    """Build a matrix of gains between 0 and 1, molecules M1, M2, … and criteria a, b, …."""
    numbers = np.array(values, dtype=float)
    names = [chr(ord("a") + j) for j in range(numbers.shape[1])]
    labels = [f"M{i + 1}" for i in range(len(numbers))]
    criteria = {name: wb.Criterion(direction="gain", worst=0.0, best=1.0, outside=outside, **fields) for name in names}
    return wb.DecisionMatrix(pd.DataFrame(numbers, columns=names, index=labels), criteria)


def random_table(n: int, m: int, seed: int = 0) -> wb.DecisionMatrix:
    """Build a matrix of seeded random gains."""
    return table(np.random.default_rng(seed).random((n, m)))
