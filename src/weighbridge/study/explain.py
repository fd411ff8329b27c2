"""Why a molecule stands where it stands, and why a criterion weighs what it weighs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from weighbridge.core.weights import Provenance
from weighbridge.errors import Fault, InputError

if TYPE_CHECKING:
    from weighbridge.study.decision import Decision

__all__ = ["Explanation", "explain"]


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """An answer to "why?".

    Attributes
    ----------
    subject, kind
        What is explained, and whether it is a ``molecule``, an ``excluded`` molecule or a
        ``criterion``.
    sentences
        The answer in words.
    table
        The numbers behind it; empty where there are none.
    provenance
        For a criterion, where its weight comes from, down to single judgements.
    molecules
        The molecules it is about with ``smiles`` and the numbers that belong to each: the one
        explained with its contributions, or all ranked ones with the criterion's values.
    """

    subject: str
    kind: str
    sentences: tuple[str, ...]
    table: pd.DataFrame
    provenance: Provenance | None = None
    molecules: pd.DataFrame = field(default_factory=pd.DataFrame)

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as JSON-ready values."""
        rows = self.table.reset_index().to_dict(orient="records")
        return {
            "subject": self.subject,
            "kind": self.kind,
            "sentences": list(self.sentences),
            "table": [{str(key): (None if pd.isna(value) else value) for key, value in row.items()} for row in rows],
            "provenance": None if self.provenance is None else self.provenance.to_dict(),
        }

    def __repr__(self) -> str:
        return f"Explanation({self.subject!r}, {self.kind}: {self.sentences[0]})"

    def __str__(self) -> str:
        parts = [*self.sentences]
        if len(self.table):
            parts.append(self.table.to_string())
        if self.provenance is not None:
            parts.append(str(self.provenance))
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        from html import escape

        words = "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)
        tree = f"<pre>{escape(str(self.provenance))}</pre>" if self.provenance is not None else ""
        return words + (self.table.to_html() if len(self.table) else "") + tree


def explain(decision: Decision, name: str) -> Explanation:
    """Explain a criterion (by its name) or a molecule (by its id or name).

    Raises
    ------
    InputError
        If the name is neither, with the closest that there are.
    """
    if name in decision.plans:
        return _criterion(decision, name)
    label = _find_molecule(decision, name)
    for exclusion in decision.excluded:
        if exclusion.molecule == label:
            sentence = (
                f"{label} was not ranked: it failed the gate {exclusion.gate!r} ({exclusion.found}). {exclusion.reason}"
            )
            molecules = pd.DataFrame({"gate": [exclusion.gate], "found": [exclusion.found]}, index=[label])
            about = _with_structures(decision, molecules)
            return Explanation(str(label), "excluded", (sentence,), pd.DataFrame(), molecules=about)
    return _molecule(decision, label)


def _find_molecule(decision: Decision, name: str) -> Any:
    molecules = decision.study.molecules
    if name in molecules.index:
        return name
    named = molecules.index[molecules["name"].astype(str) == name]
    if len(named) == 1:
        return named[0]
    if len(named) > 1:
        raise InputError(Fault("several molecules have this name", found=repr(name), expected=f"an id: {list(named)}"))
    from difflib import get_close_matches

    known = [str(item) for item in (*decision.plans, *molecules.index, *molecules["name"].dropna())]
    by_lower = {item.lower(): item for item in reversed(known)}
    close = [repr(by_lower[item]) for item in get_close_matches(name.lower(), by_lower, 3)]
    mend = f"Did you mean {' or '.join(close)}?" if close else ""
    expected = "the id or name of a molecule, or one of the criteria " + ", ".join(map(repr, decision.plans))
    raise InputError(Fault("neither a molecule nor a criterion of the study", "", "", repr(name), expected, mend))


def _molecule(decision: Decision, label: Any) -> Explanation:
    ranking, matrix = decision.ranking, decision.matrix
    row = matrix.labels.get_loc(label)
    assert isinstance(row, int)
    rank = int(ranking.ranks.iloc[row])
    contributions = ranking.contributions_of([row]).iloc[0]
    base = float(ranking.base_of([row]).iloc[0])
    table = pd.DataFrame(
        {
            "value": matrix.values[row],
            "low": matrix.low[row],
            "high": matrix.high[row],
            "unit": [criterion.unit for criterion in matrix.criteria.values()],
            "weight": [decision.weights[name] for name in matrix.names],
            "contribution": contributions.to_numpy(),
        },
        index=pd.Index(matrix.names, name="criterion"),
    )
    leader_row = int(ranking.order[0])
    if leader_row != row:
        best = ranking.contributions_of([leader_row]).iloc[0]
        table["against the first"] = contributions.to_numpy() - best.to_numpy()
    numbers = {"rank": rank, "score": float(ranking.scores.iloc[row])}
    numbers |= {name: matrix.values[row, j] for j, name in enumerate(matrix.names)}
    numbers |= {f"contribution of {name}": float(contributions[name]) for name in matrix.names}
    about = _with_structures(decision, pd.DataFrame([numbers], index=[label]))
    return Explanation(
        str(label), "molecule", _molecule_words(decision, label, row, rank, base), table, molecules=about
    )


def _with_structures(decision: Decision, frame: pd.DataFrame) -> pd.DataFrame:
    """Put the molecules' SMILES and names before their numbers; None where unknown."""
    known = decision.study.molecules.loc[frame.index, ["smiles", "name"]]
    return pd.concat([known, frame], axis=1)


def _molecule_words(decision: Decision, label: Any, row: int, rank: int, base: float) -> tuple[str, ...]:
    ranking = decision.ranking
    total = len(ranking.labels)
    tied = ", tied" if bool(ranking.ties.iloc[row]) else ""
    score = float(ranking.scores.iloc[row])
    words = [f"{label} is {_ordinal(rank)} of {total} by {ranking.method}{tied}, with a score of {score:.4g}."]
    if label in decision.chosen:
        words.append(f"It is among the {len(decision.chosen)} chosen.")
    elif label in decision.chosen.passed_over:
        words.append(f"It was passed over: {decision.chosen.passed_over[label]}.")
    elif label in decision.chosen.tied_at_cut:
        words.append("It is tied at the cut: whether it is chosen is for people to decide.")
    else:
        words.append("It is not among the chosen.")
    if base:
        words.append(f"The contributions add up to the score less {base:.4g}, the score of the worst case.")
    else:
        words.append("The contributions add up to the score.")
    elsewhere = [f"{_ordinal(int(other.ranks.iloc[row]))} by {name}" for name, other in decision.others.items()]
    if elsewhere:
        words.append(f"Other methods place it {', '.join(elsewhere)}.")
    return tuple(words)


def _criterion(decision: Decision, name: str) -> Explanation:
    plan = decision.plans[name]
    criterion = plan.criterion
    effective = float(decision.ranking.effective_weights[name])
    more = "more is better" if criterion.direction == "gain" else "less is better"
    span = f", from {criterion.worst:g} (worst) to {criterion.best:g} (best)" if criterion.worst is not None else ""
    unit = f" in {criterion.unit}" if criterion.unit else ""
    words = [
        f"{name}: {plan.how}{unit}; {more}{span}.",
        f"It weighs {decision.weights[name]:.1%} and causes {effective:.1%} of the ranking's spread.",
    ]
    if criterion.definition:
        words.append(criterion.definition)
    for key, (before, after) in plan.departures.items():
        change = f"declares {key} {after}" if before in (None, "") else f"changes {key} from {before} to {after}"
        words.append(f"The study {change}. {plan.reason}".strip())
    j = decision.matrix.names.index(name)
    values = {"rank": decision.ranking.ranks, "score": decision.ranking.scores, name: decision.matrix.values[:, j]}
    about = _with_structures(decision, pd.DataFrame(values).iloc[decision.ranking.order])
    provenance = decision.weights.explain(name)
    return Explanation(name, "criterion", tuple(words), pd.DataFrame(), provenance, about)


def _ordinal(number: int) -> str:
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
