"""Aircraft by ICAO type, from `openap`, which ``overflight[fuel]`` brings: none of its data are in this package."""

from __future__ import annotations

import re
import warnings
from importlib import import_module
from typing import Any

from overflight.costs.figures import Figure
from overflight.errors import OverflightError

__all__ = ["is_designator", "modelled"]

EXTRA = "pip install 'overflight[fuel]'"
MASSES = (0.6, 0.75, 0.9)
"""Shares of the maximum take-off mass that the burn is for: lightly laden and near the end, to laden and just begun."""
OFF = Figure(0.95, 1.0, 1.05)
"""How far the burn can be off for a type with a fuel model of its own: speed and level at which it is flown."""
FAR_OFF = Figure(0.65, 1.0, 1.4)
"""The same by openap's general model, ours: it gives a 777-300ER 188 kg a minute, an A320neo 24."""
MACH_OFF = 0.03
"""How far the Mach number can be off where no recordings of the type were made into statistics."""
_DESIGNATOR = re.compile(r"[A-Z][A-Z0-9]{1,3}", re.ASCII)
_SYNONYM = re.compile(r"using synonym (\w+) for", re.ASCII)


def is_designator(text: str) -> bool:
    """Tell whether a text looks like an ICAO type designator (Doc 8643): two to four letters and digits.

    Examples
    --------
    >>> is_designator("B77W"), is_designator("jumbo")
    (True, False)
    """
    return _DESIGNATOR.fullmatch(text.upper()) is not None


def modelled(code: str) -> dict[str, Any]:
    """Return what openap knows of a type, as the arguments of an `Aircraft`.

    Parameters
    ----------
    code : str
        The ICAO type designator.

    Returns
    -------
    dict

    Raises
    ------
    OverflightError
        If openap is not installed, or does not have the type; then the message names the one it takes for it, or those
        with names like it.

    Notes
    -----
    Method: Mach number and level of cruise are those that WRAP found in recordings; where it has none of the type, the
    maker's, and 0.03 either way. Fuel is openap's at that speed and level in the standard atmosphere, for 60, 75 and
    90 % of the maximum take-off mass, and 5 % either way; where openap has no fuel model of the type's own, from 35 %
    less to 40 % more.
    """
    try:
        prop, fuel, kinematic, aero = (
            import_module(f"openap.{name}") for name in ("prop", "fuel", "kinematic", "aero")
        )
    except ImportError as error:
        msg = f"{code}: time and fuel of a type need a package that is not installed: {EXTRA}; or give a class"
        raise OverflightError(msg) from error
    known = [one.upper() for one in prop.available_aircraft()]
    if code not in known:
        raise OverflightError(_unknown(code, known, _synonyms(prop)))
    own = prop.aircraft(code)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model = fuel.FuelFlow(code, use_synonym=True)
        moves = kinematic.WRAP(code, use_synonym=True)
    recorded = moves.ac.upper() == code
    if recorded:
        machs, level_m = moves.cruise_mach(), 1000.0 * float(moves.cruise_alt()["default"])
        mach = Figure(float(machs["minimum"]), float(machs["default"]), float(machs["maximum"]))
    else:
        usual, level_m = float(own["cruise"]["mach"]), float(own["cruise"]["height"])
        mach = Figure(usual - MACH_OFF, usual, usual + MACH_OFF)
    sound_m_s = float(aero.vsound(level_m))
    most_kg, least_kg = float(own["mtow"]), float(own["oew"])
    masses = [max(share * most_kg, least_kg) for share in MASSES]
    speed_kt = mach.typical * sound_m_s / float(aero.kts)
    burn = [60.0 * float(model.enroute(mass=mass, tas=speed_kt, alt=level_m / float(aero.ft))) for mass in masses]
    exact = code.lower() in fuel_models(fuel)
    lent = sorted({match[1].upper() for one in told if (match := _SYNONYM.search(str(one.message)))})
    return {
        "name": code,
        "words": f"{_article(str(own['aircraft']))} ({code})",
        "speed_kmh": mach.times(3.6 * sound_m_s),
        "burn_kg_min": Figure(*burn).times(OFF if exact else FAR_OFF),
        "mass_t": Figure(*masses).times(0.001),
        "source": "openap (Sun, Hoekstra and Ellerbroek, Aerospace 7, 2020)",
        "assumptions": (
            *(
                ()
                if exact
                else ("openap has no fuel model of its own for the type: its general one can be a third off",)
            ),
            *((f"its drag is that of {' and '.join(lent)}",) if lent else ()),
        ),
    }


def fuel_models(fuel: Any) -> set[str]:  # noqa: ANN401 - a module that may not be installed
    """Return the types that openap has fuel models of, in small letters."""
    import csv
    from pathlib import Path

    with (Path(fuel.__file__).parent / "data" / "fuel" / "fuel_models.csv").open(newline="", encoding="utf-8") as file:
        return {row["typecode"].lower() for row in csv.DictReader(file)} - {"default"}


def _synonyms(prop: Any) -> dict[str, str]:  # noqa: ANN401
    """Return which type openap takes for another one."""
    table = prop.aircraft_synonym
    return {str(a).upper(): str(b).upper() for a, b in zip(table["orig"], table["new"], strict=True)}


def _unknown(code: str, known: list[str], synonyms: dict[str, str]) -> str:
    """Say what can be given for a type that openap does not have."""
    if code in synonyms:
        return f"{code}: openap has no such type, and takes {synonyms[code]} for it: give that, or a class"
    import difflib  # only for those who mistype

    near = difflib.get_close_matches(code, known, n=3)
    some = f"did you mean {' or '.join(near)}?" if near else f"it has {', '.join(known)}"
    return f"{code}: openap has no such type, nor one that it takes for it ({some}): give another one, or a class"


def _article(name: str) -> str:
    return f"{'an' if name[:1] in 'AEIOU' else 'a'} {name}"
