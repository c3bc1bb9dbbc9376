"""The file that a proposal came from: where a key stands in it, and how to say what is wrong there."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from overflight.errors import ProposalError
from overflight.outside.beside import Find, beside
from overflight.outside.printable import visible
from overflight.proposals.positions import Path

__all__ = ["Source"]

LONGEST_SCAN = 4_000_000
"""No line is named in a longer text: finding it would take seconds."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, or a part of one, that holds a proposal.

    Attributes
    ----------
    where : str
        What messages call the file.
    text : str
        Its text.
    lines_of : callable
        Finds the line of each key; see `overflight.proposals.positions`.
    folder : pathlib.Path or None
        Where files beside it lie; None for standard input.
    files : callable or None
        Finds the files that the text names; by default those in `folder` and below.
    base : tuple
        The path of this proposal's own keys, as ``("route", 1)``; a key that is not there stands at the top.
    """

    where: str
    text: str
    lines_of: Callable[[str], dict[Path, int]]
    folder: pathlib.Path | None = None
    files: Find | None = None
    base: Path = ()

    @property
    def find(self) -> Find:
        """What finds the files that the text names."""
        return self.files or beside(self.folder)

    def under(self, *base: str | int) -> Source:
        """Return the source of a part of the file."""
        return replace(self, base=(*self.base, *base))

    def line(self, path: Path) -> int | None:
        """Return the line of a key, or of the nearest thing around it; from 1."""
        return self._find(path)[1]

    def error(self, path: Path, why: str) -> ProposalError:
        """Make the error that says in one line what is wrong at one place."""
        full, line = self._find(path)
        at = f"{self.where}, line {line}" if line is not None else self.where
        return ProposalError(f"{visible(at)}: `{visible(_written(full))}`: {why}", full)

    def _find(self, path: Path) -> tuple[Path, int | None]:
        lines = self.lines_of(self.text) if len(self.text) <= LONGEST_SCAN else {}
        own = (*self.base, *path)
        full = own if own[: len(self.base) + 1] in lines or path[:1] not in lines else path
        for end in range(len(full), 0, -1):
            if full[:end] in lines:
                return full, lines[full[:end]]
        return full, None


def _written(path: Path) -> str:
    """Write a path as ``route[1].waypoints[2]``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part[:60]}" for part in path)
    return text.lstrip(".")
