"""A witness puts down the very bytes that were read, once for each file, and what they were taken for."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import threading
import zipfile
from pathlib import Path

import pytest

from overflight.airspace import read_bloc
from overflight.outside.files import read_at_most
from overflight.outside.witness import taken_for, witnessing
from overflight.routes import read_routes
from overflight.routes.areas import read_areas
from overflight.routes.files import parse_file
from tests.probes import drawn

TRACE = '{"icao":"abc123","timestamp":1761202800,"trace":[[0,50,9,1000],[60,50.1,9,1000]]}'
GPX = '<gpx><rte><rtept lat="50" lon="9"/><rtept lat="51" lon="9"/></rte></gpx>'
CSV = "lon,lat\n9,50\n9,51\n"


def packed(inner: str, text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(inner, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "raw", "read_as"),
    [
        ("a.csv", CSV.encode(), ["CSV"]),
        ("a.gpx", GPX.encode(), ["XML", "<gpx>"]),
        ("a.geojson", drawn(["x"]).encode(), ["JSON", "GeoJSON"]),
        ("a.json", TRACE.encode(), ["JSON", "a tracker's, by its trace and icao"]),
        ("a.json.gz", gzip.compress(TRACE.encode()), ["gzip", "JSON", "a tracker's, by its trace and icao"]),
        ("a.zip", packed("b.csv", CSV), ["ZIP", "CSV"]),
    ],
    ids=["csv", "gpx", "geojson", "trace", "gz", "zip"],  # a packed file holds the time at which it was packed
)
def test_what_was_read_is_told_as_it_lies_on_the_disk(
    tmp_path: Path, name: str, raw: bytes, read_as: list[str]
) -> None:
    (tmp_path / name).write_bytes(raw)
    with witnessing() as seen:
        read_routes(tmp_path / name)
    (one,) = seen
    assert (one.name, one.size) == (str(tmp_path / name), len(raw))
    assert one.sha256 == hashlib.sha256(raw).hexdigest()
    assert one.read_as == read_as


def test_a_pipe_is_read_once_and_told(tmp_path: Path) -> None:
    pipe = tmp_path / "a.csv"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(CSV,))
    writer.start()
    with witnessing() as seen:
        parse_file(pipe, pipes=True)
    writer.join()
    assert [one.sha256 for one in seen] == [hashlib.sha256(CSV.encode()).hexdigest()]


def test_areas_and_memberships_are_told_too_and_a_file_that_is_read_twice_once(tmp_path: Path) -> None:
    ring = "[[0,0],[1,0],[1,1],[0,0]]"
    (tmp_path / "zone.geojson").write_text(f'{{"type":"Polygon","coordinates":[{ring}]}}', encoding="utf-8")
    (tmp_path / "own.csv").write_text("state,since\nDEU,2020-01-01\n", encoding="utf-8")
    with witnessing() as seen:
        read_areas(tmp_path / "zone.geojson")
        read_bloc(tmp_path / "own.csv", name="own")
        read_areas(tmp_path / "zone.geojson")
    assert sorted(Path(one.name).name for one in seen) == ["own.csv", "zone.geojson"]


def test_a_file_that_changed_between_two_readings_is_told_twice(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    with witnessing() as seen:
        for text in ("one", "two"):
            file.write_text(text, encoding="ascii")
            read_at_most(file, 10)
    assert [one.sha256 for one in seen] == [hashlib.sha256(text).hexdigest() for text in (b"one", b"two")]


def test_nothing_is_kept_where_nobody_asked(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV, encoding="ascii")
    taken_for("nothing")
    with witnessing() as seen:
        pass
    read_routes(tmp_path / "a.csv")
    assert seen == []
