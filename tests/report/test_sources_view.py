"""Source cards: every reading is the indicator's own, and what is not known is not shown as a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from weighbridge.evidence.library import load_library
from weighbridge.report.numbers import significant
from weighbridge.report.sources_view import SourceCard, _range, source_cards
from weighbridge.study.decision import Decision
from weighbridge.study.trust import trust_definitions

Variant = Callable[[str], Decision]
Section = Callable[..., Any]
LIBRARY = load_library()


def cards(decision: Decision) -> dict[str, SourceCard]:
    """Return the cards of a decision's sources, by name."""
    return {card.name: card for card in source_cards(decision, trust_definitions(decision.study, LIBRARY))}


def words_of(section: Section, decision: Decision) -> str:
    """Return the section's words with single spaces."""
    tree = section("sources", cards=tuple(cards(decision).values()))
    return " ".join("".join(tree.itertext()).split())


def test_a_card_says_what_the_source_is(decision: Decision) -> None:
    """Title, kind, unit, words and licence are those the study states; what it does not state is empty."""
    public, own = cards(decision).values()
    assert (public.title, public.kind, public.unit) == ("Public labels", "binary", "probability")
    assert (public.about, public.licence) == ("Labels pooled from two assays.", "CC0")
    assert (own.title, own.kind, own.unit) == ("Own measurements", "continuous", "pIC50")
    assert (own.about, own.licence) == ("", "")


def test_a_silent_licence_is_not_stated(decision: Decision, section: Section) -> None:
    """The page says so instead of leaving a gap."""
    assert "Licence not stated".replace(" ", "") in words_of(section, decision).replace(" ", "")


def test_cards_come_in_the_order_of_the_study(decision: Decision) -> None:
    """The first source of study.yaml is the first card."""
    assert list(cards(decision)) == list(decision.study.sources)


def test_shares_and_scores_are_the_apis(decision: Decision) -> None:
    """The share used and the score of the indicators are those of the trust layer."""
    rated = decision.trust.rated
    assert rated is not None
    for name, card in cards(decision).items():
        assert card.share == decision.trust.used[name]
        assert card.score == rated.score[name]


def test_counts_are_of_what_is_there(decision: Decision) -> None:
    """Predictions, records, parts and validation are counted; nothing that is absent is listed."""
    public, own = cards(decision).values()
    assert dict(public.counts) == {
        "molecules predicted": 8,
        "training records": 10,
        "parts": 2,
        "molecules in validation": 8,
    }
    assert dict(own.counts) == {"molecules predicted": 8, "training records": 8}


def test_missing_predictions_are_not_counted(decision: Decision) -> None:
    """A molecule without a score is not one that was predicted."""
    source = decision.study.sources["public"]
    assert source.predictions is not None
    fewer = replace(source, predictions=source.predictions.assign(score=[None, *source.predictions["score"][1:]]))
    study = replace(decision.study, sources={**decision.study.sources, "public": fewer})
    assert dict(cards(replace(decision, study=study))["public"].counts)["molecules predicted"] == 7


def test_bridging_pairs_are_counted(decision: Decision) -> None:
    """Where compounds were measured in both contexts the card says how many."""
    bridged = replace(decision.study.sources["public"], bridging=pd.DataFrame({"x": [1.0, 2.0], "y": [1.1, 2.2]}))
    study = replace(decision.study, sources={**decision.study.sources, "public": bridged})
    assert dict(cards(replace(decision, study=study))["public"].counts)["bridging pairs"] == 2


def test_each_indicator_is_the_reading_of_the_trust_layer(decision: Decision) -> None:
    """Reading, number of records, utility with its interval and weight are the rating's."""
    rated = decision.trust.rated
    assert rated is not None
    for name, card in cards(decision).items():
        assert [one.key for one in card.indicators] == list(rated.weights)
        for one in card.indicators:
            reading = rated.readings[name][one.key]
            assert (one.n, one.note, one.known, one.exact) == (reading.n, reading.note, reading.known, reading.exact)
            assert one.utility == rated.utilities.loc[name, one.key]
            assert one.utility_low == rated.utilities_low.loc[name, one.key]
            assert one.utility_high == rated.utilities_high.loc[name, one.key]
            assert one.weight == rated.weights[one.key]


def test_each_indicator_carries_its_definition(decision: Decision) -> None:
    """Title, definition, formula and citation are the library's."""
    for card in cards(decision).values():
        for one in card.indicators:
            definition = LIBRARY[one.key]
            assert (one.title, one.definition, one.formula, one.citation) == (
                definition.title,
                definition.definition,
                definition.formula,
                definition.citation,
            )


def test_an_interval_is_an_interval(variant: Variant) -> None:
    """Where some records are silent the reading has two ends, both shown, and so has its utility."""
    decision = variant("unknown")
    rated = decision.trust.rated
    assert rated is not None
    one = cards(decision)["public"].indicators[0]
    reading = rated.readings["public"]["context_match"]
    assert (one.exact, one.known) == (False, True)
    assert one.reading == f"{significant(reading.low)} to {significant(reading.high)}"
    assert one.utility_low < one.utility < one.utility_high


def test_an_unknown_reading_is_words_and_spans_everything(variant: Variant, section: Section) -> None:
    """What nobody can tell is not a zero: the reason stands, and the utility runs from 0 to 1."""
    decision = variant("unknown")
    one = cards(decision)["public"].indicators[1]
    assert one.reading == "not known: training records do not hold the plate controls"
    assert (one.known, one.exact, one.utility_low, one.utility_high) == (False, False, 0.0, 1.0)
    tree = section("sources", cards=tuple(cards(decision).values()))
    cells = [node for node in tree.iter("td") if node.get("class") == "words unknown"]
    assert {node.text for node in cells} == {one.reading}


def test_parts_of_a_pooled_source_have_their_own_readings(variant: Variant) -> None:
    """Each part's records, score and interval are the rating's; an unpooled source has no table."""
    decision = variant("unknown")
    rated = decision.trust.rated
    assert rated is not None
    table = cards(decision)["public"].parts
    assert table is not None
    expected = rated.parts["public"]
    assert [row[0] for row in table.rows] == list(expected.score.index)
    for part, count, score, low, high, cells in table.rows:
        assert (count, score, low, high) == (
            expected.records[part],
            expected.score[part],
            expected.low[part],
            expected.high[part],
        )
        assert low <= score <= high
        assert cells[1] == ("not known", False)
    assert cards(decision)["internal"].parts is None


def test_what_a_part_borrows_is_marked(decision: Decision) -> None:
    """A part that cannot tell takes the whole source's reading, and the cell says so."""
    rated = decision.trust.rated
    assert rated is not None
    parts = rated.parts["public"]
    borrowed = parts.borrowed.copy()
    borrowed.loc["A1", "n_molecules"] = True
    changed = replace(rated, parts={"public": replace(parts, borrowed=borrowed)})
    table = cards(replace(decision, trust=replace(decision.trust, rated=changed)))["public"].parts
    assert table is not None
    cells = {row[0]: row[5][1] for row in table.rows}
    assert cells["A1"] == ("as the whole source", True)
    assert not cells["A2"][1]


def test_a_source_that_is_not_rated_says_so(variant: Variant, section: Section) -> None:
    """Without a tree of indicators there is no score, no indicator and no part, and a sentence instead."""
    (card,) = cards(variant("one source")).values()
    assert (card.score, card.indicators, card.parts, card.share) == (None, (), None, 1.0)
    words = words_of(section, variant("one source"))
    assert "so this source is not rated" in words
    assert "Score of its indicators" not in words


@pytest.mark.parametrize("name", sorted(name for name, one in LIBRARY.items() if one.worst is not None))
def test_ranges_say_what_counts_nothing_and_all(name: str) -> None:
    """Both ends stand with the unit and a true minus."""
    words = _range(LIBRARY[name])
    assert " counts 0, " in words
    assert f" counts 1 ({LIBRARY[name].shape})" in words
    assert " -" not in f" {words}"


def test_a_criterion_without_a_range_says_so() -> None:
    """No number is made up."""
    name = next(name for name, one in LIBRARY.items() if one.worst is None)
    assert _range(LIBRARY[name]) == "no declared range"


def test_negative_ends_have_a_true_minus() -> None:
    """A range below zero reads as a number, not as a dash."""
    one = next(one for one in LIBRARY.values() if one.worst is not None)
    words = _range(replace(one, worst=-1.5, best=2.0, unit="logBB"))
    assert words.startswith("−1.5 logBB counts 0, 2 logBB counts 1")


def test_words_of_the_study_are_text(decision: Decision, section: Section) -> None:
    """What a user writes about a source is escaped."""
    evil = "<style>*{display:none}</style>"
    source = replace(decision.study.sources["public"], title=evil)
    study = replace(decision.study, sources={**decision.study.sources, "public": source})
    hostile = replace(decision, study=study)
    tree = section("sources", cards=tuple(cards(hostile).values()))
    assert list(tree.iter("style")) == []
    assert evil in "".join(tree.itertext())
