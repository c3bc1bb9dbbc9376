"""The command line as a whole: exit status, one line for bad input, help, odd streams, and what it loads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import pytest

from overflight.cli import cli, main
from tests.commands import ROUTES, STUDY, Run

HEAVY = (
    "numba",
    "geographiclib",
    "overflight._crossings.bulk",
    "numpy",
    "shapely",
    "pyproj",
    "geopandas",
    "pandas",
    "folium",
    "overflight.maps",
)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("check", "VKO", "BUD"), 0),
        (("check", *STUDY), 1),
        (("check", *STUDY, "--exit-zero"), 0),
        (("check", *STUDY, "--allow", "UKR,POL,SVK,HUN"), 0),
        (("check", "VKO", "BUD", "--avoid", "DEU"), 0),
        (("check", "VKO", "BUD", "--avoid", "LTU", "--margin", "900km"), 1),
        (("check", ROUTES), 1),
        (("check", ROUTES / "moscow-budapest-bulgaria-consent.route.toml"), 0),
        ((), 0),
        (("--version",), 0),
        (("check", "--help"), 0),
        (("check",), 2),
        (("chekc",), 2),
    ],
)
def test_the_exit_status_tells_the_verdict(run: Run, arguments: Sequence[str | Path], status: int) -> None:
    assert run(*arguments)[0] == status


def bad_files(folder: Path) -> None:
    (folder / "empty.geojson").touch()
    (folder / "broken.route.toml").write_text("name = ", encoding="utf-8")
    (folder / "broken.geojson").write_text("{", encoding="utf-8")
    (folder / "other.geojson").write_text('{"a": 1}', encoding="utf-8")
    (folder / "utf16.geojson").write_text('{"type": "LineString"}', encoding="utf-16-le")
    (folder / "latin.route.toml").write_bytes('name = "Köln"'.encode("latin-1"))
    with (folder / "large.geojson").open("wb") as file:
        file.truncate(100_000_000)
    with (folder / "large.route.toml").open("wb") as file:
        file.truncate(100_000_000)
    (folder / "old.route.toml").write_text(
        'name = "x"\non = 2025-10-32\nwaypoints = ["VKO", "BUD"]\n', encoding="utf-8"
    )
    (folder / "nothing").mkdir()
    (folder / "WAW").mkdir()
    (folder / "a.gpx").write_text("<gpx/>", encoding="utf-8")
    (folder / "a.fit").write_text("FIT", encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("check", "VKO", "Budapst"), "unknown place 'Budapst': did you mean BUD (Budapest, Hungary)?"),
        (("check", "95,37", "BUD"), "looks swapped: write 37,95"),
        (("check", "55,370", "BUD"), "longitude 370 is off the Earth"),
        (("check", "nan,3", "VKO"), "finite"),
        (("check", "5560N03716E", "VKO"), "60 minutes can't be"),
        (("check", "12,5,19,1", "VKO"), "can be read as"),
        (("check", "VKO"), "two or more waypoints"),
        (("check", "VKO", "VKO"), "goes nowhere"),
        (("check", "55.5915,37.2615", "UUWW"), "goes nowhere"),
        (("check", "55,37", "-55,-143"), "not unique: put a waypoint in between"),
        (("check", "VKO", "./WAW"), "can't be mixed"),
        (
            ("check", "VKO", "WAW"),
            "'WAW' can be read as a place and as a folder: write ./WAW for that, or 52.16",
        ),
        (("check", "VKO", "SVO", "--on", "2025-13-01"), "'2025-13-01' is no date: write it as 2025-10-23"),
        (("check", "VKO", "SVO", "--on", "20251023"), "is no date"),
        (("check", "VKO", "SVO", "--on", "yesterday"), "is no date"),
        (("check", "VKO", "SVO", "--margin", "5"), "with the unit"),
        (("check", "VKO", "SVO", "--avoid", "icx"), "did you mean icc?"),
        (("check", "VKO", "SVO", "--avoid", "icc - HUX"), "column 7"),
        (("check", "VKO", "SVO", "--allow", "XXQ"), "--allow: unknown state 'XXQ'"),
        (("check", "VKO", "SVO", "--view", "mine"), "'mine' is no view: use de-jure or de-facto"),
        (("check", "VKO", "SVO", "--bloc", "mine"), "give a name and a file, as in mine=members.csv"),
        (("check", "VKO", "SVO", "--bloc", "mine=no.csv"), "no.csv: can't be read (no such file or directory)"),
        (("states", "--bloc", "icc=no.csv"), "'icc' is the name of a bloc or a state already"),
        (("check", "VKO", "SVO", "--avoidd", "icc"), "No such option"),
        (("check", "VKO", "SVO", "-f", "xml"), "'xml' is not one of"),
        (("check",), "give places (VKO BUD) or files"),
        (("check", "missing.geojson"), "missing.geojson: can't be read (no such file or directory)"),
        (("check", "nowhere/missing"), "can't be read"),
        (("check", "empty.geojson"), "empty.geojson: the file is empty"),
        (("check", "broken.route.toml"), "broken.route.toml: not TOML"),
        (("check", "broken.geojson"), "broken.geojson, line 1, column 2: not JSON"),
        (("check", "other.geojson"), "other.geojson: the top level: expected a GeoJSON object"),
        (("check", "utf16.geojson"), "NUL bytes"),
        (("check", "latin.route.toml"), "latin.route.toml, line 1: byte 0xf6 is not UTF-8"),
        (("check", "large.geojson"), "large.geojson: 100 MB is more than the 50 MB"),
        (("check", "large.route.toml"), "large.route.toml: 100 MB is more than the 1 MB"),
        (("check", "old.route.toml"), "old.route.toml: not TOML: "),
        (("check", "./a.fit"), "a.fit: .fit is not read here: convert it to one of GeoJSON"),
        (("check", "a.gpx"), "a.gpx: no route (<rte>) or track (<trk>) with two points or more in it"),
        (
            ("check", "VKO", "BUD", "-o", "a.kml"),
            "a.kml: results are tables, JSON, CSV or GeoJSON: `overflight",
        ),
        (("convert", "VKO", "BUD", "-o", "a.txt"), "a.txt: routes are not written as .txt: end the name in .geojson"),
        (("convert", "VKO", "51,21", "-f", "fpl"), "51,21 is no aerodrome with an ICAO code"),
        (("check", "nothing"), "nothing: no route file in this folder"),
        (("check", "VKO", "SVO", "-o", "no/such/folder.json"), "can't be written (no such file or directory)"),
        (("check", "VKO", "SVO", "-o", "nothing"), "nothing: can't be written (it is a folder)"),
        (("check", "VKO", "SVO", "--map", "no/such/map.html"), "can't be written"),
        (("map", "VKO", "SVO"), "Missing option '-o'"),
        (("map", "missing.geojson", "-o", "m.html"), "missing.geojson: can't be read"),
        (("routes", "VKO"), "Missing argument"),
        (("routes", "VKO", "VKO", "--avoid", "icc"), "goes nowhere"),
        (("states", "icx"), "did you mean icc?"),
        (("states", "icc", "--on", "x"), "'x' is no date"),
        (("states", "icc", "-f", "geojson"), "'geojson' is not one of"),
        (("data", "repair"), "'repair' is not one of 'verify', 'waters'"),
        (("nonsense",), "No such command"),
        (("check", "VKO\x1b[31m\n", "SVO"), "unknown place"),
    ],
)
def test_bad_input_is_one_line_and_status_2(run: Run, tmp_path: Path, arguments: Sequence[str], told: str) -> None:
    bad_files(tmp_path)
    before = {p: p.stat().st_size for p in tmp_path.rglob("*")}
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("overflight: error: ")
    assert err.count("\n") == 1
    assert err[:-1].isprintable()
    assert told in err
    assert {p: p.stat().st_size for p in tmp_path.rglob("*")} == before


def test_a_mistake_of_ours_is_told_in_one_line_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("overflight.cli.check.asked_routes", broken)
    status, _, err = run("check", "VKO", "BUD")
    assert (status, err.count("\n")) == (2, 1)
    assert "unexpected ZeroDivisionError" in err
    monkeypatch.setenv("OVERFLIGHT_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["check", "VKO", "BUD"])


def test_an_interrupt_ends_quietly(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("overflight.cli.check.asked_routes", interrupted)
    assert run("check", "VKO", "BUD")[::2] == (130, "")


def commands() -> dict[str, click.Command]:
    context = click.Context(cli)
    return {name: command for name in cli.list_commands(context) if (command := cli.get_command(context, name))}


def test_every_command_is_helped_with_an_example() -> None:
    for name, command in commands().items():
        assert command.help, name
        assert f"Example: overflight {name}" in str(command.epilog), name
    known = {
        "demo",
        "check",
        "when",
        "routes",
        "states",
        "map",
        "convert",
        "batch",
        "permits",
        "gate",
        "new",
        "schema",
        "serve",
        "data",
        "warm",
        "completion",
    }
    assert set(commands()) == known
    assert {command.name for command in commands().values()} == known


def test_help_is_not_cut_and_examples_stay_on_one_line(run: Run) -> None:
    assert "..." not in run("--help")[1].split("Commands:")[1]
    for name, command in commands().items():
        assert str(command.epilog) in run(name, "--help")[1], name


def overflight_process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "overflight", *arguments], capture_output=True, text=True, check=False, **options
    )


@pytest.mark.slow
def test_the_module_runs_and_a_missing_reader_is_no_traceback() -> None:
    done = overflight_process("check", *STUDY, "-f", "json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["schema"] == 1
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "overflight", "check", *[str(ROUTES)] * 4, "-f", "geojson"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
        assert process.wait(30) == 141


def test_a_narrow_encoding_prints_what_it_can() -> None:
    done = overflight_process("states", env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert done.returncode == 0
    assert "C\\xf4te d'Ivoire" in done.stdout


def test_a_plain_check_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom overflight.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    print(*sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, "check", *STUDY], capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.split())
    assert "overflight._crossings" in loaded
    assert not [m for m in HEAVY if m in loaded]


@pytest.mark.parametrize(
    ("redirection", "status", "words"),
    [
        (">&-", 0, "no rule given"),
        (">/dev/full", 2, "can't be written (no space left on device)"),
    ],
)
def test_a_closed_or_full_standard_output_is_no_fault_of_ours(redirection: str, status: int, words: str) -> None:
    command = f"'{sys.executable}' -m overflight check VKO BUD --on 2025-10-23 {redirection}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert (done.returncode, len(done.stderr.splitlines())) == (status, 1)
    assert words in done.stderr


def test_a_closed_standard_input_is_said_so() -> None:
    command = f"'{sys.executable}' -m overflight check - <&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert done.returncode == 2
    assert "standard input is closed" in done.stderr


def test_two_results_are_not_written_to_one_file(run: Run, tmp_path: Path) -> None:
    page = str(tmp_path / "a.html")
    status, _, err = run("check", "VKO", "BUD", "-o", page, "--map", page)
    assert status == 2
    assert "give two files" in err
    assert not Path(page).exists()
