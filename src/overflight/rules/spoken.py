"""Rule sets as people say them (``Poland, Ukraine``, ``ICC members except Hungary``), put in marks.

What can be read in two ways stays as it is, for the parser to refuse.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from overflight.rules.terms import is_area

__all__ = ["Token", "is_spoken", "is_word", "understood", "written"]

Token = tuple[int, str]
"""Where a part of a text begins, and the part: a name, an area, a mark."""
ARTICLES = frozenset({"the", "all"})
MEMBERS = frozenset(
    {"member", "members", "party", "parties", "state", "states", "country", "countries", "area", "airspace"}
)
"""What is said behind a bloc's name, and adds nothing to it."""
LEADS = MEMBERS | ARTICLES | {"everyone", "of", "to", "in"}
"""What is said before a bloc's name, and adds nothing to it: *states parties to the* ICC."""
TITLES = {
    ("international", "criminal", "court"): "icc",
    ("rome", "statute"): "icc",
    ("european", "union"): "eu",
}
"""Blocs by their names in full."""
EITHER = frozenset({"or", "plus"})
EXCEPT = frozenset({"except", "excluding", "without", "minus"})
MOST_WORDS = 8
"""No name of a state or a territory has as many."""


def is_word(token: str) -> bool:
    """Tell whether a token is a name, or a word beside one."""
    return token[0].isalpha() and not is_area(token)


def is_spoken(tokens: Sequence[Token]) -> bool:
    """Tell whether a text holds more than names with marks between them."""
    texts = [text for _, text in tokens]
    beside = any(is_word(text) and (is_word(last) or last == ")") for last, text in itertools.pairwise(texts))
    return beside or "," in texts


def understood(
    tokens: Sequence[Token], *, is_bloc: Callable[[str], bool], code_of: Callable[[str], str | None]
) -> list[Token]:
    """Put marks in the place of words.

    Parameters
    ----------
    tokens : sequence of (int, str)
        A text, cut up; each part with its column.
    is_bloc : callable
        Tells whether a name is that of a bloc.
    code_of : callable
        Returns the code of a state or a territory of that name, or None.

    Returns
    -------
    list of (int, str)
        The same with ``|`` for commas and "or", ``-`` for "except", codes for names of several words; each mark stands
        where its word does. "And" is ``|`` beside a state; between two blocs it stays, for it has two meanings.

    Examples
    --------
    >>> cut = [(0, "ICC"), (4, "members"), (12, "except"), (19, "HUN"), (22, ","), (24, "POL")]
    >>> written(understood(cut, is_bloc=lambda name: name == "ICC", code_of=lambda name: None))
    'ICC - (HUN | POL)'
    """
    found: list[Token] = []
    left_out: list[int] = []
    at = 0
    while at < len(tokens):
        column, text = tokens[at]
        if found and _is_end(found[-1][1]):
            used, mark = _mark(tokens, at, found[-1][1], is_bloc)
            if text.lower() in {*EXCEPT, "but"} and mark == "-":
                left_out.append(len(found))
            found.append((column, mark))
        elif is_word(text):
            used, name = _name(tokens, at, is_bloc, code_of)
            found.append((column, name))
        else:
            used = 1
            found.append((column, text))
        at += used
    return _apart(found, left_out[0]) if len(left_out) == 1 else found


def written(tokens: Sequence[Token]) -> str:
    """Write a text anew from its parts."""
    return " ".join(text for _, text in tokens).replace("( ", "(").replace(" )", ")")


def _is_end(text: str) -> bool:
    """Tell whether a term can end with a token."""
    return text == ")" or is_word(text) or is_area(text)


def _mark(tokens: Sequence[Token], at: int, before: str, is_bloc: Callable[[str], bool]) -> tuple[int, str]:
    """Return how many tokens are a mark, and which; what is none stays."""
    low = [text.lower() for _, text in tokens[at : at + 4]]
    more = [text for text in low[1:] if text not in ARTICLES]
    if low[0] == "," and not is_area(before):
        return (2 if low[1:2] and low[1] in {"and", *EITHER} else 1), "|"
    if low[0] in EITHER:
        return 1, "|"
    if low[0] in EXCEPT:
        return (2 if low[1:2] == ["for"] else 1), "-"
    if low[:2] == ["but", "not"]:
        return 2, "-"
    if low[0] == "and" and more and is_word(more[0]):
        two_blocs = (before == ")" or is_bloc(before)) and is_bloc(more[0])
        return 1, tokens[at][1] if two_blocs else "|"
    return 1, tokens[at][1]


def _name(
    tokens: Sequence[Token], at: int, is_bloc: Callable[[str], bool], code_of: Callable[[str], str | None]
) -> tuple[int, str]:
    """Return how many tokens are a name, and the name: the longest that there is."""
    words: list[str] = []
    for _, text in tokens[at : at + MOST_WORDS]:
        if not is_word(text):
            break
        words.append(text)
    for count in range(len(words), 1, -1):
        code = code_of(" ".join(words[:count]))
        if code is not None:
            return count, code
    low = [word.lower() for word in words]
    title = next((name for name in TITLES if tuple(low[: len(name)]) == name), None)
    if title is not None:
        return len(title) + _members(low[len(title) :]), TITLES[title]
    if low[0] in LEADS - ARTICLES:
        rest = next((n for n, word in enumerate(low) if word not in LEADS), len(low))
        titled = any(tuple(low[rest : rest + len(name)]) == name for name in TITLES)
        if rest < len(low) and (titled or is_bloc(words[rest])):
            used, name = _name(tokens, at + rest, is_bloc, code_of)
            return used + rest, name
    if words[0].lower() in ARTICLES and len(words) > 1 and not is_bloc(words[0]):
        used, name = _name(tokens, at + 1, is_bloc, code_of)
        return used + 1, name
    return 1 + (_members(low[1:]) if is_bloc(words[0]) else 0), words[0]


def _members(low: Sequence[str]) -> int:
    """Return how many words behind a bloc's name add nothing to it."""
    return next((n for n, word in enumerate(low) if word not in MEMBERS), len(low))


def _apart(tokens: list[Token], at: int) -> list[Token]:
    """Put what stands on each side of an "except" into parentheses, where it is more than a name."""
    depth = 0
    for _, text in tokens[:at]:
        depth += (text == "(") - (text == ")")
    return tokens if depth else [*_grouped(tokens[:at]), tokens[at], *_grouped(tokens[at + 1 :])]


def _grouped(tokens: list[Token]) -> list[Token]:
    if len(tokens) < 2 or (tokens[0][1] == "(" and _closes(tokens) == len(tokens) - 1):
        return tokens
    return [(tokens[0][0], "("), *tokens, (tokens[-1][0], ")")]


def _closes(tokens: list[Token]) -> int:
    """Return where the parenthesis that a text begins with is closed; -1 if nowhere."""
    depth = 0
    for nth, (_, text) in enumerate(tokens):
        depth += (text == "(") - (text == ")")
        if not depth:
            return nth
    return -1
