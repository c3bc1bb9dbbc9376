"""The mesh in plain Python: all that numba compiles runs interpreted in a small world, and does the same to the bit."""

from __future__ import annotations

import importlib
import math
import types
from typing import Any

import numpy as np
import pytest
import shapely

from overflight.airspace import Airspaces
from overflight.detours.mesh import Found, Ground, Mesh, build
from overflight.detours.mesh import fences as fence_laying
from overflight.detours.obstacles import keep_off_km
from overflight.earth.sphere import to_unit
from tests.worlds import make_world

LOOPS = (
    "overflight.earth.sphere",
    *(
        f"overflight.detours.mesh.{name}"
        for name in ("sphere", "walls", "records", "triangulation", "polyanya", "fences")
    ),
)
"""The modules of which numba compiles what the mesh needs."""
STATES = {
    "AAA": shapely.box(2.0, -6.0, 4.0, 3.0),
    "BBB": shapely.Polygon([(6.0, -3.0), (9.0, 2.0), (7.0, 8.0)]),
    "CCC": shapely.difference(shapely.box(11.0, -8.0, 14.0, 6.0), shapely.box(12.0, -2.0, 14.0, 1.0)),
    "DDD": shapely.box(4.0, -6.0, 5.0, 0.0),
}
SHUT = {"AAA", "BBB", "CCC"}
FENCE = ((3.0, 2.0), (8.0, 3.0))
TRIPS = [((-1.0, -1.0), (16.0, -0.5)), ((13.0, -0.5), (-1.0, 0.5)), ((3.0, 4.5), (4.5, -3.0))]


class PlainMath:
    """numpy, but for functions of single numbers: those of the C library, as what numba compiles has them."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as numpy has it
        whole = getattr(np, name)
        single: Any = {"sqrt": math.sqrt, "arcsin": math.asin, "arctan2": math.atan2}.get(name)
        return whole if single is None else lambda *xs: (single if np.ndim(xs[0]) == 0 else whole)(*xs)


@pytest.fixture
def interpreted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put plain functions in place of all compiled ones, wherever these are used; return their names."""
    modules = [importlib.import_module(name) for name in LOOPS]
    replaced = []
    for module in modules:
        monkeypatch.setattr(module, "np", PlainMath(), raising=False)
        for name, value in list(vars(module).items()):
            if isinstance(getattr(value, "py_func", None), types.FunctionType):
                monkeypatch.setattr(module, name, value.py_func)
                replaced.append(value.py_func.__name__)
    return replaced


def world() -> Airspaces:
    return make_world(STATES)


def mesh() -> Mesh:
    return build(world().index, 0.8 * keep_off_km(world(), 0.0), np.arange(len(world().pieces)))


def paths(where: Mesh, keep_km: float) -> list[Found | str]:
    """Find paths with and without a fence, from either end."""
    shut = np.array([p.state is not None and p.state.code in SHUT for p in world().pieces])
    keep = np.full(len(world().index.arc_left), keep_km)
    laid = fence_laying.fenced(where, [to_unit(np.array(FENCE))])
    fenced = Ground(laid.mesh, shut, keep)
    fenced.bar(laid.edges)
    return [
        ground.path(*trip, most_km=20_000.0, from_end=from_end)
        for ground in (Ground(where, shut, keep), fenced)
        for trip in TRIPS
        for from_end in (False, True)
    ]


def arrays(of: Mesh) -> list[bytes]:
    return [np.asarray(getattr(of, name)).tobytes() for name in ("xyz", "tri", "near", "piece", "face", "edge", "ends")]


def test_a_mesh_made_in_plain_python_is_the_compiled_one_to_the_bit(request: pytest.FixtureRequest) -> None:
    compiled = arrays(mesh())
    replaced = request.getfixturevalue("interpreted")
    assert {"insert_points", "insert_edges", "faces", "find_triangle"} <= set(replaced)
    assert arrays(mesh()) == compiled


@pytest.mark.parametrize("keep_km", [0.2, 40.0])
def test_paths_found_in_plain_python_are_the_compiled_ones_to_the_bit(
    keep_km: float, request: pytest.FixtureRequest
) -> None:
    where = mesh()
    compiled = paths(where, keep_km)
    assert any(isinstance(one, Found) and len(one.points) > 3 for one in compiled)
    replaced = request.getfixturevalue("interpreted")
    assert {"explore", "unfolded", "rounded", "is_beaten", "find_corners", "no_way", "reaches", "put"} <= set(replaced)
    assert paths(where, keep_km) == compiled
