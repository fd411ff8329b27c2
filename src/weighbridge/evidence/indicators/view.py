"""What an indicator looks at: a source, or one part of it, in the setting of a decision."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Booleans, Floats, Integers
from weighbridge.evidence.context import context_value, recorded_value
from weighbridge.evidence.source import Condition, Records, Setting, Source

__all__ = ["CENSORED", "LABEL_CUTOFFS", "Groups", "NotToldError", "RecordQuality", "View"]

CENSORED: Final = ("<", "<=", ">", ">=", "~")
LABEL_CUTOFFS: Final = ("activity_threshold", "threshold")
"""Names of the condition that states the cut-off behind the labels."""

_LINEAR_UNITS: Final = frozenset(
    {"m", "mm", "um", "µm", "μm", "nm", "pm", "%", "fraction", "probability", "ug/ml", "µg/ml", "mg/ml", "ng/ml"}
)


class NotToldError(Exception):
    """The data do not tell this indicator; the message says why, in words for the report."""


@dataclass(frozen=True, eq=False)
class RecordQuality:
    """One number a record.

    Attributes
    ----------
    values
        Shape (r,); NaN where it is not known.
    low, high
        What an unknown value may be, shape (r,).
    applies
        Which records have such a number at all, shape (r,).
    unknown
        What a record with an unknown value does not do, in words: "do not state a pH".
    bounded
        Whether the interval says something even where no record tells the number: a match lies
        between 0 and 1 whatever the pH was.
    """

    values: Floats
    low: Floats
    high: Floats
    applies: Booleans
    unknown: str
    bounded: bool = False

    @classmethod
    def of(
        cls, values: Floats, low: float, high: float, unknown: str, applies: Booleans | None = None
    ) -> RecordQuality:
        """Return qualities whose unknowns all lie between the same two bounds."""
        everywhere = np.ones(len(values), dtype=bool) if applies is None else applies
        return cls(values, np.full(len(values), low), np.full(len(values), high), everywhere, unknown)


@dataclass(frozen=True, eq=False)
class Groups:
    """Records of one molecule within one part; a record of several parts is in several groups.

    Attributes
    ----------
    rows
        Row numbers of the records, shape (e,).
    codes
        Group of each, 0 … groups − 1, shape (e,).
    parts
        Part of each group; empty where the source is not pooled.
    keys
        Key of each group, shape (groups,).
    """

    rows: Integers
    codes: Integers
    parts: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class View:
    """A source, or one part of it, with the decision's setting.

    Attributes
    ----------
    source, setting
        As given.
    part
        The part's name; None for the source as a whole.
    """

    source: Source
    setting: Setting
    part: str | None = None

    @cached_property
    def rows(self) -> Integers:
        """Row numbers of the view's records in the source's table, shape (r,)."""
        records = self._records()
        rows = range(len(records)) if self.part is None else records.rows_of(self.part)
        return np.asarray(rows, dtype=np.int64)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The view's records, rows numbered 0 … r − 1."""
        return self._records().frame.iloc[self.rows].reset_index(drop=True)

    @cached_property
    def memberships(self) -> tuple[tuple[str, ...], ...]:
        """For every record of the view the parts it belongs to, within the view."""
        if self.part is not None:
            return ((self.part,),) * len(self.rows)
        return self._records().parts or ((),) * len(self.rows)

    def _records(self) -> Records:
        if self.source.records is None or not len(self.source.records):
            raise NotToldError("needs training records")
        return self.source.records

    def has(self, field: str) -> bool:
        """Whether the source's table really has a field."""
        return field in self._records().recorded

    def column(self, field: str) -> pd.Series:
        """Return a field of the records.

        Raises
        ------
        NotToldError
            If the source's table does not have it.
        """
        if not self.has(field):
            raise NotToldError(f"the records do not tell the {_FIELD_WORDS.get(field, field)}")
        return self.frame[field]

    def numbers(self, field: str) -> Floats:
        """Return a numeric field, NaN where missing, shape (r,)."""
        return pd.to_numeric(self.column(field)).to_numpy(dtype=np.float64, na_value=np.nan)

    @cached_property
    def censored(self) -> Booleans:
        """Whether a record's value is only a limit or approximate, shape (r,)."""
        return self.frame["relation"].isin(CENSORED).to_numpy(dtype=bool)

    def exact_values(self) -> Floats:
        """Return the measured values on a log scale, NaN where censored or missing, shape (r,).

        Raises
        ------
        NotToldError
            If there are no values, or they are on a linear scale.
        """
        values = self.numbers("value")
        unit = self.source.value_unit
        if unit.casefold() in _LINEAR_UNITS:
            raise NotToldError(f"the values are in {unit}, not on a log scale")
        return np.where(self.censored, np.nan, values)

    @cached_property
    def threshold(self) -> float:
        """The decision's threshold, in the unit of the source's values.

        Raises
        ------
        NotToldError
            If the study states none, or states it in another unit.
        """
        found, unit, own = self.setting.threshold, self.setting.threshold_unit, self.source.value_unit
        if found is None:
            raise NotToldError("the study states no threshold")
        if unit and own and unit.casefold() != own.casefold():
            raise NotToldError(f"the decision's threshold is in {unit}, the source's values are in {own}")
        return found

    @cached_property
    def labels(self) -> Floats:
        """1, 0 or NaN for every record, shape (r,).

        The source's labels; for continuous sources whether the value reaches the decision's
        threshold, NaN where a censored value may or may not.
        """
        if self.source.kind == "binary":
            return self.numbers("label")
        threshold = self.threshold
        values = self.numbers("value")
        low = np.where(self.censored, self._bound("low", -np.inf), values)
        high = np.where(self.censored, self._bound("high", np.inf), values)
        return np.where(low >= threshold, 1.0, np.where(high < threshold, 0.0, np.nan))

    def _bound(self, field: str, otherwise: float) -> Floats:
        found = pd.to_numeric(self.frame[field]).to_numpy(dtype=np.float64, na_value=np.nan)
        return np.where(np.isnan(found), otherwise, found)

    @cached_property
    def keys(self) -> pd.Series:
        """The molecules' keys, missing where unknown."""
        return self.frame["key"]

    @cached_property
    def groups(self) -> Groups:
        """Records grouped by part and molecule; records without a key are in no group."""
        parts = [name or ("",) for name in self.memberships]
        lengths = np.array([len(names) for names in parts], dtype=np.int64)
        rows = np.repeat(np.arange(len(parts), dtype=np.int64), lengths)
        names = pd.Series([name for several in parts for name in several], dtype=object)
        keys = self.keys.iloc[rows].reset_index(drop=True)
        known = keys.notna().to_numpy(dtype=bool)
        table = pd.DataFrame({"part": names[known], "key": keys[known].astype(str)})
        codes = np.asarray(table.groupby(["part", "key"], sort=True).ngroup(), dtype=np.int64)
        first = table.assign(code=codes).drop_duplicates("code").sort_values("code")
        return Groups(np.asarray(rows[known], dtype=np.int64), codes, tuple(first["part"]), tuple(first["key"]))

    @cached_property
    def experiments(self) -> tuple[tuple[str, ...], ...]:
        """The parts behind each record; without records, one entry a part, or one for the whole."""
        if self.source.records is not None and len(self.source.records):
            return self.memberships
        if self.part is not None:
            return ((self.part,),)
        return tuple((name,) for name in sorted(self.source.part_contexts)) or ((),)

    def condition_rows(self, condition: str) -> list[tuple[Condition, ...]]:
        """Return a condition's values for every record: its own, else one for each of its parts.

        Without records: for every part, or the source's own.
        """
        names = {name for several in self.experiments for name in several}
        contexts = {name: context_value(condition, self.source.context_of(name)) for name in names}
        whole = context_value(condition, self.source.context)
        inherited = {
            several: tuple(contexts[name] for name in several) or (whole,) for several in set(self.experiments)
        }
        own = self._own_condition(condition)
        return [
            inherited[several] if value is None else (value,)
            for several, value in zip(self.experiments, own, strict=True)
        ]

    def _own_condition(self, condition: str) -> list[Condition]:
        if self.source.records is None or not len(self.source.records):
            return [None] * len(self.experiments)
        conditions = self.source.records.conditions
        for column in (condition, "year") if condition == "age" else (condition,):
            if column in conditions.columns:
                return [recorded_value(value) for value in conditions[column].iloc[self.rows]]
        if condition == "age" and self.has("year"):
            return [recorded_value(value) for value in self.frame["year"]]
        return [None] * len(self.rows)


_FIELD_WORDS: Final = {
    "label": "labels",
    "value": "values",
    "se": "standard error of a value",
    "confidence": "target confidence",
    "curated_by": "level of curation",
    "flag": "marks of doubtful records",
    "counter": "counter-screen value",
    "purity": "purity of the samples",
    "run": "run of a value",
    "document": "document they come from",
    "year": "year",
    "outcome": "outcome",
    "relation": "relation of a value",
}
