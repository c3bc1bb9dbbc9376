"""Who could have written what lies in a folder: only this user and root may.

Every folder on the way counts, for whoever can write to one of them can put another in place of what is in it. A folder
such as ``/tmp``, where all may write but nobody may remove what is another's, is a safe way to a folder of one's own.
Windows keeps each user's folders from the others; there, nothing is looked at.
"""

from __future__ import annotations

import functools
import os
import stat
from pathlib import Path

__all__ = ["why_not_file", "why_not_folder"]

MOST_LINKS = 40
OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


def why_not_folder(folder: Path) -> str | None:
    """Say why what lies in a folder could be somebody else's.

    Parameters
    ----------
    folder : Path
        It need not be there; then what leads to it is looked at.

    Returns
    -------
    str or None
        None if only this user, or root, could have put anything there.
    """
    if not hasattr(os, "geteuid"):
        return None
    whole = folder.absolute()
    at = Path(whole.anchor)
    todo = list(reversed(whole.parts[1:]))
    links = 0
    try:
        reason = _why_not(at, at.lstat(), passed=bool(todo))
        while todo and reason is None:
            part = todo.pop()
            if part == "..":
                at = at.parent
                continue
            here = at / part
            found = here.lstat()
            reason = _why_not(here, found, passed=bool(todo))
            if not stat.S_ISLNK(found.st_mode):
                at = here
                continue
            links += 1
            if links > MOST_LINKS:
                return f"{here} is a link without end"
            target = here.readlink()
            if target.is_absolute():
                at = Path(target.anchor)
            todo += reversed(target.parts[1:] if target.is_absolute() else target.parts)
    except OSError:  # it is not there, or can't be seen: what leads there is ours
        return None
    return reason


def why_not_file(found: os.stat_result, path: Path) -> str | None:
    """Say why a file that was opened could be somebody else's; None if it can't."""
    if not stat.S_ISREG(found.st_mode):
        return f"{path} is no file"
    return _why_not(path, found, passed=False) if hasattr(os, "geteuid") else None


def _why_not(path: Path, found: os.stat_result, *, passed: bool) -> str | None:
    """Say why what `path` is, or holds, could be somebody else's; what is only passed through may be sticky."""
    if found.st_uid not in {0, os.geteuid()}:
        return f"{path} belongs to {_name(found.st_uid)}"
    if stat.S_ISLNK(found.st_mode):  # only its owner can turn it elsewhere
        return None
    loose = found.st_mode & OTHERS_MAY_WRITE
    if loose == stat.S_IWGRP and _is_private(found.st_gid, found.st_uid):
        return None
    if loose and not (passed and found.st_mode & stat.S_ISVTX):
        return f"others can write to {path} (mode {stat.S_IMODE(found.st_mode):o})"
    return None


def _name(uid: int) -> str:
    import pwd  # not on Windows

    try:
        return f"another user ({pwd.getpwuid(uid).pw_name})"
    except KeyError:
        return f"another user ({uid})"


@functools.cache
def _is_private(gid: int, uid: int) -> bool:
    """Tell whether a group is a user's own and has no other members, as many systems give one to each."""
    import grp
    import pwd

    try:
        user, group = pwd.getpwuid(uid), grp.getgrgid(gid)
    except KeyError:
        return False
    return user.pw_gid == gid and group.gr_name == user.pw_name and set(group.gr_mem) <= {user.pw_name}
