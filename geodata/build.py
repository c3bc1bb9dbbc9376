"""Build the shipped airspace data from the pinned inputs: `make data`, or `python -m geodata.build`.

Inputs -> outlines of zones, with the corrections' own -> one arrangement of all of them -> a label for each face ->
arcs between pieces, with fewer points -> the grid -> `src/overflight/data/`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import sys
from typing import Any

import numpy as np
import shapely

from geodata.airports import make_airports
from geodata.beyond import belt_of_2017, write_waters
from geodata.cities import make_cities
from geodata.correction import NOBODY, Label
from geodata.corrections import CORRECTIONS
from geodata.gridindex import index_as_shipped, pack
from geodata.kinds import KINDS, drawn_kinds, kinds_of_arcs
from geodata.simplify import simplified
from geodata.sources import HERE, Inputs, fetch, load_inputs, outlines, told_sources
from geodata.stretches import CLASSES_M, Line, arc_lengths_km, by_stretch
from geodata.tables import (
    LABELS_SINCE,
    NOT_SHOWN,
    OUT,
    PIECE_COLUMNS,
    copy_blocs,
    copy_sovereigns,
    copy_waters,
    label_changes,
    piece_rows,
    read_rows,
    write_rows,
)
from geodata.winds import make_winds
from overflight.partition.arcs import Arcs
from overflight.partition.index import Index
from overflight.partition.topology import arrange, make_arcs, noded_edges, ring_edges

VERSION = "2026.7"
TOLERANCE_M = 20.0


def main() -> None:
    """Build everything and say what was built."""
    inputs = dataclasses.replace(load_inputs(), belt=belt_of_2017())
    say(f"inputs: {len(inputs.zones)} zones, {sum(map(shapely.get_num_coordinates, inputs.zones.values())):,} points")

    layers: dict[str, shapely.Geometry] = {}
    drawn: dict[str, list[shapely.Geometry]] = {}
    for correction in CORRECTIONS:
        if correction.layers:
            made = correction.layers(inputs)
            layers |= made
            drawn.setdefault(correction.line, []).extend(made.values())
    base = ring_edges(list(inputs.zones.values()))
    edges = noded_edges(base, [g.boundary for g in layers.values()])
    faces = arrange(edges)
    say(f"arrangement: {len(faces.edges):,} edges, {len(faces.polygons):,} faces")

    labels, counts = label_faces(faces.polygons, inputs, layers)
    for correction in CORRECTIONS:
        say(f"correction {correction.number}: {correction.what} ({counts.get(correction.number, 0)} faces)")
    pieces = [NOBODY, *sorted(set(labels) - {NOBODY})]
    number = {label: k for k, label in enumerate(pieces)}
    piece = np.array([number[label] for label in labels] + [0])  # the last one serves -1, outside all faces
    arcs = make_arcs(faces.edges, piece[faces.left], piece[faces.right], drawn_kinds(faces.edges, drawn, base))
    thin, shift_m = simplified(arcs, tolerance_m=TOLERANCE_M)
    say(f"arcs: {len(arcs.left):,}, {len(arcs.xy):,} points; kept {len(thin.xy):,}, shift at most {shift_m:.2f} m")

    thin = dataclasses.replace(thin, kind=kinds_of_arcs(thin.kind, thin.left, thin.right))
    limits, coast = (Line(outlines(fetch(f"@geo-maps/countries-{what}-10m"))) for what in ("maritime", "coastline"))
    thin = by_stretch(thin, limits, coast, shift_m=shift_m)
    say(f"stretches: {len(thin.left):,}")
    index = index_as_shipped(thin)
    blob, arrays = pack(index, thin.kind)
    if OUT.exists():
        shutil.rmtree(OUT)
    OUT.mkdir(parents=True)
    (OUT / "airspace.bin").write_bytes(blob)
    write_rows(OUT / "pieces.csv", PIECE_COLUMNS, piece_rows(pieces))
    copy_blocs(OUT)
    copy_sovereigns(OUT)
    make_airports(OUT)
    make_cities(OUT)
    copy_waters(OUT)
    write_manifest(
        blob,
        arrays,
        index,
        accuracy=accuracies(thin),
        pieces=len(pieces),
        points=len(thin.xy),
        source_points=len(arcs.xy),
        shift_m=shift_m,
        waters=write_waters(index, pieces, inputs.belt),
        winds=make_winds(OUT),
    )
    say(f"{OUT.name}/: {sum(p.stat().st_size for p in OUT.rglob('*') if p.is_file()):,} bytes")


def label_faces(
    polygons: np.ndarray[Any, np.dtype[np.object_]], inputs: Inputs, layers: dict[str, shapely.Geometry]
) -> tuple[list[Label], dict[str, int]]:
    """Give each face its label, and count the faces that each correction decided."""
    names, parts = [], []
    for name, geometry in [*inputs.zones.items(), *layers.items()]:
        for part in shapely.get_parts(geometry):
            names.append(name)
            parts.append(part)
    shapely.prepare(parts)
    inner = shapely.point_on_surface(polygons)
    face, part = shapely.STRtree(parts).query(inner, predicate="within")
    covers: list[set[str]] = [set() for _ in polygons]
    for f, p in zip(face, part, strict=True):
        covers[f].add(names[p])

    alpha3 = {row["alpha2"]: row["territory"] for row in read_rows(HERE / "territories.csv")}
    territory = {zone: alpha3.get(code, NOBODY) for zone, code in inputs.country.items()}
    labels, counts = [], dict[str, int]()
    for cover in covers:
        for correction in CORRECTIONS:
            label = correction.label(frozenset(cover))
            if label is not None:
                counts[correction.number] = counts.get(correction.number, 0) + 1
                break
        else:
            label = base_label(sorted({territory[name] for name in cover if name in inputs.zones}))
        labels.append(label)
    return labels, counts


def base_label(holders: list[str]) -> Label:
    """Label a face by the territories whose zones cover it: none, one, or several that overlap."""
    if len(holders) > 1:
        return f"XXX/overlap-{'-'.join(holders)}"
    return holders[0] if holders else NOBODY


def accuracies(arcs: Arcs) -> list[dict[str, Any]]:
    """Say how many kilometres of each kind of line are known to how many metres."""
    km = arc_lengths_km(arcs)
    found = []
    for number, (kind, (_, what)) in enumerate(KINDS.items()):
        mine = arcs.kind == number
        classes = sorted(set(arcs.accuracy_m[mine].tolist()))
        share = {str(m): round(float(km[mine & (arcs.accuracy_m == m)].sum())) for m in classes}
        found.append({"kind": kind, "km_by_metres": share, "what": what})
    return found


def write_manifest(
    blob: bytes,
    arrays: dict[str, Any],
    index: Index,
    *,
    accuracy: list[dict[str, Any]],
    pieces: int,
    points: int,
    source_points: int,
    shift_m: float,
    waters: dict[str, Any],
    winds: dict[str, Any],
) -> None:
    """Write what the data are, how exact, from what, and the hash of each file."""
    files = sorted(p for p in OUT.rglob("*") if p.is_file())
    manifest = {
        "version": VERSION,
        "view": "de-jure",
        "licence": "ODbL-1.0",
        "attribution": "© OpenStreetMap contributors",
        "accuracy_m": CLASSES_M[0],
        "accuracy": accuracy,
        "simplification": {
            "tolerance_m": TOLERANCE_M,
            "max_shift_m": round(shift_m, 3),
            "points": points,
            "points_before": source_points,
        },
        "pieces": pieces,
        "grid": {"cell_deg": index.cell_deg, "n_cols": index.n_cols, "n_rows": index.n_rows},
        "bytes": len(blob),
        "arrays": arrays,
        "waters": waters,
        "sources": told_sources(),
        "corrections": [{"number": c.number, "what": c.what, "source": c.source} for c in CORRECTIONS],
        "labels_since": LABELS_SINCE,
        "label_changes": label_changes(),
        "not_shown": list(NOT_SHOWN),
        "winds": winds,
        "sha256": {p.relative_to(OUT).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files},
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    (OUT / "manifest.json").write_text(text, encoding="utf-8")


def say(text: str) -> None:
    """Report progress."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
