"""Context match of a source, its parts and the molecules' nearest records."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.sample import records, setting, source

from weighbridge.evidence.context import CONDITIONS
from weighbridge.evidence.indicators import read_molecules, read_part, read_source
from weighbridge.evidence.indicators.matching import condition_widths, wanted_conditions
from weighbridge.evidence.indicators.view import NotToldError, View

DECISION = {"cell_line": "HEK293", "ph": 7.4, "species": "human", "serum": "10 %", "temperature": None}


def test_a_source_without_records_is_its_context():
    """The source's own conditions are compared, without any records."""
    sample = source(context={"cell_line": "HEK293T", "ph": 6.9})
    where = setting(context=DECISION)
    assert read_source("cell_line", sample, where).value == 0.8
    found = read_source("ph", sample, where)
    assert (found.value, found.n) == (pytest.approx(math.exp(-1)), 0)


def test_parts_without_records_are_averaged():
    """Parts' contexts over the source's: (1 + .8) / 2; a part alone is its own."""
    sample = source(context={"cell_line": "HEK293"}, part_contexts={"A": {}, "B": {"cell_line": "HEK293T"}})
    where = setting(context=DECISION)
    assert read_source("cell_line", sample, where).value == pytest.approx(0.9)
    assert read_part("cell_line", sample, "B", where).value == 0.8


def test_records_over_parts_over_source():
    """Four records: own line, its part's, two parts' mean, and the source's where its part says nothing."""
    sample = source(
        context={"cell_line": "CHO"},
        part_contexts={"A": {"cell_line": "HEK293"}, "B": {}},
        records=records(
            [("A",), ("A",), ("A", "B"), ("B",)], {"cell_line": ["HEK293T", "not recorded", None, None]}, label=[1] * 4
        ),
    )
    where = setting(context=DECISION)
    assert read_source("cell_line", sample, where).value == pytest.approx((0.8 + 1 + (1 + 0.1) / 2 + 0.1) / 4)
    assert read_part("cell_line", sample, "A", where).value == pytest.approx((0.8 + 1 + 1) / 3)


def test_not_recorded_is_an_interval_with_its_count():
    """One record of two states no pH: between ½ and 1."""
    sample = source(records=records((), {"ph": [7.4, None]}, label=[1, 1]))
    found = read_source("ph", sample, setting(context=DECISION))
    assert (found.low, found.high, found.value) == (0.5, 1.0, 0.75)
    assert found.note == "1 of 2 records do not tell how well the pH matches"


def test_a_decision_that_does_not_record_leaves_all_open():
    """Where the decision itself is silent every source may match from 0 to 1, and the note says why."""
    sample = source(context={"temperature": 37}, records=records(label=[1]))
    found = read_source("temperature", sample, setting(context=DECISION))
    assert (found.low, found.high, found.n) == (0.0, 1.0, 1)
    assert "the decision does not record the temperature" in found.note


def test_the_card_speaks_only_where_nothing_is_recorded():
    """A match stated on the card serves where neither table nor context tells anything."""
    card = {"ph": 0.7, "cell_line": 0.3}
    sample = source(context={"cell_line": "HEK293"}, card=card)
    where = setting(context=DECISION)
    assert read_source("ph", sample, where).value == 0.7
    assert read_source("cell_line", sample, where).value == 1.0


def test_similarities_of_the_study_are_used():
    """What the study states of two lines replaces the built-in score."""
    where = setting(context=DECISION, similarities={"cell_line": {("HEK293", "CHO"): 0.65}})
    assert read_source("cell_line", source(context={"cell_line": "CHO"}), where).value == 0.65


def test_age_is_told_by_the_years_of_the_records():
    """Records of 2016 and 2026 read in 2026: ¾; conditions and context serve where records do not."""
    where = setting(year=2026)
    assert read_source("age", source(records=records(year=[2016, 2026])), where).value == 0.75
    assert read_source("age", source(context={"year": 2016}), where).value == 0.5
    assert read_source("age", source(records=records((), {"year": [2006, 2026]}, label=[1, 1])), where).value == 0.5


def test_the_whole_context_is_the_mean_of_the_recorded_conditions():
    """Cell line .8, pH 1, species open, serum 0: between 1.8/4 and 2.8/4; temperature is left out."""
    sample = source(context={"cell_line": "HEK293T", "ph": 7.4, "serum": "5 %", "temperature": 20})
    found = read_source("context_match", sample, setting(context=DECISION | {"activity_threshold": 5.0}))
    assert (found.low, found.high) == (pytest.approx(0.45), pytest.approx(0.7))


def test_the_year_belongs_to_the_whole_context():
    """With the study's year the protocol's age is one of the conditions, whatever it is called."""
    sample = source(context={"year": 2016, "ph": 7.4})
    for where in (setting(context={"ph": 7.4}, year=2026), setting(context={"ph": 7.4, "year": 2026})):
        assert read_source("context_match", sample, where).value == pytest.approx(0.75)


def test_a_decision_without_conditions_has_no_context_to_match():
    """Where the decision records nothing, the whole match is missing."""
    assert "records no conditions" in read_source("context_match", source(), setting()).unknown


def test_the_match_of_a_molecules_neighbours():
    """A molecule near HEK293 records matches better than one near CHO records."""
    sample = source(
        records=records((), {"cell_line": ["HEK293", "CHO", None]}, smiles=["CCO", "c1ccccc1", "N#N"], key=list("abc"))
    )
    found = read_molecules("cell_line", sample, setting(["CCO", "c1ccccc1", "N#N", "S"], context=DECISION))
    assert found.value[:3] == pytest.approx([1.0, 0.1, 0.5])
    assert (found.low[2], found.high[2]) == (0.0, 1.0)
    assert np.isnan(found.value[3])
    assert read_molecules("cell_line", source(), setting(["CCO"], context=DECISION)).note == "needs training records"


VALUES = {"cell_line": ["HEK293", "CHO", "HepG2"], "ph": [6.0, 7.4], "species": ["human", "mouse", "axolotl"]}
ROWS = st.lists(
    st.fixed_dictionaries({name: st.sampled_from([None, *options]) for name, options in VALUES.items()}),
    min_size=1,
    max_size=6,
)


@given(ROWS, st.randoms())
def test_every_completion_lies_in_the_interval(rows, random):
    """Whatever the unrecorded conditions really were, the match lies in the interval that was read."""
    filled = [
        {name: random.choice(VALUES[name]) if value is None else value for name, value in row.items()} for row in rows
    ]
    where = setting(context={"cell_line": "HEK293", "ph": 7.4, "species": "human"})

    def read(name, table):
        conditions = {key: [row[key] for row in table] for key in VALUES}
        return read_source(name, source(records=records((), conditions, label=[1] * len(table))), where)

    for name in (*VALUES, "context_match"):
        unknown, known = read(name, rows), read(name, filled)
        assert unknown.low - 1e-12 <= known.low <= known.high <= unknown.high + 1e-12
        assert 0 <= unknown.low <= unknown.value <= unknown.high <= 1


@pytest.mark.parametrize("name", CONDITIONS)
def test_every_condition_has_its_indicator(name):
    """Each condition with a rule can be read of a source that says nothing: wholly open."""
    found = read_source(name, source(), setting())
    assert (found.low, found.high) == (0.0, 1.0)


def test_the_width_of_the_whole_match_is_told_by_condition():
    """Of two records one states no pH and neither a serum: ½ and 1 of a quarter each."""
    sample = source(
        context={"cell_line": "HEK293", "species": "human"}, records=records((), {"ph": [7.4, None]}, label=[1, 1])
    )
    where = setting(context=DECISION)
    assert condition_widths(View(sample, where)) == {"ph": pytest.approx(0.125), "serum": pytest.approx(0.25)}
    whole = read_source("context_match", sample, where)
    assert whole.high - whole.low == pytest.approx(0.375)


def test_the_conditions_of_the_whole_match_are_those_the_decision_records():
    """A condition the decision leaves open, and the label's cut-off, are no part of it; the year is."""
    where = setting(context={**DECISION, "activity_threshold": 6.0, "year": 2020})
    assert wanted_conditions(where) == ["cell_line", "ph", "species", "serum", "age"]
    with pytest.raises(NotToldError, match="no conditions"):
        wanted_conditions(setting(context={"temperature": None}))
