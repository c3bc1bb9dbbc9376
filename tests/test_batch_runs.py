"""`overflight batch` from files to files: nothing is lost, whatever the files are and whenever the run is killed."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

import overflight as of
from overflight.batch import Columns, Progress, judge, judging, run
from overflight.batch.inputs import find_inputs, parts_of
from overflight.cli import main
from overflight.cli.batch import _span, _Teller
from overflight.errors import DataError
from tests.batches import digests, interrupted, pairs, parts_done, read, records, settings, start, write_pairs
from tests.depth import spread

pytestmark = pytest.mark.slow

Run = Callable[..., tuple[int, str]]
RULE = ("--avoid", "icc", "--on", "2025-10-23")


@pytest.fixture
def batch(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `overflight batch` in this process; returns status and what was told."""

    def runner(*arguments: str | Path) -> tuple[int, str]:
        with pytest.raises(SystemExit) as caught:
            main(["batch", *map(str, arguments)])
        assert isinstance(caught.value.code, int)
        return caught.value.code, capsys.readouterr().err

    return runner


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty parts of 500 pairs, and what an uninterrupted run makes of them."""
    folder = tmp_path_factory.mktemp("many")
    write_pairs(folder / "in.parquet", 20_000, group=500)
    run([str(folder / "in.parquet")], folder / "whole", settings(), threads=2)
    return folder


# Whole runs -----------------------------------------------------------------------------------------------------------


def test_pairs_in_a_file_come_out_judged(batch: Run, tmp_path: Path) -> None:
    given = write_pairs(tmp_path / "in.parquet", 300, group=100)
    status, told = batch(given, "-o", tmp_path / "out.parquet", *RULE)
    assert status == 0
    assert "300 rows: 300 judged, 0 refused" in told
    out = tmp_path / "out.parquet"
    table = pairs(300)
    rows = read(out, "crossings")
    world = of.load_airspaces(on=settings().on)
    for number, (a, b) in enumerate(zip(table["from"].to_pylist(), table["to"].to_pylist(), strict=True)):
        mine = [row for row in rows if row["route"] == number]
        one = of.crossings(of.great_circle(a, b), world)
        assert [(row["state"], row["entry_km"], row["exit_km"]) for row in mine] == [
            (crossing.state.code, crossing.entry_km, crossing.exit_km) for crossing in one
        ]
    manifest = json.loads((out / "_manifest.json").read_text())
    assert manifest["counts"]["rows"] == 300
    facts = json.loads(pq.read_schema(out / "crossings" / "part-000000.parquet").metadata[b"overflight"])
    assert facts == manifest["facts"]
    assert (facts["overflight"], facts["data"], facts["avoid"]) == (of.__version__, world.version, ["icc"])


def test_one_thread_and_two_give_the_same_bytes(many: Path, tmp_path: Path) -> None:
    run([str(many / "in.parquet")], tmp_path / "out", settings(), threads=1)
    assert digests(tmp_path / "out") == digests(many / "whole")


def test_folders_and_globs_are_read_in_order_of_name(batch: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("b", "a", "c"):
        write_pairs(tmp_path / "in" / f"{name}.parquet", 10, group=10)
    (tmp_path / "in" / "_ignored.parquet").write_bytes(b"junk")
    assert batch(tmp_path / "in", "-o", tmp_path / "one", *RULE)[0] == 0
    assert batch(tmp_path / "in" / "[ab]*", "-o", tmp_path / "two", *RULE)[0] == 0
    listed = json.loads((tmp_path / "one" / "_manifest.json").read_text())["inputs"]
    assert [one["name"] for one in listed] == ["a.parquet", "b.parquet", "c.parquet"]
    assert len(read(tmp_path / "two", "verdicts")) == 20


def test_a_corrupt_file_among_fifty_is_refused_and_the_others_are_judged(batch: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(50):
        write_pairs(folder / f"{number:02}.parquet", 40, group=20, seed=number)
    whole = (folder / "17.parquet").read_bytes()
    (folder / "17.parquet").write_bytes(whole[: len(whole) // 2])
    (folder / "30.parquet").write_bytes(b"")
    status, told = batch(folder, "-o", tmp_path / "out", *RULE)
    assert status == 1
    assert "2 files that could not be read at all" in told
    rejects = read(tmp_path / "out", "rejects")
    assert [(row["file"], row["row"], row["rows"], row["reason"]) for row in rejects] == [
        (17, None, None, "unreadable"),
        (30, None, None, "unreadable"),
    ]
    assert len(read(tmp_path / "out", "verdicts")) == 48 * 40


def test_an_answer_inside_the_input_folder_is_no_input(many: Path, batch: Run, tmp_path: Path) -> None:
    shutil.copy(many / "in.parquet", tmp_path)
    interrupted(tmp_path, tmp_path / "out")
    assert batch(tmp_path, "-o", tmp_path / "out", *RULE, "--resume")[0] == 0
    assert digests(tmp_path / "out" / "crossings") == digests(many / "whole" / "crossings")


def test_a_row_that_nobody_thought_of_is_refused_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fussy(table: Any, *arguments: Any, **named: Any) -> Any:
        if 137 in table["id"].to_pylist():
            msg = "what is this?"
            raise ValueError(msg)
        return judge(table, *arguments, **named)

    monkeypatch.setattr(judging, "judge", fussy)
    given = write_pairs(tmp_path / "in.parquet", 300, group=300)
    result = run([str(given)], tmp_path / "out", settings())
    assert (result.rows, result.judged, result.refused) == (300, 299, 1)
    (reject,) = read(tmp_path / "out", "rejects")
    assert (reject["row"], reject["route"], reject["reason"]) == (137, "137", "failed")
    assert reject["detail"] == "ValueError: what is this?"
    assert [row["row"] for row in read(tmp_path / "out", "verdicts")] == [k for k in range(300) if k != 137]


def test_a_damaged_row_group_is_refused_and_counted(batch: Run, tmp_path: Path) -> None:
    given = write_pairs(tmp_path / "in.parquet", 400, group=100)
    column = pq.ParquetFile(given).metadata.row_group(2).column(1)
    begin = column.dictionary_page_offset or column.data_page_offset
    raw = bytearray(given.read_bytes())
    raw[begin : begin + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    given.write_bytes(raw)
    assert batch(given, "-o", tmp_path / "out", *RULE)[0] == 1
    (reject,) = read(tmp_path / "out", "rejects")
    assert (reject["row"], reject["rows"], reject["reason"]) == (200, 100, "unreadable")
    assert {row["row"] for row in read(tmp_path / "out", "verdicts")} == {*range(200), *range(300, 400)}
    counts = json.loads((tmp_path / "out" / "_manifest.json").read_text())["counts"]
    assert (counts["rows"], counts["judged"], counts["refused"]) == (400, 300, 100)


def test_files_with_other_columns_are_refused_with_the_rows_they_have(batch: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write_pairs(tmp_path / "in" / "a.parquet", 10, group=10)
    pq.write_table(pa.table({"x": [1, 2, 3]}), tmp_path / "in" / "b.parquet")
    pq.write_table(pairs(5).set_column(1, "from", [[1, 2, 3, 4, 5]]), tmp_path / "in" / "c.parquet")
    assert batch(tmp_path / "in", "-o", tmp_path / "out", *RULE)[0] == 1
    rejects = read(tmp_path / "out", "rejects")
    assert [(row["rows"], row["reason"]) for row in rejects] == [(3, "wrong-columns"), (5, "wrong-columns")]
    assert json.loads((tmp_path / "out" / "_manifest.json").read_text())["counts"]["rows"] == 18


@pytest.mark.parametrize("rows", [0, 1])
def test_files_without_rows_give_tables_without_rows(batch: Run, tmp_path: Path, rows: int) -> None:
    table = pairs(1).slice(0, rows)
    pq.write_table(table, tmp_path / "in.parquet")
    assert batch(tmp_path / "in.parquet", "-o", tmp_path / "out", *RULE)[0] == 0
    assert len(read(tmp_path / "out", "verdicts")) == rows
    assert pq.read_table(tmp_path / "out" / "crossings").column_names[0] == "file"


def test_columns_are_found_by_name_or_by_option(batch: Run, tmp_path: Path) -> None:
    table = pairs(20).rename_columns(["FLIGHT", "ADEP", "ADES"])
    pq.write_table(table, tmp_path / "a.parquet")
    assert batch(tmp_path / "a.parquet", "-o", tmp_path / "a", *RULE)[0] == 0
    pq.write_table(table.rename_columns(["n", "p", "q"]), tmp_path / "b.parquet")
    named = ("--id", "n", "--from", "p", "--to", "q")
    assert batch(tmp_path / "b.parquet", *named, "-o", tmp_path / "b", *RULE)[0] == 0
    assert read(tmp_path / "a", "crossings") == read(tmp_path / "b", "crossings")


def test_geoparquet_lines_are_judged(batch: Run, tmp_path: Path) -> None:
    import geopandas as gpd

    lines = [shapely.LineString([(37.26, 55.59), (19.26, 47.44)]), None]
    frame = gpd.GeoDataFrame({"name": ["x", "y"]}, geometry=lines, crs=4326)
    frame.to_parquet(tmp_path / "in.parquet")
    assert batch(tmp_path / "in.parquet", "-o", tmp_path / "out", *RULE)[0] == 1
    (verdict,) = read(tmp_path / "out", "verdicts")
    assert verdict["states"] == ["RUS", "BLR", "UKR", "POL", "SVK", "HUN"]
    frame.to_crs(3857).to_parquet(tmp_path / "metres.parquet")
    status, told = batch(tmp_path / "metres.parquet", "-o", tmp_path / "metres", *RULE)
    assert (status, "WGS84" in told) == (2, True)


def test_points_of_a_route_are_found_wherever_they_lie(
    batch: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("overflight.batch.spool.POINTS_A_BUCKET", 40)
    rng = np.random.default_rng(5)
    routes = {f"r{k}": [tuple(p) for p in rng.uniform((-170, -70), (170, 70), (6, 2))] for k in range(30)}
    rows = [(name, second, lon, lat) for name, points in routes.items() for second, (lon, lat) in enumerate(points)]
    rows = [rows[k] for k in rng.permutation(len(rows))]
    (tmp_path / "in").mkdir()
    for number in range(2):
        some = list(zip(*rows[number::2], strict=True))
        table = pa.table(dict(zip(("icao24", "time", "lon", "lat"), map(list, some), strict=True)))
        pq.write_table(table, tmp_path / "in" / f"{number}.parquet", row_group_size=17)
    assert batch(tmp_path / "in", "-o", tmp_path / "out", *RULE)[0] == 0
    verdicts = {row["route"]: row for row in read(tmp_path / "out", "verdicts")}
    assert set(verdicts) == set(routes)
    world = of.load_airspaces(on=settings().on)
    for name, points in routes.items():
        one = of.crossings(of.route(*points), world)
        assert verdicts[name]["states"] == [state.code for state in one.states_km]
        assert verdicts[name]["high_seas_km"] == one.high_seas_km
    counts = json.loads((tmp_path / "out" / "_manifest.json").read_text())["counts"]
    assert (counts["rows"], counts["judged"], counts["routes"]) == (180, 180, 30)


# Bad usage ------------------------------------------------------------------------------------------------------------


def test_bad_usage_is_one_line_that_says_what_to_do(
    batch: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("overflight.batch.pools.START_S", 0.5)
    good = write_pairs(tmp_path / "good.parquet", 3, group=3)
    pq.write_table(pa.table({"alpha": [1], "beta": [2]}), tmp_path / "bad.parquet")
    pq.write_table(pa.table({"from": [["a"]], "to": ["b"]}), tmp_path / "nested.parquet")
    (tmp_path / "text.parquet").write_text("no parquet")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "something").touch()
    (tmp_path / "empty").mkdir()
    out = ("-o", tmp_path / "out")
    for arguments, word in (
        ((), "IN.parquet"),
        ((good,), "IN.parquet"),
        ((tmp_path / "none.parquet", *out), "no such file"),
        ((tmp_path / "empty", *out), "no Parquet file"),
        ((tmp_path / "bad.parquet", *out), "alpha, beta"),
        ((tmp_path / "nested.parquet", *out), "'from' is list"),
        ((tmp_path / "text.parquet", *out), "no input file can be read"),
        ((good, *out, "--from", "nix"), "id, from, to"),
        ((good, "-o", tmp_path / "taken"), "there already"),
        ((good, *out, "--avoid", "iccc"), "iccc"),
        ((good, *out, "--margin", "5km"), "--marginal"),
        ((good, *out, "--date", "id"), "'id' is int64"),
        ((good, *out, "--date", "id", "--on", "2025-01-01"), "--on"),
        ((good, "-o", "/proc/none/out"), "can't be written"),
        ((good, *out, "--scheduler", "tcp://127.0.0.1:9"), "scheduler"),
    ):
        status, told = batch(*arguments)
        assert status == 2, arguments
        assert word in told, (arguments, told)
        assert "Traceback" not in told
        assert not (tmp_path / "out").exists()
        shutil.rmtree(tmp_path / "out.partial", ignore_errors=True)


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["batch", "--schema"])
    assert "entry_km" in capsys.readouterr().out


def test_values_far_too_large_are_refused_unread(batch: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overflight.batch.inputs.MOST_TEXT", 100_000)
    table = pa.concat_tables([pairs(50), pa.table({"id": [50], "from": ["x" * 200_000], "to": ["VKO"]})])
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=40)
    assert batch(tmp_path / "in.parquet", "-o", tmp_path / "out", *RULE)[0] == 1
    (reject,) = read(tmp_path / "out", "rejects")
    assert (reject["row"], reject["rows"], reject["reason"]) == (40, 11, "too-large")


def test_parts_go_by_the_footers_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overflight.batch.inputs.ROWS_A_PART", 300)
    given = write_pairs(tmp_path / "in.parquet", 700, group=400)
    parts = parts_of(find_inputs([str(given)]), settings().columns)
    assert [(p.first_row, p.start, p.rows) for p in parts] == [(0, 0, 300), (300, 300, 100), (400, 0, 300)]
    run([str(given)], tmp_path / "out", settings())
    rows = np.concatenate([pq.read_table(f)["row"].to_numpy() for f in sorted((tmp_path / "out/verdicts").iterdir())])
    assert (rows == np.arange(700)).all()


# Interrupted ----------------------------------------------------------------------------------------------------------


STANDS = """
import time
from overflight.batch.store import Store
keep, kept = Store.keep, 0
def stands(*given):
    global kept
    keep(*given)
    kept += 1
    while kept >= {parts}:
        time.sleep(0.01)
Store.keep = stands
"""
"""Does some parts, and then waits for what will happen to it."""


@pytest.mark.parametrize("how", spread([signal.SIGKILL, signal.SIGTERM, signal.SIGINT], 1))
def test_a_run_killed_twice_goes_on_and_gives_the_same_bytes(many: Path, tmp_path: Path, how: signal.Signals) -> None:
    out = tmp_path / "out"
    work = tmp_path / "out.partial"
    killed = 0
    for parts, least, more in ((3, 3, ()), (12, 15, ("--resume",)), (1_000, 1_000, ("--resume",))):
        process = start(many / "in.parquet", "-o", out, *RULE, *more, before=STANDS.format(parts=parts))
        while process.poll() is None and parts_done(work) < least:
            time.sleep(0.005)
        if process.poll() is None:
            process.send_signal(how)
            killed += 1
        _, told = process.communicate()
        assert "Traceback" not in told
        if killed and out.exists():
            break
        assert not out.exists()
        assert work.exists()
        assert process.returncode == {signal.SIGKILL: -9, signal.SIGTERM: 143, signal.SIGINT: 130}[how]
    assert killed == 2
    assert process.returncode == 0
    assert digests(out) == digests(many / "whole")
    assert not work.exists()


def test_a_run_killed_at_any_moment_can_be_resumed(many: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for delay_s in itertools.chain([0.3, 0.6, 0.9, 1.2, 1.6, 2.0, 2.5], itertools.repeat(600.0)):
        process = start(many / "in.parquet", "-o", out, *RULE, "--resume")
        try:
            process.wait(delay_s)
        except subprocess.TimeoutExpired:
            process.kill()
        _, told = process.communicate()
        assert "Traceback" not in told
        if process.returncode == 0:
            break
    assert digests(out) == digests(many / "whole")


@pytest.mark.parametrize("after", spread([*range(6), *range(3 * 40, 3 * 40 + 6)], 6))
def test_a_run_that_dies_between_any_two_steps_can_be_resumed(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    class Dead(BaseException):
        pass

    left = after

    def dying(of_what: Any) -> Any:
        def step(*arguments: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise Dead
            return of_what(*arguments, **named)

        return step

    given, out = [str(many / "in.parquet")], tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dying(Path.replace))
        patch.setattr(Path, "rename", dying(Path.rename))
        patch.setattr(Path, "unlink", dying(Path.unlink))
        patch.setattr("overflight.batch.store.shutil.rmtree", dying(shutil.rmtree))
        try:
            run(given, out, settings())
        except Dead:
            assert not out.exists() or digests(many / "whole").items() <= digests(out).items()
    run(given, out, settings(), resume=True)
    assert digests(out) == digests(many / "whole")


def test_a_full_disk_stops_the_run_and_room_lets_it_go_on(many: Path, tmp_path: Path) -> None:
    limited = "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    limited += "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))"
    process = start(many / "in.parquet", "-o", tmp_path / "out", *RULE, before=limited)
    _, told = process.communicate()
    assert process.returncode == 2
    assert "can't be written" in told
    assert "--resume" in told
    assert "Traceback" not in told
    assert not (tmp_path / "out").exists()
    run([str(many / "in.parquet")], tmp_path / "out", settings(), resume=True)
    assert digests(tmp_path / "out") == digests(many / "whole")


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("mount") is None, reason="only root can mount a small disk")
def test_a_disk_that_is_full_indeed_stops_the_run_and_room_lets_it_go_on(many: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:  # noqa: S603 - our own command line
        pytest.skip("this system lets nobody mount a disk")
    try:
        process = start(many / "in.parquet", "-o", disk / "out", *RULE)
        _, told = process.communicate()
        assert (process.returncode, "no space left on device" in told) == (2, True)
        assert not (disk / "out").exists()
        assert parts_done(disk / "out.partial") >= 1
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)  # noqa: S603, S607 - our own
        run([str(many / "in.parquet")], disk / "out", settings(), resume=True)
        assert digests(disk / "out") == digests(many / "whole")
    finally:
        subprocess.run(["umount", str(disk)], check=True)  # noqa: S603, S607 - our own


def test_a_part_whose_record_is_cut_short_or_gone_is_made_again(many: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    interrupted(many / "in.parquet", out)
    made = records(tmp_path / "out.partial")
    made[0].write_bytes(made[0].read_bytes()[:-7])
    made[1].unlink()
    run([str(many / "in.parquet")], out, settings(), resume=True)
    assert digests(out) == digests(many / "whole")


def test_a_part_that_is_gone_or_cut_short_is_made_again(many: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    interrupted(many / "in.parquet", out)
    made = sorted((tmp_path / "out.partial" / "crossings").iterdir())
    made[0].unlink()
    made[1].write_bytes(made[1].read_bytes()[:100])
    run([str(many / "in.parquet")], out, settings(), resume=True)
    assert digests(out) == digests(many / "whole")


@pytest.mark.parametrize("what", ["sorting points", "judging"])
def test_a_run_over_points_goes_on_wherever_it_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    class Enough(BaseException):
        pass

    def stop(progress: Progress) -> None:
        if progress.what == what and 0 < progress.now < progress.of:
            raise Enough

    monkeypatch.setattr("overflight.batch.spool.POINTS_A_BUCKET", 100)
    rng = np.random.default_rng(7)
    order = rng.permutation(600)
    table = pa.table(
        {"id": order // 20, "time": order, "lon": rng.uniform(-60, 60, 600), "lat": rng.uniform(0, 50, 600)}
    )
    given = tmp_path / "in.parquet"
    pq.write_table(table, given, row_group_size=50)
    column = pq.ParquetFile(given).metadata.row_group(2).column(2)
    raw, begin = bytearray(given.read_bytes()), column.dictionary_page_offset or column.data_page_offset
    raw[begin : begin + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    given.write_bytes(raw)
    points = settings(columns=Columns("points", route="id", time="time", lon="lon", lat="lat", texts=False))
    whole = run([str(given)], tmp_path / "whole", points, threads=1)
    assert (whole.rows, whole.judged, whole.routes) == (600, 550, 30)
    with pytest.raises(Enough):
        run([str(given)], tmp_path / "out", points, threads=1, tell=stop)
    sorted_points = sorted((tmp_path / "out.partial" / "_run").glob("spool-??????"))
    sorted_points[0].write_bytes(sorted_points[0].read_bytes()[:-1] + b"?")
    said: list[str] = []
    run([str(given)], tmp_path / "out", points, resume=True, say=said.append)
    assert said == ["1 finished part with files that are gone or changed: done again"]
    assert digests(tmp_path / "out") == digests(tmp_path / "whole")


def test_resume_refuses_other_inputs_other_rules_and_nothing_at_all(tmp_path: Path) -> None:
    given, out = write_pairs(tmp_path / "in.parquet", 500, group=50), tmp_path / "out"
    interrupted(given, out)
    with pytest.raises(DataError, match="unfinished run"):
        run([str(given)], out, settings())
    with pytest.raises(DataError, match="avoid"):
        run([str(given)], out, settings(avoid=("eu",)), resume=True)
    write_pairs(given, 500, group=50, seed=2)
    with pytest.raises(DataError, match="input files have changed"):
        run([str(given)], out, settings(), resume=True)


def test_a_finished_run_is_not_done_again(many: Path, batch: Run) -> None:
    before = digests(many / "whole")
    assert batch(many / "in.parquet", "-o", many / "whole", *RULE, "--resume")[0] == 0
    assert batch(many / "in.parquet", "-o", many / "whole", *RULE)[0] == 2
    assert batch(many / "in.parquet", "-o", many / "whole", "--avoid", "eu", "--on", "2025-10-23", "--resume")[0] == 2
    assert digests(many / "whole") == before


def test_two_runs_do_not_write_to_one_place(many: Path, tmp_path: Path) -> None:
    process = start(many / "in.parquet", "-o", tmp_path / "out", *RULE, before=STANDS.format(parts=2))
    while process.poll() is None and parts_done(tmp_path / "out.partial") < 2:
        time.sleep(0.005)
    try:
        with pytest.raises(DataError, match="another process"):
            run([str(many / "in.parquet")], tmp_path / "out", settings(), resume=True)
    finally:
        process.kill()
        process.communicate()


# How far it is --------------------------------------------------------------------------------------------------------


def test_progress_is_a_line_that_is_written_over_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    teller = _Teller()
    teller.terminal = True
    for rows in (250_000, 500_000):
        teller.last = 0.0
        teller(Progress("judging", rows, 1_000_000, rows, 10.0))
    teller.end()
    told = capsys.readouterr().err
    assert told.count("\r") == 2
    assert "[##########..........] judging: 50 %, 500,000 of 1,000,000 rows, 50,000 a second, 10 s left" in told
    teller.terminal = False
    teller(Progress("judging", 1, 2, 1, 1.0))
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(teller, "last", 0.0)
    teller(Progress("judging", 1, 1000, 1, 1.0))
    assert capsys.readouterr().err == "judging: 0 %, 1 of 1,000 rows, 1 a second, 16 min 39 s left\n"
    assert _span(7300) == "2 h 1 min"
