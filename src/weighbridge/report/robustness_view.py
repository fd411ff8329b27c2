"""How firmly the choice stands, as the page shows it: three sentences first, then what is behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from weighbridge.report.drawing import Drawing
from weighbridge.report.numbers import percent, significant
from weighbridge.report.robustness_changes import ChangeRow, ScoreRow, change_rows, named, score_rows
from weighbridge.report.robustness_figures import CAUSE_WORDS, intervals_figure, share_percent, standing_figure
from weighbridge.report.words import criterion_titles, joined, method_title, molecule_name, source_titles
from weighbridge.robustness.share_words import PER_CENT
from weighbridge.study.robust.sentences import NOT_ASKED, asked_sentences

if TYPE_CHECKING:
    from weighbridge.robustness.reversal import RankReversal
    from weighbridge.robustness.stability import StabilityInterval
    from weighbridge.robustness.variations import Variation, Variations
    from weighbridge.study.robust.ends import CellEffect, UnknownEffect
    from weighbridge.study.robust.value import Robustness

__all__ = [
    "FIGURED",
    "EffectRow",
    "MoleculeRow",
    "RobustnessView",
    "SensitivityRow",
    "VariedTable",
    "WeightRow",
    "robustness_view",
]

AROUND: Final = 30
"""Molecules shown around the cut."""

NEGLIGIBLE: Final = 0.005
"""An input that explains no more than this share of a rank's variance is not named."""

FIGURED: Final = ("acceptability", "intervals")
"""The parts that have a figure."""

EACH: Final = "each of them"
"""Stands in a reason that several share, where each has its own name."""

_HEADS: Final = {
    "experts": ("Without each expert", "Expert left out"),
    "sources": ("Without each source", "Source left out"),
    "criteria": ("Without each criterion", "Criterion left out"),
    "molecules": ("Without single molecules", "Molecule left out"),
    "scales": ("Other judgement scales", "Scale"),
    "methods": ("Other methods and normalizations", "Method"),
}


@dataclass(frozen=True, slots=True)
class MoleculeRow:
    """A molecule at the cut: its rank today and how often it is among the first, by what is drawn."""

    label: str
    name: str
    rank: int
    first: bool
    shares: tuple[float, ...]

    @property
    def said(self) -> tuple[str, ...]:
        """The shares in words, never rounded to certainty."""
        return tuple(share_percent(share) for share in self.shares)


@dataclass(frozen=True, slots=True)
class WeightRow:
    """A weight, where it may lie alone, and what happens at either end."""

    title: str
    weight: float
    low: float
    high: float
    at_low: str
    at_high: str


@dataclass(frozen=True, slots=True)
class EffectRow:
    """Something not known, and what either end of it would change."""

    what: str
    why: str
    could_change: bool
    effect: str
    fully_tried: bool = True

    @property
    def verdict(self) -> str:
        """Whether it could change the choice; no is said only of what was tried as a whole."""
        if self.could_change:
            return "yes"
        return "no" if self.fully_tried else "not fully tried"


@dataclass(frozen=True, slots=True)
class VariedTable:
    """Variants of the ranking: one row each with who comes, who goes and how alike it is."""

    title: str
    head: str
    rows: tuple[tuple[str, bool, str, float, float | None], ...]
    refused: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SensitivityRow:
    """A molecule at the cut and the inputs that explain most of its rank's variance."""

    label: str
    rank: int
    inputs: str


@dataclass(frozen=True, slots=True)
class RobustnessView:
    """The section."""

    top: int
    sentences: tuple[str, ...]
    causes: tuple[str, ...]
    molecules: tuple[MoleculeRow, ...]
    figures: tuple[Drawing, ...]
    groups: tuple[str, ...]
    weights: tuple[WeightRow, ...]
    changes: tuple[ChangeRow, ...]
    score_changes: tuple[ScoreRow, ...]
    scores_monotone: bool
    unknowns: tuple[EffectRow, ...]
    cells: tuple[EffectRow, ...]
    cells_harmless: int
    cells_untried: int
    varied: tuple[VariedTable, ...]
    reversal: tuple[str, ...]
    sensitivity: tuple[SensitivityRow, ...]
    sensitivity_notes: tuple[str, ...]
    basis: tuple[tuple[str, str], ...]
    draws: str
    refused: tuple[tuple[str, str], ...]


def robustness_view(found: Robustness) -> RobustnessView:
    """Return what the section shows of a decision's robustness."""
    rows = _molecules(found)
    return RobustnessView(
        top=found.standing.top,
        sentences=asked_sentences(found),
        causes=tuple(CAUSE_WORDS[cause] for cause in found.acceptability),
        molecules=rows,
        figures=_figures(found, rows),
        groups=_groups(found),
        weights=_weights(found),
        changes=change_rows(found),
        score_changes=score_rows(found),
        scores_monotone=all(one.monotone for one in found.score_changes.values()),
        unknowns=tuple(_unknown(found, one) for one in found.unknowns),
        cells=tuple(_cell(found, one) for one in found.cells if one.could_change),
        cells_harmless=sum(not one.could_change for one in found.cells),
        cells_untried=found.cells_untried,
        varied=tuple(_varied(found, part, one) for part, one in found.varied.items()),
        reversal=() if found.reversal is None else _reversal(found.reversal),
        sensitivity=_sensitivity(found),
        sensitivity_notes=() if found.sensitivity is None else found.sensitivity.notes,
        basis=_basis(found),
        draws=_draws(found),
        refused=tuple((_part_title(part), reason) for part, reason in found.refused.items() if reason != NOT_ASKED),
    )


def _molecules(found: Robustness) -> tuple[MoleculeRow, ...]:
    """Return the molecules around the cut: those neither in nor out, filled up with their neighbours."""
    if not found.acceptability:
        return ()
    ranking, first = found.decision.ranking, set(found.standing.first)
    ordered = [ranking.labels[int(row)] for row in ranking.order]
    shares = {cause: one.top_probability for cause, one in found.acceptability.items()}
    doubt = {label: abs(float(shares["all"][label]) - 0.5) for label in ordered}
    cut = len(first)
    nearest = sorted(range(len(ordered)), key=lambda place: (doubt[ordered[place]] >= 0.5, abs(place + 0.5 - cut)))
    shown = sorted(nearest[:AROUND])
    return tuple(
        MoleculeRow(
            str(label),
            molecule_name(found.decision.study.molecules, label),
            int(ranking.ranks[label]),
            label in first,
            tuple(float(share[label]) for share in shares.values()),
        )
        for label in (ordered[place] for place in shown)
    )


def _figures(found: Robustness, rows: Sequence[MoleculeRow]) -> tuple[Drawing, ...]:
    drawings: list[Drawing] = []
    if rows:
        index = pd.Index([f"{row.label} {row.name}".rstrip() for row in rows], dtype=object)
        shares = pd.DataFrame([row.shares for row in rows], index=index, columns=list(found.acceptability))
        drawings.append(standing_figure(shares, found.standing.top))
    if found.intervals is not None:
        frame = found.intervals.to_frame()[["weight", "low", "high"]].astype(float)
        drawings.append(intervals_figure(frame, criterion_titles(found.decision)))
    return tuple(drawings)


def _groups(found: Robustness) -> tuple[str, ...]:
    """Name the groups of leading molecules that cannot be told apart."""
    one = found.acceptability.get("all")
    if one is None:
        return ()
    return tuple(f"{group}: {named(group.labels)}" for group in one.groups if group.first < group.last)


def _weights(found: Robustness) -> tuple[WeightRow, ...]:
    intervals = found.intervals
    if intervals is None:
        return ()
    titles = criterion_titles(found.decision)
    return tuple(
        WeightRow(
            titles[name],
            intervals.weights[name],
            one.low,
            one.high,
            *_overtakings(one, intervals.overtaken[name]),
        )
        for name, one in intervals.items()
    )


def _overtakings(one: StabilityInterval, overtaken: tuple[Any, Any]) -> tuple[str, str]:
    ends = zip((one.overtaker_low, one.overtaker_high), overtaken, strict=True)
    low, high = ("nobody" if comer is None else f"{comer} overtakes {passed}" for comer, passed in ends)
    return low, high


def _unknown(found: Robustness, effect: UnknownEffect) -> EffectRow:
    source = source_titles(found.decision)[effect.unknown.source]
    what = f"{effect.unknown.title} of {source}"
    told = [words for words in (_moved("low end", effect.low), _moved("high end", effect.high)) if words]
    if effect.between:
        told.append(f"between the ends {named(effect.between)} in or out")
    if effect.refused:
        told = told or ["nothing where it was tried"]
        told.append(f"{_untried(effect.missed)} not tried: {effect.refused}")
    words = "; ".join(told) or "nothing"
    return EffectRow(what, effect.unknown.why, effect.could_change, words, fully_tried=not effect.refused)


def _untried(ends: tuple[str, ...]) -> str:
    return f"{joined(list(ends))} end{'s' if len(ends) > 1 else ''}" if ends else "some places between the ends"


def _cell(found: Robustness, effect: CellEffect) -> EffectRow:
    title = criterion_titles(found.decision)[effect.criterion]
    told = [words for words in (_moved("low end", effect.low), _moved("high end", effect.high)) if words]
    span = f"between {significant(effect.ends[0])} and {significant(effect.ends[1])}"
    return EffectRow(f"{title} of {effect.molecule}", span, effect.could_change, "; ".join(told))


def _moved(where: str, end: Variation | None) -> str:
    return "" if end is None or not end.top_changed else f"{where}: {_in_and_out(end)}"


def _in_and_out(one: Variation) -> str:
    parts = [f"{named(labels)} {word}" for labels, word in ((one.entering, "in"), (one.leaving, "out")) if labels]
    return ", ".join(parts)


def _varied(found: Robustness, part: str, varied: Variations) -> VariedTable:
    title, head = _HEADS[part]
    rows = tuple(
        (_variant_name(found, part, one.name), one.first_changed, _in_and_out(one), one.overlap, one.spearman)
        for one in varied.variants
    )
    return VariedTable(title, head, rows, _refused(found, part, varied.refused), varied.notes)


def _refused(found: Robustness, part: str, refused: Mapping[Any, str]) -> tuple[tuple[str, str], ...]:
    """Join the names that have a reason in common; a reason that only one has stays as it is."""
    groups: dict[str, list[Any]] = {}
    for name, reason in refused.items():
        groups.setdefault(_shared(name, reason) if part == "methods" else reason, []).append(name)
    return tuple(
        (
            joined([_variant_name(found, part, name) for name in names]),
            shared if len(names) > 1 else refused[names[0]],
        )
        for shared, names in groups.items()
    )


def _shared(name: Any, reason: str) -> str:
    """Return the reason without the method's, or the normalization's, own name, which begins or ends a clause."""
    method, _, rest = str(name).partition(" ")
    subjects = [re.escape(method_title(method)), *([f"normalization '{re.escape(rest.strip('()'))}'"] if rest else [])]
    return re.sub(rf"(?:\bthe )?\b(?:{'|'.join(subjects)})(?=\s)", EACH, reason, count=1, flags=re.IGNORECASE)


def _variant_name(found: Robustness, part: str, name: Any) -> str:
    if part == "criteria":
        return criterion_titles(found.decision).get(name, str(name))
    if part == "sources":
        return source_titles(found.decision).get(name, str(name))
    if part == "methods":
        method, _, rest = str(name).partition(" ")
        return f"{method_title(method)} {rest}".strip()
    return str(name)


def _reversal(test: RankReversal) -> tuple[str, ...]:
    """Say in sentences what adding, removing and worsening molecules does to the others."""
    removed, added = test.of("removed"), test.of("added")
    texts = [f"No two molecules can change places because others come or go: {test.proof}."] if test.proof else []
    changed = sum(one.changed for one in removed)
    texts.append(
        f"{len(removed)} molecules were left out one at a time: {_times(changed)} two others changed places, "
        f"{_times(sum(one.first_changed for one in removed))} another one came first."
    )
    if added:
        texts.append(
            f"{len(added)} molecules were added one at a time: {_times(sum(one.changed for one in added))} two others "
            f"changed places."
        )
    if test.cycles:
        texts.append(f"{len(test.cycles)} triples of leading molecules beat one another in a circle.")
    if test.safe:
        safe = sum(pair.safe for pair in test.safe)
        texts.append(
            f"{safe} of {len(test.safe)} leading neighbours keep their order whichever other molecule is left out."
        )
    return (*texts, *test.notes)


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")


def _sensitivity(found: Robustness) -> tuple[SensitivityRow, ...]:
    if found.sensitivity is None:
        return ()
    frame = found.sensitivity.to_frame()
    ranks, titles = found.decision.ranking.ranks, criterion_titles(found.decision)
    rows = []
    for label in dict.fromkeys(frame["molecule"]):
        leading = found.sensitivity.of(label)["total"].head(3)
        inputs = "; ".join(
            f"{_input_words(str(name), titles)} {percent(share)}"
            for name, share in leading.items()
            if share > NEGLIGIBLE
        )
        rows.append(SensitivityRow(str(label), int(ranks[label]), inputs or "nothing moves it"))
    return tuple(rows)


def _input_words(name: str, titles: Mapping[str, str]) -> str:
    """Write ``weight of potency`` with the criterion's title."""
    kind, _, criterion = name.partition(" of ")
    return f"{kind} of {titles[criterion]}" if criterion in titles else name


def _basis(found: Robustness) -> tuple[tuple[str, str], ...]:
    """Return what is drawn and on what that rests."""
    titles = criterion_titles(found.decision)
    lines = [] if found.draws is None else [(f"weights at {node}", words) for node, words in found.draws.basis.items()]
    if found.draws is not None and found.draws.unknowns:
        lines.append(("not known of the sources", joined(found.draws.unknowns)))
    if found.draws is not None and found.draws.fixed:
        lines.append(("weights held", f"{joined(found.draws.fixed)}: stated, or equal by definition"))
    lines += [(titles[name], words) for name, words in found.uncertainty.basis.items()]
    if found.uncertainty.exact:
        lines.append(
            ("scores held", f"{joined([titles[name] for name in found.uncertainty.exact])}: no uncertainty is stated")
        )
    return tuple(lines)


def _draws(found: Robustness) -> str:
    one = found.acceptability.get("all")
    if one is None:
        return ""
    error = significant(100 * one.monte_carlo_error, 2)
    known = f"the shares are known to ± {error} percentage points (95{PER_CENT} of such runs)"
    return f"{one.samples:,} draw{'' if one.samples == 1 else 's'}, seed {found.seed}; {known}."


def _part_title(part: str) -> str:
    return _HEADS[part][0] if part in _HEADS else part.capitalize()
