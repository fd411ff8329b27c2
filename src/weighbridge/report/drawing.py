"""The canvas under every figure: a matplotlib `Figure` without pyplot, written as the same bytes each time."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from weighbridge.report.environment import data_uri, readable
from weighbridge.report.palette import INK, LINE, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Drawing", "draw", "label_rows", "percent_axis", "shortened"]

WIDTH_INCHES: Final = 4.5
"""432 px: what fits a phone without shrinking the letters; two stand side by side on a laptop."""

_SYSTEM_FONTS: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif"
_STYLE: Final[dict[str, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "weighbridge",
    "text.parse_math": False,
    "text.usetex": False,
    "font.family": ["DejaVu Sans"],
    "font.size": 8.5,
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "legend.frameon": False,
    "legend.fontsize": 8.0,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}
_NO_METADATA: Final = {"Date": None, "Creator": None, "Format": None, "Type": None}
_FONT: Final = re.compile(r"(style=\"[^\"]*?)'?DejaVu Sans'?")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure as the page needs it.

    Attributes
    ----------
    svg
        One SVG document without metadata, script or links.
    alt
        What it shows, with its main numbers, for readers who cannot see it.
    caption
        What stands under it.
    """

    svg: str
    alt: str
    caption: str

    @property
    def uri(self) -> str:
        """The figure as a data URI."""
        return data_uri(self.svg)


def draw(
    height: float, alt: str, caption: str, paint: Callable[[Axes], None], *, legend: Mapping[str, Any] | None = None
) -> Drawing:
    """Make a drawing of a height in inches; `paint` gets its one pair of axes.

    Parameters
    ----------
    legend
        Settings of a legend below the axes; None draws none.
    """
    with _style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(WIDTH_INCHES, height), layout="constrained")
        paint(figure.add_subplot())
        if legend is not None:
            figure.legend(loc="outside lower left", **legend)
        stream = io.StringIO()
        figure.savefig(stream, format="svg", metadata=_NO_METADATA)
    text = stream.getvalue()
    svg = _FONT.sub(lambda match: match.group(1) + _SYSTEM_FONTS, text[text.index("<svg") :])
    return Drawing(svg, readable(alt), readable(caption))


@contextmanager
def _style() -> Iterator[None]:
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        # The reader's own fonts draw the letters; ours only measure them, and may lack some.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        mpl.rcdefaults()
        parameters: Any = mpl.rcParams
        parameters.update(_STYLE)
        yield


def shortened(text: object, length: int = 26) -> str:
    """Return a label of at most `length` characters that may stand in an SVG."""
    words = readable(" ".join(str(text).split()))
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def label_rows(axes: Axes, labels: Sequence[str]) -> None:
    """Label the rows from top to bottom and rule the columns."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.grid(visible=True, axis="x")
    axes.spines["left"].set_visible(False)


def percent_axis(axes: Axes) -> None:
    """Write the ticks of the horizontal axis, which holds shares, as percentages."""
    axes.xaxis.set_major_formatter(lambda value, _: f"{value * 100:g} %".replace("-", "−"))
