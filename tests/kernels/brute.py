"""What the kernels are held against: all pairs, in extended precision; and columns that are hard to get right."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

import weighbridge as wb

Long = np.longdouble


def pair_sums(values: Any, function: wb.Preference, rows: Any = None) -> tuple[Any, Any]:
    """Return Σ_j P(x_i − x_j) and Σ_j P(x_j − x_i) for some rows of a column, by definition.

    Whether a difference is above a threshold is decided by the double it is computed as, and how far
    above by the exact difference. NaN is indifferent.
    """
    column = np.asarray(values, dtype=np.float64)
    sides: tuple[list[Any], list[Any]] = ([], [])
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        for i in range(column.size) if rows is None else rows:
            seen, exact = column[i] - column, Long(column[i]) - column.astype(Long)
            for side, sign in zip(sides, (1, -1), strict=True):
                side.append(felt(sign * seen, sign * exact, function).sum(dtype=Long))
    return np.array(sides[0]), np.array(sides[1])


def felt(seen: Any, exact: Any, function: wb.Preference) -> Any:
    """Return P by the table of Brans and Vincke (1985), in extended precision."""
    q, p = function.q or 0.0, function.p or 0.0
    zero, one = Long(0), Long(1)
    match function.function:
        case "usual":
            return np.where(seen > 0, one, zero)
        case "u-shape":
            return np.where(seen > q, one, zero)
        case "level":
            return np.where(seen > p, one, np.where(seen > q, one / 2, zero))
        case "gaussian":
            return np.where(seen > 0, -np.expm1(-((exact / Long(function.s)) ** 2) / 2), zero)
    if p == q:
        return np.where(seen > q, one, zero)
    slope = np.where(np.isfinite(exact), exact - Long(q), zero) / (Long(p) - Long(q))
    return np.where(seen > p, one, np.where(seen > q, slope, zero))


def hard_columns(n: int, seed: int = 0) -> dict[str, Any]:
    """Return the data sets of the reference measurements, by name."""
    rng = np.random.default_rng(seed)
    return {
        "normal": rng.normal(size=n),
        "poisson": rng.poisson(5, n).astype(float),
        "one decimal": np.round(rng.normal(size=n), 1) + 0.0,
        "two decimals": np.round(rng.normal(size=n), 2) + 0.0,
        "heavy tail": rng.lognormal(0, 2, n),
        "offset": 1e6 + rng.normal(size=n),
        "outlier": np.append(rng.normal(size=n - 1), 1e6),
        "constant": np.full(n, 3.7),
        "two values": rng.integers(0, 2, n) * 0.3 + 0.1,
    }


def six_functions(size: float) -> list[wb.Preference]:
    """Return the six preference functions with thresholds of a size."""
    q, p = 0.4 * size, size
    return [
        wb.Preference("usual"),
        wb.Preference("u-shape", q=p),
        wb.Preference("v-shape", p=p),
        wb.Preference("level", q=q, p=p),
        wb.Preference("linear", q=q, p=p),
        wb.Preference("gaussian", s=p),
    ]


_DENORMAL = 5e-324
_NUMBERS = st.one_of(
    st.integers(-3, 3).map(float),
    st.integers(-30, 30).map(lambda k: k / 10),
    st.floats(-4, 4, allow_subnormal=True),
    st.integers(-5, 5).map(lambda k: k * _DENORMAL),
    st.sampled_from([0.0, -0.0, 2.2e-308, -1e-300, 1e15, -1e15, 1e150, -1e150, 1e-150]),
    st.integers(-20, 20).map(lambda k: 1e6 + k * 1e-6),
    st.integers(-18, 18).map(lambda k: 10.0**k),
)
_THRESHOLDS = st.one_of(
    st.sampled_from([0.1, 0.5, 1.0, 2.0, 1e-6, 3e-6, _DENORMAL, 7 * _DENORMAL, 1e-300, 1e150, 1e6, 1 + 2.0**-52]),
    st.floats(1e-8, 1e8),
)


def adversarial_columns() -> st.SearchStrategy[list[float]]:
    """Draw ties, decimals, denormals, both zeros, huge values and offsets, alone and mixed."""
    return st.lists(_NUMBERS, min_size=2, max_size=30)


@st.composite
def adversarial_functions(draw: Any) -> wb.Preference:
    """Draw one of the six functions, with thresholds that may coincide, vanish or exceed everything."""
    name = draw(st.sampled_from(["usual", "u-shape", "v-shape", "level", "linear", "gaussian"]))
    first, second = sorted([draw(_THRESHOLDS), draw(_THRESHOLDS)])
    low = draw(st.sampled_from([0.0, first, second]))
    given = {
        "usual": {},
        "u-shape": {"q": low},
        "v-shape": {"p": second},
        "level": {"q": low, "p": second},
        "linear": {"q": low, "p": second},
        "gaussian": {"s": second},
    }
    return wb.Preference(name, **given[name])


def plain(kernel: Any) -> Any:
    """Return the Python function behind a compiled one."""
    return getattr(kernel, "py_func", kernel)
