"""Folders that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from overflight.errors import DataError
from overflight.outside.files import reason_of
from overflight.outside.printable import visible

__all__ = ["check_folder", "write_folder"]


def check_folder(path: Path) -> None:
    """Refuse a place where no folder can be made, before there is something to be lost.

    Raises
    ------
    DataError
        If something is there that is no empty folder, or if the folder that it would be in is not there.
    """
    shown = visible(str(path)[:200])
    try:
        if (path.exists() or path.is_symlink()) and not (path.is_dir() and not any(path.iterdir())):
            raise DataError(f"{shown} is there already and was left alone: name a folder that is to be made")
        if not Path(os.path.realpath(path)).parent.is_dir():
            raise DataError(f"{shown}: can't be made (its folder is not there): make that first")
    except (OSError, ValueError) as error:
        raise DataError(f"{shown}: can't be made ({reason_of(error)}): choose another place") from error


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a new folder beside its final place and move it there, so that nobody ever sees half of it.

    Parameters
    ----------
    path : pathlib.Path
        The folder; it is not there yet, or empty.
    files : mapping of str to bytes
        What each file is called, without a folder, and what it holds.

    Raises
    ------
    DataError
        If it can't be made; what stood there before is unchanged.
    """
    check_folder(path)
    target = Path(os.path.realpath(path))
    draft = None
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name[:40]}.", suffix=".part", dir=target.parent))
        for name, data in files.items():
            if Path(name).name != name:
                msg = f"{visible(name[:80])} is no name of a file in it"
                raise ValueError(msg)
            (draft / name).write_bytes(data)
        draft.chmod(0o777 & ~_umask())
        if target.is_dir():
            target.rmdir()
        draft.replace(target)
    except (OSError, ValueError) as error:
        raise DataError(
            f"{visible(str(path)[:200])}: can't be made ({reason_of(error)}): choose another place"
        ) from error
    finally:
        if draft is not None and draft.exists():
            shutil.rmtree(draft, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
