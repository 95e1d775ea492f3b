"""What the server and a zygote say to each other, over one SOCK_SEQPACKET socket.

server → zygote   one byte, with descriptors for START
zygote → server   a marshalled tuple, its first item one of the reply names

Marshal is safe here: both ends are ours, run one Python, and no command holds the socket.
"""

from __future__ import annotations

START = b"S"
"""Start a command. Carries stdin, stdout, stderr, and a file with the marshalled `Order`."""
TERMINATE = b"T"
"""SIGTERM to every process of the call."""
KILL = b"K"
"""SIGKILL to every process of the call."""

STARTED = "started"
"""(STARTED, pid)"""
FAILED = "failed"
"""(FAILED, errno, what was being done)"""
EXITED = "exited"
"""(EXITED, wait status, whether other processes of the call are left)"""
EXCEEDED = "exceeded"
"""(EXCEEDED, MEMORY or PIDS): a bound was crossed, and every process was killed."""
GONE = "gone"
"""(GONE, processor seconds, largest resident bytes): nothing is left; ready for the next call."""

MEMORY = "memory"
PIDS = "pids"

PACKET_BYTES = 4096
"""More than any packet holds; orders travel in a file of their own."""

Order = tuple[list[bytes], dict[bytes, bytes], bytes, bytes, int, int, int]
"""argv, environment, directory, folder for temporary files, memory bytes, processes,
processor seconds (0: unbounded)."""
