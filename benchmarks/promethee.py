"""PROMETHEE II at any size: the six functions against sorting the same columns, a whole ranking, pymcdm, growth.

Every ratio is of medians of interleaved repeats in one run; memory is the peak above what was there
before the call, the input not counted. ``--full`` lets pymcdm have 10⁴ molecules, which takes 12 GB.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

import weighbridge as wb
from weighbridge.kernels import flows
from weighbridge.kernels.engine import THREADS_VARIABLE, have_numba

CRITERIA = 12
REPEATS = 5
FUNCTIONS = (
    wb.Preference("usual"),
    wb.Preference("u-shape", q=0.5),
    wb.Preference("v-shape", p=1.0),
    wb.Preference("level", q=0.5, p=1.0),
    wb.Preference("linear", q=0.5, p=1.0),
    wb.Preference("gaussian", s=1.0),
)
Work = Callable[[], object]


def columns(rows: int, criteria: int = CRITERIA) -> np.ndarray:
    """Return seeded columns as they come: normal, uniform, counts, three decimals, heavy tails, offset."""
    rng = np.random.default_rng(0)
    kinds = (
        lambda: rng.normal(size=rows),
        lambda: rng.random(rows) * 4,
        lambda: rng.poisson(5, rows).astype(float),
        lambda: np.round(rng.normal(size=rows), 3),
        lambda: rng.lognormal(0, 1, rows),
        lambda: 1000 + rng.normal(size=rows),
    )
    table = np.empty((rows, criteria), order="F")
    for j in range(criteria):
        table[:, j] = kinds[j % len(kinds)]()
    return table


def sort_columns(values: np.ndarray) -> None:
    """Sort each column on one thread: what everything here is compared with."""
    for j in range(values.shape[1]):
        np.sort(values[:, j])


def score(values: np.ndarray, function: wb.Preference) -> np.ndarray:
    """Return the sum of the net flows, as a ranking with equal weights needs it."""
    total = np.zeros(len(values))
    for flow in flows.each_net_flow(values, np.ones(values.shape[1]), [function] * values.shape[1]):
        total += flow
    return total


@contextmanager
def engine(fast: bool, threads: int) -> Iterator[None]:
    """Choose numba or numpy and the number of threads, whatever the size."""
    chosen, before = flows.use_numba, os.environ.get(THREADS_VARIABLE)
    flows.use_numba = lambda *_, **__: fast
    os.environ[THREADS_VARIABLE] = str(threads)
    try:
        yield
    finally:
        flows.use_numba = chosen
        os.environ.pop(THREADS_VARIABLE)
        if before is not None:
            os.environ[THREADS_VARIABLE] = before


def under(fast: bool, threads: int, work: Work) -> Work:
    """Return the work as an engine does it."""

    def run() -> object:
        with engine(fast, threads):
            return work()

    return run


def resident() -> int:
    """Return the resident bytes of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def extra_megabytes(work: Work) -> float:
    """Return the peak resident memory during a call above that before it."""
    start, peak, done = resident(), [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.002):
            peak[0] = max(peak[0], resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    work()
    peak[0] = max(peak[0], resident())
    done.set()
    watcher.join()
    return max(0, peak[0] - start) / 1e6


def medians(works: dict[str, Work], repeats: int = REPEATS) -> dict[str, tuple[float, float]]:
    """Return the median CPU and wall seconds of each work, repeats interleaved, after one run that does not count."""
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for repeat in range(repeats + 1):
        for name, work in works.items():
            cpu, wall = time.process_time(), time.perf_counter()
            work()
            if repeat:
                seconds[name].append((time.process_time() - cpu, time.perf_counter() - wall))
    return {
        name: (statistics.median(c for c, _ in times), statistics.median(w for _, w in times))
        for name, times in seconds.items()
    }


def compare_with_sort(rows: int) -> None:
    """Print each function and each engine as a ratio to sorting the columns."""
    values = columns(rows)
    print(f"\nNet flows, {rows:,} × {CRITERIA}, against np.sort of the same columns on one thread")
    print(f"{'':12}{'engine':>18}{'CPU s':>9}{'CPU ratio':>11}{'wall ratio':>12}{'extra MB':>10}")
    modes = [("numpy, 1 thread", False, 1)]
    if have_numba():
        modes = [("numba, 1 thread", True, 1), ("numba, 2 threads", True, 2), *modes]
    for function in FUNCTIONS:
        works: dict[str, Work] = {"np.sort": lambda: sort_columns(values)}
        for name, fast, threads in modes:
            works[name] = under(fast, threads, lambda f=function: score(values, f))
        found = medians(works)
        cpu, wall = found["np.sort"]
        for name, _, _ in modes:
            own = found[name]
            memory = extra_megabytes(works[name])
            print(
                f"{function.function:12}{name:>18}{own[0]:9.3f}{own[0] / cpu:11.2f}{own[1] / wall:12.2f}{memory:10.0f}"
            )
        print(f"{'':12}{'np.sort':>18}{cpu:9.3f}")


def decision_matrix(values: np.ndarray, function: wb.Preference) -> wb.DecisionMatrix:
    """Return the columns as a matrix of gains."""
    criteria = {f"c{j}": wb.Criterion(direction="gain", preference=function) for j in range(values.shape[1])}
    return wb.DecisionMatrix(pd.DataFrame(values, columns=list(criteria)), criteria)


def compare_whole_ranking(rows: int) -> None:
    """Print a whole `rank` as a ratio to sorting the columns."""
    values = columns(rows)
    print(f"\nwb.rank(…, method='promethee-ii'), {rows:,} × {CRITERIA}, against np.sort of the columns")
    for function in (FUNCTIONS[0], FUNCTIONS[4]):
        matrix = decision_matrix(values, function)
        weights = dict.fromkeys(matrix.names, 1.0)
        work: Work = lambda m=matrix, w=weights: wb.rank(m, w, method="promethee-ii")  # noqa: E731
        found = medians({"ours": work, "np.sort": lambda: sort_columns(values)})
        (cpu, wall), (sort_cpu, sort_wall) = found["ours"], found["np.sort"]
        print(
            f"{function.function:12}{cpu:8.3f} s CPU = {cpu / sort_cpu:.2f} ×, "
            f"{wall:.3f} s wall = {wall / sort_wall:.2f} ×, {extra_megabytes(work):.0f} MB extra"
        )


def pymcdm_flows(values: np.ndarray) -> object:
    """Let pymcdm find the linear net flows; its validator is off, its tables are n × n × m."""
    from pymcdm.methods import PROMETHEE_II

    m = values.shape[1]
    method = PROMETHEE_II("vshape_2", p=[1.0] * m, q=[0.5] * m)
    return method(values, np.full(m, 1 / m), np.ones(m), validation=False)


def compare_with_pymcdm(rows: int) -> None:
    """Print ours and pymcdm's time and memory, each in a process of its own."""
    found = {}
    for who in ("ours", "pymcdm"):
        command = [sys.executable, __file__, "--one", who, "--rows", str(rows)]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found[who] = tuple(float(part) for part in text.split())
    (ours, our_memory), (theirs, their_memory) = found["ours"], found["pymcdm"]
    print(
        f"linear, {rows:,} × {CRITERIA}: ours {ours:.4f} s and {our_memory:.0f} MB, pymcdm {theirs:.2f} s and "
        f"{their_memory:.0f} MB: {theirs / ours:,.0f} × faster, {their_memory / max(our_memory, 1):,.0f} × less memory"
    )


def measure_one(who: str, rows: int) -> None:
    """Print the wall seconds and megabytes of one implementation, imports and first call on a small table done."""
    values = columns(rows)
    work: Work = (lambda: score(values, FUNCTIONS[4])) if who == "ours" else (lambda: pymcdm_flows(values))
    (score if who == "ours" else lambda v, _: pymcdm_flows(v))(columns(50), FUNCTIONS[4])
    memory = extra_megabytes(work)
    repeats = REPEATS if who == "ours" or rows <= 2_000 else 1
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    print(statistics.median(seconds), memory)


def show_growth(most: int) -> None:
    """Print the time at ten times the rows over the time, on two columns."""
    print("\nGrowth, two columns, CPU seconds (time at 10 n over time at n)")
    sizes = [n for n in (10_000, 100_000, 1_000_000, 10_000_000) if n <= most]
    for function in (FUNCTIONS[0], FUNCTIONS[4], FUNCTIONS[5]):
        for name, fast in (("numba", True), ("numpy", False)):
            if fast and not have_numba():
                continue
            last, parts = 0.0, []
            for rows in sizes:
                values = columns(rows, 2)
                work = under(fast, 1, lambda v=values, f=function: score(v, f))
                seconds = medians({"": work}, REPEATS)[""][0]
                parts.append(f"{seconds:.4f}" + (f" ({seconds / last:.1f})" if last else ""))
                last = seconds
            print(f"{function.function:10}{name:>6}: " + ", ".join(parts))


def main() -> None:
    """Run every comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the comparison with np.sort")
    parser.add_argument("--most", type=int, default=10_000_000, help="rows at which growth ends")
    parser.add_argument("--full", action="store_true", help="let pymcdm have 10,000 molecules (12 GB)")
    parser.add_argument("--one", choices=("ours", "pymcdm"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        measure_one(chosen.one, chosen.rows)
        return
    print(f"numpy {np.__version__}, numba {'there' if have_numba() else 'absent'}, {os.cpu_count()} cores")
    compare_with_sort(chosen.rows)
    compare_whole_ranking(chosen.rows)
    print("\nAgainst pymcdm (linear, its validation off)")
    for rows in (1_000, 2_000, 5_000, *((10_000,) if chosen.full else ())):
        compare_with_pymcdm(rows)
    show_growth(chosen.most)


if __name__ == "__main__":
    main()
