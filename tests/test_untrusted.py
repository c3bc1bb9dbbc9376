"""Nothing that comes from outside is run, breaks a line, or is lost on its way in: each field of each reader is probed.

The lists of fields are the readers' own: a field that a reader gains fails here until it is probed.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from overflight.airspace import drawn
from overflight.airspace.blocs import KNOWN
from overflight.batch import columns
from overflight.detours import alternates
from overflight.errors import OverflightError
from overflight.proposals import structure
from overflight.routes import flightplan, geojson, geopackage, gpx, kml, parquet_child, tables, xml_plans
from overflight.routes.files import parse_bytes
from overflight.routes.suffixes import SUFFIXES
from tests import probes
from tests.probes import DOCUMENTS, PROBES, Document, assert_harmless

ALIKE = {".tsv", ".geoparquet", ".wkt", ".arrow", ".geojsons", ".ndjson", ".jsonl", ".shp", ".xlsx", ".ods"}
"""Read as others are, or without a field for a text."""


def fields_of(*names: str) -> set[object]:
    """Return the fields that documents have a probe in."""
    return {field for name in names for field in DOCUMENTS[name]().fields}


def test_every_field_of_a_reader_of_routes_is_probed() -> None:
    assert fields_of("a.geojson") == {*geojson.NAMES, "id"}
    assert fields_of("a.gpx") == gpx.Gpx.wanted
    assert fields_of("a.kml") == kml.Kml.wanted
    assert fields_of("a.csv") == {*tables.COLUMNS}
    for root, name in (("SimBase.Document", "pln"), ("LittleNavmap", "lnmpln"), ("PropertyList", "fgfp")):
        assert fields_of(f"a.{name}") == xml_plans.READERS[root].wanted
    assert fields_of("garmin.fpl") == xml_plans.Garmin.wanted
    assert fields_of("a.fpl") == {field.name for field in dataclasses.fields(flightplan._Plan)} - {"on"}, "a date"
    assert fields_of(*(name for name in DOCUMENTS if name.endswith(".gpkg"))) == {*geopackage.NAMES}
    parquet = fields_of(*(name for name in DOCUMENTS if name.endswith(".parquet")))
    firsts = {names[0] for key, names in tables.COLUMNS.items() if key not in {"lon", "lat", "wkt", "order"}}
    assert parquet == {*parquet_child.NAMES, *firsts}


def test_every_field_of_other_readers_is_probed_by_the_tests_of_outputs() -> None:
    from tests import test_untrusted_outputs as outputs

    assert outputs.PROPOSAL.keys() | {"file", "route"} == {*structure.keys(), *structure.keys("route")}
    assert outputs.BLOC.keys() == {*KNOWN}
    assert outputs.BATCH.keys() | {"geometry", "lon", "lat"} == {*columns.NAMES}, "but numbers"
    assert {"icao", "lat", "lon", "name"} == {*alternates.COLUMNS}, "which reach no output but errors"
    assert drawn.NAME == "name"


def test_every_format_of_routes_has_a_document() -> None:
    assert {Path(name).suffix for name in DOCUMENTS} | ALIKE == {*SUFFIXES}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_name_arrives_as_one_printable_line(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    document: Document = DOCUMENTS[name]()
    found = parse_bytes(document.raw, name, where=name)
    assert [route.name for route in found] == [*document.names]
    for route in found:
        assert_harmless(route.label.replace("::", "").replace("##", ""))
        assert all(point.name is None or point.name.isprintable() for point in route.waypoints)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("probe", [*PROBES, *probes.SINGLE])
def test_a_probe_where_something_else_belongs_is_refused_in_one_line(probe: str) -> None:
    documents = {
        "a.geojson": '{"type": "LineString", "coordinates": [%s, [1, 2]]}',
        "type.geojson": '{"type": %s}',
        "crs.geojson": '{"type": "LineString", "coordinates": [[1, 2], [2, 2]], "crs": {"properties": {"name": %s}}}',
        "lon.json": '{"routes": [{"waypoints": [{"lon": %s, "lat": 1}]}]}',
    }
    texts = {name: text % json.dumps(probe) for name, text in documents.items()}
    if not set(probe) & (probes.NO_XML | set("\udcff")):
        at = escape(probe, {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
        texts["a.gpx"] = f'<gpx><rte><rtept lon="{at}" lat="1"/></rte></gpx>'
        texts["a.kml"] = f"<kml><Placemark><LineString><coordinates>{at},1</coordinates></LineString></Placemark></kml>"
        texts["root.gpx"] = f"<{probe}"
    if "\udcff" not in probe:
        cell = probe.replace('"', '""')
        texts |= {"a.csv": f'lon,lat\n"{cell}",1\n', "header.csv": f"{cell}\n1,2\n", "a.wkt": f"LINESTRING ({probe} 1)"}
        texts |= {"word.wkt": probe, "a.fpl": f"(FPL-X-IS-EDDF1200-N0450F310 {probe}-EDDM0100)"}
        texts["system.wkt"] = f"SRID={probe};LINESTRING (1 2, 2 2)"
    for name, text in texts.items():
        if name == "a.fpl" and probe in {"\n", "\r"}:
            continue
        with pytest.raises(OverflightError) as caught:
            parse_bytes(text.encode("utf-8", "surrogatepass"), name, where=name)
        assert str(caught.value).isprintable()
