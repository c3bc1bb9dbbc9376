"""The public face: the names that others build on, loaded when used."""

from __future__ import annotations

import subprocess
import sys

import overflight as of


def test_every_public_name_can_be_had() -> None:
    for name in of.__all__:
        assert getattr(of, name) is not None


def test_crossings_stays_the_function_whatever_was_imported_first() -> None:
    code = "import overflight.rules, overflight as of; print(callable(of.crossings), of.crossings.__name__)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert out.stdout.split() == ["True", "crossings"]


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
