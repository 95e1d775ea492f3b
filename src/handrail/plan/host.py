"""What this machine offers to a server file: its workspace, programs and secrets."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from handrail.diagnostic import Finding
from handrail.plan import program
from handrail.plan.program import Program
from handrail.spec.server import ProgramSpec, SecretSpec, ServerSpec
from handrail.spec.tool import Effect

STATE_FOLDER = ".handrail"
"""Where state is kept, beside the server file."""


_SYSTEM_FOLDERS = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin")


@dataclass(frozen=True)
class Host:
    """The workspace (absolute, links resolved), the programs, the secrets' values."""

    workspace: Path
    state: Path
    programs: Mapping[str, Program]
    secrets: Mapping[str, str] = field(repr=False)

    @cached_property
    def search_path(self) -> str:
        """Where what our programs start is looked for: beside them first, then in the system.

        Never in the workspace, where a command could plant a program.
        """
        beside = (found.path.parent for found in self.programs.values())
        trusted = (str(folder) for folder in beside if not folder.is_relative_to(self.workspace))
        return ":".join(dict.fromkeys([*trusted, *_SYSTEM_FOLDERS]))


def survey(
    spec: ServerSpec, file: Path, environ: Mapping[str, str]
) -> tuple[Host | None, list[Finding]]:
    """Look for everything that `spec` names; every lack is a finding, and then there is no host."""
    here = file.absolute().parent
    root = (here / spec.workspace.root).resolve()
    findings = list(_judge_workspace(root, spec))
    programs: dict[str, Program] = {}
    for name, wanted in spec.programs.items():
        found = _locate(name, wanted, here, environ.get("PATH", os.defpath))
        if isinstance(found, Finding):
            findings.append(found)
        else:
            programs[name] = found
    secrets: dict[str, str] = {}
    for name, source in spec.secrets.items():
        value = _reveal(name, source, here, environ)
        if isinstance(value, Finding):
            findings.append(value)
        elif value is not None:
            secrets[name] = value
    if findings:
        return None, findings
    state = here / STATE_FOLDER
    return Host(root, state, MappingProxyType(programs), MappingProxyType(secrets)), []


def _judge_workspace(root: Path, spec: ServerSpec) -> Iterator[Finding]:
    at = ("workspace", "root")
    writers = [tool.name for tool in spec.tools if tool.effect is not Effect.READ]
    if not root.exists():
        yield Finding(at, "E401", f"the workspace {root} does not exist", "Create it first.")
    elif not root.is_dir():
        yield Finding(at, "E402", f"the workspace {root} is not a directory")
    elif not os.access(root, os.R_OK | os.X_OK):
        yield Finding(at, "E403", f"the workspace {root} cannot be read by this user")
    elif writers and not os.access(root, os.W_OK):
        yield Finding(
            at,
            "E404",
            f'the workspace {root} is not writable, but tool "{writers[0]}" may write',
            "Make it writable, or declare the tool's effect as read.",
        )


def _locate(name: str, wanted: ProgramSpec, here: Path, search_path: str) -> Program | Finding:
    at = ("programs", name)
    if wanted.path is None:
        path = program.find(name, search_path)
        if path is None:
            apt = f"Install it (Debian: apt install {wanted.apt})" if wanted.apt else "Install it"
            return Finding(
                at, "E411", f'program "{name}" is not on PATH', f"{apt}, or give its path."
            )
    else:
        path = Path(os.path.normpath(here / wanted.path))
        if not program.is_program(path):
            return Finding((*at, "path"), "E412", f'program "{name}": no executable file at {path}')
    return Program.at(name, path)


def _reveal(
    name: str, source: SecretSpec, here: Path, environ: Mapping[str, str]
) -> str | Finding | None:
    if source.env is not None:
        value = environ.get(source.env)
        if value:
            return value
        return Finding(
            ("secrets", name, "env"), "E321", f"secret {name}: the variable {source.env} is not set"
        )
    if source.file is None:
        return None  # neither variable nor file: the linter says so
    file = here / source.file
    try:
        value = file.read_text("utf-8").removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeDecodeError) as unreadable:
        reason = unreadable.strerror if isinstance(unreadable, OSError) else "not UTF-8"
    else:
        if value and "\0" not in value:
            return value
        reason = "has a NUL character" if value else "is empty"
    return Finding(("secrets", name, "file"), "E322", f"secret {name}: {file}: {reason}")
