"""What recorders write line by line: IGC (gliders), NMEA 0183 (receivers of GPS), BaseStation (receivers of ADS-B)."""

from __future__ import annotations

import datetime as dt
import functools
import operator
import re
from collections.abc import Callable, Iterator

from overflight.errors import OverflightError, ProposalError
from overflight.outside.printable import plain_name
from overflight.routes.collect import Collector
from overflight.routes.instants import instant
from overflight.routes.model import Route
from overflight.routes.numbers import M_PER_FT, number_or_none
from overflight.routes.sample import Sample

__all__ = ["is_recording", "parse_recording"]

DAY_S = 86_400.0
IN_ORDER = "positions are in the order of the file, without times"
_IGC = re.compile(r"A[A-Z0-9]{3}[^\n]{0,80}\r?\n(?:[^\n]{0,400}\n)*?H[FOP]DTE", re.ASCII)
_IGC_DATE = re.compile(r"H[FOP]DTE(?:DATE:?)?\s*(\d{2})(\d{2})(\d{2})", re.ASCII)
_IGC_FIX = re.compile(
    r"B(\d{2})(\d{2})(\d{2})(\d{2})(\d{5})([NS])(\d{3})(\d{5})([EW])[AV](-\d{4}|\d{5})(-\d{4}|\d{5})", re.ASCII
)
_IGC_NAME = re.compile(r"H[FOP](CID|GID)[^:]{0,40}:\s*([^\r\n]{1,40})", re.ASCII)
_NMEA = re.compile(r"\s*(?:\\[^\\\n]{0,200}\\)?\$[A-Z]{2}[A-Z]{3},", re.ASCII)
_NMEA_POSITION = re.compile(r"(\d{2,3})(\d{2}\.\d+|\d{2})", re.ASCII)
_CLOCK = re.compile(r"(\d{2})(\d{2})(\d{2})(?:\.\d*)?", re.ASCII)
_SBS = re.compile(r"(?:MSG|AIR|ID|STA|CLK|SEL),\d*,", re.ASCII)


def is_recording(text: str) -> bool:
    """Tell whether a text begins as one of these does."""
    return _kind(text) is not None


def parse_recording(text: str, where: str, *, default_name: str) -> tuple[Route, ...]:
    """Read a flight that was recorded line by line.

    Parameters
    ----------
    text : str
        IGC with B records, NMEA with RMC and GGA sentences, or BaseStation's messages.
    where : str
        The file's name, for messages.
    default_name : str
        Name of a flight that has none.

    Raises
    ------
    ProposalError
    """
    lines = Collector(where, default_name)
    kind = _kind(text)
    if kind is None:
        lines.refuse("expected IGC, NMEA or BaseStation's messages, found none of them: give another file")
    kind(text, lines)
    return lines.routes("no position in it: give another file")


def _kind(text: str) -> Callable[[str, Collector], None] | None:
    start = text.lstrip("\ufeff")[:20_000]
    if _IGC.match(start) or _IGC_FIX.match(start):
        return _igc
    if _SBS.match(start):
        return _basestation
    return _nmea if _NMEA.match(start) else None


def _rows(text: str) -> Iterator[tuple[int, str]]:
    for number, match in enumerate(re.finditer(r"[^\r\n]++", text), 1):
        yield number, match[0].strip()


def _igc(text: str, lines: Collector) -> None:
    """Read B records: time, position to thousandths of minutes, pressure and GPS altitude in metres."""
    names = dict(_IGC_NAME.findall(text[:20_000]))
    name = plain_name(names.get("CID", "").strip()) or plain_name(names.get("GID", "").strip())
    day, before, samples = 0.0, -1.0, []
    for number, row in _rows(text):
        if date := _IGC_DATE.match(row):
            day, before = _midnight(date[1], date[2], date[3]), -1.0
        elif row.startswith("B") and (fix := _IGC_FIX.match(row)):
            clock = 3600.0 * int(fix[1]) + 60.0 * int(fix[2]) + int(fix[3])
            day += DAY_S * (clock < before - DAY_S / 2)  # past midnight
            before = clock
            lat = int(fix[4]) + int(fix[5]) / 60_000.0
            lon = int(fix[7]) + int(fix[8]) / 60_000.0
            altitude = float(fix[11]) or float(fix[10])
            point = (-lon if fix[9] == "W" else lon, -lat if fix[6] == "S" else lat)
            samples.append(_sample(lines, number, point, day + clock if day else None, altitude))
    if samples:
        if not day:
            lines.remark(f"no date in it (HFDTE): {IN_ORDER}")
        lines.record(samples, name)


def _nmea(text: str, lines: Collector) -> None:
    """Read RMC (time, date, position) and GGA (time, position, altitude) of all talkers, one position a moment."""
    day: float | None = None
    before: float | None = None
    found: dict[float, Sample] = {}
    bare: list[tuple[int, list[str]]] = []
    for number, cells in _sentences(text, lines):
        kind = cells[0][3:]
        if kind == "RMC" and len(cells) > 9 and cells[2] == "A" and _CLOCK.fullmatch(cells[1]):
            day = _midnight(cells[9][:2], cells[9][2:4], cells[9][4:6])
            held, bare = bare, []
            for at, gga in held:
                _nmea_fix(gga, at, day, found, lines)
            _nmea_fix([cells[0], cells[1], *cells[3:7], "1"], number, day, found, lines)
            before = _clock(cells[1])
        elif kind == "GGA" and len(cells) > 9 and cells[6] not in {"", "0"} and _CLOCK.fullmatch(cells[1]):
            if day is None:
                bare.append((number, cells))
                continue
            if before is not None and _clock(cells[1]) < before - DAY_S / 2:
                day += DAY_S
            before = _clock(cells[1])
            _nmea_fix(cells, number, day, found, lines)
    if not found:
        for at, gga in bare:  # without a date: the order is all there is
            _nmea_fix(gga, at, 0.0, found, lines)
        found = {at: sample._replace(when=None) for at, sample in found.items()}
        lines.remark(f"no date in it (RMC): {IN_ORDER}")
    if found:
        lines.record([*found.values()], None)


def _sentences(text: str, lines: Collector) -> Iterator[tuple[int, list[str]]]:
    """Yield the fields of each sentence, but for those that were damaged on the way, if others have their checksum."""
    found = [(number, *row[row.find("$") :].partition("*")[::2]) for number, row in _rows(text)]
    whole = [not told or _is_whole(sentence, told) for _, sentence, told in found]
    checked = any(right and told for right, (_, _, told) in zip(whole, found, strict=True))
    wrong = whole.count(False)
    if wrong and checked:
        lines.remark(f"{wrong:,} sentence{'s' if wrong > 1 else ''} with a wrong checksum left out")
    elif wrong:
        lines.remark("no sentence has the checksum that it should: all are taken as they are")
    for right, (number, sentence, _) in zip(whole, found, strict=True):
        if right or not checked:
            yield number, sentence.split(",")


def _is_whole(sentence: str, told: str) -> bool:
    """Tell whether a sentence has the checksum that stands behind it: all its bytes but the first, one upon another."""
    summed = functools.reduce(operator.xor, sentence[1:].encode("utf-8", errors="replace"), 0)
    return told.strip().upper() == f"{summed:02X}"


def _nmea_fix(cells: list[str], number: int, day: float, found: dict[float, Sample], lines: Collector) -> None:
    """Add the position of a sentence in the order of GGA, unless one of the same moment is there."""
    lat, lon = _NMEA_POSITION.fullmatch(cells[2]), _NMEA_POSITION.fullmatch(cells[4])
    if lat is None or lon is None:
        return
    when = day + _clock(cells[1])
    altitude = number_or_none(cells[9]) if len(cells) > 9 else None
    before = found.get(when)
    if before is not None:
        if altitude is not None:
            found[when] = before._replace(altitude_m=altitude)
        return
    x, y = (int(match[1]) + float(match[2]) / 60.0 for match in (lon, lat))
    point = (-x if cells[5] == "W" else x, -y if cells[3] == "S" else y)
    found[when] = _sample(lines, number, point, when, altitude)


def _clock(text: str) -> float:
    """Return the seconds of the day of a time such as 070000.00."""
    return 3600.0 * int(text[:2]) + 60.0 * int(text[2:4]) + float(text[4:])


def _midnight(day: str, month: str, year: str) -> float:
    """Return when a day began, its year in two digits."""
    try:
        return dt.datetime(2000 + int(year), int(month), int(day), tzinfo=dt.UTC).timestamp()
    except ValueError:
        return 0.0


def _basestation(text: str, lines: Collector) -> None:
    """Read positions from messages (MSG 2 and 3), and the callsigns that aircraft sent (MSG 1)."""
    lines.expect_points(min(text.count("MSG,3"), text.count("\n")))
    flights: dict[str, list[Sample]] = {}
    calls: dict[str, str] = {}
    for number, row in _rows(text):
        cells = row.split(",")
        if cells[0] != "MSG" or len(cells) < 11:
            continue
        aircraft = plain_name(cells[4]) or ""
        calls[aircraft] = plain_name(cells[10]) or calls.get(aircraft, "")
        if cells[1] not in {"2", "3"} or len(cells) < 16 or not cells[14].strip() or not cells[15].strip():
            continue
        lat, lon = number_or_none(cells[14]), number_or_none(cells[15])
        if lat is None or lon is None:
            lines.refuse("expected a latitude and a longitude in fields 15 and 16", f"line {number}")
        feet = number_or_none(cells[11])
        sample = _sample(lines, number, (lon, lat), instant(f"{cells[6]} {cells[7]}"), feet and feet * M_PER_FT)
        ground = {"-1": True, "1": True, "0": False}.get(cells[21].strip() if len(cells) > 21 else "")
        flights.setdefault(aircraft, []).append(sample._replace(on_ground=ground, callsign=calls[aircraft] or None))
        lines.expect_routes(len(flights))
    for aircraft, samples in flights.items():
        lines.record(samples, calls[aircraft] or aircraft, aircraft=aircraft)


def _sample(
    lines: Collector, number: int, lonlat: tuple[float, float], when: float | None, altitude: float | None
) -> Sample:
    try:
        return Sample(lines.point(*lonlat), when, altitude)
    except ProposalError:
        raise
    except OverflightError as error:
        lines.refuse(str(error), f"line {number}")
