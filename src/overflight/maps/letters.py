"""The letters of a picture: which of them its fonts have, and whether matplotlib sets their script."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from overflight.errors import OverflightError
from overflight.outside.printable import visible

__all__ = ["SANS", "SERIF", "check_script", "family_for", "lacking", "spelled"]

SANS, SERIF = "DejaVu Sans", "DejaVu Serif"
MOST_TOLD = 12
"""So many letters are told that a font lacks."""
_SKIPPED = frozenset({"words", "runs", "at", "rings"})
"""Parts of a scene that are no texts of it, or the table of words, of which each is drawn where it is used."""
_Thing = TypeVar("_Thing")


def texts_in(thing: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Give every text of a scene."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Mapping):
        for key, value in thing.items():
            if not _is_kept(key, value):
                yield from texts_in(value)
    elif isinstance(thing, (list, tuple)):
        for one in thing:
            yield from texts_in(one)


def _is_kept(key: str, value: Any) -> bool:  # noqa: ANN401
    return key in _SKIPPED and not isinstance(value, str)


def lacking(scene: Mapping[str, Any]) -> str:
    """Return the letters of a scene that the font of pictures has not, the first few of them."""
    found = dict.fromkeys(
        letter for text in _drawn(scene) for letter in visible(text) if ord(letter) not in known(SANS)
    )
    return "".join(list(found)[:MOST_TOLD])


def spelled(scene: dict[str, Any]) -> dict[str, Any]:
    r"""Return a scene in which letters that the font lacks stand by their numbers, as ``\u6771``."""
    return _respelled(scene) if lacking(scene) else scene


def _drawn(scene: Mapping[str, Any]) -> Iterator[str]:
    """Give the texts of a scene that a picture shows."""
    head = {key: scene[key] for key in ("title", "on", "rule", "headline", "finding", "data")}
    yield from texts_in([head, scene.get("costs", "")])
    yield from texts_in([scene["labels"], scene.get("cities", ())])
    for route in scene["routes"]:
        yield from texts_in(
            {key: route.get(key) for key in ("name", "tag", "km", "extension", "words", "stops", "cost")}
        )
        yield from texts_in(route.get("entered"))


def _respelled(thing: _Thing) -> _Thing:
    if isinstance(thing, str):
        return _by_number(thing)  # type: ignore[return-value]
    if isinstance(thing, dict):
        return {key: value if _is_kept(key, value) else _respelled(value) for key, value in thing.items()}  # type: ignore[return-value]
    if isinstance(thing, list):
        return [_respelled(one) for one in thing]  # type: ignore[return-value]
    return thing


def _by_number(text: str) -> str:
    has = known(SANS)
    return "".join(c if ord(c) in has or not c.isprintable() else ascii(c)[1:-1] for c in text)


def family_for(texts: Iterable[str]) -> str:
    """Return the family that has all letters of some texts: the one with serifs, if it can be."""
    return SERIF if all(ord(letter) in known(SERIF) for text in texts for letter in visible(text)) else SANS


def check_script(scene: Mapping[str, Any]) -> None:
    """Refuse to draw letters that join, or run from right to left, where matplotlib draws them one by one.

    Raises
    ------
    OverflightError
        If there are such, and matplotlib is older than 3.11.
    """
    from matplotlib import ft2font

    if hasattr(ft2font, "__libraqm_version__"):
        return
    if any(unicodedata.bidirectional(letter) in {"R", "AL"} for text in _drawn(scene) for letter in text):
        msg = "matplotlib 3.11 or later sets Arabic and Hebrew in a picture: renew it, or save the map as .html or .svg"
        raise OverflightError(msg)


@functools.cache
def known(family: str) -> frozenset[int]:
    """Return the letters that a family has, by their numbers."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return frozenset(get_font(findfont(FontProperties(family=family))).get_charmap())
