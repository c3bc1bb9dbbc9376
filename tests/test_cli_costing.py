"""What the command line tells of time, fuel and CO2: always of routes that it finds, of others where it is asked."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

import overflight as of
from overflight.cli.costing import Costing
from overflight.costs import columns_of
from overflight.costs.spoken import tonnes
from overflight.detours.model import Candidate, Candidates
from tests.commands import Run, rows_of
from tests.test_cli_terminal import Show, show, unfolded

__all__ = ["show"]

AS_OF = ("--on", "2025-10-23")


def checked(run: Run, *arguments: str) -> dict[str, Any]:
    route: dict[str, Any] = json.loads(run("check", *arguments, *AS_OF, "-f", "json")[1])["routes"][0]
    return route


def test_check_tells_costs_where_an_aircraft_is_given_and_nothing_of_them_elsewhere(run: Run) -> None:
    plain, costed = checked(run, "VKO", "BUD"), checked(run, "VKO", "BUD", "--aircraft", "wide-body")
    cost = costed.pop("cost")
    assert list(cost) == ["aircraft", "wind", "time_min", "fuel_t", "co2_t", "extra", "charges", "assumptions"]
    assert (cost["aircraft"], cost["wind"], cost["charges"]) == ("wide-body", "none", None)
    assert cost["time_min"] == of.cost("VKO-BUD", aircraft="wide-body").time_min.to_dict(1)
    assert cost["extra"]["time_min"] == {"low": 0.0, "typical": 0.0, "high": 0.0}
    shares = [crossing.pop("cost") for crossing in costed["crossings"]]
    assert all(list(share) == ["time_min", "fuel_t", "co2_t"] for share in shares)
    assert sum(share["fuel_t"]["typical"] for share in shares) == pytest.approx(cost["fuel_t"]["typical"], abs=0.01)
    assert costed == plain


def test_a_detour_is_told_with_what_it_takes_over_the_great_circle(run: Run) -> None:
    extra = checked(run, "HEL", "IST", "DEL", "--aircraft", "wide-body")["cost"]["extra"]
    by_hand = of.cost("HEL-IST-DEL", aircraft="wide-body").over(of.cost("HEL-DEL", aircraft="wide-body"))
    assert extra == by_hand.to_dict()
    assert checked(run, "VKO", "BUD", "VKO", "--aircraft", "regional")["cost"]["extra"] is None


def test_rows_for_programs_have_the_columns_last_and_only_where_asked(run: Run) -> None:
    plain = run("check", "VKO", "BUD", *AS_OF)[1]
    _, out, err = run("check", "VKO", "BUD", *AS_OF, "--aircraft", "business")
    assert [line.split("\t")[:27] for line in out.splitlines()] == [line.split("\t") for line in plain.splitlines()]
    first = rows_of(out)[0]
    way = of.route("VKO", "BUD")
    found = of.cost(way, aircraft="business", crossings=of.crossings(way, on="2025-10-23"))
    told = {key: str(value) for key, value in columns_of(found.crossings[0]).items()}
    assert list(first.items())[27:] == [("aircraft", "business"), ("wind", "none"), *told.items()]
    assert "a business aircraft at 500 to 903 km/h" in err
    assert "--aircraft names another one" in err
    in_csv = next(
        csv.DictReader(io.StringIO(run("check", "VKO", "BUD", *AS_OF, "--aircraft", "business", "-f", "csv")[1]))
    )
    assert in_csv == first


def test_routes_that_are_found_are_always_told_with_their_costs(run: Run) -> None:
    _, out, err = run("routes", "VKO", "BUD", *AS_OF)
    assert rows_of(out)[0]["aircraft"] == "narrow-body"
    assert float(rows_of(out)[0]["time_min"]) == pytest.approx(of.cost("VKO-BUD").time_min.typical, abs=0.05)
    assert "a narrow-body jet" in err
    route = json.loads(run("routes", "VKO", "BUD", *AS_OF, "--aircraft", "regional", "-f", "json")[1])["routes"][0]
    assert route["cost"]["aircraft"] == "regional"


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_terminal_of_any_width_shows_each_figure_with_its_range(show: Show, columns: int) -> None:
    found = unfolded(show(columns, "routes", "VKO", "BUD", *AS_OF))
    for whole in ["2:05", "5.0", "15.9", "(1:59-2:19)", "(3.6-6.9)", "(11.2-21.9)", "--aircraft"]:
        assert whole in found
    text = unfolded(show(columns, "check", "HEL", "IST", "DEL", *AS_OF, "--aircraft", "wide-body"))
    assert "over the great circle: +1 h" in text
    assert text.count("Time and fuel: a wide-body jet") == 1
    assert "India" in text


def test_what_is_told_of_some_crossings_is_of_these_and_of_none_after_them() -> None:
    case = of.Case.of("VKO-BUD", on="2025-10-23")
    over = list(case.verdict.crossings)
    costed = Costing.usual().of(case)
    alone, both = costed.stay(over[-2], over[-2]), costed.stay(over[-2], over[-1])
    assert over[-2].state.code == "SVK"
    assert alone[1] == tonnes(costed.cost.crossings[-2].fuel_t)
    assert both[1] == tonnes(costed.cost.crossings[-2].fuel_t + costed.cost.crossings[-1].fuel_t)


def test_an_aircraft_that_there_is_not_is_refused_in_a_line_that_names_those_that_there_are(run: Run) -> None:
    status, out, err = run("check", "VKO", "BUD", "--aircraft", "jumbo jet")
    assert (status, out) == (2, "")
    assert (
        "'jumbo jet' is no class of aircraft: give regional, narrow-body, wide-body, business; or an ICAO type" in err
    )


@pytest.mark.parametrize("mass", ["heavy", "0", "-3", "nan", "5000"])
def test_a_mass_that_is_none_is_refused(run: Run, mass: str) -> None:
    status, _, err = run("check", "VKO", "BUD", *AS_OF, f"--mtow={mass}")
    assert status == 2
    assert "expected a maximum take-off weight in tonnes" in err


def test_what_a_proposal_is_flown_with_stands_until_an_option_names_another(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "p.route.toml"
    file.write_text(
        'name = "Moscow-Budapest"\nwaypoints = ["VKO", "BUD"]\non = 2025-10-23\n'
        'aircraft = "wide-body"\nwind = "season"\n',
        encoding="utf-8",
    )
    for options, flown in (
        ([], ("wide-body", "season")),
        (["--mtow", "250"], ("wide-body", "season")),
        (["--wind", "none"], ("wide-body", "none")),
        (["--aircraft", "business"], ("business", "season")),
    ):
        told = json.loads(run("check", file, *options, "-f", "json")[1])["routes"][0]["cost"]
        assert (told["aircraft"], told["wind"]) == flown


def test_a_frame_of_candidates_has_costs_and_what_each_adds_to_the_first() -> None:
    ways = [of.route("HEL", "DEL"), of.route("HEL", "IST", "DEL")]
    items = tuple(
        Candidate(way, of.check(way, rules="icc", on="2025-10-23"), (), 0.0, 0.0, None, minimal=False) for way in ways
    )
    frame = Candidates(items, (), 0, ()).to_frame(aircraft="wide-body")
    costs = [of.cost(way, aircraft="wide-body") for way in ways]
    assert frame["fuel_t_high"].tolist() == [round(one.fuel_t.high, 3) for one in costs]
    assert frame["extra_time_min"].tolist() == [0.0, round(costs[1].over(costs[0]).time_min.typical, 1)]
    assert set(frame["aircraft"]) == {"wide-body"}
