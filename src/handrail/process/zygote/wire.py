"""What the server and a zygote say to each other, over one SOCK_SEQPACKET socket.

server → zygote   one byte, with the order and the descriptors for START
zygote → server   a marshalled tuple, its first item one of the reply names

Marshal is safe here: both ends are ours, run one Python, and no command holds the socket.
"""

from __future__ import annotations

START = b"S"
"""Start a command. Carries stdin, stdout and stderr, and the marshalled `Order`: after the
byte when that makes one packet, in a file beside the streams when it does not."""
TERMINATE = b"T"
"""SIGTERM to every process of the call."""
KILL = b"K"
"""SIGKILL to every process of the call."""

FAILED = "failed"
"""(FAILED, errno, what was being done): nothing was started; ready for the next call."""
EXITED = "exited"
"""(EXITED, wait status): the command ended, and has left processes behind."""
EXCEEDED = "exceeded"
"""(EXCEEDED, MEMORY or PIDS): a bound was crossed, and every process was killed."""
GONE = "gone"
"""(GONE, wait status, processor seconds, largest resident bytes): nothing is left; ready for
the next call. The only reply to most calls."""

MEMORY = "memory"
PIDS = "pids"

PACKET_BYTES = 16_384
"""The longest packet."""

Order = tuple[list[bytes], dict[bytes, bytes], bytes, int, int, int]
"""argv, environment, directory, memory bytes, processes, processor seconds (0: unbounded)."""
