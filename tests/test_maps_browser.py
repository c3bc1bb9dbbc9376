"""The shared map in a browser: without network, by mouse, finger and keyboard, and for those who hear it read."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import folium
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from shapely.geometry import Polygon, box

from overflight.airspace import bloc, load_airspaces
from overflight.case import Case
from overflight.detours.gaps import gaps
from overflight.maps import draw
from overflight.routes import Route, great_circle, route
from overflight.routes.places import Waypoint
from overflight.routes.sample import Sample
from overflight.routes.tracks import tracks_of
from overflight.rules import Avoid, check
from tests.browsers import DESKTOP, PHONE, PICTURES, chromium, open_context
from tests.worlds import make_world

pytestmark = pytest.mark.browser

DAY = dt.date(2025, 10, 23)
HOSTILE = '</script><img src=x onerror=\'document.body.id="owned"\'><script>document.body.id="owned"</script>&\u202e'
WORLD = make_world(
    {
        "AAA": box(0, 40, 10, 50),
        "BBB": Polygon([(10, 40), (20, 40), (20, 44), (20, 50), (10, 50)]),
        "CCC": Polygon([(20, 40), (30, 40), (30, 50), (20, 50), (20, 44)]),
        "BBB:held by CCC": box(12, 30, 18, 35),
    }
)
Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """Open a page as somebody does who has only the file; afterwards, it asked and complained of nothing."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opener(file: Path, size: tuple[int, int] = DESKTOP, *, dark: bool = False) -> Page:
        context = open_context(browser, size, dark=dark)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: complaints.append(asked.url) if asked.url != file.as_uri() else None)
        page.goto(file.as_uri())
        return page

    yield opener
    for context in contexts:
        context.close()
    assert [said for said in complaints if not said.startswith("data:")] == []


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw three routes over a made-up world; the second is forbidden."""
    across = route((5.0, 45.0), (25.0, 45.0), name="across")
    around = route((5.0, 45.0), (15.0, 56.0), (25.0, 45.0), name="around")
    over = route((5.0, 45.0), (15.0, 62.0), (25.0, 42.0), name="widest")
    verdicts = [
        check(over, WORLD, rules=[Avoid({"BBB"}, name="icc", allow={"BBB"})]),
        check(across, WORLD, rules=[Avoid({"BBB"}, name="icc")]),
        check(around, WORLD, rules=[Avoid({"BBB"}, name="icc")]),
    ]
    path = tmp_path_factory.mktemp("small") / "map.html"
    draw(WORLD, verdicts, on=DAY, avoid={"BBB"}, title="Three ways").save(path)
    return path


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw two routes over the shipped airspace."""
    world = load_airspaces(on=DAY)
    path = tmp_path_factory.mktemp("real") / "map.html"
    over = Route(
        (Waypoint(37.2615, 55.5915, "VKO"), Waypoint(24.0, 52.3), Waypoint(19.2556, 47.4369, "BUD")), "over Brest"
    )
    draw(world, [great_circle("VKO", "BUD"), over], on=DAY, avoid=bloc("icc").on(DAY)).save(path)
    return path


def order(page: Page) -> list[str]:
    return page.locator(".of-name").all_inner_texts()


def test_a_choice_in_the_panel_shows_the_route_its_table_and_its_profile(opened: Opened, small: Path) -> None:
    page = opened(small)
    expect(page.locator("#of-profile-title")).to_have_text("All routes unrolled, on one scale")
    before = page.locator(".of-end").first.get_attribute("d")
    row = page.get_by_role("button", name="across")
    row.click()
    expect(row).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".of-detail:visible")).to_have_count(1)
    expect(page.locator(".of-detail:visible tr.of-bad th")).to_have_text("BBB")
    assert page.locator("path.of-track.of-faded").count() == 2
    assert page.locator("path.of-track:not(.of-faded)").count() == 1
    expect(page.locator("#of-profile-title")).to_contain_text("Along route 2: across")
    assert "BBB km" in (page.locator("#of-strip svg").get_attribute("aria-label") or "")
    assert page.locator(".of-tick-label").count() >= 3
    assert page.locator(".of-end").first.get_attribute("d") != before, "the map flies to it"
    page.get_by_role("button", name="Show all").click()
    expect(row).to_be_focused()
    assert page.locator("path.of-faded").count() == 0


def test_a_click_on_a_route_chooses_it(opened: Opened, small: Path) -> None:
    page = opened(small)
    page.locator(".leaflet-marker-icon .of-badge", has_text="3").click()
    expect(page.get_by_role("button", name="around")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator(".of-detail:visible")).to_have_count(0)


def test_routes_are_sorted_by_what_the_reader_asks(opened: Opened, small: Path) -> None:
    page = opened(small)
    sort = page.get_by_label("Sort by")
    assert order(page) == ["widest", "across", "around"]
    sort.select_option("length")
    assert order(page) == ["across", "around", "widest"]
    sort.select_option("verdict")
    assert order(page) == ["around", "widest", "across"]
    assert page.locator(".of-row-name").all_text_contents() == ["3", "1", "2"], "the profile follows"
    sort.select_option("consents")
    assert order(page)[-1] == "across", "it asks one state, the others none"


def test_the_keyboard_alone_reaches_everything(opened: Opened, small: Path) -> None:
    page = opened(small)
    reached: list[str] = []
    for _ in range(20):
        page.keyboard.press("Tab")
        at = page.evaluate(
            "(a => a === document.body ? '' : a.id || a.textContent.slice(0, 12))(document.activeElement)"
        )
        if not at:
            break
        reached.append(at)
    assert reached[0] == "of-sort"
    rows = [at for at in reached if re.match(r"\d", at)]
    assert [re.sub(r"\d", "", row)[:6] for row in rows] == ["widest", "across", "around"]
    assert [at for at in reached if not re.match(r"\d", at)] == [
        "of-sort",
        "Disputes on ",
        "Publish",
        "map_overflight",
        "+",
        "\u2212",
        "of-fit",
        "Legend",
    ]
    page.get_by_role("button", name="around").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".of-detail:visible")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="around")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".of-detail:visible")).to_have_count(0)
    page.locator("#map_overflight").focus()
    pane, spot = page.locator(".leaflet-map-pane"), page.locator(".of-end").first
    before = spot.get_attribute("d") or ""
    page.keyboard.press("+")
    expect(spot).not_to_have_attribute("d", before)
    before = pane.get_attribute("style") or ""
    page.keyboard.press("ArrowRight")
    expect(pane).not_to_have_attribute("style", before)


def test_disputes_are_listed_in_words(opened: Opened, small: Path) -> None:
    page = opened(small)
    page.get_by_text("Disputes on this map").click()
    expect(page.locator("#of-disputes li")).to_have_text(["BBB: held by CCC"])
    ids = page.locator("[id]").evaluate_all("all => all.map((one) => one.id)")
    assert len(ids) == len(set(ids))


def test_a_finger_opens_popups_and_the_panel_folds(opened: Opened, small: Path) -> None:
    page = opened(small, PHONE)
    row = page.get_by_role("button", name="across")
    row.tap()
    expect(page.locator(".of-detail:visible")).to_have_count(1)
    page.locator("path.of-enter").first.tap(force=True)
    expect(page.locator(".leaflet-popup .of-tip")).to_contain_text("Enters BBB")
    page.get_by_role("button", name="Hide list").tap()
    expect(row).to_be_hidden()
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow == 0


def test_a_pole_that_the_map_can_not_show_has_an_inset(opened: Opened, tmp_path: Path) -> None:
    far = route((20.0, -50.0), (20.0, 70.0), (-160.0, 70.0), name="over the pole")
    draw(WORLD, far, on=DAY).save(tmp_path / "far.html")
    page = opened(tmp_path / "far.html")
    inset = page.get_by_role("img", name="The routes around the North Pole")
    line = inset.locator(".of-track").get_attribute("d") or ""
    spots = [tuple(map(float, spot.split(","))) for spot in line.removeprefix("M").split("L")]
    assert min(x * x + y * y for x, y in spots) < 1.0, "the line runs through the middle"
    steps = [abs(b[0] - a[0]) + abs(b[1] - a[1]) for a, b in itertools.pairwise(spots[20:])]
    assert max(steps) < 30
    draw(WORLD, route((5.0, 45.0), (25.0, 45.0)), on=DAY).save(tmp_path / "near.html")
    expect(opened(tmp_path / "near.html").locator(".of-inset")).to_have_count(0)


def test_an_address_says_which_route_is_chosen_and_digits_and_names_on_the_map_choose_one(
    browser: Browser, small: Path
) -> None:
    context = open_context(browser, DESKTOP, dark=False)
    page = context.new_page()
    page.goto(small.as_uri() + "#route=3")
    expect(page.get_by_role("button", name="around")).to_have_attribute("aria-expanded", "true")
    page.locator("#map_overflight").focus()
    page.keyboard.press("1")
    assert page.evaluate("location.hash") == "#route=1"
    page.locator(".of-tag", has_text="great circle").click()
    assert page.evaluate("location.hash") == "#route=2"
    page.keyboard.press("Escape")
    assert page.evaluate("location.hash") == ""
    for nonsense in ("#route=0", "#route=99", "#route=1e1", "#<b>"):
        page.goto("about:blank")
        page.goto(small.as_uri() + nonsense)
        expect(page.locator(".of-detail:visible")).to_have_count(0)
    context.close()


def test_one_route_is_shown_in_colour_and_names_stand_under_no_control_and_once(opened: Opened, real: Path) -> None:
    for size in (DESKTOP, (640, 480), PHONE):
        page = opened(real, size)
        assert page.locator("path.of-track:not(.of-quiet)").count() == 1
        boxes = page.evaluate("""() => [".leaflet-control", ".of-writing > span"].map((name) =>
          [...document.querySelectorAll(name)].map((one) => {
            const { left, top, right, bottom } = one.getBoundingClientRect();
            return [one.textContent, left, top, right, bottom];
          }).filter((one) => one[3] > one[1]))""")
        controls, names = boxes
        assert {"Belarus", "Ukraine", "Poland", "Slovakia", "Hungary"} <= {name for name, *_ in names}
        assert len({name for name, *_ in names}) == len(names)
        under = [
            (name, control)
            for control, *there in controls
            for name, *box in names
            if box[0] < there[2] and box[2] > there[0] and box[1] < there[3] and box[3] > there[1]
        ]
        assert under == []


def test_sources_can_be_followed_if_they_are_of_the_web(opened: Opened, tmp_path: Path) -> None:
    note = "Source: https://example.org/a?b=1&c=2. Not: javascript:alert(1), ftp://example.org/x, http://"
    draw(WORLD, route((5.0, 45.0), (25.0, 45.0)), on=DAY, notes=[note]).save(tmp_path / "map.html")
    page = opened(tmp_path / "map.html")
    link = page.locator(".of-own-note a")
    expect(link).to_have_count(1)
    assert link.get_attribute("href") == "https://example.org/a?b=1&c=2"
    assert "noopener" in (link.get_attribute("rel") or "")
    expect(page.locator(".of-own-note")).to_have_text(note)


def test_slivers_of_one_border_unfold_by_the_keyboard(opened: Opened, real: Path) -> None:
    page = opened(real)
    page.locator(".of-route").first.click()
    along = page.get_by_role("button", name="Along the Russia-Belarus border")
    expect(page.locator("#of-detail-0 tr.of-part:visible")).to_have_count(0)
    along.focus()
    page.keyboard.press("Enter")
    expect(along).to_have_attribute("aria-expanded", "true")
    assert page.locator("#of-detail-0 tr.of-part:visible").count() >= 4


def test_very_many_routes_do_not_hide_the_map_under_names(opened: Opened, tmp_path: Path) -> None:
    many = [route((5.0 + k / 10, 40.0), (25.0, 42.0 + k / 10)) for k in range(40)]
    draw(WORLD, many, on=DAY).save(tmp_path / "many.html")
    page = opened(tmp_path / "many.html")
    expect(page.locator(".of-place")).to_have_count(0)
    expect(page.locator("path.of-tick")).to_have_count(0)
    page.get_by_role("button").filter(has_text="1,").first.click()
    expect(page.locator("path.of-tick")).to_have_count(1)


def test_times_of_the_flight_are_in_its_profile(opened: Opened, tmp_path: Path) -> None:
    flight = route((5.0, 45.0), (25.0, 45.0), name="at 800 km/h")
    draw(WORLD, flight, on=DAY, clock=lambda km: f"{8 + km / 800:.2f} h").save(tmp_path / "map.html")
    page = opened(tmp_path / "map.html")
    assert page.locator(".of-band-time").all_text_contents()[0] == "8.00 h to 8.49 h"
    assert "8.00 h to 8.49 h" in (page.locator("#of-strip svg").get_attribute("aria-label") or "")


def test_the_edge_of_where_a_flight_can_have_been_tells_what_follows(opened: Opened, tmp_path: Path) -> None:
    rows = [Sample(Waypoint(2.0123, 45.0), 1761202805.0), Sample(Waypoint(17.5, 45.0), 1761209605.0)]
    (track,) = tracks_of(rows, "silent")
    case = Case.of(track, world=WORLD, avoid="CCC")
    drawn = draw(WORLD, case.verdict, on=DAY, avoid=case.forbidden, gaps=gaps(case))
    drawn.save(tmp_path / "gap.html")
    page = opened(tmp_path / "gap.html")
    expect(page.locator("path.of-gap")).to_have_count(1)
    expect(page.locator("#of-legend")).to_contain_text("Where it can have been in a gap")
    expect(page.locator("#of-panel")).to_contain_text("could have crossed CCC")
    page.locator(".leaflet-gaps-pane path.of-hit").dispatch_event("click")
    expect(page.locator(".leaflet-popup")).to_contain_text("Could have crossed CCC")


def test_foreign_text_is_shown_as_text(opened: Opened, tmp_path: Path) -> None:
    line = Route((Waypoint(5, 45, HOSTILE), Waypoint(15, 47, HOSTILE), Waypoint(25, 45, HOSTILE)), HOSTILE)
    drawn = draw(WORLD, check(line, WORLD, rules=[Avoid({"BBB"}, name=HOSTILE)]), on=DAY, avoid={"BBB"}, title=HOSTILE)
    folium.Marker([45, 15], popup="a popup").add_to(drawn)
    drawn.save(tmp_path / "map.html")
    page = opened(tmp_path / "map.html")
    page.locator(".of-route").click()
    page.locator("path.of-enter").first.hover(force=True)
    page.locator("path.of-bad-track").first.hover(force=True)
    assert page.evaluate("document.body.id") == ""
    assert page.locator("img[src='x']").count() == 0
    expect(page.locator("h1")).to_contain_text("<img src=x")


def test_what_is_printed_is_light_and_has_legend_headline_and_all_routes(opened: Opened, small: Path) -> None:
    page = opened(small, dark=True)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for shown in ("#of-title", "#of-headline", "#of-legend", ".of-route >> nth=2"):
        expect(page.locator(shown)).to_be_visible()
    expect(page.locator("#of-sorting")).to_be_hidden()


@pytest.mark.parametrize(("size", "dark"), [(DESKTOP, False), (DESKTOP, True), (PHONE, False)])
def test_axe_finds_no_serious_fault(opened: Opened, real: Path, size: tuple[int, int], dark: bool) -> None:
    page = opened(real, size, dark=dark)
    page.locator(".of-route").first.click()
    page.screenshot(path=PICTURES / f"{'phone' if size == PHONE else 'desktop'}{'-dark' if dark else ''}.png")
    found = Axe().run(page).response["violations"]
    serious = [f for f in found if f["impact"] in {"serious", "critical"}]
    assert [(f["id"], [node["target"] for node in f["nodes"]][:3]) for f in serious] == []
