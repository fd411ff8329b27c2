"""The first k of every draw, with ties, against sorting everybody."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.core.ranking import ROUNDING, competition_ranks
from weighbridge.robustness import counting
from weighbridge.robustness.counting import (
    Finder,
    Places,
    block_rows,
    candidates_of,
    closeness,
    first_places,
    tolerances,
)
from weighbridge.robustness.forms import Form, LinearForm, RatioForm


def by_ranking(form: Form, weights: np.ndarray, k: int) -> list[tuple[int, int, int, int]]:
    """Return (draw, first place, molecule, tied) by ranking every draw whole."""
    found = []
    for draw, own in enumerate(weights):
        scores = form.scores(own)
        size = np.abs(form.values).max(axis=0) @ own if isinstance(form, LinearForm) else scores.max()
        ranks = competition_ranks(scores, rounding=ROUNDING * size)
        found += [(draw, int(rank) - 1, i, int((ranks == rank).sum())) for i, rank in enumerate(ranks) if rank <= k]
    return sorted(found)


def listed(places: Places) -> list[tuple[int, int, int, int]]:
    """Return places as sorted tuples."""
    columns = (places.draws, places.first, places.molecules, places.tied)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


def forms(values: np.ndarray) -> list[Form]:
    """Return both forms over the same values between 0 and 1."""
    return [LinearForm(values), RatioForm(values**2, (1 - values) ** 2)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 4), st.integers(1, 45), st.booleans())
def test_places_are_those_of_ranking_every_draw(seed: int, n: int, m: int, k: int, coarse: bool) -> None:
    """For small tables, with many ties where values are coarse, any k gives the ranks of every draw."""
    generator = np.random.default_rng(seed)
    values = generator.integers(0, 3, (n, m)) / 2 if coarse else generator.random((n, m))
    weights = generator.dirichlet(np.ones(m), 7)
    for form in forms(values):
        assert listed(first_places(Finder(form, k, 7)(weights), k)) == by_ranking(form, weights, k)


@pytest.mark.parametrize("n", [600, 1500, 2011])
@pytest.mark.parametrize("k", [1, 10, 40])
@pytest.mark.parametrize("draws", [0, 10**9], ids=["numpy", "numba"])
def test_groups_and_scanning_find_what_sorting_finds(n: int, k: int, draws: int) -> None:
    """Both ways of looking only at few molecules find the same first k, ties among them."""
    generator = np.random.default_rng(n + k)
    values = generator.random((n, 5))
    values[generator.integers(0, n, n // 3)] = values[0]
    values[generator.integers(0, n, 30)] = 0.97
    weights = generator.dirichlet(np.ones(5), 60)
    for form in forms(values):
        assert listed(first_places(Finder(form, k, draws)(weights), k)) == by_ranking(form, weights, k)


@pytest.mark.parametrize("draws", [0, 10**9], ids=["numpy", "numba"])
@pytest.mark.parametrize("rows", [1, 7, 50, 1000])
def test_the_size_of_a_block_changes_nothing(rows: int, draws: int) -> None:
    """Draws are counted the same however they are cut."""
    generator = np.random.default_rng(2)
    values, weights = generator.integers(0, 12, (700, 4)) / 11, generator.dirichlet(np.ones(4), 60)
    for form in forms(values):
        whole = listed(first_places(Finder(form, 10, 0)(weights), 10))
        assert listed(first_places(Finder(form, 10, draws, rows)(weights), 10)) == whole


def test_values_far_from_zero_tie_as_a_ranking_has_it() -> None:
    """Offsets of a million leave rounding of 1e-10, within which scores are equal."""
    generator = np.random.default_rng(3)
    form = LinearForm(1e6 + generator.integers(0, 4, (30, 3)) * 0.25)
    weights = generator.dirichlet(np.ones(3), 50)
    assert listed(first_places(Finder(form, 30, 50)(weights), 30)) == by_ranking(form, weights, 30)


def test_a_chain_of_near_ties_stays_whole() -> None:
    """Neighbours closer than the tolerance are one group, even where its ends are further apart."""
    values = np.array([[1.0], [1.0 - 8e-13], [1.0 - 16e-13], [1.0 - 24e-13], [0.0]])
    places = first_places(Finder(LinearForm(values), 1, 1)(np.ones((1, 1))), 1)
    assert places.molecules.tolist() == [0, 1, 2, 3]
    assert set(places.tied.tolist()) == {4}


def test_near_ties_are_judged_by_the_range_of_the_draw() -> None:
    """The loose bound on the range would tie what the range itself keeps apart."""
    values = np.array([[1.0, 0.0], [1.0 - 1.5e-12, 3e-12], [0.0, 0.99]])
    weights = np.array([[0.5, 0.5]])
    places = first_places(Finder(LinearForm(values), 3, 1)(weights), 3)
    assert listed(places) == by_ranking(LinearForm(values), weights, 3)
    assert set(places.tied.tolist()) == {1}


def test_all_equal_molecules_share_every_place() -> None:
    """One group from the first place on, for both forms, of one molecule or of many."""
    for n in (1, 4, 700):
        for form in forms(np.full((n, 3), 0.25)):
            places = first_places(Finder(form, 1, 10**9)(np.full((2, 3), 1 / 3)), 1)
            assert places.tied.tolist() == [n] * (2 * n)


@pytest.mark.parametrize("draws", [0, 10**9])
def test_where_nothing_tells_molecules_apart_all_are_halfway(draws: int) -> None:
    """Ideal and anti-ideal are the same point on the only criterion with weight."""
    near = np.zeros((600, 2))
    near[:, 1] = np.linspace(0, 1, 600)
    form = RatioForm(near, near[::-1].copy())
    found = Finder(form, 1, draws)(np.array([[1.0, 0.0], [0.0, 1.0]]))
    places = first_places(found, 1)
    assert (places.tied[places.draws == 0] == 600).all()
    assert places.molecules[places.draws == 1].tolist() == [599]


def test_a_molecule_at_the_ideal_is_first() -> None:
    """A distance of zero to the ideal is a closeness of one, without a warning."""
    values = np.vstack([np.random.default_rng(0).random((600, 2)) * 0.9, [[1.0, 1.0]]])
    for draws in (0, 10**9):
        found = Finder(forms(values)[1], 2, draws)(np.full((1, 2), 0.5))
        assert first_places(found, 1).molecules.tolist() == [600]
        assert found.scores.max() == 1.0


def test_closeness_is_the_textbooks() -> None:
    """D⁻/(D⁺ + D⁻) at both ends and between."""
    np.testing.assert_allclose(closeness(np.array([0.0, 1.0, 4.0, np.inf])), [0, 0.5, 2 / 3, 1])


def test_tolerances_are_the_larger_of_range_and_rounding() -> None:
    """1e-12 of the range, or 16 units in the last place of what was added up."""
    found = tolerances(np.array([[0.0, 2.0], [5.0, 5.0]]), np.array([2.0, 5.0]))
    np.testing.assert_allclose(found, [2e-12, 5 * 2.0**-48])


def test_candidates_are_few() -> None:
    """Of ten thousand molecules a handful a draw is sorted for the first ten."""
    keys = np.random.default_rng(0).random((20, 10_000))
    draws, molecules = candidates_of(keys, 10, np.full(20, 1e-9), ratio=False)
    assert 200 <= draws.size <= 240
    assert set(molecules[draws == 0].tolist()) >= set(np.argsort(-keys[0])[:10].tolist())


def test_blocks_fit_into_their_memory(monkeypatch: Any) -> None:
    """A block holds at least one draw, at most a thousand, and no more than 32 MB."""
    assert block_rows(1) == 1_000
    assert block_rows(10_000) == 26
    assert block_rows(100_000) == 16
    assert block_rows(1_000_000) == 4
    assert block_rows(10**8) == 1
    monkeypatch.setattr(counting, "BLOCK_BYTES", 8 * 10_000 * 100)
    assert block_rows(10_000) == 100
