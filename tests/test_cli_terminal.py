"""What the command line shows at a terminal: nothing that matters is cut, however narrow it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from overflight.airspace import load_airspaces
from overflight.cli import main
from overflight.cli.colours import PALETTE
from overflight.cli.screens import paragraph
from overflight.cli.tables import boxed, wrapped
from tests.commands import STUDY, Terminal

Show = Callable[..., str]
WIDTHS = (60, 80, 100, 120, 150)


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Show:
    """Run a command at a terminal of so many columns; returns what it shows there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")

    def shower(columns: int, *arguments: str) -> str:
        screen = Terminal()
        monkeypatch.setattr("sys.stdout", screen)
        monkeypatch.setenv("COLUMNS", str(columns))
        with pytest.raises(SystemExit) as caught:
            main(list(arguments))
        assert caught.value.code in {0, 1}
        text = screen.getvalue()
        assert "…" not in text
        assert max(map(len, text.splitlines())) <= columns
        return text

    return shower


def unfolded(text: str) -> str:
    """Undo the wrapping of texts below tables, and of a column of texts that stands last."""
    return re.sub(r"\s+", " ", re.sub(r"[│\n]", " ", text))


@pytest.mark.parametrize("columns", WIDTHS)
def test_a_dispute_stands_in_full_under_the_table_of_check(show: Show, columns: int) -> None:
    text = show(columns, "check", "PRN", "SKP", "--avoid", "icc", "--on", "2025-10-23")
    kosovo = next(p for p in load_airspaces() if p.territory == "XKX" and p.disputed)
    assert f"[1] disputed: {kosovo.disputed} [claimed by XKX, SRB]" in unfolded(text)
    for whole in ("Kosovo", " [1] ", "departure", "XKX", "MKD", "47.6", "83.3"):
        assert whole in text


@pytest.mark.parametrize("columns", WIDTHS)
def test_waters_far_from_land_are_noted_under_the_table_of_check(show: Show, columns: int) -> None:
    text = unfolded(show(columns, "check", "CGK", "AMQ", "--on", "2025-10-23"))
    assert "km of it beyond 12 NM of any land (Indonesia, archipelagic waters: by UNCLOS" in text


@pytest.mark.parametrize("columns", WIDTHS)
def test_a_verdict_says_what_an_avoided_state_claims(show: Show, columns: int) -> None:
    text = unfolded(show(columns, "check", "DEL", "SXR", "--avoid", "PAK", "--on", "2025-10-23"))
    assert "not entered: Pakistan (PAK), 14.4 km away at km 442.3 (PAK)" in text
    assert "; but Pakistan claims 197.2 km of it [1]" in text
    entered = unfolded(show(columns, "check", "ISB", "SXR", "--avoid", "PAK", "--on", "2025-10-23"))
    assert re.search(r"entered: Pakistan \(PAK\) for [\d.]+ km; besides, Pakistan claims [\d.]+ km of it \[", entered)


def test_a_territory_is_named_beside_its_state(show: Show) -> None:
    assert "│ Denmark (Greenland) │" in show(80, "check", "64.1,-51.0", "64.3,-50.0", "--on", "2025-10-23")


def test_a_claim_that_is_not_of_an_avoided_state_is_only_a_note(show: Show) -> None:
    text = unfolded(show(80, "check", "DEL", "SXR", "--avoid", "CHN", "--on", "2025-10-23"))
    assert "claims" not in text
    assert "[1] disputed: Jammu, Kashmir and Ladakh" in text


@pytest.mark.parametrize("columns", WIDTHS)
def test_candidates_have_their_disputes_in_full(show: Show, columns: int) -> None:
    text = unfolded(show(columns, "routes", "DEL", "SXR", "--avoid", "PAK", "--on", "2025-10-23"))
    assert "[1] disputed: Jammu, Kashmir and Ladakh: held by India; claimed by Pakistan [claimed by IND, PAK]" in text
    assert "Route 1: Pakistan claims 197.2 km of it [1]" in text


@pytest.mark.parametrize("columns", WIDTHS)
def test_the_times_of_a_flight_stay_whole(show: Show, columns: int) -> None:
    flight = ("--depart", "2025-10-23T23:58Z", "--speed", "460kt")
    text = show(columns, "check", "PRN", "SKP", "--avoid", "icc", *flight)
    assert text.count("00:01 +1d") == 2
    assert text.count("23:58") == 2


@pytest.mark.parametrize("columns", WIDTHS)
def test_names_of_areas_and_rules_stay_whole(show: Show, columns: int, tmp_path: Path) -> None:
    ring = [[22, 50], [24, 50], [24, 52], [22, 52], [22, 50]]
    name = "A rather long name of a danger area in the east of Poland, near Chełm"
    zone = {
        "type": "Feature",
        "properties": {"name": name},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    (tmp_path / "zone.geojson").write_text(json.dumps(zone), encoding="utf-8")
    rules = ("--avoid", "icc | zone.geojson", "--avoid", "LTU")
    text = show(columns, "check", "VKO", "BUD", *rules, "--on", "2025-10-23")
    for word in name.split():
        assert word in text
    assert "overflight" in text
    assert text.count("zone.geojson") == 7, "at five crossings, and twice where the rules are told"


@pytest.mark.parametrize("columns", WIDTHS)
def test_memberships_keep_their_dates_sources_and_notes(show: Show, columns: int) -> None:
    text = show(columns, "states", "icc", "--on", "2027-06-20")
    (mali,) = (line for line in text.splitlines() if "│ MLI" in line)
    assert "│ 2002-07-01 │ 2027-06-24 │" in mali
    told = unfolded(text)
    assert 'Announced 2025-09-22 "with immediate effect" (no legal effect); still a party until effective date' in told
    assert "source (not verified): deposit: UN Treaty Collection scrape 2014-01-27; entry into force: Art.126 " in told
    assert "territories of DNK: FRO in (from 2006-10-01); GRL in (from 2004-10-01)" in told


@pytest.mark.parametrize("columns", WIDTHS)
def test_data_are_told_in_full(show: Show, columns: int) -> None:
    text = unfolded(show(columns, "data").replace("disputed         │", "                 │"))
    for piece in load_airspaces():
        if piece.disputed:
            held = f"[{piece.de_jure} de jure, {piece.de_facto} de facto; claimed by {', '.join(piece.claimants)}]"
            assert f"{piece.disputed} {held}" in text


def test_a_state_that_is_in_a_set_by_some_territories_says_which(
    show: Show, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Denmark (only: FRO GRL)" in show(100, "states", "nato - eu", "--on", "2025-10-23")
    assert "12 states, 3 of them by some territories only; on 2025-10-23" in capsys.readouterr().err
    assert "New Zealand (but not: TKL)" in show(100, "states", "icc & NZL", "--on", "2025-10-23")
    assert capsys.readouterr().err.startswith("1 state; on 2025-10-23")


def test_texts_are_broken_between_words_and_nowhere_else_if_that_can_be() -> None:
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert wrapped("abcdefghij kl", 4) == ["abcd", "efgh", "ij", "kl"]
    assert wrapped("", 4) == [""]
    assert [len(line) for line in wrapped("東京東京 東京", 8)] == [4, 2]


def test_a_number_keeps_its_unit() -> None:
    assert wrapped("Ukraine 1.9 km", 12) == ["Ukraine", "1.9 km"]
    assert wrapped("Ukraine 1.9 kmh", 12) == ["Ukraine 1.9", "kmh"]
    assert wrapped("by 12 % more", 7) == ["by 12 %", "more"]


def test_a_paragraph_is_indented_after_its_first_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    assert paragraph("aaaa bbbb cccc dddd eeee ffff").splitlines() == ["aaaa bbbb cccc dddd", "  eeee ffff"]


def test_columns_without_room_go_below_their_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    lines = boxed(("#", "code", "first", "second"), [[1, "A" * 10, "B" * 8, "C" * 9]], below=[("first",)]).splitlines()
    assert {len(line) for line in lines} == {30}
    assert lines[3] == "│ 1 │ AAAAAAAAAA │ CCCCCCCCC │"
    assert lines[4] == "│     first BBBBBBBB         │"


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_a_terminal_gets_boxes_and_colours_unless_it_wants_none(
    monkeypatch: pytest.MonkeyPatch, no_color: str, coloured: bool
) -> None:
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "140")
    with pytest.raises(SystemExit):
        main(["check", *STUDY])
    text = screen.getvalue()
    plain = re.sub(r"\x1b\[[\d;]*m", "", text)
    assert "│ POL  │ Poland" in plain
    assert "on 2025-10-23; avoid icc" in plain
    assert ("\x1b[" in text) is coloured


def coloured_words(text: str) -> dict[str, str]:
    """Return what stands in colour, with the code of the colour."""
    return {found[2]: found[1] for found in re.finditer(r"\x1b\[(3[\d;]+)m(?:\x1b\[1m)?([^\x1b]*)", text)}


@pytest.mark.parametrize(
    ("term", "red", "amber", "green"),
    [("xterm-256color", "38;5;196", "38;5;130", "38;5;28"), ("xterm", "31", "33", "32")],
)
def test_a_colour_says_what_a_word_beside_it_says(
    monkeypatch: pytest.MonkeyPatch, term: str, red: str, amber: str, green: str
) -> None:
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("COLORTERM", raising=False)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLUMNS", "140")
    for question in (["check", *STUDY, "--allow", "POL"], ["check", "VKO", "LED", *STUDY[2:]]):
        with pytest.raises(SystemExit):
            main(question)
    text = screen.getvalue()
    found = coloured_words(text)
    assert {found[word] for word in ("Ukraine", "Slovakia", "Hungary", "forbidden")} == {red}
    assert {found[word] for word in ("Poland", "needs consent")} == {amber}
    assert green in found.values()
    assert not {"Russia", "Belarus"} & set(found)
    for line in text.splitlines():
        assert ("Poland" in line and "│" in line) <= ("needs consent" in line)
        assert ("Ukraine" in line and "│" in line) <= ("forbidden" in line)


def test_colours_can_be_read_on_black_and_on_white() -> None:
    """By WCAG 2.2; the colours of 256 from 16 on are a cube whose steps terminals agree on."""
    steps = (0, 95, 135, 175, 215, 255)

    def luminance(index: int) -> float:
        cube = index - 16
        shares = [steps[cube // 36] / 255, steps[cube // 6 % 6] / 255, steps[cube % 6] / 255]
        linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for fine, _ in PALETTE.values():
        assert (luminance(fine) + 0.05) / 0.05 >= 3.9
        assert 1.05 / (luminance(fine) + 0.05) >= 3.9
    assert len(set(PALETTE.values())) == len(PALETTE)


QUESTIONS = (
    ("check", "BKK", "SIN", "--avoid", "icc | THA", "--allow", "SGP", "--on", "2025-10-23"),
    ("check", "JFK", "TLV", "--avoid", "icc", "--on", "2025-10-23"),
    ("states", "faa-kicz", "--on", "2025-10-23"),
    ("when", "VKO", "BUD", "--avoid", "icc", "--until", "2027-01-01"),
    ("data", "waters"),
    ("completion", "--help"),
    ("convert", "--help"),
)


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: " ".join(one[:3]))
def test_no_word_is_broken(show: Show, columns: int, question: tuple[str, ...]) -> None:
    """What stands on a line of its own width is found, word by word, on a narrow one."""
    words = {
        w for line in show(2000, *question).splitlines() for w in re.split(r"[\s│]+", line) if w.strip("─┌┬┐├┼┤└┴┘")
    }
    for word in re.split(r"[\s│]+", show(columns, *question)):
        assert word in words or not word.strip("─┌┬┐├┼┤└┴┘"), word
