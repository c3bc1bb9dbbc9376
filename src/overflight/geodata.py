"""States and their airspace as shipped: load, look up, select; memberships on a date.

The world is one partition of the Earth's surface into pieces that never overlap. Each border is stored once, as an
arc with the piece on its left and the piece on its right; a view, a date and a bloc only relabel pieces. Loading maps
one file into memory and reads two small tables: no array library, no geometry library.
"""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import functools
import json
import mmap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from overflight.errors import DataError, UnknownStateError

__all__ = [
    "Airspaces",
    "Bloc",
    "Index",
    "Membership",
    "Piece",
    "State",
    "bloc",
    "blocs",
    "load_airspaces",
]

DATA = Path(__file__).with_name("data")
COORD_SCALE = 1e-7
"""Stored coordinates are whole multiples of this many degrees (1.1 cm on the ground)."""


class State(str):
    """A state in ICAO's sense: its ISO 3166-1 alpha-3 code, which it equals and hashes as, with its English name.

    Examples
    --------
    >>> State("POL", "Poland") == "POL"
    True
    >>> State("POL", "Poland").name
    'Poland'
    """

    __slots__ = ("name",)
    name: str

    def __new__(cls, code: str, name: str | None = None) -> State:
        """Make the state of this code; its name defaults to the code."""
        state = super().__new__(cls, code)
        state.name = name or code
        return state

    def __repr__(self) -> str:
        return f"State({str(self)!r}, {self.name!r})"

    def __reduce__(self) -> tuple[type[State], tuple[str, str]]:
        return State, (str(self), self.name)

    @property
    def code(self) -> str:
        """The ISO 3166-1 alpha-3 code, as a plain string."""
        return str(self)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the Earth's surface with one legal label.

    Attributes
    ----------
    id : int
        Its number in the index; 0 is nobody's airspace (high seas, Antarctica).
    territory, territory_name : str
        ISO code and name of the territory (``GRL``), which may differ from its state (``DNK``).
    state : State or None
        The state whose sovereign airspace this is in the view loaded; None for nobody's.
    claimants : tuple of str
        Codes of the states that claim the piece, where more than one does.
    disputed : str or None
        The dispute in words, or None.
    """

    id: int
    territory: str
    territory_name: str
    state: State | None
    claimants: tuple[str, ...] = ()
    disputed: str | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """The border arcs and the grid over them, as flat memory-mapped arrays; see `geodata/README.md` for each."""

    vertices: memoryview
    arc_start: memoryview
    arc_left: memoryview
    arc_right: memoryview
    cell_start: memoryview
    runs: memoryview
    cell_piece: memoryview
    cell_jump: memoryview
    cell_deg: float
    n_cols: int
    n_rows: int


@dataclass(frozen=True, slots=True)
class Membership:
    """One state's membership of a bloc: from `since` (inclusive) until `until` (exclusive), and how we know.

    A withdrawal that was notified but revoked before it took effect leaves `until` empty.
    """

    state: State
    since: dt.date
    until: dt.date | None
    source: str
    verified: bool
    note: str = ""
    withdrawal_notified: dt.date | None = None
    withdrawal_revoked: dt.date | None = None

    def holds_on(self, date: dt.date) -> bool:
        """Tell whether the state is a member on that date."""
        return self.since <= date and (self.until is None or date < self.until)


@dataclass(frozen=True, slots=True)
class Bloc:
    """A dated set of states."""

    name: str
    members: tuple[Membership, ...]

    def on(self, date: dt.date) -> frozenset[State]:
        """Return the states that are members on a date.

        Examples
        --------
        >>> import datetime as dt
        >>> icc = bloc("icc").on(dt.date(2025, 10, 23))
        >>> "HUN" in icc, "UKR" in icc, "BDI" in icc
        (True, True, False)
        """
        return frozenset(m.state for m in self.members if m.holds_on(date))


@dataclass(frozen=True, slots=True)
class Airspaces:
    """The world's sovereign airspace: land, internal waters and territorial sea, one partition."""

    version: str
    view: str
    accuracy_m: float
    pieces: tuple[Piece, ...]
    index: Index
    manifest: dict[str, Any] = field(repr=False)

    @property
    def states(self) -> tuple[State, ...]:
        """Every state that has airspace in this view, by code; ``XXX`` (claimed by several) is none."""
        return tuple(sorted({p.state for p in self.pieces if p.state is not None and p.state != "XXX"}))

    def state(self, code: str) -> State:
        """Return the state of a code or English name.

        Raises
        ------
        UnknownStateError
            With the nearest names, if there is none.
        """
        return _lookup(code, self.states)

    def __iter__(self) -> Iterator[Piece]:
        return iter(self.pieces)


def load_airspaces() -> Airspaces:
    """Load the airspace that ships with the package (de jure view); memory-mapped, read once per process.

    Raises
    ------
    DataError
        If a shipped file is missing or shorter than the manifest says.
    """
    return _load(DATA)


def blocs() -> tuple[str, ...]:
    """Name the blocs that ship with the package."""
    return tuple(sorted(p.stem for p in (DATA / "blocs").glob("*.csv")))


@functools.cache
def bloc(name: str) -> Bloc:
    """Return a bloc by name, such as ``"icc"``.

    Raises
    ------
    UnknownStateError
        If no bloc of that name ships with the package; names the ones that do.
    """
    if name not in blocs():
        msg = f"unknown bloc {name!r}: the data have {', '.join(blocs())}; `overflight states BLOC` lists one"
        raise UnknownStateError(msg)
    rows = _rows(DATA / "blocs" / f"{name}.csv")
    return Bloc(name=name, members=tuple(_membership(row) for row in rows))


def _membership(row: dict[str, str]) -> Membership:
    return Membership(
        state=State(row["state"], row["name"]),
        since=dt.date.fromisoformat(row["since"]),
        until=_date(row["until"]),
        source=row["source"],
        verified=row["verified"] == "true",
        note=row["note"],
        withdrawal_notified=_date(row["withdrawal_notified"]),
        withdrawal_revoked=_date(row["withdrawal_revoked"]),
    )


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _lookup(code: str, states: Iterable[State]) -> State:
    """Find a state by code, else by name, forgiving case."""
    known = tuple(states)
    wanted = code.strip()
    for state in known:
        if state == wanted.upper() or state.name.casefold() == wanted.casefold():
            return state
    names = {text.casefold(): s for s in known for text in (s.code, s.name)}
    near = difflib.get_close_matches(wanted.casefold(), names, n=3)
    hint = ", ".join(dict.fromkeys(f"{names[n]} ({names[n].name})" for n in near))
    msg = f"unknown state {code!r}" + (f": did you mean {hint}?" if hint else ": use its ISO alpha-3 code, such as POL")
    raise UnknownStateError(msg)


@functools.cache
def _load(folder: Path) -> Airspaces:
    """Read manifest and pieces, and map the arrays."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        with (folder / "airspace.bin").open("rb") as file:
            raw = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        pieces = tuple(_piece(row) for row in _rows(folder / "pieces.csv"))
    except (OSError, ValueError) as error:
        msg = f"the airspace data can't be read ({error}): reinstall overflight"
        raise DataError(msg) from error
    if len(raw) != manifest["bytes"]:
        msg = f"airspace.bin has {len(raw)} bytes, the manifest says {manifest['bytes']}: reinstall overflight"
        raise DataError(msg)

    def array(name: str) -> memoryview:
        spec = manifest["arrays"][name]
        return raw[spec["offset"] : spec["offset"] + spec["bytes"]].cast(spec["format"])

    grid = manifest["grid"]
    index = Index(
        vertices=array("vertices"),
        arc_start=array("arc_start"),
        arc_left=array("arc_left"),
        arc_right=array("arc_right"),
        cell_start=array("cell_start"),
        runs=array("runs"),
        cell_piece=array("cell_piece"),
        cell_jump=array("cell_jump"),
        cell_deg=grid["cell_deg"],
        n_cols=grid["n_cols"],
        n_rows=grid["n_rows"],
    )
    return Airspaces(
        version=manifest["version"],
        view=manifest["view"],
        accuracy_m=manifest["accuracy_m"],
        pieces=pieces,
        index=index,
        manifest=manifest,
    )


def _piece(row: dict[str, str]) -> Piece:
    return Piece(
        id=int(row["piece"]),
        territory=row["territory"],
        territory_name=row["territory_name"],
        state=State(row["state"], row["state_name"]) if row["state"] else None,
        claimants=tuple(row["claimants"].split()),
        disputed=row["disputed"] or None,
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
