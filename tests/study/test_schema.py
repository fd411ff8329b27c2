"""The form of study.yaml: defaults, limits, short forms, and the JSON Schema editors use."""

from __future__ import annotations

import copy
import math
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from tests.builders import STUDY

from weighbridge.core.criterion import PREFERENCE_PARAMETERS
from weighbridge.study import schema
from weighbridge.study.schema import (
    SCHEMA_VERSION,
    CardEntry,
    Choose,
    CriterionFile,
    ExpertFile,
    Gate,
    Group,
    Molecules,
    PartCard,
    Predictions,
    PreferenceFile,
    RankingFile,
    RecordsTable,
    StudyFile,
    Table,
    TrustFile,
    json_schema,
)

EDITOR = jsonschema.Draft202012Validator(json_schema())
PARTS = [
    part
    for part in vars(schema).values()
    if isinstance(part, type) and issubclass(part, schema.Part) and part is not schema.Part
]
REQUIRED = ("schema", "title", "question", "choose", "molecules", "sources", "criteria", "tree")
CHILD_NAMES = st.lists(st.sampled_from(["a", "b", "c", "d", "weights", "1"]), min_size=1, max_size=4, unique=True)


def study(**changes: Any) -> dict[str, Any]:
    """Return the small study's document with other keys at its top."""
    return {**copy.deepcopy(STUDY), **changes}


def errors(part: type[BaseModel], value: Any) -> list[tuple[tuple[str | int, ...], str]]:
    """Return place and kind of everything that is wrong with a value."""
    with pytest.raises(ValidationError) as caught:
        part.model_validate(value)
    return [(one["loc"], one["type"]) for one in caught.value.errors()]


def words(part: type[BaseModel], value: Any) -> str:
    """Return the one message of a value that is refused in our own words."""
    with pytest.raises(ValidationError) as caught:
        part.model_validate(value)
    (one,) = caught.value.errors()
    return str(one["ctx"]["error"])


def test_the_small_study_has_the_form() -> None:
    """Written out and read again it is the same."""
    file = StudyFile.model_validate(STUDY)
    assert StudyFile.model_validate(file.model_dump(by_alias=True)) == file
    assert file.schema_ == SCHEMA_VERSION


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_part_refuses_unknown_keys(part: type[BaseModel]) -> None:
    """A misspelt key is a fault and never dropped."""
    assert ((("nonsense",), "extra_forbidden")) in errors(part, {"nonsense": 1})


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_part_is_described(part: type[BaseModel]) -> None:
    """Each has a sentence of its own, which editors show."""
    assert part.__doc__
    assert part.__doc__ != schema.Part.__doc__
    assert part.__doc__.strip().endswith(".")


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_part_is_frozen(part: type[BaseModel]) -> None:
    """What was read is what is decided on."""
    assert part.model_config["frozen"] is True


def test_what_may_be_left_out_has_these_defaults() -> None:
    """Each of them is a convention a reader can look up here."""
    file = StudyFile.model_validate(
        {
            key: STUDY[key]
            for key in ("schema", "title", "question", "choose", "molecules", "sources", "criteria", "tree")
        }
    )
    assert (file.match, file.note, file.panel, file.judgements, file.gates) == ("id", "", (), (), ())
    assert (file.threshold, file.year, file.bridging, file.context) == (None, None, None, {})
    assert (file.ranking.method, file.ranking.parameters) == ("topsis", {})
    assert file.ranking.compare == ("promethee-ii", "weighted-sum", "borda", "vikor")
    assert (file.trust.use, file.trust.lambda_, file.trust.tree) == ("rated", 0.5, {})


def test_the_molecules_id_column_is_id_unless_named() -> None:
    """Other tables say nothing and take the molecule table's."""
    assert Molecules(file="m.csv").id == "id"
    assert Table(file="m.csv").id is None


def test_the_defaults_of_the_small_parts() -> None:
    """A member of the panel counts once, a gate refuses the unknown, a cap is by scaffold."""
    assert ExpertFile(name="Ada").weight == 1
    assert Gate(name="g", reason="r").missing == "refuse"
    assert (Choose(k=1).cap, Choose(k=1).series, Choose(k=1).tie_rule) == (None, "scaffold", None)
    assert Group(children={}).weights == "judged"
    assert CriterionFile().model_dump(exclude_none=True) == {"reason": ""}
    assert RankingFile().method in RankingFile().model_dump()["method"]


@pytest.mark.parametrize("value", [0, -1, 2.0, "3", True, None])
def test_k_is_a_whole_number_from_one(value: Any) -> None:
    """Neither a truth value nor a text passes for one."""
    assert errors(Choose, {"k": value})
    marked = list(EDITOR.iter_errors(study(choose={"k": value})))
    assert marked or value == 2.0  # to JSON Schema 2.0 is a whole number


@pytest.mark.parametrize("value", [1, 8, 10**6])
def test_a_plain_number_chooses_as_many(value: int) -> None:
    """`choose: 3` is `choose: {k: 3}`."""
    assert StudyFile.model_validate(study(choose=value)).choose == Choose(k=value)


def test_numbers_are_not_read_from_text_or_truth_values() -> None:
    """`worst: "4"` and `worst: true` are slips."""
    for value in ("4", True, [4]):
        assert errors(CriterionFile, {"worst": value})[0][0] == ("worst",)
    assert CriterionFile(worst=4).worst == 4.0


@pytest.mark.parametrize(("value", "wrong"), [(0, False), (1, False), (0.3, False), (-0.01, True), (1.01, True)])
def test_lambda_is_between_nothing_and_one(value: float, wrong: bool) -> None:
    """Its ends are judged and rated."""
    if wrong:
        assert errors(TrustFile, {"lambda": value})[0][0] == ("lambda",)
    else:
        assert TrustFile.model_validate({"lambda": value}).lambda_ == value


def test_lambda_that_is_no_number_is_refused() -> None:
    """Not a number is neither below nor above an end, and still no λ."""
    assert errors(TrustFile, {"lambda": math.nan})


@pytest.mark.parametrize("word", ["not recorded", "Not Recorded", "  NOT RECORDED "])
def test_not_recorded_is_none_however_it_is_written(word: str) -> None:
    """A condition nobody wrote down is told apart from every value."""
    assert PartCard.model_validate({"context": {"ph": word}}).context == {"ph": None}


@pytest.mark.parametrize("value", ["not-recorded", "none", "7.4", 7.4, 7, None, ""])
def test_other_conditions_stay_as_they_are(value: Any) -> None:
    """Words stay words and numbers numbers."""
    assert PartCard.model_validate({"context": {"ph": value}}).context == {"ph": value}


@pytest.mark.parametrize("value", [True, False])
def test_a_truth_value_is_no_condition(value: bool) -> None:
    """It would pass for 1 or 0."""
    assert words(PartCard, {"context": {"serum": value}}) == (
        "a condition is a word, a number or `not recorded`; put true and false in quotes"
    )


def test_a_column_alone_stands_for_a_quantity_without_a_unit() -> None:
    """In predictions and records alike."""
    plain = Predictions.model_validate({"file": "p.csv", "score": "x"})
    assert plain == Predictions.model_validate({"file": "p.csv", "score": {"column": "x"}})
    assert (plain.score.unit, plain.score.to) == ("", "")
    assert RecordsTable.model_validate({"file": "r.csv", "value": "x"}).value == plain.score
    assert RecordsTable(file="r.csv").value is None


def test_a_card_entry_says_where_its_number_comes_from() -> None:
    """Without that it is not accepted; `from` is a word of Python and read by its alias."""
    assert CardEntry.model_validate({"value": 0.7, "from": "paper"}).from_ == "paper"
    assert errors(CardEntry, {"value": 0.7}) == [(("from",), "missing")]


@pytest.mark.parametrize(("part", "value"), [(Gate, {"name": "g"}), (Gate, {"name": "g", "reason": ""})])
def test_what_is_decided_by_hand_needs_a_reason(part: type[BaseModel], value: Any) -> None:
    """A gate without one is refused, also an empty one."""
    assert errors(part, value)[0][0] == ("reason",)


def test_every_preference_function_there_is_may_be_named() -> None:
    """The form and the core know the same words."""
    for name in PREFERENCE_PARAMETERS:
        assert PreferenceFile.model_validate({"function": name}).function == name
    assert errors(PreferenceFile, {"function": "cubic"}) == [(("function",), "literal_error")]


def test_an_expert_may_weigh_nothing_and_not_less() -> None:
    """Zero is an observer."""
    assert ExpertFile(name="Ada", weight=0).weight == 0
    assert errors(ExpertFile, {"name": "Ada", "weight": -0.1})[0][0] == ("weight",)
    assert errors(ExpertFile, {"name": ""}) == [(("name",), "string_too_short")]
    assert errors(ExpertFile, {"name": "x" * 201}) == [(("name",), "string_too_long")]


@given(CHILD_NAMES)
def test_a_list_of_names_and_a_mapping_are_one_tree(names: list[str]) -> None:
    """In any order, at the root and in a group."""
    for wrap in (
        lambda tree: tree,
        lambda tree: [{"top": {"children": tree}}],
        lambda tree: {"top": {"children": tree}},
    ):
        short, long = (TrustFile(tree=wrap(tree)).tree for tree in (names, dict.fromkeys(names)))
        assert short == long
        group = short.get("top")
        assert list(group.children if group is not None else short) == names


def test_groups_may_be_nested_in_any_form() -> None:
    """Lists in mappings in lists: the long form behind all of them is one."""
    long = {"g": {"children": {"a": None, "h": {"children": {"b": None}}}}}
    for tree in (long, [{"g": ["a", {"h": ["b"]}]}], {"g": {"children": ["a", {"h": {"children": {"b": None}}}]}}):
        assert TrustFile(tree=tree).tree == TrustFile(tree=long).tree
        assert not list(EDITOR.iter_errors(study(tree=tree)))


def test_a_group_keeps_its_words_in_the_short_form_of_its_children() -> None:
    """Only the children are rewritten."""
    tree = TrustFile(tree=[{"g": {"title": "Both", "weights": {"a": 1}, "reason": "so", "children": ["a"]}}]).tree
    group = tree["g"]
    assert group is not None
    assert (group.title, group.weights, group.reason, list(group.children)) == ("Both", {"a": 1.0}, "so", ["a"])


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ("goal", "a list or a mapping of criteria and groups is expected"),
        (7, "a list or a mapping of criteria and groups is expected"),
        (None, "a list or a mapping of criteria and groups is expected"),
        (["a", "a"], "the child 'a' stands twice"),
        ([{"a": ["x"]}, "a"], "the child 'a' stands twice"),
        ([["a"]], "a child is a criterion's name, or one group as `name: …`"),
        ([{}], "a child is a criterion's name, or one group as `name: …`"),
        ([{"a": None, "b": None}], "a child is a criterion's name, or one group as `name: …`"),
        ([7], "a child is a criterion's name, or one group as `name: …`"),
        ([None], "a child is a criterion's name, or one group as `name: …`"),
    ],
)
def test_what_is_no_tree_is_refused_in_our_words(tree: Any, message: str) -> None:
    """A user reads what a child is, not what a validator expected."""
    assert words(TrustFile, {"tree": tree}) == message


@pytest.mark.parametrize("key", ["sources", "criteria", "tree"])
def test_a_study_has_at_least_one_of_each(key: str) -> None:
    """An empty mapping is told at its key."""
    assert (((key,), "too_short")) in errors(StudyFile, study(**{key: {}}))


@pytest.mark.parametrize("key", REQUIRED)
def test_what_a_study_cannot_do_without(key: str) -> None:
    """The form says so, and an editor marks it."""
    document = study()
    del document[key]
    assert errors(StudyFile, document) == [((key,), "missing")]
    assert [error.validator for error in EDITOR.iter_errors(document)] == ["required"]


def test_the_published_schema_knows_every_key() -> None:
    """By the names users write: `schema`, `lambda` and `from`, and not Python's."""
    published = json_schema()
    assert list(published["properties"]) == [field.alias or name for name, field in StudyFile.model_fields.items()]
    assert "lambda" in published["$defs"]["TrustFile"]["properties"]
    assert "from" in published["$defs"]["CardEntry"]["properties"]
    assert not [name for part in published["$defs"].values() for name in part.get("properties", {}) if name[-1] == "_"]


def test_the_published_schema_is_closed() -> None:
    """Every part refuses unknown keys in an editor too."""
    published = json_schema()
    parts = {name: part for name, part in published["$defs"].items() if part.get("type") == "object"}
    assert [name for name, part in parts.items() if part.get("additionalProperties") is not False] == []
    assert published["additionalProperties"] is False


def test_every_reference_of_the_published_schema_leads_somewhere() -> None:
    """No part was renamed behind another's back."""
    published = json_schema()

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [found for child in value.values() for found in references(child)]
        return [found for child in value for found in references(child)] if isinstance(value, list) else []

    assert {found.removeprefix("#/$defs/") for found in references(published)} <= set(published["$defs"])


def test_asking_for_the_schema_twice_gives_two_that_are_equal() -> None:
    """A caller may change the one it was given."""
    first = json_schema()
    first["properties"].clear()
    assert json_schema() == json_schema()
    assert json_schema()["properties"]


@pytest.mark.parametrize("where", ["title", "match", "panel", "sources"])
@pytest.mark.parametrize("value", [7, True, [[1]], {"x": {"y": 1}}])
def test_an_editor_marks_what_the_form_refuses(where: str, value: Any) -> None:
    """Values of the wrong kind, in any place."""
    document = study(**{where: value})
    assert errors(StudyFile, document)
    assert list(EDITOR.iter_errors(document))
