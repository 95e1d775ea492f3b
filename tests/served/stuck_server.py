"""A server whose loop can be made to hang: `stuck_server.py FIFO serve FILE …`.

After SIGUSR1 its main thread, where the loop is, opens a FIFO, and so waits for a writer.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType

from handrail.cli.main import main


def hang(number: int, frame: FrameType | None) -> None:
    """Wait for what nobody else may do meanwhile."""
    secret = "a-value-that-nobody-may-log"
    Path(sys.argv[1]).read_text()
    del secret


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, hang)
    main(sys.argv[2:])
