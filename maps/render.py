"""Render the proposals in routes/, and priced closures, into maps/: a page for each study, and an index of them."""

from __future__ import annotations

import html
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from maps.prices import PRICES
from overflight.airspace import load_airspaces
from overflight.case import Case
from overflight.errors import OverflightError
from overflight.maps import draw
from overflight.maps.texts import cut, legible
from overflight.proposals import Proposal, is_proposal, read_proposals
from overflight.rules.rulesets import united

HERE = Path(__file__).resolve().parent
ROUTES = HERE.parent / "routes"
Study = list[tuple[Path, Proposal]]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the gallery: its file, and the scene that it shows."""

    path: Path
    scene: dict[str, Any]


def studies(folder: Path) -> list[Study]:
    """Read the proposals of a folder, grouped by start, destination and date, in the order of file names."""
    groups: dict[object, Study] = {}
    for path in sorted(filter(is_proposal, folder.rglob("*"))):
        for proposal in read_proposals(path):
            start, *_, end = proposal.route.waypoints
            key = (round(start.lon, 3), round(start.lat, 3), round(end.lon, 3), round(end.lat, 3), proposal.on)
            groups.setdefault(key, []).append((path, proposal))
    return list(groups.values())


def file_of(study: Study) -> str:
    """Name the page of a study after what the names of its proposals have in common, and the date."""
    stem = shared([path.name.partition(".route.")[0] for path, _ in study], "-")
    return f"{stem or 'routes'}-{study[0][1].on}.html"


def render(study: Study, folder: Path) -> Page:
    """Draw one study, the shortest route first, and write its page."""
    proposals = sorted((proposal for _, proposal in study), key=lambda proposal: proposal.route.length_km)
    on = proposals[0].on
    world = load_airspaces(on=on)
    cases = [proposal.case(world) for proposal in proposals]
    avoid = united(case.forbidden for case in cases)
    topic = shared([proposal.name for proposal in proposals], " ") or proposals[0].route.label
    title = topic if len(proposals) == 1 else f"{topic}: {len(proposals)} routes"
    notes = [note_of(proposal, case) for proposal, case in zip(proposals, cases, strict=True)]
    page = draw(world, [case.verdict for case in cases], on=on, avoid=avoid, title=title, notes=notes)
    page.save(folder / file_of(study))
    return Page(folder / file_of(study), page.scene)


def note_of(proposal: Proposal, case: Case | None = None) -> str:
    """Return the reason for a proposal, what is said of its route and what came of it, and its sources, in lines."""
    why = " ".join(proposal.why.split())
    said = [] if case is None else [f"Said of it: {one.line}" for one in proposal.judge(case)]
    return "\n".join([why, *said, *(f"Source: {source}" for source in proposal.sources)])


def shared(texts: list[str], between: str) -> str:
    """Return the words that all texts begin with."""
    first, *others = ([word.strip(",:;") for word in text.split(between)] for text in texts)
    count = next((k for k, word in enumerate(first) if any(o[k : k + 1] != [word] for o in others)), len(first))
    return between.join(first[:count])


INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Studies drawn by overflight</title>
<link rel="icon" href="data:,">
<style>
:root {{ color-scheme: light dark; --ink: light-dark(#1d252c, #e8ecee); --soft: light-dark(#505b65, #a9b4bc);
  --paper: light-dark(#fff, #171d22); --line: light-dark(#d9dde0, #333d45); --blue: light-dark(#12486f, #7cc0ef); }}
body {{ margin: 0 auto; padding: 2rem 1.2rem; max-width: 46rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; }}
h1, h2 {{ font-family: "Iowan Old Style", Palatino, Georgia, serif; line-height: 1.25; }}
article {{ border-top: 1px solid var(--line); padding: .4rem 0 .9rem; }}
h2 {{ font-size: 1.25rem; margin: .6rem 0 .2rem; }}
p {{ margin: .2rem 0; }}
.when, footer {{ color: var(--soft); font-size: .9rem; }}
a {{ color: var(--blue); }}
footer {{ border-top: 1px solid var(--line); padding-top: .8rem; }}
</style>
</head>
<body>
<main>
<h1>Whose airspace would it cross?</h1>
<p>Each page is one file that needs no network. The routes come from the proposals in <code>routes/</code>, with
their sources; dates decide who is a member of what.</p>
{entries}
<article>
<h2><a href="moscow-budapest.html">Moscow to Budapest: whose consent opens a way?</a></h2>
<p class="when">23 October 2025; keep out of: ICC states parties</p>
<p>The study of the README: the great circle, and the shortest route for each smallest set of states that would have to
consent. <code>overflight demo</code> computes it.</p>
</article>
</main>
<footer>
<p>Airspace data © OpenStreetMap contributors, ODbL 1.0. No legal, operational or flight-planning advice.</p>
</footer>
</body>
</html>
"""


def index(pages: Iterable[Page]) -> str:
    """Return the page that lists the others."""
    entries = []
    for page in pages:
        scene = page.scene
        rule = f"; keep out of: {scene['rule']['long']}" if scene["rule"] else ""
        parts = (scene["title"], scene["on"] + rule, scene["headline"])
        title, when, said = (html.escape(cut(legible(part), 1000)) for part in parts)
        file = quote(page.path.name)
        entries.append(
            f'<article>\n<h2><a href="{file}">{title}</a></h2>\n<p class="when">{when}</p>\n<p>{said}</p>\n</article>'
        )
    return INDEX.format(entries="\n".join(entries))


def main() -> int:
    """Render every study; say what was written."""
    try:
        pages = []
        for study in studies(ROUTES):
            pages.append(render(study, HERE))
            path = pages[-1].path
            sys.stdout.write(f"{path.relative_to(HERE.parent)}  {path.stat().st_size / 1e6:.2f} MB\n")
        for priced in PRICES:
            path, drawn = priced.render(HERE)
            pages.append(Page(path, drawn.scene))
            sys.stdout.write(f"{path.relative_to(HERE.parent)}  {path.stat().st_size / 1e6:.2f} MB\n")
    except OverflightError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    (HERE / "index.html").write_text(index(pages), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
