"""Every indicator by pencil: of a pooled source, of each of its parts, of molecules near one part, and in silence."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from tests.evidence.sample import records, setting, source

from weighbridge.evidence.indicators import INDICATORS, read_molecules, read_part, read_source

E = math.exp(-1)
MAD = 1.4826 * math.sqrt(2)
DECISION = {
    "species": "human",
    "cell_line": "HEK293",
    "target_variant": "wild type",
    "assay_format": "cell-based",
    "readout": "reporter / luminescence",
    "temperature": 37,
    "ph": 7.4,
    "incubation": 24,
    "buffer": "HEPES",
}
PART_A = {**DECISION, "temperature": 27}
PART_B = {
    "species": "human",
    "cell_line": "CHO",
    "target_variant": "T790M",
    "assay_format": "biochemical",
    "readout": "reporter / fluorescence",
    "temperature": 37,
    "ph": 6.9,
    "incubation": 48,
    "buffer": "PBS",
    "dmso": 0.1,
}
# Part A is all ethanol, part B all benzene: a molecule near one of them is near no record of the other.
HERE = setting(["CCO", "c1ccccc1"], DECISION, threshold=6.0, threshold_unit="pIC50", year=2026)
COMMON = {
    "smiles": ["CCO"] * 4 + ["c1ccccc1"] * 4,
    "key": ["a", "a", "b", "b", "e", "c", "c", "d"],
    "document": ["P1", "P1", "P2", "P2"] + ["P2|P3"] * 4,
    "se": [0.1, 0.1, 0.3, 0.3] + [0.4] * 4,
    "confidence": [9] * 4 + [5] * 4,
    "curated_by": ["Expert"] * 4 + ["Autocuration"] * 4,
    "flag": [False] * 4 + [True, False, False, False],
    "purity": [0.9] * 4 + [0.8] * 4,
    "year": [2026] * 4 + [2016] * 4,
}
PARTS = [("A",)] * 4 + [("B",)] * 4
CONTEXTS = {"A": PART_A, "B": PART_B}


def values():
    """Return a continuous source: repeats (5, 5.4), (7, 7.4) in A and 6, (8, 9), < 4 in B."""
    table = records(
        PARTS,
        value=[5.0, 5.4, 7.0, 7.4, 6.0, 8.0, 9.0, 4.0],
        relation=["="] * 7 + ["<"],
        low=[None] * 7 + [-np.inf],
        high=[None] * 7 + [4.0],
        run=["1", "2", "1", "2", "1", "1", "2", "1"],
        counter=[4.0, 4.4, 6.0, 6.4, 5.5, 7.5, 8.5, 3.0],
        **COMMON,
    )
    validation = pd.DataFrame(
        {
            "truth": [4.0, 5, 6, 9, 5, 6, 7, 8],
            "prediction": [4.5, 5, 6.5, 8, 8, 7, 6, 5],
            "part": ["A"] * 4 + ["B"] * 4,
        }
    )
    bridging = pd.DataFrame(
        {
            "key": ["k1", "k2", "k3", "k3", "k4", "k5"],
            "x": [1.0, 2, 3, 1, 2, 3],
            "y": [1.0, 2, 3, 2, 3, 4],
            "part": ["A"] * 3 + ["B"] * 3,
        }
    )
    return source("continuous", records=table, validation=validation, bridging=bridging, part_contexts=CONTEXTS)


def labels():
    """Return a binary source: repeats (1, 0), (1, 1) in A and 1, (0, 0), 0 in B; cut-offs 5 and 6.5."""
    table = records(
        PARTS,
        label=[1, 0, 1, 1, 1, 0, 0, 0],
        outcome=["active", "inconclusive", "active", "active", "active", "inactive", "inactive", "inactive"],
        threshold=[5.0] * 4 + [6.5] * 4,
        **COMMON,
    )
    validation = pd.DataFrame(
        {
            "truth": [1.0, 1, 0, 0] * 2,
            "prediction": [0.9, 0.4, 0.4, 0.2, 0.2, 0.4, 0.4, 0.9],
            "part": ["A"] * 4 + ["B"] * 4,
        }
    )
    bridging = pd.DataFrame(
        {
            "key": [f"k{row}" for row in range(20)],
            "label": [0.0] * 5 + [1.0] * 5 + [1.0] * 5 + [0.0] * 5,
            "y": np.arange(20.0),
            "part": ["A"] * 10 + ["B"] * 10,
            "smiles": ["CCO", "c1ccccc1", "CCN"] + ["CCCO"] * 7 + ["C" * (n + 3) for n in range(10)],
        }
    )
    return source(records=table, value_unit="pIC50", validation=validation, bridging=bridging, part_contexts=CONTEXTS)


VALUES, LABELS = values(), labels()


def bound(area: float) -> float:
    """Return the lower bound of an area over 5 and 5 compounds, after Hanley and McNeil (1982)."""
    a = (25 * area + 0.5) / 26
    q1, q2 = a / (2 - a), 2 * a * a / (1 + a)
    return max(0.0, area - 1.645 * math.sqrt((a * (1 - a) + 4 * (q1 - a * a) + 4 * (q2 - a * a)) / 25))


TRUTHS, PREDICTIONS = VALUES.validation["truth"], VALUES.validation["prediction"]
SCORES = {
    "species": (1.0, 1.0),
    "cell_line": (1.0, 0.1),
    "target_variant": (1.0, 0.3),
    "assay_format": (1.0, 0.0),
    "readout": (1.0, 0.5),
    "temperature": (E, 1.0),
    "ph": (1.0, E),
    "incubation": (1.0, E),
    "buffer": (1.0, 0.0),
    "age": (1.0, 0.5),
}
"""How well parts A and B match the decision."""

# indicator: source, whole, part A, part B; None where only the parts are by hand, a text where nothing is told
PENCIL = {
    "replicate_sd": (VALUES, math.sqrt((0.08 + 0.08 + 0.5) / 3), math.sqrt(0.08), math.sqrt(0.5)),
    "replicate_mad": (VALUES, MAD * 0.2, MAD * 0.2, MAD * 0.5),
    "msr": (VALUES, 10 ** (2 * math.sqrt(0.44)), 10**0.8, 100.0),
    "measurement_se": (VALUES, 0.3, 0.2, 0.4),
    "qualifier_share": (VALUES, 1 / 8, 0.0, 1 / 4),
    "duplicate_conflict": (LABELS, 1 / 3, 1 / 2, 0.0),
    "inconclusive_share": (LABELS, 1 / 8, 1 / 4, 0.0),
    "threshold_documented": (LABELS, 1.0, 1.0, 1.0),
    "threshold_gap": (LABELS, 0.75, 1.0, 0.5),
    "metadata_completeness": (VALUES, 9.5 / 11, 9 / 11, 10 / 11),
    "n_independent_sources": (VALUES, 3.0, 2.0, 2.0),
    "chembl_confidence": (VALUES, 7.0, 9.0, 5.0),
    "curation_level": (VALUES, 0.65, 1.0, 0.3),
    "validity_flag_share": (VALUES, 1 / 8, 0.0, 1 / 4),
    "curation_class": (VALUES, 0.5, 1.0, 1.0),
    "class_balance": (VALUES, 4 * 5 / 8 * 3 / 8, 1.0, 0.75),
    "sample_purity": (VALUES, 0.85, 0.9, 0.8),
    "record_count": (VALUES, 8.0, 4.0, 4.0),
    "n_molecules": (VALUES, 5.0, 2.0, 3.0),
    "auroc_scaffold": (VALUES, 10 / 15, 1.0, 0.0),
    "brier": (LABELS, (0.57 + 1.97) / 8, 0.57 / 4, 1.97 / 4),
    "ece": (LABELS, 1.8 / 8, 0.5 / 4, 1.9 / 4),
    "spearman_cv": (VALUES, spearmanr(TRUTHS, PREDICTIONS).statistic, 1.0, -1.0),
    "r2_vs_ceiling": (
        VALUES,
        (1 - 21.5 / 19.5) / (1 - 0.22 * 7 / 19.5),
        (1 - 1.5 / 14) / (1 - 0.08 * 3 / 14),
        -3 / (1 - 0.5 * 3 / 5),
    ),
    "rmse_vs_noise": (VALUES, math.sqrt(21.5 / 8 / 0.22), math.sqrt(0.375 / 0.08), math.sqrt(10)),
    "context_match": (
        VALUES,
        sum(sum(both) for both in SCORES.values()) / 20,
        sum(both[0] for both in SCORES.values()) / 10,
        sum(both[1] for both in SCORES.values()) / 10,
    ),
    "bridge_n": (VALUES, 5.0, 3.0, 3.0),
    "bridge_auroc_lcb": (LABELS, None, bound(1.0), 0.0),
    "bridge_ccc": (VALUES, None, 1.0, 4 / 7),
    "bridge_loa_width": (VALUES, None, 0.0, 0.0),
    "chem_overlap": (VALUES, 1.0, "is read for a source as a whole", "is read for a source as a whole"),
    **{name: (VALUES, (a + b) / 2, a, b) for name, (a, b) in SCORES.items()},
}
ELSEWHERE = {
    "z_prime": "no table tells it (test_registry: the card)",
    "cytotox_artifact": "an interval, below",
    "inter_source_kappa": "needs twenty shared molecules (test_agreement)",
    "bridge_representativeness": "needs fingerprints of bridging compounds (test_bridging)",
}
OF_SOURCES = {name for name, indicator in INDICATORS.items() if indicator.of_sources}
BOTH = sorted(name for name in PENCIL if INDICATORS[name].of_molecules)
CASES = [
    pytest.param(PENCIL[name][0], name, part, PENCIL[name][number], id=f"{name}-{part or 'whole'}")
    for name in PENCIL
    for number, part in ((1, None), (2, "A"), (3, "B"))
    if PENCIL[name][number] is not None
]


def test_every_indicator_of_a_source_has_its_pencil_example() -> None:
    """A new indicator without an example here, or a reason why not, is noticed."""
    assert set(PENCIL) | set(ELSEWHERE) == OF_SOURCES
    assert not set(PENCIL) & set(ELSEWHERE)


@pytest.mark.parametrize(("sample", "name", "part", "expected"), CASES)
def test_a_source_and_its_parts_by_pencil(sample, name, part, expected) -> None:
    """The whole pools its parts by the indicator's own formula, and a part is its own records alone."""
    found = read_source(name, sample, HERE) if part is None else read_part(name, sample, part, HERE)
    if isinstance(expected, str):
        assert (found.value, found.unknown) == (None, expected)
    else:
        assert found.value == pytest.approx(expected)
        assert found.exact
        assert not found.unknown


@pytest.mark.parametrize("name", BOTH)
def test_a_molecule_near_one_part_is_told_by_that_part(name) -> None:
    """Ethanol has what part A's records tell, benzene what part B's do."""
    sample, _, a, b = PENCIL[name]
    if name == "n_independent_sources":
        a = 1.0  # each of part A's two molecules stands in one paper; the part as a whole in two
    found = read_molecules(name, sample, HERE)
    assert found.value == pytest.approx([a, b])
    assert found.low.tolist() == found.high.tolist()
    assert found.note == ""


def test_a_censored_value_leaves_its_counter_gap_open() -> None:
    """A gaps 1; B gaps .5 three times and one limit that may hide 0 to 2."""
    whole = read_source("cytotox_artifact", VALUES, HERE)
    part = read_part("cytotox_artifact", VALUES, "B", HERE)
    near = read_molecules("cytotox_artifact", VALUES, HERE)
    assert read_part("cytotox_artifact", VALUES, "A", HERE).value == pytest.approx(1.0)
    assert (whole.low, whole.high) == (pytest.approx(5.5 / 8), pytest.approx(7.5 / 8))
    assert (part.low, part.high) == (pytest.approx(1.5 / 4), pytest.approx(3.5 / 4))
    assert near.low == pytest.approx([1.0, 1.5 / 4])
    assert near.high == pytest.approx([1.0, 3.5 / 4])


# --- silence ------------------------------------------------------------------------------------------------

NO_PAIRS, NO_VALIDATION = "needs bridging compounds", "needs out-of-fold predictions"
BARE = records(smiles=["CCO"], key=["a"])
SILENCE = {
    "replicate_sd": "the records do not tell the values",
    "replicate_mad": "the records do not tell the values",
    "msr": "the records do not tell the run of a value",
    "z_prime": "training records do not hold the plate controls",
    "measurement_se": "the records do not tell the standard error of a value",
    "qualifier_share": "the records do not tell the values",
    "duplicate_conflict": "the records do not tell the labels",
    "inconclusive_share": "the records do not tell the outcome",
    "threshold_gap": "all 1 records state no cut-off, and no bridging compounds tell the labels' cut-off",
    "n_independent_sources": "the records do not tell the document they come from",
    "inter_source_kappa": "the records do not tell the labels",
    "chembl_confidence": "the records do not tell the target confidence",
    "curation_level": "the records do not tell the level of curation",
    "validity_flag_share": "the records do not tell the marks of doubtful records",
    "class_balance": "the records do not tell the labels",
    "cytotox_artifact": "the records do not tell the values",
    "sample_purity": "the records do not tell the purity of the samples",
    "auroc_scaffold": NO_VALIDATION,
    "brier": NO_VALIDATION,
    "ece": NO_VALIDATION,
    "spearman_cv": NO_VALIDATION,
    "r2_vs_ceiling": "needs a continuous source",
    "rmse_vs_noise": "needs a continuous source",
    "bridge_n": NO_PAIRS,
    "bridge_auroc_lcb": NO_PAIRS,
    "bridge_ccc": NO_PAIRS,
    "bridge_loa_width": NO_PAIRS,
    "bridge_representativeness": NO_PAIRS,
}
COUNTED = {"threshold_documented": 0.0, "metadata_completeness": 0.0, "record_count": 1.0, "n_molecules": 1.0}
COUNTED |= {"chem_overlap": 0.5}  # the median over ethanol, which is there, and benzene, which is not like it
"""What a bare table does tell: how much there is, and that nothing is stated."""
OPEN = {*SCORES, "context_match", "curation_class"}
"""What lies between 0 and 1 whatever was not recorded."""


def test_silence_covers_every_indicator_of_a_source() -> None:
    """Each is silent with a reason, open, or counted."""
    assert set(SILENCE) | set(COUNTED) | OPEN == OF_SOURCES


@pytest.mark.parametrize("name", SILENCE)
def test_what_a_bare_table_does_not_tell_is_missing_in_words(name) -> None:
    """One record of a structure and a key: no number is made up, and the report can print the reason."""
    found = read_source(name, source(records=BARE), HERE)
    assert (found.value, found.low, found.high, found.unknown) == (None, None, None, SILENCE[name])
    molecules = read_molecules(name, source(records=BARE), HERE) if INDICATORS[name].of_molecules else None
    assert molecules is None or (np.isnan(molecules.value).all() and molecules.note == SILENCE[name])


@pytest.mark.parametrize("name", sorted(OPEN))
def test_what_a_bare_table_leaves_open_is_the_whole_range(name) -> None:
    """Conditions that nobody recorded may match or not."""
    found = read_source(name, source(records=BARE), HERE)
    assert (found.low, found.value, found.high) == (0.0, 0.5, 1.0)
    assert found.note


@pytest.mark.parametrize("name", COUNTED)
def test_what_a_bare_table_counts(name) -> None:
    """Nothing stated is 0 stated; one record of one molecule is one."""
    assert read_source(name, source(records=BARE), HERE).value == COUNTED[name]


RECORD_BY_RECORD = sorted(name for name, one in INDICATORS.items() if one.records is not None and one.pooled is None)


@pytest.mark.parametrize("name", RECORD_BY_RECORD)
def test_a_part_without_records_is_missing_and_named(name) -> None:
    """A part that no record belongs to has no share, no mean and no match: neither 0 nor a crash."""
    for sample in (VALUES, LABELS):
        found = read_part(name, sample, "Z", HERE)
        assert (found.value, found.unknown) == (None, "no record belongs to the part 'Z'")
