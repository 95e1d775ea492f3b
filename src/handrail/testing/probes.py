"""Tools for tests: they end in every way that a command can end."""

from __future__ import annotations

from handrail.project.project import Alone
from handrail.project.tables import Program
from handrail.project.tool_tables import Command, Param

PROGRAMS: dict[str, Program] = {"env": {}, "seq": {}, "sh": {}}
"""The programs that they run."""


def _shell(name: str, script: str, timeout: str = "30s") -> Alone:
    """A constant script: no value of a caller is ever in it."""
    return Alone(
        Command(
            name=name,
            description="For tests.",
            program="sh",
            args=["-c", script],
            timeout=timeout,
            allow=["S405: the script is a constant"],
        )
    )


PROBES = (
    _shell("probe_slow", "echo begun; sleep 60", timeout="500ms"),
    _shell("probe_orphans", "sleep 61 & sleep 61 & sleep 61", timeout="500ms"),
    _shell("probe_endless", "echo begun; sleep 62", timeout="90s"),
    _shell("probe_failing", "echo out; echo sorry >&2; exit 3"),
    Alone(Command(name="probe_env", description="For tests.", program="env")),
    Alone(
        Command(
            name="probe_count",
            description="For tests.",
            program="seq",
            args=["{last}"],
            params={"last": Param(type="integer", required=True, min=1, max=1_000_000)},
        )
    ),
)
"""They outlive their time, leave processes behind, wait to be cancelled, fail, tell their
environment, and write as much as they are told to."""
