"""The profile for macOS, as text: no Mac runs these tests."""

from __future__ import annotations

from pathlib import Path

from handrail.plan.access import Access
from handrail.sandbox.seatbelt import command, profile

ACCESS = Access(
    readable=(Path("/w"), Path("/opt/lib")),
    executable=(Path("/usr/bin"),),
    writable=(Path("/w"),),
    kept=(Path("/w/.git"),),
    hidden=(Path("/w/.handrail"),),
)


def lines(*, network: bool = False, access: Access = ACCESS) -> list[str]:
    return profile(access, temporary=Path("/private/tmp/t"), network=network).splitlines()


def test_everything_is_denied_before_anything_is_allowed() -> None:
    assert lines()[:2] == ["(version 1)", "(deny default)"]


def test_reads_writes_and_starts_are_of_the_plans_trees() -> None:
    told = lines()
    assert '(allow file-read* (subpath "/opt/lib"))' in told
    assert '(allow file-write* (subpath "/w"))' in told
    assert '(allow file-write* (subpath "/private/tmp/t"))' in told
    assert '(allow process-exec* file-read* file-map-executable (subpath "/usr/bin"))' in told
    assert not [line for line in told if "file-write*" in line and "/opt/lib" in line]


def test_exceptions_come_after_what_they_are_exceptions_to() -> None:
    told = lines()
    kept = told.index('(deny file-write* (subpath "/w/.git"))')
    hidden = told.index('(deny file-read* file-write* (subpath "/w/.handrail"))')
    assert min(kept, hidden) > told.index('(allow file-write* (subpath "/w"))')


def test_the_network_is_closed_unless_the_plan_opens_it() -> None:
    assert not [line for line in lines() if "network" in line]
    assert "(allow network*)" in lines(network=True)


def test_a_path_cannot_end_its_own_string() -> None:
    hostile = Access((Path('/w") (allow default) ("'), Path("/back\\slash")), (), (), (), ())
    told = "\n".join(lines(access=hostile))
    assert '(subpath "/w\\") (allow default) (\\"")' in told
    assert '(subpath "/back\\\\slash")' in told


def test_a_zygote_is_put_under_its_profile() -> None:
    assert command("(version 1)") == ("/usr/bin/sandbox-exec", "-p", "(version 1)", "--")
