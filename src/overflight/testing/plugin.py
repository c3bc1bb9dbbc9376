"""Collects ``*.route.toml`` and ``*.route.geojson`` proposals as tests: one item a rule, a briefing where one fails.

pytest loads this in every run of everybody who has the package, so nothing of it is imported before a proposal turns
up, and no airspace is read before an item runs.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import sys
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from overflight.airspace import Airspaces
    from overflight.proposals import Proposal
    from overflight.proposals.mends import Mend

__all__ = ["ProposalFile", "ProposalItem", "ProposalRoute"]

SUFFIXES = (".route.toml", ".route.geojson")
MARKER = "overflight"


class BriefingError(Exception):
    """A proposal does not do what it expects; the text is the briefing."""


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
    config.addinivalue_line("markers", f"{MARKER}: a check of a route proposal (-m {MARKER}, or -m 'not {MARKER}').")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ProposalFile | None:
    """Collect proposals."""
    if not file_path.name.endswith(SUFFIXES):
        return None
    from overflight.outside.printable import one_line

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


class ProposalFile(pytest.File):
    """One file of proposals."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Yield an item for each check; a file that can't be read becomes one item that fails, not a lost session."""
        from overflight.outside.printable import visible
        from overflight.proposals import read_proposals
        from overflight.proposals.briefing import plain, unlike

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
        from overflight.proposals.briefing import check_titles

        self.proposal = proposal
        self.titles = check_titles(proposal)
        self.case = proposal.case()  # an unknown bloc or state makes the file no proposal

    @functools.cached_property
    def mend(self) -> Mend:
        from overflight.proposals.mends import mend

        return mend(self.proposal, self.case)


class ProposalItem(pytest.Item):
    """One check of one proposal."""

    def __init__(self, *, tested: _Tested | None, title: str, trouble: Exception | None, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**kwargs)
        self.tested, self.title, self.trouble = tested, title, trouble
        self.add_marker(MARKER)

    def runtest(self) -> None:
        """Judge the route and compare with what the proposal expects."""
        if self.trouble is not None or self.tested is None:
            raise self.trouble or AssertionError
        from overflight.outside.printable import one_line
        from overflight.proposals.briefing import briefing, figures
        from overflight.proposals.mends import Mend

        tested = self.tested
        self.user_properties += [("proposal", tested.proposal.name), *figures(tested.case).items()]
        text = briefing(tested.proposal, tested.case, self.title)
        if text is None:
            self.add_report_section("call", "overflight", tested.case.verdict.explain())
            return
        lines, mended = [text], Mend()
        if not self.config.getoption("--overflight-no-mend") and self.title != "has a rule":
            mended = tested.mend
        lines += mended.lines
        folder = self.config.getoption("--overflight-map")
        if folder is not None:
            lines.append(self._drawn(tested, mended, Path(self.config.invocation_params.dir, folder)))
        raise BriefingError("\n".join(one_line(line) for text in lines for line in text.split("\n")))

    def _drawn(self, tested: _Tested, mended: Mend, folder: Path) -> str:
        """Draw the route, and say where; a map that can't be drawn takes nothing from the briefing."""
        from overflight.errors import OverflightError
        from overflight.maps import draw
        from overflight.outside.printable import visible

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
        from overflight.errors import OverflightError
        from overflight.outside.printable import one_line

        if isinstance(excinfo.value, BriefingError):
            return str(excinfo.value)
        if isinstance(excinfo.value, OverflightError):
            return one_line(str(excinfo.value))
        return super().repr_failure(excinfo, style=style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Say where the item stands: at its rule, for editors; not by its id, whose dots pytest takes out."""
        from overflight.outside.printable import one_line
        from overflight.proposals.briefing import line_of

        line = line_of(self.tested.proposal, self.title) if self.tested else None
        path = Path(one_line(str(self.path)))
        return path, None if line is None else line - 1, ": ".join([path.name, *self.nodeid.split("::")[1:]])


def _file_name(nodeid: str) -> str:
    """Make a file name of an item's id: its letters and digits, and a mark that tells it from any other's."""
    from overflight.outside.printable import MAX_SLUG, slug

    mark = hashlib.sha256(nodeid.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    words = slug(nodeid.replace(".route.toml", "").replace(".route.geojson", "")[-MAX_SLUG:], ascii_only=True)
    return f"{words or 'route'}-{mark}.html"
