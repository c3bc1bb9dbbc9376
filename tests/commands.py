"""What tests of the command line share: how it is run, and what its JSON promises."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["DOCUMENT", "ROUTES", "STUDY", "Run", "Terminal", "assert_shape", "rows_of"]

Run = Callable[..., tuple[int, str, str]]
ROUTES = Path(__file__).parent.parent / "routes"
STUDY = ("VKO", "BUD", "--avoid", "icc", "--on", "2025-10-23")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter="\t"))


# what schema 1 promises: a type, or a list of one shape, or a dict of keys; None marks what may be null
NUMBER = (int, float)
CROSSING = {
    "state": str,
    "name": str,
    "role": str,
    "blocs": [str],
    "disputed": (str, None),
    "entry_km": NUMBER,
    "exit_km": NUMBER,
    "length_km": NUMBER,
    "entry": [NUMBER],
    "exit": [NUMBER],
}
FINDING = {"rule": str, "state": (str, None), "status": str, "length_km": NUMBER, "closest_km": (*NUMBER, None)}
DOCUMENT = {
    "schema": int,
    "overflight": str,
    "data": str,
    "view": str,
    "on": str,
    "avoid": [str],
    "allow": [str],
    "margin_km": NUMBER,
    "routes": [
        {
            "name": str,
            "kind": str,
            "waypoints": [{"name": (str, None), "lon": NUMBER, "lat": NUMBER}],
            "length_km": NUMBER,
            "extension_km": (*NUMBER, None),
            "extension_pct": (*NUMBER, None),
            "crossings": [CROSSING],
            "high_seas_km": NUMBER,
            "states_km": dict,
            "verdict": {"status": str, "findings": [FINDING]},
        }
    ],
}


def assert_shape(value: Any, shape: Any, at: str = "$") -> None:  # noqa: ANN401
    if isinstance(shape, dict):
        assert isinstance(value, dict), at
        for key, inner in shape.items():
            assert key in value, f"{at}.{key} is missing"
            assert_shape(value[key], inner, f"{at}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), at
        for i, item in enumerate(value):
            assert_shape(item, shape[0], f"{at}[{i}]")
    else:
        allowed = shape if isinstance(shape, tuple) else (shape,)
        assert (value is None and None in allowed) or type(value) in allowed, f"{at} is {value!r}"


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True
