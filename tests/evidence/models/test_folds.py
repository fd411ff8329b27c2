from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evidence.models.chemistry_samples import molecules

from weighbridge.errors import InputError
from weighbridge.evidence.chemistry import scaffold
from weighbridge.evidence.models.folds import group_folds, scaffold_folds

group_lists = st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=60)


def test_no_scaffold_stands_on_both_sides():
    """All molecules of one Bemis-Murcko scaffold are in the same fold."""
    folds = scaffold_folds(molecules(), 4, seed=0)
    homes = {}
    for smiles, fold in zip(molecules(), folds, strict=True):
        homes.setdefault(scaffold(smiles), set()).add(int(fold))
    assert all(len(home) == 1 for home in homes.values())


def test_stereoisomers_stay_together():
    """Isomers of one compound share a fold, rings or not, although their SMILES differ."""
    pairs = [
        ("C[C@H]1CC[C@@H](O)CC1", "C[C@H]1CC[C@H](O)CC1"),
        ("CC[C@H](C)O", "CC[C@@H](C)O"),
        ("O[C@H]1CCCC[C@@H]1Cc1ccccc1", "O[C@@H]1CCCC[C@@H]1Cc1ccccc1"),
    ]
    smiles = [one for pair in pairs for one in pair] + list(molecules())
    folds = scaffold_folds(smiles, 5, seed=1)
    assert [folds[2 * i] == folds[2 * i + 1] for i in range(len(pairs))] == [True] * len(pairs)


def test_acyclic_molecules_are_no_series():
    """Chains have no scaffold, and are spread over the folds and not kept as one group."""
    folds = scaffold_folds(["C" * n for n in range(1, 7)] + ["C" * n + "O" for n in range(1, 7)], 3, seed=0)
    assert set(Counter(folds.tolist())) == {0, 1, 2}


@settings(max_examples=80, deadline=None)
@given(groups=group_lists, seed=st.integers(0, 1000), order=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_fold(groups, seed, order):
    """A group's fold depends on the set of rows and the seed, not on their order."""
    folds = min(3, len(set(groups)))
    before = dict(zip(groups, group_folds(groups, folds, seed).tolist(), strict=True))
    shuffled = groups.copy()
    order.shuffle(shuffled)
    assert dict(zip(shuffled, group_folds(shuffled, folds, seed).tolist(), strict=True)) == before


@settings(max_examples=80, deadline=None)
@given(groups=group_lists, seed=st.integers(0, 1000))
def test_folds_are_as_even_as_groups_allow(groups, seed):
    """The fullest and the emptiest fold differ by no more than the largest group; none is empty."""
    folds = min(4, len(set(groups)))
    load = np.bincount(group_folds(groups, folds, seed), minlength=folds)
    assert load.min() > 0
    assert load.max() - load.min() <= max(Counter(groups).values())


def test_another_seed_is_another_split():
    """The seed chooses between equally balanced splits."""
    groups = [str(number) for number in range(40)]
    assert not np.array_equal(group_folds(groups, 5, 0), group_folds(groups, 5, 1))


def test_too_few_series_are_refused():
    """Fewer scaffolds than folds are an error that names both numbers."""
    with pytest.raises(InputError) as caught:
        scaffold_folds(["Cc1ccccc1", "CCc1ccccc1", "CCCc1ccccc1"], 2, seed=0)
    assert str(caught.value) == (
        "too few chemical series for cross-validation; found 1 different scaffolds; "
        "expected at least 2, one a fold. Ask for fewer folds or add molecules"
    )
