"""Reports as people get them: a page that does nothing, sheets that can be searched, options that keep apart."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import os
import re
import shlex
import sys
import threading
import zipfile
from base64 import b64encode
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from overflight.case import Case
from overflight.evidence import Evidence, Input
from overflight.evidence.blocks import Items
from overflight.evidence.crossed import crossing_blocks
from overflight.evidence.sketch import WIDE_PT
from overflight.outside.printable import shell_word, visible
from overflight.routes import Route, Waypoint
from tests.commands import Run
from tests.pdfs import sheets_of, text_of
from tests.probes import MARKER, PROBES, SINGLE, assert_harmless, drawn
from tests.test_evidence import flight

ON = ("--on", "2025-10-23")
EVIL = "{{7*7}}</title><script>window.hit=1</script>\u202e\x1b[2J<img src=x onerror=window.hit=1>"
DIRECT = Case.of(["VKO", "BUD"], on="2025-10-23", avoid="icc")


class Seen(HTMLParser):
    """What a browser makes of a page: its elements, their attributes, its text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def named(*names: str) -> list[Case]:
    """Make a case of a short route for each name."""
    return [
        Case.of(Route((Waypoint(9.0, 50.0, visible(name)[:40]), Waypoint(9.0 + 0.01 * i, 50.5)), name), on="2025-10-23")
        for i, name in enumerate(names, 1)
    ]


# ---------------------------------------------------------------- the page


def test_the_page_runs_nothing_and_fetches_nothing() -> None:
    page = Evidence.of(DIRECT, inputs=[Input.of(b"x", EVIL)], command=EVIL).html().decode()
    seen = Seen(page)
    (policy,) = [value for _, value in seen.attributes if value and value.startswith("default-src")]
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert (
        policy == f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert not {"script", "img", "iframe", "object", "a", "form"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name in {"style", "src"}]
    addresses = [value for name, value in seen.attributes if name in {"href", "xlink:href"}]
    assert addresses == ["data:,"]
    assert not re.search(r"url\((?!#)", page)


def test_names_are_shown_letter_by_letter_whatever_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = [*PROBES[::24], *SINGLE, EVIL]
    report = Evidence.of(named(*names), inputs=[Input("a", "0" * 64, 1, (EVIL,))], command=EVIL)
    page = report.html().decode()
    seen = Seen(page)
    text = "".join(seen.text)
    for name in names:
        assert visible(name).strip() in text
    assert "script" not in seen.tags
    assert_harmless(page, but="\n")
    assert_harmless(report.to_json())
    assert [one["name"] for one in json.loads(report.to_json())["flights"]] == names
    assert not Path(MARKER).exists()


def test_drawings_are_whole_and_stay_in_their_frame() -> None:
    page = Evidence.of(DIRECT).html().decode()
    drawings = [ET.fromstring(one) for one in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]  # noqa: S314 - our own
    assert len(drawings) == 2
    for drawing in drawings:
        box = [float(x) for x in drawing.attrib["viewBox"].split()]
        assert box[:3] == [0.0, 0.0, WIDE_PT]
        assert drawing.attrib["role"] == "img"
        assert "VKO-BUD" in (drawing.findtext("title") or "")
        words = [(float(one.attrib["x"]), float(one.attrib["y"]), one.text) for one in drawing.iter("text")]
        assert all(0.0 <= x <= box[2] and 0.0 <= y <= box[3] for x, y, _ in words)
    states = [one.text for one in drawings[0].iter("text")]
    assert {"VKO", "BUD", "Ukraine", "Belarus"} <= set(states)


def test_the_drawn_route_meets_the_places_of_the_crossings() -> None:
    """On the map the marks of entries lie on the drawn line; on the profile states follow each other by kilometres."""
    page = Evidence.of(DIRECT).html().decode()
    ground, chart = (ET.fromstring(one) for one in re.findall(r"<svg.*?</svg>", page, re.DOTALL))  # noqa: S314
    lines = [_places(one.attrib["d"]) for one in ground.iter("path") if one.attrib.get("stroke") == "#12486f"]
    (line,) = lines
    for mark in ground.iter("circle"):
        x, y = float(mark.attrib["cx"]), float(mark.attrib["cy"])
        assert min(_apart((x, y), a, b) for a, b in itertools.pairwise(line)) < 0.6
    bands = [_places(one.attrib["d"]) for one in chart.iter("path") if one.attrib.get("fill", "none") != "none"][1:]
    wide = WIDE_PT - 50.0
    for band, crossing in zip(bands, DIRECT.verdict.crossings, strict=True):
        edges = min(x for x, _ in band), max(x for x, _ in band)
        share = [(x - 44.0) / wide for x in edges]
        length = DIRECT.route.length_km
        assert share == pytest.approx([crossing.entry_km / length, crossing.exit_km / length], abs=5e-4)


def _places(d: str) -> list[tuple[float, float]]:
    x = y = 0.0
    found = []
    for kind, dx, dy in re.findall(r"([Ml])(-?[\d.]+),(-?[\d.]+)", d):
        x, y = (float(dx), float(dy)) if kind == "M" else (x + float(dx), y + float(dy))
        found.append((x, y))
    return found


def _apart(p: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    t = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy)
    t = min(max(t, 0.0), 1.0)
    return float(((p[0] - a[0] - t * dx) ** 2 + (p[1] - a[1] - t * dy) ** 2) ** 0.5)


def test_what_of_a_crossing_lies_beyond_twelve_miles_of_land_is_told_below_the_table() -> None:
    (flight,) = Evidence.of(DIRECT).to_dict()["flights"]
    first, *rest = flight["crossings"]
    told = {
        **flight,
        "crossings": [{**first, "beyond_12nm": "some 9 km of it beyond 12 NM of any land (a bay)"}, *rest],
    }
    (items,) = [block for block in crossing_blocks(told) if isinstance(block, Items)]
    assert items.texts == ["1, Russia: some 9 km of it beyond 12 NM of any land (a bay)."]
    assert not [block for block in crossing_blocks(flight) if isinstance(block, Items)]


# ---------------------------------------------------------------- sheets


@pytest.mark.slow
def test_sheets_can_be_searched_and_say_what_the_page_says() -> None:
    report = Evidence.of(DIRECT, inputs=[Input.of(b"abc", "flight.csv")], command="overflight check VKO BUD")
    raw = report.pdf()
    assert raw == report.pdf()
    text = text_of(raw)
    digest = hashlib.sha256(b"abc").hexdigest()
    for words in (
        digest,
        "Enters Ukraine, Poland, Slovakia and Hungary",
        "overflight check VKO BUD",
        "2002-07-01",
        "\N{PRIME}",
        "Ukraine (7)",
    ):
        assert words in text
    assert f"page {sheets_of(raw)} of {sheets_of(raw)}" in text
    page = "".join(Seen(report.html().decode()).text)
    for entry in (one["entry"] for one in report.to_dict()["flights"][0]["crossings"]):
        assert entry["decimal"] in text
        assert entry["decimal"] in page


@pytest.mark.slow
def test_letters_that_the_font_lacks_stand_there_by_their_numbers() -> None:
    report = Evidence.of(named("Москва", "東京", "$x^2$ {{7*7}} \\frac", "x" * 300, "a\x1b[2Jb\u202ec"))
    text = text_of(report.pdf())
    for words in ("Москва", "\\u6771\\u4eac", "$x^2$ {{7*7}} \\frac", "a\\x1b[2Jb\\u202ec"):
        assert words in text


def test_a_report_on_paper_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(Exception, match=r"overflight\[print\]"):
        Evidence.of(DIRECT).pdf()


# ---------------------------------------------------------------- the command


def report_of(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_check_writes_a_report_and_its_answer(run: Run, tmp_path: Path) -> None:
    (tmp_path / "flight.csv").write_text(flight(), encoding="utf-8")
    for kind in ("html", "json"):
        status, out, err = run("check", "flight.csv", "--avoid", "icc - HUN", "--report", f"r.{kind}")
        assert status == 1
        assert "TST100" in out
        assert f"wrote r.{kind}" in err
    told = report_of(tmp_path / "r.json")
    digest = hashlib.sha256(flight().encode()).hexdigest()
    assert [(one["name"], one["sha256"]) for one in told["inputs"]] == [("flight.csv", digest)]
    assert told["command"] == "overflight check flight.csv --avoid 'icc - HUN' --report r.json"
    assert told["flights"][0]["input"] == digest
    assert digest in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_the_command_of_a_report_makes_it_again(run: Run, tmp_path: Path) -> None:
    """Of a route without a date, too, for which it was the day's."""
    name = "fl'ight {{7*7}} \u202e.csv"
    (tmp_path / name).write_text("lon,lat,route\n37,55,=x\n19,47,=x\n", encoding="utf-8")
    assert run("check", f"./{name}", "--avoid", "icc", "--report=r.json")[0] == 1
    first = report_of(tmp_path / "r.json")
    assert re.search(r" --on=\d{4}-\d\d-\d\d$", first["command"])
    # what bash makes of $'...'
    words = shlex.split(first["command"].replace("$'", "'").replace("\\'", "'\\''"))
    assert run(*[word.replace("\\u202e", "\u202e") for word in words[1:]])[0] == 1
    again = report_of(tmp_path / "r.json")
    assert again["flights"] == first["flights"]
    assert again["inputs"] == first["inputs"]


@pytest.mark.parametrize("text", ["a.csv", "icc - HUN", "it's", "a\x1bb'c\\d", "a\u202eb", "\udcff.csv", "-", "", "é"])
def test_a_word_of_the_command_is_read_by_bash_as_it_was_typed(text: str) -> None:
    word = shell_word(text)
    assert word.isprintable()
    import subprocess

    done = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True)  # noqa: S603, S607
    assert done.stdout == text.encode("utf-8", errors="surrogateescape")


def test_archives_standard_input_and_pipes_are_named_by_their_own_bytes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("inner.csv", flight())
    (tmp_path / "a.zip").write_bytes(out.getvalue())
    run("check", "a.zip", "--report", "zip.json")
    (one,) = report_of(tmp_path / "zip.json")["inputs"]
    assert (one["sha256"], one["read_as"]) == (hashlib.sha256(out.getvalue()).hexdigest(), ["ZIP", "CSV"])

    pipe = tmp_path / "b.csv"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(flight(),))
    writer.start()
    run("check", "b.csv", "--report", "pipe.json")
    writer.join()
    (one,) = report_of(tmp_path / "pipe.json")["inputs"]
    assert one["sha256"] == hashlib.sha256(flight().encode()).hexdigest()

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(flight().encode())))
    run("check", "-", "--report", "stdin.json")
    (one,) = report_of(tmp_path / "stdin.json")["inputs"]
    assert (one["name"], one["sha256"]) == ("standard input", hashlib.sha256(flight().encode()).hexdigest())


def test_what_rules_and_proposals_read_is_named_too(run: Run, tmp_path: Path) -> None:
    ring = "[[0,0],[1,0],[1,1],[0,0]]"
    (tmp_path / "zone.geojson").write_text(f'{{"type":"Polygon","coordinates":[{ring}]}}', encoding="utf-8")
    (tmp_path / "own.csv").write_text("state,since\nDEU,2020-01-01\n", encoding="utf-8")
    (tmp_path / "line.geojson").write_text(drawn(["x"]), encoding="utf-8")
    (tmp_path / "a.route.toml").write_text(
        'name = "a"\nfile = "line.geojson"\non = 2025-10-23\nwhy = "a test"\navoid = ["DEU"]\n', encoding="utf-8"
    )
    options = ("--avoid", "own | zone.geojson", "--bloc", "own=own.csv", "--report", "r.json")
    assert run("check", "a.route.toml", *options)[0] == 1
    told = report_of(tmp_path / "r.json")
    roles = {one["name"]: one["role"] for one in told["inputs"]}
    assert roles == {
        "a.route.toml": "Input",
        "line.geojson": "Read besides",
        "own.csv": "Read besides",
        "zone.geojson": "Read besides",
    }
    assert told["flights"][0]["input"] == hashlib.sha256((tmp_path / "a.route.toml").read_bytes()).hexdigest()
    (row,) = told["flights"][0]["rules"][0]["memberships"]
    assert (row["bloc"], row["state"], row["verified"]) == ("own", "DEU", False)


def test_a_report_to_standard_output_has_it_to_itself(run: Run) -> None:
    status, out, err = run("check", "VKO", "BUD", *ON, "--report", "-")
    assert status == 0
    assert out.startswith("<!DOCTYPE html>")
    assert out.endswith("</html>\n")
    assert "VKO-BUD\t" in err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--report", "r.txt"), "a report is no .txt file: give .html, .pdf or .json"),
        (("--report", "r"), "a report is no such file: give .html, .pdf or .json"),
        (("--report", "x.json", "-o", "x.json"), "-o and --report both name x.json: give two files"),
        (("--report", "x.html", "--map", "./x.html"), "--map and --report both name x.html: give two files"),
        (("--report", "-", "--map", "-"), "--map and --report both name -: give two files"),
        (("--report", "-", "-f", "json"), "--report - and -f json both ask for standard output"),
        (("--report", "none/x.html"), "can't be written"),
    ],
)
def test_a_report_that_can_t_be_written_is_refused_in_a_line(
    run: Run, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    status, out, err = run("check", "VKO", "BUD", *ON, *options)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert said in err
    assert list(tmp_path.iterdir()) == []
