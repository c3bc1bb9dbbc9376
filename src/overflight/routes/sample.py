"""What a recorder writes down: one position, and what it says of it."""

from __future__ import annotations

from typing import NamedTuple

from overflight.routes.places import Waypoint

__all__ = ["Sample"]


class Sample(NamedTuple):
    """One position.

    Attributes
    ----------
    point : Waypoint
        Where.
    when : float or None
        Seconds since 1970-01-01 UTC.
    altitude_m : float or None
        Metres, above what the recorder measures from.
    on_ground : bool or None
        Whether the aircraft says so.
    source : str or None
        How the position is known (``adsb_icao``, ``mlat``), where the file tells.
    callsign : str or None
        What the aircraft called itself then.
    part : int
        Which part of its recording it is in; between two parts nothing was recorded.
    """

    point: Waypoint
    when: float | None = None
    altitude_m: float | None = None
    on_ground: bool | None = None
    source: str | None = None
    callsign: str | None = None
    part: int = 0
