"""What the sections are made of: ranking rows, contexts, methods, sources and conventions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from weighbridge.core.ranking import ChosenSet
from weighbridge.evidence.source import Context, Records, Source
from weighbridge.methods.registry import rank
from weighbridge.report import rows as rows_module
from weighbridge.report.context_view import context_table
from weighbridge.report.methods_view import methods_view
from weighbridge.report.reproduce_view import conventions, reproduce_view, versions
from weighbridge.report.rows import ranking_table, shown_labels
from weighbridge.report.sources_view import source_cards
from weighbridge.report.trust_view import trust_view
from weighbridge.report.weights_view import criteria_views, tree_views
from weighbridge.study.decision import Decision


def with_sources(decision: Decision, sources: dict[str, Source], wanted: dict[str, Any]) -> Decision:
    """Return the decision with other sources and another context."""
    setting = replace(decision.study.setting, context=Context(wanted))
    return replace(decision, study=replace(decision.study, sources=sources, setting=setting))


def source(conditions: dict[str, Any], **more: Any) -> Source:
    return Source("s", "S", "binary", "probability", context=Context(conditions), **more)


def cells(decision: Decision) -> dict[str, list[tuple[str, str]]]:
    return {name: [(cell.state, cell.words) for cell in found] for name, _, found in context_table(decision).rows}


def test_rows_are_best_first_and_whole(decision: Decision) -> None:
    """Rank, score, choice and values of each row are the decision's."""
    table = ranking_table(decision)
    order = decision.ranking.labels[decision.ranking.order]
    assert [row.label for row in table.rows] == list(order)
    assert [row.label for row in table.rows if row.chosen] == list(decision.chosen.chosen)
    assert table.rest == ()
    assert table.left_off == 0
    assert sum(row.cut_below for row in table.rows) == 1
    assert dict(table.rows[0].values)["cost"].endswith("EUR")


def test_what_is_not_shown_whole_is_folded_and_then_counted(
    decision: Decision, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No molecule is lost between the table, the folded rest and the count of those left off."""
    monkeypatch.setattr(rows_module, "AFTER_THE_CUT", 1)
    monkeypatch.setattr(rows_module, "FOLDED_AT_MOST", 2)
    table = ranking_table(decision)
    assert (len(table.rows), len(table.rest), table.left_off) == (4, 2, 1)
    assert [place.rank for place in table.rest] == sorted(place.rank for place in table.rest)
    assert len(shown_labels(decision, 2)) == 2


def test_a_capped_choice_shows_all_that_were_chosen(decision: Decision) -> None:
    """A molecule far down that a cap let in is still shown, and who was passed over says why."""
    labels = list(decision.ranking.labels[decision.ranking.order])
    chosen = ChosenSet((labels[0], labels[-1]), passed_over={labels[1]: "series 'acids' is full"})
    table = ranking_table(replace(decision, chosen=chosen))
    assert table.rows[-1].chosen
    assert table.rows[1].passed_over == "series 'acids' is full"


def test_promethee_bars_start_at_zero_on_both_sides(decision: Decision) -> None:
    """Negative flows grow to the left, positive ones to the right, and the parts add up to the net flow."""
    ranking = rank(decision.matrix, decision.weights, "promethee-ii")
    table = ranking_table(replace(decision, ranking=ranking))
    for row in table.rows:
        assert sum(piece.contribution for piece in row.segments) == pytest.approx(row.score, abs=1e-12)
        assert all(-1e-9 <= piece.left <= 100 for piece in row.segments)
        right = [piece for piece in row.segments if piece.contribution > 0]
        left = [piece for piece in row.segments if piece.contribution < 0]
        if right and left:
            assert min(piece.left for piece in right) >= max(piece.left + piece.width for piece in left) - 1e-9


@pytest.mark.parametrize(
    ("stated", "wanted", "state"),
    [
        ("HEK293", "hek293", "match"),
        ("CHO", "HEK293", "differs"),
        (None, "HEK293", "not recorded"),
        ("not recorded", "HEK293", "not recorded"),
        ("HEK293", None, "not recorded"),
    ],
)
def test_conditions_match_differ_or_are_not_recorded(decision: Decision, stated: Any, wanted: Any, state: str) -> None:
    """One word for each condition, and silence on either side is not recorded."""
    found = cells(with_sources(decision, {"s": source({"cell_line": stated})}, {"cell_line": wanted}))
    assert found["cell line"][0][0] == state


def test_conditions_of_single_records_are_summed_up(decision: Decision) -> None:
    """Where records differ the cell is mixed and says how many state what."""
    conditions = pd.DataFrame({"ph": [7.4, 7.4, 6.5, None]})
    records = Records(pd.DataFrame(index=range(4)), (("A",), ("A",), ("B",), ("B",)), conditions)
    found = cells(with_sources(decision, {"s": source({}, records=records)}, {"ph": 7.4}))["ph"]
    assert found == [
        ("mixed", "7.4 (50\u00a0%), 6.5 (25\u00a0%), not recorded (25\u00a0%)"),
        ("match", "7.4 (100\u00a0%)"),
        ("mixed", "6.5 (50\u00a0%), not recorded (50\u00a0%)"),
    ]


def test_a_condition_of_the_decision_alone_is_still_a_row(decision: Decision) -> None:
    """What only the decision states is not recorded by any source."""
    found = cells(with_sources(decision, {"s": source({})}, {"buffer": "PBS"}))
    assert [state for state, _ in found["buffer"]] == ["not recorded"]


def test_parts_with_contexts_of_their_own_have_columns(decision: Decision) -> None:
    """A part's own condition stands over that of the whole source."""
    pooled = source({"cell_line": "CHO"}, part_contexts={"A1": Context({"cell_line": "HEK293"})})
    table = context_table(with_sources(decision, {"s": pooled}, {"cell_line": "HEK293"}))
    assert table.head == (("S", ""), ("S", "A1"))
    assert [cell.mark for cell in table.rows[0][2]] == ["≠", "✓"]


def test_incomparable_pairs_are_those_of_promethee_one(decision: Decision) -> None:
    """Every pair listed is marked R in the partial order, and all such pairs are counted."""
    assert decision.partial is not None
    view = methods_view(decision).partial
    assert view is not None
    assert view.pairs == len(decision.partial.incomparable)
    assert view.total == 21
    assert all(decision.partial.relation.loc[a, b] == "R" for a, b in view.examples)


def test_refused_methods_keep_their_reason(decision: Decision) -> None:
    """A method that could not be used is named as people know it."""
    view = methods_view(replace(decision, refused={"vikor": "no spread"}, agreement=None, partial=None))
    assert view.refused == (("VIKOR", "no spread"),)
    assert (view.rows, view.figure, view.partial) == ((), None, None)


def test_criteria_carry_their_findings_and_departures(decision: Decision) -> None:
    """Warnings stand at the criterion they are about, and changes of the library are said."""
    views = {view.name: view for view in criteria_views(decision)}
    found = {finding.subject for finding in decision.findings} & set(views)
    assert found
    for name in found:
        assert views[name].warnings == tuple(one for one in decision.findings if one.subject == name)
    assert any(text.startswith("worst: 4") for text in views["internal_score"].departures)


def test_all_three_trees_are_shown_with_their_nodes(decision: Decision) -> None:
    """The value tree, the indicators and the sources: each node with both methods' weights."""
    views = tree_views(decision)
    assert [view.title for view in views] == [
        "The criteria",
        "How the sources' reliability is rated",
        "The sources themselves",
    ]
    judged = next(node for node in views[0].nodes if node.name == "practical")
    report = decision.tree.nodes["practical"]
    assert report.llsm is not None
    assert [child[2] for child in judged.children] == list(report.llsm.values())
    assert judged.figure is not None
    assert judged.remarks[0] == f"{report.answers} answers"
    trusted = next(node for node in views[0].nodes if node.name == "evidence")
    assert (trusted.weighting, trusted.figure) == ("the sources' trust shares", None)


def test_a_study_without_indicators_or_direct_comparison_is_shown(decision: Decision) -> None:
    """What is not there is left out, and the cards say that the source is not rated."""
    trust = replace(decision.trust, judged=None, rated=None, rule="single")
    bare = replace(decision, trust=trust, indicators=None, sources=None, blends={})
    assert len(tree_views(bare)) == 1
    assert trust_view(bare).blends is None
    assert [row.rated for row in trust_view(bare).rows] == [None, None]
    assert [card.indicators for card in source_cards(bare, {})] == [(), ()]


def test_conventions_name_method_rules_and_ties(decision: Decision) -> None:
    """Normalization, tie rule and missing-data rules are those of this study."""
    found = {one.subject: one.text for one in conventions(decision)}
    assert found["Method"] == "TOPSIS"
    assert found["Parameter normalization"] == "bounds"
    assert found["Tie at the cut"] == "broken by the order of the rows"
    assert "cost: refused (0 missing)" in found["Missing values"]


def test_versions_are_those_installed(decision: Decision) -> None:
    """Python and every package that makes a number are listed."""
    import numpy as np

    assert versions()["numpy"] == np.__version__
    view = reproduce_view(decision)
    assert view.key == decision.study.key
    assert dict(view.inputs) == dict(decision.study.inputs)
