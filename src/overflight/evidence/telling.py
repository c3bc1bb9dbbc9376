"""A report in words: from its JSON to what page and paper show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from overflight.evidence.blocks import Block, Cell, Facts, Heading, Items, Look, Table, Text
from overflight.evidence.crossed import (
    NONE,
    border_blocks,
    clock_time,
    crossing_blocks,
    cut,
    gap_blocks,
    left_out_blocks,
)
from overflight.evidence.spelling import duration
from overflight.evidence.taken import taken_rows
from overflight.maps.names import written
from overflight.rules.wording.headlines import listed

__all__ = ["DRAWN", "LIMITS", "PLANNED", "RECORDED", "SILENT", "flight_blocks", "head_blocks", "tail_blocks"]

Json = dict[str, Any]
DRAWN = Heading(3, "")
"""Stands for the drawings of a flight, which no JSON holds."""
MOST_SAID = 100
LIMITS = (
    """It states where a line lies in relation to borders, and who was a member of what. It is no legal advice, and no
    opinion on what a rule demands, on immunities, or on anybody's intent.""",
    """Whether a state consented is not known. A consent that was assumed in the question is named as such; of any other
    state of a rule that was entered, it is said that it was entered, and no more.""",
    """Airspace is sovereign airspace: land, internal waters and territorial sea, without a ceiling. Flight information
    regions, danger areas and closures by notice are not looked at, but for those that a rule names.""",
    """Borders are those of the data, known as well as is stated; disputed parts are flagged, and whose they are goes by
    the view that is named. Borders are today's on every date; whose a place was goes by the date.""",
    """Membership goes by the date in UTC. A row whose source was not seen by those who keep the table is marked.""",
)
"""What no report says."""
RECORDED = (
    """The recording is taken as it is: whether its positions, times, altitudes and identity are true (a receiver may
    err, a signal may be forged) is not known. How exactly a position was measured is not told by the file, and not in
    the figures.""",
    """Between two recorded positions the line is presumed to be straight, the speed the same. Altitudes are above what
    the recorder measured from (as a rule standard pressure), and are interpolated where a border is met.""",
)
"""What a report on a recorded flight does not say, either."""
SILENT = (
    """What a gap allows follows from the highest speed that is stated. Proofs are looked for within a limit of time of
    the processor: what is said to be crossed is proven, what could have been crossed a faster machine may decide.""",
)
"""What a report on a flight with gaps does not say, either."""
PLANNED = ("""A route through places says nothing of whether, when and by whom it was flown.""",)
AGAIN = (
    "The same input and the same versions give the same report (proofs about gaps, whose time is limited, may go "
    "farther on a faster machine); it therefore bears no date of its own."
)
LOOKS: dict[str, Look] = {"clear": "free", "marginal": "marginal", "crosses": "forbidden"}


def head_blocks(document: Json) -> Iterator[Block]:
    """Say what the report is about, and what was read."""
    flights, data = document["flights"], document["data"]
    yield Heading(1, "Record of airspace crossed")
    names = listed([flight["name"] for flight in flights])
    dates = listed([_written(day) for day in dict.fromkeys(flight["on"] for flight in flights)])
    yield Text(f"{names}, as of {dates}", "lead")
    rows: list[tuple[str, Cell]] = []
    for given in document["inputs"]:
        told = f", read as {', '.join(given['read_as'])}" if given["read_as"] else ""
        rows.append((given["role"], f"{given['name']}, {given['bytes']:,} bytes{told}"))
        rows.append(("its SHA-256", given["sha256"]))
    if not rows:
        rows.append(("Input", "No file: the places of the route were given with the question."))
    rows.append(("Airspace data", f"version {data['version']}, {data['view']} view"))
    rows += [("its SHA-256", data["sha256"])] if data["sha256"] else []
    rows.append(("Worked out by", f"overflight {document['overflight']}"))
    yield Facts(rows)


def flight_blocks(flight: Json, *, alone: bool) -> Iterator[Block]:
    """Say all of one flight."""
    if not alone:
        yield Heading(2, flight["name"])
    of_file = [] if alone or not flight["input"] else [("File", f"SHA-256 {flight['input']}")]
    yield Facts([*_about(flight), *taken_rows(flight), *of_file])
    verdict = flight["verdict"]
    yield Heading(3, "Finding")
    yield Text(verdict["sentence"], LOOKS[verdict["status"]] if flight["rules"] or verdict["findings"] else "plain")
    said = [f"{text[:1].upper()}{text[1:]}." for text in verdict["doubts"]]
    said += [*verdict["near"], *(f"This hangs on: {text}." for text in verdict["hangs_on"]), *verdict["remarks"]]
    if said:
        yield Items(said[:MOST_SAID])
    yield DRAWN
    yield from crossing_blocks(flight)
    yield from border_blocks(flight)
    yield from gap_blocks(flight)
    yield from left_out_blocks(flight)
    yield from _rules(flight)


def tail_blocks(document: Json) -> Iterator[Block]:
    """Say how far all of this goes, how to repeat it, and whose the data are."""
    data = document["data"]
    yield Heading(2, "What this record does not say")
    yield Items([*document["limits"], *(f"{doubt[:1].upper()}{doubt[1:]}." for doubt in data["doubts"])])
    yield Heading(3, "How to repeat it")
    if document["command"]:
        yield Text(f"With overflight {document['overflight']}, airspace data {data['version']} and the files above:")
        yield Text(document["command"], "code")
    yield Text(AGAIN, "small")
    yield Heading(3, "Data and licences")
    if not data["sources"]:
        yield Text("The borders are those of whoever asked.")
        return
    yield Text(f"Borders and territorial seas: {data['attribution']}, {data['licence']}.")
    rows = [
        (one["name"], one["version"], one["licence"], one["attribution"], one["used_for"]) for one in data["sources"]
    ]
    header = ("Source", "Version", "Licence", "Attribution", "Used for")
    yield Table("Sources of the airspace data", header, rows, (0.22, 0.15, 0.16, 0.22, 0.25))


def _written(iso: str) -> str:
    return written(dt.date.fromisoformat(iso))


def _about(flight: Json) -> Iterator[tuple[str, Cell]]:
    record, schedule, on = flight["recording"], flight["schedule"], _written(flight["on"])
    length, count = f"{flight['length_km']:,.1f} km", f"{flight['positions']:,}"
    if record is None:
        yield "Route", f"{flight['name']}, {length}: {count} places joined by geodesics on WGS84"
        yield "As of", on
        yield from _scheduled(schedule)
        return
    who = [f"{what} {record[what]}" for what in ("callsign", "aircraft") if record[what]]
    yield "Flight", "; ".join([flight["name"], *who])
    span = f"{clock_time(record['begin'])} to {clock_time(record['end'])} UTC"
    yield "Recorded", f"{span}; {length} between {count} positions"
    longest = f"{duration(record['longest_silence_s'])} ({record['longest_silence_km']:,.1f} km)"
    sources = ", ".join(f"{name} ({number:,})" for name, number in record["sources"].items())
    yield (
        "Positions",
        (
            f"every {duration(record['median_spacing_s'])} in the middle; longest silence {longest}",
            f"how they are known: {sources}; {record['altitudes']:,} of them with an altitude",
        ),
    )
    yield "Clock", f"all times are whole multiples of {duration(record['clock_s'])}"
    yield from _scheduled(schedule)
    other = "" if flight["dated"] == flight["on"] else f"; the recording is of {flight['dated']}"
    yield "As of", f"{on}{other or ', the date of the recording'}"


def _scheduled(schedule: Json | None) -> Iterator[tuple[str, Cell]]:
    if schedule:
        departs = f"departs {clock_time(schedule['depart'])} UTC, {schedule['speed_kmh']:,g} km/h all the way"
        yield "Times", f"of a schedule, not recorded: {departs}"


def _rules(flight: Json) -> Iterator[Block]:
    for rule in flight["rules"]:
        yield from _rule(rule)
    if flight["operator"]:
        told = flight["operator"]["text"]
        yield Text(f"Who flies, as was stated: {told}.")
    if flight["notices"]:
        yield Items(flight["notices"])
    if flight["allow"]:
        yield Text(f"The question assumes the consent of: {', '.join(flight['allow'])}.")
    if flight["margin_km"]:
        yield Text(f"Margin to keep: {flight['margin_km']:g} km.")


def _rule(rule: Json) -> Iterator[Block]:
    yield Heading(3, f"Rule: keep out of {rule['text']}{', whoever consents' if rule['unasked'] else ''}")
    for one in rule["blocs"]:
        if one["title"] or one["applies_to"]:
            about = [one["title"], f"applies to {one['applies_to']}" if one["applies_to"] else ""]
            source = f" ({one['source']}{'' if one['verified'] else '; not seen'})" if one["source"] else ""
            yield Text(f"{one['name']}: {'; '.join(filter(None, about))}{source}.", "small")
    for day in rule["dates"]:
        states = day["states"]
        many = f"{len(states)} state{'' if len(states) == 1 else 's'}"
        left = f"; territories left out: {', '.join(day['except_territories'])}" if day["except_territories"] else ""
        yield Text(f"On {_written(day['on'])}, {many}: {', '.join(states) or 'none'}{left}.", "small")
        if day["reservations"]:
            yield Items(day["reservations"][:MOST_SAID])
    for area in rule["areas"]:
        source = f", of {area['source']}" if area["source"] else ""
        yield Text(f"Area {area['name']}{source}, from {area['floor']} to {area['ceiling']}.", "small")
    rows: list[tuple[Cell, ...]] = [
        (
            (f"{row['name']} ({row['state'] or row['territory']})", row["bloc"]),
            row["since"] or "never",
            row["until"] or NONE,
            "yes" if row["holds"] else "no",
            tuple(filter(None, (row["source"] or "no source given", row["note"]))),
            "yes" if row["verified"] else "NO",
        )
        for row in rule["memberships"]
    ]
    if rows:
        caption = "Memberships of the states that were crossed, claim what was, or were passed near, whatever the date"
        header = ("State", "Since", "Until", "Held", "Source, and what else is known", "Source seen")
        yield from cut(Table(caption, header, rows, (0.17, 0.1, 0.1, 0.06, 0.49, 0.08)))
    if tables := [f"{one['name']}: SHA-256 {one['sha256']}" for one in rule["blocs"] if one["sha256"]]:
        yield Text(f"Table of memberships as shipped, {'; '.join(tables)}", "small")
