"""From one number a record to the source's reading and to a molecule's, and what unknown records leave open."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.sample import records, setting, source

from weighbridge.evidence.chemistry import fingerprints, similarity
from weighbridge.evidence.indicators.pooling import MoleculeReadings, nearest_mean, record_mean
from weighbridge.evidence.indicators.view import NotToldError, RecordQuality, View

NAN = math.nan
SHARES = st.lists(st.one_of(st.just(NAN), st.floats(0, 1)), min_size=1, max_size=8)


def quality(values, low=0.0, high=1.0, applies=None, bounded=False) -> RecordQuality:
    """Return qualities whose unknown records "state no purity"."""
    found = RecordQuality.of(np.array(values, dtype=float), low, high, "state no purity", applies)
    return RecordQuality(found.values, found.low, found.high, found.applies, found.unknown, bounded)


def view(smiles, candidates) -> View:
    keys = [f"k{text}" if text else None for text in smiles]
    return View(source(records=records(smiles=smiles, key=keys)), setting(candidates))


# --- of a source --------------------------------------------------------------------------------------------


def test_the_mean_of_what_every_record_tells_is_exact() -> None:
    """No interval, no note, and as many records as there are."""
    found = record_mean(quality([0.2, 0.4, 0.9]))
    assert (found.value, found.low, found.high) == (0.5, 0.5, 0.5)
    assert (found.n, found.note, found.unknown) == (3, "", "")


def test_unknown_records_open_the_mean_by_their_bounds() -> None:
    """.9 and two unknowns in [0, 1]: between .3 and 2.9/3, the middle as the value."""
    found = record_mean(quality([0.9, NAN, NAN]))
    assert (found.low, found.high) == (pytest.approx(0.3), pytest.approx(2.9 / 3))
    assert found.value == pytest.approx((0.3 + 2.9 / 3) / 2)
    assert found.note == "2 of 3 records state no purity"


def test_each_record_may_have_bounds_of_its_own() -> None:
    """A match known to lie in [.1, .8] beside a known 1: between .55 and .9."""
    own = RecordQuality(np.array([NAN, 1.0]), np.array([0.1, 1.0]), np.array([0.8, 1.0]), np.ones(2, dtype=bool), "do")
    found = record_mean(own)
    assert (found.low, found.high) == (pytest.approx(0.55), pytest.approx(0.9))


def test_records_without_such_a_number_do_not_enter() -> None:
    """A molecule measured once has no scatter: it is neither 0 nor unknown."""
    found = record_mean(quality([0.2, 99.0, 0.4], applies=np.array([True, False, True])))
    assert (found.value, found.n) == (pytest.approx(0.3), 2)


def test_where_no_record_has_such_a_number_the_reason_is_told() -> None:
    """Nothing to average is no 0."""
    with pytest.raises(NotToldError, match=r"^the records state no purity$"):
        record_mean(quality([0.2, 0.4], applies=np.array([False, False])))


def test_where_no_record_tells_it_the_reason_is_told_with_the_count() -> None:
    """All of 1,200 unknown is missing, not the middle of the bounds."""
    with pytest.raises(NotToldError, match=r"^all 1,200 records state no purity$"):
        record_mean(quality([NAN] * 1200))


def test_a_bounded_quality_is_an_interval_even_where_no_record_tells_it() -> None:
    """A match lies between 0 and 1 whatever the pH was."""
    found = record_mean(quality([NAN, NAN], bounded=True))
    assert (found.low, found.value, found.high, found.n) == (0.0, 0.5, 1.0, 2)
    assert found.note == "2 of 2 records state no purity"


def test_equal_values_have_that_value_as_their_mean() -> None:
    """Ten times .1 is .1 to the last bit, not .09999999999999999."""
    assert record_mean(quality([0.1] * 10)).value == 0.1
    assert record_mean(quality([0.7] * 3)).exact


@given(SHARES, st.randoms(use_true_random=False))
def test_the_order_of_records_changes_no_bit(values: list[float], random: Any) -> None:
    """The sum is exact, so shuffled records give the same number and not a near one."""
    if all(map(math.isnan, values)):
        return
    shuffled = list(values)
    random.shuffle(shuffled)
    assert record_mean(quality(values)) == record_mean(quality(shuffled))


@given(SHARES, st.lists(st.floats(0, 1), min_size=8, max_size=8))
def test_the_interval_is_just_what_the_unknowns_allow(values: list[float], truths: list[float]) -> None:
    """Every completion lies inside, and both ends are reached by one."""
    found = record_mean(quality(values, bounded=True))

    def completed(unknowns: list[float]) -> float:
        return float(np.mean([truth if math.isnan(value) else value for value, truth in zip(values, unknowns)]))  # noqa: B905

    assert found.low - 1e-12 <= completed(truths) <= found.high + 1e-12
    assert found.low == pytest.approx(completed([0.0] * 8), abs=1e-12)
    assert found.high == pytest.approx(completed([1.0] * 8), abs=1e-12)


@given(SHARES, st.integers(0, 7))
def test_telling_one_more_record_never_widens_the_interval(values: list[float], row: int) -> None:
    """What becomes known can only narrow."""
    row %= len(values)
    told = [0.5 if number == row and math.isnan(value) else value for number, value in enumerate(values)]
    before, after = record_mean(quality(values, bounded=True)), record_mean(quality(told, bounded=True))
    assert before.low - 1e-12 <= after.low <= after.high <= before.high + 1e-12


# --- of molecules -------------------------------------------------------------------------------------------


def test_a_molecule_has_the_mean_of_its_own_records() -> None:
    """Records of the very molecule have similarity 1 and count alike; benzene's do not reach ethanol."""
    seen = view(["CCO", "CCO", "c1ccccc1"], ["CCO", "c1ccccc1"])
    found = nearest_mean(quality([0.2, 0.6, 1.0]), seen)
    assert found.value == pytest.approx([0.4, 1.0])
    assert (found.low.tolist(), found.note) == (found.high.tolist(), "")


def test_neighbours_count_by_their_similarity() -> None:
    """Two different records at similarities s and t: (s a + t b) / (s + t)."""
    smiles, candidate = ["CCCO", "CCCCO"], "CCCCCO"
    s, t = similarity(fingerprints([candidate]), fingerprints(smiles))[0]
    assert min(s, t) >= 0.3
    assert s != t
    found = nearest_mean(quality([0.0, 1.0]), view(smiles, [candidate]))
    assert found.value == pytest.approx([t / (s + t)])


def test_an_unknown_neighbour_opens_the_molecules_interval() -> None:
    """One of two records of the molecule is silent: between (.8 + 0)/2 and (.8 + 1)/2."""
    found = nearest_mean(quality([0.8, NAN]), view(["CCO", "CCO"], ["CCO"]))
    assert (found.low[0], found.value[0], found.high[0]) == (
        pytest.approx(0.4),
        pytest.approx(0.65),
        pytest.approx(0.9),
    )


def test_molecules_without_a_neighbour_that_tells_are_missing_and_counted() -> None:
    """No structure, nothing similar, or neighbours without such a number: NaN, not 0."""
    seen = view(["CCO", "c1ccccc1"], ["CCO", None, "FC(F)(F)F", "c1ccccc1"])
    found = nearest_mean(quality([0.8, 0.5], applies=np.array([True, False])), seen)
    np.testing.assert_array_equal(found.value, [0.8, NAN, NAN, NAN])
    assert found.note == "3 of 4 molecules have no training record near enough that tells it"


@pytest.mark.parametrize("applies", [np.array([True]), np.array([False])])
def test_where_no_record_tells_it_no_molecule_has_it(applies: np.ndarray) -> None:
    """The reason is the records', in the same words."""
    with pytest.raises(NotToldError, match=r"^the records state no purity$"):
        nearest_mean(quality([NAN], applies=applies), view(["CCO"], ["CCO"]))


def test_a_bounded_quality_that_nobody_tells_is_open_for_every_near_molecule() -> None:
    """Near records say it lies between 0 and 1; far ones say nothing at all."""
    found = nearest_mean(quality([NAN], bounded=True), view(["CCO"], ["CCO", "FC(F)(F)F"]))
    np.testing.assert_array_equal(found.low, [0.0, NAN])
    np.testing.assert_array_equal(found.high, [1.0, NAN])


@given(st.lists(st.one_of(st.just(NAN), st.floats(0, 1)), min_size=4, max_size=4))
def test_a_molecules_interval_lies_between_its_neighbours(values: list[float]) -> None:
    """A weighted mean is never below the least or above the largest that is possible."""
    seen = view(["CCO", "CCCO", "CCCCO", "CCCCCO"], ["CCCO"])
    found = nearest_mean(quality(values, bounded=True), seen)
    low, high = (np.where(np.isnan(values), end, values) for end in (0.0, 1.0))
    assert low.min() - 1e-12 <= found.low[0] <= found.value[0] <= found.high[0] <= high.max() + 1e-12


# --- readings -----------------------------------------------------------------------------------------------


def test_exact_readings_have_no_interval_and_own_their_arrays() -> None:
    """Low and high are copies: changing one changes no other."""
    found = MoleculeReadings.exact(np.array([0.5, NAN]), "a note")
    np.testing.assert_array_equal(found.low, found.value)
    np.testing.assert_array_equal(found.high, found.value)
    assert found.low is not found.value
    assert (len(found), found.note) == (2, "a note")


def test_missing_readings_are_nan_with_the_reason() -> None:
    """One NaN a molecule, for value and both bounds."""
    found = MoleculeReadings.missing(3, "needs training records")
    assert np.isnan([found.value, found.low, found.high]).all()
    assert (len(found), found.note) == (3, "needs training records")
