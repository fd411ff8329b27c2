"""The numbers behind a trust share add up to it, line by line."""

from __future__ import annotations

import pandas as pd
import pytest

from weighbridge.core.weights import Provenance, Weights
from weighbridge.evidence.reading import Reading
from weighbridge.evidence.source import Records, Source
from weighbridge.evidence.trust import Rating, rate


class Identity:
    """A utility that is the value itself."""

    def utility(self, value: float) -> float:
        """Return the value."""
        return value


WHOLE = {"a": 0.9, "b": 0.5}
PART = {("pool", "p"): {"a": 0.2, "b": 0.4}, ("pool", "q"): {"a": 0.6}}


def rating() -> Rating:
    """Rate a pooled source of parts p (three records) and q (one) beside an unpooled one."""
    records = Records(pd.DataFrame({"value": [0.0] * 4}), (("p",), ("p",), ("p",), ("q",)))
    sources = {
        "pool": Source("pool", "Pool", "continuous", "pIC50", records=records),
        "own": Source("own", "Own", "continuous", "pIC50"),
    }

    def part(key: str, at: Source, name: str) -> Reading:
        value = PART[at.name, name].get(key)
        return Reading.missing("not recorded") if value is None else Reading(value)

    return rate(
        sources,
        Weights({"a": 3, "b": 1}),
        {"a": Identity(), "b": Identity()},
        lambda key, at: Reading(WHOLE[key]),
        part,
    )


def total(lines: tuple[Provenance, ...]) -> float:
    """Add up the values of some lines."""
    return sum(line.value or 0.0 for line in lines)


def test_a_pooled_source_is_explained_by_its_parts() -> None:
    """The lines were of the whole source's indicators, which add up to another score than the one used."""
    result = rating()
    score = 0.75 * (0.75 * 0.2 + 0.25 * 0.4) + 0.25 * (0.75 * 0.6 + 0.25 * 0.5)
    assert result.score["pool"] == pytest.approx(score)
    line = result.shares.explain("pool")
    assert [part.label for part in line.parts] == ["part p", "part q"]
    assert total(line.parts) == pytest.approx(score)
    assert "3 of 4 records × score 0.25" in line.parts[0].how


@pytest.mark.parametrize("name", ["pool", "own"])
def test_every_level_of_a_rated_share_adds_up(name: str) -> None:
    """Shares are score / total, parts are records × score, scores are Σ weight × utility."""
    result = rating()
    line = result.shares.explain(name)
    assert line.value == pytest.approx(result.shares[name])
    assert total(line.parts) == pytest.approx(result.score[name])
    for part in line.parts:
        if "part" in part.facts:
            assert total(part.parts) == pytest.approx(part.facts["score"])
    assert total(line.parts) / result.score.sum() == pytest.approx(line.value)


def test_a_part_shows_the_reading_it_borrowed() -> None:
    """Part q cannot tell b, so the whole source's 0.5 enters and is what the line says."""
    part = rating().shares.explain("pool").parts[1]
    borrowed = {line.label: line for line in part.parts}["b"]
    assert borrowed.value == pytest.approx(0.25 * 0.5)
    assert borrowed.facts["value"] == 0.5
