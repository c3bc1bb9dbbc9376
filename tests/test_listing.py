"""Results show themselves in a line, and in a notebook as a short table, whatever is in them."""

from __future__ import annotations

import datetime as dt
import html.parser
import re
import sys
from typing import Protocol

import pytest

import overflight as of
from overflight.costs.spoken import time_words
from overflight.detours.model import Candidate
from overflight.outside.listing import MOST_ROWS, Listing
from overflight.routes.places import Waypoint
from overflight.routes.sample import Sample
from overflight.routes.tracks.making import tracks_of
from overflight.rules.wording.studies import way_words

DAY = dt.date(2025, 10, 23)


class Shown(Protocol):
    def _repr_html_(self) -> str: ...


def shown() -> dict[str, Shown]:
    """Make one of each kind of result that is long."""
    world, icc = of.load_airspaces(on=DAY), of.bloc("icc").on(DAY)
    route = of.great_circle("VKO", "BUD")
    (track,) = tracks_of([Sample(Waypoint(30.0 + n / 50, 55.0), 1761202800.0 + 20 * n) for n in range(400)], "TST100")
    verdict = of.check(route, world, rules=of.Avoid(icc, allow={"POL"}))
    items = tuple(
        Candidate(route, verdict, tuple(sorted(icc.states))[:n], 10.0 * n, 1.0 * n, 0.01, minimal=True)
        for n in range(20)
    )
    return {
        "route": route,
        "long route": of.route(*[(n / 10.0, 50.0) for n in range(400)]),
        "track": track,
        "crossings": of.crossings(route, world),
        "verdict": verdict,
        "candidates": of.Candidates(items, (), 3, (), complete=True),
        "rule set": icc,
        "bloc": of.bloc("icc"),
        "world": world,
        "case": of.Case.of(route, on=DAY, avoid="icc", never="closed", allow="POL"),
    }


@pytest.fixture(scope="module")
def results() -> dict[str, Shown]:
    return shown()


KINDS = ("route", "long route", "track", "crossings", "verdict", "candidates", "rule set", "bloc", "world", "case")


class Table(html.parser.HTMLParser):
    """Reads a table: its caption, the titles of columns and rows, the cells, and the tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self._inside: list[str] = []
        self.feed(text)
        self.close()
        assert not self._inside

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = dict(attrs).get("scope") or tag
        self.tags.append(tag)
        self._inside.append(tag)
        self.texts.setdefault(kind, [])
        self._kind = kind

    def handle_endtag(self, tag: str) -> None:
        assert self._inside.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts[self._kind].append(data)


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_prints_as_one_short_line(results: dict[str, Shown], kind: str) -> None:
    line = repr(results[kind])
    assert line.isprintable()
    assert len(line) < 300


@pytest.mark.parametrize("kind", KINDS)
def test_a_notebook_shows_a_short_table_that_can_be_read_aloud(results: dict[str, Shown], kind: str) -> None:
    text = results[kind]._repr_html_()
    table = Table(text)
    assert set(table.tags) <= {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
    assert len(table.texts["caption"]) == 1
    assert len(table.texts["col"]) >= 2
    assert 1 <= len(table.texts["row"]) <= MOST_ROWS
    assert table.tags.count("tr") <= MOST_ROWS + 5  # the head, how many more there are, three notes
    assert "color" not in text  # a dark notebook has its own
    assert len(text) < 8000


def test_a_table_says_how_much_it_leaves_out(results: dict[str, Shown]) -> None:
    assert "... and 388 more" in results["track"]._repr_html_()
    assert "... and 113 more" in results["rule set"]._repr_html_()
    assert repr(results["rule set"]).endswith("ATG; and 119 more>")


def test_a_table_has_what_the_result_has(results: dict[str, Shown]) -> None:
    found = results["crossings"]
    assert isinstance(found, of.Crossings)
    cells = Table(found._repr_html_()).texts["td"]
    for crossing in found:
        assert {crossing.state.code, crossing.state.name, f"{crossing.entry_km:,.1f}"} <= set(cells)
    verdict = Table(results["verdict"]._repr_html_()).texts["td"]
    assert verdict.count("forbidden") == 3
    assert verdict[verdict.index("Poland") + 1] == "needs consent"
    candidates = results["candidates"]
    assert isinstance(candidates, of.Candidates)
    cells = Table(candidates._repr_html_()).texts["td"]
    assert [cells[at + 1] for at, cell in enumerate(cells) if cell in {"great circle", "detour"}] == [
        way_words(one) for one in candidates[:MOST_ROWS]
    ]
    assert time_words(of.cost(candidates[0].route).time_min) in cells
    assert any("a narrow-body jet" in cell for cell in cells)


def test_a_route_in_a_failed_comparison_tells_its_waypoints() -> None:
    assert re.search(r"NM\): VKO; 50\.5,30; BUD>$", repr(of.route("VKO", (30.0, 50.5), "BUD")))


def test_what_comes_from_a_file_is_text_and_nothing_else() -> None:
    name = '<script>alert(1)</script>"\x1b[2J\u202e'
    route = of.Route((Waypoint(0.0, 0.0, name), Waypoint(1.0, 1.0, "&amp;")), name=name)
    text = route._repr_html_()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "&amp;amp;" in text
    assert text.isprintable()
    assert repr(route).isprintable()


def test_a_long_name_is_cut() -> None:
    listing = Listing("a" * 5000, ["b" * 5000], ("c",), [["d" * 5000]], 1)
    assert len(listing.line()) < 300
    assert len(listing.html()) < 2000


def test_nothing_is_a_table_without_rows() -> None:
    assert Table(Listing("nothing", (), ("a", "b"), (), 0).html()).texts["col"] == ["a", "b"]


def test_candidates_make_a_frame(results: dict[str, Shown]) -> None:
    found = results["candidates"]
    assert isinstance(found, of.Candidates)
    frame = found.to_frame(max_km=100.0)
    assert len(frame) == len(found)
    assert frame.crs.to_epsg() == 4326
    assert list(frame["consents"][:3]) == ["", "AFG", "AFG ALB"]
    assert frame["length_km"].iloc[0] == pytest.approx(found[0].route.length_km)
    first = frame.geometry.iloc[0].geoms[0].coords[0]
    assert first == pytest.approx((37.2615, 55.5915))
    assert frame.to_json()


def test_lines_are_drawn_by_geopandas(results: dict[str, Shown]) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    found = results["crossings"]
    assert isinstance(found, of.Crossings)
    axes = found.plot(column="name")
    assert len(axes.collections) >= 1
    import matplotlib.pyplot as plt

    plt.close("all")


@pytest.mark.parametrize("how", ["plot", "explore"])
def test_what_drawing_needs_is_named_where_it_is_missing(
    results: dict[str, Shown], how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    monkeypatch.setitem(sys.modules, "mapclassify", None)
    found = results["candidates"]
    assert isinstance(found, of.Candidates)
    with pytest.raises(of.OverflightError, match=re.escape("pip install 'overflight[notebook]'")):
        getattr(found, how)()
