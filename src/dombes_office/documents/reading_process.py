"""The reading process as the window's process holds it: started bare, spoken to under a time limit, killed at will."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from enum import Enum
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from dombes_office.documents import wire

if TYPE_CHECKING:
    from collections.abc import Sequence

# What an interpreter and Qt need to start; no token, password or path of the agent's session is among it.
_ENVIRONMENT_KEPT = (
    *(
        "SYSTEMROOT",
        "SYSTEMDRIVE",
        "WINDIR",
        "PYTHONPATH",
        "PYTHONHOME",
        "LD_LIBRARY_PATH",
        "FONTCONFIG_FILE",
        "FONTCONFIG_PATH",
    ),
)
_ENVIRONMENT_SET = {"QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2", "PYTHONUTF8": "1"}
_REAP_SECONDS = 5.0
_NO_WINDOW = 0x08000000 if sys.platform == "win32" else 0  # CREATE_NO_WINDOW
_FIRST_WINDOWS_FAULT = 0xC0000000  # NTSTATUS: access violation, stack overflow, ...


class Stop(Enum):
    """Why a process is gone."""

    CANCELLED = "cancelled"
    TOO_LONG = "time limit"
    OUT_OF_MEMORY = "memory limit"
    CRASHED = "crash while reading"
    ENDED = "ended by something else"
    NONSENSE = "nonsense answered"


class ProcessGone(Exception):
    """The process does not answer any more."""


class ReadingProcess:
    """One run of the reading process. `open_files` are the keys of the files that it holds."""

    def __init__(self, command: Sequence[str]) -> None:
        self.open_files: set[str] = set()
        self._number = 0
        self._ready = False
        self._stop: Stop | None = None
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell, fixed arguments
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                creationflags=_NO_WINDOW,
            )
        except OSError as error:
            raise ProcessGone from error
        self._input = cast("BinaryIO", self._process.stdin)
        self._output = cast("BinaryIO", self._process.stdout)
        self._job_gate = threading.Lock()
        self._job = _end_with_this_process(self._process.pid)

    def begin(self, *, memory: int, limit: float, start_limit: float) -> None:
        """Tell the process its bounds and wait until it has put them up; `ProcessGone` after `start_limit` seconds."""
        told, _ = self._converse({"memory": memory, "limit": limit}, b"", start_limit, 0)
        if told != {"ready": True}:
            raise wire.BrokenFrame("no greeting")
        self._ready = True

    def exchange(
        self, header: dict[str, Any], body: bytes = b"", *, limit: float, max_body: int = 0
    ) -> tuple[dict[str, Any], bytes]:
        """Send one command and wait for its answer.

        Raises `ProcessGone` where the process is gone or was killed, after `limit` seconds for instance, and
        `wire.BrokenFrame` where the answer is not one to this command.
        """
        self._number += 1
        told, content = self._converse({"id": self._number, **header}, body, limit, max_body)
        if told.pop("id", None) != self._number:
            raise wire.BrokenFrame("answer to something else")
        return told, content

    def kill(self, reason: Stop) -> None:
        """End the process at once; the first reason is the one that counts. From any thread."""
        if self._stop is None:
            self._stop = reason
        self._process.kill()
        self._end_descendants()

    def is_alive(self) -> bool:
        """Whether it can be spoken to."""
        return self._stop is None and self._process.poll() is None

    def why_it_stopped(self) -> Stop:
        """The reason, once `ProcessGone` was raised."""
        if self._stop is None:
            self._stop = self._reason_of_its_own()
        return self._stop

    def end(self) -> None:
        """Kill the process, wait for it, close the pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._input, self._output):
            try:
                pipe.close()
            except OSError:
                # What was still to be sent has no reader any more.
                continue
        self._end_descendants()

    def _end_descendants(self) -> None:
        """On Windows what was killed may be the launcher of a virtual environment: the job has the rest of them."""
        with self._job_gate:
            job, self._job = self._job, 0
        _close_job(job)

    def _converse(
        self, header: dict[str, Any], body: bytes, limit: float, max_body: int
    ) -> tuple[dict[str, Any], bytes]:
        watch = threading.Timer(limit, self.kill, [Stop.TOO_LONG])
        watch.daemon = True
        watch.start()
        try:
            wire.write_frame(self._input, header, body)
            answer = wire.read_frame(self._output, max_body)
        except (OSError, wire.PipeClosed) as error:
            raise ProcessGone from error
        finally:
            watch.cancel()
        if self._stop is not None:
            raise ProcessGone
        return answer

    def _reason_of_its_own(self) -> Stop:
        """From its exit status: a fault within it, or something that ended it from outside."""
        try:
            status = self._process.wait(_REAP_SECONDS)
        except subprocess.TimeoutExpired:
            return Stop.NONSENSE
        if not self._ready:
            return Stop.ENDED
        return _STATUSES.get(status, Stop.CRASHED if status >= _FIRST_WINDOWS_FAULT else Stop.ENDED)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _ENVIRONMENT_KEPT if name in os.environ}
    # PySide6 insists on a search path on Windows; the system's own folder is all that it gets.
    search = {"PATH": rf"{os.environ['SYSTEMROOT']}\System32"} if sys.platform == "win32" else {}
    return kept | search | _ENVIRONMENT_SET


if sys.platform == "win32":
    from dombes_office.documents.confinement_windows import close_job as _close_job
    from dombes_office.documents.confinement_windows import end_with_parent as _end_with_this_process

    # NTSTATUS for a refused allocation, and the exception that Chromium's allocator raises for one.
    _STATUSES = dict.fromkeys((0xC0000017, 0xC000012D, 0xE0000008), Stop.OUT_OF_MEMORY)
else:
    # PDFium ends itself by SIGABRT, or by a trap, when it is refused memory.
    _STATUSES = (
        {-signal.SIGALRM: Stop.TOO_LONG}
        | dict.fromkeys((-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL), Stop.OUT_OF_MEMORY)
        | dict.fromkeys((-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGFPE, -signal.SIGSYS), Stop.CRASHED)
    )

    def _end_with_this_process(_pid: int) -> int:
        """Nothing to do: the child reads the end of its pipe, and its own alarm ends it while it is busy."""
        return 0

    def _close_job(_job: int) -> None:
        """Nothing to do."""
