"""A decision as a reader meets it: its frame, its weights, how it shows itself, and that it is frozen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path

import numpy as np
import pytest
from tests.builders import LEFT_OUT

from weighbridge.errors import InputError
from weighbridge.study.decision import Decision, Exclusion
from weighbridge.study.study import Study

Load = Callable[..., Study]


def retitled(decided: Decision, title: str) -> Decision:
    """Return the decision of the same study under another title."""
    file = decided.study.file.model_copy(update={"title": title})
    return replace(decided, study=replace(decided.study, file=file))


def test_the_frame_is_the_ranking_best_first(decided: Decision) -> None:
    """Ranks rise from row to row, and the scores are the ranking's."""
    frame = decided.to_frame()
    assert frame["rank"].is_monotonic_increasing
    assert frame["rank"].iloc[0] == 1
    assert frame["score"].to_dict() == pytest.approx(
        dict(zip(decided.matrix.labels, decided.ranking.scores, strict=True))
    )


def test_the_columns_stand_in_a_fixed_order(decided: Decision) -> None:
    """First the result, then who it is, then the numbers behind it."""
    assert list(decided.to_frame().columns) == [
        "rank",
        "score",
        "tied",
        "chosen",
        "name",
        "series",
        "smiles",
        "public_score",
        "internal_score",
        "solubility",
        "cost",
    ]
    assert decided.to_frame().index.name == "id"


def test_every_ranked_molecule_stands_in_the_frame_once(decided: Decision) -> None:
    """None is lost and none doubled."""
    assert sorted(decided.to_frame().index) == [f"M{number}" for number in range(1, 9)]


def test_the_chosen_are_marked(decided: Decision) -> None:
    """The column says which molecules come next."""
    frame = decided.to_frame()
    assert set(frame.index[frame["chosen"]]) == set(decided.chosen.chosen)
    assert frame["chosen"].sum() == 3


def test_names_and_numbers_stand_at_their_molecule(decided: Decision) -> None:
    """Sorting moves whole rows: each keeps its own name and values."""
    frame = decided.to_frame()
    assert frame.loc["M4", ["name", "series"]].tolist() == ["caffeine", "xanthines"]
    assert frame.loc["M7", ["solubility", "cost"]].tolist() == [180, 20]
    assert frame["internal_score"].to_dict()["M3"] == 7.0


def test_the_structures_shown_are_standardised(decided: Decision) -> None:
    """What is shown is what was weighed."""
    frame = decided.to_frame()
    assert frame["smiles"].to_dict() == decided.study.molecules["smiles"].to_dict()


def test_columns_nobody_filled_are_left_out(load: Load) -> None:
    """Without names and structures there are no empty columns."""
    changes = {
        "molecules": {"file": "molecules.csv", "id": "id"},
        "choose": {"k": 3, "tie_rule": "order"},
    }
    columns = list(load(changes).decide().to_frame().columns)
    assert columns[:4] == ["rank", "score", "tied", "chosen"]
    assert not {"name", "series", "smiles"} & set(columns)


def test_the_frame_is_the_reader_s_own(decided: Decision) -> None:
    """Changing it changes nothing in the decision."""
    frame = decided.to_frame()
    frame["score"] = 0.0
    assert not np.array_equal(decided.to_frame()["score"], frame["score"])


def test_the_weights_are_the_leaves_of_the_tree(decided: Decision) -> None:
    """One number a criterion, that of the value tree."""
    assert decided.weights is decided.tree.leaves
    assert tuple(decided.weights) == decided.study.tree.leaves


def test_a_decision_explains_molecules_and_criteria(decided: Decision) -> None:
    """Either by the one method; an unknown name is refused."""
    assert "M4" in str(decided.explain("M4"))
    assert "cost" in str(decided.explain("cost"))
    with pytest.raises(InputError, match="M44"):
        decided.explain("M44")


@pytest.mark.parametrize("title", ["<script>alert(1)</script>", "a & b", '"x" <b>'])
def test_a_title_is_text_in_a_notebook(decided: Decision, title: str) -> None:
    """It comes from a file, and a file may not put code into a colleague's notebook."""
    page = retitled(decided, title)._repr_html_()
    assert title not in page
    assert page.startswith("<p>")
    assert "&lt;" in page or "&amp;" in page


def test_a_notebook_shows_the_ranking_under_the_title(decided: Decision) -> None:
    """Title first, then the table."""
    page = decided._repr_html_()
    assert page.startswith("<p>Small study</p><table")
    assert page.index("M4") > page.index("score")


def test_a_notebook_shows_twenty_molecules_at_most(decided: Decision, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library of thousands does not fill the page."""
    long = decided.to_frame().sample(50, replace=True, random_state=1)
    monkeypatch.setattr(Decision, "to_frame", lambda self: long)
    assert decided._repr_html_().count("<tr") == 22 - (long.index.name is None)


def test_a_decision_is_frozen(decided: Decision) -> None:
    """What was decided is not changed afterwards."""
    with pytest.raises(FrozenInstanceError):
        decided.chosen = None  # type: ignore[assignment, misc]
    with pytest.raises(FrozenInstanceError):
        Exclusion("M1", "soluble", "3", "needed").gate = "x"  # type: ignore[misc]


def test_every_part_is_described(decided: Decision) -> None:
    """The documentation names each attribute there is."""
    text = Decision.__doc__ or ""
    assert [field.name for field in fields(Decision) if field.name not in text] == []


def test_an_exclusion_says_who_why_and_what_was_found(load: Load) -> None:
    """A molecule that fails a gate is not ranked and stands in the list with the gate's words."""
    gate = {"name": "soluble", "column": "solubility", "at_least": 50, "reason": "the assay needs it"}
    decision = load({"gates": [gate]}).decide()
    assert {one.molecule for one in decision.excluded} == {"M3", "M5"}
    assert {(one.gate, one.reason) for one in decision.excluded} == {("soluble", "the assay needs it")}
    assert {one.molecule: one.found for one in decision.excluded}["M3"].startswith("40")
    assert not {"M3", "M5"} & set(decision.to_frame().index)


def test_two_exclusions_with_the_same_words_are_equal() -> None:
    """A record compares them by content."""
    assert Exclusion("M1", "g", "3", "r") == Exclusion("M1", "g", "3", "r")
    assert len({Exclusion("M1", "g", "3", "r"), Exclusion("M1", "g", "3", "r")}) == 1


def test_what_a_study_has_not_is_none(load: Load) -> None:
    """No direct comparison, no partial order: None and not an empty one."""
    decision = load({"ranking": {"method": "topsis", "compare": []}}).decide()
    assert decision.sources is None
    assert decision.partial is None
    assert decision.agreement is None
    assert decision.others == {}
    assert decision.indicators is not None


def test_a_promethee_ranking_brings_its_partial_order(load: Load) -> None:
    """PROMETHEE I stands beside PROMETHEE II."""
    decision = load({"ranking": {"method": "promethee-ii", "compare": []}}).decide()
    assert decision.partial is not None
    assert list(decision.partial.labels) == list(decision.matrix.labels)


def test_the_order_of_the_tables_does_not_change_the_frame(decided: Decision, small_study: Callable[..., Path]) -> None:
    """Molecules written the other way round are ranked alike (ties apart, of which there are none)."""
    from tests.builders import MOLECULES

    head, *rows = MOLECULES.splitlines()
    study = Study.load(small_study(files={"molecules.csv": "\n".join([head, *reversed(rows)]) + "\n"}))
    again = study.decide().to_frame()
    assert not decided.to_frame()["tied"].any()
    assert again.index.tolist() == decided.to_frame().index.tolist()
    assert again["score"].tolist() == pytest.approx(decided.to_frame()["score"].tolist())


def test_a_study_without_series_has_no_such_column(load: Load) -> None:
    """Names stay where only the series is left out."""
    changes = {"molecules.series": LEFT_OUT, "choose": {"k": 3, "tie_rule": "order"}}
    columns = load(changes).decide().to_frame().columns
    assert "name" in columns
    assert "series" not in columns


def test_a_decision_in_one_line(decided: Decision) -> None:
    """What was chosen, how, and how many were not ranked."""
    assert repr(decided) == "Decision('Small study': 3 of 8 chosen by topsis, 0 excluded by gates)"
