"""Pairwise comparisons of a few things, and everything that follows from them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from weighbridge.core.arrays import Floats, is_finite
from weighbridge.core.weights import Provenance, Weights
from weighbridge.elicitation import consistency, priorities, questions
from weighbridge.elicitation.answers import (
    RECIPROCAL_TOLERANCE,
    Answer,
    answers_from_mapping,
    check_labels,
    checked_answers,
    pooled,
)
from weighbridge.elicitation.consistency import Consistency
from weighbridge.elicitation.review import DOUBT_FACTOR, Review, review
from weighbridge.errors import Fault, Faults, InputError

__all__ = ["METHODS", "Comparisons"]

METHODS = ("llsm", "eigenvector")
"""How priorities are derived: log least squares (the default) or the principal eigenvector."""

_HOW = {
    "llsm": "log least squares (Bozóki, Fülöp and Rónyai 2010; the geometric mean where complete)",
    "eigenvector": "principal eigenvector (Saaty 1977; unanswered pairs completed for the least λmax)",
}


class Comparisons:
    """Pairwise answers about a few labelled things, complete or not.

    Parameters
    ----------
    labels
        What is compared, in order; unique.
    answers
        ``{(a, b): value}``: a matters value times as much as b. Missing pairs and None are
        unanswered. Any positive ratio is accepted, also off the 1/9 … 9 scale. Or a sequence of
        `Answer`, which may hold several experts' weighted answers to the same pair.

    Attributes
    ----------
    labels
        The labels.
    answers
        The answers, one `Answer` each.

    Raises
    ------
    InputError
        For unknown or repeated labels, self-comparisons, values that are not positive numbers and
        contradictory answers, all at once.

    Examples
    --------
    >>> c = Comparisons(["potency", "hERG", "solubility"], {("potency", "hERG"): 3, ("hERG", "solubility"): 2})
    >>> {label: round(weight, 3) for label, weight in c.priorities().items()}
    {'potency': 0.667, 'hERG': 0.222, 'solubility': 0.111}
    """

    __slots__ = ("_edges", "answers", "labels")

    def __init__(self, labels: Sequence[str], answers: Mapping[tuple[str, str], Any] | Iterable[Answer]) -> None:
        faults = Faults()
        self.labels: tuple[str, ...] = check_labels(labels, faults)
        given = answers_from_mapping(answers, faults) if isinstance(answers, Mapping) else answers
        self.answers: tuple[Answer, ...] = checked_answers(self.labels, given, faults)
        faults.raise_if_any()
        self._edges = pooled(self.labels, self.answers)

    @classmethod
    def from_matrix(cls, labels: Sequence[str], matrix: npt.ArrayLike | pd.DataFrame) -> Comparisons:
        """Read a positive reciprocal matrix; NaN (or None) in both triangles is unanswered.

        a_ij · a_ji may be off 1 by 1e-3, so that printed reciprocals such as 0.3333 are accepted;
        the geometric mean of a_ij and 1/a_ji is used. A DataFrame with labels of its own is read by
        label, in any order; without (rows and columns numbered from 0) in the order of `labels`.

        Raises
        ------
        InputError
            If the matrix is not square, not of the labels' size, its diagonal is not 1, an entry is
            not a positive number, or the two triangles are not reciprocal.
        """
        faults = Faults()
        names = check_labels(labels, faults)
        ordered = _in_label_order(matrix, names, faults) if isinstance(matrix, pd.DataFrame) else matrix
        faults.raise_if_any()
        table = _as_square(ordered, len(names), faults)
        faults.raise_if_any()
        answers = _upper_answers(names, table, faults)
        faults.raise_if_any()
        return cls(names, answers)

    @classmethod
    def from_upper(cls, labels: Sequence[str], values: Sequence[float | None]) -> Comparisons:
        """Read the upper triangle row by row; None (or NaN) is unanswered.

        Raises
        ------
        InputError
            If there are not n(n − 1)/2 values, or as for `Comparisons`.
        """
        names = [str(label) for label in labels]
        pairs = list(combinations(names, 2))
        if not _is_list(values):
            mend = "Give the upper triangle row by row, None where a pair is unanswered"
            raise InputError(Fault("the upper triangle is not a list", found=repr(values), mend=mend))
        if len(values) != len(pairs):
            raise InputError(
                Fault(
                    "the upper triangle has the wrong number of values",
                    found=f"{len(values)}",
                    expected=f"{len(pairs)} for {len(names)} labels",
                    mend="Give None where a pair is unanswered",
                )
            )
        answered = [value if _is_answered(value) else None for value in values]
        faults = Faults()
        names = list(check_labels(names, faults))
        faults.raise_if_any()
        return cls(names, dict(zip(pairs, answered, strict=True)))

    @property
    def is_complete(self) -> bool:
        """Whether every pair is answered."""
        return len(self._edges) == len(self.labels) * (len(self.labels) - 1) // 2

    @property
    def matrix(self) -> Floats:
        """The reciprocal matrix, NaN where unanswered; several answers to a pair are averaged (log)."""
        n = len(self.labels)
        table = np.full((n, n), np.nan)
        np.fill_diagonal(table, 1.0)
        table[self._edges.first, self._edges.second] = np.exp(self._edges.logs)
        table[self._edges.second, self._edges.first] = np.exp(-self._edges.logs)
        return table

    @property
    def unlinked(self) -> tuple[tuple[str, ...], ...]:
        """The groups of labels that answers link; a single group where everything is linked."""
        return tuple(tuple(self.labels[i] for i in group) for group in priorities.components(self._edges))

    def priorities(self, method: str = "llsm") -> Weights:
        """Return the priorities, summing to 1, with their provenance.

        Parameters
        ----------
        method
            ``llsm``: log least squares on the answers, with the covariance GCI · L⁺ of the centred
            log priorities where at least one answer can be checked. ``eigenvector``: principal
            eigenvector of the matrix, completed for the least λ_max where incomplete.

        Raises
        ------
        InputError
            If the method is unknown, or the answers leave labels unlinked.
        """
        if method not in METHODS:
            raise InputError(
                Fault("no such prioritisation method", found=repr(method), expected=f"one of {list(METHODS)}")
            )
        self._require_linked()
        freedom = max(len(self._edges) - len(self.labels) + 1, 0)
        if method == "eigenvector":
            array, _ = priorities.principal_eigenvector(priorities.optimal_completion(self.matrix))
            covariance = None
        else:
            array = priorities.log_priorities_to_weights(priorities.log_least_squares(self._edges))
            covariance = self._covariance()
        values = dict(zip(self.labels, array.tolist(), strict=True))
        return Weights(
            values,
            provenance=self._provenance(values, method),
            covariance=covariance,
            degrees_of_freedom=freedom if method == "llsm" else None,
        )

    def consistency(self, random_index: str = "alonso-lamata") -> Consistency:
        """Return how well the answers fit together.

        Parameters
        ----------
        random_index
            Name of the table behind the consistency ratio, see `RANDOM_INDICES`.

        Raises
        ------
        InputError
            If the table is unknown or ends before the number of labels, or labels are unlinked.
        """
        self._require_linked()
        return consistency.consistency_of(self._edges, self.matrix, random_index)

    def review(self, threshold: float = DOUBT_FACTOR) -> Review:
        """Return the answers to look at again, worst first, with what the others imply instead.

        Parameters
        ----------
        threshold
            Factor between given and implied from which an answer is doubted, ≥ 1.

        Raises
        ------
        InputError
            If the answers leave labels unlinked, or the threshold is no number ≥ 1.
        """
        if not is_finite(threshold) or threshold < 1:
            raise InputError(Fault("the threshold is no factor", found=repr(threshold), expected="a number ≥ 1"))
        self._require_linked()
        return review(self.labels, self._edges, threshold)

    def next_pair(self) -> tuple[str, str] | None:
        """Return the unanswered pair that would teach most, None when complete.

        The pair with the largest effective resistance (D-optimal); pairs that join unlinked groups
        come first; ties go to the least-asked labels and then to label order.
        """
        pair = questions.next_pair(self._edges)
        return None if pair is None else (self.labels[pair[0]], self.labels[pair[1]])

    def koczkodaj(self) -> float:
        """Return Koczkodaj's index: the worst triad, 0 (consistent) … 1."""
        return consistency.koczkodaj_index(self.matrix)

    def congruence(self) -> float:
        """Return the congruence of Siraj, Mikhailov and Keane (2015), 0 where consistent.

        Raises
        ------
        InputError
            If a pair is unanswered.
        """
        return consistency.congruence(self._complete_matrix("congruence"))

    def dissonance(self) -> float:
        """Return the dissonance of Siraj, Mikhailov and Keane (2015): ordinal contradictions, 0 … 1.

        Raises
        ------
        InputError
            If a pair is unanswered.
        """
        return consistency.dissonance(self._complete_matrix("dissonance"))

    def completed(self) -> Floats:
        """Return the matrix with unanswered pairs filled for the least λ_max (Bozóki et al. 2010)."""
        self._require_linked()
        return priorities.optimal_completion(self.matrix)

    def __repr__(self) -> str:
        n = len(self.labels)
        return f"Comparisons({list(self.labels)}, {len(self._edges)} of {n * (n - 1) // 2} pairs answered)"

    def _repr_html_(self) -> str:
        heads = "".join(f"<th>{escape(label)}</th>" for label in self.labels)
        rows = [
            f"<tr><th>{escape(label)}</th>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>"
            for label, row in zip(self.labels, self.matrix.tolist(), strict=True)
        ]
        return f"<table><thead><tr><th></th>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"

    def _require_linked(self) -> None:
        groups = self.unlinked
        if len(groups) > 1:
            words = " | ".join(", ".join(group) for group in groups)
            raise InputError(
                Fault(
                    "the answers leave labels unlinked",
                    found=words,
                    expected="a chain of answers between any two labels",
                    mend=f"Answer at least {len(groups) - 1} more: one between each part and another",
                )
            )

    def _complete_matrix(self, what: str) -> Floats:
        if not self.is_complete:
            raise InputError(Fault(f"the {what} needs every pair", found=repr(self), expected="a complete set"))
        return self.matrix

    def _covariance(self) -> Floats | None:
        gci = consistency.geometric_consistency_index(self._edges)
        return None if gci is None else gci * priorities.laplacian_inverse(self._edges)

    def _provenance(self, values: Mapping[str, float], method: str) -> dict[str, Provenance]:
        parts = tuple(answer.provenance() for answer in self.answers)
        people = len({answer.expert for answer in self.answers})
        who = f" by {people} experts" if people > 1 else ""
        answers = f"{len(parts)} answer{'' if len(parts) == 1 else 's'}"
        how = f"{_HOW[method]} of {answers}{who} about {len(self.labels)} items"
        facts = {"method": method, "answers": len(parts), "experts": people}
        return {
            label: Provenance(f"weight of {label}", value, how, parts=parts, facts=facts)
            for label, value in values.items()
        }


def _cell(value: float) -> str:
    if math.isnan(value):
        return "·"
    inverse = 1 / value
    if value < 1 and math.isclose(inverse, round(inverse), rel_tol=1e-9):
        return f"1/{round(inverse)}"
    return f"{value:.3g}"


def _is_list(values: object) -> bool:
    return isinstance(values, Sequence | np.ndarray) and not isinstance(values, str)


def _is_answered(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _in_label_order(frame: pd.DataFrame, names: tuple[str, ...], faults: Faults) -> Floats | pd.DataFrame:
    """Return a frame's rows and columns in the order of the labels; a frame without labels as it is."""
    if all(axis.equals(pd.RangeIndex(len(axis))) for axis in (frame.index, frame.columns)):
        return frame
    for what, given in (("rows", frame.index), ("columns", frame.columns)):
        if sorted(str(label) for label in given) != sorted(names):
            found = str([str(label) for label in given])
            faults.add(f"the matrix's {what} are not the labels", found=found, expected=str(list(names)))
    faults.raise_if_any()
    named = frame.set_axis([str(label) for label in frame.index]).set_axis([str(c) for c in frame.columns], axis=1)
    return named.loc[list(names), list(names)]


def _as_square(matrix: npt.ArrayLike | pd.DataFrame, n: int, faults: Faults) -> Floats:
    try:
        table = np.array(matrix, dtype=np.float64)
    except (TypeError, ValueError):
        faults.add("the matrix does not hold numbers in equally long rows", expected="a square table of numbers")
        return np.empty((0, 0))
    if table.shape != (n, n):
        shape = " × ".join(str(side) for side in table.shape)
        faults.add("the matrix has the wrong shape", found=shape, expected=f"{n} × {n}, one row and column a label")
    return table


def _upper_answers(names: tuple[str, ...], table: Floats, faults: Faults) -> list[Answer]:
    for name, value in zip(names, np.diag(table).tolist(), strict=True):
        if value != 1.0:
            faults.add("the matrix's diagonal is not 1", place=f"{name!r} against itself", found=f"{value:g}")
    answers = []
    for i, j in combinations(range(len(names)), 2):
        value, reverse = float(table[i, j]), float(table[j, i])
        place = f"{names[i]!r} against {names[j]!r}"
        if math.isnan(value) and math.isnan(reverse):
            continue
        if not (0 < value < math.inf and 0 < reverse < math.inf):
            faults.add(
                "an entry of the matrix is not a positive number",
                place=place,
                found=f"{value:g} and {reverse:g} the other way round",
                expected="two positive numbers, or NaN in both places where unanswered",
            )
        elif abs(value * reverse - 1.0) > RECIPROCAL_TOLERANCE * (1 + 1e-9):
            faults.add(
                "the matrix is not reciprocal",
                place=place,
                found=f"{value:g} and {reverse:g} the other way round",
                expected=f"{1 / value:g} the other way round",
            )
        else:
            answers.append(Answer(names[i], names[j], math.sqrt(value / reverse)))
    return answers
