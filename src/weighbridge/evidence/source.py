"""A source: one data set with its model, and the setting of the decision it is weighed for.

These are frozen bundles of frames with fixed column names; the study layer fills them from files,
indicators read them. Nothing here reads a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import pandas as pd

from weighbridge.evidence.reading import Reading

__all__ = ["NOT_RECORDED", "RECORD_FIELDS", "Context", "Records", "Setting", "Source"]

NOT_RECORDED: Final = "not recorded"
"""How a condition that nobody wrote down is written in a study; never an empty guess."""

Condition = str | float | None
"""A condition's value; None is *not recorded*."""

RECORD_FIELDS: Final[dict[str, str]] = {
    "smiles": "standardised SMILES; missing where the structure is unknown",
    "inchikey": "InChIKey of the standardised structure",
    "key": "first block of the InChIKey (connectivity), or the molecule's id where there is no structure",
    "label": "1 active, 0 inactive, missing where inconclusive or not a label",
    "value": "measured value in the source's unit; the limit itself for a censored one",
    "relation": "=, <, >, <=, >= or ~; missing means not recorded",
    "low": "lower bound of the value; -inf for a value below a limit",
    "high": "upper bound of the value; inf for a value above a limit",
    "outcome": "the outcome as the source words it, 'inconclusive' among others",
    "threshold": "the numeric cut-off behind the label, in the source's unit",
    "document": "paper, patent or resource the record comes from; several are separated by |",
    "se": "standard error of the value, from the curve fit",
    "confidence": "ChEMBL target confidence, 0 to 9",
    "curated_by": "ChEMBL curation level: Expert, Intermediate or Autocuration",
    "flag": "true where the source marks the record as doubtful (validity comment, possible duplicate)",
    "year": "year of the measurement",
    "counter": "counter-screen value in the same unit as the value",
    "purity": "purity of the sample, 0 to 1",
    "run": "run, plate or batch the value was measured in",
}
"""The columns a table of training records may have, and what each one means."""


@dataclass(frozen=True, slots=True)
class Context:
    """Experimental conditions by name (``species``, ``cell_line``, ``temperature`` …)."""

    conditions: Mapping[str, Condition] = field(default_factory=dict)

    def get(self, name: str) -> Condition:
        """Return a condition's value; None where it is not recorded or not mentioned."""
        return self.conditions.get(name)


@dataclass(frozen=True, eq=False)
class Records:
    """Training records of a source, one row a record.

    Attributes
    ----------
    frame
        Columns of `RECORD_FIELDS` (all present, missing where the source has nothing), rows
        numbered 0 … n−1.
    parts
        For every record the assays or resources inside the source it belongs to; one or several.
        Empty tuples where the source is not pooled.
    conditions
        Columns named by condition (``cell_line``, ``ph`` …), one row a record; only conditions
        that the records state one by one. Missing is *not recorded*.
    recorded
        Which fields of `RECORD_FIELDS` the source's table really has.
    """

    frame: pd.DataFrame
    parts: tuple[tuple[str, ...], ...] = ()
    conditions: pd.DataFrame = field(default_factory=pd.DataFrame)
    recorded: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def part_names(self) -> tuple[str, ...]:
        """Names of the parts, most records first, ties by name."""
        counts: dict[str, int] = {}
        for parts in self.parts:
            for part in parts:
                counts[part] = counts.get(part, 0) + 1
        return tuple(sorted(counts, key=lambda name: (-counts[name], name)))

    def rows_of(self, part: str) -> list[int]:
        """Return the row numbers of the records that belong to a part."""
        return [row for row, parts in enumerate(self.parts) if part in parts]

    def of_part(self, part: str) -> Records:
        """Return the records of one part alone, as an unpooled set."""
        rows = self.rows_of(part)
        conditions = self.conditions.iloc[rows].reset_index(drop=True) if len(self.conditions) else self.conditions
        return Records(self.frame.iloc[rows].reset_index(drop=True), (), conditions, self.recorded)


@dataclass(frozen=True, eq=False)
class Source:
    """One data set with its model: predictions, records, context and what is stated of its quality.

    Attributes
    ----------
    name, title, kind
        Name in the study, words for people, and whether the outcomes are ``binary`` labels or
        ``continuous`` values.
    unit
        Unit of the predicted score (``probability``, ``pIC50``, ``logBB``, ``%``, ``class``).
    value_unit
        Unit of the records' values and thresholds.
    context
        Conditions of the source as a whole.
    part_contexts
        Conditions of single parts, over those of the whole.
    predictions
        Index: molecule ids of the study. Columns ``score`` and, where given, ``sd``, ``low``,
        ``high``, ``set_size``.
    records
        Training records.
    validation
        Out-of-fold predictions of the source's own model, one row a training molecule: ``truth``,
        ``prediction``, and where given ``sd``, ``fold``, ``part``.
    bridging
        Paired measurements of this source against the decision's context: ``key``, ``label`` or
        ``x`` (the source's), ``y`` (measured in the decision's context), ``part``, ``document`` and
        ``document_y``.
    card
        Indicators that no table can tell (a Z′ from a paper), with the words the card gives.
    """

    name: str
    title: str
    kind: Literal["binary", "continuous"]
    unit: str
    value_unit: str = ""
    context: Context = field(default_factory=Context)
    part_contexts: Mapping[str, Context] = field(default_factory=dict)
    predictions: pd.DataFrame | None = None
    records: Records | None = None
    validation: pd.DataFrame | None = None
    bridging: pd.DataFrame | None = None
    card: Mapping[str, Reading] = field(default_factory=dict)

    def context_of(self, part: str) -> Context:
        """Return the conditions of a part: its own over those of the source."""
        own = self.part_contexts.get(part, Context())
        return Context({**self.context.conditions, **own.conditions})


@dataclass(frozen=True, eq=False)
class Setting:
    """What every source is weighed for.

    Attributes
    ----------
    context
        The decision's conditions.
    molecules
        Index: molecule ids. Columns ``smiles``, ``inchikey``, ``key``, ``name``, ``series``
        (missing where unknown) and the further columns of the study's molecule table.
    threshold
        The cut-off between wanted and unwanted in the decision's context, and its unit.
    year
        The year against which the age of a protocol is reckoned.
    similarities
        Scores between two different values of a condition that the study states with a reason:
        condition → {(value, value): score}.
    """

    context: Context
    molecules: pd.DataFrame
    threshold: float | None = None
    threshold_unit: str = ""
    year: int | None = None
    similarities: Mapping[str, Mapping[tuple[str, str], float]] = field(default_factory=dict)
