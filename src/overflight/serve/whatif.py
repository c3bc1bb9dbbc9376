"""What the what-if page asks while somebody draws: the verdict, the ground, the calendar, the files to take away."""

from __future__ import annotations

import bisect
import datetime as dt
import hashlib
import hmac
import itertools
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from overflight.airspace import bloc
from overflight.airspace.days import turns
from overflight.errors import ProposalError
from overflight.maps import draw
from overflight.maps.base import View, shapes_in, view_of
from overflight.maps.lines import Line, lines_of
from overflight.maps.names import name_of, noted, rule_words, title_of, written
from overflight.maps.scene import ground, on_map
from overflight.proposals import proposal_text
from overflight.rules import Verdict
from overflight.rules.rulesets import united
from overflight.rules.wording.changes import outcome_words
from overflight.serve.asked import MAX_WAYPOINTS, Keys, Setting
from overflight.serve.costing import classes, costing_of, flown_by
from overflight.serve.forms import choices, lying_in, rules_of
from overflight.when import changes

if TYPE_CHECKING:
    from overflight.case import Case

__all__ = ["WhatIf"]

MOST_KM = 400_000.0
"""So long are the routes beside another at most, all together."""
COARSE = 2.5
"""A ground is drawn anew where borders could be drawn so many times finer."""
SAME_POLE_DEG = 60.0
"""A polar map is drawn anew where the route has turned by more than this."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """What was drawn: the view, what its pieces are called, and whether it was for one route alone."""

    view: View
    label: str
    alone: bool


@dataclass(frozen=True)
class WhatIf:
    """Answers what a what-if page asks; each answer is JSON, or the content of a file.

    Every method raises `OverflightError` with one line that says what is wrong with the proposal.

    Attributes
    ----------
    setting : Setting
        What whoever started the server decided.
    secret : bytes
        Signs the ids of grounds. An id is what has to be known of a ground: nothing is remembered, so that any process
        which has the secret can answer, and no page's ground is ever forgotten.
    """

    setting: Setting
    secret: bytes = field(default_factory=partial(secrets.token_bytes, 32), repr=False, compare=False)

    def opened(self) -> dict[str, Any]:
        """Return what the page opens with: the keys of its proposal, and what can be chosen."""
        return {
            "keys": self.setting.keys,
            **choices(self.setting.blocs),
            "aircraft": classes(),
            "today": dt.datetime.now(tz=dt.UTC).date().isoformat(),
            "most": MAX_WAYPOINTS,
        }

    def check(self, keys: Keys, have: str = "") -> dict[str, Any]:
        """Judge a route.

        Parameters
        ----------
        keys : dict
            The proposal.
        have : str
            The id of the ground that the page has.

        Returns
        -------
        dict
            ``route`` as maps have it, with words around it, and what it takes in ``cost``; ``costs``, what was assumed
            for that; ``doubt`` about the date and the rule; ``middles``, the
            middle of each leg; ``rules`` and ``over``, for the form; ``members``, the numbers of the pieces of airspace
            that the rule forbids on the date; and ``fits``, whether the ground that the page has is the right one.
        """
        case = self.setting.case(keys)
        (line,) = lines_of([case.verdict], case.world)
        known = self._known_ground(have)
        view = known.view if known else view_of(line.path)
        line = line.around(view.meridian)
        clock = case.schedule.clock if case.schedule else None
        costing = costing_of(keys, case.on)
        shown = on_map(line, view, clock=clock)
        return {
            "title": case.route.label if keys.get("name") else title_of([line]),
            "on": written(case.on),
            "rule": rule_words([line], case.forbidden, case.on, case.world),
            "headline": case.sentence if case.rules else "",
            "doubt": "; ".join(_doubts(case)),
            "route": {
                "name": name_of(line, [line]),
                **shown,
                **costing.route(line, shown),
                "note": noted(case.route, case.on),
            },
            "costs": costing.note(case.route),
            "middles": [[round(x, 4) for x in at] for at in _middles(line)],
            "rules": rules_of(case),
            "over": lying_in(case),
            "members": [n for n, member in enumerate(case.pieces) if member],
            "fits": known is not None and known.label == _label(case) and _covers(known, view_of(line.path)),
        }

    def costs(self, keys: Keys, others: Sequence[Keys]) -> dict[str, Any]:
        """Return what other routes take that are shown beside one, as ``cost`` of a route has it."""
        costing = costing_of(keys, self.setting.case(keys).on)
        return {"costs": [costing.told(one.route) for one in self._beside(keys, others)]}

    def ground(self, keys: Keys, others: Sequence[Keys] = ()) -> dict[str, Any]:
        """Return what lies below a route, and below others that are shown beside it.

        It is the ground of a map with an ``id``; each piece has its number, ``n``.
        """
        case = self.setting.case(keys)
        lines = lines_of([one.verdict for one in (case, *self._beside(keys, others))], case.world)
        view = view_of(point for line in lines for point in line.path)
        shapes = shapes_in(case.world, view)
        below = ground(case.world, view, shapes, avoid=case.forbidden)
        return below | {"id": self._id(_Ground(view, _label(case), not others))}

    def changes(self, keys: Keys) -> dict[str, Any]:
        """Return on which days the members of the rule change, who joins and leaves, and how many there are then."""
        case = self.setting.case(keys)
        named = {name for one in case.sets for name in one.blocs}
        own = {one.name: one for one in case.blocs}
        days = sorted({turn.on for name in named for turn in turns(own.get(name) or bloc(name))})
        eve = [day - dt.timedelta(days=1) for day in days[:1]]
        members = [{state.code for state in united(case.sets_on(day))} for day in (*eve, *days)]
        names: dict[str, str] = {state.code: state.name for state in case.world.states}
        found = []
        for day, (before, after) in zip(days, itertools.pairwise(members), strict=True):
            joins, leaves = (sorted(names.get(c, c) for c in codes) for codes in (after - before, before - after))
            if joins or leaves:
                found.append({"on": day.isoformat(), "joins": joins, "leaves": leaves, "members": len(after)})
        return {"changes": found}

    def when(self, keys: Keys) -> dict[str, Any]:
        """Return on which days the verdict on this route changes, what it comes to then, and what makes it."""
        found = changes(self.setting.case(keys))
        return {
            "before": outcome_words(found.first),
            "changes": [
                {
                    "on": change.on.isoformat(),
                    "status": change.after.status,
                    "verdict": outcome_words(change.after),
                    "what": change.words,
                }
                for change in found
            ],
        }

    def saved(self, keys: Keys) -> tuple[str, str]:
        """Return name and text of a proposal file that expects what the route does."""
        case = self.setting.case(keys)
        # How much longer it may be is a check of its own, which holds or does not.
        findings = tuple(f for f in case.verdict.findings if f.state is not None or f.area is not None)
        status = Verdict(case.route, case.verdict.crossings, findings).status
        crossed = sorted({f.state.code for f in findings if f.state is not None and f.status == "crosses"})
        if any(f.area is not None and f.status == "crosses" for f in findings):
            crossed = []  # areas can't be named there, so nobody is
        expected = {"expect": status if case.sets else None, "crosses": crossed}
        text = proposal_text({**keys, "name": case.route.label, **expected})
        beside = "# Keep it beside the files of areas that its rules name.\n" if case.forbidden.areas else ""
        return case.route.label, beside + text

    def drawn(self, keys: Keys, others: Sequence[Keys] = ()) -> tuple[str, bytes]:
        """Return name and content of a self-contained map of the route, and of others beside it."""
        case = self.setting.case(keys)
        beside = self._beside(keys, others)
        schedule = case.schedule
        doubt = "; ".join(_doubts(case))
        page = draw(
            case.world,
            [one.verdict for one in (case, *beside)],
            on=case.on,
            avoid=case.forbidden,
            title=case.route.label if keys.get("name") else None,
            notes=[f"Note: {doubt}."] * (1 + len(beside)) if doubt else (),
            clock=schedule.clock if schedule and not beside else None,
            **flown_by(keys),
        )
        return case.route.label, page.html()

    def _beside(self, keys: Keys, others: Sequence[Keys]) -> list[Case]:
        """Judge what is shown beside a route."""
        beside: list[Case] = []
        far_km = 0.0
        for other in others:
            beside.append(self.setting.case(keys | other))
            far_km += beside[-1].route.length_km
            if far_km > MOST_KM:
                raise ProposalError(f"`others`: more than {MOST_KM:,.0f} km in all")
        return beside

    def _id(self, drawn: _Ground) -> str:
        """Write down what has to be known of a ground, so that nobody else can."""
        text = json.dumps(asdict(drawn), separators=(",", ":"))
        return f"{self._signed(text)} {text}"

    def _known_ground(self, name: str) -> _Ground | None:
        """Return what was written down; None if it was not by this server."""
        sign, _, text = name.partition(" ")
        if not hmac.compare_digest(sign.encode("utf-8", "replace"), self._signed(text).encode()):
            return None
        known = json.loads(text)
        view = known.pop("view")
        return _Ground(View(**view | {key: tuple(view[key]) for key in ("frame", "whole")}), **known)

    def _signed(self, text: str) -> str:
        return hmac.new(self.secret, text.encode("utf-8", "replace"), "sha256").hexdigest()


def _doubts(case: Case) -> list[str]:
    """Say what the labels may have wrong on the date, who flies, and which rule does not bind it."""
    doubt = case.world.doubt_on(case.on)
    return [*([doubt] if doubt else []), *([case.operator.words] if case.operator else []), *case.notices]


def _label(case: Case) -> str:
    """Tell grounds apart that look the same but bear other names: whose each piece is, and which areas lie on it."""
    held = "|".join(f"{piece.state}" for piece in case.world.pieces)
    return f"{hashlib.sha256(held.encode()).hexdigest()} {sorted(area.code for area in case.forbidden.areas)}"


def _covers(drawn: _Ground, needed: View) -> bool:
    """Tell whether a ground drawn for one view does for another."""
    have = drawn.view
    if have.pole != needed.pole or (drawn.alone and have.fine_deg > COARSE * needed.fine_deg):
        return False
    if have.pole:
        turned = abs(have.meridian - needed.meridian) > SAME_POLE_DEG
        return not turned and have.whole[1] <= needed.whole[1] and have.whole[3] >= needed.whole[3]
    # Some of the room around the routes may go.
    room = (needed.frame[2] - needed.frame[0]) / 8.0
    low = all(a <= b + room for a, b in zip(have.frame[:2], needed.frame[:2], strict=True))
    return low and all(a >= b - room for a, b in zip(have.frame[2:], needed.frame[2:], strict=True))


def _middles(line: Line) -> list[tuple[float, float]]:
    """Return the middle of each leg, where the map has it."""
    found = []
    km = 0.0
    for leg in line.route.legs:
        middle = km + leg.length_km / 2.0
        after = min(bisect.bisect_left(line.km, middle), len(line.km) - 1)
        span = line.km[after] - line.km[after - 1]
        part = (middle - line.km[after - 1]) / span if after and span else 0.0
        (lon, lat), (next_lon, next_lat) = line.path[max(after - 1, 0)], line.path[after]
        far = abs(next_lon - lon) > 90.0  # over a pole
        found.append((lon if far else lon + part * (next_lon - lon), lat + part * (next_lat - lat)))
        km += leg.length_km
    return found
