"""What models see of the tools that come with Handrail: short, bounded, told apart, and true."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

import pytest

from handrail.mcp.hints import hints
from handrail.mcp.input_schema import arguments_schema
from handrail.mcp.output_schema import output_schema
from handrail.spec.packs import pack
from handrail.spec.tool import Effect, ToolSpec
from handrail.spec.use import shipped

MOST_TOKENS, LETTERS_PER_TOKEN = 400, 4
PACKED = {one.spec.name: (name, one.spec) for name in shipped() for one in pack(name).tools}
every_tool = pytest.mark.parametrize("tool", [spec for _, spec in PACKED.values()], ids=PACKED)


def seen(tool: ToolSpec) -> dict[str, Any]:
    return {
        "name": tool.name,
        "description": tool.description,
        "inputSchema": arguments_schema(tool),
        "outputSchema": output_schema(tool),
        "annotations": hints(tool),
    }


@every_tool
def test_a_tool_is_short(tool: ToolSpec) -> None:
    written = json.dumps(seen(tool), separators=(",", ":"), ensure_ascii=False)
    assert len(written) / LETTERS_PER_TOKEN <= MOST_TOKENS


@every_tool
def test_a_description_says_what_and_when(tool: ToolSpec) -> None:
    words = " ".join(tool.description.split())
    assert 100 <= len(words) <= 1024
    guides = re.search(r"\b(use|not|ask|instead|[a-z]+_[a-z]+)\b", words, re.IGNORECASE)
    assert guides, "when to use it, and what else?"


def test_no_two_descriptions_are_alike() -> None:
    first = [spec.description.partition(".")[0] for _, spec in PACKED.values()]
    assert len(set(first)) == len(first)


@every_tool
def test_every_param_is_described_and_bounded(tool: ToolSpec) -> None:
    schema = arguments_schema(tool)
    assert schema["additionalProperties"] is False
    for name, param in schema["properties"].items():
        assert param.get("description"), name
        one = param.get("items", param)
        bounded = {
            "string": {"enum", "maxLength"},
            "integer": {"minimum", "maximum"},
            "boolean": {"type"},
        }[one["type"]]
        assert bounded & one.keys(), name
        assert param["type"] != "array" or "maxItems" in param, name


@every_tool
def test_hints_are_true(tool: ToolSpec) -> None:
    told = hints(tool)
    assert told["readOnlyHint"] is (tool.effect is Effect.READ)
    assert told["openWorldHint"] is False
    assert not (told["readOnlyHint"] and told["destructiveHint"])


@every_tool
def test_nothing_is_hidden_in_words(tool: ToolSpec) -> None:
    odd = [
        letter
        for letter in json.dumps(seen(tool), ensure_ascii=False)
        if unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs")
    ]
    assert odd == []


@every_tool
def test_what_comes_in_pages_has_a_limit(tool: ToolSpec) -> None:
    params = tool.accepts
    goes_on = {"offset", "skip"} & params.keys()
    assert not goes_on or "limit" in params
