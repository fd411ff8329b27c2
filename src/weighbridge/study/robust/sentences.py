"""The three sentences that matter first, built from the numbers and claiming no more than they do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import compress
from typing import TYPE_CHECKING, Any, Final

from weighbridge.robustness.share_words import PER_CENT, number_words, percent_words, share_words

if TYPE_CHECKING:
    from weighbridge.robustness.stability import StabilityIntervals
    from weighbridge.study.robust.ends import UnknownEffect
    from weighbridge.study.robust.value import Robustness

__all__ = ["ENOUGH", "FIRM", "NOT_ASKED", "OPEN", "asked_sentences", "sentences", "undecided"]

FIRM: Final = 0.9
"""A molecule that is among the first k in at least this share of the draws is firmly in."""

OPEN: Final = 0.1
"""One that is in at least this share of them, and not firmly in, is neither in nor out."""

ENOUGH: Final = 100
"""With fewer draws nobody is called firm or open: 90 % of 20 draws is 18, give or take 3."""

NOT_ASKED: Final = "not asked for"
"""The reason of a part that nobody wanted, which is no news."""

_NAMED: Final = 3
"""Up to so many molecules are named, of more the first ones and the number of the others."""


def sentences(found: Robustness) -> tuple[str, str, str]:
    """Return how sure the choice is, what could change it most, and what to do about the cut."""
    total = len(found.decision.ranking.labels)
    if total <= found.standing.top:
        who = "The one molecule is" if total == 1 else f"All {total} molecules are"
        places = "is 1 place" if found.standing.top == 1 else f"are {found.standing.top} places"
        return (
            f"{who} in: there {places}, and nobody is left out.",
            "Nothing could change who is in.",
            "There is no cut, and nothing to tell apart.",
        )
    return how_sure(found), what_could_change(found), at_the_cut(found)


def asked_sentences(found: Robustness) -> tuple[str, ...]:
    """Return the sentences without those about parts that nobody asked for.

    A sentence about a part that was asked for and could not be computed stays, for it has the reason.
    """
    drawn = found.refused.get("acceptability") != NOT_ASKED
    changes = found.refused.get("intervals") != NOT_ASKED or bool(_changes(found))
    return tuple(compress(found.sentences, (drawn, changes, drawn)))


def undecided(found: Robustness) -> list[Any]:
    """Return the molecules that are neither firmly in nor clearly out, best rank first."""
    probability = found.top_probability
    if probability is None:
        return []
    ranking = found.decision.ranking
    ordered = probability.iloc[ranking.order]
    return [label for label, share in ordered.items() if OPEN <= share < FIRM]


def how_sure(found: Robustness) -> str:
    """Say how many of the first k stay there, and how many places are open to how many others."""
    probability, standing = found.top_probability, found.standing
    if probability is None:
        return f"How sure the choice is was not computed: {_reason(found, 'acceptability')}."
    draws = f"{_count(_drawn(found), 'draw')} of {_what_is_drawn(found)}"
    if _drawn(found) < ENOUGH:
        return f"How sure the choice is: {_too_few(draws)}."
    if len(standing.first) == 1:
        label = standing.first[0]
        share = share_words(float(probability[label]))
        others = [one for one in undecided(found) if one != label]
        rivals = f"; {_named(others)} {_be(others)} first in at least {percent_words(OPEN)}" if others else ""
        return f"{label}, {_first_words(found)}, is first in {share} of {draws}{rivals}."
    firm = [label for label in standing.first if probability[label] >= FIRM]
    rivals_found = [label for label in undecided(found) if label not in set(standing.first)]
    total = len(standing.first)
    inside = f"{_how_many(len(firm), total)} of {_first_words(found)} {'is' if len(firm) == 1 else 'are'}"
    text = f"{inside} {_place(standing.top)} in at least {percent_words(FIRM)} of {draws}"
    left = total - len(firm)
    if not left:
        return f"{text}: no place is open."
    places = f"{'all ' if left == total else ''}{left} {'place is' if left == 1 else 'places are'} open"
    if not rivals_found:
        return f"{text}; {places}."
    rivals = f"{_count(len(rivals_found), 'molecule')} further down {'gets' if len(rivals_found) == 1 else 'get'} there"
    return f"{text}; {places}, and {rivals} in at least {percent_words(OPEN)}."


def _place(top: int) -> str:
    return "first" if top == 1 else f"among the first {top}"


def _first_words(found: Robustness, *, brief: bool = False) -> str:
    """Say who is first today; unless `brief` with what sets them apart from the chosen."""
    standing = found.standing
    count = len(standing.first)
    if standing.are_chosen:
        return "the molecule chosen" if count == 1 else f"the {count} molecules chosen"
    own = standing.top == found.decision.study.file.choose.k
    departs = own and not brief
    aside = " of the ranking" + (" (the choice departs from it by its cap or its tie)" if departs else "")
    return ("the first molecule" if count == 1 else f"the first {count} molecules") + aside


def _how_many(count: int, total: int) -> str:
    if count == total:
        return "All"
    return "None" if count == 0 else str(count)


def _drawn(found: Robustness) -> int:
    return int(found.acceptability["all"].samples)


def _too_few(draws: str) -> str:
    return f"too few draws to say ({draws}; {ENOUGH} are the least)"


def _what_is_drawn(found: Robustness) -> str:
    weights = found.draws is not None and found.draws.varies
    return " and ".join(
        word for word, drawn in (("the weights", weights), ("the scores", bool(found.uncertainty.basis))) if drawn
    )


def what_could_change(found: Robustness) -> str:
    """Say whether weights or scores matter more, which weight has the least room, and which unknown matters."""
    parts = _changes(found)
    if not parts:
        return f"What could change it was not computed: {_reason(found, 'intervals')}."
    return " ".join(parts)


def _changes(found: Robustness) -> list[str]:
    return [part for part in (_cause(found), _least_room(found), _unknowns(found)) if part]


def _cause(found: Robustness) -> str:
    """Compare what the weights and the scores alone replace, on average over the draws."""
    if not {"weights", "scores"} <= set(found.acceptability) or _drawn(found) < ENOUGH:
        return ""
    lost = {
        cause: sum(1.0 - float(found.acceptability[cause].top_probability[label]) for label in found.standing.first)
        for cause in ("weights", "scores")
    }
    more, less = sorted(lost, key=lambda cause: -lost[cause])
    total, whom = len(found.standing.first), _first_words(found, brief=True)
    if lost[more] < 0.05:
        return (
            f"Neither the weights nor the scores alone replace {f'any of {whom}' if total > 1 else whom} to speak of."
        )
    write = share_words if total == 1 else number_words
    numbers = write(lost[more]), write(lost[less])
    alike = numbers[0] == numbers[1]
    head = (
        "The weights and the scores could change it alike"
        if alike
        else f"The {more} could change it more than the {less}"
    )
    both = numbers[0] if alike else " and ".join(numbers)
    if total == 1:
        return f"{head}: alone they put another molecule first in {both} of the draws."
    return f"{head}: alone they replace {both} of {whom} on average."


def _least_room(found: Robustness) -> str:
    """Name the weight with the least room in relation to itself, and who overtakes whom there."""
    intervals = found.intervals
    nearest = None if intervals is None else nearest_end(intervals)
    if intervals is None:
        return ""
    if nearest is None:
        return "No single weight, moved alone, changes it."
    name, low = nearest
    one, today = intervals[name], intervals.weights[name]
    end, comer = (one.low, one.overtaker_low) if low else (one.high, one.overtaker_high)
    passed = intervals.overtaken[name][0 if low else 1]
    title = criterion_title(found, name)
    word = "below" if low else "above"
    now, there = _apart(today, end)
    return (
        f"Of the weights that of {title!r} has the least room: {word} {there} instead of {now} "
        f"{comer} overtakes {passed}."
    )


def nearest_end(intervals: StabilityIntervals) -> tuple[str, bool] | None:
    """Return the criterion whose weight has the least way to go in relation to itself, and whether downwards.

    None where no weight changes the set.
    """
    ways: list[tuple[float, str, bool]] = []
    for name, one in intervals.items():
        today = intervals.weights[name]
        if one.overtaker_low is not None and today > 0:
            ways.append(((today - one.low) / today, name, True))
        if one.overtaker_high is not None and today > 0:
            ways.append(((one.high - today) / today, name, False))
    if not ways:
        return None
    _, name, low = min(ways, key=lambda way: way[0])
    return name, low


def _unknowns(found: Robustness) -> str:
    if "unknowns" in found.refused:
        return ""
    if not found.unknowns:
        return ""
    able = sorted((one for one in found.unknowns if one.could_change), key=lambda one: -one.moves)
    total, things = len(found.unknowns), "not known of the sources"
    if not able:
        return _harmless(found.unknowns, things)
    first = _unknown_words(found, able[0])
    if total == 1:
        return f"The one thing {things} could change it: {first}."
    if len(able) == total:
        return f"All {total} things {things} could change it, most of all {first}."
    joint = ":" if len(able) == 1 else ", most of all"
    return f"Of the {total} things {things} {len(able)} could change it{joint} {first}."


def _harmless(effects: Sequence[UnknownEffect], things: str) -> str:
    """Say that no unknown changes the choice, and no more than that where an end of one has no ranking."""
    total, missed = len(effects), sum(bool(one.refused) for one in effects)
    if not missed:
        checked = _how_checked(effects)
        if total == 1:
            return f"The one thing {things} cannot change it{checked}."
        return f"None of the {total} things {things} can change it by itself{checked}."
    if total == 1:
        return f"The one thing {things} does not change it where it could be tried; not all of its interval could be."
    return f"None of the {total} things {things} was found to change it by itself; {missed} could not be fully tried."


def _how_checked(effects: Sequence[UnknownEffect]) -> str:
    return "" if all(one.guarantee == "exact" for one in effects) else " (tried at both ends and nine points between)"


def _unknown_words(found: Robustness, effect: UnknownEffect) -> str:
    source = found.decision.study.sources[effect.unknown.source].title or effect.unknown.source
    title = effect.unknown.title
    ends = [end for end in (effect.low, effect.high) if end is not None and end.top_changed]
    if not ends:
        return f"{title!r} of {source} between its ends ({_named(effect.between)} in or out)"
    end = max(ends, key=lambda one: len(one.entering))
    moves = [f"{_named(end.entering)} in" if end.entering else "", f"{_named(end.leaving)} out" if end.leaving else ""]
    return f"{title!r} of {source} ({', '.join(move for move in moves if move)})"


def at_the_cut(found: Robustness) -> str:
    """Say which molecules are neither in nor out, and what would tell them apart."""
    if found.top_probability is None:
        return f"Which molecules cannot be told apart at the cut was not computed: {_reason(found, 'acceptability')}."
    if _drawn(found) < ENOUGH:
        draws = _count(_drawn(found), "draw")
        return f"Which molecules cannot be told apart at the cut: {_too_few(draws)}."
    open_ones = undecided(found)
    if not open_ones:
        return (
            f"At the cut nothing is open: each molecule is {_place(found.standing.top)} in at least "
            f"{percent_words(FIRM)} of the draws, or in less than {percent_words(OPEN)}."
        )
    ranks = found.decision.ranking.ranks[open_ones]
    span = f"rank {ranks.min()}" if ranks.min() == ranks.max() else f"ranks {ranks.min()} to {ranks.max()}"
    one = len(open_ones) == 1
    subject = f"{_named(open_ones)} ({span}) {'is' if one else 'are'} neither in nor out"
    meaning = (
        f"{'it' if one else 'each'} is {_place(found.standing.top)} in {percent_words(OPEN)} to {percent_words(FIRM)}"
    )
    return f"{subject}: {meaning} of the draws.{_remedy(found, one=one)}"


def _remedy(found: Robustness, *, one: bool) -> str:
    if not found.influences:
        return ""
    first = found.influences[0]
    whom = "it" if one else "them"
    if first.criterion is None:
        return f" The weights move {whom} most: the panel could settle it sooner than a measurement."
    title = criterion_title(found, first.criterion)
    predicted = found.decision.plans[first.criterion].kind == "score"
    what = f"A measurement in place of {title!r}" if predicted else f"A more certain {title!r}"
    only = ", the only score with a stated uncertainty," if set(found.uncertainty.basis) == {first.criterion} else ""
    return f" {what}{only} would help most, for its uncertainty moves {whom} furthest."


def criterion_title(found: Robustness, name: str) -> str:
    """Return a criterion's title for people: the one the study gives it, else its name."""
    stated = found.decision.study.file.criteria.get(name)
    return (stated.title if stated is not None else "") or name


def _reason(found: Robustness, part: str) -> str:
    # What was expected and how to mend it stands beside the reason in `refused`; a sentence has room for the reason.
    return found.refused.get(part, "nothing is uncertain").split(";")[0].split(". ")[0].rstrip(".")


def _named(labels: Sequence[Any]) -> str:
    """Name a few molecules, or the first of many and how many more."""
    names = [str(label) for label in labels]
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _be(labels: Sequence[Any]) -> str:
    return "is" if len(labels) == 1 else "are"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _apart(first: float, second: float) -> tuple[str, str]:
    """Write two shares with as many digits as show that they differ, two at least."""
    texts = ("", "")
    for digits in range(2, 7):
        texts = _digits(first, digits), _digits(second, digits)
        if texts[0] != texts[1]:
            break
    return texts


def _digits(share: float, digits: int) -> str:
    percent = share * 100
    if percent == 0:
        return f"0{PER_CENT}"
    places = max(0, digits - 1 - math.floor(math.log10(abs(percent))))
    return f"{percent:.{places}f}{PER_CENT}"
