"""The three answers to a question about a route, in words: free, only with somebody's consent, forbidden.

What is said is who is entered, of what they are members, and what would be needed. Whether a state consented is not
known here, so nothing says so: a consent is what a question assumes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from overflight.rules.wording.findings import holder
from overflight.rules.wording.kinds import (
    AN_AREA,
    AREA,
    ZONES,
    Kind,
    called,
    disputed_zone,
    either,
    in_text,
    kind_of,
    listed,
)

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.airspace import RuleSet
    from overflight.rules.findings import Finding
    from overflight.rules.verdicts import Verdict

__all__ = [
    "Answer",
    "answer_of",
    "answer_words",
    "causes",
    "clause",
    "closest_km",
    "consents_in",
    "doubts",
    "entered_in",
    "in_km",
    "kinds_of",
    "leave_of",
    "open_in",
    "row_words",
    "sentence",
    "without_rule",
]

Answer = Literal["free", "with-consent", "forbidden"]
MOST_DOUBTS = 3
"""So many reasons why an answer is not known are told; the findings have them all."""


# What is answered -----------------------------------------------------------------------------------------------------


def answer_of(verdict: Verdict) -> Answer | None:
    """Return what a verdict comes to, or None where it is not known.

    Returns
    -------
    {"free", "with-consent", "forbidden"} or None
        ``free``: nothing of the rules is entered. ``with-consent``: only states whose consent the question assumes.
        ``forbidden``: some other. None: a border that is known no better than the route is near to it, a rule that
        holds in part, or a gap of a recording leaves open whether something is entered.

    Notes
    -----
    A margin that is not kept and a route that is too long are no matter of who is entered: such a route is `marginal`,
    and may be ``free``.
    """
    if _sure(verdict.findings):
        return "forbidden"
    if any(_is_open(finding) for finding in verdict.findings):
        return None
    return "with-consent" if any(_is_assumed(finding) for finding in verdict.findings) else "free"


def closest_km(verdict: Verdict) -> dict[str, float]:
    """Return how near a route comes to each state of the rules that it does not enter: km, by code."""
    found: dict[str, float] = {}
    for finding in verdict.findings:
        if finding.state is not None and not finding.crossings and finding.closest_km is not None:
            code = finding.state.code
            found[code] = min(finding.closest_km, found.get(code, finding.closest_km))
    return dict(sorted(found.items(), key=lambda one: (one[1], one[0])))


def entered_in(verdict: Verdict) -> list[str]:
    """Name, in the order flown, what of the rules a route surely enters and nobody's consent is assumed for."""
    return _names(_sure(verdict.findings))


def consents_in(verdict: Verdict) -> list[str]:
    """Name, in the order flown, the states and areas that a route enters and whose consent the question assumes."""
    found = [finding for finding in verdict.findings if _is_assumed(finding)]
    found.sort(key=lambda finding: finding.crossings[0].entry_km)
    return list(dict.fromkeys(map(_who, found)))


def open_in(verdict: Verdict) -> list[str]:
    """Name what of the rules a route may enter, or of which it is not known whether the rule is about it."""
    found = [f for f in verdict.findings if _is_open(f)]
    names = [name for f in found for name in (map(called, f.could) if f.open else [_who(f)])]
    return list(dict.fromkeys(names))


def _sure(findings: Iterable[Finding]) -> list[Finding]:
    return [f for f in findings if f.status == "crosses" and not f.presumed and (f.state or f.area)]


def _is_assumed(finding: Finding) -> bool:
    return finding.consented and bool(finding.crossings)


def _is_open(finding: Finding) -> bool:
    """Tell whether a finding leaves open if something is entered."""
    if finding.status == "crosses":
        return finding.presumed
    near = finding.approach
    doubtful = near is not None and near.doubtful is not None
    return finding.status == "marginal" and (finding.open or bool(finding.crossings) or doubtful)


# In a few words -------------------------------------------------------------------------------------------------------


def answer_words(answer: Answer | None, names: Sequence[str] = (), kind: Kind | None = None) -> str:
    """Say an answer in a few words.

    Parameters
    ----------
    answer : {"free", "with-consent", "forbidden"} or None
        The answer.
    names : sequence of str
        Whose consent is needed, or who is entered.
    kind : Kind, optional
        What these are to the rule.

    Examples
    --------
    >>> answer_words("with-consent", ["Hungary", "Ukraine"])
    'only with the consent of Hungary and Ukraine'
    >>> answer_words("forbidden", ["Ukraine", "Poland"], kind_of("icc"))
    'forbidden: enters Ukraine and Poland, states parties to the ICC'
    >>> answer_words("free"), answer_words(None)
    ('free', 'not known')
    """
    if answer == "with-consent":
        return f"only with {leave_of(names)}"
    if answer == "forbidden":
        return f"forbidden: enters {clause(names, kind)}"
    return answer or "not known"


def row_words(verdict: Verdict, sets: Sequence[RuleSet] = (), *, margin_km: float = 0.0) -> str:
    """Say in a few words what a verdict comes to, with its cause where it is not known, or marginal."""
    answer = answer_of(verdict)
    reasons = "; ".join(causes(verdict)[:MOST_DOUBTS])
    if answer == "forbidden":
        return f"forbidden: enters {_entered(_sure(verdict.findings), kinds_of(verdict, sets))}"
    if answer is None:
        return f"not known: {reasons}"
    if not sets and verdict.findings and not kinds_of(verdict):
        return "; ".join(_short(verdict, margin_km)) or "obeys"
    said = answer_words(answer, consents_in(verdict))
    return "; but ".join(filter(None, [said, *_short(verdict, margin_km)]))


# In a sentence --------------------------------------------------------------------------------------------------------


def sentence(verdict: Verdict, sets: Sequence[RuleSet] = (), *, margin_km: float = 0.0) -> str:
    """Say in a sentence or two what a verdict comes to: who is entered, of what they are members, what is not known.

    Parameters
    ----------
    verdict : Verdict
        The verdict.
    sets : sequence of RuleSet
        What it is judged by.
    margin_km : float
        How near it may come.
    """
    kinds = kinds_of(verdict, sets)
    sure, presumed = _sure(verdict.findings), [f for f in verdict.findings if f.status == "crosses" and f.presumed]
    open_ = doubts(verdict, sets)
    said = []
    if sure:
        besides = [name for name in consents_in(verdict) if name not in entered_in(verdict)]
        also = f"; besides, {listed(besides)}, whose consent is assumed" if besides else ""
        said.append(f"Enters {_entered(sure, kinds)}{also}.")
        said += [f"{f.note[:1].upper()}{f.note[1:]}." for f in sure if f.area and f.note]
    if presumed:
        where = f"{_entered(presumed, kinds)}, where no position was recorded"
        said.append(f"Straight lines over gaps of the recording enter {where}.")
    if not kinds and sets:
        said.append(f"There is {either(kind_of(one.text) for one in sets).none} on this date.")
    if not sure and kinds:
        said += _kept(verdict, kinds, is_open=bool(presumed or open_))
        said += _perhaps(verdict, sets, kinds)
    said += [f"{text[:1].upper()}{text[1:]}." for text in open_[:MOST_DOUBTS]]
    said += [f"{len(open_) - MOST_DOUBTS} more such doubts."] if len(open_) > MOST_DOUBTS else []
    said += [f"{text[:1].upper()}{text[1:]}." for text in _short(verdict, margin_km)]
    return " ".join(said) or "Obeys every rule."


def _kept(verdict: Verdict, kinds: Mapping[str, Kind], *, is_open: bool) -> list[str]:
    """Say that nothing is entered, or only what consent is assumed for; nothing of the rest where that is open."""
    names = consents_in(verdict)
    if is_open:
        return [f"Enters {listed(names)}: only with {leave_of(names, known=True)}."] if names else []
    parts = []
    for rule, kind in kinds.items():
        own = consents_in_rule(verdict, rule)
        parts.append(f"{kind.none} but {listed(own)}" if own else kind.none)
    told = "; and ".join(dict.fromkeys(parts)) if names else " and ".join(dict.fromkeys(parts))
    return [f"Enters {told}{f': only with {leave_of(names, known=len(kinds) == 1)}' if names else ''}."]


def _perhaps(verdict: Verdict, sets: Sequence[RuleSet], kinds: Mapping[str, Kind]) -> list[str]:
    """Say of whom it is not known whether the rule is about them, so that a consent may not be needed."""
    found = dict[str, None]()
    for one in filter(_is_assumed, verdict.findings):
        provisos = [p for chosen in sets if chosen.text == one.rule for p in chosen.provisos_of(one.state or "")]
        if any(proviso.partial for proviso in provisos):
            found[f"Whether {_who(one)} is {kinds[one.rule].one} there and then is not known."] = None
    return list(found)


def without_rule(verdict: Verdict) -> str:
    """Say whose airspace a route crosses that no rule judges."""
    names = list(dict.fromkeys(holder(crossing) for crossing in verdict.crossings))
    if not names:
        return "Crosses no state's airspace. No rule was given."
    return f"Crosses the airspace of {listed([in_text(name) for name in names], len(names))}. No rule was given."


def consents_in_rule(verdict: Verdict, rule: str) -> list[str]:
    """Name those of `consents_in` that one rule is about."""
    about = {_who(finding) for finding in verdict.findings if finding.rule == rule and _is_assumed(finding)}
    return [name for name in consents_in(verdict) if name in about]


def doubts(verdict: Verdict, sets: Sequence[RuleSet] = ()) -> list[str]:
    """Say what is not known of who is entered, and why: clauses without a full stop."""
    return [f"{what}: {why}" for what, why in _doubts(verdict, kinds_of(verdict, sets)).items()]


def causes(verdict: Verdict) -> list[str]:
    """Say only why something is not known, a cause each."""
    return list(dict.fromkeys(_doubts(verdict, kinds_of(verdict)).values()))


def _doubts(verdict: Verdict, kinds: Mapping[str, Kind]) -> dict[str, str]:
    """Say what is not known, each with its cause."""
    found: dict[str, str] = {}
    for finding in verdict.findings:
        if finding.status != "marginal" or not _is_open(finding):
            continue
        kind = kinds[finding.rule]
        near = finding.approach.doubtful if finding.approach else None
        if finding.open:
            found[f"whether it entered {kind.one} is not known"] = f"{'it ' if finding.could else ''}{finding.note}"
        elif finding.crossings and finding.area:
            found[f"whether it enters {_who(finding)} is not known"] = finding.note
        elif finding.crossings:
            named = listed(_names([finding]))
            found[f"enters {named}; whether that is {kind.one} there and then is not known"] = finding.note
        elif near is not None:
            border = f"a border of {_who(finding)}"
            cause = f"it passes {in_km(near.km)} from {border} that is known to {in_metres(near.accuracy_m)} there"
            told = clause([_who(finding)], kind)
            found[f"whether it enters {told}{',' if finding.area is None else ''} is not known"] = cause
    return found


def _short(verdict: Verdict, margin_km: float) -> list[str]:
    """Say what else is not as it should be: a margin that is not kept, a route that is too long."""
    said: list[str] = []
    near: dict[str, float] = {}
    for finding in verdict.findings:
        if finding.status != "marginal" or _is_open(finding):
            continue
        if finding.state is None and finding.area is None:
            said.append(f"it is too long: {finding.note}" if finding.note else f"{finding.rule} is not met")
        elif finding.closest_km is not None:
            near[_who(finding)] = min(finding.closest_km, near.get(_who(finding), finding.closest_km))
    if near:
        names = [f"{name} ({in_km(km)})" for name, km in sorted(near.items(), key=lambda one: one[1])]
        margin = f" of {in_km(margin_km)}" if margin_km else ""
        said.insert(0, f"it comes nearer than the margin{margin} to {listed(names)}")
    return said


# Names ----------------------------------------------------------------------------------------------------------------


def kinds_of(verdict: Verdict, sets: Sequence[RuleSet] = ()) -> dict[str, Kind]:
    """Return what the states of each rule are called, by the rule, of all that are asked about."""
    asked = {chosen.text: kind_of(chosen.text, chosen) for chosen in sets if chosen}
    found = dict.fromkeys(f.rule for f in verdict.findings if f.state or f.area or f.open)
    if all(rule in asked for rule in found):
        return asked
    areas = {f.rule for f in verdict.findings if f.area} - {f.rule for f in verdict.findings if f.state}
    return {rule: asked.get(rule) or (AREA if rule in areas else kind_of(rule)) for rule in found}


def _who(finding: Finding) -> str:
    return f"{AN_AREA}{finding.area}" if finding.state is None else in_text(finding.state.name)


def _names(findings: Iterable[Finding]) -> list[str]:
    """Name what findings say is entered, in the order flown; what nobody holds undisputed, by who claims it."""
    entries: list[tuple[float, str]] = []
    for finding in findings:
        own = [crossing for crossing in finding.crossings if finding.area or crossing.state != "XXX"]
        entries += [(one.entry_km, disputed_zone(one)) for one in finding.crossings if one not in own]
        if own:
            entries.append((own[0].entry_km, _who(finding) + _only_disputed(own)))
    return list(dict.fromkeys(name for _, name in sorted(entries)))


def _only_disputed(crossings: Sequence[Crossing]) -> str:
    return " (where that is disputed)" if all(crossing.disputed for crossing in crossings) else ""


def _entered(findings: Iterable[Finding], kinds: Mapping[str, Kind]) -> str:
    """Say what is entered, and what that is to each rule; rules that are about the same states share a clause."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    by_names: dict[tuple[str, ...], list[Kind]] = {}
    for rule, found in by_rule.items():
        by_names.setdefault(tuple(_names(found)), []).append(kinds[rule])
    return "; and ".join(clause(names, *dict.fromkeys(found)) for names, found in by_names.items())


def clause(names: Sequence[str], *kinds: Kind | None) -> str:
    """Say who, and what these are: what is no state stands last, for it is party to nothing."""
    states = [name for name in names if not name.startswith((AN_AREA, *ZONES))]
    others = [name for name in names if name not in states]
    known = [kind for kind in kinds if kind is not None]
    if not states:
        zones = any(name.startswith(ZONES) for name in others) and known
        return listed(others) + (f", which count as airspace of {known[0].one}" if zones else "")
    what = " and ".join(kind.one if len(states) == 1 else kind.many for kind in known)
    told = f"{listed(states)}, {what}" if what else listed(states)
    return f"{told}{',' if what else ''} and {listed(others)}" if others else told


def leave_of(names: Sequence[str], *, known: bool = False) -> str:
    """Say whose consent is needed, or with `known` that of those named just before; nobody can consent for an area."""
    states = [name for name in names if not name.startswith(AN_AREA)]
    areas = [name for name in names if name.startswith(AN_AREA)]
    if known and not areas:
        return "its consent" if len(states) == 1 else "their consent"
    consent = f"the consent of {listed(states, len(states))}" if states else ""
    leave = f"leave to enter {'it' if known and len(names) == 1 else listed(areas, len(areas))}" if areas else ""
    return " and ".join(filter(None, (consent, leave)))


def in_km(km: float) -> str:
    """Write a distance as people read it: two decimals below 1 km, one below 100 km."""
    return f"{km:,.2f} km" if km < 1.0 else f"{km:,.1f} km" if km < 100.0 else f"{km:,.0f} km"


def in_metres(metres: float) -> str:
    """Write how well a border is known."""
    return f"{metres:,.0f} m" if metres < 1000.0 else f"{metres / 1000.0:g} km"
