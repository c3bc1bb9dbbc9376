"""Proposals: a strict file, and whether the route does what the file expects."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from overflight.airspace import load_airspaces
from overflight.errors import ProposalError
from overflight.proposals import Proposal, parse_proposals, read_proposals
from overflight.proposals.briefing import briefings as briefings_of
from overflight.proposals.briefing import check_titles
from overflight.rules import Avoid, MaxExtension

HEAD = 'name = "Moscow-Budapest"\non = 2025-10-23\nwaypoints = ["VKO", "BUD"]\n'
CROSSED = '["UKR", "POL", "SVK", "HUN"]'


def read(text: str, head: str = HEAD) -> Proposal:
    (found,) = parse_proposals(head + text, where="p.route.toml")
    return found


def briefings(proposal: Proposal) -> dict[str, str | None]:
    return briefings_of(proposal, proposal.case(load_airspaces()))


def test_a_proposal_is_read_whole() -> None:
    found = read(
        """
avoid = ["icc", "BLR"]
allow = ["POL"]
margin = "5nm"
max_extension_pct = 20
expect = "crosses"
crosses = ["SVK", "HUN"]
why = "because"
sources = ["a paper"]
""",
        'name = " Moscow "\non = "2025-10-23"\nwaypoints = ["VKO", [23.9, 52.1], "5230N02330E", "47.4,19.3"]\n',
    )
    assert found.name == "Moscow"
    assert found.on == dt.date(2025, 10, 23)
    assert [(w.lon, w.lat) for w in found.route.waypoints][1:] == [(23.9, 52.1), (23.5, 52.5), (19.3, 47.4)]
    assert (found.route.name, found.route.kind) == ("Moscow", "given")
    assert found.margin_km == pytest.approx(9.26)
    assert (found.expect, found.crosses, found.allow) == ("crosses", ("SVK", "HUN"), ("POL",))
    avoid, other, extension = found.case(load_airspaces()).rules
    assert isinstance(avoid, Avoid)
    assert isinstance(other, Avoid)
    assert (avoid.name, other.name, avoid.margin_km) == ("icc", "BLR", found.margin_km)
    assert "UKR" in avoid.states
    assert extension == MaxExtension(20.0)


def test_what_is_not_said_has_plain_defaults() -> None:
    found = read("")
    assert (found.avoid, found.allow, found.margin_km, found.max_extension_pct) == ((), (), 0.0, None)
    assert (found.expect, found.crosses) == ("clear", None)


def test_naming_who_is_crossed_expects_a_crossing() -> None:
    assert read('avoid = ["icc"]\ncrosses = ["POL"]').expect == "crosses"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('avoids = ["icc"]', "line 4: `avoids`: unknown key: did you mean `avoid`?"),
        ("[extra]\nx = 1", "line 4: `extra`: unknown key: the keys are name, on"),
        ('avoid = "icc"', 'line 4: `avoid`: expected a list of rule sets such as ["icc"], found "icc"'),
        ("avoid = [1]", '`avoid[0]`: expected a rule set in quotes such as "icc", found 1'),
        ('avoid = ["icc", "icc"]', '`avoid[1]`: "icc" stands there twice'),
        (
            'margin = "5"',
            '`margin`: expected a distance with its unit such as "5nm", "10km" or "100m", up to 1000 km, found "5"',
        ),
        ("margin = 5", 'such as "5nm", "10km" or "100m", up to 1000 km, found 5'),
        ('margin = "1001km"', "`margin`: margin '1001km': expected up to 1000 km"),
        ('max_extension_pct = "20"', '`max_extension_pct`: expected per cent such as 20.0, found "20"'),
        ("max_extension_pct = true", "found true"),
        ("max_extension_pct = nan", "expected per cent"),
        ("max_extension_pct = -1", "expected per cent"),
        (
            'avoid = ["icc"]\nexpect = "fine"',
            'line 5: `expect`: expected "clear", "marginal" or "crosses", found "fine"',
        ),
        ('avoid = ["icc"]\nexpect = "clear"\ncrosses = ["POL"]', 'states named although expect = "clear"'),
        ('avoid = ["icc"]\nexpect = "crosses"\ncrosses = []', 'empty although expect = "crosses"'),
        ('expect = "crosses"', "without a rule to break"),
        ("why = 3", "`why`: expected a text in quotes, found 3"),
        ("why = ", "not TOML: "),
        ('name = "again"', "not TOML: Cannot overwrite a value"),
        ("x = " + "[" * 100_000, "lists or tables nested deeper than 32"),
    ],
)
def test_a_bad_key_is_named_with_its_line(text: str, told: str) -> None:
    with pytest.raises(ProposalError) as caught:
        read(text)
    assert str(caught.value).startswith("p.route.toml")
    assert told in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("", "`name`: missing: add it"),
        ('name = "x"\non = 2025-10-23', "`waypoints`: missing: add it (or `file`, or [[route]] tables)"),
        (HEAD.replace("2025-10-23", "2025-13-23"), "not TOML"),
        (
            HEAD.replace("2025-10-23", '"yesterday"'),
            'line 2: `on`: expected a date such as 2025-10-23, or a list of dates, found "yest',
        ),
        (HEAD.replace("2025-10-23", "2025-10-23T08:00:00Z"), "`on`: expected a date"),
        (HEAD.replace("2025-10-23", "20251023"), "found 20251023"),
        (
            HEAD.replace("Moscow", "\\u001b[2J"),
            '`name`: expected a name in quotes, one line without control characters, found "\\x1b[2J-Budapest"',
        ),
        (HEAD.replace('"Moscow-Budapest"', '" "'), "`name`: expected a name in quotes"),
        (HEAD.replace('"BUD"', '"Budapst"'), "line 3: `waypoints[1]`: unknown place 'Budapst': did you mean BUD"),
        (
            HEAD.replace('"BUD"', '"London"'),
            "line 3: `waypoints[1]`: 'London' is a city in the United Kingdom with several",
        ),
        (
            HEAD.replace('"BUD"', "19"),
            '`waypoints[1]`: expected a place such as "VKO" or "55.6,37.3" (lat,lon), or a pair [lon, lat], found 19',
        ),
        (HEAD.replace('"BUD"', '["19", "47"]'), '`waypoints[1][0]`: expected degrees, found "19"'),
        (HEAD.replace('"BUD"', "[47.4, 119.3]"), "look swapped"),
        (HEAD.replace('"BUD"', "[nan, 47.0]"), "not finite"),
        (
            HEAD.replace('["VKO", "BUD"]', '"VKO BUD"'),
            '`waypoints`: expected a list of two or more places such as ["VKO", "BUD"], found "VKO BUD"',
        ),
        (HEAD.replace(', "BUD"', ""), 'two or more places such as ["VKO", "BUD"], found a list of 1'),
        (HEAD.replace('"BUD"', '"VKO"'), "goes nowhere"),
        (HEAD.replace('"BUD"', '"-55.5915,-142.7385"'), "not unique"),
    ],
)
def test_a_bad_head_is_named_with_its_line(head: str, told: str) -> None:
    with pytest.raises(ProposalError) as caught:
        read("", head)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            'avoid = ["icx"]',
            "line 4: `avoid[0]`: rule set 'icx', column 1: unknown bloc",
        ),
        ('avoid = ["icc"]\nallow = ["UKX"]', "line 5: `allow[0]`: unknown state 'UKX': did you mean UKR (Ukraine)?"),
        ('avoid = ["icc"]\ncrosses = ["RUS"]', "line 5: `crosses`: no rule forbids RUS on 2025-10-23"),
        ('avoid = ["icc"]\ncrosses = ["POL"]\nallow = ["POL"]', "`crosses`: no rule forbids POL"),
    ],
)
def test_unknown_names_are_found_when_the_proposal_is_judged(text: str, told: str) -> None:
    with pytest.raises(ProposalError) as caught:
        read(text).case(load_airspaces())
    assert told in str(caught.value)
    assert str(caught.value).startswith("p.route.toml, line ")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.route.toml", b"", "empty"),
        ("a.route.toml", HEAD.encode("utf-16"), "UTF-16"),
        ("a.route.toml", 'name = "Köln"'.encode("latin-1"), "not UTF-8"),
        ("a.route.toml", b"#" * 1_000_001, "1 MB is more than the 1 MB"),
        ("a.route.toml", b'{"type": "LineString"}', "not TOML"),
    ],
)
def test_a_file_that_is_no_proposal_is_refused(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ProposalError) as caught:
        read_proposals(tmp_path / name)
    assert told in str(caught.value)
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ('avoid = ["icc"]', ["avoid icc"]),
        (
            'avoid = ["icc - HUN", "BLR"]\nmax_extension_pct = 12.5',
            ["avoid icc - HUN", "avoid BLR", "extension at most 12.5 pct"],
        ),
        ('avoid = ["icc", "BLR"]\nexpect = "crosses"', ["expect crosses"]),
        ('avoid = ["icc", "BLR"]\ncrosses = ["POL"]', ["avoid icc", "avoid BLR"]),
        ('avoid = ["a[1]::b/c\\n\\u001bd"]', ["avoid a 1 b c d"]),
        ("", ["has a rule"]),
    ],
)
def test_each_rule_is_a_check_whose_name_test_runners_can_take(text: str, titles: list[str]) -> None:
    assert list(check_titles(read(text))) == titles


@pytest.mark.parametrize(
    "text",
    [
        'avoid = ["DEU"]',
        f'avoid = ["icc"]\ncrosses = {CROSSED}',
        f'avoid = ["icc", "DEU"]\ncrosses = {CROSSED}',
        'avoid = ["icc"]\nexpect = "crosses"',
        'avoid = ["icc", "BLR"]\nexpect = "crosses"',
        'avoid = ["icc", "BLR"]\ncrosses = ["UKR", "POL", "SVK", "HUN", "BLR"]',
        f'avoid = ["icc"]\nallow = {CROSSED}',
        'avoid = ["LTU"]\nmargin = "1000km"\nexpect = "marginal"',
        "max_extension_pct = 0",
    ],
)
def test_a_route_that_does_as_expected_needs_no_briefing(text: str) -> None:
    assert set(briefings(read(text)).values()) == {None}


def test_a_briefing_says_who_where_and_how_far() -> None:
    told = briefings(read('avoid = ["icc - HUN"]'))["avoid icc - HUN"]
    assert told is not None
    lines = told.splitlines()
    assert lines[0] == "Moscow-Budapest: avoid icc - HUN on 2025-10-23"
    assert "1,537.0 km (829.9 NM)" in lines[1]
    (poland,) = (line for line in lines if "Poland (POL)" in line)
    for part in ("forbidden  ", "49.7 km, overflight", "in at 49.469,22.7044 (km 1,196.3)", "out at 49.1791,22.184"):
        assert part in poland
    assert "(icc - HUN; icc since 2002-07-01)" in poland
    (hungary,) = (line for line in lines if "Hungary (HUN)" in line)
    assert "forbidden" not in hungary
    assert "expected: clear" in lines
    assert "found:    crosses POL, SVK, UKR" in lines


def test_a_briefing_tells_near_misses_and_consent() -> None:
    told = briefings(read('avoid = ["POL | ROU"]\nallow = ["POL"]\nmargin = "200km"'))["avoid POL | ROU"]
    assert told is not None
    assert "assuming the consent of Poland" in told
    assert "consent    Poland (POL)" in told
    assert "marginal   Romania (ROU): not entered, " in told
    assert told.endswith("expected: clear\nfound:    marginal")


def test_a_briefing_tells_what_a_forbidden_state_claims() -> None:
    (told,) = briefings(
        read('avoid = ["PAK"]\nexpect = "crosses"', 'name = "x"\non = 2025-10-23\nwaypoints = ["DEL", "SXR"]\n')
    ).values()
    assert told is not None
    assert "  claimed    Pakistan (PAK) claims 197.2 km that count for India (km 443.3 to 640.6)" in told
    assert "found:    clear" in told


def test_a_route_that_misses_whom_it_should_cross_is_told() -> None:
    told = briefings(read('avoid = ["icc"]\ncrosses = ["ROU", "POL"]'))["avoid icc"]
    assert told is not None
    assert "expected: crosses POL, ROU" in told
    assert "not crossed after all: ROU" in told
    assert "crossed unexpectedly: HUN, SVK, UKR" in told


def test_a_route_that_is_too_long_is_told() -> None:
    found = read("max_extension_pct = 5", HEAD.replace('"VKO", ', '"VKO", "WAW", '))
    told = briefings(found)["extension at most 5 pct"]
    assert told is not None
    assert "at most 5 % allowed" in told


def test_a_proposal_without_a_rule_says_so() -> None:
    assert "no rule to check" in str(briefings(read(""))["has a rule"])


def test_all_crossings_of_the_study_are_proposed() -> None:
    folder = Path(__file__).parent.parent / "routes"
    others = ("2027", "printed")
    named = sorted(folder.glob("moscow-budapest-*.route.toml"))
    files = [file for file in named if not any(other in file.name for other in others)]
    assert len(files) >= 6
    for file in files:
        (proposal,) = read_proposals(file)
        assert proposal.on == dt.date(2025, 10, 23), file.name
        assert proposal.avoid == ("icc",), file.name
        assert (proposal.route.waypoints[0].name, proposal.route.waypoints[-1].name) == ("VKO", "BUD"), file.name
        assert proposal.why, file.name
        assert proposal.sources, file.name
