"""Stability intervals and smallest changes against sorting the same columns, as ratios in one run."""

from __future__ import annotations

import argparse

import numpy as np
from measure import medians, peak_extra_mb, table

from weighbridge.robustness.change_linear import nearest_weights
from weighbridge.robustness.change_topsis import near_weights
from weighbridge.robustness.forms import LinearForm, RatioForm
from weighbridge.robustness.stability_linear import linear_ends
from weighbridge.robustness.stability_topsis import topsis_ends

CRITERIA = 12
TOP = 10


def intervals(rows: int, repeats: int) -> None:
    """Print all twelve intervals of a table, as ratios to sorting its columns."""
    rng = np.random.default_rng(0)
    values = rng.random((rows, CRITERIA))
    weights = rng.dirichlet(np.full(CRITERIA, 5.0))
    by_rows, by_columns = LinearForm(values), LinearForm(np.asfortranarray(values))
    ratio = RatioForm(values**2, (1.0 - values) ** 2)
    works = {
        "np.sort of the columns": lambda: [np.sort(by_columns.values[:, j]) for j in range(CRITERIA)],
        f"linear, top {TOP}, column-major": lambda: list(linear_ends(by_columns, weights, TOP)),
        f"linear, top {TOP}, row-major": lambda: list(linear_ends(by_rows, weights, TOP)),
        "linear, whole order": lambda: list(linear_ends(by_columns, weights, None)),
        f"TOPSIS, top {TOP}": lambda: list(topsis_ends(ratio, weights, TOP)),
        "TOPSIS, whole order": lambda: list(topsis_ends(ratio, weights, None)),
    }
    found = medians(works, repeats)
    sort = found["np.sort of the columns"].cpu
    lines = [(name, one.cpu, one.wall, one.cpu / sort, peak_extra_mb(works[name])) for name, one in found.items()]
    title = f"Stability intervals, all {CRITERIA} weights, {rows:,} molecules"
    table(title, ["work", "CPU s", "wall s", "× np.sort", "peak MB"], lines)


def changes(rows: int, repeats: int) -> None:
    """Print what the smallest change of weights costs for a molecule well behind."""
    rng = np.random.default_rng(1)
    values, weights = rng.random((rows, CRITERIA)), rng.dirichlet(np.full(CRITERIA, 5.0))
    order = np.argsort(-(values @ weights))
    row = int(order[20])
    leads = np.delete(values[row] - values, row, axis=0)
    ratio = RatioForm(values**2, (1.0 - values) ** 2)
    behind = int(np.argsort(-ratio.scores(weights))[20])
    works = {
        "np.sort of the columns": lambda: np.sort(values, axis=0),
        "linear, first (linear programme)": lambda: nearest_weights(leads, weights, 0),
        "linear, among the first 10 (mixed-integer)": lambda: nearest_weights(leads, weights, TOP - 1),
        "TOPSIS, first (local method)": lambda: near_weights(ratio, behind, weights, 0),
    }
    found = medians(works, repeats)
    lines = [(name, one.cpu, one.wall) for name, one in found.items()]
    table(f"Smallest change of weights, {rows:,} molecules, rank 21 today", ["work", "CPU s", "wall s"], lines)


def main() -> None:
    """Run every comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="molecules of the intervals")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    intervals(arguments.rows, arguments.repeats)
    changes(min(arguments.rows, 10_000), arguments.repeats)


if __name__ == "__main__":
    main()
