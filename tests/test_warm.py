"""The first minute: what is compiled ahead, and the line that tells how far it is."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from overflight.cli import progress
from overflight.cli.progress import Line
from overflight.cli.warm import _WORKS
from tests.commands import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.commands import Run

ALL = f"""
import overflight.batch, overflight.detours
from overflight.cli.warm import _WORKS
from tests.commands import Terminal
from overflight.earth.compiled import progress
for what in {sorted(_WORKS)}:
    _WORKS[what]()
print(*progress())
"""


@pytest.mark.slow
def test_all_that_is_ever_compiled_is_compiled_ahead() -> None:
    done = subprocess.run([sys.executable, "-c", ALL], capture_output=True, text=True, check=True)  # noqa: S603
    made, of = map(int, done.stdout.split())
    assert made == of > 10


@pytest.mark.slow
def test_what_is_compiled_already_is_left_as_it_is(run: Run) -> None:
    status, out, err = run("warm")  # after the test above, and many others
    assert (status, out.count("\n")) == (0, 1)
    assert out.startswith(("all was compiled before; kept in ", "compiled in "))
    assert err.startswith("compiling what searches and many routes need, ")


def test_where_nothing_is_kept_there_is_nothing_to_do_ahead(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OVERFLIGHT_CACHE", "")
    status, out, err = run("warm")
    assert (status, out) == (0, "")
    assert "nothing is kept" in err
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("OVERFLIGHT_CACHE", str(tmp_path / "file"))
    status, out, err = run("warm")
    assert (status, out) == (2, "")
    assert "name a folder in OVERFLIGHT_CACHE" in err


class Screen(Terminal):
    def seen(self) -> list[str]:
        """Return what a terminal shows at the end."""
        lines = []
        for line in self.getvalue().split("\n"):
            shown = ""
            for part in line.split("\r"):
                shown = part + shown[len(part) :]
            lines.append(shown.rstrip())
        return lines


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    for name in (*progress.PLAIN, "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    clock = iter(range(1000))
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: float(next(clock))))
    yield Screen()
    assert not [one for one in logging.getLogger("overflight").handlers if isinstance(one, Line)]


def test_on_a_terminal_there_is_one_line_and_what_is_said_stands_above_it(
    terminal: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    with Line() as line:
        line.tell("looking about", 0.25)
        line.tell("trying", 0.5)
        assert terminal.seen() == ["[##########..........] trying"]
        line.say("found one")
        logging.getLogger("overflight.detours").warning("odd: %s", "this")
        line.tell("a word " * 40)
        *above, last = terminal.seen()
        assert above == ["found one", "odd: this"]
        assert last == ("a word " * 40)[:59].rstrip()
    assert terminal.seen() == ["found one", "odd: this", ""]


@pytest.mark.parametrize("name", progress.PLAIN)
def test_else_there_are_whole_lines_now_and_then(terminal: Screen, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv(name, "1")
    with Line() as line:
        for number in range(12):
            line.tell(f"{number} of 12", number / 12)
        line.say("found one")
    assert terminal.getvalue() == "4 of 12\n9 of 12\nfound one\n"


def test_make_demo_compiles_ahead_during_set_up() -> None:
    rules = (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8").split("\n\n")
    (set_up,) = [rule for rule in rules if rule.startswith("$(VENV)/.demo:")]
    assert set_up.index("$(INSTALL)") < set_up.index("$(BIN)/overflight warm") < set_up.index("@touch")
