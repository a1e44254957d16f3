"""What the reading process may use and do: memory, files, network, other processes; called by itself, before it reads.

Limits that a platform lacks are left out silently: each is one wall among several, and the parent's kill is the last.
"""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def confine(memory: int, *, readable: Iterable[str]) -> None:
    """Bound this process for good: `memory` bytes, no file written, no program started, no network.

    Only what lies under the `readable` folders can still be opened, where the kernel knows how to see to that.
    """
    if sys.platform == "win32":
        from dombes_office.documents import confinement_windows  # noqa: PLC0415 - exists for one platform only

        confinement_windows.confine_self(memory)
        return
    from dombes_office.documents import confinement_linux  # noqa: PLC0415 - the same

    os.chdir("/")
    confinement_linux.bound_resources(memory)
    confinement_linux.forbid_new_rights()
    confinement_linux.allow_reading_only(readable)
    if platform.machine() == "x86_64":
        confinement_linux.filter_system_calls()


def readable_folders() -> list[str]:
    """The interpreter, its libraries, this package, and the system's libraries and fonts."""
    own = [sys.prefix, sys.base_prefix, sys.exec_prefix, getattr(sys, "_MEIPASS", ""), *sys.path]
    system = [
        "/usr",
        "/lib",
        "/lib64",
        "/etc/ld.so.cache",
        "/etc/fonts",
        "/etc/localtime",
        "/proc/self",
        "/dev/urandom",
    ]
    return [path for path in dict.fromkeys([*own, *system]) if path and Path(path).is_absolute()]


def bound_next_command(seconds: float) -> None:
    """End this process if its next command lasts `seconds`, even when nobody is left to kill it; 0 lifts the bound.

    The alarm has no Python handler: it ends a loop in C as well. Windows has the job object of the parent for that.
    """
    if sys.platform != "win32":
        import signal  # noqa: PLC0415 - its timer exists on this side of the branch only

        signal.setitimer(signal.ITIMER_REAL, seconds)
