"""Recorded flights: what recorders write, made routes that know when the aircraft was where."""

from __future__ import annotations

from overflight.routes.sample import Sample
from overflight.routes.tracks.leeway import Leeway, leeways
from overflight.routes.tracks.making import tracks_of, with_jumps
from overflight.routes.tracks.samples import Samples
from overflight.routes.tracks.track import Gap, LeftOut, Track

__all__ = ["Gap", "Leeway", "LeftOut", "Sample", "Samples", "Track", "leeways", "tracks_of", "with_jumps"]
