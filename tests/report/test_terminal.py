"""Terminal tables show the API's numbers and never take user text for markup."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from weighbridge.evidence.library import load_library
from weighbridge.methods.registry import methods
from weighbridge.report import terminal
from weighbridge.report.numbers import percent, significant
from weighbridge.study.check import Finding
from weighbridge.study.decision import Decision
from weighbridge.study.loading import Notice


def shown(*renderables: Any, width: int = 200) -> str:
    console = Console(width=width, record=True, file=None, force_terminal=False)
    with console.capture() as capture:
        for renderable in renderables:
            console.print(renderable)
    return capture.get()


def test_the_ranking_shows_the_chosen_and_ten_more(decision: Decision) -> None:
    """Rank, mark, name and score of each molecule stand in one line."""
    lines = [line.split() for line in shown(terminal.ranking(decision)).splitlines()]
    for label in decision.ranking.labels:
        line = next(words for words in lines if label in words)
        assert line[0] == str(decision.ranking.ranks[label])
        assert line[-1] == significant(decision.ranking.scores[label], 4)
        assert ("chosen" in line) == (label in decision.chosen)


def test_the_ranking_can_be_cut(decision: Decision) -> None:
    """A shorter table says how many more there are."""
    text = shown(terminal.ranking(decision, 2))
    assert "5 more; --top shows them" in text
    assert str(decision.ranking.labels[decision.ranking.order[2]]) not in text.split("score", 1)[1]


def test_weights_stand_side_by_side(decision: Decision) -> None:
    """Nominal and effective weight of each criterion stand in its line."""
    text = shown(terminal.weights(decision))
    for name, weight in decision.weights.items():
        line = next(line for line in text.splitlines() if line.strip().startswith(name))
        assert percent(weight) in line
        assert percent(decision.ranking.effective_weights[name]) in line


def test_trust_shows_every_reading(decision: Decision) -> None:
    """Judged, rated with its interval and used share of each source."""
    text = shown(terminal.trust(decision))
    assert "Trust in the sources (blend)" in text
    for value in decision.trust.shares().to_numpy().ravel():
        assert percent(value) in text


def test_a_molecule_is_explained_with_its_contributions(decision: Decision) -> None:
    """Sentences first, then the numbers; columns of intervals only where there are any."""
    answer = decision.explain("M3")
    text = shown(terminal.explanation(answer))
    assert answer.sentences[0] in text
    assert "low" not in text
    for value in answer.table["contribution"]:
        assert significant(value, 4) in text


def test_a_criterion_is_explained_down_to_judgements(decision: Decision) -> None:
    """The tree ends with single answers, their reasons and rows."""
    text = " ".join(shown(terminal.explanation(decision.explain("cost"))).split())
    assert "cost is small" in text
    assert "judgements.csv, row 5" in text


def test_findings_and_notices_are_listed_or_said_to_be_none() -> None:
    """Nothing found is a sentence, not an empty table."""
    found = [Finding("warning", "rule", "x", "constant", "drop it")]
    assert "drop it" in shown(terminal.findings(found))
    assert shown(terminal.findings([])).strip() == "No findings."
    notice = Notice("unmatched", "rows of no molecule", ("a", "b", "c", "d", "e"))
    assert "… 2 more" in shown(terminal.notices([notice]))
    assert shown(terminal.notices([])).strip() == "The data held nothing to notice."


def test_the_libraries_are_listed_whole() -> None:
    """Every criterion and every method stands in its table."""
    library = load_library()
    text = shown(terminal.criteria(library.values()))
    assert all(key in text for key in library)
    listed = shown(terminal.methods(methods()))
    assert all(name in listed for name in methods())


def test_one_criterion_is_shown_with_formula_and_source() -> None:
    """What a criterion means, how it is computed and where that comes from."""
    one = next(iter(load_library().values()))
    text = " ".join(shown(terminal.criterion(one)).split())
    assert " ".join(one.formula.split())[:60] in text
    assert one.id in text


def test_hits_stand_beside_simpler_rules() -> None:
    """The demo's outcome is shown whatever it is, and chance has no correlation."""
    rules = [
        SimpleNamespace(rule="weighbridge", hits=30, spearman=0.512),
        SimpleNamespace(rule="chance", hits=12.5, spearman=None),
    ]
    text = shown(terminal.hits(SimpleNamespace(outcome=SimpleNamespace(k=40, threshold=0.3, rules=rules))))
    assert "Of the 40 chosen, how many have logBB > 0.3" in text
    assert "75\u00a0%" in text
    assert "12.5" in text
    assert "–" in text


@pytest.mark.parametrize("text", ["[bold]x[/bold]", "[link=http://evil]x[/link]", "a\x1b[31mred", "[/]"])
def test_user_text_is_neither_markup_nor_escape_codes(text: str) -> None:
    """Square brackets are shown as they are, and terminal escape codes are taken out."""
    output = shown(terminal.findings([Finding("note", "rule", text, text, text)]))
    assert "\x1b" not in output
    assert text.replace("\x1b", "\ufffd") in output
