"""What an indicator sees: a source or one part of it, and nothing that the data do not tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.sample import records, setting, source

from weighbridge.evidence.indicators.view import CENSORED, NotToldError, RecordQuality, View

HERE = setting(threshold=6.0, threshold_unit="pIC50", year=2026)
POOLED = [("A",), ("B",), ("A", "B"), ()]


def view(table=None, part=None, where=HERE, kind="continuous", **fields):
    return View(source(kind, records=table, **fields), where, part)


def reason(call, *args) -> str:
    """Return why something is not told."""
    with pytest.raises(NotToldError) as caught:
        call(*args)
    return str(caught.value)


def same(found, expected) -> None:
    np.testing.assert_array_equal(found, np.array(expected, dtype=float))


# --- rows ---------------------------------------------------------------------------------------------------


def test_the_whole_source_and_a_part_of_it() -> None:
    """A part has its own records, renumbered, and every one of them belongs to it alone."""
    table = records(POOLED, purity=[0.1, 0.2, 0.3, 0.4])
    whole, part = view(table), view(table, "B")
    assert whole.rows.tolist() == [0, 1, 2, 3]
    assert part.rows.tolist() == [1, 2]
    assert part.frame.index.tolist() == [0, 1]
    assert part.numbers("purity").tolist() == [0.2, 0.3]
    assert whole.memberships == tuple(POOLED)
    assert part.memberships == (("B",), ("B",))


def test_a_part_that_does_not_occur_has_no_records() -> None:
    """It is empty, not an error."""
    assert view(records(POOLED, purity=[0.1] * 4), "Z").rows.tolist() == []


def test_a_source_that_is_not_pooled_has_records_of_no_part() -> None:
    """Each record's membership is empty."""
    assert view(records(purity=[0.1, 0.2])).memberships == ((), ())


@pytest.mark.parametrize("table", [None, records(purity=[])], ids=["no table", "no rows"])
@pytest.mark.parametrize("call", ["rows", "frame", "memberships", "censored", "labels", "groups"])
def test_without_records_nothing_about_records_is_told(table, call) -> None:
    """The reason is in words, whatever was asked."""
    assert reason(getattr, view(table, kind="binary"), call) == "needs training records"


# --- fields -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("label", "labels"),
        ("value", "values"),
        ("se", "standard error of a value"),
        ("confidence", "target confidence"),
        ("curated_by", "level of curation"),
        ("flag", "marks of doubtful records"),
        ("counter", "counter-screen value"),
        ("purity", "purity of the samples"),
        ("run", "run of a value"),
        ("document", "document they come from"),
        ("year", "year"),
        ("outcome", "outcome"),
        ("relation", "relation of a value"),
        ("threshold", "threshold"),
    ],
)
def test_a_field_the_table_does_not_have_is_named_in_words(field: str, words: str) -> None:
    """The report says "the purity of the samples", not "purity"."""
    seen = view(records(smiles=["CCO"]))
    assert not seen.has(field)
    assert reason(seen.column, field) == f"the records do not tell the {words}"


def test_a_field_of_blanks_is_there() -> None:
    """The table has the column; that no cell is filled is another matter."""
    seen = view(records(purity=[None, None]))
    assert seen.has("purity")
    same(seen.numbers("purity"), [np.nan, np.nan])


# --- values -------------------------------------------------------------------------------------------------


def test_every_sign_but_equality_makes_a_value_a_limit() -> None:
    """A missing relation is not a limit."""
    relations = [*CENSORED, "=", None]
    seen = view(records(value=[7.0] * 7, relation=relations))
    assert seen.censored.tolist() == [True] * 5 + [False] * 2
    same(seen.exact_values(), [np.nan] * 5 + [7.0, 7.0])


@pytest.mark.parametrize("unit", ["nM", "µM", "uM", "%", "Fraction", "mg/mL", "probability"])
def test_values_on_a_linear_scale_have_no_scatter_to_compare(unit: str) -> None:
    """A standard deviation of nanomolar values says nothing beside one of pIC50; the unit is named."""
    seen = view(records(value=[5.0]), value_unit=unit)
    assert reason(seen.exact_values) == f"the values are in {unit}, not on a log scale"


@pytest.mark.parametrize("unit", ["pIC50", "logBB", "pEC50", ""])
def test_values_on_a_log_scale_are_taken_as_they_are(unit: str) -> None:
    """Units that are not known to be linear are the study's word."""
    same(view(records(value=[5.0, None]), value_unit=unit).exact_values(), [5.0, np.nan])


# --- labels -------------------------------------------------------------------------------------------------


def test_labels_of_a_binary_source_are_its_own() -> None:
    """Inconclusive stays unknown, and a threshold is not asked for."""
    same(view(records(label=[1, 0, None]), kind="binary", where=setting()).labels, [1, 0, np.nan])


def test_values_are_cut_at_the_decisions_threshold() -> None:
    """At the threshold is reached; a missing value is unknown."""
    same(view(records(value=[5.9, 6.0, 6.1, None])).labels, [0, 1, 1, np.nan])


@pytest.mark.parametrize(
    ("relation", "value", "low", "high", "label"),
    [
        (">", 7.0, 7.0, np.inf, 1.0),
        (">", 5.0, 5.0, np.inf, np.nan),
        ("<", 5.0, -np.inf, 5.0, 0.0),
        ("<", 7.0, -np.inf, 7.0, np.nan),
        (">=", 6.0, 6.0, np.inf, 1.0),
        ("<", 6.0, -np.inf, 6.0, np.nan),
        ("~", 7.0, 6.5, 7.5, 1.0),
        ("~", 6.0, 5.5, 6.5, np.nan),
        ("~", 6.0, None, None, np.nan),
        (">", 7.0, None, None, np.nan),
    ],
)
def test_a_limit_tells_a_label_only_where_all_it_allows_lies_on_one_side(relation, value, low, high, label) -> None:
    """A limit > 7 reaches 6; > 5 may or may not; a limit without its bounds may lie anywhere."""
    same(view(records(value=[value], relation=[relation], low=[low], high=[high])).labels, [label])


@given(st.lists(st.tuples(st.floats(3, 9), st.sampled_from([">", "<", "="]), st.floats(0, 4)), min_size=1, max_size=8))
def test_a_label_that_is_told_holds_for_every_value_the_limit_allows(rows) -> None:
    """Whatever the measurement really was, a stated label is its label at the threshold."""
    low = [value if sign != "<" else -np.inf for value, sign, _ in rows]
    high = [value if sign != ">" else np.inf for value, sign, _ in rows]
    seen = view(records(value=[row[0] for row in rows], relation=[row[1] for row in rows], low=low, high=high))
    for (value, sign, by), label in zip(rows, seen.labels, strict=True):
        truth = value + {">": by, "<": -by, "=": 0.0}[sign]
        assert np.isnan(label) or label == float(truth >= 6.0)
        assert sign != "=" or not np.isnan(label)


def test_a_threshold_that_is_missing_or_in_another_unit_is_told() -> None:
    """pIC50 and µM are never compared; case does not make a unit another one."""
    table = records(value=[5.0])
    assert reason(getattr, view(table, where=setting()), "threshold") == "the study states no threshold"
    assert reason(getattr, view(table, value_unit="uM"), "threshold") == (
        "the decision's threshold is in pIC50, the source's values are in uM"
    )
    assert view(table, value_unit="PIC50").threshold == 6.0
    assert view(table, value_unit="").threshold == 6.0
    assert view(table, where=setting(threshold=5.0), value_unit="uM").threshold == 5.0


# --- groups -------------------------------------------------------------------------------------------------


def test_groups_by_hand() -> None:
    """A record of both parts is in two groups, one without a key in none."""
    table = records([("A",), ("B",), ("A", "B"), ("A",), ("A",)], key=["a", "a", "a", "b", None])
    groups = view(table).groups
    assert list(zip(groups.parts, groups.keys, strict=True)) == [("A", "a"), ("A", "b"), ("B", "a")]
    members = {(groups.parts[c], groups.keys[c]): [] for c in groups.codes}
    for row, code in zip(groups.rows, groups.codes, strict=True):
        members[(groups.parts[code], groups.keys[code])].append(int(row))
    assert members == {("A", "a"): [0, 2], ("A", "b"): [3], ("B", "a"): [1, 2]}


def test_an_unpooled_source_has_one_group_a_molecule() -> None:
    """Its part is the empty word."""
    groups = view(records(key=["b", "a", "b"])).groups
    assert (groups.parts, groups.keys) == (("", ""), ("a", "b"))
    assert groups.codes.tolist() == [1, 0, 1]


KEYED = st.lists(
    st.tuples(
        st.one_of(st.none(), st.sampled_from("xyz")),
        st.lists(st.sampled_from("AB"), unique=True, min_size=1).map(tuple),
    ),
    min_size=1,
    max_size=10,
)


@given(KEYED)
def test_groups_against_a_plain_loop(rows) -> None:
    """Every record with a key is in one group for each of its parts, and groups are sorted by part and key."""
    groups = view(records([parts for _, parts in rows], key=[key for key, _ in rows])).groups
    names = list(zip(groups.parts, groups.keys, strict=True))
    assert names == sorted({(part, key) for key, parts in rows if key is not None for part in parts})
    pairs = sorted((int(row), names[code]) for row, code in zip(groups.rows, groups.codes, strict=True))
    assert pairs == sorted(
        (row, (part, key)) for row, (key, parts) in enumerate(rows) if key is not None for part in parts
    )


# --- conditions ---------------------------------------------------------------------------------------------


def test_a_condition_is_the_records_its_parts_or_the_sources() -> None:
    """The record's own, else one for each of its parts, else the source's; "not recorded" inherits."""
    table = records(POOLED, {"ph": [5.0, None, "not recorded", None]}, label=[1, 0, 1, 0])
    seen = view(table, kind="binary", context={"ph": 7.0}, part_contexts={"A": {"ph": 6.0}})
    assert seen.condition_rows("ph") == [(5.0,), (7.0,), (6.0, 7.0), (7.0,)]
    assert view(table, "A", kind="binary", part_contexts={"A": {"ph": 6.0}}).condition_rows("ph") == [(5.0,), (6.0,)]


def test_without_records_a_condition_is_read_of_every_part() -> None:
    """Parts in the order of their names; a part alone is itself; without parts the source speaks."""
    parts = {"B": {"ph": 6.0}, "A": {}}
    assert view(context={"ph": 7.0}, part_contexts=parts).condition_rows("ph") == [(7.0,), (6.0,)]
    assert view(part="B", context={"ph": 7.0}, part_contexts=parts).condition_rows("ph") == [(6.0,)]
    assert view(context={"ph": 7.0}).condition_rows("ph") == [(7.0,)]
    assert view().condition_rows("ph") == [(None,)]


def test_what_stands_behind_a_source_without_records() -> None:
    """Its parts, or itself; with records the records' parts."""
    assert view(part_contexts={"B": {}, "A": {}}).experiments == (("A",), ("B",))
    assert view().experiments == ((),)
    assert view(records(POOLED, label=[1, 0, 1, 0])).experiments == tuple(POOLED)


@pytest.mark.parametrize(
    ("conditions", "fields", "expected"),
    [
        ({"age": [2001.0]}, {"year": [2002]}, 2001.0),
        ({"year": [2003.0]}, {"year": [2002]}, 2003.0),
        ({}, {"year": [2002]}, 2002.0),
        ({}, {"label": [1]}, 1999.0),
    ],
)
def test_the_age_of_a_record_is_told_by_the_nearest_year(conditions, fields, expected) -> None:
    """The condition "age", then "year", then the table's year, then the source's context."""
    table = records((), conditions, **fields)
    assert view(table, context={"year": 1999}).condition_rows("age") == [(expected,)]


# --- qualities ----------------------------------------------------------------------------------------------


def test_qualities_with_common_bounds() -> None:
    """The bounds are repeated for every record, all of which have such a number unless said otherwise."""
    values = np.array([1.0, np.nan])
    found = RecordQuality.of(values, 0.0, 2.0, "say nothing")
    assert (found.low.tolist(), found.high.tolist(), found.applies.tolist()) == ([0, 0], [2, 2], [True, True])
    assert not found.bounded
    some = RecordQuality.of(values, 0.0, 2.0, "", np.array([True, False]))
    assert some.applies.tolist() == [True, False]


def test_what_is_seen_is_computed_once() -> None:
    """A view keeps its frame, groups and labels, so that ten indicators do not compute them ten times."""
    seen = view(records(key=["a"], value=[6.0]))
    assert seen.frame is seen.frame
    assert seen.groups is seen.groups
    assert seen.labels is seen.labels
    assert isinstance(seen.keys, pd.Series)
