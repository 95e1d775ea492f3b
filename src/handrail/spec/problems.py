"""What the models refuse, in the words of the file's author: one finding per mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from handrail.diagnostic import Finding, Key, Rename
from handrail.spec.args import CONDITIONS
from handrail.spec.keys import dotted, known_keys, table_words, tool_words
from handrail.spec.kind import kind_of
from handrail.spec.packs import packs_with
from handrail.spec.reserved import OTHER_KINDS, reserved
from handrail.spec.suggest import closest, did_you_mean, unmistakable
from handrail.spec.tool import CommandSpec

_KINDS = {
    "string_type": "a string",
    "int_type": "an integer",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
}
_OTHER_KIND = {
    False: (
        "whose caller gives argv",
        "Leave it out, or run one program: program = … instead of programs = […].",
    ),
    True: ("which works on files, without a program", "Leave it out, or leave out `files`."),
}
"""Why a key of commands has no place in a tool, by whether it works on files; and the way out."""
_LACKS = ("E103", "E113")
_FORMS = "a string, a list, or a table with when, unless or each"

_EXAMPLES: dict[tuple[Key, ...], str] = {
    ("use",): 'Write use = ["git:read"].',
    ("tool",): "Begin every tool with [[tool]].",
    ("rule",): "Begin every rule with [[rule]].",
}


def problems(data: dict[str, Any], refused: ValidationError) -> list[Finding]:
    """A finding for every mistake in `data` that `refused` knows of."""
    errors: dict[tuple[Key, ...], list[ErrorDetails]] = {}
    for error in refused.errors(include_url=False):
        # A list is also called too short when its items were refused.
        if not (error["type"] == "too_short" and error["input"]):
            errors.setdefault(_path(data, error), []).append(error)
    findings = [found for at, group in errors.items() for found in _translate(data, at, group)]
    misspelt = {
        (*found.at[:-1], closest(str(found.at[-1]), known_keys(found.at[:-1])))
        for found in findings
        if found.code == "E101"
    }
    return [found for found in findings if found.code not in _LACKS or found.at not in misspelt]


def _path(data: dict[str, Any], error: ErrorDetails) -> tuple[Key, ...]:
    """The place of an error in the file: without the marks that unions leave in its path."""
    here: Any = data
    at: tuple[Key, ...] = ()
    for step in error["loc"]:
        if _has(here, step):
            here, at = here[step], (*at, step)
        elif step == "<one>":
            break
    return (*at, error["loc"][-1]) if error["type"] == "missing" else at


def _has(value: Any, step: Key) -> bool:
    if isinstance(value, list):
        return isinstance(step, int) and step < len(value)
    return isinstance(value, dict) and step in value


def _translate(
    data: dict[str, Any], at: tuple[Key, ...], errors: list[ErrorDetails]
) -> Iterator[Finding]:
    match errors[0]["type"]:
        case "extra_forbidden":
            yield _unknown(data, at)
        case "missing":
            yield from _missing(data, at)
        case str(code) if code.startswith("E"):
            # Our own refusals carry their code.
            message = f"{dotted(at)}: {errors[0]['msg']}"
            yield Finding(at, code, message, on_key=errors[0]["loc"][-1] == "[key]")
        case "union_tag_not_found":
            yield _formless(data, at, errors[0]["input"])
        case kind if kind in _KINDS:
            yield _wrong_kind(at, errors)
        case _:
            yield from (_wrong_value(at, error) for error in errors)


def _unknown(data: dict[str, Any], at: tuple[Key, ...]) -> Finding:
    *parents, key = at
    table = tuple(parents)
    later = reserved(at)
    if later:
        message = f"{later} is part of the format but this version of handrail does not serve it"
        return Finding(at, "E110", f"{message} yet; refusing to ignore it", on_key=True)
    message = f'unknown key "{key}"{table_words(data, table)}'
    if _is_for_commands(at):
        why, way_out = _OTHER_KIND["files" in data["tool"][at[1]]]
        message = f'"{key}" has no meaning in {tool_words(data, at)}, {why}'
        return Finding(at, "E101", message, way_out, on_key=True)
    if key in CONDITIONS:
        return Finding(at, "E101", message, "Nest them: args may hold further tables.", on_key=True)
    known = known_keys(table)
    message += did_you_mean(str(key), known)
    return Finding(at, "E101", message, on_key=True, fix=_respelt(data, at, known))


def _respelt(data: dict[str, Any], at: tuple[Key, ...], known: Iterable[str]) -> Rename | None:
    """The one key that can have been meant, unless it is there already."""
    meant = unmistakable(str(at[-1]), known)
    if meant is None or _is_there(data, (*at[:-1], meant)):
        return None
    return Rename(at, meant)


def _is_there(data: Any, at: tuple[Key, ...]) -> bool:
    for step in at:
        if not _has(data, step):
            return False
        data = data[step]
    return True


def _is_for_commands(at: tuple[Key, ...]) -> bool:
    """Whether a tool that refuses this key would have it if it were of the other kind."""
    return len(at) == 3 and at[0] == "tool" and at[2] in CommandSpec.model_fields


def _missing(data: dict[str, Any], at: tuple[Key, ...]) -> Iterator[Finding]:
    *parents, key = at
    match at:
        case ("config_version",):
            hint = "Begin the file with config_version = 1."
            yield Finding(at, "E103", 'missing key "config_version"', hint)
        case ("tool", int(index), "program"):
            # The key of another kind has a finding of its own.
            if not any(kind in data["tool"][index] for kind in OTHER_KINDS):
                message = f"{tool_words(data, at)} does not say what it runs"
                yield Finding(at, "E113", message, _way_to_run(data["tool"][index].get("name")))
        case _:
            yield Finding(at, "E103", f'missing key "{key}"{table_words(data, tuple(parents))}')


def _way_to_run(tool: object) -> str:
    """What to add; perhaps a pack is missing whose tool this one is to change."""
    key = 'add program = "NAME", with NAME an entry of [programs]; or files = "read".'
    packs = packs_with(tool) if isinstance(tool, str) else []
    if not packs:
        return f"A{key[1:]}"
    return f'To change the tool of a pack, add "{packs[0]}" to use. Otherwise {key}'


def _formless(data: dict[str, Any], at: tuple[Key, ...], value: object) -> Finding:
    if not isinstance(value, dict):
        hint = 'Put it in quotes: an argument is text, like "3".'
        return Finding(at, "E102", f"{dotted(at)}: must be {_FORMS}, not {kind_of(value)}", hint)
    meant = next((key for key in map(str, value) if closest(key, CONDITIONS)), None)
    if meant is None:
        return Finding(at, "E102", f"{dotted(at)}: a table of args has when, unless or each")
    message = f'unknown key "{meant}"{table_words(data, at)}{did_you_mean(meant, CONDITIONS)}'
    return Finding((*at, meant), "E101", message, on_key=True)


def _wrong_kind(at: tuple[Key, ...], errors: list[ErrorDetails]) -> Finding:
    expected = list(dict.fromkeys(_KINDS[error["type"]] for error in errors))
    if "a number" in expected and "an integer" in expected:
        expected.remove("an integer")
    words = " or ".join(filter(None, [", ".join(expected[:-1]), expected[-1]]))
    message = f"{dotted(at)}: must be {words}, not {kind_of(errors[0]['input'])}"
    return Finding(at, "E102", message, _example(at))


def _example(at: tuple[Key, ...]) -> str | None:
    match at:
        case ("secrets", str(name)):
            return f'Write {name} = {{ env = "{name}" }} or {{ file = "/run/secrets/…" }}.'
        case ("programs", str(name)):
            return f"Write {name} = {{}}, or {{ path = … }}."
        case ("tool", int(), "params", str(name)):
            return f'Write {name} = {{ type = "string" }}.'
        case ("rule", int(), "argv") | ("rule", int(), "match" | "not_match", int()):
            return 'One element for each word, like ["git", "push"].'
        case _:
            return _EXAMPLES.get(at)


def _wrong_value(at: tuple[Key, ...], error: ErrorDetails) -> Finding:
    context = error.get("ctx", {})
    where, hint = dotted(at), None
    match error["type"]:
        case "enum" | "literal_error":
            options = str(context["expected"]).replace("'", "").replace(" or ", ", ")
            reason, hint = _not_one_of(error["input"], options.split(", "))
        case "greater_than_equal":
            reason = f"must be at least {context['ge']}"
        case "less_than_equal":
            reason = f"must be at most {context['le']}"
        case "too_short" | "string_too_short":
            reason = "must not be empty"
        case "too_long" | "string_too_long":
            reason = f"must have at most {context['max_length']} characters"
        case "value_error":
            reason = str(context["error"])
        case _:
            reason = "is not valid here"
    return Finding(at, "E102", f"{where}: {reason}", hint)


def _not_one_of(value: object, options: list[str]) -> tuple[str, str | None]:
    if not isinstance(value, str):
        return f"must be one of {', '.join(options)}, not {kind_of(value)}", None
    meant = closest(value, options)
    hint = f'Did you mean "{meant}"?' if meant else None
    return f'"{value[:64]}" is not one of {", ".join(options)}', hint
