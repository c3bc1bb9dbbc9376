"""`check` and `map`: every format, files and places, views and territories."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import tomllib
from pathlib import Path

import pytest

import overflight
from overflight.airspace import load_airspaces
from tests.commands import DOCUMENT, ROUTES, STUDY, Run, assert_shape, rows_of


def test_json_of_check_is_schema_1(run: Run) -> None:
    status, out, err = run("check", *STUDY, "-f", "json")
    assert status == 1
    assert "on 2025-10-23" in err
    document = json.loads(out)
    assert_shape(document, DOCUMENT)
    assert document["schema"] == 1
    assert document["overflight"] == overflight.__version__
    assert document["data"] == load_airspaces().version
    assert (document["view"], document["on"]) == ("de-jure", "2025-10-23")
    assert (document["avoid"], document["allow"], document["margin_km"]) == (["icc"], [], 0.0)
    (direct,) = document["routes"]
    assert (direct["name"], direct["kind"], direct["length_km"]) == ("VKO-BUD", "great-circle", 1537.023)
    assert direct["waypoints"][0] == {"name": "VKO", "lon": 37.2615, "lat": 55.5915}
    assert (direct["extension_km"], direct["extension_pct"]) == (0.0, 0.0)
    assert list(direct["states_km"]) == ["RUS", "BLR", "UKR", "POL", "SVK", "HUN"]
    assert direct["crossings"][0]["role"] == "departure"
    assert direct["crossings"][-1]["role"] == "arrival"
    assert {"eu", "icc"} <= set(direct["crossings"][-1]["blocs"])
    total = sum(c["length_km"] for c in direct["crossings"]) + direct["high_seas_km"]
    assert total == pytest.approx(direct["length_km"], abs=0.01)
    assert direct["verdict"]["status"] == "crosses"
    crossed = {f["state"] for f in direct["verdict"]["findings"] if f["status"] == "crosses"}
    assert crossed == {"UKR", "POL", "SVK", "HUN"}


def test_options_stand_in_the_json(run: Run) -> None:
    _, out, _ = run("check", *STUDY, "--avoid", "icc - HUN", "--allow", "POL,svk", "--margin", "5nm", "-f", "json")
    document = json.loads(out)
    assert document["avoid"] == ["icc", "icc - HUN"]
    assert document["allow"] == ["POL", "SVK"]
    assert document["margin_km"] == 9.26
    assert {f["rule"] for f in document["routes"][0]["verdict"]["findings"]} == {"icc", "icc - HUN"}


def test_a_pipe_gets_plain_rows(run: Run) -> None:
    _, out, err = run("check", *STUDY)
    rows = rows_of(out)
    assert [r["state"] for r in rows if r["forbidden_by"] == "icc"] == ["UKR", "POL", "SVK", "HUN"]
    assert {r["on"] for r in rows} == {"2025-10-23"}
    assert "\x1b" not in out + err
    assert "│" not in out


def test_csv_has_a_row_a_crossing(run: Run) -> None:
    _, out, _ = run("check", *STUDY, "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    poland = next(r for r in rows if r["state"] == "POL")
    assert float(poland["length_km"]) == pytest.approx(49.7, abs=0.5)
    assert float(poland["exit_km"]) - float(poland["entry_km"]) == pytest.approx(float(poland["length_km"]), abs=2e-3)
    assert (poland["role"], poland["status"]) == ("overflight", "crosses")
    assert "icc" in poland["blocs"].split()


@pytest.mark.parametrize("form", ["csv", "table"])
def test_rows_say_who_claims_a_crossing_and_in_which_territory(run: Run, form: str) -> None:
    """Over Kashmir, and over Greenland; new columns stand behind, so that those before them keep their places."""
    delimiter = "," if form == "csv" else "\t"
    for places, state, territory, claimants in (
        (("DEL", "SXR"), "IND", "IND", {"IND", "PAK"}),
        (("64.1,-51.0", "64.3,-50.0"), "DNK", "GRL", set()),
    ):
        _, out, _ = run("check", *places, "--on", "2025-10-23", "-f", form)
        header, *rows = csv.reader(io.StringIO(out, newline=""), delimiter=delimiter)
        assert header[20:24] == ["entry_time", "exit_time", "claimants", "territory"]
        last = dict(zip(header, rows[-1], strict=True))
        assert (last["state"], last["territory"], set(last["claimants"].split())) == (state, territory, claimants)


def test_a_route_over_the_high_seas_has_a_row_too(run: Run) -> None:
    _, out, _ = run("check", "30,-40", "35,-45")
    (row,) = rows_of(out)
    assert (row["state"], row["status"]) == ("", "clear")


def test_geojson_has_the_route_and_its_crossings(run: Run) -> None:
    _, out, _ = run("check", "60,170", "60,-160", "--avoid", "USA", "-f", "geojson")
    document = json.loads(out)
    kinds = [f["properties"]["feature"] for f in document["features"]]
    assert document["type"] == "FeatureCollection"
    assert kinds[0] == "route"
    assert set(kinds[1:]) == {"crossing"}
    assert document["features"][0]["geometry"]["type"] == "MultiLineString"
    assert any(f["properties"].get("forbidden_by") == ["USA"] for f in document["features"])


def test_the_date_used_is_today_in_utc_and_printed(run: Run) -> None:
    before = dt.datetime.now(tz=dt.UTC).date()
    _, out, err = run("check", "VKO", "BUD", "-f", "json")
    assert before <= dt.date.fromisoformat(json.loads(out)["on"]) <= dt.datetime.now(tz=dt.UTC).date()
    assert json.loads(out)["on"] in err


def test_a_negative_latitude_is_a_place(run: Run) -> None:
    plain = run("check", "-10.5,20", "-33.9,18.6", "-f", "csv")
    dashes = run("check", "-f", "csv", "--", "-10.5,20", "-33.9,18.6")
    assert plain[:2] == dashes[:2]
    assert plain[1].count("\r\n") >= 3


def test_files_folders_and_places_may_be_checked_again_from_their_json(run: Run, tmp_path: Path) -> None:
    assert run("check", *STUDY, "-o", "direct.json")[0] == 1
    assert (tmp_path / "direct.json").read_text(encoding="utf-8").startswith('{\n "schema": 1')
    status, out, _ = run("check", "direct.json", "--avoid", "icc", "--on", "2025-10-23", "-f", "json")
    assert status == 1
    assert json.loads(out)["routes"] == json.loads((tmp_path / "direct.json").read_text(encoding="utf-8"))["routes"]


def test_a_folder_of_proposals_keeps_each_date_and_rule(run: Run) -> None:
    _, out, _ = run("check", ROUTES, "-f", "json")
    document = json.loads(out)
    assert_shape(document, DOCUMENT)
    written = [tomllib.loads(path.read_text(encoding="utf-8")) for path in ROUTES.glob("*.route.toml")]
    dates = [str(one["on"]) for one in written for _ in one.get("route", [one])]
    assert len(document["routes"]) == len(dates)
    assert all(r["as_expected"] for r in document["routes"])
    found = {
        r["name"]: {key: r.get(key, document[key]) for key in ("on", "avoid", "allow")} for r in document["routes"]
    }
    assert sorted(one["on"] for one in found.values()) == sorted(dates)
    rules = {tuple(one["avoid"]) for one in found.values()}
    assert rules == {("icc",), ("RUS",), ("RUS", "closed"), ("eu-ban-russia",)}
    allowed = [one["allow"] for one in found.values() if one["allow"]]
    assert sorted(allowed) == [["BGR", "HUN", "SRB"], ["GRC", "ITA"]]


def test_options_override_a_proposal(run: Run) -> None:
    file = ROUTES / "moscow-budapest-direct.route.toml"
    status, out, _ = run("check", file, "--avoid", "DEU", "--on", "2020-01-01", "-f", "json")
    document = json.loads(out)
    assert status == 0
    assert (document["on"], document["avoid"]) == ("2020-01-01", ["DEU"])
    assert document["routes"][0]["as_expected"] is None


@pytest.mark.parametrize("kind", ["geojson", "csv", "toml"])
def test_standard_input_takes_each_text_format(run: Run, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    texts = {
        "geojson": '{"type": "LineString", "coordinates": [[37.2615, 55.5915], [19.2556, 47.4369]]}',
        "csv": "lon,lat\n37.2615,55.5915\n19.2556,47.4369\n",
        "toml": 'name = "x"\non = 2025-10-23\nwaypoints = ["VKO", "BUD"]\navoid = ["icc"]\n',
    }
    stdin = io.TextIOWrapper(io.BytesIO(texts[kind].encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    _, out, _ = run("check", "-", "-f", "json")
    assert json.loads(out)["routes"][0]["length_km"] == 1537.023


def test_a_map_is_drawn_beside_the_report(run: Run, tmp_path: Path) -> None:
    status, out, err = run("check", *STUDY, "--map", "m.html")
    assert status == 1
    assert "wrote m.html" in err
    assert rows_of(out)
    assert (tmp_path / "m.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_map_draws_files_of_one_date(run: Run, tmp_path: Path) -> None:
    one = ROUTES / "moscow-budapest-direct.route.toml"
    other = tmp_path / "other.route.toml"
    other.write_text(one.read_text(encoding="utf-8").replace("2025-10-23", "2025-10-24"), encoding="utf-8")
    status, _, err = run("map", one, other, "-o", "m.html")
    assert (status, (tmp_path / "m.html").exists()) == (2, False)
    assert "2 different dates" in err
    assert run("map", one, other, "--on", "2025-10-23", "-o", "m.html")[0] == 0
    assert (tmp_path / "m.html").stat().st_size < 2_500_000


def test_the_view_decides_whose_a_disputed_part_is_and_every_output_says_so(run: Run) -> None:
    """Odesa to Yalta over Crimea: Ukraine's in law, Russia's in fact, disputed in either."""
    place = ("46.43,30.68", "44.9,34.2")
    for view, state in (("de-jure", "UKR"), ("de-facto", "RUS")):
        _, out, err = run("check", *place, "--avoid", "RUS", "--on", "2025-10-23", "--view", view, "-f", "json")
        document = json.loads(out)
        last = document["routes"][0]["crossings"][-1]
        assert (document["view"], last["state"], last["territory"]) == (view, state, "UKR")
        assert last["disputed"].startswith("Crimea")
        assert last["claimants"] == ["UKR", "RUS"]
        assert document["routes"][0]["verdict"]["status"] == ("crosses" if state == "RUS" else "clear")
        assert f"{view} view" in err
        rows = rows_of(run("check", *place, "--on", "2025-10-23", "--view", view)[1])
        assert (rows[-1]["state"], rows[-1]["disputed"][:6]) == (state, "Crimea")


def test_a_territory_may_be_a_rule(run: Run) -> None:
    over_nuuk = ("check", "64.1,-51.0", "64.3,-50.0", "--on", "2025-10-23", "--avoid")
    for rule, status in (("GRL", 1), ("DNK", 1), ("DNK - GRL", 0), ("icc - GRL", 0), ("FRO", 0), ("Greenland", 1)):
        assert run(*over_nuuk, rule)[0] == status, rule
    assert run(*over_nuuk, "DNK - GRL", "--avoid", "GRL")[0] == 1
    status, out, err = run(*over_nuuk, "GRL", "--allow", "GRL")
    assert (status, out) == (2, "")
    assert "'GRL' is a territory of Denmark: write DNK" in err


def test_a_treaty_counts_only_where_it_extends(run: Run) -> None:
    """Tokelau is New Zealand's, and the Rome Statute does not extend to it; Greenland's date differs from Denmark's."""
    over_tokelau = ("-9.15,-171.9", "-9.2,-171.8", "--avoid")
    _, out, err = run("check", *over_tokelau, "icc", "--on", "2025-10-23", "-f", "json")
    (tokelau,) = json.loads(out)["routes"]
    assert (tokelau["crossings"][0]["territory"], tokelau["crossings"][0]["blocs"]) == ("TKL", [])
    assert tokelau["verdict"]["status"] == "clear"
    assert json.loads(out)["except_territories"] == ["TKL"]
    assert "but not Tokelau" in err
    assert run("check", *over_tokelau, "icc | NZL", "--on", "2025-10-23")[0] == 1
    status, out, _ = run("routes", *over_tokelau, "icc", "--on", "2025-10-23", "-f", "json")
    assert (status, json.loads(out)["routes"][0]["verdict"]["status"]) == (0, "clear")
    assert run("routes", *over_tokelau, "NZL", "--on", "2025-10-23")[0] == 1
    over_nuuk = ("64.1,-51.0", "64.3,-50.0", "--avoid", "icc", "--on")
    assert run("check", *over_nuuk, "2004-09-30")[0] == 0
    assert run("check", *over_nuuk, "2004-10-01")[0] == 1


def test_a_bloc_of_ones_own_may_be_named_like_any_other(run: Run, tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("state,since,until\nBLR,2020-01-01,\nPOL,2020-01-01,2025-01-01\n", encoding="utf-8")
    own = ("--bloc", "mine=b.csv", "--on", "2025-10-23")
    document = json.loads(run("states", "mine | RUS", *own, "-f", "json")[1])
    assert [(row["state"], row["since"], row["verified"]) for row in document["states"]] == [
        ("BLR", "2020-01-01", False),
        ("RUS", None, None),
    ]
    _, out, _ = run("check", "VKO", "BUD", "--avoid", "mine & BLR", *own, "-f", "json")
    (direct,) = json.loads(out)["routes"]
    assert {f["state"] for f in direct["verdict"]["findings"] if f["status"] == "crosses"} == {"BLR"}
    assert direct["crossings"][1]["blocs"] == ["easa-directive", "faa-kicz", "mine"]
    (tmp_path / "b.csv").write_text("state,since\nBLR,2020-13-01\n", encoding="utf-8")
    status, _, err = run("states", "mine", *own)
    assert status == 2
    assert "b.csv, line 2, column 'since': expected a date such as 2025-10-23, found '2020-13-01'" in err


@pytest.mark.parametrize("places", [("VKO", "BUD"), ("0,0", "0,179"), ("CPH", "HKG"), ("GRU", "NRT")])
def test_printed_crossings_and_high_seas_add_up_to_the_printed_length(run: Run, places: tuple[str, str]) -> None:
    _, out, _ = run("check", *places, "--on", "2025-10-23", "-f", "json")
    (route,) = json.loads(out)["routes"]
    inside = sum(crossing["length_km"] for crossing in route["crossings"])
    assert inside + route["high_seas_km"] == pytest.approx(route["length_km"], abs=1e-6)
    assert inside == pytest.approx(sum(route["states_km"].values()), abs=1e-6)
    for crossing in route["crossings"]:
        assert crossing["exit_km"] - crossing["entry_km"] == pytest.approx(crossing["length_km"], abs=1e-6)


@pytest.mark.slow
def test_a_map_for_paper_is_asked_for_by_the_name_of_its_file(run: Run, tmp_path: Path) -> None:
    status, _, err = run("check", *STUDY, "--map", "m.svg")
    assert (status, "wrote m.svg" in err) == (1, True)
    assert "<svg" in (tmp_path / "m.svg").read_text(encoding="utf-8")[:1000]
    status, out, err = run("check", *STUDY, "--map", "m.gif")
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert "give .html, .svg, .png or .pdf" in err
