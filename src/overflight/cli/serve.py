"""The what-if page from the command line."""

from __future__ import annotations

import datetime as dt
import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from overflight.cli.inputs import STUDY, asked_routes, plan
from overflight.cli.options import Command, Options, rule_options
from overflight.cli.report import Report
from overflight.cli.writing import note
from overflight.errors import OverflightError
from overflight.routes import route
from overflight.routes.places import typed
from overflight.rules.schedule import AsFlown

__all__ = ["serve"]


@click.command(
    cls=Command,
    short_help="Open the what-if page: drag a route, see what it crosses.",
    epilog="Example: overflight serve VKO BUD --avoid icc --on 2025-10-23",
)
@click.argument("what", nargs=-1, metavar="[PLACE... | FILE]")
@rule_options
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any that is free."
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen at; any other lets others in."
)
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="A name by which browsers may call it, too.")
@click.option("--open", "browse", is_flag=True, help="Open it in the browser.")
def serve(
    *, what: tuple[str, ...], options: Options, port: int, host: str, hosts: tuple[str, ...], browse: bool
) -> int:
    """Serve the what-if page on this machine until Ctrl-C: drag a route over the map and see what it crosses.

    It opens with a route through places, or with that of a file, such as a proposal; without either, with Moscow to
    Budapest. Files of areas (zone.kml) can be forbidden here only: the page itself opens none. Nobody logs in: whoever
    can reach the address can use it, so it is this machine alone unless --host says otherwise.
    """
    try:
        from overflight.serve import Setting
        from overflight.serve import serve as run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"starlette", "uvicorn", "anyio", "h11"}:
            raise
        msg = "overflight serve needs Starlette and uvicorn: pip install 'overflight[serve]'"
        raise OverflightError(msg) from error
    report = _opening(what, options)

    def ready(address: str) -> None:
        click.echo(address)
        note("the what-if page is there until Ctrl-C")
        if browse:
            webbrowser.open(address)

    setting = Setting(_keys(report), options.view, options.blocs, _folder(report))
    run(setting, host=host, port=port, hosts=hosts, ready=ready)
    return 0


def _folder(report: Report) -> Path:
    """Return where the areas of the first question lie: beside its proposal, or where the user is."""
    origin = report.proposal.origin if report.proposal and report.case.find is not Path else None
    return (origin.folder if origin else None) or Path()


def _opening(what: tuple[str, ...], options: Options) -> Report:
    """Return what the page opens with."""
    if not what:
        ends, on, rule, never = STUDY
        asked = options.avoid or options.never or options.on
        given = options if asked else replace(options, on=on, avoid=(rule,), never=(never,))
        return plan(route(*ends), given)
    found = asked_routes(what, options)
    if len(found) > 1:
        raise click.UsageError(f"{len(found)} routes: the page takes one: name a file that holds one")
    return found[0]


def _keys(report: Report) -> dict[str, Any]:
    """Write what was asked as the keys of a proposal."""
    case, proposal, schedule = report.case, report.proposal, report.case.schedule
    keys: dict[str, Any] = {
        "on": case.on.isoformat(),
        "waypoints": [typed(point) for point in case.route.waypoints],
        **case.told,
        "allow": sorted(state.code for state in case.allow),
    }
    if case.operator is not None:
        keys["operator"] = case.operator.text
    if case.margin_km:
        keys["margin"] = f"{case.margin_km:.12g}km"
    if schedule is not None and not isinstance(schedule, AsFlown):  # the page knows one speed all the way
        keys["depart"], keys["speed"] = schedule.depart.astimezone(dt.UTC).isoformat(), f"{schedule.speed_kmh:.12g}km/h"
    if proposal is not None:
        keys |= {"name": proposal.name, "why": proposal.why, "sources": list(proposal.sources)}
        if proposal.aircraft is not None:
            keys |= {"aircraft": proposal.aircraft.name, "wind": proposal.wind}
        if proposal.max_extension_pct is not None:
            keys["max_extension_pct"] = proposal.max_extension_pct
    return {key: value for key, value in keys.items() if value or key in {"avoid", "allow"}}
