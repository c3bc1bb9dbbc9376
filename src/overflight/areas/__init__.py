"""Areas of one's own that a route must keep out of: read from GeoJSON, and laid over the world as a partition."""

from __future__ import annotations

from overflight.areas.overlay import overlay, partition
from overflight.areas.reading import parse_areas, read_areas
from overflight.geodata.area import Area

__all__ = ["Area", "overlay", "parse_areas", "partition", "read_areas"]
