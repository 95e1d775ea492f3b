"""What a server has open, be it by mistake inheritable, is not open to its commands."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from handrail.spec.server import Tier
from tests.attacks.arena import TIERS
from tests.attacks.attack import BASELINES, attack, unconfined
from tests.attacks.outside import SECRET


@contextmanager
def leaking(folder: Path) -> Iterator[tuple[int, int]]:
    """A file with the secret, and the folder that it is in, open and inheritable."""
    (folder / "secret").write_text(SECRET)
    leaks = (os.open(folder / "secret", os.O_RDONLY), os.open(folder, os.O_RDONLY))
    try:
        for leak in leaks:
            os.set_inheritable(leak, True)
        yield leaks
    finally:
        for leak in leaks:
            os.close(leak)


@pytest.mark.parametrize("tier", TIERS)
async def test_no_descriptor_is_inherited(tier: Tier, tmp_path: Path) -> None:
    with leaking(tmp_path):
        assert (await attack("descriptors", tier)).surprises == []


@pytest.mark.parametrize("uid", BASELINES)
def test_by_inherited_descriptors_secrets_are_read(uid: int, tmp_path: Path) -> None:
    with leaking(tmp_path) as leaks:
        assert unconfined("descriptors", uid, leaks=leaks) == []
