"""What this machine offers to a server file: its workspace, programs, secrets, and a user."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from handrail.diagnostic import Finding, Severity
from handrail.errors import SpecError
from handrail.plan import program
from handrail.plan.declared import declared
from handrail.plan.extras import judge_extras
from handrail.plan.needs import forbidden, needs
from handrail.plan.program import Program
from handrail.plan.runtime import Runtime, runtime_of, system
from handrail.plan.secrets import reveal
from handrail.plan.user import User, choose_user
from handrail.plan.workspace import judge_sharing, judge_workspace
from handrail.profiles.catalogue import profile_of, read_profile, shipped, shipped_names, told
from handrail.profiles.profile import Profile
from handrail.spec.server import ProgramSpec, ServerSpec
from handrail.spec.suggest import did_you_mean
from handrail.spec.tool import ToolSpec

if TYPE_CHECKING:
    from handrail.plan.access import Standing  # it imports this module

STATE_FOLDER = ".handrail"
"""Where state is kept, beside the server file."""

_SYSTEM_FOLDERS = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin")

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, kw_only=True)
class Host:
    """What was found when the server started. Every path is absolute."""

    file: Path
    """The server file."""
    workspace: Path
    """The workspace, links resolved."""
    state: Path
    programs: Mapping[str, Program]
    runtimes: Mapping[str, Runtime]
    """What each program needs of the machine, by the program's name."""
    profiles: Mapping[str, Profile] = field(default_factory=dict, repr=False)
    """What is known of the programs' command lines, by name; of some, nothing."""
    user: User | None
    """Whom commands run as; None: the server's own user, which is not root."""
    secrets: Mapping[str, str] = field(repr=False)
    secret_files: tuple[Path, ...] = ()
    """The files that hold secrets."""
    searcher: Path | None = None
    """Ripgrep, with which our own search is faster."""
    system: Runtime = field(default_factory=system)
    """What every program gets."""
    declared: Mapping[str, Path] = field(default_factory=dict)
    """Where the paths that tools declare lead, by what the file says."""
    shared: Path | None = None
    """The folder that holds the workspace of each caller, when this is the host of one of them."""
    standings: dict[str, Standing] = field(default_factory=dict, compare=False, repr=False)
    """For `access_of` alone: what it has worked out, by tool."""

    @cached_property
    def search_path(self) -> str:
        """Where what our programs start is looked for: beside them first, then in the system.

        Never in the workspace, where a command could plant a program.
        """
        theirs = self.shared or self.workspace
        beside = (found.path.parent for found in self.programs.values())
        trusted = (str(folder) for folder in beside if not folder.is_relative_to(theirs))
        return ":".join(dict.fromkeys([*trusted, *_SYSTEM_FOLDERS]))

    def inspects(self, tool: ToolSpec) -> bool:
        """Whether a program of `tool` is only planned after a look at the disk."""
        found = (self.profiles.get(name) for name in tool.program_names)
        return any(profile.inspect is not None for profile in found if profile is not None)

    def leads(self, written: str) -> Path:
        """Where a declared path led when the server started; links changed since mean nothing.

        What led into the shared folder leads to the same place in the caller's own.
        """
        known = self.declared.get(written)
        path = known or Path(os.path.realpath(self.file.parent / written))
        if self.shared is None or not path.is_relative_to(self.shared):
            return path
        return self.workspace / path.relative_to(self.shared)


def survey(
    spec: ServerSpec, file: Path, environ: Mapping[str, str]
) -> tuple[Host | None, list[Finding]]:
    """Look for everything that `spec` names; every lack is a finding. With an error, no host."""
    file = file.absolute()
    here, search_path = file.parent, environ.get("PATH", os.defpath)
    root = Path(os.path.realpath(here / spec.workspace.root))
    programs, lacking = _sorted(
        {name: _locate(name, p, here, search_path) for name, p in spec.programs.items()}
    )
    secrets, unread = _sorted(
        {name: reveal(name, s, here, environ) for name, s in spec.secrets.items()}
    )
    profiles, unknown = _sorted({name: _known(name, spec, here, programs) for name in programs})
    trees, barred = _sorted({tree.at: tree for tree in declared(spec, here)})
    findings = [
        *judge_workspace(root),
        *judge_extras(spec.access),
        *lacking,
        *unknown,
        *unread,
        *barred,
    ]
    user = choose_user(spec.confinement.user, root)
    if isinstance(user, Finding):
        return None, [*findings, user]
    findings += _elsewhere(findings, forbidden(needs(spec, root, programs, trees.values()), user))
    runtimes = {name: runtime_of(found.path) for name, found in programs.items()}
    if spec.workspace.per_caller:
        findings += judge_sharing(root, runtimes)
    if any(one.severity is Severity.ERROR for one in findings):
        return None, findings
    host = Host(
        file=file,
        workspace=root,
        state=here / STATE_FOLDER,
        programs=MappingProxyType(programs),
        runtimes=MappingProxyType(runtimes),
        profiles=MappingProxyType(profiles),
        user=user,
        secrets=MappingProxyType(secrets),
        secret_files=tuple(here / s.file for s in spec.secrets.values() if s.file is not None),
        searcher=_searcher(search_path, root),
        declared=MappingProxyType({tree.written: tree.path for tree in trees.values()}),
    )
    return host, findings


def _searcher(search_path: str, workspace: Path) -> Path | None:
    """Never out of the workspace, where a command could plant one."""
    found = program.find("rg", search_path)
    real = found and Path(os.path.realpath(found))
    return None if real is None or real.is_relative_to(workspace) else found


def _sorted(looked_for: Mapping[K, V | Finding | None]) -> tuple[dict[K, V], list[Finding]]:
    """What was found, and what was not."""
    found: dict[K, V] = {}
    lacking: list[Finding] = []
    for name, one in looked_for.items():
        if isinstance(one, Finding):
            lacking.append(one)
        elif one is not None:
            found[name] = one
    return found, lacking


def _elsewhere(findings: Iterable[Finding], further: Iterable[Finding]) -> list[Finding]:
    """Those of `further` that are not about a place which is wrong already."""
    wrong = {one.at for one in findings if one.severity is Severity.ERROR}
    return [one for one in further if one.at not in wrong]


def _known(
    name: str, spec: ServerSpec, here: Path, programs: Mapping[str, Program]
) -> Profile | Finding | None:
    """What is known of a program's command line: by what the file says, or by its own name."""
    wanted = spec.programs[name].profile
    at = ("programs", name, "profile")
    if wanted is None:
        return profile_of(programs[name].path)
    if not wanted.endswith(".toml"):
        meant = did_you_mean(wanted, shipped_names())
        message = f'there is no profile "{wanted}"{meant}'
        return shipped(wanted) or Finding(at, "E710", message, "Name a file of yours ./NAME.toml.")
    try:
        return read_profile(here / wanted)
    except SpecError as wrong:
        return Finding(at, "E710", "; ".join(map(told, wrong.diagnostics)))


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
