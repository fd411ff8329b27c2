"""How much stands behind a source, and how completely it is described."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.sample import records, setting, source

from weighbridge.evidence.indicators import read_molecules, read_part, read_source
from weighbridge.evidence.indicators.documentation import METADATA_FIELDS

HERE = setting()


def test_completeness_of_a_source_without_records():
    """Three of eleven conditions are stated; 'not recorded' is not."""
    sample = source(
        context={"species": "human", "ph": 7.4, "cell_line": "CHO", "temperature": "not recorded", "plate": 1}
    )
    found = read_source("metadata_completeness", sample, HERE)
    assert found.value == pytest.approx(3 / 11)
    assert found.n == 0


def test_completeness_goes_from_record_to_part_to_source():
    """A record's own condition, its part's and its source's all count; parts average."""
    sample = source(
        context={"species": "human"},
        part_contexts={"A": {"ph": 7.4}, "B": {}},
        records=records([("A",), ("B",), ("A", "B")], {"cell_line": ["CHO", None, None]}, label=[1, 1, 1]),
    )
    found = read_source("metadata_completeness", sample, HERE)
    assert found.value == pytest.approx((3 + 1 + 1.5) / 3 / 11)
    assert read_part("metadata_completeness", sample, "B", HERE).value == pytest.approx((1 + 1) / 2 / 11)


def test_completeness_of_the_neighbours():
    """A molecule near well-described records has well-described evidence."""
    sample = source(records=records((), {"ph": [7.4, None]}, smiles=["CCO", "c1ccccc1"], key=["a", "b"]))
    found = read_molecules("metadata_completeness", sample, setting(["CCO", "c1ccccc1"]))
    assert found.value == pytest.approx([1 / 11, 0.0])


SAME = {
    "species": "human",
    "target_variant": "wt",
    "cell_line": "HEK293",
    "assay_format": "cell-based",
    "readout": "Ca",
}


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        (SAME, SAME, 1.0, 1.0),
        (SAME, SAME | {"species": "Homo sapiens"}, 1.0, 1.0),
        (SAME, SAME | {"readout": "cAMP"}, 0.5, 0.5),
        (SAME, SAME | {"readout": None}, 0.5, 1.0),
        (SAME, {name: f"other {name}" for name in SAME}, 0.0, 0.0),
        ({}, {}, 0.0, 1.0),
    ],
)
def test_how_alike_pooled_experiments_are(first, second, low, high):
    """All five conditions the same, some, none; what is not recorded may be either."""
    sample = source(part_contexts={"A": first, "B": second})
    found = read_source("curation_class", sample, HERE)
    assert (found.low, found.high) == (low, high)
    pooled = source(part_contexts={"A": first, "B": second}, records=records([("A", "B")], label=[1]))
    assert (read_source("curation_class", pooled, HERE).low, found.high) == (low, high)


def test_what_is_unclear_is_named():
    """The note names the conditions that are not recorded everywhere."""
    sample = source(context=SAME | {"readout": None, "species": None})
    assert read_source("curation_class", sample, HERE).note == "not recorded everywhere: species, readout"


def test_counts():
    """Records, different molecules, and molecules that may or may not be different."""
    sample = source(records=records([("A",), ("A",), ("B",)], key=["a", "a", "b"]))
    assert read_source("record_count", sample, HERE).value == 3
    assert read_source("n_molecules", sample, HERE).value == 2
    assert read_part("n_molecules", sample, "A", HERE).value == 1
    unclear = read_source("n_molecules", source(records=records(key=["a", None, None])), HERE)
    assert (unclear.low, unclear.high, unclear.note) == (1, 3, "2 records have no key")


def test_documents_by_hand():
    """Cells are split at |, repeats and blanks do not count, a silent record may add one."""
    sample = source(records=records(document=["P1|P2", "P2| P1 |", "P3", None]))
    found = read_source("n_independent_sources", sample, HERE)
    assert (found.low, found.high) == (3, 4)
    assert found.note == "1 of 4 records state no document"
    exact = source(records=records(document=["P1|P2", "P2"]))
    assert read_source("n_independent_sources", exact, HERE).value == 2
    assert (
        "no record states"
        in read_source("n_independent_sources", source(records=records(document=[None])), HERE).unknown
    )


def test_many_silent_records_do_not_make_many_documents():
    """The open end stops at 20 documents, beyond which nothing changes, or at those counted."""
    few = source(records=records(document=["P1"] + [None] * 500))
    assert read_source("n_independent_sources", few, HERE).high == 20
    many = source(records=records(document=[f"P{number}" for number in range(30)] + [None]))
    assert read_source("n_independent_sources", many, HERE).high == 30


def test_documents_behind_the_neighbours():
    """All documents of a molecule stand behind each of its records."""
    sample = source(
        records=records(smiles=["CCO", "CCO", "c1ccccc1"], key=["a", "a", "b"], document=["P1|P2", "P3", None])
    )
    found = read_molecules("n_independent_sources", sample, setting(["CCO", "c1ccccc1"]))
    assert found.value[0] == 3
    assert (found.low[1], found.high[1]) == (1, 20)


CONDITIONS = st.dictionaries(st.sampled_from(METADATA_FIELDS), st.sampled_from([None, "x", 1.0, "not recorded"]))


@given(CONDITIONS, CONDITIONS)
def test_completeness_against_a_plain_count(whole, part):
    """The share is the number of conditions the part or the source states, over eleven."""
    sample = source(context=whole, part_contexts={"A": part}, records=records([("A",)], label=[1]))
    merged = whole | part
    expected = sum(merged.get(name) in ("x", 1.0) for name in METADATA_FIELDS) / 11
    assert read_source("metadata_completeness", sample, HERE).value == pytest.approx(expected)
    assert not np.isnan(read_part("metadata_completeness", sample, "A", HERE).value)


@pytest.mark.parametrize(("keys", "low", "high"), [([None, None], 1, 2), ([None], 1, 1), (["a", None], 1, 2)])
def test_records_without_a_key_are_of_some_molecule(keys, low, high):
    """Two records that nobody can tell apart are one molecule at least, never none."""
    found = read_source("n_molecules", source(records=records(key=keys, label=[1] * len(keys))), setting())
    assert (found.low, found.high) == (low, high)
