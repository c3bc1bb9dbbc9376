"""What is asked of all triangles at once, of their corners alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["areas", "turned_over"]


def areas(xyz: NDArray[np.float64], tri: NDArray[np.int32], face: NDArray[np.int32], count: int) -> NDArray[np.float64]:
    """Return how large each face is, on the unit sphere: the sum of its triangles' spherical excesses."""
    a, b, c = (xyz[tri[:, k]] for k in range(3))
    bottom = 1.0 + (a * b + b * c + c * a).sum(axis=1)
    excess = 2.0 * np.arctan2(_sides(xyz, tri), bottom)
    return np.bincount(face, weights=excess, minlength=count).astype(np.float64)


def turned_over(xyz: NDArray[np.float64], tri: NDArray[np.int32]) -> int:
    """Count the triangles that are not anticlockwise."""
    return int((_sides(xyz, tri) <= 0.0).sum())


def _sides(xyz: NDArray[np.float64], tri: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return `triangulation.side` of the corners of each triangle, to the bit."""
    (ax, ay, az), b, c = (xyz[tri[:, k]].T for k in range(3))
    ux, uy, uz = b[0] - ax, b[1] - ay, b[2] - az
    vx, vy, vz = c[0] - ax, c[1] - ay, c[2] - az
    found: NDArray[np.float64] = ax * (uy * vz - uz * vy) + ay * (uz * vx - ux * vz) + az * (ux * vy - uy * vx)
    return found
