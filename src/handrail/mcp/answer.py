"""An outcome becomes an answer: the published structure, and the text that stands by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType

from handrail.mcp.clean import clean
from handrail.mcp.excerpt import Excerpt, excerpt
from handrail.mcp.git import formats
from handrail.mcp.git.advice import next_step
from handrail.mcp.pages import Page
from handrail.mcp.parsing import Parsed, Unparsable, parse
from handrail.process.outcome import Ending, Outcome
from handrail.spec.tool import ToolSpec

_NONE: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller gets of an outcome, before it is put into protocol types or on a terminal.

    `output` is the parsed value, when the tool has `parse`; `parse_error` says why there is
    none. `page` says which part of a list it is.
    """

    call_id: str
    tool: ToolSpec
    outcome: Outcome
    stdout: Excerpt
    stderr: Excerpt
    output: object
    parse_error: str | None
    page: Page | None = None

    @property
    def ok(self) -> bool:
        """Whether the last command ended by itself, with a code that means success."""
        return self.outcome.is_ok(self.tool.ok_exit)

    @property
    def excerpts(self) -> dict[str, Excerpt]:
        """Both streams by name."""
        return {"stdout": self.stdout, "stderr": self.stderr}

    @property
    def next(self) -> dict[str, object] | None:
        """The call that goes on with a list where this one stopped."""
        if self.page is None or self.page.next is None:
            return None
        return {"tool": self.tool.name, "arguments": self.page.next}

    @property
    def next_step(self) -> str | None:
        """What to do about a failure of git's."""
        if self.ok or "git" not in self.tool.program_names:
            return None
        return next_step(f"{self.stderr.text}\n{self.stdout.text}")

    @property
    def denials(self) -> list[dict[str, str]]:
        """What the confinement denied: `operation`, `evidence`, and `allow` where there is one.

        Safe to show, though the evidence has words of the command.
        """
        return [
            {name: clean(text.encode()).text for name, text in asdict(denial).items() if text}
            for denial in self.outcome.denials
        ]

    def structure(self) -> dict[str, object]:
        """The published `structuredContent` of a command call (design §5)."""
        outcome = self.outcome
        optional = {
            "output": self.output,
            "next": self.next,
            "parse_error": self.parse_error,
            "truncated": [
                {
                    "stream": stream,
                    "shown_bytes": shown.shown_bytes,
                    "total_bytes": shown.total_bytes,
                    "resource": resource(self.call_id, stream),
                }
                for stream, shown in self.excerpts.items()
                if not shown.is_whole
            ],
            "denials": self.denials,
            "stages": [
                {"program": stage.program, "ending": _ending(stage.ending)}
                for stage in outcome.stages
            ],
        }
        return {
            "call_id": self.call_id,
            "ok": self.ok,
            "ending": _ending(outcome.ending),
            "stdout": self.stdout.text,
            "stderr": self.stderr.text,
            **{name: value for name, value in optional.items() if value not in (None, [])},
            "seconds": round(outcome.seconds, 4),
            "cpu_seconds": round(outcome.cpu_seconds, 4),
            "max_rss_bytes": outcome.max_rss_bytes,
            "confinement": {
                "tier": outcome.confinement.tier.value,
                "network": outcome.confinement.network,
            },
        }


def answer(
    call_id: str,
    tool: ToolSpec,
    outcome: Outcome,
    shown_bytes: int,
    arguments: Mapping[str, object] = _NONE,
) -> Answer:
    """What to answer to a call with `arguments`. `shown_bytes` is how much of a stream is shown."""
    stderr = excerpt(outcome.stderr, shown_bytes)
    parsed = _parsed(tool, arguments, outcome, shown_bytes)
    if isinstance(parsed, Parsed):
        value, page = parsed.value, parsed.page
        return Answer(call_id, tool, outcome, parsed.shown, stderr, value, None, page)
    stdout = excerpt(outcome.stdout, shown_bytes)
    return Answer(call_id, tool, outcome, stdout, stderr, None, parsed)


def resource(call_id: str, stream: str) -> str:
    """The resource that has a stream in full."""
    return f"handrail://calls/{call_id}/{stream}"


def _ending(ending: Ending) -> dict[str, object]:
    return {"kind": ending.kind, **asdict(ending)}


def _parsed(
    tool: ToolSpec, arguments: Mapping[str, object], outcome: Outcome, shown_bytes: int
) -> Parsed | str | None:
    """The parsed value; why there is none; or None, where there should be none."""
    if tool.parse == "text" or (_is_git(tool) and not outcome.is_ok(tool.ok_exit)):
        return None
    try:
        return parse(tool, arguments, outcome.stdout, shown_bytes)
    except Unparsable as wrong:
        return str(wrong)


def _is_git(tool: ToolSpec) -> bool:
    return tool.parse.startswith(formats.PREFIX)
