"""The three sentences: every number in them is one that was computed, and the grammar holds for one and for many."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from weighbridge.core.weights import Weights
from weighbridge.robustness.stability import StabilityInterval, StabilityIntervals
from weighbridge.robustness.variations import Variation
from weighbridge.study.decision import Decision
from weighbridge.study.robust.draws import draw_weights
from weighbridge.study.robust.ends import UnknownEffect
from weighbridge.study.robust.sentences import (
    ENOUGH,
    NOT_ASKED,
    asked_sentences,
    at_the_cut,
    how_sure,
    nearest_end,
    sentences,
    undecided,
    what_could_change,
)
from weighbridge.study.robust.telling import Influence
from weighbridge.study.robust.uncertain import ScoreUncertainty, score_uncertainty
from weighbridge.study.robust.unknowns import Unknown
from weighbridge.study.robust.value import Robustness, Standing

PER_CENT = "\u00a0%"


def drawn(shares: dict[str, float], samples: int = 10_000) -> Any:
    """Return what stands for draws of which only the shares and their number are read."""
    every = {f"M{i}": 0.0 for i in range(1, 9)}
    return SimpleNamespace(top_probability=pd.Series({**every, **shares}), samples=samples, notes=())


def robustness(decision: Decision, *, top: int = 3, **fields: Any) -> Robustness:
    """Return a value with the decision's order and the given parts."""
    order = [decision.ranking.labels[int(row)] for row in decision.ranking.order]
    standing = fields.pop("standing", Standing(top, tuple(order[:top]), are_chosen=True))
    base = {"draws": draw_weights(decision, 20), "uncertainty": score_uncertainty(decision)}
    return Robustness(decision, standing, 10_000, 0, **{**base, **fields})


def first_of(decision: Decision, count: int) -> list[str]:
    """Return the labels of the first molecules."""
    return [decision.ranking.labels[int(row)] for row in decision.ranking.order[:count]]


def test_all_firm(decided: Decision) -> None:
    """Where every chosen molecule stays, no place is open."""
    shares = dict.fromkeys(first_of(decided, 3), 0.97)
    text = how_sure(robustness(decided, acceptability={"all": drawn(shares)}))
    assert text == (
        f"All of the 3 molecules chosen are among the first 3 in at least 90{PER_CENT} of 10,000 draws of "
        "the weights and the scores: no place is open."
    )


def test_some_open_with_rivals(decided: Decision) -> None:
    """Open places and the molecules that reach them are counted."""
    a, b, c, d, e = first_of(decided, 5)
    shares = {a: 0.99, b: 0.9, c: 0.55, d: 0.44, e: 0.12}
    text = how_sure(robustness(decided, acceptability={"all": drawn(shares, 512)}))
    assert text == (
        f"2 of the 3 molecules chosen are among the first 3 in at least 90{PER_CENT} of 512 draws of the weights "
        f"and the scores; 1 place is open, and 2 molecules further down get there in at least 10{PER_CENT}."
    )


def test_one_firm_one_rival(decided: Decision) -> None:
    """One molecule is, one rival gets: the verbs follow the numbers."""
    a, b, c, d = first_of(decided, 4)
    text = how_sure(robustness(decided, acceptability={"all": drawn({a: 1.0, b: 0.8, c: 0.7, d: 0.5})}))
    assert text.startswith("1 of the 3 molecules chosen is among")
    assert text.endswith(f"2 places are open, and 1 molecule further down gets there in at least 10{PER_CENT}.")


def test_none_firm(decided: Decision) -> None:
    """Where nobody is firm, all places are open, and without a rival none is named."""
    text = how_sure(robustness(decided, acceptability={"all": drawn(dict.fromkeys(first_of(decided, 3), 0.4))}))
    assert text.startswith("None of the 3 molecules chosen are among")
    assert text.endswith("all 3 places are open.")


def test_the_only_one_chosen(decided: Decision) -> None:
    """A choice of one is told by its own share, and who else comes first."""
    a, b = first_of(decided, 2)
    one = robustness(decided, top=1, acceptability={"all": drawn({a: 0.8714, b: 0.1286})})
    assert how_sure(one) == (
        f"{a}, the molecule chosen, is first in 87{PER_CENT} of 10,000 draws of the weights and the scores; "
        f"{b} is first in at least 10{PER_CENT}."
    )
    alone = robustness(decided, top=1, acceptability={"all": drawn({a: 0.99996, b: 0.00004})})
    assert how_sure(alone) == (
        f"{a}, the molecule chosen, is first in more than 99{PER_CENT} of 10,000 draws of the weights and the scores."
    )


def test_a_choice_that_departs_from_the_ranking_is_not_claimed(decided: Decision) -> None:
    """Under a cap the sentence speaks of the first of the ranking, not of the chosen."""
    first = tuple(first_of(decided, 3))
    standing = Standing(3, first, are_chosen=False)
    shares = dict.fromkeys(first, 0.95)
    text = how_sure(robustness(decided, standing=standing, acceptability={"all": drawn(shares)}))
    assert "the first 3 molecules of the ranking (the choice departs from it by its cap or its tie)" in text
    assert "chosen" not in text


@pytest.mark.parametrize(("weights", "scores", "words"), [(True, False, "the weights:"), (False, True, "the scores:")])
def test_only_what_was_drawn_is_named(decided: Decision, weights: bool, scores: bool, words: str) -> None:
    """Draws of the weights alone or the scores alone say so."""
    found = robustness(
        decided,
        acceptability={"all": drawn(dict.fromkeys(first_of(decided, 3), 1.0))},
        draws=draw_weights(decided, 20, panel=weights, unknowns=weights),
        uncertainty=score_uncertainty(decided) if scores else ScoreUncertainty(),
    )
    assert f"draws of {words}" in how_sure(found)


def test_what_was_not_computed_says_why(decided: Decision) -> None:
    """Without draws and intervals the sentences give the reasons instead of numbers."""
    found = robustness(decided, refused={"acceptability": "no form is known.", "intervals": "no form is known."})
    texts = sentences(found)
    assert texts[0] == "How sure the choice is was not computed: no form is known."
    assert texts[1] == "What could change it was not computed: no form is known."
    assert texts[2] == "Which molecules cannot be told apart at the cut was not computed: no form is known."


def causes(decided: Decision, weights: float, scores: float, top: int = 3) -> str:
    """Return the second sentence for shares of staying under each cause."""
    first = first_of(decided, top)
    found = {
        "all": drawn(dict.fromkeys(first, min(weights, scores))),
        "weights": drawn(dict.fromkeys(first, weights)),
        "scores": drawn(dict.fromkeys(first, scores)),
    }
    return what_could_change(robustness(decided, top=top, acceptability=found))


def test_the_larger_cause_is_named_with_both_numbers(decided: Decision) -> None:
    """How many of the chosen each cause replaces is one less the shares, summed."""
    assert causes(decided, 0.94, 0.6) == (
        "The scores could change it more than the weights: alone they replace 1.2 and 0.2 of the 3 molecules chosen "
        "on average."
    )
    assert causes(decided, 0.5, 0.99).startswith("The weights could change it more than the scores: alone they")


def test_a_choice_of_one_is_compared_by_shares(decided: Decision) -> None:
    """For one molecule the comparison is how often another one is first."""
    assert causes(decided, 0.97, 0.64, top=1) == (
        "The scores could change it more than the weights: alone they put another molecule first in "
        f"36{PER_CENT} and 3.0{PER_CENT} of the draws."
    )


def test_where_neither_matters_neither_is_blamed(decided: Decision) -> None:
    """If both replace practically nothing, no cause is called the larger."""
    assert causes(decided, 1.0, 0.99) == (
        "Neither the weights nor the scores alone replace any of the 3 molecules chosen to speak of."
    )


def intervals(**ends: tuple[float, float, Any, Any]) -> StabilityIntervals:
    """Return stability intervals for the small study's criteria; the passed are P and Q."""
    weights = Weights({"public_score": 0.3, "internal_score": 0.5, "solubility": 0.15, "cost": 0.05})
    free = {name: StabilityInterval(0.0, 1.0, None, None) for name in weights}
    found = {**free, **{name: StabilityInterval(*end) for name, end in ends.items()}}
    return StabilityIntervals(found, dict.fromkeys(weights, ("P", "Q")), weights, "topsis", {}, 3, ())


def test_the_weight_with_the_least_room_is_named(decided: Decision) -> None:
    """Least room is relative to the weight: 0.05 down to 0.04 is nearer than 0.5 up to 0.7."""
    found = intervals(internal_score=(0.0, 0.7, None, "M8"), cost=(0.04, 1.0, "M7", None))
    assert nearest_end(found) == ("cost", True)
    text = what_could_change(robustness(decided, intervals=found))
    assert text == (
        f"Of the weights that of 'cost' has the least room: below 4.0{PER_CENT} instead of 5.0{PER_CENT} "
        "M7 overtakes P."
    )


def test_the_upper_end_says_above(decided: Decision) -> None:
    """An overtaking at the upper end is told as such, with the molecule passed there."""
    text = what_could_change(robustness(decided, intervals=intervals(internal_score=(0.1, 0.503, "M7", "M8"))))
    assert text.endswith(f"above 50.3{PER_CENT} instead of 50.0{PER_CENT} M8 overtakes Q.")


def test_where_no_weight_matters_it_is_said(decided: Decision) -> None:
    """Intervals without any overtaking are told in one sentence."""
    assert what_could_change(robustness(decided, intervals=intervals())) == (
        "No single weight, moved alone, changes it."
    )


STILL = Variation("low", ("M4",), False, (), (), 1.0, 1.0, 1.0, 1.0)


def effect(title: str, entering: tuple[str, ...] = (), leaving: tuple[str, ...] = (), **fields: Any) -> UnknownEffect:
    """Return an unknown of the public source that lets molecules in and out at its high end."""
    high = replace(STILL, name="high", entering=entering, leaving=leaving)
    unknown = Unknown("public", title, title, True, (), (), "")
    return UnknownEffect(unknown, (0.3, 0.4), STILL, high, fields.get("between", ()), fields.get("guarantee", "exact"))


def test_the_unknown_that_matters_is_named_with_what_it_does(decided: Decision) -> None:
    """One of several unknowns that could change the choice is named with who comes in and who goes."""
    unknowns = (effect("temperature"), effect("pH", ("M5",), ("M1",)))
    assert what_could_change(robustness(decided, unknowns=unknowns)) == (
        "Of the 2 things not known of the sources 1 could change it: 'pH' of Public labels (M5 in, M1 out)."
    )


def test_of_several_the_one_that_moves_most_is_named(decided: Decision) -> None:
    """Where more than one matters, the one that lets most molecules in is named."""
    unknowns = (effect("pH", ("M5",), ("M1",)), effect("buffer", ("M5", "M6"), ("M1", "M2")), effect("age"))
    assert what_could_change(robustness(decided, unknowns=unknowns)) == (
        "Of the 3 things not known of the sources 2 could change it, most of all 'buffer' of Public labels "
        "(M5 and M6 in, M1 and M2 out)."
    )
    assert what_could_change(robustness(decided, unknowns=unknowns[:2])).startswith("All 2 things not known")


def test_the_only_unknown_has_its_own_words(decided: Decision) -> None:
    """One unknown is not counted."""
    assert what_could_change(robustness(decided, unknowns=(effect("pH", ("M5",), ("M1",)),))) == (
        "The one thing not known of the sources could change it: 'pH' of Public labels (M5 in, M1 out)."
    )
    assert what_could_change(robustness(decided, unknowns=(effect("pH"),))) == (
        "The one thing not known of the sources cannot change it."
    )


def test_harmless_unknowns_say_how_far_they_were_checked(decided: Decision) -> None:
    """Without a guarantee between the ends the sentence says what was looked at."""
    unknowns = (effect("pH", guarantee="checked"), effect("age"))
    assert what_could_change(robustness(decided, unknowns=unknowns)) == (
        "None of the 2 things not known of the sources can change it by itself (tried at both ends and nine points "
        "between)."
    )


def test_an_unknown_that_could_not_be_fully_tried_is_not_called_harmless(decided: Decision) -> None:
    """Where an end has no ranking the sentence says what was found and not what can be."""
    missed = replace(effect("pH"), low=None, refused="every source would be rated 0")
    assert what_could_change(robustness(decided, unknowns=(missed, effect("age")))) == (
        "None of the 2 things not known of the sources was found to change it by itself; 1 could not be fully tried."
    )
    assert what_could_change(robustness(decided, unknowns=(missed,))) == (
        "The one thing not known of the sources does not change it where it could be tried; not all of its interval "
        "could be."
    )


def test_a_change_between_the_ends_is_told_as_such(decided: Decision) -> None:
    """An unknown that matters only inside its interval does not name an end."""
    text = what_could_change(robustness(decided, unknowns=(effect("pH", between=("M5", "M1")),)))
    assert text.endswith("'pH' of Public labels between its ends (M5 and M1 in or out).")


def test_the_undecided_are_those_between_one_and_nine_tenths(decided: Decision) -> None:
    """A share of exactly 10 % is undecided and one of exactly 90 % is firm; best rank first."""
    order = first_of(decided, 8)
    shares = dict(zip(order, [0.9, 0.89, 0.5, 0.1, 0.099, 0.0, 0.0, 0.0], strict=True))
    assert undecided(robustness(decided, acceptability={"all": drawn(shares)})) == order[1:4]
    assert undecided(robustness(decided)) == []


def test_a_clear_cut_is_said(decided: Decision) -> None:
    """Where nobody is in between, the third sentence says so."""
    found = robustness(decided, acceptability={"all": drawn(dict.fromkeys(first_of(decided, 3), 1.0))})
    assert at_the_cut(found) == (
        f"At the cut nothing is open: each molecule is among the first 3 in at least 90{PER_CENT} of the draws, or in "
        f"less than 10{PER_CENT}."
    )


def test_the_cut_names_who_is_open_and_what_to_measure(decided: Decision) -> None:
    """The molecules, their ranks, and the score whose uncertainty moves them furthest."""
    order = first_of(decided, 6)
    shares = {order[0]: 1.0, order[1]: 1.0, order[2]: 0.6, order[3]: 0.4}
    influence = (Influence("internal_score", 0.03), Influence(None, 0.01))
    found = robustness(decided, acceptability={"all": drawn(shares)}, influences=influence)
    assert at_the_cut(found) == (
        f"{order[2]} and {order[3]} (ranks 3 to 4) are neither in nor out: each is among the first 3 in 10{PER_CENT} "
        f"to 90{PER_CENT} of the draws. A measurement in place of 'internal_score', the only score with a stated "
        "uncertainty, would help most, for its uncertainty moves them furthest."
    )


def test_the_best_of_several_uncertain_scores_is_not_called_the_only_one(decided: Decision) -> None:
    """Only where a single score is uncertain the sentence says that there was nothing to compare it with."""
    shares = {first_of(decided, 1)[0]: 0.5}
    for basis, said in (({"internal_score": "sd", "public_score": "sd"}, False), ({"internal_score": "sd"}, True)):
        found = robustness(
            decided,
            acceptability={"all": drawn(shares)},
            influences=(Influence("internal_score", 0.03),),
            uncertainty=ScoreUncertainty(basis=basis),
        )
        assert ("the only score with a stated uncertainty" in at_the_cut(found)) == said


def test_many_are_counted_and_columns_are_not_measured_anew(decided: Decision) -> None:
    """Beyond three the rest are counted; a criterion that is no prediction wants a more certain value."""
    order = first_of(decided, 8)
    found = robustness(
        decided,
        acceptability={"all": drawn(dict.fromkeys(order, 0.375))},
        influences=(Influence("solubility", 0.1),),
    )
    text = at_the_cut(found)
    assert text.startswith(f"{order[0]}, {order[1]} and 6 more (ranks 1 to 8) are neither in nor out")
    assert text.endswith(" A more certain 'solubility' would help most, for its uncertainty moves them furthest.")


def test_where_the_weights_matter_most_no_measurement_is_advised(decided: Decision) -> None:
    """If the panel's scatter moves the open molecules most, the advice is the panel; one molecule is 'it'."""
    order = first_of(decided, 3)
    shares = {order[0]: 1.0, order[1]: 1.0, order[2]: 0.7}
    found = robustness(decided, acceptability={"all": drawn(shares)}, influences=(Influence(None, 0.1),))
    assert at_the_cut(found) == (
        f"{order[2]} (rank 3) is neither in nor out: it is among the first 3 in 10{PER_CENT} to 90{PER_CENT} of the "
        "draws. The weights move it most: the panel could settle it sooner than a measurement."
    )


def test_without_influences_no_advice_is_given(decided: Decision) -> None:
    """What was not computed is not advised."""
    order = first_of(decided, 3)
    found = robustness(decided, acceptability={"all": drawn({order[0]: 0.5})})
    assert at_the_cut(found).endswith("of the draws.")


def test_equal_causes_are_alike(decided: Decision) -> None:
    """Where both replace as many, neither is called the larger."""
    assert causes(decided, 0.7, 0.7) == (
        "The weights and the scores could change it alike: alone they replace 0.9 of the 3 molecules chosen on average."
    )


def test_where_there_are_no_more_molecules_than_places_there_is_no_cut(decided: Decision) -> None:
    """With a place for everybody, nothing is said of draws, weights and unknowns."""
    texts = sentences(robustness(decided, top=8, acceptability={"all": drawn({})}))
    assert texts == (
        "All 8 molecules are in: there are 8 places, and nobody is left out.",
        "Nothing could change who is in.",
        "There is no cut, and nothing to tell apart.",
    )


def test_a_place_of_one_is_first(decided: Decision) -> None:
    """For one place nobody is 'among the first 1'."""
    a, b = first_of(decided, 2)
    shares = {"all": drawn({a: 0.6, b: 0.4})}
    texts = sentences(robustness(decided, top=1, acceptability=shares))
    assert "among the first 1" not in " ".join(texts)
    assert f"{a} and {b} (ranks 1 to 2) are neither in nor out: each is first in 10" in texts[2]


def test_what_sets_the_first_apart_from_the_chosen_is_said_once(decided: Decision) -> None:
    """The aside about cap and tie stands in the first sentence only, and not for a k that was asked for."""
    first = tuple(first_of(decided, 3))
    shares = {cause: drawn(dict.fromkeys(first, 0.6)) for cause in ("all", "weights", "scores")}
    texts = sentences(robustness(decided, standing=Standing(3, first, are_chosen=False), acceptability=shares))
    assert "by its cap or its tie" in texts[0]
    assert "by its cap or its tie" not in texts[1]
    five = tuple(first_of(decided, 5))
    shares = {"all": drawn(dict.fromkeys(five, 0.95))}
    asked = robustness(decided, standing=Standing(5, five, are_chosen=False), acceptability=shares)
    assert how_sure(asked).startswith("All of the first 5 molecules of the ranking are among the first 5")
    assert "cap" not in how_sure(asked)


def test_a_reason_leaves_out_what_was_expected(decided: Decision) -> None:
    """The sentence has the reason; what was expected, and the mend, stand in the table of what was not computed."""
    words = "it is not known for the method 'x'; expected one of a, b. Leave-one-out works with any method"
    text = how_sure(robustness(decided, refused={"acceptability": words}))
    assert text == "How sure the choice is was not computed: it is not known for the method 'x'."


@pytest.mark.parametrize(("samples", "words"), [(1, "1 draw"), (60, "60 draws"), (ENOUGH - 1, "99 draws")])
def test_few_draws_give_no_verdict(decided: Decision, samples: int, words: str) -> None:
    """Below a hundred draws nobody is firm, open or apart, and no cause is called the larger."""
    shares = {cause: drawn(dict.fromkeys(first_of(decided, 3), 0.6), samples) for cause in ("all", "weights", "scores")}
    texts = sentences(robustness(decided, acceptability=shares, intervals=intervals()))
    assert texts == (
        f"How sure the choice is: too few draws to say ({words} of the weights and the scores; 100 are the least).",
        "No single weight, moved alone, changes it.",
        f"Which molecules cannot be told apart at the cut: too few draws to say ({words}; 100 are the least).",
    )


def test_a_hundred_draws_give_a_verdict(decided: Decision) -> None:
    """At the limit the sentences have their numbers again."""
    found = robustness(decided, acceptability={"all": drawn(dict.fromkeys(first_of(decided, 3), 1.0), ENOUGH)})
    assert "of 100 draws of" in how_sure(found)
    assert at_the_cut(found).startswith("At the cut nothing is open")


@pytest.mark.parametrize(
    ("refused", "kept"),
    [
        ({}, (0, 1, 2)),
        ({"acceptability": NOT_ASKED}, (1,)),
        ({"intervals": NOT_ASKED}, (0, 2)),
        ({"acceptability": NOT_ASKED, "intervals": NOT_ASKED}, ()),
        ({"acceptability": "no form is known", "intervals": "no form is known"}, (0, 1, 2)),
    ],
)
def test_sentences_about_parts_nobody_asked_for_are_left_out(
    decided: Decision, refused: dict[str, str], kept: tuple[int, ...]
) -> None:
    """A part that was not asked for has no sentence; one that failed keeps the sentence with its reason."""
    found = robustness(decided, refused=refused, sentences=("one", "two", "three"))
    assert asked_sentences(found) == tuple(found.sentences[place] for place in kept)


def test_what_was_found_of_unknowns_is_said_without_intervals(decided: Decision) -> None:
    """The second sentence stays where any of its parts was computed."""
    refused = {"acceptability": NOT_ASKED, "intervals": NOT_ASKED}
    found = robustness(decided, refused=refused, unknowns=(effect("pH"),))
    found = replace(found, sentences=sentences(found))
    assert asked_sentences(found) == ("The one thing not known of the sources cannot change it.",)
