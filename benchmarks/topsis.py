"""TOPSIS and the weighted sum at any size: against one pass over memory and pymcdm, with memory and growth.

``python benchmarks/topsis.py`` takes a few minutes and up to 6 GB; ``--rows 1000000`` asks for less.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from measure import Seconds, medians, peak_extra_mb, process_seconds, ratio_line, table

import weighbridge as wb
from weighbridge.core.ranking import competition_ranks
from weighbridge.kernels.fused import additive_scores, closeness
from weighbridge.methods.scaling import fit_scale

CRITERIA = 12
LARGEST = 10_000_000
NAMES = [f"c{j}" for j in range(CRITERIA)]
WEIGHTS = dict.fromkeys(NAMES, 1 / CRITERIA)
SHARES = np.full(CRITERIA, 1 / CRITERIA)


def values_of(rows: int) -> np.ndarray:
    """Return a seeded column-major table between 1 and 10."""
    generator = np.random.default_rng(0)
    values = np.empty((rows, CRITERIA), order="F")
    for j in range(CRITERIA):
        values[:, j] = generator.random(rows) * 9 + 1
    return values


def matrix_of(values: np.ndarray) -> wb.DecisionMatrix:
    """Return the decision matrix, gains and costs by turns."""
    criteria = {
        name: wb.Criterion(
            direction="gain" if j % 2 else "cost",
            worst=1.0 if j % 2 else 10.0,
            best=10.0 if j % 2 else 1.0,
            scale="ratio",
        )
        for j, name in enumerate(NAMES)
    }
    return wb.DecisionMatrix(pd.DataFrame(values, columns=NAMES, copy=False), criteria)


def kernels(matrix: wb.DecisionMatrix, threads: int) -> dict[str, Callable[[], object]]:
    """Return the bare kernels, scales fitted beforehand, in the unit of the weights."""
    values = matrix.values
    maps = fit_scale(matrix, values, "bounds").maps.weighted(SHARES)
    return {
        "TOPSIS kernel": lambda: closeness(values, maps, SHARES, np.zeros(CRITERIA), threads=threads),
        "weighted sum kernel": lambda: additive_scores(values, maps, threads=threads),
    }


def against_memory(matrix: wb.DecisionMatrix) -> None:
    """Print kernels and whole rankings as ratios to one pass over the table, and what they allocate."""
    values, rows = matrix.values, matrix.shape[0]
    works: dict[str, Callable[[], object]] = {"one pass (np.sum, one thread)": values.sum}
    works |= {f"{name}, one thread": work for name, work in kernels(matrix, 1).items()}
    works |= {f"{name}, two threads": work for name, work in kernels(matrix, 2).items()}
    for normalization in ("bounds", "minmax", "vector"):
        works[f"wb.rank topsis {normalization}"] = lambda n=normalization: wb.rank(matrix, WEIGHTS, normalization=n)
    works["wb.rank weighted-sum"] = lambda: wb.rank(matrix, WEIGHTS, method="weighted-sum")
    found = medians(works)
    one = found["one pass (np.sum, one thread)"]
    scores_mb = rows * 8 / 1e6
    lines = []
    for name, seconds in found.items():
        beyond = peak_extra_mb(works[name]) - (scores_mb if name != "one pass (np.sum, one thread)" else 0)
        lines.append((name, seconds.cpu, seconds.cpu / one.cpu, seconds.wall / one.wall, beyond))
    head = ("work", "CPU s", "CPU / pass", "wall / pass", "MB beyond the scores")
    table(f"{rows:,} × {CRITERIA}, column-major", head, lines)


def against_pymcdm(rows: int) -> None:
    """Print the ratio to pymcdm without its validation, both with min-max."""
    from pymcdm.methods import TOPSIS
    from pymcdm.normalizations import minmax_normalization

    matrix = matrix_of(values_of(rows))
    # Most callers hold a row-major array; pymcdm is two to three times as fast on a column-major one.
    by_rows, signs = np.ascontiguousarray(matrix.values), matrix.signs
    peer = TOPSIS(minmax_normalization)
    found = medians(
        {
            "ours": lambda: wb.rank(matrix, WEIGHTS, normalization="minmax"),
            "pymcdm, row-major": lambda: peer(by_rows, SHARES, signs, validation=False),
            "pymcdm, column-major": lambda: peer(matrix.values, SHARES, signs, validation=False),
        },
        warm=rows < LARGEST,
    )
    faster = " and ".join(f"{other.cpu / found['ours'].cpu:.1f} ×" for name, other in found.items() if name != "ours")
    title = f"wb.rank topsis minmax, {rows:,} × {CRITERIA}, pymcdm without validation"
    print(ratio_line(title, found, extra=f"faster {faster}"), flush=True)


def growth(most: int) -> None:
    """Print how time grows tenfold by tenfold."""
    sizes = [rows for rows in (10_000, 100_000, 1_000_000, 10_000_000) if rows <= most]
    lines: list[tuple[object, ...]] = []
    before: dict[str, Seconds] = {}
    for rows in sizes:
        matrix = matrix_of(values_of(rows))
        scores = wb.rank(matrix, WEIGHTS).scores_array
        found = medians(
            {
                "wb.rank topsis": lambda m=matrix: wb.rank(m, WEIGHTS),
                "wb.rank weighted-sum": lambda m=matrix: wb.rank(m, WEIGHTS, method="weighted-sum"),
                "np.argsort": lambda s=scores: np.argsort(s),
                "ranks": lambda s=scores: competition_ranks(s),
            }
        )
        for name, seconds in found.items():
            grown = seconds.cpu / before[name].cpu if name in before else float("nan")
            lines.append((rows, name, seconds.cpu, seconds.wall, grown))
        lines.append(
            (rows, "ranks / np.argsort", found["ranks"].cpu / found["np.argsort"].cpu, float("nan"), float("nan"))
        )
        before = found
    table("Growth", ("rows", "work", "CPU s", "wall s", "CPU / CPU at a tenth"), lines)


def command_line() -> None:
    """Print what `weighbridge rank` takes as a whole process on a thousand molecules."""
    root = Path(__file__).resolve().parents[1]
    sys.path.insert(0, str(root))
    from tests.builders import write_small_study

    with tempfile.TemporaryDirectory() as folder:
        study = write_small_study(Path(folder) / "study", files=thousand_molecules())
        # Compiled modules are part of any installation; where Python may not keep them, it compiles them each time.
        command = [sys.executable, "-m", "weighbridge", "rank", str(study)]
        kept = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(Path(folder) / "compiled")}
        seconds = process_seconds(command, environment=kept)
        pandas = process_seconds([sys.executable, "-c", "import pandas"], environment=kept)
    found = {"ours": seconds, "importing pandas": pandas}
    print(ratio_line("weighbridge rank, 1,000 molecules, whole process", found), flush=True)


def thousand_molecules() -> dict[str, str]:
    """Return the tables of the small study with a thousand different molecules."""
    generator = np.random.default_rng(1)
    middles = ["O", "N", "S", "C(=O)N", "c1ccc(C)cc1", "C(F)(F)", "N1CCOCC1C"]
    molecules, public, internal = ["id,smiles,name,series,solubility,cost"], ["id,probability"], ["id,pIC50,sd"]
    for i in range(1000):
        smiles = "C" * (1 + i % 12) + middles[i // 12 % 7] + "C" * (1 + i // 84 % 12)
        solubility, cost, chance, potency = generator.random(4)
        molecules.append(f"M{i},{smiles},molecule {i},s{i % 20},{200 * solubility:.2f},{30 * cost:.2f}")
        public.append(f"M{i},{chance:.3f}")
        internal.append(f"M{i},{4 + 5 * potency:.2f},0.3")
    files = {"molecules.csv": molecules, "public.csv": public, "internal.csv": internal}
    return {name: "\n".join(lines) + "\n" for name, lines in files.items()}


def main() -> None:
    """Run every comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=LARGEST, help="rows of the largest table")
    rows = parser.parse_args().rows
    command_line()
    against_memory(matrix_of(values_of(rows)))
    growth(rows)
    for size in (1_000, 100_000, 1_000_000, rows):
        against_pymcdm(min(size, rows))


if __name__ == "__main__":
    main()
