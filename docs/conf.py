"""How the pages of `docs/` become a site: `make docs`. Nothing is fetched, and every warning is an error."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from pygments.lexers.special import TextLexer

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HOME = Path(__file__).parents[1]
PAPERS = {
    "ARCHITECTURE.md": "architecture",
    "CHANGELOG.md": "changelog",
    "CONTRIBUTING.md": "contributing",
    "SECURITY.md": "security",
    "geodata/AUDIT.md": "audit",
    "geodata/README.md": "data",
    "routes/README.md": "proposals",
}
"""Papers that stand elsewhere in the repository, and the page that shows each."""

project = "overflight"
author = project_copyright = "the overflight authors"
release = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon", "sphinx_click"]
exclude_patterns = ["_build", "notebooks"]
html_theme = "furo"
html_title = f"overflight {release}"
html_show_sourcelink = False
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
nitpicky = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True


def linked(text: str, folder: Path) -> str:
    """Have links to files of the repository go to the pages that show these, or be the words that they were on."""

    def link(found: re.Match[str]) -> str:
        words, target, anchor = found[1], found[2], found[3] or ""
        path = (folder / target).resolve()
        if not path.is_relative_to(HOME):
            return found[0]
        name = path.relative_to(HOME).as_posix()
        if name in PAPERS:
            return f"[{words}](/{PAPERS[name]}.md{anchor})"
        if name.startswith("docs/") and name.endswith(".md"):
            return f"[{words}](/{name.removeprefix('docs/')}{anchor})"
        if name.endswith((".png", ".svg")):
            return f"[{words}](/../{name})"
        return words

    return re.sub(r"\[([^\]\[]*)\]\((?!https?:|mailto:|#|/)([^)#\s]+)(#[^)\s]*)?\)", link, text)


def _of_page(_: Sphinx, name: str, content: list[str]) -> None:
    content[0] = linked(content[0], (HOME / "docs" / name).parent)


def _of_paper(_: Sphinx, path: Path, __: str, content: list[str]) -> None:
    content[0] = linked(content[0], (HOME / "docs" / path).resolve().parent)


def setup(app: Sphinx) -> None:
    """Mend links when a page is read, and when it takes in a paper."""
    app.add_lexer("csv", TextLexer)
    app.connect("source-read", _of_page)
    app.connect("include-read", _of_paper)
