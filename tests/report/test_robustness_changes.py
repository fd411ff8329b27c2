"""What would bring a molecule in, in words that claim no more than was proved."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.core.criterion import Criterion
from weighbridge.report.robustness_changes import (
    NAMED,
    ChangeRow,
    _beyond,
    _score,
    change_rows,
    named,
    score_rows,
)
from weighbridge.robustness.change import SmallestChange
from weighbridge.robustness.score_change import ScoreChange, ScoreChanges
from weighbridge.study.decision import Decision
from weighbridge.study.robust import gather
from weighbridge.study.robust.value import Robustness

PER_CENT = "\u00a0%"


@pytest.fixture(scope="module")
def found(decision: Decision) -> Robustness:
    """Return the smallest changes of the two molecules just below the cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gather, "BELOW", 2)
        return decision.robustness(samples=20, parts=["changes"])


def only(found: Robustness, change: SmallestChange) -> ChangeRow:
    """Return the row of one change."""
    (row,) = change_rows(replace(found, changes={change.alternative: change}))
    return row


def never(found: Robustness, **fields: Any) -> ChangeRow:
    """Return the row of a change that no weights make."""
    one = next(iter(found.changes.values()))
    return only(found, replace(one, weights=None, distance=math.inf, feasible=False, **fields))


def scored(found: Robustness, scores: Mapping[str, ScoreChange], *, monotone: bool = True) -> str:
    """Return what is said of the single scores of the first molecule below the cut."""
    label, changes = next(iter(found.score_changes.items()))
    made = ScoreChanges(label, changes.top, changes.rank, scores, changes.units, monotone)
    return score_rows(replace(found, score_changes={label: made}))[0].scores


def test_the_unit_is_that_of_the_change_itself(found: Robustness) -> None:
    """Row and `str` give the same share: half of the distance, the weight that moves."""
    for row, change in zip(change_rows(found), found.changes.values(), strict=True):
        assert row.moved == change.distance / 2
        assert f"{change.distance / 2:.1%}".rstrip("%") in str(change)
        assert row.rank == change.rank


def test_changes_name_the_weights_that_move_most_first(found: Robustness) -> None:
    """The words begin with the weight that moves most, from today's to the needed one."""
    for row, change in zip(change_rows(found), found.changes.values(), strict=True):
        steps = change.changes.abs()
        strongest = str(steps.idxmax())
        title = found.decision.study.file.criteria[strongest].title or strongest
        assert row.moves.startswith(f"{title} {100 * change.today[strongest]:.3g}"[:-1])


def test_at_most_is_said_of_upper_bounds_only(found: Robustness) -> None:
    """An inexact distance is the least that was found; an exact one is the least there is."""
    one = replace(next(iter(found.changes.values())), distance=0.25)
    assert only(found, replace(one, exact=False)).said == f"at most 12{PER_CENT}"
    assert only(found, replace(one, exact=True)).said == f"12{PER_CENT}"


def test_none_found_is_no_proof(found: Robustness) -> None:
    """Where the search found nothing, there may be weights that do; where it is proved, there are none."""
    searched, proved = never(found, exact=False), never(found, exact=True)
    assert (searched.moved, searched.said) == (None, "none found")
    assert searched.moves == "no weights were found that bring it in; there may be some"
    assert (proved.said, proved.moves) == ("none", "no weights bring it in")


@pytest.mark.parametrize(
    ("top", "obstacles", "words"),
    [
        (1, ("A",), "A is ahead whatever they are"),
        (1, ("A", "B"), "one of A and B is ahead whatever they are"),
        (3, ("A", "B", "C"), "A, B and C are ahead whatever they are"),
        (3, ("A", "B"), "A and B are ahead whatever they are, and at least 1 of the others each time"),
    ],
)
def test_obstacles_are_named_for_what_they_are(
    found: Robustness, top: int, obstacles: tuple[str, ...], words: str
) -> None:
    """For the first place one of them is always ahead, for more each; fewer than places do not explain it alone."""
    row = never(found, exact=True, top=top, obstacles=obstacles)
    assert row.moves == f"no weights bring it in: {words}"


def test_many_are_counted() -> None:
    """A few are named, the rest is a number."""
    assert named(range(NAMED)) == "0, 1, 2, 3, 4 and 5"
    assert named("ab", "or") == "a or b"
    assert named(range(NAMED + 3)) == "0, 1, 2, 3, 4, 5 and 3 more"


def test_scores_stand_in_the_criterions_unit(found: Robustness) -> None:
    """Each row has the criteria that could do it alone, and those of which no value would."""
    for row, (label, changes) in zip(score_rows(found), found.score_changes.items(), strict=True):
        assert (row.label, row.rank) == (str(label), changes.rank)
        for name, one in changes.items():
            assert (found.decision.study.file.criteria[name].title or name) in row.scores
            assert not one.feasible or changes.units[name] in row.scores


def test_the_least_part_of_a_range_comes_first(found: Robustness) -> None:
    """Criteria are ordered by how far the score must go on its declared range."""
    scores = {}
    for part, (name, one) in zip((0.4, 0.1, 0.3, 0.2), found.decision.matrix.criteria.items(), strict=True):
        assert one.worst is not None
        assert one.best is not None
        change = part * (one.best - one.worst)
        scores[name] = ScoreChange(one.worst, one.worst + change, change, True)
    text = scored(found, scores)
    titles = [found.decision.study.file.criteria[name].title or name for name in scores]
    places = [text.index(titles[i]) for i in (1, 3, 2, 0)]
    assert places == sorted(places)


def test_where_no_score_would_do_that_is_said(found: Robustness) -> None:
    """Nothing that does is a proof where a better score cannot harm, and else the end of a search."""
    none = {name: ScoreChange(1.0, None, None, False) for name in found.decision.matrix.names}
    assert scored(found, none) == "no single score would do"
    assert scored(found, none, monotone=False) == "no single score was found that would do"
    some = {**none, "cost": ScoreChange(14.0, 4.0, -10.0, True)}
    assert "no value of " in scored(found, some)
    assert "no value found of " in scored(found, some, monotone=False)


@pytest.mark.parametrize(
    ("criterion", "now", "needed", "words"),
    [
        (Criterion(direction="gain", unit="pIC50", worst=4, best=9), 6.9, 6.93432, "6.900 to 6.935 pIC50"),
        (Criterion(direction="cost", unit="EUR", worst=20, best=0), 14.0, 4.037711, "14 to 4.03 EUR"),
        (Criterion(direction="gain", worst=0, best=1), 0.5, 0.50001, "0.50000 to 0.50001"),
        (Criterion(direction="gain", worst=0, best=199.97), 3.0, 199.96, "3 to 199.96"),
        (Criterion(direction="gain", unit="nM"), 1.5e8, 2.5e9, "1.50e+08 to 2.50e+09 nM"),
        (Criterion(direction="cost", worst=10, best=-5), 3.0, -2.0, "3 to −2"),
        (Criterion(direction="cost", worst=10, best=0), 3.0, 0.0, "3 to 0"),
        (Criterion(direction="gain", unit="pIC50"), None, 6.93432, "not known to 6.94 pIC50"),
    ],
)
def test_a_score_is_written_with_digits_that_tell(
    criterion: Criterion, now: float | None, needed: float, words: str
) -> None:
    """Enough digits to differ from today's, rounded to the better side, within the range, with the unit."""
    change = None if now is None else needed - now
    assert _score(ScoreChange(now, needed, change, True), criterion) == words


@settings(max_examples=100, deadline=None)
@given(
    st.floats(-1e12, 1e12).filter(lambda value: value == 0 or abs(value) > 1e-9),
    st.integers(3, 8),
    st.sampled_from(["gain", "cost"]),
)
def test_a_rounded_score_is_never_short_of_the_needed_one(value: float, digits: int, direction: Any) -> None:
    """Whoever reaches the number on the page is in."""
    written = float(_beyond(value, digits, Criterion(direction=direction)).replace("−", "-"))
    slack = 1e-12 * abs(value)
    assert written >= value - slack if direction == "gain" else written <= value + slack
    assert written == pytest.approx(value, rel=10.0 ** (1 - digits))
