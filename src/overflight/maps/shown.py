"""What a map shows of routes beside their lines: which of them is drawn bold, what stands on each, what it enters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from overflight.maps.base import name_of_piece
from overflight.maps.names import name_of
from overflight.maps.texts import cut
from overflight.maps.words import say
from overflight.rules.extension import extension_of
from overflight.rules.wording.headlines import listed

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.maps.lines import Line

__all__ = ["best_of", "entered", "nearest_of", "said", "tag_of"]

NAME_LETTERS = 40
"""So long is a name beside a line at most."""
RANK = {"free": 0, "forbidden": 2, "consented": 1}


def best_of(lines: Sequence[Line]) -> int:
    """Return which route to draw bold: the shortest of the free ones, else of those that only need consent.

    The first, where none is lawful.
    """

    def rank(nth: int) -> tuple[int, float]:
        line = lines[nth]
        if line.verdict.status != "clear":
            return (2 if line.verdict.status == "marginal" and not line.crossed() else 3), 0.0
        return (1 if line.consents() else 0), line.route.length_km

    return min(range(len(lines)), key=rank)


def tag_of(line: Line, lines: Sequence[Line], words: Mapping[str, str]) -> str:
    """Return what stands on the line of a route, such as ``"via Romania, +1,192 km"``."""
    longer = extension_of(line.route)
    km = f"{line.route.length_km:,.0f} km"
    if line.route.kind == "great-circle":
        return say(words, "great_circle", km=km)
    name = name_of(line, lines)
    if line.candidate is not None:
        name = _short(name[:1].lower() + name[1:], [name])
        more = f"+{line.candidate.extension_km:,.0f} km"
    else:
        name = _short(name, [name_of(one, lines) for one in lines if one.route.kind != "great-circle"])
        more = f"+{longer.km:,.0f} km" if longer else km
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

    The place is the middle of the longest stay; it serves where the name itself lies out of sight.
    """
    stays: dict[str, list[Crossing]] = {}
    for crossing in line.verdict.crossings:
        stays.setdefault(name_of_piece(line.world.pieces[crossing.piece]), []).append(crossing)
    found = []
    for name, crossings in stays.items():
        longest = max(crossings, key=lambda crossing: crossing.length_km)
        lon, lat = line.at((longest.entry_km + longest.exit_km) / 2.0)
        standing = max((line.standing(crossing) for crossing in crossings), key=RANK.__getitem__)
        pieces = sorted({crossing.piece for crossing in crossings})
        found.append({"name": name, "standing": standing, "at": [round(lon, 4), round(lat, 4)], "pieces": pieces})
    return found


def said(line: Line, words: Mapping[str, str], *, judged: bool) -> list[dict[str, str]]:
    """Return what a route comes to, in the three answers and what leaves one open; `judged` by a rule on states."""
    found = []
    kept = line.verdict.status == "marginal" and line.answer() in {"free", "with-consent"} and not line.unmet()
    if kept:  # the margin is not: that is no matter of who is entered
        text = line.words()
        return [{"kind": "open", "text": text[:1].upper() + text[1:]}]
    if line.crossed():
        found.append({"kind": "forbidden", "text": say(words, "forbidden", states=listed(line.crossed()))})
    elif line.verdict.status == "marginal":
        near = [f"{one['state']} ({one['km']} km)" for one in line.nearest() if one["status"] == "marginal"]
        if near:
            found.append({"kind": "open", "text": say(words, "too_near", states=listed(near))})
        elif not line.unmet():
            found.append({"kind": "open", "text": say(words, "not_known")})
    if line.consents():
        found.append({"kind": "consent", "text": say(words, "consent", states=listed(line.consents()))})
    elif line.verdict.status == "clear" and judged:
        found.append({"kind": "free", "text": say(words, "free")})
    return found + [{"kind": "forbidden", "text": text} for text in line.unmet()]


def nearest_of(line: Line) -> str:
    """Return how near a route comes to the nearest state that it must not enter, such as ``"Ukraine 1.9 km"``."""
    near = line.nearest()
    return f"{near[0]['state']} {near[0]['km']} km" if near else ""
