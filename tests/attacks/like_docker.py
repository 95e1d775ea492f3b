"""Run a command as Docker would by default: `python tests/attacks/like_docker.py COMMAND...`.

As root of a container: Docker's 14 default capabilities in the bounding set, and so, after the
exec, in the permitted and effective sets; the inheritable set is empty, as it is since Docker
20.10.14. With `--user 10001` as `docker run --user`: no capabilities. In both cases under the
default seccomp profile, whose table is in `docker_syscalls.txt`. Namespaces, cgroups and mounts
stay those of the caller.

The profile also allows 32-bit system calls, by the same names. Here they all pass, so the
emulation allows more than Docker there.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterator
from pathlib import Path

TABLE = Path(__file__).with_name("docker_syscalls.txt")
# AUDIT_ARCH_* of <linux/audit.h>, and the numbers of the calls that have conditions.
MACHINES = {
    "x86_64": (0xC000003E, {"clone": 56, "clone3": 435, "personality": 135, "socket": 41}),
    "aarch64": (0xC00000B7, {"clone": 220, "clone3": 435, "personality": 92, "socket": 198}),
}
# CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE, NET_RAW,
# SYS_CHROOT, MKNOD, AUDIT_WRITE, SETFCAP: the numbers of capabilities(7).
CAPABILITIES = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}
NAMESPACE_FLAGS = 0x7E020000
PERSONALITIES = (0, 8, 0x20000, 0x20008, 0xFFFFFFFF)
AF_ALG, AF_VSOCK = 38, 40

PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 23, 24, 22, 38
SECCOMP_MODE_FILTER = 2

# Classic BPF, <linux/bpf_common.h>, on struct seccomp_data: number, architecture, arguments.
LOAD, EQUAL, AT_LEAST, ABOVE, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x25, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
ALLOW, ERROR = 0x7FFF0000, 0x00050000

libc = ctypes.CDLL(None, use_errno=True)


def step(code: int, operand: int, then: int = 0, otherwise: int = 0) -> bytes:
    """One BPF instruction; the jumps skip that many instructions."""
    return struct.pack("HBBI", code, then, otherwise, operand)


def give(answer: int) -> bytes:
    """End the filter with this answer."""
    return step(RETURN, answer)


def ranges(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Runs of consecutive numbers: first and last of each."""
    first = last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1:
            yield first, last
            first = number
        last = number
    yield first, last


def allowed(machine: str) -> list[int]:
    """The numbers of the calls that the profile allows unconditionally."""
    column = 1 + list(MACHINES).index(machine)
    rows = [line.split() for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    return sorted(int(row[column]) for row in rows if row[column] != "-")


def profile(machine: str) -> bytes:
    """The filter for a 64-bit process on this machine."""
    architecture, number = MACHINES[machine]
    program = [step(LOAD, ARCHITECTURE), step(EQUAL, architecture, 1), give(ALLOW)]
    program.append(step(LOAD, NUMBER))
    for first, last in ranges(allowed(machine)):
        program += [step(AT_LEAST, first, 0, 2), step(ABOVE, last, 1), give(ALLOW)]
    program += [step(EQUAL, number["clone3"], 0, 1), give(ERROR | errno.ENOSYS)]
    refused = give(ERROR | errno.EPERM)
    argument = step(LOAD, FIRST_ARGUMENT)
    no_namespaces = [argument, step(ANY_BIT, NAMESPACE_FLAGS, 1), give(ALLOW), refused]
    not_these = [step(EQUAL, family, 0, 1) + refused for family in (AF_ALG, AF_VSOCK)]
    only_these = [step(EQUAL, persona, 0, 1) + give(ALLOW) for persona in PERSONALITIES]
    for name, body in (
        ("clone", no_namespaces),
        ("socket", [argument, *not_these, give(ALLOW)]),
        ("personality", [argument, *only_these, refused]),
    ):
        code = b"".join(body)
        program += [step(EQUAL, number[name], 0, len(code) // 8), code]
    return b"".join([*program, refused])


def prctl(option: int, value: int, pointer: object = 0) -> int:
    """prctl(2). Raises `OSError`."""
    result = int(libc.prctl(option, ctypes.c_ulong(value), pointer, 0, 0))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), f"prctl({option})")
    return result


def drop_capabilities() -> None:
    """Leave Docker's in the bounding set, which is what root has after an exec."""
    for capability in range(64):
        try:
            present = prctl(PR_CAPBSET_READ, capability)
        except OSError:
            return  # past the last one that this kernel knows
        if present and capability not in CAPABILITIES:
            prctl(PR_CAPBSET_DROP, capability)


def load(code: bytes) -> None:
    """Install a filter for good.

    For root without no_new_privs, so that setuid programs work as they do in a container; that
    takes CAP_SYS_ADMIN, which only the exec takes away.
    """
    text = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(text))
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(program))


def main() -> None:
    """Become like a process of a container, then become the command."""
    parser = argparse.ArgumentParser(description="Run a command as Docker would by default.")
    parser.add_argument("--user", type=int, default=0, help="uid and gid, as in docker run --user")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    if os.geteuid() == 0:
        drop_capabilities()
        load(profile(platform.machine()))
        os.setgroups([])
        os.setresgid(given.user, given.user, given.user)
        os.setresuid(given.user, given.user, given.user)
    else:
        # Who is not root stays who they are, has no capabilities, and cannot filter without this.
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        load(profile(platform.machine()))
    os.execvp(given.command[0], given.command)  # noqa: S606  # starting a program is its purpose


if __name__ == "__main__":
    main()
