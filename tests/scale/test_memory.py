"""Memory does not grow with the library, and the cap is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.scale.libraries import NAMES

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import sys
from pathlib import Path
from tests.scale.libraries import library, plan
from weighbridge.scale import layout
from weighbridge.scale.local import rank_library
layout.PIECE_ROWS = 100_000
folder, name, method, cap = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
result = rank_library(library(folder / name), plan(method, outside="clip"), folder / "out.parquet", memory_mb=cap)
status = Path("/proc/self/status").read_text()
print(result.rows, int(status.partition("VmHWM:")[2].split()[0]) * 1.024 / 1000)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with libraries of half a million and a million rows, and one that is a single row group."""
    folder = tmp_path_factory.mktemp("memory")
    for name, rows, group in (
        ("one", 500_000, 50_000),
        ("two", 1_000_000, 50_000),
        ("whole", 2_000_000, 2_000_000),
    ):
        rng = np.random.default_rng(0)
        columns = {"id": pa.array(np.arange(rows))} | {x: rng.random(rows, dtype="f4") * 10 for x in NAMES}
        pq.write_table(pa.table(columns), folder / name, row_group_size=group, use_dictionary=False)
    return folder


def peak_mb(folder: Path, name: str, method: str, cap: int) -> float:
    """Return the most memory a process held that ranked a library."""
    run = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder), name, method, str(cap)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])},
    )
    rows, peak = run.stdout.split()
    assert int(rows) == pq.read_metadata(folder / name).num_rows
    return float(peak)


@pytest.mark.parametrize("method", ["topsis", "promethee-ii"])
def test_twice_the_library_needs_the_same_memory(folder: Path, method: str) -> None:
    """Peak memory at a million rows is within a tenth of that at half a million, and below the default cap."""
    one, two = (peak_mb(folder, name, method, 600) for name in ("one", "two"))
    assert two < 1.1 * one
    assert two < 600


def test_a_file_of_one_row_group_keeps_the_cap(folder: Path) -> None:
    """The size of a row group, which somebody else chose, does not decide about memory."""
    assert peak_mb(folder, "whole", "topsis", 300) < 300
