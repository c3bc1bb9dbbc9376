"""Make the table of winds: `python -m geodata.winds` puts it into the shipped data without building the borders again.

The input has January and July at 300 hPa. What is kept of it are whole hundredths of a metre a second.
"""

from __future__ import annotations

import io
import json
import sys
import tarfile
from pathlib import Path
from typing import Any

import numpy as np

from geodata.sources import fetch
from geodata.tables import OUT, rehash

__all__ = ["file_of_deb", "make_winds"]

FIELD = "./usr/share/ncarg/data/cdf/uv300.nc"
UNIT_M_S = 0.01
LEVEL_HPA = 300
AR_HEADER = 60
"""Bytes of the header of a member of an ar archive, as a Debian package is one; its size stands at 48, in decimal."""


def make_winds(out: Path = OUT) -> dict[str, Any]:
    """Write `winds.bin`, and return what the manifest says of it.

    Its array has shape (months, 2, latitudes, longitudes): to the east, then to the north. Rows go north, columns east.
    """
    from scipy.io import netcdf_file  # only a build needs it, not what else reads this recipe

    field = netcdf_file(io.BytesIO(file_of_deb(fetch("libncarg-data"), FIELD)), mmap=False)
    lat, lon, months = (np.array(field.variables[key][:]) for key in ("lat", "lon", "time"))
    speeds = np.stack([field.variables[key][:] for key in ("U", "V")], axis=1).astype(float)
    step = np.diff(lon)
    if not ((np.diff(lat) > 0).all() and (step == step[0]).all() and len(lon) * step[0] == 360.0):
        sys.exit(f"{FIELD}: the grid is not that of whole rows going north")
    if abs(speeds).max() > 150.0:
        sys.exit(f"{FIELD}: no wind is that strong, so a value is missing")
    blob = np.rint(speeds / UNIT_M_S).astype("<i2").tobytes()
    (out / "winds.bin").write_bytes(blob)
    return {
        "bytes": len(blob),
        "format": "h",
        "unit_m_s": UNIT_M_S,
        "level_hpa": LEVEL_HPA,
        "months": months.tolist(),
        "shape": list(speeds.shape),
        "west_deg": float(lon[0]),
        "latitudes_deg": [round(float(degrees), 4) for degrees in lat],
    }


def file_of_deb(package: Path, name: str) -> bytes:
    """Return a file of a Debian package: an ar archive with a tar in it."""
    raw, at = package.read_bytes(), len(b"!<arch>\n")
    while at < len(raw):
        size = int(raw[at + 48 : at + 58])
        if raw[at : at + 16].startswith(b"data.tar"):
            with tarfile.open(fileobj=io.BytesIO(raw[at + AR_HEADER : at + AR_HEADER + size])) as tar:
                member = tar.extractfile(name)
                if member is None:
                    break
                return member.read()
        at += AR_HEADER + size + size % 2
    sys.exit(f"{package.name} holds no {name}")


def main() -> None:
    """Make the winds anew, and leave everything else of the data as it is."""
    path = OUT / "manifest.json"
    winds = make_winds()
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["winds"] = winds
    path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    rehash()


if __name__ == "__main__":
    main()
