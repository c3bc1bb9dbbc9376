"""`overflight check` and `overflight map`: judge routes through places, or those of files, and draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from overflight.cli.costing import Costing, cost_options, flown_options
from overflight.cli.evidence import Witnessed, report_option, write_evidence
from overflight.cli.flown import max_speed_option
from overflight.cli.inputs import asked_routes
from overflight.cli.layers import Layering, layer_options
from overflight.cli.ledgers import ledger_option
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
    reading_options,
    rule_options,
    schedule_options,
)
from overflight.cli.publishing import Publication, publication_options
from overflight.cli.report import Report
from overflight.cli.settings import context
from overflight.cli.telling import draw_reports, print_reports, tell
from overflight.cli.writing import aside, emit

__all__ = ["check", "map_"]


@click.command(
    cls=Witnessed,
    short_help="Judge a route through places, or those of files.",
    epilog="Example: overflight check VKO MSQ BUD --avoid icc --on 2025-10-23 -f json",
)
@click.argument("what", nargs=-1, metavar="PLACE... | FILE...")
@rule_options
@ledger_option
@schedule_options
@max_speed_option
@cost_options
@layer_options
@reading_options
@output_options(formats=(*FORMATS, *CI_FORMATS))
@click.option("--map", "map_file", type=OutputFile(), metavar="FILE.html|svg|png|pdf", help="Draw it, too.")
@publication_options
@report_option
@click.option(
    "--as-expected", is_flag=True, help="A proposal fails if it does not do what it expects, not by its rules."
)
@click.option("--exact", is_flag=True, help="At a terminal, each crossing a row, short ones along a border, too.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if a rule fails.")
def check(
    *,
    what: tuple[str, ...],
    options: Options,
    reading: Reading,
    costing: Costing,
    layering: Layering,
    form: str | None,
    output: Path | None,
    map_file: Path | None,
    publication: Publication,
    report_file: Path | None,
    as_expected: bool,
    exact: bool,
    exit_zero: bool,
) -> int:
    """Judge one route through places, or the routes of files, folders and - (standard input).

    A place is an IATA or ICAO code (VKO, UUWW), a city in any usual name and script (Kyiv, "Odessa, Ukraine", MOW),
    lat,lon in degrees (55.5915,37.2615) or an ICAO coordinate (5536N03716E). A city stands for its main airport; where
    it has several, or several cities have the name, you are asked at a terminal, and told which elsewhere. Files are
    GeoJSON, GPX, KML, KMZ, CSV (lon,lat[,name][,route]), WKT, GeoPackage, GeoParquet, ICAO flight plans, what trackers,
    loggers and planners write, and proposals (*.route.toml, *.route.geojson), which bring their own date and rules;
    options override them. A recorded flight is judged as of its own date; what of it was left out is told, and whom it
    must have, could have and can't have crossed where nothing was recorded, at --max-speed or less. Legs are geodesics,
    whatever the file.
    """
    publication.check(map_file)
    keep_apart(output, map_file, form, report=report_file, embed=publication.embed, ledger=options.ledger)
    reports = asked_routes(what, options, reading)
    reports = _costed(reports, costing)
    reports = _entered(reports, layering, costing)
    draw_reports(reports, map_file, publication=publication)
    if report_file is not None:
        write_evidence(reports, report_file, options)
    form = form_of(form, output)
    with aside(map_file, report_file):
        if form in CI_FORMATS:
            from overflight.cli.ci import as_ci

            emit(as_ci(reports, form, by_expectation=as_expected), output)
            # a briefing has said what became of claims
            tell([replace(one, proposal=None) for one in reports] if form == "briefing" else reports, context(reports))
        else:
            print_reports(reports, form, output, exact=exact)
    if as_expected:
        from overflight.cli.ci import fails

        failed = any(map(fails, reports))
    else:
        failed = not all(report.verdict.passed for report in reports)
    return 1 if failed and not exit_zero else 0


def _costed(reports: Sequence[Report], costing: Costing) -> list[Report]:
    """Work out what each route costs that somebody named an aircraft for."""
    return [
        report if (flown := costing.by(report.proposal)) is None else replace(report, costed=flown.of(report.case))
        for report in reports
    ]


def _entered(reports: Sequence[Report], layering: Layering, costing: Costing) -> list[Report]:
    """List what each route enters of a layer, flown as its cost is worked out."""
    flown = [costing.by(report.proposal) or costing for report in reports]
    return [
        replace(report, entered=layering.of(report.case, one.aircraft, one.wind))
        for report, one in zip(reports, flown, strict=True)
    ]


@click.command(
    "map",
    cls=Command,
    short_help="Draw routes on one self-contained page.",
    epilog="Example: overflight map routes/ --avoid icc --on 2025-10-23 -o routes.html",
)
@click.argument("what", nargs=-1, metavar="FILE... | PLACE...")
@rule_options
@max_speed_option
@flown_options
@layer_options
@reading_options
@click.option(
    "-o", "--output", type=OutputFile(), required=True, metavar="FILE.html|svg|png|pdf", help="The map, one file."
)
@publication_options
def map_(
    *,
    what: tuple[str, ...],
    options: Options,
    reading: Reading,
    costing: Costing,
    layering: Layering,
    output: Path,
    publication: Publication,
) -> int:
    """Draw routes on one self-contained page: files, folders, - or places, and the JSON that `check` printed.

    Where the name of the file ends in .svg, .png or .pdf, it is a picture for paper; that needs matplotlib.
    """
    publication.check(output, "-o")
    reports = _costed(asked_routes(what, options, reading), costing)
    reports = _entered(reports, layering, costing)
    draw_reports(reports, output, publication=publication)
    tell(reports, None)
    return 0
