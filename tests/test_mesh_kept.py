"""Meshes on disk: read where they are, made where they are not, and never in the way."""

from __future__ import annotations

import sys
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from overflight.detours.mesh import Mesh, kept
from overflight.geodata import load_airspaces
from tests.worlds import make_world

if TYPE_CHECKING:
    from pathlib import Path

    from overflight.geodata import Airspaces


def world(east: float = 10.0) -> Airspaces:
    return make_world({"AAA": shapely.box(0.0, 40.0, east, 50.0)})


def mesh_of(asked: Airspaces) -> Mesh:
    return kept.known(asked, np.zeros(len(asked.index.arc_left)))


def same(one: Mesh, other: Mesh) -> bool:
    return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(Mesh))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OVERFLIGHT_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(kept, "_worth_keeping", lambda _: True)
    return tmp_path / "kept"


def test_a_mesh_is_made_once_and_read_afterwards(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = mesh_of(world())
    assert [p.suffix for p in folder.iterdir()] == [".npz"], "and no draft is left"
    monkeypatch.setattr(kept, "build", lambda *_: pytest.fail("made again"))
    assert same(mesh_of(world()), made)


def test_another_world_and_another_tolerance_have_meshes_of_their_own(folder: Path) -> None:
    mesh_of(world())
    assert not same(mesh_of(world(east=12.0)), mesh_of(world()))
    kept.known(world(), np.full(len(world().index.arc_left), 1.0))
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no archive", b"something else"])
def test_a_damaged_file_is_made_anew(folder: Path, damage: bytes) -> None:
    made = mesh_of(world())
    (file,) = folder.iterdir()
    whole = file.stat().st_size
    file.write_bytes(damage)
    assert same(mesh_of(world()), made)
    assert file.stat().st_size == whole


def test_half_a_file_is_made_anew(folder: Path) -> None:
    made = mesh_of(world())
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert same(mesh_of(world()), made)


def test_a_folder_that_cannot_be_made_is_done_without(folder: Path) -> None:
    folder.write_text("in the way")
    assert same(mesh_of(world()), mesh_of(world()))
    assert folder.read_text() == "in the way"


def test_nothing_is_kept_where_the_folder_is_empty(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OVERFLIGHT_CACHE", "")
    assert kept.folder() is None
    mesh_of(world())
    assert not folder.exists()


def test_those_not_read_for_longest_are_removed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT", 2)
    for east in (8.0, 9.0, 10.0, 11.0):
        mesh_of(world(east))
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize(
    ("platform", "variable", "inside"),
    [("linux", "XDG_CACHE_HOME", ("caches", "overflight")), ("win32", "LOCALAPPDATA", ("caches", "overflight"))],
)
def test_the_folder_is_where_the_platform_keeps_such_things(
    platform: str, variable: str, inside: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OVERFLIGHT_CACHE", raising=False)
    monkeypatch.setenv(variable, str(tmp_path / "caches"))
    monkeypatch.setattr(sys, "platform", platform)
    assert kept.folder() == tmp_path.joinpath(*inside)


def test_only_what_comes_from_a_file_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A world with areas laid over it is made for one question: its meshes would drive out those of the airspace."""
    monkeypatch.setenv("OVERFLIGHT_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(kept, "WORTH_KEEPING", 0)
    mesh_of(world())
    assert not (tmp_path / "kept").exists()
    assert kept._worth_keeping(load_airspaces())
    monkeypatch.setattr(kept, "WORTH_KEEPING", 10_000_000)
    assert not kept._worth_keeping(load_airspaces())
