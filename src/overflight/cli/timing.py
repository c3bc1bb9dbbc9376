"""The options that say when a flight is where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import click

from overflight.cli.options import Options
from overflight.errors import OverflightError

__all__ = ["schedule_options"]

_Callback = TypeVar("_Callback", bound=Callable[..., Any])


def _parsed(parser: str) -> Callable[[click.Context, click.Parameter, str | None], Any]:
    def callback(ctx: click.Context, param: click.Parameter, value: str | None) -> Any:  # noqa: ANN401
        if value is None:
            return None
        from overflight.rules import schedule  # few ask for times

        try:
            return getattr(schedule, parser)(value)
        except OverflightError as error:
            raise click.BadParameter(str(error), ctx=ctx, param=param) from error

    return callback


def schedule_options(command: _Callback) -> _Callback:
    """Add ``--depart`` and ``--speed``, which become part of the `Options`; stands above `rule_options`."""

    def gathered(
        *args: Any,  # noqa: ANN401
        options: Options,
        depart: dt.datetime | None,
        speed: float | None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        return command(*args, options=_timed(options, depart, speed), **kwargs)

    gathered.__name__, gathered.__doc__ = command.__name__, command.__doc__
    gathered.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
    for option in (
        click.option(
            "--speed",
            metavar="SPEED",
            callback=_parsed("parse_speed"),
            help="Ground speed, the same all the way: 460kt or 850km/h. With --depart.",
        ),
        click.option(
            "--depart",
            metavar="TIME",
            callback=_parsed("parse_depart"),
            help="When it departs, and so the date: 2025-10-23T08:00Z. Members are those of each entry.",
        ),
    ):
        gathered = option(gathered)
    return gathered  # type: ignore[return-value]


def _timed(options: Options, depart: dt.datetime | None, speed: float | None) -> Options:
    """Join the times with the date, which they must agree on."""
    if depart is None and speed is None:
        return options
    if depart is None or speed is None:
        msg = "--depart and --speed come together: --depart 2025-10-23T08:00Z --speed 460kt"
        raise click.UsageError(msg)
    from overflight.rules.schedule import Schedule

    schedule = Schedule(depart, speed)
    if options.on not in (None, schedule.on):
        msg = f"--on {options.on} is another date than --depart, which is on {schedule.on} in UTC: leave --on out"
        raise click.UsageError(msg)
    return replace(options, on=schedule.on, schedule=schedule)
