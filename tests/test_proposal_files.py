"""Proposal files: the published schema, lines of keys, several routes and dates, drawings, files beside them."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.airspace import load_airspaces
from overflight.cli import main
from overflight.errors import ProposalError
from overflight.proposals import Proposal, parse_proposals, read_proposals
from overflight.proposals.positions import json_lines, toml_lines
from overflight.proposals.structure import faults, schema
from overflight.rules import Avoid

ROUTES = Path(__file__).parent.parent / "routes"
HEAD = 'name = "x"\non = 2025-10-23\nwaypoints = ["VKO", "BUD"]\n'
LINE = {"type": "LineString", "coordinates": [[8.5, 50.0], [16.5, 48.1]]}


def plain(value: Any) -> Any:  # noqa: ANN401 - any TOML
    """Write dates as text, as editors do before they look at the schema."""
    return json.loads(json.dumps(value, default=lambda date: date.isoformat()))


def validator() -> jsonschema.Draft7Validator:
    jsonschema.Draft7Validator.check_schema(schema())
    return jsonschema.Draft7Validator(schema())


@pytest.mark.parametrize("file", sorted(ROUTES.glob("*.route.toml")), ids=lambda file: file.name)
def test_our_own_proposals_fit_the_published_schema_and_name_it(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not list(validator().iter_errors(plain(tomllib.loads(text))))
    match = re.match(r"#:schema (\S+)\n", text)
    assert match
    assert json.loads((file.parent / match[1]).read_text(encoding="utf-8")) == schema()


TEXT = st.sampled_from(
    ["x", "", " ", "VKO", "2025-10-23", "2025-1-3", "5nm", "5", ".5 KM", "clear", "460kt", "9 km/h", "a\tb"]
)
DEPART = st.sampled_from(["2025-10-23T08:00Z", "2025-10-23 08:00:00.5+02:00", "2025-10-23T08:00", "08:00Z"])
SCALAR = st.one_of(TEXT, DEPART, st.integers(-2, 200_000), st.floats(allow_nan=False), st.booleans())
PAIR = st.lists(st.one_of(st.floats(-200, 200), SCALAR), min_size=0, max_size=3)
VALUE = st.one_of(SCALAR, st.lists(st.one_of(TEXT, SCALAR, PAIR), max_size=4))
KEYS = [key for key in schema()["properties"] if key != "route"]
ROUTE = st.fixed_dictionaries({}, optional={**dict.fromkeys(KEYS, VALUE), "avoids": VALUE, "name": TEXT})
PLACES = st.lists(st.one_of(TEXT, PAIR), max_size=3)
LIKELY: dict[str, st.SearchStrategy[Any]] = {
    "on": st.one_of(TEXT, st.lists(TEXT, max_size=2)),
    "avoid": st.lists(TEXT, max_size=3),
    "margin": TEXT,
    "speed": TEXT,
    "depart": DEPART,
    "expect": TEXT,
    "max_extension_pct": st.floats(-1, 200_000),
}


@pytest.mark.slow
@settings(max_examples=400)
@given(
    st.one_of(
        st.fixed_dictionaries({}, optional={**dict.fromkeys(KEYS, VALUE), "route": st.lists(ROUTE, max_size=2)}),
        st.fixed_dictionaries({"name": TEXT, "waypoints": PLACES}, optional=LIKELY),
        VALUE,
    )
)
def test_the_parser_and_the_schema_agree_on_the_shape_of_every_document(document: object) -> None:
    by_schema = [list(error.absolute_path) for error in validator().iter_errors(document)]
    by_us = list(faults(document))
    assert bool(by_schema) == bool(by_us), (by_schema, by_us)
    for fault in by_us:
        assert fault.why.isprintable()
        assert len(fault.why) < 400


def test_what_has_the_right_shape_and_plain_values_is_read() -> None:
    document = {"name": "x", "on": ["2025-10-23"], "waypoints": ["VKO", [19.3, 47.4]], "margin": " .5 KM "}
    assert not list(validator().iter_errors(document))
    text = "\n".join(f"{key} = {json.dumps(value)}" for key, value in document.items())
    (found,) = parse_proposals(text, where="p")
    assert (found.margin_km, found.on) == (0.5, dt.date(2025, 10, 23))


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\nb = 2", ("b",), 2),
        ("# x = 1\n\n'a' = [\n 1, # [\n\n 2,\n]\nb.c = 3", ("a", 1), 6),
        ("# x = 1\n\n'a' = [\n 1, # [\n\n 2,\n]\nb.c = 3", ("b", "c"), 8),
        ('a = """\nb = 1\n"quoted\\""""""\nb = 2', ("b",), 4),
        ("a = '''\nb = 1\n'''\nb = 2", ("b",), 4),
        ('a = "x\\"\\\\" # b\nb = 2', ("b",), 2),
        ("[[route]]\nname = 1\n[[route]]\nname = 2\n[route.x]\ny = [[1,\n2]]", ("route", 1, "name"), 4),
        ("[[route]]\nname = 1\n[[route]]\nname = 2\n[route.x]\ny = [[1,\n2]]", ("route", 1, "x", "y", 0, 1), 7),
        ('a = {b = 1, "c.d" = [1, 2]}\r\ne = 1979-05-27 07:32:00Z\r\nf = 1', ("f",), 3),
        ('a = {b = 1, "c.d" = [1, 2]}', ("a", "c.d", 1), 1),
        ('"\\u00e9" = 1\n"\\U0001F600" = 2', ("\U0001f600",), 2),
    ],
)
def test_the_line_of_a_key_in_toml_is_found(text: str, path: tuple[str | int, ...], line: int) -> None:
    tomllib.loads(text)
    assert toml_lines(text)[path] == line


@pytest.mark.slow
@given(st.recursive(st.one_of(SCALAR, st.text()), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_every_part_of_a_json_text_is_on_the_line_that_it_is_written_on(document: object) -> None:
    text = json.dumps(document, indent=1, ensure_ascii=False)
    lines = text.split("\n")
    found = json_lines(text)

    def walk(value: object, path: tuple[str | int, ...]) -> None:
        start = json.dumps(value, ensure_ascii=False, indent=1).split("\n")[0]
        assert start in lines[found[path] - 1]
        parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, part in parts:
            walk(part, (*path, key))

    if "\r" not in text:
        walk(document, ())


def test_many_routes_share_what_stands_above_them() -> None:
    text = """
on = [2025-10-23, "2026-07-01"]
avoid = ["icc"]
[[route]]
name = "north"
waypoints = ["VKO", "MSQ", "BUD"]
[[route]]
name = "south"
waypoints = ["VKO", "OTP", "BUD"]
avoid = ["POL"]
on = 2024-01-01
"""
    found = parse_proposals(text, where="p")
    assert [(p.name, str(p.on), p.avoid, p.dated) for p in found] == [
        ("north", "2025-10-23", ("icc",), True),
        ("north", "2026-07-01", ("icc",), True),
        ("south", "2024-01-01", ("POL",), False),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + '[[route]]\nname = "y"', "line 1: `name`: stands beside [[route]] tables: put it into one"),
        ('on = 2025-10-23\n[[route]]\nwaypoints = ["VKO", "BUD"]', "line 2: `route[0].name`: missing: add it"),
        ('on = 2025-10-23\n[[route]]\nname = "y"', "line 3: `route[0].name`: has no route: add waypoints = "),
        (
            '[[route]]\nname = "y"\nwaypoints = ["VKO", "BUD"]',
            "p: `on` is missing for 'y': add a date: on = 2025-10-23",
        ),
        (
            'on = 2025-10-23\n[[route]]\nname = "y"\n[[route]]\nname="z"\navoids = 1',
            "line 6: `route[1].avoids`: unknown key",
        ),
        (
            'on = 2025-10-23\nwhy = ""\n' + 2 * '[[route]]\nname = "y"\nwaypoints = ["VKO", "BUD"]\n',
            'line 7: `route[1].name`: "y" stands there twice: rename one',
        ),
        ("on = 2025-10-23\nroute = 3", "line 2: `route`: expected tables [[route]], each with its own name, found 3"),
        ("on = 2025-10-23\nroute = []", "found a list of 0"),
        (HEAD + "on.x = 1", "not TOML"),
        (HEAD.replace("2025-10-23", "[2025-10-23, 2025-10-23]"), 'line 2: `on[1]`: "2025-10-23" stands there twice'),
        (
            HEAD.replace("2025-10-23", '["2025-02-30"]'),
            'line 2: `on[0]`: expected a date such as 2025-10-23, found "2025-02-30"',
        ),
        (
            HEAD.replace("2025-10-23", "08:00:00"),
            'line 2: `on`: expected a date such as 2025-10-23, or a list of dates, found "08:00:00"',
        ),
        (HEAD.replace("2025-10-23", "2025-10-23T08:00:00"), 'found "2025-10-23T08:00:00"'),
        (HEAD + 'Avoid = ["icc"]', "line 4: `Avoid`: unknown key: did you mean `avoid`?"),
        (HEAD + '"a\\u001b[31mb" = 1', "line 4: `a\\x1b[31mb`: unknown key"),
        (HEAD + 'expect = "cleer"', 'found "cleer": did you mean "clear"?'),
        (HEAD + 'why = "\\u001b[2J"\nmargin = "\\u001b[2J"', 'found "\\x1b[2J"'),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, told: str) -> None:
    with pytest.raises(ProposalError) as caught:
        parse_proposals(text, where="p")
    assert told in str(caught.value)
    assert str(caught.value).isprintable()


def drawn(features: list[Any], **members: object) -> tuple[Proposal, ...]:
    text = json.dumps({"type": "FeatureCollection", "features": features, **members}, indent=1)
    return parse_proposals(text, where="d.route.geojson", drawn=True)


def test_a_drawing_carries_rules_in_its_properties(tmp_path: Path) -> None:
    mark = {"type": "Feature", "properties": {"anything": 1}, "geometry": {"type": "Point", "coordinates": [0, 0]}}
    own = {"name": "one", "crosses": "CZE, POL", "stroke": "#f00", "title": None, "margin": None}
    feature = {"type": "Feature", "properties": own, "geometry": LINE}
    other = {"type": "Feature", "properties": {"avoid": ["icc"]}, "geometry": LINE}
    first, second = drawn([mark, feature, other], proposal={"on": "2025-10-23", "avoid": "CZE"})
    assert (first.name, first.crosses, first.avoid) == ("one", ("CZE", "POL"), ("CZE",))
    assert (second.name, second.expect, second.avoid) == ("route 3", "clear", ("icc",))
    assert [(w.lon, w.lat) for w in first.route.waypoints] == [(8.5, 50.0), (16.5, 48.1)]
    file = tmp_path / "single.route.geojson"
    file.write_text(json.dumps({**feature, "properties": {"on": "2025-10-23"}}), encoding="utf-8")
    (alone,) = read_proposals(file)
    assert alone.name == "single"


@pytest.mark.parametrize(
    ("properties", "told"),
    [
        (
            {"on": "2025-10-23", "avoids": "icc"},
            "line 8: `features[0].properties.avoids`: unknown key: did you mean `avoid`?",
        ),
        ({"on": "2025-10-32"}, "line 7: `features[0].properties.on`: expected a date such as 2025-10-23"),
        (
            {"on": "2025-10-23", "waypoints": ["VKO", "BUD"]},
            "`features[0].properties.waypoints`: has no place in a drawing",
        ),
        ({"avoid": "icc"}, "`on` is missing for 'd'"),
    ],
)
def test_a_drawing_is_read_as_strictly(properties: dict[str, Any], told: str) -> None:
    with pytest.raises(ProposalError) as caught:
        drawn([{"type": "Feature", "properties": properties, "geometry": LINE}])
    assert told in str(caught.value)
    assert str(caught.value).startswith("d.route.geojson")


@pytest.mark.slow
def test_a_drawing_of_more_positions_than_a_route_has_is_refused_before_it_is_measured() -> None:
    for geometry in (
        {"type": "LineString", "coordinates": [[0, 0]] * 100_001},
        {"type": "MultiLineString", "coordinates": [[[0, 0]] * 60_000] * 2},
    ):
        feature = {"type": "Feature", "properties": {"on": "2025-10-23"}, "geometry": geometry}
        with pytest.raises(ProposalError, match="positions, more than 100000: thin it out or split it"):
            drawn([feature])


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        "null",
        '{"type": "FeatureCollection", "features": []}',
        '{"type": "FeatureCollection", "features": [1]}',
        "[" * 100_000,
    ],
)
def test_what_is_no_drawing_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ProposalError) as caught:
        parse_proposals(text, where="d", drawn=True)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.geojson").write_text(json.dumps(LINE), encoding="utf-8")
    inner = tmp_path / "routes"
    (inner / "tracks").mkdir(parents=True)
    (inner / "tracks" / "a.geojson").write_text(json.dumps(LINE), encoding="utf-8")
    two = {"type": "GeometryCollection", "geometries": [LINE, LINE]}
    (inner / "two.geojson").write_text(json.dumps(two), encoding="utf-8")
    (inner / "bad.geojson").write_text("{", encoding="utf-8")
    (inner / "in.geojson").symlink_to("tracks/a.geojson")
    (inner / "out.geojson").symlink_to("../secret.geojson")
    (inner / "loop.geojson").symlink_to("loop.geojson")
    os.mkfifo(inner / "pipe.geojson")
    return inner


def beside(folder: Path, name: str) -> tuple[Proposal, ...]:
    path = folder / "p.route.toml"
    path.write_text(f'name = "x"\non = 2025-10-23\nfile = {json.dumps(name)}\n', encoding="utf-8")
    return read_proposals(path)


@pytest.mark.parametrize("name", ["tracks/a.geojson", "in.geojson", "./tracks/a.geojson"])
def test_a_route_may_lie_in_a_file_beside_the_proposal(folder: Path, name: str) -> None:
    (found,) = beside(folder, name)
    assert (found.name, len(found.route.waypoints)) == ("x", 2)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("../secret.geojson", "expected the name of a file in the proposal's folder or below"),
        ("tracks/../../secret.geojson", "expected the name of a file in the proposal's folder or below"),
        ("/etc/passwd", "expected the name of a file in the proposal's folder or below"),
        ("C:\\x.geojson", "expected the name of a file in the proposal's folder or below"),
        ("..\\secret.geojson", "expected the name of a file in the proposal's folder or below"),
        ("~/x.geojson", "expected the name of a file in the proposal's folder or below"),
        ("a\x1b[31m.geojson", 'found "a\\x1b[31m.geojson"'),
        ("out.geojson", "leads out of the proposal's folder"),
        ("loop.geojson", "loop.geojson"),
        ("pipe.geojson", "it is no regular file"),
        ("tracks", "it is a folder"),
        ("none.geojson", "can't be read (no such file or directory)"),
        ("bad.geojson", "not JSON"),
        ("two.geojson", "holds 2 routes, expected one"),
        ("p.route.toml", "found the proposal"),
        ("x" * 400 + ".geojson", "x"),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(folder: Path, name: str, told: str) -> None:
    with pytest.raises(ProposalError) as caught:
        beside(folder, name)
    assert "p.route.toml, line 3: `file`: " in str(caught.value)
    assert told in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_proposal_from_a_pipe_has_no_files_beside_it() -> None:
    with pytest.raises(ProposalError, match="from standard input has no folder"):
        parse_proposals('name = "x"\non = 2025-10-23\nfile = "a.geojson"\n', where="standard input")


def test_an_unknown_name_in_one_of_many_routes_has_its_line() -> None:
    text = 'on = 2025-10-23\navoid = ["icc"]\n[[route]]\nname = "a"\nwaypoints = ["VKO", "BUD"]\ncrosses = ["POLL"]\n'
    (found,) = parse_proposals(text, where="p")
    with pytest.raises(
        ProposalError, match=r"p, line 6: `route\[0\].crosses\[0\]`: unknown state 'POLL': did you mean POL"
    ):
        found.case(load_airspaces())


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_whatever_bytes_a_file_holds_it_is_read_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    for name in ("f.route.toml", "f.route.geojson"):
        (folder / name).write_bytes(HEAD.encode() + raw if name.endswith("toml") else raw)
        said = ""
        try:
            read_proposals(folder / name)
        except ProposalError as error:
            said = str(error)
        assert "\n" not in said
        assert "\x1b" not in said


SQUARE = '{"type": "Polygon", "coordinates": [[[20, 50], [21, 50], [21, 51], [20, 51], [20, 50]]]}'
RULED = 'name = "a"\non = 2025-10-23\nwaypoints = ["VKO", "BUD"]\navoid = ["\'{}\'"]\n'


@pytest.fixture
def ruled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder of proposals with areas in it, below it and beside it, and one where the user is."""
    own = tmp_path / "own"
    (own / "zones").mkdir(parents=True)
    (tmp_path / "here").mkdir()
    for place in (
        own / "in.geojson",
        own / "zones" / "b.geojson",
        tmp_path / "out.geojson",
        tmp_path / "here" / "h.json",
    ):
        place.write_text(SQUARE, encoding="ascii")
    (own / "link.geojson").symlink_to("zones/b.geojson")
    (own / "escape.geojson").symlink_to("../out.geojson")
    (own / "up").symlink_to("..")
    (own / "loop.geojson").symlink_to("loop.geojson")
    monkeypatch.chdir(tmp_path / "here")
    return own


@pytest.mark.parametrize("name", ["in.geojson", "zones/b.geojson", "link.geojson"])
def test_a_rule_names_areas_beside_its_proposal(ruled: Path, name: str) -> None:
    (ruled / "a.route.toml").write_text(RULED.format(name), encoding="ascii")
    (proposal,) = read_proposals(ruled / "a.route.toml")
    (rule,) = proposal.case(load_airspaces(on=proposal.on)).rules
    assert isinstance(rule, Avoid)
    assert rule.ruleset.areas
    with pytest.raises(SystemExit) as ended:
        main(["check", str(ruled / "a.route.toml"), "-f", "json"])
    assert ended.value.code in {0, 1}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("../out.geojson", "expected the name of a file in the proposal's folder or below"),
        ("/etc/out.geojson", "expected the name of a file in the proposal's folder or below"),
        ("zones/../../out.geojson", "expected the name of a file in the proposal's folder or below"),
        ("~/out.geojson", "expected the name of a file in the proposal's folder or below"),
        ("escape.geojson", "leads out of the proposal's folder"),
        ("up/out.geojson", "leads out of the proposal's folder"),
        ("loop.geojson", "can't be "),
        ("h.json", "can't be read"),
    ],
)
def test_a_rule_names_no_areas_elsewhere(ruled: Path, name: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    (ruled / "a.route.toml").write_text(RULED.format(name), encoding="ascii")
    (proposal,) = read_proposals(ruled / "a.route.toml")
    with pytest.raises(ProposalError, match=f"line 4: .*{told}"):
        proposal.case(load_airspaces(on=proposal.on))
    with pytest.raises(SystemExit) as ended:
        main(["check", str(ruled / "a.route.toml")])
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_what_is_typed_may_name_any_area(ruled: Path) -> None:
    (ruled / "a.route.toml").write_text(RULED.format("in.geojson"), encoding="ascii")
    for name in (str(ruled.parent / "out.geojson"), "../out.geojson", "h.json"):
        with pytest.raises(SystemExit) as ended:
            main(["check", str(ruled / "a.route.toml"), "--avoid", f"'{name}'", "-f", "json"])
        assert ended.value.code in {0, 1}, name


def test_a_proposal_without_a_folder_names_no_area() -> None:
    (proposal,) = parse_proposals(RULED.format("in.geojson"), where="standard input")
    with pytest.raises(ProposalError, match="has no folder"):
        proposal.case(load_airspaces(on=proposal.on))
