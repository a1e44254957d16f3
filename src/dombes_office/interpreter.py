"""Makes None immortal on Python 3.11, as every later Python does by itself.

PySide6 6.12.0 gives back one reference to None too many for each Qt call that returns nothing (PYSIDE-3474). From
Python 3.12 on, None has no count that could run out (PEP 683); on 3.11 the interpreter aborts after some repaints with
"Fatal Python error: none_dealloc". See docs/decisions/0008.
"""

from __future__ import annotations

import ctypes
import sys

_HEADROOM = 1 << 40
"""More references than a desk could lose in a century of working days."""


def make_none_immortal() -> None:
    """Raise the reference count of None out of reach; does nothing where None has none, and nothing twice."""
    if sys.version_info < (3, 12):
        # The count is the first field of every object (PyObject.ob_refcnt, a Py_ssize_t) in a release build.
        count = ctypes.c_ssize_t.from_address(id(None))
        if count.value < _HEADROOM:
            count.value += _HEADROOM
