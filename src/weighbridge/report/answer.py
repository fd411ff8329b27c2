"""The answer in plain words: who was chosen, how, how far ahead, and what to keep in mind."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from weighbridge.report.numbers import percent, significant
from weighbridge.report.words import criterion_titles, joined, method_title, molecule_name, source_titles

if TYPE_CHECKING:
    from weighbridge.study.decision import Decision

__all__ = ["Answer", "Chosen", "answer"]

NAMED_AT_MOST: Final = 10
RULE_WORDS: Final = {
    "judged": "as the experts judged them",
    "rated": "as their indicators rate them",
    "blend": "a blend of judged and rated",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """One chosen molecule: id, name (may be empty) and rank."""

    label: str
    name: str
    rank: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page says first.

    Attributes
    ----------
    headline
        One sentence.
    chosen
        From best to worst.
    sentences
        What else belongs to the answer, the most important first.
    """

    headline: str
    chosen: tuple[Chosen, ...]
    sentences: tuple[str, ...]


def answer(decision: Decision) -> Answer:
    """Return the answer to the study's question in plain words."""
    ranks = decision.ranking.ranks
    molecules = decision.study.molecules
    chosen = tuple(
        Chosen(str(label), molecule_name(molecules, label), int(ranks[label])) for label in decision.chosen.chosen
    )
    total, m = decision.matrix.shape
    headline = (
        f"{len(chosen)} of {total} molecule{'' if total == 1 else 's'} {_were(len(chosen))} chosen, "
        f"by {method_title(decision.ranking.method)} on {m} criteri{'on' if m == 1 else 'a'}."
    )
    sentences = (_lead(decision), _at_the_cut(decision), _ties(decision), _passed_over(decision))
    more = (_excluded(decision), _trust(decision), _weights(decision), _methods(decision), _warnings(decision))
    return Answer(headline, chosen, tuple(sentence for sentence in (*sentences, *more) if sentence))


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _lead(decision: Decision) -> str:
    ranking = decision.ranking
    if len(ranking.labels) < 2:
        return "There is one molecule only: nothing stands beside it."
    leaders = [str(label) for label in ranking.labels[ranking.ranks.to_numpy() == 1]]
    scores = ranking.scores_array[ranking.order]
    if len(leaders) > 1:
        return f"{_named(leaders)} share the first place with a score of {significant(scores[0])}."
    gap = abs(float(scores[0] - scores[1]))
    span = float(np.ptp(scores))
    share = f", {percent(gap / span)} of the whole spread of scores" if span > 0 else ""
    second = ranking.labels[int(ranking.order[1])]
    return (
        f"{leaders[0]} comes first with a score of {significant(scores[0])}"
        f"{'' if ranking.higher_is_better else ' (less is better)'}, "
        f"{significant(gap, 2)} ahead of {second}{share}."
    )


def _next_best(decision: Decision) -> Any:
    """Return the best molecule that is neither chosen nor passed over by a rule; None where there is none."""
    for row in decision.ranking.order:
        label = decision.ranking.labels[int(row)]
        if label not in decision.chosen and label not in decision.chosen.passed_over:
            return label
    return None


def _at_the_cut(decision: Decision) -> str:
    following = _next_best(decision)
    if following is None or not decision.chosen.chosen or decision.chosen.tied_at_cut:
        return ""
    scores, last = decision.ranking.scores, decision.chosen.chosen[-1]
    gap = abs(float(scores[last] - scores[following]))
    return f"At the cut, the last chosen ({last}) is {significant(gap, 2)} ahead of the next ({following})."


def _ties(decision: Decision) -> str:
    tied = decision.chosen.tied_at_cut
    if not tied:
        return ""
    rule = decision.chosen.rule or "no rule says which of them is chosen: that is for people to decide"
    return f"{_named(tied)} are tied at the cut; {rule}."


def _passed_over(decision: Decision) -> str:
    count = len(decision.chosen.passed_over)
    if not count:
        return ""
    return f"{count} {_were(count)} passed over by a rule: {_named(decision.chosen.passed_over)}."


def _excluded(decision: Decision) -> str:
    if not decision.excluded:
        return ""
    gates = Counter(exclusion.gate for exclusion in decision.excluded)
    count = len(decision.excluded)
    if len(gates) == 1:
        return f"{count} {_were(count)} not ranked: excluded by the gate “{next(iter(gates))}”."
    words = joined([f"{number} excluded by the gate “{gate}”" for gate, number in gates.items()])
    return f"{count} {_were(count)} not ranked: {words}."


def _trust(decision: Decision) -> str:
    if len(decision.trust.used) < 2:
        return ""
    titles = source_titles(decision)
    shares = joined([f"{titles.get(name, name)} {percent(share)}" for name, share in decision.trust.used.items()])
    return f"Trust in the sources ({RULE_WORDS.get(decision.trust.rule, decision.trust.rule)}): {shares}."


def _weights(decision: Decision) -> str:
    titles, effective = criterion_titles(decision), decision.ranking.effective_weights
    if not effective.any() or len(titles) < 2:
        return ""
    strongest = str(effective.idxmax())
    most = max(decision.weights.values())
    heaviest = [name for name in titles if math.isclose(decision.weights[name], most, rel_tol=1e-12)]
    who = "The panel gives" if decision.study.file.panel else "The study gives"
    each = f"({percent(most)}{' each' if len(heaviest) > 1 else ''})"
    words = f"{who} most weight to {joined([titles[name] for name in heaviest])} {each}"
    if heaviest == [strongest]:
        return f"{words}, and it also moves the ranking most ({percent(effective[strongest])} of the spread)."
    return (
        f"{words}; what moves the ranking most is {titles[strongest]} ({percent(effective[strongest])} of the spread)."
    )


def _methods(decision: Decision) -> str:
    if decision.agreement is None or len(decision.ranking.labels) < 2:
        return ""
    own = decision.ranking.method
    overlap = decision.agreement.top_overlap.loc[own].drop(own)
    words = joined([f"{method_title(str(name))} {percent(share)}" for name, share in overlap.items()])
    k = decision.agreement.k
    return f"Overlap of the first {k} with other methods, as a share of all in the first {k} of either: {words}."


def _warnings(decision: Decision) -> str:
    count = sum(finding.severity == "warning" for finding in decision.findings)
    if not count:
        return ""
    return f"{count} warning{'s' if count > 1 else ''} deserve{'' if count > 1 else 's'} a second look before deciding."


def _named(labels: Any) -> str:
    names = [str(label) for label in labels]
    if len(names) > NAMED_AT_MOST:
        return f"{', '.join(names[:NAMED_AT_MOST])} and {len(names) - NAMED_AT_MOST} more"
    return joined(names)
