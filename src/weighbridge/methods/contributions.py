"""What each criterion adds to a molecule's score, for methods that are not sums.

The Shapley value of criterion j is its marginal contribution v(S ∪ j) − v(S) averaged over all
orders in which the criteria could join, where v(S) is the score of the molecule with its own values
on the criteria S and the anti-ideal's on the others. The values add up to v(all) − v(none), the
score less that of the anti-ideal.

References
----------
Shapley, L. S. (1953). A value for n-person games. Contributions to the Theory of Games 2, 307–317.
Castro, J., Gómez, D. and Tejada, J. (2009). Polynomial calculation of the Shapley value based on
sampling. Computers & Operations Research 36(5), 1726–1730 (the sampled form).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from weighbridge import limits
from weighbridge.core.arrays import Booleans, Floats, Integers

__all__ = ["SAMPLED_ORDERS", "sampled_note", "shapley", "shapley_of_topsis"]

SAMPLED_ORDERS: Final = 200
"""Orders drawn where there are too many criteria for the exact value (half of them reversed)."""

_SEED: Final = 1953
_BLOCK: Final = 128


def sampled_note(m: int, exact: int = limits.EXACT_SHAPLEY_CRITERIA) -> tuple[str, ...]:
    """Return the note that contributions are sampled, where they are."""
    if m <= exact:
        return ()
    return (f"contributions of {m} criteria are sampled over seeded orders; above {exact} they are not exact",)


def shapley(
    value: Callable[[Booleans], Floats],
    m: int,
    *,
    exact: int = limits.EXACT_SHAPLEY_CRITERIA,
    orders: int = SAMPLED_ORDERS,
) -> Floats:
    """Return Shapley values of r molecules.

    Parameters
    ----------
    value
        Takes a coalition, a mask of shape (m,), and returns the r scores with the criteria outside
        it at the anti-ideal.
    m
        Number of criteria.
    exact
        Up to this many criteria all 2^m coalitions are valued.
    orders
        How many orders are drawn above it, by a fixed seed, in pairs of an order and its reverse.

    Returns
    -------
    contributions
        Shape (r, m); rows add up to value(all) − value(none) also where they are sampled.
    """
    if m > exact:
        return _sampled(value, m, orders)
    table = np.stack([value(mask) for mask in _coalitions(m)], axis=1)
    return _from_table(table, m)


def shapley_of_topsis(gain: Floats, loss: Floats, absent_gain: Floats, absent_loss: Floats) -> Floats:
    """Return Shapley values of the TOPSIS closeness for r molecules.

    Parameters
    ----------
    gain, loss
        Shape (r, m): squared distance to the anti-ideal and to the ideal, by criterion.
    absent_gain, absent_loss
        Shape (m,): the same for the point that stands in for the criteria outside a coalition. The
        anti-ideal has no gain, and as its loss the squared distance between the two ideals.

    Returns
    -------
    contributions
        Shape (r, m); rows add up to the closeness less that of the point (0 for the anti-ideal).
    """
    m = absent_gain.size
    if m > limits.EXACT_SHAPLEY_CRITERIA:
        return _sampled(lambda mask: _closeness(gain, loss, absent_gain, absent_loss, mask), m, SAMPLED_ORDERS)
    inside = _coalitions(m).astype(np.float64)
    near, away = (1.0 - inside) @ absent_gain, (1.0 - inside) @ absent_loss
    result = np.empty(gain.shape)
    for start in range(0, len(gain), _BLOCK):
        rows = slice(start, start + _BLOCK)
        minus = np.sqrt(gain[rows] @ inside.T + near)
        plus = np.sqrt(loss[rows] @ inside.T + away)
        result[rows] = _from_table(_share(minus, plus), m)
    return result


def _closeness(gain: Floats, loss: Floats, absent_gain: Floats, absent_loss: Floats, mask: Booleans) -> Floats:
    minus = np.sqrt(gain[:, mask].sum(axis=1) + absent_gain[~mask].sum())
    plus = np.sqrt(loss[:, mask].sum(axis=1) + absent_loss[~mask].sum())
    return _share(minus, plus)


def _share(minus: Floats, plus: Floats) -> Floats:
    total = minus + plus
    share: Floats = np.where(total == 0, 0.5, minus / np.where(total == 0, 1.0, total))
    return share


def _coalitions(m: int) -> Booleans:
    """Return all coalitions, shape (2^m, m); row k holds criterion j if bit j of k is set."""
    members: Booleans = (np.arange(2**m)[:, None] >> np.arange(m)) & 1 == 1
    return members


def _from_table(table: Floats, m: int) -> Floats:
    """Average marginal contributions over all orders, from the value of every coalition."""
    numbers = np.arange(2**m)
    sizes = _coalitions(m).sum(axis=1)
    factor = np.array([1.0 / (m * math.comb(m - 1, size)) for size in range(m)])
    result = np.empty((len(table), m))
    for j in range(m):
        without = numbers[(numbers >> j) & 1 == 0]
        result[:, j] = (table[:, without + 2**j] - table[:, without]) @ factor[sizes[without]]
    return result


def _sampled(value: Callable[[Booleans], Floats], m: int, orders: int) -> Floats:
    generator = np.random.default_rng(_SEED)
    total: Floats | None = None
    pairs = max(1, orders // 2)
    for _ in range(pairs):
        order = generator.permutation(m).astype(np.int64)
        marginal = _along(value, order) + _along(value, order[::-1])
        total = marginal if total is None else total + marginal
    assert total is not None
    return total / (2 * pairs)


def _along(value: Callable[[Booleans], Floats], order: Integers) -> Floats:
    """Return the marginal contributions in one order of joining."""
    mask = np.zeros(order.size, dtype=np.bool_)
    before = value(mask.copy())
    result = np.empty((before.size, order.size))
    for j in order:
        mask[j] = True
        after = value(mask.copy())
        result[:, j] = after - before
        before = after
    return result
