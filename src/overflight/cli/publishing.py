"""What commands that draw share: the options that say how a map is published."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from overflight.cli.options import read_by
from overflight.cli.writing import note

__all__ = ["AS_IT_IS", "Publication", "note_letters", "note_untagged", "publication_options"]

PICTURES = {".svg", ".png", ".pdf"}
_Callback = TypeVar("_Callback", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Publication:
    """How a map is to be published, as it was typed; None where nothing was."""

    title: str | None = None
    size: tuple[int, int] | None = None
    dpi: int | None = None
    lang: str | None = None

    def as_arguments(self) -> dict[str, Any]:
        """Return the arguments of `overflight.draw`."""
        return {"title": self.title, "size": self.size, "dpi": self.dpi, "lang": self.lang or "en"}

    def check(self, path: Path | None, option: str = "--map") -> None:
        """Refuse, before any work is done, what says nothing about the file to be written.

        Raises
        ------
        click.UsageError
            If no map is drawn, or if a page is to have the size of a picture.
        """
        given = [name for name in ("title", "size", "dpi", "lang") if getattr(self, name)]
        if path is None and given:
            raise click.UsageError(f"--{given[0]} is about a map: say where that goes, {option} FILE.html")
        if path is not None and path.suffix.lower() not in PICTURES and (self.size or self.dpi):
            name = "size" if self.size else "dpi"
            raise click.UsageError(
                f"--{name} is about a picture: give {option} FILE.svg, .png or .pdf, or leave it out"
            )


AS_IT_IS = Publication()


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


def _dpi(text: str) -> int:
    from overflight.maps.publication import parse_dpi

    return parse_dpi(text)


def publication_options(command: _Callback) -> _Callback:
    """Add ``--title``, ``--size``, ``--dpi`` and ``--lang``, as one `Publication` argument named `publication`."""

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
    @functools.wraps(command)
    def gathered(
        *args: Any,  # noqa: ANN401
        title: str | None,
        size: tuple[int, int] | None,
        dpi: int | None,
        lang: str | None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        return command(*args, publication=Publication(title, size, dpi, lang), **kwargs)

    return gathered  # type: ignore[return-value]
