"""Where in a TOML or JSON text each key and each item of a list stands: their parsers do not say.

The text has been parsed by `tomllib` or `json` before, so it is known to be valid; this only finds the way through it.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable

from overflight.proposals.toml import BASIC, LITERAL, LONG

__all__ = ["Path", "json_lines", "toml_lines"]

Path = tuple[str | int, ...]
"""Keys and indices from the top, as ``("route", 0, "waypoints", 1)``."""

_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BASIC, _LITERAL, _LONG = re.compile(BASIC), re.compile(LITERAL), re.compile(LONG)
_SCALAR = re.compile(r"\d{4}-\d\d-\d\d \d\d:[^\s,\]}#]*|[^\s,\]}#]+")


def toml_lines(text: str) -> dict[Path, int]:
    r"""Return the line, from 1, on which each key and each item of a list stands in a TOML text.

    Examples
    --------
    >>> toml_lines('on = 2025-10-23\n[[route]]\nwaypoints = [\n  "VKO",\n]')[("route", 0, "waypoints", 0)]
    4
    """
    return _lines(text, lambda scan: scan.document())


def json_lines(text: str) -> dict[Path, int]:
    r"""Return the line, from 1, on which each key and each item of a list stands in a JSON text.

    Examples
    --------
    >>> json_lines('{"a":\n [1,\n 2]}')
    {(): 1, ('a',): 1, ('a', 0): 2, ('a', 1): 3}
    """
    return _lines(text, lambda scan: scan.value(()))


def _lines(text: str, read: Callable[[_Scanner], None]) -> dict[Path, int]:
    scan = _Scanner(text)
    # Too deep, or not valid after all: what was found will do.
    with contextlib.suppress(RecursionError, IndexError, AttributeError, TypeError):
        read(scan)
    return scan.lines


class _Scanner:
    """Walks through a valid text and notes where things stand."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n") + "\n"
        self.at = 0
        self.lines: dict[Path, int] = {}
        self._counted, self._line = 0, 1
        self._tables: dict[Path, int] = {}

    def document(self) -> None:
        """Read a TOML document."""
        table: Path = ()
        self._skip(_SPACE)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                path = self._key(table)
                self._skip(_BLANK)
                self.at += 1  # the equals sign
                self.value(path)
            self._skip(_SPACE)

    def value(self, path: Path) -> None:
        """Read a value, and note where it and its parts stand."""
        self._skip(_SPACE)
        self._note(path, self.at)
        mark = self.text[self.at]
        if mark in "[{":
            self._parts(path, "]" if mark == "[" else "}")
        elif mark in "\"'":
            pattern = _LONG if self.text.startswith(mark * 3, self.at) else _BASIC if mark == '"' else _LITERAL
            self._take(pattern)
        else:
            self._take(_SCALAR)

    def _parts(self, path: Path, end: str) -> None:
        self.at += 1
        number = 0
        self._skip(_SPACE)
        while self.text[self.at] != end:
            if end == "]":
                self.value((*path, number))
            else:
                key = self._key(path)
                self._skip(_SPACE)
                self.at += 1  # the equals sign, or JSON's colon
                self.value(key)
            number += 1
            self._skip(_SPACE)
            if self.text[self.at] == ",":
                self.at += 1
                self._skip(_SPACE)
        self.at += 1

    def _header(self) -> Path:
        """Read ``[table]`` or ``[[table]]``; a table below an array of tables belongs to the array's last one."""
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        self._skip(_BLANK)
        start = self.at
        plain = self._key((), note=False)
        self.at += 2 if many else 1
        path: Path = ()
        for part in plain[:-1]:
            path = self._last((*path, part))
        path = (*path, plain[-1])
        if many:
            self._tables[path] = self._tables.get(path, -1) + 1
        self._note(path, start)
        path = self._last(path)
        self._note(path, start)
        return path

    def _last(self, path: Path) -> Path:
        return (*path, self._tables[path]) if path in self._tables else path

    def _key(self, table: Path, *, note: bool = True) -> Path:
        """Read a key, dotted or not."""
        path = table
        while True:
            self._skip(_BLANK)
            start, mark = self.at, self.text[self.at]
            raw = self._take(_BASIC if mark == '"' else _LITERAL if mark == "'" else _BARE)
            path = (*path, _unquoted(raw))
            if note:
                self._note(path, start)
            self._skip(_BLANK)
            if self.text[self.at] != ".":
                return path
            self.at += 1

    def _note(self, path: Path, at: int) -> None:
        self._line += self.text.count("\n", self._counted, at)
        self._counted = at
        self.lines.setdefault(path, self._line)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        found = match[0]  # type: ignore[index]  # a text that is not valid ends the walk
        self.at += len(found)
        return found

    def _skip(self, pattern: re.Pattern[str]) -> None:
        self.at += len(pattern.match(self.text, self.at)[0])  # type: ignore[index]


def _unquoted(raw: str) -> str:
    if raw[0] == "'":
        return raw[1:-1]
    if raw[0] != '"':
        return raw
    try:
        return str(json.loads(raw))
    except ValueError:  # TOML has an escape of its own, \UXXXXXXXX
        return re.sub(r"\\U([0-9A-Fa-f]{8})", lambda m: chr(int(m[1], 16)), raw[1:-1])
