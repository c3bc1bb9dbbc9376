"""Meshes on disk: read where they are, made where they are not, and never in the way."""

from __future__ import annotations

import io
import math
import os
import tracemalloc
from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
import shapely

from overflight.caches import store
from overflight.detours.mesh import Ground, Mesh, build, kept
from overflight.geodata import load_airspaces
from tests.worlds import make_world

if TYPE_CHECKING:
    from collections.abc import Callable
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
    made = build(world(), np.zeros(len(world().index.arc_left)))
    Ground(
        made, np.zeros(2, np.bool_), np.zeros(len(made.sides))
    )  # compiled before, so that meshes alone are kept here
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
    mesh_of(world())
    assert not folder.exists()


def test_those_not_read_for_longest_are_removed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT", 2)
    for east in (8.0, 9.0, 10.0, 11.0):
        mesh_of(world(east))
    assert len(list(folder.iterdir())) == 2


def test_only_what_comes_from_a_file_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A world with areas laid over it is made for one question: its meshes would drive out those of the airspace."""
    monkeypatch.setenv("OVERFLIGHT_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(kept, "WORTH_KEEPING", 0)
    mesh_of(world())
    assert not list(tmp_path.glob("kept/mesh-*"))
    assert kept._worth_keeping(load_airspaces())
    monkeypatch.setattr(kept, "WORTH_KEEPING", 10_000_000)
    assert not kept._worth_keeping(load_airspaces())


def planted(folder: Path, data: bytes) -> Path:
    """Put a file in the place of the one mesh in a folder, as whole as those that are kept."""
    (file,) = folder.iterdir()
    store.write(file.name, data, [store.Place(folder, "")], kind=kept.KIND, most=kept.MOST_KEPT)
    assert store.read(file.name, [store.Place(folder, "")]) == data
    return file


def packed(**arrays: object) -> bytes:
    out = io.BytesIO()
    np.savez(out, **cast("dict[str, Any]", arrays))
    return out.getvalue()


def arrays_of(mesh: Mesh) -> dict[str, Any]:
    return {f.name: getattr(mesh, f.name) for f in fields(Mesh)}


def test_a_flipped_bit_is_found(folder: Path) -> None:
    made = mesh_of(world())
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    for at in range(0, len(whole), len(whole) // 20):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        assert same(mesh_of(world()), made)
        assert file.read_bytes() == whole


def test_a_valid_mesh_of_another_in_a_folder_that_others_can_write_to_is_not_used(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_said", set())
    made = mesh_of(world())
    file = planted(folder, kept._packed(mesh_of_smaller()))
    folder.chmod(0o777)
    left = file.read_bytes()
    assert same(mesh_of(world()), made)
    assert same(mesh_of(world()), made)
    (told,) = [record.getMessage() for record in caplog.records]
    assert told.startswith(f"{folder} is not used")
    assert "others can write to" in told
    assert "OVERFLIGHT_CACHE" in told
    assert file.read_bytes() == left
    folder.chmod(0o700)
    assert not same(mesh_of(world()), made), "the same file, in a folder of our own, is taken for ours"


def mesh_of_smaller() -> Mesh:
    return build(world(east=8.0), np.zeros(len(world(east=8.0).index.arc_left)))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file to another user")
def test_a_valid_mesh_that_belongs_to_another_is_not_used(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_said", set())
    made = mesh_of(world())
    file = planted(folder, kept._packed(mesh_of_smaller()))
    os.chown(file, 65534, -1)
    assert same(mesh_of(world()), made)
    assert file.stat().st_uid == 0, "and one of our own has taken its place"
    assert "belongs to another user" in caplog.text


@pytest.mark.parametrize("name", [name for name, (kind, _) in kept.TYPES.items() if np.issubdtype(kind, np.integer)])
@pytest.mark.parametrize("wrong", [-1, 2**31 - 1])
def test_no_number_leads_out_of_a_mesh(folder: Path, name: str, wrong: int) -> None:
    """The loops over it check no bounds: such a mesh would end the process, or read what is not its own."""
    made = mesh_of(world())
    arrays = arrays_of(made)
    arrays[name] = arrays[name].copy()
    arrays[name].flat[arrays[name].size // 2] = wrong
    planted(folder, packed(**arrays))
    assert same(mesh_of(world()), made)


@pytest.mark.parametrize("name", list(kept.TYPES))
def test_arrays_of_another_shape_or_kind_are_no_mesh(folder: Path, name: str) -> None:
    made = mesh_of(world())
    was = np.asarray(getattr(made, name))
    for wrong in (was.astype(np.float32), was[:-1] if was.ndim else np.zeros(1), was[None], None):
        planted(folder, packed(**{**arrays_of(made), name: wrong}))
        assert same(mesh_of(world()), made)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda a: a.update(spare_km=math.inf),
        lambda a: a.update(spare_km=-1.0),
        lambda a: a.update(xyz=a["xyz"] * 2.0),
        lambda a: a.update(xyz=np.where(np.arange(len(a["xyz"]))[:, None] == 3, np.nan, a["xyz"])),
        lambda a: a.update(ends=a["ends"][:, ::-1].copy()),
        lambda a: a.update(near=np.zeros_like(a["near"])),
        lambda a: a.pop("arc"),
    ],
)
def test_what_can_be_no_mesh_is_made_anew(folder: Path, spoil: Callable[[dict[str, Any]], object]) -> None:
    made = mesh_of(world())
    arrays = arrays_of(made)
    spoil(arrays)
    planted(folder, packed(**arrays))
    assert same(mesh_of(world()), made)


def test_nothing_is_unpacked_that_is_larger_than_its_file(folder: Path) -> None:
    made = mesh_of(world())
    out = io.BytesIO()
    np.savez_compressed(out, **{**arrays_of(made), "xyz": np.zeros((3_000_000, 3))})
    planted(folder, out.getvalue())
    tracemalloc.start()
    try:
        assert same(mesh_of(world()), made)
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()
