"""Batches are checked and treated as a decision matrix would, with row numbers of the whole library."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import weighbridge as wb
from weighbridge import limits
from weighbridge.core.arrays import Floats
from weighbridge.errors import InputError
from weighbridge.scale.checks import Findings, Group, prepare
from weighbridge.scale.plan import ScoringPlan


def plan_of(*criteria: wb.Criterion, method: str = "topsis", **options: Any) -> ScoringPlan:
    """Return a plan with columns a, b, … of equal weight."""
    named = dict(zip("abcdef", criteria, strict=False))
    return ScoringPlan(named, np.full(len(named), 1 / len(named)), method, **options)


def gain(**options: Any) -> wb.Criterion:
    """Return a gain from 0 to 10."""
    return wb.Criterion(direction="gain", worst=0, best=10, **options)


def message(plan: ScoringPlan, values: Any, first_row: int = 0) -> str:
    """Return what is said of a batch."""
    _, findings = prepare(plan, np.array(values, dtype=float), first_row)
    with pytest.raises(InputError) as caught:
        findings.raise_if_any(plan)
    return str(caught.value)


def test_a_sound_batch_is_not_copied() -> None:
    """Where nothing is to be done the very array comes back, with nothing found."""
    values = np.asfortranarray(np.array([[1.0, 2.0], [0.0, 10.0]]))
    prepared, findings = prepare(plan_of(gain(), gain()), values, 5)
    assert prepared is values
    assert findings == Findings(2)
    findings.raise_if_any(plan_of(gain(), gain()))


def test_rows_are_those_of_the_library() -> None:
    """Every fault names its row in the library, counted from 1, its column and its value."""
    text = message(plan_of(gain(), gain()), [[1, 2], [np.nan, np.inf], [-3, 4], [5, 1e200]], first_row=100)
    assert "row 102, column 'a': a value is missing" in text
    assert "row 103, column 'a': a value is outside the declared range 0 to 10; found -3" in text
    assert "row 102, column 'b': not a finite number; found inf" in text
    assert "row 104, column 'b': a value is too large to compute with; found 1e+200" in text


def test_faults_are_shown_up_to_a_limit_and_counted() -> None:
    """The first rows of a kind are listed, and how many more there are is said."""
    plan = plan_of(gain())
    text = message(plan, [[11]] * (limits.FAULTS_SHOWN + 7))
    assert text.count("found 11") == limits.FAULTS_SHOWN
    assert "in 7 more rows" in text


def test_rows_can_be_named() -> None:
    """A label of one's own stands for the row number."""
    plan = plan_of(gain())
    _, findings = prepare(plan, np.array([[np.nan]]), 41)
    with pytest.raises(InputError, match=r"molecule #41, column 'a'"):
        findings.raise_if_any(plan, lambda row, name: f"molecule #{row}, column {name!r}")


def test_clipping_and_extending_are_noted() -> None:
    """Values outside the range count as the bound or as they are, and the notes say how often."""
    plan = plan_of(gain(outside="clip"), gain(outside="extend"))
    values = np.array([[12.0, 12.0], [-1.0, 3.0], [4.0, -2.0]])
    prepared, findings = prepare(plan, values, 0)
    assert prepared.tolist() == [[10, 12], [0, 3], [4, -2]]
    assert values[0, 0] == 12
    assert findings.notes(plan) == (
        "a: 2 values outside 0 to 10 count as the bound",
        "b: 2 values outside 0 to 10 count as they are",
    )


@pytest.mark.parametrize(
    ("rule", "method", "filled"),
    [
        ("worst", "topsis", 0.0),
        ("neutral", "topsis", 5.0),
        ("interval", "topsis", 5.0),
        ("worst", "promethee-ii", 0.0),
        ("interval", "promethee-ii", 5.0),
        ("neutral", "promethee-ii", np.nan),
    ],
)
def test_missing_values_follow_their_rule(rule: Any, method: str, filled: float) -> None:
    """Each rule fills as in memory; under PROMETHEE a neutral value stays missing."""
    plan = plan_of(gain(missing=rule), method=method)
    prepared, findings = prepare(plan, np.array([[np.nan], [3.0]]), 0)
    np.testing.assert_array_equal(prepared[:, 0], [filled, 3.0])
    assert findings.notes(plan) == (f"a: 1 missing values filled by the rule {rule!r}",)


def test_filling_needs_a_declared_range() -> None:
    """A rule that fills from the range is refused where there is none and a value is missing."""
    plan = plan_of(wb.Criterion(direction="gain", missing="worst"), method="promethee-ii")
    assert "needs a declared range to fill it" in message(plan, [[np.nan]])
    _, findings = prepare(plan, np.array([[1.0]]), 0)
    findings.raise_if_any(plan)


def test_ratio_rules_need_their_sign() -> None:
    """Negative values under sum and max, and zeros of a cost under sum, are refused with their rows."""
    criteria = (wb.Criterion(direction="gain", scale="ratio"), wb.Criterion(direction="cost", scale="ratio"))
    text = message(plan_of(*criteria, normalization="sum"), [[1, 2], [-1, 0]])
    assert (
        "row 2, column 'a': normalization 'sum' is not defined for this value; found -1; expected a number ≥ 0" in text
    )
    assert (
        "row 2, column 'b': normalization 'sum' is not defined for this value; found 0; expected a number > 0" in text
    )
    assert "found 0" not in message(plan_of(*criteria, normalization="max"), [[-1, 0]])


def test_faulty_values_do_not_spread() -> None:
    """A batch with faults can still be scored: what comes back is finite."""
    values = np.array([[np.inf, np.nan], [1e300, -np.inf], [2.0, 3.0]])
    prepared, _ = prepare(plan_of(gain(), wb.Criterion(direction="gain"), normalization="minmax"), values, 0)
    assert np.isfinite(prepared).all()


def test_an_empty_batch_is_sound() -> None:
    """No rows, no faults."""
    assert prepare(plan_of(gain()), np.empty((0, 1)), 0)[1] == Findings(0)


cells = st.sampled_from([0.0, 3.0, 10.0, -1.0, 11.0, np.nan, np.inf, -np.inf, 1e200])


@settings(max_examples=60, deadline=None)
@given(column=st.lists(cells, min_size=1, max_size=60), cut=st.integers(0, 60), turned=st.booleans())
def test_findings_of_parts_are_those_of_the_whole(column: list[float], cut: int, turned: bool) -> None:
    """However a library is cut and merged, the same faults are shown."""
    plan = plan_of(gain())
    values = np.array(column)[:, None]
    whole, parts = prepare(plan, values, 0)[1], [prepare(plan, values[:cut], 0)[1], prepare(plan, values[cut:], cut)[1]]
    merged = parts[1] + parts[0] if turned else parts[0] + parts[1]
    assert _said(merged, plan) == _said(whole, plan)


def _said(findings: Findings, plan: ScoringPlan) -> str:
    try:
        findings.raise_if_any(plan)
    except InputError as error:
        return str(error)
    return "sound"


@settings(max_examples=60, deadline=None)
@given(
    column=st.lists(st.sampled_from([0.0, 3.0, 10.0, -1.0, 11.0, np.nan]), min_size=1, max_size=20),
    missing=st.sampled_from(["refuse", "worst", "neutral", "interval"]),
    outside=st.sampled_from(["refuse", "clip", "extend"]),
)
def test_agrees_with_the_decision_matrix(column: list[float], missing: Any, outside: Any) -> None:
    """A batch is refused exactly where a decision matrix is, and otherwise treated and noted alike."""
    criterion = gain(missing=missing, outside=outside)
    plan = plan_of(criterion)
    values: Floats = np.array(column)[:, None]
    prepared, findings = prepare(plan, values, 0)
    try:
        matrix = wb.DecisionMatrix(pd.DataFrame(values, columns=["a"]), {"a": criterion})
    except InputError:
        with pytest.raises(InputError):
            findings.raise_if_any(plan)
        return
    findings.raise_if_any(plan)
    np.testing.assert_array_equal(prepared, matrix.filled())
    assert findings.notes(plan) == matrix.notes


def test_groups_keep_the_first_rows() -> None:
    """Two groups together keep the lowest row numbers and count all."""
    late, early = Group(1, ((90, 1.0),)), Group(30, tuple((i, 0.0) for i in range(20)))
    both = late + early
    assert both.count == 31
    assert [row for row, _ in both.first] == list(range(20))


RATIO_RULES = ("sum", "max")


def ratio(direction: Any = "gain", **options: Any) -> wb.Criterion:
    """Return a criterion on a ratio scale."""
    return wb.Criterion(direction=direction, scale="ratio", **options)


@settings(max_examples=50, deadline=None)
@given(
    column=st.lists(st.sampled_from([0.0, -0.0, 3.0, 10.0, -1.0, -6.0, 11.0, np.nan]), min_size=1, max_size=12),
    missing=st.sampled_from(["refuse", "worst", "neutral", "interval"]),
    outside=st.sampled_from(["refuse", "clip", "extend"]),
    direction=st.sampled_from(["gain", "cost"]),
    ends=st.sampled_from([None, (0.0, 10.0), (-5.0, 5.0), (-10.0, -2.0), (2.0, 4.0)]),
    normalization=st.sampled_from(RATIO_RULES),
)
def test_ratio_rules_refuse_what_rank_refuses(
    column: list[float], missing: Any, outside: Any, direction: Any, ends: Any, normalization: str
) -> None:
    """Signs are checked after filling and clipping: a batch is refused exactly where `wb.rank` refuses the table."""
    low, high = ends or (None, None)
    worst, best = (low, high) if direction == "gain" else (high, low)
    criterion = ratio(direction, worst=worst, best=best, missing=missing, outside=outside)
    plan = plan_of(criterion, normalization=normalization)
    values = np.array(column)[:, None]
    prepared, findings = prepare(plan, values, 0)
    try:
        matrix = wb.DecisionMatrix(pd.DataFrame(values, columns=["a"]), {"a": criterion})
        wb.rank(matrix, {"a": 1.0}, method="topsis", normalization=normalization)
    except InputError:
        with pytest.raises(InputError):
            findings.raise_if_any(plan)
        assert np.isfinite(prepared).all()
        return
    findings.raise_if_any(plan)
    np.testing.assert_array_equal(prepared, matrix.filled())


@pytest.mark.parametrize(
    ("rule", "direction", "ends", "filled"),
    [
        ("worst", "gain", (-5, 5), "-5"),
        ("neutral", "gain", (-8, 2), "-3"),
        ("interval", "cost", (5, -5), "0"),
        ("worst", "cost", (-1, -9), "-1"),
    ],
)
def test_filled_values_must_have_their_sign(rule: Any, direction: Any, ends: Any, filled: str) -> None:
    """A missing value that its rule fills with a number the normalization is not defined for is refused, not scored."""
    criterion = ratio(direction, worst=ends[0], best=ends[1], missing=rule)
    bound = "a number ≥ 0" if direction == "gain" else "a number > 0"
    expected = f"row 1, column 'a': normalization 'sum' is not defined for this value; found {filled}; expected {bound}"
    assert message(plan_of(criterion, normalization="sum"), [[np.nan]]) == expected


def test_clipped_values_must_have_their_sign() -> None:
    """A value that is clipped down to a bound below 0 is as negative as the bound."""
    criterion = ratio(worst=-9, best=-2, outside="clip")
    assert "found -2; expected a number ≥ 0" in message(plan_of(criterion, normalization="max"), [[4.0]])


def test_a_value_that_clipping_mends_is_no_fault() -> None:
    """A negative value that counts as a bound of 0 is fit for a ratio rule of gains."""
    plan = plan_of(ratio(worst=0, best=5, outside="clip"), normalization="sum")
    prepared, findings = prepare(plan, np.array([[-3.0], [2.0]]), 0)
    assert not findings.faults
    assert prepared[:, 0].tolist() == [0.0, 2.0]


@pytest.mark.parametrize("value", [5e-324, 1e-310, 9.9e-291])
def test_values_too_small_to_divide_by_are_refused(value: float) -> None:
    """Of a cost under sum the inverse is added up, so that denormals are refused with their rows and never overflow."""
    text = message(plan_of(ratio("cost"), normalization="sum"), [[1.0], [value]], first_row=6)
    assert text == (
        f"row 8, column 'a': a value is too small to divide by; found {value:g}; expected a number from 1e-290. "
        "Choose a smaller unit"
    )


@pytest.mark.parametrize(("direction", "normalization"), [("gain", "sum"), ("cost", "max"), ("gain", "vector")])
def test_small_values_that_nothing_is_divided_by_are_fine(direction: Any, normalization: str) -> None:
    """Denormals are values like any other where no inverse is taken."""
    plan = plan_of(ratio(direction), normalization=normalization)
    assert not prepare(plan, np.array([[5e-324], [1.0]]), 0)[1].faults


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e200, -1e200, -3.0, 20.0])
@pytest.mark.parametrize("direction", ["gain", "cost"])
def test_every_cell_is_told_of_once(bad: float, direction: Any) -> None:
    """A cell with one fault is not told of a second time for what stands in its place."""
    ends = {"worst": 0, "best": 10} if direction == "gain" else {"worst": 10, "best": 0}
    for normalization in RATIO_RULES:
        for criterion in (ratio(direction), ratio(direction, **ends)):
            plan = plan_of(criterion, normalization=normalization)
            prepared, findings = prepare(plan, np.array([[bad], [4.0]]), 0)
            assert np.isfinite(prepared).all()
            told = sum(group.count for group in findings.faults.values())
            fine = bad == 20.0 and not criterion.bounded
            assert told == (0 if fine else 1)
            assert all(group.count > 0 for group in findings.faults.values())


def test_promethee_has_no_signs() -> None:
    """A normalization that PROMETHEE does not use refuses nothing."""
    plan = plan_of(wb.Criterion(direction="cost"), method="promethee-ii", normalization="sum")
    assert not prepare(plan, np.array([[-1.0], [0.0]]), 0)[1].faults


@pytest.mark.parametrize("value", [1e150, -1e150, 0.0, -0.0, 5e-324])
def test_values_at_the_limit_are_taken(value: float) -> None:
    """Values up to 1e150 and down to the smallest double pass as they are, −0.0 included."""
    prepared, findings = prepare(plan_of(wb.Criterion(direction="gain"), normalization="none"), np.array([[value]]), 0)
    assert not findings.faults
    assert prepared[0, 0] == value
    assert np.signbit(prepared[0, 0]) == np.signbit(value)


def test_values_are_too_large_from_the_next_double_on() -> None:
    """The next double after 1e150 is refused, with both signs, in exact words."""
    beyond = np.nextafter(1e150, np.inf)
    plan = plan_of(wb.Criterion(direction="gain"), normalization="none")
    for value in (beyond, -beyond):
        assert message(plan, [[value]]) == (
            f"row 1, column 'a': a value is too large to compute with; found {value:g}; "
            "expected absolute values up to 1e+150. Choose a larger unit"
        )


def test_missing_and_refused_in_exact_words() -> None:
    """A refused gap names the rules that would fill it; a rule without a range asks for one."""
    assert message(plan_of(gain()), [[np.nan]], 9) == (
        "row 10, column 'a': a value is missing. Give the value, or choose a missing-data rule for the criterion: "
        "worst, neutral or interval"
    )
    bare = wb.Criterion(direction="gain", missing="interval")
    assert message(plan_of(bare, normalization="none"), [[np.nan]]) == (
        "row 1, column 'a': a value is missing, and the rule 'interval' needs a declared range to fill it; "
        "expected worst and best. Declare them, or choose another rule"
    )


def test_outside_in_exact_words() -> None:
    """A value outside is told with the range, its unit-free number and what would let it in."""
    assert message(plan_of(gain()), [[10.5]]) == (
        "row 1, column 'a': a value is outside the declared range 0 to 10; found 10.5. "
        "Widen the range, or declare outside: clip or extend"
    )


def test_faults_come_in_column_order() -> None:
    """Columns are told in the plan's order whatever order their faults were found in."""
    plan = plan_of(gain(), gain(), gain())
    parts = [prepare(plan, np.array([row]), i)[1] for i, row in enumerate([[1, 2, 11], [1, 12, 1], [13, 1, 1]])]
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        total = parts[order[0]] + parts[order[1]] + parts[order[2]]
        with pytest.raises(InputError) as caught:
            total.raise_if_any(plan)
        found = [line.split("found ")[1][:2] for line in str(caught.value).splitlines()[1:]]
        assert found == ["13", "12", "11"]


def test_columns_without_any_value_pass_under_neutral() -> None:
    """Under PROMETHEE a column may be missing altogether, and the note counts it."""
    plan = plan_of(wb.Criterion(direction="gain", missing="neutral"), method="promethee-ii")
    values = np.full((4, 1), np.nan)
    prepared, findings = prepare(plan, values, 0)
    assert prepared is values
    assert findings.notes(plan) == ("a: 4 missing values filled by the rule 'neutral'",)


def test_the_given_batch_is_never_written_to() -> None:
    """Filling, clipping and faults happen in a copy."""
    values = np.asfortranarray([[np.nan, 12.0, np.inf], [3.0, -2.0, 1.0]])
    before = values.tobytes()
    plan = plan_of(gain(missing="worst"), gain(outside="clip"), gain())
    prepared, _ = prepare(plan, values, 0)
    assert values.tobytes() == before
    assert prepared.flags.f_contiguous
    assert prepared.tolist() == [[0.0, 10.0, 5.0], [3.0, 0.0, 1.0]]


def test_notes_of_parts_add_up() -> None:
    """Counts of what was filled and clipped are summed over batches, and rows too."""
    plan = plan_of(gain(missing="worst", outside="clip"))
    values = np.array([[np.nan], [12.0], [np.nan], [-4.0], [5.0]])
    parts = [prepare(plan, values[i : i + 1], i)[1] for i in range(5)]
    total = Findings()
    for part in reversed(parts):
        total = total + part
    assert total.rows == 5
    assert total.notes(plan) == (
        "a: 2 missing values filled by the rule 'worst'",
        "a: 2 values outside 0 to 10 count as the bound",
    )
