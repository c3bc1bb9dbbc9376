"""What would mend a proposal: advice that holds when it is followed."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from overflight.case import Case
from overflight.proposals import Proposal, parse_proposals, read_proposals
from overflight.proposals.briefing import briefings
from overflight.proposals.mends import Mend
from overflight.proposals.mends import mend as mend_of
from overflight.routes import Route
from overflight.routes.places import Waypoint

HEAD = 'name = "x"\non = 2025-10-23\n'


def read(text: str) -> Proposal:
    (proposal,) = parse_proposals(HEAD + text, where="p.route.toml")
    return proposal


def mend(proposal: Proposal) -> Mend:
    return mend_of(proposal, proposal.case())


def followed(text: str, advice: str) -> Case:
    """Put what an advice says into the file."""
    keys = advice[advice.index(": ", len("to mend it: ")) + 2 :]
    parts = tomllib.loads(keys.replace("], ", "]\n"))
    own = "\n".join(line for line in text.splitlines() if line.split(" = ")[0] not in parts)
    return read(own + "\n" + "\n".join(f"{key} = {value!r}".replace("'", '"') for key, value in parts.items())).case()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "length"),
    [
        ('waypoints = ["FRA", "VIE"]\navoid = ["CZE"]', "625.4 km (+0.3 % over the great circle): waypoints = ["),
        ('waypoints = ["FRA", "VIE"]\navoid = ["CZE", "POL"]\nmargin = "5nm"', "626.9 km"),
        ('waypoints = ["FRA", "PRG", "VIE"]\navoid = ["POL"]\nmax_extension_pct = 1', "623.6 km (the great circle): "),
        (
            'waypoints = ["VKO", "BUD"]\navoid = ["icc"]\nallow = ["HUN"]',
            'of Ukraine: allow = ["HUN", "UKR"], waypoints = [',
        ),
    ],
)
def test_the_shortest_mend_mends(text: str, length: str) -> None:
    found = mend(read(text))
    assert length in found.lines[0]
    assert found.verdict is not None
    assert found.verdict.passed
    assert followed(text, found.lines[0]).verdict.passed


@pytest.mark.slow
def test_no_mend_rests_on_the_consent_of_who_cannot_be_asked() -> None:
    shut = 'waypoints = ["FRA", "VIE"]\navoid = ["icc"]\nallow = ["DEU", "AUT"]\nnever = ["CZE"]'
    (advice,) = mend(read(shut)).lines
    assert "CZE" not in advice
    assert followed(shut, advice).verdict.passed
    keep = mend(read(shut.replace('never = ["CZE"]', ""))).lines[-1]
    assert keep.startswith("or keep this route with the consent of Czechia")


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        'waypoints = ["FRA", "VIE"]\navoid = ["CZE"]',
        'waypoints = ["VKO", "MSQ", "BUD"]\navoid = ["icc"]\nmax_extension_pct = 1',
    ],
)
def test_consent_to_the_route_as_it_is_mends_it(text: str) -> None:
    advice = mend(read(text)).lines[-1]
    assert advice.startswith("or keep this route with the consent of ")
    consents, _, rest = advice.partition("], as long as it is: ")
    again = followed(text, f"to mend it: {consents}{']' * bool(rest)}".replace("with the consent of", ""))
    assert not [f for f in again.verdict.findings if f.state and f.status != "clear"]
    if rest:
        assert rest == "max_extension_pct = 2.2"


def test_who_is_passed_too_near_is_asked_too() -> None:
    found = mend(read('waypoints = ["FRA", "VIE"]\navoid = ["CZE", "SVK"]\nmargin = "50km"'))
    assert found.lines == (
        'to mend it: keep this route with the consent of Czechia and Slovakia: allow = ["CZE", "SVK"]',
    )


def test_a_route_too_long_that_crosses_as_expected_may_be_as_long_as_it_is() -> None:
    text = 'waypoints = ["FRA", "PRG", "VIE"]\navoid = ["CZE"]\ncrosses = ["CZE"]\nmax_extension_pct = 1'
    assert mend(read(text)).lines == ("to mend it: keep this route as long as it is: max_extension_pct = 10.3",)


def test_a_waypoint_that_only_its_file_calls_so_is_written_by_its_coordinates() -> None:
    proposal = read('waypoints = ["FRA", "VIE"]\navoid = ["CZE"]')
    named = Route((Waypoint(8.5, 50.0, "Start"), Waypoint(16.5, 48.1, "BUD")))
    (advice, _) = mend(replace(proposal, route=named)).lines
    assert 'waypoints = ["50,8.5", ' in advice
    assert advice.endswith('"48.1,16.5"]')


def test_what_no_rule_reaches_is_forbidden_by_none_of_several() -> None:
    forbidden = read('waypoints = ["VKO", "BUD"]\navoid = ["NZL - TKL", "POL"]').case().forbidden
    assert forbidden == {"NZL", "POL"}
    assert forbidden.exceptions == {"TKL"}


def test_a_round_trip_has_no_other_route_but_consent() -> None:
    (advice,) = mend(read('waypoints = ["FRA", "PRG", "FRA"]\navoid = ["CZE"]')).lines
    assert advice == 'to mend it: keep this route with the consent of Czechia: allow = ["CZE"]'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('crosses = ["UKR"]\nwaypoints = ["VKO", "BUD"]', 'expect = "crosses", crosses = ["HUN", "POL", "SVK", "UKR"]'),
        ('expect = "crosses"\nwaypoints = ["VKO", "LED"]', 'expect = "clear", without `crosses`'),
    ],
)
def test_another_expectation_is_what_the_route_does(text: str, told: str) -> None:
    (advice,) = mend(read(f'avoid = ["icc"]\n{text}')).lines
    assert advice.endswith(told)


ZONE = '{"type": "Polygon", "coordinates": [[[12, 49], [14, 49], [14, 51], [12, 51], [12, 49]]]}'


@pytest.mark.parametrize("avoid", ['["zone.geojson"]', '["zone.geojson | CZE"]'])
def test_an_area_that_is_crossed_is_no_reason_to_expect_that_nothing_is(tmp_path: Path, avoid: str) -> None:
    """Areas can't be named in `crosses`, so nobody is where one is crossed."""
    (tmp_path / "zone.geojson").write_text(ZONE, encoding="utf-8")
    file = tmp_path / "a.route.toml"
    text = f'name = "a"\non = 2025-10-23\nwaypoints = ["FRA", "KRK"]\navoid = {avoid}\nexpect = "marginal"\nwhy = "x"\n'
    file.write_text(text, encoding="utf-8")
    (proposal,) = read_proposals(file)
    assert mend(proposal).lines[0].endswith(': expect = "crosses", without `crosses`')
    file.write_text(text.replace("marginal", "crosses"), encoding="utf-8")
    (mended,) = read_proposals(file)
    assert set(briefings(mended, mended.case()).values()) == {None}
