"""E6xx: examples that do not fit their own tool."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.diagnostic import Finding, Key
from handrail.spec.server import ServerSpec
from handrail.spec.suggest import closest, did_you_mean
from handrail.spec.tool import CommandSpec, ExampleSpec
from handrail.spec.values import BadValue, check_value


def judge_examples(spec: ServerSpec) -> Iterator[Finding]:
    """Judge the arguments of every example by the params of its tool."""
    for index, tool in spec.commands:
        for number, example in enumerate(tool.examples):
            yield from _example(("tool", index, "example", number), example, tool)


def _example(at: tuple[Key, ...], example: ExampleSpec, tool: CommandSpec) -> Iterator[Finding]:
    for name, value in example.args.items():
        place = (*at, "args", name)
        if name not in tool.params:
            meant = did_you_mean(name, tool.params)
            message = f'the example gives "{name}", which is no param of tool "{tool.name}"{meant}'
            yield Finding(place, "E601", message, on_key=True)
            continue
        try:
            check_value(tool.params[name], list(value) if isinstance(value, tuple) else value)
        except BadValue as bad:
            yield Finding(place, "E603", f"the example's {name} {bad.reason}")
    # A misspelt argument is one mistake, not two.
    given = example.args.keys() | {closest(name, tool.params) for name in example.args}
    for name, param in tool.params.items():
        if param.required and name not in given:
            yield Finding(
                (*at, "args"), "E602", f'the example does not give "{name}", which is required'
            )
