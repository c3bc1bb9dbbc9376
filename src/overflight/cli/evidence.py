"""`check --report`: what was read and typed is kept for the report that is to be filed."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from overflight.cli.options import Command, Options, OutputFile
from overflight.cli.publishing import note_untagged
from overflight.cli.writing import emit_bytes
from overflight.outside.printable import shell_word
from overflight.outside.witness import Taken, witnessing

if TYPE_CHECKING:
    from overflight.cli.report import Report

__all__ = ["Witnessed", "report_option", "write_evidence"]

OPTION = "--report"
TYPED, TAKEN = "overflight.typed", "overflight.taken"
"""Where a command keeps what was typed, and what was read."""
KINDS = (".html", ".pdf", ".json")


class _ReportFile(OutputFile):
    """A file whose name says which kind of report it is; one that says none is refused before any work is done."""

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Take the name of a file that ends as one of `KINDS`, or standard output."""
        path = super().convert(value, param, ctx)
        if str(path) != "-" and path.suffix.lower() not in KINDS:
            self.fail(f"a report is no {path.suffix.lower() or 'such'} file: give .html, .pdf or .json", param, ctx)
        return path


report_option = click.option(
    OPTION,
    "report_file",
    type=_ReportFile(),
    metavar="FILE.html|pdf|json",
    help="Write a report to be filed, too: digests, times, how exact, sources.",
)


class Witnessed(Command):
    """A command that keeps what was typed and the digests of what is read, if a report asks for them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Look for the option before the others are read: these may name files, too."""
        if any(arg == OPTION or arg.startswith(f"{OPTION}=") for arg in args):
            ctx.meta[TYPED] = tuple(args)
            ctx.meta[TAKEN] = ctx.with_resource(witnessing())
        return super().parse_args(ctx, args)


def write_evidence(reports: Sequence[Report], path: Path, options: Options) -> None:
    """Write the report on what was judged.

    Raises
    ------
    OverflightError
        If there are too many routes, or if matplotlib is wanting, which sheets need.
    """
    from overflight.evidence import Evidence, Input

    meta = click.get_current_context().meta
    seen: list[Taken] = meta.get(TAKEN, [])
    routes = {report.source for report in reports}
    files = [Input.seen(one, "Input" if one.name in routes else "Read besides") for one in seen]
    digests = {one.name: one.sha256 for one in seen}
    evidence = Evidence(
        tuple(report.case for report in reports),
        tuple(sorted(files, key=lambda one: one.role)),
        _command(meta.get(TYPED, ()), reports, options),
        tuple(digests.get(report.source) for report in reports),
        tuple(report.gaps for report in reports),
        tuple(report.costed.cost if report.costed else None for report in reports),
    )
    emit_bytes(evidence.as_bytes(".html" if str(path) == "-" else path.suffix.lower()), path)
    note_untagged(path)


def _command(typed: Sequence[str], reports: Sequence[Report], options: Options) -> str:
    """Return what to type to get the same again; the date, too, where it was that of the day."""
    given = options.on is not None or options.schedule is not None
    dates = {r.case.on.isoformat() for r in reports if r.proposal is None and r.case.route.on is None}
    today = [f"--on={date}" for date in sorted(dates)] if not given else []
    options_, rest = (list(part) for part in _parted(typed))
    return " ".join(map(shell_word, ["overflight", "check", *options_, *today, *rest]))


def _parted(typed: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Part what was typed at ``--``, behind which nothing is an option."""
    before = list(itertools.takewhile(lambda arg: arg != "--", typed))
    return before, typed[len(before) :]
