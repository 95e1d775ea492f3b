"""A server file as a whole project: every file of it, always the same for the same file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any

from handrail.mcp.hints import hints
from handrail.mcp.input_schema import arguments_schema
from handrail.mcp.output_schema import output_schema
from handrail.scaffold.eject.choices import Choices, Part
from handrail.scaffold.eject.clients import client_configs
from handrail.scaffold.eject.facts import facts, tables_of
from handrail.scaffold.eject.modules import docstring, tables_module, tool_module
from handrail.scaffold.eject.names import module_names, package_name
from handrail.scaffold.eject.owner import File, Owner, Rendered
from handrail.scaffold.eject.words import cell, plain, prose, toml
from handrail.scaffold.extra import needs_wizard
from handrail.spec.load import Reading
from handrail.spec.schema import build_schema
from handrail.spec.server import ServerSpec

_HEADS = {
    "settings": "What the server is, where it works, and within which bounds.",
    "auth": "Who may come in, and what each may do.",
    "policy": "What is allowed, asked about and denied, and which findings are no problem.",
}
_ROOT = '''
ROOT = Path(os.environ.get("{home}") or Path(__file__).parents[2])
"""The folder that relative paths start from; state is in its `.handrail`."""

'''
_PARTS = {
    "Dockerfile": Part.CONTAINER,
    ".dockerignore": Part.CONTAINER,
    "compose.yaml": Part.CONTAINER,
    "deploy": Part.KUBERNETES,
    ".github": Part.CI,
    "benchmarks": Part.BENCHMARKS,
}
"""What belongs to a part, by the first step of its path."""
_SEEDED = {"src/package/custom.py", "tests/test_custom.py"}
_GENERATED = {"docs/TOOLS.md"}
_LOCKS = ("requirements.lock", "requirements-dev.lock")


def render(reading: Reading, spec: ServerSpec, text: str, choices: Choices) -> Rendered:
    """The project of a server file that was read; `text` is the file itself.

    Of the machine it knows only the folder, for clients must be told where the server is.
    """
    data = reading.expansion.data
    package = package_name(choices.name)
    told = facts(spec, data, choices)
    rendered = {
        PurePosixPath("handrail.toml"): File(Owner.SEEDED, text.encode()),
        PurePosixPath(".handrail/schema.json"): _generated(build_schema()),
        PurePosixPath("tests/contract.json"): _generated(_contract(spec)),
    }
    for path, source in _modules(data, str(told["home"])):
        rendered[PurePosixPath("src", package, path)] = File(Owner.MERGED, source.encode())
    for name in _LOCKS:
        rendered[PurePosixPath(name)] = File(Owner.GENERATED, _template(name).encode())
    if Part.CLIENTS in choices.parts:
        for path, source in client_configs(reading.file.absolute().parent, told):
            rendered[PurePosixPath(path)] = File(Owner.GENERATED, source.encode())
    for path, source in _filled(told, choices):
        rendered[PurePosixPath(path.replace("package", package, 1))] = File(
            _owner(path), source.encode()
        )
    return rendered


def _modules(data: Mapping[str, Any], home: str) -> Iterator[tuple[str, str]]:
    names = module_names([tool["name"] for tool in data.get("tool", ())])
    for name, tool in zip(names, data.get("tool", ()), strict=True):
        yield f"tools/{name}.py", tool_module(tool)
    for name, tables in tables_of(data).items():
        source = tables_module(_HEADS[name], tables)
        yield f"{name}.py", _with_root(source, home) if name == "settings" else source


def _with_root(source: str, home: str) -> str:
    head = docstring(_HEADS["settings"])
    imports, _, rest = source.removeprefix(head).lstrip("\n").partition("\n\n")
    root = _ROOT.format(home=home)
    return f"{head}\nimport os\nfrom pathlib import Path\n\n{imports}\n{root}{rest.lstrip()}"


def _filled(told: Mapping[str, Any], choices: Choices) -> Iterator[tuple[str, str]]:
    """Every template that the project has, filled in, by its path."""
    with needs_wizard():
        import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  # it makes no pages; each text goes through a filter
    )
    environment.filters |= {"cell": cell, "plain": plain, "prose": prose, "toml": toml}
    for name in _templates():
        path = name.removesuffix(".j2")
        part = _PARTS.get(path.partition("/")[0])
        wanted = part is None or part in choices.parts
        if wanted and (path != "compose.yaml" or told["has_auth"]):
            yield path, environment.get_template(name).render(told)


def _templates() -> list[str]:
    root = _folder()
    return sorted(str(one.relative_to(root)) for one in root.rglob("*.j2"))


def _template(name: str) -> str:
    return (_folder() / name).read_text()


def _folder() -> Path:
    return Path(str(files("handrail.scaffold"))) / "template"


def _owner(path: str) -> Owner:
    if path in _SEEDED:
        return Owner.SEEDED
    return Owner.GENERATED if path in _GENERATED else Owner.MERGED


def _contract(spec: ServerSpec) -> list[dict[str, Any]]:
    """The tools as clients see them."""
    return [
        {
            "name": tool.name,
            "description": tool.description,
            "inputSchema": arguments_schema(tool),
            "outputSchema": output_schema(tool),
            "annotations": hints(tool),
        }
        for tool in spec.tools
    ]


def _generated(data: object) -> File:
    return File(Owner.GENERATED, f"{json.dumps(data, indent=2, ensure_ascii=False)}\n".encode())
