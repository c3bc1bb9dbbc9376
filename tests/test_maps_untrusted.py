"""No text from outside is anything but text on a map: for folium, for a template, for a browser, for matplotlib."""

from __future__ import annotations

import datetime as dt
import html
import io
import json
import re
import xml.etree.ElementTree as ET
from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import folium
import jinja2
import pytest
from playwright.sync_api import Browser, Page
from shapely.geometry import MultiPolygon, Polygon, box

from overflight.airspace import Area
from overflight.maps import Map, draw
from overflight.maps.picture import picture
from overflight.maps.texts import cut, legible
from overflight.maps.writing import clean
from overflight.routes import Route
from overflight.routes.places import Waypoint
from overflight.rules import Avoid, Rule, check
from overflight.serve.asked import Setting
from overflight.serve.whatif import WhatIf
from tests.browsers import DESKTOP, chromium, open_context
from tests.commands import Run
from tests.depth import spread
from tests.untrusted import PROBES
from tests.worlds import make_world

DAY = dt.date(2025, 10, 23)
each_probe = pytest.mark.parametrize("probe", PROBES.values(), ids=PROBES)
some_probes = pytest.mark.parametrize("probe", spread(PROBES.values(), 8), ids=PROBES)

EVERY = "".join(PROBES.values())
WORDS = {"answer", "kind", "status", "standing", "view"}
"""What the page decides by, from lists of our own."""
OWN = ".words"
"""The texts of the map itself, which nobody from outside writes; others are filled into them."""
WORLD = make_world(
    {
        "AAA": box(0, 40, 10, 50),
        "BBB": Polygon([(10, 40), (20, 40), (20, 44), (20, 50), (10, 50)]),
        "CCC": Polygon([(20, 40), (30, 40), (30, 50), (20, 50), (20, 44)]),
        "BBB:held by CCC": box(12, 30, 18, 35),
        "DDD+EEE": box(22, 30, 28, 35),
    }
)


def scene() -> dict[str, Any]:
    """Return the scene of a map that has something of everything."""
    area = Area("zone", MultiPolygon([box(3, 41, 8, 44)]))
    rules: list[Rule] = [Avoid({"BBB"}, name="rule"), Avoid([area])]
    bent = Route((Waypoint(5, 45, "one"), Waypoint(15, 47, "two"), Waypoint(25, 45, "three")), "bent")
    low = Route((Waypoint(5, 33, "four"), Waypoint(15, 33), Waypoint(25, 33, "five")), "low")
    side = Route((Waypoint(11, 45, "six"), Waypoint(19, 45, "seven")), "side")
    judged = [
        check(bent, WORLD, rules=rules),
        check(low, WORLD, rules=[Avoid({"BBB"}, name="other", allow={"BBB"})]),
        check(side, WORLD, rules=[Avoid({"AAA"}, name="other")]),
    ]
    drawn = draw(WORLD, judged, on=DAY, avoid=["BBB", area], notes=["a", "b", "c"], clock=lambda km: f"{km:.0f}")
    found: dict[str, Any] = json.loads(json.dumps(drawn.scene))
    return found | {"headline": "a headline", "finding": "a finding"}


SCENE = scene()


def filled(thing: Any, probe: str, found: dict[str, str], path: str = "") -> Any:  # noqa: ANN401 - JSON
    """Return a scene with a probe in each of its texts; `found` has them by their places."""
    if isinstance(thing, dict):
        return {
            key: value if key in WORDS or f"{path}.{key}" == OWN else filled(value, probe, found, f"{path}.{key}")
            for key, value in thing.items()
        }
    if isinstance(thing, list):
        return [filled(value, probe, found, f"{path}.{nth}") for nth, value in enumerate(thing)]
    if not isinstance(thing, str):
        return thing
    found[path] = f"({len(found)}){probe}(end)"
    return found[path]


def texts_of(page: str) -> tuple[str, Any]:
    """Return title and data of a page, as a browser reads them."""
    (title,) = re.findall("<title>(.*?)</title>", page, re.DOTALL)
    (data,) = re.findall(r'<script type="application/json" id="of-data">(.*?)</script>', page, re.DOTALL)
    return html.unescape(title), json.loads(data)


def saved(drawn: Map, folder: Path) -> str:
    drawn.save(folder / "map.html")
    return (folder / "map.html").read_text(encoding="utf-8")


def framed(drawn: Map, _: Path) -> str:
    (inside,) = re.findall('srcdoc="(.*?)"', drawn._repr_html_(), re.DOTALL)
    return html.unescape(inside)


def folium_saved(drawn: Map, _: Path) -> str:
    out = io.BytesIO()
    folium.Element.save(drawn.get_root(), out, close_file=False)
    return out.getvalue().decode()


WAYS: dict[str, Callable[[Map, Path], str]] = {
    "render": lambda drawn, _: drawn.get_root().render(),
    "html": lambda drawn, _: drawn.html().decode(),
    "save": saved,
    "notebook": framed,
    "folium's save": folium_saved,
}


# What folium makes of it.


def test_a_scene_has_a_text_in_every_kind_of_place() -> None:
    found: dict[str, str] = {}
    filled(SCENE, "x", found)
    kinds = {re.sub(r"\.\d+", "", path) for path in found}
    assert kinds >= {
        *(
            ".title",
            ".on",
            ".headline",
            ".finding",
            ".rule.name",
            ".rule.words",
            ".rule.long",
            ".disputes",
            ".labels.text",
        ),
        *(".pieces.name", ".pieces.disputed", ".pieces.claimants", ".data.version", ".overflight"),
        *(".routes.name", ".routes.label", ".routes.note", ".routes.stops.name", ".routes.marks.text", ".routes.km"),
        *(
            ".routes.rows.state",
            ".routes.rows.note",
            ".routes.nearest.state",
            ".routes.bands.name",
            ".routes.bands.time",
        ),
        *(".routes.crossed", ".routes.forbidden.text", ".routes.extension", ".routes.gap", ".routes.bands.disputed"),
    }


@each_probe
def test_every_text_arrives_as_it_was_in_a_page_and_in_figures_of_folium(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, probe: str
) -> None:
    monkeypatch.chdir(tmp_path)
    given = filled(SCENE, probe, {})
    assert texts_of(Map(given).get_root().render()) == (legible(given["title"]), given)
    for inside in (False, True):
        figure = folium.Figure(title="mine")
        (figure.add_subplot(1, 2, 1) if inside else figure).add_child(Map(given))
        assert texts_of(figure.render()) == ("mine", given)
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_text_arrives_whichever_way_a_page_is_made(tmp_path: Path, way: Callable[[Map, Path], str]) -> None:
    given = filled(SCENE, EVERY, {}) | {"title": "{{ 7*7 }}"}
    assert texts_of(way(Map(given), tmp_path)) == ("{{ 7*7 }}", given)


@pytest.fixture
def templates(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return, as they come, the templates that are made."""
    made: list[str] = []
    real = jinja2.Environment.compile

    def compile_(self: jinja2.Environment, source: Any, *args: Any, **more: Any) -> Any:  # noqa: ANN401 - jinja2's own
        made.append(str(source))
        return real(self, source, *args, **more)

    monkeypatch.setattr(jinja2.Environment, "compile", compile_)
    return made


def test_a_map_is_made_of_no_template(templates: list[str]) -> None:
    drawn = Map(filled(SCENE, "canary", {}))
    templates.clear()
    assert "canary" in drawn.get_root().render()
    assert templates == []


def test_layers_of_folium_do_not_make_templates_of_the_map(templates: list[str]) -> None:
    drawn = Map(filled(SCENE, "canary", {}))
    folium.Marker([45, 15], tooltip="here", popup="there").add_to(drawn)
    folium.TileLayer("https://example.org/{z}/{x}/{y}.png", attr="example").add_to(drawn)
    page = drawn.get_root().render()
    assert "canary" in page
    assert "there" in page
    assert [source for source in templates if "canary" in source or "overflightMap" in source] == []


def test_files_of_the_page_come_out_letter_by_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Map, "asset", lambda _, name: f"/* {name} {{{{ 7*7 }}}} {{% raw %}} {{# x #}} {{{{ */")
    page = Map(SCENE).get_root().render()
    for name in ("leaflet.css", "map.css", "leaflet.js", "map.html", *Map.scripts):
        assert f"/* {name} {{{{ 7*7 }}}} {{% raw %}} {{# x #}} {{{{ */" in page


def test_what_stands_in_the_body_begins_no_template() -> None:
    # branca makes one of what stands in a part of a figure
    drawn = Map(filled(SCENE, EVERY, {}))
    assert not re.search(r"\{[{%#]", drawn.asset("map.html") + drawn.asset("patterns.svg") + drawn.scene_json())
    for name in Map.scripts:
        assert "<!--" not in drawn.asset(name), "a script element with this in it may not end where it should"


def test_a_page_can_be_made_again_and_described() -> None:
    drawn = Map(SCENE)
    assert drawn.get_root().render() == drawn.get_root().render() == drawn.html().decode()
    assert list(drawn.get_root().to_dict()["children"]) == ["map_overflight"]
    assert "title" not in json.loads(drawn.get_root().to_json())


# What the page forbids.


def policy_of(page: str) -> str:
    found = re.findall('<meta http-equiv="Content-Security-Policy" content="(.*?)">', page)
    return "".join(found)


def test_a_page_runs_its_own_scripts_only_and_asks_for_nothing() -> None:
    page = Map(SCENE).get_root().render()
    scripts = re.findall("<script>(.*?)</script>", page, re.DOTALL)
    sums = [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in scripts]
    rules = dict(rule.strip().split(" ", 1) for rule in policy_of(page).split(";"))
    assert rules == {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": "'unsafe-inline'",
        "script-src": " ".join(sums),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert page.index("Content-Security-Policy") < page.index("<title>") < page.index("<script>")


@pytest.mark.parametrize(
    "add",
    [
        lambda drawn: folium.Marker([45, 15]).add_to(drawn),
        lambda drawn: folium.TileLayer("https://example.org/{z}/{x}/{y}.png", attr="example").add_to(drawn),
        lambda drawn: drawn.add_js_link("mine", "https://example.org/mine.js"),
        lambda drawn: drawn.page.html.add_child(folium.Element("<p onclick='x'>mine</p>")),
    ],
)
def test_what_is_added_to_a_map_is_not_forbidden(add: Callable[[Map], object]) -> None:
    drawn = Map(SCENE)
    assert policy_of(drawn.get_root().render())
    add(drawn)
    assert not policy_of(drawn.get_root().render())


# Where names come from.


def test_names_of_files_and_of_the_what_if_page_are_no_templates(run: Run, tmp_path: Path) -> None:
    name = "{{ cycler.__init__.__globals__.os.mkdir('owned') }}{% raw %}{#"
    line = {"type": "LineString", "coordinates": [[37.26, 55.59], [19.26, 47.44]]}
    feature = {"type": "Feature", "properties": {"name": name}, "geometry": line}
    (tmp_path / "x.geojson").write_text(json.dumps(feature), encoding="utf-8")
    ring = [[20.0, 50.0], [25.0, 50.0], [25.0, 54.0], [20.0, 54.0], [20.0, 50.0]]
    zone = feature | {"geometry": {"type": "Polygon", "coordinates": [ring]}}
    (tmp_path / "zone.geojson").write_text(json.dumps(zone), encoding="utf-8")
    assert run("check", "x.geojson", "--on", "2025-10-23", "--map", "check.html")[0] == 0
    assert run("map", "x.geojson", "--on", "2025-10-23", "--avoid", "zone.geojson", "-o", "map.html")[0] == 0
    keys = {"waypoints": ["VKO", "BUD"], "on": "2025-10-23", "avoid": ["icc"], "name": name}
    _, page = WhatIf(Setting(keys)).drawn(keys, [{"name": name, "waypoints": ["VKO", "60,30", "BUD"]}])
    (tmp_path / "whatif.html").write_bytes(page)
    for file in ("check.html", "map.html", "whatif.html"):
        title, data = texts_of((tmp_path / file).read_text(encoding="utf-8"))
        assert title == data["title"] == name
        assert data["routes"][-1]["label"] == name
    areas = [
        piece["name"] for piece in texts_of((tmp_path / "map.html").read_text("utf-8"))[1]["pieces"] if "area" in piece
    ]
    assert areas == [name]
    assert not (tmp_path / "owned").exists()


# What a browser makes of it.


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


Seen = tuple[list[str], list[str]]
Opened = Callable[[Path], tuple[Page, list[str]]]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """Open a page; returns it with what it asked for and complained of."""
    context = open_context(browser, DESKTOP, dark=False)

    def opener(file: Path) -> tuple[Page, list[str]]:
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: complaints.append(asked.url) if asked.url != file.as_uri() else None)
        page.goto(file.as_uri())
        return page, complaints

    yield opener
    context.close()


READ = """() => {
  const said = [];
  const read = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) { if (node.parentNode.tagName !== "SCRIPT") said.push(node.data); }
      else said.push(node.getAttribute("aria-label") || "");
    }
  };
  const readAll = () => {
    read(document.body);
    map_overflight.eachLayer((layer) => {
      ["Tooltip", "Popup"].filter((kind) => layer["get" + kind] && layer["get" + kind]()).forEach((kind) => {
        layer["open" + kind]();
        read(map_overflight.getPane(kind.toLowerCase() + "Pane"));
        layer["close" + kind]();
      });
    });
  };
  readAll();
  document.querySelectorAll(".of-route").forEach((button) => { button.click(); readAll(); });
  return said;
}"""
GLOBALS = "() => Object.getOwnPropertyNames(window).concat(Object.keys(Object.prototype), document.body.id)"
ELEMENTS = (
    "() => [...document.querySelectorAll('*')].map((one) => one.tagName + [...one.attributes].map((a) => a.name))"
)
FALLBACKS = re.compile(r"\.labels\.|\.code$|\.tag$|\.entered\.|\.cities\.|\.(?:consents|crossed|unmet)\.")
"""Texts that are shown only where there is room for them, or none for another; and what `words` has in a sentence."""


@pytest.fixture(scope="module")
def plain(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Return the elements and the globals of a page of plain texts."""
    path = tmp_path_factory.mktemp("plain") / "map.html"
    Map(filled(SCENE, "plain", {})).save(path)
    with open_context(browser, DESKTOP, dark=False) as context:
        page = context.new_page()
        page.goto(path.as_uri())
        elements = page.evaluate(ELEMENTS)
        page.evaluate(READ)
        return elements, page.evaluate(GLOBALS)


@pytest.mark.browser
@some_probes
def test_every_text_is_on_the_page_letter_by_letter_and_does_nothing(
    opened: Opened, plain: Seen, tmp_path: Path, probe: str
) -> None:
    given: dict[str, str] = {}
    Map(filled(SCENE, probe, given)).save(tmp_path / "map.html")
    page, complaints = opened(tmp_path / "map.html")
    assert page.title().split() == legible(given[".title"]).split()
    elements = page.evaluate(ELEMENTS)
    said = set(page.evaluate(READ))
    lost = {path for path, text in given.items() if not any(legible(text) in one for one in said)}
    assert {path for path in lost if not FALLBACKS.search(path)} == set()
    # where a text is too long for its place, its element is left out
    assert set(elements) <= set(plain[0])
    assert page.evaluate(GLOBALS) == plain[1]
    assert [text for text in complaints if not text.startswith("data:")] == []


@pytest.mark.browser
def test_the_page_and_the_picture_show_the_same_letters_by_their_numbers(opened: Opened, tmp_path: Path) -> None:
    Map(SCENE).save(tmp_path / "map.html")
    page, _ = opened(tmp_path / "map.html")
    shown = page.evaluate(
        "() => Array.from({ length: 0x10000 }, (_, n) => overflight.parse(JSON.stringify(String.fromCharCode(n))))"
    )
    assert shown == [legible(chr(number)) for number in range(0x10000)]


@pytest.mark.browser
def test_a_script_in_the_markup_would_not_run(opened: Opened, tmp_path: Path) -> None:
    # as if a text did get into the page as markup
    Map(SCENE).save(tmp_path / "map.html")
    page, _ = opened(tmp_path / "map.html")
    failed: dict[str, str | None] = {}
    page.on("requestfailed", lambda asked: failed.update({asked.url: asked.failure}))
    with page.expect_event("requestfailed"):
        page.evaluate("""() => new Promise((done) => {
          document.body.insertAdjacentHTML("beforeend", "<img src='data:x' onerror='window.owned = 1'>");
          document.body.lastChild.addEventListener("error", done);
          const script = document.createElement("script");
          script.textContent = "window.owned = 1";
          document.body.append(script);
          new Image().src = "https://example.org/x.png";
        })""")
    assert page.evaluate("window.owned") is None
    assert failed == {"https://example.org/x.png": "csp"}


@pytest.mark.browser
def test_layers_of_folium_work_on_the_page(opened: Opened, tmp_path: Path) -> None:
    drawn = Map(SCENE)
    folium.Marker([45, 15], tooltip="<b>here</b>", popup="<i>there</i>").add_to(drawn)
    drawn.page.html.add_child(folium.Element("<p id='mine' onclick='window.mine = 1'>mine</p>"))
    drawn.save(tmp_path / "map.html")
    page, complaints = opened(tmp_path / "map.html")
    said = page.evaluate(READ)
    assert {"here", "there", "mine"} <= set(said)
    page.evaluate("document.getElementById('mine').click()")
    assert page.evaluate("window.mine") == 1
    assert [text for text in complaints if not text.startswith("data:")] == []


LONG = "Very-long-name " * 7000


@pytest.mark.browser
def test_long_texts_are_cut_where_they_are_shown_and_whole_in_the_data(opened: Opened, tmp_path: Path) -> None:
    scene = filled(SCENE, LONG, {})
    Map(scene).save(tmp_path / "map.html")
    title, data = texts_of((tmp_path / "map.html").read_text(encoding="utf-8"))
    assert data == scene
    assert len(title) <= 300
    page, complaints = opened(tmp_path / "map.html")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("document.querySelector('.of-map').clientHeight") > 200
    assert page.locator(".of-place").first.evaluate("one => one.offsetHeight") < 200
    assert max(map(len, page.evaluate(READ))) < 30_000
    assert [text for text in complaints if not text.startswith("data:")] == []


# What matplotlib makes of it.


@some_probes
def test_every_text_is_in_a_picture_as_it_stands(probe: str) -> None:
    scene = filled(SCENE, probe, {})
    svg = picture(scene, ".svg").decode()
    elements = list(ET.fromstring(svg).iter())  # noqa: S314 - our own
    assert "script" not in {one.tag.rpartition("}")[2] for one in elements}
    drawn = ["".join(one.itertext()) for one in elements if one.tag.endswith("}text")]
    for text in (clean(scene["rule"]["words"], 100), clean(scene["routes"][0]["stops"][0]["name"], 30)):
        assert text in drawn


@pytest.mark.parametrize(("kind", "start"), [(".svg", b"<?xml"), (".png", b"\x89PNG"), (".pdf", b"%PDF")])
def test_all_of_them_together_can_be_drawn(kind: str, start: bytes) -> None:
    assert picture(filled(SCENE, EVERY, {}), kind).startswith(start)


def test_long_texts_are_cut_in_a_picture() -> None:
    short = picture(filled(SCENE, "x" * 1000, {}), ".svg")
    assert len(picture(filled(SCENE, "x" * 100_000, {}), ".svg")) < 1.1 * len(short)


def test_a_text_is_cut_with_an_ellipsis_and_only_where_it_is_too_long() -> None:
    assert (cut("abcd", 4), cut("abcde", 4), clean("a\nb\r\nc\x1b", 20)) == ("abcd", "abc…", "a b  c\\x1b")
