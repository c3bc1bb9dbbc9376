"""Runs the command line: ``python -m overflight``, and the command `overflight`."""

from __future__ import annotations

import gc
import sys

from overflight.outside import stopping

__all__ = ["main"]


def main() -> None:
    """Run the command line as the whole of a process: it can be stopped at any moment, from the first import on.

    Raises
    ------
    SystemExit
        Always, with the status.
    """
    status: int | str | None
    try:
        stopping.listen()
        from overflight.cli import main as run

        # A recording is a million objects, none of which refers to itself: looking for such took a third of the time.
        gc.set_threshold(100_000, 50, 100)
        run()
        status = 0
    except SystemExit as end:  # a search that is stopped ends with what it has found
        status = end.code
    except BaseException:
        status = stopping.asked()
        if status is None:
            raise
    stopping.leave(status if isinstance(status, int) else 1)
    sys.exit(status)


if __name__ == "__main__":
    main()
