"""Ranking a Parquet library larger than memory against reading it, as ratios in one run, with peak memory.

    python benchmarks/scale.py --rows 10000000 --folder FOLDER

Data are made in a temporary folder and deleted afterwards. Every measurement is a process of its own,
so that its peak memory is its own; reading and ranking alternate.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import weighbridge as wb
from weighbridge.scale.library import Library, LibraryTable
from weighbridge.scale.plan import ScoringPlan

CHUNK = 1_000_000
SPREAD = 12.0


def names(criteria: int) -> list[str]:
    """Return the criteria's names."""
    return [f"c{j}" for j in range(criteria)]


def make(file: Path, rows: int, criteria: int, dtype: str, decimals: int | None) -> None:
    """Write a seeded library: text ids, normal values, half of the criteria costs."""
    rng = np.random.default_rng(0)
    writer = None
    for first in range(0, rows, CHUNK):
        count = min(CHUNK, rows - first)
        columns = {"id": pa.array(np.char.mod("M%010d", np.arange(first, first + count)))}
        for name in names(criteria):
            values = rng.standard_normal(count, dtype="f4") if dtype == "f4" else rng.standard_normal(count)
            columns[name] = pa.array(values if decimals is None else np.round(values, decimals))
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(file, table.schema)
        writer.write_table(table, row_group_size=CHUNK // 4)
    assert writer is not None
    writer.close()


def plan(criteria: int, method: str, normalization: str) -> ScoringPlan:
    """Return equal weights and a linear preference on every criterion."""
    linear = wb.Preference("linear", q=0.1, p=1.0)
    known = {
        name: wb.Criterion(
            direction="gain" if j % 2 else "cost",
            worst=-SPREAD if j % 2 else SPREAD,
            best=SPREAD if j % 2 else -SPREAD,
            preference=linear,
            scale="ratio",
        )
        for j, name in enumerate(names(criteria))
    }
    return ScoringPlan(known, np.full(criteria, 1 / criteria), method, normalization)


def read(file: Path, criteria: int, *, scanner: bool) -> None:
    """Read the columns and do nothing with them."""
    columns = ["id", *names(criteria)]
    if scanner:
        import pyarrow.dataset as ds

        for _ in ds.dataset(file).to_batches(columns=columns):
            pass
        return
    with pq.ParquetFile(file) as stored:
        for _ in stored.iter_batches(1 << 17, columns=columns, use_threads=True):
            pass


def work(options: argparse.Namespace, what: str, file: Path) -> dict[str, object]:
    """Do one piece of work and return what it cost."""
    from weighbridge.scale.local import rank_library
    from weighbridge.scale.spark import rank_library_spark

    detail: dict[str, float] = {}
    begun, used = time.perf_counter(), time.process_time()
    if what in ("read", "scanner"):
        read(file, options.criteria, scanner=what == "scanner")
    else:
        source = Library(LibraryTable(file, "id", {name: name for name in names(options.criteria)}))
        engine, _, named = what.rpartition(":")
        method, _, normalization = named.partition("/")
        chosen = plan(options.criteria, method, normalization or "bounds")
        if engine == "spark":
            result = rank_library_spark(
                source, chosen, file.with_name("scores"), master=f"local[{options.threads or '*'}]"
            )
        else:
            result = rank_library(
                source,
                chosen,
                file.with_name("scores.parquet"),
                memory_mb=options.memory_mb,
                threads=options.threads,
                order=options.order,
                resume=False,
            )
        detail = result.seconds
    wall, cpu = time.perf_counter() - begun, time.process_time() - used
    return {"wall": wall, "cpu": cpu, "peak": peak_mb(), "passes": detail}


def peak_mb() -> float:
    """Return the most memory this process held; `ru_maxrss` would remember the parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1.024 / 1000


def in_a_process(options: argparse.Namespace, what: str, file: Path) -> dict[str, float]:
    """Do one piece of work in a fresh process."""
    given = [x for name in ("rows", "criteria", "memory_mb", "threads") for x in _argument(options, name)]
    command = [sys.executable, __file__, *given, *(["--order"] if options.order else []), "--work", what, str(file)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(run.stderr)
    return json.loads(run.stdout.splitlines()[-1])


def _argument(options: argparse.Namespace, name: str) -> list[str]:
    value = getattr(options, name)
    return [] if value is None else [f"--{name.replace('_', '-')}", str(value)]


def compare(options: argparse.Namespace, file: Path) -> None:
    """Alternate the works and print medians as ratios to reading."""
    works = ["read", "scanner", *options.methods]
    found: dict[str, list[dict[str, float]]] = {name: [] for name in works}
    for _ in range(options.repeats):
        for name in works:
            found[name].append(in_a_process(options, name, file))

    def median(name: str, what: str) -> float:
        return statistics.median(run[what] for run in found[name])

    size = file.stat().st_size / 1e6
    print(f"{options.rows:,} × {options.criteria} {options.dtype}, {size:,.0f} MB, medians of {options.repeats}")
    for name in works:
        ratios = ", ".join(
            f"{median(name, 'cpu') / median(base, 'cpu'):.2f} × {base} "
            f"(wall {median(name, 'wall') / median(base, 'wall'):.2f})"
            for base in ("read", "scanner")
        )
        print(
            f"{name:22} CPU {median(name, 'cpu'):7.2f} s, wall {median(name, 'wall'):7.2f} s, "
            f"peak {median(name, 'peak'):6.0f} MB = {ratios}"
        )
        if name in options.methods:
            print(" " * 22, ", ".join(f"{title} {cost:.2f} s" for title, cost in found[name][-1]["passes"].items()))


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--criteria", type=int, default=12)
    parser.add_argument("--dtype", choices=("f4", "f8"), default="f8")
    parser.add_argument("--decimals", type=int, help="round the values; all digits by default")
    parser.add_argument(
        "--methods",
        nargs="*",
        default=["topsis", "topsis/minmax", "promethee-ii"],
        help="method/normalization; spark:method runs on Spark, whose processor time and memory are not in the figures",
    )
    parser.add_argument("--memory-mb", type=int, help="cap on each process; the engine's default by default")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--order", action="store_true", help="write the whole order too")
    parser.add_argument("--folder", type=Path, help="where the data are made; needs room for twice the file")
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        print(json.dumps(work(options, options.work[0], Path(options.work[1]))))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        file = Path(folder) / "library.parquet"
        make(file, options.rows, options.criteria, options.dtype, options.decimals)
        compare(options, file)


if __name__ == "__main__":
    main()
