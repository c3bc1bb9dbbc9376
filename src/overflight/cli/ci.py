"""What continuous integration shows: briefings, JUnit XML for reports, SARIF for remarks beside a proposal's lines."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree import ElementTree as ET

from overflight.cli.flown import gap_lines
from overflight.cli.report import Report
from overflight.outside.printable import json_text, one_line
from overflight.outside.version import __version__
from overflight.proposals.briefing import briefings, figures, line_of

if TYPE_CHECKING:
    from overflight.proposals import Proposal

__all__ = ["as_ci", "fails"]

Checks = dict[str, str | None]
"""What a route is checked by, rules or expectations, each with the briefing if it is not met."""
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_ci(reports: Sequence[Report], form: str, *, by_expectation: bool) -> str:
    """Write reports as briefings, JUnit XML or SARIF.

    Parameters
    ----------
    reports : sequence of Report
        What was judged.
    form : str
        ``"briefing"``, ``"junit"`` or ``"sarif"``.
    by_expectation : bool
        Whether a proposal fails when it does not do as it expects, rather than when a rule fails.
    """
    checked = [(report, _checks(report, by_expectation=by_expectation)) for report in reports]
    return {"briefing": _briefings, "junit": _junit, "sarif": _sarif}[form](checked)


def fails(report: Report) -> bool:
    """Tell whether a proposal fails as it would under pytest; a bare route, whether a rule does."""
    return any(failure is not None for failure in _checks(report, by_expectation=True).values())


def _checks(report: Report, *, by_expectation: bool) -> Checks:
    proposal, case = report.proposal, report.case
    if by_expectation and proposal is not None and report.as_expected() is not None:
        date = f" on {proposal.on}" if proposal.dated else ""
        return {f"{title}{date}": text for title, text in briefings(proposal, case).items()}
    failing = {finding.rule for finding in report.verdict.findings if finding.status != "clear"}
    said = f"{report.name}: {case.sentence}"
    gaps = (f"  {' ' * far}{line}" for far, line in gap_lines(report.gaps))
    told = "\n".join([said, report.verdict.explain(), *gaps])
    return {
        f"{rule} on {case.on}": told if rule in failing else None
        for rule in [rule.name for rule in case.rules] or ["no rule"]
    }


def _briefings(checked: Sequence[tuple[Report, Checks]]) -> str:
    """Write what fails as pytest shows it, then what passes, and how much of all that is."""
    told = [text for _, checks in checked for text in checks.values()]
    failures = [text for text in told if text is not None]
    passed = [
        f"passed: {report.name}: {_dated(title, report)}"
        if report.proposal or report.case.rules
        else f"{report.name}: no rule given"
        for report, checks in checked
        for title, failure in checks.items()
        if failure is None
    ]
    said = [
        f"{report.name}: {report.case.sentence}"
        for report, checks in checked
        if report.case.rules and not any(checks.values())
    ]
    passed += [
        f"claim: {report.name}: {one.line}"
        for report, _ in checked
        if report.proposal
        for one in report.proposal.judge(report.case)
    ]
    count = f"{len(failures)} of {len(told)} checks failed" if failures else f"{len(told)} of {len(told)} checks passed"
    if not any(report.proposal or report.case.rules for report, _ in checked):
        count = "nothing to check: give a rule, as in --avoid icc"
    ends = "".join(f"{one_line(text)}\n" for text in [*said, *passed, count])
    return "".join(f"{_lines(text)}\n\n" for text in failures) + ends


def _dated(title: str, report: Report) -> str:
    """Say by which date a check was made, where its title does not."""
    date = f" on {report.case.on}"
    return title if title.endswith(date) else title + date


def _junit(checked: Sequence[tuple[Report, Checks]]) -> str:
    """Write JUnit XML as test reports read it: a case a check, the briefing as its failure."""
    root = ET.Element("testsuites", name="overflight")
    told = [text for _, checks in checked for text in checks.values()]
    failures = sum(text is not None for text in told)
    count = {"name": "overflight", "tests": str(len(told)), "failures": str(failures), "errors": "0", "skipped": "0"}
    suite = ET.SubElement(root, "testsuite", count)
    for report, checks in checked:
        facts = figures(report.case)
        where = one_line(report.proposal.where if report.proposal else "routes")
        for title, failure in checks.items():
            name = one_line(f"{report.case.route.label}: {title}")
            case = ET.SubElement(suite, "testcase", classname=where, name=name, time="0")
            properties = ET.SubElement(case, "properties")
            for key, value in facts.items():
                ET.SubElement(properties, "property", name=key, value=one_line(value))
            if failure is not None:
                text = _lines(failure)
                ET.SubElement(case, "failure", message=text.splitlines()[0]).text = text
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _sarif(checked: Sequence[tuple[Report, Checks]]) -> str:
    """Write SARIF 2.1.0: a result for each check that fails, at the line of the rule."""
    results = []
    for report, checks in checked:
        for title, failure in checks.items():
            if failure is None:
                continue
            result: dict[str, object] = {
                "ruleId": "route",
                "level": "error",
                "message": {"text": _lines(failure)},
            }
            proposal = report.proposal
            if proposal is not None and proposal.origin is not None and proposal.origin.folder is not None:
                result["locations"] = [{"physicalLocation": _location(proposal, title)}]
            results.append(result)
    rule = {"id": "route", "shortDescription": {"text": "A route does not do what it should"}}
    tool = {"driver": {"name": "overflight", "version": __version__, "rules": [rule]}}
    run = {"tool": tool, "columnKind": "unicodeCodePoints", "results": results}
    return json_text({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _location(proposal: Proposal, title: str) -> dict[str, object]:
    """Point at the key that says what was expected."""
    # Relative, with slashes: a URI reference to the root of the repository, where the command runs.
    artifact = {"uri": quote(os.fsencode(PurePath(proposal.where).as_posix())), "uriBaseId": "%SRCROOT%"}
    return {"artifactLocation": artifact, "region": {"startLine": line_of(proposal, title) or 1}}


def _lines(text: str) -> str:
    """Show what is in a briefing, line by line; what is left is what XML can hold."""
    return "\n".join(one_line(line) for line in text.split("\n"))
