"""Distances and angles between points of the unit sphere, for compiled functions; see `overflight.earth.sphere`."""

from __future__ import annotations

from overflight.earth import sphere
from overflight.earth.compiled import called
from overflight.earth.constants import LEAST_KM_PER_RAD as LEAST_KM
from overflight.earth.constants import MOST_KM_PER_RAD as MOST_KM

__all__ = ["LEAST_KM", "MOST_KM", "angle", "km", "side", "turn"]

angle, km, side, turn = called(sphere.angle), called(sphere.km), called(sphere.side), called(sphere.turn)
