"""Contexts side by side: what matches, what differs, what nobody wrote down, and how often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from weighbridge.evidence.context import compare
from weighbridge.evidence.source import Context, Records, Source
from weighbridge.report import context_view as module
from weighbridge.report.context_view import MARKS, ContextCell, ContextTable, context_table
from weighbridge.study.decision import Decision

Section = Callable[..., Any]
HARD = "\u00a0"


def source(conditions: dict[str, Any] | None = None, **more: Any) -> Source:
    """Return a source with a context and nothing else."""
    return Source("s", "S", "binary", "probability", context=Context(conditions or {}), **more)


def records(conditions: dict[str, list[Any]], parts: tuple[tuple[str, ...], ...] = ()) -> Records:
    """Return records that state some conditions one by one."""
    frame = pd.DataFrame(conditions)
    return Records(pd.DataFrame(index=range(len(frame))), parts, frame)


def compared(decision: Decision, wanted: dict[str, Any], *sources: Source, **setting: Any) -> ContextTable:
    """Return the table of some sources beside a wanted context."""
    found = replace(decision.study.setting, context=Context(wanted), **{"year": None, **setting})
    named = {f"s{number}": one for number, one in enumerate(sources)}
    return context_table(replace(decision, study=replace(decision.study, sources=named, setting=found)))


def row(table: ContextTable, name: str) -> tuple[ContextCell, ...]:
    """Return the cells of one condition."""
    return next(cells for words, _, cells in table.rows if words == name)


def test_every_state_has_a_mark_of_its_own() -> None:
    """States are told apart without colour."""
    assert sorted(MARKS) == ["differs", "match", "mixed", "not recorded"]
    assert len(set(MARKS.values())) == 4
    assert ContextCell("differs", "CHO").mark == "≠"


@pytest.mark.parametrize(
    ("name", "stated", "wanted", "state", "score"),
    [
        ("cell_line", "HEK293", "HEK-293", "match", "1"),
        ("cell_line", "CHO", "HEK293", "differs", "0.10"),
        ("cell_line", "made-up cells", "HEK293", "differs", "0.10 to 0.80"),
        ("ph", 7.4, 7.4, "match", "1"),
        ("ph", 6.9, 7.4, "differs", "0.37"),
        ("ph", "not recorded", 7.4, "not recorded", "0 to 1"),
        ("temperature", 37.0, "not recorded", "not recorded", "0 to 1"),
        ("colour", "red", "blue", "differs", "0"),
    ],
)
def test_a_cell_says_state_value_and_score(
    decision: Decision, name: str, stated: Any, wanted: Any, state: str, score: str
) -> None:
    """An exact score is one number, an unplaced or unrecorded condition an interval."""
    (cell,) = row(compared(decision, {name: wanted}, source({name: stated})), name.replace("_", " "))
    found = compare(name, stated, wanted)
    assert (cell.state, cell.score, cell.note) == (state, score, found.note)


def test_the_decision_s_values_are_shown_as_stated(decision: Decision) -> None:
    """Numbers shortly, words as they are, silence in words."""
    table = compared(decision, {"ph": 7.4, "temperature": 37.0, "buffer": None, "species": "human"}, source())
    assert {name: wanted for name, wanted, _ in table.rows} == {
        "ph": "7.4",
        "temperature": "37",
        "buffer": "not recorded",
        "species": "human",
    }


def test_every_condition_of_anybody_is_a_row_once(decision: Decision) -> None:
    """The decision's conditions first, then what only a source or its records state."""
    pooled = source({"species": "human"}, records=records({"ph": [7.4], "plate": ["A"]}))
    table = compared(decision, {"ph": 7.4, "buffer": "PBS"}, pooled, source({"readout": "IC50"}))
    assert [name for name, _, _ in table.rows] == ["ph", "buffer", "species", "readout", "plate"]
    assert all(len(cells) == len(table.head) for _, _, cells in table.rows)


def test_silence_on_both_sides_says_so(decision: Decision) -> None:
    """A condition one source states is a row for all, and the silent one says that neither side records it."""
    table = compared(decision, {}, source({"plate": "A"}), source())
    stated, silent = row(table, "plate")
    assert (stated.words, stated.note) == ("A", "the decision does not record it")
    assert (silent.state, silent.words, silent.note) == ("not recorded", "not recorded", "neither side records it")


def test_nobody_states_anything(decision: Decision, section: Section) -> None:
    """Without any condition there is a sentence instead of an empty table."""
    table = compared(decision, {}, source())
    assert table.rows == ()
    assert "Neither the decision nor a source states any" in "".join(section("contexts", context=table).itertext())


def test_the_year_of_a_source_is_compared_with_the_decision_s(decision: Decision) -> None:
    """The age of a protocol is a row, its years written as years."""
    table = compared(decision, {}, source({"year": 2016}), year=2026)
    ((name, wanted, (cell,)),) = table.rows
    assert (name, wanted, cell.words, cell.score) == ("age", "2026", "2016", "0.50")


def test_records_that_agree_are_one_state(decision: Decision) -> None:
    """Where every record says the same the cell has that state, and counts the records."""
    (cell,) = row(compared(decision, {"ph": 7.4}, source(records=records({"ph": [7.4, "7.4", 7.4]}))), "ph")
    assert (cell.state, cell.note) == ("match", f"3 records: match in 100{HARD}%")


def test_one_record_is_in_the_singular(decision: Decision) -> None:
    """A single record is not called records."""
    (cell,) = row(compared(decision, {"ph": 7.4}, source(records=records({"ph": [6.0]}))), "ph")
    assert cell == ContextCell("differs", f"6 (100{HARD}%)", "", f"1 record: differs in 100{HARD}%")


@pytest.mark.parametrize(("count", "tail"), [(3, ""), (4, ", 1 other value"), (6, ", 3 other values")])
def test_many_values_are_cut_and_counted(decision: Decision, count: int, tail: str) -> None:
    """Three values are named, the commonest first; one other is in the singular."""
    values = ["a", "a"] + [f"v{number}" for number in range(count - 1)]
    (cell,) = row(compared(decision, {"plate": "a"}, source(records=records({"plate": values}))), "plate")
    assert cell.words.startswith("a (")
    assert cell.words.count("(") == 3
    assert cell.words.endswith(f"){tail}")


def test_shares_of_the_states_sum_to_all_records(decision: Decision) -> None:
    """Match, difference and silence are counted over the same records."""
    column = {"ph": [7.4, 7.4, 6.0, None]}
    (cell,) = row(compared(decision, {"ph": 7.4}, source(records=records(column))), "ph")
    assert cell.state == "mixed"
    assert cell.note == f"4 records: match in 50{HARD}%, differs in 25{HARD}%, not recorded in 25{HARD}%"


def test_records_that_differ_are_not_hidden_by_the_source_s_own_statement(decision: Decision) -> None:
    """A source that says HEK293 while a third of its records say CHO is mixed, not a match."""
    pooled = source({"cell_line": "HEK293"}, records=records({"cell_line": ["HEK293", "CHO", None]}))
    (cell,) = row(compared(decision, {"cell_line": "HEK293"}, pooled), "cell line")
    assert cell.state == "mixed"
    assert cell.words == f"HEK293 (67{HARD}%), CHO (33{HARD}%)"
    assert cell.note == f"3 records: match in 67{HARD}%, differs in 33{HARD}%"


def test_a_silent_record_takes_its_part_s_value(decision: Decision) -> None:
    """As the indicators read it: the record's own, else its part's, else the source's; several parts share."""
    pooled = source(
        {"ph": 7.4},
        part_contexts={"B": Context({"ph": 6.0})},
        records=records({"ph": [None, None, None, 8.0]}, (("A",), ("B",), ("A", "B"), ("B",))),
    )
    table = compared(decision, {"ph": 7.4}, pooled)
    whole, part_b, part_a = row(table, "ph")
    assert table.head == (("S", ""), ("S", "B"), ("S", "A"))
    assert whole.words == f"6 (38{HARD}%), 7.4 (38{HARD}%), 8 (25{HARD}%)"
    assert part_a.words == f"7.4 (100{HARD}%)"
    assert part_b.words == f"6 (67{HARD}%), 8 (33{HARD}%)"
    assert whole.note.startswith("4 records: ")


def test_similarities_of_the_study_count_for_records_too(decision: Decision) -> None:
    """A pair that an expert calls the same matches wherever it stands."""
    stated = {"cell_line": {("CHO", "HEK293"): 1.0}}
    table = compared(
        decision,
        {"cell_line": "HEK293"},
        source({"cell_line": "CHO"}),
        source(records=records({"cell_line": ["CHO", "HEK293"]})),
        similarities=stated,
    )
    assert [cell.state for cell in row(table, "cell line")] == ["match", "match"]


def test_no_records_are_no_match(decision: Decision) -> None:
    """An empty table of records records nothing."""
    (cell,) = row(compared(decision, {"ph": 7.4}, source(records=records({"ph": []}))), "ph")
    assert (cell.state, cell.words, cell.score) == ("not recorded", "no records", "")


def test_parts_beyond_the_limit_are_counted(
    decision: Decision, monkeypatch: pytest.MonkeyPatch, section: Section
) -> None:
    """Columns left off are not left unsaid; one is in the singular."""
    monkeypatch.setattr(module, "PARTS_SHOWN", 2)
    contexts = {f"A{number}": Context({"ph": 7.0}) for number in range(5)}
    three = dict(list(contexts.items())[:3])
    table = compared(decision, {"ph": 7.4}, source(part_contexts=contexts), source(part_contexts=three))
    assert table.left_off == (("S", 3), ("S", 1))
    assert len(table.head) == 6
    words = " ".join("".join(section("contexts", context=table).itertext()).split())
    assert "3 more parts of S have no column here." in words
    assert "1 more part of S has no column here." in words


def test_the_real_study_compares_parts_of_its_pooled_source(decision: Decision) -> None:
    """Both assays of the public source have a column, the own measurements one."""
    table = context_table(decision)
    assert table.head == (
        ("Public labels", ""),
        ("Public labels", "A1"),
        ("Public labels", "A2"),
        ("Own measurements", ""),
    )
    assert table.left_off == ()
    assert [cell.state for cell in row(table, "cell line")] == ["mixed", "mixed", "mixed", "match"]


def test_conditions_are_shown_as_text(decision: Decision, section: Section) -> None:
    """Names and values of conditions are escaped, and each state stands with its mark."""
    evil = "<b onclick=x>"
    table = compared(decision, {evil: "a", "ph": 7.4}, source({evil: evil, "ph": 7.4}))
    tree = section("contexts", context=table)
    assert list(tree.iter("b")) == []
    words = "".join(tree.itertext())
    assert words.count(evil) == 2
    assert "✓ match · 1" in words
