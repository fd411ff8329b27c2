"""Bridging compounds: only independent pairs count, one a compound."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.sample import records, setting, source

from weighbridge.evidence.indicators import read_part, read_source
from weighbridge.evidence.indicators.statistics import auroc_standard_error

HERE = setting()


def bridged(**columns):
    return source(bridging=pd.DataFrame(columns))


def test_circular_pairs_do_not_count():
    """A pair whose two sides share a document compares a measurement with itself."""
    sample = bridged(
        key=["a", "b", "c", "a"],
        label=[1, 0, 1, 1],
        y=[6, 4, 7, 6.5],
        document=["P1|P2", "P3", None, "P9"],
        document_y=["P2", "Q", "Q", "Q"],
    )
    found = read_source("bridge_n", sample, HERE)
    assert found.value == 3
    assert "1 pairs share a document" in found.note
    assert "1 pairs do not state both documents" in found.note


def test_all_circular_is_no_bridge():
    """Where every pair is circular there are 0 compounds, and nothing is concluded from them."""
    sample = bridged(key=list("abc"), x=[1.0, 2, 3], y=[1.0, 2, 3], document=["P"] * 3, document_y=["P"] * 3)
    assert read_source("bridge_n", sample, HERE).value == 0
    assert "no independent" in read_source("bridge_ccc", sample, HERE).unknown


def test_a_compound_measured_on_one_side_only_is_no_bridge():
    """An empty cell is no measurement: it is neither counted nor lends its structure, and the note says so."""
    sample = bridged(
        key=list("abcde"),
        label=[1, 0, None, 1, None],
        y=[6.0, 4, 7, None, None],
        smiles=["CCO", "CCCO", "CCN", "CCS", "C"],
    )
    found = read_source("bridge_n", sample, HERE)
    assert found.value == 2
    assert "3 pairs were measured on one side only and do not count" in found.note
    alike = read_source("bridge_representativeness", sample, setting(["CCO"]))
    assert alike.unknown == "2 bridging compounds with a structure; needs 3"


def test_a_label_or_a_value_is_the_sources_side():
    """A pair with either of the two is measured by the source."""
    sample = bridged(key=list("abc"), label=[1, None, None], x=[None, 5.0, None], y=[6.0, 4.0, 7.0])
    assert read_source("bridge_n", sample, HERE).value == 2


def test_without_documents_the_note_says_so():
    """Independence that cannot be checked is said to be unchecked."""
    assert "2 pairs do not state" in read_source("bridge_n", bridged(key=["a", "b"], y=[1, 2]), HERE).note


@pytest.mark.parametrize(
    "name", ["bridge_n", "bridge_auroc_lcb", "bridge_ccc", "bridge_loa_width", "bridge_representativeness"]
)
def test_no_bridging_compounds(name):
    """Without bridging compounds every bridging indicator is missing, with that reason."""
    assert read_source(name, source(), HERE).unknown == "needs bridging compounds"
    assert "do not tell their part" in read_part(name, bridged(key=["a"], y=[1.0]), "A", HERE).unknown
    assert "no bridging compounds for 'A'" in read_part(name, bridged(key=["a"], part=["B"]), "A", HERE).unknown


def test_lower_bound_by_hand():
    """Five actives above five inactives but for one pair: A = 24/25, SE at (24 + ½)/26."""
    sample = bridged(key=list("abcdefghij"), label=[1] * 5 + [0] * 5, y=[6, 7, 8, 9, 4.5, 1, 2, 3, 4, 5])
    found = read_source("bridge_auroc_lcb", sample, HERE)
    assert found.value == pytest.approx(24 / 25 - 1.645 * auroc_standard_error(24.5 / 26, 5, 5))
    assert found.note.startswith("AUROC 0.960")


def test_perfect_separation_is_not_certainty():
    """Five against five completely separated still leaves a bound below 1, and more pairs raise it."""
    few = read_source(
        "bridge_auroc_lcb", bridged(key=list("abcdefghij"), label=[1] * 5 + [0] * 5, y=range(10, 0, -1)), HERE
    )
    many = bridged(key=[str(row) for row in range(60)], label=[1] * 30 + [0] * 30, y=range(60, 0, -1))
    assert few.value < 0.95 < read_source("bridge_auroc_lcb", many, HERE).value < 1


def test_too_few_of_a_label():
    """Four inactive compounds are not enough."""
    sample = bridged(key=list("abcdefghi"), label=[1] * 5 + [0] * 4, y=range(9))
    assert (
        read_source("bridge_auroc_lcb", sample, HERE).unknown
        == "5 active and 4 inactive bridging compounds; needs 5 of each"
    )
    assert "have no labels" in read_source("bridge_auroc_lcb", bridged(key=["a"], y=[1.0]), HERE).unknown


def test_one_compound_counts_once():
    """A compound labelled by three parts is one compound with their majority label."""
    once = bridged(key=list("abcdefghij"), label=[1] * 5 + [0] * 5, y=range(10))
    thrice = bridged(key=[*"abcdefghij", "a", "a", "f"], label=[1] * 5 + [0] * 5 + [1, 0, 1], y=[*range(10), 0, 0, 5])
    first, second = (read_source("bridge_auroc_lcb", sample, HERE) for sample in (once, thrice))
    assert (first.value, first.n) == (second.value, second.n)


def test_concordance_and_limits_by_hand():
    """Differences 0, 1, −1, 0: s_d = √(2/3), width 3.92 s_d; concordance by the formula."""
    x, y = np.array([5.0, 6, 6, 8]), np.array([5.0, 5, 7, 8])
    sample = bridged(key=list("abcd"), x=x, y=y)
    assert read_source("bridge_loa_width", sample, HERE).value == pytest.approx(3.92 * math.sqrt(2 / 3))
    expected = 2 * np.cov(x, y, ddof=0)[0, 1] / (x.var() + y.var() + (x.mean() - y.mean()) ** 2)
    assert read_source("bridge_ccc", sample, HERE).value == pytest.approx(expected)


def test_limits_of_the_published_pairs():
    """Bland and Altman (1986): s_d = 38.7651, so the limits at 1.96 are 151.96 apart."""
    wright = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
    mini = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
    sample = bridged(key=[f"p{row}" for row in range(17)], x=wright, y=mini)
    assert read_source("bridge_loa_width", sample, HERE).value == pytest.approx(-78.10 * -1 + 73.86, abs=0.01)


@pytest.mark.parametrize("name", ["bridge_ccc", "bridge_loa_width"])
def test_two_pairs_are_too_few(name):
    """Three compounds with values on both sides are the least."""
    assert "needs 3" in read_source(name, bridged(key=["a", "b", "c"], x=[1.0, 2, None], y=[1.0, 2, 3]), HERE).unknown


def test_equal_values_have_no_concordance():
    """Where nothing varies there is nothing to agree on."""
    assert (
        "all paired values are equal"
        in read_source("bridge_ccc", bridged(key=list("abc"), x=[1.0] * 3, y=[1.0] * 3), HERE).unknown
    )


def test_candidates_like_the_bridging_compounds():
    """Candidates that are the bridging compounds are represented fully, never above 1."""
    smiles = ["CCO", "CCCO", "CCCCO"]
    sample = source(
        bridging=pd.DataFrame({"key": list("abc"), "label": [1, 0, 1], "y": [1.0, 2, 3]}),
        records=records(key=list("abc"), smiles=smiles),
    )
    assert read_source("bridge_representativeness", sample, setting(smiles)).value == 1.0
    far = read_source("bridge_representativeness", sample, setting(["c1ccncc1", "Clc1ccccc1"]))
    assert 0 <= far.value < 0.2
    assert far.note.startswith("candidates to bridging")


def test_structures_come_from_wherever_they_are_known():
    """The pairs' own SMILES, the molecules' and the records' all serve; what has none is counted."""
    pairs = pd.DataFrame({"key": ["M1", "M2", "x", "nobody"], "smiles": [None, None, "CCCCO", None], "y": [1.0] * 4})
    found = read_source("bridge_representativeness", source(bridging=pairs), setting(["CCO", "CCCO"]))
    assert found.n == 3
    assert "1 bridging compounds have no known structure" in found.note
    lost = source(bridging=pairs.drop(columns="smiles"))
    assert (
        "2 bridging compounds with a structure"
        in read_source("bridge_representativeness", lost, setting(["CCO", "CCC"])).unknown
    )


@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12),
    st.randoms(),
)
def test_the_order_of_pairs_does_not_matter(rows, random):
    """Shuffled pairs give the same number of compounds, concordance and limits."""
    shuffled = list(rows)
    random.shuffle(shuffled)
    for name in ("bridge_n", "bridge_ccc", "bridge_loa_width"):
        first, second = (
            read_source(
                name, bridged(key=[r[0] for r in order], x=[r[1] for r in order], y=[r[2] for r in order]), HERE
            )
            for order in (rows, shuffled)
        )
        assert first.known == second.known
        if first.known:
            assert first.value == pytest.approx(second.value, abs=1e-9)
