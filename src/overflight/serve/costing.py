"""What flies on the what-if page, and in what wind: by keys of its proposal, which the schema of these has checked."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from overflight.costs.fleet import CLASSES
from overflight.maps.costed import USUAL, Costing

if TYPE_CHECKING:
    from overflight.serve.asked import Keys

__all__ = ["classes", "costing_of", "flown_by"]


def classes() -> list[dict[str, str]]:
    """Return what can be chosen to fly."""
    return [{"name": one.name, "words": one.words.partition(" ")[2]} for one in CLASSES.values()]


def flown_by(keys: Keys) -> dict[str, Any]:
    """Return what flies, and in what wind, as `overflight.draw` takes it."""
    return {"aircraft": keys.get("aircraft") or USUAL, "wind": keys.get("wind") or "none"}


def costing_of(keys: Keys, on: dt.date) -> Costing:
    """Return what works out the costs of a page's routes."""
    return Costing.of(**flown_by(keys), on=on)
