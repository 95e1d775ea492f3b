"""S414: programs that lie where a tool may write, so that a call could exchange them."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.diagnostic import Finding
from handrail.plan.access import access_of
from handrail.plan.host import Host
from handrail.spec.server import ServerSpec


def exchangeable(host: Host, spec: ServerSpec) -> Iterator[Finding]:
    """Programs in reach of a tool that writes. They are found anew whenever the server starts."""
    writers = {tool.name: access_of(tool, host).writable for tool in spec.tools}
    for name, program in host.programs.items():
        place = program.path.resolve()
        for tool, trees in writers.items():
            if any(place.is_relative_to(tree) for tree in trees):
                message = f'tool "{tool}" may write {program.path}, which is program "{name}"'
                hint = "Install it outside of what tools may write, and give its path."
                yield Finding(("programs", name), "S414", message, hint)
                break
