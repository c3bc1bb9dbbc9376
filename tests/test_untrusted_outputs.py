"""Nothing that comes from outside is run, breaks a line, or is lost on its way out: each output, full of probes.

The lists of outputs are the commands' own: a format that a command gains fails here until it is read back.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import tomllib
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import click
import gpxpy
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from overflight.cli import ROOMS, cli, main
from overflight.outside.printable import json_text, one_line, plain_name, unguarded, visible
from overflight.routes import Route, read_routes, write_routes
from overflight.routes.places import Waypoint
from overflight.routes.writing import ONE_ROUTE, WRITABLE
from tests.commands import Run, Terminal, rows_of
from tests.probes import MARKER, PROBES, SINGLE, assert_harmless, drawn, lines, names_of

ON = ("--on", "2025-10-23")
TEXTS = [*PROBES, *SINGLE]
NAMES = names_of(TEXTS)
PROPOSAL: dict[str, Any] = {
    "name": "x",
    "on": "2025-10-23",
    "waypoints": ["50.0,9.0", "50.2,9.0"],
    "avoid": ["DEU |\n\t\x85HUN"],
    "never": ["AFG\u2028"],
    "allow": ["POL\u2028"],
    "margin": "1km",
    "max_extension_pct": 10,
    "expect": "crosses",
    "crosses": ["DEU"],
    "depart": "2025-10-23T08:00:00Z",
    "speed": "460kt",
    "operator": "RUS",
    "claims": ["enters\u2028DEU"],
    "aircraft": "narrow-body",
    "wind": "season",
    "why": "\n".join(PROBES),
    "sources": list(PROBES),
}
"""A text in each key that holds one."""
BLOC = {
    "state": "",
    "since": "2020-01-01",
    "name": "?",
    "until": "",
    "deposited": "",
    "withdrawal_notified": "",
    "withdrawal_revoked": "",
    "source": "?",
    "verified": "false",
    "note": "?",
    "extent": "whole",
    "begins": "",
    "ends": "",
    "confirmed_until": "2026-12-31",
}
"""A row of a bloc; ? is any text."""
BATCH = {"route": "?", "start": "VKO", "end": "BUD", "date": "2025-10-23", "time": "?"}


@pytest.fixture(autouse=True)
def _nothing_is_run_or_left_outside(tmp_path: Path) -> Iterable[None]:
    before = sorted(tmp_path.parent.iterdir())
    yield
    assert not list(tmp_path.rglob(MARKER))
    assert sorted(tmp_path.parent.iterdir()) == before


def choices(command: str) -> dict[str, tuple[str, ...]]:
    """Return what the options of a command may be, where it offers a choice."""
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    return {p.name or "": tuple(p.type.choices) for p in found.params if isinstance(p.type, click.Choice)}


def routes_of(texts: Iterable[str]) -> list[Route]:
    """Make routes with names that no reader has seen; their waypoints are called the same."""
    texts = list(texts)
    return [
        Route(tuple(Waypoint(lon, lat, text) for lon, lat in line), text)
        for text, line in zip(texts, lines(len(texts)), strict=True)
    ]


@pytest.fixture
def raw(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the command line judge routes with names as they are, as if no reader had made them one line."""
    from overflight.cli.inputs import plan
    from overflight.cli.options import Options

    def asked(_: object, options: Options, __: object = None) -> list[Any]:
        return [plan(route, options) for route in routes_of(TEXTS)]

    monkeypatch.setattr("overflight.cli.check.asked_routes", asked)
    monkeypatch.setattr("overflight.cli.convert.asked_routes", asked)


# What `check` prints --------------------------------------------------------------------------------------------------


def unquoted(text: str) -> str:
    """Return what stands in a plain row for a text, whose first quote would begin a quoted cell."""
    return r"\x22" + text[1:] if text.startswith('"') else text


def _in_table(out: str) -> list[str]:
    assert_harmless(out, but="\n\t")
    assert all(line.count("\t") == out.splitlines()[0].count("\t") for line in out.splitlines())
    return list(dict.fromkeys(row["route"] for row in rows_of(out)))


def _in_csv(out: str) -> list[str]:
    assert_harmless(out, but="\r\n")
    names = list(dict.fromkeys(row["route"] for row in csv.DictReader(io.StringIO(out, newline=""))))
    assert not [name for name in names if name.lstrip()[:1] in "=+-@|\uff1d"]
    return [unguarded(name) for name in names]


def _in_json(out: str) -> list[str]:
    assert_harmless(out)
    return [route["name"] for route in json.loads(out)["routes"]]


def _in_geojson(out: str) -> list[str]:
    assert_harmless(out)
    told = [feature["properties"] for feature in json.loads(out)["features"]]
    return [one["name"] for one in told if one["feature"] == "route"]


def _in_briefing(out: str) -> list[str]:
    assert_harmless(out)
    assert re.findall(r"^\d+ of \d+ checks failed$", out, re.MULTILINE) == [
        f"{len(TEXTS)} of {len(TEXTS)} checks failed"
    ]
    return re.findall(r"^(\S.*) \(\d+\.\d km\): crosses$", out, re.MULTILINE)


def _in_junit(out: str) -> list[str]:
    cases = ET.fromstring(out).findall("testsuite/testcase")  # noqa: S314 - our own
    assert all(case.find("failure") is not None for case in cases)
    return [case.attrib["name"].removesuffix(": DEU on 2025-10-23") for case in cases]


def _in_sarif(out: str) -> list[str]:
    document = json.loads(out)
    assert document["version"] == "2.1.0"
    (found,) = document["runs"]
    assert found["tool"]["driver"]["name"] == "overflight"
    return _in_briefing(
        "\n".join(r["message"]["text"] for r in found["results"]) + f"\n{len(TEXTS)} of {len(TEXTS)} checks failed\n"
    )


EXACT = list[str](TEXTS)
SHOWN = [one_line(text) for text in TEXTS]
PRINTED: dict[str, tuple[Callable[[str], list[str]], list[str]]] = {
    "table": (_in_table, [unquoted(text) for text in SHOWN]),
    "csv": (_in_csv, SHOWN),
    "json": (_in_json, EXACT),
    "geojson": (_in_geojson, EXACT),
    "briefing": (_in_briefing, SHOWN),
    "junit": (_in_junit, SHOWN),
    "sarif": (_in_sarif, SHOWN),
}


@pytest.mark.usefixtures("raw")
@pytest.mark.parametrize("form", choices("check")["form"])
def test_check_prints_every_name_and_none_does_anything(run: Run, form: str) -> None:
    status, out, err = run("check", "x", "--avoid", "DEU", *ON, "-f", form)
    assert status == 1
    assert_harmless(err)
    names, expected = PRINTED[form][0](out), PRINTED[form][1]
    assert names == expected


def test_other_commands_print_in_no_other_formats() -> None:
    others = ROOMS.keys() - {"convert", "gate"}  # names in what `gate` prints: tests/test_policies.py
    forms = {form for command in others for form in choices(command).get("form", ())}
    assert forms == {*PRINTED, "html", "text"}  # of a permit sheet, for which see test_permits.py
    assert {*choices("convert")["form"]} == {*WRITABLE}


@pytest.mark.usefixtures("raw")
def test_a_terminal_shows_every_name_in_boxes_that_stay_in_line(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stdout", screen)
    with pytest.raises(SystemExit):
        main(["check", "x", "--avoid", "DEU", *ON])
    out = screen.getvalue()
    assert_harmless(out)
    for text in SHOWN:
        assert "".join(text.split()) in "".join(out.split())


def test_names_of_areas_and_rules_reach_every_output_whole(run: Run, tmp_path: Path) -> None:
    areas = json.loads(drawn(TEXTS))
    for feature in areas["features"]:
        feature["geometry"] = {
            "type": "Polygon",
            "coordinates": [[[8.9, 50], [9.1, 50], [9.1, 50.2], [8.9, 50.2], [8.9, 50]]],
        }
    (tmp_path / "zone.geojson").write_text(json.dumps(areas), encoding="ascii")
    told = [name for text in TEXTS if (name := plain_name(text, 80))]
    rule = "'zone.geojson'|\n\t\x85\u2028DEU"
    for form in choices("check")["form"]:
        _, out, err = run("check", "50,8.8", "50.2,9.3", "--avoid", rule, *ON, "-f", form)
        assert_harmless(err)
        assert_harmless(out, but="\r\n\t")
        if form == "json":
            document = json.loads(out)
            assert document["avoid"] == [rule]
            assert [area["area"] for area in document["areas"]] == told
        elif form == "table":
            assert {row["name"] for row in rows_of(out) if not row["state"]} == {
                unquoted(one_line(name)) for name in told
            }
            assert rows_of(out)[0]["forbidden_by"] == visible(rule)


# What `convert` writes ------------------------------------------------------------------------------------------------


def _standard(form: str, data: bytes) -> None:
    """Read what was written by a standard reader of the format."""
    if form == "kmz":
        data = zipfile.ZipFile(io.BytesIO(data)).read("doc.kml")
    if form in {"kml", "kmz"}:
        ET.fromstring(data)  # noqa: S314 - our own
    elif form == "gpx":
        gpxpy.parse(data.decode())
    elif form == "geojson":
        json.loads(data)
    elif form == "csv":
        rows = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
        assert {len(row) for row in rows} == {5}
        assert not [cell for row in rows for cell in (row[0], row[2]) if cell.lstrip()[:1] in tuple("=+-@|\uff1d")]
    elif form == "gpkg":
        connection = sqlite3.connect(":memory:")
        connection.deserialize(data)
        assert connection.execute("SELECT count(*) FROM routes").fetchone() == (len(TEXTS),)
        connection.close()
    elif form == "parquet":
        assert pq.read_table(pa.BufferReader(data)).num_rows == len(TEXTS)


@pytest.mark.parametrize("form", [form for form in WRITABLE if form not in {"fms", "garmin"}])
def test_what_is_written_is_read_back_under_the_same_names(form: str, tmp_path: Path) -> None:
    if form == "fpl":
        ends = [
            Waypoint(8.570556, 50.033306, "EDDF"),
            Waypoint(9.0, 50.0, TEXTS[0]),
            Waypoint(11.7861, 48.3538, "EDDM"),
        ]
        from overflight.routes.places import place

        write_routes(Route((place("EDDF"), ends[1], place("EDDM")), TEXTS[0]), tmp_path / "a.fpl")
        assert (tmp_path / "a.fpl").read_text(encoding="ascii") == "EDDF DCT 5000N00900E DCT EDDM\n"
        return
    file = tmp_path / f"a.{form}"
    write_routes(routes_of(TEXTS), file)
    _standard(form, file.read_bytes())
    found = read_routes(file)
    if form == "wkt":
        assert [route.name for route in found] == ["a"] * len(TEXTS)
        return
    assert [route.name for route in found] == [*NAMES]
    if form in {"gpx", "csv", "geojson"}:
        assert [point.name for route in found for point in route.waypoints if form != "geojson"] == [
            name for name in NAMES for _ in range(2) if form != "geojson"
        ]


@pytest.mark.usefixtures("raw")
@pytest.mark.parametrize("form", sorted({*WRITABLE} - {"kmz", "gpkg", "parquet", *ONE_ROUTE}))
def test_what_is_written_can_be_shown_at_a_terminal(run: Run, form: str) -> None:
    status, out, err = run("convert", "x", "-f", form)
    assert (status, err) == (0, "")
    assert all(c.isprintable() or c in "\r\n" for c in out)
    if form == "csv":
        assert not [line for line in out.splitlines() if line.lstrip().startswith("::")]


# Proposals ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", TEXTS)
def test_a_new_proposal_lies_in_this_folder_and_says_what_was_typed(run: Run, tmp_path: Path, text: str) -> None:
    status, _, err = run("new", "--", text, "50.0,9.0", "50.2,9.0")
    assert_harmless(err)
    files = list(tmp_path.iterdir())
    if status == 0:
        (file,) = files
        assert file.name.isprintable()
        assert tomllib.loads(file.read_text(encoding="utf-8"))["name"] == text.strip()
    else:
        assert (status, files, err.count("\n")) == (2, [], 1)
    assert status == 0 or not text.strip().isprintable() or len(text) > 200 or not re.search(r"\w", text)


def test_texts_of_a_proposal_come_out_as_they_went_in(run: Run, tmp_path: Path) -> None:
    from overflight.proposals.writing import proposal_text

    keys = {key: value for key, value in PROPOSAL.items() if key not in {"on", "max_extension_pct"}}
    (tmp_path / "a.route.toml").write_text(proposal_text(keys), encoding="utf-8")
    assert tomllib.loads(proposal_text(keys))["sources"] == PROPOSAL["sources"]
    for form in choices("check")["form"]:
        status, out, err = run("check", "a.route.toml", "-f", form)
        assert status == 1, err
        assert_harmless(err)
        assert_harmless(out.replace("\\n::", "") if "json" in form else out, but="\r\n\t")
        if form == "json":
            assert json.loads(out)["routes"][0]["why"] == PROPOSAL["why"].strip()


@pytest.mark.parametrize("key", PROPOSAL)
def test_a_probe_in_any_key_of_a_proposal_is_taken_as_text_or_refused_in_one_line(
    run: Run, tmp_path: Path, key: str
) -> None:
    for number, text in enumerate(PROBES):
        value = [text] if isinstance(PROPOSAL[key], list) else text
        document = json_text({"type": "Feature", "geometry": {"type": "LineString", "coordinates": lines(1)[0]}})
        feature = json.loads(document) | {"properties": {"name": "x", "on": "2025-10-23", key: value}}
        (tmp_path / f"{number}.route.geojson").write_text(json.dumps(feature), encoding="utf-8")
        status, out, err = run("check", f"{number}.route.geojson")
        assert_harmless(err)
        assert_harmless(out, but="\n\t")
        assert status in {0, 1} or (status, out, err.count("\n")) == (2, "", 1)


def test_two_names_of_one_file_do_not_write_over_each_other(run: Run, tmp_path: Path) -> None:
    assert run("new", "a / b", "50.0,9.0", "50.2,9.0")[0] == 0
    before = (tmp_path / "a-b.route.toml").read_bytes()
    status, _, err = run("new", "a: b", "50.0,9.0", "50.2,9.0")
    assert (status, err.count("\n")) == (2, 1)
    assert "is there already" in err
    assert (tmp_path / "a-b.route.toml").read_bytes() == before
