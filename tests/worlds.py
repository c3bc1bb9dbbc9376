"""Small worlds made of a few polygons, in the form in which the shipped one is stored."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from shapely.geometry.base import BaseGeometry

from overflight.airspace import Airspaces, Piece, State
from overflight.partition.arranged import arranged, on_grid
from overflight.partition.grid import index_of

__all__ = ["make_world"]


def make_world(polygons: Mapping[str, BaseGeometry], *, cell_deg: float = 2.5) -> Airspaces:
    """Build a partition from polygons that do not overlap.

    Parameters
    ----------
    polygons : mapping of label to polygon
        In degrees, longitude in [-180, 180]. A label is the code of a state; of a state and a dispute
        (``"AAA:the text"``); or of several claimants (``"AAA+BBB"``), and then nobody holds the piece.
        What is left over is piece 0.
    cell_deg : float
        Width of the grid's cells; a divisor of 90.

    Returns
    -------
    Airspaces
        Piece k is the k-th polygon, counted from 1.
    """
    made = arranged([on_grid(shape) for shape in polygons.values()])
    assert made.members == [frozenset(), *(frozenset([k]) for k in range(len(polygons)))], "the polygons overlap"
    # How well borders are known is said once, for all of them, so that a test may say otherwise.
    index = dataclasses.replace(index_of(made.arcs, cell_deg, locate=made.piece), arc_accuracy=None)
    pieces = (Piece(0, "", "nobody's", None), *(_piece(k, label) for k, label in enumerate(polygons, 1)))
    return Airspaces(version="test", view="test", accuracy_m=0.0, pieces=pieces, index=index, manifest={})


def _piece(number: int, label: str) -> Piece:
    code, _, dispute = label.partition(":")
    if "+" in code:
        return Piece(number, "XXX", code, None, tuple(code.split("+")), f"claimed by {code}")
    return Piece(number, code, code, State(code), (), dispute or None)
