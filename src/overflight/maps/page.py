"""The page that a map is saved as: one file that holds all it needs and asks the network for nothing."""

from __future__ import annotations

import html
import json
import os
import re
from base64 import b64encode
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

import folium

from overflight.errors import OverflightError
from overflight.maps.languages import direction_of, lang_of
from overflight.maps.picture import KINDS, can_draw, picture
from overflight.maps.publication import (
    CARD_PX,
    EMBED_PX,
    FALLBACK_PX,
    PLAIN,
    TITLE_LETTERS,
    Edition,
    alternative,
    check_height,
    head_of,
)
from overflight.maps.texts import cut, legible
from overflight.outside.files import write_whole
from overflight.outside.printable import xml_text

__all__ = ["Map"]

OTHER_PICTURES = {".bmp", ".eps", ".gif", ".jpeg", ".jpg", ".ps", ".tif", ".tiff", ".webp"}
"""A file that ends so would hold something else than its reader expects."""


class _Part(folium.Element):
    """A finished text in a figure: no template, and so never one that is filled in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name = "Part"
        self.text = text

    def render(self, **_: object) -> str:
        """Return the text as it is."""
        return self.text


class _Page(folium.Figure):
    """The HTML document around a map, put together by code."""

    def __init__(self, scene: dict[str, Any], edition: Edition) -> None:
        super().__init__(height="600px")
        self.heading = scene["title"]
        self.lang, self.dir = lang_of(scene), direction_of(scene)
        self.told = head_of(scene, edition, is_pictured=can_draw())
        # The document has its own: folium's come too late in it, and forbid page zoom.
        self.header._children.clear()

    def render(self, **kwargs: object) -> str:
        """Return the document."""
        for child in self._children.values():
            child.render(**kwargs)
        parts = [list(part._children.values()) for part in (self.header, self.html, self.script)]
        head, body, script = ("\n".join(one.render(**kwargs) for one in part) for part in parts)
        script = f"\n{script}\n"
        title = html.escape(cut(legible(self.heading), TITLE_LETTERS))
        own = all(isinstance(one, _Part) for part in parts for one in part)
        lines = [
            f'<!DOCTYPE html>\n<html lang="{self.lang}" dir="{self.dir}">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            *([_seal(head, script)] if own else []),
            f"<title>{title}</title>",
            *self.told,
            f"{head}\n</head>\n<body>\n{body}\n<script>{script}</script>\n</body>\n</html>\n",
        ]
        return "\n".join(lines)


def _seal(head: str, script: str) -> str:
    """Return the rule by which a browser runs the page's own scripts, no others, and asks the network for nothing."""
    scripts = [*re.findall("<script>(.*?)</script>", head, re.DOTALL), script]
    allowed = " ".join(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in scripts)
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {allowed}"
    return f"<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}; base-uri 'none'; form-action 'none'\">"


class Map(folium.Map):
    """A folium map of routes over sovereign airspace; made by `draw`.

    It is a `folium.Map`, so other folium layers can be added to it; those bring their own links to the network, which
    this map itself has none of. Popups and markers of folium work offline.

    Parameters
    ----------
    scene : dict
        What to show, as JSON; see `overflight.maps.draw`.
    edition : Edition, optional
        How its pictures come out.

    Notes
    -----
    Names and other texts of a scene reach the page as data, by code, and are shown letter by letter. With nothing
    added, the page also forbids its browser every script but its own, and every request. Texts given to folium's own
    layers are another matter: folium takes them for HTML and for Jinja2 templates, and runs them, so give them none
    that you did not write.
    """

    # folium makes a template of what a map's template gave; this map has none, and puts finished parts into the figure.
    _template = folium.MacroElement._template

    scripts = (
        "tools.js",
        "ground.js",
        "tracks.js",
        "profile.js",
        "inset.js",
        "panel.js",
        "labels.js",
        "map.js",
        "share.js",
    )

    def __init__(self, scene: dict[str, Any], edition: Edition = PLAIN) -> None:
        super().__init__(location=[0.0, 0.0], tiles=None)
        # On the instance: the lists of the class are shared by every folium map.
        self.default_js = []
        self.default_css = []
        # folium's ids are random; the same scene shall make the same file.
        self._id = "overflight"
        self.fallback = ""
        self.scene = scene | ({"url": edition.url} if edition.url else {})
        self.edition = edition
        self.page = _Page(self.scene, edition)
        self.page.add_child(self)

    def render(self, **kwargs: object) -> None:  # type: ignore[override]
        """Put the parts of the map, and then those of what was added to it, into the figure around it."""
        figure: Any = self.get_root()
        name = self.get_name()
        page = self.asset("map.html").replace("PATTERNS", self.asset("patterns.svg")).replace("MAP-ID", name)
        data = f'<script type="application/json" id="of-data">{self.scene_json()}</script>'
        start = f'var {name} = overflightMap("{name}");\noverflight.share(overflight.readScene(), {name});'
        head = ['<link rel="icon" href="data:,">']
        head += [f"<style>{self.asset(one)}</style>" for one in self.styles()]
        head += [f"<script>{self.asset(one)}</script>" for one in ("leaflet.js", "leaflet-icons.js")]
        figure.header.add_child(_Part("\n".join(head)), name=name)
        figure.html.add_child(_Part(f"{page}\n{self.fallback}{data}"), name=name)
        figure.script.add_child(_Part("\n".join([*map(self.asset, self.scripts), start])), name=name)
        # Past that of folium.Map, which in some versions has styles and switches of its own for the page.
        super(folium.Map, self).render(**kwargs)  # type: ignore[no-untyped-call]

    def styles(self) -> list[str]:
        """Return the style sheets of the page, the last one on top."""
        more = {"rtl.css": direction_of(self.scene) == "rtl", "embed.css": "embedded" in self.scene}
        return ["leaflet.css", "map.css", "share.css", *(name for name, wanted in more.items() if wanted)]

    def asset(self, name: str) -> str:
        """Return a file of the page, safe to stand inside its element."""
        text = resources.files("overflight.maps").joinpath("assets", name).read_text(encoding="utf-8")
        return (
            text if name.endswith(".html") else text.replace("</script", "<\\/script").replace("</style", "<\\/style")
        )

    def scene_json(self) -> str:
        """Return the scene as JSON in which no character can end the element around it, or begin a template's."""
        text = json.dumps(self.scene, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
        text = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
        # Only in strings; in a part of another figure, which `branca.element.Div` does make a template of.
        return re.sub(r"\{(?=[{%#])", r"\\u007b", text)

    def html(self) -> bytes:
        """Return the page, UTF-8."""
        text: str = self.get_root().render()
        return text.encode("utf-8", errors="replace")

    def embedded(self, height: int = EMBED_PX) -> Map:
        """Return the map as a page for a frame in another page: title, sentence and map, and no more.

        Parameters
        ----------
        height : int
            How many pixels high the frame is to be, 200 to 2,000.

        Returns
        -------
        Map
            Where matplotlib is installed, its page holds a picture for readers without scripts.

        Raises
        ------
        OverflightError
            If the frame would be lower or higher.
        """
        made = Map(self.scene | {"embedded": True, "height": check_height(height)}, self.edition)
        if can_draw():
            image = b64encode(picture(self.scene, ".png", Edition(FALLBACK_PX))).decode()
            words = xml_text(alternative(self.scene))
            made.fallback = (
                f'<noscript><img class="of-fallback" alt="{words}" src="data:image/png;base64,{image}"></noscript>\n'
            )
        return made

    def save(self, outfile: str | os.PathLike[str]) -> None:  # type: ignore[override]
        """Write the page, whole or not at all; or a picture of the same, where the name ends in .svg, .png or .pdf.

        Parameters
        ----------
        outfile : path
            Where to; a file that is there already is replaced.

        Raises
        ------
        DataError
            If it can't be written. What was there before is left as it was.
        OverflightError
            If the name ends in that of another kind of picture, or if matplotlib is wanting, which pictures need.
        """
        path = Path(outfile)
        kind = path.suffix.lower()
        if kind in OTHER_PICTURES:
            raise OverflightError(f"{path}: a map is no {kind} file: give .html, .svg, .png or .pdf")
        write_whole(path, picture(self.scene, kind, self.edition) if kind in KINDS else self.html())
        if self.edition.url and kind not in KINDS and can_draw():
            write_whole(path.with_suffix(".png"), picture(self.scene, ".png", Edition(CARD_PX)))
