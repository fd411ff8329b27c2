"""Trust on the page: three readings side by side, never one in the place of another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from weighbridge.core.weights import Weights
from weighbridge.evidence.trust import blend
from weighbridge.methods.registry import rank
from weighbridge.report import trust_view as module
from weighbridge.report.numbers import percent
from weighbridge.report.trust_view import RULES, trust_view
from weighbridge.study.decision import Decision

Variant = Callable[[str], Decision]
Section = Callable[..., Any]


def words_of(section: Section, decision: Decision) -> str:
    """Return the section's words with single spaces."""
    return " ".join("".join(section("trust", trust=trust_view(decision)).itertext()).split())


def test_each_reading_stands_in_its_own_column(decision: Decision) -> None:
    """Judged, rated with its interval, and used are the API's numbers."""
    trust = decision.trust
    assert trust.judged is not None
    assert trust.rated is not None
    for row in trust_view(decision).rows:
        assert row.judged == trust.judged[row.source]
        assert row.rated == trust.rated.shares[row.source]
        assert row.rated_low == trust.rated.shares_low[row.source]
        assert row.rated_high == trust.rated.shares_high[row.source]
        assert row.used == trust.used[row.source]
        assert row.rated_low <= row.rated <= row.rated_high


def test_used_shares_sum_to_one(variant: Variant) -> None:
    """In every study all the trust is given, once."""
    for name in ("one source", "alone", "unknown", "no panel"):
        assert sum(row.used for row in trust_view(variant(name)).rows) == pytest.approx(1)


def test_sources_are_called_by_their_titles(decision: Decision) -> None:
    """In the study's order."""
    assert [row.title for row in trust_view(decision).rows] == ["Public labels", "Own measurements"]


def test_readings_that_were_not_given_are_none(variant: Variant, section: Section) -> None:
    """Nobody compared the sources: the judged share is absent, not zero, and bridging is yet to be measured."""
    view = trust_view(variant("alone"))
    assert [row.judged for row in view.rows] == [None, None]
    assert [row.bridged for row in view.rows] == [None, None]
    tree = section("trust", trust=view)
    unknown = [node.text for node in tree.iter("span") if node.get("class") == "unknown"]
    assert unknown == ["not given", "not measured yet"] * 2


def test_a_bridged_reading_is_shown_where_it_is_measured(decision: Decision, section: Section) -> None:
    """Its share stands in its column and in the figure's words."""
    trust = replace(decision.trust, bridged=Weights({"public": 0.2, "internal": 0.8}))
    view = trust_view(replace(decision, trust=trust))
    assert [row.bridged for row in view.rows] == [pytest.approx(0.2), pytest.approx(0.8)]
    assert view.figure is not None
    assert f"bridged {percent(0.2)}" in view.figure.alt
    assert "not measured yet" not in words_of(section, replace(decision, trust=trust))


def test_one_source_has_all_the_trust_and_no_figure(variant: Variant, section: Section) -> None:
    """A single dot at 100 % is no picture; the rule says why."""
    view = trust_view(variant("one source"))
    assert (view.rule, view.figure, view.blends) == ("single", None, None)
    assert [row.used for row in view.rows] == [1.0]
    words = words_of(section, variant("one source"))
    assert "There is one source only, so it has all the trust." in words
    assert "What λ would change" not in words


@pytest.mark.parametrize("rule", sorted(RULES))
def test_each_rule_is_said_in_words(decision: Decision, rule: str) -> None:
    """The words belong to the rule in force."""
    assert trust_view(replace(decision, trust=replace(decision.trust, rule=rule))).words == RULES[rule]


def test_lambda_and_reason_stand_with_a_blend(decision: Decision, variant: Variant, section: Section) -> None:
    """A blend names its λ and why; a rated study has no λ to name."""
    assert "Here λ = 0.5. Reason: both tell something" in words_of(section, decision)
    assert "Here λ" not in words_of(section, variant("alone"))


def test_blends_are_those_of_the_formula(decision: Decision) -> None:
    """Under each λ the shares are the geometric blend of the two readings."""
    view = trust_view(decision).blends
    assert view is not None
    assert decision.trust.judged is not None
    assert decision.trust.rated is not None
    assert view.lambdas == (0.0, 0.5, 1.0)
    for place, lam in enumerate(view.lambdas):
        expected = blend(decision.trust.judged, decision.trust.rated.shares, lam)
        assert [shares[place] for _, shares in view.shares] == pytest.approx(list(expected.values()))


def test_ranks_under_each_blend_are_those_of_a_ranking_of_its_own(decision: Decision) -> None:
    """Rank with the blend's weights and the same ranks come out."""
    view = trust_view(decision).blends
    assert view is not None
    goal, practical = decision.tree.local["goal"], decision.tree.local["practical"]
    for place, lam in enumerate(view.lambdas):
        shares = decision.trust.blends()[lam]
        weights = {
            "public_score": goal["evidence"] * shares["public"],
            "internal_score": goal["evidence"] * shares["internal"],
            "solubility": goal["practical"] * practical["solubility"],
            "cost": goal["practical"] * practical["cost"],
        }
        expected = rank(decision.matrix, weights).ranks
        assert {label: ranks[place] for label, ranks in view.ranks} == expected.astype(int).to_dict()


def test_the_chosen_that_stay_are_counted(decision: Decision) -> None:
    """For each λ as many as are among its first k; under the λ in force all are."""
    view = trust_view(decision).blends
    assert view is not None
    for place, lam in enumerate(view.lambdas):
        ranks = decision.blends[lam].ranks
        assert view.kept[place] == sum(ranks[label] <= 3 for label in decision.chosen.chosen)
    assert view.kept[view.lambdas.index(decision.trust.lam)] == view.chosen == 3


def test_long_lists_of_ranks_are_cut(decision: Decision, monkeypatch: pytest.MonkeyPatch) -> None:
    """The best of the study's ranking are listed."""
    monkeypatch.setattr(module, "BLEND_ROWS", 2)
    view = trust_view(decision).blends
    assert view is not None
    assert [label for label, _ in view.ranks] == list(decision.ranking.labels[decision.ranking.order[:2]])


def test_every_share_has_its_ticket(decision: Decision) -> None:
    """The ticket's value is the share, and its judgements are counted."""
    for row in trust_view(decision).rows:
        assert row.ticket.value == row.used
        assert row.ticket.judgements > 0


def test_unknown_indicators_make_the_interval_wide(variant: Variant, decision: Decision) -> None:
    """A share that rests on what nobody knows is shown with a wider interval than one that does not."""
    unknown, known = trust_view(variant("unknown")).rows[0], trust_view(variant("alone")).rows[0]
    for row in (unknown, known):
        assert row.rated_low is not None
        assert row.rated_high is not None
    assert unknown.rated_high - unknown.rated_low > known.rated_high - known.rated_low  # type: ignore[operator]


def test_numbers_on_the_page_are_exact_behind_the_rounding(decision: Decision, section: Section) -> None:
    """The first table's cells hold each reading's own value."""
    view = trust_view(decision)
    table = next(section("trust", trust=view).iter("tbody"))
    values = [float(node.get("value")) for node in table.iter("data")]
    assert values == [
        number for row in view.rows for number in (row.judged, row.rated, row.rated_low, row.rated_high, row.used)
    ]


def test_titles_and_reasons_are_text(decision: Decision, section: Section) -> None:
    """Markup in a reason is shown, not obeyed."""
    evil = "<iframe src=//x>"
    hostile = replace(decision, trust=replace(decision.trust, reason=evil))
    tree = section("trust", trust=trust_view(hostile))
    assert list(tree.iter("iframe")) == []
    assert f"Reason: {evil}" in "".join(tree.itertext())
