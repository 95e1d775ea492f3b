"""What an agent sees of `handrail.toml`: real servers, a real client, every claim checked.

Serves this repository over stdio and over HTTP and drives both with FastMCP's client. Ends
with 0 only if every step came out as it is told here: `make demo`.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from asyncio.subprocess import create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from fastmcp import Client
from fastmcp.client.transports import StdioTransport
from mcp_types import TextContent

HERE = Path(__file__).resolve().parent
FILE = HERE / "handrail.toml"
ROOT = HERE.parents[1]
SERVE = ["-m", "handrail", "serve", str(FILE)]
# pytest lives beside this Python; the rest is the system's.
ENVIRONMENT = {
    "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
    # The framework wants one, also from a user that this machine has no entry for.
    "HOME": os.environ.get("HOME", "/nonexistent"),
}
TARGET = "tests/unit/plan/test_bind.py"
WIDTH = 80

Agent = Client[Any]


@dataclass(frozen=True)
class Answer:
    """What came back: `data` for programs, `text` for the model."""

    data: dict[str, Any]
    text: str

    def __getitem__(self, key: str) -> Any:
        return self.data[key]


async def main() -> None:
    """The whole demo."""
    if not (ROOT / ".git").exists():
        sys.exit(f"The demo reads the Git history of {ROOT}, which has none: clone it with git.")
    began = time.monotonic()
    show_machine()
    scratch = ROOT / "build"
    scratch.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="demo-") as folder:
        Path(folder).chmod(0o755)  # commands may run as another user, and read a log in it
        async with stdio_agent(Path(folder)) as agent:
            commits = await over_stdio(agent, Path(folder))
        async with http_agent(Path(folder)) as agent:
            await over_http(agent, commits)
    left = psutil.Process().children(recursive=True)
    assert not left, left
    title(f"All as expected, in {time.monotonic() - began:.1f} s; no process is left")


def show_machine() -> None:
    """How commands are confined here, and as whom they run."""
    title("handrail doctor")
    checked = handrail("check", str(FILE))
    if checked.returncode and os.geteuid() == 0:
        # The Python that runs pytest, or the clone, may be closed to all but root.
        ENVIRONMENT["COMMANDS_USER"] = "root"
        why = next(line for line in checked.stdout.splitlines() if " error[" in line)
        why = f"COMMANDS_USER=root: else {why.partition('] ')[2]}"
        print(textwrap.fill(why, WIDTH, subsequent_indent=" " * 12))
        checked = handrail("check", str(FILE))
    if checked.returncode:
        sys.exit(checked.stdout)
    report = handrail("doctor", "--file", str(FILE)).stdout
    print(report.partition("\n\n")[0])


def handrail(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What a command of `handrail` says, in the servers' environment."""
    command = [sys.executable, "-m", "handrail", *arguments]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)


async def over_stdio(agent: Agent, folder: Path) -> list[Any]:
    """Everything, on one connection; returns the commits that were shown."""
    title(f"stdio: handrail serve {FILE.relative_to(ROOT)}", agent)
    await show_tools(agent)
    commits = await show_typed_results(agent)
    await show_refusals(agent)
    await show_free_commands(agent)
    await show_progress(agent)
    await show_confinement(agent)
    await show_timeout(agent, folder / "requests.log")
    await show_truncation(agent)
    return commits


async def over_http(agent: Agent, commits: list[Any]) -> None:
    """The same in short, and calls at once."""
    title("HTTP: handrail serve --http 127.0.0.1:PORT", agent)
    answer = await call(agent, "git_log", limit=3, revision=commits[0]["commit"])
    assert answer["output"] == commits
    say("the same commits as over stdio")
    answer = await call(agent, "list_files", paths=["../elsewhere"])
    assert answer["error"]["code"] == "path_outside_workspace"
    say("refused: path_outside_workspace")
    began = time.monotonic()
    print("\ncount_lines(paths=['Makefile']), 16 times at once")
    calls = (ask(agent, "count_lines", {"paths": ["Makefile"]}) for _ in range(16))
    answers = await asyncio.gather(*calls)
    assert all(each["output"] == answers[0]["output"] for each in answers)
    say(f"16 equal answers in {time.monotonic() - began:.2f} s")


async def show_tools(agent: Agent) -> None:
    """Who may do what: name, effect, params."""
    tools = {tool.name: tool for tool in await agent.list_tools()}
    assert {"git_log", "search", "run_tests", "read_output"} <= tools.keys()
    for name, tool in tools.items():
        effect = "read" if tool.annotations and tool.annotations.read_only_hint else "write"
        required = tool.input_schema.get("required", [])
        params = ", ".join(p + "*" * (p in required) for p in tool.input_schema["properties"])
        print(textwrap.fill(f"{name:12} {effect:6} {params}", WIDTH, subsequent_indent=" " * 20))


async def show_typed_results(agent: Agent) -> list[Any]:
    """Output that was parsed by the server, so that no model has to."""
    answer = await call(agent, "git_log", limit=3)
    commits: list[Any] = answer["output"]
    assert 1 <= len(commits) <= 3  # a shallow clone has one
    for commit in commits:
        say(f"{commit['commit'][:8]}  {commit['date'][:10]}  {commit['message'].splitlines()[0]}")
    answer = await call(agent, "count_lines", paths=["Makefile", "pyproject.toml"])
    names = [row["filename"] for row in answer["output"]]
    assert names == ["./Makefile", "./pyproject.toml", "total"], names
    for row in answer["output"]:
        say(f"{row['lines']:6,} lines  {row['characters']:8,} bytes  {row['filename']}")
    return commits


async def show_refusals(agent: Agent) -> None:
    """What is not done, and how the model learns to do better."""
    outside = await call(agent, "git_log", paths=["../../etc/passwd"])
    show_refusal(outside, "path_outside_workspace")
    option = await call(agent, "git_diff", revision="--output=Makefile")
    show_refusal(option, "argument_invalid")


async def show_free_commands(agent: Agent) -> None:
    """Commands that the caller writes: without a shell, and judged word for word."""
    pipe = [
        ["find", "src", "-name", "*.py"],
        ["xargs", "grep", "-c", "^def "],
        ["sort"],
        ["wc", "-l"],
    ]
    answer = await call(agent, "run", pipe=pipe)
    assert int(answer["stdout"]) > 100, answer
    say(f"{answer['stdout'].strip()} files, from {len(answer['stages'])} programs and no shell")
    for argv in (
        ["find", ".", "-exec", "sh", "-c", "id", ";"],
        ["git", "-c", "alias.x=!id", "x"],
        ["sort", "--output=Makefile", "Makefile"],
    ):
        show_refusal(await call(agent, "run", argv=argv), "denied")


def show_refusal(answer: Answer, code: str) -> None:
    """One refusal, which must be `code`."""
    error = answer["error"]
    assert error["code"] == code, error
    say(f"refused: {code}")
    say(error["message"])
    if "hint" in error:
        say(f"hint: {error['hint']}")


async def show_progress(agent: Agent) -> None:
    """Notifications while the call runs; every quarter of them is shown."""
    shown = -1.0

    async def on_progress(done: float, total: float | None, message: str | None) -> None:
        nonlocal shown
        if total == 100 and done // 25 > shown:
            shown = done // 25
            say(f"{done:3.0f} %  {message}")

    answer = await call(agent, "run_tests", on_progress, target=TARGET, verbose=True)
    assert answer["ending"] == {"kind": "exited", "code": 0}, answer
    assert shown > 0, "no progress came"
    say(f"exit code 0: {answer['stdout'].splitlines()[-1].strip('= ')}")


async def show_confinement(agent: Agent) -> None:
    """Code of the workspace that tries what it should not: it fails, and the answer says why."""
    answer = await call(agent, "run_tests", target="examples/devtools/curious.py")
    assert answer["ending"] == {"kind": "exited", "code": 1}, answer
    assert "3 failed" in answer["stdout"], answer
    tier = answer["confinement"]["tier"]
    assert answer["confinement"] == {"tier": tier, "network": False}, answer
    say(f"exit code 1: 3 tests failed. Tier {tier}, no network; it was kept from")
    denials = {denial["operation"]: denial["evidence"] for denial in answer["denials"]}
    assert "opening an internet socket" in denials and "/etc/shadow" in str(denials), denials
    for operation, evidence in denials.items():
        say(f"    {operation} ({evidence.partition(': it said')[0]})")


async def show_timeout(agent: Agent, log: Path) -> None:
    """A command that never ends by itself: it is stopped, and what it said is kept."""
    log.touch()
    writer = asyncio.create_task(write_requests(log))
    path = str(log.relative_to(ROOT))
    answer = await call(agent, "watch_log", file=path, text="POST", lines=0)
    writer.cancel()
    assert answer["ending"] == {"kind": "timed_out", "after_seconds": 2.0}, answer
    lines = answer["stdout"].splitlines()
    assert lines and all("POST" in line for line in lines), answer
    say(f"timed out after 2 s; it wrote {len(lines)} lines until then:")
    say(f"    {lines[0]}\n    {lines[-1]}")
    left = [process for process in psutil.process_iter(["cmdline"]) if mentions(process, path)]
    assert not left, left
    say("processes of sh, tail and grep left: 0 (looked for them)")


async def write_requests(log: Path) -> None:
    """A busy service."""
    for number in range(1000):
        with log.open("a") as file:
            file.write(f"{'GET' if number % 2 else 'POST'} /item/{number}\n")
        await asyncio.sleep(0.1)


def mentions(process: psutil.Process, path: str) -> bool:
    """Whether `path` is in the command line of `process`."""
    return any(path in argument for argument in process.info["cmdline"] or [])


async def show_truncation(agent: Agent) -> None:
    """Too much to show: the beginning and the end, and the way to the rest."""
    answer = await call(agent, "search", pattern="sha256", paths=["requirements"])
    [cut] = answer["truncated"]
    assert cut["shown_bytes"] < cut["total_bytes"]
    say(f"{cut['shown_bytes']:,} of {cut['total_bytes']:,} bytes are shown, the rest is kept")
    advice = re.search(
        r'read_output\(call_id="(\w+)", stream="stdout", offset=(\d+)\)', answer.text
    )
    assert advice, answer.text
    call_id, offset = advice[1], int(advice[2])
    page = await call(agent, "read_output", call_id=call_id, offset=offset, limit=240)
    assert page["next_offset"] == offset + 240, page
    say(page["text"])


async def call(agent: Agent, tool: str, on_progress: Any = None, /, **arguments: object) -> Answer:
    """Call a tool, and say so."""
    shown = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
    called = textwrap.fill(f"{tool}({shown})", WIDTH, subsequent_indent="    ")
    print(f"\n{called}", flush=True)
    return await ask(agent, tool, arguments, on_progress)


async def ask(
    agent: Agent, tool: str, arguments: dict[str, Any], on_progress: Any = None
) -> Answer:
    """Call a tool."""
    result = await agent.call_tool(
        tool, arguments, progress_handler=on_progress, raise_on_error=False
    )
    [block] = result.content
    assert isinstance(block, TextContent) and isinstance(result.structured_content, dict), result
    return Answer(result.structured_content, block.text)


@asynccontextmanager
async def stdio_agent(folder: Path) -> AsyncIterator[Agent]:
    """A client of a server that it starts itself and talks to by its standard streams."""
    log = folder / "stdio.log"
    transport = StdioTransport(sys.executable, SERVE, ENVIRONMENT, keep_alive=False, log_file=log)
    async with Client(transport) as agent:
        yield agent


@asynccontextmanager
async def http_agent(folder: Path) -> AsyncIterator[Agent]:
    """A client of a server that listens on a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (folder / "http.log").open("wb") as log:
        server = await create_subprocess_exec(
            sys.executable, *SERVE, "--http", f"127.0.0.1:{port}", env=ENVIRONMENT, stderr=log
        )
    try:
        await until_listening(port)
        async with Client(f"http://127.0.0.1:{port}/mcp") as agent:
            yield agent
    finally:
        server.terminate()
        code = await server.wait()
    assert code == 0, f"the server ended with {code}"


async def until_listening(port: int) -> None:
    """Wait for the server; ten seconds are far too long."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)
        else:
            return
    raise TimeoutError("the server does not listen")


def title(text: str, agent: Agent | None = None) -> None:
    """A heading; with an agent, the protocol that it and its server agreed on."""
    spoken = ""
    if agent is not None:
        assert agent.protocol_version == "2026-07-28", agent.protocol_version
        spoken = f", MCP {agent.protocol_version}"
    print(f"\n{text}{spoken}\n{'-' * WIDTH}")


def say(text: str) -> None:
    """Something about the last call."""
    for line in text.splitlines():
        print(f"  {line}" if len(line) <= WIDTH - 2 else f"  {line[: WIDTH - 5]}...", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
