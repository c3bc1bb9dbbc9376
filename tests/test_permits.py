"""Permit sheets: whose airspace is entered where and when, by which rules, who is asked; and the texts of requests."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pyproj
import pytest
from shapely.geometry import box

import overflight as of
from overflight._crossings import locate
from overflight.errors import DataError, OverflightError
from overflight.outside.folder import write_folder
from overflight.proposals.ledger import parse_ledger
from overflight.routes import Waypoint
from overflight.routes.sample import Sample
from overflight.routes.tracks.making import tracks_of
from overflight.sheets.making import parse_level
from overflight.sheets.sheet import Sheet
from overflight.sheets.template import DEFAULT, PLACEHOLDERS
from tests.commands import Run, rows_of
from tests.probes import PROBES, SINGLE, assert_harmless
from tests.worlds import make_world

ON = "2025-10-23"
GEOD = pyproj.Geod(ellps="WGS84")
DEPART = dt.datetime(2025, 10, 23, 22, 50, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    """Make that of a flight from Moscow to Budapest past midnight, at 800 km/h."""
    case = of.Case.of(["VKO", "BUD"], avoid="icc", allow="POL", operator="RUS", schedule=of.Schedule(DEPART, 800.0))
    return of.permits(case, aircraft="IL96", level="F350")


def walked(sheet: Sheet) -> list[tuple[str, float, float, float]]:
    """Walk the great circle a kilometre at a time; return who is entered, after how many km, and where."""
    start, end = sheet.case.route.waypoints
    azimuth, _, _ = GEOD.inv(start.lon, start.lat, end.lon, end.lat)

    def at(km: float) -> tuple[float, float, str]:
        lon, lat, _ = GEOD.fwd(start.lon, start.lat, azimuth, 1000.0 * km)
        return lon, lat, str(locate(sheet.case.world, lon, lat).state)

    found, before = [], at(0.0)[2]
    for step in range(1, int(sheet.case.route.length_km)):
        state = at(step)[2]
        if state != before:
            low, high = step - 1.0, float(step)
            while high - low > 1e-6:
                middle = (low + high) / 2.0
                low, high = (middle, high) if at(middle)[2] == before else (low, middle)
            found.append((state, high, *at(high)[:2]))
            before = state
    return found


def minutes_of(point: str) -> tuple[float, float]:
    """Read a point of item 15 by its digits: longitude and latitude in degrees."""
    found = re.fullmatch(r"(\d\d)(\d\d)([NS])(\d\d\d)(\d\d)([EW])", point)
    assert found
    lat = (int(found[1]) + int(found[2]) / 60.0) * (1 if found[3] == "N" else -1)
    return (int(found[4]) + int(found[5]) / 60.0) * (1 if found[6] == "E" else -1), lat


# Where and when -------------------------------------------------------------------------------------------------------


def test_entries_are_where_a_walk_along_the_route_finds_them_and_when(sheet: Sheet) -> None:
    """Slivers shorter than a step of the walk along the Russian border are passed over by it."""
    stays = {stay.crossing.state.code: stay for stay in sheet.stays if stay.crossing.length_km > 5.0}
    seen = walked(sheet)
    assert [state for state, *_ in seen][-5:] == ["BLR", "UKR", "POL", "SVK", "HUN"]
    for state, km, lon, lat in seen[-4:]:
        entry = stays[state].entry
        assert entry.km == pytest.approx(km, abs=0.001)
        assert GEOD.inv(lon, lat, *entry.lonlat)[2] < 1.0
        assert GEOD.inv(lon, lat, *minutes_of(entry.item15))[2] < 1_400.0
        assert entry.at is not None
        assert abs(entry.at.typical - DEPART - dt.timedelta(hours=km / 800.0)) < dt.timedelta(seconds=1)
    assert sum(one.km for one in sheet.states) == pytest.approx(sheet.case.route.length_km, abs=0.001)


def test_the_date_changes_at_midnight_in_every_form(sheet: Sheet) -> None:
    """789.4 km at 800 km/h are 59 minutes and 12 s after 22:50: 23:49; 1196.3 km are 89.7 minutes: 00:19."""
    ukraine = next(one for one in sheet.states if one.code == "UKR")
    (stay,) = ukraine.stays
    assert stay.entry.at is not None
    assert stay.exit.at is not None
    assert (stay.entry.at.words, stay.exit.at.words) == ("2025-10-23 23:49", "2025-10-24 00:20")
    assert (stay.entry.at.brief(sheet.case.on), stay.exit.at.brief(sheet.case.on)) == ("23:49", "00:20 +1d")
    row = next(one for one in csv.DictReader(io.StringIO(sheet.to_csv(), newline="")) if one["state"] == "UKR")
    assert (row["entry_time"][:16], row["exit_time"][:16]) == ("2025-10-23T23:49", "2025-10-24T00:19")
    assert "out 4928N02242E at 2025-10-24 00:20" in sheet.requests()["UKR"]
    assert "2025-10-24 00:20" in sheet.to_html()


def test_times_at_the_pace_of_an_aircraft_are_ranges_that_end_as_the_cost_does() -> None:
    case = of.Case.of(["VKO", "BUD"], on=ON)
    found = of.permits(case, aircraft="wide-body", depart=DEPART)
    minutes = of.cost(case.route, aircraft="wide-body").time_min
    landing = found.arrive.at
    assert landing is not None
    assert landing.earliest is not None
    assert landing.latest is not None
    took = [(at - DEPART).total_seconds() / 60.0 for at in (landing.earliest, landing.typical, landing.latest)]
    assert took == pytest.approx([minutes.low, minutes.typical, minutes.high], abs=1e-3)
    assert took[0] < took[1] < took[2]
    assert found.stays[0].entry.at is not None
    assert found.stays[0].entry.at.words == "2025-10-23 22:50"
    told = found.to_dict()["states"][-1]["stays"][-1]["entry"]
    assert told["earliest"] < told["time"] < told["latest"]
    assert found.times == "pace"


def test_a_rule_that_begins_at_midnight_counts_where_the_pace_enters_after_it() -> None:
    """Armenia has been a party to the ICC since 2024-02-01; Yerevan is half an hour from Tbilisi."""
    case = of.Case.of(["TBS", "EVN"], on="2024-01-31", avoid="icc - GEO")
    for depart, answer, standing in (("21:30", "none", "free"), ("23:58", "needed", "forbidden")):
        found = of.permits(case, depart=f"2024-01-31T{depart}Z")
        armenia = next(one for one in found.states if one.code == "ARM")
        assert (armenia.answer, armenia.stays[-1].standing) == (answer, standing)


def test_a_departure_on_another_day_than_the_case_is_refused() -> None:
    case = of.Case.of(["VKO", "BUD"], on=ON)
    with pytest.raises(OverflightError, match="departs on 2025-10-24 in UTC, and the question is of 2025-10-23"):
        of.permits(case, depart="2025-10-23T23:30-02:00")
    with pytest.raises(OverflightError, match="no offset from UTC"):
        of.permits(case, depart=dt.datetime(2025, 10, 23, 8))  # noqa: DTZ001 - that is what is wrong with it
    with pytest.raises(OverflightError, match="or give a ground speed"):
        of.permits(case, depart=DEPART, aircraft="paper plane")


@pytest.mark.parametrize(
    ("lon", "lat", "written"),
    [
        (37.2615, 55.5915, "5535N03716E"),
        (-0.004, 51.4999, "5130N00000W"),
        (19.9999, -0.9999, "0100S02000E"),
        (-179.9999, 89.9999, "9000N18000W"),
    ],
)
def test_a_point_is_written_to_the_nearest_minute(lon: float, lat: float, written: str) -> None:
    from overflight.routes.spellings import significant

    assert significant(lon, lat) == written
    there = of.place(written)
    assert GEOD.inv(lon, lat, there.lon, there.lat)[2] < 1_400.0


def test_a_fix_at_the_border_is_named_and_a_coordinate_is_none() -> None:
    border = next(one for one in of.Case.of(["VKO", "BUD"], on=ON).verdict.crossings if one.state == "POL").entry
    fixes = (Waypoint(37.26, 55.59, "VKO"), Waypoint(*border, "DIBED"), Waypoint(21.0, 48.6, "4836N02100E"))
    found = of.permits(of.Case.of(of.Route((*fixes, Waypoint(19.26, 47.44, "BUD"))), on=ON))
    poland = next(stay for stay in found.stays if stay.crossing.state == "POL")
    assert (poland.entry.fix, poland.entry.words) == ("DIBED", f"{poland.entry.item15} (DIBED)")
    assert poland.exit.fix == ""
    ukraine = next(stay for stay in found.stays if stay.crossing.state == "UKR" and stay.crossing.length_km > 100.0)
    assert (ukraine.entry.fix, ukraine.entry.leg) == ("", "VKO-DIBED")
    hungary = next(stay for stay in found.stays if stay.crossing.state == "HUN")
    assert (hungary.exit.fix, hungary.entry.leg) == ("BUD", "")


def test_levels_begin_and_end_at_the_ground(sheet: Sheet) -> None:
    assert [sheet.stays[i].levels for i in (0, 5, -1)] == ["ground to F350", "F350", "F350 to ground"]
    with pytest.raises(OverflightError, match="F350, A045"):
        parse_level("35000")


def test_a_flight_within_one_state_departs_and_arrives_there() -> None:
    found = of.permits(of.Case.of(["SVO", "LED"], on=ON), level="F310")
    assert [(one.code, one.roles, one.stays[0].levels) for one in found.states] == [
        ("RUS", ("departure", "arrival"), "ground to F310 to ground")
    ]
    at_sea = of.permits(of.Case.of(["SVO", "58.9,20.6"], on=ON))
    assert at_sea.states[-1].roles == ("overflight",)
    assert of.permits(of.Case.of(["0,-30", "1,-25"], on=ON)).states == ()


def test_a_recording_has_its_own_times_and_altitudes() -> None:
    begin = DEPART.timestamp()
    rows = [
        Sample(Waypoint(lon, 50.0), begin + 600.0 * n, altitude_m=altitude)
        for n, (lon, altitude) in enumerate([(13.0, 900.0), (14.0, 9_000.0), (15.0, 11_000.0), (16.0, 10_000.0)])
    ]
    (track,) = tracks_of(rows, "TST")
    found = of.permits(of.Case.of(track))
    (stay,) = found.stays
    assert found.times == "recording"
    assert (stay.levels, stay.altitude_m) == ("900 to 11,000 m", (900.0, 11_000.0))
    assert stay.exit.at is not None
    assert stay.exit.at.words == "2025-10-23 23:20"


def test_what_a_recording_is_presumed_to_have_crossed_is_said_to_be_so() -> None:
    """Nothing was recorded for two hours, on the way from France to Austria over Germany."""
    begin = DEPART.timestamp()
    spots = [(4.0, 48.8, 0.0), (4.1, 48.8, 60.0), (15.0, 48.4, 7200.0), (15.1, 48.4, 7260.0)]
    (track,) = tracks_of([Sample(Waypoint(lon, lat), begin + after) for lon, lat, after in spots], "TST")
    told = {stay.crossing.state.code: stay.remarks for stay in of.permits(of.Case.of(track)).stays}
    assert told["FRA"] == ()
    assert any("no position was recorded" in text for text in told["DEU"])


# Who is asked, by which rules -----------------------------------------------------------------------------------------


def test_rules_say_whom_they_bind_and_bans_are_told_that_nobody_asked_by(sheet: Sheet) -> None:
    poland = next(one for one in sheet.states if one.code == "POL")
    bound = {one.bloc: one for one in poland.stays[0].rules}
    assert {name: (one.makes, one.binds) for name, one in bound.items()} == {
        "icc": ("consented", None),  # it is about who is aboard
        "eu-ban-russia": ("beside", True),
    }
    assert bound["icc"].since == "2002-07-01"
    assert bound["icc"].applies_to == of.bloc("icc").applies_to
    assert bound["eu-ban-russia"].source
    serbian = of.permits(of.Case.of(["BEG", "BUD"], on=ON, avoid="eu-ban-russia", operator="SRB"))
    (hungary,) = (one for one in serbian.states if one.code == "HUN")
    assert [(one.bloc, one.makes, one.binds) for one in hungary.stays[0].rules] == [("eu-ban-russia", "forbids", False)]


def test_a_ban_that_is_asked_by_is_told_once() -> None:
    found = of.permits(of.Case.of(["VKO", "BUD"], on=ON, avoid="bans", operator="RUS"))
    poland = next(one for one in found.states if one.code == "POL")
    assert [(one.rule, one.bloc, one.makes) for one in poland.stays[0].rules] == [("bans", "eu-ban-russia", "forbids")]


def test_a_territory_is_named_and_bound_as_its_state_where_a_ban_reaches_it() -> None:
    """Denmark's minister named Greenland; that of the EU as such ended there in 1985."""
    found = of.permits(of.Case.of(["KEF", "GOH"], on=ON, operator="RUS", avoid="eu"))
    (denmark,) = (one for one in found.states if one.code == "DNK")
    assert {stay.territory for stay in denmark.stays} == {"Greenland"}
    assert {(one.bloc, one.makes) for stay in denmark.stays for one in stay.rules} == {("eu-ban-russia", "beside")}


def test_answers_are_those_that_the_question_has() -> None:
    ledger = parse_ledger(
        '[[consent]]\nstate = "POL"\nanswer = "granted"\ndate = 2025-10-20\nsource = "note 1"\n'
        '[[consent]]\nstate = "SVK"\nanswer = "refused"\ndate = 2025-10-21\nsource = "note 2"\n',
        where="x.toml",
    )
    case = of.Case.of(["VKO", "BUD"], on=ON, avoid="icc", never="closed", allow="POL,HUN", operator="RA-96022")
    found = {one.code: (one.answer, one.told) for one in of.permits(case, ledger=ledger).states}
    assert {code: answer for code, (answer, _) in found.items()} == {
        "RUS": "own",
        "BLR": "none",
        "UKR": "cannot be asked",
        "POL": "granted",
        "SVK": "refused",
        "HUN": "assumed",
    }
    assert found["POL"][1] == "granted as of 2025-10-20: note 1"
    assert found["SVK"][1] == "refused as of 2025-10-21: note 2"
    plain = {one.code: one.answer for one in of.permits(of.Case.of(["VKO", "BUD"], on=ON, avoid="icc")).states}
    assert (plain["RUS"], plain["POL"]) == ("none", "needed")


def test_a_state_that_is_crossed_twice_is_asked_once() -> None:
    world = make_world({"AAA": box(0, 0, 10, 10), "BBB": box(10, 0, 12, 10), "CCC": box(20, 0, 30, 10)})
    way = of.Route((Waypoint(9, 5), Waypoint(25, 5), Waypoint(25, 6), Waypoint(11, 8)), "there and back")
    found = of.permits(of.Case.of(way, on=ON, world=world))
    assert [(stay.number, stay.crossing.state.code) for stay in found.stays] == [
        (1, "AAA"),
        (2, "BBB"),
        (3, "CCC"),
        (4, "BBB"),
    ]
    assert [one.code for one in found.states] == ["AAA", "BBB", "CCC"]
    twice = found.states[1]
    assert twice.roles == ("overflight", "arrival")
    assert twice.km == pytest.approx(sum(found.stays[i].crossing.length_km for i in (1, 3)))
    text = found.requests("{role}: {stays}")["BBB"]
    assert re.findall(r"^(?:.*: )?(\d)\. (\w+)", text, re.MULTILINE) == [("1", "overflight"), ("2", "arrival")]
    assert text.startswith("overflight and arrival: ")
    assert found.to_dict()["route"]["high_seas_km"] > 1_500.0


def test_what_is_disputed_is_flagged_and_claimants_are_asked_where_nobody_holds_it() -> None:
    world = make_world({"AAA": box(0, 0, 5, 5), "AAA:a quarrel": box(5, 0, 10, 5), "AAA+BBB": box(10, 0, 15, 5)})
    found = of.permits(of.Case.of(of.Route((Waypoint(1, 2), Waypoint(14, 2))), on=ON, world=world))
    first, nobody = found.states
    assert [stay.flags for stay in first.stays] == [(), ("disputed: a quarrel",)]
    assert (nobody.code, nobody.ask, nobody.key) == ("XXX", ("AAA", "BBB"), "XXX-AAA-BBB")
    assert nobody.ask_words == "nobody holds it undisputed; claimed by AAA and BBB"
    assert list(found.requests()) == ["AAA", "XXX-AAA-BBB"]
    page = found.to_html()
    assert "a quarrel" in page
    assert "disputed" in page


# Texts ----------------------------------------------------------------------------------------------------------------


def test_a_request_has_what_a_state_is_asked_for(sheet: Sheet) -> None:
    text = sheet.requests()["SVK"]
    for told in (
        "Slovakia",
        "VKO-BUD",
        "Russia",
        "IL96",
        ON,
        "UUWW DCT LHBP",
        "110.6 km",
        "level F350",
        "(overflight)",
    ):
        assert told in text
    assert list(sheet.requests()) == ["RUS", "BLR", "UKR", "POL", "SVK", "HUN"]
    assert "@" not in text  # no address, for none is known


def test_every_placeholder_stands_for_something(sheet: Sheet) -> None:
    template = "\n".join(f"{name}={{{name}}}" for name in PLACEHOLDERS)
    for text in sheet.requests(template).values():
        told = dict(line.split("=", 1) for line in text.split("\n") if "=" in line)
        assert set(told) == set(PLACEHOLDERS)
        assert all(told.values())
    assert set(re.findall(r"\{(\w+)\}", DEFAULT)) <= set(PLACEHOLDERS)


@pytest.mark.parametrize("word", ["sate", "", " ", "0", "state.code", "state!r", "state:>9", "stays[0]", "{state"])
def test_a_word_in_braces_that_stands_for_nothing_is_one_line_that_names_those_there_are(
    sheet: Sheet, word: str
) -> None:
    if word.startswith("{"):  # of two braces, the inner pair counts
        assert sheet.requests(f"{{{word}}}}}")["HUN"] == "{Hungary}"
        return
    with pytest.raises(DataError) as caught:
        sheet.requests(f"Dear {{state}},\n{{{word}}}")
    assert str(caught.value).startswith(f"the template, line 2: {{{word}}} stands for nothing: there are {{state}}, ")
    assert all(f"{{{name}}}" in str(caught.value) for name in PLACEHOLDERS)
    assert "\n" not in str(caught.value)


def test_braces_without_a_partner_are_braces(sheet: Sheet) -> None:
    assert sheet.requests("} { {state} {\n}\ta")["HUN"] == "} { Hungary {\n}\ta"


def named(text: str) -> Sheet:
    """Make the sheet of a route of that name, of points of that name."""
    route = of.Route((Waypoint(37.2, 55.6, text), Waypoint(23.0, 52.5, text), Waypoint(19.2, 47.4, text)), text)
    return of.permits(of.Case.of(route, on=ON), aircraft=text)


class Elements(HTMLParser):
    """Collects what a browser would act upon."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("text", ["{state}", "{stays}{state_code}", "\\g<0> \\1 {flight}"])
def test_what_is_put_in_is_not_looked_at_again(text: str) -> None:
    told = named(text).requests("{flight}|{aircraft}|{departure}|{state_code}")["POL"]
    assert told == f"{text}|{text}|{text}|POL"


@pytest.mark.parametrize("text", [*PROBES[::3], *SINGLE[::4], 'x"; } @import url(//x); /*', "</style><b>"])
def test_names_from_outside_are_data_on_page_sheet_and_letter(text: str) -> None:
    found = named(text)
    page = Elements()
    html = found.to_html()
    page.feed(html)
    assert not page.tags & {"script", "img", "b", "iframe", "object", "a"}
    assert not {name for name in page.attributes if name.startswith("on")}
    assert html.count("<style>") == html.count("</style>") == 1
    style = html.partition("<style>")[2].partition("</style>")[0]
    assert "@import" not in style
    assert "url(" not in style
    assert_harmless(found.to_csv(), but="\r\n")
    for row in csv.DictReader(io.StringIO(found.to_csv(), newline="")):
        for key in ("route", "aircraft", "entry_fix"):
            assert not re.match(r"\s*[=+\-@|]", row[key])
    assert_harmless(found.requests()["POL"], but="\n")
    assert json.loads(found.to_json())["route"]["name"] == found.case.route.label


# Files ----------------------------------------------------------------------------------------------------------------


def test_a_folder_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    there = tmp_path / "letters"
    with pytest.raises(DataError, match="choose another place"):
        write_folder(there, {"a.txt": b"a", "../b.txt": b"b"})
    assert list(tmp_path.iterdir()) == []
    there.mkdir()
    write_folder(there, {"a.txt": b"a"})
    assert [(file.name, file.read_bytes()) for file in there.iterdir()] == [("a.txt", b"a")]
    with pytest.raises(DataError, match="is there already and was left alone"):
        write_folder(there, {"c.txt": b"c"})
    assert [file.name for file in tmp_path.rglob("*")] == ["letters", "a.txt"]


def test_the_command_writes_every_form_and_a_letter_for_each_state(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("To {state}\r\nby {made_by}", encoding="utf-8")
    asked = ("permits", "VKO", "BUD", "--avoid", "icc", "--operator", "RUS", "--depart", "2025-10-23T08:00Z")
    status, out, err = run(*asked, "--requests", "letters", "--template", "t.txt")
    assert status == 0
    assert [row["state"] for row in rows_of(out)][-3:] == ["POL", "SVK", "HUN"]
    assert "wrote 6 requests to letters" in err
    files = {file.name: file.read_text(encoding="utf-8") for file in (tmp_path / "letters").iterdir()}
    assert sorted(files) == ["BLR.txt", "HUN.txt", "POL.txt", "RUS.txt", "SVK.txt", "UKR.txt"]
    assert files["POL.txt"].startswith("To Poland\nby overflight ")
    for name in ("a.html", "a.csv", "a.json", "a.txt"):
        assert run(*asked, "-o", name)[:2] == (0, "")
    case = of.Case.of(["VKO", "BUD"], on=ON, avoid="icc", operator="RUS")
    same = of.permits(case, depart="2025-10-23T08:00Z")
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == same.to_dict()
    assert (tmp_path / "a.csv").read_bytes().decode() == same.to_csv()
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == same.to_html()
    assert (tmp_path / "a.txt").read_text(encoding="utf-8").count("REQUEST FOR PERMISSION") == 6


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("-o", "a.pdf"), "a sheet is no .pdf file: give .json, .csv, .html, .txt"),
        (("--speed", "460kt"), "add --depart 2025-10-23T08:00Z"),
        (("--level", "350"), "F350, A045"),
        (("--depart", "2025-10-23T08:00Z", "--on", "2025-10-24"), "leave --on out"),
        (("--depart", "2025-10-23T08:00Z", "--aircraft", "IL96"), "or give a ground speed"),
        (("--template", "none.txt"), "none.txt: can't be read"),
        (("--requests", "."), "is there already and was left alone"),
    ],
)
def test_what_can_not_be_meant_is_one_line(run: Run, tmp_path: Path, given: tuple[str, ...], told: str) -> None:
    (tmp_path / "here.txt").write_text("mine", encoding="utf-8")
    status, out, err = run("permits", "VKO", "BUD", *given)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert told in err


def test_a_sheet_is_about_one_flight(run: Run, tmp_path: Path) -> None:
    (tmp_path / "two.csv").write_text("route,lon,lat\na,9,50\na,10,50\nb,9,51\nb,10,51\n", encoding="utf-8")
    status, _, err = run("permits", "two.csv", "--on", ON)
    assert (status, err.count("overflight: error")) == (2, 1)
    assert "a sheet is about one flight, and these are 2" in err


def test_a_proposal_brings_its_schedule_rules_and_operator(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.route.toml").write_text(
        'name = "flight"\nwaypoints = ["VKO", "BUD"]\navoid = ["eu-ban-russia"]\noperator = "RUS"\n'
        'depart = 2025-10-23T08:00:00Z\nspeed = "800km/h"\nwhy = "a test"\nexpect = "crosses"\n',
        encoding="utf-8",
    )
    status, out, _ = run("permits", "p.route.toml", "-f", "json")
    told = json.loads(out)
    assert (status, told["times"], told["operator"]["state"]) == (0, "schedule", "RUS")
    assert told["arrive"]["time"] == "2025-10-23T09:55:17Z"  # 1537.023 km at 800 km/h
    assert told["states"][-1]["stays"][0]["rules"][0]["binds_operator"] is True


def test_the_text_of_a_request_can_be_had_to_be_changed(run: Run, tmp_path: Path) -> None:
    status, _, err = run("new", "request")
    assert (status, (tmp_path / "request.txt").read_text(encoding="utf-8")) == (0, DEFAULT)
    assert "--template request.txt" in err
    assert run("new", "request")[0] == 2  # nobody's work is written over
    assert run("new", "request", "-o", "-")[:2] == (0, DEFAULT)
