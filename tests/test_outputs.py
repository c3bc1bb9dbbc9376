"""Where results go: standard output, files that are whole, pipes and devices, and where nothing can be written."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from overflight.errors import DataError
from overflight.outside.files import check_place, read_at_most, write_whole
from tests.commands import Run

CHECK = ("check", "VKO", "BUD", "--on", "2025-10-23")
OVERFLIGHT = f"'{sys.executable}' -m overflight"
PLACES = (
    (*CHECK, "-o"),
    (*CHECK, "--map"),
    ("routes", "VKO", "BUD", "--on", "2025-10-23", "-o"),
    ("routes", "VKO", "BUD", "--on", "2025-10-23", "--map"),
    ("map", "VKO", "BUD", "-o"),
    ("demo", "-o"),
    ("states", "-o"),
    ("convert", "VKO", "BUD", "-f", "gpx", "-o"),
    ("schema", "-o"),
    ("data", "-o"),
    ("data", "verify", "-o"),
    ("new", "x", "VKO", "BUD", "--on", "2025-10-23", "-o"),
    ("batch", "in.parquet", "-o"),
    ("batch", "--summary", "answer", "-o"),
    ("batch", "--summary", "answer", "--map"),
)


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, check=False)  # noqa: S603, S607


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """Give a folder that can't be written to, with one in it that can, and a file in each that can't."""
    folder = Path(tempfile.mkdtemp())
    (folder / "mine").mkdir()
    for file in (folder / "out.txt", folder / "mine" / "kept.txt"):
        file.write_text("old", encoding="utf-8")
        file.chmod(0o444)
    (folder / "mine").chmod(0o777)
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


# Standard output ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_a_map_goes_to_standard_output_and_the_table_gives_way_to_it(run: Run, tmp_path: Path, name: str) -> None:
    status, out, err = run(*CHECK, "--map", name)
    assert (status, out.startswith("<!DOCTYPE html>"), out.rstrip().endswith("</html>")) == (0, True, True)
    assert err.startswith("route\tkind")
    assert run("map", "VKO", "BUD", "-o", name)[1].startswith("<!DOCTYPE html>")
    status, out, err = run("routes", "VKO", "BUD", "--on", "2025-10-23", "--map", name)
    assert (out.startswith("<!DOCTYPE html>"), "\nn\troute" in err) == (True, True)
    assert list(tmp_path.iterdir()) == []


def test_a_map_on_standard_output_leaves_the_table_its_file(run: Run, tmp_path: Path) -> None:
    status, out, _ = run(*CHECK, "--map", "-", "-o", "table.csv")
    assert (status, out.startswith("<!DOCTYPE html>")) == (0, True)
    assert (tmp_path / "table.csv").read_text(encoding="utf-8").startswith("route,kind")


@pytest.mark.parametrize("more", [("-o", "-"), ("-f", "json"), ("-o", "/dev/stdout"), ("-o", "-", "-f", "csv")])
def test_two_results_do_not_share_standard_output(run: Run, more: tuple[str, ...]) -> None:
    for command in (CHECK, ("routes", "VKO", "BUD", "--on", "2025-10-23")):
        status, out, err = run(*command, "--map", "-", *more)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert "give" in err


@pytest.mark.slow
def test_what_is_open_already_is_written_to_and_neither_cut_nor_replaced(tmp_path: Path) -> None:
    table = shell(f"{OVERFLIGHT} {' '.join(CHECK)}", tmp_path).stdout
    for place in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "-"):
        assert shell(f"{OVERFLIGHT} {' '.join(CHECK)} -o {place} | cat", tmp_path).stdout == table
        assert shell(f"{OVERFLIGHT} {' '.join(CHECK)} -o {place} >> app-end", tmp_path).returncode == 0
    assert (tmp_path / "app-end").read_bytes() == 4 * table
    done = shell(f"{OVERFLIGHT} {' '.join(CHECK)} -o /dev/fd/3 3>>three; echo end >>three", tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "three").read_bytes() == table + b"end\n"
    assert shell(f"{OVERFLIGHT} {' '.join(CHECK)} -o /dev/fd/9", tmp_path).returncode == 2


@pytest.mark.slow
@pytest.mark.parametrize("place", ["/dev/stdout", "/dev/fd/3 3>&1"])
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path, place: str) -> None:
    done = shell(f"{OVERFLIGHT} map VKO BUD -o {place} | head -c 1; echo ${{PIPESTATUS[0]}}", tmp_path)
    assert (done.stdout, done.stderr) == (b"<141\n", b"")


def test_a_full_device_is_one_line(run: Run) -> None:
    status, _, err = run(*CHECK, "-o", "/dev/full")
    assert (status, err.count("\n")) == (2, 1)
    assert "/dev/full: can't be written (no space left on device)" in err


def test_devices_and_pipes_are_written_to_as_they_are(run: Run, tmp_path: Path) -> None:
    (tmp_path / "null").symlink_to(os.devnull)
    assert run(*CHECK, "-o", "null", "--map", "null")[0] == 0
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)
    os.mkfifo(tmp_path / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    assert run(*CHECK, "-o", "pipe")[0] == 0
    reader.join()
    assert read[0].startswith(b"route\tkind")
    assert (tmp_path / "pipe").is_fifo()


# Files ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", PLACES, ids=" ".join)
def test_a_place_where_nothing_can_be_written_is_refused_in_one_line(
    run: Run, tmp_path: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("case.check", "cli.search._search"):  # refused before any work is done
        monkeypatch.setattr(f"overflight.{name}", None)
    (tmp_path / "loop.route.toml").symlink_to("loop.route.toml")
    (tmp_path / "folder.route.toml").mkdir()
    (tmp_path / "file").write_text("old", encoding="utf-8")
    places = ["loop.route.toml", "folder.route.toml", "missing/a.route.toml", "file/a.route.toml"]
    places += ["", ".", "..", "/", "x.route.toml/", "./", "a\0b.route.toml", 300 * "x" + ".route.toml"]
    for place in [*places, 5000 * "x" + ".route.toml"]:
        before = sorted(tmp_path.rglob("*"))
        status, out, err = run(*command, place)
        assert (status, out, err.count("\n")) == (2, "", 1), (place, err)
        assert "unexpected" not in err, place
        assert len(err) < 600, place
        assert sorted(tmp_path.rglob("*")) == before, place


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    for text in (b"made", b"replaced"):
        write_whole(tmp_path / "link", text)
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "target").read_bytes() == text


def test_a_file_that_is_replaced_hands_on_mode_and_owner(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 12345, 54321)
    before = path.stat()
    write_whole(path, b"new")
    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert after.st_ino != before.st_ino


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_a_new_file_may_be_read_by_whom_the_umask_lets(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        write_whole(tmp_path / "out", b"new")
        assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == mode
    finally:
        left = os.umask(before)
    assert left == umask


def test_what_can_not_be_moved_to_its_place_leaves_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").write_text("old", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(DataError, match="no space left on device"):
        write_whole(tmp_path / "out", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_text(encoding="utf-8") == "old"


def test_the_longest_name_that_a_file_can_have_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("名" * 85)
    write_whole(path, b"x")
    assert path.read_bytes() == b"x"


def test_what_may_not_be_written_whole_is_not_written(as_nobody: Path) -> None:
    for target in (as_nobody / "out.txt", as_nobody / "new.txt"):
        for act in (check_place, lambda place: write_whole(place, b"new")):
            with pytest.raises(DataError, match=r"can't be written \((permission denied|no file can be made in its f)"):
                act(target)
    assert (as_nobody / "out.txt").read_text(encoding="utf-8") == "old"


def test_a_read_only_file_is_left_alone_though_its_folder_can_be_written_to(as_nobody: Path) -> None:
    path = as_nobody / "mine" / "kept.txt"
    with pytest.raises(DataError, match="permission denied"):
        write_whole(path, b"new")
    assert path.read_text(encoding="utf-8") == "old"


# What is read ---------------------------------------------------------------------------------------------------------


def test_no_more_is_read_than_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")
    assert (read_at_most(path, 10), read_at_most(path, 3)) == (b"0123456789", b"0123")


FILES = (
    ("check", "{}"),
    ("convert", "{}"),
    ("map", "{}", "-o", "a.html"),
    ("check", "VKO", "BUD", "--bloc", "mine={}"),
    ("check", "a.geojson", "--fixes", "{}"),
    ("routes", "VKO", "BUD", "--diversion", "400km", "--airports", "{}"),
    ("check", "VKO", "BUD", "--avoid", "./link.geojson"),
    ("check", "p.route.toml"),
)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/random", "/dev/null", "folder"])
@pytest.mark.parametrize("command", FILES, ids=" ".join)
def test_a_device_is_no_file_to_be_read(run: Run, tmp_path: Path, command: tuple[str, ...], device: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.geojson").symlink_to(device)
    (tmp_path / "a.geojson").write_text('{"type": "LineString", "coordinates": [[37, 55], [19, 47]]}', encoding="utf-8")
    (tmp_path / "p.route.toml").write_text(
        'name = "x"\non = 2025-10-23\nwhy = "x"\nfile = "link.geojson"\n', encoding="utf-8"
    )
    status, out, err = run(*(word.format(device) for word in command))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "unexpected" not in err


def test_a_pipe_that_was_named_is_read_and_one_named_by_a_file_is_not(run: Run, tmp_path: Path) -> None:
    line = '{"type": "LineString", "coordinates": [[37, 55], [19, 47]]}'
    done = shell(f"{OVERFLIGHT} check <(echo '{line}') --on 2025-10-23", tmp_path)
    assert (done.returncode, done.stdout.startswith(b"route\tkind"), done.stderr.count(b"\n")) == (0, True, 1)
    done = shell(f"{OVERFLIGHT} check <(cat /dev/zero)", tmp_path)
    assert (done.returncode, b"more than the 50 MB read here" in done.stderr) == (2, True)
    os.mkfifo(tmp_path / "link.geojson")
    (tmp_path / "p.route.toml").write_text(
        'name = "x"\non = 2025-10-23\nwhy = "x"\nfile = "link.geojson"\n', encoding="utf-8"
    )
    for command in (("check", "p.route.toml"), ("check", "VKO", "BUD", "--avoid", "./link.geojson")):
        status, _, err = run(*command)
        assert (status, "it is no regular file" in err) == (2, True), err
