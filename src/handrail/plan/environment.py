"""The command's environment, built from nothing: the server's own is never passed on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from handrail.plan.host import Host
from handrail.spec.tool import SecretRef, ToolSpec

BASE = MappingProxyType(
    {
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "TZ": "UTC",
    }
)
"""What every command gets. No home: files in it would configure programs unseen.

`TMPDIR`, private to the call, is added where the process is started.
"""

_SYSTEM_FOLDERS = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin")


def environment(tool: ToolSpec, host: Host) -> Mapping[str, str]:
    """The environment of one call: the base, a PATH, and what the tool declares."""
    declared = {
        name: host.secrets[value.secret] if isinstance(value, SecretRef) else value
        for name, value in tool.env.items()
    }
    return MappingProxyType({**BASE, "PATH": search_path(host), **declared})


def search_path(host: Host) -> str:
    """Where the programs started by our programs are looked for: ours first, then the system's."""
    return ":".join(dict.fromkeys([*_program_folders(host), *_SYSTEM_FOLDERS]))


def _program_folders(host: Host) -> Iterator[str]:
    """Folders of declared programs; never one in the workspace, where a command could plant."""
    for program in host.programs.values():
        if not program.path.is_relative_to(host.workspace):
            yield str(program.path.parent)
