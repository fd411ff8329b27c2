"""The labels' cut-off against the decision's: stated, inferred, or open."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.evidence.sample import records, setting, source

from weighbridge.evidence.indicators import read_part, read_source

AT_6 = setting(threshold=6.0, threshold_unit="pIC50")


def bridging(cut, n=20, part=None):
    y = np.linspace(3.0, 7.0, n)
    frame = pd.DataFrame({"key": [f"k{row}" for row in range(n)], "label": (y > cut).astype(float), "y": y})
    return frame if part is None else frame.assign(part=part)


def labelled(thresholds, **fields):
    table = records(fields.pop("parts", ()), label=[1] * len(thresholds), threshold=thresholds)
    return source(value_unit="pIC50", records=table, **fields)


def test_stated_cutoffs_by_hand():
    """Cut-offs 5 and 6.5 lie 1 and .5 from 6: .75 on average, exactly."""
    found = read_source("threshold_gap", labelled([5.0, 6.5]), AT_6)
    assert (found.value, found.exact) == (0.75, True)


def test_unstated_cutoffs_may_lie_anywhere():
    """One stated a unit away, one not stated: between (1 + 0)/2 and (1 + 2)/2."""
    found = read_source("threshold_gap", labelled([5.0, None]), AT_6)
    assert (found.low, found.high) == (0.5, 1.5)


def test_an_inferred_cutoff_beats_half_stated_ones():
    """With bridging compounds the cut-off is inferred, with its interval, for the part that has them."""
    sample = labelled([5.0, None], parts=[("A",), ("B",)], bridging=bridging(5.0, part="A"))
    found = read_source("threshold_gap", sample, AT_6)
    assert found.value == pytest.approx(1.0, abs=0.01)
    assert 0 < found.low < found.value < found.high
    assert "inferred on 20 bridging compounds" in found.note
    assert read_part("threshold_gap", sample, "A", AT_6).value == 1.0
    assert not read_part("threshold_gap", sample, "B", AT_6).known


def test_stated_everywhere_beats_inferred():
    """Nobody infers what every record states."""
    sample = labelled([5.0, 5.0], bridging=bridging(4.0))
    assert read_source("threshold_gap", sample, AT_6).value == 1.0


def test_a_cutoff_that_may_be_the_decisions_is_open_down_to_0():
    """Where the interval of the cut-off holds the decision's threshold, the gap may be 0."""
    found = read_source("threshold_gap", source(bridging=bridging(5.0)), setting(threshold=5.1))
    assert found.low == 0.0
    assert found.value == pytest.approx(0.1, abs=0.01)


def test_continuous_values_have_no_gap():
    """Values are cut where the decision cuts them."""
    assert read_source("threshold_gap", source("continuous"), AT_6).value == 0.0


@pytest.mark.parametrize(
    ("sample", "where", "reason"),
    [
        (source(), setting(), "states no threshold"),
        (source(), AT_6, "needs training records, and no bridging compounds"),
        (labelled([None, None]), AT_6, "all 2 records state no cut-off, and no bridging"),
        (source(bridging=bridging(3.2, n=10)), AT_6, "no bridging compounds tell"),
        (source(bridging=bridging(5.0).assign(y=1.0)), AT_6, "no bridging compounds tell"),
    ],
)
def test_an_unknown_gap_says_why(sample, where, reason):
    """No threshold, no records, nothing stated, too few of one label, labels that do not rise."""
    assert reason in read_source("threshold_gap", sample, where).unknown


def test_units_must_agree():
    """A cut-off in µM is not compared with a threshold in pIC50."""
    sample = source(value_unit="uM", records=records(label=[1], threshold=[10.0]))
    assert "is in pIC50, the source's values are in uM" in read_source("threshold_gap", sample, AT_6).unknown
