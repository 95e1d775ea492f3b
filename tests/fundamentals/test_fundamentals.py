"""The tutorial: what Handrail does, one idea after another."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.process.outcome import Exited, Outcome
from tests.fundamentals.conftest import Ledger, Serve

GREET = """
[programs]
echo = {}

[[tool]]
name = "greet"
description = "Greet somebody."
program = "echo"
args = ["Hello, {name}!"]
[tool.params]
name = { required = true, max_length = 40, description = "Whom to greet." }
"""

SHELL = """
[programs]
sh = {}

[[tool]]
name = "t"
description = "Run a script that the server's owner wrote."
program = "sh"
"""


async def test_a_declared_command_is_a_tool(serve: Serve) -> None:
    async with serve(GREET) as client:
        greet, _ = await client.list_tools()

    assert greet.name == "greet"
    assert greet.description == "Greet somebody."
    assert greet.input_schema == {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 40, "description": "Whom to greet."}
        },
        "required": ["name"],
        "additionalProperties": False,
    }


async def test_a_call_runs_the_command_and_says_what_it_said(serve: Serve) -> None:
    async with serve(GREET) as client:
        result = await client.call_tool("greet", {"name": "Ada"})

    assert result.structured_content is not None
    assert result.structured_content["ending"] == {"kind": "exited", "code": 0}
    assert result.structured_content["stdout"] == "Hello, Ada!\n"


async def test_a_value_is_one_argument_whatever_it_looks_like(serve: Serve) -> None:
    async with serve(GREET) as client:
        result = await client.call_tool("greet", {"name": "$HOME; ls 'a  b' | wc > x"})

    assert result.structured_content is not None
    assert result.structured_content["stdout"] == "Hello, $HOME; ls 'a  b' | wc > x!\n"


async def test_a_command_that_fails_is_an_answer(serve: Serve) -> None:
    async with serve(SHELL + 'args = ["-c", "echo no such branch >&2; exit 2"]') as client:
        result = await client.call_tool("t", raise_on_error=False)

    assert result.is_error
    assert result.structured_content is not None
    assert result.structured_content["ending"] == {"kind": "exited", "code": 2}
    assert result.structured_content["stderr"] == "no such branch\n"


async def test_arguments_that_do_not_fit_are_refused_and_nothing_starts(
    serve: Serve, ledger: Ledger
) -> None:
    async with serve(GREET) as client:
        result = await client.call_tool("greet", {"nmae": "Ada"}, raise_on_error=False)

    assert result.is_error
    assert result.structured_content is not None
    error = result.structured_content["error"]
    assert error["code"] == "argument_invalid"
    assert error["message"] == "there is no argument `nmae`; did you mean `name`?"
    (record,) = ledger.records
    assert record.plan is None


async def test_a_path_stays_in_the_workspace(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine\n")
    declaration = """
    [programs]
    cat = {}

    [[tool]]
    name = "show"
    description = "Show a file."
    program = "cat"
    args = ["{file}"]
    [tool.params]
    file = { type = "path", required = true }
    """

    async with serve(declaration) as client:
        inside = await client.call_tool("show", {"file": "notes"})
        outside = await client.call_tool("show", {"file": "../secrets"}, raise_on_error=False)

    assert inside.structured_content is not None
    assert inside.structured_content["stdout"] == "mine\n"
    assert outside.structured_content is not None
    assert outside.structured_content["error"]["code"] == "path_outside_workspace"


async def test_a_command_has_its_workspace_and_nothing_else_unless_declared(
    serve: Serve, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (tmp_path / "notes").write_text("mine\n")
    diary = tmp_path_factory.mktemp("elsewhere") / "diary"
    diary.write_text("private\n")
    diary.parent.chmod(0o755)
    declaration = SHELL + f'args = ["-c", "cat notes {diary}"]'

    async with serve(declaration) as client:
        result = await client.call_tool("t", raise_on_error=False)
    async with serve(declaration + f'\nreadable = ["{diary}"]') as client:
        allowed = await client.call_tool("t")

    assert result.structured_content is not None
    assert result.structured_content["stdout"] == "mine\n"
    assert result.structured_content["confinement"]["network"] is False
    (denial,) = result.structured_content["denials"]
    assert denial["operation"] == f"reading {diary}"
    assert denial["allow"] == f'readable = ["{diary}"]'
    assert allowed.structured_content is not None
    assert allowed.structured_content["stdout"] == "mine\nprivate\n"


async def test_a_command_that_takes_too_long_is_stopped_and_its_words_are_kept(
    serve: Serve,
) -> None:
    declaration = SHELL + 'args = ["-c", "echo so far; sleep 600 & sleep 600"]\ntimeout = "300ms"'

    async with serve(declaration) as client:
        result = await client.call_tool("t", raise_on_error=False)

    assert result.structured_content is not None
    assert result.structured_content["ending"] == {"kind": "timed_out", "after_seconds": 0.3}
    assert result.structured_content["stdout"] == "so far\n"


async def test_a_secret_reaches_the_command_and_nobody_else(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOY_KEY", "hunter2-hunter2")
    declaration = """
    [secrets]
    KEY = { env = "DEPLOY_KEY" }

    [programs]
    sh = {}

    [[tool]]
    name = "t"
    description = "Use the key."
    program = "sh"
    args = ["-c", "echo key $KEY"]
    env = { KEY = { secret = "KEY" } }
    """

    async with serve(declaration) as client:
        result = await client.call_tool("t")

    assert result.structured_content is not None
    assert result.structured_content["stdout"] == "key ***************\n"


async def test_of_long_output_the_ends_are_shown_and_the_rest_can_be_read(serve: Serve) -> None:
    declaration = SHELL + 'args = ["-c", "seq 1000"]\noutput = "20B"'

    async with serve(declaration) as client:
        result = await client.call_tool("t")
        assert result.structured_content is not None
        page = await client.call_tool(
            "read_output",
            {"call_id": result.structured_content["call_id"], "offset": 10, "limit": 10},
        )

    assert result.structured_content["stdout"] == (
        "1\n2\n3\n4\n5\n\n[… 3,873 bytes left out …]\n\n999\n1000\n"
    )
    assert page.structured_content is not None
    assert page.structured_content["text"] == "6\n7\n8\n9\n10"


async def test_every_call_leaves_a_record(serve: Serve, ledger: Ledger) -> None:
    async with serve(GREET) as client:
        await client.call_tool("greet", {"name": "Ada"})

    (record,) = ledger.records
    assert record.plan is not None
    assert record.plan.argv[1:] == ("Hello, Ada!",)
    assert isinstance(record.end, Outcome)
    assert record.end.ending == Exited(0)
