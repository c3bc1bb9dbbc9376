"""Route files: size and encoding are checked before anything is parsed; each format has one reader."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

from overflight.errors import OverflightError, ProposalError
from overflight.places import Waypoint
from overflight.routes.geojson import MAX_ROUTES, parse_geojson
from overflight.routes.model import MAX_WAYPOINTS, Route

__all__ = ["MAX_BYTES", "READABLE", "parse_routes", "read_routes", "read_text"]

MAX_BYTES = 50_000_000
READABLE = "GeoJSON (.geojson, .json), CSV (.csv) and TOML proposals (.route.toml)"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MARKS = ((b"PK\x03\x04", "a ZIP archive"), (b"\x1f\x8b", "a gzip archive"), (b"PAR1", "a Parquet file"))


def read_routes(path: str | os.PathLike[str]) -> tuple[Route, ...]:
    """Read the routes of a GeoJSON or CSV file.

    Parameters
    ----------
    path : path
        ``.geojson`` or ``.json``: every line in it. ``.csv``: a header with ``lon`` and ``lat`` (degrees),
        optionally ``name`` (of the waypoint) and ``route`` (rows with the same value are one route). UTF-8,
        up to 50 MB.

    Returns
    -------
    tuple of Route
        At least one.

    Raises
    ------
    ProposalError
        Names the file, the place in it, what was expected and what was found.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "straight.geojson"
    ...     line = {"type": "LineString", "coordinates": [[37.3, 55.6], [19.3, 47.4]]}
    ...     _ = file.write_text(json.dumps(line))
    ...     [r.name for r in read_routes(file)]
    ['straight']
    """
    path = Path(path)
    return parse_routes(read_text(path), path.name, where=_one_line(str(path)))


def parse_routes(text: str, name: str, *, where: str) -> tuple[Route, ...]:
    """Read routes from a text, in the format that its name or, failing that, its first character tells.

    Parameters
    ----------
    text : str
        The file's text.
    name : str
        The file's name; ``-`` for standard input.
    where : str
        What to call the file in messages.

    Raises
    ------
    ProposalError
    """
    suffix = Path(name).suffix.lower()
    stem = Path(name).stem if name != "-" else "stdin"
    start = text.lstrip()[:1]
    if suffix in (".geojson", ".json") or (name == "-" and start in ("{", "[")):
        return parse_geojson(text, where, default_name=stem)
    if suffix == ".csv" or (name == "-" and start not in ("<", "")):
        return _parse_csv(text, where, default_name=stem)
    msg = f"{where}: {suffix or 'a file of this kind'} is not read here: convert it to one of {READABLE}"
    raise ProposalError(msg)


def read_text(path: Path, *, max_bytes: int = MAX_BYTES, where: str | None = None) -> str:
    """Read a UTF-8 text file whole, if it is one and not larger than allowed; `where` names it in messages.

    Raises
    ------
    ProposalError
        If it is missing, no file, empty, too large, or in another encoding.
    """
    where = where or _one_line(str(path))
    try:
        size = path.stat().st_size
        if not path.is_file():
            msg = f"{where} is {'a folder' if path.is_dir() else 'no regular file'}: give a file"
            raise ProposalError(msg)
        if size > max_bytes:
            raise ProposalError(_too_large(where, size, max_bytes))
        with path.open("rb") as file:
            raw = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        msg = f"{where}: can't be read ({reason.lower()}): check the path"
        raise ProposalError(msg) from error
    return decode(raw, where, max_bytes=max_bytes)


def _one_line(text: str) -> str:
    """Escape control characters in a file's name."""
    return text if text.isprintable() else repr(text)


def decode(raw: bytes, where: str, *, max_bytes: int = MAX_BYTES) -> str:
    """Decode UTF-8, or say what the bytes look like instead.

    Raises
    ------
    ProposalError
    """
    if len(raw) > max_bytes:
        raise ProposalError(_too_large(where, len(raw), max_bytes))
    if not raw.strip():
        msg = f"{where}: the file is empty: put a route in it"
        raise ProposalError(msg)
    for mark, kind in _MARKS:
        if raw.startswith(mark):
            msg = f"{where}: this is {kind}, no text: convert it to one of {READABLE}"
            raise ProposalError(msg)
    if raw.startswith(_UTF16) or b"\x00" in raw[:64]:
        msg = f"{where}: the text is UTF-16 or binary: save it as UTF-8"
        raise ProposalError(msg)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        msg = f"{where}, line {line}: byte 0x{raw[error.start]:02x} is not UTF-8: save the file as UTF-8"
        raise ProposalError(msg) from error


def _too_large(where: str, size: int, max_bytes: int) -> str:
    return f"{where}: {size / 1e6:.0f} MB is more than the {max_bytes / 1e6:.0f} MB read here: split the file"


def _parse_csv(text: str, where: str, *, default_name: str) -> tuple[Route, ...]:
    """Read rows of lon, lat[, name][, route]."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: dict[str, list[Waypoint]] = {}
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        columns = _columns(header, where)
        for row in reader:
            if row:
                name, point = _csv_point(row, columns, f"{where}, line {reader.line_num}")
                _append(lines, name, point, where)
    except csv.Error as error:
        msg = f"{where}, line {reader.line_num}: not CSV ({error}): mend the line"
        raise ProposalError(msg) from error
    if not lines:
        msg = f"{where}: a header and no rows: add a row lon,lat for each waypoint"
        raise ProposalError(msg)
    try:
        return tuple(Route(tuple(points), name or default_name) for name, points in lines.items())
    except OverflightError as error:
        msg = f"{where}: {error}"
        raise ProposalError(msg) from error


def _columns(header: list[str], where: str) -> dict[str, int]:
    """Find the columns; the longer words for longitude and latitude will do."""
    alias = {"longitude": "lon", "long": "lon", "lng": "lon", "latitude": "lat"}
    columns = {alias.get(cell, cell): i for i, cell in enumerate(header)}
    missing = [c for c in ("lon", "lat") if c not in columns]
    if missing:
        found = ", ".join(header)[:80] or "nothing"
        msg = f"{where}, line 1: expected a header with lon and lat (optionally name, route), found {found!r}"
        raise ProposalError(msg)
    return columns


def _csv_point(row: list[str], columns: dict[str, int], at: str) -> tuple[str, Waypoint]:
    def cell(key: str) -> str:
        i = columns.get(key, len(row))
        return row[i].strip() if i < len(row) else ""

    numbers: list[float] = []
    for key in ("lon", "lat"):
        try:
            numbers.append(float(cell(key)))
        except ValueError as error:
            msg = f"{at}, column {key}: expected decimal degrees, found {cell(key)[:40]!r}"
            raise ProposalError(msg) from error
    try:
        return cell("route")[:200], Waypoint(numbers[0], numbers[1], cell("name")[:200] or None)
    except OverflightError as error:
        msg = f"{at}: {error}"
        raise ProposalError(msg) from error


def _append(lines: dict[str, list[Waypoint]], name: str, point: Waypoint, where: str) -> None:
    line = lines.setdefault(name, [])
    if len(line) >= MAX_WAYPOINTS or len(lines) > MAX_ROUTES:
        msg = f"{where}: more than {MAX_WAYPOINTS} waypoints or {MAX_ROUTES} routes: split the file"
        raise ProposalError(msg)
    line.append(point)
