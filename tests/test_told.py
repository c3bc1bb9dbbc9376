"""Whoever asks for a search is told of each route when it is found, and how far the search is."""

from __future__ import annotations

import logging
import threading

import pytest
import shapely

from overflight.cli.found import found_words
from overflight.detours import Candidates, News, budget, candidates
from overflight.detours.budget import Budget
from overflight.detours.inquiry import Inquiry
from overflight.detours.order import nearest_first
from overflight.routes import great_circle
from overflight.rules import Avoid
from tests.commands import Run
from tests.worlds import make_world

INSIDE = shapely.box(-10, -10, 10, 20)
LANDS: dict[str, shapely.Geometry] = {
    "AAA": shapely.difference(shapely.box(-14, -14, 14, 5), INSIDE),
    "BBB": shapely.difference(shapely.box(-14, 5, 14, 24), INSIDE),
    "CCC": shapely.box(20, 2, 24, 12),
}
"""A ring of two states around the start, and an island on the way."""
DIRECT = great_circle((0.0, 4.0), (40.0, 4.0))


def searched(**options: object) -> tuple[Candidates, list[News]]:
    heard: list[News] = []
    found = candidates(DIRECT, make_world(LANDS), avoid=set(LANDS), margin_km=3.0, told=heard.append, **options)  # type: ignore[arg-type]
    return found, heard


def test_the_great_circle_is_told_first_and_each_route_when_it_is_found() -> None:
    found, heard = searched()
    told = [news.candidate for news in heard if news.candidate is not None]
    assert told[0].route == found[0].route == DIRECT
    assert {one.route for one in found} <= {one.route for one in told}
    for one in found[1:]:
        (same,) = [other for other in told if other.route == one.route]
        assert (same.consents, same.verdict) == (one.consents, one.verdict)
        assert same.gap_pct is None, "nothing is proven yet"
    shares = [news.share for news in heard if news.candidate is not None and news.share is not None]
    assert shares == sorted(shares)
    assert all("sets of consents tried" in news.text for news in heard if news.share is not None)


def test_a_great_circle_that_obeys_is_told_too() -> None:
    heard: list[News] = []
    found = candidates(great_circle((0.0, 0.0), (5.0, 5.0)), make_world(LANDS), avoid=set(LANDS), told=heard.append)
    assert [news.candidate.route for news in heard if news.candidate] == [one.route for one in found]


def test_the_answer_is_the_same_whether_anybody_listens() -> None:
    found, _ = searched()
    assert candidates(DIRECT, make_world(LANDS), avoid=set(LANDS), margin_km=3.0) == found


def test_who_is_told_is_told_instead_of_the_log_and_more_often(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[News] = []
    enough = threading.Event()

    def told(news: News) -> None:
        if news.text.startswith("A-B: looking about; "):
            heard.append(news)
        if len(heard) > 1:
            enough.set()

    monkeypatch.setattr(budget, "TICK_S", 0.001)
    with caplog.at_level(logging.INFO, "overflight"), Budget(60.0, label="A-B", told=told) as own:
        own.tell("looking about", 0.5)
        assert enough.wait(60.0)
    assert (heard[-1].share, heard[-1].candidate) == (0.5, None)
    assert not caplog.messages


def test_sets_that_take_one_least_out_of_the_way_are_tried_first() -> None:
    lands = {"NEA": shapely.box(10, 1, 12, 3), "FAR": shapely.box(10, 20, 12, 25), "OFF": shapely.box(0, 60, 10, 70)}
    direct = great_circle((0.0, 0.0), (40.0, 0.0))
    regions = Inquiry(direct, make_world(lands), Avoid(set(lands)), max_extension_pct=None).regions()
    sets = [frozenset(one) for one in (["NEA", "OFF"], ["FAR"], ["NEA", "FAR"], ["NEA"], [])]
    order = [sorted(one) for one in nearest_first(sets, regions, direct)]
    assert order == [[], ["NEA"], ["FAR"], ["FAR", "NEA"], ["NEA", "OFF"]]


def test_what_is_said_of_a_route_names_whom_it_enters() -> None:
    _, heard = searched()
    first, second = [found_words(news.candidate) for news in heard if news.candidate is not None][:2]
    assert first == f"great circle: {DIRECT.length_km:,.0f} km; enters AAA and CCC"
    assert second.startswith("found: 4,")
    assert second.endswith(" %; enters BBB"), "the great circle bends to the north"


@pytest.mark.slow
def test_in_a_pipe_routes_are_told_beside_the_results(run: Run) -> None:
    status, out, err = run("routes", "FRA", "VIE", "--avoid", "CZE", "--on", "2025-10-23")
    assert status == 0
    assert len(out.splitlines()) == 3, "the heading, the great circle, the detour"
    lines = err.splitlines()
    assert lines[0].startswith("great circle: 6")
    assert lines[0].endswith(" km; enters Czechia")
    (found,) = [line for line in lines if line.startswith("found: ")]
    assert found.startswith("found: 625 km, +0.")
