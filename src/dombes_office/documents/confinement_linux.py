"""Linux walls around the reading process: no new rights, Landlock on files, a filter on system calls."""

from __future__ import annotations

import ctypes
import os
import resource
import struct
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LIBC = ctypes.CDLL(None, use_errno=True)

_OPEN_FILES = 64
_O_PATH, _O_CLOEXEC = 0o10000000, 0o2000000
_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_RULE_PATH_BENEATH = 1
_EVERY_FILE_RIGHT = (1 << 13) - 1  # execute, write, read, list, remove and make: the rights of Landlock's first version
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3

# Classic BPF (linux/filter.h), and the offsets within struct seccomp_data (linux/seccomp.h).
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_X86_64 = 0xC000003E
_X32_ABI = 0x40000000
_CLONE_THREAD = 0x00010000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

# x86_64 (arch/x86/entry/syscalls/syscall_64.tbl).
_CLONE, _OPEN, _OPENAT = 56, 2, 257
_ANSWERED_AS_UNKNOWN = (435, 437)  # clone3, openat2: their arguments cannot be seen, and the C library does without
_REFUSED = (
    *(41, 42, 43, 49, 50, 53, 288),  # socket, connect, accept, bind, listen, socketpair, accept4
    *(57, 58, 59, 322),  # fork, vfork, execve, execveat
    *(62, 101, 310, 311, 434, 438, 424),  # kill, ptrace, process_vm_*, pidfd_*
    *(76, 82, 83, 84, 85, 86, 87, 88, 90, 92, 94, 133),  # truncate, rename, mkdir ... chmod, chown, mknod
    *(258, 259, 260, 263, 264, 265, 266, 268, 316),  # the same, relative to a folder
    *(155, 161, 165, 166, 272, 308, 428, 429, 430, 442),  # pivot_root, chroot, mounts, unshare, setns
    *(175, 246, 248, 249, 250, 298, 313, 320, 321, 323, 425),  # modules, kexec, keys, perf, bpf, userfaultfd, io_uring
)


def bound_resources(memory: int) -> None:
    """Memory, files written, core dumps, open files. RLIMIT_DATA and not RLIMIT_AS: PDFium reserves address space."""
    for kind, amount in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        hard = resource.getrlimit(kind)[1]
        bound = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(kind, (bound, bound))


def forbid_new_rights() -> None:
    """No set-uid program raises this process again, and no other process of this user reads its memory."""
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def allow_reading_only(folders: Iterable[str]) -> None:
    """From now on files open for reading only, and only beneath `folders` (Landlock, Linux 5.13)."""
    rights = ctypes.c_uint64(_EVERY_FILE_RIGHT)
    ruleset = _LIBC.syscall(_LANDLOCK_CREATE, ctypes.byref(rights), ctypes.c_size_t(8), ctypes.c_uint32(0))
    if ruleset < 0:
        return
    try:
        for folder in folders:
            _allow_reading(ruleset, folder)
        _LIBC.syscall(_LANDLOCK_RESTRICT, ruleset, ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _allow_reading(ruleset: int, path: str) -> None:
    try:
        place = os.open(path, _O_PATH | _O_CLOEXEC)
    except OSError:
        return
    allowed = _READ_FILE | _READ_FOLDER if Path(path).is_dir() else _READ_FILE
    rule = ctypes.create_string_buffer(struct.pack("=Qi", allowed, place), 12)
    _LIBC.syscall(_LANDLOCK_ADD, ruleset, _LANDLOCK_RULE_PATH_BENEATH, rule, ctypes.c_uint32(0))
    os.close(place)


def filter_system_calls() -> None:
    """Refuse network, other programs, other processes and every change of a file, on x86_64."""
    program = b"".join(_filter())
    instructions = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HxxxxxxP", len(program) // 8, ctypes.addressof(instructions))
    _LIBC.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.create_string_buffer(header, len(header)), 0, 0)


def _filter() -> list[bytes]:
    """The instructions: each test skips its own refusal when it does not apply."""
    return [
        _instruction(_LOAD, value=_ARCHITECTURE),
        _instruction(_JUMP_EQUAL, value=_X86_64, yes=1),
        _refusal(_EPERM),
        _instruction(_LOAD, value=_NUMBER),
        _instruction(_JUMP_AT_LEAST, value=_X32_ABI, no=1),
        _refusal(_ENOSYS),
        *(part for number in _REFUSED for part in _refused(number, _EPERM)),
        *(part for number in _ANSWERED_AS_UNKNOWN for part in _refused(number, _ENOSYS)),
        # A thread shares its process; anything else that clone makes is a new process.
        _instruction(_JUMP_EQUAL, value=_CLONE, no=4),
        _instruction(_LOAD, value=_ARGUMENTS),
        _instruction(_JUMP_ANY_BIT, value=_CLONE_THREAD, yes=1),
        _refusal(_EPERM),
        _instruction(_RETURN, value=_ALLOW),
        *_refused_for_writing(_OPEN, argument=1),
        *_refused_for_writing(_OPENAT, argument=2),
        _instruction(_RETURN, value=_ALLOW),
    ]


def _instruction(code: int, *, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)


def _refusal(error: int) -> bytes:
    return _instruction(_RETURN, value=_REFUSE | error)


def _refused(number: int, error: int) -> list[bytes]:
    return [_instruction(_JUMP_EQUAL, value=number, no=1), _refusal(error)]


def _refused_for_writing(number: int, *, argument: int) -> list[bytes]:
    return [
        _instruction(_JUMP_EQUAL, value=number, no=4),
        _instruction(_LOAD, value=_ARGUMENTS + 8 * argument),
        _instruction(_JUMP_ANY_BIT, value=_WRITING, no=1),
        _refusal(_EPERM),
        _instruction(_RETURN, value=_ALLOW),
    ]
