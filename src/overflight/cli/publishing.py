"""What commands that draw share: the options that say how a map is published."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urljoin

import click

from overflight.cli.options import OutputFile, read_by
from overflight.cli.writing import note
from overflight.outside.printable import one_line

if TYPE_CHECKING:
    from overflight.maps import Map

__all__ = ["AS_IT_IS", "Publication", "note_letters", "note_untagged", "publication_options", "write_frame"]

PICTURES = {".svg", ".png", ".pdf"}
_Callback = TypeVar("_Callback", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Publication:
    """How a map is to be published, as it was typed; None where nothing was."""

    title: str | None = None
    size: tuple[int, int] | None = None
    dpi: int | None = None
    lang: str | None = None
    url: str | None = None
    embed: Path | None = None
    height: int | None = None

    def as_arguments(self) -> dict[str, Any]:
        """Return the arguments of `overflight.draw`."""
        given = {"title": self.title, "size": self.size, "dpi": self.dpi, "url": self.url}
        return given | {"lang": self.lang or "en"}

    def check(self, path: Path | None, option: str = "--map") -> None:
        """Refuse, before any work is done, what says nothing about the file to be written.

        Raises
        ------
        click.UsageError
            If no map is drawn, or if a page is to have the size of a picture.
        """
        given = [name for name in ("title", "size", "dpi", "lang", "url") if getattr(self, name)]
        if self.height and self.embed is None:
            raise click.UsageError("--height is that of a frame in another page: give --embed FILE.html, too")
        if self.embed is not None:
            if self.embed.suffix.lower() not in {".html", ".htm"} or str(self.embed) == str(path):
                raise click.UsageError("--embed writes a page for a frame: give it a file of its own, FILE.html")
            if path is not None and str(path) == str(self.embed.with_suffix(".png")):
                msg = f"--embed writes a picture, too, {path.name}: give {option} or --embed another name"
                raise click.UsageError(msg)
            return
        if path is None and given:
            raise click.UsageError(f"--{given[0]} is about a map: say where that goes, {option} FILE.html")
        if path is not None and path.suffix.lower() not in PICTURES and (self.size or self.dpi):
            name = "size" if self.size else "dpi"
            raise click.UsageError(
                f"--{name} is about a picture: give {option} FILE.svg, .png or .pdf, or leave it out"
            )


AS_IT_IS = Publication()


def write_frame(drawn: Map, path: Path, publication: Publication) -> None:
    """Write a page for a frame, beside it a picture if matplotlib is there, and tell the code that shows them."""
    from overflight.maps.picture import can_draw, picture
    from overflight.maps.publication import EMBED_PX, FALLBACK_PX, Edition, frame_of
    from overflight.outside.files import write_whole

    height = publication.height or EMBED_PX
    write_whole(path, drawn.embedded(height).html())
    note(f"wrote {path}, a page for a frame {height} pixels high")
    if can_draw():
        image = path.with_suffix(".png")
        edition = Edition(publication.size or FALLBACK_PX, drawn.edition.dpi)
        write_whole(image, picture(drawn.scene, ".png", edition))
        note(f"wrote {image}, for where no page is shown")
    click.echo(one_line(frame_of(drawn.scene, urljoin(publication.url or "", quote(path.name)), height)), err=True)


def note_letters(path: Path, scene: Mapping[str, Any]) -> None:
    """Tell the reader which letters of a picture its font lacks."""
    if path.suffix.lower() in {".png", ".pdf"}:
        from overflight.maps.letters import lacking

        if letters := lacking(scene):
            note(f"note: the font of pictures lacks {letters}, told by number there: .svg and .html show all letters")


def note_untagged(path: Path) -> None:
    """Tell the reader where a PDF was written that screen readers can't follow."""
    from overflight.maps.tagged import can_tag

    if path.suffix.lower() == ".pdf" and not can_tag():
        note("note: the PDF has no tags for screen readers, which pypdf writes: pip install 'overflight[print]'")


def _title(text: str) -> str:
    from overflight.maps.publication import parse_title  # what draws is loaded where something is drawn

    return parse_title(text)


def _size(text: str) -> tuple[int, int]:
    from overflight.maps.publication import parse_size

    return parse_size(text)


def _lang(text: str) -> str:
    from overflight.maps.languages import language_of

    language_of(text)
    return text.strip().lower()


def _url(text: str) -> str:
    from overflight.maps.publication import parse_url

    return parse_url(text)


def _dpi(text: str) -> int:
    from overflight.maps.publication import parse_dpi

    return parse_dpi(text)


def publication_options(command: _Callback) -> _Callback:
    """Add ``--title``, ``--size``, ``--dpi``, ``--lang``, ``--url`` and ``--embed``, as one `Publication`."""

    @click.option("--title", metavar="TEXT", type=read_by(_title), help="What the map is called.")
    @click.option(
        "--size",
        metavar="WxH|W:H",
        type=read_by(_size),
        help="Size of a picture in pixels, or its shape: 1600x900, 1:1, 4:5.",
    )
    @click.option("--dpi", metavar="N", type=read_by(_dpi), help="Pixels to an inch of a picture. [default: 150]")
    @click.option(
        "--lang",
        metavar="CODE",
        type=read_by(_lang),
        help="What the map speaks: en, de, fr, es, pl, hu, uk, ru, ar, he. [default: en]",
    )
    @click.option(
        "--url", metavar="ADDRESS", type=read_by(_url), help="Where the page will be found, for who links to it."
    )
    @click.option(
        "--embed",
        type=OutputFile(),
        metavar="FILE.html",
        help="Write a page for a frame in another page, too, and print the code for that.",
    )
    @click.option(
        "--height", type=click.IntRange(200, 2000), metavar="PIXELS", help="How high that frame is. [default: 480]"
    )
    @functools.wraps(command)
    def gathered(
        *args: Any,  # noqa: ANN401
        title: str | None,
        size: tuple[int, int] | None,
        dpi: int | None,
        lang: str | None,
        url: str | None,
        embed: Path | None,
        height: int | None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        return command(*args, publication=Publication(title, size, dpi, lang, url, embed, height), **kwargs)

    return gathered  # type: ignore[return-value]
