"""Claims: what somebody says of a route, in words that can be judged.

Each is one short sentence, by these patterns; case does not matter, nor does a full stop at the end:

=============================================  ==================================================================
``keeps out of RULESET``, ``avoids RULESET``   it enters none of these
``enters RULESET``, ``crosses RULESET``        it enters one of these at least
``passes A, B and C``, ``by way of A, B``      it enters each of these, in this order
``needs the consent of A and B``               a rule of the proposal forbids each of these, and the route enters it
``needs only the consent of A and B``          the same, and of nobody else
``needs no consent``                           no rule of the proposal forbids whom it enters
``about 5000 km``, ``about 2700 NM``           its length; with ``longer`` behind it, over the great circle
``3 h longer``, ``2 h 30 min``, ``90 min``     its time; with ``longer`` behind it, over the great circle
``20 % longer``, ``+20 %``                     its length over the great circle, in per cent of that
``17 t of fuel``, ``5 t more CO2``             what is burnt; with ``more``, over the great circle
=============================================  ==================================================================

A RULESET is what `avoid` holds, such as ``icc - HUN``; A, B and C are states or rule sets. Before a number stands
``about`` (within 10 % of it, and meant where nothing stands there), ``under`` or ``at most``, ``over`` or ``at least``.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from overflight.airspace.states import DATA, table_rows
from overflight.earth.constants import KM_PER_NM
from overflight.errors import OverflightError
from overflight.outside.printable import visible

__all__ = ["ABOUT", "Claim", "Judgement", "Kind", "claims_of", "parse_claim"]

Kind = Literal["out", "enters", "passes", "consent", "km", "pct", "min", "fuel_t", "co2_t"]
Judgement = Literal["holds", "fails", "not-known"]
ABOUT = 0.1
"""How far off a figure may be that is said to be *about* so much, or said without a word."""
MAX_CHARS = 500
MAX_NAMES = 50
CAN_BE_SAID = (
    '"keeps out of eu", "enters POL", "passes TUR, MNE and SRB", "needs the consent of MNE", "about 5000 km", '
    '"3 h longer", "+20 %" or "17 t of fuel"'
)
_ABOUT = r"about|around|some|roughly|approximately|ca\.?|~"
_UNDER = r"under|below|less than|at most|up to|no more than"
_OVER = r"over|above|more than|at least|no less than"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,6})?|\d{1,7}(?:\.\d{1,6})?"
_HOW = rf"(?:(?P<about>{_ABOUT})\s*|(?P<under>{_UNDER})\s+|(?P<over>{_OVER})\s+|)"
_LONGER = r"(?P<longer>\s+(?:longer|more))?"
_H, _MIN = r"h|hours?|hrs?", r"min|minutes?|mins?"


def _patterns(*pairs: tuple[str, Kind]) -> tuple[tuple[str, Kind], ...]:
    """Take patterns, each with what it is about."""
    return pairs


_FIGURES: tuple[tuple[re.Pattern[str], Kind], ...] = tuple(
    (re.compile(f"{_HOW}{pattern}", re.IGNORECASE | re.ASCII), kind)
    for pattern, kind in _patterns(
        (rf"(?P<n>{_NUMBER})\s*(?P<unit>km|nm|nmi){_LONGER}(?:\s+long)?", "km"),
        (rf"(?P<n>{_NUMBER})\s*(?P<unit>{_H})(?:\s*(?P<and>\d{{1,2}})\s*(?:{_MIN}))?{_LONGER}", "min"),
        (rf"(?P<n>{_NUMBER})\s*(?P<unit>{_MIN}){_LONGER}", "min"),
        (rf"\+?\s*(?P<n>{_NUMBER})\s*(?:%|per cent|percent)(?P<longer>\s+(?:longer|more))?", "pct"),
        (
            rf"(?P<n>{_NUMBER})\s*(?:t|tonnes?)(?P<longer>\s+more)?(?:\s+of)?\s+(?P<what>fuel|co2)(?P<later>\s+more)?",
            "fuel_t",
        ),
    )
)
_NAMED: tuple[tuple[re.Pattern[str], Kind], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in _patterns(
        (r"(?:keeps out of|avoids)\s+(?P<names>.+)", "out"),
        (r"(?:enters|crosses)\s+(?P<names>.+)", "enters"),
        (r"(?:passes|by way of)\s+(?P<names>.+)", "passes"),
        (r"needs\s+(?P<only>only\s+)?the consent of\s+(?P<names>.+)", "consent"),
        (r"needs\s+(?P<only>no)\s+consent", "consent"),
    )
)
_AND = re.compile(r"(?:^|\s+)(?:and|then)\s+", re.IGNORECASE)


class Bounds(NamedTuple):
    """From where to where a figure has to lie for a claim to hold; in km, minutes, per cent or tonnes."""

    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim, as read.

    Attributes
    ----------
    text : str
        As written.
    kind : str
        What it is about: ``"out"``, ``"enters"``, ``"passes"``, ``"consent"``, ``"km"``, ``"pct"``, ``"min"``,
        ``"fuel_t"`` or ``"co2_t"``.
    names : tuple of str
        Rule sets and states that it names.
    only : bool
        Whether it says that nobody else's consent is needed.
    bounds : Bounds or None
        Where the figure has to lie.
    longer : bool
        Whether the figure is over the great circle.
    expect : {"holds", "fails", "not-known"}
        What judging it should come to.
    """

    text: str
    kind: Kind
    names: tuple[str, ...] = ()
    only: bool = False
    bounds: Bounds | None = None
    longer: bool = False
    expect: Judgement = "holds"


def parse_claim(text: str, expect: Judgement = "holds") -> Claim:
    """Read a claim.

    Parameters
    ----------
    text : str
        One of the patterns of this module.
    expect : {"holds", "fails", "not-known"}
        What judging it should come to.

    Raises
    ------
    OverflightError
        Says what can be said.

    Examples
    --------
    >>> parse_claim("about 5,000 km").bounds, parse_claim("over 2 h 30 min longer").bounds
    (Bounds(least=4500.0, most=5500.0), Bounds(least=150.0, most=inf))
    >>> parse_claim("passes Turkey, Montenegro and Serbia").names
    ('Turkey', 'Montenegro', 'Serbia')
    """
    plain = " ".join(text.split()).rstrip(".").rstrip()
    if len(plain) <= MAX_CHARS:
        for pattern, kind in _NAMED:
            if found := pattern.fullmatch(plain):
                return _of_names(text, kind, found, expect)
        for pattern, kind in _FIGURES:
            if found := pattern.fullmatch(plain):
                return _of_figure(text, kind, found, expect)
    raise OverflightError(f"{visible(text[:60])!r} is no claim that can be judged: say {CAN_BE_SAID}")


def claims_of(data: Mapping[str, Any], fail: Callable[..., Any]) -> Iterator[Claim]:
    """Read the claims of a proposal, each a text, or a table with its text and what it should come to.

    Parameters
    ----------
    data : mapping
        The keys of a route, of the right shape.
    fail : callable
        Raises the error that says where: called with the key, what is wrong, and the claim's number.
    """
    for i, item in enumerate(data.get("claims", ())):
        told: dict[str, Any] = {"claim": item} if isinstance(item, str) else item
        try:
            yield parse_claim(told["claim"], told.get("expect", "holds"))
        except OverflightError as error:
            fail("claims", str(error), i)


def _of_names(text: str, kind: Kind, found: re.Match[str], expect: Judgement) -> Claim:
    groups = found.groupdict()
    told = (groups.get("names") or "").strip()
    names = tuple(_listed(told)) if kind in {"passes", "consent"} else (told,)
    if len(names) > MAX_NAMES:
        raise OverflightError(f"{visible(text[:60])!r} names more than {MAX_NAMES}: make several claims of it")
    return Claim(text, kind, names, only=bool(groups.get("only")), expect=expect)


def _listed(told: str) -> Iterator[str]:
    """Take a list apart; "Bosnia and Herzegovina" is one name."""
    for part in filter(None, re.split(r"\s*[,;]\s*", told)):
        words = [word for word in _AND.split(part) if word]
        while words:
            pair = " and ".join(words[:2])
            whole = 2 if pair.casefold() in _pairs() else 1
            yield " and ".join(words[:whole])
            words = words[whole:]


@functools.cache
def _pairs() -> frozenset[str]:
    """Return the names of states and territories that hold an "and"."""
    rows = table_rows(DATA / "pieces.csv")
    names = {row[key].casefold() for row in rows for key in ("state_name", "territory_name")}
    return frozenset(name for name in names if " and " in name)


def _of_figure(text: str, kind: Kind, found: re.Match[str], expect: Judgement) -> Claim:
    groups = found.groupdict()
    value = float(found["n"].replace(",", ""))
    unit = (groups.get("unit") or "").lower()
    if kind == "min" and unit.startswith("h"):
        value = 60.0 * value + float(groups.get("and") or 0.0)
    elif unit.startswith("nm"):
        value *= KM_PER_NM
    elif (groups.get("what") or "").lower() == "co2":
        kind = "co2_t"
    if not value:
        raise OverflightError(f'{visible(text[:60])!r}: nothing is about nothing: say how much, or "under" so much')
    about = Bounds((1.0 - ABOUT) * value, (1.0 + ABOUT) * value)
    bounds = Bounds(-math.inf, value) if groups["under"] else Bounds(value, math.inf) if groups["over"] else about
    more = kind == "pct" or bool(groups.get("longer") or groups.get("later"))
    return Claim(text, kind, bounds=bounds, longer=more, expect=expect)
