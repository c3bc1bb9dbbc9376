"""The priced closures of the gallery: pairs of cities that are named here, each once. They are pairs, not traffic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import overflight as of
from overflight.pricing import Price, page_of

if TYPE_CHECKING:
    from overflight.maps import Map

__all__ = ["PRICES", "PricedStudy"]


@dataclass(frozen=True, slots=True)
class PricedStudy:
    """One closure, and the pairs that it is priced for: every start with every end.

    Attributes
    ----------
    file : str
        What the page is called.
    title : str
        Its heading.
    on : str
        The date of the data.
    without : str
        What is closed.
    starts, ends : sequence of str
        Airports.
    avoid : sequence of str
        What is closed before and after.
    """

    file: str
    title: str
    on: str
    without: str
    starts: Sequence[str]
    ends: Sequence[str]
    avoid: Sequence[str] = ()

    def priced(self) -> Price:
        """Search for the detours."""
        pairs = list(product(self.starts, self.ends))
        return of.price(pairs, without=self.without, on=self.on, avoid=self.avoid, aircraft="wide-body")

    def render(self, folder: Path) -> tuple[Path, Map]:
        """Write the page."""
        page = page_of(self.priced(), most=8, title=self.title)
        page.save(folder / self.file)
        return folder / self.file, page


PRICES = (
    PricedStudy(
        file="price-russia-2022-03-01.html",
        title="Without Russia, Ukraine closed anyway: ten cities of Europe and eight of East Asia, each pair once",
        on="2022-03-01",
        without="RUS",
        starts=("LHR", "CDG", "FRA", "AMS", "HEL", "MAD", "FCO", "VIE", "CPH", "WAW"),
        ends=("HND", "KIX", "ICN", "PEK", "PVG", "HKG", "TPE", "SIN"),
        avoid=("UKR",),
    ),
    PricedStudy(
        file="price-gulf-2025-10-23.html",
        title="Without a ring about the Gulf, Russia and Ukraine closed anyway: seven cities and six, each pair once",
        on="2025-10-23",
        without="IRN | IRQ | KWT | BHR | QAT | ARE",
        starts=("LHR", "CDG", "FRA", "AMS", "FCO", "VIE", "IST"),
        ends=("DEL", "BOM", "CMB", "BKK", "SIN", "KUL"),
        avoid=("RUS | UKR",),
    ),
)
"""Which airports, and which states, is our choice. The ring is no event: all six closed at once is a supposition."""
