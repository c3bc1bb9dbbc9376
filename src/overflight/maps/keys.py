"""The legend of a picture: a mark for whatever is drawn on its map, and nothing else."""

from __future__ import annotations

from typing import Any

from overflight.maps.inks import (
    AMBER,
    AMBER_LINE,
    BLUE,
    CONSENT_DASH,
    DIRECT_DASH,
    DISPUTE,
    DISPUTE_HATCH,
    DISPUTE_PATTERN,
    ENTERED_AMBER,
    ENTERED_RED,
    GREEN,
    INK,
    LAND,
    LAND_LINE,
    MEMBER,
    MEMBER_LINE,
    NAMES,
    PAPER,
    QUIET,
    RED,
)
from overflight.maps.words import say
from overflight.maps.writing import clean

__all__ = ["LETTERS", "legend_of"]

LETTERS = 100
"""No entry is longer."""


def legend_of(scene: dict[str, Any], tick_km: float) -> list[tuple[list[Any], str]]:
    """Return the entries of a picture's legend that it has need of: what draws each mark on its axes, and the words.

    `tick_km` is how far apart the ticks on the route shown are.
    """
    from matplotlib.patches import Rectangle

    def patch(face: str, edge: str, hatch: str = "", hatch_colour: str = "", line: float = 0.7) -> list[Any]:
        def fill(axes: Any) -> None:
            axes.add_patch(
                Rectangle((1, -5), 27, 10, facecolor=face, edgecolor=hatch_colour or edge, lw=0, hatch=hatch)
            )
            axes.add_patch(Rectangle((1, -5), 27, 10, facecolor="none", edgecolor=edge, lw=line))

        return [fill]

    def line(**style: Any) -> Any:
        return lambda axes: axes.plot([0, 28], [0, 0], solid_capstyle="butt", dash_capstyle="butt", **style)

    routes, words = scene["routes"], scene["words"]
    shown = routes[int(scene.get("best", 0))]
    standings = {stretch["standing"] for stretch in shown["forbidden"]}
    mark = RED if "forbidden" in standings else AMBER_LINE

    def dots(axes: Any) -> None:
        axes.plot([8], [0], "o", ms=5.5, mfc=mark, mec=PAPER)
        axes.plot([21], [0], "o", ms=5, mfc=PAPER, mec=mark, mew=1.4)

    def tick(axes: Any) -> None:
        axes.plot([14, 14], [-4, 4], color=INK, lw=0.9)

    def near(axes: Any) -> None:
        axes.plot([0, 22], [0, 0], color=INK, lw=0.7)
        axes.plot([22], [0], "o", ms=3.4, mfc=PAPER, mec=INK, mew=0.8)

    def region(axes: Any) -> None:
        axes.plot([14], [0], "o", ms=3.6, mfc=GREEN, mec=PAPER, mew=0.8)

    def marked(how: str) -> bool:
        return any(how in piece for piece in scene["pieces"])

    rule = scene["rule"]
    # An area has an entry of its own.
    whole = any(piece.get("member") and not piece.get("area") for piece in scene["pieces"])
    entered = {one["standing"] for one in shown["entered"]}
    direct = any(route["kind"] == "great-circle" for route in routes)
    bold = line(color=INK, lw=1.8, ls=DIRECT_DASH) if shown["kind"] == "great-circle" else line(color=BLUE, lw=2.4)
    grey = [line(color=QUIET, lw=1.2, ls=DIRECT_DASH)]
    entries = [
        (rule and whole, patch(MEMBER, MEMBER_LINE), clean(rule["words"], LETTERS) if rule else ""),
        ("forbidden" in entered, patch(ENTERED_RED, RED), say(words, "key_entered_forbidden")),
        ("consented" in entered, patch(ENTERED_AMBER, AMBER_LINE), say(words, "key_entered_consented")),
        (True, patch(LAND, LAND_LINE), say(words, "key_other" if rule else "key_airspace")),
        (marked("disputed"), patch(LAND, DISPUTE, DISPUTE_PATTERN, DISPUTE_HATCH), say(words, "key_disputed")),
        (marked("area"), [line(color=RED, lw=1.2, ls=(0, (3, 2)))], say(words, "key_area")),
        (marked("barrier"), patch(MEMBER, NAMES, line=1.3), say(words, "key_barrier")),
        (True, [bold], say(words, "key_chosen")),
        (len(routes) > 1, [line(color=QUIET, lw=1.2)], say(words, "key_others")),
        (direct, grey if shown["kind"] != "great-circle" else [bold], say(words, "key_great_circle")),
        ("forbidden" in standings, [line(color=RED, lw=4.5)], say(words, "key_forbidden")),
        (
            "consented" in standings,
            [line(color=AMBER_LINE, lw=4.5), line(color=PAPER, lw=1.4, ls=CONSENT_DASH)],
            say(words, "key_consented"),
        ),
        (any(one["kind"] != "border" for one in shown["marks"]), [dots], say(words, "key_marks")),
        (len(routes) == 1 and shown["nearest"], [near], say(words, "key_near")),
        (True, [line(color=BLUE, lw=2.4), tick], say(words, "key_tick", km=f"{tick_km:,.0f}")),
        *(
            (
                True,
                [line(color=GREEN, lw=0.9, alpha=0.7), region],
                say(words, "key_layer", name=clean(layer["name"], 40)),
            )
            for layer in scene.get("layers", ())
        ),
        ("gaps" in scene, [line(color=AMBER, lw=1.1, ls=(0, (4, 3)))], say(words, "key_gap")),
    ]
    return [(marks, told) for wanted, marks, told in entries if wanted]
