"""Python and the command line say the same of the same question: 60 pairs of airports, each by a list of rule sets."""

from __future__ import annotations

import datetime as dt
import itertools
import json

import pytest

import overflight as of
from overflight.routes.recoded import as_named_on
from tests.commands import Run

PLACES = (
    *("KEF", "SFJ", "YFB", "CAY", "RUN", "NOU", "AKL", "PPT"),
    *("CUR", "FAE", "VKO", "BUD", "JFK", "SSG", "HKG", "DME"),
)
"""Most lie in territories of states far off, or beside some, whose airspace is in some blocs on some dates."""
PAIRS = list(itertools.combinations(PLACES, 2))[::2]
DATES = [dt.date(1984, 6, 1), dt.date(2004, 9, 30), dt.date(2025, 10, 23)]
BLOCS = ["eu", "icc", "schengen"]
TEXTS = [*BLOCS, "icc - HUN", "(schengen | GRL) - FRO", "eu-ban-russia & nato", "NZL - icc", "FRA - (GUF | REU)", "RUS"]


def test_there_are_sixty_pairs() -> None:
    assert len(PAIRS) == 60


@pytest.mark.parametrize(("number", "pair"), list(enumerate(PAIRS)))
def test_a_pair_is_judged_alike(number: int, pair: tuple[str, str], run: Run) -> None:
    day = DATES[number % len(DATES)]
    avoid = [part for text in TEXTS for part in ("--avoid", text)]
    status, out, _ = run("check", *pair, *avoid, "--on", str(day), "--margin", "40km", "-f", "json")
    told = json.loads(out)
    sets = [of.bloc(text).on(day) if text in BLOCS else of.ruleset(text, on=day) for text in TEXTS]
    rules = [of.Avoid(one, margin_km=40.0) for one in sets]
    verdict = of.check(as_named_on(of.route(*pair), day), of.load_airspaces(on=day), rules=rules)
    assert told["routes"][0]["verdict"] == json.loads(json.dumps(verdict.to_dict()))
    assert status == (0 if verdict.passed else 1)
    assert told["except_territories"] == sorted(of.ruleset(TEXTS, on=day).exceptions)
    assert [one.text for one in sets] == told["avoid"]


def test_greenland_is_no_part_of_the_union_in_python_either(run: Run) -> None:
    day = dt.date(2025, 10, 23)
    way = ("KEF", "SFJ", "YFB")
    world = of.load_airspaces(on=day)
    assert of.check(of.route(*way), world, rules=[of.Avoid(of.bloc("eu").on(day), name="eu")]).status == "clear"
    assert run("check", *way, "--avoid", "eu", "--on", "2025-10-23")[0] == 0
    before = dt.date(1985, 1, 31)
    assert of.check(of.route(*way), world, rules=[of.Avoid(of.bloc("eu").on(before))]).status == "crosses"


def test_searches_keep_the_reach_of_a_bloc() -> None:
    day = dt.date(2025, 10, 23)
    world, eu = of.load_airspaces(on=day), of.bloc("eu").on(day)
    direct = of.great_circle("KEF", "YFB")
    assert "GRL" in {crossing.territory for crossing in of.crossings(direct, world)}
    assert of.detour("KEF", "YFB", world, avoid=eu) == direct
    assert [c.consents for c in of.candidates(direct, world, avoid=eu)] == [()]
