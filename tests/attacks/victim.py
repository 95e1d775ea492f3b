"""A process to attack: `python victim.py IPC-KEY`, with CANARY in its environment.

It holds that secret in its memory, in a file of its own, in the key ring of its user and in shared
memory, and says where, as JSON. Then it writes down each signal that it gets, one a line, until
SIGTERM.
"""

import ctypes
import json
import os
import signal
import sys

LIFETIME_SECONDS = 120
IPC_CREAT, EVERYONE = 0o1000, 0o666
KEYCTL_UNLINK = 9
USER_KEYRING = -4
ADD_KEY, KEYCTL = {"x86_64": (248, 250), "aarch64": (217, 219)}[os.uname().machine]

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
libc.shmdt.argtypes = [ctypes.c_void_p]


def say(line: object) -> None:
    """One line on stdout."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(ipc_key: int, secret: bytes) -> None:
    """Hold secrets until SIGTERM, and leave none behind."""
    memory = ctypes.create_string_buffer(secret)
    file = os.memfd_create("secret")
    os.write(file, secret)
    name = f"{ipc_key:x}".encode()
    key = libc.syscall(ADD_KEY, b"user", name, secret, len(secret), USER_KEYRING)
    segment = libc.shmget(ipc_key, 4096, IPC_CREAT | EVERYONE)
    address = libc.shmat(segment, None, 0)
    ctypes.memmove(address, secret, len(secret))
    # Those that do no harm to who does not expect them, and what the tests send themselves.
    harmless = {signal.SIGURG, signal.SIGWINCH, signal.SIGCONT}
    caught = {*harmless, signal.SIGRTMIN, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, caught)
    signal.alarm(LIFETIME_SECONDS)
    held = {
        "address": ctypes.addressof(memory),
        "file": file,
        "key": key,
        "key_name": name.decode(),
    }
    say(json.dumps({"pid": os.getpid(), "ipc_key": ipc_key, **held}))
    while (caught_one := signal.sigwait(caught)) != signal.SIGTERM:
        say(int(caught_one))
    libc.shmdt(address)
    libc.shmctl(segment, 0, None)  # IPC_RMID
    libc.syscall(KEYCTL, KEYCTL_UNLINK, key, USER_KEYRING)


if __name__ == "__main__":
    main(int(sys.argv[1]), os.environ["CANARY"].encode())
