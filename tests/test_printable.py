"""Text from outside on its way out: each writer's escapes, one by one."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.cli.tables import boxed, csv_text, tsv_text
from overflight.outside.printable import guarded, json_text, one_line, plain_name, slug, unguarded, visible, xml_text
from overflight.proposals.writing import proposal_text, quoted

ANY = st.text(st.characters(), max_size=60)  # lone surrogates, too
TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)


@given(text=ANY)
def test_what_is_shown_is_one_printable_line_of_which_nothing_is_missing(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    assert visible(shown) == shown
    if text.isprintable():
        assert shown == text
    assert len(shown) >= len(text)


@given(text=ANY)
def test_json_says_exactly_what_it_was_given_and_shows_as_it_is(text: str) -> None:
    written = json_text({text: [text]}, indent=1)
    assert json.loads(written) == {text: [text]}
    assert written.replace("\n", "").isprintable()


def test_a_name_of_a_file_is_cut_where_its_letters_take_more_bytes_than_it_may_have() -> None:
    assert slug("\U00020000" * 100) == "\U00020000" * 50
    assert slug("aaa" + "\U00020000" * 49 + ".b") == "aaa" + "\U00020000" * 49


@given(text=ANY)
def test_xml_holds_any_text(text: str) -> None:
    root = ET.fromstring(f'<a b="{xml_text(text)}">{xml_text(text)}</a>')  # noqa: S314 - our own
    assert (root.text or "") == root.attrib["b"] == visible(text)


@given(text=TEXTS)
def test_toml_says_exactly_what_it_was_given(text: str) -> None:
    assert tomllib.loads(f"name = {quoted(text)}") == {"name": text}
    written = proposal_text({"name": "a", "why": text})
    assert tomllib.loads(written).get("why", "") == text
    assert written.replace("\n", "").replace("\t", "").isprintable()


def test_half_a_pair_that_toml_has_no_escape_for_is_shown() -> None:
    assert tomllib.loads(f"name = {quoted(chr(0xDC80))}") == {"name": r"\udc80"}
    assert tomllib.loads(proposal_text({"name": "a", "why": f"x\n{chr(0xDC80)}"}))["why"] == "x\n\\udc80"


@given(text=ANY)
def test_an_apostrophe_that_is_put_there_is_taken_off_and_no_other(text: str) -> None:
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@SUM(1)", "|x", "\uff1d1", "\uff0b1", "\t=1", " -1", "\r=1", "'=1", "::e"]
)
def test_a_cell_that_a_spreadsheet_would_run_begins_with_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"
    (cell,) = list(csv.reader(io.StringIO(csv_text(("a",), [[text]]))))[1]
    assert cell.startswith("'")
    assert list(csv.reader(io.StringIO(csv_text(("a",), [[-1.5]]))))[1] == ["-1.5"]


@pytest.mark.parametrize(
    "text", ["::error::x", "  ::error::x", "##[error]x", "a ##[error]x", "a\n::error::x", "a##vso[b]c"]
)
def test_no_line_of_a_log_is_a_command(text: str) -> None:
    quoted = json_text([text]), f"<a>{xml_text(text)}</a>"
    assert json.loads(quoted[0]) == [text]
    assert ET.fromstring(quoted[1]).text == visible(text)  # noqa: S314 - made here
    for line in (*one_line(text).splitlines(), *tsv_text(("a",), [[text]]).splitlines(), *quoted):
        assert not line.lstrip().startswith("::")
        assert not re.search(r"##\w*\[", line)


def test_a_box_stays_in_line_whatever_is_in_it() -> None:
    rows: list[list[str | float]] = [["a\x1b[2J\u202e\u200b\x9b\x07\x08\r\nb", 1.0], ["c", 2.0]]
    lines = boxed(("name", "km"), rows).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert r"a\x1b[2J\u202e\u200b\x9b\x07\x08\r\nb" in lines[3]


def test_a_name_is_one_line_and_says_that_it_was_cut() -> None:
    assert plain_name(" a\n \t b\xa0c\x1b ") == r"a b c\x1b"
    assert plain_name("x" * 300) == "x" * 197 + "..."
    assert plain_name("x" + " " * 20_000 + "y") == "x..."
    assert plain_name("\u2028") == r"\u2028"
    assert plain_name(" \n") is plain_name(7) is None


@given(text=ANY)
def test_a_file_stays_in_its_folder(text: str) -> None:
    for ascii_only in (False, True):
        name = slug(text, ascii_only=ascii_only)
        assert not set(name) & set("/\\:*?\"<>|%$`'{}\r\n\0 ")
        assert name in ("", name.strip(".-") + "-" * name.endswith("-"))
        assert len(name) <= 81
        assert len(f"{name}.route.geojson".encode()) < 255
        assert not ascii_only or name.isascii()


@pytest.mark.parametrize("text", ["con", "NUL", "com1", "com\N{SUPERSCRIPT ONE}", "aux.txt", "LPT9.route"])
def test_no_file_is_called_after_a_device(text: str) -> None:
    assert slug(text).partition(".")[0].endswith("-")
