import numpy as np
import pytest
from tests.evidence.models.chemistry_samples import molecules

from weighbridge.errors import InputError
from weighbridge.evidence.chemistry import FINGERPRINT_BITS, fingerprints
from weighbridge.evidence.models.features import DESCRIPTORS, descriptors, featurise


def test_the_counted_bits_are_the_bits_of_the_fingerprint():
    """A feature column of a fingerprint bit is positive exactly where the fingerprint has the bit."""
    smiles = molecules()[:30]
    bits = np.unpackbits(fingerprints(smiles), axis=1).astype(bool)
    assert np.array_equal(featurise(smiles)[:, :FINGERPRINT_BITS] > 0, bits)


def test_counts_tell_long_chains_from_short_ones():
    """Two chains with the same bits differ in their counts."""
    octane, dodecane = featurise(["C" * 8, "C" * 12])[:, :FINGERPRINT_BITS]
    assert np.array_equal(octane > 0, dodecane > 0)
    assert dodecane.sum() == octane.sum() + 12  # four more atoms at the radii 0, 1 and 2


def test_descriptors_are_those_of_the_handbook():
    """Aspirin's molecular weight, polar surface, donors and acceptors are the published ones."""
    aspirin = dict(zip(DESCRIPTORS, descriptors(["CC(=O)Oc1ccccc1C(=O)O"])[0], strict=True))
    assert aspirin["MolWt"] == pytest.approx(180.16, abs=0.01)  # PubChem CID 2244
    assert aspirin["TPSA"] == pytest.approx(63.6, abs=0.01)  # PubChem CID 2244
    assert (aspirin["NumHDonors"], aspirin["RingCount"], aspirin["HeavyAtomCount"]) == (1, 1, 13)


def test_the_last_columns_are_the_descriptors():
    """Features end with the descriptors in the order of their names."""
    smiles = molecules()[:5]
    assert np.array_equal(featurise(smiles)[:, FINGERPRINT_BITS:], descriptors(smiles))


def test_every_unreadable_structure_is_named_by_its_row():
    """All structures that cannot be read are reported at once, each with its row and the reason."""
    with pytest.raises(InputError) as caught:
        featurise(["CCO", "C1CC", "", "CN(C)(C)(C)C"])
    assert [fault.place for fault in caught.value.faults] == ["row 2", "row 3", "row 4"]
    assert "'C1CC'" in caught.value.faults[0].what
    assert "empty" in caught.value.faults[1].what
    assert "valence" in caught.value.faults[2].what


def test_nothing_gives_an_empty_table():
    """No molecules give no rows and the full width."""
    assert featurise([]).shape == (0, FINGERPRINT_BITS + len(DESCRIPTORS))
    assert descriptors([]).shape == (0, len(DESCRIPTORS))


def test_progress_reaches_the_end_and_never_goes_back():
    """Progress is told with rising counts and ends with all molecules done."""
    heard = []
    featurise(molecules(), lambda *said: heard.append(said))
    assert {step for step, _, _ in heard} == {"features"}
    assert [done for _, done, _ in heard] == sorted({done for _, done, _ in heard})
    assert heard[-1] == ("features", len(molecules()), len(molecules()))
