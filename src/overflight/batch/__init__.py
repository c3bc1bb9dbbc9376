"""Millions of routes: Parquet in, Parquet out, on one machine or many. Needs pyarrow (`overflight[arrow]`).

`judge` is the pure function from an Arrow table to Arrow tables; `Judge` wraps it for engines that map functions over
tables; `run` brings files to it and carries the answers away, in threads or on a Dask cluster.

What comes out
--------------
A folder, here ``judged.parquet``, named ``judged.parquet.partial`` until all is done:

- ``crossings/part-*.parquet``: a row a crossing; ``verdicts/part-*.parquet``: a row a route;
- ``rejects.parquet``: rows of the input that are no routes, with the reason (`reading.REASONS`);
- ``_manifest.json``: input files, versions, rules, counts; every file has versions and rules in its metadata, too.

`overflight batch --schema` prints the columns. Rows in are rows judged plus rows refused; only of a file whose footer
is damaged nobody knows how many rows it has: it is one line of the refusals, with `rows` null. A file is a number
there, as the manifest lists them.

`status` is `crosses` or `not-entered`, by entries alone, which is exact, or `marginal` for entries into what a rule
forbids in part or for some hours; with ``--marginal`` (``marginal=True``) what enters nothing is `clear` or `marginal`,
as `overflight check` says it.

A table of points may hold its flights mixed, over many row groups and files, as archives of recorded positions do. They
are sorted by flight or aircraft into buckets on disk first (in the folder), each of about 300,000 points, so that
memory stays flat: a flight of more than 1,000,000 points is refused, and so is a bucket of more than 4,000,000, which
one aircraft, or a file that names none, may fill. Positions are told apart by the columns by which `overflight check`
does it, and cleaned by the same code: sorted by time, cut into flights where the aircraft landed (`flight` counts
them), without what no aircraft gets to, repeats and what is at 0,0; `remarks` says what `check` says. What is in no
flight is refused by its row, with the reason; a repeated position counts as judged. With ``--id`` that column alone
tells routes apart. Rows that name no aircraft belong to the only one that there is; they are refused where there are
several, or more rows than a bucket holds.

With ``--aircraft narrow-body`` (``aircraft="narrow-body"``) verdicts and crossings have what `overflight.cost` says of
each: `time_min`, `fuel_t` and `co2_t`, each with `_low` and `_high`. All routes are flown by that aircraft, also those
that are recorded, whose own times stand in `entry_time` and `exit_time`. Without wind it is arithmetic on lengths; in
``--wind season`` each route is reckoned by itself.

Without a column of days and without ``--on`` each crossing is judged as of the moment of its entry, from the recording.
A time is a moment, or text, or a count of seconds or finer units since 1970; other counts tell the order alone, and the
flight is judged on ``--on`` or today. Times of day in a zone that another column tells are refused: `check` reads them.

Areas of a rule set (files, circles) count in `status`, `rules` and `forbidden_km`; the crossings are those of states.
A batch knows no altitudes: an area with a floor or a ceiling is entered by whoever crosses it on the map. Files of
areas are read by each worker.

Memory does not grow with the number of rows: a part has at most 32,768 rows and about 12 MB of input, and no more parts
are under way than there are threads, plus one. One value of a gigabyte still takes a gigabyte; in columns of codes,
row groups of more than 512 MB are refused unread.

A million pairs of airports took 38.5 s of CPU where the engine alone took 29.4, and 629 MB (2026-11-21, 2 cores AMD
EPYC, ``python -m benchmarks.batch``). ``--marginal`` takes some 5 ms more for each route that enters nothing.

On a Dask cluster (``dask scheduler``, ``dask worker tcp://HOST:PORT``; `overflight[dask]` on each) the process that
runs the command reads the input and writes the answer; workers get tables and send back files, and need not see the
disks. A part whose worker dies goes to another; one that takes four times as long as others goes to a second worker,
too. When the scheduler is lost, the run ends, and ``--resume`` goes on.

Questions
---------
``overflight batch --summary judged.parquet`` counts flights and km by rule, by state and by date (`summary.summarise`);
``--map density.html`` draws the flights of each state under the rule that most flights break.

Elsewhere
---------
DuckDB reads the answer as it is::

    SELECT state, count(DISTINCT (file, row)) AS flights, sum(length_km) AS km
    FROM 'judged.parquet/crossings/*.parquet' WHERE rules IS NOT NULL GROUP BY state ORDER BY flights DESC;

Spark (tested with PySpark in local mode) and Ray call `Judge`; each batch is judged by itself::

    judge = Judge(Settings(Columns("pairs", route="id", start="from", end="to"), day, avoid=("icc",)), "verdicts")
    frame.mapInArrow(judge.batches, "route string, `on` date, status string, ...")   # pyspark
    dataset.map_batches(judge, batch_format="pyarrow")                               # ray
"""

from __future__ import annotations

from overflight.batch.judging import Judge, JudgedTable, judge
from overflight.batch.running import Progress, Result, run
from overflight.batch.settings import Columns, Settings

__all__ = ["Columns", "Judge", "JudgedTable", "Progress", "Result", "Settings", "judge", "run"]
