"""The project's own papers: what they name is there, and what is said in two places is said alike."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import overflight as of

HOME = Path(of.__file__).parents[2]
PAPERS = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "ARCHITECTURE.md", "CODE_OF_CONDUCT.md")

pytestmark = pytest.mark.skipif(not (HOME / "pyproject.toml").exists(), reason="installed, without its papers")


@pytest.mark.parametrize("paper", [*PAPERS, *(f"docs/{page.name}" for page in sorted((HOME / "docs").glob("*.md")))])
def test_files_that_a_paper_names_or_links_are_there(paper: str) -> None:
    text = (HOME / paper).read_text(encoding="utf-8")
    linked = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    named = re.findall(r"`((?:src|tests|geodata|routes|benchmarks)/[\w./*-]+)`", text)
    for name in named:
        places = [found for top in (HOME, HOME / "src" / "overflight") for found in top.glob(name.rstrip("/"))]
        assert places, f"{paper} names {name}"
    for name in linked:
        assert ((HOME / paper).parent / name).exists(), f"{paper} links {name}"


def test_make_targets_that_papers_name_are_made() -> None:
    made = set(re.findall(r"^([\w-]+):", (HOME / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for paper in PAPERS:
        for target in re.findall(r"`?make ([a-z-]+)\b", _commands(HOME / paper)):
            assert target in made, f"{paper} names make {target}"


def test_workflows_run_what_make_makes() -> None:
    made = set(re.findall(r"^([\w-]+):", (HOME / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    run = [
        t for f in (HOME / ".github" / "workflows").glob("*.yml") for t in re.findall(r"run: make (\S+)", f.read_text())
    ]
    assert {"lint", "release"} <= set(run) <= made


def _commands(path: Path) -> str:
    """Return what stands as code in a paper: blocks, and words between backticks."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`[^`\n]+`", text)])


def test_one_version_is_told_everywhere() -> None:
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cited = re.search(r"^version: (.+)$", (HOME / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    assert cited is not None
    assert cited[1] == project["version"] == of.__version__
