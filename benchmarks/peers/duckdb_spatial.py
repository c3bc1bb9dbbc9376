"""DuckDB with its spatial extension: a spatial join, then ST_Intersection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_spatial
import numpy as np
import pandas as pd
import shapely

from benchmarks.common import Floats, Stretches, lines_of, read_states, stretches_of

NAME = "DuckDB spatial"
SIZE = 300
HOW = "plane, points every 10 km, cut at 180 degrees"


def prepare() -> duckdb.DuckDBPyConnection:
    """Make a table of the states."""
    db = duckdb.connect()
    db.execute("SET threads = 1")
    # The extension comes as a package of its own, so that nothing is fetched from elsewhere.
    (extension,) = Path(duckdb_extension_spatial.__file__).parent.rglob("*.duckdb_extension")
    db.execute(f"LOAD '{extension}'")
    codes, shapes = read_states()
    db.register("given", pd.DataFrame({"code": codes, "wkb": list(shapely.to_wkb(shapes))}))
    db.execute("CREATE TABLE states AS SELECT code, ST_GeomFromWKB(wkb::BLOB) AS shape FROM given")
    return db


def run(db: duckdb.DuckDBPyConnection, legs: Floats) -> Stretches:
    """Join the routes with the states."""
    lines, route = lines_of(legs)
    db.register("given", pd.DataFrame({"route": route, "wkb": list(shapely.to_wkb(lines))}))
    db.execute("CREATE OR REPLACE TABLE routes AS SELECT route, ST_GeomFromWKB(wkb::BLOB) AS line FROM given")
    found: Any = db.execute(
        "SELECT route, code, ST_AsWKB(ST_Intersection(line, shape)) AS cut FROM routes JOIN states "
        "ON ST_Intersects(line, shape)"
    ).df()
    cuts = shapely.from_wkb([bytes(cut) for cut in found["cut"]])
    return stretches_of(np.asarray(cuts), found["route"].to_numpy(), found["code"].to_numpy().astype(str))
