"""The form of ``study.yaml``: typed, documented, and published as a JSON Schema.

Only the form is checked here (types, words, required parts). What needs the tables or several parts
at once is checked when the study is loaded, so that all faults come together.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

__all__ = ["SCHEMA_VERSION", "StudyFile", "json_schema"]

SCHEMA_VERSION = 1


class Part(BaseModel):
    """Base of all parts: unknown keys are faults, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Name = Annotated[str, Field(min_length=1, max_length=200)]
File = Annotated[str, Field(min_length=1, description="A file inside the study's folder.")]
Column = Annotated[str, Field(min_length=1, description="Name of a column.")]
Number = Annotated[float, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]


def _no_truth_value(value: Any) -> Any:
    """Refuse true and false, which would pass for the numbers 1 and 0."""
    if isinstance(value, bool):
        raise ValueError("a condition is a word, a number or `not recorded`; put true and false in quotes")  # noqa: TRY004 - pydantic wants ValueError
    return value


def _not_recorded(value: Any) -> Any:
    """Read `not recorded`, in any case, as None."""
    return None if isinstance(value, str) and value.strip().lower() == "not recorded" else value


ConditionValue = Annotated[str | Number | None, BeforeValidator(_not_recorded), BeforeValidator(_no_truth_value)]
"""A condition's value; None is *not recorded*."""


def _as_mapping(value: Any) -> Any:
    """Accept a plain column name where only the column matters."""
    return {"column": value} if isinstance(value, str) else value


class Quantity(Part):
    """A column of numbers with its unit: `{column: IC50, unit: nM, to: pIC50}`."""

    column: Column
    unit: str = Field("", description="The unit the column is written in: probability, %, nM, uM, pIC50 …")
    to: str = Field("", description="The unit to convert to: pIC50 from M, mM, uM, nM, pM; fraction from %.")


QuantityOrColumn = Annotated[Quantity, BeforeValidator(_as_mapping)]


class Table(Part):
    """A table: CSV, TSV, Parquet, xlsx or SDF, by its suffix."""

    file: File
    sheet: str | None = Field(None, description="Sheet of a workbook; the first one unless given.")
    id: Column | None = Field(None, description="Column with the molecule's id.")
    smiles: Column | None = Field(None, description="Column with the structure.")
    inchikey: Column | None = Field(
        None, description="Column with the InChIKey or its first block, without structures."
    )


class Molecules(Table):
    """The alternatives, one row a molecule; further columns may serve as criteria and gates."""

    id: Column = Field("id", description="Column with the molecule's unique id.")
    name: Column | None = None
    series: Column | None = Field(None, description="Column with the chemical series, for the cap.")


class Predictions(Table):
    """A model's predictions for the molecules, one row a molecule."""

    score: QuantityOrColumn
    sd: Column | None = Field(None, description="Standard deviation of the prediction, in the score's unit.")
    low: Column | None = Field(None, description="Lower end of the prediction interval.")
    high: Column | None = Field(None, description="Upper end of the prediction interval.")
    set_size: Column | None = Field(None, description="Size of the conformal prediction set.")


class RecordsTable(Table):
    """Training records, one row a record. Every field is a column name; leave out what is not there."""

    label: Column | None = Field(None, description="1 or 0, active or inactive, yes or no.")
    positive: tuple[str, ...] = Field((), description="Words of the label column that mean 1.")
    negative: tuple[str, ...] = Field((), description="Words of the label column that mean 0.")
    value: QuantityOrColumn | None = Field(None, description="Measured value.")
    relation: Column | None = Field(None, description="Column with =, < or >; `<5` in the value column works too.")
    outcome: Column | None = Field(None, description="The outcome as worded; inconclusive ones count as such.")
    part: Column | None = Field(None, description="The assay or resource inside a pooled source.")
    document: Column | None = Field(None, description="Paper, patent or resource of the record.")
    separator: str | None = Field(None, description="Separates several parts or documents in one cell.")
    threshold: Column | None = Field(None, description="The numeric cut-off behind the label.")
    se: Column | None = None
    confidence: Column | None = None
    curated_by: Column | None = None
    flag: Column | None = None
    year: Column | None = None
    counter: Column | None = None
    purity: Column | None = None
    run: Column | None = None
    conditions: dict[Name, Column] = Field(
        default_factory=dict, description="Condition → column, for conditions that differ from record to record."
    )


class Validation(Table):
    """Out-of-fold predictions of the source's own model, one row a training molecule."""

    truth: Column
    prediction: Column
    sd: Column | None = None
    fold: Column | None = None
    part: Column | None = None


class CardEntry(Part):
    """An indicator that no table of the study can tell, stated with where it comes from."""

    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    from_: str = Field(alias="from", description="Where the number comes from: paper, protocol, person.")


class PartCard(Part):
    """What is known of one assay or resource inside a pooled source."""

    title: str = ""
    context: dict[Name, ConditionValue] = Field(default_factory=dict)


class SourceFile(Part):
    """One data set with its model."""

    title: str = ""
    kind: Literal["binary", "continuous"]
    value_unit: str = Field("", description="Unit of the records' values and thresholds.")
    predictions: Predictions
    records: RecordsTable | None = None
    validation: Validation | None = None
    context: dict[Name, ConditionValue] = Field(
        default_factory=dict, description="Conditions; `not recorded` where nobody wrote one down."
    )
    parts: dict[Name, PartCard] = Field(default_factory=dict, description="Parts of a pooled source, by name.")
    card: dict[Name, CardEntry] = Field(default_factory=dict, description="Indicators that no table can tell.")
    about: str = Field("", description="What the source is and where it comes from.")
    licence: str = ""


class Bridging(Table):
    """Paired measurements of the same compounds in a source's and in the decision's context."""

    source: Column | None = Field(None, description="Column that names the source (or the part) of a pair.")
    of: Name | None = Field(None, description="The source all pairs belong to, where no column names it.")
    label: Column | None = Field(None, description="The source's label.")
    x: Column | None = Field(None, description="The source's value, on the log scale.")
    y: Column = Field(description="The value measured in the decision's context.")
    document: Column | None = None
    document_y: Column | None = None


class PreferenceFile(Part):
    """How a difference on a criterion is felt, thresholds in the criterion's unit."""

    function: Literal["usual", "u-shape", "v-shape", "level", "linear", "gaussian"]
    q: Number | None = None
    p: Number | None = None
    s: Number | None = None


class CriterionFile(Part):
    """A criterion: from the library (`use`) with what the study changes, or defined in place."""

    use: Name | None = Field(None, description="Id in the criteria library; see `weighbridge criteria`.")
    source: Name | None = Field(None, description="The source the criterion is computed from.")
    column: Column | None = Field(None, description="Column of the molecule table (or of `file`), instead of `use`.")
    file: Table | None = Field(None, description="Another table the column stands in.")
    unit: str | None = None
    column_unit: str | None = Field(None, description="The unit the column is written in, where it differs.")
    direction: Literal["gain", "cost"] | None = None
    worst: Number | None = None
    best: Number | None = None
    scale: Literal["ratio", "interval", "ordinal"] | None = None
    preference: PreferenceFile | None = None
    outside: Literal["refuse", "clip", "extend"] | None = None
    missing: Literal["refuse", "worst", "neutral", "interval"] | None = None
    title: str | None = None
    definition: str | None = None
    question: str | None = None
    reason: str = Field("", description="Why the study departs from the library.")


class Group(Part):
    """A group of the value tree."""

    title: str = ""
    weights: Literal["judged", "trust", "equal"] | dict[Name, Number] = Field(
        "judged", description="Where the children's weights come from; numbers need a reason."
    )
    reason: str = ""
    children: dict[Name, Group | None]


def _as_group(value: Any) -> Any:
    """Accept short forms: a list of children, names and single-key mappings inside it."""
    if isinstance(value, list):
        return {"children": _as_children(value)}
    if isinstance(value, dict) and isinstance(value.get("children"), (list, dict)):
        return {**value, "children": _as_children(value["children"])}
    return value


def _as_children(children: Any) -> Any:
    if isinstance(children, dict):
        return {name: None if child is None else _as_group(child) for name, child in children.items()}
    if not isinstance(children, list):
        raise ValueError("a list or a mapping of criteria and groups is expected")  # noqa: TRY004 - pydantic wants ValueError
    named: dict[str, Any] = {}
    for child in children:
        name, group = _as_child(child)
        if name in named:
            raise ValueError(f"the child {name!r} stands twice")
        named[name] = None if group is None else _as_group(group)
    return named


def _as_child(child: Any) -> tuple[str, Any]:
    """Return the name and the group of one item of a list of children."""
    if isinstance(child, str):
        return child, None
    if isinstance(child, dict) and len(child) == 1:
        ((name, group),) = child.items()
        return name, group
    raise ValueError("a child is a criterion's name, or one group as `name: …`")


Tree = Annotated[dict[Name, Group | None], BeforeValidator(_as_children)]


class TrustFile(Part):
    """How the sources' trust shares are found."""

    use: Literal["rated", "judged", "blend"] = "rated"
    lambda_: Number = Field(
        0.5, alias="lambda", ge=0, le=1, description="Blend: share ∝ judged^(1−λ) · rated^λ; 0 is judged, 1 is rated."
    )
    reason: str = Field("", description="Why this reading, or this λ.")
    tree: Tree = Field(default_factory=dict, description="Groups of reliability indicators, by library id.")
    indicators: dict[Name, CriterionFile] = Field(
        default_factory=dict, description="What the study changes in the indicators' definitions."
    )
    similarities: dict[Name, list[ConditionSimilarity]] = Field(
        default_factory=dict, description="Condition → scores between two values, where experts know better."
    )


class ConditionSimilarity(Part):
    """How well two different values of a condition match, stated by an expert."""

    between: tuple[str, str]
    score: Number = Field(ge=0, le=1)
    reason: str = Field(min_length=1)


class Gate(Part):
    """A condition a molecule must pass before it is ranked; it is never traded off."""

    name: Name
    criterion: Name | None = None
    column: Column | None = Field(None, description="Column of the molecule table.")
    at_least: Number | None = None
    at_most: Number | None = None
    one_of: tuple[str, ...] | None = None
    missing: Literal["refuse", "fail", "pass"] = Field("refuse", description="What a missing value means for the gate.")
    reason: str = Field(min_length=1)


class RankingFile(Part):
    """How the molecules are ranked."""

    method: str = "topsis"
    parameters: dict[str, Any] = Field(default_factory=dict, description="The method's own, such as v.")
    compare: tuple[str, ...] = Field(
        ("promethee-ii", "weighted-sum", "borda", "vikor"), description="Methods shown beside it."
    )


class Choose(Part):
    """How many molecules are chosen, and from how many series."""

    k: Whole = Field(ge=1)
    cap: Whole | None = Field(None, ge=1, description="At most so many of one series.")
    series: Literal["scaffold", "column"] = Field("scaffold", description="Murcko scaffold, or the series column.")
    tie_rule: Literal["order", "include", "exclude"] | None = Field(None, description="How a tie at the cut is broken.")


def _as_choose(value: Any) -> Any:
    return {"k": value} if isinstance(value, int | float | str) and not isinstance(value, bool) else value


class ExpertFile(Part):
    """A member of the panel."""

    name: Name
    role: str = ""
    weight: Number = Field(1.0, ge=0)
    reason: str = Field("", description="Why the expert weighs more or less than the others.")


class Threshold(Part):
    """The cut-off between wanted and unwanted in the decision's context."""

    value: Number
    unit: str = ""


class StudyFile(Part):
    """A study: the question, the molecules, the sources, the panel and how to rank."""

    schema_: Literal[1] = Field(alias="schema", description="Version of this form.")
    title: Name
    question: str = Field(min_length=1)
    note: str = Field("", description="Shown at the top of the report, such as 'an example'.")
    choose: Annotated[Choose, BeforeValidator(_as_choose)]
    threshold: Threshold | None = None
    year: Whole | None = Field(None, description="Year of the decision, for the age of protocols.")
    context: dict[Name, ConditionValue] = Field(default_factory=dict)
    molecules: Molecules
    match: Literal["id", "structure"] = Field("id", description="How rows of other tables find their molecule.")
    sources: dict[Name, SourceFile] = Field(min_length=1)
    bridging: Bridging | None = None
    criteria: dict[Name, CriterionFile] = Field(min_length=1)
    tree: Tree = Field(min_length=1)
    trust: TrustFile = Field(default_factory=TrustFile)
    panel: tuple[ExpertFile, ...] = ()
    judgements: tuple[File, ...] = ()
    gates: tuple[Gate, ...] = ()
    ranking: RankingFile = Field(default_factory=RankingFile)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``study.yaml``, for editors; it knows the short forms too."""
    schema = StudyFile.model_json_schema(by_alias=True)
    parts = schema["$defs"]
    parts["Children"] = _children_schema()
    parts["Group"]["properties"]["children"] = _reference("Children")
    parts["TrustFile"]["properties"]["tree"] = _reference("Children")
    schema["properties"]["tree"] = _reference("Children")
    column = {"type": "string", "minLength": 1}
    for part, key in (("Predictions", "score"), ("RecordsTable", "value")):
        _also(parts[part]["properties"][key], column)
    _also(schema["properties"]["choose"], {"type": "integer", "minimum": 1})
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "weighbridge study"
    return schema


def _reference(part: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{part}"}


def _also(form: dict[str, Any], short: dict[str, Any]) -> None:
    """Let a property take a short form besides its own."""
    if "$ref" in form:
        form["anyOf"] = [{"$ref": form.pop("$ref")}]
    form["anyOf"] = [short, *form["anyOf"]]


def _children_schema() -> dict[str, Any]:
    """Return the schema of a group's children: a mapping, or a list of names and one-key mappings."""
    child = {"anyOf": [_reference("Group"), _reference("Children"), {"type": "null"}]}
    group = {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": child}
    mapping = {"type": "object", "additionalProperties": child}
    listing = {"type": "array", "items": {"anyOf": [{"type": "string", "minLength": 1}, group]}}
    return {"anyOf": [mapping, listing]}
