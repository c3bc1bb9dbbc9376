"""From a folder of files to policies: the shape of each is checked against the schema that editors use."""

from __future__ import annotations

import datetime as dt
import functools
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from overflight.airspace import Bloc, State, load_airspaces, read_bloc
from overflight.errors import OverflightError, ProposalError
from overflight.outside.files import reason_of
from overflight.outside.printable import visible
from overflight.policies.model import Policy, Rule, Waiver, plain_flight
from overflight.proposals.positions import toml_lines
from overflight.proposals.source import Source
from overflight.proposals.structure import faults, shown
from overflight.proposals.toml import load_toml
from overflight.routes.files import read_text
from overflight.rules.rulesets import parse_codes, parse_margin

__all__ = ["SCHEMA_FILE", "parse_policy", "policy_schema", "read_policies"]

SCHEMA_FILE = "policy.schema.json"
SUFFIX = ".toml"
MAX_BYTES = 1_000_000
MAX_POLICIES = 200


@functools.cache
def policy_schema() -> str:
    """Return the JSON Schema of policies, as published."""
    return resources.files("overflight.policies").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")


def read_policies(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> tuple[Policy, ...]:
    """Read the policies of folders (their ``*.toml``, none of folders below) and of files.

    Parameters
    ----------
    paths : path, or several
        UTF-8 TOML of at most 1 MB each; at most 200 files.

    Raises
    ------
    ProposalError
        Names the file, the line and the key, what was expected and what was found; or the folder that has none.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    files = dict.fromkeys(file for one in given for file in _files(Path(one)))
    if len(files) > MAX_POLICIES:
        raise ProposalError(f"{len(files)} policies are more than {MAX_POLICIES}: give fewer")
    found: dict[str, Policy] = {}
    for file in files:
        policy = parse_policy(read_text(file, max_bytes=MAX_BYTES), where=str(file), folder=file.parent)
        if (other := found.setdefault(policy.id.casefold(), policy)) is not policy:
            msg = f"{visible(str(file))}: outputs call a policy by its file, as {visible(other.where)}: rename one"
            raise ProposalError(msg)
    return tuple(found.values())


def _files(path: Path) -> list[Path]:
    try:
        if not path.is_dir():
            return [path]
        files = sorted(file for file in path.iterdir() if file.name.lower().endswith(SUFFIX) and file.is_file())
    except (OSError, ValueError) as error:
        msg = f"{visible(str(path)[:200])}: can't be looked into ({reason_of(error)}): give a folder of policies"
        raise ProposalError(msg) from error
    if not files:
        msg = f"{visible(str(path))}: no policy in this folder (*.toml): write one with `overflight new policy`"
        raise ProposalError(msg)
    return files


def parse_policy(text: str, *, where: str, folder: Path | None = None) -> Policy:
    """Read the text of a policy.

    Parameters
    ----------
    text : str
        TOML as `policy.schema.json` in this package has it.
    where : str
        What to call the file in messages; its name without ``.toml`` is the policy's id.
    folder : pathlib.Path, optional
        Where the files lie that it names.

    Raises
    ------
    ProposalError
        Names the line and the key.

    Examples
    --------
    >>> policy = parse_policy('''
    ... name = "Parties to the ICC"
    ... reason = "Resolution 12 of the board"
    ... [[rule]]
    ... avoid = ["icc"]
    ... margin = "5nm"
    ... ''', where="policy/icc.toml")
    >>> policy.id, policy.rules[0].avoid, policy.rules[0].margin_km
    ('icc', ('icc',), 9.26)
    """
    source = Source(where, text, functools.lru_cache(maxsize=1)(toml_lines), folder)
    data = _texts_for_dates(load_toml(text, visible(where)))
    for fault in faults(data, json.loads(policy_schema())):
        raise source.error(fault.path, fault.why)
    return _Reader(data, source).policy()


def _texts_for_dates(value: Any) -> Any:  # noqa: ANN401 - whatever TOML holds
    """Write dates as text, which is what a schema knows; in quotes they come to the same."""
    if isinstance(value, dict):
        return {key: _texts_for_dates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts_for_dates(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


@dataclass(frozen=True, slots=True)
class _Reader:
    """Takes each key of a policy, or says in one line what is wrong with it."""

    data: dict[str, Any]
    source: Source

    def policy(self) -> Policy:
        """Make the policy."""
        name = Path(self.source.where).name
        ident = name[: -len(SUFFIX)] if name.lower().endswith(SUFFIX) else name
        lists = tuple(self._lists())
        return Policy(
            id=ident,
            where=self.source.where,
            name=self.data["name"].strip(),
            reason=self.data["reason"].strip(),
            rules=tuple(self._rule(i, row, ident) for i, row in enumerate(self.data["rule"])),
            source=self.source,
            waivers=tuple(self._waivers()),
            lists=lists,
        )

    def _rule(self, number: int, row: dict[str, Any], ident: str) -> Rule:
        path = ("rule", number)
        with self._told_at(*path, "margin"):
            margin_km = parse_margin(row["margin"]) if "margin" in row else 0.0
        own = self._days(row, *path)
        shared = self._days(self.data)
        begins = [day for day in (own[0], shared[0]) if day is not None]
        ends = [day for day in (own[1], shared[1]) if day is not None]
        since, until = max(begins, default=None), min(ends, default=None)
        if since is not None and until is not None and until <= since:
            raise self.source.error(path, f"it holds from {since} until {until}, which is never: mend `until`")
        return Rule(
            number=number,
            id=ident if len(self.data["rule"]) == 1 else f"{ident}/{number + 1}",
            avoid=_stripped(row, "avoid"),
            never=_stripped(row, "never"),
            allow=_stripped(row, "allow"),
            margin_km=margin_km,
            operators=_stripped(row, "operators"),
            since=since,
            until=until,
        )

    def _lists(self) -> Iterator[Bloc]:
        names: set[str] = set()
        for i, row in enumerate(self.data.get("list", ())):
            if row["name"] in names:
                raise self.source.error(("list", i, "name"), f"{shown(row['name'])} is given twice: rename one")
            names.add(row["name"])
            with self._told_at("list", i, "file"):
                yield read_bloc(self.source.find(row["file"]), name=row["name"])

    def _waivers(self) -> Iterator[Waiver]:
        names: set[str] = set()
        for i, row in enumerate(self.data.get("waiver", ())):
            path = ("waiver", i)
            name = row["name"].strip()
            if name in names:
                raise self.source.error((*path, "name"), f"{shown(name)} stands there twice: rename one")
            names.add(name)
            expires = self._day(row, "expires", *path)
            since = self._day(row, "since", *path)
            if expires is None or (since is not None and expires < since):
                raise self.source.error((*path, "expires"), f"it begins on {since}, after that: mend one of the two")
            yield Waiver(
                name=name,
                by=visible(row["by"].strip()),
                reason=row["reason"].strip(),
                expires=expires,
                states=self._states(row, i),
                flights=frozenset(map(plain_flight, row.get("flights", ()))),
                since=since,
            )

    def _states(self, row: dict[str, Any], number: int) -> frozenset[State]:
        found: frozenset[State] = frozenset()
        for k, code in enumerate(row.get("states", ())):
            with self._told_at("waiver", number, "states", k):
                found |= parse_codes((code,), load_airspaces(), what="states")
        return found

    def _days(self, row: dict[str, Any], *path: str | int) -> tuple[dt.date | None, dt.date | None]:
        since, until = (self._day(row, key, *path) for key in ("since", "until"))
        if since is not None and until is not None and until <= since:
            raise self.source.error((*path, "until"), f"expected a day after `since`, {since}: mend one of the two")
        return since, until

    def _day(self, row: dict[str, Any], key: str, *path: str | int) -> dt.date | None:
        if key not in row:
            return None
        try:
            return dt.date.fromisoformat(row[key])
        except ValueError as error:
            why = f"expected a date such as 2025-10-23, found {shown(row[key])}"
            raise self.source.error((*path, key), why) from error

    @contextmanager
    def _told_at(self, *path: str | int) -> Iterator[None]:
        """Have an error say which key is at fault."""
        try:
            yield
        except OverflightError as error:
            raise self.source.error(path, str(error).removeprefix("states: ")) from error


def _stripped(row: dict[str, Any], key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.strip() for item in row.get(key, ())))
