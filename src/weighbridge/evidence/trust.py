"""The trust layer: how much each source deserves, in readings that stand side by side.

The alternatives are the sources. **Judged** shares come from experts who compare the sources
directly; **rated** shares from the sources' indicators under the panel's criterion weights. A third
reading, **bridged**, measured on the same compounds in two contexts, takes its place beside them
when bridging statistics are there; `Trust.bridged` is None until then.

Conventions
-----------
* Rated share of a source s: ∝ Σ_k v_k u_k(s), with v the panel's weights of the reliability
  indicators and u ∈ [0, 1] the indicators' utilities.
* An interval enters the point value by the middle of its utilities and is carried through as low
  and high shares. An indicator that cannot be read at all spans [0, 1].
* A pooled source is rated by its parts: its score is the mean of its parts' scores weighted by
  their records. A part that cannot tell an indicator alone takes the reading of the whole source.
* Blend: share ∝ judged^(1−λ) · rated^λ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats
from weighbridge.core.weights import Provenance, Weights
from weighbridge.errors import Fault, InputError
from weighbridge.evidence.reading import Reading
from weighbridge.evidence.source import Source

__all__ = ["PartRating", "Rating", "Trust", "blend", "combine_readings", "rate", "utility_span"]

LAMBDAS: Final = (0.0, 0.5, 1.0)
"""The blends that are always shown, whatever λ is used."""

Read = Callable[[str, Source], Reading]
ReadPart = Callable[[str, Source, str], Reading]


class Utility(Protocol):
    """What the trust layer needs of an indicator's definition."""

    def utility(self, value: float) -> float:
        """Map a value in the indicator's unit to [0, 1], 1 the best."""


@dataclass(frozen=True, eq=False)
class PartRating:
    """The parts of one pooled source, rated one by one.

    Attributes
    ----------
    readings
        part → indicator → reading of that part alone.
    utilities
        parts × indicators, the middle of each utility interval.
    borrowed
        parts × indicators, true where the part cannot tell and takes the whole source's reading.
    records
        Number of records of each part.
    score, low, high
        Σ_k v_k u_k of each part, with its interval.
    """

    readings: Mapping[str, Mapping[str, Reading]]
    utilities: pd.DataFrame
    borrowed: pd.DataFrame
    records: pd.Series[int]
    score: pd.Series[float]
    low: pd.Series[float]
    high: pd.Series[float]


@dataclass(frozen=True, eq=False, repr=False)
class Rating:
    """The sources rated by their indicators.

    Attributes
    ----------
    weights
        v, the panel's weights of the indicators.
    readings
        source → indicator → reading.
    utilities, utilities_low, utilities_high
        sources × indicators in [0, 1].
    score, score_low, score_high
        Σ_k v_k u_k of each source; for a pooled source the mean over its parts.
    shares
        The scores normalised to sum to 1.
    shares_low, shares_high
        The smallest and largest share a source can have when every unknown goes against it or for it.
    parts
        source → its parts, for pooled sources.
    """

    weights: Weights
    readings: Mapping[str, Mapping[str, Reading]]
    utilities: pd.DataFrame
    utilities_low: pd.DataFrame
    utilities_high: pd.DataFrame
    score: pd.Series[float]
    score_low: pd.Series[float]
    score_high: pd.Series[float]
    shares: Weights
    shares_low: pd.Series[float]
    shares_high: pd.Series[float]
    parts: Mapping[str, PartRating]

    def __repr__(self) -> str:
        return f"Rating({len(self.score)} sources by {len(self.weights)} indicators: {_shown(self.shares)})"


def _shown(shares: Weights) -> str:
    return ", ".join(f"{name} {share:.0%}" for name, share in shares.items())


@dataclass(frozen=True, eq=False, repr=False)
class Trust:
    """The sources' trust shares in every reading, and the one that is used.

    Attributes
    ----------
    used
        The shares the rank layer takes, with provenance.
    rule
        ``judged``, ``rated``, ``blend`` or ``single`` (there is one source only).
    lam, reason
        The blend's λ and why; λ is 0 for judged and 1 for rated.
    judged, rated, bridged
        The readings; None where the study gives none. ``bridged`` waits for bridging statistics.
    """

    used: Weights
    rule: str
    lam: float
    reason: str
    judged: Weights | None
    rated: Rating | None
    bridged: Weights | None = None

    def __repr__(self) -> str:
        return f"Trust({self.rule}: {_shown(self.used)})"

    def _repr_html_(self) -> str:
        return str(self.shares().to_html(float_format="{:.0%}".format))

    def shares(self) -> pd.DataFrame:
        """Return sources × readings: judged, rated with its interval, the used share."""
        columns: dict[str, pd.Series[float]] = {}
        if self.judged is not None:
            columns["judged"] = self.judged.to_series()
        if self.rated is not None:
            columns["rated"] = self.rated.shares.to_series()
            columns["rated low"] = self.rated.shares_low
            columns["rated high"] = self.rated.shares_high
        columns["used"] = self.used.to_series()
        return pd.DataFrame(columns)

    def blends(self) -> dict[float, Weights]:
        """Return the shares for λ = 0, ½ and 1, where both readings exist."""
        if self.judged is None or self.rated is None:
            return {}
        return {lam: blend(self.judged, self.rated.shares, lam) for lam in LAMBDAS}


def blend(judged: Mapping[str, float], rated: Mapping[str, float], lam: float) -> Weights:
    """Blend two sets of shares geometrically, share ∝ judged^(1−λ) · rated^λ.

    Parameters
    ----------
    judged, rated
        Shares by source, over the same sources.
    lam
        λ in [0, 1]; 0 is judged, 1 is rated.

    Raises
    ------
    InputError
        If λ is outside [0, 1], the sources differ, or no source has a share in both readings.
    """
    if not 0 <= lam <= 1:
        raise InputError(Fault("λ is outside its range", found=f"{lam:g}", expected="0 (judged) to 1 (rated)"))
    if set(judged) != set(rated):
        found = f"{sorted(judged)} judged, {sorted(rated)} rated"
        raise InputError(Fault("the two readings are of different sources", found=found))
    names = list(judged)
    values = [judged[name] ** (1 - lam) * rated[name] ** lam for name in names]
    if sum(values) == 0:
        raise InputError(
            Fault("no source has a share in both readings", expected="a source that is judged and rated > 0")
        )
    return Weights(dict(zip(names, values, strict=True)))


def rate(
    sources: Mapping[str, Source],
    weights: Weights,
    definitions: Mapping[str, Utility],
    read: Read,
    read_part: ReadPart,
) -> Rating:
    """Rate sources by their indicators.

    Parameters
    ----------
    sources
        By name.
    weights
        v by indicator id.
    definitions
        Indicator id → its utility function.
    read, read_part
        Compute an indicator for a source, or for a part of it.

    Raises
    ------
    InputError
        If every source scores 0: then the indicators cannot tell them apart.
    """
    indicators = list(weights)
    v = weights.array(indicators)
    readings = {name: {key: read(key, source) for key in indicators} for name, source in sources.items()}
    spans = {name: _spans(readings[name], indicators, definitions) for name in sources}
    parts = {
        name: _rate_parts(source, indicators, v, definitions, readings[name], read_part)
        for name, source in sources.items()
        if source.records is not None and source.records.part_names
    }
    names = list(sources)
    scores = np.array([_source_score(spans[name], v, parts.get(name)) for name in names])
    low, middle, high = (pd.Series(scores[:, column], index=names) for column in range(3))
    if middle.sum() == 0:
        mend = "Check the indicators' ranges, or judge the sources directly"
        raise InputError(Fault("every source is rated 0", found=", ".join(names), mend=mend))
    frames = [
        pd.DataFrame([spans[name][column] for name in names], index=names, columns=indicators) for column in range(3)
    ]
    # 0 of 0: where nobody else can score anything, whatever this source scores is everything.
    shares_low = pd.Series({name: _extreme(low[name], high.drop(name), otherwise=1.0) for name in names})
    shares_high = pd.Series({name: _extreme(high[name], low.drop(name), otherwise=0.0) for name in names})
    lines = _rated_provenance(weights, readings, frames[1], middle, parts)
    shares = Weights(middle, provenance=lines)
    return Rating(
        weights, readings, frames[1], frames[0], frames[2], middle, low, high, shares, shares_low, shares_high, parts
    )


def combine_readings(
    sources: Mapping[str, Source], rule: str, lam: float, reason: str, judged: Weights | None, rated: Rating | None
) -> Trust:
    """Choose the shares the rank layer uses from the readings there are.

    Raises
    ------
    InputError
        If the rule asks for a reading the study does not give.
    """
    names = list(sources)
    if len(names) == 1:
        only = Provenance(f"trust share of {names[0]}", 1.0, "the only source")
        return Trust(Weights({names[0]: 1.0}, provenance={names[0]: only}), "single", 0.0, reason, judged, rated)
    missing = [word for word, reading in (("judged", judged), ("rated", rated)) if reading is None]
    if missing and (rule == "blend" or rule in missing):
        mend = {
            "judged": "Add judgements at the node 'sources'",
            "rated": "Add trust.tree with indicators and judgements on them",
        }[missing[0]]
        raise InputError(Fault(f"trust uses {rule!r} and the study gives no {missing[0]} shares", mend=mend))
    lam = {"judged": 0.0, "rated": 1.0}.get(rule, lam)
    readings: list[Weights] = []
    if rule != "rated" and judged is not None:
        readings.append(judged)
    if rule != "judged" and rated is not None:
        readings.append(rated.shares)
    shares = blend(readings[0], readings[1], lam) if rule == "blend" else readings[0]
    parts = {name: tuple(reading.explain(name) for reading in readings) for name in names}
    how = _how_blended(rule, lam, reason)
    lines = {name: Provenance(f"trust share of {name}", shares[name], how, parts[name]) for name in names}
    used = Weights(
        dict(shares),
        provenance=lines,
        covariance=_blended_covariance(judged, lam),
        degrees_of_freedom=None if judged is None else judged.degrees_of_freedom,
    )
    return Trust(used, rule, lam, reason, judged, rated)


def _blended_covariance(judged: Weights | None, lam: float) -> Floats | None:
    """Return the covariance of the logarithms of a blend, (1−λ)² that of the judged shares.

    ln share = (1−λ) ln judged + λ ln rated + constant; the rated shares' uncertainty is an interval and
    is carried as one. None where the judged shares take no part or have none.
    """
    if judged is None or judged.covariance is None or lam == 1:
        return None
    return (1 - lam) ** 2 * judged.covariance


def _how_blended(rule: str, lam: float, reason: str) -> str:
    because = f"; because {reason}" if reason else ""
    if rule == "blend":
        return f"judged^{1 - lam:g} · rated^{lam:g}, normalised{because}"
    return f"the {rule} share{because}"


def utility_span(reading: Reading, definition: Utility) -> tuple[float, float, float]:
    """Return low, middle and high utility of a reading; an unknown one spans [0, 1]."""
    if reading.value is None or reading.low is None or reading.high is None:
        return 0.0, 0.5, 1.0
    if reading.exact:
        value = definition.utility(reading.value)
        return value, value, value
    ends = definition.utility(reading.low), definition.utility(reading.high)
    return min(ends), sum(ends) / 2, max(ends)


def _spans(readings: Mapping[str, Reading], indicators: list[str], definitions: Mapping[str, Utility]) -> Floats:
    """Return (3, k): low, middle and high utilities in the order of the indicators."""
    return np.array([utility_span(readings[key], definitions[key]) for key in indicators], dtype=np.float64).T


def _rate_parts(
    source: Source,
    indicators: list[str],
    v: Floats,
    definitions: Mapping[str, Utility],
    whole: Mapping[str, Reading],
    read_part: ReadPart,
) -> PartRating:
    assert source.records is not None
    names = list(source.records.part_names)
    readings = {part: {key: read_part(key, source, part) for key in indicators} for part in names}
    borrowed = {part: {key: not readings[part][key].known and whole[key].known for key in indicators} for part in names}
    taken = {
        part: {key: whole[key] if borrowed[part][key] else readings[part][key] for key in indicators} for part in names
    }
    spans = {part: _spans(taken[part], indicators, definitions) for part in names}
    scores = np.array([spans[part] @ v for part in names])
    counts = pd.Series({part: len(source.records.rows_of(part)) for part in names}, dtype="int64")
    return PartRating(
        readings=readings,
        utilities=pd.DataFrame([spans[part][1] for part in names], index=names, columns=indicators),
        borrowed=pd.DataFrame([borrowed[part] for part in names], index=names, columns=indicators),
        records=counts,
        score=pd.Series(scores[:, 1], index=names),
        low=pd.Series(scores[:, 0], index=names),
        high=pd.Series(scores[:, 2], index=names),
    )


def _source_score(spans: Floats, v: Floats, parts: PartRating | None) -> Floats:
    """Return (3,) low, middle, high: the indicators weighted, over the parts where there are any."""
    if parts is None:
        return np.asarray(spans @ v, dtype=np.float64)
    share = parts.records.to_numpy(dtype=np.float64) / float(parts.records.sum())
    columns = [parts.low, parts.score, parts.high]
    return np.array([share @ column.to_numpy(dtype=np.float64) for column in columns])


def _extreme(own: float, others: pd.Series[float], *, otherwise: float) -> float:
    total = own + float(others.sum())
    return own / total if total > 0 else otherwise


def _rated_provenance(
    weights: Weights,
    readings: Mapping[str, Mapping[str, Reading]],
    utilities: pd.DataFrame,
    score: pd.Series[float],
    parts: Mapping[str, PartRating],
) -> dict[str, Provenance]:
    """Explain each share by lines that add up to the source's score: its indicators, or its parts."""
    total = float(score.sum())
    lines = {}
    for name in utilities.index:
        if name in parts:
            below = _part_lines(weights, readings[name], parts[name])
            how = f"score {score[name]:.3g} of {total:.3g}: Σ share of the records × score of each part"
        else:
            below = _indicator_lines(weights, readings[name], utilities.loc[name])
            how = f"score {score[name]:.3g} of {total:.3g}: Σ weight × utility of its indicators"
        lines[name] = Provenance(f"rated share of {name}", float(score[name]) / total, how, below)
    return lines


def _part_lines(weights: Weights, whole: Mapping[str, Reading], parts: PartRating) -> tuple[Provenance, ...]:
    """Return a line a part, its value the part's contribution to the score of its source."""
    total = int(parts.records.sum())
    lines = []
    for part in parts.records.index:
        taken = {key: whole[key] if parts.borrowed.loc[part, key] else parts.readings[part][key] for key in weights}
        records, score = int(parts.records[part]), float(parts.score[part])
        how = f"{records} of {total} records × score {score:.3g}: Σ weight × utility of its indicators"
        below = _indicator_lines(weights, taken, parts.utilities.loc[part])
        lines.append(Provenance(f"part {part}", records / total * score, how, below, {"part": part, "score": score}))
    return tuple(lines)


def _indicator_lines(
    weights: Weights, readings: Mapping[str, Reading], utilities: pd.Series[float]
) -> tuple[Provenance, ...]:
    return tuple(_indicator_line(key, weights, readings[key], float(utilities[key])) for key in weights)


def _indicator_line(key: str, weights: Weights, reading: Reading, utility: float) -> Provenance:
    if reading.value is None:
        words = f"unknown: {reading.unknown}; enters by the middle"
    elif reading.exact:
        words = f"{reading.value:.3g} from {reading.n} records"
    else:
        words = f"between {reading.low:.3g} and {reading.high:.3g}; enters by the middle"
    facts = {"indicator": key, "value": reading.value, "low": reading.low, "high": reading.high, "n": reading.n}
    how = f"weight {weights[key]:.3g} × utility {utility:.3g} ({words})"
    return Provenance(key, weights[key] * utility, how, (weights.explain(key),), facts)
