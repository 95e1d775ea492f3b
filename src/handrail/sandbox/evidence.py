"""What a probe was denied, and what that says about a tier.

A tier is not claimed because its parts are there, but because a command, started the way every
command is, tried what the tier forbids and was denied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handrail.spec.server import Tier

SUCCEEDED = "succeeded"
"""What a probe says of an attempt that nothing stopped."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something that a probe tries, and the weakest tier that must deny it."""

    name: str
    words: str
    denied_from: Tier


FORBIDDEN = (
    Attempt("root", "be root, or have a capability", Tier.RLIMITS),
    Attempt("new_privileges", "gain privileges by a setuid program", Tier.RLIMITS),
    Attempt("unlimited", "raise the limits it was given", Tier.RLIMITS),
    Attempt("read_outside", "read a file outside the workspace", Tier.LANDLOCK),
    Attempt("list_outside", "list a folder outside the workspace", Tier.LANDLOCK),
    Attempt("write_outside", "write to a file outside the workspace", Tier.LANDLOCK),
    Attempt("cut_outside", "cut off a file outside the workspace", Tier.LANDLOCK),
    Attempt("create_outside", "create a file outside the workspace", Tier.LANDLOCK),
    Attempt("write_kept", "write to the workspace's .git", Tier.LANDLOCK),
    Attempt("run_written", "run a program that it wrote into the workspace", Tier.LANDLOCK),
    Attempt("run_temporary", "run a program that it wrote into its TMPDIR", Tier.LANDLOCK),
    Attempt("signal_server", "signal the server", Tier.LANDLOCK),
    Attempt("server_environment", "read the server's environment", Tier.LANDLOCK),
    Attempt("trace_server", "trace the server", Tier.LANDLOCK),
    Attempt("tcp", "connect to a TCP port", Tier.LANDLOCK),
    Attempt("udp", "send a UDP packet", Tier.LANDLOCK),
    Attempt("unix_socket", "connect to a socket on the disk", Tier.LANDLOCK),
    Attempt("abstract_socket", "connect to an abstract socket", Tier.LANDLOCK),
    Attempt("io_uring", "set up an io_uring", Tier.LANDLOCK),
    Attempt("user_namespace", "make a user namespace", Tier.LANDLOCK),
    Attempt("see_outside", "see that a file outside the workspace exists", Tier.NAMESPACES),
    Attempt("see_server", "see that the server's process exists", Tier.NAMESPACES),
)
"""Everything that is tried, and must be denied."""

NEEDED = {
    "read_inside": "read the workspace",
    "write_inside": "write to the workspace, where declared",
    "create_inside": "make a file in the workspace, where declared",
    "write_temporary": "write to its TMPDIR",
    "run_system": "run a program of the system",
}
"""Everything that is tried, and must succeed: strict must not mean broken."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a probe at `tier` met: `SUCCEEDED` or the error, by attempt.

    `failure` says why there was no probe.
    """

    tier: Tier
    results: Mapping[str, str]
    failure: str | None = None

    @property
    def shortcomings(self) -> tuple[str, ...]:
        """Why the tier cannot be claimed, in words; nothing when it holds."""
        if self.failure is not None:
            return (self.failure,)
        allowed = [
            f"a command could {attempt.words}"
            for attempt in FORBIDDEN
            if self.tier.at_least(attempt.denied_from)
            and self.results.get(attempt.name, SUCCEEDED) == SUCCEEDED
        ]
        broken = [
            f"a command could not {words}: {self.results.get(name, 'it was not tried')}"
            for name, words in NEEDED.items()
            if self.results.get(name) != SUCCEEDED
        ]
        return (*allowed, *broken)

    @property
    def holds(self) -> bool:
        """Whether all was denied that must be, and nothing that must not."""
        return not self.shortcomings
