"""Where the answer goes: a folder of parts, each of them whole, which gets its name once all of them are.

The files of a part are written beside their places, hashed, and moved there; then, in the same way, its record, which
holds their digests. So the parts that are done are those whose records and files agree: nothing else keeps count, and
what was written half, or is named by no record, is no part of the answer.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from overflight.batch.schema import REJECTS, schema_of
from overflight.errors import DataError

__all__ = ["Key", "Record", "Store", "finished", "partial", "read_manifest"]

Key = tuple[str, int]
"""A part: what is done with it (``judge``, ``spool``), and its number."""
Record = dict[str, Any]
"""Of a part that is done: its number, counts, and under ``sha256`` the digests of its files, by their tables."""

TALLY = ("rows", "judged", "refused", "routes", "crossings", "files_refused")
"""What a finished run counts."""
ANSWER = ("crossings", "verdicts")
"""The tables whose files stay as they are written; refusals are joined, sorted points are dropped."""
MANIFEST, STATE = "_manifest.json", "state.json"
OWN = "_run"
"""What only a run needs that is not finished: what it was asked, records, refusals, sorted points."""


def partial(out: Path) -> Path:
    """Return the name of an answer that is not finished.

    Raises
    ------
    DataError
        If the answer has no name of its own, as the folder that one stands in hasn't.
    """
    if out.name in {"", "..", "-"}:
        msg = f"{str(out)!r} names no folder that could be made: give one a name, such as -o answer"
        raise DataError(msg)
    return out.with_name(out.name + ".partial")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Read what a finished run wrote down; None if there is no such file.

    Raises
    ------
    DataError
        If it can't be read.
    """
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        whole = sorted(found["counts"]) == sorted(TALLY) and all(type(n) is int for n in found["counts"].values())
        if not (whole and isinstance(found["facts"], dict) and isinstance(found["inputs"], list)):
            raise TypeError(MANIFEST)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, LookupError, RecursionError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is damaged"
        msg = f"{folder / MANIFEST}: can't be read ({reason}): remove the folder and run the batch again"
        raise DataError(msg) from error
    return found  # type: ignore[no-any-return]


def finished(out: Path, facts: dict[str, Any], inputs: list[dict[str, Any]]) -> dict[str, int] | None:
    """Return the counts of an answer that is there and was asked the same; None if there is none.

    Raises
    ------
    DataError
        Naming the first of its files that is not what was written.
    """
    manifest = read_manifest(out) if out.is_dir() else None
    if manifest is None or manifest["facts"] != facts or manifest["inputs"] != inputs:
        return None
    try:
        digests = {_part(out, name, one["part"]): d for one in manifest["parts"] for name, d in one["sha256"].items()}
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        msg = f"{out / MANIFEST}: does not say what was written: remove the folder and run the batch again"
        raise DataError(msg) from error
    for path, digest in digests.items():
        if _digest_of(path) != digest:
            msg = f"{path}: not what was written there: remove {out} and run the batch again"
            raise DataError(msg)
    shutil.rmtree(out / OWN, ignore_errors=True)  # of a run that died once it had given the folder its name
    return manifest["counts"]  # type: ignore[no-any-return]


class Store:
    """The folder of a run, which goes on only with one that was asked the same; close it to let others in.

    `done` holds the records of the parts that are whole. Where the place is taken, can't be written to, belongs to
    another run, or to one that is going on, each method raises a DataError; what was kept before stays. `say` is called
    with what a reader should know about what stood there.
    """

    def __init__(self, out: Path, asked: dict[str, Any], *, resume: bool, say: Callable[[str], None]) -> None:
        self.out, self.work = out, partial(out)
        self.own = self.work / OWN
        self.done: dict[Key, Record] = {}
        with ExitStack() as lock, self._explained():
            self._open(lock, asked, resume=resume)
            self._look(say)
            self.close = lock.pop_all().close

    def _open(self, lock: ExitStack, asked: dict[str, Any], *, resume: bool) -> None:
        state = self.own / STATE
        taken = os.path.lexists(self.out)
        if taken and (self.out.is_symlink() or not self.out.is_dir() or any(self.out.iterdir())):
            msg = f"{self.out} is there already: choose another place with -o, or remove it"
            raise DataError(msg)
        if self.work.exists() and not resume:
            msg = f"{self.work} holds an unfinished run: go on with --resume, or remove it"
            raise DataError(msg)
        if self.work.exists() and not state.exists() and {path.name for path in self.work.iterdir()} - {OWN}:
            msg = f"{self.work} is no unfinished run of this version: choose another place with -o, or remove it"
            raise DataError(msg)
        self.own.mkdir(parents=True, exist_ok=True)
        try:
            import fcntl
        except ImportError:  # this system can't keep others out
            pass
        else:
            try:
                fcntl.flock(lock.enter_context((self.own / "lock").open("w")), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                msg = f"{self.work}: another process is at work there: wait for it"
                raise DataError(msg) from error
        if not state.exists():
            _put(state, _checked(asked))
        elif changed := _changes(_record(state), asked):
            msg = f"{self.work}: can't go on, for {changed}: remove it and begin anew"
            raise DataError(msg)
        for name in ANSWER:
            (self.work / name).mkdir(exist_ok=True)

    def _look(self, say: Callable[[str], None]) -> None:
        """Take as done the parts that are whole; the others are done again."""
        damaged, changed = 0, 0
        for path in sorted(self.own.glob("*-*.json")):
            stage, _, number = path.stem.partition("-")
            record = _record(path)
            if record is None:
                damaged += 1
            elif any(_digest_of(self._path(name, int(number))) != d for name, d in record["sha256"].items()):
                changed += 1
            else:
                self.done[stage, int(number)] = record
        for count, what in ((damaged, "a damaged record"), (changed, "files that are gone or changed")):
            if count:
                say(f"{count} finished part{'s' * (count > 1)} with {what}: done again")

    def _path(self, name: str, part: int) -> Path:
        return _part(self.work, name, part) if name in ANSWER else self.own / f"{name}-{part:06d}"

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            reason = ((error.strerror if isinstance(error, OSError) else None) or str(error)).lower()
            shown = str(self.work) if len(str(self.work)) <= 200 else f"{str(self.work)[:200]}..."
            advice = "make room or choose another place; --resume goes on with what is there"
            msg = f"{shown}: can't be written ({reason}): {advice}"
            raise DataError(msg) from error

    def keep(self, key: Key, files: dict[str, bytes], counts: dict[str, int]) -> None:
        """Write the files of a part, by the names of their tables, then its record."""
        stage, part = key
        record = {"part": part, **counts, "sha256": {name: _digest(content) for name, content in files.items()}}
        with self._explained():
            for name, content in files.items():
                _put(self._path(name, part), content)
            _put(self._path(stage, part).with_suffix(".json"), _checked(record))
        self.done[key] = record

    def bucket(self, number: int) -> Iterator[Any]:
        """Give the record batches of one bucket of sorted points, in the order of the input."""
        for part in sorted(part for stage, part in self.done if stage == "spool"):
            with pa.memory_map(str(self._path("spool", part))) as file:
                batch = pa.ipc.open_file(file).get_batch(number)
                if batch.num_rows:
                    yield batch

    def judged(self) -> list[Record]:
        """Return the records of the parts of the answer, in their order."""
        return [self.done[key] for key in sorted(self.done) if key[0] == "judge"]

    def finish(self, manifest: dict[str, Any], refused: Any, empty: dict[str, bytes]) -> None:
        """Write the manifest, to which the parts are added, and give the folder its name.

        `refused` is a table of refusals of whole files, ahead of those of parts; `empty` has files that tell the
        columns of tables without a row.
        """
        parts = self.judged()
        listed = [{**one, "sha256": {n: d for n, d in one["sha256"].items() if n in ANSWER}} for one in parts]
        text = json.dumps({**manifest, "parts": listed}, sort_keys=True, indent=1) + "\n"
        with self._explained():
            for name, content in empty.items():
                named = {self._path(name, one["part"]) for one in parts if name in one["sha256"]}
                for path in set((self.work / name).iterdir()) - named:
                    path.unlink()
                if not named:
                    _put(self._path(name, 0), content)
            self._join_rejects(refused, [one["part"] for one in parts if "rejects" in one["sha256"]], manifest["facts"])
            _put(self.work / MANIFEST, text.encode())
            self.work.rename(self.out)
        self.close()
        shutil.rmtree(self.out / OWN, ignore_errors=True)

    def _join_rejects(self, refused: Any, parts: list[int], facts: dict[str, Any]) -> None:
        path, schema = self.own / "rejects", schema_of(REJECTS, facts=facts)
        with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=["reason", "detail"]) as writer:
            writer.write_table(refused.replace_schema_metadata(schema.metadata))
            for part in parts:
                with pq.ParquetFile(self._path("rejects", part)) as file:
                    for k in range(file.num_row_groups):
                        writer.write_table(file.read_row_group(k).cast(schema))
        path.replace(self.work / "rejects.parquet")


def _changes(known: dict[str, Any] | None, asked: dict[str, Any]) -> str | None:
    """Say why what a run was asked is not what is asked now; None if it is."""
    if known is None:
        return f"{OWN}/{STATE} is damaged, so that it can't be told what run this is"
    old, new = known["facts"], asked["facts"]
    if changed := [name for name in new if new[name] != old.get(name)]:
        return f"{', '.join(changed)}: not as it was ({old.get(changed[0])}, now {new[changed[0]]})"
    return None if known == asked else "the input files have changed"


def _part(folder: Path, name: str, part: int) -> Path:
    return folder / name / f"part-{part:06d}.parquet"


def _put(path: Path, content: bytes) -> None:
    """Write a file beside its place, and move it there once it is whole."""
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _checked(record: dict[str, Any]) -> bytes:
    """Write a record with its own digest ahead of it, so that it can't be taken for another."""
    text = json.dumps(record, sort_keys=True).encode()
    return _digest(text).encode() + b" " + text + b"\n"


def _record(path: Path) -> dict[str, Any] | None:
    """Read a record; None if it is not as it was written."""
    digest, _, text = path.read_bytes().removesuffix(b"\n").partition(b" ")
    return json.loads(text) if _digest(text).encode() == digest else None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _digest_of(path: Path) -> str | None:
    """Return the SHA-256 of a file; None if it can't be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
