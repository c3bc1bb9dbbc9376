"""One question has one answer, whoever asks it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import overflight as of
from overflight.case import forbidden_pieces
from overflight.errors import DataError, OverflightError, UnknownStateError
from overflight.proposals import proposal_text, read_proposals
from overflight.proposals.briefing import briefings
from overflight.rules.schedule import date_of, parse_depart, parse_speed
from overflight.serve.asked import Setting
from overflight.serve.whatif import WhatIf
from overflight.testing import assert_clear, assert_crosses
from tests.commands import Run

DAY = dt.date(2025, 10, 23)
EVE = of.Schedule(parse_depart("2024-12-31T23:00Z"), parse_speed("460kt"))
"""Ukraine is a party from the next day on; it is entered before midnight, Poland after it."""


def case(*places: str, **more: Any) -> of.Case:  # noqa: ANN401 - what `Case.of` takes
    return of.Case.of(places, **({"on": DAY} | more))


def standings(asked: of.Case) -> dict[str, str]:
    """Return what the rules make of the crossings of each state, which is the same for all of them here."""
    return {c.state.code: asked.standing(c) for c in asked.verdict.crossings}


def zone(folder: Path, name: str = "zone", west: float = 20.0) -> Path:
    ring = [[west, 50.0], [west + 5.0, 50.0], [west + 5.0, 54.0], [west, 54.0], [west, 50.0]]
    area = {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    file = folder / "zone.geojson"
    file.write_text(json.dumps(area), encoding="utf-8")
    return file


# What it is made of ---------------------------------------------------------------------------------------------------


def test_it_is_made_of_what_people_write() -> None:
    asked = case("VKO", "BUD", on="2025-10-23", avoid="icc - HUN", allow="POL, SVK", margin="5nm")
    assert (asked.route.name, asked.on, asked.world.view, asked.margin_km) == ("VKO-BUD", DAY, "de-jure", 9.26)
    assert [one.text for one in asked.sets] == ["icc - HUN"]
    assert asked.allow == {"POL", "SVK"}
    assert asked.forbidden == of.ruleset("icc - HUN", on=DAY)


def test_what_is_forbidden_may_be_given_as_it_is() -> None:
    given = [of.bloc("icc"), of.ruleset("HUN", on=DAY), of.State("BLR")]
    asked = case("VKO", "BUD", avoid=given)
    assert [rule.name for rule in asked.rules] == ["icc", "HUN", "BLR"]
    assert asked.forbidden == of.ruleset("icc | HUN | BLR", on=DAY)


def test_a_view_says_whose_a_disputed_part_is() -> None:
    ours, theirs = (case("VKO", "SIP", avoid="UKR", view=view) for view in ("de-jure", "de-facto"))
    ours_km, theirs_km = (asked.verdict.crossings.states_km[of.State("UKR")] for asked in (ours, theirs))
    assert ours_km > theirs_km
    assert sum(ours.pieces) > sum(theirs.pieces)


def test_a_date_is_that_of_departure_where_there_is_a_schedule() -> None:
    assert of.Case.of(["VKO", "BUD"], schedule=EVE).on == date_of("2024-12-31", EVE) == EVE.on
    with pytest.raises(TypeError, match="a date decides"):
        of.Case.of(["VKO", "BUD"])
    with pytest.raises(ValueError, match="leave it out"):
        case("VKO", "BUD", schedule=EVE)


@pytest.mark.parametrize(
    ("more", "path", "why"),
    [
        ({"avoid": ["icc", "eu |"]}, ("avoid", 1), "expected a bloc or a state at the end"),
        ({"allow": ["POL", "Atlantis"]}, ("allow", 1), "allow: unknown state"),
        ({"margin": "wide"}, (), "5nm"),
    ],
)
def test_an_error_says_what_is_at_fault(more: dict[str, Any], path: tuple[str | int, ...], why: str) -> None:
    with pytest.raises(OverflightError, match=why.replace("|", r"\|")) as caught:
        case("VKO", "BUD", **more)
    assert caught.value.path == path


def test_two_areas_of_one_name_are_refused(tmp_path: Path) -> None:
    first = of.read_areas(zone(tmp_path))
    with pytest.raises(DataError, match="two areas are called") as caught:
        case("VKO", "BUD", avoid=[*first, *of.read_areas(zone(tmp_path, west=10.0))])
    assert caught.value.path == ("avoid",)


def test_a_text_may_name_no_file_where_none_is_found(tmp_path: Path) -> None:
    with pytest.raises(UnknownStateError, match="at the start only"):
        case("VKO", "BUD", avoid=f"'{zone(tmp_path)}'", find=None)


# What it answers ------------------------------------------------------------------------------------------------------


def test_a_crossing_is_forbidden_consented_or_free() -> None:
    asked = case("VKO", "BUD", avoid=["icc", "POL | UKR"], allow=["POL"])
    assert standings(asked) == {
        "RUS": "free", "BLR": "free", "UKR": "forbidden", "POL": "consented", "SVK": "forbidden", "HUN": "forbidden"
    }  # fmt: skip
    broken = {c.state.code: asked.forbidden_by(c) for c in asked.verdict.crossings}
    assert broken["UKR"] == ["icc", "POL | UKR"]
    assert broken["SVK"] == ["icc"]
    assert broken["POL"] == broken["BLR"] == []


def test_the_mask_is_of_the_pieces_that_the_rules_are_about() -> None:
    asked = case("KEF", "SFJ", "YFB", avoid="eu")
    held = {(p.state, p.territory) for p, member in zip(asked.world.pieces, asked.pieces, strict=True) if member}
    assert ("DNK", "DNK") in held
    assert ("DNK", "GRL") not in held
    assert asked.verdict.status == "clear"
    assert case("KEF", "SFJ", "YFB", avoid="eu").allowing(["FRA"]).pieces == asked.pieces, "consent or not"


def test_what_nobody_holds_undisputed_counts_for_each_claimant() -> None:
    """Abyei, claimed by Sudan and South Sudan."""
    ends = "9.6,28.4", "9.7,28.6"
    for claimant in ("SDN", "SSD"):
        asked = case(*ends, avoid=claimant)
        assert {asked.standing(c) for c in asked.verdict.crossings} == {"forbidden"}
        assert all(asked.pieces[c.piece] for c in asked.verdict.crossings)
    neither = case(*ends, avoid="icc - SSD - SDN")
    assert {neither.standing(c) for c in neither.verdict.crossings} == {"free"}


def test_no_consent_is_claimed_for_what_may_be_forbidden() -> None:
    """Sudan is closed in part."""
    asked = case("15.3,32.0", "15.6,32.6", on="2024-06-01", avoid="closed")
    assert asked.verdict.status == "marginal"
    assert {asked.standing(c) for c in asked.verdict.crossings} == {"free"}
    assert standings(asked.allowing(["SDN"])) == {"SDN": "consented"}


def test_a_rule_is_named_once_where_both_claimants_of_a_piece_are_in_it() -> None:
    case = of.Case.of(["VKO", "LHR"], on="2026-03-01", avoid="icc")
    (ems,) = (crossing for crossing in case.verdict.crossings if crossing.state == "XXX")
    assert (ems.claimants, case.forbidden_by(ems)) == (("DEU", "NLD"), ["icc"])


def test_areas_are_forbidden_beside_states(tmp_path: Path) -> None:
    asked = case("VKO", "52,22", "BUD", avoid=[f"POL | '{zone(tmp_path)}'"])
    (inside,) = (finding for finding in asked.verdict.findings if finding.area)
    assert {asked.standing(crossing) for crossing in inside.crossings} == {"forbidden"}
    assert [area.name for area in asked.forbidden.areas] == ["zone"]
    assert asked.pieces == forbidden_pieces(asked.world, of.ruleset("POL", on=DAY)), "an area is no piece"


def test_the_extension_is_over_the_great_circle() -> None:
    bent, direct = case("VKO", "ARN", "BUD"), of.great_circle("VKO", "BUD")
    assert bent.extension is not None
    assert bent.extension.km == pytest.approx(bent.route.length_km - direct.length_km)
    assert bent.extension.pct == pytest.approx(100.0 * (bent.route.length_km / direct.length_km - 1.0))
    assert bent.with_route(direct).extension == (0.0, 0.0)


def test_a_round_trip_has_no_extension_and_is_never_too_long() -> None:
    there_and_back = case("FRA", "PRG", "FRA", max_extension_pct=0.0)
    assert there_and_back.extension is None
    assert there_and_back.verdict.status == "clear"


def test_too_long_is_marginal_for_nothing_is_entered_by_it() -> None:
    long = case("VKO", "ARN", "BUD", max_extension_pct=10.0)
    (finding,) = long.verdict.findings
    assert (finding.status, finding.state, finding.crossings) == ("marginal", None, ())
    assert not long.verdict.passed
    assert "not met" in long.verdict.explain()
    assert case("VKO", "ARN", "BUD", avoid="icc", max_extension_pct=10.0).verdict.status == "crosses"


def test_a_bloc_is_named_where_its_treaty_reaches(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("state,since\nDNK,1900-01-01\n", encoding="utf-8")
    mine = of.read_bloc(tmp_path / "mine.csv", name="mine")
    greenland, denmark = case("SFJ", "66,-40", blocs=[mine]), case("CPH", "BLL", blocs=[mine])
    there, home = (set(asked.blocs_of(asked.verdict.crossings[0])) for asked in (greenland, denmark))
    assert there < home
    assert "eu" not in there
    assert {"eu", "nato", "mine"} <= home
    assert "mine" in there, "a bloc of one's own reaches all"


def test_a_crossing_has_times_where_the_flight_has() -> None:
    first = case("VKO", "BUD").verdict.crossings[0]
    assert case("VKO", "BUD").times_of(first) == {}
    times = of.Case.of(["VKO", "BUD"], schedule=EVE).times_of(first)
    assert times["entry_time"] == "2024-12-31T23:00:00Z"
    assert times["exit_time"] > times["entry_time"]


# On the way -----------------------------------------------------------------------------------------------------------


def test_members_are_those_at_each_entry() -> None:
    asked = of.Case.of(["VKO", "BUD"], avoid="icc", schedule=EVE)
    assert standings(asked) == {
        "RUS": "free", "BLR": "free", "UKR": "free", "POL": "forbidden", "SVK": "forbidden", "HUN": "forbidden"
    }  # fmt: skip
    assert [rule.name for rule in asked.rules] == ["icc"]
    ukraine = [n for n, piece in enumerate(asked.world.pieces) if piece.state == "UKR"]
    assert "UKR" in asked.forbidden, "forbidden is what is so on any date of the flight"
    assert any(asked.pieces[n] for n in ukraine)


def test_what_was_worked_out_holds_whatever_the_date() -> None:
    asked = of.Case.of(["VKO", "BUD"], avoid=of.bloc("icc").on(EVE.on), schedule=EVE)
    assert "UKR" not in asked.forbidden
    assert "UKR" in of.Case.of(["VKO", "BUD"], avoid=of.bloc("icc"), schedule=EVE).forbidden


def test_the_rule_sets_can_be_had_on_any_date() -> None:
    asked = case("VKO", "BUD", avoid=["icc", of.ruleset("icc", on=DAY)])
    (before, fixed), (after, _) = (asked.sets_on(dt.date(year, 6, 1)) for year in (2024, 2025))
    assert "UKR" not in before
    assert "UKR" in after
    assert "UKR" in fixed, "what is worked out holds whatever the date"


def test_a_longer_route_meets_rules_of_a_later_date() -> None:
    late = of.Schedule(parse_depart("2024-12-31T23:30Z"), EVE.speed_kmh)
    short = of.Case.of(["VKO", "54.5,33"], avoid="icc", schedule=late)
    assert "UKR" not in short.forbidden
    assert standings(short.with_route(of.route("VKO", "54.5,33", "BUD")))["UKR"] == "forbidden"


def test_more_consents_are_added_to_those_there_are() -> None:
    asked = of.Case.of(["VKO", "BUD"], avoid="icc", allow="POL", schedule=EVE)
    more = asked.allowing(["HUN", of.State("SVK")])
    assert more.allow == {"POL", "HUN", "SVK"}
    assert more.verdict.status == "clear"
    assert asked.verdict.status == "crosses", "the case itself stays as it is"


def test_on_a_map_no_consent_is_claimed_for_what_was_not_forbidden_yet() -> None:
    asked = of.Case.of(["VKO", "BUD"], avoid="icc", schedule=EVE)
    (drawn,) = of.draw(asked.world, asked.verdict, on=asked.on, avoid=asked.forbidden).scene["routes"]
    assert {row["state"]: row["standing"] for row in drawn["rows"]}["Ukraine"] == "free"
    assert drawn["consents"] == []


def test_no_consent_is_needed_for_what_was_not_forbidden_yet() -> None:
    """Ukraine is entered in 2024, before it was a party."""
    asked = of.Case.of(["VKO", "BUD"], avoid="icc", schedule=EVE, allow="UKR,POL,SVK,HUN")
    (ukraine,) = (f for f in asked.verdict.findings if f.state == "UKR")
    assert (ukraine.consented, "consent" in ukraine.note) == (False, False)
    assert "UKR" not in {c.state for c in asked.verdict.crossings if asked.standing(c) == "consented"}
    assert "Ukraine" not in asked.sentence


# Whoever asks ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """What is asked, as the keys of a proposal; and what is known of the answer."""

    places: str
    avoid: Sequence[str]
    status: str
    crossed: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.places} {' + '.join(self.avoid)} {self.more or ''}"

    @property
    def keys(self) -> dict[str, Any]:
        date = {} if "depart" in self.more else {"on": "2025-10-23"}
        return {"name": "x", **date, "waypoints": self.places.split(), "avoid": list(self.avoid), **self.more}

    @property
    def arguments(self) -> list[str]:
        keys = self.keys
        found = [*keys["waypoints"]]
        for key, option in (("on", "--on"), ("depart", "--depart"), ("speed", "--speed"), ("margin", "--margin")):
            found += [option, keys[key]] if key in keys else []
        for key in ("avoid", "never", "allow"):
            found += [word for text in keys.get(key, ()) for word in (f"--{key}", text)]
        return found


NIGHT = {"depart": "2024-12-31T23:00:00Z", "speed": "460kt"}
ROWS = [
    Row("VKO BUD", ["icc"], "crosses", "HUN POL SVK UKR"),
    Row("VKO BUD", ["icc - HUN", "HUN"], "crosses", "HUN POL SVK UKR"),
    Row("VKO BUD", ["icc"], "crosses", "HUN UKR", {"allow": ["POL", "SVK"]}),
    Row("VKO BUD", ["icc"], "clear", "", {"allow": ["HUN", "POL", "SVK", "UKR"]}),
    Row("VKO BUD", ["icc"], "crosses", "HUN POL SVK", NIGHT),
    Row("VKO BUD", ["UKR"], "crosses", "UKR", NIGHT),
    Row("VKO BUD", ["icc - UKR"], "crosses", "HUN POL SVK UKR", {"never": ["closed"]}),
    Row("VKO BUD", ["icc"], "crosses", "UKR", {"never": ["closed"], "allow": ["HUN", "POL", "SVK"]}),
    Row("VKO BUD", ["SVK"], "crosses", "HUN POL SVK", NIGHT | {"never": ["icc"]}),
    Row("VKO BUD", ["icc"], "crosses", "HUN POL SVK UKR", {"on": "2025-01-01"}),
    Row("VKO BUD", ["icc"], "crosses", "HUN POL SVK", {"on": "2024-12-31"}),
    Row("KEF SFJ YFB", ["eu"], "clear"),
    Row("KEF SFJ YFB", ["eu"], "crosses", "DNK", {"on": "1984-06-01"}),
    Row("KEF SFJ YFB", ["GRL"], "crosses", "DNK"),
    Row("VKO SIP", ["UKR"], "crosses", "UKR"),
    Row("9.6,28.4 9.7,28.6", ["SSD"], "crosses", "SSD"),
    Row("9.6,28.4 9.7,28.6", ["icc - SSD"], "clear"),
    Row("VKO 52,22 BUD", ["zone.geojson", "SVK"], "crosses", "SVK"),
    Row("VKO 52,22 BUD", ["zone.geojson"], "crosses"),
    Row("VKO LED", ["EST"], "clear"),
    Row("VKO LED", ["EST"], "marginal", "", {"margin": "250km"}),
    Row("NRT SFO", ["icc - JPN"], "clear"),
    Row("FRA PRG FRA", ["CZE"], "crosses", "CZE"),
]


def facts(verdict: of.Verdict) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for one in verdict.findings:
        near = None if one.closest_km is None else round(one.closest_km, 3)
        found.append((one.rule, one.area or one.state, one.status, round(one.length_km, 3), near))
    return found


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_gets_the_same_answer(row: Row, run: Run, tmp_path: Path) -> None:
    zone(tmp_path)
    keys = row.keys
    schedule = of.Schedule(parse_depart(keys["depart"]), parse_speed(keys["speed"])) if "depart" in keys else None
    asked: dict[str, Any] = {key: keys.get(key, ()) for key in ("avoid", "never", "allow")} | {"schedule": schedule}
    asked |= {"on": keys["on"]} if schedule is None else {}
    ours = of.Case.of(keys["waypoints"], **asked, margin=keys.get("margin", 0.0))
    states_km = {str(state): round(km, 3) for state, km in ours.verdict.crossings.states_km.items()}
    crossed = {f.state for f in ours.verdict.findings if f.status == "crosses" and f.state}
    assert (ours.verdict.status, crossed) == (row.status, set(row.crossed.split()))

    status, out, _ = run("check", *row.arguments, "-f", "json")
    (told,) = json.loads(out)["routes"]
    assert status == (0 if row.status == "clear" else 1)
    assert told["verdict"]["status"] == row.status
    listed = [
        (f["rule"], f.get("area") or f["state"], f["status"], f["length_km"], f["closest_km"])
        for f in told["verdict"]["findings"]
    ]
    assert listed == facts(ours.verdict)
    assert told["states_km"] == pytest.approx(states_km, abs=0.002)
    assert told["extension_km"] == (None if ours.extension is None else round(ours.extension.km, 3))

    page = WhatIf(Setting(keys, folder=tmp_path))
    shown = page.check(keys)
    assert (shown["route"]["status"], shown["route"]["length_km"]) == (row.status, told["length_km"])
    assert facts(page.setting.case(keys).verdict) == facts(ours.verdict)
    assert shown["members"] == [n for n, member in enumerate(ours.pieces) if member]

    file = tmp_path / "x.route.toml"
    names = {"expect": row.status, "crosses": row.crossed.split()}
    file.write_text(proposal_text(keys | (names if row.status != "clear" else {})), encoding="utf-8")
    (proposal,) = read_proposals(file)
    assert facts(proposal.case().verdict) == facts(ours.verdict)

    met = all(text is None for text in briefings(proposal, proposal.case()).values())
    assert run("check", file, "--as-expected")[0] == (0 if met else 1)
    if row.status == "clear":
        assert facts(assert_clear(keys["waypoints"], **asked)) == facts(ours.verdict)
    elif row.crossed and not ours.forbidden.areas:
        assert facts(assert_crosses(keys["waypoints"], row.crossed, **asked)) == facts(ours.verdict)
    else:
        with pytest.raises(AssertionError, match=row.status):
            assert_clear(keys["waypoints"], **asked, margin=keys.get("margin", "0km"))
