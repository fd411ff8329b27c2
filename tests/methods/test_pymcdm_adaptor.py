"""What is checked before pymcdm is called, what is called, and what is done where its answer cannot be used."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from tests.methods.tables import ranked, sample, table

import weighbridge as wb
from weighbridge.errors import InputError
from weighbridge.methods.peers import PEERS
from weighbridge.methods.pymcdm_adaptor import peer_specs, rank_peer
from weighbridge.methods.spec import REVERSAL_NOTE

NAMES = [peer.name for peer in PEERS]
BY_NAME = {peer.name: peer for peer in PEERS}
SOURCE = Path(wb.__file__).parent


def faults(*args, **keywords) -> list[str]:
    with pytest.raises(InputError) as caught:
        ranked(*args, **keywords)
    return [str(fault) for fault in caught.value.faults]


def a_table():
    """Return five molecules that every method can take, and weights."""
    values, signs, weights = sample(5, 5, 3)
    return table(values, signs, bounds=(0.5, 10)), weights


def test_no_other_module_of_the_mathematics_knows_pymcdm() -> None:
    """One adaptor holds every work-around; a second import would be a second place to forget one."""
    importing = [
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Import) and any(one.name.split(".")[0] == "pymcdm" for one in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "pymcdm")
    ]
    assert set(importing) == {"methods/pymcdm_adaptor.py"}


# --- the table's entries ------------------------------------------------------------------------------------


def test_every_peer_has_an_entry_with_its_words() -> None:
    """Name, title, citation, direction and remark are the peer's own."""
    specs = {spec.name: spec for spec in peer_specs()}
    assert list(specs) == NAMES
    for name, spec in specs.items():
        peer = BY_NAME[name]
        assert (spec.title, spec.citation, spec.remark) == (peer.title, peer.citation, peer.remark)
        assert (spec.higher_is_better, spec.returns) == (peer.higher_is_better, "ranking")


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("aras", ("values > 0", "ratio scales")),
        ("edas", ("values ≥ 0", "ratio scales")),
        ("codas", ("values > 0", "ratio scales", "at most 2000 molecules")),
        ("lmaw", ("values > 0", "ratio scales", "at most 500 molecules")),
        ("spotis", ("declared ranges",)),
        ("cocoso", ()),
        ("probid", ("ratio scales", "at most 2000 molecules")),
    ],
)
def test_needs_are_told_in_words(name: str, needs: tuple[str, ...]) -> None:
    """What a table must have for the method is listed before anybody tries it."""
    assert wb.methods()[name].needs == needs


def test_parameters_are_told_with_their_defaults() -> None:
    """Meaning first, then the default, for each; the expected point among them."""
    assert dict(wb.methods()["waspas"].parameters) == {
        "balance": "weight of the sum against the product (λ); default 0.5"
    }
    assert dict(wb.methods()["rafsi"].parameters) == {
        "n1": "value of the lower end of the declared range; default 1",
        "n2k": "value of the upper end, larger than n1; default 6",
    }
    assert list(wb.methods()["spotis"].parameters) == ["esp"]
    assert dict(wb.methods()["aras"].parameters) == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_call_is_on_record(name: str) -> None:
    """Method, direction, every parameter with its value, and the named intermediate results of n numbers."""
    matrix, weights = a_table()
    ranking = ranked(matrix, name, weights)
    peer = BY_NAME[name]
    assert (ranking.method, ranking.higher_is_better) == (name, peer.higher_is_better)
    assert dict(ranking.parameters) == {key: one.default for key, one in peer.parameters.items()}
    assert set(ranking.details) == set(peer.details)
    assert {array.shape for array in ranking.details.values()} <= {(5,)}


@pytest.mark.parametrize("name", NAMES)
def test_rank_reversal_is_noted_just_where_the_scale_is_the_tables(name: str) -> None:
    """Methods with declared ranges carry no such note; a peer's remark is carried by all."""
    matrix, weights = a_table()
    notes = ranked(matrix, name, weights).notes
    assert (f"{name}: {REVERSAL_NOTE}" in notes) == (not BY_NAME[name].bounds)
    if BY_NAME[name].remark:
        assert f"{name}: {BY_NAME[name].remark}" in notes


# --- calls --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_same_call_twice_gives_the_same_bytes(name: str) -> None:
    """Objects of pymcdm keep state, so each call gets a fresh one."""
    matrix, weights = a_table()
    first, second = (ranked(matrix, name, weights) for _ in range(2))
    assert first.scores_array.tobytes() == second.scores_array.tobytes()
    assert first.contributions.to_numpy().tobytes() == second.contributions.to_numpy().tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_criteria_does_not_matter(name: str) -> None:
    """Columns turned round with their weights and signs give the same scores."""
    values, signs, weights = sample(8, 6, 4)
    plain = ranked(table(values, signs, bounds=(0.5, 10)), name, weights).scores_array
    turned = ranked(table(values[:, ::-1], signs[::-1], bounds=(0.5, 10)), name, weights[::-1]).scores_array
    assert_allclose(turned, plain, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_molecules_does_not_matter(name: str) -> None:
    """Rows turned round give the same scores turned round."""
    values, signs, weights = sample(8, 6, 4)
    plain = ranked(table(values, signs, bounds=(0.5, 10)), name, weights).scores_array
    turned = ranked(table(values[::-1], signs, bounds=(0.5, 10)), name, weights).scores_array
    assert_allclose(turned[::-1], plain, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_criterion_without_weight_moves_no_method(name: str) -> None:
    """Its column may hold anything, negative numbers included, and no score changes by a bit."""
    values, signs, weights = sample(2, 5, 3)
    wild = np.column_stack((values, [-7.0, 0.0, 1e6, 3.0, -2.0]))
    without = ranked(table(values, signs, bounds=(0.5, 10)), name, weights)
    bounds = [(0.5, 10)] * 3 + [(-10.0, 2e6)]
    beside = ranked(table(wild, [*signs, 1], bounds=bounds), name, [*weights, 0.0])
    assert_allclose(beside.scores_array, without.scores_array, rtol=0, atol=1e-15)
    assert f"{name}: criteria of weight 0 are left out: c3" in beside.notes
    assert_allclose(beside.contributions["c3"], 0, atol=1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_pymcdm_gets_a_table_of_its_own(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Validation is off, verbosity is ours, and nothing but columns that enter is handed over."""
    import pymcdm.methods

    calls = []
    real = getattr(pymcdm.methods, BY_NAME[name].attribute)

    class Spy(real):  # type: ignore[misc, valid-type]
        def __call__(self, table, weights, types, **keywords):
            calls.append((table.shape, weights.tolist(), types.dtype.kind, keywords["validation"]))
            return super().__call__(table, weights, types, **keywords)

    monkeypatch.setattr(pymcdm.methods, BY_NAME[name].attribute, Spy)
    values, signs, _ = sample(5, 5, 3)
    ranked(table(values, signs, bounds=(0.5, 10)), name, [0.5, 0.0, 0.5])
    extra = 1 if name == "moora" else 0
    assert calls
    assert {(shape, kind, validation) for shape, _, kind, validation in calls} == {((5, 2 + extra), "i", False)}
    assert all(weights[:2] == [0.5, 0.5] for _, weights, _, _ in calls)


# --- before the call ----------------------------------------------------------------------------------------


def test_too_many_molecules_are_told_before_anything_is_computed() -> None:
    """A method of quadratic cost names how many it takes."""
    assert faults(table(np.ones((501, 1))), "lmaw") == [
        "LMAW is not offered for so many molecules; found 501; expected ≤ 500"
    ]


def test_an_expected_point_outside_the_range_is_told_by_criterion() -> None:
    """All criteria at once, with the range low to high though a cost declares it the other way."""
    matrix = table([[5, 5], [9, 1]], [1, -1], bounds=(0, 10))
    assert faults(matrix, "spotis", esp=[-1, 12]) == [
        "criterion 'c0': esp lies outside the declared range; found -1; expected 0 to 10",
        "criterion 'c1': esp lies outside the declared range; found 12; expected 0 to 10",
    ]


def test_an_expected_point_is_on_record() -> None:
    """In column order, however it was given."""
    matrix = table([[5, 5], [9, 1]], bounds=(0, 10))
    assert ranked(matrix, "spotis", esp={"c1": 3.0, "c0": 7}).parameters == {"esp": [7.0, 3.0]}
    assert ranked(matrix, "spotis").parameters == {}


def test_rafsi_needs_its_two_ends_in_order() -> None:
    """Equal ends map everything on one number."""
    matrix = table([[5], [9]], bounds=(0, 10))
    assert faults(matrix, "rafsi", n1=6.0) == ["n1 is not smaller than n2k; found n1=6, n2k=6; expected n1 < n2k"]


def test_every_molecule_that_leaves_cocoso_undefined_is_named() -> None:
    """Two copies of the worst are two faults with a way out."""
    assert faults(table([[5, 6], [1, 1], [4, 9], [1, 1]]), "cocoso") == [
        f"row {name!r}: CoCoSo divides by the lowest score, and this molecule is worst on every criterion, so it is 0. "
        "Choose another method"
        for name in ("A2", "A4")
    ]


def test_the_refusal_looks_at_criteria_that_enter_only() -> None:
    """Worst on all weighted criteria is undefined even where another criterion is good."""
    assert len(faults(table([[5, 6, 1], [1, 1, 9], [4, 9, 1]]), "cocoso", [0.5, 0.5, 0.0])) == 1


@pytest.mark.parametrize("name", [peer.name for peer in PEERS if peer.inside])
def test_values_outside_count_only_where_the_criterion_has_weight(name: str) -> None:
    """A clipped or unweighted criterion is no obstacle."""
    matrix = table([[11, 5], [5, 4]], bounds=(0, 10), outside="extend")
    assert "found 11; expected 0 to 10" in faults(matrix, name)[0]
    assert np.isfinite(ranked(matrix, name, [0.0, 1.0]).scores_array).all()
    clipped = table([[11, 5], [5, 4]], bounds=(0, 10), outside="clip")
    assert_array_equal(
        ranked(clipped, name).scores_array, ranked(table([[10, 5], [5, 4]], bounds=(0, 10)), name).scores_array
    )


# --- where the definition divides 0 by 0 --------------------------------------------------------------------


@pytest.mark.parametrize("peer", [peer for peer in PEERS if peer.tie is not None], ids=lambda peer: peer.name)
def test_equal_molecules_share_the_score_the_peer_states(peer) -> None:
    """Where all are alike the definition gives 0/0; the shared score is the peer's, and all are tied first."""
    ranking = ranked(table([[4, 5], [4, 5], [4, 5]], bounds=(0, 10)), peer.name)
    assert ranking.scores.tolist() == [peer.tie] * 3
    assert ranking.ranks.tolist() == [1, 1, 1]
    assert dict(ranking.details) == {}


@pytest.mark.parametrize("name", [peer.name for peer in PEERS if peer.zero_columns])
def test_a_column_of_zeros_contributes_nothing(name: str) -> None:
    """0/0 is left out, not guessed: scores are those of the other columns with the same weights."""
    values, signs, weights = sample(6, 5, 2)
    zeros = np.column_stack((values, np.zeros(5)))
    weights3 = np.array([*(weights / 2), 0.5])
    beside = ranked(table(zeros, [*signs, 1]), name, weights3)
    without = rank_peer(BY_NAME[name], table(values, signs), weights / 2)
    assert_allclose(beside.scores_array, without.scores_array, rtol=0, atol=1e-15)
    assert_allclose(beside.contributions["c2"], 0, atol=1e-12)


def test_rounding_makes_no_column_vary() -> None:
    """Two values that differ in the last bit are one value for methods whose scale is the table's."""
    values = np.array([[0.1 + 0.2, 1.0], [0.3, 2.0], [0.3, 4.0]])
    same = np.array([[0.3, 1.0], [0.3, 2.0], [0.3, 4.0]])
    for peer in PEERS:
        if not peer.bounds and peer.name != "cocoso":
            first, second = (ranked(table(array), peer.name).scores_array for array in (values, same))
            assert_allclose(first, second, rtol=1e-12, atol=1e-12, err_msg=peer.name)


def test_contributions_of_cocoso_are_measured_from_the_mean() -> None:
    """The anti-ideal leaves it undefined, and the note says what was done instead."""
    ranking = ranked(table([[5.0, 3.0], [6.0, 2.0], [7, 1]]), "cocoso")
    assert_allclose(ranking.contributions.sum(axis=1) + ranking.base_of(range(3)), ranking.scores)
    assert any("contributions are measured from the mean" in note for note in ranking.notes)


def test_the_face_can_be_called_directly() -> None:
    """What the registry holds is `rank_peer` with the peer filled in."""
    matrix, weights = a_table()
    assert_array_equal(
        rank_peer(BY_NAME["aras"], matrix, np.asarray(weights)).scores_array,
        ranked(matrix, "aras", weights).scores_array,
    )


def test_every_citation_has_a_year() -> None:
    """A method that nobody can look up is not offered."""
    assert all(re.search(r"\((19|20)\d\d\)", peer.citation) for peer in PEERS)
