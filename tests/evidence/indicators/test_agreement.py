"""Repeats are compared within parts, parts with each other."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.sample import records, setting, source

from weighbridge.evidence.chemistry import fingerprints, similarity
from weighbridge.evidence.indicators import read_molecules, read_part, read_source

HERE = setting()
A, B = ("A",), ("B",)


def values(rows, parts=(), **fields):
    return source(
        "continuous", records=records(parts, key=[row[0] for row in rows], value=[row[1] for row in rows], **fields)
    )


def labels(rows, parts=()):
    return source(records=records(parts, key=[row[0] for row in rows], label=[row[1] for row in rows]))


def test_scatter_of_repeats_by_hand():
    """Molecules (5, 7), (6, 6, 9) and a lone one: √((2 + 6) / 3)."""
    found = read_source("replicate_sd", values([("a", 5), ("b", 6), ("a", 7), ("b", 6), ("b", 9), ("c", 1)]), HERE)
    assert found.value == pytest.approx(math.sqrt(8 / 3))
    assert (found.n, found.exact) == (5, True)
    assert found.note == "2 repeated molecules, 3 degrees of freedom"


def test_a_difference_between_parts_is_no_noise():
    """Two parts three units apart, each repeating itself exactly, have no scatter of repeats."""
    rows = [("a", 5), ("a", 5), ("a", 8), ("a", 8)]
    pooled = read_source("replicate_sd", values(rows, [A, A, B, B]), HERE)
    assert pooled.value == 0.0
    assert read_source("replicate_sd", values(rows), HERE).value == pytest.approx(math.sqrt(3))
    assert read_source("replicate_mad", values(rows, [A, A, B, B]), HERE).value == 0.0


def test_parts_pool_by_degrees_of_freedom():
    """The whole source's variance is the parts' variances weighted by their degrees of freedom."""
    rows = [("a", 5), ("a", 6), ("b", 4), ("b", 4.5), ("b", 5), ("a", 7), ("a", 9)]
    sample = values(rows, [A, A, A, A, A, B, B])
    first, second = (read_part("replicate_sd", sample, part, HERE).value for part in "AB")
    whole = read_source("replicate_sd", sample, HERE).value
    assert whole**2 == pytest.approx((3 * first**2 + 1 * second**2) / 4)


def test_a_record_of_two_parts_is_in_both():
    """A record pooled from two resources repeats within each of them."""
    sample = values([("a", 5), ("a", 7), ("a", 9)], [("A", "B"), A, B])
    assert read_part("replicate_sd", sample, "A", HERE).value == pytest.approx(math.sqrt(2))
    assert read_part("replicate_sd", sample, "B", HERE).value == pytest.approx(math.sqrt(8))
    assert read_source("replicate_sd", sample, HERE).value == pytest.approx(math.sqrt(5))


def test_censored_values_are_no_repeats():
    """'> 8' beside 8 says nothing of the scatter."""
    sample = values([("a", 8), ("a", 8), ("b", 5), ("b", 6)], relation=["=", ">", "=", None])
    assert read_source("replicate_sd", sample, HERE).value == pytest.approx(math.sqrt(0.5))


@pytest.mark.parametrize("name", ["replicate_sd", "replicate_mad"])
def test_what_cannot_scatter_says_why(name):
    """No values, no repeats and a linear scale are different reasons."""
    assert "do not tell the values" in read_source(name, labels([("a", 1)]), HERE).unknown
    assert "no molecule was measured twice" in read_source(name, values([("a", 1), ("b", 1)]), HERE).unknown
    linear = source("continuous", value_unit="nM", records=records(key=["a", "a"], value=[1, 2]))
    assert read_source(name, linear, HERE).unknown == "the values are in nM, not on a log scale"
    assert "needs training records" in read_source(name, source("continuous"), HERE).unknown


def test_minimum_significant_ratio_by_hand():
    """Run means 5 and 5.3 of one molecule, 6 and 6.1 of another: s² = (.045 + .005)/2, MSR 10^(2√2 s)."""
    rows = [("a", 4.9), ("a", 5.1), ("a", 5.3), ("b", 6), ("b", 6.1), ("c", 9)]
    sample = values(rows, run=["1", "1", "2", "1", "2", "1"])
    assert read_source("msr", sample, HERE).value == pytest.approx(10 ** (2 * math.sqrt(2) * math.sqrt(0.025)))


def test_minimum_significant_ratio_of_a_known_scatter():
    """Between-run differences with s = .15 give 2.656; as paired differences s_d = .2121 the same."""
    sample = values([("a", 5.0), ("a", 5.0 + 0.15 * math.sqrt(2))], run=["1", "2"])
    assert read_source("msr", sample, HERE).value == pytest.approx(2.656, abs=5e-4)


def test_minimum_significant_ratio_needs_runs_of_one_part():
    """Without runs, or with each run in another part, there is nothing to compare; the card may speak."""
    assert "do not tell the run" in read_source("msr", values([("a", 5), ("a", 6)]), HERE).unknown
    apart = values([("a", 5), ("a", 6)], [A, B], run=["1", "2"])
    assert "two runs" in read_source("msr", apart, HERE).unknown
    card = source("continuous", card={"msr": 3.0}, records=records(key=["a"], value=[5.0]))
    assert read_source("msr", card, HERE).value == 3.0


def test_conflicts_by_hand():
    """Of three repeated molecules one carries both labels; inconclusive records and parts keep apart."""
    rows = [("a", 1), ("a", 0), ("b", 1), ("b", 1), ("c", 0), ("c", 0), ("d", 1), ("d", None), ("e", 1), ("e", 0)]
    sample = labels(rows, [A] * 9 + [B])
    found = read_source("duplicate_conflict", sample, HERE)
    assert found.value == pytest.approx(1 / 3)
    assert found.note == "1 of 3 repeated molecules carry both labels"
    assert "labelled twice" in read_part("duplicate_conflict", sample, "B", HERE).unknown


def test_conflicts_of_continuous_values_are_at_the_threshold():
    """A molecule measured on both sides of the decision's threshold is in conflict; a limit may tell."""
    sample = values(
        [("a", 5.5), ("a", 6.5), ("b", 6.0), ("b", 7.0), ("c", 5.0), ("c", 8.0), ("d", 5.0), ("d", 5.0)],
        relation=["=", "=", "=", "=", "=", ">", "<", ">"],
        low=[None] * 5 + [8.0, -math.inf, 5.0],
        high=[None] * 5 + [math.inf, 5.0, math.inf],
    )
    found = read_source("duplicate_conflict", sample, setting(threshold=6.0, threshold_unit="pIC50"))
    assert (found.value, found.n) == (pytest.approx(2 / 3), 3)
    assert "no threshold" in read_source("duplicate_conflict", sample, HERE).unknown
    other = setting(threshold=6.0, threshold_unit="pKi")
    assert "is in pKi" in read_source("duplicate_conflict", sample, other).unknown


def test_conflict_of_the_neighbours():
    """A molecule's value is the share of conflict among its repeated nearest records."""
    sample = source(
        records=records(
            key=["a", "a", "b", "b", "c"], smiles=["CCO", "CCO", "CCN", "CCN", "CCC"], label=[1, 0, 1, 1, 1]
        )
    )
    found = read_molecules("duplicate_conflict", sample, setting(["CCO", "c1ccccc1", None]))
    near = float(similarity(fingerprints(["CCO"]), fingerprints(["CCN"]))[0, 0])
    assert near >= 0.3
    assert found.value[0] == pytest.approx(2 / (2 + 2 * near))
    assert np.isnan(found.value[1:]).all()
    assert found.note.startswith("2 of 3 molecules")


def test_scatter_of_the_neighbours():
    """The molecule's own repeats count with similarity 1; records without repeats do not count."""
    sample = source(
        "continuous", records=records(key=["a", "a", "c"], smiles=["CCO", "CCO", "CCCO"], value=[5.0, 6.0, 9.0])
    )
    for name, expected in (("replicate_sd", math.sqrt(0.5)), ("replicate_mad", 1.4826 * 0.5 * math.sqrt(2))):
        found = read_molecules(name, sample, setting(["CCO"]))
        assert found.value[0] == pytest.approx(expected)
        assert found.low[0] == found.high[0]


def test_kappa_of_parts_by_hand():
    """Two parts sharing 20 molecules agree with Cohen's κ; a third with 19 shared is left out."""
    keys = [f"k{number}" for number in range(20)]
    first, second = [1] * 10 + [0] * 10, [1] * 8 + [0] * 12
    rows = [*zip(keys, first, strict=True), *zip(keys, second, strict=True), *zip(keys[:19], first, strict=False)]
    sample = labels(rows, [A] * 20 + [B] * 20 + [("C",)] * 19)
    found = read_source("inter_source_kappa", sample, HERE)
    assert found.value == pytest.approx((0.9 - 0.5) / 0.5)
    assert found.n == 20
    assert read_part("inter_source_kappa", sample, "A", HERE).value == found.value
    assert not read_part("inter_source_kappa", sample, "C", HERE).known


def test_kappa_takes_the_majority_and_splits_as_inactive():
    """A part's label is its majority; one active and one inactive record make it inactive."""
    keys = [f"k{number}" for number in range(20)]
    first = [1] * 10 + [0] * 10
    rows = [*zip(keys, first, strict=True), ("k19", 1), ("k0", 1), *zip(keys, first, strict=True)]
    assert read_source("inter_source_kappa", labels(rows, [A] * 22 + [B] * 20), HERE).value == pytest.approx(1.0)


def test_kappa_needs_parts():
    """A source that is not pooled has no parts to agree."""
    assert "two or more parts" in read_source("inter_source_kappa", labels([("a", 1)]), HERE).unknown


ROWS = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.integers(0, 6).map(lambda value: value / 2), st.sampled_from([A, B, ("A", "B")])
    ),
    min_size=1,
    max_size=12,
)


@given(ROWS)
def test_scatter_against_a_plain_loop(rows):
    """Pooled scatter and conflicts are what looping over parts and molecules gives."""
    sample = values([row[:2] for row in rows], [row[2] for row in rows])
    groups = [
        [value for key, value, parts in rows if key == wanted and part in parts]
        for part, wanted in itertools.product("AB", "abc")
    ]
    groups = [group for group in groups if len(group) > 1]
    scatter = read_source("replicate_sd", sample, HERE)
    conflict = read_source("duplicate_conflict", sample, setting(threshold=1.5))
    if not groups:
        assert not scatter.known
        assert not conflict.known
        return
    freedom = sum(len(group) - 1 for group in groups)
    squares = sum((len(group) - 1) * np.var(group, ddof=1) for group in groups)
    assert scatter.value == pytest.approx(math.sqrt(squares / freedom))
    both = [min(group) < 1.5 <= max(group) for group in groups]
    assert conflict.value == pytest.approx(sum(both) / len(both))


@given(ROWS, st.randoms())
def test_the_order_of_records_does_not_matter(rows, random):
    """Shuffled records give the same agreement."""
    shuffled = list(rows)
    random.shuffle(shuffled)
    for name in ("replicate_sd", "replicate_mad", "duplicate_conflict"):
        first, second = (
            read_source(name, values([row[:2] for row in order], [row[2] for row in order]), setting(threshold=1.5))
            for order in (rows, shuffled)
        )
        assert first.value == pytest.approx(second.value)
        assert first.n == second.n
