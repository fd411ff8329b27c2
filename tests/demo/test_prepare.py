import re

import pandas as pd
import pytest

from weighbridge.demo.prepare import HELD_OUT, Prepared, one_per_compound, prepare
from weighbridge.documents import read_document
from weighbridge.errors import InputError
from weighbridge.resources import templates_folder
from weighbridge.study.schema import StudyFile

TABLES = (
    "molecules.csv", "public_records.csv", "public_predictions.csv", "public_validation.csv",
    "internal_records.csv", "internal_predictions.csv", "internal_validation.csv",
)  # fmt: skip


def read(prepared: Prepared, name: str) -> pd.DataFrame:
    return pd.read_csv(prepared.folder / name)


def test_every_file_the_study_names_is_written(prepared):
    """study.yaml names exactly the tables and judgements that stand beside it."""
    text = (prepared.folder / "study.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"file: (\S+\.csv)", text)) == set(TABLES)
    assert all((prepared.folder / name).is_file() for name in (*TABLES, "judgements.csv"))


def test_the_shipped_study_has_the_published_form():
    """study.yaml is valid, chooses 40, and blends judged and rated shares with a reason."""
    study = StudyFile.model_validate(read_document(templates_folder() / "demo" / "study.yaml").value)
    assert study.choose.k == 40
    assert (study.trust.use, study.trust.lambda_) == ("blend", 0.5)
    assert study.trust.reason
    assert "The panel is an example" in study.note
    assert [len(study.panel), len(study.sources)] == [3, 2]


def test_every_departure_from_the_library_has_a_reason():
    """A criterion whose range or missing rule the study sets says why."""
    study = StudyFile.model_validate(read_document(templates_folder() / "demo" / "study.yaml").value)
    for criterion in study.criteria.values():
        if criterion.worst is not None or criterion.missing is not None:
            assert criterion.reason


def test_every_judgement_has_its_reason_in_words():
    """Each of the panel's answers comes with a reason; the three experts disagree somewhere."""
    answers = pd.read_csv(templates_folder() / "demo" / "judgements.csv", dtype=str)
    assert answers["reason"].str.split().str.len().min() >= 2
    assert answers["expert"].nunique() == 3
    assert answers["value"].isna().sum() >= 1  # somebody was asked and skipped
    assert not answers.duplicated(["expert", "node", "a", "b"]).any()
    assert answers.groupby(["node", "a", "b"])["value"].nunique().max() > 1


def test_the_outcome_is_no_input_of_the_study(prepared):
    """No file of the study names the held-out values, and no table it reads holds them."""
    text = (prepared.folder / "study.yaml").read_text(encoding="utf-8")
    assert "held_out" not in text
    held_out = read(prepared, HELD_OUT).set_index("id")["logBB"]
    assert set(read(prepared, "molecules.csv")["id"]) == set(held_out.index)
    assert "logBB" not in read(prepared, "molecules.csv")
    for name in ("public_records.csv", "internal_records.csv"):
        assert not set(read(prepared, name)["id"]) & set(held_out.index)


def test_predictions_are_not_the_outcome(prepared):
    """Predicted values correlate with the held-out ones but differ from them."""
    outcome = read(prepared, HELD_OUT).set_index("id")["logBB"]
    predicted = read(prepared, "internal_predictions.csv").set_index("id")["logBB"]
    assert 0.1 < predicted.corr(outcome.loc[predicted.index], method="pearson") < 0.95
    assert not (predicted - outcome.loc[predicted.index]).abs().lt(1e-9).any()


def test_each_model_predicts_every_candidate(prepared):
    """Both models have one finite prediction for each molecule, probabilities within (0, 1)."""
    ids = read(prepared, "molecules.csv")["id"].tolist()
    public, internal = read(prepared, "public_predictions.csv"), read(prepared, "internal_predictions.csv")
    assert public["id"].tolist() == internal["id"].tolist() == ids
    assert public["probability"].between(0, 1, inclusive="neither").all()
    assert (internal["sd"] > 0).all()


def test_each_model_is_trained_on_its_own_source_alone(prepared):
    """The training molecules of each model are those of its own records."""
    for source in ("public", "internal"):
        records = set(read(prepared, f"{source}_records.csv")["smiles"])
        assert set(read(prepared, f"{source}_validation.csv")["smiles"]) <= records


def test_the_second_run_reuses_everything(prepared):
    """Run again, no model is fitted and every table has the same bytes."""
    before = {name: (prepared.folder / name).read_bytes() for name in (*TABLES, HELD_OUT)}
    heard = []
    again = prepare(prepared.folder, progress=lambda *said: heard.append(said[0]))
    assert again.reused
    assert not prepared.reused
    assert not any("validation folds" in step or "standardising" in step for step in heard)
    assert {name: (prepared.folder / name).read_bytes() for name in before} == before
    assert again.metrics == prepared.metrics


def test_an_edited_study_is_kept(prepared):
    """Edited judgements survive the next run and are reported as edited."""
    path = prepared.folder / "judgements.csv"
    shipped = path.read_text(encoding="utf-8")
    try:
        path.write_text(shipped.replace(",4,", ",6,", 1), encoding="utf-8")
        assert prepare(prepared.folder).edited == ("judgements.csv",)
        assert ",6," in path.read_text(encoding="utf-8")
    finally:
        path.write_text(shipped, encoding="utf-8")
    assert prepare(prepared.folder).edited == ()


def test_a_compound_counts_once_with_the_label_of_most_records():
    """Stereoisomers and repeats are one training molecule; an even split is left out."""
    records = pd.DataFrame(
        {
            "key": ["A", "A", "A", "B", "B", "C"],
            "smiles": ["s2", "s1", "s3", "t1", "t2", "u"],
            "label": [1, 1, 0, 1, 0, 0],
        }
    )
    assert one_per_compound(records).to_dict("list") == {"smiles": ["s1", "u"], "label": [1, 0]}


def test_a_folder_of_somebody_else_is_left_alone(tmp_path):
    """A folder with other files is refused and nothing is written into it."""
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError) as caught:
        prepare(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: the folder is not empty and holds no earlier demo. Name a new folder: weighbridge demo DIR"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_no_folder(tmp_path):
    """A file in the folder's place is refused by name."""
    path = tmp_path / "demo"
    path.write_text("")
    with pytest.raises(InputError, match="the demo needs a folder; found a file"):
        prepare(path)
