"""Every sentence about a route and about a search, as it stands: to be read from top to bottom."""

from __future__ import annotations

import shlex

import pytest

import overflight as of
from overflight._crossings import Crossing
from overflight.airspace import State
from overflight.airspace.blocs import blocs
from overflight.airspace.pieces import UNDETERMINED
from overflight.case import Case
from overflight.cli import main
from overflight.rules.wording.answers import row_words
from overflight.rules.wording.kinds import disputed_zone, kind_of
from overflight.rules.wording.stays import Along, merged
from tests.commands import STUDY, Run, Terminal, rows_of

DAY = "2025-10-23"

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
