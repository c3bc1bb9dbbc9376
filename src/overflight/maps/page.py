"""The page that a map is saved as: one file that holds all it needs and asks the network for nothing."""

from __future__ import annotations

import html
import json
import os
from importlib import resources
from pathlib import Path
from typing import Any

import folium
from folium.template import Template

from overflight.errors import OverflightError
from overflight.maps.picture import KINDS, picture
from overflight.whole import write_whole

__all__ = ["Map"]

OTHER_PICTURES = {".bmp", ".eps", ".gif", ".jpeg", ".jpg", ".ps", ".tif", ".tiff", ".webp"}
"""A file that ends so would hold something else than its reader expects."""


class _Page(folium.Figure):
    """The HTML document around a map."""

    _template = Template(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{{ this.title }}</title>\n"
        "{{ this.header.render(**kwargs) }}\n</head>\n<body>\n{{ this.html.render(**kwargs) }}\n"
        "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n</body>\n</html>\n"
    )

    def __init__(self, title: str) -> None:
        super().__init__(title=html.escape(title), height="600px")
        # The template has its own: folium's come too late in the document, and forbid page zoom.
        self.header._children.clear()


class Map(folium.Map):
    """A folium map of routes over sovereign airspace; made by `draw`.

    It is a `folium.Map`, so other folium layers can be added to it; those bring their own links to the network, which
    this map itself has none of. Popups and markers of folium work offline.

    Parameters
    ----------
    scene : dict
        What to show, as JSON; see `overflight.maps.draw`.
    """

    _template = Template(
        """
        {% macro header(this, kwargs) %}
<link rel="icon" href="data:,">
<style>{{ this.asset("leaflet.css") }}</style>
<style>{{ this.asset("map.css") }}</style>
<script>{{ this.asset("leaflet.js") }}</script>
<script>{{ this.asset("leaflet-icons.js") }}</script>
        {% endmacro %}
        {% macro html(this, kwargs) %}
{{ this.asset("map.html").replace("PATTERNS", this.asset("patterns.svg")).replace("MAP-ID", this.get_name()) }}
<script type="application/json" id="of-data">{{ this.scene_json() }}</script>
        {% endmacro %}
        {% macro script(this, kwargs) %}
{% for name in this.scripts %}
{{ this.asset(name) }}
{% endfor %}
var {{ this.get_name() }} = overflightMap("{{ this.get_name() }}");
        {% endmacro %}
        """
    )

    scripts = ("tools.js", "ground.js", "tracks.js", "profile.js", "inset.js", "panel.js", "map.js")

    def __init__(self, scene: dict[str, Any]) -> None:
        super().__init__(location=[0.0, 0.0], tiles=None)
        # On the instance: the lists of the class are shared by every folium map.
        self.default_js = []
        self.default_css = []
        # folium's ids are random; the same scene shall make the same file.
        self._id = "overflight"
        self.scene = scene
        self.page = _Page(scene["title"])
        self.page.add_child(self)

    def asset(self, name: str) -> str:
        """Return a file of the page, safe to stand inside its element."""
        text = resources.files("overflight").joinpath("assets", name).read_text(encoding="utf-8")
        return (
            text if name.endswith(".html") else text.replace("</script", "<\\/script").replace("</style", "<\\/style")
        )

    def scene_json(self) -> str:
        """Return the scene as JSON in which no character can end the element around it."""
        text = json.dumps(self.scene, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
        return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")

    def html(self) -> bytes:
        """Return the page, UTF-8."""
        text: str = self.get_root().render()
        return text.encode("utf-8", errors="replace")

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
            msg = f"{path}: a map is no {kind} file: give .html, .svg, .png or .pdf"
            raise OverflightError(msg)
        write_whole(path, picture(self.scene, kind) if kind in KINDS else self.html())
