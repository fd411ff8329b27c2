"""One ranking against its variants: who enters the first k, who leaves, who is first, how alike they are.

Leaving out a criterion, a molecule, an expert or a source, another method, another judgement scale:
each gives a variant of the ranking, and all are told in the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats, Integers
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import Ranking
from weighbridge.errors import Fault, InputError
from weighbridge.methods.compare import rank_correlation
from weighbridge.robustness.rescoring import GivenWeights, as_weights, rescorer

__all__ = ["Variation", "Variations", "compare_alternatives", "require_count", "reweigh", "variation"]

SHOWN: Final = 20
"""How many variants a notebook shows."""


@dataclass(frozen=True, slots=True)
class Variation:
    """What one variant does to the ranking.

    Attributes
    ----------
    name
        What was changed or left out.
    first
        The molecules at rank 1 in the variant.
    first_changed
        Whether they are others than before (among the molecules that both rankings hold).
    entering, leaving
        Molecules of the variant's first k that were not among the first k before, best first, and
        the reverse. A tie at the k-th place is in.
    overlap
        |A ∩ B| / |A ∪ B| of the first k before and after.
    spearman, kendall_tau_b, ws
        Likeness to the ranking before, which is the reference of WS (Sałabun and Urbaniak 2020);
        None where undefined, as for one molecule.
    """

    name: Any
    first: tuple[Any, ...]
    first_changed: bool
    entering: tuple[Any, ...]
    leaving: tuple[Any, ...]
    overlap: float
    spearman: float | None
    kendall_tau_b: float | None
    ws: float | None

    @property
    def top_changed(self) -> bool:
        """Whether the set of the first k is another."""
        return bool(self.entering or self.leaving)


@dataclass(frozen=True, eq=False, repr=False)
class Variations:
    """Variants of one ranking.

    Attributes
    ----------
    what
        What is varied: ``criterion left out``, ``molecule left out``, ``method``, …
    top
        The k of the first k.
    variants
        One `Variation` each, in the order they were asked for.
    refused
        Variants that have no ranking, name to reason in words.
    notes
        What a careful reader should know.
    """

    what: str
    top: int
    variants: tuple[Variation, ...]
    refused: Mapping[Any, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.variants)

    def __getitem__(self, name: object) -> Variation:
        for one in self.variants:
            if one.name == name:
                return one
        expected = f"one of {[one.name for one in self.variants][:SHOWN]}"
        raise InputError(Fault("no such variant", found=repr(name), expected=expected))

    @property
    def changing_first(self) -> tuple[Any, ...]:
        """Names of the variants that put another molecule first."""
        return tuple(one.name for one in self.variants if one.first_changed)

    @property
    def changing_top(self) -> tuple[Any, ...]:
        """Names of the variants that change the set of the first k."""
        return tuple(one.name for one in self.variants if one.top_changed)

    @property
    def share_changing_first(self) -> float:
        """Share of the variants that put another molecule first; 0 where there is none."""
        return len(self.changing_first) / max(len(self), 1)

    @property
    def share_changing_top(self) -> float:
        """Share of the variants that change the set of the first k; 0 where there is none."""
        return len(self.changing_top) / max(len(self), 1)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a variant; an undefined coefficient is None."""
        names = ("first", "first_changed", "entering", "leaving", "overlap", "spearman", "kendall_tau_b", "ws")
        index = pd.Index([one.name for one in self.variants], name=self.what, tupleize_cols=False)
        table = pd.DataFrame({name: [getattr(one, name) for one in self.variants] for name in names}, index=index)
        for name in ("spearman", "kendall_tau_b", "ws"):
            table[name] = pd.Series([getattr(one, name) for one in self.variants], index=index, dtype=object)
        return table

    def __repr__(self) -> str:
        changed = f"{len(self.changing_first)} change the first, {len(self.changing_top)} the first {self.top}"
        refused = f", {len(self.refused)} refused" if self.refused else ""
        return f"Variations({self.what}: {len(self)}; {changed}{refused})"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.to_frame().head(SHOWN).to_html()}"


def require_count(value: object, name: str) -> int:
    """Return a parameter that must be a whole number of at least 1."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise InputError(
            Fault(f"{name} is not a number of molecules", found=repr(value), expected="a whole number ≥ 1")
        )
    return int(value)


def variation(
    name: object, labels: Sequence[Any] | pd.Index[Any], before: Integers, after: Integers, top: int
) -> Variation:
    """Compare two rankings of the same molecules.

    Parameters
    ----------
    name
        What was changed.
    labels
        The molecules, n of them.
    before, after
        Shape (n,): competition ranks, 1 the best.
    top
        The k of the first k; k ≥ n holds every molecule.
    """
    was, now = before <= top, after <= top
    leaders, previous = np.flatnonzero(after == 1), np.flatnonzero(before == 1)
    same = rank_correlation(_averaged(before).tolist(), _averaged(after).tolist())
    return Variation(
        name=name,
        first=tuple(labels[int(i)] for i in leaders),
        first_changed=not np.array_equal(leaders, previous),
        entering=_best_first(labels, now & ~was, after),
        leaving=_best_first(labels, was & ~now, before),
        overlap=float((was & now).sum() / (was | now).sum()),
        spearman=same.spearman,
        kendall_tau_b=same.kendall_tau_b,
        ws=same.ws,
    )


def _averaged(ranks: Integers) -> Floats:
    """Return competition ranks with tied molecules at the average of their places."""
    _, inverse, count = np.unique(ranks, return_inverse=True, return_counts=True)
    places: Floats = ranks + (count[inverse] - 1) / 2.0
    return places


def _best_first(labels: Sequence[Any] | pd.Index[Any], chosen: Any, ranks: Integers) -> tuple[Any, ...]:
    rows = np.flatnonzero(chosen)
    return tuple(labels[int(i)] for i in rows[np.argsort(ranks[rows], kind="stable")])


def compare_alternatives(
    base: Ranking, others: Mapping[str, Ranking], top: int = 10, *, what: str = "ranking"
) -> Variations:
    """Compare a ranking with named others of the same molecules.

    Parameters
    ----------
    base
        The ranking that the decision rests on.
    others
        Name to ranking, such as those without one expert or one source each.
    top
        The k of the first k.
    what
        What the names are.

    Raises
    ------
    InputError
        Where another ranking is of other molecules, or `top` is no number.
    """
    k = require_count(top, "top")
    before = np.asarray(base.ranks, dtype=np.int64)
    found = []
    for name, other in others.items():
        if len(other.labels) != len(base.labels) or not other.labels.isin(base.labels).all():
            raise InputError(Fault("two rankings are not of the same molecules", place=f"ranking {name!r}"))
        after = np.asarray(other.ranks.reindex(base.labels), dtype=np.int64)
        found.append(variation(name, base.labels, before, after, k))
    return Variations(what, k, tuple(found))


def reweigh(
    matrix: DecisionMatrix,
    weights: GivenWeights,
    others: Mapping[str, GivenWeights],
    method: str = "topsis",
    top: int = 10,
    *,
    what: str = "weights",
    **parameters: Any,
) -> Variations:
    """Rank under other weights and compare: leave-one-expert-out, leave-one-source-out, scales, any other set.

    Parameters
    ----------
    matrix
        The decision matrix.
    weights
        The weights that the decision rests on.
    others
        Name to weights, one for every criterion; 0 leaves a criterion out.
    method, **parameters
        Any method that gives a complete ranking. TOPSIS, PROMETHEE II and the additive ones are
        prepared once, so each set costs one matrix product.
    top
        The k of the first k.
    what
        What the names are, such as ``expert left out``.

    Raises
    ------
    InputError
        Where weights do not fit the criteria, and what the method refuses.
    """
    k = require_count(top, "top")
    names = matrix.names
    base = as_weights(weights).array(names)
    sets = {name: _fitting(name, given, names) for name, given in others.items()}
    ready = rescorer(matrix, method, **parameters)
    before = ready.ranks(ready.whole.scores(base), base)
    found = [
        variation(name, matrix.labels, before, ready.ranks(ready.whole.scores(one), one), k)
        for name, one in sets.items()
    ]
    return Variations(what, k, tuple(found))


def _fitting(name: object, given: GivenWeights, names: Iterable[str]) -> Floats:
    try:
        return as_weights(given).array(tuple(names))
    except InputError as error:
        place = f"weights {name!r}"
        raise InputError(
            [
                Fault(
                    one.what, one.file, ", ".join(filter(None, (place, one.place))), one.found, one.expected, one.mend
                )
                for one in error.faults
            ]
        ) from None
