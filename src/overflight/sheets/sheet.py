"""The permit sheet of one flight, in every form in which it goes out."""

from __future__ import annotations

import csv
import io
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.errors import OverflightError
from overflight.evidence.spelling import stamp
from overflight.outside.files import write_whole
from overflight.outside.folder import write_folder
from overflight.outside.listing import Listed, Listing
from overflight.outside.printable import guarded, json_text, one_line
from overflight.outside.version import __version__
from overflight.sheets.flight import Flight
from overflight.sheets.rows import COLUMNS, Cell, rows_of
from overflight.sheets.telling import limits_of, sheet_page
from overflight.sheets.template import DEFAULT, filled

if TYPE_CHECKING:
    from overflight.sheets.places import End

__all__ = ["KINDS", "Sheet"]

KINDS = (".html", ".csv", ".json", ".txt")
MAX_POINTS = 1_000
"""Points of a route that JSON lists."""
PARTED = "\n" + "-" * 72 + "\n\n"
"""What stands between two requests in one text."""


@dataclass(frozen=True, repr=False)
class Sheet(Flight, Listed):
    """The permit sheet of a flight; `overflight.permits` makes one.

    Attributes
    ----------
    case, stays, states, aircraft, level
        As for `Flight`: the question, every stay in the order flown, and the same by the state to be asked.

    Examples
    --------
    >>> import overflight as of
    >>> case = of.Case.of(["VKO", "BUD"], on="2025-10-23", avoid="icc", allow="POL")
    >>> of.permits(case)  # doctest: +NORMALIZE_WHITESPACE
    <Permit sheet VKO-BUD on 2025-10-23, 6 states: RUS 386.9 km; BLR 402.5 km; UKR 406.9 km; POL 49.7 km; SVK 110.6 km;
    HUN 180.4 km>
    """

    def to_dict(self) -> dict[str, Any]:
        """Return the sheet as JSON has it; see `overflight.sheets`."""
        case, route = self.case, self.case.route
        return {
            "schema": 1,
            "sheet": "permits",
            "overflight": __version__,
            "data": case.world.version,
            "view": case.world.view,
            "on": case.on.isoformat(),
            **case.told,
            "allow": sorted(state.code for state in case.allow),
            "route": {
                "name": route.label,
                "item15": self.item15(MAX_POINTS),
                "length_km": round(route.length_km, 3),
                "high_seas_km": round(case.verdict.crossings.high_seas_km, 3),
            },
            "depart": _time(self.depart),
            "arrive": _time(self.arrive),
            "times": self.times,
            "aircraft": self.aircraft or None,
            "level": self.level or None,
            "operator": None if case.operator is None else case.operator.to_dict(),
            "answer": case.answer,
            "sentence": case.sentence,
            "notices": list(case.notices),
            "states": [one.to_dict() for one in self.states],
            "limits": list(limits_of(self)),
        }

    def to_json(self) -> str:
        """Write the sheet as JSON."""
        return json_text(self.to_dict(), indent=1) + "\n"

    def to_csv(self) -> str:
        """Write a row for each stay, in the order flown: RFC 4180; nothing in it runs in a spreadsheet."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows([_harmless(cell) for cell in row] for row in rows_of(self))
        return out.getvalue()

    def to_html(self) -> str:
        """Return the sheet as one page of HTML for print, on A4; it needs no network and runs no script."""
        return sheet_page(self)

    def table(self) -> Iterator[list[Cell]]:
        """Yield a short row for each stay: number, state, role, where and when in and out, km, level, answer."""
        answers = {stay.number: one for one in self.states for stay in one.stays}
        for stay in self.stays:
            one = answers[stay.number]
            ends = [
                (end.words, "" if end.at is None else end.at.brief(self.case.on)) for end in (stay.entry, stay.exit)
            ]
            where = itertools.chain.from_iterable(ends)
            yield [stay.number, one.name, stay.crossing.role, *where, stay.crossing.length_km, stay.levels, one.brief]

    def requests(self, template: str = DEFAULT) -> dict[str, str]:
        """Return the text of each request, by what to call it: the code of the state.

        Parameters
        ----------
        template : str
            Any text; `overflight.sheets.template.PLACEHOLDERS` are the words in braces that it may have.

        Raises
        ------
        DataError
            If it has a word in braces that stands for nothing; names those that there are.

        Examples
        --------
        >>> import overflight as of
        >>> case = of.Case.of(["VKO", "BUD"], on="2025-10-23", operator="RUS")
        >>> of.permits(case).requests("To {state}: {operator} asks for {km} km, {entry_point} to {exit_point}.")["SVK"]
        'To Slovakia: Russia asks for 110.6 km, 4911N02211E to 4832N02103E.'
        """
        return {one.key: filled(template, self, one) for one in self.states}

    def save_requests(self, folder: str | os.PathLike[str], template: str = DEFAULT) -> None:
        """Write the text of each request to a file of a new folder, whole or not at all: ``HUN.txt``.

        Raises
        ------
        DataError
            If something is there already that is no empty folder, if it can't be made, or as `requests`.
        """
        texts = self.requests(template)
        files = {f"{name}.txt": text.encode("utf-8", errors="backslashreplace") for name, text in texts.items()}
        write_folder(Path(folder), files)

    def as_bytes(self, kind: str, template: str = DEFAULT, *, named: str = "a permit sheet") -> bytes:
        """Return the sheet as ``.html``, ``.csv``, ``.json``, or all requests as ``.txt``.

        Raises
        ------
        OverflightError
            If it is none of these; `named` is what the error calls it.
        """
        if kind == ".html":
            text = self.to_html()
        elif kind == ".csv":
            text = self.to_csv()
        elif kind == ".json":
            text = self.to_json()
        elif kind == ".txt":
            text = PARTED.join(self.requests(template).values())
        else:
            raise OverflightError(f"{named}: no {kind or 'such'} file is written: end the name in {', '.join(KINDS)}")
        return text.encode("utf-8", errors="backslashreplace")

    def save(self, path: str | os.PathLike[str], template: str = DEFAULT) -> None:
        """Write the sheet, whole or not at all, as the name of the file says: one of `KINDS`.

        Raises
        ------
        OverflightError
            If the name ends otherwise.
        DataError
            If it can't be written. What was there before is left as it was.
        """
        file = Path(path)
        write_whole(file, self.as_bytes(file.suffix.lower(), template, named=str(file)))

    def _listing(self) -> Listing:
        return Listing(
            title=f"Permit sheet {self.case.route.label} on {self.case.on}, {len(self.states)} states",
            words=(f"{one.code} {one.km:,.1f} km" for one in self.states),
            header=("#", "state", "role", "in at", "in, UTC", "out at", "out, UTC", "km", "level", "answer"),
            rows=self.table(),
            total=len(self.stays),
        )


def _time(end: End) -> dict[str, Any]:
    at = end.at
    return {
        "item15": end.item15,
        "fix": end.fix or None,
        "time": None if at is None else stamp(at.typical),
        "earliest": None if at is None else stamp(at.earliest, up=False),
        "latest": None if at is None else stamp(at.latest, up=True),
    }


def _harmless(cell: Cell) -> Cell:
    return one_line(guarded(cell)) if isinstance(cell, str) else cell
