"""Dates as people give them in Python: as a date, or as text."""

from __future__ import annotations

import datetime as dt

__all__ = ["as_date"]


def as_date(on: dt.date | str) -> dt.date:
    """Return the date that was meant.

    Raises
    ------
    ValueError
        If it is written otherwise than 2025-10-23, or is a moment, which is on two dates at once.

    Examples
    --------
    >>> as_date("2025-10-23")
    datetime.date(2025, 10, 23)
    """
    if isinstance(on, dt.datetime):
        msg = f"on={on.isoformat()} is a moment: give the date of it in UTC"
        raise ValueError(msg)
    if isinstance(on, dt.date):
        return on
    try:
        return dt.date.fromisoformat(on)
    except ValueError:
        msg = f"on={on[:40]!r} is no date: write it as 2025-10-23"
        raise ValueError(msg) from None
