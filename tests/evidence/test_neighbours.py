"""Nearest training records and the similarity-weighted mean of what they tell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from weighbridge.evidence import neighbours as module
from weighbridge.evidence.chemistry import similarity
from weighbridge.evidence.neighbours import Neighbours, nearest, nearest_similarities, weighted

PRINTS = hnp.arrays(np.uint8, st.tuples(st.integers(1, 9), st.just(1)), elements=st.integers(0, 255))


def bits(*rows: str) -> np.ndarray:
    return np.packbits(np.array([[int(bit) for bit in row] for row in rows], dtype=bool), axis=1)


def by_hand(indices, similarities) -> Neighbours:
    return Neighbours(np.array(indices, dtype=np.intp), np.array(similarities, dtype=float))


def test_the_most_similar_come_first():
    """Records are listed by falling similarity, and those below the least similarity are not listed."""
    found = nearest(bits("11110000"), bits("00001111", "11110000", "11100000", "11111111"), k=5)
    assert found.indices.tolist() == [[1, 2, 3]]
    assert found.similarities.tolist() == [[1.0, 0.75, 0.5]]


def test_ties_with_the_last_all_count():
    """Where several records are as similar as the k-th, all of them are neighbours."""
    found = nearest(bits("11110000"), bits("11100000", "11110000", "11010000", "01110000"), k=2)
    assert found.indices.tolist() == [[1, 0, 2, 3]]


def test_no_neighbour_leaves_the_row_empty():
    """A candidate unlike every record has none, and beside one that has, its row is filled up."""
    found = nearest(bits("00000001", "11110000"), bits("11110000"), k=5)
    assert found.indices.tolist() == [[-1], [0]]
    assert found.similarities.tolist() == [[0.0], [1.0]]
    assert len(nearest(bits("00000001"), bits("11110000"))) == 1


def test_a_record_of_the_molecule_itself_is_kept():
    """The molecule's own record is its nearest one: its quality is what is known best."""
    found = nearest(bits("11110000"), bits("11110000", "11100000"), k=1)
    assert found.indices.tolist() == [[0]]


@given(PRINTS, PRINTS, st.integers(1, 4), st.sampled_from([0.0, 0.3, 0.7]))
def test_nearest_are_what_a_plain_sort_finds(candidates, records, k, minimum):
    """The neighbours are exactly the records at least as similar as the k-th and as the minimum."""
    found = nearest(candidates, records, k, minimum)
    matrix = similarity(candidates, records)
    for row, values in enumerate(matrix):
        least = max(minimum, sorted(values, reverse=True)[:k][-1])
        rows = [index for index in found.indices[row] if index >= 0]
        assert sorted(rows) == [index for index, value in enumerate(values) if value >= least]
        assert [values[index] for index in rows] == sorted((values[index] for index in rows), reverse=True)


@given(PRINTS, PRINTS, st.randoms())
def test_the_order_of_the_table_does_not_matter(candidates, records, random):
    """Shuffled records give the same neighbours, under their new row numbers."""
    order = list(range(len(records)))
    random.shuffle(order)
    before, after = nearest(candidates, records, 2), nearest(candidates, records[order], 2)
    for row in range(len(candidates)):
        was = {int(index) for index in before.indices[row] if index >= 0}
        now = {order[index] for index in after.indices[row] if index >= 0}
        assert was == now


def test_blocks_do_not_matter(monkeypatch):
    """Working in blocks of one candidate gives what working at once gives."""
    rng = np.random.default_rng(0)
    candidates, records = rng.integers(0, 256, (7, 2), dtype=np.uint8), rng.integers(0, 256, (9, 2), dtype=np.uint8)
    whole = nearest(candidates, records)
    largest = nearest_similarities(candidates, records, 3)
    left_out = nearest_similarities(candidates, candidates, 3, leave_self_out=True)
    monkeypatch.setattr(module, "_BLOCK_ROWS", 1)
    np.testing.assert_array_equal(nearest(candidates, records).indices, whole.indices)
    np.testing.assert_array_equal(nearest_similarities(candidates, records, 3), largest)
    np.testing.assert_array_equal(nearest_similarities(candidates, candidates, 3, leave_self_out=True), left_out)


def test_largest_similarities_have_no_least_one():
    """The k largest similarities are given whatever they are, as many as there are records."""
    found = nearest_similarities(bits("11110000"), bits("00001111", "11100000"), 5)
    assert found.tolist() == [[0.75, 0.0]]


def test_leaving_oneself_out():
    """A set compared with itself does not count each member's likeness to itself."""
    packed = bits("11110000", "11100000", "00001111")
    assert nearest_similarities(packed, packed, 1, leave_self_out=True).tolist() == [[0.75], [0.75], [0.0]]


def test_weighted_mean_by_hand():
    """(1·0.2 + 0.5·0.8) / 1.5 = 0.4."""
    value, low, high = weighted(by_hand([[0, 1]], [[1.0, 0.5]]), np.array([0.2, 0.8]), 0.0, 1.0)
    assert value == low == high == pytest.approx(0.4)


def test_unknown_quality_widens_the_interval():
    """An unknown neighbour may be anything between the bounds; the value is the middle."""
    value, low, high = weighted(by_hand([[0, 1]], [[1.0, 0.5]]), np.array([0.2, np.nan]), 0.0, 0.9)
    assert low == pytest.approx(0.2 / 1.5)
    assert high == pytest.approx((0.2 + 0.45) / 1.5)
    assert value == pytest.approx((0.2 + 0.225) / 1.5)


def test_no_neighbour_is_missing():
    """Without a neighbour the value is missing, never 0."""
    value, low, high = weighted(by_hand([[-1, -1]], [[0.0, 0.0]]), np.array([0.2]), 0.0, 1.0)
    assert np.isnan([value, low, high]).all()
    value, _, _ = weighted(by_hand(np.empty((2, 0)), np.empty((2, 0))), np.array([0.2]), 0.0, 1.0)
    assert np.isnan(value).tolist() == [True, True]


def test_what_does_not_apply_does_not_enter():
    """A neighbour without such a quality at all changes neither sum."""
    neighbours = by_hand([[0, 1], [1, -1]], [[1.0, 0.5], [0.6, 0.0]])
    value, _, _ = weighted(neighbours, np.array([0.2, np.nan]), 0.0, 1.0, np.array([True, False]))
    assert value[0] == 0.2
    assert np.isnan(value[1])


QUALITIES = st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=4, max_size=4)


@given(
    QUALITIES, st.lists(st.floats(0, 1), min_size=4, max_size=4), st.lists(st.floats(0.3, 1), min_size=4, max_size=4)
)
def test_the_interval_holds_every_completion(qualities, completion, weights):
    """Whatever the unknown qualities really are, the mean lies within the interval."""
    neighbours = by_hand([[0, 1, 2, 3]], [weights])
    quality = np.array([np.nan if value is None else value for value in qualities])
    filled = np.where(np.isnan(quality), completion, quality)
    value, low, high = weighted(neighbours, quality, 0.0, 1.0)
    truth = float(np.dot(weights, filled) / np.sum(weights))
    assert low[0] - 1e-12 <= truth <= high[0] + 1e-12
    assert low[0] <= value[0] <= high[0]


@given(PRINTS, PRINTS)
def test_similarity_is_symmetric_and_one_with_itself(first, second):
    """Tanimoto of a pair is the same from both sides, within [0, 1], and 1 where nothing differs."""
    found = similarity(first, second)
    np.testing.assert_array_equal(found, similarity(second, first).T)
    assert ((found >= 0) & (found <= 1)).all()
    for row, print_ in enumerate(first):
        assert similarity(first, first)[row, row] == (1.0 if print_.any() else 0.0)


@given(PRINTS, PRINTS, st.integers(1, 4))
def test_the_order_of_candidates_does_not_matter(candidates, records, k):
    """Each candidate has its own neighbours, whoever else is asked about."""
    together = nearest(candidates, records, k)
    for row in range(len(candidates)):
        alone = nearest(candidates[row : row + 1], records, k)
        width = alone.indices.shape[1]
        np.testing.assert_array_equal(together.indices[row, :width], alone.indices[0])
        assert (together.indices[row, width:] == -1).all()
        assert (together.similarities[row, width:] == 0).all()


@given(PRINTS, PRINTS, st.integers(1, 3))
def test_more_neighbours_never_lose_one(candidates, records, k):
    """The k nearest are among the k + 1 nearest, and no similarity falls below the least."""
    few, many = nearest(candidates, records, k), nearest(candidates, records, k + 1)
    for row in range(len(candidates)):
        assert {*few.indices[row]} - {-1} <= {*many.indices[row]}
    assert (few.similarities[few.indices >= 0] >= 0.3).all()


@given(PRINTS, st.integers(1, 4))
def test_doubling_every_record_doubles_every_neighbour(records, k):
    """Twins tie, so both are neighbours as soon as one is."""
    candidates = records[:2]
    once = nearest(candidates, records, 2 * k)
    twice = nearest(candidates, np.vstack((records, records)), 2 * k)
    n = len(records)
    for row in range(len(candidates)):
        found = {int(index) for index in twice.indices[row] if index >= 0}
        assert {index % n for index in found} == {index for index in range(n) if {index, index + n} <= found}
        assert {index % n for index in found} <= {int(index) for index in once.indices[row]}


@given(PRINTS, PRINTS, st.integers(1, 5))
def test_largest_similarities_are_what_sorting_gives(candidates, records, k):
    """The k largest of every candidate, largest first, as many as there are records."""
    every = similarity(candidates, records)
    found = nearest_similarities(candidates, records, k)
    assert found.shape == (len(candidates), min(k, len(records)))
    np.testing.assert_array_equal(found, np.sort(every, axis=1)[:, ::-1][:, :k])


def test_one_record_left_out_of_itself_leaves_nothing():
    """A set of one has no other members, and an empty set no similarities."""
    assert nearest_similarities(bits("1"), bits("1"), 3, leave_self_out=True).shape == (1, 0)
    assert nearest_similarities(bits("1"), np.empty((0, 1), dtype=np.uint8), 3).shape == (1, 0)
    assert nearest(bits("1"), np.empty((0, 1), dtype=np.uint8)).indices.shape == (1, 0)


WEIGHTS = st.lists(st.floats(0.3, 1), min_size=4, max_size=4)


@given(QUALITIES, WEIGHTS, st.permutations(range(4)))
def test_the_order_of_neighbours_does_not_matter(qualities, weights, order):
    """The weighted mean is the same however the neighbours are listed."""
    quality = np.array([np.nan if value is None else value for value in qualities])
    plain = weighted(by_hand([range(4)], [weights]), quality, 0.0, 1.0)
    shuffled = weighted(by_hand([order], [[weights[row] for row in order]]), quality, 0.0, 1.0)
    for one, other in zip(plain, shuffled, strict=True):
        assert one == pytest.approx(other, abs=1e-12)


@given(QUALITIES, WEIGHTS, st.sampled_from([0.125, 0.5]))
def test_only_the_proportions_of_the_similarities_matter(qualities, weights, factor):
    """Neighbours all half as similar tell the same."""
    quality = np.array([np.nan if value is None else value for value in qualities])
    plain = weighted(by_hand([range(4)], [weights]), quality, 0.0, 1.0)
    scaled = weighted(by_hand([range(4)], [[factor * weight for weight in weights]]), quality, 0.0, 1.0)
    for one, other in zip(plain, scaled, strict=True):
        assert one == pytest.approx(other, abs=1e-12)


def test_each_record_may_have_bounds_of_its_own():
    """Two unknowns in [.2, .4] and [.5, .9] at equal similarity: between .35 and .65."""
    neighbours = by_hand([[0, 1]], [[0.5, 0.5]])
    value, low, high = weighted(neighbours, np.full(2, np.nan), np.array([0.2, 0.5]), np.array([0.4, 0.9]))
    assert (low[0], value[0], high[0]) == (pytest.approx(0.35), pytest.approx(0.5), pytest.approx(0.65))
