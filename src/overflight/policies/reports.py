"""What continuous integration shows of a gate: JUnit XML, and SARIF with each breach at its row."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

from overflight.outside.printable import json_text, one_line
from overflight.outside.version import __version__

if TYPE_CHECKING:
    from overflight.policies.model import Policy, Rule
    from overflight.policies.results import Breach, Outcome

__all__ = ["junit", "message", "sarif"]

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LONGEST_URI = 4_000


def message(one: Breach) -> list[str]:
    """Say of a breach, in lines: what is entered; the policy, and why it is; who waived what; what would do."""
    flight = one.flight
    said = [f"{flight.name}, {flight.route.label}, {one.day}: {one.case.sentence}"]
    said.append(f"{one.policy.name} ({one.policy.where}): {one.rule.words}")
    said.append(f"reason: {' '.join(one.policy.reason.split())}")
    said += one.spared
    said += [waiver.lapse(one.day) for waiver in one.lapsed]
    said += [one.mend.sentence] if one.mend is not None else []
    return [one_line(line) for line in said]


# JUnit ----------------------------------------------------------------------------------------------------------------


def junit(found: Outcome) -> str:
    """Write JUnit XML: a suite a policy, a case a flight and rule."""
    kept: dict[str, list[tuple[int, str, Breach | None]]] = {policy.id: [] for policy in found.policies}
    for one in (*found.breaches, *found.waived):
        kept[one.policy.id].append((one.flight.row, _case_name(found, one.flight.row, one.flight.name, one.rule), one))
    for flight, policy, rule in found.kept:
        kept[policy.id].append((flight.row, _case_name(found, flight.row, flight.name, rule), None))
    root = ET.Element("testsuites", name="overflight gate")
    for policy in found.policies:
        cases = sorted(kept[policy.id], key=lambda case: case[0])
        _suite(root, policy, [(name, breach) for _, name, breach in cases])
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _case_name(found: Outcome, row: int, flight: str, rule: Rule) -> str:
    return one_line(f"{flight}, {found.timetable.unit} {row}: {rule.id}")


def _suite(root: ET.Element, policy: Policy, cases: Sequence[tuple[str, Breach | None]]) -> None:
    failures = sum(one is not None and bool(one.open) for _, one in cases)
    skipped = sum(one is not None and not one.open for _, one in cases)
    counts = {"tests": len(cases), "failures": failures, "errors": 0, "skipped": skipped}
    facts = {"name": one_line(policy.name), **{key: str(count) for key, count in counts.items()}, "time": "0"}
    suite = ET.SubElement(root, "testsuite", facts)
    for name, one in cases:
        case = ET.SubElement(suite, "testcase", classname=one_line(policy.where), name=name, time="0")
        if one is None:
            continue
        told = message(one)
        if one.open:
            ET.SubElement(case, "failure", message=told[0], type=one.status).text = "\n".join(told)
        else:
            by = "; ".join(one_line(waiver.words) for waiver in one.waivers)
            ET.SubElement(case, "skipped", message=f"waived: {by}")


# SARIF ----------------------------------------------------------------------------------------------------------------


def sarif(found: Outcome) -> str:
    """Write SARIF 2.1.0: a result a breach, at the schedule's row; what is waived has a suppression for each waiver."""
    rules = [(policy, rule) for policy in found.policies for rule in policy.rules]
    index = {rule.id: nth for nth, (_, rule) in enumerate(rules)}
    every = sorted((*found.breaches, *found.waived), key=lambda one: one.flight.row)
    driver: dict[str, Any] = {"name": "overflight", "version": __version__}
    driver["rules"] = [_descriptor(policy, rule) for policy, rule in rules]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(found, one, index[one.rule.id]) for one in every],
    }
    return json_text({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _descriptor(policy: Policy, rule: Rule) -> dict[str, Any]:
    return {
        "id": one_line(rule.id),
        "shortDescription": {"text": one_line(policy.name)},
        "fullDescription": {"text": f"{one_line(policy.name)}: {one_line(rule.words)}"},
        "help": {"text": "\n".join(one_line(line) for line in policy.reason.split("\n"))},
        "properties": {"file": one_line(policy.where)},
    }


def _result(found: Outcome, one: Breach, number: int) -> dict[str, Any]:
    where, row = found.timetable.where, one.flight.row
    by_line = found.timetable.unit == "line"
    at: dict[str, Any] = {"logicalLocations": [{"name": f"{found.timetable.unit} {row}", "kind": "element"}]}
    if where:
        at["physicalLocation"] = _physical(where, row if by_line else None)
    rule = _physical(one.policy.where, one.policy.line(one.rule))
    result: dict[str, Any] = {
        "ruleId": one_line(one.rule.id),
        "ruleIndex": number,
        "level": "error",
        "message": {"text": "\n".join(message(one))},
        "locations": [at],
        "relatedLocations": [{"id": 1, "physicalLocation": rule, "message": {"text": "the rule"}}],
    }
    if not one.open:
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": one_line(f"{waiver.words}: {' '.join(waiver.reason.split())}"),
            }
            for waiver in one.waivers
        ]
    return result


def _physical(name: str, line: int | None) -> dict[str, Any]:
    """Point at a file: relative, as a reference to the root of the repository, where the command runs; or absolute."""
    path = Path(name)
    artifact = {"uri": quote(os.fsencode(path.as_posix()))[:LONGEST_URI], "uriBaseId": "%SRCROOT%"}
    if path.is_absolute():
        artifact = {"uri": path.as_uri()}
    return {"artifactLocation": artifact, **({} if line is None else {"region": {"startLine": line}})}
