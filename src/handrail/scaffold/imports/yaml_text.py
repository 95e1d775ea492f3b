"""YAML of others: keys may be numbers, as the status codes of an API often are.

Built from nodes, which an alias shares and does not repeat; as a few of them can still say more
than memory holds, anchors are refused, as in server files.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from handrail.diagnostic import Diagnostic, Key
from handrail.errors import SpecError
from handrail.spec.source import Source, Spot, Spots, twice

_CORE = "tag:yaml.org,2002:"


def parse(source: Source) -> object:
    """What the file says. Raises `SpecError` for what is not YAML, or more than plain data."""
    builder = _built(source)
    if builder.problems:
        raise SpecError(builder.problems)
    return builder.data


def spots(source: Source) -> Spots:
    """Where every key and value of a valid file is."""
    return _built(source).spots


def _built(source: Source) -> _Builder:
    # ruamel.yaml takes 20 ms to import.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return _Builder(source, YAML(typ="safe", pure=True).compose(source.text))
    except MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        message = f"not valid YAML: {wrong.problem or wrong.context}"
        raise SpecError([source.problem(mark.index if mark else 0, "E106", message)]) from None
    except YAMLError as wrong:
        at = getattr(wrong, "position", 0)
        raise SpecError(
            [source.problem(at, "E106", "not valid YAML: a control character")]
        ) from None
    except RecursionError:
        raise SpecError([source.problem(0, "E106", "not valid YAML: nested too deeply")]) from None


class _Builder:
    """Builds the data from the nodes: `spots` of keys and values, `problems` on the way."""

    def __init__(self, source: Source, node: Any) -> None:
        self.source = source
        self.spots: dict[tuple[Key, ...], Spot] = {}
        self.problems: list[Diagnostic] = []
        self.data = None if node is None else self._value(node, ())

    def _value(self, node: Any, path: tuple[Key, ...]) -> object:
        if node.anchor is not None:
            self._refuse(node, "an anchor")
            return None
        if str(node.tag) not in _KNOWN:
            self._refuse(node, "a tag")
        match node.id:
            case "mapping":
                return dict(self._members(node, path))
            case "sequence":
                return [self._item(item, (*path, at)) for at, item in enumerate(node.value)]
            case _:
                return self._scalar(node)

    def _members(self, node: Any, path: tuple[Key, ...]) -> Iterator[tuple[str, object]]:
        for key, value in node.value:
            if key.id != "scalar" or key.anchor is not None:
                self._refuse(key, "a key that is not text")
                continue
            spot = Spot(key.start_mark.index, value.start_mark.index)
            at = (*path, key.value)
            if at in self.spots:
                first = self.spots[at].key
                self.problems.append(twice(self.source, key.value, first, spot.key))
            self.spots.setdefault(at, spot)
            yield key.value, self._value(value, at)

    def _item(self, node: Any, path: tuple[Key, ...]) -> object:
        start = node.start_mark.index
        self.spots[path] = Spot(start, start)
        return self._value(node, path)

    def _scalar(self, node: Any) -> object:
        try:
            return _READ.get(str(node.tag).removeprefix(_CORE), str)(node.value)
        except ValueError:
            return str(node.value)

    def _refuse(self, node: Any, what: str) -> None:
        offset = node.start_mark.index
        self.problems.append(self.source.problem(offset, "E111", f"{what} is not allowed"))


def _none(_: str) -> None:
    return None


_READ: dict[str, Any] = {
    "null": _none,
    "bool": lambda text: text.lower() == "true",
    "int": lambda text: int(text[:4000], 0),
    "float": float,
}
"""How a plain scalar is read; dates stay text."""
_KNOWN = {f"{_CORE}{name}" for name in (*_READ, "map", "merge", "seq", "str", "timestamp")}
"""What nodes may be; other tags make more of them than data."""
