"""Collects ``*.route.toml`` proposals as tests: one item for each rule, and a briefing where one fails.

pytest loads this in every run of everybody who has the package, so nothing of it is imported before a proposal turns
up, and no airspace is read before an item runs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from overflight.briefings import Judged
    from overflight.proposals import Proposal

__all__ = ["ProposalFile", "ProposalItem"]

SUFFIX = ".route.toml"


class BriefingError(Exception):
    """A proposal does not do what it expects; the text is the briefing."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ProposalFile | None:
    """Collect proposals."""
    if not file_path.name.endswith(SUFFIX):
        return None
    return ProposalFile.from_parent(parent, path=file_path)


class ProposalFile(pytest.File):
    """One ``*.route.toml`` file."""

    _judged: Judged | None = None

    def collect(self) -> Iterator[pytest.Item]:
        """Yield an item for each check; a file that can't be read becomes one item that fails, not a lost session."""
        from overflight.briefings import check_titles
        from overflight.proposals import read_proposal

        try:
            proposal = read_proposal(self.path, where=os.path.relpath(self.path, self.config.rootpath))
            titles = check_titles(proposal)
        except Exception as error:  # noqa: BLE001 - pytest ends the whole session on an error in collect()
            yield ProposalItem.from_parent(self, name="is a proposal", proposal=None, trouble=error)
            return
        for title in titles:
            yield ProposalItem.from_parent(self, name=title, proposal=proposal, trouble=None)

    def judged(self, proposal: Proposal) -> Judged:
        """Judge the proposal once for all its items."""
        if self._judged is None:
            from overflight.briefings import judge
            from overflight.geodata import load_airspaces

            self._judged = judge(proposal, load_airspaces(on=proposal.on))
        return self._judged


class ProposalItem(pytest.Item):
    """One check of one proposal."""

    def __init__(self, *, proposal: Proposal | None, trouble: Exception | None, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**kwargs)
        self.proposal, self.trouble = proposal, trouble

    def runtest(self) -> None:
        """Judge the route and compare with what the proposal expects."""
        if self.trouble is not None or self.proposal is None:
            raise self.trouble or AssertionError
        from overflight.briefings import briefing

        parent = self.parent
        assert isinstance(parent, ProposalFile)  # noqa: S101 - for the type checker
        judged = parent.judged(self.proposal)
        states_km = ", ".join(f"{s} {km:.1f}" for s, km in judged.verdict.crossings.states_km.items())
        self.user_properties += [("length_km", f"{self.proposal.route.length_km:.1f}"), ("states_km", states_km)]
        text = briefing(judged, self.name)
        if text is not None:
            raise BriefingError(text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401
        """Show the briefing, or the one line that says what is wrong with the file; no traceback."""
        from overflight.errors import OverflightError

        if isinstance(excinfo.value, BriefingError | OverflightError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style=style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Say where the item stands."""
        return self.path, None, f"{self.path.name}::{self.name}"
