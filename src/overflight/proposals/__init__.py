"""Proposals: ``*.route.toml`` and ``*.route.geojson`` files, routes with a date, rules, what is expected, and why.

Reading one loads no airspace. Judging one does, and says what a test runner prints: whether the route does what the
proposal expects, with every crossing along it.
"""

from __future__ import annotations

from overflight.proposals.claims import Claim, parse_claim
from overflight.proposals.judging import Judged, judged
from overflight.proposals.model import Expect, Proposal
from overflight.proposals.reading import SUFFIXES, is_proposal, parse_proposals, proposal_of, read_proposals
from overflight.proposals.writing import proposal_text

__all__ = [
    "SUFFIXES",
    "Claim",
    "Expect",
    "Judged",
    "Proposal",
    "is_proposal",
    "judged",
    "parse_claim",
    "parse_proposals",
    "proposal_of",
    "proposal_text",
    "read_proposals",
]
