"""Two thousand routes against an answer found with nothing of the engine, and a short run of the fuzzer."""

from __future__ import annotations

import functools
from itertools import groupby
from operator import itemgetter

import numpy as np
import numpy.typing as npt
import pytest

from benchmarks.common import GEOD, Stretches, state_polygons
from benchmarks.truth import Truth
from overflight.crossings import CrossingsTable, crossings_many
from overflight.geodata import Airspaces, load_airspaces
from tests.fuzz import KINDS, LONGEST_M, Draw, fuzz

Spans = list[tuple[float, float, str]]
ROUTES = 250
CUT_M = 0.01
"""What two answers may differ by at each border: 1 cm."""


@functools.cache
def world() -> Airspaces:
    return load_airspaces()


@pytest.fixture(scope="module")
def truth() -> Truth:
    return Truth(*state_polygons(world()))


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


def disagreement_m(a: Spans, b: Spans) -> float:
    """Return the metres that one answer gives to another state than the other does."""
    common = sum(
        max(0.0, min(end, end2) - max(begin, begin2))
        for begin, end, state in a
        for begin2, end2, state2 in b
        if state == state2
    )
    return max(sum(end - begin for begin, end, _ in spans) for spans in (a, b)) - common


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
def test_stays_are_those_of_the_truth_to_a_centimetre(kind: str, truth: Truth) -> None:
    legs = legs_of(kind)
    assert len(legs) == ROUTES
    found, right = spans_found(crossings_many(legs, world=world())), spans_true(truth(legs), legs)
    assert sum(map(len, right.values())) > ROUTES / 2
    wrong = {}
    for route, leg in enumerate(legs.tolist()):
        ours, theirs = found.get(route, []), right.get(route, [])
        apart = disagreement_m(ours, theirs)
        if apart > CUT_M * (1 + len(theirs)):
            wrong[str(leg)] = apart
    assert not wrong


def test_a_short_run_of_the_fuzzer_finds_nothing() -> None:
    found = fuzz(10_000, seed=3, world=world())
    assert found.wrong == []
    assert found.legs == 10_000
    assert found.located > 5_000
    assert found.stays > 10_000


def test_the_fuzzer_finds_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bench that can't fail proves nothing: stays moved by 3 km are noticed."""
    import dataclasses

    from tests import fuzz as module

    def moved(*args: object, **more: object) -> CrossingsTable:
        table = crossings_many(*args, **more)  # type: ignore[arg-type]
        return dataclasses.replace(table, entry_km=table.entry_km + 3.0, exit_km=table.exit_km + 3.0)

    monkeypatch.setattr(module, "crossings_many", moved)
    told = {text.split(":")[0] for text in fuzz(2000, world=world()).wrong}
    assert told >= {"another airspace at a point", "a stay outside the leg"}
