"""What is kept between runs: nothing that another could have written is loaded, and nothing depends on it."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import pickle
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
import pytest

import overflight as of
from overflight.earth import compiled
from overflight.earth.caches import code, store, trust, turns
from overflight.earth.caches.store import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

posix_only = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows keeps users' folders apart by itself")
root_only = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away, or be somebody else"
)
ANOTHER = 65534


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_said", set())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "ours" / "kept"
    made.mkdir(parents=True, mode=0o700)
    return made


@posix_only
class TestTrust:
    """Each folder on the way counts, and each link."""

    def test_a_folder_of_our_own_is_trusted_there_or_not_yet(self, folder: Path) -> None:
        assert trust.why_not_folder(folder) is None
        assert trust.why_not_folder(folder / "not" / "yet") is None

    @pytest.mark.parametrize("mode", [0o777, 0o702, 0o1777])
    def test_where_others_can_write_nothing_is(self, folder: Path, mode: int) -> None:
        folder.chmod(mode)
        reason = trust.why_not_folder(folder)
        assert reason == f"others can write to {folder} (mode {mode:o})"

    def test_a_folder_on_the_way_counts(self, folder: Path) -> None:
        folder.parent.chmod(0o777)
        assert "others can write to" in str(trust.why_not_folder(folder))
        assert "others can write to" in str(trust.why_not_folder(folder / "not" / "yet"))

    def test_it_may_be_one_from_which_nobody_can_remove_what_is_ours(self, folder: Path) -> None:
        folder.parent.chmod(0o1777)
        assert trust.why_not_folder(folder) is None

    def test_a_group_counts_unless_it_is_the_users_alone(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder.chmod(0o770)
        monkeypatch.setattr(trust, "_is_private", lambda *_: True)
        assert trust.why_not_folder(folder) is None
        monkeypatch.setattr(trust, "_is_private", lambda *_: False)
        assert trust.why_not_folder(folder) is not None

    def test_a_group_with_other_members_or_another_name_is_not_private(self, monkeypatch: pytest.MonkeyPatch) -> None:
        grp, pwd = pytest.importorskip("grp"), pytest.importorskip("pwd")
        monkeypatch.setattr(pwd, "getpwuid", lambda _: pwd.struct_passwd(("ann", "x", 7, 7, "", "/", "/")))
        private = trust._is_private.__wrapped__
        for name, members, expected in (("ann", [], True), ("ann", ["bob"], False), ("staff", [], False)):
            monkeypatch.setattr(grp, "getgrgid", lambda _, n=name, m=members: grp.struct_group((n, "x", 7, m)))
            assert private(7, 7) is expected

    def test_a_link_is_followed_and_what_it_leads_to_counts(self, tmp_path: Path, folder: Path) -> None:
        loose = tmp_path / "loose" / "inside"
        loose.mkdir(parents=True)
        first, second = tmp_path / "first", tmp_path / "second"
        second.symlink_to("loose")
        first.symlink_to(second)
        assert trust.why_not_folder(first / "inside") is None
        assert trust.why_not_folder(tmp_path / "second" / ".." / "ours" / "kept") is None
        loose.parent.chmod(0o777)
        assert str(loose.parent) in str(trust.why_not_folder(first / "inside"))
        assert trust.why_not_folder(folder) is None

    def test_a_link_without_end_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "one").symlink_to("two")
        (tmp_path / "two").symlink_to("one")
        assert "without end" in str(trust.why_not_folder(tmp_path / "one" / "kept"))

    @root_only
    def test_what_belongs_to_another_is_not_trusted_nor_a_link_of_his(self, tmp_path: Path, folder: Path) -> None:
        link = tmp_path / "link"
        link.symlink_to(folder)
        assert trust.why_not_folder(link) is None
        os.lchown(link, ANOTHER, -1)
        assert trust.why_not_folder(link) == f"{link} belongs to another user (nobody)"
        os.chown(folder.parent, 54321, -1)
        assert trust.why_not_folder(folder) == f"{folder.parent} belongs to another user (54321)"


class TestStore:
    """Whole, undamaged and ours, or not at all."""

    def test_what_is_written_is_read(self, tmp_path: Path) -> None:
        places = [Place(tmp_path / "new" / "kept", "")]
        assert store.read("a-1", places) is None
        store.write("a-1", b"what is kept", places, kind="a-", most=2)
        assert store.read("a-1", places) == b"what is kept"
        if hasattr(os, "geteuid"):
            assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
            assert stat.S_IMODE((tmp_path / "new" / "kept").stat().st_mode) == 0o700
            assert stat.S_IMODE((tmp_path / "new" / "kept" / "a-1").stat().st_mode) == 0o600

    def test_every_kind_of_damage_is_found(self, folder: Path) -> None:
        places = [Place(folder, "")]
        store.write("a-1", bytes(range(256)), places, kind="a-", most=2)
        whole = (folder / "a-1").read_bytes()
        for cut in range(len(whole)):
            (folder / "a-1").write_bytes(whole[:cut])
            assert store.read("a-1", places) is None
        for at in range(len(whole)):
            (folder / "a-1").write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            assert store.read("a-1", places) is None
        (folder / "a-1").write_bytes(whole + b"\0")
        assert store.read("a-1", places) is None

    @posix_only
    def test_a_file_that_others_can_write_to_is_not_read(self, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
        places = [Place(folder, "")]
        store.write("a-1", b"kept", places, kind="a-", most=2)
        (folder / "a-1").chmod(0o602)
        assert store.read("a-1", places) is None
        assert "others can write to" in caplog.text

    @posix_only
    def test_what_is_no_file_is_not_read_nor_waited_for(self, folder: Path) -> None:
        os.mkfifo(folder / "a-1")
        (folder / "a-2").mkdir()
        (folder / "a-3").symlink_to(folder / "a-4")
        store.write("a-4", b"kept", [Place(folder, "")], kind="b-", most=2)
        for name in ("a-1", "a-2", "a-3"):
            assert store.read(name, [Place(folder, "")]) is None

    def test_what_is_too_large_is_not_read(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        store.write("a-1", bytes(1000), [Place(folder, "")], kind="a-", most=2)
        assert store.read("a-1", [Place(folder, "")]) == bytes(1000)
        monkeypatch.setattr(store, "MOST_BYTES", 999)
        assert store.read("a-1", [Place(folder, "")]) is None

    def test_the_latest_of_a_kind_are_left_and_no_old_drafts(self, folder: Path) -> None:
        (folder / ".draft-old").write_bytes(b"half")
        os.utime(folder / ".draft-old", (0, 0))
        (folder / ".draft-new").write_bytes(b"half")
        for k, name in enumerate(["a-1", "b-1", "a-2", "a-3"]):
            store.write(name, b"kept", [Place(folder, "")], kind=name[:2], most=2)
            os.utime(folder / name, (k, k))
        store.write("a-4", b"kept", [Place(folder, "")], kind="a-", most=2)
        assert {path.name for path in folder.iterdir()} == {"a-3", "a-4", "b-1", ".draft-new"}

    def test_the_next_place_is_taken_where_the_first_cannot_be_written(
        self, folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (tmp_path / "file").write_text("in the way")
        places = [Place(tmp_path / "file", ""), Place(tmp_path / "file" / "below", ""), Place(folder, "")]
        store.write("a-1", b"kept", places, kind="a-", most=2)
        assert store.read("a-1", places) == b"kept"
        assert (folder / "a-1").exists()
        assert not caplog.records
        for _ in range(2):
            assert store.room(places[:2]) is None
        (told,) = [record.getMessage() for record in caplog.records]
        assert told.startswith(f"nothing can be kept in {tmp_path / 'file'} (not a directory) or {tmp_path / 'file'}")
        assert told.endswith("OVERFLIGHT_CACHE names another folder")

    @posix_only
    def test_a_full_disk_leaves_what_was_there_and_no_draft(
        self, folder: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        resource = pytest.importorskip("resource")
        places = [Place(folder, "")]
        store.write("a-1", b"kept", places, kind="a-", most=2)
        was = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, was[1]))
        try:
            store.write("a-1", bytes(10_000), places, kind="a-", most=2)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, was)
        assert store.read("a-1", places) == b"kept"
        assert [path.name for path in folder.iterdir()] == ["a-1"]
        assert "nothing can be kept in" in caplog.text


class TestPlaces:
    """Where things are kept."""

    @pytest.fixture(autouse=True)
    def _nothing_chosen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("OVERFLIGHT_CACHE", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
            monkeypatch.delenv(name, raising=False)

    @pytest.mark.parametrize(
        ("platform", "variable", "inside"),
        [
            ("linux", "XDG_CACHE_HOME", ("caches", "overflight")),
            ("linux", None, (".cache", "overflight")),
            ("win32", "LOCALAPPDATA", ("caches", "overflight")),
            ("darwin", None, ("Library", "Caches", "overflight")),
        ],
    )
    def test_the_folder_is_where_the_platform_keeps_such_things(
        self,
        platform: str,
        variable: str | None,
        inside: tuple[str, ...],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(Path, "home", lambda: tmp_path)
        if variable:
            monkeypatch.setenv(variable, str(tmp_path / "caches"))
        monkeypatch.setattr(sys, "platform", platform)
        assert store.for_code()[1].path == tmp_path.joinpath(*inside)
        assert store.for_code()[0].path == Path(of.__file__).parent / "__pycache__"

    def test_one_that_is_named_is_the_only_one_and_an_empty_name_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NUMBA_CACHE_DIR", "numbas")
        assert [place.path for place in store.for_code()] == [Path("numbas")]
        monkeypatch.setenv("OVERFLIGHT_CACHE", "chosen")
        assert [place.path for place in store.for_code()] == [Path("chosen")]
        monkeypatch.setenv("OVERFLIGHT_CACHE", "")
        assert not store.for_code()

    @posix_only
    def test_without_a_home_it_is_among_the_temporary_files(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def nowhere() -> Path:
            raise RuntimeError

        monkeypatch.setattr(Path, "home", nowhere)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        assert [place.path for place in store.for_code()[1:]] == [tmp_path / f"overflight-{os.geteuid()}"]


class TestTurns:
    """One process makes a file; nobody waits for a dead one, nor for long."""

    @pytest.fixture(autouse=True)
    def _patient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(turns.Turn, "patience_s", turns.Turn.patience_s)

    def test_the_next_one_waits_until_it_is_left_and_no_file_stays(self, folder: Path) -> None:
        first, second = turns.Turn(folder / "lock"), turns.Turn(folder / "lock")
        said: list[str] = []

        def waiting() -> None:
            said.append("waiting")
            first.leave()

        first.take(waiting)
        assert said == []
        second.take(waiting)
        assert said == ["waiting"]
        assert (folder / "lock").exists()
        second.leave()
        assert not list(folder.iterdir())
        second.leave()  # nothing to leave

    def test_whoever_is_killed_is_not_waited_for(self, folder: Path) -> None:
        script = (
            "import sys; from pathlib import Path; from overflight.earth.caches.turns import Turn;"
            "Turn(Path(sys.argv[1])).take(); print('taken', flush=True); sys.stdin.read()"
        )
        with subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", script, str(folder / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as other:
            assert other.stdout is not None
            assert other.stdout.readline().strip() == b"taken"
            said: list[str] = []

            def waiting() -> None:
                said.append("waiting")
                other.kill()

            turn = turns.Turn(folder / "lock")
            turn.take(waiting)
        assert said == ["waiting"]
        assert turns.Turn.patience_s == turns.SILENT_S, "not in vain"
        turn.leave()
        assert not list(folder.iterdir())

    def test_after_waiting_in_vain_once_nobody_is_waited_for(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slow = turns.Turn(folder / "lock")
        slow.take()
        monkeypatch.setattr(turns.Turn, "patience_s", 0.0)
        second = turns.Turn(folder / "lock")
        second.take()
        second.leave()
        assert (folder / "lock").exists(), "it is not the second one's to leave"
        slow.leave()

    def test_whoever_works_is_waited_for_and_whoever_is_stopped_is_not(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slow, second = turns.Turn(folder / "lock"), turns.Turn(folder / "lock")
        now_s = [0.0]
        signs = [True, True, True, False, False]

        def sleep(_: float) -> None:
            now_s[0] += 0.9 * turns.SILENT_S
            if signs.pop(0):
                os.utime(folder / "lock", ns=(0, len(signs)))

        monkeypatch.setattr(turns, "time", SimpleNamespace(monotonic=lambda: now_s[0], sleep=sleep))
        slow.take()
        second.take()
        assert signs == []
        assert turns.Turn.patience_s == 0.0
        slow.leave()

    def test_whoever_works_gives_signs(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(turns, "BEAT_S", 0.001)
        turn = turns.Turn(folder / "lock")
        turn.take()
        os.utime(folder / "lock", ns=(0, 0))
        for _ in range(10_000):
            if (folder / "lock").stat().st_mtime_ns:
                break
            threading.Event().wait(0.001)
        else:
            pytest.fail("no sign")
        turn.leave()

    def test_where_nothing_can_be_locked_all_goes_on(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        turns.Turn(folder / "not" / "there" / "lock").take()
        monkeypatch.setattr(turns, "_locked", refused)
        turn = turns.Turn(folder / "lock")
        turn.take()
        turn.leave()

    def test_what_cannot_be_compiled_keeps_nobody_waiting(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OVERFLIGHT_CACHE", str(folder))
        dispatcher: Any = numba.njit(lambda x: x.no_such_thing)
        code.keep(dispatcher, what="something", takes="no time")
        for _ in range(2):
            with pytest.raises(numba.TypingError):
                dispatcher(1.0)
            assert not list(folder.iterdir())


def refused(_: int) -> bool:
    raise OSError(errno.ENOLCK, "no locks available")


CALL = (
    "import logging; logging.basicConfig(level=logging.INFO, format='%(message)s');"
    "from overflight.earth.compiled import compiled; from overflight.partition.locate import turn;"
    "twin = compiled(turn, what='the engine for many routes', takes='some seconds');"
    "assert twin(1.0, 2.0, 3.0, 4.0) == -2.0"
)
"""A small function of the engine."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a folder with a copy of this package, without its data."""
    made = tmp_path / "lib"
    copied(made)
    return made


def copied(into: Path) -> None:
    source = Path(of.__file__).parent
    shutil.copytree(source, into / "overflight", ignore=shutil.ignore_patterns("__pycache__", "airspace.bin"))


def ask(copy: Path, **environment: str) -> str:
    """Run `CALL` in a process of its own, and return what it told."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", CALL], capture_output=True, text=True, check=True, env=about(copy, environment)
    )
    return done.stderr


def about(copy: Path, environment: Mapping[str, str]) -> dict[str, str]:
    (copy.parent / "home").mkdir(exist_ok=True)
    own = {"PATH": os.environ["PATH"], "HOME": str(copy.parent / "home"), "TMPDIR": str(copy.parent)}
    return {**own, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", **environment}


def kept_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.code"))


def half(x: float) -> float:
    return 0.5 * x


def quarter(x: float) -> float:
    return half(half(x))


def plus(a: int, b: int) -> int:
    return a + b


def mixed(narrow: Any, wide: Any) -> int:  # noqa: ANN401 - arrays of whole numbers
    return plus(narrow[0], wide[0]) + plus(wide[1], narrow[1]) + plus(7, 3)


class TestCompiled:
    """A twin beside the function: the same code, the same bits."""

    def test_the_function_stays_as_it_is_and_what_it_calls_is_compiled_along(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(code, "PACKAGE", __name__.partition(".")[0])
        twin: Any = compiled.compiled(quarter, what="a quarter", takes="no time")
        assert twin(3.0) == quarter(3.0) == 0.75
        assert len(twin.signatures) == 1
        assert twin.py_func.__code__ is quarter.__code__
        assert hasattr(twin.py_func.__globals__["half"], "signatures")
        assert not hasattr(half, "signatures")

    def test_whatever_width_of_whole_numbers_is_passed_a_part_is_compiled_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(code, "PACKAGE", __name__.partition(".")[0])
        monkeypatch.setenv("OVERFLIGHT_CACHE", "")  # what is kept needs no parts
        twin: Any = compiled.compiled(mixed, what="a sum", takes="no time")
        narrow, wide = np.array([1, 2], np.int32), np.array([2**40, 5])
        assert twin(narrow, wide) == mixed(narrow, wide) == 2**40 + 1 + 2 + 5 + 7 + 3
        assert len(twin.py_func.__globals__["plus"].signatures) == 1

    def test_a_numba_that_knows_nothing_of_references_compiles_all_the_same(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        njit, refused = numba.njit, []

        def other(*given: Any, **options: bool) -> Any:  # noqa: ANN401 - numba's own, which uses it itself
            if "_nrt" in options:
                refused.append(options)
                raise KeyError("_nrt")
            made: Any = njit
            return made(*given, **options)

        monkeypatch.setattr(numba, "njit", other)
        twin = compiled.compiled(half, what="a half", takes="no time", allocates=False)
        assert twin(3.0) == 1.5
        assert len(refused) == 1

    def test_where_numba_is_told_not_to_compile_it_is_plain_python(self) -> None:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", CALL + "; print(type(twin).__name__)"],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        )
        assert (done.stdout, done.stderr) == ("function\n", "")


@pytest.mark.slow
class TestCode:
    """Compiled code is kept where that is safe; else it is compiled, and that is said as it is."""

    def test_it_is_kept_beside_the_package_and_made_anew_when_a_source_changes_or_it_is_damaged(
        self, copy: Path
    ) -> None:
        told = "compiling the engine for many routes, once for this installation: some seconds\n"
        assert ask(copy) == told
        assert ask(copy) == ""
        (file,) = kept_in(copy / "overflight" / "__pycache__")
        whole = file.read_bytes()
        rubbish = hashlib.sha256(b"rubbish").digest() + b"rubbish"
        for damage in (b"", b"rubbish", whole[: len(whole) // 2], whole[:-100] + bytes(100)):
            file.write_bytes(damage)
            assert ask(copy) == told
            assert len(file.read_bytes()) == len(whole)
        file.write_bytes(rubbish)  # whole, but no code
        assert ask(copy).endswith(told)
        assert ask(copy) == ""
        source = copy / "overflight" / "partition" / "locate.py"
        source.write_text(source.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
        assert ask(copy) == told
        assert not kept_in(copy.parent / "home")

    def test_where_the_package_cannot_be_written_it_is_kept_for_the_user(self, copy: Path) -> None:
        # A file where the folder would be: nobody can make one there, whatever his rights.
        (copy / "overflight" / "__pycache__").write_text("", encoding="utf-8")
        assert ask(copy) == "compiling the engine for many routes, once for this user: some seconds\n"
        assert kept_in(copy.parent / "home")
        assert ask(copy) == ""

    @posix_only
    def test_without_a_home_it_is_kept_among_the_temporary_files(self, copy: Path) -> None:
        (copy / "overflight" / "__pycache__").write_text("", encoding="utf-8")
        spare = copy.parent / f"overflight-{os.geteuid()}"
        nowhere = {"HOME": "/proc/nowhere", "TMPDIR": str(copy.parent)}
        assert ask(copy, **nowhere) == f"compiling the engine for many routes, kept in {spare}: some seconds\n"
        assert ask(copy, **nowhere) == ""
        assert kept_in(spare)

    def test_where_none_can_be_written_that_is_said_and_it_is_compiled_each_time(self, copy: Path) -> None:
        (copy.parent / "file").write_text("in the way", encoding="utf-8")
        chosen = str(copy.parent / "file")
        for _ in range(2):
            first, second = ask(copy, OVERFLIGHT_CACHE=chosen).splitlines()
            assert first == f"nothing can be kept in {chosen} (not a directory): OVERFLIGHT_CACHE names another folder"
            assert second == "compiling the engine for many routes, each time, for it is not kept: some seconds"
        (only,) = ask(copy, OVERFLIGHT_CACHE="").splitlines()
        assert only == second
        assert not kept_in(copy.parent)

    @posix_only
    @pytest.mark.parametrize("variable", ["OVERFLIGHT_CACHE", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME"])
    def test_what_is_planted_where_others_can_write_is_never_run(self, copy: Path, variable: str) -> None:
        """A pickle runs what is in it: whoever can put one there would run it as the user who reads it."""
        shared = copy.parent / "shared"
        shared.mkdir()
        if variable == "XDG_CACHE_HOME":
            (copy / "overflight" / "__pycache__").write_text("", encoding="utf-8")
        assert "compiling" in ask(copy, **{variable: str(shared)})
        (file,) = kept_in(shared)
        bait = pickle.dumps(Planted(str(copy.parent / "ran")))
        file.write_bytes(hashlib.sha256(bait).digest() + bait)
        left = file.read_bytes()
        shared.chmod(0o777)
        told = ask(copy, **{variable: str(shared)})
        assert not (copy.parent / "ran").exists()
        assert "is not used to keep anything, for others can write to" in told
        assert "OVERFLIGHT_CACHE names another folder" in told
        assert "compiling the engine" in told
        assert file.read_bytes() == left
        shared.chmod(0o700)
        ask(copy, **{variable: str(shared)})
        assert (copy.parent / "ran").exists(), "the bait is a good one: what is ours is loaded"

    @posix_only
    def test_what_lies_beside_a_package_that_others_can_write_to_is_passed_over(self, copy: Path) -> None:
        beside = copy / "overflight" / "__pycache__"
        beside.mkdir(mode=0o700)
        beside.chmod(0o777)
        assert ask(copy) == "compiling the engine for many routes, once for this user: some seconds\n"
        assert not list(beside.iterdir())
        assert ask(copy) == ""

    def test_first_runs_at_once_are_right_and_leave_whole_files(self, copy: Path) -> None:
        chosen = copy.parent / "chosen"
        environment = about(copy, {"OVERFLIGHT_CACHE": str(chosen)})
        runs = [
            subprocess.Popen([sys.executable, "-c", CALL], stderr=subprocess.PIPE, text=True, env=environment)  # noqa: S603
            for _ in range(4)
        ]
        told = [run.communicate()[1] for run in runs]
        assert [run.returncode for run in runs] == [0] * 4, told
        lines = [line.partition(" the engine")[0] for text in told for line in text.splitlines()]
        assert lines.count("compiling") == 1, "one compiles, whoever comes meanwhile waits"
        assert set(lines) <= {"compiling", "waiting for another process, which is compiling"}
        assert [path.suffix for path in chosen.iterdir()] == [".code"], "and no draft is left"
        assert ask(copy, OVERFLIGHT_CACHE=str(chosen)) == ""

    def test_constants_from_elsewhere_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        kept = code.KeptCode(numba.njit(scaled), what="", takes="")
        before = kept._name("", "")
        assert kept._name("", "") == before
        monkeypatch.setitem(globals(), "FACTOR", 3.0)
        assert kept._name("", "") != before

    @pytest.mark.parametrize("missing", ["_reduce", "_rebuild", "magic_tuple"])
    def test_another_numba_without_what_is_used_of_it_compiles_each_time(
        self, missing: str, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        from numba.core import codegen, compiler

        monkeypatch.setenv("OVERFLIGHT_CACHE", str(folder))
        home: Any = codegen.CPUCodegen if missing == "magic_tuple" else compiler.CompileResult
        if missing == "_rebuild":  # something to load
            answer_of_scaled()
            caplog.clear()
        monkeypatch.delattr(home, missing)
        with caplog.at_level(logging.WARNING, "overflight"):
            answer_of_scaled()
        assert "compiled code can't be kept with numba" in caplog.text
        assert caplog.text.count("compiling something") == 1


def test_what_is_said_of_a_cache_is_one_line_whatever_its_folder_is_called(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "overflight"):
        store.say_once("kept in a\n::error::b\x1b[2J")
    assert [record.getMessage() for record in caplog.records] == [r"kept in a\n::error::b\x1b[2J"]


def answer_of_scaled() -> None:
    dispatcher: Any = numba.njit(scaled)
    code.keep(dispatcher, what="something", takes="no time")
    store._said.clear()
    assert dispatcher(2.0) == 2.0 * FACTOR


FACTOR = 2.0


def scaled(x: float) -> float:
    return x * FACTOR


class Planted:
    """Makes a file as soon as it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (self.path,)


@pytest.fixture
def installation() -> Iterator[Path]:
    """Give this package as root installed it: for all to read and for none to write."""
    base = Path(tempfile.mkdtemp(prefix="overflight-test-"))
    try:
        base.chmod(0o755)
        shutil.copytree(Path(of.__file__).parent, base / "lib" / "overflight")
        for path in base.rglob("*"):
            path.chmod(0o555 if path.is_dir() else 0o444)
        (base / "tmp").mkdir()
        (base / "tmp").chmod(0o1777)
        yield base
    finally:
        shutil.rmtree(base)


def as_another(base: Path, *command: str, user: int = ANOTHER) -> subprocess.CompletedProcess[str]:
    """Run Python as a user without a home, who can write to temporary files alone."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    others = os.pathsep.join(path for path in sys.path if path.endswith("-packages"))
    environment = {"PYTHONPATH": f"{base / 'lib'}{os.pathsep}{others}", "TMPDIR": str(base / "tmp"), "PATH": os.defpath}

    def run(user: int, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603
            arguments,
            check=False,
            capture_output=True,
            text=True,
            user=user,
            group=user,
            extra_groups=[],
            cwd="/",
            env=environment,
        )

    for python in filter(None, (sys.executable, shutil.which(version, path=os.defpath))):
        with contextlib.suppress(PermissionError):
            if run(ANOTHER, python, "-c", "import numba, shapely, click").returncode == 0:
                return run(user, python, *command)
    pytest.skip("no Python here that another user can run with what overflight needs")


@pytest.mark.slow
@root_only
@pytest.mark.skipif(sys.platform != "linux", reason="another user's number is Linux's")
class TestAnotherUser:
    """A user who owns nothing, and an installation that he can read."""

    def test_he_gets_answers_and_compiles_once(self, installation: Path) -> None:
        done = as_another(installation, "-m", "overflight", "check", "VKO", "BUD", "--on", "2025-10-23")
        assert (done.returncode, done.stderr.count("\n")) == (0, 1), done.stderr
        assert "RUS" in done.stdout
        spare = installation / "tmp" / f"overflight-{ANOTHER}"
        told = f"compiling the engine for many routes, kept in {spare}: some seconds\n"
        assert [as_another(installation, "-c", CALL).stderr for _ in range(2)] == [told, ""]
        assert (spare.stat().st_uid, stat.S_IMODE(spare.stat().st_mode)) == (ANOTHER, 0o700)

    def test_what_root_compiled_beside_the_package_is_used(self, installation: Path) -> None:
        beside = installation / "lib" / "overflight" / "__pycache__"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(0o755)
        assert "once for this installation" in as_another(installation, "-c", CALL, user=0).stderr
        assert kept_in(beside)
        assert as_another(installation, "-c", CALL).stderr == ""

    def test_a_folder_that_another_made_for_him_is_not_used(self, installation: Path) -> None:
        spare = installation / "tmp" / f"overflight-{ANOTHER}"
        spare.mkdir()
        os.chown(spare, 54321, -1)
        told = as_another(installation, "-c", CALL).stderr
        assert f"{spare} is not used to keep anything, for {spare} belongs to another user (54321)" in told
        assert "compiling the engine for many routes, each time" in told
        assert not list(spare.iterdir())
