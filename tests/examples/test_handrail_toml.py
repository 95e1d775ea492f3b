"""The example's server file keeps what it promises."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from handrail.spec.param import ParamSpec, ParamType
from handrail.spec.tool import ExampleSpec, ToolSpec
from tests.examples.devtools import FILE, PATH, serving, spec

TOOLS = spec().tools
EXAMPLES = [
    pytest.param(tool, example, id=f"{tool.name}-{number}")
    for tool in TOOLS
    for number, example in enumerate(tool.examples)
]


def test_check_finds_nothing() -> None:
    check = [sys.executable, "-m", "handrail", "check", str(FILE)]
    done = subprocess.run(check, env={"PATH": PATH}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "",
        "no problems found (1 silenced, with a reason)\n",
    )


@pytest.mark.parametrize(("tool", "example"), EXAMPLES)
async def test_every_example_ends_as_it_says(
    tool: ToolSpec, example: ExampleSpec, tmp_path: Path
) -> None:
    async with serving(tmp_path, spec()) as client:
        result = await client.call_tool(tool.name, dict(example.args), raise_on_error=False)
    answer, expected = result.structured_content or {}, example.expect
    assert expected is not None
    assert "error" not in answer
    assert answer["ending"]["kind"] == expected.ending
    assert expected.code in (None, answer["ending"].get("code"))
    assert re.search(expected.stdout or "", answer["stdout"], re.MULTILINE)
    assert "parse_error" not in answer


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_model_learns_what_it_needs(tool: ToolSpec) -> None:
    assert tool.examples
    assert [name for name, param in tool.accepts.items() if not param.description] == []
    assert [name for name, param in tool.accepts.items() if not is_bounded(param)] == []


def is_bounded(param: ParamSpec) -> bool:
    """Whether the file says how much a value may be, rather than leave it to the defaults."""
    match param.type:
        case ParamType.STRING:
            one = param.choices or param.pattern or param.max_length
        case ParamType.INTEGER | ParamType.NUMBER:
            one = param.min is not None and param.max is not None
        case _:
            one = True
    return bool(one) and (param.max_items is not None or not param.repeat)
