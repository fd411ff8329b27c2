"""How far molecules lie from the training data, and how one-sided their neighbours' labels are."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from tests.evidence.sample import records, setting, source

from weighbridge.errors import InputError
from weighbridge.evidence.chemistry import fingerprints, similarity
from weighbridge.evidence.indicators import prints, read_molecules, read_part, read_source

TRAINING = ["CCO", "CCCO", "CCCCO", "CCCCCO", "CCCCCCO", "CCCCCCCO", "c1ccccc1"]
CANDIDATES = ["CCCCCCCCO", "c1ccncc1", "CCO"]


def trained(smiles=TRAINING, **fields):
    return source(
        records=records(smiles=smiles, key=fields.pop("key", [f"k{row}" for row in range(len(smiles))]), **fields)
    )


def test_domain_by_brute_force():
    """The mean of the five largest similarities, and the largest, are what sorting all of them gives."""
    matrix = similarity(fingerprints(CANDIDATES), fingerprints(TRAINING))
    five = np.sort(matrix, axis=1)[:, ::-1][:, :5]
    found = read_molecules("ad_knn", trained(), setting(CANDIDATES))
    assert found.value == pytest.approx(five.mean(axis=1))
    assert read_molecules("nearest_similarity", trained(), setting(CANDIDATES)).value == pytest.approx(five[:, 0])
    assert read_source("chem_overlap", trained(), setting(CANDIDATES)).value == pytest.approx(np.median(five[:, 0]))


def test_repeated_records_are_one_molecule():
    """Ten records of one molecule are one neighbour in the domain."""
    once, often = trained(["CCO", "CCCO"]), trained(["CCO"] * 10 + ["CCCO"], key=["a"] * 10 + ["b"])
    where = setting(["CCCCO"])
    assert read_molecules("ad_knn", once, where).value == pytest.approx(read_molecules("ad_knn", often, where).value)


def test_a_molecule_without_a_structure_is_missing():
    """No structure: no domain, and the note counts them."""
    found = read_molecules("ad_knn", trained(), setting(["CCO", None]))
    assert np.isnan(found.value).tolist() == [False, True]
    assert found.note == "1 of 2 molecules have no structure"
    assert read_source("chem_overlap", trained(), setting(["CCO", None])).value == 1.0


@pytest.mark.parametrize(
    ("sample", "where", "reason"),
    [
        (source(), setting(["CCO"]), "needs training records"),
        (trained([None]), setting(["CCO"]), "the training records have no structures"),
        (trained(), setting([None]), "the molecules have no structures"),
    ],
)
def test_what_is_needed_is_named(sample, where, reason):
    """Records, their structures and the molecules' structures are all needed."""
    assert read_molecules("ad_knn", sample, where).note == reason
    assert read_source("chem_overlap", sample, where).unknown == reason
    assert "as a whole" in read_part("chem_overlap", sample, "A", where).unknown


def test_a_structure_that_cannot_be_read_is_the_users():
    """An unreadable training structure is an input error that names it."""
    with pytest.raises(InputError, match="c1ccccc"):
        read_molecules("ad_knn", trained(["c1ccccc"]), setting(["CCO"]))


def test_label_purity_by_hand():
    """Labels 1 and 0 at similarity 1 are split; with a third active the purity is 2/3."""
    split = trained(["CCO", "CCO"], key=["a", "a"], label=[1, 0])
    assert read_molecules("label_purity", split, setting(["CCO"])).value.tolist() == [0.5]
    mostly = trained(["CCO"] * 4, key=["a"] * 4, label=[1, 0, 1, None])
    found = read_molecules("label_purity", mostly, setting(["CCO", "c1ccccc1"]))
    assert found.value[0] == pytest.approx(2 / 3)
    assert np.isnan(found.value[1])
    assert found.note.startswith("1 of 2 molecules")


def test_label_purity_by_brute_force():
    """On seven records it is the weighted share among the five nearest labelled ones at .3 and above."""
    labels = np.array([1.0, 0, 0, 1, 1, 1, 0])
    matrix = similarity(fingerprints(CANDIDATES), fingerprints(TRAINING))
    found = read_molecules("label_purity", trained(label=labels), setting(CANDIDATES)).value
    for row, values in enumerate(matrix):
        near = values >= max(0.3, np.sort(values)[-5])
        if not near.any():
            assert np.isnan(found[row])
            continue
        share = (values[near] * labels[near]).sum() / values[near].sum()
        assert found[row] == pytest.approx(max(share, 1 - share))


def test_label_purity_of_values_is_at_the_threshold():
    """Continuous neighbours agree where they lie on one side of the decision's threshold."""
    sample = source("continuous", records=records(smiles=["CCO"] * 3, key=["a"] * 3, value=[5.0, 6.0, 7.0]))
    assert read_molecules("label_purity", sample, setting(["CCO"], threshold=6.0)).value == pytest.approx([2 / 3])
    assert "no threshold" in read_molecules("label_purity", sample, setting(["CCO"])).note
    assert "no record has a label" in read_molecules("label_purity", trained(label=[None] * 7), setting(["CCO"])).note


def test_fingerprints_are_computed_once(monkeypatch):
    """Several indicators of one source and setting fingerprint its records and molecules once each."""
    calls = []
    monkeypatch.setattr(prints, "fingerprints", lambda smiles: calls.append(len(smiles)) or fingerprints(smiles))
    sample, where = trained(label=[1] * 7, purity=[0.9] * 7), setting(CANDIDATES)
    for name in ("ad_knn", "nearest_similarity", "label_purity", "sample_purity"):
        read_molecules(name, sample, where)
    read_source("chem_overlap", sample, where)
    assert sorted(calls) == [3, 7]


def test_what_is_kept_goes_with_its_source():
    """When nobody holds the source any more, its fingerprints and neighbours are forgotten."""
    sample, where = trained(purity=[0.9] * 7), setting(CANDIDATES)
    read_molecules("sample_purity", sample, where)
    assert sample in prints._NEAREST
    before = len(prints._OF_RECORDS)
    del sample, where
    gc.collect()
    assert len(prints._OF_RECORDS) < before


def test_the_order_of_records_does_not_matter():
    """Reversed records give the same domain, purity and neighbours' quality."""
    labels, purity = [1, 0, 0, 1, 1, 1, 0], [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, None]
    forward = trained(label=labels, purity=purity)
    backward = trained(TRAINING[::-1], label=labels[::-1], purity=purity[::-1])
    where = setting(CANDIDATES)
    for name in ("ad_knn", "label_purity", "sample_purity"):
        first, second = read_molecules(name, forward, where), read_molecules(name, backward, where)
        np.testing.assert_allclose(first.value, second.value)
        np.testing.assert_allclose(first.high, second.high)
