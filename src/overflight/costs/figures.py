"""A figure that is known as a range: what is likely, and how far it can be off either way."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Figure"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A range, never a point.

    Its three numbers are three ways in which things may stand, the same ones in all figures of one cost: all that is
    uncertain helps, is as usual, or hinders. So figures are added and taken from each other number by number.

    Attributes
    ----------
    low, typical, high : float
        In the unit that the figure's name says.

    Examples
    --------
    >>> (Figure(1.0, 2.0, 4.0) + Figure.exactly(0.5)).times(2.0)
    Figure(low=3.0, typical=5.0, high=9.0)
    >>> Figure(100.0, 110.0, 125.0).minus(Figure(90.0, 99.0, 112.0)).to_dict()
    {'low': 10.0, 'typical': 11.0, 'high': 13.0}
    """

    low: float
    typical: float
    high: float

    @classmethod
    def exactly(cls, value: float) -> Figure:
        """Make a figure of what is known."""
        return cls(value, value, value)

    def times(self, factor: float | Figure) -> Figure:
        """Return the figure so many times, number by number."""
        by = factor if isinstance(factor, Figure) else Figure.exactly(factor)
        return Figure(self.low * by.low, self.typical * by.typical, self.high * by.high)

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.low + other.low, self.typical + other.typical, self.high + other.high)

    def minus(self, other: Figure) -> Figure:
        """Return by how much this is more than another figure, as things stand in both; of two ranges, in order."""
        ends = sorted((self.low - other.low, self.high - other.high))
        typical = self.typical - other.typical
        return Figure(min(ends[0], typical), typical, max(ends[1], typical))

    def widened(self, by: float) -> Figure:
        """Return the figure with ends that are farther off, by something that may be so far off either way by itself.

        Examples
        --------
        >>> Figure(97.0, 100.0, 103.0).widened(4.0)
        Figure(low=95.0, typical=100.0, high=105.0)
        """
        low, high = math.hypot(self.typical - self.low, by), math.hypot(self.high - self.typical, by)
        return Figure(self.typical - low, self.typical, self.typical + high)

    def to_dict(self, digits: int = 3) -> dict[str, float]:
        """Return the three numbers, rounded."""
        return {
            "low": round(self.low, digits),
            "typical": round(self.typical, digits),
            "high": round(self.high, digits),
        }
