"""The commands that list: who is in what on a date, and what the shipped data are."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from overflight.airspace import DATA, VIEWS, Airspaces, Bloc, State, bloc, load_airspaces, past_sovereigns
from overflight.airspace.blocs import blocs
from overflight.airspace.operators import marks, operator_of
from overflight.airspace.states import table_rows
from overflight.cli.choices import OneOf
from overflight.cli.options import (
    bloc_option,
    form_of,
    on_option,
    operator_option,
    output_options,
    today,
    view_option,
)
from overflight.cli.screens import Notes
from overflight.cli.tables import Cell, boxed, csv_text, table_text, tsv_text
from overflight.cli.writing import emit, is_fancy, note, note_age
from overflight.errors import DataError
from overflight.outside.files import reason_of
from overflight.outside.printable import json_text
from overflight.rules.members import blocs_on
from overflight.rules.rulesets import parse_ruleset

if TYPE_CHECKING:
    from overflight.airspace.blocs import Membership
    from overflight.airspace.ruleset import Ground, RuleSet
    from overflight.airspace.sovereigns import Sovereign

__all__ = ["data", "states"]

LICENCE = "ODbL 1.0 (https://opendatacommons.org/licenses/odbl/1-0/)"
ATTRIBUTION = "© OpenStreetMap contributors"
TEXTS = ("name", "blocs", "notes")
MOST_WRONG = 6
"""No more files than this in the line that says which differ; the JSON has them all."""


@click.command(
    short_help="List who is in a rule set on the date, and how we know.",
    epilog="Example: overflight states 'icc - HUN' --on 2025-10-23",
)
@click.argument("ruleset", required=False, metavar="[RULESET]")
@on_option
@operator_option
@bloc_option
@view_option
@output_options(formats=("table", "json", "csv"))
def states(
    *,
    ruleset: str | None,
    on: dt.date | None,
    operator: str | None,
    blocs: tuple[Bloc, ...],
    view: str,
    form: str | None,
    output: Path | None,
) -> int:
    """List who is in a rule set on the date, since when, and how we know; without one, every state.

    `verified` is false where the source of a membership has not been checked. `except_territories` are not in the
    rule set; `territories` are those whose standing in a bloc is not, or was not always, that of their state. Where a
    state's own territory is not in it, `only_territories` are those that are. To whom a bloc applies is said below the
    list; 'bans' are all blocs that bind the operator.
    """
    on = on or today()
    world = load_airspaces(view, on=on)
    who = None if operator is None else operator_of(operator, on)
    rules = None if ruleset is None else parse_ruleset(ruleset, world, on, blocs, operator=who)
    rows = _everybody(world, on, blocs) if rules is None else _members(world, rules, on, blocs)
    about = (
        [] if rules is None else [one for one in _named(rules, blocs) if ruleset and one.name in _words(ruleset, rules)]
    )
    form = form_of(form, output, ("json", "csv"))
    if form == "json":
        facts = {"on": on.isoformat(), "ruleset": ruleset, "data": world.version, "view": world.view}
        applying = {"applies_to": {one.name: one.subject.to_dict() for one in about}} if about else {}
        flown = {"operator": who.to_dict()} if who else {}
        emit(json_text({"schema": 1, **facts, **flown, **applying, "states": rows}, indent=1) + "\n", output)
    elif form == "table" and is_fancy(output):
        emit(_for_people(rows), output)
    else:
        header = list(rows[0]) if rows else ["state", "name"]
        cells = [[_cell(c) for c in row.values()] for row in rows]
        emit(csv_text(header, cells) if form == "csv" else tsv_text(header, cells), output)
    doubtful = sum(row.get("verified") is False for row in rows)
    told = f"; {doubtful} of them by a source that is not verified" if doubtful else ""
    doubtful = sum(not t["verified"] for row in rows for t in row.get("territories", ()))
    told += f"; the standing of {_count(doubtful, 'territory', 'territories')} is not verified" if doubtful else ""
    part = sum(bool(row.get("only_territories")) for row in rows)
    some = f", {f'{part} of them ' if part < len(rows) else ''}by some territories only" if part else ""
    note(f"{_count(len(rows), 'state')}{some}; on {on}; {world.view} view; data {world.version}{told}")
    if who is not None:
        note(f"note: {who.words}")
    for one in about:
        note(f"{one.name} applies to {one.applies_to}")
    if rules is not None:
        for text in dict.fromkeys(proviso.text for proviso in rules.provisos if proviso.partial):
            note(f"not wholly, or not for sure: {text}")
    note_age(world, [on])
    return 0


@click.command(
    short_help="Tell what the data are: sources, licences, accuracy, disputes.",
    epilog="Example: overflight data verify",
)
@click.argument("action", required=False, type=OneOf(["verify", "waters"]))
@output_options(formats=("table", "json"))
def data(action: str | None, form: str | None, output: Path | None) -> int:
    """Show the version, sources, licences, hashes, accuracy and disputes; `verify` checks the installed files.

    `waters` lists what each state has as its own beyond 12 NM of its coast, by straight baselines, archipelagos or
    bays, and where its sea is of another breadth: since when, who objects, how exact, and how we know.
    """
    world = load_airspaces()
    form = form_of(form, output, ("json",))
    if action == "verify":
        return _verify(world, form, output)
    if action == "waters":
        return _waters(world, form, output)
    if form == "json":
        before = [
            {
                "territory": row.territory,
                "state": row.state.code,
                "since": row.since.isoformat() if row.since else None,
                "until": row.until.isoformat(),
                "claimants": list(row.claimants),
                "note": row.note,
                "source": row.source,
            }
            for row in past_sovereigns()
        ]
        more = {"views": list(VIEWS), "blocs": _blocs(), "disputes": _disputes(world), "sovereigns": before}
        emit(json_text(world.manifest | more, indent=1) + "\n", output)
        return 0
    rows = [(key, text) for key, value in _facts(world) for text in _lines(value)]
    emit(table_text(("what", "value"), rows, texts={"what", "value"}, to_file=output), output)
    return 0


def _named(rules: RuleSet, more: tuple[Bloc, ...]) -> list[Bloc]:
    """Return the blocs that a rule set names."""
    own = {one.name: one for one in more}
    return [own.get(name) or bloc(name) for name in rules.blocs]


def _words(text: str, rules: RuleSet) -> set[str]:
    """Name the blocs to speak of: those that a text names, and of ``bans`` those that shut anything on the date."""
    held = {ground.bloc for ground in rules.grounds}
    return held.union(name for name in rules.blocs if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text.lower()))


def _members(world: Airspaces, rules: RuleSet, on: dt.date, more: tuple[Bloc, ...]) -> list[dict[str, Any]]:
    """List the states of a rule set with the membership that puts them there, if a bloc does."""
    named = _named(rules, more)[::-1]
    since: dict[State, Membership | Ground] = {m.state: m for one in named for m in one.members if m.holds_on(on)}
    # what holds in part, or by an old report, puts no state there where something else does
    since |= {m.state: m for one in named for m in one.members if m.binds_on(on)}
    since |= {g.state: g for g in sorted(rules.grounds, key=lambda ground: ground.doubtful)[::-1]}
    rows = []
    for state in sorted(rules.states):
        m = since.get(state)
        parts = {p.territory for p in world.pieces if p.state == state}
        rows.append(
            {
                "state": state.code,
                "name": state.name,
                "since": m.since.isoformat() if m else None,
                "until": m.until.isoformat() if m and m.until else None,
                "source": m.source if m else None,
                "verified": m.verified if m else None,
                "note": m.note if m else "",
                "except_territories": sorted(parts & rules.exceptions),
                "territories": _territories(state, parts, named, on),
                "only_territories": sorted(parts - rules.exceptions) if state.code in rules.exceptions else [],
            }
        )
    return rows


def _for_people(rows: list[dict[str, Any]]) -> str:
    """Lay out the list for a terminal: what is short in a table, what is long in notes that rows may share."""
    if not rows or "blocs" in rows[0]:
        return boxed(("state", "name", "blocs"), [[_cell(c) for c in row.values()] for row in rows], texts=TEXTS)
    notes = Notes()
    header = ["state", "name", "since", "until", "notes"]
    cells: list[list[Cell]] = []
    for row in rows:
        only, but = " ".join(row["only_territories"]), " ".join(row["except_territories"])
        which = f" (only: {only})" if only else f" (but not: {but})" if but else ""
        doubt = " (not verified)" if row["verified"] is False else ""
        long = [f"source{doubt}: {row['source']}"] * bool(row["source"]) + [row["note"]] * bool(row["note"])
        long += [f"territories of {row['state']}: {_cell(row['territories'])}"] * bool(row["territories"])
        marks = " ".join(map(notes.mark, long)) + doubt
        cells.append([row["state"], row["name"] + which, row["since"], row["until"], marks])
    shown = [i for i in range(len(header)) if any(row[i] for row in cells)]
    return boxed([header[i] for i in shown], [[row[i] for i in shown] for row in cells], texts=TEXTS) + str(notes)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def _territories(state: State, parts: set[str], named: list[Bloc], on: dt.date) -> list[dict[str, Any]]:
    """List a state's territories whose standing in a bloc differs from its own at some time, and how we know."""
    rows = []
    for one in named:
        for code in sorted({e.territory for e in one.reaches if e.territory in parts}):
            periods = [e for e in one.reaches if e.territory == code]
            e = next((e for e in periods if e.holds_on(on)), periods[-1])
            rows.append(
                {
                    "territory": code,
                    "name": e.name,
                    "bloc": one.name,
                    "reached": e.holds_on(on) and any(m.state == state and m.holds_on(on) for m in one.members),
                    "since": e.since.isoformat() if e.since else None,
                    "until": e.until.isoformat() if e.until else None,
                    "source": e.source,
                    "verified": e.verified,
                    "note": e.note,
                }
            )
    return rows


def _cell(value: object) -> Cell:
    """Put a list into one cell: codes, or what is to be known of each territory."""
    if not isinstance(value, list):
        return value if isinstance(value, str | float | int | bool | None) else str(value)
    return "; ".join(map(_standing, value)) if value and isinstance(value[0], dict) else " ".join(value)


def _standing(territory: dict[str, Any]) -> str:
    """Say of a territory whether the bloc reaches it, from and until when, and whether we saw a source say so."""
    words = [f"{word} {territory[key]}" for word, key in (("from", "since"), ("until", "until")) if territory[key]]
    words += [] if territory["verified"] else ["not verified"]
    return f"{territory['territory']} {'in' if territory['reached'] else 'out'}" + (
        f" ({', '.join(words)})" * bool(words)
    )


def _everybody(world: Airspaces, on: dt.date, more: tuple[Bloc, ...]) -> list[dict[str, Any]]:
    member = blocs_on(on, more)
    return [{"state": s.code, "name": s.name, "blocs": list(member.get(s, ()))} for s in world.states]


def _facts(world: Airspaces) -> list[tuple[str, object]]:
    """Pick from the manifest what a reader asks for first."""
    manifest = world.manifest
    files = manifest.get("sha256", {})
    return [
        ("version", world.version),
        ("view", f"{world.view} (--view {VIEWS[1]} for who holds the disputed parts)"),
        ("accuracy", f"{world.accuracy_m:g} m at best: a route nearer to a border than that is known is marginal"),
        ("accuracy by kind", [_accuracy_line(kind) for kind in manifest["accuracy"]]),
        ("licence", manifest.get("licence", LICENCE)),
        ("attribution", manifest.get("attribution", ATTRIBUTION)),
        (
            "labels",
            f"states and disputes by date from {world.labels_since} on; borders are today's on every date",
        ),
        ("before", [_sovereign_line(row) for row in past_sovereigns()]),
        ("pieces", str(len(world.pieces))),
        ("states", str(len(world.states))),
        ("bloc", [_bloc_line(b) for b in _blocs()]),
        ("marks", f"{len(marks())} nationality marks of aircraft, {sum(not m.verified for m in marks())} not verified"),
        ("disputed", [_dispute_line(d) for d in _disputes(world)]),
        ("source", manifest.get("sources", [])),
        ("sha256", [f"{digest}  {name}" for name, digest in files.items()]),
    ]


def _accuracy_line(kind: dict[str, Any]) -> str:
    total = sum(kind["km_by_metres"].values())
    shares = ", ".join(f"{100 * km / total:.0f} % to {metres} m" for metres, km in kind["km_by_metres"].items())
    return f"{kind['kind']} ({kind['what']}): {shares}"


def _sovereign_line(row: Sovereign) -> str:
    """Say whose a territory was until when, and how we know."""
    span = f"from {row.since} until {row.until}" if row.since else f"until {row.until}"
    claimed = f"; claimed by {', '.join(row.claimants)}" if row.claimants else ""
    return f"{row.territory}: {row.state} {span}{claimed} [{row.source}]"


def _blocs() -> list[dict[str, Any]]:
    """Count the memberships of each bloc, and those that rest on no checked source."""
    found = []
    for name in blocs():
        members, reaches = bloc(name).members, bloc(name).reaches
        found.append(
            {
                "name": name,
                "title": bloc(name).subject.title,
                **bloc(name).subject.to_dict(),
                "rows": len(members),
                "unverified": sum(not m.verified for m in members),
                "territories": len(reaches),
                "territories_unverified": sum(not e.verified for e in reaches),
            }
        )
    return found


def _bloc_line(one: dict[str, Any]) -> str:
    line = f"{one['name']}: {_count(one['rows'], 'membership')}, {one['unverified']} not verified"
    if one["territories"]:
        line += f"; {_count(one['territories'], 'territory', 'territories')} with a standing of their own, "
        line += f"{one['territories_unverified']} not verified"
    return f"{line}; applies to {one['applies_to']}{'' if one['verified'] else ' (not verified)'}"


def _disputes(world: Airspaces) -> list[dict[str, Any]]:
    """List the flagged parts: whose each is in either view, and who claims it."""
    return [
        {
            "territory": piece.territory,
            "de_jure": str(piece.de_jure),
            "de_facto": str(piece.de_facto),
            "claimants": list(piece.claimants),
            "disputed": piece.disputed,
        }
        for piece in world.pieces
        if piece.disputed
    ]


def _dispute_line(dispute: dict[str, Any]) -> str:
    holders = f"{dispute['de_jure']} de jure, {dispute['de_facto']} de facto"
    return f"{dispute['disputed']} [{holders}; claimed by {', '.join(dispute['claimants'])}]"


def _lines(value: object) -> list[str]:
    """Spread a list over rows, and a record over one."""
    if isinstance(value, list | tuple):
        return [line for item in value for line in _lines(item)]
    if isinstance(value, dict) and any(isinstance(v, dict) for v in value.values()):
        return [f"{key}: {line}" for key, item in value.items() for line in _lines(item)]
    if isinstance(value, dict):
        return ["; ".join(f"{k} {v}" for k, v in value.items())]
    return [str(value)]


def _waters(world: Airspaces, form: str, output: Path | None) -> int:
    """List waters beyond 12 NM of land, with how many km2 lie there in large parts, and seas of another breadth."""
    known = world.manifest.get("waters", {}).get("pieces", ())
    km2 = {(piece["state"], piece["waters"]): str(piece["km2"]) for piece in known}
    rows = [row | {"beyond_km2": km2.get((row["state"], row["waters"]), "")} for row in table_rows(DATA / "waters.csv")]
    if form == "json":
        emit(json_text({"schema": 1, "data": world.version, "waters": rows}, indent=1) + "\n", output)
    else:
        header = list(rows[0])
        emit(table_text(header, [list(row.values()) for row in rows], texts=set(header), to_file=output), output)
    doubtful = sum(row["verified"] != "true" for row in rows)
    note(f"{_count(len(rows), 'row')}; data {world.version}; {doubtful} of them by a source that is not verified")
    return 0


def _verify(world: Airspaces, form: str, output: Path | None) -> int:
    """Compare the installed data files with the hashes in the manifest."""
    import hashlib

    files: dict[str, str] = world.manifest.get("sha256", {})
    if not files:
        raise DataError("the manifest lists no hashes: reinstall overflight")
    wrong, gone, rows = [], [], []
    for name, expected in files.items():
        try:
            found = hashlib.sha256((DATA / name).read_bytes()).hexdigest()
        except OSError as error:
            found = reason_of(error)
            gone.append(f"{name} ({found})")
        else:
            wrong += [f"{name} ({found[:16]}, expected {expected[:16]})"] * (found != expected)
        rows.append({"file": name, "expected": expected, "found": found, "matches": found == expected})
    # a table that nobody signed for would be read as a bloc
    tables = (path.relative_to(DATA).as_posix() for path in sorted(DATA.rglob("*.csv")))
    more = [name for name in tables if name not in files]
    rows += [{"file": name, "expected": None, "found": None, "matches": False} for name in more]
    wrong += [f"{name} (not in the manifest)" for name in more] + gone
    if form == "json":
        facts = {"schema": 1, "data": world.version, "matches": not wrong, "files": rows}
        emit(json_text(facts, indent=1) + "\n", output)
    if wrong:
        named = f"{', '.join(wrong[:MOST_WRONG])}{f' and {len(wrong) - MOST_WRONG} more' * (len(wrong) > MOST_WRONG)}"
        raise DataError(f"data files differ from the manifest: {named}: reinstall overflight")
    if form == "table":
        emit(f"{len(files)} files match the manifest, data {world.version}\n", output)
    return 0
