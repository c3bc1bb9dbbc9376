"""Keep meshes on disk: making those of the world takes longer than most searches on them.

One file a mesh, where `overflight.caches.store` keeps such things. Its name tells what it was made from, so it is never
out of date; it is used only if it can be what `build` makes, for the loops over it check no bounds; and without it all
goes on as with it.
"""

from __future__ import annotations

import functools
import hashlib
import io
import mmap
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.caches import store
from overflight.detours import sphere
from overflight.detours.mesh.building import Mesh, build

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.geodata import Airspaces

__all__ = ["known"]

WORTH_KEEPING = 100_000
"""Worlds of fewer vertices are made into meshes in no time."""
MOST_KEPT = 6
"""So many meshes are kept: three of them for a world."""
KIND = "mesh-"
TYPES: dict[str, tuple[type[np.generic], tuple[int | None, ...]]] = {
    "xyz": (np.float64, (None, 3)),
    "exact": (np.bool_, (None,)),
    "tri": (np.int32, (None, 3)),
    "near": (np.int32, (None, 3)),
    "piece": (np.int32, (None,)),
    "face": (np.int32, (None,)),
    "edge": (np.int32, (None,)),
    "ends": (np.int32, (None, 2)),
    "arc": (np.int32, (None,)),
    "sides": (np.int64, (None, 2)),
    "spare_km": (np.float64, ()),
}


def known(world: Airspaces, tolerances_km: NDArray[np.float64]) -> Mesh:
    """Return the mesh that `build` makes, from disk if it is there.

    Parameters
    ----------
    world, tolerances_km
        As for `build`.

    Returns
    -------
    Mesh
    """
    places = store.for_data() if _worth_keeping(world) else []
    if not places:
        return build(world, tolerances_km)
    name = f"{KIND}{_name(world, tolerances_km)}.npz"
    data = store.read(name, places)
    mesh = None if data is None else _unpacked(data, world)
    if mesh is None:
        mesh = build(world, tolerances_km)
        store.write(name, _packed(mesh), places, kind=KIND, most=MOST_KEPT)
    return mesh


def _worth_keeping(world: Airspaces) -> bool:
    """Tell whether a world is large, and from a file: one made for a question, such as with areas, is gone after it."""
    vertices = world.index.vertices
    return len(vertices) // 2 >= WORTH_KEEPING and isinstance(vertices.obj, mmap.mmap)


def _name(world: Airspaces, tolerances_km: NDArray[np.float64]) -> str:
    """Return a digest of all that a mesh is made from, this package's sources and NumPy's version included."""
    index = world.index
    digest = hashlib.sha256(f"{_sources()} {np.__version__} {len(world.pieces)}".encode())
    for part in (index.vertices, index.arc_start, index.arc_left, index.arc_right, tolerances_km):
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()[:32]


@functools.cache
def _sources() -> str:
    """Return a digest of the sources that make meshes."""
    files = [*sorted(Path(__file__).parent.glob("*.py")), Path(sphere.__file__)]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _packed(mesh: Mesh) -> bytes:
    """Return a mesh as the bytes of a file."""
    out = io.BytesIO()
    np.savez(out, **{field.name: getattr(mesh, field.name) for field in fields(Mesh)})
    return out.getvalue()


def _unpacked(data: bytes, world: Airspaces) -> Mesh | None:
    """Return what `_packed` packed; None if that can't be a mesh of this world."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
        if any(m.compress_type != zipfile.ZIP_STORED or m.file_size > len(data) for m in members):
            return None
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            found: dict[str, Any] = {name: stored[name] for name in TYPES}
    except Exception:  # noqa: BLE001 - a file of another make may fail in any way
        return None
    for name, (kind, shape) in TYPES.items():
        array = found[name]
        if array.dtype != kind or array.ndim != len(shape) or not array.flags.c_contiguous:
            return None
        if any(size not in {None, given} for size, given in zip(shape, array.shape, strict=True)):
            return None
    mesh = Mesh(**{**found, "spare_km": float(found["spare_km"])})
    return mesh if _is_whole(mesh, len(world.pieces), len(world.index.arc_left)) else None


def _is_whole(mesh: Mesh, pieces: int, arcs: int) -> bool:
    """Tell whether every number in a mesh is one of something that is there, and its triangles close the sphere."""
    points, triangles, edges = len(mesh.xyz), len(mesh.tri), len(mesh.edge)
    if triangles != 2 * points - 4 or {len(mesh.near), len(mesh.piece), len(mesh.face)} != {triangles}:
        return False
    if len(mesh.exact) != points or len(mesh.sides) != arcs or {len(mesh.ends), len(mesh.arc)} != {edges}:
        return False
    numbers: list[tuple[NDArray[Any], int]] = [
        (mesh.tri, points),
        (mesh.near, triangles),
        (mesh.piece, pieces),
        (mesh.face, triangles),
        (mesh.edge, 3 * triangles),
        (mesh.ends, points),
        (mesh.arc, arcs),
        (mesh.sides, pieces),
    ]
    if any(array.size and (array.min() < 0 or array.max() >= most) for array, most in numbers):
        return False
    if not (0.0 <= mesh.spare_km < np.inf and np.abs((mesh.xyz**2).sum(axis=1) - 1.0).max() < 1e-9):
        return False
    beginning, number = mesh.tri.ravel()[mesh.edge], mesh.edge % 3
    end = mesh.tri.ravel()[mesh.edge - number + (number + 1) % 3]
    if not (np.array_equal(beginning, mesh.ends[:, 0]) and np.array_equal(end, mesh.ends[:, 1])):
        return False
    return bool((np.bincount(mesh.near.ravel(), minlength=triangles) == 3).all())
