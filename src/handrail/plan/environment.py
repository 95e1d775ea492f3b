"""The command's environment, built from nothing: the server's own is never passed on."""

from __future__ import annotations

from collections.abc import Mapping
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


def environment(tool: ToolSpec, host: Host) -> Mapping[str, str]:
    """The environment of one call: the base, a PATH, what the runtime needs, what is declared.

    Between them is what profiles turn off by variables; the author's word comes after it.
    """
    declared = {
        name: host.secrets[value.secret] if isinstance(value, SecretRef) else value
        for name, value in tool.env.items()
    }
    needed = dict(host.system.env)
    for name in tool.program_names:
        needed |= dict(host.runtimes[name].env)
    turned_off: dict[str, str] = {}
    for name in tool.program_names:
        profile = host.profiles.get(name)
        turned_off |= profile.env if profile is not None else {}
    base = {**BASE, "PATH": host.search_path}
    return MappingProxyType({**base, **needed, **turned_off, **declared})
