"""Two thousand routes against an answer found with nothing of the engine, and a short run of the fuzzer."""

from __future__ import annotations

import functools
from itertools import groupby, pairwise
from operator import itemgetter

import numpy as np
import numpy.typing as npt
import pytest
import shapely

from benchmarks.common import GEOD, Stretches, state_polygons
from benchmarks.truth import Truth
from overflight._crossings.bulk import crossings_many
from overflight._crossings.table import CrossingsTable
from overflight.airspace import Airspaces, load_airspaces
from tests.fuzz import KINDS, LONGEST_M, Draw, fuzz

Spans = list[tuple[float, float, str]]
ROUTES = 120
CUT_M = 0.01
"""What two answers may differ by at each border: 1 cm."""


@functools.cache
def world() -> Airspaces:
    return load_airspaces()


@pytest.fixture(scope="module")
def truth() -> Truth:
    return Truth(*state_polygons(world()))


@pytest.fixture(scope="module")
def rims() -> shapely.STRtree:
    """Border edges, a line each."""
    _, shapes = state_polygons(world())
    parts = []
    for ring in shapely.get_rings(shapely.get_parts(shapes)):
        xy = shapely.get_coordinates(ring)
        parts.append(np.stack([xy[:-1], xy[1:]], axis=1))
    return shapely.STRtree(shapely.linestrings(np.concatenate(parts)))


def legs_of(kind: str) -> npt.NDArray[np.float64]:
    draw = Draw(world(), seed=2)
    legs = KINDS[kind](draw, 2 * ROUTES)
    legs[:, 1::2] = legs[:, 1::2].clip(-90, 90)
    length_m = GEOD.inv(*legs.T)[2]
    kept: npt.NDArray[np.float64] = legs[(length_m > 1.0) & (length_m < LONGEST_M)][:ROUTES]
    return kept


def spans_found(table: CrossingsTable) -> dict[int, Spans]:
    """Return the spans of each route in states, in metres."""
    rows = zip(table.route.tolist(), table.entry_km * 1e3, table.exit_km * 1e3, table.state.tolist(), strict=True)
    return {route: [row[1:] for row in some] for route, some in groupby(rows, itemgetter(0))}


def spans_true(right: Stretches, legs: npt.NDArray[np.float64]) -> dict[int, Spans]:
    here = legs[right.route]
    begin = GEOD.inv(here[:, 0], here[:, 1], right.lon_in, right.lat_in)[2]
    end = GEOD.inv(here[:, 0], here[:, 1], right.lon_out, right.lat_out)[2]
    rows = sorted(zip(right.route.tolist(), begin.tolist(), end.tolist(), right.state.tolist(), strict=True))
    return {route: [row[1:] for row in some] for route, some in groupby(rows, itemgetter(0))}


def off_border_m(leg: list[float], a: Spans, b: Spans, rims: shapely.STRtree) -> float:
    """Return how far from a border, at most, a leg is where two answers give it to different states.

    A leg that runs along a border meets it where it will: what counts is how far aside it is, not how far along. Where
    the answers differ for less than `CUT_M`, that is all that is returned.
    """
    marks = sorted({mark for spans in (a, b) for begin, end, _ in spans for mark in (begin, end)})
    azimuth = GEOD.inv(leg[0], leg[1], leg[2], leg[3])[0]
    worst = 0.0
    for begin, end in pairwise(marks):
        middle = 0.5 * (begin + end)
        states = [[state for low, high, state in spans if low <= middle <= high] for spans in (a, b)]
        if states[0] != states[1] and end - begin > CUT_M:
            lon, lat, _ = GEOD.fwd(leg[0], leg[1], azimuth, middle)
            rim = rims.geometries[rims.nearest(shapely.Point(lon, lat))]
            foot = shapely.shortest_line(shapely.Point(lon, lat), rim)
            worst = max(worst, GEOD.geometry_length(foot))
        elif states[0] != states[1]:
            worst = max(worst, end - begin)
    return worst


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        "anywhere",
        "over_the_poles",
        "across_180",
        "hops",
        "through_vertices",
        "beside_borders",
        "along_the_grid",
        "nearly_opposite",
    ],
)
def test_crossings_are_those_of_the_truth_to_a_centimetre(kind: str, truth: Truth, rims: shapely.STRtree) -> None:
    legs = legs_of(kind)
    assert len(legs) == ROUTES
    found, right = spans_found(crossings_many(legs, world=world())), spans_true(truth(legs), legs)
    assert sum(map(len, right.values())) > ROUTES / 2
    off = {
        str(leg): off_border_m(leg, found.get(route, []), right.get(route, []), rims)
        for route, leg in enumerate(legs.tolist())
    }
    assert {leg: metres for leg, metres in off.items() if metres > CUT_M} == {}


def test_the_oracle_finds_what_is_wrong(rims: shapely.STRtree) -> None:
    """A border met 3 m late, at a right angle or nearly, is found; and so is a state too many."""
    leg = [23.0, 52.0, 24.5, 52.0]
    table = crossings_many([leg], world=world())
    right = spans_found(table)[0]
    (begin, border, poland), (_, end, belarus) = right
    moved = [(begin, border + 3.0, poland), (border + 3.0, end, belarus)]
    assert off_border_m(leg, right, right, rims) == 0.0
    assert 0.5 < off_border_m(leg, right, moved, rims) < 3.1
    assert off_border_m(leg, right, [*right, (100.0, 400.0, "DEU")], rims) > 1000.0


def test_a_short_run_of_the_fuzzer_finds_nothing() -> None:
    found = fuzz(10_000, seed=3, world=world())
    assert found.wrong == []
    assert found.legs == 10_000
    assert found.located > 5_000
    assert found.crossings > 10_000


def test_the_fuzzer_finds_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bench that can't fail proves nothing: crossings moved by 3 km are noticed."""
    import dataclasses

    from tests import fuzz as module

    def moved(*args: object, **more: object) -> CrossingsTable:
        table = crossings_many(*args, **more)  # type: ignore[arg-type]
        return dataclasses.replace(table, entry_km=table.entry_km + 3.0, exit_km=table.exit_km + 3.0)

    monkeypatch.setattr(module, "crossings_many", moved)
    told = {text.split(":")[0] for text in fuzz(2000, world=world()).wrong}
    assert told >= {"another airspace at a point", "a crossing outside the leg"}
