"""Routes in XML: which reader a file has is told by its first element."""

from __future__ import annotations

from collections.abc import Sequence

from overflight.routes import xml_plans
from overflight.routes.collect import Collector
from overflight.routes.elements import Reader, read_elements
from overflight.routes.gpx import Gpx
from overflight.routes.kml import Kml
from overflight.routes.model import Route
from overflight.routes.refusals import shown

__all__ = ["parse_kmz", "parse_markup"]

READERS: dict[str, type[Reader]] = {"gpx": Gpx, "kml": Kml, **xml_plans.READERS}


def parse_markup(raw: bytes, where: str, *, default_name: str) -> tuple[Route, ...]:
    """Read the routes of a GPX or KML file, whichever its first element says it is.

    Parameters
    ----------
    raw : bytes
        The file; its XML declaration tells the encoding, UTF-8 without one.
    where : str
        The file's name, for messages.
    default_name : str
        Name of a route that has none.

    Raises
    ------
    ProposalError
        Names the file and the line, what was expected and found.
    """
    lines = Collector(where, default_name)
    return lines.routes(read_elements(raw, lines, READERS) or "no element in it: give another file")


def parse_kmz(files: Sequence[tuple[str, bytes]], where: str, *, default_name: str) -> tuple[Route, ...]:
    """Read the routes of all KML files of a KMZ file, each with its name in there; see `parse_markup`.

    Raises
    ------
    ProposalError
    """
    lines = Collector(where, default_name)
    expected = ""
    for name, data in files:
        lines.where = f"{where} ({shown(name)})"
        expected = read_elements(data, lines, READERS) or expected
    lines.where = where
    return lines.routes(expected or "no element in it: give another file")
