"""Parts of this suite, run by a server of another kind: in a container, or of another user."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path

from handrail.spec.server import Tier

ROOT = Path(__file__).parents[2]
THREATS = (
    *("files", "protected", "processes", "signals", "network", "io_uring", "namespaces", "setuid"),
    *("privileges", "execution", "terminal", "shared", "secrets", "descriptors"),
)
_CHILD_SECONDS = 50.0


class Elsewhere:
    """What `prefix`, the beginning of a command line, starts, and can reach.

    This checkout, its Python and what it depends on may lie where only root can come. Root
    opens the way for whoever comes, in a mount namespace of their own: nothing of that is seen
    or left outside. Anybody else can reach what they run these tests with.
    """

    def __init__(self, prefix: Sequence[str], scratch: Path) -> None:
        self._python = os.path.realpath(sys.executable)
        self._packages = sysconfig.get_path("purelib")
        self._prefix = [*prefix]
        if os.geteuid() == 0:
            places = {ROOT, Path(self._packages), Path(sys.base_prefix)}
            script = "\n".join([*_opening(sorted(places), scratch), 'exec "$@"'])
            opened = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", script, "sh"]
            self._prefix = [*opened, *prefix]

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

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        packages = (str(ROOT / "src"), self._packages)
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


def _opening(places: list[Path], scratch: Path) -> Iterator[str]:
    """Shell commands: every closed folder above a place becomes one that has the places only."""
    for number, place in enumerate(places):
        (scratch / str(number)).mkdir()
        yield shlex.join(["mount", "--bind", str(place), str(scratch / str(number))])
    for closed in sorted({folder for place in places for folder in _closed_above(place)}):
        yield shlex.join(["mount", "-t", "tmpfs", "-o", "mode=755", "none", str(closed)])
    for number, place in enumerate(places):
        yield shlex.join(["mkdir", "-p", str(place)])
        yield shlex.join(["mount", "--bind", str(scratch / str(number)), str(place)])
        # Whoever clears the scratch folder away must find nothing in it.
        yield shlex.join(["umount", str(scratch / str(number))])


def _closed_above(place: Path) -> list[Path]:
    """The outermost folder on the way that others cannot pass, if there is one."""
    way = reversed([place, *place.parents])
    return [folder for folder in way if not folder.stat().st_mode & 0o001][:1]
