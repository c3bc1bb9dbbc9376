"""`overflight permits`: a sheet of whose airspace a flight enters where and when, and a text for each request."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from overflight.cli.choices import OneOf
from overflight.cli.flown import max_speed_option
from overflight.cli.inputs import asked_routes
from overflight.cli.ledgers import ledger_option
from overflight.cli.options import (
    Command,
    Options,
    Reading,
    keep_apart,
    output_option,
    read_by,
    reading_options,
    rule_options,
)
from overflight.cli.report import Report
from overflight.cli.screens import Notes, paragraph
from overflight.cli.settings import context
from overflight.cli.tables import Cell, boxed, tsv_text
from overflight.cli.telling import tell
from overflight.cli.writing import emit, is_fancy, note
from overflight.errors import OverflightError
from overflight.outside.printable import one_line
from overflight.rules.schedule import Schedule, parse_depart, parse_speed

if TYPE_CHECKING:
    from overflight.costs.pacing import Wind
    from overflight.sheets import Sheet

__all__ = ["permits"]

FORMS = ("table", "json", "csv", "html", "text")
SUFFIXES = {".json": "json", ".csv": "csv", ".html": "html", ".txt": "text"}
KINDS = {"json": ".json", "csv": ".csv", "html": ".html", "text": ".txt"}


@click.command(
    cls=Command,
    short_help="Write a permit sheet, and a request to each state.",
    epilog="Example: overflight permits VKO BUD --depart 2025-10-23T08:00Z -o sheet.html",
)
@click.argument("what", nargs=-1, metavar="PLACE... | FILE...")
@rule_options
@ledger_option
@click.option(
    "--depart",
    metavar="TIME",
    type=read_by(parse_depart),
    help="When it takes off, and so the date: 2025-10-23T08:00Z. Members are those of each entry.",
)
@click.option(
    "--speed",
    metavar="SPEED",
    type=read_by(parse_speed),
    help="Ground speed, the same all the way: 460kt. [default: a range, by the aircraft]",
)
@click.option(
    "--aircraft",
    metavar="CLASS|TYPE",
    help="What flies: narrow-body, wide-body ...; with --speed, any type (IL96). [default for times: narrow-body]",
)
@click.option(
    "--wind",
    type=OneOf(("none", "season")),
    default="none",
    help="Times by the aircraft without wind, or in the mean wind of the season. [default: none]",
)
@click.option("--level", metavar="LEVEL", help="Of the cruise: F350, S1130 (tens of metres), VFR.")
@max_speed_option
@reading_options
@click.option("-f", "--format", "form", type=OneOf(FORMS), help="How to print it; text is the requests.")
@output_option
@click.option("--requests", "folder", type=Path, metavar="FOLDER", help="Write each request to a file there, too.")
@click.option(
    "--template", type=Path, metavar="FILE.txt", help="The text of a request; `overflight new request` writes one."
)
def permits(
    *,
    what: tuple[str, ...],
    options: Options,
    depart: dt.datetime | None,
    speed: float | None,
    aircraft: str | None,
    wind: Wind,
    level: str | None,
    reading: Reading,
    form: str | None,
    output: Path | None,
    folder: Path | None,
    template: Path | None,
) -> int:
    """Say whose airspace a flight enters where and when, at which level, which rule binds it, who is to be asked.

    One flight: places, or a file with one route. Points are as in item 15 of a flight plan. FILE is .html (to be
    printed, A4), .csv, .json or .txt (the requests); FOLDER is made, with a text for each state. Times are those of
    --depart and --speed, or a range at the pace of the aircraft, or those of a recording. With --operator, the bans in
    the data that bind it are told, asked by or not.

    No address of an authority is stated, nor what a state's own law asks for. Exit status: 0, whatever a rule forbids;
    2 bad usage or data.
    """
    from overflight.sheets import permits as sheet_of
    from overflight.sheets.making import parse_level
    from overflight.sheets.template import DEFAULT, read_template

    high = None if level is None else read_by(parse_level)(level)
    if speed is not None and depart is None:
        raise click.UsageError("--speed says when it is where only with a departure: add --depart 2025-10-23T08:00Z")
    form = _form(form, output)
    keep_apart(output, None, form, ledger=options.ledger)
    text = DEFAULT if template is None else read_template(template)
    if folder is not None:
        from overflight.outside.folder import check_folder

        check_folder(folder)
    report = _one(asked_routes(what, _departing(options, depart, speed), reading))
    paced = depart if speed is None else None
    sheet = sheet_of(report.case, aircraft=aircraft, depart=paced, wind=wind, level=high, ledger=report.ledger)
    if folder is not None:
        sheet.save_requests(folder, text)
        note(f"wrote {len(sheet.states)} {'request' if len(sheet.states) == 1 else 'requests'} to {folder}")
    emit(_told(sheet, form, text, output), output)
    tell([replace(report, case=sheet.case)], None if form == "table" and is_fancy(output) else context([report]))
    if sheet.times is None:
        note("note: no times, for no departure was given: --depart 2025-10-23T08:00Z")
    return 0


def _form(form: str | None, output: Path | None) -> str:
    """Choose the form: as asked, else as the output file's suffix says."""
    if form is not None or output is None or str(output) == "-":
        return form or "table"
    found = SUFFIXES.get(output.suffix.lower())
    if found is None:
        raise click.UsageError(f"{output}: a sheet is no {output.suffix or 'such'} file: give {', '.join(SUFFIXES)}")
    return found


def _departing(options: Options, depart: dt.datetime | None, speed: float | None) -> Options:
    """Give the question the day of departure, and the schedule where there is a speed."""
    if depart is None:
        return options
    day = depart.astimezone(dt.UTC).date()
    if options.on not in (None, day):
        msg = f"--on {options.on} is another date than --depart, which is on {day} in UTC: leave --on out"
        raise click.UsageError(msg)
    schedule = None if speed is None else Schedule(depart, speed)
    return replace(options, on=day, schedule=schedule)


def _one(reports: list[Report]) -> Report:
    if len(reports) > 1:
        names = ", ".join(dict.fromkeys(f"{report.name} on {report.case.on}" for report in reports[:4]))
        msg = f"a sheet is about one flight, and these are {len(reports)} ({names} ...): give one, or its date (--on)"
        raise OverflightError(msg)
    return reports[0]


def _told(sheet: Sheet, form: str, template: str, output: Path | None) -> str:
    if form != "table":
        return sheet.as_bytes(KINDS[form], template).decode()
    if is_fancy(output):
        return _for_people(sheet)
    from overflight.sheets.rows import COLUMNS, rows_of

    return tsv_text(COLUMNS, list(rows_of(sheet)))


def _for_people(sheet: Sheet) -> str:
    """Write a box of the stays, and below it what each state is to be asked for, and by which rules."""
    from overflight.sheets.telling import reckoned

    route = sheet.case.route
    who = [f"operator {sheet.operator_words}" if sheet.operator_words else "", sheet.aircraft]
    lines = [", ".join([f"{route.label} ({route.length_km:,.1f} km), {sheet.case.on}", *filter(None, who)])]
    lines += [f"times {reckoned(sheet)}"]
    notes = Notes()
    header = ("#", "state", "role", "in at", "in (UTC)", "out at", "out (UTC)", "km", "level", "answer")
    marks = {stay.number: "".join(f" {notes.mark(flag)}" for flag in stay.flags) for stay in sheet.stays}
    rows: list[list[Cell]] = [
        [number, f"{name}{marks[int(number or 0)]}", *rest] for number, name, *rest in sheet.table()
    ]
    below = (("role",), ("level",), ("in (UTC)", "out (UTC)"), ("in at", "out at"))
    box = boxed(header, rows, texts={"state", "in (UTC)", "out (UTC)", "level", "answer"}, below=below)
    told = []
    for one in sheet.states:
        told.append(paragraph(one_line(f"{one.name}: {one.told}")))
        for bound in dict.fromkeys(bound for stay in one.stays for bound in stay.rules):
            about = notes.mark(f"{bound.bloc} applies to {bound.applies_to}") if bound.bloc else ""
            told.append("  " + paragraph(one_line(f"{bound.brief} {about}".rstrip()), indent=4))
    said = [paragraph(one_line(line)) for line in [*lines, *([sheet.case.sentence] if sheet.case.sets else [])]]
    return "\n".join([*said, box.rstrip("\n"), *told, str(notes)])
