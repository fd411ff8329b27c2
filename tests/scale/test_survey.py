"""A survey of parts merges into the survey of the whole, and its sample is a fair one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scale.samples import cut, table

from weighbridge.core.arrays import Floats
from weighbridge.scale.survey import Survey, merge_surveys, oriented, survey

SIGNS = np.array([1.0, -1.0])


def packed(found: Survey) -> list[bytes | None]:
    """Return everything a survey holds as bytes."""
    parts = [found.present, found.low, found.high, found.hashes, found.sample]
    for distinct in found.distinct:
        parts += [] if distinct is None else [distinct.values, distinct.counts]
    known = [None if distinct is None else b"" for distinct in found.distinct]
    return [*(part.tobytes() for part in parts), *known, str(found.rows).encode()]


def surveyed(batches: list[Floats], sample: int, distinct: int) -> Survey:
    """Survey batches and merge one by one."""
    found = survey(batches[0], SIGNS, sample=sample, distinct=distinct)
    for batch in batches[1:]:
        other = survey(batch, SIGNS, sample=sample, distinct=distinct)
        found = merge_surveys(other, found, sample=sample, distinct=distinct)
    return found


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    parts=st.integers(1, 8),
    rows=st.integers(0, 300),
    sample=st.sampled_from([1, 16, 500]),
    distinct=st.sampled_from([5, 30, 1000]),
)
def test_any_cut_gives_the_same_survey(seed: int, parts: int, rows: int, sample: int, distinct: int) -> None:
    """Order, cut and empty batches do not change a byte, with ties and missing values among the rows."""
    values = table(rows, seed, ("decimals", "signed zeros")) if rows else np.empty((0, 2))
    values[::4, 0] = np.nan
    whole = survey(values, SIGNS, sample=sample, distinct=distinct)
    assert packed(surveyed(cut(values, seed, parts), sample, distinct)) == packed(whole)


def test_counts_distinct_values() -> None:
    """Distinct values, their counts, ends and the number of present values are those of the column."""
    values = np.array([[1.0, 5.0], [1.0, np.nan], [3.0, 5.0], [-0.0, 7.0], [0.0, np.nan]])
    found = survey(values, SIGNS, sample=10, distinct=3)
    assert found.rows == 5
    assert found.present.tolist() == [5, 3]
    assert found.low.tolist() == [0.0, -7.0]
    assert found.high.tolist() == [3.0, -5.0]
    assert found.distinct[0] is not None
    assert found.distinct[0].values.tolist() == [0.0, 1.0, 3.0]
    assert found.distinct[0].counts.tolist() == [2, 2, 1]
    assert survey(values, SIGNS, sample=10, distinct=2).distinct[0] is None


@pytest.mark.parametrize("rows", [20_481, 60_000])
def test_many_distinct_values_are_seen_early_or_late(rows: int) -> None:
    """Too many distinct values are noticed wherever they stand, and few ones are counted in long columns."""
    many = np.arange(float(rows))
    late = np.where(np.arange(rows) < 20_480, 0.0, many)
    few = many % 7
    for column in (many, late, few):
        for limit in (1, 7, 100, rows // 2):
            found = survey(column[:, None], SIGNS[:1], sample=5, distinct=limit)
            assert (found.distinct[0] is not None) == (np.unique(column).size <= limit)


def test_sample_is_fair() -> None:
    """The rows sampled from a sorted column have its quantiles, within four standard errors."""
    values = np.arange(100_000.0)[:, None]
    found = survey(values, SIGNS[:1], sample=4_000)
    assert found.sample.shape == (4_000, 1)
    for share in (0.1, 0.5, 0.9):
        error = 4 * np.sqrt(share * (1 - share) / 4_000) * 100_000
        assert abs(np.quantile(found.sample, share) - share * 100_000) < error


def test_small_libraries_are_their_own_sample() -> None:
    """With fewer rows than the sample has, all rows are in it, repeated ones as often as they occur."""
    values = np.array([[1.0], [1.0], [2.0]])
    assert sorted(survey(values, SIGNS[:1], sample=10).sample[:, 0].tolist()) == [1.0, 1.0, 2.0]


def test_orientation_has_one_zero() -> None:
    """A cost is turned round, and no column keeps a negative zero."""
    turned = oriented(np.array([0.0, -0.0, 2.0]), -1.0)
    assert np.signbit(turned).tolist() == [False, False, True]
    assert np.signbit(oriented(np.array([-0.0]), 1.0)).tolist() == [False]
