"""What the states of a rule are called: a state party to the ICC, a state that closed its airspace to an operator."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from overflight.airspace.blocs import BANS, blocs
from overflight.airspace.states import DATA, State, table_rows
from overflight.airspace.subjects import subject

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.airspace import RuleSet

__all__ = [
    "AN_AREA",
    "AREA",
    "LISTED",
    "TO_AVOID",
    "ZONES",
    "Kind",
    "called",
    "disputed_zone",
    "either",
    "in_text",
    "kind_of",
    "listed",
    "name_of",
]

LISTED = 6
"""How many names a sentence lists before it counts the rest."""
AN_AREA = "the area "
"""How the name of an area begins where it stands among those of states."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a rule calls its states.

    Attributes
    ----------
    one : str
        One of them, with its article: ``"a state party to the ICC"``.
    many : str
        Several, as stands behind their names: ``"states parties to the ICC"``.
    none : str
        None of them: ``"no state party to the ICC"``.
    """

    one: str
    many: str
    none: str

    @classmethod
    def of(cls, one: str, many: str, *, article: str = "a") -> Kind:
        """Make a kind of words without their articles."""
        return cls(f"{article} {one}", many, f"no {one}")


TO_AVOID = Kind.of("state to avoid", "states to avoid")
AREA = Kind.of("area to avoid", "areas to avoid", article="an")
STATE_OR_AREA = Kind.of("state or area to avoid", "states and areas to avoid")
_OWN = {
    BANS: Kind.of("state that bars the operator", "states that bar the operator"),
    "icc": Kind.of("state party to the ICC", "states parties to the ICC"),
}

ZONES = ("waters that ", "territory that ")
"""How the names of places begin that no state holds undisputed."""
_WATERS = re.compile(r"(?<!islands and )\b(?:waters|Sea|Gulf|Bay|R\u00edo|Ems|Moselle)\b")
_SHARED = re.compile(r"\b(?:in common|joint|condominium)\b")
"""What the data's words for a dispute hold where it is about waters, and where nobody's claim is against another's."""

_CLOSED_TO = re.compile(r"states closed to ((?:(?! by | since ).)+)")
_CLOSED = "airspace closed to "
_BUT = re.compile(r"\s+-\s*")


def kind_of(text: str, chosen: RuleSet | None = None) -> Kind:
    """Return what the states of a rule are called.

    Parameters
    ----------
    text : str
        The rule, as written: ``"icc - HUN"``. Its name, such as ``"avoid"``, where it was made of plain codes.
    chosen : RuleSet, optional
        What it came to: where that is areas, they are called so.

    Examples
    --------
    >>> kind_of("icc").one, kind_of("icc - HUN").none
    ('a state party to the ICC', 'no state party to the ICC other than Hungary')
    >>> kind_of("eu-ban-russia").many
    'states that closed their airspace to Russian aircraft'
    """
    if chosen is not None and chosen.areas:
        return STATE_OR_AREA if chosen.parts or chosen.provisos else AREA
    text = text.strip()
    if re.fullmatch(r"\([^()]*\)", text):
        text = text[1:-1]
    named = _of_bloc(text.lower())
    if named is not None:
        return named
    if "|" in text and not re.search(r"[-&()]", re.sub(r"\w-\w", "", text)):
        kinds = [_of_bloc(part.strip().lower()) for part in text.split("|")]
        return either([kind for kind in kinds if kind is not None]) if None not in kinds else TO_AVOID
    first, *others = _BUT.split(text)
    base, names = _of_bloc(first.lower()), [name_of(code.strip().upper()) for code in others]
    if base is None or not names or None in names:
        return TO_AVOID
    but = f" other than {listed([in_text(name) for name in names if name])}"
    return Kind(base.one + but, base.many + but, base.none + but)


def _of_bloc(name: str) -> Kind | None:
    if name in _OWN:
        return _OWN[name]
    return _of_title(subject(name).title) if name in blocs() else None


def _of_title(title: str) -> Kind:
    """Turn what a legend calls the states of a bloc into what one of them is."""
    if title.startswith(_CLOSED):
        whose = title.removeprefix("airspace ")
        return Kind.of(f"state whose airspace is {whose}", f"states whose airspace is {whose}")
    if shut := _CLOSED_TO.fullmatch(title):
        return Kind.of(
            f"state that closed its airspace to {shut[1]}", f"states that closed their airspace to {shut[1]}"
        )
    if title.endswith(" states"):
        own = title.removesuffix("s")
        return Kind.of(own, title, article="an" if own[0] in "AEIO" else "a")
    return Kind.of(title.replace("states", "state", 1), title) if title.startswith("states ") else TO_AVOID


def either(kinds: Iterable[Kind]) -> Kind:
    """Return what the states of several rules together are called: states to avoid, if no rule says what."""
    kinds = tuple(dict.fromkeys(kinds))
    if len(kinds) < 2:
        return kinds[0] if kinds else TO_AVOID
    one = " or ".join(kind.one for kind in kinds)
    return Kind(one, f"each {one}", " and ".join(kind.none for kind in kinds))


def listed(words: Sequence[str], most: int = LISTED) -> str:
    """Join words by commas and an "and", the many left out counted.

    Examples
    --------
    >>> listed(["Ukraine", "Poland", "Slovakia"]), listed(["A", "B", "C", "D"], 3)
    ('Ukraine, Poland and Slovakia', 'A, B and 2 more')
    """
    if len(words) > most:
        words = [*words[: most - 1], f"{len(words) - most + 1} more"]
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part) if words else ""


def disputed_zone(crossing: Crossing) -> str:
    """Name a place that no state holds undisputed: by what it is, and who claims it, or holds it in common.

    Examples
    --------
    >>> import overflight as of
    >>> [disputed_zone(one) for one in of.Case.of(["53.4,6.9", "53.4,7.1"], on="2025-10-23").verdict.crossings
    ...  if one.state == "XXX"]
    ['waters that Germany and the Netherlands both claim']
    """
    dispute = crossing.disputed or ""
    what = ZONES[0] if _WATERS.search(dispute) else ZONES[1]
    who = [in_text(name_of(code) or code) for code in crossing.claimants]
    if not who:
        return f"{what}no state claims"
    if len(who) == 1:
        return f"{what}{who[0]} claims"
    if _SHARED.search(dispute):
        return f"{what}{listed(who)} hold in common"
    return f"{what}{listed(who)} {'both' if len(who) == 2 else 'all'} claim"


def in_text(name: str) -> str:
    """Return a state's name as a sentence has it: the United Kingdom, India."""
    return State("", name).in_text


def called(state: State) -> str:
    """Name a state, or an area, as a sentence has it."""
    return f"{AN_AREA}{state.name}" if state.startswith("area:") else state.in_text


def name_of(code: str) -> str | None:
    """Return the name of a state of the shipped data; None if no state has that code."""
    return _names().get(code)


@functools.cache
def _names() -> dict[str, str]:
    rows = table_rows(DATA / "pieces.csv")
    return {
        row[code]: row[name]
        for code, name in (("de_facto", "de_facto_name"), ("state", "state_name"))
        for row in rows
        if row[code] and row[code] != "XXX"
    }
