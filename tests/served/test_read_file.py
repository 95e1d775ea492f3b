"""Files are read through a real server, at every tier: pages, pictures, encodings, bad input."""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import mcp_types
import pytest

from handrail.spec.server import Tier
from handrail.systems.files.read import LARGEST_BINARY
from tests.served.answers import obeys_its_schema, refusal, structure
from tests.served.serving import Connected, Server, call, serving
from tests.served.site import Site, Way, commands_user

SERVER_FILE = """
config_version = 1
[server]
name = "reading"
[workspace]
root = "workspace"
[[tool]]
name = "read_file"
description = "Read a file."
files = "read"
[[tool]]
name = "stat_file"
description = "Tell what is at a path."
files = "stat"
"""
MOST_CHARACTERS = 42_000
TIERS = [Tier.NAMESPACES, Tier.LANDLOCK, Tier.RLIMITS]


@pytest.fixture(scope="module", params=TIERS)
async def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Server]:
    """A server at each tier, which these tests share."""
    site = Site.build(tmp_path_factory.mktemp("site"), SERVER_FILE)
    site.pin(request.param)
    async with serving(site, Way("stdio", "auto")) as shared:
        yield shared


@pytest.fixture
async def client(server: Server) -> AsyncIterator[Connected]:
    async with server.client() as connected:
        yield connected


@pytest.fixture
def workspace(server: Server) -> Iterator[Path]:
    """The shared workspace, which is empty again afterwards."""
    yield server.site.workspace
    for entry in server.site.workspace.iterdir():
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()


async def reading(client: Connected, path: str, **given: Any) -> dict[str, Any]:
    """What is told of a file, as the schema promises."""
    result = await call(client, "read_file", path=path, **given)
    assert await obeys_its_schema(client, "read_file", result)
    return structure(result)


def said(result: mcp_types.CallToolResult) -> str:
    """The text block, which comes first."""
    block = result.content[0]
    assert isinstance(block, mcp_types.TextContent)
    return block.text


async def test_a_long_file_is_read_by_asking_what_is_told_next(
    client: Connected, workspace: Path
) -> None:
    text = "".join(f"{n}: a line of some length\n" for n in range(1, 5_001))
    (workspace / "long.txt").write_text(text)
    asked: dict[str, Any] = {"path": "long.txt"}
    parts = []
    while True:
        result = await call(client, "read_file", **asked)
        answer = structure(result)
        assert len(said(result)) <= MOST_CHARACTERS
        parts.append(answer["text"])
        if "next" not in answer:
            break
        assert f'Next: read_file(path="long.txt", start={answer["last_line"] + 1})' in said(result)
        assert answer["next"]["tool"] == "read_file"
        asked = answer["next"]["arguments"]
    assert "".join(parts) == text
    assert len(parts) == 4
    assert answer["last_line"] == answer["lines_total"] == 5_000


async def test_a_model_reads_what_it_needs_in_the_text_block(
    client: Connected, workspace: Path
) -> None:
    (workspace / "small.txt").write_bytes(b"one\r\ntwo")
    result = await call(client, "read_file", path="small.txt")
    hash_ = structure(result)["hash"]
    assert said(result) == (
        "small.txt: lines 1 to 2 of 2, 8 bytes, lines end in CRLF, no newline at the end, "
        f"hash {hash_}.\n\none\ntwo"
    )
    result = await call(client, "stat_file", path="small.txt", hash=True)
    assert structure(result)["hash"] == hash_
    assert said(result).startswith("small.txt: file, 8 bytes, 2 lines, text/plain, utf-8, mode ")


async def test_text_is_exact_for_programs_and_safe_for_eyes(
    client: Connected, workspace: Path
) -> None:
    text = "\x1b[2Jcleared \u202efdp.exe\u202c \x07 caf\u00e9\rhidden\n"
    (workspace / "evil.txt").write_bytes(text.encode())
    result = await call(client, "read_file", path="evil.txt")
    assert structure(result)["text"] == text
    assert said(result).endswith("\n␛[2Jcleared \\u{202e}fdp.exe\\u{202c} ␇ café␍hidden\n")
    assert "4 control characters made visible here" in said(result)


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "cp1252", "shift_jis", "gb18030"])
async def test_every_encoding_is_at_hand_where_no_module_can_be_read(
    client: Connected, workspace: Path, encoding: str
) -> None:
    text = "é\n" if encoding in ("latin-1", "cp1252") else "日本\n"
    (workspace / "text").write_bytes(text.encode(encoding))
    assert (await reading(client, "text", encoding=encoding))["text"] == text
    if encoding != "utf-16":
        error = refusal(await call(client, "read_file", path="text"))
        assert (error["code"], error["field"]) == ("argument_invalid", "encoding")
        assert encoding in error["allowed"]


@pytest.mark.parametrize(
    ("head", "kind", "mime_type"),
    [
        (b"\x89PNG\r\n\x1a\n\0", "image", "image/png"),
        (b"RIFF\x10\0\0\0WAVE", "audio", "audio/wav"),
        (b"PK\3\4\0\0", "resource", "application/zip"),
    ],
)
async def test_binary_files_are_content(
    client: Connected, workspace: Path, head: bytes, kind: str, mime_type: str
) -> None:
    (workspace / "file.txt").write_bytes(head)
    result = await call(client, "read_file", path="file.txt")
    block: Any = result.content[1]
    content = block.resource if kind == "resource" else block
    data = content.blob if kind == "resource" else content.data
    assert (block.type, content.mime_type) == (kind, mime_type)
    assert base64.b64decode(data) == head
    assert "data" not in structure(result)
    assert said(result).startswith(f"file.txt: {mime_type}, {len(head)} bytes, hash ")
    error = refusal(await call(client, "read_file", path="file.txt", format="text"))
    assert error["code"] == "argument_invalid"


async def test_a_huge_file_is_paged_in_little_memory(client: Connected, workspace: Path) -> None:
    with (workspace / "huge.log").open("wb") as file:
        file.write(b"first\n" * 5_000)
        file.seek(2 * 1024**3)
        file.write(b"\nlast but one\nlast\n")
    first = await reading(client, "huge.log")
    assert (first["first_line"], first["last_line"]) == (1, 2_000)
    following = await call(client, "read_file", **first["next"]["arguments"])
    assert structure(following)["text"].startswith("first\n")
    last = await reading(client, "huge.log", start=-2)
    assert last["text"] == "last but one\nlast\n"
    error = refusal(await call(client, "read_file", path="huge.log", format="binary"))
    assert f"{first['size']:,} bytes" in error["message"]


async def test_bad_input_is_refused_with_a_way_on(client: Connected, workspace: Path) -> None:
    (workspace / "folder").mkdir()
    os.mkfifo(workspace / "fifo", 0o666)
    (workspace / ".handrail").mkdir()
    (workspace / ".handrail" / "x").write_text("x")
    told = {
        "folder": ("argument_invalid", "list_files"),
        "fifo": ("argument_invalid", "is a FIFO"),
        "missing": ("not_found", "list_files"),
        "../handrail.toml": ("path_outside_workspace", "below the workspace"),
        ".handrail/x": ("denied", "no tool may read"),
    }
    if commands_user() is not None:
        (workspace / "private").write_text("x")
        (workspace / "private").chmod(0o600)
        told["private"] = ("denied", "may not be used so by the user")
    for path, (code, words) in told.items():
        result = await call(client, "read_file", path=path)
        assert refusal(result)["code"] == code, path
        assert words in said(result), path


async def test_names_of_any_language_and_repositories_are_read(
    client: Connected, workspace: Path
) -> None:
    (workspace / ".git").mkdir()
    for name in ("日本 é.txt", "-dash", "back\\slash", ".git/config"):
        (workspace / name).write_text(name)
        answer = await reading(client, name)
        assert (answer["path"], answer["text"]) == (name, name)


async def test_links_are_told_and_those_inside_followed(client: Connected, workspace: Path) -> None:
    (workspace / "file").write_text("x")
    (workspace / "in").symlink_to("file")
    assert (await reading(client, "in"))["path"] == "file"
    answer = structure(await call(client, "stat_file", path="in"))
    assert (answer["kind"], answer["target"]) == ("link", "file")


async def test_the_largest_binary_comes_through_in_every_way(tmp_path: Path, way: Way) -> None:
    site = Site.build(tmp_path, SERVER_FILE)
    (site.workspace / "large").write_bytes(b"\0" * LARGEST_BINARY)
    async with serving(site, way) as server, server.client() as client:
        result = await call(client, "read_file", path="large")
        block: Any = result.content[1]
        assert len(block.resource.blob) == LARGEST_BINARY // 3 * 4
        (site.workspace / "large").write_bytes(b"\0" * (LARGEST_BINARY + 1))
        assert refusal(await call(client, "read_file", path="large"))["code"] == "argument_invalid"
        worst = "\x01" * 39_999 + "\n"
        (site.workspace / "text").write_text(worst)
        assert structure(await call(client, "read_file", path="text"))["text"] == worst
