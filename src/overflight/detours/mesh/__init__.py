"""One mesh of the whole partition on the sphere, and the shortest paths through it.

Made once for a world, in a second, and kept on disk; a rule, a date, a set of consenting states and a margin only say
which of its edges are walls, and how far to keep from them.
"""

from __future__ import annotations

from overflight.detours.mesh.building import Mesh, build, face_areas, triangle_at
from overflight.detours.mesh.kept import known
from overflight.detours.mesh.search import Found, Ground

__all__ = ["Found", "Ground", "Mesh", "build", "face_areas", "known", "triangle_at"]
