"""The command line: its contract (formats, exit status, one line for bad input) and how fast it starts."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

import pytest

import overflight
from overflight.cli import candidates, cli, main
from overflight.cli.tables import boxed, csv_text, tsv_text
from overflight.cli.writing import write_whole
from overflight.detours.model import Opening
from overflight.errors import DataError
from overflight.geodata import load_airspaces

Run = Callable[..., tuple[int, str, str]]
ROUTES = Path(__file__).parent.parent / "routes"
STUDY = ("VKO", "BUD", "--avoid", "icc", "--on", "2025-10-23")
HEAVY = (
    "numba",
    "geographiclib",
    "overflight.crossings.bulk",
    "numpy",
    "shapely",
    "pyproj",
    "geopandas",
    "pandas",
    "folium",
    "airportsdata",
    "overflight.maps",
)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in an empty folder; returns status, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def runner(*arguments: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main([str(a) for a in arguments])
        told = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, told.out, told.err

    return runner


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter="\t"))


# what CLI.md promises: a type, or a list of one shape, or a dict of keys; None marks what may be null
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


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("check", "VKO", "BUD"), 0),
        (("check", *STUDY), 1),
        (("check", *STUDY, "--exit-zero"), 0),
        (("check", *STUDY, "--allow", "UKR,POL,SVK,HUN"), 0),
        (("check", "VKO", "BUD", "--avoid", "DEU"), 0),
        (("check", "VKO", "BUD", "--avoid", "LTU", "--margin", "900km"), 1),
        (("check", ROUTES), 1),
        (("check", ROUTES / "moscow-budapest-bulgaria-consent.route.toml"), 0),
        ((), 0),
        (("--version",), 0),
        (("check", "--help"), 0),
        (("check",), 2),
        (("chekc",), 2),
    ],
)
def test_the_exit_status_tells_the_verdict(run: Run, arguments: Sequence[str | Path], status: int) -> None:
    assert run(*arguments)[0] == status


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
def test_rows_say_who_claims_a_stay_and_in_which_territory(run: Run, form: str) -> None:
    """Over Kashmir, and over Greenland; the columns stand last, so that those before them keep their places."""
    delimiter = "," if form == "csv" else "\t"
    for places, state, territory, claimants in (
        (("DEL", "SXR"), "IND", "IND", {"IND", "PAK"}),
        (("64.1,-51.0", "64.3,-50.0"), "DNK", "GRL", set()),
    ):
        _, out, _ = run("check", *places, "--on", "2025-10-23", "-f", form)
        header, *rows = csv.reader(io.StringIO(out, newline=""), delimiter=delimiter)
        assert header[-4:] == ["entry_time", "exit_time", "claimants", "territory"]
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


# bad input: one line on standard error, status 2, nothing on standard output, no file left behind


def bad_files(folder: Path) -> None:
    (folder / "empty.geojson").touch()
    (folder / "broken.route.toml").write_text("name = ", encoding="utf-8")
    (folder / "broken.geojson").write_text("{", encoding="utf-8")
    (folder / "other.geojson").write_text('{"a": 1}', encoding="utf-8")
    (folder / "utf16.geojson").write_text('{"type": "LineString"}', encoding="utf-16-le")
    (folder / "latin.route.toml").write_bytes('name = "Köln"'.encode("latin-1"))
    with (folder / "large.geojson").open("wb") as file:
        file.truncate(100_000_000)
    with (folder / "large.route.toml").open("wb") as file:
        file.truncate(100_000_000)
    (folder / "old.route.toml").write_text(
        'name = "x"\non = 2025-10-32\nwaypoints = ["VKO", "BUD"]\n', encoding="utf-8"
    )
    (folder / "nothing").mkdir()
    (folder / "WAW").mkdir()
    (folder / "a.gpx").write_text("<gpx/>", encoding="utf-8")
    (folder / "a.fit").write_text("FIT", encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("check", "VKO", "Budapest"), "unknown place 'Budapest': did you mean BUD (Budapest)?"),
        (("check", "95,37", "BUD"), "looks swapped: write 37,95"),
        (("check", "55,370", "BUD"), "longitude 370 is off the Earth"),
        (("check", "nan,3", "VKO"), "finite"),
        (("check", "5560N03716E", "VKO"), "60 minutes can't be"),
        (("check", "12,5,19,1", "VKO"), "can be read as"),
        (("check", "VKO"), "two or more waypoints"),
        (("check", "VKO", "VKO"), "goes nowhere"),
        (("check", "55.5915,37.2615", "UUWW"), "goes nowhere"),
        (("check", "55,37", "-55,-143"), "not unique: put a waypoint in between"),
        (("check", "VKO", "./WAW"), "can't be mixed"),
        (
            ("check", "VKO", "WAW"),
            "'WAW' can be read as a place and as a folder: write ./WAW for that, or 52.16",
        ),
        (("check", "VKO", "SVO", "--on", "2025-13-01"), "'2025-13-01' is no date: write it as 2025-10-23"),
        (("check", "VKO", "SVO", "--on", "20251023"), "is no date"),
        (("check", "VKO", "SVO", "--on", "yesterday"), "is no date"),
        (("check", "VKO", "SVO", "--margin", "5"), "with the unit"),
        (("check", "VKO", "SVO", "--avoid", "icx"), "did you mean icc?"),
        (("check", "VKO", "SVO", "--avoid", "icc - HUX"), "column 7"),
        (("check", "VKO", "SVO", "--allow", "XXQ"), "--allow: unknown state 'XXQ'"),
        (("check", "VKO", "SVO", "--view", "mine"), "'mine' is no view: use de-jure or de-facto"),
        (("check", "VKO", "SVO", "--bloc", "mine"), "give a name and a file, as in mine=members.csv"),
        (("check", "VKO", "SVO", "--bloc", "mine=no.csv"), "no.csv: can't be read (no such file or directory)"),
        (("states", "--bloc", "icc=no.csv"), "'icc' is the name of a bloc or a state already"),
        (("check", "VKO", "SVO", "--avoidd", "icc"), "No such option"),
        (("check", "VKO", "SVO", "-f", "xml"), "'xml' is not one of"),
        (("check",), "give places (VKO BUD) or files"),
        (("check", "missing.geojson"), "missing.geojson: can't be read (no such file or directory)"),
        (("check", "nowhere/missing"), "can't be read"),
        (("check", "empty.geojson"), "empty.geojson: the file is empty"),
        (("check", "broken.route.toml"), "broken.route.toml: not TOML"),
        (("check", "broken.geojson"), "broken.geojson, line 1, column 2: not JSON"),
        (("check", "other.geojson"), "other.geojson: the top level: expected a GeoJSON object"),
        (("check", "utf16.geojson"), "NUL bytes"),
        (("check", "latin.route.toml"), "latin.route.toml, line 1: byte 0xf6 is not UTF-8"),
        (("check", "large.geojson"), "large.geojson: 100 MB is more than the 50 MB"),
        (("check", "large.route.toml"), "large.route.toml: 100 MB is more than the 1 MB"),
        (("check", "old.route.toml"), "old.route.toml: not TOML: "),
        (("check", "./a.fit"), "a.fit: .fit is not read here: convert it to one of GeoJSON"),
        (("check", "a.gpx"), "a.gpx: no route (<rte>) or track (<trk>) with two points or more in it"),
        (
            ("check", "VKO", "BUD", "-o", "a.kml"),
            "a.kml: results are tables, JSON, CSV or GeoJSON: `overflight",
        ),
        (("convert", "VKO", "BUD", "-o", "a.txt"), "a.txt: routes are not written as .txt: end the name in .geojson"),
        (("convert", "VKO", "51,21", "-f", "fpl"), "51,21 is no aerodrome with an ICAO code"),
        (("check", "nothing"), "nothing: no route file in this folder"),
        (("check", "VKO", "SVO", "-o", "no/such/folder.json"), "can't be written (no such file or directory)"),
        (("check", "VKO", "SVO", "-o", "nothing"), "nothing: can't be written (it is a folder)"),
        (("check", "VKO", "SVO", "--map", "no/such/map.html"), "can't be written"),
        (("map", "VKO", "SVO"), "Missing option '-o'"),
        (("map", "missing.geojson", "-o", "m.html"), "missing.geojson: can't be read"),
        (("routes", "VKO"), "Missing argument"),
        (("routes", "VKO", "VKO", "--avoid", "icc"), "goes nowhere"),
        (("states", "icx"), "did you mean icc?"),
        (("states", "icc", "--on", "x"), "'x' is no date"),
        (("states", "icc", "-f", "geojson"), "'geojson' is not one of"),
        (("data", "repair"), "'repair' is not 'verify'"),
        (("nonsense",), "No such command"),
        (("check", "VKO\x1b[31m\n", "SVO"), "unknown place"),
    ],
)
def test_bad_input_is_one_line_and_status_2(run: Run, tmp_path: Path, arguments: Sequence[str], told: str) -> None:
    bad_files(tmp_path)
    before = {p: p.stat().st_size for p in tmp_path.rglob("*")}
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("overflight: error: ")
    assert err.count("\n") == 1
    assert err[:-1].isprintable()
    assert told in err
    assert {p: p.stat().st_size for p in tmp_path.rglob("*")} == before


def test_a_mistake_of_ours_is_told_in_one_line_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("overflight.cli.commands.judge_all", broken)
    status, _, err = run("check", "VKO", "BUD")
    assert (status, err.count("\n")) == (2, 1)
    assert "unexpected ZeroDivisionError" in err
    monkeypatch.setenv("OVERFLIGHT_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["check", "VKO", "BUD"])


def test_an_interrupt_ends_quietly(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("overflight.cli.commands.judge_all", interrupted)
    assert run("check", "VKO", "BUD")[::2] == (130, "")


# files


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
    assert len(document["routes"]) == len(list(ROUTES.glob("*.route.toml")))
    assert all(r["as_expected"] for r in document["routes"])
    assert document["on"] == "2025-10-23"
    allowed = {r["name"]: r.get("allow", document["allow"]) for r in document["routes"]}
    assert sorted(allowed.values()) == [[]] * (len(allowed) - 1) + [["BGR", "HUN", "SRB"]]


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


def test_the_suffix_of_the_output_tells_the_format(run: Run, tmp_path: Path) -> None:
    for suffix, start in ((".json", "{\n"), (".csv", "route,kind"), (".geojson", '{"type"'), (".txt", "route\tkind")):
        assert run("check", *STUDY, "-o", f"out{suffix}")[1] == ""
        assert (tmp_path / f"out{suffix}").read_text(encoding="utf-8").startswith(start)


def test_an_output_replaces_a_file_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    link = tmp_path / "link.txt"
    link.symlink_to(path)
    write_whole(link, "new")
    assert (link.is_symlink(), path.read_text(encoding="utf-8")) == (True, "new")
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.txt", "out.txt"]


def test_a_failed_output_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(DataError, match="no space left on device"):
        write_whole(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out.txt"]


def test_an_output_may_be_a_device() -> None:
    write_whole(Path(os.devnull), "x")
    assert not Path(os.devnull).is_file()


# text


def test_a_spreadsheet_runs_nothing() -> None:
    text = csv_text(("a",), [["=cmd()"], ["+1"], ["-x"], ["@y"], [" =z"], ["\t=t"], [-1.5], ["ok"]])
    assert text.splitlines() == ["a", "'=cmd()", "'+1", "'-x", "'@y", "' =z", "' =t", "-1.5", "ok"]


def test_names_from_files_cannot_move_the_cursor(run: Run, tmp_path: Path) -> None:
    evil = {
        "type": "Feature",
        "properties": {"name": "=1\x1b[2J\t\n\u202eevil"},
        "geometry": {"type": "LineString", "coordinates": [[37, 55], [19, 47]]},
    }
    (tmp_path / "evil.geojson").write_text(json.dumps(evil), encoding="utf-8")
    for form in ("table", "csv"):
        _, out, err = run("check", "evil.geojson", "-f", form)
        assert all(c.isprintable() or c in "\t\r\n" for c in out + err)
    assert len(rows_of(run("check", "evil.geojson")[1])[0]) == len(rows_of(run("check", *STUDY)[1])[0])
    assert "'=1" in run("check", "evil.geojson", "-f", "csv")[1]


def test_tables_line_up() -> None:
    lines = boxed(("name", "km"), [["Poland", 49.7], ["Åland", 1234.5]]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[3] == "│ Poland │    49.7 │"
    assert tsv_text(("a", "b"), [["x\ty", None], [True, 1.25]]) == "a\tb\nx y\t\ntrue\t1.25\n"


def test_a_table_is_narrowed_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lines = boxed(("a", "b"), [["x" * 100, "y"]], texts={"a"}).splitlines()
    assert {len(line) for line in lines} == {40}
    assert sum(line.count("x") for line in lines) == 100


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_a_terminal_gets_boxes_and_colours_unless_it_wants_none(
    monkeypatch: pytest.MonkeyPatch, no_color: str, coloured: bool
) -> None:
    screen = _Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "140")
    with pytest.raises(SystemExit):
        main(["check", *STUDY])
    text = screen.getvalue()
    assert "│ POL   │ Poland" in text
    assert "on 2025-10-23; avoid icc" in text
    assert ("\x1b[" in text) is coloured


# the other commands


def test_states_of_a_bloc_come_with_their_membership(run: Run) -> None:
    status, out, err = run("states", "icc", "--on", "2025-10-23", "-f", "json")
    document = json.loads(out)
    assert status == 0
    assert (document["schema"], document["on"], document["ruleset"]) == (1, "2025-10-23", "icc")
    states = {row["state"]: row for row in document["states"]}
    assert len(states) == 125
    assert "125 states; on 2025-10-23" in err
    assert states["POL"] | {"source": ""} == {
        "state": "POL",
        "name": "Poland",
        "since": "2002-07-01",
        "until": None,
        "source": "",
        "verified": True,
        "note": states["POL"]["note"],
        "except_territories": [],
        "territories": [],
        "only_territories": [],
    }
    assert states["NZL"]["except_territories"] == ["TKL"]
    assert states["UKR"]["since"] == "2025-01-01"
    assert "BDI" not in states


def test_states_of_an_algebra(run: Run) -> None:
    document = json.loads(run("states", "(icc & POL) | BLR", "-f", "json")[1])
    assert [(row["state"], row["since"]) for row in document["states"]] == [("BLR", None), ("POL", "2002-07-01")]


def test_every_state_is_listed_with_its_blocs(run: Run) -> None:
    document = json.loads(run("states", "--on", "2025-10-23", "-f", "json")[1])
    blocs = {row["state"]: row["blocs"] for row in document["states"]}
    assert document["ruleset"] is None
    assert blocs["POL"] == ["eea", "eu", "eu-ban-russia", "icc", "nato", "russia-ban", "schengen"]
    assert blocs["RUS"] == []
    assert set(blocs) == set(load_airspaces().states)
    rows = rows_of(run("states", "--on", "2025-10-23")[1])
    assert {r["state"]: r["blocs"].split() for r in rows} == blocs


def test_an_empty_rule_set_lists_nobody(run: Run) -> None:
    assert json.loads(run("states", "POL - POL", "-f", "json")[1])["states"] == []
    assert run("states", "POL - POL")[0] == 0
    assert "has no member on 2025-10-23" in run("check", "VKO", "BUD", "--avoid", "POL - POL", "--on", "2025-10-23")[2]


def test_data_tells_version_source_licence_and_accuracy(run: Run) -> None:
    status, out, _ = run("data")
    world = load_airspaces()
    assert status == 0
    for part in (world.version, "ODbL", "© OpenStreetMap contributors", "sha256", f"{world.accuracy_m:g} m"):
        assert part in out
    assert json.loads(run("data", "-f", "json")[1])["version"] == world.version


def test_data_verify_compares_the_installed_files(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = run("data", "verify")
    assert status == 0
    assert "match the manifest" in out
    monkeypatch.setattr("overflight.cli.listings.DATA", tmp_path)
    (tmp_path / "pieces.csv").write_text("changed", encoding="utf-8")
    status, out, err = run("data", "verify")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "pieces.csv (" in err
    assert "airspace.bin (no such file" in err


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


def test_every_command_is_helped_with_an_example() -> None:
    for name, command in cli.commands.items():
        assert command.help, name
        assert f"Example: overflight {name}" in str(command.epilog), name
    known = {"demo", "check", "routes", "states", "map", "convert", "batch", "new", "schema", "data"}
    assert set(cli.commands) == known


def test_help_is_not_cut_and_examples_stay_on_one_line(run: Run) -> None:
    assert "..." not in run("--help")[1].split("Commands:")[1]
    for name, command in cli.commands.items():
        assert str(command.epilog) in run(name, "--help")[1], name


# processes


def overflight_process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "overflight", *arguments], capture_output=True, text=True, check=False, **options
    )


def test_the_module_runs_and_a_missing_reader_is_no_traceback() -> None:
    done = overflight_process("check", *STUDY, "-f", "json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["schema"] == 1
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "overflight", "check", *[str(ROUTES)] * 4, "-f", "geojson"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
        assert process.wait(30) == 141


def test_a_narrow_encoding_prints_what_it_can() -> None:
    done = overflight_process("states", env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert done.returncode == 0
    assert "C\\xf4te d'Ivoire" in done.stdout


def test_a_plain_check_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom overflight.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    print(*sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, "check", *STUDY], capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.split())
    assert "overflight.crossings" in loaded
    assert not [m for m in HEAVY if m in loaded]


# candidates: the search itself is tested with its own module; here, what is printed of it


def test_routes_prints_candidates_and_whose_consent_each_needs(run: Run, tmp_path: Path) -> None:
    status, out, err = run(
        "routes", "VIE", "BUD", "--avoid", "HUN | SVK", "--on", "2025-10-23", "-f", "json", "--map", "m.html"
    )
    document = json.loads(out)
    assert status == 1
    assert_shape(document, DOCUMENT)
    assert document["avoid"] == ["HUN | SVK"]
    direct, *detours = document["routes"]
    assert (direct["kind"], direct["verdict"]["status"]) == ("great-circle", "crosses")
    assert "consents" not in direct
    assert detours
    for row in detours:
        assert row["kind"] == "detour"
        assert row["verdict"]["status"] == "clear"
        assert row["extension_km"] > 0.0
        assert row["gap_pct"] is None or row["gap_pct"] >= 0.0
        entered = {f["state"] for f in row["verdict"]["findings"] if f["length_km"] > 0.0}
        assert set(row["consents"]) == entered
    assert document["minimal_consents"][0]["consents"] == detours[0]["consents"] == ["HUN"]
    assert document["minimal_consents"][0]["status"] == "route"
    assert document["searched_size"] >= 1
    assert document["barrier"] == ["HUN"]
    assert "avoid HUN | SVK" in err
    assert (tmp_path / "m.html").stat().st_size > 100_000


def test_routes_exits_with_0_if_a_candidate_needs_no_consent(run: Run) -> None:
    status, out, _ = run("routes", "PRG", "BUD", "--avoid", "SVK")
    rows = rows_of(out)
    assert status == 0
    assert [(r["kind"], r["consents"], r["status"]) for r in rows] == [
        ("great-circle", "SVK", "crosses"),
        ("detour", "", "clear"),
    ]


def test_the_demo_prints_the_study_and_draws_it(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overflight.cli.commands.DEMO", (("PRG", "BUD"), dt.date(2025, 10, 23), "SVK"))
    status, out, err = run("demo")
    assert status == 0
    assert "PRG-BUD\tgreat-circle\t2025-10-23" in out
    assert "detour" in out
    assert "on 2025-10-23; avoid SVK" in err
    assert (tmp_path / "maps" / "moscow-budapest.html").is_file()
    (tmp_path / "other").touch()
    assert run("demo", "-o", "other/map.html")[0] == 2


def test_every_status_that_a_consent_set_can_have_has_words_for_the_table() -> None:
    statuses = set(get_args(Opening))
    assert set(candidates.STATUS_WORDS) == statuses - {"route"}


# views, territories, blocs of one's own


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


def test_states_tells_which_territories_differ(run: Run) -> None:
    """Greenland and the Faroe Islands came under the Rome Statute later than Denmark; Tokelau never did."""
    document = json.loads(run("states", "icc", "--on", "2005-01-01", "-f", "json")[1])
    (denmark,) = (row for row in document["states"] if row["state"] == "DNK")
    assert denmark["except_territories"] == ["FRO"]
    found = {t["territory"]: (t["bloc"], t["reached"], t["since"], t["verified"]) for t in denmark["territories"]}
    assert found == {"FRO": ("icc", False, "2006-10-01", True), "GRL": ("icc", True, "2004-10-01", True)}
    rows = {row["state"]: row for row in rows_of(run("states", "icc", "--on", "2005-01-01")[1])}
    assert rows["DNK"]["except_territories"] == "FRO"
    assert rows["DNK"]["territories"] == "FRO out (from 2006-10-01); GRL in (from 2004-10-01)"
    assert rows["NZL"]["territories"] == "TKL out"
    (only,) = json.loads(run("states", "GRL", "-f", "json")[1])["states"]
    assert (only["state"], only["except_territories"]) == ("DNK", ["DNK", "FRO"])


def test_a_treaty_counts_only_where_it_extends(run: Run) -> None:
    """Tokelau is New Zealand's, and the Rome Statute does not extend to it; Greenland's date differs from Denmark's."""
    over_tokelau = ("-9.15,-171.9", "-9.2,-171.8", "--avoid")
    _, out, err = run("check", *over_tokelau, "icc", "--on", "2025-10-23", "-f", "json")
    (tokelau,) = json.loads(out)["routes"]
    assert (tokelau["crossings"][0]["territory"], tokelau["crossings"][0]["blocs"]) == ("TKL", [])
    assert tokelau["verdict"]["status"] == "clear"
    assert json.loads(out)["except_territories"] == ["TKL"]
    assert "leaving out TKL" in err
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
    assert direct["crossings"][1]["blocs"] == ["mine"]
    (tmp_path / "b.csv").write_text("state,since\nBLR,2020-13-01\n", encoding="utf-8")
    status, _, err = run("states", "mine", *own)
    assert status == 2
    assert "b.csv, line 2, column 'since': expected a date such as 2025-10-23, found '2020-13-01'" in err


def test_unverified_memberships_are_told_apart(run: Run) -> None:
    for form in ("table", "csv"):
        _, out, err = run("states", "eu-ban-russia", "--on", "2025-10-23", "-f", form)
        rows = list(csv.DictReader(io.StringIO(out), delimiter="\t" if form == "table" else ","))
        doubtful = {r["state"] for r in rows if r["verified"] == "false"}
        assert doubtful == {"LIE"}
        assert "1 of them by a source that is not verified" in err


def test_data_lists_blocs_and_disputes_with_who_holds_them(run: Run) -> None:
    _, out, _ = run("data")
    assert "UKR de jure, RUS de facto; claimed by UKR, RUS" in out
    assert "eu: 28 memberships, 0 not verified" in out
    assert "icc: 127 memberships, 6 not verified; 22 territories with a standing of their own, 4 not verified" in out
    document = json.loads(run("data", "-f", "json")[1])
    assert document["views"] == ["de-jure", "de-facto"]
    golan = next(d for d in document["disputes"] if d["disputed"].startswith("Golan"))
    assert (golan["de_jure"], golan["de_facto"]) == ("SYR", "ISR")
    assert {b["name"] for b in document["blocs"]} == set(overflight.blocs())


def test_data_verify_finds_a_table_that_nobody_signed_for(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("overflight.cli.listings.DATA", tmp_path)
    (tmp_path / "mine.csv").write_text("state\n", encoding="utf-8")
    assert "mine.csv (not in the manifest)" in run("data", "verify")[2]


# what is printed adds up, and odd streams


@pytest.mark.parametrize("places", [("VKO", "BUD"), ("0,0", "0,179"), ("CPH", "HKG"), ("GRU", "NRT")])
def test_printed_stays_and_high_seas_add_up_to_the_printed_length(run: Run, places: tuple[str, str]) -> None:
    _, out, _ = run("check", *places, "--on", "2025-10-23", "-f", "json")
    (route,) = json.loads(out)["routes"]
    inside = sum(stay["length_km"] for stay in route["crossings"])
    assert inside + route["high_seas_km"] == pytest.approx(route["length_km"], abs=1e-6)
    assert inside == pytest.approx(sum(route["states_km"].values()), abs=1e-6)
    for stay in route["crossings"]:
        assert stay["exit_km"] - stay["entry_km"] == pytest.approx(stay["length_km"], abs=1e-6)


@pytest.mark.parametrize(
    ("redirection", "status", "words"),
    [
        (">&-", 0, "no rule given"),
        (">/dev/full", 2, "can't be written (no space left on device)"),
    ],
)
def test_a_closed_or_full_standard_output_is_no_fault_of_ours(redirection: str, status: int, words: str) -> None:
    command = f"'{sys.executable}' -m overflight check VKO BUD --on 2025-10-23 {redirection}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert (done.returncode, len(done.stderr.splitlines())) == (status, 1)
    assert words in done.stderr


def test_a_closed_standard_input_is_said_so() -> None:
    command = f"'{sys.executable}' -m overflight check - <&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert done.returncode == 2
    assert "standard input is closed" in done.stderr


def test_without_a_rule_the_great_circle_is_the_only_candidate(run: Run) -> None:
    status, out, _ = run("routes", "VKO", "BUD", "--on", "2025-10-23")
    (row,) = rows_of(out)
    assert (status, row["n"], row["kind"], row["status"]) == (0, "1", "great-circle", "clear")


def test_two_results_are_not_written_to_one_file(run: Run, tmp_path: Path) -> None:
    page = str(tmp_path / "a.html")
    status, _, err = run("check", "VKO", "BUD", "-o", page, "--map", page)
    assert status == 2
    assert "give two files" in err
    assert not Path(page).exists()
