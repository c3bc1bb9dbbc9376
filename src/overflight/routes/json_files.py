"""JSON of every kind: which reader a document has is told by its members."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from overflight.outside.witness import taken_for
from overflight.routes import json_geodata, json_plans, json_records, json_tracks
from overflight.routes.collect import Collector
from overflight.routes.geojson import add_geojson, load_json, points_in, timed_points
from overflight.routes.model import Route

__all__ = ["parse_json"]

_ASSIGNED = re.compile(r"\s*(?:(?:var|let|const)\s+)?[\w.$\[\]'\"]{1,80}\s*(?:=(?!=)|\()\s*[{\[]", re.ASCII)
_SEQUENCE = re.compile(r"\s*\x1e?\s*\{[^\r\n]*\}\s*(?:[\r\n]+\s*|\x1e\s*)+\{")
MOST_LINE = 1_000_000
"""Characters among which the first document of several ends."""
READERS: tuple[Callable[[Any, Collector], bool], ...] = (
    json_tracks.add,
    json_plans.add,
    json_geodata.add,
    json_records.add,
)
"""Each takes a document if it is one of its own, and tells whether it was."""


def parse_json(text: str, where: str, *, default_name: str) -> tuple[Route, ...]:
    """Read the routes of a JSON document, or of one a line.

    Parameters
    ----------
    text : str
        GeoJSON or TopoJSON or Esri's, what trackers, planners and Google Timeline write, or what `overflight check`
        prints.
    where : str
        The file's name, for messages.
    default_name : str
        Name of a route that has none.

    Raises
    ------
    ProposalError
        Names the file and the member that is wrong, what was expected and found.
    """
    lines = Collector(where, default_name)
    if _ASSIGNED.match(text[:1000]) and text.lstrip()[:1] not in "{[":
        lines.refuse("JavaScript, not JSON: take out what stands before the first { or [, and what follows the last")
    if _SEQUENCE.match(text[:MOST_LINE]):
        text = _as_one(text)
    data = load_json(text, where)
    for reader in READERS:
        if reader(data, lines):
            return lines.routes("no position in it: give another file")
    expected = add_geojson(data, lines)
    if not lines.found:
        json_records.add_points(points_in(data, lines), lines)
        return lines.routes(expected)
    taken_for("GeoJSON")
    if len(samples := [*timed_points(data, lines)]) > 1:
        lines.record_instead(samples)
    return lines.routes(expected)


def _as_one(text: str) -> str:
    """Make one document of one a line: a collection of features, or a list."""
    documents = [line for part in text.split("\x1e") for line in part.splitlines() if line.strip()]
    joined = ",\n".join(documents)
    if re.search(r'"type"\s*:\s*"Feature"', documents[0]):
        return f'{{"type":"FeatureCollection","features":[{joined}]}}'
    return f"[{joined}]"
