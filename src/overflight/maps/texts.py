"""Texts from outside as pages and pictures show them: every letter, none of them obeyed, and not without end."""

from __future__ import annotations

import re

__all__ = ["cut", "visible"]

_UNSEEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What has no look of its own: control characters, turns of direction, half pairs, and what XML knows not.

Line breaks and tabs are none: they are white space wherever text is shown. assets/tools.js has the same.
"""


def visible(text: str) -> str:
    r"""Return a text with the characters that nobody can see, or that turn others around, by their numbers.

    Examples
    --------
    >>> visible("A\x1b[31mB\u202eC\ud800")
    'A\\x1b[31mB\\u202eC\\ud800'
    """
    return _UNSEEN.sub(_numbered, text)


def cut(text: str, letters: int) -> str:
    """Return a text of so many letters at most; an ellipsis stands for what is left out.

    Examples
    --------
    >>> cut("Moscow-Budapest", 8)
    'Moscow-…'
    """
    return text if len(text) <= letters else text[: letters - 1] + "…"


def _numbered(found: re.Match[str]) -> str:
    number = ord(found.group())
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
