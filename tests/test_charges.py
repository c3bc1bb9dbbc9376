"""Route charges: EUROCONTROL's formula and the FAA's fees, by hand, and what is said where one is not known."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Sequence
from pathlib import Path

import pytest

import overflight as of
from overflight.cli import main
from overflight.costs.charges import Charges, faa_rate, route_charges, weight_factor
from overflight.costs.rates import SYSTEM, UnitRate, UnitRates, parse_rates, parse_tonnes, read_rates, template
from overflight.costs.stays import Stay, stays_in, stays_of
from overflight.errors import DataError, OverflightError
from tests.commands import Run, Terminal

DAY = dt.date(2025, 10, 23)
DEGREE_KM = 6378.137 * 3.141592653589793 / 180.0
"""Of the equator, which is a circle: 111.3195 km, or 60.1077 NM."""


def rates(**by_zone: float) -> UnitRates:
    return UnitRates({(zone, "2025-10"): UnitRate(rate, "EUR") for zone, rate in by_zone.items()}, "rates.csv")


def on_the_equator(degrees: float, zone: str = "HUN", *, ends: int = 0) -> Stay:
    return Stay(zone, zone.title(), (10.0, 0.0), (10.0 + degrees, 0.0), ends, zone)


@pytest.mark.parametrize(
    ("tonnes", "factor"), [(70.0, 1.18), (2.0, 0.2), (12.5, 0.5), (50.0, 1.0), (200.0, 2.0), (1.9, 0.0)]
)
def test_the_weight_factor_is_that_of_published_examples(tonnes: float, factor: float) -> None:
    """EUROCONTROL's questions on route charges have the first, an A319; pilots' reading of its conditions the rest."""
    assert weight_factor(tonnes) == factor


@pytest.mark.parametrize(("ends", "hundreds"), [(0, 1.11), (1, 0.91), (2, 0.71)])
def test_a_charge_is_distance_times_weight_times_rate_less_20_km_for_each_end(ends: int, hundreds: float) -> None:
    found = route_charges([on_the_equator(1.0, ends=ends)], on=DAY, rates=rates(HUN=100.0), mtow_t=70.0)
    (row,) = found.rows
    assert row.amount == pytest.approx(hundreds * 1.18 * 100.0)
    assert row.km == pytest.approx(DEGREE_KM - 20.0 * ends)
    assert found.totals == {"EUR": pytest.approx(row.amount)}


def test_two_stays_in_one_zone_are_charged_each_by_its_own_great_circle() -> None:
    found = route_charges([on_the_equator(1.0), on_the_equator(2.0)], on=DAY, rates=rates(HUN=10.0), mtow_t=50.0)
    assert [row.amount for row in found.rows] == [pytest.approx((1.11 + 2.23) * 10.0)]


@pytest.mark.parametrize(
    ("day", "dollars"),
    [(dt.date(2017, 12, 31), 58.45), (dt.date(2018, 1, 1), 60.07), (dt.date(2019, 1, 1), 61.75), (DAY, 61.75)],
)
def test_the_faa_charges_each_100_nm_of_great_circle_by_the_rate_of_the_day(day: dt.date, dollars: float) -> None:
    (row,) = route_charges([on_the_equator(10.0, "USA")], on=day).rows
    assert faa_rate(day) == dollars
    assert row.amount == pytest.approx(dollars * 6.01077, rel=1e-5)
    assert (row.by, row.currency, row.part) == ("FAA", "USD", True)
    assert "oceanic above all" in row.why


def test_no_rate_of_the_faa_is_made_up_for_earlier_years_and_a_later_day_says_as_of_when_it_is() -> None:
    (before,) = route_charges([on_the_equator(10.0, "USA")], on=dt.date(2016, 12, 31)).rows
    (after,) = route_charges([on_the_equator(10.0, "USA")], on=dt.date(2027, 1, 1)).rows
    assert before.amount is None
    assert "before 2017-01-01" in before.why
    assert "as of 2026-04-05" in after.why


def test_who_lands_in_the_united_states_pays_no_overflight_fee_and_who_only_crosses_them_does() -> None:
    def american(*places: str) -> list[str]:
        crossed = of.crossings(of.route(*places), on=DAY)
        return [row.by for row in route_charges(stays_of(crossed), on=DAY).rows if row.zone == "USA"]

    assert american("YYZ", "HAV") == ["FAA"]
    assert american("LHR", "JFK") == []
    told = of.cost("YYZ-HAV", on=DAY, mtow_t=70.0).charges
    assert told is not None
    assert not any("unit rates" in text for text in told.assumptions)


def test_the_great_circle_between_entry_and_exit_is_charged_whatever_was_flown_between() -> None:
    way = of.route("AMS", "HAM", "MUC", "VIE")
    over = of.crossings(way, on=DAY)
    charged = {row.zone: row for row in route_charges(stays_of(over), on=DAY, rates=rates(DEU=1.0), mtow_t=50.0).rows}
    (german,) = [one for one in over if one.state == "DEU"]
    straight = of.great_circle(of_point(german.entry), of_point(german.exit)).length_km
    assert charged["DEU"].km == pytest.approx(straight)
    assert charged["DEU"].km < german.length_km - 100.0


def of_point(lonlat: Sequence[float]) -> str:
    return f"{lonlat[1]!r},{lonlat[0]!r}"


def test_a_flight_within_one_zone_has_40_km_taken_off() -> None:
    over = of.crossings("FRA-MUC", on=DAY)
    (row,) = route_charges(stays_of(over), on=DAY, rates=rates(DEU=1.0), mtow_t=50.0).rows
    assert row.km == pytest.approx(of.great_circle("FRA", "MUC").length_km - 40.0)
    assert not row.part


def test_a_zone_that_goes_on_over_the_high_seas_is_called_a_part_and_one_on_land_is_not() -> None:
    assert {stay.part for stay in stays_of(of.crossings("VKO-BUD", on=DAY))} == {False}
    assert [stay.part for stay in stays_of(of.crossings("LIS-PDL", on=DAY))] == [True, True]


def test_a_zone_is_charged_as_one_though_a_disputed_bay_parts_it() -> None:
    """Out of Rome and over the Gulf of Taranto, with a bend there: one great circle to the edge of Italy's airspace."""
    over = of.crossings(["FCO", "40.0,17.2", "ATH"], on=DAY)
    italy = [one for one in over if one.state.code == "ITA"]
    assert len(italy) > 1, "or this shows nothing"
    km = of.great_circle(*("{1},{0}".format(*place) for place in (italy[0].entry, italy[-1].exit))).length_km
    charged = route_charges(stays_of(over), on=DAY, rates=rates(ITA=100.0), mtow_t=50.0)
    (row,) = (row for row in charged.rows if row.zone == "ITA")
    assert row.km == pytest.approx(km - 20.0, abs=0.001)
    assert row.km < italy[-1].exit_km - 20.0 - 0.5, "not the way as flown"
    assert row.amount == pytest.approx(row.km, abs=0.5)


def test_what_the_user_gives_a_rate_for_is_charged_by_it_and_a_zone_that_is_only_called_usa_is_no_state() -> None:
    state, zone = on_the_equator(1.0, "USA"), Stay("USA", "USA", (10.0, 0.0), (11.0, 0.0))
    for stay, known, by in ((state, rates(USA=10.0), "EUROCONTROL"), (state, None, "FAA"), (zone, None, "")):
        (row,) = route_charges([stay], on=DAY, rates=known, mtow_t=50.0).rows
        assert row.by == by


def test_a_zone_of_a_layer_without_a_rate_is_not_said_to_be_of_no_system() -> None:
    stay = Stay("LOVV", "LOVV", (10.0, 0.0), (11.0, 0.0))
    (row,) = route_charges([stay], on=DAY, rates=rates(HUN=1.0), mtow_t=50.0).rows
    assert row.why == "rates.csv: no rate for it"


@pytest.mark.parametrize("tonnes", [-5.0, 0.0, math.nan, math.inf, "78"])
def test_a_weight_that_is_none_is_refused_from_python_too(tonnes: float) -> None:
    with pytest.raises(DataError, match="expected a maximum take-off weight in tonnes"):
        route_charges([on_the_equator(1.0)], on=DAY, rates=rates(HUN=1.0), mtow_t=tonnes)


def test_the_sum_says_what_it_lacks() -> None:
    found = of.cost("VKO-BUD", on=DAY, rates=rates(HUN=30.0, SVK=50.0), mtow_t=78.0).charges
    assert isinstance(found, Charges)
    told = found.to_dict()
    assert told["lacking"] == ["RUS", "BLR", "UKR", "POL"]
    assert not told["complete"]
    assert told["total"] == {"EUR": pytest.approx(sum(row.amount or 0.0 for row in found.rows), abs=0.01)}
    why = {row["zone"]: row["why"] for row in told["zones"]}
    assert why["POL"] == "rates.csv: no rate for it"
    assert why["BLR"].startswith("not in EUROCONTROL's system")
    assert found.sentence.endswith("EUR (Slovakia, Hungary); not known: Russia, Belarus, Ukraine, Poland")


def test_the_rate_of_another_month_is_not_taken() -> None:
    found = route_charges([on_the_equator(1.0)], on=dt.date(2025, 11, 1), rates=rates(HUN=30.0), mtow_t=70.0)
    assert [(row.amount, row.why) for row in found.rows] == [(None, "rates.csv: no rate for 2025-11")]


def test_charges_say_in_a_line_what_they_need() -> None:
    with pytest.raises(OverflightError, match="add --mtow"):
        of.cost("VKO-BUD", on=DAY, rates=rates(HUN=30.0))
    with pytest.raises(OverflightError, match="need the day"):
        of.cost("VKO-BUD", rates=rates(HUN=30.0), mtow_t=78.0)
    assert of.cost("VKO-BUD", on=DAY).charges is None


def test_zones_of_a_layer_are_charged_by_their_own_names_and_over_the_sea_in_full(tmp_path: Path) -> None:
    """A zone of 10 degrees of the equator, with an end of the flight in the next one."""
    boxes = {"WEST": (0.0, 10.0), "EAST": (10.0, 12.0)}
    shapes = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "Polygon", "coordinates": [[[a, -5], [b, -5], [b, 5], [a, 5], [a, -5]]]},
        }
        for name, (a, b) in boxes.items()
    ]
    file = tmp_path / "zones.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": shapes}), encoding="utf-8")
    way = of.route("0,-1", "0,11")
    stays = stays_in(of.read_layer(file).entries(way), way)
    found = route_charges(stays, on=DAY, rates=rates(WEST=100.0, EAST=10.0), mtow_t=50.0)
    assert [(row.zone, row.part) for row in found.rows] == [("WEST", False), ("EAST", False)]
    assert [row.amount for row in found.rows] == [pytest.approx(1113.0), pytest.approx(9.1)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("HUN,2025-10,30,EUR\n", "line 1: expected the columns zone,month,rate,currency"),
        ("zone,month,rate,currency\n# x\nHUN,2025-10,30\n", "line 3: 3 values, expected 4"),
        ("zone,month,rate,currency\nHUN,October,30,EUR\n", "line 2: month 'October': expected one such as 2025-10"),
        ("zone,month,rate,currency\nHUN,2025-13,30,EUR\n", "line 2: month '2025-13'"),
        ('zone,month,rate,currency\nHUN,2025-10,"30,5",EUR\n', "line 2: rate '30,5': expected a number with a point"),
        ("zone,month,rate,currency\nHUN,2025-10,nan,EUR\n", "line 2: rate 'nan'"),
        ("zone,month,rate,currency\nHUN,2025-10,30,euro\n", "line 2: currency 'euro'"),
        ("zone,month,rate,currency\n,2025-10,30,EUR\n", "line 2: no zone"),
        ("zone,month,rate,currency\nHUN,2025-10,30,EUR\nhun,2025-10,31,EUR\n", "line 3: 'hun' has two rates"),
        ('zone,month,rate,currency\n"HUN,2025-10,30,EUR\n', "line 2: no row of CSV"),
        ("zone,month,rate,currency\n\x1b[2J,2025-10,x,EUR\n", "line 2: rate 'x'"),
    ],
)
def test_a_file_of_rates_that_is_wrong_is_answered_with_the_line_and_what_was_expected(text: str, told: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_rates(text, where="r.csv")
    assert str(caught.value).startswith(f"r.csv, {told}")
    assert str(caught.value).isprintable()


def test_a_file_of_rates_is_bounded(tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text("zone,month,rate,currency\n" + "#" * 5_000_000, encoding="utf-8")
    with pytest.raises(OverflightError, match=r"rates\.csv"):
        read_rates(file)


def test_the_template_has_a_row_for_each_state_of_the_system_and_not_one_rate() -> None:
    text = template("2025-10")
    assert not parse_rates(text, where="t.csv").rates
    known = of.load_airspaces(on=DAY)
    assert all(known.state(code) == code for code in SYSTEM)
    filled = text.replace("HUN,2025-10,,", "HUN,2025-10,30.5,")
    assert parse_rates(filled, where="t.csv").of("hun", "2025-10") == UnitRate(30.5, "EUR")


@pytest.mark.parametrize("text", ["", "0", "-5", "78 kg", "1001", "1e3", "nan"])
def test_a_weight_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(DataError, match=r"in tonnes, from 0\.1 to 1,000"):
        parse_tonnes(text)


def test_new_rates_writes_a_file_to_be_filled_in_and_never_over_another(run: Run, tmp_path: Path) -> None:
    assert run("new", "rates", "--on", "2025-10-23")[0] == 0
    text = (tmp_path / "rates.csv").read_text(encoding="utf-8")
    assert text == template("2025-10")
    status, _, err = run("new", "rates", "--on", "2025-11-23")
    assert (status, "is there already and was left alone" in err) == (2, True)
    assert run("new", "rates", "--on", "2025-11-23", "-o", "-")[1] == template("2025-11")
    assert run("new", "other")[0] == 2
    assert run("new", "rates", "VKO", "BUD", "-o", "-")[1].startswith("# A route proposal")


def test_check_tells_charges_and_what_they_lack_at_a_terminal_in_a_pipe_and_in_json(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "rates.csv"
    file.write_text("zone,month,rate,currency\nHUN,2025-10,30,EUR\n", encoding="utf-8")
    asked = ("check", "VKO", "BUD", "--on", "2025-10-23", "--rates", str(file), "--mtow", "78")
    _, out, err = run(*asked, "-f", "json")
    (route,) = json.loads(out)["routes"]
    charges = route["cost"]["charges"]
    assert charges["lacking"] == ["RUS", "BLR", "UKR", "POL", "SVK"]
    (hungary,) = [row for row in charges["zones"] if row["zone"] == "HUN"]
    entered = next(one for one in route["crossings"] if one["state"] == "HUN")
    factor = round((of.great_circle(of_point(entered["entry"]), "BUD").length_km - 20.0) / 100.0, 2)
    assert hungary["amount"] == pytest.approx(30.0 * factor * 1.25, abs=0.01)
    assert charges["total"] == {"EUR": hungary["amount"]}
    told = f"charges: {hungary['amount']:.2f} EUR (Hungary); not known: Russia, Belarus, Ukraine, Poland, Slovakia"
    assert f"VKO-BUD: {told}" in err
    assert "weight factor 1.25" in err
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    with pytest.raises(SystemExit):
        main(list(asked))
    assert told in " ".join(screen.getvalue().split())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--rates", "none.csv", "--mtow", "78"), "none.csv"),
        (("--rates", "r.csv"), "add --mtow 78.0 (tonnes"),
        (("--mtow", "heavy"), "'heavy': expected a maximum take-off weight in tonnes"),
    ],
)
def test_options_of_charges_that_are_wrong_are_one_line(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    (tmp_path / "r.csv").write_text("zone,month,rate,currency\n", encoding="utf-8")
    status, _, err = run("check", "VKO", "BUD", "--on", "2025-10-23", *arguments)
    assert status == 2
    assert told in err
    assert len(err.strip().splitlines()) == 1
