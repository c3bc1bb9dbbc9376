"""What every command shares: options, their types, and a command that takes coordinates that start with a minus."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import math
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from overflight.airspace import VIEWS, Bloc, read_bloc
from overflight.cli.choices import OneOf
from overflight.errors import OverflightError
from overflight.outside.files import check_place, descriptor
from overflight.rules.rulesets import parse_margin
from overflight.rules.schedule import Schedule, parse_depart, parse_speed

if TYPE_CHECKING:
    from overflight.proposals.ledger import Ledger

__all__ = [
    "CI_FORMATS",
    "FORMATS",
    "Command",
    "Options",
    "OutputFile",
    "Reading",
    "bloc_option",
    "date_of",
    "dateless_options",
    "form_of",
    "keep_apart",
    "on_option",
    "operator_option",
    "output_option",
    "output_options",
    "percent",
    "read_by",
    "reading_options",
    "rule_options",
    "schedule_options",
    "time_limit_option",
    "today",
    "view_option",
]

FORMATS = ("table", "json", "csv", "geojson")
CI_FORMATS = ("briefing", "junit", "sarif")
"""What continuous integration shows."""
ROUTE_FORMATS = frozenset({".gpx", ".kml", ".kmz", ".wkt", ".gpkg", ".parquet", ".geoparquet", ".fpl"})
STDOUT = 1
SUFFIX_FORMATS = {".json": "json", ".csv": "csv", ".geojson": "geojson"}

_COORDINATE = re.compile(r"-[\d.][\d.,\s+-]*", re.ASCII)
_Callback = TypeVar("_Callback", bound=Callable[..., Any])
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Options:
    """The rules as given on the command line; None where nothing was given."""

    on: dt.date | None = None
    avoid: tuple[str, ...] | None = None
    allow: tuple[str, ...] | None = None
    margin_km: float | None = None
    view: str = VIEWS[0]
    blocs: tuple[Bloc, ...] = ()
    schedule: Schedule | None = None
    operator: str | None = None
    max_speed_kmh: float | None = None
    never: tuple[str, ...] | None = None
    ledger: Ledger | None = None


class Command(click.Command):
    """A command whose arguments may be coordinates that start with a minus, such as ``-10.5,20``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep click from reading a negative latitude as an option: a place may start with a space."""
        return super().parse_args(ctx, [f" {a}" if _COORDINATE.fullmatch(a) else a for a in args])


class OutputFile(click.ParamType):  # type: ignore[type-arg]  # older versions of click take none
    """A file to be written, or ``-``; a place where nothing can be written is refused before any work is done."""

    name = "file"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Take the name of a file, but not that of a folder."""
        text = str(value)
        if not text or text.endswith((os.sep, os.altsep or os.sep)):
            self.fail(f"{text[:200]!r} is no name of a file: give one, or - for standard output", param, ctx)
        if text == "-":
            return Path(text)
        check_place(Path(text))
        return Path("-" if descriptor(Path(text)) == STDOUT else text)


def date_of(text: str) -> dt.date:
    """Read a date."""
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip(), re.ASCII):
            raise ValueError(text)
        return dt.date.fromisoformat(text.strip())
    except ValueError as error:
        raise click.BadParameter(f"{text[:40]!r} is no date: write it as 2025-10-23") from error


def read_by(parser: Callable[[str], _Value]) -> Callable[[str], _Value]:
    """Make the type of an option of what reads its text."""

    @functools.wraps(parser)
    def read(text: str) -> _Value:
        try:
            return parser(text)
        except OverflightError as error:
            raise click.BadParameter(str(error)) from error

    return read


_UNITS_S = {"": 1.0, "s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0}
LONGEST_S = 7 * 86_400.0


def _time_limit(text: str) -> float | None:
    """Read how long a search may take, such as 90s or 2min; None where it may take as long as it likes."""
    plain = text.strip().lower()
    if plain == "none":
        return None
    read = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?) ?(s|sec|min|h|)", plain, re.ASCII)
    seconds = float(read[1]) * _UNITS_S[read[2]] if read else 0.0
    if not 0.0 < seconds <= LONGEST_S:
        msg = f"{text[:40]!r} is no time for a search: write it as 90s, 2min or 1h, 7 days at most; or none"
        raise click.BadParameter(msg)
    return seconds


def percent(text: str) -> float:
    """Read so many per cent of the great circle."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0.0 <= number <= 10_000.0:
        raise click.BadParameter(f"{text[:40]!r}: expected per cent of the great circle, from 0 to 10000, such as 50")
    return number


def _view(text: str) -> str:
    if text not in VIEWS:
        raise click.BadParameter(f"{text[:40]!r} is no view: use {' or '.join(VIEWS)}")
    return text


def _blocs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[Bloc, ...]:
    found: dict[str, Bloc] = {}
    for value in values:
        name, equals, path = value.partition("=")
        if not (name and equals and path):
            raise click.BadParameter(f"{value[:60]!r}: give a name and a file, as in mine=members.csv")
        if name in found:
            raise click.BadParameter(f"{name[:60]!r} is given twice: choose another name")
        found[name] = read_bloc(path, name=name)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read."""

    fixes: Path | None = None
    airways_direct: bool = False
    keep_jumps: bool = False


def today() -> dt.date:
    """Return today's date in UTC; only the command line takes it by itself."""
    return dt.datetime.now(tz=dt.UTC).date()


time_limit_option = click.option(
    "--time-limit",
    "time_limit_s",
    metavar="TIME",
    default="60s",
    show_default=True,
    type=_time_limit,
    help="How long to search: 90s, 2min, none; then what was found is printed, marked unfinished.",
)
on_option = click.option(
    "--on",
    metavar="DATE",
    type=date_of,
    help="The date that decides who is in what: 2025-10-23. [default: today, UTC]",
)
view_option = click.option(
    "--view",
    metavar="VIEW",
    type=_view,
    default=VIEWS[0],
    help="Whose a disputed part is: de-jure or de-facto. [default: de-jure]",
)
bloc_option = click.option(
    "--bloc",
    "blocs",
    multiple=True,
    metavar="NAME=FILE.csv",
    callback=_blocs,
    help="A bloc of your own (columns state, since, until ...), to be named in rule sets.",
)
operator_option = click.option(
    "--operator",
    metavar="STATE",
    help="Who flies, by state or registration: RUS, RA-, RA-96022; --avoid bans is all that binds it.",
)
output_option = click.option(
    "-o",
    "--output",
    type=OutputFile(),
    metavar="FILE",
    help="Write to a file, whole or not at all; - is standard output.",
)


def rule_options(command: _Callback) -> _Callback:
    """Add the options that say by what a route is judged, as one `Options` argument named `options`."""
    return on_option(dateless_options(command))


def dateless_options(command: _Callback) -> _Callback:
    """Add the options that say by what a route is judged, whatever the date."""

    @click.option(
        "--avoid", multiple=True, metavar="RULESET", help="Keep out of: icc, 'icc - HUN', zone.kml, circle:VKO,50nm."
    )
    @click.option(
        "--never", multiple=True, metavar="RULESET", help="Keep out, consent or not, of who can't be asked: closed."
    )
    @click.option("--allow", multiple=True, metavar="STATES", help="Assume the consent of POL,SVK.")
    @click.option(
        "--margin", metavar="DISTANCE", type=read_by(parse_margin), help="Keep that far away: 5nm, 10km, 100m."
    )
    @operator_option
    @bloc_option
    @view_option
    @functools.wraps(command)
    def gathered(
        *args: Any,  # noqa: ANN401
        on: dt.date | None = None,
        avoid: tuple[str, ...],
        never: tuple[str, ...],
        allow: tuple[str, ...],
        margin: float | None,
        view: str,
        blocs: tuple[Bloc, ...],
        operator: str | None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        given = Options(on, avoid or None, allow or None, margin, view, blocs, operator=operator, never=never or None)
        return command(*args, options=given, **kwargs)

    return gathered  # type: ignore[return-value]


def reading_options(command: _Callback) -> _Callback:
    """Add the options that say how files are read, as one `Reading` argument named `reading`."""

    @click.option(
        "--fixes",
        type=Path,
        metavar="FILE",
        help="Named points of flight plans: CSV with name, lon, lat (variation, for bearings), or a file of "
        "OurAirports, the FAA or X-Plane.",
    )
    @click.option(
        "--airways",
        type=OneOf(("refuse", "direct")),
        default="refuse",
        help="Airways of flight plans: refused, or straight lines between their ends. [default: refuse]",
    )
    @click.option(
        "--keep-jumps",
        is_flag=True,
        help="Leave positions in a recorded flight that no aircraft gets to (above 1,200 kt).",
    )
    @functools.wraps(command)
    def gathered(*args: Any, fixes: Path | None, airways: str, keep_jumps: bool, **kwargs: Any) -> Any:  # noqa: ANN401
        return command(*args, reading=Reading(fixes, airways == "direct", keep_jumps), **kwargs)

    return gathered  # type: ignore[return-value]


def schedule_options(command: _Callback) -> _Callback:
    """Add ``--depart`` and ``--speed``, which become part of the `Options`; stands above `rule_options`."""

    @click.option(
        "--depart",
        metavar="TIME",
        type=read_by(parse_depart),
        help="When it departs, and so the date: 2025-10-23T08:00Z. Members are those of each entry.",
    )
    @click.option(
        "--speed",
        metavar="SPEED",
        type=read_by(parse_speed),
        help="Ground speed, the same all the way: 460kt or 850km/h. With --depart.",
    )
    @functools.wraps(command)
    def gathered(
        *args: Any,  # noqa: ANN401
        options: Options,
        depart: dt.datetime | None,
        speed: float | None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        return command(*args, options=_timed(options, depart, speed), **kwargs)

    return gathered  # type: ignore[return-value]


def _timed(options: Options, depart: dt.datetime | None, speed: float | None) -> Options:
    """Join the times with the date, which they must agree on."""
    if depart is None and speed is None:
        return options
    if depart is None or speed is None:
        raise click.UsageError("--depart and --speed come together: --depart 2025-10-23T08:00Z --speed 460kt")
    schedule = Schedule(depart, speed)
    if options.on not in (None, schedule.on):
        msg = f"--on {options.on} is another date than --depart, which is on {schedule.on} in UTC: leave --on out"
        raise click.UsageError(msg)
    return replace(options, on=schedule.on, schedule=schedule)


def output_options(*, formats: tuple[str, ...] = FORMATS) -> Callable[[_Callback], _Callback]:
    """Add ``--format`` and ``-o``."""
    form_option = click.option(
        "-f",
        "--format",
        "form",
        type=OneOf(formats),
        help="How to print it. [default: by the suffix of -o, else table; plain rows in a pipe]",
    )
    return lambda command: form_option(output_option(command))


def form_of(form: str | None, output: Path | None, allowed: Sequence[str] = ("json", "csv", "geojson")) -> str:
    """Choose the format: as asked, else as the output file's suffix says.

    Raises
    ------
    click.UsageError
        If the suffix is that of a route, for what is written is what was found about it.
    """
    if form is None and output and output.suffix.lower() in ROUTE_FORMATS:
        msg = f"{output}: results are tables, JSON, CSV or GeoJSON: `overflight convert` writes the route itself"
        raise click.UsageError(msg)
    guessed = SUFFIX_FORMATS.get(output.suffix.lower(), "table") if output else "table"
    return form or (guessed if guessed in allowed else "table")


def keep_apart(
    output: Path | None,
    map_file: Path | None,
    form: str | None,
    *,
    report: Path | None = None,
    embed: Path | None = None,
    ledger: Ledger | None = None,
) -> None:
    """Refuse to write two things to one place; the table that nobody asked for gives way to a map or a report."""
    given = {"-o": output, "--map": map_file, "--report": report, "--embed": embed}
    given |= {} if ledger is None else {"--ledger": Path(ledger.where)}
    places = [(option, path) for option, path in given.items() if path is not None]
    for (option, path), (other, there) in itertools.combinations(places, 2):
        if os.path.realpath(path) == os.path.realpath(there) and (str(path) == "-" or not path.is_char_device()):
            raise click.UsageError(f"{option} and {other} both name {path}: give two files")
    if output is None and form is not None and (first := next((o for o, path in places if str(path) == "-"), None)):
        msg = f"{first} - and -f {form} both ask for standard output: give one of them a file (-o FILE)"
        raise click.UsageError(msg)
