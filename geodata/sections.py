"""Sections of the audit: whose other sources' points are, and how many facts rest on one source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from geodata import facts
from geodata import points as named
from geodata.checks import Polygons
from overflight.airspace import Airspaces

__all__ = ["one_source_only", "points_of_others", "table"]

TRADE_KM = 3.0
"""Coordinates to full minutes, and harbours that lie off a shore, are off by so much at most."""
BESIDE_KM = 10.0
"""Places that are this far off at most are listed: theirs may be the border that is right."""


def points_of_others(world: Airspaces, polygons: Polygons) -> Iterator[Iterator[str]]:
    """Report whose settlements and places of trade are, and which pieces such points confirm."""
    towns = named.compare_points(world, polygons, named.settlements())
    trade = named.compare_points(world, polygons, named.locodes())
    fields = named.compare_points(world, polygons, named.airports_listed())
    yield settlements(towns)
    yield places_of_trade(world, trade)
    yield confirmed(world, (fields, towns, trade))


def settlements(towns: named.Compared) -> Iterator[str]:
    """Report the settlements of GeoNames."""
    yield from ("", "## Settlements of GeoNames", "")
    yield f"{towns.count - len(towns.strays):,} of {towns.count:,} settlements of a thousand inhabitants and more"
    yield "belong to whom GeoNames gives them; it was not made from the same sources. In parts that are flagged as"
    yield "disputed:"
    yield ""
    yield from table(
        ("GeoNames", "here", "settlements", "flagged as"),
        (
            (theirs, ours or "nobody", count, dispute)
            for (theirs, ours, dispute), count in sorted(towns.disputed().items(), key=lambda item: (-item[1], item[0]))
        ),
    )
    yield from ("", "The others, and how far they lie from whom GeoNames gives them to:", "")
    yield from table(
        ("settlement", "lon", "lat", "GeoNames", "here", "km"),
        (
            (one.point.name, one.point.lon, one.point.lat, one.theirs, one.ours or "nobody", f"{one.km:.1f}")
            for one in towns.far(0.0)
        ),
    )


def places_of_trade(world: Airspaces, trade: named.Compared) -> Iterator[str]:
    """Report the places of UN/LOCODE."""
    off = trade.far(TRADE_KM)
    yield from ("", "## Places of UN/LOCODE", "")
    yield f"{trade.count - len(trade.strays):,} of {trade.count:,} places with coordinates belong to whom the list"
    yield "gives them. It is what governments hand in, to full minutes, and was not made from the same sources. Of the"
    yield f"others, {sum(trade.disputed().values()):,} lie in parts that are flagged as disputed;"
    yield f"{len(trade.near(TRADE_KM)):,} lie within {TRADE_KM:g} km of whom they are given to, on a border or a shore;"
    yield f"{len(off):,} lie farther off, of which {trade.slipped(world, TRADE_KM):,} are right once the sign of a"
    yield "coordinate is turned:"
    yield ""
    bounds = (TRADE_KM, BESIDE_KM, 100.0, 1000.0, 20_100.0)
    yield from table(
        ("farther than, km", "places", "of them in nobody's airspace here"),
        (
            (
                f"{low:g}",
                sum(low < one.km <= high for one in off),
                sum(low < one.km <= high and not one.ours for one in off),
            )
            for low, high in pairwise(bounds)
        ),
    )
    yield from ("", f"Those nearer than {BESIDE_KM:g} km that are another state's here:", "")
    yield from table(
        ("place", "lon", "lat", "UN/LOCODE", "here", "km"),
        (
            (one.point.name, f"{one.point.lon:.3f}", f"{one.point.lat:.3f}", one.theirs, one.ours, f"{one.km:.1f}")
            for one in off
            if one.km <= BESIDE_KM and one.ours
        ),
    )
    unknown = ", ".join(f"{code} ({count})" for code, count in sorted(trade.unknown.items()))
    yield from ("", f"Codes that the data do not have: {unknown or 'none'}.")


def confirmed(world: Airspaces, compared: Iterable[named.Compared]) -> Iterator[str]:
    """Report how many pieces have a point in them that another source gives to whom we do."""
    counts = Counter(piece for one in compared for piece in one.confirmed)
    held = [piece for piece in world.pieces if piece.state is not None]
    yield from ("", "## What points confirm", "")
    yield "In how many pieces at least one point is whose we say, by how many of the three sources: airports of"
    yield "the package, settlements of GeoNames, places of UN/LOCODE. The rest are waters, rocks, and parts where"
    yield "nobody settled that is listed, or whose list gives them to another claimant."
    yield ""
    yield from table(
        ("sources", "pieces", "of them flagged as disputed"),
        (
            (
                number,
                sum(counts[piece.id] == number for piece in held),
                sum(counts[piece.id] == number and piece.disputed is not None for piece in held),
            )
            for number in (3, 2, 1, 0)
        ),
    )


def one_source_only() -> Iterator[str]:
    """Report how many facts rest on one source."""
    found = list(facts.tallies())
    rows, one, none = (sum(getattr(t, key) for t in found) for key in ("rows", "one", "none"))
    yield from ("", "## Facts that rest on one source", "")
    yield f"Of {rows:,} rows of the tables, {one:,} rest on one source, and {none:,} on none but general knowledge."
    yield "A row is counted by the publishers that its `source` names, told apart by semicolons; several texts of"
    yield "one publisher are one. Where parts of a row have sources of their own (a deposit, a withdrawal), it is"
    yield "counted by the part with the fewest; a day that follows from another by a rule needs none. Two sources of"
    yield "which each proves a step count as two, though neither confirms the other. Borders are of one source each,"
    yield "the base layer or that of a correction; the other sections tell how far others agree with them."
    yield ""
    yield from table(
        ("table", "rows", "no source", "one", "more", "not verified"),
        ((t.table, t.rows, t.none, t.one, t.more, t.unverified) for t in found),
    )


def table(header: Iterable[object], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Lay out a table in Markdown."""
    cells = [str(c) for c in header]
    yield f"| {' | '.join(cells)} |"
    yield "|---" * len(cells) + "|"
    for row in rows:
        yield f"| {' | '.join(str(c) for c in row)} |"
