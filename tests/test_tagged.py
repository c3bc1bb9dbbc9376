"""A PDF that says what is on it: to a screen reader, which finds headings, tables and figures with words for them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import box

from overflight.evidence.blocks import Block, Facts, Figure, Heading, Items, Table, Text
from overflight.evidence.paper import paper
from overflight.evidence.sketch import Sketch
from overflight.maps import draw, tagged
from overflight.maps.picture import picture
from overflight.maps.publication import Edition, alternative
from overflight.routes import route
from tests.commands import Run
from tests.worlds import make_world

pypdf = pytest.importorskip("pypdf", reason="pip install 'overflight[print]'")

WORLD = make_world({"AAA": box(0, 40, 10, 50), "BBB": box(10, 40, 20, 50)})
SCENE = draw(
    WORLD, route((5.0, 45.0), (15.0, 45.0)), on=dt.date(2025, 10, 23), avoid={"BBB"}, title="A \u05d0 (x) \\"
).scene
BLOCKS: list[Block] = [
    Heading(1, "Record"),
    Text("What was found.", "lead"),
    Facts((("Date", "today"),)),
    Items(("one", "two")),
    Table("A table", ("No.", "State"), (("1", ("Austria", "departure")),) * 80, (0.2, 0.8), frozenset()),
    Figure(Sketch(200.0, 80.0, "#ffffff", "A line over two states"), "Below it."),
    Heading(2, "End"),
]


def reader(raw: bytes) -> Any:  # noqa: ANN401 - pypdf's own
    return pypdf.PdfReader(io.BytesIO(raw))


def parts(node: Any) -> Iterator[Any]:  # noqa: ANN401
    """Give all elements of a tree in their order."""
    for one in node["/K"] if isinstance(node["/K"], list) else [node["/K"]]:
        part = one.get_object()
        if "/S" in part:
            yield part
            yield from parts(part)


def kinds(raw: bytes) -> list[str]:
    return [part["/S"][1:] for part in parts(reader(raw).root_object["/StructTreeRoot"])]


def test_a_picture_is_a_figure_with_words_that_stand_for_it() -> None:
    found = reader(picture(SCENE, ".pdf"))
    root = found.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert found.metadata.title == "A \u05d0 (x) \\"
    document, figure = parts(root["/StructTreeRoot"])
    assert (document["/S"], figure["/S"]) == ("/Document", "/Figure")
    assert figure["/Alt"] == alternative(SCENE)
    content = found.pages[0].get_contents().get_data().split()
    assert content[:2] == [b"/Figure", b"<</MCID"]
    assert content[-1] == b"EMC"
    assert content.count(b"BDC") == content.count(b"EMC") == 1


def test_a_picture_of_given_size_measures_what_its_density_says() -> None:
    page = reader(picture(SCENE, ".pdf", Edition((1200, 600), 100))).pages[0]
    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx((12 * 72, 6 * 72), abs=0.01)


def test_a_report_has_headings_lists_and_tables_in_their_order_and_every_letter_has_its_place() -> None:
    raw = paper("Record", BLOCKS)
    assert raw == paper("Record", BLOCKS)
    found = kinds(raw)
    top = [kind for kind in found if kind in {"H1", "H2", "P", "L", "Table", "Figure"}]
    assert top == ["H1", "P", "Table", "L", "Table", "Figure", "P", "H2"]
    assert found.count("TR") == 1 + 1 + 80
    assert found.count("TD") == 1 + 2 * 80
    elements = list(parts(reader(raw).root_object["/StructTreeRoot"]))
    heads = [part["/A"]["/Scope"] for part in elements if part["/S"] == "/TH"]
    assert heads == ["/Row", "/Column", "/Column"], "the head that comes again on the next sheet is for the eye"
    (figure,) = (part for part in elements if part["/S"] == "/Figure")
    assert figure["/Alt"] == "A line over two states"


def test_numbers_on_the_sheets_and_numbers_in_the_tree_are_the_same_and_lead_back() -> None:
    found = reader(paper("Record", BLOCKS))
    tree = found.root_object["/StructTreeRoot"]
    named: set[tuple[int, int]] = set()
    for part in parts(tree):
        for one in part["/K"]:
            drawn = one.get_object()
            if drawn.get("/Type") == "/MCR":
                page = found.get_page_number(drawn["/Pg"].get_object())
                named.add((page, int(drawn["/MCID"])))
                owners = tree["/ParentTree"]["/Nums"][2 * page + 1].get_object()
                assert owners[int(drawn["/MCID"])].get_object() == part
    assert len(found.pages) > 1
    on_sheets: set[tuple[int, int]] = set()
    for number, page in enumerate(found.pages):
        content = page.get_contents().get_data().split()
        assert content.count(b"BDC") + content.count(b"BMC") == content.count(b"EMC") > 0
        on_sheets |= {(number, int(content[n + 1][:-2])) for n, word in enumerate(content) if word == b"<</MCID"}
    assert named == on_sheets


def test_without_pypdf_a_pdf_is_what_matplotlib_wrote_and_the_command_line_says_so(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tagged, "can_tag", lambda: False)
    path = tmp_path / "m.pdf"
    status, _, err = run("map", "45,5", "45,9", "--on", "2025-10-23", "-o", path)
    assert status == 0
    assert "the PDF has no tags for screen readers" in err
    assert "/StructTreeRoot" not in reader(path.read_bytes()).root_object
