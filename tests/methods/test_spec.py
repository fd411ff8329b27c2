"""The entry of a method in the table, and the table as people see it."""

from __future__ import annotations

import dataclasses
import html.parser

import pytest

import weighbridge as wb
from weighbridge.methods.spec import REVERSAL_NOTE, MethodSpec, MethodTable

PLAIN = MethodSpec("plain", "Plain", run=lambda matrix, weights: None, citation="Nobody (2000)")
ODD = MethodSpec(
    "odd",
    "Odd <b>&</b> end",
    run=lambda matrix, weights: None,
    citation='Smith & "Sons" (1999)',
    higher_is_better=False,
    returns="partial order",
    needs=("values > 0", "ratio scales"),
    parameters={"v": "a number"},
    remark="beware",
)


class Cells(html.parser.HTMLParser):
    """Collects the texts of a table's cells, row by row."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        self.rows[-1][-1] += data


def cells(table: MethodTable) -> Cells:
    parser = Cells()
    parser.feed(table._repr_html_())
    return parser


def test_a_method_asks_for_nothing_unless_it_says_so() -> None:
    """Higher is better, a ranking comes back, nothing is needed, no parameters, no remark."""
    assert (PLAIN.higher_is_better, PLAIN.returns, PLAIN.needs, PLAIN.remark) == (True, "ranking", (), "")
    assert dict(PLAIN.parameters) == {}


def test_an_entry_cannot_be_changed() -> None:
    """The table is shared by everybody who asks."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        PLAIN.title = "Other"  # type: ignore[misc]


def test_the_table_is_a_mapping_in_the_given_order() -> None:
    """Length, order, membership and look-up are a dict's; an unknown name is a KeyError."""
    table = MethodTable({"odd": ODD, "plain": PLAIN})
    assert list(table) == ["odd", "plain"]
    assert (len(table), table["plain"], "x" in table, table.get("x")) == (2, PLAIN, False, None)
    with pytest.raises(KeyError):
        table["x"]
    assert repr(table) == "MethodTable(odd, plain)"


def test_the_table_keeps_its_own_copy() -> None:
    """What the caller does to the dict afterwards changes nothing."""
    given = {"plain": PLAIN}
    table = MethodTable(given)
    given.clear()
    assert list(table) == ["plain"]


def test_the_notebook_shows_one_row_a_method_and_its_text_as_text() -> None:
    """Name, title, which end is best, what returns, needs and source; markup in them is shown, not obeyed."""
    found = cells(MethodTable({"odd": ODD, "plain": PLAIN}))
    assert found.rows == [
        ["name", "title", "best", "returns", "needs", "source"],
        ["odd", "Odd <b>&</b> end", "lowest", "partial order", "values > 0; ratio scales", 'Smith & "Sons" (1999)'],
        ["plain", "Plain", "highest", "ranking", "", "Nobody (2000)"],
    ]
    assert found.tags == {"table", "tr", "th", "td"}


def test_an_empty_table_has_its_heading() -> None:
    """No methods, one row."""
    assert len(cells(MethodTable({})).rows) == 1


def test_the_real_table_is_rectangular() -> None:
    """Every method fills the same six columns."""
    found = cells(wb.methods())
    assert {len(row) for row in found.rows} == {6}
    assert [row[0] for row in found.rows[1:]] == list(wb.methods())


def test_the_note_on_rank_reversal_says_what_happens_and_what_helps() -> None:
    """It names the risk, its cause and the way out."""
    assert REVERSAL_NOTE.startswith("rank-reversal risk: the scale comes from the molecules in the table")
    assert REVERSAL_NOTE.endswith("fixed bounds avoid it")
