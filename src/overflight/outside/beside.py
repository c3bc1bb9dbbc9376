"""Which files a text may name: one that comes from a file, those beside it and below; what the user types, any."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from overflight.errors import DataError
from overflight.outside.printable import visible

__all__ = ["Find", "beside", "first_in"]

Find = Callable[[str], Path]
"""Finds the file that a text names, or raises a `DataError` if the text may not name it."""


def beside(folder: Path | None) -> Find:
    """Return what finds files in a folder or below it, whatever links there are, and no others.

    Parameters
    ----------
    folder : pathlib.Path or None
        Where the proposal lies; None for standard input, which has none.

    Examples
    --------
    >>> beside(Path("routes"))("zones/a.geojson").as_posix()
    'routes/zones/a.geojson'
    """

    def find(text: str) -> Path:
        if folder is None:
            raise DataError("a proposal from standard input has no folder: it can name no file")
        plain = visible(text[:200])
        shown = f'"{plain}"' if len(plain) <= 60 else f'"{plain[:57]}...'
        parts = text.replace("\\", "/").split("/")
        if not text.isprintable() or ".." in parts or not parts[0] or ":" in text or text.startswith("~"):
            raise DataError(f"expected the name of a file in the proposal's folder or below, found {shown}")
        path = folder.joinpath(*parts)
        try:
            inside = path.resolve().is_relative_to(folder.resolve())
        except (OSError, RuntimeError, ValueError) as error:
            raise DataError(f"{shown} can't be found ({type(error).__name__}): put the file into the folder") from error
        if not inside:
            raise DataError(f"{shown} leads out of the proposal's folder: put the file into it")
        return path

    return find


def first_in(folder: Path) -> Find:
    """Return what finds any file, looked for in a folder first: for texts that the user typed or has let pass."""

    def find(text: str) -> Path:
        there = folder / text
        return there if there.exists() else Path(text)

    return find
