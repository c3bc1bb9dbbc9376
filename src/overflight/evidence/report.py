"""A report on one or more routes, as JSON, as a page, on paper."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.case import Case
from overflight.detours.gaps import GapAnswer, gaps
from overflight.errors import OverflightError
from overflight.evidence.blocks import Block, Figure
from overflight.evidence.chart import chart_of
from overflight.evidence.flights import flight_of
from overflight.evidence.ground import map_of
from overflight.evidence.page import page
from overflight.evidence.taken import taken
from overflight.evidence.telling import (
    DRAWN,
    LIMITS,
    PLANNED,
    RECORDED,
    SILENT,
    flight_blocks,
    head_blocks,
    tail_blocks,
)
from overflight.evidence.way import Way
from overflight.outside.files import write_whole
from overflight.outside.printable import json_text, visible
from overflight.outside.version import __version__

if TYPE_CHECKING:
    from overflight.airspace import Airspaces
    from overflight.costs import Cost
    from overflight.outside.witness import Taken

__all__ = ["MOST_FLIGHTS", "Evidence", "Input"]

MOST_FLIGHTS = 100
"""Flights in one report; nobody reads more, and each has its map."""


@dataclass(frozen=True, slots=True)
class Input:
    """A file that a report rests on.

    Attributes
    ----------
    name : str
        What it is called, without its folder.
    sha256 : str
        Of its bytes as they were read.
    size : int
        How many bytes these are.
    read_as : tuple of str
        What the readers took it for.
    role : str
        What it is to the report.
    """

    name: str
    sha256: str
    size: int
    read_as: tuple[str, ...] = ()
    role: str = "Input"

    @classmethod
    def of(cls, raw: bytes, name: str) -> Input:
        """Describe bytes that were read."""
        return cls(Path(name).name, sha256(raw).hexdigest(), len(raw))

    @classmethod
    def seen(cls, taken: Taken, role: str = "Input") -> Input:
        """Describe what a witness saw being read; see `overflight.outside.witness`."""
        name = "standard input" if taken.name == "-" else Path(taken.name).name
        return cls(visible(name), taken.sha256, taken.size, tuple(taken.read_as), role)


@dataclass(frozen=True)
class Evidence:
    """A report on routes that were judged.

    Attributes
    ----------
    cases : tuple of Case
        The questions, one for each route; all of one airspace.
    inputs : tuple of Input
        The files that the routes and the rules come from.
    command : str
        What to type to get the report again.
    origins : tuple of str or None
        For each case, the SHA-256 of the file that its route comes from; of the only one, if left out.
    gaps : tuple of tuple of GapAnswer
        For each case, what its gaps allow; worked out here, if left out.
    costs : tuple of Cost or None
        For each case, what flying its route takes, as `overflight.cost` has it; left out, nothing is said of it.

    Raises
    ------
    OverflightError
        If there are no cases, or more than `MOST_FLIGHTS`.

    Examples
    --------
    >>> import overflight as of
    >>> case = of.Case.of(["VKO", "BUD"], on="2025-10-23", avoid="icc")
    >>> report = Evidence.of(case).to_dict()
    >>> into = report["flights"][0]["crossings"][-1]["entry"]
    >>> into["decimal"], into["uncertainty"]["border_accuracy_m"], into["uncertainty"]["angle_deg"]
    ('48.52584 N, 21.04741 E', 100, 36.8)
    """

    cases: tuple[Case, ...]
    inputs: tuple[Input, ...] = ()
    command: str = ""
    origins: tuple[str | None, ...] = ()
    gaps: tuple[tuple[GapAnswer, ...], ...] = ()
    costs: tuple[Cost | None, ...] = ()

    def __post_init__(self) -> None:
        if not self.cases:
            raise OverflightError("a report needs a route: give one")
        if len(self.cases) > MOST_FLIGHTS:
            msg = f"a report on {len(self.cases):,} routes is more than anybody reads: give {MOST_FLIGHTS} at most"
            raise OverflightError(f"{msg}, or ask for rows (-f json)")

    @classmethod
    def of(cls, cases: Case | Iterable[Case], *, inputs: Sequence[Input] = (), command: str = "") -> Evidence:
        """Report on one case, or several.

        Parameters
        ----------
        cases : Case or iterable of Case
            What was asked.
        inputs : sequence of Input
            The files that the routes come from: ``Input.of(raw, "flight.csv")``.
        command : str
            What to type to get the report again; none by default.
        """
        return cls((cases,) if isinstance(cases, Case) else tuple(cases), tuple(inputs), command)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON has it; see `overflight.evidence`."""
        return self._document

    def to_json(self) -> str:
        """Write the report as JSON."""
        return json_text(self._document, indent=1) + "\n"

    def html(self) -> bytes:
        """Return the report as one page of HTML that needs no network and runs no script, UTF-8."""
        return page(f"Record of airspace crossed: {self._document['flights'][0]['name']}", self._blocks())

    def pdf(self) -> bytes:
        """Return the report on sheets of A4, its text searchable.

        Raises
        ------
        OverflightError
            If matplotlib is not installed.
        """
        from overflight.evidence.paper import paper

        return paper(f"Record of airspace crossed: {self._document['flights'][0]['name']}", self._blocks())

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the report, whole or not at all, as the name of the file says: ``.html``, ``.pdf`` or ``.json``.

        Raises
        ------
        OverflightError
            If the name ends otherwise, or if matplotlib is wanting, which PDF needs.
        DataError
            If it can't be written. What was there before is left as it was.
        """
        path = Path(path)
        write_whole(path, self.as_bytes(path.suffix.lower(), named=str(path)))

    def as_bytes(self, kind: str, *, named: str = "a report") -> bytes:
        """Return the report as ``.html``, ``.pdf`` or ``.json``; `named` is what errors call it."""
        if kind == ".html":
            return self.html()
        if kind == ".pdf":
            return self.pdf()
        if kind == ".json":
            return self.to_json().encode()
        raise OverflightError(f"{named}: a report is no {kind or 'such'} file: give .html, .pdf or .json")

    @cached_property
    def _document(self) -> dict[str, Any]:
        recorded = [Way(case).track is not None for case in self.cases]
        limits = [
            *LIMITS,
            *(SILENT if any(self._gaps) else ()),
            *(RECORDED if any(recorded) else ()),
            *(() if all(recorded) else PLANNED),
        ]
        return {
            "schema": 1,
            "report": "evidence",
            "overflight": __version__,
            "command": self.command,
            "inputs": [
                {"name": i.name, "sha256": i.sha256, "bytes": i.size, "read_as": list(i.read_as), "role": i.role}
                for i in self.inputs
            ],
            "data": _data(self.cases[0].world, self.cases),
            "flights": [
                flight_of(case, gaps) | {"input": origin} | taken(cost)
                for case, origin, gaps, cost in zip(
                    self.cases, self._origins(), self._gaps, self.costs or (None,) * len(self.cases), strict=True
                )
            ],
            "limits": [" ".join(text.split()) for text in limits],
        }

    def _origins(self) -> tuple[str | None, ...]:
        """Return the digest of each route's file."""
        alone = self.inputs[0].sha256 if len(self.inputs) == 1 else None
        return self.origins or (alone,) * len(self.cases)

    @cached_property
    def _gaps(self) -> tuple[tuple[GapAnswer, ...], ...]:
        return self.gaps or tuple(gaps(case) if case.gaps else () for case in self.cases)

    def _blocks(self) -> Iterator[Block]:
        document = self._document
        yield from head_blocks(document)
        for case, flight, silent in zip(self.cases, document["flights"], self._gaps, strict=True):
            for block in flight_blocks(flight, alone=len(self.cases) == 1):
                if block is DRAWN:
                    yield from _drawings(case, flight, [ring for one in silent if (ring := one.outline())])
                else:
                    yield block
        yield from tail_blocks(document)


def _drawings(case: Case, flight: dict[str, Any], within: Sequence[Sequence[tuple[float, float]]]) -> Iterator[Block]:
    way = Way(case)
    silent = "; dotted where nothing was recorded" if flight["gaps"] else ""
    silent += "; the dashed edge is that of where it can have been there" if within else ""
    hatched = "; hatched: what the rule is about; red: crossed against it" if flight["rules"] else ""
    yield Figure(
        map_of(way, within), f"The line as judged{silent}{hatched}. Numbers are those of the table of crossings."
    )
    profile = flight["profile"]
    if way.track is None:
        yield Figure(chart_of(way, None), "What lies below, by kilometres from the start.")
    elif profile is None:
        yield Figure(chart_of(way, None), "What lay below, by UTC. No altitude was recorded.")
    else:
        values = f"{profile['recorded']:,} values, drawn within {profile['tolerance_m']:g} m"
        told = f"Altitude as recorded ({values}), and the states below, by UTC."
        yield Figure(chart_of(way, profile), told)


def _data(world: Airspaces, cases: Iterable[Case]) -> dict[str, Any]:
    manifest = world.manifest
    doubts = [world.doubt_on(case.on) for case in cases]
    return {
        "version": world.version,
        "view": world.view,
        "sha256": manifest.get("sha256", {}).get("airspace.bin"),
        "accuracy_m": round(world.accuracy_m),
        "attribution": manifest.get("attribution", ""),
        "licence": manifest.get("licence", ""),
        "doubts": list(dict.fromkeys(filter(None, doubts))),
        "sources": [
            {
                "name": name.lstrip("@"),
                **{key: str(told.get(key, "")) for key in ("version", "licence", "attribution", "used_for")},
            }
            for name, told in manifest.get("sources", {}).items()
        ],
    }
