"""`overflight batch` trusts nothing that it finds: neither what goes in, nor what a run before has left."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from overflight.batch import run
from overflight.errors import DataError
from tests.batches import digests, interrupted, parts_done, records, settings, start, write_pairs
from tests.commands import Run
from tests.depth import spread

RULE = ("--avoid", "icc", "--on", "2025-10-23")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eighty parts of five pairs, and what an uninterrupted run makes of them."""
    folder = tmp_path_factory.mktemp("many")
    write_pairs(folder / "in.parquet", 400, group=5)
    run([str(folder / "in.parquet")], folder / "whole", settings(), threads=2)
    return folder


def resumed(many: Path, out: Path) -> list[str]:
    """Go on with a run until it ends as an uninterrupted one does; returns what was said."""
    said: list[str] = []
    run([str(many / "in.parquet")], out, settings(), resume=True, say=said.append)
    assert digests(out) == digests(many / "whole")
    return said


# What a run before has left -------------------------------------------------------------------------------------------


def test_a_part_whose_bytes_were_changed_is_made_again_and_that_is_said(many: Path, tmp_path: Path) -> None:
    interrupted(many / "in.parquet", tmp_path / "out")
    work = tmp_path / "out.partial"
    for path in (sorted((work / "crossings").iterdir())[0], sorted((work / "verdicts").iterdir())[1]):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    assert resumed(many, tmp_path / "out") == ["2 finished parts with files that are gone or changed: done again"]


DAMAGED = (
    b"",
    b"\x00\xff\xfe",
    b"nonsense",
    b"[1]",
    b"{}",
    b"[" * 100_000,
    b'{"part": 1, "judged": 1e400}',
    b'{"part": 1, "judged": ' + b"9" * 5000 + b"}",
    b'{"part": 1, "sha256": {"../x": ""}, "judged": 1, "refused": 0, "routes": 1, "crossings": 1}',
    b'{"part": 1, "sha256": {}, "judged": 5, "refused": 0, "routes": 5, "crossings": 1}',
)


@pytest.mark.parametrize("content", spread(DAMAGED, 4), ids=lambda content: content[:40].decode("latin-1"))
def test_a_part_with_a_damaged_record_is_done_again_and_that_is_said(
    many: Path, tmp_path: Path, content: bytes
) -> None:
    interrupted(many / "in.parquet", tmp_path / "out", parts=4)
    records(tmp_path / "out.partial")[1].write_bytes(content)
    assert resumed(many, tmp_path / "out") == ["1 finished part with a damaged record: done again"]


def test_a_record_with_one_bit_changed_or_that_of_another_part_is_damage(many: Path, tmp_path: Path) -> None:
    interrupted(many / "in.parquet", tmp_path / "out", parts=4)
    first, second, third, *_ = records(tmp_path / "out.partial")
    content = first.read_bytes()
    flipped = content.replace(b'"judged": 5', b'"judged": 4')
    assert flipped != content
    first.write_bytes(flipped)
    second.write_bytes(third.read_bytes())
    assert resumed(many, tmp_path / "out") == [
        "1 finished part with a damaged record: done again",
        "1 finished part with files that are gone or changed: done again",
    ]


@pytest.mark.slow
def test_wherever_a_record_was_cut_the_run_goes_on(many: Path, tmp_path: Path) -> None:
    interrupted(many / "in.parquet", tmp_path / "before")
    name = records(tmp_path / "before.partial")[0].relative_to(tmp_path / "before.partial")
    size = (tmp_path / "before.partial" / name).stat().st_size
    for end in (0, 1, 50, 64, 65, size // 2, size - 2):
        shutil.copytree(tmp_path / "before.partial", tmp_path / "out.partial")
        os.truncate(tmp_path / "out.partial" / name, end)
        assert resumed(many, tmp_path / "out") == ["1 finished part with a damaged record: done again"]
        shutil.rmtree(tmp_path / "out")


def test_what_a_run_wrote_half_is_no_part_and_no_part_of_the_answer(many: Path, tmp_path: Path) -> None:
    interrupted(many / "in.parquet", tmp_path / "out")
    work = tmp_path / "out.partial"
    for folder in ("crossings", "verdicts", "_run"):
        (work / folder / ".part-000007.parquet.draft").write_bytes(b"half")
    (work / "crossings" / "part-000070.parquet").write_bytes(b"without a record")
    (work / "crossings" / "part-000999.parquet").write_bytes(b"of no part")
    assert resumed(many, tmp_path / "out") == []


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"facts": 1}', "[" * 100_000, "\udcff"])
def test_a_damaged_note_of_what_run_it_is_is_one_line(run: Run, many: Path, tmp_path: Path, text: str) -> None:
    interrupted(many / "in.parquet", tmp_path / "out")
    (tmp_path / "out.partial" / "_run" / "state.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    status, _, err = run("batch", many / "in.parquet", "-o", tmp_path / "out", *RULE, "--resume")
    assert status == 2
    assert "state.json is damaged" in err.splitlines()[-1]


def test_an_unfinished_run_of_an_earlier_version_is_one_line_and_stays(run: Run, many: Path, tmp_path: Path) -> None:
    work = tmp_path / "out.partial"
    for name in ("crossings", "verdicts", "rejects", "spool"):
        (work / name).mkdir(parents=True)
    for name in ("_state.json", "_journal.jsonl", "_lock"):
        (work / name).write_text("{}\n", encoding="utf-8")
    before = digests(work)
    status, _, err = run("batch", many / "in.parquet", "-o", tmp_path / "out", *RULE, "--resume")
    assert status == 2
    assert "out.partial is no unfinished run of this version" in err.splitlines()[-1]
    assert digests(work) == before


def test_a_finished_answer_is_held_against_what_was_written(many: Path, tmp_path: Path) -> None:
    shutil.copytree(many / "whole", tmp_path / "out")
    assert resumed(many, tmp_path / "out") == []
    path = tmp_path / "out" / "verdicts" / "part-000003.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"2")
    with pytest.raises(DataError, match=r"verdicts/part-000003\.parquet: not what was written there"):
        resumed(many, tmp_path / "out")
    manifest = json.loads((many / "whole" / "_manifest.json").read_text(encoding="utf-8"))
    damaged: object
    for damaged in ({**manifest, "counts": {}}, {**manifest, "counts": 1}, {**manifest, "parts": [{}]}, [], "x"):
        (tmp_path / "out" / "_manifest.json").write_text(json.dumps(damaged), encoding="utf-8")
        with pytest.raises(DataError, match=r"_manifest\.json: (can't be read \(it is damaged|does not say)"):
            resumed(many, tmp_path / "out")


@pytest.mark.parametrize("size", [300, 5_000, None])
def test_a_disk_that_is_full_even_for_the_manifest_loses_nothing(many: Path, tmp_path: Path, size: int | None) -> None:
    most = size or 200 + max(path.stat().st_size for path in (many / "whole").rglob("part-*"))
    limit = "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    limit += f"resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most}))"
    process = start(many / "in.parquet", "-o", tmp_path / "out", *RULE, before=limit)
    _, told = process.communicate()
    assert (process.returncode, "can't be written (file too large)" in told, "--resume" in told) == (2, True, True)
    if size is None:  # every part fits, but not the list of all of them
        assert parts_done(tmp_path / "out.partial") == 80
        assert not (tmp_path / "out").exists()
    assert resumed(many, tmp_path / "out") == []


def test_a_disk_that_is_full_for_a_record_loses_only_its_part(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync, left = os.fsync, 1 + 3 * 4 + 2  # what was asked, four parts, the files of a fifth

    def full(number: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(number)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DataError, match=r"can't be written \(no space left on device\).*--resume"):
            run([str(many / "in.parquet")], tmp_path / "out", settings())
    assert parts_done(tmp_path / "out.partial") == 4
    assert len(list((tmp_path / "out.partial" / "verdicts").glob("part-*"))) == 5
    assert resumed(many, tmp_path / "out") == []


# What goes in ---------------------------------------------------------------------------------------------------------


def bounded(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it with little memory."""
    code = (
        "import resource, sys\nresource.setrlimit(resource.RLIMIT_AS, (6_000_000_000, 6_000_000_000))\n"
        "from overflight.cli import main\nmain(sys.argv[1:])"
    )
    command = [sys.executable, "-c", code, "batch", *arguments, "-o", "out", *RULE]
    return subprocess.run(  # noqa: S603
        command, cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=300
    )


@pytest.mark.parametrize("given", ["/dev/zero", "/dev/random", "/dev/null", "/dev/stdin", "/proc/kcore", "pipe"])
def test_what_is_no_regular_file_is_refused_unread(tmp_path: Path, given: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    done = bounded(tmp_path, given)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "give a" in done.stderr


@pytest.mark.parametrize("given", ["", "loop", 300 * "x", 5000 * "x", "a\0b", "[", "**/**/x", "in.parquet/x"])
def test_odd_names_are_refused_in_one_line(run: Run, tmp_path: Path, given: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    write_pairs(tmp_path / "in.parquet", 3, group=3)
    status, out, err = run("batch", given, "-o", "out", *RULE)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "unexpected" not in err


def test_odd_entries_of_a_folder_are_left_out_or_refused_by_name(run: Run, many: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(many / "in.parquet", folder / "a\n.parquet")
    shutil.copy(many / "in.parquet", folder / "b\udcff.parquet")  # not UTF-8, which pyarrow can't open
    os.mkfifo(folder / "pipe.parquet")
    (folder / "folder.parquet").mkdir()
    (folder / "loop.parquet").symlink_to("loop.parquet")
    (folder / "up").symlink_to("..")
    (folder / "null.parquet").symlink_to("/dev/null")
    (folder / "cut.parquet").write_bytes(b"PAR1")
    assert run("batch", "in", "-o", "out", *RULE)[0] == 1
    manifest = json.loads((tmp_path / "out" / "_manifest.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in manifest["inputs"]] == ["a\n.parquet", "b\udcff.parquet", "cut.parquet"]
    assert manifest["counts"]["judged"] == 400


def varint(number: int) -> bytes:
    """Write a number as Thrift's compact protocol does."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def listed(count: int) -> bytes:
    return b"\xfc" + varint(count)


def with_footer(groups: int, rows: int, columns: int, total: int) -> bytes:
    """Write a Parquet file without data whose footer has so many row groups, each of so many rows and columns."""
    schema = b"\x2c\x48\x01r\x15\x02\x00\x15\x02\x25\x00\x18\x01a\x00"
    group = b"\x19" + listed(columns) + b"\x26\x00\x00" * columns + b"\x16\x00\x16" + varint(2 * rows) + b"\x00"
    footer = (
        b"\x15\x02\x19" + schema + b"\x16" + varint(2 * total) + b"\x19" + listed(groups) + groups * group + b"\x00"
    )
    return b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1"


LIES: dict[str, Callable[[bytes], bytes]] = {
    "another kind": lambda whole: b"PK\x03\x04" + whole[4:],
    "no end": lambda whole: whole[:-4] + b"PARE",
    "a footer longer than the file": lambda whole: whole[:-8] + b"\xff\xff\xff\x7f" + whole[-4:],
    "a footer longer than any": lambda whole: (
        whole[:4] + bytes(17_000_000) + (16_999_999).to_bytes(4, "little") + b"PAR1"
    ),
    "a footer of noughts": lambda whole: whole[:4] + bytes(1_000_000) + (999_999).to_bytes(4, "little") + b"PAR1",
    "a million row groups": lambda _: with_footer(1_000_000, 0, 1, 0),
    "a million columns": lambda _: with_footer(1, 0, 1_000_000, 0),
    "two columns of one": lambda _: with_footer(1, 0, 2, 0),
    "more rows than add up": lambda _: with_footer(2, 5, 1, 11),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_footer_that_lies_is_refused_within_bounds(many: Path, tmp_path: Path, lie: str) -> None:
    (tmp_path / "a.parquet").write_bytes(LIES[lie]((many / "in.parquet").read_bytes()))
    done = bounded(tmp_path, "a.parquet")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert "no input file can be read (a.parquet: " in done.stderr


def test_a_file_that_says_it_has_more_rows_than_can_be_is_refused_beside_others(run: Run, tmp_path: Path) -> None:
    write_pairs(tmp_path / "a.parquet", 10, group=10)
    whole = (tmp_path / "a.parquet").read_bytes()
    rows = pq.read_metadata(tmp_path / "a.parquet").num_rows
    size = int.from_bytes(whole[-8:-4], "little")
    footer = whole[-8 - size : -8]
    # the number of rows, of the file and of its row group, each a 64-bit field next to the one before
    huge = footer.replace(b"\x16" + varint(2 * rows), b"\x16" + varint(2 * 10**15))
    assert huge != footer
    lies = whole[: -8 - size] + huge + len(huge).to_bytes(4, "little") + b"PAR1"
    (tmp_path / "b.parquet").write_bytes(lies)
    status, _, err = run("batch", "a.parquet", "b.parquet", "-o", "out", *RULE)
    assert (status, "10 judged" in err, "unexpected" not in err) == (1, True, True)


@pytest.mark.parametrize(
    "place", ["", ".", "..", "/", "-", "x/..", "loop", "in.parquet", "in.parquet/x", 300 * "x", "a\0"]
)
def test_a_place_that_is_no_folder_to_be_made_is_one_line(run: Run, many: Path, tmp_path: Path, place: str) -> None:
    shutil.copy(many / "in.parquet", tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    for more in ((), ("--resume",)):
        status, out, err = run("batch", "in.parquet", "-o", place, *RULE, *more)
        assert (status, out) == (2, "")
        assert "unexpected" not in err
        assert err.splitlines()[-1].startswith("overflight: error: ")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["in.parquet", "loop"]
