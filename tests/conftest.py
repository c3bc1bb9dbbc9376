"""What every test may use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from overflight.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.commands import Run

pytest_plugins = ["pytester"]


@pytest.fixture(scope="session", autouse=True)
def _meshes_of_our_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep meshes where the tests' files are, not among the user's."""
    with pytest.MonkeyPatch.context() as patch:
        base = tmp_path_factory.getbasetemp()
        patch.setenv("OVERFLIGHT_CACHE", str((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "meshes"))
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
