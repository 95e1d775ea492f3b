"""Why a call was not started."""

from __future__ import annotations

import errno
import os


class Failure(OSError):
    """A call was not started; `filename` says what was being done, and `stage` for which command.

    `partial`: the commands after that one run already.
    """

    stage = 0
    partial = False

    @classmethod
    def of(
        cls, error: OSError | ValueError, doing: str, stage: int = 0, *, partial: bool = False
    ) -> Failure:
        """What `error` means for the call. A `ValueError` is a NUL character where none can be."""
        number = getattr(error, "errno", errno.EINVAL)
        failure = cls(number, os.strerror(number), doing)
        failure.stage, failure.partial = stage, partial
        return failure
