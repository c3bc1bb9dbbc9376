"""What a report says, in words, of what was crossed: when, where, how exactly; and what was not recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from overflight.evidence.blocks import Block, Cell, Heading, Items, Table, Text
from overflight.evidence.spelling import NONE, duration, metres
from overflight.rules.wording.headlines import listed

__all__ = [
    "NONE",
    "border_blocks",
    "clock_time",
    "crossing_blocks",
    "cut",
    "gap_blocks",
    "left_out_blocks",
]

Json = dict[str, Any]
SAME_KM = 2e-3
"""Leaving one state and entering the next within this, rounding included, is one border met."""
MOST_ROWS = 250
"""A longer table is cut, and says so; the JSON has all of it."""
STANDINGS = {"forbidden": "forbidden", "consented": "only with its consent", "free": NONE}
BY_RULE = {
    "crossed": "one of its states must have been crossed",
    "could": "its states could have been crossed",
    "cannot": "none of its states can have been crossed",
    "unknown": "not known",
}
MINUS = "\N{MINUS SIGN}"
HOW = (
    "The border is known to so many metres. Wherever it lies within these, the line meets it no farther before and "
    "after the place above than is said; that comes of the angle at which they meet, and of the shape of both."
)
WHEN = (
    "The times are those of these two places, a unit of the recording's clock taken off and added. Between two "
    "recorded positions the flight is presumed to have gone straight (along a geodesic), at one speed."
)


def clock_time(iso: str) -> str:
    """Write a time as people read it."""
    return iso.replace("T", " ").removesuffix("Z")


def cut(table: Table) -> Iterator[Block]:
    """Yield a table, or its beginning and how much is left out."""
    yield replace(table, rows=table.rows[:MOST_ROWS])
    if len(table.rows) > MOST_ROWS:
        more = len(table.rows) - MOST_ROWS
        yield Text(f"{more:,} more rows are left out here: the JSON of this report has them.", "small")


def crossing_blocks(flight: Json) -> Iterator[Block]:
    """List whose airspace was crossed, in the order flown."""
    yield Heading(3, "Airspace crossed, in the order flown")
    timed, high = _is_timed(flight), flight["profile"] is not None
    when = ["In (UTC)", "Out (UTC)", "For"] if timed else ["From km", "To km"]
    header = ["No.", "State", "By the rules", *when, "km", *(["Altitude"] if high else [])]
    shares = [0.05, 0.2, 0.12, *([0.13, 0.13, 0.11] if timed else [0.15, 0.15]), 0.08]
    rows: list[Sequence[Cell]] = []
    for one in [*flight["crossings"], *flight["areas"]]:
        ends = [one["entry"], one["exit"]]
        where = [f"{end['km']:,.1f}" for end in ends]
        if timed:
            where = [*(clock_time(end["time"]) for end in ends), duration(one["duration_s"])]
        band = [_band(one["altitude_m"])] if high else []
        number, length = str(one.get("n", "")), f"{one['length_km']:,.1f}"
        rows.append([number, _who(one), STANDINGS[one["standing"]], *where, length, *band])
    if not rows:
        yield Text("None: the route stays over the high seas, or what is nobody's airspace.")
        return
    caption = f"Kilometres over the high seas, or what is nobody's airspace: {flight['high_seas_km']:,.1f}."
    right = {len(header) - 1 - high} | (set() if timed else {3, 4})
    yield from cut(Table(caption, header, rows, _filled(shares, len(header)), frozenset(right)))
    if told := [text for one in flight["crossings"] for text in _told_of(one)]:
        yield Items(told[:MOST_ROWS])


def _told_of(one: Json) -> Iterator[str]:
    """Say what is disputed about a crossing, and what of it lies in waters that may be."""
    if one["disputed"]:
        claimed = f"; claimed by {', '.join(who['name'] for who in one['claimants'])}" if one["claimants"] else ""
        yield f"{one['n']}, {one['place']}: disputed: {one['disputed']}{claimed}."
    if one.get("beyond_12nm"):
        yield f"{one['n']}, {one['place']}: {one['beyond_12nm']}."


def _who(one: Json) -> Cell:
    if "area" in one:
        return tuple(filter(None, (f"Area {one['area']}", one["note"])))
    told = [f"{one['place']} ({one['state']})"]
    if one["role"] != "overflight":
        told.append(one["role"])
    if one["disputed"]:
        told.append("disputed: see below")
    if not one["beyond_doubt"]:
        told.append("not beyond doubt: see below")
    if one["positions"] == 0:
        told.append("no recorded position in it")
    return tuple(told)


def _band(band: list[float] | None) -> str:
    if band is None:
        return NONE
    low, high = (f"{value:,.0f}" for value in band)
    return f"{low} m" if low == high else f"{low} to {high} m"


def border_blocks(flight: Json) -> Iterator[Block]:
    """Say of each border where and when it was met, and how well that is known."""
    events = [*_events(flight["crossings"]), *_area_events(flight["areas"])]
    if not events:
        return
    yield Heading(3, "Entries and exits")
    recorded, timed = flight["recording"] is not None, _is_timed(flight)
    rows: list[Sequence[Cell]] = []
    for words, end, _ in events:
        time = [clock_time(end["time"])] if timed else []
        height = [metres(end["altitude_m"])] if recorded else []
        rows.append([words, *time, (end["decimal"], end["sexagesimal"]), f"km {end['km']:,.1f}", *height])
    header = ["", *(["Time (UTC)"] if timed else []), "Position (WGS84)", "Along the route"]
    header += ["Altitude"] if recorded else []
    caption = f"Where the {'recorded line' if recorded else 'route'} meets the border as the data draw it"
    shares = [0.26, *([0.15] if timed else []), 0.26, 0.13]
    yield from cut(Table(caption, header, rows, _filled(shares, len(header))))
    known = [(words, end, one) for words, end, one in events if one is not None]
    if known:
        yield Heading(3, "How exactly that is known")
        yield Text(f"{HOW} {WHEN}" if recorded else HOW, "small")
        rows = [_exactly(words, end, one, recorded=recorded) for words, end, one in known]
        header = ["", "Border known to", "Angle", "Along the line", *(["So between (UTC)"] if timed else [])]
        header += ["Recorded before and after"] if recorded else []
        shares = [0.2, 0.1, 0.08, 0.14, *([0.19] if timed else [])]
        yield from cut(Table("", header, rows, _filled(shares, len(header)), frozenset({1, 2})))
    if doubtful := [str(one["n"]) for one in flight["crossings"] if not one["beyond_doubt"]]:
        said = "no point is farther from a border than that border is known"
        entered = "whether that airspace was entered there at all is not beyond doubt"
        many = "crossing" if len(doubtful) == 1 else "crossings"
        yield Text(f"Of {many} {listed(doubtful)} {said}: {entered}.", "marginal")


def _exactly(words: str, end: Json, known: Json, *, recorded: bool) -> list[Cell]:
    least = "" if known["bounded"] else "at least "
    along = (f"{least}{MINUS}{known['before_km']:,.2f} km", f"{least}+{known['after_km']:,.2f} km")
    told: list[Cell] = [words, f"{known['border_accuracy_m']:,} m", f"{known['angle_deg']:.0f}°", along]
    if known["earliest"]:
        told.append((clock_time(known["earliest"]), f"to {clock_time(known['latest'])}"))
    if recorded:
        before, after = (end[key]["time"][11:].removesuffix("Z") for key in ("position_before", "position_after"))
        apart = f"{duration(end['spacing_s'])}, {end['spacing_km']:,.2f} km apart"
        presumed = ["in a gap: presumed straight"] if end["in_gap"] else []
        told.append((f"{before} and {after}", apart, *presumed))
    return told


def _events(crossings: Sequence[Json]) -> Iterator[tuple[str, Json, Json | None]]:
    """Yield each border met: what is left and entered there, where, and how well that is known, the worst of both."""
    before: Json | None = None
    for one in crossings:
        entry, here = one["entry"], f"{one['place']} ({one['n']})"
        if before is not None and abs(before["exit"]["km"] - entry["km"]) < SAME_KM:
            left = f"{before['place']} ({before['n']})"
            yield f"out of {left}, into {here}", entry, _worse(before["exit"]["uncertainty"], entry["uncertainty"])
        else:
            if before is not None:
                yield _out(before)
            begins = entry["what"] == "start"
            yield f"begins in {here}" if begins else f"into {here}", entry, entry["uncertainty"]
        before = one
    if before is not None:
        yield _out(before)


def _area_events(areas: Sequence[Json]) -> Iterator[tuple[str, Json, None]]:
    """Yield where areas were entered and left, whose outlines are taken as exact."""
    for one in areas:
        for word, end, beyond in (("into", "entry", "start"), ("out of", "exit", "end")):
            if one[end]["what"] != beyond:
                yield f"{word} area {one['area']}", one[end], None


def _out(one: Json) -> tuple[str, Json, Json | None]:
    end, here = one["exit"], f"{one['place']} ({one['n']})"
    return f"ends in {here}" if end["what"] == "end" else f"out of {here}", end, end["uncertainty"]


def _worse(one: Json | None, other: Json | None) -> Json | None:
    if one is None or other is None:
        return one or other
    found = {key: max(one[key], other[key]) for key in ("border_accuracy_m", "before_km", "after_km")}
    found |= {"angle_deg": min(one["angle_deg"], other["angle_deg"]), "bounded": one["bounded"] and other["bounded"]}
    if one["earliest"] and other["earliest"]:
        found["earliest"] = min(one["earliest"], other["earliest"])
        found["latest"] = max(one["latest"], other["latest"])
    return {**one, **found}


def gap_blocks(flight: Json) -> Iterator[Block]:
    """List where nothing was recorded."""
    if not flight["gaps"]:
        return
    yield Heading(3, "Gaps of the recording")
    presumed = "the crossings above presume a straight line there, which nobody saw the flight take"
    yield Text(f"Nothing was recorded between these positions: {presumed}.", "small")
    rows: list[Sequence[Cell]] = [
        (
            tuple(clock_time(gap[end]["time"]) for end in ("before", "after")),
            tuple(_spot(gap[end]) for end in ("before", "after")),
            duration(gap["seconds"]),
            f"{gap['km']:,.1f}",
            ", ".join(gap["straight_crosses"]) or NONE,
        )
        for gap in flight["gaps"]
    ]
    header = ("Last and next position (UTC)", "Where (lat, lon)", "For", "km", "The straight line crosses")
    yield from cut(Table("", header, rows, (0.22, 0.26, 0.15, 0.1, 0.27), frozenset({3})))
    if told := [gap["allows"] for gap in flight["gaps"] if gap["allows"]]:
        caption = f"What the gaps allow an aircraft of {told[0]['max_speed_kt']:,g} kt over ground at most"
        header = ("Gap (UTC)", "Way", "Must have been crossed", "Could have been crossed", "By the rules")
        yield from cut(Table(caption, header, [_allowed(one) for one in told], (0.18, 0.13, 0.29, 0.17, 0.23)))


def _allowed(gap: Json) -> list[Cell]:
    """Say whom a flight must have, and could have, crossed in a gap."""
    when = tuple(clock_time(gap[end]) if gap[end] else "time unknown" for end in ("from_time", "to_time"))
    if "unknown" in gap:
        return [when, f"{gap['km']:,.1f} km straight", f"not known: {gap['unknown']}", NONE, NONE]
    way = f"{gap['km']:,.1f} km straight", f"{gap['possible_km']:,.1f} km possible"
    must = tuple(f"{one['name']}: {one['why']}" for one in gap["states"] if one["answer"] == "crossed")
    could = ", ".join(one["code"] for one in gap["states"] if one["answer"] == "could")
    rules = tuple(f"{one['rule']}: {BY_RULE[one['answer']]}: {one['why']}" for one in gap["rules"])
    return [when, way, must or "none is proven", (could or "no other", f"not {gap['cannot']} others"), rules or NONE]


def left_out_blocks(flight: Json) -> Iterator[Block]:
    """Say what of the file is not in the flight, and why."""
    if flight["remarks"]:
        yield Heading(3, "What was left out of the file, joined or suspected")
        yield Items(flight["remarks"][:MOST_ROWS])
    if flight["jumps"]:
        header = ("Time (UTC)", "Position (lat, lon)", "Altitude")
        rows = [(clock_time(one["time"]), _spot(one), metres(one["altitude_m"])) for one in flight["jumps"]]
        yield from cut(Table("Positions that no aircraft gets to in the time", header, rows, (0.3, 0.4, 0.3)))


def _spot(position: Json) -> str:
    return f"{position['lat']:.5f}, {position['lon']:.5f}"


def _is_timed(flight: Json) -> bool:
    return flight["recording"] is not None or flight["schedule"] is not None


def _filled(shares: list[float], columns: int) -> list[float]:
    """Give the last column what is left, where there is one more than there are shares."""
    return shares if len(shares) == columns else [*shares, 1.0 - sum(shares)]
