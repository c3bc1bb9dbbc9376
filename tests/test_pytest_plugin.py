"""The pytest plugin: proposals are collected as tests, and a failure reads like a briefing."""

from __future__ import annotations

import subprocess
import sys

import pytest

GOOD = """
name = "Moscow-Budapest"
on = 2025-10-23
waypoints = ["VKO", "BUD"]
avoid = ["icc"]
expect = "crosses"
crosses = ["UKR", "POL", "SVK", "HUN"]
max_extension_pct = 10
"""
WRONG = GOOD.replace('crosses = ["UKR", "POL", "SVK", "HUN"]', 'crosses = ["UKR", "POL", "SVK"]')


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """Make a project with one proposal that holds and one that does not."""
    routes = pytester.mkdir("routes")
    (routes / "good.route.toml").write_text(GOOD, encoding="utf-8")
    (routes / "wrong.route.toml").write_text(WRONG, encoding="utf-8")
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run pytest in this process, or beside it where it starts processes of its own."""
    start = project.runpytest_subprocess if "-n" in arguments else project.runpytest_inprocess
    return start("-p", "no:randomly", "-p", "no:hypothesispytest", *arguments)


def test_each_rule_of_a_proposal_is_an_item(project: pytest.Pytester) -> None:
    result = run(project, "--collect-only", "-q")
    result.stdout.fnmatch_lines(
        [
            "routes/good.route.toml::avoid icc",
            "routes/good.route.toml::extension at most 10 pct",
            "routes/wrong.route.toml::avoid icc",
            "routes/wrong.route.toml::extension at most 10 pct",
        ]
    )


def test_a_failure_reads_like_a_briefing(project: pytest.Pytester) -> None:
    result = run(project, "-v")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "Moscow-Budapest: avoid icc on 2025-10-23",
            "*wrong.route.toml: 1,537.0 km (829.9 NM), de-jure airspace *",
            "*forbidden  Poland (POL): 49.7 km, overflight, in at 49.*,22.* (km 1,196.3), out at * (icc)",
            "expected: crosses POL, SVK, UKR",
            "found:    crosses HUN, POL, SVK, UKR",
            "crossed unexpectedly: HUN",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


@pytest.mark.parametrize(
    ("arguments", "outcome"),
    [
        (("-k", "avoid and icc"), {"passed": 1, "failed": 1}),
        (("-k", "good"), {"passed": 2}),
        (("-k", "extension"), {"passed": 2}),
        (("routes/good.route.toml",), {"passed": 2}),
        (("routes/wrong.route.toml::avoid icc",), {"failed": 1}),
        (("routes/wrong.route.toml::extension at most 10 pct",), {"passed": 1}),
        (("-n", "2"), {"passed": 3, "failed": 1}),
    ],
)
def test_items_are_chosen_like_any_other(
    project: pytest.Pytester, arguments: tuple[str, ...], outcome: dict[str, int]
) -> None:
    run(project, *arguments).assert_outcomes(**outcome)


def test_the_last_failure_is_run_again(project: pytest.Pytester) -> None:
    run(project)
    run(project, "--lf").assert_outcomes(failed=1)
    (project.path / "routes" / "wrong.route.toml").write_text(GOOD, encoding="utf-8")
    run(project, "--lf").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'name = "x"', "*bad.route.toml: `on` is missing: add it"),
        (b"name = ", "*bad.route.toml: not TOML: *"),
        (b"", "*bad.route.toml: the file is empty*"),
        ("é".encode("latin-1"), "*bad.route.toml, line 1: byte 0xe9 is not UTF-8*"),
        (GOOD.replace('"icc"', '"icx"').encode(), "*bad.route.toml: *unknown bloc or state 'icx': did you mean icc?"),
        (GOOD.partition("avoid")[0].encode(), "*bad.route.toml: no rule to check Moscow-Budapest by*"),
    ],
)
def test_a_bad_file_is_one_failing_item_and_the_others_still_run(
    project: pytest.Pytester, content: bytes, told: str
) -> None:
    (project.path / "routes" / "bad.route.toml").write_bytes(content)
    result = run(project, "-k", "bad or good")
    assert result.parseoutcomes()["passed"] == 2
    assert result.parseoutcomes()["failed"] >= 1
    assert "errors" not in result.parseoutcomes()
    result.stdout.fnmatch_lines([told])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_report_carries_kilometres(project: pytest.Pytester) -> None:
    run(project, "--junit-xml=out.xml", "routes/good.route.toml")
    text = (project.path / "out.xml").read_text(encoding="utf-8")
    assert '<property name="length_km" value="1537.0"' in text
    assert "POL 49.7" in text


def test_other_toml_files_are_left_alone(pytester: pytest.Pytester) -> None:
    (pytester.path / "pyproject.toml").write_text("[tool.x]\n", encoding="utf-8")
    (pytester.path / "a.toml").write_text("name = 1\n", encoding="utf-8")
    assert run(pytester).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_loading_the_plugin_imports_nothing_heavy() -> None:
    code = "import sys, overflight.pytest_plugin as p; print(*sorted(m for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    loaded = set(done.stdout.split())
    assert "overflight.pytest_plugin" in loaded
    ours = {m for m in loaded if m.startswith("overflight.")} - {"overflight.pytest_plugin"}
    assert not ours
    assert not loaded & {"numpy", "shapely", "pyproj", "geopandas", "folium", "click", "geographiclib", "airportsdata"}


def test_a_proposal_is_judged_by_whose_the_airspace_was_on_its_date(pytester: pytest.Pytester) -> None:
    text = 'name = "Juba"\non = {}\nwaypoints = ["4.8,31.4", "4.9,31.7"]\navoid = ["SDN"]\n'
    (pytester.path / "before.route.toml").write_text(
        text.format("2011-07-08") + 'crosses = ["SDN"]\n', encoding="utf-8"
    )
    (pytester.path / "after.route.toml").write_text(text.format("2011-07-09"), encoding="utf-8")
    run(pytester).assert_outcomes(passed=2)
