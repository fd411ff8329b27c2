"""How results show themselves to people: one line in a console, a table in a notebook."""

from __future__ import annotations

import pandas as pd

import weighbridge as wb

MATRIX = wb.DecisionMatrix(
    pd.DataFrame({"potency": [6.0, 8.0, 7.0], "cost": [10.0, 40.0, 5.0]}, index=["M-1", "M-2", "M-3"]),
    {
        "potency": wb.Criterion(direction="gain", unit="pIC50", worst=5, best=9),
        "cost": wb.Criterion(direction="cost", worst=50, best=0),
    },
)
WEIGHTS = {"potency": 0.5, "cost": 0.5}


def test_a_ranking_says_its_method_size_and_first() -> None:
    """The console shows one line and no arrays or functions."""
    assert repr(wb.rank(MATRIX, WEIGHTS)) == "Ranking('topsis': 3 molecules × 2 criteria, first 'M-3')"


def test_a_promethee_ranking_says_what_it_is() -> None:
    """The kind of result is named."""
    shown = repr(wb.rank(MATRIX, WEIGHTS, method="promethee-ii"))
    assert shown == "PrometheeRanking('promethee-ii': 3 molecules × 2 criteria, first 'M-3')"


def test_a_partial_order_counts_what_it_cannot_compare() -> None:
    """Incomparabilities are the news of a partial order."""
    order = wb.rank(MATRIX, WEIGHTS, method="promethee-i")
    assert repr(order) == f"PartialOrder('promethee-i': 3 molecules, {len(order.incomparable)} incomparable pairs)"


def test_a_notebook_shows_the_first_twenty_in_order() -> None:
    """A long ranking is cut, and the rest is counted."""
    many = pd.DataFrame({"c": range(25)}, index=[f"M{number:02}" for number in range(25)])
    ranking = wb.rank(wb.DecisionMatrix(many, {"c": wb.Criterion(direction="gain", worst=0, best=30)}), {"c": 1})
    html = ranking._repr_html_()
    assert "M24" in html
    assert "M04" not in html
    assert "… and 5 more" in html
