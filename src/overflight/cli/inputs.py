"""From arguments to routes with rules: places make one route, files and folders bring theirs."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from overflight._crossings.engine import expect
from overflight.airspace import VIEWS
from overflight.case import Case, as_flown
from overflight.cli.flown import answers_of
from overflight.cli.options import Options, Reading, today
from overflight.cli.places import settled
from overflight.cli.report import Report
from overflight.cli.writing import note
from overflight.errors import OverflightError, ProposalError
from overflight.outside.files import descriptor
from overflight.outside.witness import STDIN, taken
from overflight.routes import Route
from overflight.routes.places import format_latlon, place
from overflight.routes.suffixes import SUFFIXES
from overflight.routes.typed import typed_route

if TYPE_CHECKING:
    from overflight.outside.beside import Find
    from overflight.proposals import Proposal
    from overflight.routes.fixes import Fixes

__all__ = ["STUDY", "asked_routes", "plan"]

ROUTE_SUFFIXES = (*SUFFIXES, ".toml", ".txt", ".xml", ".gz")
OF_ANYTHING = frozenset({".json", ".jsonl", ".ndjson", ".plan", ".zip", ".arrow", ".feather", ".xlsx", ".ods"})
"""What hold anything at all: read where they are named, passed over in a folder."""
FOLDER_SUFFIXES = (".route.toml", *(suffix for suffix in SUFFIXES if suffix not in OF_ANYTHING))
MAX_FILES = 10_000
AS_THEY_ARE = Reading()
STUDY = (("VKO", "BUD"), dt.date(2025, 10, 23), "icc", "closed")
"""Ends, date, what to keep out of, who can't be asked:
what `overflight demo` computes, and the what-if page opens with where nothing is named."""


def asked_routes(arguments: Sequence[str], options: Options, reading: Reading = AS_THEY_ARE) -> list[Report]:
    """Read the arguments of `check` and `map`.

    Raises
    ------
    click.UsageError
        If there are none, or places and files are mixed.
    OverflightError
        If one can't be read.
    """
    if not arguments:
        raise click.UsageError("give places (VKO BUD) or files, folders or - (routes/ a.geojson)")
    files = [a for a in arguments if _is_file(a)]
    if files and len(files) < len(arguments):
        other = next(a for a in arguments if not _is_file(a))
        msg = f"places ({other.strip()}) and files ({files[0]}) can't be mixed: give one kind, or call twice"
        raise click.UsageError(msg)
    if not files:
        return [plan(typed_route(settled(arguments)), options)]
    from overflight.routes.files import read_fixes
    from overflight.routes.fixes import Fixes

    expect(sum(os.path.getsize(name) for name in files if os.path.isfile(name)))  # noqa: PTH113, PTH202 - at once
    named = read_fixes(reading.fixes).named if reading.fixes else {}
    fixes = Fixes(named, reading.airways_direct)
    kept = _with_jumps if reading.keep_jumps else lambda route: route
    return [
        replace(report, source=source)
        for name in files
        for source, report in _from_argument(name, options, fixes, kept)
    ]


def plan(given: Route, options: Options, proposal: Proposal | None = None) -> Report:
    """Join a route with its rules: those of the command line, else its proposal's, else none."""
    date = options.on or (proposal.on if proposal else given.on or today())
    avoid = options.avoid if options.avoid is not None else proposal.avoid if proposal else ()
    never = options.never if options.never is not None else proposal.never if proposal else ()
    allow = options.allow if options.allow is not None else proposal.allow if proposal else ()
    if options.ledger is not None:
        allow = (*allow, *options.ledger.granted(date))
        never = (*never, *filter(None, [" | ".join(options.ledger.refused(date))]))
    margin = options.margin_km if options.margin_km is not None else proposal.margin_km if proposal else 0.0
    schedule = options.schedule or (proposal.schedule if proposal else None)
    if schedule is None and date == given.on:
        schedule = as_flown(given)
    if schedule is not None and schedule.on != date:
        msg = f"--on {date}: this proposal departs on {schedule.on} in UTC: give --depart and --speed instead"
        raise OverflightError(msg)
    operator = options.operator if options.operator is not None else proposal.operator if proposal else None
    rules = (options.avoid, options.never, options.allow, options.ledger, options.margin_km)
    own = (options.on, options.schedule, options.operator, *rules)
    overridden = any(value is not None for value in own) or options.view != VIEWS[0]
    if proposal is not None and not overridden:
        _tell(given, date)
        return Report(proposal.case(blocs=options.blocs), proposal)
    try:
        case = Case.of(
            given,
            on=date,
            avoid=avoid,
            never=never,
            allow=allow,
            margin=margin,
            max_extension_pct=proposal.max_extension_pct if proposal else None,
            schedule=schedule,
            view=options.view,
            blocs=options.blocs,
            find=_finder(proposal, options) if proposal else Path,
            operator=operator,
            max_speed=options.max_speed_kmh,
        )
    except OverflightError as error:
        if error.path[:1] not in {("allow",), ("operator",)}:
            raise
        raise type(error)(f"--{error}") from error
    _tell(given, date)
    return Report(case, proposal, overridden, gaps=answers_of(case), ledger=options.ledger)


def _finder(proposal: Proposal, options: Options) -> Find:
    """Return what finds files of areas: a name that stands in a rule of the proposal leads to no file elsewhere."""
    kept = [
        rule
        for typed, own in ((options.avoid, proposal.avoid), (options.never, proposal.never))
        for rule in (own if typed is None else ())
    ]
    return lambda text: proposal.find(text) if any(text in rule for rule in kept) else Path(text)


def _tell(given: Route, date: dt.date) -> None:
    """Tell what of a route's file was left out, joined or suspected, and where the date comes from."""
    told = list(given.remarks)
    if given.on is not None:
        told.append(f"dated {given.on}" + ("" if given.on == date else f", but judged as of {date}"))
    if told:
        note(f"note: {given.label}: {'; '.join(told)}")


def _is_file(argument: str) -> bool:
    """Tell whether an argument is a file, a folder or standard input rather than a place.

    Raises
    ------
    OverflightError
        If it is both, with both readings.
    """
    if argument == "-":
        return True
    path = Path(argument)
    looks_like_one = "/" in argument or "\\" in argument or path.suffix.lower() in ROUTE_SUFFIXES
    try:
        exists = bool(argument.strip()) and path.exists()
    except (OSError, ValueError):
        exists = False
    if not exists or looks_like_one:
        return looks_like_one
    try:
        there = place(argument)
    except OverflightError:
        return True
    msg = (
        f"{argument!r} can be read as a place and as {'a folder' if path.is_dir() else 'a file'}: "
        f"write ./{argument} for that, or {format_latlon(there.lon, there.lat)} for the place"
    )
    raise OverflightError(msg)


def _with_jumps(given: Route) -> Route:
    from overflight.routes.tracks import Track, with_jumps

    return with_jumps(given) if isinstance(given, Track) else given


def _from_argument(
    argument: str, options: Options, fixes: Fixes, kept: Callable[[Route], Route]
) -> Iterator[tuple[str, Report]]:
    """Yield what a file, those of a folder, or standard input hold, each with the name of the file."""
    from overflight.routes.files import MAX_BYTES, decode, parse_bytes, parse_file

    if argument == "-":
        if sys.stdin is None:
            raise OverflightError("standard input is closed: name a file, or pipe one in")
        raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        taken(STDIN, raw)
        if re.search(rb"^[ \t]*waypoints[ \t]*=", raw, re.MULTILINE) and raw.lstrip()[:1] not in b"{[<(":
            from overflight.proposals import parse_proposals

            text = decode(raw, "standard input")
            found = _from_proposals(parse_proposals(text, where="standard input"), options)
        else:
            found = (plan(kept(r), options) for r in parse_bytes(raw, "-", where="standard input", fixes=fixes))
        yield from ((STDIN, report) for report in found)
        return
    path = Path(argument)
    if path.is_fifo() and descriptor(path) is None:
        note(f"reading {argument}, a pipe, until its writer ends it")
    for file in _files_in(path) if path.is_dir() else [path]:
        if file.name.lower().endswith((".toml", ".route.geojson")):
            from overflight.proposals import read_proposals

            found = _from_proposals(read_proposals(file), options)
        else:
            found = (plan(kept(r), options) for r in parse_file(file, fixes, pipes=True))
        yield from ((str(file), report) for report in found)


def _from_proposals(proposals: Iterable[Proposal], options: Options) -> Iterator[Report]:
    asked_on = set()
    for proposal in proposals:
        if options.on is not None and (proposal.name, options.on) in asked_on:
            continue  # one of several dates, all of which the option overrides
        asked_on.add((proposal.name, options.on))
        try:
            yield plan(proposal.route, options, proposal)
        except ProposalError:
            raise
        except OverflightError as error:
            raise ProposalError(f"{proposal.where}: {error}") from error


def _files_in(folder: Path) -> list[Path]:
    files: list[Path] = []
    for at, _, names in os.walk(folder):  # which lets folders go that are gone before it gets there
        found = (os.path.join(at, name) for name in names if name.lower().endswith(FOLDER_SUFFIXES))  # noqa: PTH118
        files += [Path(path) for path in found if os.path.isfile(path)]  # noqa: PTH113 - never raises
        if len(files) > MAX_FILES:
            raise ProposalError(f"{folder}: more than {MAX_FILES} route files in it: give a smaller folder")
    if not files:
        msg = f"{folder}: no route file in this folder (*.route.toml, *.geojson, *.gpx, *.kml, *.csv ...): give another"
        raise ProposalError(msg)
    return sorted(files)
