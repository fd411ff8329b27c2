"""Robustness as the terminal shows it: every table from the view, nothing of its own, nothing run as markup."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console
from tests.builders import write_small_study

from weighbridge.report.robustness_terminal import robustness
from weighbridge.report.robustness_view import (
    ChangeRow,
    EffectRow,
    MoleculeRow,
    RobustnessView,
    VariedTable,
    WeightRow,
    robustness_view,
)
from weighbridge.study.study import Study

PER_CENT = "\u00a0%"


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> RobustnessView:
    """Return the view of the small study with few draws."""
    study = Study.load(write_small_study(tmp_path_factory.mktemp("robust") / "study"))
    parts = ["acceptability", "intervals", "changes", "unknowns", "experts", "methods", "reversal"]
    return robustness_view(study.decide().robustness(200, parts=parts))


@pytest.fixture(scope="module")
def empty(view: RobustnessView) -> RobustnessView:
    """Return the same view without anything in it."""
    nothing: dict[str, object] = dict.fromkeys(
        ("sentences", "molecules", "weights", "changes", "unknowns", "cells", "varied", "reversal", "refused"), ()
    )
    return replace(view, **nothing, draws="", cells_untried=0)  # type: ignore[arg-type]


def shown(view: RobustnessView, width: int = 160) -> str:
    """Return what a terminal of a width prints."""
    stream = StringIO()
    console = Console(file=stream, width=width, color_system=None)
    for renderable in robustness(view):
        console.print(renderable)
    return stream.getvalue()


def test_everything_the_view_holds_is_shown(view: RobustnessView) -> None:
    """Sentences, molecules, weights, changes, unknowns and variants are all there."""
    text = shown(view)
    words = " ".join(text.split())
    for sentence in view.sentences:
        assert " ".join(sentence.split()) in words
    for title in ("At the cut", "How far each weight", "The smallest change", "What is not known", "Leaving out"):
        assert title in text
    for row in view.molecules:
        assert row.label in text
    assert " ".join(view.draws.split()) in words


def test_what_is_empty_is_left_out(empty: RobustnessView) -> None:
    """No title stands above nothing."""
    assert shown(empty) == ""


def test_a_molecule_shows_its_shares_by_cause(empty: RobustnessView) -> None:
    """Rank, whether it is in today, and one share a cause."""
    rows = (MoleculeRow("M-1", "aspirin", 3, True, (0.5, 1.0)), MoleculeRow("M-2", "", 4, False, (0.25, 0.0)))
    lines = [line.split() for line in shown(replace(empty, causes=("all", "weights"), molecules=rows)).splitlines()]
    assert ["3", "M-1", "aspirin", "in", f"50{PER_CENT}".split()[0], "%", "100", "%"] in [
        [part for word in line for part in word.split("\u00a0")] for line in lines
    ]
    assert ["4", "M-2", "25", "%", "0", "%"] in [[p for word in line for p in word.split("\u00a0")] for line in lines]


def test_a_weight_shows_its_interval_and_who_overtakes(empty: RobustnessView) -> None:
    """The ends stand beside the weight with what happens there."""
    row = WeightRow("Potency", 0.5, 0.25, 1.0, "A overtakes B", "nobody")
    text = shown(replace(empty, weights=(row,)))
    (line,) = [line for line in text.splitlines() if "Potency" in line]
    assert f"50.0{PER_CENT}" in line
    assert f"25.0{PER_CENT}" in line
    assert "A overtakes B" in line
    assert line.rstrip().endswith("nobody")


def test_a_molecule_that_nothing_brings_in_says_none(empty: RobustnessView) -> None:
    """Where no weights do, the change is none and not a number."""
    rows = (ChangeRow("A", 4, None, "no weights bring it in"), ChangeRow("B", 5, 0.0213, "cost 10 % to 11 %"))
    text = shown(replace(empty, changes=rows))
    assert "none" in next(line for line in text.splitlines() if " A " in line)
    assert "0.021" in next(line for line in text.splitlines() if " B " in line)


def test_effects_say_yes_or_no(empty: RobustnessView) -> None:
    """Whether an unknown could change it is one word."""
    rows = (EffectRow("pH", "", True, "M5 in"), EffectRow("buffer", "", False, "nothing"))
    lines = shown(replace(empty, unknowns=rows)).splitlines()
    assert next(line for line in lines if "pH" in line).split()[:2] == ["pH", "yes"]
    assert next(line for line in lines if "buffer" in line).split()[:2] == ["buffer", "no"]


def test_variants_are_counted_and_the_changing_ones_named(empty: RobustnessView) -> None:
    """How many there are, how many change the first and the set, and the first four of those."""
    rows = tuple((f"V{i}", i == 0, "X in" if i < 6 else "", 1.0, 1.0) for i in range(8))
    text = shown(replace(empty, varied=(VariedTable("Without each expert", "Expert", rows, (("Z", "alone"),), ()),)))
    line = next(line for line in text.splitlines() if "Without each expert" in line)
    assert line.split()[3:6] == ["8", "1", "6"]
    assert "V0, V1, V2, V3 and 2 more" in line
    assert "Expert: Z" in text
    assert "alone" in text


def test_methods_that_do_not_suit_are_not_listed(empty: RobustnessView) -> None:
    """Two thirds of all methods and normalizations never suit a study; their reasons stand in the report."""
    varied = VariedTable("Other methods and normalizations", "Method", (), (("ARAS", "interval scale"),), ())
    assert "ARAS" not in shown(replace(empty, varied=(varied,)))


def test_text_of_the_study_is_never_markup(empty: RobustnessView) -> None:
    """Square brackets and control characters are shown or taken out, not obeyed."""
    rows = (EffectRow("[bold]pH[/bold]\x1b[2J", "", True, "[link=x]M5[/link]"),)
    text = shown(replace(empty, unknowns=rows))
    assert "[bold]pH[/bold]" in text
    assert "\x1b" not in text


def test_values_that_were_not_tried_are_counted(empty: RobustnessView) -> None:
    """The limit on single values is told."""
    assert "12 more uncertain values were not tried one by one." in shown(replace(empty, cells_untried=12))


def test_on_eighty_columns_no_molecule_is_broken(view: RobustnessView) -> None:
    """Labels stay whole in a narrow terminal."""
    words = set(shown(view, 80).split())
    assert {row.label for row in view.molecules} <= words
