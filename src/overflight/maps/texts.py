"""Texts from outside as pages and pictures show them: every letter, none of them obeyed, and not without end."""

from __future__ import annotations

import re

from overflight.outside.printable import visible

__all__ = ["cut", "legible"]

_UNSEEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What has no look of its own: control characters, turns of direction, half pairs, and what XML knows not.

Line breaks and tabs are none: they are white space wherever text is shown. assets/tools.js has the same.
"""


def legible(text: str) -> str:
    r"""Return a text with the characters that nobody can see, or that turn others around, by their numbers.

    Examples
    --------
    >>> legible("A\x1b[31mB\u202eC\ud800")
    'A\\x1b[31mB\\u202eC\\ud800'
    """
    return _UNSEEN.sub(lambda found: visible(found[0]), text)


def cut(text: str, letters: int) -> str:
    """Return a text of so many letters at most; an ellipsis stands for what is left out.

    Examples
    --------
    >>> cut("Moscow-Budapest", 8)
    'Moscow-…'
    """
    return text if len(text) <= letters else text[: letters - 1] + "…"
