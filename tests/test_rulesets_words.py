"""Rule sets in words, and taken apart as a form shows them."""

from __future__ import annotations

import json

import pytest

from overflight.airspace import load_airspaces
from overflight.rules.wording.rulesets import Parts, parts, phrase
from tests.commands import Run


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("icc", "ICC parties"),
        ("ICC", "ICC parties"),
        ("icc - HUN", "ICC parties except Hungary"),
        ("icc - HUN - POL", "ICC parties except Hungary and Poland"),
        ("(icc | BLR) - (HUN | GBR)", "ICC parties and Belarus, except Hungary and the United Kingdom"),
        ("closed", "states that closed their airspace"),
        ("bans", "states that bar the operator"),
        ("eu-ban-russia", "states closed to Russian aircraft"),
        ("POL | UKR", "Poland and Ukraine"),
        ("BIH | POL", "Bosnia and Herzegovina, and Poland"),
        ("Poland | gbr", "Poland and the United Kingdom"),
        ("icc & eu", "ICC parties that are also EU states"),
        ("icc & POL", "what ICC parties and Poland have in common"),
        ("icc - (eu - HUN)", "ICC parties except (EU states except Hungary)"),
        ("(icc - HUN) | BLR", "ICC parties except Hungary, and Belarus"),
        ("DNK - GRL", "Denmark except Greenland"),
        ("circle:VKO,50nm | 'my zone.kml'", "50 nm around VKO and my zone.kml"),
        ("mine - HUN", "mine except Hungary"),
        ("icc |", "icc |"),
        ("icc - HUN | POL", "icc - HUN | POL"),
        ("(icc", "(icc"),
        ("", ""),
    ],
)
def test_a_rule_set_is_said_in_words(text: str, words: str) -> None:
    """What is no rule set is said as it is."""
    assert phrase(text, load_airspaces()) == words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("icc", Parts(("icc",))),
        ("icc | BLR", Parts(("icc", "BLR"))),
        ("icc - HUN - POL", Parts(("icc",), ("HUN", "POL"))),
        ("(icc | (BLR | RUS)) - (HUN | POL)", Parts(("icc", "BLR", "RUS"), ("HUN", "POL"))),
        ("circle:52,24,50nm | POL", Parts(("circle:52,24,50nm", "POL"))),
        ("icc & eu", None),
        ("icc - (eu - HUN)", None),
        ("(icc - HUN) | BLR", None),
        ("icc |", None),
        ("-", None),
        ("(" * 3000, None),
    ],
)
def test_a_rule_set_is_taken_apart_where_it_is_one_list_less_another(text: str, found: Parts | None) -> None:
    assert parts(text) == found


def test_the_command_line_says_its_rule_in_words(run: Run) -> None:
    arguments = ("check", "VKO", "BUD", "--avoid", "ICC members except Hungary, Poland", "--on", "2025-10-23")
    _, out, _ = run(*arguments, "-f", "json")
    document = json.loads(out)
    assert document["avoid"] == ["ICC - (Hungary | Poland)"]
    assert document["avoid_in_words"] == ["ICC parties except Hungary and Poland"]
    assert "avoid ICC - (Hungary | Poland) (ICC parties except Hungary and Poland)" in run(*arguments)[2]
