"""The same decision by every method and normalization."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from tests.methods.tables import ranked, sample, table, weigh

import weighbridge as wb
from weighbridge.errors import InputError
from weighbridge.methods.scaling import NORMALIZATIONS
from weighbridge.robustness.sweeps import SweptMethod, method_sweep
from weighbridge.robustness.variations import compare_alternatives


def decision() -> tuple[wb.DecisionMatrix, dict[str, float]]:
    """Return a table that every method but the partial order admits."""
    values, signs, weights = sample(4, 12, 4)
    matrix = table(values, signs, bounds=(0.5, 20.0))
    return matrix, weigh(matrix, weights)


def test_nothing_is_left_out() -> None:
    """Every registered method stands in the sweep or among the refused, with every normalization it takes."""
    matrix, weights = decision()
    found = method_sweep(matrix, weights)
    shown = set(found.variations.to_frame().index) | set(found.refused) | {str(found.base)}
    expected = set()
    for name, spec in wb.methods().items():
        expected |= {f"{name} ({rule})" for rule in NORMALIZATIONS} if "normalization" in spec.parameters else {name}
    assert shown == expected
    assert list(found.refused) == ["promethee-i"]
    assert "partial order" in found.refused["promethee-i"]


def test_each_way_equals_its_own_ranking() -> None:
    """What is said of a way follows from ranking by it and comparing with the base."""
    matrix, weights = decision()
    found = method_sweep(matrix, weights, top=4, base="promethee-ii")
    base = ranked(matrix, "promethee-ii", list(weights.values()))
    assert found.base == SweptMethod("promethee-ii")
    for one in found.variations.variants:
        way = found.swept[one.name]
        other = ranked(matrix, way.method, list(weights.values()), **way.parameters)
        assert one == compare_alternatives(base, {one.name: other}, 4)[one.name]


def test_the_base_is_not_compared_with_itself() -> None:
    """The method's default normalization is named, and the same way under another name is no other way."""
    matrix, weights = decision()
    found = method_sweep(matrix, weights, ["topsis", "weighted-sum"], ["bounds", "vector"])
    assert str(found.base) == "topsis (bounds)"
    assert [one.name for one in found.variations.variants] == [
        "topsis (vector)", "weighted-sum (bounds)", "weighted-sum (vector)",
    ]  # fmt: skip
    other = method_sweep(matrix, weights, ["topsis"], ["bounds", "vector"], base_normalization="vector")
    assert [one.name for one in other.variations.variants] == ["topsis (bounds)"]
    alone = method_sweep(matrix, weights, ["borda"], base="borda")
    assert len(alone.variations) == 0
    assert alone.share_keeping_first == 1.0


def test_a_leader_by_one_method_only_shows() -> None:
    """A balanced molecule is first near the ideal, an extreme one by the product's neighbour: the share says so."""
    matrix = table([[9, 1], [4.8, 4.8]], bounds=(0, 10))
    found = method_sweep(
        matrix, {"c0": 1, "c1": 1}, ["weighted-product", "weighted-sum"], ["none"], base="weighted-sum"
    )
    assert found.variations["weighted-sum (none)"].first == ("A1",)
    assert found.variations["weighted-product (none)"].first == ("A2",)
    assert found.variations["weighted-product (none)"].first_changed
    assert found.share_keeping_first == pytest.approx(1 / 2)


def test_refusals_keep_their_reason() -> None:
    """An interval scale refuses ratio rules, missing bounds refuse what needs them: in the words of the refusal."""
    values, signs, weights = sample(4, 6, 3)
    interval = table(values, signs, scale="interval", bounds=(0.5, 20.0))
    found = method_sweep(interval, weigh(interval, weights), ["topsis", "copras", "vikor"])
    assert set(found.refused) == {"topsis (vector)", "topsis (sum)", "topsis (max)", "copras"}
    assert "the zero of this criterion is arbitrary" in found.refused["topsis (vector)"]
    unbounded = table(values, signs)
    less = method_sweep(unbounded, weigh(unbounded, weights), ["topsis"], base="vikor")
    assert list(less.refused) == ["topsis (bounds)"]
    assert "needs the declared range" in less.refused["topsis (bounds)"]


def unlike(units: tuple[str, str], bests: tuple[float, float]) -> wb.DecisionMatrix:
    """Return a table of two criteria with these units and ranges from 0."""
    criteria = {
        name: wb.Criterion(direction="gain", unit=unit, worst=0, best=best, scale="ratio")
        for name, unit, best in zip("ab", units, bests, strict=True)
    }
    return wb.DecisionMatrix(pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [3.0, 1.0, 2.0]}), criteria)


@pytest.mark.parametrize(
    ("units", "bests", "words"),
    [
        (("pIC50", "uM"), (10, 10), "sums of different units mean nothing; found pIC50, uM; expected one unit"),
        (("EUR", ""), (10, 10), "found EUR, no unit"),
        (("EUR", "EUR"), (10, 500), "sums of different ranges mean nothing; found 0 to 10, 0 to 500"),
    ],
)
def test_values_of_unlike_criteria_are_not_added_up(
    units: tuple[str, str], bests: tuple[float, float], words: str
) -> None:
    """Without normalization TOPSIS and the weighted sum need one unit and one range; a product does not."""
    found = method_sweep(
        unlike(units, bests), {"a": 1, "b": 1}, ["topsis", "weighted-sum", "weighted-product"], ["bounds", "none"]
    )
    assert set(found.refused) == {"topsis (none)", "weighted-sum (none)"}
    assert all(words in reason for reason in found.refused.values())
    assert "weighted-product (none)" in {one.name for one in found.variations.variants}


def test_values_of_one_unit_and_range_are_added_up() -> None:
    """Where all criteria are alike a sum of them means something."""
    matrix = unlike(("EUR", "EUR"), (10, 10))
    assert method_sweep(matrix, {"a": 1, "b": 1}, ["topsis", "weighted-sum"], ["bounds", "none"]).refused == {}


def test_a_base_without_normalization_is_not_questioned() -> None:
    """What the decision rests on is what the others are compared with, as it was decided."""
    matrix = unlike(("pIC50", "uM"), (10, 500))
    found = method_sweep(
        matrix, {"a": 1, "b": 1}, ["topsis"], ["bounds", "none"], base="topsis", base_normalization="none"
    )
    assert found.refused == {}
    assert [one.name for one in found.variations.variants] == ["topsis (bounds)"]


def test_many_unlike_units_are_counted() -> None:
    """Three are named and the others counted."""
    names = list("abcde")
    criteria = {name: wb.Criterion(direction="gain", unit=name, worst=0, best=9, scale="ratio") for name in names}
    matrix = wb.DecisionMatrix(pd.DataFrame([[1.0] * 5, [2.0] * 5], columns=names), criteria)
    found = method_sweep(matrix, dict.fromkeys(names, 1), ["weighted-sum"], ["none"], base="promethee-ii")
    assert "found a, b, c and 2 more;" in found.refused["weighted-sum (none)"]


def test_a_refused_base_is_an_error() -> None:
    """Where the decision's own method cannot be used there is nothing to compare with."""
    values, signs, weights = sample(4, 6, 3)
    unbounded = table(values, signs)
    with pytest.raises(InputError, match="needs the declared range"):
        method_sweep(unbounded, weigh(unbounded, weights))
    with pytest.raises(InputError, match="partial order"):
        method_sweep(*decision(), base="promethee-i")


def test_warnings_become_words() -> None:
    """What a ratio rule warns of on undeclared scales stands beside the way; nothing is printed."""
    values, signs, weights = sample(4, 6, 3)
    matrix = table(values, signs, scale=None, bounds=(0.5, 20.0))
    found = method_sweep(matrix, weigh(matrix, weights), ["topsis"])
    assert set(found.warned) == {"topsis (vector)", "topsis (sum)", "topsis (max)"}
    assert "declare none: c0, c1, c2" in found.warned["topsis (vector)"][0]
    assert "declare none" in found.to_frame().loc["topsis (vector)", "warned"]


def test_the_frame_holds_the_refused_too() -> None:
    """One row a way; a refused one has its reason and None where it has no value, never NaN."""
    matrix, weights = decision()
    frame = method_sweep(matrix, weights, ["topsis", "promethee-i"], ["bounds", "vector"]).to_frame()
    assert frame.index.tolist() == ["topsis (vector)", "promethee-i"]
    assert frame.loc["promethee-i", "spearman"] is None
    assert frame.loc["promethee-i", "first"] is None
    assert frame.loc["topsis (vector)", "refused"] == ""
    assert frame.loc["topsis (vector)", "normalization"] == "vector"
    assert not frame.map(lambda cell: isinstance(cell, float) and np.isnan(cell)).to_numpy().any()
    assert len(method_sweep(matrix, weights, ["topsis"], ["vector"]).to_frame()) == 1


def test_shown_in_a_notebook() -> None:
    """One line says how many others there are and how many put another first."""
    matrix, weights = decision()
    found = method_sweep(matrix, weights, ["topsis", "promethee-i"], ["vector"])
    assert repr(found).startswith("MethodSweep(base topsis (bounds): 1 others, ")
    assert repr(found).endswith("1 refused)")
    assert "<table" in found._repr_html_()


@pytest.mark.parametrize(
    "values", [[[2.0, 3.0]], [[2.0, 3.0], [3.0, 2.0]], [[2.0, 3.0]] * 4], ids=["one", "two", "tied"]
)
def test_degenerate_tables(values: list[list[float]]) -> None:
    """One molecule, two, all tied, k ≥ n: each way is a ranking or a named refusal."""
    matrix = table(values, [1, -1], bounds=(0.5, 20.0))
    found = method_sweep(matrix, {"c0": 1, "c1": 1}, top=50)
    assert len(found.variations) + len(found.refused) >= 38
    assert found.variations.changing_top == ()
    assert all(found.refused.values())


def test_unknown_names_are_refused() -> None:
    """A method or normalization that does not exist is a mistake, not a refusal to list."""
    matrix, weights = decision()
    with pytest.raises(InputError, match="unknown method"):
        method_sweep(matrix, weights, ["topsy"])
    with pytest.raises(InputError, match="unknown normalization"):
        method_sweep(matrix, weights, ["topsis"], ["vektor"])
    with pytest.raises(InputError, match="has no weight"):
        method_sweep(matrix, {"c0": 1})


def test_pymcdm_is_not_imported_before_it_is_used() -> None:
    """Importing the sweep does not load pymcdm, scipy.stats or SALib, which would slow every start."""
    code = (
        "import sys, weighbridge.robustness.sweeps, weighbridge.robustness.global_sensitivity;"
        "print([name for name in ('pymcdm', 'scipy.stats', 'SALib') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
