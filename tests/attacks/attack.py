"""Runs scripts of attempts, confined and not, and compares what came of them with what is known.

Unconfined, every attempt must succeed: one that never can would prove nothing of a confinement.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handrail.plan.user import User
from handrail.spec.server import Tier
from tests.attacks import leftovers
from tests.attacks.arena import arena
from tests.attacks.canaries import PYTHON, SECRET, Canaries, canaries
from tests.builders import SYSTEM_PATH
from tests.running import said

HERE = Path(__file__).parent
ATTEMPTS = HERE / "attempts"
# The attempts of each script, by the tiers that deny them.
KNOWN = tomllib.loads((HERE / "known.toml").read_text())
PROTECTED = (".git/config", ".git/hooks/sample", ".handrail/state", "handrail.toml")
# A user of nobody else, so that what reaches all processes of a user reaches only ours.
UID = 61_234 if os.geteuid() == 0 else os.getuid()
USER = User("attacker", UID, UID) if os.geteuid() == 0 else None


@dataclass(frozen=True)
class Result:
    """What came of one attempt."""

    got: str
    evidence: str


@dataclass(frozen=True)
class Attack:
    """What came of a script: of each attempt, and what the canaries saw of it."""

    results: Mapping[str, Result]
    reached: list[str]
    changed: list[str]

    def surprises(self, known: Mapping[str, set[str]], tier: Tier) -> list[str]:
        """Where this is not what is known of the tier, either way."""
        untried = known.keys() - self.results.keys() - set(KNOWN["not_everywhere"])
        return [f"{name}: not tried" for name in sorted(untried)] + [
            f"{name}: {result.got} ({result.evidence})"
            for name, result in self.results.items()
            if result.got != ("denied" if tier in known.get(name, ()) else "succeeded")
        ]


def known(script: str) -> dict[str, set[str]]:
    """The tiers that deny each attempt of a script."""
    return {name: set(tiers.split()) for tiers, names in KNOWN[script].items() for name in names}


@dataclass(frozen=True)
class Place:
    """A workspace, and the canaries beside it. `left` is what attempts name their remains by."""

    workspace: Path
    canaries: Canaries
    left: int

    def argv(self, script: str, more: Mapping[str, Any]) -> list[str]:
        """The command that runs a script, with its targets."""
        targets = {
            **self.canaries.targets,
            "others": {"the server": os.getpid()},
            "kill_everything": os.getuid() != UID,
            "left": self.left,
            **more,
        }
        file = self.workspace / "attempts" / f"{script}.py"
        return [PYTHON, "-I", "-S", "-B", str(file), json.dumps(targets)]

    def seen(self, stdout: bytes, stderr: bytes) -> Attack:
        """What came of a script that said this."""
        assert stderr == b"", stderr.decode()[-2000:]
        tried = [json.loads(line) for line in stdout.splitlines()]
        results = {each["attempt"]: Result(each["got"], each["evidence"]) for each in tried}
        broken = [f"{n}: {each.evidence}" for n, each in results.items() if each.got == "broken"]
        assert not broken, "\n".join(broken)
        return Attack(results, self.canaries.reached(), self.canaries.changed())


@contextmanager
def place() -> Iterator[Place]:
    """A workspace of the user `UID`, where it can get to it, with the attempts in it."""
    above = Path(tempfile.mkdtemp(prefix="attack-"))
    above.chmod(0o711)
    workspace = above / "workspace"
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, above)
        shutil.copytree(ATTEMPTS, workspace / "attempts")
        for path in ("a-file", *PROTECTED):
            (workspace / path).parent.mkdir(exist_ok=True)
            (workspace / path).write_text("\n")
        _give(workspace, UID)
        birds = stack.enter_context(canaries(workspace, UID))
        left = birds.targets["victim"]["ipc_key"] ^ 0x4000_0000
        stack.callback(leftovers.clear, left)
        yield Place(workspace, birds, left)


def _give(folder: Path, uid: int) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, uid if os.geteuid() == 0 else -1)


async def attack(
    script: str,
    tier: Tier,
    *,
    network: bool = False,
    at: Place | None = None,
    more: Mapping[str, Any] | None = None,
) -> Attack:
    """Run a script as a tool that may write to its workspace. `more` goes into its targets."""
    if at is None:
        with place() as new:
            return await attack(script, tier, network=network, at=new, more=more)
    async with arena(tier, at.workspace, writing=True, network=network, user=USER) as scene:
        outcome = await scene.run(at.argv(script, more or {}))
    return at.seen(*said(outcome))


def unconfined(
    script: str,
    uid: int,
    *,
    at: Place | None = None,
    more: Mapping[str, Any] | None = None,
    leaks: Sequence[int] = (),
) -> Attack:
    """Run a script as this user, with nothing to hold it, in a session with a terminal.

    It has the secret in its environment, and inherits the descriptors in `leaks`.
    """
    if at is None:
        with place() as new:
            return unconfined(script, uid, at=new, more=more, leaks=leaks)
    outer, inner = os.openpty()
    try:
        done = subprocess.run(
            [
                *_alone(uid),
                *("setsid", "--ctty", "--wait"),
                *at.argv(script, {"kill_everything": uid not in (0, os.getuid()), **(more or {})}),
            ],
            stdin=inner,
            capture_output=True,
            check=False,
            cwd=at.workspace,
            env={"PATH": SYSTEM_PATH, "TMPDIR": str(at.workspace), "CANARY": SECRET},
            pass_fds=leaks,
        )
    finally:
        os.close(outer)
        os.close(inner)
    return at.seen(done.stdout, done.stderr)


def _alone(uid: int) -> list[str]:
    """As this user, with mounts of its own: it may be root."""
    if os.geteuid() != 0:
        return []
    own_mounts = ["unshare", "--mount", "--uts", "--propagation", "private"]
    return [*own_mounts, "setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
