"""What other methods say: every number is the comparison's, and what cannot be compared is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from weighbridge.core.ranking import PartialOrder
from weighbridge.methods.compare import compare_rankings
from weighbridge.methods.registry import methods, rank
from weighbridge.report import methods_view as module
from weighbridge.report.methods_view import methods_view
from weighbridge.report.words import method_title
from weighbridge.study.decision import Decision

Variant = Callable[[str], Decision]
Section = Callable[..., Any]


def text(tree: Any) -> str:
    """Return a page's words with single spaces."""
    return " ".join("".join(tree.itertext()).split())


def test_each_row_holds_the_coefficients_of_the_comparison(decision: Decision) -> None:
    """Kendall, weighted Spearman, WS and overlap are those of an independent comparison of the rankings."""
    own = decision.ranking
    for row in methods_view(decision).rows:
        found = compare_rankings({"own": own, "other": decision.others[row.name]}, k=3)
        assert row.kendall == found.kendall_tau_b.loc["own", "other"]
        assert row.weighted_spearman == pytest.approx(found.weighted_spearman.loc["own", "other"])
        assert row.ws == pytest.approx(found.ws.loc["own", "other"])
        assert row.overlap == found.top_overlap.loc["own", "other"]


def test_the_reference_of_ws_is_the_studys_own_ranking(variant: Variant) -> None:
    """WS is not symmetric: the study's ranking is the reference in every row."""
    decision = variant("promethee")
    assert decision.agreement is not None
    for row in methods_view(decision).rows:
        assert row.ws == decision.agreement.ws.loc["promethee-ii", row.name]


def test_rows_come_in_the_order_the_study_names_them(variant: Variant) -> None:
    """The own method first in the head, the others as written in study.yaml."""
    view = methods_view(variant("promethee"))
    assert view.own == "PROMETHEE II"
    assert view.head == ("PROMETHEE II", "TOPSIS", "VIKOR")
    assert [row.name for row in view.rows] == ["topsis", "vikor"]
    assert [row.title for row in view.rows] == ["TOPSIS", "VIKOR"]


def test_ranks_are_those_of_each_method(variant: Variant) -> None:
    """Every column of the rank table is the method's own ranking of the same matrix and weights."""
    decision = variant("promethee")
    for label, ranks in methods_view(decision).ranks:
        for method, place in zip(("promethee-ii", "topsis", "vikor"), ranks, strict=True):
            assert place == rank(decision.matrix, decision.weights, method).ranks[label]


def test_ranks_are_listed_best_first(decision: Decision) -> None:
    """The rank table is in the order of the study's ranking."""
    own = [ranks[0] for _, ranks in methods_view(decision).ranks]
    assert own == sorted(own)


def test_long_rank_tables_are_cut(decision: Decision, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than the limit is listed, and the best are."""
    monkeypatch.setattr(module, "RANK_ROWS", 3)
    assert [label for label, _ in methods_view(decision).ranks] == list(
        decision.ranking.labels[decision.ranking.order[:3]]
    )


def test_the_first_of_each_method_has_its_rank_one(decision: Decision) -> None:
    """Whoever is named first stands first in that method's ranking."""
    for row in methods_view(decision).rows:
        assert decision.others[row.name].ranks[row.first] == 1


def test_everybody_who_shares_the_first_place_is_named(decision: Decision) -> None:
    """A tie for the first place is not hidden; of many the first three are named and the rest counted."""
    equal = replace(decision.others["vikor"], scores_array=np.zeros(7))
    found = methods_view(replace(decision, others={**decision.others, "vikor": equal}))
    first = next(row.first for row in found.rows if row.name == "vikor")
    labels = list(decision.ranking.labels)
    assert first == f"{labels[0]}, {labels[1]}, {labels[2]} and 4 more"
    two = replace(equal, scores_array=np.array([0.0, 1, 1, 0, 1, 1, 1]), higher_is_better=False)
    found = methods_view(replace(decision, others={**decision.others, "vikor": two}))
    assert next(row.first for row in found.rows if row.name == "vikor") == f"{labels[0]}, {labels[3]}"


def test_a_study_that_compares_nothing_says_so(variant: Variant, section: Section) -> None:
    """Without other methods there is no table, no figure and no partial order."""
    view = methods_view(variant("alone"))
    assert (view.rows, view.figure, view.partial, view.refused, view.k) == ((), None, None, (), 0)
    assert "No other method was compared." in text(section("methods", methods=view))


def test_a_refused_method_stands_with_its_reason(variant: Variant, section: Section) -> None:
    """PROMETHEE I gives no ranks: it is refused by its title, and the others are compared all the same."""
    view = methods_view(variant("refused"))
    assert [title for title, _ in view.refused] == ["PROMETHEE I"]
    assert "a choice needs a complete ranking" in view.refused[0][1]
    words = text(section("methods", methods=view))
    assert "Methods that could not be used" in words
    assert view.refused[0][1] in words


def test_undefined_coefficients_are_not_known(variant: Variant, section: Section) -> None:
    """One molecule has no correlation: the cells say so, no number is made up."""
    view = methods_view(variant("one molecule"))
    assert {row.kendall for row in view.rows} == {None}
    tree = section("methods", methods=view)
    unknown = [node for node in tree.iter("span") if node.get("class") == "unknown"]
    assert {node.text for node in unknown} == {"not known"}
    assert "PROMETHEE I leaves" not in text(tree)
    assert "0 of the 0 pairs" not in text(tree)


def test_numbers_on_the_page_are_exact_behind_the_rounding(variant: Variant, section: Section) -> None:
    """Each coefficient's exact value stands in the page beside the rounded one."""
    view = methods_view(variant("promethee"))
    values = [float(node.get("value")) for node in section("methods", methods=view).iter("data")]
    assert values == [
        number for row in view.rows for number in (row.kendall, row.weighted_spearman, row.ws, row.overlap)
    ]


def test_the_overlap_says_of_what_it_is_a_share(variant: Variant, section: Section) -> None:
    """Two of three in common are 50 %, because four stand in either."""
    view = methods_view(variant("promethee"))
    vikor = next(row for row in view.rows if row.name == "vikor")
    assert vikor.overlap == 0.5
    assert "how many molecules are in both first 3, as a share of those in either" in text(
        section("methods", methods=view)
    )


def test_incomparable_pairs_are_those_of_the_relation(variant: Variant) -> None:
    """Every pair that PROMETHEE I marks R is counted once, best first, and no other."""
    decision = variant("promethee")
    view = methods_view(decision).partial
    assert view is not None
    assert decision.partial is not None
    pairs = {frozenset(pair) for pair in decision.partial.incomparable}
    assert {frozenset(pair) for pair in view.examples} == pairs
    assert (view.pairs, view.total, view.molecules) == (len(pairs), 28, 8)
    ranks = decision.ranking.ranks
    assert all(ranks[a] < ranks[b] for a, b in view.examples)


def test_many_pairs_are_counted_and_some_listed(
    decision: Decision, monkeypatch: pytest.MonkeyPatch, section: Section
) -> None:
    """Where pairs are left off the page says how many are listed."""
    labels = decision.ranking.labels
    flow = pd.Series(np.linspace(0, 1, len(labels)), index=labels)
    partial = PartialOrder("promethee-i", labels, flow, flow)
    monkeypatch.setattr(module, "PAIRS_SHOWN", 4)
    view = methods_view(replace(decision, partial=partial))
    assert view.partial is not None
    assert (view.partial.pairs, view.partial.total, len(view.partial.examples)) == (21, 21, 4)
    words = text(section("methods", methods=view))
    assert "leaves 21 of the 21 pairs among the best 7 molecules incomparable" in words
    assert "The first 4 are listed." in words


def test_an_order_without_incomparable_pairs_says_none(decision: Decision, section: Section) -> None:
    """Zero pairs are zero, without an empty list."""
    labels = decision.ranking.labels
    flow = pd.Series(np.linspace(0, 1, len(labels)), index=labels)
    view = methods_view(replace(decision, partial=PartialOrder("promethee-i", labels, flow, 1 - flow)))
    assert view.partial is not None
    assert (view.partial.pairs, view.partial.examples) == (0, ())
    tree = section("methods", methods=view)
    assert "leaves 0 of the 21 pairs" in text(tree)
    assert not [node for node in tree.iter("ul") if node.get("class") == "pairs"]


def test_the_figure_names_methods_as_people_do(decision: Decision) -> None:
    """The picture's words hold every method's title and the coefficients to two places."""
    figure = methods_view(decision).figure
    assert figure is not None
    assert decision.agreement is not None
    tau = decision.agreement.kendall_tau_b
    for name in decision.others:
        assert f"TOPSIS and {method_title(name)} {tau.loc['topsis', name]:.2f}" in figure.alt


def test_titles_are_those_of_the_registry(decision: Decision) -> None:
    """No method is shown by its internal name."""
    titles = {spec.title for spec in methods().values()}
    view = methods_view(decision)
    assert set(view.head) <= titles
    assert {row.title for row in view.rows} <= titles


def test_hostile_reasons_are_text(decision: Decision, section: Section) -> None:
    """What a refused method says of the user's data is escaped."""
    evil = "<img src=x onerror=alert(1)>"
    view = methods_view(replace(decision, refused={"vikor": evil}))
    tree = section("methods", methods=view)
    assert evil in text(tree)
    assert all(node.get("src", "").startswith("data:image/svg+xml;base64,") for node in tree.iter("img"))
