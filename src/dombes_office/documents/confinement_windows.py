"""Windows walls around the reading process: job objects through kernel32, for the child itself and for its parent."""

from __future__ import annotations

import ctypes
import sys

if sys.platform == "win32":
    from ctypes import wintypes

    _BASIC_UI_RESTRICTIONS, _EXTENDED_LIMIT = 4, 9
    _ACTIVE_PROCESS = 0x00000008
    _PROCESS_MEMORY = 0x00000100
    _DIE_ON_UNHANDLED_EXCEPTION = 0x00000400
    _KILL_ON_JOB_CLOSE = 0x00002000
    _EVERY_UI_RESTRICTION = 0x000000FF
    _SET_QUOTA_AND_TERMINATE = 0x0100 | 0x0001
    _NO_ERROR_BOXES = 0x0001 | 0x0002 | 0x8000

    class _BasicLimits(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", ctypes.c_int64),
            ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        )

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = (
            ("BasicLimitInformation", _BasicLimits),
            ("IoCounters", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    def _kernel32() -> ctypes.WinDLL:
        kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel32.CreateJobObjectW.restype = wintypes.HANDLE
        kernel32.CreateJobObjectW.argtypes = (wintypes.LPVOID, wintypes.LPCWSTR)
        kernel32.SetInformationJobObject.restype = wintypes.BOOL
        kernel32.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, wintypes.LPVOID, wintypes.DWORD)
        kernel32.AssignProcessToJobObject.restype = wintypes.BOOL
        kernel32.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
        kernel32.GetCurrentProcess.restype = wintypes.HANDLE
        kernel32.OpenProcess.restype = wintypes.HANDLE
        kernel32.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
        kernel32.CloseHandle.argtypes = (wintypes.HANDLE,)
        return kernel32

    def confine_self(memory: int) -> None:
        """Put this process in a job of its own: `memory` bytes, no other process, no clipboard, no error boxes.

        The handle stays open until the process ends. A job within the parent's job is allowed since Windows 8.
        """
        kernel32 = _kernel32()
        kernel32.SetErrorMode(_NO_ERROR_BOXES)
        job = kernel32.CreateJobObjectW(None, None)
        if not job:
            return
        limits = _ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = _ACTIVE_PROCESS | _PROCESS_MEMORY | _DIE_ON_UNHANDLED_EXCEPTION
        limits.BasicLimitInformation.ActiveProcessLimit = 1
        limits.ProcessMemoryLimit = memory
        _set(kernel32, job, _EXTENDED_LIMIT, limits)
        _set(kernel32, job, _BASIC_UI_RESTRICTIONS, wintypes.DWORD(_EVERY_UI_RESTRICTION))
        kernel32.AssignProcessToJobObject(job, kernel32.GetCurrentProcess())

    def end_with_parent(pid: int) -> int:
        """Have Windows kill process `pid` once the returned handle is closed, so also when this process dies; or 0."""
        kernel32 = _kernel32()
        job = kernel32.CreateJobObjectW(None, None)
        if not job:
            return 0
        limits = _ExtendedLimits()
        # No limit of one process here: a virtual environment's python.exe starts the real one.
        limits.BasicLimitInformation.LimitFlags = _KILL_ON_JOB_CLOSE
        _set(kernel32, job, _EXTENDED_LIMIT, limits)
        child = kernel32.OpenProcess(_SET_QUOTA_AND_TERMINATE, False, pid)
        if child:
            kernel32.AssignProcessToJobObject(job, child)
            kernel32.CloseHandle(child)
        return int(job)

    def close_job(job: int) -> None:
        """Close a handle of `end_with_parent`."""
        if job:
            _kernel32().CloseHandle(job)

    def _set(kernel32: ctypes.WinDLL, job: int, subject: int, limits: ctypes._CData) -> None:
        kernel32.SetInformationJobObject(job, subject, ctypes.byref(limits), ctypes.sizeof(limits))
