"""Put the tables into the shipped data without building the borders again: `python -m geodata.tables`.

After an edit of `geodata/blocs/*.csv`, or of names and holders in `disputes.csv` and `territories.csv`, this is all it
takes. A new dispute, or new words for one, changes the pieces and needs the whole build.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE.parent / "src" / "overflight" / "data"


def copy_blocs(out: Path = OUT) -> None:
    """Replace the shipped memberships by those of `geodata/blocs/`."""
    folder = out / "blocs"
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for table in sorted((HERE / "blocs").glob("*.csv")):
        shutil.copyfile(table, folder / table.name)


def relabel_pieces(out: Path = OUT) -> None:
    """Write `pieces.csv` again, each piece with its territory and dispute as they are, by the tables of today."""
    from geodata.build import PIECE_COLUMNS, piece_rows, read_rows, write_rows
    from geodata.correction import NOBODY

    key = {row["text"]: row["dispute"] for row in read_rows(HERE / "disputes.csv")}
    labels = []
    for row in read_rows(out / "pieces.csv"):
        if row["disputed"] and row["disputed"] not in key:
            sys.exit(f"piece {row['piece']}: no row of disputes.csv says {row['disputed']!r}: run `make data`")
        labels.append(f"{row['territory']}/{key[row['disputed']]}" if row["disputed"] else row["territory"] or NOBODY)
    write_rows(out / "pieces.csv", PIECE_COLUMNS, piece_rows(labels))


def rehash(out: Path = OUT) -> None:
    """Write the hash of each shipped file into the manifest."""
    path = out / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    files = sorted(p for p in out.rglob("*") if p.is_file() and p != path)
    manifest["sha256"] = {p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def refresh_tables(out: Path = OUT) -> None:
    """Bring memberships, names and holders of the shipped data up to date with the tables."""
    copy_blocs(out)
    relabel_pieces(out)
    rehash(out)


if __name__ == "__main__":
    refresh_tables()
