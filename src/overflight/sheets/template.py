"""The text of a request: a template of the user's, in which fixed words in braces stand for what the sheet knows.

What is put in is data: it is put in once, as it is, and nothing of it is looked at again. There is nothing to call, to
reach into or to repeat.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.errors import DataError
from overflight.evidence.spelling import NONE
from overflight.outside.files import read_at_most, reason_of
from overflight.outside.printable import one_line, visible
from overflight.outside.version import __version__
from overflight.rules.wording.kinds import listed

if TYPE_CHECKING:
    from overflight.sheets.answers import Asked
    from overflight.sheets.flight import Flight
    from overflight.sheets.model import Stay
    from overflight.sheets.places import End

__all__ = ["DEFAULT", "PLACEHOLDERS", "check_template", "filled", "read_template"]

PLACEHOLDERS = {
    "state": "the state whose airspace it is",
    "state_code": "its code",
    "ask": "who is to be asked: the state, or who claims the airspace",
    "answer": "what answer the question has",
    "flight": "the name of the route",
    "date": "the day of departure, in UTC",
    "operator": "who flies, as given, and its state",
    "aircraft": "the aircraft, as given",
    "departure": "the first point of the route",
    "departure_time": "when it is left, in UTC",
    "destination": "the last point of the route",
    "arrival_time": "when it is reached, in UTC",
    "route": "all points of the route, as item 15 has them",
    "role": "what the flight is to the airspace: departure, overflight, arrival",
    "entry_point": "where it enters, of each stay",
    "entry_time": "when, in UTC",
    "exit_point": "where it leaves",
    "exit_time": "when, in UTC",
    "km": "how long it is in the airspace, in km",
    "level": "at which levels",
    "stays": "a line for each stay: its number, where and when, level and km",
    "rules": "which rules are about the stays, and whom each binds",
    "remarks": "what is disputed about the stays, and what else there is to know",
    "view": "whose a disputed part is taken to be",
    "made_by": "the versions of overflight and of its data",
}
"""What may stand in braces, and what is put in its place."""
DEFAULT = """\
REQUEST FOR PERMISSION ({role})

To            {state}
Flight        {flight}
Operator      {operator}
Aircraft      {aircraft}
Date (UTC)    {date}
From          {departure}, {departure_time} UTC
To            {destination}, {arrival_time} UTC
Route         {route}

In the airspace of {state}, {km} km:
{stays}

To be added by the operator: registration and call sign, purpose of the flight,
who and what is aboard, whom to answer, and how.

Points are WGS 84, to a minute; times are UTC. Prepared with {made_by}.
"""
"""What a request says where no other template is given. It names no address, for none is known here."""
MAX_BYTES = 100_000
MAX_POINTS = 200
"""Points of a route that a text has room for; a recording has thousands."""
_WORD = re.compile(r"\{([^{}\n]*)\}")


def read_template(path: str | os.PathLike[str]) -> str:
    """Read a template.

    Parameters
    ----------
    path : path
        UTF-8, at most 100 kB.

    Raises
    ------
    DataError
        If it can't be read, or has a word in braces that stands for nothing.
    """
    file = Path(path)
    where = visible(os.fspath(file))
    try:
        raw = read_at_most(file, MAX_BYTES, pipes=True)
        if len(raw) > MAX_BYTES:
            raise DataError(f"{where}: larger than {MAX_BYTES // 1000} kB: a template is a letter, give a shorter one")
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{where}: not UTF-8 (byte {error.start}): save it as UTF-8") from error
    except (OSError, ValueError) as error:
        raise DataError(f"{where}: can't be read ({reason_of(error)}): check the name") from error
    check_template(text, where)
    return text


def check_template(text: str, where: str = "the template") -> None:
    """Refuse a template with a word in braces that stands for nothing.

    Raises
    ------
    DataError
        Names the line and the word, and those that there are.
    """
    for found in _WORD.finditer(text):
        if found[1] not in PLACEHOLDERS:
            line = text.count("\n", 0, found.start()) + 1
            known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            msg = f"{where}, line {line}: {visible(found[0][:40])} stands for nothing: there are {known}"
            raise DataError(msg)


def filled(template: str, flight: Flight, one: Asked) -> str:
    """Return the text of the request to a state.

    Parameters
    ----------
    template : str
        Any text; a word of `PLACEHOLDERS` in braces is replaced, and any other word in braces is refused.
    flight : Flight
        The flight.
    one : Asked
        One of its states.

    Raises
    ------
    DataError
        As `check_template`.
    """
    check_template(template)
    values = _values(flight, one)
    text = _WORD.sub(lambda found: values[found[1]], template.replace("\r\n", "\n"))
    # Line by line, for a terminal acts upon what a name or a template may hold; a tab is a tab.
    return "\n".join("\t".join(map(one_line, line.split("\t"))) for line in text.split("\n"))


def _values(flight: Flight, one: Asked) -> Mapping[str, str]:
    """Return what stands for each word: one line each, but for the stays."""
    stays, route = one.stays, flight.case.route
    found = {
        "state": one.name,
        "state_code": one.code,
        "ask": one.ask_words,
        "answer": one.told,
        "flight": route.label,
        "date": flight.case.on.isoformat(),
        "operator": flight.operator_words or NONE,
        "aircraft": flight.aircraft or NONE,
        "departure": flight.ends[0],
        "departure_time": _when(flight.depart),
        "destination": flight.ends[1],
        "arrival_time": _when(flight.arrive),
        "route": flight.item15(MAX_POINTS),
        "role": listed(one.roles),
        "entry_point": _each(stay.entry.words for stay in stays),
        "entry_time": _each(_when(stay.entry) for stay in stays),
        "exit_point": _each(stay.exit.words for stay in stays),
        "exit_time": _each(_when(stay.exit) for stay in stays),
        "km": f"{one.km:,.1f}",
        "level": _each(stay.levels for stay in stays),
        "rules": "; ".join(dict.fromkeys(bound.words for stay in stays for bound in stay.rules)) or "none",
        "remarks": "; ".join(dict.fromkeys(flag for stay in stays for flag in stay.flags)) or "none",
        "view": flight.case.world.view,
        "made_by": f"overflight {__version__}, data {flight.case.world.version}",
    }
    return {name: visible(text) for name, text in found.items()} | {
        "stays": "\n".join(_line(n, stay) for n, stay in enumerate(stays, 1))
    }


def _each(texts: Iterable[str]) -> str:
    """Join what is said of each stay, in their order."""
    return "; ".join(texts)


def _when(end: End) -> str:
    return NONE if end.at is None else end.at.words


def _line(number: int, stay: Stay) -> str:
    """Write a stay in a line."""
    told = [
        f"{number}. {stay.crossing.role}{f' ({stay.territory})' if stay.territory else ''}",
        f"in {_spot(stay.entry)}",
        f"out {_spot(stay.exit)}",
        f"level {stay.levels}",
        f"{stay.crossing.length_km:,.1f} km",
    ]
    return visible("; ".join(told))


def _spot(end: End) -> str:
    return end.words if end.at is None else f"{end.words} at {end.at.words}"
