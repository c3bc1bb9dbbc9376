"""A scene in another language: names, numbers, dates, and what is said of routes, put together anew from its parts.

What the data and users say stays as they said it: titles and names of routes, notes, disputes, sources.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from overflight.maps.names import place_name
from overflight.routes.cities import named_in
from overflight.routes.gazetteer import by_language
from overflight.rules.extension import extension_of
from overflight.rules.wording.findings import holder
from overflight.rules.wording.headlines import LISTED

if TYPE_CHECKING:
    from overflight.airspace import Airspaces, RuleSet
    from overflight.maps.languages import Language
    from overflight.maps.lines import Line
    from overflight.routes.places import Waypoint

__all__ = ["translated"]

RULES = {
    "ICC states parties": "rule_icc",
    "ICC parties and states that closed their airspace": "rule_icc_closed",
    "EU states": "rule_eu",
    "NATO states": "rule_nato",
    "Schengen states": "rule_schengen",
    "Airspace closed to civil traffic": "rule_closed",
    "States to avoid": "rule_states",
}
"""What the legend calls rules that the table has words for."""
ROLES = {"departure", "arrival"}
ANSWERS = {"forbidden": "stretch_forbidden", "with-consent": "stretch_consented", "free": "free", None: "not_known"}
_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})*|\d+)(?:\.(\d+))?")
_AT_KM = re.compile(r"(?:at )?km ([\d,.]+)(?: of the route)?")
_TWO = re.compile(r"(.+) \((.+)\)")


def translated(
    scene: Mapping[str, Any],
    lines: Sequence[Line],
    language: Language,
    *,
    on: dt.date,
    world: Airspaces,
    avoid: RuleSet,
    title: str | None,
) -> dict[str, Any]:
    """Return a scene in a language.

    Parameters
    ----------
    scene : dict
        As `overflight.maps.draw` makes it, in English, of `lines`.
    lines : sequence of Line
        The routes of it.
    language : Language
        What to say it in.
    on, world, avoid
        The date, the airspace and the rule that it is about.
    title : str or None
        What its user calls it; that stays.
    """
    told = _Told(language, language.names(world))
    routes = [{**route, **told.route(line, lines, route)} for line, route in zip(lines, scene["routes"], strict=True)]
    shown = scene["best"]
    headline, finding = told.found(lines, routes, shown) if scene["headline"] else ("", "")
    return {
        **scene,
        "lang": language.code,
        "words": dict(language.words),
        "title": title or told.title(lines) or scene["title"],
        "on": language.date(on),
        "rule": told.rule(scene["rule"], avoid, world) if scene["rule"] else None,
        "headline": headline,
        "finding": finding,
        "paragraph": told.paragraph(scene, on, headline, finding),
        "pieces": [told.piece(piece) for piece in scene["pieces"]],
        "labels": [{**label, "text": told.named(label["text"])} for label in scene["labels"]],
        "cities": list(_cities(scene["cities"], language.code)),
        "routes": routes,
    }


def _cities(cities: Sequence[Mapping[str, Any]], code: str) -> Iterator[dict[str, Any]]:
    """Give the cities to go by that have a name in a language; the others would be strangers on its map."""
    known = by_language()
    for city in cities:
        if name := known.get(city["rank"], {}).get(code):
            yield {**city, "text": name}


class _Told:
    """Says what is in a scene."""

    def __init__(self, language: Language, names: Mapping[str, str]) -> None:
        self.language = language
        self.names = names
        self.say = language.say

    def named(self, text: str) -> str:
        """Return the name of a state or territory, or of one that is another's; what has none here, as it was."""
        if text in self.names:
            return self.names[text]
        if text == "High seas":
            return self.say("high_seas")
        two = _TWO.fullmatch(text)
        if two and two[1] in self.names and two[2] in self.names:
            return f"{self.names[two[1]]} ({self.names[two[2]]})"
        return self.names.get(text.removeprefix("the "), text)

    def listed(self, names: Sequence[str]) -> str:
        return self.language.listed([self.named(name) for name in names])

    def number(self, text: str) -> str:
        """Return a number as it is written here; what is none, as it was."""
        found = _NUMBER.fullmatch(text)
        if found is None:
            return text
        return self.language.number(float(text.replace(",", "")), len(found[2] or ""))

    # The whole.

    def title(self, lines: Sequence[Line]) -> str | None:
        """Return the cities that all routes join; nothing where these have no name."""
        ends = {(line.route.waypoints[0], line.route.waypoints[-1]) for line in lines}
        if len(ends) != 1:
            return None
        start, end = (self._city(point) for point in next(iter(ends)))
        return self.say("title", start=start, end=end) if start and end else None

    def _city(self, point: Waypoint) -> str | None:
        """Return the city of a waypoint; in English, where there is no other name for it."""
        return named_in(point, self.language.code) or named_in(point, "en")

    def rule(self, rule: Mapping[str, Any], avoid: RuleSet, world: Airspaces) -> dict[str, Any]:
        """Return what the rule is called."""
        name = long = rule["name"]
        if name in RULES:
            name = long = self.say(RULES[name])
            if rule["name"] == "ICC states parties":
                long = self.say("rule_icc_long")
        elif len(avoid) <= LISTED and not avoid.areas:
            by_code = {state.code: state.name for state in world.states}
            names = sorted(self.named(by_code.get(state.code, state.code)) for state in avoid)
            name = long = self.language.listed(names)
        if rule["words"] == rule["name"]:
            return {**rule, "name": name, "words": name, "long": long}
        count = self.language.number(rule["states"])
        words, more = (self.say("count_states", name=one, count=count) for one in (name, long))
        return {**rule, "name": name, "words": words, "long": more}

    def found(self, lines: Sequence[Line], routes: Sequence[Mapping[str, Any]], shown: int) -> tuple[str, str]:
        """Return the finding, and what else there is to it: of one route, of a search, or of many routes."""
        if len(routes) == 1:
            return routes[0]["words"] + ".", ""
        if lines[0].candidate is not None and lines[0].route.kind == "great-circle":
            line = self.say("line_is", answer=routes[0]["words"])
            best = lines[shown].candidate
            if best is None or lines[shown].route.kind != "detour":
                return line, ""
            more = self.language.km(best.extension_km, 0, signed=True)
            more += f" ({self.language.percent(best.extension_pct, 1, signed=True)})"
            least = self.say("least_detour", name=routes[shown]["name"], more=more, answer=routes[shown]["words"])
            return line, least
        kinds = [route["answer"] for route in routes]
        counts = {kind: kinds.count(kind) for kind in ANSWERS if kind in kinds}
        parts = [
            self.say("tally", answer=self.say(ANSWERS[kind]), count=self.language.number(count))
            for kind, count in counts.items()
        ]
        return " · ".join(parts), ""

    def paragraph(self, scene: Mapping[str, Any], on: dt.date, headline: str, finding: str) -> str:
        """Return what can be copied: the finding, its date, and where it comes from."""
        data = self.say("data", data=scene["data"]["version"], overflight=scene["overflight"])
        return " ".join(filter(None, (headline, finding, f"{self.language.date(on).removesuffix('.')}.", data)))

    def piece(self, piece: Mapping[str, Any]) -> dict[str, Any]:
        """Return a piece of airspace."""
        own = {key: self.named(piece[key]) for key in ("name", "state") if key in piece and "area" not in piece}
        claims = {"claimants": [self.named(name) for name in piece["claimants"]]} if "claimants" in piece else {}
        return {**piece, **own, **claims}

    # A route.

    def route(self, line: Line, lines: Sequence[Line], route: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is said of a route."""
        name, km = self._route_name(line, lines, route["name"]), self.language.km(line.route.length_km)
        longer = line.candidate.extension_km if line.candidate else getattr(extension_of(line.route), "km", None)
        more = km if longer is None else self.language.km(longer, 0, signed=True)
        direct = line.route.kind == "great-circle"
        return {
            "words": self._words(line, route),
            "name": name,
            "tag": self.say("great_circle", km=km) if direct else self.say("tag", name=name, more=more),
            "km": km,
            "extension": self._extension(line),
            "consents": [self.named(one) for one in route["consents"]],
            "crossed": [self.named(one) for one in route["crossed"]],
            "closest": self._near(route["nearest"][0]) if route["closest"] and route["nearest"] else "",
            "entered": [{**one, "name": self.named(one["name"])} for one in route["entered"]],
            "gap": self._gap(line),
            "forbidden": self._forbidden(line, route["forbidden"]),
            "marks": [{**mark, "text": [self._event(text) for text in mark["text"]]} for mark in route["marks"]],
            "stops": self._stops(line, route["stops"]),
            "rows": [self._row(row) for row in route["rows"]],
            "nearest": [self._approach(near) for near in route["nearest"]],
            "bands": [{**band, "name": self.named(band["name"])} for band in route["bands"]],
        }

    def _route_name(self, line: Line, lines: Sequence[Line], name: str) -> str:
        if name == "Great circle" and line.route.kind == "great-circle":
            return self.say("direct")
        if line.route.kind != "detour" or line.candidate is None:
            return self.title([line]) or name if line.route.kind == "great-circle" else name
        asked = [set(one.candidate.consents) for one in lines if one.candidate and one.route.kind == "detour"]
        common = set.intersection(*asked) if len(asked) > 1 else set()
        own = [state.name for state in line.candidate.consents if state not in common]
        if own:
            return self.say("via", states=self.listed(own))
        return self.say("detour" if line.candidate.consents else "around")

    def _extension(self, line: Line) -> str:
        if line.route.kind == "great-circle":
            return self.say("shortest")
        if line.candidate:
            return self.language.percent(line.candidate.extension_pct, 1, signed=True)
        longer = extension_of(line.route)
        return self.language.percent(longer.pct, 1, signed=True) if longer else ""

    def _gap(self, line: Line) -> str:
        gap = line.candidate.gap_pct if line.candidate else None
        if not gap:
            return ""
        digits = 0 if gap >= 1.0 else 2
        return self.say("gap_at_most", pct=self.language.percent(gap, digits))

    def _near(self, near: Mapping[str, Any]) -> str:
        return f"{self.named(near['state'])} {self.number(near['km'])} {self.language.km(0).split()[-1]}"

    def _words(self, line: Line, route: Mapping[str, Any]) -> str:
        """Return what a route comes to: one of the three answers, or why none is known; and what else fails."""
        near = [self._near(one) for one in route["nearest"] if one["status"] == "marginal"]
        if route["answer"] == "forbidden":
            said = [self.say("forbidden", states=self.listed(line.crossed()))]
        elif route["answer"] == "with-consent":
            said = [self.say("consent", states=self.listed(line.consents()))]
        elif route["answer"] == "free":
            said = [self.say("free"), *([self.say("near", what=self.language.listed(near))] if near else [])]
        else:
            said = [self.say("too_near", states=self.language.listed(near)) if near else self.say("not_known")]
        return "; ".join([*said, *route["unmet"]])

    def _forbidden(self, line: Line, stretches: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        inside = [one for one in line.verdict.crossings if line.standing(one) != "free"]
        found = []
        for crossing, stretch in zip((*inside, *line.in_areas()), stretches, strict=True):
            ends = (self.language.number(km, 1) for km in (crossing.entry_km, crossing.exit_km))
            span = self.say("km_from_to", **dict(zip(("from", "to"), ends, strict=True)))
            length = self.say("stretch", span=span, km=self.language.km(crossing.length_km, 1))
            found.append({**stretch, "text": [self.named(holder(crossing)), length, *stretch["text"][2:]]})
        return found

    def _event(self, text: str) -> str:
        for before, key in (("Enters ", "enters"), ("Leaves ", "leaves")):
            if text.startswith(before):
                return self.say(key, state=self.named(text.removeprefix(before)))
        at = _AT_KM.fullmatch(text)
        return self.say("km_at", km=self.number(at[1])) if at else text

    def _stops(self, line: Line, stops: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        found = []
        for point, stop in zip(line.route.waypoints, stops, strict=True):
            city = self._city(point) if stop["name"] == place_name(point) and point.name else None
            found.append({**stop, "name": f"{city} ({point.name})"} if city else dict(stop))
        return found

    def _row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        if "parts" in row:
            parts = [self._row(part) for part in row["parts"]]
            states = self.language.listed(list(dict.fromkeys(part["state"] for part in parts)))
            along = self.say("border", states=states)
            return {
                **self._row({key: row[key] for key in row if key != "parts"}),
                "state": along,
                "note": "",
                "parts": parts,
            }
        numbers = {key: self.number(row[key]) for key in ("from", "to", "km")}
        notes = [self.say(one) if one in ROLES else one for one in row["note"].split("; ")]
        return {**row, **numbers, "state": self.named(row["state"]), "note": "; ".join(notes)}

    def _approach(self, near: Mapping[str, Any]) -> dict[str, Any]:
        text = [self._event(one) for one in near["text"]]
        return {**near, "state": self.named(near["state"]), "km": self.number(near["km"]), "text": text}
