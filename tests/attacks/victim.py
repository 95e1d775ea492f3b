"""A process to attack: `python victim.py IPC-KEY FILE`, with CANARY in its environment.

It holds that secret in its memory, in a file of its own, in the key ring of its user and in shared
memory, and says where, as JSON. Then it writes down each signal that it gets, one a line.
"""

import ctypes
import json
import os
import signal
import sys

LIFETIME_SECONDS = 120
IPC_CREAT, EVERYONE = 0o1000, 0o666
KEYCTL_SETPERM, KEYCTL_UNLINK = 5, 9
USER_KEYRING = -4
ADD_KEY, KEYCTL = {"x86_64": (248, 250), "aarch64": (217, 219)}[os.uname().machine]

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
libc.shmdt.argtypes = [ctypes.c_void_p]


def main(ipc_key: int, secret: bytes) -> None:
    """Hold secrets until stdin ends, and leave none behind."""
    memory = ctypes.create_string_buffer(secret)
    file = os.memfd_create("secret")
    os.write(file, secret)
    name = f"{ipc_key:x}".encode()
    key = libc.syscall(ADD_KEY, b"user", name, secret, len(secret), USER_KEYRING)
    segment = libc.shmget(ipc_key, 4096, IPC_CREAT | EVERYONE)
    address = libc.shmat(segment, None, 0)
    ctypes.memmove(address, secret, len(secret))
    caught = {signal.SIGURG, signal.SIGUSR1, signal.SIGIO, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, caught)
    signal.alarm(LIFETIME_SECONDS)
    held = {
        "address": ctypes.addressof(memory),
        "file": file,
        "key": key,
        "key_name": name.decode(),
    }
    print(json.dumps({"pid": os.getpid(), "ipc_key": ipc_key, **held}), flush=True)
    while (caught_one := signal.sigwait(caught)) != signal.SIGTERM:
        print(caught_one, flush=True)
    libc.shmdt(address)
    libc.shmctl(segment, 0, None)  # IPC_RMID
    libc.syscall(KEYCTL, KEYCTL_UNLINK, key, USER_KEYRING)


if __name__ == "__main__":
    main(int(sys.argv[1]), os.environ["CANARY"].encode())
