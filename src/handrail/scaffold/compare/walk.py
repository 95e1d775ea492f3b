"""How the values that one schema describes differ from those that another one takes.

For params, the old schema is given and the new one takes: what it refuses breaks clients. For
results, it is the other way round: clients take, by the old schema, what the new one describes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from handrail.diagnostic import Key
from handrail.errors import UsageError
from handrail.scaffold.compare.kind import Difference, Kind
from handrail.scaffold.compare.limits import limits, types
from handrail.scaffold.compare.schemas import Schema, canonical, forms, plain, resolved, same

MOST_PAIRS = 20_000
"""Pairs of schemas that are compared for one tool: references can multiply without end."""
_DEEPEST = 64
_OPAQUE = (
    *("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if", "then", "else"),
    *("patternProperties", "propertyNames", "unevaluatedProperties", "dependencies"),
    *("dependentRequired", "dependentSchemas", "prefixItems", "additionalItems"),
    *("unevaluatedItems", "contains", "minContains", "maxContains"),
)
"""Keywords that are the same or not: what they refuse is not compared."""
_DEFINITIONS = ("$defs", "definitions")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two schemas at one place."""

    given: Schema
    taken: Schema
    roots: tuple[Schema, Schema]
    """What their references point into."""
    breaking: frozenset[Kind]
    at: tuple[Key, ...] = ()
    active: frozenset[tuple[str, str]] = frozenset()
    """References that are followed already: a schema may be a part of itself."""
    counted: Iterator[int] = field(default_factory=count)

    def differences(self) -> Iterator[Difference]:
        """Everything that differs here and below. Raises `UsageError` where there is no end."""
        if next(self.counted) > MOST_PAIRS:
            raise UsageError(f"D106: a schema has more than {MOST_PAIRS} parts to compare")
        if same(self.given, self.taken) and self._have_same_definitions():
            return
        (given, one), (taken, other) = (
            resolved(schema, root)
            for schema, root in zip((self.given, self.taken), self.roots, strict=True)
        )
        if one and other and (one, other) in self.active:
            return
        if len(self.at) > _DEEPEST:
            yield Difference(Kind.OTHER, self.at)
            return
        here = replace(self, given=given, taken=taken, active=self.active | {(one, other)})
        yield from here._notes()
        yield from here._in_forms()

    def below(self, given: object, taken: object, *steps: Key) -> Iterator[Difference]:
        """What differs in two parts of these schemas."""
        at = (*self.at, *steps)
        return replace(self, given=plain(given), taken=plain(taken), at=at).differences()

    def _have_same_definitions(self) -> bool:
        """Whether references in what is the same on both sides lead to the same."""
        text = canonical(self.given)
        inside = sum(text.count(f'"$ref": "#/{name}/') for name in _DEFINITIONS)
        if '"$dynamicRef"' not in text and inside == text.count('"$ref"') == 0:
            return True
        return inside == text.count('"$ref"') and all(
            same(self.roots[0].get(name), self.roots[1].get(name)) for name in _DEFINITIONS
        )

    def _notes(self) -> Iterator[Difference]:
        names = (("description", Kind.DESCRIPTION), ("default", Kind.DEFAULT))
        for name, kind in names:
            before, after = self.given.get(name), self.taken.get(name)
            if not same(before, after):
                yield Difference(kind, (*self.at, name), before, after)

    def _in_forms(self) -> Iterator[Difference]:
        """Every form of what is given must be one of those that are taken."""
        givens, takens = (
            _apart(list(forms(schema, root)), split=both)
            for schema, root, both in (
                (self.given, self.roots[0], "anyOf" in self.taken),
                (self.taken, self.roots[1], "anyOf" in self.given),
            )
        )
        if len(givens) == len(takens) == 1:
            yield from self._between(givens[0], takens[0])
            return
        for one in givens:
            yield from self._best(one, takens)
        if any(self._refuses(one, givens) for one in takens):
            yield Difference(Kind.FORM_NEW, self.at, givens, takens)

    def _best(self, one: Schema, takens: list[Schema]) -> Iterator[Difference]:
        """How `one` differs from the form that takes it."""
        tried = [list(self._between(one, other)) for other in takens]
        fits = [found for found in tried if not self._breaks(found)]
        alike = [found for found in tried if found and found[0].kind is not Kind.TYPE_NARROWED]
        if fits:
            yield from min(fits, key=len)
        elif len(alike) == 1:
            yield from alike[0]
        else:
            yield Difference(Kind.FORM_GONE, self.at, one, takens)

    def _refuses(self, one: Schema, others: list[Schema]) -> bool:
        """Whether none of the `others` takes all that `one` does."""
        return all(self._breaks(list(self._between(one, other))) for other in others)

    def _breaks(self, found: list[Difference]) -> bool:
        return any(each.kind in self.breaking for each in found)

    def _between(self, given: Schema, taken: Schema) -> Iterator[Difference]:
        here = replace(self, given=given, taken=taken)
        before, after = types(given), types(taken)
        shown = (given.get("type"), taken.get("type"))
        if before - after:
            yield Difference(Kind.TYPE_NARROWED, (*self.at, "type"), *shown)
        elif after - before:
            yield Difference(Kind.TYPE_WIDENED, (*self.at, "type"), *shown)
        if not before & after:
            return
        for each in limits(given, taken):
            yield replace(each, at=(*self.at, *each.at))
        yield from here._properties()
        yield from here._items()
        yield from here._opaque()

    def _properties(self) -> Iterator[Difference]:
        before, after = _table(self.given, "properties"), _table(self.taken, "properties")
        needs, wants = _required(self.given), _required(self.taken)
        for name in before:
            if name in after:
                yield from self._required(name, name in needs, name in wants)
                yield from self._same_name(name, before[name], after[name], name in wants)
            else:
                yield Difference(Kind.GONE, (*self.at, "properties", name), before[name])
        for name in [*after, *(name for name in sorted(wants) if name not in after)]:
            if name not in before:
                yield from self._new(name, after.get(name, True), name in wants - needs)
        yield from self._others(before, after)

    def _same_name(
        self, name: str, before: object, after: object, must: object
    ) -> Iterator[Difference]:
        """What differs in one property; what must be given has no use for a default."""
        default = (*self.at, "properties", name, "default")
        for each in self.below(before, after, "properties", name):
            if not must or each.at != default:
                yield each

    def _required(self, name: str, before: object, after: object) -> Iterator[Difference]:
        if before is not after:
            kind = Kind.REQUIRED if after else Kind.OPTIONAL
            yield Difference(kind, (*self.at, "properties", name))

    def _new(self, name: str, schema: object, required: object) -> Iterator[Difference]:
        at = (*self.at, "properties", name)
        yield Difference(Kind.NEW_REQUIRED if required else Kind.NEW, at, None, schema)
        if self._is_free():
            others = self.given.get("additionalProperties", True)
            yield from self.below(others, schema, "properties", name)

    def _is_free(self) -> bool:
        """Whether properties that are not declared were meant to be given.

        Many schemas take them only because nobody has thought of it: those count as unused.
        """
        others = self.given.get("additionalProperties")
        if others is None:
            return bool(self.at) and "properties" not in self.given
        return others is not False

    def _others(self, before: Schema, after: Schema) -> Iterator[Difference]:
        """Properties that are not declared by name."""
        at = (*self.at, "additionalProperties")
        given, taken = (
            schema.get("additionalProperties", True) for schema in (self.given, self.taken)
        )
        if given is False or taken is False:
            if given is not taken:
                yield Difference(Kind.OPENED if given is False else Kind.CLOSED, at, given, taken)
            return
        yield from self.below(given, taken, "additionalProperties")

    def _items(self) -> Iterator[Difference]:
        before, after = (schema.get("items", True) for schema in (self.given, self.taken))
        if isinstance(before, list) or isinstance(after, list):
            if not same(before, after) or not self._have_same_definitions():
                yield Difference(Kind.OTHER, (*self.at, "items"), before, after)
            return
        yield from self.below(before, after, "items")

    def _opaque(self) -> Iterator[Difference]:
        for name in _OPAQUE:
            before, after = self.given.get(name), self.taken.get(name)
            if before is None and after is None:
                continue
            if not same(before, after) or not self._have_same_definitions():
                yield Difference(Kind.OTHER, (*self.at, name), before, after)


def _apart(found: list[Schema], *, split: bool) -> list[Schema]:
    """The forms with one type each, where the other side lists its forms."""
    several = [form for form in found if isinstance(form.get("type"), list) and split]
    apart = [{**form, "type": name} for form in several for name in form["type"]]
    return [*(form for form in found if form not in several), *apart]


def _table(schema: Schema, name: str) -> Mapping[str, Any]:
    found = schema.get(name)
    return found if isinstance(found, Mapping) else {}


def _required(schema: Schema) -> frozenset[str]:
    found = schema.get("required")
    return (
        frozenset(name for name in found if isinstance(name, str))
        if isinstance(found, list)
        else frozenset()
    )
