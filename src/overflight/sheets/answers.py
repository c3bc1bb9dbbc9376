"""Who is to be asked for a state's airspace, and what answer the question has: assumed, refused, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from overflight.airspace import owners
from overflight.rules.wording.findings import holder
from overflight.rules.wording.kinds import in_text, listed, name_of

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.case import Case
    from overflight.proposals.ledger import Entry, Ledger
    from overflight.sheets.model import Stay

__all__ = ["END_KM", "Asked", "asked"]

END_KM = 1e-6
"""A crossing that ends within this of the end of the route ends there."""
Answer = Literal["granted", "refused", "cannot be asked", "assumed", "needed", "open", "own", "none"]
WORDS: dict[Answer, str] = {
    "granted": "granted",
    "refused": "refused",
    "cannot be asked": "can't be asked: by a rule of the question, no consent opens it",
    "assumed": "the question assumes its consent; whether that was given is not known here",
    "needed": "no answer yet: a rule of the question forbids entry unless it consents",
    "open": "no answer yet: whether a rule of the question forbids entry is not known",
    "own": "the operator's own state; no rule of the question forbids entry",
    "none": "no answer yet: no rule of the question forbids entry; what its own law asks for is not known here",
}

BRIEF: dict[Answer, str] = {
    "cannot be asked": "can't be asked",
    "assumed": "consent assumed",
    "needed": "consent needed",
    "open": "not known",
    "own": "own state",
    "none": "no answer yet",
}
"""Answers in two words, where these differ from their keys."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A state, all the stays of a flight in its airspace, and what it answered.

    Attributes
    ----------
    code, name : str
        The state; where nobody holds the airspace undisputed, ``XXX``, and who claims it.
    ask : tuple of State code
        Who is to be asked: the state, or each claimant.
    answer : str
        What the question has for an answer.
    told : str
        The same in words, with date and source where a ledger has these.
    stays : tuple of Stay
        In the order flown.
    roles : tuple of str
        What they are to the flight, each once; a flight that ends where it began has a departure and an arrival there.
    """

    code: str
    name: str
    ask: tuple[str, ...]
    answer: Answer
    told: str
    stays: tuple[Stay, ...]
    roles: tuple[str, ...]

    @property
    def key(self) -> str:
        """What to call its file: the code; with the claimants, where nobody holds the airspace undisputed."""
        return self.code if self.code in self.ask else "-".join((self.code, *self.ask))

    @property
    def brief(self) -> str:
        """The answer in a few words."""
        return BRIEF.get(self.answer, self.answer)

    @property
    def km(self) -> float:
        """Kilometres in its airspace, all stays together."""
        return sum(stay.crossing.length_km for stay in self.stays)

    @property
    def ask_words(self) -> str:
        """Say who is to be asked."""
        names = [in_text(name_of(code) or code) for code in self.ask]
        if self.code in self.ask:
            return names[0]
        return f"nobody holds it undisputed; claimed by {listed(names, len(names))}" if names else "no state claims it"

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "state": self.code,
            "name": self.name,
            "ask": list(self.ask),
            "answer": self.answer,
            "answer_in_words": self.told,
            "roles": list(self.roles),
            "km": round(self.km, 3),
            "stays": [stay.to_dict() for stay in self.stays],
        }


def asked(case: Case, stays: Sequence[Stay], ledger: Ledger | None = None) -> tuple[Asked, ...]:
    """Gather stays by the state to be asked, in the order in which the flight comes to each first."""
    groups: dict[tuple[str, tuple[str, ...]], list[Stay]] = {}
    for stay in stays:
        groups.setdefault((stay.crossing.state.code, _ask(stay.crossing)), []).append(stay)
    entries = {} if ledger is None else {entry.state.code: entry for entry in ledger.answers(case.on)}
    found = []
    for (code, ask), own in groups.items():
        answer, told = _answer(case, code, own, entries.get(code))
        roles = [stay.crossing.role for stay in own]
        roles += ["arrival"] if own[-1].crossing is case.verdict.crossings[-1] and _lands(case) else []
        found.append(Asked(code, holder(own[0].crossing), ask, answer, told, tuple(own), tuple(dict.fromkeys(roles))))
    return tuple(found)


def _lands(case: Case) -> bool:
    """Tell whether the last stay is where the flight ends, and not only where it leaves for the high seas."""
    return case.verdict.crossings[-1].exit_km >= case.route.length_km - END_KM


def _ask(crossing: Crossing) -> tuple[str, ...]:
    return tuple(state.code for state in owners(crossing))


def _answer(case: Case, code: str, stays: Sequence[Stay], entry: Entry | None) -> tuple[Answer, str]:
    """Say what the question has for an answer; what a ledger has goes before what is assumed."""
    if entry is not None:
        return entry.answer, f"{WORDS[entry.answer]} as of {entry.date}: {entry.source}"
    answer = _assumed(case, code, stays)
    return answer, WORDS[answer]


def _assumed(case: Case, code: str, stays: Sequence[Stay]) -> Answer:
    makes = {bound.makes for stay in stays for bound in stay.rules}
    if "closed" in makes:
        return "cannot be asked"
    if "forbids" in makes:
        return "needed"
    if code in case.allow or "consented" in makes:
        return "assumed"
    if "open" in makes:
        return "open"
    return "own" if case.operator is not None and case.operator.state == code else "none"
