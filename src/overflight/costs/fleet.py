"""Aircraft, as far as time and fuel go: four classes, each a fleet's average with its spread."""

from __future__ import annotations

from dataclasses import dataclass

from overflight.costs.figures import Figure
from overflight.errors import OverflightError
from overflight.outside.printable import visible

__all__ = ["CLASSES", "Aircraft", "aircraft"]


@dataclass(frozen=True, slots=True)
class Aircraft:
    """What is known of an aircraft, or of a class of them, in cruise.

    Attributes
    ----------
    name : str
        The class, or the ICAO type designator.
    words : str
        What to call it in a sentence: ``a narrow-body jet``.
    speed_kmh : Figure
        True airspeed in cruise, slowest first.
    burn_kg_min : Figure
        Fuel burnt in cruise, in kg a minute.
    mass_t : Figure or None
        Take-off mass, in tonnes.
    source : str
        Where the figures come from.
    assumptions : tuple of str
        What they leave out, in sentences.
    """

    name: str
    words: str
    speed_kmh: Figure
    burn_kg_min: Figure
    mass_t: Figure | None
    source: str
    assumptions: tuple[str, ...] = ()


_EUROCONTROL = "EUROCONTROL, Standard inputs for economic analyses, rate of fuel burn (BADA, fleet of 2022)"
CLASSES = {
    one.name: one
    for one in (
        Aircraft("regional", "a regional aircraft", Figure(500, 720, 850), Figure(13, 24.6, 35), None, _EUROCONTROL),
        Aircraft("narrow-body", "a narrow-body jet", Figure(800, 835, 870), Figure(33, 40.1, 47), None, _EUROCONTROL),
        Aircraft("wide-body", "a wide-body jet", Figure(860, 890, 915), Figure(90, 113.9, 140), None, _EUROCONTROL),
        Aircraft("business", "a business aircraft", Figure(480, 780, 900), Figure(5, 9.3, 25), None, _EUROCONTROL),
    )
}


def aircraft(name: str) -> Aircraft:
    """Return what is known of a class of aircraft.

    Parameters
    ----------
    name : str
        ``regional``, ``narrow-body``, ``wide-body`` or ``business``.

    Raises
    ------
    OverflightError
        If there is no such class.

    Examples
    --------
    >>> aircraft("wide-body").burn_kg_min.typical
    113.9
    """
    found = CLASSES.get(name.strip().casefold())
    if found is None:
        msg = f"{visible(name[:40])!r} is no class of aircraft: give {', '.join(CLASSES)}"
        raise OverflightError(msg)
    return found
