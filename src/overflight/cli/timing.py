"""The options that say when a flight is where."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import click

from overflight.cli.options import Options, read_by
from overflight.rules.schedule import Schedule, parse_depart, parse_speed

__all__ = ["schedule_options"]

_Callback = TypeVar("_Callback", bound=Callable[..., Any])


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
        msg = "--depart and --speed come together: --depart 2025-10-23T08:00Z --speed 460kt"
        raise click.UsageError(msg)
    schedule = Schedule(depart, speed)
    if options.on not in (None, schedule.on):
        msg = f"--on {options.on} is another date than --depart, which is on {schedule.on} in UTC: leave --on out"
        raise click.UsageError(msg)
    return replace(options, on=schedule.on, schedule=schedule)
