"""What a command says first: the finding in a sentence; of a search, in a paragraph, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from overflight.rules.rulesets import united
from overflight.rules.wording.headlines import headline
from overflight.rules.wording.headlines import report as summary
from overflight.rules.wording.studies import finding, paragraph

if TYPE_CHECKING:
    from overflight.case import Case
    from overflight.detours import Candidates
    from overflight.rules import Verdict

__all__ = ["said_of"]


class Judged(Protocol):
    """A case that is reported."""

    @property
    def case(self) -> Case: ...
    @property
    def verdict(self) -> Verdict:
        """What the rules say."""


def said_of(reports: Sequence[Judged], found: Candidates | None = None) -> dict[str, str]:
    """Say in a sentence or two what all comes to; of a search, in a paragraph, too."""
    case = reports[0].case
    if found is None:
        avoid = united(report.case.forbidden for report in reports)
        said = case.sentence if len(reports) == 1 else headline(reports, avoid=avoid)
        dates = {report.case.on for report in reports}
        if len(dates) > 1:
            return {"sentence": said}
        told = summary(reports, avoid=avoid, on=case.on, version=case.world.version, view=case.world.view, said=said)
        return {"sentence": said, "paragraph": told}
    told = paragraph(found, on=case.on, version=case.world.version, view=case.world.view)
    return {"sentence": finding(found), "paragraph": told}
