"""Free text cannot run in a report: forty payloads in every text field of a study, no live node."""

from __future__ import annotations

import base64
import csv
import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import html5lib
import pytest
from tests.builders import FILES, JUDGEMENTS, LEFT_OUT, write_small_study

from weighbridge.report.page import render
from weighbridge.study.study import Study


def words(*lines: str) -> set[str]:
    return {word for line in lines for word in line.split()}


PAYLOADS = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    '<a href="javascript:alert(1)">x</a>',
    "<a href=data:text/html,x>x</a>",
    "<iframe src=javascript:alert(1)>",
    '<iframe srcdoc="<script>x</script>">',
    "<object data=x>",
    "<embed src=x>",
    "<base href=//evil.example>",
    "<link rel=stylesheet href=//evil>",
    "<meta http-equiv=refresh content=0>",
    "<style>*{display:none}</style>",
    '<div style="background:url(//e)">',
    "<form action=//evil><input></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<math href=javascript:alert(1)>x",
    "<body onload=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<template><script>x</script>",
    '<noscript><p title="</noscript>">',
    "<!--><script>alert(1)</script>-->",
    "]]><script>alert(1)</script>",
    "<![CDATA[<script>x</script>]]>",
    "{{ 7 * 7 }}{% raw %}",
    "${7*7}#{7*7}<%= 7*7 %>",
    "&lt;script&gt;&#60;script&#62;",
    "&#x6a;avascript:alert(1)",
    "$\\frac{1}{0}$ \\foo \\\\ %s %(x)d {0}",
    "<<script>alert(1)//<</script>",
]

ELEMENTS = words(
    "html head meta title style body a header p h1 h2 h3 h4 div nav ol ul li main section span details summary figure",
    "img figcaption table caption thead tbody tr th td data dl dt dd svg rect strong code pre article footer",
)
ATTRIBUTES = words(
    "lang charset http-equiv content name class href id aria-label aria-labelledby open role tabindex scope colspan",
    "src alt width height style viewBox preserveAspectRatio x y fill value",
)
SVG_ELEMENTS = words("svg defs style g path use clipPath rect text tspan pattern line ellipse polygon circle")
PER_FIELD = 4


def table(rows: list[list[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def hostile_study(folder: Path, text: str) -> Path:
    """Write the small study with the text in every field a user may fill."""
    ids = {f"M{k}": f"M{k} {text}" for k in range(1, 9)}
    names = {"public_score": f"P {text}", "internal_score": f"I {text}", "solubility": f"S {text}", "cost": f"C {text}"}
    nodes = {"evidence": f"E {text}", "practical": f"R {text}"}
    people = {"Ada": f"Ada {text}", "Ben": f"Ben {text}", "Cem": f"Cem {text}"}
    sources = {"public": f"pub {text}", "internal": f"int {text}"}
    files: dict[str, Any] = {}
    for name in ("molecules.csv", "public.csv", "internal.csv"):
        rows = list(csv.reader(io.StringIO(FILES[name])))
        for row in rows[1:]:
            row[0] = ids[row[0]]
            if name == "molecules.csv":
                row[2], row[3] = f"{row[2]} {text}", f"{row[3]} {text}"
        files[name] = table(rows)
    renamed = {**names, **nodes, **sources}
    rows = list(csv.reader(io.StringIO(JUDGEMENTS + DIRECT)))
    for row in rows[1:]:
        row[0] = people[row[0]]
        row[1], row[2], row[3] = (renamed.get(word, word) for word in row[1:4])
        row[5] = f"because {text}"
    files["judgements.csv"] = table(rows)
    records = list(csv.reader(io.StringIO(FILES["public_records.csv"])))
    for row in records[1:]:
        row[2], row[3] = f"assay {text}", f"paper {text}"
        row[4] = row[4] if row[4] == "HEK293" else f"line {text}"
    files["public_records.csv"] = table(records)
    return write_small_study(folder, hostile_changes(text, names, nodes, people, sources), files)


DIRECT = """\
Ada,sources,public,internal,1/4,x
Ben,sources,public,internal,1/2,x
Cem,sources,public,internal,1/3,x
"""


def hostile_changes(
    text: str, names: dict[str, str], nodes: dict[str, str], people: dict[str, str], sources: dict[str, str]
) -> dict[str, Any]:
    from tests.builders import STUDY

    criteria = {names[key]: dict(value) for key, value in STUDY["criteria"].items()}
    for value in criteria.values():
        value.update({"title": f"title {text}", "definition": f"definition {text}"})
        if "source" in value:
            value["source"] = sources[value["source"]]
        else:
            value["unit"] = f"unit {text}"
    stated = {sources[key]: dict(value) for key, value in STUDY["sources"].items()}
    for value in stated.values():
        value |= {"title": f"source {text}", "about": f"about {text}", "licence": f"licence {text}"}
        value["context"] = {**value["context"], f"condition {text}": f"value {text}", "species": f"species {text}"}
    stated[sources["public"]]["records"] = {**STUDY["sources"]["public"]["records"], "separator": LEFT_OUT}
    del stated[sources["public"]]["records"]["separator"]
    tree = {
        nodes["evidence"]: {
            "title": f"evidence {text}",
            "weights": "trust",
            "children": [names["public_score"], names["internal_score"]],
        },
        nodes["practical"]: {"title": f"practical {text}", "children": [names["solubility"], names["cost"]]},
    }
    gate = {"name": f"gate {text}", "column": "cost", "at_most": 18, "reason": f"gate reason {text}"}
    return {
        "title": f"title {text}",
        "question": f"question {text}",
        "note": f"note {text}",
        "context": {**STUDY["context"], "buffer": f"buffer {text}", f"condition {text}": f"wanted {text}"},
        "criteria": criteria,
        "sources": stated,
        "tree": tree,
        "panel": [
            {"name": name, "role": f"role {text}", "weight": 2, "reason": f"weight reason {text}"}
            for name in people.values()
        ],
        "trust.use": "blend",
        "trust.reason": f"trust reason {text}",
        "gates": [gate],
    }


FIELDS = (
    *("title", "question", "note", "buffer", "wanted", "title", "source", "about", "licence", "gate", "gate reason"),
    *("role", "weight reason", "trust reason", "because", "line", "assay", "acids", "caffeine", "M4", "pub", "int"),
    *("Ada", "Ben", "Cem", "practical", "value", "species", "unit", "definition"),
)


@pytest.fixture(scope="module", params=range(0, len(PAYLOADS), PER_FIELD))
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Return four payloads as one text, and the page of a study that has it everywhere."""
    text = " ".join(PAYLOADS[request.param : request.param + PER_FIELD])
    folder = hostile_study(tmp_path_factory.mktemp("hostile"), text)
    return text, render(Study.load(folder).decide())


def test_there_are_forty_payloads() -> None:
    """The promise says forty, and four at a time cover them all."""
    assert len(set(PAYLOADS)) == 40
    assert len(PAYLOADS) % PER_FIELD == 0


def test_no_payload_lives(hostile: tuple[str, str]) -> None:
    """Only the page's own elements and attributes exist, whatever the text; each field shows its text as text."""
    text, page = hostile
    document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    nodes = [node for node in document.iter() if isinstance(node.tag, str)]
    assert {node.tag.rpartition("}")[2] for node in nodes} <= ELEMENTS
    assert {key for node in nodes for key in node.attrib} <= ATTRIBUTES
    assert not [node for node in document.iter() if not isinstance(node.tag, str)]  # comments
    for node in nodes:
        assert node.get("href", "#").startswith("#")
        assert node.get("src", "data:image/svg+xml;base64,").startswith("data:image/svg+xml;base64,")
        assert re.fullmatch(r"background:#[0-9a-f]{6}", node.get("style", "background:#000000"))
    words = " ".join("".join(document.itertext()).split())
    expected = " ".join(text.split())
    for field in FIELDS:
        assert f"{field} {expected}" in words, field


def test_no_payload_lives_inside_a_picture(hostile: tuple[str, str]) -> None:
    """Figures and structures hold drawing elements only, without handlers or links out."""
    _, page = hostile
    pictures = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    assert len(pictures) > 10
    for picture in pictures:
        tree = ET.fromstring(base64.b64decode(picture))
        assert {node.tag.rpartition("}")[2] for node in tree.iter()} <= SVG_ELEMENTS
        attributes = [(key.rpartition("}")[2], value) for node in tree.iter() for key, value in node.attrib.items()]
        assert not [key for key, _ in attributes if key.startswith("on")]
        assert all(value.startswith("#") for key, value in attributes if key == "href")
