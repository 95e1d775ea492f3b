"""An outcome becomes an answer: the published structure, and the text that stands by itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from handrail.mcp.clean import clean
from handrail.mcp.excerpt import Excerpt, excerpt
from handrail.mcp.parsing import Unparsable, parse
from handrail.process.outcome import Ending, Exited, Outcome
from handrail.spec.tool import ToolSpec


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller gets of an outcome, before it is put into protocol types or on a terminal.

    `output` is the parsed value, when the tool has `parse`; `parse_error` says why there is
    none.
    """

    call_id: str
    tool: ToolSpec
    outcome: Outcome
    stdout: Excerpt
    stderr: Excerpt
    output: object
    parse_error: str | None

    @property
    def ok(self) -> bool:
        """Whether the last command ended by itself, with a code that means success."""
        ending = self.outcome.ending
        return isinstance(ending, Exited) and ending.code in self.tool.ok_exit

    @property
    def excerpts(self) -> dict[str, Excerpt]:
        """Both streams by name."""
        return {"stdout": self.stdout, "stderr": self.stderr}

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


def answer(call_id: str, tool: ToolSpec, outcome: Outcome, shown_bytes: int) -> Answer:
    """What to answer. `shown_bytes` is how much of each stream is shown."""
    stdout = excerpt(outcome.stdout, shown_bytes)
    stderr = excerpt(outcome.stderr, shown_bytes)
    output, parse_error = _parsed(tool, stdout)
    return Answer(call_id, tool, outcome, stdout, stderr, output, parse_error)


def resource(call_id: str, stream: str) -> str:
    """The resource that has a stream in full."""
    return f"handrail://calls/{call_id}/{stream}"


def _ending(ending: Ending) -> dict[str, object]:
    return {"kind": ending.kind, **asdict(ending)}


def _parsed(tool: ToolSpec, stdout: Excerpt) -> tuple[object, str | None]:
    if tool.parse == "text":
        return None, None
    if not stdout.is_whole:
        return None, f"stdout is longer than is shown, so it was not read as {tool.parse}"
    try:
        return parse(tool.parse, stdout.text), None
    except Unparsable as wrong:
        return None, str(wrong)
