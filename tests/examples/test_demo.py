"""`make demo` as a person runs it."""

from __future__ import annotations

import subprocess
import sys

from tests.examples.devtools import FOLDER

LINES = """\
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
run_tests(target='tests/unit/plan/test_argv.py', verbose=True)
  100 %  test_
  exit code 0:
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
""".splitlines()
"""How lines begin that must come, in this order."""


def test_the_demo_shows_what_it_promises() -> None:
    demo = [sys.executable, str(FOLDER / "demo.py")]
    done = subprocess.run(demo, cwd="/", capture_output=True, text=True, check=False, timeout=55)
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()
    assert missing(said) == []
    assert [line for line in said if len(line) > 80] == []


def missing(said: list[str]) -> list[str]:
    """The expected lines that do not come, or not in their place."""
    rest = iter(said)
    return [line for line in LINES if not any(one.startswith(line) for one in rest)]
