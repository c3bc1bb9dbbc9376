"""Claims: what is said of a route, in few patterns, each judged by its figure; what can't be known is said to be so."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from shapely.geometry import box

import overflight as of
from overflight.case import Case
from overflight.cli import main
from overflight.errors import OverflightError, ProposalError
from overflight.proposals import Proposal, judged, parse_claim, parse_proposals, proposal_text
from overflight.proposals.briefing import briefings, check_titles, line_of
from overflight.routes.places import Waypoint
from overflight.routes.sample import Sample
from overflight.routes.tracks import tracks_of
from overflight.rules.schedule import Schedule, parse_depart, parse_speed
from overflight.testing import assert_claims
from tests.commands import Run, Terminal
from tests.worlds import make_world

HEAD = 'name = "Moscow-Budapest"\non = 2025-10-23\nwaypoints = ["VKO", "MSQ", "BUD"]\n'
NM = 1.852
T0 = 1_761_210_000.0
"""2025-10-23, 09:00 UTC."""


@pytest.fixture(scope="module")
def by_minsk() -> Case:
    return of.Case.of(["VKO", "MSQ", "BUD"], on="2025-10-23", avoid="icc")


def read(text: str) -> Proposal:
    (found,) = parse_proposals(HEAD + text, where="p.route.toml")
    return found


@pytest.mark.parametrize(
    ("text", "kind", "bounds", "longer"),
    [
        ("about 5000 km", "km", (4500.0, 5500.0), False),
        ("5,000 km long.", "km", (4500.0, 5500.0), False),
        ("~ 2,700 NM", "km", (0.9 * 2700 * NM, 1.1 * 2700 * NM), False),
        ("under 200 km longer", "km", (-math.inf, 200.0), True),
        ("3 h longer", "min", (162.0, 198.0), True),
        ("at least 2 h 30 min", "min", (150.0, math.inf), False),
        ("90 minutes more", "min", (81.0, 99.0), True),
        ("2.4 h longer", "min", (129.6, 158.4), True),
        ("+20 %", "pct", (18.0, 22.0), True),
        ("Less than 20 per cent longer", "pct", (-math.inf, 20.0), True),
        ("17 t of fuel", "fuel_t", (15.3, 18.7), False),
        ("17 t more fuel", "fuel_t", (15.3, 18.7), True),
        ("over 50 tonnes of CO2 more", "co2_t", (50.0, math.inf), True),
        ("17 t of fuel more.", "fuel_t", (15.3, 18.7), True),
    ],
)
def test_a_figure_is_read_with_what_it_may_be_off(
    text: str, kind: str, bounds: tuple[float, float], longer: bool
) -> None:
    found = parse_claim(text)
    assert (found.kind, found.longer) == (kind, longer)
    assert found.bounds == pytest.approx(bounds)


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        ("keeps out of eu - HUN", "out", ("eu - HUN",)),
        ("Avoids Poland and Slovakia", "out", ("Poland and Slovakia",)),
        ("crosses icc", "enters", ("icc",)),
        ("passes Turkey, Bosnia and Herzegovina and Serbia", "passes", ("Turkey", "Bosnia and Herzegovina", "Serbia")),
        ("by way of TUR then MNE, and SRB", "passes", ("TUR", "MNE", "SRB")),
        ("needs only the consent of MNE and HUN", "consent", ("MNE", "HUN")),
        ("needs no consent", "consent", ()),
    ],
)
def test_names_are_taken_apart_but_not_bosnia_from_herzegovina(text: str, kind: str, names: tuple[str, ...]) -> None:
    found = parse_claim(text)
    assert (found.kind, found.names) == (kind, names)


@pytest.mark.parametrize(
    "text", ["", "far", "three hours longer", "5000", "5000 miles", "-3 h", "keeps out of", "1" * 900]
)
def test_what_is_not_understood_is_answered_with_what_can_be_said(text: str) -> None:
    with pytest.raises(OverflightError, match='say "keeps out of eu", "enters POL"') as caught:
        parse_claim(text)
    assert len(str(caught.value)) < 350


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("about 1500 km", "holds"),
        ("under 1550 km", "fails"),
        ("over 830 NM", "holds"),
        ("under 50 km longer", "holds"),
        ("+2 %", "holds"),
        ("+3 %", "fails"),
        ("under 3 %", "holds"),
        ("keeps out of icc", "fails"),
        ("keeps out of ROU", "holds"),
        ("enters Poland", "holds"),
        ("enters DEU", "fails"),
        ("passes Belarus, Poland and Slovakia", "holds"),
        ("passes Poland, Belarus", "fails"),
        ("passes Belarus and Germany", "fails"),
        ("needs the consent of Poland", "holds"),
        ("needs the consent of Belarus", "fails"),
        ("needs only the consent of Poland", "fails"),
        ("needs only the consent of Ukraine, Poland, Slovakia and Hungary", "holds"),
        ("needs no consent", "fails"),
    ],
)
def test_a_claim_is_judged_by_the_route(by_minsk: Case, text: str, answer: str) -> None:
    """The way by Minsk is some 1,570 km long, and the great circle 1,537 km, which makes 2.2 %."""
    assert by_minsk.route.length_km == pytest.approx(1570, abs=1)
    assert judged(parse_claim(text), by_minsk).answer == answer


def test_a_range_that_reaches_over_a_limit_leaves_it_open(by_minsk: Case) -> None:
    time = of.cost(by_minsk.route).time_min
    inside, across, beyond = (
        judged(parse_claim(f"under {minutes} min"), by_minsk)
        for minutes in (math.ceil(time.high), round(time.typical), math.floor(time.low))
    )
    assert [one.answer for one in (inside, across, beyond)] == ["holds", "not-known", "fails"]
    assert across.figure == time
    assert "can't be known: 2 h" in across.line
    assert "narrow-body jet without wind" in across.line


def test_what_is_longer_is_compared_with_the_great_circle_and_not_with_the_whole_ranges() -> None:
    far = of.Case.of(["HEL", "IST", "DEL"], on="2022-11-01")
    extra = of.cost(far.route, aircraft="wide-body").over(of.cost("HEL-DEL", aircraft="wide-body"))
    found = judged(parse_claim("about 2 h longer"), far, "wide-body")
    assert found.figure == extra.time_min
    assert judged(parse_claim("20 t more fuel"), far, "wide-body").figure == extra.fuel_t
    assert judged(parse_claim("60 t of CO2 more"), far, "wide-body").figure == extra.co2_t
    windy = far.cost(aircraft="wide-body", wind="season").over(
        of.cost("HEL-DEL", aircraft="wide-body", wind="season", on=far.on)
    )
    blown = judged(parse_claim("about 2 h longer"), far, "wide-body", "season")
    assert blown.figure == windy.time_min != extra.time_min
    assert "in the mean wind of the season" in blown.line


def test_a_schedule_of_its_own_gives_the_time_exactly() -> None:
    schedule = Schedule(parse_depart("2025-10-23T08:00Z"), parse_speed("600km/h"))
    flown = of.Case.of(["VKO", "MSQ", "BUD"], schedule=schedule)
    found = judged(parse_claim("about 2 h 37 min"), flown)
    assert found.answer == "holds"
    assert found.figure is not None
    assert found.figure.low == found.figure.high == pytest.approx(flown.route.length_km / 10.0)


def test_a_round_trip_has_nothing_to_be_longer_than() -> None:
    round_trip = of.Case.of(["VKO", "MSQ", "VKO"], on="2025-10-23")
    assert judged(parse_claim("2 h longer"), round_trip).answer == "not-known"
    assert judged(parse_claim("over 1000 km"), round_trip).answer == "holds"


def test_a_border_as_near_as_it_is_known_leaves_it_open() -> None:
    """Along the 49th parallel, a few metres from it, a route can't be said to keep out of either side's airspace."""
    along = of.Case.of(["49.00001,-110.0", "49.00001,-109.99"], on="2025-10-23")
    assert judged(parse_claim("keeps out of USA"), along).answer in {"not-known", "fails"}
    assert judged(parse_claim("keeps out of MEX"), along).answer == "holds"


@pytest.mark.parametrize("margin", ["0 km", "5 km"])
def test_nor_can_it_be_known_whose_consent_such_a_route_needs(margin: str) -> None:
    along = of.Case.of(["49.00001,-110.0", "49.00001,-109.99"], on="2025-10-23", avoid="USA", margin=margin)
    for text in ("needs no consent", "needs the consent of USA", "needs only the consent of USA"):
        assert judged(parse_claim(text), along).answer == "not-known"
    beside = of.Case.of(["49.01,-110.0", "49.01,-109.99"], on="2025-10-23", avoid="USA", margin=margin)
    assert judged(parse_claim("needs no consent"), beside).answer == "holds", "a kilometre off, margin or none"


def test_whose_consent_is_needed_is_not_known_where_a_gap_of_a_recording_leaves_it_open() -> None:
    """An hour without a position, 200 km apart, beside a state some 30 km from the straight leg."""
    rows = [Sample(Waypoint(lon, 10.0), T0 + at) for at, lon in ((-60, 9.9), (0, 10.0), (3600, 12.0), (3660, 12.1))]
    (track,) = tracks_of(rows, "x")
    world = make_world({"AAA": box(10.0, 10.3, 12.0, 12.0)})
    recorded = of.Case.of(track, world=world, avoid="AAA")
    assert judged(parse_claim("keeps out of AAA"), recorded).answer == "not-known"
    assert judged(parse_claim("needs no consent"), recorded).answer == "not-known"


def test_a_margin_of_the_proposal_is_none_of_what_a_claim_says_is_entered() -> None:
    """A route in Austria, some kilometres from Slovakia: within the margin, and outside of Slovakia."""
    near = of.Case.of(["48.2,16.9", "48.0,16.9"], on="2025-10-23", avoid="SVK", margin="50km")
    assert near.verdict.status != "clear", "or this shows nothing"
    assert judged(parse_claim("keeps out of SVK"), near).answer == "holds"
    assert judged(parse_claim("enters SVK"), near).answer == "fails"


def test_who_consents_by_assumption_is_still_one_whose_consent_is_needed() -> None:
    allowed = of.Case.of(["VKO", "MSQ", "BUD"], on="2025-10-23", avoid="icc", allow="UKR,POL,SVK,HUN")
    assert judged(parse_claim("needs only the consent of UKR, POL, SVK, HUN"), allowed).answer == "holds"
    free = judged(parse_claim("needs the consent of Belarus and Germany"), allowed)
    assert free.answer == "fails"
    assert "no rule of the proposal forbids Belarus" in free.found
    assert "it does not enter Germany" in free.found


def test_a_claim_is_an_expectation_and_may_be_expected_to_fail() -> None:
    proposal = read('claims = ["about 1500 km", {claim = "about 5000 km", expect = "fails"}, "3 h longer"]\n')
    told = briefings(proposal, proposal.case())
    assert list(told) == ["claim about 1500 km", "claim about 5000 km", "claim 3 h longer"]
    assert told["claim about 1500 km"] is None
    assert told["claim about 5000 km"] is None
    text = told["claim 3 h longer"] or ""
    assert "expected: holds\nfound:    fails" in text
    assert "claim: 3 h longer (2 h 42 min to 3 h 18 min): fails: 2 min" in text


def test_a_check_on_a_claim_stands_at_its_line() -> None:
    proposal = read('avoid = ["POL"]\nclaims = [\n  "about 1500 km",\n  "3 h longer",\n]\n')
    titles = check_titles(proposal)
    assert titles == ("avoid POL", "claim about 1500 km", "claim 3 h longer")
    assert [line_of(proposal, title) for title in titles] == [4, 6, 7]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('claims = ["far"]', "p.route.toml, line 4: `claims[0]`: 'far' is no claim that can be judged: say"),
        ('claims = ["about 0 km"]', "p.route.toml, line 4: `claims[0]`: 'about 0 km': nothing is about nothing"),
        ('claims = "3 h longer"', "p.route.toml, line 4: `claims`: expected a list of claims"),
        ('claims = [{claim = "3 h", expect = "no"}]', 'line 4: `claims[0].expect`: expected "holds", "fails"'),
        ('claims = [{text = "3 h"}]', "line 4: `claims[0].text`: unknown key"),
        ('aircraft = "jumbo"', "p.route.toml, line 4: `aircraft`: 'jumbo' is no"),
    ],
)
def test_a_claim_that_is_wrong_is_named_with_its_place(text: str, told: str) -> None:
    with pytest.raises(ProposalError) as caught:
        read(text)
    assert told in str(caught.value)


def test_a_name_that_nobody_has_is_found_when_the_proposal_is_judged() -> None:
    proposal = read('claims = ["about 1500 km", "passes Belarus and Atlantis"]')
    with pytest.raises(OverflightError, match=r"line 4: `claims\[1\]`: .*Atlantis"):
        proposal.case()


def test_claims_are_written_as_they_are_read() -> None:
    keys = {
        "name": "x",
        "on": "2025-10-23",
        "waypoints": ["VKO", "BUD"],
        "claims": ["about 1500 km", {"claim": "enters POL", "expect": "fails"}],
        "aircraft": "wide-body",
    }
    (found,) = parse_proposals(proposal_text(keys), where="x")
    assert [(one.text, one.expect) for one in found.claims] == [("about 1500 km", "holds"), ("enters POL", "fails")]
    assert found.aircraft is not None
    assert found.aircraft.name == "wide-body"


def test_a_test_of_ones_own_fails_by_the_claims_that_do_not_hold() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_claims(["VKO", "BUD"], ["about 1500 km", "3 h longer", "keeps out of POL"], on="2025-10-23")
    head, *wrong = str(caught.value).splitlines()
    assert head == "VKO-BUD on 2025-10-23:"
    assert [line.split(":")[0] for line in wrong] == ["3 h longer (2 h 42 min to 3 h 18 min)", "keeps out of POL"]
    assert assert_claims(["VKO", "BUD"], "needs the consent of POL", on="2025-10-23", avoid="icc")[0].answer == "holds"


def test_a_drawing_may_hold_a_claim_as_text() -> None:
    line = {"type": "LineString", "coordinates": [[37.26, 55.59], [19.26, 47.44]]}
    drawn = {"type": "Feature", "geometry": line, "properties": {"on": "2025-10-23", "claims": "about 1500 km"}}
    (found,) = parse_proposals(json.dumps(drawn), where="x.route.geojson", drawn=True)
    assert [one.text for one in found.claims] == ["about 1500 km"]


def test_check_shows_each_claim_with_its_figure_and_fails_by_it_only_as_expected(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "p.route.toml"
    file.write_text(HEAD + 'claims = ["about 1500 km", "3 h longer"]\n', encoding="utf-8")
    status, out, err = run("check", file, "-f", "json")
    (route,) = json.loads(out)["routes"]
    assert status == 0
    assert [(one["claim"], one["answer"], one["as_expected"]) for one in route["claims"]] == [
        ("about 1500 km", "holds", True),
        ("3 h longer", "fails", False),
    ]
    assert route["as_expected"] is False
    assert "claim: Moscow-Budapest: about 1500 km (1,350 km to 1,650 km): holds: 1,5" in err
    status, out, _ = run("check", file, "-f", "briefing", "--as-expected")
    assert status == 1
    assert "Moscow-Budapest: claim 3 h longer on 2025-10-23" in out


def test_a_terminal_shows_claims_below_the_crossings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "p.route.toml"
    file.write_text(HEAD + 'claims = ["enters Poland"]\n', encoding="utf-8")
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    with pytest.raises(SystemExit):
        main(["check", str(file)])
    assert "claim: enters Poland: holds: enters Poland" in screen.getvalue()
