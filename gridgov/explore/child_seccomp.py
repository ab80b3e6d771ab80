"""A system-call filter for the child: after the database is open it opens nothing any more.

Linux only, and only where the kernel allows it; the sandbox does not depend on it. The filter is
a list of refused calls (opening files, sockets, starting programs or threads, signalling, mounts),
each answered with EPERM, built as classic BPF and laid over every thread at once (TSYNC).

Source: linux/seccomp.h, linux/filter.h and the system-call tables of x86_64 and aarch64.
"""

from __future__ import annotations

import ctypes
import platform
import struct

__all__ = ["install", "program"]

_LD_ABS, _JEQ, _JGE, _RET = 0x20, 0x15, 0x35, 0x06
_ALLOW, _EPERM = 0x7FFF0000, 0x00050000 | 1
_SET_MODE_FILTER, _FLAG_TSYNC = 1, 1
_X32_BIT = 0x40000000  # the 32-bit ABI of x86_64 would reach the same calls by other numbers

# audit architecture, number of seccomp(2), refused calls
# fmt: off
_X86_64 = (
    0xC000003E,
    317,
    (
        # open creat openat openat2 · readlink readlinkat getdents getdents64
        (2, 85, 257, 437, 89, 267, 78, 217),
        # socket connect accept sendto sendmsg bind listen socketpair accept4
        (41, 42, 43, 44, 46, 49, 50, 53, 288),
        # clone fork vfork execve execveat clone3 · kill tkill tgkill ptrace process_vm_* pidfd_*
        (56, 57, 58, 59, 322, 435, 62, 200, 234, 101, 310, 311, 434, 438),
        # truncate rename mkdir rmdir link unlink symlink chmod chown and their *at forms
        (76, 77, 82, 83, 84, 86, 87, 88, 90, 91, 92, 93, 94),
        (258, 260, 263, 264, 265, 266, 268, 316),
        # mount umount2 pivot_root chroot unshare setns · keys
        (165, 166, 155, 161, 272, 308, 248, 249, 250),
        # bpf perf_event_open userfaultfd io_uring_* memfd_create · kernel modules, kexec
        (321, 298, 323, 425, 426, 427, 319, 175, 176, 313, 246),
    ),
)
_AARCH64 = (
    0xC00000B7,
    277,
    (
        (56, 437, 78, 61),
        (198, 199, 200, 201, 202, 203, 206, 211, 242),
        (220, 221, 281, 435, 129, 130, 131, 117, 270, 271, 434, 438),
        (34, 35, 36, 37, 38, 45, 46, 52, 53, 54, 55, 276),
        (39, 40, 41, 51, 97, 268, 217, 218, 219),
        (280, 241, 282, 425, 426, 427, 279, 105, 106, 273, 104),
    ),
)
# fmt: on
_TABLES = {"x86_64": _X86_64, "aarch64": _AARCH64}


def program(machine: str) -> bytes | None:
    """The filter for a machine (`platform.machine()`), or None where none is known."""
    table = _TABLES.get(machine)
    if table is None:
        return None
    audit_arch, _, groups = table
    tests = [(_JEQ, number) for group in groups for number in group]
    if machine == "x86_64":
        tests.insert(0, (_JGE, _X32_BIT))
    # Layout: architecture test, load the number, tests, allow, refuse.
    lines = [(_LD_ABS, 0, 0, 4), (_JEQ, 0, len(tests) + 2, audit_arch), (_LD_ABS, 0, 0, 0)]
    for index, (operation, value) in enumerate(tests):
        lines.append((operation, len(tests) - index, 0, value))
    lines += [(_RET, 0, 0, _ALLOW), (_RET, 0, 0, _EPERM)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def install() -> bool:
    """Lay the filter over all threads of this process; False where the system refuses.

    Needs PR_SET_NO_NEW_PRIVS to be set before.
    """
    code = program(platform.machine())
    if code is None or platform.system() != "Linux":
        return False

    class _Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    buffer = ctypes.create_string_buffer(code, len(code))
    filter_ = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    call = ctypes.CDLL(None, use_errno=True).syscall
    number = _TABLES[platform.machine()][1]
    return int(call(number, _SET_MODE_FILTER, _FLAG_TSYNC, ctypes.byref(filter_))) == 0
