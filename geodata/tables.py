"""Put the tables into the shipped data without building the borders again: `python -m geodata.tables`.

After an edit of `blocs/*.csv`, `blocs.csv`, `marks.csv`, `sovereigns.csv`, or of names, holders and dates in
`disputes.csv` and `territories.csv`, this is all it takes. A new dispute, or new words for one, changes the pieces and
needs the whole build; the tables of airports have their own, `python -m geodata.airports`.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from geodata.correction import NOBODY, Label
from geodata.sources import HERE, told_sources

OUT = HERE.parent / "src" / "overflight" / "data"

PIECE_COLUMNS = (
    "piece",
    "territory",
    "territory_name",
    "state",
    "state_name",
    "de_facto",
    "de_facto_name",
    "claimants",
    "disputed",
    "disputed_since",
    "disputed_until",
)
LABELS_SINCE = "1997-07-01"
"""From this day on, `sovereigns.csv` and the dates of `disputes.csv` hold every change that is known, but for these."""
NOT_SHOWN = (
    {
        "view": "de-facto",
        "since": "2014-04-07",
        "until": "2022-02-24",
        "what": "who held which part of Donetsk and Luhansk before 2022 (no line with a fitting licence)",
    },
    {
        "view": "de-facto",
        "since": "1997-07-01",
        "until": "2023-09-20",
        "what": "Nagorno-Karabakh, which its own authorities held until 2023-09-20 (no line with a fitting licence)",
    },
)
"""What the labels of a view don't have, from `since` until `until`: said wherever such a date is asked about."""


def piece_rows(pieces: Iterable[Label]) -> list[list[str]]:
    """Spell out each piece: its territory, the states that hold it today in either view, its dispute."""
    territories = {row["territory"]: row for row in read_rows(HERE / "territories.csv")}
    disputes = {row["dispute"]: row for row in read_rows(HERE / "disputes.csv")}
    rows = []
    for number, label in enumerate(pieces):
        if label == NOBODY:
            rows.append([str(number), "", "nobody's: high seas, Antarctica", *[""] * 8])
            continue
        code, _, dispute = label.partition("/")
        if dispute and dispute not in disputes:
            sys.exit(f"{label}: no row in geodata/disputes.csv; add one")
        territory = territories[code]
        about = disputes.get(dispute, {})
        state = territories[about.get("de_jure") or territory["sovereign"]]
        holder = territories[about.get("de_facto") or state["territory"]]
        rows.append(
            [
                str(number),
                code,
                territory["name"],
                state["territory"],
                state["name"],
                holder["territory"],
                holder["name"],
                about.get("claimants", ""),
                about.get("text", ""),
                about.get("since", ""),
                about.get("until", ""),
            ]
        )
    return rows


def copy_blocs(out: Path = OUT) -> None:
    """Replace the shipped memberships by those of `geodata/blocs/`, and whom each bloc binds; the marks of aircraft."""
    for name in ("blocs.csv", "marks.csv"):
        shutil.copyfile(HERE / name, out / name)
    folder = out / "blocs"
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for table in sorted((HERE / "blocs").glob("*.csv")):
        shutil.copyfile(table, folder / table.name)


def copy_sovereigns(out: Path = OUT) -> None:
    """Replace the shipped list of past sovereigns by `geodata/sovereigns.csv`."""
    shutil.copyfile(HERE / "sovereigns.csv", out / "sovereigns.csv")


def copy_waters(out: Path = OUT) -> None:
    """Replace the shipped lists of waters, and of claims beyond the territorial sea."""
    for name in ("waters.csv", "wider.csv"):
        shutil.copyfile(HERE / name, out / name)


def label_changes() -> list[str]:
    """Return the days on which a label changes, in order."""
    past = read_rows(HERE / "sovereigns.csv")
    days = {row[key] for row in past for key in ("since", "until")}
    days |= {row[key] for row in read_rows(HERE / "disputes.csv") for key in ("since", "until")}
    return sorted(days - {""})


def shipped_labels(out: Path = OUT) -> list[Label]:
    """Return the label of each shipped piece."""
    key = {row["text"]: row["dispute"] for row in read_rows(HERE / "disputes.csv")}
    labels = []
    for row in read_rows(out / "pieces.csv"):
        if row["disputed"] and row["disputed"] not in key:
            sys.exit(f"piece {row['piece']}: no row of disputes.csv says {row['disputed']!r}: run `make data`")
        labels.append(f"{row['territory']}/{key[row['disputed']]}" if row["disputed"] else row["territory"] or NOBODY)
    return labels


def relabel_pieces(out: Path = OUT) -> None:
    """Write `pieces.csv` again, each piece with its territory and dispute as they are, by the tables of today."""
    labels = shipped_labels(out)
    write_rows(out / "pieces.csv", PIECE_COLUMNS, piece_rows(labels))


def rehash(out: Path = OUT) -> None:
    """Write into the manifest the hash of each shipped file, from when the labels hold, and when they change."""
    path = out / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    files = sorted(p for p in out.rglob("*") if p.is_file() and p != path)
    manifest.pop("sha256", None)  # it stands last
    manifest["sources"] = told_sources()
    manifest["labels_since"] = LABELS_SINCE
    manifest["label_changes"] = label_changes()
    manifest["not_shown"] = list(NOT_SHOWN)
    manifest["sha256"] = {p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def refresh_tables(out: Path = OUT) -> None:
    """Bring memberships, names and holders of the shipped data up to date with the tables."""
    copy_blocs(out)
    copy_sovereigns(out)
    copy_waters(out)
    relabel_pieces(out)
    rehash(out)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a table of the recipe."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Write a table of the shipped data."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    refresh_tables()
