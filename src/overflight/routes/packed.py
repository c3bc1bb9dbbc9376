"""What is packed: KMZ and gzip, unpacked in memory and not beyond what a file may be; nothing is written anywhere."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib

from overflight.routes.collect import MAX_BYTES, MAX_MEMBERS
from overflight.routes.refusals import reason, refuse

__all__ = ["kml_in_kmz", "unzipped"]

GZIP = b"\x1f\x8b"
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


def kml_in_kmz(raw: bytes, where: str) -> list[tuple[str, bytes]]:
    """Return the KML files of a KMZ file, by name, ``doc.kml`` first; images and the like stay packed.

    Raises
    ------
    ProposalError
        If there is none, or if they are encrypted, damaged, or together more than a file may be.
    """
    if raw.count(_ENTRY) > MAX_MEMBERS:
        refuse(where, f"more than {MAX_MEMBERS:,} files in the archive: take out the KML")
    found: list[tuple[str, bytes]] = []
    left = MAX_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = _kml(archive.infolist())
            # Unpacking takes time for what goes in, too, even if nothing comes out of it.
            if sum(entry.compress_size for entry in entries) > len(raw):
                refuse(where, "a damaged KMZ archive (the files in it overlap): write it anew")
            for entry in entries:
                if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
                    refuse(where, "the KML in it is encrypted or packed in a rare way: unpack it first")
                # What is read counts, not what the archive says of itself.
                with archive.open(entry) as file:
                    data = file.read(left + 1)
                left -= len(data)
                if left < 0:
                    refuse(where, f"unpacks to more than the {MAX_BYTES / 1e6:.0f} MB read here: split the file")
                found.append((entry.filename, data))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        refuse(where, f"a damaged KMZ archive ({reason(error)}): write it anew")
    if not any(data.strip() for _, data in found):
        refuse(where, "a ZIP archive without a .kml file that has something in it: unpack it, and name the file")
    return found


def _kml(entries: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    found = [e for e in entries if e.filename.lower().endswith(".kml") and not e.is_dir()]
    return sorted(found, key=lambda e: e.filename.lower() != "doc.kml")
