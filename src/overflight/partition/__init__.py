"""One partition of the Earth's surface: border arcs, the grid over them, where a point lies, overlays, polygons."""
