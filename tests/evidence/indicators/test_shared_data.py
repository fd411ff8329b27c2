"""Measured facts about real data: what the indicators must find in PXR and blood–brain barrier sets."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from tests.evidence.sample import records, setting, source

from weighbridge.evidence.indicators import read_molecules, read_part, read_source

pytestmark = pytest.mark.shared

TOX21, NVS = "Tox21_AID1347033", "ToxCast_NVS_NR_hPXR"
TRANS, CIS = "ToxCast_ATG_PXR_TRANS_up", "ToxCast_ATG_PXRE_CIS_up"
NO_MOLECULE = "c1cccc1"  # what is left of ferrocene


@pytest.fixture(scope="module")
def internal(shared_data):
    return pd.read_csv(shared_data / "pxr" / "internal_continuous.csv")


@pytest.fixture(scope="module")
def pxr(shared_data):
    """Return the four public PXR assays as one pooled source, with its bridging compounds."""
    frame = pd.read_csv(shared_data / "pxr" / "public_binary_records.csv", low_memory=False)
    bridging = pd.read_csv(shared_data / "pxr" / "bridging.csv").rename(columns={"ik14": "key", "source": "part"})
    table = records(
        [(name,) for name in frame["source"]],
        {"cell_line": frame["cell_line"], "assay_format": frame["assay_format"]},
        smiles=frame["std_smiles"].where(frame["std_smiles"] != NO_MOLECULE),
        key=frame["inchikey"].str[:14],
        label=frame["outcome"].map({"active": 1.0, "inactive": 0.0}),
        outcome=frame["outcome"],
    )
    return source(records=table, bridging=bridging, context={"species": "human"})


@pytest.fixture(scope="module")
def candidates(internal):
    """Return 500 internal compounds as the molecules of a decision in HepG2, pH not recorded."""
    chosen = internal.drop_duplicates("std_smiles").sample(500, random_state=0)
    return setting(
        chosen["std_smiles"].tolist(),
        {"species": "human", "cell_line": "HepG2", "assay_format": "cell-based", "ph": "not recorded"},
        threshold=5.0,
        threshold_unit="pEC50",
    )


def test_conflicts_of_tox21(pxr, candidates):
    """99 of the 1,356 repeated structures of Tox21 carry both labels."""
    found = read_part("duplicate_conflict", pxr, TOX21, candidates)
    assert (round(found.value * found.n), found.n) == (99, 1356)


def test_inconclusive_outcomes(pxr, candidates):
    """1,473 of the 9,524 Tox21 records kept here are inconclusive, none of the ToxCast ones."""
    assert read_part("inconclusive_share", pxr, TOX21, candidates).value == pytest.approx(1473 / 9524)
    assert read_part("inconclusive_share", pxr, NVS, candidates).value == 0.0


def test_kappa_between_the_assays(pxr, candidates):
    """κ is .507 for Tox21–ATG_TRANS, .376, .531, and .164 / .047 / .127 against the cell-free assay."""
    found = read_source("inter_source_kappa", pxr, candidates)
    values = sorted(float(word) for word in found.note.split(": ")[1].split(", "))
    assert values == [0.047, 0.127, 0.164, 0.376, 0.507, 0.531]
    assert found.value == pytest.approx(np.mean(values), abs=5e-4)
    assert read_part("inter_source_kappa", pxr, NVS, candidates).value < 0.15


def test_kappa_of_tox21_and_trans_alone(pxr, candidates):
    """The two share 2,930 labelled structures and agree with κ = .507."""
    table = pxr.records
    rows = [row for row, (part,) in enumerate(table.parts) if part in (TOX21, TRANS)]
    both = source(
        records=records(
            [table.parts[row] for row in rows], key=table.frame["key"].iloc[rows], label=table.frame["label"].iloc[rows]
        )
    )
    found = read_source("inter_source_kappa", both, candidates)
    assert found.n == 2930
    assert found.value == pytest.approx(0.507, abs=5e-4)


def test_cutoffs_inferred_on_bridging_compounds(pxr, candidates):
    """The labels were cut at 3.48 (Tox21), 3.02 (CIS) and 3.71 (TRANS); the cell-free assay has no cut-off."""
    for part, cut in ((TOX21, 3.48), (CIS, 3.02), (TRANS, 3.71)):
        assert read_part("threshold_gap", pxr, part, candidates).value == pytest.approx(5.0 - cut, abs=0.01)
    assert not read_part("threshold_gap", pxr, NVS, candidates).known


def test_one_bad_assay_inside_the_pool_is_seen(pxr, candidates):
    """AUROC against measured values is .794 for Tox21 and .548 for the cell-free assay, whose bound is below ½."""
    tox21, bad = (read_part("bridge_auroc_lcb", pxr, part, candidates) for part in (TOX21, NVS))
    assert tox21.note.startswith("AUROC 0.794")
    assert tox21.n == 258
    assert bad.note.startswith("AUROC 0.548")
    assert bad.value < 0.5 < tox21.value
    found = sorted(read_part("bridge_auroc_lcb", pxr, part, candidates).note[6:11] for part in (CIS, TRANS))
    assert found == ["0.860", "0.896"]


def test_bridging_compounds_are_not_like_the_candidates(pxr, candidates):
    """The candidates resemble the bridging compounds little more than half as much as these each other."""
    found = read_source("bridge_representativeness", pxr, candidates)
    assert 0.5 < found.value < 0.7


def test_overlap_in_chemical_space(pxr, candidates):
    """At the median a candidate's nearest public molecule is about .30 similar (measured .298 on all)."""
    assert read_source("chem_overlap", pxr, candidates).value == pytest.approx(0.298, abs=0.01)


def test_context_of_the_pool(pxr, candidates):
    """HepG2 lines match well, the cell-free assay does not, and pH is open for everyone."""
    assert read_part("cell_line", pxr, TRANS, candidates).value == 1.0
    assert read_part("cell_line", pxr, TOX21, candidates).value == 0.8
    assert read_part("cell_line", pxr, NVS, candidates).value == 0.1
    assert read_part("assay_format", pxr, NVS, candidates).value == 0.0
    ph = read_source("ph", pxr, candidates)
    assert (ph.low, ph.high) == (0.0, 1.0)


def test_quality_varies_by_molecule(pxr, candidates):
    """Through the nearest records, conflicts, cell line and label purity differ between molecules."""
    for name in ("inconclusive_share", "cell_line", "label_purity"):
        found = read_molecules(name, pxr, candidates).value
        known = found[~np.isnan(found)]
        assert 150 < len(known) < 400
        assert known.std() > 0.01


def test_five_hundred_candidates_take_seconds(pxr, internal):
    """Six indicators of 500 candidates against 16,862 records are read in well under a minute."""
    fresh = setting(internal["std_smiles"].drop_duplicates().head(500).tolist(), {"cell_line": "HepG2"})
    start = time.perf_counter()
    for name in ("ad_knn", "label_purity", "inconclusive_share", "cell_line", "metadata_completeness"):
        read_molecules(name, pxr, fresh)
    assert time.perf_counter() - start < 30


def test_standard_errors_of_the_internal_values(internal):
    """The internal table states a standard error for every value; their median is .149."""
    sample = source(
        "continuous",
        records=records(key=internal["inchikey"].str[:14], value=internal["pEC50"], se=internal["pEC50_se"]),
    )
    found = read_source("measurement_se", sample, setting())
    assert np.median(internal["pEC50_se"].dropna()) == pytest.approx(0.149, abs=0.002)
    assert found.low <= internal["pEC50_se"].mean() or found.exact


def test_counter_screen_of_the_internal_values(internal):
    """2,647 compounds have a counter-screen value; the others leave the gap open."""
    sample = source(
        "continuous",
        records=records(key=internal["inchikey"].str[:14], value=internal["pEC50"], counter=internal["counter_pEC50"]),
    )
    found = read_source("cytotox_artifact", sample, setting())
    gap = (internal["pEC50"] - internal["counter_pEC50"]).dropna()
    assert len(gap) == 2647
    assert found.low == pytest.approx(gap.sum() / len(internal))
    assert found.high == pytest.approx((gap.sum() + 2 * (len(internal) - len(gap))) / len(internal))


def test_thresholds_and_references_of_b3db(shared_data):
    """B3DB states a cut-off for 3,621 of 7,805 rows (.464), and pools at most 28 resources for one."""
    frame = pd.read_csv(shared_data / "bbb" / "public_binary_records.csv", low_memory=False)
    table = records(
        key=frame["inchikey"].str[:14],
        threshold=frame["threshold"],
        document=frame["reference"],
        label=frame["BBB+/BBB-"] == "BBB+",
    )
    found = read_source("threshold_documented", source(records=table), setting())
    assert (round(found.value * found.n), found.n) == (3621, 7805)
    assert found.value == pytest.approx(0.464, abs=5e-4)
    documents = read_source("n_independent_sources", source(records=table), setting())
    assert 40 <= documents.low <= 50
