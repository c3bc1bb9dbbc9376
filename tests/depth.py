"""How much of a long test runs on every change; the rest is marked `deep`, and runs weekly (`make test-deep`)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

__all__ = ["spread"]


def spread(values: Collection[Any], often: int) -> list[Any]:
    """Mark all but so many of a test's cases as deep; those that are left are spread over the whole list."""
    kept = {k * len(values) // often for k in range(often)}
    return [one if k in kept else pytest.param(one, marks=pytest.mark.deep) for k, one in enumerate(values)]
