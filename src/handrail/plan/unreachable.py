"""What commands could not come to, where they see the disk as it is."""

from __future__ import annotations

import os
from collections.abc import Iterator

from handrail.diagnostic import Finding
from handrail.plan.declared import Declared, declared
from handrail.plan.host import Host
from handrail.plan.needs import Need, needs, out_of_reach
from handrail.spec.server import ServerSpec


def unreachable(host: Host, spec: ServerSpec) -> Iterator[Finding]:
    """What the commands' user needs and finds behind a closed folder.

    For the tiers `landlock` and `rlimits`. In the tier `namespaces` what a call needs is
    mounted where it is looked for, by the server, and the folders around it do not matter.
    A server that is not root has seen with its own eyes that all is within reach.
    """
    if host.user is None:
        return
    trees = [tree for tree in declared(spec, host.file.parent) if isinstance(tree, Declared)]
    yield from out_of_reach(needs(spec, host.workspace, host.programs, trees), host.user)
    yield from out_of_reach(_of_runtimes(host), host.user)


def _of_runtimes(host: Host) -> Iterator[Need]:
    for name, runtime in host.runtimes.items():
        for path in dict.fromkeys([*runtime.readable, *runtime.executable]):
            what = f'{path}, which program "{name}" needs,'
            yield Need(("programs", name), "E416", what, path, os.F_OK)
