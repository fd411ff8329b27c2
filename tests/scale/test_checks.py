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
        findings.raise_if_any(plan, lambda row: f"molecule #{row}")


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
