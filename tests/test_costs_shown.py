"""What a route costs, as maps, pages and batches show it: the figures of `overflight.cost`, in few words."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from shapely.geometry import box

import overflight as of
from overflight.batch import Columns, JudgedTable, Settings, judge
from overflight.costs import aircraft
from overflight.costs.pacing import Wind
from overflight.costs.spoken import cost_words
from overflight.errors import OverflightError, ProposalError
from overflight.evidence import Evidence
from overflight.maps import draw
from overflight.proposals import parse_proposals, proposal_text
from overflight.proposals.briefing import briefing
from overflight.routes import Route, great_circle, route
from overflight.serve.asked import Setting
from overflight.serve.whatif import WhatIf
from tests.commands import Run
from tests.worlds import make_world

DAY = dt.date(2025, 10, 23)
WORLD = make_world({"AAA": box(0, 40, 10, 50), "BBB": box(10, 40, 20, 50), "CCC": box(24, 40, 30, 50)})
DIRECT = great_circle((5.0, 45.0), (25.0, 45.0))
BENT = route((5.0, 45.0), (15.0, 58.0), (25.0, 45.0), name="bent")


def scene_of(*ways: Route, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return draw(WORLD, ways, on=DAY, avoid="BBB", **more).scene


def test_a_map_says_what_a_route_takes_over_the_great_circle_and_which_aircraft_flies() -> None:
    scene = scene_of(DIRECT, BENT, aircraft="wide-body")
    direct, bent = (one["cost"] for one in scene["routes"])
    assert direct["extra"] is None
    assert direct["words"] in direct["whole"]
    for key, value in bent["extra"]["time_min"].items():
        difference = bent["time_min"][key] - direct["time_min"][key]
        assert value == pytest.approx(difference, abs=0.11)
    hours = (BENT.length_km - DIRECT.length_km) / aircraft("wide-body").speed_kmh.typical
    assert float(re.match(r"\+(\d\.\d) h \(", bent["words"])[1]) == pytest.approx(hours, abs=0.06)  # type: ignore[index]
    tonnes = 60.0 * hours * aircraft("wide-body").burn_kg_min.typical / 1000.0
    assert float(re.search(r", \+(\d+(?:\.\d)?) t fuel \(", bent["words"])[1]) == pytest.approx(tonnes, abs=0.51)  # type: ignore[index]
    assert "wide-body" in scene["costs"]
    assert "no wind" in scene["costs"]
    assert bent["words"] in scene["paragraph"]


def test_the_table_of_a_map_shares_the_minutes_out_over_states_and_high_seas() -> None:
    (flown,) = scene_of(DIRECT, aircraft="regional")["routes"]
    spans = [[float(end) for end in row["min"].split("-")] for row in flown["rows"]]
    assert [row["state"] for row in flown["rows"]] == ["AAA", "BBB", "CCC", "High seas"]
    for nth, key in enumerate(("low", "high")):
        assert sum(span[nth] for span in spans) == pytest.approx(flown["cost"]["time_min"][key], abs=0.5 * len(spans))
    assert [band["time_min"] for band in flown["bands"]][:2] == [f"{row['min']} min" for row in flown["rows"]][:2]


def test_an_area_that_is_crossed_takes_nothing_from_the_minutes_over_the_high_seas() -> None:
    def at_sea(avoid: str) -> str:
        (flown,) = draw(WORLD, [DIRECT], on=DAY, avoid=avoid, aircraft="regional").scene["routes"]
        return str(next(row["min"] for row in flown["rows"] if row["state"] == "High seas"))

    assert at_sea("BBB | circle:45,8,50nm") == at_sea("BBB")


def test_a_map_that_was_asked_for_no_aircraft_says_nothing_of_time_and_fuel() -> None:
    scene = scene_of(BENT)
    assert "costs" not in scene
    assert not {"cost"} & set(scene["routes"][0])
    with pytest.raises(OverflightError, match="narrow-body"):
        scene_of(BENT, aircraft="jumbo")


def test_what_a_route_takes_is_said_in_the_language_of_the_map() -> None:
    english, german = (scene_of(DIRECT, BENT, aircraft="narrow-body", lang=lang) for lang in ("en", "de"))
    for own, other in zip(english["routes"], german["routes"], strict=True):
        for key in ("words", "whole"):
            figures = re.findall(r"\d+(?:\.\d+)?", own["cost"][key])
            assert re.findall(r"\d+(?:,\d+)?", other["cost"][key]) == [one.replace(".", ",") for one in figures]
        assert "Treibstoff" in other["cost"]["words"]
    assert "Schmalrumpf" in german["costs"]
    assert "fuel" not in german["costs"] + german["paragraph"]


def test_a_few_minutes_are_not_told_in_tenths_of_an_hour() -> None:
    near = of.route((5.0, 45.0), (15.0, 46.5), (25.0, 45.0))
    words = scene_of(near, aircraft="narrow-body")["routes"][0]["cost"]["words"]
    km = near.length_km - DIRECT.length_km
    speed = aircraft("narrow-body").speed_kmh
    assert round(60.0 * km / speed.high) <= int(re.match(r"\+(\d+) min", words)[1]) <= round(60.0 * km / speed.low)  # type: ignore[index]


# The what-if page, and the proposals that it saves.


KEYS: dict[str, Any] = {
    "on": "2025-10-23",
    "waypoints": ["VKO", "MSQ", "BUD"],
    "avoid": ["icc"],
    "aircraft": "business",
}


def test_the_page_says_what_its_route_takes_flown_by_what_was_chosen() -> None:
    page = WhatIf(Setting(KEYS))
    taken = page.check(KEYS)
    usual = page.check({key: value for key, value in KEYS.items() if key != "aircraft"})
    own = of.cost("VKO-MSQ-BUD", aircraft="business", on=DAY)
    for key in ("time_min", "fuel_t", "co2_t"):
        assert taken["route"]["cost"][key] == own.to_dict()[key]
    assert taken["route"]["cost"]["extra"] == own.over(of.cost("VKO-BUD", aircraft="business", on=DAY)).to_dict()
    assert "business" in taken["costs"]
    assert "narrow-body" in usual["costs"]
    assert {one["name"] for one in page.opened()["aircraft"]} == {"regional", "narrow-body", "wide-body", "business"}
    assert all(row["min"] for row in taken["route"]["rows"])


def test_routes_beside_it_are_flown_by_the_same_aircraft() -> None:
    beside = [{"name": "direct", "waypoints": ["VKO", "BUD"]}, {"name": "bent", "waypoints": KEYS["waypoints"]}]
    page = WhatIf(Setting(KEYS))
    direct, bent = page.costs(KEYS, beside)["costs"]
    assert direct["time_min"] == of.cost("VKO-BUD", aircraft="business", on=DAY).to_dict()["time_min"]
    assert bent == page.check(KEYS)["route"]["cost"]


def test_an_aircraft_that_there_is_not_is_refused_at_its_key() -> None:
    with pytest.raises(ProposalError, match="narrow-body") as found:
        WhatIf(Setting(KEYS)).check({**KEYS, "aircraft": "jumbo"})
    assert found.value.path == ("aircraft",)
    with pytest.raises(ProposalError, match="season") as found:
        WhatIf(Setting(KEYS)).check({**KEYS, "wind": "a gale"})
    assert found.value.path == ("wind",)


def test_a_saved_proposal_names_its_aircraft_and_reads_it_back() -> None:
    name, text = WhatIf(Setting(KEYS)).saved(KEYS)
    (back,) = parse_proposals(text, where=name)
    assert back.aircraft == aircraft("business")
    assert back.wind == "none"


def test_the_briefing_on_a_proposal_says_what_the_flight_takes_where_it_names_its_aircraft() -> None:
    (named,) = parse_proposals(proposal_text({"name": "by Minsk", **KEYS}), where="minsk.route.toml")
    told, plain = (briefing(one, one.case(), "avoid icc") for one in (named, replace(named, aircraft=None)))
    assert told is not None
    assert plain is not None
    more = [line for line in told.splitlines() if line not in plain.splitlines()]
    assert more[0] == cost_words(of.cost("VKO-MSQ-BUD", aircraft="business"))
    assert "a business aircraft" in more[1]
    assert len(more) == 2


def test_a_report_says_what_the_flight_takes_and_that_it_is_an_estimate_where_that_was_asked() -> None:
    case = of.Case.of(["VKO", "BUD"], on=DAY)
    own = case.cost(aircraft="wide-body")
    told, plain = Evidence((case,), costs=(own,)), Evidence((case,))
    (flight,) = told.to_dict()["flights"]
    assert {key: flight["cost"][key] for key in own.to_dict()} == own.to_dict()
    page = told.html().decode()
    assert cost_words(own) in page
    assert "Estimated" in page
    assert plain.to_dict()["flights"] == [{key: value for key, value in flight.items() if key != "cost"}]


# Many routes at once.

FIGURES = ("time_min", "fuel_t", "co2_t")
ENDS = {"typical": "", "low": "_low", "high": "_high"}


def judged(**more: Any) -> JudgedTable:  # noqa: ANN401
    """Judge a long route, a short one, one that turns around, and one of two points twice over."""
    ways = [
        [(37.3, 55.6), (19.3, 47.4)],
        [(16.6, 48.1), (19.3, 47.4)],
        [(16.6, 48.1), (19.3, 47.4), (16.6, 48.1)],
        [(-0.5, 51.5), (-0.5, 51.5), (-73.8, 40.6)],
    ]
    lines = pa.array([shapely.LineString(way).wkb for way in ways])
    return judge(pa.table({"line": lines}), Settings(Columns("lines", geometry="line"), DAY, avoid=("icc",), **more))


@pytest.mark.parametrize(("flies", "wind"), [("narrow-body", "none"), ("regional", "none"), ("wide-body", "season")])
def test_a_batch_says_of_each_route_and_crossing_what_cost_says(flies: str, wind: Wind) -> None:
    found = judged(aircraft=flies, wind=wind)
    verdicts, crossings = found.verdicts.to_pylist(), found.crossings.to_pylist()
    assert len(verdicts) == 4
    for row in verdicts:
        points = [(37.3, 55.6), (19.3, 47.4)] if row["row"] == 0 else [(16.6, 48.1), (19.3, 47.4)]
        points = [(-0.5, 51.5), (-73.8, 40.6)] if row["row"] == 3 else points + points[:1] * (row["row"] == 2)
        way = route(*points)
        own = of.cost(way, aircraft=flies, wind=wind, on=DAY, crossings=of.crossings(way, on=DAY))
        mine = [one for one in crossings if one["row"] == row["row"]]
        assert len(mine) == len(own.crossings)
        for told, exact in ((row, own), *zip(mine, own.crossings, strict=True)):
            for name in FIGURES:
                for end, suffix in ENDS.items():
                    assert told[name + suffix] == pytest.approx(getattr(getattr(exact, name), end), rel=1e-6, abs=1e-6)


def test_a_batch_without_an_aircraft_has_the_columns_that_it_always_had() -> None:
    plain, costed = judged(), judged(aircraft="wide-body")
    for name in ("crossings", "verdicts"):
        more = [f"{figure}{end}" for figure in FIGURES for end in ("", "_low", "_high")]
        assert getattr(costed, name).column_names == getattr(plain, name).column_names + more
        assert getattr(costed, name).select(getattr(plain, name).column_names).equals(getattr(plain, name))
    assert costed.rejects.equals(plain.rejects)
    settings = Settings(Columns("pairs", start="from", end="to"), DAY, aircraft="wide-body")
    assert settings.facts()["aircraft"] == "wide-body"
    assert judge(pa.table({"from": ["Q0Q"], "to": ["BUD"]}), settings).verdicts.schema == settings.schema("verdicts")
    with pytest.raises(OverflightError, match="narrow-body"):
        Settings(Columns("pairs", start="from", end="to"), DAY, aircraft="jumbo")


# The command line.


def test_a_map_is_flown_by_what_was_asked_for_else_by_what_its_proposal_names(run: Run, tmp_path: Path) -> None:
    proposal = tmp_path / "direct.route.toml"
    proposal.write_text('name = "direct"\non = 2025-10-23\nwaypoints = ["VKO", "BUD"]\naircraft = "business"\n')
    for more, named in (((), "a business aircraft"), (("--aircraft", "wide-body"), "a wide-body jet")):
        code, _, err = run("map", proposal, *more, "-o", tmp_path / "map.html")
        assert (code, err.count("\n")) == (0, 1)
        page = (tmp_path / "map.html").read_text(encoding="utf-8")
        assert named in json.loads(re.search(r'id="of-data">(.*?)</script>', page)[1])["costs"]  # type: ignore[index]


def test_a_batch_adds_what_was_asked_for(run: Run, tmp_path: Path) -> None:
    pq.write_table(pa.table({"from": ["VKO"], "to": ["BUD"]}), tmp_path / "in.parquet")
    out = tmp_path / "out"
    code, _, err = run("batch", tmp_path / "in.parquet", "-o", out, "--on", "2025-10-23", "--aircraft", "narrow-body")
    assert code == 0
    assert "a narrow-body jet without wind" in err
    (row,) = pq.read_table(out / "verdicts").to_pylist()
    assert row["time_min"] == pytest.approx(of.cost("VKO-BUD").time_min.typical)
    assert json.loads((out / "_manifest.json").read_text())["facts"]["aircraft"] == "narrow-body"
