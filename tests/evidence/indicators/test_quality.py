"""Data quality told record by record, and what is not told stays open."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.sample import records, setting, source

from weighbridge.evidence.indicators import read_molecules, read_part, read_source
from weighbridge.evidence.library import load_library

HERE = setting()


def test_censored_values_by_hand():
    """Two of four values are limits, one has no relation: between 2/4 and 3/4."""
    sample = source("continuous", records=records(value=[1, 2, 3, 4, None], relation=["<", "~", "=", None, ">"]))
    found = read_source("qualifier_share", sample, HERE)
    assert (found.low, found.high, found.value, found.n) == (0.5, 0.75, 0.625, 4)
    assert found.note == "1 of 4 records do not state the relation of their value"


def test_relations_that_nobody_recorded_are_missing():
    """Without any relation the share is missing, not 0."""
    sample = source("continuous", records=records(value=[1, 2]))
    assert "do not state the relation" in read_source("qualifier_share", sample, HERE).unknown


def test_inconclusive_by_hand():
    """One of three stated outcomes is inconclusive, a fourth is not stated."""
    sample = source(records=records(outcome=["active", " Inconclusive agonist", "inactive", None]))
    found = read_source("inconclusive_share", sample, HERE)
    assert (found.low, found.high) == (0.25, 0.5)


def test_stated_cutoffs_of_labels():
    """A record's own cut-off, its part's and its source's all document the label."""
    sample = records([("A",), ("A",), ("B",), ("A", "B")], label=[1, 0, 1, 0], threshold=[5.0, None, None, None])
    parts = {"A": {"activity_threshold": 6.0}}
    assert read_source("threshold_documented", source(records=sample, part_contexts=parts), HERE).value == 0.5
    whole = source(records=sample, context={"threshold": 7.0})
    assert read_source("threshold_documented", whole, HERE).value == 1.0
    assert read_source("threshold_documented", source(records=sample), HERE).value == 0.25
    assert read_part("threshold_documented", source(records=sample, part_contexts=parts), "A", HERE).value == 1.0


def test_values_document_any_cutoff_in_continuous_sources_only():
    """A measured value can be cut anywhere; beside a label it does not say where the label was cut."""
    sample = records(label=[1, 0], value=[1.0, None], threshold=[None, None])
    assert read_source("threshold_documented", source("continuous", records=sample), HERE).value == 0.5
    assert read_source("threshold_documented", source(records=sample), HERE).value == 0.0


@pytest.mark.parametrize(
    ("name", "fields", "value"),
    [
        ("measurement_se", {"se": [0.1, 0.2, 0.3]}, 0.2),
        ("chembl_confidence", {"confidence": [9, 8, 4]}, 7.0),
        ("curation_level", {"curated_by": ["Expert", "intermediate", "AUTOCURATION", "Expert"]}, 2.9 / 4),
        ("validity_flag_share", {"flag": [True, False, None, True]}, 0.5),
        ("sample_purity", {"purity": [0.9, 1.0]}, 0.95),
        ("cytotox_artifact", {"value": [6.0, 5.0], "counter": [5.0, 4.5]}, 0.75),
        ("class_balance", {"label": [1, 0, 0, 0, None]}, 0.75),
    ],
)
def test_means_by_hand(name, fields, value):
    """Where every record tells, the source's reading is exact and what a pencil gives."""
    kind = "continuous" if name == "cytotox_artifact" else "binary"
    found = read_source(name, source(kind, records=records(**fields)), HERE)
    assert found.value == pytest.approx(value)
    assert found.exact


@pytest.mark.parametrize(
    ("name", "fields", "low", "high"),
    [
        ("measurement_se", {"se": [0.1, None]}, 0.05, 0.3),
        ("chembl_confidence", {"confidence": [9, None]}, 4.5, 9.0),
        ("curation_level", {"curated_by": ["Expert", "Somebody"]}, 0.65, 1.0),
        ("sample_purity", {"purity": [0.8, None]}, 0.4, 0.9),
        ("cytotox_artifact", {"value": [6.0, 5.0], "counter": [5.0, None]}, 0.5, 1.5),
    ],
)
def test_unknown_records_open_an_interval(name, fields, low, high):
    """A record that does not tell may hold anything between the bounds."""
    kind = "continuous" if name == "cytotox_artifact" else "binary"
    found = read_source(name, source(kind, records=records(**fields)), HERE)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert found.value == pytest.approx((low + high) / 2)
    assert found.note.startswith("1 of 2 records")


@pytest.mark.parametrize(
    "name",
    [
        "measurement_se",
        "chembl_confidence",
        "curation_level",
        "validity_flag_share",
        "sample_purity",
        "inconclusive_share",
    ],
)
def test_a_table_without_the_column_says_so(name):
    """What the table does not have is missing with the reason, for the source and for molecules."""
    sample = source(records=records(smiles=["CCO"], key=["a"], label=[1]))
    assert read_source(name, sample, HERE).unknown.startswith("the records do not tell the ")
    found = read_molecules(name, sample, setting(["CCO"]))
    assert np.isnan(found.value).all()
    assert found.note.startswith("the records do not tell the ")


def test_a_column_of_blanks_is_missing():
    """A column that no record fills is missing, not an interval."""
    sample = source(records=records(purity=[None, None]))
    assert read_source("sample_purity", sample, HERE).unknown == "all 2 records state no purity"


def test_one_class_has_no_balance():
    """Only actives: balance 0. No labels: missing."""
    assert read_source("class_balance", source(records=records(label=[1, 1])), HERE).value == 0.0
    assert "no record has a label" in read_source("class_balance", source(records=records(label=[None])), HERE).unknown


def test_balance_of_continuous_values_is_at_the_threshold():
    """Values are cut where the decision cuts; at the threshold counts as reached."""
    sample = source("continuous", records=records(value=[5, 6, 7, 4]))
    assert read_source("class_balance", sample, setting(threshold=6.0)).value == 1.0


def test_quality_of_the_neighbours():
    """A molecule's value is its nearest records' mean; an unknown one widens the interval."""
    sample = source(records=records(smiles=["CCO", "CCO", "c1ccccc1"], key=["a", "a", "b"], purity=[0.9, None, 0.5]))
    found = read_molecules("sample_purity", sample, setting(["CCO", "c1ccccc1", "N#N"]))
    assert found.low[:2] == pytest.approx([0.45, 0.5])
    assert found.high[:2] == pytest.approx([0.95, 0.5])
    assert math.isnan(found.value[2])
    assert len(found) == 3


SHARES = st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=1, max_size=8)


@given(SHARES, st.lists(st.floats(0, 1), min_size=8, max_size=8))
def test_the_interval_holds_every_completion(purities, completion):
    """Whatever purities the silent records really have, the source's mean lies in the interval."""
    found = read_source("sample_purity", source(records=records(purity=purities)), HERE)
    truth = np.mean(
        [given_ if given_ is not None else other for given_, other in zip(purities, completion, strict=False)]
    )
    if found.known:
        assert found.low - 1e-12 <= truth <= found.high + 1e-12
        assert found.low <= found.value <= found.high
    else:
        assert set(purities) == {None}


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=2, max_size=8), st.integers(1, 7))
def test_parts_pool_to_the_whole(purities, cut):
    """The whole source's interval is the record-weighted mean of its parts'."""
    parts = [("A",) if row < cut else ("B",) for row in range(len(purities))]
    sample = source(records=records(parts, purity=purities))
    whole = read_source("sample_purity", sample, HERE)
    pieces = [read_part("sample_purity", sample, name, HERE) for name in sorted({part for (part,) in parts})]
    if all(piece.known for piece in pieces):
        n = sum(piece.n for piece in pieces)
        assert whole.low == pytest.approx(sum(piece.low * piece.n for piece in pieces) / n)
        assert whole.high == pytest.approx(sum(piece.high * piece.n for piece in pieces) / n)


@pytest.mark.parametrize("name", ["measurement_se", "chembl_confidence", "cytotox_artifact"])
def test_bounds_of_unknowns_are_where_the_utility_ends(name):
    """What an unknown may be, where the number itself has no bounds, ends where the utility does."""
    criterion = load_library()[name]
    fields = {"se": [0.2, None], "confidence": [2, None], "value": [5.0, 5.0], "counter": [4.0, None]}
    found = read_source(name, source("continuous", records=records(**fields)), HERE)
    known = {"measurement_se": 0.2, "chembl_confidence": 2.0, "cytotox_artifact": 1.0}[name]
    ends = sorted(criterion.utility(2 * end - known) for end in (found.low, found.high))
    assert ends == pytest.approx([0.0, 1.0], abs=1e-12)
