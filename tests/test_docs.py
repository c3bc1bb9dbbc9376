"""The pages of the docs say what the package says today, and leave out nothing of what it offers."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import click
import pytest

import overflight as of
from docs.examples import PAGES, examples, printed
from overflight.cli import cli

DOCS = Path(__file__).parents[1] / "docs"
EXAMPLES = [(page.stem, *one) for page in PAGES for one in examples(page)]


@pytest.mark.parametrize(("page", "command", "shown"), EXAMPLES, ids=lambda one: one[:60] if "\n" not in one else "")
def test_a_command_prints_what_its_page_shows(page: str, command: str, shown: str) -> None:
    """If not, and what it prints is right: `make notebooks`."""
    assert shown, f"docs/{page}.md shows nothing of {command}"
    assert printed(command) == shown


@pytest.mark.parametrize("page", [page for page in PAGES if "```pycon" in page.read_text(encoding="utf-8")])
def test_python_gives_what_a_page_shows(page: Path) -> None:
    blocks = re.findall(r"```pycon\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page.name, str(page), 0)
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(test)
    assert runner.summarize(verbose=False).failed == 0
    assert runner.tries > 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_of_a_page_have_the_options_that_it_gives_them(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"```(?:sh|console)\n(.*?)```", text, re.DOTALL)
    context = click.Context(cli)
    for line in re.findall(r"^(?:\$ )?overflight (.*)$", "\n".join(blocks), re.MULTILINE):
        name, *rest = line.split()
        command = cli.get_command(context, name)
        assert command is not None, line
        options = {word for one in command.params for word in (*one.opts, *one.secondary_opts)}
        for word in re.findall(r"(?<!\S)--?[a-z][\w-]*", " ".join(rest).split(" #")[0]):
            assert word in options, f"docs/{page.name}: overflight {line}"


def test_the_page_of_python_has_every_public_name() -> None:
    text = (DOCS / "python.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"auto\w+:: overflight\.(\w+)\n(?!.*module)", text)) == sorted({*of.__all__, "testing"})


def test_every_page_is_on_the_list() -> None:
    listed = re.findall(r"^([a-z-]+)$", (DOCS / "index.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(page.stem for page in PAGES if page.stem != "index")
