"""The profile of a report: what lay below from start to end, and how high it was, by times or kilometres."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.evidence.sketch import WIDE_PT, Area, Hatch, Sketch, Stroke, Words
from overflight.maps.inks import BLUE, INK, LAND, LINE, MEMBER, PAPER, SEA, SOFT
from overflight.maps.writing import EM
from overflight.routes.numbers import M_PER_FT

if TYPE_CHECKING:
    from overflight.evidence.way import Way

__all__ = ["chart_of"]

LEFT, RIGHT, TOP, FOOT = 44.0, 6.0, 16.0, 18.0
TALL_PT, FLAT_PT = 86.0, 16.0
"""Height of the field with altitudes, and without."""
NAME_PT = 6.0
STEPS_FT = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)
TICKS = 9
FILLS: dict[str, tuple[str, Hatch]] = {
    "forbidden": (MEMBER, "member"),
    "consented": (MEMBER, "member"),
    "free": (LAND, ""),
}


def chart_of(way: Way, profile: dict[str, Any] | None) -> Sketch:
    """Draw states and altitudes over the times of a recorded flight; over kilometres, where there are no times."""
    track = way.track
    field_pt = TALL_PT if profile else FLAT_PT
    by = "times" if track is not None else "kilometres"
    what = "Altitudes and the states below" if profile else "The states below"
    sketch = Sketch(WIDE_PT, TOP + field_pt + FOOT, PAPER, f"{what}, by {by}, of {way.route.label}")
    span = float(track.times_s[-1] - track.times_s[0]) if track is not None else way.end_km
    wide, floor = WIDE_PT - LEFT - RIGHT, TOP + field_pt

    def x_of(value: float) -> float:
        return LEFT + wide * value / span

    def at(km: float) -> float:
        return x_of(float(np.interp(km, way.km, track.times_s - track.times_s[0])) if track is not None else km)

    sketch.marks.append(Area([_box(LEFT, TOP, LEFT + wide, floor)], SEA))
    last = -1.0
    for n, crossing in enumerate(way.case.verdict.crossings, 1):
        left, right = at(crossing.entry_km), at(crossing.exit_km)
        fill, hatch = FILLS[way.case.standing(crossing)]
        sketch.marks.append(Area([_box(left, TOP, right, floor)], fill, hatch))
        sketch.marks.append(Stroke(np.array([(left, TOP), (left, floor)]), LINE, 0.5))
        sketch.marks.append(Stroke(np.array([(right, TOP), (right, floor)]), LINE, 0.5))
        name = next(
            (w for w in (f"{n} {crossing.state.name}", f"{n} {crossing.state.code}", str(n)) if _fits(w, right - left)),
            "",
        )
        middle = (left + right) / 2
        if name and middle - len(name) * NAME_PT * EM / 2 > last:
            sketch.marks.append(Words((middle, TOP - 7.0), name, NAME_PT, INK))
            last = middle + len(name) * NAME_PT * EM / 2
    if profile:
        _altitudes(sketch, profile, x_of, floor)
    for value, words in _ticks(way, span):
        x = x_of(value)
        sketch.marks.append(Stroke(np.array([(x, floor), (x, floor + 3.0)]), SOFT, 0.6))
        sketch.marks.append(Words((min(max(x, LEFT + 8.0), WIDE_PT - 14.0), floor + 9.0), words, 6.0, SOFT))
    rim = _box(LEFT, TOP, LEFT + wide, floor)
    sketch.marks.append(Stroke(rim, SOFT, 0.6))
    return sketch


def _altitudes(sketch: Sketch, profile: dict[str, Any], x_of: Any, floor: float) -> None:  # noqa: ANN401 - a function
    heights: list[float] = [height for run in profile["runs"] for _, height in run]
    low, high = min(0.0, *heights), max(*heights, 100.0)
    step = M_PER_FT * next((feet for feet in STEPS_FT if (high - low) / M_PER_FT / feet <= 5), STEPS_FT[-1])

    def y_of(height: float) -> float:
        return floor - 4.0 - (floor - TOP - 10.0) * (height - low) / (high - low)

    for n in range(int(low // step), int(high // step) + 1):
        y = y_of(n * step)
        if not TOP <= y <= floor:
            continue
        sketch.marks.append(Stroke(np.array([(LEFT - 3.0, y), (LEFT, y)]), SOFT, 0.6))
        sketch.marks.append(Words((LEFT - 5.0, y), f"{n * step / M_PER_FT:,.0f} ft", 6.0, SOFT, "end"))
    for run in profile["runs"]:
        points = np.array([(x_of(seconds), y_of(height)) for seconds, height in run])
        points = points if len(points) > 1 else np.repeat(points, 2, axis=0) + np.array([[0.0, 0.0], [0.6, 0.0]])
        sketch.marks.append(Stroke(points, PAPER, 2.4))
        sketch.marks.append(Stroke(points, BLUE, 1.2))


def _ticks(way: Way, span: float) -> Iterator[tuple[float, str]]:
    """Yield places of the axis and what to write there: round times, or round kilometres."""
    if way.track is None:
        power = 10.0 ** np.floor(np.log10(span / TICKS))
        step = float(next(power * times for times in (1, 2, 5, 10) if power * times * TICKS >= span))
        yield from ((n * step, f"{n * step:,.6g} km") for n in range(int(span // step) + 1))
        return
    begin = way.track.begin
    step_s = 60.0 * next(
        (m for m in MINUTES if 60.0 * m * TICKS >= span), MINUTES[-1] * max(1, int(span / 86_400 / TICKS))
    )
    first = dt.datetime.combine(begin.date(), dt.time(0), dt.UTC)
    offset = (begin - first).total_seconds()
    n = int(offset // step_s)
    while n * step_s - offset <= span:
        if n * step_s >= offset:
            moment = first + dt.timedelta(seconds=n * step_s)
            yield n * step_s - offset, f"{moment:%H:%M}" if step_s < 86_400 else f"{moment:%m-%d}"
        n += 1


def _fits(words: str, wide: float) -> bool:
    return len(words) * NAME_PT * EM <= wide


def _box(left: float, top: float, right: float, bottom: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])
