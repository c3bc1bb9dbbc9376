"""What a route must obey: rules, rule sets on a date, and what came of them."""

from overflight.rules.avoid import Avoid, AvoidAreas, MaxExtension, Rule, check
from overflight.rules.verdicts import Finding, Status, Verdict

__all__ = ["Avoid", "AvoidAreas", "Finding", "MaxExtension", "Rule", "Status", "Verdict", "check"]
