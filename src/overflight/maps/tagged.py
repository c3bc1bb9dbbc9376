"""PDF that a screen reader can follow: a tree of headings, paragraphs, tables and figures over what is drawn.

matplotlib draws sheets and tells nobody what on them is what. What is drawn is marked here by numbers, sheet by sheet,
and the tree that names the numbers is put into the finished file by pypdf (ISO 32000-1, 14.7 and 14.8). Without pypdf,
files stay as matplotlib wrote them.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdf import PdfWriter
    from pypdf.generic import DictionaryObject

__all__ = ["Node", "can_tag", "marker", "marks", "picture_tagged", "tagged"]


@dataclass(slots=True)
class Node:
    """A part of a document.

    Attributes
    ----------
    kind : str
        What it is, in the words of the standard: Document, H1, P, Table, TR, TH, TD, L, LI, LBody, Figure ...
    alt : str
        What stands for it where it can't be seen; of figures only.
    scope : {"", "Row", "Column"}
        What a cell of kind TH heads.
    inside : list of Node or (int, int)
        Its parts, and what is drawn of it, as sheet and number on that sheet, from 0.
    """

    kind: str
    alt: str = ""
    scope: str = ""
    inside: list[Node | tuple[int, int]] = field(default_factory=list)

    def add(self, kind: str, *, alt: str = "", scope: str = "") -> Node:
        """Add a part, and return it."""
        self.inside.append(part := Node(kind, alt, scope))
        return part


def can_tag() -> bool:
    """Tell whether pypdf is there."""
    return find_spec("pypdf") is not None


def marks(node: Node | None, sheet: int, number: int) -> tuple[bytes, bytes]:
    """Return what is written before and after something drawn: which part it is, or that it says nothing (None)."""
    if node is None:
        return b"/Artifact BMC", b"EMC"
    node.inside.append((sheet, number))
    return f"/{node.kind} <</MCID {number}>> BDC".encode(), b"EMC"


def tagged(pdf: bytes, root: Node, *, lang: str) -> bytes:
    """Put a tree into a file whose sheets bear its numbers.

    Parameters
    ----------
    pdf : bytes
        What matplotlib wrote.
    root : Node
        The document.
    lang : str
        Its language, such as ``en``.

    Returns
    -------
    bytes
        The file with tree, language, and its title where a reader shows that; the same again for the same input.
        `pdf` itself where pypdf is not installed.
    """
    if not can_tag():
        return pdf
    writer = _opened(pdf)
    _grow(writer, root, lang)
    return _written(writer)


def picture_tagged(pdf: bytes, alt: str, *, lang: str, wide_pt: float | None = None) -> bytes:
    """Return a picture of one sheet as a figure with words that stand for it, so many points wide if told.

    Where pypdf is not installed, it is the file as it was.
    """
    if not can_tag():
        return pdf
    from pypdf.generic import ArrayObject, NameObject, StreamObject

    writer = _opened(pdf)
    page = writer.pages[0]
    if wide_pt is not None:
        page.scale_by(wide_pt / float(page.mediabox.width))
    root = Node("Document")
    before, after = marks(root.add("Figure", alt=alt), 0, 0)
    around = []
    for text in (before, after):
        stream = StreamObject()
        stream.set_data(b"\n" + text + b"\n")
        around.append(writer._add_object(stream))
    page[NameObject("/Contents")] = ArrayObject([around[0], page.raw_get("/Contents"), around[1]])
    _grow(writer, root, lang)
    return _written(writer)


def _opened(pdf: bytes) -> PdfWriter:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.pdf_header = "%PDF-1.7"
    return writer


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _grow(writer: PdfWriter, root: Node, lang: str) -> None:
    """Put the tree into the file, with the way back from each number to its part."""
    from pypdf.generic import ArrayObject, BooleanObject, NumberObject, TextStringObject

    owners: list[dict[int, Any]] = [{} for _ in writer.pages]

    def put(node: Node, parent: Any) -> Any:
        element = _dictionary(Type="StructElem", S=node.kind, P=parent)
        if node.alt:
            element.update(_dictionary(Alt=TextStringObject(node.alt)))
        if node.scope:
            element.update(_dictionary(A=_dictionary(O="Table", Scope=node.scope)))
        reference = writer._add_object(element)
        kids = ArrayObject()
        for part in node.inside:
            if isinstance(part, Node):
                kids.append(put(part, reference))
                continue
            sheet, number = part
            owners[sheet][number] = reference
            page = writer.pages[sheet].indirect_reference
            kids.append(_dictionary(Type="MCR", Pg=page, MCID=NumberObject(number)))
        element.update(_dictionary(K=kids))
        return reference

    tree = _dictionary(Type="StructTreeRoot")
    top = writer._add_object(tree)
    body = put(root, top)
    numbers = ArrayObject()
    for sheet, page in enumerate(writer.pages):
        page.update(_dictionary(StructParents=NumberObject(sheet), Tabs="S"))
        own = ArrayObject(owners[sheet][number] for number in sorted(owners[sheet]))
        numbers.extend([NumberObject(sheet), writer._add_object(own)])
    parents = writer._add_object(_dictionary(Nums=numbers))
    tree.update(_dictionary(K=body, ParentTree=parents, ParentTreeNextKey=NumberObject(len(owners))))
    yes = BooleanObject(value=True)
    writer.root_object.update(
        _dictionary(
            StructTreeRoot=top,
            MarkInfo=_dictionary(Marked=yes),
            Lang=TextStringObject(lang),
            ViewerPreferences=_dictionary(DisplayDocTitle=yes),
        )
    )


def _dictionary(**entries: Any) -> DictionaryObject:
    """Return a dictionary of PDF; plain texts are names."""
    from pypdf.generic import DictionaryObject, NameObject

    values = {key: NameObject(f"/{value}") if type(value) is str else value for key, value in entries.items()}
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in values.items()})


def marker(text: bytes, level: float) -> Any:
    """Return what matplotlib draws as nothing but these operators, after all that has a lower level."""
    from matplotlib.artist import Artist
    from matplotlib.backends import backend_pdf

    verbatim: Any = backend_pdf.Verbatim

    class Marker(Artist):
        def draw(self, renderer: Any) -> None:
            renderer.file.output(verbatim(text))

    made = Marker()
    made.set_zorder(level)
    return made
