"""Where the answer goes: a folder that is complete, or still named ``.partial``; what is done stands in a journal."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from overflight.batch.schema import REJECTS, schema_of
from overflight.errors import DataError

__all__ = ["Store", "check_parts", "parquet_bytes", "partial", "read_manifest"]

TABLES = {"spool": ("spool",), "judge": ("crossings", "verdicts", "rejects")}
"""What a part of each stage may have files of."""
TALLY = ("rows", "judged", "refused", "routes", "crossings", "files_refused")
"""What a finished run counts, and what a part of each stage does."""
COUNTS: dict[str, tuple[str, ...]] = {"spool": (), "judge": ("judged", "refused", "routes", "crossings")}
MANIFEST, STATE, JOURNAL = "_manifest.json", "_state.json", "_journal.jsonl"
CODES = ("state", "territory", "role", "disputed", "claimants", "blocs", "rules", "status", "reason", "detail")


def parquet_bytes(table: Any, facts: dict[str, Any]) -> bytes:
    """Write a table as a Parquet file in memory: the same table gives the same bytes."""
    sink = pa.BufferOutputStream()
    _write(table, sink, facts)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def _write(table: Any, sink: Any, facts: dict[str, Any]) -> None:
    words = [name for name in CODES if name in table.column_names]
    told = {"overflight": json.dumps(facts, sort_keys=True)}
    pq.write_table(
        table.replace_schema_metadata(told), sink, compression="zstd", compression_level=1, use_dictionary=words
    )


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
        counts = found["counts"]
        if not (isinstance(found["facts"], dict) and isinstance(found["inputs"], list) and len(counts) == len(TALLY)):
            raise TypeError(MANIFEST)
        if not all(isinstance(counts[name], int) for name in TALLY):
            raise TypeError(MANIFEST)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, LookupError, RecursionError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is damaged"
        msg = f"{folder / MANIFEST}: can't be read ({reason}): remove the folder and run the batch again"
        raise DataError(msg) from error
    return found  # type: ignore[no-any-return]


def check_parts(folder: Path, manifest: dict[str, Any]) -> None:
    """Refuse a finished answer whose files are not those that were written.

    Raises
    ------
    DataError
        Naming the first that is not.
    """
    try:
        digests = {
            _path(folder, name, one["part"]): d for one in manifest["parts"] for name, d in one["sha256"].items()
        }
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        msg = f"{folder / MANIFEST}: does not say what was written: remove the folder and run the batch again"
        raise DataError(msg) from error
    for path, digest in digests.items():
        if _digest_of(path) != digest:
            msg = f"{path}: not what was written there: remove {folder} and run the batch again"
            raise DataError(msg)


def _path(folder: Path, name: str, part: int) -> Path:
    return folder / name / f"part-{part:06d}.{'arrow' if name == 'spool' else 'parquet'}"


def _digest_of(path: Path) -> str | None:
    """Return the SHA-256 of a file; None if it can't be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


class Store:
    """The folder of one run.

    Parameters
    ----------
    out : Path
        Where the finished answer goes; until then it is `out` with ``.partial`` behind.
    state : dict
        What decides the answer: a run goes on only where this is the same.
    resume : bool
        Whether to go on with what stands there.
    say : function
        Called with what a reader should know about what stood there.

    Raises
    ------
    DataError
        If the place is taken, can't be written to, belongs to another run, or to one that is going on.
    """

    def __init__(self, out: Path, state: dict[str, Any], *, resume: bool, say: Callable[[str], None]) -> None:
        self.out, self.work, self.say = out, partial(out), say
        self.receipts: dict[str, dict[int, dict[str, Any]]] = {"spool": {}, "judge": {}}
        self._lock: Any = None
        try:
            self._open(state, resume=resume)
        except (OSError, ValueError) as error:
            self.close()
            raise DataError(_failed(self.work, error)) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let others in."""
        if self._lock is not None:
            self._lock.close()

    def _open(self, state: dict[str, Any], *, resume: bool) -> None:
        there = os.path.lexists(self.out)
        if there and (self.out.is_symlink() or not self.out.is_dir() or any(self.out.iterdir())):
            msg = f"{self.out} is there already: choose another place with -o, or remove it"
            raise DataError(msg)
        if self.work.exists() and not resume:
            msg = f"{self.work} holds an unfinished run: go on with --resume, or remove it"
            raise DataError(msg)
        if not self.work.exists():
            self.work.mkdir(parents=True)
        self._take()
        known = self.work / STATE
        if known.exists():
            self._compare(self._known(known), state)
        elif (manifest := read_manifest(self.work)) is not None:
            self._compare(manifest, {"facts": state["facts"]})
        else:
            if {path.name for path in self.work.iterdir()} - {"_lock", _draft(known).name}:
                msg = f"{self.work} is no unfinished run: choose another place with -o, or remove it"
                raise DataError(msg)
            self._put(known, (json.dumps(state, sort_keys=True, indent=1) + "\n").encode())
        for name in ("crossings", "verdicts", "rejects", "spool"):
            (self.work / name).mkdir(exist_ok=True)
        for draft in self.work.rglob(".*.draft"):
            draft.unlink()
        if not self.complete:
            self._read_journal()

    def _known(self, path: Path) -> dict[str, Any]:
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and isinstance(found.get("facts"), dict):
            return found
        msg = f"{path}: damaged, so it can't be told what run this is: remove {self.work} and begin anew"
        raise DataError(msg)

    def _take(self) -> None:
        """Keep others out, where the system can; the lock goes with the process."""
        try:
            import fcntl
        except ImportError:
            return
        self._lock = (self.work / "_lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            msg = f"{self.work}: another process is at work there: wait for it"
            raise DataError(msg) from error

    def _compare(self, known: dict[str, Any], state: dict[str, Any]) -> None:
        for key, value in state.items():
            if known.get(key) != value:
                what = "the input files have changed" if key == "inputs" else f"{key} is not what it was"
                if key == "facts":
                    old, new = known.get(key) or {}, value
                    changed = [name for name in new if new[name] != old.get(name)]
                    what = f"{', '.join(changed)}: not as it was ({old.get(changed[0])}, now {new[changed[0]]})"
                msg = f"{self.work}: can't go on, for {what}: remove it and begin anew"
                raise DataError(msg)

    def _read_journal(self) -> None:
        """Take as done what the journal notes and is there as it was written; the rest is done again."""
        path = self.work / JOURNAL
        if not path.exists():
            return
        kept, damaged, changed = [], 0, 0
        for line in path.read_bytes().split(b"\n")[:-1]:  # what has no end was cut short while it was written
            receipt = _receipt(line)
            if receipt is None:
                damaged += 1
            elif any(_digest_of(self._path(name, receipt["part"])) != d for name, d in receipt["sha256"].items()):
                changed += 1
            else:
                self.receipts[receipt["stage"]][receipt["part"]] = receipt
                kept.append(line)
        whole = b"".join(line + b"\n" for line in kept)
        if whole != path.read_bytes():
            self._put(path, whole)
        for count, what in ((damaged, "a damaged line of the journal"), (changed, "files that are gone or changed")):
            if count:
                self.say(f"{count} finished part{'s' * (count > 1)} with {what}: done again")

    def _path(self, name: str, part: int) -> Path:
        return _path(self.work, name, part)

    @property
    def complete(self) -> bool:
        """Whether all is written, and the folder only lacks its name."""
        return (self.work / MANIFEST).exists()

    # a part -----------------------------------------------------------------------------------------------------------

    def keep(self, stage: str, part: int, files: dict[str, bytes], counts: dict[str, int]) -> None:
        """Write the files of a part, then note that it is done.

        Raises
        ------
        DataError
            If they can't be written; what was kept before stays.
        """
        try:
            for name, content in files.items():
                self._put(self._path(name, part), content)
            digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
            receipt = {"stage": stage, "part": part, "sha256": digests, **counts}
            with (self.work / JOURNAL).open("ab") as file:
                file.write((json.dumps(receipt, sort_keys=True) + "\n").encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise DataError(_failed(self.work, error)) from error
        self.receipts[stage][part] = receipt

    def _put(self, path: Path, content: bytes) -> None:
        """Write a file whole or not at all."""
        draft = _draft(path)
        try:
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def spooled(self, bucket: int) -> Iterator[Any]:
        """Give the record batches of one bucket, in the order of the input."""
        for part in sorted(self.receipts["spool"]):
            if "spool" not in self.receipts["spool"][part]["sha256"]:
                continue
            with pa.memory_map(str(self._path("spool", part))) as file:
                batch = pa.ipc.open_file(file).get_batch(bucket)
                if batch.num_rows:
                    yield batch

    def keep_empty(self, files: dict[str, bytes]) -> None:
        """Give tables without a row a file that tells their columns.

        Raises
        ------
        DataError
            If they can't be written.
        """
        try:
            for name, content in files.items():
                if not any((self.work / name).glob("part-*")):
                    self._put(self._path(name, 0), content)
        except OSError as error:
            raise DataError(_failed(self.work, error)) from error

    # the end ----------------------------------------------------------------------------------------------------------

    def finish(self, manifest: dict[str, Any], more: Any, facts: dict[str, Any]) -> None:
        """Join the refusals to one file, write the manifest, and give the folder its name.

        Parameters
        ----------
        manifest : dict
            What to write down.
        more : pyarrow.Table
            Refusals of whole files.
        facts : dict
            What goes into every file.
        """
        try:
            if not (self.work / MANIFEST).exists():
                self._join_rejects(more, facts)
                text = json.dumps(manifest, sort_keys=True, indent=1) + "\n"
                self._put(self.work / MANIFEST, text.encode())
            for name in ("rejects", "spool"):
                shutil.rmtree(self.work / name, ignore_errors=True)
            for name in (JOURNAL, STATE, "_lock"):
                (self.work / name).unlink(missing_ok=True)
            self.work.rename(self.out)
        except OSError as error:
            raise DataError(_failed(self.work, error)) from error

    def _join_rejects(self, more: Any, facts: dict[str, Any]) -> None:
        draft = self.work / ".rejects.draft"
        schema = schema_of(REJECTS, facts=facts)
        with pq.ParquetWriter(draft, schema, compression="zstd", use_dictionary=["reason", "detail"]) as writer:
            writer.write_table(more.replace_schema_metadata(schema.metadata))
            for part in sorted(self.receipts["judge"]):
                if self.receipts["judge"][part]["refused"]:
                    with pq.ParquetFile(self._path("rejects", part)) as file:
                        for k in range(file.num_row_groups):
                            writer.write_table(file.read_row_group(k).cast(schema))
        draft.replace(self.work / "rejects.parquet")


def _receipt(line: bytes) -> dict[str, Any] | None:
    """Read a line of the journal; None if it is none that was ever written."""
    try:
        found = json.loads(line)
        stage, part, digests = found["stage"], found["part"], found["sha256"]
        fits = type(part) is int and part >= 0 and set(digests) <= set(TABLES[stage])
        fits = fits and all(type(found[name]) is int and found[name] >= 0 for name in COUNTS[stage])
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    return found if fits else None


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.draft")


def _failed(path: Path, error: Exception) -> str:
    reason = ((error.strerror if isinstance(error, OSError) else None) or str(error)).lower()
    shown = str(path) if len(str(path)) <= 200 else f"{str(path)[:200]}..."
    return (
        f"{shown}: can't be written ({reason}): make room or choose another place; --resume goes on with what is there"
    )
