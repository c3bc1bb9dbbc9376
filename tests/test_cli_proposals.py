"""Commands for those who write proposals, and what continuous integration reads."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from overflight.proposals import read_proposals
from tests.commands import Run


def test_new_writes_a_proposal_that_is_read_and_judged(run: Run, tmp_path: Path) -> None:
    status, out, err = run(
        "new", "Moscow to Budapest!", "VKO", "-10.5,20", "BUD", "--on", "2025-10-23", "--avoid", "POL"
    )
    assert (status, out) == (0, "")
    assert "wrote moscow-to-budapest.route.toml: check it with" in err
    file = tmp_path / "moscow-to-budapest.route.toml"
    (found,) = read_proposals(file)
    assert (found.name, str(found.on), found.avoid) == ("Moscow to Budapest!", "2025-10-23", ("POL",))
    assert [w.label for w in found.route.waypoints] == ["VKO", "-10.5,20", "BUD"]
    assert run("check", file)[0] in {0, 1}


def test_every_line_of_a_new_proposal_may_be_uncommented(run: Run, tmp_path: Path) -> None:
    run("schema", "-o", "route.schema.json")
    assert run("new", "x", "VKO", "BUD", "--on", "2025-10-23")[0] == 0
    text = (tmp_path / "x.route.toml").read_text(encoding="utf-8")
    assert text.startswith("#:schema ./route.schema.json\n")
    lines = [
        line[2:] if line.startswith("# ") and " = " in line and '"lat' not in line else line
        for line in text.split("\n")
    ]
    whole = "\n".join(lines).replace('expect = "clear"', 'expect = "crosses"')
    document = json.loads(json.dumps(tomllib.loads(whole), default=lambda date: date.isoformat()))
    schema = json.loads((tmp_path / "route.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(document)
    assert set(document) == set(schema["properties"]) - {"route", "file"}
    (tmp_path / "y.route.toml").write_text(whole, encoding="utf-8")
    assert read_proposals(tmp_path / "y.route.toml")


def test_new_never_writes_over_anything(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.route.toml").write_text("mine", encoding="utf-8")
    (tmp_path / "y.route.toml").symlink_to("elsewhere")
    for name in ("x", "y"):
        status, _, err = run("new", name, "VKO", "BUD")
        assert status == 2
        assert "is there already and was left alone" in err
    assert (tmp_path / "x.route.toml").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("VKO", "BUD"), "'VKO' is the name, which leaves 'BUD' alone: give a name first"),
        (("x", "VKO", "Budapst"), "unknown place 'Budapst': did you mean BUD"),
        (("x", "VKO", "BUD", "--avoid", "icx"), "unknown bloc or state 'icx': did you mean icc?"),
        (("x", "VKO", "BUD", "-o", "x.toml"), "ends with .route.toml"),
        (("x", "VKO", "BUD", "-o", "none/x.route.toml"), "can't be written (no such file or directory)"),
        (("///", "VKO", "BUD"), "makes no file name"),
        (("a\x1b[31mb", "VKO", "BUD"), "one line without control characters"),
        (("a\nb", "VKO", "BUD"), "one line without control characters"),
    ],
)
def test_new_refuses_what_would_be_no_proposal(run: Run, tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    status, out, err = run("new", *arguments)
    assert (status, out) == (2, "")
    assert told in err
    assert len(err.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_new_prints_to_a_pipe_and_keeps_within_its_folder(run: Run, tmp_path: Path) -> None:
    status, out, _ = run("new", 'a "b" \\ ü😀', "VKO", "BUD", "-o", "-")
    assert status == 0
    assert tomllib.loads(out)["name"] == 'a "b" \\ ü😀'
    assert run("new", "../../up", "VKO", "BUD")[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["up.route.toml"]


def test_the_schema_is_printed_as_published(run: Run) -> None:
    status, out, _ = run("schema")
    assert status == 0
    jsonschema.Draft7Validator.check_schema(json.loads(out))


def test_the_proposal_in_the_readme_does_as_it_expects(run: Run, tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent / "routes" / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "a.route.toml").write_text(shown, encoding="utf-8")
    assert run("check", "a.route.toml", "--as-expected")[0] == 0


# continuous integration

DIRECT = 'name = "<Direct> & \\"so\\""\non = 2025-10-23\nwaypoints = ["VKO", "BUD"]\navoid = ["icc", "ROU"]\n'
CROSSED = 'crosses = ["UKR", "POL", "SVK", "HUN"]\n'


def test_junit_has_a_case_a_check_with_its_briefing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.route.toml").write_text(DIRECT + 'crosses = ["POL"]\nmax_extension_pct = 5\n', encoding="utf-8")
    status, out, err = run("check", "a.route.toml", "-f", "junit", "--as-expected")
    assert status == 1
    assert "on 2025-10-23" in err
    suite = ET.fromstring(out)[0]  # noqa: S314 - our own
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    first, second, third = suite
    assert first.get("classname") == "a.route.toml"
    assert first.get("name") == '<Direct> & "so": avoid icc'
    failure = first.find("failure")
    assert failure is not None
    assert failure.text is not None
    assert "crossed unexpectedly: HUN, SVK, UKR" in failure.text
    assert second.find("failure") is None
    assert third.get("name") == '<Direct> & "so": extension at most 5 pct'
    properties = {p.get("name"): p.get("value") for p in first.iter("property")}
    assert properties["km"] == "1537.0"
    assert "POL 49.7" in str(properties["states"])


def test_without_expectations_the_rules_decide(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.route.toml").write_text(DIRECT + CROSSED, encoding="utf-8")
    assert run("check", "a.route.toml", "--as-expected")[0] == 0
    status, out, _ = run("check", "a.route.toml", "-f", "junit")
    suite = ET.fromstring(out)[0]  # noqa: S314 - our own
    assert (status, suite.get("tests"), suite.get("failures")) == (1, "2", "1")
    status, out, _ = run("check", "FRA", "MUC", "--avoid", "POL", "--on", "2025-10-23", "-f", "junit", "--as-expected")
    assert (status, ET.fromstring(out)[0].get("failures")) == (0, "0")  # noqa: S314 - our own


def test_sarif_points_at_the_line_of_the_rule(run: Run, tmp_path: Path) -> None:
    (tmp_path / "routes").mkdir()
    (tmp_path / "routes" / "a ü.route.toml").write_text(DIRECT, encoding="utf-8")
    (tmp_path / "routes" / "b.route.toml").write_text(DIRECT + CROSSED, encoding="utf-8")
    status, out, _ = run("check", "routes", "-f", "sarif", "--as-expected")
    document = json.loads(out)
    assert (status, document["version"]) == (1, "2.1.0")
    (result,) = document["runs"][0]["results"]
    spot = result["locations"][0]["physicalLocation"]
    assert (spot["artifactLocation"]["uri"], spot["region"]["startLine"]) == ("routes/a%20%C3%BC.route.toml", 4)
    assert "expected: clear" in result["message"]["text"]


def test_a_briefing_of_what_fails(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.route.toml").write_text(DIRECT, encoding="utf-8")
    (tmp_path / "b.route.toml").write_text(DIRECT + CROSSED, encoding="utf-8")
    status, out, _ = run("check", "a.route.toml", "b.route.toml", "-f", "briefing", "--as-expected")
    assert status == 1
    assert out.startswith('<Direct> & "so": avoid icc on 2025-10-23\na.route.toml: ')
    assert "  forbidden  Poland (POL): 49.7 km" in out
    assert out.endswith("\n1 of 4 checks failed\n")
    assert '\npassed: <Direct> & "so": avoid icc on 2025-10-23\n' in out
    met = run("check", "b.route.toml", "-f", "briefing", "--as-expected")[1]
    assert met.splitlines()[-1] == "2 of 2 checks passed"
    assert met.count("passed: ") == 2


def test_a_briefing_without_a_rule_says_that_nothing_was_checked(run: Run) -> None:
    out = run("check", "VKO", "BUD", "-f", "briefing", "--on", "2025-10-23")[1]
    assert out == "VKO-BUD: no rule given\nnothing to check: give a rule, as in --avoid icc\n"


def test_a_proposal_without_a_rule_fails_as_it_does_under_pytest(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.route.toml").write_text(DIRECT.partition("avoid")[0], encoding="utf-8")
    status, out, _ = run("check", "a.route.toml", "-f", "briefing", "--as-expected")
    assert status == 1
    assert "no rule to check" in out
    assert run("check", "a.route.toml")[0] == 0


def test_a_breach_by_options_is_no_matter_of_expectation(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.route.toml").write_text(DIRECT + CROSSED, encoding="utf-8")
    assert run("check", "a.route.toml", "--as-expected", "--avoid", "BLR")[0] == 1


def test_the_pre_commit_hook_runs_what_there_is(run: Run, tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    hook = dict(line.strip().removeprefix("- ").split(": ", 1) for line in text.splitlines() if ": " in line[:16])
    program, *arguments = hook["entry"].split()
    assert program == "overflight"
    pattern = re.compile(hook["files"])
    assert [n for n in ("a.route.toml", "x/b.route.geojson", "c.toml", "d.geojson") if pattern.search(n)] == [
        "a.route.toml",
        "x/b.route.geojson",
    ]
    (tmp_path / "a.route.toml").write_text(DIRECT + CROSSED, encoding="utf-8")
    assert run(*arguments, "a.route.toml")[0] == 0
