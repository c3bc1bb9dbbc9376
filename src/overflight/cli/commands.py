"""The commands, each thin: parse, call, print."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from overflight.cli.inputs import Asked, asked_routes, plan
from overflight.cli.options import Command, Options, form_of, output_options, rule_options
from overflight.cli.report import (
    Report,
    as_csv,
    as_geojson,
    as_json,
    candidates_table,
    check_table,
    context,
    judge_all,
)
from overflight.cli.writing import emit, is_fancy, note, note_age
from overflight.errors import DataError, OverflightError
from overflight.routes import great_circle
from overflight.rulesets import united

if TYPE_CHECKING:
    from overflight.detours import Candidates

__all__ = ["check", "demo", "map_", "routes"]

DEMO = (("VKO", "BUD"), dt.date(2025, 10, 23), "icc")


@click.command(
    cls=Command,
    epilog="Example: overflight check VKO MSQ BUD --avoid icc --on 2025-10-23 -f json",
)
@click.argument("what", nargs=-1, metavar="PLACE... | FILE...")
@rule_options
@output_options()
@click.option("--map", "map_file", type=Path, metavar="FILE.html|svg|png|pdf", help="Draw it, too.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if a rule fails.")
def check(
    *,
    what: tuple[str, ...],
    options: Options,
    form: str | None,
    output: Path | None,
    map_file: Path | None,
    exit_zero: bool,
) -> int:
    """Judge one route through places, or the routes of files, folders and - (standard input).

    A place is an IATA or ICAO code (VKO, UUWW), lat,lon in degrees (55.5915,37.2615) or an ICAO coordinate
    (5536N03716E). Files are GeoJSON, CSV (lon,lat[,name][,route]) and *.route.toml proposals, which bring their own
    date and rules; options override them.
    """
    _keep_apart(output, map_file)
    reports = judge_all(asked_routes(what, options))
    if map_file is not None:
        _draw(reports, map_file)
    _print(reports, form_of(form, output), output)
    return 0 if exit_zero or all(r.verdict.passed for r in reports) else 1


@click.command(
    cls=Command,
    epilog="Example: overflight routes VKO BUD --avoid icc --on 2025-10-23 --map vko-bud.html",
)
@click.argument("start", metavar="PLACE")
@click.argument("end", metavar="PLACE")
@rule_options
@click.option(
    "--max-size",
    type=click.IntRange(0, 6),
    default=3,
    show_default=True,
    help="Most states to ask beyond those of start and destination.",
)
@output_options()
@click.option("--map", "map_file", type=Path, metavar="FILE.html|svg|png|pdf", help="Draw them, too.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if no route obeys.")
def routes(
    *,
    start: str,
    end: str,
    options: Options,
    max_size: int,
    form: str | None,
    output: Path | None,
    map_file: Path | None,
    exit_zero: bool,
) -> int:
    """Find candidates: the great circle, then the best routes that obey, by the consent they need.

    Exit status: 0 if one of them obeys every rule without further consent, else 1.
    """
    _keep_apart(output, map_file)
    asked = plan(great_circle(start, end), options)
    reports, found = _search(asked, max_size)
    if map_file is not None:
        _draw(reports, map_file, found)
    form = form_of(form, output)
    if form == "table":
        emit(candidates_table(reports, found, to_file=output), output)
        _tell(reports[:1], context([asked]))
    else:
        _print(reports, form, output, found)
    free = any(r.verdict.passed and not c.consents for r, c in zip(reports, found, strict=True))
    return 0 if exit_zero or free else 1


@click.command(
    "map",
    cls=Command,
    epilog="Example: overflight map routes/ --avoid icc --on 2025-10-23 -o routes.html",
)
@click.argument("what", nargs=-1, metavar="FILE... | PLACE...")
@rule_options
@click.option("-o", "--output", type=Path, required=True, metavar="FILE.html|svg|png|pdf", help="The map, one file.")
def map_(what: tuple[str, ...], options: Options, output: Path) -> int:
    """Draw routes on one self-contained page: files, folders, - or places, and the JSON that `check` printed.

    Where the name of the file ends in .svg, .png or .pdf, it is a picture for paper; that needs matplotlib.
    """
    reports = judge_all(asked_routes(what, options))
    _draw(reports, output)
    _tell(reports, None)
    return 0


@click.command(epilog="Example: overflight demo -o moscow-budapest.html")
@click.option(
    "-o",
    "--output",
    type=Path,
    default=Path("maps/moscow-budapest.html"),
    show_default=True,
    metavar="FILE.html|svg|png|pdf",
    help="Where the map goes.",
)
def demo(output: Path) -> int:
    """Run the Moscow-Budapest study on 2025-10-23: candidates, whose consent each needs, and the map."""
    ends, on, rule = DEMO
    asked = plan(great_circle(*ends), Options(on, (rule,), None, None))
    reports, found = _search(asked, 3)
    if output.parent == Path("maps"):
        _make_folder(output.parent)
    _draw(reports, output, found, title="Moscow to Budapest")
    emit(check_table(reports[:1]) + "\n" + candidates_table(reports, found), None)
    note(context([asked]))
    return 0


def _keep_apart(output: Path | None, map_file: Path | None) -> None:
    """Refuse to write two things to one file."""
    if output is not None and map_file is not None and output.absolute() == map_file.absolute():
        msg = f"-o and --map both name {output}: give two files"
        raise click.UsageError(msg)


def _search(asked: Asked, max_size: int) -> tuple[list[Report], Candidates]:
    """Find candidates, and judge each by the same rules as everybody else's route."""
    from overflight.detours import candidates

    if asked.sets and sys.stderr.isatty():
        note("looking for routes that obey; this takes up to half a minute")
    found = candidates(
        asked.route,
        asked.world,
        avoid=asked.forbidden,
        margin_km=asked.margin_km,
        allow=asked.allow,
        max_size=max_size,
        name=" | ".join(s.text for s in asked.sets),
        except_territories=asked.exceptions,
    )
    # the rules as they were typed, one finding each; a detour is judged with the consents that it needs
    plain = [replace(asked, route=c.route) for c in found]
    granted = [
        a if a.route.kind != "detour" else replace(a, allow=a.allow.union(c.consents))
        for a, c in zip(plain, found, strict=True)
    ]
    judged = zip(plain, judge_all(granted), found, strict=True)
    return [replace(report, asked=a, candidate=c) for a, report, c in judged], found


def _print(reports: Sequence[Report], form: str, output: Path | None, found: Candidates | None = None) -> None:
    """Print reports, and by which date and rules they were made."""
    if form == "json":
        text = as_json(reports, found)
    elif form == "csv":
        text = as_csv(reports)
    elif form == "geojson":
        text = as_geojson(reports)
    else:
        text = check_table(reports, to_file=output)
    emit(text, output)
    _tell(reports, None if form == "table" and is_fancy(output) else context([r.asked for r in reports]))


def _tell(reports: Sequence[Report], settings: str | None) -> None:
    """Say on standard error by which date and rules reports were made, and what is odd about these."""
    asked = [r.asked for r in reports]
    if settings:
        note(settings)
    note_age(asked[0].world, (a.on for a in asked))
    for rules, on in dict.fromkeys((s, a.on) for a in asked for s in a.sets if not s.states):
        note(f"note: rule set {rules.text!r} has no member on {on}")


def _draw(
    reports: Sequence[Report],
    path: Path,
    found: Candidates | None = None,
    title: str | None = None,
) -> None:
    """Draw what was judged."""
    from overflight.maps import draw

    dates = {r.asked.on for r in reports}
    if len(dates) > 1:
        msg = f"the routes have {len(dates)} different dates, a map shows one: give --on 2025-10-23"
        raise OverflightError(msg)
    avoid, left_out = united(s for r in reports for s in r.asked.sets)
    (on,) = dates
    world = reports[0].asked.world
    items = found if found is not None else [r.verdict for r in reports]
    draw(world, items, on=on, avoid=avoid, except_territories=left_out, title=title).save(path)
    note(f"wrote {path}")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"{folder}: can't be made ({(error.strerror or str(error)).lower()}): choose another place with -o"
        raise DataError(msg) from error
