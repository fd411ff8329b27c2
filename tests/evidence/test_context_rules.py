"""The rules of kinship over their whole tables: exact scores, symmetry, openness, and the study's own word."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.sample import records, setting, source

from weighbridge.evidence import kinship
from weighbridge.evidence.context import CONDITIONS, compare, compare_contexts, context_value
from weighbridge.evidence.indicators import read_molecules, read_source
from weighbridge.evidence.source import Context

SPECIES = sorted(kinship._SPECIES)
LINES = sorted(kinship._CELL_LINES)
FORMATS = sorted(kinship._FORMATS)
SPELLINGS = [str.upper, str.lower, lambda text: text.replace(" ", "_"), lambda text: f"  {text} "]
KNOWN = {
    "species": ["human", "cyno", "mouse", "rat", "dog", "zebrafish", "axolotl"],
    "cell_line": ["HEK293", "HEK293T", "HEK293F", "HepG2", "Huh-7", "CHO", "none", "Foo-1"],
    "target_variant": ["wild type", "T790M", "L858R", "isoform 1 / LBD", "isoform 1 / full", "isoform 2"],
    "assay_format": ["cell-based", "single protein", "protein complex", "microsome", "soup"],
    "readout": ["reporter", "reporter / luminescence", "reporter / fluorescence", "binding / fluorescence"],
    "temperature": [37, "25 °C", "room temperature"],
    "ph": [7.4, "pH 6.9", "neutral"],
    "incubation": [24, "30 min", "2 days", "overnight"],
    "buffer": ["HEPES", "PBS"],
}
PAIRS = [(name, *pair) for name, words in KNOWN.items() for pair in itertools.product(words, repeat=2)]


# --- whole tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", SPECIES)
def test_every_pair_of_species_has_the_score_of_its_order_and_class(first) -> None:
    """1 the same, .7 the same order, .4 the same class, 0 another class; each pair exact."""
    order, class_, _ = kinship._SPECIES[first]
    for second in SPECIES:
        other_order, other_class, _ = kinship._SPECIES[second]
        expected = 1.0 if first == second else 0.7 if order == other_order else 0.4 if class_ == other_class else 0.0
        found = compare("species", first, second)
        assert (found.low, found.high) == (expected, expected)


@pytest.mark.parametrize("first", LINES)
def test_every_pair_of_cell_lines_has_the_score_of_its_kinship(first) -> None:
    """1, parent and child .8, one origin .6, tissue .4, species .2, another species .1."""
    parent, species, tissue = kinship._CELL_LINES[first]
    for second in LINES:
        other_parent, other_species, other_tissue = kinship._CELL_LINES[second]
        if first == second:
            expected = 1.0
        elif second == parent or first == other_parent:
            expected = 0.8
        elif parent and parent == other_parent:
            expected = 0.6
        elif species == other_species:
            expected = 0.4 if tissue == other_tissue else 0.2
        else:
            expected = 0.1
        found = compare("cell_line", first, second)
        assert (found.low, found.high) == (expected, expected), second


@pytest.mark.parametrize("line", LINES)
def test_a_line_made_from_a_known_one_is_its_child(line) -> None:
    """A transfected line is .8 from its parent, and .6 from another line made from it."""
    assert compare("cell_line", f"{line} (stable PXR)", line).score == 0.8
    assert compare("cell_line", f"{line}-hERG", f"{line} (stable PXR)").score == 0.6


@pytest.mark.parametrize("line", LINES)
def test_cells_against_none_are_a_tenth(line) -> None:
    """Whichever line it is and whichever side it is on."""
    for none in ("none", "no cells", "cell-free", "none (cell-free)"):
        for pair in ((line, none), (none, line)):
            found = compare("cell_line", *pair)
            assert (found.score, found.note) == (0.1, "cells against none")


@pytest.mark.parametrize("first", FORMATS)
def test_every_pair_of_formats_has_the_score_of_its_branch(first) -> None:
    """1 one class, ½ one branch, 0 another branch."""
    for second in FORMATS:
        one, other = kinship._FORMATS[first], kinship._FORMATS[second]
        expected = 1.0 if one == other else 0.5 if one[0] == other[0] else 0.0
        assert compare("assay_format", first, second).score == expected


@pytest.mark.parametrize("spell", SPELLINGS)
def test_no_spelling_of_a_name_changes_a_score(spell) -> None:
    """Capitals, underscores and outer spaces are not another species or line."""
    for name, words in (("species", SPECIES), ("cell_line", LINES)):
        for word in words:
            assert compare(name, spell(word), word).score == 1.0


# --- what holds for every rule ------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "first", "second"), PAIRS)
def test_it_does_not_matter_which_side_is_which(name, first, second) -> None:
    """Score, interval and status are the same from both sides."""
    there, back = compare(name, first, second), compare(name, second, first)
    assert (there.low, there.high, there.status) == (back.low, back.high, back.status)
    assert (there.source_value, there.decision_value) == (back.decision_value, back.source_value)


@pytest.mark.parametrize(("name", "first", "second"), PAIRS)
def test_the_study_has_the_last_word_on_two_different_values(name, first, second) -> None:
    """A stated similarity replaces every rule, exact or open, from either side and in either order of the pair."""
    same = kinship.normal(f"{first:g}" if isinstance(first, float) else str(first)) == kinship.normal(
        f"{second:g}" if isinstance(second, float) else str(second)
    )
    for stated in ({(str(first), str(second)): 0.35}, {(str(second), str(first)): 0.35}):
        for pair in ((first, second), (second, first)):
            found = compare(name, *pair, stated)
            if same:
                assert found.score == 1.0
            else:
                assert (found.low, found.high, found.note) == (0.35, 0.35, "stated by the study")


@pytest.mark.parametrize("name", [*CONDITIONS, "serum"])
@pytest.mark.parametrize("value", ["HEK293", 37.0])
def test_what_either_side_does_not_record_is_open(name, value) -> None:
    """[0, 1] and the middle as the score, whatever the study states of recorded values."""
    for pair in ((None, value), (value, None), (None, None)):
        found = compare(name, *pair, {("HEK293", "CHO"): 0.9})
        assert (found.low, found.score, found.high) == (0.0, 0.5, 1.0)
        assert (found.status, found.exact) == ("not recorded", False)


@pytest.mark.parametrize(("name", "first", "second"), PAIRS)
def test_every_comparison_says_why(name, first, second) -> None:
    """The rule is named in words, and what is open says what to do or what is lacking."""
    found = compare(name, first, second)
    assert found.note
    if not found.exact:
        assert re_open(found.note)


def re_open(note: str) -> bool:
    """Whether a note explains an interval."""
    return any(
        words in note
        for words in ("state a similarity", "not a format", "not a number on both sides", "not recorded on both sides")
    )


@pytest.mark.parametrize(
    ("name", "unit", "scale"),
    [("temperature", "°C", 10.0), ("ph", "", 0.5)],
)
@given(st.floats(0, 14), st.floats(0, 14))
def test_quantities_fall_off_as_a_bell(name, unit, scale, first, second) -> None:
    """exp(−(Δ/s)²) with s = 10 °C or half a pH unit, by number or with its unit in words."""
    expected = math.exp(-(((first - second) / scale) ** 2))
    assert compare(name, first, second).score == pytest.approx(expected)
    worded = compare(name, f"{first:.6f} {unit}", second).score
    assert worded == pytest.approx(expected, abs=1e-4)


@given(st.floats(0.01, 1000), st.floats(0.01, 1000))
def test_times_fall_off_by_doublings(first, second) -> None:
    """exp(−|log₂ ratio|): hours, and the same in minutes."""
    expected = math.exp(-abs(math.log2(first / second)))
    assert compare("incubation", first, second).score == pytest.approx(expected)
    assert compare("incubation", f"{first * 60:.9f} min", second).score == pytest.approx(expected, rel=1e-4)


@given(st.integers(1950, 2060), st.integers(1950, 2060))
def test_age_falls_off_over_twenty_years_and_never_rewards_the_future(year, now) -> None:
    """1 − years/20, within [0, 1]."""
    assert compare("age", year, now).score == pytest.approx(min(1.0, max(0.0, 1 - (now - year) / 20)))


@given(st.floats(-100, 100), st.floats(-100, 100))
def test_other_numbers_compare_by_their_relative_difference(first, second) -> None:
    """1 − |a − b| / max(|a|, |b|), not below 0, for conditions without a rule."""
    expected = 1.0 if first == second else max(0.0, 1 - abs(first - second) / max(abs(first), abs(second)))
    assert compare("serum", first, second).score == pytest.approx(expected)


# --- contexts -----------------------------------------------------------------------------------------------


@given(st.permutations(sorted(KNOWN)), st.randoms(use_true_random=False))
def test_a_context_is_compared_condition_by_condition_in_whatever_order(order, random) -> None:
    """Each condition has the comparison it has alone; the order is the decision's."""
    wanted = {name: random.choice(KNOWN[name]) for name in order}
    mine = {name: random.choice([*KNOWN[name], None]) for name in sorted(KNOWN)}
    found = compare_contexts(Context(mine), setting(context=wanted))
    assert [one.condition for one in found] == list(order)
    for one in found:
        alone = compare(one.condition, mine[one.condition], wanted[one.condition])
        assert (one.low, one.high, one.status) == (alone.low, alone.high, alone.status)


def test_the_year_of_a_context_is_its_age() -> None:
    """The age where it is stated, else the year; other conditions are themselves."""
    assert context_value("age", Context({"year": 2016})) == 2016.0
    assert context_value("age", Context({"year": 2016, "age": 2010})) == 2010.0
    assert context_value("age", Context({"year": "not recorded"})) is None
    assert context_value("ph", Context({"year": 2016})) is None


@given(st.lists(st.sampled_from(["HEK293", "CHO", "HepG2", None]), min_size=1, max_size=8), st.randoms())
def test_the_match_of_a_source_is_the_mean_of_its_records_in_any_order(lines, random) -> None:
    """Interval and value are what looping over the records gives, and shuffling changes nothing."""
    where = setting(["CCO"], {"cell_line": "HEK293"})
    scores = [compare("cell_line", line, "HEK293") for line in lines]
    shuffled = list(lines)
    random.shuffle(shuffled)
    for order in (lines, shuffled):
        table = records((), {"cell_line": order}, smiles=["CCO"] * len(lines), key=["a"] * len(lines))
        found = read_source("cell_line", source(records=table), where)
        assert found.low == pytest.approx(sum(one.low for one in scores) / len(lines))
        assert found.high == pytest.approx(sum(one.high for one in scores) / len(lines))
        near = read_molecules("cell_line", source(records=table), where)
        assert (near.low[0], near.high[0]) == (pytest.approx(found.low), pytest.approx(found.high))
