"""A mesh of the partition on the sphere, and the shortest paths through it.

Made for a world and a rule, of the borders that can matter, in some tenths of a second; a date, a set of consenting
states and a margin only say which of its edges are walls, and how far to keep from them.
"""

from __future__ import annotations

from overflight.detours.mesh.building import Mesh, build, face_areas, triangle_at
from overflight.detours.mesh.search import Found, Ground

__all__ = ["Found", "Ground", "Mesh", "build", "face_areas", "triangle_at"]
