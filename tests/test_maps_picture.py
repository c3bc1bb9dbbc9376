"""The picture for paper: the same scene in a projection that suits the routes, as SVG, PNG or PDF."""

from __future__ import annotations

import builtins
import dataclasses
import datetime as dt
import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from pyproj import Geod
from shapely.geometry import Polygon, box

from overflight.airspace import bloc, load_airspaces
from overflight.errors import DataError, OverflightError
from overflight.maps import draw, inks
from overflight.maps.base import decode, decode_km, encode, encode_line
from overflight.maps.board import Board
from overflight.maps.picture import picture
from overflight.maps.plane import plane_around, rings_on
from overflight.maps.writing import Writing
from overflight.routes import Route, great_circle, route
from overflight.routes.places import Waypoint
from overflight.rules import Avoid, check
from tests.worlds import make_world

DAY = dt.date(2025, 10, 23)
WORLD = make_world(
    {
        "AAA": box(0, 40, 10, 50),
        "BBB": Polygon([(10, 40), (20, 40), (20, 44), (20, 50), (10, 50)]),
        "CCC": Polygon([(20, 40), (30, 40), (30, 50), (20, 50), (20, 44)]),
        "BBB:held by CCC": box(12, 30, 18, 35),
        "EEE": box(170, 40, 180, 50).union(box(-180, 40, -170, 50)),
    }
)
ACROSS = route((5.0, 45.0), (25.0, 45.0), name="across")
SVG = "{http://www.w3.org/2000/svg}"


def drawn_texts(svg: bytes) -> str:
    """Read the texts of an SVG, which are letters, not outlines."""
    return "\n".join("".join(one.itertext()) for one in ET.fromstring(svg).iter(f"{SVG}text"))  # noqa: S314 - our own


def colours(svg: bytes) -> set[str]:
    return set(re.findall(r"#[0-9a-f]{6}", svg.decode()))


@pytest.mark.parametrize(("suffix", "start"), [(".svg", b"<?xml"), (".png", b"\x89PNG"), (".PDF", b"%PDF-")])
def test_a_map_is_saved_as_the_picture_that_its_name_asks_for(tmp_path: Path, suffix: str, start: bytes) -> None:
    path = tmp_path / f"map{suffix}"
    draw(WORLD, ACROSS, on=DAY, avoid={"BBB"}).save(path)
    assert path.read_bytes().startswith(start)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_another_kind_of_picture_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(OverflightError, match=r"give \.html, \.svg, \.png or \.pdf") as caught:
        draw(WORLD, ACROSS, on=DAY).save(tmp_path / "map.jpg")
    assert len(str(caught.value).splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_without_matplotlib_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    drawn = draw(WORLD, ACROSS, on=DAY)
    real: Callable[..., Any] = builtins.__import__

    def without(name: str, *args: object, **more: object) -> object:
        if name.split(".", maxsplit=1)[0] == "matplotlib":
            raise ImportError(name)
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(OverflightError, match=r"pip install 'overflight\[print\]'"):
        drawn.save(tmp_path / "map.svg")
    assert not list(tmp_path.iterdir())


def test_where_it_can_not_be_saved_one_line_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="can't be written"):
        draw(WORLD, ACROSS, on=DAY).save(tmp_path / "missing" / "map.svg")


def test_the_same_scene_makes_the_same_bytes() -> None:
    scene = draw(WORLD, ACROSS, on=DAY, avoid={"BBB"}).scene
    for kind in (".svg", ".pdf", ".png"):
        assert picture(scene, kind) == picture(scene, kind)


def test_it_has_headline_date_rule_legend_verdict_and_attribution() -> None:
    verdict = check(ACROSS, WORLD, rules=[Avoid({"BBB"}, name="icc")])
    svg = picture(draw(WORLD, verdict, on=DAY, avoid={"BBB"}, title="Three states").scene, ".svg")
    texts = drawn_texts(svg)
    for words in (
        "Three states",
        "23 October 2025",
        "keep out of: 1 states parties to the International Criminal Court",
        "ICC states parties (1 state)",
        "Enters BBB, a state party to the ICC.",
        "Forbidden stretch",
        "In dispute",
        "across",
        "Forbidden: enters BBB",
        "Route shown",
        "Every 200 km",
        "© OpenStreetMap contributors (ODbL)",
        "projection",
    ):
        assert words in texts
    # members, disputes, states entered and forbidden stretches have the colours that the page has
    css = Path("src/overflight/maps/assets/map.css").read_text(encoding="utf-8")
    light = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", css.partition("@media")[0]))
    named = {name: light[name] for name in ("member", "dispute", "entered-red", "red")}
    assert set(named.values()) <= colours(svg)
    assert not {light["red"], light["entered-red"]} & colours(picture(draw(WORLD, ACROSS, on=DAY).scene, ".svg"))


def test_red_is_for_what_is_forbidden_and_amber_for_what_needs_consent() -> None:
    forbidden = check(ACROSS, WORLD, rules=[Avoid({"BBB"})])
    asking = check(ACROSS, WORLD, rules=[Avoid({"BBB"}, allow={"BBB"})])
    red, amber = (
        colours(picture(draw(WORLD, verdict, on=DAY, avoid={"BBB"}).scene, ".svg")) for verdict in (forbidden, asking)
    )
    assert {inks.RED, inks.ENTERED_RED} <= red
    assert inks.AMBER_LINE not in red
    assert {inks.AMBER_LINE, inks.ENTERED_AMBER} <= amber
    assert inks.RED not in amber


def test_the_best_route_is_drawn_bold_and_every_one_is_named_on_its_line() -> None:
    around = route((5.0, 45.0), (15.0, 56.0), (25.0, 45.0), name="around")
    verdicts = [check(line, WORLD, rules=[Avoid({"BBB"})]) for line in (ACROSS, around)]
    svg = picture(draw(WORLD, verdicts, on=DAY, avoid={"BBB"}).scene, ".svg")
    assert "stroke-width: 2.4" in svg.decode()
    for words in ("great circle, 1,573 km", "around, +1,249 km"):
        assert words in drawn_texts(svg)


def test_a_state_that_the_route_enters_is_named_even_where_it_has_no_room() -> None:
    world = make_world({"AAA": box(0, 40, 14.9, 50), "TINY": box(14.9, 45.2, 15.1, 45.6), "CCC": box(15.1, 40, 30, 50)})
    scene = draw(world, ACROSS, on=DAY, avoid={"TINY"}).scene
    assert "TINY" in drawn_texts(picture(scene | {"rule": None, "title": "", "headline": ""}, ".svg"))
    past = draw(world, route((5.0, 42.0), (25.0, 42.0)), on=DAY).scene
    assert "TINY" not in drawn_texts(picture(past, ".svg"))


def test_what_several_states_claim_and_nobody_holds_is_entered_without_a_name() -> None:
    scene = draw(load_airspaces(on=DAY), route((36.0, 46.45), (39.0, 45.5), name="Azov"), on=DAY).scene
    (line,) = scene["routes"]
    assert "waters that Ukraine and Russia both claim" in {row["state"] for row in line["rows"]}
    assert "Undetermined" not in {one["name"] for one in line["entered"]}
    assert "Russia" in {one["name"] for one in line["entered"]}


def test_how_its_file_was_read_stands_below_a_route() -> None:
    read = dataclasses.replace(ACROSS, remarks=("a gap of 855 km between two parts of the track",))
    (line,) = draw(WORLD, read, on=DAY).scene["routes"]
    assert line["note"] == "Note: a gap of 855 km between two parts of the track."


def test_no_two_names_of_a_picture_stand_on_each_other() -> None:
    world, icc = load_airspaces(on=DAY), bloc("icc").on(DAY)
    scene = draw(world, [great_circle("VKO", "BUD"), great_circle("VKO", "VIE")], on=DAY, avoid=icc).scene
    board = Board(scene)
    axes = Figure().add_subplot()
    writing = Writing(axes, scene, board.plane, board.limits, board.km_per_pt)
    writing.draw()
    met = [
        (one, other)
        for one, other in itertools.combinations(writing.taken, 2)
        if min(one[2], other[2]) - max(one[0], other[0]) > 1e-9 and min(one[3], other[3]) - max(one[1], other[1]) > 1e-9
    ]
    assert met == []
    assert {"Ukraine", "Slovakia", "Hungary"} <= writing.said


def test_states_are_named_where_their_names_fit() -> None:
    scene = draw(WORLD, route((5.0, 41.0), (25.0, 41.0)), on=DAY).scene
    assert picture(scene, ".png") != picture(scene | {"labels": []}, ".png")
    outside = [label for label in scene["labels"] if label["text"] == "EEE"]
    assert picture(scene | {"labels": outside}, ".png") == picture(scene | {"labels": []}, ".png")


def test_foreign_text_is_drawn_as_it_stands() -> None:
    name = "$\\frac{1}{$ <script>&\u202e\n\t x"
    line = Route((Waypoint(5, 45, name), Waypoint(25, 45, name)), name)
    svg = picture(draw(WORLD, line, on=DAY, title=name).scene, ".svg")
    root = ET.fromstring(svg)  # noqa: S314 - our own
    assert not list(root.iter(f"{SVG}script"))
    assert "\u202e" not in svg.decode()
    assert len(picture(draw(WORLD, [line] * 40, on=DAY, title="x" * 5000).scene, ".png")) > 1000


# The plane.


def test_routes_near_the_middle_keep_their_lengths() -> None:
    line = great_circle("VKO", "BUD")
    ends = [(point.lon, point.lat) for point in line.waypoints]
    plane = plane_around(ends)
    assert plane.name == "Lambert azimuthal equal-area"
    assert np.hypot(*np.subtract(*plane.flat(ends))) == pytest.approx(line.length_km, rel=0.01)


def test_far_routes_are_true_from_the_middle_and_the_great_circle_is_straight() -> None:
    line = great_circle("JFK", "SIN")
    scene = draw(load_airspaces(), line, on=DAY).scene
    points = [point for run in scene["routes"][0]["runs"] for point in decode(run["at"])]
    plane = plane_around(points)
    assert plane.name == "azimuthal equidistant"
    flat = plane.flat(points)
    _, _, meters = Geod(ellps="WGS84").inv(plane.lon, plane.lat, *points[0])
    assert np.hypot(*flat[0]) == pytest.approx(meters / 1000, abs=0.1)
    assert np.hypot(*np.diff(flat, axis=0).T).sum() == pytest.approx(np.hypot(*(flat[-1] - flat[0])), rel=1e-3)


@pytest.mark.parametrize(("start", "end"), [((160.0, 45.0), (-160.0, 45.0)), ((20.0, 70.0), (-160.0, 70.0))])
def test_180_degrees_and_the_pole_are_ordinary_places(start: tuple[float, float], end: tuple[float, float]) -> None:
    scene = draw(WORLD, route(start, end), on=DAY).scene
    points = [point for run in scene["routes"][0]["runs"] for point in decode(run["at"])]
    flat = plane_around(points).flat(points)
    steps = [np.hypot(*(b - a)) for a, b in itertools.pairwise(flat)]
    assert max(steps) < 45.0, "no jump across the picture"


def test_the_end_of_the_map_is_no_border() -> None:
    ring = np.array([(170.0, 40.0), (190.0, 40.0), (190.0, 50.0), (170.0, 50.0)])
    plane = plane_around([(170.0, 45.0), (185.0, 45.0)])
    (whole,) = rings_on(plane, [ring], (-180.0, -75.0, 200.0, 84.0))
    assert sum(len(edge) - 1 for edge in whole.edges) == len(whole.points) - 1
    (cut,) = rings_on(plane, [ring], (-170.0, -75.0, 190.0, 84.0))
    assert sum(len(edge) - 1 for edge in cut.edges) == len(cut.points) - 1 - 10, "one a degree along 190"


def test_what_lies_on_the_other_side_of_the_earth_is_left_out() -> None:
    plane = plane_around([(0.0, 45.0), (10.0, 45.0)])
    there = np.array([(180.0, -50.0), (190.0, -50.0), (190.0, -40.0)])
    assert not list(rings_on(plane, [there], (-180.0, -75.0, 180.0, 84.0)))
    assert not list(rings_on(plane, [there[:2]], (-180.0, -75.0, 180.0, 84.0)))


def test_decoding_undoes_encoding() -> None:
    points = [(1.0, 2.0), (1.5, 1.999), (-3.25, 80.0)]
    assert decode(encode(points)) == points
    line = encode_line(points, [0.0, 12.34, 5000.0])
    assert (decode(line["at"]), decode_km(line["km"])) == (points, [0.0, 12.34, 5000.0])


def test_a_real_study_is_small_enough_to_send(tmp_path: Path) -> None:
    world, icc = load_airspaces(on=DAY), bloc("icc").on(DAY)
    drawn = draw(world, great_circle("VKO", "BUD"), on=DAY, avoid=icc)
    drawn.save(tmp_path / "map.svg")
    drawn.save(tmp_path / "map.png")
    assert 50_000 < (tmp_path / "map.svg").stat().st_size < 2_500_000
    assert 50_000 < (tmp_path / "map.png").stat().st_size < 1_500_000
