"""How several routes fare, in a sentence or two; of one, the sentence that `answers` has for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from overflight.rules.wording.answers import answer_of, clause, consents_in, entered_in, kinds_of, sentence
from overflight.rules.wording.kinds import LISTED, Kind, either, kind_of, listed
from overflight.rules.wording.paragraphs import between, crossed_km, entered_km, in_km, source, written

if TYPE_CHECKING:
    from overflight.airspace import RuleSet
    from overflight.rules.verdicts import Verdict

__all__ = ["LISTED", "headline", "listed", "report"]

MOST_ROUTES = 5
"""So many routes are told one by one in a report."""


class Told(Protocol):
    """What has a verdict: a line on a map, a case."""

    @property
    def verdict(self) -> Verdict: ...


def headline(lines: Sequence[Told], *, avoid: RuleSet) -> str:
    """Say in a sentence or two how routes fare that nobody searched for; nothing, where no rule judges them."""
    verdicts = [line.verdict for line in lines]
    if not avoid and not any(verdict.findings for verdict in verdicts):
        return ""
    if len(lines) == 1:
        return sentence(verdicts[0], (avoid,) if avoid else ())
    kinds = [kind for verdict in verdicts for kind in kinds_of(verdict).values()]
    if not kinds and not avoid:
        failing = [n for n, verdict in enumerate(verdicts) if not verdict.passed]
        return f"{_do(failing, 'does', 'do')} not obey every rule." if failing else "Every route obeys every rule."
    return " ".join(_said(verdicts, either(kinds or [kind_of(avoid.text, avoid)])))


def report(
    lines: Sequence[Told], *, avoid: RuleSet, on: dt.date, version: str, view: str = "de-jure", said: str = ""
) -> str:
    """Say in a paragraph how routes fare: when, how long each is, what each enters for how many km, by which data.

    Parameters
    ----------
    lines : sequence of Told
        The routes.
    avoid : RuleSet
        What is to be avoided.
    on : datetime.date
        The date that decides who is a member of what.
    version, view : str
        Of the airspace.
    said : str
        The finding, where it is known already; else that of `headline`.
    """
    told = said or headline(lines, avoid=avoid) or "No rule was given."
    way, plain = between(lines[0].verdict.route), told[:1].lower() + told[1:]
    subject = f", the route from {way} " if told.startswith(("Enters ", "Crosses ")) else f", of the route from {way}: "
    sentences = [f"As of {written(on)}{subject if len(lines) == 1 else ': '}{plain}"]
    for number, line in enumerate(lines[:MOST_ROUTES], 1):
        who = f"Route {number}, {between(line.verdict.route)}," if len(lines) > 1 else "The route"
        inside = entered_km(line.verdict) if avoid else crossed_km(line.verdict)
        enters = f" and enters {inside}" if inside else ""
        sentences.append(f"{who} is {in_km(line.verdict.route.length_km)} long{enters}.")
    return " ".join([*sentences, source(avoid.text, version, view)])


def _said(verdicts: Sequence[Verdict], kind: Kind) -> Iterator[str]:
    """Say of the routes of each answer which they are."""
    by_answer: dict[str | None, list[int]] = {}
    for number, verdict in enumerate(verdicts):
        by_answer.setdefault(answer_of(verdict), []).append(number)
    free, consents = by_answer.get("free", []), by_answer.get("with-consent", [])
    forbidden, unknown = by_answer.get("forbidden", []), by_answer.get(None, [])
    if free:
        yield f"{_do(free, 'enters', 'enter')} {kind.none}."
    if consents:
        names = list(dict.fromkeys(name for n in consents for name in consents_in(verdicts[n])))
        whom = listed(names) if len(consents) == 1 else "the states that each enters"
        yield f"{_do(consents, 'is', 'are')} open only with the consent of {whom}."
    if forbidden:
        every = len(forbidden) == len(verdicts)
        who = f"Each of the {len(verdicts)} routes enters" if every else _do(forbidden, "enters", "enter")
        alone = clause(entered_in(verdicts[forbidden[0]]), kind) if len(forbidden) == 1 else kind.one
        yield f"{who} {alone}."
    if len(forbidden) > 1 and not free and not consents:
        fewest = min(forbidden, key=lambda n: (len(entered_in(verdicts[n])), verdicts[n].route.length_km))
        yield f"None enters fewer than route {fewest + 1}: {listed(entered_in(verdicts[fewest]))}."
    if loose := sorted(n for n in (*free, *consents) if not verdicts[n].passed):
        yield f"{_do(loose, 'is', 'are')} too long, or nearer to one than the margin."
    if unknown:
        which = _do(unknown, "enters", "enter")
        yield f"Whether {which[:1].lower()}{which[1:]} {kind.one} is not known."


def _do(numbers: Sequence[int], one: str, many: str) -> str:
    """Name routes, and what they do."""
    alone = len(numbers) == 1
    return f"{'Route' if alone else 'Routes'} {listed([str(n + 1) for n in numbers])} {one if alone else many}"
