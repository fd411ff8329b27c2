"""How benchmarks measure: interleaved medians, CPU and wall seconds, peak memory above what was held before."""

from __future__ import annotations

import gc
import math
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

__all__ = ["Seconds", "medians", "peak_extra_mb", "process_seconds", "ratio_line", "table"]

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")


class Seconds(NamedTuple):
    """Median seconds of one work: CPU over all threads, and by the clock."""

    cpu: float
    wall: float


def medians(works: Mapping[str, Callable[[], object]], repeats: int = 5, *, warm: bool = True) -> dict[str, Seconds]:
    """Return the median CPU and wall seconds of each work.

    Parameters
    ----------
    works
        Name to what is measured. They take turns, so that a busy machine slows all of them alike.
    repeats
        How many turns; at least five where a figure is printed.
    warm
        Whether each runs once before, unmeasured: compilation and first use of memory are not the work.
    """
    found: dict[str, list[Seconds]] = {name: [] for name in works}
    if warm:
        for work in works.values():
            work()
    for _ in range(repeats):
        for name, work in works.items():
            found[name].append(_seconds(work))
    return {name: _median(turns) for name, turns in found.items()}


def _seconds(work: Callable[[], object]) -> Seconds:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    seconds = Seconds(time.process_time() - cpu, time.perf_counter() - wall)
    del result
    return seconds


def _median(turns: Sequence[Seconds]) -> Seconds:
    return Seconds(statistics.median(t.cpu for t in turns), statistics.median(t.wall for t in turns))


def peak_extra_mb(work: Callable[[], object]) -> float:
    """Return the peak resident memory during a work less that before it, in MB (10⁶ bytes).

    The kernel keeps the peak, so that nothing between two samples is missed; NaN where it does not
    (any system but Linux).
    """
    gc.collect()
    try:
        _CLEAR.write_text("5")
    except OSError:
        return math.nan
    before = _resident_mb("VmRSS")
    result = work()
    peak = _resident_mb("VmHWM")
    del result
    return peak - before


def _resident_mb(field: str) -> float:
    for line in _STATUS.read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024 / 1e6
    return math.nan


def process_seconds(
    command: Sequence[str], repeats: int = 5, *, environment: Mapping[str, str] | None = None
) -> Seconds:
    """Return the median CPU and wall seconds of a whole process, which must end well; it runs once before."""
    turns = [_process(command, {**os.environ, **(environment or {})}) for _ in range(repeats + 1)]
    return _median(turns[1:])


def _process(command: Sequence[str], environment: Mapping[str, str]) -> Seconds:
    before, wall = os.times(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=dict(environment))
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Seconds(cpu, time.perf_counter() - wall)


def ratio_line(title: str, found: Mapping[str, Seconds], ours: str = "ours", *, extra: str = "") -> str:
    """Return one line: our seconds, and as a ratio of CPU time to each of the others."""
    own = found[ours]
    ratios = ", ".join(
        f"{own.cpu / other.cpu:.3g} × {name}" for name, other in found.items() if name != ours and other.cpu > 0
    )
    tail = f"; {extra}" if extra else ""
    return f"{title}: CPU {own.cpu:.4g} s, wall {own.wall:.4g} s = {ratios}{tail}"


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table in Markdown; numbers are shown to three digits."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(_cell(cell) for cell in row) + " |", flush=True)
    print()


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "–" if math.isnan(value) else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
