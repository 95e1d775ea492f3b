"""A place to test a project in, with a state of its own, where no test can do harm."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handrail.project.project import Project
from handrail.spec.find import NAME
from handrail.spec.tool import Effect
from handrail.testing.corpus import LINK, PATHS
from handrail.testing.probes import PROBES, PROGRAMS

FOLDER_VARIABLE = "HANDRAIL_TEST_SITE"
"""Names the folder of a site to the processes that a test starts."""
_COPY = "workspace"
_NOBODY = 65_534
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-[^{}]*)?\}")
_MOST_FILES = 20_000
_IGNORED = shutil.ignore_patterns(
    ".venv", "venv", "node_modules", ".handrail", "__pycache__", ".*_cache"
)


@dataclass(frozen=True, slots=True)
class Site:
    """A project in a folder of its own, with the probes among its tools.

    Its secrets are made up, it serves no address of its own choice, and it has no budgets.
    """

    folder: Path
    workspace: Path
    """The project's own, where no tool may write; otherwise a copy of it, in which everything is
    that examples name, and a link that leads out."""
    project: Project

    @property
    def paths(self) -> list[str]:
        """Paths that lead out, for a `path` param."""
        has_link = (self.workspace / LINK).is_symlink()
        return [*PATHS, f"{LINK}/passwd"] if has_link else list(PATHS)

    @classmethod
    def of(cls, project: Project) -> Site:
        """The site that this process, or the tests which started it, has made; or else a new one.

        The folder stays until it is removed.
        """
        made = os.environ.get(FOLDER_VARIABLE)
        folder = Path(made or tempfile.mkdtemp(prefix="handrail-site-"))
        if made is None:
            os.environ[FOLDER_VARIABLE] = str(folder)
            # Commands run as another user when we are root, and that one must get there.
            folder.chmod(0o755)
            _fill(folder, project)
        copy = folder / _COPY
        workspace = copy if copy.exists() else _workspace(project)
        return cls(folder, workspace, _changed(project, folder, workspace))

    def remove(self) -> None:
        """Remove the folder."""
        os.environ.pop(FOLDER_VARIABLE, None)
        shutil.rmtree(self.folder, ignore_errors=True)


def _changed(project: Project, folder: Path, workspace: Path) -> Project:
    tables = project.tables
    # Tools may name paths in the workspace by the same variable.
    if variable := _VARIABLE.fullmatch(tables.get("workspace", {}).get("root", "")):
        os.environ[variable[1]] = str(workspace)
    secrets = {name: {"env": f"TEST_SECRET_{name}"} for name in tables.get("secrets", {})}
    for source in secrets.values():
        os.environ[source["env"]] = f"not a secret: {source['env']}"
    return project.changed(
        *PROBES,
        root=folder,
        workspace={**tables.get("workspace", {}), "root": str(workspace)},
        programs={**tables.get("programs", {}), **PROGRAMS},
        secrets=secrets,
        auth={"keys": ".handrail/keys.json"} if tables.get("auth") else {},
        access=_without_budgets(tables.get("access", {})),
        http={},
        telemetry={},
    )


def _without_budgets(access: Mapping[str, Any]) -> dict[str, Any]:
    """Who may do what, as often as they like."""
    roles = {name: {"tools": role.get("tools", [])} for name, role in _of(access, "roles").items()}
    return {"roles": roles, **{key: access[key] for key in ("local",) if key in access}}


def _of(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = table.get(key, {})
    return found


def _fill(folder: Path, project: Project) -> None:
    for name in (NAME, "profiles"):
        source = project.root / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        elif source.is_file():
            shutil.copy(source, folder)
    if not _may_write(project) and _workspace(project).is_dir():
        return
    workspace = folder / _COPY
    _copy(_workspace(project), workspace)
    for path in _named(project):
        _make(workspace, path)
    (workspace / LINK).symlink_to("/etc")
    if os.geteuid() == 0:
        # A server that is root runs commands as whom the workspace belongs to.
        for place in (workspace, *workspace.rglob("*")):
            os.chown(place, _NOBODY, _NOBODY, follow_symlinks=False)


def _workspace(project: Project) -> Path:
    spec = project.read().spec
    return (project.root / (spec.workspace.root if spec is not None else "nowhere")).resolve()


def _may_write(project: Project) -> bool:
    """Whether any tool may change the workspace."""
    spec = project.read().spec
    tools = spec.tools if spec is not None else ()
    return any(tool.effect is not Effect.READ and tool.writable != () for tool in tools)


def _copy(source: Path, to: Path) -> None:
    """The workspace as it is now, where it is there and not too large to copy."""
    if source.is_dir() and _is_small(source):
        shutil.copytree(source, to, symlinks=True, ignore=_IGNORED)
    else:
        to.mkdir()


def _is_small(folder: Path) -> bool:
    count = 0
    for here, folders, files in os.walk(folder):
        left_out = _IGNORED(here, [*folders, *files])
        folders[:] = [name for name in folders if name not in left_out]
        count += len(folders) + len(files)
        if count > _MOST_FILES:
            return False
    return True


def _named(project: Project) -> Iterator[str]:
    """The paths that examples of tools name."""
    for module in project.tools:
        params: Mapping[str, Any] = module.TOOL.get("params", {})  # type: ignore[assignment]  # of commands only
        paths = {name for name, param in params.items() if param.get("type") == "path"}
        for example in module.TOOL.get("example", ()):
            for name, value in example.get("args", {}).items():
                if name in paths | {"path", "paths"}:
                    yield from [value] if isinstance(value, str) else map(str, value)  # type: ignore[arg-type]  # a list


def _make(workspace: Path, named: str) -> None:
    """A small file or folder, where there is none yet and the path stays inside."""
    path = workspace / named
    if path.exists() or not path.resolve().is_relative_to(workspace.resolve()):
        return
    if path.suffix:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("one\ntwo\nthree\n")
    else:
        path.mkdir(parents=True)
