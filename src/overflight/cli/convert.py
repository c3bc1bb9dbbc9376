"""`overflight convert`: routes from any format, or through places, to any other."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from overflight.cli.choices import OneOf
from overflight.cli.inputs import asked_routes
from overflight.cli.options import Command, Options, Reading, output_option, reading_options
from overflight.cli.writing import emit, emit_bytes, note
from overflight.routes import Route, write_routes
from overflight.routes.writing import WRITABLE, dump_routes, form_of_path

__all__ = ["convert"]

BINARY = frozenset({"kmz", "gpkg", "parquet"})


@click.command(
    cls=Command,
    short_help="Write routes in another format.",
    epilog="Example: overflight convert VKO MSQ BUD -o route.gpx",
)
@click.argument("what", nargs=-1, metavar="PLACE... | FILE...")
@reading_options
@click.option(
    "-f",
    "--format",
    "form",
    type=OneOf(tuple(WRITABLE)),
    metavar="FORMAT",
    help=f"{', '.join(WRITABLE)}. [default: by the suffix of -o, else geojson]",
)
@output_option
def convert(*, what: tuple[str, ...], reading: Reading, form: str | None, output: Path | None) -> int:
    """Write routes in another format: what `check` reads in; GeoJSON, GPX, KML, KMZ, CSV, WKT, GeoPackage ... out.

    Nothing is judged. GPX, CSV, fms (X-Plane) and garmin (XML) have the waypoints, plans (fpl) have them to whole
    minutes; the others have points along the geodesics, 25 km apart at most, cut at 180 degrees. Recorded flights
    keep their times in GPX and KML.
    """
    routes = [report.case.route for report in asked_routes(what, Options(), reading)]
    if output is None or str(output) == "-":
        _print(routes, form or "geojson")
    else:
        write_routes(routes, output, form=form or form_of_path(output))
        note(f"wrote {output}")
    if "fpl" in {form, "" if form or output is None else output.suffix.lower().removeprefix(".")}:
        note("note: a flight plan has coordinates to whole minutes only, up to 1.4 km off")
    return 0


def _print(routes: list[Route], form: str) -> None:
    data = dump_routes(routes, form)
    if form not in BINARY:
        emit(data.decode("utf-8"), None)
    elif sys.stdout.isatty():
        raise click.UsageError(f"{form} is no text: give a file with -o")
    else:
        emit_bytes(data, None)
