"""Conventions, versions, files: all that it takes to get the same page again."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from weighbridge.report import reproduce_view as module
from weighbridge.report.reproduce_view import PACKAGES, conventions, reproduce_view, versions
from weighbridge.study.decision import Decision

Variant = Callable[[str], Decision]
Section = Callable[..., Any]


def texts(decision: Decision) -> dict[str, str]:
    """Return the conventions by subject; those that come several times are joined."""
    found: dict[str, str] = {}
    for one in conventions(decision):
        found[one.subject] = f"{found[one.subject]} | {one.text}" if one.subject in found else one.text
    return found


def with_tie_rule(decision: Decision, rule: str | None) -> Decision:
    """Return the decision with another rule for ties at the cut."""
    choose = decision.study.file.choose.model_copy(update={"tie_rule": rule})
    return replace(
        decision, study=replace(decision.study, file=decision.study.file.model_copy(update={"choose": choose}))
    )


def test_versions_are_python_s_and_the_packages() -> None:
    """Every package that makes a number is there with the version that is installed."""
    found = versions()
    assert found["Python"] == platform.python_version()
    assert list(found) == ["Python", *PACKAGES]
    assert {name: found[name] for name in ("numpy", "scipy", "pandas")} == {
        name: metadata.version(name) for name in ("numpy", "scipy", "pandas")
    }


def test_a_missing_package_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An extra that is absent is said in words."""
    monkeypatch.setattr(module, "PACKAGES", ("numpy", "no-such-package"))
    assert versions()["no-such-package"] == "not installed"


def test_every_input_stands_with_its_hash(decision: Decision, study_folder: Path) -> None:
    """The SHA-256 of each file is that of its bytes, sorted by name."""
    inputs = reproduce_view(decision).inputs
    assert [name for name, _ in inputs] == sorted(name for name, _ in inputs)
    assert "study.yaml" in dict(inputs)
    for name, digest in inputs:
        assert digest == hashlib.sha256((study_folder / name).read_bytes()).hexdigest()


def test_the_commands_are_commands_there_are(decision: Decision) -> None:
    """What the page tells a reader to type exists."""
    from weighbridge.cli.main import cli

    for command in reproduce_view(decision).commands:
        program, name, folder = command.split()
        assert (program, folder) == ("weighbridge", ".")
        assert name in cli.commands


def test_the_key_is_the_study_s(decision: Decision, variant: Variant, section: Section) -> None:
    """Another study has another key, and the page prints it."""
    view = reproduce_view(decision)
    assert view.key == decision.study.key
    assert view.key != reproduce_view(variant("alone")).key
    tree = section("reproduce", reproduce=view, conventions=conventions(decision))
    assert view.key in "".join(tree.itertext())


@pytest.mark.parametrize(("name", "method"), [("alone", "TOPSIS"), ("promethee", "PROMETHEE II"), ("vikor", "VIKOR")])
def test_the_method_and_its_parameters_are_named(variant: Variant, name: str, method: str) -> None:
    """The title people know, and every parameter that was in force."""
    decision = variant(name)
    found = texts(decision)
    assert found["Method"] == method
    for parameter in decision.ranking.parameters:
        assert f"Parameter {parameter}" in found


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.5, "0.5"),
        (-2, "−2"),
        (12345678, "12345678"),
        ("bounds", "bounds"),
        (None, "not recorded"),
        ([1.0, 2.5], "1, 2.5"),
        ((), ""),
        ({"cost": "linear", "x": 0.25}, "cost: linear; x: 0.25"),
    ],
)
def test_parameters_are_written_for_people(decision: Decision, value: Any, words: str) -> None:
    """Numbers, words, lists and mappings each read as text without brackets."""
    ranking = replace(decision.ranking, parameters={"p": value})
    assert texts(replace(decision, ranking=ranking))["Parameter p"] == words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("order", "broken by the order of the rows"),
        ("include", "all that are tied are chosen"),
        ("exclude", "none that are tied is chosen"),
        (None, "shown and left to people: no rule breaks it"),
    ],
)
def test_the_tie_rule_in_force_is_said(decision: Decision, rule: str | None, words: str) -> None:
    """Each rule has its words, and so has none."""
    assert texts(with_tie_rule(decision, rule))["Tie at the cut"] == words


def test_missing_values_are_counted_under_their_rule(variant: Variant) -> None:
    """One missing cost and one missing solubility, each with what stands in for it."""
    words = texts(variant("censored"))["Missing values"]
    assert words == (
        "public_score: refused (0 missing); internal_score: refused (0 missing); "
        "solubility: count as the declared worst (1 missing); cost: span the declared range (1 missing)"
    )


def test_what_lies_outside_has_its_rule(decision: Decision) -> None:
    """Each criterion's rule is the matrix's."""
    words = texts(decision)["Outside the range"]
    assert words == "; ".join(f"{name}: {one.outside}" for name, one in decision.matrix.criteria.items())


def test_notes_are_said_once(decision: Decision) -> None:
    """A note of both matrix and ranking is one line."""
    note = "weights were normalised"
    ranking = replace(decision.ranking, notes=(note, note))
    found = [one.text for one in conventions(replace(decision, ranking=ranking)) if one.subject == "Note"]
    assert found.count(note) == 1


@pytest.mark.parametrize("subject", ["Weights", "Effective weight", "Ranks", "Local weights", "Intervals"])
def test_the_standing_conventions_are_always_there(variant: Variant, subject: str) -> None:
    """Even the smallest study says how its numbers are to be read, in whole sentences."""
    for name in ("one molecule", "no panel", "promethee"):
        assert texts(variant(name))[subject].endswith(".")


def test_file_names_and_notes_are_text(decision: Decision, section: Section) -> None:
    """A file with markup in its name is shown as it is called."""
    evil = "<u>.csv"
    study = SimpleNamespace(inputs={evil: "0" * 64}, key="k")
    view = reproduce_view(replace(decision, study=study))
    notes = conventions(replace(decision, ranking=replace(decision.ranking, notes=(evil,))))
    tree = section("reproduce", reproduce=view, conventions=notes)
    assert list(tree.iter("u")) == []
    assert "".join(tree.itertext()).count(evil) == 2
