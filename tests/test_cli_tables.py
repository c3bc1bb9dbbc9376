"""How results are written: tables, rows, and files that are written whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from overflight.cli.tables import boxed, csv_text, tsv_text
from overflight.cli.writing import emit
from overflight.errors import DataError
from tests.commands import STUDY, Run, rows_of


def test_the_suffix_of_the_output_tells_the_format(run: Run, tmp_path: Path) -> None:
    for suffix, start in ((".json", "{\n"), (".csv", "route,kind"), (".geojson", '{"type"'), (".txt", "route\tkind")):
        assert run("check", *STUDY, "-o", f"out{suffix}")[1] == ""
        assert (tmp_path / f"out{suffix}").read_text(encoding="utf-8").startswith(start)


def test_an_output_replaces_a_file_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    link = tmp_path / "link.txt"
    link.symlink_to(path)
    emit("new", link)
    assert (link.is_symlink(), path.read_text(encoding="utf-8")) == (True, "new")
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.txt", "out.txt"]


def test_a_failed_output_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(DataError, match="no space left on device"):
        emit("new", path)
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out.txt"]


def test_an_output_may_be_a_device() -> None:
    emit("x", Path(os.devnull))
    assert not Path(os.devnull).is_file()


def test_a_spreadsheet_runs_nothing() -> None:
    text = csv_text(("a",), [["=cmd()"], ["+1"], ["-x"], ["@y"], [" =z"], ["\t=t"], [-1.5], ["ok"]])
    assert text.splitlines() == ["a", "'=cmd()", "'+1", "'-x", "'@y", "' =z", r"'\t=t", "-1.5", "ok"]


def test_names_from_files_cannot_move_the_cursor(run: Run, tmp_path: Path) -> None:
    evil = {
        "type": "Feature",
        "properties": {"name": "=1\x1b[2J\t\n\u202eevil"},
        "geometry": {"type": "LineString", "coordinates": [[37, 55], [19, 47]]},
    }
    (tmp_path / "evil.geojson").write_text(json.dumps(evil), encoding="utf-8")
    for form in ("table", "csv"):
        _, out, err = run("check", "evil.geojson", "-f", form)
        assert all(c.isprintable() or c in "\t\r\n" for c in out + err)
    assert len(rows_of(run("check", "evil.geojson")[1])[0]) == len(rows_of(run("check", *STUDY)[1])[0])
    assert "'=1" in run("check", "evil.geojson", "-f", "csv")[1]


def test_tables_line_up() -> None:
    lines = boxed(("name", "km"), [["Poland", 49.7], ["Åland", 1234.5]]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[3] == "│ Poland │    49.7 │"
    assert tsv_text(("a", "b"), [["x\ty", None], [True, 1.25]]) == "a\tb\nx\\ty\t\ntrue\t1.25\n"


def test_a_table_is_narrowed_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lines = boxed(("a", "b"), [["x" * 100, "y"]], texts={"a"}).splitlines()
    assert {len(line) for line in lines} == {40}
    assert sum(line.count("x") for line in lines) == 100
