"""File by file: what each criterion of the library says to people, and that its numbers mean what it says."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.sample import records, setting, source

from weighbridge.core.criterion import Criterion
from weighbridge.evidence.context import compare
from weighbridge.evidence.indicators import INDICATORS, read_source
from weighbridge.evidence.indicators.quality import CURATION_LEVELS
from weighbridge.evidence.library import GROUPS, load_library, read_criterion
from weighbridge.resources import criteria_folder

FILES = sorted(criteria_folder().glob("*/*.yaml"))
EACH = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
LIBRARY = load_library()
STANDS_FOR = {"fraction": ("fraction", "share"), "ratio": ("times", "resemble"), "score": ("confidence",)}
"""How a question may name a unit that people do not say aloud."""
KEYS = [
    "schema", "id", "title", "group", "layers", "scope", "definition", "formula", "unit", "direction", "worst",
    "best", "scale", "needs", "question", "preference", "utility", "outside", "missing", "citation",
]  # fmt: skip


def grid(criterion) -> list[float]:
    """Return 41 values from beyond worst to beyond best."""
    span = criterion.best - criterion.worst
    return [criterion.worst + span * step / 20 for step in range(-10, 31)]


@EACH
def test_the_fields_stand_in_one_order(path) -> None:
    """Whoever reads two files finds the same thing in the same place, and none is left out."""
    assert list(yaml.safe_load(path.read_text(encoding="utf-8"))) == KEYS


@EACH
def test_a_file_reads_alone_and_is_the_one_in_the_library(path) -> None:
    """No file leans on another one."""
    criterion = read_criterion(path)
    assert criterion == LIBRARY[criterion.id]
    assert (path.stem, path.parent.name) == (criterion.id.replace("_", "-"), criterion.group)
    assert criterion.group in GROUPS


@EACH
def test_the_id_is_an_indicator_or_a_score_of_a_model(path) -> None:
    """Nothing stands in the library that nobody computes."""
    criterion = read_criterion(path)
    assert (criterion.group == "model-score") == (criterion.id not in INDICATORS)


@EACH
def test_the_text_is_written_for_people(path) -> None:
    """Short titles without a full stop, definitions in sentences, no doubled space, no markup."""
    criterion = read_criterion(path)
    assert 1 <= len(criterion.title.split()) <= 8
    assert not criterion.title.endswith(".")
    assert len(criterion.definition.split()) >= 7
    assert criterion.definition.endswith(".")
    assert not any(need.endswith(".") for need in criterion.needs)
    for text in (criterion.title, criterion.definition, criterion.formula, criterion.citation, *criterion.needs):
        assert text == text.strip()
        assert not re.search(r"  |\n|<[a-z]|\*\*", text)


@EACH
def test_the_question_is_about_the_swing_in_its_unit(path) -> None:
    """Worst and best are named with the unit, or the word that stands for it, and no placeholder is left."""
    criterion = read_criterion(path)
    question = criterion.criterion().question
    assert question.startswith("What is it worth that ")
    assert question.endswith("?")
    assert question.count("?") == 1
    assert "{" not in question
    if criterion.bounded:
        assert question.index(f"{criterion.best:g}") < question.index(f"instead of {criterion.worst:g}")
    if criterion.unit:
        assert any(word in question for word in STANDS_FOR.get(criterion.unit, (criterion.unit,)))


@EACH
def test_the_question_follows_another_range(path) -> None:
    """A study that declares another range is asked about that one."""
    criterion = read_criterion(path)
    if criterion.shape != "points":
        worst, best = (2.5, 7.25) if criterion.direction == "gain" else (7.25, 2.5)
        question = criterion.with_range(worst, best).criterion().question
        assert f"{best:g}" in question
        assert f"instead of {worst:g}" in question


@EACH
def test_the_citation_can_be_looked_up_or_says_that_there_is_none(path) -> None:
    """A year, or the plain word that the project defined it itself."""
    citation = read_criterion(path).citation
    assert re.search(r"\((18|19|20)\d\d\)|\b(19|20)\d\d\b", citation) or citation.startswith(
        "Defined by this project; no published value exists"
    )


@pytest.mark.parametrize("criterion", [one for one in LIBRARY.values() if one.bounded], ids=lambda one: one.id)
def test_the_utility_rises_from_worst_to_best_on_a_grid(criterion) -> None:
    """Within [0, 1], never falling, flat beyond the ends and strictly rising between them."""
    utilities = [criterion.utility(value) for value in grid(criterion) if criterion.shape != "log" or value > 0]
    assert all(0 <= utility <= 1 for utility in utilities)
    assert utilities == sorted(utilities)
    inside = [utility for utility in utilities if 0 < utility < 1]
    assert len(inside) >= 17
    assert len(set(inside)) == len(inside)


@EACH
def test_the_criterion_for_a_matrix_says_what_the_file_says(path) -> None:
    """Direction, unit, range, scale and rules go over unchanged, and words with them."""
    criterion = read_criterion(path)
    found = criterion.criterion()
    assert isinstance(found, Criterion)
    for name in (
        "direction",
        "unit",
        "worst",
        "best",
        "scale",
        "outside",
        "missing",
        "title",
        "definition",
        "citation",
    ):
        assert getattr(found, name) == getattr(criterion, name)
    assert (found.direction == "gain") == (criterion.worst is None or criterion.best > criterion.worst)


@pytest.mark.parametrize(
    "criterion", [one for one in LIBRARY.values() if one.scope != "molecule"], ids=lambda one: one.id
)
def test_an_indicator_of_sources_never_refuses_a_reading(criterion) -> None:
    """What is outside the range is clipped and what is unknown stays an interval: a source is never thrown out."""
    assert (criterion.outside, criterion.missing) == ("clip", "interval")


@given(st.sampled_from([one for one in LIBRARY.values() if one.bounded]), st.floats(0, 1), st.floats(0.1, 10))
def test_the_unit_of_a_range_does_not_matter(criterion, share, factor) -> None:
    """Nanomolar for micromolar: values and range multiplied by one number have the same utility."""
    if criterion.shape == "points" or (criterion.shape == "log" and share == 0):
        return
    value = criterion.worst + share * (criterion.best - criterion.worst)
    scaled = criterion.with_range(criterion.worst * factor, criterion.best * factor)
    assert scaled.utility(value * factor) == pytest.approx(criterion.utility(value), abs=1e-9)


# --- what the words promise ---------------------------------------------------------------------------------

HINTS = [
    ("temperature", "0.37: 10 °C apart", 27, 37),
    ("ph", "0.37: half a unit apart", 6.9, 7.4),
    ("incubation", "0.37: twice as long", 48, 24),
    ("cell_line", "0.8: parent and child", "HEK293", "HEK293T"),
    ("species", "0.4: another mammalian order", "mouse", "human"),
    ("assay_format", "0.5: sibling classes", "single protein", "protein complex"),
    ("readout", "0.5: the same endpoint detected differently", "a / luminescence", "a / fluorescence"),
    ("target_variant", "0.3: mutant against wild type", "T790M", "wild type"),
    ("age", "0: twenty years old", 2006, 2026),
    ("age", "1: this year", 2026, 2026),
    ("buffer", "1: the same", "HEPES", "hepes"),
]


@pytest.mark.parametrize(("name", "hint", "mine", "theirs"), HINTS)
def test_the_examples_in_the_questions_are_what_is_computed(name, hint, mine, theirs) -> None:
    """Experts weigh a swing that is explained by examples; the examples are the code's own scores."""
    assert hint in LIBRARY[name].criterion().question
    assert compare(name, mine, theirs).score == pytest.approx(float(hint.split(":")[0]), abs=0.005)


@pytest.mark.parametrize(("level", "score"), [("Expert", 1.0), ("Intermediate", 0.6), ("Autocuration", 0.3)])
def test_levels_of_curation_are_as_defined(level, score) -> None:
    """The definition's numbers are those of the code."""
    assert CURATION_LEVELS[level.casefold()] == score
    assert f"{score:g}" in LIBRARY["curation_level"].definition + LIBRARY["curation_level"].formula


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("sample_purity", {"purity": [None, 0.9]}),
        ("measurement_se", {"se": [None, 0.1]}),
        ("chembl_confidence", {"confidence": [None, 5]}),
        ("inconclusive_share", {"outcome": [None, "active"]}),
        ("curation_level", {"curated_by": [None, "Expert"]}),
    ],
)
def test_an_unknown_record_costs_a_source_and_never_serves_it_beyond_the_best(name, fields) -> None:
    """The interval of utilities reaches from what the worst unknown would give to what the best would."""
    found = read_source(name, source(records=records(**fields)), setting())
    criterion = LIBRARY[name]
    low, high = sorted(criterion.utility(end) for end in (found.low, found.high))
    assert 0 <= low < high <= 1
    assert low <= criterion.utility(found.value) <= high


def test_worst_and_best_of_shares_are_possible_shares() -> None:
    """A fraction's range lies within 0 and 1."""
    for criterion in LIBRARY.values():
        if criterion.unit == "fraction":
            assert 0 <= min(criterion.worst, criterion.best) < max(criterion.worst, criterion.best) <= 1


def test_log_utilities_halve_at_the_geometric_middle() -> None:
    """√(worst · best) is worth ½, as tenfold steps are worth the same."""
    logs = [criterion for criterion in LIBRARY.values() if criterion.shape == "log"]
    assert {"msr", "n_molecules", "record_count", "rmse_vs_noise"} <= {criterion.id for criterion in logs}
    for criterion in logs:
        assert criterion.utility(math.sqrt(criterion.worst * criterion.best)) == pytest.approx(0.5)
        quarters = np.geomspace(criterion.worst, criterion.best, 5)
        assert [criterion.utility(value) for value in quarters] == pytest.approx([0, 0.25, 0.5, 0.75, 1])
