"""A map in another language: every word there, names and numbers as CLDR has them, nobody's text changed."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely.geometry import box

from overflight.airspace import Airspaces, bloc, load_airspaces
from overflight.errors import OverflightError
from overflight.maps import draw
from overflight.maps.languages import LANGUAGES, NAMES, SENTENCES, language_of
from overflight.maps.letters import check_script, lacking, spelled
from overflight.maps.picture import picture
from overflight.maps.publication import Edition, alternative
from overflight.maps.words import WORDS
from overflight.routes import Route, great_circle, route
from overflight.rules import Avoid, check
from overflight.rules.rulesets import ruleset
from tests.commands import Run

babel = pytest.importorskip("babel", reason="pip install 'overflight[lang]'")

DAY = dt.date(2025, 10, 23)
DASH = "\N{EN DASH}"
OTHERS = [code for code in LANGUAGES if code != "en"]
NASTY = "{{ 7*7 }}</script>\u202eRussia"


@pytest.fixture(scope="module")
def table() -> dict[str, dict[str, str]]:
    text = resources.files("overflight.maps").joinpath("assets", "words.csv").read_text(encoding="utf-8")
    return {row["word"]: row for row in csv.DictReader(text.splitlines())}


def moscow_budapest(lang: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    world, icc = load_airspaces(on=DAY), bloc("icc").on(DAY)
    line = great_circle("VKO", "BUD")
    verdict = check(line, world, rules=[Avoid(icc, name="icc")])
    return draw(world, verdict, on=DAY, avoid=icc, lang=lang, **more).scene


# The table.


def test_every_word_and_sentence_is_there_in_every_language(table: dict[str, dict[str, str]]) -> None:
    assert set(table) == {*WORDS, *SENTENCES, *NAMES}
    for row in table.values():
        assert set(row) == {"word", *OTHERS}
        assert all(row[code].strip() for code in OTHERS if row["word"] != "comma"), row["word"]


def test_what_is_filled_in_is_the_same_in_every_language(table: dict[str, dict[str, str]]) -> None:
    def filled(text: str) -> set[str]:
        return set(re.findall(r"\{(\w*)\}", text))

    for word, english in {**WORDS, **SENTENCES}.items():
        assert {code: filled(table[word][code]) for code in OTHERS} == dict.fromkeys(OTHERS, filled(english)), word


def test_no_word_of_it_is_markup_or_begins_a_template(table: dict[str, dict[str, str]]) -> None:
    assert not [row["word"] for row in table.values() for code in OTHERS if re.search(r"[<>&]|\{[{%#]", row[code])]


# Names and numbers.


@pytest.mark.parametrize(
    ("code", "title", "states", "date", "km"),
    [
        ("de", "Moskau @ Budapest", ["Ukraine", "Polen", "Slowakei", "Ungarn"], "23. Oktober 2025", "1.537 km"),
        ("fr", "Moscou @ Budapest", ["Ukraine", "Pologne", "Slovaquie", "Hongrie"], "23 octobre 2025", "1 537 km"),
        ("pl", "Moskwa @ Budapeszt", ["Ukraina", "Polska", "Słowacja", "Węgry"], "23 października 2025", "1 537 km"),
        ("uk", "Москва @ Будапешт", ["Україна", "Польща", "Словаччина", "Угорщина"], "23 жовтня 2025", "1 537 км"),
        ("ar", "موسكو @ بودابست", ["أوكرانيا", "بولندا", "سلوفاكيا", "هنغاريا"], "23 أكتوبر 2025", "1,537 كم"),
    ],
)
def test_cities_states_dates_and_numbers_are_those_of_the_language(
    code: str, title: str, states: list[str], date: str, km: str
) -> None:
    scene = moscow_budapest(code)
    (line,) = scene["routes"]
    assert (scene["lang"], scene["title"]) == (code, title.replace("@", DASH))
    assert scene["on"].startswith(date)
    assert line["crossed"] == states
    assert re.sub(r"\s", " ", line["km"]) == km
    assert set(states) <= {row["state"] for row in line["rows"]}
    assert set(states) <= {label["text"] for label in scene["labels"]} | {one["name"] for one in line["entered"]}
    assert scene["cities"]
    assert line["stops"][0]["name"] == f"{title.partition(' @ ')[0]} (VKO)"


def test_nothing_of_the_english_page_is_left_but_what_the_data_tell() -> None:
    parts = ("title", "on", "headline", "finding", "paragraph", "routes", "labels")
    german, english = (
        json.dumps([scene[part] for part in parts] + [scene["rule"]["words"]], ensure_ascii=False)
        for scene in map(moscow_budapest, ("de", "en"))
    )
    for word in ("Enters ", "Leaves ", "Hungary", "Poland", "forbidden: ", "Great circle", "ICC states", "departure"):
        assert word in english
        assert word not in german


def test_the_finding_says_answer_and_states_after_colons() -> None:
    scene = moscow_budapest("de")
    assert scene["headline"] == "Verboten; überflogen: Ukraine, Polen, Slowakei und Ungarn."
    (line,) = scene["routes"]
    assert line["words"] == scene["headline"].rstrip(".")
    assert scene["rule"]["words"] == "IStGH-Vertragsstaaten (Staaten: 125)"


def test_the_rule_of_the_study_has_words_in_every_language(table: dict[str, dict[str, str]]) -> None:
    world, avoid = load_airspaces(on=DAY), ruleset("icc | closed", on=DAY)
    rules = [Avoid(ruleset(text, on=DAY), name=text) for text in ("icc | closed", "closed")]
    verdict = check(great_circle("VKO", "BUD"), world, rules=rules)
    scenes = [draw(world, verdict, on=DAY, avoid=avoid, lang=lang).scene for lang in ("de", "ru")]
    for scene, lang in zip(scenes, ("de", "ru"), strict=True):
        assert scene["rule"]["words"].startswith(table["rule_icc_closed"][lang] + " (")
        assert "ICC" not in scene["rule"]["long"]


def test_a_date_that_ends_in_a_full_stop_ends_a_sentence_with_one() -> None:
    scene = moscow_budapest("hu")
    assert scene["on"].endswith(".")
    assert ".." not in alternative(scene) + scene["paragraph"]


def test_what_its_user_says_and_a_world_of_ones_own_stay_as_they_are() -> None:
    world = load_airspaces(on=DAY)
    line = Route(great_circle("VKO", "BUD").waypoints, NASTY)
    scene = draw(world, line, on=DAY, title=NASTY, lang="de", notes=["Hungary is entered"]).scene
    assert scene["title"] == NASTY
    assert scene["routes"][0]["label"] == NASTY
    assert scene["routes"][0]["note"].startswith("Hungary is entered")
    squares = {"state": ["POL", "BBB"], "geometry": [box(0, 40, 10, 50), box(10, 40, 20, 50)]}
    own = Airspaces.from_frame(gpd.GeoDataFrame(squares, crs="EPSG:4326"), state="state")
    names = {piece["name"] for piece in draw(own, route((5, 45), (15, 45)), on=DAY, lang="de").scene["pieces"]}
    assert {"POL", "BBB"} <= names


def test_english_needs_no_babel_and_another_language_says_that_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "babel", None)
    assert language_of("en") is None
    with pytest.raises(OverflightError, match=r"pip install 'overflight\[lang\]'"):
        language_of("de")
    with pytest.raises(OverflightError, match="use one of en, de"):
        language_of("tlh")


# Pages and pictures.


def test_a_page_says_its_language_and_its_direction() -> None:
    world, line = load_airspaces(on=DAY), route((20.0, 50.0), (25.0, 50.0))
    assert b'<html lang="he" dir="rtl">' in draw(world, line, on=DAY, lang="he").html()
    assert b'<html lang="uk" dir="ltr">' in draw(world, line, on=DAY, lang="uk").html()
    assert b'<html lang="en" dir="ltr">' in draw(world, line, on=DAY).html()


def test_a_picture_is_mirrored_where_one_reads_from_the_right() -> None:
    world, line = load_airspaces(on=DAY), route((20.0, 50.0), (25.0, 50.0))

    def title_at(lang: str) -> tuple[str, float]:
        svg = picture(draw(world, line, on=DAY, lang=lang, title="Hej").scene, ".svg", Edition((800, 800))).decode()
        found = re.search(r'<text style="([^"]*)" x="([\d.]+)"[^>]*>Hej</text>', svg)
        assert found is not None
        assert f'xml:lang="{lang}"' in svg
        return ("end" if "text-anchor: end" in found[1] else "start"), float(found[2])

    (left, x), (right, mirrored) = title_at("en"), title_at("ar")
    assert (left, right) == ("start", "end")
    assert x + mirrored == pytest.approx(9 * 72, abs=0.1)


def test_letters_that_the_font_lacks_stand_by_their_numbers_and_svg_has_them_all() -> None:
    scene = draw(load_airspaces(on=DAY), route((20.0, 50.0), (25.0, 50.0)), on=DAY, title="東 Москва سلام").scene
    assert lacking(scene) == "東"
    assert spelled(scene)["title"] == "\\u6771 Москва سلام"
    assert "東" in picture(scene, ".svg").decode()


def test_letters_that_join_are_refused_where_matplotlib_sets_them_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib import ft2font

    scene = draw(load_airspaces(on=DAY), route((20.0, 50.0), (25.0, 50.0)), on=DAY, title="שלום").scene
    monkeypatch.delattr(ft2font, "__libraqm_version__", raising=False)
    with pytest.raises(OverflightError, match=r"save the map as \.html or \.svg"):
        check_script(scene)
    check_script(scene | {"title": "Мир"})


def test_the_command_line_speaks_and_tells_what_a_picture_lacks(run: Run, tmp_path: Path) -> None:
    where = ("map", "50,20", "50,25", "--on", "2025-10-23")
    status, _, err = run(*where, "-o", tmp_path / "m.png", "--lang", "DE", "--title", "東京", "--size", "400x400")
    assert status == 0
    assert "lacks 東京" in err
    run(*where, "-o", tmp_path / "m.html", "--lang", "pl")
    assert '<html lang="pl"' in (tmp_path / "m.html").read_text()
    status, _, err = run(*where, "-o", tmp_path / "m.html", "--lang", "xx")
    assert status == 2
    assert "use one of en, de" in " ".join(err.split())
