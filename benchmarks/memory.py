"""How much memory a process has had."""

from __future__ import annotations

import resource
from pathlib import Path

__all__ = ["peak_mb"]


def peak_mb() -> int:
    """Return the most memory that this process has had; what it had before it became this program does not count."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
