"""A price in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from overflight.airspace import load_airspaces

if TYPE_CHECKING:
    from overflight.costs import Figure
    from overflight.pricing.model import Price, Sum

__all__ = ["closed_words", "sentence", "sentences"]


def closed_words(price: Price) -> str:
    """Name what is closed: a state by its name, anything else as it was written; several each by itself."""
    names = {state.code: state.name for state in load_airspaces(price.facts["view"]).states}
    told = [_named(text, names) for text in price.closures]
    return told[0] if len(told) == 1 else f"each of {len(told)} states by itself"


def sentences(price: Price) -> list[str]:
    """Say what each closure comes to, those that affect most flights first."""
    names = {state.code: state.name for state in load_airspaces(price.facts["view"]).states}
    order = sorted(price.totals(), key=lambda one: (-one.affected, one.what))
    return [_said(one, _named(one.what, names), price.flights) for one in order]


def sentence(price: Price) -> str:
    """Say what the closure that affects most flights comes to."""
    return sentences(price)[0] if price.closures else ""


def _named(text: str, names: Mapping[str, str]) -> str:
    """Name states that are listed by their codes; any other rule set stays as it was written."""
    codes = text.split(" | ")
    return ", ".join(names[code] for code in codes) if all(code in names for code in codes) else text


def _said(one: Sum, name: str, flights: int) -> str:
    if not one.affected:
        return f"Without {name}: none of {_flights(flights)} is affected."
    told = [f"Without {name}: {one.affected:,} of {_flights(flights)} {_are(one.affected)} affected."]
    if one.detours:
        told.append(
            f"{_flights(one.detours)} {_fly(one.detours)} a detour, {_number(one.km.typical)} km more in all, at least "
            f"{_number(one.km.low)} km: {_range(one.time_min.times(1 / 60))} h, {_range(one.fuel_t)} t of fuel, "
            f"{_range(one.co2_t)} t of CO2."
        )
    if one.ends_there:
        told.append(
            f"{_flights(one.ends_there)} {_fly(one.ends_there, 'depart')} or {_fly(one.ends_there, 'land')} there."
        )
    if one.closed_off:
        told.append(f"{_flights(one.closed_off)} {_fly(one.closed_off, 'have')} no lawful way left.")
    if one.not_found:
        told.append(f"For {_flights(one.not_found)} no way was found, though there may be one.")
    return " ".join(told)


def _flights(count: int) -> str:
    return "1 flight" if count == 1 else f"{count:,} flights"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _fly(count: int, verb: str = "fly") -> str:
    if count != 1:
        return verb
    return {"fly": "flies", "depart": "departs", "land": "lands", "have": "has"}[verb]


def _range(one: Figure) -> str:
    low, high = _number(one.low), _number(one.high)
    return low if low == high else f"{low} to {high}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10.0 else f"{value:,.1f}"
