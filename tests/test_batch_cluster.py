"""The same function on a cluster: workers that die, a scheduler that goes away, a node that stands still; Spark."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from overflight.batch import Judge, Progress, pools, run
from overflight.batch.store import Key, Store
from overflight.errors import DataError
from tests.batches import digests, pairs, settings, write_pairs

distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install 'overflight[dask]'")
ENV = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "OMP_NUM_THREADS": "1"}
READY_S = 60.0
pytestmark = [
    pytest.mark.cluster,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
]


class Nodes:
    """A scheduler and workers, each in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        told = folder / f"scheduler-{time.monotonic_ns()}.json"
        options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told))
        self.scheduler = self._start("distributed.cli.dask_scheduler", *options)
        self.address = self._told(told)

    def _start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{module}-{time.monotonic_ns()}.log").open("wb")
        with log:
            command = [sys.executable, "-m", module, *arguments]
            return subprocess.Popen(command, env=ENV, stdout=log, stderr=log, cwd=self.folder)  # noqa: S603 - our own

    def _told(self, file: Path) -> str:
        """Return the address that the scheduler chose; it may be writing it still."""
        while self.scheduler.poll() is None:
            try:
                return str(json.loads(file.read_text(encoding="utf-8"))["address"])
            except (FileNotFoundError, ValueError):
                time.sleep(0.01)
        pytest.fail("the scheduler did not start")

    def add_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker of one thread."""
        more = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0", "--death-timeout", "60")
        worker = self._start("distributed.cli.dask_worker", self.address, *more)
        self.workers.append(worker)
        return worker

    def wait_for(self, count: int) -> None:
        """Wait until so many workers are there."""
        with distributed.Client(self.address, timeout=READY_S, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=READY_S)

    def stop(self) -> None:
        """End what was started."""
        for process in (*self.workers, self.scheduler):
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()


@contextmanager
def nodes(folder: Path, workers: int) -> Iterator[Nodes]:
    made = Nodes(folder)
    try:
        for _ in range(workers):
            made.add_worker()
        made.wait_for(workers)
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cluster")
    write_pairs(folder / "in.parquet", 12_000, group=1_000)
    run([str(folder / "in.parquet")], folder / "whole", settings())
    return folder


def after(parts: int, do: Callable[[], None]) -> Callable[[Progress], None]:
    """Make a listener that does something once, when some parts are done."""
    done: list[bool] = []

    def tell(progress: Progress) -> None:
        if progress.rows >= 1_000 * parts and not done:
            done.append(True)
            do()

    return tell


def test_a_cluster_gives_the_bytes_of_threads_though_a_worker_dies(many: Path, tmp_path: Path) -> None:
    with nodes(tmp_path, 2) as some:

        def die() -> None:
            some.workers[0].kill()

        run([str(many / "in.parquet")], tmp_path / "out", settings(), scheduler=some.address, tell=after(3, die))
        assert some.workers[0].poll() is not None
    assert digests(tmp_path / "out") == digests(many / "whole")


def test_a_lost_scheduler_ends_the_run_and_resume_goes_on(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "LOOK_S", 0.5)
    given = [str(many / "in.parquet")]
    with nodes(tmp_path, 1) as some, pytest.raises(DataError, match="went away"):
        run(given, tmp_path / "out", settings(), scheduler=some.address, tell=after(2, some.scheduler.kill))
    assert not (tmp_path / "out").exists()
    kept = len(list((tmp_path / "out.partial" / "crossings").iterdir()))
    assert 2 <= kept < 12
    with nodes(tmp_path, 1) as some:
        run(given, tmp_path / "out", settings(), scheduler=some.address, resume=True)
    assert digests(tmp_path / "out") == digests(many / "whole")


def test_a_node_that_stands_still_does_not_hold_up_the_run(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "SLOW_S", 1.0)
    monkeypatch.setattr(pools, "LOOK_S", 0.5)
    with nodes(tmp_path, 2) as some:

        def freeze() -> None:
            some.workers[0].send_signal(signal.SIGSTOP)

        run([str(many / "in.parquet")], tmp_path / "out", settings(), scheduler=some.address, tell=after(3, freeze))
        assert some.workers[0].poll() is None
    assert digests(tmp_path / "out") == digests(many / "whole")


def test_a_node_that_wakes_after_its_part_was_given_to_another_spoils_nothing(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "SLOW_S", 1.0)
    monkeypatch.setattr(pools, "LOOK_S", 0.5)
    kept: list[Key] = []
    keep, again = Store.keep, pools.Cluster.again
    given: list[Key] = []

    def noted(store: Store, key: Key, *what: Any) -> None:
        kept.append(key)
        keep(store, key, *what)

    with nodes(tmp_path, 2) as some:

        def other(pool: pools.Cluster, call: pools.Call) -> Any:
            twin = again(pool, call)
            if twin is not None:  # another has it: the first one wakes, and both send an answer
                given.append(call[0])
                some.workers[0].send_signal(signal.SIGCONT)
            return twin

        def freeze() -> None:
            some.workers[0].send_signal(signal.SIGSTOP)

        monkeypatch.setattr(Store, "keep", noted)
        monkeypatch.setattr(pools.Cluster, "again", other)
        run([str(many / "in.parquet")], tmp_path / "out", settings(), scheduler=some.address, tell=after(3, freeze))
    assert given
    assert sorted(kept) == [("judge", number) for number in range(12)]
    assert digests(tmp_path / "out") == digests(many / "whole")


@pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java")
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
def test_spark_maps_it_over_its_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sql = pytest.importorskip("pyspark.sql", reason="PySpark is not installed: pip install 'overflight[spark]'")
    table = pairs(300)
    verdicts = Judge(settings(), "verdicts")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", ENV["PYTHONPATH"])
    builder: Any = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.local.dir", str(tmp_path)).getOrCreate()
    try:
        given = spark.createDataFrame(table).repartition(3)
        schema = "route long, `on` date, status string, rules string, length_km double, forbidden_km double, "
        schema += "high_seas_km double, crossings int, points int, settled int, states array<string>, "
        schema += "flight int, remarks array<string>"
        found = given.mapInArrow(verdicts.batches, schema).toArrow()
    finally:
        spark.stop()
    assert found.sort_by("route").to_pylist() == verdicts(table).to_pylist()


def test_batches_of_any_cut_give_the_same_rows() -> None:
    table = pairs(120)
    whole = Judge(settings())(table)
    for size in (7, 50):
        parts = [Judge(settings())(pa.Table.from_batches([b])) for b in table.to_batches(max_chunksize=size)]
        assert pa.concat_tables(parts).equals(whole)
    assert np.unique(whole["route"].to_numpy()).size > 100
