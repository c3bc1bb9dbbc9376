"""Runs the commands that the pages beside it show, as at a terminal, and keeps what they print: `make notebooks`.

`tests/test_docs.py` runs them in the same way, and compares. A block of ``console`` holds a command and what it prints.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path

from overflight.cli import main as overflight

__all__ = ["PAGES", "examples", "printed"]

PAGES = sorted(Path(__file__).parent.glob("*.md"))
COLUMNS = 96
BLOCK = re.compile(r"^```console\n\$ overflight (.*)\n((?:(?!```).*\n)*)```$", re.MULTILINE)


class _Screen(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def examples(page: Path) -> Iterator[tuple[str, str]]:
    """Yield each command of a page, and what the page says that it prints."""
    for found in BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield found[1], found[2]


def printed(command: str) -> str:
    """Run a command in an empty folder, and return what it prints at a terminal without colours."""
    before, here = dict(os.environ), Path.cwd()
    os.environ |= {"COLUMNS": str(COLUMNS), "NO_COLOR": "1"}
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            with (
                contextlib.redirect_stdout(_Screen()) as screen,
                contextlib.redirect_stderr(io.StringIO()),
                contextlib.suppress(SystemExit),
            ):
                overflight(shlex.split(command))
        finally:
            os.chdir(here)
            os.environ.clear()
            os.environ.update(before)
    return "".join(f"{line.rstrip()}\n" for line in screen.getvalue().splitlines())


def main() -> None:
    """Write below each command what it prints today."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        renewed = BLOCK.sub(lambda found: f"```console\n$ overflight {found[1]}\n{printed(found[1])}```", text)
        page.write_text(renewed, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
