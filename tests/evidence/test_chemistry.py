"""Structures: one form and one key for a compound, wherever it comes from."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.errors import InputError
from weighbridge.evidence import chemistry
from weighbridge.evidence.chemistry import (
    Structure,
    Unreadable,
    fingerprints,
    scaffold,
    similarity,
    standardise,
    standardise_many,
)

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
ASPIRIN_KEY = "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"
MOLECULES = [
    ASPIRIN,
    "CC(=O)Nc1ccc(O)cc1",
    "Cn1c(=O)c2c(ncn2C)n(C)c1=O",
    "CCO",
    "c1ccccc1",
    "CC(C)Cc1ccc(C(C)C(=O)O)cc1",
    "CN1CCCC1c1cccnc1",
    "OC(=O)c1ccccc1O",
]


def test_inchikey_is_the_published_one():
    """Aspirin gets the InChIKey that PubChem and ChEMBL give it."""
    found = standardise(ASPIRIN)
    assert found.inchikey == ASPIRIN_KEY
    assert found.key == "BSYNRYMUTXBXSQ"


@pytest.mark.parametrize(
    "written",
    [
        "CC(=O)Oc1ccccc1C(=O)[O-].[Na+]",
        "[Na]OC(=O)c1ccccc1OC(C)=O",
        "O.CC(=O)Oc1ccccc1C(O)=O",
        "  CC(=O)Oc1ccccc1C(O)=O ",
        "c1ccc(OC(C)=O)c(c1)C(O)=O",
    ],
)
def test_salts_hydrates_and_spellings_are_one_compound(written):
    """Salt, hydrate, spaces and another order of atoms do not change the standardised form."""
    assert standardise(written) == standardise(ASPIRIN)


def test_charges_that_cannot_go_stay():
    """A quaternary ammonium keeps its charge."""
    assert standardise("C[N+](C)(C)C.[Cl-]").smiles == "C[N+](C)(C)C"


def test_stereo_differs_in_the_full_key_only():
    """Enantiomers share the first block of the InChIKey and differ in the whole."""
    left, right = standardise("C[C@H](N)C(=O)O"), standardise("C[C@@H](N)C(=O)O")
    assert left.key == right.key
    assert left.inchikey != right.inchikey


@pytest.mark.parametrize("smiles", MOLECULES)
def test_standardising_twice_changes_nothing(smiles):
    """The standardised form is its own standardised form."""
    once = standardise(smiles)
    assert standardise(once.smiles) == once


@pytest.mark.parametrize(
    ("smiles", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("c1ccccc", "syntax"),
        ("CC(C)(C)(C)C", "valence"),
        ("c1cccc1", "kekulize"),
        ("[CH-]1C=CC=C1.[CH-]1C=CC=C1.[Fe+2]", "no valid standardised form"),
    ],
)
def test_an_unreadable_structure_says_why(smiles, reason):
    """The error names the reason, in RDKit's words where it has some."""
    with pytest.raises(ValueError, match=reason):
        standardise(smiles)


def test_nothing_is_printed_about_unreadable_structures(capfd):
    """RDKit's own log stays silent: the reason is in the result."""
    standardise_many(["c1ccccc", "CC(C)(C)(C)C", "CCO"])
    assert capfd.readouterr() == ("", "")


def test_many_keep_their_order_and_their_faults():
    """Repeats, good and bad structures come back in the order given."""
    found = standardise_many(["CCO", "bad", "OCC", "CCO"])
    assert [type(item) for item in found] == [Structure, Unreadable, Structure, Structure]
    assert found[0] == found[2] == found[3] == standardise("CCO")
    assert found[1].smiles == "bad"
    assert "syntax" in found[1].reason


def test_progress_counts_different_texts():
    """Progress is told up to the number of different texts, and ends there."""
    seen = []
    standardise_many(["CCO", "CCO", "CCN", "CCC"], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_progress_is_told_about_a_hundred_times():
    """A thousand structures do not call back a thousand times."""
    seen = []
    standardise_many(["C" * n for n in range(1, 251)], progress=lambda done, total: seen.append(done))
    assert seen[-1] == 250
    assert len(seen) <= 126


@pytest.mark.parametrize(
    ("smiles", "frame"),
    [
        ("c1ccccc1CCN", "c1ccccc1"),
        ("CCO", ""),
        (ASPIRIN, "c1ccccc1"),
        ("O=C(Nc1ccccc1)c1ccncc1", "O=C(Nc1ccccc1)c1ccncc1"),
    ],
)
def test_scaffold_is_rings_and_linkers(smiles, frame):
    """The Bemis–Murcko scaffold keeps rings and what links them, and nothing of an acyclic molecule."""
    assert scaffold(smiles) == frame


def test_similarity_agrees_with_rdkit():
    """Tanimoto of the packed fingerprints equals RDKit's own to the last digit."""
    from rdkit import Chem, DataStructs
    from rdkit.Chem import rdFingerprintGenerator

    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    prints = [generator.GetFingerprint(Chem.MolFromSmiles(text)) for text in MOLECULES]
    expected = np.array([DataStructs.BulkTanimotoSimilarity(one, prints) for one in prints])
    packed = fingerprints(MOLECULES)
    assert packed.shape == (len(MOLECULES), 256)
    np.testing.assert_array_equal(similarity(packed, packed), expected)


@given(
    st.lists(st.binary(min_size=4, max_size=4), min_size=1, max_size=6),
    st.lists(st.binary(min_size=4, max_size=4), min_size=1, max_size=6),
)
def test_similarity_is_shared_over_united_bits(first, second):
    """Every entry is |A ∩ B| / |A ∪ B|, 0 where both are empty."""
    left, right = (np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(-1, 4) for rows in (first, second))
    found = similarity(left, right)
    for row, a in enumerate(np.unpackbits(left, axis=1)):
        for column, b in enumerate(np.unpackbits(right, axis=1)):
            union = int((a | b).sum())
            assert found[row, column] == (int((a & b).sum()) / union if union else 0.0)


def test_similarity_does_not_depend_on_the_block(monkeypatch):
    """Working in blocks of two rows gives the same bits as working at once."""
    packed = fingerprints(MOLECULES)
    whole = similarity(packed, packed)
    monkeypatch.setattr(chemistry, "_BLOCK_ROWS", 2)
    np.testing.assert_array_equal(similarity(packed, packed), whole)


def test_without_rdkit_the_user_hears_what_to_install(monkeypatch):
    """A missing RDKit is the user's to mend, and the message says how."""
    monkeypatch.setitem(sys.modules, "rdkit", None)
    monkeypatch.setattr(chemistry, "have_rdkit", lambda: False)
    chemistry._rdkit.cache_clear()
    try:
        with pytest.raises(InputError, match=r"pip install 'weighbridge\[chem\]'"):
            standardise("CCO")
    finally:
        chemistry._rdkit.cache_clear()


def test_rdkit_is_found_here():
    """The test environment has RDKit, so the tests above tested something."""
    assert chemistry.have_rdkit()


@pytest.mark.shared
def test_the_shared_structures_are_already_standard(shared_data):
    """Standardised SMILES of 300 internal PXR compounds give back the keys stored with them."""
    frame = pd.read_csv(shared_data / "pxr" / "internal_continuous.csv").head(300)
    found = standardise_many(frame["std_smiles"].tolist())
    assert [item.inchikey for item in found] == frame["inchikey"].tolist()
