"""What flying a route costs: time, fuel and CO2, each as a range; `cost` is the way in."""

from __future__ import annotations

from overflight.costs.costing import Cost, Extra, columns_of, cost
from overflight.costs.figures import Figure
from overflight.costs.fleet import Aircraft, aircraft
from overflight.costs.pacing import Pace, pace

__all__ = ["Aircraft", "Cost", "Extra", "Figure", "Pace", "aircraft", "columns_of", "cost", "pace"]
