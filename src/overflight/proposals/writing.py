"""From the keys of a proposal to the text of its file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from overflight.outside.printable import visible
from overflight.proposals.structure import keys as known_keys

__all__ = ["proposal_text", "quoted", "quoted_list"]

BARE = ("on", "depart")
"""TOML has dates and times of its own."""
WIDEST = 110
_QUOTES = re.compile(r'"(?="|\Z)')
_NOT_PLAIN = re.compile(r"[^\t\n\x20-\x7e]")


def proposal_text(keys: Mapping[str, Any]) -> str:
    """Write a proposal as TOML.

    Parameters
    ----------
    keys : mapping
        Those of one route in `route.schema.json`, as JSON holds them; what is empty is left out.

    Returns
    -------
    str
        What `parse_proposals` reads back as the same keys.

    Examples
    --------
    >>> print(proposal_text({"name": "direct", "on": "2025-10-23", "waypoints": ["VKO", "BUD"], "allow": []}), end="")
    name = "direct"
    on = 2025-10-23
    waypoints = ["VKO", "BUD"]
    """
    return "".join(f"{key} = {_value(key, keys[key])}\n" for key in known_keys("route") if keys.get(key) not in _EMPTY)


def quoted(text: str) -> str:
    """Quote a text; what is not printable is an escape. Those that JSON makes of one within 16 bits are TOML's, too."""
    return _NOT_PLAIN.sub(_escaped, json.dumps(text, ensure_ascii=False))


def quoted_list(texts: Iterable[str]) -> str:
    """Write a list of texts on one line."""
    return f"[{', '.join(map(quoted, texts))}]"


def _escaped(found: re.Match[str]) -> str:
    """Write a letter as it is if it can be seen, else its number; a half of a pair has none in TOML."""
    letter, number = found[0], ord(found[0])
    if letter.isprintable():
        return letter
    if 0xD800 <= number <= 0xDFFF:
        return "\\" + visible(letter)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


_EMPTY: tuple[object, ...] = (None, "", [], ())


def _value(key: str, value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, list | tuple):
        parts = [_value("", part) for part in value]
        flat = f"[{', '.join(parts)}]"
        return flat if len(flat) + len(key) < WIDEST else "[\n" + "".join(f"  {row},\n" for row in _rows(parts)) + "]"
    if isinstance(value, str):
        return value if key in BARE else _long(value) if "\n" in value else quoted(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name} = {_value(name, item)}' for name, item in value.items())}}}"
    return json.dumps(value)


def _rows(parts: list[str]) -> list[str]:
    """Fill lines with the parts of a list."""
    rows: list[str] = []
    for part in parts:
        if rows and len(rows[-1]) + len(part) < WIDEST:
            rows[-1] += f", {part}"
        else:
            rows.append(part)
    return rows


def _long(text: str) -> str:
    """Write a text of several lines as such."""
    plain = _QUOTES.sub(r"\"", text.replace("\\", "\\\\"))
    plain = _NOT_PLAIN.sub(_escaped, plain)
    return f'"""\n{plain}"""'
