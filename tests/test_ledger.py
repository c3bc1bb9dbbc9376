"""The ledger of consents, whom to ask next, and what each refusal would cost."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import shapely

import overflight as of
from overflight.airspace import State
from overflight.detours import Candidates
from overflight.errors import DataError, OverflightError, ProposalError
from overflight.proposals.ledger import Entry, Ledger, parse_ledger, read_ledger
from tests.commands import Run, rows_of
from tests.test_detours import RING, ring_world
from tests.worlds import make_world

OUTSIDE, HUB = (30.0, 46.0), (11.0, 45.5)
TEXT = """\
# what the embassies wrote
[[consent]]
state = "POL"
answer = "refused"
date = 2025-10-01
source = "note 1"

[[consent]]
state = "Slovakia"  # by name
answer = "granted"
date = 2025-10-23
source = 'note 2'

[[consent]]
answer = "granted"
source = "note 3"
state = "pol"
date = 2025-10-20
"""


def day(number: int) -> dt.date:
    return dt.date(2025, 10, number)


def entry(code: str, answer: Any = "granted", on: int = 23, source: str = "a note") -> Entry:  # noqa: ANN401
    return Entry(State(code), answer, day(on), source)


def ledger_at(path: Path, text: str = TEXT) -> Ledger:
    path.write_text(text, encoding="utf-8")
    return read_ledger(path)


def searched(**more: Any) -> Candidates:  # noqa: ANN401 - what `candidates` takes
    asked: dict[str, Any] = {"avoid": RING, "refusals": True} | more
    return of.candidates(of.great_circle(OUTSIDE, HUB), ring_world(), **asked)


# ---- What it would cost if a state refused


def test_a_refusal_costs_what_a_search_without_the_state_finds() -> None:
    found = searched()
    least_km = min(one.length_km for one in found.open if one.length_km)
    assert found[0].route.length_km == least_km
    assert {one.state for one in found.refusals} == set(RING)
    for one in found.refusals:
        anew = searched(never={one.state}, refusals=False)
        lengths = {frozenset(way.consents): way.length_km for way in anew.open if way.length_km}
        best = min(lengths, key=lambda consents: lengths[consents], default=None)
        assert one.complete
        if best is None:
            assert (one.state, one.consents, one.length_km, one.extra_km) == ("HUB", (), None, None)
            continue
        assert frozenset(one.consents) == best
        assert one.length_km == pytest.approx(lengths[best], rel=1e-9)
        assert one.extra_km == pytest.approx(lengths[best] - least_km, abs=1e-6)
    assert {one.state: one.extra_km == 0.0 for one in found.refusals if one.length_km} == {
        code: code != "EEE" for code in RING if code != "HUB"
    }


def test_a_way_that_only_a_refusal_brings_up_is_found() -> None:
    """No minimal set, for a way round needs nobody, and none on the front, for another state opens a shorter one."""
    wall = {"AAA": (44, 48), "NNN": (48, 70), "BBB": (30, 44), "SSS": (0, 30)}
    world = make_world({code: shapely.segmentize(shapely.box(9, a, 11, b), 1.0) for code, (a, b) in wall.items()})
    asked: dict[str, Any] = {"avoid": wall, "refusals": True}
    direct = of.great_circle((5.0, 46.0), (15.0, 46.0))
    found = of.candidates(direct, world, never={"NNN", "SSS"}, **asked)
    assert [one.consents for one in found.open] == [("AAA",), ()]
    (refusal,) = found.refusals
    assert (refusal.state, refusal.consents, refusal.complete) == ("AAA", ("BBB",), True)
    anew = of.candidates(direct, world, never={"NNN", "SSS", "AAA"}, **asked).open[0]
    assert anew.consents == ("BBB",)
    assert anew.length_km == pytest.approx(refusal.length_km, rel=1e-9)
    assert refusal.extra_km == pytest.approx((anew.length_km or 0.0) - direct.length_km, abs=1e-6)


def test_states_that_consent_already_are_told_beside_those_to_ask() -> None:
    found = searched(allow={"HUB", "NNN"}, never={"EEE"})
    told = [(" ".join(one.consents), " ".join(sorted(one.granted))) for one in found.open]
    assert told == [("TOP", "HUB NNN"), ("SSS", "HUB"), ("WWW", "HUB")]
    assert [one.length_km for one in found.open] == sorted(one.length_km or 0.0 for one in found.open)
    assert not searched(allow=RING).open[0].consents
    assert not searched(allow=RING).refusals


def test_where_the_search_was_cut_short_costs_are_not_said_to_be_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overflight.detours.study.MOST_PATHS", 0)
    found = searched()
    assert {one.state: one.complete for one in found.refusals} == {code: code == "HUB" for code in RING}
    assert [one.extra_km for one in found.refusals if one.state == "SSS"] == [0.0], "by what is known"


def test_nothing_is_worked_out_that_nobody_asked_for() -> None:
    assert searched(refusals=False).refusals == ()


# ---- The file


def test_an_answer_counts_from_its_day_on_until_the_next_one(tmp_path: Path) -> None:
    ledger = ledger_at(tmp_path / "consents.toml")
    counts = {on: (ledger.granted(day(on)), ledger.refused(day(on))) for on in (1, 19, 20, 22, 23)}
    assert ledger.granted(dt.date(2025, 9, 30)) == ledger.refused(dt.date(2025, 9, 30)) == ()
    assert counts == {
        1: ((), ("POL",)),
        19: ((), ("POL",)),
        20: (("POL",), ()),
        22: (("POL",), ()),
        23: (("POL", "SVK"), ()),
    }
    told = ledger.to_dict(day(20))
    assert [one["source"] for one in told["granted"]] == ["note 3"]
    assert [(one["state"], one["name"], one["date"]) for one in told["later"]] == [("SVK", "Slovakia", "2025-10-23")]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('"POL"', '"PLO"', 3, "PLO"),
        ('"POL"', '"GRL"', 3, "GRL"),
        ('"refused"', '"refuse"', 4, 'did you mean "refused"?'),
        ('"refused"', "false", 4, 'expected "granted" or "refused"'),
        ("2025-10-01", "2025-13-01", 5, "not TOML"),
        ("2025-10-01", '"2025-13-01"', 5, "expected a date such as 2025-10-20"),
        ("2025-10-01", "2025-10-01T10:00:00Z", 5, "expected a date such as 2025-10-20"),
        ("2025-10-01", "2025-10-20", 18, "POL has an answer of that day already, in line 2"),
        ('"note 1"', '" "', 6, "expected who says so"),
        ('"note 1"', '"' + "x" * 1001 + '"', 6, "expected who says so"),
        ("source = 'note 2'", "", 8, "`consent[1].source`: missing: add it"),
        ('"note 3"', '"note 3"\nuntil = 2026-01-01', 17, "unknown key"),
        ("# what", "avoid = []\n# what", 1, "unknown key: the keys are consent"),
        ("[[consent]]", "[consent]", None, "not TOML"),
    ],
)
def test_a_fault_is_told_in_one_line_with_its_place(
    tmp_path: Path, old: str, new: str, line: int | None, said: str
) -> None:
    path = tmp_path / "consents.toml"
    with pytest.raises(ProposalError) as caught:
        ledger_at(path, TEXT.replace(old, new, 1 if old != "[[consent]]" else -1))
    text = str(caught.value)
    assert said in text
    assert "\n" not in text
    assert text.startswith(str(path))
    assert "not TOML" in said or line is None or f", line {line}: " in text


def test_an_answer_is_added_below_what_is_there_and_its_comments(tmp_path: Path) -> None:
    path = tmp_path / "consents.toml"
    ledger = ledger_at(path).adding([entry("HUN", on=24), entry("ROU", "refused")])
    assert path.read_text(encoding="utf-8") == TEXT, "nothing is written yet"
    ledger.save()
    text = path.read_text(encoding="utf-8")
    assert text.startswith(TEXT + "\n[[consent]]\n")
    again = read_ledger(path)
    assert again.entries == ledger.entries
    assert (again.granted(day(24)), again.refused(day(24))) == (("HUN", "POL", "SVK"), ("ROU",))
    assert again.added == ()
    again.save(tmp_path / "other.toml")
    assert not (tmp_path / "other.toml").exists(), "nothing was added"


@pytest.mark.parametrize(
    "source",
    [
        'a "quote"',
        "back\\slash",
        "two\nlines",
        "tab\tand\x1b[31mcolour",
        "'''",
        '"""',
        "žluťoučký 北京",
        "# no comment",
    ],
)
def test_any_source_is_read_back_as_it_was_given(tmp_path: Path, source: str) -> None:
    path = tmp_path / "new.toml"
    read_ledger(path, missing=True).adding([entry("POL", source=source), entry("SVK")]).save()
    assert [one.source for one in read_ledger(path).entries] == [source, "a note"]


def test_what_cannot_be_added_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "consents.toml"
    ledger = ledger_at(path)
    with pytest.raises(ProposalError, match="POL has an answer of that day already, in line 14"):
        ledger.adding([entry("POL", "refused", on=20)])
    with pytest.raises(ProposalError, match="expected who says so"):
        ledger.adding([entry("HUN", source=" ")])
    inline = ledger_at(path, 'consent = [{state = "POL", answer = "granted", date = 2025-10-20, source = "x"}]\n')
    assert inline.granted(day(20)) == ("POL",)
    with pytest.raises(ProposalError, match=r"write each as a table \[\[consent\]\]"):
        inline.adding([entry("SVK")])
    many = [entry("SVK", on=one, source=1000 * "ž") for one in range(1, 32)]
    with pytest.raises(ProposalError, match="1 MB at most"):  # which nobody could read
        parse_ledger("#" * 950_000 + "\n", where="x").adding(many)
    with pytest.raises(OverflightError):
        read_ledger(tmp_path / "missing.toml")
    with pytest.raises(DataError):
        Ledger(str(path), ()).adding([entry("SVK")]).save(tmp_path)  # a folder
    assert parse_ledger("# nobody was asked yet\n", where="x").entries == ()


# ---- On the command line


def test_routes_says_whom_to_ask_next_and_keeps_the_answers(run: Run, tmp_path: Path) -> None:
    ring = "AUT | SVK | POL | DEU"
    asked = ("routes", "PRG", "BUD", "--avoid", f"{ring} | HUN", "--on", "2025-10-23", "--ledger", "c.toml")
    status, out, err = run(*asked, "--granted", "hun", "--source", "note 9", "-f", "json")
    document = json.loads(out)
    assert status == 1
    assert "wrote c.toml: Hungary granted" in err
    assert [(one["state"], one["source"]) for one in document["ledger"]["granted"]] == [("HUN", "note 9")]
    first, second, *_ = sets = document["ask_next"]["sets"]
    assert (first["to_ask"], first["granted"], document["allow"]) == (["SVK"], ["HUN"], ["HUN"])
    assert [one["length_km"] for one in sets] == sorted(one["length_km"] for one in sets)
    assert first["extension_km"] == pytest.approx(first["length_km"] - document["routes"][0]["length_km"], abs=0.002)
    assert document["ask_next"]["complete"] is True
    refusals = {one["state"]: one for one in document["ask_next"]["refusals"]}
    assert set(refusals) == {code for one in sets for code in one["to_ask"]}
    assert refusals["SVK"]["consents"] == second["to_ask"] == ["AUT"]
    assert refusals["SVK"]["extra_km"] == pytest.approx(second["length_km"] - first["length_km"], abs=0.002)

    _, out, _ = run(*asked, "--refused", "SVK,POL", "--refused", "DEU", "--source", "note 10")
    candidates, ways, costs = (rows_of(f"{part}\n") for part in out.rstrip("\n").split("\n\n"))
    assert not any("SVK" in row["consents"].split() for row in candidates)
    assert [(row["to_ask"], row["granted"]) for row in ways] == [("AUT", "HUN")]
    assert float(ways[0]["km"]) == second["length_km"]
    assert [(row["if_refused"], row["then_ask"], row["complete"]) for row in costs] == [("AUT", "", "true")]
    answers = [(one.state.code, one.answer) for one in read_ledger(tmp_path / "c.toml").entries]
    assert answers == [("HUN", "granted"), ("DEU", "refused"), ("POL", "refused"), ("SVK", "refused")]


def test_check_judges_by_the_answers_of_each_date(run: Run, tmp_path: Path) -> None:
    ledger_at(tmp_path / "consents.toml")
    asked = ("check", "VKO", "BUD", "--avoid", "icc", "--ledger", "consents.toml", "-f", "json")
    before, after = (json.loads(run(*asked, "--on", on)[1]) for on in ("2025-10-19", "2025-10-23"))
    assert (before["allow"], before["never"]) == ([], ["POL"])
    assert (after["allow"], after["never"]) == (["POL", "SVK"], [])
    broken = {f["state"] for f in after["routes"][0]["verdict"]["findings"] if f["status"] == "crosses"}
    assert broken == {"UKR", "HUN"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--granted", "POL", "--source", "x"), "name it, as in --ledger consents.toml"),
        (("--ledger", "c.toml", "--granted", "POL"), "--source TEXT with it"),
        (("--ledger", "c.toml", "--source", "x"), "--source TEXT with it"),
        (("--ledger", "c.toml"), "c.toml"),
        (("--ledger", "c.toml", "--granted", "Atlantis", "--source", "x"), "--granted: unknown state 'Atlantis'"),
        (
            ("--ledger", "c.toml", "--granted", "POL", "--refused", "POL", "--source", "x"),
            "POL has an answer of that day",
        ),
        (("--ledger", "c.toml", "--granted", "UKR", "--source", "x", "--never", "closed"), "UKR can't be asked"),
        (("--ledger", "c.toml", "--refused", "POL", "--source", "x", "--allow", "POL"), "POL can't be asked"),
        (("--ledger", "no/c.toml", "--refused", "POL", "--source", "x"), "no/c.toml"),
        (
            ("--ledger", "c.toml", "--refused", "POL", "--source", "x", "-o", "c.toml"),
            "-o and --ledger both name c.toml",
        ),
    ],
)
def test_a_mistake_is_one_line_and_writes_nothing(run: Run, tmp_path: Path, more: tuple[str, ...], said: str) -> None:
    status, out, err = run("routes", "VKO", "BUD", "--avoid", "icc", "--on", "2025-10-23", *more)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert said in err
    assert list(tmp_path.iterdir()) == []
