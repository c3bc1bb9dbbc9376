"""The gallery: every study of the proposals has its page, the index lists them all, and each tells its sources."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

import overflight as of
from maps.prices import PRICES
from maps.render import HERE, ROUTES, Page, file_of, index, note_of, render, studies

STUDIES = {file_of(study): study for study in studies(ROUTES)}
COMPUTED = "moscow-budapest.html"
PRICED = [one.file for one in PRICES]


def test_each_study_has_its_page_and_each_page_its_study() -> None:
    assert {path.name for path in HERE.glob("*.html")} == {*STUDIES, *PRICED, COMPUTED, "index.html"}


def test_the_index_leads_to_every_page() -> None:
    links = re.findall(r'href="([^"]+\.html)"', (HERE / "index.html").read_text(encoding="utf-8"))
    assert sorted(links) == sorted([*STUDIES, *PRICED, COMPUTED])


@pytest.mark.parametrize("name", STUDIES)
def test_every_proposal_says_why_and_by_which_sources(name: str) -> None:
    for _, proposal in STUDIES[name]:
        assert proposal.why.strip()
        assert proposal.sources
        assert note_of(proposal).count("\nSource: ") == len(proposal.sources)


def test_no_two_studies_share_a_page() -> None:
    assert len(STUDIES) == len(studies(ROUTES))


@pytest.mark.slow
def test_a_study_is_drawn_with_the_reasons_of_its_proposals(tmp_path: Path) -> None:
    (name,) = (name for name in STUDIES if name.startswith("moscow-ulaanbaatar"))
    page = render(STUDIES[name], tmp_path)
    assert page.path == tmp_path / name
    assert page.scene["headline"] == "Enters Mongolia, a state party to the ICC."
    assert "failed to comply" in page.scene["routes"][0]["note"]
    assert page.path.read_bytes() == render(STUDIES[name], tmp_path).path.read_bytes()


def test_foreign_text_stays_text_in_the_index() -> None:
    scene = {"title": "<script>", "on": "1 May 2025", "rule": None, "headline": 'a "b" & c'}
    text = index([Page(Path('javascript:x".html'), scene)])
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert 'href="javascript%3Ax%22.html"' in text


def test_the_withdrawals_due_by_2027_change_nothing_for_moscow_budapest() -> None:
    before, after = (
        {proposal.crosses for _, proposal in study if "direct" in proposal.where}
        for study in STUDIES.values()
        if study[0][1].on in {dt.date(2025, 10, 23), dt.date(2027, 8, 1)} and "budapest" in file_of(study)
    )
    assert before == after == {("UKR", "POL", "SVK", "HUN")}


def test_the_ways_printed_in_october_2025_need_consents_that_were_not_named() -> None:
    (name,) = (name for name in STUDIES if "printed" in name)
    black_sea, caspian, bosnia = (proposal for _, proposal in STUDIES[name])
    wrong = [
        {one.claim.text for one in proposal.judge(proposal.case()) if one.answer == "fails"}
        for proposal in (black_sea, caspian, bosnia)
    ]
    assert wrong == [
        {"3 h longer", "keeps out of eu-ban-russia"},
        {"about 5000 km", "3 h longer", "keeps out of eu-ban-russia"},
        {"3 h longer", "keeps out of eu - HUN"},
    ]
    closed = of.bloc("eu-ban-russia")
    assert ["MNE" in closed.on(dt.date(2022, 3, day)) for day in (3, 4)] == [False, True]
    assert "Said of it: 3 h longer (2 h 42 min to 3 h 18 min): fails" in note_of(black_sea, black_sea.case())
