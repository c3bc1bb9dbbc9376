"""`overflight gate`: the flights of a schedule against the policies of a folder."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from overflight.cli.choices import OneOf
from overflight.cli.options import (
    Command,
    date_of,
    operator_option,
    output_option,
    time_limit_option,
    today,
    view_option,
)
from overflight.cli.writing import emit, note
from overflight.errors import OverflightError
from overflight.outside.printable import json_text
from overflight.outside.witness import STDIN, taken

if TYPE_CHECKING:
    from overflight.policies import Gated, Timetable

__all__ = ["gate"]

FORMATS = ("text", "json", "junit", "sarif")
SUFFIXES = {".json": "json", ".xml": "junit", ".sarif": "sarif"}
"""What the end of the name of a file stands for."""


@click.command(
    cls=Command,
    short_help="Judge a schedule by a folder of policies.",
    epilog="Example: overflight gate week.csv --policy policy/ -f junit -o gate.xml",
)
@click.argument("schedule", metavar="FILE")
@click.option(
    "--policy",
    "policies",
    multiple=True,
    required=True,
    type=Path,
    metavar="FILE",
    help="Policies: a folder, whose *.toml are read, or a file.",
)
@click.option(
    "--on",
    metavar="DATE",
    type=date_of,
    help="By whose rules all flights are judged: 2025-10-23. [default: each flight's own date]",
)
@operator_option
@view_option
@click.option("--no-mend", is_flag=True, help="Don't look for what would mend a breach.")
@time_limit_option
@click.option(
    "-f",
    "--format",
    "form",
    type=OneOf(FORMATS),
    help="How to print it. [default: by the suffix of -o (.json, .xml, .sarif), else text]",
)
@output_option
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if a flight breaks a policy.")
def gate(
    *,
    schedule: str,
    policies: tuple[Path, ...],
    on: dt.date | None,
    operator: str | None,
    view: str,
    no_mend: bool,
    time_limit_s: float | None,
    form: str | None,
    output: Path | None,
    exit_zero: bool,
) -> int:
    """Judge the flights of a schedule by policies: rules, and waivers with an end.

    FILE is CSV, Parquet, or - (standard input, CSV): a row a flight, with columns origin and destination, or waypoints;
    date, flight, operator, registration and airline where there are. Each flight is judged as of its date, all as of
    --on if it is given; whether a waiver has expired is decided by the date of the flight. A marginal verdict is a
    breach, as in check.

    Exit status: 0 nothing is broken that no waiver covers, 1 something is, 2 bad usage or data.
    """
    from overflight.policies import gate as judge
    from overflight.policies import read_policies

    if output is not None and os.path.realpath(output) == os.path.realpath(schedule) != os.path.realpath(STDIN):
        raise click.UsageError(f"-o names the schedule, {schedule}: give another file")
    known = read_policies(policies)
    flights = _schedule(schedule)
    if on is None and not flights.dated:
        on = today()
        note(f"the schedule has no dates: all flights are judged as of {on}")
    found = judge(
        flights, policy=known, on=on, operator=operator, view=view, mend=not no_mend, time_limit_s=time_limit_s
    )
    form = form or SUFFIXES.get(output.suffix.lower() if output else "", "text")
    emit(_written(found, form), output)
    if form != "text" or output is not None:
        from overflight.policies.telling import summary

        for line in summary(found):
            note(line)
    return 0 if found.passed or exit_zero else 1


def _schedule(name: str) -> Timetable:
    from overflight.policies import parse_flights, read_flights

    if name != STDIN:
        return read_flights(name)
    from overflight.routes.files import MAX_BYTES, decode

    if sys.stdin is None:
        raise OverflightError("standard input is closed: name a file, or pipe one in")
    raw = sys.stdin.buffer.read(MAX_BYTES + 1)
    taken(STDIN, raw)
    return parse_flights(decode(raw, "standard input"), where="")


def _written(found: Gated, form: str) -> str:
    if form == "json":
        return json_text(found.to_dict(), indent=1) + "\n"
    return {"text": found.to_text, "junit": found.to_junit, "sarif": found.to_sarif}[form]()
