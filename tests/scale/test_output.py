"""Score files are whole or not there, and have the same bytes for the same scores."""

from __future__ import annotations

import errno
import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scale.libraries import ids

from weighbridge.errors import InputError
from weighbridge.scale.output import IdOrder, pick_ids, publish, write_scores

SCORES = np.random.default_rng(0).random(500)


def parts(cuts: list[int]) -> list[tuple[Any, np.ndarray]]:
    """Return 500 ids and scores in parts."""
    labels = pa.array(ids(500))
    ends = [*cuts, 500]
    return [(labels.slice(a, b - a), SCORES[a:b]) for a, b in zip([0, *cuts], ends, strict=True)]


def test_ids_and_scores_come_back_bit_by_bit(tmp_path: Path) -> None:
    """What is written is what was given; each part is a row group."""
    write_scores(tmp_path / "a.parquet", parts([100, 250]))
    found = pq.read_table(tmp_path / "a.parquet")
    assert found["id"].to_pylist() == ids(500)
    assert np.array_equal(found["score"].to_numpy(), SCORES)
    assert pq.read_metadata(tmp_path / "a.parquet").num_row_groups == 3


def test_the_same_scores_are_the_same_bytes(tmp_path: Path) -> None:
    """No time, name or order of work gets into the file."""
    for name in ("a", "b"):
        write_scores(tmp_path / name, parts([100]))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    """When a part cannot be made, the output of yesterday is still there, alone."""
    path = tmp_path / "a.parquet"
    path.write_text("old")

    def broken() -> Any:
        yield parts([])[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_scores(path, broken())
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No space left on device is the user's to mend; no half file stays."""

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"cannot write here; found No space left on device"):
        write_scores(tmp_path / "a.parquet", parts([]))
    assert list(tmp_path.iterdir()) == []


def test_a_limit_on_file_size_ends_like_a_full_disk(tmp_path: Path) -> None:
    """The system refuses a write in the middle of the file; the process says so and leaves nothing."""
    code = (
        "import resource, sys, numpy as np, pyarrow as pa; from pathlib import Path\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))\n"
        "from weighbridge.scale.output import write_scores\n"
        "part = (pa.array(np.arange(100_000)), np.random.default_rng(0).random(100_000))\n"
        "try:\n write_scores(Path(sys.argv[1]), [part] * 5)\nexcept Exception as e: print(type(e).__name__, e)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.parquet")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.startswith("InputError")
    assert "cannot write here; found" in run.stdout
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=100, deadline=None)
@given(
    labels=st.lists(st.integers(-20, 20), max_size=12), cut=st.integers(0, 12), kind=st.sampled_from(["text", "number"])
)
def test_sorted_ids_are_recognised(labels: list[int], cut: int, kind: str) -> None:
    """Strictly increasing or decreasing over any division into parts, and nothing else, proves uniqueness."""
    values: list[Any] = [f"{label:+d}" for label in labels] if kind == "text" else labels
    array = pa.array(values, pa.string() if kind == "text" else pa.int64())
    order = IdOrder()
    for part in (array.slice(0, cut), array.slice(cut)):
        order.see(part)
    pairs = list(itertools.pairwise(values))
    assert order.sorted == (all(a < b for a, b in pairs) or all(a > b for a, b in pairs))


@settings(max_examples=50, deadline=None)
@given(cuts=st.lists(st.integers(1, 499), max_size=4, unique=True).map(sorted), seed=st.integers(0, 99))
def test_ids_are_picked_in_the_order_asked_for(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], seed: int
) -> None:
    """Rows in any order, from any row group, none or all of them."""
    path = tmp_path_factory.mktemp("pick") / "a.parquet"
    write_scores(path, parts(cuts))
    rng = np.random.default_rng(seed)
    rows = rng.permutation(500)[: rng.integers(0, 501)]
    assert pick_ids(path, rows) == [ids(500)[row] for row in rows]


def test_a_finished_file_takes_its_place(tmp_path: Path) -> None:
    """The old file gives way, and the folder is flushed to disk."""
    (tmp_path / "new").write_text("new")
    (tmp_path / "old").write_text("old")
    assert publish(tmp_path / "new", tmp_path / "old") == tmp_path / "old"
    assert (tmp_path / "old").read_text() == "new"
    assert not (tmp_path / "new").exists()


def test_a_place_that_cannot_be_taken_is_said(tmp_path: Path) -> None:
    """A folder in the place of the output, or nowhere at all, is one sentence; the finished file stays."""
    (tmp_path / "new").write_text("new")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("")
    for target in (tmp_path / "full", tmp_path / "nowhere" / "o.parquet"):
        with pytest.raises(InputError, match="cannot write here"):
            publish(tmp_path / "new", target)
    assert (tmp_path / "new").read_text() == "new"


def test_no_rows_are_no_ids(tmp_path: Path) -> None:
    """An empty top has no ids to look up."""
    write_scores(tmp_path / "a.parquet", parts([]))
    assert pick_ids(tmp_path / "a.parquet", np.empty(0, dtype=np.int64)) == []


def test_scores_that_are_views_are_written(tmp_path: Path) -> None:
    """Every second score of an array is no contiguous memory, and arrives all the same."""
    write_scores(tmp_path / "a.parquet", [(pa.array(ids(250)), SCORES[::2])])
    assert np.array_equal(pq.read_table(tmp_path / "a.parquet")["score"].to_numpy(), SCORES[::2])
