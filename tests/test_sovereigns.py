"""Whose a piece was on a date: territories that changed hands, states that came about, disputes that began."""

from __future__ import annotations

import datetime as dt
import json

import pytest

import overflight as of
from overflight.airspace import VIEWS, Piece, past_sovereigns
from overflight.airspace.sovereigns import Sovereign, labelled
from overflight.rules.rulesets import parse_ruleset
from tests.commands import Run

TODAY = of.load_airspaces()
DATES = [dt.date.fromisoformat(text) for text in TODAY.manifest["label_changes"]]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def at(lon: float, lat: float, on: str, view: str = "de-jure") -> Piece:
    return of.locate(of.load_airspaces(view, on=day(on)), lon, lat)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("place", "last", "before", "first", "since"),
    [
        ((114.17, 22.30), "1997-06-30", "GBR", "1997-07-01", "CHN"),
        ((113.55, 22.19), "1999-12-19", "PRT", "1999-12-20", "CHN"),
        ((19.26, 42.44), "2006-06-02", "SRB", "2006-06-03", "MNE"),
        ((21.16, 42.66), "2008-02-16", "SRB", "2008-02-17", "XKX"),
        ((31.58, 4.85), "2011-07-08", "SDN", "2011-07-09", "SSD"),
        ((28.43, 9.60), "2011-07-08", "SDN", "2011-07-09", "XXX"),
        ((125.57, -8.55), "2002-05-19", "XXX", "2002-05-20", "TLS"),
    ],
    ids=["Hong Kong", "Macao", "Podgorica", "Pristina", "Juba", "Abyei", "Dili"],
)
def test_a_piece_is_whose_it_was_on_the_date(  # noqa: PLR0917 - one column each
    place: tuple[float, float], last: str, before: str, first: str, since: str, view: str
) -> None:
    assert at(*place, last, view).state == before
    assert at(*place, first, view).state == since


@pytest.mark.parametrize(
    ("on", "de_facto", "claimants"), [("2014-03-17", "UKR", ()), ("2014-03-18", "RUS", ("UKR", "RUS"))]
)
def test_crimea_is_in_dispute_from_the_day_it_was_claimed(on: str, de_facto: str, claimants: tuple[str, ...]) -> None:
    for view, state in zip(VIEWS, ("UKR", de_facto), strict=True):
        piece = at(34.1, 44.95, on, view)
        assert (piece.state, piece.claimants, piece.de_facto) == (state, claimants, de_facto)
        assert bool(piece.disputed) is bool(claimants)


@pytest.mark.parametrize(("on", "flagged"), [("2022-09-29", False), ("2022-09-30", True)])
def test_the_four_oblasts_are_in_dispute_from_the_day_they_were_claimed(on: str, flagged: bool) -> None:
    piece = at(37.8, 48.0, on)
    assert (piece.state, bool(piece.disputed)) == ("UKR", flagged)
    assert ("RUS" in piece.claimants) is flagged


def test_an_overlap_of_a_state_with_the_one_it_came_out_of_was_no_dispute() -> None:
    assert at(28.43, 9.6, "2011-07-08").disputed is None
    assert at(28.43, 9.6, "2011-07-08").claimants == ()
    assert at(28.43, 9.6, "2011-07-09").claimants == ("SDN", "SSD")


def test_a_claim_of_a_later_state_was_that_of_the_one_it_came_out_of() -> None:
    """Ilemi: Kenya held it against Sudan then."""
    piece = at(35.3, 4.9, "2011-07-08")
    assert (piece.state, piece.de_facto, piece.claimants) == ("SDN", "KEN", ("SDN", "KEN", "ETH"))


def test_what_the_united_nations_administered_says_so() -> None:
    assert "United Nations" in (at(21.16, 42.66, "2005-01-01").disputed or "")
    assert at(21.16, 42.66, "1999-06-09").disputed is None
    dili = at(125.57, -8.55, "2000-01-01")
    assert (dili.state, dili.claimants) == ("XXX", ())
    assert "United Nations" in (dili.disputed or "")
    assert at(125.57, -8.55, "1999-10-24").claimants == ("IDN", "PRT")


def test_dates_between_two_changes_share_one_world() -> None:
    """Detours keep what they work out by the object."""
    assert of.load_airspaces(on=day("2025-10-23")) is TODAY
    assert of.load_airspaces(on=DATES[-1]) is TODAY
    assert of.load_airspaces(on=day("2003-01-01")) is of.load_airspaces(on=day("2006-06-02"))
    worlds = [of.load_airspaces(on=on - dt.timedelta(days=1)) for on in DATES]
    assert len({id(world) for world in [*worlds, TODAY]}) == len(DATES) + 1
    assert all(world.index is TODAY.index for world in worlds)


@pytest.mark.parametrize("view", VIEWS)
def test_every_day_of_change_changes_a_label_and_nothing_else_does(view: str) -> None:
    for on in DATES:
        old, new = (of.load_airspaces(view, on=d) for d in (on - dt.timedelta(days=1), on))
        changed = [(p, q) for p, q in zip(old, new, strict=True) if p != q]
        assert 1 <= len(changed) <= 8, on
        assert all((p.id, p.territory, p.territory_name) == (q.id, q.territory, q.territory_name) for p, q in changed)


def test_every_past_state_has_its_name_and_a_source() -> None:
    names = {state: state.name for state in TODAY.states} | {"XXX": "Undetermined"}
    territories = {piece.territory for piece in TODAY}
    for row in past_sovereigns():
        assert row.territory in territories
        assert names[row.state] == row.state.name
        assert row.source
        assert sum(r.territory == row.territory and r.holds_on(row.until) for r in past_sovereigns()) <= 1


def test_a_row_of_a_past_sovereign_holds_until_the_day_before() -> None:
    row = Sovereign("BBB", of.State("AAA"), day("2000-01-01"), day("2001-01-01"))
    piece = Piece(1, "BBB", "B", of.State("BBB"), (), None, None, of.State("BBB"), of.State("BBB"))
    found = [
        labelled([piece], [row], day(on))[0].state for on in ("1999-12-31", "2000-01-01", "2000-12-31", "2001-01-01")
    ]
    assert found == ["BBB", "AAA", "AAA", "BBB"]


def test_a_dispute_begins_on_its_day() -> None:
    one = of.State("AAA"), of.State("BBB")
    piece = Piece(1, "AAA", "A", one[0], ("AAA", "BBB"), "a dispute", day("2000-01-01"), *one)
    before, since = (labelled([piece], [], day(on))[0] for on in ("1999-12-31", "2000-01-01"))
    assert (before.disputed, before.claimants, before.de_facto) == (None, (), "AAA")
    assert since == piece


def test_a_dispute_is_over_on_its_day() -> None:
    one = of.State("AAA"), of.State("BBB")
    piece = Piece(1, "AAA", "A", one[0], ("AAA", "BBB"), "a dispute", None, *one, disputed_until=day("2001-01-01"))
    last, over, now = (labelled([piece], [], on)[0] for on in (day("2000-12-31"), day("2001-01-01"), dt.date.max))
    assert last == piece
    assert (over.disputed, over.claimants, over.de_facto, over.disputed_until) == (None, (), "AAA", None)
    assert now == over


@pytest.mark.parametrize(
    ("on", "view", "told"),
    [
        ("2013-01-01", "de-facto", "Nagorno-Karabakh"),
        ("2016-01-01", "de-facto", "Donetsk and Luhansk"),
        ("2022-02-24", "de-facto", "Nagorno-Karabakh"),
        ("2023-09-20", "de-facto", ""),
        ("2016-01-01", "de-jure", ""),
    ],
)
def test_what_the_labels_of_a_view_do_not_show_is_said(run: Run, on: str, view: str, told: str) -> None:
    doubt = of.load_airspaces(view, on=day(on)).doubt_on(day(on))
    assert told in doubt
    assert bool(doubt) is bool(told)
    assert doubt in run("check", "48.0,37.8", "48.2,38.4", "--avoid", "RUS", "--on", on, "--view", view)[2]


def test_the_states_of_the_world_are_those_of_the_date() -> None:
    then = of.load_airspaces(on=day("2006-06-02")).states
    assert set(TODAY.states) - set(then) == {"MNE", "SSD", "XKX"}
    assert set(then) <= set(TODAY.states)


def test_a_treaty_of_the_date_counts_for_the_state_of_the_date(run: Run) -> None:
    """Serbia and Montenegro was a party, Sudan never was; Ukraine became one with Crimea in dispute."""
    podgorica, juba, crimea = ("42.4,19.2", "42.5,19.4"), ("4.8,31.4", "4.9,31.7"), ("44.9,34.0", "45.0,34.2")
    for places, on, state, status in (
        (podgorica, "2006-06-02", "SRB", "crosses"),
        (podgorica, "2006-06-03", "MNE", "crosses"),
        (podgorica, "2002-06-30", "SRB", "clear"),
        (juba, "2011-07-08", "SDN", "clear"),
        (crimea, "2014-03-17", "UKR", "clear"),
        (crimea, "2025-01-01", "UKR", "crosses"),
    ):
        out = run("check", *places, "--avoid", "icc", "--on", on, "-f", "json")[1]
        (route,) = json.loads(out)["routes"]
        assert (route["crossings"][0]["state"], route["verdict"]["status"]) == (state, status), (on, state)
    crimea_de_facto = ("check", *crimea, "--avoid", "icc", "--view", "de-facto", "-f", "json", "--on")
    for on, state, status in (("2014-03-17", "UKR", "clear"), ("2025-01-01", "RUS", "clear")):
        (route,) = json.loads(run(*crimea_de_facto, on)[1])["routes"]
        assert (route["crossings"][0]["state"], route["verdict"]["status"]) == (state, status)


def test_a_rule_against_a_state_reaches_what_was_its_own_then(run: Run) -> None:
    over_juba = ("check", "4.8,31.4", "4.9,31.7", "--avoid", "SDN", "--on")
    assert run(*over_juba, "2011-07-08")[0] == 1
    assert run(*over_juba, "2011-07-09")[0] == 0


def test_a_rule_about_a_later_state_is_about_its_territory_then() -> None:
    on = day("2010-01-01")
    rules = parse_ruleset("SSD | USA", of.load_airspaces(on=on), on)
    assert rules.states == {"SDN", "USA"}
    assert rules.exceptions == {"SDN"}
    rule = of.Avoid(rules)
    world = of.load_airspaces(on=on)
    status = {
        name: of.check(of.route(*places), world, rules=[rule]).status
        for name, places in {
            "Juba": ("4.8,31.4", "4.9,31.7"),
            "Khartoum": ("15.5,32.4", "15.6,32.6"),
            "Dixon Entrance, claimed by Canada and the United States": ("54.60,-131.6", "54.62,-131.4"),
        }.items()
    }
    assert list(status.values()) == ["crosses", "clear", "crosses"]


def test_a_date_before_the_labels_begin_is_told(run: Run) -> None:
    for command in (("check", "22.2,114.0", "22.4,114.3"), ("states",)):
        assert (
            "states and disputes are known from 1997-07-01 on; for 1997-06-30 some may be wrong"
            in run(*command, "--on", "1997-06-30")[2]
        )
        assert "may be wrong" not in run(*command, "--on", "1997-07-01")[2]


def test_data_tells_from_when_the_labels_are_known_and_whose_territories_were(run: Run) -> None:
    out = run("data")[1]
    assert "states and disputes by date from 1997-07-01 on" in out
    assert "SSD: SDN until 2011-07-09 [UN A/RES/65/308 (2011)]" in out
    assert "TLS: XXX until 1999-10-25; claimed by IDN, PRT" in out
    document = json.loads(run("data", "-f", "json")[1])
    assert document["labels_since"] == "1997-07-01"
    assert {"territory": "MNE", "state": "SRB", "until": "2006-06-03"}.items() <= next(
        row for row in document["sovereigns"] if row["territory"] == "MNE"
    ).items()


def test_the_states_listed_are_those_of_the_date(run: Run) -> None:
    listed = {
        on: {row["state"] for row in json.loads(run("states", "--on", on, "-f", "json")[1])["states"]}
        for on in ("2011-07-08", "2011-07-09")
    }
    assert listed["2011-07-09"] - listed["2011-07-08"] == {"SSD"}
