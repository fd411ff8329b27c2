"""TOPSIS and PROMETHEE II against pymcdm and against sorting the same columns, as ratios in one run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from pymcdm.methods import PROMETHEE_II, TOPSIS
from pymcdm.normalizations import minmax_normalization

import weighbridge as wb

CRITERIA = 12
REPEATS = 5
Q, P = 0.5, 2.0


def matrix(rows: int) -> wb.DecisionMatrix:
    """Return a seeded table of gains and costs between 1 and 10."""
    values = np.random.default_rng(0).random((rows, CRITERIA)) * 9 + 1
    linear = wb.Preference("linear", q=Q, p=P)
    criteria = {
        f"c{j}": wb.Criterion(
            direction="gain" if j % 2 else "cost",
            worst=1.0 if j % 2 else 10.0,
            best=10.0 if j % 2 else 1.0,
            scale="ratio",
            preference=linear,
        )
        for j in range(CRITERIA)
    }
    return wb.DecisionMatrix(pd.DataFrame(values, columns=list(criteria)), criteria)


def medians(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the median CPU seconds of each work, repeats interleaved."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(REPEATS):
        for name, work in works.items():
            start = time.process_time()
            work()
            seconds[name].append(time.process_time() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def compare(title: str, rows: int, works: dict[str, Callable[[], object]]) -> None:
    """Print ours as a ratio to each of the others."""
    found = medians(works)
    ours = found["ours"]
    ratios = ", ".join(f"{ours / value:.3g} × {name}" for name, value in found.items() if name != "ours" and value)
    print(f"{title:14} {rows:>7,} × {CRITERIA}: {ours:8.4f} s = {ratios}")


def main() -> None:
    """Run every comparison."""
    weights = np.full(CRITERIA, 1 / CRITERIA)
    for rows in (1_000, 10_000, 100_000):
        table = matrix(rows)
        named = dict(zip(table.names, weights, strict=True))
        signs = table.signs
        peer = TOPSIS(minmax_normalization)
        works = {
            "ours": lambda t=table, w=named: wb.rank(t, w, method="topsis"),
            "pymcdm": lambda t=table, s=signs, m=peer: m(t.values, weights, s, validation=False),
            "np.sort": lambda t=table: np.sort(t.values, axis=0),
        }
        compare("TOPSIS", rows, works)
    for rows in (300, 1_000, 2_000):
        table = matrix(rows)
        named = dict(zip(table.names, weights, strict=True))
        signs = table.signs
        works = {
            "ours": lambda t=table, w=named: wb.rank(t, w, method="promethee-ii"),
            "pymcdm": lambda t=table, s=signs: PROMETHEE_II("vshape_2", p=[P] * CRITERIA, q=[Q] * CRITERIA)(
                t.values, weights, s, validation=False
            ),
            "np.sort": lambda t=table: np.sort(t.values, axis=0),
        }
        compare("PROMETHEE II", rows, works)


if __name__ == "__main__":
    main()
