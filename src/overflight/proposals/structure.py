"""The shape of a proposal: checked against the JSON Schema that editors use, so that the two can't differ.

`route.schema.json` says which keys there are and what they hold; its ``x-expected`` is what a message says was
expected. This interprets the few words of JSON Schema (draft 7) that the file uses.
"""

from __future__ import annotations

import difflib
import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

from overflight.outside.printable import visible
from overflight.proposals.positions import Path

__all__ = ["Fault", "faults", "keys", "schema", "schema_text", "shown"]

OTHERWISE = {"on": " (or `depart` and `speed`)", "waypoints": " (or `file`, or [[route]] tables)"}
"""What will do instead of a key that is missing."""

Node = dict[str, Any]
_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place: where, and a clause that says what was expected and what was found."""

    path: Path
    why: str


@functools.cache
def schema_text() -> str:
    """Return the JSON Schema of proposals, as published."""
    return resources.files("overflight.proposals").joinpath("route.schema.json").read_text(encoding="utf-8")


@functools.cache
def schema() -> Node:
    """Return the JSON Schema of proposals."""
    found: Node = json.loads(schema_text())
    return found


def keys(definition: str | None = None) -> tuple[str, ...]:
    """Return the keys of a proposal, or of one of the schema's definitions."""
    node = schema() if definition is None else schema()["definitions"][definition]
    return tuple(node["properties"])


def faults(document: object, definition: str | Node | None = None) -> Iterator[Fault]:
    """Yield what is wrong with the shape of a proposal, in the order in which it stands there.

    Parameters
    ----------
    document : object
        What the parser made of the file, dates and times as text.
    definition : str or dict, optional
        One of the schema's definitions, to check a part by, or a schema for another file; the whole schema by default.
    """
    named = schema()["definitions"][definition] if isinstance(definition, str) else definition
    yield from _check(document, schema() if named is None else named, ())


def shown(value: object) -> str:
    """Show a value from a file on one short line; what could move a terminal's cursor is escaped."""
    try:
        text = json.dumps(value, default=str, ensure_ascii=False) if not isinstance(value, str) else f'"{value}"'
    except (ValueError, RecursionError):
        text = "something nested too deeply"
    text = visible(text[:200])
    return text if len(text) <= 60 else text[:57] + "..."


def _check(value: object, node: Node, path: Path) -> Iterator[Fault]:
    while "$ref" in node:
        node = schema()["definitions"][node["$ref"].rpartition("/")[2]]
    kind = node.get("type")
    if kind and (isinstance(value, bool) or not isinstance(value, _TYPES[kind])):
        yield _unexpected(value, node, path)
    elif "enum" in node and value not in node["enum"]:
        near = difflib.get_close_matches(str(value), node["enum"], n=1) if isinstance(value, str) else []
        hint = f': did you mean "{near[0]}"?' if near else ""
        yield Fault(path, f"expected {node['x-expected']}, found {shown(value)}{hint}")
    elif isinstance(value, dict) and kind == "object":
        yield from _table(value, node, path)
    elif isinstance(value, list):
        yield from _list(value, node, path)
    elif isinstance(value, str):
        if not _text_fits(value, node):
            yield _unexpected(value, node, path)
    elif isinstance(value, int | float) and "minimum" in node and not node["minimum"] <= value <= node["maximum"]:
        yield _unexpected(value, node, path)
    if "anyOf" in node and kind != "object":
        yield from _any(value, node, path)


def _text_fits(value: str, node: Node) -> bool:
    if not node.get("minLength", 0) <= len(value) <= node.get("maxLength", len(value)):
        return False
    # `$` of JSON Schema does not forgive a line break at the end.
    return "pattern" not in node or re.search(node["pattern"].replace("$", r"\Z"), value) is not None


def _table(value: Node, node: Node, path: Path) -> Iterator[Fault]:
    known = node.get("properties", {})
    for key, item in value.items():
        if key in known:
            yield from _check(item, known[key], (*path, key))
        else:
            near = difflib.get_close_matches(key.casefold(), known, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"the keys are {', '.join(known)}"
            yield Fault((*path, key), f"unknown key: {hint}")
    missing = [key for key in node.get("required", ()) if key not in value]
    choices = [choice["required"] for choice in node.get("anyOf", ())]
    if not any(all(key in value for key in choice) for choice in choices):
        # What is there tells which choice was meant; of those alike, the first.
        meant = max(choices, key=lambda choice: sum(key in value for key in choice), default=())
        missing += [key for key in meant if key not in value]
    for key in missing:
        yield Fault((*path, key), f"missing: add it{OTHERWISE.get(key, '') if choices else ''}")


def _list(value: list[object], node: Node, path: Path) -> Iterator[Fault]:
    if not node.get("minItems", 0) <= len(value) <= node.get("maxItems", len(value)):
        limit = f" (at most {node['maxItems']})" if len(value) > node.get("maxItems", len(value)) else ""
        yield Fault(path, f"expected {node.get('x-expected', 'a list')}{limit}, found a list of {len(value)}")
        return
    for i, item in enumerate(value):
        yield from _check(item, node.get("items", {}), (*path, i))
        if node.get("uniqueItems") and item in value[:i]:
            yield Fault((*path, i), f"{shown(item)} stands there twice: take one out")


def _any(value: object, node: Node, path: Path) -> Iterator[Fault]:
    found = [list(_check(value, choice, path)) for choice in node["anyOf"]]
    if all(found):
        # A choice that fails inside the value says more than that the value is of the wrong kind.
        inner = [faults for faults in found if any(len(fault.path) > len(path) for fault in faults)]
        yield from inner[0] if inner else [_unexpected(value, node, path)]


def _unexpected(value: object, node: Node, path: Path) -> Fault:
    return Fault(path, f"expected {node.get('x-expected', 'something else')}, found {shown(value)}")
