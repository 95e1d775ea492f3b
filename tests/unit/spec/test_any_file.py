"""Whatever the data of a file is: no crash, no word of Pydantic's, no lost mistake."""

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handrail.lint.lint import lint
from handrail.spec.load import read

GOOD: dict[str, Any] = {
    "config_version": 1,
    "use": ["git:read"],
    "server": {"name": "x"},
    "workspace": {"root": "${A:-.}"},
    "programs": {"git": {"path": "/x"}, "hg": {}},
    "secrets": {"TOKEN": {"env": "TOKEN"}},
    "confinement": {"require": "none", "use": "landlock"},
    "limits": {"timeout": "1s"},
    "tool": [
        {
            "name": "a",
            "description": "d",
            "program": "git",
            "args": [
                "x{p}",
                ["--a={o}"],
                {"when": "b", "args": ["y", ["{o}"]]},
                {"each": "r", "args": ["{r}"]},
            ],
            "env": {"A": "b", "T": {"secret": "TOKEN"}},
            "cwd": "{d}",
            "stdin": "{p}",
            "params": {
                "p": {"required": True},
                "o": {"pattern": "a+", "max_length": 3},
                "b": {"type": "boolean", "default": False},
                "r": {"repeat": True, "default": ["x"], "choices": ["x", "y"]},
                "d": {"type": "path", "default": "."},
            },
            "ok_exit": [0],
            "exit_messages": {"1": "x"},
            "example": [{"args": {"p": "x"}, "expect": {"ending": "exited", "code": 0}}],
        },
        {"name": "git_log", "timeout": "1s", "params": {"limit": {"max": 100}}},
        {"name": "b", "description": "d", "program": "hg"},
    ],
    "rule": [
        {
            "tool": "a",
            "argv": ["git", ["x", "y"], {"regex": "a+"}, {"glob": "*"}],
            "has": ["-f"],
            "params": {"p": "x", "b": True, "r": ["x", "y"], "d": {"glob": "x*"}},
            "caller": "c",
            "role": ["r"],
            "decision": "deny",
            "reason": "No.",
            "match": [["git", "x", "a", "b", "-f"]],
            "not_match": [["hg"]],
        },
    ],
}
WORDS = st.sampled_from(
    ["args", "auth", "default", "int", "str", "<one>", "[key]", "when", "each", "sql", "p", "{o}"]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | WORDS
    | st.just("{nope}"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)
FOREIGN = (
    "Input should",
    "Value error",
    "validat",
    "pydantic",
    "<one>:",
    "tuple",
    "dict",
    "NoneType",
)


@st.composite
def place(draw: st.DrawFn, data: Any) -> tuple[Any, Any]:
    """A table or list somewhere in the data, and a key of it."""
    key = draw(st.sampled_from(list(data) if isinstance(data, dict) else range(len(data))))
    inner = data[key]
    deeper = isinstance(inner, dict | list) and inner and draw(st.integers(0, 3)) > 0
    return draw(place(inner)) if deeper else (data, key)


@st.composite
def broken(draw: st.DrawFn) -> dict[str, Any]:
    """The good file with a few of its values replaced, removed or added to."""
    data = copy.deepcopy(GOOD)
    for _ in range(draw(st.integers(1, 3))):
        here, key = draw(place(data))
        change(here, key, draw(VALUES), draw(st.sampled_from(["replace", "remove", "add"])))
    return data


def change(here: Any, key: Any, value: Any, how: str) -> None:
    if isinstance(here, list):
        here[key : key + (how != "add")] = [] if how == "remove" else [value]
    elif how == "remove":
        here.pop(key, None)
    else:
        here["added" if how == "add" else key] = value


@given(broken())
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_any_data_is_judged_in_our_words(data: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "a.json")
        file.write_text(json.dumps(data))
        reading = read(file, {})
        told = [str(one).removeprefix(str(file)) for one in reading.judge(lint)]
    assert bool(reading.findings) == (reading.spec is None)
    # What cannot be served can always be salvaged, so that no second round is needed.
    assert reading.spec is not None or reading.salvage is not None
    assert [line for line in told if any(word in line for word in FOREIGN)] == []
