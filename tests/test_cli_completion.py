"""What a shell is told while a command is typed, and what is said of a word that is nearly right."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from overflight.airspace import load_airspaces
from overflight.airspace.blocs import blocs
from overflight.cli import ROOMS, cli
from overflight.cli.completion import FINDS, SHELLS, answer
from tests.commands import Run, Terminal

Ask = Callable[..., list[str]]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ask:
    """Ask as a shell does, the last word being the one that is typed; returns what it would list."""
    monkeypatch.chdir(tmp_path)

    def asked(*words: str, of: str = "bash") -> list[str]:
        monkeypatch.setenv("COMP_WORDS", " ".join(["overflight", *words]))
        monkeypatch.setenv("COMP_CWORD", words[-1] if of == "fish" else str(len(words)))
        assert answer(f"{of}_complete", cli) == 0
        out = capsys.readouterr().out.splitlines()
        return out if of != "zsh" else ["\t".join(out[i : i + 3]) for i in range(0, len(out), 3)]

    return asked


def values(lines: list[str]) -> list[str]:
    return [line.partition(",")[2] for line in lines]


def test_commands_are_completed(ask: Ask) -> None:
    assert values(ask("")) == list(ROOMS)
    assert values(ask("che")) == ["check"]


def test_options_are_completed_with_what_they_are_for(ask: Ask) -> None:
    assert values(ask("check", "--av")) == ["--avoid"]
    (line,) = ask("check", "--av", of="zsh")
    assert line.startswith("plain\t--avoid\tKeep out of: icc")


def test_a_rule_set_is_completed_by_blocs_first_and_by_states_as_soon_as_a_letter_is_there(ask: Ask) -> None:
    assert set(values(ask("check", "--avoid", ""))) == {*blocs(), "bans"}
    assert values(ask("check", "--avoid", "pol")) == ["POL"]
    assert values(ask("check", "--avoid", "eu-ban-r")) == ["eu-ban-russia"]
    assert values(ask("states", "grl")) == ["GRL"]


@pytest.mark.parametrize("before", ["icc - ", "(icc | ", "eu&"])
def test_the_last_word_of_an_expression_is_completed_and_the_rest_stays(ask: Ask, before: str) -> None:
    found = values(ask("check", "VKO", "--avoid", f"'{before}HU"))
    assert found == [f"{before}HUN"]


def test_states_that_consent_are_completed_one_after_the_other(ask: Ask) -> None:
    assert values(ask("check", "--allow", "POL,SV")) == ["POL,SVK", "POL,SVN"]
    assert values(ask("check", "--allow", "germ")) == ["DEU"]
    everybody = {state.code for state in load_airspaces().states} - {"XXX"}
    assert everybody <= set(values(ask("check", "--allow", "")))


def test_a_value_behind_an_equals_sign_is_completed_as_each_shell_parts_it(ask: Ask) -> None:
    assert values(ask("check", "--avoid", "=", "eu-ban-r")) == ["eu-ban-russia"]
    (fish,) = ask("check", "--avoid=eu-ban-r", of="fish")
    assert fish.startswith("plain,--avoid=eu-ban-russia\t")


def test_formats_views_and_classes_of_aircraft_are_completed(ask: Ask) -> None:
    assert values(ask("check", "-f", "j")) == ["json", "junit"]
    assert values(ask("check", "--view", "de-")) == ["de-jure", "de-facto"]
    assert values(ask("check", "--aircraft", "w")) == ["wide-body"]
    assert values(ask("completion", "")) == list(SHELLS)


def test_airports_are_completed_by_either_code_in_the_letters_that_are_typed(ask: Ask) -> None:
    assert "BUD" in values(ask("check", "VKO", "BU"))
    assert "LHBP" in values(ask("routes", "VKO", "LHB"))
    assert "bud" in values(ask("check", "bu"))
    (line,) = ask("check", "VKO", of="zsh")
    assert line == "plain\tVKO\tVnukovo International Airport, Moscow, RU"
    assert ask("routes", "V") == []


def test_cities_are_completed_by_their_names(ask: Ask) -> None:
    assert values(ask("check", "Buda")) == ["Budapest"]
    (line,) = ask("check", "Moscow", of="zsh")
    assert line.startswith("plain\tMoscow\tRussia: SVO")
    assert not [name for name in values(ask("check", "New")) if " " in name]


def test_files_are_left_to_the_shell_where_there_are_some(ask: Ask) -> None:
    Path("routes").mkdir()
    assert ask("check", "rou") == ["file,rou"]
    assert ask("check", "-o", "") == ["file,"]
    assert ask("check", "--map", "nothing") == []


def test_a_command_that_does_not_exist_does_not_stop_it(ask: Ask) -> None:
    assert ask("chek", "--av") == []


def test_every_value_is_listed_or_cannot_be() -> None:
    """A new kind of value is either to be found here or in `FINDS`."""
    typed = {"TIME", "DATE", "DISTANCE", "SPEED", "LENGTH", "PCT", "N", "NAME", "COLUMN", "HOST", "PORT", "FORMAT"}
    typed |= {"TEXT", "W", "H", "CODE", "ADDRESS", "PIXELS", "TONNES", "TYPE", "LEVEL", "CLASS"}
    words = set()
    for name in ROOMS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        for param in command.params:
            words.update(re.findall(r"[A-Z]+", param.metavar or ""))
    assert words <= typed | set(FINDS)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_one_that_the_shell_can_read(run: Run, shell: str) -> None:
    status, script, told = run("completion", shell)
    assert (status, told) == (0, "")
    assert "_OVERFLIGHT_COMPLETE" in script
    if found := shutil.which(shell):
        read = subprocess.run([found, "-n"], input=script, text=True, capture_output=True, check=False)  # noqa: S603
        assert (read.returncode, read.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_what_is_typed(run: Run, tmp_path: Path) -> None:
    program = tmp_path / "overflight"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m overflight "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    script = run("completion", "bash")[1] + (
        "COMP_WORDS=(overflight check VKO BUD --allow POL,SV)\nCOMP_CWORD=5\n_overflight_completion overflight\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    env = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    read = subprocess.run(["bash", "-c", script], text=True, capture_output=True, check=True, env=env)  # noqa: S603, S607
    assert read.stdout.split() == ["POL,SVK", "POL,SVN"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("chek", "VKO"), "No such command 'chek': did you mean check?"),
        (("route", "VKO"), "No such command 'route': did you mean routes?"),
        (("VKO", "BUD"), f"No such command 'VKO': use {', '.join(ROOMS)}"),
        (("check", "--avod", "icc"), "--avoid"),
        (("check", "VKO", "BUD", "-f", "jsn"), "did you mean json?"),
        (("data", "verfy"), "did you mean verify?"),
        (("routes", "VKO", "BUD", "--front", "inside-km"), "is not one of"),
        (("completion", "zhs"), "did you mean zsh?"),
    ],
)
def test_what_is_nearly_right_is_told(run: Run, arguments: tuple[str, ...], told: str) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_an_error_is_broken_between_words_at_a_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    from overflight.cli import main

    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("COLUMNS", str(columns))
    with pytest.raises(SystemExit):
        main(["check", "VKO", "BUD", "-f", "jsn"])
    lines = screen.getvalue().splitlines()
    assert max(map(len, lines)) <= columns
    assert len(lines) > 1
    told = " ".join(" ".join(lines).split())
    assert "overflight: error: Invalid value for '-f' / '--format': 'jsn' is not one of 'table', 'json'," in told
    assert told.endswith("did you mean json? (see `overflight check --help`)")
