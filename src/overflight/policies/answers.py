"""What `overflight.gate` answers: the outcome, and how it is handed on."""

from __future__ import annotations

from dataclasses import dataclass

from overflight.policies.reports import junit, sarif
from overflight.policies.results import Outcome
from overflight.policies.telling import text

__all__ = ["Gated"]


@dataclass(frozen=True, repr=False, eq=False)
class Gated(Outcome):
    """An `Outcome`, as a test, a pipeline and a reader take it."""

    def to_junit(self) -> str:
        """Return JUnit XML: a suite a policy, a case a flight and rule; what is waived is skipped."""
        return junit(self)

    def to_sarif(self) -> str:
        """Return SARIF 2.1.0: a result a breach, at its row; what is waived has a suppression."""
        return sarif(self)

    def to_text(self) -> str:
        """Return it for people: the sum first, then the waivers to look at, then each breach with its mend."""
        return text(self)
