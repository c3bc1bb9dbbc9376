"""A map for publication: its title, its size, and what its file says of it."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from shapely.geometry import box

from overflight.errors import OverflightError
from overflight.maps import draw
from overflight.maps.picture import picture
from overflight.maps.publication import Edition, alternative, edition_of, parse_size, parse_title, parse_url
from overflight.routes import route
from overflight.rules import Avoid, check
from tests.browsers import DESKTOP, chromium, open_context
from tests.commands import Run
from tests.worlds import make_world

DAY = dt.date(2025, 10, 23)
WORLD = make_world({"AAA": box(0, 40, 10, 50), "BBB": box(10, 40, 20, 50), "CCC": box(20, 40, 30, 50)})
NASTY = "{{ 7*7 }}</script></title><b>\u202eabc\x1b$\\frac{1}{0}$"
SHOWN = "{{ 7*7 }}</script></title><b>\\u202eabc\\x1b$\\frac{1}{0}$"
SVG = "{http://www.w3.org/2000/svg}"


def scene(title: str = "Across", many: int = 1) -> dict[str, Any]:
    line = route((5.0, 45.0), (25.0, 45.0), name="across")
    verdict = check(line, WORLD, rules=[Avoid({"BBB"})])
    return draw(WORLD, [verdict] * many, on=DAY, avoid={"BBB"}, title=title).scene


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


# Size.


@pytest.mark.parametrize(
    ("text", "size"),
    [("1600x900", (1600, 900)), ("1:1", (1600, 1600)), (" 4:5 ", (1600, 2000)), ("16:9", (1600, 900))],
)
def test_a_size_is_pixels_or_a_shape_of_standard_width(text: str, size: tuple[int, int]) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "text",
    ["", "big", "1600", "1600*900", "0x0", "0:1", "100x100", "9000x9000", "8000x8000", "4000x500", "1:9", "1e3x9"],
)
def test_another_is_refused_in_one_line_that_says_what_one_is(text: str) -> None:
    with pytest.raises(OverflightError) as caught:
        parse_size(text)
    assert len(str(caught.value).splitlines()) == 1
    assert any(str(number) in str(caught.value) for number in ("1600x900", 320, "0.4"))


@pytest.mark.parametrize("size", [(1600, 900), (800, 800), (640, 800), (321, 801), (900, 320)])
def test_a_picture_has_the_pixels_that_were_asked_for_and_says_how_many_go_to_an_inch(size: tuple[int, int]) -> None:
    image = opened(picture(scene(many=3), ".png", Edition(size, 300)))
    assert image.size == size
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_without_a_size_twice_the_density_is_twice_the_pixels() -> None:
    low, high = (opened(picture(scene(), ".png", Edition(dpi=dpi))).size for dpi in (50, 100))
    assert high == pytest.approx((2 * low[0], 2 * low[1]), abs=2)


def test_an_svg_is_as_large_as_asked_for_and_its_letters_keep_their_shape() -> None:
    root = ET.fromstring(picture(scene(), ".svg", Edition((1600, 900))))  # noqa: S314 - our own
    assert (root.get("width"), root.get("height")) == ("1600", "900")
    _, _, wide, high = map(float, (root.get("viewBox") or "").split())
    assert wide / high == pytest.approx(1600 / 900, rel=1e-3)


@pytest.mark.parametrize("size", [(1600, 900), (1000, 1000), (600, 1500), (2400, 800)])
def test_what_has_no_room_on_a_sheet_of_given_size_is_counted_and_nothing_stands_beyond_its_edge(
    size: tuple[int, int],
) -> None:
    many = scene("A title that goes on. " * 30, many=12)
    root = ET.fromstring(picture(many, ".svg", Edition(size)))  # noqa: S314 - our own
    _, _, wide, high = map(float, (root.get("viewBox") or "").split())
    texts = list(root.iter(f"{SVG}text"))
    placed = [(float(one.get("x") or 0), float(one.get("y") or 0)) for one in texts if one.get("x")]
    assert len(placed) > 10
    assert all(0 <= x <= wide and 0 <= y <= high for x, y in placed)
    said = ["".join(one.itertext()) for one in texts]
    listed = sum(text == "across" for text in said)
    assert f"and {12 - listed} more routes" in said or f"{12 - listed} routes" in said or listed == 12
    assert "© OpenStreetMap contributors (ODbL)" in said


@pytest.mark.parametrize("best", [6, 12])
def test_the_route_that_is_shown_is_listed_before_any_other(best: int) -> None:
    many = scene(many=13)
    routes = [{**route, "name": f"route {number}"} for number, route in enumerate(many["routes"])]
    for size in ((900, 1000), (1600, 900), (700, 700)):
        svg = picture({**many, "routes": routes, "best": best}, ".svg", Edition(size))
        listed = re.findall(r">(route \d+)<", svg.decode())
        assert not listed or f"route {best}" in listed
        assert listed == sorted(listed, key=lambda name: int(name.split()[1]))
        assert len(listed) < len(routes)
    assert listed


# What it says of itself.


def test_a_png_tells_title_description_and_source_and_no_time() -> None:
    info = opened(picture(scene("Three states"), ".png")).info
    assert info["Title"] == "Three states"
    assert info["Description"].startswith("Map of Three states, 23 October 2025. ")
    assert "BBB" in info["Description"]
    assert info["Source"].startswith("airspace data ")
    assert "OpenStreetMap contributors, ODbL" in info["Copyright"]
    assert not any("2026" in str(value) for key, value in info.items() if key != "Source")
    assert "atplotlib" not in str(info)


def test_an_svg_has_title_description_and_language_for_who_does_not_see_it() -> None:
    root = ET.fromstring(picture(scene("Three states"), ".svg"))  # noqa: S314 - our own
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == "Three states"
    assert root[1].tag == f"{SVG}desc"
    assert root[1].text == alternative(scene("Three states"))
    assert root.get("role") == "img"
    assert (root.get("aria-labelledby") or "").split() == [root[0].get("id"), root[1].get("id")]
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    names = {one.text for one in root.iter() if one.tag.endswith("}title")}
    assert not any("atplotlib" in (name or "") for name in names)


def test_letters_of_an_svg_are_letters_with_fonts_to_fall_back_on() -> None:
    svg = picture(scene(), ".svg").decode()
    texts = list(ET.fromstring(svg).iter(f"{SVG}text"))  # noqa: S314 - our own
    assert {"Across", "AAA", "BBB", "CCC"} <= {"".join(one.itertext()) for one in texts}
    assert all("serif" in (one.get("style") or "") for one in texts)


def test_a_title_is_nothing_but_text_in_every_format() -> None:
    given = scene(NASTY)
    root = ET.fromstring(picture(given, ".svg"))  # noqa: S314 - our own
    assert root[0].text == SHOWN
    assert SHOWN in (root[1].text or "")
    assert SHOWN in " ".join("".join(one.itertext()) for one in root.iter(f"{SVG}text"))
    assert opened(picture(given, ".png")).info["Title"] == SHOWN
    assert picture(given, ".pdf").startswith(b"%PDF")


def test_the_same_scene_and_size_make_the_same_bytes() -> None:
    for kind in (".svg", ".png", ".pdf"):
        assert picture(scene(), kind, Edition((640, 640))) == picture(scene(), kind, Edition((640, 640)))


# From Python and the command line.


def test_draw_takes_size_and_density(tmp_path: Path) -> None:
    line = route((5.0, 45.0), (25.0, 45.0))
    drawn = draw(WORLD, line, on=DAY, title="Across", size="1:1", dpi=300)
    assert drawn.edition == Edition((1600, 1600), 300)
    draw(WORLD, line, on=DAY, size=(640, 400)).save(tmp_path / "map.png")
    assert opened((tmp_path / "map.png").read_bytes()).size == (640, 400)
    for wrong in ({"size": "1:99"}, {"size": (1, 1)}, {"dpi": 5000}, {"dpi": 1.5}):
        with pytest.raises(OverflightError):
            draw(WORLD, line, on=DAY, **wrong)
    assert edition_of() == Edition()


@pytest.mark.parametrize("title", ["", " \n ", "x" * 301])
def test_a_title_is_not_blank_and_not_longer_than_a_title(title: str) -> None:
    with pytest.raises(OverflightError, match="that is no title"):
        parse_title(title)


def test_the_command_line_gives_title_and_size(run: Run, tmp_path: Path) -> None:
    status, _, _ = run(
        *("map", "45,5", "45,9", "--on", "2025-10-23", "-o", tmp_path / "m.svg", "--title", NASTY, "--size", "640x400")
    )
    assert status == 0
    root = ET.fromstring((tmp_path / "m.svg").read_text())  # noqa: S314 - our own
    assert (root.get("width"), root[0].text) == ("640", SHOWN)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "45,5", "45,9", "--title", "x"), "say where that goes, --map FILE.html"),
        (("check", "45,5", "45,9", "--map", "m.html", "--size", "1:1"), "give --map FILE.svg, .png or .pdf"),
        (("map", "45,5", "45,9", "-o", "m.html", "--dpi", "300"), "give -o FILE.svg, .png or .pdf"),
        (("demo", "--size", "1:1"), "give -o FILE.svg, .png or .pdf"),
        (("check", "45,5", "45,9", "--map", "m.png", "--size", "huge"), "is no size"),
        (("check", "45,5", "45,9", "--map", "m.png", "--dpi", "0"), "from 36 to 600"),
        (("routes", "45,5", "45,9", "--map", "m.png", "--title", " "), "it is blank"),
    ],
)
def test_what_says_nothing_about_what_is_written_is_refused_before_any_work(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert said in " ".join(err.split())
    assert not list(tmp_path.iterdir())


# On the web.


def page_of(title: str = "Across", **more: Any) -> str:  # noqa: ANN401
    line = route((5.0, 45.0), (25.0, 45.0), name="across")
    return draw(WORLD, line, on=DAY, avoid={"BBB"}, title=title, **more).html().decode()


def metas(page: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:name|property)="([\w:]+)" content="([^"]*)">', page)
    return {name: html.unescape(text) for name, text in found}


def test_a_page_tells_who_links_to_it_what_it_is_and_of_a_picture_only_where_there_is_one() -> None:
    alone, placed = metas(page_of()), metas(page_of(url="https://example.org/a/m.html?x=1"))
    assert (
        alone["description"]
        == alone["og:description"]
        == "Map of Across, 23 October 2025. Enters BBB, a state to avoid."
    )
    assert (alone["og:title"], alone["og:locale"], alone["twitter:card"]) == ("Across", "en_GB", "summary")
    assert "og:image" not in alone
    assert placed["og:url"] == "https://example.org/a/m.html?x=1"
    assert placed["og:image"] == "https://example.org/a/m.png?x=1"
    assert placed["twitter:card"] == "summary_large_image"


def test_what_a_page_tells_of_itself_is_text_and_no_markup() -> None:
    page = page_of(NASTY)
    assert metas(page)["og:title"] == SHOWN
    assert page.count("<title>") == page.count("</title>") == 1
    assert "\u202e" not in page


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "javascript:alert(1)",
        "https://",
        'https://a/"><script>',
        "https://a/ b",
        "http://a/" + "x" * 2000,
    ],
)
def test_an_address_is_one_of_the_web(url: str) -> None:
    with pytest.raises(OverflightError, match="is no address of a page"):
        parse_url(url)


def test_a_picture_for_links_is_written_beside_a_page_whose_address_is_known(tmp_path: Path) -> None:
    line = route((5.0, 45.0), (25.0, 45.0))
    draw(WORLD, line, on=DAY, url="https://example.org/m.html").save(tmp_path / "m.html")
    assert opened((tmp_path / "m.png").read_bytes()).size == (1200, 630)
    draw(WORLD, line, on=DAY).save(tmp_path / "other.html")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["m.html", "m.png", "other.html"]


def test_a_page_for_a_frame_is_told_with_its_height_a_title_and_a_picture(run: Run, tmp_path: Path) -> None:
    where = ("check", "45,5", "45,9", "--on", "2025-10-23", "--exit-zero", "--title", 'A "b" <c>', "--height", "400")
    status, _, err = run(*where, "--embed", tmp_path / "f.html")
    assert status == 0
    assert opened((tmp_path / "f.png").read_bytes()).size == (1200, 900)
    (frame,) = re.findall(r"<iframe .*</iframe>", err)
    element = ET.fromstring(frame)  # noqa: S314 - our own
    assert (element.get("src"), element.get("height"), element.get("loading")) == ("f.html", "400", "lazy")
    assert (element.get("title") or "").startswith('Map of A "b" <c>, 23 October 2025.')
    page = (tmp_path / "f.html").read_text()
    assert re.search(
        r'<noscript><img class="of-fallback" alt="Map of A &quot;b&quot; [^"]*" src="data:image/png;base64,', page
    )
    assert '"height":400' in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--embed", "f.png"), "give it a file of its own, FILE.html"),
        (("--embed", "f.html", "--map", "f.html"), "give it a file of its own, FILE.html"),
        (("--embed", "f.html", "--map", "./f.png"), "writes a picture, too, f.png: give --map or --embed another"),
        (("--embed", "f.html", "-o", "f.html"), "-o and --embed both name f.html: give two files"),
        (("--height", "400"), "give --embed FILE.html, too"),
        (("--map", "m.html", "--url", "ftp://a"), "is no address of a page"),
    ],
)
def test_what_is_no_frame_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    status, _, err = run("check", "45,5", "45,9", *arguments)
    assert status == 2
    assert said in " ".join(err.split())
    assert not list(tmp_path.iterdir())


@pytest.mark.browser
def test_a_reader_takes_along_sentence_address_routes_crossings_picture_and_page(tmp_path: Path) -> None:
    lines = [route((5.0, 45.0), (25.0, 45.0), name="=1+1"), route((5.0, 45.0), (15.0, 47.0), (25.0, 45.0), name="bent")]
    path = tmp_path / "m #1.html"
    draw(WORLD, lines, on=DAY, avoid={"BBB"}, title="A {{ 7*7 }} <b>").save(path)
    with chromium() as browser, open_context(browser, DESKTOP, dark=False) as context:
        page = context.new_page()
        trouble: list[str] = []
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.goto(path.as_uri())
        page.locator(".of-publish summary").click()

        def saved(what: str) -> str:
            with page.expect_download() as started:
                page.locator(f"[data-take={what}]").click()
            assert started.value.suggested_filename.startswith("a-7-7-b.")
            return Path(started.value.path()).read_text(encoding="utf-8")

        rows = list(csv.reader(io.StringIO(saved("save_csv"))))
        assert [row[:4] for row in rows[1:4]] == [["1", "'=1+1", name, name] for name in ("AAA", "BBB", "CCC")]
        features = json.loads(saved("save_geojson"))["features"]
        assert [one["properties"]["name"] for one in features] == ["=1+1", "bent"]
        assert features[0]["geometry"]["coordinates"][0][0] == pytest.approx([5.0, 45.0], abs=1e-3)
        root = ET.fromstring(saved("save_svg"))  # noqa: S314 - our own
        assert root[0].text == "A {{ 7*7 }} <b>"
        assert "BBB" in {one.text for one in root.iter(f"{SVG}text")}
        data = re.compile('id="of-data">(.*?)</script>', re.DOTALL)
        assert data.findall(saved("save_page")) == data.findall(path.read_text()) != []
        assert 'title="Map of A {{ 7*7 }} &lt;b&gt;, 23 October 2025.' in page.evaluate(
            "overflight.embedOf(overflight.readScene())"
        )
        assert 'src="m%20%231.html"' in page.evaluate("overflight.embedOf(overflight.readScene())")
        page.locator("[data-take=copy_sentence]").click()
        page.locator(".of-told:not(:empty)").wait_for()
        assert trouble == []
