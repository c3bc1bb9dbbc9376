"""The words of a map itself, not of what it shows, under the names by which page and picture ask for them.

A scene carries them, so that they are data like all its texts: another language is another table of the same names.
What stands in braces is filled in by who shows them.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["WORDS", "say"]

WORDS: Mapping[str, str] = {
    # around the map
    "map": "Map of the routes; arrow keys move it, plus and minus zoom, digits choose a route",
    "zoom_in": "Zoom in",
    "zoom_out": "Zoom out",
    "fit": "Reset the view",
    "north_pole": "North Pole",
    "south_pole": "South Pole",
    "inset": "The routes around the {pole}",
    "attribution": "© OpenStreetMap contributors (ODbL)",
    # the list
    "and": "{most} and {last}",
    "one_route": "1 route",
    "routes": "{count} routes",
    "keep_out": "keep out of: {what}",
    "hide": "Hide list",
    "show": "Show list",
    "all": "Show all",
    "sort": "Sort by",
    "by_number": "number",
    "by_length": "length",
    "by_consents": "states asked",
    "by_verdict": "verdict",
    "closest": "Closest approach: {what}",
    # what it takes
    "hours": "{number} h",
    "minutes": "{number} min",
    "fuel": "{number} t fuel",
    "co2": "{number} t CO₂",
    "range": "{typical} ({low} to {high})",
    "costs": "Time and fuel are estimates: {what}.",
    "whole_flight": "Whole flight: {what}.",
    # on its line
    "great_circle": "great circle, {km}",
    "tag": "{name}, {more}",
    # its table
    "table": "Airspace along the route, km from the start",
    "state": "State",
    "in": "in, km",
    "out": "out, km",
    "km": "length, km",
    "min": "min",
    "stretch_forbidden": "forbidden",
    "stretch_consented": "only with its consent",
    "nearest": "Closest to states not entered: {what}.",
    "marginal": "marginal",
    "length": "Length: {gap}.",
    # shapes on the map
    "area": "Area {name}",
    "airspace_of": "airspace of {state}",
    "of_rule": "{rule}, {on}",
    "not_of_rule": "{rule}: no, {on}",
    "party_since": "party since {since}",
    "listed_since": "{bloc}: since {since}",
    "source": "Source: {source}",
    "not_verified": "not verified",
    "disputed": "Disputed: {dispute}",
    "claimed_by": "Claimed by {states}",
    "approach": "Closest approach to {state}: {km} km",
    "approach_marginal": "Closest approach to {state}: {km} km, marginal",
    "stretch_rule": "forbidden: {rule}",
    # legend
    "legend": "Legend",
    "key_other": "Other states",
    "key_airspace": "Sovereign airspace",
    "key_entered_forbidden": "Entered, forbidden",
    "key_entered_consented": "Entered, only with its consent",
    "key_disputed": "In dispute",
    "key_area": "Area of the rule",
    "key_layer": "{name}: edges, entries",
    "key_barrier": "Separates the two ends",
    "key_gap": "Where it can have been in a gap of the recording",
    "key_great_circle": "Great circle, the shortest line",
    "key_chosen": "Route shown",
    "key_others": "Other routes",
    "key_found": "Routes found",
    "key_forbidden": "Forbidden stretch",
    "key_consented": "Stretch that needs consent",
    "key_marks": "Its entry and exit",
    "key_border": "Limit of an airspace",
    "key_near": "Closest approach",
    "key_tick": "Every {km} km",
    # the profile
    "profile": "Profile",
    "profile_one": "Along the route: {name}, {km}",
    "profile_nth": "Along route {nth}: {name}, {km}",
    "profile_all": "All routes unrolled, on one scale",
    "profile_some": "{some} of {count} routes unrolled, on one scale",
    "profile_choose": "{title}. Choose one in the list for its profile.",
    "unrolled": "Unrolled: {what}",
    "km_from_to": "km {from} to {to}",
    "km_at": "km {km}",
    # small print
    "disputes": "Disputes on this map",
    "ground": "Airspace: land, internal waters and territorial sea, to 12 NM; view: {view}. Membership as of {on}. "
    "Borders are known to {accuracy} m at best and drawn simplified; all numbers are computed.",
    "ground_short": "Airspace: land, internal waters and territorial sea; {view} view. {projection} projection.",
    "no_advice": "No legal, operational or flight-planning advice.",
    "data": "Data {data}, overflight {overflight}. Airspace data © OpenStreetMap contributors, ODbL 1.0.",
    "more_routes": "and {count} more routes",
    # for those who do not see it
    "alt": "Map of {title}, {on}.",
    # to be published
    "publish": "Publish",
    "copy_sentence": "Copy the sentence",
    "copy_paragraph": "Copy the paragraph",
    "copy_embed": "Copy the code to embed it",
    "copy_address": "Copy the address of this route",
    "save_page": "Save this page (HTML)",
    "save_svg": "Save the picture (SVG)",
    "save_geojson": "Save the routes (GeoJSON)",
    "save_csv": "Save the crossings (CSV)",
    "copied": "Copied",
    "copy_by_hand": "Copy it from here:",
    "whole_map": "The whole map",
}
"""English; every other language has the same names."""


def say(words: Mapping[str, str], key: str, /, **values: object) -> str:
    """Return a text with what stands in braces filled in; what is filled in is not looked at again.

    Examples
    --------
    >>> say(WORDS, "closest", what="{km}")
    'Closest approach: {km}'
    """
    text = words[key]
    parts: list[str] = []
    while text:
        before, brace, rest = text.partition("{")
        name, closed, after = rest.partition("}")
        filled = brace and closed and name in values
        parts += [before, str(values[name]) if filled else brace]
        text = after if filled else rest
    return "".join(parts)
