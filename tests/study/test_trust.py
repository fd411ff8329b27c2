"""The trust layer of a study: who said what of the sources, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.builders import JUDGEMENTS

from weighbridge.core.judgement import Judgement
from weighbridge.core.weights import Weights
from weighbridge.errors import InputError
from weighbridge.evidence.library import LibraryCriterion, load_library
from weighbridge.study.schema import TrustFile
from weighbridge.study.study import Study
from weighbridge.study.trust import (
    SOURCES_NODE,
    judgements_at,
    tree_of_sources,
    trust_definitions,
    weigh_reliability,
    weigh_sources,
)

Library = Mapping[str, LibraryCriterion]

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"n_molecule": {"worst": 1}}, "unknown indicator; found 'n_molecule'. Did you mean 'n_molecules'?"),
    ({"qqqq": {"worst": 1}}, "unknown indicator; found 'qqqq'"),
    (
        {"n_molecules": {"worst": 5, "best": 5}},
        "worst equals best, so the criterion cannot tell molecules apart; found worst = best = 5; "
        "expected two different values",
    ),
    (
        {"n_molecules": {"worst": 50, "best": 5}},
        "the declared range contradicts the direction 'gain'; found worst=50, best=5; expected best > worst",
    ),
    (
        {"n_molecules": {"direction": "cost", "unit": "x"}},
        "the study cannot change this of the indicator 'n_molecules'; found direction, unit; "
        "expected one of worst, best, title, definition, question, reason",
    ),
]


@pytest.fixture(scope="module")
def library() -> Library:
    """Return the criteria library."""
    return load_library()


@pytest.fixture(scope="module")
def judged(small: Study) -> Study:
    """Return the small study in which Ada and Ben compare the sources directly."""
    said = small.judgements
    template = said[0]
    direct = tuple(
        replace(template, expert=expert, node=SOURCES_NODE, a="public", b="internal", value=value, reason="")
        for expert, value in (("Ada", 4.0), ("Ben", 1.0))
    )
    return replace(small, judgements=(*said, *direct))


def with_trust(study: Study, **trust: Any) -> Study:
    """Return a study with another trust block."""
    file = study.file.model_copy(update={"trust": TrustFile.model_validate(trust)})
    return replace(study, file=file)


def refusal(read: Callable[[], object]) -> list[str]:
    """Return the messages something is refused with."""
    with pytest.raises(InputError) as caught:
        read()
    return [str(fault) for fault in caught.value.faults]


def test_judgements_are_sorted_by_their_tree(small: Study) -> None:
    """Those of the value tree and those of the indicators are all there are, each once and in order."""
    assert small.trust_tree is not None
    rank, trust = judgements_at(small.judgements, small.tree), judgements_at(small.judgements, small.trust_tree)
    assert [one.node for one in rank] == ["goal"] * 3 + ["practical"] * 3
    assert [one.node for one in trust] == ["trust"] * 3
    assert judgements_at([], small.tree) == []


def test_leaves_are_no_nodes_of_judgements(small: Study) -> None:
    """Nobody compares anything below a criterion."""
    stray = replace(small.judgements[0], node="cost")
    assert judgements_at([stray], small.tree) == []


def test_the_tree_of_sources_has_their_names_and_titles(small: Study) -> None:
    """One leaf a source, in the study's order."""
    tree = tree_of_sources(small)
    assert (tree.root.name, tree.leaves) == ("sources", ("public", "internal"))
    assert [node.title for node in tree.root.children] == ["Public labels", "Own measurements"]


def test_where_nobody_compared_the_sources_there_is_no_such_reading(small: Study) -> None:
    """The indicators were judged, the sources not."""
    indicators, sources = weigh_reliability(small)
    assert indicators is not None
    assert set(indicators.leaves) == {"context_match", "n_molecules"}
    assert sources is None


def test_the_indicators_weigh_what_the_panel_said(small: Study) -> None:
    """3, 1 and 2 times: the geometric mean is the ratio of the two weights (Aczél and Saaty, 1983)."""
    indicators, _ = weigh_reliability(small)
    assert indicators is not None
    ratio = indicators.leaves["context_match"] / indicators.leaves["n_molecules"]
    assert ratio == pytest.approx(6 ** (1 / 3))


def test_the_sources_weigh_what_those_who_compared_them_said(judged: Study) -> None:
    """4 and 1 times give a ratio of 2; who did not answer is not counted as undecided."""
    _, sources = weigh_reliability(judged)
    assert sources is not None
    assert sources.leaves["public"] == pytest.approx(2 / 3)
    assert sources.leaves["internal"] == pytest.approx(1 / 3)


def test_a_study_without_a_trust_tree_has_no_indicators(small: Study) -> None:
    """Neither reading is made up."""
    assert weigh_reliability(replace(small, trust_tree=None)) == (None, None)


def test_faults_of_both_readings_are_told_together(judged: Study) -> None:
    """An unknown indicator and an unknown source, in one run."""
    *said, first, second = judged.judgements
    wrong = replace(said[-1], b="n_molecule")
    study = replace(judged, judgements=(*said[:-1], wrong, first, replace(second, b="external")))
    told = refusal(lambda: weigh_reliability(study))
    assert len(told) == 2
    assert "'n_molecule'" in told[0]
    assert "'external'" in told[1]


def test_one_source_needs_no_comparison(judged: Study) -> None:
    """Judgements about it alone could not be answered and are not weighed."""
    alone = replace(judged, sources={"public": judged.sources["public"]})
    assert weigh_reliability(alone)[1] is None


def test_rated_shares_come_from_the_indicators(small: Study, library: Library) -> None:
    """They sum to one, and the rating is kept behind them."""
    indicators, sources, trust = weigh_sources(small, library)
    assert (trust.rule, sources, trust.judged) == ("rated", None, None)
    assert sum(trust.used.values()) == pytest.approx(1)
    assert trust.rated is not None
    assert indicators is not None
    assert trust.rated.weights is indicators.leaves
    assert dict(trust.used) == pytest.approx(dict(trust.rated.shares))


def test_judged_shares_say_who_compared_the_sources(judged: Study, library: Library) -> None:
    """The provenance speaks of shares and not of weights, and leads to the answers."""
    _, _, trust = weigh_sources(with_trust(judged, use="judged"), library)
    assert trust.rule == "judged"
    assert trust.judged is not None
    line = trust.judged.explain("public")
    assert line.label == "judged share of public"
    assert line.how == "the experts compared the sources directly"
    assert "Ada" in str(line)


def test_renaming_the_shares_changes_no_number(judged: Study, library: Library) -> None:
    """Covariance and degrees of freedom are those of the comparison."""
    _, sources, trust = weigh_sources(with_trust(judged, use="judged"), library)
    assert sources is not None
    assert trust.judged is not None
    assert dict(trust.judged) == dict(sources.leaves)
    assert trust.judged.covariance is sources.leaves.covariance
    assert trust.judged.degrees_of_freedom == sources.leaves.degrees_of_freedom


@pytest.mark.parametrize("lam", [0.0, 0.25, 0.5, 1.0])
def test_a_blend_is_the_weighted_geometric_mean_of_both(judged: Study, library: Library, lam: float) -> None:
    """Share ∝ judged^(1−λ) · rated^λ, computed here by hand."""
    study = with_trust(judged, use="blend", reason="both", **{"lambda": lam})
    trust = weigh_sources(study, library)[2]
    assert trust.judged is not None
    assert trust.rated is not None
    raw = {name: trust.judged[name] ** (1 - lam) * trust.rated.shares[name] ** lam for name in trust.used}
    assert dict(trust.used) == pytest.approx({name: value / sum(raw.values()) for name, value in raw.items()})


@pytest.mark.parametrize("use", ["judged", "blend"])
def test_a_reading_nobody_gave_is_refused_at_the_trust_block(small: Study, library: Library, use: str) -> None:
    """The place is study.yaml, where the reading is asked for."""
    told = refusal(lambda: weigh_sources(with_trust(small, use=use, reason="so"), library))
    assert len(told) == 1
    assert told[0].startswith("study.yaml, line ")
    assert "$.trust: " in told[0]


def test_the_library_is_left_alone(small: Study, library: Library) -> None:
    """A study without changes has the library's definitions; one with changes has its own copy."""
    assert trust_definitions(small, library) == dict(library)
    changed = trust_definitions(with_trust(small, indicators={"n_molecules": {"worst": 1, "best": 10}}), library)
    assert (changed["n_molecules"].worst, changed["n_molecules"].best) == (1, 10)
    assert load_library()["n_molecules"].best == 10000
    assert {key for key in changed if changed[key] != library[key]} == {"n_molecules"}


def test_one_end_of_a_range_may_be_changed_alone(small: Study, library: Library) -> None:
    """The other stays the library's."""
    changed = trust_definitions(with_trust(small, indicators={"n_molecules": {"best": 500}}), library)
    assert (changed["n_molecules"].worst, changed["n_molecules"].best) == (library["n_molecules"].worst, 500)


def test_the_words_of_an_indicator_may_be_changed(small: Study, library: Library) -> None:
    """Title, definition and question; the computation stays."""
    words = {"title": "Size", "definition": "how many", "question": "How much?", "reason": "our words"}
    changed = trust_definitions(with_trust(small, indicators={"n_molecules": words}), library)["n_molecules"]
    assert (changed.title, changed.definition, changed.question) == ("Size", "how many", "How much?")
    assert (
        replace(changed, **{key: getattr(library["n_molecules"], key) for key in ("title", "definition", "question")})
        == (library["n_molecules"])
    )


@pytest.mark.parametrize(("indicators", "message"), REFUSED)
def test_changes_that_mean_nothing_are_refused_at_their_line(
    small: Study, library: Library, indicators: dict[str, Any], message: str
) -> None:
    """A contradictory range had no place, and an indicator's direction was dropped in silence."""
    (told,) = refusal(lambda: trust_definitions(with_trust(small, indicators=indicators), library))
    (key,) = indicators
    where, what = told.split(": ", 1)
    assert what == message
    assert where.startswith("study.yaml, line ")
    assert where.endswith(f"$.trust.indicators.{key}")


def test_all_wrong_changes_are_told_together(small: Study, library: Library) -> None:
    """Each of the table above, in one run."""
    indicators = {"qqqq": {"worst": 1}, "n_molecules": {"worst": 5, "best": 5}, "context_match": {"scale": "ratio"}}
    assert len(refusal(lambda: trust_definitions(with_trust(small, indicators=indicators), library))) == 3


def test_an_indicator_of_the_tree_needs_a_range(small: Study, library: Library) -> None:
    """Where the library leaves it open, the study has to say it, or the range is told as missing."""
    open_ended = {**library, "n_molecules": replace(library["n_molecules"], worst=None, best=None)}
    told = refusal(lambda: trust_definitions(small, open_ended))
    assert told[0].endswith(
        "$.trust.tree: indicator 'n_molecules' has no range; expected worst and best under trust.indicators.n_molecules"
    )
    changed = trust_definitions(with_trust(small, indicators={"n_molecules": {"worst": 1, "best": 9}}), open_ended)
    assert changed["n_molecules"].best == 9


def test_an_indicator_outside_the_tree_needs_none(small: Study, library: Library) -> None:
    """Nobody asks for it."""
    open_ended = {**library, "n_molecules": replace(library["n_molecules"], worst=None, best=None)}
    assert trust_definitions(replace(small, trust_tree=None), open_ended)["n_molecules"].worst is None


def test_the_shares_are_weights_of_the_sources(small: Study, library: Library) -> None:
    """Named by the sources, in the study's order, none negative."""
    used = weigh_sources(small, library)[2].used
    assert isinstance(used, Weights)
    assert tuple(used) == tuple(small.sources)
    assert min(used.values()) >= 0


def test_the_order_of_the_answers_does_not_change_the_shares(small: Study, library: Library) -> None:
    """A file sorted otherwise is the same file to the panel."""
    turned: tuple[Judgement, ...] = tuple(reversed(small.judgements))
    again = weigh_sources(replace(small, judgements=turned), library)[2].used
    assert dict(again) == pytest.approx(dict(weigh_sources(small, library)[2].used), abs=1e-12)
    assert JUDGEMENTS.count("trust") == 3
