"""From a file to proposals: its shape is checked against the schema, then what its keys say, one by one."""

from __future__ import annotations

import datetime as dt
import json
import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

from overflight.errors import OverflightError, ProposalError
from overflight.outside.beside import Find
from overflight.outside.bounded import json_values
from overflight.proposals.claims import claims_of
from overflight.proposals.model import Expect, Proposal
from overflight.proposals.positions import json_lines, toml_lines
from overflight.proposals.source import Source
from overflight.proposals.structure import faults, keys, schema, shown
from overflight.proposals.toml import load_toml
from overflight.routes import Route, read_routes
from overflight.routes.collect import MAX_VALUES
from overflight.routes.files import parse_bytes, read_text
from overflight.routes.model import Kind
from overflight.routes.places import place
from overflight.rules.rulesets import parse_margin
from overflight.rules.schedule import Schedule, parse_depart, parse_speed

if TYPE_CHECKING:
    from overflight.costs import Aircraft

__all__ = ["SUFFIXES", "is_proposal", "parse_proposals", "proposal_of", "read_proposals"]

MAX_BYTES = 1_000_000
MAX_DRAWING_BYTES = 20_000_000
TOML, GEOJSON = SUFFIXES = (".route.toml", ".route.geojson")
MAX_PROPOSALS = 10_000
FOREIGN = ("stroke", "fill", "marker-", "title", "description", "id", "fid", "styleUrl", "visibility", "tessellate")
"""Properties that drawing programs write on their own account, or the beginnings of their names."""
TIMES = ("coordTimes", "times", "coordinateProperties")
"""Properties that say when a recorded line was where, which `overflight.routes.geojson` reads."""
DRAWN = ("name", "route", "waypoints", "file")
"""Keys that a drawing has no use for at its top, since each of its lines is a route."""


def is_proposal(path: str | os.PathLike[str]) -> bool:
    """Tell by its name whether a file is a proposal."""
    return os.fspath(path).lower().endswith(SUFFIXES)


def read_proposals(path: str | os.PathLike[str], *, where: str | None = None) -> tuple[Proposal, ...]:
    """Read the proposals of a ``*.route.toml`` or ``*.route.geojson`` file.

    Parameters
    ----------
    path : path
        UTF-8; TOML of at most 1 MB, or GeoJSON of at most 20 MB.
    where : str, optional
        What to call the file in messages; its path by default.

    Returns
    -------
    tuple of Proposal
        One for each route and each date, in the order of the file.

    Raises
    ------
    ProposalError
        Names the file, the line and the key, what was expected and what was found.
    """
    path = Path(path)
    drawn = path.name.lower().endswith((".geojson", ".json"))
    text = read_text(path, max_bytes=MAX_DRAWING_BYTES if drawn else MAX_BYTES, where=where)
    return parse_proposals(text, where=where or str(path), folder=path.parent, drawn=drawn)


def parse_proposals(text: str, *, where: str, folder: Path | None = None, drawn: bool = False) -> tuple[Proposal, ...]:
    """Read the text of a proposal file.

    Parameters
    ----------
    text : str
        TOML as `route.schema.json` in this package has it, or GeoJSON. In GeoJSON each line is a route, and the
        properties of its Feature are the keys; a member ``"proposal"`` of the FeatureCollection holds those that all
        routes share.
    where : str
        What to call the file in messages.
    folder : pathlib.Path, optional
        Where the file lies; ``file = "..."`` is refused without.
    drawn : bool
        Whether the text is GeoJSON.

    Raises
    ------
    ProposalError

    Examples
    --------
    >>> (direct,) = parse_proposals('''
    ... name = "Moscow-Budapest"
    ... on = 2025-10-23
    ... waypoints = ["VKO", "BUD"]
    ... avoid = ["icc"]
    ... ''', where="direct.route.toml")
    >>> direct.on.isoformat(), direct.route.kind, direct.expect
    ('2025-10-23', 'great-circle', 'clear')
    """
    source = Source(where, text, json_lines if drawn else toml_lines, folder)
    found: list[Proposal] = []
    for reader in _drawing(text, source) if drawn else _document(text, source):
        found += reader.proposals()
        if len(found) > MAX_PROPOSALS:
            raise ProposalError(f"{where}: more than {MAX_PROPOSALS} routes and dates: split the file")
    if not found:
        raise ProposalError(f"{where}: no line in it: a route is a LineString, longitude before latitude")
    names: set[tuple[str, dt.date]] = set()
    for proposal in found:
        if (proposal.name, proposal.on) in names:
            raise (proposal.origin or source).error(("name",), f"{shown(proposal.name)} stands there twice: rename one")
        names.add((proposal.name, proposal.on))
    return tuple(found)


def proposal_of(keys: dict[str, Any], *, where: str, folder: Path | None = None, find: Find | None = None) -> Proposal:
    """Make a proposal of its keys, as JSON holds them.

    Parameters
    ----------
    keys : dict
        Those of one route in `route.schema.json`, with one date.
    where : str
        What to call it in messages.
    folder : pathlib.Path, optional
        Where the files lie that it names; ``file = "..."`` is refused without.
    find : callable, optional
        Finds these files; by default, those in `folder` and below; see `overflight.outside.beside`.

    Raises
    ------
    ProposalError
        Its `path` is that of the key at fault.

    Examples
    --------
    >>> keys = {"name": "direct", "on": "2025-10-23", "waypoints": ["VKO", "BUD"], "avoid": ["icc"]}
    >>> proposal_of(keys, where="the page").route.kind
    'great-circle'
    """
    source = Source(where, "", lambda _: {}, folder, find)
    for fault in faults(keys, "route"):
        raise source.error(fault.path, fault.why)
    found = _Reader(keys, source).proposals()
    if len(found) > 1:
        raise source.error(("on",), f"{len(found)} dates: expected one")
    return found[0]


def _document(text: str, source: Source) -> Iterator[_Reader]:
    """Read TOML: one route, or several in ``[[route]]`` tables under what they share."""
    data = _texts_for_dates(load_toml(text, source.where))
    for fault in faults(data):
        raise source.error(fault.path, fault.why)
    if "route" not in data:
        yield _Reader(data, source)
        return
    for key in ("name", "waypoints", "file"):
        if key in data:
            raise source.error((key,), "stands beside [[route]] tables: put it into one of them")
    shared = {key: value for key, value in data.items() if key != "route"}
    for i, own in enumerate(data["route"]):
        yield _Reader(shared | own, source.under("route", i))


def _drawing(text: str, source: Source) -> Iterator[_Reader]:
    """Read GeoJSON: each Feature that is a line is a route."""
    if json_values(text) > MAX_VALUES:
        msg = f"{source.where}: more than {MAX_VALUES:,} values (objects and members count more): split the file"
        raise ProposalError(msg)
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise ProposalError(f"{source.where}, line {error.lineno}: not JSON ({error.msg}): mend the file") from error
    except (RecursionError, ValueError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise ProposalError(f"{source.where}: not JSON: {reason[:120]}") from error
    kind = data.get("type") if isinstance(data, dict) else None
    features = data.get("features") if kind == "FeatureCollection" else [data] if kind == "Feature" else None
    if not isinstance(features, list):
        msg = f"{source.where}: expected a GeoJSON Feature or FeatureCollection, found {shown(kind or data)}"
        raise ProposalError(msg)
    shared = _properties(data, "proposal", source) if kind == "FeatureCollection" else {}
    for i, feature in enumerate(features):
        spot = source.under("features", i) if kind == "FeatureCollection" else source
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise spot.error((), f"expected a Feature, found {shown(feature)}")
        geometry = feature.get("geometry")
        if isinstance(geometry, dict) and geometry.get("type") in ("Point", "MultiPoint", "Polygon", "MultiPolygon"):
            continue  # a mark or an area beside the routes
        most = schema()["definitions"]["waypoints"]["maxItems"]
        if (size := _positions(geometry)) > most:
            raise spot.error(("geometry",), f"has {size} positions, more than {most}: thin it out or split it")
        own = _properties(feature, "properties", spot)
        name = own.get("name") or (f"route {i + 1}" if len(features) > 1 else Path(source.where).name.split(".")[0])
        yield _Reader(shared | own | {"name": name}, spot.under("properties"), json.dumps(feature))


def _positions(geometry: object) -> int:
    """Count the positions of a line or of several, before anything is made of them."""
    lines = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if not isinstance(lines, list):
        return 0
    several = isinstance(geometry, dict) and geometry.get("type") == "MultiLineString"
    return sum(len(line) for line in lines if isinstance(line, list)) if several else len(lines)


def _properties(data: dict[str, Any], member: str, source: Source) -> dict[str, Any]:
    """Take a proposal's keys out of the properties of a drawing, and check them."""
    value = data.get(member)
    if value is not None and not isinstance(value, dict):
        raise source.error((member,), f"expected an object with the proposal's keys, found {shown(value)}")
    known = [key for key in keys() if key not in DRAWN or (key == "name" and member == "properties")]
    found: dict[str, Any] = {}
    for key, item in (value or {}).items():
        if item is None or key in TIMES or (key not in known and key.startswith(FOREIGN)):
            continue  # null stands in the columns that a drawing program has for other lines
        # Tables of properties hold texts only: a list of one, or codes with commas between them.
        lists = {key: [item] for key in ("avoid", "never", "claims")}
        lists |= {key: str(item).split(",") for key in ("allow", "crosses")}
        found[key] = [part.strip() for part in lists[key]] if isinstance(item, str) and key in lists else item
    for fault in faults(found, "route"):
        if fault.path != ("name",) or "name" in found:
            raise source.error((member, *fault.path), fault.why)
    for key in DRAWN[1:]:
        if key in found:
            raise source.error((member, key), "has no place in a drawing, whose line is the route: take it out")
    return found


def _texts_for_dates(value: Any) -> Any:  # noqa: ANN401 - whatever TOML holds
    """Write dates and times as text, which is what JSON Schema knows."""
    if isinstance(value, dict):
        return {key: _texts_for_dates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts_for_dates(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


@dataclass(frozen=True, slots=True)
class _Reader:
    """Takes each key of one route, or says in one line what is wrong with it."""

    data: dict[str, Any]
    source: Source
    feature: str = ""
    """The GeoJSON that holds the route, where it is drawn."""

    def proposals(self) -> list[Proposal]:
        """Make the proposals: one for each date."""
        name = self.data["name"].strip()
        if not name.isprintable():
            self._fail("name", f"expected one line without control characters, found {shown(name)}")
        schedule = self._schedule()
        dates = self._dates(schedule)
        route = self._route(name)
        avoid = self._texts("avoid")
        never = self._texts("never")
        expect, crosses = self._expectation(len(avoid) + len(never))
        aircraft = self._aircraft()
        claims = tuple(claims_of(self.data, self._fail))
        return [
            Proposal(
                name=name,
                on=date,
                route=route,
                avoid=avoid,
                never=never,
                allow=self._texts("allow"),
                margin_km=self._margin(),
                max_extension_pct=self._percent(),
                expect=expect,
                crosses=crosses,
                why=self.data.get("why", "").strip(),
                sources=self._texts("sources"),
                where=self.source.where,
                schedule=schedule,
                operator=self.data.get("operator"),
                claims=claims,
                aircraft=aircraft,
                wind=self.data.get("wind", "none"),
                dated=len(dates) > 1,
                origin=self.source,
            )
            for date in dates
        ]

    def _schedule(self) -> Schedule | None:
        """Read when the flight is where; a departure and a speed come together."""
        given = [key for key in ("depart", "speed") if key in self.data]
        if len(given) == 1:
            other = "speed" if given == ["depart"] else "depart"
            example = 'speed = "460kt"' if other == "speed" else "depart = 2025-10-23T08:00:00Z"
            self._fail(given[0], f"needs `{other}` beside it: add {example}")
        if not given:
            return None
        with self._told_at("depart"):
            depart = parse_depart(self.data["depart"])
        with self._told_at("speed"):
            return Schedule(depart, parse_speed(self.data["speed"]))

    def _dates(self, schedule: Schedule | None) -> list[dt.date]:
        value = self.data.get("on")
        if value is None:
            if schedule is None:
                msg = (
                    f"{self.source.where}: `on` is missing for {self.data['name'][:60]!r}: add a date: on = 2025-10-23"
                )
                raise ProposalError(msg)
            return [schedule.on]
        many = isinstance(value, list)
        found: list[dt.date] = []
        for i, text in enumerate(value if many else [value]):
            try:
                found.append(dt.date.fromisoformat(text))
            except ValueError:
                self._fail("on", f"expected a date such as 2025-10-23, found {shown(text)}", *([i] if many else []))
        if schedule is not None and found != [schedule.on]:
            self._fail("on", f"says another date than `depart`, which is on {schedule.on} in UTC: take it out")
        return found

    def _route(self, name: str) -> Route:
        try:
            if self.feature:
                return self._only(parse_bytes(self.feature.encode(), "drawing.geojson", where=self.source.where), name)
            if "file" in self.data:
                if "waypoints" in self.data:
                    self._fail("file", "stands beside `waypoints`: take one of the two out")
                return self._only(read_routes(self._beside()), name)
        except ProposalError as error:
            if self.feature or str(error).startswith(self.source.where):
                raise
            self._fail("file", str(error))
        if "waypoints" not in self.data:
            self._fail("name", 'has no route: add waypoints = ["VKO", "BUD"], or file = "track.geojson"')
        points = []
        for i, item in enumerate(self.data["waypoints"]):
            with self._told_at("waypoints", i):
                points.append(place(item))
        with self._told_at("waypoints"):
            return Route(tuple(points), name, "great-circle" if len(points) == 2 else "given")

    def _only(self, routes: Sequence[Route], name: str) -> Route:
        if len(routes) > 1:
            why = f"holds {len(routes)} routes, expected one: split it"
            if self.feature:
                raise ProposalError(f"{self.source.where}: the line of {name[:60]!r} {why}")
            self._fail("file", f"{why}, or name it *{GEOJSON} with a rule for each line")
        found = routes[0]
        kind: Kind = "great-circle" if len(found.waypoints) == 2 else "given"
        return replace(found, name=name, kind=kind)  # a recorded flight stays one

    def _beside(self) -> Path:
        """Find the file that holds the route: in the proposal's folder or below it, whatever links there are."""
        text = self.data["file"]
        if self.source.folder is None:
            self._fail("file", "a proposal from standard input has no folder: write its waypoints into it")
        if text.lower().endswith((".toml", GEOJSON)):
            self._fail("file", f"expected a route such as track.geojson, found the proposal {shown(text)}")
        with self._told_at("file"):
            return self.source.find(text)

    def _expectation(self, rules: int) -> tuple[Expect, tuple[str, ...] | None]:
        crosses = self._texts("crosses") if "crosses" in self.data else None
        expect = self.data.get("expect", "crosses" if crosses else "clear")
        if expect == "crosses" and crosses == ():
            self._fail("crosses", 'empty although expect = "crosses": name the states, or expect "clear"')
        if expect != "crosses" and crosses:
            self._fail("crosses", f'states named although expect = "{expect}": expect "crosses"')
        if expect != "clear" and not rules:
            self._fail("expect", f'"{expect}" without a rule to break: add avoid = ["icc"]')
        return cast("Expect", expect), crosses if expect == "crosses" else None

    def _margin(self) -> float:
        with self._told_at("margin"):
            return parse_margin(self.data["margin"]) if "margin" in self.data else 0.0

    def _percent(self) -> float | None:
        value = self.data.get("max_extension_pct")
        if value is not None and not math.isfinite(value):
            self._fail("max_extension_pct", f"expected per cent such as 20.0, found {shown(value)}")
        return None if value is None else float(value)

    def _aircraft(self) -> Aircraft | None:
        if "aircraft" not in self.data:
            return None
        from overflight.costs import aircraft  # which few proposals need

        with self._told_at("aircraft"):
            return aircraft(self.data["aircraft"])

    def _texts(self, key: str) -> tuple[str, ...]:
        texts = tuple(item.strip() for item in self.data.get(key, ()))
        for i, item in enumerate(texts):
            if item in texts[:i]:
                self._fail(key, f"{shown(item)} stands there twice: take one out", i)
        return texts

    @contextmanager
    def _told_at(self, key: str, *more: int) -> Iterator[None]:
        """Have an error say which key is at fault."""
        try:
            yield
        except OverflightError as error:
            self._fail(key, str(error), *more)

    def _fail(self, key: str, why: str, *more: int) -> NoReturn:
        raise self.source.error((key, *more), why)
