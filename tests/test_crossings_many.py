"""Many routes at once: the same answers as one by one, to the last bit, and clear words for what is no route."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import math
import random
import subprocess
import sys
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from types import FunctionType
from typing import cast

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from overflight._crossings import bulk, compiled, crossings, interpreted
from overflight._crossings.bulk import crossings_many
from overflight._crossings.engine import labels_of, legs_of
from overflight._crossings.interpreted import walk_interpreted
from overflight._crossings.spans import spans_on_routes
from overflight._crossings.table import COLUMNS, CrossingsTable
from overflight._crossings.walk import Scratch
from overflight.airspace import Airspaces, load_airspaces
from overflight.earth import direct, inverse, normal_lon
from overflight.earth.caches import code
from overflight.errors import DataError, RouteError
from overflight.routes import Route, Waypoint
from tests.test_crossings import far_places, quarters

LonLat = tuple[float, float]


@functools.cache
def world() -> Airspaces:
    return load_airspaces()


def route(*points: LonLat) -> Route:
    return Route(tuple(Waypoint(lon, lat) for lon, lat in points))


@pytest.fixture
def always_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreted, "LOAD_S", -1.0)
    monkeypatch.setattr(interpreted, "CALL_S", -1.0)


@pytest.fixture
def never_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreted, "LOAD_S", math.inf)
    monkeypatch.setattr(interpreted, "CALL_S", math.inf)


def drawn(count: int) -> list[tuple[LonLat, ...]]:
    """Draw routes of all kinds: anywhere, over poles, across 180 degrees, hops, along borders, through waypoints."""
    rng = random.Random(4)  # noqa: S311
    vertices, starts = world().index.vertices, world().index.arc_start

    def anywhere() -> LonLat:
        return rng.uniform(-180, 180), math.degrees(math.asin(rng.uniform(-1, 1)))

    def vertex() -> tuple[int, int]:
        arc = rng.randrange(len(starts) - 1)
        return rng.randrange(starts[arc], starts[arc + 1]), starts[arc + 1] - 1

    def at(number: int) -> LonLat:
        return vertices[2 * number] / 1e7, vertices[2 * number + 1] / 1e7

    def draw(kind: int) -> tuple[LonLat, ...]:
        number, last = vertex()
        here = at(number)
        azimuth, reach_m = rng.choice([0.0, 90.0, rng.uniform(-180, 180)]), 10.0 ** rng.uniform(0, 6.5)
        lon = rng.uniform(-180, 180)
        return (
            lambda: (anywhere(), anywhere()),
            lambda: ((lon, rng.uniform(40, 90)), (normal_lon(lon + 180 + rng.uniform(-5, 5)), rng.uniform(40, 90))),
            lambda: ((rng.uniform(140, 180), rng.uniform(-60, 75)), (rng.uniform(-180, -130), rng.uniform(-60, 75))),
            lambda: (here, (here[0] + rng.gauss(0, 0.01), max(-90.0, min(90.0, here[1] + rng.gauss(0, 0.01))))),
            lambda: tuple(at(n) for n in range(number, min(number + 12, last) + 1)),
            lambda: (direct(*here, azimuth, reach_m), here, direct(*here, azimuth + 180.0, reach_m)),
            lambda: (anywhere(), anywhere(), anywhere(), anywhere()),
            lambda: (here, at(vertex()[0])),
        )[kind]()

    found: list[tuple[LonLat, ...]] = []
    while len(found) < count:
        points = draw(len(found) % 8)
        try:
            route(*points)
        except RouteError:
            continue
        found.append(points)
    return found


def legs_and_offsets(routes: Sequence[Route]) -> tuple[list[tuple[float, float, float, float]], list[int]]:
    legs = [(leg.start.lon, leg.start.lat, leg.end.lon, leg.end.lat) for r in routes for leg in r.legs]
    return legs, [*accumulate((len(r.legs) for r in routes), initial=0)]


def assert_same(table: CrossingsTable, routes: Sequence[Route], space: Airspaces) -> None:
    """Compare with `crossings` of each route, bit by bit."""
    rows = []
    for number, one in enumerate(routes):
        found = crossings(one, space)
        rows += [
            (number, k, s.piece, s.entry_km, s.exit_km, *s.entry, *s.exit, s.state.code, s.territory)
            for k, s in enumerate(found)
        ]
        assert table.high_seas_km[number] == found.high_seas_km
        assert table.settled[number] == found.settled
    assert list(zip(*(column.tolist() for column in table.columns().values()), strict=True)) == rows


# The same answers -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.usefixtures("always_compiled")
def test_compiled_and_interpreted_give_the_same_bits_on_thousands_of_routes() -> None:
    routes = [route(*points) for points in drawn(3000)]
    legs, offsets = legs_and_offsets(routes)
    table = crossings_many(legs, offsets=offsets, world=world())
    rows = walk_interpreted(world().index, legs_of([r.legs for r in routes]), labels_of(world()))
    count = rows.end[-1]
    assert len(table) == count > 10_000
    assert table.piece.tolist() == rows.piece[:count]
    for k, name in enumerate(COLUMNS[3:]):
        assert getattr(table, name).tolist() == rows.at[k : 6 * count : 6], name
    assert table.high_seas_km.tolist() == rows.high_seas_km
    assert table.length_km.tolist() == rows.length_km
    assert table.settled.tolist() == rows.settled


def test_the_inverse_problem_has_the_same_bits_compiled() -> None:
    rng = np.random.default_rng(1)
    ends = rng.uniform([-180, -90, -180, -90], [180, 90, 180, 90], (4000, 4))
    ends[1000:2000, 2:] = ends[1000:2000, :2] + rng.normal(0, 1e-3, (1000, 2))
    ends[2000:3000, 2] = ends[2000:3000, 0] + 180 + rng.uniform(-1, 1, 1000)
    ends[2000:3000, 3] = -ends[2000:3000, 1] + rng.uniform(-0.5, 0.5, 1000)
    ends[:, 1::2] = ends[:, 1::2].clip(-90, 90)
    columns = [np.ascontiguousarray(ends[:, k]) for k in range(4)]
    length, azimuth = np.empty(4000), np.empty(4000)
    assert compiled.inverse_each_compiled(*columns, 0, 1000, length, azimuth) == 1000
    done = [k for k in range(4000) if compiled.inverse_each_compiled(*columns, k, k + 1, length, azimuth) == k + 1]
    assert len(done) > 3900
    assert list(zip(length[done], azimuth[done], strict=True)) == [inverse(*ends[k].tolist()) for k in done]


@pytest.mark.usefixtures("always_compiled")
@pytest.mark.parametrize("make", [quarters, far_places])
def test_small_worlds_have_the_same_rows_one_by_one(make: functools._lru_cache_wrapper[Airspaces]) -> None:
    rng = random.Random(7)  # noqa: S311
    routes: list[Route] = []
    while len(routes) < 400:
        points = [(round(rng.uniform(-5, 37), 1), round(rng.uniform(38, 62), 1)) for _ in range(rng.randint(2, 5))]
        if len(set(points)) > 1:
            routes.append(route(*points))
    routes += [route((100, 75), (-80, 75)), route((0, 90), (100, 70)), route((160, 5), (-160, 5), (150, 15))]
    assert_same(crossings_many(routes, world=make()), routes, make())


@pytest.mark.usefixtures("always_compiled")
def test_a_settled_leg_has_the_same_rows_compiled() -> None:
    """A border through the pole, where longitude turns too fast for chords."""
    from shapely import box

    from tests.worlds import make_world

    space = make_world({"AAA": box(-180, 80, -90, 90) | box(0, 80, 180, 90), "BBB": box(-90, 80, 0, 90)})
    routes = [route((-45, 70), (135, 70)), route((-45, 75), (135, 72), (10, 85))]
    table = crossings_many(routes, world=space)
    assert table.settled.sum() > 0
    assert_same(table, routes, space)


points = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(places=st.lists(points, min_size=2, max_size=5))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.usefixtures("always_compiled")
def test_any_route_has_the_same_rows_compiled(places: list[LonLat]) -> None:
    try:
        one = route(*places)
    except RouteError:
        assume(False)
    rows = walk_interpreted(world().index, legs_of([one.legs]), labels_of(world()))
    table = crossings_many([one], world=world())
    assert (
        np.column_stack([getattr(table, name) for name in COLUMNS[3:]]).ravel().tolist() == rows.at[: 6 * rows.end[0]]
    )
    assert table.piece.tolist() == rows.piece[: rows.end[0]]
    assert sum(table.exit_km - table.entry_km) + table.high_seas_km[0] == pytest.approx(one.length_km, abs=1e-6)


@given(first=st.lists(points, min_size=2, max_size=3), more=st.lists(points, min_size=1, max_size=3))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.usefixtures("always_compiled")
def test_two_routes_end_to_end_have_the_crossings_of_both(first: list[LonLat], more: list[LonLat]) -> None:
    """Where one state's crossing goes on across the joint, it is one."""
    try:
        routes = [route(*first), route(first[-1], *more), route(*first, *more)]
    except RouteError:
        assume(False)
    a, b, whole = (crossings(one, world()) for one in routes)
    shift_km = a.length_km
    ends_a, ends_b = [(s.entry_km, s.exit_km) for s in a], [(s.entry_km + shift_km, s.exit_km + shift_km) for s in b]
    joined = [s.entry_km for s in whole] + [s.exit_km for s in whole]
    if len(whole) < len(a) + len(b):
        assert len(whole) == len(a) + len(b) - 1
        assert (a[-1].territory, a[-1].disputed) == (b[0].territory, b[0].disputed)
        ends_a[-1:], ends_b[:1] = [], [(ends_a[-1][0], ends_b[0][1])]
    pairs = ends_a + ends_b
    assert joined == pytest.approx([entry for entry, _ in pairs] + [end for _, end in pairs], abs=1e-6)


@pytest.mark.usefixtures("never_compiled")
def test_few_routes_are_walked_without_compiling() -> None:
    routes = [route(*points) for points in drawn(40)]
    assert_same(crossings_many(routes, world=world()), routes, world())


@pytest.mark.parametrize("compile_it", [True, False])
def test_offsets_ids_and_routes_say_the_same(compile_it: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "pays_to_compile", lambda *_: compile_it)
    routes = [route((5, 45), (6, 46), (15, 45)), route((1, 41), (2, 42)), route((5, 55), (15, 55), (15, 45))]
    legs, offsets = legs_and_offsets(routes)
    by_routes = crossings_many(routes, world=quarters())
    by_offsets = crossings_many(legs, offsets=offsets, world=quarters())
    by_ids = crossings_many(legs, route_id=["b", "b", "a", "c", "c"], world=quarters())
    assert by_routes.route.tolist() == by_offsets.route.tolist() == [0, 0, 1, 2, 2, 2]
    assert by_ids.route.tolist() == ["b", "b", "a", "c", "c", "c"]
    assert by_ids.routes.tolist() == ["b", "a", "c"]
    for name in COLUMNS[1:]:
        assert getattr(by_routes, name).tolist() == getattr(by_offsets, name).tolist() == getattr(by_ids, name).tolist()


def test_without_ids_each_leg_is_a_route() -> None:
    table = crossings_many([(5, 45, 15, 45), (15, 45, 15, 55)], world=quarters())
    assert table.route.tolist() == [0, 0, 1, 1]
    assert table.state.tolist() == ["SWW", "SEE", "SEE", "NEE"]


@pytest.mark.usefixtures("always_compiled")
def test_threads_and_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    routes = [route(*points) for points in drawn(300)]
    whole = crossings_many(routes, world=world(), threads=1)
    monkeypatch.setattr(compiled, "CHUNK_LEGS", 7)
    monkeypatch.setattr(compiled, "ROWS_A_LEG", 1)
    parts = crossings_many(routes, world=world(), threads=3)
    for name in (*COLUMNS, "high_seas_km", "length_km", "settled"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name)), name


@pytest.mark.usefixtures("always_compiled")
def test_a_route_with_more_crossings_than_there_was_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "CHUNK_LEGS", 1)
    monkeypatch.setattr(compiled, "ROWS_A_LEG", 1)
    saw = route(*((23.5 + 0.25 * k, 45.01) for k in range(21)))
    assert_same(crossings_many([saw], world=far_places()), [saw], far_places())


def test_a_track_of_many_legs_is_walked_compiled_and_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    track = route(*((4.0 + 0.01 * k, 45.0 + 0.3 * math.sin(k)) for k in range(1200)))
    monkeypatch.setattr(interpreted, "LOAD_S", math.inf)
    monkeypatch.setattr(interpreted, "CALL_S", math.inf)
    one = crossings(track, quarters())
    monkeypatch.setattr(interpreted, "LOAD_S", -1.0)
    monkeypatch.setattr(interpreted, "CALL_S", -1.0)
    assert crossings(track, quarters()) == one
    assert_same(crossings_many([track], world=quarters()), [track], quarters())


def test_a_view_names_other_states_and_moves_no_border() -> None:
    legs = [(30.0, 46.5, 38.0, 45.0)]
    jure, facto = (crossings_many(legs, world=load_airspaces(view)) for view in ("de-jure", "de-facto"))
    assert "RUS" in facto.state
    assert set(facto.state[facto.piece == jure.piece[1]]) <= {"RUS", "UKR"}
    assert_same(facto, [route((30.0, 46.5), (38.0, 45.0))], load_airspaces("de-facto"))


# Output ---------------------------------------------------------------------------------------------------------------


def test_no_routes_give_an_empty_table() -> None:
    for table in (crossings_many(np.empty((0, 4)), world=quarters()), crossings_many([], world=quarters())):
        assert (len(table), len(table.routes), table.to_frame().shape) == (0, 0, (0, 11))


def test_routes_that_cross_nobody_or_go_nowhere_have_no_rows() -> None:
    table = crossings_many([(-60, 10, -50, 20), (5, 45, 5, 45), (5, 45, 6, 45)], world=quarters())
    assert table.route.tolist() == [2]
    assert table.routes.tolist() == [0, 1, 2]
    assert table.high_seas_km[0] == table.length_km[0] > 1000
    assert table.length_km[1] == table.high_seas_km[1] == 0.0


def test_the_frame_has_the_contracts_columns_and_codes() -> None:
    frame = crossings_many([(5, 45, 15, 45)], world=quarters()).to_frame()
    assert list(frame) == [*COLUMNS, "state", "territory"]
    assert frame["state"].tolist() == ["SWW", "SEE"]
    assert frame["exit_km"][0] == frame["entry_km"][1]


def test_arrow_tables_hold_the_same() -> None:
    arrow = pytest.importorskip("pyarrow")
    table = crossings_many([(5, 45, 15, 45)], world=quarters())
    out = arrow.table(table)
    assert out.column_names == [*COLUMNS, "state", "territory"]
    assert out["state"].to_pylist() == ["SWW", "SEE"]
    assert out["exit_km"].to_pylist() == table.exit_km.tolist()


# Bad input ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("legs", "more", "says"),
    [
        ([(0, 0, 1, 1), (0, 0, math.nan, 1)], {}, "row 1: lon2 nan is not finite"),
        ([(0, 0, 1, 1), (0, -91, 1, 1)], {}, "row 1: lat1 -91 is off the Earth"),
        ([(600, 0, 1, 1)], {}, "row 0: lon1 600 is off the Earth"),
        ([(0, 0, 1, 1), (10, 20, -170, -20)], {}, "row 1: both ends lie"),
        ([(0, 0, 1)], {}, r"shape \(1, 3\)"),
        ([1.0, 2.0], {}, r"shape \(2,\)"),
        ([("a", "b", "c", "d")], {}, "no array of numbers"),
        ([(0, 0, 1, 1), (1, 2, 2, 2)], {"route_id": [5, 5]}, "row 1: the leg does not begin"),
        ([(0, 0, 1, 1), (1, 2, 2, 2)], {"offsets": [0, 2]}, "row 1: the leg does not begin"),
        ([(0, 0, 1, 1)] * 3, {"route_id": [1, 2, 1]}, "row 2: route 1 was there before"),
        ([(0, 0, 1, 1)], {"route_id": [1, 2]}, "one for each of the 1 legs"),
        ([(0, 0, 1, 1)], {"offsets": [0, 2]}, "must rise from 0 to the number of legs, 1"),
        ([(0, 0, 1, 1)], {"offsets": [0.0, 1.0]}, "whole numbers"),
        ([(0, 0, 1, 1)], {"offsets": [0, 1], "route_id": [1]}, "give one of them"),
        ([(0, 0, 1, 1)], {"threads": 0}, "threads is 0"),
    ],
)
@pytest.mark.parametrize("compile_it", [True, False])
def test_bad_input_is_told_in_one_line_that_names_the_row(
    legs: list[tuple[float, ...]],
    more: dict[str, list[int]],
    says: str,
    compile_it: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bulk, "pays_to_compile", lambda *_: compile_it)
    with pytest.raises(RouteError, match=says) as caught:
        crossings_many(legs, world=quarters(), **more)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("always_compiled")
def test_longitudes_past_180_degrees_are_taken_as_routes_take_them() -> None:
    rng = random.Random(3)  # noqa: S311
    ends = [
        (rng.uniform(-540, 540), rng.uniform(-60, 70), rng.uniform(-540, 540), rng.uniform(-60, 70)) for _ in range(50)
    ]
    ends += [(540.0, 10.0, 200.0, 11.0), (-540.0, 10.0, -200.0, 11.0), (-180.0, 1.0, 180.0, 12.0)]
    routes = [route((a, b), (c, d)) for a, b, c, d in ends]
    assert_same(crossings_many(ends, world=world()), routes, world())


@pytest.mark.usefixtures("always_compiled")
def test_a_damaged_index_is_reported() -> None:
    space = quarters()
    blank = memoryview(b"\xff" * (2 * len(space.index.cell_piece))).cast("h")
    damaged = dataclasses.replace(space, index=dataclasses.replace(space.index, cell_piece=blank))
    with pytest.raises(DataError, match="reinstall"):
        crossings_many([(100, 80, 101, 80)], world=damaged)


# Which engine, and where it is kept -----------------------------------------------------------------------------------


def loaded_by(code: str) -> set[str]:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.slow
def test_few_routes_load_no_compiler_and_many_do() -> None:
    few = loaded_by("import overflight as of; of.crossings_many([[37, 55, 19, 47]] * 5)")
    assert "numpy" in few
    assert "numba" not in few
    many = loaded_by("import overflight as of; of.crossings_many([[37, 55, 19, 47]] * 6000)")
    assert "numba" in many


def test_work_is_weighed_by_legs_and_length() -> None:
    assert not interpreted.pays_to_compile(1, 1_500.0)
    assert interpreted.pays_to_compile(10_000, 1_500.0)
    assert interpreted.pays_to_compile(1_000, 1e8)


def test_a_digest_covers_every_file_that_a_function_is_made_of() -> None:
    """`test_caches` keeps a small function; this shows that the large one reaches every file."""
    files = {Path(inspect.getfile(f)).name for f in code.parts_of(cast(FunctionType, spans_on_routes))}
    assert files == {"spans.py", "walk.py", "chords.py", "locate.py", "line.py"}


def test_room_grows_where_a_leg_needs_more(monkeypatch: pytest.MonkeyPatch) -> None:
    small = interpreted.scratch
    sizes: list[int] = []

    def tiny(size: int) -> Scratch:
        sizes.append(size)
        return small(size)._replace(
            seen=[0] * size, seen_at=[0.0] * size, edges=[0.0] * (12 * size), cuts=[0.0] * (3 * size)
        )

    saw = route((23.5, 45.01), (28.5, 45.01))
    wanted = crossings(saw, far_places())
    monkeypatch.setattr(interpreted, "scratch", tiny)
    assert crossings(saw, far_places()) == wanted
    assert len(sizes) > 1
