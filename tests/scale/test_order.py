"""The whole order is that of the scores in memory, with the same ties."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.core.ranking import TIE_TOLERANCE, competition_ranks
from weighbridge.errors import InputError
from weighbridge.scale.order import RunningRanks, write_order
from weighbridge.scale.output import write_scores
from weighbridge.scale.tables import LEAST_MB

STEPS = st.sampled_from([0.0, 1e-14, 5e-13, 3e-12, 0.1, 1.0])


@settings(max_examples=100, deadline=None)
@given(steps=st.lists(STEPS, min_size=1, max_size=40), cuts=st.lists(st.integers(0, 40), max_size=4))
def test_running_ranks_are_competition_ranks(steps: list[float], cuts: list[int]) -> None:
    """Near ties chain across the blocks exactly as in memory."""
    scores = np.sort(np.cumsum(steps))[::-1]
    running = RunningRanks(TIE_TOLERANCE * (scores[0] - scores[-1]))
    found = np.concatenate([running.ranks(part) for part in np.split(scores, sorted(cuts))])
    assert found.tolist() == competition_ranks(scores).tolist()


def test_the_order_is_that_of_a_stable_sort(tmp_path: Path) -> None:
    """Rank, id and score, best first; equal scores stand in the library's order."""
    scores = np.round(np.random.default_rng(0).random(5000), 3)
    labels = [f"M{i}" for i in range(5000)]
    write_scores(
        tmp_path / "scores.parquet", [(pa.array(labels[a : a + 700]), scores[a : a + 700]) for a in range(0, 5000, 700)]
    )
    write_order(
        tmp_path / "scores.parquet",
        tmp_path / "order.parquet",
        score_range=float(np.ptp(scores)),
        rounding=0.0,
        memory_mb=LEAST_MB,
        threads=2,
    )
    found = pq.read_table(tmp_path / "order.parquet")
    expected = np.argsort(-scores, kind="stable")
    assert found["id"].to_pylist() == [labels[i] for i in expected]
    assert np.array_equal(found["score"].to_numpy(), scores[expected])
    assert np.array_equal(found["rank"].to_numpy(), competition_ranks(scores)[expected])
    assert {entry.name for entry in tmp_path.iterdir()} == {"scores.parquet", "order.parquet"}


def test_a_rounding_error_ties_scores(tmp_path: Path) -> None:
    """Where all scores differ by rounding only, all share the first place."""
    write_scores(tmp_path / "s", [(pa.array(["a", "b"]), np.array([0.0, 1e-17]))])
    write_order(
        tmp_path / "s", tmp_path / "o", score_range=1e-17, rounding=1e-16, memory_mb=LEAST_MB, threads=1
    )  # fmt: skip
    assert pq.read_table(tmp_path / "o").to_pydict() == {"rank": [1, 1], "id": ["b", "a"], "score": [1e-17, 0.0]}


def test_no_intermediate_stays_after_a_failure(tmp_path: Path) -> None:
    """Too little memory is said, and the folder is as it was."""
    write_scores(tmp_path / "s", [(pa.array(["a"]), np.array([1.0]))])
    with pytest.raises(InputError, match="memory cap is too small"):
        write_order(tmp_path / "s", tmp_path / "o", score_range=0, rounding=0, memory_mb=10, threads=1)
    assert [entry.name for entry in tmp_path.iterdir()] == ["s"]
