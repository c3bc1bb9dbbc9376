"""Results that make a frame of lines, and are drawn by what GeoPandas draws frames with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from overflight.errors import OverflightError
from overflight.outside.listing import Listed

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["Framed"]


class Framed(Listed):
    """What has a `to_frame`."""

    __slots__ = ()

    def to_frame(self) -> GeoDataFrame:
        """Return it as a GeoDataFrame."""
        raise NotImplementedError

    def plot(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - matplotlib's own
        """Draw its lines with matplotlib; takes what `GeoDataFrame.plot` takes, and needs ``overflight[notebook]``."""
        return self._drawn("plot", *args, **kwargs)

    def explore(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - folium's own
        """Draw its lines on a map of tiles from the network; takes what `GeoDataFrame.explore` takes.

        It needs ``overflight[notebook]``. `overflight.draw` makes a map of one file that needs no network.
        """
        return self._drawn("explore", *args, **kwargs)

    def _drawn(self, how: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        try:
            return getattr(self.to_frame(), how)(*args, **kwargs)
        except ImportError as error:
            msg = f"{how} needs packages that are not installed: pip install 'overflight[notebook]' ({error})"
            raise OverflightError(msg) from error
