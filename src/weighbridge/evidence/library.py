"""The criteria library: every indicator and score, what it means and how good its values are.

One YAML file a criterion under ``criteria/<group>/``, read through the strict document door and
checked against the form below; `criterion_schema` publishes that form for editors.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from weighbridge.core.criterion import Criterion, Preference
from weighbridge.documents import Document, read_document
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.resources import criteria_folder

__all__ = ["GROUPS", "LibraryCriterion", "criterion_schema", "find_criterion", "load_library", "read_criterion"]

Group = Literal["data-quality", "model-quality", "context-match", "bridging", "model-score", "domain"]
Shape = Literal["linear", "log", "points"]

GROUPS: Final = ("data-quality", "model-quality", "context-match", "bridging", "model-score", "domain")
"""The kinds of criteria, each a folder of the library."""


@dataclass(frozen=True, slots=True)
class LibraryCriterion:
    """A criterion of the library.

    Attributes
    ----------
    id, title
        The name used in studies, and words for people.
    group
        The kind: one of `GROUPS`.
    layers
        Where it may be used: ``trust`` (weighs sources), ``rank`` (weighs molecules), or both.
    scope
        ``source``: one value a source; ``molecule``: one value a molecule; ``neighbour``: one value
        a source, and one a molecule through its nearest training records.
    definition, formula, citation
        What it says, how it is computed, and where that comes from.
    unit, direction, worst, best, scale, preference, outside, missing
        As in `weighbridge.core.criterion.Criterion`. `worst` and `best` are None where only a study
        can know them.
    needs
        What it is computed from, in words.
    question
        What experts are asked to weigh: the swing from {worst} to {best}.
    shape, points
        The utility: ``linear`` or ``log`` between worst and best, or piecewise linear through
        (value, utility) points.
    """

    id: str
    title: str
    group: Group
    layers: tuple[Literal["trust", "rank"], ...]
    scope: Literal["source", "molecule", "neighbour"]
    definition: str
    formula: str
    unit: str
    direction: Literal["gain", "cost"]
    worst: float | None
    best: float | None
    scale: Literal["ratio", "interval", "ordinal"] | None
    needs: tuple[str, ...]
    question: str
    preference: Preference | None
    shape: Shape
    points: tuple[tuple[float, float], ...]
    outside: Literal["refuse", "clip", "extend"]
    missing: Literal["refuse", "worst", "neutral", "interval"]
    citation: str

    @property
    def bounded(self) -> bool:
        """Whether the library itself declares the range."""
        return self.worst is not None

    def with_range(self, worst: float, best: float) -> LibraryCriterion:
        """Return the criterion with another range, as a study may declare it.

        Raises
        ------
        InputError
            If the utility is given by points, which hold for one range only, or the range
            contradicts the direction.
        """
        if (worst, best) == (self.worst, self.best):
            return self
        if self.shape == "points":
            raise InputError(
                Fault(
                    f"the utility of {self.id!r} is given by points and holds for its own range only",
                    found=f"worst={worst:g}, best={best:g}",
                    expected=f"worst={self.worst:g}, best={self.best:g}",
                    mend="Define the criterion in the study instead of using the library's",
                )
            )
        Criterion(direction=self.direction, worst=worst, best=best)
        return replace(self, worst=worst, best=best)

    def utility(self, value: float) -> float:
        """Return how good a value is: 0 at worst and beyond, 1 at best and beyond, monotone between.

        Parameters
        ----------
        value
            In the criterion's unit; infinities count as beyond the range.

        Raises
        ------
        InputError
            If the value is NaN, or nobody has declared the range.
        """
        if math.isnan(value):
            raise InputError(Fault(f"{self.id!r}: a missing value has no utility", found="NaN"))
        if self.worst is None or self.best is None:
            mend = "Declare worst and best in the study"
            raise InputError(Fault(f"{self.id!r} has no declared range, so its values have no utility", mend=mend))
        if self.shape == "points":
            return _interpolate(value, self.points)
        inside = min(max(value, min(self.worst, self.best)), max(self.worst, self.best))
        if self.shape == "log":
            share = math.log(inside / self.worst) / math.log(self.best / self.worst)
        else:
            share = (inside - self.worst) / (self.best - self.worst)
        return min(max(share, 0.0), 1.0)

    def criterion(self, **overrides: Any) -> Criterion:
        """Return the criterion for a decision matrix, with what the study changes.

        Parameters
        ----------
        **overrides
            Fields of `Criterion`; the question's placeholders are filled after them.

        Raises
        ------
        InputError
            If the result contradicts itself.
        """
        fields: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("direction", "unit", "worst", "best", "preference", "scale", "outside", "missing")
        }
        fields |= {"title": self.title, "definition": self.definition, "citation": self.citation}
        fields |= {"question": self.question, **overrides}
        fields["question"] = _fill(fields["question"], fields["worst"], fields["best"], fields["unit"])
        return Criterion(**fields)


def _interpolate(value: float, points: tuple[tuple[float, float], ...]) -> float:
    if value <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if value <= right:
            return low + (high - low) * (value - left) / (right - left)
    return points[-1][1]


def _fill(question: str, worst: float | None, best: float | None, unit: str) -> str:
    words = {"{worst}": _number(worst, "the worst"), "{best}": _number(best, "the best")}
    for placeholder, text in words.items():
        question = question.replace(placeholder, text)
    return question.replace("{unit}", unit) if unit else question.replace(" {unit}", "").replace("{unit}", "")


def _number(value: float | None, otherwise: str) -> str:
    return otherwise if value is None else f"{value:g}"


class _Form(BaseModel):
    """Base of the forms: unknown keys are faults, values are frozen and never coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Words = Annotated[str, Field(min_length=1)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class _PreferenceForm(_Form):
    """How a difference is felt; thresholds in the criterion's unit."""

    function: Literal["usual", "u-shape", "v-shape", "level", "linear", "gaussian"]
    q: Number | None = None
    p: Number | None = None
    s: Number | None = None


class _UtilityForm(_Form):
    """How good a value is, from 0 to 1."""

    shape: Shape = Field(description="linear or log between worst and best, or points.")
    points: list[Annotated[list[Number], Field(min_length=2, max_length=2)]] = Field(
        default_factory=list, description="[value, utility], values rising; the ends are worst (0) and best (1)."
    )

    def pairs(self) -> tuple[tuple[float, float], ...]:
        """Return the points as pairs."""
        return tuple((value, utility) for value, utility in self.points)


class _CriterionForm(_Form):
    """One file of the criteria library."""

    schema_: Literal[1] = Field(alias="schema", description="Version of this form.")
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="The file's name, with _ for -.")]
    title: Words
    group: Group = Field(description="The kind; also the folder.")
    layers: Annotated[list[Literal["trust", "rank"]], Field(min_length=1)]
    scope: Literal["source", "molecule", "neighbour"]
    definition: Words
    formula: Words
    unit: str = Field(description="Empty for a pure number.")
    direction: Literal["gain", "cost"]
    worst: Number | None = Field(description="null where only a study can know it.")
    best: Number | None
    scale: Literal["ratio", "interval", "ordinal"] | None
    needs: Annotated[list[Words], Field(min_length=1)]
    question: Words = Field(description="The swing experts weigh, with {worst}, {best} and {unit}.")
    preference: _PreferenceForm | None
    utility: _UtilityForm
    outside: Literal["refuse", "clip", "extend"]
    missing: Literal["refuse", "worst", "neutral", "interval"]
    citation: Words

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> _CriterionForm:
        for placeholder in ("{worst}", "{best}"):
            if placeholder not in self.question:
                raise ValueError(f"the question does not name the range: {placeholder} is missing")
        if (self.worst is None) != (self.best is None):
            raise ValueError("give both worst and best, or null for both")
        if self.utility.shape == "log" and min(self.worst or 0.0, self.best or 0.0) <= 0:
            raise ValueError("a log utility needs worst and best above 0")
        if (self.utility.shape == "points") != bool(self.utility.points):
            raise ValueError("points belong to the shape 'points', and that shape needs them")
        if self.utility.points:
            _check_points(self.utility.pairs(), self.worst, self.best)
        return self


def _check_points(points: tuple[tuple[float, float], ...], worst: float | None, best: float | None) -> None:
    if len(points) < 2 or any(left[0] >= right[0] for left, right in pairwise(points)):
        raise ValueError("the values of the utility's points must rise, two at least")
    ends = sorted([(worst, 0.0), (best, 1.0)]) if worst is not None and best is not None else []
    if [points[0], points[-1]] != ends:
        raise ValueError("the utility's points must begin and end at worst (0) and best (1)")
    steps = [right[1] - left[1] for left, right in pairwise(points)]
    if min(steps) < 0 < max(steps):
        raise ValueError("the utility's points must be monotone")


def criterion_schema() -> dict[str, Any]:
    """Return the JSON Schema of a criterion's file, for editors."""
    schema = _CriterionForm.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "weighbridge criterion"
    return schema


def read_criterion(path: Path, *, name: str | None = None) -> LibraryCriterion:
    """Read one criterion's file.

    Raises
    ------
    InputError
        If the file is not a criterion: file, line and field of every fault.
    """
    document = read_document(path, name=name)
    try:
        form = _CriterionForm.model_validate(document.value)
    except ValidationError as error:
        raise InputError([_fault(document, found) for found in error.errors()]) from error
    try:
        return _from_form(form)
    except InputError as error:
        raise InputError([replace(fault, file=document.file) for fault in error.faults]) from error


def _fault(document: Document, found: Any) -> Fault:
    place = document.place(tuple(found["loc"]))
    given = found["input"]
    shown = "" if isinstance(given, dict) else repr(given)
    return Fault(found["msg"].removeprefix("Value error, "), document.file, place, shown)


def _from_form(form: _CriterionForm) -> LibraryCriterion:
    fields = {name: getattr(form, name) for name in _CriterionForm.model_fields}
    for name in ("schema_", "utility"):
        del fields[name]
    preference = None if form.preference is None else Preference(**form.preference.model_dump())
    points = form.utility.pairs()
    fields |= {"layers": tuple(form.layers), "needs": tuple(form.needs), "preference": preference}
    criterion = LibraryCriterion(**fields, shape=form.utility.shape, points=points)
    criterion.criterion()
    return criterion


def load_library(folder: Path | None = None) -> Mapping[str, LibraryCriterion]:
    """Return the criteria library, id → criterion, sorted by group and id.

    Parameters
    ----------
    folder
        The library's folder; the shipped one by default, which is read once.

    Raises
    ------
    InputError
        If a file is wrong; all faults of all files at once.
    """
    return _shipped() if folder is None else _load(folder)


def find_criterion(library: Mapping[str, LibraryCriterion], name: str) -> LibraryCriterion:
    """Return a criterion by id, or say what it may have been meant to be.

    Raises
    ------
    InputError
        If the library has no such criterion.
    """
    if name in library:
        return library[name]
    near = get_close_matches(name.replace("-", "_"), library, n=3)
    mend = f"Did you mean {' or '.join(near)}?" if near else "See `weighbridge criteria`"
    raise InputError(Fault(f"the criteria library has no {name!r}", mend=mend))


@cache
def _shipped() -> Mapping[str, LibraryCriterion]:
    return _load(criteria_folder())


def _load(folder: Path) -> Mapping[str, LibraryCriterion]:
    faults = Faults()
    found: list[LibraryCriterion] = []
    for path in sorted(folder.glob("**/*.yaml")):
        name = path.relative_to(folder.parent).as_posix()
        try:
            criterion = read_criterion(path, name=name)
        except InputError as error:
            faults.extend(error)
            continue
        _check_home(path, name, criterion, faults)
        found.append(criterion)
    faults.raise_if_any()
    found.sort(key=lambda criterion: (GROUPS.index(criterion.group), criterion.id))
    return MappingProxyType({criterion.id: criterion for criterion in found})


def _check_home(path: Path, name: str, criterion: LibraryCriterion, faults: Faults) -> None:
    stem = criterion.id.replace("_", "-")
    if path.stem != stem:
        expected = f"the file to be called {stem}.yaml"
        faults.add("the file's name is not its id", file=name, place="$.id", found=criterion.id, expected=expected)
    if path.parent.name != criterion.group:
        faults.add("the folder is not the group", file=name, place="$.group", found=criterion.group)
