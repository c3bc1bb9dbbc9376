"""What was found out about a route, told in another world of the same partition: no border is looked at again."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from overflight._crossings import Crossings, Surveyed, _crossing
from overflight._crossings.approach import Survey
from overflight._crossings.engine import Span, labels_of
from overflight._crossings.parts import Parts
from overflight._crossings.spans import NOBODY

if TYPE_CHECKING:
    from overflight.airspace import Airspaces
    from overflight.routes import Route

__all__ = ["Known", "retold"]


class Known:
    """What was found out about a route as of other dates: it is another line where a code stood for another field."""

    def __init__(self) -> None:
        self._surveys: list[Survey] = []

    def over(self, line: Route, world: Airspaces) -> Survey:
        """Return the survey of a line in a world."""
        for survey in self._surveys:
            if survey.parts.route is line or survey.parts.route == line:
                return survey.over(world)
        self._surveys.append(Survey(Parts(line), world))
        return self._surveys[-1]


def retold(survey: Survey) -> Surveyed:
    """Return the crossings of a route that was walked already, in the world that the survey is of.

    Parameters
    ----------
    survey : Survey
        Of the route; `Survey.over` makes one of another date.

    Returns
    -------
    Surveyed
        The rows, to the last bit, that `overflight.crossings` finds in that world.

    Notes
    -----
    The engine divides a route into stretches by piece, and then joins neighbours that are one crossing. The first is
    done once; the second is done here, by the same labels.
    """
    world, walked = survey.world, survey.walked
    labels = labels_of(world)
    rows: list[Span] = []
    last, nobodys = NOBODY, []
    for span in walked.spans:
        label = labels[span.piece]
        if label == NOBODY:
            nobodys.append(span.exit_km - span.entry_km)
        elif label == last:
            rows[-1] = rows[-1]._replace(exit_km=span.exit_km, exit=span.exit)
        else:
            rows.append(span)
        last = label
    found = tuple(_crossing(world.pieces[row.piece], row, walked.length_km) for row in rows)
    return Surveyed(Crossings(survey.parts.route, found, math.fsum(nobodys), walked.settled), survey)
