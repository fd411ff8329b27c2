"""Acceptability analysis against the matrix product it rests on, and against PySensMCDA.

``python benchmarks/acceptability.py`` takes about a minute. With ``--peer-python PATH``, the Python
of an environment that holds pysensmcda, it runs PySensMCDA on the same weights, too. The linear
algebra library works on one thread: its waiting threads would count as CPU time of both.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from measure import medians, peak_extra_mb, ratio_line

import weighbridge as wb
from weighbridge.robustness.acceptability import acceptability

CRITERIA = 12
NAMES = [f"c{j}" for j in range(CRITERIA)]
EQUAL = dict.fromkeys(NAMES, 1 / CRITERIA)
BLOCK = 32 * 1024 * 1024
PEER = Path(__file__).parent / "peers" / "pysensmcda_smaa.py"
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def matrix_of(rows: int) -> wb.DecisionMatrix:
    """Return a seeded table of gains between 0 and 1."""
    values = np.random.default_rng(0).random((rows, CRITERIA))
    # The declared range is that of the data, so that minmax and bounds are the same normalization.
    criteria = {
        name: wb.Criterion(direction="gain", worst=column.min(), best=column.max(), scale="ratio")
        for name, column in zip(NAMES, values.T, strict=True)
    }
    return wb.DecisionMatrix(pd.DataFrame(values, columns=NAMES), criteria)


def product(values: np.ndarray, weights: np.ndarray, times: int) -> None:
    """Do nothing but the matrix products, in blocks of 32 MB."""
    rows = max(BLOCK // (8 * len(values)), 1)
    block = np.empty((rows, len(values)))
    for start in range(0, len(weights), rows):
        part = weights[start : start + rows]
        for _ in range(times):
            np.matmul(part, values.T, out=block[: len(part)])


def against_product(rows: int, samples: int) -> None:
    """Print the whole analysis as a ratio to its matrix products: one of additive methods, two of TOPSIS."""
    matrix = matrix_of(rows)
    weights = np.random.default_rng(1).dirichlet(np.ones(CRITERIA), samples)
    for method, times in (("weighted-sum", 1), ("topsis", 2), ("promethee-ii", 1)):

        def ours(method: str = method) -> object:
            return acceptability(matrix, EQUAL, method, samples, weight_model="uniform", tolerance=None)

        found = medians({"ours": ours, "the product": lambda times=times: product(matrix.values, weights, times)})
        extra = f"peak {peak_extra_mb(ours):.0f} MB above the input"
        print(ratio_line(f"{method}, {rows:,} molecules × {samples:,} weights, first 10", found, extra=extra))


def against_peer(python: str, rows: int, samples: int, repeats: int) -> None:
    """Print PySensMCDA's SMAA-TOPSIS as a ratio to ours on the same weights, turn by turn."""
    matrix = matrix_of(rows)
    weights = np.random.default_rng(1).dirichlet(np.ones(CRITERIA), samples)

    def ours() -> object:
        return acceptability(matrix, EQUAL, "topsis", samples, weight_model=weights, tolerance=None)

    own, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data.npz"
        np.savez(data, values=matrix.values, types=np.ones(CRITERIA), weights=weights)
        for _ in range(repeats):
            own.append(medians({"ours": ours}, repeats=1)["ours"].cpu)
            run = subprocess.run([python, str(PEER), str(data)], check=True, capture_output=True, text=True)
            theirs.append(float(run.stdout))
        peer = np.load(data.with_suffix(".out.npy"))
    top = acceptability(matrix, EQUAL, "topsis", samples, weight_model=weights, tolerance=None).top_probability
    apart = np.abs(top.to_numpy() - peer[:, :10].sum(axis=1)).max()
    ratio = statistics.median(theirs) / statistics.median(own)
    print(
        f"topsis, {rows:,} molecules × {samples:,} weights: CPU {statistics.median(own):.3g} s, PySensMCDA "
        f"{statistics.median(theirs):.3g} s = {ratio:.3g} × ours; probabilities differ by at most {apart:.2g}"
    )


def main() -> None:
    """Run the comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--peer-python", help="the Python of an environment with pysensmcda")
    parser.add_argument("--peer-rows", type=int, default=1_000)
    parser.add_argument("--repeats", type=int, default=5, help="turns of the peer")
    asked = parser.parse_args()
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        # The libraries read it when they are loaded.
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ONE_THREAD})
    against_product(asked.rows, asked.samples)
    if asked.peer_python:
        against_peer(asked.peer_python, asked.peer_rows, asked.samples, asked.repeats)


if __name__ == "__main__":
    main()
