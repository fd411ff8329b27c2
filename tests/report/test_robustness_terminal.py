"""Robustness as the terminal shows it: every table from the view, nothing of its own, nothing run as markup."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console
from tests.builders import write_small_study

from weighbridge.report.robustness_changes import ChangeRow, ScoreRow
from weighbridge.report.robustness_terminal import robustness
from weighbridge.report.robustness_view import (
    EffectRow,
    MoleculeRow,
    RobustnessView,
    SensitivityRow,
    VariedTable,
    WeightRow,
    robustness_view,
)
from weighbridge.study.robust import gather
from weighbridge.study.study import Study

PER_CENT = "\u00a0%"


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> RobustnessView:
    """Return the view of the small study with few draws."""
    study = Study.load(write_small_study(tmp_path_factory.mktemp("robust") / "study"))
    parts = ["acceptability", "intervals", "changes", "unknowns", "experts", "methods", "reversal"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gather, "BELOW", 1)
        return robustness_view(study.decide().robustness(200, parts=parts))


@pytest.fixture(scope="module")
def empty(view: RobustnessView) -> RobustnessView:
    """Return the same view without anything in it."""
    nothing: dict[str, object] = dict.fromkeys(
        (
            "sentences",
            "molecules",
            "weights",
            "changes",
            "score_changes",
            "unknowns",
            "cells",
            "varied",
            "reversal",
            "sensitivity",
            "sensitivity_notes",
            "refused",
        ),
        (),
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
    assert "The single score that would bring a molecule into the first 3" in text
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


def test_a_share_just_short_of_certain_is_not_certain(empty: RobustnessView) -> None:
    """998 of 1,000 draws are not 100 %."""
    rows = (MoleculeRow("M-1", "", 3, True, (0.998,)),)
    assert "more than 99\u00a0%" in shown(replace(empty, causes=("all",), molecules=rows))


def test_changes_are_shown_in_the_words_of_the_view(empty: RobustnessView) -> None:
    """A proof is none, a failed search none found, an upper bound at most."""
    rows = (
        ChangeRow("A", 4, None, "none", "no weights bring it in"),
        ChangeRow("B", 5, None, "none found", "no weights were found that bring it in"),
        ChangeRow("C", 6, 0.021, f"at most 2.1{PER_CENT}", "cost 10 % to 11 %"),
    )
    lines = [line.split() for line in shown(replace(empty, changes=rows)).splitlines()]
    assert ["4", "A", "none", "no", "weights", "bring", "it", "in"] in lines
    assert ["5", "B", "none", "found", "no", "weights", "were", "found", "that", "bring", "it", "in"] in lines
    assert ["6", "C", "at", "most", "2.1", "%", "cost", "10", "%", "to", "11", "%"] in lines


def test_a_score_that_would_do_is_shown(empty: RobustnessView) -> None:
    """The single scores stand in a table of their own."""
    text = shown(replace(empty, score_changes=(ScoreRow("A", 4, "potency 6.90 to 6.94 pIC50"),)))
    assert ["4", "A", "potency", "6.90", "to", "6.94", "pIC50"] in [line.split() for line in text.splitlines()]


def test_sensitivity_is_a_table_with_its_notes(empty: RobustnessView) -> None:
    """Rank, molecule and the inputs in the words of the view; what is no input is said below."""
    rows = (SensitivityRow("A", 4, f"score of Potency 80{PER_CENT}"),)
    text = shown(replace(empty, sensitivity=rows, sensitivity_notes=("not among the inputs: pH",)))
    assert "What explains the ranks at the cut" in text
    assert ["4", "A", "score", "of", "Potency", "80", "%"] in [line.split() for line in text.splitlines()]
    assert "Sensitivity: not among the inputs: pH." in text


def test_effects_say_yes_no_or_not_fully_tried(empty: RobustnessView) -> None:
    """No is said only of what was tried as a whole."""
    rows = (
        EffectRow("pH", "", True, "M5 in"),
        EffectRow("buffer", "", False, "nothing"),
        EffectRow("age", "", False, "low end not tried", fully_tried=False),
    )
    lines = [line.split() for line in shown(replace(empty, unknowns=rows)).splitlines()]
    assert ["pH", "yes", "M5", "in"] in lines
    assert ["buffer", "no", "nothing"] in lines
    assert ["age", "not", "fully", "tried", "low", "end", "not", "tried"] in lines


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
