"""What every test may use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["pytester"]


@pytest.fixture(scope="session", autouse=True)
def _meshes_of_our_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep meshes where the tests' files are, not among the user's."""
    with pytest.MonkeyPatch.context() as patch:
        base = tmp_path_factory.getbasetemp()
        patch.setenv("OVERFLIGHT_CACHE", str((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "meshes"))
        yield
