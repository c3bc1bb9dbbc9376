"""Keep meshes on disk: making those of the world takes longer than most searches on them.

One file a mesh, in the user's cache folder: ``$OVERFLIGHT_CACHE`` if that is set (empty: nothing is kept), else
``overflight`` in ``$XDG_CACHE_HOME``, ``~/Library/Caches``, ``%LOCALAPPDATA%`` or ``~/.cache``. Its name tells what it
was made from, so it is never out of date; it is written whole or not at all; and without it all goes on as with it.
"""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import sys
import tempfile
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.detours.mesh.building import Mesh, build
from overflight.detours.mesh.compiled import STAMP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.geodata import Airspaces

__all__ = ["folder", "known"]

WORTH_KEEPING = 100_000
"""Worlds of fewer vertices are made into meshes in no time."""
MOST_KEPT = 6
"""So many meshes are kept: three of them for a world."""


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
    place = folder()
    if place is None or not _worth_keeping(world):
        return build(world, tolerances_km)
    path = place / f"mesh-{_name(world, tolerances_km)}.npz"
    mesh = _read(path)
    if mesh is None:
        mesh = build(world, tolerances_km)
        _write(path, mesh)
    return mesh


def folder() -> Path | None:
    """Return the folder in which meshes are kept; None if none are."""
    chosen = os.environ.get("OVERFLIGHT_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen else None
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "overflight"
    base = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    return (Path(base) if base else home / ".cache") / "overflight"


def _worth_keeping(world: Airspaces) -> bool:
    """Tell whether a world is large, and from a file: one made for a question, such as with areas, is gone after it."""
    vertices = world.index.vertices
    return len(vertices) // 2 >= WORTH_KEEPING and isinstance(vertices.obj, mmap.mmap)


def _name(world: Airspaces, tolerances_km: NDArray[np.float64]) -> str:
    """Return a digest of all that a mesh is made from, this package's sources and NumPy's version included."""
    index = world.index
    digest = hashlib.sha256(f"{STAMP} {np.__version__} {len(world.pieces)}".encode())
    for part in (index.vertices, index.arc_start, index.arc_left, index.arc_right, tolerances_km):
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()[:32]


def _read(path: Path) -> Mesh | None:
    """Read a mesh; None if it is not there, or not whole."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            found: dict[str, Any] = {field.name: stored[field.name] for field in fields(Mesh)}
            mesh = Mesh(**{**found, "spare_km": float(found["spare_km"])})
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile):
        return None
    with contextlib.suppress(OSError):
        path.touch()  # so that those in use are kept
    return mesh


def _write(path: Path, mesh: Mesh) -> None:
    """Write a mesh, if that can be, and remove those not read for longest."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix="draft-")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, **{field.name: getattr(mesh, field.name) for field in fields(Mesh)})
            Path(draft).replace(path)
        finally:
            Path(draft).unlink(missing_ok=True)
        kept = sorted(path.parent.glob("mesh-*.npz"), key=lambda p: p.stat().st_mtime)
        for old in kept[:-MOST_KEPT]:
            old.unlink(missing_ok=True)
