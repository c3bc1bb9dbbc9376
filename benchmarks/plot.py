"""The table as a picture; without matplotlib, none is drawn."""

from __future__ import annotations

from pathlib import Path

__all__ = ["draw"]

Bar = tuple[str, float, int, int]
"""Name, CPU milliseconds a route, routes with wrong states, routes checked."""


def draw(kinds: dict[str, list[Bar]]) -> None:
    """Draw a panel of bars for each kind of routes."""
    try:
        import matplotlib as mpl
    except ImportError:
        return
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "overflight"
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(len(kinds), 1, figsize=(8, 1.2 + 0.42 * sum(map(len, kinds.values()))), sharex=True)
    for panel, (title, bars) in zip(panels, kinds.items(), strict=True):
        names = [name for name, *_ in bars]
        values = [ms for _, ms, *_ in bars]
        colours = ["#1b6ca8", *["#b9c2c9"] * (len(bars) - 1)]
        panel.barh(names, values, color=colours, height=0.7)
        for k, (_, ms, wrong, checked) in enumerate(bars):
            told = f" {ms:.3g} ms" + (f", {wrong} of {checked} wrong" if wrong else ", none wrong")
            panel.text(ms, k, told, va="center", fontsize=9)
        panel.invert_yaxis()
        panel.set_xscale("log")
        panel.set_xlim(min(values) / 2, max(values) * 40)
        panel.set_title(title, loc="left", fontsize=10)
        panel.spines[["top", "right"]].set_visible(False)
    panels[-1].set_xlabel("CPU time a route, ms (logarithmic)")
    figure.tight_layout()
    figure.savefig(Path(__file__).parent / "results.svg", metadata={"Date": None})
