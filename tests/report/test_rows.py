"""The rows of the ranking: what each molecule's line, bar and values say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.core.ranking import ChosenSet
from weighbridge.report import rows as module
from weighbridge.report.numbers import signed, significant
from weighbridge.report.palette import category
from weighbridge.report.rows import RankingRow, ranking_table, shown_labels
from weighbridge.study.decision import Decision

Variant = Callable[[str], Decision]
Section = Callable[..., Any]
NAMES = [
    "one source",
    "one criterion",
    "one molecule",
    "promethee",
    "vikor",
    "no structures",
    "tied",
    "censored",
    "capped",
]


def row_of(decision: Decision, label: str) -> RankingRow:
    """Return one molecule's row."""
    return next(row for row in ranking_table(decision).rows if row.label == label)


def drawn(section: Section, table: Any) -> Any:
    """Return the ranking's section without its figures."""
    from weighbridge.report.drawing import Drawing

    picture = Drawing("<svg/>", "alt", "caption")
    return section("ranking", ranking=table, figures={"contributions": picture, "scores": picture})


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_the_rankings(variant: Variant, name: str) -> None:
    """Label, rank, tie, score, base and choice are the API's, best first."""
    decision = variant(name)
    ranking = decision.ranking
    for place, row in enumerate(ranking_table(decision).rows):
        label = ranking.labels[ranking.order[place]]
        assert row.label == str(label)
        assert row.rank == ranking.ranks[label]
        assert row.tied == ranking.ties[label]
        assert row.score == ranking.scores[label]
        assert row.chosen == (label in decision.chosen.chosen)


@pytest.mark.parametrize("name", NAMES)
def test_contributions_and_base_add_up_to_the_score(variant: Variant, name: str) -> None:
    """The sum of a bar's pieces is what the score says."""
    for row in ranking_table(variant(name)).rows:
        assert row.base + sum(piece.contribution for piece in row.segments) == pytest.approx(row.score, abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_bars_fill_the_width_and_no_more(variant: Variant, name: str) -> None:
    """Every piece lies between 0 and 100 per cent, and the longest bars reach both ends of what is needed."""
    pieces = [piece for row in ranking_table(variant(name)).rows for piece in row.segments]
    assert min(piece.left for piece in pieces) >= -1e-9
    assert max(piece.left + piece.width for piece in pieces) == pytest.approx(100)


def test_widths_are_in_proportion_to_the_contributions(variant: Variant) -> None:
    """One scale holds for all bars of the page."""
    pieces = [piece for row in ranking_table(variant("promethee")).rows for piece in row.segments if piece.contribution]
    scales = [piece.width / abs(piece.contribution) for piece in pieces]
    assert scales == pytest.approx([scales[0]] * len(scales))


@given(st.lists(st.floats(-5, 5), min_size=4, max_size=4), st.floats(-1, 1))
@settings(max_examples=60)
def test_pieces_touch_and_never_overlap(parts: list[float], base: float) -> None:
    """Gains stack to the right of the base, losses to the left, without gap or overlap."""
    titles = {f"c{number}": f"C{number}" for number in range(4)}
    pieces = module._segments(titles, np.array(parts), base, (-30.0, 1.0))
    gains = [piece for piece in pieces if piece.contribution >= 0]
    losses = [piece for piece in pieces if piece.contribution < 0]
    right = base
    for piece in gains:
        assert piece.left - 30.0 == pytest.approx(right, abs=1e-9)
        right += piece.contribution
    left = base
    for piece in losses:
        left += piece.contribution
        assert piece.left - 30.0 == pytest.approx(left, abs=1e-9)


def test_the_bar_is_said_in_words(decision: Decision) -> None:
    """Each criterion's title with its signed contribution, for readers who cannot see the bar."""
    for row in ranking_table(decision).rows:
        words = ", ".join(f"{piece.title} {signed(piece.contribution)}" for piece in row.segments)
        assert row.bar == f"Contributions: {words}"


def test_a_base_is_said_where_there_is_one(decision: Decision) -> None:
    """What the score would be with nothing contributed stands in the bar's words and in the table."""
    based = replace(decision.ranking, base=lambda rows: np.full(len(rows), 0.25))
    table = ranking_table(replace(decision, ranking=based))
    assert table.with_base
    assert table.rows[0].bar.endswith("; base 0.250")
    assert not ranking_table(decision).with_base


def test_losses_carry_a_true_minus(variant: Variant) -> None:
    """A negative flow is written with a minus sign, a positive one with a plus."""
    row = ranking_table(variant("promethee")).rows[-1]
    assert all(piece.contribution < 0 for piece in row.segments if piece.criterion == "internal_score")
    assert "internal_score −0." in row.bar
    assert "-" not in row.bar


def test_values_have_their_units(decision: Decision) -> None:
    """Every criterion's value as the table gives it."""
    assert dict(row_of(decision, "M4").values) == {
        "public_score": "0.910 probability",
        "internal_score": "6.60 pIC50",
        "solubility": "150 ug/mL",
        "cost": "5 EUR",
    }


def test_censored_and_missing_values_are_not_numbers(variant: Variant) -> None:
    """A bound is an interval to the range's end; a missing value names the rule that stands in for it."""
    decision = variant("censored")
    assert dict(row_of(decision, "M4").values)["cost"] == "0 to 5 EUR"
    missing = dict(row_of(decision, "M7").values)
    assert missing["cost"] == "missing (rule: interval)"
    assert missing["solubility"] == "missing (rule: worst)"
    assert dict(row_of(decision, "M1").values)["cost"] == "10 EUR"


def test_values_are_the_matrixs(decision: Decision) -> None:
    """Each shown number is the decision matrix's, to the digits shown."""
    matrix = decision.matrix.to_frame()
    for row in ranking_table(decision).rows:
        for name, words in row.values:
            assert words.split()[0] == significant(matrix.loc[row.label, name])


def test_colours_are_the_legends(decision: Decision) -> None:
    """A criterion has one colour in every bar, in the legend, and in the order of the criteria."""
    table = ranking_table(decision)
    assert table.legend == tuple((name, category(k)) for k, name in enumerate(decision.matrix.names))
    assert len({colour for _, colour in table.legend}) == 4
    for row in table.rows:
        assert [(piece.title, piece.colour) for piece in row.segments] == list(table.legend)


def test_names_and_series_are_shown_where_there_are_any(decision: Decision, variant: Variant) -> None:
    """A study without them has empty ones, never nan."""
    row = row_of(decision, "M4")
    assert (row.name, row.series) == ("caffeine", "xanthines")
    bare = row_of(variant("no structures"), "M4")
    assert (bare.name, bare.series) == ("", "")


def test_molecules_without_structures_say_so(variant: Variant, section: Section) -> None:
    """No picture, the reason instead, and the page has no empty image."""
    table = ranking_table(variant("no structures"))
    assert not table.with_structures
    assert {row.picture.reason for row in table.rows} == {"no structure given"}
    tree = drawn(section, table)
    placeholders = [node.text for node in tree.iter("span") if node.get("class") == "placeholder"]
    assert placeholders == ["no structure given"] * 8


def test_structures_are_pictures_with_words(decision: Decision) -> None:
    """Each picture is a data URI whose words name the molecule."""
    table = ranking_table(decision)
    assert table.with_structures
    for row in table.rows:
        assert row.picture.uri.startswith("data:image/svg+xml;base64,")
        assert row.picture.alt == f"Structure of {row.label}"


@pytest.mark.parametrize("name", NAMES)
def test_there_is_one_cut_below_the_last_chosen(variant: Variant, name: str) -> None:
    """The line stands under the last chosen row and nowhere else."""
    rows = ranking_table(variant(name)).rows
    cuts = [place for place, row in enumerate(rows) if row.cut_below]
    assert cuts == [max(place for place, row in enumerate(rows) if row.chosen)]


def test_no_choice_has_no_cut(decision: Decision) -> None:
    """Where nobody is chosen no line is drawn, and the best are still shown."""
    table = ranking_table(replace(decision, chosen=ChosenSet(())))
    assert not any(row.cut_below or row.chosen for row in table.rows)
    assert len(table.rows) == 7


def test_ties_at_the_cut_are_marked(variant: Variant, section: Section) -> None:
    """Both tied molecules say so, share their rank, and neither is chosen."""
    table = ranking_table(variant("tied"))
    tied = [row for row in table.rows if row.tied_at_cut]
    assert [(row.label, row.rank, row.tied, row.chosen) for row in tied] == [
        ("M1", 3, True, False),
        ("M5", 3, True, False),
    ]
    words = " ".join("".join(drawn(section, table).itertext()).split())
    assert words.count("tied at the cut") == 2


def test_who_was_passed_over_says_why(variant: Variant, section: Section) -> None:
    """Each molecule a full series kept out names the series and who filled it."""
    table = ranking_table(variant("capped"))
    reasons = {row.label: row.passed_over for row in table.rows if row.passed_over}
    assert reasons["M6"] == "series 'xanthines' is full (1): M4"
    assert sorted(reasons) == ["M1", "M5", "M6", "M8"]
    assert "passed over: series 'xanthines' is full (1): M4" in "".join(drawn(section, table).itertext())


def test_shown_labels_are_those_of_the_table(decision: Decision, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lists beside the table show no molecule the table does not."""
    monkeypatch.setattr(module, "AFTER_THE_CUT", 2)
    rows = ranking_table(decision).rows
    assert [str(label) for label in shown_labels(decision, 50)] == [row.label for row in rows]
    assert shown_labels(decision, 1) == [decision.ranking.labels[decision.ranking.order[0]]]
    assert shown_labels(decision, 0) == []


@pytest.mark.parametrize(("whole", "folded"), [(0, 0), (1, 2), (4, 100), (2, 1)])
def test_no_molecule_is_lost(decision: Decision, monkeypatch: pytest.MonkeyPatch, whole: int, folded: int) -> None:
    """Rows, folded rows and those left off make up the ranking, whatever the limits."""
    monkeypatch.setattr(module, "AFTER_THE_CUT", whole)
    monkeypatch.setattr(module, "FOLDED_AT_MOST", folded)
    table = ranking_table(decision)
    assert len(table.rows) + len(table.rest) + table.left_off == 7
    order = list(decision.ranking.labels[decision.ranking.order])
    assert [row.label for row in table.rows] + [place.label for place in table.rest] == order[: 7 - table.left_off]
    for place in table.rest:
        assert place.score == decision.ranking.scores[place.label]
        assert place.chosen == (place.label in decision.chosen.chosen)


def test_left_off_molecules_are_counted_on_the_page(
    decision: Decision, monkeypatch: pytest.MonkeyPatch, section: Section
) -> None:
    """The page says how many stand in neither table and where to find them."""
    monkeypatch.setattr(module, "AFTER_THE_CUT", 0)
    monkeypatch.setattr(module, "FOLDED_AT_MOST", 1)
    words = " ".join("".join(drawn(section, ranking_table(decision)).itertext()).split())
    assert "3 more molecules are in neither table; weighbridge rank . --csv prints all of them." in words


def test_one_molecule_is_not_called_molecules(variant: Variant, section: Section) -> None:
    """The caption of a single row is in the singular."""
    (caption,) = drawn(section, ranking_table(variant("one molecule"))).iter("caption")
    assert caption.text == "The best molecule."


def test_hostile_labels_are_text(decision: Decision, section: Section) -> None:
    """A name with markup is shown as it is written, in the row, the bar and the picture's words."""
    evil = '"><script>alert(1)</script>'
    study = replace(decision.study, molecules=decision.study.molecules.assign(name=evil, series=evil))
    tree = drawn(section, ranking_table(replace(decision, study=study)))
    assert list(tree.iter("script")) == []
    assert "".join(tree.itertext()).count(evil) == 14
