"""What a picture says of itself: title, description and source, in the words and the places of each format."""

from __future__ import annotations

import re
from typing import Any

from overflight.errors import DataError
from overflight.maps.languages import direction_of, lang_of
from overflight.maps.publication import TITLE_LETTERS, Edition, alternative
from overflight.maps.texts import cut, legible
from overflight.outside.printable import xml_text

__all__ = ["described", "stamp"]

RIGHTS = "Airspace data © OpenStreetMap contributors, ODbL 1.0"
_ROOT = re.compile(r'<svg ((?:[\w:]+="[^"]*"\s*)+)>')
_FAMILY = re.compile(r"""(<text style="[^"<>]*'DejaVu (Sans|Serif)')""")
_OTHERS = {"Sans": "Verdana, sans-serif", "Serif": "Georgia, serif"}
"""What stands in for the font of pictures on a machine that lacks it."""
_SIDE = re.compile(r'\b(width|height)="[^"]*"')


def stamp(scene: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return what matplotlib is to write of a picture: no library's name for a title, and no time.

    Parameters
    ----------
    scene : dict
        What is shown.
    kind : {".svg", ".png", ".pdf"}
        The format.
    """
    title, told = _line(scene["title"]), alternative(scene)
    maker = _line(f"overflight {scene['overflight']}")
    source = _line(f"airspace data {scene['data']['version']}, view {scene['data']['view']}")
    if kind == ".pdf":
        return {"Title": title, "Subject": told, "Creator": maker, "Keywords": RIGHTS, "CreationDate": None}
    if kind == ".png":
        return {"Title": title, "Description": told, "Source": source, "Copyright": RIGHTS, "Software": maker}
    return {"Title": title, "Description": told, "Source": source, "Rights": RIGHTS, "Creator": maker, "Date": None}


def described(svg: bytes, scene: dict[str, Any], edition: Edition) -> bytes:
    """Return an SVG with a title, a description and a language of its own, and as large as it was asked for.

    Raises
    ------
    DataError
        If matplotlib begins it otherwise than every version so far.
    """
    head, found, rest = svg.decode("utf-8").partition(">\n <metadata>")
    root = _ROOT.search(f"{head}>")
    if not found or root is None:
        raise DataError("this version of matplotlib begins an SVG otherwise: save the map as .html, .png or .pdf")
    own = f"{root[1]} "
    if edition.size is not None:
        sides = dict(zip(("width", "height"), edition.size, strict=True))
        own = _SIDE.sub(lambda side: f'{side[1]}="{sides[side[1]]}"', own)
    own += f'xml:lang="{lang_of(scene)}" role="img" aria-labelledby="of-title of-desc"'
    title, told = xml_text(_line(scene["title"])), xml_text(alternative(scene))
    said = f'<title id="of-title">{title}</title>\n <desc id="of-desc">{told}</desc>'
    rest = _FAMILY.sub(lambda family: f"{family[1]}, {_OTHERS[family[2]]}", rest)
    if direction_of(scene) == "rtl":
        rest = rest.replace('<text style="', '<text style="unicode-bidi: plaintext; ')
    return f"{head[: root.start()]}<svg {own}>\n {said}\n <metadata>{rest}".encode()


def _line(text: str) -> str:
    return cut(" ".join(legible(text).split()), TITLE_LETTERS)
