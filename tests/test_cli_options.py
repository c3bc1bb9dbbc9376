"""Every command, every option, as click itself lists them: each format is what it says, and no value is a surprise."""

from __future__ import annotations

import csv
import io
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import click
import pytest

from overflight.batch import run as run_batch
from overflight.cli import cli
from overflight.routes import places
from overflight.routes.files import parse_bytes
from tests.batches import settings, write_pairs
from tests.commands import Run
from tests.depth import spread

COMMANDS = {name: cli.get_command(click.Context(cli), name) for name in cli.list_commands(click.Context(cli))}


def options_of(name: str) -> list[click.Option]:
    command = COMMANDS[name]
    assert command is not None
    return [one for one in command.params if isinstance(one, click.Option)]


# Formats --------------------------------------------------------------------------------------------------------------

CALLS: dict[str, tuple[tuple[str, ...], ...]] = {
    "check": (("VKO", "BUD", "--avoid", "icc", "--on", "2025-10-23", "--exit-zero"),),
    "routes": (
        ("VKO", "BUD", "--on", "2025-10-23"),
        ("VKO", "BUD", "--on", "2025-10-23", "--avoid", "LTU", "--front", "km-inside", "--exit-zero"),
    ),
    "when": (("VKO", "BUD", "--avoid", "icc"),),
    "states": ((), ("icc - HUN", "--on", "2025-10-23")),
    "convert": (("VKO", "BUD"),),
    "batch": (("--summary", "answer"),),
    "permits": (("VKO", "BUD", "--depart", "2025-10-23T08:00Z"),),
    "data": ((), ("verify",), ("waters",)),
    "gate": (("in.csv", "--policy", "policy.toml", "--exit-zero", "--no-mend"),),
}
"""How to call each command that has a choice of formats."""


def _rows(text: str, delimiter: str) -> None:
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    assert len(rows) > 1
    assert {len(row) for row in rows if row} != {1} or rows[0][0].startswith("17 files")


def _geojson(text: str) -> None:
    assert json.loads(text)["type"] == "FeatureCollection"


def _route(suffix: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        assert parse_bytes(data, f"a.{suffix}", where="it")

    return read


PARSED: dict[str, Callable[[str], object]] = {
    "table": lambda text: None if "\t" in text or "files match" in text else pytest.fail(text[:200]),
    "json": lambda text: json.loads(text)["schema" if '"schema"' in text else "version"],
    "csv": lambda text: _rows(text, ","),
    "geojson": _geojson,
    "briefing": lambda text: text.rindex(" of 1 checks "),
    "junit": lambda text: ET.fromstring(text.encode()),  # noqa: S314 - our own
    "sarif": lambda text: json.loads(text)["runs"],
    "html": lambda text: text.index("<!DOCTYPE html>"),
    "text": lambda text: text.index("Hungary"),
}


def formats() -> list[tuple[str, str, tuple[str, ...]]]:
    found = []
    for name in COMMANDS:
        for option in options_of(name):
            if option.name == "form":
                assert isinstance(option.type, click.Choice)
                found += [(name, form, call) for form in option.type.choices for call in CALLS[name]]
    return found


@pytest.mark.parametrize(
    ("name", "form", "call"), formats(), ids=lambda one: one if isinstance(one, str) else " ".join(one)
)
def test_what_is_printed_is_of_the_format_that_was_asked_for(
    run: Run, tmp_path: Path, name: str, form: str, call: tuple[str, ...]
) -> None:
    if name == "batch":
        run_batch([str(write_pairs(tmp_path / "in.parquet", 20, group=20))], tmp_path / "answer", settings())
    if name == "gate":
        (tmp_path / "in.csv").write_text("from,to,date\nVKO,BUD,2025-10-23\n", encoding="utf-8")
        policy = 'name = "one"\nreason = "none"\n[[rule]]\navoid = ["icc"]\n'
        (tmp_path / "policy.toml").write_text(policy, encoding="utf-8")
    if name == "convert":
        suffix = {"flight plan": "fpl", "garmin": "fpl"}.get(form, form)
        assert run(name, *call, "-f", form, "-o", f"out.{suffix}")[0] == 0
        assert parse_bytes((tmp_path / f"out.{suffix}").read_bytes(), f"out.{suffix}", where="it")
        return
    status, out, _ = run(name, *call, "-f", form)
    assert status == 0
    PARSED[form](out)
    if "km-inside" in call:
        return  # that takes seconds, and goes where all others go
    assert run(name, *call, "-f", form, "-o", "out")[:2] == (0, "")
    written = (tmp_path / "out").read_text(encoding="utf-8")
    assert written == out or form == "csv"
    assert run(name, *call, "-f", form, "-o", "-")[:2] == (0, out)


# Values ---------------------------------------------------------------------------------------------------------------

ODD = (
    *(
        "",
        " ",
        "-",
        "--",
        ".",
        "..",
        "/",
        "//",
        "~",
        "-1",
        "0",
        "0.0",
        "1e400",
        "-1e400",
        "nan",
        "inf",
        "1_0",
        "٣",
        "²",
    ),
    *(
        "9" * 400,
        "9" * 5000,
        "x" * 300,
        "x" * 5000,
        "a\0b",
        "\udcff",
        "\x1b[2J",
        "\u202e",
        "=1+1",
        "{{ 7*7 }}",
        "'",
        '"',
    ),
    *(
        "missing",
        "missing/x",
        "/dev/null",
        "folder",
        "loop",
        "x=",
        "=x",
        "x=missing",
        "x=folder",
        "x=\0",
        "icc |",
        "(((",
    ),
    *(
        "(" * 5000,
        "!" * 300,
        "icc - " * 500,
        "0km",
        "-5nm",
        "1e308km",
        "nankm",
        "0001-01-01",
        "9999-12-31",
        "2025-02-30",
    ),
    *(
        "+2025-10-23",
        "2025-10-23T00:00Z",
        "0001-01-01T00:00+23:59",
        "9999-12-31T23:59-23:59",
        "0kt",
        "1e308kt",
        "tcp://",
    ),
)
NEEDED: dict[str, tuple[str, ...]] = {
    "check": ("VKO", "BUD", "--on", "2025-10-23", "--speed", "400kt"),
    "when": ("VKO", "VKO", "--avoid", "icc"),
    "routes": ("VKO", "VKO"),
    "map": ("VKO", "VKO", "-o", "a.html"),
    "convert": ("VKO", "VKO"),
    "batch": ("missing.parquet", "-o", "out"),
    "gate": ("missing.csv", "--policy", "missing"),
    "new": ("x", "VKO", "VKO"),
    "serve": ("VKO", "VKO", "--port", "0"),
}
"""What makes each command end before it does much, whatever else it is given."""
SHARES = 4
"""Each option tries so many-th of the odd values on every change, the next option others; all of them in deep runs."""


@pytest.fixture
def _airports_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the table of airports once, and not for each name that is none."""
    rows = tuple(places.airports())
    monkeypatch.setattr(places, "airports", lambda: rows)


def surprises(run: Run, *words: str) -> list[str]:
    """Run a command; returns what is wrong with how it took that."""
    status, _, err = run(*words)
    told = [line for line in err.splitlines() if line.startswith("overflight: error: ")]
    wrong = [*(["status"] * (status not in {0, 1, 2})), *(["unexpected"] * ("please report this" in err))]
    wrong += ["lines"] * (status == 2 and len(told) != 1) + ["long"] * any(len(line) > 1300 for line in told)
    wrong += ["traceback"] * ("Traceback" in err) + ["print"] * (not all(line.isprintable() for line in told))
    return [f"{[word[:30] for word in words]}: {wrong}: {err[-300:]}"] if wrong else []


@pytest.mark.parametrize("share", spread(range(SHARES), 1))
@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"demo"}))  # that one searches, whatever it is told
@pytest.mark.usefixtures("_airports_at_hand")
def test_no_value_of_an_option_is_a_surprise(run: Run, tmp_path: Path, name: str, share: int) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    found: list[str] = []
    for number, option in enumerate(options_of(name)):
        if option.is_flag:
            continue
        for value in ODD[(share + number) % SHARES :: SHARES]:
            found += surprises(run, name, *NEEDED.get(name, ()), f"{option.opts[-1]}={value}")
    assert not found, "\n".join(found[:20])
    assert not list(Path("/dev/null").parent.glob("null.*"))


@pytest.mark.slow
@pytest.mark.parametrize("share", spread(range(SHARES), 1))
@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"demo", "serve", "permits"}))  # these read as `check` does
@pytest.mark.usefixtures("_airports_at_hand")
def test_no_argument_is_a_surprise(
    run: Run, tmp_path: Path, name: str, share: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    draw = random.Random(13)  # noqa: S311 - no secret
    found: list[str] = []
    values = sorted(set(ODD) - {"/", "//", ".."})  # all files of this machine, or of other tests
    for value in values[share::SHARES]:
        for words in ((value,), (value, draw.choice(ODD)), ("VKO", value)):
            more = ("-o", "out.html") if name in {"map", "batch"} else ()
            found += surprises(run, name, *more, *words)
    assert not found, "\n".join(found[:20])


def test_a_folder_that_goes_while_it_is_looked_through_is_no_error(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("gone", "kept"):
        (tmp_path / "in" / name).mkdir(parents=True)
        line = '{"type": "LineString", "coordinates": [[37, 55], [19, 47]]}'
        (tmp_path / "in" / name / "a.geojson").write_text(line, encoding="utf-8")
    scan = os.scandir

    def vanishing(path: str) -> object:
        if Path(path).name == "gone":
            raise FileNotFoundError(2, "No such file or directory", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", vanishing)
    assert run("check", "in", "--on", "2025-10-23")[0] == 0
