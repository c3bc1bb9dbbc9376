"""Unit rates of route charges, as the user brings them: a CSV file of zones, months, rates and currencies.

None is shipped: no table was found whose licence lets it be. `template` writes a file to be filled in.
"""

from __future__ import annotations

import csv
import math
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from overflight.errors import DataError
from overflight.outside.printable import visible
from overflight.routes.files import read_text

__all__ = ["SYSTEM", "UnitRate", "UnitRates", "check_tonnes", "parse_rates", "parse_tonnes", "read_rates", "template"]

MAX_BYTES = 5_000_000
MAX_ROWS = 100_000
MAX_RATE = 1e7
COLUMNS = ("zone", "month", "rate", "currency")
LEAST_T, MOST_T = 0.1, 1000.0
"""Above the 640 t of the heaviest aircraft that flew."""
SYSTEM = (
    *("ALB", "ARM", "AUT", "BEL", "BGR", "BIH", "CHE", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GBR"),
    *("GEO", "GRC", "HRV", "HUN", "IRL", "ITA", "LTU", "LUX", "LVA", "MDA", "MKD", "MLT", "MNE", "NLD", "NOR", "POL"),
    *("PRT", "ROU", "SRB", "SVK", "SVN", "SWE", "TUR"),
)
"""States in EUROCONTROL's route charges system: its members but Monaco and Ukraine, 39 states (an analysis of 2020 by
EUROCONTROL counts as many, and leaves out these two). Their names are general knowledge; who joined later may be
missing.
"""
TEMPLATE = """\
# Unit rates of route charges, for `overflight check ... --rates FILE.csv --mtow TONNES`.
# None is filled in: EUROCONTROL publishes those of each month as "monthly adjusted unit rates". A row without a rate
# counts as not known. month: 2025-10; rate: per service unit, with a point (45.67); currency: as EUR.
# A zone is a state, by its code (ISO 3166-1 alpha-3), or has the name of a zone in your own layer. Zones of the system
# that are no state: Belgium and Luxembourg are one (give both rows its rate), so are Serbia and Montenegro; Spain and
# Portugal have two each (mainland; Canarias; Lisboa; Santa Maria): take the one that the route crosses.
# Rows of other states count the same way, if they charge by the same formula: add them.
zone,month,rate,currency
"""
_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")
_NUMBER = re.compile(r"\d{1,8}(\.\d{1,8})?", re.ASCII)
_TONNES = re.compile(r"\s*(\d{1,5}(?:\.\d{1,6})?)\s*t?\s*", re.ASCII | re.IGNORECASE)


class UnitRate(NamedTuple):
    """What a service unit costs in a zone in a month."""

    rate: float
    currency: str


@dataclass(frozen=True, slots=True)
class UnitRates:
    """Unit rates by zone and month.

    Attributes
    ----------
    rates : mapping of (zone, month) to UnitRate
        Zones in capitals, months as ``"2025-10"``.
    source : str
        What to call where they come from.
    """

    rates: Mapping[tuple[str, str], UnitRate]
    source: str = ""
    zones: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "zones", frozenset(zone for zone, _ in self.rates))

    def of(self, zone: str, month: str) -> UnitRate | None:
        """Return the rate of a zone in a month; None where there is none, whatever the month before had."""
        return self.rates.get((zone.upper(), month))


def read_rates(path: str | os.PathLike[str]) -> UnitRates:
    """Read a file of unit rates.

    Parameters
    ----------
    path : path
        CSV in UTF-8 with the columns ``zone,month,rate,currency``, of at most 5 MB; lines that begin with ``#`` are
        comments, and a row without a rate counts as not there.

    Raises
    ------
    DataError
        Names the file and the line, and says what was expected.
    ProposalError
        If it can't be read at all.
    """
    where = visible(os.fspath(path))
    return parse_rates(read_text(Path(path), max_bytes=MAX_BYTES, where=where), where=where)


def parse_rates(text: str, *, where: str) -> UnitRates:
    r"""Read the text of a file of unit rates; see `read_rates`.

    Examples
    --------
    >>> found = parse_rates("zone,month,rate,currency\nHUN,2025-10,34.50,EUR\nSRB,2025-10,,\n", where="rates.csv")
    >>> found.of("HUN", "2025-10"), found.of("HUN", "2025-11"), found.of("SRB", "2025-10")
    (UnitRate(rate=34.5, currency='EUR'), None, None)
    """
    found: dict[tuple[str, str], UnitRate] = {}
    rows = _rows(text, where)
    line, header = next(rows, (1, []))
    if tuple(name.strip().lower() for name in header) != COLUMNS:
        raise DataError(f"{where}, line {line}: expected the columns {','.join(COLUMNS)}: see `overflight new rates`")
    for count, (line, row) in enumerate(rows):
        at = f"{where}, line {line}"
        if count >= MAX_ROWS:
            raise DataError(f"{at}: more than {MAX_ROWS:,} rates: leave out what the flight does not need")
        if len(row) != len(COLUMNS):
            raise DataError(f"{at}: {len(row)} values, expected {len(COLUMNS)}: {','.join(COLUMNS)}")
        zone, month, rate, currency = (value.strip() for value in row)
        if not rate:
            continue
        if (key := (zone.upper(), month)) in found:
            raise DataError(f"{at}: {_shown(zone)} has two rates in {month}: take one out")
        if not zone:
            raise DataError(f"{at}: no zone: give a state such as HUN, or a zone of your layer by its name")
        found[key] = _rate(at, month, rate, currency)
    return UnitRates(found, where)


def _rate(at: str, month: str, rate: str, currency: str) -> UnitRate:
    if not _MONTH.fullmatch(month):
        raise DataError(f"{at}: month {_shown(month)}: expected one such as 2025-10")
    if not _NUMBER.fullmatch(rate) or float(rate) > MAX_RATE:
        raise DataError(f"{at}: rate {_shown(rate)}: expected a number with a point, such as 45.67, or nothing")
    if not _CURRENCY.fullmatch(currency):
        raise DataError(f"{at}: currency {_shown(currency)}: expected three capitals such as EUR")
    return UnitRate(float(rate), currency)


def parse_tonnes(text: str) -> float:
    """Read a maximum take-off weight, in tonnes.

    Raises
    ------
    DataError
        If it is no weight from 0.1 to 1,000 t.

    Examples
    --------
    >>> parse_tonnes("78"), parse_tonnes("70.0 t")
    (78.0, 70.0)
    """
    match = _TONNES.fullmatch(text)
    tonnes = float(match[1]) if match else math.nan
    return check_tonnes(tonnes, text)


def check_tonnes(tonnes: float, text: str | None = None) -> float:
    """Return a maximum take-off weight, in tonnes, if it can be one.

    Raises
    ------
    DataError
        If it is no number from 0.1 to 1,000.
    """
    if not (isinstance(tonnes, int | float) and LEAST_T <= tonnes <= MOST_T):
        shown = _shown(str(tonnes) if text is None else text)
        raise DataError(f"{shown}: expected a maximum take-off weight in tonnes, from 0.1 to 1,000, such as 78.0")
    return tonnes


def template(month: str) -> str:
    """Write a file of unit rates to be filled in: a row for each state of the system, without a rate.

    Examples
    --------
    >>> template("2025-10").splitlines()[-1]
    'TUR,2025-10,,EUR'
    """
    return TEMPLATE + "".join(f"{zone},{month},,EUR\n" for zone in SYSTEM)


def _rows(text: str, where: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with its line; comments and empty lines left out."""
    kept = ((n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#"))
    for number, line in kept:
        try:
            (row,) = csv.reader([line], strict=True)
        except (csv.Error, ValueError) as error:
            raise DataError(
                f"{where}, line {number}: no row of CSV: quotes are not closed, or stand in a value"
            ) from error
        yield number, row


def _shown(text: str) -> str:
    return repr(visible(text[:40]))
