"""criteria and methods: what weighbridge offers, as tables and for machines."""

from __future__ import annotations

import json
import re

import pytest
from tests.cli.conftest import Run

import weighbridge as wb
from weighbridge.evidence.library import load_library

LIBRARY = load_library()
GROUPS = sorted({criterion.group for criterion in LIBRARY.values()})


def words(text: str) -> str:
    """Return a table's text without its line breaks and padding."""
    return re.sub(r"\s+", " ", text)


def test_criteria_lists_the_whole_library(run: Run) -> None:
    """Every id of the library stands in the table, and nothing on standard error."""
    result = run("criteria", columns=300)
    assert (result.code, result.err) == (0, "")
    assert all(f" {name} " in result.out for name in LIBRARY)


def test_criteria_json_is_the_library(run: Run) -> None:
    """Machines get every field of every criterion."""
    rows = json.loads(run("criteria", "--json").out)
    assert [row["id"] for row in rows] == list(LIBRARY)
    assert all(row["title"] == LIBRARY[row["id"]].title for row in rows)
    assert all(row["worst"] == LIBRARY[row["id"]].worst for row in rows)


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_lists_its_own_criteria(run: Run, group: str) -> None:
    """--group keeps those of the group, all of them, in the library's order."""
    rows = json.loads(run("criteria", "--group", group, "--json").out)
    assert [row["id"] for row in rows] == [name for name, one in LIBRARY.items() if one.group == group]
    assert rows


def test_an_unknown_group_is_refused_with_those_there_are(run: Run) -> None:
    """A misspelt group is no empty table."""
    result = run("criteria", "--group", "domains")
    assert (result.code, result.out) == (2, "")
    assert "no such group; found 'domains'" in result.err
    assert all(repr(group) in result.err for group in GROUPS)


def test_a_criterion_of_another_group_is_refused(run: Run) -> None:
    """A name and a group that do not fit are told apart; there is no traceback and no empty page."""
    result = run("criteria", "threshold_documented", "--group", "domain")
    assert result.code == 2
    assert f"expected '{LIBRARY['threshold_documented'].group}'" in result.err
    own = run("criteria", "threshold_documented", "--group", LIBRARY["threshold_documented"].group)
    assert own.out == run("criteria", "threshold_documented").out


def test_one_criterion_is_shown_whole(run: Run) -> None:
    """Definition, formula, range, question and source stand on its page."""
    one = LIBRARY["threshold_documented"]
    out = words(run("criteria", one.id, columns=300).out)
    for text in (one.title, one.definition, one.formula, one.question, one.citation):
        assert words(text) in out


@pytest.mark.parametrize("name", sorted(LIBRARY))
def test_every_criterion_can_be_shown(run: Run, name: str) -> None:
    """Each page fits 80 columns and names the criterion."""
    result = run("criteria", name, columns=80)
    assert result.code == 0
    assert name in words(result.out)
    assert max(len(line) for line in result.out.splitlines()) <= 80


def test_one_criterion_as_json_is_a_list_of_one(run: Run) -> None:
    """A reader of the list can read the single one too."""
    assert [row["id"] for row in json.loads(run("criteria", "z_prime", "--json").out)] == ["z_prime"]


def test_an_unknown_criterion_is_refused_with_the_closest(run: Run) -> None:
    """A misspelt name ends with 2 and a suggestion."""
    result = run("criteria", "treshold_documented")
    assert result.code == 2
    assert "threshold_documented" in result.err
    assert result.out == ""


def test_methods_lists_every_method(run: Run) -> None:
    """Name, title and source of each method stand in the table."""
    out = words(run("methods", columns=300).out)
    for name, spec in wb.methods().items():
        assert f" {name} " in out
        assert words(spec.title) in out


def test_methods_json_says_what_each_needs(run: Run) -> None:
    """Machines get the same methods with needs, returns and citation, and no function."""
    found = json.loads(run("methods", "--json").out)
    assert list(found) == list(wb.methods())
    for name, spec in wb.methods().items():
        assert found[name]["title"] == spec.title
        assert found[name]["citation"] == spec.citation
        assert "run" not in found[name]


@pytest.mark.parametrize("command", ["criteria", "methods"])
def test_lists_fit_a_terminal_of_80_columns(run: Run, command: str) -> None:
    """No line is longer than the terminal is wide."""
    assert max(len(line) for line in run(command, columns=80).out.splitlines()) <= 80


def test_methods_takes_no_argument(run: Run) -> None:
    """A stray word is refused, not ignored."""
    result = run("methods", "topsis")
    assert result.code == 2
    assert "unexpected extra argument" in result.err
