"""What every test may use, and how all of them run: whichever comes first, on however busy a machine."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from overflight.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.commands import Run

pytest_plugins = ["pytester"]

# Whether a property holds does not hang on how fast this machine is today.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


# Where the tests run in the background of a shell, an interrupt is ignored unless asked for.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a browser where there is none."""
    if item.get_closest_marker("browser"):
        from tests.browsers import CHROMIUM  # few tests need what it imports

        if CHROMIUM is None:
            pytest.skip("no Chromium on this machine: apt-get install chromium")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:  # noqa: ANN401 - as xdist has it
    """Give each process half of the tests in one piece, and let one that is done take from the other.

    So most modules stay whole, and what their tests share (a browser, a server, an answer) is made once.
    """
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getvalue("dist") == "load" else None


@pytest.fixture(scope="session", autouse=True)
def _caches_of_our_own() -> Iterator[None]:
    """Keep compiled code where the tests' files are, not among the user's; from one run to the next."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OVERFLIGHT_CACHE", str(Path(__file__).parent.parent / ".cache" / "tests"))
        yield


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the what-if page answer when it can: on a busy machine, a process alone may take half a minute to begin."""
    monkeypatch.setattr("overflight.serve.app.SECONDS", 600.0)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in an empty folder; returns status, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def runner(*arguments: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main([str(a) for a in arguments])
        told = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, told.out, told.err

    return runner
