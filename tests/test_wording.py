"""Every sentence about a route and about a search, as it stands: to be read from top to bottom."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import box

import overflight as of
from overflight._crossings import Crossing
from overflight.airspace import RuleSet, State
from overflight.airspace.blocs import blocs
from overflight.airspace.pieces import UNDETERMINED
from overflight.case import Case
from overflight.cli import main
from overflight.detours import Candidates, candidates
from overflight.routes import great_circle
from overflight.rules.rulesets import united
from overflight.rules.wording.answers import row_words
from overflight.rules.wording.changes import outcome, outcome_words
from overflight.rules.wording.headlines import headline, report
from overflight.rules.wording.kinds import disputed_zone, kind_of
from overflight.rules.wording.stays import Along, merged
from overflight.rules.wording.studies import details, finding, paragraph, way_words
from tests.commands import STUDY, Run, Terminal, rows_of
from tests.worlds import make_world

DAY = "2025-10-23"
STRIPES = {"AAA": box(0, 0, 10, 20), "BBB": box(10, 0, 20, 20), "CCC": box(20, 0, 30, 20), "DDD": box(60, 0, 70, 9)}
RING = {
    "AAA": box(0, 0, 10, 20),
    "EEE": box(28, 8, 32, 12),
    "NNN": box(24, 12, 36, 16),
    "SSS": box(24, 4, 36, 8),
    "WWW": box(24, 8, 28, 12),
    "OOO": box(32, 8, 36, 12),
}
"""Three states side by side, and one far off; one with four around it. Around all of them is the sea."""

# One route -----------------------------------------------------------------------------------------------------------

ONE = """
VKO LED --avoid icc
free: Enters no state party to the ICC.
| free

VKO LED --avoid icc --avoid closed
free: Enters no state party to the ICC and no state whose airspace is closed to civil traffic.
| free

VKO ULN --avoid icc --on 2024-09-02
forbidden: Enters Mongolia, a state party to the ICC.
| forbidden: enters Mongolia, a state party to the ICC

VKO BUD --avoid icc
forbidden: Enters Ukraine, Poland, Slovakia and Hungary, states parties to the ICC.
| forbidden: enters Ukraine, Poland, Slovakia and Hungary, states parties to the ICC

VKO BUD --avoid icc --allow HUN
forbidden: Enters Ukraine, Poland and Slovakia, states parties to the ICC; besides, Hungary, whose consent is assumed.
| forbidden: enters Ukraine, Poland and Slovakia, states parties to the ICC

VKO BUD --avoid icc --allow UKR,POL,SVK,HUN
with-consent: Enters no state party to the ICC but Ukraine, Poland, Slovakia and Hungary: only with their consent.
| only with the consent of Ukraine, Poland, Slovakia and Hungary

BUD VIE --avoid icc --avoid closed --allow HUN,AUT,SVK
with-consent: Enters no state party to the ICC but Hungary, Slovakia and Austria; and no state whose airspace is closed
 to civil traffic: only with the consent of Hungary, Slovakia and Austria.
| only with the consent of Hungary, Slovakia and Austria

VKO BUD --avoid icc --avoid closed
forbidden: Enters Ukraine, Poland, Slovakia and Hungary, states parties to the ICC; and Ukraine, a state whose airspace
 is closed to civil traffic.
| forbidden: enters Ukraine, Poland, Slovakia and Hungary, states parties to the ICC; and Ukraine, a state whose
 airspace is closed to civil traffic

BUD VIE --avoid icc --avoid eu
forbidden: Enters Hungary, Slovakia and Austria, states parties to the ICC and EU states.
| forbidden: enters Hungary, Slovakia and Austria, states parties to the ICC and EU states

VKO BUD --avoid "icc - HUN"
forbidden: Enters Ukraine, Poland and Slovakia, states parties to the ICC other than Hungary.
| forbidden: enters Ukraine, Poland and Slovakia, states parties to the ICC other than Hungary

VKO BUD --avoid "POL | UKR"
forbidden: Enters Ukraine and Poland, states to avoid.
| forbidden: enters Ukraine and Poland, states to avoid

VKO BUD --avoid bans --operator RUS
forbidden: Enters Ukraine, Poland, Slovakia and Hungary, states that bar the operator.
| forbidden: enters Ukraine, Poland, Slovakia and Hungary, states that bar the operator

53.4,6.9 53.4,7.0 --avoid icc
forbidden: Enters Germany, a state party to the ICC, and waters that Germany and the Netherlands both claim.
| forbidden: enters Germany, a state party to the ICC, and waters that Germany and the Netherlands both claim

53.4,6.9 53.4,7.0 --avoid NLD
forbidden: Enters waters that Germany and the Netherlands both claim, which count as airspace of a state to avoid.
| forbidden: enters waters that Germany and the Netherlands both claim, which count as airspace of a state to avoid

45.1,33.9 44.9,34.1 --avoid icc
forbidden: Enters Ukraine (where that is disputed), a state party to the ICC.
| forbidden: enters Ukraine (where that is disputed), a state party to the ICC

VKO BUD --avoid circle:BUD,30km
forbidden: Enters the area 30 km around BUD.
| forbidden: enters the area 30 km around BUD

VKO BUD --avoid ukraine-ban-russia --on 2014-01-01
free: There is no state closed to Russian airlines since 2015 on this date.
| free

VKO BUD
None: Crosses the airspace of Russia, Belarus, Ukraine, Poland, Slovakia and Hungary. No rule was given.

50,-30 50,-31
None: Crosses no state's airspace. No rule was given.

VKO LED --avoid EST --margin 200km
free: Enters no state to avoid. It comes nearer than the margin of 200 km to Estonia (125 km).
| free; but it comes nearer than the margin of 200 km to Estonia (125 km)

VKO PVG LED --avoid EST --max-extension 10
free: Enters no state to avoid. It is too long: 2138.9 % over the great circle (627.0 km); at most 10 % allowed.
| free; but it is too long: 2138.9 % over the great circle (627.0 km); at most 10 % allowed

VKO PVG LED --max-extension 10
None: It is too long: 2138.9 % over the great circle (627.0 km); at most 10 % allowed.

VKO VIE VKO --avoid icc
forbidden: Enters Ukraine, Poland, Slovakia and Austria, states parties to the ICC.
| forbidden: enters Ukraine, Poland, Slovakia and Austria, states parties to the ICC

15.3,32.0 15.6,32.6 --avoid closed --on 2024-06-01
None: Enters Sudan; whether that is a state whose airspace is closed to civil traffic there and then is not known:
 Sudan: Khartoum FIR closed since 2023-04-15 but for the eastern routes, open again since 2023-08-15; whether this
 route is in the part is not known; the last report of it is of 2023-08-16, and whether it still holds on 2024-06-01 is
 not known.
| not known: Sudan: Khartoum FIR closed since 2023-04-15 but for the eastern routes, open again since 2023-08-15;
 whether this route is in the part is not known; the last report of it is of 2023-08-16, and whether it still holds on
 2024-06-01 is not known

15.3,32.0 15.6,32.6 --avoid closed --on 2024-06-01 --allow SDN
with-consent: Enters no state whose airspace is closed to civil traffic but Sudan: only with its consent. Whether Sudan
 is a state whose airspace is closed to civil traffic there and then is not known.
| only with the consent of Sudan

VKO BUD --avoid circle:MSQ,300km,FL100-FL245
forbidden: Enters the area 300 km around MSQ, FL100 to FL245. 300 km around MSQ, FL100 to FL245, altitude not known.
| forbidden: enters the area 300 km around MSQ, FL100 to FL245

VKO BUD --avoid "circle:MSQ,300km | icc"
forbidden: Enters Ukraine, Poland, Slovakia and Hungary, states and areas to avoid, and the area 300 km around MSQ.
| forbidden: enters Ukraine, Poland, Slovakia and Hungary, states and areas to avoid, and the area 300 km around MSQ

LHR JFK --avoid icc
forbidden: Enters the United Kingdom, Ireland and Canada, states parties to the ICC.
| forbidden: enters the United Kingdom, Ireland and Canada, states parties to the ICC
"""
"""What is asked, as on the command line; the answer, and the sentence; the words of a row."""


def told_in(text: str) -> list[list[str]]:
    """Split a text at its blank lines, each part into lines, those joined that begin with a blank."""
    return [part.replace("\n ", " ").splitlines() for part in text.strip().split("\n\n")]


def case_of(words: str) -> Case:
    """Make a case of what would be typed."""
    places = shlex.split(words)
    options: dict[str, list[str]] = {}
    while len(places) > 1 and places[-2].startswith("--"):
        options.setdefault(places[-2][2:], []).insert(0, places[-1])
        del places[-2:]
    (on,) = options.get("on", [DAY])
    (margin,) = options.get("margin", ["0km"])
    (operator,) = options.get("operator", [None])
    (longest,) = options.get("max-extension", [None])
    return Case.of(
        places,
        on=on,
        avoid=options.get("avoid", ()),
        allow=options.get("allow", ()),
        margin=margin,
        operator=operator,
        max_extension_pct=None if longest is None else float(longest),
    )


@pytest.mark.parametrize("said", told_in(ONE), ids=lambda said: said[0])
def test_what_is_said_of_one_route(said: list[str]) -> None:
    case = case_of(said[0])
    assert f"{case.answer}: {case.sentence}" == said[1]
    if case.sets:
        assert f"| {row_words(case.verdict, case.sets, margin_km=case.margin_km)}" == said[2]


# A border that is known no better than the route is near to it --------------------------------------------------------


def beside(avoid: str | list[str], allow: str = "", margin: str = "0km") -> Case:
    """Ask of a route that passes some 3 km north of BBB, whose border is known to 5 km."""
    world = dataclasses.replace(make_world(STRIPES), accuracy_m=5000.0)
    return Case.of([(12.0, 20.03), (12.5, 20.03)], on=DAY, avoid=avoid, allow=allow, margin=margin, world=world)


def test_what_is_said_where_the_border_is_not_known_well_enough() -> None:
    case = beside("BBB")
    assert (case.answer, case.verdict.status) == (None, "marginal")
    assert case.sentence == (
        "Whether it enters BBB, a state to avoid, is not known: it passes 3.3 km from a border of BBB that is known "
        "to 5 "
        "km there."
    )
    assert row_words(case.verdict, case.sets) == (
        "not known: it passes 3.3 km from a border of BBB that is known to 5 km there"
    )
    assert outcome_words(case.verdict) == "not known: BBB"
    assert list(case.closest) == ["BBB"]
    assert beside("BBB", allow="BBB").answer == "free", "whoever consents may be entered"


# Several routes -------------------------------------------------------------------------------------------------------

FREE, OTHER, NEAR = "VKO LED --avoid icc", "VKO LED --avoid icc --max-extension 5", "VKO LED --avoid EST --margin 200km"
ASKING, ASKING_TOO = "BUD WAW --avoid icc --allow HUN,SVK,POL", "BUD VIE --avoid icc --allow HUN,AUT,SVK"
BAD, WORSE, OPEN = "VKO HEL --avoid icc", "VKO BUD --avoid icc", "15.3,32.0 15.6,32.6 --avoid closed --on 2024-06-01"


@pytest.mark.parametrize(
    ("routes", "said"),
    [
        ([FREE, OTHER], "Routes 1 and 2 enter no state party to the ICC."),
        (
            [FREE, ASKING],
            (
                "Route 1 enters no state party to the ICC. Route 2 is open only with the consent of Hungary, Slovakia "
                "and Poland."
            ),
        ),
        ([ASKING, ASKING_TOO], "Routes 1 and 2 are open only with the consent of the states that each enters."),
        (
            [FREE, BAD],
            "Route 1 enters no state party to the ICC. Route 2 enters Estonia and Finland, states parties to the ICC.",
        ),
        (
            [WORSE, BAD],
            (
                "Each of the 2 routes enters a state party to the ICC. None enters fewer than route 2: Estonia and "
                "Finland."
            ),
        ),
        (
            [FREE, WORSE, BAD],
            "Route 1 enters no state party to the ICC. Routes 2 and 3 enter a state party to the ICC.",
        ),
        (
            [NEAR, "VKO ULN --avoid EST"],
            ("Routes 1 and 2 enter no state to avoid. Route 1 is too long, or nearer to one than the margin."),
        ),
        (
            [OPEN, "VKO LED --avoid closed --on 2024-06-01"],
            (
                "Route 2 enters no state whose airspace is closed to civil traffic. Whether route 1 enters a state "
                "whose "
                "airspace is closed to civil traffic is not known."
            ),
        ),
    ],
)
def test_what_is_said_of_several_routes(routes: list[str], said: str) -> None:
    cases = [case_of(one) for one in routes]
    assert headline(cases, avoid=united(case.forbidden for case in cases)) == said


def test_a_paragraph_about_routes_that_nobody_searched_for() -> None:
    cases = [case_of(WORSE), case_of(FREE)]
    assert report(cases[:1], avoid=cases[0].forbidden, on=cases[0].on, version="2026.7") == (
        "As of 23 October 2025, the route from Moscow to Budapest enters Ukraine, Poland, Slovakia and Hungary, states "
        "parties to the ICC. The route is 1,537 km long and enters Ukraine for 407 km, Poland for 49.7 km, Slovakia "
        "for "
        "111 km and Hungary for 180 km. All of this is about borders and memberships (rule: icc; overflight, airspace "
        "data 2026.7, de-jure view), not about whether a state consents."
    )
    assert report(cases, avoid=cases[0].forbidden, on=cases[0].on, version="2026.7").startswith(
        "As of 23 October 2025: route 2 enters no state party to the ICC. Route 1 enters Ukraine, Poland, Slovakia and "
        "Hungary, states parties to the ICC. Route 1, Moscow to Budapest, is 1,537 km long and enters Ukraine for "
        "407 km"
    )


# A day on which a verdict changes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "for_people", "for_programs"),
    [
        (FREE, "free", "clear"),
        (BAD, "forbidden: enters Estonia and Finland", "crosses EST, FIN"),
        (
            f"{BAD} --allow FIN",
            "forbidden: enters Estonia; Finland only with its consent",
            "crosses EST; only with the consent of FIN",
        ),
        (
            ASKING,
            "only with the consent of Hungary, Slovakia and Poland",
            "clear only with the consent of HUN, SVK, POL",
        ),
        (OPEN, "not known: Sudan", "marginal SDN"),
    ],
)
def test_what_is_said_of_a_day_on_which_a_verdict_changes(asked: str, for_people: str, for_programs: str) -> None:
    verdict = case_of(asked).verdict
    assert (outcome_words(verdict), outcome(verdict)) == (for_people, for_programs)


# What the states of a rule are called ---------------------------------------------------------------------------------

CALLED = {
    "icc": "a state party to the ICC",
    "icc - HUN": "a state party to the ICC other than Hungary",
    "icc - HUN - SRB": "a state party to the ICC other than Hungary and Serbia",
    "icc | closed": "a state party to the ICC or a state whose airspace is closed to civil traffic",
    "eu": "an EU state",
    "nato": "a NATO state",
    "closed": "a state whose airspace is closed to civil traffic",
    "eu-ban-russia": "a state that closed its airspace to Russian aircraft",
    "faa-kicz": "a state closed to United States operators by the FAA",
    "czib": "a state that EASA advises operators against",
    "bans": "a state that bars the operator",
    "POL": "a state to avoid",
    "icc | POL": "a state to avoid",
    "icc & eu": "a state to avoid",
}


@pytest.mark.parametrize(("rule", "one"), CALLED.items())
def test_what_one_state_of_a_rule_is_called(rule: str, one: str) -> None:
    assert kind_of(rule).one == one


def test_every_bloc_has_words_of_its_own() -> None:
    for name in blocs():
        kind = kind_of(name)
        assert kind.one != "a state to avoid", name
        assert kind.one.split()[0] in {"a", "an"}
        assert kind.none == f"no {kind.one.partition(' ')[2]}"
        assert "states" in kind.many


def test_no_place_that_nobody_holds_is_called_undetermined() -> None:
    told = {
        disputed_zone(piece)  # type: ignore[arg-type]
        for view in ("de-jure", "de-facto")
        for piece in of.load_airspaces(view)
        if piece.state == UNDETERMINED
    }
    assert {
        "waters that Germany and the Netherlands both claim",
        "waters that Germany and Luxembourg hold in common",
        "territory that Sudan and South Sudan both claim",
        "territory that no state claims",
        "territory that Malaysia, Singapore and Indonesia all claim",
    } <= told
    assert not any("Undetermined" in words for words in told)


# Slivers of one border ------------------------------------------------------------------------------------------------


def stays(*told: str, disputed: str = "") -> list[Crossing]:
    """Make crossings of texts such as ``"AAA 300"``, one after the other; ``"- 5"`` is a gap."""
    found, at_km = [], 0.0
    for n, text in enumerate(told):
        code, km = text.split()
        end_km = at_km + float(km)
        role = "departure" if not n else "arrival" if n == len(told) - 1 else "overflight"
        if code != "-":
            note = "claimed" if code == disputed else None
            found.append(
                Crossing(State(code, code), code, note, (), role, (0.0, 0.0), (0.0, 0.0), at_km, end_km, n)  # type: ignore[arg-type]
            )
        at_km = end_km
    return found


@pytest.mark.parametrize(
    ("flown", "told"),
    [
        ("A 300, B 2, A 1, B 200", "A, along the A-B border: B 2.0 km, A 1.0 km, B"),
        ("A 300, B 2, A 1, B 0.5, A 0.5, B 200", "A, along the A-B border: B 2.5 km, A 1.5 km, B"),
        ("A 300, B 4.9, A 4.9, B 6, A 9", "A, along the A-B border: B 4.9 km, A 4.9 km, B, A"),
        ("A 300, B 5, A 1, B 200", "A, B, A, B"),  # 5 km are no sliver
        ("A 300, B 2, A 200", "A, B, A"),  # one alone is an entry like any other
        ("A 300, B 2, C 1, B 200", "A, B, C, B"),  # of three states
        ("A 300, B 2, - 1, A 1, B 200", "A, B, A, B"),  # not of one border: the high seas lie between
        ("A 2, B 2, A 1, B 2", "A, along the A-B border: B 2.0 km, A 1.0 km, B"),  # the ends are never merged
        ("A 300, B 2, A 1, B 1, C 200", "A, B, A, B, C"),  # it goes on elsewhere
        ("A 300, X 2, A 1, X 200", "A, X, A, X"),  # X is disputed
    ],
)
def test_slivers_on_both_sides_of_one_border_are_one_stay(flown: str, told: str) -> None:
    rows = merged(stays(*flown.split(", "), disputed="X"))
    assert ", ".join(row.told if isinstance(row, Along) else row.state.name for row in rows) == told


def test_slivers_of_one_state_that_the_rules_treat_differently_are_told_apart() -> None:
    crossings = stays("A 300", "B 2", "A 1", "B 3", "A 200")
    assert len(merged(crossings)) == 3
    assert crossings[3] in merged(crossings, lambda one: one is crossings[3])


def test_slivers_of_two_territories_of_one_state_are_no_border_of_two_states() -> None:
    """As where a route to Hong Kong goes in and out of it: that ended in an unexpected error."""
    crossings = of.Case.of(["SFO", "HKG"], on="2025-10-23").verdict.crossings
    assert [crossing.territory for crossing in crossings].count("HKG") > 1
    rows = merged(crossings)
    assert all(len(row.km) == 2 and row.words for row in rows if isinstance(row, Along))


def test_no_km_is_lost_where_slivers_are_merged() -> None:
    crossings = Case.of(["JFK", "TLV"], on=DAY).verdict.crossings
    rows = merged(crossings)
    assert len(rows) < len(crossings)
    km = sum(sum(row.km.values()) if isinstance(row, Along) else row.length_km for row in rows)
    assert km == pytest.approx(sum(one.length_km for one in crossings), abs=1e-9)


def test_check_merges_slivers_at_a_terminal_only_and_not_where_asked_for_exactly(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_terminal(*more: str) -> str:
        screen = Terminal()
        monkeypatch.setattr("sys.stdout", screen)
        monkeypatch.setenv("COLUMNS", "140")
        with pytest.raises(SystemExit):
            main(["check", *STUDY, *more])
        return screen.getvalue()

    assert len(rows_of(run("check", *STUDY)[1])) == 10
    assert at_terminal().count("│ overflight │") == 5
    assert "along the Russia-Belarus border" in at_terminal()
    assert at_terminal("--exact").count("│ overflight │") == 8


# A search -------------------------------------------------------------------------------------------------------------

ACROSS, INTO = ((5.0, 10.0), (25.0, 10.0)), ((5.0, 10.0), (30.0, 10.0))


@functools.cache
def found(world: str, ends: tuple[tuple[float, float], ...], avoid: str, never: str = "", **more: float) -> Candidates:
    return candidates(
        great_circle(*ends),
        make_world({"stripes": STRIPES, "ring": RING}[world]),
        avoid=avoid.split(),
        never=never.split(),
        **more,  # type: ignore[arg-type]
    )


FOUND = {
    "free": (("stripes", ACROSS, "DDD"), "The straight line from 10,5 to 10,25 enters no state to avoid."),
    "a free detour": (
        ("stripes", ACROSS, "BBB"),
        "The straight line from 10,5 to 10,25 enters BBB, a state to avoid. Least detour that enters none: +60.1 %.",
    ),
    "one end in it, and no other": (
        ("stripes", ACROSS, "CCC"),
        (
            "Every way from 10,5 to 10,25 enters CCC, a state to avoid, where it begins or ends. The straight line "
            "enters no other."
        ),
    ),
    "a way with a consent": (
        ("ring", INTO, "NNN SSS WWW OOO"),
        "Every way from 10,5 to 10,30 enters a state to avoid. Least detour: through NNN, +3.5 %.",
    ),
    "and one end in it": (
        ("ring", INTO, "NNN SSS WWW OOO EEE"),
        "Every way from 10,5 to 10,30 enters a state to avoid. Least detour: through NNN, +3.5 %.",
    ),
    "some can't be asked": (
        ("ring", INTO, "NNN SSS WWW OOO", "WWW"),
        "Every way from 10,5 to 10,30 enters a state to avoid. Least detour: through NNN, +3.5 %.",
    ),
    "nobody can be asked": (
        ("ring", INTO, "NNN", "NNN SSS WWW OOO"),
        (
            "No consent opens a way from 10,5 to 10,30: OOO, SSS, WWW and NNN can't be asked, and no way leads around "
            "them."
        ),
    ),
    "an end that can't be asked": (
        ("stripes", ACROSS, "BBB", "CCC"),
        "No consent opens a way from 10,5 to 10,25: 10,25 lies in CCC, which can't be asked.",
    ),
}


@pytest.mark.parametrize(("asked", "said"), FOUND.values(), ids=FOUND)
def test_what_is_said_of_a_search(asked: tuple[Any, ...], said: str) -> None:
    assert finding(found(*asked)) == said


def test_a_rule_that_has_no_member_on_the_date_was_given_all_the_same() -> None:
    nobody = RuleSet("closed", frozenset())
    direct = found("stripes", ACROSS, "DDD")
    assert finding(dataclasses.replace(direct, items=direct.items[:1], avoid=nobody)) == (
        "The straight line from 10,5 to 10,25 crosses AAA, BBB and CCC. There is no state whose airspace is closed to "
        "civil traffic on this date."
    )


def test_what_is_said_of_a_search_with_limits() -> None:
    assert finding(found("ring", INTO, "NNN SSS WWW OOO", max_size=0)) == (
        "Every way from 10,5 to 10,30 enters a state to avoid. The straight line enters WWW, a state to avoid."
    )
    assert finding(found("ring", INTO, "NNN SSS WWW OOO", time_limit_s=1e-4)) == (
        "Whether a way from 10,5 to 10,30 enters no state to avoid is not known. The straight line enters WWW, a state "
        "to avoid. The search was not finished: there may be other ways."
    )
    assert finding(found("stripes", ((5.0, 10.0), (5.0, 25.0)), "BBB", margin_km=700.0)) == (
        "The straight line from 10,5 to 25,5 enters no state to avoid, but comes nearer to one than the margin."
    )


def test_a_consent_that_is_assumed_is_named_as_such() -> None:
    through = candidates(great_circle(*ACROSS), make_world(STRIPES), avoid={"BBB"}, allow=["BBB"])
    assert finding(through) == (
        "The straight line from 10,5 to 10,25 enters no state to avoid but BBB, whose consent is assumed."
    )


def test_what_else_there_is_to_a_search() -> None:
    assert details(found("ring", INTO, "NNN SSS WWW OOO EEE")) == (
        "10,30 lies in EEE. OOO, SSS, WWW and NNN form a closed ring between 10,5 and 10,30. The fewest further "
        "consents that open a way: WWW (2,740 km); NNN (2,836 km); SSS (2,855 km); OOO (4,589 km)."
    )
    assert details(found("stripes", ACROSS, "BBB")) == ""


def test_a_paragraph_says_when_by_which_rule_how_far_with_whose_consent_and_what_is_proven() -> None:
    asked = found("ring", INTO, "NNN SSS WWW OOO EEE")
    assert paragraph(asked, on=dt.date(2025, 10, 23), version="2026.7").split(". ") == [
        "As of 23 October 2025: every way from 10,5 to 10,30 enters a state to avoid",
        "Least detour: through NNN, +3.5 %",
        "The straight line is 2,740 km long and enters WWW for 439 km and EEE for 219 km",
        "The least detour is 2,836 km long, only with the consent of NNN and EEE",
        "It is proven that no way with the same consents is more than 0.01 % shorter",
        "Detours keep 1.9 km from what they must not enter, as far as their ends allow",
        (
            "All of this is about borders and memberships (rule: EEE | NNN | OOO | SSS | WWW; overflight, airspace "
            "data "
            "2026.7, de-jure view), not about whether a state consents."
        ),
    ]


def test_the_words_of_a_row_of_a_search() -> None:
    assert [way_words(way) for way in found("ring", INTO, "NNN SSS WWW OOO EEE")] == [
        "forbidden: enters WWW and EEE",
        "only with the consent of NNN and EEE",
        "only with the consent of SSS and EEE",
        "only with the consent of OOO and EEE",
    ]
    assert [way_words(way) for way in found("stripes", ACROSS, "BBB")] == ["forbidden: enters BBB", "free"]


# What no text says ----------------------------------------------------------------------------------------------------

CLAIMS = re.compile(
    r"""without\ (?:its\ |their\ |his\ |her\ )?consent | (?<!only\ )with\ (?:its\ |their\ )?consent\b
    | consents?\ (?:is|are|was|were)\ (?:not\ )?(?:given|granted) | \bconsents?\ (?:given|granted)\b
    | has\ (?:not\ )?consented | clear\ of\ the\ rule""",
    re.VERBOSE | re.IGNORECASE,
)


def test_no_text_of_the_package_claims_that_a_consent_was_or_was_not_given() -> None:
    """Who was asked, and what they said, is nothing that borders and memberships show."""
    package = Path(of.__file__).parent
    texts = [path for path in package.rglob("*") if path.suffix in {".py", ".js", ".html", ".json", ".css"}]
    assert len(texts) > 200
    claims = {
        f"{path.relative_to(package)}: {match[0]}"
        for path in texts
        if "leaflet" not in path.name
        for match in CLAIMS.finditer(" ".join(path.read_text(encoding="utf-8").split()))
    }
    assert claims == set()


def test_such_claims_would_be_found() -> None:
    for text in ("Enters Mongolia without consent", "with its consent", "consent is given", "consents given left out"):
        assert CLAIMS.search(text), text
    for text in ("only with its consent", "only with the consent of Poland", "whose consent is assumed"):
        assert not CLAIMS.search(text), text
