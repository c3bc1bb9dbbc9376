"""Coordinates in another reference system, brought to WGS84 degrees, longitude first."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from overflight.earth.constants import EQUATOR_RADIUS_M
from overflight.errors import OverflightError
from overflight.routes.refusals import refuse, shown

if TYPE_CHECKING:
    from pyproj import CRS

__all__ = ["ToWgs84", "to_wgs84"]

ToWgs84 = Callable[[float, float], tuple[float, float]]

_SAME = frozenset({"4326", "4979", "CRS84", "CRS84H"})
"""WGS84 in degrees; every format read here has the longitude first, whatever the register says of EPSG:4326."""
_CODE = re.compile(r"(?:urn:ogc:def:crs:)?(EPSG|OGC)(?::[\d.]*)?:(\w{1,10})", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)
LARGEST_M = 1e8
"""More than twice round the Earth: zones are numbered in the millions, up to 64, and that is all there is."""
NEAR_M, FAR_OFF = 5000.0, 1e-3
"""How far off, and what share of the coordinate, the way back may end: there and back may go by different datums."""
STEP_DEG = 0.01


def to_wgs84(name: str, where: str, at: str = "") -> ToWgs84 | None:
    """Return what turns coordinates of a reference system into degrees.

    Parameters
    ----------
    name : str
        A code, as ``EPSG:3857``, ``3857`` or ``urn:ogc:def:crs:OGC:1.3:CRS84``. Only codes are taken: a definition
        in a file is text from strangers.
    where, at : str
        The file, and the place in it, for messages.

    Returns
    -------
    callable or None
        None where nothing is to be done.

    Raises
    ------
    ProposalError
        If the code is not known.
    """
    text = name.strip()
    if _NUMBER.fullmatch(text):
        text = f"EPSG:{text}"
    match = _CODE.fullmatch(text)
    if match is None:
        refuse(where, f"the reference system {shown(text)} is not known here: convert the file to EPSG:4326", at)
    code = match[2].upper()
    if code in _SAME:
        return None
    from pyproj import CRS
    from pyproj.exceptions import ProjError

    try:
        return _Moved(CRS.from_user_input(f"{match[1].upper()}:{code}"), text)
    except ProjError:
        refuse(where, f"the reference system {shown(text)} is not known here: convert the file to EPSG:4326", at)
    except OverflightError as error:
        refuse(where, str(error), at)


class _Moved:
    """Turns coordinates into degrees, and goes the way back: what doesn't return to where it began is no place.

    Projections are undone by formulas that make a longitude and a latitude of any number at all, by running round the
    Earth or into a pole; a way back shows it.
    """

    def __init__(self, crs: CRS, name: str) -> None:
        from pyproj import Transformer
        from pyproj.enums import TransformDirection
        from pyproj.exceptions import ProjError

        if not (crs.is_projected or crs.is_geographic):
            msg = f"the reference system {name} has no coordinates of a map: convert the file to EPSG:4326"
            raise OverflightError(msg)
        self.name = name
        self.transform = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform
        self.back = TransformDirection.INVERSE
        self.failures = (ProjError, OverflowError, TypeError, ValueError)
        unit = crs.axis_info[0].unit_conversion_factor  # to metres, or to radians
        self.near = (NEAR_M if crs.is_projected else NEAR_M / EQUATOR_RADIUS_M) / unit
        self.most = LARGEST_M / unit if crs.is_projected else math.inf

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        cause: Exception | None = None
        try:
            if max(abs(x), abs(y)) <= self.most:
                lon, lat = self.transform(x, y, errcheck=True)
                if self._returns(x, y, lon, lat):
                    return lon, lat
        except self.failures as error:
            cause = error
        msg = f"{x!r:.30}, {y!r:.30} is no place in {self.name}: mend it or the reference system"
        raise OverflightError(msg) from cause

    def _returns(self, x: float, y: float, lon: float, lat: float) -> bool:
        near = self.near + FAR_OFF * max(abs(x), abs(y))
        back_x, back_y = self._undone(lon, lat)
        if not abs(back_y - y) <= near:
            return False
        off = abs(back_x - x)
        return off <= near or abs(off - self._turn(lon, lat, back_x)) <= near

    def _turn(self, lon: float, lat: float, x: float) -> float:
        """Return how far once round the Earth is along a parallel, if each longitude has one x; else nan.

        A line across 180 degrees may run on past the edge of the map.
        """
        side = -STEP_DEG if lon > 0.0 else STEP_DEG
        if abs(self._undone(lon, 0.5 * lat)[0] - x) > self.near:
            return math.nan
        return abs(self._undone(lon + side, lat)[0] - x) * 360.0 / STEP_DEG

    def _undone(self, lon: float, lat: float) -> tuple[float, float]:
        return cast("tuple[float, float]", self.transform(lon, lat, errcheck=True, direction=self.back))
