"""The notebooks in the docs say what the package says today: their cells run, in order, and give what is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from docs.notebooks.render import NOTEBOOKS, outputs

MOST_BYTES = 100_000


def ours(output: dict[str, Any]) -> dict[str, Any]:
    """Leave of an output what this package says: tables and pictures of others are theirs to change."""
    data = output.get("data", {})
    plain = "".join(data.get("text/plain", output.get("text", ())))
    html = "".join(data.get("text/html", ())) if plain.startswith("<") else ""
    return {"kind": output["output_type"], "text": plain if html or not data else "", "html": html, "of": sorted(data)}


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_what_its_cells_give(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If not, and what they give is right: `make notebooks`."""
    monkeypatch.setenv("MPLBACKEND", "agg")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    stored = [
        [ours(one) for one in cell["outputs"] if one.get("name") != "stderr"]
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]
    assert stored == [[ours(one) for one in given] for given in outputs(notebook)]
    assert sum(bool(one["html"]) for cell in stored for one in cell) >= 4


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_was_run_from_the_first_cell_to_the_last_and_is_small(path: Path) -> None:
    cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert not [one for cell in cells for one in cell["outputs"] if one["output_type"] == "error"]
    for cell in cells:
        assert all(len(json.dumps(one)) < MOST_BYTES for one in cell["outputs"])
    assert path.stat().st_size < 2 * MOST_BYTES


def test_there_is_a_notebook() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["moscow-budapest"]
