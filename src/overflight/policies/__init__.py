"""A fleet's gate: policies in a folder, a schedule in a table, and which flights break which rule.

`gate` is the question, and `Gated` its answer; `read_policies` and `read_flights` read what it asks by.
"""

from __future__ import annotations

from overflight.policies.answers import Gated
from overflight.policies.flights import Flight, Timetable, parse_flights, read_flights
from overflight.policies.gating import gate
from overflight.policies.model import Policy, Rule, Waiver
from overflight.policies.reading import parse_policy, policy_schema, read_policies
from overflight.policies.results import Breach

__all__ = [
    "Breach",
    "Flight",
    "Gated",
    "Policy",
    "Rule",
    "Timetable",
    "Waiver",
    "gate",
    "parse_flights",
    "parse_policy",
    "policy_schema",
    "read_flights",
    "read_policies",
]
