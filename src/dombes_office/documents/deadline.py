"""Stops Python code that takes too long in the reading process, where giving up is better than being killed."""

from __future__ import annotations

import ctypes
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Deadline(BaseException):
    """The time given is over. Not an `Exception`, so that the code being stopped does not swallow it."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise `Deadline` in the block after `seconds`, at its next Python instruction; a call into C ends first."""
    me = threading.get_ident()
    gate = threading.Lock()
    over = False

    def interrupt() -> None:
        with gate:
            if not over:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(me), ctypes.py_object(Deadline))

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        # Behind this gate an interruption has either been sent, and surfaces here, or never will be.
        with gate:
            over = True
        timer.cancel()
