"""How firmly the choice stands, on the page: the sentences first, every table as the numbers have it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import html5lib
import pytest

from weighbridge.report.numbers import percent
from weighbridge.report.page import render
from weighbridge.report.robustness_view import AROUND, RobustnessView, robustness_view
from weighbridge.study.decision import Decision
from weighbridge.study.robust import gather
from weighbridge.study.robust.value import PARTS, Robustness

SLOW = ("changes", "sensitivity")
"""Parts that are looked at once, together with the others."""

Show = Callable[[Robustness], Any]


@pytest.fixture(scope="module")
def found(decision: Decision) -> Robustness:
    """Return the small study's robustness, every part of it; smallest changes for two molecules only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gather, "BELOW", 2)
        return decision.robustness(samples=400, seed=1)


@pytest.fixture(scope="module")
def view(found: Robustness) -> RobustnessView:
    """Return what the page shows of it."""
    return robustness_view(found)


@pytest.fixture(scope="module")
def robust_page(decision: Decision, found: Robustness) -> str:
    """Return the page with the section."""
    return render(decision, robustness=found)


@pytest.fixture(scope="module")
def show(section: Callable[..., Any]) -> Show:
    """Return a function that draws the section alone, which is much quicker than the page."""

    def drawn(found: Robustness) -> Any:
        return inside(section("robustness", robustness=robustness_view(found)))

    return drawn


@pytest.fixture(scope="module")
def shown(robust_page: str) -> Any:
    """Return the section's element on the page, parsed strictly."""
    return inside(html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(robust_page))


def inside(tree: Any) -> Any:
    """Return the section's element of a page."""
    return next(one for one in tree.iter("section") if one.get("id") == "robustness")


def words(element: Any) -> str:
    """Return an element's text on one line."""
    return " ".join(" ".join(element.itertext()).split())


def test_the_three_sentences_come_first(found: Robustness, shown: Any) -> None:
    """Before any figure or table stand the three sentences, as they are."""
    first = shown[1]
    assert first.tag == "ol"
    assert [words(item) for item in first] == [" ".join(text.split()) for text in found.sentences]
    assert len(first) == 3


def test_the_section_follows_the_answer(robust_page: str) -> None:
    """How firmly the choice stands is told right after the choice, and listed in the contents."""
    places = [robust_page.index(f'<section id="{name}"') for name in ("answer", "robustness", "ranking")]
    assert places == sorted(places)
    assert '<a href="#robustness">' in robust_page


def test_without_robustness_there_is_no_section(page: str) -> None:
    """A report written without it has neither section nor entry."""
    assert 'id="robustness"' not in page
    assert "#robustness" not in page


def test_the_page_is_the_same_bytes_each_time(decision: Decision, found: Robustness, robust_page: str) -> None:
    """The same decision and seed give the same page."""
    assert render(decision, robustness=found) == robust_page
    drawn = [robustness_view(decision.robustness(100, 1, parts=["acceptability"])) for _ in range(2)]
    assert drawn[0] == drawn[1]


def test_molecules_are_those_of_the_ranking(found: Robustness, view: RobustnessView) -> None:
    """Rows come by rank, with the shares the draws gave and whether the molecule is among the first today."""
    ranks = found.decision.ranking.ranks
    assert len(view.molecules) == min(AROUND, len(ranks))
    assert [row.rank for row in view.molecules] == sorted(row.rank for row in view.molecules)
    for row in view.molecules:
        assert row.rank == ranks[row.label]
        assert row.first == (row.label in found.standing.first)
        assert row.shares == tuple(float(one.top_probability[row.label]) for one in found.acceptability.values())


def test_undecided_molecules_are_shown_before_decided_ones(found: Robustness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where not all fit, those that are in some draws and out of others stay."""
    from weighbridge.report import robustness_view as module

    monkeypatch.setattr(module, "AROUND", 3)
    shown = robustness_view(found).molecules
    shares = found.acceptability["all"].top_probability
    undecided = {str(label) for label, share in shares.items() if 0 < share < 1}
    assert len(shown) == 3
    assert {row.label for row in shown} <= undecided or len(undecided) < 3


def test_weights_stand_with_their_ends(found: Robustness, view: RobustnessView) -> None:
    """Every criterion has its row: today's weight between the ends, and who overtakes whom."""
    assert found.intervals is not None
    for row, (name, interval) in zip(view.weights, found.intervals.items(), strict=True):
        assert (row.weight, row.low, row.high) == (found.intervals.weights[name], interval.low, interval.high)
        comer, passed = interval.overtaker_high, found.intervals.overtaken[name][1]
        assert row.at_high == ("nobody" if comer is None else f"{comer} overtakes {passed}")


def test_shares_are_never_rounded_to_certainty(found: Robustness, show: Show) -> None:
    """A molecule that is in nearly every draw is not in 100 % of them, in table and figure."""
    one = found.acceptability["all"]
    shares = one.top_probability.copy()
    shares[:] = 0.998
    nearly = replace(found, acceptability={"all": replace(one, top_probability=shares)})
    assert {row.said for row in robustness_view(nearly).molecules} == {("more than 99\u00a0%",)}
    element = show(nearly)
    assert "more than 99\u00a0%" in "".join(element.itertext())
    assert "more than 99" in next(iter(element.iter("img"))).get("alt")
    assert "100\u00a0%" not in next(iter(element.iter("img"))).get("alt")


def test_figures_call_molecules_as_the_text_does(found: Robustness) -> None:
    """A bar has the id, which the sentences use, before the name; without a name the id alone."""
    study = found.decision.study
    named = study.molecules.assign(
        name=[f"name {label}" if place else "" for place, label in enumerate(study.molecules.index)]
    )
    other = replace(found, decision=replace(found.decision, study=replace(study, molecules=named)))
    rows = robustness_view(other).molecules
    alt = robustness_view(other).figures[0].alt
    assert {bool(row.name) for row in rows} == {True, False}
    for row in rows:
        assert f"{row.label} {f'{row.name} ' if row.name else ''}{row.said[0]}" in alt


def test_one_draw_is_one(found: Robustness) -> None:
    """A single draw has no plural."""
    one = replace(found.acceptability["all"], samples=1)
    assert robustness_view(replace(found, acceptability={"all": one})).draws.startswith("1 draw, seed 1;")


def test_the_error_of_the_shares_is_in_points(found: Robustness, view: RobustnessView) -> None:
    """A half width of shares is a number of percentage points and no percentage of anything."""
    error = 100 * found.acceptability["all"].monte_carlo_error
    assert f"± {error:.1f} percentage points" in view.draws


def test_groups_are_not_said_to_stand_apart(shown: Any, view: RobustnessView) -> None:
    """Above the groups stands that neighbouring groups may be close to each other."""
    assert view.groups
    assert "Neighbouring groups need not stand apart from each other" in words(shown)


def test_changes_of_weights_and_scores_are_tables_of_their_own(shown: Any, view: RobustnessView) -> None:
    """What single score would do stands beside what weights would, for the same molecules."""
    assert [row.label for row in view.score_changes] == [row.label for row in view.changes]
    text = words(shown)
    assert len(view.changes) == 2
    for told in (*(row.moves for row in view.changes), *(row.scores for row in view.score_changes)):
        assert " ".join(told.split()) in text
    assert "At most: a smaller change may exist" in text


def test_no_weights_found_is_not_no_weights(found: Robustness, show: Show) -> None:
    """Only a proof is told as one."""
    label, change = next(iter(found.changes.items()))
    for exact, told in ((True, "no weights bring it in"), (False, "no weights were found that bring it in")):
        none = replace(change, weights=None, distance=math.inf, feasible=False, exact=exact)
        text = words(show(replace(found, changes={label: none})))
        assert told in text
        assert ("no weights bring it in" in text) == exact


def test_every_unknown_is_told_with_its_effect(found: Robustness, view: RobustnessView) -> None:
    """An unknown that changes the choice names who comes and goes; one that does not says nothing does."""
    assert len(view.unknowns) == len(found.unknowns) > 0
    for row, effect in zip(view.unknowns, found.unknowns, strict=True):
        assert row.could_change == effect.could_change
        assert row.verdict == ("yes" if effect.could_change else "no")
        assert (row.effect == "nothing") == (not effect.could_change)
        assert effect.unknown.title in row.what


def test_an_unknown_with_an_end_that_was_not_tried_is_not_harmless(found: Robustness, show: Show) -> None:
    """What the other end does is told, and of the whole only that it was not fully tried."""
    still = next(one.high for one in found.unknowns if one.high is not None)
    still = replace(still, entering=(), leaving=())
    why = "every source would be rated 0"
    missed = replace(found.unknowns[0], low=None, high=still, between=(), refused=why)
    moving = replace(missed, high=replace(still, entering=("M9",), leaving=("M1",)))
    rows = robustness_view(replace(found, unknowns=(missed, moving))).unknowns
    assert [row.verdict for row in rows] == ["not fully tried", "yes"]
    assert rows[0].effect == f"nothing where it was tried; low end not tried: {why}"
    assert rows[1].effect == f"high end: M9 in, M1 out; low end not tried: {why}"
    neither = robustness_view(replace(found, unknowns=(replace(missed, high=None),))).unknowns[0]
    assert "low and high ends not tried" in neither.effect
    within = robustness_view(replace(found, unknowns=(replace(missed, low=still),))).unknowns[0]
    assert "some places between the ends not tried" in within.effect
    assert "not fully tried" in words(show(replace(found, unknowns=(missed,))))


def test_variants_are_counted_as_they_were_found(found: Robustness, view: RobustnessView) -> None:
    """Each table has the variants of its part, and names what could not be varied."""
    assert len(view.varied) == len(found.varied)
    for table, varied in zip(view.varied, found.varied.values(), strict=True):
        assert [row[1] for row in table.rows] == [one.first_changed for one in varied.variants]
        assert [row[3] for row in table.rows] == [one.overlap for one in varied.variants]
        assert len(table.refused) <= len(varied.refused)


def test_methods_refused_for_the_same_reason_are_named_together(found: Robustness, view: RobustnessView) -> None:
    """Every method refused is named, every reason stands once, and no reason speaks of one method of several."""
    (table,) = [one for one in view.varied if one.title == "Other methods and normalizations"]
    refused = found.varied["methods"].refused
    names = [name for names, _ in table.refused for name in names.replace(" and ", ", ").split(", ")]
    assert len(names) == len(set(names)) == len(refused)
    assert len({reason for _, reason in table.refused}) == len(table.refused) < len(refused) / 4
    by_names = dict(table.refused)
    (several,) = [names for names in by_names if "COPRAS" in names]
    assert "TOPSIS (vector)" in several
    assert "each of them divides values by one another" in by_names[several]
    assert "PROMETHEE I" in by_names


def test_a_reason_of_one_alone_stays_as_it_is(found: Robustness) -> None:
    """Only what several share is written for several; experts are grouped by the same words only."""
    alone = "criterion 'x': COPRAS divides values by one another"
    methods = replace(found.varied["methods"], refused={"copras": alone})
    experts = replace(found.varied["experts"], refused={"Ada": "alone", "Ben": "alone", "Cem": "left"})
    tables = robustness_view(replace(found, varied={"methods": methods, "experts": experts})).varied
    assert tables[0].refused == (("COPRAS", alone),)
    assert tables[1].refused == (("Ada and Ben", "alone"), ("Cem", "left"))


def test_reversal_is_told_in_sentences(found: Robustness, view: RobustnessView) -> None:
    """The number of molecules left out is the number of tests made."""
    assert found.reversal is not None
    assert any(f"{len(found.reversal.of('removed'))} molecules were left out" in text for text in view.reversal)


def test_sensitivity_names_the_inputs_by_title(found: Robustness, view: RobustnessView) -> None:
    """The inputs come largest first with their share."""
    assert found.sensitivity is not None
    for row in view.sensitivity:
        totals = found.sensitivity.of(row.label)["total"]
        assert row.inputs.split("; ")[0].endswith(percent(totals.iloc[0]))


def test_the_sensitivity_says_what_it_leaves_out(shown: Any, view: RobustnessView) -> None:
    """The caption names the unknowns that are no input."""
    caption = next(one for one in shown.iter("caption") if "Sobol" in words(one))
    assert "Not among the inputs: what is not known of the sources (" in words(caption)
    assert all(" ".join(note[1:].split()) in words(caption) for note in view.sensitivity_notes)


def test_what_is_drawn_is_told(found: Robustness, view: RobustnessView) -> None:
    """The basis names every node whose weights were drawn, and the number of draws and their error."""
    assert found.draws is not None
    assert {title for title, _ in view.basis} >= {f"weights at {node}" for node in found.draws.basis}
    assert f"{found.acceptability['all'].samples:,} draws, seed 1" in view.draws


@pytest.mark.parametrize("part", [part for part in PARTS if part not in SLOW])
def test_any_part_alone_makes_a_section(decision: Decision, part: str, show: Show) -> None:
    """A section with one part only is whole HTML, and does not list what nobody asked for."""
    element = show(decision.robustness(samples=50, parts=[part]))
    assert "not asked for" not in words(element.find("details")) if element.find("details") is not None else True
    assert words(element)


def test_no_sentence_stands_for_what_nobody_asked(found: Robustness, show: Show) -> None:
    """Where no sentence was computed there is no list of them, and the tables stand alone."""
    refused = {part: "not asked for" for part in PARTS if part != "sensitivity"}
    only = replace(found, acceptability={}, intervals=None, unknowns=(), refused=refused)
    element = show(only)
    assert robustness_view(only).sentences == ()
    assert element.find("ol") is None
    assert "was not computed:" not in words(element)
    assert "What explains the ranks at the cut" in words(element)


def test_a_part_that_failed_is_named_with_its_reason(found: Robustness, show: Show) -> None:
    """What could not be computed is listed with why."""
    failed = replace(found, sensitivity=None, refused={"sensitivity": "SALib is not installed"})
    assert ("Sensitivity", "SALib is not installed") in robustness_view(failed).refused
    assert "SALib is not installed" in words(show(failed))


def test_tables_and_figures_are_labelled(shown: Any) -> None:
    """Every table has a caption and headed columns, every figure a text that tells its numbers."""
    tables, images = list(shown.iter("table")), list(shown.iter("img"))
    assert tables
    assert len(images) == 2
    for table in tables:
        assert table.find("caption") is not None
        assert all(cell.get("scope") for cell in table.iter("th"))
    for image in images:
        assert len(image.get("alt")) > 40
