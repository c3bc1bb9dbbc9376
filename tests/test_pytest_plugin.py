"""The pytest plugin: proposals are collected as tests, and a failure reads like a briefing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

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


@pytest.fixture(autouse=True)
def _nothing_forgotten(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Have a run in this process forget the modules of its project only, and not whatever it was the first to import.

    Imported once more, a module has classes of its own, which are no instances of those that others hold already; and
    arrays and the compiler load once a process.
    """
    projects = str(tmp_path_factory.getbasetemp())

    def forget(_: object) -> None:
        for name, module in list(sys.modules.items()):
            if (getattr(module, "__file__", None) or "").startswith(projects):
                del sys.modules[name]

    monkeypatch.setattr("_pytest.pytester.SysModulesSnapshot.restore", forget)


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
            "*forbidden  Poland (POL): 49.7 km, overflight, in at 49.*,22.* (km 1,196.3), out * (icc since 2002*)",
            "expected: crosses POL, SVK, UKR",
            "found:    crosses HUN, POL, SVK, UKR",
            "crossed unexpectedly: HUN",
            'to mend it: *: expect = *, crosses = ?"HUN", "POL", "SVK", "UKR"?',
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*testing/plugin.py*")


@pytest.mark.slow
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
        (b'name = "x"', "*bad.route.toml: `on`: missing: add it (or `depart` and `speed`)"),
        (b"name = ", "*bad.route.toml: not TOML: *"),
        (b"", "*bad.route.toml: the file is empty*"),
        ("é".encode("latin-1"), "*bad.route.toml, line 1: byte 0xe9 is not UTF-8*"),
        (
            GOOD.replace('"icc"', '"icx"').encode(),
            "*bad.route.toml, line 5: `avoid?0?`: *unknown bloc or state 'icx': did you mean icc?",
        ),
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
    assert '<property name="km" value="1537.0"' in text
    assert '<property name="on" value="2025-10-23"' in text
    states = re.search(r'<property name="states" value="([^"]*)"', text)
    assert states
    assert states[1] == "RUS 386.9, BLR 402.5, UKR 406.9, POL 49.7, SVK 110.6, HUN 180.4"


def test_other_toml_files_are_left_alone(pytester: pytest.Pytester) -> None:
    (pytester.path / "pyproject.toml").write_text("[tool.x]\n", encoding="utf-8")
    (pytester.path / "a.toml").write_text("name = 1\n", encoding="utf-8")
    assert run(pytester).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_loading_the_plugin_imports_nothing_heavy() -> None:
    code = "import sys, overflight.testing.plugin; print(*sorted(m for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    loaded = set(done.stdout.split())
    assert "overflight.testing.plugin" in loaded
    ours = {m for m in loaded if m.startswith("overflight.")} - {"overflight.outside", "overflight.outside.version"}
    assert ours == {"overflight.testing", "overflight.testing.plugin"}
    assert not loaded & {"numpy", "shapely", "pyproj", "geopandas", "folium", "click", "geographiclib"}


def test_a_proposal_is_judged_by_whose_the_airspace_was_on_its_date(pytester: pytest.Pytester) -> None:
    text = 'name = "Juba"\non = {}\nwaypoints = ["4.8,31.4", "4.9,31.7"]\navoid = ["SDN"]\n'
    (pytester.path / "before.route.toml").write_text(
        text.format("2011-07-08") + 'crosses = ["SDN"]\n', encoding="utf-8"
    )
    (pytester.path / "after.route.toml").write_text(text.format("2011-07-09"), encoding="utf-8")
    run(pytester).assert_outcomes(passed=2)


MANY = """
on = [2024-12-31, 2025-01-01]
avoid = ["UKR & icc"]
[[route]]
name = "Over Kyiv [1]::x/y"
waypoints = ["50.5,28.0", "50.4,32.0"]
[[route]]
name = "Over Minsk"
waypoints = ["54.0,27.0", "53.8,28.5"]
"""
DRAWN = """{"type": "Feature", "properties": {"on": "2025-10-23", "avoid": "CZE", "name": "Drawn"},
"geometry": {"type": "LineString", "coordinates": [[8.5, 50.0], [16.5, 48.1]]}}"""


def test_a_file_of_many_routes_and_dates_has_an_item_for_each(pytester: pytest.Pytester) -> None:
    (pytester.path / "many.route.toml").write_text(MANY, encoding="utf-8")
    result = run(pytester, "-v", "--overflight-no-mend")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "many.route.toml::Over Kyiv 1 x y::avoid UKR & icc on 2024-12-31 PASSED *",
            "many.route.toml::Over Kyiv 1 x y::avoid UKR & icc on 2025-01-01 FAILED *",
            "many.route.toml::Over Minsk::avoid UKR & icc on 2024-12-31 PASSED *",
            "many.route.toml::Over Minsk::avoid UKR & icc on 2025-01-01 PASSED *",
        ]
    )
    run(pytester, "many.route.toml::Over Minsk").assert_outcomes(passed=2)
    run(pytester, "--lf", "--overflight-no-mend").assert_outcomes(failed=1)
    run(pytester, "many.route.toml::Over Kyiv 1 x y::avoid UKR & icc on 2024-12-31").assert_outcomes(passed=1)


def test_a_drawing_is_collected_and_mended(pytester: pytest.Pytester) -> None:
    (pytester.path / "a.route.geojson").write_text(DRAWN, encoding="utf-8")
    (pytester.path / "b.geojson").write_text(DRAWN, encoding="utf-8")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*_ a.route.geojson: avoid CZE _*",
            "*forbidden  Czechia (CZE): *",
            'to mend it: 622.7 km (+0.2 % over the great circle): "coordinates": *[[]8.5, 50.0[]], *',
            'or keep this route with the consent of Czechia: allow = *"CZE"*',
        ]
    )
    (pytester.path / "a.route.geojson").write_text(DRAWN.replace("[8.5, 50.0], ", "[8.5, 50.0], [14.06, 48.58], "))
    run(pytester).assert_outcomes(passed=1)


@pytest.mark.slow
def test_the_mend_of_a_failure_mends_it(pytester: pytest.Pytester) -> None:
    text = 'name = "x"\non = 2025-10-23\nwaypoints = ["VKO", "BUD"]\navoid = ["icc"]\nmargin = "2km"\n'
    file = pytester.path / "a.route.toml"
    file.write_text(text, encoding="utf-8")
    told = run(pytester).stdout.str()
    mend = re.search(r"^to mend it: .* with the consent of (.*): (allow = .*), (waypoints = .*)$", told, re.MULTILINE)
    assert mend
    assert mend[1] == "Hungary and Ukraine"
    file.write_text(text.replace('waypoints = ["VKO", "BUD"]', f"{mend[3]}\n{mend[2]}"), encoding="utf-8")
    run(pytester).assert_outcomes(passed=1)


def test_each_claim_is_an_item_that_is_not_mended(pytester: pytest.Pytester) -> None:
    claims = 'claims = ["about 1500 km", "3 h longer", {claim = "keeps out of POL", expect = "fails"}]\n'
    pytester.path.joinpath("said.route.toml").write_text(GOOD + claims, encoding="utf-8")
    result = run(pytester, "-rA", "-k", "claim")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*claim: 3 h longer (2 h 42 min to 3 h 18 min): fails: 0 min*"])
    result.stdout.no_fnmatch_line("*to mend it*")


def test_proposals_are_marked(project: pytest.Pytester) -> None:
    project.makepyfile("def test_x(): pass")
    run(project, "-m", "not overflight", "--strict-markers").assert_outcomes(passed=1)
    run(project, "-m", "overflight", "--strict-markers", "--overflight-no-mend").assert_outcomes(passed=3, failed=1)
    result = run(project, "-x", "-m", "overflight", "routes/wrong.route.toml", "--overflight-no-mend")
    result.assert_outcomes(failed=1)
    run(project, "--markers").stdout.fnmatch_lines(["*@pytest.mark.overflight: a check of a route proposal*"])


@pytest.mark.slow
@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_map_lies_beside_each_failure(project: pytest.Pytester, workers: tuple[str, ...]) -> None:
    file = project.path / "routes" / "a 'b' & c.route.toml"
    file.write_text(WRONG.replace('"Moscow-Budapest"', '"<script>alert(1)</script>"'), encoding="utf-8")
    result = run(project, "--overflight-map", "out/maps", *workers)
    result.assert_outcomes(passed=4, failed=2)
    named = set(re.findall(r"^map: (\S+)$", result.stdout.str(), re.MULTILINE))  # pytest says it again where CI is set
    assert len(named) == 2
    assert {Path(name).name for name in named} == {path.name for path in (project.path / "out" / "maps").iterdir()}
    for name in named:
        assert re.fullmatch(r"out/maps/[A-Za-z0-9.-]+\.html", name)
        page = (project.path / name).read_text(encoding="utf-8")
        assert page.startswith("<!DOCTYPE html>")
        assert "<script>alert" not in page


def test_a_map_that_cannot_be_drawn_takes_nothing_from_the_briefing(project: pytest.Pytester) -> None:
    (project.path / "out").write_text("no folder", encoding="utf-8")
    result = run(project, "--overflight-map", "out", "--overflight-no-mend")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["crossed unexpectedly: HUN", "map: *File exists*"])


def test_what_passes_can_be_read_too(project: pytest.Pytester) -> None:
    result = run(project, "-rP", "routes/good.route.toml")
    result.stdout.fnmatch_lines(["*Captured overflight call*", "Moscow-Budapest (1,537.0 km): crosses"])


@pytest.mark.slow
def test_collecting_without_a_proposal_imports_nothing_and_with_one_no_arrays(project: pytest.Pytester) -> None:
    project.makeconftest(
        """
import sys
from pathlib import Path

def pytest_collection_finish(session):
    ours = sorted(m for m in sys.modules if m.startswith("overflight."))
    heavy = sorted({"numpy", "shapely", "geopandas", "folium", "numba", "click"} & set(sys.modules))
    print("loaded", len(ours), *heavy, "end")
"""
    )
    project.makepyfile("def test_x(): pass")
    options = ("-p", "no:randomly", "-p", "no:hypothesispytest", "-s")
    project.runpytest_subprocess(
        "test_collecting_without_a_proposal_imports_nothing_and_with_one_no_arrays.py", *options
    )
    bare = project.runpytest_subprocess(*options, "--ignore=routes")
    bare.stdout.fnmatch_lines(["*loaded 2 end*"])
    full = project.runpytest_subprocess(*options, "--collect-only")
    loaded = re.search(r"loaded (\d+) end", full.stdout.str())
    assert loaded is not None
    assert int(loaded[1]) < 120


def test_the_world_is_loaded_when_a_test_asks_for_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_ours="""
import overflight as of

def test_x(world):
    assert of.crossings(of.great_circle("VKO", "BUD"), world)
""",
        test_theirs="""
import pytest

@pytest.fixture
def world():
    return "mine"

def test_y(world):
    assert world == "mine"
""",
    )
    run(pytester).assert_outcomes(passed=2)


def test_a_bare_assert_on_a_verdict_says_who_and_how_far(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
import overflight as of
from overflight.testing import assert_clear

def check(world):
    return of.check(of.great_circle("VKO", "BUD"), world, rules=[of.Avoid({"POL", "HUN"}, name="mine")])

def test_truth(world):
    assert check(world)

def test_status(world):
    verdict = check(world)
    assert verdict.status == "clear"

def test_assertion():
    assert_clear(["FRA", "VIE"], avoid="CZE", on="2025-10-23")
"""
    )
    result = run(pytester)
    result.assert_outcomes(failed=3)
    verdict = "<Verdict crosses: 'VKO-BUD', 1,537.0 km; mine: POL 49.7 km; mine: HUN 180.4 km>"
    result.stdout.fnmatch_lines(
        [
            f"E       AssertionError: assert {verdict}",
            "E       AssertionError: assert 'crosses' == 'clear'",
            "*- overflight: verdict -*",
            "VKO-BUD (1,537.0 km): crosses",
            "  mine: crosses Poland (POL) for 49.7 km, in at *",
            "E       AssertionError: FRA-VIE: avoid CZE on 2025-10-23",
            'E       to mend it: 625.4 km (+0.3 % over the great circle): waypoints = ?"FRA", *, "VIE"?',
        ]
    )
    result.stdout.no_fnmatch_line("*testing/assertions.py*")
