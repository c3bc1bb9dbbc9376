"""What is packed: KMZ, ZIP, gzip: unpacked in memory, not beyond what a file may be; nothing is written anywhere."""

from __future__ import annotations

import contextlib
import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from overflight.outside.files import read_at_most
from overflight.routes.collect import MAX_BYTES, MAX_MEMBERS, MAX_POINTS
from overflight.routes.refusals import reason, refuse
from overflight.routes.suffixes import SUFFIXES

__all__ = ["SHAPEFILE", "files_in_zip", "is_spreadsheet", "packed_shapefile", "unzipped", "with_its_files"]

BESIDE = (".dbf", ".prj", ".cpg")
"""What a shapefile has beside it."""

GZIP = b"\x1f\x8b"
SHAPEFILE = b"\x00\x00\x27\x0a"
_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def unzipped(raw: bytes, where: str, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Unpack a gzip file, all its members one behind the other; zeros at the end, as tapes leave them, are none.

    Raises
    ------
    ProposalError
        If it is damaged, cut short, followed by something else, holds more than a file may, or another gzip file.
    """
    try:
        # Reads all members, and no further than asked for; a member costs nothing but its own bytes.
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as file:
            data = file.read(max_bytes + 1)
    except EOFError:
        refuse(where, "a gzip file that is cut short: copy it once more")
    except (OSError, zlib.error) as error:
        why = f"a damaged gzip file, or something behind it that is none ({reason(error)})"
        refuse(where, f"{why}: unpack it with another program")
    if len(data) > max_bytes:
        refuse(where, f"unpacks to more than the {max_bytes / 1e6:.0f} MB read here: split the file")
    if data.startswith(GZIP):
        refuse(where, "a gzip file in a gzip file: unpack it first")
    return data


Files = list[tuple[str, bytes]]


def files_in_zip(raw: bytes, where: str, *, kmz: bool = False) -> tuple[str, Files]:
    """Return what an archive is, and its route files, by name.

    Parameters
    ----------
    raw : bytes
        The archive.
    where : str
        What to call it in messages.
    kmz : bool
        Whether it is called one of KML; else it is one if it holds any.

    Returns
    -------
    kind : {"kml", "shapefiles", "files"}
        What it is.
    files : list of (str, bytes)
        Of KML, ``doc.kml`` first; a shapefile packed, with what is beside it. Images and the like are left.

    Raises
    ------
    ProposalError
        If there is none, or if they are encrypted, damaged, or together more than a file may be.
    """
    if raw.count(_ENTRY) > MAX_MEMBERS:
        refuse(where, f"more than {MAX_MEMBERS:,} files in the archive: take out the KML")
    found: Files = []
    left = MAX_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            kind, entries = _wanted(archive.infolist(), where, kmz=kmz)
            # Unpacking takes time for what goes in, too, even if nothing comes out of it.
            if sum(entry.compress_size for entry in entries) > len(raw):
                refuse(where, f"a damaged {_called(kind)} archive (the files in it overlap): write it anew")
            for entry in entries:
                if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
                    what = "KML" if kind == "kml" else "file"
                    refuse(where, f"the {what} in it is encrypted or packed in a rare way: unpack it first")
                # What is read counts, not what the archive says of itself.
                with archive.open(entry) as file:
                    data = file.read(left + 1)
                left -= len(data)
                if left < 0:
                    refuse(where, f"unpacks to more than the {MAX_BYTES / 1e6:.0f} MB read here: split the file")
                found.append((entry.filename, data))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        refuse(where, f"a damaged {_called('kml' if kmz else 'files')} archive ({reason(error)}): write it anew")
    if not any(data.strip() for _, data in found):
        what = "a .kml file" if kmz else "a route file"
        refuse(where, f"a ZIP archive without {what} that has something in it: unpack it, and name the file")
    return kind, _shapefiles(found) if kind == "shapefiles" else found


def is_spreadsheet(raw: bytes) -> bool:
    """Tell whether an archive is a spreadsheet (.xlsx, .ods), by the names in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = set(archive.namelist()) if raw.count(_ENTRY) <= MAX_MEMBERS else set()
            kind = archive.open("mimetype").read(100) if "mimetype" in names else b""
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        return False
    return "xl/workbook.xml" in names or b"spreadsheet" in kind


def _shapefiles(files: Files) -> Files:
    """Put what belongs to each shapefile of an archive together."""
    by_name = {name.lower(): data for name, data in files}
    found: Files = []
    for name, data in files:
        if name.lower().endswith(".shp"):
            stem = name.lower().removesuffix(".shp")
            beside = {suffix: by_name[stem + suffix] for suffix in BESIDE if stem + suffix in by_name}
            found.append((name, packed_shapefile(data, beside)))
    return found


def _called(kind: str) -> str:
    return "KMZ" if kind == "kml" else "ZIP"


def _wanted(entries: list[zipfile.ZipInfo], where: str, *, kmz: bool) -> tuple[str, list[zipfile.ZipInfo]]:
    """Tell what an archive is by the names in it, and which of its files are to be read."""
    files = [e for e in entries if not e.is_dir() and not e.filename.startswith("__MACOSX/")]
    names = {e.filename.lower() for e in files}
    if "[content_types].xml" in names or {"mimetype", "content.xml"} <= names:
        refuse(where, "a document of an office: give a route file")
    kml = [e for e in files if e.filename.lower().endswith(".kml")]
    if kml or kmz:
        return "kml", sorted(kml, key=lambda e: e.filename.lower() != "doc.kml")
    if any(name.endswith(".shp") for name in names):
        return "shapefiles", [e for e in files if PurePosixPath(e.filename.lower()).suffix in {".shp", *BESIDE}]
    suffixes = {*SUFFIXES, ".gz", ".txt", ".xml"}
    return "files", [e for e in files if PurePosixPath(e.filename.lower()).suffix in suffixes]


def with_its_files(path: Path, raw: bytes) -> bytes:
    """Pack a shapefile with the files beside it that say what its lines are called, and in which system they are."""
    found: dict[str, bytes] = {}
    left = MAX_BYTES - len(raw)
    for suffix in BESIDE:
        for name in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
            with contextlib.suppress(OSError):  # it is not there; nothing that a link leads away to is read
                if suffix not in found and name.resolve(strict=True).parent == path.resolve().parent:
                    found[suffix] = read_at_most(name, left)[:left]
                    left -= len(found[suffix])
    return packed_shapefile(raw, found)


def packed_shapefile(raw: bytes, beside: Mapping[str, bytes]) -> bytes:
    """Pack a shapefile with what is beside it, by suffix; its index, which no reader does without, is made anew."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("lines.shp", raw)
        archive.writestr("lines.shx", _index_of(raw))
        for suffix, data in beside.items():
            archive.writestr(f"lines{suffix}", data)
    return out.getvalue()


def _index_of(raw: bytes) -> bytes:
    """Make the index of a shapefile: where each record begins, and how long it is, in words of two bytes."""
    index: list[bytes] = []
    at = 100
    while at + 8 <= len(raw):
        (length,) = struct.unpack_from(">i", raw, at + 4)
        if length < 2 or len(index) > MAX_POINTS:
            break
        index.append(struct.pack(">ii", at // 2, length))
        at += 8 + 2 * length
    size = struct.pack(">i", 50 + 4 * len(index))
    return raw[:24] + size + raw[28:100] + b"".join(index)
