"""What a user writes first: points every 10 km, `geopandas.overlay`."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
from shapely import linestrings

from benchmarks.common import Floats, Stretches, densified, read_states, stretches_of

NAME = "GeoPandas overlay"
SIZE = 300
HOW = "plane, points every 10 km, 180 degrees not thought of"


def prepare() -> gpd.GeoDataFrame:
    """Make a frame of the states."""
    codes, shapes = read_states()
    return gpd.GeoDataFrame({"state": codes}, geometry=shapes, crs="EPSG:4326")


def run(states: gpd.GeoDataFrame, legs: Floats) -> Stretches:
    """Overlay the routes with the states."""
    lon, lat, route = densified(legs)
    shapes = linestrings(lon, lat, indices=route)
    lines = gpd.GeoDataFrame({"route": np.arange(len(legs))}, geometry=shapes, crs="EPSG:4326")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cut = gpd.overlay(lines, states, how="intersection", keep_geom_type=True)
    return stretches_of(cut.geometry.to_numpy(), cut["route"].to_numpy(), cut["state"].to_numpy().astype(str))
