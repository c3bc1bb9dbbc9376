"""PostGIS geography, in a cluster of its own on a Unix socket, gone afterwards. CPU time is the client's and server's.

Needs PostgreSQL's programs (on the path or under /usr/lib/postgresql), PostGIS and psycopg.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import shapely

from benchmarks.common import Floats, Stretches, read_states, stretches_of

NAME = "PostGIS geography"
SIZE = 30
HOW = "ST_Intersects on a sphere, ST_Intersection in a plane projection of PostGIS's choice"


def prepare() -> psycopg.Connection[Any]:
    """Start a server with a table of the states."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    bin_ = f"{programs[-1]}/" if programs else ""
    folder = tempfile.mkdtemp(prefix="postgis")
    as_user = []
    if os.getuid() == 0:
        as_user = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres", "postgres")

    def call(*command: str, check: bool = True) -> None:
        subprocess.run([*as_user, *command], check=check, capture_output=True, cwd="/")  # noqa: S603

    call(f"{bin_}initdb", "-D", f"{folder}/db", "-A", "trust", "--no-sync")
    options = (
        f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c max_parallel_workers_per_gather=0"
    )
    call(f"{bin_}pg_ctl", "-D", f"{folder}/db", "-w", "-o", options, "-l", f"{folder}/log", "start")

    def stop() -> None:
        call(f"{bin_}pg_ctl", "-D", f"{folder}/db", "-m", "immediate", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    db = psycopg.connect(host=folder, user="postgres", dbname="postgres", autocommit=True)
    db.execute("CREATE EXTENSION postgis")
    db.execute("CREATE TABLE states (code text, shape geography)")
    for code, shape in zip(*read_states(), strict=True):
        db.execute("INSERT INTO states VALUES (%s, ST_GeogFromWKB(%s))", (str(code), shapely.to_wkb(shape)))
    db.execute("CREATE INDEX ON states USING gist(shape)")
    return db


def server_s(db: psycopg.Connection[Any]) -> float:
    """Return the CPU time of the process that serves this connection, which its client's does not hold."""
    fields = Path(f"/proc/{db.info.backend_pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(db: psycopg.Connection[Any], legs: Floats) -> Stretches:
    """Ask for one route at a time: one that fails would take the others with it."""
    found: list[tuple[int, str, bytes]] = []
    for number, (lon1, lat1, lon2, lat2) in enumerate(legs):
        line = f"SRID=4326;LINESTRING({lon1} {lat1},{lon2} {lat2})"
        try:
            rows = db.execute(
                "SELECT code, ST_AsBinary(ST_Intersection(%(l)s::geography, shape)) FROM states "
                "WHERE ST_Intersects(%(l)s::geography, shape)",
                {"l": line},
            )
            found += [(number, code, bytes(cut)) for code, cut in rows]
        except psycopg.errors.InternalError_:
            continue
    route, codes, cuts = zip(*found, strict=True)
    return stretches_of(np.asarray(shapely.from_wkb(list(cuts))), np.array(route), np.array(codes))
