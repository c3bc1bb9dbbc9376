"""Collects ``*.route.toml`` and ``*.route.geojson`` proposals as tests: one item a rule, a briefing where one fails.

pytest loads this in every run of everybody who has the package, so nothing of it is imported before a proposal turns
up, and no airspace is read before an item runs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from overflight.airspace import Airspaces
    from overflight.testing.items import ProposalFile

SUFFIXES = (".route.toml", ".route.geojson")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("overflight", "route proposals (*.route.toml, *.route.geojson)")
    group.addoption(
        "--overflight-map",
        metavar="DIR",
        default=None,
        help="Draw each proposal that fails, with what would mend it, into a file of its own in this folder.",
    )
    group.addoption(
        "--overflight-no-mend",
        action="store_true",
        help="Do not look for what would mend a proposal that fails; the search takes seconds.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker that every proposal carries."""
    config.addinivalue_line(
        "markers", "overflight: a check of a route proposal (-m overflight, or -m 'not overflight')."
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ProposalFile | None:
    """Collect proposals."""
    if not file_path.name.endswith(SUFFIXES):
        return None
    from overflight.outside.printable import one_line
    from overflight.testing.items import ProposalFile

    file = ProposalFile.from_parent(parent, path=file_path)
    shown = one_line(file.nodeid)
    if shown != file.nodeid:  # pytest prints it as it is, and takes colons and brackets apart
        shown = re.sub(r"[:\[\]]", lambda found: f"\\x{ord(found[0]):02x}", shown)
        file = ProposalFile.from_parent(parent, path=file_path, nodeid=shown)
    return file


@pytest.fixture(scope="session")
def world() -> Airspaces:
    """Give the airspace that ships with overflight, de jure, as of today; your own fixture of this name goes first."""
    from overflight.airspace import load_airspaces

    return load_airspaces()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Explain the verdicts that a failed test holds in its variables, which `verdict.status == "clear"` does not."""
    report = yield
    rules = sys.modules.get("overflight.rules")
    if rules is not None and call.excinfo is not None and call.excinfo.errisinstance(AssertionError):
        own = [entry.frame for entry in call.excinfo.traceback if Path(str(entry.path)) == item.path]
        held = own[-1].f_locals.items() if own else ()
        verdicts = [(name, value) for name, value in held if isinstance(value, rules.Verdict)]
        report.sections += [(f"overflight: {name}", value.explain()) for name, value in verdicts[:3]]
    return report
