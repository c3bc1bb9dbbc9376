"""Maps: one page that asks the network for nothing, says what is so, and shows foreign text as text."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import folium
import pytest
from shapely.geometry import Polygon, box

from overflight.airspace import Airspaces, State, bloc, load_airspaces
from overflight.detours import Candidate, Candidates, ConsentSet
from overflight.errors import DataError, RouteError
from overflight.maps import Map, draw
from overflight.maps.base import encode, view_of
from overflight.maps.words import WORDS, say
from overflight.routes import Route, great_circle, route
from overflight.routes.places import Waypoint
from overflight.rules import Avoid, MaxExtension, check
from overflight.rules.rulesets import ruleset
from overflight.rules.wording.studies import details, finding
from tests.worlds import make_world

DAY = dt.date(2025, 10, 23)
HOSTILE = (
    '</script><script>document.body.id="owned"</script><img src=x onerror=\'document.body.id="owned"\'>&amp;\u2028'
)
# Three states in a row, the middle one with a part in dispute; and one across 180 degrees.
WORLD = make_world(
    {
        "AAA": box(0, 40, 10, 50),
        "BBB": Polygon([(10, 40), (20, 40), (20, 44), (20, 50), (10, 50)]),
        "CCC": Polygon([(20, 40), (30, 40), (30, 50), (20, 50), (20, 44)]),
        "BBB:held by CCC": box(12, 30, 18, 35),
        "DDD+EEE": box(22, 30, 28, 35),
        "EEE": box(170, 40, 180, 50).union(box(-180, 40, -170, 50)),
    }
)
ACROSS = route((5.0, 45.0), (25.0, 45.0), name="across")


class Page(HTMLParser):
    """What stands in a page: elements with their attributes, and text by element id or name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, str] = {}
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = dict(attrs).get("id") or tag

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser names it
        self._open = ""

    def handle_data(self, data: str) -> None:
        self.text[self._open] = self.text.get(self._open, "") + data


def html_of(drawn: Map) -> str:
    text: str = drawn.get_root().render()
    return text


def scene_of(drawn: Map) -> dict[str, Any]:
    """Read the scene back from the page itself."""
    scene: dict[str, Any] = json.loads(Page(html_of(drawn)).text["of-data"])
    return scene


def decoded(flat: list[int] | dict[str, list[int]]) -> list[tuple[float, float]]:
    flat = flat["at"] if isinstance(flat, dict) else flat
    lons, lats = itertools.accumulate(flat[::2]), itertools.accumulate(flat[1::2])
    return [(lon / 1000, lat / 1000) for lon, lat in zip(lons, lats, strict=True)]


@pytest.fixture(scope="module")
def world() -> Airspaces:
    return load_airspaces()


# The page.


def test_the_page_names_its_language_lets_phones_zoom_and_has_a_title() -> None:
    page = Page(html_of(draw(WORLD, ACROSS, on=DAY, avoid={"BBB"}, title="A & B")))
    assert ("html", {"lang": "en", "dir": "ltr"}) in page.tags
    assert page.text["title"] == "A & B"
    (viewport,) = [a["content"] or "" for tag, a in page.tags if tag == "meta" and a.get("name") == "viewport"]
    assert "width=device-width" in viewport
    assert "scalable" not in viewport
    assert "maximum" not in viewport


def test_nothing_in_the_page_is_loaded_from_elsewhere() -> None:
    text = html_of(draw(WORLD, ACROSS, on=DAY, avoid={"BBB"}))
    page = Page(text)
    loaded = [a.get("src") or a.get("href") for _, a in page.tags if "src" in a or "href" in a]
    assert loaded == ["data:,"]
    assert not re.findall(r"url\((?!data:|#)[^)]*\)|@import|sourceMappingURL", text)


def test_foreign_text_can_not_leave_the_data_of_the_page() -> None:
    line = Route((Waypoint(5, 45, HOSTILE), Waypoint(15, 47, HOSTILE), Waypoint(25, 45, HOSTILE)), HOSTILE)
    drawn = draw(WORLD, check(line, WORLD, rules=[Avoid({"BBB"}, name=HOSTILE)]), on=DAY, avoid={"BBB"}, title=HOSTILE)
    plain = Page(html_of(draw(WORLD, ACROSS, on=DAY, avoid={"BBB"})))
    page = Page(html_of(drawn))
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in plain.tags]
    assert not set("<>&\u2028") & set(drawn.scene_json()), "no character of it means anything to a parser"
    assert page.text["title"] == HOSTILE
    assert scene_of(drawn)["routes"][0]["name"] == HOSTILE


def test_text_that_is_no_unicode_is_drawn_all_the_same(tmp_path: Path) -> None:
    line = Route((Waypoint(5, 45), Waypoint(25, 45)), "half \ud800 a pair")
    draw(WORLD, line, on=DAY).save(tmp_path / "map.html")
    assert "half" in (tmp_path / "map.html").read_text(encoding="utf-8")


def test_the_same_routes_make_the_same_bytes() -> None:
    assert html_of(draw(WORLD, ACROSS, on=DAY)) == html_of(draw(WORLD, ACROSS, on=DAY))


def test_folium_layers_can_be_added_and_other_folium_maps_stay_as_they_were() -> None:
    before = list(folium.Map.default_js), list(folium.Map.default_css)
    drawn = draw(WORLD, ACROSS, on=DAY)
    drawn.add_js_link("mine", "https://example.org/mine.js")
    folium.Marker([45, 15], tooltip="here").add_to(drawn)
    assert "https://example.org/mine.js" in html_of(drawn)
    assert ".addTo(map_overflight)" in html_of(drawn)
    assert (folium.Map.default_js, folium.Map.default_css) == before
    assert "example.org" not in html_of(draw(WORLD, ACROSS, on=DAY))


# Saving.


def test_a_map_is_saved_whole(tmp_path: Path) -> None:
    drawn = draw(WORLD, ACROSS, on=DAY)
    drawn.save(tmp_path / "map.html")
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == html_of(drawn)
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


@pytest.mark.parametrize("name", ["missing/map.html", "folder", "a\0b.html"])
def test_where_it_can_not_be_saved_one_line_says_so(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match="can't be written") as caught:
        draw(WORLD, ACROSS, on=DAY).save(tmp_path / name)
    assert len(str(caught.value).splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_failed_save_leaves_the_old_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "map.html").write_text("old", encoding="utf-8")

    def full(self: Path, _: Path) -> None:
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(DataError, match="no space left"):
        draw(WORLD, ACROSS, on=DAY).save(tmp_path / "map.html")
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == "old"
    assert len(list(tmp_path.iterdir())) == 1


# What it shows.


def test_members_of_the_rule_and_disputes_are_marked() -> None:
    pieces = scene_of(draw(WORLD, ACROSS, on=DAY, avoid={"BBB", "DDD"}))["pieces"]
    assert [(p["name"], p.get("member", False), "disputed" in p) for p in pieces] == [
        ("AAA", False, False),
        ("BBB", True, False),
        ("CCC", False, False),
        ("BBB", True, True),
        ("DDD+EEE", True, True),  # claimed by a state of the rule
        ("EEE", False, False),
    ]


def test_a_forbidden_stretch_is_drawn_from_entry_to_exit_with_marks_at_both() -> None:
    (one,) = scene_of(draw(WORLD, ACROSS, on=DAY, avoid={"BBB"}))["routes"]
    (stretch,) = one["forbidden"]
    assert stretch["standing"] == "forbidden"
    (points,) = map(decoded, stretch["runs"])
    assert [lon for lon, _ in (points[0], points[-1])] == [10.0, 20.0]
    assert [(mark["kind"], mark["at"][0]) for mark in one["marks"]] == [("enter", 10.0), ("leave", 20.0)]
    assert one["marks"][0]["text"][:2] == ["Leaves AAA", "Enters BBB"]
    assert re.fullmatch(r"km \d[\d,]*\.\d", one["marks"][0]["text"][2])
    assert re.fullmatch(r"45\.\d{4}° N, 10\.0000° E", one["marks"][0]["text"][3])
    assert one["crossed"] == ["BBB"]


def test_consent_turns_a_forbidden_stretch_into_one_with_consent() -> None:
    verdict = check(ACROSS, WORLD, rules=[Avoid({"BBB"}, name="icc", allow={"BBB"})])
    scene = scene_of(draw(WORLD, verdict, on=DAY, avoid={"BBB"}))
    assert scene["rule"] == {
        "name": "ICC states parties",
        "states": 1,
        "words": "ICC states parties (1 state)",
        "long": "1 states parties to the International Criminal Court (ICC)",
        "applies": [f"icc applies to {bloc('icc').applies_to}."],
    }
    (one,) = scene["routes"]
    assert (one["crossed"], one["consents"], one["status"]) == ([], ["BBB"], "clear")
    assert [stretch["standing"] for stretch in one["forbidden"]] == ["consented"]


def test_the_route_shown_is_the_shortest_free_one_else_the_shortest_that_needs_consent() -> None:
    around = route((5.0, 45.0), (15.0, 56.0), (25.0, 45.0), name="around")
    wide = route((5.0, 45.0), (15.0, 62.0), (25.0, 45.0), name="wide")
    bad = check(ACROSS, WORLD, rules=[Avoid({"BBB"})])
    asking = check(ACROSS, WORLD, rules=[Avoid({"BBB"}, allow={"BBB"})])
    free, farther = (check(line, WORLD, rules=[Avoid({"BBB"})]) for line in (around, wide))
    for items, best in (([bad, asking, farther, free], 3), ([bad, asking], 1), ([bad, bad], 0)):
        assert scene_of(draw(WORLD, items, on=DAY, avoid={"BBB"}))["best"] == best


def test_a_route_tells_what_it_comes_to_what_it_enters_and_what_stands_on_it() -> None:
    verdict = check(route((5.0, 45.0), (15.0, 47.0), (25.0, 45.0)), WORLD, rules=[Avoid({"BBB", "EEE"})])
    (one,) = scene_of(draw(WORLD, verdict, on=DAY, avoid={"BBB", "EEE"}))["routes"]
    assert (one["answer"], one["words"]) == ("forbidden", "forbidden: enters BBB, a state to avoid")
    assert [(entered["name"], entered["standing"]) for entered in one["entered"]] == [
        ("AAA", "free"),
        ("BBB", "forbidden"),
        ("CCC", "free"),
    ]
    pieces = {p["n"]: p["name"] for p in scene_of(draw(WORLD, ACROSS, on=DAY))["pieces"]}
    assert [[pieces[number] for number in entered["pieces"]] for entered in one["entered"]] == [
        ["AAA"],
        ["BBB"],
        ["CCC"],
    ]
    assert re.fullmatch(r".*, \+\d+ km", one["tag"])
    near = scene_of(draw(WORLD, route((3.0, 45.0), (9.5, 45.0)), on=DAY, avoid={"BBB"}))["routes"][0]
    assert (near["closest"], near["answer"]) == ("BBB 39 km", "free")


def test_a_member_tells_since_when_it_is_one_and_who_says_so(world: Airspaces) -> None:
    scene = scene_of(draw(world, great_circle("VKO", "BUD"), on=DAY, avoid=bloc("icc").on(DAY)))
    told = {
        piece["name"]: scene["since"][scene["since_of"][str(piece["n"])]]
        for piece in scene["pieces"]
        if str(piece.get("n")) in scene["since_of"]
    }
    assert told["Ukraine"][0] == "party since 2025-01-01"
    assert told["Hungary"][1].startswith("Source: ")
    assert "Russia" not in told
    assert "since" not in scene_of(draw(world, great_circle("VKO", "BUD"), on=DAY, avoid={"UKR"}))


def test_large_cities_are_on_the_turn_of_the_earth_of_the_map(world: Airspaces) -> None:
    cities = scene_of(draw(world, route((160.0, 45.0), (-140.0, 45.0)), on=DAY))["cities"]
    places = {city["text"]: city["at"] for city in cities}
    assert places["Los Angeles"][0] == pytest.approx(241.75, abs=0.3)
    assert places["Tokyo"][0] == pytest.approx(139.7, abs=0.3)
    assert "London" not in places


def test_names_that_begin_alike_are_told_by_what_differs_on_the_map() -> None:
    ways = [
        Route((Waypoint(5, 45), Waypoint(15, 45 + k), Waypoint(25, 45)), f"A-B over {sea}")
        for k, sea in enumerate(("the Black Sea", "the Baltic Sea and all that lies beyond it to the north"), 1)
    ]
    tags = [one["tag"].partition(", +")[0] for one in scene_of(draw(WORLD, ways, on=DAY))["routes"]]
    assert tags == ["Black Sea", "Baltic Sea and all that lies beyond it …"]


def test_the_words_of_a_map_are_filled_in_once() -> None:
    assert say({"a": "{x} and {y} {z}"}, "a", x="{y}", y="2") == "{y} and 2 {z}"
    css_and_scripts = "".join(Map(draw(WORLD, ACROSS, on=DAY).scene).asset(name) for name in (*Map.scripts, "map.html"))
    asked = set(re.findall(r"say\(\"(\w+)\"", css_and_scripts)) | set(re.findall(r'data-say="(\w+)"', css_and_scripts))
    assert asked - set(WORDS) == {"key_entered_", "stretch_"}


def test_the_table_has_every_crossing_and_the_high_seas() -> None:
    line = route((5.0, 45.0), (35.0, 45.0))
    (one,) = scene_of(draw(WORLD, line, on=DAY, avoid={"BBB"}))["routes"]
    assert [row["state"] for row in one["rows"]] == ["AAA", "BBB", "CCC", "High seas"]
    assert one["rows"][0]["note"] == "departure"
    assert one["rows"][0]["from"] == "0.0"
    total = sum(float(row["km"].replace(",", "")) for row in one["rows"])
    assert total == pytest.approx(line.length_km, abs=0.2)


def test_slivers_of_one_border_are_one_row_that_has_the_exact_ones(world: Airspaces) -> None:
    line = great_circle("VKO", "BUD")
    (one,) = scene_of(draw(world, line, on=DAY, avoid=bloc("icc").on(DAY)))["routes"]
    rows = {row["state"]: row for row in one["rows"]}
    along = rows["Along the Russia-Belarus border"]
    parts = along["parts"]
    assert [part["state"] for part in parts] == ["Belarus", "Russia", "Belarus", "Russia"]
    assert (along["from"], along["to"]) == (parts[0]["from"], parts[-1]["to"])
    assert along["note"] == "Belarus 1.9 km, Russia 1.5 km"
    total = sum(float(row["km"].replace(",", "")) for row in one["rows"])
    assert total == pytest.approx(line.length_km, abs=0.3)


def test_slivers_of_two_territories_of_one_state_are_rows_of_their_own(world: Airspaces) -> None:
    # the straight line to Hong Kong comes in along its border with the mainland: both are China's
    (one,) = scene_of(draw(world, great_circle("SFO", "HKG"), on=DAY))["routes"]
    assert [row["state"] for row in one["rows"]].count("China") > 2
    assert not [row for row in one["rows"] if "parts" in row and "China-China" in row["state"]]


def test_a_rule_about_the_whole_route_is_told_in_words() -> None:
    bent = route((5.0, 45.0), (15.0, 60.0), (25.0, 45.0))
    scene = scene_of(draw(WORLD, check(bent, WORLD, rules=[MaxExtension(5)]), on=DAY))
    (one,) = scene["routes"]
    assert one["extension"].startswith("+")
    assert one["unmet"][0].startswith("max-extension")
    assert (one["status"], one["crossed"]) == ("marginal", [])
    assert scene["headline"].startswith("It is too long: 128.5 %")


def test_a_note_goes_with_its_route_and_more_notes_than_routes_are_an_error() -> None:
    routes = scene_of(draw(WORLD, [ACROSS, ACROSS], on=DAY, notes=["as flown"]))["routes"]
    assert [one["note"] for one in routes] == ["as flown", ""]
    with pytest.raises(RouteError, match="2 notes for 1 routes"):
        draw(WORLD, ACROSS, on=DAY, notes=["one", "two"])


def test_nothing_to_draw_is_an_error() -> None:
    with pytest.raises(RouteError, match="nothing to draw"):
        draw(WORLD, [], on=DAY)


def test_numbers_are_kept_off_a_map_of_very_many_routes() -> None:
    many = [route((5.0, 40.0 + k / 10), (25.0, 45.0)) for k in range(31)]
    assert all(one["badge"] is None for one in scene_of(draw(WORLD, many, on=DAY))["routes"])
    few = [one["badge"] for one in scene_of(draw(WORLD, many[:2], on=DAY))["routes"]]
    assert few[0] != few[1]


def test_the_same_route_twice_has_two_numbers_in_two_places() -> None:
    one, other = scene_of(draw(WORLD, [ACROSS, ACROSS], on=DAY))["routes"]
    assert one["badge"] != other["badge"]


def test_the_profile_has_no_gap_and_adds_up_to_the_route() -> None:
    line = route((5.0, 45.0), (35.0, 45.0))
    (one,) = scene_of(draw(WORLD, line, on=DAY, avoid={"BBB"}))["routes"]
    bands = one["bands"]
    assert [(band["name"], band["standing"]) for band in bands] == [
        ("AAA", "free"),
        ("BBB", "forbidden"),
        ("CCC", "free"),
        ("High seas", "sea"),
    ]
    assert (bands[0]["from"], bands[-1]["to"]) == (0.0, pytest.approx(line.length_km, abs=0.01))
    assert all(before["to"] == after["from"] for before, after in itertools.pairwise(bands))


def test_the_profile_names_a_dispute() -> None:
    (one,) = scene_of(draw(WORLD, route((5.0, 33.0), (15.0, 33.0)), on=DAY))["routes"]
    assert [(band["name"], "disputed" in band) for band in one["bands"]] == [("High seas", False), ("BBB", True)]


def test_the_profile_tells_the_time_where_there_is_a_clock() -> None:
    (one,) = scene_of(draw(WORLD, ACROSS, on=DAY, clock=lambda km: f"{km / 100:.0f} h"))["routes"]
    assert [band["time"] for band in one["bands"]] == ["0 h to 4 h", "4 h to 12 h", "12 h to 16 h"]
    assert "time" not in scene_of(draw(WORLD, ACROSS, on=DAY))["routes"][0]["bands"][0]


def test_the_profile_names_a_territory_and_its_state(world: Airspaces) -> None:
    (one,) = scene_of(draw(world, great_circle("LHR", "ANC"), on=DAY))["routes"]
    assert ("GRL", "Greenland (Denmark)") in [(band["code"], band["name"]) for band in one["bands"]]


def test_each_point_of_a_line_has_its_kilometre() -> None:
    bent = route((5.0, 45.0), (5.0, 45.0), (15.0, 47.0), (25.0, 45.0))
    (one,) = scene_of(draw(WORLD, bent, on=DAY))["routes"]
    (run,) = one["runs"]
    assert len(run["km"]) == len(decoded(run))
    assert sum(run["km"]) / 100 == pytest.approx(bent.length_km, abs=0.02)
    turn = decoded(run).index((15.0, 47.0))
    assert sum(run["km"][: turn + 1]) / 100 == pytest.approx(bent.legs[1].length_km, abs=0.02)


def test_the_closest_approach_is_a_line_from_the_route_to_the_border() -> None:
    past = route((3.0, 45.0), (9.5, 45.0))
    (one,) = scene_of(draw(WORLD, past, on=DAY, avoid={"BBB"}))["routes"]
    (near,) = one["nearest"]
    assert (near["state"], near["status"], near["km"]) == ("BBB", "clear", "39")
    assert (near["on"][0], near["to"][0]) == (9.5, 10.0)
    assert near["text"][0] == f"at km {past.length_km:,.1f} of the route"


def test_a_state_that_two_rules_name_is_told_once() -> None:
    past = route((3.0, 45.0), (9.5, 45.0))
    verdict = check(past, WORLD, rules=[Avoid({"BBB"}), Avoid({"BBB", "CCC"})])
    (one,) = scene_of(draw(WORLD, verdict, on=DAY, avoid={"BBB", "CCC"}))["routes"]
    assert [near["state"] for near in one["nearest"]].count("BBB") == 1


def test_a_closest_approach_lies_on_the_turn_of_the_earth_of_its_route() -> None:
    past = route((160.0, 39.5), (-165.0, 39.5))
    nearest = [n for one in scene_of(draw(WORLD, past, on=DAY, avoid={"EEE"}))["routes"] for n in one["nearest"]]
    assert all(160.0 < lon < 195.0 for near in nearest for lon, _ in (near["on"], near["to"]))


def test_disputes_around_the_routes_are_told_in_words() -> None:
    near = scene_of(draw(WORLD, ACROSS, on=DAY))["disputes"]
    assert [words.split(":")[0] for words in near] == ["BBB", "DDD+EEE"]
    assert scene_of(draw(WORLD, route((171.0, 45.0), (175.0, 46.0)), on=DAY))["disputes"] == []


# The words.


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([Avoid({"BBB"})], "Enters BBB, a state to avoid."),
        ([Avoid({"BBB"}, allow={"BBB"})], "Enters no state to avoid but BBB: only with its consent."),
        ([Avoid({"EEE"})], "Enters no state to avoid."),
        (
            [Avoid({"BBB", "CCC"}), Avoid({"BBB"})],
            "Each of the 2 routes enters a state to avoid. None enters fewer than route 2: BBB.",
        ),
        ([Avoid({"BBB"}), Avoid({"EEE"})], "Route 2 enters no state to avoid. Route 1 enters BBB, a state to avoid."),
        (
            [Avoid({"BBB"}, allow={"BBB"}), Avoid({"EEE"}), Avoid({"EEE"})],
            "Routes 2 and 3 enter no state to avoid. Route 1 is open only with the consent of BBB.",
        ),
        (
            [Avoid({"BBB"}), Avoid({"BBB"}, allow={"BBB"})],
            "Route 2 is open only with the consent of BBB. Route 1 enters BBB, a state to avoid.",
        ),
        ([MaxExtension(5)], "Obeys every rule."),
        ([], ""),
    ],
)
def test_the_headline_says_how_the_routes_fare(items: list[Avoid | MaxExtension], said: str) -> None:
    verdicts = [check(ACROSS, WORLD, rules=[rule]) for rule in items] or [check(ACROSS, WORLD, rules=[])]
    avoid = frozenset[str]().union(*(rule.states for rule in items if isinstance(rule, Avoid)))
    headline = scene_of(draw(WORLD, verdicts, on=DAY, avoid=avoid))["headline"]
    assert headline == said


def test_a_rule_of_a_few_states_is_called_by_their_names(world: Airspaces) -> None:
    past = great_circle("LHR", "ANC")
    assert scene_of(draw(world, past, on=DAY, avoid={"RUS", "UKR"}))["rule"]["words"] == "Russia and Ukraine"
    many = frozenset(str(state) for state in world.states)
    assert scene_of(draw(world, past, on=DAY, avoid=many))["rule"]["words"].startswith("States to avoid")


def test_a_rule_that_is_part_of_another_is_named_by_that(world: Airspaces) -> None:
    past = great_circle("VKO", "BUD")
    rules = [Avoid(ruleset(text, on=DAY), name=text) for text in ("icc | closed", "closed")]
    scene = scene_of(draw(world, check(past, world, rules=rules), on=DAY, avoid=ruleset("icc | closed", on=DAY)))
    assert scene["rule"]["words"] == "ICC parties and states that closed their airspace (125 states)"


def test_a_map_is_called_after_the_cities_that_its_routes_join() -> None:
    there, back = great_circle("VKO", "BUD"), great_circle("BUD", "VKO")
    scene = scene_of(draw(WORLD, there, on=DAY))
    assert scene["title"] == "Moscow to Budapest"
    assert [stop["name"] for stop in scene["routes"][0]["stops"]] == ["Moscow (VKO)", "Budapest (BUD)"]
    ways = [route("VKO", "50,40", "BUD", name="the long way"), route("VKO", "52,30", "BUD", name="the short way")]
    assert scene_of(draw(WORLD, ways, on=DAY))["title"] == "Moscow to Budapest: 2 routes"
    both = scene_of(draw(WORLD, [there, back], on=DAY))
    assert both["title"] == "VKO-BUD and BUD-VKO"
    assert [one["name"] for one in both["routes"]] == ["Moscow to Budapest", "Budapest to Moscow"]


def test_a_place_that_only_bears_the_code_of_an_airport_is_not_taken_for_it() -> None:
    line = Route((Waypoint(5.0, 45.0, "VKO"), Waypoint(25.0, 45.0, "BUD")))
    assert scene_of(draw(WORLD, line, on=DAY))["routes"][0]["stops"][0]["name"] == "VKO"


# Projections.


def test_a_route_across_180_is_one_line_over_one_unbroken_state() -> None:
    scene = scene_of(draw(WORLD, route((160.0, 42.0), (-160.0, 48.0)), on=DAY, avoid={"EEE"}))
    (run,) = map(decoded, scene["routes"][0]["runs"])
    assert (run[0][0], run[-1][0]) == (160.0, 200.0)
    assert max(after[0] - before[0] for before, after in itertools.pairwise(run)) < 1.0
    (state,) = [p for p in scene["pieces"] if p["name"] == "EEE"]
    ((ring,),) = state["rings"]
    assert {lon for lon, _ in decoded(ring)} <= {170.0, 180.0, 190.0}
    ((stretch,),) = [map(decoded, s["runs"]) for s in scene["routes"][0]["forbidden"]]
    assert (stretch[0][0], stretch[-1][0]) == (170.0, 190.0)


def test_routes_lie_on_one_turn_of_the_earth_whichever_way_they_go() -> None:
    there, back = route((160.0, 45.0), (-160.0, 45.0)), route((-160.0, 45.0), (160.0, 45.0))
    runs = [decoded(r) for one in scene_of(draw(WORLD, [there, back], on=DAY))["routes"] for r in one["runs"]]
    assert {round(lon) for run in runs for lon in (run[0][0], run[-1][0])} == {160, 200}


@pytest.mark.parametrize(
    ("line", "pole"),
    [
        (ACROSS, 0),
        (route((0.0, 60.0), (-150.0, 61.0)), 1),
        (route((-70.0, -53.0), (145.0, -43.0)), -1),
        (route((0.0, 80.0), (0.0, 0.0), (0.0, -50.0)), 0),
    ],
)
def test_routes_far_to_the_north_or_south_are_shown_around_the_pole(line: Route, pole: int) -> None:
    scene = scene_of(draw(WORLD, line, on=DAY))
    assert scene["pole"] == pole
    assert scene["whole"][2] - scene["whole"][0] == 360.0


def test_a_line_over_the_pole_is_whole_around_it_and_cut_on_mercator() -> None:
    over = route((20.0, 70.0), (-160.0, 70.0))
    assert len(scene_of(draw(WORLD, over, on=DAY))["routes"][0]["runs"]) == 1
    far = route((-160.0, -60.0), (-160.0, 0.0), (-160.0, 70.0), (20.0, 70.0))
    assert len(scene_of(draw(WORLD, far, on=DAY))["routes"][0]["runs"]) == 2


def test_polar_and_mercator_views_put_east_to_the_right() -> None:
    for line in ([(0.0, 40.0), (10.0, 40.0)], [(0.0, 80.0), (10.0, 80.0)], [(0.0, -80.0), (10.0, -80.0)]):
        west, east = view_of(line).flat(line)
        assert east[0] > west[0]


def test_encoding_keeps_thousandths_and_drops_repeats() -> None:
    assert encode([(1.0, 2.0), (1.0001, 2.0), (1.5, 1.999)]) == [1000, 2000, 500, -1]


# The answer of a search.


def search(*options: tuple[str, float], barrier: str = "", free: bool = False) -> Candidates:
    """Make what a search gives back: sets of states with their lengths, and the ring; the first state is in all."""

    def states(codes: str) -> tuple[State, ...]:
        return tuple(State(code) for code in codes.split())

    rule = Avoid({"BBB"}, name="icc")
    items = [Candidate(ACROSS, check(ACROSS, WORLD, rules=[rule]), states("BBB"), 0.0, 0.0, 0.0, minimal=False)]
    if free:
        around = Route(ACROSS.waypoints, "around", "detour")
        items.append(Candidate(around, check(around, WORLD, rules=[]), (), 10.0, 12.34, 0.5, minimal=True))
    sets = [ConsentSet(states(codes), km, "route" if km else "longer") for codes, km in options]
    return Candidates(tuple(items), tuple(sets), 3, states(barrier))


def test_a_route_that_needs_consent_bears_whose_on_its_line() -> None:
    """However many of them there are: "via" is what all begin with, and stays."""
    direct = search().items[0]
    around = Route(ACROSS.waypoints, "around", "detour")
    judged = check(around, WORLD, rules=[])
    ways = [
        Candidate(around, judged, (State(code),), km, 1.0, 0.5, minimal=True)
        for code, km in (("AAA", 10.4), ("CCC", 1200.0))
    ]
    for few in (ways[:1], ways):
        found = Candidates((direct, *few), (), 3, ())
        tags = [one["tag"] for one in draw(WORLD, found, on=DAY, avoid={"BBB"}).scene["routes"]]
        assert tags[1:] == ["via AAA, +10 km", "via CCC, +1,200 km"][: len(few)]


def test_the_details_name_the_ring_and_the_fewest_further_consents() -> None:
    found = search(("AAA BBB", 1000), ("AAA CCC", 2000.4), ("AAA DDD EEE", 900), barrier="BBB CCC DDD")
    assert details(found) == (
        "BBB, CCC and DDD form a closed ring between 45,5 and 45,25. The fewest consents that open a way: AAA and BBB "
        "(1,000 km); AAA and CCC (2,000 km)."
    )


def test_the_finding_says_when_nothing_was_found_and_when_a_free_route_was() -> None:
    assert finding(search(("AAA BBB", 0))) == (
        "Every way from 45,5 to 45,25 enters a state party to the ICC. The straight line enters BBB, a state party to "
        "the ICC; no way was found with the consent of up to 3 states."
    )
    assert finding(search(free=True)) == (
        "The straight line from 45,5 to 45,25 enters BBB, a state party to the ICC. Least detour that enters none: "
        "+12.3 %."
    )


def test_the_finding_of_a_search_that_was_cut_short_claims_no_more_than_was_found() -> None:
    cut = replace(search(("AAA BBB", 1000), ("AAA CCC", 2000.4)), complete=False, unfinished="stopped after 60 s")
    assert details(cut) == (
        "Found to open a way with the fewest consents: AAA and BBB (1,000 km); AAA and CCC (2,000 km)."
    )
    assert finding(cut).endswith("The search was not finished: there may be other ways.")
    untried = ConsentSet((), None, "unfinished")
    assert finding(replace(cut, minimal_consents=(untried, *cut.minimal_consents))).startswith(
        "Whether a way from 45,5 to 45,25 enters no state party to the ICC is not known"
    )


def test_a_search_is_drawn_with_its_answer_its_consents_and_its_gap() -> None:
    scene = scene_of(draw(WORLD, search(free=True), on=DAY, avoid={"BBB"}))
    assert (scene["headline"][-39:], scene["finding"]) == ("Least detour that enters none: +12.3 %.", "")
    assert [(one["kind"], one["extension"]) for one in scene["routes"]] == [
        ("great-circle", "the shortest"),
        ("detour", "+12.3 %"),
    ]
    assert scene["routes"][1]["gap"] == "at most 0.5 % longer than the shortest such route"
    assert scene["routes"][0]["consents"] == []


# On the shipped airspace.


@pytest.mark.parametrize(
    ("places", "limit"), [(("VKO", "BUD"), 2_500_000), (("VKO", "ANC"), 4_000_000), (("JNB", "SYD"), 4_000_000)]
)
def test_pages_stay_small(world: Airspaces, places: tuple[str, str], limit: int) -> None:
    drawn = draw(world, great_circle(*places), on=DAY, avoid=bloc("icc").on(DAY))
    assert len(html_of(drawn).encode()) < limit


def test_a_map_shows_its_view_and_whose_a_disputed_part_is_in_it() -> None:
    actual = load_airspaces("de-facto")
    scene = scene_of(draw(actual, route((30.7, 46.4), (34.2, 44.9)), on=DAY, avoid={"RUS"}))
    assert scene["data"]["view"] == "de-facto"
    (crimea,) = [p for p in scene["pieces"] if p.get("disputed", "").startswith("Crimea")]
    assert (crimea["name"], crimea["state"], crimea["member"]) == ("Ukraine", "Russia", True)
    (last,) = [row for row in scene["routes"][0]["rows"] if "Crimea" in row["note"]]
    assert (last["state"], last["standing"]) == ("Russia", "forbidden")


def test_territories_left_out_are_not_marked(world: Airspaces) -> None:
    over = route((-171.9, -9.15), (-171.8, -9.2))
    scene = scene_of(draw(world, over, on=DAY, avoid=ruleset("NZL - TKL", on=DAY)))
    marked = {p["name"]: p.get("member", False) for p in scene["pieces"]}
    assert (marked["New Zealand"], marked["Tokelau"]) == (True, False)
    assert scene["routes"][0]["status"] == "clear"


def test_a_bare_route_is_judged_by_the_bloc_that_the_states_are(world: Airspaces) -> None:
    scene = scene_of(draw(world, great_circle("VKO", "BUD"), on=DAY, avoid=bloc("icc").on(DAY)))
    assert scene["rule"]["name"] == "ICC states parties"
    assert scene["routes"][0]["crossed"] == ["Ukraine", "Poland", "Slovakia", "Hungary"]
    assert {"Hungary", "Turkey", "Poland"} <= {label["text"] for label in scene["labels"]}
