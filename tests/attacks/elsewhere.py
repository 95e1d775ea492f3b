"""Parts of this suite, run by a server of another kind: in a container, or of another user."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from handrail.spec.server import Tier

ROOT = Path(__file__).parents[2]
THREATS = (
    *("files", "protected", "processes", "signals", "network", "io_uring", "namespaces", "setuid"),
    *("privileges", "execution", "terminal", "shared", "secrets", "descriptors"),
)
_PYTHONS = (os.path.realpath(sys.executable), "/usr/bin/python3")
_CHILD_SECONDS = 50.0


class Elsewhere:
    """What `prefix`, the beginning of a command line, starts: Python is found for it.

    Fails when it can start none of this version, or read this checkout and what it depends on:
    then a part of the machine's disk is closed that must be open for these tests.
    """

    def __init__(self, prefix: Sequence[str]) -> None:
        self._prefix = prefix
        found = [python for python in _PYTHONS if self._has(python)]
        assert found, f"{' '.join(prefix)} can start none of {_PYTHONS} with the dependencies"
        self._python = found[0]

    def holds(self, *tiers: Tier) -> None:
        """Fail when something is other there than what is known of these tiers."""
        files = [f"tests/attacks/test_{threat}.py" for threat in THREATS]
        chosen = " or ".join(f"[{tier}]" for tier in tiers)
        done = self._run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen, *files)
        assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
        assert "skipped" not in done.stdout

    def shortcomings(self) -> dict[str, list[str]]:
        """What each tier lacks there, by the probe."""
        done = self._run("-m", "tests.attacks.probed")
        assert done.returncode == 0, done.stderr[-2000:]
        shortcomings: dict[str, list[str]] = json.loads(done.stdout)
        return shortcomings

    def _has(self, python: str) -> bool:
        self._python = python
        # Setting out as root, the prefix may start what nobody can there.
        again = "import os, sys; assert os.access(sys.executable, os.X_OK)"
        version = f"assert sys.version_info[:2] == {sys.version_info[:2]}"
        return self._run("-c", f"{again}; {version}; import pytest, handrail").returncode == 0

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        packages = (str(ROOT / "src"), sysconfig.get_path("purelib"))
        return subprocess.run(
            [*self._prefix, self._python, *arguments],
            env={
                "PATH": os.environ["PATH"],
                "CI": os.environ.get("CI", ""),
                "PYTHONPATH": ":".join(packages),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_CHILD_SECONDS,
        )
