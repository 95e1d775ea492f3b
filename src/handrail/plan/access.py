"""Which files a tool's commands may use: of two paths that hold a file, the longer decides."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from handrail.plan.host import STATE_FOLDER, Host
from handrail.plan.paths import real
from handrail.plan.runtime import Runtime, runtime_of
from handrail.spec.files import MOVES, Operation
from handrail.spec.tool import Effect, FilesSpec, ToolSpec


@dataclass(frozen=True, slots=True)
class Access:
    """Trees and files, absolute and without links; all of them were there a moment ago.

    What may be written or executed may be read too.
    """

    readable: tuple[Path, ...]
    """The workspace, what the program needs, what the tool declares."""
    executable: tuple[Path, ...]
    """The program and what it needs; the workspace too when the tool's author accepts that."""
    writable: tuple[Path, ...]
    """What the tool declares; by default the workspace, and nothing when its effect is read."""
    kept: tuple[Path, ...]
    """Never written, though below something writable: repositories, our state, the server file."""
    hidden: tuple[Path, ...]
    """Never read, though below something readable: our state, and files of secrets."""
    hidden_folders: tuple[Path, ...] = ()
    """Those of `hidden` that are folders."""
    links: tuple[tuple[Path, Path], ...] = ()
    """Names outside all of these that lead to one of them, with where: `/bin`, `/usr/bin`."""

    @property
    def hidden_files(self) -> tuple[Path, ...]:
        """Those of `hidden` that are no folders."""
        return tuple(path for path in self.hidden if path not in self.hidden_folders)


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for every call of a tool; `kept` and `hidden` only as far as they are there."""

    tool: ToolSpec
    readable: tuple[Path, ...]
    executable: tuple[Path, ...]
    writable: tuple[Path, ...]
    kept: tuple[Path, ...]
    hidden: tuple[Path, ...]
    links: tuple[tuple[Path, Path], ...]


def access_of(tool: ToolSpec, host: Host) -> Access:
    """What a call of `tool` may use, now: a repository may have come into being since the last."""
    standing = host.standings.get(tool.name)
    if standing is None or standing.tool is not tool:
        standing = host.standings[tool.name] = _standing(tool, host)
    hidden = _present(standing.hidden, standing.readable)
    return Access(
        readable=standing.readable,
        executable=standing.executable,
        writable=standing.writable,
        kept=_present(standing.kept, standing.writable),
        hidden=hidden,
        hidden_folders=tuple(path for path in hidden if path.is_dir()),
        links=standing.links,
    )


def bare_access(program: str, host: Host) -> Access:
    """What `program`, an entry of `[programs]`, needs to run at all."""
    return access_to_run(host.programs[program].path, host.runtimes[program], host.system)


def access_to_run(program: Path, runtime: Runtime, system: Runtime) -> Access:
    """What the program at this path needs to run at all, with what every program gets."""
    started = [*system.executable, *runtime.executable, program]
    read = [*system.readable, *runtime.readable]
    executable = _outermost(map(_real, started))
    readable = _outermost([*map(_real, read), *executable])
    links = _links([*started, *read], readable)
    return Access(readable, executable, writable=(), kept=(), hidden=(), links=links)


def _standing(tool: ToolSpec, host: Host) -> Standing:
    bare = [bare_access(name, host) for name in tool.program_names]
    if isinstance(tool, FilesSpec) and tool.files is Operation.GREP and host.searcher:
        bare.append(access_to_run(host.searcher, runtime_of(host.searcher), host.system))
    named = _writable(tool, host)
    writable = tuple(path for path in named if path.name != ".git" or path.exists())
    if host.shared is not None:
        # Nothing in a caller's tree is granted by its own name: they may put links there.
        writable = _outermost(writable)
    declared = [host.leads(written) for written in tool.readable]
    started = [host.leads(written) for written in tool.executable]
    if "executes-workspace-code" in tool.acknowledge:
        started += [host.workspace, *writable]
    needed = [path for one in bare for path in one.readable]
    readable = _once([host.workspace, *needed, *declared, *started, *writable])
    names = [host.file.parent / written for written in (*tool.readable, *tool.executable)]
    # Our own work on files spares what is kept and hidden by itself, at every depth, and makes
    # files beside them, which Landlock could not tell apart.
    ours = isinstance(tool, FilesSpec)
    if ours:
        # The loader and the libraries of what does it are found by these, in a view of its own.
        names += [*host.system.executable, *host.system.readable]
    return Standing(
        tool=tool,
        readable=readable,
        executable=_once([*(path for one in bare for path in one.executable), *started]),
        writable=writable,
        kept=() if ours else _besides(_guarded(writable, host), named),
        hidden=() if ours else _besides([host.state, *host.secret_files], [*declared, *writable]),
        links=_links([*(name for one in bare for name, _ in one.links), *names], readable),
    )


def writable_trees(tool: ToolSpec, host: Host) -> tuple[Path, ...]:
    """Where a tool may write, by its declaration."""
    if tool.writable is not None:
        return _once(host.leads(written) for written in tool.writable)
    return () if tool.effect is Effect.READ else (host.workspace,)


def _writable(tool: ToolSpec, host: Host) -> tuple[Path, ...]:
    # A name is moved within one mount only, and the trash lies at the top of the workspace: which
    # trees these tools may write is for the work itself to keep.
    if isinstance(tool, FilesSpec) and tool.files in MOVES:
        return _outermost([host.workspace, *writable_trees(tool, host)])
    return writable_trees(tool, host)


def _guarded(trees: Iterable[Path], host: Host) -> Iterator[Path]:
    for tree in trees:
        yield from (tree / name for name in (".git", STATE_FOLDER, host.file.name))
    yield from (host.state, host.file)


def _besides(paths: Iterable[Path], named: Sequence[Path]) -> tuple[Path, ...]:
    """`paths` by the real names of their folders, without those that the tool names itself."""
    found = (_real(path.parent) / path.name for path in paths)
    return _once(path for path in found if path not in named)


def _present(paths: Iterable[Path], trees: Sequence[Path]) -> tuple[Path, ...]:
    """Those of `paths` that are there and below one of `trees`; of a link, both its ends."""
    found: list[Path] = []
    for path in paths:
        try:
            is_link = stat.S_ISLNK(path.lstat().st_mode)
        except OSError:
            continue
        found += [path, _real(path)] if is_link else [path]
    roots = frozenset(trees)
    return _once(path for path in found if _is_below(path, roots))


def _links(names: Iterable[Path], seen: Sequence[Path]) -> tuple[tuple[Path, Path], ...]:
    """The names that lead elsewhere, unless they lie where they can be `seen` to be links."""
    roots = frozenset(seen)
    leading = (name for name in _once(names) if not _is_below(name, roots) and _real(name) != name)
    return tuple((name, _real(name)) for name in _outermost(leading))


def _outermost(paths: Iterable[Path]) -> tuple[Path, ...]:
    found = dict.fromkeys(paths)
    return tuple(path for path in found if found.keys().isdisjoint(path.parents))


def _once(paths: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(paths))


def _is_below(path: Path, roots: frozenset[Path]) -> bool:
    return not roots.isdisjoint((path, *path.parents))


def _real(path: Path) -> Path:
    return real(path) or path
