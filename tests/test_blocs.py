"""Blocs: memberships on a date, where a treaty extends, and files of one's own, read strictly."""

from __future__ import annotations

import csv
import datetime as dt
import importlib
import shutil
from pathlib import Path

import pytest

import overflight as of
from geodata.tables import refresh_tables
from overflight import airspace as geodata
from overflight.airspace.blocs import blocs
from overflight.errors import DataError
from overflight.rules.rulesets import parse_ruleset

ROOT = Path(__file__).parents[1]
WORLD = of.load_airspaces()
ON = dt.date(2025, 10, 23)


@pytest.mark.parametrize(
    ("name", "date", "count"),
    [
        ("eu", "1957-12-31", 0),
        ("eu", "1958-01-01", 6),
        ("eu", "1995-01-01", 15),
        ("eu", "2004-05-01", 25),
        ("eu", "2020-01-31", 28),
        ("eu", "2020-02-01", 27),
        ("eea", "1994-01-01", 17),
        ("eea", "2025-10-23", 30),
        ("nato", "1949-08-24", 12),
        ("nato", "2023-04-04", 31),
        ("nato", "2024-03-06", 31),
        ("nato", "2024-03-07", 32),
        ("schengen", "1995-03-26", 7),
        ("schengen", "2023-01-01", 27),
        ("schengen", "2024-03-31", 29),
        ("eu-ban-russia", "2022-02-23", 0),
        ("eu-ban-russia", "2025-10-23", 37),
        ("russia-ban", "2025-10-23", 33),
        ("closed", "2022-02-23", 0),
        ("closed", "2022-03-01", 2),
        ("closed", "2025-10-23", 1),
    ],
)
def test_the_count_of_members_is_known_on_these_dates(name: str, date: str, count: int) -> None:
    assert len(of.bloc(name).on(dt.date.fromisoformat(date))) == count


@pytest.mark.parametrize(
    ("name", "state", "date", "member"),
    [
        ("eu", "GBR", "2020-01-31", True),
        ("eu", "GBR", "2020-02-01", False),
        ("eu", "HRV", "2013-06-30", False),
        ("eu", "HRV", "2013-07-01", True),
        ("nato", "FIN", "2023-04-03", False),
        ("nato", "SWE", "2024-03-07", True),
        ("closed", "UKR", "2022-02-23", False),
        ("closed", "UKR", "2026-11-20", True),
        ("closed", "NER", "2023-08-03", False),
        ("closed", "NER", "2023-08-06", True),
        ("closed", "SDN", "2023-04-14", False),
        ("closed", "SDN", "2023-04-15", True),
        ("closed", "SDN", "2023-08-15", False),
        ("closed", "LBN", "2024-04-13", True),
        ("closed", "LBN", "2024-04-14", False),
        ("closed", "QAT", "2025-06-23", True),
        ("closed", "QAT", "2025-06-24", False),
        ("closed", "QAT", "2026-03-06", True),
        ("closed", "PAK", "2019-02-28", True),
        ("closed", "JOR", "2024-10-01", True),
        ("closed", "JOR", "2024-10-02", False),
        ("closed", "IRQ", "2024-10-26", True),
        ("closed", "PAK", "2025-05-10", True),
        ("closed", "PAK", "2025-05-11", False),
        ("eu-ban-russia", "POL", "2022-02-25", False),
        ("eu-ban-russia", "POL", "2022-02-26", True),
        ("russia-ban", "CZE", "2022-02-25", False),
        ("russia-ban", "CZE", "2022-02-26", True),
        ("russia-ban", "DEU", "2022-02-27", False),
        ("russia-ban", "CHE", "2022-02-27", False),
        ("russia-ban", "CHE", "2022-02-28", True),
        ("russia-ban", "ROU", "2022-02-25", False),
        ("russia-ban", "ROU", "2022-02-26", True),
        ("russia-ban", "LVA", "2022-02-26", False),
        ("russia-ban", "LVA", "2022-02-27", True),
        ("russia-ban", "LTU", "2022-02-27", True),
        ("russia-ban", "EST", "2022-02-27", True),
        ("russia-ban", "SVN", "2022-02-27", True),
        ("russia-ban", "USA", "2025-10-23", False),
        ("eu-ban-russia", "ROU", "2022-02-25", False),
        ("eu-ban-russia", "ROU", "2022-02-26", True),
        ("eu-ban-russia", "LTU", "2022-02-26", False),
        ("eu-ban-russia", "LTU", "2022-02-27", True),
        ("eu-ban-russia", "LVA", "2022-02-27", True),
        ("eu-ban-russia", "EST", "2022-02-27", True),
        ("eu-ban-russia", "SVN", "2022-02-27", True),
        ("eu-ban-russia", "DEU", "2022-02-26", False),
        ("eu-ban-russia", "DEU", "2022-02-27", True),
        ("eu-ban-russia", "ITA", "2022-02-27", True),
        ("eu-ban-russia", "AUT", "2022-02-27", True),
        ("eu-ban-russia", "FRA", "2022-02-27", True),
        ("eu-ban-russia", "NLD", "2022-02-27", True),
        ("eu-ban-russia", "BEL", "2022-02-27", False),
        ("eu-ban-russia", "BEL", "2022-02-28", True),
        ("eu-ban-russia", "ESP", "2022-02-27", False),
        ("eu-ban-russia", "ESP", "2022-02-28", True),
        ("eu-ban-russia", "XKX", "2025-10-23", False),
        ("eu-ban-russia", "MKD", "2022-02-26", False),
        ("eu-ban-russia", "MKD", "2022-02-27", True),
        ("eu-ban-belarus", "POL", "2021-06-04", False),  # decided on the 4th, in force from the 5th
        ("eu-ban-belarus", "POL", "2021-06-05", True),
        ("eu-ban-belarus", "GBR", "2021-05-24", False),
        ("eu-ban-belarus", "GBR", "2021-05-25", True),
        ("eu-ban-belarus", "UKR", "2021-05-28", False),
        ("eu-ban-belarus", "UKR", "2021-05-29", True),
        ("eu-ban-belarus", "NOR", "2021-06-20", False),
        ("eu-ban-belarus", "SRB", "2021-06-21", True),
        ("eu-ban-belarus", "CAN", "2022-03-15", False),
        ("eu-ban-belarus", "CAN", "2022-03-16", True),
        ("pakistan-ban-india", "PAK", "2025-04-23", False),
        ("pakistan-ban-india", "PAK", "2025-04-24", True),
        ("pakistan-ban-india", "PAK", "2026-02-23", True),
        ("pakistan-ban-india", "PAK", "2026-02-24", False),  # the last NOTAM that was seen ended: open, not over
        ("india-ban-pakistan", "IND", "2025-04-29", False),
        ("india-ban-pakistan", "IND", "2025-04-30", True),
        ("algeria-ban-morocco", "DZA", "2021-09-21", False),
        ("algeria-ban-morocco", "DZA", "2021-09-22", True),
        ("algeria-ban-mali", "DZA", "2025-04-06", False),
        ("algeria-ban-mali", "DZA", "2025-04-07", True),
        ("mali-ban-algeria", "MLI", "2025-04-06", False),
        ("mali-ban-algeria", "MLI", "2025-04-07", True),
        ("ban-qatar", "SAU", "2017-06-04", False),
        ("ban-qatar", "SAU", "2017-06-05", True),
        ("ban-qatar", "EGY", "2017-06-05", False),  # from 04:00 GMT on the 6th
        ("ban-qatar", "EGY", "2017-06-06", True),
        ("ban-qatar", "SAU", "2021-01-03", True),
        ("ban-qatar", "SAU", "2021-01-04", False),
        ("ban-qatar", "ARE", "2021-01-08", True),
        ("ban-qatar", "ARE", "2021-01-09", False),
        ("ban-qatar", "BHR", "2021-01-10", True),
        ("ban-qatar", "BHR", "2021-01-11", False),
        ("ban-qatar", "EGY", "2021-01-11", True),
        ("ban-qatar", "EGY", "2021-01-12", False),
        ("niger-ban-france", "NER", "2023-09-22", False),
        ("niger-ban-france", "NER", "2023-09-23", True),
        ("ban-israel", "SAU", "2020-09-01", True),
        ("ban-israel", "SAU", "2021-06-01", False),  # in part: to and from the Emirates it was open
        ("ban-israel", "SAU", "2022-07-15", False),
        ("ban-israel", "OMN", "2023-02-22", True),
        ("ban-israel", "OMN", "2023-02-23", False),
        ("ban-israel", "SDN", "2020-02-04", True),
        ("ban-israel", "KWT", "2025-10-23", True),
        ("ban-arms-israel", "TUR", "2025-08-28", False),
        ("ban-arms-israel", "TUR", "2025-08-29", True),
        ("faa-kicz", "IRN", "2020-10-29", True),
        ("faa-kicz", "IRN", "2027-10-31", False),
        ("faa-kicz", "LBY", "2020-07-27", True),
        ("faa-kicz", "PRK", "2018-09-17", False),
        ("faa-kicz", "PRK", "2018-09-18", True),
        ("faa-kicz", "IRQ", "2025-10-23", False),  # below FL320 only
        ("faa-kicz", "UKR", "2022-02-24", True),
        ("easa-directive", "BLR", "2021-06-01", False),
        ("easa-directive", "BLR", "2021-06-02", True),
        ("easa-directive", "BLR", "2022-02-26", False),  # the last report: open, not over
        ("ukraine-ban-russia", "UKR", "2015-11-24", False),
        ("ukraine-ban-russia", "UKR", "2015-11-25", True),
        ("czib", "ISR", "2024-09-28", True),
        ("czib", "ISR", "2025-02-01", False),
        ("czib", "LBN", "2025-03-31", True),
        ("czib", "LBN", "2025-04-01", False),
        ("czib", "JOR", "2025-06-12", False),
        ("czib", "JOR", "2025-06-13", True),
        ("czib", "QAT", "2026-02-28", True),
    ],
)
def test_membership_depends_on_the_date(name: str, state: str, date: str, member: bool) -> None:
    assert (state in of.bloc(name).on(dt.date.fromisoformat(date))) is member


@pytest.mark.parametrize(
    ("name", "state", "begins"),
    [
        ("eu-ban-russia", "ROU", "2022-02-26T13:00Z"),  # 15:00 in Bucharest, by the Romanian authority
        ("eu-ban-russia", "LTU", "2022-02-26T22:00Z"),  # midnight in Vilnius
        ("eu-ban-russia", "DEU", "2022-02-27T14:00Z"),  # 15:00, by the German ministry
        ("eu-ban-russia", "AUT", "2022-02-27T14:00Z"),
        ("eu-ban-russia", "ITA", "2022-02-27T14:00Z"),
        ("eu-ban-russia", "BEL", "2022-02-27T23:00Z"),  # midnight in Brussels, by NOTAM
        ("eu-ban-russia", "CHE", "2022-02-28T14:00Z"),  # 15:00, by the Swiss government
        ("eu-ban-russia", "GBR", "2022-02-25T00:01Z"),  # by NOTAM
        ("russia-ban", "POL", "2022-02-26T12:00Z"),  # 15:00 in Moscow, by Rosaviatsia
        ("russia-ban", "GBR", "2022-02-25T08:00Z"),
        ("ban-qatar", "EGY", "2017-06-06T04:00Z"),  # 04:00 GMT, by the BBC
        ("eu-ban-belarus", "UKR", "2021-05-28T21:00Z"),  # midnight in Kyiv
        ("eu-ban-russia", "FRA", None),
    ],
)
def test_the_hour_at_which_a_ban_began_is_kept_where_it_is_known(name: str, state: str, begins: str | None) -> None:
    (row,) = [m for m in of.bloc(name).members if m.state == state]
    assert row.begins == (dt.datetime.fromisoformat(begins) if begins else None)


@pytest.mark.parametrize(
    ("state", "note"),
    [
        ("GRC", "airports from 2000-03-26"),
        ("CZE", "airports from 2008-03-30"),
        ("CHE", "airports from 2009-03-29"),
        ("HRV", "airports from 2023-03-26"),
        ("ROU", "air and sea borders; land borders from 2025-01-01"),
    ],
)
def test_schengen_says_from_when_airports_count(state: str, note: str) -> None:
    (row,) = [m for m in of.bloc("schengen").members if m.state == state]
    assert note in row.note


@pytest.mark.parametrize("name", blocs())
def test_memberships_of_one_state_do_not_overlap_and_name_their_source(name: str) -> None:
    members = of.bloc(name).members
    for m in members:
        assert m.source
        assert m.until is None or m.until > m.since
        assert sum(n.state == m.state and n.holds_on(m.since) for n in members) == 1


@pytest.mark.parametrize("name", blocs())
def test_every_territory_of_a_bloc_is_one_of_the_data_and_has_a_source(name: str) -> None:
    known = {p.territory: p for p in WORLD.pieces}
    reaches = of.bloc(name).reaches
    for reach in reaches:
        assert known[reach.territory].territory_name == reach.name
        assert known[reach.territory].state != reach.territory, "a state's own territory is no exception"
        assert reach.source
        assert reach.until is None or (reach.since is not None and reach.since < reach.until)
        assert sum(e.territory == reach.territory for e in reaches) == 1 or reach.since is not None
        others = [e for e in reaches if e.territory == reach.territory and e is not reach]
        assert not any(e.holds_on(reach.since) for e in others if reach.since is not None)


def test_the_rome_statute_extends_nowhere_before_it_was_in_force() -> None:
    assert all(e.since is None or e.since >= dt.date(2002, 7, 1) for e in of.bloc("icc").reaches)


@pytest.mark.parametrize(
    ("territory", "last", "first"),
    [
        ("GRL", "2004-09-30", "2004-10-01"),
        ("FRO", "2006-09-30", "2006-10-01"),
        ("FLK", "2010-03-10", "2010-03-11"),
        ("IMN", "2013-01-31", "2013-02-01"),
        ("GIB", "2015-04-19", "2015-04-20"),
    ],
)
def test_the_rome_statute_extends_to_a_territory_from_its_own_date(territory: str, last: str, first: str) -> None:
    icc = of.bloc("icc")
    assert territory in icc.exceptions(dt.date.fromisoformat(last))
    assert territory not in icc.exceptions(dt.date.fromisoformat(first))


@pytest.mark.parametrize(
    ("name", "territory", "date", "inside"),
    [
        ("eu", "GRL", "1985-01-31", True),
        ("eu", "GRL", "1985-02-01", False),
        ("eu", "FRO", "1973-01-01", False),
        ("eu", "FRO", "2025-10-23", False),
        ("eu", "BLM", "2011-12-31", True),
        ("eu", "BLM", "2012-01-01", False),
        ("eu", "MYT", "2013-12-31", False),
        ("eu", "MYT", "2014-01-01", True),
        ("eu", "GLP", "2025-10-23", True),
        ("eu", "GUF", "2025-10-23", True),
        ("eu", "MAF", "2025-10-23", True),
        ("eu", "ALA", "2025-10-23", True),
        ("eu", "NCL", "2025-10-23", False),
        ("eu", "CUW", "2025-10-23", False),
        ("eu", "GIB", "2020-01-31", True),
        ("eu", "GIB", "2020-02-01", False),
        ("eu", "JEY", "2020-01-31", False),
        ("eu", "BMU", "2020-01-31", False),
        ("eu", "HKG", "1997-06-30", False),
        ("eu", "MAC", "1999-12-19", False),
        ("eea", "SJM", "2025-10-23", False),
        ("eea", "GRL", "1994-01-01", False),
        ("eea", "REU", "2025-10-23", True),
        ("schengen", "REU", "2025-10-23", False),
        ("schengen", "GRL", "2025-10-23", False),
        ("schengen", "SJM", "2025-10-23", False),
        ("schengen", "BES", "2025-10-23", False),
        ("schengen", "BVT", "2025-10-23", False),
        ("eea", "BVT", "2025-10-23", False),
        ("nato", "BVT", "2025-10-23", True),
        ("schengen", "ALA", "2025-10-23", True),
        ("nato", "GRL", "2025-10-23", True),
        ("nato", "GUF", "2025-10-23", True),
        ("eu-ban-russia", "GRL", "2022-02-27", False),
        ("eu-ban-russia", "GRL", "2022-02-28", True),
        ("eu-ban-russia", "NCL", "2025-10-23", True),
    ],
)
def test_a_bloc_reaches_a_territory_or_not(name: str, territory: str, date: str, inside: bool) -> None:
    on = dt.date.fromisoformat(date)
    rules = parse_ruleset(name, of.load_airspaces(on=on), on)
    assert (territory in {t for _, t in rules.parts}) is inside
    state = next(p.state for p in of.load_airspaces(on=on) if p.territory == territory)
    assert (territory not in rules.exceptions and state in rules.states) is inside


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("icc", {"TKL"}),
        ("icc - NZL", set()),
        ("icc - HUN", {"TKL"}),
        ("icc | NZL", set()),
        ("NZL | icc", set()),
        ("icc & NZL", {"TKL"}),
        ("icc | BLR", {"TKL"}),
        ("eea & NOR", {"BVT", "SJM"}),
        ("nato", set()),
        ("(icc & NZL) | (icc & AUS)", {"TKL"}),
        ("NZL - icc", {"NZL"}),
        ("GRL", {"DNK", "FRO"}),
        ("DNK - GRL", {"GRL"}),
        ("GRL | DNK", set()),
        ("(DNK - GRL) | GRL", set()),
        ("HKG", {"CHN", "MAC"}),
        ("icc - (GRL | FRO)", {"FRO", "GRL", "TKL"}),
        ("POL - POL", set()),
        ("(eu & DNK) - icc", set()),
        ("(icc - eu) & DNK", {"DNK"}),
        ("(eu | icc) & DNK", set()),
        (
            "(eu & schengen) & FRA",
            {"ATF", "BLM", "CPT", "GLP", "GUF", "MAF", "MTQ", "MYT", "NCL", "PYF", "REU", "SPM", "WLF"},
        ),
        ("nato - eu - (USA | CAN | GBR | NOR | ISL | TUR | ALB | MNE | MKD | FRA | NLD)", {"DNK"}),
    ],
)
def test_a_rule_set_knows_which_territories_it_leaves_out(text: str, left_out: set[str]) -> None:
    assert parse_ruleset(text, WORLD, ON).exceptions == left_out


def test_closest_approaches_pass_over_territories_left_out() -> None:
    near_tokelau = of.route("-9.15,-173.5", "-9.15,-173.2")
    assert set(of.closest_approaches(near_tokelau, WORLD, ["NZL"])) == {"NZL"}
    assert not of.closest_approaches(near_tokelau, WORLD, of.ruleset("NZL - TKL", on=ON))


def test_a_file_of_ones_own_is_a_bloc(tmp_path: Path) -> None:
    path = tmp_path / "Mine.csv"
    path.write_text(
        "\ufeffstate,since,until,source,verified\r\npol,2020-01-01,2021-01-01,me,true\r\n\r\nPOL,2022-01-01,,,\r\n",
        encoding="utf-8",
    )
    mine = of.read_bloc(path)
    assert mine.name == "mine"
    assert [mine.on(dt.date(year, 6, 1)) for year in (2019, 2020, 2021, 2022)] == [set(), {"POL"}, set(), {"POL"}]
    assert [m.verified for m in mine.members] == [True, False]
    assert mine.members[0].state.name == "Poland"
    assert parse_ruleset("mine | RUS", WORLD, ON, [mine]).states == {"POL", "RUS"}


def test_a_row_says_how_far_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "shut.csv"
    path.write_text(
        "state,since,extent,begins,ends,confirmed_until,note\n"
        "POL,2020-01-01,part,,,2020-02-01,shut in the east\n"
        "HUN,2020-01-01,,2020-01-01T08:00Z,2020-01-03T06:30Z,,\n",
        encoding="utf-8",
    )
    part, whole = of.read_bloc(path).members
    assert (part.extent, part.confirmed_until, part.begins) == ("part", dt.date(2020, 2, 1), None)
    assert (whole.extent, whole.confirmed_until) == ("whole", None)
    assert whole.begins == dt.datetime(2020, 1, 1, 8, tzinfo=dt.UTC)
    assert whole.ends == dt.datetime(2020, 1, 3, 6, 30, tzinfo=dt.UTC)


def test_the_shipped_tables_are_of_the_form_that_users_write() -> None:
    for table in sorted((ROOT / "geodata" / "blocs").glob("*.csv")):
        if not table.stem.endswith("_territories"):
            assert of.read_bloc(table, name="copy").members == of.bloc(table.stem).members


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1, column 'state': this column is missing: add it"),
        ("state\nPOL\n", "line 1, column 'since': this column is missing"),
        ("state,since,unitl\n", "line 1, column 'unitl': unknown column: the columns are state, since"),
        ("state,since,since\n", "line 1, column 'since': this column is there twice"),
        ("state,since\nPOL\n", "line 2: expected 2 cells, as in the header, found 1"),
        ("state,since\nPOX,2020-01-01\n", "line 2, column 'state': expected the ISO alpha-3 code of a state"),
        ("state,since\nPOL,\n", "line 2, column 'since': expected a date such as 2025-10-23, found nothing"),
        ("state,since\nPOL,1.2.2020\n", "line 2, column 'since': expected a date such as 2025-10-23, found '1.2.2020'"),
        ("state,since\nPOL,20200101\n", "found '20200101'"),
        ("state,since,until\nPOL,2020-01-01,2020-01-01\n", "column 'until': expected a date after 2020-01-01"),
        ("state,since,verified\nPOL,2020-01-01,yes\n", "column 'verified': expected true or false, found 'yes'"),
        (
            "state,since\nPOL,2020-01-01\nPOL,2019-01-01\n",
            "line 3, column 'since': POL is a member at that time already",
        ),
        ("state,since,extent\nPOL,2020-01-01,half\n", "expected whole, part, level or hours, found 'half'"),
        ("state,since,extent\nPOL,2020-01-01,part\n", "column 'note': expected what holds, for the extent is part"),
        ("state,since,begins\nPOL,2020-01-01,08:00\n", "expected a time in UTC such as 2022-02-26T13:00Z"),
        (
            "state,since,begins,ends\nPOL,2020-01-01,2020-01-01T08:00Z,2020-01-01T08:00Z\n",
            "column 'ends': expected a time after 2020-01-01T08:00Z, found 2020-01-01T08:00Z",
        ),
        ('state,since\n"POL,2020-01-01\n', "not CSV"),
    ],
)
def test_a_wrong_file_is_told_by_line_and_column(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        of.read_bloc(path)
    assert str(caught.value).startswith(str(path))
    assert told in str(caught.value)


def test_a_file_that_is_too_large_or_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    for raw, told in ((b"x" * 1_000_001, "larger than 1 MB"), (b"state,\xff", "not UTF-8"), (None, "can't be read")):
        if raw is None:
            path.unlink()
        else:
            path.write_bytes(raw)
        with pytest.raises(DataError, match=told):
            of.read_bloc(path)


def test_a_file_of_more_rows_than_are_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("overflight.airspace.blocs"), "MAX_ROWS", 3)
    path = tmp_path / "mine.csv"
    path.write_text("state,since\nPOL,2020-01-01\nCZE,2020-01-01\nSVK,2020-01-01\n", encoding="utf-8")
    assert len(of.read_bloc(path).members) == 3
    path.write_text(path.read_text(encoding="utf-8") + "HUN,2020-01-01\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 5: more than 3 rows"):
        of.read_bloc(path)


@pytest.mark.parametrize("name", ["icc", "pol", "a b", "-x", "Mine", ""])
def test_a_name_that_means_something_else_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("state,since\n", encoding="utf-8")
    with pytest.raises(DataError):
        of.read_bloc(path, name=name)


def test_views_share_pieces_and_differ_where_the_table_says() -> None:
    actual = of.load_airspaces("de-facto")
    assert (WORLD.view, actual.view) == ("de-jure", "de-facto")
    assert actual.index is WORLD.index
    changed = {
        (p.territory, str(p.state), str(q.state)) for p, q in zip(WORLD, actual, strict=True) if p.state != q.state
    }
    assert changed == {
        ("ARM", "ARM", "AZE"),
        ("AZE", "AZE", "ARM"),
        ("CUB", "CUB", "USA"),
        ("CYP", "CYP", "XXX"),
        ("ESH", "ESH", "MAR"),
        ("ESH", "ESH", "XXX"),
        ("GEO", "GEO", "XXX"),
        ("GNQ", "GNQ", "GAB"),
        ("GUY", "GUY", "VEN"),
        ("MDA", "MDA", "XXX"),
        ("PSE", "PSE", "ISR"),
        ("SOM", "SOM", "XXX"),
        ("SSD", "SSD", "KEN"),
        ("SYR", "SYR", "ISR"),
        ("UKR", "UKR", "RUS"),
        ("XXX", "XXX", "CHN"),
    }
    assert all(p.disputed for p, q in zip(WORLD, actual, strict=True) if p.state != q.state)
    assert actual.state("PSE").name == "State of Palestine"


def test_a_part_that_no_recognised_state_holds_counts_for_its_claimants() -> None:
    """Sukhumi, de facto: nobody's that the data know, and a crossing of it is one of Georgia's."""
    actual = of.load_airspaces("de-facto")
    over = of.route("43.0,41.0", "43.1,41.1")
    (crossing,) = of.crossings(over, actual)
    assert (crossing.state, crossing.claimants) == ("XXX", ("GEO",))
    assert of.check(over, actual, rules=[of.Avoid({"GEO"})]).status == "crosses"


def test_there_is_no_third_view() -> None:
    with pytest.raises(DataError, match="use de-jure or de-facto"):
        of.load_airspaces("mine")


def test_every_holder_in_fact_is_a_state_of_the_data() -> None:
    with (ROOT / "geodata" / "disputes.csv").open(encoding="utf-8", newline="") as file:
        holders = {row["de_facto"] for row in csv.DictReader(file)} - {"", "XXX"}
    assert holders <= set(WORLD.states)


def test_the_shipped_tables_are_what_the_tables_of_the_recipe_make(tmp_path: Path) -> None:
    """Whoever edits a table must run `python -m geodata.tables` or build the data again."""
    out = tmp_path / "data"
    shutil.copytree(geodata.DATA, out)
    (out / "blocs" / "stray.csv").write_text("state,since\n", encoding="utf-8")
    refresh_tables(out)
    for path in geodata.DATA.rglob("*"):
        if path.is_file():
            assert (out / path.relative_to(geodata.DATA)).read_bytes() == path.read_bytes(), path.name
    assert not (out / "blocs" / "stray.csv").exists()
