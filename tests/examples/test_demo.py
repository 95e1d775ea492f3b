"""`make demo` as a person runs it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.examples.devtools import FOLDER

LINES = """\
machine     Linux
strongest   {tier}
stdio: handrail serve examples/devtools/handrail.toml, MCP 2026-07-28
git_log      read   limit, author, message, since, merges, revision, paths
run_tests    write  target, keyword, maxfail, verbose
read_output  read   call_id*, stream, offset, limit
git_log(limit=3)
count_lines(paths=['Makefile', 'pyproject.toml'])
  refused: path_outside_workspace
  `paths` leads outside the workspace
  hint: Give a path below the workspace, relative to it.
  refused: argument_invalid
  `revision` must match the pattern
run_tests(target='tests/unit/plan/test_bind.py', verbose=True)
  100 %  test_
  exit code 0:
run_tests(target='examples/devtools/curious.py')
  exit code 1: 3 tests failed. Tier {tier}, no network; it was kept from
      opening an internet socket (the kernel's filter refused it)
      reading
watch_log(
  timed out after 2 s; it wrote
      POST /item/
  processes of sh, tail and grep left: 0
search(pattern='sha256', paths=['requirements'])
  16,384 of
read_output(call_id='
HTTP: handrail serve --http 127.0.0.1:PORT, MCP 2026-07-28
  the same commits as over stdio
  refused: path_outside_workspace
  16 equal answers in
All as expected, in
"""
"""How lines begin that must come, in this order."""

# Where bwrap is no program, in a view of the disk that nobody else has.
WITHOUT_BWRAP = [
    *("unshare", "--mount", "--propagation=private", "sh", "-c"),
    'mount --bind /dev/null "$(command -v bwrap)" && exec "$@"',
    "sh",
]
# Only root can make such a view; others have one tier less to test.
MACHINES: dict[str, list[str]] = {"namespaces": []}
if os.geteuid() == 0:
    MACHINES["landlock"] = WITHOUT_BWRAP


@pytest.mark.parametrize(
    ("tier", "machine"),
    [
        # `make demo` itself, which CI runs first, is at the strongest tier.
        pytest.param(*one, marks=[pytest.mark.nightly] if one[0] == "namespaces" else [])
        for one in MACHINES.items()
    ],
    ids=MACHINES,
)
def test_the_demo_shows_what_it_promises(tier: str, machine: list[str]) -> None:
    demo = [*machine, sys.executable, str(FOLDER / "demo.py")]
    done = subprocess.run(demo, cwd="/", capture_output=True, text=True, check=False, timeout=55)
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()
    assert missing(LINES.format(tier=tier).splitlines(), said) == []
    assert [line for line in said if len(line) > 80] == []


def missing(lines: list[str], said: list[str]) -> list[str]:
    """The expected lines that do not come, or not in their place."""
    rest = iter(said)
    return [line for line in lines if not any(one.startswith(line) for one in rest)]
