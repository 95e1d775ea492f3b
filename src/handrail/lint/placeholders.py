"""E2xx: templates and the params that they use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handrail.diagnostic import Finding, Severity
from handrail.lint.uses import How, Use, groups, needed, uses
from handrail.spec.param import ParamSpec, ParamType
from handrail.spec.server import ServerSpec
from handrail.spec.suggest import closest
from handrail.spec.tool import CommandSpec


def judge_placeholders(spec: ServerSpec) -> Iterator[Finding]:
    """Judge every use of a param, every group, and the params that nothing uses."""
    for index, tool in spec.commands:
        used = list(uses(index, tool))
        for use in used:
            param = tool.params.get(use.name)
            if param is None:
                yield _unknown(use, tool, spec)
            elif use.how is How.PAGES:
                yield from _paged(use, param)
            else:
                yield from _misused(use, param)
        # A misspelt mention is one mistake, not two.
        meant = {closest(use.name, tool.params) for use in used if use.name not in tool.params}
        yield from _unused(index, tool.params, meant | {use.name for use in used})
        yield from _never_dropped(index, tool)


def _unknown(use: Use, tool: CommandSpec, spec: ServerSpec) -> Finding:
    key = _key(use)
    if key == "args" and use.name in spec.secrets:
        message = f"secret {use.name} is used in args; everybody on the machine can read argv"
        hint = f'Give it by env: env = {{ {use.name} = {{ secret = "{use.name}" }} }}.'
        return Finding(use.at, "E310", message, hint)
    known = ", ".join(sorted(tool.params))
    has = f"has params {known}" if known else "has no params"
    meant = closest(use.name, tool.params)
    hint = f'Did you mean "{meant}"?' if meant else "Declare it in [tool.params]."
    mention = f"{key} uses {{{use.name}}}"
    if use.how in (How.CONDITION, How.EACH, How.PAGES):
        mention = f'{use.at[-1]} names "{use.name}"'
    return Finding(use.at, "E204", f'{mention}; tool "{tool.name}" {has}', hint)


def _misused(use: Use, param: ParamSpec) -> Iterator[Finding]:
    if use.how is How.CONDITION:
        if param.type is not ParamType.BOOLEAN:
            said = f'{use.at[-1]} names "{use.name}", which is of type {param.type}'
            hint = (
                f"Only a boolean can be true; for a value that may be unset, write {_group(use)}."
            )
            yield Finding(use.at, "E202", f"{said}, not boolean", hint)
    elif use.how is How.EACH:
        if not param.repeat:
            said = f'each names "{use.name}", which is not a list'
            yield Finding(use.at, "E205", said, "Add repeat = true to the param.")
    elif param.repeat and not use.item:
        if use.how is not How.WHOLE:
            yield _list_in_text(use)
    elif not use.known_set and not _always_set(param):
        yield _may_be_unset(use)


def _paged(use: Use, param: ParamSpec) -> Iterator[Finding]:
    if param.type is not ParamType.INTEGER or param.default is None:
        said = f'{use.at[-1]} names "{use.name}", which is no integer with a default'
        hint = "Whoever goes on must know where the first part began, and how long it was."
        yield Finding(use.at, "E210", said, hint)


def _list_in_text(use: Use) -> Finding:
    said = f"{{{use.name}}} is a list and stands in the text of {_key(use)}"
    hint = f'Only a whole argument "{{{use.name}}}" can hold a list.'
    if use.how is not How.INPUT:
        hint += f' Or write {{ each = "{use.name}", args = […] }}.'
    return Finding(use.at, "E206", said, hint)


def _may_be_unset(use: Use) -> Finding:
    said = f"{{{use.name}}} may be unset: it is not required and has no default"
    hint = "Add required = true or a default."
    if use.how is not How.INPUT:
        hint = f"Write {_group(use)} to drop it when unset, or add required = true or a default."
    return Finding(use.at, "E207", said, hint)


def _always_set(param: ParamSpec) -> bool:
    return param.required or param.default is not None


def _group(use: Use) -> str:
    return f'["…{{{use.name}}}"]'


def _key(use: Use) -> str:
    return str(use.at[2])


def _unused(
    index: int, params: Mapping[str, ParamSpec], used: set[str | None]
) -> Iterator[Finding]:
    for name in params.keys() - used:
        message = f'param "{name}" is never used'
        at = ("tool", index, "params", name)
        hint = f"Put {{{name}}} into args, stdin or cwd, or remove it."
        yield Finding(at, "E208", message, hint, Severity.WARNING, on_key=True)


def _never_dropped(index: int, tool: CommandSpec) -> Iterator[Finding]:
    for group, at in groups(tool.args, ("tool", index, "args")):
        if not needed(group):
            message = "this optional group has no param of its own, so it is never dropped"
            yield Finding(at, "E209", message, "Remove its brackets.", Severity.WARNING)
