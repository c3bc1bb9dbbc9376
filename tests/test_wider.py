"""Airspace that a state claims beyond its territorial sea is told, and decides nothing."""

from __future__ import annotations

import pytest

import overflight as of
from tests.commands import Run

WORLD = of.load_airspaces()


@pytest.mark.parametrize(
    ("km", "lat", "told"),
    [("8 NM south of Gavdos", 34.68, True), ("12 NM south of Gavdos", 34.60, False)],
)
def test_greeces_claim_to_ten_nautical_miles_of_airspace_is_told(run: Run, km: str, lat: float, told: bool) -> None:
    """Decree of 6 September 1931; Gavdos ends at 34.80 N."""
    way = of.route(f"{lat},24.0", f"{lat},24.2")
    verdict = of.check(way, WORLD, rules=[of.Avoid(["GRC"])])
    assert verdict.status == "clear", km
    assert ("10 NM" in " ".join(verdict.remarks)) is told
    assert ("10 NM" in run("check", f"{lat},24.0", f"{lat},24.2", "--avoid", "GRC", "--on", "2025-10-23")[2]) is told
    over_the_ionian = of.route("37.0,20.6", "37.5,20.2")
    assert not of.check(over_the_ionian, WORLD, rules=[of.Avoid(["GRC"])]).remarks
