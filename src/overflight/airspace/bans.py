"""The bans that bind an operator on a date, and what there is to say of a rule that does not bind it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from overflight.airspace.airspaces import Airspaces
from overflight.airspace.blocs import BANS, Bloc, bloc, blocs
from overflight.airspace.memberships import Membership
from overflight.airspace.operators import Operator
from overflight.airspace.ruleset import Ground, Proviso, RuleSet, territories, united
from overflight.airspace.states import State
from overflight.airspace.subjects import MEMBERS, subject

__all__ = ["applies_to", "bans_on", "binding", "is_about", "named_blocs", "notices"]


def binding(operator: Operator) -> tuple[str, ...]:
    """Name the blocs that bind an operator on some date, if not on every one."""
    return tuple(name for name in blocs() if _may_bind(bloc(name), operator))


def _may_bind(one: Bloc, operator: Operator) -> bool:
    if one.subject.binds == (MEMBERS,):
        return any(row.state == operator.state for row in one.members)
    return one.subject.may_concern(operator.state)


def bans_on(operator: Operator, date: dt.date, world: Airspaces) -> RuleSet:
    """Return the airspace that is shut to an operator on a date: by every bloc that binds it.

    Parameters
    ----------
    operator : Operator
        Who flies.
    date : datetime.date
        Decides which rows hold.
    world : Airspaces
        Says which states there are and which territories they have.

    Returns
    -------
    RuleSet
        Called ``bans``; its `grounds` are the rows that put its states there, its `blocs` all that ever bind the
        operator.

    Examples
    --------
    >>> import datetime as dt
    >>> from overflight.airspace import load_airspaces
    >>> from overflight.airspace.operators import operator_of
    >>> on = dt.date(2025, 6, 1)
    >>> shut = bans_on(operator_of("IND", on), on, load_airspaces(on=on))
    >>> sorted({ground.bloc for ground in shut.grounds}), "PAK" in shut
    (['closed', 'pakistan-ban-india'], True)
    """
    names = binding(operator)
    found = united(_shut(bloc(name), operator, date, world) for name in names)
    return replace(found, text=BANS, blocs=names, known=territories(world))


def _shut(one: Bloc, operator: Operator, date: dt.date, world: Airspaces) -> RuleSet:
    """Return what one bloc shuts to an operator whom it binds."""
    if not one.subject.holds_on(date):
        return RuleSet("", frozenset())
    if one.subject.binds == (MEMBERS,):
        return _shut_by_others(one, operator, date, world)
    rules = one.on(date, world)
    rows = [row for row in one.members if row.holds_on(date) or row.proviso(one.name, date) is not None]
    return replace(rules, grounds=tuple(_ground(one, row.state, row, date) for row in rows))


def _shut_by_others(one: Bloc, operator: Operator, date: dt.date, world: Airspaces) -> RuleSet:
    """Return the airspace that is shut to operators of the states listed, if the operator is one of these."""
    known = territories(world)
    names = {state: state for state, _ in known}
    rows = [row for row in one.members if row.state == operator.state]
    reach = next((e for e in one.reaches if e.territory == operator.territory and e.holds_on(date)), None)
    parts: set[tuple[State, str]] = set()
    provisos, grounds = [], []
    for code in one.subject.airspace:
        state = names.get(State(code), State(code))
        whole = {(state, state.code), *(part for part in known if part[0] == state)}
        for row in rows:
            proviso = row.proviso(one.name, date)
            if row.binds_on(date) or proviso is not None:
                grounds.append(_ground(one, state, row, date, whom=f"operators of {row.state.in_text}"))
            if reach is not None and not reach.verified and row.holds_on(date):
                provisos.append(Proviso(state, _doubt(one, state, row, operator)))
                continue
            if row.binds_on(date):
                parts |= whole
            if proviso is not None:
                provisos.append(replace(proviso, state=state, text=f"{state.name}, to operators of {proviso.text}"))
    return RuleSet(
        one.name, frozenset(parts), (one.name,), known=known, provisos=tuple(provisos), grounds=tuple(grounds)
    )


def _doubt(one: Bloc, state: State, row: Membership, operator: Operator) -> str:
    who, where = row.state.in_text, operator.territory_name
    told = f"{state.name}: {one.name} since {row.since} to operators of {who}"
    return f"{told}; whether it reaches those of {where} is not known"


def _ground(one: Bloc, state: State, row: Membership, date: dt.date, *, whom: str = "") -> Ground:
    whole = row.extent == "whole"
    note = row.note if whole else ""  # else the proviso has it
    return Ground(
        state,
        one.name,
        row.since,
        row.until,
        row.source,
        row.verified,
        note,
        whom,
        doubtful=not (whole and row.binds_on(date)),
        begins=row.begins,
        ends=row.ends,
    )


def is_about(bloc_name: str, row: State, state: State, operator: Operator | None) -> bool:
    """Tell whether a row of a bloc is about a state's airspace: its own, or what is shut to its operators."""
    if row == state:
        return True
    about = subject(bloc_name)
    return about.binds == (MEMBERS,) and operator is not None and row == operator.state and state in about.airspace


def named_blocs(text: str) -> tuple[str, ...]:
    """Name the blocs that a rule set names in its text.

    Examples
    --------
    >>> named_blocs("(icc | eu-ban-russia) - HUN")
    ('eu-ban-russia', 'icc')
    """
    plain = text.lower()
    return tuple(name for name in blocs() if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", plain))


def applies_to(texts: Iterable[str]) -> dict[str, str]:
    """Say of each bloc that rule sets name, and that ships with the package, to whom it applies."""
    return {name: bloc(name).applies_to for text in texts for name in named_blocs(text)}


def notices(texts: Iterable[str], operator: Operator | None) -> tuple[str, ...]:
    """Say what a reader may take wrong: a rule that does not bind who flies, or lists who is bound, not who shuts.

    Parameters
    ----------
    texts : iterable of str
        Rule sets as written.
    operator : Operator or None
        Who flies, where that was said.
    """
    return tuple(dict.fromkeys(text for one in texts for name in named_blocs(one) for text in _notices(name, operator)))


def _notices(name: str, operator: Operator | None) -> Iterator[str]:
    about = bloc(name).subject
    if about.binds == (MEMBERS,):
        where = ", ".join(about.airspace)
        yield (
            f"{name} lists whose carriers are barred from the airspace of {where}: named in a rule, it keeps out of "
            f"that of the states listed; --avoid {BANS} with --operator keeps an operator of one of them out of {where}"
        )
    elif operator is not None and not about.may_concern(operator.state):
        who = operator.state.in_text
        yield f"{name} applies to {about.words}: it does not bind operators of {who} as such, and is applied as written"
