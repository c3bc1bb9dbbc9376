"""What trackers send as JSON: readsb and tar1090, OpenSky, FlightAware, Flightradar24, and Google Timeline."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, cast

from overflight.errors import OverflightError, ProposalError
from overflight.outside.printable import plain_name
from overflight.outside.witness import taken_for
from overflight.routes.collect import Collector
from overflight.routes.instants import instant
from overflight.routes.json_records import add_records
from overflight.routes.numbers import M_PER_FT, number_or_none
from overflight.routes.refusals import shown
from overflight.routes.sample import Sample

__all__ = ["add"]

NEW_LEG = 2
"""The bit of a trace's flags that tells that a leg begins."""
STATES = (
    *("icao24", "callsign", "origin_country", "time", "last_contact", "lon", "lat", "baroaltitude", "onground"),
    *("velocity", "heading"),
)
"""What OpenSky's state vectors hold, by place."""
_POINT = re.compile(r"\s*(?:geo:)?\s*(-?[\d.]+)\s*°?\s*,\s*(-?[\d.]+)\s*°?\s*", re.ASCII)


def add(data: Any, lines: Collector) -> bool:  # noqa: ANN401 - JSON
    """Add the flights of a document of a tracker; False if it is of none.

    Raises
    ------
    ProposalError
    """
    documents = data if isinstance(data, list) else [data]
    if not documents or not all(isinstance(one, dict) for one in documents):
        return False
    first = documents[0]
    if len(documents) > 1 and first.keys() >= SEGMENT:  # whatever the first segment is, another may have a path
        first = next((one for one in documents if "timelinePath" in one), first)
    for members, reader in KINDS:
        if all(member in first for member in members):
            taken_for(f"a tracker's, by its {' and '.join(members)}")
            reader([one for one in documents if members[0] in one or one.keys() >= SEGMENT], lines)
            return True
    return False


def _traces(documents: list[dict[str, Any]], lines: Collector) -> None:
    """Read traces of readsb: rows of seconds since the beginning, latitude, longitude, altitude in feet, ...

    The fifth and sixth are ground speed and track, then flags, vertical rate, an object about the aircraft, and how
    the position is known.
    """
    for document in documents:
        begin, rows = document.get("timestamp"), document.get("trace")
        if not isinstance(rows, list):
            lines.refuse("`trace`: expected a list: write the file anew")
        aircraft = plain_name(document.get("icao")) or plain_name(document.get("r"))
        zero = begin if _is_number(begin) else 0.0
        legs: list[list[Sample]] = [[]]
        missing = 0
        callsign: str | None = None
        for i, row in enumerate(rows):
            at = f"trace[{i}]"
            if not isinstance(row, list) or len(row) < 3 or not _is_number(row[0]):
                lines.refuse("expected [seconds, latitude, longitude, ...]", at)
            about = row[8] if len(row) > 8 and isinstance(row[8], dict) else {}
            callsign = plain_name(about.get("flight")) or callsign
            flags = row[6] if len(row) > 6 and isinstance(row[6], int) else 0
            if flags & NEW_LEG and legs[-1]:
                legs.append([])
            altitude = row[3] if len(row) > 3 else None
            source = plain_name(row[9]) if len(row) > 9 else None
            sample = _sample(row[2], row[1], zero + row[0], altitude, lines, at)
            missing += sample is None
            if sample is not None:
                legs[-1].append(sample._replace(source=source, callsign=callsign))
        many = len(legs) > 1
        _tell_between(legs, lines)
        for i, leg in enumerate(legs, 1):
            call = next((s.callsign for s in leg if s.callsign), None) or aircraft or lines.default_name
            lines.record(leg, f"{call}, leg {i}" if many else call, aircraft=aircraft, missing=missing if i == 1 else 0)


def _tell_between(legs: list[list[Sample]], lines: Collector) -> None:
    """Say how far apart legs of a trace are, and how long nothing was heard between them."""
    from overflight.routes.tracks.cleaning import unheard
    from overflight.routes.tracks.samples import Samples

    for number, (before, after) in enumerate(itertools.pairwise(legs), 1):
        if before and after and (told := unheard(Samples.of(before[-1:]), Samples.of(after[:1]))):
            lines.remark(f"between leg {number} and leg {number + 1}: {told.replace(' since the flight before', '')}")


def _sample(  # noqa: PLR0917 - what a row has
    lon: object, lat: object, when: float, altitude: object, lines: Collector, at: str
) -> Sample | None:
    """Make a sample; None where there is no position."""
    if lon is None or lat is None:
        return None
    if not (_is_number(lon) and _is_number(lat)):
        lines.refuse(f"expected a latitude and a longitude, found {shown(str((lat, lon)))}", at)
    try:
        point = lines.point(cast("float", lon), cast("float", lat))
    except ProposalError:
        raise
    except OverflightError as error:
        lines.refuse(str(error), at)
    feet = cast("float", altitude) * M_PER_FT if _is_number(altitude) else None
    return Sample(point, when, feet, True if altitude == "ground" else None if altitude is None else False)


def _snapshots(documents: list[dict[str, Any]], lines: Collector) -> None:
    """Read snapshots of all aircraft, as readsb's aircraft.json and the interfaces made after it have them."""
    add_records(_seen(documents), lines)


def _seen(documents: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for document in documents:
        now = document.get("now", document.get("ctime"))
        zero = instant(repr(now)) if _is_number(now) else None
        for one in _objects(document.get("aircraft", document.get("ac"))):
            ago = one.get("seen_pos", 0.0)
            time = zero - ago if zero is not None and _is_number(ago) else None
            yield {
                **{key: one.get(key) for key in ("hex", "flight", "lat", "lon", "alt_baro")},
                "time": time,
                "source": one.get("type"),
                "on_ground": one.get("alt_baro") == "ground",
            }


def _states(documents: list[dict[str, Any]], lines: Collector) -> None:
    """Read OpenSky's state vectors, of one moment or of several."""
    rows = (row for document in documents for row in document["states"] or () if isinstance(row, list))
    add_records((dict(zip(STATES, row, strict=False)) for row in rows), lines)


def _opensky_track(documents: list[dict[str, Any]], lines: Collector) -> None:
    """Read OpenSky's tracks: rows of time, latitude, longitude, barometric altitude in metres, heading, on ground."""
    keys = ("time", "lat", "lon", "baroaltitude", "heading", "onground")
    rows = (
        {**dict(zip(keys, row, strict=False)), "icao24": one.get("icao24"), "callsign": one.get("callsign")}
        for one in documents
        for row in one["path"]
        if isinstance(row, list)
    )
    add_records(rows, lines)


def _aeroapi(documents: list[dict[str, Any]], lines: Collector) -> None:
    """Read tracks of FlightAware's AeroAPI, whose altitudes are in hundreds of feet."""
    records = []
    for document in documents:
        for one in _objects(document["positions"]):
            altitude = one.get("altitude")
            feet = 100.0 * cast("float", altitude) if _is_number(altitude) else None
            records.append(
                {
                    "route": one.get("fa_flight_id") or document.get("fa_flight_id"),
                    **{key: one.get(key) for key in ("timestamp", "latitude", "longitude")},
                    "altitude_ft": feet,
                    "source": one.get("update_type"),
                }
            )
    add_records(records, lines)


def _flightradar(documents: list[dict[str, Any]], lines: Collector) -> None:
    """Read Flightradar24's flight tracks, one or more of them."""
    add_records(({"fr24_id": one.get("fr24_id"), **row} for one in documents for row in _objects(one["tracks"])), lines)


def _trail(documents: list[dict[str, Any]], lines: Collector) -> None:
    """Read the trail that Flightradar24's page asks for, in feet."""
    keys = ("ts", "lat", "lng")
    rows = (
        {**{key: row.get(key) for key in keys}, "altitude_ft": row.get("alt")}
        for one in documents
        for row in _objects(one["trail"])
    )
    add_records(rows, lines)


def _timeline(documents: list[dict[str, Any]], lines: Collector) -> None:
    """Read Google Timeline as phones export it: segments with paths of points such as ``55.5915°, 37.2615°``.

    Of a segment without a path, both ends of its activity are taken, which is all that there is of many flights.
    """
    samples: list[Sample] = []
    segments = [segment for one in documents for segment in _objects(one.get("semanticSegments", [one]))]
    for part, segment in enumerate(segments):
        begin = instant(str(segment.get("startTime", "")))
        for text, when in _spots(segment, begin):
            match = _POINT.fullmatch(text[:100])
            if match is None or when is None:
                continue
            sample = _sample(float(match[2]), float(match[1]), when, None, lines, "timelinePath")
            if sample is not None:
                samples.append(sample._replace(part=part))
    if samples:
        lines.record(samples, None)


def _spots(segment: dict[str, Any], begin: float | None) -> Iterator[tuple[str, float | None]]:
    """Yield the places of a segment, as they are written, each with its time."""
    for one in _objects(segment.get("timelinePath", ())):
        when = instant(str(one.get("time", "")))
        minutes = number_or_none(str(one.get("durationMinutesOffsetFromStartTime", "")))
        if when is None and minutes is not None and begin is not None:
            when = begin + 60.0 * minutes
        yield str(one.get("point")), when
    activity = segment.get("activity")
    if isinstance(activity, dict):
        for key, when in (("start", begin), ("end", instant(str(segment.get("endTime", ""))))):
            there = activity.get(key)
            yield str(there.get("latLng") if isinstance(there, dict) else there), when


def _locations(documents: list[dict[str, Any]], lines: Collector) -> None:
    """Read Google's older export: degrees as whole numbers of ten-millionths."""
    records = (
        {
            "time": one.get("timestamp") or one.get("timestampMs"),
            "lat": _e7(one, "latitude"),
            "lon": _e7(one, "longitude"),
        }
        for document in documents
        for one in _objects(document["locations"])
    )
    add_records(records, lines)


def _e7(one: dict[str, Any], what: str) -> float | None:
    value = one.get(f"{what}E7")
    return cast("float", value) / 1e7 if _is_number(value) else None


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


SEGMENT = frozenset({"startTime", "endTime"})
"""What every segment of Google Timeline has."""
KINDS = (
    (("trace", "icao"), _traces),
    (("aircraft", "now"), _snapshots),
    (("ac", "now"), _snapshots),
    (("states", "time"), _states),
    (("path", "icao24"), _opensky_track),
    (("tracks", "fr24_id"), _flightradar),
    (("trail",), _trail),
    (("positions",), _aeroapi),
    (("semanticSegments",), _timeline),
    (("timelinePath",), _timeline),
    (("activity", "startTime"), _timeline),
    (("locations",), _locations),
)
"""By which members each kind is told."""
