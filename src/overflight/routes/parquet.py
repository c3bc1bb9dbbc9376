"""Routes in GeoParquet, or in Parquet with lon and lat: decoded in a process of its own, which may crash or be stopped.

What decodes Parquet is a large library in C++; a crafted file must not take this process with it. The child sends
plain text and hexadecimal WKB, at most so much, in at most so long; the parent reads these as it reads everybody's.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

from overflight.outside.printable import plain_name
from overflight.routes.collect import Collector
from overflight.routes.model import Route
from overflight.routes.refusals import refuse
from overflight.routes.wkb import parse_wkb

__all__ = ["MAGIC", "parse_parquet"]

MAGIC = b"PAR1"
DEADLINE_S = 30.0
CHILD = Path(__file__).with_name("parquet_child.py")


def parse_parquet(raw: bytes, where: str, *, default_name: str) -> tuple[Route, ...]:
    """Read the routes of a (Geo)Parquet file; needs pyarrow.

    Parameters
    ----------
    raw : bytes
        The file: a column of WKB lines, that of the GeoParquet metadata, and a name; or rows of ``lon`` and ``lat``.
    where : str
        The file's name, for messages.
    default_name : str
        Name of a route that has none.

    Raises
    ------
    ProposalError
        If it can't be read, or pyarrow is not installed.
    """
    if importlib.util.find_spec("pyarrow") is None:
        refuse(where, "reading Parquet needs pyarrow: pip install 'overflight[arrow]', or convert the file to GeoJSON")
    text = _decoded(raw, where)
    lines = Collector(where, default_name)
    head, _, body = text.partition("\n")
    kind, _, crs = head.partition("\t")
    if kind == "refused":
        refuse(where, crs)
    if kind == "rows":
        from overflight.routes.rows import parse_csv

        return parse_csv(body, where, default_name=default_name)
    moved = lines.to_wgs84(crs) if crs else None
    for number, row in enumerate(body.splitlines(), 1):
        geometry, _, name = row.partition("\t")
        if geometry:
            parse_wkb(bytes.fromhex(geometry), lines, plain_name(json.loads(name)), f"row {number}", moved)
    return lines.routes("no line in it: a route is a LINESTRING")


def _decoded(raw: bytes, where: str) -> str:
    """Have the file decoded by a child."""
    command = [sys.executable, "-P", str(CHILD)]
    try:
        done = subprocess.run(command, input=raw, capture_output=True, timeout=DEADLINE_S, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        refuse(where, f"decoding the Parquet file took more than {DEADLINE_S:.0f} s: write a smaller file")
    except OSError as error:
        refuse(where, f"no process to decode Parquet could be started ({error.strerror}): convert the file to GeoJSON")
    if done.returncode != 0:
        refuse(where, "the Parquet file can't be decoded (the decoder broke off): write it anew, or as GeoJSON")
    return done.stdout.decode("utf-8", errors="replace")
