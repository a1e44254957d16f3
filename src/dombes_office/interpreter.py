"""Makes None, True and False immortal on Python 3.11, as every later Python does by itself.

PySide6 6.12.0 gives back one reference to None too many for each Qt call that returns nothing (PYSIDE-3474), and one
to True for each signal that is emitted. From Python 3.12 on they have no count that could run out (PEP 683); on 3.11
the interpreter aborts after some repaints with "Fatal Python error: none_dealloc", after some hundred signals with
"bool_dealloc". See docs/decisions/0008.
"""

from __future__ import annotations

import ctypes
import sys

_HEADROOM = 1 << 40
"""More references than a desk could lose in a century of working days."""


def make_singletons_immortal() -> None:
    """Raise their reference counts out of reach; does nothing where they have none, and nothing twice."""
    if sys.version_info < (3, 12):
        for singleton in (None, True, False):
            # The count is the first field of every object (PyObject.ob_refcnt, a Py_ssize_t) in a release build.
            count = ctypes.c_ssize_t.from_address(id(singleton))
            if count.value < _HEADROOM:
                count.value += _HEADROOM
