"""How a map is published: the size of its picture, and what is said of it to those who do not see it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from overflight.errors import OverflightError
from overflight.maps.languages import lang_of
from overflight.maps.texts import cut, legible
from overflight.maps.words import say
from overflight.outside.printable import xml_text

__all__ = [
    "CARD_PX",
    "EMBED_PX",
    "FALLBACK_PX",
    "PLAIN",
    "TITLE_LETTERS",
    "Edition",
    "alternative",
    "check_height",
    "edition_of",
    "frame_of",
    "head_of",
    "parse_dpi",
    "parse_size",
    "parse_title",
    "parse_url",
]

DPI = 150
LEAST_DPI, MOST_DPI = 36, 600
LEAST_PX, MOST_PX, MOST_PIXELS = 320, 8000, 40_000_000
"""Beyond, a picture takes more than a few hundred MB to draw."""
STANDARD_PX = 1600
"""The width of a picture of which the shape alone is given."""
NARROWEST, WIDEST = 0.4, 3.0
"""Width over height: beyond, there is no room for a map beside the words."""
SHEET_IN = 9.0
"""A sheet of given shape is laid out with the area of a square of this side, so that letters keep their size."""
TITLE_LETTERS = 300
URL_LETTERS = 2000
EMBED_PX, LEAST_FRAME_PX, MOST_FRAME_PX = 480, 200, 2000
"""How high a frame in another page is."""
FALLBACK_PX = (1200, 900)
"""The picture for those who see no page."""
CARD_PX = (1200, 630)
"""The picture that is shown where somebody links to a page."""
LOCALES = {
    "en": "en_GB",
    "de": "de_DE",
    "fr": "fr_FR",
    "es": "es_ES",
    "pl": "pl_PL",
    "hu": "hu_HU",
    "uk": "uk_UA",
    "ru": "ru_RU",
    "ar": "ar_AR",
    "he": "he_IL",
}
"""Languages as Open Graph writes them."""
ALTERNATIVE_LETTERS = 1000
"""A screen reader can't be stopped half-way and asked to go on."""
_URL = re.compile(r"https?://[\w.-]+(?::\d{1,5})?(?:/[\w.~!$&()*+,;=:@%/-]*)?(?:\?[\w.~!$&()*+,;=:@%/?-]*)?", re.ASCII)
_SIZE = re.compile(r"(\d{1,5})([x:])(\d{1,5})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Edition:
    """How a map is to come out.

    Attributes
    ----------
    size : (int, int) or None
        Width and height of a picture in pixels; None lets the height follow what there is to say.
    dpi : int
        Pixels to an inch: what a picture measures where it is printed.
    url : str
        Where the page will be found.
    """

    size: tuple[int, int] | None = None
    dpi: int = DPI
    url: str = ""

    @property
    def sheet_in(self) -> tuple[float, float] | None:
        """Width and height in inches of the sheet as it is laid out, before it is brought to its size."""
        if self.size is None:
            return None
        wide, high = self.size
        aspect = wide / high
        return SHEET_IN * math.sqrt(aspect), SHEET_IN / math.sqrt(aspect)

    @property
    def sheet_dpi(self) -> float:
        """Pixels to an inch of that sheet."""
        return float(self.dpi) if self.size is None or self.sheet_in is None else self.size[0] / self.sheet_in[0]


PLAIN = Edition()


def edition_of(size: str | tuple[int, int] | None = None, dpi: float | None = None, url: str | None = None) -> Edition:
    """Take what was asked for, where that is within the limits; see `parse_size`, `parse_dpi` and `parse_url`."""
    pixels = size if size is None or isinstance(size, str) else "x".join(map(str, size))
    shape, density = None if pixels is None else parse_size(pixels), DPI if dpi is None else parse_dpi(str(dpi))
    return Edition(shape, density, "" if url is None else parse_url(url))


def parse_size(text: str) -> tuple[int, int]:
    """Read the size of a picture in pixels.

    Parameters
    ----------
    text : str
        Width and height, as in ``1600x900``, or a shape, as in ``4:5``, which is 1,600 pixels wide. A side has 320 to
        8,000 pixels, a picture 40 million at most, and it is 0.4 to 3 times as wide as high.

    Raises
    ------
    OverflightError
        If it is none, or beyond the limits.

    Examples
    --------
    >>> parse_size("1600x900"), parse_size("4:5")
    ((1600, 900), (1600, 2000))
    """
    found = _SIZE.fullmatch(text.strip().lower().replace("\N{MULTIPLICATION SIGN}", "x"))
    if found is None or not int(found[1]) or not int(found[3]):
        raise OverflightError(f"{text[:40]!r} is no size: write pixels, 1600x900, or a shape, 1:1 or 4:5")
    wide, high = int(found[1]), int(found[3])
    if found[2] == ":":
        wide, high = STANDARD_PX, round(STANDARD_PX * high / wide)
    if not NARROWEST <= wide / high <= WIDEST:
        raise OverflightError(f"{text[:40]!r}: a picture is {NARROWEST:g} to {WIDEST:g} times as wide as high")
    if min(wide, high) < LEAST_PX or max(wide, high) > MOST_PX or wide * high > MOST_PIXELS:
        msg = f"{text[:40]!r}: a side has {LEAST_PX} to {MOST_PX} pixels, a picture {MOST_PIXELS:,} at most"
        raise OverflightError(msg)
    return wide, high


def parse_dpi(text: str) -> int:
    """Read how many pixels go to an inch.

    Raises
    ------
    OverflightError
        If it is no whole number, or beyond the limits (36 to 600).

    Examples
    --------
    >>> parse_dpi("300")
    300
    """
    number = int(text) if re.fullmatch(r"\d{1,5}", text.strip(), re.ASCII) else 0
    if not LEAST_DPI <= number <= MOST_DPI:
        raise OverflightError(f"{text[:40]!r}: expected pixels to an inch, from {LEAST_DPI} to {MOST_DPI}, such as 300")
    return number


def parse_title(text: str) -> str:
    """Take a text for a title: any that has something in it, and is not longer than a title can be.

    Raises
    ------
    OverflightError
        If it is blank, or has more than 300 characters.
    """
    title = " ".join(text.split())
    if not title or len(title) > TITLE_LETTERS:
        wrong = f"it has {len(title)} characters" if title else "it is blank"
        raise OverflightError(f"that is no title ({wrong}): give 1 to {TITLE_LETTERS} characters")
    return title


def parse_url(text: str) -> str:
    """Take a text for the address of a page on the web.

    Raises
    ------
    OverflightError
        If it is none of http or https, or longer than 2,000 characters.

    Examples
    --------
    >>> parse_url("https://example.org/maps/moscow.html")
    'https://example.org/maps/moscow.html'
    """
    if len(text) > URL_LETTERS or not _URL.fullmatch(text):
        raise OverflightError(f"{text[:60]!r} is no address of a page: write it as https://example.org/map.html")
    return text


def check_height(pixels: int) -> int:
    """Take a number for the height of a frame.

    Raises
    ------
    OverflightError
        If it is lower than 200 pixels, or higher than 2,000.
    """
    if not LEAST_FRAME_PX <= pixels <= MOST_FRAME_PX:
        msg = f"a frame is {LEAST_FRAME_PX} to {MOST_FRAME_PX} pixels high, not {pixels}"
        raise OverflightError(msg)
    return pixels


def image_url(url: str) -> str:
    """Return where the picture of a page is: beside it, under its name."""
    path, mark, query = url.partition("?")
    stem = re.sub(r"\.html?$", "", path, flags=re.IGNORECASE)
    return f"{stem}.png{mark}{query}"


def head_of(scene: dict[str, Any], edition: Edition, *, is_pictured: bool) -> list[str]:
    """Return what the head of a page tells search engines, and who shows it in a message: elements, escaped.

    Where a picture is beside it, and its address is known, they are told of that.
    """
    image = image_url(edition.url) if edition.url and is_pictured else ""
    title, told = cut(" ".join(legible(scene["title"]).split()), TITLE_LETTERS), alternative(scene)
    tags = {
        "og:type": "website",
        "og:title": title,
        "og:description": told,
        "og:locale": LOCALES[lang_of(scene)],
        "og:url": edition.url,
        "og:image": image,
        "og:image:alt": told if image else "",
    }
    cards = {
        "twitter:card": "summary_large_image" if image else "summary",
        "twitter:title": title,
        "twitter:description": told,
    }
    return [
        f'<meta name="description" content="{xml_text(told)}">',
        *(f'<meta property="{name}" content="{xml_text(text)}">' for name, text in tags.items() if text),
        *(f'<meta name="{name}" content="{xml_text(text)}">' for name, text in cards.items()),
    ]


def frame_of(scene: dict[str, Any], name: str, height: int = EMBED_PX) -> str:
    """Return the code that shows a page in another one.

    Parameters
    ----------
    scene : dict
        What it shows.
    name : str
        Its address, or the name of its file.
    height : int
        In pixels.
    """
    title = xml_text(alternative(scene))
    look = f'width="100%" height="{height}" loading="lazy" style="border:0"'
    return f'<iframe src="{xml_text(name)}" title="{title}" {look}></iframe>'


def alternative(scene: dict[str, Any]) -> str:
    """Say in words what a map shows, for those who do not see it; what nobody can see in a text is shown by its number.

    Examples
    --------
    >>> from overflight.maps.words import WORDS
    >>> scene = {"title": "A to B", "on": "1 May 2025", "headline": "Enters C.", "finding": "", "words": WORDS}
    >>> alternative(scene)
    'Map of A to B, 1 May 2025. Enters C.'
    """
    # Dates of some languages end in a full stop.
    map_of = say(scene["words"], "alt", title=scene["title"], on=scene["on"].removesuffix("."))
    told = [map_of, scene["headline"], scene["finding"]]
    return cut(" ".join(legible(" ".join(filter(None, told))).split()), ALTERNATIVE_LETTERS)
