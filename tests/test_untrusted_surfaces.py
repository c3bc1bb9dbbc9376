"""Nothing that comes from outside does anything in other surfaces: options, files' names, pytest, pages, batches."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import click
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

import overflight.detours  # noqa: F401 - arrays load once a process, and runs in this one forget what they imported
from overflight.airspace import load_airspaces
from overflight.cli import ROOMS, cli
from overflight.cli.options import OutputFile
from overflight.maps import draw
from overflight.maps.picture import KINDS
from overflight.outside.printable import guarded, one_line, plain_name, slug, visible
from overflight.proposals.writing import proposal_text
from overflight.routes import Route
from overflight.rules import check
from overflight.serve import Setting, make_app
from tests.browsers import DESKTOP, chromium, open_context, wait_until
from tests.commands import Run, rows_of
from tests.probes import MARKER, PROBES, SINGLE, assert_harmless, drawn, names_of
from tests.test_untrusted_outputs import BATCH, BLOC, ON, choices, routes_of, unquoted

NASTY = "a\x1b[2J\x9b\u202e\u200b\x07\r\n::error::{{7*7}}##[x]"
"""Of everything something that a file's name may hold."""
ENDS = ("50.0,9.0", "50.2,9.0")
FEW = PROBES[::12]
TITLE = "{{ 7*7 }} </title><script>window.hit=1</script> & &amp; ${x}"
BASE = {
    "demo": (),
    "check": ENDS,
    "routes": ENDS,
    "when": (*ENDS, "--avoid", "DEU"),
    "states": (),
    "map": (*ENDS, "-o", "m.html"),
    "convert": ENDS,
    "batch": ("in.parquet", "-o", "out"),
    "permits": ENDS,
    "gate": ("in.parquet", "--policy", "policy.toml", "--no-mend"),
    "new": ("n", *ENDS),
    "schema": (),
    "serve": (),
    "data": (),
    "warm": (),
}
"""What goes well with each command; then each of its options is probed."""


def _texts(command: str) -> list[str]:
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    kinds = (click.types.StringParamType, click.types.FuncParamType, OutputFile)
    return [p.opts[0] for p in found.params if isinstance(p.type, kinds)]


PARTLY = {"state": "DEU", "extent": "part"}
OPTIONS = [(command, option) for command in ROOMS for option in _texts(command)]


@pytest.mark.slow
@pytest.mark.parametrize(("command", "option"), [one for one in OPTIONS if one != ("demo", "-o")])
def test_whatever_an_option_is_given_is_told_in_harmless_lines(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, option: str
) -> None:
    monkeypatch.setattr("overflight.serve.serve", lambda *_, **__: None)  # it would go on for ever
    pq.write_table(pa.table({"from": ["FRA"], "to": ["MUC"]}), tmp_path / "in.parquet")
    policy = 'name = "one"\nreason = "none"\n[[rule]]\navoid = ["DEU"]\n'
    (tmp_path / "policy.toml").write_text(policy, encoding="utf-8")
    given = (option, NASTY) if option.startswith("-") else (NASTY,)
    status, out, err = run(command, *BASE[command], *given)
    assert_harmless(err)
    assert_harmless(out, but="\n\t")
    assert status in {0, 1} or (status, err.count("overflight: error: ")) == (2, 1)


def test_demo_writes_like_map() -> None:
    """Its -o is left out above, for it computes the study first; `map -o` shares what says where it went."""
    assert ("demo", "-o") in OPTIONS


@pytest.mark.parametrize(
    "name", [f"{NASTY}.geojson", "{{ 7*7 }}.geojson", "=1+1.geojson", "-rf.geojson", "\udcff.geojson", "con.geojson"]
)
def test_a_route_without_a_name_is_called_after_its_file(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(drawn(["x"], "nothing"), encoding="ascii")
    for form in choices("when")["form"]:
        status, out, err = run("when", f"./{name}", "--avoid", "icc", "-f", form)
        assert_harmless(err)
        assert_harmless(out, but="\r\n\t")
    for form in choices("check")["form"]:
        status, out, err = run("check", f"./{name}", "--avoid", "DEU", *ON, "-f", form)
        assert_harmless(err)
        assert status == 1
        if form == "json":
            assert json.loads(out)["routes"][0]["name"] == visible(Path(name).stem)
        else:
            assert_harmless(out, but="\r\n\t")
    (tmp_path / name).write_text('{"type": "LineString", "coordinates": [[9, 9]]}', encoding="ascii")
    status, out, err = run("check", f"./{name}")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert one_line(visible(Path(name).stem)) in err
    assert_harmless(err)


def test_what_a_bloc_says_of_its_members_is_told_whole(run: Run, tmp_path: Path) -> None:
    codes = sorted(state.code for state in load_airspaces().states)
    with (tmp_path / "own.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, BLOC)
        writer.writeheader()
        texts = dict(zip(codes, PROBES, strict=False))
        writer.writerows(
            {key: text if value == "?" else value for key, value in BLOC.items()} | {"state": code}
            for code, text in texts.items()
        )
    for form in choices("states")["form"]:
        status, out, err = run("states", "own", "--bloc", "own=own.csv", *ON, "-f", form)
        assert status == 0
        assert_harmless(err)
        assert_harmless(out, but="\r\n\t")
        if form == "json":
            found = {row["state"]: (row["source"], row["note"]) for row in json.loads(out)["states"]}
            assert found == {code: (text.strip(),) * 2 for code, text in texts.items()}
        else:
            rows = list(csv.DictReader(io.StringIO(out, newline=""))) if form == "csv" else rows_of(out)
            assert [row["state"] for row in rows] == list(texts)
            for row in rows:
                told = texts[row["state"]].strip()
                assert row["note"] == (one_line(guarded(told)) if form == "csv" else unquoted(one_line(told)))


@pytest.mark.parametrize("form", choices("check")["form"])
def test_the_note_of_what_holds_in_part_is_data_wherever_it_is_told(run: Run, tmp_path: Path, form: str) -> None:
    """It is the sentence of a finding there, on the map, too."""
    for text in FEW:
        with (tmp_path / "own.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, BLOC)
            writer.writeheader()
            writer.writerow({key: text if value == "?" else value for key, value in BLOC.items()} | PARTLY)
        status, out, err = run("check", "FRA", "MUC", "--avoid", "own", "--bloc", "own=own.csv", *ON, "-f", form)
        assert status == 1
        assert_harmless(err)
        if form == "json":
            (finding,) = json.loads(out)["routes"][0]["verdict"]["findings"]
            assert finding["status"] == "marginal"
            assert text.strip() in finding["note"]
        elif form != "geojson":
            assert_harmless(out, but="\r\n\t")


# pytest ---------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_pytest_shows_proposals_and_runs_nothing_in_them(pytester: pytest.Pytester) -> None:
    route = {"on": "2025-10-23", "waypoints": list(ENDS), "avoid": ["DEU"], "why": "\n".join(PROBES)}
    for file, texts in (("all", PROBES), (NASTY, FEW), ("::error::x", ("::error::y", "##[z]"))):
        names = [name for name in dict.fromkeys(names_of(texts)) if name.isprintable()]
        tables = "".join(f"[[route]]\n{proposal_text({'name': name} | route)}" for name in names)
        (pytester.path / f"{file}.route.toml").write_text(tables, encoding="utf-8")
    (pytester.path / "bad\x1b[2J.route.toml").write_text("name = '\u202e'\n::error::x", encoding="utf-8")
    arguments = ("-p", "no:randomly", "-p", "no:hypothesispytest", "--rootdir=.")
    out = pytester.runpytest_inprocess(*arguments, "--collect-only", "-q").stdout.str()
    assert_harmless(out)
    assert out.count("avoid DEU") == len({*names_of(PROBES)}) + len(FEW) + 2
    more = ("--overflight-no-mend", "--junit-xml=out.xml", "--overflight-map=maps", "--ignore=all.route.toml", "-vv")
    result = pytester.runpytest_inprocess(*arguments, *more)
    assert_harmless(result.stdout.str() + result.stderr.str())
    result.assert_outcomes(failed=len(FEW) + 3)
    suite = ET.fromstring((pytester.path / "out.xml").read_bytes())  # noqa: S314 - our own
    assert len(suite.findall("testsuite/testcase/failure")) == len(FEW) + 3
    told = [one.attrib["value"] for one in suite.iter("property") if one.attrib["name"] == "proposal"]
    assert sorted(told) == sorted([*names_of(FEW), "::error::y", "##[z]"])
    files = [file.name for file in (pytester.path / "maps").iterdir()]
    assert len(files) == len(told)
    assert all(re.fullmatch(r"[a-z0-9-]+\.html", file) for file in files)
    assert not (pytester.path / MARKER).exists()


# The what-if page -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.usefixtures("unhurried")
def test_the_what_if_page_answers_with_names_as_data_and_saves_under_harmless_ones() -> None:
    keys: dict[str, Any] = {"on": "2025-10-23", "waypoints": list(ENDS), "avoid": [], "allow": []}
    with TestClient(make_app(Setting(keys)), base_url="http://127.0.0.1") as client:
        for text in (*PROBES, *SINGLE):
            own = json.dumps({"keys": keys | {"name": text, "why": text, "sources": [text]}}).encode()
            answer = client.post("/proposal", content=own, headers={"content-type": "application/json"})
            if answer.status_code == 200:
                header = answer.headers["content-disposition"]
                assert re.fullmatch(r'attachment; filename="[a-z0-9][a-z0-9-]*\.route\.toml"', header)
                assert header.count(slug(text, ascii_only=True)) >= 1
            else:
                assert answer.status_code == 400
                assert not text.isprintable() or len(text) > 200
                assert answer.json()["error"].isprintable()
            if text not in FEW:
                continue
            lists = ("avoid", "never", "allow", "crosses")
            for key in ("waypoints", *lists, "operator", "margin", "depart", "speed", "expect", "on"):
                value = [text] if key in lists else [text, *ENDS] if key == "waypoints" else text
                bad = json.dumps({"keys": keys | {key: value}}).encode()
                answer = client.post("/check", content=bad, headers={"content-type": "application/json"})
                assert answer.status_code in {200, 400}
                assert answer.status_code == 200 or answer.json()["error"].isprintable()


# Maps -----------------------------------------------------------------------------------------------------------------


class _Scripts(HTMLParser):
    """Finds the title of a page, its data, and elements that no map has."""

    def __init__(self) -> None:
        super().__init__()
        self.at, self.title, self.data, self.odd = "", "", "", list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_data = tag == "script" and ("type", "application/json") in attrs
        self.at = "data" if is_data else tag
        self.odd += [tag] * (tag == "x" or any(name.startswith("on") for name, _ in attrs))

    def handle_endtag(self, _: str) -> None:
        self.at = ""

    def handle_data(self, data: str) -> None:
        if self.at in {"data", "title"}:
            setattr(self, self.at, getattr(self, self.at) + data)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw a map of every probe, once."""
    folder = tmp_path_factory.mktemp("page")
    world = load_airspaces()
    verdicts = [check(Route(r.waypoints, plain_name(r.name)), world, rules=[]) for r in routes_of(PROBES)]
    with contextlib.chdir(folder):
        drawn = draw(world, verdicts, on=dt.date(2025, 10, 23), title=TITLE)
        for kind in (".html", *KINDS):
            drawn.save(folder / f"m{kind}")
    return folder


def test_a_page_holds_every_name_as_data(page: Path) -> None:
    assert not (page / MARKER).exists()
    reader = _Scripts()
    reader.feed((page / "m.html").read_text(encoding="utf-8"))
    scene = json.loads(reader.data)
    assert [route["label"] for route in scene["routes"]] == [*names_of(PROBES)]
    assert reader.title == TITLE
    assert reader.odd == []


@pytest.mark.browser
def test_a_browser_shows_every_name_and_runs_none(page: Path) -> None:
    with chromium() as browser, open_context(browser, DESKTOP, dark=False) as context:
        tab = context.new_page()
        wrong: list[str] = []
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.goto((page / "m.html").as_uri())
        wait_until(tab, "document.querySelectorAll('.leaflet-interactive').length > 0")
        assert tab.evaluate("window.hit") is None
        assert wrong == []
        text = " ".join(tab.evaluate("document.body.innerText").split())
        assert [name for name in names_of(PROBES) if " ".join(name.split()) not in text] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_one_and_holds_no_code(page: Path, kind: str) -> None:
    data = (page / f"m{kind}").read_bytes()
    assert data.startswith({".svg": b"<?xml", ".png": b"\x89PNG", ".pdf": b"%PDF"}[kind])
    if kind == ".svg":
        found = {element.tag.rpartition("}")[2] for element in ET.fromstring(data).iter()}  # noqa: S314 - our own
        assert not found & {"script", "foreignObject", "img", "a", "x"}
    if kind == ".pdf":
        assert not re.search(rb"/(JavaScript|JS|URI|Launch|OpenAction)\b", data)


# Batches --------------------------------------------------------------------------------------------------------------


def test_a_batch_keeps_every_id_and_says_what_is_refused(run: Run, tmp_path: Path) -> None:
    texts = [*PROBES, "\x00"]
    columns = {
        "route": [*texts, *texts],
        "origin": ["FRA"] * len(texts) + texts,
        "destination": ["MUC"] * 2 * len(texts),
    }
    assert {"route", "start", "end"} < BATCH.keys()
    pq.write_table(pa.table(columns), tmp_path / f"{NASTY}.parquet")
    status, out, err = run("batch", f"{NASTY}.parquet", "-o", "out", "--avoid", "DEU|\n\tFRA", *ON)
    assert status == 1
    assert_harmless(out + err)
    judged = pq.read_table(tmp_path / "out" / "verdicts")
    assert judged["route"].to_pylist() == [*texts, "con"], "which is an airport, too"
    rejects = pq.read_table(tmp_path / "out" / "rejects.parquet").to_pylist()
    assert [row["detail"].isprintable() for row in rejects] == [True] * (len(texts) - 1)
    for form in choices("batch")["form"]:
        status, out, err = run("batch", "--summary", "out", "-f", form, "--map", "m.html")
        assert status == 0
        assert_harmless(out + err, but="\r\n\t")
    reader = _Scripts()
    reader.feed((tmp_path / "m.html").read_text(encoding="utf-8"))
    assert reader.odd == []
    assert not (tmp_path / MARKER).exists()
