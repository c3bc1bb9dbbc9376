"""Routes in ICAO flight plans (Doc 4444, appendix 2): a filed FPL message, or departure, item 15 and destination alone.

Points that are coordinates or aerodromes are understood; named fixes only as far as a file gives them, and airways
never, for the data are not here. Legs are geodesics, as everywhere.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from overflight.earth import direct
from overflight.earth.constants import M_PER_NM
from overflight.errors import OverflightError, ProposalError
from overflight.routes.collect import MAX_PLANS, Collector
from overflight.routes.fixes import Fix, Fixes
from overflight.routes.gfp import gfp_as_route, is_gfp
from overflight.routes.model import Route
from overflight.routes.places import Waypoint, coded
from overflight.routes.refusals import shown
from overflight.routes.spellings import lettered, shorthand

__all__ = ["is_flight_plan", "parse_flight_plans"]


_MESSAGE = re.compile(r"\(\s*([A-Z]{3})\b([^()]*)\)?", re.ASCII)
_AERODROME = re.compile(r"([A-Z]{4})(?:\d{4})?(?:/\d{2}[LRC]?)?", re.ASCII)
_TIMED = re.compile(r"[A-Z]{4}\d{4}", re.ASCII)
_SPEED, _LEVEL = r"(?:[NK]\d{4}|M\d{3})", r"(?:F\d{3}|A\d{3}|S\d{4}|M\d{4}|VFR|PLUS)"
_SPEED_LEVEL = re.compile(rf"{_SPEED}(?:{_LEVEL})?", re.ASCII)
_CHANGE = re.compile(rf"{_SPEED}{_LEVEL}(?:{_LEVEL})?", re.ASCII)
_WORDS = frozenset({"DCT", "VFR", "IFR", "OAT", "GAT", "SID", "STAR"})
_STAY = re.compile(r"STAY\d(?:/\d{4})?", re.ASCII)
_COORDINATE = r"\d{2}(?:\d{2}){0,2}[NS]\d{3}(?:\d{2}){0,2}[EW]"
_POINT = re.compile(rf"({_COORDINATE}|[A-Z0-9]{{2,7}}?)(?:(\d{{3}})(\d{{3}}))?", re.ASCII)
_PLACE = re.compile(_COORDINATE, re.ASCII)
_AIRWAY = re.compile(r"[KUS]?[A-Z]\d{1,3}[A-Z]?|NAT[A-Z]", re.ASCII)
_TERMINAL = re.compile(r"[A-Z]{2,5}\d[A-Z]?", re.ASCII)
_LOOKS = re.compile(rf"\s*-?\s*{_AERODROME.pattern}\s*(?:-\s*)?{_SPEED}{_LEVEL}?\b", re.ASCII)

_LETTER_FIRST = re.compile(r"[NS]\d{2,6}[EW]\d{3,7}", re.ASCII)
_PROCEDURE = re.compile(r"[A-Z]{3,5}\d[A-Z]?", re.ASCII)
_FPL = re.compile(r"^[ \t]*\(?FPL\b", re.ASCII | re.MULTILINE | re.IGNORECASE)
_BARE = re.compile(r"\s*(?:[A-Z0-9/]{1,20}\s+){1,2000}[A-Z0-9/]{1,20}\s*", re.ASCII)
_ADEXP = re.compile(r"\s*-TITLE\s+I?FPL\b", re.ASCII)
_FIELD = re.compile(r"^[ \t]*-|\s-(?=[A-Z])", re.ASCII | re.MULTILINE)
MOST_NAMED = 10
"""Words of a plan that a remark has room for."""
HEAD = 4000
"""Characters among which a plan begins, behind the lines by which a message is sent."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What matters of a flight plan; its date is that of departure, in UTC."""

    name: str | None
    departure: str
    route: str
    destination: str
    other: str = ""
    on: dt.date | None = None


def is_flight_plan(text: str) -> bool:
    """Tell whether a text begins as a flight plan does.

    That is a message (``(FPL-``, behind the lines that address it, or ADEXP's ``-TITLE IFPL``); an aerodrome and a
    cruising speed; or words in capitals, the first and the last of which are aerodromes, or the first a speed.
    """
    head = text.lstrip()[:HEAD]
    if is_gfp(head):
        return True
    if _FPL.search(head) or _ADEXP.match(head) or _LOOKS.match(head[:100].upper()):
        return True
    words = text.split() if len(text) <= MAX_PLANS and _BARE.fullmatch(text) else []
    ends = len(words) > 2 and _AERODROME.fullmatch(words[0]) and _AERODROME.fullmatch(words[-1])
    return bool(ends) or bool(words and _SPEED_LEVEL.fullmatch(words[0]))


def parse_flight_plans(text: str, where: str, *, default_name: str, fixes: Fixes | None = None) -> tuple[Route, ...]:
    """Read the routes of flight plans.

    Parameters
    ----------
    text : str
        FPL messages in brackets, one or more; or one route as ``EGLL N0450F310 DCT 51N010W DCT KJFK``.
    where : str
        The file's name, for messages.
    default_name : str
        Name of a route that has no aircraft identification (item 7).
    fixes : Fixes, optional
        Named points, and what is made of airways.

    Raises
    ------
    ProposalError
        Names the file, the item and the word in it.
    """
    lines = Collector(where, default_name)
    if len(text) > MAX_PLANS:
        lines.refuse(f"more than {MAX_PLANS:,} characters of flight plans: split the file")
    if is_gfp(text):
        text, passed = gfp_as_route(text.upper())
        if passed:
            lines.remark(f"left out: {', '.join(shown(word) for word in passed[:6])}")
    for plan in _plans(text.upper(), lines):
        points: list[Waypoint] = []
        if plan.departure != "AFIL":
            points.append(_aerodrome(plan.departure, "DEP", plan, lines))
        item = _Item15(fixes or Fixes(), lines)
        points += item.points(plan.route)
        points.append(_aerodrome(plan.destination, "DEST", plan, lines))
        lines.line(points, plan.name, on=plan.on, remarks=tuple(item.remarks()))
    return lines.routes("no flight plan in it: begin with (FPL-")


def _plans(text: str, lines: Collector) -> list[_Plan]:
    if _ADEXP.match(text):
        return [_adexp(text, lines)]
    if "(" not in text and not text.lstrip().startswith("FPL"):
        if "-" in text:
            return [_filed([" ".join(field.split()) for field in text.split("-")], "", lines)]
        return [_bare(text, lines)]
    plans: list[_Plan] = []
    for match in _MESSAGE.finditer(text if "(" in text else f"({text.strip()})"):
        at = f"message {len(plans) + 1}"
        if match[1] != "FPL":
            lines.refuse(f"expected a filed flight plan (FPL), found {match[1]}: leave other messages out", at)
        fields = [" ".join(field.split()) for field in match[2].split("-")]
        plans.append(_filed(fields, at, lines))
    return plans


def _filed(fields: list[str], at: str, lines: Collector) -> _Plan:
    """Find items 7, 13, 15, 16 and 18 among the fields of a message, which hyphens separate."""
    starts = [i for i, field in enumerate(fields) if _TIMED.fullmatch(field)]
    if not starts or len(fields) < starts[0] + 3:
        lines.refuse("expected items 13, 15 and 16 (as -EGLL1400-N0450F310 DCT-KJFK0700), found less", at)
    first = starts[0]
    name = fields[1].partition("/")[0].strip() if first > 1 else None
    destination = fields[first + 2].split()[:1] or [""]
    other = " ".join(fields[first + 3 :])
    date = re.search(r"\bDOF/\s*(\d{6})\b", other, re.ASCII)
    on = _day(date[1]) if date else None
    return _Plan(name or None, fields[first][:4], fields[first + 1], destination[0][:4], other, on)


def _adexp(text: str, lines: Collector) -> _Plan:
    """Read Eurocontrol's form of a plan (ADEXP): fields that are named."""
    found: dict[str, str] = {}
    for field in _FIELD.split(text):
        key, _, value = field.strip().partition(" ")
        found.setdefault(key, " ".join(value.split()))
    missing = [key for key in ("ADEP", "ADES", "ROUTE") if not found.get(key)]
    if missing:
        lines.refuse(f"a plan in ADEXP without {missing[0]}: add -{missing[0]}")
    on = _day(found.get("EOBD", ""))
    return _Plan(found.get("ARCID") or None, found["ADEP"][:4], found["ROUTE"], found["ADES"][:4], on=on)


def _day(text: str) -> dt.date | None:
    """Read a date in six digits, the year first; None if it is none."""
    try:
        return dt.datetime.strptime(text, "%y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def _bare(text: str, lines: Collector) -> _Plan:
    """Read a route whose first and last words are aerodromes; after one with a time, the rest are alternates."""
    words = text.split()
    if words and _SPEED_LEVEL.fullmatch(words[0]):
        lines.refuse("a route (item 15) alone: add departure and destination, as EGLL N0450F310 DCT 51N010W DCT KJFK")
    timed = (i for i, word in enumerate(words) if i and _TIMED.fullmatch(word))
    words = words[: next(timed, len(words)) + 1]
    ends = [_AERODROME.fullmatch(word) for word in (words[0], words[-1])] if len(words) > 2 else [None]
    if len(ends) < 2 or ends[0] is None or ends[1] is None:
        lines.refuse("expected departure, route and destination, as EGLL N0450F310 DCT 51N010W DCT KJFK, or (FPL-...)")
    return _Plan(f"{ends[0][1]}-{ends[1][1]}", ends[0][1], " ".join(words[1:-1]), ends[1][1])


def _aerodrome(code: str, key: str, plan: _Plan, lines: Collector) -> Waypoint:
    item = "item 13" if key == "DEP" else "item 16"
    if code == "ZZZZ":
        match = re.search(rf"\b{key}/\s*({_COORDINATE})", plan.other, re.ASCII)
        if match is None:
            lines.refuse(f"ZZZZ without coordinates: give {key}/5530N03715E in item 18", item)
        code = match[1]
    try:
        point = coded(code)
    except OverflightError as error:
        lines.refuse(str(error), item)
    return lines.point(point.lon, point.lat, point.name)


class _Item15:
    """Reads item 15: cruising speed and level, then points, each with its changes, joined by DCT or an airway."""

    def __init__(self, fixes: Fixes, lines: Collector) -> None:
        self.fixes = fixes
        self.lines = lines
        self.procedures: list[str] = []
        self.airways: list[str] = []
        self.written_out: list[str] = []

    def points(self, text: str) -> list[Waypoint]:
        """Return the points between departure and destination."""
        words = text.split()
        if words and _SPEED_LEVEL.fullmatch(words[0]):
            del words[0]
        points: list[Waypoint] = []
        for i, word in enumerate(words):
            if word == "T":
                self.lines.refuse("the route is truncated (T): give the whole of it", "item 15")
            stem = self._without_change(word)
            if word in _WORDS or _STAY.fullmatch(word) or (points and _CHANGE.fullmatch(word)):
                continue
            if self._passed_over(stem, is_end=i == 0 or i + 1 == len(words)):
                continue
            points.append(_point(stem, f"item 15, {shown(stem)}", self.fixes, self.lines))
        return points

    def _without_change(self, word: str) -> str:
        """Take a change of speed and level off a point, and write out what stands for a coordinate."""
        if whole := shorthand(word):
            self.written_out.append(f"{word} as {whole}")
            return whole
        stem, _, change = word.removeprefix("C/").partition("/")
        if change and not _CHANGE.fullmatch(change) and not _STAY.fullmatch(word):
            why = f"expected a change of speed and level such as N0460F350, found {shown(change)}"
            self.lines.refuse(why, f"item 15, {shown(word)}")
        if whole := shorthand(stem):
            self.written_out.append(f"{stem} as {whole}")
            return whole
        return stem

    def _passed_over(self, word: str, *, is_end: bool) -> bool:
        """Tell whether a word is an airway that is taken for a straight line, or a procedure at an end."""
        if word in self.fixes.named:
            return False
        if _AIRWAY.fullmatch(word):
            if self.fixes.airways_direct:
                self.airways.append(word)
            return self.fixes.airways_direct
        if is_end and _PROCEDURE.fullmatch(word):
            self.procedures.append(word)
            return True
        return False

    def remarks(self) -> Iterator[str]:
        """Say what was passed over, and what was read for what."""
        if self.procedures:
            many = "s" if len(self.procedures) > 1 else ""
            yield f"departure or arrival procedure{many} {', '.join(self.procedures)} left out: straight there"
        if self.airways:
            many = "airways" if len(self.airways) > 1 else "airway"
            yield f"{many} {', '.join(self.airways[:MOST_NAMED])} taken for straight lines between their ends"
        if self.written_out:
            yield f"read {', '.join(self.written_out[:MOST_NAMED])}"


def _point(word: str, at: str, fixes: Fixes, lines: Collector) -> Waypoint:
    """Find a point: a coordinate, a named fix, an aerodrome, or a bearing and distance from one of these."""
    match = _POINT.fullmatch(word)
    try:
        if _LETTER_FIRST.fullmatch(word) and (lonlat := lettered(word)):
            return lines.point(*lonlat, word)
        if found := _known(word, at, fixes, lines):
            return lines.point(found.lon, found.lat, word)
        if match is not None and match[2] and (fix := _known(match[1], at, fixes, lines)):
            lon, lat = _offset(fix, match[1], int(match[2]), int(match[3]))
            return lines.point(lon, lat, word)
    except ProposalError:
        raise
    except OverflightError as error:
        lines.refuse(str(error), at)
    msg = f"{lines.where}, {at}: {_unknown(word, match)}"
    raise ProposalError(msg)


def _unknown(word: str, match: re.Match[str] | None) -> str:
    """Say what a word is that gives no point."""
    if match is None:
        return "no point of a route: give a coordinate (4620N07805W), or a fix"
    if match[2]:
        return f"the fix {match[1]} is not known here: give it by --fixes FILE.csv, or a coordinate"
    if _AIRWAY.fullmatch(word):
        return "an airway or track, whose points are not known here: write its points instead, or give --airways direct"
    procedure = " (or a departure or arrival procedure, to be left out)" if _TERMINAL.fullmatch(word) else ""
    return f"a named fix{procedure}, not known here: give it by --fixes FILE.csv (name,lon,lat), or a coordinate"


def _known(word: str, at: str, fixes: Fixes, lines: Collector) -> Fix | None:
    if _PLACE.fullmatch(word):
        point = coded(word)
        return Fix(point.lon, point.lat, None, ())
    if fix := fixes.named.get(word):
        if fix.others:
            lines.refuse(
                f"{word} is in the fixes file more than once ({', '.join(fix.others)}): keep the one meant", at
            )
        return fix
    if len(word) == 4 and word.isalpha() and not _AIRWAY.fullmatch(word):
        point = coded(word)
        return Fix(point.lon, point.lat, None, ())
    return None


def _offset(fix: Fix, name: str, bearing: int, distance_nm: int) -> tuple[float, float]:
    """Go from a fix along a magnetic bearing; needs the variation there, for no model of it is here."""
    if bearing > 360:
        msg = f"bearing {bearing} can't be: give 000 to 360 degrees"
        raise OverflightError(msg)
    if fix.variation is None:
        msg = f"the bearing is magnetic: give the variation at {name} (degrees east) in the fixes file, or a coordinate"
        raise OverflightError(msg)
    return direct(fix.lon, fix.lat, bearing + fix.variation, distance_nm * M_PER_NM)
