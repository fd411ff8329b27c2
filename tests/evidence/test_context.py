"""Contexts are compared condition by condition, and what is not recorded stays open."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.sample import setting

from weighbridge.evidence.context import (
    CONDITIONS,
    Comparison,
    compare,
    compare_contexts,
    decision_value,
    recorded_value,
)
from weighbridge.evidence.source import Context

NAMES = st.sampled_from([*CONDITIONS, "serum", "plate"])
VALUES = st.one_of(
    st.none(),
    st.just("not recorded"),
    st.floats(-50, 2100),
    st.sampled_from(["HEK293", "HEK293T", "HepG2", "none", "human", "mouse", "axolotl", "wild type", "T790M", "a / b"]),
    st.sampled_from(["cell-based", "biochemical", "37 °C", "30 min", "7.4", "PBS"]),
)


@pytest.mark.parametrize(
    ("source", "decision", "score"),
    [
        ("HEK293", "HEK 293", 1.0),
        ("HEK293", "HEK293T", 0.8),
        ("HEK293T", "HEK293", 0.8),
        ("HEK293T", "HEK293F", 0.6),
        ("HEK293-hERG", "HEK293T", 0.6),
        ("HepG2", "Huh-7", 0.4),
        ("HEK293", "HepG2", 0.2),
        ("HEK293", "CHO", 0.1),
        ("none (cell-free)", "HepG2", 0.1),
        ("none", "cell-free", 1.0),
        ("MDCK-MDR1", "MDR1-MDCK", 1.0),
    ],
)
def test_cell_lines(source, decision, score):
    """Parent and child, siblings, tissue and species each have their score."""
    assert compare("cell_line", source, decision).score == score
    assert compare("cell_line", source, decision).exact


def test_an_unlisted_cell_line_is_open_but_not_the_same():
    """Two names of which one is not in the table may be related or not."""
    found = compare("cell_line", "Foo-1", "HEK293")
    assert (found.low, found.high, found.status) == (0.1, 0.8, "differs")
    assert "state a similarity" in found.note
    assert compare("cell_line", "Foo-1", "foo 1").status == "match"


@pytest.mark.parametrize(
    ("source", "decision", "score"),
    [
        ("human", "Homo sapiens", 1.0),
        ("human", "cyno", 0.7),
        ("mouse", "rat", 0.7),
        ("mouse", "dog", 0.4),
        ("rat", "zebrafish", 0.0),
    ],
)
def test_species(source, decision, score):
    """Same order, same class and another class each have their score."""
    assert compare("species", source, decision).score == score


def test_an_unlisted_species_is_open():
    """Between a known species and one outside the table nothing is claimed."""
    found = compare("species", "axolotl", "human")
    assert (found.low, found.high) == (0.0, 0.7)


@pytest.mark.parametrize(
    ("source", "decision", "low", "high"),
    [
        ("wild type", "WT", 0.0, 0.7),
        ("wild type", "T790M", 0.3, 0.3),
        ("EGFR L858R mutant", "EGFR wild-type", 0.3, 0.3),
        ("T790M", "L858R", 0.0, 0.0),
        ("isoform 1 / LBD", "isoform 1 / full length", 0.7, 0.7),
        ("isoform 1", "Isoform-1", 1.0, 1.0),
        ("isoform 1", "isoform 2", 0.0, 0.7),
    ],
)
def test_target_variants(source, decision, low, high):
    """Construct, isoform, mutant against wild type; what the rules cannot place stays open."""
    found = compare("target_variant", source, decision)
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    ("source", "decision", "low", "high"),
    [
        ("cell-based reporter", "cell based imaging", 1.0, 1.0),
        ("single protein", "protein complex", 0.5, 0.5),
        ("biochemical", "single protein", 0.5, 0.5),
        ("BAO_0000251", "BAO_0000249", 0.5, 0.5),
        ("cell-based", "biochemical", 0.0, 0.0),
        ("cell-based", "soup", 0.0, 0.5),
    ],
)
def test_assay_formats(source, decision, low, high):
    """Same class, siblings in the ontology, another branch, and a format nobody knows."""
    found = compare("assay_format", source, decision)
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    ("source", "decision", "low", "high"),
    [
        ("reporter / luminescence", "Reporter/Luminescence", 1.0, 1.0),
        ("reporter / luminescence", "reporter / fluorescence", 0.5, 0.5),
        ("reporter", "reporter / fluorescence", 0.5, 1.0),
        ("binding / fluorescence", "reporter / fluorescence", 0.0, 0.0),
    ],
)
def test_readouts(source, decision, low, high):
    """The endpoint decides first, then how it is detected."""
    found = compare("readout", source, decision)
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    ("condition", "source", "decision", "score"),
    [
        ("temperature", 27, 37, math.exp(-1)),
        ("temperature", "25 °C", "37C", math.exp(-1.44)),
        ("ph", 7.4, 6.9, math.exp(-1)),
        ("ph", "pH 7.4", 7.4, 1.0),
        ("incubation", 24, 48, math.exp(-1)),
        ("incubation", "30 min", 1, math.exp(-1)),
        ("incubation", "2 days", "24 h", math.exp(-1)),
        ("incubation", "3600 s", "60 mins", 1.0),
        ("incubation", 0, 5, 0.0),
        ("age", 2016, 2026, 0.5),
        ("age", 1990, 2026, 0.0),
        ("age", 2030, 2026, 1.0),
        ("serum", "10 %", "10%", 1.0),
        ("serum", "10 %", "1.0 %", 0.0),
        ("serum", 10.0, 5.0, 0.5),
        ("serum", 0.0, 0.0, 1.0),
        ("serum", -5.0, 5.0, 0.0),
        ("buffer", "HEPES", "hepes", 1.0),
        ("buffer", "HEPES", "PBS", 0.0),
    ],
)
def test_quantities_and_words(condition, source, decision, score):
    """Quantities fall off by their formula; other conditions by equality or relative difference."""
    assert compare(condition, source, decision).score == pytest.approx(score, abs=1e-15)


def test_a_temperature_in_words_is_open():
    """'Room temperature' is recorded but is no number: nothing is claimed against 37."""
    found = compare("temperature", "room temperature", 37)
    assert (found.low, found.high, found.status) == (0.0, 1.0, "differs")
    assert compare("temperature", "room temperature", "Room Temperature").status == "match"


@pytest.mark.parametrize("missing", [None, float("nan"), "", "  ", "not recorded", "Not Recorded", "nan"])
def test_not_recorded_is_an_interval(missing):
    """However a missing condition is written, either side of it leaves the whole range open."""
    for found in (compare("ph", missing, 7.4), compare("ph", 7.4, missing), compare("ph", missing, missing)):
        assert (found.low, found.high, found.status) == (0.0, 1.0, "not recorded")
        assert found.score == 0.5
    assert compare("ph", missing, 7.4).note == "the source does not record it"
    assert compare("ph", 7.4, missing).note == "the decision does not record it"
    assert compare("ph", missing, missing).note == "neither side records it"


def test_the_study_knows_better():
    """A stated similarity replaces the built-in score, in either order, and says so."""
    stated = {("HEK 293", "CHO"): 0.55}
    found = compare("cell_line", "cho", "HEK293", stated)
    assert (found.score, found.note) == (0.55, "stated by the study")
    assert compare("cell_line", "HEK293", "CHO", stated).score == 0.55
    assert compare("cell_line", "HEK293", "HEK293", stated).score == 1.0
    assert compare("cell_line", "HEK293", "HEK293T", stated).score == 0.8
    assert compare("cell_line", None, "CHO", stated).status == "not recorded"
    assert compare("temperature", 25, 37, {("25", "37"): 0.9}).score == 0.9


def test_whole_contexts():
    """Every condition either side names is compared, the decision's first."""
    decision = setting(context={"species": "human", "ph": 7.4, "buffer": None}, year=2026)
    found = compare_contexts(Context({"ph": 7.4, "plate": "A", "year": 2016}), decision)
    assert [item.condition for item in found] == ["species", "ph", "buffer", "plate", "age"]
    assert [item.status for item in found] == ["not recorded", "match", "not recorded", "not recorded", "differs"]
    assert found[-1].score == 0.5


def test_the_age_is_told_by_the_year():
    """The decision's year comes from its context, else from the study's year."""
    assert decision_value("age", setting(year=2026)) == 2026.0
    assert decision_value("age", setting(context={"year": 2020})) == 2020.0
    assert decision_value("age", setting(context={"age": 2015}, year=2026)) == 2015.0
    assert decision_value("age", setting()) is None


def test_recorded_values_keep_their_kind():
    """Numbers become floats, words lose only outer spaces."""
    assert recorded_value(37) == 37.0
    assert recorded_value(" HEK293 ") == "HEK293"
    assert recorded_value(True) == 1.0


@given(NAMES, VALUES, VALUES)
def test_scores_are_shares_and_symmetric(condition, first, second):
    """Every score lies within [0, 1], and (but for age) it does not matter which side is which."""
    found = compare(condition, first, second)
    assert 0 <= found.low <= found.score <= found.high <= 1
    assert found.exact == (found.low == found.high)
    if condition != "age":
        back = compare(condition, second, first)
        assert (back.low, back.high, back.status) == pytest.approx((found.low, found.high, found.status))


@given(NAMES, VALUES)
def test_a_condition_matches_itself(condition, value):
    """What is recorded and the same on both sides scores 1."""
    found = compare(condition, value, value)
    assert isinstance(found, Comparison)
    assert found.status == ("not recorded" if recorded_value(value) is None else "match")
    assert found.high == 1.0
