"""Commands for those who write proposals: a file to begin with, and the schema that editors check it by."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from overflight.cli.choices import OneOf
from overflight.cli.options import Command, OutputFile, on_option, today
from overflight.cli.places import settled
from overflight.cli.writing import emit, note
from overflight.errors import DataError
from overflight.outside.files import reason_of
from overflight.outside.printable import slug
from overflight.routes import route

__all__ = ["new", "schema"]

SCHEMA_FILE = "route.schema.json"
SUFFIX = ".route.toml"


@click.command(
    cls=Command,
    short_help="Write a commented proposal, or another file to begin with.",
    epilog="Example: overflight new moscow-budapest VKO BUD --on 2025-10-23",
)
@click.argument("name")
@click.argument("places", nargs=-1, metavar="PLACE PLACE...")
@on_option
@click.option("--avoid", multiple=True, metavar="RULESET", help="Keep out of: icc, POL, 'icc - HUN'. [default: icc]")
@click.option("--never", multiple=True, metavar="RULESET", help="Who can't be asked: closed.")
@click.option(
    "-o", "--output", type=OutputFile(), metavar="FILE.route.toml", help="Where it goes. [default: by its name, here]"
)
def new(
    *,
    name: str,
    places: tuple[str, ...],
    on: dt.date | None,
    avoid: tuple[str, ...],
    never: tuple[str, ...],
    output: Path | None,
) -> int:
    """Write a commented proposal; a file that is there already is left alone.

    `new rates`, without places, writes rates.csv instead: a row for each state of EUROCONTROL's route charges system,
    to be filled in with its unit rate of the month, for --rates. No rate is known here. `new policy` writes
    policy.toml, for `gate`; `new request` writes request.txt, the text by which `permits` asks a state, for --template.
    """
    if not places and name in STARTERS:
        return _begin(*STARTERS[name](on or today()), output)
    from overflight.proposals import parse_proposals
    from overflight.proposals.template import template

    if not places:
        raise click.UsageError(f"{name[:60]!r} is the name: give two or more places behind it")
    typed = settled(places)
    if len(typed) < 2:
        msg = f"{name!r} is the name, which leaves {typed[0]!r} alone: give a name first, then two or more places"
        raise click.UsageError(msg)
    route(*typed)
    file = output or Path(_file_name(name) + SUFFIX)
    if str(file) != "-" and not file.name.lower().endswith(SUFFIX):
        msg = f"{file}: the name of a proposal ends with {SUFFIX}, so that pytest finds it: choose another with -o"
        raise click.UsageError(msg)
    # Editors look for the schema from where the file lies.
    schema = f"./{SCHEMA_FILE}" if (file.parent / SCHEMA_FILE).is_file() else ""
    chosen = avoid or ("icc",)
    text = template(
        name.strip(), [place.strip() for place in typed], on=on or today(), avoid=chosen, never=never, schema=schema
    )
    for proposal in parse_proposals(text, where=str(file)):
        proposal.case()
    if str(file) == "-":
        emit(text, None)
        return 0
    _write_new(file, text)
    note(f"wrote {file}: check it with `overflight check {file}` or pytest")
    return 0


@click.command(
    short_help="Print the JSON Schema of proposals, or of policies.",
    epilog=f"Example: overflight schema -o routes/{SCHEMA_FILE}",
)
@click.argument("what", type=OneOf(("route", "policy")), default="route", metavar="[route|policy]")
@click.option("-o", "--output", type=OutputFile(), metavar="FILE.json", help="Write to a file, whole or not at all.")
def schema(what: str, output: Path | None) -> int:
    """Print the JSON Schema of proposals, or of the policies of `gate`, for editors.

    With the line "#:schema ./route.schema.json" at the top of a proposal beside it, Taplo and Even Better TOML complete
    and check its keys.
    """
    from overflight.policies import policy_schema
    from overflight.proposals.structure import schema_text

    emit(policy_schema() if what == "policy" else schema_text(), output)
    return 0


def _rates(day: dt.date) -> tuple[str, str, str]:
    """Make a file of unit rates to be filled in, those of the month of a day: its name, its text, what it is for."""
    from overflight.costs.rates import template

    use = "fill in the rates, then: overflight check ... --rates {} --mtow TONNES"
    return "rates.csv", template(f"{day:%Y-%m}"), use


def _policy(_: dt.date) -> tuple[str, str, str]:
    """Make a commented policy."""
    from overflight.policies.template import TEMPLATE

    return "policy.toml", TEMPLATE, "put it into a folder of policies, then: overflight gate SCHEDULE --policy FOLDER"


def _request(_: dt.date) -> tuple[str, str, str]:
    """Make the text of a request for a permit, to be changed."""
    from overflight.sheets.template import DEFAULT

    use = "change what is around the words in braces, then: overflight permits ... --template {}"
    return "request.txt", DEFAULT, use


STARTERS = {"rates": _rates, "policy": _policy, "request": _request}
"""What can be begun besides a proposal."""


def _begin(called: str, text: str, use: str, output: Path | None) -> int:
    """Write a file to begin with, and say what it is for."""
    file = output or Path(called)
    if str(file) == "-":
        emit(text, None)
        return 0
    _write_new(file, text)
    note(f"wrote {file}: {use.replace('{}', str(file))}")
    return 0


def _file_name(name: str) -> str:
    """Make a file name of a proposal's name."""
    made = slug(name)
    if not made:
        raise click.UsageError(f"{name[:60]!r} makes no file name: give another, or choose one with -o")
    return made


def _write_new(file: Path, text: str) -> None:
    """Write a file that is not there yet; nobody's work is ever written over."""
    try:
        with file.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
    except FileExistsError as error:
        msg = f"{file} is there already and was left alone: choose another name, or another place with -o"
        raise DataError(msg) from error
    except (OSError, ValueError) as error:
        raise DataError(f"{file}: can't be written ({reason_of(error)}): choose another place with -o") from error
