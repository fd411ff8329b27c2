"""Criteria of single molecules along the interval of an unknown."""

from __future__ import annotations

import numpy as np
import pytest

from weighbridge.evidence.indicators.registry import read_molecules
from weighbridge.study.decision import Decision
from weighbridge.study.robust.columns import moved_columns
from weighbridge.study.robust.unknowns import Unknown, share_model


def unknown(decision: Decision, name: str) -> Unknown:
    """Return one of a decision's unknowns."""
    return {one.name: one for one in share_model(decision).unknowns}[name]


def test_an_unknown_that_moves_no_criterion_moves_no_column(decided: Decision) -> None:
    """Where no criterion of single molecules rests on it there is nothing to move."""
    table = decided.matrix.values
    assert moved_columns(decided, unknown(decided, "ph"), table, np.array([0.0, 1.0])) == {}


def test_in_the_middle_the_columns_are_the_matrixs_own(nearby: Decision) -> None:
    """Half way along its interval an unknown leaves every value where the ranking has it."""
    table = nearby.matrix.filled()
    found = moved_columns(nearby, unknown(nearby, "temperature"), table, np.array([0.5]))
    assert set(found) == {nearby.matrix.names.index(n) for n in ("context_nearby", "temperature_nearby")}
    for column, values in found.items():
        assert np.array_equal(values[0], table[:, column])


def test_a_condition_of_its_own_runs_from_low_to_high(nearby: Decision) -> None:
    """The criterion of one condition reaches the ends of its interval, for the molecules that have one."""
    matrix = nearby.matrix
    column = matrix.names.index("temperature_nearby")
    found = moved_columns(nearby, unknown(nearby, "temperature"), matrix.filled(), np.array([0.0, 1.0]))[column]
    known = ~matrix.missing[:, column]
    assert known.any()
    assert found[0][known] == pytest.approx(matrix.low[known, column], abs=1e-15)
    assert found[1][known] == pytest.approx(matrix.high[known, column], abs=1e-15)
    assert np.array_equal(found[0][~known], matrix.filled()[~known, column])


def test_the_parts_of_the_composite_add_up_to_its_interval(nearby: Decision) -> None:
    """All unknown conditions at one end together put the mean match at that end."""
    matrix = nearby.matrix
    column, table = matrix.names.index("context_nearby"), matrix.filled()
    total = np.zeros(len(matrix.labels))
    for one in share_model(nearby).unknowns:
        moved = moved_columns(nearby, one, table, np.array([1.0])).get(column)
        total += 0.0 if moved is None else moved[0] - table[:, column]
    known = ~matrix.missing[:, column]
    assert (table[:, column] + total)[known] == pytest.approx(matrix.high[known, column], abs=1e-12)


def test_a_conditions_part_is_its_own_width_over_the_count(nearby: Decision) -> None:
    """What temperature does to the mean match is its own interval divided by the number of conditions."""
    study, matrix = nearby.study, nearby.matrix
    own = read_molecules("temperature", study.sources["public"], study.setting)
    column, table = matrix.names.index("context_nearby"), matrix.filled()
    found = moved_columns(nearby, unknown(nearby, "temperature"), table, np.array([0.0, 1.0]))[column]
    known = ~matrix.missing[:, column]
    assert (found[1] - found[0])[known] == pytest.approx(((own.high - own.low) / 5)[known], abs=1e-12)
