"""How far an aircraft can have flown in the gaps of its recording."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from overflight.earth.constants import KM_PER_NM
from overflight.routes.tracks.jumps import clock_s, position_km
from overflight.routes.tracks.samples import stamp
from overflight.routes.tracks.track import GAP_S, Track

__all__ = ["MAX_SPEED_KMH", "Leeway", "leeways"]

MAX_SPEED_KMH = 600.0 * KM_PER_NM
"""Ground speed that no airliner exceeds without a strong wind behind it."""
STANDS_KM = 5.0
"""An aircraft that was on the ground before and after a gap, no farther apart than that, stood or taxied there: what is
one flight has no landing in it."""
MEETS_KM = 1.0
"""Parts of a recording that end and begin so near each other have no gap between them."""


@dataclass(frozen=True, slots=True)
class Leeway:
    """What an aircraft can have flown between two of its positions.

    Attributes
    ----------
    leg : int
        Which of `Route.legs` the gap is.
    start, goal : (lon, lat)
        The positions before and after it, in degrees.
    begin_s, end_s : float
        Their times: seconds since 1970-01-01 UTC.
    km : float
        The geodesic between them.
    clock_s : float
        How finely the recording's clock tells the time, in seconds.
    position_km : float
        How far each position may be from where the aircraft was.
    max_speed_kmh : float
        The ground speed that the aircraft is taken not to exceed, wind included.
    between_parts : bool
        Whether the file begins a new part there.
    """

    leg: int
    start: tuple[float, float]
    goal: tuple[float, float]
    begin_s: float
    end_s: float
    km: float
    clock_s: float
    position_km: float
    max_speed_kmh: float
    between_parts: bool

    @property
    def seconds(self) -> float:
        """How long nothing was recorded."""
        return self.end_s - self.begin_s

    @property
    def possible_km(self) -> float:
        """How long a way between the two positions is possible, at most; NaN if the times are not known.

        At the highest speed all the time, which may be longer by what the clock does not tell, and longer at either end
        by how far the position may be wrong.
        """
        return self.max_speed_kmh * (self.seconds + self.clock_s) / 3600.0 + 2.0 * self.position_km

    @property
    def max_speed_kt(self) -> float:
        """The highest speed in knots."""
        return round(self.max_speed_kmh / KM_PER_NM, 1)

    @property
    def begin(self) -> str | None:
        """When it began, to the second, in UTC; None if that is not known."""
        return stamp(self.begin_s) if math.isfinite(self.begin_s) else None

    @property
    def end(self) -> str | None:
        """When it ended."""
        return stamp(self.end_s) if math.isfinite(self.end_s) else None

    @property
    def trouble(self) -> str:
        """Why nothing follows from the gap; empty if something does."""
        if not math.isfinite(self.seconds):
            return "its times are not known"
        if self.possible_km < self.km:
            return (
                f"no aircraft flies {self.km:,.0f} km in {self.seconds:,.0f} s at {self.max_speed_kt:,g} kt or less: "
                "times or positions are wrong, or the highest speed is set too low"
            )
        return ""

    @property
    def words(self) -> str:
        """When it was: ``2025-10-23T07:00:00Z to 2025-10-23T07:40:00Z``."""
        return f"{self.begin or 'time unknown'} to {self.end or 'time unknown'}"


def leeways(track: Track, max_speed_kmh: float = MAX_SPEED_KMH) -> tuple[Leeway, ...]:
    """Return how far the aircraft can have flown in each gap of a recording.

    Parameters
    ----------
    track : Track
        The recording; see `Track.gaps`. What its parts are apart by less than a kilometre is no gap, nor is the time in
        which the aircraft stood on the ground.
    max_speed_kmh : float
        The ground speed that it is taken not to exceed.

    Returns
    -------
    tuple of Leeway
        In the order of time.
    """
    return tuple(_leeways(track, max_speed_kmh))


def _leeways(track: Track, max_speed_kmh: float) -> Iterator[Leeway]:
    clock, off_km = clock_s(track.times_s), position_km(track.positions)
    on_ground = track.samples.on_ground == 1
    for gap in track.gaps:
        i, leg = gap.leg, track.legs[gap.leg]
        short = gap.between_parts and gap.km <= MEETS_KM and gap.seconds <= GAP_S
        if short or (on_ground[i] and on_ground[i + 1] and gap.km <= STANDS_KM):
            continue
        yield Leeway(
            i,
            (leg.start.lon, leg.start.lat),
            (leg.end.lon, leg.end.lat),
            float(track.times_s[i]),
            float(track.times_s[i + 1]),
            gap.km,
            clock,
            off_km,
            max_speed_kmh,
            gap.between_parts,
        )
