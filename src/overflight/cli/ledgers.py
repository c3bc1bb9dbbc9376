"""The ledger of consents on the command line: its options, and whom to ask next, as JSON."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from overflight.cli.options import Options, today

if TYPE_CHECKING:
    from overflight.detours import Candidates
    from overflight.proposals.ledger import Ledger

__all__ = ["answer_options", "asking_json", "is_complete", "ledger_option"]

_Callback = TypeVar("_Callback", bound=Callable[..., Any])
_LEDGER = click.option(
    "--ledger",
    type=Path,
    metavar="FILE.toml",
    help="Who granted consent and who refused, since when, says who: --allow and --never of each date.",
)


def ledger_option(command: _Callback) -> _Callback:
    """Add ``--ledger``, which becomes part of the `Options`; stands below `rule_options`."""

    @_LEDGER
    @functools.wraps(command)
    def gathered(*args: Any, options: Options, ledger: Path | None, **kwargs: Any) -> Any:  # noqa: ANN401
        return command(*args, options=_with_ledger(options, ledger, (), (), None), **kwargs)

    return gathered  # type: ignore[return-value]


def answer_options(command: _Callback) -> _Callback:
    """Add ``--ledger``, and what writes into it; the command saves it."""

    @_LEDGER
    @click.option("--granted", multiple=True, metavar="STATES", help="Put into the ledger that these states consent.")
    @click.option("--refused", multiple=True, metavar="STATES", help="Put into the ledger that these states refuse.")
    @click.option("--source", metavar="TEXT", help="How that is known. Its date is --on.")
    @functools.wraps(command)
    def gathered(
        *args: Any,  # noqa: ANN401
        options: Options,
        ledger: Path | None,
        granted: tuple[str, ...],
        refused: tuple[str, ...],
        source: str | None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        return command(*args, options=_with_ledger(options, ledger, granted, refused, source), **kwargs)

    return gathered  # type: ignore[return-value]


def _with_ledger(
    options: Options, file: Path | None, granted: Sequence[str], refused: Sequence[str], source: str | None
) -> Options:
    """Read the ledger, and add what was answered; nothing is written yet."""
    answered = bool(granted or refused)
    if file is None and answered:
        raise click.UsageError("--granted and --refused write into a ledger: name it, as in --ledger consents.toml")
    if answered != bool(source and source.strip()):
        raise click.UsageError("an answer needs its source: give --granted or --refused, and --source TEXT with it")
    if file is None:
        return options
    from overflight.airspace import load_airspaces
    from overflight.proposals.ledger import Answer, Entry, read_ledger
    from overflight.rules.rulesets import parse_codes

    ledger = read_ledger(file, missing=answered)
    answers: list[tuple[Answer, Sequence[str]]] = [("granted", granted), ("refused", refused)]
    more = [
        Entry(state, answer, options.on or today(), (source or "").strip())
        for answer, texts in answers
        for state in sorted(parse_codes(list(texts), load_airspaces(), what=f"--{answer}"))
    ]
    return replace(options, ledger=ledger.adding(more) if more else ledger)


def asking_json(ledger: Ledger | None, found: Candidates) -> dict[str, Any]:
    """Write whom to ask next, and what each refusal would cost; nothing where there is no ledger."""
    if ledger is None:
        return {}
    direct_km = found[0].route.length_km
    sets = [
        {
            "to_ask": [state.code for state in one.consents],
            "granted": [state.code for state in one.granted],
            "length_km": round(one.length_km or 0.0, 3),
            "extension_km": round((one.length_km or 0.0) - direct_km, 3),
        }
        for one in found.open
    ]
    refusals = [one.to_dict() for one in found.refusals]
    return {"ask_next": {"sets": sets, "refusals": refusals, "complete": is_complete(found)}}


def is_complete(found: Candidates) -> bool:
    """Tell whether no set and no shorter way was left unsearched."""
    return found.complete and not found.unfinished and all(one.complete for one in found.refusals)
