"""Runs the notebooks beside it, cell by cell as Jupyter does, and keeps in them what they give: `make notebooks`.

`tests/test_notebooks.py` runs them in the same way, and compares.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

__all__ = ["NOTEBOOKS", "outputs"]

NOTEBOOKS = sorted(Path(__file__).parent.glob("*.ipynb"))
DPI = 80
Output = dict[str, Any]


def outputs(notebook: dict[str, Any]) -> list[list[Output]]:
    """Run the cells of a notebook in order; returns what each cell of code gives, as notebooks have it."""
    names: dict[str, Any] = {}
    codes = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [_given("".join(cell["source"]), names, count) for count, cell in enumerate(codes, 1)]


def _given(source: str, names: dict[str, Any], count: int) -> list[Output]:
    """Run a cell: what it prints, what its last line comes to, and the figures that it drew."""
    parsed = ast.parse(source)
    last = parsed.body[-1] if isinstance(parsed.body[-1], ast.Expr) else None
    parsed.body = parsed.body[:-1] if last else parsed.body
    with contextlib.redirect_stdout(io.StringIO()) as told:
        exec(compile(parsed, "cell", "exec"), names)  # noqa: S102 - our own notebook
        value = None if last is None else eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
    found: list[Output] = []
    if printed := told.getvalue():
        found.append({"name": "stdout", "output_type": "stream", "text": _lines(printed)})
    if value is not None:
        data = {"text/plain": _lines(repr(value))}
        if (table := getattr(value, "_repr_html_", None)) is not None:
            data = {"text/html": _lines(table()), **data}
        found.append({"data": data, "execution_count": count, "metadata": {}, "output_type": "execute_result"})
    return found + _figures()


def _figures() -> list[Output]:
    """Take the figures that are drawn, as pictures."""
    if (pyplot := sys.modules.get("matplotlib.pyplot")) is None:
        return []
    found: list[Output] = []
    for number in pyplot.get_fignums():
        figure, picture = pyplot.figure(number), io.BytesIO()
        figure.savefig(picture, format="png", dpi=DPI, bbox_inches="tight")
        width, height = figure.get_size_inches()
        words = f"<Figure size {100 * width:.0f}x{100 * height:.0f} with {len(figure.axes)} Axes>"
        data = {"image/png": base64.b64encode(picture.getvalue()).decode("ascii"), "text/plain": [words]}
        found.append({"data": data, "metadata": {}, "output_type": "display_data"})
    pyplot.close("all")
    return found


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def main() -> None:
    """Run every notebook, and write it with what its cells give."""
    for path in NOTEBOOKS:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        codes = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        for count, (cell, given) in enumerate(zip(codes, outputs(notebook), strict=True), 1):
            cell["execution_count"], cell["outputs"] = count, given
        text = json.dumps(notebook, ensure_ascii=False, indent=1)
        path.write_text(f"{text}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
