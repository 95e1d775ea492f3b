"""The bounds of one call."""

from __future__ import annotations

from dataclasses import dataclass

from handrail.spec.server import LimitsTable
from handrail.spec.tool import ToolSpec


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one call: seconds, bytes, processes, descriptors of one process."""

    wall_seconds: float
    memory_bytes: int
    cpu_seconds: float | None
    pids: int
    file_bytes: int
    open_files: int
    output_bytes: int
    spool_bytes: int

    @classmethod
    def of(cls, tool: ToolSpec, defaults: LimitsTable) -> Limits:
        """The tool's own bounds, and the file's where it sets none."""
        return cls(
            wall_seconds=tool.timeout or defaults.timeout,
            memory_bytes=tool.memory or defaults.memory,
            cpu_seconds=tool.cpu or defaults.cpu,
            pids=tool.pids or defaults.pids,
            file_bytes=tool.file_size or defaults.file_size,
            open_files=tool.open_files or defaults.open_files,
            output_bytes=tool.output or defaults.output,
            spool_bytes=defaults.spool,
        )
