"""From a ranking to a chosen set: the first k, with ties shown and caps named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from weighbridge.core.ranking import ChosenSet, Ranking
from weighbridge.errors import Fault, InputError
from weighbridge.methods.requirements import word_among

__all__ = ["TIE_RULES", "choose"]

TIE_RULES: Final[Mapping[str, str]] = {
    "order": "a tie at the cut was broken by the order of the rows",
    "include": "all molecules tied at the cut were included",
    "exclude": "all molecules tied at the cut were left out",
}
"""Named rules for a tie at the last place, and how the chosen set words them."""


@dataclass
class _Pick:
    """The choice so far: who is in, who was passed over, how full each series is."""

    k: int
    cap: int | None
    series: dict[Any, Any]
    chosen: list[Any] = field(default_factory=list)
    passed_over: dict[Any, str] = field(default_factory=dict)
    members: defaultdict[Any, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def eligible(self, group: list[Any]) -> list[Any]:
        """Return those whose series has room, noting the others as passed over."""
        found = []
        for label in group:
            filled = self.members[self.series[label]] if label in self.series else []
            if self.cap is not None and len(filled) >= self.cap:
                names = ", ".join(str(name) for name in filled)
                self.passed_over[label] = f"series {self.series[label]!r} is full ({self.cap}): {names}"
            else:
                found.append(label)
        return found

    def take(self, label: Any) -> None:
        """Choose one molecule."""
        self.chosen.append(label)
        if label in self.series:
            self.members[self.series[label]].append(label)

    def all_fit(self, group: list[Any]) -> bool:
        """Return whether a whole group of ties fits, into the set and into its series."""
        if len(self.chosen) + len(group) > self.k:
            return False
        if self.cap is None:
            return True
        count: defaultdict[Any, int] = defaultdict(int)
        for label in group:
            if label in self.series:
                count[self.series[label]] += 1
        return all(len(self.members[name]) + more <= self.cap for name, more in count.items())


def choose(
    ranking: Ranking,
    k: int,
    *,
    groups: Mapping[Any, Any] | pd.Series[Any] | None = None,
    cap: int | None = None,
    tie_rule: str | None = None,
) -> ChosenSet:
    """Choose the first k molecules of a ranking.

    Parameters
    ----------
    ranking
        A complete ranking.
    k
        How many, at least 1; more than there are takes all that the cap lets in.
    groups
        Label to chemical series; a molecule without one (missing, NaN) is a series of its own.
    cap
        The most molecules of one series; None for no cap.
    tie_rule
        What to do with molecules tied where they do not all fit: ``order`` takes them in row order,
        ``include`` all of them (more than k; the cap still holds, in row order), ``exclude`` none.
        None leaves the cut to the person: the set holds those who are clearly in, and
        `tied_at_cut` those between whom to decide. Under a cap a tie within one series is such a
        cut too. Without a rule, and under ``exclude``, the choice stops there.

    Returns
    -------
    chosen
        ``tied_at_cut`` lists the tie whether or not a rule broke it; ``passed_over`` says which
        series was full and who filled it.

    Raises
    ------
    InputError
        k or cap below 1, an unknown rule, a cap without groups.
    """
    _check(k, cap, tie_rule, has_groups=groups is not None)
    pick = _Pick(k, cap, _series(ranking, groups))
    ranks = ranking.ranks.to_numpy()
    tied: list[Any] = []
    for place in np.unique(ranks):
        if len(pick.chosen) >= k:
            break
        group = pick.eligible([ranking.labels[int(i)] for i in np.flatnonzero(ranks == place)])
        if pick.all_fit(group):
            for label in group:
                pick.take(label)
            continue
        tied += group
        if tie_rule is None or tie_rule == "exclude":
            break
        _break_tie(pick, group, tie_rule)
    rule = TIE_RULES[tie_rule] if tied and tie_rule is not None else ""
    return ChosenSet(tuple(pick.chosen), pick.passed_over, tuple(tied), rule)


def _break_tie(pick: _Pick, group: list[Any], rule: str) -> None:
    """Take from a group of ties in row order, up to k unless the rule includes them all."""
    for label in group:
        if rule == "order" and len(pick.chosen) >= pick.k:
            return
        if pick.eligible([label]):
            pick.take(label)


def _check(k: int, cap: int | None, tie_rule: str | None, *, has_groups: bool) -> None:
    for name, value in (("k", k), ("cap", cap)):
        if value is None and name == "cap":
            continue
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise InputError(
                Fault(f"{name} is not a number of molecules", found=repr(value), expected="a whole number ≥ 1")
            )
    if tie_rule is not None:
        word_among(tie_rule, "tie rule", TIE_RULES)
    if cap is not None and not has_groups:
        raise InputError(Fault("a cap needs the series of each molecule", expected="groups"))


def _series(ranking: Ranking, groups: Mapping[Any, Any] | pd.Series[Any] | None) -> dict[Any, Any]:
    if groups is None:
        return {}
    known = dict(groups.items())
    return {label: known[label] for label in ranking.labels if label in known and not pd.isna(known[label])}
