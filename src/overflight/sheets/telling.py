"""A permit sheet in words: what its page shows, and what it does not say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import resources
from typing import TYPE_CHECKING

from overflight.evidence.blocks import Block, Cell, Facts, Heading, Items, Look, Table, Text
from overflight.evidence.crossed import cut
from overflight.evidence.page import page
from overflight.evidence.spelling import NONE, decimal
from overflight.outside.printable import css_text
from overflight.outside.version import __version__
from overflight.rules.wording.kinds import listed
from overflight.rules.wording.rulesets import phrase
from overflight.sheets.binding import WORDS
from overflight.sheets.timing import AsPaced

if TYPE_CHECKING:
    from overflight.sheets.answers import Asked
    from overflight.sheets.binding import Bound
    from overflight.sheets.flight import Flight
    from overflight.sheets.model import Stay
    from overflight.sheets.places import End

__all__ = ["limits_of", "reckoned", "sheet_page"]

LOOKS: dict[str, Look] = {
    "granted": "free",
    "own": "plain",
    "none": "plain",
    "assumed": "marginal",
    "open": "marginal",
    "needed": "forbidden",
    "refused": "forbidden",
    "cannot be asked": "forbidden",
}
BINDS = {True: "yes", False: "not as such", None: "not decided by its state"}
MOST_POINTS = 60
"""Points of a route that a page has room for."""
RUNNING = 60
"""Characters of the line that every sheet of paper has above its text."""
LIMITS = (
    """Airspace is sovereign airspace: land, internal waters and territorial sea. Flight information regions, whose
    boundaries differ, are not looked at; nobody's permission is looked for over the high seas.""",
    """Whether a state asks for a permission, for a notification or for nothing, in what form, how long before and by
    which office, is its own law and not known here. No address of an authority is given, for no source of them is.""",
    """It is no legal advice. A rule is said to bind an operator by the state of that operator, or of the registration;
    who and what is aboard may decide otherwise.""",
    """Points are where the route meets the borders as stored, written to a minute: up to 1.4 km off. Disputed parts are
    flagged, and whose they are goes by the view that is named.""",
)
PACED = """Times are a range: the typical one, and in brackets the earliest and the latest. They count from take-off."""
SCHEDULED = """Times are those of one ground speed all the way: no wind, no climb, no descent."""
UNTIMED = """No times are given, for no departure was."""
LEVEL = """The level is the one given for the cruise; where the climb ends and the descent begins is not worked out."""


def limits_of(flight: Flight) -> Iterator[str]:
    """Yield what a sheet does not say."""
    told = [*LIMITS]
    told += {"pace": [PACED], "schedule": [SCHEDULED], None: [UNTIMED]}.get(flight.times, [])
    told += [LEVEL] if flight.level else []
    yield from (" ".join(text.split()) for text in told)


def reckoned(flight: Flight) -> str:
    """Say how the times were reckoned."""
    kept = flight.case.schedule
    if kept is None:
        return "none: no departure was given"
    if isinstance(kept, AsPaced):
        return f"at the pace of {'; '.join(kept.pace.assumptions)}"
    return "as recorded" if flight.times == "recording" else f"at {kept.speed_kmh:,.0f} km/h over ground all the way"


def sheet_page(flight: Flight) -> str:
    """Lay a sheet out as one page of HTML."""
    case = flight.case
    style = resources.files("overflight.sheets").joinpath("permits.css").read_text(encoding="utf-8")
    running = css_text(f"{case.route.label[:RUNNING]}, {case.on}")
    style += f'@page {{ @top-left {{ content: "{running}"; }} }}\n'
    return page(f"Permit sheet: {case.route.label}", _blocks(flight), style=style).decode()


def _blocks(flight: Flight) -> Iterator[Block]:
    case = flight.case
    yield Heading(1, "Permit sheet")
    yield Text(f"{case.route.label}, departing {case.on}", "lead")
    yield Facts(list(_about(flight)))
    if case.sets:
        yield Text(case.sentence, "small")
    if not flight.states:
        yield Text("The flight enters no state's airspace.")
    else:
        yield from _overview(flight)
        for one in flight.states:
            yield from _state(one, flight)
    yield Heading(2, "What this sheet does not say")
    yield Items(list(limits_of(flight)))
    world = case.world
    if attribution := world.manifest.get("attribution"):
        yield Text(f"Borders and territorial seas: {attribution}, {world.manifest.get('licence', '')}.", "small")


def _about(flight: Flight) -> Iterator[tuple[str, Cell]]:
    case = flight.case
    yield "Operator", flight.operator_words or NONE
    yield "Aircraft", flight.aircraft or NONE
    yield "From", _where(flight.ends[0], flight.depart)
    yield "To", _where(flight.ends[1], flight.arrive)
    yield "Route", flight.item15(MOST_POINTS)
    high = case.verdict.crossings.high_seas_km
    over = f", of which {high:,.1f} km in nobody's airspace" if high >= 0.05 else ""
    yield "Length", f"{case.route.length_km:,.1f} km ({case.route.length_nm:,.1f} NM){over}"
    yield "Level", flight.level or NONE
    yield "Times", reckoned(flight)
    for key, name in (("avoid", "Keeps out of"), ("never", "Can't ask")):
        if texts := case.told[key]:
            yield name, tuple(phrase(text, case.world) for text in texts)
    if case.allow:
        yield "Assumes consent of", ", ".join(state.name for state in sorted(case.allow, key=lambda one: one.name))
    yield "Made with", f"overflight {__version__}, airspace data {case.world.version}, {case.world.view} view"


def _where(name: str, end: End) -> str:
    place = "" if name == end.item15 else end.item15
    return ", ".join(filter(None, (name, place, "" if end.at is None else f"{end.at.words} UTC")))


def _overview(flight: Flight) -> Iterator[Block]:
    answers = {stay.number: one for one in flight.states for stay in one.stays}
    rows: list[Sequence[Cell]] = []
    for stay in flight.stays:
        one = answers[stay.number]
        who = [one.name, stay.territory, "" if stay.crossing.role == "overflight" else stay.crossing.role]
        who += ["disputed"] if stay.crossing.disputed else []
        ends = [_end(end) for end in (stay.entry, stay.exit)]
        length, answer = f"{stay.crossing.length_km:,.1f}", one.brief
        rows.append([str(stay.number), tuple(filter(None, who)), *ends, length, stay.levels, answer])
    header = ("No.", "State", "In (UTC)", "Out (UTC)", "km", "Level", "Answer")
    shares = (0.05, 0.18, 0.21, 0.21, 0.09, 0.13, 0.13)
    yield from cut(Table("Airspace entered, in the order flown", header, rows, shares, frozenset({4})))


def _end(end: End) -> Cell:
    return (end.words, *(() if end.at is None else tuple(_parts(end.at.words))))


def _parts(words: str) -> Iterator[str]:
    """Part a time from its range, which has a line of its own."""
    at, _, span = words.partition(" (")
    yield at
    if span:
        yield f"({span}"


def _state(one: Asked, flight: Flight) -> Iterator[Block]:
    code = f" ({one.code})" if one.code in one.ask else ""
    yield Heading(2, f"{one.name}{code}")
    yield Text(f"To be asked: {one.ask_words}. Answer: {one.told}.", LOOKS[one.answer])
    rows = [row for stay in one.stays for row in _ends(stay)]
    header = ("No.", "", "Point", "Latitude, longitude", "On the route", "Time (UTC)")
    caption = f"{one.km:,.1f} km in its airspace; {', '.join(one.roles)}"
    yield from cut(Table(caption, header, rows, (0.05, 0.07, 0.2, 0.24, 0.22, 0.22)))
    if rules := list(dict.fromkeys(bound for stay in one.stays for bound in stay.rules)):
        titles = ("Rule", "What it makes of the flight", "Whom it applies to", "Binds the operator", "Source")
        shares = (0.15, 0.17, 0.27, 0.1, 0.31)
        yield from cut(Table("Rules that are about it", titles, [_rule(bound, flight) for bound in rules], shares))
    flags: dict[str, list[str]] = {}
    for stay in one.stays:
        for flag in stay.flags:
            flags.setdefault(flag, []).append(str(stay.number))
    if flags:
        yield Items([f"{listed(numbers)}: {flag}." for flag, numbers in flags.items()])


def _ends(stay: Stay) -> Iterator[Sequence[Cell]]:
    for word, end, number in (("in", stay.entry, str(stay.number)), ("out", stay.exit, "")):
        where = filter(None, (f"km {end.km:,.1f}", f"leg {end.leg}" if end.leg else ""))
        time = NONE if end.at is None else tuple(_parts(end.at.words))
        yield [number, word, end.words, decimal(end.lonlat), tuple(where), time]


def _rule(bound: Bound, flight: Flight) -> Sequence[Cell]:
    name = (bound.bloc, f"of {bound.rule}" if bound.rule != bound.bloc else "") if bound.bloc else (bound.rule,)
    since = f"since {bound.since}" if bound.since else ""
    source = f"{bound.source}{'' if bound.verified else ' (not verified)'}" if bound.source else NONE
    known = flight.case.operator is not None and bound.verified is not None
    return [
        tuple(filter(None, (*name, since))),
        WORDS[bound.makes],
        bound.applies_to,
        BINDS[bound.binds] if known else NONE,
        tuple(filter(None, (source, bound.note))),
    ]
