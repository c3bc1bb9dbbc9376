"""The command line: parse, call, print. Results go to standard output, everything else to standard error."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from overflight.errors import OverflightError
from overflight.outside import stopping
from overflight.outside.files import reason_of
from overflight.outside.printable import one_line

__all__ = ["cli", "main"]

LONGEST = 1200
"""Characters of a message."""
OK, FAILED, USAGE, BROKEN_PIPE = 0, 1, 2, 141


ROOMS = {
    "demo": "search",
    "check": "check",
    "when": "when",
    "routes": "search",
    "states": "listings",
    "map": "check",
    "convert": "convert",
    "batch": "batch",
    "permits": "permits",
    "gate": "gate",
    "new": "proposals",
    "schema": "proposals",
    "serve": "serve",
    "data": "listings",
    "warm": "warm",
    "completion": "completion",
}
"""The module of each command; a name that Python has a use for itself ends in an underscore there."""


class _Commands(click.Group):
    """Commands that are loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the form of click
        return list(ROOMS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        room = ROOMS.get(cmd_name)
        if room is None:
            return None
        module = importlib.import_module(f"overflight.cli.{room}")
        found: click.Command = getattr(module, {"map": "map_"}.get(cmd_name, cmd_name))
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant; of one that there isn't, say which may be, or which there are."""
        name = args[0]
        if name not in ROOMS and not name.startswith("-") and not ctx.resilient_parsing:
            from overflight.cli.choices import meant

            ctx.fail(f"No such command {name[:60]!r}: {meant(name, ROOMS) or 'use ' + ', '.join(ROOMS)}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: overflight check VKO BUD --avoid icc --on 2025-10-23",
)
@click.version_option(package_name="overflight", prog_name="overflight")
@click.pass_context
def cli(ctx: click.Context) -> int:
    """Say whose sovereign airspace a route crosses on a date, and whether a rule forbids it.

    Exit status: 0 every rule passed, 1 a rule failed or is marginal, 2 bad usage or data.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    return OK


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process.

    Parameters
    ----------
    arguments : sequence of str, optional
        What to run; the process's own arguments by default.

    Raises
    ------
    SystemExit
        Always, with the status; bad input ends in one line on standard error and status 2.
    """
    if arguments is None:
        stopping.listen()
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # the caller closed it
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - until exit
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = _run(arguments)
        _flush()
    except BrokenPipeError:
        # the reader went away; the flush at exit would complain once more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = BROKEN_PIPE
    sys.exit(status)


def _flush() -> None:
    """Send out what is left, or give it up, so that the flush at exit has nothing to complain of."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError:  # said already, when the result was printed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: Sequence[str] | None) -> int:
    try:
        if arguments is None and (asked := os.environ.get("_OVERFLIGHT_COMPLETE")):
            from overflight.cli.completion import answer

            return answer(asked, cli)
        # not cli.main, which has ideas of its own about interrupts and broken pipes
        with cli.make_context("overflight", list(sys.argv[1:] if arguments is None else arguments)) as ctx:
            result = cli.invoke(ctx)
    except click.exceptions.Exit as asked:
        return asked.exit_code
    except (KeyboardInterrupt, click.Abort):
        return stopping.asked() or stopping.INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - bad input never ends in a traceback
        if not isinstance(error, (OverflightError, click.ClickException, OSError)) and (status := stopping.asked()):
            return status  # a library in C was interrupted while it was loaded, and says so in its own way
        return _complain(_one_line(error))
    return result if isinstance(result, int) else OK


def _one_line(error: Exception) -> str:
    """Say what is wrong with what was given, or that we are at fault."""
    if isinstance(error, click.UsageError):
        command = error.ctx.command_path if error.ctx else "overflight"
        return f"{_joined(error)} (see `{command} --help`)"
    if isinstance(error, click.ClickException):
        return _joined(error)
    if isinstance(error, OverflightError):
        return str(error)
    if isinstance(error, OSError) and error.filename is None:
        return f"standard output can't be written ({reason_of(error)}): write to a file with -o"
    if os.environ.get("OVERFLIGHT_DEBUG"):
        raise error
    return f"unexpected {type(error).__name__}: {error}: please report this; OVERFLIGHT_DEBUG=1 shows where it is"


def _joined(error: click.ClickException) -> str:
    """Put what click says on several lines on one."""
    return " ".join(error.format_message().split())


def _complain(message: str) -> int:
    """Say what is wrong in one line; at a terminal, broken between words."""
    from overflight.cli.writing import note

    line = one_line(f"overflight: error: {message}")
    if len(line) > LONGEST:  # it quotes something that was never meant to be read
        line = f"{line[: LONGEST // 2]} ... {line[-LONGEST // 4 :]}"
    note(line)
    return USAGE
