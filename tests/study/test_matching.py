"""Molecules and how rows of other tables find theirs: by id, by InChIKey, by connectivity."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import LEFT_OUT, MOLECULES, PUBLIC, write_small_study

from weighbridge import limits
from weighbridge.errors import InputError
from weighbridge.evidence import chemistry
from weighbridge.study import structures
from weighbridge.study.study import Study

Load = Callable[..., Study]
FaultsOf = Callable[..., list[str]]

STRUCTURE = {
    "match": "structure",
    "sources.internal.predictions.smiles": "smiles",
    "sources.public.predictions.smiles": "smiles",
}
SMILES = [line.split(",")[1] for line in MOLECULES.splitlines()[1:]]


def by_structure(smiles: list[str], extra: str = "") -> dict[str, str]:
    """Return prediction tables that know molecules by structure only."""
    public = "smiles,probability\n" + "".join(f"{text},0.{at + 1}\n" for at, text in enumerate(smiles)) + extra
    internal = "smiles,pIC50,sd\n" + "".join(f"{text},{at + 4.5},0.3\n" for at, text in enumerate(SMILES))
    return {"public.csv": public, "internal.csv": internal}


def notices(study: Study) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the notices by kind."""
    return {notice.kind: (notice.text, notice.details) for notice in study.notices}


def test_molecules_keep_their_further_columns_as_cells(load: Load) -> None:
    """Structures are standardised, names read, and other columns left for criteria and gates."""
    frame = load().molecules
    assert list(frame.columns) == ["smiles", "inchikey", "key", "name", "series", "solubility", "cost"]
    assert frame.loc["M2", "key"] == "RZVAJINKPMORJF"
    assert frame.loc["M2", "inchikey"] == "RZVAJINKPMORJF-UHFFFAOYSA-N"
    assert frame.loc["M2", "solubility"] == "95"
    assert list(frame.index) == [f"M{number}" for number in range(1, 9)]


def test_a_molecule_without_a_structure_is_known_by_its_id(load: Load) -> None:
    """An empty SMILES is allowed where rows match by id."""
    frame = load(files={"molecules.csv": MOLECULES.replace("CC(=O)Nc1ccc(O)cc1", "")}).molecules
    assert frame.loc["M2", ["smiles", "inchikey", "key"]].tolist() == [None, None, "id:M2"]


def test_molecules_may_have_no_structures_at_all(load: Load) -> None:
    """A study without a SMILES column loads."""
    frame = load({"molecules.smiles": LEFT_OUT}).molecules
    assert frame["key"].tolist() == [f"id:M{number}" for number in range(1, 9)]


def test_inchikeys_do_instead_of_structures(load: Load, faults_of: FaultsOf) -> None:
    """A whole key gives key and first block, a first block the key alone; anything else is a fault."""
    table = MOLECULES.replace("CC(=O)Nc1ccc(O)cc1", "RZVAJINKPMORJF-UHFFFAOYSA-N").replace(SMILES[0], "BSYNRYMUTXBXSQ")
    for smiles in SMILES[2:]:
        table = table.replace(smiles, "")
    changes: dict[str, Any] = {"molecules.smiles": LEFT_OUT, "molecules.inchikey": "smiles"}
    frame = load(changes, {"molecules.csv": table}).molecules
    assert frame.loc["M1", ["inchikey", "key"]].tolist() == [None, "BSYNRYMUTXBXSQ"]
    assert frame.loc["M2", ["inchikey", "key"]].tolist() == ["RZVAJINKPMORJF-UHFFFAOYSA-N", "RZVAJINKPMORJF"]
    assert faults_of(changes, {"molecules.csv": table.replace("BSYNRYMUTXBXSQ", "BSYNRY")}) == [
        (
            "molecules.csv, row 2, column 'smiles': this is not an InChIKey; found 'BSYNRY'; "
            "expected 27 characters such as RZVAJINKPMORJF-UHFFFAOYSA-N, or the first 14"
        )
    ]


def test_one_structure_under_two_ids_is_told(load: Load) -> None:
    """It may be meant (two batches), so it is a notice that lists them."""
    study = load(files={"molecules.csv": MOLECULES.replace(SMILES[7], "OC(=O)c1ccccc1OC(C)=O")})
    text, details = notices(study)["same-structure"]
    assert text == "1 structures stand under more than one id; they are ranked as different molecules"
    assert details == ("M1 = M8 (BSYNRYMUTXBXSQ-UHFFFAOYSA-N)",)


def test_rows_of_no_molecule_are_told_and_not_used(load: Load) -> None:
    """A prediction table may cover a whole library."""
    text, details = notices(load(files={"public.csv": PUBLIC + "X1,0.3\n,0.2\n"}))["unmatched"]
    assert text == "2 of 10 rows of public.csv belong to no molecule of the study and are not used"
    assert details == ("row 10: X1", "row 11: empty")


def test_a_lacking_prediction_is_a_notice_where_every_criterion_has_a_rule(load: Load) -> None:
    """The score stays missing; nothing is put in its place."""
    study = load({"criteria.public_score.missing": "worst"}, {"public.csv": PUBLIC.replace("M3,0.64\n", "")})
    predictions = study.sources["public"].predictions
    assert predictions is not None
    assert predictions["score"].isna().to_list() == [False, False, True, *[False] * 5]
    assert notices(study)["no-prediction"] == ("1 of 8 molecules have no prediction from 'public'", ("M3",))


def test_rows_find_their_molecule_by_structure_however_it_is_written(load: Load) -> None:
    """Another order of atoms, a salt and another row order give the same molecules."""
    smiles = ["OC(=O)c1ccccc1OC(C)=O", "Oc1ccc(NC(C)=O)cc1", *SMILES[2:6], "CN1CCCC1c1cccnc1.Cl", SMILES[7]]
    study = load(STRUCTURE, by_structure(smiles))
    predictions = study.sources["public"].predictions
    assert predictions is not None
    assert predictions["score"].tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    assert "connectivity" not in notices(study)


def test_a_match_by_connectivity_alone_is_told(load: Load) -> None:
    """A flat structure matches its one stereoisomer, and the notice says so."""
    study = load(STRUCTURE, by_structure([*SMILES[:6], "CN1CCC[C@H]1c1cccnc1", SMILES[7]]))
    text, details = notices(study)["connectivity"]
    assert text == "1 rows of public.csv match their molecule by connectivity only; stereo or isotopes differ"
    assert details == ("row 8: M7",)


def test_a_structure_that_could_be_two_molecules_is_refused(faults_of: FaultsOf) -> None:
    """Two stereoisomers in the study and a flat row: nobody may choose."""
    table = MOLECULES.replace(SMILES[6], "CN1CCC[C@H]1c1cccnc1").replace(SMILES[7], "CN1CCC[C@@H]1c1cccnc1")
    files = by_structure([*SMILES[:6], "CN1CCCC1c1cccnc1"])
    internal = (
        files["internal.csv"].replace(SMILES[6], "CN1CCC[C@H]1c1cccnc1").replace(SMILES[7], "CN1CCC[C@@H]1c1cccnc1")
    )
    faults = faults_of(STRUCTURE, {**files, "molecules.csv": table, "internal.csv": internal})
    assert faults[0] == (
        "public.csv, row 8: the structure could be any of several molecules; found M7, M8; expected one molecule. "
        "Write its stereo centres out, or match by id"
    )


def test_an_exact_row_comes_before_a_row_of_the_same_connectivity(load: Load) -> None:
    """A second, flat row of a molecule that has its exact row is left over, not a duplicate."""
    table = MOLECULES.replace(SMILES[6], "CN1CCC[C@H]1c1cccnc1")
    files = by_structure([*SMILES[:6], "CN1CCC[C@H]1c1cccnc1", SMILES[7]], "CN1CCCC1c1cccnc1,0.9\n")
    internal = files["internal.csv"].replace(SMILES[6], "CN1CCC[C@H]1c1cccnc1")
    study = load(STRUCTURE, {**files, "molecules.csv": table, "internal.csv": internal})
    predictions = study.sources["public"].predictions
    assert predictions is not None
    assert predictions.loc["M7", "score"] == pytest.approx(0.7)
    assert notices(study)["unmatched"][1] == ("row 10: CN1CCCC1c1cccnc1",)


def test_two_rows_of_one_structure_are_refused(faults_of: FaultsOf) -> None:
    """Equal predictions or not: one row a molecule."""
    assert faults_of(STRUCTURE, by_structure(SMILES, "OC(=O)c1ccccc1OC(C)=O,0.1\n")) == [
        (
            "public.csv, row 10: two rows belong to one molecule; found 'BSYNRYMUTXBXSQ-UHFFFAOYSA-N'; "
            "expected one row a molecule. It stands in row 2 too; keep one of them"
        )
    ]


def test_many_repeated_rows_are_listed_up_to_a_limit_and_then_counted(faults_of: FaultsOf) -> None:
    """A table written twice does not fill the screen."""
    faults = faults_of(files={"public.csv": PUBLIC + "M1,0.5\n" * 30})
    assert len(faults) == limits.FAULTS_SHOWN + 1
    assert faults[-1] == "public.csv: 10 more rows belong to a molecule that has a row"


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(range(8)))
def test_the_order_of_rows_does_not_matter(tmp_path: Path, order: list[int]) -> None:
    """Predictions stand at their molecule, whatever row they came in."""
    lines = PUBLIC.splitlines()
    shuffled = "\n".join([lines[0], *(lines[1 + at] for at in order)]) + "\n"
    predictions = Study.load(write_small_study(tmp_path, files={"public.csv": shuffled})).sources["public"].predictions
    assert predictions is not None
    assert predictions["score"].tolist() == [0.82, 0.35, 0.64, 0.91, 0.55, 0.77, 0.20, 0.48]


def test_without_rdkit_a_study_that_matches_by_id_loads(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """Structures stay as written, unchecked, and a notice says so for every table."""
    monkeypatch.setattr(chemistry, "have_rdkit", lambda: False)
    study = load()
    assert study.molecules.loc["M1", ["smiles", "inchikey", "key"]].tolist() == [SMILES[0], None, "id:M1"]
    unchecked = [notice.text for notice in study.notices if notice.kind == "unchecked-structures"]
    assert unchecked[0] == (
        "RDKit is not installed; the structures of molecules.csv were not checked (pip install 'weighbridge[chem]')"
    )
    assert len(unchecked) == 3


def test_without_rdkit_nothing_is_matched_by_structure(faults_of: FaultsOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """One message says what to install."""
    monkeypatch.setattr(chemistry, "have_rdkit", lambda: False)
    assert faults_of(STRUCTURE, by_structure(SMILES)) == [
        (
            "study.yaml, line 135, $.match: RDKit is not installed, and matching by structure needs it; "
            "found match: structure. pip install 'weighbridge[chem]'"
        )
    ]


def test_unreadable_structures_of_records_are_told_and_their_rows_kept(load: Load) -> None:
    """Public data are as they are: the record counts, without a structure."""
    records = "smiles,outcome,assay,paper,cell_line,ph,threshold\nCCO,active,A1,P1,X,7,\nc1cccc1,inactive,A1,P1,X,7,\n"
    study = load(files={"public_records.csv": records})
    found = study.sources["public"].records
    assert found is not None
    assert found.frame["key"].tolist() == ["LFQSCWFLJHTTHZ", None]
    assert notices(study)["unreadable-structure"] == (
        "1 of 2 structures of public_records.csv cannot be read; the rows count without",
        ("row 3: 'c1cccc1'",),
    )


def cached(load: Load, monkeypatch: pytest.MonkeyPatch, **options: Any) -> tuple[Study, list[int]]:
    """Load the small study with every list cached; return it and how many structures were worked on."""
    monkeypatch.setattr(structures, "_CACHE_FROM", 1)
    worked: list[int] = []
    real = chemistry.standardise_many

    def count(smiles: list[str], progress: Any = None) -> Any:
        worked.append(len(smiles))
        return real(smiles, progress)

    monkeypatch.setattr(chemistry, "standardise_many", count)
    study = load(**options)
    monkeypatch.undo()
    return study, worked


def test_standardised_structures_are_kept_for_the_next_time(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second reading works on none and finds the same; git does not see the cache."""
    first, worked = cached(load, monkeypatch)
    second, again = cached(load, monkeypatch)
    assert worked
    assert again == []
    assert first.molecules.equals(second.molecules)
    assert (first.folder / ".weighbridge" / ".gitignore").read_text() == "*\n"
    assert first.key == second.key


@pytest.mark.parametrize("spoil", ["", "{}", "[]", '{"forms": [], "key": "x"}', "changed"])
def test_a_spoiled_cache_is_not_believed(load: Load, monkeypatch: pytest.MonkeyPatch, spoil: str) -> None:
    """A cache that is not as it was written is made again."""
    first, _ = cached(load, monkeypatch)
    for path in (first.folder / ".weighbridge" / "cache").iterdir():
        stored = json.loads(path.read_text())
        stored["forms"][0] = ["C", "VNWKTOKETHGBQD-UHFFFAOYSA-N"]
        path.write_text(json.dumps(stored) if spoil == "changed" else spoil)
    second, again = cached(load, monkeypatch)
    assert again
    assert first.molecules.equals(second.molecules)


def test_a_folder_that_cannot_be_written_does_without_a_cache(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a study never needs the right to write."""

    def refuse(path: Path, content: Any) -> Path:
        raise InputError("cannot write here")

    monkeypatch.setattr(structures, "write_text", refuse)
    study, worked = cached(load, monkeypatch)
    assert worked
    assert not (study.folder / ".weighbridge").exists()


def test_progress_is_told_by_table(small_study: Callable[..., Path]) -> None:
    """The last call of each table says that all are done."""
    told: list[tuple[str, int, int]] = []
    Study.load(small_study(), progress=lambda *one: told.append(one))
    assert ("structures of molecules.csv", 8, 8) in told
    assert ("structures of public_records.csv", 9, 9) in told
