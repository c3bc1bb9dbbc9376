"""What can go wrong with what somebody gave us; every message ends with what to do next."""

from __future__ import annotations

__all__ = [
    "DataError",
    "OverflightError",
    "ProposalError",
    "RouteError",
    "UnknownPlaceError",
    "UnknownStateError",
]


class OverflightError(Exception):
    """Base of every error that bad input can raise; its text is one line fit for a user.

    Attributes
    ----------
    path : tuple of str and int
        Which of the things given is at fault, where that is known, as ``("waypoints", 2)``.
    """

    path: tuple[str | int, ...] = ()


class UnknownPlaceError(OverflightError):
    """A place that is no known airport code, no name of one city alone, and no readable coordinate."""


class UnknownStateError(OverflightError):
    """A state, territory or bloc that the data do not know."""


class RouteError(OverflightError):
    """A route that is no route: too few places, all one place, or a leg without a unique geodesic."""


class ProposalError(OverflightError):
    """A proposal or route file that can't be read; names the file, the line or key, what was expected and found."""

    def __init__(self, text: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(text)
        self.path = path


class DataError(OverflightError):
    """The shipped airspace data are missing or damaged, or an output can't be written."""
