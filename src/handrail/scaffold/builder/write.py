"""`write`: the server file is written, once a person has said so."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from fastmcp.server.dependencies import get_context

from handrail.errors import ApprovalRequired, Denied, UsageError
from handrail.mcp.rounds import Asked
from handrail.meter.spent import Spent
from handrail.policy.approval import changed
from handrail.scaffold.builder.asking import ask
from handrail.scaffold.builder.draft import ANSWERS
from handrail.scaffold.builder.proposal import Proposal, proposed, unservable
from handrail.scaffold.builder.question import Question
from handrail.scaffold.builder.refusals import Explained
from handrail.scaffold.builder.shown import TooLong
from handrail.scaffold.builder.tool import BuilderTool, Declaration, Reply
from handrail.scaffold.placing import STATE, check_place, place
from handrail.spec.document import printable

_log = structlog.stdlib.get_logger("handrail.builder")
_DECLARED = Declaration(
    name="write",
    description="Write handrail.toml, and .handrail/schema.json beside it, from the answers that "
    "`draft` was shown for. The person at the client is asked, and sees what the file would let "
    "tools do; what is written is exactly that. Call it once, when the person wants the file. "
    "Never overwrites: not for changing a server file that exists.",
    params={"answers": ANSWERS},
    gives={
        "file": {"type": "string"},
        "approved_by": {"type": "string"},
        "next": {"type": "array", "items": {"type": "string"}},
    },
    writes=True,
)


def write_tool(folder: Path) -> BuilderTool:
    """The tool, for a server file in `folder`."""
    spent, one_at_a_time = Spent(), asyncio.Lock()

    async def act(given: Mapping[str, Any]) -> Reply:
        answers = given.get("answers", {})
        _check_place(folder)
        propose = partial(asyncio.to_thread, proposed, answers, folder)
        question = _question(await propose(), answers, folder)
        try:
            approval = await ask(get_context(), spent, question)
        except ApprovalRequired as error:
            if isinstance(error, Asked) or error.hint is not None:
                raise
            raise _by_hand(error, answers, folder) from None
        async with one_at_a_time:
            # The folder may have changed while they thought.
            proposal = await propose()
            if _question(proposal, answers, folder).digest != question.digest:
                raise changed()
            file = await asyncio.to_thread(_write, folder, proposal.text)
        _log.info("written", file=str(file), approved_by=approval.by)
        return _reply(file, approval.by)

    return BuilderTool.declare(_DECLARED, act)


def _question(proposal: Proposal, answers: Mapping[str, Any], folder: Path) -> Question:
    """What to ask. Raises `Explained` for what cannot be served, or is too long to be shown."""
    if proposal.examined.broken:
        raise unservable(proposal)
    try:
        return Question.about(proposal)
    except TooLong:
        error = ApprovalRequired("the file has more in it than a question can show to a person")
        raise _by_hand(error, answers, folder) from None


def _by_hand(error: ApprovalRequired, answers: Mapping[str, Any], folder: Path) -> Explained:
    """How a person writes the file without us."""
    command = f"handrail new {shlex.quote(str(folder))} --answers answers.json --yes"
    hint = f"Save these answers as answers.json and have the person run: {command}"
    text = json.dumps(answers, indent=2, ensure_ascii=False)
    return Explained(ApprovalRequired(error.message, hint=hint), text, {"answers": text})


def _check_place(folder: Path) -> None:
    """Whether the file may be made here. Raises `Denied`."""
    try:
        check_place(folder)
    except UsageError as wrong:
        raise _denied(wrong) from None
    for path in (folder / STATE, folder / STATE / "schema.json", folder / STATE / ".gitignore"):
        if path.is_symlink():
            raise Denied(f"{printable(str(path))} is a link, and could lead out of the folder")


def _write(folder: Path, text: str) -> Path:
    _check_place(folder)
    try:
        return place(folder, text)
    except UsageError as wrong:
        raise _denied(wrong) from None


def _denied(wrong: UsageError) -> Denied:
    return Denied(printable(wrong.message), hint=wrong.hint)


def _reply(file: Path, by: str) -> Reply:
    where = shlex.quote(str(file))
    steps = [f"handrail check {where}", f"handrail client claude-code --file {where}"]
    text = "\n".join([f"{file} is written. Next:", *(f"    {step}" for step in steps)])
    return Reply(text, {"file": str(file), "approved_by": by, "next": steps})
