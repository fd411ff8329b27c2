"""How far one weight can move under TOPSIS, exactly.

Derivation. Let the weight t move on criterion k and the others keep their proportions r_j (Σ r_j = 1),
so w_k = t and w_j = (1 − t) r_j. The squared distance to the anti-ideal is then

    D⁻² = x N + y M,   x = t², y = (1 − t)², N = near_k, M = Σ_{j≠k} r_j² near_j,

and D⁺² = x F + y G likewise: both are linear in (x, y), and only the ratio x : y matters. On a path
between two weights t₀ and t₁ write (x, y) = (1 − λ)(x₀, y₀) + λ (x₁, y₁): the path covers the same
ratios, with no infinity at t = 1. A molecule's closeness rises with ρ = D⁻²/(D⁻² + D⁺²), which is a
ratio of two linear functions of λ and hence *monotone* on the path. Two molecules a, b compare by

    h(λ) = D⁻²_a D⁺²_b − D⁻²_b D⁺²_a = (1 − λ)² h₀ + 2 λ (1 − λ) h₁ + λ² h₂,

a quadratic with h₀ and h₂ taken at the ends and h₁ the mixed product. With a ahead at the start, h₀ > 0,
the first crossing has λ/(1 − λ) = h₀ / (√(h₁² − h₀ h₂) − h₁), where no two numbers of one sign are ever
subtracted; it exists if h₂ < 0 (b stays ahead up to the end) or if h₁ < 0 < h₁² − h₀ h₂ (b gets ahead
and falls back: a pair can cross twice).

Search. The worst pair at the far end bounds the interval from outside, step by step, until nobody is
overtaken at the bound. What is left are pairs that cross twice inside. Since every ρ is monotone, its
values at the ends of a piece bound it on the whole piece, so only pairs whose ranges overlap have to be
solved; pieces with too many of them are halved, those nearest to today's weight first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias, TypeVar

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.core.ranking import TIE_TOLERANCE
from weighbridge.robustness.forms import RatioForm
from weighbridge.robustness.stability_linear import End, other_shares
from weighbridge.robustness.standing import levels, rounding_of

__all__ = ["Path", "first_crossings", "topsis_ends"]

_PAIRS: Final = 2**18
"""Pairs solved at a time."""

_TOGETHER: Final = 4
"""Criteria whose distances without them are computed in one product."""

_BLOCK: Final = 16_384
"""Molecules or pairs computed at a time: they stay in a core's cache."""

_NARROWEST: Final = 2.0**-12
"""A piece of the path this narrow is solved whatever the number of its pairs."""


_Vector = TypeVar("_Vector", Floats, Integers)


class _Found(NamedTuple):
    """Where on a path, and the places of the pair; (1, −1, −1) where nobody is overtaken."""

    share: float
    comer: int
    passed: int


_NOBODY: Final = _Found(1.0, -1, -1)


class Path(NamedTuple):
    """Squared distances of the molecules at both ends of a path, each of shape (n,).

    At λ they are (1 − λ) × the value at the start + λ × the value at the end.
    """

    near_start: Floats
    far_start: Floats
    near_end: Floats
    far_end: Floats

    def standing(self, share: float) -> Floats:
        """Return ρ = D⁻²/(D⁻² + D⁺²) at λ, shape (n,); ½ where both are 0."""
        result = np.empty(self.near_start.size)
        for start in range(0, result.size, _BLOCK):
            block = slice(start, start + _BLOCK)
            near = (1.0 - share) * self.near_start[block] + share * self.near_end[block]
            total = (1.0 - share) * self.far_start[block] + share * self.far_end[block]
            total += near
            nowhere = total == 0
            result[block] = (
                np.where(nowhere, 0.5, near / np.where(nowhere, 1.0, total)) if nowhere.any() else near / total
            )
        return result

    def take(self, places: Integers) -> Path:
        """Return the path of some molecules."""
        return Path(*(array[places] for array in self))


def topsis_ends(form: RatioForm, weights: Floats, top: int | None) -> Iterator[tuple[End, End]]:
    """Yield both ends of every criterion's stability interval.

    Parameters
    ----------
    form
        Squared differences to anti-ideal and ideal.
    weights
        Shape (m,), summing to 1.
    top
        The set of the first `top` is to hold; None: the whole order.

    Yields
    ------
    low, high
        One pair of ends a criterion, in column order; each within 1e-10 of the exact crossing.
    """
    scores = form.scores(weights)
    rows, starts = levels(scores, rounding_of(form, weights), top)
    if weights.size == 1:
        yield End(1.0), End(1.0)
    elif starts.size < 2:
        yield from ((End(0.0), End(1.0)) for _ in weights)
    else:
        swap = _NO_SWAP if top is None else _front_first(rows, int(starts[1]))
        rows = rows if top is None else swap.apply(np.arange(rows.size))
        for low, high in _all_ends(form.take(rows) if top is None else form, weights, starts, swap):
            yield _named(low, rows), _named(high, rows)


class _Swap(NamedTuple):
    """Rows that change places, so that those in the set come first and hardly anything is moved."""

    targets: Integers
    sources: Integers

    def apply(self, vector: _Vector) -> _Vector:
        """Swap in place, and return the vector."""
        vector[self.targets], vector[self.sources] = vector[self.sources], vector[self.targets]
        return vector


_NO_SWAP: Final = _Swap(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def _front_first(rows: Integers, cut: int) -> _Swap:
    front = rows[:cut]
    return _Swap(np.setdiff1d(np.arange(cut), front), front[front >= cut])


def _named(end: End, rows: Integers) -> End:
    return End(end.at, int(rows[end.comer]), int(rows[end.passed])) if end.comer >= 0 else end


def _all_ends(form: RatioForm, weights: Floats, starts: Integers, swap: _Swap) -> Iterator[tuple[End, End]]:
    """Yield the ends by criterion; molecules and ends as places in `starts`' order."""
    largest = max(float(form.near.max()), float(form.far.max())) or 1.0
    near, far = (swap.apply(table @ (weights**2 / largest)) for table in (form.near, form.far))
    for first in range(0, weights.size, _TOGETHER):
        some = range(first, min(first + _TOGETHER, weights.size))
        others = np.array([other_shares(weights, k) ** 2 / largest for k in some])
        near_rest, far_rest = others @ form.near.T, others @ form.far.T
        for place, k in enumerate(some):
            own = swap.apply(form.near[:, k] / largest), swap.apply(form.far[:, k] / largest)
            rest = swap.apply(near_rest[place]), swap.apply(far_rest[place])
            yield _ends(float(weights[k]), (near, far), rest, own, starts)


_Pair: TypeAlias = tuple[Floats, Floats]


def _ends(today: float, start: _Pair, rest: _Pair, own: _Pair, starts: Integers) -> tuple[End, End]:
    """Find both ends for one weight from D⁻² and D⁺² today, at t = 0 and at t = 1."""
    x, y = today**2, (1.0 - today) ** 2
    find = _crossing_of_set if starts.size == 2 else first_crossing
    low, high = End(0.0), End(1.0)
    if today > 0:
        share, comer, passed = find(Path(*start, *rest), starts)
        if comer >= 0:
            low = End(_weight(x * (1.0 - share), y * (1.0 - share) + share), comer, passed)
    if today < 1:
        share, comer, passed = find(Path(*start, *own), starts)
        if comer >= 0:
            high = End(_weight(x * (1.0 - share) + share, y * (1.0 - share)), comer, passed)
    return low, high


def _crossing_of_set(path: Path, starts: Integers) -> _Found:
    """Do as `first_crossing` for two groups, after leaving out most of the second.

    The last of the set and the best of the rest, at the start and at a first bound, bound the way. On it
    nobody of the rest stands above the higher of his ends, and so most never reach the set.
    """
    cut, n = int(starts[1]), path.near_start.size
    bound = _NOBODY
    if not (path.near_end + path.far_end).any():
        return bound
    begin = path.standing(0.0)
    for _ in range(2):
        here = path.standing(bound.share)
        for scores in (begin, here):
            worst = np.array([scores[:cut].argmin()]), np.array([cut + int(scores[cut:].argmax())])
            bound = _nearer(path, bound, *worst)
    here = path.standing(bound.share)
    floor = min(float(begin[:cut].min()), float(here[:cut].min())) - TIE_TOLERANCE
    kept = np.concatenate((np.arange(cut), cut + np.flatnonzero(np.maximum(begin, here)[cut:] >= floor)))
    if kept.size in (cut, n):
        return bound if kept.size == cut else first_crossing(path, starts)
    share, comer, passed = first_crossing(path.take(kept), starts)
    return _Found(share, int(kept[comer]), int(kept[passed])) if comer >= 0 else _NOBODY


def _weight(x: float, y: float) -> float:
    """Return the t with t² : (1 − t)² = x : y."""
    return float(np.sqrt(x) / (np.sqrt(x) + np.sqrt(y)))


def first_crossings(path: Path, ahead: Integers, behind: Integers) -> Floats:
    """Return where pairs first cross, as λ in [0, 1]; infinite where they do not.

    Parameters
    ----------
    path
        Of all molecules.
    ahead, behind
        Shape (pairs,): places of the one ahead at λ = 0 and of the other.

    Returns
    -------
    shares
        Shape (pairs,). The one behind has to come ahead by more than 1e-12 of ρ somewhere: a touch
        that is no deeper is a tie.
    """
    p0, q0, p1, q1 = (array[ahead] for array in path)
    r0, s0, r1, s1 = (array[behind] for array in path)
    start, end = p0 * s0 - r0 * q0, p1 * s1 - r1 * q1
    middle = 0.5 * ((p0 * s1 - r0 * q1) + (p1 * s0 - r1 * q0))
    roots = np.sqrt(np.maximum(middle * middle - start * end, 0.0))
    turn = start - middle
    with np.errstate(divide="ignore", invalid="ignore"):
        # Where the one behind is furthest ahead: at the end, or at the minimum of a dip in between.
        deepest = np.where(end < np.minimum(middle, 0.0), 1.0, np.clip(turn / (turn + (end - middle)), 0.0, 1.0))
    crossing = ((end < 0) | (middle < 0)) & np.isfinite(deepest)
    deepest = np.where(crossing, deepest, 0.0)
    stay = 1.0 - deepest
    depth = stay * stay * start + 2.0 * deepest * stay * middle + deepest * deepest * end
    scale = (stay * (p0 + q0) + deepest * (p1 + q1)) * (stay * (r0 + s0) + deepest * (r1 + s1))
    crossing &= depth < -TIE_TOLERANCE * scale
    below = roots - middle
    ratio = np.where(crossing, np.maximum(start, 0.0), 0.0) / np.where(crossing & (below > 0), below, 1.0)
    return np.where(crossing, ratio / (1.0 + ratio), np.inf)


def first_crossing(path: Path, starts: Integers) -> _Found:
    """Return where a molecule first overtakes one of the group ahead of its own.

    Parameters
    ----------
    path
        Molecules in groups, the best group at λ = 0 first.
    starts
        Shape (groups,): where each group begins; at least two groups.

    Returns
    -------
    share, comer, passed
        λ and the pair's places; (1, −1, −1) where nobody does.
    """
    if not (path.near_end + path.far_end).any():
        return _NOBODY  # at the end nothing tells molecules apart: all of them tie
    bound = _nearer(path, _NOBODY, starts[1:] - 1, starts[1:])
    bound = _shrink(path, starts, bound)
    pieces = [(0.0, bound.share, path.standing(0.0), path.standing(bound.share))]
    while pieces:
        start, end, first, last = pieces.pop()
        if start >= bound.share:
            continue
        ahead, behind, count = _overlaps(np.minimum(first, last), np.maximum(first, last), starts)
        if count > _PAIRS and end - start > _NARROWEST * bound.share:
            half = (start + end) / 2
            middle = path.standing(half)
            pieces += [(half, end, middle, last), (start, half, first, middle)]
            continue
        for some_ahead, some_behind in _pairs(ahead, behind):
            bound = _nearer(path, bound, some_ahead, some_behind)
    return bound


def _nearer(path: Path, bound: _Found, ahead: Integers, behind: Integers) -> _Found:
    """Return the first crossing of some pairs, or the bound where it comes before."""
    for start in range(0, ahead.size, _BLOCK):
        some = slice(start, start + _BLOCK)
        shares = first_crossings(path, ahead[some], behind[some])
        best = int(shares.argmin())
        share = float(shares[best])
        if share < bound.share or (share == bound.share and bound.comer < 0):
            bound = _Found(share, int(behind[some][best]), int(ahead[some][best]))
    return bound


def _shrink(path: Path, starts: Integers, bound: _Found) -> _Found:
    """Move the bound to the crossing of the worst pair there, until nobody is overtaken at it."""
    while True:
        scores = path.standing(bound.share)
        leads = np.minimum.reduceat(scores, starts)[:-1] - np.maximum.reduceat(scores, starts)[1:]
        group = int(leads.argmin())
        if leads[group] >= 0:
            return bound
        ends = (*starts[group : group + 3].tolist(), scores.size)
        passed = ends[0] + int(scores[ends[0] : ends[1]].argmin())
        comer = ends[1] + int(scores[ends[1] : ends[2]].argmax())
        found = _nearer(path, bound, np.array([passed]), np.array([comer]))
        if found.share >= bound.share:
            return found
        bound = found


class _Members(NamedTuple):
    """Members of groups: their places, and the boundary between groups that each belongs to."""

    places: Integers
    boundary: Integers


def _overlaps(low: Floats, high: Floats, starts: Integers) -> tuple[_Members, _Members, int]:
    """Return who might be overtaken, who might overtake, and how many pairs that makes.

    Parameters
    ----------
    low, high
        Shape (n,): bounds of each molecule's standing on a piece of the path.
    starts
        Where each group begins.
    """
    least, most = np.minimum.reduceat(low, starts)[:-1], np.maximum.reduceat(high, starts)[1:]
    sizes = np.diff(starts, append=low.size)
    group = np.repeat(np.arange(starts.size), sizes)
    caught = np.append(np.where(least < most, most, -np.inf), -np.inf)[group] > low
    catching = np.append(np.inf, np.where(least < most, least, np.inf))[group] < high
    ahead = np.flatnonzero(caught)
    behind = np.flatnonzero(catching)
    passed, comers = _Members(ahead, group[ahead]), _Members(behind, group[behind] - 1)
    counts = np.bincount(comers.boundary, minlength=starts.size)
    return passed, comers, int(counts[passed.boundary].sum())


def _pairs(passed: _Members, comers: _Members) -> Iterator[tuple[Integers, Integers]]:
    """Yield every pair across the same boundary, some at a time."""
    if passed.places.size == 0 or comers.places.size == 0:
        return
    groups = int(max(passed.boundary.max(), comers.boundary.max())) + 1
    counts = np.bincount(comers.boundary, minlength=groups)
    begins = np.cumsum(counts) - counts
    mine = counts[passed.boundary]
    chunk = np.cumsum(mine) // _PAIRS
    for number in np.unique(chunk):
        chosen = np.flatnonzero(chunk == number)
        repeats = mine[chosen]
        within = np.arange(int(repeats.sum())) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        partners = np.repeat(begins[passed.boundary[chosen]], repeats) + within
        yield np.repeat(passed.places[chosen], repeats), comers.places[partners]
