"""`overflight routes` and `overflight demo`: the best routes that obey, and whose consent each needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from overflight.cli.asking import asking_table
from overflight.cli.candidates import candidates_table, traded_table
from overflight.cli.choices import OneOf
from overflight.cli.costing import Costing, cost_options
from overflight.cli.found import telling
from overflight.cli.inputs import STUDY, plan
from overflight.cli.layers import Layering, layer_options, layer_table
from overflight.cli.ledgers import answer_options
from overflight.cli.options import (
    Command,
    Options,
    OutputFile,
    form_of,
    keep_apart,
    output_options,
    percent,
    read_by,
    rule_options,
    time_limit_option,
)
from overflight.cli.places import settled_one
from overflight.cli.progress import Line
from overflight.cli.publishing import Publication, publication_options
from overflight.cli.report import Report
from overflight.cli.screens import check_table
from overflight.cli.settings import context
from overflight.cli.telling import draw_reports, print_reports, tell
from overflight.cli.writing import aside, emit, is_fancy, note
from overflight.errors import DataError
from overflight.outside.files import check_place, reason_of
from overflight.routes import great_circle
from overflight.rules.avoid import KEPT_KM
from overflight.rules.lengths import parse_runway
from overflight.rules.rulesets import parse_distance
from overflight.rules.wording.studies import finding

if TYPE_CHECKING:
    from overflight.case import Case
    from overflight.detours import Candidates
    from overflight.detours.alternates import Airports
    from overflight.detours.tradeoff import Tradeoff
    from overflight.routes import Route

__all__ = ["demo", "routes"]

LEAST_LEFT_S = 1.0
"""Of a time limit, so much is left for the trade of length for km inside at least."""
DEMO_MAP = Path("maps/moscow-budapest.html")


@click.command(
    cls=Command,
    short_help="Find the best routes that obey, and whose consent they need.",
    epilog="Example: overflight routes VKO BUD --avoid icc --on 2025-10-23 --map m.html",
)
@click.argument("start", metavar="PLACE")
@click.argument("end", metavar="PLACE")
@rule_options
@answer_options
@cost_options
@layer_options
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
    type=OneOf(["consents", "km-inside"]),
    default="consents",
    show_default=True,
    help="What length is traded for; km-inside adds a table: length against km inside forbidden airspace.",
)
@click.option(
    "--by",
    type=OneOf(["length", "time"]),
    default="length",
    show_default=True,
    help="List the routes that were found by length from the fastest, as --aircraft and --wind have it.",
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
    help="Airports to divert to (icao; or lat, lon). [default: those with an ICAO and an IATA code and the runway]",
)
@click.option(
    "--runway",
    metavar="LENGTH",
    type=read_by(parse_runway),
    help="The runway that an airport to divert to must have: 2500m, 6500ft. [default: 2000m]",
)
@time_limit_option
@output_options()
@click.option("--map", "map_file", type=OutputFile(), metavar="FILE.html|svg|png|pdf", help="Draw them, too.")
@publication_options
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if no route obeys.")
def routes(
    *,
    start: str,
    end: str,
    options: Options,
    costing: Costing,
    layering: Layering,
    max_size: int,
    max_extension: float,
    more: int,
    front: str,
    by: str,
    reach: float | None,
    diversion: float | None,
    airports: Path | None,
    runway: float | None,
    time_limit_s: float | None,
    form: str | None,
    output: Path | None,
    map_file: Path | None,
    publication: Publication,
    exit_zero: bool,
) -> int:
    """Find candidates: the great circle, then the best routes that obey, by the consent they need.

    First the front, which trades length for consents, then other minimal sets of consents, then the alternatives of -k;
    with --by time, these from the fastest. They are searched for by length: in wind a longer one may be faster still.
    A route longer than --range stays in the list and says so. Where --time-limit ends the search (or 2 GB of memory, or
    Ctrl-C), what was found until then is printed, marked unfinished, each route with the gap that is proven. Exit
    status: 0 if one of them, within the range, obeys every rule without further consent, else 1. Compiled code is kept
    on disk: OVERFLIGHT_CACHE=FOLDER says where, OVERFLIGHT_CACHE= that nothing is.

    With --ledger, whose table of answers --granted and --refused add to: whom to ask next, and what each refusal would
    cost. An answer counts for flights from its date on, until the same state gives another one.

    They keep 1 NM off what is forbidden, farther where a border is less well known; --margin 0 goes as near as that is.
    """
    publication.check(map_file)
    keep_apart(output, map_file, form, embed=publication.embed, ledger=options.ledger)
    chosen = _to_divert_to(diversion, airports, runway)
    from overflight.detours.budget import Budget

    case, ledger = _keeping_off(great_circle(settled_one(start), settled_one(end)), options), options.ledger
    if ledger is not None and ledger.added:
        ledger.save()
        note(f"wrote {ledger.where}: {', '.join(f'{one.state.name} {one.answer}' for one in ledger.added)}")
    budget = Budget(time_limit_s)
    refusals = ledger is not None
    reports, found = _search(
        case, costing, max_size, time_limit_s, max_extension_pct=max_extension, more=more, refusals=refusals, by=by
    )
    entered = (layering.of(report.case, costing.aircraft, costing.wind) for report in reports)
    reports = [replace(report, ledger=ledger, entered=own) for report, own in zip(reports, entered, strict=True)]
    if chosen is not None and diversion is not None:
        reports = [_exposed(report, chosen, diversion) for report in reports]
        note(f"note: where to divert to: {chosen.told}")
    if reach is not None:
        reports = [replace(report, range_km=reach) for report in reports]
        if case.route.length_km > reach:
            note(f"note: even the great circle ({case.route.length_km:,.1f} km) is longer than the range")
    known = [c.route for c in found]
    traded = _traded(case, max_extension, known, max(budget.left_s, LEAST_LEFT_S)) if front == "km-inside" else None
    form = form_of(form, output)
    if found.shut and not (form == "table" and is_fancy(output)):  # a table for people says it anyway
        note(finding(found))
    with aside(map_file):
        if form == "table":
            second = "" if traded is None else "\n" + traded_table(traded, to_file=output)
            second += "" if ledger is None else "\n" + asking_table(found, to_file=output)
            second += layer_table([report.entered for report in reports], to_file=output)
            emit(candidates_table(reports, found, to_file=output) + second, output)
            for number, report in enumerate(reports, 1):
                for said in report.hangs_on:
                    note(f"note: route {number} hangs on this: {said}")
            first = replace(reports[0], costed=None) if is_fancy(output) else reports[0]  # said below its table
            tell([first], context([first]))
        else:
            print_reports(reports, form, output, found, traded)
    # last, so that a map that can't be written costs nothing that was found
    draw_reports(reports, map_file, found, publication)
    pairs = zip(reports, found, strict=True)
    free = any(r.verdict.passed and not c.consents and not r.beyond_range_km for r, c in pairs)
    return 0 if exit_zero or free else 1


def _keeping_off(direct: Route, options: Options) -> Case:
    """Make the case of a search: it keeps off what is forbidden, though nobody asks for it."""
    margin_km = KEPT_KM if options.margin_km is None else options.margin_km
    return plan(direct, replace(options, margin_km=margin_km)).case


def _exposed(report: Report, chosen: Airports, beyond_km: float) -> Report:
    """Work out how a candidate stands to where it could land, the states that it needs anyway consenting."""
    from overflight.detours.diversions import diversions

    case = report.case
    found = diversions(
        case.route,
        case.world,
        avoid=case.forbidden,
        never=case.unasked,
        beyond_km=beyond_km,
        allow=case.allow,
        airports=chosen,
    )
    return replace(report, exposure=found)


def _to_divert_to(diversion: float | None, airports: Path | None, runway: float | None) -> Airports | None:
    """Read where a flight could land: a list of one's own, or what of the table has the runway."""
    if diversion is None:
        for value, name, what in ((airports, "airports", "where to divert to"), (runway, "runway", "where to land")):
            if value is not None:
                raise click.UsageError(f"--{name} says {what}: say how far with --diversion 400km")
        return None
    from overflight.detours.alternates import RUNWAY_M, read_airports, suitable_airports  # few ask for diversions

    if airports is None:
        return suitable_airports(RUNWAY_M if runway is None else runway)
    if runway is not None:
        raise click.UsageError("--runway chooses among the airports of the table: leave it out with --airports")
    return read_airports(airports)


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
@publication_options
def demo(output: Path | None, time_limit_s: float | None, publication: Publication) -> int:
    """Run the Moscow-Budapest study on 2025-10-23: candidates, whose consent each needs, and the map.

    It is --avoid icc --never closed: Ukraine, whose airspace is closed, is a party, but nobody can ask it.
    """
    publication.check(output or DEMO_MAP, "-o")
    if output is None:
        output = _own_place()
    ends, on, rule, never = STUDY
    case = _keeping_off(great_circle(*ends), Options(on, (rule,), never=(never,)))
    reports, found = _search(case, Costing.usual(), 3, time_limit_s)
    with aside(output):
        emit(check_table(reports[:1]) + "\n" + candidates_table(reports, found), None)
        note(context(reports[:1]))
    draw_reports(reports, output, found, publication)
    return 0


def _search(
    case: Case,
    costing: Costing,
    max_size: int,
    time_limit_s: float | None,
    *,
    max_extension_pct: float = 250.0,
    more: int = 0,
    refusals: bool = False,
    by: str = "length",
) -> tuple[list[Report], Candidates]:
    """Find candidates, and judge each by the same rules as everybody else's route."""
    from overflight.detours import candidates
    from overflight.rules.assumptions import assumptions, other_view

    with Line() as line:
        found = candidates(
            case.route,
            case.world,
            avoid=case.forbidden,
            never=case.unasked,
            margin_km=case.margin_km,
            allow=case.allow,
            max_size=max_size,
            max_extension_pct=max_extension_pct,
            more=more,
            refusals=refusals,
            time_limit_s=time_limit_s,
            told=telling(line),
        )
    found = costing.in_order(found, case, by)
    other = other_view(case.world, case.on)
    reports = []
    for candidate in found:
        # the rules as they were typed, one finding each; a detour is judged with the consents that it needs
        consents = candidate.consents if candidate.route.kind == "detour" else ()
        own = case.with_route(candidate.route).allowing(consents)
        hangs_on = assumptions(own.verdict, own.rules, other)
        reports.append(Report(own, candidate=candidate, hangs_on=hangs_on, costed=costing.of(own, candidate)))
    return reports, found


def _traded(case: Case, max_extension_pct: float, known: Sequence[Route], time_limit_s: float) -> tuple[Tradeoff, ...]:
    """Trade length for km inside forbidden airspace."""
    from overflight.detours.tradeoff import front

    return front(
        case.route,
        case.world,
        avoid=case.forbidden,
        never=case.unasked,
        allow=case.allow,
        max_extension_pct=max_extension_pct,
        known=known,
        time_limit_s=time_limit_s,
    )


def _own_place() -> Path:
    """Make the folder for the map of a demo that names none."""
    try:
        DEMO_MAP.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise DataError(f"{DEMO_MAP.parent}: can't be made ({reason_of(error)}): choose a place with -o") from error
    check_place(DEMO_MAP)
    return DEMO_MAP
