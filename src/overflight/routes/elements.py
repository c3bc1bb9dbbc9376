"""XML read element by element, by expat, from the standard library, whatever it is a file of.

Document types, with them entities, are refused; nothing that a file refers to is fetched. Prefixes of names are passed
over: programs differ in them, and some forget to declare theirs.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import NoReturn
from xml.parsers import expat

from overflight.errors import DataError, OverflightError, ProposalError
from overflight.outside.witness import taken_for
from overflight.routes.collect import MAX_DEPTH, MAX_ELEMENTS, MAX_POINTS, MAX_TAG, MAX_WORDS, Collector
from overflight.routes.refusals import reason

__all__ = ["Reader", "read_elements"]

_LONG_TAG = re.compile(rb"<[^<>]{%d}" % MAX_TAG)


class Reader(ABC):
    """Follows the elements, and gathers text where it is wanted."""

    expected = ""
    """What to say of a file that has no route."""
    wanted: frozenset[tuple[str, str]]
    """Elements whose text is read, each with the one around it."""

    def __init__(self, lines: Collector, parser: expat.XMLParserType) -> None:
        self.lines = lines
        self.parser = parser
        self.words = parser.intern
        self.stack: list[str] = [""]
        self.text: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note that an element begins."""
        if ":" in name:
            name = name.rpartition(":")[2]
        parent = self.stack[-1]
        self.stack.append(name)
        if len(self.stack) > MAX_DEPTH + 1:
            msg = f"elements nested deeper than {MAX_DEPTH}: flatten the file"
            raise OverflightError(msg)
        if len(self.words) > MAX_WORDS:
            msg = f"more than {MAX_WORDS:,} different names of elements: write the file anew"
            raise OverflightError(msg)
        self.enter(name, parent, attributes)
        if (name, parent) in self.wanted:
            self.text = []
            self.parser.CharacterDataHandler = self.text.append

    def end(self, _: str) -> None:
        """Note that an element has ended."""
        name = self.stack.pop()
        text = ""
        if self.text is not None:
            text = "".join(self.text)
            self.text = self.parser.CharacterDataHandler = None
        self.leave(name, self.stack[-1], text)

    def at(self) -> str:
        """Return the place in the file."""
        return f"line {self.parser.CurrentLineNumber}"

    @abstractmethod
    def enter(self, name: str, parent: str, attributes: dict[str, str]) -> None:
        """Take what stands in the tag of an element."""

    @abstractmethod
    def leave(self, name: str, parent: str, text: str) -> None:
        """Take the text of an element, if it is wanted, and what was in it."""

    def finish(self) -> None:  # noqa: B027 - most have nothing to add
        """Add what only the whole file tells."""


def read_elements(
    raw: bytes,
    lines: Collector,
    readers: Mapping[str, Callable[[Collector, expat.XMLParserType], Reader]],
    *,
    roots: str = "<gpx> or <kml>",
) -> str:
    """Add the routes of one file; return what to say if it has none.

    Parameters
    ----------
    raw : bytes
        The file.
    lines : Collector
        Takes the routes.
    readers : mapping
        Who reads a file whose first element has that name.
    roots : str
        What to name of these where the first element is another one.

    Raises
    ------
    ProposalError
        Names the file and the line.
    """
    _check(raw, lines)
    reader: Reader | None = None
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def first(name: str, attributes: dict[str, str]) -> None:
        nonlocal reader
        root = name.rpartition(":")[2]
        if root not in readers:
            msg = (
                f"expected {roots}, found <{root[:40]}>: convert the file to {'one of these' if ' ' in roots else 'it'}"
            )
            raise OverflightError(msg)
        taken_for(f"<{root}>")
        reader = readers[root](lines, parser)
        parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
        reader.start(name, attributes)

    def no_doctype(*_: object) -> NoReturn:
        msg = "a document type (<!DOCTYPE, entities) is not read: take it out"
        raise OverflightError(msg)

    parser.StartElementHandler = first
    parser.StartDoctypeDeclHandler = no_doctype
    try:
        parser.Parse(raw, True)
        if reader is not None:
            reader.finish()
    except expat.ExpatError as error:
        why = f"not XML ({expat.ErrorString(error.code)}): mend the file"
        lines.refuse(why, f"line {error.lineno}, column {error.offset + 1}")
    except (ProposalError, DataError):
        raise
    except OverflightError as error:
        lines.refuse(str(error), f"line {parser.CurrentLineNumber}")
    except (ValueError, LookupError) as error:  # of the encoding that it declares
        lines.refuse(f"not XML that can be read here ({reason(error)}): save it as UTF-8")
    return reader.expected if reader else ""


def _check(raw: bytes, lines: Collector) -> None:
    """Refuse what would take long, before it is parsed."""
    if raw.count(b"<") - raw.count(b"</") > MAX_ELEMENTS:
        lines.refuse(f"more than {MAX_ELEMENTS:,} XML elements: thin it out or split the file")
    if raw.count(b"<trkpt") > MAX_POINTS:
        lines.refuse_many()
    if _LONG_TAG.search(raw):
        lines.refuse(f"an XML tag of more than {MAX_TAG:,} bytes: take it out")
