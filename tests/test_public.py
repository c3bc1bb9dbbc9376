"""The public face: the names that others build on, loaded when used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import overflight as of

IMPORT_ALL = """
import importlib, pkgutil, sys, unittest.mock
import overflight as of
found = sorted(one.name for one in pkgutil.walk_packages(of.__path__, "overflight."))
for name in found[::{step}]:
    if not name.endswith("__main__"):
        importlib.import_module(name)
wrong = []
for name in found:
    room, _, own = name.rpartition(".")
    if own != "__main__" and getattr(sys.modules[room], own) is not sys.modules[name]:
        wrong.append(name)  # hidden by something else of that name
for name in of.__all__:
    home = importlib.import_module(f"overflight.{{of._HOME[name]}}")
    if getattr(of, name) is not getattr(home, name):
        wrong.append(name)
one = of.great_circle("VKO", "BUD")
said = lambda *_: "patched"
with unittest.mock.patch("overflight.crossings", said):
    assert of.crossings(one, None) == "patched"
with unittest.mock.patch("overflight._crossings.engine.walk_routes", said):
    assert of._crossings.engine.walk_routes() == "patched"
assert type(of).__name__ == "module"
print(len(found), wrong, of.crossings(one, of.load_airspaces())[0].state)
"""


def test_every_public_name_can_be_had() -> None:
    for name in of.__all__:
        assert getattr(of, name) is not None


def test_there_are_no_more_names_than_one_can_learn() -> None:
    assert len(set(of.__all__)) == len(of.__all__) <= 35


def test_dir_has_the_public_names_and_no_others() -> None:
    assert dir(of) == sorted(of.__all__)


def test_crossings_stays_the_function_whatever_was_imported_first() -> None:
    code = "import overflight.rules, overflight as of; print(callable(of.crossings), of.crossings.__name__)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert out.stdout.split() == ["True", "crossings"]


@pytest.mark.parametrize("step", [1, -1])
def test_every_public_name_is_what_its_home_says_whatever_was_imported_in_whatever_order(step: int) -> None:
    code = IMPORT_ALL.format(step=step)
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    count, *rest = out.stdout.split()
    assert int(count) > 150
    assert rest == ["[]", "RUS"]


def test_no_class_stands_in_for_a_module() -> None:
    sources = [path.read_text(encoding="utf-8") for path in Path(of.__file__).parent.rglob("*.py")]
    assert not [text[:80] for text in sources if "ModuleType" in text or "sys.modules[" in text]


def test_importing_the_package_imports_nothing_but_itself() -> None:
    code = "import sys; before = set(sys.modules); import overflight; print(*sorted(set(sys.modules) - before))"
    out = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    loaded = set(out.stdout.split())
    assert not [name for name in loaded if name.startswith("overflight.")]
    assert not loaded & {"typing", "dataclasses", "re", "csv", "json"} - preloaded()


def preloaded() -> set[str]:
    """List what the start-up of this interpreter loads without us, such as the hook of an editable install."""
    out = subprocess.run(
        [sys.executable, "-I", "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(out.stdout.split())


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(of, "crosings")
