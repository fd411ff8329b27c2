"""The trust layer: shares of sources that are rated, judged and blended, with what is unknown."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.core.weights import Provenance, Weights
from weighbridge.errors import InputError
from weighbridge.evidence.reading import Reading
from weighbridge.evidence.source import Records, Source
from weighbridge.evidence.trust import LAMBDAS, Rating, blend, combine_readings, rate


@dataclass(frozen=True)
class Ramp:
    """A utility that rises (or falls) linearly from worst to best."""

    worst: float = 0.0
    best: float = 1.0

    def utility(self, value: float) -> float:
        """Map worst to 0 and best to 1, clipped."""
        return min(max((value - self.worst) / (self.best - self.worst), 0.0), 1.0)


def source(name: str, parts: tuple[tuple[str, ...], ...] = ()) -> Source:
    """Return a source without predictions; its records belong to the given parts."""
    records = Records(pd.DataFrame({"value": np.zeros(len(parts))}), parts) if parts else None
    return Source(name, name.title(), "continuous", "pIC50", records=records)


Table = Mapping[str, Mapping[str, Reading]]


def rating(
    table: Table,
    weights: Mapping[str, float],
    definitions: Mapping[str, Ramp] | None = None,
    parts: Mapping[str, tuple[tuple[str, ...], ...]] | None = None,
    part_table: Mapping[tuple[str, str], Mapping[str, Reading]] | None = None,
) -> Rating:
    """Rate sources from a table of readings, source → indicator → reading."""
    sources = {name: source(name, (parts or {}).get(name, ())) for name in table}
    return rate(
        sources,
        Weights(weights),
        definitions or dict.fromkeys(weights, Ramp()),
        lambda key, at: table[at.name][key],
        lambda key, at, part: (part_table or {})[at.name, part][key],
    )


EXAMPLE: Table = {
    "public": {"size": Reading(0.8, n=80), "match": Reading.between(0.2, 0.6, n=40)},
    "own": {"size": Reading(0.1, n=10), "match": Reading.missing("no record states a pH")},
}
V = {"size": 1, "match": 3}

unit = st.floats(0, 1)
ends = st.tuples(unit, unit).map(sorted)
readings = st.one_of(
    unit.map(Reading), ends.map(lambda pair: Reading.between(*pair)), st.just(Reading.missing("not recorded"))
)
indicator_weights = st.lists(st.floats(0.01, 10), min_size=3, max_size=3).map(
    lambda values: dict(zip("abc", values, strict=True))
)
source_tables = st.lists(st.lists(readings, min_size=3, max_size=3), min_size=1, max_size=4).map(
    lambda rows: {f"s{i}": dict(zip("abc", row, strict=True)) for i, row in enumerate(rows)}
)
shares = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(
    lambda values: Weights(dict(zip("xyz", values, strict=True)))
)


def span(reading: Reading) -> tuple[float, float, float]:
    """Return low, middle and high utility under the plain ramp, straight from the convention."""
    if reading.value is None:
        return 0.0, 0.5, 1.0
    assert reading.low is not None
    assert reading.high is not None
    return reading.low, (reading.low + reading.high) / 2, reading.high


def scored(table: Table, weights: Mapping[str, float]) -> dict[str, list[float]]:
    """Return low, middle and high score of every source, by brute force."""
    total = math.fsum(weights.values())
    return {
        name: [math.fsum(weights[key] / total * span(row[key])[column] for key in weights) for column in range(3)]
        for name, row in table.items()
    }


def test_a_small_rating_by_hand() -> None:
    """Two sources, two indicators, v = (¼, ¾): every number worked out on paper."""
    result = rating(EXAMPLE, V)
    assert result.utilities.loc["public"].tolist() == pytest.approx([0.8, 0.4])
    assert result.utilities_low.loc["own"].tolist() == [0.1, 0.0]
    assert result.utilities_high.loc["own"].tolist() == [0.1, 1.0]
    assert result.score.tolist() == pytest.approx([0.25 * 0.8 + 0.75 * 0.4, 0.25 * 0.1 + 0.75 * 0.5])
    assert result.score_low.tolist() == pytest.approx([0.35, 0.025])
    assert result.score_high.tolist() == pytest.approx([0.65, 0.775])
    assert result.shares["public"] == pytest.approx(0.5 / 0.9)
    assert result.shares_low["public"] == pytest.approx(0.35 / (0.35 + 0.775))
    assert result.shares_high["public"] == pytest.approx(0.65 / (0.65 + 0.025))
    assert result.parts == {}


@given(source_tables, indicator_weights)
def test_scores_and_shares_are_those_of_the_definition(table: Table, weights: dict[str, float]) -> None:
    """Score Σ v u and share score / Σ scores, recomputed with plain Python."""
    expected = scored(table, weights)
    total = math.fsum(row[1] for row in expected.values())
    if total < 1e-9:
        return
    result = rating(table, weights)
    for name, (low, middle, high) in expected.items():
        assert result.score_low[name] == pytest.approx(low, abs=1e-12)
        assert result.score[name] == pytest.approx(middle, abs=1e-12)
        assert result.score_high[name] == pytest.approx(high, abs=1e-12)
        assert result.shares[name] == pytest.approx(middle / total, abs=1e-9)


@given(source_tables, indicator_weights)
def test_shares_sum_to_one_inside_their_intervals(table: Table, weights: dict[str, float]) -> None:
    """Low ≤ share ≤ high for every source, within [0, 1], and the shares sum to 1."""
    if sum(row[1] for row in scored(table, weights).values()) < 1e-9:
        return
    result = rating(table, weights)
    assert math.fsum(result.shares.values()) == pytest.approx(1.0)
    for name, share in result.shares.items():
        assert -1e-12 <= result.shares_low[name] <= share + 1e-9
        assert share - 1e-9 <= result.shares_high[name] <= 1 + 1e-12


@given(source_tables, indicator_weights)
def test_share_intervals_are_the_extremes_of_all_corners(table: Table, weights: dict[str, float]) -> None:
    """Trying every source at its lowest and highest score finds no share beyond the interval, and meets it."""
    expected = scored(table, weights)
    if min(row[1] for row in expected.values()) < 1e-6:
        return
    result = rating(table, weights)
    names = list(expected)
    for name in names:
        found = []
        for corner in itertools.product((0, 2), repeat=len(names)):
            at = {other: expected[other][column] for other, column in zip(names, corner, strict=True)}
            if sum(at.values()) > 0:
                found.append(at[name] / sum(at.values()))
        assert result.shares_low[name] == pytest.approx(min(found), abs=1e-9)
        assert result.shares_high[name] == pytest.approx(max(found), abs=1e-9)


@given(source_tables, indicator_weights, st.randoms(use_true_random=False))
def test_the_order_of_sources_and_indicators_does_not_matter(
    table: Table, weights: dict[str, float], random: Any
) -> None:
    """Shuffling both leaves every share where it was."""
    if sum(row[1] for row in scored(table, weights).values()) < 1e-9:
        return
    names, keys = list(table), list(weights)
    random.shuffle(names)
    random.shuffle(keys)
    shuffled = rating({name: table[name] for name in names}, {key: weights[key] for key in keys})
    assert dict(shuffled.shares) == pytest.approx(dict(rating(table, weights).shares), abs=1e-12)


@given(source_tables, indicator_weights)
def test_knowing_more_never_widens_an_interval(table: Table, weights: dict[str, float]) -> None:
    """Replacing every unknown by its middle leaves the shares and closes the intervals."""
    if sum(row[1] for row in scored(table, weights).values()) < 1e-9:
        return
    known = {name: {key: Reading(span(row[key])[1]) for key in row} for name, row in table.items()}
    before, after = rating(table, weights), rating(known, weights)
    assert dict(after.shares) == pytest.approx(dict(before.shares), abs=1e-9)
    for name in table:
        assert after.shares_low[name] == pytest.approx(after.shares_high[name], abs=1e-9)
        assert before.shares_low[name] <= after.shares_low[name] + 1e-9
        assert after.shares_high[name] <= before.shares_high[name] + 1e-9


@given(unit, unit)
def test_a_better_reading_never_lowers_a_share(one: float, other: float) -> None:
    """Raising one source's indicator raises its share or leaves it."""
    low, high = sorted((one, other))

    def share(value: float) -> float:
        row = {"a": Reading(value), "b": Reading(0.5)}
        return rating({"s": row, "t": {"a": Reading(0.5), "b": Reading(0.5)}}, {"a": 1, "b": 1}).shares["s"]

    assert share(low) <= share(high) + 1e-12


def test_an_unknown_indicator_spans_everything() -> None:
    """Nothing known is [0, 1] with its middle, not a zero and not a guess."""
    result = rating({"s": {"a": Reading.missing("needs records")}}, {"a": 1})
    assert (result.score_low["s"], result.score["s"], result.score_high["s"]) == (0.0, 0.5, 1.0)


def test_a_source_without_competition_has_all_the_trust() -> None:
    """Whatever is unknown of it, a lone source and one beside a surely worthless one have the share 1."""
    unknown = {"a": Reading.missing("not recorded")}
    for others in ({}, {"t": {"a": Reading(0.0)}}):
        result = rating({"s": unknown, **others}, {"a": 1})
        assert (result.shares_low["s"], result.shares["s"], result.shares_high["s"]) == (1.0, 1.0, 1.0)


def test_a_falling_utility_keeps_its_interval_in_order() -> None:
    """Where less is better the low utility comes from the high value; the middle is that of utilities."""
    falling = {"sd": Ramp(worst=1.0, best=0.2)}
    result = rating({"s": {"sd": Reading.between(0.2, 2.0)}, "t": {"sd": Reading(0.6)}}, {"sd": 1}, falling)
    assert result.utilities_low.loc["s", "sd"] == 0.0
    assert result.utilities.loc["s", "sd"] == pytest.approx(0.5)
    assert result.utilities_high.loc["s", "sd"] == 1.0


def test_sources_that_are_all_worthless_are_refused() -> None:
    """Shares of nothing would be 0/0; the message names the sources."""
    with pytest.raises(InputError) as caught:
        rating({"s": {"a": Reading(0.0)}, "t": {"a": Reading(0.0)}}, {"a": 1})
    assert str(caught.value) == (
        "every source is rated 0; found s, t. Check the indicators' ranges, or judge the sources directly"
    )


def test_a_worthless_source_that_could_be_nothing_else_has_no_share() -> None:
    """A share of 0 with the interval [0, 0] is no division by zero."""
    for other in (Reading(0.4), Reading.missing("not recorded")):
        result = rating({"s": {"a": Reading(0.0)}, "t": {"a": other}}, {"a": 1})
        assert (result.shares["s"], result.shares_low["s"], result.shares_high["s"]) == (0.0, 0.0, 0.0)


def test_share_extremes_of_two_unknowns_do_not_divide_by_zero() -> None:
    """When everything can be 0 the lowest share is 0 and the highest 1."""
    unknown = {"a": Reading.missing("not recorded")}
    result = rating({"s": unknown, "t": unknown}, {"a": 1})
    assert (result.shares_low["s"], result.shares["s"], result.shares_high["s"]) == (0.0, 0.5, 1.0)


def test_a_rated_share_explains_itself_down_to_the_reading() -> None:
    """Value, interval and silence are told in words, and the lines add up to the score."""
    result = rating(EXAMPLE, V)
    line = result.shares.explain("public")
    assert line.label == "rated share of public"
    assert line.value == pytest.approx(result.shares["public"])
    assert line.how == "score 0.5 of 0.9: Σ weight × utility of its indicators"
    assert [part.how for part in line.parts] == [
        "weight 0.25 × utility 0.8 (0.8 from 80 records)",
        "weight 0.75 × utility 0.4 (between 0.2 and 0.6; enters by the middle)",
    ]
    assert sum(part.value or 0.0 for part in line.parts) == pytest.approx(result.score["public"])
    silent = result.shares.explain("own").parts[1]
    assert silent.how == "weight 0.75 × utility 0.5 (unknown: no record states a pH; enters by the middle)"
    assert silent.facts == {"indicator": "match", "value": None, "low": None, "high": None, "n": 0}


POOLED: Table = {
    "pool": {"a": Reading(0.5, n=4), "b": Reading(0.9, n=4)},
    "own": {"a": Reading(0.6), "b": Reading(0.6)},
}
MEMBERS = {"pool": (("P",), ("P",), ("P", "Q"), ("Q",))}
PART_READINGS = {
    ("pool", "P"): {"a": Reading(0.2, n=3), "b": Reading.missing("too few records")},
    ("pool", "Q"): {"a": Reading.between(0.4, 0.8, n=2), "b": Reading(0.1, n=2)},
}


def test_a_pooled_source_is_the_mean_of_its_parts_by_records() -> None:
    """Three records in P and two in Q (one is in both): the weights are 3/5 and 2/5."""
    result = rating(POOLED, {"a": 1, "b": 1}, parts=MEMBERS, part_table=PART_READINGS)
    parts = result.parts["pool"]
    assert parts.records.to_dict() == {"P": 3, "Q": 2}
    assert parts.score.to_dict() == pytest.approx({"P": (0.2 + 0.9) / 2, "Q": (0.6 + 0.1) / 2})
    assert parts.low["Q"] == pytest.approx((0.4 + 0.1) / 2)
    assert parts.high["Q"] == pytest.approx((0.8 + 0.1) / 2)
    assert result.score["pool"] == pytest.approx(0.6 * 0.55 + 0.4 * 0.35)
    assert result.score_low["pool"] == pytest.approx(0.6 * 0.55 + 0.4 * 0.25)
    assert result.score_high["pool"] == pytest.approx(0.6 * 0.55 + 0.4 * 0.45)
    assert "own" not in result.parts


def test_a_part_that_cannot_tell_borrows_from_the_whole() -> None:
    """Only the unknown reading is borrowed, it is marked, and the part's own reading stays on record."""
    parts = rating(POOLED, {"a": 1, "b": 1}, parts=MEMBERS, part_table=PART_READINGS).parts["pool"]
    assert parts.borrowed.to_dict("index") == {"P": {"a": False, "b": True}, "Q": {"a": False, "b": False}}
    assert parts.utilities.loc["P", "b"] == 0.9
    assert not parts.readings["P"]["b"].known


def test_nothing_is_borrowed_from_a_whole_that_knows_nothing() -> None:
    """Unknown in part and whole stays unknown: [0, 1]."""
    table = {"pool": {"a": Reading.missing("no")}}
    silent = {("pool", part): {"a": Reading.missing("no")} for part in "PQ"}
    result = rating(table, {"a": 1}, parts=MEMBERS, part_table=silent)
    assert not result.parts["pool"].borrowed.to_numpy().any()
    assert (result.score_low["pool"], result.score_high["pool"]) == (0.0, 1.0)


@given(st.lists(readings, min_size=2, max_size=2), st.lists(readings, min_size=2, max_size=2), readings)
def test_pooled_scores_are_those_of_the_definition(p: list[Reading], q: list[Reading], whole: Reading) -> None:
    """Borrowing and averaging recomputed with plain Python."""
    own = {"P": dict(zip("ab", p, strict=True)), "Q": dict(zip("ab", q, strict=True))}
    table = {"pool": {"a": whole, "b": Reading(0.3)}}
    rows = {("pool", part): row for part, row in own.items()}
    table["own"] = {"a": Reading(0.5), "b": Reading(0.5)}
    result = rating(table, {"a": 1, "b": 3}, parts=MEMBERS, part_table=rows)
    for column, found in enumerate((result.score_low, result.score, result.score_high)):
        expected = 0.0
        for part, records in (("P", 3), ("Q", 2)):
            taken = {key: own[part][key] if own[part][key].known else table["pool"][key] for key in "ab"}
            expected += records / 5 * (0.25 * span(taken["a"])[column] + 0.75 * span(taken["b"])[column])
        assert found["pool"] == pytest.approx(expected, abs=1e-12)


def test_parts_that_say_what_the_whole_says_change_nothing() -> None:
    """A pooled source whose parts agree with it has the score of an unpooled one."""
    same = {("pool", part): POOLED["pool"] for part in "PQ"}
    pooled = rating(POOLED, {"a": 1, "b": 2}, parts=MEMBERS, part_table=same)
    assert dict(pooled.shares) == pytest.approx(dict(rating(POOLED, {"a": 1, "b": 2}).shares))


@given(shares, shares)
def test_the_ends_of_the_blend_are_the_readings(judged: Weights, rated: Weights) -> None:
    """λ = 0 is judged, λ = 1 is rated."""
    assert dict(blend(judged, rated, 0.0)) == pytest.approx(dict(judged))
    assert dict(blend(judged, rated, 1.0)) == pytest.approx(dict(rated))


@pytest.mark.parametrize("lam", [0.0, 1.0])
def test_an_end_of_the_blend_is_not_touched_by_zeros_of_the_other(lam: float) -> None:
    """A source that the unused reading gives nothing keeps its share."""
    used, unused = {"x": 0.5, "y": 0.5}, {"x": 1.0, "y": 0.0}
    judged, rated = (used, unused) if lam == 0.0 else (unused, used)
    assert dict(blend(judged, rated, lam)) == used


@given(shares, shares, unit)
def test_the_blend_is_the_weighted_geometric_mean(judged: Weights, rated: Weights, lam: float) -> None:
    """Through logarithms, normalised by hand, the same shares come out, and they sum to 1."""
    logs = {name: (1 - lam) * math.log(judged[name]) + lam * math.log(rated[name]) for name in judged}
    total = math.fsum(math.exp(value) for value in logs.values())
    blended = blend(judged, rated, lam)
    assert dict(blended) == pytest.approx({name: math.exp(value) / total for name, value in logs.items()})
    assert math.fsum(blended.values()) == pytest.approx(1.0)


@given(shares, shares, unit, st.permutations("xyz"))
def test_the_order_of_the_blended_sources_does_not_matter(
    judged: Weights, rated: Weights, lam: float, order: list[str]
) -> None:
    """Sources are matched by name and not by place."""
    shuffled = blend({name: judged[name] for name in order}, rated, lam)
    assert dict(shuffled) == pytest.approx(dict(blend(judged, rated, lam)))


@given(shares, shares, unit)
def test_blending_is_symmetric(judged: Weights, rated: Weights, lam: float) -> None:
    """Swapping the readings and turning λ around gives the same shares."""
    assert dict(blend(judged, rated, lam)) == pytest.approx(dict(blend(rated, judged, 1 - lam)))


@given(shares, unit)
def test_readings_that_agree_stay(judged: Weights, lam: float) -> None:
    """Blending a reading with itself gives it back."""
    assert dict(blend(judged, judged, lam)) == pytest.approx(dict(judged))


@given(shares, shares, unit, unit)
def test_more_lambda_moves_ratios_towards_rated(judged: Weights, rated: Weights, one: float, other: float) -> None:
    """The odds of two sources run monotonically from judged to rated as λ grows."""
    low, high = sorted((one, other))

    def odds(lam: float) -> float:
        blended = blend(judged, rated, lam)
        return math.log(blended["x"] / blended["y"])

    towards = odds(1.0) - odds(0.0)
    assert (odds(high) - odds(low)) * towards >= -1e-9


@pytest.mark.parametrize(
    ("judged", "rated", "lam", "words"),
    [
        ({"x": 1}, {"x": 1}, 1.5, "λ is outside its range; found 1.5; expected 0 (judged) to 1 (rated)"),
        ({"x": 1}, {"x": 1}, -0.1, "λ is outside its range; found -0.1; expected 0 (judged) to 1 (rated)"),
        ({"x": 1}, {"x": 1}, math.nan, "λ is outside its range; found nan; expected 0 (judged) to 1 (rated)"),
        ({"x": 1}, {"y": 1}, 0.5, "the two readings are of different sources; found ['x'] judged, ['y'] rated"),
        (
            {"x": 1, "y": 0},
            {"x": 0, "y": 1},
            0.5,
            "no source has a share in both readings; expected a source that is judged and rated > 0",
        ),
    ],
)
def test_an_impossible_blend_is_refused_in_words(
    judged: dict[str, float], rated: dict[str, float], lam: float, words: str
) -> None:
    """Every fault of a blend has its exact message."""
    with pytest.raises(InputError) as caught:
        blend(judged, rated, lam)
    assert str(caught.value) == words


SOURCES = {"public": source("public"), "own": source("own")}
JUDGED = Weights({"public": 1, "own": 3}, provenance={"own": Provenance("judged share of own", 0.75, "by the panel")})


def test_the_judged_reading_is_used_as_it_is() -> None:
    """Rule judged means λ = 0, with the panel's own lines behind the shares."""
    trust = combine_readings(SOURCES, "judged", 0.5, "few records", JUDGED, rating(EXAMPLE, V))
    assert dict(trust.used) == dict(JUDGED)
    assert (trust.rule, trust.lam) == ("judged", 0.0)
    line = trust.used.explain("own")
    assert (line.label, line.how) == ("trust share of own", "the judged share; because few records")
    assert line.parts == (JUDGED.explain("own"),)


def test_the_rated_reading_is_used_as_it_is() -> None:
    """Rule rated means λ = 1, with the indicators behind the shares; no reason, no because."""
    rated = rating(EXAMPLE, V)
    trust = combine_readings(SOURCES, "rated", 0.5, "", None, rated)
    assert dict(trust.used) == dict(rated.shares)
    assert (trust.rule, trust.lam) == ("rated", 1.0)
    assert trust.used.explain("public").how == "the rated share"
    assert trust.used.explain("public").parts == (rated.shares.explain("public"),)


def test_a_blend_keeps_both_readings_behind_it() -> None:
    """The used shares are the geometric blend; each line leads to the judged and the rated one."""
    rated = rating(EXAMPLE, V)
    trust = combine_readings(SOURCES, "blend", 0.25, "agreed in the kick-off", JUDGED, rated)
    assert dict(trust.used) == pytest.approx(dict(blend(JUDGED, rated.shares, 0.25)))
    line = trust.used.explain("own")
    assert line.value == trust.used["own"]
    assert line.how == "judged^0.75 · rated^0.25, normalised; because agreed in the kick-off"
    assert line.parts == (JUDGED.explain("own"), rated.shares.explain("own"))


@pytest.mark.parametrize("rule", ["judged", "rated", "blend", "single"])
def test_a_single_source_needs_no_reading(rule: str) -> None:
    """One source has all the trust, whatever rule the study states."""
    trust = combine_readings({"own": SOURCES["own"]}, rule, 0.5, "", None, None)
    assert (dict(trust.used), trust.rule, trust.lam) == ({"own": 1.0}, "single", 0.0)
    assert trust.used.explain("own").how == "the only source"


@pytest.mark.parametrize(
    ("rule", "judged", "words"),
    [
        ("judged", False, "trust uses 'judged' and the study gives no judged shares"),
        ("blend", False, "trust uses 'blend' and the study gives no judged shares"),
        ("blend", True, "trust uses 'blend' and the study gives no rated shares"),
        ("rated", True, "trust uses 'rated' and the study gives no rated shares"),
    ],
)
def test_a_rule_without_its_reading_is_refused(rule: str, judged: bool, words: str) -> None:
    """What the study lacks is named with how to add it."""
    mend = {
        "judged": "Add judgements at the node 'sources'",
        "rated": "Add trust.tree with indicators and judgements on them",
    }["rated" if judged else "judged"]
    with pytest.raises(InputError) as caught:
        combine_readings(SOURCES, rule, 0.5, "", JUDGED if judged else None, None)
    assert str(caught.value) == f"{words}. {mend}"


def test_the_readings_stand_side_by_side() -> None:
    """The frame shows judged, rated with its interval, and used; a reading that is not there has no column."""
    rated = rating(EXAMPLE, V)
    frame = combine_readings(SOURCES, "blend", 0.5, "", JUDGED, rated).shares()
    assert frame.columns.tolist() == ["judged", "rated", "rated low", "rated high", "used"]
    assert frame.loc["own", "judged"] == 0.75
    assert (frame["rated low"] <= frame["rated"]).all()
    assert (frame["rated"] <= frame["rated high"]).all()
    assert combine_readings(SOURCES, "judged", 0, "", JUDGED, None).shares().columns.tolist() == ["judged", "used"]


def test_three_blends_are_always_shown_where_both_readings_exist() -> None:
    """λ = 0, ½ and 1, whatever is used; with one reading there is nothing to blend."""
    rated = rating(EXAMPLE, V)
    blends = combine_readings(SOURCES, "judged", 0, "", JUDGED, rated).blends()
    assert tuple(blends) == LAMBDAS == (0.0, 0.5, 1.0)
    assert dict(blends[0.0]) == pytest.approx(dict(JUDGED))
    assert dict(blends[1.0]) == pytest.approx(dict(rated.shares))
    assert combine_readings(SOURCES, "rated", 0, "", None, rated).blends() == {}
