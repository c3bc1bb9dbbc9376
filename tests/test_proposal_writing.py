"""Proposals from their keys, and back into a file."""

from __future__ import annotations

import datetime as dt
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import ProposalError
from overflight.proposals import parse_proposals, proposal_of, proposal_text
from overflight.routes.places import Waypoint, place, typed

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
LINE = st.text(string.ascii_letters + "\"'\\#=[]{}äж\u2028\x7f ", min_size=1, max_size=40).filter(
    lambda text: text.strip().isprintable() and text.strip() != ""
)
POINT = st.tuples(st.floats(-180, 180, allow_nan=False), st.floats(-80, 80, allow_nan=False)).map(list)
KEYS = st.fixed_dictionaries(
    {
        "name": LINE,
        "on": st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)).map(dt.date.isoformat),
        "waypoints": st.lists(st.one_of(st.sampled_from(["VKO", "BUD", "55.5,37.25"]), POINT), min_size=2, max_size=30),
        "avoid": st.lists(LINE.map(str.strip), max_size=3, unique=True),
    },
    optional={
        "allow": st.lists(st.sampled_from(["POL", "SVK", "HUN"]), min_size=1, max_size=3, unique=True),
        "margin": st.sampled_from(["5nm", "10.5km"]),
        "max_extension_pct": st.floats(0, 1000),
        "why": TEXT,
        "sources": st.lists(LINE.map(str.strip), min_size=1, max_size=3, unique=True),
    },
)


@given(KEYS)
def test_what_is_written_is_read_back(keys: dict[str, Any]) -> None:
    try:
        meant = proposal_of(keys, where="x")
    except ProposalError:  # two waypoints in one place, or without one shortest line between them
        return
    (found,) = parse_proposals(proposal_text(keys), where="x")
    assert found == meant


def test_a_long_list_is_broken_and_what_is_empty_is_left_out() -> None:
    keys = {
        "name": "x",
        "on": "2025-10-23",
        "waypoints": ["55.12345,37.12345"] * 20,
        "allow": [],
        "why": "",
        "margin": None,
    }
    text = proposal_text(keys)
    assert max(len(line) for line in text.splitlines()) <= 115
    assert [line.partition(" =")[0] for line in text.splitlines() if "=" in line] == ["name", "on", "waypoints"]


def test_a_departure_is_written_as_a_time() -> None:
    keys = {"name": "x", "depart": "2025-10-23T08:00:00+02:00", "speed": "460kt", "waypoints": ["VKO", "BUD"]}
    assert "depart = 2025-10-23T08:00:00+02:00\n" in proposal_text(keys)
    (found,) = parse_proposals(proposal_text(keys), where="x")
    assert found == proposal_of(keys, where="x")


@pytest.mark.parametrize(
    ("more", "path", "why"),
    [
        ({"waypoints": ["VKO", "BUDD"]}, ("waypoints", 1), "BUDD"),
        ({"waypoints": ["VKO"]}, ("waypoints",), "two or more places"),
        ({"on": "23 October"}, ("on",), "2025-10-23"),
        ({"on": ["2025-10-23", "2025-10-24"]}, ("on",), "expected one"),
        ({"margin": "far"}, ("margin",), "5nm"),
        ({"avoid": "icc"}, ("avoid",), "list"),
        ({"colour": "red"}, ("colour",), "colour"),
        ({"file": "/etc/passwd", "waypoints": None}, ("waypoints",), "list"),
    ],
)
def test_an_error_names_the_key(more: dict[str, Any], path: tuple[str | int, ...], why: str) -> None:
    with pytest.raises(ProposalError, match=why) as caught:
        proposal_of({"name": "x", "on": "2025-10-23", "waypoints": ["VKO", "BUD"]} | more, where="the page")
    assert caught.value.path == path
    assert str(caught.value).startswith("the page: ")


@pytest.mark.parametrize(
    ("point", "text"),
    [
        (place("VKO"), "VKO"),
        (place("5530N03715E"), "5530N03715E"),
        (Waypoint(37.25, 55.5, "VKO"), "55.5,37.25"),
        (Waypoint(-0.00000001, 55.5), "55.5,0"),
        (Waypoint(1.23456789, -5.0, "<b>"), "-5,1.2345679"),
    ],
)
def test_a_waypoint_is_typed_by_its_name_only_where_that_is_the_place(point: Waypoint, text: str) -> None:
    assert typed(point) == text
    assert place(typed(point)).lon == pytest.approx(point.lon, abs=1e-7)
