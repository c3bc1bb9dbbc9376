"""The proposal that `overflight new` writes: every key with a word on it, what is rarely needed commented out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from overflight.proposals.writing import quoted, quoted_list

__all__ = ["template"]

_TEXT = """\
{schema}# A route proposal: `pytest` and `overflight check` judge it; `overflight schema` prints what the keys may hold.
name = {name}
on = {on}  # decides who is a member of what; or several dates: [{on}, {later}]
# Codes, "lat,lon", "5536N03716E" or [lon, lat]; or, instead of waypoints, file = "track.geojson" beside this one.
waypoints = {waypoints}

avoid = {avoid}  # blocs, states and territories: "icc", "POL", "icc - HUN", "eu | nato"
{never}# allow = ["HUN"]  # whose consent is assumed
# operator = "RUS"  # who flies, or a registration such as "RA-96022": "bans" in avoid are then all that bind it
# margin = "5nm"  # how far to keep away: nm, km or m
# max_extension_pct = 20.0  # over the great circle

expect = "clear"  # or "crosses", then with exactly whom:
# crosses = ["POL", "SVK"]

# claims = ["under 20 % longer", {{claim = "enters POL", expect = "fails"}}]  # what is said of it, to be judged
# depart = {on}T08:00:00Z  # members are then those at each entry
# speed = "460kt"  # over ground, the same all the way; or km/h
# aircraft = "narrow-body"  # or another class, or a type: time and fuel are told for it
# wind = "season"  # what wind these are worked out with; or "none"

why = \"\"\"
Say here what the proposal is for.
\"\"\"
# sources = ["https://example.org/"]
"""


def template(
    name: str,
    places: Sequence[str],
    *,
    on: dt.date,
    avoid: Sequence[str] = ("icc",),
    never: Sequence[str] = (),
    schema: str = "",
) -> str:
    """Write a commented proposal.

    Parameters
    ----------
    name : str
        What to call it, one line.
    places : sequence of str
        Two or more, as typed.
    on : datetime.date
        Its date.
    avoid : sequence of str
        Rule sets.
    never : sequence of str
        Rule sets of states that can't be asked.
    schema : str, optional
        Where the JSON Schema lies, relative to the file, for editors.

    Examples
    --------
    >>> import datetime as dt
    >>> text = template("Moscow-Budapest", ["VKO", "BUD"], on=dt.date(2025, 10, 23))
    >>> [line for line in text.splitlines() if line.startswith(("name", "waypoints"))]
    ['name = "Moscow-Budapest"', 'waypoints = ["VKO", "BUD"]']
    """
    later = on + dt.timedelta(days=365) if on.year < dt.MAXYEAR else on
    return _TEXT.format(
        schema=f"#:schema {schema}\n" if schema else "",
        name=quoted(name),
        on=on.isoformat(),
        later=later.isoformat(),
        waypoints=quoted_list(places),
        avoid=quoted_list(avoid),
        never=f"{'' if never else '# '}never = {quoted_list(never or ['closed'])}  # who can't be asked\n",
    )
