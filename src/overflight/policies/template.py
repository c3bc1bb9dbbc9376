"""The policy that `overflight new policy` writes: every key with a word on it, what is rarely needed commented out."""

from __future__ import annotations

__all__ = ["TEMPLATE"]

TEMPLATE = """\
# A policy: `overflight gate SCHEDULE --policy FOLDER` judges flights by it; `overflight schema policy` prints what the
# keys may hold (with "#:schema ./policy.schema.json" as the first line, editors complete and check them).
name = "Our flights keep out of airspace that is closed to them"
reason = \"\"\"
Say here what the policy is for, and who decided it.
\"\"\"
# since = 2026-01-01  # the first day on which it holds
# until = 2027-01-01  # the first day on which it holds no more

[[rule]]  # a flight breaks each rule by itself
avoid = ["closed"]  # blocs, states and territories: "icc", "POL", "icc - HUN"; "bans": all that bind who flies
# never = ["closed"]  # the same, of who can't be asked: no consent opens these
# allow = ["HUN"]  # whose consent is assumed
# margin = "5nm"  # how far to keep away: nm, km or m
# operators = ["RUS", "RA-"]  # whose flights it is for: states, marks, registrations, or airlines as the schedule says
# since = 2026-01-01
# until = 2027-01-01

# [[list]]  # a bloc of your own, which rules may name
# name = "ours"
# file = "ours.csv"  # beside this file; columns state, since

# [[waiver]]  # what it covers breaks no rule of this policy
# name = "Ferry flights of June"
# by = "who gave it"
# reason = "why"
# states = ["POL"]  # whose airspace it opens; without it, all that the rules forbid
# flights = ["OF 101"]  # for which flights; without it, for all
# since = 2026-06-01  # the first day on which it counts
# expires = 2026-06-30  # the last day on which it counts, by the date of the flight
"""
