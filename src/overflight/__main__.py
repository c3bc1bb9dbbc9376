"""Runs the command line: ``python -m overflight``, and the command `overflight`."""

from __future__ import annotations

import sys

from overflight import stopping

__all__ = ["main"]


def main() -> None:
    """Run the command line as the whole of a process: it can be stopped at any moment, from the first import on.

    Raises
    ------
    SystemExit
        Always, with the status.
    """
    status: str | int | None = stopping.INTERRUPTED
    try:
        stopping.listen()
        from overflight.cli import main as run

        run()
    except SystemExit as end:
        status = end.code
    except BaseException:
        if stopping.asked() is None:
            raise
    status = stopping.asked() or status
    stopping.leave(status if isinstance(status, int) else 1)
    sys.exit(status)


if __name__ == "__main__":
    main()
