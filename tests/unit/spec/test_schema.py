"""The JSON Schema and the models agree on what a server file is."""

import copy
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from handrail.spec.load import read
from handrail.spec.schema import build_schema

SCHEMA = build_schema()
FILE = """
config_version = 1
server = { name = "devtools", instructions = "Tools for the repository." }
workspace = { root = "${WORKSPACE:-.}" }
[programs]
git = { min_version = "2.30", apt = "git" }
pytest = {}
deploy = { path = "/opt/tools/deploy" }
[secrets]
API_TOKEN = { env = "API_TOKEN" }
[confinement]
require = "landlock"
use = "namespaces"
user = "nobody"
[limits]
timeout = "30s"
memory = "1.5GiB"
file_size = "2GiB"
open_files = 64
concurrency = 8
[[tool]]
name = "run_tests"
description = "Run pytest on a path and report failures."
program = "pytest"
args = [
  "-q", "--maxfail={maxfail}", ["-k", "{keyword}", ["{keyword}"]],
  { when = "verbose", args = ["-vv", { each = "globs", args = ["--glob={globs}"] }] },
  { unless = "verbose", args = [] }, "{target}",
]
effect = "write"
timeout = "1h30m"
ok_exit = [0, 1, 5]
exit_messages = { 5 = "no tests were found" }
acknowledge = ["executes-workspace-code"]
env = { A = "b", TOKEN = { secret = "API_TOKEN" } }
[tool.params]
target = { type = "path", default = "tests", description = "File or directory." }
keyword = { pattern = '[\\w ()-]{1,200}' }
maxfail = { type = "integer", default = 1, min = 1, max = 100 }
verbose = { type = "boolean", default = false }
globs = { repeat = true, default = ["*.py"], max_items = 9 }
[[tool.example]]
args = { keyword = "auth and not slow", globs = ["a"] }
expect = { ending = "exited" }
[[rule]]
tool = "run_*"
argv = ["git", ["push", "fetch"], { regex = 'v\\d+' }, { glob = "*" }]
has = ["--force", { glob = "-f*" }]
params = { verbose = true, keyword = ["a", "b"], maxfail = 3, target = { glob = "src/*" } }
caller = "ci"
role = ["reader", "writer"]
decision = "ask"
reason = "Publishing needs a person."
match = [["git", "push", "v1", "x", "--force"]]
not_match = [["git", "pull"]]
"""

MISTAKES: list[tuple[tuple[str | int, ...], Any]] = [
    (("config_version",), 2),
    (("confg",), {}),
    (("tool", 0, "timout"), "3s"),
    (("tool", 0, "timeout"), 3),
    (("tool", 0, "timeout"), "3 s"),
    (("tool", 0, "name"), "run tests"),
    (("tool", 0, "effect"), "reed"),
    (("tool", 0, "args"), [3]),
    (("tool", 0, "args"), [{"whn": "x", "args": []}]),
    (("tool", 0, "args"), [["x", [{"when": "x"}]]]),
    (("tool", 0, "params", "keyword", "type"), "str"),
    (("tool", 0, "params", "key word"), {}),
    (("tool", 0, "params", "keyword", "default"), {}),
    (("tool", 0, "env", "B"), 3),
    (("tool", 0, "env", "B"), {"secret": 3}),
    (("tool", 0, "ok_exit"), [256]),
    (("tool", 0, "ok_exit"), []),
    (("programs", "../git"), {}),
    (("programs", "git", "min_version"), "new"),
    (("secrets", "A", "fil"), "x"),
    (("confinement", "require"), "strong"),
    (("confinement", "user"), True),
    (("limits", "open_files"), 63),
    (("tool", 0, "file_size"), 5),
    (("tool", 0, "writable"), [""]),
    (("tool", 0, "acknowledge"), ["executes-anything"]),
    (("rule", 0, "decision"), "refuse"),
    (("rule", 0, "argv"), []),
    (("rule", 0, "argv"), "git push"),
    (("rule", 0, "argv", 2), {"regexp": "v"}),
    (("rule", 0, "argv", 2), {"regex": "v", "glob": "v"}),
    (("rule", 0, "argv", 2), {}),
    (("rule", 0, "params", "verbose"), [[]]),
    (("rule", 0, "caller"), ""),
    (("rule", 0, "match", 0), "git push"),
]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert list(SCHEMA)[:3] == ["$schema", "title", "description"]
    assert list(SCHEMA["properties"])[:4] == ["config_version", "use", "server", "workspace"]


def test_a_good_file_passes_both() -> None:
    assert complaints(tomllib.loads(FILE)) == []


@pytest.mark.parametrize(("at", "value"), MISTAKES)
def test_a_mistake_is_seen_by_both(
    tmp_path: Path, at: tuple[str | int, ...], value: object
) -> None:
    data = put(tomllib.loads(FILE), at, value)
    (tmp_path / "a.json").write_text(json.dumps(data))
    assert read(tmp_path / "a.json", {}).spec is None
    assert complaints(data) != []


def test_the_good_file_loads(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(FILE)
    assert read(tmp_path / "a.toml", {}).diagnostics == []


def test_every_table_is_closed_and_every_key_explained() -> None:
    for name, table in SCHEMA["$defs"].items():
        if "properties" in table:
            assert table["additionalProperties"] is False, name
            unexplained = [k for k, v in table["properties"].items() if "description" not in v]
            assert unexplained == [], name


def test_nothing_in_the_schema_is_only_for_python() -> None:
    text = json.dumps(SCHEMA)
    assert '"null"' not in text
    assert not re.search(r"\(\?P|\\\\A|\\\\Z", text)
    assert [default for default in defaults(SCHEMA) if isinstance(default, float)] == []


def complaints(data: object) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(data)]


def put(data: dict[str, Any], at: tuple[str | int, ...], value: object) -> dict[str, Any]:
    data = copy.deepcopy(data)
    here: Any = data
    for step in at[:-1]:
        here = here.setdefault(step, {}) if isinstance(here, dict) else here[step]
    here[at[-1]] = value
    return data


def defaults(node: Any) -> Iterator[object]:
    if isinstance(node, dict):
        yield from (node[key] for key in node if key == "default")
        for value in node.values():
            yield from defaults(value)
