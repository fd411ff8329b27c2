"""A study over a library too large for memory: its weights, and where its criteria's columns stand.

The panel, the sources and the trust shares are those of any study; the sources' indicators see a
sample of the molecules (`Study.load(…, sample=…)`). Of the molecules only numbers are read that
stand in the study's Parquet tables: what has to be computed from structures, one molecule at a time,
is given as a column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from weighbridge.core.weights import Weights
from weighbridge.documents import Path_
from weighbridge.elicitation.hierarchy import TreeWeights
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.evidence.library import load_library
from weighbridge.evidence.trust import Trust
from weighbridge.scale.library import Library, LibraryTable, Reading
from weighbridge.scale.plan import SCALED_METHODS, ScoringPlan
from weighbridge.study.criteria import PlannedCriterion, plan_criteria
from weighbridge.study.decide import weigh_criteria
from weighbridge.study.together import check_judgements, weigh_panel
from weighbridge.study.trust import trust_definitions, weigh_sources
from weighbridge.study.units import Conversion, conversion

if TYPE_CHECKING:
    from weighbridge.study.study import Study

__all__ = ["Triage", "plan_triage"]

_FROM_PREDICTIONS: Final = {"ensemble_sd": "sd", "probability_sd": "sd"}
"""Indicators that are a column of the predictions as it stands."""


@dataclass(frozen=True, eq=False)
class Triage:
    """A study made ready to rank a library.

    Attributes
    ----------
    study
        The study, with a sample of its molecules.
    plans
        Criterion name → what it is and what it is computed from.
    trust, tree
        The sources' trust shares, and the weights of the value tree.
    library, scoring
        Where the columns stand, and how they are scored: what the engines take.
    notes
        What a reader should know.
    """

    study: Study
    plans: Mapping[str, PlannedCriterion]
    trust: Trust
    tree: TreeWeights
    library: Library
    scoring: ScoringPlan
    notes: tuple[str, ...]

    @property
    def weights(self) -> Weights:
        """The criteria's weights with their provenance."""
        return self.tree.leaves


def plan_triage(study: Study, *, top: int | None = None) -> Triage:
    """Weigh a study and find its columns, without reading the library.

    Parameters
    ----------
    study
        Loaded with ``sample``.
    top
        How many molecules are ranked exactly at the top; default: as many as the study chooses.

    Raises
    ------
    InputError
        With every fault: what the study itself gets wrong, and what cannot be done to a library
        (other methods, gates, a cap by series, matching by structure, criteria computed from
        structures).
    """
    faults = Faults()
    definitions = faults.collect(trust_definitions, study, load_library())
    library = definitions or load_library()
    plans = plan_criteria(study, library, faults)
    faults.collect(check_judgements, study)
    _check_form(study, faults)
    before = len(faults)
    faults.collect(weigh_panel, study)
    weighed = faults.collect(weigh_sources, study, library) if definitions and len(faults) == before else None
    wanted = {name: plans[name] for name in study.tree.leaves if name in plans}
    places = {name: faults.collect(_place_of, study, plan) for name, plan in wanted.items()}
    faults.raise_if_any()
    assert weighed is not None
    _, _, trust = weighed
    tree = weigh_criteria(study, trust.used)
    criteria = {name: plan.criterion for name, plan in wanted.items()}
    spec = study.file.ranking
    scoring = ScoringPlan(
        criteria=criteria,
        weights=tree.leaves.array(list(criteria)),
        method=spec.method,
        normalization=str(spec.parameters.get("normalization", "bounds")),
        top=top or study.file.choose.k,
    )
    tables = _library(study, {name: place for name, place in places.items() if place is not None})
    return Triage(study, wanted, trust, tree, tables, scoring, _notes(study))


def _check_form(study: Study, faults: Faults) -> None:
    """Note what a study may say of molecules in memory and not of a library."""
    spec = study.file
    shortlist = "Rank without it, and rank the best as a study of their own"

    def note(path: Path_, what: str, found: str = "", expected: str = "", mend: str = "") -> None:
        place = study.document.place(path)
        faults.add(what, file=study.document.file, place=place, found=found, expected=expected, mend=mend)

    if spec.ranking.method not in SCALED_METHODS:
        expected = "one of " + ", ".join(repr(name) for name in SCALED_METHODS)
        note(("ranking", "method"), "this method does not rank a library", repr(spec.ranking.method), expected)
    for name in sorted(set(spec.ranking.parameters) - {"normalization"}):
        path = ("ranking", "parameters", name)
        note(path, "a library is ranked without this parameter", repr(name), "normalization")
    if spec.match != "id":
        mend = "Give every table the molecules' ids"
        note(("match",), "the tables of a library are joined by id", spec.match, "match: id", mend)
    if spec.gates:
        note(("gates",), "a library has no gates", mend=shortlist)
    if spec.choose.cap is not None:
        note(("choose",), "a library is chosen from without a cap", mend=shortlist)


def _place_of(study: Study, plan: PlannedCriterion) -> tuple[str, str, Reading]:
    """Return the file, its id column and the reading of a criterion."""
    main = study.file.molecules
    spec = study.file.criteria[plan.name]
    if plan.kind == "column":
        assert spec.column is not None
        how = conversion(spec.column_unit, plan.criterion.unit) if spec.column_unit else Conversion()
        table = spec.file or main
        return table.file, table.id or main.id, _reading(spec.column, how)
    predictions = study.file.sources[plan.source].predictions
    score = predictions.score
    how = conversion(score.unit, score.to)
    if plan.kind == "score":
        return predictions.file, predictions.id or main.id, _reading(score.column, how)
    field = _FROM_PREDICTIONS.get(plan.library_id)
    column = None if field is None else getattr(predictions, field)
    if column is None:
        place = study.document.place(("criteria", plan.name))
        what = f"criterion {plan.name!r} is computed molecule by molecule, and a library is too large for that"
        mend = "Compute it beforehand and name its column: `column:` instead of `use:`"
        raise InputError(Fault(what, study.document.file, place, f"use: {plan.library_id}", "", mend))
    return predictions.file, predictions.id or main.id, _reading(column, how)


def _reading(column: str, how: Conversion) -> Reading:
    if how.kind == "p":
        return Reading(column, factor=-1.0, offset=float(-how.exponent), log10=True)
    return Reading(column, factor=how.factor)


def _library(study: Study, places: Mapping[str, tuple[str, str, Reading]]) -> Library:
    """Gather the criteria by the table they stand in; the molecule table comes first."""
    main = study.file.molecules
    gathered: dict[tuple[str, str], dict[str, Reading]] = {(main.file, main.id): {}}
    for name, (file, ids, reading) in places.items():
        gathered.setdefault((file, ids), {})[name] = reading
    first, *further = [
        LibraryTable(study.folder / file, ids, readings, file) for (file, ids), readings in gathered.items()
    ]
    return Library(first, tuple(further))


def _notes(study: Study) -> tuple[str, ...]:
    return (f"the sources were weighed with {len(study.molecules):,} molecules, spread evenly over the library",)
