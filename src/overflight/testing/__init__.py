"""For tests of one's own: assertions about routes that fail with a briefing.

pytest offers a fixture `world` beside these, the airspace as of today; it is loaded when a test asks for it.

The assertions are loaded when first used: the plugin lies in this package, and pytest loads it in everybody's runs.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from overflight.testing.assertions import assert_claims, assert_clear, assert_crosses

__all__ = ["assert_claims", "assert_clear", "assert_crosses"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'overflight.testing' has no attribute {name!r}")
    from overflight.testing import assertions

    return getattr(assertions, name)
