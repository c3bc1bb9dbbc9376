"""`overflight batch`: millions of routes, Parquet in, Parquet out."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from overflight.airspace.bans import notices
from overflight.cli.choices import OneOf
from overflight.cli.costing import Costing, flown_options
from overflight.cli.options import Command, Options, OutputFile, form_of, keep_apart, rule_options, today
from overflight.cli.tables import csv_text, table_text
from overflight.cli.writing import aside, emit, emit_bytes, note
from overflight.errors import DataError
from overflight.outside.printable import json_text

if TYPE_CHECKING:
    from overflight.batch import Progress, Result, Settings
    from overflight.batch.inputs import Input

__all__ = ["batch"]

WHOLE, REFUSED = 0, 1
LOG_S = 10.0
"""Seconds between two lines of progress where there is no terminal."""
ROLES = {
    "route": ("--id", "Ids of routes."),
    "start": ("--from", "Of pairs: airport codes of the origin."),
    "end": ("--to", "Of pairs: airport codes of the destination."),
    "geometry": ("--geometry", "Of lines: WKB or GeoArrow."),
    "time": ("--time", "Of points: when."),
    "lon": ("--lon", "Of points: longitude."),
    "lat": ("--lat", "Of points: latitude."),
    "date": ("--date", "The day by which each route is judged."),
}


def _column_options(command: Any) -> Any:  # noqa: ANN401 - a click callback
    for role, (flag, text) in reversed(ROLES.items()):
        command = click.option(flag, role, metavar="COLUMN", help=text)(command)
    return command


@click.command(
    cls=Command,
    short_help="Judge millions of routes: Parquet in, Parquet out.",
    epilog="Example: overflight batch flights.parquet -o out --avoid icc --on 2025-10-23",
)
@click.argument("inputs", nargs=-1, metavar="IN...")
@click.option("-o", "--output", type=Path, metavar="OUT", help="The folder to be made.")
@rule_options
@click.option("--marginal", is_flag=True, help="Tell clear from marginal, too: 5 ms a route that enters nothing.")
@_column_options
@flown_options
@click.option("--without", metavar="RULESET", help="What it would cost if that were closed: POL; prints the sums.")
@click.option("--without-each", metavar="RULESET", help="The same for each of its states, closed by itself: eu.")
@click.option("--resume", is_flag=True, help="Go on with a run that was interrupted.")
@click.option("--threads", type=click.IntRange(1, 1024), help="How many to use. [default: one a processor]")
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="Work on a Dask cluster.")
@click.option("--summary", is_flag=True, help="Count flights and km of a finished answer, given as IN.")
@click.option("-f", "--format", "form", type=OneOf(("table", "json", "csv")), help="How to print the summary.")
@click.option(
    "--map", "map_file", type=OutputFile(), metavar="FILE.html", help="Draw the summary's flights by airspace."
)
@click.option("--schema", "show_schema", is_flag=True, help="Print the columns of the answer, and their meaning.")
def batch(
    *,
    inputs: tuple[str, ...],
    output: Path | None,
    options: Options,
    marginal: bool,
    costing: Costing,
    without: str | None,
    without_each: str | None,
    resume: bool,
    threads: int | None,
    scheduler: str | None,
    summary: bool,
    form: str | None,
    map_file: Path | None,
    show_schema: bool,
    **columns: str | None,
) -> int:
    """Judge millions of routes: Parquet in (files, folders, globs), a folder of Parquet out.

    IN has two columns of airport codes, or a column of lines (WKB, GeoArrow), or points (time, lon, lat): the positions
    of recorded flights, told apart and cleaned as check does it, by aircraft, callsign or --id. Columns are found by
    their usual names, or named by options. OUT holds crossings/, verdicts/, rejects.parquet (rows that
    are no routes, with the reason) and _manifest.json; until all is done it is named OUT.partial.

    Exit status: 0 every row is judged, 1 some were refused, 2 bad usage or data, or not finished.
    """
    _need_pyarrow()
    from overflight.batch import run
    from overflight.batch.schema import describe

    if show_schema:
        click.echo(describe(), nl=False)
        return WHOLE
    if without is not None or without_each is not None:
        from overflight.cli.pricing import priced_batch

        if without is not None and without_each is not None:
            raise click.UsageError("--without closes all of it at once, --without-each one state at a time: give one")
        teller = _Teller()
        try:
            return priced_batch(
                inputs,
                output,
                options,
                columns,
                without=without or without_each or "",
                each=without is None,
                aircraft=costing.aircraft.name,
                wind=costing.wind,
                form=form,
                map_file=map_file,
                threads=threads,
                scheduler=scheduler,
                tell=teller,
            )
        finally:
            teller.end()
    if summary:
        return _summary(inputs, form, output, map_file)
    if form or map_file:
        raise click.UsageError("-f and --map go with --summary")
    if not inputs or output is None:
        raise click.UsageError("give Parquet files, and the folder to be made: IN.parquet -o OUT.parquet")
    if options.margin_km and not marginal:
        raise click.UsageError("--margin asks how near routes come: add --marginal")
    if options.on is not None and columns["date"] is not None:
        raise click.UsageError("--on is one date for all, --date a column of dates: give one of them")
    teller = _Teller()
    try:
        result = run(
            inputs,
            output,
            lambda files: _settings(files, options, columns, costing, marginal=marginal),
            resume=resume,
            scheduler=scheduler,
            threads=threads,
            tell=teller,
            say=note,
        )
    except KeyboardInterrupt:
        teller.end()
        note(f"stopped; what is done is in {output}.partial: go on with --resume")
        raise
    finally:
        teller.end()
    _tell(result, output)
    return WHOLE if result.whole else REFUSED


def _summary(inputs: Sequence[str], form: str | None, output: Path | None, map_file: Path | None) -> int:
    """Print flights and km by rule, state and date; draw them, if asked to."""
    from overflight.batch.density import density_page
    from overflight.batch.summary import summarise

    output = None if output is None else OutputFile().convert(output, None, None)
    keep_apart(output, map_file, form)
    if len(inputs) != 1:
        raise click.UsageError("give one answer of overflight batch: --summary OUT.parquet")
    found = summarise(Path(inputs[0]))
    if map_file is not None:
        emit_bytes(density_page(found).encode("utf-8", errors="backslashreplace"), map_file)
    form = form_of(form, output, ("json", "csv"))
    header = ("by", "what", "flights", "km")
    if form == "json":
        lines = [line._asdict() for line in found.lines]
        document = {**found.facts, "schema": 1, "counts": found.counts, "lines": lines}
        text = json_text(document, indent=1) + "\n"
    elif form == "csv":
        text = csv_text(header, found.lines)
    else:
        text = table_text(header, found.lines, to_file=output)
    with aside(map_file):
        emit(text, output)
    return WHOLE


def _need_pyarrow() -> None:
    try:
        import pyarrow as pa  # noqa: F401 - to see whether it is there
    except ImportError as error:
        raise DataError("batch reads and writes Parquet by pyarrow: pip install 'overflight[arrow]'") from error


def _settings(
    files: Sequence[Input],
    options: Options,
    columns: dict[str, str | None],
    costing: Costing,
    *,
    marginal: bool,
) -> Settings:
    """Find the columns, and say what was found, by which date routes are judged, and what flies them."""
    from overflight.batch import Settings
    from overflight.batch.columns import columns_in

    found = columns_in(files, columns, dated=options.on is None)
    day = options.on or today()
    by_time = found.kind == "points" and options.on is None and found.date is None
    settings = Settings(
        columns=found,
        on=day,
        avoid=options.avoid or (),
        never=options.never or (),
        allow=options.allow or (),
        view=options.view,
        blocs=options.blocs,
        marginal=marginal,
        margin_km=options.margin_km or 0.0,
        by_time=by_time,
        operator=options.operator,
        aircraft=costing.aircraft.name if costing.asked else None,
        wind=costing.wind,
    )
    held = {role: getattr(found, role) for role in ROLES}
    called = {**{role: ROLES[role][0][2:] for role in ROLES}, "aircraft": "aircraft", "callsign": "callsign"}
    held |= {"aircraft": found.aircraft, "callsign": found.callsign}
    told = ", ".join(f"{called[role]} {name!r}" for role, name in held.items() if name is not None)
    when = f"each on its {found.date!r}" if found.date else "each crossing on its own day" if by_time else f"on {day}"
    by = [f"{key} {', '.join(texts)}" for key, texts in (("avoid", settings.avoid), ("never", settings.never)) if texts]
    rules = "; ".join(by) or "no rule given (--avoid icc)"
    note(f"{len(files)} file{'s' * (len(files) != 1)} of {found.kind}: {told}; {when}; {rules}")
    if any(area.has_limits for area in settings.areas):
        note("areas with a floor or a ceiling are entered at any altitude, for none is known in a batch")
    if settings.flies is not None:
        air = "without wind" if costing.wind == "none" else "in the mean wind of the season"
        note(f"time, fuel and CO2 are estimates, from _low to _high: {settings.flies.words} {air}")
    for text in ([settings.who.words] if settings.who else []) + list(notices(settings.rules, settings.who)):
        note(f"note: {text}")
    return settings


class _Teller:
    """Says how far a run is: one line that is written over on a terminal, else a line now and then."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self.last = time.monotonic() if not self.terminal else 0.0
        self.shown = 0

    def __call__(self, progress: Progress) -> None:
        """Say it, if the last time is long enough ago."""
        now = time.monotonic()
        if now - self.last < (0.2 if self.terminal else LOG_S):
            return
        self.last = now
        share = progress.rows / progress.of if progress.of else 1.0
        left = progress.left_s
        line = (
            f"{progress.what}: {100 * share:.0f} %, {progress.rows:,} of {progress.of:,} rows, {progress.rate:,.0f} a "
            f"second, {'time left not known yet' if left is None else _span(left) + ' left'}"
        )
        if self.terminal:
            filled = int(20 * share)
            line = f"[{'#' * filled}{'.' * (20 - filled)}] {line}"
            click.echo("\r" + line.ljust(self.shown), nl=False, err=True)
            self.shown = len(line)
        else:
            note(line)

    def end(self) -> None:
        """Leave the line."""
        if self.shown:
            click.echo(err=True)
            self.shown = 0


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _tell(result: Result, output: Path) -> None:
    lost = f", and {result.files_refused} files that could not be read at all" if result.files_refused else ""
    note(
        f"{result.rows:,} rows: {result.judged:,} judged, {result.refused:,} refused{lost}; {result.routes:,} routes, "
        f"{result.crossings:,} crossings; wrote {output}"
    )
    if not result.whole:
        note(f"why rows were refused: {output / 'rejects.parquet'}")
