"""Work in a thread of its own: Landlock domains are per thread."""

from __future__ import annotations

import _thread
import errno
import os
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def in_thread(work: Callable[[], _T]) -> _T:
    """The result of `work`, done in a new thread, which has ended or is about to.

    Raises the `OSError` that `work` raises, and one when there is no thread to be had.
    """
    ended = _thread.allocate_lock()
    ended.acquire()
    results: list[_T] = []
    errors: list[OSError] = []

    def body() -> None:
        try:
            results.append(work())
        except OSError as error:
            errors.append(error)
        finally:
            ended.release()

    try:
        _thread.start_new_thread(body, ())
    except RuntimeError:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from None
    ended.acquire()
    if errors:
        raise errors[0]
    return results[0]
