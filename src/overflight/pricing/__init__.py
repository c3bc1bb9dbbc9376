"""The price of an airspace: what closing it would cost the flights that enter it. Needs pyarrow (`overflight[arrow]`).

`price` reads flights (`flown`), finds those whose way enters what is closed (`entering`, `closing`), searches for each
distinct pair of places once (`searching`), adds up what the detours take more (`reckoning`, `model`), and draws them
(`drawing`).
"""

from __future__ import annotations

from overflight.pricing.asking import price
from overflight.pricing.drawing import page_of
from overflight.pricing.model import Price, Priced, Sum

__all__ = ["Price", "Priced", "Sum", "page_of", "price"]
