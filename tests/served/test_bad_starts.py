"""What keeps a server from starting is said at once, in words, and nothing is left half started."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx2
import pytest

from tests.running import STRANGER, eventually
from tests.served.serving import free_port
from tests.served.site import SYSTEM_PYTHON, Site

READ_ONLY = """
mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" || exit
shift; exec "$@"
"""
SMALL = """
config_version = 1
[server]
name = "small"
[workspace]
root = "workspace"
[programs]
echo = {}
[[tool]]
name = "say"
description = "Say a word."
program = "echo"
args = ["word"]
"""
SECRETS = """
[secrets]
GONE = { file = "gone.txt" }
OTHERS = { file = "others.txt" }
[telemetry]
token = "OTHERS"
"""
OPS_HINT = "hint: Choose another address: --ops HOST:PORT, or telemetry.ops in the server file.\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """One of a server with a tool that changes nothing."""
    return Site.build(tmp_path, SMALL)


def refused(command: Sequence[str], **environ: str) -> str:
    """What a server says that does not start; it takes no port first."""
    ended = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2, ended.stderr
    return ended.stderr


def by_stranger(site: Site, *options: str) -> str:
    """The same of a server that is not root, with the Python that everybody can start."""
    user = ("setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups")
    command = [str(SYSTEM_PYTHON), "-m", "handrail", "serve", str(site.file), *options]
    packages = next(one for one in sys.path if one.endswith("site-packages"))
    return refused([*user, *command], PYTHONPATH=f"{Path.cwd() / 'src'}:{packages}")


@pytest.mark.nightly
def test_state_that_another_user_owns(site: Site) -> None:
    assert by_stranger(site) == (
        f"error: nothing can be kept in {site.state}: Permission denied\n"
        "hint: The server's user must own it, or the folder that it is to be made in; where disks "
        "are read-only, mount a volume there.\n"
    )


def test_state_on_a_disk_that_is_read_only(site: Site) -> None:
    shell = ("unshare", "--mount", "sh", "-c", READ_ONLY, "sh", str(site.folder))
    said = refused([*shell, *site.command()])
    assert f"nothing can be kept in {site.state}: Read-only file system\n" in said


def test_what_a_file_names_and_nobody_can_read_is_said_all_at_once(site: Site) -> None:
    site.file.write_text(SMALL + SECRETS)
    site.workspace.rmdir()
    (site.folder / "others.txt").write_text("of somebody else")
    (site.folder / "others.txt").chmod(0o600)
    said = by_stranger(site)
    for words in (
        f"error[E401] the workspace {site.workspace} does not exist",
        f"error[E322] secret GONE: {site.folder}/gone.txt: No such file or directory",
        f"error[E322] secret OTHERS: {site.folder}/others.txt: Permission denied",
    ):
        assert words in said
    site.workspace.mkdir()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot read {}: Permission denied"),
        pytest.param("{", "{} is no key file: the file: Invalid JSON", marks=pytest.mark.nightly),
    ],
)
def test_keys_that_cannot_be_read(site: Site, text: str | None, words: str) -> None:
    site.file.write_text(f'{SMALL}\n[auth]\nkeys = "keys.json"\n')
    keys = site.folder / "keys.json"
    keys.write_text(text or "{}")
    keys.chmod(0o600 if text is None else 0o644)
    site.state.mkdir()
    site.state.chmod(0o777)
    said = by_stranger(site, "--http", f"127.0.0.1:{free_port()}")
    assert f"error: {words.replace('{}', str(keys))}" in said


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("192.0.2.1:9464", "Cannot assign requested address"),
        ("no-such-host.invalid:9464", "Name or service not known"),
    ],
)
def test_an_address_for_operations_that_is_not_here(site: Site, address: str, words: str) -> None:
    said = refused(site.command("--ops", address))
    assert said.endswith(f"error: cannot tell health and metrics on {address}: {words}\n{OPS_HINT}")


@pytest.mark.parametrize(
    "address", [pytest.param("{taken}", marks=pytest.mark.nightly), "{main}"], ids=str
)
def test_a_port_for_operations_that_is_taken(site: Site, address: str) -> None:
    main = f"127.0.0.1:{free_port()}"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = f"127.0.0.1:{listener.getsockname()[1]}"
        ops = address.format(taken=taken, main=main)
        said = refused(site.command("--http", main, "--ops", ops))
    assert said.endswith(
        f"error: cannot tell health and metrics on {ops}: Address already in use\n{OPS_HINT}"
    )
    assert list(site.left_behind()) == []


@pytest.mark.nightly
async def test_state_that_becomes_read_only_is_told(site: Site) -> None:
    """By a mount of the server's own, which is then changed."""
    site.state.mkdir()
    main = f"127.0.0.1:{free_port()}"
    mounted = 'mount --bind "$1" "$1" || exit; shift; exec "$@"'
    shell = ("unshare", "--mount", "sh", "-c", mounted, "sh", str(site.state))
    with site.log.open("ab") as log:
        server = subprocess.Popen(
            [*shell, *site.command("--http", main)], env=site.environment, stdout=log, stderr=log
        )
    try:
        await eventually(lambda: status(main) == 200, 20)
        remount = ("mount", "-o", "remount,ro,bind", str(site.state))
        subprocess.run(["nsenter", f"--target={server.pid}", "--mount", *remount], check=True)
        await eventually(lambda: status(main) == 503, 20)
    finally:
        server.terminate()
        assert server.wait(30) == 0
    assert [one["failing"] for one in site.records() if one["event"] == "not ready"] == [["disk"]]


def status(address: str) -> int:
    """Of `/readyz`; 0 while nobody answers."""
    try:
        return httpx2.get(f"http://{address}/readyz").status_code
    except httpx2.TransportError:
        return 0
