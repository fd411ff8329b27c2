"""A survey of parts merges into the survey of the whole, and its sample is a fair one."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scale.samples import cut, table

from weighbridge.core.arrays import Floats
from weighbridge.scale import survey as module
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


def one_column(values: list[float], **options: int) -> Survey:
    """Survey a single gain."""
    return survey(np.array(values, dtype=float)[:, None], SIGNS[:1], **{"sample": 8, "distinct": 8, **options})


awkward = st.sampled_from([0.0, -0.0, 1.0, -1.0, np.nan, 5e-324, -5e-324, 1e150, -1e150, 0.1 + 0.2, 0.3])


@settings(max_examples=50, deadline=None)
@given(column=st.lists(awkward, max_size=30), cuts=st.lists(st.integers(0, 30), max_size=3), turned=st.booleans())
def test_awkward_values_merge_to_the_same_bytes(column: list[float], cuts: list[int], turned: bool) -> None:
    """Denormals, both zeros, gaps and huge values are surveyed alike in one batch and in several."""
    values = np.array(column, dtype=float)[:, None] * np.ones(2)
    whole = survey(values, SIGNS, sample=5, distinct=6)
    batches = np.split(values, np.sort(np.minimum(np.array(cuts, dtype=int), len(values))))
    assert packed(surveyed(batches[::-1] if turned else batches, 5, 6)) == packed(whole)


@settings(max_examples=40, deadline=None)
@given(column=st.lists(awkward, max_size=30), limit=st.integers(1, 9))
def test_distinct_values_are_those_of_a_set(column: list[float], limit: int) -> None:
    """Distinct values and counts are a dictionary's, and None once there are too many."""
    found = one_column(column, distinct=limit)
    counts = Counter(value + 0.0 for value in column if not np.isnan(value))
    distinct = found.distinct[0]
    assert (distinct is None) == (len(counts) > limit)
    if distinct is not None:
        assert dict(zip(distinct.values.tolist(), distinct.counts.tolist(), strict=True)) == counts
        assert (np.diff(distinct.values) > 0).all()
    assert found.present[0] == sum(counts.values())
    assert (found.low[0], found.high[0]) == (min(counts, default=np.inf), max(counts, default=-np.inf))


def test_a_limit_passed_in_one_batch_stays_passed() -> None:
    """Too many values in any part are too many in the whole, whichever part is merged first."""
    many, few = one_column([1, 2, 3, 4], distinct=3), one_column([1, 1, 1], distinct=3)
    for both in (merge_surveys(many, few, sample=8, distinct=3), merge_surveys(few, many, sample=8, distinct=3)):
        assert both.distinct == (None,)
        assert (both.rows, both.present.tolist()) == (7, [7])


def test_a_limit_is_passed_by_the_union() -> None:
    """Parts that have few values each may have too many together, and just as many as allowed are kept."""
    one, other = one_column([1, 2, 2]), one_column([2, 3])
    assert merge_surveys(one, other, sample=8, distinct=2).distinct == (None,)
    kept = merge_surveys(one, other, sample=8, distinct=3).distinct[0]
    assert kept is not None
    assert (kept.values.tolist(), kept.counts.tolist()) == ([1, 2, 3], [1, 3, 1])


def test_nothing_is_surveyed_as_nothing() -> None:
    """A batch without rows has no values, no sample and ends that give way."""
    found = survey(np.empty((0, 2)), SIGNS, sample=4, distinct=4)
    assert (found.rows, found.present.tolist(), found.sample.shape, found.hashes.size) == (0, [0, 0], (0, 2), 0)
    assert (found.low.tolist(), found.high.tolist()) == ([np.inf] * 2, [-np.inf] * 2)
    some = survey(np.array([[1.0, 2.0]]), SIGNS, sample=4, distinct=4)
    assert packed(merge_surveys(found, some, sample=4, distinct=4)) == packed(some)


def test_rows_without_values_are_rows() -> None:
    """A row of which nothing is known counts as a row, and may be sampled."""
    found = survey(np.full((3, 2), np.nan), SIGNS, sample=2, distinct=4)
    assert (found.rows, found.present.tolist()) == (3, [0, 0])
    assert found.sample.shape == (2, 2)
    assert np.isnan(found.sample).all()


def test_equal_rows_have_equal_hashes() -> None:
    """Zeros of both signs and any two gaps hash alike, and other rows differ."""
    other_nan = np.array([0x7FF8000000000123], dtype=np.uint64).view(np.float64)[0]
    values = np.array([[0.0, np.nan], [-0.0, other_nan], [0.0, 0.0], [5e-324, np.nan]])
    hashes = survey(values, SIGNS, sample=4, distinct=4).hashes
    assert np.unique(hashes).size == 3


def test_columns_are_told_apart_by_their_place() -> None:
    """Values exchanged between columns are another row."""
    hashes = survey(np.array([[1.0, 2.0], [-2.0, -1.0]]), SIGNS, sample=4, distinct=4).hashes
    assert np.unique(hashes).size == 2


def test_colliding_hashes_are_put_in_order_by_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every row had the same hash, the sample would still not depend on order or cut."""
    monkeypatch.setattr(module, "_hashes", lambda columns, rows: np.zeros(rows, dtype=np.uint64))
    values = np.array([[3.0, 1.0], [1.0, 5.0], [np.nan, 2.0], [1.0, 2.0], [2.0, 2.0]])
    wanted = survey(values, SIGNS, sample=3, distinct=9)
    assert wanted.sample.tolist() == [[1.0, -5.0], [1.0, -2.0], [2.0, -2.0]]
    for seed in range(6):
        assert packed(surveyed(cut(values[np.random.default_rng(seed).permutation(5)], seed, 3), 3, 9)) == packed(
            wanted
        )


def test_hashes_do_not_depend_on_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows hashed a few at a time have the same hashes."""
    values = table(100, 1, ("normal", "decimals"))
    wanted = packed(survey(values, SIGNS, sample=10, distinct=50))
    monkeypatch.setattr(module, "_BLOCK", 7)
    assert packed(survey(values, SIGNS, sample=10, distinct=50)) == wanted


def test_hashes_spread_over_all_their_bits() -> None:
    """Of many rows each bit of the hash is set in about a half, also where only low bits of values differ."""
    values = np.column_stack([1.0 + np.arange(4_096) * 2.0**-52, np.zeros(4_096)])
    hashes = survey(values, SIGNS, sample=4_096, distinct=1).hashes
    shares = [float(((hashes >> np.uint64(bit)) & np.uint64(1)).mean()) for bit in range(64)]
    assert min(shares) > 0.45
    assert max(shares) < 0.55
