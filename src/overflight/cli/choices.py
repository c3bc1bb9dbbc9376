"""What may be meant where a command, or a value of which there are few, is mistyped."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import click

__all__ = ["OneOf", "meant"]


def meant(text: str, known: Collection[str]) -> str:
    """Say which of the known words may be meant; nothing where it is none.

    Examples
    --------
    >>> meant("chek", ["check", "map"]), meant("VKO", ["check", "map"])
    ('did you mean check?', '')
    """
    import difflib  # only for those who mistype

    near = difflib.get_close_matches(text[:60].casefold(), known, n=1)
    return f"did you mean {near[0]}?" if near else ""


class OneOf(click.Choice):  # type: ignore[type-arg]  # older versions of click take none
    """One of a few words; of one that is nearly one of them, it is said which may be meant."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        """Take a value if it is one of them."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            hint = meant(str(value), [str(choice) for choice in self.choices])
            self.fail(f"{error.message.rstrip('.')}: {hint}" if hint else error.message, param, ctx)
