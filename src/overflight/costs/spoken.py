"""What flying a route costs, in words: hours and minutes, tonnes, and what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from overflight.costs.costing import Cost, Extra
    from overflight.costs.figures import Figure

__all__ = ["assumed_words", "clock", "cost_words", "extra_words", "hours", "time_words", "tonnes", "tonnes_words"]


def hours(minutes: float, *, signed: bool = False) -> str:
    """Write minutes in hours and minutes.

    Examples
    --------
    >>> hours(143.6), hours(12.2), hours(-90.0, signed=True)
    ('2 h 24 min', '12 min', '-1 h 30 min')
    """
    whole = round(abs(minutes))
    told = f"{whole // 60} h {whole % 60:02d} min" if whole >= 60 else f"{whole} min"
    return _sign(minutes, signed=signed and whole > 0) + told


def clock(minutes: float, *, signed: bool = False) -> str:
    """Write minutes for a narrow column.

    Examples
    --------
    >>> clock(143.6), clock(12.2, signed=True)
    ('2:24', '+0:12')
    """
    whole = round(abs(minutes))
    return f"{_sign(minutes, signed=signed and whole > 0)}{whole // 60}:{whole % 60:02d}"


def tonnes(figure: Figure, *, signed: bool = False) -> str:
    """Write tonnes for a column, with the range: to a tonne from 100 t on, to a hundredth below one.

    Examples
    --------
    >>> from overflight.costs import Figure
    >>> tonnes(Figure(11.9, 16.4, 22.31)), tonnes(Figure(0.2, 0.251, 0.3))
    ('16.4 (11.9-22.3)', '0.25 (0.20-0.30)')
    """
    typical, low, high = _tonnes(figure)
    return f"{_sign(figure.typical, signed=signed)}{typical} ({low}-{high})"


def tonnes_words(figure: Figure, what: str, *, signed: bool = False) -> str:
    """Write tonnes of something in a sentence, with the range.

    Examples
    --------
    >>> from overflight.costs import Figure
    >>> tonnes_words(Figure(11.9, 16.4, 22.3), "fuel", signed=True)
    '+16.4 t of fuel (11.9 to 22.3)'
    """
    typical, low, high = _tonnes(figure)
    return f"{_sign(figure.typical, signed=signed)}{typical} t of {what} ({low} to {high})"


def time_words(figure: Figure, *, signed: bool = False) -> str:
    """Write a time in a sentence, with the range.

    Examples
    --------
    >>> from overflight.costs import Figure
    >>> time_words(Figure(118.6, 125.3, 138.8))
    '2 h 05 min (1 h 59 min to 2 h 19 min)'
    """
    return f"{hours(figure.typical, signed=signed)} ({hours(figure.low)} to {hours(figure.high)})"


def cost_words(cost: Cost) -> str:
    """Say what flying a route takes.

    Examples
    --------
    >>> import overflight as of
    >>> cost_words(of.cost("VKO-BUD"))
    '2 h 05 min (1 h 59 min to 2 h 19 min), 5.0 t of fuel (3.6 to 6.9), 15.9 t of CO2 (11.2 to 21.9)'
    """
    return ", ".join(
        [time_words(cost.time_min), tonnes_words(cost.fuel_t, "fuel"), tonnes_words(cost.co2_t, "CO2")],
    )


def extra_words(extra: Extra) -> str:
    """Say what one route takes more than another.

    Examples
    --------
    >>> import overflight as of
    >>> extra_words(of.cost("VKO-MSQ-BUD").over(of.cost("VKO-BUD")))
    '+2 min (2 min to 3 min), +0.10 t of fuel (0.07 to 0.13), +0.31 t of CO2 (0.22 to 0.40)'
    """
    return ", ".join(
        [
            time_words(extra.time_min, signed=True),
            tonnes_words(extra.fuel_t, "fuel", signed=True),
            tonnes_words(extra.co2_t, "CO2", signed=True),
        ]
    )


def assumed_words(cost: Cost) -> str:
    """Say in a sentence what time and fuel rest on.

    Examples
    --------
    >>> import overflight as of
    >>> assumed_words(of.cost("VKO-BUD"))[:70]
    'Time and fuel: a narrow-body jet at 797 to 850 km/h, burning 30 to 50 '
    """
    return f"Time and fuel: {'; '.join(cost.assumptions)}."


def _tonnes(figure: Figure) -> tuple[str, str, str]:
    most = abs(figure.typical)
    digits = 0 if most >= 100.0 else 1 if most >= 1.0 else 2
    typical = f"{abs(figure.typical) if figure.typical < 0.0 else figure.typical:,.{digits}f}"
    return typical, f"{figure.low:,.{digits}f}", f"{figure.high:,.{digits}f}"


def _sign(value: float, *, signed: bool) -> str:
    return "-" if value < 0.0 else "+" if signed else ""
