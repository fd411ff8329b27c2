"""Whether two molecules change places because a third one comes, goes or gets worse.

Most methods take part of their scale from the molecules in the table, so they can. Whether they do is a
property of the decision at hand, and is tested here on it.

References
----------
Belton, V. and Gear, T. (1983). On a short-coming of Saaty's method of analytic hierarchies. Omega
11(3), 228–230.
Wang, X. and Triantaphyllou, E. (2008). Ranking irregularities when evaluating alternatives by using
some ELECTRE methods. Omega 36(1), 45–63: test criteria 1 to 3 (section 3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from html import escape
from itertools import combinations
from typing import Any, Final

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Booleans, Floats, Integers, is_finite
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.errors import Fault, InputError
from weighbridge.robustness.leave_out import LIMIT
from weighbridge.robustness.rescoring import GivenWeights, Rescorer, Scores, as_weights, rescorer, rows_to_try
from weighbridge.robustness.safe_pairs import SafePair, neighbouring_pairs
from weighbridge.robustness.variations import SHOWN, require_count

__all__ = ["RankReversal", "ReversalTest", "rank_reversal"]

REMOVED: Final = "removed"
ADDED: Final = "added"
WORSENED: Final = "worsened"


@dataclass(frozen=True, slots=True)
class ReversalTest:
    """One change of the table, and what it does to the molecules that stay as they are.

    Attributes
    ----------
    kind
        ``removed``, ``added`` or ``worsened``.
    molecule
        The one that is removed or worsened, or what was added in words.
    first
        The molecules at rank 1 among those that stay, after the change.
    first_changed
        Whether they are others than before.
    changed
        Whether any two molecules changed places (a strict order turned round).
    pairs
        Those that did, (better before, better after), of which at least one was among the first k.
    refused
        Why the change could not be made; empty where it could.
    """

    kind: str
    molecule: Any
    first: tuple[Any, ...] = ()
    first_changed: bool = False
    changed: bool = False
    pairs: tuple[tuple[Any, Any], ...] = ()
    refused: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class RankReversal:
    """What tests of rank reversal found in one decision.

    Attributes
    ----------
    method, top, molecules
        The method, the k of the first k, and how many molecules are ranked.
    tests
        One `ReversalTest` a change.
    proof
        Why no change of the others can reverse two molecules under this method; empty where one can.
        The tests are run all the same.
    cycles
        Three leading molecules that beat one another in a circle when each pair is ranked alone: a
        violation of test criterion 2 of Wang and Triantaphyllou.
    contradictions
        Pairs of leading molecules (better in the whole table, better when the two are ranked alone):
        the ranking cannot be put together from its pairs, their test criterion 3.
    safe
        PROMETHEE II: neighbouring leading pairs and whether one deletion could reverse them at all;
        empty for other methods.
    notes
        What a careful reader should know.
    """

    method: str
    top: int
    molecules: int
    tests: tuple[ReversalTest, ...]
    proof: str
    cycles: tuple[tuple[Any, Any, Any], ...]
    contradictions: tuple[tuple[Any, Any], ...]
    safe: tuple[SafePair, ...]
    notes: tuple[str, ...] = ()

    def of(self, kind: str) -> tuple[ReversalTest, ...]:
        """Return the tests of a kind that could be made."""
        return tuple(test for test in self.tests if test.kind == kind and not test.refused)

    @property
    def share_changing(self) -> float:
        """Share of the removals after which any two molecules change places."""
        return _share(self.of(REMOVED), lambda test: test.changed)

    @property
    def share_changing_first(self) -> float:
        """Share of the removals of a molecule after which another of those that stay is first."""
        return _share(self.of(REMOVED), lambda test: test.first_changed)

    @property
    def first_stays(self) -> bool:
        """Whether no test put another molecule first (test criterion 1 of Wang and Triantaphyllou, and more)."""
        return not any(test.first_changed for test in self.tests)

    @property
    def found(self) -> bool:
        """Whether any test found two molecules changing places, a cycle or a contradiction."""
        return any(test.changed for test in self.tests) or bool(self.cycles or self.contradictions)

    @cached_property
    def reversed_pairs(self) -> pd.DataFrame:
        """Pairs with a leading molecule that changed places, and in how many tests, most often first."""
        times = Counter(pair for test in self.tests for pair in test.pairs)
        rows = [(above, below, count) for (above, below), count in times.most_common()]
        return pd.DataFrame(rows, columns=["above", "below", "tests"])

    @property
    def safe_pairs(self) -> pd.DataFrame:
        """`safe` as a frame, best pair first."""
        names = ("above", "below", "difference", "margin", "safe", "survives")
        return pd.DataFrame([[getattr(pair, name) for name in names] for pair in self.safe], columns=list(names))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a test."""
        names = ("kind", "molecule", "first", "first_changed", "changed", "pairs", "refused")
        return pd.DataFrame({name: [getattr(test, name) for test in self.tests] for name in names}, columns=list(names))

    def __repr__(self) -> str:
        first = sum(test.first_changed for test in self.tests)
        changed = sum(test.changed for test in self.tests)
        proven = "; proven impossible" if self.proof else ""
        return (
            f"RankReversal({self.method!r}: {len(self.tests)} tests, {changed} change places, {first} the first; "
            f"{len(self.cycles)} cycles, {len(self.contradictions)} contradictions{proven})"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.to_frame().head(SHOWN).to_html()}"


def _share(tests: Sequence[ReversalTest], holds: Callable[[ReversalTest], bool]) -> float:
    return sum(holds(test) for test in tests) / max(len(tests), 1)


@dataclass(frozen=True, eq=False)
class _Bench:
    """The unchanged ranking, and how a changed one is held against it."""

    ready: Rescorer
    shares: Floats
    scores: Floats
    top: int

    @cached_property
    def ranks(self) -> Integers:
        """Competition ranks of the unchanged table."""
        return self.ready.ranks(self.scores, self.shares)

    @cached_property
    def leading(self) -> Integers:
        """Row numbers of the first k, best first; ties keep the table's order."""
        return np.argsort(self.ranks, kind="stable")[: self.top]

    def test(
        self, kind: str, molecule: object, kept: Integers, change: Callable[[], Scores], held: Integers
    ) -> ReversalTest:
        """Compare the kept rows before the change and after, where they are the `held` rows of the table."""
        try:
            scores = change().scores(self.shares)[held]
        except InputError as error:
            return ReversalTest(kind, molecule, refused=str(error))
        before = self.ready.ranks(self.scores[kept], self.shares)
        after = self.ready.ranks(scores, self.shares)
        return ReversalTest(
            kind,
            molecule,
            first=tuple(self.ready.matrix.labels[int(i)] for i in kept[after == 1]),
            first_changed=not np.array_equal(before == 1, after == 1),
            changed=_any_reversed(before, after),
            pairs=self._pairs(kept, before, after),
        )

    def _pairs(self, kept: Integers, before: Integers, after: Integers) -> tuple[tuple[Any, Any], ...]:
        labels, found = self.ready.matrix.labels, set()
        if not _any_reversed(before, after):
            return ()
        for i in np.flatnonzero(np.isin(kept, self.leading)):
            fell = (before > before[i]) & (after < after[i])
            rose = (before < before[i]) & (after > after[i])
            found |= {(int(i), int(j)) for j in np.flatnonzero(fell)} | {(int(j), int(i)) for j in np.flatnonzero(rose)}
        ordered = sorted(found, key=lambda pair: (before[pair[0]], before[pair[1]], pair))
        return tuple((labels[int(kept[a])], labels[int(kept[b])]) for a, b in ordered)


def _any_reversed(before: Integers, after: Integers) -> bool:
    """Return whether any two molecules stand in strictly opposite order."""
    order = np.lexsort((after, before))
    # Along the old order the new ranks never fall unless some strict order turned round.
    return bool((np.diff(after[order]) < 0).any())


def rank_reversal(
    matrix: DecisionMatrix,
    weights: GivenWeights,
    method: str = "topsis",
    *,
    top: int = 10,
    limit: int = LIMIT,
    seed: int = 0,
    worsening: float = 0.5,
    **parameters: Any,
) -> RankReversal:
    """Test one decision for rank reversal.

    Parameters
    ----------
    matrix, weights
        The decision.
    method, **parameters
        Any method that gives a complete ranking.
    top
        The k of the first k: pairs are named where one of them is among these, and the pairwise
        tests run over these.
    limit
        Up to this many molecules each is removed and worsened; of more, the first `top` and a
        sample of the others, `limit` in all.
    seed
        Of the sample.
    worsening
        How far a molecule is worsened, from its own values (0, excluded) to the worst point (1).

    Returns
    -------
    reversal
        Of these tests: each molecule removed; a copy of the last, a copy of the first and a molecule
        at the worst point added; each molecule that is not first worsened on every criterion (test
        criterion 1); each pair of leading molecules ranked alone, which shows cycles (2) and pairs
        that contradict the whole ranking (3). The worst point is the declared worst of each
        criterion, where there is none the worst value. A molecule that is added takes no part in
        what is compared.

    Raises
    ------
    InputError
        Where weights do not fit the criteria, and what the method refuses. A single change that the
        method refuses is a test with its reason.
    """
    k, most = require_count(top, "top"), require_count(limit, "limit")
    if not is_finite(worsening) or not 0 < worsening <= 1:
        raise InputError(Fault("worsening is no share", found=repr(worsening), expected="a number above 0, up to 1"))
    shares = as_weights(weights).array(matrix.names)
    ready = rescorer(matrix, method, **parameters)
    bench = _Bench(ready, shares, ready.whole.scores(shares), k)
    rows = rows_to_try(bench.scores, k, most, seed)
    worst = _worst_point(matrix, ready.table)
    beats, refused = _alone(bench)
    return RankReversal(
        method=method,
        top=k,
        molecules=bench.scores.size,
        tests=(*_removed(bench, rows), *_added(bench, worst), *_worsened(bench, rows, worst, worsening)),
        proof=ready.proof,
        cycles=_cycles(bench, beats),
        contradictions=_contradictions(bench, beats),
        safe=neighbouring_pairs(bench.scores, matrix.labels, k) if method == "promethee-ii" else (),
        notes=_notes(matrix, rows.size, refused),
    )


def _worst_point(matrix: DecisionMatrix, table: Floats) -> Floats:
    """Return the declared worst of each criterion, where there is none the worst value; shape (m,)."""
    # fmin passes over missing values, and is silent about a column of nothing else.
    lowest = np.fmin.reduce(table * matrix.signs, axis=0) * matrix.signs
    point = [
        lowest[j] if criterion.worst is None else criterion.worst
        for j, criterion in enumerate(matrix.criteria.values())
    ]
    return np.array(point, dtype=np.float64)


def _removed(bench: _Bench, rows: Integers) -> list[ReversalTest]:
    n = bench.scores.size
    if n == 1:
        return []
    every, held = np.arange(n), np.arange(n - 1)
    return [
        bench.test(
            REMOVED,
            bench.ready.matrix.labels[row],
            np.delete(every, row),
            partial(bench.ready.without, row),
            held,
        )
        for row in rows.tolist()
    ]


def _added(bench: _Bench, worst: Floats) -> list[ReversalTest]:
    every, table = np.arange(bench.scores.size), bench.ready.table
    dummies = {
        "copy of the last": table[np.argmin(bench.scores)],
        "copy of the first": table[np.argmax(bench.scores)],
        "a molecule at the worst point": worst,
    }
    return [bench.test(ADDED, name, every, partial(bench.ready.added, row), every) for name, row in dummies.items()]


def _worsened(bench: _Bench, rows: Integers, worst: Floats, share: float) -> list[ReversalTest]:
    """Worsen each molecule that is not first; the others must keep their places."""
    ready, every = bench.ready, np.arange(bench.scores.size)
    tests = []
    for row in (row for row in rows.tolist() if bench.ranks[row] > 1):
        own = ready.table[row]
        worse = own + share * (worst - own)
        # A value beyond the declared worst is as bad already, and a neutral missing value stays missing.
        worse = np.where((worse - own) * ready.matrix.signs < 0, worse, own)
        if np.array_equal(worse, own, equal_nan=True):
            continue
        others = np.delete(every, row)
        change = partial(ready.replaced, row, worse)
        tests.append(bench.test(WORSENED, ready.matrix.labels[row], others, change, others))
    return tests


def _alone(bench: _Bench) -> tuple[Booleans, int]:
    """Rank each two of the leading molecules alone.

    Returns which beats which, shape (k, k), and how many pairs the method refused.
    """
    leading = bench.leading
    beats = np.zeros((leading.size, leading.size), dtype=np.bool_)
    refused = 0
    for a, b in combinations(range(leading.size), 2):
        try:
            pair = bench.ready.of(bench.ready.table[leading[[a, b]]]).scores(bench.shares)
        except InputError:
            refused += 1
            continue
        ranks = bench.ready.ranks(pair, bench.shares)
        beats[a, b], beats[b, a] = ranks[0] < ranks[1], ranks[1] < ranks[0]
    return beats, refused


def _cycles(bench: _Bench, beats: Booleans) -> tuple[tuple[Any, Any, Any], ...]:
    labels = [bench.ready.matrix.labels[int(row)] for row in bench.leading]
    found = []
    for a, b, c in combinations(range(len(labels)), 3):
        if beats[a, b] and beats[b, c] and beats[c, a]:
            found.append((labels[a], labels[b], labels[c]))
        elif beats[b, a] and beats[c, b] and beats[a, c]:
            found.append((labels[a], labels[c], labels[b]))
    return tuple(found)


def _contradictions(bench: _Bench, beats: Booleans) -> tuple[tuple[Any, Any], ...]:
    leading, labels = bench.leading, bench.ready.matrix.labels
    return tuple(
        (labels[int(leading[a])], labels[int(leading[b])])
        for a, b in combinations(range(leading.size), 2)
        if bench.ranks[leading[a]] < bench.ranks[leading[b]] and beats[b, a]
    )


def _notes(matrix: DecisionMatrix, tried: int, refused: int) -> tuple[str, ...]:
    total = matrix.shape[0]
    notes = []
    if tried < total:
        notes.append(f"{tried} of {total} molecules were removed and worsened: the leading ones and a sample")
    if refused:
        notes.append(f"the method refuses {refused} pairs of leading molecules alone, which are not tested")
    bare = [name for name, criterion in matrix.criteria.items() if criterion.worst is None]
    if bare:
        notes.append("the worst value stands for the declared worst of: " + ", ".join(bare))
    return tuple(notes)
