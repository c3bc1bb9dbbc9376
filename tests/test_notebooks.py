"""The notebooks in the docs say what the package says today: their cells run, in order, and give what is shown."""

from __future__ import annotations

import ast
import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).parent.parent / "docs" / "notebooks").glob("*.ipynb"))
MOST_BYTES = 100_000


def run_cell(source: str, names: dict[str, Any]) -> tuple[str, object]:
    """Run a cell as a notebook does: returns what it prints, and what its last line comes to."""
    parsed = ast.parse(source)
    last = parsed.body[-1] if isinstance(parsed.body[-1], ast.Expr) else None
    parsed.body = parsed.body[:-1] if last else parsed.body
    with contextlib.redirect_stdout(io.StringIO()) as told:
        exec(compile(parsed, "cell", "exec"), names)  # noqa: S102 - our own notebook
        value = None if last is None else eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
    return told.getvalue(), value


def text_of(output: dict[str, Any], kind: str) -> str:
    found = output.get("data", {}).get(kind, "") if kind != "text" else output.get("text", "")
    return "".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_what_its_cells_give(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")
    names: dict[str, Any] = {}
    shown = 0
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        printed, value = run_cell("".join(cell["source"]), names)
        results = [one for one in cell["outputs"] if one["output_type"] == "execute_result"]
        assert "".join(text_of(one, "text") for one in cell["outputs"] if one.get("name") == "stdout") == printed
        assert [text_of(one, "text/plain") for one in results] == ([] if value is None else [repr(value)])
        if type(value).__module__.startswith("overflight"):  # others' tables are theirs to change
            assert [text_of(one, "text/html") for one in results] == [value._repr_html_()]  # type: ignore[attr-defined]
            shown += 1
    assert shown >= 3


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
