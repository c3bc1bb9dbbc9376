"""Aircraft, as far as time and fuel go: classes, each a fleet's average with its spread; types by `openap`."""

from __future__ import annotations

from dataclasses import dataclass, field

from overflight.costs.figures import Figure
from overflight.costs.modelled import is_designator, modelled
from overflight.errors import OverflightError
from overflight.outside.printable import visible

__all__ = ["CLASSES", "Aircraft", "aircraft", "kmh"]

SOUND_KMH = 1062.3
"""The speed of sound from 11 km up, at 216.65 K: ICAO Standard Atmosphere, Doc 7488, 295.07 m/s."""


def kmh(mach: float) -> float:
    """Return the true airspeed at a Mach number in the stratosphere, in km/h.

    Examples
    --------
    >>> round(kmh(0.78))
    829
    """
    return mach * SOUND_KMH


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
        The masses that its burn is for, in tonnes.
    source : str
        Where the figures come from.
    assumptions : tuple of str
        What else to know of them, in sentences.
    burn_kg_km : Figure or None
        Fuel burnt over a km of air, where those that fly slowly also burn little: the ends of speed and burn can't be
        had together then.
    """

    name: str
    words: str
    speed_kmh: Figure
    burn_kg_min: Figure
    mass_t: Figure | None
    source: str
    assumptions: tuple[str, ...] = ()
    burn_kg_km: Figure | None = field(default=None, kw_only=True)

    @property
    def rate_kg_min(self) -> Figure:
        """What it burns a minute when all that is uncertain helps, is as usual, or hinders: the fastest comes first.

        Examples
        --------
        >>> [round(rate, 1) for rate in aircraft("regional").rate_kg_min.to_dict().values()]
        [19.8, 24.6, 20.4]
        """
        if self.burn_kg_km is None:
            return self.burn_kg_min
        speed, burn = self.speed_kmh, self.burn_kg_km
        return Figure(burn.low * speed.high / 60.0, self.burn_kg_min.typical, burn.high * speed.low / 60.0)


_EUROCONTROL = "EUROCONTROL, Standard inputs for economic analyses, release 10, rate of fuel burn (fleet of 2022, BADA)"
_MIXED = "the class has propellers and jets: name a type for less of a range"
CLASSES = {
    one.name: one
    for one in (
        Aircraft(
            "regional",
            "a regional aircraft",
            Figure(500.0, 700.0, kmh(0.80)),
            Figure(12.0, 24.6, 34.0),
            None,
            _EUROCONTROL,
            (_MIXED,),
            burn_kg_km=Figure(1.4, 60.0 * 24.6 / 700.0, 2.45),
        ),
        Aircraft(
            "narrow-body",
            "a narrow-body jet",
            Figure(kmh(0.75), kmh(0.78), kmh(0.80)),
            Figure(30.0, 40.1, 50.0),
            None,
            _EUROCONTROL,
        ),
        Aircraft(
            "wide-body",
            "a wide-body jet",
            Figure(kmh(0.80), kmh(0.83), kmh(0.86)),
            Figure(80.0, 113.9, 150.0),
            None,
            _EUROCONTROL,
        ),
        Aircraft(
            "business",
            "a business aircraft",
            Figure(500.0, 700.0, kmh(0.85)),
            Figure(3.0, 9.3, 24.0),
            None,
            _EUROCONTROL,
            (_MIXED,),
            burn_kg_km=Figure(0.38, 60.0 * 9.3 / 700.0, 1.6),
        ),
    )
}
"""What a class burns is EUROCONTROL's average of the types flown most in Europe, weighted by hours; it gives no spread.

The ends are ours, rounded: from the lightest of these types, lightly laden, to the heaviest, well laden (A319 to A321,
787-8 to 777-300ER, ATR 72 to E195, PC-12 to Global Express). Mach numbers are what WRAP found in ADS-B recordings of
such types (Sun, Ellerbroek and Hoekstra, Transportation Research C 98, 2019); propellers' speeds are their makers'.
Where a class has both, its usual speed is ours, too.
"""


def aircraft(name: str) -> Aircraft:
    """Return what is known of a class of aircraft, or of a type.

    Parameters
    ----------
    name : str
        ``regional``, ``narrow-body``, ``wide-body`` or ``business``; or an ICAO type designator, such as ``A320``,
        which needs the extra ``overflight[fuel]``.

    Raises
    ------
    OverflightError
        If there is no such class or type, or `openap` is not installed.

    Examples
    --------
    >>> aircraft("wide-body").burn_kg_min.typical
    113.9
    """
    plain = name.strip()
    found = CLASSES.get(plain.casefold())
    if found is not None:
        return found
    if is_designator(plain):
        return Aircraft(**modelled(plain.upper()))
    msg = f"{visible(name[:40])!r} is no class of aircraft: give {', '.join(CLASSES)}; or an ICAO type, such as A320"
    raise OverflightError(msg)
