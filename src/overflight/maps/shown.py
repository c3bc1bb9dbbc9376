"""What a map shows of routes beside their lines: which of them is drawn bold, what stands on each, what it enters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from overflight._crossings.model import CLAIMED
from overflight.maps.base import name_of_piece
from overflight.maps.names import name_of
from overflight.maps.texts import cut
from overflight.maps.words import say
from overflight.rules.extension import extension_of

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.maps.lines import Line

__all__ = ["best_of", "entered", "nearest_of", "tag_of"]

NAME_LETTERS = 40
"""So long is a name beside a line at most."""
RANK = {"free": 0, "forbidden": 2, "consented": 1}


def best_of(lines: Sequence[Line]) -> int:
    """Return which route to draw bold: the shortest of the free ones, else of those that only need consent.

    The first, where none is lawful. Of a search it is the least detour that the headline names: a margin that only its
    ends do not keep is no hindrance, a passage that is narrower than the rule asks is one.
    """

    def rank(nth: int) -> tuple[int, float]:
        line = lines[nth]
        found = line.candidate
        obeys = line.verdict.status == "clear" or (
            found is not None and line.route.kind == "detour" and line.verdict.status != "crosses"
        )
        if not obeys or (found is not None and found.narrowest is not None):
            return (2 if line.answer() != "forbidden" else 3), 0.0
        return (1 if line.consents() else 0), line.route.length_km

    return min(range(len(lines)), key=rank)


def tag_of(line: Line, lines: Sequence[Line], words: Mapping[str, str]) -> str:
    """Return what stands on the line of a route, such as ``"via Romania, +1,192 km"``."""
    km = f"{line.route.length_km:,.0f} km"
    if line.route.kind == "great-circle":
        return say(words, "great_circle", km=km)
    if line.candidate is not None:
        name = _short(name_of(line, lines), [])
        more = f"+{line.candidate.extension_km:,.0f} km"
        return say(words, "tag", name=name[:1].lower() + name[1:], more=more)
    longer = extension_of(line.route)
    more = f"+{longer.km:,.0f} km" if longer else km
    name = _short(name_of(line, lines), [name_of(one, lines) for one in lines if one.route.kind != "great-circle"])
    return say(words, "tag", name=name, more=more)


def _short(name: str, names: Sequence[str]) -> str:
    """Return a name without the words that all begin with, cut between words."""
    words = [[word.strip(",:;") for word in one.split()] for one in names]
    shared = next((k for k, column in enumerate(zip(*words, strict=False)) if len(set(column)) > 1), 0)
    own = name.split()[shared:] if len(set(names)) > 1 else name.split()
    short = " ".join(own) if own else name
    if len(short) <= NAME_LETTERS:
        return short
    at = short.rfind(" ", 0, NAME_LETTERS)
    return short[:at].rstrip(" ,:;") + " …" if at > NAME_LETTERS // 2 else cut(short, NAME_LETTERS)


def entered(line: Line) -> list[dict[str, Any]]:
    """Return whose airspace a route enters: the name on the map, how it stands, the pieces, and a place on the route.

    The place is the middle of the longest stay; it serves where the name itself lies out of sight. What several states
    claim and nobody holds has no name to write.
    """
    stays: dict[str, list[Crossing]] = {}
    for crossing in line.verdict.crossings:
        name = "" if crossing.state == CLAIMED else name_of_piece(line.world.pieces[crossing.piece])
        stays.setdefault(name, []).append(crossing)
    found = []
    for name, crossings in stays.items():
        longest = max(crossings, key=lambda crossing: crossing.length_km)
        lon, lat = line.at((longest.entry_km + longest.exit_km) / 2.0)
        standing = max((line.standing(crossing) for crossing in crossings), key=RANK.__getitem__)
        pieces = sorted({crossing.piece for crossing in crossings})
        found.append({"name": name, "standing": standing, "at": [round(lon, 4), round(lat, 4)], "pieces": pieces})
    return found


def nearest_of(line: Line) -> str:
    """Return how near a route comes to the nearest state that it must not enter, such as ``"Ukraine 1.9 km"``."""
    near = line.nearest()
    return f"{near[0]['state']} {near[0]['km']} km" if near else ""
