"""The system-call filter, read back as the kernel would run it."""

from __future__ import annotations

import struct

import pytest

from gridgov.explore.child_seccomp import program

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, EPERM = 0x7FFF0000, 0x00050001


def _run(code: bytes, number: int, architecture: int) -> int:
    lines = [struct.unpack_from("=HBBI", code, at) for at in range(0, len(code), 8)]
    place = accumulator = 0
    while True:
        operation, yes, no, value = lines[place]
        place += 1
        if operation == 0x20:
            accumulator = {0: number, 4: architecture}[value]
        elif operation == 0x06:
            return int(value)
        else:
            holds = accumulator == value if operation == 0x15 else accumulator >= value
            place += yes if holds else no


@pytest.mark.parametrize(
    ("machine", "refused", "allowed"),
    [
        ("x86_64", {"openat": 257, "socket": 41, "execve": 59}, {"read": 0, "write": 1}),
        ("aarch64", {"openat": 56, "socket": 198, "execve": 221}, {"read": 63, "write": 64}),
    ],
)
def test_filter_refuses_and_allows(
    machine: str, refused: dict[str, int], allowed: dict[str, int]
) -> None:
    code = program(machine)
    assert code is not None
    for number in refused.values():
        assert _run(code, number, ARCHITECTURES[machine]) == EPERM
    for number in allowed.values():
        assert _run(code, number, ARCHITECTURES[machine]) == ALLOW
        assert _run(code, number, 0x40000003) == EPERM  # another architecture's numbers


def test_other_abi_and_unknown_machines() -> None:
    code = program("x86_64")
    assert code is not None and _run(code, 0x40000000, ARCHITECTURES["x86_64"]) == EPERM
    assert program("sparc") is None
