"""Judgements in files: tables and YAML, fractions, skipped answers and every fault by row."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.core.judgement import Judgement
from weighbridge.errors import InputError
from weighbridge.study.cells import CellError
from weighbridge.study.judgement_files import parse_answer, read_judgements

HEADER = "expert,node,a,b,value,reason"


def read(tmp_path: Path, text: str, name: str = "j.csv") -> tuple[Judgement, ...]:
    """Write a file and read its judgements."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_judgements(path)


def faults(tmp_path: Path, text: str, name: str = "j.csv") -> list[str]:
    """Return the faults of a file."""
    with pytest.raises(InputError) as caught:
        read(tmp_path, text, name)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("cell", "value"),
    [("3", 3), ("1/3", 1 / 3), ("1 / 3", 1 / 3), ("1:3", 1 / 3), ("0.3333", 0.3333), (5, 5), (0.2, 0.2), ("2/1", 2)],
)
def test_answers_in_every_usual_form(cell: str | float, value: float) -> None:
    """Numbers, decimals and fractions."""
    assert parse_answer(cell) == pytest.approx(value)


@pytest.mark.parametrize("cell", [None, "skip", "Skipped"])
def test_skipped_answers_are_nothing(cell: str | None) -> None:
    """Asked and skipped is not the same as equally important."""
    assert parse_answer(cell) is None


@pytest.mark.parametrize("cell", ["a lot", "1/0", "3/", "1/3/2", "nan", "inf", True, "5,0", "-1/3"])
def test_what_is_no_answer(cell: str | bool) -> None:
    """Words, divisions by zero and decimal commas are faults."""
    with pytest.raises(CellError):
        parse_answer(cell)


@given(st.integers(1, 9), st.integers(1, 9))
def test_a_fraction_is_its_quotient(above: int, below: int) -> None:
    """And its reciprocal is the fraction upside down."""
    value = parse_answer(f"{above}/{below}")
    other = parse_answer(f"{below}/{above}")
    assert value is not None
    assert other is not None
    assert value * other == pytest.approx(1)


def test_a_row_becomes_a_judgement_with_its_place(tmp_path: Path) -> None:
    """Nothing of a row is lost."""
    text = f"{HEADER},low,high,round,time,remark\nAda,goal,x,y,1/3,because,0.25,1/2,2,2026-03-01T10:00,mine\n"
    assert read(tmp_path, text) == (
        Judgement("Ada", "goal", "x", "y", pytest.approx(1 / 3), "because", 0.25, 0.5, 2, "j.csv, row 2"),
    )


def test_optional_columns_may_be_missing(tmp_path: Path) -> None:
    """Expert, node, the pair and the value are enough."""
    assert read(tmp_path, "expert,node,a,b,value\nAda,goal,x,y,3\n") == (
        Judgement("Ada", "goal", "x", "y", 3.0, place="j.csv, row 2"),
    )


def test_skipped_rows_are_kept_as_skipped(tmp_path: Path) -> None:
    """By an empty cell, by a word, or by a column."""
    text = f"{HEADER},skipped\nAda,goal,x,y,,,\nAda,goal,x,z,skip,too hard,\nAda,goal,y,z,,,yes\nAda,goal,y,x,2,,no\n"
    assert [judgement.value for judgement in read(tmp_path, text)] == [None, None, None, 2.0]


def test_yaml_and_json_lists_are_read_alike(tmp_path: Path) -> None:
    """The place of a YAML judgement is its line."""
    entry = {"expert": "Ada", "node": "goal", "a": "x", "b": "y", "value": "1/3", "reason": "why"}
    text = "- {expert: Ada, node: goal, a: x, b: y, value: 1/3, reason: why}\n\n"
    text += "- {expert: Ben, node: goal, a: x, b: y, value: 2}\n"
    from_yaml = read(tmp_path, text, "j.yaml")
    from_json = read(tmp_path, json.dumps([entry]), "j.json")
    assert from_yaml[0].value == from_json[0].value == pytest.approx(1 / 3)
    assert from_yaml[1] == Judgement("Ben", "goal", "x", "y", 2.0, place="j.yaml, line 3")
    assert from_json[0].place == "j.json, entry 1"


def test_workbooks_are_read_and_their_dates_explained(tmp_path: Path) -> None:
    """A spreadsheet makes a date of 1/3; the message says how to mend it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER.split(","))
    sheet.append(["Ada", "goal", "x", "y", 3, None])
    path = tmp_path / "j.xlsx"
    book.save(path)
    assert read_judgements(path)[0].value == 3.0
    sheet.append(["Ada", "goal", "x", "z", dt.datetime(2026, 3, 1), None])  # noqa: DTZ001 - as a workbook has it
    book.save(path)
    with pytest.raises(InputError) as caught:
        read_judgements(path)
    assert str(caught.value) == (
        "j.xlsx, row 3, column 'value': a date stands where an answer should be; found '2026-03-01 00:00:00'; expected "
        "a number from 1/9 to 9, such as 3 or 1/3; empty or 'skip' where skipped. The spreadsheet turned a fraction "
        "such as 1/3 into a date; format the column as text and write it again"
    )


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    """Empty names, words for numbers, rounds and weights, each with its row."""
    text = f"{HEADER},skipped,round,weight\nAda,goal,,y,lots,,,0,2\n,goal,x,y,3,,yes,2.5,1\n"
    assert faults(tmp_path, text) == [
        (
            "j.csv, row 2, column 'weight': a judgement has no weight of its own; found '2'. "
            "Put the expert's weight, with its reason, under panel in study.yaml"
        ),
        (
            "j.csv, row 2, column 'value': not a number; found 'lots'; "
            "expected a number from 1/9 to 9, such as 3 or 1/3; empty or 'skip' where skipped"
        ),
        "j.csv, row 2, column 'a': the cell is empty; expected a name",
        "j.csv, row 2, column 'round': not a round; found '0'; expected 1, 2, 3 …",
        "j.csv, row 3: the answer is marked as skipped and has a value; found '3'",
        "j.csv, row 3, column 'expert': the cell is empty; expected a name",
        "j.csv, row 3, column 'round': not a round; found '2.5'; expected 1, 2, 3 …",
    ]


def test_missing_columns_are_all_named(tmp_path: Path) -> None:
    """And what the file has instead."""
    assert faults(tmp_path, "expert,node,valu\nAda,goal,3\n") == [
        "j.csv: the column 'a' is missing; found 'expert', 'node', 'valu'; expected expert, node, a, b, value",
        "j.csv: the column 'b' is missing; found 'expert', 'node', 'valu'; expected expert, node, a, b, value",
        "j.csv: the column 'value' is missing; found 'expert', 'node', 'valu'; expected expert, node, a, b, value",
        "j.csv: unknown column; found 'valu'. Did you mean 'value'?",
    ]


@pytest.mark.parametrize("text", ["", "expert: Ada\n", "[]\n", "3\n"])
def test_yaml_that_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    """The message shows the form."""
    assert faults(tmp_path, text, "j.yaml") == [
        ("j.yaml: a file of judgements is a list of mappings; expected - {expert: …, node: …, a: …, b: …, value: …}")
    ]


def test_yaml_entries_are_plain(tmp_path: Path) -> None:
    """A list inside a judgement, or a word instead of one, is told by its line."""
    assert faults(tmp_path, "- {expert: [Ada]}\n- word\n", "j.yaml") == [
        "j.yaml, line 1, $[0]: a judgement is a mapping of plain values",
        "j.yaml, line 2, $[1]: a judgement is a mapping of plain values",
    ]
