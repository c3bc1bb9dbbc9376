"""What the plugin collects: a file of proposals, its routes, and an item for each check."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from overflight.errors import OverflightError
from overflight.outside.printable import MAX_SLUG, one_line, slug, visible
from overflight.proposals import Proposal, read_proposals
from overflight.proposals.briefing import CLAIM, briefing, check_titles, figures, line_of, plain, unlike
from overflight.proposals.mends import Mend, mend

__all__ = ["ProposalFile", "ProposalItem", "ProposalRoute"]


class BriefingError(Exception):
    """A proposal does not do what it expects; the text is the briefing."""


class ProposalFile(pytest.File):
    """One file of proposals."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Yield an item for each check; a file that can't be read becomes one item that fails, not a lost session."""
        try:
            proposals = read_proposals(self.path, where=visible(os.path.relpath(self.path, self.config.rootpath)))
            tested = [_Tested(proposal) for proposal in proposals]
        except Exception as error:  # noqa: BLE001 - pytest ends the whole session on an error in collect()
            yield ProposalItem.from_parent(self, name="is a proposal", tested=None, title="", trouble=error)
            return
        names = list(dict.fromkeys(one.proposal.name for one in tested))
        if len(names) == 1:
            yield from items_of(self, tested)
            return
        titles = unlike([plain(name) or "route" for name in names])
        for name, title in zip(names, titles, strict=True):
            own = [one for one in tested if one.proposal.name == name]
            yield ProposalRoute.from_parent(self, name=title, tested=own)


class ProposalRoute(pytest.Collector):
    """One route of a file that holds several."""

    def __init__(self, *, tested: Sequence[_Tested], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**kwargs)
        self.tested = tested

    def collect(self) -> Iterator[pytest.Item]:
        """Yield an item for each check."""
        yield from items_of(self, self.tested)


def items_of(parent: pytest.Collector, tested: Sequence[_Tested]) -> Iterator[ProposalItem]:
    """Make the items of one route: for each date, one for each check."""
    for one in tested:
        date = f" on {one.proposal.on}" if one.proposal.dated else ""
        for title in one.titles:
            yield ProposalItem.from_parent(parent, name=f"{title}{date}", tested=one, title=title, trouble=None)


class _Tested:
    """A proposal, judged once for all its items, when the first of them runs."""

    def __init__(self, proposal: Proposal) -> None:
        self.proposal = proposal
        self.titles = check_titles(proposal)
        self.case = proposal.case()  # an unknown bloc or state makes the file no proposal

    @functools.cached_property
    def mend(self) -> Mend:
        return mend(self.proposal, self.case)


class ProposalItem(pytest.Item):
    """One check of one proposal."""

    def __init__(self, *, tested: _Tested | None, title: str, trouble: Exception | None, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**kwargs)
        self.tested, self.title, self.trouble = tested, title, trouble
        self.add_marker("overflight")

    def runtest(self) -> None:
        """Judge the route and compare with what the proposal expects."""
        if self.trouble is not None or self.tested is None:
            raise self.trouble or AssertionError
        tested = self.tested
        self.user_properties += [("proposal", tested.proposal.name), *figures(tested.case).items()]
        text = briefing(tested.proposal, tested.case, self.title)
        if text is None:
            self.add_report_section("call", "overflight", tested.case.verdict.explain())
            return
        lines, mended, claim = [text], Mend(), self.title.startswith(CLAIM)
        if not self.config.getoption("--overflight-no-mend") and self.title != "has a rule" and not claim:
            mended = tested.mend
        lines += mended.lines
        folder = self.config.getoption("--overflight-map")
        if folder is not None:
            lines.append(self._drawn(tested, mended, Path(self.config.invocation_params.dir, folder)))
        raise BriefingError("\n".join(one_line(line) for text in lines for line in text.split("\n")))

    def _drawn(self, tested: _Tested, mended: Mend, folder: Path) -> str:
        """Draw the route, and say where; a map that can't be drawn takes nothing from the briefing."""
        from overflight.maps import draw  # few ask for a map

        case, file = tested.case, folder / _file_name(self.nodeid)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            draw(
                case.world,
                [case.verdict, *([mended.verdict] if mended.verdict else [])],
                on=case.on,
                avoid=case.forbidden,
                title=tested.proposal.name,
            ).save(file)
        except (OverflightError, OSError) as error:
            return f"map: {visible(str(error))}"
        return f"map: {visible(os.path.relpath(file, self.config.invocation_params.dir))}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401
        """Show the briefing, or the one line that says what is wrong with the file; no traceback."""
        if isinstance(excinfo.value, BriefingError):
            return str(excinfo.value)
        if isinstance(excinfo.value, OverflightError):
            return one_line(str(excinfo.value))
        return super().repr_failure(excinfo, style=style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Say where the item stands: at its rule, for editors; not by its id, whose dots pytest takes out."""
        line = line_of(self.tested.proposal, self.title) if self.tested else None
        path = Path(one_line(str(self.path)))
        return path, None if line is None else line - 1, ": ".join([path.name, *self.nodeid.split("::")[1:]])


def _file_name(nodeid: str) -> str:
    """Make a file name of an item's id: its letters and digits, and a mark that tells it from any other's."""
    mark = hashlib.sha256(nodeid.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    words = slug(nodeid.replace(".route.toml", "").replace(".route.geojson", "")[-MAX_SLUG:], ascii_only=True)
    return f"{words or 'route'}-{mark}.html"
