"""The what-if page's answers, and who gets them: judged by the engine, from requests that nobody trusts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import overflight as of
from overflight.airspace import load_airspaces, read_bloc
from overflight.errors import OverflightError, ProposalError
from overflight.maps.base import decode
from overflight.proposals import parse_proposals
from overflight.proposals.briefing import briefings
from overflight.serve import Setting, make_app
from overflight.serve.asked import MAX_WAYPOINTS
from overflight.serve.guard import ARRIVING, MAX_BYTES, MOST, Guard
from overflight.serve.search import SearchEndedError, Searcher, search
from overflight.serve.whatif import WhatIf
from tests.commands import Run

KEYS: dict[str, Any] = {"on": "2025-10-23", "waypoints": ["VKO", "BUD"], "avoid": ["icc"], "allow": []}
ADDRESS = "http://127.0.0.1"


pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture(scope="module")
def whatif() -> WhatIf:
    return WhatIf(Setting(KEYS))


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(make_app(Setting(KEYS)), base_url=ADDRESS) as client:
        yield client


def test_the_verdict_is_that_of_the_command_line(whatif: WhatIf, run: Run) -> None:
    keys = KEYS | {"waypoints": ["VKO", "52.5,24.1", "BUD"], "allow": ["HUN"], "margin": "20km"}
    answer = whatif.check(keys)
    arguments = [
        "VKO",
        "52.5,24.1",
        "BUD",
        "--avoid",
        "icc",
        "--allow",
        "HUN",
        "--margin",
        "20km",
        "--on",
        "2025-10-23",
    ]
    (told,) = json.loads(run("check", *arguments, "-f", "json")[1])["routes"]
    route = answer["route"]
    assert route["status"] == told["verdict"]["status"]
    assert route["length_km"] == told["length_km"]
    forbidden = [f for f in told["verdict"]["findings"] if f["status"] == "crosses"]
    assert {row["state"] for row in route["rows"] if row["standing"] == "forbidden"} == {
        crossing["name"] for crossing in told["crossings"] if crossing["state"] in {f["state"] for f in forbidden}
    }
    assert [(band["from"], band["to"]) for band in route["bands"] if band["standing"] == "forbidden"] == [
        (pytest.approx(crossing["entry_km"], abs=0.006), pytest.approx(crossing["exit_km"], abs=0.006))
        for crossing in told["crossings"]
        if crossing["state"] in {f["state"] for f in forbidden}
    ]
    near = {f["state"]: f["closest_km"] for f in told["verdict"]["findings"] if f["closest_km"]}
    assert len(route["nearest"]) == min(5, len(near)) > 0
    assert [float(one["km"]) for one in route["nearest"]] == pytest.approx(sorted(near.values())[:5], abs=0.5)


def test_a_member_is_one_from_the_day_it_joins(whatif: WhatIf) -> None:
    pieces = load_airspaces().pieces
    before, after = (
        {pieces[n].territory for n in whatif.check(KEYS | {"on": day})["members"]}
        for day in ("2024-12-31", "2025-01-01")
    )
    assert after - before == {"UKR"} | {piece.territory for piece in pieces if piece.state == "UKR"}
    assert before <= after


def test_days_of_change_are_those_of_the_memberships(whatif: WhatIf) -> None:
    changes = whatif.changes(KEYS)["changes"]
    assert [one["on"] for one in changes] == sorted({one["on"] for one in changes})
    by_day = {one["on"]: one for one in changes}
    assert by_day["2025-01-01"] == {"on": "2025-01-01", "joins": ["Ukraine"], "leaves": [], "members": 125}
    assert by_day["2017-10-27"]["leaves"] == ["Burundi"]
    without = whatif.changes(KEYS | {"avoid": ["icc - UKR"]})["changes"]
    assert "2025-01-01" not in {one["on"] for one in without}
    assert whatif.changes(KEYS | {"avoid": ["POL"]})["changes"] == []
    assert whatif.changes(KEYS | {"avoid": []})["changes"] == []


def test_days_on_which_a_verdict_changes_are_those_of_the_calendar(whatif: WhatIf) -> None:
    told = whatif.when(KEYS | {"waypoints": ["ABJ", "NIM"]})
    found = of.changes(of.Case.of(["ABJ", "NIM"], on="2025-10-23", avoid="icc"))
    assert told["before"] == "free"
    assert [(one["on"], one["status"], one["what"]) for one in told["changes"]] == [
        (str(change.on), change.after.status, change.words) for change in found
    ]
    assert told["changes"][-1]["verdict"] == "forbidden: enters Côte d'Ivoire and Ghana"
    assert whatif.when(KEYS | {"avoid": []})["changes"] == []


@pytest.mark.slow
def test_a_ground_fits_until_the_route_leaves_it_or_its_names_change(whatif: WhatIf) -> None:
    ground = whatif.ground(KEYS)
    assert {piece["n"] for piece in ground["pieces"]} <= set(range(len(load_airspaces().pieces)))
    assert {piece["n"] for piece in ground["pieces"] if piece.get("member")} <= set(whatif.check(KEYS)["members"])

    def fits(**more: Any) -> bool:  # noqa: ANN401
        found: bool = whatif.check(KEYS | more, ground["id"])["fits"]
        return found

    assert fits()
    assert fits(waypoints=["VKO", "50,30", "BUD"])
    assert fits(avoid=["eu"], on="2024-01-01")
    assert not fits(waypoints=["VKO", "JFK"])
    far = whatif.ground(KEYS | {"waypoints": ["BUD", "SYD"]})["id"]
    assert not whatif.check(KEYS, far)["fits"], "so short a route deserves finer borders"
    assert not fits(waypoints=["VKO", "85,0", "BUD"]), "around the pole there is another projection"
    assert not fits(on="1995-01-01"), "Hong Kong was British"
    assert not whatif.check(KEYS, "nonsense")["fits"]


def test_beside_what_a_search_found_a_ground_may_be_wide(whatif: WhatIf) -> None:
    wide = whatif.ground(KEYS, [{"waypoints": ["BUD", "SYD"]}])
    assert whatif.check(KEYS, wide["id"])["fits"]


def test_a_route_across_180_degrees_is_drawn_where_its_ground_is(whatif: WhatIf) -> None:
    keys = KEYS | {"waypoints": ["60,170", "58,-170"]}
    ground = whatif.ground(keys)
    west, _, east, _ = ground["whole"]
    for first in ("60,179", "60,-179"):
        answer = whatif.check(keys | {"waypoints": [first, "58,-170"]}, ground["id"])
        points = [point for run in answer["route"]["runs"] for point in decode(run["at"])]
        assert all(abs(lon - (west + east) / 2) < 30 for lon, _ in points)
        (middle,) = answer["middles"]
        assert min(abs(middle[0] - lon) + abs(middle[1] - lat) for lon, lat in points) < 0.5


def test_a_ground_is_known_to_every_process_of_this_server_and_to_no_other(whatif: WhatIf) -> None:
    known = whatif.ground(KEYS)["id"]
    assert WhatIf(whatif.setting, whatif.secret).check(KEYS, known)["fits"]
    assert not WhatIf(whatif.setting).check(KEYS, known)["fits"]
    for forged in (known.replace("fine_deg", "fine"), f" {known}", known + " ", known[:64], known.split(" ", 1)[1]):
        assert not whatif.check(KEYS, forged)["fits"]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"allow": ["HUN", "POL", "SVK", "UKR"]},
        {"allow": ["HUN"], "name": 'a "name" <b>', "why": "because\nof this", "max_extension_pct": 0.5},
        {"waypoints": ["VKO", "IST"], "avoid": ["eu", "nato - TUR"], "margin": "200km"},
        {"avoid": []},
        {"depart": "2024-12-31T23:00:00Z", "speed": "460kt", "on": "2024-12-31"},
        {"waypoints": ["VKO", "51.13457,24.6", "50.06,25.74358", "BUD"], "avoid": ["POL", "SVK | HUN"]},
    ],
)
def test_a_saved_proposal_does_what_it_expects(whatif: WhatIf, more: dict[str, Any]) -> None:
    keys = KEYS | more
    _, text = whatif.saved(keys)
    (proposal,) = parse_proposals(text, where="saved.route.toml")
    assert proposal.route.waypoints == whatif.setting.case(keys).route.waypoints
    told = briefings(proposal, proposal.case())
    assert not [
        text for title, text in told.items() if text and title != "has a rule" and not title.startswith("extension")
    ]


def test_a_map_to_take_away_is_the_shared_map(whatif: WhatIf) -> None:
    name, page = whatif.drawn(
        KEYS | {"name": "</script><b>"}, [{"name": "around", "waypoints": ["VKO", "60,30", "BUD"]}]
    )
    assert name == "</script><b>"
    assert page.startswith(b"<!DOCTYPE html>")
    assert b"</script><b>" not in page
    assert page.count(b'"label":"') == 2


def test_areas_may_be_named_at_the_start_only(tmp_path: Path) -> None:
    ring = [[20.0, 50.0], [25.0, 50.0], [25.0, 54.0], [20.0, 54.0], [20.0, 50.0]]
    area = {"type": "Feature", "properties": {"name": "zone"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (tmp_path / "zone.geojson").write_text(json.dumps(area), encoding="utf-8")
    given = KEYS | {"avoid": ["icc | zone.geojson"], "waypoints": ["VKO", "52,22", "BUD"]}
    whatif = WhatIf(Setting(given, folder=tmp_path))
    assert "zone" in whatif.check(given)["route"]["crossed"]
    assert [piece["name"] for piece in whatif.ground(given)["pieces"] if piece.get("area")] == ["zone"]
    for text in ("zone.geojson", f"icc | '{tmp_path}/zone.geojson'", "POL | /etc/passwd.json"):
        with pytest.raises(ProposalError, match="at the start only") as caught:
            whatif.check(given | {"avoid": [text]})
        assert caught.value.path == ("avoid", 0)


def test_a_page_may_name_circles(whatif: WhatIf) -> None:
    """They open no file; another radius is another area on another ground."""
    asked = [KEYS | {"avoid": [f"circle:52,24,{nm}nm"]} for nm in (50, 150)]
    assert [whatif.check(keys)["route"]["status"] for keys in asked] == ["clear", "crosses"]
    names = [[piece["name"] for piece in whatif.ground(keys)["pieces"] if piece.get("area")] for keys in asked]
    assert names == [["50 nm around 52,24"], ["150 nm around 52,24"]]
    with pytest.raises(ProposalError, match="no circle that can be read"):
        whatif.check(KEYS | {"avoid": ["circle:/etc/passwd"]})


def test_a_saved_proposal_of_areas_passes_beside_them(tmp_path: Path, run: Run) -> None:
    ring = [[20.0, 50.0], [25.0, 50.0], [25.0, 54.0], [20.0, 54.0], [20.0, 50.0]]
    area = {"type": "Feature", "properties": {"name": "zone"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (tmp_path / "zone.geojson").write_text(json.dumps(area), encoding="utf-8")
    for avoid in (["icc | zone.geojson"], ["zone.geojson", "POL"], ["zone.geojson"]):
        keys = KEYS | {"avoid": avoid, "waypoints": ["VKO", "52,22", "BUD"]}
        _, text = WhatIf(Setting(keys, folder=tmp_path)).saved(keys)
        (tmp_path / "saved.route.toml").write_text(text, encoding="utf-8")
        assert run("check", tmp_path / "saved.route.toml", "--as-expected")[0] == 0, text


def test_what_lies_beside_a_route_is_bounded(whatif: WhatIf) -> None:
    far = {"waypoints": ["0,0", "0,179"] * 2}
    with pytest.raises(ProposalError, match="400,000 km in all"):
        whatif.ground(KEYS, [far] * 30)


def test_own_blocs_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("state,since\nBLR,2025-01-01\n", encoding="utf-8")
    whatif = WhatIf(Setting(KEYS, blocs=(read_bloc(tmp_path / "mine.csv", name="mine"),)))
    assert {"name": "mine", "label": "Mine", "words": "a bloc of your own"} in whatif.opened()["blocs"]
    assert whatif.check(KEYS | {"avoid": ["mine"]})["route"]["crossed"] == ["Belarus"]
    assert whatif.changes(KEYS | {"avoid": ["mine"]})["changes"][0]["joins"] == ["Belarus"]


@pytest.mark.parametrize(
    ("more", "at", "why"),
    [
        ({"waypoints": ["VKO", "Budapst"]}, ["waypoints", 1], "Budapst"),
        ({"waypoints": ["VKO"] * 300}, ["waypoints"], str(MAX_WAYPOINTS)),
        ({"waypoints": ["0,0", "0,180"]}, ["waypoints"], "waypoint"),
        ({"waypoints": "VKO BUD"}, ["waypoints"], "list"),
        ({"avoid": ["iccc"]}, ["avoid", 0], "did you mean icc?"),
        ({"avoid": ["icc | iccc"]}, ["avoid", 0], "column 7"),
        ({"avoid": ["icc", "eu |"]}, ["avoid", 1], "expected a bloc or a state at the end"),
        ({"allow": ["Atlantis"]}, ["allow"], "Atlantis"),
        ({"margin": "wide"}, ["margin"], "5nm"),
        ({"on": "2025-13-01"}, ["on"], "2025-10-23"),
        ({"file": "/etc/passwd"}, ["file"], "no place here"),
        ({"on": {}}, ["on"], "2025-10-23"),
        ({"waypoints": [{"a": 1}, "BUD"]}, ["waypoints", 0], "expected a place"),
        ({"avoid": ["icc"] * 11}, ["avoid"], "at most 10"),
        ({"waypoints": ["0,0", "0,179"] * 20}, ["waypoints"], "at most 100,000 km"),
        ({"expectation": "clear"}, ["expectation"], "expect"),
        ({"name": "a\u0007b"}, ["name"], "one line"),
        ({"waypoints": ["\ud800", "BUD"]}, ["waypoints", 0], "unknown place"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    client: TestClient, more: dict[str, Any], at: list[object], why: str
) -> None:
    answer = client.post(
        "/check", content=json.dumps({"keys": KEYS | more}), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400
    said = answer.json()
    assert said["at"] == at
    assert why in said["error"]
    assert "\n" not in said["error"]
    assert "this page" not in said["error"]


def test_the_page_and_its_parts_are_there(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    parts = [part.split('"')[0] for part in page.text.split('"/assets/')[1:]]
    assert len(parts) > 12
    for part in parts:
        answer = client.get(f"/assets/{part}")
        assert answer.status_code == 200
        assert len(answer.text) > 200
    assert "<pattern" in page.text
    assert "<style" not in page.text
    assert "onclick" not in page.text
    for missing in ("/assets/page.py", "/assets/../errors.py", "/assets/%2e%2e%2ferrors.py", "/nothing"):
        assert client.get(missing).status_code == 404


def test_every_answer_is_sealed(client: TestClient) -> None:
    for answer in (
        client.get("/"),
        client.get("/start"),
        client.get("/nothing"),
        client.get("/", headers={"host": "x"}),
    ):
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:8000", 200),
        ("localhost:8000", 200),
        ("LOCALHOST", 200),
        ("[::1]:8000", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example:8000", 421),
        ("localhost:8000@evil.example", 421),
        ("192.168.1.5:8000", 421),
        ("", 421),
        ("127.0.0.1:80a", 421),
    ],
)
def test_only_our_own_name_is_answered(client: TestClient, host: str, status: int) -> None:
    assert client.get("/start", headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:8000", "http://127.0.0.1:8000", 200),
        ("127.0.0.1:8000", "http://127.0.0.1:9999", 403),
        ("127.0.0.1:8000", "http://evil.example", 403),
        ("127.0.0.1:8000", "null", 403),
        ("127.0.0.1:8000", "https://127.0.0.1:8000", 403),
        ("localhost:8000", "http://127.0.0.1:8000", 403),
    ],
)
def test_another_page_may_not_ask(client: TestClient, host: str, origin: str, status: int) -> None:
    answer = client.post("/check", json={"keys": KEYS}, headers={"host": host, "origin": origin})
    assert answer.status_code == status
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("name", ["host", "origin", "content-type", "content-length", "transfer-encoding", "Origin"])
def test_a_header_that_is_looked_at_is_there_once(name: str) -> None:
    """Of two, one was looked at, and it was the second."""
    good = {"host": "127.0.0.1", "origin": "http://127.0.0.1", "content-type": "application/json"}
    for values in ((good.get(name.lower(), "5"), "evil"), ("evil", good.get(name.lower(), "5"))):
        headers = [
            *((k, v) for k, v in good.items() if k != name.lower()),
            (name, values[0]),
            (name.lower(), values[1]),
        ]
        assert refused("POST", "/check", headers) == 400


@pytest.mark.parametrize(
    ("method", "path", "site", "mode", "refusal"),
    [
        ("POST", "/check", "same-origin", "cors", None),
        ("GET", "/", "none", "navigate", None),
        ("GET", "/", "cross-site", "navigate", None),
        ("GET", "/", "cross-site", "no-cors", 403),
        ("GET", "/start", "cross-site", "navigate", 403),
        ("GET", "/places", "same-site", "no-cors", 403),
        ("GET", "/assets/tools.js", "cross-site", "no-cors", 403),
        ("POST", "/check", "same-site", "cors", 403),
        ("POST", "/", "cross-site", "navigate", 403),
    ],
)
def test_a_browser_that_says_another_page_asks_is_believed(
    method: str, path: str, site: str, mode: str, refusal: int | None
) -> None:
    headers = [("host", "127.0.0.1"), ("content-type", "application/json"), ("sec-fetch-site", site)]
    assert refused(method, path, [*headers, ("sec-fetch-mode", mode)]) == refusal


def refused(method: str, path: str, headers: list[tuple[str, str]]) -> int | None:
    """Return the status with which the guard refuses; None if it lets through."""
    passed: list[Any] = []
    said: list[Any] = []

    async def app(*given: object) -> None:
        passed.append(given)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:  # noqa: ANN401
        said.append(message)

    sent = [(name.encode(), value.encode()) for name, value in headers]
    scope = {"type": "http", "method": method, "scheme": "http", "path": path, "headers": sent}
    asyncio.run(Guard(app)(scope, receive, send))
    assert len(passed) + bool(said) == 1
    return said[0]["status"] if said else None


def test_those_who_dawdle_make_room_for_those_who_come() -> None:
    async def come() -> None:
        statuses: list[int] = []

        async def app(_: object, __: object, send: Any) -> None:  # noqa: ANN401
            await send({"type": "http.response.start", "status": 200, "headers": []})

        async def never() -> dict[str, Any]:
            await asyncio.Event().wait()
            raise AssertionError

        async def at_once() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:  # noqa: ANN401
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        guard = Guard(app)
        scope = {"type": "http", "method": "GET", "scheme": "http", "path": "/", "headers": [(b"host", b"localhost")]}
        dawdling = [asyncio.ensure_future(guard(dict(scope), never, send)) for _ in range(ARRIVING)]
        await asyncio.sleep(0)
        assert len(guard.arriving) == ARRIVING
        await guard(dict(scope), at_once, send)
        await dawdling[0]
        assert statuses == [200, 408]
        assert len(guard.arriving) == ARRIVING - 1
        for one in dawdling:
            one.cancel()
        await asyncio.wait(dawdling)

    asyncio.run(come())


@pytest.mark.parametrize("arrived", [True, False])
def test_whoever_waits_when_the_server_ends_is_told_so(arrived: bool) -> None:
    """Whether it was being answered, or still on its way here: uvicorn's own answer would be a bare 500."""

    async def end() -> None:
        said: list[Any] = []

        async def app(*_: object) -> None:
            await asyncio.Event().wait()

        async def receive() -> dict[str, Any]:
            await (asyncio.sleep(0) if arrived else asyncio.Event().wait())
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:  # noqa: ANN401
            said.append(message)

        scope = {"type": "http", "method": "GET", "scheme": "http", "path": "/", "headers": [(b"host", b"localhost")]}
        asking = asyncio.ensure_future(Guard(app)(scope, receive, send))
        for _ in range(3):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait([asking])
        assert said[0]["status"] == 503
        assert "run overflight serve again" in json.loads(said[1]["body"])["error"]

    asyncio.run(end())


@pytest.mark.slow
def test_addresses_are_answered_where_others_are_let_in() -> None:
    with TestClient(make_app(Setting(KEYS), hosts=["map.example"], any_address=True), base_url=ADDRESS) as client:
        hosts = ("192.168.1.5:8000", "[fe80::1]:8000", "map.example", "evil.example")
        assert [client.get("/start", headers={"host": host}).status_code for host in hosts] == [200, 200, 200, 421]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b'{"keys": 3}', "application/json", 400),
        (b'{"keys": {"on": NaN}}', "application/json", 400),
        (b"[" * 50_000, "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b" " * (MAX_BYTES + 1), "application/json", 413),
        (json.dumps({"keys": KEYS, "others": [{}] * 31}).encode(), "application/json", 400),
    ],
)
def test_bad_requests_are_refused_in_words(client: TestClient, content: bytes, kind: str, status: int) -> None:
    answer = client.post("/map", content=content, headers={"content-type": kind})
    assert answer.status_code == status
    assert answer.json()["error"]
    assert client.post("/check", json={"keys": KEYS}).status_code == 200


def test_a_body_without_a_length_is_bounded_too() -> None:
    async def endless() -> dict[str, Any]:
        return {"type": "http.request", "body": b" " * 65_536, "more_body": True}

    said: list[Any] = []

    async def send(message: Any) -> None:  # noqa: ANN401
        said.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "scheme": "http", "path": "/check", "headers": headers}
    asyncio.run(make_app(Setting(KEYS))(scope, endless, send))
    assert said[0]["status"] == 413


def test_other_methods_are_refused(client: TestClient) -> None:
    assert client.get("/check").status_code == 405
    assert client.options("/check").status_code == 405
    assert client.delete("/").status_code == 405


def test_files_have_safe_names(client: TestClient) -> None:
    name = 'x"; filename=evil.exe\u00e9/../..'
    for path, suffix in (("/proposal", ".route.toml"), ("/map", ".html")):
        answer = client.post(path, json={"keys": KEYS | {"name": name}})
        assert answer.headers["content-disposition"] == f'attachment; filename="x-filename-evil-exe{suffix}"'
    answer = client.post("/proposal", json={"keys": KEYS | {"name": "Москва"}})
    assert 'filename="what-if.route.toml"' in answer.headers["content-disposition"]
    assert 'name = "Москва"' in answer.text


def test_airports_are_found_by_name(client: TestClient) -> None:
    def codes(typed: str) -> list[str]:
        return [one["code"] for one in client.get("/places", params={"q": typed}).json()["places"]]

    assert codes("vnukovo") == ["VKO"]
    assert codes("ZÜRICH")[0] == codes("zur")[0] == "ZRH"
    assert codes("VKO") == codes("uuww") == ["VKO"]
    assert codes("london")[:5] == ["LHR", "LGW", "STN", "LTN", "LCY"]
    assert [codes(name)[0] for name in ("Kiev", "Wien", "Praha", "Bombay", "Мюнх", "東京")] == [
        *("KBP", "VIE", "PRG", "BOM", "MUC", "HND")
    ]
    assert codes("sao paulo gua") == ["GRU"] or "GRU" in codes("sao paulo")
    assert codes("") == codes("   ") == codes("<script>alert(1)</script>") == []
    assert len(codes("a")) == 10
    assert codes("x" * 10_000) == []


def test_a_place_is_taken_alone_only_where_it_is_meant(client: TestClient) -> None:
    """Nobody is flown to a strip, nor to one of several airports, by Enter."""

    def found(typed: str) -> list[Any]:
        answer: list[Any] = client.get("/places", params={"q": typed}).json()["places"]
        return answer

    assert [found(typed)[0]["alone"] for typed in ("Kyiv", "vko", "Odessa", "Vnukovo")] == [True] * 4
    assert [found(typed)[0]["alone"] for typed in ("Moscow", "mos", "goa", "Valencia", "muni")] == [False] * 5
    assert found("Moscow")[4]["code"] == "55.752,37.6178"
    assert found("Valencia")[0]["country"] == "Venezuela"
    assert found("Kyiv")[0] == {
        "code": "KBP", "name": "Boryspil International Airport", "city": "Kyiv", "country": "Ukraine",
        "lon": 30.8947, "lat": 50.345, "exact": False, "alone": True,
    }  # fmt: skip


def test_more_than_can_wait_are_told_to_come_again() -> None:
    async def flood() -> None:
        going = asyncio.Event()

        async def slow(_: object, __: object, send: Any) -> None:  # noqa: ANN401
            await going.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        guard = Guard(slow)
        scope = {"type": "http", "method": "GET", "scheme": "http", "headers": [(b"host", b"localhost")]}
        answers: list[Any] = []

        async def receive() -> Any:  # noqa: ANN401
            return {"type": "http.request", "body": b"", "more_body": False}

        async def one() -> None:
            said: list[Any] = []

            async def send(message: Any) -> None:  # noqa: ANN401
                said.append(message)

            await guard(dict(scope), receive, send)
            answers.append(said[0])

        waiting = [asyncio.ensure_future(one()) for _ in range(1000)]
        await asyncio.sleep(0)
        while len(answers) < 1000 - MOST:
            await asyncio.sleep(0.01)
        assert guard.under_way == MOST
        assert {answer["status"] for answer in answers} == {503}
        assert all((b"retry-after", b"1") in answer["headers"] for answer in answers)
        going.set()
        await asyncio.gather(*waiting)
        assert sum(answer["status"] == 200 for answer in answers) == MOST
        assert guard.under_way == 0

    asyncio.run(flood())


@pytest.mark.slow
def test_what_is_found_can_be_flown(whatif: WhatIf) -> None:
    keys = KEYS | {"waypoints": ["FRA", "VIE"], "avoid": ["CZE"]}
    found = search(whatif.setting, keys)
    assert len(found["routes"]) > 1
    for route in found["routes"]:
        again = whatif.check(keys | route["keys"])["route"]
        assert again["length_km"] == pytest.approx(route["length_km"], abs=0.001)
        assert again["status"] == ("crosses" if route["kind"] == "great-circle" else "clear")
    ringed = search(whatif.setting, KEYS | {"waypoints": ["VIE", "BUD"], "avoid": ["HUN | AUT"]})
    assert [whatif.check(KEYS | one["keys"])["route"]["consents"] for one in ringed["routes"][1:2]] in ([], [[]])


def test_a_search_keeps_1_nm_off_unless_the_page_has_another_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[float] = []

    def asked(*_: object, margin_km: float, **__: object) -> None:
        kept.append(margin_km)
        raise OverflightError("enough")

    monkeypatch.setattr("overflight.detours.candidates", asked)
    for margin in ({}, {"margin": "0km"}, {"margin": "20km"}):
        with pytest.raises(OverflightError, match="enough"):
            search(Setting(KEYS), KEYS | margin)
    assert kept == [1.852, 0.0, 20.0]


def test_a_search_gives_what_it_found_when_its_time_is_up() -> None:
    found = search(Setting(KEYS), KEYS, time_limit_s=0.0)
    assert [route["kind"] for route in found["routes"]] == ["great-circle"]
    assert "The search was not finished: there may be other ways." in f"{found['headline']} {found['finding']}"


@pytest.mark.slow
def test_one_search_at_a_time_and_none_without_an_asker() -> None:
    async def searches() -> None:
        def body(**more: Any) -> bytes:  # noqa: ANN401
            return json.dumps({"keys": KEYS | {"waypoints": ["FRA", "VIE"], "avoid": ["CZE"]} | more}).encode()

        long = json.dumps({"keys": KEYS}).encode()
        searcher = Searcher(Setting(KEYS), seconds=0.01)
        with pytest.raises(SearchEndedError, match=r"no route was found in 0.01 s"):
            await searcher.search(long)
        assert not searcher.busy
        assert searcher.worker.pid is None
        searcher.seconds = 60.0
        asked = asyncio.ensure_future(searcher.search(long, ("a", "page")))
        waiting = asyncio.ensure_future(searcher.search(long, ("b", "page")))
        while searcher.worker.pid is None:
            await asyncio.sleep(0.01)
        assert searcher.busy
        assert searcher.asker == ("a", "page"), "whoever waits is not shown what another asked for"
        waiting.cancel()
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert not searcher.busy
        assert searcher.worker.pid is None
        assert len(json.loads((await searcher.search(body())).body)["routes"]) > 1, "another process takes its place"
        wrong = await searcher.search(body(avoid=["iccc"]))
        assert wrong.status == 400
        assert json.loads(wrong.body)["at"] == ["avoid", 0]
        searcher.stop()

    asyncio.run(searches())


def test_the_form_has_states_and_blocs_by_name_and_each_rule_in_parts(whatif: WhatIf) -> None:
    known = whatif.opened()
    assert {"code": "CIV", "name": "Côte d'Ivoire"} in known["states"]
    assert [one["label"] for one in known["blocs"] if one["name"] == "icc"] == ["ICC parties"]
    keys = KEYS | {"waypoints": ["VKO", "53,27", "BUD"], "avoid": ["ICC members except Hungary, gbr", "icc & eu"]}
    answer = whatif.check(keys | {"never": ["closed"]})
    assert [one["words"] for one in answer["rules"]["never"]] == ["States that closed their airspace"]
    assert answer["rules"]["avoid"] == [
        {
            "words": "ICC parties except Hungary and the United Kingdom",
            "names": {"icc": "ICC parties", "HUN": "Hungary", "GBR": "United Kingdom"},
            "of": ["icc"],
            "but": ["HUN", "GBR"],
        },
        {"words": "ICC parties that are also EU states", "names": {}},
    ]
    assert answer["over"] == ["Russia", "Belarus", "Hungary"]
    assert whatif.check(KEYS | {"waypoints": ["VKO", "40,-40"]})["over"] == ["Russia", ""]
