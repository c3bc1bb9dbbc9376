"""The crossings of many routes, as columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

    from overflight.airspace import Airspaces

__all__ = ["COLUMNS", "CrossingsTable", "Found"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

COLUMNS = ("route", "order", "piece", "entry_km", "exit_km", "entry_lon", "entry_lat", "exit_lon", "exit_lat")


@dataclass(frozen=True, slots=True, eq=False)
class CrossingsTable:
    """The crossings of many routes: one row a crossing, routes in the order given, crossings in the order flown.

    Attributes
    ----------
    route : array of shape (n,)
        The id of the route, as given; the number of the route (0, 1, ...) if none was.
    order : int64 array of shape (n,)
        Number of the crossing on its route, from 0.
    piece : int64 array of shape (n,)
        Id of the piece entered first; ``world.pieces`` has what it stands for.
    entry_km, exit_km : float64 array of shape (n,)
        Where the crossing begins and ends, in km from the route's start.
    entry_lon, entry_lat, exit_lon, exit_lat : float64 array of shape (n,)
        The same in degrees, longitude in [-180, 180].
    routes : array of shape (m,)
        The ids of all routes, those without a crossing included.
    length_km, high_seas_km : float64 array of shape (m,)
        Of each route: its length, and how much of it is in nobody's airspace.
    settled : int64 array of shape (m,)
        Of each route: legs whose walk failed its self-check; see `Crossings.settled`.
    world : Airspaces
        What was crossed.
    """

    route: npt.NDArray[Any]
    order: Integers
    piece: Integers
    entry_km: Floats
    exit_km: Floats
    entry_lon: Floats
    entry_lat: Floats
    exit_lon: Floats
    exit_lat: Floats
    routes: npt.NDArray[Any]
    length_km: Floats
    high_seas_km: Floats
    settled: Integers
    world: Airspaces = field(repr=False)

    def __len__(self) -> int:
        return len(self.piece)

    @property
    def state(self) -> npt.NDArray[np.str_]:
        """ISO code of the state of each crossing; ``XXX`` where several states claim it and nobody holds it."""
        return np.array([piece.state or "XXX" for piece in self.world.pieces], np.str_)[self.piece]

    @property
    def territory(self) -> npt.NDArray[np.str_]:
        """ISO code of the territory of each crossing, which may differ from its state's."""
        return np.array([piece.territory for piece in self.world.pieces], np.str_)[self.piece]

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """Return the columns by name: `COLUMNS`, then `state` and `territory`."""
        return {**{name: getattr(self, name) for name in COLUMNS}, "state": self.state, "territory": self.territory}

    def to_frame(self) -> pd.DataFrame:
        """Return the columns as a pandas DataFrame, `state` and `territory` as categories."""
        import pandas as pd

        frame = pd.DataFrame(self.columns())
        return frame.astype({"state": "category", "territory": "category"})

    def to_arrow(self) -> Any:
        """Return the columns as a `pyarrow.Table`, without a copy where Arrow allows; needs pyarrow.

        The two codes are dictionary-encoded.
        """
        import pyarrow as pa

        columns = {name: pa.array(getattr(self, name)) for name in COLUMNS}
        for name, codes in (
            ("state", [str(piece.state or "XXX") for piece in self.world.pieces]),
            ("territory", [piece.territory for piece in self.world.pieces]),
        ):
            values = sorted(set(codes))
            number = np.array([values.index(code) for code in codes], np.int16)
            columns[name] = pa.DictionaryArray.from_arrays(number[self.piece], values)
        return pa.table(columns)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hand the columns to anything that reads Arrow (Polars, DuckDB, pandas); needs pyarrow."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)


class Found(NamedTuple):
    """Rows of all routes, and what there is of each route."""

    piece: npt.NDArray[np.int32]
    at: Floats
    counts: Integers
    length_km: Floats
    high_seas_km: Floats
    settled: Integers
