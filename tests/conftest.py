"""What every test may use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

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


@pytest.fixture(scope="session", autouse=True)
def _caches_of_our_own() -> Iterator[None]:
    """Keep compiled code where the tests' files are, not among the user's; from one run to the next."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OVERFLIGHT_CACHE", str(Path(__file__).parent.parent / ".cache" / "tests"))
        yield


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
