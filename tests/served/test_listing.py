"""What clients see of a server before they call anything."""

from __future__ import annotations

import json
import tomllib

import jsonschema
import pytest

from tests.served.serving import Connected, Server
from tests.served.site import SERVER_FILE, TOKEN

MOST_TOKENS = 400
LETTERS_PER_TOKEN = 4


async def test_tools_come_in_the_order_of_the_file_and_the_reader_last(client: Connected) -> None:
    declared = [tool["name"] for tool in tomllib.loads(SERVER_FILE.read_text())["tool"]]

    first, second = await client.list_tools(), await client.list_tools()

    assert [tool.name for tool in first] == [*declared, "read_output"]
    assert first == second


async def test_an_input_schema_is_closed_and_has_every_bound(client: Connected) -> None:
    (strict,) = [tool for tool in await client.list_tools() if tool.name == "strict"]

    assert strict.input_schema == {
        "type": "object",
        "properties": {
            "word": {
                "type": "string",
                "maxLength": 20,
                "description": "Any short word.",
                "default": "word",
            },
            "count": {"type": "integer", "minimum": 1, "maximum": 9},
            "ratio": {"type": "number", "minimum": 0, "maximum": 1},
            "level": {"type": "string", "enum": ["low", "high"]},
            "file": {
                "type": "string",
                "maxLength": 4096,
                "description": "A path in the workspace.",
            },
            "items": {
                "type": "array",
                "items": {"type": "string", "pattern": "^(?:[a-z]{1,5})$", "maxLength": 4096},
                "maxItems": 3,
                "default": [],
            },
            "flag": {"type": "boolean", "default": False},
        },
        "additionalProperties": False,
    }


async def test_every_tool_has_schemas_that_are_schemas(client: Connected) -> None:
    for tool in await client.list_tools():
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        assert tool.output_schema is not None
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)
        assert tool.input_schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("tool", "reads", "destroys"),
    [("end", True, False), ("strict", False, False), ("destroy", False, True)],
    ids=["read", "write", "destructive"],
)
async def test_annotations_tell_the_effect(
    client: Connected, tool: str, reads: bool, destroys: bool
) -> None:
    (found,) = [listed for listed in await client.list_tools() if listed.name == tool]

    assert found.annotations is not None
    assert found.annotations.read_only_hint is reads
    assert found.annotations.destructive_hint is destroys
    assert found.annotations.idempotent_hint is reads
    assert found.annotations.open_world_hint is False


async def test_a_tool_costs_few_tokens(client: Connected) -> None:
    costs = {
        tool.name: len(tool.model_dump_json(by_alias=True, exclude_none=True)) / LETTERS_PER_TOKEN
        for tool in await client.list_tools()
    }

    assert {name: cost for name, cost in costs.items() if cost > MOST_TOKENS} == {}


async def test_the_server_says_who_it_is(client: Connected) -> None:
    assert client.server_info is not None
    assert client.server_info.name == "served"
    assert client.instructions == "Tools to be tested with."


async def test_nothing_that_clients_see_tells_a_secret_or_where_things_are(
    server: Server, client: Connected
) -> None:
    seen = json.dumps(
        [
            *(tool.model_dump(mode="json") for tool in await client.list_tools()),
            *(found.model_dump(mode="json") for found in await client.list_resource_templates()),
            *(found.model_dump(mode="json") for found in await client.list_prompts()),
        ]
    )

    assert TOKEN not in seen
    assert str(server.site.folder) not in seen
