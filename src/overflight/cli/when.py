"""`overflight when`: the days on which a route's verdict changes, and which row of the tables makes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from overflight.airspace import load_airspaces
from overflight.airspace.days import DAY
from overflight.cli.inputs import asked_routes
from overflight.cli.options import (
    Command,
    Options,
    Reading,
    date_of,
    dateless_options,
    form_of,
    output_options,
    reading_options,
    today,
)
from overflight.cli.report import SCHEMA, Report
from overflight.cli.screens import Notes
from overflight.cli.tables import Cell, boxed, csv_text, tsv_text
from overflight.cli.writing import emit, is_fancy, note
from overflight.outside.printable import json_text, one_line
from overflight.outside.version import __version__
from overflight.rules.wording.changes import outcome, outcome_words
from overflight.when import Calendar, changes

__all__ = ["when"]

COLUMNS = ("route", "on", "before", "after", "what", "source", "verified", "ahead")


@click.command(
    cls=Command,
    short_help="List the days on which a route's verdict changes, and why.",
    epilog="Example: overflight when VKO BUD --avoid icc --from 2002-07-01",
)
@click.argument("what", nargs=-1, metavar="PLACE... | FILE...")
@dateless_options
@click.option(
    "--from",
    "since",
    metavar="DATE",
    type=date_of,
    help="The first day looked at: 2002-07-01. [default: since all changes of sovereign are known]",
)
@click.option(
    "--until",
    "--to",
    "until",
    metavar="DATE",
    type=date_of,
    help="The last day looked at. [default: the last day of a change that is known, notified ones among them]",
)
@reading_options
@output_options(formats=("table", "json", "csv"))
def when(
    *,
    what: tuple[str, ...],
    options: Options,
    since: dt.date | None,
    until: dt.date | None,
    reading: Reading,
    form: str | None,
    output: Path | None,
) -> int:
    """List the days on which the verdict on a route changes, past ones and those that are notified.

    Each with the verdict before and after, and with the rows that make it: who becomes a member or leaves, a treaty
    that extends to a territory, a closure that begins, ends or is no longer reported, a territory that becomes
    another's, a dispute that begins or is over. Between two of these days, `check --on` says the same of every day.

    The line is judged as of each day: the date and the times of a recorded flight or of a proposal are left aside, and
    the code of an airport stands for the field that had it then. Exit status: 0, whatever changes; 2 bad usage or data.
    """
    reports = asked_routes(what, options, reading)
    if not any(report.case.sets for report in reports):
        raise click.UsageError("no rule, so no verdict that could change: give one, as in --avoid icc")
    once = {(r.case.route, r.case.avoid, r.case.never, r.case.allow, r.case.margin_km): r for r in reversed(reports)}
    found = [(report, changes(report.case, since=since, until=until)) for report in reversed(once.values())]
    form = form_of(form, output, ("json", "csv"))
    if form == "json":
        emit(_as_json(found), output)
    elif form == "csv":
        emit(csv_text(COLUMNS, _rows(found)), output)
    elif is_fancy(output):
        emit("\n".join(_for_people(report, calendar) for report, calendar in found), output)
    else:
        emit(tsv_text(COLUMNS, _rows(found)), output)
    _tell(found)
    return 0


Found = Sequence[tuple[Report, Calendar]]


def _rows(found: Found) -> list[list[Cell]]:
    """Write a row for each cause of each change."""
    now = today()
    return [
        [
            report.name,
            change.on.isoformat(),
            outcome(change.before),
            outcome(change.after),
            cause.words,
            cause.source,
            cause.verified,
            change.on > now,
        ]
        for report, calendar in found
        for change in calendar
        for cause in change.causes
    ]


def _for_people(report: Report, calendar: Calendar) -> str:
    notes = Notes()
    now = today()
    rows: list[list[Cell]] = [[f"{calendar.since - DAY}", outcome_words(calendar.first), "", ""]]
    for change in calendar:
        marks = [
            notes.mark(f"source{' (not verified)' if cause.verified is False else ''}: {cause.source}")
            for cause in change.causes
            if cause.source
        ]
        ahead = " (ahead)" if change.on > now else ""
        rows.append([f"{change.on}{ahead}", outcome_words(change.after), change.words, " ".join(dict.fromkeys(marks))])
    title = f"{report.name} ({report.case.route.length_km:,.1f} km)\n"
    header = ("from", "verdict", "what changes", "notes")
    return title + boxed(header, rows, texts={"verdict", "what changes", "notes"}) + str(notes)


def _as_json(found: Found) -> str:
    now = today()
    case = found[0][0].case
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "overflight": __version__,
        "data": case.world.version,
        "view": case.world.view,
        "today": now.isoformat(),
        "routes": [
            {
                "name": report.case.route.label,
                "waypoints": [
                    {"name": w.label, "lon": round(w.lon, 7), "lat": round(w.lat, 7)}
                    for w in report.case.route.waypoints
                ],
                "length_km": round(report.case.route.length_km, 3),
                **report.case.told,
                "allow": report.allow,
                "margin_km": round(report.case.margin_km, 3),
                **({"operator": report.case.operator.to_dict()} if report.case.operator else {}),
                "notices": list(report.case.notices),
                **calendar.to_dict(),
                "changes": [change.to_dict() | {"ahead": change.on > now} for change in calendar],
            }
            for report, calendar in found
        ],
    }
    return json_text(document, indent=1) + "\n"


def _tell(found: Found) -> None:
    """Say on standard error what was looked at, by which rules, and what is left open."""
    now = today()
    case, first = found[0][0].case, found[0][1]
    rules = {
        "; ".join(f"{key} {', '.join(texts)}" for key, texts in report.case.told.items() if texts)
        for report, _ in found
    }
    avoid = rules.pop() if len(rules) == 1 else "rules as each proposal has them"
    count = sum(map(len, (calendar for _, calendar in found)))
    changed = f"{count} {'day' if count == 1 else 'days'} of change"
    note(f"{changed} from {first.since} to {first.until}; {avoid}; {case.world.view} view; data {case.world.version}")
    told = (text for report, calendar in found for text in (*report.case.notices, *calendar.remarks))
    for text in dict.fromkeys(told):
        note(f"note: {text}")
    for report, _ in found:
        if report.case.schedule is not None or report.case.route.on is not None:
            note(one_line(f"note: {report.name}: judged as of each day; its own date and times are left aside"))
    if any(change.on > now for _, calendar in found for change in calendar):
        note(f"note: days after {now} are as notified so far: what is notified may be revoked before")
    if said := load_airspaces(case.world.view, on=first.since).doubt_on(first.since):
        note(f"note: {said}")
