"""The same decision by every method and normalization: whether the choice hangs on the way of counting.

A method is chosen before the scores are seen, for what it assumes; the others stand beside it as an
appendix, never as a menu. Judgement scales are swept likewise: `weighbridge.elicitation.scales` gives
the weights under each, and `reweigh` the rankings.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

import numpy as np
import pandas as pd

from weighbridge.core.criterion import Criterion
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import Ranking
from weighbridge.core.weights import Weights
from weighbridge.errors import ConventionWarning, Fault, InputError
from weighbridge.methods.registry import methods as known_methods
from weighbridge.methods.registry import rank
from weighbridge.methods.requirements import word_among
from weighbridge.methods.scaling import NORMALIZATIONS
from weighbridge.robustness.rescoring import GivenWeights, as_weights
from weighbridge.robustness.variations import SHOWN, Variations, require_count, variation

__all__ = ["MethodSweep", "SweptMethod", "method_sweep"]

SUMMING: Final = ("topsis", "weighted-sum")
"""Methods that add up what the normalization leaves; a product keeps its order in any unit."""

KINDS_NAMED: Final = 3
"""Up to so many units, or ranges, are named in a refusal."""


@dataclass(frozen=True, slots=True)
class SweptMethod:
    """One way of ranking.

    Attributes
    ----------
    method
        Its name in `weighbridge.methods()`.
    normalization
        The normalization; empty where the method takes none.
    """

    method: str
    normalization: str = ""

    def __str__(self) -> str:
        return f"{self.method} ({self.normalization})" if self.normalization else self.method

    @property
    def parameters(self) -> dict[str, Any]:
        """What `weighbridge.rank` takes besides the name."""
        return {"normalization": self.normalization} if self.normalization else {}


@dataclass(frozen=True, eq=False, repr=False)
class MethodSweep:
    """The ranking by every method and normalization that the decision admits.

    Attributes
    ----------
    base
        What the others are compared with.
    variations
        Every other way against the base, by its name such as ``topsis (vector)``.
    swept
        The ways behind those names.
    refused
        Name to reason, in the words of the refusal, for every way that cannot be used here.
    warned
        Name to what a way warns of: a ratio rule on criteria that declare no scale.
    """

    base: SweptMethod
    variations: Variations
    swept: Mapping[str, SweptMethod]
    refused: Mapping[str, str] = field(default_factory=dict)
    warned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def share_keeping_first(self) -> float:
        """Share of the other ways that put the same molecule first; 1 where there is no other."""
        return 1.0 - self.variations.share_changing_first

    def to_frame(self) -> pd.DataFrame:
        """Return one row a way, its refusal included; what a refused way has no value for is None."""
        table = self.variations.to_frame().astype(object)
        table.insert(0, "method", [self.swept[name].method for name in table.index])
        table.insert(1, "normalization", [self.swept[name].normalization for name in table.index])
        table["warned"] = ["; ".join(self.warned.get(name, ())) for name in table.index]
        table["refused"] = ""
        rows = {
            name: {
                **dict.fromkeys(table.columns),
                "method": self.swept[name].method,
                "normalization": self.swept[name].normalization,
                "refused": reason,
            }
            for name, reason in self.refused.items()
        }
        if not rows:
            return table
        missed = pd.DataFrame.from_dict(rows, orient="index", columns=list(table.columns), dtype=object)
        return pd.concat([table, missed]).rename_axis("method and normalization")

    def __repr__(self) -> str:
        changed = f"{len(self.variations.changing_first)} put another first"
        return f"MethodSweep(base {self.base}: {len(self.variations)} others, {changed}, {len(self.refused)} refused)"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.to_frame().head(2 * SHOWN).to_html()}"


def method_sweep(
    matrix: DecisionMatrix,
    weights: GivenWeights,
    methods: Iterable[str] | None = None,
    normalizations: Iterable[str] | None = None,
    top: int = 10,
    *,
    base: str = "topsis",
    base_normalization: str = "",
) -> MethodSweep:
    """Rank by every method and normalization and compare with the base.

    Parameters
    ----------
    matrix, weights
        The decision.
    methods
        Names in `weighbridge.methods()`; all by default, those of pymcdm included.
    normalizations
        Tried with every method that takes one; all of `NORMALIZATIONS` by default. ``none`` is refused
        for TOPSIS and the weighted sum unless all criteria share their unit and their range: sums of
        values in different units mean nothing, and a weight belongs to the range it was judged over.
        A base that rests on it is not questioned.
    top
        The k of the first k.
    base, base_normalization
        What the decision rests on; the method's own default where no normalization is named.

    Returns
    -------
    sweep
        For each way the first k it shares with the base, Spearman's ρ, Kendall's τ, WS and whether
        the first molecule stays. A way that the decision does not admit (a partial order, a range
        that is not declared, an interval scale under a ratio rule) is refused with its reason.

    Raises
    ------
    InputError
        Where weights do not fit the criteria, a name is unknown, or the base itself is refused.
    """
    k = require_count(top, "top")
    given = as_weights(weights)
    given.array(matrix.names)
    start = SweptMethod(base, base_normalization)
    reference, _ = _ranked(matrix, given, start)
    if "normalization" in reference.parameters:
        # What it took by default is one of the ways below, and no other than the base.
        start = SweptMethod(base, str(reference.parameters["normalization"]))
    before = np.asarray(reference.ranks, dtype=np.int64)
    found, refused, warned = [], {}, {}
    ways = {str(way): way for way in _ways(methods, normalizations) if way != start}
    for name, way in ways.items():
        try:
            _require_one_unit(matrix, way)
            result, warned[name] = _ranked(matrix, given, way)
        except InputError as error:
            refused[name] = str(error)
            continue
        found.append(variation(name, matrix.labels, before, np.asarray(result.ranks, dtype=np.int64), k))
    told = {name: words for name, words in warned.items() if words}
    return MethodSweep(start, Variations("method and normalization", k, tuple(found)), ways, refused, told)


def _ways(methods: Iterable[str] | None, normalizations: Iterable[str] | None) -> list[SweptMethod]:
    table = known_methods()
    names = list(table if methods is None else methods)
    rules = list(NORMALIZATIONS if normalizations is None else normalizations)
    for name in names:
        word_among(name, "method", table)
    for rule in rules:
        word_among(rule, "normalization", NORMALIZATIONS)
    return [
        SweptMethod(name, rule)
        for name in names
        for rule in (rules if "normalization" in table[name].parameters else [""])
    ]


def _require_one_unit(matrix: DecisionMatrix, way: SweptMethod) -> None:
    """Refuse to add up values as they are where the criteria differ in unit or range."""
    if way.method not in SUMMING or way.normalization != "none":
        return
    criteria = list(matrix.criteria.values())
    units = list(dict.fromkeys(one.unit or "no unit" for one in criteria))
    ranges = list(dict.fromkeys(_range_words(one) for one in criteria))
    if len(units) == len(ranges) == 1:
        return
    unlike = units if len(units) > 1 else ranges
    more = f" and {len(unlike) - KINDS_NAMED} more" if len(unlike) > KINDS_NAMED else ""
    raise InputError(
        Fault(
            f"without normalization values are added as they are, and sums of different "
            f"{'units' if len(units) > 1 else 'ranges'} mean nothing",
            found=", ".join(unlike[:KINDS_NAMED]) + more,
            expected="one unit and one range of all criteria",
        )
    )


def _range_words(criterion: Criterion) -> str:
    if criterion.worst is None or criterion.best is None:
        return "no range"
    low, high = sorted((float(criterion.worst), float(criterion.best)))
    return f"{low:.10g} to {high:.10g}"


def _ranked(matrix: DecisionMatrix, weights: Weights, way: SweptMethod) -> tuple[Ranking, tuple[str, ...]]:
    """Return the ranking and what it warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConventionWarning)
        result = rank(matrix, weights, way.method, **way.parameters)
    if not isinstance(result, Ranking):
        raise InputError(Fault("it gives a partial order, in which molecules may have no rank", found=way.method))
    return result, tuple(str(one.message) for one in caught)
