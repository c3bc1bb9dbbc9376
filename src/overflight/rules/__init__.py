"""What a route must obey: rules, rule sets on a date, and what came of them."""

from overflight.rules.avoid import Avoid, Rule, check
from overflight.rules.extension import MaxExtension
from overflight.rules.findings import Finding, Status
from overflight.rules.schedule import Schedule
from overflight.rules.verdicts import Verdict

__all__ = ["Avoid", "Finding", "MaxExtension", "Rule", "Schedule", "Status", "Verdict", "check"]
