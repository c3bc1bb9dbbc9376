"""Route files: size and encoding are checked before anything is parsed; each format has one reader."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from overflight.errors import ProposalError
from overflight.outside.files import read_at_most
from overflight.outside.printable import visible
from overflight.outside.witness import taken_for
from overflight.routes.collect import MAX_BYTES, MAX_POINTS, MAX_ROUTES
from overflight.routes.model import Route
from overflight.routes.refusals import refuse, shown
from overflight.routes.suffixes import SUFFIXES, Format

if TYPE_CHECKING:
    from overflight.routes.fixes import Fixes

__all__ = [
    "MAX_BYTES",
    "READABLE",
    "decode",
    "parse_bytes",
    "parse_file",
    "parse_routes",
    "read_fixes",
    "read_routes",
    "read_text",
]

READABLE = (
    "GeoJSON, GPX, KML, KMZ, CSV, WKT, GeoPackage, GeoParquet, Shapefile, IGC, NMEA, what trackers and planners write, "
    "spreadsheets, ICAO flight plan (.fpl)"
)
_BINARY: dict[Format, tuple[bytes, ...]] = {
    "gpkg": (b"SQLite format 3\x00",),
    "parquet": (b"PAR1",),
    "arrow": (b"ARROW1",),
    "geodata": (b"fgb\x03", b"\x00\x00\x27\x0a"),
    "zip": (b"PK\x03\x04",),
}
_BYTES = frozenset({"markup", "gpkg", "parquet", "arrow", "geodata"})
_WORDS: dict[Format, str] = {
    "json": "JSON",
    "markup": "XML",
    "csv": "CSV",
    "wkt": "WKT",
    "flight plan": "ICAO flight plan",
    "recording": "lines of a recorder (IGC, NMEA or BaseStation)",
    "waypoints": "waypoints of a planner",
    "codes": "places",
    "gpkg": "GeoPackage",
    "parquet": "Parquet",
    "arrow": "Feather",
    "geodata": "geodata (shapefile or FlatGeobuf)",
}
"""What a witness is told that a file was taken for."""
_DECODED: tuple[Format, ...] = ("parquet", "arrow", "geodata")
MAX_DECODED = 20
"""Files of an archive that are decoded by a process of their own, half a second each."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_GUESSED = frozenset({"", ".txt", ".xml", ".route", ".dat", ".log"})
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<", re.ASCII)
_WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)[\s>]", re.ASCII | re.IGNORECASE)


def read_routes(
    path: str | os.PathLike[str],
    *,
    fixes: str | os.PathLike[str] | None = None,
    airways: Literal["refuse", "direct"] = "refuse",
) -> tuple[Route, ...]:
    """Read the routes of a file; their legs are geodesics between the points that it has, whatever the format.

    Parameters
    ----------
    path : path
        GeoJSON, GPX (routes and tracks), KML and KMZ (lines and tracks), CSV (a row a waypoint, or WKT), WKT,
        GeoPackage, GeoParquet (needs pyarrow), Shapefile, FlatGeobuf or ICAO flight plans; what trackers, loggers and
        planners write; told by the content, where that leaves it open by the suffix, packed by gzip or zip or not.
        Recordings are made flights: see `overflight.routes.tracks`. Coordinates in another reference system than
        WGS84 are brought to it point by point. Up to 50 MB, 300,000 waypoints and 100,000 routes; see
        `overflight.routes.collect` for all limits.
    fixes : path, optional
        CSV with ``name``, ``lon``, ``lat`` (optionally ``variation``): the named points of flight plans; also as
        OurAirports, the FAA and X-Plane write them.
    airways : {"refuse", "direct"}
        Whether a plan that names an airway is refused, or its airways are taken for straight lines between their ends.

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
    from overflight.routes.fixes import Fixes

    named = read_fixes(fixes).named if fixes is not None else {}
    return parse_file(path, Fixes(named, airways == "direct"))


def parse_file(path: Path, fixes: Fixes | None = None, *, pipes: bool = False) -> tuple[Route, ...]:
    """Read the routes of a file, with the named points at hand; see `read_routes`.

    With `pipes`, also those that a pipe holds, which a user must have named himself: one may never begin.

    Raises
    ------
    ProposalError
    """
    raw = _read(path, MAX_BYTES, None, pipes=pipes)
    if path.suffix.lower() == ".shp" and raw.startswith(_BINARY["geodata"]):
        from overflight.routes.decoded import parse_decoded
        from overflight.routes.packed import with_its_files

        return parse_decoded(with_its_files(path, raw), visible(str(path)), default_name=path.stem)
    return parse_bytes(raw, path.name, where=visible(str(path)), fixes=fixes)


def parse_bytes(raw: bytes, name: str, *, where: str, fixes: Fixes | None = None) -> tuple[Route, ...]:
    """Read routes, in the format that their first bytes, the file's name or, failing these, the content tells.

    Parameters
    ----------
    raw : bytes
        The file.
    name : str
        The file's name; ``-`` for standard input.
    where : str
        What to call the file in messages.
    fixes : Fixes, optional
        What is known beside flight plans; see `read_fixes`.

    Raises
    ------
    ProposalError
    """
    _check_size(raw, where, MAX_BYTES)
    if raw.startswith(b"\x1f\x8b"):
        from overflight.routes.packed import unzipped

        taken_for("gzip")
        raw = unzipped(raw, where)
        name = name.removesuffix(".gz")
    if _WEB_PAGE.match(raw):
        refuse(where, "a web page, saved in the place of a file: sign in where it comes from, and download it anew")
    stem = Path(name).stem if name != "-" else "stdin"
    form = _format_of(raw, name, where)
    if form == "zip":
        return _parse_zip(raw, name, where, fixes)
    if form in _BYTES:
        taken_for(_WORDS[form])
        return _parse_bytes(raw, form, where, stem)
    text = _text_of(raw, where)
    del raw
    form = _guess(text, name, where, form)
    taken_for(_WORDS[form])
    return _parse_text(text, form, where, stem, fixes)


def _parse_bytes(raw: bytes, form: Format, where: str, stem: str) -> tuple[Route, ...]:
    if form == "markup":
        from overflight.routes.markup import parse_markup

        return parse_markup(raw, where, default_name=stem)
    if form == "gpkg":
        from overflight.routes.geopackage import parse_geopackage

        return parse_geopackage(raw, where, default_name=stem)
    from overflight.routes.decoded import parse_decoded

    return parse_decoded(raw, where, default_name=stem)


def _parse_zip(raw: bytes, name: str, where: str, fixes: Fixes | None) -> tuple[Route, ...]:
    """Read what an archive holds: KML, a shapefile, or any other route files."""
    from overflight.routes.packed import files_in_zip, is_spreadsheet

    stem = Path(name).stem if name != "-" else "stdin"
    if is_spreadsheet(raw):
        from overflight.routes.decoded import parse_sheet

        taken_for("spreadsheet")
        return parse_sheet(raw, where, default_name=stem)
    taken_for("ZIP")
    kind, files = files_in_zip(raw, where, kmz=name.lower().endswith(".kmz"))
    if kind == "kml":
        from overflight.routes.markup import parse_kmz

        return parse_kmz(files, where, default_name=stem)
    found: list[Route] = []
    dear = tuple(magic for form in _DECODED for magic in _BINARY[form])
    decoded = len(files) if kind == "shapefiles" else sum(data.startswith(dear) for _, data in files)
    if decoded > MAX_DECODED:
        refuse(where, f"more than {MAX_DECODED} files in it that take a process each: unpack it")
    for inner, data in files:
        told = f"{where} ({shown(inner)})"
        if kind == "shapefiles":
            from overflight.routes.decoded import parse_decoded

            found += parse_decoded(data, told, default_name=Path(inner).stem)
        elif data.startswith(_BINARY["zip"]):
            refuse(where, "an archive in an archive: unpack it first")
        else:
            found += parse_bytes(data, Path(inner).name, where=told, fixes=fixes)
        if sum(len(route.waypoints) for route in found) > MAX_POINTS or len(found) > MAX_ROUTES:
            refuse(where, f"more than {MAX_POINTS:,} waypoints or {MAX_ROUTES:,} routes in its files: split it")
    return tuple(found)


def parse_routes(text: str, name: str, *, where: str) -> tuple[Route, ...]:
    """Read routes from a text, as one that stands in another file; see `parse_bytes`.

    Raises
    ------
    ProposalError
    """
    return parse_bytes(text.encode("utf-8", errors="surrogatepass"), name, where=where)


def _parse_text(text: str, form: Format, where: str, stem: str, fixes: Fixes | None) -> tuple[Route, ...]:  # noqa: PLR0911
    if form == "json":
        from overflight.routes.json_files import parse_json

        return parse_json(text, where, default_name=stem)
    if form == "wkt":
        from overflight.routes.wkt import parse_wkt

        return parse_wkt(text, where, default_name=stem)
    if form == "flight plan":
        from overflight.routes.flightplan import parse_flight_plans

        return parse_flight_plans(text, where, default_name=stem, fixes=fixes)
    if form == "recording":
        from overflight.routes.text_tracks import parse_recording

        return parse_recording(text, where, default_name=stem)
    if form == "waypoints":
        from overflight.routes.text_plans import parse_waypoints

        return parse_waypoints(text, where, default_name=stem)
    if form == "codes":
        from overflight.routes.typed import parse_codes_lines

        return parse_codes_lines(text, where, default_name=stem)
    from overflight.routes.rows import parse_csv

    return parse_csv(text, where, default_name=stem)


def read_fixes(path: str | os.PathLike[str]) -> Fixes:
    """Read named points from CSV with the columns ``name``, ``lon``, ``lat`` and optionally ``variation``.

    Raises
    ------
    ProposalError
    """
    from overflight.routes.fixes import Fixes, parse_fixes

    path = Path(path)
    where = visible(str(path))
    return Fixes(parse_fixes(decode(_read(path, MAX_BYTES, where, pipes=True), where), where))


def _format_of(raw: bytes, name: str, where: str) -> Format | None:
    """Tell the format of what is binary or XML, and of what has a suffix; None for a text to look at."""
    form = SUFFIXES.get(Path(name).suffix.lower())
    if (binary := next((b for b, magics in _BINARY.items() if raw.startswith(magics)), None)) is not None:
        return binary
    if form in _BINARY:
        refuse(where, f"the file does not begin as {Path(name).suffix} files do: write it anew")
    if form is None and Path(name).suffix.lower() not in _GUESSED and name != "-":
        suffix = visible(Path(name).suffix.lower()[:20])
        refuse(where, f"{suffix} is not read here: convert it to one of {READABLE}")
    if form in {None, "flight plan"} and (_XML.match(raw) or (raw[:2] in _UTF16 and b"<" in raw[:6])):
        return "markup"
    return form


def _guess(text: str, name: str, where: str, form: Format | None) -> Format:
    """Tell the format of a text by how it begins, where its name does not tell, or trackers call theirs `.csv`, too."""
    from overflight.routes.flightplan import is_flight_plan
    from overflight.routes.tables import is_table
    from overflight.routes.text_plans import is_waypoints
    from overflight.routes.text_tracks import is_recording
    from overflight.routes.typed import is_codes
    from overflight.routes.wkt import is_wkt

    if form in {None, "csv"} and is_recording(text):
        return "recording"
    if form is not None:
        return form
    if text.lstrip("\x1e \t\r\n")[:1] in {"{", "["}:
        return "json"
    begins: tuple[tuple[Format, Callable[[str], bool]], ...] = (
        ("wkt", is_wkt),
        ("waypoints", is_waypoints),
        ("csv", is_table),
        ("codes", is_codes),
        ("flight plan", is_flight_plan),
    )
    kind = next((kind for kind, is_one in begins if is_one(text)), None)
    if kind is None:
        what = "standard input" if name == "-" else "a file of this kind"
        refuse(where, f"{what} is not read here, for it begins as no format known: give one of {READABLE}")
    return kind


def read_text(path: Path, *, max_bytes: int = MAX_BYTES, where: str | None = None) -> str:
    """Read a UTF-8 text file whole, if it is one and not larger than allowed; `where` names it in messages.

    Raises
    ------
    ProposalError
        If it is missing, no file, empty, too large, or not UTF-8.
    """
    return decode(_read(path, max_bytes, where), where or visible(str(path)), max_bytes=max_bytes)


def _read(path: Path, max_bytes: int, where: str | None, *, pipes: bool = False) -> bytes:
    where = where or visible(str(path))
    try:
        size = path.stat().st_size
        if path.is_file() and size > max_bytes:
            refuse(where, _too_large(size, max_bytes))
        return read_at_most(path, max_bytes, pipes=pipes)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        msg = f"{where}: can't be read ({reason.lower()}): check the path"
        raise ProposalError(msg) from error


def _check_size(raw: bytes, where: str, max_bytes: int) -> None:
    if len(raw) > max_bytes:
        refuse(where, _too_large(len(raw), max_bytes))
    if not raw.strip():
        refuse(where, "the file is empty: put a route in it")


def decode(raw: bytes, where: str, *, max_bytes: int = MAX_BYTES) -> str:
    """Decode UTF-8, or say what the bytes look like instead.

    Raises
    ------
    ProposalError
    """
    _check_size(raw, where, max_bytes)
    if raw[:2] in _UTF16 or b"\x00" in raw:
        refuse(where, "UTF-16 or binary, for there are NUL bytes or its mark in it: save it as UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        why = f"byte 0x{raw[error.start]:02x} is not UTF-8: save the file as UTF-8"
        refuse(where, why, f"line {line}")


def _text_of(raw: bytes, where: str) -> str:
    """Decode UTF-8, or UTF-16 with its mark, as spreadsheets save it."""
    if raw[:2] not in _UTF16:
        return decode(raw, where)
    try:
        return decode(raw.decode("utf-16").encode(), where, max_bytes=2 * MAX_BYTES)
    except UnicodeError as error:
        refuse(where, f"no whole UTF-16 ({error.args[-1]}): save it as UTF-8")


def _too_large(size: int, max_bytes: int) -> str:
    return f"{size / 1e6:.0f} MB is more than the {max_bytes / 1e6:.0f} MB read here: split the file"
