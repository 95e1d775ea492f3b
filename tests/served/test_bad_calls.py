"""Calls that do not fit are refused with what would fit, and nothing is started."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.served.answers import obeys_its_schema, refusal, structure, text
from tests.served.serving import Connected, Server, call

CONTROL = "must not contain control characters, tabs or line breaks"
PARAMS = ["word", "count", "ratio", "level", "file", "items", "flag"]
LONG = "x" * 10_000_000


@dataclass(frozen=True, slots=True)
class Bad:
    """Arguments of `strict`, and how they are refused."""

    arguments: Mapping[str, object]
    message: str
    field: str
    allowed: object = None
    hint: str | None = None


BAD = {
    "a string for an integer": Bad(
        {"count": "3"}, "`count` must be an integer, not a string", "count"
    ),
    "a boolean for an integer": Bad(
        {"count": True}, "`count` must be an integer, not a boolean", "count"
    ),
    "a fraction for an integer": Bad(
        {"count": 2.5}, "`count` must be an integer, not a decimal number", "count"
    ),
    "too large a number": Bad(
        {"count": 10}, "`count` must be at most 9", "count", {"min": 1, "max": 9}
    ),
    "too small a number": Bad(
        {"ratio": -0.5}, "`ratio` must be at least 0", "ratio", {"min": 0, "max": 1}
    ),
    "a string for a number": Bad({"ratio": "x"}, "`ratio` must be a number, not a string", "ratio"),
    "a string for a boolean": Bad(
        {"flag": "yes"}, "`flag` must be true or false, not a string", "flag", [True, False]
    ),
    "a number for a string": Bad({"word": 5}, "`word` must be a string, not an integer", "word"),
    "a string for a list": Bad({"items": "a"}, "`items` must be a list, not a string", "items"),
    "too many items": Bad(
        {"items": ["a", "b", "c", "d"]}, "`items` must have at most 3 items", "items", 3
    ),
    "an item that does not match": Bad(
        {"items": ["a", "B"]},
        "`items` item 2 must match the pattern [a-z]{1,5}",
        "items",
        "[a-z]{1,5}",
    ),
    "none of the choices": Bad(
        {"level": "middle"}, "`level` must be one of: low, high", "level", ["low", "high"]
    ),
    "an argument that was not declared": Bad(
        {"wrod": "x"}, "there is no argument `wrod`; did you mean `word`?", "wrod", PARAMS
    ),
    "a leading dash": Bad(
        {"word": "--output=x"},
        "`word` may not start with `-`",
        "word",
        hint="A leading dash would be read as an option; leave it out.",
    ),
    "a NUL": Bad({"word": "a\0b"}, f"`word` {CONTROL}", "word"),
    "an escape": Bad({"word": "\x1b[31m"}, f"`word` {CONTROL}", "word"),
    "a line break": Bad({"word": "a\nb"}, f"`word` {CONTROL}", "word"),
    "ten megabytes": Bad({"word": LONG}, "`word` must have at most 20 characters", "word", 20),
    "a name of ten megabytes": Bad(
        {LONG: 1}, f"there is no argument `{LONG[:64]}`", LONG[:64], PARAMS
    ),
    "no path at all": Bad({"file": ""}, "`file` must not be empty", "file"),
}

OUTSIDE = ["../x", "a/../../x", "/etc/passwd", "link/passwd", "dangling", "../workspace-2/x"]


@pytest.fixture
def started(server: Server) -> Iterator[Path]:
    """The file that every command of `strict` leaves. It is not there yet."""
    file = server.site.workspace / "started"
    file.unlink(missing_ok=True)
    yield file
    file.unlink(missing_ok=True)


@pytest.fixture
def links(server: Server) -> Iterator[None]:
    """Ways out of the workspace."""
    (server.site.folder / "workspace-2").mkdir(exist_ok=True)
    made = {"link": "/etc", "dangling": "/nonexistent/file"}
    for name, target in made.items():
        (server.site.workspace / name).symlink_to(target)
    yield
    for name in made:
        (server.site.workspace / name).unlink()


async def test_a_call_that_fits_leaves_the_file_that_refused_calls_do_not(
    client: Connected, started: Path
) -> None:
    fits = {"word": "a b", "count": 3.0, "ratio": 1, "level": "low", "file": "new", "flag": True}

    assert structure(await call(client, "strict", **fits))["ok"]
    assert started.exists()


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
async def test_an_argument_that_does_not_fit_is_refused_and_nothing_starts(
    client: Connected, started: Path, bad: Bad
) -> None:
    result = await call(client, "strict", **bad.arguments)

    optional = {"allowed": bad.allowed, "hint": bad.hint}
    assert refusal(result) == {
        "code": "argument_invalid",
        "message": bad.message,
        "field": bad.field,
        **{name: value for name, value in optional.items() if value is not None},
    }
    assert await obeys_its_schema(client, "strict", result)
    assert text(result).startswith(f"argument_invalid: {bad.message}")
    assert not started.exists()


@pytest.mark.parametrize("path", OUTSIDE)
@pytest.mark.usefixtures("links")
async def test_a_path_outside_is_refused_and_nothing_starts(
    client: Connected, started: Path, path: str
) -> None:
    result = await call(client, "strict", file=path)

    assert refusal(result) == {
        "code": "path_outside_workspace",
        "message": "`file` leads outside the workspace",
        "field": "file",
        "hint": "Give a path below the workspace, relative to it.",
    }
    assert await obeys_its_schema(client, "strict", result)
    assert not started.exists()


async def test_a_missing_argument_is_asked_for(client: Connected) -> None:
    assert refusal(await call(client, "tree")) == {
        "code": "argument_invalid",
        "message": "`marker` is required",
        "field": "marker",
    }


async def test_a_sensitive_value_is_repeated_nowhere(
    server: Server, client: Connected, started: Path
) -> None:
    value = "NOT-A-FITTING-PASSWORD"
    result = await call(client, "use_password", password=value)

    assert refusal(result)["field"] == "password"
    assert value not in result.model_dump_json()
    assert value not in server.site.log.read_text()
    assert not started.exists()


async def test_a_destructive_tool_waits_for_a_person(client: Connected, started: Path) -> None:
    result = await call(client, "destroy")

    assert refusal(result)["code"] == "approval_required"
    assert await obeys_its_schema(client, "destroy", result)
    assert not started.exists()


async def test_a_program_that_was_changed_since_the_start_is_not_run(
    server: Server, client: Connected
) -> None:
    program = server.site.folder / "own.sh"
    aside = program.rename(program.with_name("aside"))
    try:
        gone = refusal(await call(client, "own"))
        program.write_text("#!/bin/sh\necho other\n")
        program.chmod(0o755)
        other = refusal(await call(client, "own"))
    finally:
        aside.rename(program)

    assert gone["code"] == other["code"] == "spawn_failed"
    assert str(server.site.folder) not in json.dumps([gone, other])
    assert structure(await call(client, "own"))["stdout"] == "own\n"


async def test_an_unknown_tool_is_refused_with_those_that_there_are(client: Connected) -> None:
    result = await call(client, "ned")

    error = refusal(result)
    assert (error["code"], error["message"]) == (
        "not_found",
        "unknown tool `ned`; did you mean `end`?",
    )
    assert error["allowed"] == [tool.name for tool in await client.list_tools()]


async def test_every_refusal_is_recorded(server: Server, client: Connected) -> None:
    result = await call(client, "strict", count=10)
    call_id: Any = structure(result)["error"]["call_id"]

    (record,) = [line for line in server.site.records() if line.get("call_id") == call_id]
    assert (record["tool"], record["error"], record["level"]) == (
        "strict",
        "argument_invalid",
        "warning",
    )
