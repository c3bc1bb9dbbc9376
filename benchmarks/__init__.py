"""How fast and how right the engine is beside what one would use instead; see `run.py`."""
