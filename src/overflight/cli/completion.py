"""`overflight completion`, and what a shell is told while a command is typed: commands, options, values.

What an option takes is known by the word that its help has for it (``RULESET``, ``STATES``, ``FILE.html``): a new
option is completed as those are that say the same. Nothing here opens the airspace: an answer takes no longer than
``--help``.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterator
from glob import escape, iglob
from typing import Any

import click
from click.shell_completion import CompletionItem, ShellComplete, get_completion_class

from overflight.cli.choices import OneOf
from overflight.cli.writing import emit

__all__ = ["VARIABLE", "answer", "completion"]

VARIABLE = "_OVERFLIGHT_COMPLETE"
"""What a shell asks by; the scripts of click set it."""
PROGRAM = "overflight"
SHELLS = ("bash", "zsh", "fish")
MOST = 60
"""Airports; one more letter makes them fewer."""
LEAST_LETTERS = 2

Item = CompletionItem
Find = Callable[[str], Iterator["Item[str]"]]


@click.command(
    short_help="Print what makes a shell complete commands and values.",
    epilog="Example: overflight completion fish | source",
)
@click.argument("shell", type=OneOf(SHELLS))
def completion(shell: str) -> int:
    """Print the script that makes a shell complete commands, options, rule sets, states, airports and files.

    Each shell reads it where it reads its other settings (zsh below compinit):

    \b
    ~/.bashrc    eval "$(overflight completion bash)"
    ~/.zshrc     eval "$(overflight completion zsh)"
    config.fish  overflight completion fish | source
    """  # noqa: D301 - click reads the escape
    teller = _teller(shell, click.get_current_context().find_root().command)
    # As click prints it, but for a look at the version of bash, for which it starts one; and for fish, whose script
    # parts a line at each comma, such as those between states.
    script = teller.source_template % teller.source_vars()
    emit(script.replace('string split ","', 'string split --max 1 ","'), None)
    return 0


def answer(instruction: str, cli: click.Command) -> int:
    """Answer a shell that asks what may come next.

    Parameters
    ----------
    instruction : str
        What `VARIABLE` has, such as ``"bash_complete"``; the words typed so far stand in ``COMP_WORDS``.
    cli : click.Command
        The command line.

    Returns
    -------
    int
        The exit status.
    """
    shell, _, what = instruction.partition("_")
    if shell not in SHELLS or what != "complete":
        return 1
    teller = _teller(shell, cli)
    args, typed = teller.get_completion_args()
    if args and args[-1] == "=":  # bash parts --avoid=icc into three words
        args.pop()
    _teach(cli, args)
    found = teller.get_completions(args, typed)
    if shell != "bash" and typed.startswith("--") and "=" in typed:  # these put the whole word in the place of the word
        option = typed.partition("=")[0]
        found = [Item(f"{option}={item.value}", item.type, item.help) for item in found if item.type == "plain"]
    emit("".join(f"{teller.format_completion(item)}\n" for item in found), None)
    return 0


def _teller(shell: str, cli: click.Command) -> ShellComplete:
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click has all of SHELLS
    return kind(cli, {}, PROGRAM, VARIABLE)


def _teach(cli: click.Command, args: list[str]) -> None:
    """Tell the options and arguments of the command that is typed what their values are."""
    known = cli.get_command(click.Context(cli), args[0]) if args and isinstance(cli, click.Group) else None
    for param in known.params if known else ():
        words = re.findall(r"[A-Z]+", param.metavar or "")
        finds = [FINDS[word] for word in dict.fromkeys(words) if word in FINDS]
        if finds:
            param.shell_complete = _asking(sorted(finds, key=lambda find: find is not _files))  # type: ignore[method-assign]


def _asking(finds: list[Find]) -> Any:  # noqa: ANN401 - the form of click
    return lambda _, typed: list(itertools.chain.from_iterable(find(typed) for find in finds))


def _files(typed: str) -> Iterator[Item[str]]:
    """Have the shell complete files; where one has a name that begins so, or nothing is typed yet."""
    if not typed or next(iglob(escape(os.path.expanduser(typed)) + "*"), None) is not None:  # noqa: PTH111, PTH207
        yield Item(typed, "file")


def _places(typed: str) -> Iterator[Item[str]]:
    """List airports with scheduled flights by the beginning of their code, and cities that have some by their name."""
    from overflight.routes.airports import beginning

    if len(typed) < LEAST_LETTERS or (typed.islower() and any(_files(typed))):
        return
    for code, row in itertools.islice(beginning(typed.upper()), MOST):
        where = f"{row['city']}, {row['country']}" if row["city"] else row["country"]
        yield Item(code.lower() if typed.islower() else code, help=f"{row['name']}, {where}")
    if not typed.isupper() and not typed.islower():
        yield from _cities(typed)


def _cities(typed: str) -> Iterator[Item[str]]:
    """List cities with airports by the beginning of their name; one of several words would need quotes."""
    from overflight.routes.gazetteer import beginning_with

    for city in beginning_with(typed, MOST):
        if city.main and city.name.startswith(typed) and " " not in city.name:
            yield Item(city.name, help=f"{city.where}: {' '.join(city.main)}")


def _rulesets(typed: str) -> Iterator[Item[str]]:
    """List blocs, states and territories after all that of a rule set stands there already."""
    from overflight.airspace.blocs import BANS, blocs
    from overflight.airspace.subjects import subject

    last = re.search(r"[^\s|&()]*\Z", typed)
    word = last[0] if last else ""
    before = typed[: len(typed) - len(word)]
    told = {name: subject(name).title for name in blocs()} | {BANS: "all that binds the operator (--operator)"}
    for name, title in told.items():
        if name.startswith(word.lower()):
            yield Item(before + name, help=title)
    if word:
        yield from (Item(before + code, help=name) for code, name in _named(word))
    if not before:
        yield from _files(typed) if typed else ()


def _states(typed: str) -> Iterator[Item[str]]:
    """List states after those that stand there already, parted by commas."""
    before, comma, word = typed.rpartition(",")
    yield from (Item(before + comma + code, help=name) for code, name in _named(word, territories=False))


def _named(word: str, *, territories: bool = True) -> Iterator[tuple[str, str]]:
    """List the codes of states, and of territories, that begin so, or whose name does."""
    from overflight.airspace.states import DATA, table_rows

    rows = table_rows(DATA / "pieces.csv")
    names = {row["territory"]: row["territory_name"] for row in rows if row["state"]} if territories else {}
    names |= {row["state"]: row["state_name"] for row in rows if row["state"]}
    wanted = word.casefold()
    for code, name in sorted(names.items()):
        if code != "XXX" and (code.casefold().startswith(wanted) or name.casefold().startswith(wanted)):
            yield code, name


def _views(typed: str) -> Iterator[Item[str]]:
    from overflight.airspace.airspaces import VIEWS

    yield from (Item(view) for view in VIEWS if view.startswith(typed))


def _classes(typed: str) -> Iterator[Item[str]]:
    from overflight.costs.fleet import CLASSES

    yield from (Item(name, help=one.words) for name, one in CLASSES.items() if name.startswith(typed.lower()))


FINDS: dict[str, Find] = {
    "CLASS": _classes,
    "FILE": _files,
    "FOLDER": _files,
    "IN": _files,
    "OUT": _files,
    "PLACE": _places,
    "RULESET": _rulesets,
    "STATE": _states,
    "STATES": _states,
    "VIEW": _views,
}
"""What is listed for the words that stand for values in the help."""
