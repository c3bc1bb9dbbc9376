"""Rules, findings and verdicts, on the shipped data."""

from __future__ import annotations

import datetime as dt
import math
from array import array
from collections.abc import Callable
from dataclasses import replace

import pytest
import shapely

import overflight as of
from overflight.errors import RouteError, UnknownStateError
from overflight.rules.wording.findings import degrees
from tests.worlds import make_world

WORLD = of.load_airspaces()
ICC = of.bloc("icc").on(dt.date(2025, 10, 23))
DIRECT = of.great_circle("VKO", "BUD")


def statuses(verdict: of.Verdict) -> dict[str, str]:
    return {f.state.code: f.status for f in verdict.findings if f.state}


def test_a_route_through_forbidden_airspace_crosses_with_the_kilometres_of_each_state() -> None:
    verdict = of.check(DIRECT, WORLD, rules=[of.Avoid(ICC, name="icc")])
    assert verdict.status == "crosses"
    assert not verdict.passed
    km = {f.state.code: f.length_km for f in verdict.findings if f.state and f.status == "crosses"}
    assert km == pytest.approx({"UKR": 406.9, "POL": 49.7, "SVK": 110.6, "HUN": 180.4}, abs=0.5)


def test_crossings_that_are_known_are_judged_as_the_route_is() -> None:
    rules = [of.Avoid(ICC, name="icc", margin_km=40.0)]
    assert of.check(of.crossings(DIRECT, WORLD), WORLD, rules=rules) == of.check(DIRECT, WORLD, rules=rules)


def test_membership_on_another_date_gives_another_verdict() -> None:
    """On 2024-12-31 Ukraine was no party yet."""
    before = of.bloc("icc").on(dt.date(2024, 12, 31))
    assert "UKR" not in statuses(of.check(DIRECT, WORLD, rules=[of.Avoid(before)]))


def test_consent_makes_a_crossing_lawful_and_is_noted() -> None:
    allowed = of.Avoid(ICC, allow=["UKR", "POL", "SVK", "HUN"])
    verdict = of.check(DIRECT, WORLD, rules=[allowed])
    assert verdict.passed
    assert all(f.note == "only with its consent" for f in verdict.findings if f.crossings)


@pytest.mark.parametrize("allow", ["POL", "POL, SVK", of.State("POL"), ["POL"], "SVK,POL"])
def test_consent_may_be_one_text_as_on_the_command_line(allow: str | list[str]) -> None:
    assert of.check(DIRECT, WORLD, rules=[of.Avoid(["POL"], allow=allow)]).status == "clear"
    assert of.check(DIRECT, WORLD, rules=[of.Avoid(["POL"]).allowing(allow)]).status == "clear"
    assert of.Case.of(DIRECT, on="2025-10-23", avoid="POL").allowing(allow).verdict.status == "clear"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("pol", "unknown state 'pol': write POL for Poland"),
        ("Poland", "unknown state 'Poland': write POL for Poland"),
        ("ZZZ", "unknown state 'ZZZ': use its ISO alpha-3 code"),
        ("GRL", "'GRL' is a territory of Denmark: give overflight.ruleset"),
    ],
)
def test_a_code_of_no_state_is_refused_for_nothing_would_ever_cross_it(code: str, told: str) -> None:
    with pytest.raises(UnknownStateError, match=told):
        of.check(DIRECT, WORLD, rules=[of.Avoid(["HUN", code])])


def test_a_state_that_holds_nothing_in_a_view_but_claims_is_no_unknown_one() -> None:
    world = of.load_airspaces("de-facto")
    held = {piece.de_facto for piece in world.pieces}
    claiming = sorted({code for piece in world.pieces for code in piece.claimants} - {str(state) for state in held})
    assert all(of.check(DIRECT, world, rules=[of.Avoid([code])]) for code in claiming)


def test_a_near_miss_within_the_margin_is_marginal_and_says_how_near() -> None:
    """Along the meridian 10 km west of Cyprus's territorial sea, well clear without a margin."""
    route = of.route((31.2, 33.0), (31.2, 36.0))
    (near,) = [f for f in of.check(route, WORLD, rules=[of.Avoid(["CYP"])]).findings if f.state == "CYP"]
    assert near.status == "clear"
    assert near.closest_km is not None
    assert 1 < near.closest_km < 100
    wide = of.Avoid(["CYP"], margin_km=near.closest_km + 1)
    assert of.check(route, WORLD, rules=[wide]).status == "marginal"
    narrow = of.Avoid(["CYP"], margin_km=near.closest_km - 1)
    assert of.check(route, WORLD, rules=[narrow]).passed


def test_a_route_nearer_than_the_datas_accuracy_is_marginal() -> None:
    """A leg that ends 50 m short of Poland, at sea north of Wladyslawowo."""
    lon, lat = 18.6, 55.5
    crossings = of.crossings(of.route((lon, lat), (lon, 54.7)), WORLD)
    (poland,) = [c for c in crossings if c.state == "POL"]
    entry_lat = poland.entry[1]
    stop = of.route((lon, lat), (lon, entry_lat + 50 / 111_300))
    (finding,) = [f for f in of.check(stop, WORLD, rules=[of.Avoid(["POL"])]).findings if f.state == "POL"]
    assert finding.status == "marginal"
    assert finding.closest_km == pytest.approx(0.05, abs=0.02)


def test_one_state_that_is_entered_weighs_more_than_another_that_is_merely_near() -> None:
    """VKO-BUD enters Poland and passes Romania by less than 300 km."""
    verdict = of.check(DIRECT, WORLD, rules=[of.Avoid(["POL", "ROU"], margin_km=300.0)])
    assert statuses(verdict) == {"POL": "crosses", "ROU": "marginal"}
    assert verdict.status == "crosses"
    assert verdict.explain().index("crosses Poland") < verdict.explain().index("marginal, Romania")
    told = repr(verdict)
    assert told.startswith("<Verdict crosses: ")
    assert told.index("POL") < told.index("ROU")


def test_what_matters_is_told_first_and_what_is_clear_is_no_matter() -> None:
    """With Poland's consent, passing Romania by less than the margin is the worst that is left."""
    verdict = of.check(DIRECT, WORLD, rules=[of.Avoid(["POL", "ROU"], margin_km=300.0, allow=["POL"])])
    assert statuses(verdict) == {"POL": "clear", "ROU": "marginal"}
    assert [line.split(": ")[1].split()[0] for line in verdict.explain().splitlines()[1:]] == ["marginal,", "enters"]
    assert repr(verdict).startswith("<Verdict marginal: 'VKO-BUD', 1,537.0 km; avoid: ROU ")
    assert "POL" not in repr(verdict)


@pytest.mark.parametrize(
    ("lonlat", "text"),
    [((0.0, 0.0), "0.0000N 0.0000E"), ((-0.5, -0.25), "0.2500S 0.5000W"), ((180.0, 90.0), "90.0000N 180.0000E")],
)
def test_places_are_written_latitude_first(lonlat: tuple[float, float], text: str) -> None:
    assert degrees(lonlat) == text


@pytest.mark.parametrize("margin_km", [-0.001, 2000.001, math.inf, math.nan])
def test_a_margin_that_can_not_be_searched_is_refused(margin_km: float) -> None:
    with pytest.raises(RouteError, match="give a distance of 0 or more, and of 2000 km at most"):
        of.Avoid(["POL"], margin_km=margin_km)
    assert of.Avoid(["POL"], margin_km=2000.0).margin_km == 2000.0


def test_the_great_circle_is_no_longer_than_itself() -> None:
    assert of.check(DIRECT, WORLD, rules=[of.MaxExtension(0.0)]).status == "clear"
    longer = of.route("VKO", "MSQ", "BUD")
    assert of.check(longer, WORLD, rules=[of.MaxExtension(0.0)]).status == "marginal"


def test_a_claim_to_a_territory_that_the_rule_leaves_out_is_not_told() -> None:
    """The isle is held by BBB and claimed by AAA, whose other land the rule is about."""
    world = make_world({"AAA": shapely.box(0, 0, 1, 1), "BBB": shapely.box(10, 0, 12, 1)})
    isle = replace(world.pieces[2], territory="III", claimants=("AAA", "BBB"), disputed="claimed by both")
    world = replace(world, pieces=(*world.pieces[:2], isle))
    over = of.route((9.0, 0.5), (13.0, 0.5))
    home, known = frozenset({(of.State("AAA"), "AAA")}), frozenset({(of.State("AAA"), "AAA"), (of.State("AAA"), "III")})
    (claim,) = of.check(over, world, rules=[of.Avoid(of.RuleSet("AAA", known, known=known))]).findings
    assert (claim.status, len(claim.claimed)) == ("clear", 1)
    assert of.check(over, world, rules=[of.Avoid(of.RuleSet("AAA", home, known=known))]).findings == ()


def test_a_margin_wider_than_the_search_radius_is_searched_all_the_way() -> None:
    """Romania is some 110 km off: farther than closest approaches are told of by default, nearer than the margin."""
    assert of.check(DIRECT, WORLD, rules=[of.Avoid(["ROU"])]).findings == ()
    (near,) = of.check(DIRECT, WORLD, rules=[of.Avoid(["ROU"], margin_km=300.0)]).findings
    assert near.status == "marginal"
    assert near.closest_km is not None
    assert 100.0 < near.closest_km < 300.0
    (beyond,) = of.check(DIRECT, WORLD, rules=[of.Avoid(["ROU"], margin_km=near.closest_km)]).findings
    assert beyond.status == "clear"


def with_accuracies(world: of.Airspaces, metres: dict[str, int]) -> of.Airspaces:
    """Give each border the accuracy of its piece."""
    sides = zip(world.index.arc_left, world.index.arc_right, strict=True)
    stated = array("H", [max(metres.get(world.pieces[side].territory, 0) for side in pair) for pair in sides])
    return replace(world, index=replace(world.index, arc_accuracy=memoryview(stated)))


@pytest.mark.parametrize(("off_km", "known_m", "enough_m"), [(1.0, 12_000, 10_000), (5.0, 6_500, 6_000)])
def test_what_is_nearer_than_that_border_is_known_is_marginal_though_another_is_nearer(
    off_km: float, known_m: int, enough_m: int
) -> None:
    """Two islands of one state, 11 km apart: past the one, known to 100 m, and nearer to the other than known."""
    world = make_world({"AAA": shapely.box(10.0, 0.0, 10.1, 0.1), "BBB": shapely.box(10.2, 0.0, 10.3, 0.1)})
    one = replace(world.pieces[2], state=world.pieces[1].state)
    world = replace(world, pieces=(*world.pieces[:2], one))
    route = of.route((10.1 + off_km / 111.32, -1.0), (10.1 + off_km / 111.32, 1.0))
    vague = with_accuracies(world, {"AAA": 100, "BBB": known_m})
    (finding,) = of.check(route, vague, rules=[of.Avoid({"AAA"})]).findings
    assert finding.status == "marginal"
    assert finding.closest_km == pytest.approx(off_km, abs=0.01)
    assert finding.approach is not None
    assert finding.approach.accuracy_m == 100
    assert finding.approach.doubtful is not None
    assert finding.approach.doubtful.km == pytest.approx(0.1 * 111.32 - off_km, abs=0.02)
    assert f"known to {known_m / 1000:g} km" in finding.note
    known = with_accuracies(world, {"AAA": 100, "BBB": enough_m})
    (finding,) = of.check(route, known, rules=[of.Avoid({"AAA"})]).findings
    assert (finding.status, finding.note) == ("clear", "")


def test_of_two_borders_in_doubt_that_one_is_told_which_is_most_in_doubt() -> None:
    """By 5 km the one, which is known to 8 km, and by 2 km the other, which is farther off and known to 12 km."""
    boxes = {"AAA": (10.0, 10.1), "BBB": (10.136, 10.15), "CCC": (10.2, 10.3)}
    world = make_world({code: shapely.box(west, 0.0, east, 0.1) for code, (west, east) in boxes.items()})
    own = [replace(piece, state=of.State("AAA")) for piece in world.pieces[1:]]
    world = with_accuracies(replace(world, pieces=(world.pieces[0], *own)), {"AAA": 100, "BBB": 8_000, "CCC": 12_000})
    route = of.route((10.1 + 1.0 / 111.32, -1.0), (10.1 + 1.0 / 111.32, 1.0))
    (finding,) = of.check(route, world, rules=[of.Avoid({"AAA"})]).findings
    assert finding.closest_km == pytest.approx(1.0, abs=0.01)
    assert "known to 8 km" in finding.note


def test_kosovo_counts_for_itself_and_not_for_serbia_and_says_so() -> None:
    route = of.route((21.0, 42.5), (21.2, 42.7))
    verdict = of.check(route, WORLD, rules=[of.Avoid(["SRB"])])
    assert verdict.status == "clear"
    (crossing,) = verdict.crossings
    assert crossing.state == "XKX"
    assert crossing.disputed is not None
    assert "Serbia" in crossing.disputed


def test_a_piece_that_nobody_holds_undisputed_counts_for_each_claimant() -> None:
    """Abyei, claimed by Sudan and South Sudan."""
    route = of.route((28.4, 9.6), (28.6, 9.7))
    for claimant in ("SDN", "SSD"):
        verdict = of.check(route, WORLD, rules=[of.Avoid([claimant])])
        assert verdict.status == "crosses"
        assert any("Abyei" in f.note for f in verdict.findings)


@pytest.mark.parametrize(("pct", "status"), [(80.0, "clear"), (10.0, "marginal")])
def test_a_route_may_be_only_so_much_longer_than_the_great_circle(pct: float, status: str) -> None:
    detour = of.route("VKO", "ARN", "BUD")
    assert of.check(detour, WORLD, rules=[of.MaxExtension(pct)]).status == status


def test_the_briefing_names_state_place_kilometres_and_role() -> None:
    text = of.check(DIRECT, WORLD, rules=[of.Avoid(ICC, name="icc")]).explain()
    assert "icc: crosses Poland (POL) for 49.7 km, in at 49.4690N 22.7044E (km 1,196.3)" in text
    assert text.splitlines()[0] == "VKO-BUD (1,537.0 km): crosses"


def test_a_margin_below_zero_is_refused() -> None:
    with pytest.raises(of.OverflightError, match="0 or more"):
        of.Avoid(["POL"], margin_km=-1)


def test_without_rules_a_verdict_is_clear() -> None:
    assert of.check(DIRECT, WORLD, rules=[]).passed


def test_what_a_forbidden_state_claims_and_another_holds_is_named_but_no_breach() -> None:
    """Delhi to Srinagar: Kashmir counts for India, which holds it; Pakistan claims it."""
    route = of.great_circle("DEL", "SXR")
    verdict = of.check(route, WORLD, rules=[of.Avoid({"PAK"})])
    (pakistan,) = verdict.findings
    disputed = [crossing for crossing in verdict.crossings if crossing.disputed]
    assert (verdict.status, pakistan.length_km, pakistan.crossings) == ("clear", 0.0, ())
    assert pakistan.claimed == tuple(disputed)
    assert pakistan.claimed_km == pytest.approx(sum(crossing.length_km for crossing in disputed))
    assert pakistan.to_dict()["claimed_km"] == pytest.approx(pakistan.claimed_km, abs=1e-3)
    assert f"Pakistan (PAK) claims {pakistan.claimed_km:,.1f} km that count for India" in verdict.explain()
    assert of.check(route, WORLD, rules=[of.Avoid({"PAK"}, allow={"PAK"})]).findings == ()
    (india,) = of.check(route, WORLD, rules=[of.Avoid({"IND"})]).findings
    assert india.claimed == ()
    assert "claimed_km" not in india.to_dict()


def test_a_claim_is_named_however_far_its_claimant_is() -> None:
    """Argentina is more than the search radius away from the Falkland Islands."""
    over = of.Route((of.Waypoint(-59.5, -51.7), of.Waypoint(-58.5, -51.75)))
    verdict = of.check(over, WORLD, rules=[of.Avoid({"ARG"})])
    (argentina,) = verdict.findings
    assert (verdict.status, argentina.state, argentina.closest_km) == ("clear", "ARG", None)
    assert argentina.claimed_km == pytest.approx(over.length_km)
    assert argentina.state is not None
    assert argentina.state.name == "Argentina"
    assert f"ARG claims {argentina.claimed_km:,.1f} km, clear" in repr(verdict)
    assert "not entered\n" in verdict.explain()


def test_one_rule_needs_no_brackets() -> None:
    route, world, rule = of.great_circle("VKO", "BUD"), of.load_airspaces(), of.Avoid(["POL"])
    assert of.check(route, world, rules=rule) == of.check(route, world, rules=[rule])


def test_a_date_may_be_text_wherever_one_is_asked_for() -> None:
    assert of.ruleset("eu", on="2020-01-31") - of.ruleset("eu", on=dt.date(2020, 2, 1)) == {of.State("GBR")}
    assert of.load_airspaces(on="1997-06-30") is of.load_airspaces(on=dt.date(1997, 6, 30))


@pytest.mark.parametrize("on", ["23.10.2025", "2025-02-30", "", dt.datetime(2025, 10, 23, tzinfo=dt.UTC)])
@pytest.mark.parametrize(
    "ask",
    [
        lambda on: of.ruleset("eu", on=on),
        lambda on: of.load_airspaces(on=on),
        lambda on: of.Case.of(["VKO", "BUD"], on=on),
    ],
)
def test_what_is_no_date_is_refused_with_the_way_to_write_one(ask: Callable[[object], object], on: object) -> None:
    with pytest.raises(ValueError, match=r"write it as 2025-10-23|is a moment: give the date"):
        ask(on)
