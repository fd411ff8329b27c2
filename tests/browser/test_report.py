"""The report as a real browser shows it, on a laptop and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

WIDTHS = {"laptop": (1366, 768), "phone": (390, 844)}

OVERFLOW = """() => [...document.querySelectorAll('body *')].filter(node => {
    if (node.closest('.scroll, pre, .skip, svg, thead')) return false;
    const box = node.getBoundingClientRect();
    return box.width > 0 && (box.right > innerWidth + 0.5 || box.left < -0.5);
}).map(node => node.tagName + '.' + node.className).slice(0, 5)"""

CLIPPED = """() => [...document.querySelectorAll('main p, main li, main dd, main h2, main h3')].filter(
    node => node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display === 'block'
).map(node => node.textContent.slice(0, 40)).slice(0, 5)"""

SMALL = """() => [...document.querySelectorAll('main *')].filter(node =>
    node.childNodes.length && [...node.childNodes].some(one => one.nodeType === 3 && one.data.trim())
    && !node.closest('svg') && parseFloat(getComputedStyle(node).fontSize) < 12
).map(node => node.className).slice(0, 5)"""

CONTRAST = """() => {
    const parse = text => text.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(
        v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
    ).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = node => {
        for (let one = node; one; one = one.parentElement) {
            const colour = parse(getComputedStyle(one).backgroundColor);
            if (colour.length < 4 || colour[3] > 0) return colour;
        }
        return [255, 255, 255];
    };
    const poor = [];
    for (const node of document.querySelectorAll('body *')) {
        if (![...node.childNodes].some(one => one.nodeType === 3 && one.data.trim())) continue;
        if (node.closest('svg, style, .skip')) continue;
        const [a, b] = [light(parse(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
        if ((a + 0.05) / (b + 0.05) < 4.5) poor.push(node.tagName + '.' + node.className);
    }
    return poor.slice(0, 5);
}"""


@dataclass
class Visit:
    """One opened page and what it did."""

    page: Any
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(params=WIDTHS)
def visit(chromium: Any, report_file: Path, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Open the report at one width, noting errors and requests."""
    width, height = WIDTHS[request.param]
    context = chromium.new_context(viewport={"width": width, "height": height})
    one = Visit(context.new_page())
    one.page.on("console", lambda message: one.console.append(message.text))
    one.page.on("pageerror", lambda error: one.console.append(str(error)))
    one.page.on("request", lambda sent: one.requests.append(sent.url))
    one.page.goto(report_file.as_uri())
    yield one
    context.close()


def unfold(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


@pytest.mark.parametrize("unfolded", [False, True])
def test_the_page_never_scrolls_sideways(visit: Visit, unfolded: bool) -> None:
    """Nothing sticks out of the page, folded or not; wide tables scroll inside their own box."""
    if unfolded:
        unfold(visit.page)
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert visit.page.evaluate(OVERFLOW) == []
    assert visit.page.evaluate(CLIPPED) == []


def test_the_page_is_quiet(visit: Visit, report_file: Path) -> None:
    """No error on the console, no request but the file itself, and no script of a user's ran."""
    unfold(visit.page)
    visit.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert visit.console == []
    assert [url for url in visit.requests if not url.startswith("data:")] == [report_file.as_uri()]
    assert visit.page.title().endswith("weighbridge report")


def test_every_picture_is_shown(visit: Visit) -> None:
    """Each image is decoded and has a size."""
    unfold(visit.page)
    broken = "[...document.images].filter(one => !one.complete || one.naturalWidth === 0).length"
    visit.page.wait_for_function(f"{broken} === 0", timeout=10_000)
    assert visit.page.evaluate("document.images.length") > 10


def test_words_can_be_read(visit: Visit) -> None:
    """No text is smaller than 12 px, and all of it has 4.5 : 1 against its ground."""
    unfold(visit.page)
    assert visit.page.evaluate(SMALL) == []
    assert visit.page.evaluate(CONTRAST) == []


def test_the_keyboard_reaches_the_answer(visit: Visit) -> None:
    """The first tab stop skips to the answer, and boxes that scroll can be focused."""
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("location.hash") == "#answer"
    assert visit.page.evaluate("[...document.querySelectorAll('.scroll')].every(one => one.tabIndex === 0)")


def test_tickets_unfold_without_a_script(visit: Visit) -> None:
    """A click shows the judgements behind a weight."""
    ticket = visit.page.locator("details.ticket").first
    assert not ticket.locator("table").first.is_visible()
    ticket.locator("summary").click()
    assert ticket.locator("table").first.is_visible()


@pytest.mark.parametrize("name", WIDTHS)
def test_the_page_is_photographed(chromium: Any, report_file: Path, artefacts: Path, name: str) -> None:
    """A full screenshot is kept for people to look at."""
    width, height = WIDTHS[name]
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.goto(report_file.as_uri())
    target = artefacts / f"report-{name}.png"
    page.screenshot(path=target, full_page=True)
    page.close()
    assert target.stat().st_size > 50_000


def test_the_page_prints(chromium: Any, report_file: Path) -> None:
    """Printed, the contents are left out and no table is cut by its scrolling box."""
    page = chromium.new_page()
    page.goto(report_file.as_uri())
    page.emulate_media(media="print")
    assert not page.locator("nav.contents").is_visible()
    assert page.evaluate(
        "[...document.querySelectorAll('.scroll')].every(b => getComputedStyle(b).overflowX === 'visible')"
    )
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.close()
