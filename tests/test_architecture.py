"""The house as it is drawn: rooms in order, no arrow upward, no circle of files, nothing about the Earth twice."""

from __future__ import annotations

import ast
import functools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import overflight as of

PACKAGE = Path(of.__file__).parent
PLAN = Path(__file__).parent.parent / "ARCHITECTURE.md"
APART = {"__init__", "__main__"}
MOST_ROOMS = 25
MOST_LINES = 420
LONG: set[str] = set()
"""Modules that may be longer."""

Graph = Mapping[str, set[str]]


@functools.cache
def sources() -> dict[str, Path]:
    """Return the modules of the package by name; a package goes by its own name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = ("overflight", *path.relative_to(PACKAGE).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def named_in(tree: ast.AST, package: str) -> Iterator[str]:
    """Give the dotted names that a module imports, wherever in it that stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: package.count(".") + 2 - node.level]
                base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def imports(text: str, module: str, package: str, known: Mapping[str, Path]) -> set[str]:
    """Return the modules of the package that a module imports: the longest known part of each name."""
    found = set()
    for name in named_in(ast.parse(text), package):
        part = name
        while part and part not in known:
            part = part.rpartition(".")[0]
        if part and part != module:
            found.add(part)
    return found


@functools.cache
def graph() -> Graph:
    known = sources()
    return {
        module: imports(
            path.read_text(encoding="utf-8"),
            module,
            module if path.name == "__init__.py" else module.rpartition(".")[0],
            known,
        )
        for module, path in known.items()
    }


def order() -> list[str]:
    """Return the rooms as `ARCHITECTURE.md` lists them."""
    return re.findall(r"^\d+\. `(\w+)`:", PLAN.read_text(encoding="utf-8"), re.MULTILINE)


def upward(files: Graph, rooms: list[str]) -> dict[tuple[str, str], list[str]]:
    """Return the arrows that go to a later room, or to one that nobody imports, with the files that they begin at."""
    found = defaultdict(list)
    for module, others in files.items():
        here = room_of(module)
        for other in others:
            there = room_of(other)
            allowed = there in rooms and (here in APART or (here in rooms and rooms.index(there) < rooms.index(here)))
            if here != there and not allowed:
                found[here, there].append(module)
    return dict(found)


def circles(files: Graph) -> set[frozenset[str]]:
    """Return the sets of files each of which leads to all others of its set."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        todo = [start]
        while todo:
            todo += (fresh := files[todo.pop()] - seen)
            seen |= fresh
        return seen

    ahead = {module: reached(module) for module in files}
    return {
        frozenset(other for other in ahead[module] if module in ahead[other])
        for module in files
        if module in ahead[module]
    }


def test_every_room_is_named_in_the_plan_and_every_room_that_is_named_is_there() -> None:
    there = {room_of(module) for module in sources()} - APART
    assert there - set(order()) == set()
    assert set(order()) - there == set()
    assert len(order()) == len(set(order()))


def test_the_house_has_no_more_rooms_than_one_can_remember() -> None:
    assert len({room_of(module) for module in sources()} | set(order())) <= MOST_ROOMS


def test_imports_go_to_earlier_rooms_only_and_never_to_the_public_face() -> None:
    assert upward(graph(), order()) == {}


def test_no_file_leads_back_to_itself() -> None:
    assert circles(graph()) == set()


def test_modules_are_short_enough_to_read() -> None:
    long = {
        path.relative_to(PACKAGE).as_posix()
        for path in sources().values()
        if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES
    }
    assert long == LONG


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import overflight.b.c", {"overflight.b.c"}),
        ("from overflight.b import c, other", {"overflight.b.c", "overflight.b"}),
        ("def f():\n    from overflight.b.c import thing", {"overflight.b.c"}),
        ("if TYPE_CHECKING:\n    from .c import thing", {"overflight.b.c"}),
        ("from . import c", {"overflight.b.c"}),
        ("from .. import a", {"overflight.a"}),
        ("import overflight as of", {"overflight"}),
        ("import numpy.linalg", set()),
    ],
)
def test_every_way_to_import_is_seen(text: str, found: set[str]) -> None:
    known = dict.fromkeys(("overflight", "overflight.a", "overflight.b", "overflight.b.c", "overflight.b.d"), PACKAGE)
    assert imports(text, "overflight.b.d", "overflight.b", known) == found


def test_an_arrow_upward_to_the_face_or_to_a_room_without_a_name_is_noticed() -> None:
    rooms = ["low", "high"]
    files = {"overflight.high.a": {"overflight.low.b"}, "overflight": {"overflight.high.a"}, "overflight.low.b": set()}
    assert upward(files, rooms) == {}
    for there in ("overflight.high.a", "overflight", "overflight.cellar"):
        files["overflight.low.b"] = {there}
        assert upward(files, rooms) == {("low", room_of(there)): ["overflight.low.b"]}


def test_a_circle_of_two_or_three_files_is_noticed() -> None:
    files = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}
    assert circles(files) == {frozenset("bc")}
    files["d"] = {"b"}
    assert circles(files) == {frozenset("bcd")}


# One earth ------------------------------------------------------------------------------------------------------------

EARTHS = {
    "a radius, km": (6330.0, 6410.0),
    "a radius, m": (6.33e6, 6.41e6),
    "flattening": (298.25, 298.26),
    "a nautical mile, km": (1.8519, 1.8521),
    "a nautical mile, m": (1852.0, 1852.0),
    "a degree, km": (111.0, 111.19),
    "a degree at most, km": (111.6, 111.8),
    "a degree, m": (110_500.0, 112_000.0),
}


@functools.cache
def said() -> dict[str, tuple[set[float], set[str]]]:
    """Return for each file the numbers with a point in its code, and the attributes that it names."""
    found = {}
    for path in sources().values():
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        numbers = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, float)}
        names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        found[path.relative_to(PACKAGE).as_posix()] = numbers, names
    return found


@pytest.mark.parametrize("what", EARTHS)
def test_numbers_of_the_earth_stand_in_one_file(what: str) -> None:
    low, high = EARTHS[what]

    found = {file for file, (numbers, _) in said().items() if any(low <= number <= high for number in numbers)}
    assert found <= {"earth/constants.py"}


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("Geod", "earth/geod.py"),
        ("njit", "earth/compiled.py"),
        ("jit", None),
        ("_rebuild", "earth/caches/code.py"),
        ("_reduce", "earth/caches/code.py"),
        ("_cache", "earth/caches/code.py"),
    ],
)
def test_geodesics_by_the_array_and_compiling_have_one_place_each(name: str, home: str | None) -> None:
    found = {file for file, (_, names) in said().items() if name in names}
    assert found == ({home} if home else set())


def test_what_the_plan_names_is_there() -> None:
    """A walk through the house that leads to a file or a function that is gone helps nobody."""
    text = PLAN.read_text(encoding="utf-8")
    named = re.findall(r"`([\w/]+\.py)(?:: (\w+))?`", text)
    assert len(named) > 20
    sources_by_path = {
        path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in sources().values()
    }
    for file, name in named:
        found = [body for path, body in sources_by_path.items() if f"/{path}".endswith(f"/{file}")]
        assert found or (PLAN.parent / file).exists(), file
        assert not name or any(re.search(rf"^(?:def|class) {name}\b", body, re.MULTILINE) for body in found), (
            file,
            name,
        )
    for folder in re.findall(r"`([\w/]+)/`", text):
        assert (PACKAGE / folder).is_dir() or (PLAN.parent / folder).is_dir(), folder
