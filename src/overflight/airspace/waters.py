"""Waters that a state counts as its own beyond 12 NM of any land, and where they lie; read when asked about."""

from __future__ import annotations

import functools
import json
import mmap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from overflight.airspace.airspaces import Airspaces
from overflight.airspace.pieces import Piece
from overflight.airspace.states import DATA, State, table_rows
from overflight.errors import DataError
from overflight.partition.index import Index

__all__ = ["ANYWHERE", "Beyond", "Box", "Waters", "waters_beyond"]

Box = Sequence[float]
"""West, south, east, north."""
ANYWHERE = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True, slots=True)
class Waters:
    """What a state counts as its own beyond 12 NM of any land; see `geodata/waters.csv`.

    Attributes
    ----------
    whose : str
        Name of the state or territory; of several, where they hold it in common or nobody holds it undisputed.
    name : str
        Such as ``"Hudson Bay and Hudson Strait"``, or ``"archipelagic waters"``.
    kind : str
        By which right it is counted.
    since : str
        Since when, where that is known.
    counted : str
        How the data count it.
    objects : str
        Who objects.
    flagged : bool
        Whether it is set apart as disputed.
    exact, source : str
        How well its limits are known, and how we know.
    verified : bool
        Whether we saw the source say so.
    territories : tuple of str
        Codes of those whose it is; ``XXX`` among them, where they are several.
    """

    whose: str
    name: str
    kind: str
    since: str
    counted: str
    objects: str
    flagged: bool
    exact: str
    source: str
    verified: bool
    territories: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON has it."""
        return {
            "waters": self.name,
            "whose": self.whose,
            "kind": self.kind,
            "since": self.since or None,
            "counted": self.counted,
            "objects": self.objects,
            "flagged": self.flagged,
            "exact": self.exact,
            "source": self.source,
            "verified": self.verified,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Beyond:
    """Where such waters lie: a partition of its own, whose piece k is that of ``waters[k - 1]``.

    Its lines were thinned by at most 200 m. The limit at 12 NM (and 1 km, lest the limit drawn from another coast lie
    beyond it) is known to some 3.5 km. Parts of less than 500 km2, narrower than 6 km, or that fit in a circle of
    15 NM, as the sea about a rock does which no map has, are left out.
    """

    world: Airspaces = field(repr=False)
    waters: tuple[Waters, ...]


def waters_beyond(world: Airspaces, places: Iterable[tuple[str, Box]]) -> Beyond | None:
    """Return where such waters lie, if any may lie in some places.

    Parameters
    ----------
    world : Airspaces
        The shipped one, on any date and in either view; others know of none.
    places : iterable of (territory, (west, south, east, north))
        Codes of territories, and a box of each, in degrees.

    Raises
    ------
    DataError
        If the shipped file can't be read.
    """
    boxes: dict[str, list[Box]] = {}
    for piece in world.manifest.get("waters", {}).get("pieces", ()):
        for code in _territories(piece["state"]):
            boxes.setdefault(code, []).append(piece["bounds"])
    near = any(_meet(box, other) for code, box in places for other in boxes.get(code, ()))
    return _beyond(DATA) if near else None


def _meet(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _territories(state: str) -> tuple[str, ...]:
    """List the codes of a row; what several states hold counts for none of them."""
    codes = tuple(state.split())
    return (*codes, "XXX") if len(codes) > 1 else codes


@functools.cache
def _beyond(folder: Path) -> Beyond:
    try:
        facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        known = facts["waters"]
        with (folder / "waters.bin").open("rb") as file:
            raw = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        rows = {(row["state"], row["waters"]): row for row in table_rows(folder / "waters.csv")}
        waters = tuple(_waters(rows[piece["state"], piece["waters"]], piece["whose"]) for piece in known["pieces"])
    except (OSError, ValueError, KeyError) as error:
        msg = f"the waters beyond 12 NM can't be read ({error}): reinstall overflight"
        raise DataError(msg) from error
    if len(raw) != known["bytes"]:
        msg = f"waters.bin has {len(raw)} bytes, the manifest says {known['bytes']}: reinstall overflight"
        raise DataError(msg)
    nobody = Piece(0, "", "", None)
    pieces = (Piece(k, f"{one.whose}: {one.name}", one.name, State(one.whose)) for k, one in enumerate(waters, 1))
    index = Index.mapped(raw, known["arrays"], known["grid"])
    return Beyond(Airspaces(facts["version"], "waters", known["accuracy_m"], (nobody, *pieces), index, {}), waters)


def _waters(row: dict[str, str], whose: str) -> Waters:
    return Waters(
        whose=whose,
        name=row["waters"],
        kind=row["kind"],
        since=row["since"],
        counted=row["counted"],
        objects=row["objects"],
        flagged=row["flagged"] == "yes",
        exact=row["exact"],
        source=row["source"],
        verified=row["verified"] == "true",
        territories=_territories(row["state"]),
    )
