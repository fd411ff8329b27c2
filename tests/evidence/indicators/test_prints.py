"""Fingerprints of records and candidates: rows without structures, repeated molecules, neighbours, what is kept."""

from __future__ import annotations

import gc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.sample import records, setting, source

from weighbridge.errors import InputError
from weighbridge.evidence.chemistry import fingerprints, similarity
from weighbridge.evidence.indicators import prints
from weighbridge.evidence.indicators.prints import (
    candidate_similarities,
    fingerprints_of,
    median_nearest,
    nearest_records,
    nearest_where,
    training_prints,
)
from weighbridge.evidence.indicators.view import NotToldError

CHAIN = ["CCO", "CCCO", "CCCCO", "CCCCCO", "CCCCCCO", "c1ccccc1", "Cc1ccccc1"]


def frame(smiles, keys=None) -> pd.DataFrame:
    return pd.DataFrame({"smiles": smiles, "key": keys or [None] * len(smiles)}, dtype=object)


def recorded(smiles, keys=None):
    return source(records=records(smiles=smiles, key=keys or [f"k{row}" for row in range(len(smiles))]))


# --- of a table ---------------------------------------------------------------------------------------------


def test_rows_without_a_structure_have_no_fingerprint() -> None:
    """The others keep their row numbers and their own fingerprint."""
    found = fingerprints_of(frame([None, "CCO", np.nan, "CCN"], ["a", "b", "c", "d"]))
    assert found.rows.tolist() == [1, 3]
    np.testing.assert_array_equal(found.packed, fingerprints(["CCO", "CCN"]))


def test_molecules_are_told_apart_by_key() -> None:
    """Two spellings under one key are one molecule; the rows keep their own fingerprints."""
    found = fingerprints_of(frame(["CCO", "CCCO", "CCN"], ["a", "a", "b"]))
    assert (len(found.packed), len(found.molecules)) == (3, 2)


def test_without_a_key_the_structure_tells() -> None:
    """Two records of one SMILES and no key are one molecule."""
    assert len(fingerprints_of(frame(["CCO", "CCO", "CCN"])).molecules) == 2


def test_the_molecules_do_not_depend_on_the_order_of_rows() -> None:
    """Of one key's spellings always the same one stands for it, whichever comes first."""
    smiles, keys = ["CCO", "CCCO", "CCN", "CCCN"], ["a", "a", "b", "b"]
    forward, backward = (fingerprints_of(frame(smiles[::step], keys[::step])).molecules for step in (1, -1))
    np.testing.assert_array_equal(forward, backward)


def test_a_table_without_structures_is_empty() -> None:
    """No rows, and nothing that fails."""
    found = fingerprints_of(frame([None, None]))
    assert (len(found.rows), len(found.packed), len(found.molecules)) == (0, 0, 0)


def test_a_structure_that_cannot_be_read_is_an_input_error_with_advice() -> None:
    """The text is named and what to do about it."""
    with pytest.raises(InputError) as caught:
        fingerprints_of(frame(["CCO", "C1CC"]))
    assert str(caught.value) == (
        "RDKit cannot read the SMILES 'C1CC': its syntax is wrong. Standardise the structures before they are compared"
    )


# --- neighbours ---------------------------------------------------------------------------------------------


def test_neighbours_are_row_numbers_of_the_records() -> None:
    """A record without a structure shifts no number."""
    found = nearest_records(recorded([None, "CCO", None, "c1ccccc1"]), setting(["c1ccccc1", "CCO"]))
    assert found.indices.tolist() == [[3], [1]]
    assert found.similarities.tolist() == [[1.0], [1.0]]


def test_a_molecule_without_a_structure_has_no_neighbours() -> None:
    """Its row is there, and empty."""
    found = nearest_records(recorded(["CCO"]), setting([None, "CCO"]))
    assert found.indices.tolist() == [[-1], [0]]
    assert found.similarities.tolist() == [[0.0], [1.0]]


def test_neighbours_among_some_records_only() -> None:
    """The unmarked are not looked at, and the numbers are still those of the whole table."""
    sample, where = recorded(["CCO", "CCO", None, "CCO"]), setting(["CCO"])
    assert nearest_where(sample, where, np.array([False, True, True, True])).indices.tolist() == [[1, 3]]
    assert nearest_where(sample, where, np.zeros(4, dtype=bool)).indices.shape == (1, 0)


@given(st.lists(st.sampled_from([*CHAIN, None]), min_size=1, max_size=9), st.sampled_from(CHAIN))
def test_neighbours_against_sorting_all_similarities(smiles, candidate) -> None:
    """The neighbours are the records at least .3 similar and at least as similar as the fifth."""
    if not any(smiles):
        return
    found = nearest_records(recorded(smiles), setting([candidate]))
    rows = [row for row, text in enumerate(smiles) if text]
    values = similarity(fingerprints([candidate]), fingerprints([smiles[row] for row in rows]))[0]
    fifth = sorted(values, reverse=True)[4] if len(values) > 5 else 0.0
    expected = {row: value for row, value in zip(rows, values, strict=True) if value >= max(0.3, fifth)}
    mine = {int(i): s for i, s in zip(found.indices[0], found.similarities[0], strict=True) if i >= 0}
    assert mine == pytest.approx(expected)
    assert sorted(found.similarities[0], reverse=True) == found.similarities[0].tolist()


# --- similarity of candidates -------------------------------------------------------------------------------


def test_candidates_are_compared_with_different_molecules_once_each() -> None:
    """Five records of ethanol are one training molecule, so propanol is the second nearest."""
    sample = recorded(["CCO"] * 5 + ["CCCO"], ["e"] * 5 + ["p"])
    assert training_prints(sample).shape == (2, 256)
    found = candidate_similarities(sample, setting(["CCO", None]))
    assert found.shape == (2, 2)
    assert found[0] == pytest.approx([1.0, similarity(fingerprints(["CCO"]), fingerprints(["CCCO"]))[0, 0]])
    assert np.isnan(found[1]).all()


def test_at_most_five_similarities_are_kept_largest_first() -> None:
    """They are what sorting all of them gives."""
    found = candidate_similarities(recorded(CHAIN), setting(["CCCCO"]))
    every = similarity(fingerprints(["CCCCO"]), fingerprints(CHAIN))[0]
    assert found[0].tolist() == sorted(every.tolist(), reverse=True)[:5]


def test_the_median_nearest_by_hand() -> None:
    """Candidates that are there, and one that is nowhere near: the median of 1, 1 and 0."""
    packed = fingerprints(["CCO", "c1ccccc1"])
    assert median_nearest(setting(["CCO", "c1ccccc1", "[He]"]), packed) == 1.0
    assert median_nearest(setting(["[He]", None]), packed) == 0.0


# --- what is missing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "where", "words"),
    [
        (source(), setting(["CCO"]), "needs training records"),
        (source(records=records(smiles=[])), setting(["CCO"]), "needs training records"),
        (recorded([None, None]), setting(["CCO"]), "the training records have no structures"),
        (recorded(["CCO"]), setting([None]), "the molecules have no structures"),
        (recorded(["CCO"]), setting(), "the molecules have no structures"),
    ],
)
@pytest.mark.parametrize("call", [nearest_records, candidate_similarities])
def test_what_is_needed_is_told_in_words(call, sample, where, words) -> None:
    """Records, their structures and the candidates' structures, each with its own reason."""
    with pytest.raises(NotToldError) as caught:
        call(sample, where)
    assert str(caught.value) == words


# --- what is kept -------------------------------------------------------------------------------------------


def test_neighbours_are_found_once_for_a_source_and_a_setting() -> None:
    """The same pair gives the same object, another setting another one."""
    sample, where = recorded(CHAIN), setting(["CCO"])
    assert nearest_records(sample, where) is nearest_records(sample, where)
    assert candidate_similarities(sample, where) is candidate_similarities(sample, where)
    assert nearest_records(sample, setting(["CCO"])) is not nearest_records(sample, where)


def test_what_is_kept_of_a_setting_goes_with_it() -> None:
    """Weighing many decisions with one source does not pile up their neighbours."""
    sample, where = recorded(CHAIN), setting(["CCO"])
    nearest_records(sample, where)
    candidate_similarities(sample, where)
    assert (len(prints._NEAREST[sample]), len(prints._SIMILAR[sample])) == (1, 1)
    del where
    gc.collect()
    assert (len(prints._NEAREST[sample]), len(prints._SIMILAR[sample])) == (0, 0)
