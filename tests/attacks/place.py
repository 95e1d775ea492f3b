"""Where a script of attempts runs: a workspace, and the canaries beside it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handrail.plan.user import User
from tests.attacks.canaries import Canaries, canaries
from tests.attacks.known import Result
from tests.attacks.victims import PYTHON, identity

_ATTEMPTS = Path(__file__).with_name("attempts")
# A user of nobody else, so that what reaches all processes of a user reaches only ours.
UID = 61_234 if os.geteuid() == 0 else os.getuid()
USER = User("attacker", UID, UID) if os.geteuid() == 0 else None


@dataclass(frozen=True)
class Place:
    """A workspace, and the canaries beside it. `left` is what attempts name their remains by."""

    workspace: Path
    canaries: Canaries
    left: int

    def argv(self, script: str, more: Mapping[str, Any]) -> list[str]:
        """The command that runs a script; `more` goes into its targets."""
        targets = {
            **self.canaries.targets,
            "server": os.getpid(),
            "left": self.left,
            "kill_everything": os.getuid() != UID,
            **more,
        }
        file = self.workspace / "attempts" / f"{script}.py"
        return [PYTHON, "-I", "-S", "-B", str(file), json.dumps(targets)]


@contextmanager
def place(files: Sequence[str] = ()) -> Iterator[Place]:
    """A workspace of the user `UID`, where it can get to it, with the attempts in it.

    `files` are there too, with a line in each.
    """
    above = Path(tempfile.mkdtemp(prefix="attack-"))
    above.chmod(0o711)
    workspace = above / "workspace"
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, above)
        shutil.copytree(_ATTEMPTS, workspace / "attempts")
        for path in ("a-file", *files):
            (workspace / path).parent.mkdir(parents=True, exist_ok=True)
            (workspace / path).write_text("as it was\n")
        _give(workspace, UID)
        birds = stack.enter_context(canaries(workspace, UID))
        left = birds.targets["victim"]["ipc_key"] ^ 0x4000_0000
        stack.callback(_clear, left)
        yield Place(workspace, birds, left)


def _clear(left: int) -> None:
    script = Path(__file__).with_name("leftovers.py").read_bytes()
    argv = [PYTHON, "-I", "-S", "-", str(left)]
    # Root of a container may not clear away what is another user's.
    for uid in {os.geteuid(), UID}:
        subprocess.run(argv, input=script, check=True, cwd="/", **identity(uid))


def _give(folder: Path, uid: int) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, uid if os.geteuid() == 0 else -1)


def results(stdout: bytes, stderr: bytes, heard: Collection[int]) -> dict[str, Result]:
    """What came of a script that said this, while the victim heard these signals."""
    assert stderr == b"", stderr.decode()[-2000:]
    tried = [json.loads(line) for line in stdout.splitlines()]
    broken = [f"{each['attempt']}: {each['evidence']}" for each in tried if each["got"] == "broken"]
    assert not broken, "\n".join(broken)
    return {each["attempt"]: _result(each["got"], each["evidence"], heard) for each in tried}


def _result(got: str, evidence: str, heard: Collection[int]) -> Result:
    if got != "sent":
        return Result(got, evidence)
    # The kernel takes the order either way, and may drop the signal: only the victim knows.
    came = int(evidence) in heard
    return Result("succeeded" if came else "denied", f"signal {evidence} heard: {came}")
