"""Routes out: every format that comes in, written whole or not at all.

GPX, CSV and flight plans have the waypoints. The others are drawn by programs that join points by straight lines in
longitude and latitude, so they have points along the geodesics, cut at 180 degrees.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.errors import RouteError
from overflight.outside.files import write_whole
from overflight.outside.printable import guarded, json_text, plain_name, xml_text
from overflight.routes.model import Route
from overflight.routes.navigators import aerodrome, only, to_fms, to_garmin
from overflight.routes.places import Waypoint
from overflight.routes.spellings import significant

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from overflight.routes.tracks import Track

__all__ = ["ONE_ROUTE", "WRITABLE", "dump_routes", "form_of_path", "write_routes"]

XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
GX = "http://www.google.com/kml/ext/2.2"
STAMP = (1980, 1, 1, 0, 0, 0)
"""The time given to what is in an archive, so that the same routes make the same file."""


def write_routes(
    routes: Route | Iterable[Route], path: str | os.PathLike[str], *, form: str | None = None, max_km: float = 25.0
) -> None:
    """Write routes to a file, whole or not at all.

    Parameters
    ----------
    routes : Route or iterable of Route
        What to write.
    path : path
        Where to. The suffix tells the format: ``.geojson``, ``.gpx``, ``.kml``, ``.kmz``, ``.csv``, ``.wkt``,
        ``.gpkg``, ``.parquet`` (needs pyarrow), ``.fpl`` (ICAO's), ``.fms`` (X-Plane's).
    form : str, optional
        The format, without the dot, whatever the suffix; ``garmin`` is the XML that Garmin and ForeFlight end in .fpl.
    max_km : float
        Formats that are drawn by straight lines in lon/lat (all but GPX, CSV and flight plans) get points along the
        geodesics, at most this far apart, to 1e-7 degrees; GPX and CSV have the waypoints, exactly.

    Raises
    ------
    RouteError
        If there is no route, or the format is not known or can't hold it. Flight plans begin and end at aerodromes
        with an ICAO code, and have coordinates to whole minutes, up to 1.4 km off.
    DataError
        If the file can't be written; what stood there before is unchanged.

    Examples
    --------
    >>> import overflight as of, pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     of.write_routes(of.route("VKO", "MSQ", "BUD"), pathlib.Path(folder) / "a.gpx")
    ...     [w.name for w in of.read_routes(pathlib.Path(folder) / "a.gpx")[0].waypoints]
    ['VKO', 'MSQ', 'BUD']
    """
    path = Path(path)
    given = [routes] if isinstance(routes, Route) else list(routes)
    if wrong := [one for one in given if not isinstance(one, Route)]:
        msg = f"{str(wrong[0])[:60]!r} is no route: give what overflight.route or read_routes returns"
        raise RouteError(msg)
    write_whole(path, dump_routes(given, form or form_of_path(path), max_km=max_km))


def form_of_path(path: Path) -> str:
    """Return the format that a file's suffix stands for.

    Raises
    ------
    RouteError
        If it stands for none.
    """
    suffix = path.suffix.lower().removeprefix(".")
    form = {"json": "geojson", "geoparquet": "parquet"}.get(suffix, suffix)
    if form not in WRITABLE:
        msg = f"{path.name}: routes are not written as {path.suffix or 'that'}: end the name in .{', .'.join(WRITABLE)}"
        raise RouteError(msg)
    return form


def dump_routes(routes: Sequence[Route], form: str, *, max_km: float = 25.0) -> bytes:
    """Write routes to bytes; see `write_routes`.

    Raises
    ------
    RouteError
    """
    if form not in WRITABLE:
        msg = f"{form!r} is no format for routes: give one of {', '.join(WRITABLE)}"
        raise RouteError(msg)
    if not routes:
        msg = "there is no route to write: give one"
        raise RouteError(msg)
    made = WRITABLE[form](routes, max_km)
    return made if isinstance(made, bytes) else made.encode("utf-8", errors="replace")


def _name(route: Route) -> str:
    return plain_name(route.label) or "route"


def _geojson(routes: Sequence[Route], max_km: float) -> str:
    features = [route.to_geojson(max_km=max_km) for route in routes]
    return json_text({"type": "FeatureCollection", "features": features}) + "\n"


def _parts(route: Route, max_km: float) -> list[list[tuple[float, float]]]:
    from overflight.routes.antimeridian import cut_at_antimeridian

    return cut_at_antimeridian(route.path(max_km=max_km))


def _gpx(routes: Sequence[Route], _: float) -> str:
    out = [XML + '<gpx version="1.1" creator="overflight" xmlns="http://www.topografix.com/GPX/1/1">\n']
    for route in routes:
        if (track := _as_track(route)) is not None:
            out.append(_gpx_track(track))
            continue
        out.append(f"<rte><name>{xml_text(_name(route))}</name>\n")
        for w in route.waypoints:
            name = plain_name(w.name)
            inner = f"<name>{xml_text(name)}</name>" if name else ""
            out.append(f'<rtept lat="{w.lat!r}" lon="{w.lon!r}">{inner}</rtept>\n')
        out.append("</rte>\n")
    return "".join([*out, "</gpx>\n"])


def _kml(routes: Sequence[Route], max_km: float) -> str:
    tracks = [_as_track(route) for route in routes]
    more = f' xmlns:gx="{GX}"' if any(tracks) else ""
    out = [XML + f'<kml xmlns="http://www.opengis.net/kml/2.2"{more}><Document>\n']
    for route, track in zip(routes, tracks, strict=True):
        if track is not None:
            out.append(_kml_track(track))
            continue
        lines = [
            "<LineString><tessellate>1</tessellate><coordinates>"
            + " ".join(f"{_short(lon)},{_short(lat)}" for lon, lat in part)
            + "</coordinates></LineString>"
            for part in _parts(route, max_km)
        ]
        shape = lines[0] if len(lines) == 1 else f"<MultiGeometry>{''.join(lines)}</MultiGeometry>"
        out.append(f"<Placemark><name>{xml_text(_name(route))}</name>{shape}</Placemark>\n")
    return "".join([*out, "</Document></kml>\n"])


def _as_track(route: Route) -> Track | None:
    if route.on is None:
        return None
    from overflight.routes.tracks import Track

    return route if isinstance(route, Track) else None


def _recorded(track: Track) -> Iterator[list[tuple[float, float, float | None, str]]]:
    """Yield the positions of each part of a track: longitude, latitude, altitude in metres, time."""
    part: list[tuple[float, float, float | None, str]] = []
    for i, (point, when, altitude) in enumerate(
        zip(track.waypoints, track.times_s.tolist(), track.altitude_m.tolist(), strict=True)
    ):
        if part and track.samples.part[i] != track.samples.part[i - 1]:
            yield part
            part = []
        time = dt.datetime.fromtimestamp(when, dt.UTC).isoformat().replace("+00:00", "Z")
        part.append((point.lon, point.lat, None if math.isnan(altitude) else altitude, time))
    yield part


def _gpx_track(track: Track) -> str:
    """Write a recorded flight as it was recorded, gaps left open."""
    parts = []
    for part in _recorded(track):
        rows = [
            f'<trkpt lat="{lat!r}" lon="{lon!r}">'
            + ("" if altitude is None else f"<ele>{altitude:.1f}</ele>")
            + f"<time>{time}</time></trkpt>\n"
            for lon, lat, altitude, time in part
        ]
        parts.append(f"<trkseg>\n{''.join(rows)}</trkseg>")
    return f"<trk><name>{xml_text(_name(track))}</name>{''.join(parts)}</trk>\n"


def _kml_track(track: Track) -> str:
    """Write a recorded flight as gx:Track, which programs play in time."""
    parts = []
    for part in _recorded(track):
        whens = "".join(f"<when>{time}</when>" for _, _, _, time in part)
        spots = "".join(f"<gx:coord>{lon!r} {lat!r} {altitude or 0.0:.1f}</gx:coord>" for lon, lat, altitude, _ in part)
        known = any(altitude is not None for _, _, altitude, _ in part)
        mode = "absolute" if known else "clampToGround"
        parts.append(f"<gx:Track><altitudeMode>{mode}</altitudeMode>{whens}{spots}</gx:Track>")
    shape = parts[0] if len(parts) == 1 else f"<gx:MultiTrack>{''.join(parts)}</gx:MultiTrack>"
    return f"<Placemark><name>{xml_text(_name(track))}</name>{shape}</Placemark>\n"


def _kmz(routes: Sequence[Route], max_km: float) -> bytes:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("doc.kml", STAMP)
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, _kml(routes, max_km).encode("utf-8", errors="replace"))
    return out.getvalue()


def _csv(routes: Sequence[Route], _: float) -> str:
    import csv

    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("route", "order", "name", "lon", "lat"))
    names: dict[str, int] = {}
    for route in routes:
        name = _name(route)
        names[name] = names.get(name, 0) + 1
        title = guarded(name if names[name] == 1 else f"{name} ({names[name]})")
        for n, w in enumerate(route.waypoints, 1):
            writer.writerow((title, n, guarded(plain_name(w.name) or ""), repr(w.lon), repr(w.lat)))
    return out.getvalue()


def _wkt(routes: Sequence[Route], max_km: float) -> str:
    out = []
    for route in routes:
        parts = [
            "(" + ", ".join(f"{_short(lon)} {_short(lat)}" for lon, lat in part) + ")" for part in _parts(route, max_km)
        ]
        out.append(f"LINESTRING {parts[0]}\n" if len(parts) == 1 else f"MULTILINESTRING ({', '.join(parts)})\n")
    return "".join(out)


def _short(degrees: float) -> str:
    """Write degrees to 1e-7, 1 cm on the ground, without trailing zeros."""
    return f"{degrees:.7f}".rstrip("0").rstrip(".")


def _frame(routes: Sequence[Route], max_km: float) -> GeoDataFrame:
    import geopandas as gpd
    from shapely.geometry import LineString, MultiLineString

    rows: list[dict[str, Any]] = []
    for route in routes:
        parts = _parts(route, max_km)
        shape = LineString(parts[0]) if len(parts) == 1 else MultiLineString(parts)
        rows.append({"name": _name(route), "kind": route.kind, "length_km": route.length_km, "geometry": shape})
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")


def _gpkg(routes: Sequence[Route], max_km: float) -> bytes:
    out = io.BytesIO()
    _frame(routes, max_km).to_file(out, driver="GPKG", layer="routes", engine="pyogrio")
    return out.getvalue()


def _parquet(routes: Sequence[Route], max_km: float) -> bytes:
    out = io.BytesIO()
    try:
        _frame(routes, max_km).to_parquet(out)
    except ImportError as error:
        msg = "writing Parquet needs pyarrow: pip install 'overflight[arrow]', or choose another format"
        raise RouteError(msg) from error
    return out.getvalue()


def _fpl(routes: Sequence[Route], _: float) -> str:
    """Write departure, item 15 and destination, a line a route."""
    points = only(routes, "a flight plan").waypoints
    inner = [significant(w.lon, w.lat) for w in points[1:-1]]
    return " DCT ".join([_aerodrome(points[0]), *inner, _aerodrome(points[-1])]) + "\n"


def _aerodrome(point: Waypoint) -> str:
    code = aerodrome(point)
    if code is None:
        msg = (
            f"{point.label} is no aerodrome with an ICAO code, as both ends of a flight plan are: choose another format"
        )
        raise RouteError(msg)
    return code


WRITABLE: dict[str, Callable[[Sequence[Route], float], str | bytes]] = {
    "geojson": _geojson,
    "gpx": _gpx,
    "kml": _kml,
    "kmz": _kmz,
    "csv": _csv,
    "wkt": _wkt,
    "gpkg": _gpkg,
    "parquet": _parquet,
    "fpl": _fpl,
    "fms": to_fms,
    "garmin": to_garmin,
}
ONE_ROUTE = frozenset({"fpl", "fms", "garmin"})
"""Formats of which a file has one route."""
