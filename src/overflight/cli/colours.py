"""Colours at a terminal, each with one meaning: none stands without the word that says the same.

They are of the palette of 256 colours where the terminal has it, as dark as can be read on black, and as light as can
be read on white: between 3.9 and 5.3 to 1 on either (WCAG 2.2, contrast ratio). Elsewhere they are the terminal's own.
"""

from __future__ import annotations

import os
from typing import Literal

from overflight.cli.writing import styled

__all__ = ["PALETTE", "Tone", "painted", "tone_of"]

Tone = Literal["free", "consent", "forbidden", "open"]
"""What is said: nothing of the rule is entered; only with somebody's consent; what is forbidden is; it isn't known."""
PALETTE: dict[Tone, tuple[int, str]] = {
    "free": (28, "green"),
    "consent": (130, "yellow"),
    "forbidden": (196, "red"),
    "open": (98, "magenta"),
}
"""For each of these the colour of 256, and of eight."""
_SAID: dict[str, Tone] = {
    "free": "free",
    "clear": "free",
    "only with": "consent",
    "needs consent": "consent",
    "with-consent": "consent",
    "forbidden": "forbidden",
    "crosses": "forbidden",
    "marginal": "open",
    "not known": "open",
}
"""The words for an answer, or how they begin."""


def tone_of(text: str) -> Tone | None:
    """Tell which answer a text is, if it is one.

    Examples
    --------
    >>> tone_of("only with the consent of Poland"), tone_of("Poland"), tone_of("free; but it is too long")
    ('consent', None, 'open')
    """
    for words, tone in _SAID.items():
        if text == words or (text.startswith(words) and not text[len(words)].isalpha()):
            return "open" if tone == "free" and "; but " in text else tone
    return None


def painted(text: str, tone: Tone | None, *, bold: bool = False) -> str:
    """Colour a text by what it says, unless nobody wants colours."""
    if tone is None or not text:
        return text
    fine, plain = PALETTE[tone]
    many = "256color" in os.environ.get("TERM", "") or os.environ.get("COLORTERM") in {"truecolor", "24bit"}
    return styled(text, fg=fine if many else plain, bold=bold or None)
