"""Which columns of the input hold what: found by their usual names, or as chosen, and held against their types."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from overflight.batch.inputs import Input
from overflight.batch.settings import Columns, Kind
from overflight.batch.values import is_number, is_text
from overflight.errors import DataError
from overflight.routes.tables import COLUMNS, LOCAL, plain_title

__all__ = ["columns_in", "misfit"]

NAMES: dict[str, tuple[str, ...]] = {
    "route": tuple(name for key in ("route", "leg", "callsign", "id", "aircraft") for name in COLUMNS[key]),
    "start": COLUMNS["start"],
    "end": COLUMNS["end"],
    "geometry": ("geometry", "geom", "the_geom", "wkb", "line"),
    "time": (*COLUMNS["time"], *COLUMNS["order"]),
    "lon": COLUMNS["lon"],
    "lat": COLUMNS["lat"],
    "date": ("date", "on", "day", "flight_date"),
}
"""What columns are taken for what, the first that is there, whatever their case: as the tables that `check` reads."""
NEEDED: dict[Kind, tuple[str, ...]] = {
    "lines": ("geometry",),
    "points": ("time", "lon", "lat"),
    "pairs": ("start", "end"),
}
"""What each kind of route is made of, in the order in which `check` takes them."""
BESIDE = ("aircraft", "callsign", "ground", "altitude")
"""What else is asked of points."""


def columns_in(inputs: Sequence[Input], chosen: dict[str, str | None], *, dated: bool = True) -> Columns:
    """Find out what the columns hold, from what was chosen and from their names, in the first file that can be read.

    Without `dated`, a column of days is used only if it was chosen.

    Raises
    ------
    DataError
        Naming the columns that there are, if no kind of route can be made out, or a chosen one is not there.
    """
    schema = next((one.schema for one in inputs if one.schema is not None), None)
    if schema is None:
        why = next((f"{one.name}: {one.trouble[1]}" for one in inputs if one.trouble), "the files are empty")
        msg = f"no input file can be read ({why}): give Parquet files"
        raise DataError(msg)
    there = ", ".join(schema.names[:40]) + (" ..." if len(schema.names) > 40 else "")
    lower = {plain_title(name)[0]: name for name in reversed(schema.names)}
    found: dict[str, str | None] = {}
    for role, names in NAMES.items():
        asked = chosen.get(role)
        if asked is not None and asked not in schema.names:
            msg = f"there is no column {asked!r}: the columns are {there}"
            raise DataError(msg)
        found[role] = asked or next((lower[name] for name in names if name in lower), None)
    if chosen.get("geometry") is None:
        found["geometry"] = _primary(schema) or found["geometry"]
    kind = _kind(found, chosen)
    if kind is None:
        msg = (
            f"can't tell what the routes are: the columns are {there}; name them with --from and --to (codes), "
            "--geometry (lines), or --id, --time, --lon and --lat (points)"
        )
        raise DataError(msg)
    held = {role: found[role] for role in ("route", "date", *NEEDED[kind])}
    taken = [held[role] for role in NEEDED[kind]]
    if chosen.get("route") is None and held["route"] in taken:
        held["route"] = None
    if chosen.get("date") is None and (kind == "points" or not dated):
        held["date"] = None
    if kind == "points":
        held |= _beside(schema, lower, chosen.get("route"), held["time"])
    named = [held[role] for role in ("route", "aircraft", "callsign") if held.get(role) is not None]
    texts = held["route"] is None or len(named) > 1 or not _is_whole(schema.field(held["route"]).type)
    columns = Columns(kind, texts=texts, **held)
    if trouble := misfit(schema, columns):
        msg = f"{trouble}; the columns are {there}"
        raise DataError(msg)
    return columns


def _kind(found: dict[str, str | None], chosen: dict[str, str | None]) -> Kind | None:
    """Tell which kind of route the columns make: what was chosen decides, then a line, two places, points."""
    asked = [kind for kind, roles in NEEDED.items() if any(chosen.get(role) for role in roles)]
    for kind in asked or NEEDED:
        if all(found[role] is not None for role in NEEDED[kind]):
            return kind
    return None


def _beside(schema: Any, lower: dict[str, str], chosen: str | None, time: str | None) -> dict[str, str | None]:
    """Find what tells points apart as `check` does, unless ids were chosen, and what says whether they are flown.

    Raises
    ------
    DataError
        If the times are those of a zone that another column tells, or none.
    """
    if (time is not None and plain_title(time)[0] in LOCAL) or any(name in lower for name in COLUMNS["offset"]):
        msg = f"times in {time!r} are local: bring them to UTC, or give the file to `overflight check`"
        raise DataError(msg)
    first = {key: next((lower[name] for name in COLUMNS[key] if name in lower), None) for key in COLUMNS}
    held = {role: first[role] for role in BESIDE}
    if held["altitude"] is not None and not is_text(schema.field(held["altitude"]).type):
        held["altitude"] = None
    if chosen is not None:
        return {**held, "route": chosen, "aircraft": None, "callsign": None}
    route = first["route"] or first["leg"]
    if route is None and held["aircraft"] is None and held["callsign"] is None:
        track = first["track"]
        route = track if track is not None and is_text(schema.field(track).type) else first["id"]
    return {**held, "route": route}


def _primary(schema: Any) -> str | None:
    """Return the primary geometry column of a GeoParquet file, or one that is GeoArrow's."""
    geo = _geo(schema)
    if geo and isinstance(geo.get("primary_column"), str) and geo["primary_column"] in schema.names:
        return str(geo["primary_column"])
    for one in schema:
        named = (one.metadata or {}).get(b"ARROW:extension:name", b"").decode("utf-8", "replace")
        named = named or getattr(one.type, "extension_name", "")
        if named.startswith("geoarrow."):
            return str(one.name)
    return None


def _geo(schema: Any) -> dict[str, Any] | None:
    try:
        geo = json.loads((schema.metadata or {}).get(b"geo", b"null"))
    except ValueError:
        return None
    return geo if isinstance(geo, dict) else None


def _value_type(kind: Any) -> Any:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def misfit(schema: Any, columns: Columns) -> str | None:
    """Say why a file can't be read by these columns; None if it can."""
    for one in columns.names:
        if one not in schema.names:
            return f"no column {one!r}"
        if schema.names.count(one) > 1:
            return f"two columns {one!r}"
    kinds = {name: schema.field(name).type for name in columns.names}
    held: tuple[tuple[str, str | None, Callable[[Any], bool], str], ...] = (
        ("places", columns.start, is_text, "texts"),
        ("places", columns.end, is_text, "texts"),
        ("longitudes", columns.lon, is_number, "numbers"),
        ("latitudes", columns.lat, is_number, "numbers"),
        ("times", columns.time, lambda t: _is_day(t) or is_number(t) or is_text(t), "times, texts or seconds"),
        ("days", columns.date, lambda t: _is_day(t) or is_text(t), "dates, times or texts"),
        ("lines", columns.geometry, _is_line, "WKB or GeoArrow linestrings"),
        ("ids", columns.route, _is_flat if columns.texts else _is_whole, "texts" if columns.texts else "whole numbers"),
        ("numbers of flights", columns.flights, _is_whole, "whole numbers"),
        *(("names", one, _is_flat, "texts") for one in (columns.aircraft, columns.callsign)),
        *(("reports of the ground", one, _is_flat, "true or false") for one in (columns.ground, columns.altitude)),
    )
    for role, name, fits, wanted in held:
        if name is not None and not fits(kinds[name]):
            return f"column {name!r} is {_short(kinds[name])}: {role} must be {wanted}"
    return _points_trouble(schema, columns) or _crs_trouble(schema, columns)


def _points_trouble(schema: Any, columns: Columns) -> str | None:
    """Say so where a GeoParquet file says that it holds points, which `check` joins by their times."""
    one = (_geo(schema) or {}).get("columns", {}).get(columns.geometry) if columns.geometry else None
    kinds = one.get("geometry_types") if isinstance(one, dict) else None
    if not isinstance(kinds, list) or not kinds or not {*map(str, kinds)} <= {"Point", "Point Z"}:
        return None
    return f"column {columns.geometry!r} holds points: write them to columns lon and lat, with their times"


def _short(kind: Any) -> str:
    text = str(kind)
    return text if len(text) <= 60 else text[:57] + "..."


def _is_day(kind: Any) -> bool:
    return bool(pa.types.is_timestamp(kind) or pa.types.is_date(kind))


def _is_flat(kind: Any) -> bool:
    return not pa.types.is_nested(kind)


def _is_whole(kind: Any) -> bool:
    return bool(pa.types.is_integer(_value_type(kind)))


def _is_line(kind: Any) -> bool:
    if isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind):
        return True
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
        return False
    point = kind.value_type
    if pa.types.is_struct(point):
        return {"x", "y"} <= {point.field(k).name for k in range(point.num_fields)}
    return bool(pa.types.is_fixed_size_list(point) and pa.types.is_floating(point.value_type))


def _crs_trouble(schema: Any, columns: Columns) -> str | None:
    """Say so where a GeoParquet file is in other coordinates than WGS84's longitude and latitude."""
    geo = _geo(schema)
    one = (geo or {}).get("columns", {}).get(columns.geometry) if columns.geometry else None
    crs = one.get("crs") if isinstance(one, dict) else None
    if not isinstance(crs, dict):
        return None
    known = crs.get("id") or {}
    if f"{known.get('authority')}:{known.get('code')}" in {"OGC:CRS84", "EPSG:4326", "OGC:CRS84h", "EPSG:4979"}:
        return None
    return f"column {columns.geometry!r} is in {str(crs.get('name'))[:60]!r}: routes must be WGS84 lon/lat (OGC:CRS84)"
