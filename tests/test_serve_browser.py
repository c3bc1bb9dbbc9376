"""The what-if page in a browser: drawn with mouse, finger and keyboard, judged as the command line does."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from overflight.serve import Setting, make_app
from tests.browsers import DESKTOP, PHONE, PICTURES, chromium, open_context, wait_until
from tests.commands import Run
from tests.depth import spread
from tests.untrusted import PROBES

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("unhurried")]

HOSTILE = "</script><img src=x onerror='document.body.id=\"owned\"'>\u202e"
KEYS: dict[str, Any] = {"on": "2025-10-23", "waypoints": ["VKO", "BUD"], "avoid": ["icc"], "allow": []}
Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(reaching="127.0.0.1") as started:
        yield started


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the page from a thread."""
    config = uvicorn.Config(make_app(Setting(KEYS)), port=0, log_level="error", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    (port,) = {s.getsockname()[1] for one in server.servers for s in one.sockets}
    yield f"http://127.0.0.1:{port}/"
    server.should_exit = True
    thread.join()


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Opened]:
    """Open the page with a proposal; afterwards, it complained of nothing and asked nobody else."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opener(size: tuple[int, int] = DESKTOP, *, dark: bool = False, **keys: object) -> Page:
        context = open_context(browser, size, dark=dark)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(address) else None)
        page.goto(address + ("#" + quote(json.dumps(KEYS | keys)) if keys else ""))
        page.wait_for_selector("html[data-ready]")
        return page

    yield opener
    for context in contexts:
        context.close()
    allowed = ("data:", f"blob:{address}", "Failed to load resource")  # the page says itself what was refused
    assert [said for said in complaints if not said.startswith(allowed)] == []


BOTH_ENDS_SHOWN = """[...document.querySelectorAll(".of-grip .of-handle")].slice(0, 2).every((one) => {
  const map = document.querySelector("#of-map").getBoundingClientRect(), spot = one.getBoundingClientRect();
  return map.left < spot.left && spot.left < map.right && map.top < spot.top && spot.top < map.bottom;
})"""


def keys_of(page: Page) -> dict[str, Any]:
    """Return the proposal that the page has drawn; it is in its address."""
    found: dict[str, Any] = page.evaluate("JSON.parse(decodeURIComponent(location.hash.slice(1)))")
    return found


def headline(page: Page) -> str:
    page.wait_for_selector("#of-answer[aria-busy=false]")
    return page.locator("#of-headline").inner_text()


def drag(page: Page, selector: str, nth: int, by: tuple[int, int], *, then: Callable[[], None] = lambda: None) -> None:
    box = page.locator(selector).nth(nth).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0] / 2, y + by[1] / 2, steps=4)
    page.mouse.move(x + by[0], y + by[1], steps=4)
    then()
    page.mouse.up()


def told(run: Run, keys: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Say by the command line what a proposal crosses without consent."""
    (route,) = json.loads(
        run(
            "check",
            *keys["waypoints"],
            "--on",
            keys["on"],
            *(f"--avoid={text}" for text in keys["avoid"]),
            "-f",
            "json",
        )[1]
    )["routes"]
    names = {crossing["state"]: crossing["name"] for crossing in route["crossings"]}
    crossed = [f["state"] for f in route["verdict"]["findings"] if f["status"] == "crosses"]
    in_order = list(dict.fromkeys(crossing["state"] for crossing in route["crossings"] if crossing["state"] in crossed))
    *most, last = [names[code] for code in in_order]
    return f"Enters {', '.join(most)} and {last}, states parties to the ICC." if most else last, route


def test_a_leg_is_drawn_elsewhere_and_the_verdict_follows(opened: Opened, run: Run) -> None:
    page = opened()
    assert headline(page) == told(run, KEYS)[0]
    expect(page.locator(".of-writing-end")).to_have_text(["Moscow (VKO)", "Budapest (BUD)"])

    def while_held() -> None:
        expect(page.locator(".of-stops li")).to_have_count(3)
        expect(page.locator(".of-stop-name").nth(2)).to_have_text("Budapest (BUD)")
        expect(page.locator(".of-stop-name").nth(1)).not_to_contain_text("Budapest")
        expect(page.locator("#of-headline")).not_to_have_text(
            "Enters Ukraine, Poland, Slovakia and Hungary, states parties to the ICC."
        )

    drag(page, ".of-middle", 0, (-60, 150), then=while_held)
    expect(page.locator(".of-stops li")).to_have_count(3)
    expect(page.locator("#of-undo")).to_be_enabled()
    expected, route = told(run, keys_of(page))
    expect(page.locator("#of-headline")).to_have_text(expected)
    expect(page.locator("#of-figures")).to_contain_text(f"{route['length_km']:,.0f} km")
    rows = page.locator("#of-crossed tbody tr.of-bad th").all_inner_texts()
    assert list(dict.fromkeys(rows)) == [
        name for name in dict.fromkeys(crossing["name"] for crossing in route["crossings"]) if name in expected
    ]
    drag(page, ".of-grip .of-handle", 1, (0, -260))
    expect(page.locator("#of-headline")).not_to_have_text(expected)
    expect(page.locator("#of-headline")).to_have_text(told(run, keys_of(page))[0])


def test_what_was_done_is_undone_and_done_again(opened: Opened) -> None:
    page = opened()
    first = headline(page)
    drag(page, ".of-middle", 0, (-60, 150), then=lambda: page.keyboard.press("Control+z"))
    expect(page.locator(".of-stops li")).to_have_count(3)
    second = keys_of(page)
    page.get_by_role("button", name="Reverse").click()
    assert keys_of(page)["waypoints"] == second["waypoints"][::-1]
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.locator(".of-stops li")).to_have_count(2)
    expect(page.locator("#of-headline")).to_have_text(first)
    assert keys_of(page) == KEYS
    expect(page.locator("#of-undo")).to_be_disabled()
    page.get_by_role("button", name="Redo").click()
    expect(page.locator(".of-stops li")).to_have_count(3)
    assert keys_of(page) == second


def test_a_killed_tab_loses_nothing(opened: Opened) -> None:
    page = opened()
    drag(page, ".of-middle", 0, (-60, 150))
    expect(page.locator(".of-stops li")).to_have_count(3)
    kept, said = page.url, headline(page)
    page.goto("about:blank")
    page.goto(kept)
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".of-stops li")).to_have_count(3)
    expect(page.locator("#of-headline")).to_have_text(said)


def test_airports_are_picked_by_name(opened: Opened) -> None:
    page = opened()
    field = page.get_by_role("combobox", name="Waypoint B", exact=True)
    field.fill("vien")
    expect(page.get_by_role("option").first).to_contain_text("VIE")
    field.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(page.locator("#of-title")).to_have_text("Moscow to Vienna")
    assert keys_of(page)["waypoints"] == ["VKO", "VIE"]
    field.fill("munich")
    page.get_by_role("option").filter(has_text="MUC").click()
    expect(page.locator("#of-title")).to_have_text("Moscow to Munich")
    field.fill("zürich")
    field.press("Enter")
    expect(page.locator("#of-title")).to_have_text("Moscow to Zurich")
    assert keys_of(page)["waypoints"] == ["VKO", "ZRH"]
    field.fill("Kiev")
    field.press("Enter")
    expect(page.locator("#of-title")).to_have_text("Moscow to Kyiv")
    field.fill("東京")
    field.press("Enter")
    expect(page.get_by_role("option").first).to_contain_text("Tokyo Haneda International Airport · Japan")
    page.get_by_role("option").filter(has_text="NRT").click()
    expect(page.locator("#of-title")).to_have_text("Moscow to Tokyo")
    assert keys_of(page)["waypoints"] == ["VKO", "NRT"]
    field.fill("UUEE")
    field.press("Enter")
    expect(page.locator("#of-title")).to_contain_text("Moscow to Moscow")
    assert keys_of(page)["waypoints"] == ["VKO", "UUEE"]
    field.fill("london")
    field.press("Enter")
    expect(page.get_by_role("option").nth(3)).to_be_visible()
    assert keys_of(page)["waypoints"] == ["VKO", "UUEE"], "of several, nobody chooses but the reader"
    field.press("Escape")
    expect(field).to_have_value("UUEE")
    field.fill("")
    field.press("Tab")
    expect(field).to_have_value("UUEE")
    field.fill("47.4369,19.2556")
    field.press("Tab")
    expect(page.locator("#of-headline")).to_contain_text("Hungary")
    expect(page.locator(".of-options li")).to_have_count(0)


def test_what_is_typed_comes_into_sight(opened: Opened) -> None:
    page = opened()
    for letter, code in (("A", "JFK"), ("B", "LAX")):
        page.get_by_role("combobox", name=f"Waypoint {letter}", exact=True).fill(code)
        page.keyboard.press("Enter")
    expect(page.locator("#of-title")).to_have_text("New York to Los Angeles")
    wait_until(page, BOTH_ENDS_SHOWN)


def test_the_whole_route_can_be_shown_again(opened: Opened) -> None:
    page = opened()
    for _ in range(3):
        page.get_by_role("button", name="Zoom in").click()
    page.locator("#of-map").focus()
    for _ in range(6):
        page.keyboard.press("ArrowUp")
    wait_until(page, f"!({BOTH_ENDS_SHOWN})")
    page.get_by_role("button", name="Show the whole route").click()
    wait_until(page, BOTH_ENDS_SHOWN)


@pytest.mark.parametrize(
    "keys",
    spread([{"avoid": "icc"}, {"allow": "HUN"}, {"waypoints": [None, None]}, {"on": 3}, {"depart": "garbage"}], 2),
)
def test_a_damaged_address_opens_what_was_served(opened: Opened, keys: dict[str, Any]) -> None:
    page = opened(**keys)
    expect(page.locator("#of-title")).to_have_text("Moscow to Budapest")
    assert keys_of(page) == KEYS


def test_a_proposal_that_can_not_be_judged_says_so_on_a_map_of_the_world(opened: Opened) -> None:
    page = opened(waypoints=["VKO", "Ruritania"])
    expect(page.locator("#of-headline")).to_have_text("Nothing is judged yet.")
    expect(page.locator("#of-trouble")).to_contain_text("Ruritania")
    expect(page.locator("#of-map")).to_contain_text("Brazil")
    page.get_by_role("combobox", name="Waypoint B", exact=True).fill("BUD")
    page.keyboard.press("Enter")
    expect(page.locator("#of-title")).to_have_text("Moscow to Budapest")
    expect(page.locator(".of-grip .of-handle")).to_have_count(2)
    wait_until(page, BOTH_ENDS_SHOWN)


def test_the_verdict_is_told_before_the_ground_below_it(opened: Opened) -> None:
    page = opened()
    held: list[Route] = []
    page.route("**/ground", lambda asked: asked.continue_() if held else held.append(asked))
    page.get_by_role("combobox", name="Waypoint B", exact=True).fill("SYD")
    page.keyboard.press("Enter")
    expect(page.locator("#of-title")).to_have_text("Moscow to Sydney")
    expect(page.locator("#of-answer")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#of-map")).to_have_attribute("aria-busy", "true")
    page.get_by_role("combobox", name="Waypoint B", exact=True).fill("PER")
    page.keyboard.press("Enter")
    expect(page.locator("#of-title")).to_have_text("Moscow to Perth")
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator("#of-map")).to_have_attribute("aria-busy", "false")
    wait_until(page, BOTH_ENDS_SHOWN)


def test_the_browser_goes_back_and_forward_one_change_at_a_time(opened: Opened) -> None:
    page = opened()
    page.get_by_role("button", name="Reverse").click()
    page.get_by_role("button", name=re.compile("^Waypoint B, ")).focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    moved = keys_of(page)["waypoints"]
    assert moved[0] == "BUD"
    page.go_back()
    expect(page.get_by_role("combobox", name="Waypoint B", exact=True)).to_have_value("VKO")
    page.go_back()
    expect(page.locator("#of-title")).to_have_text("Moscow to Budapest")
    expect(page.get_by_role("button", name="Redo")).to_be_enabled()
    page.go_forward()
    page.go_forward()
    expect(page.get_by_role("combobox", name="Waypoint B", exact=True)).to_have_value(moved[1])
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("combobox", name="Waypoint B", exact=True)).not_to_have_value(moved[1])


def test_a_waypoint_is_taken_out_by_right_click_double_click_or_a_long_press(opened: Opened) -> None:
    page = opened(waypoints=["VKO", "54,29", "53,27", "51,24", "BUD"])
    handles = page.locator(".of-grip .of-handle")
    handles.nth(2).click(button="right")
    expect(handles).to_have_count(4)
    assert keys_of(page)["waypoints"] == ["VKO", "54,29", "51,24", "BUD"]
    handles.nth(1).dblclick()
    expect(handles).to_have_count(3)
    # a finger that rests on it, as browsers tell it
    handles.nth(1).dispatch_event("contextmenu")
    expect(handles).to_have_count(2)
    handles.nth(1).click(button="right")
    assert keys_of(page)["waypoints"] == ["VKO", "BUD"], "a route has two"


def test_rules_are_chips_found_by_name_and_in_step_with_their_text(opened: Opened) -> None:
    page = opened()
    avoid, chips = page.get_by_role("combobox", name="Keep out of"), page.locator("#of-avoid-chips .of-chip span")
    expect(chips).to_have_text(["ICC parties"])
    avoid.press_sequentially("belar")
    expect(page.locator("#of-avoid-chips [role=option]").first).to_contain_text("Belarus")
    avoid.press("ArrowDown")
    avoid.press("Enter")
    expect(chips).to_have_text(["ICC parties", "Belarus"])
    but = page.get_by_role("combobox", name="Except")
    but.fill("Hungary, Côte d'Ivoire")
    but.press("Enter")
    expect(page.locator("#of-but-chips .of-chip span")).to_have_text(["Hungary", "Côte d'Ivoire"])
    assert keys_of(page)["avoid"] == ["(icc | BLR) - (HUN | CIV)"]
    expect(page.locator("#of-lead")).to_contain_text("ICC parties and Belarus, except Hungary and Côte d'Ivoire")
    page.get_by_role("button", name="Except: take out Hungary").press("Enter")
    expect(page.get_by_role("button", name="Except: take out Côte d'Ivoire")).to_be_focused()
    page.get_by_text("The rule as text").click()
    text = page.get_by_role("textbox", name="Rule")
    expect(text).to_have_value("(icc | BLR) - CIV")
    text.fill("Poland, Ukraine")
    text.press("Enter")
    expect(chips).to_have_text(["Poland", "Ukraine"])
    expect(page.locator("#of-but-chips")).to_be_hidden()
    text.fill("icc & eu; RUS")
    text.press("Enter")
    expect(chips).to_have_text(["ICC parties that are also EU states", "Russia"])
    avoid.press("Backspace")
    assert keys_of(page)["avoid"] == ["icc & eu"]
    page.get_by_text("The rule as text").click()
    avoid.fill("UK")
    expect(page.locator("#of-avoid-chips [role=option] b").first).to_have_text("United Kingdom")
    avoid.fill("Ruritania")
    avoid.press("Enter")
    expect(avoid).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#of-trouble")).to_contain_text("Ruritania")
    page.get_by_role("button", name="Keep out of: take out Ruritania").click()
    expect(page.locator("#of-trouble")).to_be_hidden()
    page.get_by_role("textbox", name="Margin").fill("20")
    page.get_by_role("combobox", name="Unit of the margin").select_option("nm")
    assert keys_of(page)["margin"] == "20nm"


def test_an_unknown_key_is_no_end(opened: Opened) -> None:
    page = opened(constructor="x")
    expect(page.locator("#of-trouble")).to_contain_text("unknown key")
    page.goto(page.url.partition("#")[0] + "#" + quote(json.dumps(KEYS)))
    expect(page.locator("#of-title")).to_have_text("Moscow to Budapest")
    page.evaluate("why => { location.hash = encodeURIComponent(JSON.stringify({ why })); }", "x" * 100_000)
    wait_until(page, "location.hash.length < 1000")
    assert keys_of(page) == KEYS, "an address that is too long is not read"


def test_a_list_of_airports_is_whole_wherever_its_field_is(opened: Opened) -> None:
    page = opened(waypoints=["VKO", *(f"{55 - k / 4},{36 - k / 2}" for k in range(30)), "BUD"])
    field = page.get_by_role("combobox", name="Waypoint AF", exact=True)
    field.fill("london")
    expect(page.get_by_role("option").nth(3)).to_be_visible()
    box = page.get_by_role("listbox").bounding_box()
    assert box
    assert box["height"] > 150
    assert box["y"] + box["height"] <= 860
    page.get_by_role("option").filter(has_text="LHR").click()
    expect(field).to_have_value("LHR")


def test_old_dates_come_with_their_doubt(opened: Opened) -> None:
    page = opened(on="1980-06-01", waypoints=["SFO", "HKG"], avoid=["GBR"])
    expect(page.locator("#of-doubt")).to_contain_text("some may be wrong")
    page.get_by_role("textbox", name="Date").fill("2025-10-23")
    expect(page.locator("#of-doubt")).to_be_empty()


def test_a_long_route_keeps_the_form_short(opened: Opened) -> None:
    page = opened(waypoints=["VKO", *(f"{55 - k / 4},{36 - k / 2}" for k in range(30)), "BUD"])
    expect(page.locator(".of-grip .of-handle")).to_have_count(32)
    box = page.locator("#of-stops").bounding_box()
    assert box
    assert box["height"] < 330


def test_at_twice_the_size_the_map_keeps_its_place(opened: Opened) -> None:
    page = opened((650, 430))
    box = page.locator("#of-map").bounding_box()
    assert box
    assert box["height"] >= 250
    page.screenshot(path=PICTURES / "what-if-large-type.png", full_page=True)


def test_a_departure_moves_with_the_date(opened: Opened) -> None:
    page = opened(on="2025-01-01", depart="2024-12-31T22:00:00-05:00", speed="460kt")
    assert "Ukraine" in headline(page)
    page.get_by_role("textbox", name="Date").fill("2024-12-31")
    expect(page.locator("#of-headline")).to_have_text("Enters Poland, Slovakia and Hungary, states parties to the ICC.")
    assert keys_of(page)["depart"] == "2024-12-30T22:00:00-05:00"


def test_what_is_wrong_stands_at_its_field_and_takes_nothing_away(opened: Opened) -> None:
    page = opened()
    before = headline(page)
    page.get_by_text("The rule as text").click()
    avoid = page.get_by_role("textbox", name="Rule")
    avoid.fill("icc | POLL")
    avoid.press("Tab")
    expect(page.locator("#of-trouble")).to_contain_text("column 7")
    expect(avoid).to_have_attribute("aria-invalid", "true")
    field, message = avoid.bounding_box(), page.locator("#of-trouble").bounding_box()
    assert field
    assert message
    assert 0 < message["y"] - field["y"] < 60, "it stands below the field"
    expect(page.locator("#of-headline")).to_have_text(before)

    def late(route: Route) -> None:
        page.wait_for_timeout(700)
        route.continue_()

    page.route("**/places?*", late)
    page.get_by_role("combobox", name="Waypoint A", exact=True).fill("Atlantis")
    page.keyboard.press("Enter")
    avoid.fill("icc")
    avoid.press("Tab")
    expect(page.locator("#of-trouble")).to_contain_text("Atlantis")
    expect(page.get_by_role("combobox", name="Waypoint A", exact=True)).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#of-trouble")).to_be_hidden()
    expect(page.locator("#of-headline")).to_have_text(before)


def test_the_slider_marks_the_days_on_which_this_routes_verdict_changes(opened: Opened) -> None:
    """From Abidjan to Niamey: parties of 2002, 2004 and 2013; two withdrawals are notified for June 2027."""
    page = opened(waypoints=["ABJ", "NIM"])
    expect(page.locator(".of-marks .of-turn")).to_have_count(5)
    page.get_by_role("button", name="Next verdict").click()
    assert keys_of(page)["on"] == "2027-06-18"
    expect(page.locator("#of-turn")).to_contain_text(
        "From this day on forbidden: enters Côte d'Ivoire, Ghana and Burkina Faso. Niger: "
    )
    expect(page.locator("#of-turn")).to_contain_text(
        "as notified, forbidden: enters Côte d'Ivoire and Ghana. Burkina Faso: "
    )
    page.get_by_role("combobox", name="Consent assumed").fill("GHA, Burkina Faso, NER")
    page.get_by_role("combobox", name="Consent assumed").press("Enter")
    expect(page.locator("#of-turn")).to_contain_text(
        "forbidden: enters Côte d'Ivoire; Ghana and Burkina Faso only with their consent"
    )
    page.get_by_role("button", name="Keep out of: take out ICC parties").click()
    expect(page.locator(".of-marks .of-turn")).to_have_count(0)
    expect(page.locator("#of-turn-steps")).to_be_hidden()


def test_memberships_come_and_go_with_the_date(opened: Opened) -> None:
    page = opened()
    ukraine = page.locator("path.of-piece").evaluate_all  # counts what is hatched
    members = "all => all.filter((one) => one.classList.contains('of-is-member')).length"
    now = ukraine(members)
    page.get_by_role("button", name="Previous change").click()
    assert keys_of(page)["on"] == "2025-01-01"
    expect(page.locator("#of-change")).to_contain_text("This day: Ukraine comes in (then 125 states)")
    page.get_by_label("Date, day by day").press("ArrowLeft")
    expect(page.locator("#of-headline")).to_have_text("Enters Poland, Slovakia and Hungary, states parties to the ICC.")
    assert keys_of(page)["on"] == "2024-12-31"
    assert ukraine(members) < now
    page.get_by_role("textbox", name="Date").fill("2001-01-01")
    expect(page.locator("#of-headline")).to_have_text("There is no state party to the ICC on this date.")
    assert ukraine(members) == 0
    for _ in range(2):
        page.get_by_role("button", name="Undo").click()
    expect(page.locator("#of-headline")).to_contain_text(
        "Ukraine, Poland" if keys_of(page)["on"] >= "2025" else "Poland"
    )


def test_the_keyboard_alone_draws_a_route(opened: Opened, run: Run) -> None:
    page = opened(waypoints=["VKO", "53,27", "BUD"])
    reached: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        at = page.evaluate(
            "(a => a === document.body ? '' : a.id || a.ariaLabel || a.textContent)(document.activeElement)"
        )
        if not at:
            break
        reached.append(at)
    words = " ".join(reached)
    for wanted in (
        *("of-save", "of-share", "Waypoint A", "Remove waypoint B", "Add a waypoint after waypoint A", "of-reverse"),
        *(
            "of-date",
            "of-before",
            "of-day",
            "Keep out of",
            "Except",
            "Consent assumed",
            "of-margin",
            "of-search",
            "of-map",
        ),
        *("Waypoint B, 53,27: arrow keys move it", "Add a waypoint between A and B"),
    ):
        assert wanted in words
    handle = page.get_by_role("button", name=re.compile("^Waypoint B, "))
    handle.focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    moved = keys_of(page)["waypoints"][1]
    assert moved != "53,27"
    expect(page.locator("#of-headline")).to_have_text(told(run, keys_of(page))[0])
    page.keyboard.press("Delete")
    expect(page.locator(".of-stops li")).to_have_count(2)
    expect(page.get_by_role("button", name=re.compile("^Waypoint B, "))).to_be_focused()
    for _ in range(10):
        page.get_by_role("button", name="Undo").press("Enter")
        if not page.get_by_role("button", name="Undo").is_enabled():
            break
    expect(page.get_by_role("button", name="Redo")).to_be_focused()
    page.get_by_role("button", name=re.compile("^Add a waypoint between A and B")).press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Waypoint B, "))).to_be_focused()
    page.keyboard.press("Delete")
    expect(page.locator(".of-stops li")).to_have_count(3)
    page.get_by_role("button", name="Add a waypoint after waypoint A").press("Enter")
    expect(page.get_by_role("combobox", name="Waypoint B", exact=True)).to_be_focused()
    expect(page.locator(".of-stops li")).to_have_count(4)


def test_the_shortest_lawful_routes_are_found_and_flown(opened: Opened, run: Run) -> None:
    page = opened(waypoints=["FRA", "VIE"], avoid=["CZE"])
    page.get_by_role("button", name="Find routes that obey").click()
    rows = page.locator("#of-found li")
    expect(rows.nth(1)).to_be_visible()
    expect(page.locator("path.of-ghost")).to_have_count(rows.count())
    expect(page.locator("#of-progress")).to_contain_text("the great circle")
    expect(page.locator(".leaflet-marker-pane .of-badge")).to_have_count(rows.count())
    rows.nth(1).get_by_role("button").click()
    expect(page.locator("#of-answer")).to_have_attribute("data-status", "clear")
    expect(rows.nth(1).get_by_role("button")).to_have_attribute("aria-pressed", "true")
    expect(rows.nth(0).get_by_role("button")).to_have_attribute("aria-pressed", "false")
    keys = keys_of(page)
    assert json.loads(run("check", *keys["waypoints"], "--avoid", "CZE", "-f", "json")[1])["routes"][0]["verdict"] == {
        "status": "clear",
        "findings": json.loads(run("check", *keys["waypoints"], "--avoid", "CZE", "-f", "json")[1])["routes"][0][
            "verdict"
        ]["findings"],
    }
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#of-answer")).to_have_attribute("data-status", "crosses")
    consent = page.get_by_role("combobox", name="Consent assumed")
    consent.fill("cze")
    consent.press("Tab")
    expect(rows).to_have_count(0)
    expect(page.locator("#of-answer")).to_have_attribute("data-status", "clear")
    assert keys_of(page)["allow"] == ["CZE"]


def test_a_search_can_be_stopped(opened: Opened) -> None:
    page = opened(margin="60km")
    page.get_by_role("button", name="Find routes that obey").click()
    rows = page.locator("#of-found li")
    expect(rows.first).to_contain_text("Great circle")  # what is found is listed while the search goes on
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#of-progress")).to_have_text("Stopped.")
    expect(rows.first).to_be_visible()
    expect(page.get_by_role("button", name="Find routes that obey")).to_be_enabled()
    page.locator("#of-margin").fill("50km")
    page.locator("#of-margin").press("Tab")
    expect(rows).to_have_count(0)  # that was another question


def test_a_saved_proposal_passes_and_a_saved_map_opens(opened: Opened, run: Run, tmp_path: Path) -> None:
    page = opened(name=HOSTILE.replace("\u202e", ""), waypoints=["VKO", "52,25", "BUD"], allow=["HUN"])
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save proposal").click()
    saved.value.save_as(tmp_path / saved.value.suggested_filename)
    assert saved.value.suggested_filename.endswith(".route.toml")
    status, out, _ = run("check", tmp_path / saved.value.suggested_filename, "--as-expected", "-f", "briefing")
    assert status == 0, out
    status, out, _ = run("check", tmp_path / saved.value.suggested_filename, "-f", "json")
    (route,) = json.loads(out)["routes"]
    assert page.locator("#of-figures").inner_text().startswith(f"{route['length_km']:,.0f} km")
    with page.expect_download() as shared:
        page.get_by_role("button", name="Save map").click()
    shared.value.save_as(tmp_path / "map.html")
    other = page.context.new_page()
    asked: list[str] = []
    other.on("request", lambda request: asked.append(request.url))
    other.goto((tmp_path / "map.html").as_uri())
    expect(other.locator("h1")).to_contain_text("<img src=x")
    expect(other.locator("#of-headline")).to_have_text(headline(page))
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_foreign_text_is_shown_as_text(opened: Opened) -> None:
    page = opened(name=HOSTILE.replace("\u202e", ""), why=HOSTILE)
    expect(page.locator("h1")).to_contain_text("<img src=x")
    page.get_by_role("combobox", name="Keep out of").fill(HOSTILE)
    page.keyboard.press("Tab")
    expect(page.locator("#of-trouble")).to_be_visible()
    page.get_by_role("combobox", name="Waypoint A", exact=True).fill("<b>")
    page.keyboard.press("Enter")
    assert page.evaluate("document.body.id") == ""
    assert page.locator("img[src='x']").count() == 0


def test_every_text_of_an_address_is_shown_letter_by_letter_and_does_nothing(opened: Opened) -> None:
    page = opened()
    globals_of = "() => Object.getOwnPropertyNames(window).concat(Object.keys(Object.prototype), document.body.id)"
    before = page.evaluate(globals_of)
    for probe in PROBES.values():
        # a name is one line that can be seen; the page tells of any other one
        name = probe.strip() if probe.isprintable() else "plain"
        page.evaluate("keys => { location.hash = encodeURIComponent(JSON.stringify(keys)); }", KEYS | {"name": name})
        expect(page.locator("h1")).to_have_js_property("textContent", name)
        expect(page.locator("#of-trouble")).to_be_hidden()
        assert page.title() == f"{' '.join(name.split())}: what if?"
        wrong = KEYS | {"name": name, "avoid": [probe]}
        page.evaluate("keys => { location.hash = encodeURIComponent(JSON.stringify(keys)); }", wrong)
        expect(page.locator("#of-trouble")).to_be_visible()
    assert page.locator("#of-trouble *, h1 *, .of-lead *, .of-headline *, img, b b, body > script").count() == 0
    assert page.evaluate(globals_of) == before


def test_a_server_that_is_away_or_busy_is_waited_for(opened: Opened, address: str) -> None:
    page = opened()
    busy: list[str] = []

    def answer(route: Route) -> None:
        busy.append(route.request.url)
        if len(busy) < 3:
            route.fulfill(status=503, headers={"Retry-After": "1"}, body='{"error": "busy"}')
        else:
            route.continue_()

    page.route(f"{address}check", answer)
    page.get_by_role("button", name="Reverse").click()
    expect(page.locator("#of-title")).to_have_text("Budapest to Moscow")
    assert len(busy) >= 3
    expect(page.locator("#of-trouble")).to_be_hidden()
    page.unroute(f"{address}check")
    page.route(f"{address}check", lambda route: route.abort())
    page.get_by_role("button", name="Reverse").click()
    expect(page.locator("#of-trouble")).to_contain_text("run overflight serve again")
    page.unroute(f"{address}check")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#of-trouble")).to_be_hidden()


def test_across_180_degrees_and_over_the_pole(opened: Opened) -> None:
    page = opened(waypoints=["PKC", "ANC"])
    box = page.locator("#of-map").bounding_box()
    assert box
    for nth in (0, 1):
        handle = page.locator(".of-grip .of-handle").nth(nth).bounding_box()
        assert handle
        assert box["x"] < handle["x"] < box["x"] + box["width"]
    drag(page, ".of-middle", 0, (80, -60))
    expect(page.locator(".of-stops li")).to_have_count(3)
    lat, lon = map(float, keys_of(page)["waypoints"][1].split(","))
    assert 50 < lat < 75
    assert abs(lon) > 150
    page.screenshot(path=PICTURES / "what-if-180.png")
    page.get_by_role("combobox", name="Waypoint B", exact=True).fill("86,0")
    page.keyboard.press("Enter")
    expect(page.locator(".of-pole")).to_have_count(1)
    for nth in range(3):
        handle = page.locator(".of-grip .of-handle").nth(nth).bounding_box()
        assert handle
        assert box["x"] < handle["x"] < box["x"] + box["width"]
        assert box["y"] < handle["y"] < box["y"] + box["height"]
    page.screenshot(path=PICTURES / "what-if-pole.png")


@pytest.mark.parametrize(("size", "dark"), [(DESKTOP, False), (DESKTOP, True), (PHONE, False)])
def test_axe_finds_no_serious_fault(opened: Opened, size: tuple[int, int], dark: bool) -> None:
    page = opened(size, dark=dark, waypoints=["VKO", "53,27", "BUD"])
    page.get_by_role("combobox", name="Waypoint A", exact=True).fill("mos")
    expect(page.get_by_role("option").first).to_be_visible()
    found = Axe().run(page).response["violations"]
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Margin").fill("far")
    page.keyboard.press("Tab")
    expect(page.locator("#of-trouble")).to_be_visible()
    found += Axe().run(page).response["violations"]
    name = f"what-if-{'phone' if size == PHONE else 'desktop'}{'-dark' if dark else ''}.png"
    page.screenshot(path=PICTURES / name, full_page=True)
    serious = [f for f in found if f["impact"] in {"serious", "critical"}]
    assert [(f["id"], [node["target"] for node in f["nodes"]][:3]) for f in serious] == []
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow == 0


def test_a_finger_drags_a_waypoint(opened: Opened) -> None:
    page = opened(PHONE, waypoints=["VKO", "53,27", "BUD"])
    box = page.locator(".of-grip .of-handle").nth(1).bounding_box()
    assert box
    touch = page.context.new_cdp_session(page)
    x, y = box["x"] + 11, box["y"] + 11
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y + 5 * step}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("#of-undo")).to_be_enabled()
    assert keys_of(page)["waypoints"][1] != "53,27"
