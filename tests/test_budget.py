"""A search within a budget: it ends in time and memory, gives what it has, and what it says of that is true."""

from __future__ import annotations

import itertools
import logging
import math
import signal
from collections.abc import Collection, Iterator
from typing import Any

import numba
import pytest
import shapely

import overflight as of
from overflight.detours import study, tradeoff
from overflight.detours.budget import _COMPILING, INTERRUPTED, Budget, SpentError, current
from overflight.detours.consent_tree import Contracted, Sketch, Tree
from overflight.detours.mesh import Found, Ground, exploring, polyanya
from overflight.detours.solver import Solved, Solver
from overflight.earth import distance_m
from overflight.routes import Waypoint
from overflight.rules import Avoid, check
from tests.test_detour_bounds import END, START, blobs
from tests.worlds import make_world

pytestmark = pytest.mark.slow

A, B = (0.0, 5.0), (40.0, 5.0)
INSIDE = shapely.box(-10, -10, 10, 20)
LANDS: dict[str, shapely.Geometry] = {
    "AAA": shapely.difference(shapely.box(-14, -14, 14, 5), INSIDE),
    "BBB": shapely.difference(shapely.box(-14, 5, 14, 24), INSIDE),
    "CCC": shapely.box(20, 2, 24, 12),
    "DDD": shapely.box(20, 12.02, 24, 40),
    "EEE": shapely.box(20, -30, 24, -2),
}
"""A ring of two states around the start; then islands with wide gaps, and one too narrow for the margin."""


class Clock:
    """A clock that is put on by hand."""

    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Failing(Budget):
    """A budget that is spent at some look at it; counts the looks."""

    looks_left = 10**9
    looks = 0

    def check(self) -> None:
        type(self).looks += 1
        if type(self).looks == self.looks_left:
            self.stop("stopped for a test")
        super().check()

    def look(self) -> None:
        """Leave it to the search itself to look, so that counts do not hang on time."""


def found_in(**options: Any) -> of.Candidates:  # noqa: ANN401
    return of.candidates(
        of.great_circle(A, B), make_world(LANDS), avoid=set(LANDS), margin_km=3.0, max_size=2, more=2, **options
    )


# ---- The budget itself


def test_a_budget_is_spent_when_its_time_is_up_and_says_so() -> None:
    clock = Clock()
    budget = Budget(30.0, clock=clock)
    budget.check()
    clock.now_s += 29.0
    budget.check()
    assert (budget.left_s, budget.words()) == (1.0, "")
    clock.now_s += 1.5
    with pytest.raises(SpentError):
        budget.check()
    assert budget.words() == "stopped after 30 s"
    budget.stop("something else")
    assert budget.words() == "stopped after 30 s", "the first reason counts"


def test_without_limits_a_budget_never_ends_and_outside_of_any_there_is_one() -> None:
    assert current().left_s == math.inf
    current().check()
    with Budget(None) as budget:
        assert current() is budget
    assert current() is not budget


def test_compiling_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """It can't be cut short; without that, the first search of an installation would come to nothing."""
    clock = Clock()
    budget = Budget(30.0, clock=clock)
    before_s = _COMPILING.total_s()
    assert numba.njit(lambda x: x + 1)(1) == 2
    assert _COMPILING.total_s() > before_s
    assert _COMPILING.depth == 0
    compiled_s = _COMPILING.total_s() - before_s
    monkeypatch.setattr(_COMPILING, "total_s", lambda: before_s + compiled_s + 42.0)
    clock.now_s += 50.0
    budget.check()
    assert budget.took_s == pytest.approx(8.0 - compiled_s)


def test_nothing_is_promised_of_what_is_compiled(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether it is kept, and where, is said when it begins."""
    monkeypatch.setattr(_COMPILING, "depth", 1)
    with caplog.at_level(logging.WARNING, "overflight"):
        Budget(30.0, label="VKO-BUD", clock=Clock()).say()
    assert caplog.messages == ["VKO-BUD: compiling; 0 s"], "of no limit: it does not count"


def test_memory_that_is_wanting_ends_one_step_and_not_the_search() -> None:
    budget = Budget(memory_mb=100.0)
    with budget.within():
        raise MemoryError
    budget.check()
    assert budget.words() == "cut short for want of memory (100 MB)"


def test_the_watch_stops_a_search_whose_time_is_up_or_that_took_too_much_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    budget = Budget(5.0, clock=clock)
    budget.look()
    assert not budget.words()
    clock.now_s += 6.0
    budget.look()
    assert budget.words() == "stopped after 5 s"
    taken = iter([100.0, 150.0, 320.0])
    monkeypatch.setattr("overflight.detours.budget._resident_mb", lambda: next(taken))
    monkeypatch.setattr("overflight.detours.budget._Watch.__init__", lambda self, budget: None)  # noqa: ARG005
    monkeypatch.setattr("overflight.detours.budget._Watch.end", lambda self: None)  # noqa: ARG005
    with Budget(memory_mb=200.0) as greedy:
        greedy.look()
        assert not greedy.words()
        greedy.look()
    assert greedy.words() == "stopped at 200 MB of memory"


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Hear Ctrl-C, though the tests may have been started where it is ignored, as in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_the_first_interrupt_ends_the_search_and_the_next_one_what_is_still_under_way() -> None:
    with Budget() as budget:
        signal.raise_signal(signal.SIGINT)
        assert budget.words() == INTERRUPTED
        with pytest.raises(SpentError):
            budget.check()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


# ---- Searches of a mesh


def ground_of(shapes: dict[str, shapely.Polygon], keep_km: float) -> Ground:
    ends = Waypoint(*START), Waypoint(*END)
    return Solver(make_world(shapes), ends, Avoid(shapes, margin_km=keep_km), most_km=2_000.0).ground((), "fine")


def path(ground: Ground, *, from_end: bool = False) -> Found:
    found = ground.path(START, END, most_km=2_000.0, from_end=from_end)
    assert isinstance(found, Found)
    return found


@pytest.mark.parametrize("turn", [1, 7, 60])
@pytest.mark.parametrize("seed", range(4))
def test_a_search_that_pauses_finds_what_one_does_that_does_not(
    seed: int, turn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it matter from which end it is sooner through: the path leads from start to destination."""
    ground = ground_of(blobs(seed), 12.0)
    whole = path(ground)
    monkeypatch.setattr(exploring, "TURN", turn)
    for from_end in (False, True):
        found = path(ground, from_end=from_end)
        assert (found.points[0], found.points[-1]) == (START, END)
        assert found.length_km == pytest.approx(whole.length_km, rel=1e-9)
        assert found.bound_km == pytest.approx(whole.bound_km, rel=1e-9)
        assert sum(found.piece_km.values()) == pytest.approx(sum(whole.piece_km.values()), rel=1e-6)


def test_however_often_it_pauses_and_grows_a_search_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    ground = ground_of(blobs(3), 12.0)
    at_once = path(ground)
    monkeypatch.setattr(exploring, "TURN", 10)
    monkeypatch.setattr(exploring, "ROOM", 4)
    by_and_by = path(ground)
    assert by_and_by.points == at_once.points
    assert by_and_by.bound_km == at_once.bound_km


HARBOUR, FAR = (0.0, 0.0), (40.0, 0.0)
"""From the one there is a narrow way out, from the other one an ocean of isles to look at."""


def harbour() -> Solver:
    walls = shapely.difference(shapely.box(-1.0, -1.0, 1.0, 1.0), shapely.box(-0.9, -0.9, 0.9, 0.9))
    gap = shapely.box(-1.1, -0.05, -0.8, 0.05)
    isles = [shapely.box(x, y, x + 0.6, y + 0.6) for x in range(4, 30, 2) for y in range(-12, 12, 2)]
    shapes = {"RNG": shapely.difference(walls, gap), "ISL": shapely.MultiPolygon(isles)}
    return Solver(make_world(shapes), (Waypoint(*FAR), Waypoint(*HARBOUR)), Avoid(shapes), most_km=20_000.0)


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[exploring.Exploration]:
    """Collect the searches that are begun, and have them take short turns."""
    made: list[exploring.Exploration] = []
    begin = exploring.Exploration.__init__

    def noted(self: exploring.Exploration, *args: Any) -> None:  # noqa: ANN401
        begin(self, *args)
        made.append(self)

    monkeypatch.setattr(exploring.Exploration, "__init__", noted)
    monkeypatch.setattr(exploring, "TURN", 20)
    return made


def test_of_two_searches_that_take_turns_the_quicker_one_decides(searches: list[exploring.Exploration]) -> None:
    ground = harbour().ground((), "fine")
    for ends in ((HARBOUR, FAR), (FAR, HARBOUR)):
        searches.clear()
        found = ground.path(*ends, most_km=20_000.0)
        assert isinstance(found, Found)
        assert len(found.points) > 4
        legs = [distance_m(*a, *b) / 1000.0 for a, b in itertools.pairwise(found.points)]
        assert math.fsum(legs) == pytest.approx(found.length_km, rel=1e-9), "whichever it was, in order from the start"
        assert math.fsum(found.piece_km.values()) == pytest.approx(found.length_km, rel=0.01)
        done, other = sorted(searches, key=lambda one: not one.is_done)
        assert done.is_done
        assert not other.is_done
        assert other.nodes <= exploring.FAVOUR * (done.nodes + 20) + 20, "and the other one took no more than its turns"


def test_where_one_search_may_have_no_more_nodes_the_other_goes_on_alone(searches: list[exploring.Exploration]) -> None:
    ground = harbour().ground((), "fine")
    whole = ground.path(FAR, HARBOUR, most_km=20_000.0)
    assert isinstance(whole, Found)
    enough = next(search.nodes for search in searches if search.is_done)
    with Budget() as budget:
        budget.most_nodes = enough + 1
        searches.clear()
        found = ground.path(FAR, HARBOUR, most_km=20_000.0)
        assert isinstance(found, Found)
        assert found.length_km == whole.length_km
        assert [search.is_full for search in searches if not search.is_done] == [True]


def test_a_search_has_no_more_nodes_than_it_may() -> None:
    ground = ground_of(blobs(3), 12.0)
    with Budget() as budget:
        path(ground)
        budget.most_nodes = 40
        with pytest.raises(SpentError):
            path(ground)


@pytest.mark.parametrize("turns", [0, 1, 3])
def test_memory_that_is_not_there_ends_a_search(turns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploring, "TURN", 5)
    explore, asked = polyanya.explore, []

    def fails(*args: Any) -> Any:  # noqa: ANN401
        asked.append(args)
        if len(asked) > turns:
            raise MemoryError
        return explore(*args)

    monkeypatch.setattr(polyanya, "explore", fails)
    with pytest.raises(SpentError):
        path(ground_of(blobs(1), 12.0))


def test_a_search_ends_when_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be it by another thread, in the midst of it: it looks at the budget again and again."""
    ground = ground_of(blobs(1), 12.0)
    monkeypatch.setattr(exploring, "TURN", 5)
    explore, asked = polyanya.explore, []
    with Budget() as budget:

        def told(*args: Any) -> Any:  # noqa: ANN401
            asked.append(args)
            if len(asked) == 3:
                budget.stop("enough")
            return explore(*args)

        monkeypatch.setattr(polyanya, "explore", told)
        with pytest.raises(SpentError):
            path(ground)
    assert len(asked) == 3


# ---- A study whose budget is spent at one step or another


@pytest.fixture(scope="module")
def whole() -> of.Candidates:
    return found_in()


@pytest.fixture(scope="module")
def looks() -> int:
    """Count how often a whole study looks at its budget."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study, "Budget", Failing)
        patch.setattr(Failing, "looks", 0)
        found_in()
        return Failing.looks


def test_within_its_budget_a_search_is_what_it_is_without(whole: of.Candidates) -> None:
    found = found_in(time_limit_s=3600.0)
    assert (found.unfinished, whole.unfinished) == ("", "")
    assert [c.route.waypoints for c in found] == [c.route.waypoints for c in whole]
    assert [c.alternative for c in whole].count(True) == 2


@pytest.mark.parametrize("part", range(16))
def test_wherever_the_budget_is_spent_what_was_found_is_given(
    part: int, whole: of.Candidates, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert looks > 100
    at = max(1, round(looks ** (part / 15)))
    monkeypatch.setattr(study, "Budget", Failing)
    monkeypatch.setattr(Failing, "looks", 0)
    monkeypatch.setattr(Failing, "looks_left", at)
    found = found_in()
    assert found.unfinished == "stopped for a test"
    assert not found.complete
    assert found[0].route.kind == "great-circle"
    world = make_world(LANDS)
    lengths = {c.consents: c.route.length_km for c in reversed(whole) if not c.alternative}
    for one in (c for c in found[1:] if c.narrowest is None):
        assert check(one.route, world, rules=[Avoid(LANDS, margin_km=3.0, allow=[*one.consents])]).passed
        assert one.gap_pct is not None
        assert one.gap_pct >= 0.0
        if not one.alternative and one.consents in lengths:
            bound_km = one.route.length_km / (1.0 + one.gap_pct / 100.0)
            assert bound_km <= lengths[one.consents] + 1e-6
    known = {c.consents for c in whole.minimal_consents}
    assert {c.consents for c in found.minimal_consents} <= known
    opened = {c.consents for c in found.minimal_consents if c.status == "route"}
    assert {c.consents for c in found[1:] if c.minimal and not c.alternative} <= opened


def test_what_was_found_is_proven_before_more_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """So a search that ends while it looks for larger sets or for alternatives has gaps that tell something."""

    def spent(*_: object, **__: object) -> bool:
        raise SpentError

    monkeypatch.setattr("overflight.detours.study.Study.widen", spent)
    found = found_in()
    assert len(found) > 2
    for one in (c for c in found[1:] if not c.alternative):
        assert one.gap_pct is not None
        assert one.gap_pct < 0.2


def test_in_a_slow_search_each_route_is_proven_before_the_next_set_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []

    def note(step: str) -> None:
        whole = getattr(Solver, step)

        def noted(*args: Any, **options: Any) -> Any:  # noqa: ANN401
            steps.append(step)
            return whole(*args, **options)

        monkeypatch.setattr(Solver, step, noted)

    note("solve")
    note("proven")
    monkeypatch.setattr(study, "SLOW_SHARE", 0.0)
    found_in(time_limit_s=3600.0)
    assert steps[:4] == ["solve", "proven"] * 2
    steps.clear()
    found_in()
    assert steps[:4] == ["solve", "solve", "proven", "proven"]


@pytest.mark.parametrize("step", ["ground", "strip", "sketch", "mesh"])
@pytest.mark.parametrize("time", [0, 3, 10])
def test_memory_that_runs_out_in_any_step_loses_nothing_that_was_found(
    step: str, time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_step, times = getattr(Solver, step), []

    def fails(self: Solver, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        times.append(step)
        if len(times) > time:
            raise MemoryError
        return whole_step(self, *args, **options)

    monkeypatch.setattr(Solver, step, fails)
    found = found_in()
    if len(times) > time:
        assert found.unfinished == "cut short for want of memory (2,000 MB)"
        assert not found.complete
    assert len(found) >= 1


def test_little_memory_ends_each_search_and_still_gives_the_great_circle_and_the_sets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("overflight.detours.budget._resident_mb", lambda: 0.0)  # not told, as outside Linux
    found = found_in(memory_mb=0.002)
    assert [c.route.kind for c in found] == ["great-circle"]
    assert {c.status for c in found.minimal_consents} == {"unfinished"}
    assert "memory" in found.unfinished


def test_a_detour_that_is_not_found_in_time_is_none_and_said(caplog: pytest.LogCaptureFixture) -> None:
    world = make_world({"AAA": shapely.box(18, -20, 22, 12)})
    assert of.detour(A, B, world, avoid={"AAA"}) is not None
    assert of.detour(A, B, world, avoid={"AAA"}, time_limit_s=0.0) is None
    assert "stopped after 0 s: no route was found until then" in caplog.text


def test_length_for_km_inside_gives_what_it_has(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world = make_world({"AAA": shapely.box(18, -20, 22, 12)})
    around = of.detour(A, B, world, avoid={"AAA"})
    assert around is not None
    monkeypatch.setattr(tradeoff, "Budget", Failing)
    for at in (5, 24, 40):
        monkeypatch.setattr(Failing, "looks", 0)
        monkeypatch.setattr(Failing, "looks_left", at)
        points = tradeoff.front(of.great_circle(A, B), world, avoid={"AAA"}, known=[around])
        assert points[0].route.kind == "great-circle"
        assert points[-1].inside_km == 0.0
    assert "stopped for a test" in caplog.text


def test_the_search_tree_stops_where_the_budget_is_spent() -> None:
    class Chain(Contracted):
        def __init__(self) -> None:
            pass

        def useful(self, within: frozenset[str], without: frozenset[str], most: int) -> frozenset[str]:  # noqa: ARG002
            return frozenset("abc") - without

        def joined(self, open_: frozenset[str]) -> bool:  # noqa: ARG002
            return True

    def sketch(open_: frozenset[str], most_km: float) -> Sketch | None:  # noqa: ARG001
        asked.append(open_)
        current().check()
        return Sketch(10.0, open_)

    asked: list[Collection[str]] = []
    with Budget() as budget:
        tree = Tree(Chain(), sketch, most_paths=100)
        budget.stop("enough")
        assert tree.shortest(1, 100.0) is None
        assert tree.cut
        assert list(tree.minimal(2, 100.0, frozenset(), ())) == []
    assert len(asked) <= 1


def test_solving_is_unfinished_where_the_budget_is_spent_and_right_after_it() -> None:
    shapes = blobs(1)
    solver = Solver(make_world(shapes), (Waypoint(*START), Waypoint(*END)), Avoid(shapes), most_km=2_000.0)
    with Budget(0.0):
        assert solver.solve((), name="x") == "unfinished"
    assert isinstance(solver.solve((), name="x"), Solved)
