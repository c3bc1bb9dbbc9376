"""The commands, each thin: parse, call, print."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from overflight.cli.candidates import candidates_table, traded_table
from overflight.cli.inputs import STUDY, asked_routes, plan
from overflight.cli.options import (
    CI_FORMATS,
    FORMATS,
    Command,
    Options,
    OutputFile,
    Reading,
    form_of,
    keep_apart,
    output_options,
    percent,
    read_by,
    reading_options,
    rule_options,
    schedule_options,
    time_limit_option,
)
from overflight.cli.report import (
    Report,
    as_geojson,
    as_json,
    context,
    crossing_table,
    exposed,
)
from overflight.cli.screens import check_table
from overflight.cli.tables import csv_text
from overflight.cli.writing import aside, emit, emit_bytes, is_fancy, note, note_age
from overflight.errors import DataError, OverflightError
from overflight.outside.files import check_place, reason_of
from overflight.routes import great_circle
from overflight.routes.places import closed_since
from overflight.rules.rulesets import parse_distance, united

if TYPE_CHECKING:
    from overflight.case import Case
    from overflight.detours import Candidates
    from overflight.detours.tradeoff import Tradeoff
    from overflight.routes import Route

__all__ = ["check", "demo", "map_", "routes"]

LEAST_LEFT_S = 1.0
"""Of a time limit, so much is left for the trade of length for km inside at least."""
DEMO_MAP = Path("maps/moscow-budapest.html")


@click.command(
    cls=Command,
    short_help="Judge a route through places, or those of files.",
    epilog="Example: overflight check VKO MSQ BUD --avoid icc --on 2025-10-23 -f json",
)
@click.argument("what", nargs=-1, metavar="PLACE... | FILE...")
@rule_options
@schedule_options
@reading_options
@output_options(formats=(*FORMATS, *CI_FORMATS))
@click.option("--map", "map_file", type=OutputFile(), metavar="FILE.html|svg|png|pdf", help="Draw it, too.")
@click.option(
    "--as-expected", is_flag=True, help="A proposal fails if it does not do what it expects, not by its rules."
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if a rule fails.")
def check(
    *,
    what: tuple[str, ...],
    options: Options,
    reading: Reading,
    form: str | None,
    output: Path | None,
    map_file: Path | None,
    as_expected: bool,
    exit_zero: bool,
) -> int:
    """Judge one route through places, or the routes of files, folders and - (standard input).

    A place is an IATA or ICAO code (VKO, UUWW), lat,lon in degrees (55.5915,37.2615) or an ICAO coordinate
    (5536N03716E). Files are GeoJSON, GPX, KML, KMZ, CSV (lon,lat[,name][,route]), WKT, GeoPackage, GeoParquet, ICAO
    flight plans, what trackers, loggers and planners write, and proposals (*.route.toml, *.route.geojson), which bring
    their own date and rules; options override them. A recorded flight is judged as of its own date; what of it was left
    out is told. Legs are geodesics, whatever the file.
    """
    keep_apart(output, map_file, form)
    reports = asked_routes(what, options, reading)
    if map_file is not None:
        _draw(reports, map_file)
    form = form_of(form, output)
    with aside(map_file):
        if form in CI_FORMATS:
            from overflight.cli.ci import as_ci

            emit(as_ci(reports, form, by_expectation=as_expected), output)
            _tell(reports, context(reports))
        else:
            _print(reports, form, output)
    if as_expected:
        from overflight.cli.ci import fails

        failed = any(map(fails, reports))
    else:
        failed = not all(report.verdict.passed for report in reports)
    return 1 if failed and not exit_zero else 0


@click.command(
    cls=Command,
    short_help="Find the best routes that obey, and whose consent they need.",
    epilog="Example: overflight routes VKO BUD --avoid icc --on 2025-10-23 --map m.html",
)
@click.argument("start", metavar="PLACE")
@click.argument("end", metavar="PLACE")
@rule_options
@click.option(
    "--max-size",
    type=click.IntRange(0, 6),
    default=3,
    show_default=True,
    metavar="N",
    help="Most states to ask beyond those of start and destination.",
)
@click.option(
    "--max-extension",
    type=percent,
    default="250",
    show_default=True,
    metavar="PCT",
    help="Look for no detour that adds more per cent, unless there is none.",
)
@click.option(
    "-k",
    "more",
    type=click.IntRange(0, 20),
    default=0,
    show_default=True,
    metavar="N",
    help="Also N routes that go another way, such as round the other side of a sea.",
)
@click.option(
    "--front",
    type=click.Choice(["consents", "km-inside"]),
    default="consents",
    show_default=True,
    help="What length is traded for; km-inside adds a table: length against km inside forbidden airspace.",
)
@click.option(
    "--range",
    "reach",
    metavar="DISTANCE",
    type=read_by(parse_distance),
    help="Mark routes longer than this: 6000km, 3200nm.",
)
@click.option(
    "--diversion",
    metavar="DISTANCE",
    type=read_by(parse_distance),
    help="Tell how far a route runs beyond this, as 400km, of any airport outside states that forbid.",
)
@click.option(
    "--airports",
    type=Path,
    metavar="FILE.csv",
    help="Airports to divert to (icao; or lat, lon). [default: those with an ICAO and an IATA code]",
)
@time_limit_option
@output_options()
@click.option("--map", "map_file", type=OutputFile(), metavar="FILE.html|svg|png|pdf", help="Draw them, too.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if no route obeys.")
def routes(
    *,
    start: str,
    end: str,
    options: Options,
    max_size: int,
    max_extension: float,
    more: int,
    front: str,
    reach: float | None,
    diversion: float | None,
    airports: Path | None,
    time_limit_s: float | None,
    form: str | None,
    output: Path | None,
    map_file: Path | None,
    exit_zero: bool,
) -> int:
    """Find candidates: the great circle, then the best routes that obey, by the consent they need.

    First the front, which trades length for consents, then other minimal sets of consents, then the alternatives of -k.
    A route longer than --range stays in the list and says so. Where --time-limit ends the search (or 2 GB of memory, or
    Ctrl-C), what was found until then is printed, marked unfinished, each route with the gap that is proven. Exit
    status: 0 if one of them, within the range, obeys every rule without further consent, else 1. Compiled code is kept
    on disk: OVERFLIGHT_CACHE=FOLDER says where, OVERFLIGHT_CACHE= that nothing is.
    """
    keep_apart(output, map_file, form)
    if airports is not None and diversion is None:
        raise click.UsageError("--airports says where to divert to: say how far with --diversion 400km")
    from overflight.detours.diversions import read_airports, suitable_airports  # few ask for diversions

    own = read_airports(airports) if airports is not None else None
    from overflight.detours.budget import Budget

    case = plan(great_circle(start, end), options).case
    budget = Budget(time_limit_s)
    reports, found = _search(case, max_size, time_limit_s, max_extension_pct=max_extension, more=more)
    if diversion is not None:
        reports = [exposed(report, own or suitable_airports(), diversion) for report in reports]
    if reach is not None:
        reports = [replace(report, range_km=reach) for report in reports]
        if case.route.length_km > reach:
            note(f"note: even the great circle ({case.route.length_km:,.1f} km) is longer than the range")
    known = [c.route for c in found]
    traded = _traded(case, max_extension, known, max(budget.left_s, LEAST_LEFT_S)) if front == "km-inside" else None
    form = form_of(form, output)
    with aside(map_file):
        if form == "table":
            second = "" if traded is None else "\n" + traded_table(traded, to_file=output)
            emit(candidates_table(reports, found, to_file=output) + second, output)
            for number, report in enumerate(reports, 1):
                for said in report.hangs_on:
                    note(f"note: route {number} hangs on this: {said}")
            _tell(reports[:1], context(reports[:1]))
        else:
            _print(reports, form, output, found, traded)
    if map_file is not None:  # last, so that a map that can't be written costs nothing that was found
        _draw(reports, map_file, found)
    pairs = zip(reports, found, strict=True)
    free = any(r.verdict.passed and not c.consents and not r.beyond_range_km for r, c in pairs)
    return 0 if exit_zero or free else 1


@click.command(
    "map",
    cls=Command,
    short_help="Draw routes on one self-contained page.",
    epilog="Example: overflight map routes/ --avoid icc --on 2025-10-23 -o routes.html",
)
@click.argument("what", nargs=-1, metavar="FILE... | PLACE...")
@rule_options
@reading_options
@click.option(
    "-o", "--output", type=OutputFile(), required=True, metavar="FILE.html|svg|png|pdf", help="The map, one file."
)
def map_(what: tuple[str, ...], options: Options, reading: Reading, output: Path) -> int:
    """Draw routes on one self-contained page: files, folders, - or places, and the JSON that `check` printed.

    Where the name of the file ends in .svg, .png or .pdf, it is a picture for paper; that needs matplotlib.
    """
    reports = asked_routes(what, options, reading)
    _draw(reports, output)
    _tell(reports, None)
    return 0


@click.command(
    short_help="Run the Moscow-Budapest study, its map included.",
    epilog="Example: overflight demo -o moscow-budapest.html",
)
@click.option(
    "-o",
    "--output",
    type=OutputFile(),
    metavar="FILE.html|svg|png|pdf",
    help=f"Where the map goes. [default: {DEMO_MAP}]",
)
@time_limit_option
def demo(output: Path | None, time_limit_s: float | None) -> int:
    """Run the Moscow-Budapest study on 2025-10-23: candidates, whose consent each needs, and the map."""
    if output is None:
        output = _own_place()
    ends, on, rule = STUDY
    case = plan(great_circle(*ends), Options(on, (rule,))).case
    reports, found = _search(case, 3, time_limit_s)
    with aside(output):
        emit(check_table(reports[:1]) + "\n" + candidates_table(reports, found), None)
        note(context(reports[:1]))
    _draw(reports, output, found, title="Moscow to Budapest")
    return 0


def _search(
    case: Case, max_size: int, time_limit_s: float | None, *, max_extension_pct: float = 250.0, more: int = 0
) -> tuple[list[Report], Candidates]:
    """Find candidates, and judge each by the same rules as everybody else's route."""
    from overflight.detours import candidates
    from overflight.rules.assumptions import assumptions, other_view

    if case.sets and sys.stderr.isatty():
        note("looking for routes that obey; this takes up to half a minute, seldom longer")
    found = candidates(
        case.route,
        case.world,
        avoid=case.forbidden,
        margin_km=case.margin_km,
        allow=case.allow,
        max_size=max_size,
        max_extension_pct=max_extension_pct,
        more=more,
        time_limit_s=time_limit_s,
    )
    other = other_view(case.world, case.on)
    reports = []
    for candidate in found:
        # the rules as they were typed, one finding each; a detour is judged with the consents that it needs
        consents = candidate.consents if candidate.route.kind == "detour" else ()
        own = case.with_route(candidate.route).allowing(consents)
        reports.append(Report(own, candidate=candidate, hangs_on=assumptions(own.verdict, own.rules, other)))
    return reports, found


def _traded(case: Case, max_extension_pct: float, known: Sequence[Route], time_limit_s: float) -> tuple[Tradeoff, ...]:
    """Trade length for km inside forbidden airspace."""
    from overflight.detours.tradeoff import front

    return front(
        case.route,
        case.world,
        avoid=case.forbidden,
        allow=case.allow,
        max_extension_pct=max_extension_pct,
        known=known,
        time_limit_s=time_limit_s,
    )


def _print(
    reports: Sequence[Report],
    form: str,
    output: Path | None,
    found: Candidates | None = None,
    traded: Sequence[Tradeoff] | None = None,
) -> None:
    """Print reports, and by which date and rules they were made."""
    if form == "json":
        text = as_json(reports, found, traded)
    elif form == "csv":
        text = csv_text(*crossing_table(reports))
    elif form == "geojson":
        text = as_geojson(reports)
    else:
        text = check_table(reports, to_file=output)
    emit(text, output)
    _tell(reports, None if form == "table" and is_fancy(output) else context(reports))


def _tell(reports: Sequence[Report], settings: str | None) -> None:
    """Say on standard error by which date and rules reports were made, and what is odd about these."""
    cases = [r.case for r in reports]
    if settings:
        note(settings)
        for text in dict.fromkeys(text for report in reports for text in report.verdict.reservations):
            note(f"marginal: {text}")
    for text in dict.fromkeys(text for report in reports for text in report.verdict.remarks):
        note(f"note: {text}")
    note_age(cases[0].world, (case.on for case in cases))
    for name, on in dict.fromkeys((w.name, case.on) for case in cases for w in case.route.waypoints):
        if (closed := closed_since(name)) and closed <= on.isoformat():
            note(f"note: the airport {name} was closed on {closed}")
    for text, on in dict.fromkeys((s.text, case.on) for case in cases for s in case.sets if not s):
        note(f"note: rule set {text!r} has no member on {on}")


def _draw(
    reports: Sequence[Report],
    path: Path,
    found: Candidates | None = None,
    title: str | None = None,
) -> None:
    """Draw what was judged."""
    from overflight.maps import draw

    dates = {r.case.on for r in reports}
    if len(dates) > 1:
        raise OverflightError(f"the routes have {len(dates)} different dates, a map shows one: give --on 2025-10-23")
    avoid = united(r.case.forbidden for r in reports)
    (on,) = dates
    world = reports[0].case.world
    items = found if found is not None else [r.verdict for r in reports]
    schedules = {r.case.schedule for r in reports}
    schedule = schedules.pop() if len(schedules) == 1 else None
    clock = schedule.clock if schedule else None
    drawn = draw(world, items, on=on, avoid=avoid, title=title, clock=clock)
    if str(path) == "-":
        emit_bytes(drawn.html(), None)
        return
    drawn.save(path)
    note(f"wrote {path}")


def _own_place() -> Path:
    """Make the folder for the map of a demo that names none."""
    try:
        DEMO_MAP.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise DataError(f"{DEMO_MAP.parent}: can't be made ({reason_of(error)}): choose a place with -o") from error
    check_place(DEMO_MAP)
    return DEMO_MAP
