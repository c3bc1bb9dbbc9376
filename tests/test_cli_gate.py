"""`overflight gate`, and the files that one begins with."""

from __future__ import annotations

import io
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

import overflight as of
from overflight.policies import parse_policy, policy_schema
from overflight.policies.template import TEMPLATE
from tests.commands import Run
from tests.test_policies import ICC, WAIVER, WEEK

HOME = Path(of.__file__).parents[2]
ARGUMENTS = ("gate", "week.csv", "--policy", "policy", "--no-mend")


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "icc.toml").write_text(ICC + WAIVER, encoding="utf-8")
    (tmp_path / "week.csv").write_text(WEEK, encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("fleet")
def test_a_breach_is_1_and_none_is_0(run: Run, fleet: Path) -> None:
    status, out, err = run(*ARGUMENTS)
    assert (status, err) == (1, "")
    assert out.startswith("11 flights from 2025-10-20 to 2025-10-24: 5 breaches by 5 of them, 3 waived\n")
    assert run(*ARGUMENTS, "--exit-zero")[:2] == (0, out)
    later = ICC + WAIVER.replace("2025-10-22", "2025-12-31").replace('"HUN"', '"HUN", "GBR", "IRL", "CAN"')
    (fleet / "policy" / "icc.toml").write_text(later, encoding="utf-8")
    status, out, _ = run(*ARGUMENTS)
    assert status == 0
    assert out.startswith("11 flights from 2025-10-20 to 2025-10-24: 0 breaches, 8 waived\n")


@pytest.mark.usefixtures("fleet")
def test_the_form_follows_the_file_and_the_sum_is_told_beside_it(run: Run) -> None:
    found = of.gate("week.csv", policy="policy", mend=False)
    forms = {"o.xml": found.to_junit(), "o.sarif": found.to_sarif(), "o.txt": found.to_text()}
    for name, text in forms.items():
        status, out, err = run(*ARGUMENTS, "-o", name)
        assert (status, out) == (1, "")
        assert Path(name).read_text(encoding="utf-8") == text
        assert err.startswith(f"wrote {name}\n11 flights from 2025-10-20")
    status, out, err = run(*ARGUMENTS, "-f", "json")
    assert json.loads(out) == found.to_dict()
    assert len(found.to_dict()["breaches"]) == found.to_dict()["counts"]["breaches"] == 5
    ET.fromstring(run(*ARGUMENTS, "-f", "junit")[1])  # noqa: S314 - our own


@pytest.mark.usefixtures("fleet")
def test_a_schedule_may_come_through_a_pipe_and_have_no_dates(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "flight,from,to\nA,VKO,BUD\n"

    def piped(*more: str) -> Any:  # noqa: ANN401
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        return run("gate", "-", "--policy", "policy", "--no-mend", *more)

    status, out, err = piped("--on", "2025-10-22")
    assert (status, err) == (0, "")
    assert out.startswith("1 flight on 2025-10-22, by the rules of 2025-10-22: 0 breaches, 1 waived\n")
    assert piped("--on", "2025-10-23")[0] == 1
    status, out, err = piped()
    assert status == 1
    assert re.match(r"the schedule has no dates: all flights are judged as of \d{4}-\d\d-\d\d\n", err)


@pytest.mark.usefixtures("fleet")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("gate", "week.csv"), "Missing option '--policy'"),
        (("gate", "no.csv", "--policy", "policy"), "no.csv: can't be read"),
        (("gate", "week.csv", "--policy", "no"), "no: can't be read"),
        (("gate", "week.csv", "--policy", "week.csv"), "week.csv: not TOML"),
        (("gate", "policy/icc.toml", "--policy", "policy"), "policy/icc.toml: expected a header"),
        ((*ARGUMENTS, "-o", "policy/../week.csv"), "-o names the schedule, week.csv"),
        ((*ARGUMENTS, "-f", "xml"), "'xml' is not one of"),
    ],
)
def test_what_cannot_be_read_is_2_and_one_line(run: Run, arguments: tuple[str, ...], told: str) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1


def test_the_template_is_a_policy_and_every_key_of_it_may_be_uncommented() -> None:
    assert parse_policy(TEMPLATE, where="policy/new.toml").rules[0].avoid == ("closed",)
    whole = re.sub(r"(?m)^# (?=\[\[|[a-z]+ = )", "", TEMPLATE)
    document = json.loads(json.dumps(tomllib.loads(whole), default=str))
    schema = json.loads(policy_schema())
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.Draft7Validator(schema).validate(document)
    assert set(document) == set(schema["properties"])
    for key in ("rule", "list", "waiver"):
        assert set(document[key][0]) == set(schema["properties"][key]["items"]["properties"]), key


def test_new_policy_writes_one_and_never_over_another(run: Run, fleet: Path) -> None:
    status, out, err = run("new", "policy", "-o", "policy/new.toml")
    assert (status, out) == (0, "")
    assert err.startswith("wrote policy/new.toml: ")
    assert (fleet / "policy" / "new.toml").read_text(encoding="utf-8") == TEMPLATE
    assert run(*ARGUMENTS)[0] == 1, "it is read with the others"
    status, _, err = run("new", "policy", "-o", "policy/new.toml")
    assert status == 2
    assert "was left alone" in err
    assert run("new", "policy", "-o", "-")[:2] == (0, TEMPLATE)
    assert json.loads(run("schema", "policy")[1]) == json.loads(policy_schema())


def test_the_example_in_the_docs_is_what_it_is_said_to_be(run: Run, tmp_path: Path, monkeypatch: Any) -> None:  # noqa: ANN401
    page = (HOME / "docs" / "policies.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    Path("policy").mkdir()
    policy, schedule, told = (re.search(rf"```{kind}\n(.*?)```", page, re.DOTALL) for kind in ("toml", "csv", "text"))
    assert policy is not None
    assert schedule is not None
    assert told is not None
    Path("policy/icc.toml").write_text(policy[1], encoding="utf-8")
    Path("week.csv").write_text(schedule[1], encoding="utf-8")
    command, _, out = told[1].partition("\n")
    assert command == "$ overflight gate week.csv --policy policy/ --no-mend"
    assert run(*command.split()[2:])[:2] == (1, out)
