"""Proposals: ``*.route.toml`` files, one a route with a date, rules, what is expected of it, and the reason.

Reading one loads no airspace. Judging one does, and says what a test runner prints: whether the route does what the
proposal expects, with every stay along it.
"""

from __future__ import annotations

import datetime as dt
import difflib
import json
import os
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn, cast

from overflight.errors import OverflightError, ProposalError
from overflight.places import Waypoint, place
from overflight.routes import Route
from overflight.routes.files import read_text
from overflight.rulesets import areas_of, parse_codes, parse_margin, parse_ruleset, rules_of

if TYPE_CHECKING:
    from overflight.geodata import Airspaces, State
    from overflight.rules import Rule

__all__ = ["Expect", "Proposal", "parse_proposal", "read_proposal"]

MAX_BYTES = 1_000_000
SUFFIX = ".route.toml"

Expect = Literal["clear", "marginal", "crosses"]
EXPECTATIONS = ("clear", "marginal", "crosses")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A route, a date, rules, what is expected, and why.

    Attributes
    ----------
    name : str
        What to call it.
    on : datetime.date
        The date that decides who is a member of what.
    route : Route
        Geodesic legs through its waypoints.
    avoid : tuple of str
        Rule sets as written, such as ``"icc"`` or ``"icc - HUN"``.
    allow : tuple of str
        Codes of the states whose consent is given.
    margin_km : float
        How near the route may come to a state that it must avoid.
    max_extension_pct : float or None
        How much longer than the great circle it may be.
    expect : {"clear", "marginal", "crosses"}
        What the verdict on the `avoid` rules should be.
    crosses : tuple of str or None
        Exactly the forbidden states that it should cross; None if any will do.
    why : str
        The reason for the proposal.
    sources : tuple of str
        Where the reason can be read.
    where : str
        The file it came from.
    folder : Path
        Where the files of areas that its rules name are looked for first.
    """

    name: str
    on: dt.date
    route: Route
    avoid: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    margin_km: float = 0.0
    max_extension_pct: float | None = None
    expect: Expect = "clear"
    crosses: tuple[str, ...] | None = None
    why: str = ""
    sources: tuple[str, ...] = ()
    where: str = ""
    folder: Path = Path()

    def rules(self, world: Airspaces) -> tuple[Rule, ...]:
        """Work out the rules on the proposal's date.

        Raises
        ------
        ProposalError
            If a bloc or a state is unknown, or a state in `crosses` is not one that the rules forbid.
        """
        from overflight.rules import MaxExtension

        try:
            allowed = parse_codes(self.allow, world, what="`allow`")
            sets = [parse_ruleset(text, world, self.on, folder=self.folder) for text in self.avoid]
            areas_of(sets)
            named = parse_codes(self.crosses or (), world, what="`crosses`")
        except OverflightError as error:
            msg = f"{self.where}: {error}"
            raise ProposalError(msg) from error
        forbidden: frozenset[State] = frozenset().union(*(s.states for s in sets)) - allowed
        if idle := sorted(named - forbidden):
            msg = f"{self.where}: `crosses`: no rule forbids {', '.join(idle)} on {self.on}: take it out"
            raise ProposalError(msg)
        rules: list[Rule] = [*rules_of(sets, margin_km=self.margin_km, allow=allowed)]
        if self.max_extension_pct is not None:
            rules.append(MaxExtension(self.max_extension_pct))
        return tuple(rules)


def read_proposal(path: str | os.PathLike[str], *, where: str | None = None) -> Proposal:
    """Read a ``*.route.toml`` file.

    Parameters
    ----------
    path : path
        UTF-8, at most 1 MB.
    where : str, optional
        What to call the file in messages; its path by default.

    Raises
    ------
    ProposalError
        Names the file, the line and the key, what was expected and what was found.
    """
    path = Path(path)
    text = read_text(path, max_bytes=MAX_BYTES, where=where)
    return replace(parse_proposal(text, where=where or str(path)), folder=path.parent)


def parse_proposal(text: str, *, where: str) -> Proposal:
    """Read the text of a proposal.

    Parameters
    ----------
    text : str
        TOML with the keys ``name``, ``on``, ``waypoints`` (needed), ``avoid``, ``allow``, ``margin``,
        ``max_extension_pct``, ``expect``, ``crosses``, ``why`` and ``sources``; any other is an error.
    where : str
        What to call the file in messages.

    Raises
    ------
    ProposalError

    Examples
    --------
    >>> direct = parse_proposal('''
    ... name = "Moscow-Budapest"
    ... on = 2025-10-23
    ... waypoints = ["VKO", "BUD"]
    ... avoid = ["icc"]
    ... ''', where="direct.route.toml")
    >>> direct.on.isoformat(), direct.route.kind, direct.expect
    ('2025-10-23', 'great-circle', 'clear')
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = f"{where}: not TOML: {str(error).splitlines()[0]}: mend the line"
        raise ProposalError(msg) from error
    except (RecursionError, ValueError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        msg = f"{where}: not TOML: {reason[:120]}"
        raise ProposalError(msg) from error
    return _Reader(text, data, where).proposal()


class _Reader:
    """Takes each key out of the parsed file, or says in one line what is wrong with it."""

    KEYS = (
        "name",
        "on",
        "waypoints",
        "avoid",
        "allow",
        "margin",
        "max_extension_pct",
        "expect",
        "crosses",
        "why",
        "sources",
    )

    def __init__(self, text: str, data: dict[str, Any], where: str) -> None:
        self.text, self.data, self.where = text, data, where

    def proposal(self) -> Proposal:
        for key in self.data:
            if key not in self.KEYS:
                near = difflib.get_close_matches(key, self.KEYS, n=1)
                hint = f"did you mean `{near[0]}`?" if near else f"the keys are {', '.join(self.KEYS)}"
                self._fail(key, f"unknown key: {hint}")
        for key in ("name", "on", "waypoints"):
            if key not in self.data:
                msg = f"{self.where}: `{key}` is missing: add it"
                raise ProposalError(msg)
        name = self._text("name")
        if not name.strip():
            self._fail("name", "expected a name, found an empty text")
        if not name.strip().isprintable():
            self._fail("name", f"expected one line without control characters, found {name[:60]!r}")
        avoid = self._texts("avoid")
        expect, crosses = self._expectation(len(avoid))
        return Proposal(
            name=name.strip(),
            on=self._date(),
            route=self._route(name.strip()),
            avoid=avoid,
            allow=self._texts("allow"),
            margin_km=self._margin(),
            max_extension_pct=self._percent(),
            expect=expect,
            crosses=crosses,
            why=self._text("why").strip(),
            sources=self._texts("sources"),
            where=self.where,
        )

    def _date(self) -> dt.date:
        value = self.data["on"]
        if isinstance(value, str):
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                pass
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value
        return self._fail("on", f"expected a date such as 2025-10-23, found {_shown(value)}")

    def _route(self, name: str) -> Route:
        value = self.data["waypoints"]
        if not isinstance(value, list):
            self._fail("waypoints", f'expected a list such as ["VKO", "BUD"], found {_shown(value)}')
        points = [self._waypoint(i, item) for i, item in enumerate(value)]
        try:
            return Route(tuple(points), name, "great-circle" if len(points) == 2 else "given")
        except OverflightError as error:
            self._fail("waypoints", str(error))

    def _waypoint(self, i: int, item: object) -> Waypoint:
        pair = isinstance(item, list) and len(item) == 2 and not any(isinstance(x, str) for x in item)
        if not isinstance(item, str) and not pair:
            self._fail("waypoints", f"[{i}]: expected a place or [lon, lat], found {_shown(item)}")
        try:
            return place(cast("str | Sequence[float]", item))
        except OverflightError as error:
            self._fail("waypoints", f"[{i}]: {error}")

    def _expectation(self, rules: int) -> tuple[Expect, tuple[str, ...] | None]:
        crosses = self._texts("crosses") if "crosses" in self.data else None
        expect = self.data.get("expect", "crosses" if crosses else "clear")
        if expect not in EXPECTATIONS:
            self._fail("expect", f"expected one of {', '.join(EXPECTATIONS)}, found {_shown(expect)}")
        if expect == "crosses" and crosses == ():
            self._fail("crosses", 'empty although expect = "crosses": name the states, or expect "clear"')
        if expect != "crosses" and crosses:
            self._fail("crosses", f'states named although expect = "{expect}": expect "crosses"')
        if expect != "clear" and not rules:
            self._fail("expect", f'"{expect}" without a rule to break: add avoid = ["icc"]')
        return cast("Expect", expect), crosses if expect == "crosses" else None

    def _margin(self) -> float:
        if "margin" not in self.data:
            return 0.0
        value = self.data["margin"]
        if not isinstance(value, str):
            self._fail("margin", f'expected a distance with its unit such as "5nm", found {_shown(value)}')
        try:
            return parse_margin(value)
        except OverflightError as error:
            self._fail("margin", str(error))

    def _percent(self) -> float | None:
        value = self.data.get("max_extension_pct")
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is not None and not (number and 0.0 <= value <= 100_000.0):
            self._fail("max_extension_pct", f"expected per cent such as 20.0, found {_shown(value)}")
        return None if value is None else float(value)

    def _text(self, key: str) -> str:
        value = self.data.get(key, "")
        if not isinstance(value, str):
            self._fail(key, f"expected a text in quotes, found {_shown(value)}")
        return value

    def _texts(self, key: str) -> tuple[str, ...]:
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self._fail(key, f'expected a list of texts such as ["icc"], found {_shown(value)}')
        texts = tuple(item.strip() for item in value)
        for item in texts:
            if texts.count(item) > 1:
                self._fail(key, f"{_shown(item)} stands there twice: take one out")
        return texts

    def _fail(self, key: str, why: str) -> NoReturn:
        match = re.search(rf"""^\s*["']?{re.escape(key)}["']?\s*[.=\]]|^\s*\[+\s*{re.escape(key)}\b""", self.text, re.M)
        line = f", line {self.text.count(chr(10), 0, match.start()) + 1}" if match else ""
        msg = f"{self.where}{line}: `{key[:40]}`: {why}"
        raise ProposalError(msg)


def _shown(value: object) -> str:
    """Show a value from a file on one short line."""
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
