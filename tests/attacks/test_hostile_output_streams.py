"""Output that tries to get past the mask, or to break who reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import sh
from tests.running import run_one, said

SECRET = "s3cr3t-t0k3n-value"


@pytest.mark.parametrize(
    "script",
    [
        f"printf {SECRET}",
        f"printf {SECRET[:7]}; sleep 0.05; printf {SECRET[7:]}",
        "; ".join(f"printf {character}; sleep 0.005" for character in SECRET),
        f"printf x{SECRET}{SECRET}x",
        f"for i in $(seq 3); do printf {SECRET[:9]}; sleep 0.02; printf {SECRET[9:]}; done",
    ],
)
async def test_a_secret_is_covered_however_it_is_written(tmp_path: Path, script: str) -> None:
    for redirected in (script, f"{{ {script}; }} >&2"):
        outcome = await run_one(sh(redirected, hidden=(SECRET,)), tmp_path)
        stdout, stderr = said(outcome)
        assert stdout.replace(b"x", b"") + stderr.replace(b"x", b"") in {
            b"*" * (times * len(SECRET)) for times in (1, 2, 3)
        }


@pytest.mark.parametrize("before", [65_530, 65_536, 131_000, 1_048_570, 2_097_140])
async def test_a_secret_across_the_bounds_of_buffers_is_covered(
    tmp_path: Path, before: int
) -> None:
    script = f"head -c {before} /dev/zero; printf {SECRET}; head -c 3000000 /dev/zero"
    stdout, _ = said(await run_one(sh(script, hidden=(SECRET,)), tmp_path))
    assert stdout == bytes(before) + b"*" * len(SECRET) + bytes(3_000_000)


async def test_a_secret_at_the_very_end_is_covered_when_the_call_is_cut(tmp_path: Path) -> None:
    plan = sh(f"printf {SECRET}; sleep 300", hidden=(SECRET,), wall_seconds=1.0)
    stdout, _ = said(await run_one(plan, tmp_path))
    assert stdout == b"*" * len(SECRET)


async def test_half_a_secret_is_kept_as_it_is_text(tmp_path: Path) -> None:
    stdout, _ = said(await run_one(sh(f"printf {SECRET[:9]}", hidden=(SECRET,)), tmp_path))
    assert stdout == SECRET[:9].encode()


async def test_any_bytes_are_kept_as_they_are(tmp_path: Path) -> None:
    script = "printf '\\000\\377\\033[2J\\033]0;title\\007\\302'"
    stdout, _ = said(await run_one(sh(script), tmp_path))
    assert stdout == b"\x00\xff\x1b[2J\x1b]0;title\x07\xc2"
