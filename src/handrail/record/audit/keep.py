"""The audit that a server file asks for, beside another recorder."""

from __future__ import annotations

import os
import secrets
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

from handrail.errors import UsageError
from handrail.plan.host import Host
from handrail.record.audit.audit import Audit
from handrail.record.audit.begin import open_trail
from handrail.record.audit.facts import line
from handrail.record.audit.lost import lost_calls
from handrail.record.audit.place import Place
from handrail.record.audit.presence import Presence, dead
from handrail.record.audit.trail import PATIENCE_SECONDS, Trail
from handrail.record.audit.writer import Writer
from handrail.record.record import Recorder, Recorders
from handrail.spec.audit import AuditTable
from handrail.spec.server import ServerSpec, Tier

_OF_A_CALL = ("call_id", "caller", "roles", "tool", "effect", "began")
_log = structlog.stdlib.get_logger("handrail.audit")


@asynccontextmanager
async def audited(
    recorder: Recorder, spec: ServerSpec, host: Host, tier: Tier
) -> AsyncIterator[Recorder]:
    """`recorder`, and beside it the audit, where the file asks for one.

    Raises `UsageError` when it cannot be kept.
    """
    if spec.audit is None:
        yield recorder
        return
    place = Place.of(audit_file(spec.audit, host.file.parent))
    _guard(place.file, host)
    trail = open_trail(place, spec.audit.rotate, spec.audit.keep)
    try:
        presence = _enter(trail)
        writer = Writer(trail, presence, spec.audit.sync)
        effects = {tool.name: tool.effect for tool in spec.tools}
        audit = Audit(writer, trail.key, presence.name, effects, tier)
        try:
            yield Recorders((recorder, audit))
        finally:
            await audit.close()
    finally:
        trail.close()


def audit_file(table: AuditTable, folder: Path) -> Path:
    """The audit file of a server file in `folder`; of folders that are links, the real one."""
    written = folder / table.file
    return Path(os.path.realpath(written.parent), written.name)


def _guard(file: Path, host: Host) -> None:
    """No tool may come near it. Raises `UsageError`."""
    if file.is_relative_to(host.workspace) and not file.is_relative_to(
        os.path.realpath(host.state)
    ):
        raise UsageError(
            f"the audit file {file} lies in the workspace, where tools could change it",
            hint=f"Put it below {host.state.name}/, or outside the workspace.",
        )


def _enter(trail: Trail) -> Presence:
    """Begin to write: say what others left unfinished. Raises `UsageError`."""
    name = secrets.token_hex(4)
    try:
        trail.append(deque(), lambda loss: line("gap", name, loss), PATIENCE_SECONDS)
        presence = Presence(trail.place, name, trail.end)
    except OSError as failed:
        raise UsageError(
            f"the audit cannot be kept in {trail.place.file}: {failed.strerror or failed}",
            hint="Give it room, or a place that can be written to.",
        ) from failed
    with suppress(OSError):  # told by the next server, then
        _tell_lost(trail, name)
    return presence


def _tell_lost(trail: Trail, server: str) -> None:
    """Write down the calls that were running in servers which were killed."""
    killed = list(dead(trail.place))
    try:
        lost = lost_calls(trail, killed) if killed else []
        for one in lost:
            _log.warning("call was lost with its server", **_named(one))
        lines = (line("lost", server, {**_named(one), "begin": one["seq"]}) for one in lost)
        trail.append(deque(lines), lambda loss: line("gap", server, loss), PATIENCE_SECONDS)
        for one_server in killed:
            one_server.forget()
    finally:
        for one_server in killed:
            one_server.close()


def _named(begun: dict[str, object]) -> dict[str, object]:
    return {name: begun[name] for name in _OF_A_CALL if name in begun}
