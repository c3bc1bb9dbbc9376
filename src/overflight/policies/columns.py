"""Which columns of a schedule hold what, by the names that programs give them."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import NoReturn

from overflight.errors import ProposalError
from overflight.outside.printable import visible
from overflight.routes.collect import MAX_CELLS
from overflight.routes.tables import COLUMNS, DELIMITERS, HEADER_LINES, plain_title

__all__ = ["ROLES", "Header", "header_of", "roles_of"]

ROLES: Mapping[str, tuple[str, ...]] = {
    "start": COLUMNS["start"],
    "end": COLUMNS["end"],
    "waypoints": ("waypoints", "via", "path", *COLUMNS["route"]),
    "date": (*COLUMNS["date"], "on", "departure_date", "dep_date", *COLUMNS["begin"], *COLUMNS["time"], "std"),
    "flight": (*COLUMNS["callsign"], "flight_id", "id"),
    "operator": ("operator", "operator_state", "state_of_operator"),
    "registration": ("registration", "tail_number", "tail", "reg", "aircraft_registration"),
    "airline": ("airline", "airline_code", "carrier", "operator_icao", "operator_iata"),
    "aircraft": ("aircraft", "aircraft_type", "type", "typecode", "icao_type", "equipment"),
}
"""What a column is taken for, the first name that is there; case and blanks don't matter."""
_LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n)|[^\r\n]++")
_SEP = re.compile(r"\"?sep=(.)\"?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """Where the cells of a row stand: by role, and of each role its title; of a text, also how it is cut."""

    columns: dict[str, int]
    titles: dict[str, str]
    width: int
    remarks: tuple[str, ...] = ()
    delimiter: str = ","
    start: int = 0
    line: int = 1


def header_of(text: str, where: str) -> Header:
    """Find the header of a table in a text, among its first lines, whatever separates the cells.

    Raises
    ------
    ProposalError
        If there is none.
    """
    delimiters = DELIMITERS
    for number, line in enumerate(islice(_LINE.finditer(text), HEADER_LINES), 1):
        titles = line[0][:10_000].strip("\r\n\ufeff")
        if number == 1 and (sep := _SEP.match(titles)):
            delimiters = sep[1]
            continue
        for delimiter in delimiters:
            cells = _cells(titles, delimiter)
            if _has_ways(_columns(cells)):
                if text.count(delimiter) > MAX_CELLS:
                    _refuse(where, f"more than {MAX_CELLS:,} cells: leave out columns, or split the schedule")
                return replace(roles_of(cells, where), delimiter=delimiter, start=line.start(), line=number)
    found = visible(text.lstrip().split("\n", 1)[0].strip()[:200])
    msg = f'{where}: expected a header with origin and destination, or waypoints, found "{found}"'
    raise ProposalError(msg)


def roles_of(titles: Sequence[str], where: str) -> Header:
    """Find what columns hold by their titles.

    Raises
    ------
    ProposalError
        Naming the columns, if no way can be made of them.
    """
    columns = _columns(titles)
    if not _has_ways(columns):
        there = visible(", ".join(titles[:40])[:400])
        _refuse(where, f"the columns are {there}: give origin and destination, or waypoints")
    remarks: tuple[str, ...] = ()
    named = {role: visible(titles[at].strip()[:60]) for role, at in columns.items()}
    both = {"start", "end"} <= columns.keys()
    if both and "waypoints" in columns and plain_title(titles[columns["waypoints"]])[0] in COLUMNS["route"]:
        del columns["waypoints"]
        remarks = (f"column {named['waypoints']} is not read beside two airports: call it waypoints if it has places",)
    if not both:
        columns = {role: at for role, at in columns.items() if role not in {"start", "end"}}
    return Header(columns, named, len(titles), remarks)


def _columns(titles: Sequence[str]) -> dict[str, int]:
    names = [plain_title(title)[0] for title in titles]
    first = {name: at for at, name in reversed(list(enumerate(names)))}
    found = {role: next((first[name] for name in known if name in first), None) for role, known in ROLES.items()}
    return {role: at for role, at in found.items() if at is not None}


def _has_ways(columns: Mapping[str, int]) -> bool:
    return {"start", "end"} <= columns.keys() or "waypoints" in columns


def _cells(header: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip().strip('"') for cell in next(csv.reader([header], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _refuse(where: str, why: str) -> NoReturn:
    raise ProposalError(f"{where}: {why}")
