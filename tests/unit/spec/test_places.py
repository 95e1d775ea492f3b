"""Every key and value has its place in the file, in all three languages."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.diagnostic import Key, Place
from handrail.spec import json_source, toml_source, yaml_source
from handrail.spec.document import parse
from handrail.spec.source import Format, Source, Spots

TOML = '''# a comment with [brackets] and key = "value"
config_version = 1
"quoted.key" = 'literal # no comment'
limits.timeout = "1s"   # dotted
limits . memory = "1MiB"

[server]
  name = """
[fake]
fake = 1
""\\"""" # four quotes end it
instructions = \'\'\'
'quoted' [fake]\'\'\'

[programs.git]
[programs]
hg = { path = "/x", apt = "hg" }

[[tool]]
name = "a"
args = [
  "-q", # first
  ["-k", "{k}"],
  { when = "v", args = [
    "-vv",
  ] },
]
[tool.params]
k = {}
[tool.params.v]
type = "boolean"
[[tool.example]]
[[tool.example]]
args = { k = 1979-05-27 07:32:00 }

[[tool]]
name = "b"
[tool.params.x]
[secrets]
'''

PLACES: list[tuple[tuple[Key, ...], tuple[int, int], tuple[int, int]]] = [
    (("config_version",), (2, 1), (2, 18)),
    (("quoted.key",), (3, 1), (3, 16)),
    (("limits", "timeout"), (4, 8), (4, 18)),
    (("limits", "memory"), (5, 10), (5, 19)),
    (("server",), (7, 2), (7, 1)),
    (("server", "name"), (8, 3), (8, 10)),
    (("server", "instructions"), (12, 1), (12, 16)),
    (("programs", "git"), (15, 11), (15, 1)),
    (("programs",), (16, 2), (16, 1)),
    (("programs", "hg", "apt"), (17, 21), (17, 27)),
    (("tool", 0), (19, 1), (19, 1)),
    (("tool", 0, "args", 0), (22, 3), (22, 3)),
    (("tool", 0, "args", 1, 1), (23, 10), (23, 10)),
    (("tool", 0, "args", 2, "when"), (24, 5), (24, 12)),
    (("tool", 0, "args", 2, "args", 0), (25, 5), (25, 5)),
    (("tool", 0, "params"), (28, 7), (28, 1)),
    (("tool", 0, "params", "v", "type"), (31, 1), (31, 8)),
    (("tool", 0, "example", 1), (33, 1), (33, 1)),
    (("tool", 0, "example", 1, "args", "k"), (34, 10), (34, 14)),
    (("tool", 1), (36, 1), (36, 1)),
    (("tool", 1, "params", "x"), (38, 14), (38, 1)),
    (("tool", 1, "params", "x", "nothing"), (38, 14), (38, 1)),
    (("secrets",), (39, 2), (39, 1)),
    (("nothing",), (1, 1), (1, 1)),
]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_toml_as_people_write_it(line_end: str) -> None:
    document = parse(source(TOML.replace("\n", line_end), Format.TOML))
    found = [(at, document.place(at, on_key=True), document.place(at)) for at, *_ in PLACES]
    assert found == [(at, Place(*key), Place(*value)) for at, key, value in PLACES]


def test_yaml_in_blocks() -> None:
    text = """# comment
server:
  'name':   x
tool:
- name: >-
    a
    b
  args: [-q, {when: v}]
"""
    found = places(yaml_source.spots(source(text, Format.YAML)), text)
    assert found == {
        ("server",): ((2, 1), (3, 3)),
        ("server", "name"): ((3, 3), (3, 13)),
        ("tool",): ((4, 1), (5, 1)),
        ("tool", 0): ((5, 3), (5, 3)),
        ("tool", 0, "name"): ((5, 3), (5, 9)),
        ("tool", 0, "args"): ((8, 3), (8, 9)),
        ("tool", 0, "args", 0): ((8, 10), (8, 10)),
        ("tool", 0, "args", 1): ((8, 14), (8, 14)),
        ("tool", 0, "args", 1, "when"): ((8, 15), (8, 21)),
    }


def test_json_with_tabs() -> None:
    text = '{\t"a\\"b" :\t[1,\r\n\t\t{ "c": "]}" } , [] ] }'
    found = places(json_source.spots(source(text, Format.JSON)), text)
    assert found == {
        (): ((1, 1), (1, 1)),
        ('a"b',): ((1, 3), (1, 12)),
        ('a"b', 0): ((1, 13), (1, 13)),
        ('a"b', 1): ((2, 3), (2, 3)),
        ('a"b', 1, "c"): ((2, 5), (2, 10)),
        ('a"b', 2): ((2, 19), (2, 19)),
    }


# Beyond 0xFFFF, JSON escapes in pairs, which are two characters to YAML.
NAME = st.characters(exclude_categories=["Cs", "Cc"], max_codepoint=0xFFFF)
NAMES = st.text(NAME, min_size=1, max_size=6)
TEXT = st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0xFFFF))
SCALARS = st.integers(-9, 9) | st.booleans() | TEXT
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
TABLES = st.dictionaries(NAMES, VALUES, max_size=4)


@given(TABLES)
@settings(deadline=None)
def test_a_toml_place_holds_what_is_said_to_be_there(data: dict[str, Any]) -> None:
    text = tomlkit.dumps(data)
    data = tomllib.loads(text)
    spots = toml_source.spots(source(text, Format.TOML))
    assert spots.keys() == set(paths(data))
    for at, spot in spots.items():
        if isinstance(at[-1], str):
            assert text.startswith((at[-1], tomlkit.key(at[-1]).as_string()), spot.key)
        if isinstance(value := reach(data, at), int | str):
            assert text.startswith(tomlkit.item(value).as_string(), spot.value)


@given(TABLES, st.sampled_from([None, 0, 3, "\t"]))
@settings(deadline=None)
def test_a_json_place_holds_what_is_said_to_be_there(
    data: dict[str, Any], indent: int | str | None
) -> None:
    text = json.dumps(data, indent=indent)
    spots = json_source.spots(source(text, Format.JSON))
    assert spots.keys() == {(), *paths(data)}
    decoder = json.JSONDecoder()
    for at, spot in spots.items():
        assert decoder.raw_decode(text, spot.value)[0] == reach(data, at)
        if at and isinstance(at[-1], str):
            assert decoder.raw_decode(text, spot.key)[0] == at[-1]


@given(TABLES)
@settings(deadline=None)
def test_yaml_reads_json_as_json_does(data: dict[str, Any]) -> None:
    text = json.dumps(data, indent=1)
    assert yaml_source.parse(source(text, Format.YAML)) == data
    ours = yaml_source.spots(source(text, Format.YAML))
    assert {(): ours.get(()), **ours} == {**json_source.spots(source(text, Format.JSON)), (): None}


def source(text: str, language: Format) -> Source:
    return Source(Path("handrail.toml"), language, text)


def places(spots: Spots, text: str) -> dict[tuple[Key, ...], Any]:
    where = source(text, Format.TOML).place
    return {
        at: tuple((place.line, place.column) for place in (where(spot.key), where(spot.value)))
        for at, spot in spots.items()
    }


def paths(data: Any, at: tuple[Key, ...] = ()) -> Iterator[tuple[Key, ...]]:
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield (*at, key)
            yield from paths(value, (*at, key))


def reach(data: Any, at: tuple[Key, ...]) -> Any:
    for step in at:
        data = data[step]
    return data
