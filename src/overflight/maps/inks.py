"""The colours and patterns of a picture: those of the page (assets/map.css), for light paper."""

from __future__ import annotations

__all__ = [
    "AMBER",
    "AMBER_LINE",
    "BLUE",
    "CONSENT_DASH",
    "DIRECT_DASH",
    "DISPUTE",
    "DISPUTE_HATCH",
    "DISPUTE_PATTERN",
    "ENTERED_AMBER",
    "ENTERED_RED",
    "GREEN",
    "INK",
    "LAND",
    "LAND_LINE",
    "LINE",
    "MEMBER",
    "MEMBER_HATCH",
    "MEMBER_LINE",
    "MEMBER_PATTERN",
    "NAMES",
    "PAPER",
    "QUIET",
    "RED",
    "SEA",
    "SOFT",
]

INK, SOFT, LINE, PAPER = "#1d252c", "#505b65", "#d9dde0", "#ffffff"
SEA, LAND, LAND_LINE, NAMES = "#dfe8ee", "#fbfaf8", "#b9bfc0", "#5a5e5c"
MEMBER, MEMBER_LINE, DISPUTE, DISPUTE_HATCH = "#ece7db", "#a39d8d", "#6f4f90", "#af9dc2"
MEMBER_HATCH = "#c9b98f"
"""Of reports, which have to be read in black and white, too."""
ENTERED_AMBER, ENTERED_RED, AMBER_LINE = "#f6dda3", "#f3c9c3", "#b06f00"
BLUE, RED, AMBER, GREEN, QUIET = "#12486f", "#b3141d", "#7d5200", "#1d6b42", "#7f8a92"
MEMBER_PATTERN, DISPUTE_PATTERN = "/////", "\\\\" * 3
CONSENT_DASH, DIRECT_DASH = (0, (4, 3)), (0, (5, 3))
