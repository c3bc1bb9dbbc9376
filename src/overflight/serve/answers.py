"""From the bytes that a page sends to the bytes that it gets: what a process that answers does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from overflight.errors import OverflightError
from overflight.outside.printable import slug
from overflight.serve.asked import PAGE, Keys, Setting
from overflight.serve.workers import Answer

if TYPE_CHECKING:
    from overflight.serve.whatif import WhatIf

__all__ = ["NAMES", "answered", "keys_of", "object_of", "opening", "our_fault", "question", "refusal"]

OTHERS = 30
_AT = re.compile(r"^`[^`]*`: ")
_ALONE = re.compile(r"^rule set '[^' ]*', column 1: ")
"""Of a rule set of one name, there is nothing to find in it."""


def question(name: str, body: bytes) -> bytes:
    """Write down what is asked, for a process that answers."""
    return name.encode() + b"\n" + body


def opening(setting: Setting, secret: bytes) -> Callable[[bytes], Answer]:
    """Load the world, and return what answers the questions of a page."""
    from overflight.serve.whatif import WhatIf  # loads maps and detours: only where they are needed

    whatif = WhatIf(setting, secret)
    with suppress(OverflightError):  # the page is told, when it asks
        whatif.check(setting.keys)
    return partial(_answer, whatif)


def answered(work: Callable[[], Answer]) -> Answer:
    """Answer, whatever happens, but for memory that is gone: that ends the process."""
    try:
        return work()
    except OverflightError as error:
        return refusal(error)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - there are other questions to answer
        return our_fault(error)


def refusal(error: OverflightError) -> Answer:
    """Say what is wrong with what was sent, and at which of its keys."""
    text = _ALONE.sub("", _AT.sub("", str(error).removeprefix(f"{PAGE}: ")))
    return Answer.json({"error": text, "at": list(getattr(error, "path", ()))}, 400)


def our_fault(error: Exception) -> Answer:
    """Say that it is nothing that was sent."""
    return Answer.json({"error": f"unexpected {type(error).__name__}: please report this"}, 500)


def object_of(body: bytes) -> dict[str, Any]:
    """Read what a page sent; raises `OverflightError` if it is no JSON object."""
    try:
        found = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise OverflightError(f"what was sent is not JSON: {str(error)[:120]}") from error
    if not isinstance(found, dict):
        raise OverflightError("what was sent is no JSON object")
    return found


def keys_of(asked: dict[str, Any]) -> Keys:
    """Return the keys of a proposal that were sent, but those left empty."""
    keys = asked.get("keys")
    if not isinstance(keys, dict):
        raise OverflightError("`keys` is missing: the keys of a proposal")
    return {key: value for key, value in keys.items() if value not in ("", None)}


def _answer(whatif: WhatIf, asked: bytes) -> Answer:
    name, _, body = asked.partition(b"\n")
    return answered(lambda: NAMES[name.decode()](whatif, object_of(body)))


def _proposal(whatif: WhatIf, asked: dict[str, Any]) -> Answer:
    name, text = whatif.saved(keys_of(asked))
    return _file(text.encode("utf-8", "replace"), "application/toml", name, ".route.toml")


def _map(whatif: WhatIf, asked: dict[str, Any]) -> Answer:
    name, page = whatif.drawn(keys_of(asked), _others(asked))
    return _file(page, "text/html; charset=utf-8", name, ".html")


NAMES: dict[str, Callable[[WhatIf, dict[str, Any]], Answer]] = {
    "start": lambda whatif, _: Answer.json(whatif.opened()),
    "check": lambda whatif, asked: Answer.json(whatif.check(keys_of(asked), str(asked.get("ground", "")))),
    "ground": lambda whatif, asked: Answer.json(whatif.ground(keys_of(asked), _others(asked))),
    "costs": lambda whatif, asked: Answer.json(whatif.costs(keys_of(asked), _others(asked))),
    "changes": lambda whatif, asked: Answer.json(whatif.changes(keys_of(asked))),
    "when": lambda whatif, asked: Answer.json(whatif.when(keys_of(asked))),
    "proposal": _proposal,
    "map": _map,
}
"""What can be asked."""


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _others(asked: dict[str, Any]) -> list[Keys]:
    """Return what differs in routes that are shown beside the one asked about."""
    others = asked.get("others", [])
    if not isinstance(others, list) or len(others) > OTHERS or not all(isinstance(one, dict) for one in others):
        raise OverflightError(f"expected up to {OTHERS} routes beside it, in `others`")
    return [{key: one[key] for key in ("name", "waypoints", "allow") if key in one} for one in others]


def _file(content: bytes, kind: str, name: str, suffix: str) -> Answer:
    saved_as = f"{slug(name, ascii_only=True) or 'what-if'}{suffix}"
    return Answer(200, {"content-type": kind, "content-disposition": f'attachment; filename="{saved_as}"'}, content)
