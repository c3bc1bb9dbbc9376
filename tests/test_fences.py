"""Fences: lines in the mesh that no path crosses, and that change nothing else."""

from __future__ import annotations

import functools
import random

import numpy as np
import pytest
import shapely

from overflight.airspace import Airspaces, Area
from overflight.detours import candidates
from overflight.detours.fenced import Fence, FencedSolver
from overflight.detours.mesh import Mesh, build, face_areas, triangle_at
from overflight.detours.mesh.fences import fenced
from overflight.detours.solver import Solved, Solver
from overflight.earth.sphere import to_unit
from overflight.routes import Route, Waypoint, great_circle
from overflight.rules import Avoid
from tests.worlds import make_world

START, END = (-8.0, 1.0), (8.0, 1.0)
ISLANDS = {
    "AAA": shapely.box(-1, 3, 1, 9),
    "BBB": shapely.box(-1, -4, 1, 0),
    "CCC": shapely.box(3, -9, 5, -6),
    "DDD": shapely.box(-0.2, 0.5, 0.2, 1.5),
    "EEE": shapely.box(-7, -3, -4, 6),
}
SHUT = ("AAA", "BBB", "CCC")
ACROSS = Fence("across", (0.0, 4.0), (0.3, -1.0))
"""From AAA to BBB, through DDD, which is open."""


@functools.cache
def world() -> Airspaces:
    return make_world({code: shapely.segmentize(shape, 0.5) for code, shape in ISLANDS.items()})


def plain() -> Mesh:
    return build(world().index, np.zeros(len(world().index.arc_left)), np.arange(len(world().pieces)))


def ends_of(*fences: Fence) -> list[np.ndarray]:
    return [to_unit(np.array([fence.start, fence.end])) for fence in fences]


def solver() -> Solver:
    return Solver(world(), (Waypoint(*START), Waypoint(*END)), Avoid(SHUT), most_km=5000.0)


def crosses(route: Route, fence: Fence) -> bool:
    return bool(shapely.LineString(route.path(max_km=5.0)).intersects(shapely.LineString([fence.start, fence.end])))


def test_a_fence_leaves_every_place_in_its_piece() -> None:
    mesh = plain()
    laid = fenced(
        mesh, ends_of(ACROSS, Fence("far", (4.0, -7.0), (-5.0, 5.0)), Fence("over", (-6.0, 0.0), (0.5, -1.0)))
    ).mesh
    rng = random.Random(1)  # noqa: S311
    for _ in range(2000):
        at = to_unit(np.array([[rng.uniform(-9, 9), rng.uniform(-10, 10)]]))[0]
        assert laid.piece[triangle_at(laid, at)] == mesh.piece[triangle_at(mesh, at)]
    sizes = [np.bincount(m.piece[np.unique(m.face, return_index=True)[1]], face_areas(m)) for m in (mesh, laid)]
    assert sizes[1] == pytest.approx(sizes[0], rel=1e-6)


def test_borders_still_part_what_they_parted_where_a_fence_cuts_them() -> None:
    laid = fenced(plain(), ends_of(ACROSS)).mesh
    assert len(laid.edge) == len(plain().edge) + 4, "out of AAA, into DDD and out of it, into BBB"
    t, k = np.divmod(laid.edge, 3)
    assert (np.sort(laid.piece[[t, laid.near[t, k]]], axis=0) == np.sort(laid.sides[laid.arc].T, axis=0)).all()


def test_no_path_crosses_a_fence_and_one_that_does_not_stays_as_it_is() -> None:
    free = solver().solve((), name="free")
    assert isinstance(free, Solved)
    assert crosses(free.route, ACROSS)
    around = FencedSolver(solver(), [ACROSS]).solve((), name="around")
    assert isinstance(around, Solved)
    assert not crosses(around.route, ACROSS)
    again = FencedSolver(solver(), [Fence("beside", (0.0, -3.0), (4.0, -8.0))]).solve((), name="again")
    assert isinstance(again, Solved)
    assert again.route.length_km == pytest.approx(free.route.length_km, rel=1e-6)


def test_a_fence_leads_as_far_round_as_a_thin_area_does() -> None:
    line = shapely.LineString([ACROSS.start, ACROSS.end]).buffer(0.002, cap_style="flat")
    areas = [Area("fence", shapely.MultiPolygon([line]))]
    best = min(
        (
            c
            for c in candidates(great_circle(START, END), world(), avoid=[*SHUT, *areas], margin_km=0.0)
            if not c.consents
        ),
        key=lambda c: c.route.length_km,
    )
    fenced_solver = FencedSolver(solver(), [ACROSS])
    around = fenced_solver.solve((), name="around")
    assert isinstance(around, Solved)
    bound_km = fenced_solver.proven((), around)
    assert around.route.length_km == pytest.approx(best.route.length_km, rel=1e-4)
    assert bound_km <= best.route.length_km <= bound_km * 1.001


def test_fences_that_ring_an_end_leave_no_way() -> None:
    ring = [(-9.0, 0.0), (-7.5, 0.0), (-7.5, 2.0), (-9.0, 2.0)]
    fences = [Fence(f"{k}", ring[k], ring[(k + 1) % 4]) for k in range(4)]
    # They meet where their ends overshoot.
    longer = [
        Fence(
            f.name,
            (2 * f.start[0] - f.end[0], 2 * f.start[1] - f.end[1]),
            (2 * f.end[0] - f.start[0], 2 * f.end[1] - f.start[1]),
        )
        for f in fences
    ]
    assert FencedSolver(solver(), longer).solve((), name="none") == "narrow"
