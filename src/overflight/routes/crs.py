"""Coordinates in another reference system, brought to WGS84 degrees, longitude first."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

from overflight.errors import OverflightError
from overflight.routes.collect import refuse, shown

__all__ = ["ToWgs84", "to_wgs84"]

ToWgs84 = Callable[[float, float], tuple[float, float]]

_SAME = frozenset({"4326", "4979", "CRS84", "CRS84H"})
"""WGS84 in degrees; every format read here has the longitude first, whatever the register says of EPSG:4326."""
_CODE = re.compile(r"(?:urn:ogc:def:crs:)?(EPSG|OGC)(?::[\d.]*)?:(\w{1,10})", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)


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
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    try:
        transformer = Transformer.from_crs(f"{match[1].upper()}:{code}", "EPSG:4326", always_xy=True)
    except ProjError:
        refuse(where, f"the reference system {shown(text)} is not known here: convert the file to EPSG:4326", at)

    def moved(x: float, y: float) -> tuple[float, float]:
        try:
            return cast("tuple[float, float]", transformer.transform(x, y, errcheck=True))
        except (ProjError, OverflowError, TypeError, ValueError) as error:
            msg = f"{x!r:.30}, {y!r:.30} is no place in {text}: mend it or the reference system"
            raise OverflightError(msg) from error

    return moved
