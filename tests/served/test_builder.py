"""An agent holds the interview over stdio, and a person lets it write the file."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import mcp_types
import pytest
from fastmcp import Client
from fastmcp.client.transports import StdioTransport
from mcp_types import ElicitResult

from handrail.testing.corpus import PATHS, TEXTS
from tests.cli.terminal import handrail
from tests.running import hand_over
from tests.served.answers import refusal, structure, text
from tests.served.asking import NO, YES, Person, end, question, send
from tests.served.raw import Message, lines, opening, tool_call
from tests.served.serving import Connected, call

MODES = ["auto", "legacy"]
NAMES = ["questions", "propose_tool", "draft", "explain", "write"]
MOST_TOKENS, LETTERS_PER_TOKEN = 400, 4
NOTES = {"paths": ["notes.txt"]}
ANSWERS: dict[str, Any] = {"server": {"name": "notes"}, "use": ["files:read"]}


@dataclass
class Chair:
    """Where a person sits, while tests go on with the same client."""

    person: Person = field(default_factory=Person)

    async def hear(self, message: str, *_: object) -> ElicitResult:
        """What whoever sits there says."""
        return await self.person.hear(message)


@dataclass(frozen=True, slots=True)
class Builder:
    """A builder that runs, the folder that it is for, an agent, and who is asked."""

    folder: Path
    mode: str
    agent: Connected
    chair: Chair

    def clean(self) -> None:
        """Take away all but what was there first."""
        for path in self.folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != "notes.txt":
                path.unlink()


@pytest.fixture(scope="module", params=MODES)
async def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Builder]:
    """A builder for each protocol."""
    folder, chair = new_folder(tmp_path_factory.mktemp("builder")), Chair()
    async with connected(folder, request.param, chair) as agent:
        yield Builder(folder, request.param, agent, chair)


# Where only what is behind the protocol matters, one of them will do by day.
by_night_too = pytest.mark.parametrize(
    "shared", ["auto", pytest.param("legacy", marks=pytest.mark.nightly)], indirect=True
)


@pytest.fixture
def built(shared: Builder) -> Iterator[Builder]:
    """The same, in whose folder nothing was written yet."""
    yield shared
    shared.clean()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that is to get a server file, for a builder of the test's own."""
    return new_folder(tmp_path)


def new_folder(below: Path) -> Path:
    """A folder with a file in it, that commands may read."""
    below.chmod(0o755)
    folder = below / "project"
    folder.mkdir()
    (folder / "notes.txt").write_text("one\ntwo\n")
    hand_over(folder)
    return folder


def connected(
    folder: Path, mode: str, chair: Chair | None = None
) -> AbstractAsyncContextManager[Connected]:
    """An agent's client of a builder of its own, with a chair before it or none."""
    command, *rest = serve(folder)
    log, environ = folder.parent / "stderr", {"PATH": os.environ["PATH"]}
    transport = StdioTransport(command, rest, env=environ, log_file=log, keep_alive=False)
    hear = None if chair is None else chair.hear
    return Client(transport, mode=mode, elicitation_handler=hear)


def serve(folder: Path) -> list[str]:
    """How to serve one."""
    return [sys.executable, "-m", "handrail", "serve", "--builder", "--folder", str(folder)]


def listed(folder: Path) -> set[str]:
    """Everything in a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


async def test_an_interview_ends_in_a_file_that_serves(built: Builder) -> None:
    folder, agent = built.folder, built.agent
    built.chair.person = person = Person()
    answers = {**ANSWERS, "commands": ["wc -l notes.txt"]}
    defaults = {
        one["key"]: one["default"] for one in structure(await call(agent, "questions"))["questions"]
    }
    proposed = structure(await call(agent, "propose_tool", command="wc -l notes.txt"))
    draft = structure(await call(agent, "draft", answers=answers))
    name = proposed["tool"]["name"]
    plan = await plan_of(agent, tool=name, arguments=NOTES, answers=answers)
    same = await plan_of(agent, tool=name, arguments=NOTES, text=draft["text"])
    before = listed(folder)
    written = structure(await call(agent, "write", answers=answers))

    assert defaults["server.name"] == "project"
    assert tomllib.loads(proposed["toml"])["tool"][0]["name"] == name
    assert proposed["words"][-1]["given"] == "notes.txt"
    assert [one for one in draft["findings"] if one["severity"] == "error"] == []
    assert {"read_file", name} <= {tool["name"] for tool in draft["tools"]}
    assert (plan["argv"][1:], plan["cwd"]) == (["-l", "--", "./notes.txt"], str(folder))
    assert same["argv"] == plan["argv"]
    assert before == {"notes.txt"}
    assert written["file"] == str(folder / "handrail.toml")
    assert written["approved_by"].startswith("elicitation by ")
    (shown,) = person.questions
    assert f"    {name}: wc" in shown
    assert (folder / "handrail.toml").read_text() == draft["text"]
    check_served(folder, name)


async def plan_of(agent: Connected, **given: Any) -> dict[str, Any]:
    """What a call of a drafted tool would do."""
    return structure(await agent.call_tool_mcp("explain", given))


def check_served(folder: Path, tool: str) -> None:
    """The file is right, and a tool of it can be called."""
    checked = handrail("check", folder=folder)
    assert checked.code == 0, checked.err
    called = handrail("call", tool, "paths=notes.txt", folder=folder)
    assert "2 ./notes.txt" in called.out, called.err
    schema = json.loads((folder / ".handrail" / "schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)


async def test_what_clients_see(built: Builder) -> None:
    agent = built.agent
    tools = await agent.list_tools()

    assert [tool.name for tool in tools] == NAMES
    for tool in tools:
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        assert tool.input_schema["additionalProperties"] is False
        assert tool.output_schema is not None
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)
        letters = len(tool.model_dump_json(by_alias=True, exclude_none=True))
        assert letters / LETTERS_PER_TOKEN < MOST_TOKENS, tool.name
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is (tool.name != "write")
        assert tool.annotations.destructive_hint is False
        assert "ot for " in str(tool.description), "it says when not to use it"


@pytest.mark.parametrize(
    "answer",
    [NO, ElicitResult(action="cancel"), ElicitResult(action="accept", content={})],
    ids=["declined", "closed", "empty"],
)
async def test_anything_but_a_clear_yes_writes_nothing(
    built: Builder, answer: ElicitResult
) -> None:
    person = Person(answer)
    agent = built.agent
    built.chair.person = person
    result = await call(agent, "write", answers=ANSWERS)

    assert refusal(result)["code"] == "approval_declined"
    assert len(person.questions) == 1
    assert listed(built.folder) == {"notes.txt"}


@by_night_too
async def test_where_nobody_can_be_asked_the_answers_are_there_to_be_kept(built: Builder) -> None:
    async with connected(built.folder, built.mode) as agent:
        result = await call(agent, "write", answers=ANSWERS)
        draft = structure(await call(agent, "draft", answers=ANSWERS))

    error = structure(result)["error"]
    assert error["code"] == "approval_required"
    assert f"handrail new {built.folder} --answers answers.json --yes" in error["hint"]
    assert listed(built.folder) == {"notes.txt"}
    kept = structure(result)["answers"]
    assert kept in text(result)
    answers = built.folder.parent / "answers.json"
    answers.write_text(kept)
    words = ["new", str(built.folder), "--answers", str(answers), "--yes"]
    done = handrail(*words, folder=built.folder.parent)
    assert done.code == 0, done.err
    assert (built.folder / "handrail.toml").read_text() == draft["text"]


@pytest.mark.parametrize("shared", ["auto"], indirect=True)
async def test_an_answer_is_for_what_was_shown(built: Builder) -> None:
    agent = built.agent
    state = await question(agent, "write", answers=ANSWERS)
    others = [
        await end(agent, "write", state, answers={**ANSWERS, "use": ["files"]}),
        await end(agent, "write", state),
        await end(agent, "write", state[:-8], answers=ANSWERS),
        await end(agent, "write", "yes", answers=ANSWERS),
    ]
    no = await end(agent, "write", state, NO, answers=ANSWERS)
    again = await end(agent, "write", state, YES, answers=ANSWERS)
    unasked = await send(agent, "write", answer=YES, answers=ANSWERS)

    codes = [refusal(result)["code"] for result in others]
    assert codes == ["approval_required"] * 4
    assert refusal(no)["code"] == "approval_declined"
    assert structure(again)["error"]["code"] == "approval_required"
    assert isinstance(unasked, mcp_types.InputRequiredResult)
    assert listed(built.folder) == {"notes.txt"}


async def test_a_folder_that_changed_while_the_person_thought_is_shown_anew(
    built: Builder,
) -> None:
    async def become_a_repository(_: str) -> None:
        (built.folder / ".git").mkdir()

    person = Person(thinking=become_a_repository)
    agent = built.agent
    built.chair.person = person
    result = await call(agent, "write", answers={})
    person.thinking = None
    second = await call(agent, "write", answers={})

    error = refusal(result)
    assert error["code"] == "approval_required"
    assert "has changed" in error["message"]
    assert not second.is_error
    assert person.questions[0] != person.questions[1]


async def test_a_file_that_is_there_is_never_overwritten(built: Builder) -> None:
    file = built.folder / "handrail.toml"

    async def write_it_by_hand(_: str) -> None:
        file.write_text("# mine\n")

    person = Person(thinking=write_it_by_hand)
    agent = built.agent
    built.chair.person = person
    while_asked = await call(agent, "write", answers=ANSWERS)
    before = await call(agent, "write", answers=ANSWERS)

    for result in (while_asked, before):
        assert refusal(result)["code"] == "denied"
        assert "exists" in text(result)
    assert len(person.questions) == 1
    assert file.read_text() == "# mine\n"
    assert listed(built.folder) == {"notes.txt", "handrail.toml"}


@pytest.mark.parametrize("link", ["handrail.toml", ".handrail", ".handrail/schema.json"])
async def test_nothing_is_written_through_a_link(built: Builder, tmp_path: Path, link: str) -> None:
    (built.folder / link).parent.mkdir(exist_ok=True)
    (built.folder / link).symlink_to(tmp_path)
    person = Person()
    agent = built.agent
    built.chair.person = person
    result = await call(agent, "write", answers=ANSWERS)

    assert refusal(result)["code"] == "denied"
    assert person.questions == []
    assert listed(tmp_path) == set()


def test_a_server_that_stops_while_the_person_thinks_writes_nothing(folder: Path) -> None:
    hello, begun = opening("legacy")
    hello["params"]["capabilities"] = {"elicitation": {}}
    sent = [hello, begun, tool_call(1, "write", "legacy", answers=ANSWERS)]
    with subprocess.Popen(
        serve(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(lines(sent))
        process.stdin.flush()
        said = (json.loads(line) for line in process.stdout)
        next(one for one in said if one.get("method") == "elicitation/create")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0

    assert listed(folder) == {"notes.txt"}


async def test_everything_that_is_wrong_is_told_at_once(built: Builder) -> None:
    wrong = {"changess": 1, "hosts": ["a b"], "server": {"name": 5}, "tool": [{"nam": "x"}]}
    agent = built.agent
    for tool in ("draft", "write"):
        result = await call(agent, tool, answers=wrong)
        error = structure(result)["error"]
        assert (error["code"], error["field"]) == ("argument_invalid", "answers")
        places = {one["where"] for one in structure(result)["findings"]}
        assert {"changess", "hosts[0]", "server.name", "tool[0].nam"} <= places
        assert all(place in text(result) for place in places)


SENSELESS: dict[str, tuple[str, dict[str, Any], str]] = {
    "no such tool": ("wrote", {}, "did you mean `write`?"),
    "no command": ("propose_tool", {}, "`command` is required"),
    "too much": ("draft", {"answers": {"x": "x" * 300_000}}, "larger than 262,144 bytes"),
    "as text": ("draft", {"answers": "{}"}, "must be an object"),
    "twice": ("explain", {"tool": "x", "answers": {}, "text": "x"}, "not both"),
    "no tool": ("explain", {"tool": "reed_file", "answers": ANSWERS}, 'did you mean "read_file"?'),
    "no TOML": ("explain", {"tool": "x", "text": "x = = 3"}, "handrail.toml:1:5"),
    "a path that leads out": (
        "explain",
        {"tool": "read_file", "answers": ANSWERS, "arguments": {"path": "../x"}},
        "leads outside the workspace",
    ),
}


async def test_calls_that_make_no_sense_are_refused_like_all_others(built: Builder) -> None:
    agent = built.agent
    for name, (tool, given, words) in SENSELESS.items():
        result = await agent.call_tool_mcp(tool, given)
        error = structure(result)["error"]
        assert result.is_error, name
        assert {"code", "message", "call_id"} <= error.keys(), name
        assert words in text(result), name


HOSTILE = [
    *TEXTS,
    *PATHS,
    '"""',
    "'''\"\n]]\n[[tool]]\nname = 'evil'",
    "${HOME} {home} {{ }} %(x)s {{ 7*7 }}",
    "__import__('os').system('touch ran')",
    "a\x1b]0;title\x07\x7f\u2066",
    "\\u0000 \\",
    "x" * 5000,
    "(" * 3000 + "a" * 3000,
    " ",
    "",
]


def answers_with(hostile: str) -> list[dict[str, Any]]:
    """Answers that have a text in every place for one."""
    tool = {"name": "t", "description": "d", "program": "echo", "args": ["x"]}
    return [
        {"server": {"name": hostile}},
        {"server": {"instructions": hostile}},
        {"commands": [hostile]},
        {"commands": [f"echo {hostile}"]},
        {"workspace": {"root": hostile}},
        {"commands": ["echo x"], "environment": [f"A={hostile}"], "deny": [hostile]},
        {"commands": ["curl https://x.example/"], "hosts": [hostile], "credentials": [hostile]},
        {"programs": {"echo": {}}, "tool": [{**tool, "description": hostile, "args": [hostile]}]},
        {"programs": {"echo": {"path": hostile, "profile": hostile}}, "tool": [tool]},
        {hostile: hostile},
    ]


@by_night_too
async def test_hostile_texts_stay_texts(built: Builder) -> None:
    for number, hostile in enumerate(HOSTILE):
        # Every text, and every place, at least once.
        await try_everywhere(built.agent, hostile, number % 10, 10)

    assert listed(built.folder) == {"notes.txt"}


@pytest.mark.nightly
async def test_every_hostile_text_stays_one_in_every_place(built: Builder) -> None:
    for hostile in HOSTILE:
        await try_everywhere(built.agent, hostile, 0, 1)

    assert listed(built.folder) == {"notes.txt"}


async def try_everywhere(agent: Connected, hostile: str, first: int, step: int) -> None:
    """Put a text into every place, or those from `first` on that are `step` apart."""
    for answers in answers_with(hostile)[first::step]:
        check_draft(answers, structure(await call(agent, "draft", answers=answers)))
    for tool, given in calls_with(hostile)[first % len(calls_with("")) :: step]:
        result = await agent.call_tool_mcp(tool, given)
        code = structure(result).get("error", {}).get("code")
        assert code != "internal", (tool, given)


def check_draft(answers: dict[str, Any], facts: dict[str, Any]) -> None:
    """A draft says what was answered, and nothing else."""
    if "error" in facts:
        assert facts["error"]["code"] == "argument_invalid", (answers, facts)
        return
    read = tomllib.loads(facts["text"])
    for table in ("server", "workspace"):
        assert answers.get(table, {}).items() <= read[table].items()
    tools = [tool for tool in read.get("tool", ()) if tool["name"] in ("t", "evil")]
    asked = [{"name": tool["name"], "args": tool["args"]} for tool in answers.get("tool", ())]
    assert [{"name": tool["name"], "args": tool["args"]} for tool in tools] == asked


def calls_with(hostile: str) -> list[tuple[str, dict[str, Any]]]:
    """Calls that have a text in every place for one that is no answer."""
    path = {"tool": "read_file", "answers": ANSWERS, "arguments": {"path": hostile}}
    return [
        ("propose_tool", {"command": hostile}),
        ("propose_tool", {"command": "echo x", "name": hostile}),
        ("explain", {"tool": hostile, "answers": ANSWERS}),
        ("explain", path),
        ("explain", {**path, "arguments": {hostile: 1}}),
        ("explain", {"tool": "x", "text": hostile}),
        ("explain", {"tool": "x", "text": f'config_version = 1\nx = "{hostile}"'}),
    ]


def test_messages_that_no_client_would_send_do_not_stop_it(folder: Path) -> None:
    deep = '{"a":' * 150 + "1" + "}" * 150
    call_of_draft = json.dumps(tool_call(1, "draft", answers="?"))
    sent = [
        call_of_draft.replace('"?"', deep).encode(),
        call_of_draft.replace('"?"', '{"server": {"name": "\\ud800"}}').encode(),
        b"{}",
        json.dumps(tool_call(2, "draft", answers={})).encode(),
    ]
    said = converse(folder, lines(opening("auto")) + b"\n".join([*sent, b""]))

    (last,) = [one for one in said if one.get("id") == 2]
    assert "config_version" in last["result"]["structuredContent"]["text"]


def converse(folder: Path, sent: bytes) -> list[Message]:
    """Pipe messages in, up to the end; everything that came out."""
    done = subprocess.run(serve(folder), input=sent, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--builder", "--http", "127.0.0.1:8000"], "--builder goes with --folder alone"),
        (["--folder", "."], "Add --builder."),
        (["--builder", "--folder", "nowhere"], "nowhere is no folder"),
    ],
)
def test_wrong_options_are_refused(folder: Path, arguments: list[str], words: str) -> None:
    done = handrail("serve", *arguments, folder=folder)

    assert done.code == 2
    assert words in done.err
