"""`mote doctor`: what is there, what is missing, and the line that mends it."""

from dataclasses import asdict

import click

from mote import console
from mote.console import Report, number
from mote.doctor import ABSENT, MISSING, OK, Finding, examine
from mote.errors import ExitCode

STYLES = {OK: "green", MISSING: "bold red", ABSENT: "yellow"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(as_json: bool) -> int:
    """Look at this machine; exit code 1 when something that is needed is missing."""
    findings = examine()
    if as_json:
        console.print_json([asdict(finding) for finding in findings])
    else:
        show(findings)
    return ExitCode.FAILED if any(finding.state == MISSING for finding in findings) else ExitCode.OK


def show(findings: list[Finding]) -> None:
    """Print the findings by group, then in one line what it comes to."""
    out = Report()
    width = max(len(finding.name) for finding in findings)
    for group in dict.fromkeys(finding.group for finding in findings):
        out.heading(group)
        for finding in findings:
            if finding.group == group:
                show_finding(out, finding, width)
    missing = [finding for finding in findings if finding.state == MISSING]
    absent = sum(finding.state == ABSENT for finding in findings)
    out.line()
    if missing:
        out.line(f"{number(len(missing), 'thing')} missing: {', '.join(f.name for f in missing)}.", style="bold red")
    else:
        out.line(f"Everything that is needed is here; {number(absent, 'thing')} more could be.", style="green")


def show_finding(out: Report, finding: Finding, width: int) -> None:
    """One finding, and below it the line that mends it."""
    out.table(
        [(f"  {finding.state:<7}", f"{finding.name:<{width}}", finding.detail)],
        styles=(STYLES[finding.state], "", "dim"),
    )
    if finding.remedy:
        out.line(f"           {finding.remedy}", style="cyan")
