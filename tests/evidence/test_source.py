"""Sources, records, contexts and settings: bundles that indicators can rely on."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.sample import records, setting, source

from weighbridge.evidence.source import NOT_RECORDED, RECORD_FIELDS, Context, Records, Setting, Source

PARTS = st.lists(st.lists(st.sampled_from("ABC"), unique=True, max_size=3).map(tuple), min_size=1, max_size=10)


def pooled(parts, **fields):
    return records(parts, purity=[row / 10 for row in range(len(parts))], **fields)


# --- contexts -----------------------------------------------------------------------------------------------


def test_a_condition_that_nobody_mentions_is_not_recorded() -> None:
    """Missing, and recorded as missing, are the same None."""
    context = Context({"species": "human", "ph": None})
    assert (context.get("species"), context.get("ph"), context.get("buffer")) == ("human", None, None)
    assert Context().get("species") is None


def test_two_contexts_do_not_share_their_conditions() -> None:
    """The default is a mapping of one's own."""
    assert Context().conditions is not Context().conditions


def test_a_part_speaks_before_its_source() -> None:
    """Its own condition counts, then the source's; an unknown part has the source's alone."""
    sample = source(
        context={"species": "human", "cell_line": "HepG2"}, part_contexts={"A": {"cell_line": "HEK293", "ph": 7.4}}
    )
    assert dict(sample.context_of("A").conditions) == {"species": "human", "cell_line": "HEK293", "ph": 7.4}
    assert dict(sample.context_of("Z").conditions) == {"species": "human", "cell_line": "HepG2"}
    assert dict(sample.context.conditions) == {"species": "human", "cell_line": "HepG2"}


def test_a_part_may_say_that_a_condition_is_not_recorded() -> None:
    """What holds for the whole does not hold for a part that says otherwise, even by silence on record."""
    sample = source(context={"ph": 7.4}, part_contexts={"A": {"ph": None}, "B": {"ph": NOT_RECORDED}})
    assert sample.context_of("A").get("ph") is None
    assert sample.context_of("B").get("ph") == NOT_RECORDED
    assert sample.context_of("C").get("ph") == 7.4


# --- records ------------------------------------------------------------------------------------------------


def test_every_field_is_described() -> None:
    """Each column a table may have is explained in words, without a full stop, and named as in a file."""
    assert len(RECORD_FIELDS) == 19
    for name, words in RECORD_FIELDS.items():
        assert name.isidentifier()
        assert name.islower()
        assert len(words.split()) >= 3
        assert not words.endswith(".")


def test_records_are_counted_by_row() -> None:
    """As many as the frame has rows, none for an empty one."""
    assert len(records(label=[1, 0, 1])) == 3
    assert len(Records(pd.DataFrame(columns=list(RECORD_FIELDS)))) == 0


def test_parts_by_size_and_name() -> None:
    """Most records first, ties by name; a record of two parts counts in both."""
    sample = pooled([("B",), ("A", "C"), ("C",), ("A",), ()])
    assert sample.part_names == ("A", "C", "B")
    assert records(label=[1]).part_names == ()


def test_the_rows_of_a_part_by_hand() -> None:
    """Row numbers rise; a part that does not occur has none."""
    sample = pooled([("B",), ("A", "C"), ("C",), ("A",), ()])
    assert sample.rows_of("A") == [1, 3]
    assert sample.rows_of("C") == [1, 2]
    assert sample.rows_of("Z") == []


def test_a_part_alone_is_an_unpooled_table() -> None:
    """Its rows are numbered anew with their own conditions, and the table still has the same columns."""
    sample = records([("B",), ("A",), ("A",)], {"ph": [6.0, 7.0, None]}, purity=[0.1, 0.2, 0.3])
    part = sample.of_part("A")
    assert part.frame["purity"].tolist() == [0.2, 0.3]
    assert list(part.frame.index) == list(part.conditions.index) == [0, 1]
    assert part.conditions["ph"].iloc[0] == 7.0
    assert pd.isna(part.conditions["ph"].iloc[1])
    assert (part.parts, part.recorded) == ((), frozenset({"purity"}))
    assert sample.frame["purity"].tolist() == [0.1, 0.2, 0.3]


def test_a_part_of_records_without_conditions_has_none_either() -> None:
    """No table of conditions is made up for a part."""
    assert pooled([("A",), ("B",)]).of_part("A").conditions.empty


@given(PARTS)
def test_parts_cover_exactly_the_records_that_name_them(parts) -> None:
    """Over all parts the rows are those that have one, each as often as it has parts."""
    sample = pooled(parts)
    rows = [row for name in sample.part_names for row in sample.rows_of(name)]
    assert sorted(rows) == sorted(row for row, names in enumerate(parts) for _ in names)
    sizes = [len(sample.rows_of(name)) for name in sample.part_names]
    assert sizes == sorted(sizes, reverse=True)
    assert [len(sample.of_part(name)) for name in sample.part_names] == sizes


# --- bundles ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bundle", [Context(), records(label=[1]), source(), setting()], ids=lambda bundle: type(bundle).__name__
)
def test_a_bundle_cannot_be_changed(bundle) -> None:
    """What an indicator has read stays what it was."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(bundle, dataclasses.fields(bundle)[0].name, None)


def test_a_source_may_have_nothing_but_a_name() -> None:
    """Every table is optional, and absent ones are None."""
    bare = Source("s", "S", "binary", "probability")
    assert (bare.predictions, bare.records, bare.validation, bare.bridging) == (None, None, None, None)
    assert (dict(bare.card), dict(bare.part_contexts), bare.value_unit) == ({}, {}, "")


def test_sources_and_settings_are_told_apart_by_identity() -> None:
    """Two equal tables are two sources, so that what is kept for one is never given to the other."""
    assert source() != source()
    assert setting() != setting()
    assert len({source(), source()}) == 2


def test_a_setting_may_leave_open_what_the_study_does_not_state() -> None:
    """No threshold, no year and no similarities unless stated."""
    bare = Setting(Context(), pd.DataFrame({"smiles": [], "key": []}))
    assert (bare.threshold, bare.threshold_unit, bare.year, dict(bare.similarities)) == (None, "", None, {})
