"""The criteria library: complete, consistent, and strict about what it reads."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.core.criterion import Criterion, Preference
from weighbridge.errors import InputError
from weighbridge.evidence.indicators import INDICATORS
from weighbridge.evidence.library import GROUPS, criterion_schema, find_criterion, load_library, read_criterion
from weighbridge.resources import criteria_folder

LIBRARY = load_library()
BOUNDED = [criterion for criterion in LIBRARY.values() if criterion.bounded]
FILES = sorted(criteria_folder().glob("**/*.yaml"))
EVERY = pytest.mark.parametrize("criterion", LIBRARY.values(), ids=LIBRARY)


def written(**changes) -> str:
    """Return a valid criterion's file with some fields changed; ... takes a field away."""
    found = yaml.safe_load((criteria_folder() / "data-quality" / "replicate-sd.yaml").read_text(encoding="utf-8"))
    found |= changes
    return yaml.safe_dump({name: value for name, value in found.items() if value is not ...}, sort_keys=False)


def saved(folder: Path, text: str, name: str = "data-quality/replicate-sd.yaml") -> Path:
    path = folder / "criteria" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_every_kind_is_there():
    """The library covers all six kinds, 50 criteria and more."""
    assert {criterion.group for criterion in LIBRARY.values()} == set(GROUPS)
    assert len(LIBRARY) == len(FILES) >= 50


def test_the_library_is_sorted_by_kind_and_id():
    """Listing it always gives the same order."""
    order = [(GROUPS.index(criterion.group), name) for name, criterion in LIBRARY.items()]
    assert order == sorted(order)


def test_only_documents_stand_in_the_library():
    """No code lies under criteria/."""
    assert {path.suffix for path in criteria_folder().glob("**/*") if path.is_file()} == {".yaml", ".md"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_files_fit_the_published_schema(path):
    """Every file is valid under the JSON Schema that editors get."""
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), criterion_schema())


def test_the_schema_is_json():
    """The JSON Schema is plain JSON and names its dialect."""
    schema = json.loads(json.dumps(criterion_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"].endswith("2020-12/schema")


@EVERY
def test_every_indicator_is_computed_in_its_scope(criterion):
    """What the library says has a value for sources or molecules is computed for just those."""
    if criterion.group == "model-score":
        assert criterion.id not in INDICATORS
        return
    indicator = INDICATORS[criterion.id]
    assert indicator.of_sources == (criterion.scope in ("source", "neighbour"))
    assert indicator.of_molecules == (criterion.scope in ("molecule", "neighbour"))


@EVERY
def test_layers_follow_the_scope(criterion):
    """What is constant over molecules weighs sources only; a molecule's value ranks only."""
    expected = {"source": ("trust",), "molecule": ("rank",), "neighbour": ("trust", "rank")}[criterion.scope]
    assert criterion.layers == expected


@EVERY
def test_the_question_names_the_swing(criterion):
    """Experts are asked about the move from worst to best, with no placeholder left over."""
    question = criterion.criterion().question
    assert not re.search(r"[{}]|  ", question)
    assert question.endswith("?")
    if criterion.bounded:
        assert f"{criterion.best:g}" in question
        assert f"{criterion.worst:g}" in question


@EVERY
def test_texts_are_complete(criterion):
    """Title, definition, formula, citation and needs are there, in sentences."""
    assert criterion.title[0].isupper() or criterion.title == "pH"
    assert criterion.definition.endswith(".")
    assert criterion.formula
    assert criterion.citation
    assert criterion.needs


@EVERY
def test_preference_thresholds_fit_the_range(criterion):
    """No default preference threshold is wider than the declared range."""
    if criterion.preference is not None and criterion.bounded:
        assert all(
            value <= abs(criterion.best - criterion.worst) for value in criterion.preference.parameters().values()
        )


def test_only_the_study_knows_a_general_value():
    """Only the general model value leaves its range to the study."""
    assert [name for name, criterion in LIBRARY.items() if not criterion.bounded] == ["model_value"]
    with pytest.raises(InputError, match="Declare worst and best"):
        LIBRARY["model_value"].utility(1.0)
    declared = LIBRARY["model_value"].with_range(-2, 1)
    assert declared.utility(-0.5) == 0.5
    assert "predicts the best instead of the worst" in LIBRARY["model_value"].criterion().question


@pytest.mark.parametrize("criterion", BOUNDED, ids=lambda criterion: criterion.id)
def test_utility_runs_from_worst_to_best(criterion):
    """Worst and all beyond is 0, best and all beyond is 1."""
    beyond = criterion.best - criterion.worst
    assert criterion.utility(criterion.worst) == criterion.utility(criterion.worst - beyond) == 0.0
    assert criterion.utility(criterion.best) == criterion.utility(criterion.best + beyond) == 1.0
    assert criterion.utility(math.copysign(math.inf, beyond)) == 1.0
    assert criterion.utility(math.copysign(math.inf, -beyond)) == 0.0


@given(st.sampled_from(BOUNDED), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_utility_is_monotone_and_a_share(criterion, first, second):
    """A better value is never less useful, and utilities lie within [0, 1]."""
    worse, better = sorted((first, second), reverse=criterion.direction == "cost")
    assert 0 <= criterion.utility(worse) <= criterion.utility(better) <= 1


def test_utility_by_hand():
    """Linear halfway is ½; on the log scale the geometric middle is."""
    assert LIBRARY["replicate_sd"].utility(0.55) == pytest.approx(0.5)
    assert LIBRARY["msr"].utility(math.sqrt(15)) == pytest.approx(0.5)
    assert LIBRARY["record_count"].utility(1000) == pytest.approx(2 / 3)


def test_a_missing_value_has_no_utility():
    """NaN is refused, never taken for 0."""
    with pytest.raises(InputError, match="missing"):
        LIBRARY["brier"].utility(math.nan)


def test_points_are_joined_by_lines(tmp_path):
    """A utility of points is piecewise linear, flat beyond, for falling ones too."""
    text = written(worst=1.0, best=0.0, utility={"shape": "points", "points": [[0, 1], [0.5, 0.25], [1, 0]]})
    criterion = read_criterion(saved(tmp_path, text))
    assert [criterion.utility(value) for value in (-1, 0, 0.25, 0.5, 0.75, 1, 2)] == [1, 1, 0.625, 0.25, 0.125, 0, 0]
    assert criterion.with_range(1.0, 0.0) is criterion
    with pytest.raises(InputError, match="holds for its own range only"):
        criterion.with_range(2.0, 0.0)


def test_another_range_must_fit_the_direction():
    """A cost whose best is above its worst is refused."""
    with pytest.raises(InputError, match="contradicts the direction"):
        LIBRARY["replicate_sd"].with_range(0.1, 1.0)
    assert LIBRARY["replicate_sd"].with_range(2.0, 0.0).utility(1.0) == 0.5


def test_a_criterion_for_the_matrix():
    """The library's words and ranges become a criterion; the study's overrides win and are asked about."""
    criterion = LIBRARY["model_pic50"].criterion()
    assert criterion == Criterion(
        direction="gain",
        unit="pIC50",
        worst=5.0,
        best=9.0,
        preference=Preference("linear", q=0.3, p=1.0),
        scale="interval",
        outside="clip",
        missing="refuse",
        title=criterion.title,
        definition=criterion.definition,
        citation=criterion.citation,
        question="What is it worth that a model predicts a pIC50 of 9 instead of 5?",
    )
    changed = LIBRARY["model_pic50"].criterion(worst=6.0, best=8.5, unit="pKi")
    assert (changed.worst, changed.best) == (6.0, 8.5)
    assert changed.question == "What is it worth that a model predicts a pKi of 8.5 instead of 6?"


def test_a_nearly_right_name_is_suggested():
    """A misspelt criterion is answered with the one that was meant."""
    assert find_criterion(LIBRARY, "msr") is LIBRARY["msr"]
    with pytest.raises(InputError, match="Did you mean replicate_sd"):
        find_criterion(LIBRARY, "replicate-ds")
    with pytest.raises(InputError, match="See `weighbridge criteria`"):
        find_criterion(LIBRARY, "zzzzzz")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "red"}, r"\$\.colour: Extra inputs"),
        ({"title": ...}, r"\$\.title: Field required"),
        ({"schema": 2}, r"\$\.schema: Input should be 1"),
        ({"group": "other"}, r"\$\.group: Input should be .*found 'other'"),
        ({"worst": "1.0"}, r"line \d+, \$\.worst"),
        ({"worst": None}, "both worst and best"),
        ({"worst": 0.05}, "contradicts the direction"),
        ({"worst": 0.1}, "worst equals best"),
        ({"layers": []}, r"\$\.layers"),
        ({"question": "How so?"}, "does not name the range"),
        ({"direction": "up"}, r"\$\.direction"),
        ({"id": "Replicate SD"}, r"\$\.id"),
        ({"utility": {"shape": "points"}}, "that shape needs them"),
        ({"utility": {"shape": "linear", "points": [[0, 1], [1, 0]]}}, "points belong to"),
        ({"utility": {"shape": "points", "points": [[0.1, 1], [0.1, 0.5], [1, 0]]}}, "must rise"),
        ({"utility": {"shape": "points", "points": [[0.1, 1], [0.9, 0]]}}, "begin and end at worst"),
        ({"utility": {"shape": "points", "points": [[0.1, 1], [0.3, 0.2], [0.5, 0.6], [1.0, 0]]}}, "monotone"),
        ({"best": 0.0, "utility": {"shape": "log"}}, "above 0"),
        ({"preference": {"function": "linear", "q": 2.0, "p": 1.0}}, "q is larger than p"),
        ({"preference": {"function": "gaussian"}}, "needs s"),
    ],
)
def test_a_bad_file_is_shown_where_it_is_bad(tmp_path, changes, message):
    """File, line and field of a fault are named."""
    with pytest.raises(InputError, match=message) as caught:
        load_library(saved(tmp_path, written(**changes)).parents[1])
    assert "criteria/data-quality/replicate-sd.yaml" in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path):
    """Two bad files and a misplaced one are one message."""
    saved(tmp_path, written(title=...))
    saved(tmp_path, "a: [", "data-quality/broken.yaml")
    saved(tmp_path, written(id="brier"), "bridging/other.yaml")
    with pytest.raises(InputError) as caught:
        load_library(tmp_path / "criteria")
    text = str(caught.value)
    assert "title" in text
    assert "not YAML" in text
    assert "the file to be called brier.yaml" in text
    assert "the folder is not the group" in text
    assert len(caught.value.faults) == 4


def test_a_good_file_reads_alone(tmp_path):
    """A folder of one criterion is a library of one."""
    library = load_library(saved(tmp_path, written()).parents[1])
    assert dict(library) == {"replicate_sd": LIBRARY["replicate_sd"]}
    with pytest.raises(TypeError):
        library["x"] = LIBRARY["msr"]


def test_the_shipped_library_is_read_once():
    """Asking again gives the same object."""
    assert load_library() is LIBRARY
