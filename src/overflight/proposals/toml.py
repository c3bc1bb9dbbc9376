"""TOML from strangers: looked over before it is parsed, whose cost grows with the square of a key's parts."""

from __future__ import annotations

import re
import tomllib
from typing import Any, NoReturn

from overflight.errors import ProposalError

__all__ = ["BASIC", "LITERAL", "LONG", "MAX_DEPTH", "MAX_PARTS", "MAX_TABLES", "load_toml"]

MAX_PARTS = 4
"""Parts of a key, as of ``a.b.c``, or of a table's name; a proposal needs one. Each takes up to a kilobyte."""
MAX_DEPTH = 32
"""Lists and inline tables nest; a proposal needs two."""
MAX_TABLES = 20_000
"""Tables, and lists that are in no other; a thousand routes have up to seven each."""

# Nothing here is tried twice on the same text, so that the time it takes grows with its length alone.
BASIC = r'"(?:[^"\\\n]|\\.)*+"'
LITERAL = r"'[^'\n]*+'"
# Up to two quotation marks may stand before the three that end a text of many lines.
LONG = r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*+"{3,5}|' + r"'''(?:[^']|'(?!''))*+'{3,5}"
_PART = rf"(?:[A-Za-z0-9_-]++|{BASIC}|{LITERAL})"
_TOKEN = re.compile(
    rf"{LONG}|"
    r"\#[^\n]*+|"
    rf"(?P<key>{_PART}(?:[ \t]*+\.[ \t]*+{_PART})*+)|"
    r"(?P<mark>[\[\]{}])"
)
_PARTS = re.compile(_PART)


def load_toml(text: str, where: str) -> dict[str, Any]:
    """Parse TOML.

    Parameters
    ----------
    text : str
        The text.
    where : str
        What to call the file in messages.

    Raises
    ------
    ProposalError
        If it is not TOML, or if its keys or values are nested deeper than any proposal's.
    """
    _look_over(text, where)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProposalError(f"{where}: not TOML: {str(error).splitlines()[0][:200]}: mend the line") from error
    except (RecursionError, ValueError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error).partition(";")[0]
        raise ProposalError(f"{where}: not TOML: {reason[:120]}: mend it") from error


def _look_over(text: str, where: str) -> None:
    """Count the parts of keys and the nesting of brackets, outside texts and comments.

    A number has one dot at most, so that what has more parts is a key, or nothing.
    """
    depth = tables = 0
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "key":
            if match[0].count(".") >= MAX_PARTS:
                parts = sum(1 for _ in _PARTS.finditer(match[0]))
                if parts > MAX_PARTS:
                    why = f"a key of {parts:,} parts: expected at most {MAX_PARTS}, and a proposal's keys have one"
                    _refuse(text, match.start(), where, why)
        elif match.lastgroup == "mark":
            depth += 1 if match[0] in "[{" else -1
            tables += depth == 1 and match[0] in "[{"
            if tables > MAX_TABLES:
                _refuse(text, match.start(), where, f"more than {MAX_TABLES:,} tables and lists: split the file")
            if depth > MAX_DEPTH:
                _refuse(text, match.start(), where, f"lists or tables nested deeper than {MAX_DEPTH}: write it flatter")


def _refuse(text: str, at: int, where: str, why: str) -> NoReturn:
    raise ProposalError(f"{where}, line {text.count(chr(10), 0, at) + 1}: {why}")
