"""Tables as the text of a server file: in the order that readers expect, with comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from handrail.scaffold.extra import needs_wizard

SCHEMA_LINE = "#:schema ./.handrail/schema.json"
_ORDER = (
    *("server", "workspace", "programs", "secrets", "confinement"),
    *("auth", "access", "http", "audit", "limits", "telemetry"),
)
_INLINE = ("programs", "secrets")
"""Tables whose entries take a line each."""
_DEEPEST_HEADER = 3
"""`[access.roles.reader]`; what is deeper is written in braces."""

_WIDTH = 100

Comments = Mapping[str, str]
"""What to say above a table, by its dotted key; or above the file, by the empty one."""
Path = tuple[str, ...]


def rendered(data: Mapping[str, Any], comments: Comments) -> str:
    """`data` as TOML; its tools are not written. Text stays text, whatever is in it."""
    with needs_wizard():
        import tomlkit
    tables = [key for key, value in data.items() if isinstance(value, Mapping)]
    top = {key: data[key] for key in data if key not in (*tables, "tool", "rule")}
    blocks = [_block((), top, comments)]
    for key in sorted(tables, key=_rank):
        blocks += [_block(path, values, comments) for path, values in _parts((key,), data[key])]
    for rule in data.get("rule", ()):
        rules = tomlkit.aot()
        rules.append(_filled(tomlkit.table(), rule))
        blocks.append(tomlkit.dumps({"rule": rules}))
    return f"{SCHEMA_LINE}\n" + "\n".join(blocks)


def _rank(key: str) -> tuple[int, str]:
    return (_ORDER.index(key), key) if key in _ORDER else (len(_ORDER), key)


def _parts(path: Path, table: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The tables that get a header each: what is in this one itself, then those below it."""
    deep = len(path) == _DEEPEST_HEADER or path[0] in _INLINE
    below = {} if deep else {k: v for k, v in table.items() if isinstance(v, Mapping)}
    if len(below) < len(table) or not table:
        yield path, {key: value for key, value in table.items() if key not in below}
    for key, value in below.items():
        yield from _parts((*path, key), value)


def _block(path: Path, values: Mapping[str, Any], comments: Comments) -> str:
    """One table with its comment above it."""
    import tomlkit

    said = tomlkit.document()
    for line in comments.get(".".join(path), "").splitlines():
        said.add(tomlkit.comment(line))
    document = tomlkit.document()
    holder: Any = document
    for step in path[:-1]:
        holder.add(step, tomlkit.table(is_super_table=True))
        holder = holder[step]
    if path:
        holder.add(path[-1], _filled(tomlkit.table(), values))
    else:
        _filled(document, values)
    # Apart, as together there would be an empty line between them.
    return tomlkit.dumps(said) + tomlkit.dumps(document)


def _filled(table: Any, values: Mapping[str, Any]) -> Any:
    for key, value in values.items():
        table.add(key, _wrapped(key, value) if isinstance(value, list) else item(value))
    return table


def _wrapped(key: str, values: list[Any]) -> Any:
    """A list in one line, or in several where it is long."""
    import tomlkit

    array = item(values)
    if len(key) + 3 + len(array.as_string()) <= _WIDTH:
        return array
    array = tomlkit.array()
    line: list[Any] = []
    for one in map(item, values):
        if sum(len(each.as_string()) + 2 for each in (*line, one)) > _WIDTH - 4:
            array.add_line(*line)
            line = []
        line.append(one)
    array.add_line(*line)
    array.add_line(indent="")
    return array


def item(value: Any) -> Any:
    """A value as TOML writes it in one line."""
    import tomlkit

    match value:
        case Mapping():
            return _braces(value)
        case Sequence() if not isinstance(value, str):
            array = tomlkit.array()
            array.extend(map(item, value))
            return array
        case _:
            return tomlkit.item(value)


def _braces(values: Mapping[str, Any]) -> Any:
    """`{ env = "TOKEN" }`, with room inside of its braces."""
    import tomlkit

    items = {key: item(value) for key, value in values.items()}
    table = tomlkit.inline_table()
    for key, value in items.items():
        table.append(key, value)
    if items:
        first, *_, last = (*items.values(), *items.values())
        first.trivia.indent, last.trivia.trail = " ", " "
    return table
