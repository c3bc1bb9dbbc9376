"""The text of a PDF as its own tables of letters have it: what a reader finds when it searches."""

from __future__ import annotations

import re
import zlib

__all__ = ["sheets_of", "text_of"]

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_STREAM = re.compile(rb"(<<.*?>>)\nstream\n(.*)\nendstream", re.DOTALL)
_SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|\(((?:[^()\\]|\\.)*)\)|(BT)", re.DOTALL)
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(raw: bytes) -> str:
    """Return the text of all sheets, a line for each that was written."""
    objects = {int(number): body for number, body in _OBJECT.findall(raw)}
    fonts = {}
    for body in objects.values():
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", body):
            table = re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)])
            assert table is not None, "letters that nobody can search for"
            fonts[name] = _letters(_unpacked(objects[int(table[1])]))
    found = []
    for body in objects.values():
        content = re.search(rb"/Type /Page\s.*?/Contents (\d+) 0 R", body, re.DOTALL)
        if content is None:
            continue
        letters: dict[int, str] = {}
        for font, shown, begin in _SHOWN.findall(_unpacked(objects[int(content[1])])):
            if begin:
                found.append("\n")
            elif font:
                letters = fonts[font]
            else:
                codes = _ESCAPE.sub(lambda one: _PLAIN.get(one[1], one[1]), shown)
                pairs = [int.from_bytes(codes[i : i + 2], "big") for i in range(0, len(codes), 2)]
                found.append("".join(letters[code] for code in pairs))
    return "".join(found)


def sheets_of(raw: bytes) -> int:
    """Count the sheets."""
    return len(re.findall(rb"/Type /Page\s", raw))


def _unpacked(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found is not None
    return zlib.decompress(found[2]) if b"/FlateDecode" in found[1] else found[2]


def _letters(table: bytes) -> dict[int, str]:
    """Read which letter stands for which code."""
    found = {}
    for first, _, names in re.findall(rb"<(\w+)> <(\w+)> \[([^\]]*)\]", table):
        for nth, name in enumerate(re.findall(rb"<(\w+)>", names)):
            found[int(first, 16) + nth] = bytes.fromhex(name.decode()).decode("utf-16-be")
    return found
