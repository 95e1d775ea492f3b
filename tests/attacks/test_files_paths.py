"""No path that a caller can write leads a files tool out of the workspace, or to a secret in it."""

from __future__ import annotations

import base64
import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from handrail.spec.files import PARAMS, WRITES, Operation
from handrail.spec.param import ParamType
from handrail.spec.server import Tier
from handrail.systems.files.work import OPERATIONS
from tests.attacks.file_forms import CANARY, Ground
from tests.attacks.files_server import outcome, serving
from tests.served.site import commands_user

_ENCODED = base64.b64encode(CANARY.encode())[:-4].decode()
_SERVED = [each for each in Operation if each.value in OPERATIONS and "path" in PARAMS[each]]
_WRITING = [each for each in _SERVED if each in WRITES or each is Operation.DELETE]
_READING = [each for each in _SERVED if each not in _WRITING]
_WRITTEN = [
    (operation, name)
    for operation in _WRITING
    for name, param in PARAMS[operation].items()
    if param.type is ParamType.PATH
]
_OTHERS: Mapping[Operation, dict[str, object]] = {
    Operation.LIST: {"depth": 5, "ignored": True},
    Operation.FIND: {"pattern": "**", "ignored": True},
    Operation.GREP: {"pattern": CANARY[:6], "context": 2, "ignored": True},
    Operation.STAT: {},
    Operation.WRITE: {"content": "written"},
    Operation.EDIT: {"old": CANARY, "new": "written"},
}
"""What else each operation is given."""


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    ground = Ground(tmp_path / "site")
    ground.base.mkdir()
    ground.plant()
    user = commands_user()
    for path in [ground.base, *ground.base.rglob("*")]:
        # Mode and owner hinder nothing: only what is tried here does.
        if not path.is_symlink():
            path.chmod(0o777 if path.is_dir() else 0o666)
        if user is not None:
            os.chown(path, user.uid, user.gid, follow_symlinks=False)
    return ground


def leaks(answer: dict[str, Any]) -> bool:
    """Whether a secret, or the name of one, is anywhere in an answer."""
    said = json.dumps(answer)
    return CANARY in said or _ENCODED in said


def test_the_forms_are_live(ground: Ground) -> None:
    """Whoever joins a path to the workspace and opens it is led out by these."""
    assert len(ground.forms) >= 200
    assert ground.leak_unguarded() >= 60


each_tier = pytest.mark.parametrize(
    "tier", [Tier.RLIMITS, pytest.param(Tier.LANDLOCK, marks=pytest.mark.nightly)]
)
"""In every run where our own code alone is in the way; nightly with the kernel's help too."""


@each_tier
@pytest.mark.parametrize("operation", _READING)
def test_nothing_is_read(ground: Ground, tier: Tier, operation: Operation) -> None:
    """At the tier rlimits the kernel would let it all be read: only our own code does not."""
    seen: Counter[str] = Counter()
    with serving(ground.base, tier, operation) as call:
        for form in ground.forms:
            answer = call(f"t_{operation}", {**_OTHERS.get(operation, {}), "path": form})
            assert not leaks(answer), (form, answer)
            seen[outcome(answer)] += 1
    assert seen["path_outside_workspace"] > 50, seen
    assert seen["denied"] > 10, seen


@each_tier
@pytest.mark.parametrize(("operation", "field"), _WRITTEN)
def test_nothing_outside_is_written_and_nothing_secret_moved(
    ground: Ground, tier: Tier, operation: Operation, field: str
) -> None:
    file, secrets = ground.workspace / "file", _secrets(ground.workspace)
    with serving(ground.base, tier, operation) as call:
        before = ground.outside
        for number, form in enumerate(ground.forms):
            file.write_text("harmless\n")
            others = dict(_OTHERS.get(operation, {}))
            if "to" in PARAMS[operation]:
                others |= {"path": "file", "to": f"new/{number}"}
            answer = call(f"t_{operation}", {**others, field: form})
            assert not leaks(answer), (form, answer)
            outcome(answer)
        assert ground.outside == before
    assert _secrets(ground.workspace) == secrets


def _secrets(workspace: Path) -> dict[Path, str]:
    """Files below the workspace that hold what must not be read, and what is in them."""
    files = (path for path in workspace.rglob("*") if path.is_file() and not path.is_symlink())
    texts = {path: path.read_text(errors="replace") for path in files}
    return {path: text for path, text in texts.items() if CANARY in text}
