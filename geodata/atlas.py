"""Countries of an atlas that is a TopoJSON in an npm package: Natural Earth, UN Geodata."""

from __future__ import annotations

import sys
import tarfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geodata.sources import fetch

__all__ = ["countries_of", "member_of"]

Floats = npt.NDArray[np.float64]


def member_of(name: str, path: str) -> bytes:
    """Read a file out of an input that is a tar archive."""
    with tarfile.open(fetch(name)) as tar:
        member = tar.extractfile(path)
        if member is None:
            sys.exit(f"{name} holds no {path}")
        return member.read()


def countries_of(atlas: dict[str, Any]) -> Iterator[tuple[str, list[shapely.Geometry]]]:
    """Yield the id and the polygons of each country of a TopoJSON; Russia and Fiji run on past 180 degrees."""
    scale, shift = np.array(atlas["transform"]["scale"]), np.array(atlas["transform"]["translate"])
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in atlas["arcs"]]

    def ring(numbers: list[float]) -> Floats:
        whole = map(int, numbers)  # written as 1e3 by a minifier
        parts = [arcs[k] if k >= 0 else arcs[~k][::-1] for k in whole]
        xy = np.vstack([parts[0], *[p[1:] for p in parts[1:]]])
        xy[:, 0] = np.unwrap(xy[:, 0], period=360)  # Russia and Fiji run on past 180 degrees
        return xy

    for country in atlas["objects"]["countries"]["geometries"]:
        if country["type"] is None:
            continue
        many: list[Any] = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        parts = []
        for rings in many:
            shell, *holes = (ring(r) for r in rings)
            if len(shell) < 4:  # an islet that the atlas' grid has shrunk to a line
                continue
            holes = [hole for hole in holes if len(hole) >= 4]
            parts.append(shapely.make_valid(shapely.Polygon(shell, holes)))
        if parts:
            yield str(country.get("id", "")), parts
