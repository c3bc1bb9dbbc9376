r"""Text from outside on its way out: what each kind of reader would act upon instead of showing is shown instead.

There is one way for each kind of output, and each stands here: a line for people, JSON, XML, a cell of a spreadsheet,
the name of a file. What an output can't hold is never dropped; it stands there as an escape, such as ``\x1b``.
"""

from __future__ import annotations

import html
import json
import re
import shlex
import unicodedata

__all__ = [
    "css_text",
    "guarded",
    "json_text",
    "one_line",
    "plain_name",
    "shell_word",
    "slug",
    "unguarded",
    "visible",
    "xml_text",
]

_BLANKS = re.compile(r"[ \t\n\v\f\r\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_LOGGED = r"#(?=#[A-Za-z]*\[)"
"""Where a command begins, anywhere in a line of a log: ``##[error]``, of Azure Pipelines ``##vso[``, of TeamCity."""
_BEGUN = re.compile(_LOGGED)
_IN_JSON = re.compile(rf"[^\x20-\x7e\n]|{_LOGGED}")
_COMMAND = re.compile(rf"^(\s*):(?=:)|{_LOGGED}")
"""What GitHub Actions takes for a command where a line begins, ``::error::``, too."""
_FORMULA = r"\s*(?:[=+\-@|\uff1d\uff0b\uff0d\uff20]|::)"
"""What a spreadsheet runs, also if it is as wide as a Chinese letter; it passes over blanks, tabs and line breaks."""
_RISKY = re.compile(f"'*{_FORMULA}")
_GUARDED = re.compile(f"'+{_FORMULA}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.ASCII)
"""What Windows takes for a device, whatever follows after a dot."""
MAX_NAME = 200
MAX_TEXT = 10_000
"""Characters of what stands for a name, blanks and all; the rest is not looked at."""
MAX_SLUG = 80
"""Characters; none takes more than four bytes, and a name of a file has up to 255, its ending included."""
MAX_SLUG_BYTES = 200


def visible(text: str) -> str:
    r"""Show what a terminal would act upon: control characters, line breaks, turns of direction, what has no width.

    Parameters
    ----------
    text : str
        Anything, lone surrogates (of file names that are no UTF-8) included.

    Returns
    -------
    str
        One line, with escapes as Python writes them; what is printable (`str.isprintable`) is as it was.

    Examples
    --------
    >>> print(visible("a\x1b[2Jb\n\u202ec"))
    a\x1b[2Jb\n\u202ec
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def plain_name(value: object, most: int = MAX_NAME) -> str | None:
    """Take a text for a name: one line, what is not printable shown as an escape; at most so many characters.

    Runs of blanks, tabs and line breaks, by which programs lay out XML, are one blank.
    """
    if not isinstance(value, str):
        return None
    text = visible(_BLANKS.sub(" ", value[:MAX_TEXT]).strip(" "))
    if len(text) > most or len(value) > MAX_TEXT:
        return text[: most - 3] + "..."
    return text or None


def one_line(text: str) -> str:
    r"""Show a text as (the beginning of) a line of its own, which is no command to whoever runs us either.

    Examples
    --------
    >>> print(one_line("::error::it is broken"))
    \x3a:error::it is broken
    """
    return _COMMAND.sub(lambda found: f"{found[1] or ''}\\x{ord(found[0][-1]):02x}", visible(text))


def json_text(document: object, *, indent: int | None = None) -> str:
    r"""Write JSON that says exactly what it was given, that a terminal shows as it is, and that is no command in a log.

    Examples
    --------
    >>> print(json_text({"name": "C\N{LATIN SMALL LETTER O WITH CIRCUMFLEX}te\x9b2J"}))
    {"name": "Côte\u009b2J"}
    """
    return _IN_JSON.sub(_in_json, json.dumps(document, ensure_ascii=False, indent=indent))


def _in_json(found: re.Match[str]) -> str:
    if found[0] == "#":
        return "\\u0023"
    return found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1]


def xml_text(text: str) -> str:
    r"""Write a text as XML or HTML, for an element or an attribute.

    Examples
    --------
    >>> print(xml_text("a < b \x00"))
    a &lt; b \x00
    """
    return _BEGUN.sub("&#35;", html.escape(visible(text)))


def css_text(text: str) -> str:
    r"""Write a text for between the quotes of a style sheet, where nothing of it ends the text or the element.

    Examples
    --------
    >>> print(css_text('VKO"</b>x'))
    VKO\22 \3c \2f b\3e x
    """
    return "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):x} " for c in visible(text))


def shell_word(text: str) -> str:
    r"""Write a text as one word of a shell's command, as bash, zsh and ksh read it; it is one line of what can be seen.

    Examples
    --------
    >>> print(shell_word("icc - HUN"), shell_word("a.csv"), shell_word("a\x1bb'"))
    'icc - HUN' a.csv $'a\x1bb\''
    """
    if text.isprintable():
        return shlex.quote(text)
    plain = text.replace("\\", "\\\\").replace("'", "\\'")
    # half of a pair stands for a byte of a file's name that is no UTF-8
    return "$'" + "".join(f"\\x{ord(c) - 0xDC00:02x}" if "\udc80" <= c <= "\udcff" else visible(c) for c in plain) + "'"


def guarded(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula, or a log as a command.

    Examples
    --------
    >>> guarded("=1+1"), guarded("'=1+1"), guarded("VKO-BUD")
    ("'=1+1", "''=1+1", 'VKO-BUD')
    """
    return f"'{text}" if _RISKY.match(text) else text


def unguarded(text: str) -> str:
    """Take off the apostrophe that `guarded` puts there.

    Examples
    --------
    >>> [unguarded(guarded(text)) for text in ("=1", "'=1", "'n Roete")]
    ['=1', "'=1", "'n Roete"]
    """
    return text[1:] if _GUARDED.match(text) else text


def slug(text: str, *, ascii_only: bool = False) -> str:
    """Make a name for a file of a text: it stays in its folder, on every system; empty if there is no letter in it.

    Parameters
    ----------
    text : str
        Anything.
    ascii_only : bool
        Whether letters of other scripts are left out, and dots, as in what a browser is told to save.

    Examples
    --------
    >>> slug("../../etc/passwd"), slug("Москва-Будапешт"), slug("con"), slug("..")
    ('etc-passwd', 'москва-будапешт', 'con-', '')
    """
    folded = unicodedata.normalize("NFKC", text[: 4 * MAX_SLUG]).casefold()
    name = re.sub(r"[^a-z0-9]+" if ascii_only else r"[^\w.]+", "-", folded).strip("-.")[:MAX_SLUG].strip("-.")
    while len(name.encode()) > MAX_SLUG_BYTES:
        name = name[:-1].rstrip("-.")
    return _RESERVED.sub(lambda found: f"{found[0]}-", name, count=1) if _RESERVED.match(name) else name
