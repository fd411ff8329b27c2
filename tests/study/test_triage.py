"""A study over a library: the same weights as in memory, its columns found, what it cannot do refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.builders import LEFT_OUT, write_library_study

from weighbridge.errors import InputError
from weighbridge.scale.library import Reading
from weighbridge.study.study import Study
from weighbridge.study.triage import Triage, plan_triage

ROWS = 300


def triage(folder: Path, changes: dict[str, object] | None = None, *, sample: int = 50) -> Triage:
    """Plan the ranking of a small library."""
    return plan_triage(Study.load(write_library_study(folder, ROWS, changes), sample=sample))


def refused(folder: Path, changes: dict[str, object]) -> str:
    """Return what is said of a study that cannot rank a library."""
    with pytest.raises(InputError) as caught:
        triage(folder, changes)
    return str(caught.value)


def test_the_study_holds_the_sample_only(tmp_path: Path) -> None:
    """Of the molecules and the predictions just the sample's rows are in memory."""
    study = Study.load(write_library_study(tmp_path, ROWS), sample=50)
    assert len(study.molecules) == 50
    assert study.molecules.index[0] == "L000000"
    assert study.molecules.index[-1] == f"L{ROWS - 1:06d}"
    for source in study.sources.values():
        assert source.predictions is not None
        assert list(source.predictions.index) == list(study.molecules.index)
        assert source.predictions["score"].notna().all()


def test_records_are_read_whole(tmp_path: Path) -> None:
    """What the models learned from is no sample."""
    whole = Study.load(write_library_study(tmp_path, ROWS))
    sampled = Study.load(tmp_path, sample=20)
    for name, source in sampled.sources.items():
        assert source.records is not None
        other = whole.sources[name].records
        assert other is not None
        assert len(source.records) == len(other)


def test_weights_are_those_of_the_study_in_memory(tmp_path: Path) -> None:
    """Trust shares and weights do not change because the molecules are too many for memory."""
    plan = triage(tmp_path)
    decision = Study.load(tmp_path).decide()
    assert dict(plan.weights) == dict(decision.weights)
    assert dict(plan.trust.used) == dict(decision.trust.used)
    assert plan.scoring.weights == pytest.approx([decision.weights[name] for name in decision.matrix.names], abs=0)
    assert plan.scoring.names == decision.matrix.names


def test_the_criteria_are_those_of_the_study(tmp_path: Path) -> None:
    """Directions, ranges and preferences are carried over as the study's matrix has them."""
    plan = triage(tmp_path)
    decision = Study.load(tmp_path).decide()
    assert dict(plan.scoring.criteria) == decision.matrix.criteria


def test_every_criterion_finds_its_table(tmp_path: Path) -> None:
    """Scores are read from the predictions, columns from the molecule table, which comes first."""
    library = triage(tmp_path).library
    assert [table.title for table in library.tables] == ["molecules.parquet", "public.parquet", "internal.parquet"]
    assert dict(library.main.readings) == {"solubility": Reading("solubility"), "cost": Reading("cost")}
    assert dict(library.further[0].readings) == {"public_score": Reading("probability")}
    assert dict(library.further[1].readings) == {"internal_score": Reading("pIC50")}


def test_a_concentration_becomes_a_p_value(tmp_path: Path) -> None:
    """The reading of an IC50 in nM gives the pIC50 that the study in memory has, bit for bit."""
    score = {"column": "pIC50", "unit": "nM", "to": "pIC50"}
    reading = (
        triage(tmp_path, {"sources.internal.predictions.score": score, "sources.internal.predictions.sd": LEFT_OUT})
        .library.further[1]
        .readings["internal_score"]
    )
    assert reading == Reading("pIC50", factor=-1.0, offset=9.0, log10=True)
    study = Study.load(tmp_path)
    predictions = study.sources["internal"].predictions
    assert predictions is not None
    numbers = pd.read_parquet(tmp_path / "internal.parquet")["pIC50"].to_numpy()
    assert np.array_equal(reading.values(numbers), predictions["score"].to_numpy(dtype=float))


def test_per_cent_become_fractions(tmp_path: Path) -> None:
    """A unit that converts by a factor is read with that factor."""
    changes = {"criteria.solubility.column_unit": "%", "criteria.solubility.unit": "fraction"}
    assert triage(tmp_path, changes).library.main.readings["solubility"] == Reading("solubility", factor=0.01)


SPREAD = {
    "criteria.spread": {"use": "ensemble_sd", "source": "internal", "worst": 1.0, "best": 0.0},
    "tree.evidence": {"weights": "equal", "children": ["public_score", "internal_score", "spread"]},
}


def test_a_predicted_standard_deviation_is_a_column(tmp_path: Path) -> None:
    """The indicator of molecules that stands in the predictions is read from there."""
    assert triage(tmp_path, dict(SPREAD)).library.further[1].readings["spread"] == Reading("sd")


def test_an_indicator_of_structures_is_refused(tmp_path: Path) -> None:
    """What is computed molecule by molecule is asked for as a column."""
    changes = {**SPREAD, "criteria.spread": {"use": "nearest_similarity", "source": "internal"}}
    text = refused(tmp_path, changes)
    assert "'spread'" in text
    assert "a library is too large" in text
    assert "`column:` instead of `use:`" in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ranking": {"method": "vikor"}}, "this method does not rank a library"),
        ({"ranking": {"method": "topsis", "parameters": {"ideal": [1, 1]}}}, "without this parameter"),
        ({"choose": {"k": 5, "cap": 2}}, "without a cap"),
        (
            {"gates": [{"name": "soluble", "column": "solubility", "at_least": 10, "reason": "assay"}]},
            "a library has no gates",
        ),
    ],
)
def test_what_a_library_cannot_have_is_refused(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    """Each thing that only a study in memory can do is named with its place in study.yaml."""
    text = refused(tmp_path, changes)
    assert words in text
    assert "study.yaml" in text


def test_matching_by_structure_is_refused(tmp_path: Path) -> None:
    """Even where every table has structures, a library's tables are joined by id."""
    study = Study.load(write_library_study(tmp_path, ROWS), sample=50)
    by_structure = replace(study, file=study.file.model_copy(update={"match": "structure"}))
    with pytest.raises(InputError, match="joined by id"):
        plan_triage(by_structure)


def test_several_faults_come_together(tmp_path: Path) -> None:
    """A study that does two such things is told both."""
    text = refused(tmp_path, {"ranking": {"method": "vikor"}, "choose": {"k": 5, "cap": 2}})
    assert "does not rank a library" in text
    assert "without a cap" in text


def test_the_normalization_is_passed_on(tmp_path: Path) -> None:
    """The ranking's parameters reach the scoring plan."""
    plan = triage(tmp_path, {"ranking": {"method": "topsis", "parameters": {"normalization": "minmax"}}})
    assert (plan.scoring.method, plan.scoring.normalization) == ("topsis", "minmax")


def test_as_many_are_found_exactly_as_are_chosen(tmp_path: Path) -> None:
    """The exact top is the study's k, which may exceed the sample, unless another number is asked for."""
    study = Study.load(write_library_study(tmp_path, ROWS, {"choose": {"k": 80}}), sample=50)
    assert plan_triage(study).scoring.top == 80
    assert plan_triage(study, top=7).scoring.top == 7


def test_the_sample_is_told(tmp_path: Path) -> None:
    """A reader learns with how many molecules the sources were weighed."""
    assert triage(tmp_path).notes == ("the sources were weighed with 50 molecules, spread evenly over the library",)


def test_a_table_of_its_own_is_joined(tmp_path: Path) -> None:
    """A criterion from another file is read from there, by that file's id column."""
    folder = write_library_study(
        tmp_path,
        ROWS,
        {"criteria.cost.column": "price", "criteria.cost.file": {"file": "prices.parquet", "id": "code"}},
    )
    ids = pd.read_parquet(folder / "molecules.parquet")["id"]
    pd.DataFrame({"code": ids, "price": 3.0}).to_parquet(folder / "prices.parquet")
    library = plan_triage(Study.load(folder, sample=50)).library
    table = next(table for table in library.tables if table.title == "prices.parquet")
    assert (table.id, dict(table.readings)) == ("code", {"cost": Reading("price")})


def test_tables_that_are_not_parquet_are_refused(tmp_path: Path) -> None:
    """A library in CSV is not read; the message says what to do."""
    folder = write_library_study(tmp_path, ROWS, {"sources.public.predictions.file": "public.csv"})
    with pytest.raises(InputError, match=r"public\.csv(.|\n)*a library is read from Parquet"):
        Study.load(folder, sample=50)
