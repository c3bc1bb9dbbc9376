"""How a reader of route files says what is wrong with one, and quotes what stands in it."""

from __future__ import annotations

import re
from typing import NoReturn

from overflight.errors import OverflightError, ProposalError
from overflight.outside.printable import plain_name

__all__ = ["degrees", "reason", "refuse", "shown"]

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def refuse(where: str, why: str, at: str = "") -> NoReturn:
    """Raise what is wrong with a file in one line: the file, the place in it, what, and the way out.

    Raises
    ------
    ProposalError
    """
    msg = f"{where}{', ' if at else ''}{at}: {why}"
    raise ProposalError(msg)


def degrees(text: str, what: str) -> float:
    """Read decimal degrees; texts such as ``nan``, ``inf`` and ``1_0`` are none.

    Raises
    ------
    OverflightError
    """
    if len(text) > 60 or not _NUMBER.fullmatch(text):
        msg = f"{what}: expected decimal degrees, found {shown(text)}"
        raise OverflightError(msg)
    return float(text)


def shown(text: str) -> str:
    """Quote foreign text for a message: control characters escaped, long texts cut."""
    return repr(text if len(text) <= 40 else text[:37] + "...")


def reason(error: Exception) -> str:
    """Quote what another library says, which may quote the file: one line, without control characters, cut."""
    return (plain_name(str(error)) or type(error).__name__)[:80]
