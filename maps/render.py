"""Render the proposals in routes/ into maps/: one page for each study, that is, for each two ends and date."""

from __future__ import annotations

import sys
from pathlib import Path

from overflight.errors import OverflightError
from overflight.geodata import load_airspaces
from overflight.maps import draw
from overflight.proposals import Proposal, is_proposal, read_proposals
from overflight.rules import check
from overflight.rulesets import parse_ruleset, united

HERE = Path(__file__).resolve().parent
ROUTES = HERE.parent / "routes"


def studies(folder: Path) -> list[list[tuple[Path, Proposal]]]:
    """Read the proposals of a folder, grouped by start, destination and date, in the order of file names."""
    groups: dict[object, list[tuple[Path, Proposal]]] = {}
    for path in sorted(filter(is_proposal, folder.rglob("*"))):
        for proposal in read_proposals(path):
            start, *_, end = proposal.route.waypoints
            key = (round(start.lon, 3), round(start.lat, 3), round(end.lon, 3), round(end.lat, 3), proposal.on)
            groups.setdefault(key, []).append((path, proposal))
    return list(groups.values())


def render(study: list[tuple[Path, Proposal]], folder: Path) -> Path:
    """Draw one study, the shortest route first, and return the file that was written."""
    proposals = sorted((proposal for _, proposal in study), key=lambda proposal: proposal.route.length_km)
    on = proposals[0].on
    world = load_airspaces(on=on)
    avoid, left_out = united(parse_ruleset(text, world, on) for proposal in proposals for text in proposal.avoid)
    verdicts = [check(proposal.route, world, rules=proposal.rules(world)) for proposal in proposals]
    stem = shared([path.name.partition(".route.")[0] for path, _ in study], "-")
    topic = shared([proposal.name for proposal in proposals], " ") or proposals[0].route.label
    path = folder / f"{stem or 'routes'}-{on}.html"
    title = topic if len(proposals) == 1 else f"{topic}: {len(proposals)} routes proposed"
    draw(world, verdicts, on=on, avoid=avoid, except_territories=left_out, title=title).save(path)
    return path


def shared(texts: list[str], between: str) -> str:
    """Return the words that all texts begin with."""
    first, *others = ([word.strip(",:;") for word in text.split(between)] for text in texts)
    count = next((k for k, word in enumerate(first) if any(o[k : k + 1] != [word] for o in others)), len(first))
    return between.join(first[:count])


def main() -> int:
    """Render every study; say what was written."""
    try:
        for study in studies(ROUTES):
            path = render(study, HERE)
            sys.stdout.write(f"{path.relative_to(HERE.parent)}  {path.stat().st_size / 1e6:.2f} MB\n")
    except OverflightError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
